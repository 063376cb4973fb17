#define _GNU_SOURCE /* memmem */
#include "base/str.h"

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

int str_compare(struct str a, struct str b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.at, b.at, len) : 0;
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.at, prefix.at, prefix.len) == 0);
}

bool str_ends(struct str s, struct str suffix) {
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.at + s.len - suffix.len, suffix.at, suffix.len) == 0);
}

#ifdef __SSE2__
static __m128i equal_bytes(const char *at, __m128i wanted) {
    return _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), wanted);
}
#endif

size_t str_find(struct str s, struct str word, size_t from) {
    if (from >= s.len || s.len - from < word.len) {
        return s.len;
    }
    const char *end = s.at + s.len;
    const char *p = s.at + from;
#ifdef __SSE2__
    /* Places where the first, the middle and the last byte fit, 16 at a time. */
    size_t middle = word.len / 2, last = word.len - 1;
    const __m128i firsts = _mm_set1_epi8(word.at[0]);
    const __m128i middles = _mm_set1_epi8(word.at[middle]);
    const __m128i lasts = _mm_set1_epi8(word.at[last]);
    for (; (size_t)(end - p) >= word.len + 15; p += 16) {
        __m128i fits = _mm_and_si128(equal_bytes(p, firsts), equal_bytes(p + middle, middles));
        fits = _mm_and_si128(fits, equal_bytes(p + last, lasts));
        for (unsigned bits = (unsigned)_mm_movemask_epi8(fits); bits; bits &= bits - 1) {
            const char *at = p + __builtin_ctz(bits);
            if (memcmp(at, word.at, word.len) == 0) {
                return (size_t)(at - s.at);
            }
        }
    }
#endif
    const char *at = memmem(p, (size_t)(end - p), word.at, word.len);
    return at ? (size_t)(at - s.at) : s.len;
}

static char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_equal_fold(struct str a, struct str b) {
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (fold(a.at[i]) != fold(b.at[i])) {
            return false;
        }
    }
    return true;
}

static size_t min3(size_t a, size_t b, size_t c) {
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Three rolling rows of the distance matrix, enough for the swap of two neighbours. */
enum { DISTANCE_MAX_LEN = 64 };

size_t str_distance(struct str a, struct str b, size_t limit) {
    if (a.len > DISTANCE_MAX_LEN || b.len > DISTANCE_MAX_LEN) {
        return str_equal_fold(a, b) ? 0 : limit + 1;
    }
    size_t rows[3][DISTANCE_MAX_LEN + 1];
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    size_t *above2 = rows[2];
    size_t *above = rows[0];
    size_t *row = rows[1];
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = fold(a.at[i - 1]) == fold(b.at[j - 1]) ? 0 : 1;
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            bool swapped = i > 1 && j > 1 && fold(a.at[i - 1]) == fold(b.at[j - 2]) &&
                           fold(a.at[i - 2]) == fold(b.at[j - 1]);
            if (swapped && above2[j - 2] + 1 < row[j]) {
                row[j] = above2[j - 2] + 1;
            }
        }
        size_t *next = above2;
        above2 = above;
        above = row;
        row = next;
    }
    size_t distance = above[b.len];
    return distance > limit ? limit + 1 : distance;
}

size_t str_utf8(struct str text, size_t at) {
    const unsigned char *s = (const unsigned char *)text.at + at;
    if (s[0] < 0x80) {
        return 1;
    }
    size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || text.len - at < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xED && s[1] >= 0xA0;
    bool beyond = s[0] == 0xF4 && s[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : len;
}
