/* Plain CQL over a population: the definitions of a plan for each patient, last versions, nothing
 * hidden, as one JSON object a line (DESIGN.md, `eval`). Definitions that need no patient stand on
 * a line of their own, first, with "id": null. */
#ifndef QUELL_RUN_EVAL_H
#define QUELL_RUN_EVAL_H

#include "plan/plan.h"
#include "record/population.h"

struct eval_options {
    /* What to evaluate, in this order: the outputs that the plan was compiled for. */
    const struct definition *const *outputs;
    uint32_t output_count;
    struct datetime now;
    uint32_t threads; /* 0: one a processor */
    void (*progress)(void *context, uint64_t done, uint64_t all);
    bool (*cancelled)(void *context);
    void *context;
};

/* `terms` may be NULL. `population` may be NULL: then only the first line. The sink gets whole
 * lines in order; what it returns but STATUS_OK ends the run. */
MUST_USE enum status eval_run(const struct plan *plan, const struct terms *terms,
                              const struct population *population,
                              const struct eval_options *options,
                              enum status (*sink)(void *context, struct str lines),
                              void *sink_context);

/* Every public definition of the main library, in source order. */
MUST_USE enum status eval_public(const struct program *program, struct arena *arena,
                                 const struct definition *const **outputs, uint32_t *count);

#endif
