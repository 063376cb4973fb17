#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

void buf_init(struct buf *buf) {
    *buf = (struct buf){0};
}

void buf_release(struct buf *buf) {
    mem_free(buf->at);
    buf_init(buf);
}

void buf_reset(struct buf *buf) {
    buf->len = 0;
    buf->status = STATUS_OK;
}

enum status buf_status(const struct buf *buf) {
    return buf->status;
}

char *buf_reserve(struct buf *buf, size_t count) {
    if (buf->status != STATUS_OK) {
        return NULL;
    }
    if (buf->cap - buf->len >= count) {
        return buf->at + buf->len;
    }
    size_t cap = buf->cap ? buf->cap : 64;
    while (cap - buf->len < count) {
        if (cap > SIZE_MAX / 2) {
            buf->status = STATUS_NO_MEMORY;
            return NULL;
        }
        cap *= 2;
    }
    char *grown = mem_resize(buf->at, cap, 1);
    if (!grown) {
        buf->status = STATUS_NO_MEMORY;
        return NULL;
    }
    buf->at = grown;
    buf->cap = cap;
    return buf->at + buf->len;
}

void buf_add(struct buf *buf, struct str text) {
    char *room = text.len ? buf_reserve(buf, text.len) : NULL;
    if (room) {
        memcpy(room, text.at, text.len);
        buf->len += text.len;
    }
}

void buf_add_cstr(struct buf *buf, const char *text) {
    buf_add(buf, str_from(text));
}

void buf_add_char(struct buf *buf, char c) {
    buf_add(buf, (struct str){&c, 1});
}

void buf_add_repeat(struct buf *buf, char c, size_t count) {
    char *room = count ? buf_reserve(buf, count) : NULL;
    if (room) {
        memset(room, c, count);
        buf->len += count;
    }
}

void buf_add_format(struct buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *room = len < 0 ? NULL : buf_reserve(buf, (size_t)len + 1);
    if (room) {
        (void)vsnprintf(room, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

static void add_json_control(struct buf *buf, unsigned char c) {
    switch (c) {
    case '\n':
        buf_add(buf, STR("\\n"));
        break;
    case '\r':
        buf_add(buf, STR("\\r"));
        break;
    case '\t':
        buf_add(buf, STR("\\t"));
        break;
    case '"':
        buf_add(buf, STR("\\\""));
        break;
    case '\\':
        buf_add(buf, STR("\\\\"));
        break;
    default:
        buf_add_format(buf, "\\u%04x", c);
    }
}

/* The control character at `at`, of `len` bytes (U+0000 to U+001F, U+007F to U+009F); else -1. */
static int control_at(struct str text, size_t at, size_t len) {
    unsigned char c = (unsigned char)text.at[at];
    if (len == 1 && (c < 0x20 || c == 0x7F)) {
        return c;
    }
    unsigned char next = len == 2 ? (unsigned char)text.at[at + 1] : 0;
    return len == 2 && c == 0xC2 && next < 0xA0 ? next : -1;
}

/* ASCII that stands in JSON as it is. */
static bool is_plain(char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void buf_add_json(struct buf *buf, struct str text) {
    buf_add_char(buf, '"');
    size_t start = 0;
    size_t i = 0;
    while (i < text.len) {
        char c = text.at[i];
        if (is_plain(c)) {
            i++;
            continue;
        }
        size_t len = str_utf8(text, i);
        int control = len ? control_at(text, i, len) : -1;
        if (len != 0 && control < 0 && c != '"' && c != '\\') {
            i += len;
            continue;
        }
        buf_add(buf, (struct str){text.at + start, i - start});
        if (len == 0) {
            buf_add(buf, STR("\xEF\xBF\xBD"));
        } else {
            add_json_control(buf, control >= 0 ? (unsigned char)control : (unsigned char)c);
        }
        i += len ? len : 1;
        start = i;
    }
    buf_add(buf, (struct str){text.at + start, text.len - start});
    buf_add_char(buf, '"');
}

/* Bytes from `at` on that can be shown as they are. */
static size_t shown_run(struct str text, size_t at) {
    size_t i = at;
    while (i < text.len) {
        size_t len = str_utf8(text, i);
        if (len == 0 ||
            (control_at(text, i, len) >= 0 && text.at[i] != '\n' && text.at[i] != '\t')) {
            break;
        }
        i += len;
    }
    return i - at;
}

void buf_add_shown(struct buf *buf, struct str text) {
    for (size_t i = 0; i < text.len;) {
        size_t run = shown_run(text, i);
        buf_add(buf, (struct str){text.at + i, run});
        i += run;
        if (i < text.len) {
            size_t len = str_utf8(text, i);
            buf_add(buf, STR("\xEF\xBF\xBD"));
            i += len ? len : 1;
        }
    }
}

static const char *html_entity(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void buf_add_html(struct buf *buf, struct str text) {
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = html_entity(text.at[i]);
        if (entity) {
            buf_add_shown(buf, (struct str){text.at + start, i - start});
            buf_add_cstr(buf, entity);
            start = i + 1;
        }
    }
    buf_add_shown(buf, (struct str){text.at + start, text.len - start});
}

/* [+-] digits [. digits]: a spreadsheet reads a number, no formula. */
static bool is_signed_number(struct str text) {
    size_t i = 1;
    bool digits = false;
    while (i < text.len && ((text.at[i] >= '0' && text.at[i] <= '9') || text.at[i] == '.')) {
        digits |= text.at[i] != '.';
        i++;
    }
    return digits && i == text.len;
}

static bool csv_formula(struct str text) {
    static const char starts[] = "=+-@\t\r";
    if (text.len == 0 || !memchr(starts, text.at[0], sizeof starts - 1)) {
        return false;
    }
    bool sign = text.at[0] == '-' || text.at[0] == '+';
    return !(sign && is_signed_number(text));
}

void buf_add_csv(struct buf *buf, struct str text) {
    bool quote = false;
    for (size_t i = 0; i < text.len && !quote; i++) {
        char c = text.at[i];
        quote = c == ',' || c == '"' || c == '\n' || c == '\r';
    }
    if (quote) {
        buf_add_char(buf, '"');
    }
    if (csv_formula(text)) {
        buf_add_char(buf, '\'');
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') {
            buf_add_char(buf, '"');
        }
        buf_add_char(buf, text.at[i]);
    }
    if (quote) {
        buf_add_char(buf, '"');
    }
}

static size_t word_length(struct str text, size_t at) {
    size_t len = 0;
    while (at + len < text.len && text.at[at + len] != ' ' && text.at[at + len] != '\n') {
        len++;
    }
    return len;
}

void buf_add_wrapped(struct buf *buf, struct str text, size_t width) {
    size_t column = 0;
    size_t i = 0;
    while (i < text.len) {
        if (text.at[i] == '\n') {
            buf_add_char(buf, '\n');
            column = 0;
            i++;
            continue;
        }
        if (text.at[i] == ' ') {
            i++;
            continue;
        }
        size_t len = word_length(text, i);
        if (column && column + 1 + len > width) {
            buf_add_char(buf, '\n');
            column = 0;
        }
        if (column) {
            buf_add_char(buf, ' ');
            column++;
        }
        buf_add(buf, (struct str){text.at + i, len});
        column += len;
        i += len;
    }
    if (column) {
        buf_add_char(buf, '\n');
    }
}
