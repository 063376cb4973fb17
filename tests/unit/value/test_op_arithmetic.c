/* The examples of the CQL 1.5 reference, section 16, and the answers of CqlArithmeticFunctionsTest
 * and ValueLiteralsAndSelectors of the conformance suite. */
#include "value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define CHECK(cases) check_operators(cases, sizeof(cases) / sizeof((cases)[0]))

static void numbers(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_ABS_INTEGER, 0, {"-1"}, "1"},
        {OP_ABS_INTEGER, 0, {"-2147483648"}, "null", NULL_RANGE},
        {OP_ABS_LONG, 0, {"-1L"}, "1L"},
        {OP_ABS_LONG, 0, {"-9223372036854775808L"}, "null", NULL_RANGE},
        {OP_ABS_DECIMAL, 0, {"-5.5"}, "5.5"},
        {OP_ABS_QUANTITY, 0, {"-1.0 'cm'"}, "1.0 'cm'"},
        {OP_NEGATE_INTEGER, 0, {"-2147483648"}, "null", NULL_RANGE},
        {OP_NEGATE_LONG, 0, {"9223372036854775807L"}, "-9223372036854775807L"},
        {OP_NEGATE_DECIMAL, 0, {"-3.30"}, "3.30"},
        {OP_NEGATE_DECIMAL, 0, {"0.0"}, "0.0"},
        {OP_NEGATE_QUANTITY, 0, {"3.3 'mg'"}, "-3.3 'mg'"},
        {OP_ADD_INTEGER, 0, {"1", "null"}, "null"},
        {OP_ADD_INTEGER, 0, {"2147483647", "1"}, "null", NULL_RANGE},
        {OP_ADD_LONG, 0, {"9223372036854775807L", "1L"}, "null", NULL_RANGE},
        {OP_ADD_DECIMAL, 0, {"1.0", "2.005"}, "3.005"},
        {OP_ADD_DECIMAL, 0, {"2.50", "0.5"}, "3.00"},
        {OP_MULTIPLY_DECIMAL,
         0,
         {"9999999999999999999999999999.99999999", "10.00000001"},
         "null",
         NULL_RANGE},
        {OP_DIVIDE_DECIMAL, 0, {"9999999999999999999999999999.0", "0.01"}, "null", NULL_RANGE},
        {OP_SUBTRACT_INTEGER, 0, {"-2147483648", "1"}, "null", NULL_RANGE},
        {OP_SUBTRACT_DECIMAL, 0, {"2", "1.1"}, "0.9"},
        {OP_SUBTRACT_DECIMAL, 0, {"3.14", "3.12"}, "0.02"},
        {OP_MULTIPLY_INTEGER, 0, {"65536", "65536"}, "null", NULL_RANGE},
        {OP_MULTIPLY_LONG, 0, {"2L", "3L"}, "6L"},
        {OP_MULTIPLY_DECIMAL, 0, {"1.0", "2.0"}, "2.00"},
        {OP_MULTIPLY_DECIMAL, 0, {"0.00000001", "0.5"}, "0.00000001"},
        {OP_DIVIDE_DECIMAL, 0, {"1.0", "0.0"}, "null", NULL_NOT_DEFINED},
        {OP_DIVIDE_DECIMAL, 0, {"10.0", "3.0"}, "3.33333333"},
        {OP_DIVIDE_DECIMAL, 0, {"9.9", "3.0"}, "3.3"},
        {OP_DIVIDE_DECIMAL, 0, {"0.0", "1.0"}, "0.0"},
        {OP_MODULO_INTEGER, 0, {"0", "0"}, "null", NULL_NOT_DEFINED},
        {OP_MODULO_INTEGER, 0, {"-2147483648", "-1"}, "0"},
        {OP_MODULO_LONG, 0, {"-9223372036854775808L", "-1L"}, "0L"},
        {OP_MODULO_DECIMAL, 0, {"3.5", "3.0"}, "0.5"},
        {OP_TRUNCATED_DIVIDE_INTEGER, 0, {"-10", "3"}, "-3"},
        {OP_TRUNCATED_DIVIDE_INTEGER, 0, {"2", "0"}, "null", NULL_NOT_DEFINED},
        {OP_TRUNCATED_DIVIDE_INTEGER, 0, {"-2147483648", "-1"}, "null", NULL_RANGE},
        {OP_TRUNCATED_DIVIDE_LONG, 0, {"-9223372036854775808L", "-1L"}, "null", NULL_RANGE},
        {OP_TRUNCATED_DIVIDE_DECIMAL, 0, {"-10.1", "3.1"}, "-3.0"},
        {OP_TRUNCATED_DIVIDE_DECIMAL, 0, {"4.14", "2.06"}, "2.0"},
        {OP_POWER_INTEGER, 0, {"0", "0"}, "1"},
        {OP_POWER_INTEGER, 0, {"-2", "2"}, "4"},
        {OP_POWER_INTEGER, 0, {"2", "-2"}, "0.25"},
        {OP_POWER_INTEGER, 0, {"10", "-8"}, "0.00000001"},
        {OP_POWER_INTEGER, 0, {"2", "31"}, "null", NULL_RANGE},
        {OP_POWER_INTEGER, 0, {"-1", "2147483647"}, "-1"},
        {OP_POWER_INTEGER, 0, {"0", "-1"}, "null", NULL_NOT_DEFINED},
        {OP_POWER_LONG, 0, {"2L", "3L"}, "8L"},
        {OP_POWER_LONG, 0, {"2L", "63L"}, "null", NULL_RANGE},
        {OP_POWER_DECIMAL, 0, {"2.5", "2.0"}, "6.25"},
        {OP_POWER_DECIMAL, 0, {"-2.0", "0.5"}, "null", NULL_NOT_DEFINED},
    };
    CHECK(cases);
}

static void quantities(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_ADD_QUANTITY, 0, {"1 'g/cm3'", "1 'g/cm3'"}, "2 'g/cm3'"},
        {OP_ADD_QUANTITY, 0, {"-5.5 'mg'", "2 'mg'"}, "-3.5 'mg'"},
        {OP_ADD_QUANTITY, 0, {"1 'm'", "1 'cm'"}, "101 'cm'"},
        {OP_ADD_QUANTITY, 0, {"1 'cm'", "1 'm'"}, "101 'cm'"},
        {OP_ADD_QUANTITY, 0, {"-5.5 'cm'", "2 'cm2'"}, "null", NULL_UNIT},
        {OP_ADD_QUANTITY, 0, {"37.0 'Cel'", "1.0 'Cel'"}, "null", NULL_UNIT},
        {OP_ADD_QUANTITY, 0, {"1 'foolish'", "1 'foolish'"}, "null", NULL_UNIT},
        {OP_SUBTRACT_QUANTITY, 0, {"3.14 'mg'", "3.12 'mg'"}, "0.02 'mg'"},
        {OP_SUBTRACT_QUANTITY, 0, {"2 hours", "30 minutes"}, "90 minutes"},
        {OP_MULTIPLY_QUANTITY, 0, {"1.0 'cm'", "2.0 'cm'"}, "2.0 'cm2'"},
        {OP_DIVIDE_QUANTITY, 0, {"12 'cm2'", "3 'cm'"}, "4 'cm'"},
        {OP_DIVIDE_QUANTITY, 0, {"1 'g/cm3'", "1 'g/cm3'"}, "1 '1'"},
        {OP_DIVIDE_QUANTITY, 0, {"10.0 'g'", "0 'g'"}, "null", NULL_NOT_DEFINED},
        {OP_MODULO_QUANTITY, 0, {"10.0 'g'", "3.0 'g'"}, "1.0 'g'"},
        {OP_MODULO_QUANTITY, 0, {"10.0 'g'", "0.0 'g'"}, "null", NULL_NOT_DEFINED},
        {OP_MODULO_QUANTITY, 0, {"1 'm'", "3 'cm'"}, "1 'cm'"},
        {OP_TRUNCATED_DIVIDE_QUANTITY, 0, {"10.1 'cm'", "-3.1 'cm'"}, "-3.0 'cm'"},
        {OP_TRUNCATED_DIVIDE_QUANTITY, 0, {"4.14 'm'", "2.06 'm'"}, "2.0 'm'"},
        {OP_TRUNCATED_DIVIDE_QUANTITY, 0, {"10.0 'g'", "0.0 'g'"}, "null", NULL_NOT_DEFINED},
        {OP_TRUNCATED_DIVIDE_QUANTITY, 0, {"10.0 'g'", "4.0 'mL'"}, "2.0 'g/mL'"},
        {OP_MIN_VALUE_QUANTITY, 0, {0}, "-99999999999999999999.99999999 '1'"},
    };
    CHECK(cases);
}

static void rounding_and_functions(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_CEILING, 0, {"-0.1"}, "0"},
        {OP_CEILING, 0, {"1.1"}, "2"},
        {OP_CEILING, 0, {"2147483647.2"}, "null", NULL_RANGE},
        {OP_CEILING, 0, {"-2147483648.2"}, "-2147483648"},
        {OP_FLOOR, 0, {"-0.1"}, "-1"},
        {OP_FLOOR, 0, {"-1.0"}, "-1"},
        {OP_FLOOR, 0, {"2147483647.2"}, "2147483647"},
        {OP_FLOOR, 0, {"2147483648.2"}, "null", NULL_RANGE},
        {OP_FLOOR, 0, {"-2147483648.2"}, "null", NULL_RANGE},
        {OP_TRUNCATE, 0, {"-1.9"}, "-1"},
        {OP_TRUNCATE, 0, {"1.00000001"}, "1"},
        {OP_ROUND, 0, {"-0.5"}, "-1.0"},
        {OP_ROUND, 0, {"0.4"}, "0.0"},
        {OP_ROUND_TO, 0, {"3.14159", "2"}, "3.14"},
        {OP_ROUND_TO, 0, {"3.14159", "null"}, "3.0"},
        {OP_ROUND_TO, 0, {"null", "2"}, "null"},
        {OP_ROUND_TO, 0, {"3.33333333", "8"}, "3.33333333"},
        {OP_EXP, 0, {"0.0"}, "1.0"},
        {OP_EXP, 0, {"1.0"}, "2.71828183"},
        {OP_EXP, 0, {"1000.0"}, "error"},
        {OP_LN, 0, {"1.0"}, "0.0"},
        {OP_LN, 0, {"1000.0"}, "6.90775528"},
        {OP_LN, 0, {"0.0"}, "error"},
        {OP_LN, 0, {"-1.0"}, "null", NULL_NOT_DEFINED},
        {OP_LOG, 0, {"1.0", "1.0"}, "null", NULL_NOT_DEFINED},
        {OP_LOG, 0, {"16.0", "2.0"}, "4.0"},
        {OP_LOG, 0, {"0.125", "2.0"}, "-3.0"},
        {OP_PRECISION_DECIMAL, 0, {"1.58700"}, "5"},
        {OP_PRECISION_DATE, 0, {"@2014"}, "4"},
        {OP_PRECISION_DATETIME, 0, {"@2014-01-05T10:30:00.000"}, "17"},
        {OP_PRECISION_TIME, 0, {"@T10:30"}, "4"},
        {OP_PRECISION_TIME, 0, {"@T10:30:00.000"}, "9"},
        {OP_HIGH_BOUNDARY_DECIMAL, 0, {"1.587", "8"}, "1.58799999"},
        {OP_HIGH_BOUNDARY_DECIMAL, 0, {"1.58888", "null"}, "1.58888999"},
        {OP_HIGH_BOUNDARY_DECIMAL, 0, {"-1.587", "8"}, "-1.58700000"},
        {OP_HIGH_BOUNDARY_DECIMAL, 0, {"1.587", "9"}, "null", NULL_RANGE},
        {OP_HIGH_BOUNDARY_DATE, 0, {"@2014", "6"}, "@2014-12"},
        {OP_HIGH_BOUNDARY_DATE, 0, {"@2012-02", "null"}, "@2012-02-29"},
        {OP_HIGH_BOUNDARY_DATETIME, 0, {"@2014-01-01T08", "17"}, "@2014-01-01T08:59:59.999"},
        {OP_HIGH_BOUNDARY_TIME, 0, {"@T10:30", "9"}, "@T10:30:59.999"},
        {OP_LOW_BOUNDARY_DECIMAL, 0, {"1.587", "8"}, "1.58700000"},
        {OP_LOW_BOUNDARY_DECIMAL, 0, {"-1.587", "8"}, "-1.58799999"},
        {OP_LOW_BOUNDARY_DATE, 0, {"@2014", "6"}, "@2014-01"},
        {OP_LOW_BOUNDARY_DATETIME, 0, {"@2014-01-01T08", "17"}, "@2014-01-01T08:00:00.000"},
        {OP_LOW_BOUNDARY_TIME, 0, {"@T10:30", "9"}, "@T10:30:00.000"},
        {OP_LOW_BOUNDARY_TIME, 0, {"@T10:30", "10"}, "null", NULL_RANGE},
    };
    CHECK(cases);
}

static void points(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_PREDECESSOR_INTEGER, 0, {"0"}, "-1"},
        {OP_PREDECESSOR_INTEGER, 0, {"-2147483648"}, "error"},
        {OP_PREDECESSOR_DECIMAL, 0, {"1.01"}, "1.00999999"},
        {OP_PREDECESSOR_QUANTITY, 0, {"1.0 'cm'"}, "0.99999999 'cm'"},
        {OP_PREDECESSOR_DATETIME, 0, {"@2000-01-01T"}, "@1999-12-31T"},
        {OP_PREDECESSOR_DATETIME, 0, {"@0001-01-01T00:00:00.000"}, "error"},
        {OP_PREDECESSOR_TIME, 0, {"@T12:00:00.000"}, "@T11:59:59.999"},
        {OP_PREDECESSOR_TIME, 0, {"@T00:00:00.000"}, "error"},
        {OP_SUCCESSOR_LONG, 0, {"9223372036854775807L"}, "error"},
        {OP_SUCCESSOR_DECIMAL, 0, {"1.0"}, "1.00000001"},
        {OP_SUCCESSOR_DECIMAL, 0, {"99999999999999999999.99999999"}, "error"},
        {OP_SUCCESSOR_DATE, 0, {"@2014-02"}, "@2014-03"},
        {OP_SUCCESSOR_DATETIME, 0, {"@9999-12-31T23:59:59.999"}, "error"},
        {OP_SUCCESSOR_TIME, 0, {"@T23:59:59.999"}, "error"},
        {OP_SUCCESSOR_TIME, 0, {"@T12:00:00.000"}, "@T12:00:00.001"},
        {OP_MIN_VALUE_INTEGER, 0, {0}, "-2147483648"},
        {OP_MIN_VALUE_LONG, 0, {0}, "-9223372036854775808L"},
        {OP_MIN_VALUE_DECIMAL, 0, {0}, "-99999999999999999999.99999999"},
        {OP_MIN_VALUE_DATETIME, 0, {0}, "@0001-01-01T00:00:00.000+00:00"},
        {OP_MAX_VALUE_DATE, 0, {0}, "@9999-12-31"},
        {OP_MAX_VALUE_DATETIME, 0, {0}, "@9999-12-31T23:59:59.999+00:00"},
        {OP_MAX_VALUE_TIME, 0, {0}, "@T23:59:59.999"},
    };
    CHECK(cases);
}

/* Language semantics, "Uncertainty": operations work on the ends. */
static void uncertain_numbers(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_ADD_INTEGER, 0, {"uncertain[17, 44]", "uncertain[5, 10]"}, "Interval[22, 54]"},
        {OP_ADD_INTEGER, 0, {"uncertain[17, 44]", "1"}, "Interval[18, 45]"},
        {OP_SUBTRACT_INTEGER, 0, {"uncertain[16, 44]", "uncertain[4, 16]"}, "Interval[0, 40]"},
        {OP_MULTIPLY_INTEGER, 0, {"uncertain[17, 44]", "uncertain[2, 4]"}, "Interval[34, 176]"},
        {OP_MULTIPLY_INTEGER, 0, {"uncertain[-2, 3]", "uncertain[-5, 4]"}, "Interval[-15, 12]"},
        {OP_MULTIPLY_INTEGER, 0, {"uncertain[-2, 3]", "0"}, "0"},
        {OP_NEGATE_INTEGER, 0, {"uncertain[1, 2]"}, "Interval[-2, -1]"},
        {OP_ABS_INTEGER, 0, {"uncertain[-2, -1]"}, "Interval[1, 2]"},
        {OP_ABS_INTEGER, 0, {"uncertain[-2, 1]"}, "null", NULL_PRECISION},
        {OP_ADD_INTEGER, 0, {"uncertain[1, 2147483647]", "1"}, "null", NULL_RANGE},
        {OP_TRUNCATED_DIVIDE_INTEGER, 0, {"uncertain[17, 44]", "12"}, "Interval[1, 3]"},
        {OP_TRUNCATED_DIVIDE_INTEGER, 0, {"uncertain[17, 44]", "uncertain[4, 16]"}, "error"},
        {OP_MODULO_INTEGER, 0, {"uncertain[17, 44]", "12"}, "null", NULL_PRECISION},
    };
    CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(quantities),
        cmocka_unit_test(rounding_and_functions),
        cmocka_unit_test(points),
        cmocka_unit_test(uncertain_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
