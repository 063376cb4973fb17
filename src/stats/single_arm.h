/* Designs of one group with a yes-or-no response, by exact binomial sums: Simon's two stages (1989)
 * and A'Hern's single stage (2001). Tested in tests/reference/design.R. */
#ifndef QUELL_STATS_SINGLE_ARM_H
#define QUELL_STATS_SINGLE_ARM_H

#include "base/arena.h"

#include <stdint.h>

struct single_arm_design {
    double p0, p1; /* response not worth pursuing, response hoped for */
    double alpha, power;
    uint32_t n_max; /* largest size to search */
};

/* Stop when at most r1 of n1 respond; not promising when at most r of n do. */
struct simon_design {
    uint32_t n1, r1, n, r;
    double alpha, power; /* as they are */
    double stop_early;   /* probability to stop after the first stage under p0 */
    double expected_n;   /* under p0 */
};

struct simon_result {
    const char *refusal;
    struct simon_design optimal; /* least expected size under p0 */
    struct simon_design minimax; /* least size, and of those the least expected size */
};

/* Exhaustive: the optimal design is proven so, by a bound on the expected size of larger ones. */
MUST_USE enum status simon_two_stage(struct arena *arena, const struct single_arm_design *design,
                                     struct simon_result *out);

struct ahern_result {
    const char *refusal;
    uint32_t n, cut; /* promising when at least `cut` of n respond */
    double alpha, power;
};

/* The smallest n with a cut that keeps both errors. */
struct ahern_result ahern_single_stage(const struct single_arm_design *design);

#endif
