/* The forms of scalars in trial.yaml, and time zones. */
#include "trial/document_scalar.h"
#include "trial/zone.h"
#include "value/datetime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_days(void **state) {
    (void)state;
    struct trial_days d = {0};
    assert_true(scalar_days(STR("1..5"), &d));
    assert_int_equal(d.first, 1);
    assert_int_equal(d.last, 5);
    assert_true(scalar_days(STR("3"), &d));
    assert_int_equal(d.last, 3);
    assert_false(scalar_days(STR("5..1"), &d));
    assert_false(scalar_days(STR("0..2"), &d));
    assert_false(scalar_days(STR("1..5 x"), &d));
    assert_true(scalar_day(STR("day 7"), &d));
    assert_int_equal(d.first, 7);
    assert_true(scalar_day(STR("-1"), &d));
    assert_int_equal(d.first, -1);
    assert_false(scalar_day(STR("day seven"), &d));
    assert_true(scalar_window(STR("\u00b11 d"), &d));
    assert_int_equal(d.first, -1);
    assert_int_equal(d.last, 1);
    assert_true(scalar_window(STR("-1..+3 d"), &d));
    assert_int_equal(d.last, 3);
    assert_false(scalar_window(STR("1"), &d));
}

static void test_quantities_and_counts(void **state) {
    (void)state;
    struct trial_quantity q = {0};
    assert_true(scalar_quantity(STR("300 mg"), &q));
    assert_true(q.value == 300 * DECIMAL_ONE);
    assert_true(str_equal(q.unit, STR("mg")));
    assert_true(scalar_quantity(STR("0.5 10*9/L"), &q));
    assert_true(str_equal(q.unit, STR("10*9/L")));
    assert_true(scalar_quantity(STR("90%"), &q));
    assert_true(str_equal(q.unit, STR("%")));
    assert_false(scalar_quantity(STR("mg 300"), &q));
    assert_false(scalar_quantity(STR(""), &q));
    struct trial_count c = {0};
    assert_true(scalar_count(STR("14 from first anakinra"), &c));
    assert_int_equal(c.count, 14);
    assert_true(str_equal(c.from, STR("first anakinra")));
    assert_true(scalar_count(STR("56"), &c));
    assert_int_equal(c.from.len, 0);
    assert_false(scalar_count(STR("56 doses"), &c));
    assert_false(scalar_count(STR("12345678"), &c));
    struct trial_boolean b = {0};
    assert_true(scalar_boolean(STR("true"), &b) && b.value);
    assert_false(scalar_boolean(STR("yes"), &b));
    assert_true(scalar_is_name(STR("SARS-2.b_1")));
    assert_false(scalar_is_name(STR("two words")));
}

static int64_t ms_of(const char *text) {
    struct datetime d;
    assert_true(datetime_parse(str_from(text), &d));
    return datetime_first_ms(&d, 0);
}

/* Offsets as published by the IANA time zone database. */
static void test_zones(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    const struct zone *zone = NULL;
    assert_int_equal(zone_load(STR("Europe/Paris"), &arena, &zone), STATUS_OK);
    if (!zone) {
        print_message("no time zone files on this machine: skipped\n");
        arena_release(&arena);
        return;
    }
    assert_int_equal(zone_offset_min(zone, ms_of("2020-08-19T12:00:00Z")), 120);
    assert_int_equal(zone_offset_min(zone, ms_of("2020-12-19T12:00:00Z")), 60);
    assert_int_equal(zone_offset_min(zone, ms_of("2021-03-28T00:59:59Z")), 60);
    assert_int_equal(zone_offset_min(zone, ms_of("2021-03-28T01:00:00Z")), 120);
    assert_int_equal(zone_offset_min(zone, ms_of("2090-07-01T00:00:00Z")), 120);
    assert_int_equal(zone_next_change(zone, ms_of("2021-03-28T00:59:59Z")),
                     ms_of("2021-03-28T01:00:00Z"));
    assert_int_equal(zone_next_change(zone, ms_of("2021-03-28T01:00:00Z")),
                     ms_of("2021-10-31T01:00:00Z"));
    /* Behind the table of the file its rule goes on: the last Sundays of 2089 and 2090. */
    assert_int_equal(zone_next_change(zone, ms_of("2089-12-31T23:00:00Z")),
                     ms_of("2090-03-26T01:00:00Z"));
    assert_int_equal(zone_next_change(zone, ms_of("2090-12-01T00:00:00Z")),
                     ms_of("2091-03-25T01:00:00Z"));
    assert_int_equal(zone_load(STR("Asia/Kolkata"), &arena, &zone), STATUS_OK);
    assert_int_equal(zone_offset_min(zone, ms_of("2021-01-01T00:00:00Z")), 330);
    assert_int_equal(zone_next_change(zone, ms_of("2021-01-01T00:00:00Z")), INT64_MAX);
    assert_int_equal(zone_load(STR("Paris"), &arena, &zone), STATUS_OK);
    assert_null(zone);
    assert_int_equal(zone_load(STR("../../etc/passwd"), &arena, &zone), STATUS_OK);
    assert_null(zone);
    assert_int_equal(zone_parse(STR("TZif2 cut"), &arena, &zone), STATUS_OK);
    assert_null(zone);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_quantities_and_counts),
        cmocka_unit_test(test_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
