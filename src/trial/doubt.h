/* What can be doubted of a library whatever the records and parameters are: expressions that are
 * always null, conditions that decide nothing, branches that are never reached, declarations that
 * nothing uses, code systems whose url no record will have. All are warnings, of the program's main
 * library only: the others are checked when they are the main one. */
#ifndef QUELL_TRIAL_DOUBT_H
#define QUELL_TRIAL_DOUBT_H

#include "trial/flow.h"

struct doubt_options {
    bool is_shared; /* a library for others: its public declarations are for them */
};

MUST_USE enum status doubt_check(const struct program *program, const struct doubt_options *options,
                                 struct arena *arena, struct diag_list *diags);

#endif
