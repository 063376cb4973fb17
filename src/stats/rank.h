/* Tests by ranks: two samples, pairs, several samples, blocks; exact distributions by counting (the
 * shift algorithm of Streitberg and Roehmel 1986, which ties do not disturb), normal and chi-square
 * approximations with the correction for ties, and the Hodges-Lehmann estimates. */
#ifndef QUELL_STATS_RANK_H
#define QUELL_STATS_RANK_H

#include "stats/stats.h"

/* Mid-ranks from 1, in the order of the values; *ties is the sum of t^3 - t over groups of equal
 * values. STATUS_NO_MEMORY or STATUS_OK. */
MUST_USE enum status ranks_of(const double *values, uint32_t count, struct arena *scratch,
                              double *ranks, double *ties);

/* ---- Two samples, or the signed ranks of one ---- */

/* A sum of scores and its distribution under the null hypothesis. */
struct rank_sum {
    double statistic; /* W: pairs with x > y, ties half; V: sum of the ranks of positive values */
    double mean;
    double variance; /* corrected for ties */
    double first;    /* n of x; of the values that are not zero */
    double second;   /* n of y; 0 for signed ranks */
    double zeros;    /* signed ranks: values that were zero and left out */
    bool tied;
    double *scores; /* twice the mid-ranks, whole numbers, of all */
    uint32_t score_count;
};

/* Mann-Whitney W of x against y. */
MUST_USE enum status rank_sum(const double *x, uint32_t n, const double *y, uint32_t m,
                              struct arena *arena, struct rank_sum *out);
/* Wilcoxon's V of differences; zeros are left out first (Wilcoxon 1945). */
MUST_USE enum status rank_signed(const double *d, uint32_t n, struct arena *arena,
                                 struct rank_sum *out);

/* NAN when the variance is zero (all tied). *z is the standardised statistic used. */
double rank_p_normal(const struct rank_sum *r, enum stats_alternative alternative, bool continuity,
                     double *z);
/* The exact distribution of the sum of scores; two-sided is P(|S - mean| >= |s - mean|). */
struct rank_exact {
    bool counted; /* false: more cells than RANK_CELLS_MAX */
    double less;
    double greater;
    double two_sided;
};
enum { RANK_CELLS_MAX = 1 << 22 };
MUST_USE enum status rank_p_exact(const struct rank_sum *r, struct arena *scratch,
                                  struct rank_exact *out);

/* ---- Hodges and Lehmann 1963 ---- */

struct shift {
    double estimate; /* median of the differences x - y, or of the Walsh averages */
    double low; /* order statistics of them; infinite when the sample is too small for the level */
    double high;
    double achieved; /* exact coverage of the interval; NAN when by the normal approximation */
};
/* x and y get sorted. Exact: from the distribution without ties; else from the normal approximation
 * with the variance corrected for ties, the continuity correction as in the test. */
MUST_USE enum status shift_two(double *x, uint32_t n, double *y, uint32_t m,
                               const struct rank_sum *r, double level, bool exact, bool continuity,
                               struct arena *scratch, struct shift *out);
MUST_USE enum status shift_one(double *d, uint32_t n, const struct rank_sum *r, double level,
                               bool exact, bool continuity, struct arena *scratch,
                               struct shift *out);

/* ---- Several samples ---- */

struct rank_chi2 {
    double statistic; /* NAN: all tied, or fewer than two groups */
    double df;
    double p;
};
/* Kruskal and Wallis 1952, corrected for ties. values[first[g]]..values[first[g + 1]] is group g.
 */
MUST_USE enum status kruskal_wallis(const double *values, const uint32_t *first, uint32_t groups,
                                    struct arena *scratch, struct rank_chi2 *out);
/* Friedman 1937, corrected for ties; values[block * treatments + t]. Kendall's W is statistic /
 * (blocks * (treatments - 1)). */
MUST_USE enum status friedman(const double *values, uint32_t blocks, uint32_t treatments,
                              struct arena *scratch, struct rank_chi2 *out);

#endif
