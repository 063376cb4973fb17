/* The plan: the checked tree compiled once to instructions for a register machine, with the demand
 * it makes of records. It is frozen after plan_link and shared read-only by all threads.
 * Instructions are the rows of plan/instructions.def; plan_print lists them; the verifier proves
 * that every register is set before it is read and that every jump lands. */
#ifndef QUELL_PLAN_PLAN_H
#define QUELL_PLAN_PLAN_H

#include "cql/tree.h"
#include "record/demand.h"
#include "terms/terms.h"

struct plan;

struct plan_options {
    /* Definitions whose values are wanted; NULL: every public one of the main library. A resource
     * that such a definition returns is demanded whole. */
    const struct definition *const *outputs;
    uint32_t output_count;
    /* Outputs are only asked for true, false or null (criteria): nothing is demanded whole. */
    bool logical_only;
};

struct plan_argument { /* --parameter NAME=CQL */
    struct str name;
    struct value value;
};

MUST_USE enum status plan_compile(const struct program *program, const struct plan_options *options,
                                  struct diag_list *diags, struct plan **out);
void plan_free(struct plan *plan);

/* Binds value sets and parameters, computes the demand's code filters, evaluates what is constant.
 * A missing set, an unknown parameter or one of the wrong type is a diagnostic. */
MUST_USE enum status plan_link(struct plan *plan, const struct terms *terms,
                               const struct plan_argument *arguments, uint32_t argument_count,
                               struct diag_list *diags);

const struct program *plan_program(const struct plan *plan);
const struct demand *plan_demand(const struct plan *plan);
/* One line an instruction; what `quell plan` shows, in the full or the lean form (plan/lean.h). */
void plan_print(const struct plan *plan, bool lean, struct buf *out);
MUST_USE bool plan_verify(const struct plan *plan, struct buf *why);

#endif
