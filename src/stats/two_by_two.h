/* Two independent proportions from counts: tests by the normal or chi-square approximation, and
 * effects with their intervals. Nothing is added to a zero cell: what it leaves undefined is NAN,
 * 0 or infinite. */
#ifndef QUELL_STATS_TWO_BY_TWO_H
#define QUELL_STATS_TWO_BY_TWO_H

/*        event  no event
 * first    a       b
 * second   c       d        all >= 0, whole */
struct two_by_two {
    double a, b, c, d;
};

struct effect {
    double value;
    double se; /* of the value, or of its logarithm where the interval is made on that scale */
    double low;
    double high;
};

/* Chi-square statistics with one degree of freedom; NAN when a margin is zero. */
double two_chi2_pearson(const struct two_by_two *t);
double
two_chi2_yates(const struct two_by_two *t); /* Yates 1934; the correction is at most |O - E| */
double
two_chi2_n_minus_1(const struct two_by_two *t); /* Pearson times (N - 1) / N, Campbell 2007 */
double two_chi2_likelihood(const struct two_by_two *t); /* G */

/* Odds ratio ad / bc, its log's normal interval (Woolf 1955), and the interval of the profile
 * likelihood of two binomials. */
struct effect two_odds_ratio_woolf(const struct two_by_two *t, double level);
struct effect two_odds_ratio_profile(const struct two_by_two *t, double level);
/* Risk ratio with the log's normal interval (Katz 1978). */
struct effect two_risk_ratio_katz(const struct two_by_two *t, double level);
/* Risk difference first - second: Wald; Newcombe 1998 (method 10, from two Wilson intervals);
 * Miettinen and Nurminen 1985 (score, variance times N / (N - 1)). */
struct effect two_risk_difference_wald(const struct two_by_two *t, double level);
struct effect two_risk_difference_newcombe(const struct two_by_two *t, double level);
struct effect two_risk_difference_miettinen_nurminen(const struct two_by_two *t, double level);
/* One-sided p of "difference > -margin" by the Miettinen-Nurminen score, for non-inferiority. */
double two_non_inferiority_p(const struct two_by_two *t, double margin);

#endif
