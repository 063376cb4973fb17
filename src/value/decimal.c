#include "value/decimal.h"

#include <assert.h>
#include <math.h>

/* 256 bits: a product of two 128-bit numbers. */
struct wide {
    u128 high;
    u128 low;
};

static u128 power_of_ten(int n) {
    u128 p = 1;
    while (n-- > 0) {
        p *= 10;
    }
    return p;
}

i128 decimal_max(void) {
    return (i128)power_of_ten(37) - 1;
}

i128 decimal_cql_maximum(void) {
    return (i128)power_of_ten(28) - 1;
}

static bool in_range(i128 a) {
    return a <= decimal_max() && a >= -decimal_max();
}

static u128 magnitude(i128 a) {
    return a < 0 ? -(u128)a : (u128)a;
}

static struct wide wide_multiply(u128 a, u128 b) {
    uint64_t a1 = (uint64_t)(a >> 64), a0 = (uint64_t)a;
    uint64_t b1 = (uint64_t)(b >> 64), b0 = (uint64_t)b;
    u128 low = (u128)a0 * b0;
    u128 middle = (u128)a1 * b0 + (uint64_t)(low >> 64);
    u128 middle2 = (u128)a0 * b1 + (uint64_t)middle;
    return (struct wide){(u128)a1 * b1 + (middle >> 64) + (middle2 >> 64),
                         (middle2 << 64) | (uint64_t)low};
}

/* n / d, cut; false when the quotient has more than 128 bits. Bit by bit: products that need more
 * than 128 bits are rare. */
static bool wide_divide(struct wide n, u128 d, u128 *quotient, u128 *remainder) {
    if (n.high == 0) {
        *quotient = n.low / d;
        *remainder = n.low % d;
        return true;
    }
    if (n.high >= d) {
        return false;
    }
    u128 rest = n.high, q = 0;
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = rest >> 127;
        rest = (rest << 1) | ((n.low >> bit) & 1);
        q <<= 1;
        if (carry || rest >= d) {
            rest -= d;
            q |= 1;
        }
    }
    *quotient = q;
    *remainder = rest;
    return true;
}

bool decimal_add(i128 a, i128 b, i128 *out) {
    i128 sum = a + b;
    if (!in_range(sum)) {
        return false;
    }
    *out = sum;
    return true;
}

bool decimal_subtract(i128 a, i128 b, i128 *out) {
    return decimal_add(a, -b, out);
}

bool decimal_multiply_divide(i128 a, i128 b, i128 c, i128 *out) {
    if (c == 0) {
        return false;
    }
    u128 divisor = magnitude(c), q, rest;
    if (!wide_divide(wide_multiply(magnitude(a), magnitude(b)), divisor, &q, &rest)) {
        return false;
    }
    if (q > (u128)decimal_max()) {
        return false;
    }
    if (rest >= divisor - rest) {
        q++;
    }
    i128 result = (a < 0) ^ (b < 0) ^ (c < 0) ? -(i128)q : (i128)q;
    if (!in_range(result)) {
        return false;
    }
    *out = result;
    return true;
}

bool decimal_multiply(i128 a, i128 b, i128 *out) {
    return decimal_multiply_divide(a, b, DECIMAL_ONE, out);
}

bool decimal_divide(i128 a, i128 b, i128 *out) {
    return decimal_multiply_divide(a, DECIMAL_ONE, b, out);
}

bool decimal_truncated_divide(i128 a, i128 b, i128 *out) {
    if (b == 0 || magnitude(a / b) > (u128)decimal_max() / (u128)DECIMAL_ONE) {
        return false;
    }
    *out = a / b * DECIMAL_ONE;
    return true;
}

bool decimal_modulo(i128 a, i128 b, i128 *out) {
    if (b == 0) {
        return false;
    }
    *out = a % b;
    return true;
}

i128 decimal_truncate(i128 a, int digits) {
    assert(digits >= 0 && digits <= DECIMAL_SCALE_MAX);
    return a - a % (i128)power_of_ten(DECIMAL_SCALE_MAX - digits);
}

bool decimal_round(i128 a, int digits, i128 *out) {
    assert(digits >= 0 && digits <= DECIMAL_SCALE_MAX);
    i128 step = (i128)power_of_ten(DECIMAL_SCALE_MAX - digits);
    i128 rest = a % step, result = a - rest;
    if (rest > 0 && rest >= step - rest) {
        result += step;
    } else if (rest < 0 && -rest >= step + rest) {
        result -= step;
    }
    if (!in_range(result)) {
        return false;
    }
    *out = result;
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* What a number's text says: its digits stand in text[first..end) with at most one point. */
struct number_text {
    bool negative;
    size_t first;
    size_t point; /* its index, or end */
    size_t end;
    size_t decimals;
    int64_t exponent;
};

static bool scan_exponent(struct str text, size_t at, int64_t *exponent) {
    bool negative = at < text.len && text.at[at] == '-';
    if (at < text.len && (text.at[at] == '-' || text.at[at] == '+')) {
        at++;
    }
    if (at == text.len) {
        return false;
    }
    int64_t n = 0;
    for (; at < text.len; at++) {
        if (!is_digit(text.at[at])) {
            return false;
        }
        n = n < 100000000 ? n * 10 + (text.at[at] - '0') : n;
    }
    *exponent = negative ? -n : n;
    return true;
}

static bool scan_number(struct str text, bool exponents, struct number_text *out) {
    size_t at = 0;
    *out = (struct number_text){0};
    if (at < text.len && (text.at[at] == '-' || text.at[at] == '+')) {
        out->negative = text.at[at++] == '-';
    }
    out->first = at;
    while (at < text.len && is_digit(text.at[at])) {
        at++;
    }
    if (at == out->first) {
        return false;
    }
    out->point = out->end = at;
    if (at < text.len && text.at[at] == '.') {
        at++;
        while (at < text.len && is_digit(text.at[at])) {
            at++;
        }
        out->decimals = at - out->point - 1;
        out->end = at;
        if (out->decimals == 0) {
            return false;
        }
    }
    if (at < text.len && exponents && (text.at[at] == 'e' || text.at[at] == 'E')) {
        return scan_exponent(text, at + 1, &out->exponent);
    }
    return at == text.len;
}

/* Adds up the digits by their weight: 10^27 is the largest allowed, 10^-8 the last kept, and the
 * one below rounds. */
static bool number_value(struct str text, const struct number_text *n, i128 *out) {
    int64_t weight = (int64_t)(n->point - n->first) - 1 + n->exponent;
    i128 sum = 0;
    int64_t last = INT64_MAX; /* weight of the last digit added */
    bool round_up = false;
    for (size_t i = n->first; i < n->end; i++) {
        if (i == n->point) {
            continue;
        }
        int digit = text.at[i] - '0';
        if (weight > 27 && digit != 0) {
            return false;
        }
        if (weight >= -8 && weight <= 27) {
            sum = sum * 10 + digit;
            last = weight;
        } else if (weight == -9) {
            round_up = digit >= 5;
        }
        weight--;
    }
    for (; last != INT64_MAX && last > -8; last--) {
        sum *= 10;
    }
    sum += round_up ? 1 : 0;
    if (sum >= (i128)power_of_ten(36)) {
        return false;
    }
    *out = n->negative ? -sum : sum;
    return true;
}

static uint8_t cut_scale(int64_t decimals) {
    return (uint8_t)(decimals < 0                   ? 0
                     : decimals > DECIMAL_SCALE_MAX ? DECIMAL_SCALE_MAX
                                                    : decimals);
}

bool decimal_parse(struct str text, i128 *out, uint8_t *scale) {
    struct number_text n;
    if (!scan_number(text, false, &n) || n.decimals > DECIMAL_SCALE_MAX) {
        return false;
    }
    *scale = (uint8_t)n.decimals;
    return number_value(text, &n, out);
}

bool decimal_parse_rounded(struct str text, i128 *out, uint8_t *scale) {
    struct number_text n;
    if (!scan_number(text, false, &n)) {
        return false;
    }
    *scale = cut_scale((int64_t)n.decimals);
    return number_value(text, &n, out);
}

bool decimal_parse_json(struct str text, i128 *out, uint8_t *scale) {
    struct number_text n;
    if (!scan_number(text, true, &n)) {
        return false;
    }
    *scale = cut_scale((int64_t)n.decimals - n.exponent);
    return number_value(text, &n, out);
}

uint8_t decimal_scale_needed(i128 value) {
    uint8_t scale = DECIMAL_SCALE_MAX;
    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    return scale;
}

size_t decimal_print_short(i128 value, uint8_t scale, char out[DECIMAL_TEXT_MAX]) {
    uint8_t needed = decimal_scale_needed(value);
    int decimals = scale > needed ? scale : needed;
    char reversed[DECIMAL_TEXT_MAX];
    size_t n = 0;
    u128 rest = magnitude(value) / power_of_ten(DECIMAL_SCALE_MAX - decimals);
    for (int i = 0; i < decimals; i++) {
        reversed[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    if (decimals > 0) {
        reversed[n++] = '.';
    }
    do {
        reversed[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        reversed[n++] = '-';
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = reversed[n - 1 - i];
    }
    out[n] = '\0';
    return n;
}

size_t decimal_print(i128 value, uint8_t scale, char out[DECIMAL_TEXT_MAX]) {
    return decimal_print_short(value, scale > 0 ? scale : 1, out);
}

double decimal_to_double(i128 value) {
    /* A long double holds 64 bits: whole and fraction apart keep both to the last bit of a double.
     */
    long double whole = (long double)(value / DECIMAL_ONE);
    long double part = (long double)(value % DECIMAL_ONE) / 1e8L;
    return (double)(whole + part);
}

bool decimal_from_double(double value, i128 *out) {
    if (!(fabs(value) < 1e28)) {
        return false;
    }
    /* The whole part of a double is exact; so is the rest below it. */
    double whole = trunc(value);
    i128 result = (i128)whole * DECIMAL_ONE + (i128)llroundl((long double)(value - whole) * 1e8L);
    if (!in_range(result)) {
        return false;
    }
    *out = result;
    return true;
}
