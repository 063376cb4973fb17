#include "trial/document_read.h"

#include "base/limits.h"
#include "base/map.h"
#include "trial/document_scalar.h"
#include "trial/schema.h"
#include "yaml/yaml.h"

#include <assert.h>

struct reader {
    const struct source *source;
    struct arena *arena;
    struct diag_list *diags;
    bool no_memory;
};

/* How every object's struct begins. */
struct object_head {
    struct span span;
    struct trial_mark mark;
};

static_assert(offsetof(struct trial_site, mark) == offsetof(struct object_head, mark), "head");

static void read_object(struct reader *r, enum schema_object_id object, const struct yaml *yaml,
                        void *out, int depth);

static struct span span_of(const struct reader *r, const struct yaml *yaml) {
    return (struct span){r->source, yaml->start, yaml->end};
}

static void *take_memory(struct reader *r, uint32_t count, size_t size) {
    void *memory = arena_new(r->arena, count ? count : 1, size);
    r->no_memory |= !memory;
    return memory;
}

static const char *kind_of(const struct yaml *yaml) {
    static const char *const words[] = {"nothing", "text", "a list", "a map of keys"};
    return words[yaml->kind];
}

static void wrong_kind(struct reader *r, const struct yaml *yaml, struct str where,
                       const char *wanted) {
    struct diagnostic *d =
        diag_at(r->diags, DIAG_TR0102, span_of(r, yaml), "'%.*s' wants %s, and this is %s",
                STR_ARG(where), wanted, kind_of(yaml));
    if (yaml->kind == YAML_NULL) {
        diag_hint(r->diags, d, "give it a value, or leave the key out");
    } else if (yaml->kind == YAML_MAP) {
        diag_hint(r->diags, d, "if the text holds a colon, put it in quotes");
    }
}

/* ---- Words of a choice ---- */

static void read_choice(struct reader *r, enum schema_choice_id choice, const struct yaml *yaml,
                        struct str where, uint16_t *out) {
    const struct schema_word *near = NULL;
    size_t near_distance = 4;
    struct buf words;
    buf_init(&words);
    for (uint32_t i = 0; i < schema_word_count; i++) {
        const struct schema_word *w = &schema_words[i];
        if (w->choice != choice) {
            continue;
        }
        if (str_equal(yaml->text, str_from(w->text))) {
            *out = w->value;
            buf_release(&words);
            return;
        }
        size_t distance = str_distance(yaml->text, str_from(w->text), 3);
        if (distance < near_distance) {
            near = w;
            near_distance = distance;
        }
        buf_add_format(&words, "%s%s", words.len ? ", " : "", w->text);
    }
    struct diagnostic *d =
        diag_at(r->diags, DIAG_TR0103, span_of(r, yaml), "'%.*s' is no word for '%.*s'",
                STR_ARG(yaml->text), STR_ARG(where));
    if (near) {
        diag_hint(r->diags, d, "did you mean '%s'? It takes: %.*s", near->text,
                  STR_ARG(buf_str(&words)));
    } else {
        diag_hint(r->diags, d, "it takes: %.*s", STR_ARG(buf_str(&words)));
    }
    r->no_memory |= buf_status(&words) != STATUS_OK;
    buf_release(&words);
}

/* ---- Marks ---- */

static bool is_mark(struct str key) {
    return str_equal(key, STR("status")) || str_equal(key, STR("source")) ||
           str_equal(key, STR("note"));
}

static void read_mark(struct reader *r, struct str key, const struct yaml *value,
                      struct trial_mark *mark) {
    if (value->kind != YAML_SCALAR) {
        wrong_kind(r, value, key, "text");
    } else if (str_equal(key, STR("status"))) {
        uint16_t status = MARK_STATED;
        read_choice(r, SCHEMA_CHOICE_status, value, key, &status);
        mark->status = (enum trial_status)status;
    } else if (str_equal(key, STR("source"))) {
        mark->source = value->text;
    } else {
        mark->note = value->text;
    }
}

/* {value: ..., status: ..., source: ..., note: ...} gives its value, and its mark to the place. */
static const struct yaml *unwrap(struct reader *r, const struct yaml *yaml,
                                 struct trial_place *place) {
    if (yaml->kind != YAML_MAP || !yaml_get(yaml, "value")) {
        return yaml;
    }
    struct trial_mark *mark = take_memory(r, 1, sizeof *mark);
    if (!mark) {
        return yaml;
    }
    for (uint32_t i = 0; i < yaml->count; i++) {
        struct str key = yaml->keys[i].text;
        if (is_mark(key)) {
            read_mark(r, key, &yaml->items[i], mark);
        } else if (!str_equal(key, STR("value"))) {
            struct diagnostic *d = diag_at(r->diags, DIAG_TR0100, span_of(r, &yaml->keys[i]),
                                           "a marked value has no key '%.*s'", STR_ARG(key));
            diag_hint(r->diags, d, "beside value it takes status, source and note");
        }
    }
    place->mark = mark;
    return yaml_get(yaml, "value");
}

/* ---- Scalars ---- */

/* The members that hold one scalar all begin with their place. */
static bool read_form(struct reader *r, const struct schema_key *key, const struct yaml *yaml,
                      void *member) {
    struct str text = yaml->text;
    switch ((enum schema_kind)key->kind) {
    case SCHEMA_NAME:
        ((struct trial_text *)member)->text = text;
        return scalar_is_name(text);
    case SCHEMA_TEXT:
    case SCHEMA_FILE:
    case SCHEMA_ZONE:
    case SCHEMA_SCALAR:
        ((struct trial_text *)member)->text = text;
        ((struct trial_text *)member)->quoted = yaml->quoted;
        return true;
    case SCHEMA_DEFINE:
        ((struct trial_define *)member)->name = text;
        return text.len > 0;
    case SCHEMA_BOOLEAN:
        return scalar_boolean(text, member);
    case SCHEMA_NUMBER:
        return scalar_number(text, member);
    case SCHEMA_QUANTITY:
        return scalar_quantity(text, member);
    case SCHEMA_DAY:
        return scalar_day(text, member);
    case SCHEMA_DAYS:
        return scalar_days(text, member);
    case SCHEMA_WINDOW:
        return scalar_window(text, member);
    case SCHEMA_COUNT:
        return scalar_count(text, member);
    case SCHEMA_DATE:
        return scalar_date(text, member);
    case SCHEMA_CLOCK:
        return scalar_clock(text, member);
    case SCHEMA_CHOICE:
        read_choice(r, key->of, yaml, str_from(key->key), &((struct trial_choice *)member)->value);
        return true;
    case SCHEMA_TEXTS:
    case SCHEMA_NUMBERS:
    case SCHEMA_QUANTITIES:
    case SCHEMA_PAIRS:
    case SCHEMA_ONE:
    case SCHEMA_LIST:
    case SCHEMA_MAP:
        break;
    }
    assert(false);
    return false;
}

static void read_scalar(struct reader *r, const struct schema_key *key, const struct yaml *yaml,
                        void *member) {
    struct trial_place *place = member;
    yaml = unwrap(r, yaml, place);
    struct str where = str_from(key->key);
    if (yaml->kind != YAML_SCALAR) {
        wrong_kind(r, yaml, where, schema_kind_words(key->kind));
        return;
    }
    place->span = span_of(r, yaml);
    if (!read_form(r, key, yaml, member)) {
        (void)diag_at(r->diags, DIAG_TR0104, place->span, "'%.*s' wants %s, and this is '%.*s'",
                      STR_ARG(where), schema_kind_words(key->kind), STR_ARG(yaml->text));
    }
}

/* One scalar counts as a list of one. */
static void read_scalars(struct reader *r, const struct schema_key *key, const struct yaml *yaml,
                         struct trial_place *place, uint32_t *count, void **items, size_t size) {
    yaml = unwrap(r, yaml, place);
    if (yaml->kind != YAML_LIST && yaml->kind != YAML_SCALAR) {
        wrong_kind(r, yaml, str_from(key->key), schema_kind_words(key->kind));
        return;
    }
    place->span = span_of(r, yaml);
    const struct yaml *all = yaml->kind == YAML_LIST ? yaml->items : yaml;
    uint32_t wanted = yaml->kind == YAML_LIST ? yaml->count : 1;
    char *memory = take_memory(r, wanted, size);
    if (!memory) {
        return;
    }
    struct schema_key item = *key;
    item.kind = key->kind == SCHEMA_NUMBERS      ? SCHEMA_NUMBER
                : key->kind == SCHEMA_QUANTITIES ? SCHEMA_QUANTITY
                                                 : SCHEMA_TEXT;
    for (uint32_t i = 0; i < wanted; i++) {
        read_scalar(r, &item, &all[i], memory + i * size);
    }
    *items = memory;
    *count = wanted;
}

static void read_pairs(struct reader *r, const struct schema_key *key, const struct yaml *yaml,
                       struct trial_pair_list *list) {
    if (yaml->kind != YAML_MAP) {
        wrong_kind(r, yaml, str_from(key->key), schema_kind_words(key->kind));
        return;
    }
    list->place.span = span_of(r, yaml);
    list->items = take_memory(r, yaml->count, sizeof *list->items);
    if (!list->items) {
        return;
    }
    list->count = yaml->count;
    struct schema_key text = *key;
    text.kind = SCHEMA_TEXT;
    for (uint32_t i = 0; i < yaml->count; i++) {
        read_scalar(r, &text, &yaml->keys[i], &list->items[i].name);
        text.key = key->key;
        read_scalar(r, &text, &yaml->items[i], &list->items[i].value);
    }
}

/* ---- Objects ---- */

/* Members of kinds ONE, LIST and MAP differ in type only by what they point to; they are set
 * bytewise. */
static void read_one(struct reader *r, const struct schema_key *key, const struct yaml *yaml,
                     void *member, int depth) {
    void *object = take_memory(r, 1, schema_object(key->of)->size);
    if (object) {
        read_object(r, key->of, yaml, object, depth + 1);
        memcpy(member, &object, sizeof object);
    }
}

static void read_list(struct reader *r, const struct schema_key *key, const struct yaml *yaml,
                      void *member, int depth) {
    bool is_map = key->kind == SCHEMA_MAP;
    if (yaml->kind != (is_map ? YAML_MAP : YAML_LIST)) {
        wrong_kind(r, yaml, str_from(key->key), schema_kind_words(key->kind));
        return;
    }
    size_t size = schema_object(key->of)->size;
    char *memory = take_memory(r, yaml->count, size);
    if (!memory) {
        return;
    }
    for (uint32_t i = 0; i < yaml->count; i++) {
        void *item = memory + i * size;
        if (is_map) {
            const struct schema_key *id = &schema_keys[schema_object(key->of)->key_first];
            assert(!id->key[0]);
            read_scalar(r, id, &yaml->keys[i], (char *)item + id->offset);
        }
        read_object(r, key->of, &yaml->items[i], item, depth + 1);
    }
    struct {
        uint32_t count;
        void *items;
    } list = {yaml->count, memory};
    static_assert(sizeof list == sizeof(struct trial_site_list), "every list is one of these");
    memcpy(member, &list, sizeof list);
}

static void read_key(struct reader *r, const struct schema_key *key, const struct yaml *yaml,
                     char *object, int depth) {
    void *member = object + key->offset;
    switch ((enum schema_kind)key->kind) {
    case SCHEMA_ONE:
        read_one(r, key, yaml, member, depth);
        return;
    case SCHEMA_LIST:
    case SCHEMA_MAP:
        read_list(r, key, yaml, member, depth);
        return;
    case SCHEMA_PAIRS:
        read_pairs(r, key, yaml, member);
        return;
    case SCHEMA_TEXTS: {
        struct trial_text_list *list = member;
        read_scalars(r, key, yaml, &list->place, &list->count, (void **)&list->items,
                     sizeof *list->items);
        return;
    }
    case SCHEMA_NUMBERS: {
        struct trial_number_list *list = member;
        read_scalars(r, key, yaml, &list->place, &list->count, (void **)&list->items,
                     sizeof *list->items);
        return;
    }
    case SCHEMA_QUANTITIES: {
        struct trial_quantity_list *list = member;
        read_scalars(r, key, yaml, &list->place, &list->count, (void **)&list->items,
                     sizeof *list->items);
        return;
    }
    default:
        read_scalar(r, key, yaml, member);
    }
}

static void unknown_key(struct reader *r, enum schema_object_id object, const struct yaml *key) {
    const struct schema_object *o = schema_object(object);
    const char *near = NULL;
    size_t near_distance = 3;
    struct buf all;
    buf_init(&all);
    for (uint16_t i = 0; i < o->key_count; i++) {
        const char *name = schema_keys[o->key_first + i].key;
        size_t distance = name[0] ? str_distance(key->text, str_from(name), 2) : 3;
        if (distance < near_distance) {
            near = name;
            near_distance = distance;
        }
        if (name[0]) {
            buf_add_format(&all, "%s, ", name);
        }
    }
    buf_add_cstr(&all, "status, source, note");
    struct diagnostic *d = diag_at(r->diags, DIAG_TR0100, span_of(r, key),
                                   "there is no key '%.*s' here", STR_ARG(key->text));
    diag_note(r->diags, d, "%s", o->words);
    if (near) {
        diag_hint(r->diags, d, "did you mean '%s'?", near);
    } else {
        diag_hint(r->diags, d, "it takes: %.*s", STR_ARG(buf_str(&all)));
    }
    r->no_memory |= buf_status(&all) != STATUS_OK;
    buf_release(&all);
}

static void report_missing(struct reader *r, enum schema_object_id object,
                           const struct yaml *yaml) {
    const struct schema_object *o = schema_object(object);
    for (uint16_t i = 0; i < o->key_count; i++) {
        const struct schema_key *k = &schema_keys[o->key_first + i];
        if (k->required && k->key[0] && !yaml_get(yaml, k->key)) {
            struct span span = span_of(r, yaml);
            span.end = span.start;
            struct diagnostic *d =
                diag_at(r->diags, DIAG_TR0101, span, "the key '%s' is missing here", k->key);
            diag_note(r->diags, d, "%s: %s", k->key, k->words);
            diag_hint(r->diags, d, "add '%s:' with %s", k->key, schema_kind_words(k->kind));
        }
    }
}

/* An object that is all `value` may be written as the value alone. */
static bool read_short(struct reader *r, enum schema_object_id object, const struct yaml *yaml,
                       char *out, int depth) {
    const struct schema_key *value = schema_find(object, STR("value"));
    if (yaml->kind != YAML_SCALAR || !value) {
        return false;
    }
    read_key(r, value, yaml, out, depth);
    return true;
}

static void read_object(struct reader *r, enum schema_object_id object, const struct yaml *yaml,
                        void *out, int depth) {
    struct object_head head = {.span = span_of(r, yaml)};
    memcpy(out, &head, sizeof head);
    if (depth > LIMIT_JSON_DEPTH) {
        (void)diag_at(r->diags, DIAG_TR0102, span_of(r, yaml), "this is nested too deep");
        return;
    }
    if (yaml->kind != YAML_MAP) {
        if (!read_short(r, object, yaml, out, depth)) {
            struct str name = str_from(schema_object(object)->name);
            wrong_kind(r, yaml, name, schema_kind_words(SCHEMA_ONE));
        }
        return;
    }
    for (uint32_t i = 0; i < yaml->count; i++) {
        struct str name = yaml->keys[i].text;
        const struct schema_key *key = schema_find(object, name);
        if (key) {
            read_key(r, key, &yaml->items[i], out, depth);
        } else if (is_mark(name)) {
            read_mark(r, name, &yaml->items[i], &head.mark);
        } else {
            unknown_key(r, object, &yaml->keys[i]);
        }
    }
    memcpy(out, &head, sizeof head);
    report_missing(r, object, yaml);
}

/* "trial.yaml begins with keys such as 'trial:' and 'version:'", by the keys the root needs. */
static void report_no_map(const struct source *source, enum schema_object_id root,
                          struct diag_list *diags) {
    const struct schema_object *o = schema_object(root);
    const char *needed[2] = {"status", "note"};
    for (uint16_t i = 0, found = 0; i < o->key_count && found < 2; i++) {
        const struct schema_key *k = &schema_keys[o->key_first + i];
        if (k->required) {
            needed[found++] = k->key;
        }
    }
    (void)diag_at(diags, DIAG_TR0102, (struct span){source, 0, 0},
                  "this file begins with keys such as '%s:' and '%s:'", needed[0], needed[1]);
}

enum status document_read(const struct source *source, enum schema_object_id root,
                          struct arena *arena, struct diag_list *diags, void **out) {
    *out = NULL;
    const struct yaml *yaml = NULL;
    struct yaml_errors errors = {0};
    enum status status = yaml_parse(source->text, arena, &yaml, &errors);
    if (status != STATUS_OK) {
        return status;
    }
    for (uint32_t i = 0; i < errors.count; i++) {
        const struct yaml_error *e = &errors.items[i];
        struct diagnostic *d = diag_at(diags, DIAG_TR0001, (struct span){source, e->start, e->end},
                                       "%.*s", STR_ARG(e->words));
        if (e->hint.len) {
            diag_hint(diags, d, "%.*s", STR_ARG(e->hint));
        }
    }
    if (!yaml || yaml->kind != YAML_MAP) {
        if (!errors.count) {
            report_no_map(source, root, diags);
        }
        return STATUS_OK;
    }
    struct reader r = {source, arena, diags, false};
    void *document = take_memory(&r, 1, schema_object(root)->size);
    if (document) {
        read_object(&r, root, yaml, document, 0);
    }
    *out = document;
    return r.no_memory || diags->out_of_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
