/* What the logic can say before any patient is seen: a walk over the checked tree with sets of
 * possibilities instead of values. It follows the value of a retrieve through definitions,
 * functions, queries, lets and tuples, and knows of every expression
 *
 *   which analytes its quantity may measure,   so that a comparison with a limit can be checked;
 *   whether it may be null, true or false,     so that a criterion that can never be unknown is
 * found; whether it depends on the records at all.
 *
 * Functions are followed with the arguments of each call. The walk has a budget; past it an
 * expression may be anything, and nothing is reported of it. */
#ifndef QUELL_TRIAL_FLOW_H
#define QUELL_TRIAL_FLOW_H

#include "plan/plan.h"
#include "trial/analyte.h"

/* A number or quantity written in the logic or bound to a parameter. */
struct flow_limit {
    i128 value;
    const struct unit *unit; /* NULL: a number without a unit */
    struct span span;
};

struct flow_value {
    struct analyte_set analytes;
    bool is_bare;            /* the number of a quantity, without its unit */
    bool is_data;            /* depends on records */
    bool has_unit;           /* is null, or in `unit` or a unit that converts into it */
    const struct unit *unit; /* NULL: a plain number */
    bool can_be_null;
    bool can_be_true; /* of a Boolean */
    bool can_be_false;
    uint32_t limit_count;
    const struct flow_limit *limits;
    uint32_t field_count; /* of a tuple, or of the tuples of a list */
    const struct str *names;
    const struct flow_value *fields;
};

enum flow_fault {
    FLOW_BARE,      /* analyte compared with a number without a unit, or without its own unit */
    FLOW_DIMENSION, /* analyte compared with a limit, or another analyte, of another dimension */
    FLOW_SIZE,      /* the limit is of no size that is ever measured */
    FLOW_MIXED      /* a retrieve holds analytes that do not convert into each other */
};

struct flow_finding {
    enum flow_fault fault;
    const struct analyte *analyte;
    const struct analyte *other; /* compared with, or mixed with, this one; or NULL */
    const struct flow_limit *limit;
    const struct unit *instead; /* the unit in which the same number would do, or NULL */
    struct span span;           /* the comparison, or the retrieve */
};

/* What is true of an expression whatever the records and parameters are. */
enum flow_doubt {
    FLOW_ALWAYS_NULL,   /* an operator that gives null for a null gets one */
    FLOW_ALWAYS_TRUE,   /* a condition */
    FLOW_ALWAYS_FALSE,  /* a condition, or one that is never true */
    FLOW_NEVER_REACHED, /* a branch behind a condition that is never true, or behind one that
                           always is */
    FLOW_NEVER_EQUAL,   /* `when null`: nothing equals null */
    FLOW_NO_CODES,      /* a retrieve by an empty list of codes */
    FLOW_UNITS,         /* two units of different dimensions meet */
    FLOW_NO_TIME        /* what is added to a date is no length of time */
};

struct flow_doubted {
    enum flow_doubt doubt;
    const struct expr *expr;
    const struct unit *units[2]; /* FLOW_UNITS: both, FLOW_NO_TIME: the first; NULL: a number */
};

struct flow_argument { /* a parameter's value and where it was given */
    struct str name;
    struct value value;
    struct span span; /* source NULL: not in a text */
};

struct flow_input {
    const struct program *program;
    const struct analyte_table *analytes; /* or NULL */
    const struct terms *terms;            /* or NULL: value sets tell nothing */
    uint32_t argument_count;
    const struct flow_argument *arguments;
    struct arena *arena;
    struct analyte_set *measured; /* gets what the retrieves met look for; or NULL */
    /* A parameter may get any value, not only its default: for what must hold always. */
    bool parameters_vary;
    /* Each finding once, in the order of the walk; may be NULL. */
    void (*report)(void *context, const struct flow_finding *finding);
    /* Doubts about expressions that the user wrote, in definitions and in functions for any
     * arguments, never for the arguments of one call; or NULL. */
    void (*doubt)(void *context, const struct flow_doubted *doubted);
    void *context;
};

struct flow;

MUST_USE enum status flow_new(const struct flow_input *input, struct flow **out);
/* STATUS_NO_MEMORY only. */
MUST_USE enum status flow_definition(struct flow *flow, const struct definition *definition,
                                     struct flow_value *out);
/* Walks a function for any arguments, for its doubts. */
MUST_USE enum status flow_function(struct flow *flow, const struct function *function);
/* Null whatever the records are. */
bool flow_is_null(const struct flow_value *value);

#endif
