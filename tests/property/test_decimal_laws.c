/* Decimal arithmetic against GMP's rationals: a result is the exact one rounded half away from
 * zero, or is refused because the exact one is out of range. */
#include "value/decimal.h"

#include <gmp.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

enum { ROUNDS = 60000 };

/* splitmix64: the same numbers in every run. */
static uint64_t next_random(uint64_t *seed) {
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Of any size up to the limit, small and large as often. */
static i128 random_decimal(uint64_t *seed) {
    u128 bits = ((u128)next_random(seed) << 64) | next_random(seed);
    u128 size = bits >> (8 + next_random(seed) % 119);
    size = size > (u128)decimal_max() ? (u128)decimal_max() - size % 1000 : size;
    return next_random(seed) % 2 ? -(i128)size : (i128)size;
}

static void set(mpz_t z, i128 n) {
    u128 size = n < 0 ? -(u128)n : (u128)n;
    mpz_set_ui(z, (unsigned long)(size >> 64));
    mpz_mul_2exp(z, z, 64);
    mpz_add_ui(z, z, (unsigned long)size);
    if (n < 0) {
        mpz_neg(z, z);
    }
}

struct exact {
    mpz_t top, bottom, limit, wanted;
};

/* top / bottom, rounded half away from zero, is what the function gave. */
static void assert_quotient(struct exact *e, bool fits, i128 got) {
    int sign = mpz_sgn(e->top) * mpz_sgn(e->bottom);
    mpz_abs(e->top, e->top);
    mpz_abs(e->bottom, e->bottom);
    mpz_mul_2exp(e->top, e->top, 1);
    mpz_add(e->top, e->top, e->bottom);
    mpz_mul_2exp(e->bottom, e->bottom, 1);
    mpz_fdiv_q(e->wanted, e->top, e->bottom);
    assert_int_equal(fits, mpz_cmp(e->wanted, e->limit) <= 0);
    if (fits) {
        set(e->top, sign < 0 ? -got : got);
        assert_int_equal(mpz_cmp(e->top, e->wanted), 0);
    }
}

static void results_are_exact(void **state) {
    (void)state;
    uint64_t seed = 1;
    struct exact e;
    mpz_t x, y, z;
    mpz_inits(e.top, e.bottom, e.limit, e.wanted, x, y, z, NULL);
    set(e.limit, decimal_max());
    for (int i = 0; i < ROUNDS; i++) {
        i128 a = random_decimal(&seed), b = random_decimal(&seed), c = random_decimal(&seed);
        i128 got = 0;
        set(x, a);
        set(y, b);
        set(z, c);
        bool fits = decimal_add(a, b, &got);
        mpz_add(e.top, x, y);
        mpz_set_ui(e.bottom, 1);
        assert_quotient(&e, fits, got);

        fits = decimal_multiply(a, b, &got);
        mpz_mul(e.top, x, y);
        set(e.bottom, DECIMAL_ONE);
        assert_quotient(&e, fits, got);

        if (c == 0) {
            continue;
        }
        fits = decimal_divide(a, c, &got);
        set(e.bottom, DECIMAL_ONE);
        mpz_mul(e.top, x, e.bottom);
        mpz_set(e.bottom, z);
        assert_quotient(&e, fits, got);

        fits = decimal_multiply_divide(a, b, c, &got);
        mpz_mul(e.top, x, y);
        mpz_set(e.bottom, z);
        assert_quotient(&e, fits, got);

        i128 quotient, rest, back;
        if (decimal_truncated_divide(a, c, &quotient) && decimal_modulo(a, c, &rest) &&
            decimal_multiply(quotient, c, &back)) {
            assert_true(back + rest == a);
        }
    }
    mpz_clears(e.top, e.bottom, e.limit, e.wanted, x, y, z, NULL);
}

static void text_reads_back(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < ROUNDS; i++) {
        i128 a = random_decimal(&seed) / 10, back; /* a text has a digit less than a result */
        uint8_t wanted = (uint8_t)(next_random(&seed) % 9), scale;
        char text[DECIMAL_TEXT_MAX];
        size_t len = decimal_print(a, wanted, text);
        assert_true(decimal_parse((struct str){text, len}, &back, &scale));
        assert_true(back == a && scale >= wanted);
        assert_true(decimal_parse_json((struct str){text, len}, &back, &scale) && back == a);
    }
}

/* exp and ln undo each other as far as rounding lets them. */
static void exp_undoes_ln(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 300; i++) {
        i128 x = (i128)(next_random(&seed) % 2000000000u) - 1000000000, power, back;
        assert_int_equal(decimal_exp(x, &power), DECIMAL_DONE);
        if (power < 10 * DECIMAL_ONE) {
            continue;
        }
        assert_int_equal(decimal_ln(power, &back), DECIMAL_DONE);
        assert_in_range((int)(back - x) + 1, 0, 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_exact),
        cmocka_unit_test(text_reads_back),
        cmocka_unit_test(exp_undoes_ln),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
