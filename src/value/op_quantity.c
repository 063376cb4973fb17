#include "value/op_arithmetic.h"
#include "value/decimal.h"
#include "value/op_support.h"
#include "value/ucum.h"

static bool can_calculate(const struct quantity *a, const struct quantity *b) {
    return unit_is_valid(a->unit) && unit_is_valid(b->unit) && !unit_is_special(a->unit) &&
           !unit_is_special(b->unit);
}

static enum op_result unit_failure(struct op_context *cx, enum unit_answer answer,
                                   struct value *out) {
    switch (answer) {
    case UNIT_NO_MEMORY:
        return OP_NO_MEMORY;
    case UNIT_OVERFLOW:
        return op_null(cx, NULL_RANGE, out);
    case UNIT_DONE:
    case UNIT_INCOMPATIBLE:
        break;
    }
    return op_null(cx, NULL_UNIT, out);
}

static enum unit_answer convert_to(struct quantity *q, const struct unit *unit) {
    if (q->unit == unit) {
        return UNIT_DONE;
    }
    enum unit_answer answer = unit_convert(q->unit, unit, q->value, &q->value);
    uint8_t needed = decimal_scale_needed(q->value);
    q->scale = needed > q->scale ? needed : q->scale;
    q->unit = unit;
    return answer;
}

/* Brings both to the more granular of their units. */
static enum unit_answer to_common_unit(struct quantity *a, struct quantity *b) {
    int order = 0;
    if (!can_calculate(a, b)) {
        return UNIT_INCOMPATIBLE;
    }
    enum unit_answer answer = unit_compare(a->unit, DECIMAL_ONE, b->unit, DECIMAL_ONE, &order);
    if (answer != UNIT_DONE) {
        return answer;
    }
    return order <= 0 ? convert_to(b, a->unit) : convert_to(a, b->unit);
}

static uint8_t larger_scale(const struct quantity *a, const struct quantity *b) {
    return a->scale > b->scale ? a->scale : b->scale;
}

enum op_result quantity_add(struct op_context *cx, const struct quantity *a,
                            const struct quantity *b, int sign, struct value *out) {
    struct quantity x = *a, y = *b;
    enum unit_answer answer = to_common_unit(&x, &y);
    if (answer != UNIT_DONE) {
        return unit_failure(cx, answer, out);
    }
    if (!decimal_add(x.value, sign * y.value, &x.value)) {
        return op_null(cx, NULL_RANGE, out);
    }
    x.scale = larger_scale(&x, &y);
    return op_quantity(cx, &x, out);
}

enum op_result quantity_multiply(struct op_context *cx, const struct quantity *a,
                                 const struct quantity *b, struct value *out) {
    struct quantity product;
    enum unit_answer answer =
        can_calculate(a, b) ? unit_multiply(cx->units, a, b, &product) : UNIT_INCOMPATIBLE;
    return answer == UNIT_DONE ? op_quantity(cx, &product, out) : unit_failure(cx, answer, out);
}

enum op_result quantity_divide(struct op_context *cx, const struct quantity *a,
                               const struct quantity *b, struct value *out) {
    struct quantity quotient;
    if (b->value == 0) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    enum unit_answer answer =
        can_calculate(a, b) ? unit_divide(cx->units, a, b, &quotient) : UNIT_INCOMPATIBLE;
    return answer == UNIT_DONE ? op_quantity(cx, &quotient, out) : unit_failure(cx, answer, out);
}

enum op_result quantity_modulo(struct op_context *cx, const struct quantity *a,
                               const struct quantity *b, struct value *out) {
    struct quantity x = *a, y = *b;
    enum unit_answer answer = to_common_unit(&x, &y);
    if (answer != UNIT_DONE) {
        return unit_failure(cx, answer, out);
    }
    if (!decimal_modulo(x.value, y.value, &x.value)) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    x.scale = larger_scale(&x, &y);
    return op_quantity(cx, &x, out);
}

enum op_result quantity_truncated_divide(struct op_context *cx, const struct quantity *a,
                                         const struct quantity *b, struct value *out) {
    struct quantity x = *a, y = *b, result = *a;
    if (b->value == 0) {
        return op_null(cx, NULL_NOT_DEFINED, out);
    }
    enum unit_answer answer = to_common_unit(&x, &y);
    if (answer == UNIT_DONE) {
        result.scale = 1;
        return decimal_truncated_divide(x.value, y.value, &result.value)
                   ? op_quantity(cx, &result, out)
                   : op_null(cx, NULL_RANGE, out);
    }
    if (answer != UNIT_INCOMPATIBLE || !can_calculate(a, b)) {
        return unit_failure(cx, answer, out);
    }
    answer = unit_divide(cx->units, a, b, &result);
    if (answer != UNIT_DONE) {
        return unit_failure(cx, answer, out);
    }
    result.value = decimal_truncate(result.value, 0);
    result.scale = 1;
    return op_quantity(cx, &result, out);
}
