/* What the parts of the search share. */
#ifndef QUELL_COURSE_FORMULA_INTERNAL_H
#define QUELL_COURSE_FORMULA_INTERNAL_H

#include "course/formula.h"

enum { SIGN_POSITIVE = 1, SIGN_NEGATIVE = 2 };

/* Up to 64 sets of data, asked at once: bit i of a mask belongs to set i. */
enum { FORMULA_LANES = 64 };
struct lane_values {
    uint64_t is_true;
    uint64_t is_false;
};
struct lane_options {
    uint64_t may_be_true;
    uint64_t may_be_false;
    uint64_t may_be_unknown;
};

struct search {
    const struct formula *formula;
    enum logic wanted;
    uint32_t node_count; /* that the whole rests on, kids first */
    uint32_t *nodes;
    uint8_t *values;     /* by node */
    uint8_t *may_be;     /* by node: what free atoms that were not answered yet leave open */
    uint8_t *is_free;    /* by atom */
    uint8_t *signs;      /* by node */
    uint8_t *atom_signs; /* by atom: how it occurs */
    uint8_t *is_shared;  /* by atom: another atom compares the same number */
    uint8_t *answers;    /* by atom: enum logic */
    uint32_t *free_atoms;
    uint32_t free_count;
    bool may_stay_open; /* some node tells an unknown kid from others: no answer may be better */
    uint32_t tries;
    struct lane_values *lane_values;   /* by node */
    struct lane_options *lane_options; /* by node */
    uint64_t *lanes_free;              /* by atom: the sets that answer it */
};

/* Of `count` sets, those for which some answer makes the whole `wanted`. `open` gets the sets for
 * which neither the favourable answers nor what is impossible on its face decided; they are to be
 * searched one by one. */
uint64_t formula_lanes(struct search *s, const uint64_t *asked, uint32_t count, enum logic wanted,
                       uint64_t *open);

/* One set by plain search: what formula_lanes is a shortcut of. */
bool formula_search(struct search *s, uint64_t asked, enum logic wanted);

MUST_USE enum status formula_search_new(const struct formula *formula, struct arena *scratch,
                                        struct search *out);

#endif
