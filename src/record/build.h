/* Fills a population: what a reader or a simulator needs. The order of calls never matters to the
 * result, except that places (source, line) order patients: duplicates are settled by content,
 * versions by time, rows are sorted when the population is sealed.
 *
 *   build_segment() -> where blocks and ids are written, by any thread, one thread a segment
 *   build_offer(resource) -> is it new, a duplicate, or a better version?   then, if it is wanted
 *   build_add(row) ...                                                       one row or two (split)
 *   build_seal() -> population
 *
 * The builder itself belongs to one thread. */
#ifndef QUELL_RECORD_BUILD_H
#define QUELL_RECORD_BUILD_H

#include "record/population.h"
#include "record/segment.h"

struct build;

/* The patient number of rows outside any patient's compartment. */
#define BUILD_SHARED UINT32_MAX
/* A row says in eight bits which segment it lies in. */
enum { BUILD_SEGMENTS_MAX = 256 };

/* One resource as it was met. */
struct build_resource {
    uint16_t type;
    bool history;       /* a version of a history Bundle: all versions are kept */
    bool deleted;       /* history: the resource ends here; it has no rows */
    uint8_t segment;    /* where its id and its rows' blocks lie */
    uint8_t id_flags;   /* ROW_ID_UUID */
    uint32_t id;        /* as segment_add_id gave it */
    instant_ms updated; /* meta.lastUpdated, INSTANT_MIN: none */
    uint64_t version;   /* meta.versionId when it is a number */
    uint64_t hash;      /* of the content */
    uint32_t codes;     /* with build_keep_facts: text of its codes, see build_codes */
    uint8_t marks;      /* the same: enum build_mark */
};

enum build_mark {
    MARK_LOOSE = 1,      /* its JSON is broken where only strict reading looks */
    MARK_IN_ERROR = 2,   /* its status is entered-in-error */
    MARK_NO_PATIENT = 4, /* it should refer to a patient, and does not */
    MARK_HISTORY = 8,
    MARK_DELETED = 16
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
/* A new segment of the population and its number. */
MUST_USE enum status build_segment(struct build *build, struct segment **out, uint8_t *number);
/* The same for one that is filled already; it becomes the population's. */
MUST_USE enum status build_take_segment(struct build *build, const struct segment *segment,
                                        uint8_t *number);
/* Ids of this segment are compared through a copy of its struct (segment_show), which must live
 * until the next; NULL: through the segment itself again. */
void build_show(struct build *build, uint8_t number, const struct segment *shown);
const struct segment *build_segment_at(const struct build *build, uint8_t number);
/* The number of a file that rows lie in. Patients are in the order of these numbers. */
MUST_USE enum status build_source(struct build *build, struct str name, uint32_t *out);
/* Called when the population is freed, or the builder before. */
MUST_USE enum status build_hold(struct build *build, void (*release)(void *held), void *held);
/* Keep what the cohort cache writes beside the rows: population_internal.h. */
void build_keep_facts(struct build *build);
struct population_counts *build_counts(struct build *build);
/* Adds a content hash (XXH3-128) to the population's. */
void build_hash(struct build *build, uint64_t low, uint64_t high);

/* The number of a patient, made at the first mention. */
MUST_USE enum status build_patient(struct build *build, struct str id, uint32_t *out);
/* A Patient resource stands at this place. */
void build_patient_place(struct build *build, uint32_t patient, uint32_t source, uint32_t line);

MUST_USE enum status build_offer(struct build *build, const struct build_resource *resource,
                                 enum build_answer *answer);
/* A row of the resource offered last, which gives its id and segment. `patient` may be
 * BUILD_SHARED; `effective` orders rows that became known together. `waits_for` (or empty): the row
 * also passes the filters that the Medication with this id passes, see build_medication. */
MUST_USE enum status build_add(struct build *build, const struct row *row, uint32_t patient,
                               instant_ms effective, struct str waits_for);
/* The number of a set of "system|code", sorted, with 0xFF between them. */
MUST_USE enum status build_codes(struct build *build, struct str set, uint32_t *out);
/* The codes of this Medication pass these filters of the resources that refer to it. */
MUST_USE enum status build_medication(struct build *build, struct str id, uint64_t filters);

/* Ends building; the builder is freed in any case. */
MUST_USE enum status build_seal(struct build *build, struct population **out);

#endif
