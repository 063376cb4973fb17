/* Reads FHIR R4: folders and files of NDJSON (any order, split, .gz), Bundles of every kind,
 * history Bundles, mixed. Keeps what the demand wants, as versions with known_from and known_to
 * (DESIGN rule 1), grouped by patient through compartment references. Anything that cannot be used
 * is counted and named by file and line; nothing is lost silently. */
#ifndef QUELL_FHIR_FHIR_H
#define QUELL_FHIR_FHIR_H

#include "diag/diag.h"
#include "record/build.h"

struct fhir_options {
    bool strict;        /* parse every line in full, skip nothing */
    uint64_t bad_max;   /* stop after so many bad resources; 0: never */
    int16_t offset_min; /* of times without an offset */
    uint32_t threads;   /* 0: one a processor; the result is the same for any number */
    void (*progress)(void *context, uint64_t bytes_done, uint64_t bytes_all);
    bool (*cancelled)(void *context);
    void *context;
};

/* Paths are folders or files. A path that cannot be read is a diagnostic and STATUS_IO only when
 * nothing at all could be read. */
MUST_USE enum status fhir_read(const struct str *paths, uint32_t path_count,
                               const struct demand *demand, const struct fhir_options *options,
                               struct diag_list *diags, struct population **out);

/* The same, added to what a builder holds. */
MUST_USE enum status fhir_read_into(const struct str *paths, uint32_t path_count,
                                    const struct fhir_options *options, struct diag_list *diags,
                                    const struct demand *demand, struct build *build);

#endif
