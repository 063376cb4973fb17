/* Figures of statistics: step curves with numbers at risk, and forests of estimates. Plain SVG in
 * one text, readable in grey, titled for screen readers. */
#include "report/stats_report.h"
#include "report/words.h"

#include <stdio.h>

/* Pixels of the figure's own scale. Letters of 14 on a width of 600 can still be read where a phone
 * shows the figure 390 wide. */
enum {
    WIDTH = 600,
    EDGE = 10,
    FONT = 14,
    ROW = 20,
    AXIS_LEFT = 52, /* at least, for the numbers of the axis */
    PLOT_HEIGHT = 300,
    NAME_MAX = 200, /* of a group beside the numbers at risk; longer ones are cut */
    SAMPLE = 26,    /* of a line in the legend, with its gap */
    TICKS = 6
};
#define LETTER 7.4 /* a letter's width, rather too much */

static const char *const inks[] = {"#1b5e8c", "#b3541e", "#3f7d3a",
                                   "#7a4b94", "#555555", "#8a7a1e"};
/* With the inks gone round, and for kinds of event: so that no two curves look alike in grey. */
static const char *const dashes[] = {"", " stroke-dasharray=\"7 3\"", " stroke-dasharray=\"2 3\"",
                                     " stroke-dasharray=\"9 3 2 3\""};
enum { INKS = sizeof inks / sizeof inks[0], DASHES = sizeof dashes / sizeof dashes[0] };

struct axis {
    double low, high; /* in data */
    double from, to;  /* in pixels */
    bool log_scale;
};

static double place(const struct axis *a, double x) {
    double low = a->log_scale ? log(a->low) : a->low;
    double high = a->log_scale ? log(a->high) : a->high;
    double at = a->log_scale ? log(x) : x;
    return a->from + (at - low) / (high - low) * (a->to - a->from);
}

static double step_of(double span) {
    double power = pow(10, floor(log10(span / TICKS)));
    double rest = span / TICKS / power;
    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
}

static void line(struct buf *out, double x1, double y1, double x2, double y2, const char *ink,
                 const char *more) {
    buf_add_format(out, "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" stroke=\"%s\"%s/>\n",
                   x1, y1, x2, y2, ink, more);
}

static void text(struct buf *out, double x, double y, const char *anchor, const char *ink,
                 struct str words) {
    buf_add_format(out, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\" fill=\"%s\">", x, y, anchor,
                   ink);
    buf_add_html(out, words);
    buf_add_cstr(out, "</text>\n");
}

/* At most so many pixels wide. */
static void text_within(struct buf *out, double x, double y, const char *ink, struct str words,
                        double width) {
    bool was_cut = false;
    struct str shown = words_cut(words, (unsigned)(width / LETTER), &was_cut);
    buf_add_format(out, "<text x=\"%.2f\" y=\"%.2f\" fill=\"%s\">", x, y, ink);
    buf_add_html(out, shown);
    if (was_cut) {
        buf_add_cstr(out, "\xE2\x80\xA6<title>");
        buf_add_html(out, words);
        buf_add_cstr(out, "</title>");
    }
    buf_add_cstr(out, "</text>\n");
}

static double text_width(struct str words) {
    return LETTER * words_columns(words);
}

static void number(struct buf *out, double x, double y, const char *anchor, const char *ink,
                   double value) {
    char words[40];
    snprintf(words, sizeof words, "%.6g", value);
    text(out, x, y, anchor, ink, str_from(words));
}

static void open_svg(const struct stats_view *view, double height, struct buf *out) {
    buf_add_format(out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
                   "height=\"%.0f\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"%d\" "
                   "role=\"img\">\n<title>",
                   WIDTH, height, WIDTH, height, FONT);
    buf_add_html(out, str_from(view->result->method->title));
    buf_add_format(out, "</title>\n<rect width=\"%d\" height=\"%.0f\" fill=\"white\"/>\n", WIDTH,
                   height);
}

/* ---- Steps ---- */

static const char *ink_of(uint32_t i) {
    return inks[i % INKS];
}

static const char *dash_of(const struct stats_curve *curve) {
    return dashes[(curve->dash + curve->ink / INKS) % DASHES];
}

/* Steps that nobody could see are left out: a curve of 10^5 events is a drawing, not a table. */
#define SEEN 0.1

static void steps_forth(const struct stats_curve *curve, const double *values, const struct axis *x,
                        const struct axis *y, struct buf *out) {
    double at = place(y, values[0]);
    buf_add_format(out, "M%.1f,%.1f", place(x, curve->time[0]), at);
    for (uint32_t i = 1; i < curve->count; i++) {
        double to = place(y, values[i]);
        bool last = i + 1 == curve->count;
        if (last || fabs(to - at) >= SEEN) {
            buf_add_format(out, "H%.1fV%.1f", place(x, curve->time[i]), to);
            at = to;
        }
    }
}

static void steps_back(const struct stats_curve *curve, const double *values, const struct axis *x,
                       const struct axis *y, struct buf *out) {
    double at = place(y, values[curve->count - 1]);
    buf_add_format(out, "V%.1f", at);
    for (uint32_t i = curve->count - 1; i > 0; i--) {
        double to = place(y, values[i - 1]);
        if (i == 1 || fabs(to - at) >= SEEN) {
            buf_add_format(out, "H%.1fV%.1f", place(x, curve->time[i]), to);
            at = to;
        }
    }
    buf_add_format(out, "H%.1fZ", place(x, curve->time[0]));
}

static void draw_marks(const struct stats_curve *curve, const struct axis *x, const struct axis *y,
                       struct buf *out) {
    uint32_t at = 0;
    double last = -INFINITY;
    for (uint32_t i = 0; i < curve->mark_count; i++) {
        double px = place(x, curve->marks[i]);
        while (at + 1 < curve->count && curve->time[at + 1] <= curve->marks[i]) {
            at++;
        }
        if (px - last >= 3) {
            double py = place(y, curve->value[at]);
            line(out, px, py - 4, px, py + 4, ink_of(curve->ink), "");
            last = px;
        }
    }
}

static void draw_curve(const struct stats_curve *curve, const struct axis *x, const struct axis *y,
                       struct buf *out) {
    const char *ink = ink_of(curve->ink);
    if (curve->low && curve->high) {
        buf_add_cstr(out, "<path d=\"");
        steps_forth(curve, curve->high, x, y, out);
        steps_back(curve, curve->low, x, y, out);
        buf_add_format(out, "\" fill=\"%s\" fill-opacity=\"0.13\"/>\n", ink);
    }
    buf_add_cstr(out, "<path d=\"");
    steps_forth(curve, curve->value, x, y, out);
    buf_add_format(out, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>\n", ink,
                   dash_of(curve));
    draw_marks(curve, x, y, out);
}

static void draw_axes(const struct stats_plot *plot, const struct axis *x, const struct axis *y,
                      struct buf *out) {
    line(out, x->from, y->from, x->to, y->from, "#222", "");
    line(out, x->from, y->from, x->from, y->to, "#222", "");
    double step = step_of(x->high - x->low);
    for (double t = ceil(x->low / step) * step; t <= x->high * (1 + 1e-9); t += step) {
        line(out, place(x, t), y->from, place(x, t), y->from + 5, "#222", "");
        number(out, place(x, t), y->from + ROW, "middle", "#222", t);
    }
    step = step_of(y->high - y->low);
    for (int i = 0; i * step <= y->high * (1 + 1e-9); i++) {
        double py = place(y, i * step);
        line(out, x->from - 5, py, x->from, py, "#222", "");
        number(out, x->from - 9, py + 5, "end", "#222", i * step);
    }
    text(out, (x->from + x->to) / 2, y->from + 2 * ROW, "middle", "#222", str_from(plot->x_words));
    text(out, EDGE, y->to - 12, "start", "#222", str_from(plot->y_words));
}

static void draw_risk(const struct stats_plot *plot, const struct axis *x, double top,
                      struct buf *out) {
    if (!plot->risk_count) {
        return;
    }
    text(out, EDGE, top, "start", "#222", STR("At risk"));
    for (uint32_t g = 0; g < plot->risk_rows; g++) {
        double y = top + ROW * (g + 1.0);
        text_within(out, EDGE, y, ink_of(g), plot->risk_names[g], NAME_MAX);
        for (uint32_t i = 0; i < plot->risk_count; i++) {
            number(out, place(x, plot->risk_times[i]), y, "middle", ink_of(g),
                   plot->at_risk[(size_t)g * plot->risk_count + i]);
        }
    }
}

/* The names of the curves, as many in a row as fit. NULL: how high they would be. One curve needs
 * none. */
static double draw_legend(const struct stats_plot *plot, double top, struct buf *out) {
    double x = EDGE;
    double y = top + ROW;
    for (uint32_t c = 0; c < plot->curve_count; c++) {
        const struct stats_curve *curve = &plot->curves[c];
        double width = SAMPLE + 8 + fmin(text_width(curve->name), WIDTH - 2 * EDGE - SAMPLE);
        if (x > EDGE && x + width > WIDTH - EDGE) {
            x = EDGE;
            y += ROW;
        }
        if (out) {
            char stroke[64];
            snprintf(stroke, sizeof stroke, " stroke-width=\"2\"%s", dash_of(curve));
            line(out, x, y - 5, x + SAMPLE - 6, y - 5, ink_of(curve->ink), stroke);
            text_within(out, x + SAMPLE, y, ink_of(curve->ink), curve->name,
                        WIDTH - EDGE - SAMPLE - x);
        }
        x += width;
    }
    return plot->curve_count > 1 ? y : top;
}

/* The latest time, and how high the axis of proportions goes: curves that rise from 0 and stay low
 * get a scale on which they are seen. */
static void find_ends(const struct stats_plot *plot, double *latest, double *highest) {
    static const double scales[] = {0.05, 0.1, 0.2, 0.5, 1};
    double top = 0;
    *latest = 0;
    for (uint32_t c = 0; c < plot->curve_count; c++) {
        const struct stats_curve *curve = &plot->curves[c];
        const double *values = curve->high ? curve->high : curve->value;
        *latest = fmax(*latest, curve->time[curve->count - 1]);
        for (uint32_t i = 0; i < curve->count; i++) {
            top = fmax(top, values[i]);
        }
        for (uint32_t i = 0; i < curve->mark_count; i++) {
            *latest = fmax(*latest, curve->marks[i]);
        }
    }
    int i = 0;
    while (scales[i] < top && scales[i] < 1) {
        i++;
    }
    *highest = scales[i];
    *latest = *latest > 0 ? *latest : 1;
}

/* Room at the left for the axis and for the names beside the numbers at risk. */
static double left_of(const struct stats_plot *plot) {
    double widest = AXIS_LEFT - 2 * EDGE;
    for (uint32_t g = 0; g < plot->risk_rows && plot->risk_count; g++) {
        widest = fmax(widest, fmin(text_width(plot->risk_names[g]), NAME_MAX));
    }
    return widest + 3 * EDGE;
}

static void draw_steps(const struct stats_view *view, struct buf *out) {
    const struct stats_plot *plot = &view->result->plot;
    double latest;
    double highest;
    find_ends(plot, &latest, &highest);
    double top = draw_legend(plot, 4, NULL) + 2 * ROW;
    double risk = plot->risk_count ? ROW * (plot->risk_rows + 1.0) + 8 : 0;
    struct axis x = {0, latest, left_of(plot), WIDTH - 2 * EDGE, false};
    struct axis y = {0, highest, top + PLOT_HEIGHT, top, false};
    open_svg(view, top + PLOT_HEIGHT + 2.5 * ROW + risk, out);
    if (plot->curve_count > 1) {
        (void)draw_legend(plot, 4, out);
    }
    draw_axes(plot, &x, &y, out);
    for (uint32_t c = 0; c < plot->curve_count; c++) {
        draw_curve(&plot->curves[c], &x, &y, out);
    }
    draw_risk(plot, &x, top + PLOT_HEIGHT + 3.2 * ROW, out);
    buf_add_cstr(out, "</svg>\n");
}

/* ---- Forest ---- */

enum { FOREST_LEFT = 256, FOREST_ROW = 68 }; /* the term above, numbers and method beside */

static bool on_forest(const struct stats_estimate *e) {
    return e->interval && !isnan(e->value) && !isnan(e->low) && !isnan(e->high);
}

/* What the axis spans: every finite end and the null line, with a margin. */
static struct axis forest_axis(const struct stats_result *result) {
    const struct stats_plot *plot = &result->plot;
    struct axis a = {.low = INFINITY, .high = -INFINITY, .log_scale = plot->log_scale};
    double null_value = plot->null_value;
    for (const struct stats_estimate *e = result->estimates; e; e = e->next) {
        const double ends[] = {e->low, e->value, e->high, null_value};
        for (int i = 0; on_forest(e) && i < 4; i++) {
            if (isfinite(ends[i]) && (!a.log_scale || ends[i] > 0)) {
                a.low = fmin(a.low, ends[i]);
                a.high = fmax(a.high, ends[i]);
            }
        }
    }
    if (a.log_scale) {
        a.low /= 1.3;
        a.high *= 1.3;
    } else {
        double margin = (a.high - a.low) * 0.08 + (a.high == a.low ? 0.5 : 0);
        a.low -= margin;
        a.high += margin;
    }
    a.from = FOREST_LEFT;
    a.to = WIDTH - 2 * EDGE;
    return a;
}

static double clamp(const struct axis *a, double x) {
    return place(a, fmin(fmax(x, a->low), a->high));
}

static void draw_tick(const struct axis *a, double at, double bottom, struct buf *out) {
    line(out, place(a, at), bottom, place(a, at), bottom + 5, "#222", "");
    number(out, place(a, at), bottom + ROW, "middle", "#222", at);
}

/* 1, 2 and 5 of every decade; of very many decades only some, and only their first. */
static void ticks_by_decade(const struct axis *a, double bottom, struct buf *out) {
    static const double steps[] = {1, 2, 5};
    double decades = log10(a->high / a->low);
    int stride = (int)ceil(decades / TICKS);
    for (int k = (int)floor(log10(a->low)); k <= log10(a->high); k++) {
        for (int i = 0; i < (decades <= 2.5 ? 3 : 1); i++) {
            double at = pow(10, k) * steps[i];
            if (k % stride == 0 && at >= a->low && at <= a->high) {
                draw_tick(a, at, bottom, out);
            }
        }
    }
}

static void forest_ticks(const struct axis *a, double bottom, struct buf *out) {
    line(out, a->from, bottom, a->to, bottom, "#222", "");
    if (a->log_scale && a->high > 4 * a->low) {
        ticks_by_decade(a, bottom, out);
        return;
    }
    double step = step_of(a->high - a->low);
    for (double k = ceil(a->low / step); k * step <= a->high; k++) {
        draw_tick(a, k * step, bottom, out);
    }
}

/* An end beyond the axis. */
static void draw_arrow(double x, double y, int side, struct buf *out) {
    buf_add_format(out, "<path d=\"M%.2f,%.2fl%d,-4v8z\" fill=\"%s\"/>\n", x, y, -7 * side,
                   inks[0]);
}

static void forest_row(const struct axis *a, const struct stats_estimate *e, double y,
                       struct buf *out) {
    char words[160];
    snprintf(words, sizeof words, "%.4g (%.4g to %.4g)", e->value, e->low, e->high);
    text_within(out, EDGE, y - 16, "#222", e->term, WIDTH - 2 * EDGE);
    text(out, EDGE, y + 4, "start", "#222", str_from(words));
    text_within(out, EDGE, y + 22, "#555", str_from(e->interval), FOREST_LEFT - 2 * EDGE);
    line(out, clamp(a, e->low), y, clamp(a, e->high), y, inks[0], " stroke-width=\"2\"");
    if (e->low < a->low) {
        draw_arrow(a->from, y, -1, out);
    }
    if (e->high > a->high) {
        draw_arrow(a->to, y, 1, out);
    }
    if (isfinite(e->value) && (!a->log_scale || e->value > 0)) {
        buf_add_format(out, "<rect x=\"%.2f\" y=\"%.2f\" width=\"9\" height=\"9\" fill=\"%s\"/>\n",
                       clamp(a, e->value) - 4.5, y - 4.5, inks[0]);
    }
}

static bool draw_forest(const struct stats_view *view, struct buf *out) {
    const struct stats_result *result = view->result;
    uint32_t rows = 0;
    for (const struct stats_estimate *e = result->estimates; e; e = e->next) {
        rows += on_forest(e);
    }
    if (!rows) {
        return false;
    }
    struct axis a = forest_axis(result);
    double bottom = EDGE + (double)FOREST_ROW * rows;
    open_svg(view, bottom + 2.5 * ROW, out);
    if (isfinite(result->plot.null_value)) {
        double at = place(&a, result->plot.null_value);
        for (uint32_t i = 0; i < rows; i++) { /* not through the words */
            double top = EDGE + (double)FOREST_ROW * i + ROW;
            line(out, at, top, at, top + FOREST_ROW - ROW, "#777", " stroke-dasharray=\"4 3\"");
        }
    }
    double y = EDGE + 34;
    for (const struct stats_estimate *e = result->estimates; e; e = e->next) {
        if (on_forest(e)) {
            forest_row(&a, e, y, out);
            y += FOREST_ROW;
        }
    }
    forest_ticks(&a, bottom, out);
    text(out, (a.from + a.to) / 2, bottom + 2 * ROW, "middle", "#222",
         str_from(result->plot.x_words));
    buf_add_cstr(out, "</svg>\n");
    return true;
}

bool report_stats_svg(const struct stats_view *view, struct buf *out) {
    if (view->result->refusal.len) {
        return false;
    }
    switch (view->result->plot.kind) {
    case STATS_PLOT_STEPS:
        draw_steps(view, out);
        return true;
    case STATS_PLOT_FOREST:
        return draw_forest(view, out);
    case STATS_PLOT_NONE:
        break;
    }
    return false;
}
