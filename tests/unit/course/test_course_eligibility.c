/* Eligibility over tables of answers. */
#include "course/course_eligibility.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define F LOGIC_FALSE
#define T LOGIC_TRUE
#define U LOGIC_UNKNOWN

static struct criterion leaf(bool exclude, uint16_t parent, uint16_t at) {
    return (struct criterion){
        .kind = CRITERION_LEAF, .exclude = exclude, .parent = parent, .end = (uint16_t)(at + 1)};
}

static struct criterion_answer answered(const struct criterion *c, enum logic value) {
    struct criterion_answer answer;
    criterion_answer_leaf(c, T, value, &answer);
    return answer;
}

static void test_leaf(void **state) {
    (void)state;
    struct criterion include = leaf(false, CRITERION_NONE, 0);
    struct criterion exclude = leaf(true, CRITERION_NONE, 0);
    struct criterion_answer a;

    criterion_answer_leaf(&include, F, U, &a);
    assert_int_equal(a.value, T);
    assert_true(a.not_applicable);
    criterion_answer_leaf(&exclude, F, T, &a);
    assert_int_equal(a.value, F);

    criterion_answer_leaf(&exclude, U, T, &a);
    assert_int_equal(a.value, U);
    assert_true(a.applies_unknown);
    criterion_answer_leaf(&exclude, U, F, &a);
    assert_int_equal(a.value, F);
    criterion_answer_leaf(&include, U, T, &a);
    assert_int_equal(a.value, T);
    criterion_answer_leaf(&include, U, F, &a);
    assert_int_equal(a.value, U);

    exclude.if_silent = SILENCE_NOT_MET;
    criterion_answer_leaf(&exclude, T, U, &a);
    assert_int_equal(a.value, F);
    assert_true(a.assumed);
    criterion_answer_leaf(&exclude, T, T, &a);
    assert_int_equal(a.value, T);
    assert_false(a.assumed);

    exclude.if_silent = SILENCE_ASK;
    criterion_answer_leaf(&exclude, T, U, &a);
    assert_int_equal(a.value, U);
    assert_true(a.waits_for_human);
}

/* I1, any_of(I2a human, I2b human), E1 */
enum { I1, I2, I2A, I2B, E1, COUNT };

static void make_criteria(struct criterion c[COUNT]) {
    c[I1] = leaf(false, CRITERION_NONE, I1);
    c[I2] = (struct criterion){.kind = CRITERION_ANY_OF, .parent = CRITERION_NONE, .end = I2B + 1};
    c[I2A] = leaf(false, I2, I2A);
    c[I2B] = leaf(false, I2, I2B);
    c[I2A].human = c[I2B].human = true;
    c[E1] = leaf(true, CRITERION_NONE, E1);
}

static enum subject_status status_of(const struct criterion *c, enum logic i1, enum logic i2a,
                                     enum logic i2b, enum logic e1) {
    struct criterion_answer a[COUNT] = {{0}};
    a[I1] = answered(&c[I1], i1);
    a[I2A] = answered(&c[I2A], i2a);
    a[I2B] = answered(&c[I2B], i2b);
    a[E1] = answered(&c[E1], e1);
    eligibility_fill_groups(c, COUNT, a);
    return eligibility_status(c, COUNT, a);
}

static void test_status(void **state) {
    (void)state;
    struct criterion c[COUNT];
    make_criteria(c);
    assert_int_equal(status_of(c, T, T, U, F), SUBJECT_ELIGIBLE);
    assert_int_equal(status_of(c, T, U, F, F), SUBJECT_PENDING_HUMAN);
    assert_int_equal(status_of(c, T, F, F, F), SUBJECT_NOT_ELIGIBLE);
    assert_int_equal(status_of(c, U, U, U, F), SUBJECT_UNDECIDED);
    assert_int_equal(status_of(c, T, U, U, U), SUBJECT_UNDECIDED);
    assert_int_equal(status_of(c, U, U, U, T), SUBJECT_NOT_ELIGIBLE);
}

/* An item that does not apply is no way to meet a group. */
static void test_group_without_applicable_items(void **state) {
    (void)state;
    struct criterion c[COUNT];
    make_criteria(c);
    struct criterion_answer a[COUNT] = {{0}};
    criterion_answer_leaf(&c[I2A], F, U, &a[I2A]);
    a[I2B] = answered(&c[I2B], F);
    eligibility_fill_groups(c, COUNT, a);
    assert_int_equal(a[I2].value, F);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaf),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_group_without_applicable_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
