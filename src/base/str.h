/* Text is pointer + length, never assumed to end in NUL, always UTF-8 where it is text. A str does
 * not own its bytes. */
#ifndef QUELL_BASE_STR_H
#define QUELL_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *at;
    size_t len;
};

#define STR(literal) ((struct str){"" literal "", sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).at

static inline struct str str_from(const char *cstr) {
    return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

static inline bool str_equal(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Bytewise order, shorter first among equals: the order of every sorted output. */
int str_compare(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Where `word`, which is not empty, first stands at or behind `from`; s.len: nowhere. */
size_t str_find(struct str s, struct str word, size_t from);
/* ASCII case folded: for identifiers a user may have typed in another case, for hints only. */
bool str_equal_fold(struct str a, struct str b);
/* Damerau-Levenshtein distance, at most `limit` + 1: for "did you mean". */
size_t str_distance(struct str a, struct str b, size_t limit);
/* Bytes (1 to 4) of the UTF-8 sequence that starts at `at` < s.len; 0 when it is not valid: cut,
 * over long, a surrogate, or beyond U+10FFFF. */
size_t str_utf8(struct str s, size_t at);

#endif
