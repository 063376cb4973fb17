/* Arithmetic of printed numbers: + - * / and parentheses over decimal numbers, left to right, * and
 * / before + and -. */
#ifndef QUELL_VERIFY_CALCULATE_H
#define QUELL_VERIFY_CALCULATE_H

#include "base/str.h"

enum { CALCULATE_DEPTH_MAX = 64 };

/* False: it is no formula, or divides by zero; *bad is where. */
bool calculate(struct str text, double *out, size_t *bad);

#endif
