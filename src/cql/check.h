/* Inside of the checker (its door is cql/tree.h). One struct checker works on one program.
 *
 * A function that gives an expression gives NULL when there is none: then the reason has been
 * reported, or `status` says that memory ended. A caller that gets NULL says nothing more, so that
 * one mistake makes one message.
 *
 * Names are resolved on demand: a reference to a definition that was not checked yet checks it
 * first. check_order.c sorts a library's definitions beforehand, so that this does not nest deeply.
 */
#ifndef QUELL_CQL_CHECK_H
#define QUELL_CQL_CHECK_H

#include "base/map.h"
#include "cql/syntax.h"
#include "cql/tree.h"
#include "value/ucum.h"

/* Nested expressions, with those of definitions checked on demand. */
enum { CHECK_DEPTH_MAX = 600, OPERANDS_MAX = 8, IMPLICIT_MAX = 32 };

/* The types of an operator or a function. A generic one has TYPE_VARIABLE inside. */
struct signature {
    uint32_t count;
    const struct type *const *operands;
    const struct type *result;
    bool generic;
};

struct signature_table {
    struct signature rows[OP_ID_COUNT];
    uint16_t next[OP_ID_COUNT]; /* the next row of the same name, or OP_ID_COUNT */
    uint32_t implicit_count;    /* rows flagged OP_IMPLICIT */
    uint16_t implicit[IMPLICIT_MAX];
    struct map names; /* ELM name to the first row */
};

enum symbol_kind {
    SYMBOL_DEFINITION,
    SYMBOL_PARAMETER,
    SYMBOL_VOCABULARY,
    SYMBOL_CODE,
    SYMBOL_INCLUDE
};

enum check_state { STATE_NEW, STATE_BUSY, STATE_DONE };

struct symbol {
    enum symbol_kind kind;
    enum check_state state;
    struct str name;
    struct span span; /* of the name */
    bool is_private;
    const struct syntax *syntax;
    struct check_library *library;
    union {
        struct definition *definition;
        struct parameter *parameter;
        struct vocabulary_decl *vocabulary;
        struct code_decl *code;
        struct check_library *included; /* NULL: could not be loaded, reported */
    };
};

struct function_symbol {
    struct function *function;
    const struct syntax *syntax;
    enum check_state state;
    bool listed; /* in library->functions */
    bool broken; /* an operand type is wrong, reported */
    bool reads;  /* its body retrieves or uses the context */
    bool reads_population;
    bool uses_now;
    struct signature signature;
    struct str context; /* that it is written in */
    struct check_library *library;
    struct function_symbol *next; /* of the same name */
};

/* A name that nothing has and that was reported: once in a library. */
struct unknown_name {
    struct str name;
    struct diagnostic *diagnostic; /* NULL: only counted */
    uint32_t line;                 /* of the last use */
    uint32_t told;
    struct unknown_name *next;
};

struct check_library {
    struct unknown_name *unknown;
    struct str model_name; /* what `using FHIR called` names it; "" is FHIR */
    bool model_unknown;    /* of its `using`: then nothing is said of its types */
    struct library *library;
    const struct syntax *file;
    enum check_state state;
    bool built_in;
    struct map names;
    struct symbol **symbols;
    uint32_t symbol_count;
    struct map function_names;
    struct function_symbol **functions; /* first of each name */
    uint32_t function_name_count;
    struct str context; /* the last one declared so far */
    struct definition **last_definition;
    struct function **last_function;
    struct parameter **last_parameter;
    struct vocabulary_decl **last_vocabulary;
    struct code_decl **last_code;
    struct check_library *next;
};

/* A name inside a definition: a query's alias or let, a function's operand. */
struct local {
    struct str name;
    enum expr_kind kind;             /* ALIAS_REF, LET_REF or OPERAND_REF */
    const struct variable *variable; /* NULL: its value has an error, which was reported */
    bool is_row; /* the row of a sort clause: its elements are names too, and it is $this */
    const struct local *outer;
};

/* The definition or function whose body is being checked. */
struct frame {
    struct check_library *library;
    const struct definition *definition; /* NULL in a function */
    struct str context;
    uint32_t slot_count;
    const struct local *locals;
    const struct local *later; /* where a value is initialised: names that have no value yet */
    bool reads;                /* the record of one subject */
    bool reads_population;     /* all records */
    bool uses_now;
};

struct checker {
    struct arena *arena;
    struct diag_list *diags;
    struct program *program;
    struct type_table *types;
    struct signature_table *signatures;
    const struct library_loader *loader;
    struct check_library *libraries; /* in load order */
    struct check_library **last_library;
    struct library **last_listed; /* where the program's list goes on */
    uint32_t include_depth;
    struct check_library *helpers; /* FHIRHelpers; NULL until something needs it */
    struct frame *frame;
    uint32_t depth;
    enum status status;
    const struct type *system[MODEL_SYSTEM_COUNT]; /* the System types by their id */
};

/* --- signature.c */
MUST_USE enum status signature_table_new(struct type_table *types, struct arena *arena,
                                         struct signature_table **out);
void signature_table_release(struct signature_table *table);
/* OP_ID_COUNT when no operator has the name. */
uint32_t signature_first(const struct signature_table *table, struct str name);

/* --- check_tree.c: making nodes */
struct expr *check_node(struct checker *ck, enum expr_kind kind, const struct type *type,
                        struct span span);
struct expr *check_node1(struct checker *ck, enum expr_kind kind, const struct type *type,
                         struct span span, struct expr *arg);
struct expr *check_node2(struct checker *ck, enum expr_kind kind, const struct type *type,
                         struct span span, struct expr *first, struct expr *second);
struct expr **check_args(struct checker *ck, uint32_t count);
struct expr *check_null(struct checker *ck, const struct type *type, struct span span);
struct expr *check_literal_node(struct checker *ck, uint16_t type, struct value value,
                                struct span span);
struct variable *check_variable(struct checker *ck, struct str name, const struct type *type,
                                struct span span);
struct expr *check_variable_ref(struct checker *ck, enum expr_kind kind,
                                const struct variable *variable, struct span span);
/* An expression that is used more than once: `*use` is what to write at each place;
 * check_held_close puts the LET around the result where one is needed. */
struct held {
    struct expr *value;
    struct variable *variable; /* NULL: cheap enough to repeat */
};
struct expr *check_held_open(struct checker *ck, struct expr *value, struct held *held);
struct expr *check_held_close(struct checker *ck, const struct held *held, struct expr *body);
/* Notes that memory ended; gives NULL. */
void *check_no_memory(struct checker *ck);
/* Reports a type that nests too deeply, or that memory ended, when `type` is NULL. */
const struct type *check_made(struct checker *ck, const struct type *type, struct span span);
/* The printed type, in the arena; never NULL bytes. */
struct str check_type_text(struct checker *ck, const struct type *type);
bool check_is(const struct type *type, uint16_t model_type);
static inline bool check_is_any(const struct type *type) {
    return check_is(type, MODEL_ANY);
}

/* --- check_convert.c */
enum conversion_kind {
    CONVERSION_NONE,     /* the value is one of the type already */
    CONVERSION_CAST,     /* Any or a choice to what it may be */
    CONVERSION_OPERATOR, /* a row flagged OP_IMPLICIT */
    CONVERSION_HELPER,   /* a function of FHIRHelpers */
    CONVERSION_ITEMS,    /* a list or an interval, item by item */
    CONVERSION_CHOICE,   /* a choice some of whose members convert */
    CONVERSION_WIDEN     /* to one member of a choice */
};

struct conversion {
    enum conversion_kind kind;
    uint32_t score; /* CQL 1.5 translation semantics, conversion precedence; less is better */
    const struct type *from;
    const struct type *to;
    enum op_id op;
    struct str helper;
    const struct conversion *inner; /* ITEMS, WIDEN, and the first of CHOICE */
    const struct conversion *next;  /* CHOICE: the other members that convert */
};

/* NULL when there is no implicit way (or no memory: see status). */
const struct conversion *check_find_conversion(struct checker *ck, const struct type *from,
                                               const struct type *to);
struct expr *check_apply(struct checker *ck, struct expr *expr,
                         const struct conversion *conversion);
/* Converts when it must; reports, as `what` ("the condition of `if`"), when it cannot. */
struct expr *check_convert_to(struct checker *ck, struct expr *expr, const struct type *to,
                              const char *what);
/* Converts to one of a case's or list's common type, which cannot fail. */
struct expr *check_ensure(struct checker *ck, struct expr *expr, const struct type *to);
/* The type both convert to, a choice of the two when neither converts. */
const struct type *check_common_type(struct checker *ck, const struct type *a, const struct type *b,
                                     struct span span);
/* What the FHIRHelpers function for the type gives, and its name; NULL when there is none. */
const struct type *check_helper_target(struct checker *ck, const struct type *from,
                                       struct str *helper);
void check_hint_conversion(struct checker *ck, struct diagnostic *diagnostic,
                           const struct type *from, const struct type *to);
/* null, {}, { null } and Interval[null, null]: of any type that is wanted. */
bool check_is_untyped(const struct expr *expr);

/* --- check_operator.c */
struct call {
    struct str name; /* as the user knows it */
    uint32_t count;
    struct expr **args;
    enum precision precision;
    struct span span;
};

struct resolution {
    enum op_id op;                    /* of a system operator */
    struct function_symbol *function; /* of a function; else NULL */
    const struct type *result;
    const struct conversion **conversions; /* one an argument */
    uint32_t score;
    uint32_t type_score;
    bool ambiguous;
    struct resolution *other; /* the one it is ambiguous with */
};

/* The best of the operators with the name; false when none fits. */
bool check_resolve_operator(struct checker *ck, const struct call *call, struct str elm_name,
                            struct resolution *out);
bool check_resolve_function(struct checker *ck, const struct call *call,
                            struct function_symbol *first, bool fluent, struct resolution *out);
struct expr *check_build_operator(struct checker *ck, const struct call *call,
                                  const struct resolution *resolution);
/* Resolves and builds, or reports. `shown` is how the user wrote it ("+"). */
struct expr *check_operator(struct checker *ck, const char *elm_name, const char *shown,
                            uint32_t count, struct expr **args, enum precision precision,
                            struct span span);
struct expr *check_operator1(struct checker *ck, const char *elm_name, const char *shown,
                             struct expr *arg, struct span span);
struct expr *check_operator2(struct checker *ck, const char *elm_name, const char *shown,
                             struct expr *left, struct expr *right, struct span span);
void check_report_call(struct checker *ck, const struct call *call, const char *elm_name,
                       struct function_symbol *functions);
void check_report_ambiguous(struct checker *ck, const struct call *call,
                            const struct resolution *resolution);

/* --- check_literal.c */
struct expr *check_literal(struct checker *ck, const struct syntax *node, bool negative);
struct expr *check_code_selector(struct checker *ck, const struct syntax *node);
struct expr *check_concept_selector(struct checker *ck, const struct syntax *node);

/* --- check_type.c: types as written */
const struct type *check_type(struct checker *ck, const struct syntax *node);
/* A model type by its written name; MODEL_NONE without a report. */
uint16_t check_find_type(struct checker *ck, const struct syntax *named);
const struct type *check_spec_type(struct checker *ck, struct model_spec spec, struct span span);

/* --- check_names.c */
struct symbol *check_find_symbol(struct check_library *library, struct str name);
struct expr *check_symbol_ref(struct checker *ck, struct symbol *symbol, struct span span);
struct expr *check_name(struct checker *ck, const struct syntax *identifier);
/* A library's alias, when the node is one; else NULL. */
struct symbol *check_include_of(struct checker *ck, const struct syntax *node);
/* The member of a library, with access checked. */
struct expr *check_library_member(struct checker *ck, struct symbol *include,
                                  const struct syntax *identifier);
struct symbol *check_qualified(struct checker *ck, const struct syntax *qualified);
/* The body reads data: of the subject in a subject's context, else of all. */
void check_note_read(struct checker *ck);
void check_push_local(struct checker *ck, struct local *local, enum expr_kind kind,
                      const struct variable *variable);
/* The name stands in a definition of the library that could not be read. */
bool check_may_declare(const struct check_library *library, struct str name);
/* Nothing has the name, and it need not be said: it was said before, and this place is noted there;
 * or it stands in a definition that could not be read, which may have declared it. */
bool check_is_told(struct checker *ck, struct str name, struct span span);
/* It was said now. NULL is allowed. */
void check_tell(struct checker *ck, struct str name, struct span span,
                struct diagnostic *diagnostic);
/* A distance from `name` that is too far for "did you mean": a third of it and one. */
size_t check_near(struct str name);
/* The call would do in an included library whose name was not written: says so; else false. */
bool check_hint_included(struct checker *ck, const struct call *call, struct diagnostic *d);
/* For a call that fits no form: what the writer probably meant. */
void check_hint_operands(struct checker *ck, const struct call *call, struct diagnostic *d);
void check_hint_similar(struct checker *ck, struct diagnostic *diagnostic, struct str name);

/* --- check_property.c */
/* Reports when there is no such property. */
struct expr *check_property(struct checker *ck, struct expr *of, struct str name, struct span span);
/* NULL without a report when the type has none. */
const struct type *check_property_type(struct checker *ck, const struct type *of, struct str name,
                                       struct span span);

/* --- check_expr.c */
struct expr *check_expr(struct checker *ck, const struct syntax *node);
/* check_expr of one kid; NULL when it is absent. */
struct expr *check_kid(struct checker *ck, const struct syntax *node, uint32_t kid);
/* A node that must be Boolean. */
struct expr *check_condition(struct checker *ck, const struct syntax *node, const char *what);

/* --- the families of expressions */
struct expr *check_unary(struct checker *ck, const struct syntax *node);
struct expr *check_binary(struct checker *ck, const struct syntax *node);
struct expr *check_membership(struct checker *ck, struct expr *left, struct expr *right,
                              enum precision precision, struct span span);
struct expr *check_contains(struct checker *ck, struct expr *left, struct expr *right,
                            enum precision precision, struct span span);
struct expr *check_between(struct checker *ck, const struct syntax *node);
struct expr *check_duration(struct checker *ck, const struct syntax *node);
struct expr *check_component(struct checker *ck, const struct syntax *node);
struct expr *check_type_extent(struct checker *ck, const struct syntax *node);
struct expr *check_expand(struct checker *ck, const struct syntax *node);
struct expr *check_timing(struct checker *ck, const struct syntax *node);
struct expr *check_interval(struct checker *ck, struct expr *low, bool low_closed,
                            struct expr *high, bool high_closed, struct span span);
struct expr *check_selector(struct checker *ck, const struct syntax *node);
struct expr *check_is_type(struct checker *ck, const struct syntax *node);
struct expr *check_as_type(struct checker *ck, const struct syntax *node);
struct expr *check_convert(struct checker *ck, const struct syntax *node);
struct expr *check_if(struct checker *ck, const struct syntax *node);
struct expr *check_case(struct checker *ck, const struct syntax *node);
struct expr *check_query(struct checker *ck, const struct syntax *node);
struct expr *check_retrieve(struct checker *ck, const struct syntax *node);
struct expr *check_call(struct checker *ck, const struct syntax *node);
bool check_is_age(struct str name);
struct expr *check_age(struct checker *ck, const struct call *call, bool *handled);

/* --- check_function.c */
struct function_symbol *check_find_functions(struct check_library *library, struct str name);
struct function_symbol *check_add_function(struct checker *ck, struct check_library *library,
                                           const struct syntax *node, struct str context);
/* Operand and result types; `first` heads the functions of the name. */
void check_read_signature(struct checker *ck, struct function_symbol *symbol,
                          struct function_symbol *first);
/* One of the functions from `first` on has operands that could not be read. */
bool check_any_broken(const struct function_symbol *first);
/* Checks the body if it was not yet; false when the function cannot be called. */
bool check_function_body(struct checker *ck, struct function_symbol *symbol);
/* A call of a FHIRHelpers function that a conversion asks for. */
struct expr *check_helper_call(struct checker *ck, struct str name, struct expr *arg,
                               const struct type *result);

/* --- check_library.c */
bool check_definition(struct checker *ck, struct symbol *symbol);
bool check_parameter(struct checker *ck, struct symbol *symbol);
/* Reads the declarations of a parsed file into a new library; `name` until it says another. */
struct check_library *check_declare(struct checker *ck, const struct source *source,
                                    const struct syntax *file, bool built_in, struct str name);
void check_bodies(struct checker *ck, struct check_library *library);
struct check_library *check_load(struct checker *ck, struct str name, struct str version,
                                 struct span span);
struct check_library *check_helpers(struct checker *ck);
/* The comment that ends on the line above, without its marks; or empty. */
struct str check_comment_above(struct checker *ck, struct span span);
/* --- check_order.c: the library's symbols so that each comes after what it names, where it can. */
uint32_t *check_order(struct checker *ck, const struct check_library *library);

/* --- fhirhelpers.c: the text of the built-in library */
/* .at NULL when there is no memory. */
struct str fhirhelpers_text(struct arena *arena);

#endif
