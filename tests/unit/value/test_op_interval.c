/* Interval operators: the answers of CqlIntervalOperatorsTest of the conformance suite where a set
 * of whole numbers does not decide (tests/property/test_interval_algebra.c has those): dates and
 * their precision, quantities, null ends, expand. */
#include "value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define CHECK(cases) check_operators(cases, sizeof(cases) / sizeof((cases)[0]))

static void relations(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_AFTER_INTERVAL_POINT, 0, {"Interval[11, 20]", "5"}, "true"},
        {OP_BEFORE_POINT_INTERVAL, 0, {"9.0", "Interval[1.0, 10.0]"}, "false"},
        {OP_SAME_OR_AFTER_POINT_INTERVAL,
         0,
         {"2.5 'mg'", "Interval[1.666 'mg', 2.50 'mg']"},
         "true"},
        {OP_SAME_OR_AFTER_POINT_INTERVAL, 0, {"2.5", "Interval[1.666, 2.50000001]"}, "false"},
        {OP_SAME_OR_BEFORE_INTERVAL_POINT,
         PRECISION_MONTH,
         {"Interval[@2012-10-01, @2012-11-01]", "@2012-11-15"},
         "true"},
        {OP_SAME_OR_AFTER_INTERVAL,
         PRECISION_HOUR,
         {"Interval[@T10:00, @T19:59]", "Interval[@T08:00, @T11:59]"},
         "false"},
        {OP_MEETS_INTERVAL, 0, {"Interval[@T03, @T04]", "Interval[@T05, @T06]"}, "true"},
        {OP_MEETS_INTERVAL,
         PRECISION_DAY,
         {"Interval[@2012-01-01T, @2012-01-14T10:00]", "Interval[@2012-01-15T09:00, @2012-02-01T]"},
         "true"},
        {OP_MEETS_AFTER_INTERVAL,
         0,
         {"Interval[55.00000123, 128.03]", "Interval[12.0, 55.00000122]"},
         "true"},
        {OP_MEETS_BEFORE_INTERVAL, 0, {"Interval(null, 5]", "Interval(null, 25]"}, "null"},
        {OP_MEETS_AFTER_INTERVAL, 0, {"Interval(null, 5]", "Interval[11, null)"}, "false"},
        {OP_OVERLAPS_INTERVAL,
         0,
         {"Interval[@2012-02-25T, @2012-03-26T]", "Interval[@2012-01-10T, @2012-02T]"},
         "null",
         NULL_PRECISION},
        {OP_OVERLAPS_INTERVAL,
         0,
         {"Interval[@2012T, @2013-03T]", "Interval[@2012-02T, @2013-02T]"},
         "true"},
        {OP_OVERLAPS_INTERVAL,
         0,
         {"Interval[1 'g', 2 'g']", "Interval[1500 'mg', 9 'kg']"},
         "true"},
        {OP_OVERLAPS_INTERVAL,
         0,
         {"Interval[1 'g', 2 'g']", "Interval[1 'm', 2 'm']"},
         "null",
         NULL_UNIT},
        {OP_OVERLAPS_INTERVAL, 0, {"Interval[null, null]", "Interval[1, 10]"}, "null"},
        {OP_STARTS_INTERVAL, 0, {"Interval[null, null]", "Interval[1, 10]"}, "null"},
        {OP_PROPER_INCLUDED_IN_INTERVAL, 0, {"Interval[1, 10]", "Interval[null, null]"}, "true"},
        {OP_INCLUDED_IN_INTERVAL,
         0,
         {"Interval[@2017-09-01T00:00:00, @2017-09-01T00:00:00]",
          "Interval[@2017-09-01T00:00:00.000, @2017-12-30T23:59:59.999]"},
         "null",
         NULL_PRECISION},
        {OP_INCLUDED_IN_INTERVAL,
         PRECISION_DAY,
         {"Interval[@2017-09-01T00:00:00, @2017-09-01T00:00:00]",
          "Interval[@2017-09-01T00:00:00.000, @2017-12-30T23:59:59.999]"},
         "true"},
    };
    CHECK(cases);
}

static void points(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_IN_INTERVAL, 0, {"5", "null"}, "false"},
        {OP_IN_INTERVAL, 0, {"5", "Interval[null, null]"}, "false"},
        {OP_IN_INTERVAL, 0, {"null", "Interval[1, 5]"}, "null"},
        {OP_IN_INTERVAL, 0, {"@2012-01-07T", "Interval[@2012-01-05T, null]"}, "true"},
        {OP_IN_INTERVAL, 0, {"@2012-01-07T", "Interval[@2012-01-05T, null)"}, "null"},
        {OP_IN_INTERVAL, 0, {"@2012-01-04T", "Interval[@2012-01-05T, null)"}, "false"},
        {OP_IN_INTERVAL, 0, {"uncertain[2, 4]", "Interval[1, 4]"}, "true"},
        {OP_IN_INTERVAL, 0, {"uncertain[2, 5]", "Interval[1, 4]"}, "null", NULL_PRECISION},
        {OP_PROPER_CONTAINS_INTERVAL,
         0,
         {"Interval[@T12:00:00.000, @T21]", "@T12:00:00.000"},
         "false"},
        {OP_PROPER_CONTAINS_INTERVAL,
         PRECISION_SECOND,
         {"Interval[@T12:00:00.001, @T21:59:59.999]", "@T12:00:00"},
         "false"},
        {OP_PROPER_IN_INTERVAL,
         PRECISION_MILLISECOND,
         {"@T12:00:00", "Interval[@T12:00:00.001, @T21:59:59.999]"},
         "null",
         NULL_PRECISION},
        {OP_START, 0, {"Interval(1, 5]"}, "2"},
        {OP_START, 0, {"Interval[null, 5]"}, "-2147483648"},
        {OP_START, 0, {"Interval(null, 5)"}, "Interval[-2147483648, 4]"},
        {OP_END, 0, {"Interval(1, null)"}, "Interval[2, 2147483647]"},
        {OP_END, 0, {"Interval[@2012-01-01, null]"}, "@9999-12-31"},
        {OP_START, 0, {"Interval[null, null]"}, "null"},
        {OP_START, 0, {"Interval(2147483647, null]"}, "error"},
        {OP_WIDTH, 0, {"Interval[5.0 'g', 10.0 'g']"}, "5.0 'g'"},
        {OP_WIDTH, 0, {"Interval[500 'mg', 2 'g']"}, "1.5 'g'"},
        {OP_WIDTH, 0, {"Interval[-2147483648, 2147483647]"}, "null", NULL_RANGE},
        {OP_WIDTH, 0, {"Interval[0, null)"}, "null"},
        {OP_WIDTH, 0, {"Interval[@2012-01-01, @2012-01-05]"}, "error"},
        {OP_SIZE, 0, {"Interval[3, 8)"}, "5"},
        {OP_SIZE, 0, {"Interval[1L, 2L]"}, "2L"},
        {OP_POINT_FROM, 0, {"Interval[4, 5)"}, "4"},
        {OP_POINT_FROM, 0, {"Interval[1, 4]"}, "error"},
        {OP_POINT_FROM, 0, {"Interval[null, null]"}, "null"},
    };
    CHECK(cases);
}

static void sets(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_INTERSECT_INTERVAL, 0, {"Interval[1, 10]", "Interval[5, null)"}, "Interval[5, null)"},
        {OP_EXCEPT_INTERVAL,
         0,
         {"Interval[1.0, 10.0]", "Interval[4.0, 10.0]"},
         "Interval[1.0, 3.99999999]"},
        {OP_EXCEPT_INTERVAL,
         0,
         {"Interval[@T08:59:59.999, @T11:59:59.999]", "Interval[@T05:59:59.999, @T10:59:59.999]"},
         "Interval[@T11:00:00.000, @T11:59:59.999]"},
        {OP_UNION_INTERVAL,
         0,
         {"Interval[@2012-01-05T, @2012-01-25T]", "Interval[@2012-01-27T, @2012-01-28T]"},
         "null",
         NULL_EMPTY},
        {OP_UNION_INTERVAL, 0, {"Interval[1, 5]", "Interval[3, null)"}, "Interval[1, null)"},
        {OP_COLLAPSE, 0, {"{ Interval(null, null) }", "null"}, "{ }"},
        {OP_COLLAPSE,
         0,
         {"{ Interval[4.0, 6.0], Interval[6.00000001, 8.0] }", "null"},
         "{ Interval[4.0, 8.0] }"},
        {OP_COLLAPSE,
         0,
         {"{ Interval[@2012-01-16T, @2012-05-25T], null, Interval[@2012-01-01T, @2012-01-15T] }",
          "null"},
         "{ Interval[@2012-01-01T, @2012-05-25T] }"},
        {OP_COLLAPSE,
         0,
         {"{ Interval[@2012-01-01, @2012-01-02], Interval[@2012-01-05, @2012-01-06] }", "3 days"},
         "{ Interval[@2012-01-01, @2012-01-06] }"},
        {OP_COLLAPSE,
         0,
         {"{ Interval[@2012-01-01, @2012-01-02], Interval[@2012-01-05, @2012-01-06] }", "2 days"},
         "{ Interval[@2012-01-01, @2012-01-02], Interval[@2012-01-05, @2012-01-06] }"},
        {OP_COLLAPSE, 0, {"{ Interval[1, 2], Interval[5, 6] }", "3 'mg'"}, "null", NULL_UNIT},
        {OP_COLLAPSE, 0, {"{ Interval[1, null), Interval[5, 6] }", "null"}, "null", NULL_PRECISION},
        {OP_COLLAPSE, 0, {"null", "null"}, "null"},
    };
    CHECK(cases);
}

static void expansions(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_EXPAND_LIST, 0, {"{ null }", "null"}, "{ }"},
        {OP_EXPAND_LIST,
         0,
         {"{ Interval[@2018-01-01, @2018-01-04] }", "2 days"},
         "{ Interval[@2018-01-01, @2018-01-02], Interval[@2018-01-03, @2018-01-04] }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[@T10:00, @T12:30)", "1 hour"}, "{ @T10, @T11, @T12 }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[@T22:30, @T23:30]", "1 hour"}, "{ @T22, @T23 }"},
        {OP_EXPAND_INTERVAL,
         0,
         {"Interval[@2018-01-01, @2018-01-20]", "1 week"},
         "{ @2018-01-01, @2018-01-08 }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[@T10, @T10]", "1 minute"}, "{ }"},
        {OP_EXPAND_INTERVAL,
         0,
         {"Interval[@9999-12-30, @9999-12-31]", "1 day"},
         "{ @9999-12-30, @9999-12-31 }"},
        {OP_EXPAND_LIST,
         0,
         {"{ Interval[10.0, 12.5] }", "1 '1'"},
         "{ Interval[10.0, 10.0], Interval[11.0, 11.0], Interval[12.0, 12.0] }"},
        {OP_EXPAND_INTERVAL,
         0,
         {"Interval[10, 10]", "0.1 '1'"},
         "{ 10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.8, 10.9 }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[-5, -1]", "2 '1'"}, "{ -5, -3 }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[1, 10)", "2 '1'"}, "{ 1, 3, 5, 7 }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[1 'g', 3 'g']", "1000 'mg'"}, "{ 1 'g', 2 'g', 3 'g' }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[1, null)", "null"}, "{ }"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[1, 2147483647]", "null"}, "error"},
        {OP_EXPAND_INTERVAL, 0, {"Interval[1, 3]", "0 '1'"}, "{ }"},
    };
    CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relations),
        cmocka_unit_test(points),
        cmocka_unit_test(sets),
        cmocka_unit_test(expansions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
