/* What a plan is made of: blocks of instructions for a register machine, and the tables they index.
 * Read by the machine, the printer and the verifier; made by the compiler.
 *
 * A block is the code of one definition, one function or one parameter's default. Running it takes
 * a frame: registers (values), cursors (loops) and builders (lists being made). A function's
 * operands are its first registers. No block can reach itself, so the deepest stack is known when
 * the plan is made and the machine never checks for room.
 *
 *   stack of registers:  [ definition A: 0 .. n ][ function F that A calls: 0 .. m ] ...
 *
 * Each block has two forms that give the same results, errors and bounds. The full form notes
 * whatever evidence needs; the lean form (plan/lean.c) is what runs when no steps are recorded. */
#ifndef QUELL_PLAN_CODE_H
#define QUELL_PLAN_CODE_H

#include "base/map.h"
#include "plan/plan.h"

enum operand_kind {
    OPERAND_NONE,
    OPERAND_OUT,
    OPERAND_IN,
    OPERAND_BOTH,
    OPERAND_VALUE, /* a register that is read, or CONSTANT_BIT and a constant */
    OPERAND_RANGE,
    OPERAND_CURSOR,
    OPERAND_BUILDER,
    OPERAND_JUMP,
    OPERAND_FLAGS,
    OPERAND_CONSTANT,
    OPERAND_OPERATOR,
    OPERAND_PROPERTY,
    OPERAND_NAMES,
    OPERAND_DEFINITION,
    OPERAND_PARAMETER,
    OPERAND_FUNCTION,
    OPERAND_RETRIEVE,
    OPERAND_TYPE,
    OPERAND_SORT,
    OPERAND_PATH
};

#define CONSTANT_BIT UINT32_C(0x80000000)

enum instruction_flow { FLOW_NEXT, FLOW_JUMP, FLOW_MAYBE, FLOW_END };
enum instruction_sets { SETS_ALWAYS, SETS_FALL, SETS_JUMP };

enum instruction_code {
#define INSTRUCTION(name, a, b, c, flow, sets, text) CODE_##name,
#include "plan/instructions.def"
#undef INSTRUCTION
    CODE_COUNT
};

struct instruction_info {
    const char *name;
    enum operand_kind operands[3];
    enum instruction_flow flow;
    enum instruction_sets sets;
    const char *text;
};

const struct instruction_info *instruction_info(enum instruction_code code);

/* When the first argument decides alone: SKIP's count. */
enum skip_rule {
    SKIP_FALSE,   /* and: false is the result */
    SKIP_TRUE,    /* or: true is the result */
    SKIP_IMPLIED, /* implies: false gives true */
    SKIP_NOT_NULL /* coalesce: the value is the result; a traced run runs nothing more */
};

struct instruction {
    uint8_t code;      /* enum instruction_code */
    uint8_t precision; /* OPERATOR: enum precision */
    uint16_t count;    /* of RANGE; flags of AS, SKIP; BINARY: the operator */
    uint32_t a;
    uint32_t b;
    uint32_t c;
};

_Static_assert(sizeof(struct instruction) == 16, "four instructions to a cache line");

#define NO_BLOCK UINT32_MAX
#define NO_FILTER UINT32_MAX

/* What a frame needs; also of the deepest chain of frames. */
struct frame_size {
    uint32_t registers;
    uint32_t cursors;
    uint32_t builders;
};

struct block {
    uint32_t length;
    const struct instruction *code;
    const struct expr *const
        *origin;            /* by instruction: what it computes, for errors and evidence */
    uint32_t operand_count; /* the first registers are set when it starts */
    struct frame_size frame;
    struct frame_size deepest;           /* its frame and those of everything it may call */
    uint32_t depth;                      /* frames in that chain */
    const struct definition *definition; /* exactly one of these three is set */
    const struct function *function;
    const struct parameter *parameter;
};

static inline const struct expr *block_body(const struct block *block) {
    return block->definition ? block->definition->body
           : block->function ? block->function->body
                             : block->parameter->default_value;
}

struct plan_property {
    struct str name;
    uint16_t element; /* model element id; MODEL_NO_ELEMENT: by name */
    bool on_list;
    bool is_value; /* its name is "value": of a FHIR primitive, the System value */
};

struct plan_path { /* properties taken one of the other */
    uint32_t count;
    const uint32_t *properties;
};

struct plan_names {
    uint32_t count;
    const struct str *names;
    uint16_t type; /* INSTANCE: the class */
};

struct plan_sort {
    uint32_t count;
    const bool *descending;
};

struct plan_retrieve {
    const struct retrieve *retrieve;
    uint32_t filter;   /* of the demand; its rows carry the bit */
    bool constant;     /* its codes are in `codes`; else the machine gets them in a register */
    bool per_row;      /* the filter's bit does not decide: compare each row's codes */
    struct map codes;  /* "system|code", as demand_filter */
    uint32_t declared; /* the constant list's length, for causes */
    struct str name;   /* what people call it */
};

struct plan {
    struct arena arena;
    const struct program *program;
    struct unit_table *units;
    uint32_t block_count;
    const struct block *blocks;
    const struct block *lean;          /* the same blocks in their lean form */
    const uint32_t *definition_blocks; /* by number: block or NO_BLOCK */
    const uint32_t *function_blocks;
    const uint32_t *parameter_blocks;
    const struct definition *const *definitions; /* by number */
    const struct function *const *functions;
    const struct parameter *const *parameters;
    uint32_t output_count; /* definitions with a body whose values are wanted */
    const struct definition **outputs;
    bool logical_only;
    struct frame_size deepest; /* of any definition or parameter */
    uint32_t constant_count;
    const struct value *constants;
    uint32_t property_count;
    const struct plan_property *properties;
    uint32_t names_count;
    const struct plan_names *names;
    uint32_t type_count;
    const struct type *const *types;
    uint32_t sort_count;
    const struct plan_sort *sorts;
    uint32_t path_count;
    const struct plan_path *paths;
    uint32_t retrieve_count;
    struct plan_retrieve *retrieves; /* by retrieve number; retrieve NULL: not reachable */
    struct value *arguments;         /* by parameter number: as given */
    bool *argument_given;
    bool linked;
    struct demand demand;
    struct demand_filter *filters;
};

#endif
