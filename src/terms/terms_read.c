/* FHIR ValueSet, CodeSystem and Bundle to sets and rules. */
#include "terms/terms_internal.h"

#include "base/limits.h"
#include "base/mem.h"
#include "json/json.h"

#include <stdlib.h>

struct reader {
    struct terms *terms;
    struct str file;
    struct str text;
    struct diag_list *diags;
    enum status status;
};

struct code_list {
    struct code *at; /* on the heap */
    uint32_t count;
    uint32_t capacity;
    uint64_t seen; /* entries, with those that are no member */
};

static uint64_t line_of(const struct reader *r, const struct json *at) {
    uint64_t line = 1;
    size_t end = at && at->offset < r->text.len ? at->offset : 0;
    for (size_t i = 0; i < end; i++) {
        line += r->text.at[i] == '\n';
    }
    return line;
}

/* A copy that lives with the terms; STR_NONE stays so. */
static struct str keep(struct reader *r, struct str text) {
    if (!text.at) {
        return STR_NONE;
    }
    struct str copy = arena_copy(&r->terms->arena, text);
    if (!copy.at) {
        r->status = STATUS_NO_MEMORY;
    }
    return copy;
}

static struct str get_kept(struct reader *r, const struct json *object, const char *key) {
    return keep(r, json_get_text(object, key));
}

static const struct json *get_array(const struct json *object, const char *key) {
    const struct json *value = json_get(object, key);
    return value && value->kind == JSON_ARRAY ? value : NULL;
}

static void *keep_array(struct reader *r, const void *items, uint32_t count, size_t size) {
    void *copy = arena_new(&r->terms->arena, count, size);
    if (!copy) {
        r->status = STATUS_NO_MEMORY;
    } else if (count) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

static void add_code(struct reader *r, struct code_list *list, const struct json *from,
                     struct str system, struct str version) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 64;
        struct code *grown =
            list->count < LIMIT_LIST_ITEMS ? mem_resize(list->at, capacity, sizeof *grown) : NULL;
        if (!grown) {
            r->status = list->count < LIMIT_LIST_ITEMS ? STATUS_NO_MEMORY : STATUS_LIMIT;
            return;
        }
        list->at = grown;
        list->capacity = capacity;
    }
    list->at[list->count++] = (struct code){
        .code = get_kept(r, from, "code"),
        .system = system,
        .version = version,
        .display = get_kept(r, from, "display"),
    };
}

static void no_code(struct reader *r, const struct json *at, const char *what) {
    (void)diag_in_file(r->diags, DIAG_TX0008, r->file, line_of(r, at),
                       "%s has no code and is left out", what);
}

/* The sorted list in the terms' arena. */
static struct code *keep_codes(struct reader *r, struct code_list *list, uint32_t *count) {
    if (list->count) {
        qsort(list->at, list->count, sizeof *list->at, code_compare);
    }
    struct code *kept = keep_array(r, list->at, list->count, sizeof *list->at);
    *count = kept ? list->count : 0;
    mem_free(list->at);
    *list = (struct code_list){0};
    return kept;
}

/* Why a filter stands in the way, in words with its system and its first condition. */
static struct str filter_words(struct reader *r, const struct json *include,
                               const struct json *filters) {
    const struct json *first = filters->count ? &filters->items[0] : NULL;
    struct str system = json_get_text(include, "system");
    struct str property = json_get_text(first, "property");
    struct str op = json_get_text(first, "op");
    struct str value = json_get_text(first, "value");
    struct str words =
        arena_format(&r->terms->arena, "filters the code system %.*s (%.*s %.*s %.*s)",
                     STR_ARG(system), STR_ARG(property), STR_ARG(op), STR_ARG(value));
    if (!words.at) {
        r->status = STATUS_NO_MEMORY;
    }
    return words;
}

static void read_rule_sets(struct reader *r, const struct json *sets, struct term_rule *rule) {
    rule->sets = arena_new(&r->terms->arena, sets->count, sizeof *rule->sets);
    if (!rule->sets) {
        r->status = STATUS_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < sets->count; i++) {
        if (sets->items[i].kind == JSON_STRING) {
            rule->sets[rule->set_count++] = keep(r, sets->items[i].text);
        } else {
            rule->obstacle = STR("names a value set that is no text");
        }
    }
}

static void read_rule(struct reader *r, const struct json *json, struct term_rule *rule) {
    const struct json *concepts = get_array(json, "concept");
    const struct json *filters = get_array(json, "filter");
    const struct json *sets = get_array(json, "valueSet");
    rule->system = get_kept(r, json, "system");
    rule->version = get_kept(r, json, "version");
    if (filters && filters->count) {
        rule->obstacle = filter_words(r, json, filters);
    } else if (!rule->system.at && (!sets || sets->count == 0)) {
        rule->obstacle = STR("names neither a code system nor a value set");
    } else if (!rule->system.at && concepts) {
        rule->obstacle = STR("lists concepts without their code system");
    }
    struct code_list codes = {0};
    for (uint32_t i = 0; concepts && i < concepts->count && r->status == STATUS_OK; i++) {
        if (json_get_text(&concepts->items[i], "code").len == 0) {
            no_code(r, &concepts->items[i], "this concept");
        } else {
            add_code(r, &codes, &concepts->items[i], rule->system, rule->version);
        }
    }
    if (concepts && codes.count == 0 && !rule->obstacle.len) {
        rule->obstacle = STR("has a list of concepts without any code");
    }
    rule->codes = keep_codes(r, &codes, &rule->code_count);
    if (sets) {
        read_rule_sets(r, sets, rule);
    }
}

static void read_compose(struct reader *r, const struct json *compose, struct value_set *set) {
    static const char *const keys[] = {"include", "exclude"};
    const struct json *arrays[2] = {get_array(compose, keys[0]), get_array(compose, keys[1])};
    uint32_t total = (arrays[0] ? arrays[0]->count : 0) + (arrays[1] ? arrays[1]->count : 0);
    set->rules = arena_new(&r->terms->arena, total, sizeof *set->rules);
    if (!set->rules) {
        r->status = STATUS_NO_MEMORY;
        return;
    }
    for (uint32_t k = 0; k < 2; k++) {
        for (uint32_t i = 0; arrays[k] && i < arrays[k]->count; i++) {
            struct term_rule *rule = &set->rules[set->rule_count++];
            rule->exclude = k == 1;
            rule->number = i + 1;
            read_rule(r, &arrays[k]->items[i], rule);
        }
    }
    if (!arrays[0] || arrays[0]->count == 0) {
        set->why = STR("it includes nothing: its compose has no include");
    }
}

static bool is_true(const struct json *object, const char *key) {
    const struct json *value = json_get(object, key);
    return value && value->kind == JSON_TRUE;
}

/* Depth is that of the JSON text, which is bounded. */
static void read_contains(struct reader *r, const struct json *contains, struct code_list *list) {
    for (uint32_t i = 0; i < contains->count && r->status == STATUS_OK; i++) {
        const struct json *entry = &contains->items[i];
        list->seen++;
        bool member = !is_true(entry, "abstract") && json_get_text(entry, "code").len > 0;
        if (member && !json_get_text(entry, "system").at) {
            no_code(r, entry, "this entry of the expansion names no code system: it");
        } else if (member) {
            add_code(r, list, entry, get_kept(r, entry, "system"), get_kept(r, entry, "version"));
        }
        const struct json *inner = get_array(entry, "contains");
        if (inner) {
            read_contains(r, inner, list);
        }
    }
}

/* False when the expansion says nothing, so that the compose holds. */
static bool read_expansion(struct reader *r, const struct json *expansion, struct value_set *set) {
    const struct json *contains = get_array(expansion, "contains");
    const struct json *total = json_get(expansion, "total");
    bool told = total && total->kind == JSON_NUMBER && total->text.len < 10;
    uint64_t wanted = 0;
    for (size_t i = 0; told && i < total->text.len; i++) {
        char c = total->text.at[i];
        told = c >= '0' && c <= '9';
        wanted = wanted * 10 + (uint64_t)(c - '0');
    }
    if (!contains && !(told && wanted == 0)) {
        return false;
    }
    struct code_list codes = {0};
    if (contains) {
        read_contains(r, contains, &codes);
    }
    if (told && wanted > codes.seen) {
        set->why =
            arena_format(&r->terms->arena, "its expansion is only a part: %llu of %llu entries",
                         (unsigned long long)codes.seen, (unsigned long long)wanted);
        if (!set->why.at) {
            r->status = STATUS_NO_MEMORY;
        }
    }
    set->codes = keep_codes(r, &codes, &set->count);
    return true;
}

static void read_concepts(struct reader *r, const struct json *concepts, struct str system,
                          struct str version, struct code_list *list) {
    for (uint32_t i = 0; i < concepts->count && r->status == STATUS_OK; i++) {
        const struct json *concept = &concepts->items[i];
        if (json_get_text(concept, "code").len == 0) {
            no_code(r, concept, "this concept");
        } else {
            add_code(r, list, concept, system, version);
        }
        const struct json *inner = get_array(concept, "concept");
        if (inner) {
            read_concepts(r, inner, system, version, list);
        }
    }
}

static void read_system(struct reader *r, const struct json *json, struct value_set *set) {
    struct str content = json_get_text(json, "content");
    const struct json *concepts = get_array(json, "concept");
    if (!str_equal(content, STR("complete"))) {
        set->why = arena_format(&r->terms->arena,
                                "the code system is here with content '%.*s', not 'complete'",
                                STR_ARG(content));
        r->status = set->why.at ? r->status : STATUS_NO_MEMORY;
        return;
    }
    struct code_list codes = {0};
    if (concepts) {
        read_concepts(r, concepts, set->url, set->version, &codes);
    }
    set->codes = keep_codes(r, &codes, &set->count);
}

static void keep_set(struct reader *r, struct value_set *set) {
    struct terms *terms = r->terms;
    for (uint32_t i = 0; i < terms->count; i++) {
        const struct value_set *other = terms->sets[i];
        if (other->is_system == set->is_system && str_equal(other->url, set->url) &&
            str_equal(other->version, set->version)) {
            struct diagnostic *d = diag_in_file(
                r->diags, DIAG_TX0006, r->file, 0, "%s '%.*s' is here a second time and left out",
                set->is_system ? "the code system" : "the value set", STR_ARG(set->url));
            diag_note(r->diags, d, "the first one stands in %.*s", STR_ARG(other->file));
            return;
        }
    }
    if (terms->count == terms->capacity) {
        uint32_t capacity = terms->capacity ? terms->capacity * 2 : 16;
        struct value_set **grown = mem_resize(terms->sets, capacity, sizeof *grown);
        if (!grown) {
            r->status = STATUS_NO_MEMORY;
            return;
        }
        terms->sets = grown;
        terms->capacity = capacity;
    }
    terms->sets[terms->count++] = set;
}

static void read_set(struct reader *r, const struct json *json, bool is_system) {
    struct value_set *set = ARENA_NEW(&r->terms->arena, struct value_set);
    if (!set) {
        r->status = STATUS_NO_MEMORY;
        return;
    }
    set->is_system = is_system;
    set->url = get_kept(r, json, "url");
    set->version = get_kept(r, json, "version");
    set->file = keep(r, r->file);
    if (set->url.len == 0) {
        struct diagnostic *d = diag_in_file(r->diags, DIAG_TX0005, r->file, line_of(r, json),
                                            "this %s has no url, so nothing can refer to it",
                                            is_system ? "CodeSystem" : "ValueSet");
        diag_hint(r->diags, d, "add \"url\": \"...\", the one that the logic names");
        return;
    }
    struct str title = json_get_text(json, "title");
    title = title.len ? title : json_get_text(json, "name");
    set->title = title.len ? keep(r, title) : set->url;
    if (is_system) {
        read_system(r, json, set);
    } else {
        const struct json *expansion = json_get(json, "expansion");
        const struct json *compose = json_get(json, "compose");
        if (!expansion || !read_expansion(r, expansion, set)) {
            if (compose) {
                read_compose(r, compose, set);
            } else {
                set->why = STR("it has neither a compose nor an expansion with codes");
            }
        }
    }
    if (r->status == STATUS_OK) {
        keep_set(r, set);
    }
}

/* True when it is a value set or a code system. */
static bool read_resource(struct reader *r, const struct json *json) {
    struct str type = json_get_text(json, "resourceType");
    bool is_system = str_equal(type, STR("CodeSystem"));
    if (!is_system && !str_equal(type, STR("ValueSet"))) {
        return false;
    }
    read_set(r, json, is_system);
    return true;
}

static void read_bundle(struct reader *r, const struct json *json) {
    const struct json *entries = get_array(json, "entry");
    uint32_t others = 0;
    for (uint32_t i = 0; entries && i < entries->count && r->status == STATUS_OK; i++) {
        const struct json *resource = json_get(&entries->items[i], "resource");
        others += !resource || !read_resource(r, resource);
    }
    if (others) {
        (void)diag_in_file(r->diags, DIAG_TX0004, r->file, 0,
                           "%u entries of this Bundle are neither ValueSet nor CodeSystem and are "
                           "left out",
                           others);
    }
}

static void read_text(struct reader *r, struct arena *scratch) {
    const struct json *json = NULL;
    struct json_error error = {0};
    if (!json_parse(r->text, scratch, &json, &error)) {
        if (!error.words) {
            r->status = STATUS_NO_MEMORY;
            return;
        }
        struct json place = {.offset = error.offset};
        (void)diag_in_file(r->diags, DIAG_TX0003, r->file, line_of(r, &place),
                           "this is not JSON: %s", error.words);
        return;
    }
    struct str type = json_get_text(json, "resourceType");
    if (str_equal(type, STR("Bundle"))) {
        read_bundle(r, json);
    } else if (!read_resource(r, json)) {
        struct diagnostic *d =
            type.len ? diag_in_file(r->diags, DIAG_TX0004, r->file, 1,
                                    "this is a FHIR %.*s, neither ValueSet nor CodeSystem",
                                    STR_ARG(type))
                     : diag_in_file(r->diags, DIAG_TX0004, r->file, 1,
                                    "this JSON is no FHIR resource: it has no resourceType");
        diag_hint(r->diags, d, "keep only FHIR ValueSet and CodeSystem resources in this folder");
    }
}

enum status terms_add_json(struct terms *terms, struct str name, struct str text,
                           struct diag_list *diags) {
    struct reader r = {.terms = terms, .file = name, .text = text, .diags = diags};
    if (text.len > LIMIT_SOURCE_BYTES) {
        (void)diag_in_file(diags, DIAG_TX0003, name, 0,
                           "the file has %zu bytes; more than %u are not read", text.len,
                           LIMIT_SOURCE_BYTES);
        return STATUS_OK;
    }
    struct arena scratch;
    arena_init(&scratch, 0);
    read_text(&r, &scratch);
    arena_release(&scratch);
    return diags->out_of_memory ? STATUS_NO_MEMORY : r.status;
}
