/* What the builder leaves behind and the population's readers see. */
#ifndef QUELL_RECORD_POPULATION_INTERNAL_H
#define QUELL_RECORD_POPULATION_INTERNAL_H

#include "record/population.h"
#include "record/segment.h"

struct population {
    const struct demand *demand;
    struct segment segment;
    struct row *rows; /* by patient, then by the order of struct record; the shared pool last */
    uint64_t row_count;
    struct record_table *tables;
    uint32_t table_count;
    uint32_t patient_count;
    uint32_t *patient_ids; /* texts, in output order */
    uint32_t *table_ends;  /* patient i has tables [table_ends[i - 1], table_ends[i]) */
    uint32_t *by_id;       /* patients sorted by id */
    struct record shared;
    struct population_counts counts;
    uint64_t hash[2];
};

#endif
