/* For tests: values from short CQL texts, and tables of operator calls. Texts are literals, lists,
 * intervals, and uncertain[1, 2]; anything else fails the test. */
#ifndef QUELL_TESTS_VALUE_TEXT_H
#define QUELL_TESTS_VALUE_TEXT_H

#include "value/operators.h"

struct value value_from_text(struct op_context *cx, const char *text);

/* One call and its result as CQL, or "error". */
struct operator_case {
    enum op_id id;
    enum precision precision;
    const char *args[8];
    const char *result;
    enum null_reason reason; /* of a null result; NULL_NOT_SAID: not checked */
};

/* Runs every case, at 2019-06-15T10:30:00.000+00:00. */
void check_operators(const struct operator_case *cases, size_t count);

#endif
