/* Expected values of the transcendental functions: Python 3.11 `decimal` at 90 digits, whose exp
 * and ln are correctly rounded, then quantize(1e-8, ROUND_HALF_UP). */
#include "value/decimal.h"

#include <math.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static i128 number(const char *text) {
    i128 out;
    uint8_t scale;
    if (!decimal_parse(str_from(text), &out, &scale)) {
        fail_msg("not a decimal: %s", text);
    }
    return out;
}

static void assert_number(i128 got, const char *wanted) {
    char text[DECIMAL_TEXT_MAX];
    decimal_print(got, 8, text);
    assert_string_equal(text, wanted);
}

static void text_goes_both_ways(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
        int scale;
    } good[] = {
        {"0.0", "0.0", 1},
        {"1.50", "1.50", 2},
        {"-1.58700", "-1.58700", 5},
        {"+5", "5.0", 0},
        {"-0.00000001", "-0.00000001", 8},
        {"0000012.5", "12.5", 1},
        {"9999999999999999999999999999.99999999", "9999999999999999999999999999.99999999", 8},
        {"-9999999999999999999999999999.99999999", "-9999999999999999999999999999.99999999", 8},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        i128 value;
        uint8_t scale;
        char text[DECIMAL_TEXT_MAX];
        assert_true(decimal_parse(str_from(good[i].in), &value, &scale));
        assert_int_equal(scale, good[i].scale);
        assert_int_equal(decimal_print(value, scale, text), strlen(good[i].out));
        assert_string_equal(text, good[i].out);
    }
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      ".5",
                                      "5.",
                                      "1e3",
                                      "1.2.3",
                                      "+-1",
                                      "1 ",
                                      " 1",
                                      "0.000000001",
                                      "x",
                                      "1,5",
                                      "10000000000000000000000000000",
                                      "10000000000000000000000000000.00000000"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        i128 value;
        uint8_t scale;
        assert_false(decimal_parse(str_from(bad[i]), &value, &scale));
    }
}

static void json_numbers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
        int scale;
    } good[] = {
        {"1e3", "1000.00000000", 0},
        {"1.5E-3", "0.00150000", 4},
        {"-2.50e1", "-25.00000000", 1},
        {"0.123456785", "0.12345679", 8},
        {"0.1234567849", "0.12345678", 8},
        {"5e-9", "0.00000001", 8},
        {"4.9e-9", "0.00000000", 8},
        {"1e-400000", "0.00000000", 8},
        {"0e99999999999", "0.00000000", 0},
        {"1e27", "1000000000000000000000000000.00000000", 0},
        {"0.01e29", "1000000000000000000000000000.00000000", 0},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        i128 value;
        uint8_t scale;
        assert_true(decimal_parse_json(str_from(good[i].in), &value, &scale));
        assert_int_equal(scale, good[i].scale);
        assert_number(value, good[i].out);
    }
    static const char *const bad[] = {
        "1e28",  "1e",  "1e+",           "e5",
        "1e5.0", "NaN", "1e99999999999", "9999999999999999999999999999.999999995"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        i128 value;
        uint8_t scale;
        assert_false(decimal_parse_json(str_from(bad[i]), &value, &scale));
    }
}

static void rounding_is_half_away_from_zero(void **state) {
    (void)state;
    /* CQL 1.5 reference, Round, and the suite's CqlArithmeticFunctionsTest. */
    static const struct {
        const char *in;
        int digits;
        const char *out;
    } cases[] = {
        {"0.5", 0, "1.00000000"},        {"0.4", 0, "0.00000000"},     {"-0.5", 0, "-1.00000000"},
        {"-0.4", 0, "0.00000000"},       {"-1.1", 0, "-1.00000000"},   {"-1.5", 0, "-2.00000000"},
        {"3.14159", 2, "3.14000000"},    {"3.14159", 3, "3.14200000"}, {"-2.675", 2, "-2.68000000"},
        {"1.23456789", 8, "1.23456789"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        i128 out;
        assert_true(decimal_round(number(cases[i].in), cases[i].digits, &out));
        assert_number(out, cases[i].out);
    }
    i128 out;
    assert_false(decimal_round(decimal_max(), 0, &out));
    assert_number(decimal_truncate(number("-1.987"), 1), "-1.90000000");
}

static void results_out_of_range_are_refused(void **state) {
    (void)state;
    i128 out = 7, max = decimal_max();
    assert_false(decimal_add(max, 1, &out));
    assert_false(decimal_subtract(-max, 1, &out));
    assert_false(decimal_multiply(max, max, &out));
    assert_false(decimal_multiply(max, DECIMAL_ONE + 1, &out));
    assert_false(decimal_divide(max, 1, &out));
    assert_false(decimal_divide(1, 0, &out));
    assert_false(decimal_modulo(1, 0, &out));
    assert_false(decimal_truncated_divide(max, 1, &out));
    assert_int_equal(out, 7);
    assert_true(decimal_multiply(max, DECIMAL_ONE, &out) && out == max);
    assert_true(decimal_multiply_divide(max, max, max, &out) && out == max);
    assert_true(decimal_divide(10 * DECIMAL_ONE, 3 * DECIMAL_ONE, &out));
    assert_number(out, "3.33333333");
    assert_true(decimal_divide(20 * DECIMAL_ONE, -3 * DECIMAL_ONE, &out));
    assert_number(out, "-6.66666667");
    assert_true(decimal_truncated_divide(number("-10.1"), number("3.1"), &out));
    assert_number(out, "-3.00000000");
    assert_true(decimal_modulo(number("3.5"), number("3"), &out));
    assert_number(out, "0.50000000");
    /* The maximum Decimal of CQL 1.5 section 16. */
    assert_number(decimal_cql_maximum(), "99999999999999999999.99999999");
}

static void exponentials_and_logarithms(void **state) {
    (void)state;
    static const char *const exps[][2] = {
        {"0", "1.00000000"},
        {"1", "2.71828183"},
        {"-1", "0.36787944"},
        {"0.5", "1.64872127"},
        {"-0.5", "0.60653066"},
        {"10", "22026.46579481"},
        {"20.12345678", "548916437.86893436"},
        {"64.4", "9301749392230034903163564821.92139944"},
        {"-18.5", "0.00000001"},
        {"-19.2", "0.00000000"},
        {"-1000000", "0.00000000"},
        {"0.00000001", "1.00000001"},
        {"2.30258509", "9.99999997"},
        {"46.05170186", "100000000011908631964.72616821"},
    };
    static const char *const lns[][2] = {
        {"1", "0.00000000"},
        {"1000", "6.90775528"},
        {"2", "0.69314718"},
        {"0.00000001", "-18.42068074"},
        {"9999999999999999999999999999.99999999", "64.47238260"},
        {"1.00000001", "0.00000001"},
        {"0.99999999", "-0.00000001"},
        {"2.71828183", "1.00000000"},
        {"123456.789", "11.72364649"},
    };
    i128 out;
    for (size_t i = 0; i < sizeof exps / sizeof exps[0]; i++) {
        assert_int_equal(decimal_exp(number(exps[i][0]), &out), DECIMAL_DONE);
        assert_number(out, exps[i][1]);
    }
    for (size_t i = 0; i < sizeof lns / sizeof lns[0]; i++) {
        assert_int_equal(decimal_ln(number(lns[i][0]), &out), DECIMAL_DONE);
        assert_number(out, lns[i][1]);
    }
    assert_int_equal(decimal_exp(number("66.8"), &out), DECIMAL_OVERFLOW);
    assert_int_equal(decimal_exp(decimal_max(), &out), DECIMAL_OVERFLOW);
    assert_int_equal(decimal_ln(0, &out), DECIMAL_NOT_DEFINED);
    assert_int_equal(decimal_ln(-1, &out), DECIMAL_NOT_DEFINED);
}

static void logs_and_powers(void **state) {
    (void)state;
    static const char *const logs[][3] = {
        {"16", "2", "4.00000000"},   {"0.125", "2", "-3.00000000"},
        {"100", "10", "2.00000000"}, {"2", "1.00000001", "69314718.40256812"},
        {"7", "3", "1.77124375"},    {"0.5", "0.99999999", "69314717.70942094"},
        {"1", "100", "0.00000000"},
    };
    static const char *const powers[][3] = {
        {"2.5", "2", "6.25000000"},
        {"2", "0.5", "1.41421356"},
        {"-2", "3", "-8.00000000"},
        {"-2", "-3", "-0.12500000"},
        {"-2", "2", "4.00000000"},
        {"0.5", "9", "0.00195313"},
        {"1.00000001", "6000000000", "114200704721352101329915205.41158038"},
        {"10", "27", "1000000000000000000000000000.00000000"},
        {"9.99999999", "27.5", "3162277573205744829623374544.14958455"},
        {"0.1", "8", "0.00000001"},
        {"0.1", "9", "0.00000000"},
        {"3", "-2", "0.11111111"},
        {"1.5", "0.33333333", "1.14471424"},
        {"12345.6789", "6", "3540705968149597751242378.59539067"},
        {"0", "0", "1.00000000"},
        {"0", "2", "0.00000000"},
        {"1", "-9999999999999999999999999999", "1.00000000"},
        {"-1", "9999999999999999999999999999", "-1.00000000"},
        {"0.5", "9999999999999999999999999999", "0.00000000"},
    };
    i128 out;
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        assert_int_equal(decimal_log(number(logs[i][0]), number(logs[i][1]), &out), DECIMAL_DONE);
        assert_number(out, logs[i][2]);
    }
    for (size_t i = 0; i < sizeof powers / sizeof powers[0]; i++) {
        assert_int_equal(decimal_power(number(powers[i][0]), number(powers[i][1]), &out),
                         DECIMAL_DONE);
        assert_number(out, powers[i][2]);
    }
    assert_int_equal(decimal_log(DECIMAL_ONE, DECIMAL_ONE, &out), DECIMAL_NOT_DEFINED);
    assert_int_equal(decimal_log(0, 2 * DECIMAL_ONE, &out), DECIMAL_NOT_DEFINED);
    assert_int_equal(decimal_power(number("10"), number("29"), &out), DECIMAL_OVERFLOW);
    assert_int_equal(decimal_power(decimal_max(), decimal_max(), &out), DECIMAL_OVERFLOW);
    assert_int_equal(decimal_power(0, -DECIMAL_ONE, &out), DECIMAL_NOT_DEFINED);
    assert_int_equal(decimal_power(number("-2"), number("0.5"), &out), DECIMAL_NOT_DEFINED);
}

static void doubles(void **state) {
    (void)state;
    i128 out;
    assert_true(decimal_from_double(0.1, &out));
    assert_number(out, "0.10000000");
    assert_true(decimal_from_double(-123456789.5, &out));
    assert_number(out, "-123456789.50000000");
    assert_false(decimal_from_double(1e28, &out));
    assert_false(decimal_from_double((double)NAN, &out));
    assert_true(decimal_to_double(number("0.1")) == 0.1);
    assert_true(decimal_to_double(number("-98765.4321")) == -98765.4321);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_goes_both_ways),
        cmocka_unit_test(json_numbers_are_read),
        cmocka_unit_test(rounding_is_half_away_from_zero),
        cmocka_unit_test(results_out_of_range_are_refused),
        cmocka_unit_test(exponentials_and_logarithms),
        cmocka_unit_test(logs_and_powers),
        cmocka_unit_test(doubles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
