/* YAML as a tree, for the small texts of a trial: a strict subset of YAML 1.2 with maps, lists and
 * scalars. Refused, each with its place: tabs in indentation, anchors, aliases, tags, duplicate
 * keys, several documents, keys that are not scalars, text that is not UTF-8. No scalar is given a
 * type: the schema decides what `yes` or `1.10` is. The tree lives in the arena; depth is bounded
 * by LIMIT_JSON_DEPTH. */
#ifndef QUELL_YAML_YAML_H
#define QUELL_YAML_YAML_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum yaml_kind {
    YAML_NULL, /* nothing after the colon or dash; an empty document */
    YAML_SCALAR,
    YAML_LIST,
    YAML_MAP
};

struct yaml {
    enum yaml_kind kind;
    bool quoted;    /* SCALAR: in single or double quotes, or a block scalar */
    uint32_t start; /* bytes [start, end) of the source; NULL: an empty range where it would be */
    uint32_t end;
    struct str text;          /* SCALAR: decoded, folded as YAML says */
    uint32_t count;           /* LIST, MAP */
    const struct yaml *items; /* LIST: items; MAP: values, in source order */
    const struct yaml *keys;  /* MAP: keys[i] belongs to items[i]; scalars */
};

/* What is not this YAML, by place. */
struct yaml_error {
    uint32_t start;
    uint32_t end;
    struct str words; /* "the key `dose` stands twice; it was first given in line 12" */
    struct str hint;  /* or empty */
};

struct yaml_errors {
    uint32_t count;
    const struct yaml_error *items;
};

/* Parses a text. *out is NULL only when nothing could be kept; where an error leaves the rest
 * readable (a duplicate key, a tag) the tree goes on without the offending part and errors->count
 * says so. */
MUST_USE enum status yaml_parse(struct str text, struct arena *arena, const struct yaml **out,
                                struct yaml_errors *errors);

/* The value of a key of a map, or NULL. */
const struct yaml *yaml_get(const struct yaml *map, const char *key);

#endif
