/* What the presenters of survival and regression share: the roles of a request as arrays of the
 * kernels. All of them return false when the run is over (refused, or no memory). */
#ifndef QUELL_STATS_PRESENT_MODEL_H
#define QUELL_STATS_PRESENT_MODEL_H

#include "stats/design_matrix.h"
#include "stats/present.h"
#include "stats/survival.h"

/* --time, --event, --entry, --by and --strata. */
struct run_survival {
    struct survival_data data;
    struct stats_codes by; /* count 1, "all", without --by */
    struct stats_codes strata;
    uint32_t causes; /* the largest event code */
};
/* causes_max: 1 when events are 0 and 1. */
bool run_survival(struct stats_run *run, uint32_t causes_max, struct run_survival *out);

/* --by, as a factor whose first level or --reference is the reference, then --covariates: numbers
 * as they are, words as factors; then --by times each of --interactions. */
struct run_model {
    struct design_matrix design;
    const struct str *columns; /* [p]: "age", "arm: drug v placebo" */
    const struct str *terms;   /* [terms] */
    const bool *factor;        /* [terms] */
    struct stats_codes *codes; /* [terms], of factors; count 0: a covariate or an interaction */
    uint32_t interactions;     /* the last terms */
    const uint32_t *partner;   /* [interactions]: the term that --by is multiplied with */
};
bool run_model(struct stats_run *run, struct run_model *out);

/* A kernel's status, and its refusal: the run is refused for that reason, with the column at fault
 * when there is one (NULL: no model). */
bool run_status(struct stats_run *run, enum status status);
bool run_applies(struct stats_run *run, const char *refusal, const struct run_model *model,
                 uint32_t column);

static inline double run_level(const struct stats_run *run) {
    return run_number(run, STATS_LEVEL);
}

/* A chi-squared test. */
void run_chi2(struct stats_run *run, const char *name, double chi2, double df, double p);

#endif
