/* Power, sizes and boundaries against R (design.R: stats, Hmisc, rpact). Tolerances, relative: 1e-9
 * for closed forms and sums of tables; 1e-7 where R or rpact solve to their own tolerance, rpact's
 * power integrals to 1e-6. */
#include "reference.h"

#include "stats/group_sequential.h"
#include "stats/sample_size.h"
#include "stats/single_arm.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const double NEAR = 1e-9;
static const double NEAR_ROOT = 1e-7;
static const double NEAR_POWER = 1e-6;
static struct arena arena;

static struct design_error wants_n(double alpha, int sides, double power) {
    return (struct design_error){
        .alpha = alpha, .sides = sides, .power = power, .n1 = NAN, .ratio = 1.0};
}

static struct design_error wants_power(double alpha, int sides, double n1) {
    return (struct design_error){
        .alpha = alpha, .sides = sides, .power = NAN, .n1 = n1, .ratio = 1.0};
}

static void two_proportions(void **state) {
    (void)state;
    struct design_error e = wants_n(0.05, 2, 0.8);
    reference_near("prop.n", 0, size_two_proportions(0.5, 0.8, &e).n1, NEAR);
    e = wants_n(0.01, 2, 0.9);
    reference_near("prop.n", 1, size_two_proportions(0.1, 0.05, &e).n1, NEAR);
    e = wants_n(0.05, 1, 0.8);
    reference_near("prop.n", 2, size_two_proportions(0.3, 0.4, &e).n1, NEAR);
    e = wants_n(0.05, 2, 0.3);
    e.strict = true;
    reference_near("prop.n", 3, size_two_proportions(0.5, 0.6, &e).n1, NEAR_ROOT);
    e = wants_power(0.05, 2, 40.0);
    reference_near("prop.power", 0, size_two_proportions(0.875, 0.925, &e).power, NEAR);
    e = wants_power(0.05, 2, 20.0);
    e.strict = true;
    reference_near("prop.power", 1, size_two_proportions(0.5, 0.52, &e).power, NEAR);
    e = wants_power(0.05, 2, 30.0);
    reference_near("prop.power", 2, size_two_proportions(0.0, 0.2, &e).power, NEAR);
    assert_non_null(size_two_proportions(0.2, 0.2, &e).refusal);
    assert_non_null(size_two_proportions(0.0, 1.0, &e).refusal);
    assert_non_null(size_two_proportions(0.2, 1.2, &e).refusal);
    e.power = 0.8; /* both given */
    assert_non_null(size_two_proportions(0.2, 0.4, &e).refusal);
    /* Unequal groups: the power at the size found is the power asked for. */
    e = wants_n(0.05, 2, 0.85);
    e.ratio = 2.0;
    struct design_size size = size_two_proportions(0.3, 0.5, &e);
    e = wants_power(0.05, 2, size.n1);
    e.ratio = 2.0;
    assert_true(fabs(size_two_proportions(0.3, 0.5, &e).power - 0.85) < 1e-12);
}

static void t_test(void **state) {
    (void)state;
    struct design_error e = wants_n(0.05, 2, 0.8);
    reference_near("t.n", 0, size_t_test(1.0, 2.0, true, &e).n1, NEAR_ROOT);
    reference_near("t.n", 2, size_t_test(1.0, 2.0, false, &e).n1, NEAR_ROOT);
    reference_near("t.n", 3, size_t_test(3.0, 1.0, true, &e).n1, NEAR_ROOT);
    e = wants_n(0.025, 1, 0.9);
    reference_near("t.n", 1, size_t_test(0.5, 1.0, true, &e).n1, NEAR_ROOT);
    e = wants_power(0.05, 2, 20.0);
    reference_near("t.power", 0, size_t_test(1.0, 2.0, true, &e).power, NEAR);
    e = wants_power(0.05, 2, 12.0);
    reference_near("t.power", 2, size_t_test(1.0, 2.0, false, &e).power, NEAR);
    e = wants_power(0.05, 2, 2.0);
    reference_near("t.power", 3, size_t_test(1.0, 1.0, true, &e).power, NEAR);
    e = wants_power(0.05, 2, 5.0);
    e.strict = true;
    reference_near("t.power", 1, size_t_test(0.2, 1.0, true, &e).power, NEAR);
    e = wants_power(0.05, 2, 10000.0); /* beyond libRmath's non-central t */
    assert_true(size_t_test(1.0, 1.0, true, &e).power == 1.0);
    assert_non_null(size_t_test(0.0, 1.0, true, &e).refusal);
    e = wants_power(0.05, 2, 1.0);
    assert_non_null(size_t_test(1.0, 1.0, true, &e).refusal);
}

static void check_fisher(size_t index, double p1, double p2, struct design_error e) {
    struct design_size size;
    assert_int_equal(size_fisher(&arena, p1, p2, &e, &size), STATUS_OK);
    assert_null(size.refusal);
    reference_near("fisher.power", index, size.power, NEAR);
}

static void fisher(void **state) {
    (void)state;
    check_fisher(0, 0.875, 0.925, wants_power(0.05, 2, 40.0));
    check_fisher(1, 0.2, 0.7, wants_power(0.05, 2, 15.0));
    struct design_error e = wants_power(0.05, 2, 12.0);
    e.ratio = 1.5;
    check_fisher(2, 0.5, 0.9, e);
    check_fisher(3, 0.7, 0.2, wants_power(0.025, 1, 15.0));
    check_fisher(4, 0.1, 0.9, wants_power(0.05, 2, 1.0));
    e = wants_n(0.05, 2, 0.8);
    struct design_size size;
    assert_int_equal(size_fisher(&arena, 0.2, 0.6, &e, &size), STATUS_OK);
    reference_near("fisher.n", 0, size.n1, 0.0);
    reference_near("fisher.n", 1, size.power, NEAR);
    assert_int_equal(size_fisher(&arena, 0.500, 0.501, &e, &size), STATUS_OK);
    assert_non_null(size.refusal); /* too many */
    e = wants_power(0.05, 2, 10.5);
    assert_int_equal(size_fisher(&arena, 0.2, 0.6, &e, &size), STATUS_OK);
    assert_non_null(size.refusal);
}

static void accrual_and_follow_up(void **state) {
    (void)state;
    static const struct {
        double power, hr, median, accrual, follow_up, loss, ratio;
    } designs[] = {{0.9, 0.7, 12, 18, 12, 0.005, 1},
                   {0.8, 0.5, 6, 10, 4, 0, 2},
                   {0.8, 1.6, 3, 0.25, 6, 0.1, 1}};
    for (size_t i = 0; i < 3; i++) {
        double hazard = log(2.0) / designs[i].median;
        double event[2];
        for (int g = 0; g < 2; g++) {
            event[g] = event_probability(hazard * (g ? designs[i].hr : 1.0), designs[i].loss,
                                         designs[i].accrual, designs[i].follow_up);
        }
        struct design_error e = wants_n(0.05, 2, designs[i].power);
        e.ratio = designs[i].ratio;
        struct design_events out = size_log_rank(designs[i].hr, event, LOG_RANK_SCHOENFELD, &e);
        assert_null(out.refusal);
        reference_near("accrual", 2 * i, out.events, NEAR);
        reference_near("accrual", 2 * i + 1, out.n1 + out.n2, NEAR);
    }
    /* All recruited at once: the exponential distribution itself. */
    assert_true(fabs(event_probability(0.5, 0, 0, 2) - (1 - exp(-1.0))) < 1e-15);
}

static void events_and_categories(void **state) {
    (void)state;
    struct design_error e = wants_n(0.05, 2, 0.8);
    static const double unknown[] = {NAN, NAN};
    reference_near("logrank", 0, size_log_rank(0.6, unknown, LOG_RANK_SCHOENFELD, &e).events, NEAR);
    static const double event[] = {0.4, 0.3};
    struct design_events events = size_log_rank(0.6, event, LOG_RANK_FREEDMAN, &e);
    reference_near("logrank", 1, events.events, NEAR);
    assert_true(fabs(events.n1 * (0.4 + 0.3) - events.events) < 1e-9);
    e = wants_n(0.1, 2, 0.9);
    e.ratio = 2.0;
    reference_near("logrank", 2, size_log_rank(1.5, unknown, LOG_RANK_SCHOENFELD, &e).events, NEAR);
    assert_non_null(size_log_rank(1.0, unknown, LOG_RANK_SCHOENFELD, &e).refusal);
    static const double p[] = {0.2, 0.3, 0.25, 0.15, 0.1};
    e = wants_n(0.05, 2, 0.9);
    reference_near("ordinal", 0, size_ordinal(p, 5, 1.8, &e).n1, NEAR);
    e = wants_power(0.05, 2, 150.0);
    reference_near("ordinal", 1, size_ordinal(p, 5, 1.8, &e).power, NEAR);
    assert_non_null(size_ordinal(p, 4, 1.8, &e).refusal); /* do not add up to 1 */
    static const double one[] = {1.0};
    assert_non_null(size_ordinal(one, 1, 1.8, &e).refusal);
}

static void check_boundary(const char *name, enum sequential_boundary boundary, int sides,
                           double alpha, uint32_t looks, const double *fractions) {
    double equal[16];
    for (uint32_t k = 0; k < looks; k++) {
        equal[k] = k + 1 == looks ? 1.0 : (k + 1.0) / looks;
    }
    struct sequential_design design = {.boundary = boundary,
                                       .alpha = alpha,
                                       .sides = sides,
                                       .looks = looks,
                                       .fractions = fractions ? fractions : equal,
                                       .power = 0.9};
    struct sequential_result out;
    assert_int_equal(sequential_boundaries(&arena, &design, &out), STATUS_OK);
    assert_null(out.refusal);
    char field[64];
    for (uint32_t k = 0; k < looks; k++) {
        snprintf(field, sizeof field, "%s.critical", name);
        reference_near(field, k, out.looks[k].critical, NEAR_ROOT);
        snprintf(field, sizeof field, "%s.spent", name);
        reference_near(field, k, out.looks[k].spent, NEAR_POWER);
    }
    snprintf(field, sizeof field, "%s.power", name);
    reference_near(field, 0, out.inflation, NEAR_POWER);
    if (looks > 1) {
        reference_near(field, 1, out.expected_null, NEAR_POWER);
        reference_near(field, 2, out.expected_effect, NEAR_POWER);
    }
    assert_true(fabs(out.looks[looks - 1].power - 0.9) < 1e-9);
}

static void boundaries(void **state) {
    (void)state;
    static const double uneven[] = {0.4, 0.7, 1.0};
    check_boundary("of3", SEQUENTIAL_OBRIEN_FLEMING, 1, 0.025, 3, NULL);
    check_boundary("of5two", SEQUENTIAL_OBRIEN_FLEMING, 2, 0.05, 5, NULL);
    check_boundary("p2", SEQUENTIAL_POCOCK, 1, 0.025, 2, NULL);
    check_boundary("p4two", SEQUENTIAL_POCOCK, 2, 0.05, 4, NULL);
    check_boundary("asof3", SEQUENTIAL_LAN_DEMETS_OF, 1, 0.025, 3, NULL);
    check_boundary("asp4", SEQUENTIAL_LAN_DEMETS_POCOCK, 1, 0.025, 4, NULL);
    check_boundary("asof.uneven", SEQUENTIAL_LAN_DEMETS_OF, 1, 0.025, 3, uneven);
    check_boundary("asof4two", SEQUENTIAL_LAN_DEMETS_OF, 2, 0.05, 4, NULL);
    check_boundary("of1", SEQUENTIAL_OBRIEN_FLEMING, 2, 0.05, 1, NULL);
    check_boundary("asof10", SEQUENTIAL_LAN_DEMETS_OF, 1, 0.025, 10, NULL);
    struct sequential_design design = {.boundary = SEQUENTIAL_POCOCK,
                                       .alpha = 0.05,
                                       .sides = 2,
                                       .looks = 2,
                                       .fractions = uneven,
                                       .power = NAN};
    struct sequential_result out;
    assert_int_equal(sequential_boundaries(&arena, &design, &out), STATUS_OK);
    assert_non_null(out.refusal); /* the last look is not at 1 */
}

static void check_simon(const char *name, double p0, double p1, double alpha, double power) {
    struct single_arm_design design = {
        .p0 = p0, .p1 = p1, .alpha = alpha, .power = power, .n_max = 100};
    struct simon_result out;
    assert_int_equal(simon_two_stage(&arena, &design, &out), STATUS_OK);
    assert_null(out.refusal);
    const struct simon_design *both[] = {&out.optimal, &out.minimax};
    for (size_t k = 0; k < 2; k++) {
        const double numbers[] = {both[k]->r1,    both[k]->n1,         both[k]->r,
                                  both[k]->n,     both[k]->expected_n, both[k]->stop_early,
                                  both[k]->alpha, both[k]->power};
        for (size_t i = 0; i < 8; i++) {
            reference_near(name, 8 * k + i, numbers[i], NEAR);
        }
    }
}

static void one_arm(void **state) {
    (void)state;
    check_simon("simon.10.30", 0.1, 0.3, 0.05, 0.8);
    check_simon("simon.05.25", 0.05, 0.25, 0.05, 0.9);
    check_simon("simon.20.40", 0.2, 0.4, 0.1, 0.9);
    struct single_arm_design design = {
        .p0 = 0.1, .p1 = 0.12, .alpha = 0.05, .power = 0.8, .n_max = 30};
    struct simon_result out;
    assert_int_equal(simon_two_stage(&arena, &design, &out), STATUS_OK);
    assert_non_null(out.refusal);
    design.p1 = 0.05;
    assert_int_equal(simon_two_stage(&arena, &design, &out), STATUS_OK);
    assert_non_null(out.refusal);
    design = (struct single_arm_design){0.05, 0.25, 0.05, 0.8, 100};
    struct ahern_result a = ahern_single_stage(&design);
    struct single_arm_design other = {0.3, 0.5, 0.05, 0.9, 100};
    struct ahern_result b = ahern_single_stage(&other);
    const double numbers[] = {a.n, a.cut, a.alpha, a.power, b.n, b.cut, b.alpha, b.power};
    reference_all("ahern", numbers, 8, NEAR);
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
    reference_open(argv[1], "design");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_proportions),
        cmocka_unit_test(t_test),
        cmocka_unit_test(fisher),
        cmocka_unit_test(events_and_categories),
        cmocka_unit_test(accrual_and_follow_up),
        cmocka_unit_test(boundaries),
        cmocka_unit_test(one_arm),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
