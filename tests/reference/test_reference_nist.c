/* NIST Statistical Reference Datasets (https://www.itl.nist.gov/div898/strd/): certified values of
 * univariate summaries and of one-way analysis of variance. NumAcc1 to 4 and SmLs01 to 09 are
 * constructed sets and are constructed here; Michelso is data/michelson.csv, which samples.R writes
 * from R's `morley`.
 *
 * Tolerances, relative: 1e-14 where the data are exact or nearly so in binary; 1e-8 for NumAcc3 and
 * 4, whose last digit lies nine places behind the first; for SmLs04 to 06 (a million added) 1e-8;
 * for SmLs07 to 09 (10^12 added) the data themselves, read into doubles, are off by 6e-5 of 0.1,
 * and F with them by about 1e-3. */
#include "reference.h"

#include "stats/t_test.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void near(const char *what, double got, double certified, double tolerance) {
    if (!(fabs(got - certified) <= tolerance * fabs(certified))) {
        fail_msg("%s: certified %.15g, got %.15g", what, certified, got);
    }
}

/* One `first`, then pairs of `low` and `high`. */
static struct moments numbers(size_t count, double first, double low, double high) {
    double *values = reference_memory(count * sizeof *values);
    values[0] = first;
    for (size_t i = 1; i < count; i++) {
        values[i] = i % 2 ? low : high;
    }
    return moments_of(values, count);
}

static void test_univariate(void **state) {
    (void)state;
    struct moments m = numbers(3, 10000001, 10000003, 10000002);
    near("NumAcc1 mean", m.mean, 10000002, 1e-15);
    near("NumAcc1 sd", moments_sd(&m), 1, 1e-14);
    m = numbers(1001, 1.2, 1.1, 1.3);
    near("NumAcc2 mean", m.mean, 1.2, 1e-14);
    near("NumAcc2 sd", moments_sd(&m), 0.1, 1e-14);
    m = numbers(1001, 1000000.2, 1000000.1, 1000000.3);
    near("NumAcc3 mean", m.mean, 1000000.2, 1e-14);
    near("NumAcc3 sd", moments_sd(&m), 0.1, 1e-8);
    m = numbers(1001, 10000000.2, 10000000.1, 10000000.3);
    near("NumAcc4 mean", m.mean, 10000000.2, 1e-14);
    near("NumAcc4 sd", moments_sd(&m), 0.1, 2e-8);
}

static void test_michelson(void **state) {
    (void)state;
    struct reference_table table = reference_read("michelson.csv");
    struct moments m = moments_of(reference_column(&table, "v"), table.rows);
    near("Michelso n", m.n, 100, 0);
    near("Michelso mean", m.mean, 299.852400000000, 1e-14);
    near("Michelso sd", moments_sd(&m), 0.0790105478190518, 1e-12);
}

/* Nine treatments around 1.4, 1.3, 1.5, 1.3, 1.5 ...; each has its centre once and then, in turns,
 * a tenth less and a tenth more. */
static double simon_lesage(size_t count, double added) {
    struct moments groups[9];
    for (int g = 0; g < 9; g++) {
        double centre = g == 0 ? 1.4 : g % 2 ? 1.3 : 1.5;
        double tenths = round(centre * 10);
        groups[g] = numbers(count, added + tenths / 10, added + (tenths - 1) / 10,
                            added + (tenths + 1) / 10);
    }
    return f_one_way(groups, 9).f;
}

static void test_anova(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t count;
        double added;
        double f;
        double tolerance;
    } sets[] = {{"SmLs01", 21, 0, 21, 1e-13},      {"SmLs02", 201, 0, 201, 1e-13},
                {"SmLs03", 2001, 0, 2001, 1e-13},  {"SmLs04", 21, 1e6, 21, 1e-8},
                {"SmLs05", 201, 1e6, 201, 1e-8},   {"SmLs06", 2001, 1e6, 2001, 1e-8},
                {"SmLs07", 21, 1e12, 21, 2e-3},    {"SmLs08", 201, 1e12, 201, 2e-3},
                {"SmLs09", 2001, 1e12, 2001, 2e-3}};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        near(sets[i].name, simon_lesage(sets[i].count, sets[i].added), sets[i].f,
             sets[i].tolerance);
    }
}

int main(int argc, char **argv) {
    (void)argc;
    reference_open(argv[1], "samples");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_univariate),
        cmocka_unit_test(test_michelson),
        cmocka_unit_test(test_anova),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    reference_close();
    return failed;
}
