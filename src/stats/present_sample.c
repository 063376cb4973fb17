/* Presenters of methods on measurements. */
#include "dist/dist.h"
#include "stats/adjust.h"
#include "stats/free_days.h"
#include "stats/moments.h"
#include "stats/present.h"
#include "stats/proportion.h"
#include "stats/rank.h"
#include "stats/repeated.h"
#include "stats/t_test.h"

static enum stats_alternative alternative_of(const struct stats_run *run) {
    return (enum stats_alternative)run_choice(run, STATS_ALTERNATIVE);
}

static double null_of(const struct stats_run *run) {
    return run_given(run, STATS_NULL_VALUE) ? run_number(run, STATS_NULL_VALUE) : 0;
}

/* True: an allocation failed and the run is over. */
static bool failed(struct stats_run *run, enum status status) {
    run->result->no_memory |= status == STATUS_NO_MEMORY;
    return status != STATUS_OK;
}

/* ---- Descriptions ---- */

struct description {
    struct stats_table *table;
    struct str *variable;
    struct str *group;
    double *n, *mean, *sd, *low, *high, *min, *q1, *median, *q3, *max;
};

static bool make_description(struct stats_run *run, uint32_t rows, struct description *d) {
    d->table = run_table(run, "summary", rows, 12);
    if (!d->table) {
        return false;
    }
    d->variable = run_table_texts(run, d->table, 0, "variable");
    d->group = run_table_texts(run, d->table, 1, "group");
    struct {
        double **cells;
        const char *name;
        int places;
    } columns[] = {{&d->n, "n", 0},      {&d->mean, "mean", -1},     {&d->sd, "sd", -1},
                   {&d->low, "low", -1}, {&d->high, "high", -1},     {&d->min, "min", -1},
                   {&d->q1, "q1", -1},   {&d->median, "median", -1}, {&d->q3, "q3", -1},
                   {&d->max, "max", -1}};
    for (uint32_t i = 0; i < 10; i++) {
        *columns[i].cells =
            run_table_numbers(run, d->table, i + 2, columns[i].name, columns[i].places);
    }
    return !run->result->no_memory;
}

static bool describe_row(struct stats_run *run, const struct description *d, uint32_t row,
                         const double *values, uint32_t count) {
    double *sorted = run_doubles(run, count);
    if (!sorted) {
        return false;
    }
    memcpy(sorted, values, count * sizeof *sorted);
    sort_values(sorted, count);
    struct moments m = moments_of(values, count);
    struct t_test t = t_one_sample(&m, 0, run_number(run, STATS_LEVEL), STATS_TWO_SIDED);
    unsigned definition = run_choice(run, STATS_QUANTILE);
    d->n[row] = count;
    d->mean[row] = m.mean;
    d->sd[row] = moments_sd(&m);
    d->low[row] = t.low;
    d->high[row] = t.high;
    d->min[row] = count ? sorted[0] : NAN;
    d->max[row] = count ? sorted[count - 1] : NAN;
    d->q1[row] = quantile_of(sorted, count, 0.25, definition);
    d->median[row] = quantile_of(sorted, count, 0.5, definition);
    d->q3[row] = quantile_of(sorted, count, 0.75, definition);
    return true;
}

static void note_quantiles(struct stats_run *run) {
    unsigned definition = run_choice(run, STATS_QUANTILE);
    bool sas = definition >= QUANTILE_SAS_1;
    run_note(run, "quantiles: %s %u", sas ? "SAS definition" : "R type",
             sas ? definition - QUANTILE_SAS_1 + 1 : definition + 1);
}

void stats_describe(struct stats_run *run) {
    uint32_t columns = run->role_counts[STATS_X];
    const struct stats_column *by = run_column(run, STATS_BY);
    struct description d;
    struct stats_groups groups;
    if (!run_groups(run, &run->roles[STATS_X][0], by, &groups) ||
        !make_description(run, columns * groups.count, &d)) {
        return;
    }
    for (uint32_t c = 0; c < columns; c++) {
        if (!run_groups(run, &run->roles[STATS_X][c], by, &groups)) {
            return;
        }
        for (uint32_t g = 0; g < groups.count; g++) {
            uint32_t row = c * groups.count + g;
            d.variable[row] = run->roles[STATS_X][c].name;
            d.group[row] = by ? groups.names[g] : STR("all");
            if (!describe_row(run, &d, row, groups_values(&groups, g), groups_size(&groups, g))) {
                return;
            }
        }
    }
    note_quantiles(run);
    run_note(run, "low and high: t interval of the mean at level %g", run_number(run, STATS_LEVEL));
}

/* ---- t ---- */

static void show_t(struct stats_run *run, const char *name, const struct t_test *t,
                   struct str words) {
    if (isnan(t->t)) {
        run_refuse(run, "the values do not vary, or there are too few of them, so that there is no "
                        "standard error");
        return;
    }
    struct stats_test *test = run_test(run, name, "t", t->t, t->p);
    test->df = t->df;
    struct stats_estimate *e = run_estimate(run, t->estimate, "%.*s", STR_ARG(words));
    run_interval(e, t->low, t->high, "t");
    e->se = t->se;
    if (null_of(run) != 0) {
        run_note(run, "null hypothesis: %g", null_of(run));
    }
}

void stats_t_one(struct stats_run *run) {
    const struct stats_column *x = run_column(run, STATS_X);
    struct moments m = moments_of(x->values, run->rows);
    struct t_test t =
        t_one_sample(&m, null_of(run), run_number(run, STATS_LEVEL), alternative_of(run));
    show_t(run, "one-sample t test", &t, run_text(run, "mean of %.*s", STR_ARG(x->name)));
}

/* x - y, or x; NULL on no memory. */
static double *differences(struct stats_run *run, double less) {
    const struct stats_column *x = run_column(run, STATS_X);
    const struct stats_column *y = run_column(run, STATS_Y);
    double *d = run_doubles(run, run->rows);
    for (uint32_t i = 0; d && i < run->rows; i++) {
        d[i] = x->values[i] - (y ? y->values[i] : 0) - less;
    }
    return d;
}

static struct str difference_words(struct stats_run *run, const char *measure) {
    const struct stats_column *x = run_column(run, STATS_X);
    const struct stats_column *y = run_column(run, STATS_Y);
    return y ? run_text(run, "%s of %.*s - %.*s", measure, STR_ARG(x->name), STR_ARG(y->name))
             : run_text(run, "%s of %.*s", measure, STR_ARG(x->name));
}

void stats_t_paired(struct stats_run *run) {
    double *d = differences(run, 0);
    if (!d) {
        return;
    }
    struct moments m = moments_of(d, run->rows);
    struct t_test t =
        t_one_sample(&m, null_of(run), run_number(run, STATS_LEVEL), alternative_of(run));
    show_t(run, "paired t test", &t, difference_words(run, "mean"));
}

/* The two groups of x; false: the run is over. */
static bool two_samples(struct stats_run *run, struct stats_groups *groups) {
    if (!run_groups(run, run_column(run, STATS_X), run_column(run, STATS_BY), groups)) {
        return false;
    }
    if (groups->count != 2) {
        run_refuse(run, "this compares two groups; column %.*s has %u with values",
                   STR_ARG(run_column(run, STATS_BY)->name), groups->count);
        return false;
    }
    return true;
}

static void two_t(struct stats_run *run, bool pooled) {
    struct stats_groups g;
    if (!two_samples(run, &g)) {
        return;
    }
    struct moments x = moments_of(groups_values(&g, 0), groups_size(&g, 0));
    struct moments y = moments_of(groups_values(&g, 1), groups_size(&g, 1));
    double level = run_number(run, STATS_LEVEL);
    struct t_test t = pooled ? t_pooled(&x, &y, null_of(run), level, alternative_of(run))
                             : t_welch(&x, &y, null_of(run), level, alternative_of(run));
    show_t(run, pooled ? "Student's t test" : "Welch's t test", &t,
           run_text(run, "difference of means, %.*s - %.*s", STR_ARG(g.names[0]),
                    STR_ARG(g.names[1])));
    if (!run->result->refusal.len) {
        (void)run_estimate(run, x.mean, "mean of %.*s", STR_ARG(g.names[0]));
        (void)run_estimate(run, y.mean, "mean of %.*s", STR_ARG(g.names[1]));
    }
}

void stats_welch(struct stats_run *run) {
    two_t(run, false);
}

void stats_t_pooled(struct stats_run *run) {
    two_t(run, true);
}

/* ---- Ranks ---- */

/* R's rule for the exact distribution; SAS has it only when asked for. */
static bool wants_exact(const struct stats_run *run, bool small, bool tied) {
    uint32_t wish = run_choice(run, STATS_EXACT);
    if (wish == STATS_EXACT_AUTO) {
        return run_choice(run, STATS_COMPAT) == STATS_R && small && !tied;
    }
    return wish == STATS_EXACT_YES;
}

/* The test of a rank sum; *exact says afterwards which it was. False: over. */
static bool rank_test(struct stats_run *run, const struct rank_sum *r, const char *exact_name,
                      const char *normal_name, const char *symbol, bool *exact) {
    enum stats_alternative alternative = alternative_of(run);
    if (!(r->variance > 0)) {
        run_refuse(run, r->score_count ? "all values are tied, so that ranks say nothing"
                                       : "there is no difference that is not zero");
        return false;
    }
    if (*exact) {
        struct rank_exact p;
        if (failed(run, rank_p_exact(r, run->arena, &p))) {
            return false;
        }
        if (p.counted) {
            (void)run_test(run, exact_name, symbol, r->statistic,
                           alternative == STATS_LESS      ? p.less
                           : alternative == STATS_GREATER ? p.greater
                                                          : p.two_sided);
            return true;
        }
        run_warn(run, "too many values for the exact distribution: by the normal approximation");
        *exact = false;
    }
    double z;
    double p = rank_p_normal(r, alternative, run_continuity(run, true), &z);
    (void)run_test(run, normal_name, symbol, r->statistic, p);
    run_note(run, "z = %.6g, %s continuity correction%s", z,
             run_continuity(run, true) ? "with" : "without",
             r->tied ? ", variance corrected for ties" : "");
    return true;
}

static void show_shift(struct stats_run *run, const struct shift *shift, struct str words,
                       bool exact) {
    struct stats_estimate *e = run_estimate(run, shift->estimate, "%.*s", STR_ARG(words));
    run_interval(e, shift->low, shift->high,
                 exact ? "order statistics, exact" : "order statistics, normal approximation");
    if (!isfinite(shift->low)) {
        run_warn(run, "too few values for an interval at this level");
    } else if (exact) {
        run_note(run, "the interval's exact coverage is %.4f", shift->achieved);
    }
}

void stats_wilcoxon(struct stats_run *run) {
    struct stats_groups g;
    struct rank_sum r;
    if (!two_samples(run, &g)) {
        return;
    }
    uint32_t n = groups_size(&g, 0);
    uint32_t m = groups_size(&g, 1);
    double *x = g.values + g.first[0];
    double *y = g.values + g.first[1];
    if (failed(run, rank_sum(x, n, y, m, run->arena, &r))) {
        return;
    }
    bool exact = wants_exact(run, n < 50 && m < 50, r.tied);
    if (!rank_test(run, &r, "Wilcoxon rank-sum, exact", "Wilcoxon rank-sum, normal approximation",
                   "W", &exact)) {
        return;
    }
    struct shift shift;
    bool exact_interval = exact && !r.tied;
    if (failed(run, shift_two(x, n, y, m, &r, run_number(run, STATS_LEVEL), exact_interval,
                              run_continuity(run, true), run->arena, &shift))) {
        return;
    }
    show_shift(run, &shift,
               run_text(run, "shift, %.*s - %.*s (Hodges-Lehmann)", STR_ARG(g.names[0]),
                        STR_ARG(g.names[1])),
               exact_interval);
    (void)run_estimate(run, r.statistic / ((double)n * m),
                       "probability that %.*s is larger than %.*s, ties half", STR_ARG(g.names[0]),
                       STR_ARG(g.names[1]));
}

enum { SAS_EXACT_MAX = 20 };

static bool follows_sas(const struct stats_run *run) {
    return run_choice(run, STATS_COMPAT) == STATS_SAS;
}

/* SAS's UNIVARIATE beyond 20 differences: S = V less its mean, S sqrt((n - 1) / (n var - S^2))
 * taken for Student's t. */
static void signed_rank_t(struct stats_run *run, const struct rank_sum *r) {
    double s = r->statistic - r->mean;
    double n = r->first;
    double t = s * sqrt((n - 1) / (n * r->variance - s * s));
    double upper = dist_t_upper(t, n - 1);
    enum stats_alternative alternative = alternative_of(run);
    double p = alternative == STATS_GREATER ? upper
               : alternative == STATS_LESS  ? dist_t_upper(-t, n - 1)
                                            : 2 * dist_t_upper(fabs(t), n - 1);
    run_test(run, "Wilcoxon signed-rank, t approximation", "V", r->statistic, p);
    run_note(run, "S = %.6g, t = %.6g on %.0f degrees of freedom", s, t, n - 1);
}

/* The test, and whether it was exact. False: over. */
static bool signed_rank_test(struct stats_run *run, const struct rank_sum *r, bool *exact) {
    bool as_sas = follows_sas(run) && run_choice(run, STATS_EXACT) == STATS_EXACT_AUTO;
    *exact = as_sas ? r->first <= SAS_EXACT_MAX
                    : wants_exact(run, run->rows < 50, r->tied || r->zeros > 0);
    double s = r->statistic - r->mean;
    double spread = r->first * r->variance; /* s * s where all differences are one: no t */
    if (as_sas && !*exact && spread - s * s > 1e-9 * spread) {
        signed_rank_t(run, r);
        return true;
    }
    return rank_test(run, r, "Wilcoxon signed-rank, exact",
                     "Wilcoxon signed-rank, normal approximation", "V", exact);
}

void stats_signed_rank(struct stats_run *run) {
    double *d = differences(run, null_of(run));
    struct rank_sum r;
    if (!d || failed(run, rank_signed(d, run->rows, run->arena, &r))) {
        return;
    }
    bool exact;
    if (!signed_rank_test(run, &r, &exact)) {
        return;
    }
    if (r.zeros > 0) {
        run_note(run, "%.0f difference%s of zero left out", r.zeros, r.zeros == 1 ? "" : "s");
    }
    /* The interval is of the differences themselves, without those that were left out. */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < run->rows; i++) {
        if (d[i] != 0) {
            d[kept++] = d[i] + null_of(run);
        }
    }
    struct shift shift;
    bool exact_interval = exact && !r.tied;
    if (!failed(run, shift_one(d, kept, &r, run_number(run, STATS_LEVEL), exact_interval,
                               run_continuity(run, true), run->arena, &shift))) {
        show_shift(run, &shift, difference_words(run, "pseudo-median"), exact_interval);
    }
}

void stats_sign(struct stats_run *run) {
    double *d = differences(run, null_of(run));
    double positive = 0;
    double negative = 0;
    for (uint32_t i = 0; d && i < run->rows; i++) {
        positive += d[i] > 0;
        negative += d[i] < 0;
    }
    if (!d || positive + negative == 0) {
        run_refuse(run, "there is no difference that is not zero");
        return;
    }
    (void)run_test(run, "sign test, exact", "positive", positive,
                   binomial_test(positive, positive + negative, 0.5, alternative_of(run)));
    run_note(run, "%.0f positive, %.0f negative, %.0f zero", positive, negative,
             run->rows - positive - negative);
    struct proportion_interval exact =
        proportion_clopper_pearson(positive, positive + negative, run_number(run, STATS_LEVEL));
    struct stats_estimate *e =
        run_estimate(run, positive / (positive + negative), "proportion of positive differences");
    run_interval(e, exact.low, exact.high, "Clopper-Pearson (exact)");
}

void stats_kruskal_wallis(struct stats_run *run) {
    struct stats_groups g;
    struct rank_chi2 k;
    if (!run_groups(run, run_column(run, STATS_X), run_column(run, STATS_BY), &g)) {
        return;
    }
    if (g.count < 2) {
        run_refuse(run, "this compares groups, and there is only one with values");
        return;
    }
    if (failed(run, kruskal_wallis(g.values, g.first, g.count, run->arena, &k))) {
        return;
    }
    if (isnan(k.statistic)) {
        run_refuse(run, "all values are tied, so that ranks say nothing");
        return;
    }
    run_test(run, "Kruskal-Wallis", "H", k.statistic, k.p)->df = k.df;
}

/* ---- Repeated measures ---- */

/* Subjects in rows, occasions in columns; NULL: the run is over. */
static double *occasions_of(struct stats_run *run) {
    uint32_t k = run->role_counts[STATS_X];
    if (k < 2) {
        run_refuse(run, "this compares occasions: name two columns or more, as --x d0,d7");
        return NULL;
    }
    if (run->rows < 2) {
        run_refuse(run, "fewer than two subjects have every occasion");
        return NULL;
    }
    double *values = run_doubles(run, (size_t)run->rows * k);
    for (uint32_t i = 0; values && i < run->rows; i++) {
        for (uint32_t j = 0; j < k; j++) {
            values[(size_t)i * k + j] = run->roles[STATS_X][j].values[i];
        }
    }
    if (run->result->missing) {
        run_warn(run,
                 "%llu subject%s with a missing occasion left out: every test here needs all "
                 "of them",
                 (unsigned long long)run->result->missing, run->result->missing == 1 ? "" : "s");
    }
    return values;
}

void stats_friedman(struct stats_run *run) {
    double *values = occasions_of(run);
    struct rank_chi2 f;
    uint32_t k = run->role_counts[STATS_X];
    if (!values || failed(run, friedman(values, run->rows, k, run->arena, &f))) {
        return;
    }
    if (isnan(f.statistic)) {
        run_refuse(run, "within every subject all occasions are tied, so that ranks say nothing");
        return;
    }
    run_test(run, "Friedman", "X2", f.statistic, f.p)->df = f.df;
    (void)run_estimate(run, f.statistic / (run->rows * (k - 1.0)), "Kendall's W");
}

static void show_pairs(struct stats_run *run, const double *values, const struct repeated *anova) {
    uint32_t k = run->role_counts[STATS_X];
    uint32_t pairs = k * (k - 1) / 2;
    const struct stats_column *x = run->roles[STATS_X];
    enum stats_error error = (enum stats_error)run_choice(run, STATS_ERROR);
    struct stats_table *table = run_table(run, "pairwise comparisons", pairs, 7);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "pair");
    double *difference = run_table_numbers(run, table, 1, "difference", -1);
    double *se = run_table_numbers(run, table, 2, "se", -1);
    double *t = run_table_numbers(run, table, 3, "t", -1);
    double *df = run_table_numbers(run, table, 4, "df", 0);
    double *p = run_table_numbers(run, table, 5, "p", -1);
    double *adjusted = run_table_numbers(run, table, 6, "adjusted p", -1);
    if (run->result->no_memory) {
        return;
    }
    uint32_t row = 0;
    for (uint32_t a = 0; a < k; a++) {
        for (uint32_t b = a + 1; b < k; b++, row++) {
            struct repeated_pair pair = {.first = a, .second = b};
            repeated_pair(values, run->rows, k, anova, error, &pair);
            names[row] = run_text(run, "%.*s - %.*s", STR_ARG(x[a].name), STR_ARG(x[b].name));
            difference[row] = pair.difference;
            se[row] = pair.se;
            t[row] = pair.t;
            df[row] = pair.df;
            p[row] = pair.p;
        }
    }
    if (!failed(run, adjust_p(p, pairs, (enum adjust_method)run_choice(run, STATS_ADJUST),
                              run->arena, adjusted))) {
        run_note(run, "pairwise: %s error term, p values adjusted by %.*s",
                 error == STATS_POOLED ? "pooled" : "each pair's own",
                 STR_ARG(run->settings[STATS_ADJUST].text));
    }
}

static void show_mauchly(struct stats_run *run, const struct repeated *a) {
    bool as_r = run_given(run, STATS_COMPAT) && run_choice(run, STATS_COMPAT) == STATS_R;
    double p = as_r ? a->mauchly_p_r : a->mauchly_p;
    run_test(run, "Mauchly's test of sphericity", "W", a->mauchly_w, p)->alternative =
        STATS_TWO_SIDED;
    if (a->mauchly_p_r != a->mauchly_p) {
        run_note(run,
                 "Mauchly's p: %s %.7g, since a term of R 4.2's approximation has the number of "
                 "occasions where Anderson's has that of contrasts%s",
                 as_r ? "by Anderson's formula it is" : "R's mauchly.test prints",
                 as_r ? a->mauchly_p : a->mauchly_p_r, as_r ? "" : " (--compat r prints R's)");
    }
}

static void show_sphericity(struct stats_run *run, const struct repeated *a) {
    if (run->role_counts[STATS_X] == 2) {
        run_note(run, "two occasions are always spherical");
        return;
    }
    if (isnan(a->mauchly_w)) {
        run_warn(run, "Mauchly's test needs more subjects than occasions");
    } else {
        show_mauchly(run, a);
    }
    struct {
        const char *name;
        double epsilon;
        double p;
    } rows[] = {{"F, Greenhouse-Geisser", a->greenhouse_geisser, a->p_greenhouse_geisser},
                {"F, Huynh-Feldt", a->huynh_feldt, a->p_huynh_feldt}};
    for (size_t i = 0; i < 2; i++) {
        double epsilon = fmin(rows[i].epsilon, 1);
        if (!isnan(rows[i].p)) {
            struct stats_test *test = run_test(run, rows[i].name, "F", a->f, rows[i].p);
            test->df = epsilon * a->df;
            test->df2 = epsilon * a->df_error;
        }
        (void)run_estimate(run, rows[i].epsilon, "epsilon, %s",
                           i ? "Huynh-Feldt" : "Greenhouse-Geisser");
    }
    if (a->huynh_feldt > 1) {
        run_note(run, "a Huynh-Feldt epsilon above 1 counts as 1");
    }
}

void stats_rm_anova(struct stats_run *run) {
    double *values = occasions_of(run);
    struct repeated a;
    uint32_t k = run->role_counts[STATS_X];
    if (!values || failed(run, repeated_anova(values, run->rows, k, run->arena, &a))) {
        return;
    }
    if (isnan(a.f)) {
        run_refuse(run, "all subjects change alike: there is no error variance to compare with");
        return;
    }
    struct stats_test *test = run_test(run, "repeated-measures ANOVA", "F", a.f, a.p);
    test->df = a.df;
    test->df2 = a.df_error;
    show_sphericity(run, &a);
    show_pairs(run, values, &a);
}

/* ---- Free days ---- */

void stats_free_days(struct stats_run *run) {
    const struct stats_column *x = run_column(run, STATS_X);
    const struct stats_column *died = run_column(run, STATS_EVENT);
    const struct stats_column *by = run_column(run, STATS_BY);
    double window = run_number(run, STATS_DAYS);
    struct stats_column free = {.name = STR("free days"), .values = run_doubles(run, run->rows)};
    for (uint32_t i = 0; free.values && i < run->rows; i++) {
        if ((died->values[i] != 0 && died->values[i] != 1) || x->values[i] < 0) {
            run_refuse(run, "row %u: died is 0 or 1 and days are not negative", i + 1);
            return;
        }
        free.values[i] = free_days(x->values[i], died->values[i] == 1, window);
    }
    struct stats_groups g;
    struct description d;
    if (!free.values || !run_groups(run, &free, by, &g) || !make_description(run, g.count, &d)) {
        return;
    }
    run->settings[STATS_LEVEL].number = 0.95;
    for (uint32_t i = 0; i < g.count; i++) {
        d.variable[i] = free.name;
        d.group[i] = by ? g.names[i] : STR("all");
        if (!describe_row(run, &d, i, groups_values(&g, i), groups_size(&g, i))) {
            return;
        }
    }
    note_quantiles(run);
    run_note(run, "free days within %g; 0 for who died within them", window);
    struct rank_sum r;
    if (g.count == 2 &&
        !failed(run, rank_sum(groups_values(&g, 0), groups_size(&g, 0), groups_values(&g, 1),
                              groups_size(&g, 1), run->arena, &r))) {
        bool exact = false;
        (void)rank_test(run, &r, "", "Wilcoxon rank-sum, normal approximation", "W", &exact);
    }
}

/* ---- Several p values ---- */

void stats_p_adjust(struct stats_run *run) {
    const struct stats_column *x = run_column(run, STATS_X);
    const double *p = x ? x->values : run->request->numbers;
    uint32_t count = x ? run->rows : run->request->number_count;
    for (uint32_t i = 0; i < count; i++) {
        if (!(p[i] >= 0 && p[i] <= 1)) {
            run_refuse(run, "%g is no p value", p[i]);
            return;
        }
    }
    static const struct {
        const char *name;
        enum adjust_method method;
    } all[] = {{"Bonferroni", ADJUST_BONFERRONI},
               {"Holm", ADJUST_HOLM},
               {"Hochberg", ADJUST_HOCHBERG},
               {"Hommel", ADJUST_HOMMEL},
               {"Sidak", ADJUST_SIDAK},
               {"Holm-Sidak", ADJUST_HOLM_SIDAK},
               {"BH", ADJUST_BH},
               {"BY", ADJUST_BY}};
    enum { ALL = sizeof all / sizeof all[0] };
    bool one = run_given(run, STATS_ADJUST);
    struct stats_table *table = run_table(run, "adjusted p values", count, one ? 2 : ALL + 1);
    double *raw = table ? run_table_numbers(run, table, 0, "p", -1) : NULL;
    if (!raw) {
        return;
    }
    memcpy(raw, p, count * sizeof *raw);
    for (uint32_t m = 0; m < (one ? 1 : ALL); m++) {
        enum adjust_method method =
            one ? (enum adjust_method)run_choice(run, STATS_ADJUST) : all[m].method;
        double *cells = run_table_numbers(run, table, m + 1, one ? "adjusted p" : all[m].name, -1);
        if (!cells || failed(run, adjust_p(p, count, method, run->arena, cells))) {
            return;
        }
    }
}
