/* The scales of UCUM's special units (section 21 to 23 and tables 6 to 23): temperatures and square
 * roots by fractions, logarithms, exponentials and angles by fixed point of FRACTION_BITS. No
 * floating point: the answer is the same on every machine. */
#include "value/ucum_internal.h"

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
        if (!rational_ln(&factor, &ln_base) || !rational_multiply(&ln_base, &fraction, &fraction) ||
            !rational_exp(&fraction, &fraction) || !rational_multiply(out, &fraction, out)) {
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
        if (!rational_ln(&left, &left) || !rational_ln(&factor, &ln_base) ||
            !rational_divide(&left, &ln_base, &left) || !rational_add(out, &left, out)) {
            return false;
        }
    }
    out->negative = below_one && out->over.count > 0;
    return true;
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
        return rational_exp(x, out);
    case UCUM_LG:
        return power_of(10, x, out);
    case UCUM_LG_TIMES_2:
        return times(x, 1, 2, &half) && power_of(10, &half, out);
    case UCUM_LD:
        return power_of(2, x, out);
    case UCUM_SQRT:
        return !x->negative && rational_multiply(x, x, out);
    case UCUM_TAN_100:
        return times(x, 1, 100, &half) && rational_atan(&half, out);
    }
    return false;
}

bool ucum_ratio_to_scale(enum ucum_function f, const struct rational *x, struct rational *out) {
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
        return rational_ln(x, out);
    case UCUM_LG:
        return log_of(10, x, out);
    case UCUM_LG_TIMES_2:
        return log_of(10, x, out) && times(out, 2, 1, out);
    case UCUM_LD:
        return log_of(2, x, out);
    case UCUM_SQRT:
        return rational_root(x, out);
    case UCUM_TAN_100:
        return rational_tan(x, out) && times(out, 100, 1, out);
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
