/* The treatment list as one page to read and print: what cannot be decided first, then the doses of
 * the next 24 hours by site and bed, what that comes to in syringes and tablets, and how to read
 * it. One subject's course is in treat_html_course.c. */
#include "report/treat_html.h"
#include "report/words.h"

extern const char report_css[];
extern const char treat_css[];

void treat_html_text(struct buf *out, struct buf *text) {
    words_powers(text);
    html_text(out, buf_str(text));
    out->status = buf_status(text) != STATUS_OK ? buf_status(text) : out->status;
    buf_reset(text);
}

void treat_html_element(struct buf *out, const char *tag, const char *class_name,
                        struct buf *text) {
    words_powers(text);
    html_element(out, tag, class_name, buf_str(text));
    out->status = buf_status(text) != STATUS_OK ? buf_status(text) : out->status;
    buf_reset(text);
}

struct page {
    const struct treat_context *c;
    struct buf *out;
    struct buf *text; /* being put together; empty between parts */
};

static void time_of(const struct page *p, instant_ms at) {
    words_time(at, trial_offset_min(p->c->result->trial, at), p->out);
}

static void head(const struct page *p) {
    const struct treat_result *r = p->c->result;
    struct buf *out = p->out;
    buf_add_cstr(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<title>Treatment in ");
    html_text(out, r->trial->id);
    buf_add_cstr(out, ", ");
    time_of(p, r->at);
    buf_add_cstr(out, "</title>\n<style>\n");
    buf_add_cstr(out, report_css);
    buf_add_cstr(out, treat_css);
    /* Every printed page says what it belongs to; an id of a trial needs no escaping here. */
    buf_add_cstr(out, "@page { @bottom-left { content: \"");
    html_text(out, r->trial->id);
    buf_add_cstr(out, ", as of ");
    time_of(p, r->at);
    buf_add_cstr(out, "; research use\"; font: 8pt sans-serif } @bottom-right { content: \"page \" "
                      "counter(page) \" of \" counter(pages); font: 8pt sans-serif } }\n");
    buf_add_cstr(out, "</style></head>\n<body class=\"treat\">\n<header>\n<h1>");
    buf_add_cstr(out, r->is_single ? "What one subject gets, and why"
                                   : "What subjects get in the next 24 hours");
    buf_add_cstr(out, "</h1>\n<p class=\"quiet\">");
    treat_words_trial(p->c, p->text);
    treat_html_text(out, p->text);
    buf_add_cstr(out, ". ");
    html_text(out, r->trial->document->title.text);
    buf_add_cstr(out, "</p>\n<p>As of <b>");
    time_of(p, r->at);
    buf_add_format(out, "</b>%s: only what was known then counts.",
                   r->at_chosen ? ", the time of the latest record" : "");
    if (!r->at_chosen && r->latest != INSTANT_MIN) {
        buf_add_cstr(out, " The records reach to ");
        time_of(p, r->latest);
        buf_add_char(out, '.');
    }
    if (!r->is_single) {
        buf_add_cstr(out, "<br>");
        treat_words_counts(p->c, p->text);
        treat_html_text(out, p->text);
        buf_add_char(out, '.');
    }
    buf_add_cstr(out, "</p>\n<p class=\"hand print-only\">Printed on <span></span> at "
                      "<span></span> by <span></span></p>\n");
    html_element(out, "div", "notice", p->c->notice);
    buf_add_cstr(out, "\n</header>\n<main>\n");
}

/* ---- One subject's rows ---- */

enum { LIST_COLUMNS = 6 };

static void subject_row(const struct page *p, const struct treat_subject *s) {
    const struct trial_visit_list *visits = &p->c->result->trial->document->visits;
    buf_add_format(p->out, "<tr class=\"who\"><th scope=\"rowgroup\" colspan=\"%d\">",
                   LIST_COLUMNS);
    if (s->bed.len) {
        html_element(p->out, "span", "bed", s->bed);
        buf_add_char(p->out, ' ');
    }
    html_element(p->out, "b", "", s->id);
    buf_add_cstr(p->out, " <span class=\"of\">");
    html_text(p->out, treat_words_arm(p->c, s));
    buf_add_format(p->out, "; study day %d", s->study_day);
    if (s->course.stage.len) {
        buf_add_cstr(p->out, "; stage ");
        html_text(p->out, s->course.stage);
    }
    for (uint32_t i = 0; i < visits->count; i++) {
        const struct trial_visit *visit = &visits->items[i];
        if (s->study_day >= visit->day.first + visit->window.first &&
            s->study_day <= visit->day.first + visit->window.last) {
            buf_add_cstr(p->text, "; visit: ");
            treat_words_visit(visit, p->text);
            treat_html_text(p->out, p->text);
        }
    }
    buf_add_cstr(p->out, "</span></th></tr>\n");
}

static void wide_row(const struct page *p, const char *class_name, const char *flag,
                     struct buf *text) {
    buf_add_format(p->out, "<tr class=\"%s\"><td colspan=\"%d\"><span class=\"flag\">%s</span> ",
                   class_name, LIST_COLUMNS, flag);
    treat_html_text(p->out, text);
    buf_add_cstr(p->out, "</td></tr>\n");
}

static void question_rows(const struct page *p, const struct treat_subject *s) {
    treat_words_questions(p->c, s, p->text);
    if (!p->text->len) {
        return;
    }
    buf_add_cstr(p->text, ". Needs ");
    size_t before = p->text->len;
    treat_words_needs(s, p->text);
    size_t needs = p->text->len;
    buf_add_cstr(p->text, needs == before ? "an answer to: " : ". Or an answer to: ");
    size_t asked = p->text->len;
    treat_words_conditions(s, p->text);
    p->text->len = p->text->len == asked ? needs : p->text->len;
    wide_row(p, "open", "Cannot decide", p->text);
}

static void dose_cells(const struct page *p, const struct treat_subject *s,
                       const struct treat_line *l) {
    buf_add_cstr(p->out, "<td class=\"what\">");
    treat_words_what(p->c, s, l, p->text);
    treat_html_element(p->out, "b", "", p->text);
    if (l->state == DOSE_UNDECIDED || l->state == DOSE_HELD) {
        buf_add_format(p->out, " <span class=\"flag\">%s</span>",
                       l->state == DOSE_HELD ? "on hold" : "cannot decide the dose");
    }
    buf_add_cstr(p->out, "</td><td data-label=\"When\">");
    treat_words_when(p->c, s, l, p->text);
    treat_html_text(p->out, p->text);
    buf_add_cstr(p->out, "</td><td data-label=\"Take\">");
    if (l->has_units && l->state != DOSE_HELD) {
        treat_words_units(p->c, l, p->text);
        treat_html_text(p->out, p->text);
    }
    buf_add_cstr(p->out, "</td>");
}

static void line_row(const struct page *p, const struct treat_subject *s,
                     const struct treat_line *l) {
    buf_add_format(p->out, "<tr class=\"line%s\">",
                   l->state == DOSE_UNDECIDED || l->state == DOSE_HELD ? " open" : "");
    dose_cells(p, s, l);
    buf_add_cstr(p->out, "<td data-label=\"Course\">");
    treat_words_day(s, l, p->text);
    treat_html_text(p->out, p->text);
    buf_add_cstr(p->out, "<span class=\"source\">");
    treat_words_so_far(s, l->drug, p->text);
    treat_html_text(p->out, p->text);
    buf_add_cstr(p->out, "</span></td><td data-label=\"Why\">");
    html_text(p->out, l->reason);
    buf_add_cstr(p->out, l->reason.len ? "; " : "");
    treat_words_order(l, p->text);
    treat_html_element(p->out, "span", l->order.len && !l->order_differs ? "quiet" : "flag",
                       p->text);
    buf_add_cstr(p->out, "</td><td class=\"done print-only\"></td></tr>\n");
    if (l->needs.len) {
        buf_add(p->text, l->needs);
        wide_row(p, "open", "needs", p->text);
    }
}

static void note_rows(const struct page *p, const struct treat_subject *s) {
    for (uint32_t i = 0; i < s->watch.finding_count; i++) {
        const struct course_finding *finding = &s->watch.findings[i];
        if (finding->value == LOGIC_TRUE) {
            treat_words_finding(p->c, finding, p->text);
            treat_words_evidence(p->c, s, &finding->evidence, p->text);
            wide_row(p, "note red", "Red flag:", p->text);
        }
    }
    for (uint32_t i = 0; i < s->watch.adverse_count; i++) {
        if (treat_is_severe(&s->watch.adverse[i])) {
            treat_words_event(p->c, s, &s->watch.adverse[i], p->text);
            wide_row(p, "note red", "", p->text);
        }
    }
    for (uint32_t i = 0; i < s->note_count; i++) {
        const struct trial_advice *a = s->notes[i].advice->source;
        if (s->notes[i].value != LOGIC_TRUE) {
            continue;
        }
        buf_add(p->text, a->text.text);
        buf_add_format(p->text, " (%s%s%.*s)", trial_status_word(a->mark.status),
                       a->mark.source.len ? "; " : "", STR_ARG(a->mark.source));
        treat_words_evidence(p->c, s, &s->notes[i].evidence, p->text);
        wide_row(p, "note", "Advice:", p->text);
    }
    treat_words_unchecked(s, p->text);
    if (p->text->len) {
        wide_row(p, "note quiet", "Advice not checked, for want of", p->text);
    }
    if (p->c->result->is_single) {
        treat_words_asked(s, p->text);
    }
    if (p->text->len) {
        wide_row(p, "note quiet", "Waits for a person&rsquo;s word:", p->text);
    }
}

static void subject_group(const struct page *p, const struct treat_subject *s) {
    buf_add_cstr(p->out, "<tbody>\n");
    subject_row(p, s);
    question_rows(p, s);
    for (uint32_t i = 0; i < s->line_count; i++) {
        line_row(p, s, &s->lines[i]);
    }
    if (s->idle != IDLE_NOT) {
        buf_add_cstr(p->text, treat_words_idle(s->idle));
        wide_row(p, "note", "Nothing in the next 24 hours:", p->text);
    }
    note_rows(p, s);
    buf_add_cstr(p->out, "</tbody>\n");
}

/* ---- The list ---- */

static void begin_table(const struct page *p, uint16_t site) {
    buf_add_cstr(p->out, "<table class=\"list\"><caption>");
    treat_words_site_name(p->c, site, p->text);
    treat_html_element(p->out, "b", "", p->text);
    buf_add_cstr(p->out, ", clock times ");
    html_text(p->out, treat_words_zone(p->c, site));
    buf_add_cstr(p->out,
                 "</caption>\n<colgroup><col class=\"c1\"><col class=\"c2\"><col class=\"c3\">"
                 "<col class=\"c4\"><col class=\"c5\"></colgroup>\n<thead><tr><th "
                 "scope=\"col\">Drug, dose, route</th>"
                 "<th scope=\"col\">When</th><th scope=\"col\">Take</th>"
                 "<th scope=\"col\">Course so far</th><th scope=\"col\">Why; order</th>"
                 "<th scope=\"col\" class=\"print-only\">Prepared</th></tr></thead>\n");
}

static void section(const struct page *p, bool undecided, const char *heading) {
    const struct treat_result *r = p->c->result;
    bool begun = false;
    uint16_t site = UINT16_MAX;
    for (uint32_t i = 0; i < r->subject_count; i++) {
        const struct treat_subject *s = &r->subjects[r->order[i]];
        if (treat_is_undecided(s) != undecided || (s->idle != IDLE_NOT && !r->is_single)) {
            continue;
        }
        if (!begun) {
            buf_add_format(p->out, "<h2>%s</h2>\n", heading);
        }
        if (s->site != site || !begun) {
            buf_add_cstr(p->out, begun ? "</table>\n" : "");
            begin_table(p, s->site);
            site = s->site;
        }
        begun = true;
        subject_group(p, s);
    }
    buf_add_cstr(p->out, begun ? "</table>\n" : "");
}

static void idle(const struct page *p) {
    const struct treat_result *r = p->c->result;
    bool begun = false;
    for (int why = IDLE_NO_TREATMENT; why <= IDLE_OVER; why++) {
        uint32_t count = 0;
        for (uint32_t i = 0; i < r->subject_count; i++) {
            const struct treat_subject *s = &r->subjects[r->order[i]];
            if ((int)s->idle != why) {
                continue;
            }
            buf_add_cstr(p->text, count++ ? ", " : treat_words_idle(s->idle));
            buf_add_cstr(p->text, count == 1 ? ": " : "");
            buf_add_format(p->text, s->bed.len ? "%.*s (%.*s)" : "%.*s", STR_ARG(s->id),
                           STR_ARG(s->bed));
        }
        if (count) {
            buf_add_cstr(p->out, begun ? "" : "<h2>Nothing in the next 24 hours</h2>\n");
            begun = true;
            treat_html_element(p->out, "p", "", p->text);
            buf_add_char(p->out, '\n');
        }
    }
}

static void totals(const struct page *p) {
    const struct treat_result *r = p->c->result;
    if (!r->total_count) {
        return;
    }
    buf_add_cstr(p->out, "<h2>To prepare for the next 24 hours</h2>\n<ul class=\"plain\">\n");
    for (uint32_t i = 0; i < r->total_count; i++) {
        buf_add_cstr(p->out, "<li>");
        if (r->trial->site_count > 1) {
            treat_words_site_name(p->c, r->totals[i].site, p->text);
            treat_html_text(p->out, p->text);
            buf_add_cstr(p->out, ": ");
        }
        treat_words_total(p->c, &r->totals[i], p->text);
        treat_html_element(p->out, "b", "", p->text);
        buf_add_cstr(p->out, "</li>\n");
    }
    buf_add_cstr(p->out, "</ul>\n<p class=\"quiet small\">Doses on hold, and those that cannot be "
                         "decided, are not counted.</p>\n");
}

static void legend(const struct page *p) {
    buf_add_cstr(p->out, "<h2>How to read this</h2>\n<ul class=\"plain small quiet\">\n");
    for (size_t i = 0; treat_words_legend[i]; i++) {
        html_element(p->out, "li", "", str_from(treat_words_legend[i]));
        buf_add_char(p->out, '\n');
    }
    buf_add_cstr(p->out, "</ul>\n");
}

/* ---- What it rests on ---- */

static void assumptions(const struct page *p) {
    const struct trial *trial = p->c->result->trial;
    bool begun = false;
    for (uint32_t i = 0; i < trial->assumption_count; i++) {
        const struct trial_assumption *a = &trial->assumptions[i];
        bool is_dosing =
            str_starts(a->where, STR("arm")) || str_starts(a->where, STR("schedule")) ||
            str_starts(a->where, STR("stage")) || str_starts(a->where, STR("treatment")) ||
            str_starts(a->where, STR("drug")) || str_starts(a->where, STR("rule"));
        if (!is_dosing) {
            continue;
        }
        buf_add_cstr(p->out, begun ? ""
                                   : "<section class=\"screen-only\"><h2>What the trial's source "
                                     "does not state of the doses</h2>\n<dl>\n");
        begun = true;
        html_element(p->out, "dt", "", a->where);
        buf_add_cstr(p->out, "<dd>");
        html_text(p->out, a->what);
        buf_add_format(p->text, " (%s)", trial_status_word(a->status));
        treat_html_text(p->out, p->text);
        if (a->note.len) {
            html_element(p->out, "span", "source", a->note);
        }
        buf_add_cstr(p->out, "</dd>\n");
    }
    buf_add_cstr(p->out, begun ? "</dl></section>\n" : "");
}

static void provenance(const struct page *p) {
    const struct treat_result *r = p->c->result;
    buf_add_cstr(p->out, "<section class=\"small\"><h2>Provenance</h2>\n<dl>\n<dt>Quell</dt><dd>");
    html_text(p->out, p->c->version);
    buf_add_cstr(p->out, "</dd>\n");
    html_hex_row(p->out, "Trial, BLAKE2b-256", r->trial->hash, sizeof r->trial->hash);
    html_hex_row(p->out, "Records, XXH3-128", r->data_hash, sizeof r->data_hash);
    buf_add_cstr(p->out, "<dt>Arguments</dt><dd>");
    for (uint32_t i = 0; i < p->c->argument_count; i++) {
        buf_add_cstr(p->out, i ? " " : "");
        html_element(p->out, "code", "", p->c->arguments[i]);
    }
    buf_add_cstr(p->out, "</dd>\n");
    html_count_row(p->out, "Resources read", r->data->resources);
    html_count_row(p->out, "Could not be used", r->data->bad);
    buf_add_cstr(p->out, "</dl>\n<div class=\"screen-only\">");
    html_messages(p->c->diags, p->c->result->own_files, p->out);
    buf_add_cstr(p->out, "</div></section>\n");
}

void report_treat_html(const struct treat_context *c, struct buf *out) {
    struct buf text;
    buf_init(&text);
    const struct page p = {c, out, &text};
    head(&p);
    if (!c->result->subject_count) {
        html_element(out, "p", "", str_from(treat_words_nobody(c)));
    }
    section(&p, true, "Cannot decide: these need something first");
    section(&p, false, "The next 24 hours");
    if (c->result->is_single) {
        for (uint32_t i = 0; i < c->result->subject_count; i++) {
            treat_html_course(c, &c->result->subjects[i], out);
        }
    } else {
        idle(&p);
        totals(&p);
    }
    legend(&p);
    assumptions(&p);
    provenance(&p);
    buf_add_cstr(out, "</main>\n<footer>");
    html_text(out, c->notice);
    buf_add_cstr(out, "</footer>\n</body></html>\n");
    buf_release(&text);
}
