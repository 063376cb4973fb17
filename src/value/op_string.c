/* Strings (CQL 1.5 reference, section 17). Positions and lengths count code points. Regular
 * expressions are in op_regex.c. */
#include "base/buf.h"
#include "value/op_support.h"

#include <utf8proc.h>

static bool begins_point(char c) {
    return ((unsigned char)c & 0xC0) != 0x80;
}

static int32_t count_points(struct str text) {
    int32_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += begins_point(text.at[i]);
    }
    return count;
}

/* The byte where code point `index` begins; the length when there are not so many. */
static size_t byte_of(struct str text, int32_t index) {
    size_t at = 0;
    for (; at < text.len; at++) {
        if (begins_point(text.at[at]) && index-- == 0) {
            break;
        }
    }
    return at;
}

static struct str slice(struct str text, size_t from, size_t to) {
    return (struct str){text.at + from, to - from};
}

static enum op_result join(struct op_context *cx, struct str a, struct str b, struct value *out) {
    char *at = a.len > SIZE_MAX - 1 - b.len ? NULL : arena_new(cx->arena, a.len + b.len + 1, 1);
    if (!at) {
        return OP_NO_MEMORY;
    }
    if (a.len > 0) {
        memcpy(at, a.at, a.len);
    }
    if (b.len > 0) {
        memcpy(at + a.len, b.at, b.len);
    }
    *out = value_string((struct str){at, a.len + b.len});
    return OP_OK;
}

enum op_result op_concatenate(struct op_context *cx, const struct value *args, struct value *out) {
    return join(cx, args[0].string, args[1].string, out);
}

enum op_result op_concatenate_null(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    struct str a = value_is_null(&args[0]) ? STR("") : args[0].string;
    struct str b = value_is_null(&args[1]) ? STR("") : args[1].string;
    return join(cx, a, b, out);
}

static enum op_result combine(struct op_context *cx, const struct value *source,
                              struct str separator, struct value *out) {
    if (value_is_null(source)) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    struct buf text;
    bool any = false;
    buf_init(&text);
    for (uint32_t i = 0; i < source->list->count; i++) {
        const struct value *item = &source->list->items[i];
        if (!value_is_null(item)) {
            buf_add(&text, any ? separator : STR(""));
            buf_add(&text, item->string);
            any = true;
        }
    }
    enum op_result result = !any                             ? op_null(cx, NULL_EMPTY, out)
                            : buf_status(&text) != STATUS_OK ? OP_NO_MEMORY
                                                             : op_string(cx, buf_str(&text), out);
    buf_release(&text);
    return result;
}

enum op_result op_combine(struct op_context *cx, const struct value *args, struct value *out) {
    return combine(cx, &args[0], STR(""), out);
}

enum op_result op_combine_with(struct op_context *cx, const struct value *args, struct value *out) {
    return combine(cx, &args[0], value_is_null(&args[1]) ? STR("") : args[1].string, out);
}

enum op_result op_starts_with(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return op_boolean(str_starts(args[0].string, args[1].string), out);
}

enum op_result op_ends_with(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return op_boolean(str_ends(args[0].string, args[1].string), out);
}

enum op_result op_length_string(struct op_context *cx, const struct value *args,
                                struct value *out) {
    (void)cx;
    *out = value_integer(count_points(args[0].string));
    return OP_OK;
}

enum op_result op_indexer_string(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    struct str text = args[0].string;
    int32_t index = args[1].integer;
    if (index < 0 || index >= count_points(text)) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    *out = value_string(slice(text, byte_of(text, index), byte_of(text, index + 1)));
    return OP_OK;
}

/* The byte where the pattern is found first, from `from` on; SIZE_MAX when it is not. A pattern of
 * whole code points is found only at the beginning of one. */
static size_t find(struct str pattern, struct str text, size_t from) {
    for (size_t at = from; pattern.len <= text.len && at <= text.len - pattern.len; at++) {
        if (pattern.len == 0 || memcmp(text.at + at, pattern.at, pattern.len) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static enum op_result give_position(struct str text, size_t at, struct value *out) {
    *out = value_integer(at == SIZE_MAX ? -1 : count_points(slice(text, 0, at)));
    return OP_OK;
}

enum op_result op_position_of(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return give_position(args[1].string, find(args[0].string, args[1].string, 0), out);
}

enum op_result op_last_position_of(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    (void)cx;
    struct str pattern = args[0].string, text = args[1].string;
    size_t last = SIZE_MAX;
    for (size_t at = find(pattern, text, 0); at != SIZE_MAX; at = find(pattern, text, at + 1)) {
        last = at;
    }
    return give_position(text, last, out);
}

/* The empty string has the empty substring at 0; elsewhere the start must be on a character. */
static enum op_result substring(struct op_context *cx, struct str text, int32_t start,
                                int32_t length, struct value *out) {
    int32_t count = count_points(text);
    if (start < 0 || length < 0 || (start >= count && !(start == 0 && count == 0))) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    int32_t end = length > count - start ? count : start + length;
    *out = value_string(slice(text, byte_of(text, start), byte_of(text, end)));
    return OP_OK;
}

enum op_result op_substring(struct op_context *cx, const struct value *args, struct value *out) {
    return substring(cx, args[0].string, args[1].integer, INT32_MAX, out);
}

enum op_result op_substring_length(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    if (value_is_null(&args[0]) || value_is_null(&args[1])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    int32_t length = value_is_null(&args[2]) ? INT32_MAX : args[2].integer;
    return substring(cx, args[0].string, args[1].integer, length, out);
}

/* One code point becomes one, by Unicode's simple case mapping; no locale. */
static enum op_result map_points(struct op_context *cx, struct str text,
                                 utf8proc_int32_t (*map)(utf8proc_int32_t), struct value *out) {
    struct buf mapped;
    buf_init(&mapped);
    for (size_t at = 0; at < text.len;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)text.at + at,
                                                (utf8proc_ssize_t)(text.len - at), &point);
        if (len <= 0) {
            buf_add_char(&mapped, text.at[at++]);
            continue;
        }
        utf8proc_uint8_t bytes[4];
        utf8proc_ssize_t written = utf8proc_encode_char(map(point), bytes);
        buf_add(&mapped, (struct str){(const char *)bytes, (size_t)written});
        at += (size_t)len;
    }
    enum op_result result =
        buf_status(&mapped) != STATUS_OK ? OP_NO_MEMORY : op_string(cx, buf_str(&mapped), out);
    buf_release(&mapped);
    return result;
}

enum op_result op_lower(struct op_context *cx, const struct value *args, struct value *out) {
    return map_points(cx, args[0].string, utf8proc_tolower, out);
}

enum op_result op_upper(struct op_context *cx, const struct value *args, struct value *out) {
    return map_points(cx, args[0].string, utf8proc_toupper, out);
}

static enum op_result new_list(struct op_context *cx, size_t count, struct value **items,
                               struct value *out) {
    struct list *list = ARENA_NEW(cx->arena, struct list);
    *items = count >= UINT32_MAX ? NULL : ARENA_ARRAY(cx->arena, count + 1, struct value);
    if (!list || !*items) {
        return OP_NO_MEMORY;
    }
    *list = (struct list){(uint32_t)count, *items};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    return OP_OK;
}

enum op_result op_split(struct op_context *cx, const struct value *args, struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    struct str text = args[0].string;
    struct str separator = value_is_null(&args[1]) ? STR("") : args[1].string;
    size_t count = 1;
    for (size_t at = 0; separator.len > 0 && (at = find(separator, text, at)) != SIZE_MAX;) {
        at += separator.len;
        count++;
    }
    struct value *items;
    enum op_result status = new_list(cx, count, &items, out);
    if (status != OP_OK) {
        return status;
    }
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t to = i + 1 == count ? text.len : find(separator, text, from);
        items[i] = value_string(slice(text, from, to));
        from = to + separator.len;
    }
    return OP_OK;
}

enum op_result op_to_chars(struct op_context *cx, const struct value *args, struct value *out) {
    struct str text = args[0].string;
    size_t count = (size_t)count_points(text);
    struct value *items;
    enum op_result status = new_list(cx, count, &items, out);
    if (status != OP_OK) {
        return status;
    }
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        size_t to = from + 1;
        while (to < text.len && !begins_point(text.at[to])) {
            to++;
        }
        items[i] = value_string(slice(text, from, to));
        from = to;
    }
    return OP_OK;
}
