/* Whether a value is of a static type: the rule of `is`, `as` and of parameters given from outside.
 */
#ifndef QUELL_PLAN_TYPE_TEST_H
#define QUELL_PLAN_TYPE_TEST_H

#include "cql/type.h"
#include "value/value.h"

/* Null is of no type, except as an item or a part, where it is of any. A FHIR primitive is of its
 * FHIR type, not of the System type of its value. */
bool value_is_of_type(const struct value *value, const struct type *type);
/* The model type id of a value that is not a list, interval or tuple; MODEL_NONE for those. */
uint16_t value_named_type(const struct value *value);

#endif
