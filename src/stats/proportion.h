/* One proportion: k events of n. */
#ifndef QUELL_STATS_PROPORTION_H
#define QUELL_STATS_PROPORTION_H

#include "stats/stats.h"

struct proportion_interval {
    double low;
    double high;
};

/* Two-sided intervals at `level`; n > 0 and 0 <= k <= n, else NAN. */
struct proportion_interval proportion_clopper_pearson(double k, double n,
                                                      double level); /* 1934, beta quantiles */
struct proportion_interval proportion_wilson(double k, double n, double level); /* 1927, score */
/* Brown, Cai and DasGupta 2001: beta quantiles with prior (1/2, 1/2); 0 at k = 0 and 1 at k = n. */
struct proportion_interval proportion_jeffreys(double k, double n, double level);
struct proportion_interval proportion_wald(double k, double n, double level);

/* The exact binomial test of P = p0. Two-sided: all counts with a probability of at most (1 + 1e-7)
 * times that of k, as R's binom.test. */
double binomial_test(double k, double n, double p0, enum stats_alternative alternative);

/* ---- Pairs of yes and no ---- */

/* Discordant pairs: b yes-no, c no-yes. */
double mcnemar_chi2(double b, double c, bool corrected); /* NAN when there are none */
double mcnemar_exact(double b, double c);                /* binomial(b, b + c, 1/2), two-sided */
double mcnemar_mid_p(double b, double c);                /* Fagerland 2013 */

#endif
