/* Whether a value is exactly the expected one: the same type, the same value, the same precision.
 */
#ifndef QUELL_TEST_EXACT_H
#define QUELL_TEST_EXACT_H

#include "value/value.h"

/* Null equals null. An expected value of a type that CQL converts by itself to that of the result
 * counts as converted ({ 10 } of a List<Decimal>). An uncertain number is expected as the interval
 * of what it may be. Decimals are equal by value, whatever their zeros. A DateTime without offset
 * has that of the request. */
bool value_is_exactly(const struct value *value, const struct value *expected,
                      int16_t request_offset_min);

#endif
