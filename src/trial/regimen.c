/* From trial.yaml's arms to flat parts. What does not fit together is said by regimen_check.c. */
#include "trial/regimen.h"

#include "trial/trial_internal.h"
#include "value/decimal.h"

enum { DAY_MS = 24 * 3600 * 1000, SCHEDULE_DAYS_MAX = 366 };

struct layout {
    struct trial_build *build;
    struct arena *arena;
    struct unit_table *units;
    struct trial_regimen *regimen;
    struct regimen_arm *arm;
    struct regimen_condition *conditions;
    struct regimen_drug *drugs;
    bool no_memory;
};

static void *take(struct layout *l, size_t count, size_t size) {
    void *memory = arena_new(l->arena, count + 1, size);
    l->no_memory |= !memory;
    return memory;
}

/* ---- Amounts and times ---- */

static struct regimen_amount amount_of(struct layout *l, const struct trial_quantity *q) {
    struct regimen_amount amount = {q->value, q->scale, NULL};
    if (trial_given(q->place)) {
        amount.unit = unit_intern(l->units, q->unit);
        l->no_memory |= !amount.unit;
    }
    return amount;
}

static int64_t ms_of(struct layout *l, const struct trial_quantity *q) {
    i128 ms = 0;
    if (!trial_given(q->place)) {
        return 0;
    }
    const struct unit *unit = unit_intern(l->units, q->unit);
    const struct unit *to = unit_intern(l->units, STR("ms"));
    l->no_memory |= !unit || !to;
    if (!unit || !to || unit_convert(unit, to, q->value, &ms) != UNIT_DONE || ms < 0 ||
        ms / DECIMAL_ONE > (i128)DAY_MS * 3660) {
        return 0;
    }
    return (int64_t)(ms / DECIMAL_ONE);
}

bool regimen_add(struct regimen_amount *a, const struct regimen_amount *b) {
    i128 value = b->value;
    if (!a->unit) {
        *a = *b;
        return true;
    }
    if (!b->unit || unit_convert(b->unit, a->unit, b->value, &value) != UNIT_DONE) {
        return false;
    }
    i128 limit = (i128)1 << 100;
    if (value > limit || value < -limit || a->value > limit || a->value < -limit) {
        return false;
    }
    a->value += value;
    a->scale = b->unit == a->unit && b->scale > a->scale ? b->scale : a->scale;
    return true;
}

int regimen_compare(const struct regimen_amount *a, const struct regimen_amount *b) {
    int order = 0;
    if (!a->unit || !b->unit ||
        unit_compare(a->unit, a->value, b->unit, b->value, &order) != UNIT_DONE) {
        return 2;
    }
    return order;
}

void regimen_print(const struct regimen_amount *amount, struct buf *out) {
    char text[DECIMAL_TEXT_MAX];
    buf_add(out, (struct str){text, decimal_print_short(amount->value, amount->scale, text)});
    if (amount->unit && !unit_is_one(amount->unit)) {
        buf_add_char(out, ' ');
        buf_add(out, unit_text(amount->unit));
    }
}

/* ---- Names ---- */

static uint16_t aged_condition(struct layout *l, const struct trial_define *define,
                               int64_t max_age_ms) {
    if (!define->definition || !l->conditions) {
        return REGIMEN_NONE;
    }
    for (uint32_t i = 0; i < l->arm->condition_count; i++) {
        if (l->conditions[i].definition == define->definition &&
            l->conditions[i].max_age_ms == max_age_ms) {
            return (uint16_t)i;
        }
    }
    l->conditions[l->arm->condition_count] =
        (struct regimen_condition){define->definition, max_age_ms};
    return (uint16_t)l->arm->condition_count++;
}

static uint16_t condition_of(struct layout *l, const struct trial_define *define) {
    return aged_condition(l, define, 0);
}

static uint16_t drug_of(struct layout *l, struct str id) {
    if (!id.len || !l->drugs) {
        return REGIMEN_NONE;
    }
    for (uint32_t i = 0; i < l->regimen->drug_count; i++) {
        if (str_equal(l->drugs[i].id, id)) {
            return (uint16_t)i;
        }
    }
    struct regimen_drug *drug = &l->drugs[l->regimen->drug_count];
    *drug = (struct regimen_drug){.id = id, .name = id, .unit_name = STR("unit")};
    const struct trial_drug_list *all = &l->build->document->drugs;
    for (uint32_t i = 0; i < all->count; i++) {
        const struct trial_drug *source = &all->items[i];
        if (str_equal(source->id.text, id)) {
            drug->source = source;
            drug->name = trial_given(source->name.place) ? source->name.text : id;
            drug->unit = amount_of(l, &source->unit);
            drug->unit_name =
                trial_given(source->unit_name.place) ? source->unit_name.text : STR("unit");
        }
    }
    return (uint16_t)l->regimen->drug_count++;
}

static uint16_t treatment_named(const struct trial_arm *arm, struct str id) {
    for (uint32_t i = 0; i < arm->treatments.count; i++) {
        if (id.len && str_equal(arm->treatments.items[i].id.text, id)) {
            return (uint16_t)i;
        }
    }
    return REGIMEN_NONE;
}

bool regimen_is_per_weight(const struct trial_regimen *regimen, const struct unit *unit) {
    return unit && unit_comparable(unit, regimen->milligram_per_kilogram) && !unit_is_one(unit) &&
           memchr(unit_text(unit).at, '/', unit_text(unit).len);
}

const struct regimen_part *regimen_part_of(const struct regimen_treatment *treatment, int32_t day) {
    for (uint32_t i = 0; i < treatment->part_count; i++) {
        if (day >= treatment->parts[i].first && day <= treatment->parts[i].last) {
            return &treatment->parts[i];
        }
    }
    return NULL;
}

/* ---- Treatments ---- */

static struct regimen_part part_of(struct layout *l, const struct trial_quantity *dose,
                                   const struct trial_quantity *every, int32_t first,
                                   int32_t last) {
    struct regimen_part part = {
        .first = first, .last = last, .every_ms = ms_of(l, every), .dose = amount_of(l, dose)};
    part.kind = regimen_is_per_weight(l->regimen, part.dose.unit) ? DOSE_BY_WEIGHT : DOSE_FIXED;
    part.mark = dose->place.mark;
    return part;
}

static const struct trial_schedule *schedule_named(const struct layout *l, struct str name) {
    const struct trial_schedule_list *all = &l->build->document->schedules;
    for (uint32_t i = 0; i < all->count; i++) {
        if (str_equal(all->items[i].id.text, name)) {
            return &all->items[i];
        }
    }
    return NULL;
}

static const struct trial_mark *mark_of(const struct trial_mark *mark) {
    return mark->status == MARK_STATED ? NULL : mark;
}

/* What follows the last day of the parts so far. Doses that nobody states are one part of them. */
static void lay_out_taper(struct layout *l, const struct trial_treatment *source,
                          struct regimen_part *parts, uint32_t *count) {
    const struct trial_taper *taper = source->then;
    if (!taper || !*count || parts[*count - 1].last == REGIMEN_OPEN) {
        return;
    }
    const struct trial_schedule *schedule =
        trial_given(taper->taper.place) ? schedule_named(l, taper->taper.text) : NULL;
    const struct trial_quantity_list *doses =
        taper->doses.count || !schedule ? &taper->doses : &schedule->doses;
    const struct regimen_part last = parts[*count - 1];
    const struct trial_mark *mark = mark_of(&taper->mark);
    if (schedule && mark_of(&schedule->mark)) {
        mark = &schedule->mark;
    }
    for (uint32_t i = 0; i < doses->count && i < SCHEDULE_DAYS_MAX; i++) {
        int32_t day = last.last + 1 + (int32_t)i;
        parts[*count] = part_of(l, &doses->items[i], &source->every, day, day);
        parts[*count].every_ms = DAY_MS;
        parts[*count].is_taper = true;
        parts[*count].mark = mark;
        (*count)++;
    }
    if (!doses->count) {
        bool ends = trial_given(taper->until_day.place);
        parts[(*count)++] = (struct regimen_part){
            .first = last.last + 1,
            .last = ends ? (int32_t)(taper->until_day.value / DECIMAL_ONE) : REGIMEN_OPEN,
            .every_ms = last.every_ms,
            .kind = DOSE_NOT_STATED,
            .is_taper = true,
            .mark = mark,
        };
    }
}

static void lay_out_parts(struct layout *l, const struct trial_treatment *source,
                          struct regimen_treatment *out) {
    size_t taper = SCHEDULE_DAYS_MAX * (source->then != NULL);
    struct regimen_part *parts =
        take(l, source->schedule.count + 2 + taper, sizeof(struct regimen_part));
    uint32_t count = 0;
    if (!parts) {
        return;
    }
    for (uint32_t i = 0; i < source->schedule.count; i++) {
        const struct trial_course *c = &source->schedule.items[i];
        parts[count++] = part_of(l, &c->dose, &c->every, c->days.first, c->days.last);
    }
    if (!count) {
        bool days = trial_given(source->days.place);
        parts[0] = part_of(l, &source->dose, &source->every, days ? source->days.first : 1,
                           days ? source->days.last : out->max_days);
        parts[0].kind = source->levels.count       ? DOSE_BY_LEVEL
                        : source->as_ordered.value ? DOSE_AS_ORDERED
                                                   : parts[0].kind;
        count = 1;
    }
    lay_out_taper(l, source, parts, &count);
    out->parts = parts;
    out->part_count = count;
}

static void lay_out_levels(struct layout *l, const struct trial_treatment *source,
                           struct regimen_treatment *out) {
    struct regimen_level *levels = take(l, source->levels.count, sizeof *levels);
    for (uint32_t i = 0; levels && i < source->levels.count; i++) {
        const struct trial_level_of_dose *from = &source->levels.items[i];
        levels[i] = (struct regimen_level){from->id.text, amount_of(l, &from->dose),
                                           ms_of(l, &from->every)};
        if (str_equal(from->id.text, source->start_level.text)) {
            out->start_level = (uint16_t)i;
        }
    }
    out->levels = levels;
    out->level_count = source->levels.count;
    struct regimen_adjustment *adjustments = take(l, source->adjust.count, sizeof *adjustments);
    for (uint32_t i = 0; adjustments && i < source->adjust.count; i++) {
        const struct trial_adjustment *from = &source->adjust.items[i];
        adjustments[i] = (struct regimen_adjustment){
            condition_of(l, &from->when), amount_of(l, &from->dose), ms_of(l, &from->every),
            (enum trial_if_unknown)from->if_unknown.value};
    }
    out->adjustments = adjustments;
    out->adjustment_count = source->adjust.count;
}

static int32_t count_of(const struct trial_count *count) {
    return trial_given(count->place) ? count->count : REGIMEN_OPEN;
}

static void lay_out_treatment(struct layout *l, const struct trial_treatment *source,
                              struct regimen_treatment *out) {
    *out = (struct regimen_treatment){
        .source = source,
        .id = source->id.text,
        .drug = drug_of(l, source->drug.text),
        .start = condition_of(l, &source->start_when),
        .stop = condition_of(l, &source->stop_when),
        .replaces = treatment_named(l->arm->source, source->replaces.text),
        .latch = source->latch.value,
        .max_days = count_of(&source->max_days),
        .max_doses = count_of(&source->max_doses),
        .late_ms = ms_of(l, &source->late_after),
        .round_to = amount_of(l, &source->round_to),
        .max_dose = amount_of(l, &source->max_dose),
    };
    out->drug_name = out->drug == REGIMEN_NONE ? STR("") : l->drugs[out->drug].name;
    lay_out_levels(l, source, out);
    lay_out_parts(l, source, out);
}

/* ---- Rules and advice ---- */

static const struct trial_define *condition_in(const struct trial_rule *rule,
                                               enum regimen_action *action) {
    const struct trial_define *const defines[] = {
        [ACTION_HOLD] = &rule->hold,          [ACTION_STOP] = &rule->stop,
        [ACTION_REDUCE] = &rule->reduce,      [ACTION_CHANGE] = &rule->change,
        [ACTION_SWITCH] = &rule->switch_when, [ACTION_PROPOSE] = &rule->propose};
    for (size_t i = 0; i < sizeof defines / sizeof defines[0]; i++) {
        if (trial_given(defines[i]->place)) {
            *action = (enum regimen_action)i;
            return defines[i];
        }
    }
    *action = ACTION_PROPOSE;
    return &rule->propose;
}

static void lay_out_rule(struct layout *l, const struct trial_rule *source,
                         struct regimen_rule *out) {
    enum regimen_action action;
    const struct trial_define *condition = condition_in(source, &action);
    *out = (struct regimen_rule){
        .source = source,
        .name = source->id.text,
        .action = action,
        .drug = drug_of(l, source->drug.text),
        .condition = aged_condition(l, condition, ms_of(l, &source->max_age)),
        .until = aged_condition(l, &source->until, ms_of(l, &source->max_age)),
        .within_ms = ms_of(l, &source->within),
        .if_unknown = (enum trial_if_unknown)source->if_unknown.value,
        .otherwise = (enum trial_otherwise)source->otherwise.value,
        .resume = (enum trial_resume)source->resume.value,
        .lowest = (enum trial_lowest)source->lowest.value,
        .has_step = trial_given(source->step.place),
        .step = (enum trial_step)source->step.value,
        .to = amount_of(l, &source->to),
        .to_treatment = treatment_named(l->arm->source, source->to_treatment.text),
        .day_count = source->on_days.count,
        .days = source->on_days.items,
    };
    if (!out->name.len) {
        out->name = condition->name;
    }
}

static void lay_out_arm(struct layout *l, const struct trial_arm *source, struct regimen_arm *out) {
    l->arm = out;
    *out = (struct regimen_arm){.source = source, .id = source->id.text};
    size_t conditions = 2 * (size_t)source->treatments.count + 2 * (size_t)source->rules.count +
                        source->advice.count;
    for (uint32_t i = 0; i < source->treatments.count; i++) {
        conditions += source->treatments.items[i].adjust.count;
    }
    l->conditions = take(l, conditions, sizeof *l->conditions);
    struct regimen_treatment *treatments =
        take(l, source->treatments.count, sizeof(struct regimen_treatment));
    struct regimen_rule *rules = take(l, source->rules.count, sizeof(struct regimen_rule));
    struct regimen_advice *advice = take(l, source->advice.count, sizeof(struct regimen_advice));
    if (l->no_memory) {
        return;
    }
    for (uint32_t i = 0; i < source->treatments.count; i++) {
        lay_out_treatment(l, &source->treatments.items[i], &treatments[i]);
    }
    for (uint32_t i = 0; i < source->rules.count; i++) {
        lay_out_rule(l, &source->rules.items[i], &rules[i]);
        if (rules[i].action == ACTION_SWITCH && rules[i].to_treatment != REGIMEN_NONE) {
            treatments[rules[i].to_treatment].by_switch = true;
        }
    }
    for (uint32_t i = 0; i < source->advice.count; i++) {
        const struct trial_advice *a = &source->advice.items[i];
        advice[i] =
            (struct regimen_advice){a, drug_of(l, a->drug.text), condition_of(l, &a->show_if)};
    }
    out->treatments = treatments;
    out->treatment_count = source->treatments.count;
    out->rules = rules;
    out->rule_count = source->rules.count;
    out->advice = advice;
    out->advice_count = source->advice.count;
    out->conditions = l->conditions;
}

static void lay_out_markers(struct layout *l) {
    const struct trial_biomarker_list *all = &l->build->document->biomarkers;
    struct regimen_marker *markers = take(l, all->count, sizeof *markers);
    for (uint32_t i = 0; markers && i < all->count; i++) {
        const struct trial_biomarker *b = &all->items[i];
        markers[i] =
            (struct regimen_marker){b, trial_given(b->name.place) ? b->name.text : b->id.text,
                                    unit_intern(l->units, b->unit.text)};
        l->no_memory |= !markers[i].unit;
    }
    l->regimen->markers = markers;
    l->regimen->marker_count = all->count;
}

enum status trial_lay_out_regimen(struct trial_build *build) {
    const struct trial_arm_list *arms = &build->document->arms;
    struct layout l = {
        .build = build, .arena = build->arena, .units = build->trial->program->units};
    size_t names = build->document->drugs.count;
    for (uint32_t i = 0; i < arms->count; i++) {
        names += arms->items[i].treatments.count + arms->items[i].rules.count +
                 arms->items[i].advice.count;
    }
    l.regimen = take(&l, 1, sizeof *l.regimen);
    l.drugs = take(&l, names, sizeof *l.drugs);
    struct regimen_arm *out = take(&l, arms->count, sizeof *out);
    if (l.no_memory) {
        return STATUS_NO_MEMORY;
    }
    l.regimen->millisecond = unit_intern(l.units, STR("ms"));
    l.regimen->kilogram = unit_intern(l.units, STR("kg"));
    l.regimen->milligram = unit_intern(l.units, STR("mg"));
    l.regimen->milligram_per_kilogram = unit_intern(l.units, STR("mg/kg"));
    l.no_memory |= !l.regimen->millisecond || !l.regimen->kilogram || !l.regimen->milligram ||
                   !l.regimen->milligram_per_kilogram;
    for (uint32_t i = 0; i < arms->count && !l.no_memory; i++) {
        lay_out_arm(&l, &arms->items[i], &out[i]);
    }
    if (!l.no_memory) {
        lay_out_markers(&l);
    }
    l.regimen->arms = out;
    l.regimen->arm_count = arms->count;
    l.regimen->drugs = l.drugs;
    build->trial->regimen = l.regimen;
    return l.no_memory ? STATUS_NO_MEMORY : trial_find_moments(build, l.regimen);
}
