/* The checked tree: every name resolved, every operator a row of operators.def, every implicit
 * conversion written out, every node with its type. It is what the plan compiler, the oracle in
 * tests, the ELM export and the trial checks read. Immutable once checked; lives in the arena of
 * its program. */
#ifndef QUELL_CQL_TREE_H
#define QUELL_CQL_TREE_H

#include "cql/type.h"
#include "diag/diag.h"
#include "value/operators.h"

enum expr_kind {
#define EXPR(kind, elm) EXPR_##kind,
#include "cql/tree.def"
#undef EXPR
    EXPR_KIND_COUNT
};

struct definition;
struct parameter;
struct function;
struct vocabulary_decl;
struct code_decl;
struct query;
struct retrieve;

/* A query's alias, a let, or a function's operand: `slot` numbers them within their definition or
 * function, so that an evaluator can keep them in an array. */
struct variable {
    struct str name;
    const struct type *type;
    uint32_t slot;
    struct span span;
};

struct case_item {
    struct expr *when; /* Boolean, or compared with the comparand by `equal` */
    struct expr *then;
};

struct expr {
    uint8_t kind;      /* enum expr_kind */
    uint8_t precision; /* OPERATOR: enum precision */
    bool strict;       /* AS: a failed cast is a run-time error */
    bool low_closed;   /* INTERVAL; when low_closed_expr is NULL */
    bool high_closed;
    bool implicit; /* inserted by the checker, not written by the user */
    bool spread;   /* DEFINE_REF: a patient's definition where all patients are asked: its value for
                      each of them, lists flattened (CQL 1.5, author's guide, retrieve context) */
    enum op_id op; /* OPERATOR */
    const struct type *type;
    struct span span;
    uint32_t count;     /* of `args` */
    struct expr **args; /* OPERATOR, LIST, CALL: arguments; IF: condition, then, else;
                           TUPLE, INSTANCE: element values; INTERVAL: low, high;
                           PROPERTY, IS, AS, CONVERT: the operand */
    union {
        struct value literal; /* LITERAL: a System value; strings and quantities in the arena */
        struct {              /* CASE: args[0] is the comparand or NULL, args[1] is else */
            uint32_t item_count;
            struct case_item *items;
            enum op_id equal; /* how the comparand is compared: OP_EQUAL */
        } cases;
        struct {                      /* TUPLE, INSTANCE */
            const struct str *names;  /* sorted for TUPLE; as the model has them for INSTANCE */
            const uint16_t *elements; /* INSTANCE of a FHIR class: element ids */
        } fields;
        struct {              /* PROPERTY */
            struct str name;  /* as written */
            uint16_t element; /* model element id of a FHIR class; MODEL_NO_ELEMENT for tuples,
                                 System classes and FHIR primitive `.value` */
            bool on_list;     /* the operand is a list: the property of each item, flattened, nulls
                                 dropped (path traversal, CQL 1.5 section 2.4.1) */
        } property;
        const struct definition *definition;
        const struct parameter *parameter;
        const struct function *function;
        const struct variable *variable; /* OPERAND_REF, ALIAS_REF, LET_REF */
        enum { ITERATION_THIS, ITERATION_INDEX, ITERATION_TOTAL } iteration;
        const struct vocabulary_decl *vocabulary; /* VALUESET_REF, CODESYSTEM_REF */
        const struct code_decl *code;             /* CODE_REF; CONCEPT_REF: a concept */
        struct query *query;
        struct retrieve *retrieve;
        const struct type *target; /* IS, AS: the type tested; a list or tuple is one of the type
                                      when each of its items or elements is null or one */
    };
    const struct variable *item; /* CONVERT: the item (the bound, of an interval) that args[1]
                                    converts; a null item stays null. LET: the name of args[0] in
                                    args[1]. Referred to by ALIAS_REF. */
};

enum sort_direction { SORT_ASCENDING, SORT_DESCENDING };

struct sort_key {
    struct expr *by; /* written in query->sort_item; NULL: the item itself */
    enum sort_direction direction;
    struct span span;
};

struct query_source {
    struct variable *alias;
    struct expr *expr;
    bool is_list; /* else a single value: the loop runs once, not at all when null */
};

/* `with` and `without`: keep the row when some (no) item of the source fulfils `such_that`. */
struct query_relation {
    struct query_source source;
    struct expr *such_that;
    bool without;
};

struct query {
    uint32_t source_count;
    struct query_source *sources;
    uint32_t let_count;
    struct variable **lets;
    struct expr **let_values;
    uint32_t relation_count;
    struct query_relation *relations;
    struct expr *where;           /* or NULL */
    struct expr *returns;         /* or NULL: the source's item, or a tuple of the aliases */
    bool distinct;                /* of return or aggregate */
    struct variable *accumulator; /* aggregate; else NULL */
    struct expr *starting;
    struct expr *aggregate;
    uint32_t sort_count;
    struct sort_key *sort_keys;
    struct variable *sort_item; /* the row being sorted */
    bool singleton;             /* no source is a list: the result is one value */
};

enum code_comparator { CODES_IN, CODES_EQUAL, CODES_EQUIVALENT };

struct retrieve {
    uint16_t type;         /* model type id */
    struct str code_path;  /* "" when there is no code filter; "code", "medication" */
    uint16_t code_element; /* element id of code_path, or MODEL_NO_ELEMENT */
    enum code_comparator comparator;
    struct expr *codes;          /* NULL: all. Usually VALUESET_REF, or a constant list of codes */
    struct expr *context;        /* related-context retrieve, [X -> type]: a String that names the
                                    patient; or NULL */
    uint32_t number;             /* counts retrieves of the program, from 0 */
    const struct definition *in; /* definition or NULL when in a function */
};

/* When a definition is evaluated (DESIGN: strata). */
enum stratum { STRATUM_CONSTANT, STRATUM_PATIENT, STRATUM_POPULATION, STRATUM_PATIENT_AFTER };

struct library;

struct definition {
    struct str name;
    const struct library *library;
    struct expr *body; /* NULL: had errors */
    const struct type *type;
    struct str context; /* "Patient", "Unfiltered", "Practitioner" ... */
    enum stratum stratum;
    bool is_private;
    uint32_t number;     /* counts definitions of the program, from 0 */
    uint32_t slot_count; /* variables inside */
    struct span span;
    bool uses_now;      /* depends on Now, Today or TimeOfDay: then STRATUM_CONSTANT means the same
                           for all subjects, not at all times */
    bool is_implicit;   /* the context's own definition ("Patient"); private, before the others */
    struct str comment; /* the // or block comment just above, for reports; or empty */
    struct definition *next;
};

struct function {
    struct str name;
    const struct library *library;
    uint32_t operand_count;
    struct variable **operands;
    struct expr *body; /* NULL: external, or had errors */
    const struct type *type;
    struct str context; /* that it is written in */
    bool is_private;
    bool fluent;
    bool external;
    uint32_t number; /* counts functions of the program, from 0 */
    uint32_t slot_count;
    struct span span;
    struct function *next;
};

struct parameter {
    struct str name;
    const struct library *library;
    const struct type *type;
    struct expr *default_value; /* or NULL */
    uint32_t number;
    uint32_t slot_count; /* variables inside the default */
    bool is_private;
    struct span span;
    struct parameter *next;
};

struct vocabulary_decl {
    struct str name;
    struct vocabulary value;
    bool is_private;
    struct span span;
    const struct library *library;
    uint32_t system_count; /* of a value set: the code systems that it names */
    const struct vocabulary_decl **systems;
    struct vocabulary_decl *next;
};

struct code_decl { /* a code, or with is_concept a concept */
    struct str name;
    bool is_concept;
    struct concept value; /* one code for a code */
    bool is_private;
    struct span span;
    const struct library *library;
    const struct vocabulary_decl *system; /* of a code */
    uint32_t code_count;                  /* of a concept */
    const struct code_decl **codes;
    struct code_decl *next;
};

struct include {
    struct str alias;
    const struct library *library; /* NULL: could not be loaded, reported */
    struct span span;
    struct include *next;
};

struct library {
    struct str name; /* "" when unnamed */
    struct str version;
    const struct source *source;
    struct include *includes;
    struct definition *definitions; /* in source order */
    struct function *functions;
    struct parameter *parameters;
    struct vocabulary_decl *vocabularies;
    struct code_decl *codes;
    bool uses_fhir;
    struct library *next;
};

/* Everything that was checked together: the main library and all it includes. */
struct program {
    struct arena *arena;
    struct type_table *types;
    struct unit_table *units;  /* units of literals */
    struct library *main;      /* first; `next` leads to the included ones in load order */
    uint32_t definition_count; /* numbers run over all libraries */
    uint32_t function_count;
    uint32_t parameter_count;
    uint32_t retrieve_count;
};

/* Finds the text of an included library. Gives its path and text in memory that outlives the
 * program, or found = false. */
struct library_loader {
    enum status (*load)(void *context, struct str name, struct str version, struct arena *arena,
                        bool *found, struct str *path, struct str *text);
    void *context;
};

/* Parses and checks a library and everything it includes. Errors are in `diags`; *out is set
 * whenever the status is STATUS_OK, and may be used for running only when there are no errors.
 * FHIRHelpers 4.0.1 is built in. */
MUST_USE enum status check_program(const struct source *source, const struct library_loader *loader,
                                   struct arena *arena, struct diag_list *diags,
                                   struct program **out);
/* Checks one expression as if it stood in a library `using FHIR version '4.0.1'` with nothing else
 * (uses_fhir false: System only): the definition is named "expression". */
MUST_USE enum status check_expression(const struct source *source, bool uses_fhir,
                                      struct arena *arena, struct diag_list *diags,
                                      struct program **out);

/* Checks the value of a parameter of a library that has no errors: System only, with the library's
 * includes, code systems, value sets, codes and concepts. Its one definition is the value. */
MUST_USE enum status check_argument(const struct source *source, const struct source *library,
                                    const struct library_loader *loader, struct arena *arena,
                                    struct diag_list *diags, struct program **out);

/* Gives back what the program holds outside its arena (its units). NULL is allowed. */
void program_release(struct program *program);

const struct definition *program_find(const struct program *program, struct str define);
/* An indented listing of the tree, for tests and for people. */
void tree_print(const struct expr *expr, struct buf *out);

#endif
