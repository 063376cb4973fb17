#include "value/op_support.h"

#include "value/decimal.h"

#include <assert.h>

enum op_result op_null(struct op_context *cx, enum null_reason reason, struct value *out) {
    cx->reason = reason;
    *out = value_null();
    return OP_OK;
}

/* Field by field: a struct made of a byte and copied whole waits for that byte. */
enum op_result op_boolean(bool answer, struct value *out) {
    *out = value_null();
    out->kind = VALUE_BOOLEAN;
    out->boolean = answer;
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

/* Numbers of any kinds; quantities by their values, because the units are one. */
static int compare_numbers(const struct value *a, const struct value *b) {
    i128 x[2];
    const struct value *v[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        x[i] = v[i]->kind == VALUE_INTEGER    ? v[i]->integer * DECIMAL_ONE
               : v[i]->kind == VALUE_LONG     ? v[i]->longint * DECIMAL_ONE
               : v[i]->kind == VALUE_QUANTITY ? v[i]->quantity->value
                                              : v[i]->decimal;
    }
    return x[0] < x[1] ? -1 : x[0] > x[1];
}

enum op_result op_over_range(struct op_context *cx, op_function *function, const struct value *args,
                             int count, struct value *out) {
    assert(count == 1 || count == 2);
    bool any = false;
    struct value ends[2][2];
    for (int i = 0; i < count; i++) {
        bool uncertain = op_is_uncertain(&args[i]);
        ends[i][0] = uncertain ? args[i].interval->low : args[i];
        ends[i][1] = uncertain ? args[i].interval->high : args[i];
        any = any || uncertain;
    }
    if (!any) {
        return function(cx, args, out);
    }
    struct value low = value_null(), high = value_null();
    for (int corner = 0; corner < 1 << count; corner++) {
        struct value picked[2] = {ends[0][corner & 1], value_null()}, result;
        if (count == 2) {
            picked[1] = ends[1][corner >> 1];
        }
        enum op_result status = function(cx, picked, &result);
        if (status != OP_OK || value_is_null(&result)) {
            *out = result;
            return status;
        }
        low = corner == 0 || compare_numbers(&result, &low) < 0 ? result : low;
        high = corner == 0 || compare_numbers(&result, &high) > 0 ? result : high;
    }
    if (compare_numbers(&low, &high) == 0) {
        *out = low;
        return OP_OK;
    }
    return op_interval(cx, VALUE_UNCERTAINTY, low, high, out);
}

enum op_result op_increasing(struct op_context *cx, op_function *function, const struct value *args,
                             int count, struct value *out) {
    assert(count == 1 || count == 2);
    if (!op_is_uncertain(&args[0])) {
        return function(cx, args, out);
    }
    struct value low[2] = {*op_least(&args[0])}, high[2] = {*op_greatest(&args[0])}, ends[2];
    if (count == 2) {
        low[1] = high[1] = args[1];
    }
    enum op_result result = function(cx, low, &ends[0]);
    result = result == OP_OK ? function(cx, high, &ends[1]) : result;
    if (result != OP_OK) {
        return result;
    }
    if (value_is_null(&ends[0]) || value_is_null(&ends[1])) {
        *out = value_null();
        return OP_OK;
    }
    return op_interval(cx, VALUE_UNCERTAINTY, ends[0], ends[1], out);
}

int16_t op_request_offset(const struct op_context *cx) {
    return cx->now.offset_min == OFFSET_OF_REQUEST ? 0 : cx->now.offset_min;
}

const char *precision_name(enum precision precision) {
    static const char *const names[] = {"",     "year",   "month",  "week",       "day",
                                        "hour", "minute", "second", "millisecond"};
    return names[precision];
}
