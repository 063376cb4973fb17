/* An ordered outcome: the proportional-odds model (McCullagh 1980) as MASS::polr writes it,
 *   logit P(Y <= j) = cut_j - (x beta),
 * so that exp(beta) > 1 means odds of higher categories, and two tests of whether the odds are
 * proportional: Brant's (1990), separate logistic regressions at each cut and a Wald test that
 * their slopes are equal; and the score test, which needs no further estimates.
 *
 * Agreement with R 4.2.2 (MASS, ordinal) is tested in tests/reference/ordinal.R. */
#ifndef QUELL_STATS_ORDINAL_H
#define QUELL_STATS_ORDINAL_H

#include "stats/design_matrix.h"

struct ordinal_fit {
    const char *refusal;
    uint32_t column;     /* the one at fault, or p */
    uint32_t n, p, cuts; /* cuts: categories - 1 */
    uint32_t steps;
    double loglik_null, loglik;
    double likelihood_ratio; /* on p degrees of freedom */
    double *coef, *se;       /* [cuts + p]: cuts first */
    double *covariance;
};

/* outcome[n]: 0 .. categories - 1, each of them taken by somebody. */
MUST_USE enum status ordinal_fit(struct arena *arena, const uint32_t *outcome, uint32_t categories,
                                 const struct design_matrix *design, struct ordinal_fit *out);

struct brant_result {
    const char *refusal;
    struct wald *terms; /* a term each: columns of the term times (cuts - 1) degrees of freedom */
    struct wald all;
};

MUST_USE enum status brant_test(struct arena *arena, const uint32_t *outcome, uint32_t categories,
                                const struct design_matrix *design, struct brant_result *out);

/* The score test of proportional odds, at the fit of the same data and design. Its information may
 * be the expected one, which is always positive, or the observed one, which SAS's LOGISTIC uses:
 * three printed tests of SAS (cheese 17.2866, arthritis 1.8833, hip replacements 26.5204) are
 * reproduced with it in tests/reference/test_reference_ordinal.c. */
enum score_information { INFORMATION_EXPECTED, INFORMATION_OBSERVED };

struct proportional_score {
    const char *refusal;
    struct wald test;
};

MUST_USE enum status proportional_score(struct arena *arena, const uint32_t *outcome,
                                        const struct design_matrix *design,
                                        const struct ordinal_fit *fit,
                                        enum score_information information,
                                        struct proportional_score *out);

#endif
