/* The stream of draws: known answers, domains, and fairness. */
#include "base/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* randombytes_buf_deterministic of libsodium 1.0.18 for an all-zero seed. */
static void known_answer(void **state) {
    (void)state;
    static const uint8_t zero[DRAW_SEED_BYTES];
    static const uint8_t first[16] = {0xa1, 0x1f, 0x8f, 0x12, 0xd0, 0x87, 0x6f, 0x73,
                                      0x6d, 0x2d, 0x8f, 0xd2, 0x6e, 0x14, 0xc2, 0xde};
    struct draw draw;
    draw_init(&draw, zero);
    for (int i = 0; i < 4; i++) {
        uint32_t word = draw_u32(&draw);
        for (int b = 0; b < 4; b++) {
            assert_int_equal((uint8_t)(word >> (8 * b)), first[4 * i + b]);
        }
    }
}

static void domains_differ_and_repeat(void **state) {
    (void)state;
    static const uint8_t seed[DRAW_SEED_BYTES] = {7};
    struct draw a, b, again;
    draw_init_domain(&a, seed, STR("stratum a"));
    draw_init_domain(&b, seed, STR("stratum b"));
    draw_init_domain(&again, seed, STR("stratum a"));
    int same = 0;
    for (int i = 0; i < 64; i++) { /* four blocks */
        uint32_t word = draw_u32(&a);
        same += word == draw_u32(&b);
        assert_int_equal(word, draw_u32(&again));
    }
    assert_int_equal(same, 0);
}

static void below_is_in_range_and_fair(void **state) {
    (void)state;
    static const uint8_t seed[DRAW_SEED_BYTES] = {1};
    struct draw draw;
    draw_init(&draw, seed);
    int counts[6] = {0};
    for (int i = 0; i < 60000; i++) {
        uint32_t k = draw_below(&draw, 6);
        assert_true(k < 6);
        counts[k]++;
    }
    for (int k = 0; k < 6; k++) { /* 10,000 +- 5 standard deviations of 91 */
        assert_in_range(counts[k], 9543, 10457);
    }
    assert_int_equal(draw_below(&draw, 1), 0);
    /* Two thirds of the range: a third of the words must be drawn again, and none is folded. */
    uint32_t most = 0;
    for (int i = 0; i < 2000; i++) {
        uint32_t k = draw_below(&draw, 0xaaaaaaabu);
        assert_true(k < 0xaaaaaaabu);
        most = k > most ? k : most;
    }
    assert_true(most > 0xa0000000u);
}

static void unit_is_in_range(void **state) {
    (void)state;
    static const uint8_t seed[DRAW_SEED_BYTES] = {2};
    struct draw draw;
    draw_init(&draw, seed);
    double sum = 0.0;
    for (int i = 0; i < 10000; i++) {
        double u = draw_unit(&draw);
        assert_true(u >= 0.0 && u < 1.0);
        sum += u;
    }
    assert_true(sum > 4850.0 && sum < 5150.0); /* 5 standard deviations of 29 */
}

static void fresh_seeds_differ(void **state) {
    (void)state;
    uint8_t a[DRAW_SEED_BYTES], b[DRAW_SEED_BYTES];
    assert_int_equal(draw_fresh_seed(a), STATUS_OK);
    assert_int_equal(draw_fresh_seed(b), STATUS_OK);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answer),
        cmocka_unit_test(domains_differ_and_repeat),
        cmocka_unit_test(below_is_in_range_and_fair),
        cmocka_unit_test(unit_is_in_range),
        cmocka_unit_test(fresh_seeds_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
