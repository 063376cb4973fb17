/* One subject's course on the page: the picture, the calendar, every decision with its evidence. */
#include "report/treat_html.h"
#include "value/decimal.h"

struct course_page {
    const struct treat_context *c;
    const struct treat_subject *s;
    struct buf *out;
    struct buf *text;
};

static void facts(const struct course_page *p) {
    const struct trial_background_list *all = &p->s->course.arm->source->background;
    buf_add_cstr(p->out, "<dl>\n<dt>In the trial since</dt><dd>");
    treat_words_time(p->c, p->s, p->s->allocated, p->text);
    buf_add_format(p->text, ", %s", treat_words_origin(p->s->origin));
    treat_html_text(p->out, p->text);
    buf_add_cstr(p->out, "</dd>\n");
    for (uint32_t d = 0; d < p->c->result->trial->regimen->drug_count; d++) {
        if (treat_has_doses(p->s, (uint16_t)d)) {
            html_element(p->out, "dt", "", treat_words_drug(p->c, (uint16_t)d));
            treat_words_so_far(p->s, (uint16_t)d, p->text);
            treat_html_element(p->out, "dd", "", p->text);
            buf_add_char(p->out, '\n');
        }
    }
    for (uint32_t i = 0; i < all->count; i++) {
        buf_add_cstr(p->out, "<dt>Beside it</dt><dd>");
        html_text(p->out, all->items[i].text.text);
        if (trial_given(all->items[i].target.place)) {
            buf_add_format(p->text, " (%.*s)", STR_ARG(all->items[i].target.text));
            treat_html_text(p->out, p->text);
        }
        buf_add_cstr(p->out, "</dd>\n");
    }
    buf_add_cstr(p->out, "</dl>\n");
}

/* ---- What the picture draws, in figures ---- */

static void reading_row(const struct course_page *p, const struct regimen_marker *source,
                        const struct course_reading *r) {
    const struct regimen_amount amount = {r->high, 0, source->unit};
    buf_add_cstr(p->out, "<tr>");
    html_element(p->out, "td", "", source->name);
    treat_words_time(p->c, p->s, r->at, p->text);
    treat_html_element(p->out, "td", "", p->text);
    buf_add_cstr(p->text, r->above ? "above " : r->low != r->high ? "below " : "");
    regimen_print(&amount, p->text);
    treat_html_element(p->out, "td", "", p->text);
    buf_add_cstr(p->out, "</tr>\n");
}

static void readings(const struct course_page *p) {
    const struct trial_regimen *regimen = p->c->result->trial->regimen;
    if (!regimen->marker_count || !p->s->watch.markers) {
        return;
    }
    buf_add_cstr(p->out, "<details><summary>The results that are drawn, in figures</summary>\n"
                         "<table><thead><tr><th scope=\"col\">Result</th><th scope=\"col\">Taken"
                         "</th><th scope=\"col\">Value</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < regimen->marker_count; i++) {
        const struct course_marker *m = &p->s->watch.markers[i];
        for (uint32_t k = 0; k < m->count; k++) {
            reading_row(p, &regimen->markers[i], &m->readings[k]);
        }
        if (m->left_out) {
            buf_add_cstr(p->out, "<tr>");
            html_element(p->out, "td", "", regimen->markers[i].name);
            buf_add_format(p->out,
                           "<td colspan=\"2\">%u not drawn: no time, no value, or a unit that does "
                           "not convert</td></tr>\n",
                           m->left_out);
        }
    }
    buf_add_cstr(p->out, "</tbody></table></details>\n");
}

/* ---- The calendar ---- */

static int64_t day_of(const struct course_page *p, instant_ms at) {
    return treat_words_local_day(p->c, p->s, at) - p->s->first_day;
}

static instant_ms time_of(const struct course_dose *d) {
    return d->planned != INSTANT_MIN ? d->planned : d->given->at;
}

static void dose_cell(const struct course_page *p, uint16_t drug, int64_t day) {
    uint32_t count = 0;
    buf_add_cstr(p->out, "<td data-label=\"");
    html_text(p->out, treat_words_drug(p->c, drug));
    buf_add_cstr(p->out, "\">");
    for (uint32_t i = 0; i < p->s->course.dose_count; i++) {
        const struct course_dose *d = &p->s->course.doses[i];
        if (d->drug != drug || day_of(p, time_of(d)) != day) {
            continue;
        }
        bool plain = d->state == DOSE_GIVEN || d->state == DOSE_PLANNED;
        buf_add_cstr(p->out, count++ ? "<br>" : "");
        treat_words_dose(p->c, p->s, d, p->text);
        treat_html_element(p->out, "span",
                           d->state == DOSE_PLANNED ? "quiet"
                           : plain                  ? ""
                                                    : "flag",
                           p->text);
    }
    buf_add_cstr(p->out, "</td>");
}

static void note(const struct course_page *p, uint32_t *count) {
    buf_add_cstr(p->out, (*count)++ ? "<br>" : "");
    treat_html_text(p->out, p->text);
}

static uint32_t notes_of(const struct course_page *p, int64_t day) {
    const struct trial_visit_list *visits = &p->c->result->trial->document->visits;
    uint32_t count = 0;
    for (uint32_t i = 0; i < visits->count; i++) {
        if (visits->items[i].day.first == day) {
            buf_add_cstr(p->text, "visit: ");
            treat_words_visit(&visits->items[i], p->text);
            note(p, &count);
        }
    }
    for (uint32_t i = 0; i < p->s->course.decision_count; i++) {
        const struct course_decision *d = &p->s->course.decisions[i];
        if (day_of(p, d->at) == day) {
            treat_words_clock(p->c, p->s, d->at, d->at, p->text);
            buf_add_char(p->text, ' ');
            treat_words_decision(p->c, p->s, d, p->text);
            note(p, &count);
        }
    }
    for (uint32_t i = 0; i < p->s->watch.adverse_count; i++) {
        const struct course_adverse *a = &p->s->watch.adverse[i];
        if (a->at != INSTANT_MIN && day_of(p, a->at) == day) {
            buf_add_cstr(p->text, "adverse event: ");
            treat_words_adverse(p->c, a, p->text);
            note(p, &count);
        }
    }
    return count;
}

/* False: nothing is to be said of this day. */
static bool day_has_something(const struct course_page *p, int64_t day) {
    const struct trial_visit_list *visits = &p->c->result->trial->document->visits;
    bool any = day == p->s->study_day;
    for (uint32_t i = 0; i < visits->count; i++) {
        any |= visits->items[i].day.first == day;
    }
    for (uint32_t i = 0; i < p->s->course.dose_count && !any; i++) {
        any = day_of(p, time_of(&p->s->course.doses[i])) == day;
    }
    for (uint32_t i = 0; i < p->s->course.decision_count && !any; i++) {
        any = day_of(p, p->s->course.decisions[i].at) == day;
    }
    for (uint32_t i = 0; i < p->s->watch.adverse_count && !any; i++) {
        any = day_of(p, p->s->watch.adverse[i].at) == day;
    }
    return any;
}

static void calendar(const struct course_page *p) {
    const struct trial_regimen *regimen = p->c->result->trial->regimen;
    int64_t first = 0;
    for (uint32_t i = 0; i < p->s->course.dose_count; i++) {
        int64_t day = day_of(p, time_of(&p->s->course.doses[i]));
        first = day < first ? day : first;
    }
    buf_add_cstr(p->out, "<h2>Calendar</h2>\n<table class=\"calendar\"><thead><tr>"
                         "<th scope=\"col\">Study day</th><th scope=\"col\">Date</th>");
    for (uint32_t d = 0; d < regimen->drug_count; d++) {
        if (treat_has_doses(p->s, (uint16_t)d)) {
            buf_add_cstr(p->out, "<th scope=\"col\">");
            html_text(p->out, treat_words_drug(p->c, (uint16_t)d));
            buf_add_cstr(p->out, "</th>");
        }
    }
    buf_add_cstr(p->out, "<th scope=\"col\">Visits, decisions, events</th></tr></thead><tbody>\n");
    int32_t last = treat_last_day(p->c, p->s);
    for (int64_t day = first; day <= last; day++) {
        if (!day_has_something(p, day)) {
            continue;
        }
        buf_add_format(p->out, "<tr%s><th scope=\"row\">%lld%s</th><td>",
                       day == p->s->study_day ? " class=\"today\"" : "", (long long)day,
                       day == p->s->study_day ? " (today)" : "");
        treat_words_date(p->s->first_day + day, p->text);
        treat_html_text(p->out, p->text);
        buf_add_cstr(p->out, "</td>");
        for (uint32_t d = 0; d < regimen->drug_count; d++) {
            if (treat_has_doses(p->s, (uint16_t)d)) {
                dose_cell(p, (uint16_t)d, day);
            }
        }
        buf_add_cstr(p->out, "<td class=\"notes\">");
        (void)notes_of(p, day);
        buf_add_cstr(p->out, "</td></tr>\n");
    }
    buf_add_cstr(p->out, "</tbody></table>\n<p class=\"quiet small\">A time after the dose is that "
                         "of the administration.</p>\n");
}

/* ---- Decisions ---- */

static void decisions(const struct course_page *p) {
    buf_add_cstr(p->out, "<h2>Decisions, and what decided them</h2>\n");
    if (!p->s->course.decision_count) {
        buf_add_cstr(p->out, "<p>None: nothing has begun, and nothing has changed.</p>\n");
        return;
    }
    buf_add_cstr(p->out, "<table class=\"decisions\"><thead><tr><th scope=\"col\">When</th>"
                         "<th scope=\"col\">What, and what decided it</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < p->s->course.decision_count; i++) {
        buf_add_cstr(p->out, "<tr><td class=\"id\">");
        treat_words_time(p->c, p->s, p->s->course.decisions[i].at, p->text);
        treat_html_text(p->out, p->text);
        buf_add_cstr(p->out, "</td><td>");
        treat_words_decision(p->c, p->s, &p->s->course.decisions[i], p->text);
        treat_html_text(p->out, p->text);
        bool shared = treat_shares_evidence(p->s, i);
        for (uint32_t k = 0; p->s->evidence && !shared && k < p->s->evidence[i].count; k++) {
            treat_words_reason(p->c, p->s, &p->s->evidence[i].reasons[k], p->text);
            treat_html_element(p->out, "span", "source", p->text);
        }
        buf_add_cstr(p->out, "</td></tr>\n");
    }
    buf_add_cstr(p->out, "</tbody></table>\n");
}

void treat_html_course(const struct treat_context *c, const struct treat_subject *s,
                       struct buf *out) {
    struct buf text;
    buf_init(&text);
    const struct course_page p = {c, s, out, &text};
    buf_add_cstr(out, "<h2>The course</h2>\n");
    facts(&p);
    treat_html_picture(c, s, out);
    readings(&p);
    calendar(&p);
    decisions(&p);
    out->status = buf_status(&text) != STATUS_OK ? buf_status(&text) : out->status;
    buf_release(&text);
}
