/* Regression of a yes-or-no outcome (logistic) and of a measurement (linear models: analysis of
 * variance and covariance) on covariates and factors. A model that cannot be estimated says why in
 * `refusal`; `column` then names the column at fault, or is p.
 *
 * Agreement with R 4.2.2 (glm, lm, emmeans) is tested in tests/reference/regression.R. */
#ifndef QUELL_STATS_REGRESSION_H
#define QUELL_STATS_REGRESSION_H

#include "stats/design_matrix.h"

#include <stdbool.h>

/* ---- Logistic regression ---- */

/* Coefficient 0 is the intercept, coefficient j + 1 belongs to column j: log odds ratios. */
struct logistic_fit {
    const char *refusal;
    uint32_t column;
    uint32_t n, events, p; /* p: coefficients, with the intercept */
    uint32_t steps;
    double loglik_null, loglik; /* null: the intercept alone; NAN with a penalty */
    double likelihood_ratio;    /* on p - 1 degrees of freedom; NAN with a penalty */
    double *coef, *se;
    double *covariance;
    double *profile_low, *profile_high; /* NAN: not asked for; infinite: the bound is open */
    double *profile_p;                  /* of the likelihood ratio test that the coefficient is 0 */
};

struct logistic_options {
    double level; /* of the profile likelihood intervals; 0: none, nor their tests */
    /* Firth's penalty (1993), half the log-determinant of the information: estimates are finite
     * under separation too. Intervals and tests are the penalised profile's (Heinze and Schemper
     * 2002); the standard errors come from the information, without the penalty. */
    bool firth;
};

/* outcome[n]: 0 or 1. */
MUST_USE enum status logistic_fit(struct arena *arena, const uint32_t *outcome,
                                  const struct design_matrix *design,
                                  struct logistic_options options, struct logistic_fit *out);

/* ---- Linear models ---- */

/* As above: an intercept, then the columns. */
struct linear_fit {
    const char *refusal;
    uint32_t column;
    uint32_t n, p;
    double *coef, *se;
    double *covariance;
    double residual_ss;
    double residual_df;
    double total_ss; /* about the mean */
};

MUST_USE enum status linear_fit(struct arena *arena, const double *y,
                                const struct design_matrix *design, struct linear_fit *out);

/* Each term given all others; types II and III are this as long as nothing interacts. The effect of
 * a term that does is taken on average: over the other factor's levels equally often (type III), at
 * a covariate's mean, as emmeans' joint_tests; a covariate's is its average slope. */
struct linear_term {
    double ss, df, f, p;
};
/* factor, terms[design->terms]: as below; the fit must not be refused. */
MUST_USE enum status linear_terms(struct arena *arena, const struct design_matrix *design,
                                  const bool *factor, const struct linear_fit *fit,
                                  struct linear_term *terms);

/* A combination of coefficients, weights[p] (intercept first), with a t interval. */
struct linear_estimate {
    double value, se, low, high, p;
};
struct linear_estimate linear_combination(const struct linear_fit *fit, const double *weights,
                                          double level);

/* Weights for the least-squares mean where factors are at the levels at[terms] (0: the reference,
 * whose columns are all 0): covariates at their mean, the levels of factors that are LS_AVERAGE
 * equally often, or as often as observed. Terms of one column that hold only 0 and 1 are factors of
 * two levels only when `factor` says so. */
#define LS_AVERAGE UINT32_MAX
void linear_ls_mean(const struct design_matrix *design, const bool *factor, const uint32_t *at,
                    bool observed, double *weights);

#endif
