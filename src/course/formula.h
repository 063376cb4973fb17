/* What to ask next (DESIGN rule 4) works on a formula: criteria, and below the unknown ones the
 * logic of their definitions down to atoms, each of which waits for some data. Answering a set of
 * data frees the atoms that wait for nothing else. Everything here is pure: no record, no clock.
 *
 *   eligible = I1 and not E1 and (score >= 10)
 *   score >= 10:  AT_LEAST 10 of  2 x SURE(ferritin high), 2 x SURE(CRP high), 1 x SURE(fever) ...
 */
#ifndef QUELL_COURSE_FORMULA_H
#define QUELL_COURSE_FORMULA_H

#include "base/arena.h"
#include "trial/trial.h"
#include "value/compare.h"

enum formula_kind {
    FORMULA_CONSTANT, /* value */
    FORMULA_ATOM,     /* atom */
    FORMULA_NOT,
    FORMULA_AND,
    FORMULA_OR,
    FORMULA_XOR,
    FORMULA_FIRST,    /* the first kid that is known, as Coalesce */
    FORMULA_SURE,     /* the kid is true: never unknown */
    FORMULA_POSSIBLE, /* the kid is not false: never unknown */
    FORMULA_AT_LEAST  /* the weights of the true kids reach the limit */
};

/* Nodes stand in one array, kids before their parent: a node's kids are `kids[0 .. count)`, numbers
 * smaller than its own. The last node is the whole. */
struct formula_node {
    uint8_t kind;  /* enum formula_kind */
    uint8_t value; /* CONSTANT: enum logic */
    uint16_t count;
    uint32_t atom;
    const uint32_t *kids;
    const int64_t *weights; /* AT_LEAST: one a kid, above 0; their sum fits */
    int64_t limit;          /* AT_LEAST, in the unit of the weights */
};

/* An unknown: something that is true or false once all its data are there. */
struct formula_atom {
    uint64_t data; /* bit i: waits for datum i */
    /* A comparison of datum `number_of` alone with a constant, or -1: two such atoms of one datum
     * take only answers that one number can give. `limit` is in a unit common to the datum's atoms.
     */
    int8_t number_of;
    uint8_t comparator; /* enum trial_comparator */
    i128 limit;
};

enum { FORMULA_DATA_MAX = 64, FORMULA_EXHAUSTIVE_MAX = 12 };

struct formula {
    uint32_t node_count;
    const struct formula_node *nodes;
    uint32_t atom_count;
    const struct formula_atom *atoms;
    uint32_t data_count; /* at most FORMULA_DATA_MAX */
};

/* Whether answers to the data of `asked`, or to some of them, make the whole `wanted` (true or
 * false), everything else staying unknown. Two comparisons of one datum take only answers that one
 * number can give. */
MUST_USE enum status formula_can_be(const struct formula *formula, uint64_t asked,
                                    enum logic wanted, struct arena *scratch, bool *out);

struct formula_advice {
    uint64_t
        confirm; /* the fewest data that, answered favourably, make the whole true; 0: none do */
    bool confirm_proven; /* no smaller set exists */
    uint64_t ask_first;  /* data that alone can make the whole false */
};

/* Data without which nothing helps are found first; among the others all sets are tried in the
 * order of their size, to FORMULA_EXHAUSTIVE_MAX data; past that, data are dropped one by one from
 * the last while the rest still helps, and the set is not proven smallest. Among sets of one size
 * the one with the earliest data is given. */
MUST_USE enum status formula_advise(const struct formula *formula, struct arena *scratch,
                                    struct formula_advice *out);

#endif
