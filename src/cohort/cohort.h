/* The cohort cache: records that were read once, in a file that is mapped. docs/decisions/0030 has
 * the picture. Any plan gets the same answers from it as from the raw files. */
#ifndef QUELL_COHORT_COHORT_H
#define QUELL_COHORT_COHORT_H

#include "fhir/fhir.h"

/* The file starts as a cache does. */
bool cohort_is_cache(struct str path);

/* Reads caches and raw files, in any mixture, into one population. */
MUST_USE enum status cohort_read(const struct str *paths, uint32_t path_count,
                                 const struct demand *demand, const struct fhir_options *options,
                                 struct diag_list *diags, struct population **out);

struct cohort_summary {
    struct population_counts counts; /* of what was read now */
    uint64_t patients;
    uint64_t bytes;    /* of the file */
    uint32_t segments; /* in the file */
};

/* Reads raw files and writes a cache; `grow`: adds a segment to the one at `file`. The file is
 * replaced at once or not at all. */
MUST_USE enum status cohort_index(const struct str *paths, uint32_t path_count, struct str file,
                                  bool grow, const struct fhir_options *options,
                                  struct diag_list *diags, struct cohort_summary *out);

#endif
