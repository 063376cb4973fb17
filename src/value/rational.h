/* Exact fractions of natural numbers of bounded size, for units: a factor such as that of the
 * atomic mass unit has 70 digits, and comparing two amounts multiplies several of them. Memory is
 * inside the struct; nothing allocates. Every function that may leave the bound says so by false.
 */
#ifndef QUELL_VALUE_RATIONAL_H
#define QUELL_VALUE_RATIONAL_H

#include "value/value.h"

/* 2,560 bits: two factors of RATIONAL_KEPT_LIMBS, an amount of 128 bits and their product. */
enum { NATURAL_LIMBS = 80, RATIONAL_KEPT_LIMBS = 36 };

/* Little-endian limbs; `count` has no leading zeros, so that 0 has count 0. */
struct natural {
    uint32_t count;
    uint32_t limb[NATURAL_LIMBS];
};

void natural_set(struct natural *n, u128 value);
bool natural_from_digits(struct natural *n, struct str digits);
int natural_compare(const struct natural *a, const struct natural *b);
bool natural_is_one(const struct natural *n);
uint32_t natural_bits(const struct natural *n);
bool natural_add(const struct natural *a, const struct natural *b, struct natural *out);
/* a >= b. `out` may be a or b. */
void natural_subtract(const struct natural *a, const struct natural *b, struct natural *out);
bool natural_multiply(const struct natural *a, const struct natural *b, struct natural *out);
bool natural_shift_left(struct natural *n, uint32_t bits);
void natural_shift_right(struct natural *n, uint32_t bits);
/* b > 0; quotient and rest may be NULL. */
void natural_divide(const struct natural *a, const struct natural *b, struct natural *quotient,
                    struct natural *rest);
/* Divides by ten as often as nothing is left over; how often. */
uint32_t natural_strip_tens(struct natural *n);
/* False when it needs more than 128 bits. */
bool natural_to_u128(const struct natural *n, u128 *out);
/* The largest whole number whose square is not above n. */
void natural_root(const struct natural *n, struct natural *out);

/* (negative ? -1 : 1) * over / under; under > 0; zero is never negative. */
struct rational {
    bool negative;
    struct natural over;
    struct natural under;
};

void rational_set(struct rational *r, int64_t over, uint64_t under);
/* A number scaled by 10^8. */
void rational_from_decimal(struct rational *r, i128 value);
/* Cancels what is common. */
void rational_reduce(struct rational *r);
/* `out` may be a or b. Results are reduced when they grow. */
bool rational_multiply(const struct rational *a, const struct rational *b, struct rational *out);
bool rational_divide(const struct rational *a, const struct rational *b, struct rational *out);
bool rational_add(const struct rational *a, const struct rational *b, struct rational *out);
bool rational_subtract(const struct rational *a, const struct rational *b, struct rational *out);
bool rational_compare(const struct rational *a, const struct rational *b, int *order);
/* Rounded half up (away from zero) to 8 decimals; false outside the range of Decimal. */
bool rational_to_decimal(const struct rational *r, i128 *out);

/* Correct to at least 40 decimals; out may be x. False outside what can be held, and where there is
 * no value: the logarithm of nothing, the root of less, the tangent of pi/2 and beyond. */
bool rational_ln(const struct rational *x, struct rational *out);
bool rational_exp(const struct rational *x, struct rational *out);
bool rational_root(const struct rational *x, struct rational *out);
bool rational_atan(const struct rational *x, struct rational *out);
bool rational_tan(const struct rational *x, struct rational *out);

#endif
