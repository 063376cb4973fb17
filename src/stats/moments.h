/* Sums, means and spreads of a sample, exact enough for the NIST reference sets; quantiles by name.
 */
#ifndef QUELL_STATS_MOMENTS_H
#define QUELL_STATS_MOMENTS_H

#include <stddef.h>

struct moments {
    double n;
    double mean;
    double squares; /* sum of squared deviations from the mean */
};

/* Compensated summation (Neumaier 1974). */
double sum_of(const double *values, size_t count);
/* Mean, then deviations from it with the correction of the mean's rounding (Chan et al. 1983). */
struct moments moments_of(const double *values, size_t count);
/* The sample variance and deviation, divisor n - 1; NAN below two values. */
double moments_variance(const struct moments *m);
double moments_sd(const struct moments *m);

/* Sorts upwards. */
void sort_values(double *values, size_t count);

/* Quantile definitions: Hyndman and Fan 1996 types 1 to 9, and SAS's PCTLDEF 1 to 5. They are
 * numbered as the choices of --quantile: 0 to 8 are types 1 to 9, 9 to 13 are SAS 1 to 5. */
enum { QUANTILE_SAS_1 = 9 };
/* Of sorted values; NAN when there are none. p in [0, 1]. */
double quantile_of(const double *sorted, size_t count, double p, unsigned definition);

#endif
