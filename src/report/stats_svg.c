/* Figures of statistics: step curves with numbers at risk, and forests of estimates. Plain SVG in
 * one text, readable in grey, titled for screen readers. */
#include "report/stats_report.h"

#include <stdio.h>

enum { WIDTH = 720, LEFT = 64, RIGHT = 24, TOP = 28, PLOT_HEIGHT = 320, ROW = 20, TICKS = 6 };

static const char *const inks[] = {"#1b5e8c", "#b3541e", "#3f7d3a",
                                   "#7a4b94", "#555555", "#8a7a1e"};
enum { INKS = sizeof inks / sizeof inks[0] };

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

static void number(struct buf *out, double x, double y, const char *anchor, const char *ink,
                   double value) {
    char words[40];
    snprintf(words, sizeof words, "%.6g", value);
    text(out, x, y, anchor, ink, str_from(words));
}

static void open_svg(const struct stats_view *view, double height, struct buf *out) {
    buf_add_format(out,
                   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
                   "height=\"%.0f\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" "
                   "role=\"img\">\n<title>",
                   WIDTH, height, WIDTH, height);
    buf_add_html(out, str_from(view->result->method->title));
    buf_add_format(out, "</title>\n<rect width=\"%d\" height=\"%.0f\" fill=\"white\"/>\n", WIDTH,
                   height);
}

/* ---- Steps ---- */

static void steps_path(const struct stats_curve *curve, const double *values, const struct axis *x,
                       const struct axis *y, struct buf *out) {
    bool open = false;
    for (uint32_t i = 0; i < curve->count; i++) {
        double px = place(x, curve->time[i]);
        if (isnan(values[i])) {
            break;
        }
        if (open) {
            buf_add_format(out, "H%.2f", px);
        }
        buf_add_format(out, open ? "V%.2f" : "M%.2f,", open ? place(y, values[i]) : px);
        if (!open) {
            buf_add_format(out, "%.2f", place(y, values[i]));
        }
        open = true;
    }
}

static double value_at(const struct stats_curve *curve, double t) {
    double value = NAN;
    for (uint32_t i = 0; i < curve->count && curve->time[i] <= t; i++) {
        value = curve->value[i];
    }
    return value;
}

static void draw_curve(const struct stats_curve *curve, const char *ink, const struct axis *x,
                       const struct axis *y, struct buf *out) {
    const double *bounds[] = {curve->low, curve->high};
    for (int b = 0; b < 2; b++) {
        if (bounds[b]) {
            buf_add_cstr(out, "<path d=\"");
            steps_path(curve, bounds[b], x, y, out);
            buf_add_format(out,
                           "\" fill=\"none\" stroke=\"%s\" stroke-dasharray=\"2 3\" "
                           "stroke-opacity=\"0.7\"/>\n",
                           ink);
        }
    }
    buf_add_cstr(out, "<path d=\"");
    steps_path(curve, curve->value, x, y, out);
    buf_add_format(out, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", ink);
    for (uint32_t i = 0; i < curve->mark_count; i++) {
        double at = value_at(curve, curve->marks[i]);
        double px = place(x, curve->marks[i]);
        if (!isnan(at)) {
            line(out, px, place(y, at) - 4, px, place(y, at) + 4, ink, "");
        }
    }
}

static void draw_axes(const struct stats_plot *plot, const struct axis *x, const struct axis *y,
                      struct buf *out) {
    line(out, x->from, y->from, x->to, y->from, "#222", "");
    line(out, x->from, y->from, x->from, y->to, "#222", "");
    double step = step_of(x->high - x->low);
    for (double t = ceil(x->low / step) * step; t <= x->high * (1 + 1e-9); t += step) {
        line(out, place(x, t), y->from, place(x, t), y->from + 5, "#222", "");
        number(out, place(x, t), y->from + 18, "middle", "#222", t);
    }
    for (double v = 0; v <= 1.0001; v += 0.25) {
        line(out, x->from - 5, place(y, v), x->from, place(y, v), "#222", "");
        number(out, x->from - 8, place(y, v) + 4, "end", "#222", v);
    }
    text(out, (x->from + x->to) / 2, y->from + 36, "middle", "#222", str_from(plot->x_words));
    text(out, x->from - 40, y->to - 12, "start", "#222", str_from(plot->y_words));
}

static void draw_risk(const struct stats_plot *plot, const struct axis *x, double top,
                      struct buf *out) {
    if (!plot->risk_count) {
        return;
    }
    text(out, 8, top, "start", "#222", STR("At risk"));
    for (uint32_t c = 0; c < plot->curve_count; c++) {
        double y = top + ROW * (c + 1.0);
        text(out, 8, y, "start", inks[c % INKS], plot->curves[c].name);
        for (uint32_t i = 0; i < plot->risk_count; i++) {
            number(out, place(x, plot->risk_times[i]), y, "middle", inks[c % INKS],
                   plot->at_risk[(size_t)c * plot->risk_count + i]);
        }
    }
}

static void draw_steps(const struct stats_view *view, struct buf *out) {
    const struct stats_plot *plot = &view->result->plot;
    double latest = 0;
    for (uint32_t c = 0; c < plot->curve_count; c++) {
        const struct stats_curve *curve = &plot->curves[c];
        latest = curve->count ? fmax(latest, curve->time[curve->count - 1]) : latest;
        for (uint32_t i = 0; i < curve->mark_count; i++) {
            latest = fmax(latest, curve->marks[i]);
        }
    }
    double risk = plot->risk_count ? ROW * (plot->curve_count + 1.0) + 8 : 0;
    struct axis x = {0, latest > 0 ? latest : 1, LEFT + 40, WIDTH - RIGHT, false};
    struct axis y = {0, 1, TOP + PLOT_HEIGHT, TOP, false};
    open_svg(view, TOP + PLOT_HEIGHT + 52 + risk, out);
    draw_axes(plot, &x, &y, out);
    for (uint32_t c = 0; c < plot->curve_count; c++) {
        const char *ink = inks[c % INKS];
        draw_curve(&plot->curves[c], ink, &x, &y, out);
        text(out, WIDTH - RIGHT, TOP + ROW * (c + 1.0), "end", ink, plot->curves[c].name);
    }
    draw_risk(plot, &x, TOP + PLOT_HEIGHT + 60, out);
    buf_add_cstr(out, "</svg>\n");
}

/* ---- Forest ---- */

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
    a.from = WIDTH * 0.52;
    a.to = WIDTH - RIGHT;
    return a;
}

static double clamp(const struct axis *a, double x) {
    return place(a, fmin(fmax(x, a->low), a->high));
}

static void draw_tick(const struct axis *a, double at, double bottom, struct buf *out) {
    line(out, place(a, at), bottom, place(a, at), bottom + 5, "#222", "");
    number(out, place(a, at), bottom + 18, "middle", "#222", at);
}

static void forest_ticks(const struct axis *a, double bottom, struct buf *out) {
    line(out, a->from, bottom, a->to, bottom, "#222", "");
    if (a->log_scale) {
        static const double steps[] = {1, 2, 5};
        bool dense = a->high / a->low < 100;
        for (double power = pow(10, floor(log10(a->low))); power <= a->high; power *= 10) {
            for (int i = 0; i < (dense ? 3 : 1); i++) {
                double at = power * steps[i];
                if (at >= a->low && at <= a->high) {
                    draw_tick(a, at, bottom, out);
                }
            }
        }
        return;
    }
    double step = step_of(a->high - a->low);
    for (double at = ceil(a->low / step) * step; at <= a->high; at += step) {
        draw_tick(a, fabs(at) < step / 1e6 ? 0 : at, bottom, out);
    }
}

static void forest_row(const struct axis *a, const struct stats_estimate *e, double y,
                       struct buf *out) {
    char words[96];
    text(out, 8, y - 4, "start", "#222", e->term);
    snprintf(words, sizeof words, "%.4g (%.4g to %.4g), %s", e->value, e->low, e->high,
             e->interval);
    text(out, 8, y + 11, "start", "#555", str_from(words));
    line(out, clamp(a, e->low), y, clamp(a, e->high), y, inks[0], " stroke-width=\"2\"");
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
    double bottom = TOP + 40.0 * rows;
    open_svg(view, bottom + 48, out);
    if (isfinite(result->plot.null_value)) {
        double at = place(&a, result->plot.null_value);
        line(out, at, TOP, at, bottom, "#777", " stroke-dasharray=\"4 3\"");
    }
    double y = TOP + 20;
    for (const struct stats_estimate *e = result->estimates; e; e = e->next) {
        if (on_forest(e)) {
            forest_row(&a, e, y, out);
            y += 40;
        }
    }
    forest_ticks(&a, bottom, out);
    text(out, (a.from + a.to) / 2, bottom + 36, "middle", "#222", str_from(result->plot.x_words));
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
