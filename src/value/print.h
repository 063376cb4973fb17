/* Values as text: CQL that reads back to the same value, and the JSON of DESIGN.md's eval contract. */
#ifndef QUELL_VALUE_PRINT_H
#define QUELL_VALUE_PRINT_H

#include "base/buf.h"
#include "value/value.h"

/* CQL: 1.50, @2014-01-25T14:30:00.000+01:00, Interval[1, 10], { 1, 2 }, Tuple { a: 1 }. */
void value_print_cql(const struct value *v, struct buf *out);

/* Elements of records are printed by a callback, because this layer cannot read them. */
struct print_elements {
    void (*print)(void *context, const struct value *element, struct buf *out);
    void *context;
};
void value_print_json(const struct value *v, const struct print_elements *elements,
                      struct buf *out);

#endif
