/* Logical, nullological and comparison operators (CQL 1.5 reference, sections 13 to 15). */
#include "value/compare.h"
#include "value/op_support.h"

static enum logic as_logic(const struct value *v) {
    return value_is_null(v) ? LOGIC_UNKNOWN : v->boolean ? LOGIC_TRUE : LOGIC_FALSE;
}

enum op_result op_and(struct op_context *cx, const struct value *args, struct value *out) {
    return op_from_logic(cx, logic_and(as_logic(&args[0]), as_logic(&args[1])), out);
}

enum op_result op_or(struct op_context *cx, const struct value *args, struct value *out) {
    return op_from_logic(cx, logic_or(as_logic(&args[0]), as_logic(&args[1])), out);
}

enum op_result op_xor(struct op_context *cx, const struct value *args, struct value *out) {
    enum logic a = as_logic(&args[0]), b = as_logic(&args[1]);
    if (a == LOGIC_UNKNOWN || b == LOGIC_UNKNOWN) {
        return op_from_logic(cx, LOGIC_UNKNOWN, out);
    }
    return op_boolean(a != b, out);
}

enum op_result op_implies(struct op_context *cx, const struct value *args, struct value *out) {
    return op_from_logic(cx, logic_or(logic_not(as_logic(&args[0])), as_logic(&args[1])), out);
}

enum op_result op_not(struct op_context *cx, const struct value *args, struct value *out) {
    return op_from_logic(cx, logic_not(as_logic(&args[0])), out);
}

enum op_result op_is_null(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return op_boolean(value_is_null(&args[0]), out);
}

enum op_result op_is_true(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return op_boolean(as_logic(&args[0]) == LOGIC_TRUE, out);
}

enum op_result op_is_false(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    return op_boolean(as_logic(&args[0]) == LOGIC_FALSE, out);
}

static enum op_result first_of(struct op_context *cx, const struct value *values, uint32_t count,
                               struct value *out) {
    for (uint32_t i = 0; i < count; i++) {
        if (!value_is_null(&values[i])) {
            *out = values[i];
            return OP_OK;
        }
    }
    return op_null(cx, NULL_EMPTY, out);
}

enum op_result op_coalesce_2(struct op_context *cx, const struct value *args, struct value *out) {
    return first_of(cx, args, 2, out);
}

enum op_result op_coalesce_3(struct op_context *cx, const struct value *args, struct value *out) {
    return first_of(cx, args, 3, out);
}

enum op_result op_coalesce_4(struct op_context *cx, const struct value *args, struct value *out) {
    return first_of(cx, args, 4, out);
}

enum op_result op_coalesce_5(struct op_context *cx, const struct value *args, struct value *out) {
    return first_of(cx, args, 5, out);
}

enum op_result op_coalesce_list(struct op_context *cx, const struct value *args,
                                struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    return first_of(cx, args[0].list->items, args[0].list->count, out);
}

enum op_result op_equal(struct op_context *cx, const struct value *args, struct value *out) {
    cx->reason = NULL_NOT_SAID;
    return op_from_logic(cx, value_equal(cx, &args[0], &args[1]), out);
}

enum op_result op_equivalent(struct op_context *cx, const struct value *args, struct value *out) {
    return op_boolean(value_equivalent(cx, &args[0], &args[1]), out);
}

enum op_result op_less(struct op_context *cx, const struct value *args, struct value *out) {
    return op_from_logic(cx, value_less(cx, &args[0], &args[1], PRECISION_NONE), out);
}

enum op_result op_less_or_equal(struct op_context *cx, const struct value *args,
                                struct value *out) {
    return op_from_logic(cx, value_less_or_equal(cx, &args[0], &args[1], PRECISION_NONE), out);
}

enum op_result op_greater(struct op_context *cx, const struct value *args, struct value *out) {
    return op_from_logic(cx, value_less(cx, &args[1], &args[0], PRECISION_NONE), out);
}

enum op_result op_greater_or_equal(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return op_from_logic(cx, value_less_or_equal(cx, &args[1], &args[0], PRECISION_NONE), out);
}
