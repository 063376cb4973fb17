/* Exact decimals: up to 29 digits before the point and 8 after it, as a 128-bit number scaled by
 * 10^8. Results that do not fit are refused, not wrapped; products and quotients use 256 bits
 * inside, and are rounded once. Rounding is half away from zero (CQL 1.5 reference, section 16,
 * Round).
 *
 * CQL names (10^28 - 1) / 10^8 as `maximum Decimal`, and lets an implementation "support more
 * precise values" (CQL 1.5 reference, Decimal). Numbers in texts may have 28 digits before the
 * point, and results 29, the most whole digits whose sums and differences fit into 128 bits, so
 * that an intermediate result just past what can be written does not spoil the sum it is part of.
 *
 * A Decimal also remembers how many decimals it shows, its scale: a literal's are those written;
 * of + and - the larger of both operands; of * their sum, at most 8; of /, Exp, Ln, Log and Power
 * as many as the result needs, at least one. It decides how a number prints and its Precision,
 * never how it compares. */
#ifndef QUELL_VALUE_DECIMAL_H
#define QUELL_VALUE_DECIMAL_H

#include "value/value.h"

enum { DECIMAL_SCALE_MAX = 8 };

/* The largest number held, scaled: 10^29 - 10^-8. */
i128 decimal_max(void);
/* `maximum Decimal`, scaled: 99999999999999999999.99999999. */
i128 decimal_cql_maximum(void);

/* All give false when the result leaves the range (or divides by zero). */
bool decimal_add(i128 a, i128 b, i128 *out);
bool decimal_subtract(i128 a, i128 b, i128 *out);
bool decimal_multiply(i128 a, i128 b, i128 *out);
bool decimal_divide(i128 a, i128 b, i128 *out);
/* a * b / c with one rounding at the end; the scales of b and c cancel. */
bool decimal_multiply_divide(i128 a, i128 b, i128 c, i128 *out);
/* a / b cut to a whole number, and the remainder with the sign of a. */
bool decimal_truncated_divide(i128 a, i128 b, i128 *out);
bool decimal_modulo(i128 a, i128 b, i128 *out);
/* To `digits` (0 to 8) after the point; false when rounding up leaves the range. */
bool decimal_round(i128 a, int digits, i128 *out);
/* Towards zero, to `digits` after the point. */
i128 decimal_truncate(i128 a, int digits);

enum decimal_answer {
    DECIMAL_DONE,
    DECIMAL_OVERFLOW,   /* the result leaves the range */
    DECIMAL_NOT_DEFINED /* Ln of nothing positive, Log to base 1, (-2)^0.5, 0^-1 */
};

/* Transcendental functions, to the nearest 10^-8. They are computed with 192 bits after the point;
 * the error before rounding is under 2^-30 of the last digit, so a result is the nearest decimal
 * unless the true value lies that close to a tie; such a value is taken for the tie (0.5^9 is). */
enum decimal_answer decimal_exp(i128 x, i128 *out);
enum decimal_answer decimal_ln(i128 x, i128 *out);
enum decimal_answer decimal_log(i128 x, i128 base, i128 *out);
enum decimal_answer decimal_power(i128 x, i128 y, i128 *out);

/* Reads [-+]digits[.digits]; false when it is not that, has over 8 decimals or over 28 digits
 * before the point. *scale is the number of decimals as written. */
bool decimal_parse(struct str text, i128 *out, uint8_t *scale);
/* The same, with any number of decimals, rounded to 8. */
bool decimal_parse_rounded(struct str text, i128 *out, uint8_t *scale);
/* JSON numbers too: exponents, any number of decimals, rounded to 8; false when out of range. */
bool decimal_parse_json(struct str text, i128 *out, uint8_t *scale);

/* The decimals a number needs: 1.50 needs one. */
uint8_t decimal_scale_needed(i128 value);
/* At least `scale` decimals, at least one; more if the value needs them. Returns the length. */
enum { DECIMAL_TEXT_MAX = 48 };
size_t decimal_print(i128 value, uint8_t scale, char out[DECIMAL_TEXT_MAX]);
/* The same, but a whole number of scale 0 prints without a point: the number of `125 'cm'`. */
size_t decimal_print_short(i128 value, uint8_t scale, char out[DECIMAL_TEXT_MAX]);
double decimal_to_double(i128 value);
/* Nearest decimal; false for NaN and out of range. */
bool decimal_from_double(double value, i128 *out);

static inline struct value value_long(int64_t i) {
    return (struct value){.kind = VALUE_LONG, .longint = i};
}

static inline struct value value_decimal(i128 scaled, uint8_t scale) {
    return (struct value){.kind = VALUE_DECIMAL, .scale = scale, .decimal = scaled};
}

#endif
