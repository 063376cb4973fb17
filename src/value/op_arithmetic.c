/* Arithmetic on numbers (CQL 1.5 reference, section 16). Functions go by the kinds they meet, not
 * by the signature that chose them: Power(Integer, Integer) with a negative exponent is a Decimal.
 * Results that do not fit are null. */
#include "value/op_arithmetic.h"
#include "value/decimal.h"
#include "value/op_support.h"

static enum value_kind wider_kind(const struct value *args) {
    enum value_kind a = (enum value_kind)args[0].kind, b = (enum value_kind)args[1].kind;
    return a > b ? a : b; /* Integer, Long and Decimal stand in this order */
}

static i128 whole_of(const struct value *v) {
    return v->kind == VALUE_INTEGER ? v->integer : v->longint;
}

i128 number_as_decimal(const struct value *v) {
    return v->kind == VALUE_DECIMAL ? v->decimal : whole_of(v) * DECIMAL_ONE;
}

static enum op_result give_whole(struct op_context *cx, enum value_kind kind, i128 n,
                                 struct value *out) {
    bool integer = kind == VALUE_INTEGER;
    if (n < (integer ? INT32_MIN : INT64_MIN) || n > (integer ? INT32_MAX : INT64_MAX)) {
        return op_null(cx, NULL_RANGE, out);
    }
    *out = integer ? value_integer((int32_t)n) : value_long((int64_t)n);
    return OP_OK;
}

enum op_result give_decimal(struct op_context *cx, bool fits, i128 n, uint8_t scale,
                            struct value *out) {
    if (!fits) {
        return op_null(cx, NULL_RANGE, out);
    }
    *out = value_decimal(n, scale);
    return OP_OK;
}

static uint8_t larger_scale(const struct value *args) {
    return args[0].scale > args[1].scale ? args[0].scale : args[1].scale;
}

static enum op_result add(struct op_context *cx, const struct value *args, struct value *out) {
    enum value_kind kind = wider_kind(args);
    if (kind == VALUE_QUANTITY) {
        return quantity_add(cx, args[0].quantity, args[1].quantity, 1, out);
    }
    if (kind != VALUE_DECIMAL) {
        return give_whole(cx, kind, whole_of(&args[0]) + whole_of(&args[1]), out);
    }
    i128 sum = 0;
    bool fits = decimal_add(number_as_decimal(&args[0]), number_as_decimal(&args[1]), &sum);
    return give_decimal(cx, fits, sum, larger_scale(args), out);
}

static enum op_result subtract(struct op_context *cx, const struct value *args, struct value *out) {
    enum value_kind kind = wider_kind(args);
    if (kind == VALUE_QUANTITY) {
        return quantity_add(cx, args[0].quantity, args[1].quantity, -1, out);
    }
    if (kind != VALUE_DECIMAL) {
        return give_whole(cx, kind, whole_of(&args[0]) - whole_of(&args[1]), out);
    }
    i128 difference = 0;
    bool fits =
        decimal_subtract(number_as_decimal(&args[0]), number_as_decimal(&args[1]), &difference);
    return give_decimal(cx, fits, difference, larger_scale(args), out);
}

static enum op_result multiply(struct op_context *cx, const struct value *args, struct value *out) {
    enum value_kind kind = wider_kind(args);
    if (kind == VALUE_QUANTITY) {
        return quantity_multiply(cx, args[0].quantity, args[1].quantity, out);
    }
    if (kind != VALUE_DECIMAL) {
        return give_whole(cx, kind, whole_of(&args[0]) * whole_of(&args[1]), out);
    }
    int scale = args[0].scale + args[1].scale;
    i128 product = 0;
    bool fits =
        decimal_multiply(number_as_decimal(&args[0]), number_as_decimal(&args[1]), &product);
    return give_decimal(cx, fits, product,
                        (uint8_t)(scale > DECIMAL_SCALE_MAX ? DECIMAL_SCALE_MAX : scale), out);
}

static enum op_result divide(struct op_context *cx, const struct value *args, struct value *out) {
    if (wider_kind(args) == VALUE_QUANTITY) {
        return quantity_divide(cx, args[0].quantity, args[1].quantity, out);
    }
    i128 divisor = number_as_decimal(&args[1]), quotient = 0;
    if (divisor == 0) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    bool fits = decimal_divide(number_as_decimal(&args[0]), divisor, &quotient);
    return give_decimal(cx, fits, quotient, decimal_scale_needed(quotient), out);
}

static enum op_result truncated_divide(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    enum value_kind kind = wider_kind(args);
    if (kind == VALUE_QUANTITY) {
        return quantity_truncated_divide(cx, args[0].quantity, args[1].quantity, out);
    }
    if (kind != VALUE_DECIMAL) {
        i128 divisor = whole_of(&args[1]);
        return divisor == 0 ? op_null(cx, NULL_NOT_DEFINED, out)
                            : give_whole(cx, kind, whole_of(&args[0]) / divisor, out);
    }
    i128 divisor = number_as_decimal(&args[1]), quotient = 0;
    if (divisor == 0) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    bool fits = decimal_truncated_divide(number_as_decimal(&args[0]), divisor, &quotient);
    return give_decimal(cx, fits, quotient, 1, out);
}

enum op_result op_add(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, add, args, 2, out);
}

enum op_result op_subtract(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, subtract, args, 2, out);
}

enum op_result op_multiply(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, multiply, args, 2, out);
}

/* A range may lie around 0, where a quotient has no ends. */
static enum op_result refuse_uncertain_divisor(struct op_context *cx) {
    return op_error(cx, "a number cannot be divided by one that the dates leave uncertain; compare "
                        "it, or ask for a unit the dates are precise enough for");
}

enum op_result op_divide(struct op_context *cx, const struct value *args, struct value *out) {
    return op_is_uncertain(&args[1]) ? refuse_uncertain_divisor(cx)
                                     : op_over_range(cx, divide, args, 2, out);
}

enum op_result op_truncated_divide(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return op_is_uncertain(&args[1]) ? refuse_uncertain_divisor(cx)
                                     : op_over_range(cx, truncated_divide, args, 2, out);
}

enum op_result op_modulo(struct op_context *cx, const struct value *args, struct value *out) {
    if (op_is_uncertain(&args[1])) {
        return refuse_uncertain_divisor(cx);
    }
    if (op_is_uncertain(&args[0])) {
        return op_null(cx, NULL_PRECISION, out);
    }
    enum value_kind kind = wider_kind(args);
    if (kind == VALUE_QUANTITY) {
        return quantity_modulo(cx, args[0].quantity, args[1].quantity, out);
    }
    if (kind != VALUE_DECIMAL) {
        i128 divisor = whole_of(&args[1]);
        return divisor == 0 ? op_null(cx, NULL_NOT_DEFINED, out)
                            : give_whole(cx, kind, whole_of(&args[0]) % divisor, out);
    }
    i128 rest = 0;
    if (!decimal_modulo(number_as_decimal(&args[0]), number_as_decimal(&args[1]), &rest)) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    *out = value_decimal(rest, larger_scale(args));
    return OP_OK;
}

static enum op_result negate(struct op_context *cx, const struct value *args, struct value *out) {
    const struct value *v = &args[0];
    if (v->kind == VALUE_QUANTITY) {
        struct quantity q = *v->quantity;
        q.value = -q.value;
        return op_quantity(cx, &q, out);
    }
    if (v->kind == VALUE_DECIMAL) {
        *out = value_decimal(-v->decimal, v->scale);
        return OP_OK;
    }
    return give_whole(cx, (enum value_kind)v->kind, -whole_of(v), out);
}

enum op_result op_negate(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, negate, args, 1, out);
}

static bool is_negative(const struct value *v) {
    switch ((enum value_kind)v->kind) {
    case VALUE_QUANTITY:
        return v->quantity->value < 0;
    case VALUE_DECIMAL:
        return v->decimal < 0;
    default:
        return whole_of(v) < 0;
    }
}

enum op_result op_abs(struct op_context *cx, const struct value *args, struct value *out) {
    const struct value *v = &args[0];
    bool uncertain = op_is_uncertain(v);
    bool negative = is_negative(uncertain ? &v->interval->low : v);
    if (uncertain && negative != is_negative(&v->interval->high)) {
        return op_null(cx, NULL_PRECISION, out);
    }
    if (negative) {
        return op_negate(cx, args, out);
    }
    *out = *v;
    return OP_OK;
}
