/* Names for the patients of a population that do not say who they are. */
#ifndef QUELL_COURSE_PSEUDONYM_H
#define QUELL_COURSE_PSEUDONYM_H

#include "record/population.h"

struct pseudonym_input {
    struct str trial_id;
    struct str key; /* empty: the trial's id */
};

/* One for each patient, in order, all different. */
MUST_USE enum status pseudonyms_make(const struct population *population,
                                     const struct pseudonym_input *input, struct arena *arena,
                                     struct str **out);

/* The pseudonym of a patient id: the first 40 bits of BLAKE2b-256 over the id, keyed with the key
 * (or with the trial's id when it is empty), in Crockford's base 32 (no I, L, O, U): "S-4K7Q-2M9D".
 * Where two patients of a population would get the same, both get 60 bits, "S-4K7Q-2M9D-0XV3". It
 * joins nothing across trials. Whoever has the key and a list of ids can undo it; the default key
 * is no secret, so it hides patients from the readers of a list, not from those who hold the
 * records. */
enum { PSEUDONYM_CHARS = 11, PSEUDONYM_LONG_CHARS = 16 };
void pseudonym_make(struct str trial_id, struct str key, struct str patient_id, bool is_long,
                    char out[PSEUDONYM_LONG_CHARS + 1]);

#endif
