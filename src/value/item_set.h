/* A set of values by value_same, for distinct, union, intersect and except: what is not certain to
 * be the same stays apart. Hashed, because a ward's lists have thousands of items; values that no
 * hash can tell (quantities, intervals) are compared one by one. Lives in the context's arena. */
#ifndef QUELL_VALUE_ITEM_SET_H
#define QUELL_VALUE_ITEM_SET_H

#include "value/operators.h"

struct item_set {
    const struct value *items; /* the first of each, in the order they came */
    uint32_t count;
    struct value *room;
    uint64_t *hashes;
    uint32_t *slots; /* item number + 1; 0: free */
    uint32_t capacity;
};

/* For at most `items_max` items. False: no memory. */
bool item_set_init(struct op_context *cx, struct item_set *set, uint32_t items_max);
bool item_set_has(struct op_context *cx, const struct item_set *set, const struct value *item);
/* Adds it unless it is there. */
void item_set_add(struct op_context *cx, struct item_set *set, const struct value *item);

#endif
