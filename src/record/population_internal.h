/* What the builder leaves behind and the population's readers see. */
#ifndef QUELL_RECORD_POPULATION_INTERNAL_H
#define QUELL_RECORD_POPULATION_INTERNAL_H

#include "record/population.h"
#include "record/segment.h"

/* A resource that was accepted. There is one for nearly every row while records are read, so that
 * what few have lies in a list beside. */
struct met {
    uint64_t hash;
    instant_ms updated;
    uint32_t version;   /* its lower half: met_version */
    uint32_t first_row; /* among the rows as they were added */
    uint32_t id;        /* with id_flags and segment: see row_id */
    uint32_t more;      /* index + 1 among struct met_more, 0: all of it is 0 */
    uint16_t type;
    uint8_t row_count;
    uint8_t id_flags;
    uint8_t segment;
    uint8_t marks; /* enum build_mark */
};

struct met_more {
    uint32_t version_high;
    uint32_t older;      /* index + 1 of an older version of a history, 0: none */
    uint32_t waits;      /* text of the builder's own segment: the Medication it refers to */
    uint32_t codes;      /* with build_keep_facts: see build_codes */
    uint32_t duplicates; /* the same: dropped in its favour */
};

/* What a row needs until the population is sealed. */
struct extra {
    instant_ms effective;
    uint32_t patient;
    uint32_t met;
};

struct medication {
    uint32_t id; /* text of the builder's own segment */
    uint64_t filters;
};

struct list_of {
    void *items;
    uint32_t count;
    uint32_t capacity;
};

static inline struct met_more met_more(const struct list_of *mores, const struct met *met) {
    return met->more ? ((const struct met_more *)mores->items)[met->more - 1]
                     : (struct met_more){0};
}

static inline uint64_t met_version(const struct list_of *mores, const struct met *met) {
    return met->version | (uint64_t)met_more(mores, met).version_high << 32;
}

/* What the cohort cache writes; only where build_keep_facts was called. */
struct population_facts {
    struct extra *extras; /* beside the population's rows; patient: its place in output order */
    struct list_of mets;  /* struct met */
    struct list_of mores; /* struct met_more */
    struct list_of medications;
    uint32_t *patient_sources; /* by place: of the Patient resource, UINT32_MAX: none */
    uint32_t *patient_lines;
};

struct hold {
    void (*release)(void *held);
    void *held;
};

struct population {
    const struct demand *demand;
    struct segment *segments[256]; /* the first holds what the builder itself keeps */
    uint32_t segment_count;
    struct arena names;
    struct str *sources;
    struct list_of holds; /* struct hold */
    struct population_facts facts;
    struct row *rows; /* by patient, then by the order of struct record; the shared pool last */
    uint64_t row_count;
    instant_ms latest; /* known_from of all rows */
    struct record_table *tables;
    uint32_t table_count;
    uint32_t patient_count;
    uint32_t *patient_ids; /* texts of the first segment, in output order */
    uint32_t *table_ends;  /* patient i has tables [table_ends[i - 1], table_ends[i]) */
    uint32_t *by_id;       /* patients sorted by id */
    struct record shared;
    struct population_counts counts;
    uint64_t hash[2];
};

/* Makes one table a patient and type of rows that are in order; table_ends come in as ends of rows
 * and leave as ends of tables. */
MUST_USE enum status population_make_tables(struct population *p);

#endif
