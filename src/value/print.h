/* Values as text: CQL that reads back to the same value, and the JSON of DESIGN.md's eval contract.
 * Both write to a buf, whose status tells of memory and of a value nested deeper than
 * LIMIT_EXPRESSION_DEPTH. */
#ifndef QUELL_VALUE_PRINT_H
#define QUELL_VALUE_PRINT_H

#include "base/buf.h"
#include "value/value.h"

/* CQL: 1.50, @2014-01-25T14:30:00.000+01:00, Interval[1, 10], { 1, 2 }, Tuple { a: 1 }. Three
 * values have no CQL text: an uncertainty prints as an interval, an instance as a tuple, and an
 * element of a record as the words (element of a record). */
void value_print_cql(const struct value *v, struct buf *out);

/* The text of ToString for a Quantity: 5.5 'cm', 4 days. */
void quantity_print(const struct quantity *q, struct buf *out);

/* Elements of records are printed by a callback, because this layer cannot read them. */
struct print_elements {
    void (*print)(void *context, const struct value *element, struct buf *out);
    void *context;
};
/* `elements` may be NULL where no element can be: then one prints as null. */
void value_print_json(const struct value *v, const struct print_elements *elements,
                      struct buf *out);

#endif
