/* Resources that were read before, for the cohort cache: their facts (identity, times of versions,
 * patients, codes) are known, their rows either lie in a segment or are made again from the raw
 * JSON, for a demand that wants more than the segment has. Duplicates, counts and messages are
 * those of ordinary reading. */
#ifndef QUELL_FHIR_AGAIN_H
#define QUELL_FHIR_AGAIN_H

#include "fhir/fhir.h"

struct fhir_known {
    struct build_resource resource; /* segment and id: only for fhir_again_offer */
    struct str id;
    uint64_t filters; /* that its codes pass */
    const struct str *owners;
    uint32_t owner_count;
    struct str waits_for;
    struct str file;
    uint32_t source;
    uint32_t line;
    struct row rows[2]; /* for fhir_again_offer: before and after it ended, else one */
    uint32_t row_count;
    instant_ms effective;
    struct str raw; /* for fhir_again_read; JSON_PADDING readable bytes follow */
};

struct fhir_again;

/* Everything given must outlive it. */
MUST_USE enum status fhir_again_new(const struct demand *demand, const struct fhir_options *options,
                                    struct diag_list *diags, struct build *build,
                                    struct fhir_again **out);
void fhir_again_free(struct fhir_again *again);
MUST_USE enum status fhir_again_offer(struct fhir_again *again, const struct fhir_known *known);
MUST_USE enum status fhir_again_read(struct fhir_again *again, const struct fhir_known *known);
/* A diagnostic of a line. */
void fhir_again_say(struct fhir_again *again, struct str file, uint32_t line, enum diag_id id,
                    struct str words);

#endif
