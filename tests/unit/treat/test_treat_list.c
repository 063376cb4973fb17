/* The order of the list, and what it comes to. */
#include "../report/treat_fixture.h"
#include "treat/treat_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Beds as people number them; no bed last; ties by the population. */
static void test_order(void **state) {
    (void)state;
    static const char *const beds[] = {"Bed 12", "", "Bed 2", "ICU 1", "Bed 02", "Bed 2a", "Bed"};
    static const uint32_t expected[] = {6, 2, 4, 5, 0, 3, 1};
    enum { COUNT = sizeof beds / sizeof beds[0] };
    struct treat_fixture f;
    treat_fixture_make(&f, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        f.subjects[i].bed = str_from(beds[i]);
        f.subjects[i].site = 0;
        f.subjects[i].question_count = 0;
    }
    assert_int_equal(treat_list(&f.trial, &f.arena, &f.result), STATUS_OK);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(f.result.order[i], expected[i]);
    }
    treat_fixture_release(&f);
}

static void test_questions_and_sites_first(void **state) {
    (void)state;
    enum { COUNT = 31 };
    struct treat_fixture f;
    treat_fixture_make(&f, COUNT);
    for (uint32_t i = 1; i < COUNT; i++) {
        const struct treat_subject *a = &f.subjects[f.result.order[i - 1]];
        const struct treat_subject *b = &f.subjects[f.result.order[i]];
        bool asks = a->question_count > 0;
        assert_true(asks >= (b->question_count > 0));
        assert_true(asks != (b->question_count > 0) || a->site <= b->site);
    }
    treat_fixture_release(&f);
}

/* Whole syringes are opened: 250 mg of 100 mg syringes is three, twice six; what is held counts
 * not. */
static void test_totals(void **state) {
    (void)state;
    struct treat_fixture f;
    treat_fixture_make(&f, 1);
    struct treat_line lines[2] = {f.subjects[0].lines[0], f.subjects[0].lines[0]};
    lines[0].units = DECIMAL_ONE * 5 / 2;
    lines[1].state = DOSE_HELD;
    f.subjects[0].lines = lines;
    f.subjects[0].line_count = 2;
    f.result.total_count = 0;
    assert_int_equal(treat_list(&f.trial, &f.arena, &f.result), STATUS_OK);
    assert_int_equal(f.result.total_count, 1);
    assert_int_equal(f.result.totals[0].doses, 2);
    assert_int_equal(f.result.totals[0].units, 6);
    assert_false(f.result.totals[0].uncounted);
    treat_fixture_release(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_questions_and_sites_first),
        cmocka_unit_test(test_totals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
