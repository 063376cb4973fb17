/* Equality, equivalence and order of any two values (CQL 1.5 reference, sections 14 and 15). */
#ifndef QUELL_VALUE_COMPARE_H
#define QUELL_VALUE_COMPARE_H

#include "value/operators.h"

enum logic { LOGIC_FALSE = 0, LOGIC_TRUE = 1, LOGIC_UNKNOWN = 2 };

/* `=`: null with nulls inside, by the rules of each type. Elements are equal by (type, id, version)
 * for resources and by content otherwise. */
enum logic value_equal(struct op_context *cx, const struct value *a, const struct value *b);
/* `~`: never unknown. */
bool value_equivalent(struct op_context *cx, const struct value *a, const struct value *b);
/* For comparison operators, Min, Max and interval ends: -1, 0, 1 or DATETIME_UNKNOWN. */
int value_compare(struct op_context *cx, const struct value *a, const struct value *b,
                  enum precision precision);
/* A total order for sort: nulls first, then value_compare, uncertain pairs by their first instant. */
int value_order(struct op_context *cx, const struct value *a, const struct value *b);

/* The next and the previous value of a point type: 1 for whole numbers, 10^-8 for Decimal and
 * Quantity, a step of its own precision for dates and times. False when there is none (cx->message
 * says why) or no memory. */
bool value_successor(struct op_context *cx, const struct value *v, struct value *out);
bool value_predecessor(struct op_context *cx, const struct value *v, struct value *out);
/* Least and greatest value of the kind of `like`; of a Quantity, with its unit. OP_ERROR for a kind
 * that has none. */
enum op_result value_minimum(struct op_context *cx, const struct value *like, struct value *out);
enum op_result value_maximum(struct op_context *cx, const struct value *like, struct value *out);

#endif
