/* Conversions (CQL 1.5 reference, section 15, "Type Operators"). A text that is not of the wanted
 * form gives null for NULL_NO_FORMAT. Quantities, ratios and concepts are in op_convert_quantity.c.
 */
#include "base/buf.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_arithmetic.h"
#include "value/op_support.h"
#include "value/print.h"

static void add_number(struct buf *text, const struct value *v) {
    char number[DECIMAL_TEXT_MAX];
    size_t len = decimal_print(v->decimal, v->scale, number);
    buf_add(text, (struct str){number, len});
}

static void add_datetime(struct buf *text, const struct value *v) {
    char date[DATETIME_TEXT_MAX];
    size_t len = datetime_print(&v->datetime, (enum value_kind)v->kind, date);
    buf_add(text, (struct str){date, len});
}

/* False for a kind that has no ToString. */
static bool add_text(struct buf *text, const struct value *v) {
    switch ((enum value_kind)v->kind) {
    case VALUE_BOOLEAN:
        buf_add_cstr(text, v->boolean ? "true" : "false");
        return true;
    case VALUE_INTEGER:
        buf_add_format(text, "%d", (int)v->integer);
        return true;
    case VALUE_LONG:
        buf_add_format(text, "%lld", (long long)v->longint);
        return true;
    case VALUE_DECIMAL:
        add_number(text, v);
        return true;
    case VALUE_STRING:
        buf_add(text, v->string);
        return true;
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        add_datetime(text, v);
        return true;
    case VALUE_QUANTITY:
        quantity_print(v->quantity, text);
        return true;
    case VALUE_RATIO:
        quantity_print(&v->ratio->numerator, text);
        buf_add_char(text, ':');
        quantity_print(&v->ratio->denominator, text);
        return true;
    default:
        return false;
    }
}

enum op_result op_to_string(struct op_context *cx, const struct value *args, struct value *out) {
    if (args[0].kind == VALUE_STRING) {
        *out = args[0];
        return OP_OK;
    }
    struct buf text;
    buf_init(&text);
    enum op_result result = !add_text(&text, &args[0])       ? op_null(cx, NULL_NO_FORMAT, out)
                            : buf_status(&text) != STATUS_OK ? OP_NO_MEMORY
                                                             : op_string(cx, buf_str(&text), out);
    buf_release(&text);
    return result;
}

enum op_result op_to_boolean(struct op_context *cx, const struct value *args, struct value *out) {
    static const char *const words[2][5] = {{"false", "f", "no", "n", "0"},
                                            {"true", "t", "yes", "y", "1"}};
    const struct value *v = &args[0];
    if (v->kind == VALUE_BOOLEAN) {
        *out = *v;
        return OP_OK;
    }
    if (v->kind != VALUE_STRING) {
        i128 n = number_as_decimal(v);
        return n == 0 || n == DECIMAL_ONE ? op_boolean(n != 0, out)
                                          : op_null(cx, NULL_NO_FORMAT, out);
    }
    for (int answer = 0; answer < 2; answer++) {
        for (int i = 0; i < 5; i++) {
            if (str_equal_fold(v->string, str_from(words[answer][i]))) {
                return op_boolean(answer == 1, out);
            }
        }
    }
    return op_null(cx, NULL_NO_FORMAT, out);
}

/* (+|-)?digits, in the range of 64 bits. */
static bool parse_whole(struct str text, int64_t *out) {
    bool negative = text.len > 0 && text.at[0] == '-';
    size_t at = negative || (text.len > 0 && text.at[0] == '+') ? 1 : 0;
    if (at == text.len) {
        return false;
    }
    int64_t n = 0;
    for (; at < text.len; at++) {
        if (text.at[at] < '0' || text.at[at] > '9') {
            return false;
        }
        int digit = text.at[at] - '0';
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, negative ? -digit : digit, &n)) {
            return false;
        }
    }
    *out = n;
    return true;
}

static enum op_result to_whole(struct op_context *cx, const struct value *v, int64_t *n,
                               struct value *out) {
    switch ((enum value_kind)v->kind) {
    case VALUE_BOOLEAN:
        *n = v->boolean;
        break;
    case VALUE_INTEGER:
        *n = v->integer;
        break;
    case VALUE_LONG:
        *n = v->longint;
        break;
    case VALUE_STRING:
        if (parse_whole(v->string, n)) {
            break;
        }
        return op_null(cx, NULL_NO_FORMAT, out);
    default:
        return op_null(cx, NULL_NO_FORMAT, out);
    }
    *out = value_long(*n);
    return OP_OK;
}

static enum op_result to_integer(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    int64_t n = 0;
    enum op_result status = to_whole(cx, &args[0], &n, out);
    if (status != OP_OK || value_is_null(out)) {
        return status;
    }
    if (n < INT32_MIN || n > INT32_MAX) {
        return op_null(cx, NULL_RANGE, out);
    }
    *out = value_integer((int32_t)n);
    return OP_OK;
}

enum op_result op_to_integer(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, to_integer, args, 1, out);
}

/* What is a Decimal already, because Power made it one, stays it. */
static enum op_result to_long(struct op_context *cx, const struct value *args, struct value *out) {
    if (args[0].kind == VALUE_DECIMAL) {
        *out = args[0];
        return OP_OK;
    }
    int64_t n = 0;
    return to_whole(cx, &args[0], &n, out);
}

enum op_result op_to_long(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, to_long, args, 1, out);
}

static enum op_result to_decimal(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    const struct value *v = &args[0];
    i128 n = 0;
    uint8_t scale = 0;
    switch ((enum value_kind)v->kind) {
    case VALUE_DECIMAL:
        *out = *v;
        return OP_OK;
    case VALUE_BOOLEAN:
        *out = value_decimal(v->boolean ? DECIMAL_ONE : 0, 1);
        return OP_OK;
    case VALUE_INTEGER:
    case VALUE_LONG:
        *out = value_decimal(number_as_decimal(v), 0);
        return OP_OK;
    case VALUE_STRING:
        if (decimal_parse_rounded(v->string, &n, &scale)) {
            *out = value_decimal(n, scale);
            return OP_OK;
        }
        return op_null(cx, NULL_NO_FORMAT, out);
    default:
        return op_null(cx, NULL_NO_FORMAT, out);
    }
}

enum op_result op_to_decimal(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, to_decimal, args, 1, out);
}

/* ISO 8601, as the reference has it: the T stands only before hours. */
static bool parse_datetime(struct str text, struct datetime *out) {
    const char *t = text.len > 0 ? memchr(text.at, 'T', text.len) : NULL;
    return datetime_parse(text, out) && (!t || out->precision >= PRECISION_HOUR);
}

static enum op_result to_datetime(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    struct datetime d = args[0].datetime;
    if (args[0].kind == VALUE_STRING && !parse_datetime(args[0].string, &d)) {
        return op_null(cx, NULL_NO_FORMAT, out);
    }
    *out = (struct value){.kind = VALUE_DATETIME, .datetime = d};
    return OP_OK;
}

enum op_result op_to_datetime(struct op_context *cx, const struct value *args, struct value *out) {
    return op_increasing(cx, to_datetime, args, 1, out);
}

enum op_result op_to_date(struct op_context *cx, const struct value *args, struct value *out) {
    struct datetime d = args[0].datetime;
    if (args[0].kind == VALUE_STRING && !parse_datetime(args[0].string, &d)) {
        return op_null(cx, NULL_NO_FORMAT, out);
    }
    d.offset_min = OFFSET_OF_REQUEST;
    *out = (struct value){.kind = VALUE_DATE, .datetime = datetime_truncate(&d, PRECISION_DAY)};
    return OP_OK;
}

/* An offset behind the time is read and left out: a Time has none. */
static bool parse_time(struct str text, struct datetime *out) {
    size_t end = 0;
    while (end < text.len && text.at[end] != 'Z' && text.at[end] != '+' && text.at[end] != '-') {
        end++;
    }
    struct str offset = {text.at + end, text.len - end};
    int16_t offset_min;
    return datetime_parse_time((struct str){text.at, end}, out) &&
           (offset.len == 0 || datetime_parse_offset(offset, &offset_min));
}

enum op_result op_to_time(struct op_context *cx, const struct value *args, struct value *out) {
    const struct value *v = &args[0];
    struct datetime d = v->datetime;
    if (v->kind == VALUE_STRING && !parse_time(v->string, &d)) {
        return op_null(cx, NULL_NO_FORMAT, out);
    }
    *out = (struct value){.kind = VALUE_TIME, .datetime = d};
    return OP_OK;
}

enum op_result op_to_list(struct op_context *cx, const struct value *args, struct value *out) {
    struct list *list = ARENA_NEW(cx->arena, struct list);
    struct value *item = ARENA_NEW(cx->arena, struct value);
    if (!list || !item) {
        return OP_NO_MEMORY;
    }
    *item = args[0];
    *list = (struct list){value_is_null(&args[0]) ? 0 : 1, item};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    return OP_OK;
}

#define BIT(kind) (1u << (kind))
enum {
    NUMBERS = BIT(VALUE_INTEGER) | BIT(VALUE_LONG),
    DATES = BIT(VALUE_DATE) | BIT(VALUE_DATETIME)
};

/* Whether the conversion takes such a value and makes something of it. */
static enum op_result converts(struct op_context *cx, const struct value *args, unsigned kinds,
                               op_function *conversion, struct value *out) {
    struct value converted;
    if (!(kinds & BIT(args[0].kind))) {
        return op_boolean(false, out);
    }
    enum op_result status = conversion(cx, args, &converted);
    return status != OP_OK ? status : op_boolean(!value_is_null(&converted), out);
}

#define CONVERTS(word, kinds)                                                                      \
    enum op_result op_converts_to_##word(struct op_context *cx, const struct value *args,          \
                                         struct value *out) {                                      \
        return converts(cx, args, (kinds) | BIT(VALUE_STRING), op_to_##word, out);                 \
    }
CONVERTS(boolean, BIT(VALUE_BOOLEAN) | NUMBERS | BIT(VALUE_DECIMAL))
CONVERTS(integer, BIT(VALUE_BOOLEAN) | NUMBERS)
CONVERTS(long, BIT(VALUE_BOOLEAN) | NUMBERS)
CONVERTS(decimal, BIT(VALUE_BOOLEAN) | NUMBERS | BIT(VALUE_DECIMAL))
CONVERTS(date, DATES)
CONVERTS(datetime, DATES)
CONVERTS(time, BIT(VALUE_TIME))
CONVERTS(quantity, NUMBERS | BIT(VALUE_DECIMAL) | BIT(VALUE_QUANTITY) | BIT(VALUE_RATIO))
CONVERTS(ratio, BIT(VALUE_RATIO))
CONVERTS(string, BIT(VALUE_BOOLEAN) | NUMBERS | BIT(VALUE_DECIMAL) | DATES | BIT(VALUE_TIME) |
                     BIT(VALUE_QUANTITY) | BIT(VALUE_RATIO))
