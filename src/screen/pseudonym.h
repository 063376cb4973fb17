/* Names for the patients of a population that do not say who they are. */
#ifndef QUELL_SCREEN_PSEUDONYM_H
#define QUELL_SCREEN_PSEUDONYM_H

#include "screen/screen.h"

struct pseudonym_input {
    struct str trial_id;
    struct str key; /* empty: the trial's id */
};

/* One for each patient, in order, all different. */
MUST_USE enum status pseudonyms_make(const struct population *population,
                                     const struct pseudonym_input *input, struct arena *arena,
                                     struct str **out);

#endif
