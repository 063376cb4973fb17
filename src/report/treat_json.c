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
    member(out, "drug", c->result->trial->regimen->drugs[drug].id);
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
    buf_add_cstr(out, ",\"undecided\":[");
    for (uint32_t i = 0; i < s->question_count; i++) {
        const struct course_question *q = &s->questions[i].what;
        buf_add_cstr(out, i ? ",{\"needs\":" : "{\"needs\":");
        buf_add_json(out, s->questions[i].words);
        treatment_member(s, q->treatment, out);
        member(out, "rule", q->rule == REGIMEN_NONE ? STR("") : s->course.arm->rules[q->rule].name);
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
        member(out, "source", a->mark.source);
        member(out, "status", str_from(trial_status_word(a->mark.status)));
        reasons(&s->notes[i].evidence, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
    totals(c, s, out);
    if (c->result->is_single) {
        decisions(c, s, out);
        doses(c, s, out);
    }
    buf_add_char(out, '}');
}

void report_treat_json(const struct treat_context *c, struct buf *out) {
    const struct treat_result *r = c->result;
    buf_add_cstr(out, "{\"format\":1,\"trial\":");
    buf_add_json(out, r->trial->id);
    buf_add_cstr(out, ",\"at\":\"");
    words_time_iso(r->at, trial_offset_min(r->trial, r->at), out);
    buf_add_format(out, "\",\"patients\":%llu,\"in_trial\":%u,\"later\":%llu,\"subjects\":[",
                   (unsigned long long)r->patients, r->subject_count, (unsigned long long)r->later);
    for (uint32_t i = 0; i < r->subject_count; i++) {
        buf_add_cstr(out, i ? ",\n" : "\n");
        subject_object(c, &r->subjects[i], out);
    }
    buf_add_cstr(out, "],\"notice\":");
    buf_add_json(out, c->notice);
    buf_add_cstr(out, "}\n");
}

/* ---- CSV ---- */

static void cell(struct buf *out, struct str text, bool first) {
    buf_add_cstr(out, first ? "" : ",");
    bool quote = false;
    for (size_t i = 0; i < text.len; i++) {
        quote |= text.at[i] == ',' || text.at[i] == '"' || text.at[i] == '\n';
    }
    if (!quote) {
        buf_add(out, text);
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') {
            buf_add_char(out, '"');
        }
        buf_add_char(out, text.at[i]);
    }
    buf_add_char(out, '"');
}

static void made_cell(struct buf *out, struct buf *text) {
    cell(out, buf_str(text), false);
    buf_reset(text);
}

static void subject_cells(const struct treat_context *c, const struct treat_subject *s,
                          struct buf *out) {
    cell(out, s->id, true);
    cell(out, treat_words_site(c, s), false);
    cell(out, s->bed, false);
    cell(out, s->course.arm->id, false);
}

static void line_row(const struct treat_context *c, const struct treat_subject *s,
                     const struct treat_line *l, struct buf *text, struct buf *out) {
    subject_cells(c, s, out);
    cell(out, c->result->trial->regimen->drugs[l->drug].id, false);
    cell(out, s->course.arm->treatments[l->treatment].source->route.text, false);
    cell(out, str_from(dose_state_word(l->state)), false);
    if (l->amount.unit) {
        regimen_print(&l->amount, text);
    }
    made_cell(out, text);
    for (uint32_t i = 0; i < l->time_count; i++) {
        buf_add_cstr(text, i ? " " : "");
        instant(c, s, l->times[i], text);
    }
    made_cell(out, text);
    treat_words_units(c, l, text);
    made_cell(out, text);
    buf_add_format(text, "%d", l->day);
    made_cell(out, text);
    cell(out, l->reason, false);
    cell(out, l->needs, false);
    buf_add_char(out, '\n');
}

static void dose_row(const struct treat_context *c, const struct treat_subject *s,
                     const struct course_dose *d, struct buf *text, struct buf *out) {
    subject_cells(c, s, out);
    cell(out, c->result->trial->regimen->drugs[d->drug].id, false);
    cell(out, d->treatment == REGIMEN_NONE ? STR("") : s->course.arm->treatments[d->treatment].id,
         false);
    buf_add_format(text, "%d", d->day);
    made_cell(out, text);
    if (d->planned != INSTANT_MIN) {
        instant(c, s, d->planned, text);
    }
    made_cell(out, text);
    if (d->amount.unit) {
        regimen_print(&d->amount, text);
    }
    made_cell(out, text);
    cell(out, str_from(dose_state_word(d->state)), false);
    if (d->given) {
        instant(c, s, d->given->at, text);
    }
    made_cell(out, text);
    if (d->given && d->given->dose.unit) {
        regimen_print(&d->given->dose, text);
    }
    made_cell(out, text);
    buf_add_char(out, '\n');
}

void report_treat_csv(const struct treat_context *c, struct buf *out) {
    const struct treat_result *r = c->result;
    struct buf text;
    buf_init(&text);
    buf_add_cstr(out, r->is_single
                          ? "id,site,bed,arm,drug,treatment,day,planned,dose,state,given_at,given\n"
                          : "id,site,bed,arm,drug,route,state,dose,times,units,day,reason,needs\n");
    for (uint32_t i = 0; i < r->subject_count; i++) {
        const struct treat_subject *s = &r->subjects[i];
        for (uint32_t k = 0; r->is_single && k < s->course.dose_count; k++) {
            dose_row(c, s, &s->course.doses[k], &text, out);
        }
        for (uint32_t k = 0; !r->is_single && k < s->line_count; k++) {
            line_row(c, s, &s->lines[k], &text, out);
        }
    }
    out->status = buf_status(&text) != STATUS_OK ? buf_status(&text) : out->status;
    buf_release(&text);
}
