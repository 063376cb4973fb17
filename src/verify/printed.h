/* A number as it is printed, and whether a computed one rounds to it. */
#ifndef QUELL_VERIFY_PRINTED_H
#define QUELL_VERIFY_PRINTED_H

#include "base/str.h"

#include <stdint.h>

enum printed_form {
    PRINTED_VALUE,   /* 0.712, 87.5%, p < 0.001 */
    PRINTED_SPREAD,  /* 8.3 ± 2.2, 8.3 (2.2), 8.3 (SD = 2.2); also a count and its percentage, 35
                        (87.5%) */
    PRINTED_INTERVAL /* 0.39-7.93, 0.39 to 7.93, (0.39; 7.93) */
};

struct printed {
    enum printed_form form;
    char relation; /* '=', '<' or '>' */
    bool percent;
    bool bracket; /* the spread stands in parentheses */
    double value[2];
    int decimals[2];
};

/* False: the text is none of these. */
bool printed_parse(struct str text, struct printed *out);

/* How a computed number becomes the printed one. */
enum rounding {
    ROUND_NONE,      /* it does not */
    ROUND_BOTH,      /* rounded, and no tie: half up and half to even agree */
    ROUND_HALF_UP,   /* a tie: only away from zero */
    ROUND_HALF_EVEN, /* a tie: only to the even digit */
    ROUND_CUT        /* digits were cut off, not rounded */
};
enum rounding printed_rounding(double computed, double printed, int decimals);
/* The same with its relation: <0.001 holds of anything below. ROUND_CUT does not count as equal. */
bool printed_holds(const struct printed *printed, int which, double computed);
/* The digits of a number rounded half up to so many decimals, for showing; out holds 40. */
void printed_text(double x, int decimals, char *out);

#endif
