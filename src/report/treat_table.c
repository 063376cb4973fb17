/* The worklist for a terminal, and one subject's calendar. */
#include "report/treat_words.h"
#include "report/words.h"

struct view {
    const struct treat_context *c;
    unsigned width;
    const char *strong;
    const char *quiet;
    const char *plain;
    struct buf *out;
};

/* A text in lines behind a margin; `label` stands before the first. */
static void paragraph(const struct view *v, unsigned margin, struct str text, const char *tint) {
    words_paragraph(text, margin, v->width, tint, tint[0] ? v->plain : "", v->out);
}

static void formatted(const struct view *v, unsigned margin, struct buf *text, const char *tint) {
    paragraph(v, margin, buf_str(text), tint);
    v->out->status = buf_status(text) != STATUS_OK ? buf_status(text) : v->out->status;
    buf_release(text);
}

static void head(const struct view *v) {
    const struct treat_result *r = v->c->result;
    struct buf text;
    buf_init(&text);
    buf_add_format(v->out, "%s%.*s%s  what subjects get\n", v->strong, STR_ARG(r->trial->id),
                   v->plain);
    paragraph(v, 0, r->trial->document->title.text, "");
    buf_add_cstr(v->out, "As of ");
    words_time(r->at, trial_offset_min(r->trial, r->at), v->out);
    buf_add_format(v->out, "%s; %u in the trial, %llu patients in the records\n",
                   r->at_chosen ? " (the latest record)" : "", (unsigned)r->subject_count,
                   (unsigned long long)r->patients);
    if (r->later) {
        buf_add_format(v->out, "%llu allocated only later\n", (unsigned long long)r->later);
    }
    buf_release(&text);
}

static void subject_head(const struct view *v, const struct treat_subject *s) {
    buf_add_format(v->out, "\n%s%.*s%s  %.*s", v->strong, STR_ARG(s->id), v->plain,
                   STR_ARG(treat_words_site(v->c, s)));
    if (s->bed.len) {
        buf_add_format(v->out, ", %.*s", STR_ARG(s->bed));
    }
    buf_add_format(v->out, "; %.*s, study day %d", STR_ARG(treat_words_arm(v->c, s)), s->study_day);
    if (s->course.stage.len) {
        buf_add_format(v->out, "; stage %.*s", STR_ARG(s->course.stage));
    }
    buf_add_char(v->out, '\n');
}

static void line(const struct view *v, const struct treat_subject *s, const struct treat_line *l) {
    struct buf text;
    buf_init(&text);
    const struct trial_treatment *source = s->course.arm->treatments[l->treatment].source;
    buf_add(&text, treat_words_drug(v->c, l->drug));
    if (trial_given(source->route.place)) {
        buf_add_format(&text, " %.*s", STR_ARG(source->route.text));
    }
    if (l->state == DOSE_UNDECIDED) {
        buf_add_cstr(&text, ": cannot decide the dose of ");
    } else {
        buf_add_char(&text, ' ');
        if (l->amount.unit) {
            regimen_print(&l->amount, &text);
        }
        buf_add_cstr(&text, l->state == DOSE_HELD ? " ON HOLD, not at " : " at ");
    }
    treat_words_times(v->c, s, l, &text);
    formatted(v, 2, &text, l->state == DOSE_UNDECIDED || l->state == DOSE_HELD ? v->strong : "");
    buf_init(&text);
    if (l->has_units && l->state != DOSE_HELD) {
        treat_words_units(v->c, l, &text);
        buf_add_cstr(&text, " a dose; ");
    }
    treat_words_day(s, l, &text);
    if (l->reason.len) {
        buf_add_cstr(&text, "; ");
        buf_add(&text, l->reason);
    }
    buf_add_cstr(&text, "; ");
    treat_words_so_far(v->c, s, l->drug, &text);
    buf_add_cstr(&text, l->order.len
                            ? (l->order_differs ? "; THE ORDER IS FOR ANOTHER DOSE" : "; ordered")
                            : "; no order found");
    formatted(v, 4, &text, v->quiet);
    if (l->needs.len) {
        buf_init(&text);
        buf_add_cstr(&text, "needs ");
        buf_add(&text, l->needs);
        formatted(v, 4, &text, "");
    }
}

static bool asks_for_line(const struct treat_question *q) {
    return q->what.need == NEED_TAPER || q->what.need == NEED_ORDER || q->what.need == NEED_WEIGHT;
}

static void questions(const struct view *v, const struct treat_subject *s) {
    const struct regimen_arm *arm = s->course.arm;
    for (uint32_t i = 0; i < s->question_count; i++) {
        const struct treat_question *q = &s->questions[i];
        struct buf text;
        if (asks_for_line(q)) {
            continue;
        }
        buf_init(&text);
        if (q->what.treatment != REGIMEN_NONE) {
            const struct regimen_treatment *t = &arm->treatments[q->what.treatment];
            buf_add_format(&text, "cannot decide whether %.*s (%.*s) starts: needs ",
                           STR_ARG(treat_words_drug(v->c, t->drug)), STR_ARG(t->id));
        } else {
            buf_add_format(&text, "cannot decide rule %.*s: needs ",
                           STR_ARG(arm->rules[q->what.rule].name));
        }
        buf_add(&text, q->words);
        formatted(v, 2, &text, v->strong);
    }
}

static void notes(const struct view *v, const struct treat_subject *s) {
    for (uint32_t i = 0; i < s->note_count; i++) {
        const struct trial_advice *a = s->notes[i].advice->source;
        struct buf text;
        buf_init(&text);
        buf_add_cstr(&text, "advice: ");
        buf_add(&text, a->text.text);
        buf_add_format(&text, " (%s%s%.*s)", trial_status_word(a->mark.status),
                       a->mark.source.len ? "; " : "", STR_ARG(a->mark.source));
        for (uint32_t k = 0; k < s->notes[i].evidence.count && k < 2; k++) {
            buf_add_cstr(&text, "; ");
            buf_add(&text, s->notes[i].evidence.reasons[k].words);
        }
        formatted(v, 4, &text, "");
    }
}

static void worklist(const struct view *v) {
    const struct treat_result *r = v->c->result;
    uint32_t undecided = 0;
    uint32_t idle = 0;
    for (int pass = 0; pass < 2; pass++) {
        bool begun = false;
        for (uint32_t i = 0; i < r->subject_count; i++) {
            const struct treat_subject *s = &r->subjects[i];
            if (treat_is_undecided(s) != (pass == 0)) {
                continue;
            }
            if (!s->line_count && !s->question_count) {
                idle++;
                continue;
            }
            if (!begun) {
                buf_add_format(v->out, "\n%s%s%s\n", v->strong,
                               pass == 0 ? "Cannot decide everything" : "The next 24 hours",
                               v->plain);
                begun = true;
            }
            undecided += pass == 0;
            subject_head(v, s);
            questions(v, s);
            for (uint32_t k = 0; k < s->line_count; k++) {
                line(v, s, &s->lines[k]);
            }
            notes(v, s);
        }
    }
    buf_add_format(v->out, "\n%u get nothing in the next 24 hours", idle);
    if (undecided) {
        buf_add_format(v->out, "; %u with something to decide stand first", undecided);
    }
    buf_add_cstr(v->out, ".\n");
}

/* ---- One subject ---- */

static void dose_row(const struct view *v, const struct treat_subject *s,
                     const struct course_dose *d) {
    struct buf text;
    buf_init(&text);
    treat_words_time(v->c, s, d->planned != INSTANT_MIN ? d->planned : d->given->at, &text);
    buf_add_format(v->out, "  %.*s  ", STR_ARG(buf_str(&text)));
    buf_reset(&text);
    buf_add_format(&text, "%d", d->day);
    words_cell(buf_str(&text), 4, v->out);
    words_cell(treat_words_drug(v->c, d->drug), 12, v->out);
    buf_reset(&text);
    if (d->amount.unit) {
        regimen_print(&d->amount, &text);
    }
    words_cell(buf_str(&text), 8, v->out);
    buf_reset(&text);
    buf_add_cstr(&text, dose_state_word(d->state));
    if (d->given) {
        if (d->given->dose.unit) {
            buf_add_char(&text, ' ');
            regimen_print(&d->given->dose, &text);
        }
        buf_add_char(&text, ' ');
        treat_words_clock(v->c, s, d->given->at,
                          d->planned != INSTANT_MIN ? d->planned : d->given->at, &text);
        buf_add_cstr(&text, d->amount_differs ? ", not the dose planned" : "");
        if (d->given->reason.len) {
            buf_add_format(&text, ": %.*s", STR_ARG(d->given->reason));
        }
    }
    buf_add_char(v->out, ' ');
    buf_add(v->out, buf_str(&text));
    buf_add_char(v->out, '\n');
    buf_release(&text);
}

static void evidence(const struct view *v, const struct course_evidence *e) {
    for (uint32_t i = 0; i < e->count; i++) {
        const struct evidence_reason *r = &e->reasons[i];
        struct buf text;
        buf_init(&text);
        buf_add(&text, r->words);
        for (uint32_t k = 0; k < r->fact_count; k++) {
            buf_add_format(&text, " (%.*s, %.*s)", STR_ARG(r->facts[k].resource),
                           STR_ARG(r->facts[k].time));
        }
        for (uint32_t k = 0; k < r->cause_count; k++) {
            buf_add_cstr(&text, "; ");
            buf_add(&text, r->causes[k].words);
        }
        formatted(v, 6, &text, v->quiet);
    }
}

static void background(const struct view *v, const struct treat_subject *s) {
    const struct trial_background_list *all = &s->course.arm->source->background;
    for (uint32_t i = 0; i < all->count; i++) {
        struct buf text;
        buf_init(&text);
        buf_add_cstr(&text, "beside it: ");
        buf_add(&text, all->items[i].text.text);
        if (trial_given(all->items[i].target.place)) {
            buf_add_format(&text, " (%.*s)", STR_ARG(all->items[i].target.text));
        }
        formatted(v, 2, &text, v->quiet);
    }
}

static void visits(const struct view *v) {
    const struct trial_visit_list *all = &v->c->result->trial->document->visits;
    if (!all->count) {
        return;
    }
    buf_add_format(v->out, "\n%sVisits%s\n ", v->strong, v->plain);
    for (uint32_t i = 0; i < all->count; i++) {
        buf_add_format(v->out, "%s day %d", i ? "," : "", all->items[i].day.first);
    }
    buf_add_char(v->out, '\n');
}

static void calendar(const struct view *v, const struct treat_subject *s) {
    subject_head(v, s);
    buf_add_cstr(v->out, "  in the trial since ");
    treat_words_time(v->c, s, s->allocated, v->out);
    buf_add_format(v->out, ", %s\n", treat_words_origin(s->origin));
    background(v, s);
    questions(v, s);
    for (uint32_t k = 0; k < s->line_count; k++) {
        line(v, s, &s->lines[k]);
    }
    notes(v, s);
    buf_add_format(v->out, "\n%sDecisions%s\n", v->strong, v->plain);
    for (uint32_t i = 0; i < s->course.decision_count; i++) {
        struct buf text;
        buf_init(&text);
        treat_words_time(v->c, s, s->course.decisions[i].at, &text);
        buf_add_cstr(&text, "  ");
        treat_words_decision(v->c, s, &s->course.decisions[i], &text);
        formatted(v, 2, &text, "");
        if (s->evidence) {
            evidence(v, &s->evidence[i]);
        }
    }
    buf_add_format(v->out, "\n%sDoses%s\n  planned           day drug        dose\n", v->strong,
                   v->plain);
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        dose_row(v, s, &s->course.doses[i]);
    }
    visits(v);
}

void report_treat_table(const struct treat_context *context, unsigned width, bool colour,
                        struct buf *out) {
    const struct view v = {context,
                           width < 40 ? 40 : width,
                           colour ? "\033[1m" : "",
                           colour ? "\033[2m" : "",
                           colour ? "\033[0m" : "",
                           out};
    head(&v);
    if (context->result->is_single) {
        for (uint32_t i = 0; i < context->result->subject_count; i++) {
            calendar(&v, &context->result->subjects[i]);
        }
    } else {
        worklist(&v);
    }
    buf_add_char(out, '\n');
    paragraph(&v, 0, context->notice, v.quiet);
}
