/* Types of CQL expressions. Types are interned in a type_table: two types are the same exactly when
 * their pointers are. Named types (System and FHIR) are ids of model/model.h. */
#ifndef QUELL_CQL_TYPE_H
#define QUELL_CQL_TYPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/model.h"

/* VARIABLE is the T of a system operator's signature: never the type of an expression. */
enum type_kind { TYPE_NAMED, TYPE_LIST, TYPE_INTERVAL, TYPE_TUPLE, TYPE_CHOICE, TYPE_VARIABLE };

struct type {
    enum type_kind kind;
    uint16_t name;           /* NAMED: model type id, MODEL_ANY for System.Any;
                                VARIABLE: its number */
    uint16_t depth;          /* NAMED 1; others one more than their deepest part */
    const struct type *of;   /* LIST, INTERVAL: element or point type */
    uint32_t count;          /* TUPLE, CHOICE */
    const struct str *names; /* TUPLE: sorted bytewise */
    const struct type *const
        *members; /* TUPLE: by name; CHOICE: in canonical order, no nested choice */
};

struct type_table;

/* The makers below refuse deeper types with NULL; type_too_deep tells that from a lack of memory.
 */
enum { TYPE_DEPTH_MAX = 64 };
bool type_too_deep(const struct type_table *table);

MUST_USE enum status type_table_new(struct arena *arena, struct type_table **out);
/* All give NULL when there is no memory, and for a part that is NULL. */
const struct type *type_named(struct type_table *table, uint16_t model_type);
const struct type *type_list(struct type_table *table, const struct type *of);
const struct type *type_interval(struct type_table *table, const struct type *of);
const struct type *type_variable(struct type_table *table, uint16_t number);
/* Sorts; names and members are copied. */
const struct type *type_tuple(struct type_table *table, uint32_t count, const struct str *names,
                              const struct type *const *members);
/* Flattens, removes duplicates, gives the member itself when one is left. */
const struct type *type_choice(struct type_table *table, uint32_t count,
                               const struct type *const *members);
/* "List<FHIR.Observation>", "Interval<DateTime>": System names without their prefix. */
void type_print(const struct type *type, struct buf *out);
/* a is b or derives from it; covariant in lists, intervals, tuples; a choice is a subtype when each
 * of its members is, and a type is a subtype of a choice that has it or a base of it. Everything is
 * a subtype of Any. A subtype needs no conversion: its values are values of the other type. */
bool type_is_subtype(const struct type *a, const struct type *b);

#endif
