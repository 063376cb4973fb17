/* Presenters of models of an outcome, of ordered outcomes and of stratified tables. */
#include "dist/dist.h"
#include "stats/ordinal.h"
#include "stats/present_model.h"
#include "stats/regression.h"
#include "stats/stratified.h"
#include "stats/win.h"

static void forest(struct stats_run *run, const char *words, double null_value, bool log_scale) {
    run->result->plot = (struct stats_plot){.kind = STATS_PLOT_FOREST,
                                            .x_words = words,
                                            .null_value = null_value,
                                            .log_scale = log_scale};
}

/* ---- Coefficients ---- */

struct coefficient_table {
    struct str *name;
    double *coef, *se, *statistic, *p;
};

static bool coefficient_table(struct stats_run *run, uint32_t rows, const char *statistic,
                              struct coefficient_table *out) {
    struct stats_table *table = run_table(run, "coefficients", rows, 5);
    if (!table) {
        return false;
    }
    out->name = run_table_texts(run, table, 0, "term");
    out->coef = run_table_numbers(run, table, 1, "coefficient", -1);
    out->se = run_table_numbers(run, table, 2, "se", -1);
    out->statistic = run_table_numbers(run, table, 3, statistic, 3);
    out->p = run_table_numbers(run, table, 4, "p", 4);
    return !run->result->no_memory;
}

static void normal_row(const struct coefficient_table *t, uint32_t row, struct str name, double b,
                       double se) {
    t->name[row] = name;
    t->coef[row] = b;
    t->se[row] = se;
    t->statistic[row] = b / se;
    t->p[row] = 2 * dist_normal_upper(fabs(b / se));
}

static void odds_ratio(struct stats_run *run, struct str name, double b, double se) {
    double z = dist_normal_quantile((1 + run_level(run)) / 2);
    struct stats_estimate *e = run_estimate(run, exp(b), "odds ratio, %.*s", STR_ARG(name));
    run_interval(e, exp(b - z * se), exp(b + z * se), "Wald");
    e->p = 2 * dist_normal_upper(fabs(b / se));
}

/* Wald tests of factors with several coefficients; `before` others stand in front of the columns.
 */
static void term_tests(struct stats_run *run, const struct run_model *model, const double *coef,
                       const double *covariance, uint32_t before) {
    uint32_t p = before + model->design.p;
    for (uint32_t t = 0; t < model->design.terms; t++) {
        uint32_t from;
        uint32_t to = design_term(&model->design, t, &from);
        struct wald wald;
        if (to - from > 1 && run_status(run, design_wald(run->arena, coef, covariance, p,
                                                         before + from, before + to, &wald))) {
            run_chi2(run, run_text(run, "Wald test, %.*s", STR_ARG(model->terms[t])).at, wald.chi2,
                     wald.df, wald.p);
        }
    }
}

/* ---- Logistic regression ---- */

static void profile_table(struct stats_run *run, const struct run_model *model,
                          const struct logistic_fit *fit) {
    struct stats_table *table = run_table(run, "profile likelihood intervals", model->design.p, 4);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "term");
    double *ratio = run_table_numbers(run, table, 1, "odds ratio", -1);
    double *low = run_table_numbers(run, table, 2, "low", -1);
    double *high = run_table_numbers(run, table, 3, "high", -1);
    for (uint32_t j = 0; j < model->design.p && !run->result->no_memory; j++) {
        names[j] = model->columns[j];
        ratio[j] = exp(fit->coef[j + 1]);
        low[j] = exp(fit->profile_low[j + 1]);
        high[j] = exp(fit->profile_high[j + 1]);
    }
}

/* The outcome as 0 and 1: the event is --success, or else the last of two words in order. */
static uint32_t *yes_or_no(struct stats_run *run, struct str *event) {
    struct stats_codes codes;
    if (!run_codes(run, run_column(run, STATS_X), STATS_SUCCESS, false, &codes)) {
        return NULL;
    }
    if (codes.count != 2) {
        run_refuse(run, "the outcome %.*s has %u values in the rows used, and must have two",
                   STR_ARG(run_column(run, STATS_X)->name), codes.count);
        return NULL;
    }
    *event = codes.names[1];
    return codes.codes;
}

static void logistic(struct stats_run *run, bool firth) {
    struct str event;
    uint32_t *outcome = yes_or_no(run, &event);
    struct run_model model;
    struct logistic_fit fit;
    struct coefficient_table table;
    struct logistic_options options = {.level = run_level(run), .firth = firth};
    if (!outcome || !run_model(run, &model) ||
        !run_status(run, logistic_fit(run->arena, outcome, &model.design, options, &fit)) ||
        !run_applies(run, fit.refusal, &model, fit.column) ||
        !coefficient_table(run, fit.p, "z", &table)) {
        return;
    }
    normal_row(&table, 0, STR("(intercept)"), fit.coef[0], fit.se[0]);
    for (uint32_t j = 1; j < fit.p; j++) {
        normal_row(&table, j, model.columns[j - 1], fit.coef[j], fit.se[j]);
        if (firth) {
            struct stats_estimate *e = run_estimate(run, exp(fit.coef[j]), "odds ratio, %.*s",
                                                    STR_ARG(model.columns[j - 1]));
            run_interval(e, exp(fit.profile_low[j]), exp(fit.profile_high[j]),
                         "penalised profile likelihood");
            e->p = table.p[j] = fit.profile_p[j];
            table.statistic[j] = NAN;
        } else {
            odds_ratio(run, model.columns[j - 1], fit.coef[j], fit.se[j]);
        }
    }
    if (firth) {
        run_note(run, "p: penalised likelihood ratio, one coefficient at a time");
    } else {
        profile_table(run, &model, &fit);
        run_chi2(run, "likelihood ratio test", fit.likelihood_ratio, fit.p - 1,
                 dist_chi2_upper(fit.likelihood_ratio, fit.p - 1));
        term_tests(run, &model, fit.coef, fit.covariance, 1);
    }
    forest(run, "odds ratio", 1, true);
    run_note(run, "odds of %.*s: %u of %u", STR_ARG(event), fit.events, fit.n);
}

void stats_logistic(struct stats_run *run) {
    logistic(run, false);
}

void stats_logistic_firth(struct stats_run *run) {
    logistic(run, true);
}

/* ---- Ordered outcomes ---- */

/* The values of a numeric outcome, in order, as 0, 1, ...; NULL: the run is over. */
static uint32_t *ordered(struct stats_run *run, struct stats_codes *codes) {
    const struct stats_column *x = run_column(run, STATS_X);
    uint32_t *order = ARENA_ARRAY(run->arena, run->rows + 1, uint32_t);
    codes->codes = ARENA_ARRAY(run->arena, run->rows + 1, uint32_t);
    codes->names = ARENA_ARRAY(run->arena, run->rows + 1, struct str);
    run->result->no_memory |= !order || !codes->codes || !codes->names;
    if (run->result->no_memory) {
        return NULL;
    }
    codes->count = 0;
    double last = -INFINITY;
    for (;;) { /* the next larger value, a level at a time: scales have few */
        double next = INFINITY;
        for (uint32_t i = 0; i < run->rows; i++) {
            next = x->values[i] > last ? fmin(next, x->values[i]) : next;
        }
        if (isinf(next)) {
            return codes->codes;
        }
        if (codes->count == 100) {
            run_refuse(run, "%.*s has more than 100 values: an ordered scale has few",
                       STR_ARG(x->name));
            return NULL;
        }
        for (uint32_t i = 0; i < run->rows; i++) {
            codes->codes[i] = x->values[i] == next ? codes->count : codes->codes[i];
        }
        codes->names[codes->count++] = run_text(run, "%g", next);
        last = next;
    }
}

static void show_brant(struct stats_run *run, const struct run_model *model,
                       const struct brant_result *brant) {
    if (brant->refusal) {
        run_note(run, "proportional odds: %s", brant->refusal);
        return;
    }
    uint32_t rows = model->design.terms;
    struct stats_table *table = run_table(run, "proportional odds", rows, 4);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "term");
    double *chi2 = run_table_numbers(run, table, 1, "chi-square", 3);
    double *df = run_table_numbers(run, table, 2, "df", 0);
    double *p = run_table_numbers(run, table, 3, "p", 4);
    for (uint32_t t = 0; t < rows && !run->result->no_memory; t++) {
        names[t] = model->terms[t];
        chi2[t] = brant->terms[t].chi2;
        df[t] = brant->terms[t].df;
        p[t] = brant->terms[t].p;
    }
    run_chi2(run, "Brant's test of proportional odds", brant->all.chi2, brant->all.df,
             brant->all.p);
}

static void show_proportional(struct stats_run *run, const struct run_model *model,
                              const struct stats_codes *outcome, const struct ordinal_fit *fit) {
    struct brant_result brant;
    struct proportional_score score;
    bool observed = run_choice(run, STATS_COMPAT) == STATS_SAS;
    if (!run_status(run, proportional_score(run->arena, outcome->codes, &model->design, fit,
                                            observed ? INFORMATION_OBSERVED : INFORMATION_EXPECTED,
                                            &score)) ||
        !run_status(
            run, brant_test(run->arena, outcome->codes, outcome->count, &model->design, &brant))) {
        return;
    }
    if (!score.refusal) {
        run_chi2(run, "score test of proportional odds", score.test.chi2, score.test.df,
                 score.test.p);
        run_note(run, "score test of proportional odds: with the %s",
                 observed ? "observed information, as SAS"
                          : "expected information; SAS takes the observed one (--compat sas)");
    } else if (!brant.refusal) {
        run_note(run, "score test of proportional odds: %s", score.refusal);
    }
    show_brant(run, model, &brant);
    if (!score.refusal || !brant.refusal) {
        run_note(run,
                 "proportional odds: a small p speaks against one odds ratio for all cuts; the "
                 "score test finds too many in small samples");
    }
}

void stats_proportional_odds(struct stats_run *run) {
    struct stats_codes outcome;
    struct run_model model;
    struct ordinal_fit fit;
    struct coefficient_table table;
    if (!ordered(run, &outcome) || !run_model(run, &model) ||
        !run_status(run,
                    ordinal_fit(run->arena, outcome.codes, outcome.count, &model.design, &fit)) ||
        !run_applies(run, fit.refusal, &model, fit.column) ||
        !coefficient_table(run, fit.cuts + fit.p, "z", &table)) {
        return;
    }
    for (uint32_t j = 0; j < fit.p; j++) {
        double b = fit.coef[fit.cuts + j];
        double se = fit.se[fit.cuts + j];
        normal_row(&table, j, model.columns[j], b, se);
        odds_ratio(run, model.columns[j], b, se);
    }
    for (uint32_t k = 0; k < fit.cuts; k++) {
        struct str name = run_text(run, "cut %.*s|%.*s", STR_ARG(outcome.names[k]),
                                   STR_ARG(outcome.names[k + 1]));
        normal_row(&table, fit.p + k, name, fit.coef[k], fit.se[k]);
    }
    run_chi2(run, "likelihood ratio test", fit.likelihood_ratio, fit.p,
             dist_chi2_upper(fit.likelihood_ratio, fit.p));
    term_tests(run, &model, fit.coef, fit.covariance, fit.cuts);
    show_proportional(run, &model, &outcome, &fit);
    forest(run, "odds ratio", 1, true);
    run_note(run, "odds of higher values of %.*s", STR_ARG(run_column(run, STATS_X)->name));
}

/* ---- Wins and losses ---- */

static void win_estimate(struct stats_run *run, const char *name, struct str direction,
                         const struct win_measure *m, const char *interval) {
    if (isnan(m->value)) {
        run_note(run, "%s: not defined, since one group never wins", name);
        return;
    }
    struct stats_estimate *e = run_estimate(run, m->value, "%s, %.*s", name, STR_ARG(direction));
    run_interval(e, m->low, m->high, interval);
    e->p = m->p;
}

static bool win_outcomes(struct stats_run *run, struct win_outcome *outcomes, uint32_t *count,
                         struct run_survival *s) {
    *count = 0;
    if (run->role_counts[STATS_TIME] != run->role_counts[STATS_EVENT]) {
        run_refuse(run, "an outcome in time needs both --time and --event");
        return false;
    }
    if (run->role_counts[STATS_TIME]) {
        if (!run_survival(run, 1, s)) {
            return false;
        }
        outcomes[(*count)++] =
            (struct win_outcome){.kind = WIN_TIME, .value = s->data.time, .event = s->data.event};
    }
    for (uint32_t c = 0; c < run->role_counts[STATS_X]; c++) {
        outcomes[(*count)++] = (struct win_outcome){
            .kind = run_choice(run, STATS_BETTER) == 0 ? WIN_HIGHER : WIN_LOWER,
            .value = run->roles[STATS_X][c].values};
    }
    if (*count == 0) {
        run_refuse(run, "name an outcome: --time with --event, or --x");
    }
    return *count > 0;
}

static void win_table(struct stats_run *run, const struct win_result *win, uint32_t count) {
    struct stats_table *table = run_table(run, "pairs", count + 1, 3);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "decided by");
    double *wins = run_table_numbers(run, table, 1, "wins", 0);
    double *losses = run_table_numbers(run, table, 2, "losses", 0);
    bool timed = run->role_counts[STATS_TIME] > 0;
    for (uint32_t k = 0; k <= count && !run->result->no_memory; k++) {
        names[k] = k == count        ? STR("all")
                   : timed && k == 0 ? run_column(run, STATS_TIME)->name
                                     : run->roles[STATS_X][k - timed].name;
        wins[k] = k == count ? win->wins : win->wins_by[k];
        losses[k] = k == count ? win->losses : win->losses_by[k];
    }
}

void stats_win_ratio(struct stats_run *run) {
    struct stats_codes by;
    struct run_survival s;
    struct win_result win;
    uint32_t count;
    struct win_outcome *outcomes =
        ARENA_ARRAY(run->arena, run->role_counts[STATS_X] + 1u, struct win_outcome);
    run->result->no_memory |= !outcomes;
    if (!outcomes || !run_codes(run, run_column(run, STATS_BY), STATS_REFERENCE, false, &by) ||
        !win_outcomes(run, outcomes, &count, &s)) {
        return;
    }
    if (by.count != 2) {
        run_refuse(run, "wins are counted between two groups; here are %u", by.count);
        return;
    }
    if (!run_status(run, win_statistics(run->arena, by.codes, run->rows, outcomes, count,
                                        run_level(run), &win)) ||
        !run_applies(run, win.refusal, NULL, 0)) {
        return;
    }
    win_table(run, &win, count);
    struct str over = run_text(run, "%.*s over %.*s", STR_ARG(by.names[0]), STR_ARG(by.names[1]));
    win_estimate(run, "win ratio", over, &win.ratio, "U-statistics, logarithm");
    win_estimate(run, "win odds", over, &win.odds, "U-statistics, logarithm");
    win_estimate(run, "net benefit", over, &win.net, "U-statistics");
    run_note(run,
             "%.0f pairs, %.0f tied; standard errors by first-order projections (Bebu and Lachin "
             "2016)",
             (double)win.n1 * win.n2, win.ties);
    if (run->role_counts[STATS_X]) {
        run_note(run, "%s values win", run_choice(run, STATS_BETTER) == 0 ? "higher" : "lower");
    }
}

/* ---- Analysis of variance and covariance ---- */

static void anova_table(struct stats_run *run, const struct run_model *model,
                        const struct linear_fit *fit) {
    uint32_t terms = model->design.terms;
    struct linear_term *rows = ARENA_ARRAY(run->arena, terms, struct linear_term);
    struct stats_table *table = run_table(run, "analysis of variance", terms + 1, 6);
    run->result->no_memory |= !rows;
    if (!rows || !table ||
        !run_status(run, linear_terms(run->arena, &model->design, model->factor, fit, rows))) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "term");
    double *ss = run_table_numbers(run, table, 1, "sum of squares", -1);
    double *df = run_table_numbers(run, table, 2, "df", 0);
    double *square = run_table_numbers(run, table, 3, "mean square", -1);
    double *f = run_table_numbers(run, table, 4, "F", 4);
    double *p = run_table_numbers(run, table, 5, "p", 4);
    for (uint32_t t = 0; t <= terms && !run->result->no_memory; t++) {
        bool error = t == terms;
        names[t] = error ? STR("residual") : model->terms[t];
        ss[t] = error ? fit->residual_ss : rows[t].ss;
        df[t] = error ? fit->residual_df : rows[t].df;
        square[t] = ss[t] / df[t];
        f[t] = error ? NAN : rows[t].f;
        p[t] = error ? NAN : rows[t].p;
        if (!error) {
            struct stats_test *test =
                run_test(run, run_text(run, "F test, %.*s", STR_ARG(names[t])).at, "F", f[t], p[t]);
            test->df = df[t];
            test->df2 = fit->residual_df;
            test->alternative = STATS_TWO_SIDED;
        }
    }
}

static void ls_estimate(struct stats_run *run, const struct linear_estimate *value,
                        struct str words, bool test) {
    struct stats_estimate *e = run_estimate(run, value->value, "%.*s", STR_ARG(words));
    run_interval(e, value->low, value->high, "t");
    e->se = value->se;
    e->p = test ? value->p : NAN;
}

/* Least-squares means of --by: where every other factor is at its average, or one at a level. */
struct margins {
    struct stats_run *run;
    const struct run_model *model;
    const struct linear_fit *fit;
    bool observed;
    uint32_t *at;    /* [terms] */
    double *weights; /* [2 * p] */
};

static bool margins_start(struct margins *m) {
    uint32_t terms = m->model->design.terms;
    m->observed = run_choice(m->run, STATS_WEIGHTS) == STATS_OBSERVED;
    m->weights = run_doubles(m->run, 2 * (size_t)m->fit->p);
    m->at = ARENA_ARRAY(m->run->arena, terms, uint32_t);
    m->run->result->no_memory |= !m->at;
    for (uint32_t t = 0; m->at && t < terms; t++) {
        m->at[t] = LS_AVERAGE;
    }
    return m->at && m->weights;
}

static const double *margin_weights(struct margins *m, uint32_t level, double *weights) {
    m->at[0] = level;
    linear_ls_mean(&m->model->design, m->model->factor, m->at, m->observed, weights);
    return weights;
}

static struct linear_estimate margin_difference(struct margins *m, uint32_t level) {
    const double *first = margin_weights(m, 0, m->weights + m->fit->p);
    margin_weights(m, level, m->weights);
    for (uint32_t j = 0; j < m->fit->p; j++) {
        m->weights[j] -= first[j];
    }
    return linear_combination(m->fit, m->weights, run_level(m->run));
}

static void differences(struct margins *m, struct str within) {
    const struct stats_codes *by = &m->model->codes[0];
    for (uint32_t level = 1; level < by->count; level++) {
        struct linear_estimate difference = margin_difference(m, level);
        ls_estimate(m->run, &difference,
                    run_text(m->run, "difference, %.*s - %.*s%.*s", STR_ARG(by->names[level]),
                             STR_ARG(by->names[0]), STR_ARG(within)),
                    true);
    }
}

/* Means of the levels of --by, their differences from the first, and those differences within the
 * levels of each factor that interacts with it. */
static void ls_means(struct stats_run *run, const struct run_model *model,
                     const struct linear_fit *fit) {
    const struct stats_codes *by = &model->codes[0];
    struct margins m = {.run = run, .model = model, .fit = fit};
    if (!margins_start(&m)) {
        return;
    }
    for (uint32_t level = 0; level < by->count; level++) {
        struct linear_estimate mean =
            linear_combination(fit, margin_weights(&m, level, m.weights), run_level(run));
        ls_estimate(run, &mean,
                    run_text(run, "least-squares mean, %.*s", STR_ARG(by->names[level])), false);
    }
    differences(&m, STR_NONE);
    for (uint32_t i = 0; i < model->interactions; i++) {
        uint32_t term = model->partner[i];
        const struct stats_codes *partner = &model->codes[term];
        for (uint32_t level = 0; level < partner->count; level++) {
            m.at[term] = level;
            differences(&m, run_text(run, ", where %.*s is %.*s", STR_ARG(model->terms[term]),
                                     STR_ARG(partner->names[level])));
        }
        m.at[term] = LS_AVERAGE;
    }
    run_note(run, "least-squares means: covariates at their mean, other factors' levels %s",
             m.observed ? "as often as observed" : "equally often");
}

void stats_ancova(struct stats_run *run) {
    struct run_model model;
    struct linear_fit fit;
    struct coefficient_table table;
    const struct stats_column *x = run_column(run, STATS_X);
    if (!run_model(run, &model) ||
        !run_status(run, linear_fit(run->arena, x->values, &model.design, &fit)) ||
        !run_applies(run, fit.refusal, &model, fit.column)) {
        return;
    }
    ls_means(run, &model, &fit);
    anova_table(run, &model, &fit);
    if (!coefficient_table(run, fit.p, "t", &table)) {
        return;
    }
    for (uint32_t j = 0; j < fit.p; j++) {
        normal_row(&table, j, j ? model.columns[j - 1] : STR("(intercept)"), fit.coef[j],
                   fit.se[j]);
        table.p[j] = 2 * dist_t_upper(fabs(table.statistic[j]), fit.residual_df);
    }
    run_note(run, "each term given the others (%s); residual standard deviation %.6g",
             model.interactions ? "type III, with covariates at their mean"
                                : "types II and III agree without interactions",
             sqrt(fit.residual_ss / fit.residual_df));
}

/* ---- Stratified tables ---- */

static void stratified_estimate(struct stats_run *run, const struct stratified_estimate *e,
                                const char *name, struct str words, const char *interval) {
    if (e->refusal) {
        run_note(run, "%s: %s", name, e->refusal);
        return;
    }
    run_interval(run_estimate(run, e->value, "%s, %.*s", name, STR_ARG(words)), e->low, e->high,
                 interval);
}

static void stratified_test(struct stats_run *run, const struct stratified_test *t,
                            const char *name) {
    if (t->refusal) {
        run_note(run, "%s: %s", name, t->refusal);
        return;
    }
    run_chi2(run, name, t->chi2, t->df, t->p);
}

static void show_strata(struct stats_run *run, const struct table_2x2 *tables,
                        const struct stats_codes *strata) {
    struct stats_table *table = run_table(run, "strata", strata->count, 5);
    if (!table) {
        return;
    }
    struct str *names = run_table_texts(run, table, 0, "stratum");
    double *a = run_table_numbers(run, table, 1, "events, first", 0);
    double *n1 = run_table_numbers(run, table, 2, "n, first", 0);
    double *c = run_table_numbers(run, table, 3, "events, second", 0);
    double *n2 = run_table_numbers(run, table, 4, "n, second", 0);
    for (uint32_t s = 0; s < strata->count && !run->result->no_memory; s++) {
        names[s] = strata->names[s];
        a[s] = tables[s].a;
        n1[s] = tables[s].a + tables[s].b;
        c[s] = tables[s].c;
        n2[s] = tables[s].c + tables[s].d;
    }
}

void stats_mantel_haenszel(struct stats_run *run) {
    struct str event;
    struct stats_codes by;
    struct stats_codes strata;
    uint32_t *outcome = yes_or_no(run, &event);
    if (!outcome || !run_codes(run, run_column(run, STATS_BY), STATS_REFERENCE, false, &by) ||
        !run_codes(run, run_column(run, STATS_STRATA), STATS_OPTION_COUNT, false, &strata)) {
        return;
    }
    if (by.count != 2) {
        run_refuse(run, "two groups are compared; here are %u", by.count);
        return;
    }
    struct table_2x2 *tables = ARENA_ARRAY(run->arena, strata.count, struct table_2x2);
    if (!tables) {
        run->result->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < run->rows; i++) {
        struct table_2x2 *t = &tables[strata.codes[i]];
        double *cell =
            by.codes[i] == 0 ? (outcome[i] ? &t->a : &t->b) : (outcome[i] ? &t->c : &t->d);
        *cell += 1;
    }
    bool correct = run_continuity(run, run_choice(run, STATS_COMPAT) == STATS_R);
    struct stratified_result out;
    stratified_tables(tables, strata.count, correct, run_level(run), &out);
    struct str words = run_text(run, "%.*s / %.*s", STR_ARG(by.names[0]), STR_ARG(by.names[1]));
    struct str less = run_text(run, "%.*s - %.*s", STR_ARG(by.names[0]), STR_ARG(by.names[1]));
    stratified_estimate(run, &out.odds_ratio, "odds ratio", words, "Robins-Breslow-Greenland");
    stratified_estimate(run, &out.risk_ratio, "risk ratio", words, "Greenland-Robins");
    stratified_estimate(run, &out.risk_difference, "risk difference", less, "Sato");
    stratified_test(run, &out.cmh, "Cochran-Mantel-Haenszel test");
    stratified_test(run, &out.breslow_day, "Breslow-Day test of one odds ratio");
    stratified_test(run, &out.tarone, "Breslow-Day test, Tarone's correction");
    show_strata(run, tables, &strata);
    run_note(run, "%.*s is the event; %u strata, %u of them with both groups and both outcomes",
             STR_ARG(event), out.strata, out.informative);
    run_note(run, "Cochran-Mantel-Haenszel: %s continuity correction",
             correct ? "with" : "without");
}
