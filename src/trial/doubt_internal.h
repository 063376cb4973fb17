/* Inside of the doubts: doubt.c walks and knows urls, doubt_unused.c counts references,
 * doubt_medication.c looks for a join. */
#ifndef QUELL_TRIAL_DOUBT_INTERNAL_H
#define QUELL_TRIAL_DOUBT_INTERNAL_H

#include "trial/doubt.h"

MUST_USE enum status doubt_unused(const struct program *program,
                                  const struct doubt_options *options, struct arena *arena,
                                  struct diag_list *diags);

void doubt_medication(const struct program *program, struct diag_list *diags);

#endif
