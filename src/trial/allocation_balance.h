/* What a design does before it is used: how well it balances the arms and how well somebody who
 * keeps count could guess the next one, over many dry runs. Every run is a whole trial with the
 * allocation code itself, its own seed and its own arrivals.
 *
 * The guesser knows every earlier arm and the levels of everybody (an open-label trial with talk
 * between sites), and guesses the arm that is furthest behind the ratio among earlier subjects of
 * the same stratum (Blackwell and Hodges 1957, Ann Math Stat 28:691: the convergence strategy) or,
 * under minimisation, the arm that minimisation prefers. Where several are equally good the one
 * with the largest share of the ratio is guessed; where those are several, one at random, which
 * counts as a fraction. With no knowledge 1 / arms of the guesses are right (at equal ratio). */
#ifndef QUELL_TRIAL_ALLOCATION_BALANCE_H
#define QUELL_TRIAL_ALLOCATION_BALANCE_H

#include "trial/allocation.h"

struct balance_options {
    uint32_t subjects;
    uint32_t repeats;
    uint8_t seed[DRAW_SEED_BYTES];
    /* Shares of arrivals by factor and level, the first factor's levels first; NULL: all levels of
     * a factor equally likely. Factors are independent. */
    const double *level_shares;
};

/* A distribution over the dry runs. */
struct balance_spread {
    double median;
    double high; /* 95 % quantile, nearest rank */
    double most;
};

struct allocation_balance {
    uint32_t subjects;
    uint32_t repeats;
    /* Right guesses of all, and its Monte Carlo standard error. */
    double predictability;
    double predictability_se;
    /* How many subjects the arm furthest from its share of the ratio is away from it at the end:
     * in the whole trial, and in the worst stratum. */
    struct balance_spread overall;
    struct balance_spread worst_stratum;
    /* The largest such distance in the whole trial at any moment. */
    struct balance_spread on_the_way;
    double empty_strata; /* strata where an arm has nobody at the end, of all, on average */
};

MUST_USE enum status allocation_balance(const struct allocation_design *design,
                                        const struct balance_options *options, struct arena *arena,
                                        struct allocation_balance *out);

#endif
