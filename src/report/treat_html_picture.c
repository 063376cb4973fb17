/* One subject's course as SVG. The day is the local day, so that every study day is as wide as
 * another:
 *
 *            | 0   1   2   3 ...                      study days; visits as marks above
 *   Stage    | [2b ][ evolved 3      ]
 *   CRP      |  o--o--o--o                            one row a biomarker, from zero to the highest
 *   Anakinra |  #  #  x  #  []                        one bar a dose, as high as the dose
 *
 * Every state has its own shape, so that a print without colours tells them apart. */
#include "report/treat_html.h"

#include "value/decimal.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

enum {
    WIDTH = 960,
    LEFT = 150,
    RIGHT = 12,
    AXIS = 34,
    STAGE_ROW = 34,
    MARKER_ROW = 64,
    DRUG_ROW = 58,
    EVENT_ROW = 34,
    KEY_ROW = 26,
    BAR_MAX = 38
};

struct picture {
    const struct treat_context *c;
    const struct treat_subject *s;
    struct buf *out;
    struct buf *text;
    int32_t first; /* study days */
    int32_t last;
    double bar; /* width of a dose */
    int height;
};

static double number(i128 value) {
    return (double)(int64_t)(value / (DECIMAL_ONE / 10000)) / 10000.0;
}

static int64_t local_ms(const struct picture *p, instant_ms at) {
    return at + (int64_t)trial_site_offset_min(p->c->result->trial, p->s->site, at) * 60000;
}

static double across_local(const struct picture *p, int64_t ms) {
    double from = (double)(p->s->first_day + p->first) * (double)DAY_MS;
    double whole = (double)(p->last + 1 - p->first) * (double)DAY_MS;
    double part = ((double)ms - from) / whole;
    part = part < 0 ? 0 : part > 1 ? 1 : part;
    return LEFT + part * (WIDTH - LEFT - RIGHT);
}

static double across(const struct picture *p, instant_ms at) {
    return across_local(p, local_ms(p, at));
}

static double day_edge(const struct picture *p, int32_t day) {
    return across_local(p, (p->s->first_day + day) * DAY_MS);
}

static void title(const struct picture *p) {
    treat_html_element(p->out, "title", "", p->text);
}

static void row_label(const struct picture *p, int y, struct str name, const char *under) {
    buf_add_format(p->out, "<text x=\"0\" y=\"%d\" font-size=\"13\" fill=\"#1d2327\">", y);
    html_text(p->out, name);
    buf_add_format(p->out,
                   "</text><text x=\"0\" y=\"%d\" font-size=\"11\" fill=\"#5c6770\">%s</text>\n",
                   y + 14, under);
}

/* ---- The days ---- */

static void visits(const struct picture *p) {
    const struct trial_visit_list *all = &p->c->result->trial->document->visits;
    for (uint32_t i = 0; i < all->count; i++) {
        const struct trial_visit *v = &all->items[i];
        double from = day_edge(p, v->day.first + v->window.first);
        double to = day_edge(p, v->day.first + v->window.last + 1);
        double middle = (day_edge(p, v->day.first) + day_edge(p, v->day.first + 1)) / 2;
        buf_add_format(p->out,
                       "<g><rect x=\"%.1f\" y=\"18\" width=\"%.1f\" height=\"4\" "
                       "fill=\"#a9b1b7\"/><path d=\"M%.1f 15l-4 -7h8z\" fill=\"#1d2327\"/>",
                       from, to - from, middle);
        buf_add_cstr(p->text, "visit: ");
        treat_words_visit(v, p->text);
        title(p);
        buf_add_cstr(p->out, "</g>\n");
    }
}

static void axis(const struct picture *p) {
    int days = p->last - p->first + 1;
    int step = days > 60 ? 14 : days > 40 ? 7 : days > 16 ? 2 : 1;
    for (int32_t day = p->first; day <= p->last; day++) {
        double x = day_edge(p, day);
        bool named = (day % step + step) % step == 0;
        buf_add_format(p->out, "<path d=\"M%.1f 24V%d\" stroke=\"%s\"/>", x, p->height - KEY_ROW,
                       named ? "#d9dee2" : "#f0f2f4");
        if (named) {
            buf_add_format(p->out,
                           "<text x=\"%.1f\" y=\"33\" font-size=\"11\" fill=\"#5c6770\">%d</text>",
                           x + 2, day);
        }
    }
    buf_add_cstr(p->out,
                 "<text x=\"0\" y=\"15\" font-size=\"11\" fill=\"#5c6770\">visits</text>"
                 "<text x=\"0\" y=\"33\" font-size=\"11\" fill=\"#5c6770\">study day</text>\n");
    visits(p);
    double now = across(p, p->c->result->at);
    buf_add_format(p->out,
                   "<g><path d=\"M%.1f 20V%d\" stroke=\"#8a4b00\" stroke-width=\"1.5\" "
                   "stroke-dasharray=\"5 3\"/><title>the time asked</title></g>\n",
                   now, p->height - KEY_ROW);
}

/* ---- Stage ---- */

static void stages(const struct picture *p, int y) {
    const struct course_dosing *course = &p->s->course;
    row_label(p, y + 14, STR("Stage"), "");
    for (uint32_t i = 0; i < course->decision_count; i++) {
        const struct course_decision *d = &course->decisions[i];
        instant_ms end = p->c->result->at;
        for (uint32_t k = i + 1; k < course->decision_count; k++) {
            if (course->decisions[k].event == EVENT_STAGE) {
                end = course->decisions[k].at;
                break;
            }
        }
        if (d->event != EVENT_STAGE) {
            continue;
        }
        double x = across(p, d->at);
        double w = across(p, end) - x;
        struct str name = d->text.len ? d->text : STR("not known");
        buf_add_format(p->out,
                       "<g><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"20\" fill=\"%s\" "
                       "stroke=\"#fff\"/>",
                       x, y, w, d->text.len ? "#cfe4e5" : "#eceff1");
        treat_words_time(p->c, p->s, d->at, p->text);
        buf_add_cstr(p->text, " stage ");
        buf_add(p->text, name);
        title(p);
        if (w > 7.0 * (double)name.len) {
            buf_add_format(p->out, "<text x=\"%.1f\" y=\"%d\" font-size=\"11\">", x + 4, y + 14);
            html_text(p->out, name);
            buf_add_cstr(p->out, "</text>");
        }
        buf_add_cstr(p->out, "</g>\n");
    }
}

/* ---- Biomarkers ---- */

static void print_number(struct buf *out, i128 value) {
    const struct regimen_amount amount = {value, 0, NULL};
    regimen_print(&amount, out);
}

static void point(const struct picture *p, const struct regimen_marker *source,
                  const struct course_reading *r, double x, double y) {
    buf_add_format(p->out,
                   "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\" stroke=\"#0b6e75\">", x, y,
                   r->low == r->high && !r->above ? "#0b6e75" : "#fff");
    treat_words_time(p->c, p->s, r->at, p->text);
    buf_add_char(p->text, ' ');
    buf_add(p->text, source->name);
    buf_add_cstr(p->text, r->above ? " above " : r->low != r->high ? " below " : " ");
    print_number(p->text, r->high);
    buf_add_format(p->text, " %.*s", STR_ARG(unit_text(source->unit)));
    title(p);
    buf_add_cstr(p->out, "</circle>\n");
}

static bool is_drawn(const struct picture *p, const struct course_reading *r) {
    int64_t day = treat_words_local_day(p->c, p->s, r->at) - p->s->first_day;
    return day >= p->first && day <= p->last;
}

static i128 highest(const struct picture *p, const struct course_marker *marker) {
    i128 most = -1;
    for (uint32_t i = 0; i < marker->count; i++) {
        const struct course_reading *r = &marker->readings[i];
        most = is_drawn(p, r) && r->high > most ? r->high : most;
    }
    return most;
}

static void marker_row(const struct picture *p, uint32_t index, int y) {
    const struct regimen_marker *source = &p->c->result->trial->regimen->markers[index];
    const struct course_marker *marker = &p->s->watch.markers[index];
    i128 most = highest(p, marker);
    double top = most > 0 ? number(most) : 1;
    struct buf line;
    buf_init(&line);
    row_label(p, y + 16, source->name, "");
    buf_add_format(p->out, "<text x=\"0\" y=\"%d\" font-size=\"11\" fill=\"#5c6770\">", y + 30);
    buf_add(p->text, unit_text(source->unit));
    treat_html_text(p->out, p->text);
    buf_add_format(p->out,
                   "</text><text x=\"%d\" y=\"%d\" font-size=\"10\" text-anchor=\"end\" "
                   "fill=\"#5c6770\">",
                   LEFT - 6, y + 10);
    print_number(p->out, most);
    buf_add_format(p->out,
                   "</text><text x=\"%d\" y=\"%d\" font-size=\"10\" text-anchor=\"end\" "
                   "fill=\"#5c6770\">0</text><path d=\"M%d %dH%d\" stroke=\"#a9b1b7\"/>\n",
                   LEFT - 6, y + MARKER_ROW - 12, LEFT, y + MARKER_ROW - 12, WIDTH - RIGHT);
    for (uint32_t i = 0; i < marker->count; i++) {
        const struct course_reading *r = &marker->readings[i];
        if (is_drawn(p, r)) {
            double h = (MARKER_ROW - 20) * number(r->high) / top;
            buf_add_format(&line, "%s%.1f %.1f", line.len ? "L" : "M", across(p, r->at),
                           y + MARKER_ROW - 12 - h);
        }
    }
    buf_add_format(p->out, "<path d=\"%.*s\" fill=\"none\" stroke=\"#0b6e75\"/>\n",
                   STR_ARG(buf_str(&line)));
    p->out->status = buf_status(&line) != STATUS_OK ? buf_status(&line) : p->out->status;
    buf_release(&line);
    for (uint32_t i = 0; i < marker->count; i++) {
        const struct course_reading *r = &marker->readings[i];
        if (is_drawn(p, r)) {
            double h = (MARKER_ROW - 20) * number(r->high) / top;
            point(p, source, r, across(p, r->at), y + MARKER_ROW - 12 - h);
        }
    }
}

/* ---- Adverse events ---- */

static void events(const struct picture *p, int y) {
    row_label(p, y + 16, STR("Adverse events"), "");
    for (uint32_t i = 0; i < p->s->watch.adverse_count; i++) {
        const struct course_adverse *a = &p->s->watch.adverse[i];
        if (a->at == INSTANT_MIN) {
            continue;
        }
        double x = across(p, a->at);
        buf_add_format(p->out, "<g><path d=\"M%.1f %dl-6 -11h12z\" fill=\"#8a4b00\"/>", x, y + 20);
        treat_words_time(p->c, p->s, a->at, p->text);
        buf_add_char(p->text, ' ');
        treat_words_adverse(p->c, a, p->text);
        title(p);
        if (a->grade > 0) {
            buf_add_format(p->out, "<text x=\"%.1f\" y=\"%d\" font-size=\"11\">%d</text>", x + 7,
                           y + 18, a->grade);
        }
        buf_add_cstr(p->out, "</g>\n");
    }
}

/* ---- Doses ---- */

/* The shape of a state: its lower middle is at x, y; h high. */
static void shape(const struct picture *p, enum dose_state state, double x, double y, double h) {
    double w = p->bar;
    switch (state) {
    case DOSE_GIVEN:
    case DOSE_GIVEN_LATE:
    case DOSE_OUTSIDE:
        buf_add_format(p->out,
                       "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                       "fill=\"%s\"/>",
                       x - w / 2, y - h, w, h,
                       state == DOSE_GIVEN        ? "#0b6e75"
                       : state == DOSE_GIVEN_LATE ? "#6fa9ad"
                                                  : "#1d2327");
        break;
    case DOSE_PLANNED:
    case DOSE_DUE:
        buf_add_format(p->out,
                       "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                       "fill=\"#fff\" stroke=\"#0b6e75\"%s/>",
                       x - w / 2, y - h, w, h,
                       state == DOSE_DUE ? " stroke-width=\"2\"" : " stroke-dasharray=\"2 2\"");
        break;
    case DOSE_MISSED:
    case DOSE_NOT_GIVEN:
        buf_add_format(p->out,
                       "<path d=\"M%.1f %.1fl8 -8m0 8l-8 -8\" stroke=\"#8a4b00\" "
                       "stroke-width=\"2\"/>",
                       x - 4, y - 2);
        break;
    case DOSE_HELD:
        buf_add_format(p->out,
                       "<path d=\"M%.1f %.1fv-9m4 0v9\" stroke=\"#8a4b00\" "
                       "stroke-width=\"2\"/>",
                       x - 2, y - 2);
        break;
    case DOSE_UNSURE:
    case DOSE_UNDECIDED:
        buf_add_format(p->out,
                       "<text x=\"%.1f\" y=\"%.1f\" font-size=\"14\" font-weight=\"700\" "
                       "text-anchor=\"middle\" fill=\"#8a4b00\">?</text>",
                       x, y - 2);
        break;
    }
}

static const struct regimen_amount *amount_of(const struct course_dose *d) {
    return d->given && d->given->dose.unit ? &d->given->dose : &d->amount;
}

static void dose_row(const struct picture *p, uint16_t drug, int y) {
    const struct course_dosing *course = &p->s->course;
    struct regimen_amount most = {0};
    for (uint32_t i = 0; i < course->dose_count; i++) {
        const struct regimen_amount *a = amount_of(&course->doses[i]);
        if (course->doses[i].drug == drug && a->unit && a->value > most.value) {
            most = *a;
        }
    }
    if (most.unit) {
        buf_add_cstr(p->text, "up to ");
        regimen_print(&most, p->text);
        buf_add_cstr(p->text, " a dose");
    }
    row_label(p, y + 22, treat_words_drug(p->c, drug), "");
    buf_add_format(p->out, "<text x=\"0\" y=\"%d\" font-size=\"11\" fill=\"#5c6770\">", y + 36);
    treat_html_text(p->out, p->text);
    buf_add_format(p->out, "</text><path d=\"M%d %dH%d\" stroke=\"#a9b1b7\"/>\n", LEFT,
                   y + DRUG_ROW - 10, WIDTH - RIGHT);
    for (uint32_t i = 0; i < course->dose_count; i++) {
        const struct course_dose *d = &course->doses[i];
        const struct regimen_amount *a = amount_of(d);
        if (d->drug != drug) {
            continue;
        }
        instant_ms at = d->given ? d->given->at : d->planned;
        double h = a->unit && most.value > 0 ? BAR_MAX * number(a->value) / number(most.value)
                                             : BAR_MAX / 2.0;
        buf_add_cstr(p->out, "<g>");
        treat_words_date(treat_words_local_day(p->c, p->s, at), p->text);
        buf_add_char(p->text, ' ');
        treat_words_dose(p->c, p->s, d, p->text);
        title(p);
        shape(p, d->state, across(p, at), y + DRUG_ROW - 10, h);
        buf_add_cstr(p->out, "</g>\n");
    }
}

/* What the shapes mean. */
static void key(const struct picture *p) {
    static const struct {
        enum dose_state state;
        const char *words;
    } rows[] = {{DOSE_GIVEN, "given"},           {DOSE_GIVEN_LATE, "given late"},
                {DOSE_PLANNED, "planned"},       {DOSE_DUE, "due"},
                {DOSE_MISSED, "missed"},         {DOSE_HELD, "on hold"},
                {DOSE_UNDECIDED, "not decided"}, {DOSE_OUTSIDE, "outside the plan"}};
    struct picture wide = *p;
    double x = LEFT;
    wide.bar = 7;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        shape(&wide, rows[i].state, x + 5, p->height - 6, 14);
        buf_add_format(p->out,
                       "<text x=\"%.1f\" y=\"%d\" font-size=\"11\" fill=\"#1d2327\">%s</text>\n",
                       x + 14, p->height - 7, rows[i].words);
        x += 26 + 6.4 * (double)strlen(rows[i].words);
    }
    buf_add_format(p->out,
                   "<path d=\"M%.1f %dv-14\" stroke=\"#8a4b00\" stroke-width=\"1.5\" "
                   "stroke-dasharray=\"5 3\"/><text x=\"%.1f\" y=\"%d\" font-size=\"11\" "
                   "fill=\"#1d2327\">the time asked</text>\n",
                   x + 4, p->height - 5, x + 10, p->height - 7);
}

/* ---- The whole ---- */

/* The picture in words, for those who do not see it. */
static void describe(const struct picture *p) {
    const struct trial_regimen *regimen = p->c->result->trial->regimen;
    buf_add_cstr(p->out,
                 "<title id=\"picture-title\">Stage, biomarkers and doses by study day</title>"
                 "<desc id=\"picture-words\">");
    for (uint32_t i = 0; p->s->watch.markers && i < regimen->marker_count; i++) {
        const struct course_marker *m = &p->s->watch.markers[i];
        if (m->count) {
            buf_add(p->text, regimen->markers[i].name);
            buf_add_format(p->text, ": %u results, the first ", m->count);
            print_number(p->text, m->readings[0].high);
            buf_add_cstr(p->text, ", the last ");
            print_number(p->text, m->readings[m->count - 1].high);
            buf_add_format(p->text, " %.*s. ", STR_ARG(unit_text(regimen->markers[i].unit)));
        }
    }
    for (uint32_t d = 0; d < regimen->drug_count; d++) {
        if (treat_has_doses(p->s, (uint16_t)d)) {
            buf_add(p->text, treat_words_drug(p->c, (uint16_t)d));
            buf_add_cstr(p->text, ": ");
            treat_words_so_far(p->s, (uint16_t)d, p->text);
            buf_add_cstr(p->text, ". ");
        }
    }
    buf_add_cstr(p->text, "The calendar below has every dose.");
    treat_html_text(p->out, p->text);
    buf_add_cstr(p->out, "</desc>\n");
}

static int rows_height(const struct picture *p) {
    const struct trial_regimen *regimen = p->c->result->trial->regimen;
    int height = AXIS + 6 + KEY_ROW + (p->c->result->trial->stage ? STAGE_ROW : 0) +
                 (p->s->watch.adverse_count ? EVENT_ROW : 0);
    for (uint32_t i = 0; p->s->watch.markers && i < regimen->marker_count; i++) {
        height += highest(p, &p->s->watch.markers[i]) >= 0 ? MARKER_ROW : 0;
    }
    for (uint32_t d = 0; d < regimen->drug_count; d++) {
        height += treat_has_doses(p->s, (uint16_t)d) ? DRUG_ROW : 0;
    }
    return height;
}

static void rows(const struct picture *p) {
    const struct trial_regimen *regimen = p->c->result->trial->regimen;
    int y = AXIS + 6;
    if (p->c->result->trial->stage) {
        stages(p, y);
        y += STAGE_ROW;
    }
    for (uint32_t i = 0; p->s->watch.markers && i < regimen->marker_count; i++) {
        if (highest(p, &p->s->watch.markers[i]) >= 0) {
            marker_row(p, i, y);
            y += MARKER_ROW;
        }
    }
    if (p->s->watch.adverse_count) {
        events(p, y);
        y += EVENT_ROW;
    }
    for (uint32_t d = 0; d < regimen->drug_count; d++) {
        if (treat_has_doses(p->s, (uint16_t)d)) {
            dose_row(p, (uint16_t)d, y);
            y += DRUG_ROW;
        }
    }
}

void treat_html_picture(const struct treat_context *c, const struct treat_subject *s,
                        struct buf *out) {
    struct buf text;
    buf_init(&text);
    struct picture p = {.c = c, .s = s, .out = out, .text = &text};
    p.last = treat_last_day(c, s);
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *d = &s->course.doses[i];
        instant_ms at = d->given ? d->given->at : d->planned;
        int64_t day = treat_words_local_day(c, s, at) - s->first_day;
        p.first = day < p.first ? (int32_t)day : p.first;
    }
    double day = (WIDTH - LEFT - RIGHT) / (double)(p.last + 1 - p.first);
    p.bar = day / 4 < 3 ? 3 : day / 4 > 10 ? 10 : day / 4;
    p.height = rows_height(&p);
    buf_add_format(out,
                   "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Picture of the "
                   "course\"><svg viewBox=\"0 0 %d %d\" role=\"img\" "
                   "aria-labelledby=\"picture-title picture-words\" "
                   "font-family=\"system-ui, sans-serif\">\n",
                   WIDTH, p.height);
    describe(&p);
    axis(&p);
    rows(&p);
    key(&p);
    buf_add_cstr(out, "</svg></div>\n");
    out->status = buf_status(&text) != STATUS_OK ? buf_status(&text) : out->status;
    buf_release(&text);
}
