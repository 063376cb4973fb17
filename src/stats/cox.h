/* The proportional-hazards model (Cox 1972) by maximum partial likelihood, with strata and late
 * entry, and the score test of proportional hazards (Grambsch and Therneau 1994 as survival 3 has
 * it). Rows are those of survival_data; its groups are not used. A model that cannot be estimated
 * says why in `refusal`; `term` then names the column, or is p.
 *
 * Agreement with R 4.2.2 (survival 3.5-3) is tested in tests/reference/cox.R. */
#ifndef QUELL_STATS_COX_H
#define QUELL_STATS_COX_H

#include "stats/design_matrix.h"
#include "stats/survival.h"

/* Ties: Efron 1977, Breslow 1974, and the conditional (discrete) likelihood of Cox 1972 by the
 * recursion of Gail, Lubin and Rubinstein 1981. */
enum cox_ties { COX_EFRON, COX_BRESLOW, COX_EXACT };

struct cox_fit {
    const char *refusal;
    uint32_t column; /* the one at fault, or p */
    uint32_t n, events, p;
    uint32_t steps;
    double loglik_null, loglik;
    double likelihood_ratio; /* each on p degrees of freedom */
    double wald;
    double score;       /* holds although the estimates run away, when it is not NAN */
    double *coef;       /* log hazard ratios [p] */
    double *se;         /* [p] */
    double *covariance; /* [p * p] */
};

MUST_USE enum status cox_fit(struct arena *arena, const struct survival_data *data,
                             const struct design_matrix *design, enum cox_ties ties,
                             struct cox_fit *out);

/* The scale of time on which a coefficient may drift: 1 - S(t-) by Kaplan-Meier over all subjects,
 * rank of the time, the time, its logarithm. */
enum zph_time { ZPH_KM, ZPH_RANK, ZPH_IDENTITY, ZPH_LOG };

struct zph_result {
    const char *refusal;
    struct wald *terms; /* a term each: score chi-squared, df, p */
    struct wald global;
};

/* For Efron's and Breslow's ties. */
MUST_USE enum status cox_zph(struct arena *arena, const struct survival_data *data,
                             const struct design_matrix *design, enum cox_ties ties,
                             const struct cox_fit *fit, enum zph_time time, struct zph_result *out);

#endif
