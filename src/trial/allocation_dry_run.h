/* `quell allocate --dry-run`: the trial's own design beside the usual alternatives, each run many
 * times as a whole trial. Nothing here is for enrolment, and the sealed seed is not used. */
#ifndef QUELL_TRIAL_ALLOCATION_DRY_RUN_H
#define QUELL_TRIAL_ALLOCATION_DRY_RUN_H

#include "trial/allocation_balance.h"
#include "trial/allocation_design.h"

enum { DRY_RUN_DESIGNS_MAX = 8 };

struct dry_run_design {
    bool own; /* the trial's; the others are for comparison */
    struct allocation_design design;
    uint32_t objections; /* enum allocation_objection */
    struct allocation_balance balance;
};

struct dry_run_options {
    uint32_t subjects; /* 0: as the trial plans */
    uint32_t repeats;
    struct str seed; /* any text */
};

struct allocation_dry_run_result {
    const struct trial *trial;
    const struct trial_allocation_design *allocation;
    uint32_t subjects;
    uint32_t repeats;
    struct str seed;
    uint32_t design_count;
    struct dry_run_design designs[DRY_RUN_DESIGNS_MAX];
};

/* The trial's allocation must have been laid out and `subjects` be known from one of the two. */
MUST_USE enum status allocation_dry_run(const struct trial *trial,
                                        const struct trial_allocation_design *allocation,
                                        const struct dry_run_options *options, struct arena *arena,
                                        struct allocation_dry_run_result **out);

#endif
