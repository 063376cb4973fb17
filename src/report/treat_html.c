/* The treatment list as one page to read and print: a table of the next 24 hours, what cannot be
 * decided first; of a single subject a picture of the course, its decisions with evidence, and its
 * doses. */
#include "report/screen_html.h"
#include "report/treat_words.h"
#include "report/words.h"

extern const char report_css[];

static void text_of(struct buf *out, struct buf *text) {
    html_text(out, buf_str(text));
    out->status = buf_status(text) != STATUS_OK ? buf_status(text) : out->status;
    buf_reset(text);
}

static void head(const struct treat_context *c, struct buf *out) {
    const struct treat_result *r = c->result;
    buf_add_cstr(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<title>Treatment in ");
    html_text(out, r->trial->id);
    buf_add_cstr(out, "</title>\n<style>\n");
    buf_add_cstr(out, report_css);
    buf_add_cstr(out, ".wide { overflow-x: auto; }\n@media print { .one { font-size: 9pt; } "
                      ".wide { overflow: visible; } }\n</style></head>\n<body>\n<header><h1>");
    html_text(out, r->trial->document->title.text);
    buf_add_cstr(out, "</h1>\n<p class=\"quiet\">What subjects of ");
    html_text(out, r->trial->id);
    buf_add_cstr(out, " get</p>\n<p>As of <b>");
    words_time(r->at, trial_offset_min(r->trial, r->at), out);
    buf_add_format(out, "</b>%s; %u in the trial. Only what was known then counts.</p>\n",
                   r->at_chosen ? ", the time of the latest record" : "", r->subject_count);
    html_element(out, "div", "notice", c->notice);
    buf_add_cstr(out, "\n</header>\n<main>\n");
}

/* ---- The list ---- */

static void who_cell(const struct treat_context *c, const struct treat_subject *s,
                     struct buf *out) {
    buf_add_cstr(out, "<td><b>");
    html_text(out, s->id);
    buf_add_cstr(out, "</b><span class=\"source\">");
    html_text(out, treat_words_site(c, s));
    if (s->bed.len) {
        buf_add_cstr(out, ", ");
        html_text(out, s->bed);
    }
    buf_add_format(out, "; study day %d</span></td>", s->study_day);
}

static void line_row(const struct treat_context *c, const struct treat_subject *s,
                     const struct treat_line *l, struct buf *out) {
    struct buf text;
    buf_init(&text);
    buf_add_cstr(out, "<tr>");
    who_cell(c, s, out);
    buf_add_cstr(out, "<td>");
    html_text(out, treat_words_drug(c, l->drug));
    buf_add_cstr(out, " ");
    html_text(out, s->course.arm->treatments[l->treatment].source->route.text);
    buf_add_cstr(out, "</td><td>");
    if (l->state == DOSE_HELD) {
        buf_add_cstr(out, "<span class=\"flag\">on hold</span>");
    } else if (l->state == DOSE_UNDECIDED) {
        buf_add_cstr(out, "<span class=\"flag\">cannot decide</span>");
    } else if (l->amount.unit) {
        regimen_print(&l->amount, &text);
        text_of(out, &text);
        buf_add_cstr(out, "<span class=\"source\">");
        treat_words_units(c, l, &text);
        text_of(out, &text);
        buf_add_cstr(out, "</span>");
    }
    buf_add_cstr(out, "</td><td>");
    treat_words_times(c, s, l, &text);
    text_of(out, &text);
    buf_add_cstr(out, "</td><td>");
    treat_words_day(s, l, &text);
    text_of(out, &text);
    buf_add_cstr(out, "</td><td>");
    html_text(out, l->needs.len ? l->needs : l->reason);
    buf_add_cstr(out, "<span class=\"source\">");
    treat_words_so_far(c, s, l->drug, &text);
    buf_add_cstr(&text, l->order_differs ? "; the order is for another dose"
                        : l->order.len   ? "; ordered"
                                         : "; no order found");
    text_of(out, &text);
    buf_add_cstr(out, "</span></td></tr>\n");
    buf_release(&text);
}

static void wide_row(const struct treat_context *c, const struct treat_subject *s, const char *flag,
                     struct str words, struct str source, struct buf *out) {
    buf_add_cstr(out, "<tr>");
    who_cell(c, s, out);
    buf_add_format(out, "<td colspan=\"5\"><span class=\"flag\">%s</span> ", flag);
    html_text(out, words);
    if (source.len) {
        html_element(out, "span", "source", source);
    }
    buf_add_cstr(out, "</td></tr>\n");
}

static void subject_rows(const struct treat_context *c, const struct treat_subject *s,
                         struct buf *out) {
    for (uint32_t i = 0; i < s->question_count; i++) {
        enum course_need need = s->questions[i].what.need;
        if (need == NEED_CONDITION || need == NEED_PERSON) {
            wide_row(c, s, "cannot decide, needs", s->questions[i].words, STR(""), out);
        }
    }
    for (uint32_t i = 0; i < s->line_count; i++) {
        line_row(c, s, &s->lines[i], out);
    }
    for (uint32_t i = 0; i < s->note_count; i++) {
        const struct trial_advice *a = s->notes[i].advice->source;
        wide_row(c, s, "advice, not in protocol:", a->text.text, a->mark.source, out);
    }
}

static void list(const struct treat_context *c, struct buf *out) {
    const struct treat_result *r = c->result;
    buf_add_cstr(out,
                 "<h2>The next 24 hours</h2>\n<div class=\"wide\"><table class=\"one\"><caption>"
                 "What cannot be decided stands first. Clock times are local at the "
                 "site.</caption>\n<thead><tr><th scope=\"col\">Subject</th>"
                 "<th scope=\"col\">Drug</th><th scope=\"col\">Dose</th>"
                 "<th scope=\"col\">When</th><th scope=\"col\">Day</th>"
                 "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < r->subject_count; i++) {
            if (treat_is_undecided(&r->subjects[i]) == (pass == 0)) {
                subject_rows(c, &r->subjects[i], out);
            }
        }
    }
    buf_add_cstr(out, "</tbody></table></div>\n");
}

/* ---- The picture ---- */

enum { PICTURE_WIDTH = 960, PICTURE_LEFT = 120, PICTURE_ROW = 46 };

#define DAY_MS ((int64_t)24 * 3600 * 1000)

struct picture {
    instant_ms from;
    instant_ms to;
    struct buf *out;
};

static double across(const struct picture *p, instant_ms at) {
    double part = (double)(at - p->from) / (double)(p->to - p->from);
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    return PICTURE_LEFT + part * (PICTURE_WIDTH - PICTURE_LEFT - 8);
}

static void axis(const struct treat_context *c, const struct picture *p, int height) {
    int days = (int)((p->to - p->from) / DAY_MS);
    int step = days > 40 ? 7 : days > 16 ? 2 : 1;
    for (int d = 0; d <= days; d += step) {
        double x = across(p, p->from + d * DAY_MS);
        buf_add_format(p->out,
                       "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"18\" y2=\"%d\" stroke=\"#d9dee2\"/>"
                       "<text x=\"%.1f\" y=\"12\" font-size=\"11\" fill=\"#5c6770\">%d</text>\n",
                       x, x, height, x + 2, d);
    }
    double now = across(p, c->result->at);
    buf_add_format(p->out,
                   "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"18\" y2=\"%d\" stroke=\"#8a4b00\" "
                   "stroke-width=\"1.5\"/>\n",
                   now, now, height);
}

static void row_label(const struct picture *p, int y, struct str text) {
    buf_add_format(p->out, "<text x=\"0\" y=\"%d\" font-size=\"13\" fill=\"#1d2327\">", y + 14);
    html_text(p->out, text);
    buf_add_cstr(p->out, "</text>");
}

static void stages(const struct treat_context *c, const struct treat_subject *s,
                   const struct picture *p, int y) {
    row_label(p, y, STR("Stage"));
    for (uint32_t i = 0; i < s->course.decision_count; i++) {
        const struct course_decision *d = &s->course.decisions[i];
        instant_ms end = c->result->at;
        if (d->event != EVENT_STAGE) {
            continue;
        }
        for (uint32_t k = i + 1; k < s->course.decision_count; k++) {
            if (s->course.decisions[k].event == EVENT_STAGE) {
                end = s->course.decisions[k].at;
                break;
            }
        }
        double x = across(p, d->at);
        double w = across(p, end) - x;
        buf_add_format(p->out,
                       "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"20\" fill=\"%s\"/>"
                       "<text x=\"%.1f\" y=\"%d\" font-size=\"11\">",
                       x, y, w, d->text.len ? "#cfe4e5" : "#f4f6f7", x + 3, y + 14);
        html_text(p->out, w > 24 ? (d->text.len ? d->text : STR("?")) : STR(""));
        buf_add_cstr(p->out, "</text>\n");
    }
}

static const char *fill_of(enum dose_state state) {
    switch (state) {
    case DOSE_GIVEN:
        return "#0b6e75";
    case DOSE_GIVEN_LATE:
        return "#4d979c";
    case DOSE_PLANNED:
    case DOSE_DUE:
        return "#cfe4e5";
    case DOSE_OUTSIDE:
        return "#1d2327";
    default:
        return "#c98b4b";
    }
}

static double height_of(const struct course_dose *d, double most) {
    const struct regimen_amount *a = d->given && d->given->dose.unit ? &d->given->dose : &d->amount;
    double value = (double)(int64_t)(a->value / (DECIMAL_ONE / 1000)) / 1000.0;
    return a->unit && most > 0 ? 6 + 24 * value / most : 12;
}

static void dose_bars(const struct treat_context *c, const struct treat_subject *s, uint16_t drug,
                      const struct picture *p, int y) {
    double most = 0;
    row_label(p, y + 14, treat_words_drug(c, drug));
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *d = &s->course.doses[i];
        double value = (double)(int64_t)(d->amount.value / (DECIMAL_ONE / 1000)) / 1000.0;
        most = d->drug == drug && d->amount.unit && value > most ? value : most;
    }
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *d = &s->course.doses[i];
        if (d->drug != drug) {
            continue;
        }
        instant_ms at = d->given ? d->given->at : d->planned;
        double h = height_of(d, most);
        buf_add_format(p->out,
                       "<rect x=\"%.1f\" y=\"%.1f\" width=\"6\" height=\"%.1f\" fill=\"%s\">"
                       "<title>%s</title></rect>\n",
                       across(p, at), y + 34 - h, h, fill_of(d->state), dose_state_word(d->state));
    }
}

static bool has_doses(const struct treat_subject *s, uint16_t drug) {
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        if (s->course.doses[i].drug == drug) {
            return true;
        }
    }
    return false;
}

static void picture(const struct treat_context *c, const struct treat_subject *s, struct buf *out) {
    const struct trial_regimen *regimen = c->result->trial->regimen;
    struct picture p = {s->allocated, c->result->at + DAY_MS, out};
    int rows = c->result->trial->stage ? 1 : 0;
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *d = &s->course.doses[i];
        instant_ms at = d->planned != INSTANT_MIN ? d->planned : d->given->at;
        p.to = at + DAY_MS > p.to ? at + DAY_MS : p.to;
    }
    for (uint16_t d = 0; d < regimen->drug_count; d++) {
        rows += has_doses(s, d);
    }
    int height = 26 + rows * PICTURE_ROW;
    buf_add_format(out,
                   "<div class=\"wide\"><svg viewBox=\"0 0 %d %d\" width=\"100%%\" role=\"img\" "
                   "aria-label=\"Stage and doses by day since allocation\" "
                   "font-family=\"system-ui, sans-serif\">\n",
                   PICTURE_WIDTH, height);
    axis(c, &p, height);
    int y = 24;
    if (c->result->trial->stage) {
        stages(c, s, &p, y);
        y += PICTURE_ROW;
    }
    for (uint16_t d = 0; d < regimen->drug_count; d++) {
        if (has_doses(s, d)) {
            dose_bars(c, s, d, &p, y);
            y += PICTURE_ROW;
        }
    }
    buf_add_cstr(out, "</svg></div>\n<p class=\"quiet small\">Days since allocation; dark: given, "
                      "light: planned, brown: missed, held or not decided; the line is the time "
                      "asked.</p>\n");
}

/* ---- One subject ---- */

static void decision_rows(const struct treat_context *c, const struct treat_subject *s,
                          struct buf *out) {
    struct buf text;
    buf_init(&text);
    buf_add_cstr(out,
                 "<h2>Decisions</h2>\n<table class=\"one\"><thead><tr><th scope=\"col\">When</th>"
                 "<th scope=\"col\">What, and what decided it</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < s->course.decision_count; i++) {
        buf_add_cstr(out, "<tr><td class=\"id\">");
        treat_words_time(c, s, s->course.decisions[i].at, &text);
        text_of(out, &text);
        buf_add_cstr(out, "</td><td>");
        treat_words_decision(c, s, &s->course.decisions[i], &text);
        text_of(out, &text);
        for (uint32_t k = 0; s->evidence && k < s->evidence[i].count; k++) {
            const struct evidence_reason *r = &s->evidence[i].reasons[k];
            buf_add(&text, r->words);
            for (uint32_t f = 0; f < r->fact_count; f++) {
                buf_add_format(&text, " (%.*s, %.*s)", STR_ARG(r->facts[f].resource),
                               STR_ARG(r->facts[f].time));
            }
            for (uint32_t f = 0; f < r->cause_count; f++) {
                buf_add_cstr(&text, "; ");
                buf_add(&text, r->causes[f].words);
            }
            buf_add_cstr(out, "<span class=\"source\">");
            text_of(out, &text);
            buf_add_cstr(out, "</span>");
        }
        buf_add_cstr(out, "</td></tr>\n");
    }
    buf_add_cstr(out, "</tbody></table>\n");
    buf_release(&text);
}

static void dose_rows(const struct treat_context *c, const struct treat_subject *s,
                      struct buf *out) {
    struct buf text;
    buf_init(&text);
    buf_add_cstr(out,
                 "<h2>Doses</h2>\n<table class=\"one\"><thead><tr><th scope=\"col\">Planned</th>"
                 "<th scope=\"col\">Day</th><th scope=\"col\">Drug</th>"
                 "<th scope=\"col\">Dose</th><th scope=\"col\">State</th>"
                 "<th scope=\"col\">Given</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *d = &s->course.doses[i];
        buf_add_cstr(out, "<tr><td>");
        if (d->planned != INSTANT_MIN) {
            treat_words_time(c, s, d->planned, &text);
            text_of(out, &text);
        }
        buf_add_format(out, "</td><td>%d</td><td>", d->day);
        html_text(out, treat_words_drug(c, d->drug));
        buf_add_cstr(out, "</td><td>");
        if (d->amount.unit) {
            regimen_print(&d->amount, &text);
            text_of(out, &text);
        }
        buf_add_format(out, "</td><td>%s</td><td>", dose_state_word(d->state));
        if (d->given) {
            treat_words_time(c, s, d->given->at, &text);
            if (d->given->dose.unit) {
                buf_add_cstr(&text, ", ");
                regimen_print(&d->given->dose, &text);
            }
            text_of(out, &text);
        }
        buf_add_cstr(out, "</td></tr>\n");
    }
    buf_add_cstr(out, "</tbody></table>\n");
    buf_release(&text);
}

void report_treat_html(const struct treat_context *c, struct buf *out) {
    head(c, out);
    list(c, out);
    for (uint32_t i = 0; c->result->is_single && i < c->result->subject_count; i++) {
        const struct treat_subject *s = &c->result->subjects[i];
        buf_add_cstr(out, "<h2>The course</h2>\n");
        picture(c, s, out);
        decision_rows(c, s, out);
        dose_rows(c, s, out);
    }
    buf_add_cstr(out, "</main>\n<footer>Quell ");
    html_text(out, c->version);
    for (uint32_t i = 0; i < c->argument_count; i++) {
        buf_add_char(out, ' ');
        html_element(out, "code", "", c->arguments[i]);
    }
    buf_add_cstr(out, "</footer>\n</body></html>\n");
}
