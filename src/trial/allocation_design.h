/* The allocation of a trial: what trial.yaml says of it and what its sealed file adds, as a design
 * that can run, and the rules by which `quell check` refuses designs that are unwise.
 *
 * The sealed file is YAML (schema.def, `sealed`). It is not needed to check a trial, since sites do
 * not have it; what it says is checked where it is there. */
#ifndef QUELL_TRIAL_ALLOCATION_DESIGN_H
#define QUELL_TRIAL_ALLOCATION_DESIGN_H

#include "trial/allocation.h"
#include "base/buf.h"
#include "base/digest.h"
#include "trial/trial.h"

struct trial_allocation_design {
    struct allocation_design design; /* without a sealed file: of kind SIMPLE or MINIMISATION */
    bool open;                       /* nobody is blinded: what is known can be guessed from */
    uint32_t subjects;               /* planned, else enrolled; 0: neither is stated */
    /* Of the sealed file; NULL: none is named, or it is not there. */
    const struct source *sealed_source;
    uint8_t seed[DRAW_SEED_BYTES];
};

/* Lays the design out in the arena. *out is NULL when nobody is allocated by chance (single arm,
 * not randomised) or when the text has errors, which are in `diags`. */
MUST_USE enum status trial_allocation_design(const struct trial *trial, struct arena *arena,
                                             struct diag_list *diags,
                                             struct trial_allocation_design **out);

/* What speaks against a design that could run (statistics reference, F.1). */
enum allocation_objection {
    ALLOCATION_SMALLEST_BLOCKS = 1, /* some block repeats the ratio once: its last arm is known */
    ALLOCATION_FIXED_BLOCKS = 2,    /* open, and every block holds the ratio twice */
    ALLOCATION_TOO_MANY_STRATA = 4, /* fewer subjects a stratum than one mean block */
    ALLOCATION_MANY_STRATA = 8      /* fewer than two mean blocks: a doubt, not a refusal */
};
enum { ALLOCATION_REFUSED = 7 };

/* `subjects` 0: not known, and strata are not judged. */
uint32_t allocation_objections(const struct allocation_design *design, bool open,
                               uint32_t subjects);
/* One objection for people: "fewer than one block of subjects a stratum". */
const char *allocation_objection_words(enum allocation_objection objection);

/* The commitment to a seed: BLAKE2b-256 of the seed keyed with the trial's hash. It can be
 * published when enrolment starts and shows afterwards that the lists were not chosen later. */
void allocation_commitment(const struct trial *trial, const uint8_t seed[DRAW_SEED_BYTES],
                           uint8_t commitment[DIGEST_BYTES]);

/* The text of a sealed file. */
void allocation_seal(const struct trial *trial, const struct allocation_design *design,
                     const uint8_t seed[DRAW_SEED_BYTES], struct buf *out);

/* Refuses what `quell check` refuses, where the texts stand. */
MUST_USE enum status trial_check_allocation(const struct trial *trial, struct arena *arena,
                                            struct diag_list *diags);

#endif
