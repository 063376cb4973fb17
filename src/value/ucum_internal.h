/* What a unit means, between the parts of the UCUM module. */
#ifndef QUELL_VALUE_UCUM_INTERNAL_H
#define QUELL_VALUE_UCUM_INTERNAL_H

#include "base/map.h"
#include "value/rational.h"
#include "value/ucum.h"

enum {
    UCUM_BASES = 7,
    /* Different arbitrary units multiplied into one unit. */
    UCUM_ARBITRARY_MAX = 4,
    /* Parentheses in parentheses. */
    UCUM_DEPTH_MAX = 16,
    UCUM_EXPONENT_MAX = 999,
    /* A longer text is no unit; the longest in clinical use have about 40 characters. */
    UCUM_TEXT_MAX = 200,
    /* Symbols and numbers in one unit. */
    UCUM_TERMS_MAX = 32
};

/* How a number on a special unit's scale gives an amount: f^-1 of UCUM, section 21. */
enum ucum_function {
    UCUM_LINEAR,
    UCUM_CELSIUS,
    UCUM_FAHRENHEIT,
    UCUM_REAUMUR,
    UCUM_PH,
    UCUM_LN,
    UCUM_LG,
    UCUM_LG_TIMES_2,
    UCUM_LD,
    UCUM_SQRT,
    UCUM_TAN_100,
    UCUM_HP_X,
    UCUM_HP_C,
    UCUM_HP_M,
    UCUM_HP_Q
};

/* Rows past the table of atoms that stand for what CQL's calendar words count. */
enum { UCUM_CALENDAR_MONTH = 10000 };

struct ucum_arbitrary {
    int16_t row; /* of the table, or UCUM_CALENDAR_MONTH */
    int16_t exponent;
};

struct ucum_dimension {
    int16_t base[UCUM_BASES]; /* m s g rad K C cd */
    uint8_t arbitrary_count;
    struct ucum_arbitrary arbitrary[UCUM_ARBITRARY_MAX]; /* ascending rows, no zero exponents */
};

/* An amount x of the unit is factor * f^-1(prefix * x) of the base units. */
struct ucum_meaning {
    struct rational factor;
    struct rational prefix; /* 1 unless the function is not linear */
    struct ucum_dimension dimension;
    enum ucum_function function;
    bool too_large; /* the factor does not fit; only the dimension is known */
};

/* One symbol or number of a unit's text, for writing products. */
struct ucum_term {
    struct str symbol;     /* with its prefix; a number; empty for an annotation alone */
    struct str annotation; /* with its braces, or empty */
    bool is_number;
    bool divides; /* stands after '/': the exponent has the other sign than written */
    int exponent;
};

struct ucum_error {
    size_t at;
    const char *words;
};

struct ucum_parsed {
    struct ucum_meaning meaning;
    uint32_t term_count;
    struct ucum_term terms[UCUM_TERMS_MAX];
    struct ucum_error error; /* words NULL: it is UCUM */
};

/* Reads a unit; false with `error` when it is not UCUM. Terms point into `text`. */
bool ucum_parse(struct str text, struct ucum_parsed *out);
bool ucum_same_dimension(const struct ucum_dimension *a, const struct ucum_dimension *b);
bool ucum_is_dimensionless(const struct ucum_dimension *d);
/* The code of an arbitrary unit's row. */
struct str ucum_row_code(int row);
/* The names of a known symbol's prefix ("" without one) and unit. */
void ucum_symbol_name(struct str symbol, const char **prefix, const char **unit);

/* Amount in base units of a number on the unit's scale, and back. Exact for linear and temperature
 * scales and for whole powers of ten; other logarithms, exponentials and angles are correct to more
 * than 40 decimals of their result. False when it leaves what can be held or has no value (the
 * logarithm of nothing). */
bool ucum_to_base(const struct ucum_meaning *m, const struct rational *x, struct rational *out);
bool ucum_from_base(const struct ucum_meaning *m, const struct rational *x, struct rational *out);
/* The functions themselves; out may be x. */
bool ucum_scale_to_ratio(enum ucum_function f, const struct rational *x, struct rational *out);
bool ucum_ratio_to_scale(enum ucum_function f, const struct rational *x, struct rational *out);

#endif
