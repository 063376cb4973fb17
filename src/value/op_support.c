#include "value/op_support.h"

enum op_result op_null(struct op_context *cx, enum null_reason reason, struct value *out) {
    cx->reason = reason;
    *out = value_null();
    return OP_OK;
}

enum op_result op_boolean(bool answer, struct value *out) {
    *out = value_boolean(answer);
    return OP_OK;
}

enum op_result op_error(struct op_context *cx, const char *format, ...) {
    va_list args;
    va_start(args, format);
    cx->message = arena_vformat(cx->arena, format, args);
    va_end(args);
    return cx->message.at ? OP_ERROR : OP_NO_MEMORY;
}

enum op_result op_quantity(struct op_context *cx, const struct quantity *quantity,
                           struct value *out) {
    struct quantity *copy = ARENA_NEW(cx->arena, struct quantity);
    if (!copy) {
        return OP_NO_MEMORY;
    }
    *copy = *quantity;
    *out = (struct value){.kind = VALUE_QUANTITY, .quantity = copy};
    return OP_OK;
}

enum op_result op_interval(struct op_context *cx, enum value_kind kind, struct value low,
                           struct value high, struct value *out) {
    struct interval *interval = ARENA_NEW(cx->arena, struct interval);
    if (!interval) {
        return OP_NO_MEMORY;
    }
    *interval = (struct interval){low, high, true, true};
    *out = (struct value){.kind = (uint8_t)kind, .interval = interval};
    return OP_OK;
}

enum op_result op_integer_between(struct op_context *cx, int64_t low, int64_t high,
                                  struct value *out) {
    if (low < INT32_MIN || high > INT32_MAX) {
        return op_null(cx, NULL_RANGE, out);
    }
    if (low == high) {
        *out = value_integer((int32_t)low);
        return OP_OK;
    }
    return op_interval(cx, VALUE_UNCERTAINTY, value_integer((int32_t)low),
                       value_integer((int32_t)high), out);
}

enum op_result op_string(struct op_context *cx, struct str text, struct value *out) {
    struct str copy = arena_copy(cx->arena, text);
    if (!copy.at) {
        return OP_NO_MEMORY;
    }
    *out = value_string(copy);
    return OP_OK;
}

int16_t op_request_offset(const struct op_context *cx) {
    return cx->now.offset_min == OFFSET_OF_REQUEST ? 0 : cx->now.offset_min;
}

const char *precision_name(enum precision precision) {
    static const char *const names[] = {"",     "year",   "month",  "week",       "day",
                                        "hour", "minute", "second", "millisecond"};
    return names[precision];
}
