/* Cells give back what was put in; segments share equal texts and pack ids. */
#include "base/mem.h"
#include "record/segment.h"

#include "value/datetime.h"
#include "value/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void test_decimals(void **state) {
    (void)state;
    static const char *const fit[] = {"0",
                                      "0.0",
                                      "-0.00000001",
                                      "1.50",
                                      "3.20000000",
                                      "-36028797018963967",
                                      "360287970.18963967"};
    for (size_t i = 0; i < sizeof fit / sizeof *fit; i++) {
        i128 value;
        uint8_t scale, back;
        uint64_t cell;
        assert_true(decimal_parse(str_from(fit[i]), &value, &scale));
        assert_true(cell_from_decimal(value, scale, &cell));
        assert_true(cell_decimal(cell, &back) == value);
        assert_int_equal(back, scale);
    }
    i128 value;
    uint8_t scale;
    uint64_t cell;
    assert_true(decimal_parse(STR("36028797018963968"), &value, &scale));
    assert_false(cell_from_decimal(value, scale, &cell));
    assert_true(decimal_parse(STR("-99999999999999999999.99999999"), &value, &scale));
    assert_false(cell_from_decimal(value, scale, &cell));
}

static void test_dates_and_times(void **state) {
    (void)state;
    static const char *const texts[] = {"9999-12-31T23:59:59.999+14:00",
                                        "2021",
                                        "2021-02",
                                        "2021-02-28",
                                        "2021-02-28T10:20:30-12:00",
                                        "2021-02-28T10:20:30.001Z",
                                        "2021-02-28T10:20",
                                        "2021-02-28T10"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct datetime t;
        uint64_t cell;
        assert_true(datetime_parse(str_from(texts[i]), &t));
        assert_true(cell_from_datetime(&t, &cell));
        struct datetime back = cell_datetime(cell);
        char a[DATETIME_TEXT_MAX], b[DATETIME_TEXT_MAX];
        struct str x = {a, datetime_print(&t, VALUE_DATETIME, a)};
        struct str y = {b, datetime_print(&back, VALUE_DATETIME, b)};
        assert_true(str_equal(x, y));
        assert_int_equal(back.precision, t.precision);
        assert_int_equal(back.offset_min, t.offset_min);
    }
    struct datetime odd;
    uint64_t cell;
    assert_true(datetime_parse(STR("2021-02-28T10:20:30+05:53"), &odd));
    assert_false(cell_from_datetime(&odd, &cell));
}

static void test_texts_are_shared(void **state) {
    (void)state;
    struct segment s;
    char text[32];
    segment_init(&s);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 5000; i++) {
            int n = snprintf(text, sizeof text, "text %u", i % 1000);
            uint32_t number = segment_intern(&s, (struct str){text, (size_t)n});
            assert_int_equal(number, 1 + i % 1000);
        }
    }
    assert_true(str_equal(segment_text(&s, 8), STR("text 7")));
    assert_int_equal(segment_intern(&s, STR("")), 0);
    assert_int_equal(segment_text(&s, 0).len, 0);
    segment_trim(&s);
    assert_true(str_equal(segment_text(&s, 1000), STR("text 999")));
    assert_int_equal(s.status, STATUS_OK);
    segment_release(&s);
    assert_int_equal(mem_live(), 0);
}

static void test_ids(void **state) {
    (void)state;
    static const char *const ids[] = {
        "bd9b96d6-b95c-4769-a569-f9315354a5cc", "BD9B96D6-b95c-4769-a569-f9315354a5cc", "x", "",
        "bd9b96d6-b95c-4769-a569-f9315354a5cg", "00000000-0000-0000-0000-000000000000"};
    struct segment s;
    struct row rows[6] = {0};
    segment_init(&s);
    for (size_t i = 0; i < 6; i++) {
        struct id_key key = segment_id_key(str_from(ids[i]));
        assert_int_equal(key.is_uuid, i == 0 || i == 5);
        segment_add_id(&s, &key, &rows[i]);
    }
    for (size_t i = 0; i < 6; i++) {
        char out[ROW_ID_TEXT];
        assert_true(str_equal(row_id(&s, &rows[i], out), str_from(ids[i])));
        for (size_t j = 0; j < 6; j++) {
            struct id_key key = segment_id_key(str_from(ids[j]));
            int order = str_compare(str_from(ids[i]), str_from(ids[j]));
            int got = row_compare_ids((const struct segment *[]){&s}, &rows[i], &rows[j]);
            assert_true((order < 0) == (got < 0) && (order > 0) == (got > 0));
            assert_int_equal(segment_id_is(&s, &rows[i], &key), i == j);
        }
    }
    segment_release(&s);
}

static void test_wide_forms(void **state) {
    (void)state;
    struct segment s;
    segment_init(&s);
    i128 value;
    uint8_t scale;
    assert_true(decimal_parse(STR("-99999999999999999999.99999999"), &value, &scale));
    assert_int_equal(cell_tag(segment_add_decimal(&s, value, scale)), CELL_WIDE);
    struct datetime odd;
    assert_true(datetime_parse(STR("2021-02-28T10:20:30+05:53"), &odd));
    assert_int_equal(cell_tag(segment_add_datetime(&s, &odd)), CELL_TIMEWIDE);
    assert_int_equal(s.word_count, 5);
    segment_release(&s);
}

static void test_failure_sticks(void **state) {
    (void)state;
    struct segment s;
    uint64_t word = 7;
    segment_init(&s);
    mem_fail_after(1);
    segment_add_words(&s, &word, 1);
    mem_fail_after(0);
    assert_int_equal(s.status, STATUS_NO_MEMORY);
    assert_int_equal(segment_add_words(&s, &word, 1), 0);
    assert_int_equal(segment_intern(&s, STR("x")), 0);
    assert_int_equal(s.word_count, 0);
    segment_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decimals),         cmocka_unit_test(test_dates_and_times),
        cmocka_unit_test(test_texts_are_shared), cmocka_unit_test(test_ids),
        cmocka_unit_test(test_wide_forms),       cmocka_unit_test(test_failure_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
