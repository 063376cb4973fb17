/* The syntax tree: what the parser makes of a CQL text, before any name has a meaning. Nodes live
 * in the arena given to the parser. A node that could not be parsed is absent (its diagnostic
 * exists), and a kid that failed is NULL; the checker treats NULL where a kid is required as
 * "already reported". */
#ifndef QUELL_CQL_SYNTAX_H
#define QUELL_CQL_SYNTAX_H

#include "diag/diag.h"
#include "value/value.h"

enum syntax_kind {
#define SYNTAX(kind, parts) SYNTAX_##kind,
#include "cql/syntax.def"
#undef SYNTAX
    SYNTAX_KIND_COUNT
};

enum syntax_word {
    WORD_NONE,
    WORD_PUBLIC,
    WORD_PRIVATE,
    WORD_NULL,
    WORD_TRUE,
    WORD_FALSE,
    WORD_PLUS,
    WORD_MINUS,
    WORD_NOT,
    WORD_EXISTS,
    WORD_DISTINCT,
    WORD_FLATTEN,
    WORD_START_OF,
    WORD_END_OF,
    WORD_WIDTH_OF,
    WORD_SUCCESSOR_OF,
    WORD_PREDECESSOR_OF,
    WORD_SINGLETON_FROM,
    WORD_POINT_FROM,
    WORD_TIMES,
    WORD_DIVIDE,
    WORD_DIV,
    WORD_MOD,
    WORD_POWER,
    WORD_AMPERSAND,
    WORD_EQUAL,
    WORD_NOT_EQUAL,
    WORD_EQUIVALENT,
    WORD_NOT_EQUIVALENT,
    WORD_LESS,
    WORD_LESS_OR_EQUAL,
    WORD_GREATER,
    WORD_GREATER_OR_EQUAL,
    WORD_AND,
    WORD_OR,
    WORD_XOR,
    WORD_IMPLIES,
    WORD_UNION,
    WORD_INTERSECT,
    WORD_EXCEPT,
    WORD_IN,
    WORD_CONTAINS,
    WORD_IN_EQUIVALENT,
    WORD_CONTAINS_EQUIVALENT,
    WORD_DURATION,
    WORD_DIFFERENCE,
    WORD_DATE,
    WORD_TIME,
    WORD_TIMEZONEOFFSET,
    WORD_MINIMUM,
    WORD_MAXIMUM,
    WORD_EXPAND,
    WORD_COLLAPSE,
    WORD_SAME,
    WORD_INCLUDES,
    WORD_DURING,
    WORD_BEFORE,
    WORD_AFTER,
    WORD_WITHIN,
    WORD_MEETS,
    WORD_OVERLAPS,
    WORD_STARTS,
    WORD_ENDS,
    WORD_ALL,
    WORD_ASC,
    WORD_DESC
};

enum { SYNTAX_LOW_CLOSED = 1, SYNTAX_HIGH_CLOSED = 2 };

/* Flags of a TIMING_PHRASE. "X starts within 3 days of start Y": LEFT_START, RIGHT_START. */
enum timing_flag {
    TIMING_LEFT_START = 1,  /* starts ... */
    TIMING_LEFT_END = 2,    /* ends ... */
    TIMING_LEFT_OCCURS = 4, /* occurs ... */
    TIMING_RIGHT_START = 8, /* ... start */
    TIMING_RIGHT_END = 16,  /* ... end */
    TIMING_PROPERLY = 32,
    TIMING_OR_BEFORE = 64, /* same ... or before; meets/overlaps before */
    TIMING_OR_AFTER = 128, /* same ... or after; meets/overlaps after */
    TIMING_ON_OR = 256,    /* on or before, before or on ... */
    TIMING_OR_MORE = 512,  /* 3 days or more before */
    TIMING_OR_LESS = 1024,
    TIMING_MORE_THAN = 2048, /* more than 3 days before */
    TIMING_LESS_THAN = 4096
};

struct syntax {
    uint8_t kind;      /* enum syntax_kind */
    uint8_t word;      /* enum syntax_word */
    uint8_t precision; /* enum precision */
    bool is_wrong;     /* a definition in which an error was reported: what is left of it is not
                          what was meant, and nothing more is said of it */
    uint16_t flags;    /* 1 where syntax.def names one flag */
    uint16_t height;   /* levels below it and its own: at most LIMIT_EXPRESSION_DEPTH */
    uint32_t count;
    struct span span;
    struct str text;
    struct syntax **kids;
};

const char *syntax_kind_name(enum syntax_kind kind);

/* Parses a whole library. Never fails for the text's sake: errors are in `diags`, and what could be
 * parsed is in *out. */
MUST_USE enum status syntax_parse_library(const struct source *source, struct arena *arena,
                                          struct diag_list *diags, struct syntax **out);
/* Parses one expression that fills the source: for tests, --parameter values and the shell. */
MUST_USE enum status syntax_parse_expression(const struct source *source, struct arena *arena,
                                             struct diag_list *diags, struct syntax **out);

/* Writes CQL that parses to the same tree (spans aside). */
void syntax_print(const struct syntax *node, struct buf *out);
bool syntax_equal(const struct syntax *a, const struct syntax *b);

#endif
