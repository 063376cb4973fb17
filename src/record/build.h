/* Fills a population: what a reader or a simulator needs. The order of calls never matters to the
 * result, except that places (source, line) order patients: duplicates are settled by content,
 * versions by time, rows are sorted when the population is sealed.
 *
 *   build_offer(resource) -> is it new, a duplicate, or a better version?   then, if it is wanted
 *   build_add(row) ...                                                       one row or two (split)
 *   build_seal() -> population
 *
 * One builder belongs to one thread. */
#ifndef QUELL_RECORD_BUILD_H
#define QUELL_RECORD_BUILD_H

#include "record/population.h"
#include "record/segment.h"

struct build;

/* The patient number of rows outside any patient's compartment. */
#define BUILD_SHARED UINT32_MAX

/* One resource as it was met. */
struct build_resource {
    uint16_t type;
    bool history; /* a version of a history Bundle: all versions are kept */
    bool deleted; /* history: the resource ends here; it has no rows */
    struct str id;
    instant_ms updated; /* meta.lastUpdated, INSTANT_MIN: none */
    uint64_t version;   /* meta.versionId when it is a number */
    uint64_t hash;      /* of the content */
};

enum build_answer {
    BUILD_NEW,      /* add its rows */
    BUILD_SAME,     /* met before with the same content: drop it */
    BUILD_REPLACES, /* met before with other content; this one wins: add its rows */
    BUILD_LOSES     /* met before with other content; the other wins: drop it */
};

/* The demand must live as long as the population. */
MUST_USE enum status build_new(const struct demand *demand, struct build **out);
void build_free(struct build *build);
struct segment *build_segment(struct build *build);
struct population_counts *build_counts(struct build *build);
/* Adds a content hash (XXH3-128) to the population's. */
void build_hash(struct build *build, uint64_t low, uint64_t high);

/* The number of a patient, made at the first mention. */
MUST_USE enum status build_patient(struct build *build, struct str id, uint32_t *out);
/* A Patient resource stands at this place. */
void build_patient_place(struct build *build, uint32_t patient, uint32_t source, uint32_t line);

MUST_USE enum status build_offer(struct build *build, const struct build_resource *resource,
                                 enum build_answer *answer);
/* A row of the resource offered last, which gives its id. `patient` may be BUILD_SHARED;
 * `effective` orders rows that became known together. `waits_for` (or empty): the row also passes
 * the filters that the Medication with this id passes, see build_medication. */
MUST_USE enum status build_add(struct build *build, const struct row *row, uint32_t patient,
                               instant_ms effective, struct str waits_for);
/* The codes of this Medication pass these filters of the resources that refer to it. */
MUST_USE enum status build_medication(struct build *build, struct str id, uint64_t filters);

/* Ends building; the builder is freed in any case. */
MUST_USE enum status build_seal(struct build *build, struct population **out);

#endif
