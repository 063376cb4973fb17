/* The partial likelihood, one event time after another: what the fit and the test of proportional
 * hazards both sum up. */
#ifndef QUELL_STATS_COX_INTERNAL_H
#define QUELL_STATS_COX_INTERNAL_H

#include "stats/cox.h"
#include "stats/risk_walk.h"

/* One event time's share of the log-likelihood, of its gradient, and of minus its second
 * derivatives (lower triangle). */
struct cox_share {
    double loglik;
    double *score;
    double *information;
};

struct cox_sums {
    double s0;
    double *s1;
    double *s2; /* lower triangle */
};

struct cox_model {
    const struct survival_data *data;
    uint32_t p;
    enum cox_ties ties;
    const double *x; /* scaled */
    double *risk;    /* exp(x beta) by row */
    double *eta;
    struct risk_walk *strata; /* their orders */
    struct cox_sums at_risk;
    struct cox_sums dead;
    struct cox_share share;
    double *mean;
    /* exact ties: elementary symmetric sums of 0 .. d items with derivatives */
    uint32_t ties_max;
    struct cox_sums *symmetric;
};

/* What one event time adds; called once each, in a fixed order. */
typedef void cox_sink(void *context, double time, const struct cox_share *share);

MUST_USE enum status cox_model_init(struct cox_model *model, struct arena *arena,
                                    const struct survival_data *data, const double *x, uint32_t p,
                                    enum cox_ties ties);
void cox_model_pass(struct cox_model *model, const double *beta, cox_sink *sink, void *context);

#endif
