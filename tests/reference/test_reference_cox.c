/* Cox's model against R (cox.R). Coefficients and errors 1e-8, relative: both iterate to the
 * maximum, the rest is rounding in sums over risk sets; 1e-7 for tests, which square differences.
 */
#include "reference.h"

#include "stats/cox.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const double NEAR = 1e-8;
static const double NEAR_TEST = 1e-7;
static struct arena arena;

static struct cox_fit check_fit(const char *name, const struct survival_data *data,
                                const struct design_matrix *design, enum cox_ties ties) {
    char field[64];
    struct cox_fit fit;
    assert_int_equal(cox_fit(&arena, data, design, ties, &fit), STATUS_OK);
    if (fit.refusal) {
        fail_msg("%s: %s", name, fit.refusal);
    }
    snprintf(field, sizeof field, "%s.coef", name);
    reference_all(field, fit.coef, design->p, NEAR);
    snprintf(field, sizeof field, "%s.se", name);
    reference_all(field, fit.se, design->p, NEAR);
    const double tests[] = {fit.loglik_null, fit.loglik, fit.likelihood_ratio, fit.wald, fit.score};
    snprintf(field, sizeof field, "%s.tests", name);
    reference_all(field, tests, 5, NEAR_TEST);
    return fit;
}

static void check_zph(const char *name, const struct survival_data *data,
                      const struct design_matrix *design, enum cox_ties ties,
                      const struct cox_fit *fit) {
    static const char *const scales[] = {"km", "rank", "identity", "log"};
    for (enum zph_time scale = ZPH_KM; scale <= ZPH_LOG; scale++) {
        struct zph_result zph;
        char field[64];
        assert_int_equal(cox_zph(&arena, data, design, ties, fit, scale, &zph), STATUS_OK);
        assert_null(zph.refusal);
        snprintf(field, sizeof field, "%s.zph.%s", name, scales[scale]);
        for (uint32_t t = 0; t < design->terms; t++) {
            reference_near(field, t, zph.terms[t].chi2, NEAR_TEST);
        }
        reference_near(field, design->terms, zph.global.chi2, NEAR_TEST);
    }
}

static void all_ties(void **state) {
    (void)state;
    static const char *const ties_names[] = {"efron", "breslow", "exact"};
    struct reference_table gehan = reference_read("gehan.csv");
    struct survival_data data = reference_survival(&gehan, NULL, 1);
    struct design_matrix design = reference_design(&gehan, (const char *const[]){"group", NULL});
    for (enum cox_ties ties = COX_EFRON; ties <= COX_EXACT; ties++) {
        char name[32];
        snprintf(name, sizeof name, "gehan.%s", ties_names[ties]);
        struct cox_fit fit = check_fit(name, &data, &design, ties);
        if (ties != COX_EXACT) {
            check_zph(name, &data, &design, ties, &fit);
            continue;
        }
        struct zph_result zph;
        assert_int_equal(cox_zph(&arena, &data, &design, ties, &fit, ZPH_KM, &zph), STATUS_OK);
        assert_non_null(zph.refusal);
    }
}

/* veteran's columns: treatment, three cell types against squamous (0 squamous, 1 small, 2 adeno, 3
 * large), Karnofsky. */
static struct design_matrix veteran_design(const struct reference_table *table) {
    static const uint32_t term[] = {0, 1, 1, 1, 2};
    const double *cell = reference_column(table, "cell");
    const double *trt = reference_column(table, "trt");
    const double *karno = reference_column(table, "karno");
    double *x = reference_memory(table->rows * 5 * sizeof *x);
    for (size_t i = 0; i < table->rows; i++) {
        x[5 * i] = trt[i];
        x[5 * i + 1] = cell[i] == 1.0;
        x[5 * i + 2] = cell[i] == 2.0;
        x[5 * i + 3] = cell[i] == 3.0;
        x[5 * i + 4] = karno[i];
    }
    return (struct design_matrix){
        .x = x, .n = (uint32_t)table->rows, .p = 5, .term = term, .terms = 3};
}

static void factors_and_strata(void **state) {
    (void)state;
    struct reference_table table = reference_read("veteran.csv");
    struct survival_data data = reference_survival(&table, NULL, 1);
    struct design_matrix design = veteran_design(&table);
    struct cox_fit fit = check_fit("veteran.efron", &data, &design, COX_EFRON);
    check_fit("veteran.breslow", &data, &design, COX_BRESLOW);
    check_fit("veteran.exact", &data, &design, COX_EXACT);
    struct zph_result zph;
    assert_int_equal(cox_zph(&arena, &data, &design, COX_EFRON, &fit, ZPH_KM, &zph), STATUS_OK);
    for (uint32_t t = 0; t < 3; t++) {
        reference_near("veteran.terms", t, zph.terms[t].chi2, NEAR_TEST);
        reference_near("veteran.terms", 4 + t, zph.terms[t].df, 0.0);
    }
    struct wald wald;
    assert_int_equal(design_wald(&arena, fit.coef, fit.covariance, 5, 1, 4, &wald), STATUS_OK);
    reference_near("veteran.cell.wald", 0, wald.chi2, NEAR_TEST);
    design = reference_design(&table, (const char *const[]){"trt", "karno", NULL});
    data.stratum = reference_codes(&table, "cell");
    data.strata = 4;
    fit = check_fit("veteran.strata", &data, &design, COX_EFRON);
    check_zph("veteran.strata", &data, &design, COX_EFRON, &fit);
}

static void covariates(void **state) {
    (void)state;
    struct reference_table table = reference_read("lung.csv");
    struct survival_data data = reference_survival(&table, NULL, 1);
    struct design_matrix design =
        reference_design(&table, (const char *const[]){"sex", "age", NULL});
    struct cox_fit fit = check_fit("lung", &data, &design, COX_EFRON);
    check_zph("lung", &data, &design, COX_EFRON, &fit);
    table = reference_read("pbc.csv");
    data = reference_survival(&table, NULL, 1);
    design = reference_design(
        &table, (const char *const[]){"age", "lbili", "lprotime", "lalb", "edema", NULL});
    fit = check_fit("pbc.all", &data, &design, COX_EFRON);
    check_zph("pbc.all", &data, &design, COX_EFRON, &fit);
    table = reference_select(&table, 1); /* who was randomised */
    data = reference_survival(&table, NULL, 1);
    design = reference_design(
        &table, (const char *const[]){"age", "lbili", "lprotime", "lalb", "edema", NULL});
    fit = check_fit("pbc", &data, &design, COX_EFRON);
    check_zph("pbc", &data, &design, COX_EFRON, &fit);
    table = reference_read("colon.csv");
    data = reference_survival(&table, NULL, 1);
    design = reference_design(&table, (const char *const[]){"lev", "lev5fu", NULL});
    check_fit("colon", &data, &design, COX_EFRON);
}

static void late_entry(void **state) {
    (void)state;
    struct reference_table table = reference_read("late.csv");
    struct survival_data data = reference_survival(&table, NULL, 1);
    data.entry = reference_column(&table, "entry");
    struct design_matrix design = reference_design(&table, (const char *const[]){"group", NULL});
    struct cox_fit fit = check_fit("late", &data, &design, COX_EFRON);
    check_zph("late", &data, &design, COX_EFRON, &fit);
    check_fit("late.breslow", &data, &design, COX_BRESLOW);
    table = reference_read("late_small.csv"); /* R enumerates subsets: few ties */
    data = reference_survival(&table, NULL, 1);
    data.entry = reference_column(&table, "entry");
    design = reference_design(&table, (const char *const[]){"x", NULL});
    check_fit("late.exact", &data, &design, COX_EXACT);
}

static void awkward(void **state) {
    (void)state;
    struct reference_table all = reference_read("cox_awkward.csv");
    for (int k = 1; k <= 8; k++) {
        struct reference_table table = reference_select(&all, k);
        struct survival_data data = reference_survival(&table, NULL, 1);
        struct design_matrix design = reference_design(&table, (const char *const[]){"x", NULL});
        char name[32];
        snprintf(name, sizeof name, "awk%d", k);
        if (k == 1 || k == 3 || k == 4 || k == 8) {
            check_fit(name, &data, &design, COX_EFRON);
            continue;
        }
        struct cox_fit fit;
        assert_int_equal(cox_fit(&arena, &data, &design, COX_EFRON, &fit), STATUS_OK);
        assert_non_null(fit.refusal);
        if (k == 2 || k == 5) {
            assert_non_null(strstr(fit.refusal, "monotone"));
            snprintf(name, sizeof name, "awk%d.score", k);
            reference_near(name, 0, fit.score, NEAR_TEST);
        }
        if (k == 6) {
            assert_int_equal(fit.column, 0);
            assert_true(isnan(fit.score));
        }
    }
}

static void collinear(void **state) {
    (void)state;
    struct reference_table table = reference_read("lung.csv");
    struct survival_data data = reference_survival(&table, NULL, 1);
    struct design_matrix design =
        reference_design(&table, (const char *const[]){"sex", "age", "sex", NULL});
    struct cox_fit fit;
    assert_int_equal(cox_fit(&arena, &data, &design, COX_EFRON, &fit), STATUS_OK);
    assert_non_null(fit.refusal);
    assert_int_equal(fit.column, 2);
}

static void a_hundred_thousand(void **state) {
    (void)state;
    enum { N = 100000 };
    const double *u = reference_uniform((size_t)4 * N, 7.0);
    double *time = reference_memory(N * sizeof *time);
    uint32_t *event = reference_memory(N * sizeof *event);
    double *x = reference_memory(2 * N * sizeof *x);
    for (size_t i = 0; i < N; i++) {
        time[i] = ceil(20000.0 * (u[i] * u[i]) * (1.5 - u[N + i])) / 10.0;
        event[i] = u[2 * N + i] < 0.6;
        x[2 * i] = u[N + i];
        x[2 * i + 1] = floor(3.0 * u[3 * N + i]);
    }
    struct survival_data data = {.time = time, .event = event, .n = N, .groups = 1, .strata = 1};
    struct design_matrix design = {.x = x, .n = N, .p = 2, .terms = 2};
    check_fit("big", &data, &design, COX_EFRON);
    check_fit("big.breslow", &data, &design, COX_BRESLOW);
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
    reference_open(argv[1], "cox");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_ties),
        cmocka_unit_test(factors_and_strata),
        cmocka_unit_test(covariates),
        cmocka_unit_test(late_entry),
        cmocka_unit_test(awkward),
        cmocka_unit_test(collinear),
        cmocka_unit_test(a_hundred_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
