/* What rules hold, change and end, by what is known at one instant. */
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

static bool concerns(const struct dosing_walk *w, const struct regimen_rule *rule, uint32_t i) {
    return rule->drug == REGIMEN_NONE || rule->drug == w->arm->treatments[i].drug;
}

static uint32_t drug_count(const struct dosing_walk *w) {
    return w->input->trial->regimen->drug_count;
}

static struct hold_state *hold_of(const struct dosing_walk *w, uint16_t r, uint16_t d) {
    return &w->holds[(size_t)r * drug_count(w) + d];
}

static void decide(struct dosing_walk *w, uint16_t rule, int64_t at, enum course_event event,
                   uint16_t treatment, uint16_t condition, struct str text) {
    const struct course_decision decision = {at, event, treatment, rule, condition, text};
    walk_decide(w, &decision);
}

static struct str level_name(const struct regimen_treatment *t, uint16_t level) {
    return level < t->level_count ? t->levels[level].id : STR("");
}

/* ---- Days ---- */

/* The dose day a rule counts by: of its drug, or of the first drug that was given. */
static int64_t first_dose_of(const struct dosing_walk *w, const struct regimen_rule *rule) {
    int64_t first = INSTANT_MAX;
    for (uint32_t d = 0; d < drug_count(w); d++) {
        if ((rule->drug == REGIMEN_NONE || rule->drug == d) && w->drugs[d].first_dose < first) {
            first = w->drugs[d].first_dose;
        }
    }
    return first;
}

static int32_t day_of(const struct dosing_walk *w, const struct regimen_rule *rule, int64_t at) {
    int64_t first = first_dose_of(w, rule);
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

/* Rules that look again on each of their days, though they held before. */
static bool is_daily(const struct regimen_rule *rule) {
    return rule->day_count || rule->action == ACTION_PROPOSE;
}

/* ---- Levels ---- */

static void lower(struct dosing_walk *w, uint16_t r, uint16_t i, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    struct course_treatment *t = &w->treatments[i];
    if (!w->arm->treatments[i].level_count) {
        return;
    }
    if (t->level > 0) {
        t->level--;
        t->changed = (struct regimen_amount){0};
        decide(w, r, at, EVENT_REDUCE, i, rule->condition,
               level_name(&w->arm->treatments[i], t->level));
    } else if (rule->lowest == RULE_LOWEST_STOP) {
        walk_end(w, i, at, EVENT_STOP, r, rule->condition);
    } else if (rule->lowest == RULE_LOWEST_ASK) {
        t->asked_by = r;
        t->asked_since = at;
        decide(w, r, at, EVENT_ASK, i, rule->condition, STR(""));
    }
}

static uint16_t level_wanted(const struct regimen_rule *rule, const struct regimen_treatment *t,
                             uint16_t level) {
    switch (rule->step) {
    case RULE_STEP_UP:
        return (uint16_t)(level + 1);
    case RULE_STEP_DOWN:
        return level ? (uint16_t)(level - 1) : level;
    case RULE_STEP_START:
        break;
    }
    return t->start_level;
}

static void propose(struct dosing_walk *w, uint16_t r, uint16_t i, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    const struct regimen_treatment *t = &w->arm->treatments[i];
    struct rule_state *state = &w->rules[r];
    if (!rule->has_step || !t->level_count) {
        decide(w, r, at, EVENT_PROPOSE, i, rule->condition, rule->source->action.text);
        return;
    }
    uint16_t wanted = level_wanted(rule, t, w->treatments[i].level);
    if (wanted >= t->level_count || wanted == w->treatments[i].level) {
        return; /* there is no such level: nothing to propose */
    }
    state->since = state->pending && state->level == wanted ? state->since : at;
    state->pending = true;
    state->treatment = i;
    state->level = wanted;
    decide(w, r, at, EVENT_PROPOSE, i, rule->condition, level_name(t, wanted));
}

void walk_accept(struct dosing_walk *w, uint16_t r, int64_t at) {
    struct rule_state *state = &w->rules[r];
    const struct regimen_treatment *t = &w->arm->treatments[state->treatment];
    state->pending = false;
    w->treatments[state->treatment].level = state->level;
    w->treatments[state->treatment].changed = (struct regimen_amount){0};
    decide(w, r, at, EVENT_ACCEPTED, state->treatment, REGIMEN_NONE, level_name(t, state->level));
}

/* A proposed level counts once it is ordered. */
static void look_at_orders(struct dosing_walk *w, uint16_t r, int64_t at) {
    const struct rule_state *state = &w->rules[r];
    if (!state->pending || w->treatments[state->treatment].state != TREATMENT_RUNNING) {
        return;
    }
    const struct regimen_treatment *t = &w->arm->treatments[state->treatment];
    const struct course_order *order = walk_order_since(w, t->drug, state->since, at);
    if (order && regimen_compare(&order->dose, &t->levels[state->level].dose) == 0) {
        walk_accept(w, r, at);
    }
}

/* A dose that was left to a person: an order answers. */
static void look_at_answers(struct dosing_walk *w, uint16_t i, int64_t at) {
    struct course_treatment *t = &w->treatments[i];
    if (t->asked_by == REGIMEN_NONE || t->state != TREATMENT_RUNNING) {
        return;
    }
    const struct course_order *order =
        walk_order_since(w, w->arm->treatments[i].drug, t->asked_since, at);
    if (order && order->dose.unit) {
        decide(w, t->asked_by, at, EVENT_ACCEPTED, i, REGIMEN_NONE,
               walk_amount_text(w, &order->dose));
        t->asked_by = REGIMEN_NONE;
        t->changed = order->dose;
    }
}

/* ---- Actions ---- */

/* For good: no other course of the drug begins either. */
static void stop(struct dosing_walk *w, uint16_t r, uint16_t drug, int64_t at, uint16_t condition) {
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        if ((drug == REGIMEN_NONE || w->arm->treatments[i].drug == drug) &&
            w->treatments[i].state != TREATMENT_ENDED) {
            walk_end(w, i, at, EVENT_STOP, r, condition);
        }
    }
}

static void switch_over(struct dosing_walk *w, uint16_t r, uint16_t i, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    uint16_t to = rule->to_treatment;
    if (to != REGIMEN_NONE && to != i && w->treatments[to].state != TREATMENT_ENDED) {
        walk_end(w, i, at, EVENT_REPLACED, r, rule->condition);
        if (w->treatments[to].state == TREATMENT_WAITING) {
            walk_start(w, to, at, EVENT_SWITCH, r, rule->condition);
        }
    }
}

static void act_on(struct dosing_walk *w, uint16_t r, uint16_t i, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    switch (rule->action) {
    case ACTION_REDUCE:
        lower(w, r, i, at);
        break;
    case ACTION_CHANGE:
        w->treatments[i].changed = rule->to;
        decide(w, r, at, EVENT_CHANGE, i, rule->condition, walk_amount_text(w, &rule->to));
        break;
    case ACTION_SWITCH:
        switch_over(w, r, i, at);
        break;
    case ACTION_PROPOSE:
        propose(w, r, i, at);
        break;
    case ACTION_STOP:
    case ACTION_HOLD:
        break;
    }
}

static void act(struct dosing_walk *w, uint16_t r, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    if (rule->action == ACTION_STOP) {
        stop(w, r, rule->drug, at, rule->condition);
        return;
    }
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        if (w->treatments[i].state == TREATMENT_RUNNING && concerns(w, rule, i)) {
            act_on(w, r, i, at);
        }
    }
}

/* ---- Holds ---- */

/* A drug is held while any of the rules holds it; the first of them is named. */
static void sum_up_holds(struct dosing_walk *w, uint16_t d) {
    struct course_drug *drug = &w->drugs[d];
    drug->held_by = REGIMEN_NONE;
    drug->hold_expired = false;
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        const struct hold_state *hold = hold_of(w, r, d);
        if (hold->holds && (drug->held_by == REGIMEN_NONE || hold->since < drug->held_since)) {
            drug->held_by = r;
            drug->held_since = hold->since;
        }
        drug->hold_expired |= hold->holds && hold->expired;
    }
}

static void lift(struct dosing_walk *w, uint16_t r, uint16_t d, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    hold_of(w, r, d)->holds = false;
    sum_up_holds(w, d);
    decide(w, r, at, w->drugs[d].held_by == REGIMEN_NONE ? EVENT_RESUME : EVENT_LIFTED,
           REGIMEN_NONE, rule->until, STR(""));
    for (uint16_t i = 0; i < w->arm->treatment_count && rule->resume == RULE_RESUME_LOWER; i++) {
        if (w->arm->treatments[i].drug == d && w->treatments[i].state == TREATMENT_RUNNING) {
            lower(w, r, i, at);
        }
    }
}

/* It lasted longer than it may. */
static void expire(struct dosing_walk *w, uint16_t r, uint16_t d, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    struct hold_state *hold = hold_of(w, r, d);
    if (rule->otherwise == RULE_ELSE_ASK) {
        hold->expired = true;
        decide(w, r, at, EVENT_ASK, REGIMEN_NONE, rule->until, STR(""));
        return;
    }
    hold->holds = false;
    hold->exhausted = true;
    decide(w, r, at, EVENT_HOLD_ENDED, REGIMEN_NONE, rule->until, STR(""));
    if (rule->otherwise == RULE_ELSE_STOP) {
        stop(w, r, d, at, rule->until);
    }
}

static bool is_answered(const struct dosing_walk *w, const struct regimen_rule *rule,
                        const struct hold_state *hold, uint16_t d, int64_t at) {
    return hold->expired && walk_order_since(w, d, hold->since + rule->within_ms, at);
}

static void look_at_hold(struct dosing_walk *w, uint16_t r, uint16_t d, int64_t at, bool holds) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    struct hold_state *hold = hold_of(w, r, d);
    hold->exhausted &= holds;
    if (!hold->holds && holds && !hold->exhausted) {
        *hold = (struct hold_state){.holds = true, .since = at};
        decide(w, r, at, EVENT_HOLD, REGIMEN_NONE, rule->condition, STR(""));
    } else if (hold->holds && !holds && value_of(w, rule->until) == LOGIC_TRUE) {
        lift(w, r, d, at);
    } else if (hold->holds && is_answered(w, rule, hold, d, at)) {
        hold->exhausted = true;
        lift(w, r, d, at);
    } else if (hold->holds && !hold->expired && at >= hold->since + rule->within_ms) {
        expire(w, r, d, at);
    }
    sum_up_holds(w, d);
}

bool walk_is_held(const struct dosing_walk *w, uint16_t d, int64_t at) {
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        const struct regimen_rule *rule = &w->arm->rules[r];
        const struct hold_state *hold = hold_of(w, r, d);
        bool over = rule->otherwise == RULE_ELSE_RESUME && at >= hold->since + rule->within_ms;
        if (hold->holds && !over) {
            return true;
        }
    }
    return false;
}

int64_t walk_hold_end(const struct dosing_walk *w, uint16_t d, int64_t at) {
    int64_t end = INSTANT_MAX;
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        const struct regimen_rule *rule = &w->arm->rules[r];
        const struct hold_state *hold = hold_of(w, r, d);
        int64_t limit = hold->expired ? at + DOSE_DAY_MS : hold->since + rule->within_ms;
        if (hold->holds && rule->otherwise != RULE_ELSE_RESUME && limit < end) {
            end = limit;
        }
    }
    return end;
}

/* ---- One rule ---- */

static void look_at_rule(struct dosing_walk *w, uint16_t r, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    struct rule_state *state = &w->rules[r];
    if (rule->condition == REGIMEN_NONE || !is_running(w, rule->drug)) {
        return;
    }
    look_at_orders(w, r, at);
    int32_t day = day_of(w, rule, at);
    enum logic value = is_its_day(rule, day) ? value_of(w, rule->condition) : LOGIC_FALSE;
    bool asks = value == LOGIC_UNKNOWN && rule->if_unknown == RULE_UNKNOWN_ASK;
    if (asks && state->before != LOGIC_UNKNOWN) {
        decide(w, r, at, EVENT_ASK, REGIMEN_NONE, rule->condition, STR(""));
    }
    /* Not knowing for a while neither ends nor begins anything, unless the rule says so. */
    bool holds = asks ? state->held
                      : value == LOGIC_TRUE ||
                            (value == LOGIC_UNKNOWN && rule->if_unknown == RULE_UNKNOWN_ACT);
    bool begins = holds && !asks && (!state->held || (is_daily(rule) && day != state->day));
    state->before = (uint8_t)value;
    state->held = holds;
    for (uint16_t d = 0; d < drug_count(w) && rule->action == ACTION_HOLD; d++) {
        if ((rule->drug == REGIMEN_NONE || rule->drug == d) && is_running(w, d)) {
            look_at_hold(w, r, d, at, holds);
        }
    }
    if (begins) {
        state->day = day;
        act(w, r, at);
    }
}

void walk_rules(struct dosing_walk *w, int64_t at) {
    walk_starts(w, at);
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        look_at_answers(w, i, at);
    }
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        look_at_rule(w, r, at);
    }
}

/* ---- When to look again ---- */

static int64_t sooner(int64_t next, int64_t candidate, int64_t at) {
    return candidate > at && candidate < next ? candidate : next;
}

int64_t walk_rules_next(const struct dosing_walk *w, int64_t at) {
    int64_t next = INSTANT_MAX;
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        const struct regimen_rule *rule = &w->arm->rules[r];
        for (uint16_t d = 0; d < drug_count(w); d++) {
            const struct hold_state *hold = hold_of(w, r, d);
            if (hold->holds && !hold->expired) {
                next = sooner(next, hold->since + rule->within_ms, at);
            }
        }
        int64_t first = first_dose_of(w, rule);
        if (is_daily(rule) && first <= at && is_running(w, rule->drug)) {
            next = sooner(next, first + (int64_t)course_dose_day(first, at) * DOSE_DAY_MS, at);
        }
    }
    return next;
}

/* ---- What cannot be decided ---- */

static void ask_person(struct dosing_walk *w, uint16_t treatment, uint16_t rule) {
    const struct course_question q = {NEED_PERSON, treatment, rule, w->arm->rules[rule].until};
    walk_ask(w, &q);
}

static void ask_condition(struct dosing_walk *w, uint16_t treatment, uint16_t rule,
                          uint16_t condition) {
    if (value_of(w, condition) == LOGIC_UNKNOWN) {
        const struct course_question q = {NEED_CONDITION, treatment, rule, condition};
        walk_ask(w, &q);
    }
}

static void ask_of_rule(struct dosing_walk *w, uint16_t r, int64_t at) {
    const struct regimen_rule *rule = &w->arm->rules[r];
    bool asks = rule->if_unknown == RULE_UNKNOWN_ASK && is_running(w, rule->drug) &&
                rule->condition != REGIMEN_NONE && is_its_day(rule, day_of(w, rule, at));
    if (asks) {
        ask_condition(w, REGIMEN_NONE, r, rule->condition);
    }
    for (uint16_t d = 0; d < drug_count(w); d++) {
        const struct hold_state *hold = hold_of(w, r, d);
        if (hold->holds && hold->expired) {
            ask_person(w, REGIMEN_NONE, r);
        } else if (hold->holds && rule->until != REGIMEN_NONE) {
            ask_condition(w, REGIMEN_NONE, r, rule->until);
        }
    }
}

void walk_questions(struct dosing_walk *w, int64_t at) {
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        const struct course_treatment *t = &w->treatments[i];
        if (t->state == TREATMENT_WAITING && t->unknown) {
            ask_condition(w, i, REGIMEN_NONE, w->arm->treatments[i].start);
        } else if (t->state == TREATMENT_RUNNING && t->asked_by != REGIMEN_NONE) {
            ask_person(w, i, t->asked_by);
        }
    }
    for (uint16_t r = 0; r < w->arm->rule_count; r++) {
        ask_of_rule(w, r, at);
    }
}
