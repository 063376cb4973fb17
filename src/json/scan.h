/* The first stage of reading JSON: where its structure lies. simdjson checks UTF-8, control
 * characters and closing quotes, and lists the places ("marks") of { } [ ] : , and of the first
 * byte of every string, number and word. Everything above walks those marks: what nobody wants is
 * passed over without looking at its bytes, numbers keep their text, and every error has its place.
 *
 *   text   {"a":[1,2]}
 *   marks  0 1 4 5 6 7 8 9 10     and one more, the length of the text
 *
 * This is the only door to simdjson. A scanner belongs to one thread. */
#ifndef QUELL_JSON_SCAN_H
#define QUELL_JSON_SCAN_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Readable bytes that must follow every text given here; their content does not matter. */
#define JSON_PADDING 64

struct json_error {
    uint32_t offset;   /* byte of the text */
    const char *words; /* "a closing quote is missing"; NULL: no memory */
};

/* A scanned text. Valid until the scanner's next run. */
struct json_marks {
    struct str text;
    const uint32_t *at; /* at[count] is the length of the text */
    uint32_t count;
};

struct json_scanner;

/* NULL: no memory. */
struct json_scanner *json_scanner_new(void);
void json_scanner_free(struct json_scanner *scanner);
/* False: *error says why. An empty text is an error. At most 4 GB. */
MUST_USE bool json_scan(struct json_scanner *scanner, struct str text, struct json_marks *out,
                        struct json_error *error);
/* Needs no padding. */
bool json_is_utf8(struct str text);

#ifdef __cplusplus
}
#endif

#endif
