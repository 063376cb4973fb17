/* Presenters of methods on counts. */
#include "dist/dist.h"
#include "stats/fisher.h"
#include "stats/present_model.h"
#include "stats/proportion.h"

static enum stats_alternative alternative_of(const struct stats_run *run) {
    return (enum stats_alternative)run_choice(run, STATS_ALTERNATIVE);
}

static double level_of(const struct stats_run *run) {
    return run_number(run, STATS_LEVEL);
}

/* ---- Two groups ---- */

/* "odds of dead, drug / placebo": what the number compares, of whom with whom. */
static struct str direction(struct stats_run *run, const struct stats_cross *cross,
                            const char *measure, char sign) {
    return run_text(run, "%s of %.*s, %.*s %c %.*s", measure, STR_ARG(cross->column_names[0]),
                    STR_ARG(cross->row_names[0]), sign, STR_ARG(cross->row_names[1]));
}

/* The counts as they were taken, so that nobody need guess which is which. */
static void show_cross(struct stats_run *run, const struct stats_cross *cross) {
    struct stats_table *table =
        run_table(run, "counts", cross->rows, cross->columns + (cross->columns == 2 ? 3 : 2));
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "group");
    double *n = run_table_numbers(run, table, table->column_count - 1, "n", 0);
    double *percent = cross->columns == 2 ? run_table_numbers(run, table, 3, "percent", 1) : NULL;
    for (uint32_t c = 0; c < cross->columns; c++) {
        double *cells = run_table_numbers(
            run, table, c + 1, run_text(run, "%.*s", STR_ARG(cross->column_names[c])).at, 0);
        for (uint32_t r = 0; r < cross->rows && names && n && cells; r++) {
            cells[r] = cross->cells[(size_t)r * cross->columns + c];
            names[r] = cross->row_names[r];
            n[r] += cells[r];
        }
    }
    for (uint32_t r = 0; r < cross->rows && percent && n; r++) {
        percent[r] = 100 * cross->cells[(size_t)r * cross->columns] / n[r];
    }
}

/* Two groups, event or not, neither group empty. False: the run is over. */
static bool two_groups(struct stats_run *run, struct stats_cross *cross, struct two_by_two *t) {
    if (!run_cross(run, cross)) {
        return false;
    }
    if (cross->rows != 2 || cross->columns != 2) {
        run_refuse(run, "this needs two groups and an outcome of two kinds; here are %u and %u",
                   cross->rows, cross->columns);
        return false;
    }
    *t = (struct two_by_two){cross->cells[0], cross->cells[1], cross->cells[2], cross->cells[3]};
    if (t->a + t->b == 0 || t->c + t->d == 0) {
        run_refuse(run, "group %.*s is empty", STR_ARG(cross->row_names[t->a + t->b == 0 ? 0 : 1]));
        return false;
    }
    show_cross(run, cross);
    return true;
}

static struct stats_estimate *add_effect(struct stats_run *run, struct effect effect,
                                         struct str words, const char *kind, const char *method) {
    struct stats_estimate *e = run_estimate(run, effect.value, "%s (%.*s)", kind, STR_ARG(words));
    run_interval(e, effect.low, effect.high, method);
    return e;
}

static void forest(struct stats_run *run, const char *words, double null_value, bool log_scale) {
    run->result->plot = (struct stats_plot){.kind = STATS_PLOT_FOREST,
                                            .x_words = words,
                                            .null_value = null_value,
                                            .log_scale = log_scale};
}

/* The exact tests of any table of two groups or more. False: over. */
static bool any_table(struct stats_run *run, struct stats_cross *cross) {
    if (!run_cross(run, cross)) {
        return false;
    }
    double n = 0;
    uint32_t rows = 0;
    uint32_t columns = 0;
    for (uint32_t r = 0; r < cross->rows; r++) {
        double sum = 0;
        for (uint32_t c = 0; c < cross->columns; c++) {
            sum += cross->cells[(size_t)r * cross->columns + c];
        }
        rows += sum > 0;
        n += sum;
    }
    for (uint32_t c = 0; c < cross->columns; c++) {
        double sum = 0;
        for (uint32_t r = 0; r < cross->rows; r++) {
            sum += cross->cells[(size_t)r * cross->columns + c];
        }
        columns += sum > 0;
    }
    if (n == 0) {
        run_refuse(run, "there are no counts");
        return false;
    }
    if (rows < 2) {
        run_refuse(run, "only one group has subjects, so there is nothing to compare");
        return false;
    }
    show_cross(run, cross);
    if (columns < 2) {
        run_warn(run,
                 "all subjects have the same outcome: the table says nothing about a difference");
    }
    return true;
}

static void fisher_two(struct stats_run *run, const struct stats_cross *cross, bool mid) {
    struct two_by_two t = {cross->cells[0], cross->cells[1], cross->cells[2], cross->cells[3]};
    double low;
    double high;
    (void)run_test(run, mid ? "Fisher's exact test, mid-p" : "Fisher's exact test", NULL, NAN,
                   fisher_p(&t, alternative_of(run), mid));
    if (!mid && alternative_of(run) == STATS_TWO_SIDED) {
        (void)run_test(run, "twice the smaller one-sided p", NULL, NAN, fisher_p_doubled(&t));
    }
    fisher_interval(&t, level_of(run), alternative_of(run), &low, &high);
    struct str words = direction(run, cross, "odds", '/');
    struct stats_estimate *e =
        run_estimate(run, fisher_odds_ratio(&t), "odds ratio, conditional (%.*s)", STR_ARG(words));
    run_interval(e, low, high, "exact (Cornfield)");
    forest(run, "odds ratio", 1, true);
}

/* Larger tables: exact, or a sample when there are too many of them. Fewer rows than columns make
 * fewer sums to keep. */
static void fisher_any(struct stats_run *run, const struct stats_cross *cross) {
    bool turn = cross->rows > cross->columns;
    uint32_t rows = turn ? cross->columns : cross->rows;
    uint32_t columns = turn ? cross->rows : cross->columns;
    double *cells = run_doubles(run, (size_t)rows * columns);
    double p;
    for (uint32_t r = 0; cells && r < cross->rows; r++) {
        for (uint32_t c = 0; c < cross->columns; c++) {
            cells[turn ? (size_t)c * columns + r : (size_t)r * columns + c] =
                cross->cells[(size_t)r * cross->columns + c];
        }
    }
    if (!cells || !run_status(run, fisher_table_p(cells, rows, columns, run->arena, &p))) {
        return;
    }
    if (!isnan(p)) {
        (void)run_test(run, "Fisher-Freeman-Halton exact test", NULL, NAN, p);
        return;
    }
    struct fisher_sample sample;
    if (!run_status(run, fisher_sample_p(cells, rows, columns, run->arena, &sample))) {
        return;
    }
    if (isnan(sample.p)) {
        run_refuse(run, "too many tables have these margins to be counted; use chi-square");
        return;
    }
    (void)run_test(run, "Fisher-Freeman-Halton test, sampled tables", NULL, NAN, sample.p);
    run_warn(run,
             "too many tables have these margins to count them all: p is that of a sample of %u, "
             "with a standard error of %.2g",
             sample.tables, sample.se);
}

void stats_fisher(struct stats_run *run) {
    struct stats_cross cross;
    if (!any_table(run, &cross)) {
        return;
    }
    if (cross.rows == 2 && cross.columns == 2) {
        fisher_two(run, &cross, false);
    } else if (alternative_of(run) != STATS_TWO_SIDED) {
        run_refuse(run, "a table larger than 2 x 2 has no one-sided alternative");
    } else {
        fisher_any(run, &cross);
    }
}

void stats_mid_p(struct stats_run *run) {
    struct stats_cross cross;
    struct two_by_two t;
    if (two_groups(run, &cross, &t)) {
        fisher_two(run, &cross, true);
    }
}

/* ---- Chi-square ---- */

static void chi_square_two(struct stats_run *run, const struct two_by_two *t) {
    struct {
        const char *name;
        double value;
    } tests[] = {{"Pearson chi-square", two_chi2_pearson(t)},
                 {"chi-square with Yates's correction", two_chi2_yates(t)},
                 {"N - 1 chi-square", two_chi2_n_minus_1(t)},
                 {"likelihood ratio", two_chi2_likelihood(t)}};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        struct stats_test *test = run_test(run, tests[i].name, i == 3 ? "G" : "X2", tests[i].value,
                                           dist_chi2_upper(tests[i].value, 1));
        test->df = 1;
    }
}

static void chi_square_any(struct stats_run *run, double df, double pearson, double likelihood) {
    struct stats_test *test =
        run_test(run, "Pearson chi-square", "X2", pearson, dist_chi2_upper(pearson, df));
    test->df = df;
    test = run_test(run, "likelihood ratio", "G", likelihood, dist_chi2_upper(likelihood, df));
    test->df = df;
}

/* Sums of the table's rows and columns, and how many of each are not zero. */
struct margins {
    double *rows;
    double *columns;
    double n;
    uint32_t row_count;
    uint32_t column_count;
};

static bool margins_of(struct stats_run *run, const struct stats_cross *cross,
                       struct margins *out) {
    *out = (struct margins){.rows = run_doubles(run, cross->rows),
                            .columns = run_doubles(run, cross->columns)};
    if (!out->rows || !out->columns) {
        return false;
    }
    for (uint32_t r = 0; r < cross->rows; r++) {
        for (uint32_t c = 0; c < cross->columns; c++) {
            double x = cross->cells[(size_t)r * cross->columns + c];
            out->rows[r] += x;
            out->columns[c] += x;
            out->n += x;
        }
        out->row_count += out->rows[r] > 0;
    }
    for (uint32_t c = 0; c < cross->columns; c++) {
        out->column_count += out->columns[c] > 0;
    }
    return true;
}

void stats_chi_square(struct stats_run *run) {
    struct stats_cross cross;
    struct margins m;
    if (!any_table(run, &cross) || !margins_of(run, &cross, &m)) {
        return;
    }
    if (m.column_count < 2) {
        run_refuse(run, "all subjects have the same outcome, so that chi-square is not defined");
        return;
    }
    double pearson = 0;
    double likelihood = 0;
    double least = INFINITY;
    for (uint32_t r = 0; r < cross.rows; r++) {
        for (uint32_t c = 0; c < cross.columns; c++) {
            double expected = m.rows[r] * m.columns[c] / m.n;
            double x = cross.cells[(size_t)r * cross.columns + c];
            if (expected > 0) {
                pearson += (x - expected) * (x - expected) / expected;
                likelihood += x > 0 ? 2 * x * log(x / expected) : 0;
                least = fmin(least, expected);
            }
        }
    }
    if (cross.rows == 2 && cross.columns == 2) {
        struct two_by_two t = {cross.cells[0], cross.cells[1], cross.cells[2], cross.cells[3]};
        chi_square_two(run, &t);
    } else {
        chi_square_any(run, (m.row_count - 1.0) * (m.column_count - 1.0), pearson, likelihood);
    }
    if (least < 5) {
        run_warn(run,
                 "the smallest expected count is %.2f, below 5: the approximation may be poor; "
                 "fisher is exact",
                 least);
    }
}

/* ---- Effects ---- */

void stats_odds_ratio(struct stats_run *run) {
    struct stats_cross cross;
    struct two_by_two t;
    if (!two_groups(run, &cross, &t)) {
        return;
    }
    struct str words = direction(run, &cross, "odds", '/');
    double level = level_of(run);
    struct effect woolf = two_odds_ratio_woolf(&t, level);
    struct stats_estimate *e = add_effect(run, woolf, words, "odds ratio", "Woolf (log, Wald)");
    if (!isnan(woolf.se)) {
        e->p = 2 * dist_normal_upper(fabs(log(woolf.value) / woolf.se));
    } else {
        run_warn(run,
                 "a count is zero: Woolf's interval does not exist, and nothing was added to the "
                 "counts; the exact and the profile interval hold");
    }
    (void)add_effect(run, two_odds_ratio_profile(&t, level), words, "odds ratio",
                     "profile likelihood");
    struct effect exact = {fisher_odds_ratio(&t), NAN, NAN, NAN};
    fisher_interval(&t, level, STATS_TWO_SIDED, &exact.low, &exact.high);
    (void)add_effect(run, exact, words, "odds ratio, conditional", "exact (Cornfield)");
    struct str other = run_text(run, "odds of %.*s, %.*s / %.*s", STR_ARG(cross.column_names[1]),
                                STR_ARG(cross.row_names[0]), STR_ARG(cross.row_names[1]));
    struct two_by_two turned = {t.b, t.a, t.d, t.c};
    (void)add_effect(run, two_odds_ratio_woolf(&turned, level), other, "odds ratio",
                     "Woolf (log, Wald)");
    forest(run, "odds ratio", 1, true);
}

void stats_risk_ratio(struct stats_run *run) {
    struct stats_cross cross;
    struct two_by_two t;
    if (!two_groups(run, &cross, &t)) {
        return;
    }
    struct str words = direction(run, &cross, "risk", '/');
    struct effect katz = two_risk_ratio_katz(&t, level_of(run));
    struct stats_estimate *e = add_effect(run, katz, words, "risk ratio", "Katz (log, Wald)");
    if (!isnan(katz.se)) {
        e->p = 2 * dist_normal_upper(fabs(log(katz.value) / katz.se));
    } else {
        run_warn(run,
                 "a group has no event: the interval on the log scale does not exist, and nothing "
                 "was added to the counts");
    }
    forest(run, "risk ratio", 1, true);
}

void stats_risk_difference(struct stats_run *run) {
    struct stats_cross cross;
    struct two_by_two t;
    if (!two_groups(run, &cross, &t)) {
        return;
    }
    struct str words = direction(run, &cross, "risk", '-');
    double level = level_of(run);
    struct effect wald = two_risk_difference_wald(&t, level);
    add_effect(run, wald, words, "risk difference", "Wald")->se = wald.se;
    (void)add_effect(run, two_risk_difference_newcombe(&t, level), words, "risk difference",
                     "Newcombe, method 10");
    (void)add_effect(run, two_risk_difference_miettinen_nurminen(&t, level), words,
                     "risk difference", "Miettinen-Nurminen");
    if (wald.se == 0) {
        run_warn(run,
                 "both groups are all or none: Wald's interval has no width and means nothing");
    }
    if (run_given(run, STATS_MARGIN)) {
        struct stats_test *test =
            run_test(run, "non-inferiority (Miettinen-Nurminen score)", NULL, NAN,
                     two_non_inferiority_p(&t, run_number(run, STATS_MARGIN)));
        test->alternative = STATS_GREATER;
    }
    forest(run, "risk difference", 0, false);
}

/* ---- One proportion ---- */

/* How many rows hold what is counted: --success, else the last value, which is said unless there
 * are two to choose from. */
static double count_rows(struct stats_run *run, const struct stats_column *x, struct str *word) {
    bool named = run_given(run, STATS_SUCCESS);
    double count = 0;
    *word = named            ? run->settings[STATS_SUCCESS].text
            : x->level_count ? x->levels[x->level_count - 1]
                             : STR("");
    for (uint32_t i = 0; i < run->rows; i++) {
        count += str_equal(x->levels[x->codes[i]], *word);
    }
    if (named && count == 0) {
        run_warn(run, "no row of %.*s holds '%.*s'", STR_ARG(x->name), STR_ARG(*word));
    } else if (!named && x->level_count != 2) {
        run_warn(run, "%.*s has %u value%s, of which '%.*s' is counted: --success names another",
                 STR_ARG(x->name), x->level_count, x->level_count == 1 ? "" : "s", STR_ARG(*word));
    }
    return count;
}

/* Counts of one group: the only row, or column x. False: the run is over. */
static bool one_group(struct stats_run *run, double *k, double *n, struct str *words) {
    const struct stats_counts *counts = &run->request->counts;
    *words = STR("event");
    *k = 0;
    if (counts->rows) {
        if (counts->rows != 1 || counts->columns != 2) {
            run_refuse(run, "this is about one proportion, written as 12/14");
            return false;
        }
        *k = counts->cells[0];
        *n = counts->cells[0] + counts->cells[1];
        run->result->n = (uint64_t)*n;
    } else {
        *k = count_rows(run, run_column(run, STATS_X), words);
        *n = run->rows;
    }
    if (*n == 0) {
        run_refuse(run, "there are no subjects");
        return false;
    }
    return true;
}

void stats_proportion(struct stats_run *run) {
    double k;
    double n;
    struct str words;
    if (!one_group(run, &k, &n, &words)) {
        return;
    }
    double level = level_of(run);
    struct {
        const char *name;
        struct proportion_interval interval;
    } methods[] = {{"Clopper-Pearson (exact)", proportion_clopper_pearson(k, n, level)},
                   {"Wilson (score)", proportion_wilson(k, n, level)},
                   {"Jeffreys", proportion_jeffreys(k, n, level)}};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct stats_estimate *e =
            run_estimate(run, k / n, "proportion of %.*s, %.0f/%.0f", STR_ARG(words), k, n);
        run_interval(e, methods[i].interval.low, methods[i].interval.high, methods[i].name);
    }
    if (k == 0 || k == n) {
        double one_sided = 1 - pow(1 - level, 1 / n);
        run_note(run, "one-sided exact bound at the same level: %s %.6f",
                 k == 0 ? "at most" : "at least", k == 0 ? one_sided : 1 - one_sided);
    }
    forest(run, "proportion", NAN, false);
}

void stats_binomial(struct stats_run *run) {
    double k;
    double n;
    struct str words;
    double p0 = run_given(run, STATS_NULL_VALUE) ? run_number(run, STATS_NULL_VALUE) : 0.5;
    if (!one_group(run, &k, &n, &words)) {
        return;
    }
    if (!(p0 >= 0 && p0 <= 1)) {
        run_refuse(run, "--null is a proportion here, from 0 to 1");
        return;
    }
    (void)run_test(run, "exact binomial test", NULL, NAN,
                   binomial_test(k, n, p0, alternative_of(run)));
    struct proportion_interval exact = proportion_clopper_pearson(k, n, level_of(run));
    struct stats_estimate *e =
        run_estimate(run, k / n, "proportion of %.*s, %.0f/%.0f", STR_ARG(words), k, n);
    run_interval(e, exact.low, exact.high, "Clopper-Pearson (exact)");
    run_note(run, "null hypothesis: proportion %g", p0);
}

/* ---- Pairs ---- */

/* Both columns are coded by their own words; a pair agrees when the words do. */
static bool paired_counts(struct stats_run *run, double *b, double *c) {
    const struct stats_counts *counts = &run->request->counts;
    const struct stats_column *x = run_column(run, STATS_X);
    const struct stats_column *y = run_column(run, STATS_Y);
    *b = *c = 0;
    if (counts->rows) {
        if (counts->rows != 2 || counts->columns != 2 || counts->fractions) {
            run_refuse(run, "pairs are written as the rows of a 2 x 2 table: yes-yes,yes-no "
                            "no-yes,no-no");
            return false;
        }
        *b = counts->cells[1];
        *c = counts->cells[2];
        run->result->n = (uint64_t)(*b + *c + counts->cells[0] + counts->cells[3]);
        return true;
    }
    if (x->level_count > 2 || y->level_count > 2) {
        run_refuse(run, "each of the two columns must hold two words at most");
        return false;
    }
    struct str success = run_given(run, STATS_SUCCESS) ? run->settings[STATS_SUCCESS].text
                         : x->level_count              ? x->levels[x->level_count - 1]
                                                       : STR("");
    for (uint32_t i = 0; i < run->rows; i++) {
        bool first = str_equal(x->levels[x->codes[i]], success);
        bool second = str_equal(y->levels[y->codes[i]], success);
        *b += first && !second;
        *c += !first && second;
    }
    run_note(run, "the event is %.*s", STR_ARG(success));
    return true;
}

void stats_mcnemar(struct stats_run *run) {
    double b;
    double c;
    if (!paired_counts(run, &b, &c)) {
        return;
    }
    if (b + c == 0) {
        run_refuse(run, "no pair differs, so that there is nothing to test");
        return;
    }
    double plain = mcnemar_chi2(b, c, false);
    double corrected = mcnemar_chi2(b, c, true);
    run_test(run, "McNemar, asymptotic", "X2", plain, dist_chi2_upper(plain, 1))->df = 1;
    run_test(run, "McNemar, continuity corrected", "X2", corrected, dist_chi2_upper(corrected, 1))
        ->df = 1;
    (void)run_test(run, "McNemar, exact", NULL, NAN, mcnemar_exact(b, c));
    (void)run_test(run, "McNemar, mid-p", NULL, NAN, mcnemar_mid_p(b, c));
    run_note(run, "discordant pairs: %.0f yes to no, %.0f no to yes", b, c);
    if (b > 0 && c > 0) {
        double width = dist_normal_quantile((1 + level_of(run)) / 2) * sqrt(1 / b + 1 / c);
        struct stats_estimate *e =
            run_estimate(run, b / c, "odds ratio, conditional (yes to no / no to yes)");
        run_interval(e, b / c * exp(-width), b / c * exp(width), "Wald (log)");
    }
}
