/* Presenters of methods on times to an event. */
#include "base/limits.h"
#include "dist/dist.h"
#include "stats/cox.h"
#include "stats/present_model.h"

enum { RISK_TICKS = 6 };

static const char *const km_words[] = {"plain", "log", "log-log"};

static enum km_interval km_scale(const struct stats_run *run) {
    return (enum km_interval)run_choice(run, STATS_CONF_TYPE);
}

/* ---- The plot's numbers at risk ---- */

static double latest(const struct survival_data *data) {
    double last = 0;
    for (uint32_t i = 0; i < data->n; i++) {
        last = fmax(last, data->time[i]);
    }
    return last;
}

/* 1, 2 or 5 times a power of ten, so that about RISK_TICKS of them reach the end. */
static double risk_step(double span) {
    double power = pow(10, floor(log10(span / RISK_TICKS)));
    double rest = span / RISK_TICKS / power;
    return power * (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10);
}

static void plot_risk(struct stats_run *run, const struct run_survival *s) {
    double span = latest(&s->data);
    double step = span > 0 ? risk_step(span) : 1;
    uint32_t count = (uint32_t)floor(span / step * (1 + 1e-9)) + 1;
    double *times = run_doubles(run, count);
    double *at_risk = run_doubles(run, (size_t)count * s->by.count);
    if (!times || !at_risk) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        times[i] = i * step;
        for (uint32_t g = 0; g < s->by.count; g++) {
            at_risk[(size_t)g * count + i] = survival_at_risk(&s->data, g, times[i]);
        }
    }
    struct stats_plot *plot = &run->result->plot;
    plot->risk_rows = s->by.count;
    plot->risk_names = s->by.names;
    plot->risk_count = count;
    plot->risk_times = times;
    plot->at_risk = at_risk;
}

static struct stats_plot *plot_steps(struct stats_run *run, uint32_t curves, const char *y_words) {
    struct stats_plot *plot = &run->result->plot;
    *plot = (struct stats_plot){
        .kind = STATS_PLOT_STEPS,
        .x_words = run_text(run, "%.*s", STR_ARG(run_column(run, STATS_TIME)->name)).at,
        .y_words = y_words,
        .curve_count = curves};
    plot->curves = ARENA_ARRAY(run->arena, curves, struct stats_curve);
    run->result->no_memory |= !plot->curves;
    return plot->curves ? plot : NULL;
}

/* A step function from its start at time 0, and its bounds. */
struct steps {
    double *time, *value, *low, *high, *marks;
    uint32_t count, mark_count;
};

static bool make_steps(struct stats_run *run, uint32_t points, double start, struct steps *out) {
    *out = (struct steps){.time = run_doubles(run, points + 1u),
                          .value = run_doubles(run, points + 1u),
                          .low = run_doubles(run, points + 1u),
                          .high = run_doubles(run, points + 1u),
                          .marks = run_doubles(run, points + 1u),
                          .count = 1};
    if (run->result->no_memory) {
        return false;
    }
    out->value[0] = out->low[0] = out->high[0] = start;
    return true;
}

static void add_step(struct steps *s, double time, double value, double low, double high) {
    s->time[s->count] = time;
    s->value[s->count] = value;
    s->low[s->count] = isnan(low) ? (s->count == 1 ? value : s->low[s->count - 1]) : low;
    s->high[s->count] = isnan(high) ? (s->count == 1 ? value : s->high[s->count - 1]) : high;
    s->count++;
}

/* Bounds of more than two curves would cover each other. */
enum { CURVES_WITH_BOUNDS = 2 };

static struct stats_curve curve_of(const struct steps *s, struct str name, uint32_t curves) {
    bool bounds = curves <= CURVES_WITH_BOUNDS;
    return (struct stats_curve){.name = name,
                                .count = s->count,
                                .time = s->time,
                                .value = s->value,
                                .low = bounds ? s->low : NULL,
                                .high = bounds ? s->high : NULL,
                                .mark_count = s->mark_count,
                                .marks = s->marks};
}

static void plot_km(struct stats_run *run, const struct run_survival *s,
                    const struct km_result *km) {
    struct stats_plot *plot = plot_steps(run, s->by.count, "survival");
    for (uint32_t g = 0; plot && g < s->by.count; g++) {
        const struct km_curve *curve = &km->curves[g];
        struct steps steps;
        if (!make_steps(run, curve->count, 1, &steps)) {
            return;
        }
        for (uint32_t i = 0; i < curve->count; i++) {
            const struct km_point *p = &curve->points[i];
            add_step(&steps, p->time, p->survival, p->low, p->high);
            if (p->censored > 0) {
                steps.marks[steps.mark_count++] = p->time;
            }
        }
        plot->curves[g] = curve_of(&steps, s->by.names[g], s->by.count);
        plot->curves[g].ink = g;
    }
    plot_risk(run, s);
}

/* ---- Kaplan-Meier ---- */

static void note_late_entry(struct stats_run *run, const struct survival_data *data) {
    if (data->entry) {
        run_note(run, "late entry: a subject is at risk after its entry, up to its own time");
    }
}

static void km_groups(struct stats_run *run, const struct run_survival *s,
                      const struct km_result *km) {
    struct stats_table *table = run_table(run, "groups", s->by.count, 6);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "group");
    double *n = run_table_numbers(run, table, 1, "n", 0);
    double *events = run_table_numbers(run, table, 2, "events", 0);
    double *q[] = {run_table_numbers(run, table, 3, "25%", -1),
                   run_table_numbers(run, table, 4, "median", -1),
                   run_table_numbers(run, table, 5, "75%", -1)};
    for (uint32_t g = 0; g < s->by.count && !run->result->no_memory; g++) {
        const struct km_curve *curve = &km->curves[g];
        names[g] = s->by.names[g];
        n[g] = curve->n;
        events[g] = curve->events;
        for (int k = 0; k < 3; k++) {
            q[k][g] = km_quantile(curve, 0.25 * (k + 1)).value;
        }
        struct km_quantile median = km_quantile(curve, 0.5);
        struct stats_estimate *e =
            run_estimate(run, median.value, "median time, %.*s", STR_ARG(s->by.names[g]));
        run_interval(e, median.low,
                     isnan(median.high) && !isnan(median.low) ? INFINITY : median.high,
                     "Brookmeyer-Crowley");
    }
}

struct km_columns {
    struct str *group;
    double *time, *at_risk, *events, *survival, *se, *low, *high;
};

static bool km_table(struct stats_run *run, uint32_t rows, struct km_columns *c) {
    struct stats_table *table = run_table(run, "survival", rows, 8);
    if (!table) {
        return false;
    }
    c->group = run_table_texts(run, table, 0, "group");
    c->time = run_table_numbers(run, table, 1, "time", -1);
    c->at_risk = run_table_numbers(run, table, 2, "at risk", 0);
    c->events = run_table_numbers(run, table, 3, "events", 0);
    c->survival = run_table_numbers(run, table, 4, "survival", 4);
    c->se = run_table_numbers(run, table, 5, "se", 4);
    c->low = run_table_numbers(run, table, 6, "low", 4);
    c->high = run_table_numbers(run, table, 7, "high", 4);
    return !run->result->no_memory;
}

static void km_row(const struct km_columns *c, uint32_t row, struct str group,
                   const struct km_point *p) {
    c->group[row] = group;
    c->time[row] = p->time;
    c->at_risk[row] = p->at_risk;
    c->events[row] = p->events;
    c->survival[row] = p->survival;
    c->se[row] = p->survival > 0 ? p->survival * sqrt(p->greenwood) : NAN;
    c->low[row] = p->low;
    c->high[row] = p->high;
}

/* At the times asked for: the curve there, events since the time before. */
static void km_at_times(struct stats_run *run, const struct run_survival *s,
                        const struct km_result *km) {
    const struct stats_setting *times = &run->settings[STATS_AT_TIMES];
    struct km_columns c;
    uint32_t row = 0;
    if (!km_table(run, times->number_count * s->by.count, &c)) {
        return;
    }
    for (uint32_t g = 0; g < s->by.count; g++) {
        double from = -INFINITY;
        const struct km_curve *curve = &km->curves[g];
        for (uint32_t i = 0; i < times->number_count; i++, row++) {
            double t = times->numbers[i];
            const struct km_point *p = km_at(curve, t);
            struct km_point start = {.survival = 1, .low = 1, .high = 1};
            struct km_point at = p ? *p : start;
            bool known = curve->count > 0 && (at.survival == 0 || t <= km_rmst_limit(curve));
            at.time = t;
            at.at_risk = survival_at_risk(&s->data, g, t);
            at.events = 0;
            for (uint32_t k = 0; k < curve->count; k++) {
                bool between = curve->points[k].time > from && curve->points[k].time <= t;
                at.events += between ? curve->points[k].events : 0;
            }
            if (!known) {
                at.survival = at.greenwood = at.low = at.high = NAN;
            }
            km_row(&c, row, s->by.names[g], &at);
            from = t;
        }
    }
    run_note(run, "events: since the time before; behind a group's last time its survival is not "
                  "known");
}

static void km_at_events(struct stats_run *run, const struct run_survival *s,
                         const struct km_result *km) {
    uint32_t rows = 0;
    for (uint32_t g = 0; g < s->by.count; g++) {
        for (uint32_t i = 0; i < km->curves[g].count; i++) {
            rows += km->curves[g].points[i].events > 0;
        }
    }
    struct km_columns c;
    uint32_t row = 0;
    if (!km_table(run, rows, &c)) {
        return;
    }
    for (uint32_t g = 0; g < s->by.count; g++) {
        for (uint32_t i = 0; i < km->curves[g].count; i++) {
            if (km->curves[g].points[i].events > 0) {
                km_row(&c, row++, s->by.names[g], &km->curves[g].points[i]);
            }
        }
    }
}

void stats_km(struct stats_run *run) {
    struct run_survival s;
    struct km_result km;
    if (!run_survival(run, 1, &s) ||
        !run_status(run, kaplan_meier(run->arena, &s.data, km_scale(run), run_level(run), &km)) ||
        !run_applies(run, km.refusal, NULL, 0)) {
        return;
    }
    km_groups(run, &s, &km);
    run_note(run, "a quantile that the curve does not reach is left empty");
    if (run->settings[STATS_AT_TIMES].number_count) {
        km_at_times(run, &s, &km);
    } else {
        km_at_events(run, &s, &km);
    }
    plot_km(run, &s, &km);
    run_note(run, "interval of the survival: %s, level %g, Greenwood's variance",
             km_words[km_scale(run)], run_level(run));
    note_late_entry(run, &s.data);
}

/* ---- Log-rank ---- */

void stats_log_rank(struct stats_run *run) {
    static const enum rank_weight weights[] = {RANK_LOG_RANK, RANK_GEHAN, RANK_TARONE_WARE};
    static const char *const names[] = {"log-rank test", "Gehan-Breslow test", "Tarone-Ware test"};
    struct rank_options options = {.weight = weights[run_choice(run, STATS_RANK_WEIGHTS)],
                                   .rho = run_number(run, STATS_RHO),
                                   .gamma = run_number(run, STATS_GAMMA)};
    const char *name = names[run_choice(run, STATS_RANK_WEIGHTS)];
    if (options.rho != 0 || options.gamma != 0) {
        options.weight = RANK_FLEMING_HARRINGTON;
        name = "Fleming-Harrington test";
        run_note(run, "weight S(t-)^%g (1 - S(t-))^%g", options.rho, options.gamma);
    }
    struct run_survival s;
    struct rank_result rank;
    if (!run_survival(run, 1, &s) ||
        !run_status(run, rank_test(run->arena, &s.data, options, &rank)) ||
        !run_applies(run, rank.refusal, NULL, 0)) {
        return;
    }
    struct stats_table *table = run_table(run, "groups", s.by.count, 4);
    if (!table) {
        return;
    }
    struct str *groups = run_table_texts(run, table, 0, "group");
    double *n = run_table_numbers(run, table, 1, "n", 0);
    double *observed = run_table_numbers(run, table, 2, "observed", -1);
    double *expected = run_table_numbers(run, table, 3, "expected", -1);
    for (uint32_t g = 0; g < s.by.count && !run->result->no_memory; g++) {
        groups[g] = s.by.names[g];
        n[g] = rank.groups[g].n;
        observed[g] = rank.groups[g].observed;
        expected[g] = rank.groups[g].expected;
    }
    run_chi2(run, name, rank.chi2, rank.df, rank.p);
    if (s.strata.count > 1) {
        run_note(run, "stratified by %.*s: %u strata", STR_ARG(run_column(run, STATS_STRATA)->name),
                 s.strata.count);
    }
    run_note(run, "ties: hypergeometric variance");
    note_late_entry(run, &s.data);
}

/* ---- Restricted means ---- */

static void rmst_difference(struct stats_run *run, const struct run_survival *s,
                            const struct rmst *means) {
    double z = dist_normal_quantile((1 + run_level(run)) / 2);
    double difference = means[0].mean - means[1].mean;
    double se = hypot(means[0].se, means[1].se);
    struct stats_estimate *e = run_estimate(run, difference, "difference, %.*s - %.*s",
                                            STR_ARG(s->by.names[0]), STR_ARG(s->by.names[1]));
    run_interval(e, difference - z * se, difference + z * se, "normal");
    e->se = se;
    e->p = se > 0 ? 2 * dist_normal_upper(fabs(difference) / se) : NAN;
    double ratio = means[0].mean / means[1].mean;
    double log_se = hypot(means[0].se / means[0].mean, means[1].se / means[1].mean);
    e = run_estimate(run, ratio, "ratio, %.*s / %.*s", STR_ARG(s->by.names[0]),
                     STR_ARG(s->by.names[1]));
    run_interval(e, ratio * exp(-z * log_se), ratio * exp(z * log_se), "normal, logarithm");
    e->p = log_se > 0 ? 2 * dist_normal_upper(fabs(log(ratio)) / log_se) : NAN;
}

void stats_rmst(struct stats_run *run) {
    struct run_survival s;
    struct km_result km;
    if (!run_survival(run, 1, &s) ||
        !run_status(run, kaplan_meier(run->arena, &s.data, km_scale(run), run_level(run), &km)) ||
        !run_applies(run, km.refusal, NULL, 0)) {
        return;
    }
    double tau = run_number(run, STATS_TAU);
    if (isnan(tau)) {
        tau = INFINITY;
        for (uint32_t g = 0; g < s.by.count; g++) {
            const struct km_curve *curve = &km.curves[g];
            tau = fmin(tau, curve->points[curve->count - 1].time);
        }
    }
    double z = dist_normal_quantile((1 + run_level(run)) / 2);
    struct rmst *means = ARENA_ARRAY(run->arena, s.by.count, struct rmst);
    run->result->no_memory |= !means;
    for (uint32_t g = 0; means && g < s.by.count; g++) {
        means[g] = km_rmst(&km.curves[g], tau);
        if (!run_applies(run, means[g].refusal, NULL, 0)) {
            return;
        }
        struct stats_estimate *e =
            run_estimate(run, means[g].mean, "mean time to %g, %.*s", tau, STR_ARG(s.by.names[g]));
        run_interval(e, means[g].mean - z * means[g].se, means[g].mean + z * means[g].se, "normal");
        e->se = means[g].se;
    }
    if (means && s.by.count == 2) {
        rmst_difference(run, &s, means);
    }
    plot_km(run, &s, &km);
    run_note(run, "restricted to %g%s", tau,
             isnan(run_number(run, STATS_TAU)) ? ", the earliest of the groups' last times" : "");
    note_late_entry(run, &s.data);
}

/* ---- Competing risks ---- */

struct incidence_view {
    struct stats_run *run;
    const struct run_survival *s;
    struct str *group;
    double *cause, *time, *at_risk, *events, *incidence, *se, *low, *high;
    uint32_t row;
};

static void incidence_row(struct incidence_view *v, uint32_t group, uint32_t cause,
                          const struct incidence_point *p) {
    uint32_t row = v->row++;
    v->group[row] = v->s->by.names[group];
    v->cause[row] = cause;
    v->time[row] = p->time;
    v->at_risk[row] = p->at_risk;
    v->events[row] = p->events;
    v->incidence[row] = p->incidence;
    v->se[row] = p->se;
    v->low[row] = p->low;
    v->high[row] = p->high;
}

/* At the times asked for, events since the time before; behind the last time nothing is known. */
static void incidence_at_times(struct incidence_view *v, const struct incidence_curve *curve,
                               uint32_t group, uint32_t cause) {
    const struct stats_setting *times = &v->run->settings[STATS_AT_TIMES];
    for (uint32_t k = 0; k < times->number_count; k++) {
        double t = times->numbers[k];
        bool known = curve->count > 0 && t <= curve->points[curve->count - 1].time;
        struct incidence_point at = {.low = NAN, .high = NAN};
        double events = 0;
        for (uint32_t i = 0; i < curve->count && curve->points[i].time <= t; i++) {
            bool since = k == 0 || curve->points[i].time > times->numbers[k - 1];
            events += since ? curve->points[i].events : 0;
            at = curve->points[i];
        }
        at.time = t;
        at.events = events;
        at.at_risk = survival_at_risk(&v->s->data, group, t);
        if (!known) {
            at.incidence = at.se = at.low = at.high = NAN;
        }
        incidence_row(v, group, cause, &at);
    }
}

static void incidence_rows(struct incidence_view *v, const struct incidence_curve *curve,
                           uint32_t group, uint32_t cause) {
    if (v->run->settings[STATS_AT_TIMES].number_count) {
        incidence_at_times(v, curve, group, cause);
        return;
    }
    for (uint32_t i = 0; i < curve->count; i++) {
        if (curve->points[i].events > 0) {
            incidence_row(v, group, cause, &curve->points[i]);
        }
    }
}

static bool incidence_table(struct incidence_view *v, uint32_t rows) {
    struct stats_run *run = v->run;
    struct stats_table *table = run_table(run, "cumulative incidence", rows, 9);
    if (!table) {
        return false;
    }
    v->group = run_table_texts(run, table, 0, "group");
    v->cause = run_table_numbers(run, table, 1, "event", 0);
    v->time = run_table_numbers(run, table, 2, "time", -1);
    v->at_risk = run_table_numbers(run, table, 3, "at risk", 0);
    v->events = run_table_numbers(run, table, 4, "events", 0);
    v->incidence = run_table_numbers(run, table, 5, "incidence", 4);
    v->se = run_table_numbers(run, table, 6, "se", 4);
    v->low = run_table_numbers(run, table, 7, "low", 4);
    v->high = run_table_numbers(run, table, 8, "high", 4);
    return !run->result->no_memory;
}

static bool plot_incidence(struct stats_run *run, struct stats_curve *out,
                           const struct incidence_curve *curve, struct str name, uint32_t curves) {
    struct steps steps;
    if (!make_steps(run, curve->count, 0, &steps)) {
        return false;
    }
    for (uint32_t i = 0; i < curve->count; i++) {
        const struct incidence_point *p = &curve->points[i];
        add_step(&steps, p->time, p->incidence, p->low, p->high);
    }
    *out = curve_of(&steps, name, curves);
    return true;
}

static void gray_tests(struct stats_run *run, const struct run_survival *s) {
    for (uint32_t cause = 1; cause <= s->causes && s->by.count > 1; cause++) {
        struct gray_result gray;
        enum status status =
            gray_test(run->arena, &s->data, cause, run_number(run, STATS_RHO), &gray);
        if (!run_status(run, status)) {
            return;
        }
        if (gray.refusal) {
            run_note(run, "event %u: %s", cause, gray.refusal);
            continue;
        }
        run_chi2(run, run_text(run, "Gray's test, event %u", cause).at, gray.chi2, gray.df, gray.p);
    }
}

void stats_cumulative_incidence(struct stats_run *run) {
    struct run_survival s;
    if (!run_survival(run, LIMIT_CAUSES, &s)) {
        return;
    }
    if (s.causes == 0) {
        run_refuse(run, "there is no event");
        return;
    }
    struct incidence_view view = {.run = run, .s = &s};
    struct incidence_result *results =
        ARENA_ARRAY(run->arena, s.causes + 1u, struct incidence_result);
    struct stats_plot *plot = plot_steps(run, s.by.count * s.causes, "cumulative incidence");
    uint32_t rows = 0;
    run->result->no_memory |= !results;
    for (uint32_t c = 1; results && plot && c <= s.causes; c++) {
        enum status status = cumulative_incidence(run->arena, &s.data, c, km_scale(run),
                                                  run_level(run), &results[c]);
        if (!run_status(run, status) || !run_applies(run, results[c].refusal, NULL, 0)) {
            return;
        }
        for (uint32_t g = 0; g < s.by.count; g++) {
            const struct incidence_curve *curve = &results[c].curves[g];
            for (uint32_t i = 0; i < curve->count; i++) {
                rows += curve->points[i].events > 0;
            }
            struct str name = run_text(run, "%.*s, event %u", STR_ARG(s.by.names[g]), c);
            struct stats_curve *drawn = &plot->curves[(c - 1) * s.by.count + g];
            if (!plot_incidence(run, drawn, curve, name, plot->curve_count)) {
                return;
            }
            drawn->ink = g;
            drawn->dash = c - 1;
        }
    }
    uint32_t times = run->settings[STATS_AT_TIMES].number_count;
    if (!results || !plot ||
        !incidence_table(&view, times ? times * s.by.count * s.causes : rows)) {
        return;
    }
    if (times) {
        run_note(run, "events: since the time before; behind a group's last time nothing is known");
    }
    for (uint32_t g = 0; g < s.by.count; g++) {
        for (uint32_t c = 1; c <= s.causes; c++) {
            incidence_rows(&view, &results[c].curves[g], g, c);
        }
    }
    plot_risk(run, &s);
    gray_tests(run, &s);
    run_note(run, "Aalen-Johansen; interval %s, level %g, delta method's variance",
             km_words[km_scale(run)], run_level(run));
    note_late_entry(run, &s.data);
}

/* ---- Cox ---- */

static void cox_estimates(struct stats_run *run, const struct run_model *model,
                          const struct cox_fit *fit) {
    double z = dist_normal_quantile((1 + run_level(run)) / 2);
    struct stats_table *table = run_table(run, "coefficients", fit->p, 5);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "covariate");
    double *coef = run_table_numbers(run, table, 1, "coefficient", -1);
    double *se = run_table_numbers(run, table, 2, "se", -1);
    double *zs = run_table_numbers(run, table, 3, "z", 3);
    double *ps = run_table_numbers(run, table, 4, "p", 4);
    for (uint32_t j = 0; j < fit->p && !run->result->no_memory; j++) {
        double b = fit->coef[j];
        names[j] = model->columns[j];
        coef[j] = b;
        se[j] = fit->se[j];
        zs[j] = b / fit->se[j];
        ps[j] = 2 * dist_normal_upper(fabs(zs[j]));
        struct stats_estimate *e =
            run_estimate(run, exp(b), "hazard ratio, %.*s", STR_ARG(model->columns[j]));
        run_interval(e, exp(b - z * fit->se[j]), exp(b + z * fit->se[j]), "Wald");
        e->p = ps[j];
    }
    run->result->plot = (struct stats_plot){
        .kind = STATS_PLOT_FOREST, .x_words = "hazard ratio", .null_value = 1, .log_scale = true};
}

static void cox_term_tests(struct stats_run *run, const struct run_model *model,
                           const struct cox_fit *fit) {
    for (uint32_t t = 0; t < model->design.terms; t++) {
        uint32_t from;
        uint32_t to = design_term(&model->design, t, &from);
        struct wald wald;
        if (to - from > 1 && run_status(run, design_wald(run->arena, fit->coef, fit->covariance,
                                                         fit->p, from, to, &wald))) {
            run_chi2(run, run_text(run, "Wald test, %.*s", STR_ARG(model->terms[t])).at, wald.chi2,
                     wald.df, wald.p);
        }
    }
}

static void cox_proportional(struct stats_run *run, const struct run_survival *s,
                             const struct run_model *model, enum cox_ties ties,
                             const struct cox_fit *fit) {
    struct zph_result zph;
    enum status status = cox_zph(run->arena, &s->data, &model->design, ties, fit, ZPH_KM, &zph);
    if (!run_status(run, status)) {
        return;
    }
    if (zph.refusal) {
        run_note(run, "proportional hazards: %s", zph.refusal);
        return;
    }
    uint32_t rows = model->design.terms;
    struct stats_table *table = run_table(run, "proportional hazards", rows, 4);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "term");
    double *chi2 = run_table_numbers(run, table, 1, "chi-square", 3);
    double *df = run_table_numbers(run, table, 2, "df", 0);
    double *p = run_table_numbers(run, table, 3, "p", 4);
    for (uint32_t t = 0; t < rows && !run->result->no_memory; t++) {
        names[t] = model->terms[t];
        chi2[t] = zph.terms[t].chi2;
        df[t] = zph.terms[t].df;
        p[t] = zph.terms[t].p;
    }
    run_chi2(run, "proportional hazards, all terms", zph.global.chi2, zph.global.df, zph.global.p);
    run_note(run,
             "proportional hazards: score test against 1 - S(t-) (Grambsch and Therneau 1994); a "
             "small p speaks against them");
}

void stats_cox(struct stats_run *run) {
    static const char *const ties_words[] = {"Efron", "Breslow", "exact"};
    enum cox_ties ties = (enum cox_ties)run_choice(run, STATS_TIES);
    struct run_survival s;
    struct run_model model;
    struct cox_fit fit;
    if (!run_survival(run, 1, &s) || !run_model(run, &model) ||
        !run_status(run, cox_fit(run->arena, &s.data, &model.design, ties, &fit))) {
        return;
    }
    if (fit.refusal) {
        (void)run_applies(run, fit.refusal, &model, fit.column);
        if (!isnan(fit.score)) {
            run_note(run, "the score test needs no estimate: log-rank compares the groups");
        }
        return;
    }
    cox_estimates(run, &model, &fit);
    run_chi2(run, "likelihood ratio test", fit.likelihood_ratio, fit.p,
             dist_chi2_upper(fit.likelihood_ratio, fit.p));
    run_chi2(run, "Wald test", fit.wald, fit.p, dist_chi2_upper(fit.wald, fit.p));
    run_chi2(run, "score test", fit.score, fit.p, dist_chi2_upper(fit.score, fit.p));
    cox_term_tests(run, &model, &fit);
    cox_proportional(run, &s, &model, ties, &fit);
    run_note(run, "%u events; ties: %s", fit.events, ties_words[ties]);
    if (s.strata.count > 1) {
        run_note(run, "stratified by %.*s: %u strata, each with its own baseline",
                 STR_ARG(run_column(run, STATS_STRATA)->name), s.strata.count);
    }
    note_late_entry(run, &s.data);
}
