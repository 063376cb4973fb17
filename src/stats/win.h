/* Wins and losses of every pair of a subject of the first group and one of the second (Finkelstein
 * and Schoenfeld 1999; Buyse 2010): win ratio (Pocock 2012), win odds, in which ties count half
 * (Dong 2020; Brunner 2021), and net benefit. Outcomes are in order of importance; a pair is
 * decided by the first that tells it apart.
 *
 * Standard errors: first-order projections of the U-statistics, covariances with divisors n - 1
 * (Bebu and Lachin 2016; for win odds and net benefit the same as DeLong 1988 and Brunner 2021);
 * intervals of win ratio and win odds on the logarithm. Tested in tests/reference/win.R. */
#ifndef QUELL_STATS_WIN_H
#define QUELL_STATS_WIN_H

#include "base/arena.h"

#include <stdint.h>

enum win_kind {
    WIN_HIGHER, /* the larger value wins */
    WIN_LOWER,
    /* The later event wins: over a subject with an event wins who was followed past it without one.
     * A censoring at the time of an event counts as after it, as for Kaplan-Meier. */
    WIN_TIME
};

struct win_outcome {
    enum win_kind kind;
    const double *value;   /* or time */
    const uint32_t *event; /* WIN_TIME only: 0 censored */
    double margin;         /* a difference not larger than this is a tie; >= 0 */
};

struct win_measure {
    double value, se; /* se: of the logarithm for win ratio and win odds */
    double low, high, p;
};

struct win_result {
    const char *refusal;
    uint32_t n1, n2;
    double wins, losses, ties;   /* pairs */
    double *wins_by, *losses_by; /* [outcomes] */
    struct win_measure ratio;    /* NAN when there are no losses, or no wins */
    struct win_measure odds;
    struct win_measure net; /* (wins - losses) / pairs */
};

/* group[n]: 0 the first, 1 the second. */
MUST_USE enum status win_statistics(struct arena *arena, const uint32_t *group, uint32_t n,
                                    const struct win_outcome *outcomes, uint32_t outcome_count,
                                    double level, struct win_result *out);

#endif
