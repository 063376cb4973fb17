/* The compiler's own header: the state of one compilation and of the block being written. */
#ifndef QUELL_PLAN_COMPILE_INTERNAL_H
#define QUELL_PLAN_COMPILE_INTERNAL_H

#include "base/map.h"
#include "plan/code.h"
#include "value/ucum.h"

/* A growing array of one element size. */
struct vector {
    char *at;
    uint32_t count;
    uint32_t capacity;
};

/* An expression that a loop computes at most once, and the register that keeps it. */
struct hoist {
    const struct expr *expr;
    uint32_t reg;
    uint32_t once; /* its ONCE instruction, when written */
    bool written;
};

/* The loops around the place being compiled, innermost first: for $this, $index and $total. */
struct scope {
    const struct query *query;
    uint32_t cursor;
    uint32_t item;        /* register of the item */
    uint32_t accumulator; /* register, or NO_BLOCK */
    struct scope *outer;
};

struct compiler {
    struct plan *plan;
    const struct program *program;
    struct diag_list *diags;
    bool failed; /* no memory; everything further does nothing */
    uint32_t depth;
    /* Tables of the plan. */
    struct vector blocks, constants, properties, names, types, sorts, paths;
    struct map known_properties;
    uint32_t *definition_blocks;
    uint32_t *function_blocks;
    uint32_t *parameter_blocks;
    const struct definition **definitions;
    const struct function **functions;
    const struct parameter **parameters;
    /* Blocks still to be compiled: definitions, functions, parameters that were referred to. */
    struct vector wanted;
    /* The block being written. */
    struct vector code, origins, hoists;
    struct frame_size next; /* first free register, cursor, builder */
    struct frame_size most;
    uint32_t *slots;  /* register of each variable of the block, or NO_BLOCK */
    uint32_t *inside; /* number of the last look that met the variable's binding */
    uint32_t look_number;
    uint32_t slot_count;
    struct scope *scope;
    struct op_context cx; /* for folding */
};

/* Frees what the compilation grew. */
void compiler_release(struct compiler *c);
/* Gives each of c->blocks its depth and its deepest stack; one that reaches itself is an error. */
void compiler_measure(struct compiler *c);

/* Appends and gives the new element, zeroed; NULL on no memory (and `failed` is set). */
void *vector_add(struct compiler *c, struct vector *vector, size_t size);
/* A copy of the elements in the plan's arena. */
void *vector_freeze(struct compiler *c, const struct vector *vector, size_t size);

uint32_t new_register(struct compiler *c);
uint32_t new_registers(struct compiler *c, uint32_t count);
uint32_t new_cursor(struct compiler *c);
uint32_t new_builder(struct compiler *c, uint32_t count);

/* Writes an instruction; gives its place. */
uint32_t emit(struct compiler *c, const struct expr *origin, enum instruction_code code, uint32_t a,
              uint32_t b, uint32_t field_c);
struct instruction *at(struct compiler *c, uint32_t place);
uint32_t here(const struct compiler *c);
/* Makes the jump at `place` land at the next instruction to be written. */
void land(struct compiler *c, uint32_t place);

uint32_t add_constant(struct compiler *c, const struct value *value);
void emit_constant(struct compiler *c, const struct expr *origin, uint32_t dest,
                   struct value value);
uint32_t add_property(struct compiler *c, struct str name, uint16_t element, bool on_list);
uint32_t add_names(struct compiler *c, uint32_t count, const struct str *names, uint16_t type);
uint32_t add_type(struct compiler *c, const struct type *type);

/* The register of a variable; variable_bind makes one. */
uint32_t variable_bind(struct compiler *c, const struct variable *variable);
uint32_t variable_register(const struct compiler *c, const struct variable *variable);

/* Queues a block for compilation unless it is there. */
void want_definition(struct compiler *c, const struct definition *definition);
void want_function(struct compiler *c, const struct function *function);
void want_parameter(struct compiler *c, const struct parameter *parameter);

/* Writes code that leaves the value of the expression in `dest`. */
void compile_expr(struct compiler *c, const struct expr *expr, uint32_t dest);
/* The same, and gives the register: a variable's own, or a new one. */
uint32_t compile_operand(struct compiler *c, const struct expr *expr);
void compile_query(struct compiler *c, const struct expr *expr, uint32_t dest);
/* The value of an operator over literals, computed now; false when it must wait for the run. */
bool fold(struct compiler *c, const struct expr *expr, struct value *out);

/* Lists the largest parts of `expr`, a clause of the query whose variables are not bound yet, that
 * do not change while the query's loops run. */
void hoist_parts(struct compiler *c, const struct expr *expr);
struct hoist *hoist_find(struct compiler *c, const struct expr *expr);

/* Fills plan->demand's shapes from everything the blocks can reach. */
MUST_USE enum status plan_make_demand(struct plan *plan);
/* Whether plan_link can tell a retrieve's codes: no record is needed for them. */
bool codes_are_constant(const struct expr *codes);

#endif
