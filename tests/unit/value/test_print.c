#include "value_text.h"

#include "value/datetime.h"
#include "value/decimal.h"
#include "value/print.h"
#include "value/ucum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena arena;
static struct op_context cx = {.arena = &arena};

static int open_context(void **state) {
    (void)state;
    return unit_table_new(NULL, &cx.units) == STATUS_OK ? 0 : 1;
}

static int close_context(void **state) {
    (void)state;
    unit_table_free(cx.units);
    arena_release(&arena);
    return 0;
}

static void assert_prints(const struct value *v, const char *cql, const char *json) {
    struct buf out;
    buf_init(&out);
    value_print_cql(v, &out);
    if (!str_equal(buf_str(&out), str_from(cql))) {
        fail_msg("CQL: %.*s, wanted %s", STR_ARG(buf_str(&out)), cql);
    }
    buf_reset(&out);
    value_print_json(v, NULL, &out);
    if (!str_equal(buf_str(&out), str_from(json))) {
        fail_msg("JSON: %.*s, wanted %s", STR_ARG(buf_str(&out)), json);
    }
    buf_release(&out);
}

static void literals_read_back(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"null", "null"},
        {"true", "true"},
        {"-2147483648", "-2147483648"},
        {"9223372036854775807L", "9223372036854775807"},
        {"1.50", "1.50"},
        {"0.0", "0.0"},
        {"9999999999999999999999999999.99999999", "9999999999999999999999999999.99999999"},
        {"'it\\'s \\\\ \\\"x\\\" \\n\\t é'", "\"it's \\\\ \\\"x\\\" \\n\\t é\""},
        {"@2014", "\"2014\""},
        {"@2014T", "\"2014\""},
        {"@2014-01-25T14", "\"2014-01-25T14\""},
        {"@2014-01-25T14:30:14.559-09:30", "\"2014-01-25T14:30:14.559-09:30\""},
        {"@T14:30", "\"14:30\""},
        {"5 'mg/mL'", "{\"value\":5,\"unit\":\"mg/mL\"}"},
        {"5.50 '1'", "{\"value\":5.50,\"unit\":\"1\"}"},
        {"1 year", "{\"value\":1,\"unit\":\"year\"}"},
        {"2 weeks", "{\"value\":2,\"unit\":\"week\"}"},
        {"1 'mg':2.0 'mL'", "{\"numerator\":{\"value\":1,\"unit\":\"mg\"},"
                            "\"denominator\":{\"value\":2.0,\"unit\":\"mL\"}}"},
        {"Interval[1, 10)", "{\"low\":1,\"high\":10,\"lowClosed\":true,\"highClosed\":false}"},
        {"Interval(null, @2014]",
         "{\"low\":null,\"high\":\"2014\",\"lowClosed\":false,\"highClosed\":true}"},
        {"{ }", "[]"},
        {"{ 1, null, { 'a' } }", "[1,null,[\"a\"]]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct value v = value_from_text(&cx, cases[i][0]);
        assert_prints(&v, cases[i][0], cases[i][1]);
    }
    struct value days = value_from_text(&cx, "uncertain[17, 44]");
    assert_prints(&days, "Interval[17, 44]",
                  "{\"low\":17,\"high\":44,\"lowClosed\":true,\"highClosed\":true}");
}

static void structures(void **state) {
    (void)state;
    struct code codes[] = {{STR("8480-6"), STR("http://loinc.org"), STR("2.7"), STR("Systolic")},
                           {STR("x"), STR_NONE, STR_NONE, STR_NONE}};
    struct concept concept = {2, codes, STR("BP")};
    struct value v = {.kind = VALUE_CODE, .code = &codes[1]};
    assert_prints(&v, "Code { code: 'x' }", "{\"code\":\"x\",\"system\":null}");
    v = (struct value){.kind = VALUE_CONCEPT, .concept = &concept};
    assert_prints(&v,
                  "Concept { codes: { Code { code: '8480-6', system: 'http://loinc.org', "
                  "version: '2.7', display: 'Systolic' }, Code { code: 'x' } }, display: 'BP' }",
                  "{\"codes\":[{\"code\":\"8480-6\",\"system\":\"http://loinc.org\","
                  "\"version\":\"2.7\",\"display\":\"Systolic\"},{\"code\":\"x\",\"system\":null}],"
                  "\"display\":\"BP\"}");
    struct vocabulary set = {true, STR("urn:x"), STR_NONE, STR("X")};
    v = (struct value){.kind = VALUE_VOCABULARY, .vocabulary = &set};
    assert_prints(&v, "ValueSet { id: 'urn:x', name: 'X' }", "{\"id\":\"urn:x\",\"name\":\"X\"}");
    struct str names[] = {STR("a"), STR("two words")};
    struct value values[] = {value_integer(1), value_null()};
    struct tuple tuple = {2, names, values}, none = {0, NULL, NULL};
    v = (struct value){.kind = VALUE_TUPLE, .tuple = &tuple};
    assert_prints(&v, "Tuple { a: 1, \"two words\": null }", "{\"a\":1,\"two words\":null}");
    v.tuple = &none;
    assert_prints(&v, "Tuple { : }", "{}");
}

static void print_element(void *context, const struct value *element, struct buf *out) {
    (void)context;
    buf_add_format(out, "{\"block\":%d}", (int)element->element.block);
}

static void elements_go_to_the_caller(void **state) {
    (void)state;
    struct value element = {.kind = VALUE_ELEMENT, .element = {NULL, 7}};
    struct list list = {1, &element};
    struct value v = {.kind = VALUE_LIST, .list = &list};
    struct print_elements elements = {print_element, NULL};
    struct buf out;
    buf_init(&out);
    value_print_json(&v, &elements, &out);
    assert_true(str_equal(buf_str(&out), STR("[{\"block\":7}]")));
    buf_release(&out);
}

static void deep_nesting_is_refused(void **state) {
    (void)state;
    enum { DEPTH = 2000 };
    struct list *lists = ARENA_ARRAY(&arena, DEPTH, struct list);
    struct value *values = ARENA_ARRAY(&arena, DEPTH + 1, struct value);
    values[DEPTH] = value_integer(1);
    for (int i = DEPTH - 1; i >= 0; i--) {
        lists[i] = (struct list){1, &values[i + 1]};
        values[i] = (struct value){.kind = VALUE_LIST, .list = &lists[i]};
    }
    struct buf out;
    buf_init(&out);
    value_print_json(&values[0], NULL, &out);
    assert_int_equal(buf_status(&out), STATUS_LIMIT);
    buf_reset(&out);
    value_print_cql(&values[0], &out);
    assert_int_equal(buf_status(&out), STATUS_LIMIT);
    buf_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_read_back),
        cmocka_unit_test(structures),
        cmocka_unit_test(elements_go_to_the_caller),
        cmocka_unit_test(deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
