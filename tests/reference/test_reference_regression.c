/* Logistic regression and linear models against R (regression.R) and NIST's certified values.
 * Tolerances, relative: 1e-8 for estimates (both iterate to the maximum); 1e-7 for profile bounds,
 * where two root finders meet; 1e-9 for least squares by orthogonal reflections on both sides. */
#include "reference.h"

#include "stats/regression.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const double NEAR = 1e-8;
static const double NEAR_PROFILE = 1e-7;
static const double NEAR_LINEAR = 1e-9;
static const struct logistic_options with_profile = {.level = 0.95};
static struct arena arena;

static void named(char *field, size_t size, const char *name, const char *part) {
    snprintf(field, size, "%s.%s", name, part);
}

static void check_logistic(const char *name, const uint32_t *y, const struct design_matrix *design,
                           bool profile) {
    char field[64];
    struct logistic_fit fit;
    assert_int_equal(logistic_fit(&arena, y, design,
                                  (struct logistic_options){.level = profile ? 0.95 : 0.0}, &fit),
                     STATUS_OK);
    if (fit.refusal) {
        fail_msg("%s: %s", name, fit.refusal);
    }
    named(field, sizeof field, name, "coef");
    reference_all(field, fit.coef, fit.p, NEAR);
    named(field, sizeof field, name, "se");
    reference_all(field, fit.se, fit.p, NEAR);
    const double likelihoods[] = {fit.loglik_null, fit.loglik, fit.likelihood_ratio};
    named(field, sizeof field, name, "fit");
    reference_all(field, likelihoods, 3, NEAR);
    if (profile) {
        named(field, sizeof field, name, "low");
        reference_all(field, fit.profile_low + 1, design->p, NEAR_PROFILE);
        named(field, sizeof field, name, "high");
        reference_all(field, fit.profile_high + 1, design->p, NEAR_PROFILE);
    }
}

static void logistic(void **state) {
    (void)state;
    struct reference_table table = reference_read("birthwt.csv");
    struct design_matrix design = reference_design(
        &table, (const char *const[]){"age", "lwt", "race2", "race3", "smoke", "ht", "ui", NULL});
    check_logistic("birthwt", reference_codes(&table, "low"), &design, true);
    uint32_t y[80];
    double x[80];
    for (int i = 0; i < 80; i++) {
        x[i] = i < 40;
        y[i] = i < 5 || (i >= 40 && i < 43);
    }
    design = (struct design_matrix){.x = x, .n = 80, .p = 1, .terms = 1};
    check_logistic("elmekaty", y, &design, true);
}

static void awkward_logistic(void **state) {
    (void)state;
    struct reference_table all = reference_read("logistic_awkward.csv");
    static const char *const words[] = {NULL,   "separation", "separation", "separation",
                                        "same", NULL,         "not vary"};
    for (int k = 1; k <= 6; k++) {
        struct reference_table table = reference_select(&all, k);
        struct design_matrix design = reference_design(&table, (const char *const[]){"x", NULL});
        const uint32_t *y = reference_codes(&table, "y");
        if (k == 5) {
            check_logistic("awk5", y, &design, true);
            continue;
        }
        struct logistic_fit fit;
        assert_int_equal(logistic_fit(&arena, y, &design, with_profile, &fit), STATUS_OK);
        assert_non_null(fit.refusal);
        assert_non_null(strstr(fit.refusal, words[k]));
    }
    struct reference_table table = reference_select(&all, 7);
    struct design_matrix design = reference_design(&table, (const char *const[]){"x", NULL});
    struct logistic_fit fit;
    assert_int_equal(logistic_fit(&arena, reference_codes(&table, "y"), &design,
                                  (struct logistic_options){0}, &fit),
                     STATUS_OK);
    assert_null(fit.refusal);
    reference_near("awk7.coef", 1, fit.coef[1], NEAR);
    reference_near("awk7.se", 1, fit.se[1], NEAR);
    reference_near("awk7.fit", 1, fit.loglik, NEAR);
}

static void check_firth(const char *name, const uint32_t *y, const struct design_matrix *design) {
    struct logistic_options options = {.level = 0.95, .firth = true};
    char field[64];
    struct logistic_fit fit;
    assert_int_equal(logistic_fit(&arena, y, design, options, &fit), STATUS_OK);
    if (fit.refusal) {
        fail_msg("%s: %s", name, fit.refusal);
    }
    named(field, sizeof field, name, "coef");
    reference_all(field, fit.coef, fit.p, NEAR);
    named(field, sizeof field, name, "se");
    reference_all(field, fit.se, fit.p, NEAR);
    named(field, sizeof field, name, "loglik");
    reference_near(field, 0, fit.loglik, NEAR);
    named(field, sizeof field, name, "low");
    reference_all(field, fit.profile_low + 1, design->p, NEAR_PROFILE);
    named(field, sizeof field, name, "high");
    reference_all(field, fit.profile_high + 1, design->p, NEAR_PROFILE);
    named(field, sizeof field, name, "p");
    reference_all(field, fit.profile_p + 1, design->p, NEAR_PROFILE);
}

static void firth(void **state) {
    (void)state;
    struct reference_table table = reference_read("birthwt.csv");
    struct design_matrix design =
        reference_design(&table, (const char *const[]){"age", "lwt", "smoke", "ht", NULL});
    check_firth("firth.birthwt", reference_codes(&table, "low"), &design);
    struct reference_table all = reference_read("logistic_awkward.csv");
    table = reference_select(&all, 1); /* complete separation */
    design = reference_design(&table, (const char *const[]){"x", NULL});
    check_firth("firth.awk1", reference_codes(&table, "y"), &design);
    table = reference_select(&all, 2); /* a zero cell */
    design = reference_design(&table, (const char *const[]){"x", NULL});
    check_firth("firth.awk2", reference_codes(&table, "y"), &design);
    table = reference_select(&all, 3); /* n = 2 */
    design = reference_design(&table, (const char *const[]){"x", NULL});
    check_firth("firth.awk3", reference_codes(&table, "y"), &design);
}

static struct linear_fit check_linear(const char *name, const double *y,
                                      const struct design_matrix *design) {
    char field[64];
    struct linear_fit fit;
    assert_int_equal(linear_fit(&arena, y, design, &fit), STATUS_OK);
    if (fit.refusal) {
        fail_msg("%s: %s", name, fit.refusal);
    }
    named(field, sizeof field, name, "coef");
    reference_all(field, fit.coef, fit.p, NEAR_LINEAR);
    named(field, sizeof field, name, "se");
    reference_all(field, fit.se, fit.p, NEAR_LINEAR);
    named(field, sizeof field, name, "rss");
    reference_near(field, 0, fit.residual_ss, NEAR_LINEAR);
    reference_near(field, 1, fit.residual_df, 0.0);
    return fit;
}

static void check_terms(const char *name, const struct design_matrix *design, const bool *factor,
                        const struct linear_fit *fit) {
    char field[64];
    struct linear_term terms[8];
    assert_int_equal(linear_terms(&arena, design, factor, fit, terms), STATUS_OK);
    named(field, sizeof field, name, "terms");
    for (uint32_t t = 0; t < design->terms; t++) {
        const double numbers[] = {terms[t].ss, terms[t].df, terms[t].f, terms[t].p};
        for (size_t k = 0; k < 4; k++) {
            reference_near(field, 4 * t + k, numbers[k], NEAR);
        }
    }
}

static void check_mean(const char *name, size_t at, const struct linear_estimate *estimate) {
    reference_near(name, at, estimate->value, NEAR_LINEAR);
    reference_near(name, at + 1, estimate->se, NEAR_LINEAR);
    reference_near(name, at + 2, estimate->low, NEAR_LINEAR);
    reference_near(name, at + 3, estimate->high, NEAR_LINEAR);
}

static void analysis_of_covariance(void **state) {
    (void)state;
    static const uint32_t term[] = {0, 0, 1};
    static const bool factor[] = {true, false};
    struct reference_table table = reference_read("anorexia.csv");
    struct design_matrix design =
        reference_design(&table, (const char *const[]){"cont", "ft", "pre", NULL});
    design.term = term;
    design.terms = 2;
    const double *y = reference_column(&table, "post");
    struct linear_fit fit = check_linear("anorexia", y, &design);
    check_terms("anorexia", &design, factor, &fit);
    double weights[3][4];
    for (uint32_t level = 0; level < 3; level++) {
        linear_ls_mean(&design, factor, (const uint32_t[]){level, LS_AVERAGE}, false,
                       weights[level]);
        struct linear_estimate mean = linear_combination(&fit, weights[level], 0.95);
        check_mean("anorexia.means", 4 * (size_t)level, &mean);
    }
    static const uint32_t pairs[3][2] = {{1, 0}, {2, 0}, {2, 1}};
    for (size_t k = 0; k < 3; k++) {
        double difference[4];
        for (size_t j = 0; j < 4; j++) {
            difference[j] = weights[pairs[k][0]][j] - weights[pairs[k][1]][j];
        }
        struct linear_estimate estimate = linear_combination(&fit, difference, 0.95);
        check_mean("anorexia.pairs", 5 * k, &estimate);
        reference_near("anorexia.pairs", 5 * k + 4, estimate.p, NEAR);
    }
    design = reference_design(&table, (const char *const[]){"cont", "ft", NULL});
    design.term = term;
    design.terms = 1;
    fit = check_linear("anorexia.one", y, &design);
    check_terms("anorexia.one", &design, factor, &fit);
}

static void margins(void **state) {
    (void)state;
    static const uint32_t term[] = {0, 0, 1, 2, 3};
    static const bool factor[] = {true, true, true, false};
    struct reference_table table = reference_read("birthwt.csv");
    struct design_matrix design = reference_design(
        &table, (const char *const[]){"race2", "race3", "smoke", "ht", "lwt", NULL});
    design.term = term;
    design.terms = 4;
    struct linear_fit fit = check_linear("birthwt.lm", reference_column(&table, "bwt"), &design);
    check_terms("birthwt.lm", &design, factor, &fit);
    for (uint32_t level = 0; level < 3; level++) {
        double weights[6];
        const uint32_t at[] = {level, LS_AVERAGE, LS_AVERAGE, LS_AVERAGE};
        linear_ls_mean(&design, factor, at, false, weights);
        struct linear_estimate mean = linear_combination(&fit, weights, 0.95);
        check_mean("birthwt.equal", 4 * (size_t)level, &mean);
        linear_ls_mean(&design, factor, at, true, weights);
        mean = linear_combination(&fit, weights, 0.95);
        check_mean("birthwt.proportional", 4 * (size_t)level, &mean);
    }
}

/* Race by smoking and by weight: terms, means, and differences within smokers and non-smokers. */
static void interactions(void **state) {
    (void)state;
    static const uint32_t term[] = {0, 0, 1, 2, 3, 3, 4, 4};
    static const bool factor[] = {true, false, true, false, false};
    static const struct column_product product[] = {{0, 0}, {1, 1}, {2, 2}, {3, 3},
                                                    {0, 3}, {1, 3}, {0, 2}, {1, 2}};
    struct reference_table table = reference_read("birthwt.csv");
    struct design_matrix mains =
        reference_design(&table, (const char *const[]){"race2", "race3", "lwt", "smoke", NULL});
    double *x = reference_memory((size_t)mains.n * 8 * sizeof *x);
    for (size_t i = 0; i < mains.n; i++) {
        for (size_t j = 0; j < 8; j++) {
            double value = mains.x[i * 4 + product[j].first];
            x[i * 8 + j] = j < 4 ? value : value * mains.x[i * 4 + product[j].second];
        }
    }
    struct design_matrix design = {
        .x = x, .n = mains.n, .p = 8, .term = term, .terms = 5, .product = product};
    struct linear_fit fit = check_linear("birthwt.by", reference_column(&table, "bwt"), &design);
    struct linear_term terms[5];
    assert_int_equal(linear_terms(&arena, &design, factor, &fit, terms), STATUS_OK);
    for (size_t t = 0; t < 5; t++) {
        reference_near("birthwt.by.terms", 2 * t, terms[t].df, 0.0);
        reference_near("birthwt.by.terms", 2 * t + 1, terms[t].p, NEAR);
    }
    uint32_t at[] = {0, LS_AVERAGE, LS_AVERAGE, 0, 0};
    double weights[2][9];
    for (at[0] = 0; at[0] < 3; at[0]++) {
        linear_ls_mean(&design, factor, at, false, weights[0]);
        struct linear_estimate mean = linear_combination(&fit, weights[0], 0.95);
        check_mean("birthwt.by.equal", 4 * (size_t)at[0], &mean);
        linear_ls_mean(&design, factor, at, true, weights[0]);
        mean = linear_combination(&fit, weights[0], 0.95);
        check_mean("birthwt.by.proportional", 4 * (size_t)at[0], &mean);
    }
    for (uint32_t k = 0; k < 4; k++) { /* not smoking: 2 - 1, 3 - 1; smoking: the same */
        at[2] = k / 2;
        at[0] = 0;
        linear_ls_mean(&design, factor, at, false, weights[0]);
        at[0] = 1 + k % 2;
        linear_ls_mean(&design, factor, at, false, weights[1]);
        for (size_t j = 0; j < 9; j++) {
            weights[1][j] -= weights[0][j];
        }
        struct linear_estimate difference = linear_combination(&fit, weights[1], 0.95);
        check_mean("birthwt.by.pairs", 5 * (size_t)k, &difference);
        reference_near("birthwt.by.pairs", 5 * (size_t)k + 4, difference.p, NEAR);
    }
}

/* NIST StRD, Longley: certified to 15 digits; the problem is so ill conditioned (about 10^7 after
 * centring) that 9 digits are what double precision can give. */
static void longley(void **state) {
    (void)state;
    static const double coef[] = {-3482258.63459582, 15.0618722713733,  -0.358191792925910E-01,
                                  -2.02022980381683, -1.03322686717359, -0.511041056535807E-01,
                                  1829.15146461355};
    static const double se[] = {890420.383607373,  84.9149257747669,  0.334910077722432E-01,
                                0.488399681651699, 0.214274163161675, 0.226073200069370,
                                455.478499142212};
    struct reference_table table = reference_read("longley.csv");
    struct design_matrix design =
        reference_design(&table, (const char *const[]){"GNP.deflator", "GNP", "Unemployed",
                                                       "Armed.Forces", "Population", "Year", NULL});
    double *x = reference_memory(table.rows * 6 * sizeof *x);
    double *y = reference_memory(table.rows * sizeof *y);
    static const double unit[] = {1.0, 1000.0, 10.0, 10.0, 1000.0, 1.0};
    for (size_t i = 0; i < table.rows; i++) {
        y[i] = round(1000.0 * reference_column(&table, "Employed")[i]);
        for (size_t j = 0; j < 6; j++) {
            x[6 * i + j] = round(10.0 * unit[j] * design.x[6 * i + j]) / 10.0;
        }
    }
    design.x = x;
    struct linear_fit fit;
    assert_int_equal(linear_fit(&arena, y, &design, &fit), STATUS_OK);
    assert_null(fit.refusal);
    for (size_t j = 0; j < 7; j++) {
        assert_true(fabs(fit.coef[j] / coef[j] - 1.0) < 1e-8);
        assert_true(fabs(fit.se[j] / se[j] - 1.0) < 1e-8);
    }
    assert_true(fabs(sqrt(fit.residual_ss / fit.residual_df) / 304.854073561965 - 1.0) < 1e-10);
}

static void awkward_linear(void **state) {
    (void)state;
    struct linear_fit fit;
    double y[] = {2.0, 2.0, 2.0, 2.0, 2.0};
    double x[] = {0.0, 1.0, 0.0, 1.0, 0.0};
    struct design_matrix design = {.x = x, .n = 5, .p = 1, .terms = 1};
    assert_int_equal(linear_fit(&arena, y, &design, &fit), STATUS_OK);
    assert_non_null(strstr(fit.refusal, "no error")); /* all tied */
    design.n = 2;
    assert_int_equal(linear_fit(&arena, y, &design, &fit), STATUS_OK);
    assert_non_null(fit.refusal);
    double empty[] = {0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0}; /* no one at a level */
    double z[] = {1.0, 2.0, 4.0, 2.0, 3.0};
    design = (struct design_matrix){.x = empty, .n = 5, .p = 2, .terms = 2};
    assert_int_equal(linear_fit(&arena, z, &design, &fit), STATUS_OK);
    assert_non_null(strstr(fit.refusal, "does not vary"));
    assert_int_equal(fit.column, 1);
    z[2] = INFINITY;
    assert_int_equal(linear_fit(&arena, z, &design, &fit), STATUS_OK);
    assert_non_null(strstr(fit.refusal, "finite"));
}

static void a_hundred_thousand(void **state) {
    (void)state;
    enum { N = 100000 };
    const double *u = reference_uniform((size_t)3 * N, 11.0);
    uint32_t *y = reference_memory(N * sizeof *y);
    double *z = reference_memory(N * sizeof *z);
    double *x = reference_memory(2 * N * sizeof *x);
    for (size_t i = 0; i < N; i++) {
        x[2 * i] = u[i];
        x[2 * i + 1] = floor(4.0 * u[N + i]);
        y[i] = u[2 * N + i] < 0.1 + 0.3 * x[2 * i] + 0.1 * x[2 * i + 1];
        z[i] = 100.0 + 3.0 * x[2 * i] - 0.5 * x[2 * i + 1] + u[2 * N + i];
    }
    struct design_matrix design = {.x = x, .n = N, .p = 2, .terms = 2};
    check_logistic("big", y, &design, false);
    check_linear("big.lm", z, &design);
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
    reference_open(argv[1], "regression");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logistic),
        cmocka_unit_test(awkward_logistic),
        cmocka_unit_test(firth),
        cmocka_unit_test(analysis_of_covariance),
        cmocka_unit_test(margins),
        cmocka_unit_test(interactions),
        cmocka_unit_test(longley),
        cmocka_unit_test(awkward_linear),
        cmocka_unit_test(a_hundred_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
