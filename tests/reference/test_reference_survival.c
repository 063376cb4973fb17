/* Kaplan-Meier, log-rank and kin, restricted means and competing risks against R (survival.R).
 * Tolerance 1e-11, relative: both sides sum a few hundred products in double precision; the
 * variance of the cumulative incidence loses more to cancellation (R's jackknife as ours): 1e-8. */
#include "reference.h"

#include "stats/survival.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const double NEAR = 1e-11;
static const double NEAR_DELTA = 1e-8;
static struct arena arena;

static const char *const type_names[] = {"plain", "log", "log-log"};

static void check_curve(const char *set, uint32_t g, const struct km_curve *curve,
                        enum km_interval type) {
    char name[64];
    for (uint32_t i = 0; i < curve->count; i++) {
        const struct km_point *p = &curve->points[i];
#define AT(field, value)                                                                           \
    snprintf(name, sizeof name, "km.%s.%u." field, set, g);                                        \
    reference_near(name, i, value, NEAR)
        AT("time", p->time);
        AT("risk", p->at_risk);
        AT("surv", p->survival);
        AT("se", sqrt(p->greenwood));
#undef AT
        snprintf(name, sizeof name, "km.%s.%u.%s.low", set, g, type_names[type]);
        reference_near(name, i, p->low, NEAR);
        snprintf(name, sizeof name, "km.%s.%u.%s.high", set, g, type_names[type]);
        reference_near(name, i, p->high, NEAR);
    }
    size_t count;
    snprintf(name, sizeof name, "km.%s.%u.time", set, g);
    (void)reference_numbers(name, &count);
    assert_int_equal(curve->count, count);
    snprintf(name, sizeof name, "km.%s.%u.%s.q", set, g, type_names[type]);
    for (size_t q = 0; q < 3; q++) {
        struct km_quantile quantile = km_quantile(curve, 0.25 * (double)(q + 1));
        reference_near(name, 3 * q, quantile.value, NEAR);
        reference_near(name, 3 * q + 1, quantile.low, NEAR);
        reference_near(name, 3 * q + 2, quantile.high, NEAR);
    }
}

static void check_set(const char *set, const struct survival_data *data) {
    for (enum km_interval type = KM_PLAIN; type <= KM_LOG_LOG; type++) {
        struct km_result km;
        assert_int_equal(kaplan_meier(&arena, data, type, 0.95, &km), STATUS_OK);
        assert_null(km.refusal);
        check_curve(set, 0, &km.curves[0], type);
        check_curve(set, 1, &km.curves[1], type);
    }
}

static void curves(void **state) {
    (void)state;
    struct reference_table table = reference_read("gehan.csv");
    struct survival_data data = reference_survival(&table, "group", 2);
    check_set("gehan", &data);
    table = reference_read("veteran.csv");
    data = reference_survival(&table, "trt", 2);
    check_set("veteran", &data);
    table = reference_read("lung.csv");
    data = reference_survival(&table, "sex", 2);
    check_set("lung", &data);
    table = reference_read("late.csv");
    data = reference_survival(&table, "group", 2);
    data.entry = reference_column(&table, "entry");
    check_set("late", &data);
}

static void awkward_curves(void **state) {
    (void)state;
    struct reference_table all = reference_read("survival_awkward.csv");
    for (int k = 1; k <= 7; k++) {
        struct reference_table table = reference_select(&all, k);
        struct survival_data data = reference_survival(&table, "group", 3);
        char set[8];
        snprintf(set, sizeof set, "awk%d", k);
        check_set(set, &data);
        struct km_result km;
        assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
        assert_int_equal(km.curves[2].count, 0); /* nobody is in the third group */
        assert_true(isnan(km_quantile(&km.curves[2], 0.5).value));
    }
}

static void check_rank(const char *name, const struct survival_data *data,
                       struct rank_options options) {
    struct rank_result rank;
    assert_int_equal(rank_test(&arena, data, options, &rank), STATUS_OK);
    if (rank.refusal) {
        fail_msg("%s: %s", name, rank.refusal);
    }
    size_t count;
    (void)reference_numbers(name, &count);
    size_t groups = (count - 2) / 2;
    for (size_t g = 0; g < groups; g++) {
        reference_near(name, g, rank.groups[g].observed, NEAR);
        reference_near(name, groups + g, rank.groups[g].expected, NEAR);
    }
    reference_near(name, 2 * groups, rank.chi2, NEAR);
    reference_near(name, 2 * groups + 1, rank.df, 0.0);
}

static void rank_tests(void **state) {
    (void)state;
    struct rank_options plain = {RANK_LOG_RANK, 0.0, 0.0};
    struct reference_table table = reference_read("veteran.csv");
    struct survival_data data = reference_survival(&table, "trt", 2);
    check_rank("rank.veteran", &data, plain);
    check_rank("rank.veteran.fh10", &data,
               (struct rank_options){RANK_FLEMING_HARRINGTON, 1.0, 0.0});
    check_rank("rank.veteran.fh01", &data,
               (struct rank_options){RANK_FLEMING_HARRINGTON, 0.0, 1.0});
    check_rank("rank.veteran.gehan", &data, (struct rank_options){RANK_GEHAN, 0.0, 0.0});
    check_rank("rank.veteran.tarone", &data, (struct rank_options){RANK_TARONE_WARE, 0.0, 0.0});
    data.stratum = reference_codes(&table, "cell");
    data.strata = 4;
    check_rank("rank.veteran.strata", &data, plain);
    table = reference_read("colon.csv");
    data = reference_survival(&table, "rx", 3);
    check_rank("rank.colon", &data, plain);
    table = reference_read("gehan.csv");
    data = reference_survival(&table, "group", 2);
    check_rank("rank.gehan", &data, plain);
    data.stratum = reference_codes(&table, "pair");
    data.strata = 21;
    check_rank("rank.gehan.pair", &data, plain);
    table = reference_read("pbc.csv");
    table = reference_select(&table, 1);
    data = reference_survival(&table, "trt", 2);
    check_rank("rank.pbc", &data, plain);
    table = reference_read("late.csv");
    data = reference_survival(&table, "group", 2);
    data.entry = reference_column(&table, "entry");
    check_rank("rank.late", &data, plain);
}

static void awkward_rank_tests(void **state) {
    (void)state;
    struct rank_options plain = {RANK_LOG_RANK, 0.0, 0.0};
    struct reference_table all = reference_read("survival_awkward.csv");
    struct rank_result rank;
    for (int k = 1; k <= 7; k++) {
        struct reference_table table = reference_select(&all, k);
        struct survival_data data = reference_survival(&table, "group", 3);
        char name[16];
        snprintf(name, sizeof name, "rank.awk%d", k);
        if (k == 6) {
            assert_int_equal(rank_test(&arena, &data, plain, &rank), STATUS_OK);
            assert_non_null(rank.refusal); /* no event: no test */
        } else {
            check_rank(name, &data, plain);
        }
    }
    struct reference_table table = reference_select(&all, 7);
    struct survival_data data = reference_survival(&table, NULL, 1);
    assert_int_equal(rank_test(&arena, &data, plain, &rank), STATUS_OK);
    assert_non_null(rank.refusal); /* one group */
}

static void check_rmst(const char *name, const struct km_curve *curve, double tau) {
    struct rmst rmst = km_rmst(curve, tau);
    assert_null(rmst.refusal);
    reference_near(name, 0, rmst.mean, NEAR);
    reference_near(name, 1, rmst.se, NEAR);
}

static void restricted_means(void **state) {
    (void)state;
    struct reference_table table = reference_read("gehan.csv");
    struct survival_data data = reference_survival(&table, "group", 2);
    struct km_result km;
    assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
    check_rmst("rmst.gehan.35", &km.curves[0], 35.0);
    check_rmst("rmst.gehan.20", &km.curves[0], 20.0);
    check_rmst("rmst.gehan.control.30", &km.curves[1], 30.0); /* ends at 0: known for ever */
    assert_non_null(km_rmst(&km.curves[0], 36.0).refusal);
    assert_true(isinf(km_rmst_limit(&km.curves[1])));
    assert_int_equal(survival_at_risk(&data, 0, 10.0), 15);
    assert_true(fabs(km_at(&km.curves[0], 15.0)->survival - 0.6901961) < 5e-8);
    assert_null(km_at(&km.curves[0], 5.0));
    table = reference_read("veteran.csv");
    data = reference_survival(&table, "trt", 2);
    assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
    check_rmst("rmst.veteran.0", &km.curves[0], 300.0);
    check_rmst("rmst.veteran.1", &km.curves[1], 300.0);
}

static void check_incidence(const char *set, const struct survival_data *data, uint32_t group) {
    char name[64];
    for (uint32_t cause = 1; cause <= 2; cause++) {
        for (enum km_interval type = KM_PLAIN; type <= KM_LOG_LOG; type++) {
            struct incidence_result ci;
            assert_int_equal(cumulative_incidence(&arena, data, cause, type, 0.95, &ci), STATUS_OK);
            const struct incidence_curve *curve = &ci.curves[group];
            for (uint32_t i = 0; i < curve->count; i++) {
                const struct incidence_point *p = &curve->points[i];
                snprintf(name, sizeof name, "%s.%u.f", set, cause);
                reference_near(name, i, p->incidence, NEAR);
                snprintf(name, sizeof name, "%s.%u.se", set, cause);
                reference_near(name, i, p->se, NEAR_DELTA);
                if (p->incidence == 0.0) {
                    continue;
                }
                snprintf(name, sizeof name, "%s.%u.%s.low", set, cause, type_names[type]);
                reference_near(name, i, p->low, NEAR_DELTA);
                snprintf(name, sizeof name, "%s.%u.%s.high", set, cause, type_names[type]);
                reference_near(name, i, p->high, NEAR_DELTA);
            }
        }
    }
}

static void check_gray(const char *name, const struct survival_data *data, double rho) {
    for (uint32_t cause = 1; cause <= 2; cause++) {
        struct gray_result gray;
        assert_int_equal(gray_test(&arena, data, cause, rho, &gray), STATUS_OK);
        assert_null(gray.refusal);
        reference_near(name, 3 * (cause - 1), gray.chi2, NEAR_DELTA);
        reference_near(name, 3 * (cause - 1) + 1, gray.p, NEAR_DELTA);
        reference_near(name, 3 * (cause - 1) + 2, gray.df, 0.0);
    }
}

static void competing_risks(void **state) {
    (void)state;
    struct reference_table table = reference_read("mgus2.csv");
    struct survival_data data = reference_survival(&table, "sex", 2);
    check_incidence("ci.mgus2.0", &data, 0);
    check_incidence("ci.mgus2.1", &data, 1);
    check_gray("gray.mgus2", &data, 0.0);
    check_gray("gray.mgus2.rho1", &data, 1.0);
    data.stratum = reference_codes(&table, "stratum");
    data.strata = 2;
    check_gray("gray.mgus2.strata", &data, 0.0);
    table = reference_read("mgus2_age.csv");
    data = reference_survival(&table, "group", 3);
    check_gray("gray.age", &data, 0.0);
    table = reference_read("competing.csv");
    data = reference_survival(&table, NULL, 1);
    check_incidence("ci.small", &data, 0);
    struct gray_result gray;
    assert_int_equal(gray_test(&arena, &data, 1, 0.0, &gray), STATUS_OK);
    assert_non_null(gray.refusal); /* one group */
}

static void what_is_no_data(void **state) {
    (void)state;
    double time[] = {1.0, -2.0};
    double entry[] = {1.0, -3.0};
    uint32_t event[] = {1, 0};
    struct survival_data data = {.time = time, .event = event, .n = 2, .groups = 1, .strata = 1};
    struct km_result km;
    assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
    assert_non_null(km.refusal); /* negative */
    data.entry = entry;
    assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
    assert_non_null(km.refusal); /* entry at the own time */
    time[0] = NAN;
    assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
    assert_non_null(km.refusal);
    data.n = 0;
    assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
    assert_non_null(km.refusal);
}

static void a_hundred_thousand(void **state) {
    (void)state;
    enum { N = 100000 };
    const double *u = reference_uniform((size_t)3 * N, 1.0);
    double *time = reference_memory(N * sizeof *time);
    uint32_t *event = reference_memory(N * sizeof *event);
    uint32_t *group = reference_memory(N * sizeof *group);
    for (size_t i = 0; i < N; i++) {
        time[i] = ceil(1000.0 * u[i] * u[i]) / 10.0;
        group[i] = (uint32_t)floor(2.0 * u[N + i]);
        event[i] = u[2 * N + i] < 0.6;
    }
    struct survival_data data = {
        .time = time, .event = event, .group = group, .n = N, .groups = 2, .strata = 1};
    struct km_result km;
    assert_int_equal(kaplan_meier(&arena, &data, KM_LOG, 0.95, &km), STATUS_OK);
    const struct km_curve *curve = &km.curves[0];
    const struct km_point *last = &curve->points[curve->count - 1];
    reference_near("big.km", 0, last[-2].survival, NEAR);
    reference_near("big.km", 1, last[-1].survival, NEAR);
    reference_near("big.km", 2, last[0].survival, NEAR);
    reference_near("big.km", 3, sqrt(last[isfinite(last->greenwood) ? 0 : -1].greenwood), NEAR);
    reference_near("big.km", 4, km_quantile(curve, 0.5).value, NEAR);
    struct rank_result rank;
    struct rank_options plain = {RANK_LOG_RANK, 0.0, 0.0};
    assert_int_equal(rank_test(&arena, &data, plain, &rank), STATUS_OK);
    reference_near("big.rank", 0, rank.chi2, 1e-9);
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
    reference_open(argv[1], "survival");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves),           cmocka_unit_test(awkward_curves),
        cmocka_unit_test(rank_tests),       cmocka_unit_test(awkward_rank_tests),
        cmocka_unit_test(restricted_means), cmocka_unit_test(competing_risks),
        cmocka_unit_test(what_is_no_data),  cmocka_unit_test(a_hundred_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
