/* Eligibility of one subject at one time, from what is known of each criterion. Three-valued to the
 * end (DESIGN rule 2): a criterion is met, not met or unknown; the subject is eligible, not
 * eligible, waiting for people only, or undecided.
 *
 *   eligible = all of include are met, none of exclude is
 *
 * A criterion that does not apply to the subject neither includes nor excludes: an inclusion
 * criterion counts as met, an exclusion criterion as not met. Groups are Kleene's `or` and `and` of
 * their items.
 *
 * What to ask next (DESIGN rule 4) works on a formula: criteria, and below the unknown ones the
 * logic of their definitions down to atoms, each of which waits for some data. Answering a set of
 * data frees the atoms that wait for nothing else. Everything here is pure: no record, no clock. */
#ifndef QUELL_COURSE_ELIGIBILITY_H
#define QUELL_COURSE_ELIGIBILITY_H

#include "trial/trial.h"
#include "value/compare.h"

enum subject_status {
    SUBJECT_ELIGIBLE,
    SUBJECT_PENDING_HUMAN,
    SUBJECT_NOT_ELIGIBLE,
    SUBJECT_UNDECIDED
};
enum { SUBJECT_STATUS_COUNT = 4 };

/* "eligible", "pending_human", "not_eligible", "undecided": the words of the JSON contract. */
const char *subject_status_word(enum subject_status status);

/* What is known of one criterion of one subject, by the criterion's own words: an exclusion
 * criterion that is `met` excludes. */
struct criterion_answer {
    uint8_t value;        /* enum logic */
    bool not_applicable;  /* `applies` is false: value is met for include, not met for exclude */
    bool applies_unknown; /* `applies` is null, and that is why the value is unknown */
    bool assumed;         /* not met, assumed from silence (if_silent: not_met) */
    bool by_human;        /* a person answered */
    bool waits_for_human; /* unknown, and only a person can say: by human, or if_silent: ask */
    bool had_error;       /* a run-time error made it null */
};

/* The value of a leaf from its definition's value and its `applies`; fills everything but by_human
 * and had_error. */
void criterion_answer_leaf(const struct criterion *criterion, enum logic applies, enum logic value,
                           struct criterion_answer *out);

/* Fills the answers of groups from those of their items. Answers of leaves must be set; of a
 * group's own answer, not_applicable and applies_unknown are read. */
void eligibility_fill_groups(const struct criterion *criteria, uint32_t count,
                             struct criterion_answer *answers);

/* The status, from complete answers. Pending_human: not decided, and favourable answers of people
 * alone would make the subject eligible. */
enum subject_status eligibility_status(const struct criterion *criteria, uint32_t count,
                                       const struct criterion_answer *answers);

/* Whether this criterion is a reason to refuse the subject: at the top level, and an inclusion
 * criterion not met or an exclusion criterion met. */
bool eligibility_fails(const struct criterion *criterion, const struct criterion_answer *answer);

/* ---- What to ask next ---- */

enum formula_kind {
    FORMULA_CONSTANT, /* value */
    FORMULA_ATOM,     /* atom */
    FORMULA_NOT,
    FORMULA_AND,
    FORMULA_OR,
    FORMULA_XOR,
    FORMULA_FIRST /* the first kid that is known, as Coalesce */
};

/* Nodes stand in one array, kids before their parent: a node's kids are `kids[0 .. count)`, numbers
 * smaller than its own. The last node is the whole. */
struct formula_node {
    uint8_t kind;  /* enum formula_kind */
    uint8_t value; /* CONSTANT: enum logic */
    uint16_t count;
    uint32_t atom;
    const uint32_t *kids;
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
    uint64_t human;      /* bit i: datum i is a person's answer */
};

/* Whether some answer to the data of `asked` makes the whole `wanted` (true or false), everything
 * else staying unknown. Two comparisons of one datum take only answers that one number can give. */
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
