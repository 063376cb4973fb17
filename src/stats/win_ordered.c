/* Wins and losses without going through pairs. Measured outcomes, compared one after the other, put
 * all subjects into ranks. Of an outcome in time let an event come before a censoring at the same
 * instant; then i wins over j when j has an event and comes earlier, and loses when i has one and
 * comes earlier; pairs that time leaves open are decided by rank. So for each subject
 *
 *   wins = events of others before it + others of lower rank
 *          - those of them that were events before it - those of them behind its own event
 *
 * and losses likewise: one walk through time with counts by rank in Fenwick trees. */
#include "stats/risk_walk.h"
#include "stats/win_internal.h"

#include <string.h>

enum { GROUPS = 2 };

/* Counts by rank, from 0; sums of ranks below one in log n steps (Fenwick 1994). */
struct counts {
    uint32_t *node;
    uint32_t size;
    uint32_t all;
};

static void counts_add(struct counts *counts, uint32_t rank) {
    for (uint32_t i = rank + 1; i <= counts->size; i += i & (~i + 1u)) {
        counts->node[i - 1]++;
    }
    counts->all++;
}

static uint32_t counts_below(const struct counts *counts, uint32_t rank) {
    uint32_t sum = 0;
    for (uint32_t i = rank; i > 0; i -= i & (~i + 1u)) {
        sum += counts->node[i - 1];
    }
    return sum;
}

struct walk {
    struct tally *tally;
    const struct win_outcome *time; /* NULL: none */
    const uint32_t *order;          /* rows by time */
    uint32_t *rank;                 /* by row */
    uint32_t *scratch;
    uint32_t ranks;
    struct counts everyone[GROUPS]; /* not by time */
    struct counts events[GROUPS];   /* so far */
    struct counts passed[GROUPS];   /* so far, events and censored */
    double *better, *worse;         /* by row */
};

bool win_is_ordered(const struct tally *tally) {
    for (uint32_t k = 0; k < tally->outcome_count; k++) {
        const struct win_outcome *o = &tally->outcomes[k];
        if (o->margin != 0.0 || (o->kind == WIN_TIME && k > 0)) {
            return false;
        }
    }
    return true;
}

static void empty(struct counts *counts, uint32_t size) {
    memset(counts->node, 0, size * sizeof *counts->node);
    counts->size = size;
    counts->all = 0;
}

static bool has_event(const struct walk *walk, uint32_t row) {
    return walk->time && walk->time->event[row];
}

/* What was decided by events before the subject, and what rank decides of the rest. */
static void look_back(struct walk *walk, uint32_t row) {
    uint32_t other = walk->tally->group[row] == 0;
    const struct counts *everyone = &walk->everyone[other];
    const struct counts *events = &walk->events[other];
    uint32_t rank = walk->rank[row];
    uint32_t below = counts_below(everyone, rank);
    uint32_t above = everyone->all - counts_below(everyone, rank + 1);
    uint32_t events_below = counts_below(events, rank);
    uint32_t events_above = events->all - counts_below(events, rank + 1);
    walk->better[row] = (double)events->all + below - events_below;
    walk->worse[row] = (double)above - events_above;
}

/* What the subject's own event decides: everyone behind it has won, whatever the rank. */
static void look_ahead(struct walk *walk, uint32_t row) {
    uint32_t other = walk->tally->group[row] == 0;
    const struct counts *everyone = &walk->everyone[other];
    const struct counts *passed = &walk->passed[other];
    uint32_t rank = walk->rank[row];
    double behind_below = counts_below(everyone, rank) - counts_below(passed, rank);
    double behind_upto = counts_below(everyone, rank + 1) - counts_below(passed, rank + 1);
    walk->better[row] -= behind_below;
    walk->worse[row] += behind_upto; /* those of higher rank were counted already */
}

/* The subjects of order[from .. to) with an event, or those without. */
static void pass(struct walk *walk, uint32_t from, uint32_t to, bool event) {
    for (uint32_t i = from; i < to; i++) {
        uint32_t row = walk->order[i];
        if (has_event(walk, row) == event) {
            look_back(walk, row);
        }
    }
    for (uint32_t i = from; i < to; i++) {
        uint32_t row = walk->order[i];
        if (has_event(walk, row) == event) {
            counts_add(&walk->passed[walk->tally->group[row] != 0], walk->rank[row]);
            if (event) {
                counts_add(&walk->events[walk->tally->group[row] != 0], walk->rank[row]);
            }
        }
    }
    for (uint32_t i = from; event && i < to; i++) {
        uint32_t row = walk->order[i];
        if (has_event(walk, row)) {
            look_ahead(walk, row);
        }
    }
}

static void count_all(struct walk *walk) {
    const struct tally *tally = walk->tally;
    for (int g = 0; g < GROUPS; g++) {
        empty(&walk->everyone[g], walk->ranks);
        empty(&walk->events[g], walk->ranks);
        empty(&walk->passed[g], walk->ranks);
    }
    for (uint32_t i = 0; i < tally->n; i++) {
        counts_add(&walk->everyone[tally->group[i] != 0], walk->rank[i]);
    }
    for (uint32_t from = 0, to; from < tally->n; from = to) {
        double at = walk->time ? walk->time->value[walk->order[from]] : 0.0;
        for (to = from;
             to < tally->n && (!walk->time || walk->time->value[walk->order[to]] == at);) {
            to++;
        }
        pass(walk, from, to, true);
        pass(walk, from, to, false);
    }
}

/* Ranks told apart further by one measured outcome: sorted by it, then, keeping that order, by the
 * ranks so far. */
static enum status refine(struct walk *walk, const struct win_outcome *o, struct arena *arena) {
    uint32_t n = walk->tally->n;
    double *key = ARENA_ARRAY(arena, n, double);
    uint32_t *start = ARENA_ARRAY(arena, walk->ranks + 1u, uint32_t);
    uint32_t *order = key ? risk_order(arena, o->value, NULL, n) : NULL;
    if (!key || !start || !order) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < n; i++) {
        key[i] = o->kind == WIN_HIGHER ? o->value[i] : -o->value[i];
        start[walk->rank[i] + 1]++;
    }
    for (uint32_t r = 0; r < walk->ranks; r++) {
        start[r + 1] += start[r];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = order[o->kind == WIN_HIGHER ? i : n - 1 - i];
        walk->scratch[start[walk->rank[row]]++] = row;
    }
    uint32_t ranks = 0;
    uint32_t before = 0; /* the rank so far of the row before */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = walk->scratch[i];
        bool same = i > 0 && walk->rank[row] == before && key[row] == key[walk->scratch[i - 1]];
        before = walk->rank[row];
        ranks += !same;
        walk->rank[row] = ranks - 1;
    }
    walk->ranks = ranks;
    return STATUS_OK;
}

/* What is decided now, less what was decided before this outcome. */
static void take(struct walk *walk, uint32_t outcome) {
    struct tally *tally = walk->tally;
    double wins = 0.0;
    double losses = 0.0;
    for (uint32_t i = 0; i < tally->n; i++) {
        bool first = tally->group[i] == 0;
        tally->won[i] = first ? walk->better[i] : walk->worse[i];
        tally->lost[i] = first ? walk->worse[i] : walk->better[i];
        wins += first ? walk->better[i] : 0.0;
        losses += first ? walk->worse[i] : 0.0;
    }
    for (uint32_t k = 0; k < outcome; k++) {
        wins -= tally->wins_by[k];
        losses -= tally->losses_by[k];
    }
    tally->wins_by[outcome] = wins;
    tally->losses_by[outcome] = losses;
}

static bool make_room(struct walk *walk, struct arena *arena) {
    uint32_t n = walk->tally->n;
    bool room = true;
    for (int g = 0; g < GROUPS; g++) {
        struct counts *all[] = {&walk->everyone[g], &walk->events[g], &walk->passed[g]};
        for (int i = 0; i < 3; i++) {
            all[i]->node = ARENA_ARRAY(arena, n, uint32_t);
            room = room && all[i]->node;
        }
    }
    walk->rank = ARENA_ARRAY(arena, n, uint32_t);
    walk->scratch = ARENA_ARRAY(arena, n, uint32_t);
    walk->better = ARENA_ARRAY(arena, n, double);
    walk->worse = ARENA_ARRAY(arena, n, double);
    walk->ranks = 1;
    return room && walk->rank && walk->scratch && walk->better && walk->worse;
}

enum status win_count_ordered(struct tally *tally, struct arena *arena) {
    const struct win_outcome *outcomes = tally->outcomes;
    struct walk walk = {.tally = tally, .time = outcomes[0].kind == WIN_TIME ? outcomes : NULL};
    walk.order = risk_order(arena, outcomes[0].value, NULL, tally->n);
    if (!walk.order || !make_room(&walk, arena)) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t k = 0; k < tally->outcome_count; k++) {
        if (outcomes[k].kind != WIN_TIME && refine(&walk, &outcomes[k], arena) != STATUS_OK) {
            return STATUS_NO_MEMORY;
        }
        count_all(&walk);
        take(&walk, k);
    }
    return STATUS_OK;
}
