/* What is looked at beside a subject's doses, as known at one time: biomarkers over time, adverse
 * events that were recorded, and findings that the trial's `safety` grades or asks of people.
 * Nothing here changes a dose. */
#ifndef QUELL_COURSE_WATCH_H
#define QUELL_COURSE_WATCH_H

#include "course/course_records.h"

/* A result in the unit of its biomarker, as decimals; "<5 mg/L" lies from 0 to 5. */
struct course_reading {
    instant_ms at;
    i128 low;
    i128 high;
    bool above; /* no upper end: `high` is `low` */
};

struct course_marker {
    uint32_t count;
    const struct course_reading *readings; /* by time, one a time: the last that was issued */
    uint32_t left_out;                     /* without a time, an amount, or a unit that converts */
};

struct course_adverse {
    struct str id;
    instant_ms at;       /* INSTANT_MIN: not recorded */
    struct str name;     /* or empty */
    int32_t grade;       /* 0: not recorded */
    struct str severity; /* mild, moderate, severe, or empty */
    bool serious;
};

struct course_finding { /* a safety event of the trial that holds, or may */
    const struct trial_safety_event *event;
    enum logic value;
    int32_t grade; /* -1: none is defined, or it is not known */
    bool is_asked; /* a person judges it, and nobody has said */
    struct course_evidence evidence;
};

struct course_watch {
    uint32_t finding_count;
    const struct course_finding *findings;
    uint32_t adverse_count;
    const struct course_adverse *adverse; /* by time */
    const struct course_marker *markers;  /* one a marker of the regimen; NULL: not read */
};

/* After course_records_read; `markers`: read the biomarkers too. */
MUST_USE enum status course_watch_read(struct course_records *records, instant_ms at, bool markers,
                                       struct course_watch *out);

#endif
