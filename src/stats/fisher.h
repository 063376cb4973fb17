/* Fisher's exact test and the conditional odds ratio: the noncentral hypergeometric distribution of
 * the first cell of a 2 x 2 table with its margins given, and exact tests of larger tables. */
#ifndef QUELL_STATS_FISHER_H
#define QUELL_STATS_FISHER_H

#include "stats/stats.h"
#include "stats/two_by_two.h"

/* P under an odds ratio of 1. Two-sided: all tables with a probability of at most (1 + 1e-7) times
 * that of the one seen, as R's fisher.test. With `mid`, half the probability of the table seen is
 * taken off (one-sided) or half of those equally probable (two-sided: the tail minus half of the
 * probability seen, Lancaster 1961). 1 when a margin is zero. */
double fisher_p(const struct two_by_two *t, enum stats_alternative alternative, bool mid);
/* Twice the smaller one-sided p, at most 1. */
double fisher_p_doubled(const struct two_by_two *t);
/* Conditional maximum likelihood: E(a | margins, odds ratio) = a. 0 and infinity at the ends of the
 * support; NAN when the support is a single table. */
double fisher_odds_ratio(const struct two_by_two *t);
/* Exact interval: inverts the one-sided tests (Cornfield). One-sided alternatives give an open end.
 */
void fisher_interval(const struct two_by_two *t, double level, enum stats_alternative alternative,
                     double *low, double *high);

/* Two-sided exact p of an r x c table, by the distribution of its columns one after the other over
 * the sums that the rows have left. NAN: too many such sums (more than FISHER_STATES_MAX, or more
 * steps than some seconds take). */
enum { FISHER_STATES_MAX = 1 << 20 };
MUST_USE enum status fisher_table_p(const double *cells, uint32_t rows, uint32_t columns,
                                    struct arena *scratch, double *p);

/* The same from a sample of tables with the margins seen, always the same ones: (1 + how many are
 * as improbable) / (1 + tables). NAN: too many subjects. */
struct fisher_sample {
    double p, se;
    uint32_t tables;
};
MUST_USE enum status fisher_sample_p(const double *cells, uint32_t rows, uint32_t columns,
                                     struct arena *scratch, struct fisher_sample *out);

#endif
