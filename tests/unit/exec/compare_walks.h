/* Runs definitions with the machine, with a traced machine and with the walker, and compares. */
#ifndef QUELL_TEST_COMPARE_WALKS_H
#define QUELL_TEST_COMPARE_WALKS_H

#include "exec/machine.h"

struct comparison {
    const struct plan *plan;
    const struct op_terminology *terminology; /* or NULL */
    const struct record *record;              /* or NULL */
    const struct population *population;      /* or NULL */
    instant_ms at;
    struct datetime now;
    struct buf *out; /* what differs, in words */
    uint32_t compared;
    uint32_t differing;
};

/* Every public definition of the main library. False: no memory. */
bool compare_walks(struct comparison *comparison, const struct program *program);

#endif
