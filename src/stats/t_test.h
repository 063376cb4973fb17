/* Student's and Welch's tests from means and sums of squares, so that they serve data and printed
 * summaries alike. */
#ifndef QUELL_STATS_T_TEST_H
#define QUELL_STATS_T_TEST_H

#include "stats/moments.h"
#include "stats/stats.h"

struct t_test {
    double estimate; /* mean, or difference of means first - second */
    double se;
    double t; /* NAN when the standard error is zero or there are too few values */
    double df;
    double p;
    double low; /* one-sided alternatives leave one end infinite */
    double high;
};

/* From n, mean and SD as printed. */
struct moments moments_from_summary(double n, double mean, double sd);

struct t_test t_one_sample(const struct moments *x, double mu, double level,
                           enum stats_alternative alternative);
/* Equal variances. `null` is the difference under the null hypothesis. */
struct t_test t_pooled(const struct moments *x, const struct moments *y, double null, double level,
                       enum stats_alternative alternative);
/* Welch 1947, Satterthwaite's degrees of freedom. */
struct t_test t_welch(const struct moments *x, const struct moments *y, double null, double level,
                      enum stats_alternative alternative);

/* F test of equal means from the moments of each group, one way. */
struct f_test {
    double between; /* sums of squares */
    double within;
    double df1;
    double df2;
    double f;
    double p;
};
struct f_test f_one_way(const struct moments *groups, size_t count);

#endif
