/* The system operators of CQL: one row each in operators.def, expanded to an id, a signature that
 * the checker resolves by, and a C function that the machine and the tree walker call. The function
 * is the only place that knows what the operator means.
 *
 * An operator gets its arguments and an op_context and writes *out. It returns
 *   OP_OK     *out is set; it may be null, and then `why` may say why although no argument was null
 *   OP_ERROR  a run-time error of the user's logic (overflow where CQL wants an error, Message with
 *             severity Error, singleton from many): `message` says what
 *   OP_NO_MEMORY the arena ended.
 * They are called by operator_call, which knows two rules by the row's flags: STRICT operators are
 * never called with a null argument, and only RANGED ones with a number or date of which just a
 * range is known (VALUE_UNCERTAINTY); the result of the others is null. */
#ifndef QUELL_VALUE_OPERATORS_H
#define QUELL_VALUE_OPERATORS_H

#include "value/value.h"

enum op_result { OP_OK, OP_ERROR, OP_NO_MEMORY };

/* Why a result is null although no argument was: for evidence and `confirm`. */
enum null_reason {
    NULL_NOT_SAID,
    NULL_EMPTY,      /* First, Max ... of nothing */
    NULL_UNIT,       /* units that do not convert */
    NULL_PRECISION,  /* the dates are not precise enough to tell */
    NULL_RANGE,      /* the result leaves the range of its type */
    NULL_NO_FORMAT,  /* the text is not of the wanted form: ToInteger('x') */
    NULL_NOT_DEFINED /* division by zero, logarithm of zero, a key that is not there */
};

struct unit_table;

/* Whether a code is a member of a value set or code system, by the terminology that was loaded:
 * answers 1 yes, 0 no. Missing sets were refused when the plan was linked. NULL when there is none.
 */
struct op_terminology {
    int (*member)(void *context, const struct vocabulary *set, const struct code *code);
    /* All members in order; NULL items on no memory. */
    const struct list *(*expand)(void *context, const struct vocabulary *set, struct arena *arena);
    void *context;
};

/* What operators need of the run. One per thread; `precision` and `reason` are per call. */
struct op_context {
    struct arena *arena;      /* for results; lives as long as the subject */
    struct unit_table *units; /* interned units */
    struct datetime now; /* the evaluation request's time, to the millisecond, with its offset */
    const struct op_terminology *terminology;
    enum precision
        precision; /* of `same day as`, `days between`, `day of`; PRECISION_NONE if none */
    enum null_reason reason; /* out: set with a null result */
    struct str message;      /* out: set with OP_ERROR, in the arena */
    /* Equality of two elements of records, which this layer cannot read: 1 equal, 0 not, 2 unknown
     * (never for `equivalent`). NULL: an element equals only itself. */
    int (*equal_elements)(void *context, const struct value *a, const struct value *b,
                          bool equivalent);
    /* A hash that equal elements share; may be NULL, then lists of elements are compared pairwise.
     */
    uint64_t (*hash_element)(void *context, const struct value *element);
    /* The values of an element's own elements that have one, in the model's order, lists as such.
     * NULL: no memory. */
    const struct list *(*parts)(void *context, const struct value *element, struct arena *arena);
    void *elements_context;
    /* Sink for Message() of severity Trace, Warning, Message; may be NULL. */
    void (*on_message)(void *context, struct str severity, struct str code, struct str text);
    void *on_message_context;
};

typedef enum op_result op_function(struct op_context *cx, const struct value *args,
                                   struct value *out);

enum op_id {
#define OPERATOR(id, name, operands, result, flags, function) OP_##id,
#include "value/operators.def"
#undef OPERATOR
    OP_ID_COUNT
};

enum op_flag {
    OP_STRICT = 1,   /* null in, null out */
    OP_LAZY = 2,     /* sees nulls */
    OP_PRECISE = 4,  /* takes a precision */
    OP_IMPLICIT = 8, /* a conversion the checker may insert by itself */
    OP_RANGED = 16   /* takes a VALUE_UNCERTAINTY; in lists and intervals all must */
};

struct operator_info {
    const char *id;       /* "ADD_INTEGER" */
    const char *name;     /* "Add", the ELM name, and the name in call syntax */
    const char *operands; /* "Integer, Integer"; T, U are type parameters; "List<T>, T" */
    const char *result;   /* "Integer" */
    uint8_t flags;
    op_function *function;
};

const struct operator_info *operator_info(enum op_id id);
/* cx->precision is set by the caller. */
enum op_result operator_call(const struct operator_info *info, struct op_context *cx,
                             const struct value *args, uint32_t count, struct value *out);

#define OPERATOR(id, name, operands, result, flags, function) op_function function;
#include "value/operators.def"
#undef OPERATOR

#endif
