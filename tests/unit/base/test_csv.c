#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct arena arena;

static struct csv open_csv(const char *text) {
    struct csv csv;
    csv_init(&csv, str_from(text), &arena);
    return csv;
}

static void expect(const struct csv *csv, uint32_t field, const char *text) {
    assert_true(field < csv->field_count);
    assert_true(str_equal(csv->fields[field].text, str_from(text)));
}

static void test_fields(void **state) {
    (void)state;
    struct csv csv = open_csv("\xef\xbb\xbf"
                              "a, b ,\"c,d\"\r\n\n1,\"say \"\"no\"\"\",\r\"x\ny\",,z");
    assert_true(csv_row(&csv));
    assert_int_equal(csv.field_count, 3);
    expect(&csv, 0, "a");
    expect(&csv, 1, "b");
    expect(&csv, 2, "c,d");
    assert_true(csv_row(&csv));
    assert_int_equal(csv.field_count, 0);
    assert_int_equal(csv.line, 2);
    assert_true(csv_row(&csv));
    assert_int_equal(csv.line, 3);
    expect(&csv, 1, "say \"no\"");
    expect(&csv, 2, "");
    assert_true(csv_row(&csv));
    expect(&csv, 0, "x\ny");
    expect(&csv, 2, "z");
    assert_false(csv_row(&csv));
}

static void test_faults(void **state) {
    (void)state;
    struct csv csv = open_csv("\"a\"b,c\n\"never closed,\n1");
    assert_true(csv_row(&csv));
    assert_true(csv.after_quote);
    assert_false(csv.unclosed);
    assert_true(csv_row(&csv));
    assert_true(csv.unclosed);
    assert_false(csv_row(&csv));
}

static int release(void **state) {
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
