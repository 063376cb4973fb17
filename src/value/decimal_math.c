/* Exp, Ln, Log and Power by fixed-point arithmetic: 64 bits before the point, 192 after it. */
#include "value/decimal.h"

#include <math.h>

/* Little end first; the number is limb[0..3] / 2^192. Never negative: signs go beside it. */
struct fixed {
    uint64_t limb[4];
};

struct signed_fixed {
    bool negative;
    struct fixed size;
};

static const struct fixed fixed_one = {{0, 0, 0, 1}};
static const struct fixed fixed_ln2 = {
    {0x40f343267298b62e, 0xc9e3b39803f2f6af, 0xb17217f7d1cf79ab, 0}};
static const struct fixed fixed_ln10 = {
    {0x8a3fb3e76977e43a, 0xa95b58ae0b4c28a3, 0x4d763776aaa2b05b, 2}};

static struct fixed add(struct fixed a, struct fixed b) {
    u128 carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (u128)a.limb[i] + b.limb[i];
        a.limb[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return a;
}

/* a - b, where a >= b. */
static struct fixed subtract(struct fixed a, struct fixed b) {
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        u128 rest = (u128)a.limb[i] - b.limb[i] - borrow;
        a.limb[i] = (uint64_t)rest;
        borrow = (rest >> 64) != 0;
    }
    return a;
}

static int compare(struct fixed a, struct fixed b) {
    for (int i = 3; i >= 0; i--) {
        if (a.limb[i] != b.limb[i]) {
            return a.limb[i] < b.limb[i] ? -1 : 1;
        }
    }
    return 0;
}

static bool is_zero(struct fixed a) {
    return (a.limb[0] | a.limb[1] | a.limb[2] | a.limb[3]) == 0;
}

static struct fixed multiply(struct fixed a, struct fixed b) {
    uint64_t product[8] = {0};
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 4; j++) {
            u128 sum = (u128)a.limb[i] * b.limb[j] + product[i + j] + carry;
            product[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        product[i + 4] = carry;
    }
    return (struct fixed){{product[3], product[4], product[5], product[6]}};
}

static struct fixed multiply_small(struct fixed a, uint64_t n) {
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        u128 sum = (u128)a.limb[i] * n + carry;
        a.limb[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    return a;
}

static struct fixed divide_small(struct fixed a, uint64_t n) {
    uint64_t rest = 0;
    for (int i = 3; i >= 0; i--) {
        u128 part = ((u128)rest << 64) | a.limb[i];
        a.limb[i] = (uint64_t)(part / n);
        rest = (uint64_t)(part % n);
    }
    return a;
}

static struct fixed shift_left_one(struct fixed a) {
    return add(a, a);
}

static struct fixed shift_left(struct fixed a, int bits) {
    struct fixed out = {{0}};
    int limbs = bits / 64, rest = bits % 64;
    for (int i = 3; i >= limbs; i--) {
        out.limb[i] = a.limb[i - limbs] << rest;
        if (rest > 0 && i > limbs) {
            out.limb[i] |= a.limb[i - limbs - 1] >> (64 - rest);
        }
    }
    return out;
}

/* a / b bit by bit, where the quotient is under 2^64 and b under 2^63. */
static struct fixed divide(struct fixed a, struct fixed b) {
    struct fixed quotient = {{0}}, rest = {{0}};
    for (int bit = 255 + 192; bit >= 0; bit--) {
        rest = shift_left_one(rest);
        int source = bit - 192;
        if (source >= 0) {
            rest.limb[0] |= (a.limb[source / 64] >> (source % 64)) & 1;
        }
        if (compare(rest, b) >= 0) {
            rest = subtract(rest, b);
            if (bit < 256) {
                quotient.limb[bit / 64] |= (uint64_t)1 << (bit % 64);
            }
        }
    }
    return quotient;
}

/* size * 2^power * 10^8 to the nearest whole number, where size * 10^8 is under 2^255 and power at
 * most 95. What is nearer to a tie than 2^-30 counts as the tie, and goes up. */
static bool to_decimal(struct fixed size, int power, i128 *out) {
    int cut = 192 - power;
    if (cut >= 255) {
        *out = 0;
        return true;
    }
    struct fixed n = multiply_small(size, 100000000);
    struct fixed half = shift_left((struct fixed){{1}}, cut - 1);
    struct fixed snap = shift_left((struct fixed){{1}}, cut - 30);
    n = add(n, add(half, snap));
    int limbs = cut / 64, rest = cut % 64;
    uint64_t word[4] = {0};
    for (int i = limbs; i < 4; i++) {
        word[i - limbs] = n.limb[i] >> rest;
        if (rest > 0 && i + 1 < 4) {
            word[i - limbs] |= n.limb[i + 1] << (64 - rest);
        }
    }
    u128 value = ((u128)word[1] << 64) | word[0];
    if (word[2] != 0 || word[3] != 0 || value > (u128)decimal_max()) {
        return false;
    }
    *out = (i128)value;
    return true;
}

/* e^x as mantissa * 2^*power with the mantissa in [1, 2], for |x| under 100: x = power ln 2 + r,
 * and e^r by its Taylor series at r / 256, squared eight times. */
static struct fixed exponential(struct signed_fixed x, int *power) {
    int k = 0;
    struct fixed r = x.size;
    while (compare(r, fixed_ln2) >= 0) {
        r = subtract(r, fixed_ln2);
        k++;
    }
    if (x.negative) {
        r = subtract(fixed_ln2, r);
        k = -k - 1;
    }
    struct fixed s = divide_small(r, 256), sum = fixed_one, term = fixed_one;
    for (uint64_t n = 1; !is_zero(term); n++) {
        term = divide_small(multiply(term, s), n);
        sum = add(sum, term);
    }
    for (int i = 0; i < 8; i++) {
        sum = multiply(sum, sum);
    }
    *power = k;
    return sum;
}

/* ln of x > 0, scaled as decimals are: the scaled number is 2^e m, and
 * ln m = 2 artanh((m - 1) / (m + 1)). */
static struct signed_fixed logarithm(i128 x) {
    int e = 0;
    while ((x >> e) > 1) {
        e++;
    }
    u128 bits = (u128)x << (127 - e); /* m * 2^127 */
    struct fixed m = {{0, (uint64_t)(bits << 1), (uint64_t)(bits >> 63), 1}};
    struct fixed z = divide(subtract(m, fixed_one), add(m, fixed_one));
    struct fixed square = multiply(z, z), power = z, sum = z;
    for (uint64_t n = 3; !is_zero(power); n += 2) {
        power = multiply(power, square);
        sum = add(sum, divide_small(power, n));
    }
    struct fixed whole = add(multiply_small(fixed_ln2, (uint64_t)e), shift_left_one(sum));
    struct fixed scale = multiply_small(fixed_ln10, DECIMAL_SCALE_MAX);
    if (compare(whole, scale) < 0) {
        return (struct signed_fixed){true, subtract(scale, whole)};
    }
    return (struct signed_fixed){false, subtract(whole, scale)};
}

static enum decimal_answer signed_decimal(struct signed_fixed x, i128 *out) {
    if (!to_decimal(x.size, 0, out)) {
        return DECIMAL_OVERFLOW;
    }
    *out = x.negative ? -*out : *out;
    return DECIMAL_DONE;
}

enum decimal_answer decimal_exp(i128 x, i128 *out) {
    /* ln of the largest number is 64.5, and e^-20 rounds to 0. */
    if (x > 65 * DECIMAL_ONE) {
        return DECIMAL_OVERFLOW;
    }
    if (x < -20 * DECIMAL_ONE) {
        *out = 0;
        return DECIMAL_DONE;
    }
    struct signed_fixed size = {.negative = x < 0};
    size.size.limb[3] = (uint64_t)(x < 0 ? -x : x);
    size.size = divide_small(size.size, (uint64_t)DECIMAL_ONE);
    int power;
    struct fixed mantissa = exponential(size, &power);
    return to_decimal(mantissa, power, out) ? DECIMAL_DONE : DECIMAL_OVERFLOW;
}

enum decimal_answer decimal_ln(i128 x, i128 *out) {
    return x <= 0 ? DECIMAL_NOT_DEFINED : signed_decimal(logarithm(x), out);
}

enum decimal_answer decimal_log(i128 x, i128 base, i128 *out) {
    if (x <= 0 || base <= 0 || base == DECIMAL_ONE) {
        return DECIMAL_NOT_DEFINED;
    }
    struct signed_fixed top = logarithm(x), bottom = logarithm(base);
    struct signed_fixed quotient = {top.negative != bottom.negative, divide(top.size, bottom.size)};
    return signed_decimal(quotient, out);
}

enum decimal_answer decimal_power(i128 x, i128 y, i128 *out) {
    bool whole = y % DECIMAL_ONE == 0;
    bool odd = whole && (y / DECIMAL_ONE) % 2 != 0;
    if (y == 0 || x == DECIMAL_ONE) {
        *out = DECIMAL_ONE;
        return DECIMAL_DONE;
    }
    if (x == 0 && y > 0) {
        *out = 0;
        return DECIMAL_DONE;
    }
    if (x == 0 || (x < 0 && !whole)) {
        return DECIMAL_NOT_DEFINED;
    }
    i128 base = x < 0 ? -x : x;
    i128 result = DECIMAL_ONE;
    if (base != DECIMAL_ONE) {
        double rough = decimal_to_double(y) * log(decimal_to_double(base));
        if (rough > 65) {
            return DECIMAL_OVERFLOW;
        }
        if (rough < -20) {
            *out = 0;
            return DECIMAL_DONE;
        }
        /* |y ln x| < 66 and |ln x| > 9e-9, so |y| scaled is under 2^63. */
        struct signed_fixed ln = logarithm(base);
        ln.negative = ln.negative != (y < 0);
        ln.size = divide_small(multiply_small(ln.size, (uint64_t)(y < 0 ? -y : y)),
                               (uint64_t)DECIMAL_ONE);
        int power;
        struct fixed mantissa = exponential(ln, &power);
        if (!to_decimal(mantissa, power, &result)) {
            return DECIMAL_OVERFLOW;
        }
    }
    *out = x < 0 && odd ? -result : result;
    return DECIMAL_DONE;
}
