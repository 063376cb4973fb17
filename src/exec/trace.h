/* What a traced run records: a step for every value made, with the steps it was made from. Evidence
 * is a walk from a definition's step to what decided it; the causes of a null are a walk along the
 * steps that made it null. Steps live in the machine's arena until the next subject. */
#ifndef QUELL_EXEC_TRACE_H
#define QUELL_EXEC_TRACE_H

#include "cql/tree.h"
#include "record/record.h"

enum step_kind {
    STEP_CONSTANT,
    STEP_OPERATOR,   /* op; `from` are its arguments */
    STEP_PROPERTY,   /* element of from[0]; null: absent */
    STEP_RETRIEVE,   /* retrieve; value: the list */
    STEP_QUERY,      /* from[0] the source, from[1] the window if the where clause has one */
    STEP_DEFINITION, /* definition; from[0] its value */
    STEP_CALL,       /* function; from[0] its value */
    STEP_CHOICE,     /* if, case: from[0] the deciding condition, from[1] the chosen value */
    STEP_ANSWER,     /* a person's answer, or that it is missing */
    STEP_OTHER
};

struct step {
    uint8_t kind;   /* enum step_kind */
    uint8_t reason; /* enum null_reason when the value is null and no argument was */
    uint16_t from_count;
    enum op_id op;
    const uint32_t *from; /* step numbers */
    struct value value;
    const struct expr *expr; /* the expression of the tree that this step computed; or NULL */
    const struct definition *definition; /* the definition being evaluated */
    const struct row *row; /* the resource version read (PROPERTY of a row, item of a RETRIEVE) */
};

struct trace {
    uint32_t count; /* step 0 is no step */
    const struct step *steps;
    const uint32_t *definitions; /* by definition number: its step, or 0 */
};

#endif
