/* Eligibility over tables of answers, and the search for what to ask next, against plain
 * enumeration. */
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

/* ---- Formulas ---- */

static struct arena scratch;

static bool can(const struct formula *f, uint64_t asked, enum logic wanted) {
    bool result = false;
    assert_int_equal(formula_can_be(f, asked, wanted, &scratch, &result), STATUS_OK);
    return result;
}

/* (a or b) and c, with d alone in nothing: the fewest is {a, c}. */
static void test_fewest(void **state) {
    (void)state;
    const uint32_t ab[] = {0, 1};
    const uint32_t abc[] = {3, 2};
    const struct formula_node nodes[] = {
        {.kind = FORMULA_ATOM, .atom = 0},
        {.kind = FORMULA_ATOM, .atom = 1},
        {.kind = FORMULA_ATOM, .atom = 2},
        {.kind = FORMULA_OR, .count = 2, .kids = ab},
        {.kind = FORMULA_AND, .count = 2, .kids = abc},
    };
    const struct formula_atom atoms[] = {{1, -1, 0, 0}, {2, -1, 0, 0}, {4, -1, 0, 0}};
    const struct formula f = {5, nodes, 3, atoms, 4, 0};
    struct formula_advice advice;
    assert_int_equal(formula_advise(&f, &scratch, &advice), STATUS_OK);
    assert_int_equal(advice.confirm, 1 | 4);
    assert_true(advice.confirm_proven);
    assert_int_equal(advice.ask_first, 4);
}

/* Platelets at least 50 and platelets below 100 share one number: both can hold; with below 40 they
 * cannot. */
static void test_shared_number(void **state) {
    (void)state;
    const uint32_t kids[] = {0, 1};
    const struct formula_node nodes[] = {
        {.kind = FORMULA_ATOM, .atom = 0},
        {.kind = FORMULA_ATOM, .atom = 1},
        {.kind = FORMULA_AND, .count = 2, .kids = kids},
    };
    struct formula_atom atoms[] = {{1, 0, COMPARE_GREATER_OR_EQUAL, 50}, {1, 0, COMPARE_LESS, 100}};
    const struct formula f = {3, nodes, 2, atoms, 1, 0};
    assert_true(can(&f, 1, T));
    atoms[1].limit = 40;
    assert_false(can(&f, 1, T));
    assert_true(can(&f, 1, F));
    atoms[1] = (struct formula_atom){1, 0, COMPARE_LESS_OR_EQUAL, 50};
    assert_true(can(&f, 1, T));
    atoms[1] = (struct formula_atom){1, 0, COMPARE_LESS, 50};
    assert_false(can(&f, 1, T));
}

/* One datum decides two atoms of opposite use: a xor a's negation through data, free apart. */
static void test_both_signs(void **state) {
    (void)state;
    const uint32_t k1[] = {0};
    const uint32_t k2[] = {0, 1};
    const struct formula_node nodes[] = {
        {.kind = FORMULA_ATOM, .atom = 0},
        {.kind = FORMULA_NOT, .count = 1, .kids = k1},
        {.kind = FORMULA_AND, .count = 2, .kids = k2},
    };
    const struct formula_atom atoms[] = {{1, -1, 0, 0}};
    const struct formula f = {3, nodes, 1, atoms, 1, 0};
    assert_false(can(&f, 1, T));
    assert_true(can(&f, 1, F));
}

/* Random formulas against trying every answer. */
enum { NODES = 14, ATOMS = 6, DATA = 5 };

static uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static enum logic plain_value(const struct formula *f, const uint8_t *answers) {
    uint8_t v[NODES];
    for (uint32_t i = 0; i < f->node_count; i++) {
        const struct formula_node *n = &f->nodes[i];
        int a = n->count > 0 ? v[n->kids[0]] : U;
        int b = n->count > 1 ? v[n->kids[1]] : U;
        switch ((enum formula_kind)n->kind) {
        case FORMULA_CONSTANT:
            v[i] = n->value;
            break;
        case FORMULA_ATOM:
            v[i] = answers[n->atom];
            break;
        case FORMULA_NOT:
            v[i] = a == U ? U : !a;
            break;
        case FORMULA_AND:
            v[i] = a == F || b == F ? F : a == U || b == U ? U : T;
            break;
        case FORMULA_OR:
            v[i] = a == T || b == T ? T : a == U || b == U ? U : F;
            break;
        case FORMULA_XOR:
            v[i] = a == U || b == U ? U : a != b;
            break;
        case FORMULA_FIRST:
            v[i] = (uint8_t)(a != U ? a : b);
            break;
        }
    }
    return (enum logic)v[f->node_count - 1];
}

static bool plain_can(const struct formula *f, uint64_t asked, enum logic wanted) {
    for (uint32_t bits = 0; bits < 1u << ATOMS; bits++) {
        uint8_t answers[ATOMS];
        for (uint32_t i = 0; i < ATOMS; i++) {
            bool is_free = !(f->atoms[i].data & ~asked);
            answers[i] = (uint8_t)(is_free ? (int)(bits >> i & 1) : U);
        }
        if (plain_value(f, answers) == wanted) {
            return true;
        }
    }
    return false;
}

static int size_of(uint64_t set) {
    return __builtin_popcountll(set);
}

static void test_against_enumeration(void **state) {
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        struct formula_node nodes[NODES];
        uint32_t kids[NODES][2];
        struct formula_atom atoms[ATOMS];
        for (uint32_t i = 0; i < ATOMS; i++) {
            atoms[i] = (struct formula_atom){1u << next_random(&seed) % DATA, -1, 0, 0};
            atoms[i].data |= next_random(&seed) % 3 == 0 ? 1u << next_random(&seed) % DATA : 0;
        }
        for (uint32_t i = 0; i < NODES; i++) {
            bool is_leaf = i < 7;
            nodes[i] = (struct formula_node){
                .kind = is_leaf ? FORMULA_ATOM : (uint8_t)(FORMULA_NOT + next_random(&seed) % 4),
                .atom = next_random(&seed) % ATOMS,
                .count = 0,
                .kids = kids[i]};
            if (i == 6) {
                nodes[i].kind = FORMULA_CONSTANT;
                nodes[i].value = (uint8_t)(next_random(&seed) % 3);
            }
            if (!is_leaf) {
                nodes[i].count = nodes[i].kind == FORMULA_NOT ? 1 : 2;
                kids[i][0] = i - 1 - next_random(&seed) % 3;
                kids[i][1] = next_random(&seed) % i;
            }
        }
        const struct formula f = {NODES, nodes, ATOMS, atoms, DATA, 0};
        uint64_t best = 0;
        bool found = false;
        for (uint64_t asked = 0; asked < 1u << DATA; asked++) {
            bool expected = plain_can(&f, asked, T);
            assert_int_equal(can(&f, asked, T), expected);
            assert_int_equal(can(&f, asked, F), plain_can(&f, asked, F));
            if (expected && (!found || size_of(asked) < size_of(best))) {
                best = asked;
                found = true;
            }
        }
        struct formula_advice advice;
        assert_int_equal(formula_advise(&f, &scratch, &advice), STATUS_OK);
        assert_int_equal(size_of(advice.confirm), size_of(best));
        assert_true(!found || plain_can(&f, advice.confirm, T));
        arena_reset(&scratch);
    }
}

static int release(void **state) {
    (void)state;
    arena_release(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaf),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_group_without_applicable_items),
        cmocka_unit_test(test_fewest),
        cmocka_unit_test(test_shared_number),
        cmocka_unit_test(test_both_signs),
        cmocka_unit_test(test_against_enumeration),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
