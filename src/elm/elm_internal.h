/* Inside of the ELM export. */
#ifndef QUELL_ELM_ELM_INTERNAL_H
#define QUELL_ELM_ELM_INTERNAL_H

#include "elm/elm.h"

#include <stdio.h>
#include <string.h>

/* What a variable of the tree, that ELM has no name for, stands for while an expression is written:
 * an expression, a property of one, or a name. */
struct binding {
    const struct variable *variable;
    const struct expr *value; /* NULL: a name */
    const char *path;         /* of `value`; NULL: the value itself */
    struct str name;
    const char *kind; /* of a name: "AliasRef", "QueryLetRef" or "IdentifierRef" */
    const struct binding *outer;
    const struct binding *of_value; /* the bindings that `value` is written in */
};

struct elm_writer {
    const struct program *program;
    const struct library *library;
    const struct elm_options *options;
    struct buf *out;
    const struct binding *bindings;
    uint32_t depth; /* of braces */
    bool comma;     /* something stands before in these braces */
    bool keyed;     /* a key waits for its value */
    bool too_large; /* than LIMIT_ELM_BYTES: the rest is left out */
};

/* --- elm_writer.c: JSON */
void elm_open(struct elm_writer *w, char brace);
void elm_close(struct elm_writer *w, char brace);
void elm_key(struct elm_writer *w, const char *name);
void elm_text(struct elm_writer *w, struct str text);
void elm_raw(struct elm_writer *w, struct str text); /* a number, true or false */
void elm_member(struct elm_writer *w, const char *name, struct str text);
void elm_flag(struct elm_writer *w, const char *name, bool value);
/* Opens a node: its type, and where it stands. */
void elm_node(struct elm_writer *w, const char *type);
void elm_locator(struct elm_writer *w, struct span span);

/* --- elm_type.c */
/* "{http://hl7.org/fhir}Observation"; writes a JSON text. */
void elm_type_name(struct elm_writer *w, uint16_t model_type);
void elm_type_specifier(struct elm_writer *w, const struct type *type);
/* "asType": a name where there is one, else "asTypeSpecifier". */
void elm_type_of(struct elm_writer *w, const char *name, const struct type *type);
void elm_result_type(struct elm_writer *w, const struct type *type);

/* --- elm_expr.c */
void elm_expr(struct elm_writer *w, const struct expr *expr);
/* A member of an open node; nothing when the expression is NULL. */
void elm_kid(struct elm_writer *w, const char *name, const struct expr *expr);
void elm_list(struct elm_writer *w, const char *name, uint32_t count, struct expr *const *exprs);
/* What the current library calls another one: its alias. Nothing for the library itself. */
void elm_library_name(struct elm_writer *w, const struct library *library);
const struct binding *elm_binding(const struct elm_writer *w, const struct variable *variable);
/* Opens the node that a kind of the tree is written as; used by the table-driven test too. */
typedef void elm_form(struct elm_writer *w, const struct expr *expr);
elm_form *elm_form_of(enum expr_kind kind);

/* --- elm_literal.c */
void elm_literal(struct elm_writer *w, const struct expr *expr);
/* A code's members in an open object. */
void elm_code(struct elm_writer *w, const struct code *code);

/* --- elm_operator.c */
/* The names of an operator's operands: see elm_operator.def. */
const char *elm_operands(const char *name, uint32_t count);
void elm_operator(struct elm_writer *w, const struct expr *expr);

/* --- elm_query.c */
void elm_query(struct elm_writer *w, const struct expr *expr);
void elm_retrieve(struct elm_writer *w, const struct expr *expr);

/* --- elm_convert.c: what the tree has a node for, and ELM an expression */
void elm_convert(struct elm_writer *w, const struct expr *expr);
void elm_let(struct elm_writer *w, const struct expr *expr);
void elm_property_of_each(struct elm_writer *w, const struct expr *expr);

#endif
