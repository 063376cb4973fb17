#include "json/json.h"

#include "base/limits.h"
#include "base/mem.h"
#include "json/walk.h"

#include <stdlib.h>

struct builder {
    struct json_walk *walk;
    struct arena *arena;
    bool no_memory;
};

static bool out_of_memory(struct builder *b) {
    b->no_memory = true;
    return false;
}

static bool text_of(struct builder *b, uint32_t place, struct str *out) {
    struct str text = json_text(b->walk, place, b->arena);
    if (!text.at) {
        b->no_memory = !b->walk->error.words;
        return false;
    }
    /* The tree must not point into the text it was read from. */
    *out = arena_copy(b->arena, text);
    return out->at || out_of_memory(b);
}

struct keyed {
    struct str key;
    uint32_t index;
};

static int compare_keys(const void *a, const void *b) {
    const struct keyed *x = a, *y = b;
    int order = str_compare(x->key, y->key);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Points the error at the second of two equal keys. */
static bool keys_differ(struct builder *b, const struct json *object, const uint32_t *places) {
    if (object->count < 2) {
        return true;
    }
    struct keyed *sorted = mem_new(object->count, sizeof *sorted);
    if (!sorted) {
        return out_of_memory(b);
    }
    for (uint32_t i = 0; i < object->count; i++) {
        sorted[i] = (struct keyed){object->keys[i], i};
    }
    qsort(sorted, object->count, sizeof *sorted, compare_keys);
    bool differ = true;
    for (uint32_t i = 1; differ && i < object->count; i++) {
        if (str_equal(sorted[i].key, sorted[i - 1].key)) {
            b->walk->error.offset = b->walk->marks.at[places[sorted[i].index]];
            b->walk->error.words = "this key stands twice in the object";
            differ = false;
        }
    }
    mem_free(sorted);
    return differ;
}

static bool build(struct builder *b, uint32_t place, struct json *out);

static bool build_members(struct builder *b, char open, struct json *out, struct json *items,
                          struct str *keys, uint32_t *places, uint32_t place) {
    struct json_member m;
    uint32_t i = 0;
    for (bool more = json_open(b->walk, place, open, &m); more; more = json_next(b->walk, &m)) {
        if (keys && !text_of(b, m.key_place, &keys[i])) {
            return false;
        }
        if (places) {
            places[i] = m.key_place;
        }
        if (!build(b, m.value, &items[i])) {
            return false;
        }
        i++;
    }
    out->items = items;
    out->keys = keys;
    return !b->walk->error.words && (!keys || keys_differ(b, out, places));
}

static bool build_container(struct builder *b, uint32_t place, char open, struct json *out) {
    out->kind = open == '{' ? JSON_OBJECT : JSON_ARRAY;
    struct json_member m;
    for (bool more = json_open(b->walk, place, open, &m); more; more = json_next(b->walk, &m)) {
        out->count++;
    }
    if (b->walk->error.words) {
        return false;
    }
    if (!out->count) {
        return true;
    }
    struct json *items = ARENA_ARRAY(b->arena, out->count, struct json);
    struct str *keys = open == '{' ? ARENA_ARRAY(b->arena, out->count, struct str) : NULL;
    uint32_t *places = open == '{' ? mem_new(out->count, sizeof *places) : NULL;
    bool ok = items && (open != '{' || (keys && places));
    ok = ok ? build_members(b, open, out, items, keys, places, place) : out_of_memory(b);
    mem_free(places);
    return ok;
}

/* The text was checked, and so was its depth, before the tree is built. */
static bool build(struct builder *b, uint32_t place, struct json *out) {
    out->offset = b->walk->marks.at[place];
    char c = json_at(b->walk, place);
    switch (c) {
    case '{':
    case '[':
        return build_container(b, place, c, out);
    case '"':
        out->kind = JSON_STRING;
        return text_of(b, place, &out->text);
    case 't':
        out->kind = JSON_TRUE;
        return true;
    case 'f':
        out->kind = JSON_FALSE;
        return true;
    case 'n':
        out->kind = JSON_NULL;
        return true;
    default:
        out->kind = JSON_NUMBER;
        out->text = arena_copy(b->arena, json_raw(b->walk, place));
        return out->text.at || out_of_memory(b);
    }
}

bool json_parse(struct str text, struct arena *arena, const struct json **out,
                struct json_error *error) {
    *error = (struct json_error){0};
    struct json *root = ARENA_NEW(arena, struct json);
    char *padded = text.len <= LIMIT_SOURCE_BYTES ? mem_new(text.len + JSON_PADDING, 1) : NULL;
    struct json_scanner *scanner = json_scanner_new();
    bool ok = false;
    if (text.len > LIMIT_SOURCE_BYTES) {
        error->words = "the text is too large";
    } else if (root && padded && scanner) {
        if (text.len) {
            memcpy(padded, text.at, text.len);
        }
        struct json_marks marks;
        if (json_scan(scanner, (struct str){padded, text.len}, &marks, error)) {
            struct json_walk walk;
            json_walk_init(&walk, &marks);
            struct builder b = {&walk, arena, false};
            ok = json_check(&walk, 0) && json_ends(&walk) && build(&b, 0, root);
            *error = b.no_memory ? (struct json_error){0} : walk.error;
        }
    }
    json_scanner_free(scanner);
    mem_free(padded);
    *out = ok ? root : NULL;
    return ok;
}

const struct json *json_get(const struct json *object, const char *key) {
    if (!object || object->kind != JSON_OBJECT) {
        return NULL;
    }
    for (uint32_t i = 0; i < object->count; i++) {
        if (str_equal(object->keys[i], str_from(key))) {
            return &object->items[i];
        }
    }
    return NULL;
}

struct str json_get_text(const struct json *object, const char *key) {
    const struct json *member = json_get(object, key);
    return member && member->kind == JSON_STRING ? member->text : STR_NONE;
}
