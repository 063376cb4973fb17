/* Allocation of subjects to arms: simple, permuted blocks of random sizes within strata, and
 * minimisation with a random element, for any whole-number ratio.
 *
 * An allocation is a function of its design, its seed and the order of arrivals; given the same
 * three it can be replayed by anybody (allocation_next over the register). Blocks of one stratum
 * are drawn from a stream of their own, keyed by the labels of its levels: who arrives in one
 * stratum, or whether another exists, never changes it. Minimisation and simple allocation are one
 * sequence each.
 *
 * Minimisation: Pocock and Simon 1975 (Biometrics 31:103). For each arm the imbalance is computed
 * that giving the subject to it would leave, over the subject's level of each factor, from counts
 * divided by the ratio; the arm that leaves the least is preferred. It gets the subject with
 * probability `preference` when ratios are equal; else with the biased-coin probabilities of Han,
 * Enas and McEntegart 2009 (Stat Med 28:3329), which keep the ratio:
 *     preferred arm i:  1 - (1 - p) (R - r_i) / (R - r_min)
 *     another arm j:    r_j / (R - r_i) of what is left
 * with R the ratio's sum and r_min its least. Arms that are equally good share the preference: one
 * of them is drawn by the ratio. The first subject is pure chance. */
#ifndef QUELL_TRIAL_ALLOCATION_H
#define QUELL_TRIAL_ALLOCATION_H

#include "base/arena.h"
#include "base/draw.h"

#include <stdbool.h>
#include <stdint.h>

enum allocation_kind { ALLOCATION_SIMPLE, ALLOCATION_BLOCKS, ALLOCATION_MINIMISATION };

/* How the imbalance of one factor is measured: largest minus smallest count, or their variance. */
enum allocation_measure { ALLOCATION_RANGE, ALLOCATION_VARIANCE };

struct allocation_factor {
    struct str name;
    uint32_t level_count; /* 1 or more */
    const struct str *levels;
    double weight; /* minimisation; 1 when all count alike */
};

struct allocation_design {
    enum allocation_kind kind;
    uint32_t arm_count;    /* 2 .. LIMIT_ARMS */
    const uint32_t *ratio; /* an arm each, 1 or more */
    /* Strata are the combinations of levels (blocks); the factors that are balanced (minimisation);
     * without effect on simple allocation. */
    uint32_t factor_count;
    const struct allocation_factor *factors;
    uint32_t block_size_count;   /* BLOCKS; subjects in a block, multiples of the ratio's sum */
    const uint32_t *block_sizes; /* each equally likely */
    double preference;           /* MINIMISATION; in (0, 1) */
    enum allocation_measure measure;
};

/* Combinations of levels; 0 when there are more than LIMIT_STRATA. */
uint32_t allocation_stratum_count(const struct allocation_design *design);
uint32_t allocation_ratio_sum(const struct allocation_design *design);
/* The stratum of a subject: a level of each factor, the first factor slowest. */
uint32_t allocation_stratum(const struct allocation_design *design, const uint32_t *levels);

struct allocation; /* a running sequence, in the arena it was made in */

/* The design is kept, and must be sound (allocation_design_fault gives NULL). */
MUST_USE enum status allocation_new(const struct allocation_design *design,
                                    const uint8_t seed[DRAW_SEED_BYTES], struct arena *arena,
                                    struct allocation **out);
/* Begins again with another seed. */
void allocation_restart(struct allocation *allocation, const uint8_t seed[DRAW_SEED_BYTES]);
/* The arm of the next subject, who has these levels; it is counted. STATUS_LIMIT: a sequence of
 * more than LIMIT_ALLOCATIONS. */
MUST_USE enum status allocation_next(struct allocation *allocation, const uint32_t *levels,
                                     uint32_t *arm);

/* Counts a subject who got an arm otherwise (before the sequence began, or by hand), as
 * minimisation must. Lists of blocks are not advanced. */
void allocation_count(struct allocation *allocation, const uint32_t *levels, uint32_t arm);

/* Subjects so far by arm: in all, and in a stratum. */
const uint32_t *allocation_counts(const struct allocation *allocation);
const uint32_t *allocation_stratum_counts(const struct allocation *allocation, uint32_t stratum);

/* What minimisation would think: the imbalance that each arm would leave for a subject with these
 * levels. For tests and for the guesser of allocation_balance.h. */
void allocation_imbalance(const struct allocation *allocation, const uint32_t *levels,
                          double *by_arm);

/* Why a design cannot run at all ("a block of 3 cannot hold the ratio 1:1"), in the arena; NULL:
 * it can. Designs that run and are unwise are refused by `quell check` (allocation_check.h). */
const char *allocation_design_fault(const struct allocation_design *design, struct arena *arena);

#endif
