/* The oracle of the machine: evaluates the checked tree by walking it, with no plan, no registers
 * and no tricks. It shares with the machine the operators, the record, and the rule of `is`. */
#ifndef QUELL_TEST_WALKER_H
#define QUELL_TEST_WALKER_H

#include "cql/tree.h"
#include "record/population.h"

struct walker {
    struct arena *arena;
    struct op_context cx;
    const struct record *record;         /* or NULL */
    const struct population *population; /* for related-context retrieves; or NULL */
    instant_ms at;
    /* Which demand filter a retrieve has (by its number). */
    uint32_t (*filter)(const void *context, const struct retrieve *retrieve);
    const void *filter_context;
    struct walker_value *values; /* by definition number; NULL: kept nothing yet */
    uint32_t errors;
    uint32_t depth;
};

struct walker_value {
    bool done;
    struct value value;
};

/* False: no memory, or the tree is nested too deep to be walked. A run-time error makes the
 * definition null and is counted in `errors`. */
bool walker_eval(struct walker *walker, const struct definition *definition, struct value *out);

#endif
