#include "base/mem.h"
#include "value/ucum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct unit_table *units;

static int make_table(void **state) {
    (void)state;
    return unit_table_new(NULL, &units) == STATUS_OK ? 0 : -1;
}

static int free_table(void **state) {
    (void)state;
    unit_table_free(units);
    return 0;
}

static const struct unit *unit(const char *text) {
    return unit_intern(units, str_from(text));
}

/* A literal of up to 8 decimals, scaled. */
static i128 scaled(const char *text) {
    bool negative = *text == '-';
    i128 value = 0;
    int decimals = -1;
    for (text += negative; *text; text++) {
        if (*text == '.') {
            decimals = 0;
        } else {
            value = value * 10 + (*text - '0');
            decimals += decimals >= 0;
        }
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 8; i++) {
        value *= 10;
    }
    return negative ? -value : value;
}

struct conversion {
    const char *value;
    const char *from;
    const char *to;
    const char *wanted;
};

/* Expected values of the special units were computed with 60 digits by Python's decimal and
 * rounded to 8 places. */
static void conversions_are_exact(void **state) {
    (void)state;
    static const struct conversion cases[] = {
        {"150", "mg/dL", "g/L", "1.5"},
        {"37", "Cel", "[degF]", "98.6"},
        {"98.6", "[degF]", "Cel", "37"},
        {"-40", "[degF]", "Cel", "-40"},
        {"0", "K", "Cel", "-273.15"},
        {"80", "[degRe]", "Cel", "100"},
        {"1", "kg", "[lb_av]", "2.20462262"},
        {"12", "[in_i]", "[ft_i]", "1"},
        {"1", "mol", "1", "602214076000000000000000"},
        {"1", "u", "g", "0"},
        {"1000000000000000000000000", "u", "g", "1.66053907"},
        {"180", "deg", "circ", "0.5"},
        {"180", "deg", "[pi].rad", "1"},
        {"1", "circ", "''", "1296000"},
        {"7", "[pH]", "nmol/L", "100"},
        {"7.4", "[pH]", "nmol/L", "39.81071706"},
        {"100", "nmol/L", "[pH]", "7"},
        {"1", "Np", "1", "2.71828183"},
        {"0.5", "Np", "B", "0.21714724"},
        {"30", "dB", "1", "1000"},
        {"3", "dB", "1", "1.99526231"},
        {"20", "dB[V]", "V", "10"},
        {"10", "bit_s", "1", "1024"},
        {"1000", "1", "bit_s", "9.96578428"},
        {"100", "%[slope]", "deg", "45"},
        {"5", "%[slope]", "deg", "2.86240523"},
        {"30", "deg", "[p'diop]", "57.73502692"},
        {"-30", "deg", "[p'diop]", "-57.73502692"},
        {"3", "[m/s2/Hz^(1/2)]", "m2/s4/Hz", "9"},
        {"2", "m2/s4/Hz", "[m/s2/Hz^(1/2)]", "1.41421356"},
        {"0", "[hp'_X]", "1", "1"},
        {"2", "[hp'_C]", "1", "0.0001"},
        {"5", "m[iU]/L", "[iU]/mL", "0.000005"},
        {"5", "[IU]", "[iU]", "5"},
        {"1", "year", "month", "12"},
        {"2", "weeks", "d", "14"},
        {"1", "g{creat}", "mg", "1000"},
        {"1", "mm[Hg]", "Pa", "133.322"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct conversion *c = &cases[i];
        i128 got = 0;
        enum unit_answer answer = unit_convert(unit(c->from), unit(c->to), scaled(c->value), &got);
        if (answer != UNIT_DONE || got != scaled(c->wanted)) {
            fail_msg("%s %s to %s: answer %d, %lld / 10^8", c->value, c->from, c->to, (int)answer,
                     (long long)got);
        }
    }
}

static void incompatible_units_do_not_convert(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"g", "m"},        {"cm2", "cm"},   {"[iU]", "g"},  {"[iU]", "[arb'U]"}, {"year", "a"},
        {"year", "days"},  {"month", "mo"}, {"mcg", "ug"},  {"[iU]", "1"},       {"mcg", "1"},
        {"[iU]2", "[iU]"}, {"%", "mm[Hg]"}, {"Cel", "cal"},
    };
    i128 out;
    int order;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        const struct unit *a = unit(pairs[i][0]), *b = unit(pairs[i][1]);
        assert_int_equal(unit_convert(a, b, DECIMAL_ONE, &out), UNIT_INCOMPATIBLE);
        assert_int_equal(unit_compare(a, DECIMAL_ONE, b, DECIMAL_ONE, &order), UNIT_INCOMPATIBLE);
        assert_false(unit_comparable(a, b));
    }
    assert_int_equal(unit_convert(unit("mcg"), unit("mcg"), 7, &out), UNIT_DONE);
    assert_int_equal(unit_convert(unit("[pH]"), unit("mol/L"), scaled("-1000"), &out),
                     UNIT_OVERFLOW);
    assert_int_equal(unit_convert(unit("mol/L"), unit("[pH]"), 0, &out), UNIT_OVERFLOW);
    assert_int_equal(unit_convert(unit("mol"), unit("1"), scaled("1000000"), &out), UNIT_OVERFLOW);
    assert_int_equal(unit_convert(unit("10*999.m"), unit("m"), DECIMAL_ONE, &out), UNIT_OVERFLOW);
}

/* One third of a gram is never equal to its rounding; 10^-8 ng differ although both round alike. */
static void comparison_does_not_round(void **state) {
    (void)state;
    int order;
    assert_int_equal(
        unit_compare(unit("g/3"), DECIMAL_ONE, unit("g"), scaled("0.33333333"), &order), UNIT_DONE);
    assert_int_equal(order, 1);
    assert_int_equal(unit_compare(unit("g/3"), scaled("3"), unit("g"), scaled("1"), &order),
                     UNIT_DONE);
    assert_int_equal(order, 0);
    assert_int_equal(unit_compare(unit("mg/dL"), scaled("150"), unit("g/L"), scaled("1.5"), &order),
                     UNIT_DONE);
    assert_int_equal(order, 0);
    assert_int_equal(unit_compare(unit("ng"), 1, unit("kg"), 0, &order), UNIT_DONE);
    assert_int_equal(order, 1);
    assert_int_equal(unit_compare(unit("Ym"), -2, unit("ym"), scaled("1"), &order), UNIT_DONE);
    assert_int_equal(order, -1);
    assert_int_equal(
        unit_compare(unit("Cel"), scaled("37"), unit("[degF]"), scaled("98.6"), &order), UNIT_DONE);
    assert_int_equal(order, 0);
    assert_int_equal(unit_compare(unit("[pH]"), scaled("7"), unit("[pH]"), scaled("8"), &order),
                     UNIT_DONE);
    assert_int_equal(order, -1);
}

static void expect_product(const char *va, const char *ua, const char *vb, const char *ub,
                           bool divide, const char *value, const char *text) {
    struct quantity a = {.value = scaled(va), .unit = unit(ua)};
    struct quantity b = {.value = scaled(vb), .unit = unit(ub)}, out;
    enum unit_answer answer =
        divide ? unit_divide(units, &a, &b, &out) : unit_multiply(units, &a, &b, &out);
    assert_int_equal(answer, UNIT_DONE);
    if (out.value != scaled(value) || !str_equal(unit_text(out.unit), str_from(text))) {
        fail_msg("%s %s and %s %s: %lld / 10^8 '%.*s'", va, ua, vb, ub, (long long)out.value,
                 STR_ARG(unit_text(out.unit)));
    }
}

static void products_have_units(void **state) {
    (void)state;
    expect_product("2", "m", "3", "m", false, "6", "m2");
    expect_product("2", "cm", "3", "g", false, "6", "cm.g");
    expect_product("5", "g/cm3", "2", "cm3", false, "10", "g");
    expect_product("10", "g/cm3", "4", "g/cm3", true, "2.5", "1");
    expect_product("1", "1", "4", "s", true, "0.25", "1/s");
    expect_product("6", "1", "2", "mg", false, "12", "mg");
    expect_product("6", "mg", "2", "1", true, "3", "mg");
    expect_product("1", "kg", "1", "g", true, "1000", "1");
    expect_product("70", "kg", "2", "m2", true, "35", "kg/m2");
    expect_product("1", "ug", "1", "Gg", true, "1", "ug/Gg");
    expect_product("12", "month", "1", "year", true, "1", "1");
    expect_product("1", "year", "5", "months", true, "2.4", "1");
    expect_product("10", "mg", "2", "days", true, "5", "mg/d");
    expect_product("3", "g{creat}", "2", "g{creat}", false, "6", "g2{creat}");
    expect_product("3", "{cells}", "2", "{cells}", false, "6", "{cells}.{cells}");
    struct quantity a = {.value = DECIMAL_ONE, .unit = unit("Cel")}, out;
    struct quantity b = {.value = DECIMAL_ONE, .unit = unit("m")};
    assert_int_equal(unit_multiply(units, &a, &b, &out), UNIT_INCOMPATIBLE);
    b.unit = unit("mcg");
    assert_int_equal(unit_multiply(units, &b, &b, &out), UNIT_INCOMPATIBLE);
    b.unit = unit("year");
    assert_int_equal(unit_multiply(units, &b, &b, &out), UNIT_INCOMPATIBLE);
    b.value = 0;
    b.unit = unit("m");
    assert_int_equal(unit_divide(units, &a, &b, &out), UNIT_OVERFLOW);
}

static void texts_are_interned(void **state) {
    (void)state;
    assert_ptr_equal(unit("mg/dL"), unit("mg/dL"));
    assert_ptr_equal(unit(""), unit("1"));
    assert_ptr_equal(unit("years"), unit("year"));
    assert_ptr_equal(unit("months"), unit_calendar(units, PRECISION_MONTH));
    assert_true(unit_is_one(unit("{cells}")));
    assert_true(unit_is_one(unit("g/g")));
    assert_false(unit_is_one(unit("%")));
    assert_int_equal(unit_date_precision(unit("a")), PRECISION_YEAR);
    assert_int_equal(unit_date_precision(unit("min")), PRECISION_MINUTE);
    assert_int_equal(unit_date_precision(unit("week")), PRECISION_WEEK);
    assert_int_equal(unit_date_precision(unit("g")), PRECISION_NONE);
    assert_true(unit_is_calendar(unit("day")));
    assert_false(unit_is_calendar(unit("d")));
    struct unit_table *second;
    assert_int_equal(unit_table_new(units, &second), STATUS_OK);
    assert_ptr_equal(unit_intern(second, STR("mg/dL")), unit("mg/dL"));
    const struct unit *own = unit_intern(second, STR("kg/dL"));
    assert_ptr_not_equal(own, unit("kg/dL"));
    assert_ptr_equal(own, unit_intern(second, STR("kg/dL")));
    unit_table_free(second);
}

static void errors_are_explained(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t at;
    } cases[] = {
        {"mcg", 0},         {"mg/12h", 5},
        {"m/", 2},          {"mg dL", 2},
        {"(m", 0},          {"m)", 1},
        {"g/\xC2\xB5l", 2}, {"m{a", 1},
        {"[degF", 0},       {"pH.[pH]", 3},
        {"m+", 1},          {"m1000", 1},
        {"0.m", 0},         {"{a}m", 3},
        {"m{a{b}}", 3},     {"((((((((((((((((((m))))))))))))))))))", 16},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t at = 999;
        const char *words = NULL;
        if (!unit_explain(str_from(cases[i].text), &at, &words) || at != cases[i].at || !words) {
            fail_msg("%s: at %zu: %s", cases[i].text, at, words ? words : "no error");
        }
        assert_false(unit_is_valid(unit(cases[i].text)));
    }
    size_t at;
    const char *words;
    assert_false(unit_explain(STR("mg/dL"), &at, &words));
    assert_false(unit_explain(STR("days"), &at, &words));
}

static void dimensions_print(void **state) {
    (void)state;
    char storage[64];
    struct str text;
    unit_print_dimension(unit("mg/dL"), &text, storage);
    assert_true(str_equal(text, STR("m-3.g")));
    unit_print_dimension(unit("m[iU]/L"), &text, storage);
    assert_true(str_equal(text, STR("m-3.[iU]")));
    unit_print_dimension(unit("%"), &text, storage);
    assert_true(str_equal(text, STR("1")));
    unit_print_dimension(unit("mcg"), &text, storage);
    assert_true(str_equal(text, STR("unknown")));
    unit_print_dimension(unit("year"), &text, storage);
    assert_true(str_equal(text, STR("month")));
}

static void failed_allocations_are_null(void **state) {
    (void)state;
    for (uint64_t n = 1; n < 50; n++) {
        struct unit_table *table;
        mem_fail_after(n);
        bool ok = unit_table_new(NULL, &table) == STATUS_OK;
        for (int i = 0; ok && i < 40; i++) {
            char text[8];
            int length = snprintf(text, sizeof(text), "m%d", i + 1);
            ok = unit_intern(table, (struct str){text, (size_t)length}) != NULL;
        }
        mem_fail_after(0);
        unit_table_free(table);
        if (ok) {
            return;
        }
    }
    fail_msg("allocation failure never ended");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_are_exact),
        cmocka_unit_test(incompatible_units_do_not_convert),
        cmocka_unit_test(comparison_does_not_round),
        cmocka_unit_test(products_have_units),
        cmocka_unit_test(texts_are_interned),
        cmocka_unit_test(errors_are_explained),
        cmocka_unit_test(dimensions_print),
        cmocka_unit_test(failed_allocations_are_null),
    };
    return cmocka_run_group_tests(tests, make_table, free_table);
}
