/* What operator functions share: how they end. `return op_null(...)` and its like. */
#ifndef QUELL_VALUE_OP_SUPPORT_H
#define QUELL_VALUE_OP_SUPPORT_H

#include "value/operators.h"

/* A null result and its reason. */
enum op_result op_null(struct op_context *cx, enum null_reason reason, struct value *out);
enum op_result op_boolean(bool answer, struct value *out);
/* OP_ERROR with the message: a sentence without a full stop, in the user's words. */
enum op_result op_error(struct op_context *cx, const char *format, ...) PRINTF_LIKE(2, 3);
/* A result that hangs off the arena. */
enum op_result op_quantity(struct op_context *cx, const struct quantity *quantity,
                           struct value *out);
enum op_result op_interval(struct op_context *cx, enum value_kind kind, struct value low,
                           struct value high, struct value *out);
/* A whole number: as it is when low and high are the same, else an uncertainty between them; null
 * when it is no Integer. */
enum op_result op_integer_between(struct op_context *cx, int64_t low, int64_t high,
                                  struct value *out);
/* The text is copied. */
enum op_result op_string(struct op_context *cx, struct str text, struct value *out);

/* The operator on every value an uncertain argument may have: for functions that are monotone in
 * each argument, so that the ends of the ranges give the ends of the result. Where no argument is
 * uncertain it is just the function. */
enum op_result op_over_range(struct op_context *cx, op_function *function, const struct value *args,
                             int count, struct value *out);
/* A function that never falls as its first argument rises and is not uncertain by itself, for
 * values of any kind. */
enum op_result op_increasing(struct op_context *cx, op_function *function, const struct value *args,
                             int count, struct value *out);
static inline bool op_is_uncertain(const struct value *v) {
    return v->kind == VALUE_UNCERTAINTY;
}
/* The ends of what a value may be; of a certain one, itself. */
static inline const struct value *op_least(const struct value *v) {
    return op_is_uncertain(v) ? &v->interval->low : v;
}
static inline const struct value *op_greatest(const struct value *v) {
    return op_is_uncertain(v) ? &v->interval->high : v;
}

/* The offset of the evaluation request. */
int16_t op_request_offset(const struct op_context *cx);
/* "day", for messages. */
const char *precision_name(enum precision precision);

#endif
