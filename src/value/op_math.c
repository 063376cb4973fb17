/* Rounding, powers and logarithms, precision and boundaries, least and greatest values (CQL 1.5
 * reference, section 16). The reference leaves open what Exp does past the largest Decimal and Ln
 * at 0; here they are run-time errors, as the conformance suite has it. */
#include "value/compare.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_arithmetic.h"
#include "value/op_support.h"
#include "value/ucum.h"

static enum op_result give_integer(struct op_context *cx, i128 whole, struct value *out) {
    i128 n = whole / DECIMAL_ONE;
    if (n < INT32_MIN || n > INT32_MAX) {
        return op_null(cx, NULL_RANGE, out);
    }
    *out = value_integer((int32_t)n);
    return OP_OK;
}

static enum op_result floor_of(struct op_context *cx, const struct value *args, struct value *out) {
    i128 x = number_as_decimal(&args[0]), whole = decimal_truncate(x, 0);
    return give_integer(cx, whole > x ? whole - DECIMAL_ONE : whole, out);
}

static enum op_result ceiling_of(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    i128 x = number_as_decimal(&args[0]), whole = decimal_truncate(x, 0);
    return give_integer(cx, whole < x ? whole + DECIMAL_ONE : whole, out);
}

static enum op_result truncate_of(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    return give_integer(cx, decimal_truncate(number_as_decimal(&args[0]), 0), out);
}

static enum op_result round_to(struct op_context *cx, const struct value *v, int digits,
                               struct value *out) {
    i128 rounded = 0;
    bool fits = decimal_round(number_as_decimal(v), digits, &rounded);
    return give_decimal(cx, fits, rounded, (uint8_t)(digits > 0 ? digits : 1), out);
}

static enum op_result round_whole(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    return round_to(cx, &args[0], 0, out);
}

enum op_result op_floor(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, floor_of, args, 1, out);
}

enum op_result op_ceiling(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, ceiling_of, args, 1, out);
}

enum op_result op_truncate(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, truncate_of, args, 1, out);
}

enum op_result op_round(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, round_whole, args, 1, out);
}

enum op_result op_round_to(struct op_context *cx, const struct value *args, struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    int digits = value_is_null(&args[1]) ? 0 : args[1].integer;
    if (digits < 0) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    return round_to(cx, &args[0], digits > DECIMAL_SCALE_MAX ? DECIMAL_SCALE_MAX : digits, out);
}

static enum op_result give_answer(struct op_context *cx, enum decimal_answer answer, i128 n,
                                  struct value *out) {
    switch (answer) {
    case DECIMAL_DONE:
        *out = value_decimal(n, decimal_scale_needed(n));
        return OP_OK;
    case DECIMAL_OVERFLOW:
        return op_null(cx, NULL_RANGE, out);
    case DECIMAL_NOT_DEFINED:
        break;
    }
    return op_null(cx, NULL_NOT_DEFINED, out);
}

static enum op_result exp_of(struct op_context *cx, const struct value *args, struct value *out) {
    i128 result = 0;
    enum decimal_answer answer = decimal_exp(number_as_decimal(&args[0]), &result);
    if (answer == DECIMAL_OVERFLOW) {
        return op_error(cx, "the result of Exp is larger than a Decimal can be");
    }
    return give_answer(cx, answer, result, out);
}

static enum op_result ln_of(struct op_context *cx, const struct value *args, struct value *out) {
    i128 x = number_as_decimal(&args[0]), result = 0;
    if (x == 0) {
        return op_error(cx, "Ln of 0 is not defined");
    }
    enum decimal_answer answer = decimal_ln(x, &result);
    return give_answer(cx, answer, result, out);
}

static enum op_result log_of(struct op_context *cx, const struct value *args, struct value *out) {
    i128 result = 0;
    enum decimal_answer answer =
        decimal_log(number_as_decimal(&args[0]), number_as_decimal(&args[1]), &result);
    return give_answer(cx, answer, result, out);
}

enum op_result op_exp(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, exp_of, args, 1, out);
}

enum op_result op_ln(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, ln_of, args, 1, out);
}

enum op_result op_log(struct op_context *cx, const struct value *args, struct value *out) {
    if (op_is_uncertain(&args[1])) {
        return op_null(cx, NULL_PRECISION, out);
    }
    return op_over_range(cx, log_of, args, 2, out);
}

/* base^exponent for exponent >= 0, exact; false past 64 bits. */
static bool whole_power(int64_t base, int64_t exponent, int64_t *out) {
    int64_t result = 1;
    if (base == 0 || base == 1 || base == -1) {
        *out = exponent == 0 ? 1 : exponent % 2 == 0 ? base * base : base;
        return true;
    }
    for (; exponent > 0; exponent--) {
        if (__builtin_mul_overflow(result, base, &result)) {
            return false;
        }
    }
    *out = result;
    return true;
}

enum op_result op_power(struct op_context *cx, const struct value *args, struct value *out) {
    const struct value *x = &args[0], *y = &args[1];
    bool decimals = x->kind == VALUE_DECIMAL || y->kind == VALUE_DECIMAL;
    bool integers = x->kind == VALUE_INTEGER && y->kind == VALUE_INTEGER;
    int64_t exponent = y->kind == VALUE_INTEGER ? y->integer : y->longint;
    if (decimals || exponent < 0) {
        i128 result = 0;
        enum decimal_answer answer =
            decimal_power(number_as_decimal(x), number_as_decimal(y), &result);
        return give_answer(cx, answer, result, out);
    }
    int64_t result;
    if (!whole_power(x->kind == VALUE_INTEGER ? x->integer : x->longint, exponent, &result) ||
        (integers && (result < INT32_MIN || result > INT32_MAX))) {
        return op_null(cx, NULL_RANGE, out);
    }
    *out = integers ? value_integer((int32_t)result) : value_long(result);
    return OP_OK;
}

/* Digits of a date or time in its basic form: YYYYMMDDhhmmssfff. */
static int digits_of(enum precision precision) {
    static const uint8_t digits[] = {0, 4, 6, 0, 8, 10, 12, 14, 17};
    return digits[precision];
}

enum { DIGITS_OF_DATE = 8 };

enum op_result op_precision(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    const struct value *v = &args[0];
    if (v->kind == VALUE_DECIMAL) {
        uint8_t needed = decimal_scale_needed(v->decimal);
        *out = value_integer(v->scale > needed ? v->scale : needed);
        return OP_OK;
    }
    int digits = digits_of((enum precision)v->datetime.precision);
    *out = value_integer(v->kind == VALUE_TIME ? digits - DIGITS_OF_DATE : digits);
    return OP_OK;
}

/* The boundary of a Decimal fills the digits it does not show with 0 or 9 and cuts the result to
 * the digits asked for (CQL 1.5: HighBoundary(1.587, 8) is 1.58799999); below 0 the roles change.
 */
static enum op_result decimal_boundary(struct op_context *cx, const struct value *v, bool high,
                                       int digits, struct value *out) {
    if (digits > DECIMAL_SCALE_MAX) {
        return op_null(cx, NULL_RANGE, out);
    }
    bool negative = v->decimal < 0;
    i128 size = negative ? -v->decimal : v->decimal;
    if (high != negative) {
        uint8_t needed = decimal_scale_needed(v->decimal);
        i128 step = 1;
        for (int i = v->scale > needed ? v->scale : needed; i < DECIMAL_SCALE_MAX; i++) {
            step *= 10;
        }
        size += step - 1;
    }
    size = decimal_truncate(size, digits);
    *out = value_decimal(negative ? -size : size, (uint8_t)digits);
    return OP_OK;
}

static enum op_result boundary(struct op_context *cx, const struct value *args, bool high,
                               struct value *out) {
    const struct value *v = &args[0];
    if (value_is_null(v)) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    enum precision finest = v->kind == VALUE_DATE ? PRECISION_DAY : PRECISION_MILLISECOND;
    int before = v->kind == VALUE_TIME ? DIGITS_OF_DATE : 0;
    int most = v->kind == VALUE_DECIMAL ? DECIMAL_SCALE_MAX : digits_of(finest) - before;
    int digits = value_is_null(&args[1]) ? most : args[1].integer;
    if (digits > most || digits < 0) {
        return op_null(cx, NULL_RANGE, out);
    }
    if (v->kind == VALUE_DECIMAL) {
        return decimal_boundary(cx, v, high, digits, out);
    }
    enum precision to = v->kind == VALUE_TIME ? PRECISION_HOUR : PRECISION_YEAR;
    while (digits_of(to) - before < digits || to == PRECISION_WEEK) {
        to = (enum precision)(to + 1);
    }
    *out = *v;
    struct datetime filled =
        high ? datetime_fill_high(&v->datetime, to) : datetime_fill_low(&v->datetime, to);
    out->datetime = datetime_truncate(&filled, to);
    return OP_OK;
}

enum op_result op_low_boundary(struct op_context *cx, const struct value *args, struct value *out) {
    return boundary(cx, args, false, out);
}

enum op_result op_high_boundary(struct op_context *cx, const struct value *args,
                                struct value *out) {
    return boundary(cx, args, true, out);
}

static enum op_result extreme_quantity(struct op_context *cx, bool greatest, struct value *out) {
    const struct unit *one = unit_intern(cx->units, STR("1"));
    if (!one) {
        return OP_NO_MEMORY;
    }
    struct quantity zero = {.unit = one};
    struct value like = {.kind = VALUE_QUANTITY, .quantity = &zero};
    return greatest ? value_maximum(cx, &like, out) : value_minimum(cx, &like, out);
}

enum op_result op_min_value_quantity(struct op_context *cx, const struct value *args,
                                     struct value *out) {
    (void)args;
    return extreme_quantity(cx, false, out);
}

enum op_result op_max_value_quantity(struct op_context *cx, const struct value *args,
                                     struct value *out) {
    (void)args;
    return extreme_quantity(cx, true, out);
}

#define EXTREMES(word, KIND)                                                                       \
    enum op_result op_min_value_##word(struct op_context *cx, const struct value *args,            \
                                       struct value *out) {                                        \
        (void)args;                                                                                \
        return value_minimum(cx, &(struct value){.kind = KIND}, out);                              \
    }                                                                                              \
    enum op_result op_max_value_##word(struct op_context *cx, const struct value *args,            \
                                       struct value *out) {                                        \
        (void)args;                                                                                \
        return value_maximum(cx, &(struct value){.kind = KIND}, out);                              \
    }
EXTREMES(integer, VALUE_INTEGER)
EXTREMES(long, VALUE_LONG)
EXTREMES(decimal, VALUE_DECIMAL)
EXTREMES(date, VALUE_DATE)
EXTREMES(datetime, VALUE_DATETIME)
EXTREMES(time, VALUE_TIME)
