/* Proportional odds and its tests (ordinal.R), wins and losses (win.R), stratified tables
 * (stratified.R) against R. Tolerances, relative: 1e-7 for likelihood estimates, where clm stops at
 * a gradient of about 1e-10; 1e-10 for sums over pairs and tables. */
#include "reference.h"

#include "stats/ordinal.h"
#include "stats/stratified.h"
#include "stats/win.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const double NEAR = 1e-7;
static const double NEAR_SUM = 1e-10;
static struct arena arena;

static struct ordinal_fit check_ordinal(const char *name, const uint32_t *y, uint32_t categories,
                                        const struct design_matrix *design) {
    char field[64];
    struct ordinal_fit fit;
    assert_int_equal(ordinal_fit(&arena, y, categories, design, &fit), STATUS_OK);
    if (fit.refusal) {
        fail_msg("%s: %s", name, fit.refusal);
    }
    snprintf(field, sizeof field, "%s.coef", name);
    reference_all(field, fit.coef, fit.cuts + fit.p, NEAR);
    snprintf(field, sizeof field, "%s.se", name);
    reference_all(field, fit.se, fit.cuts + fit.p, NEAR);
    const double likelihoods[] = {fit.loglik_null, fit.loglik, fit.likelihood_ratio};
    snprintf(field, sizeof field, "%s.fit", name);
    reference_all(field, likelihoods, 3, NEAR);
    return fit;
}

static double check_one_score(const char *name, enum score_information kind, const uint32_t *y,
                              const struct design_matrix *design, const struct ordinal_fit *fit) {
    char field[64];
    snprintf(field, sizeof field, "%s.%s", name,
             kind == INFORMATION_EXPECTED ? "score" : "observed");
    struct proportional_score score;
    assert_int_equal(proportional_score(&arena, y, design, fit, kind, &score), STATUS_OK);
    assert_null(score.refusal);
    reference_near(field, 0, score.test.chi2, NEAR);
    reference_near(field, 1, score.test.df, 0.0);
    reference_near(field, 2, score.test.p, NEAR);
    return score.test.chi2;
}

/* Returns the statistic with the observed information. */
static double check_score(const char *name, const uint32_t *y, const struct design_matrix *design,
                          const struct ordinal_fit *fit) {
    check_one_score(name, INFORMATION_EXPECTED, y, design, fit);
    return check_one_score(name, INFORMATION_OBSERVED, y, design, fit);
}

static void check_brant(const char *name, const uint32_t *y, uint32_t categories,
                        const struct design_matrix *design) {
    struct brant_result brant;
    assert_int_equal(brant_test(&arena, y, categories, design, &brant), STATUS_OK);
    assert_null(brant.refusal);
    for (uint32_t t = 0; t <= design->terms; t++) {
        const struct wald *wald = t < design->terms ? &brant.terms[t] : &brant.all;
        reference_near(name, 2 * (size_t)t, wald->chi2, NEAR);
        reference_near(name, 2 * (size_t)t + 1, wald->df, 0.0);
    }
}

/* A row for each of freq subjects: influence, type and contact as contrasts to their first level.
 */
static void housing(void **state) {
    (void)state;
    static const uint32_t term[] = {0, 0, 1, 1, 1, 2};
    struct reference_table table = reference_read("housing.csv");
    const double *freq = reference_column(&table, "freq");
    const double *infl = reference_column(&table, "infl");
    const double *type = reference_column(&table, "type");
    const double *cont = reference_column(&table, "cont");
    const uint32_t *sat = reference_codes(&table, "sat");
    double *x = reference_memory(2000 * 6 * sizeof *x);
    uint32_t *y = reference_memory(2000 * sizeof *y);
    uint32_t n = 0;
    for (size_t i = 0; i < table.rows; i++) {
        for (int k = 0; k < (int)freq[i]; k++, n++) {
            double *row = x + (size_t)6 * n;
            row[0] = infl[i] == 1.0;
            row[1] = infl[i] == 2.0;
            row[2] = type[i] == 1.0;
            row[3] = type[i] == 2.0;
            row[4] = type[i] == 3.0;
            row[5] = cont[i];
            y[n] = sat[i];
        }
    }
    struct design_matrix design = {.x = x, .n = n, .p = 6, .term = term, .terms = 3};
    struct ordinal_fit fit = check_ordinal("housing", y, 3, &design);
    check_score("housing", y, &design, &fit);
    check_brant("housing.brant", y, 3, &design);
}

static void small_trial(void **state) {
    (void)state;
    struct reference_table table = reference_read("ordered.csv");
    double *x = reference_memory(table.rows * 2 * sizeof *x);
    const uint32_t *y = reference_codes(&table, "y");
    uint32_t *capped = reference_memory(table.rows * sizeof *capped);
    uint32_t categories = 0;
    for (size_t i = 0; i < table.rows; i++) {
        x[2 * i] = reference_column(&table, "arm")[i];
        x[2 * i + 1] = reference_column(&table, "age")[i];
        capped[i] = y[i] < 4 ? y[i] : 4;
        categories = y[i] + 1 > categories ? y[i] + 1 : categories;
    }
    struct design_matrix design = {.x = x, .n = (uint32_t)table.rows, .p = 2, .terms = 2};
    struct ordinal_fit fit = check_ordinal("ordered", y, categories, &design);
    check_score("ordered", y, &design, &fit);
    check_brant("ordered.brant", capped, 5, &design);
    assert_int_equal(ordinal_fit(&arena, y, categories + 1, &design, &fit), STATUS_OK);
    assert_non_null(strstr(fit.refusal, "no subjects")); /* an empty category */
}

/* What SAS's LOGISTIC prints as "Score Test for the Proportional Odds Assumption": the cheeses of
 * its manual's example of ordinal regression; arthritis as Stokes, Davis and Koch and as Friendly
 * have it; hip replacements, in a published solution of an exercise. Half of the last printed
 * digit, but for the cheeses, where SAS stops its steps early enough to show. */
static void printed_by_sas(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint32_t p;
        double printed, tolerance;
    } sas[] = {{"cheese", 3, 17.2866, 0.0003},
               {"arthritis", 2, 1.8833, 0.00005},
               {"hip", 3, 26.5204, 0.00005}};
    struct reference_table all = reference_read("ordered_tables.csv");
    for (size_t k = 0; k < 3; k++) {
        struct reference_table table = reference_select(&all, (int)k + 1);
        const uint32_t *codes = reference_codes(&table, "y");
        double *x = reference_memory(6000 * 3 * sizeof *x);
        uint32_t *y = reference_memory(6000 * sizeof *y);
        uint32_t n = 0, categories = 0;
        for (size_t i = 0; i < table.rows; i++) {
            categories = codes[i] + 1 > categories ? codes[i] + 1 : categories;
            for (int copy = 0; copy < (int)reference_column(&table, "freq")[i]; copy++, n++) {
                static const char *const columns[] = {"x1", "x2", "x3"};
                for (uint32_t j = 0; j < sas[k].p; j++) {
                    x[n * sas[k].p + j] = reference_column(&table, columns[j])[i];
                }
                y[n] = codes[i];
            }
        }
        struct design_matrix design = {.x = x, .n = n, .p = sas[k].p, .terms = sas[k].p};
        struct ordinal_fit fit;
        assert_int_equal(ordinal_fit(&arena, y, categories, &design, &fit), STATUS_OK);
        assert_null(fit.refusal);
        double chi2 = check_score(sas[k].name, y, &design, &fit);
        assert_true(fabs(chi2 - sas[k].printed) <= sas[k].tolerance);
    }
}

static void awkward_ordinal(void **state) {
    (void)state;
    static const char *const words[] = {NULL, "separation", "separation", "not vary"};
    static const uint32_t categories[] = {0, 3, 2, 3, 3};
    struct reference_table all = reference_read("ordered_awkward.csv");
    for (int k = 1; k <= 4; k++) {
        struct reference_table table = reference_select(&all, k);
        struct design_matrix design = {
            .x = reference_column(&table, "x"), .n = (uint32_t)table.rows, .p = 1, .terms = 1};
        const uint32_t *y = reference_codes(&table, "y");
        if (k == 4) {
            struct ordinal_fit fit = check_ordinal("awk4", y, 3, &design);
            check_score("awk4", y, &design, &fit);
            continue;
        }
        struct ordinal_fit fit;
        assert_int_equal(ordinal_fit(&arena, y, categories[k], &design, &fit), STATUS_OK);
        assert_non_null(fit.refusal);
        assert_non_null(strstr(fit.refusal, words[k]));
        struct brant_result brant;
        assert_int_equal(brant_test(&arena, y, categories[k], &design, &brant), STATUS_OK);
        assert_non_null(brant.refusal);
    }
}

static void check_win(const char *name, const uint32_t *group, size_t n,
                      const struct win_outcome *outcomes, uint32_t count) {
    struct win_result win;
    assert_int_equal(win_statistics(&arena, group, (uint32_t)n, outcomes, count, 0.95, &win),
                     STATUS_OK);
    assert_null(win.refusal);
    const double numbers[] = {
        win.wins,       win.losses,    win.ties,       win.ratio.value, win.ratio.se, win.ratio.low,
        win.ratio.high, win.ratio.p,   win.odds.value, win.odds.se,     win.odds.low, win.odds.high,
        win.odds.p,     win.net.value, win.net.se,     win.net.low,     win.net.high, win.net.p};
    if (win.losses == 0.0) { /* R has an infinite ratio, we have none */
        assert_true(isnan(win.ratio.value));
        for (size_t k = 8; k < 18; k++) {
            reference_near(name, k, numbers[k], NEAR_SUM);
        }
        return;
    }
    reference_all(name, numbers, 18, NEAR_SUM);
    char field[64];
    snprintf(field, sizeof field, "%s.by", name);
    for (uint32_t k = 0; k < count; k++) {
        reference_near(field, 2 * (size_t)k, win.wins_by[k], 0.0);
        reference_near(field, 2 * (size_t)k + 1, win.losses_by[k], 0.0);
    }
}

static void wins(void **state) {
    (void)state;
    struct reference_table table = reference_read("veteran.csv");
    struct win_outcome outcomes[] = {
        {.kind = WIN_TIME,
         .value = reference_column(&table, "time"),
         .event = reference_codes(&table, "event")},
        {.kind = WIN_HIGHER, .value = reference_column(&table, "karno")}};
    const uint32_t *group = reference_codes(&table, "trt");
    check_win("veteran", group, table.rows, outcomes, 2);
    outcomes[0].margin = 30.0;
    outcomes[1].margin = 10.0;
    check_win("veteran.margin", group, table.rows, outcomes, 2);
    table = reference_read("ordered.csv");
    outcomes[0] = (struct win_outcome){.kind = WIN_LOWER, .value = reference_column(&table, "y")};
    group = reference_codes(&table, "arm");
    check_win("ordered", group, table.rows, outcomes, 1);
    outcomes[0].kind = WIN_HIGHER;
    check_win("ordered.higher", group, table.rows, outcomes, 1);
    table = reference_read("gehan.csv");
    outcomes[0] = (struct win_outcome){.kind = WIN_TIME,
                                       .value = reference_column(&table, "time"),
                                       .event = reference_codes(&table, "event")};
    check_win("gehan", reference_codes(&table, "group"), table.rows, outcomes, 1);
}

/* An outcome named twice decides no more than once. */
static void the_same_twice(void **state) {
    (void)state;
    struct reference_table table = reference_read("ordered.csv");
    const uint32_t *group = reference_codes(&table, "arm");
    struct win_outcome twice[2];
    twice[0] = (struct win_outcome){.kind = WIN_LOWER, .value = reference_column(&table, "y")};
    twice[1] = twice[0];
    struct win_result one;
    struct win_result two;
    assert_int_equal(win_statistics(&arena, group, (uint32_t)table.rows, twice, 1, 0.95, &one),
                     STATUS_OK);
    assert_int_equal(win_statistics(&arena, group, (uint32_t)table.rows, twice, 2, 0.95, &two),
                     STATUS_OK);
    assert_true(one.wins == two.wins && one.losses == two.losses);
    assert_true(one.ratio.se == two.ratio.se && one.odds.low == two.odds.low);
    assert_true(two.wins_by[1] == 0.0);
}

static void awkward_wins(void **state) {
    (void)state;
    const uint32_t group[] = {0, 0, 0, 1, 1, 1};
    double value[] = {5.0, 6.0, 7.0, 1.0, 2.0, 5.0};
    struct win_outcome outcome = {.kind = WIN_HIGHER, .value = value};
    check_win("no.losses", group, 6, &outcome, 1);
    struct win_result win;
    assert_int_equal(win_statistics(&arena, group, 4, &outcome, 1, 0.95, &win), STATUS_OK);
    assert_non_null(win.refusal); /* one subject in a group */
    double tied[] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    outcome.value = tied;
    assert_int_equal(win_statistics(&arena, group, 6, &outcome, 1, 0.95, &win), STATUS_OK);
    assert_non_null(strstr(win.refusal, "tied"));
    outcome.value = value;
    value[0] = 9.0;
    value[5] = 0.0; /* every pair is won */
    assert_int_equal(win_statistics(&arena, group, 6, &outcome, 1, 0.95, &win), STATUS_OK);
    assert_true(isnan(win.odds.value) && isnan(win.ratio.value) && win.net.value == 1.0);
    assert_true(isnan(win.net.p));
}

static void a_hundred_thousand(void **state) {
    (void)state;
    enum { N = 100000 };
    const double *u = reference_uniform((size_t)2 * N, 5.0);
    uint32_t *group = reference_memory(N * sizeof *group);
    double *value = reference_memory(N * sizeof *value);
    for (size_t i = 0; i < N; i++) {
        group[i] = u[i] < 0.5;
        value[i] = floor(20.0 * u[N + i] + 2.0 * group[i]);
    }
    struct win_outcome outcome = {.kind = WIN_HIGHER, .value = value};
    struct win_result win;
    assert_int_equal(win_statistics(&arena, group, N, &outcome, 1, 0.95, &win), STATUS_OK);
    const double numbers[] = {win.wins,     win.losses,    win.ratio.value,
                              win.ratio.se, win.net.value, win.net.se};
    reference_all("big", numbers, 6, 1e-9);
}

static void big_ordinal(void **state) {
    (void)state;
    enum { N = 100000 };
    const double *u = reference_uniform((size_t)3 * N, 31.0);
    double *x = reference_memory(2 * N * sizeof *x);
    uint32_t *y = reference_memory(N * sizeof *y);
    for (size_t i = 0; i < N; i++) {
        x[2 * i] = u[i];
        x[2 * i + 1] = floor(2.0 * u[N + i]);
        double z = u[2 * N + i] + 0.3 * x[2 * i] + 0.1 * x[2 * i + 1];
        y[i] = (uint32_t)((z >= 0.3) + (z >= 0.6) + (z >= 0.9) + (z >= 1.2));
    }
    struct design_matrix design = {.x = x, .n = N, .p = 2, .terms = 2};
    struct ordinal_fit fit = check_ordinal("big", y, 5, &design);
    struct proportional_score score;
    assert_int_equal(proportional_score(&arena, y, &design, &fit, INFORMATION_EXPECTED, &score),
                     STATUS_OK);
    assert_null(score.refusal);
    assert_int_equal(score.test.df, 6);
    assert_true(score.test.p >= 0.0 && score.test.p <= 1.0);
}

static void check_tables(const char *name) {
    char field[64];
    snprintf(field, sizeof field, "%s.cells", name);
    size_t count;
    const double *cells = reference_numbers(field, &count);
    struct table_2x2 tables[16];
    uint32_t strata = (uint32_t)(count / 4);
    for (uint32_t i = 0; i < strata; i++) {
        tables[i] =
            (struct table_2x2){cells[4 * i], cells[4 * i + 1], cells[4 * i + 2], cells[4 * i + 3]};
    }
    struct stratified_result plain;
    struct stratified_result corrected;
    stratified_tables(tables, strata, false, 0.95, &plain);
    stratified_tables(tables, strata, true, 0.95, &corrected);
    assert_null(plain.odds_ratio.refusal);
    assert_null(plain.breslow_day.refusal);
    const struct stratified_estimate *all[] = {&plain.odds_ratio, &plain.risk_ratio,
                                               &plain.risk_difference};
    for (size_t k = 0; k < 3; k++) {
        reference_near(name, 4 * k, all[k]->value, NEAR_SUM);
        reference_near(name, 4 * k + 1, all[k]->se, NEAR_SUM);
        reference_near(name, 4 * k + 2, all[k]->low, NEAR_SUM);
        reference_near(name, 4 * k + 3, all[k]->high, NEAR_SUM);
    }
    const double tests[] = {
        plain.cmh.chi2,         plain.cmh.p,          corrected.cmh.chi2, corrected.cmh.p,
        plain.breslow_day.chi2, plain.breslow_day.df, plain.tarone.chi2};
    for (size_t k = 0; k < 7; k++) {
        reference_near(name, 12 + k, tests[k], NEAR_SUM);
    }
}

static void stratified(void **state) {
    (void)state;
    check_tables("ucb");
    check_tables("zeros");
    struct stratified_result out;
    const struct table_2x2 nobody[] = {{5, 5, 0, 0}, {0, 4, 0, 4}};
    stratified_tables(nobody, 2, false, 0.95, &out);
    assert_int_equal(out.strata, 1);
    assert_int_equal(out.informative, 0);
    assert_non_null(out.odds_ratio.refusal);
    assert_non_null(out.risk_ratio.refusal);
    assert_non_null(out.risk_difference.refusal);
    assert_non_null(out.cmh.refusal);
    assert_non_null(out.tarone.refusal);
    const struct table_2x2 one[] = {{5, 5, 2, 8}}; /* one stratum: no homogeneity to test */
    stratified_tables(one, 1, false, 0.95, &out);
    assert_null(out.odds_ratio.refusal);
    assert_true(fabs(out.odds_ratio.value - 4.0) < 1e-12);
    assert_non_null(out.breslow_day.refusal);
}

static int release(void **state) {
    (void)state;
    arena_release(&arena);
    reference_close();
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        return 2;
    }
    const struct CMUnitTest ordinal[] = {
        cmocka_unit_test(housing),        cmocka_unit_test(small_trial),
        cmocka_unit_test(printed_by_sas), cmocka_unit_test(awkward_ordinal),
        cmocka_unit_test(big_ordinal),
    };
    const struct CMUnitTest win[] = {
        cmocka_unit_test(wins),
        cmocka_unit_test(the_same_twice),
        cmocka_unit_test(awkward_wins),
        cmocka_unit_test(a_hundred_thousand),
    };
    const struct CMUnitTest tables[] = {cmocka_unit_test(stratified)};
    int failed = 0;
    reference_open(argv[1], "ordinal");
    failed += cmocka_run_group_tests_name("ordinal", ordinal, NULL, release);
    reference_open(argv[1], "win");
    failed += cmocka_run_group_tests_name("win", win, NULL, release);
    reference_open(argv[1], "stratified");
    failed += cmocka_run_group_tests_name("stratified", tables, NULL, release);
    return failed;
}
