/* The search for what to ask next, against plain enumeration of every answer. */
#include "course/formula_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define F LOGIC_FALSE
#define T LOGIC_TRUE
#define U LOGIC_UNKNOWN

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
    const struct formula f = {5, nodes, 3, atoms, 4};
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
    const struct formula f = {3, nodes, 2, atoms, 1};
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
    const struct formula f = {3, nodes, 1, atoms, 1};
    assert_false(can(&f, 1, T));
    assert_true(can(&f, 1, F));
}

/* The score of the header: 3 a + 2 b + 2 c + 1 d + 1 e, of which a is known to be met. */
static void test_score(void **state) {
    (void)state;
    const uint32_t sure[][1] = {{0}, {1}, {2}, {3}, {4}};
    const uint32_t items[] = {5, 6, 7, 8, 9};
    const int64_t weights[] = {3, 2, 2, 1, 1};
    struct formula_node nodes[11] = {{.kind = FORMULA_CONSTANT, .value = T}};
    struct formula_atom atoms[4];
    for (uint32_t i = 0; i < 4; i++) {
        nodes[i + 1] = (struct formula_node){.kind = FORMULA_ATOM, .atom = i};
        atoms[i] = (struct formula_atom){.data = 1u << i, .number_of = -1};
    }
    for (uint32_t i = 0; i < 5; i++) {
        nodes[5 + i] = (struct formula_node){.kind = FORMULA_SURE, .count = 1, .kids = sure[i]};
    }
    const struct {
        int64_t limit;
        uint64_t confirm;
        uint64_t ask_first;
    } rows[] = {
        {4, 1, 0},             /* one point: b, the earliest of the single data that give it */
        {6, 1 | 2, 0},         /* three points: b and c, the earliest of the pairs that give them */
        {8, 1 | 2 | 4, 1 | 2}, /* five of six points: without b or c they cannot be had */
        {9, 15, 15},
        {10, 0, 15},
    };
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        nodes[10] = (struct formula_node){.kind = FORMULA_AT_LEAST,
                                          .count = 5,
                                          .kids = items,
                                          .weights = weights,
                                          .limit = rows[r].limit};
        const struct formula lowest = {11, nodes, 4, atoms, 4};
        struct formula_advice advice;
        assert_int_equal(formula_advise(&lowest, &scratch, &advice), STATUS_OK);
        assert_int_equal(advice.confirm, rows[r].confirm);
        assert_true(advice.confirm_proven);
        /* What alone makes the whole false: when what is not known counts as met. */
        for (uint32_t i = 0; i < 5; i++) {
            nodes[5 + i].kind = FORMULA_POSSIBLE;
        }
        const struct formula highest = {11, nodes, 4, atoms, 4};
        assert_int_equal(formula_advise(&highest, &scratch, &advice), STATUS_OK);
        assert_int_equal(advice.ask_first, rows[r].ask_first);
        for (uint32_t i = 0; i < 5; i++) {
            nodes[5 + i].kind = FORMULA_SURE;
        }
    }
}

/* Random formulas against trying every answer, and no answer. */
enum { NODES = 18, ATOMS = 5 /* 3^5 answers */, DATA = 5, LIMITS = 3 };

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
        case FORMULA_SURE:
            v[i] = a == T ? T : F;
            break;
        case FORMULA_POSSIBLE:
            v[i] = a == F ? F : T;
            break;
        case FORMULA_AT_LEAST: {
            int64_t sure = 0, possible = 0;
            for (uint32_t k = 0; k < n->count; k++) {
                sure += v[n->kids[k]] == T ? n->weights[k] : 0;
                possible += v[n->kids[k]] != F ? n->weights[k] : 0;
            }
            v[i] = sure >= n->limit ? T : possible < n->limit ? F : U;
            break;
        }
        }
    }
    return (enum logic)v[f->node_count - 1];
}

/* Comparisons of one number, by trying numbers below, between, at and above the limits. */
static bool is_consistent(const struct formula *f, const uint8_t *answers) {
    for (int datum = 0; datum < DATA; datum++) {
        bool any = false;
        for (int number = -1; number <= 2 * LIMITS + 1 && !any; number++) {
            any = true;
            for (uint32_t i = 0; i < f->atom_count; i++) {
                const struct formula_atom *atom = &f->atoms[i];
                if (atom->number_of != datum || answers[i] == U) {
                    continue;
                }
                bool holds =
                    atom->comparator == COMPARE_LESS ? number < atom->limit : number >= atom->limit;
                any = any && holds == (answers[i] == T);
            }
        }
        if (!any) {
            return false;
        }
    }
    return true;
}

static bool plain_can(const struct formula *f, uint64_t asked, enum logic wanted) {
    for (uint32_t all = 0; all < 243; all++) {
        uint8_t answers[ATOMS];
        uint32_t rest = all;
        bool is_new = true;
        for (uint32_t i = 0; i < ATOMS; i++, rest /= 3) {
            bool is_free = !(f->atoms[i].data & ~asked);
            answers[i] = (uint8_t)(rest % 3);
            is_new = is_new && (is_free || answers[i] == U);
        }
        if (is_new && is_consistent(f, answers) && plain_value(f, answers) == wanted) {
            return true;
        }
    }
    return false;
}

static int size_of(uint64_t set) {
    return __builtin_popcountll(set);
}

/* A formula of every kind of node; odd rounds have comparisons that share a number. */
struct random_formula {
    struct formula_node nodes[NODES];
    uint32_t kids[NODES][3];
    int64_t weights[NODES][3];
    struct formula_atom atoms[ATOMS];
};

static void make_random(struct random_formula *r, uint32_t *seed, bool numbers) {
    for (uint32_t i = 0; i < ATOMS; i++) {
        r->atoms[i] =
            (struct formula_atom){.data = 1u << next_random(seed) % DATA, .number_of = -1};
        if (numbers && next_random(seed) % 2) {
            r->atoms[i].number_of = (int8_t)__builtin_ctzll(r->atoms[i].data);
            r->atoms[i].comparator =
                next_random(seed) % 2 ? COMPARE_LESS : COMPARE_GREATER_OR_EQUAL;
            r->atoms[i].limit = 2 * (next_random(seed) % LIMITS) + 1;
        } else {
            r->atoms[i].data |= next_random(seed) % 3 == 0 ? 1u << next_random(seed) % DATA : 0;
        }
    }
    static const uint8_t counts[] = {
        [FORMULA_NOT] = 1,   [FORMULA_AND] = 2,  [FORMULA_OR] = 2,       [FORMULA_XOR] = 2,
        [FORMULA_FIRST] = 2, [FORMULA_SURE] = 1, [FORMULA_POSSIBLE] = 1, [FORMULA_AT_LEAST] = 3};
    for (uint32_t i = 0; i < NODES; i++) {
        bool is_leaf = i < 6;
        struct formula_node *node = &r->nodes[i];
        *node = (struct formula_node){
            .kind = is_leaf ? FORMULA_ATOM : (uint8_t)(FORMULA_NOT + next_random(seed) % 8),
            .atom = next_random(seed) % ATOMS,
            .kids = r->kids[i],
            .weights = r->weights[i],
            .limit = 1 + next_random(seed) % 6};
        if (i == 5) {
            node->kind = FORMULA_CONSTANT;
            node->value = (uint8_t)(next_random(seed) % 3);
        }
        node->count = is_leaf ? 0 : counts[node->kind];
        for (uint32_t k = 0; k < node->count; k++) {
            r->kids[i][k] = k == 0 ? i - 1 - next_random(seed) % 3 : next_random(seed) % i;
            r->weights[i][k] = 1 + next_random(seed) % 3;
        }
    }
}

/* Every set by the plain search, and all of them by lanes: the same as trying every answer. */
static void check_sets(const struct formula *f, uint64_t *best) {
    struct search s;
    bool found = false;
    *best = 0;
    uint64_t asked[1 << DATA];
    for (uint64_t set = 0; set < 1u << DATA; set++) {
        asked[set] = set;
    }
    assert_int_equal(formula_search_new(f, &scratch, &s), STATUS_OK);
    for (int w = 0; w < 2; w++) {
        enum logic wanted = w ? T : F;
        uint64_t open;
        uint64_t yes = formula_lanes(&s, asked, 1 << DATA, wanted, &open);
        assert_int_equal(yes & open, 0);
        for (uint64_t set = 0; set < 1u << DATA; set++) {
            bool expected = plain_can(f, set, wanted);
            assert_int_equal(formula_search(&s, set, wanted), expected);
            assert_true(open >> set & 1 || (yes >> set & 1) == expected);
            assert_int_equal(can(f, set, wanted), expected);
            if (wanted == T && expected && (!found || size_of(set) < size_of(*best))) {
                *best = set;
                found = true;
            }
        }
    }
}

static void test_against_enumeration(void **state) {
    (void)state;
    uint32_t seed = 7;
    uint32_t wide = 0;
    for (int round = 0; round < 1000; round++) {
        struct random_formula r;
        uint64_t best;
        make_random(&r, &seed, round % 2 == 1);
        const struct formula f = {NODES, r.nodes, ATOMS, r.atoms, DATA};
        check_sets(&f, &best);
        struct formula_advice advice;
        assert_int_equal(formula_advise(&f, &scratch, &advice), STATUS_OK);
        assert_int_equal(size_of(advice.confirm), size_of(best));
        assert_true(!best || plain_can(&f, advice.confirm, T));
        for (uint32_t i = 0; i < DATA; i++) {
            assert_int_equal(advice.ask_first >> i & 1, plain_can(&f, 1u << i, F));
        }
        wide += size_of(best) > 1;
        arena_reset(&scratch);
    }
    assert_true(wide > 100);
}

/* Past FORMULA_EXHAUSTIVE_MAX data that can stand for each other the set is small, not proven. */
static void test_not_proven(void **state) {
    (void)state;
    enum { ITEMS = 14 };
    uint32_t kids[ITEMS];
    int64_t weights[ITEMS];
    struct formula_node nodes[ITEMS + 1];
    struct formula_atom atoms[ITEMS];
    for (uint32_t i = 0; i < ITEMS; i++) {
        nodes[i] = (struct formula_node){.kind = FORMULA_ATOM, .atom = i};
        atoms[i] = (struct formula_atom){.data = (uint64_t)1 << i, .number_of = -1};
        kids[i] = i;
        weights[i] = 1;
    }
    nodes[ITEMS] = (struct formula_node){
        .kind = FORMULA_AT_LEAST, .count = ITEMS, .kids = kids, .weights = weights, .limit = 5};
    const struct formula f = {ITEMS + 1, nodes, ITEMS, atoms, ITEMS};
    struct formula_advice advice;
    assert_int_equal(formula_advise(&f, &scratch, &advice), STATUS_OK);
    assert_int_equal(size_of(advice.confirm), 5);
    assert_false(advice.confirm_proven);
}

static int release(void **state) {
    (void)state;
    arena_release(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fewest),
        cmocka_unit_test(test_shared_number),
        cmocka_unit_test(test_both_signs),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_against_enumeration),
        cmocka_unit_test(test_not_proven),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
