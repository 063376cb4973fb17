/* What begins, holds, changes and ends, by what is known at one instant. */
#include "course/course_dosing_internal.h"

static enum logic value_of(const struct dosing_walk *w, uint16_t condition) {
    return condition == REGIMEN_NONE ? LOGIC_TRUE : (enum logic)w->known.values[condition];
}

static bool is_running(const struct dosing_walk *w, uint16_t drug) {
    for (uint32_t i = 0; i < w->arm->treatment_count; i++) {
        if (w->treatments[i].state == TREATMENT_RUNNING &&
            (drug == REGIMEN_NONE || w->arm->treatments[i].drug == drug)) {
            return true;
        }
    }
    return false;
}

/* ---- Starts and stops ---- */

/* Stages are assessed on change unless the trial says daily or at entry. */
static bool assesses(const struct dosing_walk *w, int64_t at) {
    const struct trial_stages *stages = w->input->trial->document->stages;
    if (!stages || !trial_given(stages->assess.place) || stages->assess.value == ASSESS_ON_CHANGE) {
        return true;
    }
    return at == w->input->allocated ||
           (stages->assess.value == ASSESS_DAILY && at == w->next_daily);
}

static void look_at_treatment(struct dosing_walk *w, uint16_t i, int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    struct course_treatment *state = &w->treatments[i];
    if (state->state == TREATMENT_RUNNING) {
        bool stops = t->stop != REGIMEN_NONE && value_of(w, t->stop) == LOGIC_TRUE;
        bool ends = !t->latch && t->start != REGIMEN_NONE && assesses(w, at) &&
                    value_of(w, t->start) == LOGIC_FALSE;
        if (stops || ends) {
            walk_end(w, i, at, EVENT_STOP_WHEN, REGIMEN_NONE, stops ? t->stop : t->start);
        }
        return;
    }
    if (state->state == TREATMENT_ENDED || t->by_switch || !assesses(w, at)) {
        return;
    }
    enum logic starts = value_of(w, t->start);
    if (starts == LOGIC_TRUE) {
        walk_start(w, i, at, EVENT_START, REGIMEN_NONE, t->start);
    } else if (starts == LOGIC_UNKNOWN && !state->unknown) {
        const struct course_decision wait = {at, EVENT_WAIT, i, REGIMEN_NONE, t->start, STR("")};
        walk_decide(w, &wait);
    }
    state->unknown = starts == LOGIC_UNKNOWN;
}

/* ---- Rules ---- */

static bool concerns(const struct dosing_walk *w, const struct regimen_rule *rule, uint32_t i) {
    return w->treatments[i].state == TREATMENT_RUNNING &&
           (rule->drug == REGIMEN_NONE || rule->drug == w->arm->treatments[i].drug);
}

/* The dose day a rule counts by: of its drug, or of the first drug that was given. */
static int32_t day_of(const struct dosing_walk *w, const struct regimen_rule *rule, int64_t at) {
    int64_t first = INSTANT_MAX;
    for (uint32_t d = 0; d < w->input->trial->regimen->drug_count; d++) {
        if ((rule->drug == REGIMEN_NONE || rule->drug == d) && w->drugs[d].first_dose < first) {
            first = w->drugs[d].first_dose;
        }
    }
    return first <= at ? course_dose_day(first, at) : 0;
}

static bool is_its_day(const struct regimen_rule *rule, int32_t day) {
    for (uint32_t i = 0; i < rule->day_count; i++) {
        if (rule->days[i].value == (i128)day * DECIMAL_ONE) {
            return true;
        }
    }
    return rule->day_count == 0;
}

static void decide(struct dosing_walk *w, uint16_t rule, int64_t at, enum course_event event,
                   uint16_t treatment, uint16_t condition, struct str text) {
    const struct course_decision decision = {at, event, treatment, rule, condition, text};
    walk_decide(w, &decision);
}

static struct str level_name(const struct regimen_treatment *t, uint16_t level) {
    return level < t->level_count ? t->levels[level].id : STR("");
}

static void lower(struct dosing_walk *w, uint16_t r, uint16_t i, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    struct course_treatment *t = &w->treatments[i];
    if (!w->arm->treatments[i].level_count) {
        return;
    }
    if (t->level > 0) {
        t->level--;
        decide(w, r, at, EVENT_REDUCE, i, rule->condition,
               level_name(&w->arm->treatments[i], t->level));
    } else if (rule->lowest == RULE_LOWEST_STOP) {
        walk_end(w, i, at, EVENT_STOP, r, rule->condition);
    } else if (rule->lowest == RULE_LOWEST_ASK) {
        decide(w, r, at, EVENT_ASK, i, rule->condition, STR(""));
    }
}

static void propose(struct dosing_walk *w, uint16_t r, uint16_t i, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    const struct regimen_treatment *t = &w->arm->treatments[i];
    uint16_t level = w->treatments[i].level;
    struct rule_state *state = &w->rules[r];
    if (rule->has_step && t->level_count) {
        uint16_t wanted = rule->step == RULE_STEP_START ? t->start_level
                          : rule->step == RULE_STEP_UP  ? (uint16_t)(level + 1)
                          : level                       ? (uint16_t)(level - 1)
                                                        : level;
        if (wanted >= t->level_count || wanted == level) {
            return; /* there is no such level: nothing to propose */
        }
        state->pending = true;
        state->level = wanted;
        state->since = at;
        decide(w, r, at, EVENT_PROPOSE, i, rule->condition, level_name(t, wanted));
        return;
    }
    decide(w, r, at, EVENT_PROPOSE, i, rule->condition, rule->source->action.text);
}

static void act(struct dosing_walk *w, uint16_t r, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        if (!concerns(w, rule, i)) {
            continue;
        }
        switch (rule->action) {
        case ACTION_STOP:
            walk_end(w, i, at, EVENT_STOP, r, rule->condition);
            break;
        case ACTION_REDUCE:
            lower(w, r, i, at);
            break;
        case ACTION_CHANGE:
            w->treatments[i].changed = rule->to;
            decide(w, r, at, EVENT_CHANGE, i, rule->condition, STR(""));
            break;
        case ACTION_SWITCH:
            if (rule->to_treatment != REGIMEN_NONE && rule->to_treatment != i &&
                w->treatments[rule->to_treatment].state != TREATMENT_RUNNING) {
                walk_end(w, i, at, EVENT_REPLACED, r, rule->condition);
                walk_start(w, rule->to_treatment, at, EVENT_SWITCH, r, rule->condition);
                return;
            }
            break;
        case ACTION_PROPOSE:
            propose(w, r, i, at);
            break;
        case ACTION_HOLD:
            break;
        }
    }
}

static void end_hold(struct dosing_walk *w, uint16_t r, uint16_t d, int64_t at,
                     enum course_event why) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    w->drugs[d].held_by = REGIMEN_NONE;
    w->drugs[d].hold_expired = false;
    decide(w, r, at, why, REGIMEN_NONE, rule->until, STR(""));
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        if (w->arm->treatments[i].drug != d || w->treatments[i].state != TREATMENT_RUNNING) {
            continue;
        }
        if (why == EVENT_HOLD_ENDED && rule->otherwise == RULE_ELSE_STOP) {
            walk_end(w, i, at, EVENT_STOP, r, rule->until);
        } else if (why == EVENT_RESUME && rule->resume == RULE_RESUME_LOWER) {
            lower(w, r, i, at);
        }
    }
}

static void look_at_hold(struct dosing_walk *w, uint16_t r, int64_t at, bool holds) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    for (uint16_t d = 0; d < w->input->trial->regimen->drug_count; d++) {
        struct course_drug *drug = &w->drugs[d];
        if ((rule->drug != REGIMEN_NONE && rule->drug != d) || !is_running(w, d)) {
            continue;
        }
        if (drug->held_by == REGIMEN_NONE && holds) {
            drug->held_by = r;
            drug->held_since = at;
            decide(w, r, at, EVENT_HOLD, REGIMEN_NONE, rule->condition, STR(""));
        } else if (drug->held_by == r && value_of(w, rule->until) == LOGIC_TRUE) {
            end_hold(w, r, d, at, EVENT_RESUME);
        } else if (drug->held_by == r && !drug->hold_expired &&
                   at >= drug->held_since + rule->within_ms) {
            if (rule->otherwise == RULE_ELSE_ASK) {
                drug->hold_expired = true;
                decide(w, r, at, EVENT_ASK, REGIMEN_NONE, rule->until, STR(""));
            } else {
                end_hold(w, r, d, at, EVENT_HOLD_ENDED);
            }
        }
    }
}

static void look_at_rule(struct dosing_walk *w, uint16_t r, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    struct rule_state *state = &w->rules[r];
    if (rule->condition == REGIMEN_NONE || !is_running(w, rule->drug)) {
        return;
    }
    int32_t day = day_of(w, rule, at);
    enum logic value = is_its_day(rule, day) ? value_of(w, rule->condition) : LOGIC_FALSE;
    if (value == LOGIC_UNKNOWN && state->before != LOGIC_UNKNOWN &&
        rule->if_unknown == RULE_UNKNOWN_ASK) {
        decide(w, r, at, EVENT_ASK, REGIMEN_NONE, rule->condition, STR(""));
    }
    bool holds =
        value == LOGIC_TRUE || (value == LOGIC_UNKNOWN && rule->if_unknown == RULE_UNKNOWN_ACT);
    bool held_before = state->before == LOGIC_TRUE ||
                       (state->before == LOGIC_UNKNOWN && rule->if_unknown == RULE_UNKNOWN_ACT);
    bool again = rule->day_count && day != state->day;
    state->before = (uint8_t)value;
    if (rule->action == ACTION_HOLD) {
        look_at_hold(w, r, at, holds);
    } else if (holds && (!held_before || again)) {
        state->day = day;
        act(w, r, at);
    }
}

void walk_rules(struct dosing_walk *w, int64_t at) {
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        /* What replaces another is looked at first. */
        uint16_t k = (uint16_t)(w->arm->treatment_count - 1 - i);
        look_at_treatment(w, k, at);
    }
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        look_at_rule(w, r, at);
    }
}

int64_t walk_rules_next(const struct dosing_walk *w, int64_t at) {
    int64_t next = INSTANT_MAX;
    for (uint16_t d = 0; d < w->input->trial->regimen->drug_count; d++) {
        const struct course_drug *drug = &w->drugs[d];
        if (drug->held_by != REGIMEN_NONE) {
            int64_t end = drug->held_since + w->arm->rules[drug->held_by].within_ms;
            next = end > at && end < next ? end : next;
        }
        for (uint16_t r = 0; r < w->arm->rule_count && drug->first_dose <= at; r++) {
            if (w->arm->rules[r].day_count) {
                int64_t day =
                    drug->first_dose + (int64_t)course_dose_day(drug->first_dose, at) * DOSE_DAY_MS;
                next = day < next ? day : next;
            }
        }
    }
    return next;
}

void walk_questions(struct dosing_walk *w, int64_t at) {
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        if (w->treatments[i].state == TREATMENT_WAITING && w->treatments[i].unknown) {
            const struct course_question q = {NEED_CONDITION, i, REGIMEN_NONE,
                                              w->arm->treatments[i].start};
            walk_ask(w, &q);
        }
    }
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        const struct regimen_rule *rule = &w->arm->rules[r];
        bool asks = rule->if_unknown == RULE_UNKNOWN_ASK && is_running(w, rule->drug) &&
                    rule->condition != REGIMEN_NONE && is_its_day(rule, day_of(w, rule, at));
        if (asks && value_of(w, rule->condition) == LOGIC_UNKNOWN) {
            const struct course_question q = {NEED_CONDITION, REGIMEN_NONE, r, rule->condition};
            walk_ask(w, &q);
        }
        for (uint16_t d = 0; d < w->input->trial->regimen->drug_count; d++) {
            if (w->drugs[d].held_by == r && w->drugs[d].hold_expired) {
                const struct course_question q = {NEED_PERSON, REGIMEN_NONE, r, rule->until};
                walk_ask(w, &q);
            }
        }
    }
}
