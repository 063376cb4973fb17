/* What decided an answer or a dose: the comparisons and findings on which it rests, the resources
 * that were read, and why what is unknown is unknown. Plain structs, drawn by report/ and made from
 * the steps of a traced run by course/trace_walk.h. Everything lives in the arena of the walk. */
#ifndef QUELL_COURSE_EVIDENCE_H
#define QUELL_COURSE_EVIDENCE_H

#include "diag/diag.h"
#include "value/compare.h"

/* A resource version that was read. */
struct evidence_fact {
    struct str label;    /* what it is: "C reactive protein" */
    struct str resource; /* "Observation/1a2b"; a Patient's own id is written as `ids` asks */
    struct str file;     /* as the user wrote the path */
    uint64_t line;
    struct str time;  /* the clinically relevant time, ISO, its own precision and offset */
    struct str known; /* when it became known, ISO, in the site's offset */
    struct str value; /* "198.2"; empty when the fact is that it exists */
    struct str unit;
    struct str status;        /* "final", "corrected" ..., or empty */
    bool status_as_of_export; /* its status has no date of its own */
};

enum evidence_cause_kind {
    CAUSE_NO_DATA,    /* nothing found, in a window where there is one */
    CAUSE_ABSENT,     /* the resource lacks the element: no value, no unit, no date */
    CAUSE_UNIT,       /* units that do not convert */
    CAUSE_COMPARATOR, /* "<5" cannot be compared with the limit */
    CAUSE_PRECISION,  /* the date is too coarse to tell */
    CAUSE_ERROR,      /* a run-time error */
    CAUSE_HUMAN,      /* a person has not answered */
    CAUSE_OTHER
};

/* Why something is unknown, in ward words. */
struct evidence_cause {
    enum evidence_cause_kind kind;
    struct str datum;    /* "ferritin", "Written consent" */
    struct str window;   /* "the last 48 h", "since 2021-02-28T20:26", or empty */
    struct str words;    /* "no ferritin in the last 48 h" */
    uint32_t fact_count; /* what was found and could not be used */
    const struct evidence_fact *facts;
};

/* One deciding comparison or finding within a criterion. */
struct evidence_reason {
    enum logic value;
    struct str words;  /* "C reactive protein 198.2 mg/L > 150 mg/L"; "no pregnancy found" */
    struct str define; /* the definition it stands in */
    struct span span;  /* of the logic */
    uint32_t fact_count;
    const struct evidence_fact *facts;
    uint32_t cause_count; /* value unknown */
    const struct evidence_cause *causes;
};

/* "no data", "unit": the word of a cause for machines. */
const char *evidence_cause_word(enum evidence_cause_kind kind);

#endif
