/* What the parts of the advice share: the formula while it grows. */
#ifndef QUELL_SCREEN_ADVICE_INTERNAL_H
#define QUELL_SCREEN_ADVICE_INTERNAL_H

#include "course/formula.h"
#include "screen/advice.h"

enum { ADVICE_NODES_MAX = 8192, ADVICE_ATOMS_MAX = 1024 };

/* The constants stand first. Past the limits everything is unknown, which is safe: nothing is
 * promised of it. */
enum { NODE_UNKNOWN, NODE_FALSE, NODE_TRUE };

struct datum {
    struct str label;
    struct str window;
    struct str reason;
    bool human;
    uint32_t criterion_count;
    uint16_t *criteria;
};

struct advice {
    struct screen_case *c;
    struct trace_walk *walk;
    struct arena *scratch;
    struct formula_node *nodes;
    uint32_t node_count;
    struct formula_atom *atoms;
    uint32_t atom_count;
    struct datum *data;
    uint32_t data_count;
    uint32_t *node_of_step; /* number + 1; 0: none yet */
    uint32_t depth;
    bool no_memory;
};

/* --- advice_nodes.c: nodes are folded as they are made, so that what is known leaves no trace. */
void advice_begin(struct advice *a);
uint32_t advice_constant(enum logic value);
uint32_t advice_not(struct advice *a, uint32_t kid);
uint32_t advice_pair(struct advice *a, enum formula_kind kind, uint32_t x, uint32_t y);
uint32_t advice_first(struct advice *a, const uint32_t *kids, uint16_t count);
/* FORMULA_SURE or FORMULA_POSSIBLE of a kid. */
uint32_t advice_settle(struct advice *a, enum formula_kind kind, uint32_t kid);
/* Weights above 0, in units of 10^-8; their sum may be anything. */
uint32_t advice_at_least(struct advice *a, const uint32_t *kids, const i128 *weights,
                         uint16_t count, i128 limit);
uint32_t advice_atom(struct advice *a, struct formula_atom atom);

/* --- advice.c: the formula of a step's Boolean value. */
uint32_t advice_build(struct advice *a, uint32_t step);
/* How an operator compares a number that stands left (or right) of a constant. */
bool advice_comparator(enum op_id op, bool number_is_left, uint8_t *out);

/* --- advice_score.c: a comparison of a score, points that hang on conditions, as a node. False
 * when the step compares something else. */
bool advice_score(struct advice *a, uint32_t comparison, uint32_t *node);

#endif
