/* A growable run of bytes, for building output. Errors stick: after a failed growth every further
 * append does nothing, and buf_status says so, so that a writer checks once at its end. */
#ifndef QUELL_BASE_BUF_H
#define QUELL_BASE_BUF_H

#include "base/status.h"
#include "base/str.h"

#include <stdint.h>

struct buf {
    char *at;
    size_t len;
    size_t cap;
    enum status status;
};

void buf_init(struct buf *buf);
void buf_release(struct buf *buf);
/* Empties it, keeps the memory and clears the error. */
void buf_reset(struct buf *buf);
enum status buf_status(const struct buf *buf);

void buf_add(struct buf *buf, struct str text);
void buf_add_cstr(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_repeat(struct buf *buf, char c, size_t count);
void buf_add_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for `count` more bytes, or NULL; the caller writes there and adds to buf->len. */
char *buf_reserve(struct buf *buf, size_t count);

/* The text as a JSON string with its quotes, control characters escaped; invalid UTF-8 becomes
 * U+FFFD. */
void buf_add_json(struct buf *buf, struct str text);
/* The text for a terminal: what could move its cursor or recolour it (control characters other than
 * tab and line feed) and bytes that are no UTF-8 become U+FFFD. */
void buf_add_shown(struct buf *buf, struct str text);
/* The same for HTML content and quoted attributes, with HTML's own characters escaped. */
void buf_add_html(struct buf *buf, struct str text);
/* One CSV field, quoted where RFC 4180 wants it. A field that a spreadsheet would take for a
 * formula (it begins with =, +, -, @, tab or carriage return, and is no number) is preceded by an
 * apostrophe. */
void buf_add_csv(struct buf *buf, struct str text);

/* Text broken at spaces into lines of at most `width` bytes; its own line breaks are kept. */
void buf_add_wrapped(struct buf *buf, struct str text, size_t width);

static inline struct str buf_str(const struct buf *buf) {
    return (struct str){buf->at, buf->len};
}

#endif
