/* All patients that were read: segments, and which rows are whose. Filled by readers, then sealed
 * (rows sorted), then read by any number of threads. Patients are in the order of their Patient
 * resource, those without one behind them by id. */
#ifndef QUELL_RECORD_POPULATION_H
#define QUELL_RECORD_POPULATION_H

#include "record/record.h"

struct population;

/* What was read and what was left out, for summaries; every resource is in exactly one count. */
struct population_counts {
    uint64_t files;
    uint64_t bytes;
    uint64_t lines;
    uint64_t resources;  /* well-formed resources seen */
    uint64_t kept;       /* rows' resources */
    uint64_t not_wanted; /* parsed, but no retrieve can want it */
    uint64_t not_read;   /* skipped after UTF-8 and framing checks only */
    uint64_t duplicates; /* same type, id, version and content */
    uint64_t without_patient;
    uint64_t unknown_type;
    uint64_t bad; /* could not be used; named in the diagnostics */
    uint64_t status_as_of_export;
    uint64_t entered_in_error;  /* kept, but their status says so */
    uint64_t undated;           /* kept, but nothing tells when it became known: always visible */
    uint64_t files_passed_over; /* in folders: their names say that they are no FHIR data */
};

uint32_t population_patients(const struct population *population);
/* Fills *record with a view of patient i; valid as long as the population. */
void population_record(const struct population *population, uint32_t i, struct record *record);
/* Asks for what patient i's record reads first, while another is in hand; i may be past the end. */
void population_prefetch(const struct population *population, uint32_t i);
/* The index of a patient id, or UINT32_MAX. */
uint32_t population_find(const struct population *population, struct str patient_id);
const struct population_counts *population_counts(const struct population *population);
/* The latest known_from not after `limit` over all rows: screen's default time. INSTANT_MIN: none.
 */
instant_ms population_latest(const struct population *population, instant_ms limit);
/* XXH3-128 of the content that was read, independent of file order and line order within files. */
void population_hash(const struct population *population, uint8_t out[16]);
void population_free(struct population *population);

#endif
