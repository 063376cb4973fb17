/* Wins and losses of each subject over those of the other group, and two ways to count them: pair
 * by pair, and in order of time and rank. */
#ifndef QUELL_STATS_WIN_INTERNAL_H
#define QUELL_STATS_WIN_INTERNAL_H

#include "stats/win.h"

#include <stdbool.h>

struct tally {
    const struct win_outcome *outcomes;
    uint32_t outcome_count;
    const uint32_t *group;
    uint32_t n;
    uint32_t *first, *second; /* rows */
    uint32_t n1, n2;
    double *won, *lost; /* by row: of the first group's subjects, and by row of the second: pairs
                           that the first group won and lost against them */
    double *wins_by, *losses_by;
};

/* At most the first outcome is a time, and no outcome has a margin: measurements then order all
 * subjects, and n log n steps count what pairs would. */
bool win_is_ordered(const struct tally *tally);
MUST_USE enum status win_count_ordered(struct tally *tally, struct arena *arena);

#endif
