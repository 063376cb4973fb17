#define _GNU_SOURCE /* memrchr */
#include "fhir/reader_internal.h"

static bool choice_key(struct arena *arena, struct str element, uint16_t type, struct str *out) {
    char key[96];
    model_choice_key(element, type, key);
    *out = arena_copy(arena, str_from(key));
    return out->at != NULL;
}

static uint32_t key_count(const struct model_spec *spec) {
    return spec->choice_count ? spec->choice_count : 1;
}

/* Writes the targets of one element; counts them in `lengths` instead when `at` is NULL. */
static bool add_targets(struct wants *w, uint16_t element, uint16_t cell, struct targets *targets,
                        uint16_t *next) {
    const struct model_element *e = model_element(element);
    for (uint32_t i = 0; i < key_count(&e->spec); i++) {
        struct target t = {.key = e->name, .cell = cell, .type = e->spec.type};
        t.is_list = e->spec.kind == SPEC_LIST || e->spec.kind == SPEC_LIST_OF_CHOICE;
        if (e->spec.choice_count) {
            t.in_choice = true;
            t.type = e->spec.choices[i];
            if (!choice_key(&w->arena, e->name, t.type, &t.key)) {
                return false;
            }
        }
        if (t.key.len < KEY_LENGTHS) {
            targets->at[next[t.key.len]++] = t;
        }
    }
    return true;
}

static bool make_targets(struct wants *w, uint16_t type) {
    const struct shape *shape = &w->demand->shapes[type];
    struct targets *targets = &w->targets[type];
    char key[96];
    uint16_t lengths[KEY_LENGTHS + 1] = {0};
    for (uint16_t i = 0; i < shape->count; i++) {
        const struct model_element *e = model_element(shape->elements[i]);
        for (uint32_t c = 0; c < key_count(&e->spec); c++) {
            size_t length = e->name.len;
            if (e->spec.choice_count) {
                model_choice_key(e->name, e->spec.choices[c], key);
                length = strlen(key);
            }
            if (length < KEY_LENGTHS) {
                lengths[length]++;
                targets->count++;
            }
        }
    }
    targets->at = ARENA_ARRAY(&w->arena, targets->count, struct target);
    if (!targets->at) {
        return targets->count == 0;
    }
    uint16_t next[KEY_LENGTHS] = {0};
    for (uint32_t n = 0; n < KEY_LENGTHS; n++) {
        next[n] = targets->starts[n];
        targets->starts[n + 1] = (uint16_t)(targets->starts[n] + lengths[n]);
    }
    for (uint16_t i = 0; i < shape->count; i++) {
        if (!add_targets(w, shape->elements[i], i, targets, next)) {
            return false;
        }
    }
    return true;
}

const struct target *wants_target(const struct wants *wants, uint16_t type, struct str key) {
    const struct targets *targets = &wants->targets[type];
    if (key.len >= KEY_LENGTHS) {
        return NULL;
    }
    for (uint32_t i = targets->starts[key.len]; i < targets->starts[key.len + 1]; i++) {
        if (str_equal(targets->at[i].key, key)) {
            return &targets->at[i];
        }
    }
    return NULL;
}

static enum status start_index(struct wants *w, struct code_index *index, uint16_t element) {
    const struct model_element *e = model_element(element);
    index->key_count = key_count(&e->spec);
    index->keys = ARENA_ARRAY(&w->arena, index->key_count, struct str);
    if (!index->keys) {
        return STATUS_NO_MEMORY;
    }
    uint16_t reference = model_find(STR("FHIR"), STR("Reference"));
    for (uint32_t i = 0; i < index->key_count; i++) {
        if (!e->spec.choice_count) {
            index->keys[i] = e->name;
            index->no_systems = model_type(e->spec.type)->is_primitive;
            continue;
        }
        if (!choice_key(&w->arena, e->name, e->spec.choices[i], &index->keys[i])) {
            return STATUS_NO_MEMORY;
        }
        index->may_refer |= e->spec.choices[i] == reference;
    }
    return STATUS_OK;
}

/* "system|code" without its system; without a bar all of it. */
static struct str bare_code(struct str key) {
    const char *bar = key.len ? memrchr(key.at, '|', key.len) : NULL;
    return bar ? (struct str){bar + 1, (size_t)(key.at + key.len - bar - 1)} : key;
}

static enum status add_codes(struct code_index *index, const struct map *codes, uint64_t filter,
                             uint32_t *next) {
    for (uint32_t i = 0; i < codes->capacity; i++) {
        struct str key = codes->slots[i].key;
        if (!key.at) {
            continue;
        }
        uint32_t number = *next, zero = 0;
        bool added;
        struct str bare = bare_code(key);
        enum status status =
            map_add(&index->codes, index->no_systems ? bare : key, &number, &added);
        status = status ? status : map_add(&index->bare, bare, &zero, &(bool){false});
        if (status) {
            return status;
        }
        *next += added;
        index->masks[number] |= filter;
    }
    return STATUS_OK;
}

/* All filters of `first`'s type and code element. */
static enum status make_index(struct wants *w, const struct demand_filter *first,
                              struct code_index *index) {
    enum status status = start_index(w, index, first->code_element);
    size_t total = 0;
    for (uint32_t i = 0; i < w->demand->filter_count; i++) {
        const struct demand_filter *f = &w->demand->filters[i];
        if (f->type == first->type && f->code_element == first->code_element) {
            total += f->codes.count;
        }
    }
    index->masks = ARENA_ARRAY(&w->arena, total + 1, uint64_t);
    if (!index->masks) {
        return STATUS_NO_MEMORY;
    }
    uint32_t next = 0;
    for (uint32_t i = 0; !status && i < w->demand->filter_count; i++) {
        const struct demand_filter *f = &w->demand->filters[i];
        if (f->type == first->type && f->code_element == first->code_element) {
            status = add_codes(index, &f->codes, UINT64_C(1) << i, &next);
        }
    }
    return status;
}

static bool has_index(const struct wants *w, uint32_t filter) {
    const struct demand_filter *f = &w->demand->filters[filter];
    for (uint32_t i = 0; i < filter; i++) {
        const struct demand_filter *other = &w->demand->filters[i];
        if (other->type == f->type && other->code_element == f->code_element) {
            return true;
        }
    }
    return false;
}

static enum status make_filters(struct wants *w) {
    for (uint32_t i = 0; i < w->demand->filter_count; i++) {
        const struct demand_filter *f = &w->demand->filters[i];
        struct type_wants *type = &w->types[f->type];
        if (!type->known[0] && !type->effective[0]) {
            version_paths(f->type, type);
        }
        type->is_wanted = true;
        if (f->code_element == MODEL_NO_ELEMENT) {
            type->all_filters |= UINT64_C(1) << i;
            continue;
        }
        if (has_index(w, i)) {
            continue;
        }
        if (!type->indexes) {
            type->indexes = ARENA_ARRAY(&w->arena, w->demand->filter_count, struct code_index);
            if (!type->indexes) {
                return STATUS_NO_MEMORY;
            }
        }
        struct code_index *index = &type->indexes[type->index_count++];
        enum status status = make_index(w, f, index);
        if (status) {
            return status;
        }
        type->refers |= index->may_refer;
        /* A Medication is read so that what refers to it can be filtered. */
        w->types[w->medication].is_wanted |= index->may_refer;
    }
    return STATUS_OK;
}

/* Every resource passes, and its codes are collected. */
static enum status make_everything(struct wants *w) {
    for (uint16_t t = MODEL_SYSTEM_COUNT; t < model_type_count(); t++) {
        const struct model_type *type = model_type(t);
        if (!type->is_resource || type->is_abstract) {
            continue;
        }
        version_paths(t, &w->types[t]);
        w->types[t].is_wanted = true;
        w->types[t].all_filters = 1;
        if (type->primary_code_element == MODEL_NO_ELEMENT) {
            continue;
        }
        w->types[t].indexes = ARENA_NEW(&w->arena, struct code_index);
        w->types[t].index_count = 1;
        enum status status = w->types[t].indexes
                                 ? start_index(w, w->types[t].indexes, type->primary_code_element)
                                 : STATUS_NO_MEMORY;
        if (status) {
            w->types[t].index_count = 0;
            return status;
        }
    }
    return STATUS_OK;
}

/* More than the value is wanted of a primitive. */
static bool shape_extends(const struct shape *shape) {
    for (uint16_t i = 0; i < shape->count; i++) {
        if (!str_equal(model_element(shape->elements[i])->name, STR("value"))) {
            return true;
        }
    }
    return false;
}

enum status wants_init(struct wants *w, const struct demand *demand) {
    *w = (struct wants){.demand = demand};
    arena_init(&w->arena, 0);
    uint16_t count = model_type_count();
    w->targets = ARENA_ARRAY(&w->arena, count, struct targets);
    w->types = ARENA_ARRAY(&w->arena, count, struct type_wants);
    w->is_extended = ARENA_ARRAY(&w->arena, count, bool);
    if (!w->targets || !w->types || !w->is_extended) {
        return STATUS_NO_MEMORY;
    }
    w->patient = model_find(STR("FHIR"), STR("Patient"));
    w->bundle = model_find(STR("FHIR"), STR("Bundle"));
    w->medication = model_find(STR("FHIR"), STR("Medication"));
    w->resource = model_find(STR("FHIR"), STR("Resource"));
    for (uint16_t i = 1; i < count; i++) {
        w->types[i].path_count = model_patient_paths(i, &w->types[i].paths);
        w->is_extended[i] = model_type(i)->is_primitive && shape_extends(&demand->shapes[i]);
        w->types[i].split = version_rule(model_type(i)->name);
        if (demand->shapes[i].count && !make_targets(w, i)) {
            return STATUS_NO_MEMORY;
        }
    }
    return demand->everything ? make_everything(w) : make_filters(w);
}

void wants_release(struct wants *w) {
    for (uint16_t i = 0; w->types && i < model_type_count(); i++) {
        for (uint32_t k = 0; k < w->types[i].index_count; k++) {
            map_release(&w->types[i].indexes[k].codes);
            map_release(&w->types[i].indexes[k].bare);
        }
    }
    arena_release(&w->arena);
}

uint64_t wants_code(const struct code_index *index, struct str system, struct str code) {
    char key[512];
    uint32_t number;
    struct str whole = code;
    if (!index->no_systems) {
        if (system.len + 1 + code.len > sizeof key) {
            return 0;
        }
        if (system.len) {
            memcpy(key, system.at, system.len);
        }
        key[system.len] = '|';
        if (code.len) {
            memcpy(key + system.len + 1, code.at, code.len);
        }
        whole = (struct str){key, system.len + 1 + code.len};
    }
    return map_find(&index->codes, whole, &number) ? index->masks[number] : 0;
}

static size_t skip_space(struct str line, size_t at) {
    while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t')) {
        at++;
    }
    return at;
}

/* A member "code" with a wanted code stands somewhere in the line. */
static bool mentions_code(const struct code_index *index, struct str line) {
    const struct str key = STR("\"code\"");
    for (size_t at = str_find(line, key, 0); at < line.len; at = str_find(line, key, at)) {
        at = skip_space(line, at + key.len);
        if (at == line.len || line.at[at] != ':') {
            continue;
        }
        at = skip_space(line, at + 1);
        if (at == line.len || line.at[at] != '"') {
            continue;
        }
        const char *code = line.at + at + 1;
        const char *quote = memchr(code, '"', line.len - at - 1);
        uint32_t found;
        if (quote && map_find(&index->bare, (struct str){code, (size_t)(quote - code)}, &found)) {
            return true;
        }
    }
    return false;
}

bool wants_skip(const struct wants *w, struct str line) {
    static const char start[] = "{\"resourceType\":\"";
    const size_t length = sizeof start - 1;
    if (line.len <= length || memcmp(line.at, start, length) != 0 || line.at[line.len - 1] != '}' ||
        memchr(line.at, '\\', line.len)) {
        return false;
    }
    const char *quote = memchr(line.at + length, '"', line.len - length);
    struct str name = {line.at + length, quote ? (size_t)(quote - line.at) - length : 0};
    uint16_t type = model_find(STR("FHIR"), name);
    if (type == MODEL_NONE || !model_type(type)->is_resource || type == w->patient ||
        type == w->bundle || type == w->medication) {
        return false;
    }
    const struct type_wants *wants = &w->types[type];
    if (wants->all_filters || wants->refers) {
        return false;
    }
    for (uint32_t i = 0; i < wants->index_count; i++) {
        if (wants->indexes[i].no_systems || mentions_code(&wants->indexes[i], line)) {
            return false;
        }
    }
    return json_is_utf8(line);
}
