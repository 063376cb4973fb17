/* The scales of UCUM's special units (section 21 to 23 and tables 6 to 23): temperatures and square
 * roots by fractions, logarithms, exponentials and angles by fixed point of FRACTION_BITS. No
 * floating point: the answer is the same on every machine. */
#include "value/ucum_internal.h"

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

static bool ln_of(const struct rational *x, struct rational *out) {
    if (x->negative || x->over.count == 0) {
        return false;
    }
    struct rational inverse = {.over = x->under, .under = x->over};
    bool below_one = natural_compare(&x->over, &x->under) < 0;
    struct natural fixed;
    return fixed_from(below_one ? &inverse : x, &fixed) && fixed_ln(&fixed, &fixed) &&
           fixed_to(&fixed, below_one, out);
}

static bool exp_of(const struct rational *x, struct rational *out) {
    struct natural fixed;
    struct rational size;
    if (!fixed_from(x, &fixed) || !fixed_exp(&fixed, &fixed) || !fixed_to(&fixed, false, &size)) {
        return false;
    }
    *out = x->negative ? (struct rational){.over = size.under, .under = size.over} : size;
    return true;
}

/* base^x: whole powers by multiplication, so that pH 7 is exactly 10^-7. */
static bool power_of(int64_t base, const struct rational *exponent, struct rational *out) {
    struct natural whole, rest;
    struct rational factor, fraction, ln_base;
    const struct rational copy = *exponent, *x = &copy; /* out may be the exponent */
    u128 times;
    natural_divide(&x->over, &x->under, &whole, &rest);
    if (!natural_to_u128(&whole, &times) || times > 999) {
        return false;
    }
    rational_set(&factor, base, 1);
    rational_set(out, 1, 1);
    for (u128 i = 0; i < times; i++) {
        if (!rational_multiply(out, &factor, out)) {
            return false;
        }
    }
    if (rest.count > 0) {
        fraction = (struct rational){.over = rest, .under = x->under};
        if (!ln_of(&factor, &ln_base) || !rational_multiply(&ln_base, &fraction, &fraction) ||
            !exp_of(&fraction, &fraction) || !rational_multiply(out, &fraction, out)) {
            return false;
        }
    }
    if (x->negative) {
        *out = (struct rational){.over = out->under, .under = out->over};
    }
    return true;
}

/* log to a base: whole powers are divided out first, so that 10^-7 is exactly -7. */
static bool log_of(int64_t base, const struct rational *x, struct rational *out) {
    if (x->negative || x->over.count == 0) {
        return false;
    }
    bool below_one = natural_compare(&x->over, &x->under) < 0;
    struct rational left = *x, factor, ln_base;
    if (below_one) {
        left = (struct rational){.over = x->under, .under = x->over};
    }
    rational_set(&factor, base, 1);
    int64_t whole = 0;
    for (;; whole++) {
        struct rational next;
        if (!rational_divide(&left, &factor, &next)) {
            return false;
        }
        rational_reduce(&next);
        if (natural_compare(&next.over, &next.under) < 0) {
            break;
        }
        left = next;
    }
    rational_set(out, whole, 1);
    rational_reduce(&left);
    if (!(natural_is_one(&left.over) && natural_is_one(&left.under))) {
        if (!ln_of(&left, &left) || !ln_of(&factor, &ln_base) ||
            !rational_divide(&left, &ln_base, &left) || !rational_add(out, &left, out)) {
            return false;
        }
    }
    out->negative = below_one && out->over.count > 0;
    return true;
}

static bool square_root_of(const struct rational *x, struct rational *out) {
    struct natural fixed;
    return !x->negative && fixed_from(x, &fixed) && fixed_root(&fixed, &fixed) &&
           fixed_to(&fixed, false, out);
}

static bool shift_scale(const struct rational *x, int64_t over, uint64_t under, bool up,
                        struct rational *out) {
    struct rational offset;
    rational_set(&offset, over, under);
    return up ? rational_add(x, &offset, out) : rational_subtract(x, &offset, out);
}

static bool times(const struct rational *x, int64_t over, uint64_t under, struct rational *out) {
    struct rational factor;
    rational_set(&factor, over, under);
    return rational_multiply(x, &factor, out);
}

static bool negated_power(int64_t base, const struct rational *x, struct rational *out) {
    struct rational minus;
    return times(x, -1, 1, &minus) && power_of(base, &minus, out);
}

static bool negated_log(int64_t base, const struct rational *x, struct rational *out) {
    return log_of(base, x, out) && times(out, -1, 1, out);
}

bool ucum_scale_to_ratio(enum ucum_function f, const struct rational *x, struct rational *out) {
    struct rational half;
    struct natural fixed;
    switch (f) {
    case UCUM_LINEAR:
        *out = *x;
        return true;
    case UCUM_CELSIUS:
        return shift_scale(x, 27315, 100, true, out);
    case UCUM_FAHRENHEIT:
        return shift_scale(x, 45967, 100, true, out);
    case UCUM_REAUMUR: /* 273.15 K are 218.52 steps of 5/4 K */
        return shift_scale(x, 21852, 100, true, out);
    case UCUM_PH:
    case UCUM_HP_X:
        return negated_power(10, x, out);
    case UCUM_HP_C:
        return negated_power(100, x, out);
    case UCUM_HP_M:
        return negated_power(1000, x, out);
    case UCUM_HP_Q:
        return negated_power(50000, x, out);
    case UCUM_LN:
        return exp_of(x, out);
    case UCUM_LG:
        return power_of(10, x, out);
    case UCUM_LG_TIMES_2:
        return times(x, 1, 2, &half) && power_of(10, &half, out);
    case UCUM_LD:
        return power_of(2, x, out);
    case UCUM_SQRT:
        return !x->negative && rational_multiply(x, x, out);
    case UCUM_TAN_100:
        return times(x, 1, 100, &half) && fixed_from(&half, &fixed) && fixed_atan(&fixed, &fixed) &&
               fixed_to(&fixed, x->negative, out);
    }
    return false;
}

bool ucum_ratio_to_scale(enum ucum_function f, const struct rational *x, struct rational *out) {
    struct natural fixed;
    switch (f) {
    case UCUM_LINEAR:
        *out = *x;
        return true;
    case UCUM_CELSIUS:
        return shift_scale(x, 27315, 100, false, out);
    case UCUM_FAHRENHEIT:
        return shift_scale(x, 45967, 100, false, out);
    case UCUM_REAUMUR:
        return shift_scale(x, 21852, 100, false, out);
    case UCUM_PH:
    case UCUM_HP_X:
        return negated_log(10, x, out);
    case UCUM_HP_C:
        return negated_log(100, x, out);
    case UCUM_HP_M:
        return negated_log(1000, x, out);
    case UCUM_HP_Q:
        return negated_log(50000, x, out);
    case UCUM_LN:
        return ln_of(x, out);
    case UCUM_LG:
        return log_of(10, x, out);
    case UCUM_LG_TIMES_2:
        return log_of(10, x, out) && times(out, 2, 1, out);
    case UCUM_LD:
        return log_of(2, x, out);
    case UCUM_SQRT:
        return square_root_of(x, out);
    case UCUM_TAN_100:
        return fixed_from(x, &fixed) && fixed_tan(&fixed, &fixed) &&
               fixed_to(&fixed, x->negative, out) && times(out, 100, 1, out);
    }
    return false;
}

bool ucum_to_base(const struct ucum_meaning *m, const struct rational *x, struct rational *out) {
    struct rational ratio;
    if (m->function == UCUM_LINEAR) {
        return rational_multiply(x, &m->factor, out);
    }
    return rational_multiply(x, &m->prefix, &ratio) &&
           ucum_scale_to_ratio(m->function, &ratio, &ratio) &&
           rational_multiply(&ratio, &m->factor, out);
}

bool ucum_from_base(const struct ucum_meaning *m, const struct rational *x, struct rational *out) {
    if (m->function == UCUM_LINEAR) {
        return rational_divide(x, &m->factor, out);
    }
    struct rational ratio;
    if (!rational_divide(x, &m->factor, &ratio)) {
        return false;
    }
    rational_reduce(&ratio);
    return ucum_ratio_to_scale(m->function, &ratio, &ratio) &&
           rational_divide(&ratio, &m->prefix, out);
}
