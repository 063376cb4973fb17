/* A walk through the distinct times of some subjects, from the first to the last, that knows who is
 * at risk: those whose entry lies before the time and whose own time is not before it. Every
 * time-to-event method is such a walk. Times are compared exactly; ties keep the order of rows. */
#ifndef QUELL_STATS_RISK_WALK_H
#define QUELL_STATS_RISK_WALK_H

#include "base/arena.h"
#include "stats/survival.h"

#include <stdbool.h>

enum risk_subset { RISK_ALL, RISK_GROUP, RISK_STRATUM };

struct risk_walk {
    const struct survival_data *data;
    const uint32_t *by_time;  /* the subset's rows by time */
    const uint32_t *by_entry; /* and by entry; NULL without late entry */
    uint32_t n;
    uint32_t from, to; /* by_time[from .. to) have the time below */
    uint32_t entered;  /* of by_entry */
    double time;
    double total;    /* at risk */
    double *at_risk; /* of them, by group [data->groups] */
};

/* A walk over all subjects, or those of one group or stratum. */
MUST_USE enum status risk_walk_begin(struct risk_walk *walk, struct arena *arena,
                                     const struct survival_data *data, enum risk_subset subset,
                                     uint32_t which);
/* On to the next distinct time; false behind the last one. */
bool risk_walk_next(struct risk_walk *walk);
/* Back to before the first one. */
void risk_walk_again(struct risk_walk *walk);

/* Rows 0 .. n-1 of `keys` in ascending order, ties by row. NULL: no memory. */
uint32_t *risk_order(struct arena *arena, const double *keys, const uint32_t *rows, uint32_t n);

/* Why these data are no time-to-event data, or NULL. */
const char *survival_refusal(const struct survival_data *data);

#endif
