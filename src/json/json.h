/* JSON as a tree, for documents that are small and read once: value sets, answers, settings. Bulk
 * data goes through json/walk.h. Numbers keep their text. Duplicate keys are an error. The tree
 * lives in the arena; strings point into it. Depth is bounded by LIMIT_JSON_DEPTH. */
#ifndef QUELL_JSON_JSON_H
#define QUELL_JSON_JSON_H

#include "base/arena.h"
#include "json/scan.h"

enum json_kind {
    JSON_NULL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json {
    enum json_kind kind;
    struct str text; /* NUMBER: as written; STRING: decoded */
    uint32_t count;  /* ARRAY, OBJECT */
    const struct json *items;
    const struct str *keys; /* OBJECT: keys[i] belongs to items[i], in source order */
    uint32_t offset;        /* byte of the source where it starts */
};

/* False: *error says why (words NULL: no memory). */
MUST_USE bool json_parse(struct str text, struct arena *arena, const struct json **out,
                         struct json_error *error);
/* NULL when it is not an object or has no such key. */
const struct json *json_get(const struct json *object, const char *key);
/* The text of a string member, or STR_NONE. */
struct str json_get_text(const struct json *object, const char *key);

#endif
