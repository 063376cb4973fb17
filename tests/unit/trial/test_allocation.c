/* The allocation engine: every order of a block equally likely, balance at every moment, strata
 * that do not see each other, minimisation by worked examples, and predictability against the exact
 * formula and published simulations. Seeds are fixed, so nothing here fails by chance. */
#include "base/limits.h"
#include "dist/dist.h"
#include "trial/allocation_balance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint32_t one_to_one[] = {1, 1};
static const struct str letters[] = {{"a", 1}, {"b", 1}, {"c", 1}};

static struct allocation_design blocks_of(const uint32_t *sizes, uint32_t count) {
    return (struct allocation_design){.kind = ALLOCATION_BLOCKS,
                                      .arm_count = 2,
                                      .ratio = one_to_one,
                                      .block_size_count = count,
                                      .block_sizes = sizes};
}

static struct allocation_design minimisation(double preference) {
    return (struct allocation_design){.kind = ALLOCATION_MINIMISATION,
                                      .arm_count = 2,
                                      .ratio = one_to_one,
                                      .preference = preference};
}

static void seed_of(uint32_t number, uint8_t seed[DRAW_SEED_BYTES]) {
    memset(seed, 0, DRAW_SEED_BYTES);
    memcpy(seed, &number, sizeof number);
}

static uint32_t next(struct allocation *allocation, const uint32_t *levels) {
    uint32_t arm = UINT32_MAX;
    assert_int_equal(allocation_next(allocation, levels, &arm), STATUS_OK);
    return arm;
}

/* ---- Uniform orders of a block ---- */

static uint32_t choose(uint32_t n, uint32_t k) {
    return (uint32_t)lround(exp(dist_log_choose(n, k)));
}

/* The p-value of a chi-square test that all C(2m, m) orders of a block are equally likely. */
static double order_p(struct allocation *allocation, uint32_t size, uint32_t blocks) {
    uint32_t *seen = calloc(1u << size, sizeof *seen);
    assert_non_null(seen);
    for (uint32_t i = 0; i < blocks; i++) {
        uint32_t order = 0;
        for (uint32_t k = 0; k < size; k++) {
            order = order << 1 | next(allocation, NULL);
        }
        seen[order]++;
    }
    uint32_t orders = choose(size, size / 2);
    double expected = (double)blocks / orders;
    double chi2 = 0.0;
    uint32_t found = 0;
    for (uint32_t order = 0; order < 1u << size; order++) {
        if (__builtin_popcount(order) == (int)size / 2) {
            chi2 += (seen[order] - expected) * (seen[order] - expected) / expected;
            found += seen[order];
        }
    }
    assert_int_equal(found, blocks); /* every block is balanced */
    free(seen);
    return dist_chi2_upper(chi2, orders - 1.0);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void every_order_is_equally_likely(void **state) {
    (void)state;
    for (uint32_t size = 4; size <= 8; size += 2) {
        struct arena arena;
        arena_init(&arena, 0);
        struct allocation_design design = blocks_of(&size, 1);
        struct allocation *allocation = NULL;
        uint8_t seed[DRAW_SEED_BYTES];
        double p[100];
        seed_of(0, seed);
        assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
        for (uint32_t i = 0; i < 100; i++) {
            seed_of(i, seed);
            allocation_restart(allocation, seed);
            p[i] = order_p(allocation, size, 2000);
            assert_true(p[i] > 1e-6 && p[i] < 1.0 - 1e-6);
        }
        /* Kolmogorov-Smirnov: the p-values are uniform; 1.95 is the 0.1 % point of sqrt(n) D. */
        qsort(p, 100, sizeof *p, by_size);
        double d = 0.0;
        for (int i = 0; i < 100; i++) {
            d = fmax(d, fmax(fabs(p[i] - i / 100.0), fabs((i + 1) / 100.0 - p[i])));
        }
        assert_true(sqrt(100.0) * d < 1.95);
        arena_release(&arena);
    }
}

/* ---- Balance ---- */

static void two_arms_stay_within_half_a_block(void **state) {
    (void)state;
    static const uint32_t sizes[] = {4, 6, 8};
    const struct allocation_factor factor = {STR("site"), 3, letters, 1.0};
    struct allocation_design design = blocks_of(sizes, 3);
    design.factor_count = 1;
    design.factors = &factor;
    struct arena arena;
    arena_init(&arena, 0);
    struct allocation *allocation = NULL;
    uint8_t seed[DRAW_SEED_BYTES];
    seed_of(11, seed);
    assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
    for (uint32_t i = 0; i < 10000; i++) {
        uint32_t level = (i * 2654435761u >> 16) % 3;
        (void)next(allocation, &level);
        for (uint32_t s = 0; s < 3; s++) {
            const uint32_t *n = allocation_stratum_counts(allocation, s);
            assert_true(abs((int)n[0] - (int)n[1]) <= 4);
        }
        const uint32_t *n = allocation_counts(allocation);
        assert_true(abs((int)n[0] - (int)n[1]) <= 3 * 4);
    }
    arena_release(&arena);
}

static void unequal_ratios_hold_at_block_ends(void **state) {
    (void)state;
    static const uint32_t ratios[][2] = {{2, 1}, {3, 1}};
    static const uint32_t sizes[] = {6, 8};
    for (int r = 0; r < 2; r++) {
        struct allocation_design design = blocks_of(&sizes[r], 1);
        design.ratio = ratios[r];
        struct arena arena;
        arena_init(&arena, 0);
        struct allocation *allocation = NULL;
        uint8_t seed[DRAW_SEED_BYTES];
        seed_of(5, seed);
        assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
        for (uint32_t i = 1; i <= 100 * sizes[r]; i++) {
            (void)next(allocation, NULL);
            const uint32_t *n = allocation_counts(allocation);
            if (i % sizes[r] == 0) {
                assert_int_equal(n[0] * ratios[r][1], n[1] * ratios[r][0]);
            }
        }
        arena_release(&arena);
    }
}

/* ---- Strata ---- */

/* The sequence of a stratum is the same whoever arrives elsewhere, and whether others exist. */
static void strata_do_not_see_each_other(void **state) {
    (void)state;
    static const uint32_t sizes[] = {4, 6};
    uint32_t first[200];
    uint8_t seed[DRAW_SEED_BYTES];
    seed_of(3, seed);
    for (uint32_t others = 0; others < 3; others++) {
        const struct allocation_factor factor = {STR("site"), others ? 3 : 1, letters, 1.0};
        struct allocation_design design = blocks_of(sizes, 2);
        design.factor_count = 1;
        design.factors = &factor;
        struct arena arena;
        arena_init(&arena, 0);
        struct allocation *allocation = NULL;
        assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
        for (uint32_t i = 0; i < 200; i++) {
            for (uint32_t k = 0; k < others * (i % 3); k++) {
                uint32_t elsewhere = 1 + k % 2;
                (void)next(allocation, &elsewhere);
            }
            uint32_t arm = next(allocation, &(uint32_t){0});
            if (others == 0) {
                first[i] = arm;
            }
            assert_int_equal(arm, first[i]);
        }
        arena_release(&arena);
    }
}

static void a_sequence_can_be_replayed(void **state) {
    (void)state;
    const struct allocation_factor factors[] = {{STR("sex"), 2, letters, 1.0},
                                                {STR("site"), 3, letters, 1.0}};
    static const uint32_t sizes[] = {4, 6, 8};
    struct allocation_design designs[3] = {blocks_of(sizes, 3), minimisation(0.8),
                                           blocks_of(NULL, 0)};
    designs[2].kind = ALLOCATION_SIMPLE;
    for (int d = 0; d < 3; d++) {
        designs[d].factor_count = 2;
        designs[d].factors = factors;
        struct arena arena;
        arena_init(&arena, 0);
        struct allocation *a = NULL, *b = NULL;
        uint8_t seed[DRAW_SEED_BYTES];
        seed_of(77, seed);
        assert_int_equal(allocation_new(&designs[d], seed, &arena, &a), STATUS_OK);
        assert_int_equal(allocation_new(&designs[d], seed, &arena, &b), STATUS_OK);
        uint32_t differ = 0;
        seed_of(78, seed);
        struct allocation *other = NULL;
        assert_int_equal(allocation_new(&designs[d], seed, &arena, &other), STATUS_OK);
        for (uint32_t i = 0; i < 500; i++) {
            uint32_t levels[] = {i % 2, i * 7 % 3};
            uint32_t arm = next(a, levels);
            assert_int_equal(arm, next(b, levels));
            differ += arm != next(other, levels);
        }
        assert_true(differ > 100); /* another seed, another list */
        arena_release(&arena);
    }
}

/* ---- Minimisation ---- */

/* Three factors with A 8, 5, 12 and B 10, 9, 8 at the new subject's levels: to A leaves ranges that
 * sum to 9 and variances to 17.5, to B 11 and 21.5. Computed by hand. */
static void worked_example(void **state) {
    (void)state;
    static const uint32_t given[3][2] = {{8, 10}, {5, 9}, {12, 8}};
    const struct allocation_factor factors[] = {
        {STR("f1"), 2, letters, 1.0}, {STR("f2"), 2, letters, 1.0}, {STR("f3"), 2, letters, 1.0}};
    for (int measure = 0; measure < 2; measure++) {
        struct arena arena;
        arena_init(&arena, 0);
        struct allocation_design design = minimisation(0.999999999);
        design.factor_count = 3;
        design.factors = factors;
        design.measure = measure ? ALLOCATION_VARIANCE : ALLOCATION_RANGE;
        struct allocation *allocation = NULL;
        uint8_t seed[DRAW_SEED_BYTES];
        seed_of(0, seed);
        assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
        for (uint32_t f = 0; f < 3; f++) {
            uint32_t levels[3] = {1, 1, 1};
            levels[f] = 0;
            for (uint32_t arm = 0; arm < 2; arm++) {
                for (uint32_t k = 0; k < given[f][arm]; k++) {
                    allocation_count(allocation, levels, arm);
                }
            }
        }
        const uint32_t levels[] = {0, 0, 0};
        double imbalance[2];
        allocation_imbalance(allocation, levels, imbalance);
        assert_true(fabs(imbalance[0] - (measure ? 17.5 : 9.0)) < 1e-12);
        assert_true(fabs(imbalance[1] - (measure ? 21.5 : 11.0)) < 1e-12);
        assert_int_equal(next(allocation, levels), 0);
        arena_release(&arena);
    }
}

/* Ratio 3:1 with 5 and 1 subjects: over the ratio that is 1.667 and 1, so the second arm is behind,
 * although it has fewer subjects only in name. Counting a factor twice would say otherwise. */
static void unequal_ratio_scales_the_counts(void **state) {
    (void)state;
    static const uint32_t three_to_one[] = {3, 1};
    struct arena arena;
    arena_init(&arena, 0);
    struct allocation_design design = minimisation(0.999999999);
    design.ratio = three_to_one;
    struct allocation *allocation = NULL;
    uint8_t seed[DRAW_SEED_BYTES];
    seed_of(0, seed);
    assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
    for (int i = 0; i < 6; i++) {
        allocation_count(allocation, NULL, i == 5);
    }
    assert_int_equal(next(allocation, NULL), 1);
    arena_release(&arena);
}

/* The preferred arm gets 0.8 of the subjects when the arms are not equally good, half when they
 * are: bounds are 5 standard deviations. */
static void preference_is_kept(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct allocation_design design = minimisation(0.8);
    struct allocation *allocation = NULL;
    uint8_t seed[DRAW_SEED_BYTES];
    seed_of(42, seed);
    assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
    uint32_t uneven = 0, preferred = 0, even = 0, first = 0;
    for (int i = 0; i < 40000; i++) {
        const uint32_t *n = allocation_counts(allocation);
        uint32_t before[2] = {n[0], n[1]};
        uint32_t arm = next(allocation, NULL);
        if (before[0] == before[1]) {
            even++;
            first += arm == 0;
        } else {
            uneven++;
            preferred += arm == (before[0] > before[1]);
        }
    }
    assert_true(fabs((double)preferred / uneven - 0.8) < 5.0 * sqrt(0.16 / uneven));
    assert_true(fabs((double)first / even - 0.5) < 5.0 * sqrt(0.25 / even));
    arena_release(&arena);
}

/* The biased coin keeps the ratio in the long run, with factors too. */
static void unequal_minimisation_keeps_the_ratio(void **state) {
    (void)state;
    static const uint32_t ratio[] = {3, 2, 1};
    const struct allocation_factor factors[] = {{STR("sex"), 2, letters, 2.0},
                                                {STR("site"), 3, letters, 1.0}};
    struct allocation_design design = minimisation(0.85);
    design.arm_count = 3;
    design.ratio = ratio;
    design.factor_count = 2;
    design.factors = factors;
    struct arena arena;
    arena_init(&arena, 0);
    struct allocation *allocation = NULL;
    uint8_t seed[DRAW_SEED_BYTES];
    seed_of(9, seed);
    assert_int_equal(allocation_new(&design, seed, &arena, &allocation), STATUS_OK);
    for (uint32_t i = 0; i < 6000; i++) {
        (void)next(allocation, (const uint32_t[]){(i * 2654435761u >> 20) % 2, i % 3});
    }
    for (int a = 0; a < 3; a++) {
        double share = allocation_counts(allocation)[a] / 6000.0;
        assert_true(fabs(share - ratio[a] / 6.0) < 0.01);
    }
    arena_release(&arena);
}

/* ---- Predictability ---- */

static double predictability(const struct allocation_design *design, uint32_t subjects,
                             uint32_t repeats) {
    struct arena arena;
    arena_init(&arena, 0);
    struct balance_options options = {.subjects = subjects, .repeats = repeats};
    struct allocation_balance balance;
    seed_of(2026, options.seed);
    assert_int_equal(allocation_balance(design, &options, &arena, &balance), STATUS_OK);
    assert_true(balance.predictability_se < 0.0012);
    arena_release(&arena);
    return balance.predictability;
}

/* Blackwell and Hodges 1957: whole blocks of 2m at 1:1. */
static double exact(uint32_t size) {
    double m = size / 2.0;
    return 0.5 + (exp2(size) / choose(size, size / 2) - 1.0) / (4.0 * m);
}

static void blocks_are_as_predictable_as_the_formula(void **state) {
    (void)state;
    for (uint32_t size = 2; size <= 8; size += 2) {
        struct allocation_design design = blocks_of(&size, 1);
        assert_true(fabs(predictability(&design, 10 * size, 4000) - exact(size)) < 0.003);
    }
}

/* Simulated elsewhere (R, 4000 trials of 80): reference/statistics, F.2 item 1. The tolerance is
 * what that reference states. */
static void designs_are_as_predictable_as_published(void **state) {
    (void)state;
    static const uint32_t mixed[] = {4, 6, 8};
    static const uint32_t six = 6;
    struct allocation_design random_blocks = blocks_of(mixed, 3);
    struct allocation_design sixes = blocks_of(&six, 1);
    struct allocation_design efron = minimisation(2.0 / 3.0);
    struct allocation_design coin = minimisation(0.8);
    struct allocation_design nearly_certain = minimisation(1.0 - 1e-12);
    struct allocation_design simple = blocks_of(NULL, 0);
    simple.kind = ALLOCATION_SIMPLE;
    const struct {
        const struct allocation_design *design;
        double expected;
    } rows[] = {{&sixes, 0.6807}, {&random_blocks, 0.6788},  {&efron, 0.6235},
                {&coin, 0.6863},  {&nearly_certain, 0.7504}, {&simple, 0.4993}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double p = predictability(rows[i].design, 80, 4000);
        if (fabs(p - rows[i].expected) >= 0.003) {
            fail_msg("row %zu: %.4f instead of %.4f", i, p, rows[i].expected);
        }
    }
}

static void balance_is_measured(void **state) {
    (void)state;
    static const uint32_t four = 4;
    struct allocation_design blocks = blocks_of(&four, 1);
    struct allocation_design simple = blocks_of(NULL, 0);
    simple.kind = ALLOCATION_SIMPLE;
    struct arena arena;
    arena_init(&arena, 0);
    struct balance_options options = {.subjects = 80, .repeats = 2000};
    struct allocation_balance balance;
    assert_int_equal(allocation_balance(&blocks, &options, &arena, &balance), STATUS_OK);
    assert_true(balance.overall.most == 0.0); /* 20 whole blocks */
    assert_true(balance.on_the_way.most == 1.0);
    assert_true(balance.empty_strata == 0.0);
    assert_int_equal(allocation_balance(&simple, &options, &arena, &balance), STATUS_OK);
    /* |X - 40| of a binomial(80, 1/2): P(<= 2) = 0.424, P(<= 3) = 0.566; P(<= 8) = 0.943,
     * P(<= 9) = 0.966 (R: pbinom). */
    assert_true(balance.overall.median == 3.0);
    assert_true(balance.overall.high == 9.0);
    arena_release(&arena);
}

/* ---- Designs that cannot run ---- */

static void faults_are_said(void **state) {
    (void)state;
    static const uint32_t three = 3, wide[] = {17, 1};
    const struct allocation_factor many[] = {{STR("x"), 100, NULL, 1.0},
                                             {STR("y"), 100, NULL, 1.0}};
    struct arena arena;
    arena_init(&arena, 0);
    struct allocation_design design = blocks_of(&three, 1);
    assert_non_null(strstr(allocation_design_fault(&design, &arena), "multiples of 2"));
    design = blocks_of(NULL, 0);
    assert_non_null(allocation_design_fault(&design, &arena));
    design = minimisation(1.0);
    assert_non_null(strstr(allocation_design_fault(&design, &arena), "between 0 and 1"));
    design = minimisation(0.8);
    assert_null(allocation_design_fault(&design, &arena));
    design.ratio = wide;
    assert_non_null(allocation_design_fault(&design, &arena));
    design = minimisation(0.8);
    design.factor_count = 2;
    design.factors = many;
    assert_int_equal(allocation_stratum_count(&design), 0);
    assert_non_null(strstr(allocation_design_fault(&design, &arena), "4,096"));
    design.arm_count = 1;
    assert_non_null(allocation_design_fault(&design, &arena));
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_is_equally_likely),
        cmocka_unit_test(two_arms_stay_within_half_a_block),
        cmocka_unit_test(unequal_ratios_hold_at_block_ends),
        cmocka_unit_test(strata_do_not_see_each_other),
        cmocka_unit_test(a_sequence_can_be_replayed),
        cmocka_unit_test(worked_example),
        cmocka_unit_test(unequal_ratio_scales_the_counts),
        cmocka_unit_test(preference_is_kept),
        cmocka_unit_test(unequal_minimisation_keeps_the_ratio),
        cmocka_unit_test(blocks_are_as_predictable_as_the_formula),
        cmocka_unit_test(designs_are_as_predictable_as_published),
        cmocka_unit_test(balance_is_measured),
        cmocka_unit_test(faults_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
