/* One subject's course as a picture of characters:
 *
 *   day                  0    5    10
 *   Stage                2b───evolved 3───
 *   CRP, mg/L            ▇▆▅▃▂▁              24 to 212
 *   Anakinra             █████×▓░░░░         100 to 300 mg a day */
#include "report/treat_table.h"

#include "value/decimal.h"

enum { PICTURE_LABEL = 21, PICTURE_RANGE = 20, PICTURE_DAYS_MAX = 366, DAY_COLUMNS_MAX = 3 };

struct picture {
    const struct treat_view *v;
    const struct treat_subject *s;
    int32_t days;
    unsigned columns; /* of a day */
};

static void label(const struct picture *p, struct str name, const struct unit *unit) {
    buf_add(p->v->text, name);
    if (unit) {
        buf_add_cstr(p->v->text, ", ");
        buf_add(p->v->text, unit_text(unit));
    }
    words_powers(p->v->text);
    buf_add_cstr(p->v->out, "  ");
    words_cell(buf_str(p->v->text), PICTURE_LABEL - 1, p->v->out);
    buf_add_char(p->v->out, ' ');
    buf_reset(p->v->text);
}

static void axis(const struct picture *p) {
    label(p, STR("Study day"), NULL);
    unsigned used = 0;
    for (int32_t day = 0; day < p->days; day += 5) {
        unsigned to = (unsigned)day * p->columns;
        buf_add_repeat(p->v->out, ' ', to > used ? to - used : 0);
        size_t before = p->v->out->len;
        buf_add_format(p->v->out, "%d", day);
        used = to + (unsigned)(p->v->out->len - before);
    }
    buf_add_char(p->v->out, '\n');
}

/* A day's cell: one character as often as a day has columns. */
static void cell(const struct picture *p, const char *mark) {
    for (unsigned i = 0; i < p->columns; i++) {
        buf_add_cstr(p->v->out, mark);
    }
}

static const char *block(i128 value, i128 most) {
    static const char *const blocks[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    i128 level = most > 0 ? value * 8 / most : 0;
    return blocks[level < 0 ? 0 : level > 7 ? 7 : level];
}

static void range(const struct picture *p, i128 least, i128 most, const char *tail) {
    const struct regimen_amount low = {least, 0, NULL};
    const struct regimen_amount high = {most, 0, NULL};
    buf_add_cstr(p->v->out, "  ");
    regimen_print(&low, p->v->out);
    if (least != most) {
        buf_add_cstr(p->v->out, " to ");
        regimen_print(&high, p->v->out);
    }
    buf_add_format(p->v->out, "%s\n", tail);
}

static int64_t day_of(const struct picture *p, instant_ms at) {
    return treat_words_local_day(p->v->c, p->s, at) - p->s->first_day;
}

/* ---- Rows ---- */

static void stage_row(const struct picture *p) {
    const struct course_dosing *course = &p->s->course;
    struct str names[PICTURE_DAYS_MAX] = {{NULL, 0}};
    for (uint32_t i = 0; i < course->decision_count; i++) {
        const struct course_decision *d = &course->decisions[i];
        int64_t from = day_of(p, d->at);
        int64_t to = p->s->study_day < p->days ? p->s->study_day : p->days - 1;
        for (int64_t day = from < 0 ? 0 : from; d->event == EVENT_STAGE && day <= to; day++) {
            names[day] = d->text.len ? d->text : STR("?");
        }
    }
    label(p, STR("Stage"), NULL);
    for (int32_t day = 0; day < p->days;) {
        int32_t end = day + 1;
        while (end < p->days && str_equal(names[end], names[day])) {
            end++;
        }
        unsigned room = (unsigned)(end - day) * p->columns;
        struct str shown = names[day];
        while (words_columns(shown) > room) {
            do {
                shown.len--;
            } while (shown.len && (shown.at[shown.len] & 0xC0) == 0x80);
        }
        buf_add_shown(p->v->out, shown);
        unsigned used = words_columns(shown);
        for (; used < room; used++) {
            buf_add_cstr(p->v->out, names[day].len ? "\u2500" : " ");
        }
        day = end;
    }
    while (p->v->out->len && p->v->out->at[p->v->out->len - 1] == ' ') {
        p->v->out->len--;
    }
    buf_add_char(p->v->out, '\n');
}

static void marker_row(const struct picture *p, uint32_t i) {
    const struct regimen_marker *source = &p->v->c->result->trial->regimen->markers[i];
    const struct course_marker *marker = &p->s->watch.markers[i];
    const struct course_reading *of_day[PICTURE_DAYS_MAX] = {NULL};
    i128 least = 0;
    i128 most = -1;
    for (uint32_t k = 0; k < marker->count; k++) {
        const struct course_reading *r = &marker->readings[k];
        int64_t day = day_of(p, r->at);
        if (day < 0 || day >= p->days) {
            continue;
        }
        of_day[day] = r;
        least = most < 0 || r->high < least ? r->high : least;
        most = r->high > most ? r->high : most;
    }
    if (most < 0) {
        return;
    }
    label(p, source->name, source->unit);
    for (int32_t day = 0; day < p->days; day++) {
        cell(p, of_day[day] ? block(of_day[day]->high, most) : " ");
    }
    range(p, least, most, "");
}

struct dose_day {
    i128 amount; /* given, or planned */
    bool given;
    bool planned;
    bool missed;
    bool held;
    bool undecided;
};

static void add_dose(const struct course_dose *d, struct dose_day *day) {
    bool given = d->state == DOSE_GIVEN || d->state == DOSE_GIVEN_LATE || d->state == DOSE_OUTSIDE;
    const struct regimen_amount *a = d->given && d->given->dose.unit ? &d->given->dose : &d->amount;
    day->given |= given;
    day->planned |= d->state == DOSE_PLANNED || d->state == DOSE_DUE;
    day->missed |= d->state == DOSE_MISSED || d->state == DOSE_NOT_GIVEN;
    day->held |= d->state == DOSE_HELD;
    day->undecided |= d->state == DOSE_UNDECIDED || d->state == DOSE_UNSURE;
    if (a->unit && (given || d->state == DOSE_PLANNED || d->state == DOSE_DUE)) {
        day->amount += a->value;
    }
}

static const char *mark_of(const struct dose_day *day, i128 most) {
    return day->given       ? block(day->amount, most)
           : day->undecided ? "?"
           : day->held      ? "-"
           : day->missed    ? "\u00d7"
           : day->planned   ? "\u2591"
                            : " ";
}

static void drug_row(const struct picture *p, uint16_t drug) {
    struct dose_day days[PICTURE_DAYS_MAX] = {{0}};
    const struct unit *unit = NULL;
    i128 least = 0;
    i128 most = 0;
    for (uint32_t i = 0; i < p->s->course.dose_count; i++) {
        const struct course_dose *d = &p->s->course.doses[i];
        int64_t day = day_of(p, d->planned != INSTANT_MIN ? d->planned : d->given->at);
        if (d->drug == drug && day >= 0 && day < p->days) {
            add_dose(d, &days[day]);
            unit = d->amount.unit ? d->amount.unit : unit;
        }
    }
    for (int32_t day = 0; day < p->days; day++) {
        i128 amount = days[day].amount;
        least = amount && (!least || amount < least) ? amount : least;
        most = amount > most ? amount : most;
    }
    label(p, treat_words_drug(p->v->c, drug), unit);
    for (int32_t day = 0; day < p->days; day++) {
        cell(p, mark_of(&days[day], most));
    }
    range(p, least, most, " a day");
}

void treat_course_picture(const struct treat_view *v, const struct treat_subject *s) {
    const struct trial_regimen *regimen = v->c->result->trial->regimen;
    int32_t days = treat_last_day(v->c, s) + 1;
    struct picture p = {v, s, days, 1};
    unsigned room = v->width > PICTURE_LABEL + PICTURE_RANGE + 2
                        ? v->width - PICTURE_LABEL - PICTURE_RANGE - 2
                        : 1;
    p.days = days > PICTURE_DAYS_MAX ? PICTURE_DAYS_MAX : days;
    p.days = p.days > (int32_t)room ? (int32_t)room : p.days;
    while (p.columns < DAY_COLUMNS_MAX && (p.columns + 1) * (unsigned)p.days <= room) {
        p.columns++;
    }
    treat_heading(v, "The course, day by day");
    axis(&p);
    if (v->c->result->trial->stage) {
        stage_row(&p);
    }
    for (uint32_t i = 0; s->watch.markers && i < regimen->marker_count; i++) {
        marker_row(&p, i);
    }
    for (uint32_t d = 0; d < regimen->drug_count; d++) {
        if (treat_has_doses(s, (uint16_t)d)) {
            drug_row(&p, (uint16_t)d);
        }
    }
    buf_add_cstr(v->text, "Heights are of the highest. Doses: \u2588 given, \u2591 planned, "
                          "\u00d7 missed, - on hold, ? not decided.");
    if (p.days < days) {
        buf_add_format(v->text, " Only the first %d days are drawn.", p.days);
    }
    treat_paragraph(v, 2, v->text, v->quiet);
}
