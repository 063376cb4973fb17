#include "value/rational.h"
#include "value/decimal.h"

#include <assert.h>

static void trim(struct natural *n) {
    while (n->count > 0 && n->limb[n->count - 1] == 0) {
        n->count--;
    }
}

void natural_set(struct natural *n, u128 value) {
    n->count = 0;
    while (value != 0) {
        n->limb[n->count++] = (uint32_t)value;
        value >>= 32;
    }
}

/* n = n * factor + addend. */
static bool scale_by_small(struct natural *n, uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (uint32_t i = 0; i < n->count; i++) {
        carry += (uint64_t)n->limb[i] * factor;
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        if (n->count == NATURAL_LIMBS) {
            return false;
        }
        n->limb[n->count++] = (uint32_t)carry;
    }
    return true;
}

bool natural_from_digits(struct natural *n, struct str digits) {
    n->count = 0;
    for (size_t i = 0; i < digits.len; i++) {
        assert(digits.at[i] >= '0' && digits.at[i] <= '9');
        if (!scale_by_small(n, 10, (uint32_t)(digits.at[i] - '0'))) {
            return false;
        }
    }
    return true;
}

int natural_compare(const struct natural *a, const struct natural *b) {
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (uint32_t i = a->count; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

bool natural_is_one(const struct natural *n) {
    return n->count == 1 && n->limb[0] == 1;
}

uint32_t natural_bits(const struct natural *n) {
    return n->count == 0 ? 0 : n->count * 32 - (uint32_t)__builtin_clz(n->limb[n->count - 1]);
}

bool natural_add(const struct natural *a, const struct natural *b, struct natural *out) {
    uint32_t count = a->count > b->count ? a->count : b->count;
    uint64_t carry = 0;
    for (uint32_t i = 0; i < count; i++) {
        carry += (uint64_t)(i < a->count ? a->limb[i] : 0) + (i < b->count ? b->limb[i] : 0);
        out->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    out->count = count;
    if (carry != 0) {
        if (count == NATURAL_LIMBS) {
            return false;
        }
        out->limb[out->count++] = (uint32_t)carry;
    }
    return true;
}

void natural_subtract(const struct natural *a, const struct natural *b, struct natural *out) {
    uint32_t count = a->count;
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t taken = (i < b->count ? b->limb[i] : 0) + borrow;
        uint64_t from = a->limb[i];
        borrow = from < taken;
        out->limb[i] = (uint32_t)(from - taken);
    }
    assert(borrow == 0);
    out->count = count;
    trim(out);
}

bool natural_multiply(const struct natural *a, const struct natural *b, struct natural *out) {
    struct natural product;
    uint32_t count = a->count + b->count;
    if (count > NATURAL_LIMBS && natural_bits(a) + natural_bits(b) > NATURAL_LIMBS * 32) {
        return false;
    }
    product.count = count > NATURAL_LIMBS ? NATURAL_LIMBS : count;
    memset(product.limb, 0, product.count * sizeof(product.limb[0]));
    for (uint32_t i = 0; i < a->count; i++) {
        uint64_t carry = 0;
        for (uint32_t j = 0; j < b->count; j++) {
            carry += (uint64_t)a->limb[i] * b->limb[j];
            if (i + j < NATURAL_LIMBS) {
                carry += product.limb[i + j];
                product.limb[i + j] = (uint32_t)carry;
            }
            carry >>= 32;
        }
        if (carry != 0) {
            product.limb[i + b->count] = (uint32_t)carry;
        }
    }
    trim(&product);
    out->count = product.count;
    memcpy(out->limb, product.limb, product.count * sizeof(product.limb[0]));
    return true;
}

bool natural_shift_left(struct natural *n, uint32_t bits) {
    if (n->count == 0 || bits == 0) {
        return true;
    }
    uint32_t limbs = bits / 32, rest = bits % 32;
    uint32_t total = (natural_bits(n) + bits + 31) / 32;
    if (total > NATURAL_LIMBS) {
        return false;
    }
    for (uint32_t i = total; i-- > 0;) {
        uint64_t high = i >= limbs && i - limbs < n->count ? n->limb[i - limbs] : 0;
        uint64_t low = i >= limbs + 1 && i - limbs - 1 < n->count ? n->limb[i - limbs - 1] : 0;
        n->limb[i] = (uint32_t)((high << rest) | (rest == 0 ? 0 : low >> (32 - rest)));
    }
    n->count = total;
    return true;
}

void natural_shift_right(struct natural *n, uint32_t bits) {
    uint32_t limbs = bits / 32, rest = bits % 32;
    if (limbs >= n->count) {
        n->count = 0;
        return;
    }
    uint32_t count = n->count - limbs;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t low = n->limb[i + limbs];
        uint64_t high = i + limbs + 1 < n->count ? n->limb[i + limbs + 1] : 0;
        n->limb[i] = (uint32_t)((low | (high << 32)) >> rest);
    }
    n->count = count;
    trim(n);
}

/* In place; the rest is returned. */
static uint32_t divide_by_limb(struct natural *n, uint32_t by) {
    uint64_t rest = 0;
    for (uint32_t i = n->count; i-- > 0;) {
        rest = rest << 32 | n->limb[i];
        n->limb[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    trim(n);
    return (uint32_t)rest;
}

uint32_t natural_strip_tens(struct natural *n) {
    uint32_t tens = 0;
    while (n->count > 0 && n->limb[0] % 2 == 0) {
        struct natural tenth = *n;
        if (divide_by_limb(&tenth, 10) != 0) {
            break;
        }
        *n = tenth;
        tens++;
    }
    return tens;
}

void natural_divide(const struct natural *a, const struct natural *b, struct natural *quotient,
                    struct natural *rest) {
    assert(b->count > 0);
    if (b->count == 1) {
        struct natural whole = *a;
        uint32_t left_over = divide_by_limb(&whole, b->limb[0]);
        if (rest) {
            natural_set(rest, left_over);
        }
        if (quotient) {
            *quotient = whole;
        }
        return;
    }
    struct natural left = *a, q = {0};
    if (natural_compare(a, b) >= 0) {
        struct natural shifted = *b;
        uint32_t shift = natural_bits(a) - natural_bits(b);
        /* It fits: the shifted divisor has no more bits than the dividend. */
        (void)natural_shift_left(&shifted, shift);
        q.count = shift / 32 + 1;
        memset(q.limb, 0, q.count * sizeof(q.limb[0]));
        for (uint32_t i = shift + 1; i-- > 0;) {
            if (natural_compare(&left, &shifted) >= 0) {
                natural_subtract(&left, &shifted, &left);
                q.limb[i / 32] |= (uint32_t)1 << (i % 32);
            }
            natural_shift_right(&shifted, 1);
        }
        trim(&q);
    }
    if (quotient) {
        *quotient = q;
    }
    if (rest) {
        *rest = left;
    }
}

bool natural_to_u128(const struct natural *n, u128 *out) {
    if (n->count > 4) {
        return false;
    }
    *out = 0;
    for (uint32_t i = n->count; i-- > 0;) {
        *out = (*out << 32) | n->limb[i];
    }
    return true;
}

void natural_root(const struct natural *n, struct natural *out) {
    struct natural root = {0};
    for (uint32_t bit = (natural_bits(n) + 1) / 2 + 1; bit-- > 0;) {
        struct natural step, trial, square;
        natural_set(&step, 1);
        if (natural_shift_left(&step, bit) && natural_add(&root, &step, &trial) &&
            natural_multiply(&trial, &trial, &square) && natural_compare(&square, n) <= 0) {
            root = trial;
        }
    }
    *out = root;
}

static uint32_t trailing_zeros(const struct natural *n) {
    uint32_t i = 0;
    while (n->limb[i] == 0) {
        i++;
    }
    return i * 32 + (uint32_t)__builtin_ctz(n->limb[i]);
}

/* Binary algorithm; both are above zero. */
static void greatest_common_divisor(const struct natural *a, const struct natural *b,
                                    struct natural *out) {
    struct natural x = *a, y = *b;
    uint32_t zeros_x = trailing_zeros(&x), zeros_y = trailing_zeros(&y);
    natural_shift_right(&x, zeros_x);
    natural_shift_right(&y, zeros_y);
    for (int order = natural_compare(&x, &y); order != 0; order = natural_compare(&x, &y)) {
        struct natural *larger = order > 0 ? &x : &y;
        natural_subtract(larger, order > 0 ? &y : &x, larger);
        natural_shift_right(larger, trailing_zeros(larger));
    }
    /* It fits: the divisor is not larger than a. */
    (void)natural_shift_left(&x, zeros_x < zeros_y ? zeros_x : zeros_y);
    *out = x;
}

void rational_set(struct rational *r, int64_t over, uint64_t under) {
    assert(under > 0);
    r->negative = over < 0;
    natural_set(&r->over, over < 0 ? (u128)0 - (u128)over : (u128)over);
    natural_set(&r->under, under);
}

void rational_from_decimal(struct rational *r, i128 value) {
    r->negative = value < 0;
    natural_set(&r->over, value < 0 ? (u128)0 - (u128)value : (u128)value);
    natural_set(&r->under, (u128)DECIMAL_ONE);
}

void rational_reduce(struct rational *r) {
    if (r->over.count == 0) {
        r->negative = false;
        natural_set(&r->under, 1);
        return;
    }
    if (natural_is_one(&r->under)) {
        return;
    }
    struct natural common;
    greatest_common_divisor(&r->over, &r->under, &common);
    if (!natural_is_one(&common)) {
        natural_divide(&r->over, &common, &r->over, NULL);
        natural_divide(&r->under, &common, &r->under, NULL);
    }
}

static void reduce_if_large(struct rational *r) {
    if (r->over.count == 0 || r->over.count > RATIONAL_KEPT_LIMBS / 2 ||
        r->under.count > RATIONAL_KEPT_LIMBS / 2) {
        rational_reduce(r);
    }
}

bool rational_multiply(const struct rational *a, const struct rational *b, struct rational *out) {
    bool negative = a->negative != b->negative;
    if (!natural_multiply(&a->over, &b->over, &out->over) ||
        !natural_multiply(&a->under, &b->under, &out->under)) {
        return false;
    }
    out->negative = negative;
    reduce_if_large(out);
    return true;
}

bool rational_divide(const struct rational *a, const struct rational *b, struct rational *out) {
    if (b->over.count == 0) {
        return false;
    }
    struct rational inverse = {.negative = b->negative, .over = b->under, .under = b->over};
    return rational_multiply(a, &inverse, out);
}

static bool add_signed(const struct rational *a, const struct rational *b, bool negate_b,
                       struct rational *out) {
    struct natural left, right, under;
    if (!natural_multiply(&a->over, &b->under, &left) ||
        !natural_multiply(&b->over, &a->under, &right) ||
        !natural_multiply(&a->under, &b->under, &under)) {
        return false;
    }
    bool sign_a = a->negative, sign_b = b->negative != negate_b;
    if (sign_a == sign_b) {
        if (!natural_add(&left, &right, &out->over)) {
            return false;
        }
        out->negative = sign_a;
    } else if (natural_compare(&left, &right) >= 0) {
        natural_subtract(&left, &right, &out->over);
        out->negative = sign_a;
    } else {
        natural_subtract(&right, &left, &out->over);
        out->negative = sign_b;
    }
    out->under = under;
    reduce_if_large(out);
    return true;
}

bool rational_add(const struct rational *a, const struct rational *b, struct rational *out) {
    return add_signed(a, b, false, out);
}

bool rational_subtract(const struct rational *a, const struct rational *b, struct rational *out) {
    return add_signed(a, b, true, out);
}

bool rational_compare(const struct rational *a, const struct rational *b, int *order) {
    if (a->negative != b->negative) {
        *order = a->negative ? -1 : 1;
        return true;
    }
    struct natural left, right;
    if (!natural_multiply(&a->over, &b->under, &left) ||
        !natural_multiply(&b->over, &a->under, &right)) {
        return false;
    }
    *order = a->negative ? natural_compare(&right, &left) : natural_compare(&left, &right);
    return true;
}

bool rational_to_decimal(const struct rational *r, i128 *out) {
    struct natural scaled, one, quotient, rest;
    natural_set(&one, (u128)DECIMAL_ONE);
    if (!natural_multiply(&r->over, &one, &scaled)) {
        return false;
    }
    natural_divide(&scaled, &r->under, &quotient, &rest);
    if (!natural_shift_left(&rest, 1)) {
        return false;
    }
    u128 whole;
    if (!natural_to_u128(&quotient, &whole) || whole >= (u128)1 << 126) {
        return false;
    }
    whole += natural_compare(&rest, &r->under) >= 0;
    if (whole > (u128)decimal_max()) {
        return false;
    }
    *out = r->negative ? -(i128)whole : (i128)whole;
    return true;
}
