/* What a course comes to in the next 24 hours. */
#include "treat/treat_internal.h"

#include "base/buf.h"
#include "value/datetime.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static struct str keep(struct course_records *r, struct buf *text) {
    struct str copy =
        buf_status(text) == STATUS_OK ? arena_copy(r->arena, buf_str(text)) : STR_NONE;
    buf_release(text);
    return copy;
}

static void add_time(const struct course_records *r, instant_ms at, struct buf *out) {
    struct datetime t = datetime_from_ms(at, trial_site_offset_min(r->trial, r->site, at));
    buf_add_format(out, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
}

/* ---- Words ---- */

/* The causes of an unknown condition, the first few. */
static enum status add_causes(struct course_records *r, instant_ms at, uint16_t condition,
                              struct buf *out) {
    const struct definition *d = r->trial->regimen->arms[r->arm].conditions[condition].definition;
    struct course_evidence evidence;
    enum status status = course_records_evidence(r, at, d, &evidence);
    uint32_t added = 0;
    buf_add(out, d->name);
    for (uint32_t i = 0; status == STATUS_OK && i < evidence.count; i++) {
        for (uint32_t k = 0; k < evidence.reasons[i].cause_count && added < 6; k++) {
            const struct evidence_cause *cause = &evidence.reasons[i].causes[k];
            buf_add_cstr(out, added++ ? "; " : ": ");
            buf_add(out, cause->words);
        }
    }
    return status;
}

static enum status need_words(struct course_records *r, instant_ms at,
                              const struct course_question *q, enum course_limit limit,
                              struct str *out) {
    const struct regimen_arm *arm = &r->trial->regimen->arms[r->arm];
    const struct regimen_treatment *t =
        q->treatment == REGIMEN_NONE ? NULL : &arm->treatments[q->treatment];
    struct buf text;
    buf_init(&text);
    enum status status = STATUS_OK;
    switch (q->need) {
    case NEED_TAPER:
        buf_add_cstr(&text, "the doses of the taper");
        if (t && t->source->then && trial_given(t->source->then->taper.place)) {
            buf_add_format(&text, " (%.*s)", STR_ARG(t->source->then->taper.text));
        }
        buf_add_cstr(&text, ": not stated in the trial's source; the investigator decides");
        break;
    case NEED_ORDER:
        buf_add_cstr(&text, "the investigator's order: the source states no dose");
        break;
    case NEED_WEIGHT:
        buf_add_cstr(&text, "a body weight");
        break;
    case NEED_PERSON:
        buf_add_format(&text, "a decision: %s",
                       t ? "its dose is at the lowest level" : "its hold has lasted too long");
        if (q->rule != REGIMEN_NONE) {
            buf_add_format(&text, " (%.*s)", STR_ARG(arm->rules[q->rule].name));
        }
        break;
    case NEED_LIMIT:
        buf_add_format(&text, "a person: the course is longer than is followed (%s)",
                       course_limit_words(limit));
        break;
    case NEED_CONDITION:
    case NEED_NOTHING:
        if (q->condition != REGIMEN_NONE) {
            status = add_causes(r, at, q->condition, &text);
        }
        break;
    }
    *out = keep(r, &text);
    return status == STATUS_OK && !out->at ? STATUS_NO_MEMORY : status;
}

/* Why a treatment runs: the decision that began it. */
static struct str reason_of(struct course_records *r, const struct treat_subject *s,
                            const struct course_dose *dose) {
    const struct regimen_arm *arm = s->course.arm;
    struct buf text;
    buf_init(&text);
    for (uint32_t i = s->course.decision_count; i-- > 0;) {
        const struct course_decision *d = &s->course.decisions[i];
        bool starts = d->event == EVENT_START || d->event == EVENT_SWITCH;
        if (!starts || d->treatment != dose->treatment) {
            continue;
        }
        bool is_listed = s->origin == ORIGIN_ARMS_FILE;
        buf_add(&text, d->condition != REGIMEN_NONE ? arm->conditions[d->condition].definition->name
                       : is_listed                  ? STR("allocated")
                                                    : STR("in the trial"));
        buf_add_cstr(&text, d->condition == REGIMEN_NONE && is_listed ? " " : " since ");
        add_time(r, d->at, &text);
        break;
    }
    if (dose->state == DOSE_HELD) {
        const struct course_drug *drug = &s->course.drugs[dose->drug];
        buf_reset(&text);
        buf_add_cstr(&text, "held by ");
        buf_add(&text,
                drug->held_by == REGIMEN_NONE ? STR("a rule") : arm->rules[drug->held_by].name);
        buf_add_cstr(&text, " since ");
        add_time(r, drug->held_since, &text);
    }
    return keep(r, &text);
}

/* ---- Lines ---- */

static bool is_listed(const struct course_dose *dose, instant_ms at) {
    bool state = dose->state == DOSE_DUE || dose->state == DOSE_PLANNED ||
                 dose->state == DOSE_HELD || dose->state == DOSE_UNDECIDED;
    bool first = dose->state == DOSE_DUE && dose->day == 1;
    return state && dose->planned < at + DAY_MS && (first || dose->planned > at - DAY_MS / 2);
}

static bool fits(const struct treat_line *line, const struct course_dose *dose) {
    int order = line->amount.unit ? regimen_compare(&line->amount, &dose->amount)
                                  : (dose->amount.unit ? 2 : 0);
    return line->treatment == dose->treatment && line->state == dose->state && order == 0 &&
           line->day == dose->day && line->need == dose->need && line->time_count < TREAT_TIMES_MAX;
}

static void count_units(const struct course_records *r, struct treat_line *line) {
    const struct regimen_amount *unit = &r->trial->regimen->drugs[line->drug].unit;
    i128 value = 0;
    line->has_units =
        unit->unit && line->amount.unit && unit->value > 0 &&
        unit_convert(line->amount.unit, unit->unit, line->amount.value, &value) == UNIT_DONE;
    if (line->has_units) {
        line->units = value * DECIMAL_ONE / unit->value;
    }
}

static enum status add_line(struct course_records *r, instant_ms at, struct treat_subject *s,
                            const struct course_dose *dose, struct treat_line *lines) {
    for (uint32_t i = 0; i < s->line_count; i++) {
        if (fits(&lines[i], dose)) {
            lines[i].times[lines[i].time_count++] = dose->planned;
            return STATUS_OK;
        }
    }
    struct treat_line *line = &lines[s->line_count++];
    *line = (struct treat_line){
        .drug = dose->drug,
        .treatment = dose->treatment,
        .state = dose->state,
        .need = dose->need,
        .amount = dose->amount,
        .day = dose->day,
        .is_taper = dose->part && dose->part->is_taper,
        .estimated = dose->estimated,
        .time_count = 1,
        .times = {dose->planned},
        .reason = reason_of(r, s, dose),
        .order = dose->order ? dose->order->id : STR(""),
        .ordered = dose->order ? dose->order->dose : (struct regimen_amount){0},
        .needs = STR(""),
    };
    line->order_differs = dose->order && dose->order->dose.unit && dose->amount.unit &&
                          regimen_compare(&dose->order->dose, &dose->amount) != 0;
    count_units(r, line);
    if (dose->state == DOSE_UNDECIDED) {
        const struct course_question q = {dose->need, dose->treatment, REGIMEN_NONE,
                                          dose->condition};
        return need_words(r, at, &q, s->course.limit, &line->needs);
    }
    return line->reason.at ? STATUS_OK : STATUS_NO_MEMORY;
}

static bool is_given_drug(const struct treat_subject *s, uint16_t drug) {
    for (uint32_t i = 0; i < s->line_count; i++) {
        if (drug == REGIMEN_NONE || s->lines[i].drug == drug) {
            return true;
        }
    }
    return false;
}

/* Of what is not known, why. */
static enum status add_note(struct course_records *r, instant_ms at, struct treat_subject *s,
                            const struct regimen_advice *advice, struct treat_note *note) {
    enum logic value = (enum logic)s->course.values[advice->condition];
    if (value == LOGIC_FALSE || !is_given_drug(s, advice->drug)) {
        return STATUS_OK;
    }
    *note = (struct treat_note){.advice = advice, .value = value};
    s->note_count++;
    return course_records_evidence(r, at, s->course.arm->conditions[advice->condition].definition,
                                   &note->evidence);
}

static enum status add_notes(struct course_records *r, instant_ms at, struct treat_subject *s) {
    const struct regimen_arm *arm = s->course.arm;
    struct treat_note *notes =
        ARENA_ARRAY(r->arena, (size_t)arm->advice_count + 1, struct treat_note);
    if (!notes) {
        return STATUS_NO_MEMORY;
    }
    s->notes = notes;
    for (uint32_t i = 0; i < arm->advice_count; i++) {
        const struct regimen_advice *a = &arm->advice[i];
        if (a->condition != REGIMEN_NONE) {
            enum status status = add_note(r, at, s, a, &notes[s->note_count]);
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    return STATUS_OK;
}

static enum treat_idle idle_of(const struct treat_subject *s) {
    const struct regimen_arm *arm = s->course.arm;
    if (s->line_count || s->question_count) {
        return IDLE_NOT;
    }
    for (uint32_t i = 0; i < arm->treatment_count; i++) {
        if (s->course.treatments[i].state != TREATMENT_WAITING) {
            return IDLE_OVER;
        }
    }
    return arm->treatment_count ? IDLE_NOT_BEGUN : IDLE_NO_TREATMENT;
}

enum status treat_lines(struct course_records *r, instant_ms at, struct treat_subject *s) {
    const struct course_dosing *course = &s->course;
    uint32_t listed = 0;
    for (uint32_t i = 0; i < course->dose_count; i++) {
        listed += is_listed(&course->doses[i], at);
    }
    struct treat_line *lines = ARENA_ARRAY(r->arena, (size_t)listed + 1, struct treat_line);
    struct treat_question *questions =
        ARENA_ARRAY(r->arena, (size_t)course->question_count + 1, struct treat_question);
    enum status status = lines && questions ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; status == STATUS_OK && i < course->dose_count; i++) {
        if (is_listed(&course->doses[i], at)) {
            status = add_line(r, at, s, &course->doses[i], lines);
        }
    }
    s->lines = lines;
    for (uint32_t i = 0; status == STATUS_OK && i < course->question_count; i++) {
        questions[i].what = course->questions[i];
        status = need_words(r, at, &course->questions[i], course->limit, &questions[i].words);
        uint16_t condition = course->questions[i].condition;
        if (status == STATUS_OK && course->questions[i].need == NEED_CONDITION &&
            condition != REGIMEN_NONE) {
            status = course_records_evidence(r, at, course->arm->conditions[condition].definition,
                                             &questions[i].evidence);
        }
        s->question_count = i + 1;
    }
    s->questions = questions;
    s->idle = idle_of(s);
    return status == STATUS_OK ? add_notes(r, at, s) : status;
}
