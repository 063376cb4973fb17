/* The treatment list for programs: JSON and CSV. */
#include "report/treat_words.h"
#include "report/words.h"

static void member(struct buf *out, const char *name, struct str text) {
    buf_add_format(out, ",\"%s\":", name);
    buf_add_json(out, text);
}

static void instant(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                    struct buf *out) {
    words_time_iso(at, trial_site_offset_min(c->result->trial, s->site, at), out);
}

static void time_member(const struct treat_context *c, const struct treat_subject *s,
                        const char *name, instant_ms at, struct buf *out) {
    if (at == INSTANT_MIN || at == INSTANT_MAX) {
        buf_add_format(out, ",\"%s\":null", name);
        return;
    }
    buf_add_format(out, ",\"%s\":\"", name);
    instant(c, s, at, out);
    buf_add_char(out, '"');
}

static void amount_member(const char *name, const struct regimen_amount *amount, struct buf *out) {
    if (!amount->unit) {
        buf_add_format(out, ",\"%s\":null", name);
        return;
    }
    const struct regimen_amount bare = {amount->value, amount->scale, NULL};
    buf_add_format(out, ",\"%s\":{\"value\":", name);
    regimen_print(&bare, out);
    member(out, "unit", unit_text(amount->unit));
    buf_add_char(out, '}');
}

static void drug_member(const struct treat_context *c, uint16_t drug, struct buf *out) {
    if (drug == REGIMEN_NONE) {
        buf_add_cstr(out, ",\"drug\":null");
    } else {
        member(out, "drug", c->result->trial->regimen->drugs[drug].id);
    }
}

static void treatment_member(const struct treat_subject *s, uint16_t treatment, struct buf *out) {
    if (treatment == REGIMEN_NONE) {
        buf_add_cstr(out, ",\"treatment\":null");
    } else {
        member(out, "treatment", s->course.arm->treatments[treatment].id);
    }
}

static void line_object(const struct treat_context *c, const struct treat_subject *s,
                        const struct treat_line *l, struct buf *out) {
    buf_add_format(out, "{\"state\":\"%s\"", dose_state_word(l->state));
    drug_member(c, l->drug, out);
    treatment_member(s, l->treatment, out);
    member(out, "route", s->course.arm->treatments[l->treatment].source->route.text);
    amount_member("dose", &l->amount, out);
    buf_add_cstr(out, ",\"times\":[");
    for (uint32_t i = 0; i < l->time_count; i++) {
        buf_add_cstr(out, i ? ",\"" : "\"");
        instant(c, s, l->times[i], out);
        buf_add_char(out, '"');
    }
    buf_add_cstr(out, "],\"units\":");
    if (l->has_units) {
        const struct regimen_amount count = {l->units, l->units % DECIMAL_ONE ? 2 : 0, NULL};
        regimen_print(&count, out);
    } else {
        buf_add_cstr(out, "null");
    }
    buf_add_format(out, ",\"day\":%d,\"taper\":%s,\"estimated\":%s", l->day,
                   l->is_taper ? "true" : "false", l->estimated ? "true" : "false");
    member(out, "reason", l->reason);
    member(out, "needs", l->needs);
    member(out, "order", l->order);
    amount_member("ordered", &l->ordered, out);
    buf_add_format(out, ",\"order_differs\":%s}", l->order_differs ? "true" : "false");
}

static void reasons(const struct course_evidence *e, struct buf *out) {
    buf_add_cstr(out, ",\"evidence\":[");
    for (uint32_t i = 0; i < e->count; i++) {
        const struct evidence_reason *r = &e->reasons[i];
        buf_add_format(out, "%s{\"value\":%s", i ? "," : "",
                       r->value == LOGIC_TRUE    ? "true"
                       : r->value == LOGIC_FALSE ? "false"
                                                 : "null");
        member(out, "words", r->words);
        buf_add_cstr(out, ",\"facts\":[");
        for (uint32_t k = 0; k < r->fact_count; k++) {
            buf_add_cstr(out, k ? ",{\"resource\":" : "{\"resource\":");
            buf_add_json(out, r->facts[k].resource);
            member(out, "time", r->facts[k].time);
            member(out, "value", r->facts[k].value);
            member(out, "unit", r->facts[k].unit);
            buf_add_char(out, '}');
        }
        buf_add_cstr(out, "],\"causes\":[");
        for (uint32_t k = 0; k < r->cause_count; k++) {
            buf_add_cstr(out, k ? "," : "");
            buf_add_json(out, r->causes[k].words);
        }
        buf_add_cstr(out, "]}");
    }
    buf_add_char(out, ']');
}

static void decisions(const struct treat_context *c, const struct treat_subject *s,
                      struct buf *out) {
    buf_add_cstr(out, ",\"decisions\":[");
    for (uint32_t i = 0; i < s->course.decision_count; i++) {
        const struct course_decision *d = &s->course.decisions[i];
        buf_add_format(out, "%s{\"event\":\"%s\"", i ? "," : "", course_event_word(d->event));
        time_member(c, s, "at", d->at, out);
        treatment_member(s, d->treatment, out);
        member(out, "rule", d->rule == REGIMEN_NONE ? STR("") : s->course.arm->rules[d->rule].name);
        member(out, "condition",
               d->condition == REGIMEN_NONE
                   ? STR("")
                   : s->course.arm->conditions[d->condition].definition->name);
        member(out, "text", d->text);
        if (s->evidence) {
            reasons(&s->evidence[i], out);
        }
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void dose_object(const struct treat_context *c, const struct treat_subject *s,
                        const struct course_dose *d, struct buf *out) {
    buf_add_format(out, "{\"state\":\"%s\"", dose_state_word(d->state));
    drug_member(c, d->drug, out);
    treatment_member(s, d->treatment, out);
    buf_add_format(out, ",\"day\":%d", d->day);
    time_member(c, s, "planned", d->planned, out);
    amount_member("dose", &d->amount, out);
    if (d->given) {
        time_member(c, s, "given_at", d->given->at, out);
        amount_member("given", &d->given->dose, out);
        member(out, "administration", d->given->id);
    }
    member(out, "order", d->order ? d->order->id : STR(""));
    buf_add_char(out, '}');
}

static void doses(const struct treat_context *c, const struct treat_subject *s, struct buf *out) {
    buf_add_cstr(out, ",\"doses\":[");
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        buf_add_cstr(out, i ? "," : "");
        dose_object(c, s, &s->course.doses[i], out);
    }
    buf_add_char(out, ']');
}

static void totals(const struct treat_context *c, const struct treat_subject *s, struct buf *out) {
    const struct trial_regimen *regimen = c->result->trial->regimen;
    buf_add_cstr(out, ",\"given\":[");
    bool any = false;
    for (uint32_t d = 0; d < regimen->drug_count; d++) {
        const struct course_drug *drug = &s->course.drugs[d];
        if (!drug->given_count) {
            continue;
        }
        buf_add_cstr(out, any ? ",{\"drug\":" : "{\"drug\":");
        any = true;
        buf_add_json(out, regimen->drugs[d].id);
        buf_add_format(out, ",\"doses\":%u,\"of_unknown_amount\":%u", drug->given_count,
                       drug->unknown_count);
        time_member(c, s, "first_dose", drug->first_dose, out);
        amount_member("total", &drug->total, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

/* ---- What is watched ---- */

static void red_flags(const struct treat_context *c, const struct treat_subject *s,
                      struct buf *out) {
    const struct trial_safety *safety = c->result->trial->document->safety;
    bool any = false;
    buf_add_cstr(out, ",\"red_flags\":[");
    for (uint32_t i = 0; i < s->watch.finding_count; i++) {
        const struct course_finding *f = &s->watch.findings[i];
        buf_add_cstr(out, any ? ",{\"event\":" : "{\"event\":");
        any = true;
        buf_add_json(out, f->event->id.text);
        member(out, "title", f->event->title.text);
        buf_add_format(out, ",\"holds\":%s", f->value == LOGIC_TRUE ? "true" : "null");
        buf_add_cstr(out, f->is_asked ? ",\"asked\":true" : ",\"asked\":false");
        if (f->grade >= 0) {
            buf_add_format(out, ",\"grade\":%d", f->grade);
        } else {
            buf_add_cstr(out, ",\"grade\":null");
        }
        member(out, "ctcae",
               trial_given(safety->ctcae.place)
                   ? str_from(trial_ctcae_word((enum trial_ctcae)safety->ctcae.value))
                   : STR(""));
        reasons(&f->evidence, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void adverse_events(const struct treat_context *c, const struct treat_subject *s,
                           struct buf *out) {
    buf_add_cstr(out, ",\"adverse_events\":[");
    for (uint32_t i = 0; i < s->watch.adverse_count; i++) {
        const struct course_adverse *a = &s->watch.adverse[i];
        buf_add_cstr(out, i ? ",{\"id\":" : "{\"id\":");
        buf_add_json(out, a->id);
        time_member(c, s, "at", a->at, out);
        member(out, "name", a->name);
        if (a->grade > 0) {
            buf_add_format(out, ",\"grade\":%d", a->grade);
        } else {
            buf_add_cstr(out, ",\"grade\":null");
        }
        member(out, "severity", a->severity);
        buf_add_format(out, ",\"serious\":%s}", a->serious ? "true" : "false");
    }
    buf_add_char(out, ']');
}

static void date_member(const char *name, int64_t day, struct buf *out) {
    struct buf text;
    buf_init(&text);
    treat_words_date(day, &text);
    /* "Mon 2021-03-01": machines want the date alone. */
    struct str whole = buf_str(&text);
    member(out, name, whole.len > 4 ? (struct str){whole.at + 4, whole.len - 4} : whole);
    out->status = buf_status(&text) != STATUS_OK ? buf_status(&text) : out->status;
    buf_release(&text);
}

static void visits(const struct treat_context *c, const struct treat_subject *s, struct buf *out) {
    const struct trial_visit_list *all = &c->result->trial->document->visits;
    buf_add_cstr(out, ",\"visits\":[");
    for (uint32_t i = 0; i < all->count; i++) {
        const struct trial_visit *v = &all->items[i];
        buf_add_format(out, "%s{\"day\":%d", i ? "," : "", v->day.first);
        member(out, "name", v->name.text);
        date_member("date", s->first_day + v->day.first, out);
        date_member("from", s->first_day + v->day.first + v->window.first, out);
        date_member("to", s->first_day + v->day.first + v->window.last, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void number_member(const char *name, i128 value, struct buf *out) {
    const struct regimen_amount amount = {value, 0, NULL};
    buf_add_format(out, ",\"%s\":", name);
    regimen_print(&amount, out);
}

static void biomarkers(const struct treat_context *c, const struct treat_subject *s,
                       struct buf *out) {
    const struct trial_regimen *regimen = c->result->trial->regimen;
    buf_add_cstr(out, ",\"biomarkers\":[");
    for (uint32_t i = 0; s->watch.markers && i < regimen->marker_count; i++) {
        const struct course_marker *m = &s->watch.markers[i];
        buf_add_cstr(out, i ? ",{\"id\":" : "{\"id\":");
        buf_add_json(out, regimen->markers[i].source->id.text);
        member(out, "name", regimen->markers[i].name);
        member(out, "unit", unit_text(regimen->markers[i].unit));
        buf_add_format(out, ",\"left_out\":%u,\"readings\":[", m->left_out);
        for (uint32_t k = 0; k < m->count; k++) {
            buf_add_format(out, "%s{\"at\":\"", k ? "," : "");
            instant(c, s, m->readings[k].at, out);
            buf_add_char(out, '"');
            number_member("low", m->readings[k].low, out);
            if (m->readings[k].above) {
                buf_add_cstr(out, ",\"high\":null");
            } else {
                number_member("high", m->readings[k].high, out);
            }
            buf_add_char(out, '}');
        }
        buf_add_cstr(out, "]}");
    }
    buf_add_char(out, ']');
}

static void subject_object(const struct treat_context *c, const struct treat_subject *s,
                           struct buf *out) {
    buf_add_cstr(out, "{\"id\":");
    buf_add_json(out, s->id);
    member(out, "arm", s->course.arm->id);
    member(out, "site", treat_words_site(c, s));
    member(out, "bed", s->bed);
    time_member(c, s, "allocated", s->allocated, out);
    member(out, "allocated_by", str_from(treat_words_origin(s->origin)));
    buf_add_format(out, ",\"study_day\":%d", s->study_day);
    member(out, "stage", s->course.stage);
    member(out, "nothing_because", str_from(treat_words_idle(s->idle)));
    buf_add_cstr(out, ",\"undecided\":[");
    for (uint32_t i = 0; i < s->question_count; i++) {
        const struct course_question *q = &s->questions[i].what;
        buf_add_cstr(out, i ? ",{\"needs\":" : "{\"needs\":");
        buf_add_json(out, s->questions[i].words);
        treatment_member(s, q->treatment, out);
        member(out, "rule", q->rule == REGIMEN_NONE ? STR("") : s->course.arm->rules[q->rule].name);
        member(out, "condition",
               q->condition == REGIMEN_NONE
                   ? STR("")
                   : s->course.arm->conditions[q->condition].definition->name);
        buf_add_char(out, '}');
    }
    buf_add_cstr(out, "],\"next\":[");
    for (uint32_t i = 0; i < s->line_count; i++) {
        buf_add_cstr(out, i ? "," : "");
        line_object(c, s, &s->lines[i], out);
    }
    buf_add_cstr(out, "],\"advice\":[");
    for (uint32_t i = 0; i < s->note_count; i++) {
        const struct trial_advice *a = s->notes[i].advice->source;
        buf_add_cstr(out, i ? ",{\"text\":" : "{\"text\":");
        buf_add_json(out, a->text.text);
        buf_add_format(out, ",\"applies\":%s", s->notes[i].value == LOGIC_TRUE ? "true" : "null");
        drug_member(c, s->notes[i].advice->drug, out);
        member(out, "source", a->mark.source);
        member(out, "status", str_from(trial_status_word(a->mark.status)));
        reasons(&s->notes[i].evidence, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    red_flags(c, s, out);
    adverse_events(c, s, out);
    totals(c, s, out);
    if (c->result->is_single) {
        decisions(c, s, out);
        doses(c, s, out);
        visits(c, s, out);
        biomarkers(c, s, out);
    }
    buf_add_char(out, '}');
}

void report_treat_json(const struct treat_context *c, struct buf *out) {
    const struct treat_result *r = c->result;
    buf_add_cstr(out, "{\"format\":1,\"trial\":");
    buf_add_json(out, r->trial->id);
    buf_add_cstr(out, ",\"at\":\"");
    words_time_iso(r->at, trial_offset_min(r->trial, r->at), out);
    buf_add_cstr(out, "\",\"version\":");
    const struct regimen_amount version = {r->trial->document->version.value,
                                           r->trial->document->version.scale, NULL};
    regimen_print(&version, out);
    buf_add_cstr(out, ",\"records_to\":");
    if (r->latest == INSTANT_MIN) {
        buf_add_cstr(out, "null");
    } else {
        buf_add_char(out, '"');
        words_time_iso(r->latest, trial_offset_min(r->trial, r->latest), out);
        buf_add_char(out, '"');
    }
    buf_add_format(out, ",\"patients\":%llu,\"in_trial\":%u,\"later\":%llu,\"subjects\":[",
                   (unsigned long long)r->patients, r->subject_count, (unsigned long long)r->later);
    for (uint32_t i = 0; i < r->subject_count; i++) {
        buf_add_cstr(out, i ? ",\n" : "\n");
        subject_object(c, &r->subjects[i], out);
    }
    buf_add_cstr(out, "],\"to_prepare\":[");
    for (uint32_t i = 0; i < r->total_count; i++) {
        const struct treat_total *t = &r->totals[i];
        const struct regimen_drug *drug = &r->trial->regimen->drugs[t->drug];
        buf_add_cstr(out, i ? ",{\"site\":" : "{\"site\":");
        buf_add_json(out, t->site < r->trial->site_count ? r->trial->sites[t->site].id : STR(""));
        drug_member(c, t->drug, out);
        buf_add_format(out, ",\"doses\":%u,\"units\":%llu", t->doses, (unsigned long long)t->units);
        amount_member("unit", &drug->unit, out);
        buf_add_format(out, ",\"complete\":%s}", t->uncounted ? "false" : "true");
    }
    buf_add_cstr(out, "],\"notice\":");
    buf_add_json(out, c->notice);
    buf_add_cstr(out, "}\n");
}
