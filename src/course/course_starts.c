/* Which treatments begin and end by their own conditions, and what stages make of that. */
#include "course/course_dosing_internal.h"

static enum logic value_of(const struct dosing_walk *w, uint16_t condition) {
    return condition == REGIMEN_NONE ? LOGIC_TRUE : (enum logic)w->known.values[condition];
}

/* ---- Order ---- */

static uint32_t chain_length(const struct regimen_arm *arm, uint16_t i) {
    uint32_t length = 0;
    for (uint16_t k = arm->treatments[i].replaces;
         k != REGIMEN_NONE && length < arm->treatment_count; k = arm->treatments[k].replaces) {
        length++;
    }
    return length;
}

/* What replaces another has the longer chain; among equals the order of the text. */
void walk_order_treatments(struct dosing_walk *w) {
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        uint16_t k = i;
        uint32_t length = chain_length(w->arm, i);
        for (; k > 0 && chain_length(w->arm, w->order[k - 1]) < length; k--) {
            w->order[k] = w->order[k - 1];
        }
        w->order[k] = i;
    }
}

/* ---- Stages ---- */

int32_t walk_stage_number(const struct dosing_walk *w, struct str name) {
    const struct trial_stages *stages = w->input->trial->document->stages;
    for (uint32_t i = 0; stages && i < stages->names.count; i++) {
        if (str_equal(stages->names.items[i].id.text, name)) {
            return (int32_t)i;
        }
    }
    return -1;
}

/* Stages are assessed on change unless the trial says daily or at entry. */
static bool assesses(const struct dosing_walk *w, int64_t at) {
    const struct trial_stages *stages = w->input->trial->document->stages;
    if (!stages || !trial_given(stages->assess.place) || stages->assess.value == ASSESS_ON_CHANGE) {
        return true;
    }
    return at == w->input->allocated ||
           (stages->assess.value == ASSESS_DAILY && at == w->next_daily);
}

static bool never_withdraws(const struct dosing_walk *w) {
    const struct trial_stages *stages = w->input->trial->document->stages;
    return stages && trial_given(stages->down.place) &&
           stages->down.value == STAGE_DOWN_NEVER_WITHDRAWS;
}

/* The subject is worse than when a treatment that its stage chose began. */
static bool is_worse_than_when(const struct dosing_walk *w, uint16_t begun) {
    const struct course_treatment *t = &w->treatments[begun];
    return w->arm->treatments[begun].start != REGIMEN_NONE && t->started != INSTANT_MIN &&
           t->stage >= 0 && t->stage < w->stage_number;
}

static enum trial_up worse_does(const struct dosing_walk *w) {
    const struct trial_stages *stages = w->input->trial->document->stages;
    return stages && trial_given(stages->up.place) ? (enum trial_up)stages->up.value
                                                   : STAGE_UP_ADDS_TREATMENT;
}

/* up: nothing. A treatment that the first stage chose is the only one. */
static bool is_refused(const struct dosing_walk *w, uint16_t starts) {
    bool refused = false;
    bool asks =
        worse_does(w) == STAGE_UP_NOTHING && w->arm->treatments[starts].start != REGIMEN_NONE;
    for (uint16_t k = 0; k < w->arm->treatment_count && asks; k++) {
        refused |= k != starts && is_worse_than_when(w, k);
    }
    return refused;
}

/* up: replaces treatment. */
static void replace_milder(struct dosing_walk *w, uint16_t started, int64_t at) {
    uint16_t condition = w->arm->treatments[started].start;
    bool replaces = worse_does(w) == STAGE_UP_REPLACES_TREATMENT && condition != REGIMEN_NONE;
    for (uint16_t k = 0; k < w->arm->treatment_count && replaces; k++) {
        if (k != started && w->treatments[k].state == TREATMENT_RUNNING &&
            is_worse_than_when(w, k)) {
            walk_end(w, k, at, EVENT_REPLACED, REGIMEN_NONE, condition);
        }
    }
}

/* ---- Starts and ends ---- */

static bool is_stopped(const struct dosing_walk *w, uint16_t i) {
    uint16_t stop = w->arm->treatments[i].stop;
    return stop != REGIMEN_NONE && value_of(w, stop) == LOGIC_TRUE;
}

static void look_at_end(struct dosing_walk *w, uint16_t i, int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    bool latched = t->latch || t->by_switch || t->start == REGIMEN_NONE || never_withdraws(w);
    if (is_stopped(w, i)) {
        walk_end(w, i, at, EVENT_STOP_WHEN, REGIMEN_NONE, t->stop);
    } else if (!latched && assesses(w, at) && value_of(w, t->start) == LOGIC_FALSE) {
        walk_end(w, i, at, EVENT_STOP_WHEN, REGIMEN_NONE, t->start);
        w->treatments[i].state = TREATMENT_WAITING; /* it starts whenever its condition holds */
    }
}

/* What was unknown is looked at again whenever something is known. */
static void look_at_start(struct dosing_walk *w, uint16_t i, int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    struct course_treatment *state = &w->treatments[i];
    if (t->by_switch || is_stopped(w, i) || !(assesses(w, at) || state->unknown) ||
        is_refused(w, i)) {
        return;
    }
    enum logic starts = value_of(w, t->start);
    if (starts == LOGIC_TRUE) {
        walk_start(w, i, at, EVENT_START, REGIMEN_NONE, t->start);
        replace_milder(w, i, at);
    } else if (starts == LOGIC_UNKNOWN && !state->unknown) {
        const struct course_decision wait = {at, EVENT_WAIT, i, REGIMEN_NONE, t->start, STR("")};
        walk_decide(w, &wait);
    }
    state->unknown = starts == LOGIC_UNKNOWN;
}

void walk_starts(struct dosing_walk *w, int64_t at) {
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        if (w->treatments[i].state == TREATMENT_RUNNING) {
            look_at_end(w, i, at);
        }
    }
    for (uint16_t k = 0; k < w->arm->treatment_count; k++) {
        uint16_t i = w->order[k];
        if (w->treatments[i].state == TREATMENT_WAITING) {
            look_at_start(w, i, at);
        }
    }
}
