/* The builder's insides, shared by its files.
 *
 *   build.c   what is offered and added
 *   seal.c    rows and patients put in order */
#ifndef QUELL_RECORD_BUILD_INTERNAL_H
#define QUELL_RECORD_BUILD_INTERNAL_H

#include "record/build.h"
#include "record/population_internal.h"

struct patient {
    uint32_t id;     /* text */
    uint32_t source; /* of its Patient resource; UINT32_MAX: none was met */
    uint32_t line;
    uint32_t rows;
};

/* A place of the table of resources met. The hash of type and id beside the number spares a look at
 * the resource, which lies far away, for every other one that the search passes. */
struct met_slot {
    uint32_t hash;
    uint32_t newest; /* index of its newest version + 1; 0: free */
};

struct waiting {
    uint32_t row;
    uint32_t medication; /* text */
};

struct build {
    const struct demand *demand;
    struct segment *segments[BUILD_SEGMENTS_MAX]; /* the first holds patients' ids and references */
    const struct segment *shown[BUILD_SEGMENTS_MAX]; /* build_show; NULL: the segment itself */
    uint32_t segment_count;
    struct arena names;
    struct list_of sources; /* struct str */
    struct list_of holds;   /* struct hold */
    bool keep_facts;
    struct population_counts counts;
    uint64_t hash[2];
    struct list_of rows;        /* struct row */
    struct list_of extras;      /* struct extra, beside rows */
    struct list_of mets;        /* struct met */
    struct list_of mores;       /* struct met_more */
    struct list_of patients;    /* struct patient */
    struct list_of waits;       /* struct waiting */
    struct list_of medications; /* struct medication */
    struct met_slot *met_slots;
    uint32_t met_slot_count;
    uint32_t *patient_of_text; /* text number -> patient index + 1 */
    uint32_t patient_of_text_count;
};

static inline struct row *rows(const struct build *b) {
    return b->rows.items;
}

static inline struct extra *extras(const struct build *b) {
    return b->extras.items;
}

static inline struct met *mets(const struct build *b) {
    return b->mets.items;
}

static inline uint32_t older_than(const struct build *b, const struct met *met) {
    return met_more(&b->mores, met).older;
}

static inline struct patient *patients(const struct build *b) {
    return b->patients.items;
}

static inline struct segment *own(const struct build *b) {
    return b->segments[0];
}

#endif
