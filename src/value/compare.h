/* Equality, equivalence and order of any two values (CQL 1.5 reference, sections 14 and 15). */
#ifndef QUELL_VALUE_COMPARE_H
#define QUELL_VALUE_COMPARE_H

#include "value/operators.h"

enum logic { LOGIC_FALSE = 0, LOGIC_TRUE = 1, LOGIC_UNKNOWN = 2 };

static inline enum logic logic_not(enum logic a) {
    return a == LOGIC_UNKNOWN ? LOGIC_UNKNOWN : a == LOGIC_FALSE ? LOGIC_TRUE : LOGIC_FALSE;
}

static inline enum logic logic_and(enum logic a, enum logic b) {
    return a == LOGIC_FALSE || b == LOGIC_FALSE ? LOGIC_FALSE
           : a == LOGIC_TRUE && b == LOGIC_TRUE ? LOGIC_TRUE
                                                : LOGIC_UNKNOWN;
}

static inline enum logic logic_or(enum logic a, enum logic b) {
    return logic_not(logic_and(logic_not(a), logic_not(b)));
}

/* An operator's result: null for unknown, with the reason that the comparison left in cx. */
enum op_result op_from_logic(struct op_context *cx, enum logic answer, struct value *out);

/* All functions below set cx->reason when the answer is unknown though no argument is null. */

/* `=` by the rules of each type; unknown when an argument is null. A list is unequal as soon as one
 * pair of items is; elements of a tuple are compared in order, and the first that is not equal
 * decides, false or unknown. Two nulls in the same place of a list or tuple count as equal.
 * Elements of records are asked of cx->equal_elements: (type, id, version) for resources, else
 * content. */
enum logic value_equal(struct op_context *cx, const struct value *a, const struct value *b);
/* As value_equal, but two nulls are equal and one is unequal: for distinct, union, contains. */
enum logic value_same(struct op_context *cx, const struct value *a, const struct value *b);
/* `~`: never unknown. */
bool value_equivalent(struct op_context *cx, const struct value *a, const struct value *b);
/* For comparison operators, Min, Max and interval ends: -1, 0, 1 or DATETIME_UNKNOWN. A null or
 * uncertain argument is unknown unless every value it may have compares alike. */
int value_compare(struct op_context *cx, const struct value *a, const struct value *b,
                  enum precision precision);
/* The same as logic. They know more than value_compare: [1, 5] <= 5 though it may be less or equal.
 */
enum logic value_less(struct op_context *cx, const struct value *a, const struct value *b,
                      enum precision precision);
enum logic value_less_or_equal(struct op_context *cx, const struct value *a, const struct value *b,
                               enum precision precision);
enum logic value_equal_points(struct op_context *cx, const struct value *a, const struct value *b,
                              enum precision precision);
/* A total order for sort: nulls first, then value_compare, uncertain pairs by their first instant.
 */
int value_order(struct op_context *cx, const struct value *a, const struct value *b);

/* The successor or predecessor; of an uncertainty, with both its ends moved as far as there are
 * points; of null, null. OP_ERROR when a certain point has none. */
enum op_result value_step(struct op_context *cx, const struct value *v, bool up, struct value *out);
/* The first and the last point of an interval (CQL 1.5 reference, Start and End): a point; an
 * uncertainty when the end is open and null; null when the point type is not known. */
enum op_result interval_start(struct op_context *cx, const struct interval *interval,
                              struct value *out);
enum op_result interval_end(struct op_context *cx, const struct interval *interval,
                            struct value *out);

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
