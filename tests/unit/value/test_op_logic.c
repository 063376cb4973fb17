/* Truth tables in full, and the answers of CqlLogicalOperatorsTest, CqlNullologicalOperatorsTest
 * and CqlComparisonOperatorsTest of the conformance suite. */
#include "value/compare.h"
#include "value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define CHECK(cases) check_operators(cases, sizeof(cases) / sizeof((cases)[0]))

/* Rows: true, false, null on the left; columns the same on the right. */
static void truth_tables(void **state) {
    (void)state;
    static const struct {
        enum op_id id;
        const char *table;
    } tables[] = {
        {OP_AND, "TFN FFF NFN"},
        {OP_OR, "TTT TFN TNN"},
        {OP_XOR, "FTN TFN NNN"},
        {OP_IMPLIES, "TFN TTT TNN"},
    };
    static const char *const words[] = {"true", "false", "null"};
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (int i = 0; i < 9; i++) {
            char letter = tables[t].table[i + i / 3];
            struct operator_case c = {tables[t].id, 0, {words[i / 3], words[i % 3]}, NULL, 0};
            c.result = letter == 'T' ? "true" : letter == 'F' ? "false" : "null";
            check_operators(&c, 1);
        }
    }
}

static void one_argument(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_NOT, 0, {"true"}, "false"},
        {OP_NOT, 0, {"false"}, "true"},
        {OP_NOT, 0, {"null"}, "null"},
        {OP_IS_NULL, 0, {"null"}, "true"},
        {OP_IS_NULL, 0, {"''"}, "false"},
        {OP_IS_TRUE, 0, {"true"}, "true"},
        {OP_IS_TRUE, 0, {"null"}, "false"},
        {OP_IS_FALSE, 0, {"false"}, "true"},
        {OP_IS_FALSE, 0, {"null"}, "false"},
        {OP_COALESCE_2, 0, {"null", "2"}, "2"},
        {OP_COALESCE_2, 0, {"null", "null"}, "null", NULL_EMPTY},
        {OP_COALESCE_LIST, 0, {"{ null, 'a' }"}, "'a'"},
        {OP_COALESCE_LIST, 0, {"{}"}, "null", NULL_EMPTY},
        {OP_COALESCE_LIST, 0, {"null"}, "null"},
        {OP_COALESCE_5, 0, {"null", "null", "null", "null", "5"}, "5"},
    };
    CHECK(cases);
}

static void equality(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_EQUAL, 0, {"1.0", "1.00"}, "true"},
        {OP_EQUAL, 0, {"1.0", "1"}, "true"},
        {OP_EQUAL, 0, {"1L", "2L"}, "false"},
        {OP_EQUAL, 0, {"'a'", "'A'"}, "false"},
        {OP_EQUAL, 0, {"1", "'1'"}, "false"},
        {OP_EQUAL, 0, {"1 'cm'", "0.01 'm'"}, "true"},
        {OP_EQUAL, 0, {"150 'mg/dL'", "1.5 'g/L'"}, "true"},
        {OP_EQUAL, 0, {"0.33333333 'g'", "1 'g/3'"}, "false"},
        {OP_EQUAL, 0, {"1 'cm'", "1 'cm2'"}, "null", NULL_UNIT},
        {OP_EQUAL, 0, {"1 'mcg'", "1 'ug'"}, "null", NULL_UNIT},
        {OP_EQUAL, 0, {"1 year", "1 'a'"}, "null", NULL_UNIT},
        {OP_EQUAL, 0, {"1 year", "12 months"}, "true"},
        {OP_EQUAL, 0, {"1 year", "365 days"}, "null", NULL_UNIT},
        {OP_EQUAL, 0, {"1 week", "7 'd'"}, "true"},
        {OP_EQUAL, 0, {"1 'cm':2 'cm'", "1 'cm':2.1 'cm'"}, "false"},
        {OP_EQUAL, 0, {"@2012", "@2012-01"}, "null", NULL_PRECISION},
        {OP_EQUAL, 0, {"@2012", "@2013-01"}, "false"},
        {OP_EQUAL, 0, {"@2012-01-01", "@2012-01-01T"}, "true"},
        {OP_EQUAL, 0, {"{ null }", "{ null }"}, "true"},
        {OP_EQUAL, 0, {"{ 1, null }", "{ 1, 2 }"}, "null"},
        {OP_EQUAL, 0, {"{ null, 1 }", "{ 1, 2 }"}, "false"},
        {OP_EQUAL, 0, {"{ 1 }", "{ 1, 2 }"}, "false"},
        {OP_EQUAL, 0, {"Interval[1, 4)", "Interval(0, 3]"}, "true"},
        {OP_EQUAL, 0, {"Interval[1, null)", "Interval[2, 9]"}, "false"},
        {OP_EQUAL, 0, {"Interval[1, null)", "Interval[1, 9]"}, "null"},
        {OP_EQUAL, 0, {"Interval[1, null]", "Interval[1, 2147483647]"}, "true"},
        {OP_EQUAL, 0, {"uncertain[1, 3]", "4"}, "false"},
        {OP_EQUAL, 0, {"uncertain[1, 3]", "3"}, "null", NULL_PRECISION},
        {OP_EQUIVALENT, 0, {"'Abel  x'", "'aBEL\\t X'"}, "true"},
        {OP_EQUIVALENT, 0, {"'\xC3\x89'", "'\xC3\xA9'"}, "true"},
        {OP_EQUIVALENT, 0, {"'a'", "'ab'"}, "false"},
        {OP_EQUIVALENT, 0, {"1.001", "1.000"}, "true"},
        {OP_EQUIVALENT, 0, {"1.50", "1.55"}, "false"},
        {OP_EQUIVALENT, 0, {"1.5", "1.45"}, "true"},
        {OP_EQUIVALENT, 0, {"1 year", "1 'a'"}, "true"},
        {OP_EQUIVALENT, 0, {"1 year", "365 days"}, "true"},
        {OP_EQUIVALENT, 0, {"2 months", "60 'd'"}, "true"},
        {OP_EQUIVALENT, 0, {"1 'a'", "12 months"}, "true"},
        {OP_EQUIVALENT, 0, {"1 'cm'", "1 's'"}, "false"},
        {OP_EQUIVALENT, 0, {"1 'cm':2 'cm'", "50 'cm':1 'm'"}, "true"},
        {OP_EQUIVALENT, 0, {"@2012", "@2012-01"}, "false"},
        {OP_EQUIVALENT, 0, {"null", "null"}, "true"},
        {OP_EQUIVALENT, 0, {"1", "null"}, "false"},
        {OP_EQUIVALENT, 0, {"{ 1, null }", "{ 1, null }"}, "true"},
        {OP_EQUIVALENT, 0, {"Interval[1, null)", "Interval[1, null)"}, "true"},
    };
    CHECK(cases);
}

static void order(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_LESS_INTEGER, 0, {"1", "2"}, "true"},
        {OP_LESS_OR_EQUAL_DECIMAL, 0, {"1.0", "1.00"}, "true"},
        {OP_GREATER_STRING, 0, {"'a'", "'A'"}, "true"},
        {OP_GREATER_OR_EQUAL_QUANTITY, 0, {"1 'm'", "100 'cm'"}, "true"},
        {OP_LESS_QUANTITY, 0, {"1 'm'", "1 's'"}, "null", NULL_UNIT},
        {OP_LESS_QUANTITY, 0, {"5 '[iU]/L'", "6 'g/L'"}, "null", NULL_UNIT},
        {OP_LESS_QUANTITY, 0, {"36.6 'Cel'", "98.6 '[degF]'"}, "true"},
        {OP_GREATER_DATE, 0, {"@2012-05", "@2012"}, "null", NULL_PRECISION},
        {OP_LESS_DATETIME, 0, {"@2012-05-01T10:00Z", "@2012-05-01T10:00+01:00"}, "false"},
        {OP_LESS_INTEGER, 0, {"uncertain[1, 5]", "6"}, "true"},
        {OP_LESS_INTEGER, 0, {"uncertain[1, 5]", "5"}, "null", NULL_PRECISION},
        {OP_LESS_OR_EQUAL_INTEGER, 0, {"uncertain[1, 5]", "5"}, "true"},
        {OP_LESS_INTEGER, 0, {"5", "uncertain[1, 5]"}, "false"},
        {OP_GREATER_INTEGER, 0, {"uncertain[1, 5]", "uncertain[5, 6]"}, "false"},
        {OP_GREATER_OR_EQUAL_INTEGER, 0, {"uncertain[6, 7]", "uncertain[5, 6]"}, "true"},
    };
    CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truth_tables),
        cmocka_unit_test(one_argument),
        cmocka_unit_test(equality),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
