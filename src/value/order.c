/* The order of points, certain or not, and the ends of intervals. */
#include "value/compare.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_support.h"
#include "value/ucum.h"

enum op_result op_from_logic(struct op_context *cx, enum logic answer, struct value *out) {
    return answer == LOGIC_UNKNOWN ? op_null(cx, cx->reason, out)
                                   : op_boolean(answer == LOGIC_TRUE, out);
}

static int sign_of(i128 a, i128 b) {
    return a < b ? -1 : a > b;
}

static int not_known(struct op_context *cx, enum null_reason reason) {
    cx->reason = reason;
    return DATETIME_UNKNOWN;
}

static bool is_number(const struct value *v) {
    return v->kind == VALUE_INTEGER || v->kind == VALUE_LONG || v->kind == VALUE_DECIMAL;
}

static i128 as_decimal(const struct value *v) {
    return v->kind == VALUE_DECIMAL   ? v->decimal
           : v->kind == VALUE_INTEGER ? v->integer * DECIMAL_ONE
                                      : v->longint * DECIMAL_ONE;
}

static bool is_datetime(const struct value *v) {
    return v->kind == VALUE_DATE || v->kind == VALUE_DATETIME || v->kind == VALUE_TIME;
}

static int compare_quantities(struct op_context *cx, const struct quantity *a,
                              const struct quantity *b) {
    int order;
    switch (unit_compare(a->unit, a->value, b->unit, b->value, &order)) {
    case UNIT_DONE:
        return order;
    case UNIT_INCOMPATIBLE:
        return not_known(cx, NULL_UNIT);
    default:
        return not_known(cx, NULL_RANGE);
    }
}

/* Neither is an uncertainty. */
static int compare_certain(struct op_context *cx, const struct value *a, const struct value *b,
                           enum precision precision) {
    if (value_is_null(a) || value_is_null(b)) {
        return DATETIME_UNKNOWN;
    }
    if (is_number(a) && is_number(b)) {
        return sign_of(as_decimal(a), as_decimal(b));
    }
    if (is_datetime(a) && is_datetime(b) && (a->kind == VALUE_TIME) == (b->kind == VALUE_TIME)) {
        int order = datetime_compare(&a->datetime, &b->datetime, precision, op_request_offset(cx));
        return order == DATETIME_UNKNOWN ? not_known(cx, NULL_PRECISION) : order;
    }
    if (a->kind != b->kind) {
        return not_known(cx, NULL_NOT_DEFINED);
    }
    switch ((enum value_kind)a->kind) {
    case VALUE_BOOLEAN:
        return (int)a->boolean - (int)b->boolean;
    case VALUE_STRING: {
        int order = str_compare(a->string, b->string);
        return (order > 0) - (order < 0);
    }
    case VALUE_QUANTITY:
        return compare_quantities(cx, a->quantity, b->quantity);
    default:
        return not_known(cx, NULL_NOT_DEFINED);
    }
}

static bool both_certain(const struct value *a, const struct value *b) {
    return a->kind != VALUE_UNCERTAINTY && b->kind != VALUE_UNCERTAINTY;
}

int value_compare(struct op_context *cx, const struct value *a, const struct value *b,
                  enum precision precision) {
    if (both_certain(a, b)) {
        return compare_certain(cx, a, b, precision);
    }
    int upper = compare_certain(cx, op_greatest(a), op_least(b), precision);
    int lower = compare_certain(cx, op_least(a), op_greatest(b), precision);
    if (upper == -1 || lower == 1 || (upper == 0 && lower == 0)) {
        return upper == 0 ? 0 : upper == -1 ? -1 : 1;
    }
    return not_known(cx, NULL_PRECISION);
}

enum logic value_less(struct op_context *cx, const struct value *a, const struct value *b,
                      enum precision precision) {
    int upper = compare_certain(cx, op_greatest(a), op_least(b), precision);
    if (both_certain(a, b)) {
        return upper == DATETIME_UNKNOWN ? LOGIC_UNKNOWN : upper < 0 ? LOGIC_TRUE : LOGIC_FALSE;
    }
    if (upper == -1) {
        return LOGIC_TRUE;
    }
    int lower = compare_certain(cx, op_least(a), op_greatest(b), precision);
    if (lower == 0 || lower == 1) {
        return LOGIC_FALSE;
    }
    cx->reason = NULL_PRECISION;
    return LOGIC_UNKNOWN;
}

enum logic value_less_or_equal(struct op_context *cx, const struct value *a, const struct value *b,
                               enum precision precision) {
    return logic_not(value_less(cx, b, a, precision));
}

enum logic value_equal_points(struct op_context *cx, const struct value *a, const struct value *b,
                              enum precision precision) {
    bool comparable = (is_number(op_least(a)) && is_number(op_least(b))) ||
                      (is_datetime(op_least(a)) && is_datetime(op_least(b)) &&
                       (op_least(a)->kind == VALUE_TIME) == (op_least(b)->kind == VALUE_TIME)) ||
                      op_least(a)->kind == op_least(b)->kind;
    if (!comparable && !value_is_null(a) && !value_is_null(b)) {
        return LOGIC_FALSE;
    }
    int order = value_compare(cx, a, b, precision);
    return order == DATETIME_UNKNOWN ? LOGIC_UNKNOWN : order == 0 ? LOGIC_TRUE : LOGIC_FALSE;
}

static int order_datetimes(struct op_context *cx, const struct datetime *a,
                           const struct datetime *b) {
    int16_t offset = op_request_offset(cx);
    int64_t first_a = datetime_first_ms(a, offset), first_b = datetime_first_ms(b, offset);
    return first_a != first_b ? (first_a < first_b ? -1 : 1) : sign_of(a->precision, b->precision);
}

static int order_texts(struct str a, struct str b) {
    int order = str_compare(a, b);
    return (order > 0) - (order < 0);
}

int value_order(struct op_context *cx, const struct value *a, const struct value *b) {
    if (value_is_null(a) || value_is_null(b)) {
        return (int)value_is_null(b) - (int)value_is_null(a);
    }
    int order = value_compare(cx, a, b, PRECISION_NONE);
    if (order != DATETIME_UNKNOWN) {
        return order;
    }
    const struct value *low_a = op_least(a), *low_b = op_least(b);
    if (low_a != a || low_b != b) {
        order = value_order(cx, low_a, low_b);
        return order != 0 ? order : value_order(cx, op_greatest(a), op_greatest(b));
    }
    if (is_datetime(a) && is_datetime(b)) {
        return order_datetimes(cx, &a->datetime, &b->datetime);
    }
    if (a->kind == VALUE_QUANTITY && b->kind == VALUE_QUANTITY) {
        order = order_texts(unit_text(a->quantity->unit), unit_text(b->quantity->unit));
        return order != 0 ? order : sign_of(a->quantity->value, b->quantity->value);
    }
    if (a->kind == VALUE_CODE && b->kind == VALUE_CODE) {
        order = order_texts(a->code->system, b->code->system);
        return order != 0 ? order : order_texts(a->code->code, b->code->code);
    }
    return sign_of(a->kind, b->kind);
}

/* A value that has the point type of the interval, or false. */
static bool point_like(const struct interval *interval, struct value *out) {
    if (!value_is_null(&interval->low) || !value_is_null(&interval->high)) {
        *out = value_is_null(&interval->low) ? interval->high : interval->low;
        return true;
    }
    *out = (struct value){.kind = interval->point};
    return interval->point != VALUE_NULL && interval->point != VALUE_QUANTITY;
}

static enum op_result uncertain(struct op_context *cx, const struct value *low,
                                const struct value *high, struct value *out) {
    return op_interval(cx, VALUE_UNCERTAINTY, *low, *high, out);
}

static bool is_last(struct op_context *cx, const struct value *v, bool up) {
    struct value last;
    enum op_result result = up ? value_maximum(cx, v, &last) : value_minimum(cx, v, &last);
    return result == OP_OK && compare_certain(cx, v, &last, PRECISION_NONE) == 0;
}

enum op_result value_step(struct op_context *cx, const struct value *v, bool up,
                          struct value *out) {
    if (value_is_null(v)) {
        *out = value_null();
        return OP_OK;
    }
    if (v->kind != VALUE_UNCERTAINTY) {
        return up ? op_successor(cx, v, out) : op_predecessor(cx, v, out);
    }
    struct value ends[2] = {v->interval->low, v->interval->high};
    for (int i = 0; i < 2; i++) {
        if (!is_last(cx, &ends[i], up)) {
            enum op_result result = value_step(cx, &ends[i], up, &ends[i]);
            if (result != OP_OK) {
                return result;
            }
        }
    }
    return uncertain(cx, &ends[0], &ends[1], out);
}

enum op_result interval_start(struct op_context *cx, const struct interval *interval,
                              struct value *out) {
    struct value like, minimum, end;
    if (!value_is_null(&interval->low)) {
        *out = interval->low;
        if (interval->low_closed) {
            return OP_OK;
        }
        return value_step(cx, &interval->low, true, out);
    }
    if (!point_like(interval, &like)) {
        *out = value_null();
        return OP_OK;
    }
    enum op_result result = value_minimum(cx, op_least(&like), &minimum);
    if (result != OP_OK || interval->low_closed) {
        *out = minimum;
        return result;
    }
    if (value_is_null(&interval->high)) {
        result = value_maximum(cx, op_least(&like), &end);
    } else {
        result = interval_end(cx, interval, &end);
    }
    return result == OP_OK ? uncertain(cx, &minimum, op_greatest(&end), out) : result;
}

enum op_result interval_end(struct op_context *cx, const struct interval *interval,
                            struct value *out) {
    struct value like, maximum, start;
    if (!value_is_null(&interval->high)) {
        *out = interval->high;
        if (interval->high_closed) {
            return OP_OK;
        }
        return value_step(cx, &interval->high, false, out);
    }
    if (!point_like(interval, &like)) {
        *out = value_null();
        return OP_OK;
    }
    enum op_result result = value_maximum(cx, op_greatest(&like), &maximum);
    if (result != OP_OK || interval->high_closed) {
        *out = maximum;
        return result;
    }
    if (value_is_null(&interval->low)) {
        result = value_minimum(cx, op_greatest(&like), &start);
    } else {
        result = interval_start(cx, interval, &start);
    }
    return result == OP_OK ? uncertain(cx, op_least(&start), &maximum, out) : result;
}
