/* Printed numbers, their rounding, formulas, and which summaries can be. */
#include "dist/dist.h"
#include "verify/calculate.h"
#include "verify/plausible.h"
#include "verify/printed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_printed(void **state) {
    (void)state;
    struct printed p;
    assert_true(printed_parse(STR("0.712"), &p));
    assert_int_equal(p.form, PRINTED_VALUE);
    assert_int_equal(p.decimals[0], 3);
    assert_true(printed_parse(STR("87.5%"), &p));
    assert_true(p.percent);
    assert_true(printed_parse(STR("<0.001"), &p));
    assert_int_equal(p.relation, '<');
    assert_true(printed_parse(STR("0.39-7.93"), &p));
    assert_int_equal(p.form, PRINTED_INTERVAL);
    assert_float_equal(p.value[1], 7.93, 1e-12);
    assert_true(printed_parse(STR("-0.18 to 0.08"), &p));
    assert_float_equal(p.value[0], -0.18, 1e-12);
    assert_true(printed_parse(STR("8.3 \xc2\xb1 2.2"), &p));
    assert_int_equal(p.form, PRINTED_SPREAD);
    assert_true(printed_parse(STR("49.9 (SD = 11.7)"), &p));
    assert_float_equal(p.value[1], 11.7, 1e-12);
    assert_true(printed_parse(STR("0.39\xe2\x80\x93"
                                  "7.93"),
                              &p));
    assert_true(printed_parse(STR("P <.05"), &p));
    assert_true(p.relation == '<' && p.decimals[0] == 2);
    assert_true(printed_parse(STR("p\xe2\x89\xa4"
                                  "0.05"),
                              &p));
    assert_true(printed_parse(STR("p=0.712"), &p));
    assert_true(printed_parse(STR("[0.39, 7.93]"), &p));
    assert_int_equal(p.form, PRINTED_INTERVAL);
    assert_true(printed_parse(STR("(0.39; 7.93)"), &p));
    assert_true(printed_parse(STR("35 (87.5%)"), &p));
    assert_true(p.form == PRINTED_SPREAD && p.bracket && p.percent);
    assert_false(printed_parse(STR("p 0.05"), &p));
    assert_false(printed_parse(STR("()"), &p));
    assert_false(printed_parse(STR("p"), &p));
    assert_false(printed_parse(STR(""), &p));
    assert_false(printed_parse(STR("all"), &p));
    assert_false(printed_parse(STR("1.2.3"), &p));
    assert_false(printed_parse(STR("8.3 (2.2"), &p));
    assert_false(printed_parse(STR("8.3 \xc2\xb1"), &p));
}

static void test_rounding(void **state) {
    (void)state;
    assert_int_equal(printed_rounding(0.711872, 0.712, 3), ROUND_BOTH);
    assert_int_equal(printed_rounding(0.711872, 0.711, 3), ROUND_CUT);
    assert_int_equal(printed_rounding(0.711872, 0.713, 3), ROUND_NONE);
    /* 12.5 % of 8 at no decimals. */
    assert_int_equal(printed_rounding(12.5, 13, 0), ROUND_HALF_UP);
    assert_int_equal(printed_rounding(12.5, 12, 0), ROUND_HALF_EVEN);
    assert_int_equal(printed_rounding(13.5, 14, 0), ROUND_BOTH);
    assert_int_equal(printed_rounding(-0.05, 0.05, 2), ROUND_NONE);
    assert_int_equal(printed_rounding(-0.001, 0.00, 2), ROUND_BOTH);
    assert_int_equal(printed_rounding(NAN, 0.1, 1), ROUND_NONE);
    char text[40];
    printed_text(0.125, 2, text);
    assert_string_equal(text, "0.13");
    printed_text(-0.0004, 2, text);
    assert_string_equal(text, "0.00");
}

static void test_calculate(void **state) {
    (void)state;
    double x;
    size_t bad;
    assert_true(calculate(STR("100 * 2 * 3 + 100 * 4"), &x, &bad));
    assert_float_equal(x, 1000, 0);
    assert_true(calculate(STR("(10 * 280 + 150) / 11"), &x, &bad));
    assert_float_equal(x, 2950.0 / 11, 1e-12);
    assert_true(calculate(STR("-2 * -3"), &x, &bad));
    assert_float_equal(x, 6, 0);
    assert_false(calculate(STR("1 +"), &x, &bad));
    assert_false(calculate(STR("1 / 0"), &x, &bad));
    assert_false(calculate(STR("1 2"), &x, &bad));
    assert_int_equal(bad, 2);
    assert_false(calculate(STR(""), &x, &bad));
    char deep[400];
    memset(deep, '(', sizeof deep);
    assert_false(calculate((struct str){deep, sizeof deep}, &x, &bad));
}

static void test_plausible(void **state) {
    (void)state;
    /* Brown and Heathers 2017: 28 whole numbers cannot have the mean 5.19; 5.18 they can. */
    assert_false(grim_possible(5.19, 2, 28));
    assert_true(grim_possible(5.18, 2, 28));
    assert_true(grim_has_power(2, 28));
    assert_false(grim_has_power(1, 80));
    /* 1, 2, 3, 4, 5: mean 3, variance 2.5. An SD of 1.60 would need a sum of squares that is none.
     */
    assert_true(grimmer_possible(3.00, 2, 1.58, 2, 5));
    assert_false(grimmer_possible(3.00, 2, 1.60, 2, 5));
    /* The parity of the sum of squares is that of the sum: 55 is odd as 15, 56 is not. */
    assert_false(grimmer_possible(3.00, 2, 1.66, 2, 5));
}

static void test_occasions(void **state) {
    (void)state;
    static const double means[] = {984, 1560, 1600, 1600};
    static const double sds[] = {549, 670, 604, 560};
    const struct occasions o = {4, means, sds, 11};
    double r = occasions_correlation(&o, 0.025);
    assert_float_equal(occasions_p(&o, r), 0.025, 1e-9);
    assert_true(occasions_p(&o, 0.3) < occasions_p(&o, 0));
    /* Equal SDs: the error mean square is the variance times 1 - r. */
    static const double equal[] = {2, 2, 2, 2};
    static const double rising[] = {1, 2, 3, 4};
    const struct occasions plain = {4, rising, equal, 5};
    double f = 5 * (5.0 / 3) / (4 * (1 - 0.4));
    assert_float_equal(occasions_p(&plain, 0.4), dist_f_upper(f, 3, 12), 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_printed),   cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_calculate), cmocka_unit_test(test_plausible),
        cmocka_unit_test(test_occasions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
