#include "report/treat_words.h"

#include "report/words.h"
#include "value/datetime.h"
#include "value/decimal.h"

static struct datetime local(const struct treat_context *c, const struct treat_subject *s,
                             instant_ms at) {
    return datetime_from_ms(at, trial_site_offset_min(c->result->trial, s->site, at));
}

void treat_words_time(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                      struct buf *out) {
    struct datetime t = local(c, s, at);
    buf_add_format(out, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
}

void treat_words_clock(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                       instant_ms near, struct buf *out) {
    struct datetime t = local(c, s, at);
    struct datetime n = local(c, s, near);
    if (t.day != n.day || t.month != n.month || t.year != n.year) {
        buf_add_format(out, "%02d-%02d ", t.month, t.day);
    }
    buf_add_format(out, "%02d:%02d", t.hour, t.minute);
}

void treat_words_times(const struct treat_context *c, const struct treat_subject *s,
                       const struct treat_line *line, struct buf *out) {
    if (line->day == 1 && line->state == DOSE_DUE) {
        buf_add_cstr(out, "first dose, since ");
    }
    for (uint32_t i = 0; i < line->time_count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        treat_words_clock(c, s, line->times[i], c->result->at, out);
    }
    if (line->estimated) {
        buf_add_cstr(out, " if the first is given now");
    }
}

void treat_words_units(const struct treat_context *c, const struct treat_line *line,
                       struct buf *out) {
    if (!line->has_units) {
        return;
    }
    const struct regimen_drug *drug = &c->result->trial->regimen->drugs[line->drug];
    const struct regimen_amount count = {line->units, line->units % DECIMAL_ONE ? 2 : 0, NULL};
    regimen_print(&count, out);
    buf_add_format(out, " %.*s%s of ", STR_ARG(drug->unit_name),
                   line->units == DECIMAL_ONE ? "" : "s");
    regimen_print(&drug->unit, out);
}

static int32_t last_day(const struct regimen_treatment *t) {
    int32_t last = t->part_count ? t->parts[t->part_count - 1].last : REGIMEN_OPEN;
    return t->max_days < last ? t->max_days : last;
}

void treat_words_day(const struct treat_subject *s, const struct treat_line *line,
                     struct buf *out) {
    int32_t last = line->treatment == REGIMEN_NONE
                       ? REGIMEN_OPEN
                       : last_day(&s->course.arm->treatments[line->treatment]);
    buf_add_format(out, "day %d", line->day);
    if (last != REGIMEN_OPEN) {
        buf_add_format(out, " of %d", last);
    }
    buf_add_cstr(out, line->is_taper ? ", taper" : "");
}

void treat_words_so_far(const struct treat_context *c, const struct treat_subject *s, uint16_t drug,
                        struct buf *out) {
    const struct course_drug *d = &s->course.drugs[drug];
    unsigned missed = 0;
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *dose = &s->course.doses[i];
        missed +=
            dose->drug == drug && (dose->state == DOSE_MISSED || dose->state == DOSE_NOT_GIVEN);
    }
    (void)c;
    buf_add_format(out, "%u given", d->given_count);
    if (missed) {
        buf_add_format(out, ", %u missed", missed);
    }
    if (d->total.unit) {
        buf_add_cstr(out, d->unknown_count ? "; at least " : "; ");
        regimen_print(&d->total, out);
    }
    if (d->unknown_count) {
        buf_add_format(out, " (%u of an unknown amount)", d->unknown_count);
    }
}

static void add_condition(const struct treat_subject *s, uint16_t condition, struct buf *out) {
    if (condition != REGIMEN_NONE) {
        buf_add(out, s->course.arm->conditions[condition].definition->name);
    }
}

void treat_words_decision(const struct treat_context *c, const struct treat_subject *s,
                          const struct course_decision *d, struct buf *out) {
    static const char *const words[] = {"starts",      "may start: not known",
                                        "is replaced", "is complete",
                                        "ends",        "on hold",
                                        "goes on",     "hold has lasted too long",
                                        "stops",       "one level lower",
                                        "changes",     "begins by a switch",
                                        "proposed",    "proposal taken up",
                                        "to be asked", "stage"};
    if (d->treatment != REGIMEN_NONE) {
        const struct regimen_treatment *t = &s->course.arm->treatments[d->treatment];
        buf_add_format(out, "%.*s (%.*s) ", STR_ARG(treat_words_drug(c, t->drug)), STR_ARG(t->id));
    } else if (d->rule != REGIMEN_NONE && s->course.arm->rules[d->rule].drug != REGIMEN_NONE) {
        buf_add_format(out, "%.*s ",
                       STR_ARG(treat_words_drug(c, s->course.arm->rules[d->rule].drug)));
    }
    buf_add_cstr(out, words[d->event]);
    if (d->text.len) {
        buf_add_cstr(out, d->event == EVENT_STAGE ? " " : ": ");
        buf_add(out, d->text);
    } else if (d->event == EVENT_STAGE) {
        buf_add_cstr(out, " not known");
    }
    if (d->condition != REGIMEN_NONE) {
        buf_add_cstr(out, d->event == EVENT_WAIT || d->event == EVENT_ASK ? ": " : ", as ");
        add_condition(s, d->condition, out);
    } else if (d->event == EVENT_START) {
        buf_add_cstr(out, ", allocated");
    }
    if (d->rule != REGIMEN_NONE) {
        buf_add_format(out, " [rule %.*s]", STR_ARG(s->course.arm->rules[d->rule].name));
    }
}

struct str treat_words_drug(const struct treat_context *c, uint16_t drug) {
    return drug == REGIMEN_NONE ? STR("") : c->result->trial->regimen->drugs[drug].name;
}

const char *treat_words_origin(enum course_origin origin) {
    static const char *const words[] = {"by the list of arms", "by the record",
                                        "by the first dose"};
    return words[origin];
}

bool treat_is_undecided(const struct treat_subject *s) {
    return s->question_count > 0;
}

struct str treat_words_site(const struct treat_context *c, const struct treat_subject *s) {
    return s->site < c->result->trial->site_count ? c->result->trial->sites[s->site].id : STR("");
}

struct str treat_words_arm(const struct treat_context *c, const struct treat_subject *s) {
    return c->result->trial->document->arms.items[s->arm].label.text;
}
