/* The examples of the CQL 1.5 reference, "Type Operators", and the answers of CqlTypeOperatorsTest
 * and CqlStringOperatorsTest of the conformance suite. */
#include "value_text.h"

#include "base/mem.h"
#include "value/ucum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define CHECK(cases) check_operators(cases, sizeof(cases) / sizeof((cases)[0]))

static void to_text(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_TO_STRING_BOOLEAN, 0, {"true"}, "'true'"},
        {OP_TO_STRING_INTEGER, 0, {"-5"}, "'-5'"},
        {OP_TO_STRING_LONG, 0, {"10000L"}, "'10000'"},
        {OP_TO_STRING_DECIMAL, 0, {"18.55"}, "'18.55'"},
        {OP_TO_STRING_QUANTITY, 0, {"125 'cm'"}, "'125 \\'cm\\''"},
        {OP_TO_STRING_QUANTITY, 0, {"-0.1 'mg'"}, "'-0.1 \\'mg\\''"},
        {OP_TO_STRING_QUANTITY, 0, {"4 days"}, "'4 days'"},
        {OP_TO_STRING_QUANTITY, 0, {"1 day"}, "'1 day'"},
        {OP_TO_STRING_RATIO, 0, {"-0.1 'mg':0.1 'mg'"}, "'-0.1 \\'mg\\':0.1 \\'mg\\''"},
        {OP_TO_STRING_DATE, 0, {"@2012-01-01"}, "'2012-01-01'"},
        {OP_TO_STRING_DATETIME, 0, {"@2000-01-01T"}, "'2000-01-01'"},
        {OP_TO_STRING_DATETIME, 0, {"@2000-01-01T15:25:25.300"}, "'2000-01-01T15:25:25.300'"},
        {OP_TO_STRING_DATETIME,
         0,
         {"@2000-01-01T08:25:25.300-07:00"},
         "'2000-01-01T08:25:25.300-07:00'"},
        {OP_TO_STRING_TIME, 0, {"@T09:30:01.003"}, "'09:30:01.003'"},
        {OP_TO_STRING_INTEGER, 0, {"uncertain[1, 2]"}, "null", NULL_PRECISION},
    };
    CHECK(cases);
}

static void to_numbers(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_TO_BOOLEAN_STRING, 0, {"'NO'"}, "false"},
        {OP_TO_BOOLEAN_STRING, 0, {"'y'"}, "true"},
        {OP_TO_BOOLEAN_STRING, 0, {"'falsetto'"}, "null", NULL_NO_FORMAT},
        {OP_TO_BOOLEAN_INTEGER, 0, {"1"}, "true"},
        {OP_TO_BOOLEAN_LONG, 0, {"2L"}, "null"},
        {OP_TO_BOOLEAN_DECIMAL, 0, {"0.0"}, "false"},
        {OP_TO_INTEGER_STRING, 0, {"'-25'"}, "-25"},
        {OP_TO_INTEGER_STRING, 0, {"'one'"}, "null", NULL_NO_FORMAT},
        {OP_TO_INTEGER_STRING, 0, {"'2147483648'"}, "null", NULL_RANGE},
        {OP_TO_INTEGER_STRING, 0, {"''"}, "null"},
        {OP_TO_INTEGER_STRING, 0, {"'1.0'"}, "null"},
        {OP_TO_INTEGER_LONG, 0, {"2147483648L"}, "null", NULL_RANGE},
        {OP_TO_INTEGER_BOOLEAN, 0, {"true"}, "1"},
        {OP_TO_LONG_STRING, 0, {"'-9223372036854775808'"}, "-9223372036854775808L"},
        {OP_TO_LONG_STRING, 0, {"'9223372036854775808'"}, "null"},
        {OP_TO_LONG_INTEGER, 0, {"5"}, "5L"},
        {OP_TO_DECIMAL_INTEGER, 0, {"5"}, "5.0"},
        {OP_TO_DECIMAL_INTEGER, 0, {"uncertain[1, 2]"}, "Interval[1.0, 2.0]"},
        {OP_TO_DECIMAL_STRING, 0, {"'+25.5'"}, "25.5"},
        {OP_TO_DECIMAL_STRING, 0, {"'+-0.1'"}, "null", NULL_NO_FORMAT},
        {OP_TO_DECIMAL_STRING, 0, {"'0.000000005'"}, "0.00000001"},
        {OP_TO_DECIMAL_STRING, 0, {"'.5'"}, "null"},
        {OP_TO_DECIMAL_BOOLEAN, 0, {"true"}, "1.0"},
    };
    CHECK(cases);
}

static void to_dates(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_TO_DATETIME_STRING, 0, {"'2014-01-01'"}, "@2014-01-01T"},
        {OP_TO_DATETIME_STRING,
         0,
         {"'2014-01-01T12:05:05.955+01:30'"},
         "@2014-01-01T12:05:05.955+01:30"},
        {OP_TO_DATETIME_STRING,
         0,
         {"'2014-01-01T12:05:05.955Z'"},
         "@2014-01-01T12:05:05.955+00:00"},
        {OP_TO_DATETIME_STRING, 0, {"'2014/01/01T12:05:05.955Z'"}, "null", NULL_NO_FORMAT},
        {OP_TO_DATETIME_STRING, 0, {"'2014-01-01T'"}, "null"},
        {OP_TO_DATETIME_STRING, 0, {"'2014-02-30'"}, "null"},
        {OP_TO_DATETIME_DATE, 0, {"@2014-01-01"}, "@2014-01-01T"},
        {OP_TO_DATE_STRING, 0, {"'2014-01'"}, "@2014-01"},
        {OP_TO_DATE_STRING, 0, {"'2014-01-01T12:30:00'"}, "@2014-01-01"},
        {OP_TO_DATE_STRING, 0, {"'01/01/2014'"}, "null"},
        {OP_TO_DATE_DATETIME, 0, {"@2014-01-01T12:30:00.000+05:00"}, "@2014-01-01"},
        {OP_TO_TIME_STRING, 0, {"'T14:30:00.0'"}, "@T14:30:00.000"},
        {OP_TO_TIME_STRING, 0, {"'14:30:00.0'"}, "@T14:30:00.000"},
        {OP_TO_TIME_STRING, 0, {"'T14:30:00.0+05:30'"}, "@T14:30:00.000"},
        {OP_TO_TIME_STRING, 0, {"'T14:30:00.0-05:45'"}, "@T14:30:00.000"},
        {OP_TO_TIME_STRING, 0, {"'T14:30:00.0Z'"}, "@T14:30:00.000"},
        {OP_TO_TIME_STRING, 0, {"'T14-30-00.0'"}, "null", NULL_NO_FORMAT},
    };
    CHECK(cases);
}

static void to_quantities(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_TO_QUANTITY_DECIMAL, 0, {"0.1"}, "0.1 '1'"},
        {OP_TO_QUANTITY_INTEGER, 0, {"13"}, "13 '1'"},
        {OP_TO_QUANTITY_STRING, 0, {"'5.5 \\'cm\\''"}, "5.5 'cm'"},
        {OP_TO_QUANTITY_STRING, 0, {"'-0.1\\'mg\\''"}, "-0.1 'mg'"},
        {OP_TO_QUANTITY_STRING, 0, {"'4 days'"}, "4 days"},
        {OP_TO_QUANTITY_STRING, 0, {"'7'"}, "7 '1'"},
        {OP_TO_QUANTITY_STRING, 0, {"'444 \\'cm'"}, "null", NULL_NO_FORMAT},
        {OP_TO_QUANTITY_STRING, 0, {"'4 \\'nonsense\\''"}, "null", NULL_NO_FORMAT},
        {OP_TO_QUANTITY_STRING, 0, {"'4 fortnights'"}, "null", NULL_NO_FORMAT},
        {OP_TO_QUANTITY_RATIO, 0, {"5 'mg':10 'mL'"}, "0.5 'mg/mL'"},
        {OP_TO_RATIO_STRING, 0, {"'1.0 \\'mg\\':2.0 \\'mg\\''"}, "1.0 'mg':2.0 'mg'"},
        {OP_TO_RATIO_STRING, 0, {"'1.0 \\'mg\\';2.0 \\'mg\\''"}, "null", NULL_NO_FORMAT},
        {OP_CAN_CONVERT_QUANTITY, 0, {"5 'mg'", "'g'"}, "true"},
        {OP_CAN_CONVERT_QUANTITY, 0, {"5 'mg'", "'L'"}, "false"},
        {OP_CONVERT_QUANTITY, 0, {"5 'mg'", "'g'"}, "0.005 'g'"},
        {OP_CONVERT_QUANTITY, 0, {"5.00 'mg'", "'mg'"}, "5.00 'mg'"},
        {OP_CONVERT_QUANTITY, 0, {"37.0 'Cel'", "'[degF]'"}, "98.6 '[degF]'"},
        {OP_CONVERT_QUANTITY, 0, {"5 'mg'", "'L'"}, "null", NULL_UNIT},
        {OP_TO_LIST, 0, {"1"}, "{ 1 }"},
        {OP_TO_LIST, 0, {"null"}, "{ }"},
    };
    CHECK(cases);
}

static void questions(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_CONVERTS_TO_BOOLEAN, 0, {"'y'"}, "true"},
        {OP_CONVERTS_TO_BOOLEAN, 0, {"'foo'"}, "false"},
        {OP_CONVERTS_TO_BOOLEAN, 0, {"null"}, "null"},
        {OP_CONVERTS_TO_INTEGER, 0, {"2147483648L"}, "false"},
        {OP_CONVERTS_TO_INTEGER, 0, {"5.0"}, "false"},
        {OP_CONVERTS_TO_LONG, 0, {"'5'"}, "true"},
        {OP_CONVERTS_TO_DECIMAL, 0, {"'5.5'"}, "true"},
        {OP_CONVERTS_TO_DECIMAL, 0, {"5"}, "true"},
        {OP_CONVERTS_TO_STRING, 0, {"@2014"}, "true"},
        {OP_CONVERTS_TO_STRING, 0, {"{1}"}, "false"},
        {OP_CONVERTS_TO_DATE, 0, {"'2014-01-01'"}, "true"},
        {OP_CONVERTS_TO_DATETIME, 0, {"'2014/01/01'"}, "false"},
        {OP_CONVERTS_TO_DATETIME, 0, {"@2014"}, "true"},
        {OP_CONVERTS_TO_TIME, 0, {"'T10:00'"}, "true"},
        {OP_CONVERTS_TO_TIME, 0, {"@2014"}, "false"},
        {OP_CONVERTS_TO_QUANTITY, 0, {"'5 \\'cm\\''"}, "true"},
        {OP_CONVERTS_TO_RATIO, 0, {"'5'"}, "false"},
    };
    CHECK(cases);
}

static void codes_become_concepts(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct op_context cx = {.arena = &arena};
    struct code code = {STR("8480-6"), STR("http://loinc.org"), STR_NONE, STR("Systolic")};
    struct value v = {.kind = VALUE_CODE, .code = &code}, out;
    assert_int_equal(op_to_concept(&cx, &v, &out), OP_OK);
    assert_int_equal(out.kind, VALUE_CONCEPT);
    assert_true(str_equal(out.concept->display, STR("Systolic")));
    assert_true(str_equal(out.concept->codes[0].code, STR("8480-6")));
    struct value items[] = {v, value_null(), v};
    struct list list = {3, items};
    struct value codes = {.kind = VALUE_LIST, .list = &list};
    assert_int_equal(op_to_concept_codes(&cx, &codes, &out), OP_OK);
    assert_int_equal(out.concept->count, 2);
    assert_null(out.concept->display.at);
    arena_release(&arena);
}

/* Every allocation of a few operators that need much memory fails once; each says so. */
static void failing_allocations_are_told(void **state) {
    (void)state;
    static const struct {
        enum op_id id;
        const char *args[3];
    } calls[] = {
        {OP_REPLACE_MATCHES, {"'2020-01-31'", "'(\\\\d+)-(\\\\d+)'", "'$2.$1'"}},
        {OP_SPLIT_ON_MATCHES, {"'a1b22c'", "'\\\\d+'"}},
        {OP_MATCHES, {"'a1b22c'", "'\\\\d+'"}},
        {OP_COMBINE, {"{'a', 'b'}"}},
        {OP_UPPER, {"'abc'"}},
        {OP_TO_STRING_QUANTITY, {"5 'mg'"}},
        {OP_TO_RATIO_STRING, {"'1.0 \\'mg\\':2.0 \\'kat\\''"}},
        {OP_MULTIPLY_QUANTITY, {"5 'mg'", "7 'mL'"}},
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (uint64_t n = 1;; n++) {
            struct arena sources, results;
            arena_init(&sources, 0);
            arena_init(&results, 0);
            struct op_context cx = {.arena = &sources};
            assert_int_equal(unit_table_new(NULL, &cx.units), STATUS_OK);
            struct value args[3], out;
            for (int a = 0; a < 3 && calls[i].args[a]; a++) {
                args[a] = value_from_text(&cx, calls[i].args[a]);
            }
            cx.arena = &results;
            mem_fail_after(n);
            enum op_result status = operator_info(calls[i].id)->function(&cx, args, &out);
            mem_fail_after(0);
            unit_table_free(cx.units);
            arena_release(&sources);
            arena_release(&results);
            if (status == OP_OK) {
                assert_true(n > 1);
                break;
            }
            assert_int_equal(status, OP_NO_MEMORY);
            assert_true(n < 200);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_text),
        cmocka_unit_test(to_numbers),
        cmocka_unit_test(to_dates),
        cmocka_unit_test(to_quantities),
        cmocka_unit_test(questions),
        cmocka_unit_test(codes_become_concepts),
        cmocka_unit_test(failing_allocations_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
