/* The worklist for a terminal. One subject's course is in treat_course_table.c. */
#include "report/treat_table.h"

/* Where columns of a line begin: what, when, how many. */
enum { LIST_WHEN = 32, LIST_UNITS = 21 };

/* ---- Parts both views have ---- */

void treat_paragraph(const struct treat_view *v, unsigned margin, struct buf *text,
                     const char *tint) {
    words_powers(text);
    words_paragraph(buf_str(text), margin, v->width, tint, tint[0] ? v->plain : "", v->out);
    v->out->status = buf_status(text) != STATUS_OK ? buf_status(text) : v->out->status;
    buf_reset(text);
}

void treat_heading(const struct treat_view *v, const char *words) {
    buf_add_format(v->out, "\n%s%s%s\n", v->strong, words, v->plain);
}

static void head(const struct treat_view *v) {
    const struct treat_result *r = v->c->result;
    struct buf *text = v->text;
    buf_add_format(v->out, "%s%s%s\n", v->strong,
                   r->is_single ? "What one subject gets, and why"
                                : "What subjects get in the next 24 hours",
                   v->plain);
    treat_words_trial(v->c, text);
    treat_paragraph(v, 0, text, "");
    buf_add(text, r->trial->document->title.text);
    treat_paragraph(v, 0, text, "");
    buf_add_cstr(text, "As of ");
    words_time(r->at, trial_offset_min(r->trial, r->at), text);
    buf_add_cstr(text, r->at_chosen ? ", the time of the latest record" : "");
    if (!r->at_chosen && r->latest != INSTANT_MIN) {
        buf_add_cstr(text, "; the records reach to ");
        words_time(r->latest, trial_offset_min(r->trial, r->latest), text);
    }
    treat_paragraph(v, 0, text, "");
    if (!r->is_single) {
        treat_words_counts(v->c, text);
        treat_paragraph(v, 0, text, "");
    }
}

/* "Medicine 12  S-49WN-7JC4", and what is to be known of the subject today. */
void treat_subject_head(const struct treat_view *v, const struct treat_subject *s) {
    const struct trial_visit_list *visits = &v->c->result->trial->document->visits;
    struct buf *text = v->text;
    buf_add_format(v->out, "\n%s", v->strong);
    buf_add_shown(v->out, s->bed);
    buf_add_cstr(v->out, s->bed.len ? "  " : "");
    buf_add_shown(v->out, s->id);
    buf_add_format(v->out, "%s\n", v->plain);
    buf_add(text, treat_words_arm(v->c, s));
    buf_add_format(text, "; study day %d", s->study_day);
    if (s->course.stage.len) {
        buf_add_format(text, "; stage %.*s", STR_ARG(s->course.stage));
    }
    for (uint32_t i = 0; i < visits->count; i++) {
        const struct trial_visit *visit = &visits->items[i];
        if (s->study_day >= visit->day.first + visit->window.first &&
            s->study_day <= visit->day.first + visit->window.last) {
            buf_add_cstr(text, "; visit: ");
            treat_words_visit(visit, text);
        }
    }
    treat_paragraph(v, 2, text, v->quiet);
}

/* What, when and how many in columns; what is too long for its column gets a line more. */
static void line_columns(const struct treat_view *v, const struct treat_subject *s,
                         const struct treat_line *l) {
    struct buf *text = v->text;
    const char *tint = l->state == DOSE_UNDECIDED || l->state == DOSE_HELD ? v->strong : "";
    treat_words_what(v->c, s, l, text);
    words_pad(text, LIST_WHEN - 2);
    treat_words_when(v->c, s, l, text);
    size_t units = text->len;
    buf_add_cstr(text, l->state == DOSE_UNDECIDED ? "  CANNOT DECIDE THE DOSE" : "");
    if (l->has_units && l->state != DOSE_HELD) {
        words_pad(text, LIST_WHEN + LIST_UNITS - 2);
        units = text->len;
        treat_words_units(v->c, l, text);
    }
    bool fits = words_columns(buf_str(text)) + 2 <= v->width;
    buf_add_format(v->out, "  %s", tint);
    buf_add_shown(v->out, (struct str){text->at, fits ? text->len : units});
    while (v->out->len && v->out->at[v->out->len - 1] == ' ') {
        v->out->len--;
    }
    buf_add_format(v->out, "%s\n", tint[0] ? v->plain : "");
    if (!fits) {
        buf_add_repeat(v->out, ' ', LIST_WHEN);
        buf_add_shown(v->out, (struct str){text->at + units, text->len - units});
        buf_add_char(v->out, '\n');
    }
    buf_reset(text);
}

void treat_subject_line(const struct treat_view *v, const struct treat_subject *s,
                        const struct treat_line *l) {
    struct buf *text = v->text;
    line_columns(v, s, l);
    if (l->needs.len) {
        buf_add_cstr(text, "needs ");
        buf_add(text, l->needs);
        treat_paragraph(v, 4, text, "");
    }
    treat_words_day(s, l, text);
    if (l->reason.len) {
        buf_add_cstr(text, "; ");
        buf_add(text, l->reason);
    }
    buf_add_cstr(text, "; ");
    treat_words_so_far(s, l->drug, text);
    buf_add_cstr(text, "; ");
    treat_words_order(l, text);
    treat_paragraph(v, 4, text, v->quiet);
}

void treat_questions(const struct treat_view *v, const struct treat_subject *s) {
    struct buf *text = v->text;
    buf_add_cstr(text, "CANNOT DECIDE ");
    size_t empty = text->len;
    treat_words_questions(v->c, s, text);
    if (text->len == empty) {
        buf_reset(text);
        return;
    }
    treat_paragraph(v, 2, text, v->strong);
    buf_add_cstr(text, "needs ");
    size_t before = text->len;
    treat_words_needs(s, text);
    size_t needs = text->len;
    buf_add_cstr(text, needs == before ? "an answer to: " : ". Or an answer to: ");
    size_t asked = text->len;
    treat_words_conditions(s, text);
    text->len = text->len == asked ? needs : text->len;
    treat_paragraph(v, 4, text, "");
}

void treat_notes(const struct treat_view *v, const struct treat_subject *s) {
    struct buf *text = v->text;
    for (uint32_t i = 0; i < s->watch.finding_count; i++) {
        if (s->watch.findings[i].value == LOGIC_TRUE) {
            buf_add_cstr(text, "RED FLAG: ");
            treat_words_finding(v->c, &s->watch.findings[i], text);
            treat_words_evidence(v->c, s, &s->watch.findings[i].evidence, text);
            treat_paragraph(v, 4, text, v->strong);
        }
    }
    for (uint32_t i = 0; i < s->watch.adverse_count; i++) {
        if (treat_is_severe(&s->watch.adverse[i])) {
            treat_words_event(v->c, s, &s->watch.adverse[i], text);
            treat_paragraph(v, 4, text, v->strong);
        }
    }
    for (uint32_t i = 0; i < s->note_count; i++) {
        const struct trial_advice *a = s->notes[i].advice->source;
        if (s->notes[i].value == LOGIC_TRUE) {
            buf_add_cstr(text, "advice: ");
            buf_add(text, a->text.text);
            buf_add_format(text, " (%s%s%.*s)", trial_status_word(a->mark.status),
                           a->mark.source.len ? "; " : "", STR_ARG(a->mark.source));
            treat_words_evidence(v->c, s, &s->notes[i].evidence, text);
            treat_paragraph(v, 4, text, "");
        }
    }
    treat_words_unchecked(s, text);
    if (text->len) {
        struct buf whole;
        buf_init(&whole);
        buf_add_cstr(&whole, "advice not checked, for want of ");
        buf_add(&whole, buf_str(text));
        treat_paragraph(v, 4, &whole, v->quiet);
        buf_release(&whole);
        buf_reset(text);
    }
}

/* ---- The list ---- */

static void site_heading(const struct treat_view *v, uint16_t site) {
    buf_add_char(v->out, '\n');
    buf_add_cstr(v->text, "-- ");
    treat_words_site_name(v->c, site, v->text);
    buf_add_format(v->text, " (clock times: %.*s)", STR_ARG(treat_words_zone(v->c, site)));
    treat_paragraph(v, 0, v->text, v->strong);
}

static void subjects(const struct treat_view *v, bool undecided, const char *heading) {
    const struct treat_result *r = v->c->result;
    bool begun = false;
    uint16_t site = UINT16_MAX;
    for (uint32_t i = 0; i < r->subject_count; i++) {
        const struct treat_subject *s = &r->subjects[r->order[i]];
        if (treat_is_undecided(s) != undecided || s->idle != IDLE_NOT) {
            continue;
        }
        if (!begun) {
            treat_heading(v, heading);
            begun = true;
        }
        if (s->site != site) {
            site_heading(v, s->site);
            site = s->site;
        }
        treat_subject_head(v, s);
        treat_questions(v, s);
        for (uint32_t k = 0; k < s->line_count; k++) {
            treat_subject_line(v, s, &s->lines[k]);
        }
        treat_notes(v, s);
    }
}

static void idle(const struct treat_view *v) {
    const struct treat_result *r = v->c->result;
    bool begun = false;
    for (int why = IDLE_NO_TREATMENT; why <= IDLE_OVER; why++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < r->subject_count; i++) {
            const struct treat_subject *s = &r->subjects[r->order[i]];
            if ((int)s->idle != why) {
                continue;
            }
            buf_add_cstr(v->text, count++ ? ", " : treat_words_idle(s->idle));
            buf_add_cstr(v->text, count == 1 ? ": " : "");
            buf_add(v->text, s->id);
            if (s->bed.len) {
                buf_add_format(v->text, " (%.*s)", STR_ARG(s->bed));
            }
        }
        if (count && !begun) {
            treat_heading(v, "Nothing in the next 24 hours");
            begun = true;
        }
        if (count) {
            treat_paragraph(v, 2, v->text, "");
        }
    }
}

static void totals(const struct treat_view *v) {
    const struct treat_result *r = v->c->result;
    if (!r->total_count) {
        return;
    }
    treat_heading(v, "To prepare for the next 24 hours");
    for (uint32_t i = 0; i < r->total_count; i++) {
        const struct treat_total *t = &r->totals[i];
        bool is_first = i == 0 || r->totals[i - 1].site != t->site;
        bool is_last = i + 1 == r->total_count || r->totals[i + 1].site != t->site;
        if (is_first && r->trial->site_count > 1) {
            treat_words_site_name(v->c, t->site, v->text);
            treat_paragraph(v, 2, v->text, "");
        }
        buf_add_cstr(v->text, is_first ? "" : "; ");
        treat_words_total(v->c, t, v->text);
        if (is_last) {
            treat_paragraph(v, r->trial->site_count > 1 ? 4 : 2, v->text, "");
        }
    }
    buf_add_cstr(v->text, "Doses on hold, and those that cannot be decided, are not counted.");
    treat_paragraph(v, 2, v->text, v->quiet);
}

static void legend(const struct treat_view *v) {
    treat_heading(v, "How to read this list");
    for (size_t i = 0; treat_words_legend[i]; i++) {
        buf_add_cstr(v->text, treat_words_legend[i]);
        treat_paragraph(v, 2, v->text, v->quiet);
    }
}

static void worklist(const struct treat_view *v) {
    if (!v->c->result->subject_count) {
        buf_add_char(v->out, '\n');
        buf_add_cstr(v->text, treat_words_nobody(v->c));
        treat_paragraph(v, 0, v->text, "");
        return;
    }
    subjects(v, true, "Cannot decide: these need something first");
    subjects(v, false, "The next 24 hours");
    idle(v);
    totals(v);
    legend(v);
}

void report_treat_table(const struct treat_context *context, unsigned width, bool colour,
                        struct buf *out) {
    struct buf text;
    buf_init(&text);
    const struct treat_view v = {context,
                                 width < 40 ? 40 : width,
                                 colour ? "\033[1m" : "",
                                 colour ? "\033[2m" : "",
                                 colour ? "\033[0m" : "",
                                 out,
                                 &text};
    head(&v);
    if (context->result->is_single) {
        for (uint32_t i = 0; i < context->result->subject_count; i++) {
            treat_course_table(&v, &context->result->subjects[i]);
        }
    } else {
        worklist(&v);
    }
    buf_add_char(out, '\n');
    buf_add(&text, context->notice);
    treat_paragraph(&v, 0, &text, v.quiet);
    buf_release(&text);
}
