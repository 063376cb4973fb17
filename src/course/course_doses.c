/* Doses: their times on the grid from the first dose, their amounts, and what became of them. */
#include "course/course_dosing_internal.h"

#include "value/decimal.h"

/* ---- Amounts ---- */

static const struct course_order *order_at(const struct dosing_walk *w, uint16_t drug, int64_t at) {
    uint32_t count = 0;
    const struct course_facts *facts = w->input->facts;
    const struct course_order *all =
        drug == REGIMEN_NONE ? NULL : facts->orders(facts->context, drug, &count);
    const struct course_order *found = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].at <= at && all[i].until > at) {
            found = &all[i];
        }
    }
    return found;
}

/* The digits after the point that a number has. */
static uint8_t scale_of(i128 value) {
    uint8_t scale = DECIMAL_SCALE_MAX;
    for (i128 step = 10; scale > 0 && value % step == 0; step *= 10) {
        scale--;
    }
    return scale;
}

/* Turns an amount for each kilogram into the subject's. */
static void by_weight(const struct dosing_walk *w, const struct regimen_treatment *t,
                      struct course_dose *dose) {
    i128 kg = 0;
    i128 each = 0;
    const struct regimen_amount *weight = &w->known.weight;
    const struct trial_regimen *regimen = w->input->trial->regimen;
    const struct regimen_amount per_kg = dose->amount;
    dose->amount = (struct regimen_amount){0};
    if (!weight->unit ||
        unit_convert(weight->unit, regimen->kilogram, weight->value, &kg) != UNIT_DONE ||
        unit_convert(per_kg.unit, regimen->milligram_per_kilogram, per_kg.value, &each) !=
            UNIT_DONE) {
        dose->state = DOSE_UNDECIDED;
        dose->need = NEED_WEIGHT;
        return;
    }
    i128 mg = each * kg / DECIMAL_ONE;
    i128 step = 0;
    if (t->round_to.unit &&
        unit_convert(t->round_to.unit, regimen->milligram, t->round_to.value, &step) == UNIT_DONE &&
        step > 0) {
        mg = (mg + step / 2) / step * step;
    }
    dose->amount = (struct regimen_amount){mg, scale_of(mg), regimen->milligram};
    if (t->max_dose.unit && regimen_compare(&dose->amount, &t->max_dose) == 1) {
        dose->amount = t->max_dose;
    }
}

/* The first adjustment that holds, or whose condition is unknown and that asks; or NULL. */
static const struct regimen_adjustment *
adjustment_of(const struct dosing_walk *w, const struct regimen_treatment *t, bool *asks) {
    *asks = false;
    for (uint32_t i = 0; i < t->adjustment_count; i++) {
        const struct regimen_adjustment *a = &t->adjustments[i];
        enum logic value =
            a->condition == REGIMEN_NONE ? LOGIC_FALSE : (enum logic)w->known.values[a->condition];
        *asks = value == LOGIC_UNKNOWN && a->if_unknown == RULE_UNKNOWN_ASK;
        bool acts = value == LOGIC_UNKNOWN && a->if_unknown == RULE_UNKNOWN_ACT;
        if (value == LOGIC_TRUE || acts || *asks) {
            return a;
        }
    }
    return NULL;
}

static void need(struct course_dose *dose, enum course_need what) {
    dose->state = DOSE_UNDECIDED;
    dose->need = what;
}

/* What the parts of the treatment say, or what is needed to know it. */
static void amount_of_part(const struct dosing_walk *w, uint16_t i, struct course_dose *dose) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    switch ((enum regimen_kind)dose->part->kind) {
    case DOSE_FIXED:
    case DOSE_BY_WEIGHT:
        dose->amount = dose->part->dose;
        break;
    case DOSE_BY_LEVEL:
        dose->amount = t->levels[w->treatments[i].level].dose;
        break;
    case DOSE_AS_ORDERED:
        if (dose->order && dose->order->dose.unit) {
            dose->amount = dose->order->dose;
        } else {
            need(dose, NEED_ORDER);
        }
        break;
    case DOSE_NOT_STATED:
        need(dose, NEED_TAPER);
        break;
    }
}

/* The amount of a dose, or what is needed to know it. A taper is stated for the treatment's own
 * dose: after a change or an adjustment nobody states it. */
static void decide_amount(const struct dosing_walk *w, uint16_t i, struct course_dose *dose) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    const struct course_treatment *state = &w->treatments[i];
    bool asks = false;
    const struct regimen_adjustment *adjustment = adjustment_of(w, t, &asks);
    if (state->asked_by != REGIMEN_NONE) {
        need(dose, NEED_PERSON);
    } else if (state->changed.unit) {
        dose->amount = state->changed;
    } else if (asks) {
        need(dose, NEED_CONDITION);
        dose->condition = adjustment->condition;
    } else if (adjustment) {
        dose->amount = adjustment->dose;
    } else {
        amount_of_part(w, i, dose);
    }
    if (dose->part->is_taper && (state->changed.unit || (adjustment && !asks))) {
        dose->amount = (struct regimen_amount){0};
        need(dose, NEED_TAPER);
    }
    if (regimen_is_per_weight(w->input->trial->regimen, dose->amount.unit)) {
        by_weight(w, t, dose);
    }
}

static int64_t every_of(const struct dosing_walk *w, uint16_t i, const struct regimen_part *part,
                        int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    int64_t every = part->every_ms;
    if (part->kind == DOSE_BY_LEVEL && t->levels[w->treatments[i].level].every_ms) {
        every = t->levels[w->treatments[i].level].every_ms;
    }
    if (part->kind == DOSE_AS_ORDERED) {
        const struct course_order *order = order_at(w, t->drug, at);
        every = order && order->every_ms ? order->every_ms : every;
    }
    bool asks = false;
    const struct regimen_adjustment *adjustment = adjustment_of(w, t, &asks);
    every = adjustment && !asks && adjustment->every_ms ? adjustment->every_ms : every;
    return every > 0 ? every : DOSE_DAY_MS;
}

/* ---- The grid ---- */

/* The first planned time after the last one, by the time between doses that holds `now`;
 * INSTANT_MAX: the course holds no more. */
static int64_t next_slot(const struct dosing_walk *w, uint16_t i, int64_t first, int64_t now,
                         const struct regimen_part **part) {
    int64_t after = w->last_slot[i];
    const struct regimen_treatment *t = &w->arm->treatments[i];
    int64_t found = INSTANT_MAX;
    for (uint32_t p = 0; p < t->part_count; p++) {
        const struct regimen_part *each = &t->parts[p];
        int32_t last = each->last;
        if (t->max_days < last && !each->is_taper) {
            last = t->max_days;
        }
        int64_t base = first + (int64_t)(each->first - 1) * DOSE_DAY_MS;
        int64_t end = last == REGIMEN_OPEN ? INSTANT_MAX : first + (int64_t)last * DOSE_DAY_MS;
        int64_t every = every_of(w, i, each, now > after ? now : after);
        int64_t k = after < base ? 0 : (after - base) / every + 1;
        int64_t slot = base + k * every;
        if (slot < end && slot < found) {
            found = slot;
            *part = each;
        }
    }
    return found;
}

/* ---- What became of a dose ---- */

static bool same_amount(const struct regimen_amount *a, const struct regimen_amount *b) {
    int order = regimen_compare(a, b);
    return order == 0 || order == 2;
}

static void count_given(struct dosing_walk *w, uint16_t drug,
                        const struct course_administration *given) {
    struct course_drug *d = &w->drugs[drug];
    if (given->state != ADMINISTERED) {
        return;
    }
    d->given_count++;
    if (!given->dose.unit || !regimen_add(&d->total, &given->dose)) {
        d->unknown_count++;
    }
}

/* The administration nearest to the planned time that no other dose has; a record that it was not
 * given counts only when nothing was. */
static const struct course_administration *claim(struct dosing_walk *w, uint16_t drug, int64_t from,
                                                 int64_t to, int64_t planned) {
    uint32_t count = 0;
    const struct course_administration *all = walk_administrations(w, drug, &count);
    uint32_t best = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        if (w->claimed[drug][i] || all[i].at < from || all[i].at >= to) {
            continue;
        }
        int64_t far = all[i].at > planned ? all[i].at - planned : planned - all[i].at;
        bool better = best == UINT32_MAX;
        if (!better) {
            int64_t best_far =
                all[best].at > planned ? all[best].at - planned : planned - all[best].at;
            bool given = all[i].state == ADMINISTERED;
            bool best_given = all[best].state == ADMINISTERED;
            better = given != best_given ? given : far < best_far;
        }
        best = better ? i : best;
    }
    if (best == UINT32_MAX) {
        return NULL;
    }
    w->claimed[drug][best] = true;
    count_given(w, drug, &all[best]);
    return &all[best];
}

static void settle(const struct dosing_walk *w, uint16_t i, struct course_dose *dose, int64_t every,
                   bool is_first) {
    const struct course_administration *given = dose->given;
    int64_t late = w->arm->treatments[i].late_ms ? w->arm->treatments[i].late_ms : every / 4;
    if (given) {
        dose->need = NEED_NOTHING;
        dose->amount_differs =
            dose->amount.unit && given->dose.unit && !same_amount(&given->dose, &dose->amount);
        dose->state = given->state == NOT_ADMINISTERED                ? DOSE_NOT_GIVEN
                      : given->state == ADMINISTRATION_UNSURE         ? DOSE_UNSURE
                      : !is_first && given->at > dose->planned + late ? DOSE_GIVEN_LATE
                                                                      : DOSE_GIVEN;
    } else if (dose->state == DOSE_UNDECIDED) {
        return;
    } else if (dose->planned > w->input->at) {
        dose->state = DOSE_PLANNED;
    } else {
        bool over = !is_first && dose->planned + every / 2 <= w->input->at;
        dose->state = over ? DOSE_MISSED : DOSE_DUE;
    }
}

static void count_dose(struct dosing_walk *w, uint16_t i, const struct course_dose *dose) {
    struct course_treatment *t = &w->treatments[i];
    if (dose->given && dose->given->state == ADMINISTERED) {
        t->given_count++;
        w->last_given[i] = dose->given->at;
    }
}

static void add_dose(struct dosing_walk *w, const struct course_dose *dose) {
    if (w->dose_count == w->dose_room) {
        uint32_t room = w->dose_room ? 2 * w->dose_room : 64;
        struct course_dose *memory = ARENA_ARRAY(w->arena, room, struct course_dose);
        if (!memory) {
            w->status = STATUS_NO_MEMORY;
            return;
        }
        if (w->dose_count) {
            memcpy(memory, w->doses, w->dose_count * sizeof *memory);
        }
        w->doses = memory;
        w->dose_room = room;
    }
    if (w->dose_count < COURSE_DOSES_MAX) {
        w->doses[w->dose_count++] = *dose;
    }
    w->limit = w->dose_count < COURSE_DOSES_MAX ? w->limit : COURSE_LIMIT_DOSES;
}

/* A proposed level counts once it is given, and then this dose was of that level. */
static void take_up_proposals(struct dosing_walk *w, uint16_t i, struct course_dose *dose) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    const struct course_administration *given = dose->given;
    for (uint16_t r = 0; r < w->arm->rule_count && given; r++) {
        const struct rule_state *state = &w->rules[r];
        bool asked = state->pending && state->treatment == i && given->at >= state->since;
        if (asked && given->state == ADMINISTERED &&
            regimen_compare(&given->dose, &t->levels[state->level].dose) == 0) {
            walk_accept(w, r, given->at);
            decide_amount(w, i, dose);
        }
    }
}

static void make_dose(struct dosing_walk *w, uint16_t i, int64_t planned,
                      const struct regimen_part *part, bool is_first) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    struct course_drug *drug = &w->drugs[t->drug];
    struct course_dose dose = {
        .treatment = i,
        .drug = t->drug,
        .planned = planned,
        .condition = REGIMEN_NONE,
        .part = part,
        .order = order_at(w, t->drug, planned > w->input->at ? w->input->at : planned),
    };
    int64_t every = every_of(w, i, part, planned);
    dose.day = is_first ? 1 : course_dose_day(drug->first_dose, planned);
    if (walk_is_held(w, t->drug, planned)) {
        dose.state = DOSE_HELD;
        add_dose(w, &dose);
        return;
    }
    decide_amount(w, i, &dose);
    if (w->input->facts->due && planned <= w->input->at && w->status == STATUS_OK) {
        w->status = w->input->facts->due(w->input->facts->context, t->drug, planned, &dose.amount);
    }
    dose.given =
        claim(w, t->drug, is_first ? planned : planned - every / 2, planned + every / 2, planned);
    take_up_proposals(w, i, &dose);
    settle(w, i, &dose, every, is_first);
    count_dose(w, i, &dose);
    /* Of a taper that nobody states only what was given, and the next one to decide, is shown. */
    bool silent =
        part->kind == DOSE_NOT_STATED && !dose.given && planned + every / 2 <= w->input->at;
    if (!silent) {
        add_dose(w, &dose);
    }
}

/* The drug's first dose is one of it: a course of later days follows another. */
static bool begins_drug(const struct regimen_treatment *t) {
    return t->part_count && t->parts[0].first == 1;
}

/* The first dose of a drug: due from the start on. When it is given, the grid begins there. */
static void make_first(struct dosing_walk *w, uint16_t i, int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    struct course_drug *drug = &w->drugs[t->drug];
    const struct regimen_part *part = &t->parts[0];
    if (drug->first_dose != INSTANT_MAX) {
        int64_t planned = w->treatments[i].started < drug->first_dose ? w->treatments[i].started
                                                                      : drug->first_dose;
        w->first_pending[i] = false;
        w->last_slot[i] = drug->first_dose;
        struct course_dose dose = {.treatment = i,
                                   .drug = t->drug,
                                   .day = 1,
                                   .planned = planned,
                                   .condition = REGIMEN_NONE,
                                   .part = part,
                                   .order = order_at(w, t->drug, drug->first_dose)};
        decide_amount(w, i, &dose);
        dose.given = claim(w, t->drug, drug->first_dose, drug->first_dose + 1, drug->first_dose);
        settle(w, i, &dose, every_of(w, i, part, at), true);
        count_dose(w, i, &dose);
        add_dose(w, &dose);
    }
}

/* The end of its last dose day; INSTANT_MAX: open. A taper follows the most days. */
static int64_t last_day_end(const struct regimen_treatment *t, int64_t first) {
    const struct regimen_part *part = t->part_count ? &t->parts[t->part_count - 1] : NULL;
    int32_t last = part ? part->last : 0;
    last = part && !part->is_taper && t->max_days < last ? t->max_days : last;
    return last == REGIMEN_OPEN ? INSTANT_MAX : first + (int64_t)last * DOSE_DAY_MS;
}

static void complete(struct dosing_walk *w, uint16_t i, int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    const struct regimen_part *part = NULL;
    int64_t first = w->drugs[t->drug].first_dose;
    if (t->max_doses != REGIMEN_OPEN && w->treatments[i].given_count >= (uint32_t)t->max_doses) {
        at = w->last_given[i] > at ? w->last_given[i] : at;
        walk_end(w, i, at, EVENT_COMPLETE, REGIMEN_NONE, REGIMEN_NONE);
    } else if (next_slot(w, i, first, at, &part) == INSTANT_MAX && at >= last_day_end(t, first)) {
        walk_end(w, i, at, EVENT_COMPLETE, REGIMEN_NONE, REGIMEN_NONE);
    }
}

/* The first dose of a virtual subject comes at the start, and again while it is not taken. */
static bool bring_first(struct dosing_walk *w, uint16_t i, int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    const struct course_facts *facts = w->input->facts;
    if (!facts->due || at < w->first_due[i] || walk_is_held(w, t->drug, at)) {
        return false;
    }
    struct course_dose dose = {.treatment = i,
                               .drug = t->drug,
                               .condition = REGIMEN_NONE,
                               .part = &t->parts[0],
                               .order = order_at(w, t->drug, at)};
    decide_amount(w, i, &dose);
    w->first_due[i] = at + every_of(w, i, dose.part, at);
    w->status = facts->due(facts->context, t->drug, at, &dose.amount);
    return w->status == STATUS_OK;
}

static void make_due(struct dosing_walk *w, uint16_t i, int64_t at) {
    int64_t first = w->drugs[w->arm->treatments[i].drug].first_dose;
    if (w->first_pending[i]) {
        make_first(w, i, at);
    } else if (w->treatments[i].started == at && first == at) {
        w->last_slot[i] = at - 1;
    }
    while (w->status == STATUS_OK && w->dose_count < COURSE_DOSES_MAX) {
        const struct regimen_part *part = NULL;
        int64_t slot = next_slot(w, i, first, at, &part);
        if (slot > at) {
            break;
        }
        w->last_slot[i] = slot;
        make_dose(w, i, slot, part, false);
    }
    complete(w, i, at);
}

bool walk_doses(struct dosing_walk *w, int64_t at) {
    bool again = false;
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        uint16_t d = w->arm->treatments[i].drug;
        if (w->treatments[i].state != TREATMENT_RUNNING || d == REGIMEN_NONE) {
            continue;
        }
        if (w->drugs[d].first_dose == INSTANT_MAX) {
            w->first_pending[i] = begins_drug(&w->arm->treatments[i]);
            again |= w->first_pending[i] && bring_first(w, i, at);
        } else {
            make_due(w, i, at);
        }
    }
    return again;
}

int64_t walk_doses_next(const struct dosing_walk *w, int64_t at) {
    int64_t next = INSTANT_MAX;
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        const struct regimen_treatment *t = &w->arm->treatments[i];
        if (w->treatments[i].state != TREATMENT_RUNNING || t->drug == REGIMEN_NONE) {
            continue;
        }
        int64_t first = w->drugs[t->drug].first_dose;
        const struct regimen_part *part = NULL;
        int64_t slot = first == INSTANT_MAX ? w->first_due[i] : next_slot(w, i, first, at, &part);
        slot = slot == INSTANT_MAX ? last_day_end(t, first) : slot;
        next = slot > at && slot < next ? slot : next;
    }
    return next;
}

/* ---- What is to come ---- */

static void plan_question(struct dosing_walk *w, const struct course_dose *dose) {
    if (dose->state == DOSE_UNDECIDED && dose->need != NEED_PERSON) {
        const struct course_question q = {dose->need, dose->treatment, REGIMEN_NONE,
                                          dose->condition};
        walk_ask(w, &q);
    }
}

/* Doses that could not be decided stop being a question once their time is over. */
static bool is_still_asked(const struct dosing_walk *w, const struct course_dose *dose) {
    return dose->planned + DOSE_DAY_MS / 2 > w->input->at &&
           dose->planned < w->input->at + DOSE_DAY_MS;
}

/* Doses that are due and may still be given. */
static uint32_t count_due(const struct dosing_walk *w, uint16_t i) {
    uint32_t count = 0;
    for (uint32_t k = 0; k < w->dose_count; k++) {
        count += w->doses[k].treatment == i && w->doses[k].state == DOSE_DUE;
    }
    return count;
}

static void plan_treatment(struct dosing_walk *w, uint16_t i, int64_t at) {
    const struct regimen_treatment *t = &w->arm->treatments[i];
    struct course_drug *drug = &w->drugs[t->drug];
    bool estimated = drug->first_dose == INSTANT_MAX;
    int64_t first = estimated ? at : drug->first_dose;
    if (estimated && begins_drug(t)) {
        /* Still to come: due since the start. */
        uint32_t before = w->dose_count;
        drug->first_dose = w->treatments[i].started;
        make_dose(w, i, w->treatments[i].started, &t->parts[0], true);
        w->last_slot[i] = at;
        if (w->dose_count > before && w->doses[before].state == DOSE_MISSED) {
            w->doses[before].state = DOSE_DUE;
        }
    }
    drug->first_dose = first;
    uint32_t planned =
        w->treatments[i].given_count + (estimated ? begins_drug(t) : count_due(w, i));
    int64_t hold_end = walk_hold_end(w, t->drug, at);
    uint32_t most = t->max_doses == REGIMEN_OPEN ? COURSE_DOSES_MAX : (uint32_t)t->max_doses;
    while (planned < most && w->status == STATUS_OK && w->dose_count < COURSE_DOSES_MAX) {
        const struct regimen_part *part = NULL;
        int64_t slot = next_slot(w, i, first, at, &part);
        bool open = part && part->last == REGIMEN_OPEN && t->max_days == REGIMEN_OPEN &&
                    t->max_doses == REGIMEN_OPEN;
        if (slot == INSTANT_MAX || (open && slot > at + DOSE_DAY_MS) || slot > hold_end) {
            break;
        }
        w->last_slot[i] = slot;
        uint32_t before = w->dose_count;
        make_dose(w, i, slot, part, false);
        if (w->dose_count > before) {
            w->doses[before].estimated = estimated;
            planned++;
        }
    }
    if (estimated) {
        drug->first_dose = INSTANT_MAX;
    }
}

void walk_plan(struct dosing_walk *w, int64_t at) {
    for (uint16_t i = 0; i < w->arm->treatment_count; i++) {
        if (w->treatments[i].state == TREATMENT_RUNNING &&
            w->arm->treatments[i].drug != REGIMEN_NONE) {
            plan_treatment(w, i, at);
        }
    }
    for (uint32_t i = 0; i < w->dose_count; i++) {
        if (is_still_asked(w, &w->doses[i])) {
            plan_question(w, &w->doses[i]);
        }
    }
}

/* What belongs to no planned dose. That something was not given says nothing before the start. */
static void add_outside(struct dosing_walk *w, uint16_t d, const struct course_administration *a) {
    bool given = a->state == ADMINISTERED;
    bool before = a->at < w->input->allocated;
    int64_t first = w->drugs[d].first_dose;
    if (before && !given) {
        return;
    }
    if (!before) {
        count_given(w, d, a);
    }
    const struct course_dose dose = {
        .treatment = REGIMEN_NONE,
        .drug = d,
        .day = before || first > a->at ? 0 : course_dose_day(first, a->at),
        .planned = INSTANT_MIN,
        .state = given                          ? DOSE_OUTSIDE
                 : a->state == NOT_ADMINISTERED ? DOSE_NOT_GIVEN
                                                : DOSE_UNSURE,
        .condition = REGIMEN_NONE,
        .given = a,
    };
    add_dose(w, &dose);
}

void walk_outside(struct dosing_walk *w) {
    for (uint16_t d = 0; d < w->input->trial->regimen->drug_count; d++) {
        uint32_t count = 0;
        const struct course_administration *all = walk_administrations(w, d, &count);
        for (uint32_t i = 0; i < count && w->status == STATUS_OK; i++) {
            if (!w->claimed[d][i]) {
                add_outside(w, d, &all[i]);
            }
        }
    }
}
