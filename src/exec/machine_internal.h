/* The machine's own header. */
#ifndef QUELL_EXEC_MACHINE_INTERNAL_H
#define QUELL_EXEC_MACHINE_INTERNAL_H

#include "exec/machine.h"
#include "plan/code.h"

enum run_result { RUN_OK, RUN_ERROR, RUN_NO_MEMORY };

/* A register that its loop has not computed yet (UNSET, ONCE). Never leaves the machine. */
enum { VALUE_UNSET = 255 };

/* A loop: the items still to come. `one` holds the item of a source that is no list. */
struct cursor {
    const struct value *items;
    uint32_t count;
    uint32_t next;
    struct value one;
    /* Traced: the steps of the conditions that KEEP met, in the arena. */
    uint32_t *notes;
    uint32_t note_count;
    uint32_t note_capacity;
};

struct builder {
    struct value *items; /* in the arena */
    uint32_t count;
    uint32_t capacity;
    uint8_t moves; /* of any item */
};

struct frame {
    const struct block *block;
    struct value *registers;
    struct cursor *cursors;
    struct builder *builders;
};

/* The FHIR types that a code is read from, and their elements. */
struct code_elements {
    uint16_t concept;
    uint16_t concept_coding;
    uint16_t coding;
    uint16_t coding_code;
    uint16_t coding_system;
};

/* Which element a property was last taken as, and where it lay. */
struct place {
    const struct demand *demand;
    uint16_t of; /* type */
    uint16_t element;
    struct record_place at;
};

/* What is evaluated once a subject: a definition, or a parameter's default. */
struct once {
    enum { ONCE_NEW, ONCE_RUNNING, ONCE_DONE } state;
    struct value value;
    instant_ms valid_until; /* of this value alone */
};

/* The rows of the subject that a retrieve with constant codes matches, visible or not. */
struct gathered {
    bool is_known;
    uint32_t count;
    const struct gathered_row {
        const struct record_table *table;
        uint32_t row;
    } * rows;
};

struct machine {
    const struct plan *plan;
    const struct block *blocks; /* the plan's, in the form that runs: lean unless tracing */
    struct arena arena;         /* one subject's */
    struct op_terminology terminology;
    struct op_context cx;
    const struct record *record;
    const struct demand *demand; /* that the record was read with */
    /* A machine of its own for what is asked of all patients; its values outlive a subject. */
    struct machine *whole;
    bool whole_started;
    struct machine *each; /* `whole`'s, for one patient at a time; its `whole` is that one */
    const struct population *population; /* `whole`'s records */
    const struct population *others;     /* of related-context retrieves; NULL: none at hand */
    struct code_elements code_elements;
    instant_ms at;
    instant_ms now_ms;
    instant_ms valid_until;
    bool bounding;                       /* whether valid_until is kept */
    const struct definition *definition; /* being evaluated */
    struct span error_span;              /* of the last RUN_ERROR; its message is in cx */
    /* The stack: what the plan's deepest chain needs. */
    struct value *registers;
    struct cursor *cursors;
    struct builder *builders;
    struct frame_size top;
    /* By number. */
    struct once *definitions;
    struct once *parameters;
    struct once *retrieved; /* constant retrieves */
    /* While the machine stays with one record; `kept` is what they lie in. */
    struct gathered *gathered; /* by retrieve */
    struct arena kept;
    const struct record_table *tables; /* of the record that it stays with */
    bool stays;                        /* it was asked before of this record */
    struct value *answers;             /* UNSET: none */
    struct place *places;              /* of properties */
    /* Errors and steps grow on the heap and are kept between subjects. */
    struct run_error *errors;
    uint32_t error_count;
    uint32_t error_capacity;
    bool tracing;
    struct step *steps;
    uint32_t step_capacity;
    uint32_t *definition_steps;
    struct trace trace;
};

/* A run-time error of the user's logic, at the expression of the instruction. */
enum run_result machine_fail(struct machine *m, const struct expr *origin, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* --- machine.c */
/* The value of a definition, evaluated once a subject. */
enum run_result run_definition(struct machine *m, uint32_t number, struct value *out);

/* --- machine_query.c */
void cursor_open(struct cursor *cursor, const struct value *source, bool single);
bool builder_add(struct machine *m, struct builder *builder, const struct value *value);
MUST_USE bool builder_finish(struct machine *m, const struct builder *builder, struct value *out);
/* builders[0] are the rows, the following ones their keys. */
MUST_USE bool builders_sort(struct machine *m, const struct builder *builders,
                            const struct plan_sort *sort, struct value *out);

/* --- machine_retrieve.c */
enum run_result run_retrieve(struct machine *m, const struct instruction *in,
                             const struct expr *origin, const struct value *args,
                             struct value *out);

/* Looks the types up, once a machine. */
struct code_elements find_code_elements(void);

/* --- machine_model.c */
enum run_result run_property(struct machine *m, uint32_t property, const struct value *of,
                             struct value *out);
enum run_result run_path(struct machine *m, const struct plan_path *path, const struct value *of,
                         struct value *out);
enum run_result run_instance(struct machine *m, const struct plan_names *names,
                             const struct value *values, struct value *out);
MUST_USE bool make_tuple(struct machine *m, const struct plan_names *names,
                         const struct value *values, struct value *out);
/* For op_context. */
int machine_equal_elements(void *machine, const struct value *a, const struct value *b,
                           bool equivalent);
const struct list *machine_parts(void *machine, const struct value *element, struct arena *arena);
uint64_t machine_hash_element(void *machine, const struct value *element);

/* --- machine_now.c */
/* A result that depends on Now: notes until when it holds, and how it moves itself. */
void run_moves(struct machine *m, const struct instruction *in, const struct value *args,
               struct value *out);
/* Nothing changes before `instant`, as far as one cause goes. */
static inline void machine_bound(struct machine *m, instant_ms instant) {
    if (instant > m->at && instant < m->valid_until) {
        m->valid_until = instant;
    }
}

/* Around what is kept for the subject: only what bounds it is in m->valid_until meanwhile; then it
 * is noted, and bounds what is around, now and whenever the value is taken again. */
static inline instant_ms machine_bounds_begin(struct machine *m) {
    instant_ms around = m->valid_until;
    m->valid_until = INSTANT_MAX;
    return around;
}

static inline void machine_bounds_end(struct machine *m, struct once *once, instant_ms around) {
    once->valid_until = m->valid_until;
    m->valid_until = around < m->valid_until ? around : m->valid_until;
}

/* --- machine_trace.c; only called when tracing. Without memory they note nothing. */
/* Gives the step, to be filled further, or NULL. */
struct step *trace_step(struct machine *m, enum step_kind kind, const struct expr *expr,
                        struct value *value, const uint32_t *from, uint32_t from_count);
/* A step for the value that an instruction left in its register. */
void trace_instruction(struct machine *m, const struct frame *frame, const struct instruction *in,
                       const struct expr *origin);
/* The list of a retrieve, made of the steps of its rows. */
void trace_retrieve(struct machine *m, const struct expr *origin, struct value *out);
void trace_note(struct machine *m, struct cursor *cursor, const struct value *condition);
void trace_query(struct machine *m, const struct frame *frame, const struct instruction *in,
                 const struct expr *origin);

#endif
