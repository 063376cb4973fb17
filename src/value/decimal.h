/* Exact decimals: 28 digits, 8 after the point, as a 128-bit number scaled by 10^8. Results that do
 * not fit are refused, not wrapped; products and quotients use 256 bits inside. Rounding is half up,
 * away from zero (CQL 1.5 reference, section 16). */
#ifndef QUELL_VALUE_DECIMAL_H
#define QUELL_VALUE_DECIMAL_H

#include "value/value.h"


/* 10^28 - 10^-8, scaled. */
i128 decimal_max(void);

/* All give false when the result leaves the range (or divides by zero). */
bool decimal_add(i128 a, i128 b, i128 *out);
bool decimal_subtract(i128 a, i128 b, i128 *out);
bool decimal_multiply(i128 a, i128 b, i128 *out);
bool decimal_divide(i128 a, i128 b, i128 *out);
/* a * b / c with one rounding at the end. */
bool decimal_multiply_divide(i128 a, i128 b, i128 c, i128 *out);
/* To `digits` after the point, half up (CQL Round: towards positive for halves of negatives as the
 * reference says). */
i128 decimal_round(i128 a, int digits);

/* Reads [-+]digits[.digits]; false when it is not that, has over 8 decimals or over 28 digits.
 * *scale is the number of decimals as written. */
bool decimal_parse(struct str text, i128 *out, uint8_t *scale);
/* JSON numbers too: exponents, any number of decimals, rounded to 8; false when out of range. */
bool decimal_parse_json(struct str text, i128 *out, uint8_t *scale);
/* At least `scale` decimals, at least one; more if the value needs them. Returns the length. */
enum { DECIMAL_TEXT_MAX = 48 };
size_t decimal_print(i128 value, uint8_t scale, char out[DECIMAL_TEXT_MAX]);
double decimal_to_double(i128 value);
/* Nearest decimal; false for NaN and out of range. */
bool decimal_from_double(double value, i128 *out);

#endif
