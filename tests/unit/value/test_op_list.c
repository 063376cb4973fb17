/* Lists, aggregates, membership and Message: the answers of CqlListOperatorsTest and
 * CqlAggregateFunctionsTest of the conformance suite, the examples of the CQL 1.5 reference, and
 * what happens at their edges. */
#include "base/mem.h"
#include "value/compare.h"
#include "value/datetime.h"
#include "value/ucum.h"
#include "value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define CHECK(cases) check_operators(cases, sizeof(cases) / sizeof((cases)[0]))

static void members(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_CONTAINS_LIST, 0, {"{ 'a', null }", "null"}, "true"},
        {OP_CONTAINS_LIST, 0, {"{ null, 'b' }", "'a'"}, "false"},
        {OP_CONTAINS_LIST, 0, {"null", "'a'"}, "false"},
        {OP_CONTAINS_LIST, 0, {"{ @2012-01 }", "@2012"}, "null", NULL_PRECISION},
        {OP_IN_LIST, 0, {"null", "{}"}, "false"},
        {OP_PROPER_CONTAINS_LIST, 0, {"{ null, null }", "null"}, "false"},
        {OP_PROPER_CONTAINS_LIST, 0, {"{ 's', null }", "null"}, "true"},
        {OP_PROPER_CONTAINS_LIST, 0, {"{ 'a', 'a' }", "'a'"}, "false"},
        {OP_PROPER_CONTAINS_LIST, 0, {"{ 'a', null }", "'a'"}, "null"},
        {OP_PROPER_CONTAINS_LIST, 0, {"{ 'a', 'b', null }", "'a'"}, "true"},
        {OP_PROPER_IN_LIST, 0, {"@T15:59:59", "{ @T15:59:59.999, @T20 }"}, "null"},
        {OP_INCLUDES_LIST, 0, {"{ 1, 2, 3 }", "{}"}, "true"},
        {OP_INCLUDES_LIST, 0, {"{ null }", "{ null }"}, "true"},
        {OP_INCLUDED_IN_LIST, 0, {"{ 4 }", "{ 1, 2, 3 }"}, "false"},
        {OP_PROPER_INCLUDES_LIST, 0, {"{ null }", "{ null }"}, "false"},
        {OP_PROPER_INCLUDES_LIST, 0, {"{ 1, 1, 2 }", "{ 1, 2 }"}, "false"},
        {OP_PROPER_INCLUDED_IN_LIST, 0, {"{}", "{ 1 }"}, "true"},
        {OP_INDEX_OF, 0, {"{ 1, 2 }", "3"}, "-1"},
        {OP_INDEX_OF, 0, {"{ 1, null }", "null"}, "null"},
        {OP_EXISTS, 0, {"{ null }"}, "false"},
        {OP_EXISTS, 0, {"{ null, 1 }"}, "true"},
        {OP_EXISTS, 0, {"null"}, "false"},
        {OP_LENGTH_LIST, 0, {"null"}, "0"},
    };
    CHECK(cases);
}

static void parts(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_FIRST, 0, {"{}"}, "null", NULL_EMPTY},
        {OP_LAST, 0, {"{ 1, 2 }"}, "2"},
        {OP_INDEXER_LIST, 0, {"{ 1, 2 }", "-1"}, "null", NULL_NOT_DEFINED},
        {OP_SINGLETON_FROM, 0, {"{ 1, 2 }"}, "error"},
        {OP_SINGLETON_FROM, 0, {"{}"}, "null", NULL_EMPTY},
        {OP_SKIP, 0, {"{ 1, 2, 3 }", "5"}, "{ }"},
        {OP_SKIP, 0, {"{ 1, 2, 3 }", "-1"}, "{ }"},
        {OP_SKIP, 0, {"{ 1, 2, 3 }", "null"}, "{ 1, 2, 3 }"},
        {OP_TAIL, 0, {"{}"}, "{ }"},
        {OP_TAKE, 0, {"{ 1, 2, 3 }", "null"}, "{ }"},
        {OP_TAKE, 0, {"{ 1, 2, 3 }", "2"}, "{ 1, 2 }"},
        {OP_TAKE, 0, {"{ 1 }", "-2147483648"}, "{ }"},
        {OP_SLICE, 0, {"{ 1, 2, 3, 4, 5 }", "1", "-1"}, "{ 2, 3, 4 }"},
        {OP_SLICE, 0, {"{ 1, 2, 3, 4, 5 }", "-2", "null"}, "{ 4, 5 }"},
        {OP_SLICE, 0, {"{ 1, 2, 3 }", "-9", "2"}, "{ 1, 2 }"},
        {OP_SLICE, 0, {"{ 1, 2, 3 }", "4", "2"}, "{ }"},
        {OP_SLICE, 0, {"null", "1", "2"}, "null"},
        {OP_FLATTEN, 0, {"{ { 1, 2 }, null, { null } }"}, "{ 1, 2, null }"},
        {OP_DISTINCT, 0, {"{ 'a', null, 'a', null }"}, "{ 'a', null }"},
        {OP_DISTINCT, 0, {"{ 1 'g', 1000 'mg', 1 'm' }"}, "{ 1 'g', 1 'm' }"},
        {OP_DISTINCT, 0, {"{ @2012, @2012-01, @2012 }"}, "{ @2012, @2012-01 }"},
        {OP_UNION_LIST, 0, {"{ 2, 1, 2 }", "{ 3, 1 }"}, "{ 2, 1, 3 }"},
        {OP_UNION_LIST, 0, {"null", "{ 3, 3 }"}, "{ 3 }"},
        {OP_INTERSECT_LIST, 0, {"{ null, 1, 3, 5 }", "{ null, 3, 5 }"}, "{ null, 3, 5 }"},
        {OP_EXCEPT_LIST, 0, {"{ 1, 4 }", "null"}, "{ 1, 4 }"},
        {OP_EXCEPT_LIST, 0, {"{ 1, 2, 3, 1 }", "{ 2 }"}, "{ 1, 3 }"},
        {OP_EXCEPT_LIST, 0, {"null", "{ 2 }"}, "null"},
    };
    CHECK(cases);
}

static void aggregates(void **state) {
    (void)state;
    static const struct operator_case cases[] = {
        {OP_ALL_TRUE, 0, {"{ true, null }"}, "true"},
        {OP_ALL_TRUE, 0, {"null"}, "true"},
        {OP_ANY_TRUE, 0, {"{ false, null }"}, "false"},
        {OP_COUNT, 0, {"{ 15, null, 1 }"}, "2"},
        {OP_MODE, 0, {"{ 2, 1, 8, 2, 9, 1, 9, 9 }"}, "9"},
        {OP_MODE, 0, {"{ null }"}, "null", NULL_EMPTY},
        {OP_SUM_INTEGER, 0, {"{ null, 1, null }"}, "1"},
        {OP_SUM_INTEGER, 0, {"{ 2147483647, 1 }"}, "null", NULL_RANGE},
        {OP_SUM_QUANTITY, 0, {"{ 1 'ml', 2 'ml', 5 'ml' }"}, "8 'ml'"},
        {OP_SUM_QUANTITY, 0, {"{ 1 'ml', 2 'mg' }"}, "null", NULL_UNIT},
        {OP_SUM_DECIMAL, 0, {"{}"}, "null", NULL_EMPTY},
        {OP_PRODUCT_LONG, 0, {"{ 5L, 4L, 5L }"}, "100L"},
        {OP_PRODUCT_QUANTITY, 0, {"{ 1.0 'mg', 2.0 'mg', 3.0 'mg' }"}, "6.0 'mg'"},
        {OP_AVG_DECIMAL, 0, {"{ 1.0, 2.0, 2.0 }"}, "1.66666667"},
        {OP_AVG_QUANTITY, 0, {"{ 1 'g', 500 'mg' }"}, "0.75 'g'"},
        {OP_MEDIAN_DECIMAL, 0, {"{ 6.0, 5.0, 4.0, 3.0, 2.0, 1.0 }"}, "3.5"},
        {OP_MEDIAN_QUANTITY, 0, {"{ 3 'mg', 1 'mg', 2 'mg' }"}, "2.0 'mg'"},
        {OP_VARIANCE_DECIMAL, 0, {"{ 1.0, 2.0, 3.0, 4.0, 5.0 }"}, "2.5"},
        {OP_VARIANCE_DECIMAL, 0, {"{ 1.0 }"}, "null", NULL_NOT_DEFINED},
        {OP_POPULATION_VARIANCE_DECIMAL, 0, {"{ 1.0 }"}, "0.0"},
        {OP_POPULATION_STD_DEV_DECIMAL, 0, {"{ 1.0, 2.0, 3.0, 4.0, 5.0 }"}, "1.41421356"},
        {OP_STD_DEV_QUANTITY,
         0,
         {"{ 1 'mg', 2 'mg', 3 'mg', 4 'mg', 0.005 'g' }"},
         "1.58113883 'mg'"},
        /* Squares of these leave any Decimal; the variance does not. */
        {OP_VARIANCE_DECIMAL,
         0,
         {"{ 9999999999999999999999999999.0, 9999999999999999999999999998.0 }"},
         "0.5"},
        {OP_GEOMETRIC_MEAN, 0, {"{ 2.0, 8.0 }"}, "4.0"},
        {OP_GEOMETRIC_MEAN,
         0,
         {"{ 1000000000000000000000.0, 1000000000000000000000.0 }"},
         "1000000000000000000000.0"},
        {OP_GEOMETRIC_MEAN, 0, {"{ -2.0, -8.0 }"}, "4.0"},
        {OP_GEOMETRIC_MEAN, 0, {"{ -2.0, 8.0 }"}, "null", NULL_NOT_DEFINED},
        {OP_GEOMETRIC_MEAN, 0, {"{ 0.0, 8.0 }"}, "0.0"},
        {OP_MAX_STRING, 0, {"{ 'hi', null, 'zebra' }"}, "'zebra'"},
        {OP_MIN_QUANTITY, 0, {"{ 1 'g', 999 'mg' }"}, "999 'mg'"},
        {OP_MAX_DATE, 0, {"{ @2012, @2012-01-05 }"}, "null", NULL_PRECISION},
        {OP_MIN_INTEGER, 0, {"{ null }"}, "null", NULL_EMPTY},
    };
    CHECK(cases);
}

static struct value mixed_value(struct op_context *cx, uint32_t i) {
    static const char *const texts[] = {"null",
                                        "1.0",
                                        "1L",
                                        "'a'",
                                        "@2012-01-01",
                                        "@2012-01-01T",
                                        "@2012-01-01T10:00Z",
                                        "@2012-01-01T11:00+01:00",
                                        "{ 1, null }",
                                        "{ 1.00, null }",
                                        "1 'g'",
                                        "1000 'mg'",
                                        "Interval[1, 3]",
                                        "Interval[1, 4)",
                                        "true",
                                        "1 'g':2 'g'"};
    enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
    return i % 2 == 0 ? value_from_text(cx, texts[i / 2 % TEXTS])
                      : value_integer((int32_t)(i * 2654435761u % 97));
}

/* The same items as comparing every pair gives, whatever the hash says. */
static void distinct_is_pairwise(void **state) {
    (void)state;
    enum { ITEMS = 600 };
    struct arena arena;
    arena_init(&arena, 0);
    struct op_context cx = {.arena = &arena};
    assert_int_equal(unit_table_new(NULL, &cx.units), STATUS_OK);
    assert_true(datetime_parse(STR("2019-06-15T10:30:00.000+00:00"), &cx.now));
    struct value items[ITEMS], kept[ITEMS], out;
    uint32_t count = 0;
    for (uint32_t i = 0; i < ITEMS; i++) {
        items[i] = mixed_value(&cx, i);
        bool there = false;
        for (uint32_t k = 0; k < count; k++) {
            there = there || value_same(&cx, &kept[k], &items[i]) == LOGIC_TRUE;
        }
        if (!there) {
            kept[count++] = items[i];
        }
    }
    struct list list = {ITEMS, items};
    const struct value arg = {.kind = VALUE_LIST, .list = &list};
    assert_int_equal(op_distinct(&cx, &arg, &out), OP_OK);
    assert_int_equal(out.list->count, count);
    for (uint32_t k = 0; k < count; k++) {
        assert_int_equal(value_same(&cx, &out.list->items[k], &kept[k]), LOGIC_TRUE);
    }
    unit_table_free(cx.units);
    arena_release(&arena);
}

/* Two codes of one system are in the set. */
static int member(void *context, const struct vocabulary *set, const struct code *code) {
    (void)context;
    (void)set;
    bool system = !code->system.at || str_equal(code->system, STR("s"));
    return system && (str_equal(code->code, STR("a")) || str_equal(code->code, STR("b")));
}

static void membership(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct op_terminology terminology = {.member = member};
    struct op_context cx = {.arena = &arena};
    struct vocabulary set = {.is_value_set = true, .id = STR("http://x")};
    struct code codes[2] = {{STR("c"), STR("s"), STR_NONE, STR_NONE},
                            {STR("b"), STR("s"), STR_NONE, STR_NONE}};
    struct concept concept = {2, codes, STR_NONE};
    struct value args[2] = {{.kind = VALUE_CONCEPT, .concept = &concept},
                            {.kind = VALUE_VOCABULARY, .vocabulary = &set}};
    struct value out;
    assert_int_equal(op_in_value_set(&cx, args, &out), OP_ERROR);
    cx.terminology = &terminology;
    assert_int_equal(op_in_value_set(&cx, args, &out), OP_OK);
    assert_true(out.boolean);
    args[0] = (struct value){.kind = VALUE_CODE, .code = &codes[0]};
    assert_int_equal(op_in_code_system(&cx, args, &out), OP_OK);
    assert_false(out.boolean);
    struct value items[2] = {value_null(), value_string(STR("a"))};
    struct list list = {2, items};
    args[0] = (struct value){.kind = VALUE_LIST, .list = &list};
    assert_int_equal(op_any_in_value_set(&cx, args, &out), OP_OK);
    assert_true(out.boolean);
    args[0] = value_null();
    assert_int_equal(op_in_value_set(&cx, args, &out), OP_OK);
    assert_int_equal(out.kind, VALUE_BOOLEAN);
    assert_false(out.boolean);
    arena_release(&arena);
}

static void count_message(void *context, struct str severity, struct str code, struct str text) {
    int *count = context;
    *count += str_equal(severity, STR("Warning")) && str_equal(code, STR("7")) &&
              str_equal(text, STR("look"));
}

static void messages(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    int count = 0;
    struct op_context cx = {
        .arena = &arena, .on_message = count_message, .on_message_context = &count};
    struct value args[5] = {value_integer(1), value_boolean(true), value_string(STR("7")),
                            value_string(STR("Warning")), value_string(STR("look"))};
    struct value out;
    assert_int_equal(op_message(&cx, args, &out), OP_OK);
    assert_int_equal(out.integer, 1);
    assert_int_equal(count, 1);
    args[3] = value_string(STR("Error"));
    assert_int_equal(op_message(&cx, args, &out), OP_ERROR);
    assert_true(str_equal(cx.message, STR("7: look")));
    args[1] = value_boolean(false);
    assert_int_equal(op_message(&cx, args, &out), OP_OK);
    assert_int_equal(count, 1);
    arena_release(&arena);
}

/* Every operator of these tables ends in OP_NO_MEMORY or its answer, whatever allocation fails. */
static void memory_ends(void **state) {
    (void)state;
    static const struct operator_case calls[] = {
        {OP_DISTINCT, 0, {"{ 1, 2, 2 }"}, NULL, 0},
        {OP_MEDIAN_QUANTITY, 0, {"{ 1 'g', 2 'g' }"}, NULL, 0},
        {OP_COLLAPSE, 0, {"{ Interval[1, 2], Interval[3, 4] }", "null"}, NULL, 0},
        {OP_EXPAND_LIST, 0, {"{ Interval[1, 40] }", "null"}, NULL, 0},
        {OP_INTERSECT_INTERVAL, 0, {"Interval[1, null)", "Interval(null, 9)"}, NULL, 0},
        {OP_START, 0, {"Interval(1 'g', null)"}, NULL, 0},
        {OP_SINGLETON_FROM, 0, {"{ 1, 2 }"}, NULL, 0},
    };
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        struct arena texts, arena;
        struct unit_table *units;
        arena_init(&texts, 0);
        assert_int_equal(unit_table_new(NULL, &units), STATUS_OK);
        struct op_context cx = {.arena = &texts, .units = units};
        struct value args[2], out;
        for (int k = 0; k < 2 && calls[i].args[k]; k++) {
            args[k] = value_from_text(&cx, calls[i].args[k]);
        }
        enum op_result result = OP_NO_MEMORY;
        for (uint64_t n = 1; result == OP_NO_MEMORY && n < 100; n++) {
            arena_init(&arena, 0);
            cx.arena = &arena;
            mem_fail_after(n);
            result = operator_info(calls[i].id)->function(&cx, args, &out);
            mem_fail_after(0);
            arena_release(&arena);
        }
        assert_int_not_equal(result, OP_NO_MEMORY);
        unit_table_free(units);
        arena_release(&texts);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members),     cmocka_unit_test(distinct_is_pairwise),
        cmocka_unit_test(parts),       cmocka_unit_test(aggregates),
        cmocka_unit_test(membership),  cmocka_unit_test(messages),
        cmocka_unit_test(memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
