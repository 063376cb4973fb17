/* Distributions, by libRmath: densities, distribution functions and quantiles only, since those
 * keep no state. (Its Wilcoxon and signed-rank functions keep static tables and may end the program
 * when memory does; the statistics count those themselves. Random numbers come from base/philox.)
 *
 * p: lower-tail probability P(X <= x); upper: P(X > x), without cancellation. Arguments outside a
 * distribution's domain, and NaN, give NaN; nothing is printed. */
#ifndef QUELL_DIST_DIST_H
#define QUELL_DIST_DIST_H

double dist_normal_density(double x);
double dist_normal_p(double x);
double dist_normal_upper(double x);
double dist_normal_quantile(double p); /* p in [0, 1] */

double dist_t_p(double x, double df); /* df > 0 */
double dist_t_upper(double x, double df);
double dist_t_quantile(double p, double df);

double dist_chi2_upper(double x, double df); /* df > 0 */
double dist_chi2_quantile(double p, double df);

double dist_f_upper(double x, double df1, double df2); /* df1, df2 > 0 */

double dist_beta_p(double x, double a, double b); /* a, b > 0 */
double dist_beta_upper(double x, double a, double b);
double dist_beta_quantile(double p, double a, double b);

double dist_binomial_density(double k, double n, double prob);
double dist_binomial_p(double k, double n, double prob);
double dist_binomial_upper(double k, double n, double prob); /* P(X > k) */

double dist_poisson_p(double k, double mean);

/* k white of `drawn` from an urn with `white` white and `black` black balls. */
double dist_hypergeometric_density(double k, double white, double black, double drawn);
double dist_hypergeometric_p(double k, double white, double black, double drawn);

/* The studentised range of `means` groups (means >= 2, df >= 2). */
double dist_tukey_upper(double q, double means, double df);

/* Non-central distributions, for power. */
double dist_nct_p(double x, double df, double ncp);
double dist_nct_upper(double x, double df, double ncp);
double dist_ncf_upper(double x, double df1, double df2, double ncp);

double dist_log_gamma(double x);            /* x > 0 */
double dist_log_choose(double n, double k); /* 0 <= k <= n */

#endif
