/* One subject's course for a terminal: today, a picture, the calendar, and every decision. */
#include "report/treat_table.h"

static void background(const struct treat_view *v, const struct treat_subject *s) {
    const struct trial_background_list *all = &s->course.arm->source->background;
    for (uint32_t i = 0; i < all->count; i++) {
        buf_add_cstr(v->text, "beside it: ");
        buf_add(v->text, all->items[i].text.text);
        if (trial_given(all->items[i].target.place)) {
            buf_add_format(v->text, " (%.*s)", STR_ARG(all->items[i].target.text));
        }
        treat_paragraph(v, 2, v->text, v->quiet);
    }
}

/* ---- The calendar ---- */

enum { CALENDAR_LEFT = 23, CALENDAR_DRUGS_MAX = 4 };

struct calendar {
    const struct treat_view *v;
    const struct treat_subject *s;
    unsigned drug_count;
    uint16_t drugs[CALENDAR_DRUGS_MAX];
    unsigned width;  /* of one drug's column */
    struct buf day;  /* the lines of one day, each behind CALENDAR_LEFT blanks */
    struct buf last; /* those of the day before it that was drawn */
    int64_t alike;   /* how many days after that one say the same */
};

static void begin_calendar(struct calendar *c) {
    uint32_t all = c->v->c->result->trial->regimen->drug_count;
    for (uint32_t d = 0; d < all && c->drug_count < CALENDAR_DRUGS_MAX; d++) {
        if (treat_has_doses(c->s, (uint16_t)d)) {
            c->drugs[c->drug_count++] = (uint16_t)d;
        }
    }
    unsigned left = c->v->width > CALENDAR_LEFT + 20 ? c->v->width - CALENDAR_LEFT : 20;
    c->width = c->drug_count ? left / c->drug_count : left;
    treat_heading(c->v, "Calendar");
    words_cell(STR("   day  date"), CALENDAR_LEFT, c->v->out);
    for (unsigned i = 0; i < c->drug_count; i++) {
        bool is_last = i + 1 == c->drug_count;
        struct str name = treat_words_drug(c->v->c, c->drugs[i]);
        words_cell(name, is_last ? words_columns(name) : c->width, c->v->out);
    }
    buf_add_char(c->v->out, '\n');
}

static int64_t day_of(const struct calendar *c, instant_ms at) {
    return treat_words_local_day(c->v->c, c->s, at) - c->s->first_day;
}

static instant_ms time_of(const struct course_dose *d) {
    return d->planned != INSTANT_MIN ? d->planned : d->given->at;
}

/* The nth dose of a drug on a study day, or NULL. */
static const struct course_dose *dose_of(const struct calendar *c, uint16_t drug, int64_t day,
                                         uint32_t n) {
    for (uint32_t i = 0; i < c->s->course.dose_count; i++) {
        const struct course_dose *d = &c->s->course.doses[i];
        if (d->drug == drug && day_of(c, time_of(d)) == day && n-- == 0) {
            return d;
        }
    }
    return NULL;
}

/* A row with the nth dose of each drug; false: no drug has one. */
static bool dose_row(struct calendar *c, int64_t day, uint32_t n) {
    struct buf *text = c->v->text;
    unsigned last = c->drug_count;
    while (last > 0 && !dose_of(c, c->drugs[last - 1], day, n)) {
        last--;
    }
    if (!last) {
        return false;
    }
    buf_add_repeat(&c->day, ' ', CALENDAR_LEFT);
    for (unsigned i = 0; i < last; i++) {
        const struct course_dose *dose = dose_of(c, c->drugs[i], day, n);
        if (dose) {
            treat_words_dose(c->v->c, c->s, dose, text);
        }
        unsigned columns = words_columns(buf_str(text));
        bool fits = i + 1 == last && columns < c->width;
        words_cell(buf_str(text), fits ? columns : c->width - 1, &c->day);
        buf_add_cstr(&c->day, i + 1 == last ? "\n" : " ");
        buf_reset(text);
    }
    return true;
}

static void note_row(struct calendar *c) {
    words_paragraph(buf_str(c->v->text), CALENDAR_LEFT, c->v->width, "", "", &c->day);
    buf_reset(c->v->text);
}

static void note_rows(struct calendar *c, int64_t day) {
    const struct trial_visit_list *visits = &c->v->c->result->trial->document->visits;
    for (uint32_t i = 0; i < visits->count; i++) {
        if (visits->items[i].day.first == day) {
            buf_add_cstr(c->v->text, "visit: ");
            treat_words_visit(&visits->items[i], c->v->text);
            note_row(c);
        }
    }
    for (uint32_t i = 0; i < c->s->course.decision_count; i++) {
        const struct course_decision *d = &c->s->course.decisions[i];
        if (day_of(c, d->at) == day) {
            treat_words_clock(c->v->c, c->s, d->at, d->at, c->v->text);
            buf_add_char(c->v->text, ' ');
            treat_words_decision(c->v->c, c->s, d, c->v->text);
            note_row(c);
        }
    }
    for (uint32_t i = 0; i < c->s->watch.adverse_count; i++) {
        const struct course_adverse *a = &c->s->watch.adverse[i];
        if (a->at != INSTANT_MIN && day_of(c, a->at) == day) {
            buf_add_cstr(c->v->text, "adverse event: ");
            treat_words_adverse(c->v->c, a, c->v->text);
            note_row(c);
        }
    }
}

/* Of days still to come that say the same only the first is drawn, and then up to when. */
static void end_alike(struct calendar *c, int64_t day) {
    if (c->alike) {
        buf_add_format(c->v->text, "the same each day, to day %lld, ", (long long)(day - 1));
        treat_words_date(c->s->first_day + day - 1, c->v->text);
        words_paragraph(buf_str(c->v->text), CALENDAR_LEFT, c->v->width, "", "", c->v->out);
        buf_reset(c->v->text);
    }
    c->alike = 0;
}

static void calendar_day(struct calendar *c, int64_t day) {
    bool is_today = day == c->s->study_day;
    buf_reset(&c->day);
    for (uint32_t n = 0; dose_row(c, day, n); n++) {}
    note_rows(c, day);
    bool to_come = day > c->s->study_day + 1;
    if (to_come && c->day.len && str_equal(buf_str(&c->day), buf_str(&c->last))) {
        c->alike++;
        return;
    }
    end_alike(c, day);
    buf_reset(&c->last);
    buf_add(&c->last, buf_str(&c->day));
    if (!c->day.len && !is_today) {
        return;
    }
    buf_add_format(c->v->text, "%c %4lld  ", is_today ? '>' : ' ', (long long)day);
    treat_words_date(c->s->first_day + day, c->v->text);
    words_cell(buf_str(c->v->text), CALENDAR_LEFT, c->v->out);
    buf_reset(c->v->text);
    buf_add(c->v->out, c->day.len
                           ? (struct str){c->day.at + CALENDAR_LEFT, c->day.len - CALENDAR_LEFT}
                           : STR("\n"));
}

static void calendar(const struct treat_view *v, const struct treat_subject *s) {
    struct calendar c = {.v = v, .s = s};
    buf_init(&c.day);
    buf_init(&c.last);
    begin_calendar(&c);
    int32_t last = treat_last_day(v->c, s);
    int64_t first = 0;
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        int64_t day = day_of(&c, time_of(&s->course.doses[i]));
        first = day < first ? day : first;
    }
    for (int64_t day = first; day <= last && buf_status(v->out) == STATUS_OK; day++) {
        calendar_day(&c, day);
    }
    end_alike(&c, (int64_t)last + 1);
    v->out->status = buf_status(&c.day) != STATUS_OK    ? buf_status(&c.day)
                     : buf_status(&c.last) != STATUS_OK ? buf_status(&c.last)
                                                        : v->out->status;
    buf_release(&c.day);
    buf_release(&c.last);
    buf_add_cstr(v->text, "> today; a time after the dose is that of the administration");
    treat_paragraph(v, 2, v->text, v->quiet);
}

/* ---- Decisions ---- */

static void decisions(const struct treat_view *v, const struct treat_subject *s) {
    treat_heading(v, "Decisions, and what decided them");
    for (uint32_t i = 0; i < s->course.decision_count; i++) {
        treat_words_time(v->c, s, s->course.decisions[i].at, v->text);
        buf_add_cstr(v->text, "  ");
        treat_words_decision(v->c, s, &s->course.decisions[i], v->text);
        treat_paragraph(v, 2, v->text, "");
        bool shared = treat_shares_evidence(s, i);
        for (uint32_t k = 0; s->evidence && !shared && k < s->evidence[i].count; k++) {
            treat_words_reason(v->c, s, &s->evidence[i].reasons[k], v->text);
            treat_paragraph(v, 6, v->text, v->quiet);
        }
    }
    if (!s->course.decision_count) {
        buf_add_cstr(v->text, "None: nothing has begun, and nothing has changed.");
        treat_paragraph(v, 2, v->text, v->quiet);
    }
}

static void totals(const struct treat_view *v, const struct treat_subject *s) {
    for (uint32_t d = 0; d < v->c->result->trial->regimen->drug_count; d++) {
        if (treat_has_doses(s, (uint16_t)d)) {
            buf_add(v->text, treat_words_drug(v->c, (uint16_t)d));
            buf_add_cstr(v->text, ": ");
            treat_words_so_far(s, (uint16_t)d, v->text);
            treat_paragraph(v, 2, v->text, "");
        }
    }
}

static void asked(const struct treat_view *v, const struct treat_subject *s) {
    treat_words_asked(s, v->text);
    if (v->text->len) {
        struct buf whole;
        buf_init(&whole);
        buf_add_cstr(&whole, "waits for a person's word: ");
        buf_add(&whole, buf_str(v->text));
        buf_reset(v->text);
        treat_paragraph(v, 4, &whole, v->quiet);
        buf_release(&whole);
    }
}

void treat_course_table(const struct treat_view *v, const struct treat_subject *s) {
    treat_subject_head(v, s);
    treat_words_site_name(v->c, s->site, v->text);
    buf_add_format(v->text, " (clock times: %.*s); in the trial since ",
                   STR_ARG(treat_words_zone(v->c, s->site)));
    treat_words_time(v->c, s, s->allocated, v->text);
    buf_add_format(v->text, ", %s", treat_words_origin(s->origin));
    treat_paragraph(v, 2, v->text, v->quiet);
    background(v, s);
    treat_heading(v, "The next 24 hours");
    treat_questions(v, s);
    for (uint32_t k = 0; k < s->line_count; k++) {
        treat_subject_line(v, s, &s->lines[k]);
    }
    if (s->idle != IDLE_NOT) {
        buf_add_format(v->text, "nothing: %s", treat_words_idle(s->idle));
        treat_paragraph(v, 2, v->text, "");
    }
    treat_notes(v, s);
    asked(v, s);
    treat_course_picture(v, s);
    calendar(v, s);
    totals(v, s);
    decisions(v, s);
}
