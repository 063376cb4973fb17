/* Functions of fractions by fixed point of FRACTION_BITS: exact to more than 40 decimals where the
 * result is near one, and the same on every machine. */
#include "value/rational.h"

/* 2^-224 is under 10^-67; a series of a hundred terms loses less than ten of the bits. */
enum { FRACTION_BITS = 224, SERIES_TERMS_MAX = 400 };

static bool fixed_from(const struct rational *r, struct natural *out) {
    struct natural over = r->over;
    if (!natural_shift_left(&over, FRACTION_BITS)) {
        return false;
    }
    natural_divide(&over, &r->under, out, NULL);
    return true;
}

static bool fixed_to(const struct natural *fixed, bool negative, struct rational *out) {
    out->negative = negative && fixed->count > 0;
    out->over = *fixed;
    natural_set(&out->under, 1);
    bool ok = natural_shift_left(&out->under, FRACTION_BITS);
    rational_reduce(out);
    return ok;
}

static bool fixed_multiply(const struct natural *a, const struct natural *b, struct natural *out) {
    bool ok = natural_multiply(a, b, out);
    natural_shift_right(out, FRACTION_BITS);
    return ok;
}

static bool fixed_divide(const struct natural *a, const struct natural *b, struct natural *out) {
    struct natural scaled = *a;
    if (b->count == 0 || !natural_shift_left(&scaled, FRACTION_BITS)) {
        return false;
    }
    natural_divide(&scaled, b, out, NULL);
    return true;
}

static void divide_by_small(struct natural *n, uint64_t by) {
    struct natural divisor;
    natural_set(&divisor, by);
    natural_divide(n, &divisor, n, NULL);
}

static struct natural fixed_one(void) {
    struct natural one;
    natural_set(&one, 1);
    (void)natural_shift_left(&one, FRACTION_BITS);
    return one;
}

/* sum of (+-1)^k z^(2k+1) / (2k+1): atanh (all plus) and atan (alternating) of 0 <= z < 1. */
static bool odd_series(const struct natural *z, bool alternating, struct natural *out) {
    struct natural square, power = *z, plus = {0}, minus = {0};
    bool ok = fixed_multiply(z, z, &square);
    for (uint64_t k = 0; ok && power.count > 0 && k < SERIES_TERMS_MAX; k++) {
        struct natural term = power;
        struct natural *sum = alternating && k % 2 == 1 ? &minus : &plus;
        divide_by_small(&term, 2 * k + 1);
        ok = natural_add(sum, &term, sum) && fixed_multiply(&power, &square, &power);
    }
    natural_subtract(&plus, &minus, out);
    return ok;
}

/* ln x for 1 <= x, by x = 2^k m with m in [1, 2) and ln m = 2 atanh((m - 1) / (m + 1)). */
static bool fixed_ln(const struct natural *x, struct natural *out) {
    struct natural one = fixed_one(), z = one, m = *x, above, below, ln2, part, whole;
    uint32_t k = natural_bits(x) - 1 - FRACTION_BITS;
    natural_shift_right(&m, k);
    /* ln 2 = 2 atanh(1/3). */
    divide_by_small(&z, 3);
    bool ok = odd_series(&z, false, &ln2) && natural_shift_left(&ln2, 1);
    natural_subtract(&m, &one, &above);
    ok = ok && natural_add(&m, &one, &below) && fixed_divide(&above, &below, &z) &&
         odd_series(&z, false, &part) && natural_shift_left(&part, 1);
    natural_set(&whole, k);
    return ok && natural_multiply(&whole, &ln2, &whole) && natural_add(&whole, &part, out);
}

/* e^x for x >= 0, by x = k ln 2 + r and the series of e^r. */
static bool fixed_exp(const struct natural *x, struct natural *out) {
    struct natural one = fixed_one(), two = one, ln2, k, rest, term = one, sum = one;
    u128 shift;
    if (!natural_shift_left(&two, 1) || !fixed_ln(&two, &ln2)) {
        return false;
    }
    natural_divide(x, &ln2, &k, &rest);
    if (!natural_to_u128(&k, &shift) || shift > 1024) {
        return false;
    }
    bool ok = true;
    for (uint64_t n = 1; ok && term.count > 0 && n < SERIES_TERMS_MAX; n++) {
        ok = fixed_multiply(&term, &rest, &term);
        divide_by_small(&term, n);
        ok = ok && natural_add(&sum, &term, &sum);
    }
    *out = sum;
    return ok && natural_shift_left(out, (uint32_t)shift);
}

static bool fixed_root(const struct natural *x, struct natural *out) {
    struct natural scaled = *x;
    bool ok = natural_shift_left(&scaled, FRACTION_BITS);
    natural_root(&scaled, out);
    return ok;
}

/* atan of z >= 0: twice atan(z) = 2 atan(z / (1 + sqrt(1 + z^2))) brings any z under 0.42. */
static bool fixed_atan(const struct natural *z, struct natural *out) {
    struct natural one = fixed_one(), y = *z;
    bool ok = true;
    for (int i = 0; ok && i < 2; i++) {
        struct natural square;
        ok = fixed_multiply(&y, &y, &square) && natural_add(&square, &one, &square) &&
             fixed_root(&square, &square) && natural_add(&square, &one, &square) &&
             fixed_divide(&y, &square, &y);
    }
    return ok && odd_series(&y, true, out) && natural_shift_left(out, 2);
}

/* tan of 0 <= x < pi/2 by the series of sine and cosine. */
static bool fixed_tan(const struct natural *x, struct natural *out) {
    struct natural term = fixed_one(), sums[4] = {{0}}, sine, cosine;
    bool ok = true;
    for (uint64_t n = 0; ok && term.count > 0 && n < SERIES_TERMS_MAX; n++) {
        ok = natural_add(&sums[n % 4], &term, &sums[n % 4]) && fixed_multiply(&term, x, &term);
        divide_by_small(&term, n + 1);
    }
    if (!ok || natural_compare(&sums[0], &sums[2]) <= 0 ||
        natural_compare(&sums[1], &sums[3]) < 0) {
        return false;
    }
    natural_subtract(&sums[0], &sums[2], &cosine);
    natural_subtract(&sums[1], &sums[3], &sine);
    return fixed_divide(&sine, &cosine, out);
}

bool rational_ln(const struct rational *x, struct rational *out) {
    if (x->negative || x->over.count == 0) {
        return false;
    }
    struct rational inverse = {.over = x->under, .under = x->over};
    bool below_one = natural_compare(&x->over, &x->under) < 0;
    struct natural fixed;
    return fixed_from(below_one ? &inverse : x, &fixed) && fixed_ln(&fixed, &fixed) &&
           fixed_to(&fixed, below_one, out);
}

bool rational_exp(const struct rational *x, struct rational *out) {
    struct natural fixed;
    struct rational size;
    if (!fixed_from(x, &fixed) || !fixed_exp(&fixed, &fixed) || !fixed_to(&fixed, false, &size)) {
        return false;
    }
    *out = x->negative ? (struct rational){.over = size.under, .under = size.over} : size;
    return true;
}

bool rational_root(const struct rational *x, struct rational *out) {
    struct natural fixed;
    return !x->negative && fixed_from(x, &fixed) && fixed_root(&fixed, &fixed) &&
           fixed_to(&fixed, false, out);
}

bool rational_atan(const struct rational *x, struct rational *out) {
    struct natural fixed;
    return fixed_from(x, &fixed) && fixed_atan(&fixed, &fixed) &&
           fixed_to(&fixed, x->negative, out);
}

bool rational_tan(const struct rational *x, struct rational *out) {
    struct natural fixed;
    return fixed_from(x, &fixed) && fixed_tan(&fixed, &fixed) && fixed_to(&fixed, x->negative, out);
}
