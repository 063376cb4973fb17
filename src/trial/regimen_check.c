/* What does not fit together in arms, rules, schedules and visits. */
#include "trial/trial_internal.h"

#include "trial/regimen.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* ---- Doses ---- */

static void unclear(struct trial_build *build, const struct trial_treatment *t, const char *what,
                    const char *hint) {
    struct diagnostic *d = diag_at(build->diags, DIAG_TR0121, t->span, "treatment '%.*s' %s",
                                   STR_ARG(t->id.text), what);
    diag_hint(build->diags, d, "%s", hint);
}

static void check_dose(struct trial_build *build, const struct trial_treatment *t) {
    int ways = trial_given(t->dose.place) + (t->schedule.count > 0) + (t->levels.count > 0) +
               t->as_ordered.value;
    if (ways != 1) {
        unclear(build, t, ways ? "gives its dose in more than one way" : "has no dose",
                "give dose and every, schedule, levels, or as_ordered: true");
    } else if (!t->schedule.count && !t->as_ordered.value && !trial_given(t->every.place)) {
        unclear(build, t, "has no time between doses", "add 'every:', such as every: 12 h");
    }
}

static void check_every(struct trial_build *build, const struct trial_quantity *every) {
    i128 ms = 0;
    if (!trial_given(every->place)) {
        return;
    }
    const struct unit *unit = unit_intern(build->trial->program->units, every->unit);
    build->diags->out_of_memory |= !unit;
    if (unit &&
        unit_convert(unit, build->trial->regimen->millisecond, every->value, &ms) == UNIT_DONE &&
        ms < (i128)60000 * DECIMAL_ONE) {
        (void)diag_at(build->diags, DIAG_TR0121, every->place.span,
                      "doses less than a minute apart");
    }
}

static void check_times(struct trial_build *build, const struct trial_treatment *t) {
    check_every(build, &t->every);
    for (uint32_t i = 0; i < t->schedule.count; i++) {
        check_every(build, &t->schedule.items[i].every);
    }
    for (uint32_t i = 0; i < t->levels.count; i++) {
        check_every(build, &t->levels.items[i].every);
    }
    for (uint32_t i = 0; i < t->adjust.count; i++) {
        check_every(build, &t->adjust.items[i].every);
    }
}

static void check_levels(struct trial_build *build, const struct trial_treatment *t) {
    bool found = !trial_given(t->start_level.place);
    for (uint32_t i = 0; i < t->levels.count; i++) {
        const struct trial_text *id = &t->levels.items[i].id;
        found |= str_equal(id->text, t->start_level.text);
        for (uint32_t k = 0; k < i; k++) {
            if (str_equal(id->text, t->levels.items[k].id.text)) {
                (void)diag_at(build->diags, DIAG_TR0124, id->place.span,
                              "the level '%.*s' is declared twice", STR_ARG(id->text));
            }
        }
    }
    if (!found) {
        (void)diag_at(build->diags, DIAG_TR0124, t->start_level.place.span,
                      "treatment '%.*s' has no level '%.*s'", STR_ARG(t->id.text),
                      STR_ARG(t->start_level.text));
    }
}

/* Doses of a part: those that begin within its days. */
static int64_t doses_of(const struct regimen_part *part, int32_t max_days) {
    int32_t last = part->last < max_days ? part->last : max_days;
    if (last == REGIMEN_OPEN || part->every_ms <= 0 || last < part->first) {
        return 0;
    }
    return ((int64_t)(last - part->first + 1) * DAY_MS + part->every_ms - 1) / part->every_ms;
}

/* False: open, or with a dose that is not fixed. */
static bool add_up(const struct regimen_treatment *t, int64_t *doses,
                   struct regimen_amount *total) {
    for (uint32_t i = 0; i < t->part_count; i++) {
        const struct regimen_part *part = &t->parts[i];
        int64_t n = doses_of(part, t->max_days);
        bool open = part->last == REGIMEN_OPEN && t->max_days == REGIMEN_OPEN;
        struct regimen_amount sum = part->dose;
        if (open || part->kind != DOSE_FIXED || !sum.unit || n > 100000) {
            return false;
        }
        sum.value *= n;
        *doses += n;
        if (!regimen_add(total, &sum)) {
            return false;
        }
    }
    return t->part_count > 0;
}

static void check_totals(struct trial_build *build, const struct regimen_treatment *t) {
    int64_t doses = 0;
    struct regimen_amount total = {0};
    if (!add_up(t, &doses, &total)) {
        return;
    }
    const struct trial_quantity *stated = &t->source->total;
    struct regimen_amount said = {stated->value, stated->scale, NULL};
    if (trial_given(stated->place)) {
        said.unit = unit_intern(build->trial->program->units, stated->unit);
        build->diags->out_of_memory |= !said.unit;
        if (said.unit && regimen_compare(&total, &said) != 0) {
            struct buf sum;
            buf_init(&sum);
            regimen_print(&total, &sum);
            (void)diag_at(build->diags, DIAG_TR0530, stated->place.span,
                          "the doses of '%.*s' come to %.*s", STR_ARG(t->id),
                          STR_ARG(buf_str(&sum)));
            build->diags->out_of_memory |= buf_status(&sum) != STATUS_OK;
            buf_release(&sum);
        }
    }
    if (t->max_doses != REGIMEN_OPEN && t->max_doses != doses) {
        (void)diag_at(build->diags, DIAG_TR0530, t->source->max_doses.place.span,
                      "the days of '%.*s' hold %lld doses", STR_ARG(t->id), (long long)doses);
    }
}

static void check_taper(struct trial_build *build, const struct trial_treatment *t,
                        const struct regimen_treatment *laid_out) {
    const struct trial_taper *taper = t->then;
    if (!taper) {
        return;
    }
    bool has_end =
        trial_given(t->days.place) || t->schedule.count || trial_given(t->max_days.place);
    if (!has_end) {
        (void)diag_at(build->diags, DIAG_TR0536, taper->span,
                      "treatment '%.*s' has no last day that a taper could follow",
                      STR_ARG(t->id.text));
    }
    bool found = !trial_given(taper->taper.place);
    for (uint32_t i = 0; i < build->document->schedules.count; i++) {
        found |= str_equal(build->document->schedules.items[i].id.text, taper->taper.text);
    }
    if (!found) {
        struct diagnostic *d = diag_at(build->diags, DIAG_TR0114, taper->taper.place.span,
                                       "no schedule is called '%.*s'", STR_ARG(taper->taper.text));
        diag_hint(build->diags, d,
                  "declare it under schedules, without doses when none are stated");
    }
    const struct regimen_part *last =
        laid_out->part_count ? &laid_out->parts[laid_out->part_count - 1] : NULL;
    bool stated = last && last->is_taper && last->kind != DOSE_NOT_STATED;
    int64_t until = (int64_t)(taper->until_day.value / DECIMAL_ONE);
    if (stated && trial_given(taper->until_day.place) && until != last->last) {
        (void)diag_at(build->diags, DIAG_TR0530, taper->until_day.place.span,
                      "the doses of the taper end on day %d", last->last);
    }
}

static void check_weight(struct trial_build *build, const struct regimen_treatment *t) {
    const struct trial_subject *subject = build->document->subject;
    const struct trial_regimen *regimen = build->trial->regimen;
    bool wants = false;
    for (uint32_t i = 0; i < t->part_count; i++) {
        wants |= t->parts[i].kind == DOSE_BY_WEIGHT;
    }
    for (uint32_t i = 0; i < t->level_count; i++) {
        wants |= regimen_is_per_weight(regimen, t->levels[i].dose.unit);
    }
    for (uint32_t i = 0; i < t->adjustment_count; i++) {
        wants |= regimen_is_per_weight(regimen, t->adjustments[i].dose.unit);
    }
    if (wants && !(subject && trial_given(subject->weight.place))) {
        (void)diag_at(build->diags, DIAG_TR0535, t->source->span,
                      "the dose of '%.*s' is by weight, and no definition gives the weight",
                      STR_ARG(t->id));
    }
}

/* Half of `every` after its time a dose is missed, and so never late. */
static void check_late(struct trial_build *build, const struct regimen_treatment *t) {
    int64_t most = 0;
    for (uint32_t i = 0; i < t->part_count; i++) {
        most = t->parts[i].every_ms > most ? t->parts[i].every_ms : most;
    }
    if (trial_given(t->source->late_after.place) && most && t->late_ms > most / 2) {
        struct diagnostic *d =
            diag_at(build->diags, DIAG_TR0537, t->source->late_after.place.span,
                    "no dose of '%.*s' can be this late: it is missed before", STR_ARG(t->id));
        diag_hint(build->diags, d, "give at most half of every");
    }
}

/* ---- Courses of one drug ---- */

static bool replaces(const struct regimen_arm *arm, uint32_t a, uint32_t b) {
    for (uint32_t steps = 0; steps < arm->treatment_count && a != REGIMEN_NONE; steps++) {
        a = arm->treatments[a].replaces;
        if (a == b) {
            return true;
        }
    }
    return false;
}

static bool days_apart(const struct regimen_treatment *a, const struct regimen_treatment *b) {
    if (!a->part_count || !b->part_count) {
        return true;
    }
    return a->parts[a->part_count - 1].last < b->parts[0].first ||
           b->parts[b->part_count - 1].last < a->parts[0].first;
}

/* A course ends one of its own drug, and none in a circle. */
static void check_replaced(struct trial_build *build, const struct regimen_arm *arm, uint32_t i) {
    const struct regimen_treatment *t = &arm->treatments[i];
    if (t->replaces == REGIMEN_NONE) {
        return;
    }
    const struct regimen_treatment *old = &arm->treatments[t->replaces];
    struct span span = t->source->replaces.place.span;
    if (replaces(arm, i, i)) {
        if (i > t->replaces) {
            return; /* said at the other */
        }
        (void)diag_at(build->diags, DIAG_TR0531, span, "'%.*s' replaces itself in a circle",
                      STR_ARG(t->id));
    } else if (old->drug != t->drug) {
        struct diagnostic *d =
            diag_at(build->diags, DIAG_TR0114, span, "'%.*s' gives another drug than '%.*s'",
                    STR_ARG(old->id), STR_ARG(t->id));
        diag_hint(build->diags, d, "a rule with switch: goes from one drug to another");
    }
}

static void check_overlaps(struct trial_build *build, const struct regimen_arm *arm) {
    for (uint32_t i = 0; i < arm->treatment_count; i++) {
        for (uint32_t k = 0; k < i; k++) {
            const struct regimen_treatment *a = &arm->treatments[k];
            const struct regimen_treatment *b = &arm->treatments[i];
            if (a->drug != b->drug || a->by_switch || b->by_switch || replaces(arm, i, k) ||
                replaces(arm, k, i) || days_apart(a, b)) {
                continue;
            }
            struct diagnostic *d =
                diag_at(build->diags, DIAG_TR0531, b->source->id.place.span,
                        "'%.*s' and '%.*s' give %.*s and neither replaces the other",
                        STR_ARG(a->id), STR_ARG(b->id), STR_ARG(b->source->drug.text));
            diag_hint(build->diags, d, "add replaces: %.*s to '%.*s'", STR_ARG(a->id),
                      STR_ARG(b->id));
        }
    }
    for (uint32_t i = 0; i < arm->treatment_count; i++) {
        const struct regimen_treatment *t = &arm->treatments[i];
        for (uint32_t p = 1; p < t->source->schedule.count; p++) {
            if (t->parts[p].first <= t->parts[p - 1].last) {
                (void)diag_at(build->diags, DIAG_TR0531,
                              t->source->schedule.items[p].days.place.span,
                              "these days overlap with the part before");
            }
        }
    }
}

/* ---- Rules ---- */

static bool gives_drug(const struct regimen_arm *arm, uint16_t drug, bool with_levels) {
    for (uint32_t i = 0; i < arm->treatment_count; i++) {
        const struct regimen_treatment *t = &arm->treatments[i];
        if ((drug == REGIMEN_NONE || t->drug == drug) && (!with_levels || t->level_count)) {
            return true;
        }
    }
    return false;
}

/* Some two treatments beside the one that a switch begins are of different drugs. */
static bool gives_other_drugs(const struct regimen_arm *arm, const struct regimen_rule *rule) {
    uint16_t drug = REGIMEN_NONE;
    for (uint16_t i = 0; i < arm->treatment_count; i++) {
        uint16_t other = arm->treatments[i].drug;
        if (i == rule->to_treatment) {
            continue;
        }
        if (drug != REGIMEN_NONE && other != drug) {
            return true;
        }
        drug = other;
    }
    return false;
}

static void check_rule_fits(struct trial_build *build, const struct regimen_arm *arm,
                            const struct regimen_rule *rule) {
    const struct trial_rule *source = rule->source;
    if (rule->drug != REGIMEN_NONE && !gives_drug(arm, rule->drug, false)) {
        (void)diag_at(build->diags, DIAG_TR0114, source->drug.place.span,
                      "arm '%.*s' does not give %.*s", STR_ARG(arm->id),
                      STR_ARG(source->drug.text));
        return;
    }
    bool wants_levels = rule->action == ACTION_REDUCE || rule->has_step ||
                        (rule->action == ACTION_HOLD && rule->resume == RULE_RESUME_LOWER);
    if (wants_levels && !gives_drug(arm, rule->drug, true)) {
        struct diagnostic *d = diag_at(build->diags, DIAG_TR0124, source->span,
                                       "this rule changes the level of a dose that has no levels");
        diag_hint(build->diags, d, "declare levels in the treatment, from the lowest");
    }
    if (trial_given(source->to_treatment.place) && rule->to_treatment == REGIMEN_NONE) {
        (void)diag_at(build->diags, DIAG_TR0114, source->to_treatment.place.span,
                      "no treatment of arm '%.*s' is called '%.*s'", STR_ARG(arm->id),
                      STR_ARG(source->to_treatment.text));
    }
    if (rule->action == ACTION_SWITCH && rule->drug == REGIMEN_NONE &&
        gives_other_drugs(arm, rule)) {
        struct diagnostic *d = diag_at(build->diags, DIAG_TR0115, source->span,
                                       "which treatment ends when this rule switches?");
        diag_hint(build->diags, d, "name its drug, as the arm gives more than one");
    }
    if (rule->action == ACTION_HOLD && rule->until != REGIMEN_NONE &&
        rule->until == rule->condition) {
        (void)diag_at(build->diags, DIAG_TR0533, source->until.place.span,
                      "the hold is lifted by the condition that holds");
    }
}

static void check_drugs(struct trial_build *build, const struct trial_regimen *regimen) {
    for (uint32_t i = 0; i < regimen->arm_count; i++) {
        const struct regimen_arm *arm = &regimen->arms[i];
        for (uint32_t k = 0; k < arm->treatment_count; k++) {
            const struct trial_treatment *t = arm->treatments[k].source;
            uint16_t drug = arm->treatments[k].drug;
            if (drug == REGIMEN_NONE || regimen->drugs[drug].source) {
                continue;
            }
            struct diagnostic *d = diag_at(build->diags, DIAG_TR0534, t->drug.place.span,
                                           "'%.*s' is not among drugs", STR_ARG(t->drug.text));
            diag_hint(build->diags, d,
                      "add it under drugs with the definition that lists what was given");
        }
    }
}

/* "14 from first anakinra" counts from the first dose of that drug, which is the treatment's own.
 */
static void check_count(struct trial_build *build, const struct trial_treatment *t) {
    struct str from = t->max_days.from;
    struct str drug = t->drug.text;
    if (!from.len) {
        return;
    }
    bool own = str_starts(from, STR("first ")) && from.len == drug.len + 6 &&
               memcmp(from.at + 6, drug.at, drug.len) == 0;
    if (!own) {
        struct diagnostic *d =
            diag_at(build->diags, DIAG_TR0114, t->max_days.place.span,
                    "dose days of %.*s count from its own first dose", STR_ARG(drug));
        diag_hint(build->diags, d, "write 'from first %.*s', or leave it out", STR_ARG(drug));
    }
}

void trial_check_regimen(struct trial_build *build) {
    const struct trial_regimen *regimen = build->trial->regimen;
    for (uint32_t i = 0; i < regimen->arm_count; i++) {
        const struct regimen_arm *arm = &regimen->arms[i];
        for (uint32_t k = 0; k < arm->treatment_count; k++) {
            const struct regimen_treatment *t = &arm->treatments[k];
            check_dose(build, t->source);
            check_times(build, t->source);
            check_levels(build, t->source);
            check_taper(build, t->source, t);
            check_totals(build, t);
            check_weight(build, t);
            check_late(build, t);
            check_count(build, t->source);
            check_replaced(build, arm, k);
        }
        check_overlaps(build, arm);
        for (uint32_t k = 0; k < arm->rule_count; k++) {
            check_rule_fits(build, arm, &arm->rules[k]);
        }
    }
    check_drugs(build, regimen);
}

/* ---- Visits ---- */

void trial_check_visits(struct trial_build *build) {
    const struct trial_visit_list *visits = &build->document->visits;
    for (uint32_t i = 1; i < visits->count; i++) {
        const struct trial_visit *before = &visits->items[i - 1];
        const struct trial_visit *visit = &visits->items[i];
        if (visit->day.first <= before->day.first) {
            (void)diag_at(build->diags, DIAG_TR0122, visit->day.place.span,
                          "day %d comes after day %d", visit->day.first, before->day.first);
        } else if (before->day.last + before->window.last >=
                   visit->day.first + visit->window.first) {
            (void)diag_at(build->diags, DIAG_TR0123,
                          trial_given(visit->window.place) ? visit->window.place.span : visit->span,
                          "the windows of days %d and %d overlap", before->day.first,
                          visit->day.first);
        }
    }
}
