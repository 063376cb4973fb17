#include "stats/risk_walk.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct keyed {
    double key;
    uint32_t row;
};

static int compare_keyed(const void *left, const void *right) {
    const struct keyed *a = left;
    const struct keyed *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

uint32_t *risk_order(struct arena *arena, const double *keys, const uint32_t *rows, uint32_t n) {
    struct keyed *keyed = ARENA_ARRAY(arena, n + 1u, struct keyed);
    uint32_t *order = ARENA_ARRAY(arena, n + 1u, uint32_t);
    if (!keyed || !order) {
        return NULL;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = rows ? rows[i] : i;
        keyed[i] = (struct keyed){keys[row], row};
    }
    qsort(keyed, n, sizeof *keyed, compare_keyed);
    for (uint32_t i = 0; i < n; i++) {
        order[i] = keyed[i].row;
    }
    return order;
}

const char *survival_refusal(const struct survival_data *data) {
    if (data->n == 0) {
        return "there are no subjects";
    }
    for (uint32_t i = 0; i < data->n; i++) {
        if (!isfinite(data->time[i])) {
            return "a time is not a finite number";
        }
        if (!data->entry && data->time[i] < 0.0) {
            return "a time is negative: time must be counted from the start of observation";
        }
        if (data->entry && !(data->entry[i] < data->time[i])) {
            return "an entry time is not before the subject's own time";
        }
    }
    return NULL;
}

static bool belongs(const struct survival_data *data, enum risk_subset subset, uint32_t which,
                    uint32_t i) {
    switch (subset) {
    case RISK_GROUP:
        return !data->group || data->group[i] == which;
    case RISK_STRATUM:
        return !data->stratum || data->stratum[i] == which;
    case RISK_ALL:
        break;
    }
    return true;
}

enum status risk_walk_begin(struct risk_walk *walk, struct arena *arena,
                            const struct survival_data *data, enum risk_subset subset,
                            uint32_t which) {
    *walk = (struct risk_walk){.data = data};
    uint32_t *rows = ARENA_ARRAY(arena, data->n + 1u, uint32_t);
    walk->at_risk = ARENA_ARRAY(arena, data->groups, double);
    if (!rows || !walk->at_risk) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < data->n; i++) {
        if (belongs(data, subset, which, i)) {
            rows[walk->n++] = i;
        }
    }
    walk->by_time = risk_order(arena, data->time, rows, walk->n);
    walk->by_entry = data->entry ? risk_order(arena, data->entry, rows, walk->n) : NULL;
    if (!walk->by_time || (data->entry && !walk->by_entry)) {
        return STATUS_NO_MEMORY;
    }
    risk_walk_again(walk);
    return STATUS_OK;
}

static void count(struct risk_walk *walk, uint32_t row, double change) {
    walk->at_risk[walk->data->group ? walk->data->group[row] : 0] += change;
    walk->total += change;
}

void risk_walk_again(struct risk_walk *walk) {
    memset(walk->at_risk, 0, walk->data->groups * sizeof *walk->at_risk);
    walk->total = 0.0;
    walk->from = walk->to = walk->entered = 0;
    if (!walk->by_entry) {
        for (uint32_t i = 0; i < walk->n; i++) {
            count(walk, walk->by_time[i], 1.0);
        }
    }
}

bool risk_walk_next(struct risk_walk *walk) {
    const double *time = walk->data->time;
    for (uint32_t i = walk->from; i < walk->to; i++) {
        count(walk, walk->by_time[i], -1.0);
    }
    walk->from = walk->to;
    if (walk->from == walk->n) {
        return false;
    }
    walk->time = time[walk->by_time[walk->from]];
    while (walk->to < walk->n && time[walk->by_time[walk->to]] == walk->time) {
        walk->to++;
    }
    while (walk->by_entry && walk->entered < walk->n &&
           walk->data->entry[walk->by_entry[walk->entered]] < walk->time) {
        count(walk, walk->by_entry[walk->entered++], 1.0);
    }
    return true;
}
