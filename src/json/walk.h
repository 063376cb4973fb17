/* Walks a scanned text without building anything: the bulk path. A place is the number of a mark.
 * A walk checks what it passes: separators and brackets of objects and arrays that are entered; of
 * values that are passed over only that their brackets pair up. json_check looks at everything.
 *
 *   for (bool more = json_open(w, place, '{', &m); more; more = json_next(w, &m)) {
 *       m.key, m.value                         pass over, read, or enter with a json_open of its
 * own
 *   }
 *   if (w->error.words) ...
 *
 * Depth is bounded by LIMIT_JSON_DEPTH. */
#ifndef QUELL_JSON_WALK_H
#define QUELL_JSON_WALK_H

#include "base/arena.h"
#include "json/scan.h"

struct json_walk {
    struct json_marks marks;
    struct json_error error; /* the first; words NULL: none */
};

/* A member of an object or an item of an array. */
struct json_member {
    struct str key;     /* raw bytes between the quotes; empty for items */
    uint32_t key_place; /* mark of the key */
    uint32_t value;     /* mark of the value; behind the last member, of the closing bracket */
    char close;         /* '}' or ']' */
};

void json_walk_init(struct json_walk *walk, const struct json_marks *marks);
/* The byte at a place: '{' '[' '"' '-' '0'..'9' 't' 'f' 'n' when it is a value, 0 past the end. */
static inline char json_at(const struct json_walk *walk, uint32_t place) {
    return place < walk->marks.count ? walk->marks.text.at[walk->marks.at[place]] : 0;
}

/* Enters the object or array at `place`. False: it is empty, or broken (walk->error). The caller
 * has seen that json_at(place) == open. */
bool json_open(struct json_walk *walk, uint32_t place, char open, struct json_member *first);
bool json_next(struct json_walk *walk, struct json_member *member);
/* The place behind a value. UINT32_MAX and walk->error when its brackets do not pair up. */
uint32_t json_skip(struct json_walk *walk, uint32_t place);
/* The whole text is one value: nothing stands behind the value at mark 0. */
bool json_ends(struct json_walk *walk);
/* Checks the value and everything in it: grammar, numbers, words, escapes, depth. */
bool json_check(struct json_walk *walk, uint32_t place);

/* The bytes of a value: of a string between its quotes, as written; of anything else all of it. */
struct str json_raw(struct json_walk *walk, uint32_t place);
/* The text of the string at `place`; without escapes it lies in the document, else in the arena.
 * .at NULL: not a string or a broken escape (walk->error set), or no memory (words NULL). */
struct str json_text(struct json_walk *walk, uint32_t place, struct arena *arena);
/* The text of a number, checked against the grammar; .at NULL: it is none. */
struct str json_number(struct json_walk *walk, uint32_t place);
/* True at the word: "true", "false", "null". */
bool json_is_word(const struct json_walk *walk, uint32_t place, struct str word);

#endif
