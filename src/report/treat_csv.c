/* The treatment list as CSV: a row a line and a row a question, in the order of the list; of a
 * single subject a row a dose. */
#include "report/treat_words.h"
#include "report/words.h"

struct table {
    const struct treat_context *c;
    struct buf *out;
    struct buf *text; /* of the cell being put together */
};

/* A cell and the comma after it; the last cell of a row is ended by end_row. */
static void cell(const struct table *t, struct str text) {
    buf_add_csv(t->out, text);
    buf_add_char(t->out, ',');
}

static void made_cell(const struct table *t) {
    cell(t, buf_str(t->text));
    buf_reset(t->text);
}

static void end_row(const struct table *t) {
    t->out->len -= t->out->len > 0;
    buf_add_char(t->out, '\n');
}

static void time_of(const struct table *t, const struct treat_subject *s, instant_ms at) {
    words_time_iso(at, trial_site_offset_min(t->c->result->trial, s->site, at), t->text);
}

static struct str drug_id(const struct table *t, uint16_t drug) {
    return drug == REGIMEN_NONE ? STR("") : t->c->result->trial->regimen->drugs[drug].id;
}

static void subject_cells(const struct table *t, const struct treat_subject *s) {
    cell(t, s->id);
    cell(t, treat_words_site(t->c, s));
    cell(t, s->bed);
    cell(t, s->course.arm->id);
}

static void amount_cell(const struct table *t, const struct regimen_amount *amount) {
    if (amount->unit) {
        regimen_print(amount, t->text);
    }
    made_cell(t);
}

/* ---- The list ---- */

static void study_day_cell(const struct table *t, const struct treat_subject *s) {
    buf_add_format(t->text, "%d", s->study_day);
    made_cell(t);
}

static void question_row(const struct table *t, const struct treat_subject *s,
                         const struct treat_question *q) {
    const struct regimen_arm *arm = s->course.arm;
    uint16_t drug = q->what.treatment != REGIMEN_NONE ? arm->treatments[q->what.treatment].drug
                    : q->what.rule != REGIMEN_NONE    ? arm->rules[q->what.rule].drug
                                                      : REGIMEN_NONE;
    subject_cells(t, s);
    cell(t, drug_id(t, drug));
    cell(t, STR(""));
    cell(t, str_from(dose_state_word(DOSE_UNDECIDED)));
    for (int i = 0; i < 5; i++) { /* dose, times, units, day, reason */
        cell(t, STR(""));
    }
    cell(t, q->words);
    study_day_cell(t, s);
    for (int i = 0; i < 3; i++) { /* unit, order, advice */
        cell(t, STR(""));
    }
    cell(t, q->what.treatment != REGIMEN_NONE ? arm->treatments[q->what.treatment].id : STR(""));
    cell(t, q->what.rule != REGIMEN_NONE ? arm->rules[q->what.rule].name : STR(""));
    end_row(t);
}

/* Advice that applies to this drug, and red flags. */
static void remarks_cell(const struct table *t, const struct treat_subject *s, uint16_t drug) {
    for (uint32_t i = 0; i < s->watch.finding_count; i++) {
        if (s->watch.findings[i].value == LOGIC_TRUE) {
            buf_add_cstr(t->text, t->text->len ? "; " : "");
            treat_words_finding(t->c, &s->watch.findings[i], t->text);
        }
    }
    for (uint32_t i = 0; i < s->note_count; i++) {
        const struct treat_note *note = &s->notes[i];
        bool is_meant = note->advice->drug == REGIMEN_NONE || note->advice->drug == drug;
        if (note->value == LOGIC_TRUE && is_meant) {
            buf_add_cstr(t->text, t->text->len ? "; " : "");
            buf_add(t->text, note->advice->source->text.text);
        }
    }
    made_cell(t);
}

static void line_row(const struct table *t, const struct treat_subject *s,
                     const struct treat_line *l) {
    subject_cells(t, s);
    cell(t, drug_id(t, l->drug));
    cell(t, s->course.arm->treatments[l->treatment].source->route.text);
    cell(t, str_from(dose_state_word(l->state)));
    amount_cell(t, &l->amount);
    for (uint32_t i = 0; i < l->time_count; i++) {
        buf_add_cstr(t->text, i ? " " : "");
        time_of(t, s, l->times[i]);
    }
    made_cell(t);
    if (l->has_units) {
        const struct regimen_amount count = {l->units, l->units % DECIMAL_ONE ? 2 : 0, NULL};
        regimen_print(&count, t->text);
    }
    made_cell(t);
    buf_add_format(t->text, "%d", l->day);
    made_cell(t);
    cell(t, l->reason);
    cell(t, l->needs);
    study_day_cell(t, s);
    if (l->has_units) {
        const struct regimen_drug *drug = &t->c->result->trial->regimen->drugs[l->drug];
        buf_add_format(t->text, "%.*s of ", STR_ARG(drug->unit_name));
        regimen_print(&drug->unit, t->text);
    }
    made_cell(t);
    cell(t, l->order);
    remarks_cell(t, s, l->drug);
    cell(t, s->course.arm->treatments[l->treatment].id);
    cell(t, STR(""));
    end_row(t);
}

/* ---- One subject ---- */

static void dose_row(const struct table *t, const struct treat_subject *s,
                     const struct course_dose *d) {
    subject_cells(t, s);
    cell(t, drug_id(t, d->drug));
    cell(t, d->treatment == REGIMEN_NONE ? STR("") : s->course.arm->treatments[d->treatment].id);
    buf_add_format(t->text, "%d", d->day);
    made_cell(t);
    if (d->planned != INSTANT_MIN) {
        time_of(t, s, d->planned);
    }
    made_cell(t);
    amount_cell(t, &d->amount);
    cell(t, str_from(dose_state_word(d->state)));
    if (d->given) {
        time_of(t, s, d->given->at);
    }
    made_cell(t);
    amount_cell(t, d->given ? &d->given->dose : &(struct regimen_amount){0});
    cell(t, d->given ? d->given->id : STR(""));
    cell(t, d->order ? d->order->id : STR(""));
    cell(t, d->given ? d->given->reason : STR(""));
    end_row(t);
}

void report_treat_csv(const struct treat_context *c, struct buf *out) {
    const struct treat_result *r = c->result;
    struct buf text;
    buf_init(&text);
    const struct table t = {c, out, &text};
    buf_add_cstr(out, r->is_single
                          ? "id,site,bed,arm,drug,treatment,day,planned,dose,state,given_at,"
                            "given,administration,order,reason\n"
                          : "id,site,bed,arm,drug,route,state,dose,times,units,day,reason,"
                            "needs,study_day,unit,order,advice,treatment,rule\n");
    for (uint32_t i = 0; i < r->subject_count; i++) {
        const struct treat_subject *s = &r->subjects[r->order[i]];
        for (uint32_t k = 0; r->is_single && k < s->course.dose_count; k++) {
            dose_row(&t, s, &s->course.doses[k]);
        }
        for (uint32_t k = 0; !r->is_single && k < s->question_count; k++) {
            if (treat_is_open(&s->questions[k])) {
                question_row(&t, s, &s->questions[k]);
            }
        }
        for (uint32_t k = 0; !r->is_single && k < s->line_count; k++) {
            line_row(&t, s, &s->lines[k]);
        }
    }
    out->status = buf_status(&text) != STATUS_OK ? buf_status(&text) : out->status;
    buf_release(&text);
}
