/* The examples of the CQL 1.5 reference, section 18, and the answers of CqlDateTimeOperatorsTest
 * and CqlTypesTest of the conformance suite. What the algorithms do is in test_datetime.c. */
#include "value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define CHECK(cases) check_operators(cases, sizeof(cases) / sizeof((cases)[0]))

static void sums(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2005-10-10T", "5 years"}, "@2010-10-10T"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2005-10-10T", "8000 years"}, "error"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2005-10-10T", "5.9 'd'"}, "@2005-10-15T"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2005-10-10T", "1 'wk'"}, "@2005-10-17T"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2005-10-10T", "1 'a'"}, "error"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2005-10-10T", "1 'mo'"}, "error"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2005-10-10T", "1 'mg'"}, "error"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2012-02-29T", "1 year"}, "@2013-02-28T"},
        {OP_ADD_DATETIME_QUANTITY, 0, {"@2014T", "735 days"}, "@2016T"},
        {OP_ADD_DATE_QUANTITY, 0, {"@2014", "25 months"}, "@2016"},
        {OP_ADD_DATE_QUANTITY, 0, {"@2014-06-01", "48 hours"}, "error"},
        {OP_ADD_TIME_QUANTITY, 0, {"@T15:59:59.999", "300 minutes"}, "@T20:59:59.999"},
        {OP_ADD_TIME_QUANTITY, 0, {"@T23:30:00", "1 hour"}, "@T00:30:00"},
        {OP_ADD_TIME_QUANTITY, 0, {"@T23:30:00", "1 day"}, "error"},
        {OP_SUBTRACT_DATETIME_QUANTITY, 0, {"@2005-10-10T", "2005 years"}, "error"},
        {OP_SUBTRACT_DATETIME_QUANTITY, 0, {"@2016-05T", "31535999 seconds"}, "@2015-05T"},
        {OP_SUBTRACT_DATETIME_QUANTITY,
         0,
         {"@2016-06-10T05:05:05.005", "6 'ms'"},
         "@2016-06-10T05:05:04.999"},
        {OP_SUBTRACT_DATE_QUANTITY, 0, {"@2014-06", "33 days"}, "@2014-05"},
        {OP_SUBTRACT_TIME_QUANTITY, 0, {"@T01:00:00", "2 hours"}, "@T23:00:00"},
        {OP_ADD_DATETIME_QUANTITY,
         0,
         {"@2020-03-28T23:00:00.000+01:00", "1 day"},
         "@2020-03-29T23:00:00.000+01:00"},
    };
    CHECK(cases);
}

static void orders(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_AFTER_DATETIME, PRECISION_MONTH, {"@2004-12-10T", "@2004-11-10T"}, "true"},
        {OP_AFTER_DATE, PRECISION_MONTH, {"@2012-01-01", "@2012"}, "null", NULL_PRECISION},
        {OP_AFTER_DATETIME,
         PRECISION_HOUR,
         {"@2012-03-10T10:20:00.999+07:00", "@2012-03-10T08:20:00.999+06:00"},
         "true"},
        {OP_AFTER_TIME, PRECISION_HOUR, {"@T12:30", "@T11:55"}, "true"},
        {OP_BEFORE_TIME, PRECISION_MINUTE, {"@T15:59:59.999", "@T15:59:59.999"}, "false"},
        {OP_BEFORE_DATETIME, PRECISION_YEAR, {"@2003T", "@2004-10-10T"}, "true"},
        {OP_BEFORE_DATE, PRECISION_WEEK, {"@2003-01-01", "@2004-01-01"}, "error"},
        {OP_SAME_AS_DATETIME, PRECISION_DAY, {"@2014-10T", "@2014-10-12T"}, "null", NULL_PRECISION},
        {OP_SAME_AS_DATETIME,
         PRECISION_DAY,
         {"@2022-02-22T00:00:00.000-05:00", "@2022-02-22T04:59:00.000Z"},
         "true"},
        {OP_SAME_AS_DATE, 0, {"@2012-01-01", "@2012-01-01"}, "true"},
        {OP_SAME_OR_AFTER_DATETIME,
         0,
         {"@2017-12-21T02:00:00.0", "@2017-12-20T11:00:00.0"},
         "true"},
        {OP_SAME_OR_AFTER_DATETIME, PRECISION_DAY, {"@2014-12-20T", "@2014-12T"}, "null"},
        {OP_SAME_OR_BEFORE_DATETIME, PRECISION_MINUTE, {"@2014-12-20T", "@2014-12-20T15"}, "null"},
        {OP_SAME_OR_BEFORE_TIME, PRECISION_HOUR, {"@T22:25:25.555", "@T21:55:25.900"}, "false"},
    };
    CHECK(cases);
}

static void durations(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_DURATION_BETWEEN_DATETIME,
         PRECISION_DAY,
         {"@2015-02-10T", "@2015-03T"},
         "Interval[18, 49]"},
        {OP_DURATION_BETWEEN_DATE, PRECISION_DAY, {"@2014-01-15", "@2014-02"}, "Interval[17, 44]"},
        {OP_DURATION_BETWEEN_DATETIME, PRECISION_MONTH, {"@2005T", "@2006-05T"}, "Interval[4, 16]"},
        {OP_DURATION_BETWEEN_DATETIME, PRECISION_YEAR, {"@2005-05T", "@2010-04T"}, "4"},
        {OP_DURATION_BETWEEN_TIME, PRECISION_HOUR, {"@T06", "@T07:00:00"}, "1"},
        {OP_DURATION_BETWEEN_DATETIME,
         PRECISION_MILLISECOND,
         {"@0001-01-01T00:00:00.000", "@9999-01-01T00:00:00.000"},
         "null",
         NULL_RANGE},
        {OP_DURATION_BETWEEN_DATE,
         PRECISION_HOUR,
         {"@2014-01-01", "@2014-01-02"},
         "Interval[0, 47]"},
        {OP_DIFFERENCE_BETWEEN_DATE, PRECISION_MONTH, {"@2012-01-02", "@2012"}, "Interval[0, 11]"},
        {OP_DIFFERENCE_BETWEEN_DATETIME,
         PRECISION_MILLISECOND,
         {"@2000-10-10T10:05:45.500-06:00", "@2000-10-10T10:05:45.900-07:00"},
         "3600400"},
        {OP_DIFFERENCE_BETWEEN_DATETIME, PRECISION_WEEK, {"@2000-10-15T", "@2000-10-28T"}, "1"},
        /* The request is at 2019-06-15T10:30Z. */
        {OP_CALCULATE_AGE_DATE, PRECISION_YEAR, {"@2000-06-15"}, "19"},
        {OP_CALCULATE_AGE_DATE, PRECISION_YEAR, {"@2000-06-16"}, "18"},
        {OP_CALCULATE_AGE_DATE, PRECISION_YEAR, {"@2000"}, "Interval[18, 19]"},
        {OP_CALCULATE_AGE_DATE, PRECISION_YEAR, {"@2000-02-29"}, "19"},
        {OP_CALCULATE_AGE_DATETIME, PRECISION_YEAR, {"@2000-06-15T10:31:00.000"}, "18"},
        {OP_CALCULATE_AGE_AT_DATE, PRECISION_YEAR, {"@2000-01-01", "@2015-01-01"}, "15"},
        {OP_CALCULATE_AGE_AT_DATE, PRECISION_YEAR, {"@2000-01-01", "null"}, "null"},
    };
    CHECK(cases);
}

static void parts(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_COMPONENT_FROM_DATETIME, PRECISION_MONTH, {"@2003-10-29T20:50:33.955"}, "10"},
        {OP_COMPONENT_FROM_DATETIME, PRECISION_HOUR, {"@2015-02-10T"}, "null", NULL_PRECISION},
        {OP_COMPONENT_FROM_DATETIME, PRECISION_HOUR, {"@2015-02-10T20:00:00-07:00"}, "20"},
        {OP_COMPONENT_FROM_TIME, PRECISION_MILLISECOND, {"@T23:20:15.555"}, "555"},
        {OP_COMPONENT_FROM_DATE, PRECISION_WEEK, {"@2014-01-01"}, "error"},
        {OP_TIMEZONE_OFFSET_FROM, 0, {"@2003-10-29T20:50:33.955+01:00"}, "1.0"},
        {OP_TIMEZONE_OFFSET_FROM, 0, {"@2003-10-29T20:50:33.955-09:30"}, "-9.5"},
        {OP_TIMEZONE_OFFSET_FROM, 0, {"@2003-10-29T20:50:33.955"}, "0.0"},
        {OP_DATE_FROM_DATETIME, 0, {"@2003-10-29T20:50:33.955+01:00"}, "@2003-10-29"},
        {OP_DATE_FROM_DATETIME, 0, {"@2003-10T"}, "@2003-10"},
        {OP_TIME_FROM, 0, {"@2012-01-01T12:30:00.000-07:00"}, "@T19:30:00.000"},
        {OP_TIME_FROM, 0, {"@2012-01-01T12:30"}, "@T12:30"},
        {OP_TIME_FROM, 0, {"@2012-01-01T12+05:30"}, "null", NULL_PRECISION},
        {OP_TIME_FROM, 0, {"@2012-01-01T"}, "null", NULL_PRECISION},
        {OP_NOW, 0, {0}, "@2019-06-15T10:30:00.000+00:00"},
        {OP_TODAY, 0, {0}, "@2019-06-15"},
        {OP_TIME_OF_DAY, 0, {0}, "@T10:30:00.000"},
    };
    CHECK(cases);
}

static void made_from_parts(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_DATETIME_1, 0, {"null"}, "null"},
        {OP_DATETIME_1, 0, {"2003"}, "@2003T"},
        {OP_DATETIME_1, 0, {"10000"}, "error"},
        {OP_DATETIME_1, 0, {"0"}, "error"},
        {OP_DATETIME_3, 0, {"2012", "2", "30"}, "error"},
        {OP_DATETIME_4, 0, {"2001", "1", "1", "null"}, "@2001-01-01T"},
        {OP_DATETIME_5, 0, {"2012", "1", "1", "null", "5"}, "error"},
        {OP_DATETIME_7, 0, {"2016", "7", "7", "6", "25", "33", "910"}, "@2016-07-07T06:25:33.910"},
        {OP_DATETIME_8,
         0,
         {"2012", "1", "1", "12", "30", "0", "10", "-7.0"},
         "@2012-01-01T12:30:00.010-07:00"},
        {OP_DATETIME_8,
         0,
         {"2012", "1", "1", "12", "30", "0", "10", "5.75"},
         "@2012-01-01T12:30:00.010+05:45"},
        {OP_DATETIME_8, 0, {"2012", "1", "1", "12", "30", "0", "10", "15.0"}, "error"},
        {OP_DATETIME_8,
         0,
         {"2012", "1", "1", "12", "30", "0", "10", "null"},
         "@2012-01-01T12:30:00.010"},
        {OP_DATE_3, 0, {"2012", "1", "1"}, "@2012-01-01"},
        {OP_DATE_3, 0, {"2012", "null", "1"}, "error"},
        {OP_TIME_4, 0, {"12", "30", "0", "10"}, "@T12:30:00.010"},
        {OP_TIME_1, 0, {"24"}, "error"},
        {OP_TIME_3, 0, {"12", "null", "null"}, "@T12"},
    };
    CHECK(cases);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),  cmocka_unit_test(orders),          cmocka_unit_test(durations),
        cmocka_unit_test(parts), cmocka_unit_test(made_from_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
