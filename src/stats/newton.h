/* The maximum of a concave log-likelihood by Newton's method with step halving, and the ways in
 * which there is none. Covariates should come centred and scaled to unit spread, so that a
 * coefficient's step is a step of the linear predictor. */
#ifndef QUELL_STATS_NEWTON_H
#define QUELL_STATS_NEWTON_H

#include "base/arena.h"

#include <stdbool.h>

/* Log-likelihood at beta[p], its gradient, and minus its second derivatives (lower triangle is
 * enough). A log-likelihood that is not finite makes the step shorter. */
typedef double newton_function(void *model, const double *beta, double *score, double *information);

enum newton_end {
    NEWTON_CONVERGED,
    NEWTON_COLLINEAR, /* at the start, the data say nothing about a coefficient (`term`) */
    NEWTON_MONOTONE,  /* the likelihood still grows while a coefficient (`term`) runs away: it has
                         no finite maximum, as under complete separation */
    NEWTON_NOT_CONVERGED /* neither, after NEWTON_STEPS */
};

enum { NEWTON_STEPS = 100 };

struct newton {
    enum newton_end end;
    size_t term;
    uint32_t steps;
    double loglik_start, loglik;
    double score_chi2; /* of the score test at the start */
    double *beta;      /* in: where to start; out: the maximum */
    double *score;     /* there */
    double *factor;    /* Cholesky factor of the information there */
};

/* `fixed`: a coefficient that keeps its value, for profiles; p: none. */
MUST_USE enum status newton_maximise(struct arena *arena, newton_function *function, void *model,
                                     size_t p, size_t fixed, struct newton *newton);

#endif
