#include "trial/document_walk.h"

#include "base/limits.h"

#include <assert.h>

static void walk_object(const struct document_visitor *v, enum schema_object_id object, void *at,
                        int depth);

static void walk_list(const struct document_visitor *v, const struct schema_key *key,
                      const void *member, int depth) {
    struct {
        uint32_t count;
        char *items;
    } list;
    static_assert(sizeof list == sizeof(struct trial_site_list), "every list is one of these");
    memcpy(&list, member, sizeof list);
    for (uint32_t i = 0; i < list.count; i++) {
        walk_object(v, key->of, list.items + (size_t)i * schema_object(key->of)->size, depth + 1);
    }
}

static void walk_member(const struct document_visitor *v, const struct schema_key *key, void *at,
                        int depth) {
    void *member = (char *)at + key->offset;
    switch ((enum schema_kind)key->kind) {
    case SCHEMA_ONE: {
        void *object;
        memcpy(&object, member, sizeof object);
        if (object) {
            walk_object(v, key->of, object, depth + 1);
        }
        return;
    }
    case SCHEMA_LIST:
    case SCHEMA_MAP:
        walk_list(v, key, member, depth);
        return;
    case SCHEMA_PAIRS:
        return;
    default:
        /* Every other member begins with its place. */
        if (v->scalar && trial_given(*(const struct trial_place *)member)) {
            v->scalar(v->context, key, at, member);
        }
    }
}

static void walk_object(const struct document_visitor *v, enum schema_object_id object, void *at,
                        int depth) {
    if (depth > LIMIT_JSON_DEPTH) {
        return;
    }
    if (v->object) {
        v->object(v->context, object, at);
    }
    const struct schema_object *o = schema_object(object);
    for (uint16_t i = 0; i < o->key_count; i++) {
        walk_member(v, &schema_keys[o->key_first + i], at, depth);
    }
}

void document_walk(struct trial_document *document, const struct document_visitor *visitor) {
    walk_object(visitor, SCHEMA_OBJECT_document, document, 0);
}

struct str document_id(enum schema_object_id object, const void *at) {
    const struct schema_key *first = &schema_keys[schema_object(object)->key_first];
    if (!first->key[0]) {
        return ((const struct trial_text *)((const char *)at + first->offset))->text;
    }
    const struct trial_text *id = document_text(object, at, "id");
    return id ? id->text : STR_NONE;
}

struct span document_span(const void *object) {
    return *(const struct span *)object;
}

const struct trial_mark *document_mark(const void *object) {
    return (const struct trial_mark *)((const char *)object + offsetof(struct trial_site, mark));
}

const struct trial_text *document_text(enum schema_object_id object, const void *at,
                                       const char *key) {
    const struct schema_key *k = schema_find(object, str_from(key));
    bool is_text = k && (k->kind == SCHEMA_TEXT || k->kind == SCHEMA_NAME ||
                         k->kind == SCHEMA_SCALAR || k->kind == SCHEMA_FILE);
    return is_text ? (const struct trial_text *)((const char *)at + k->offset) : NULL;
}
