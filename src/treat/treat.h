/* What subjects get, and why: every subject's course as of a time, and from it the lines of a
 * pharmacist's worklist. A thin driver of course/; report/ draws its result. It depends on the
 * trial, the data, the list of arms and the options alone. */
#ifndef QUELL_TREAT_TREAT_H
#define QUELL_TREAT_TREAT_H

#include "course/arms.h"
#include "course/course_watch.h"
#include "record/population.h"

struct treat_options {
    instant_ms at;           /* INSTANT_MAX: the latest known_from not after `now` */
    instant_ms now;          /* the caller's clock; used only to choose `at` */
    struct str subject;      /* a pseudonym or own id: this one alone, with evidence; empty: all */
    bool evidence;           /* of every decision, for all */
    bool own_ids;            /* name subjects by the records' ids */
    const struct arms *arms; /* or NULL */
    const struct answers *answers; /* or NULL */
    uint32_t threads;              /* 0: one */
    void (*progress)(void *context, uint64_t done, uint64_t all);
    bool (*cancelled)(void *context);
    void *context;
};

enum { TREAT_TIMES_MAX = 12 };

/* One drug of one subject in the next 24 hours: what is due, planned, held or cannot be decided. */
struct treat_line {
    uint16_t drug;
    uint16_t treatment;
    enum dose_state state;
    enum course_need need;
    struct regimen_amount amount;
    bool has_units;
    i128 units; /* syringes or tablets a dose, as a decimal */
    int32_t day;
    bool is_taper;
    bool estimated;
    uint32_t time_count;
    instant_ms times[TREAT_TIMES_MAX];
    struct str reason; /* "Evolved stage 3 since 2021-03-01 03:10" */
    struct str needs;  /* of what cannot be decided */
    struct str order;  /* the order in force, or empty */
    struct regimen_amount ordered;
    bool order_differs; /* it is for another dose */
};

struct treat_note { /* advice that applies, or of which nobody knows */
    const struct regimen_advice *advice;
    enum logic value; /* LOGIC_TRUE or LOGIC_UNKNOWN */
    struct course_evidence evidence;
};

struct treat_question {
    struct course_question what;
    struct str words;                /* "Platelets low: no platelets in the last 24 h" */
    struct course_evidence evidence; /* of an unknown condition */
};

enum treat_idle { /* why a subject has no lines and no questions */
                  IDLE_NOT,
                  IDLE_NO_TREATMENT, /* the arm gives none */
                  IDLE_NOT_BEGUN,    /* no treatment has begun */
                  IDLE_OVER          /* what began has ended, or its doses lie further ahead */
};

/* Syringes or tablets of one drug for one site in the next 24 hours; what is held or cannot be
 * decided is not counted. */
struct treat_total {
    uint16_t site;
    uint16_t drug;
    uint32_t doses;
    uint64_t units; /* whole ones to open, dose by dose */
    bool uncounted; /* some dose has no known number of units */
};

struct treat_subject {
    struct str id;
    uint32_t patient;
    uint16_t arm;
    uint16_t site;
    instant_ms allocated;
    enum course_origin origin;
    int32_t study_day; /* local days since the day of allocation */
    int64_t first_day; /* local day of allocation, in days since 1970 */
    struct str bed;    /* or empty */
    enum treat_idle idle;
    struct course_dosing course;
    struct course_watch watch;
    const struct course_evidence *evidence; /* one a decision; or NULL */
    uint32_t line_count;
    const struct treat_line *lines;
    uint32_t question_count;
    const struct treat_question *questions;
    uint32_t note_count;
    const struct treat_note *notes;
};

struct treat_result {
    const struct trial *trial;
    instant_ms at;
    bool at_chosen;
    bool is_single; /* one subject was asked for */
    uint64_t patients;
    uint64_t outside; /* patients with no arm or enrolment by then */
    uint64_t later;   /* allocated after `at` */
    uint32_t subject_count;
    const struct treat_subject *subjects; /* in the order of the population */
    const uint32_t *order;                /* of the list: with questions first, by site, by bed */
    uint32_t total_count;
    const struct treat_total *totals; /* by site and drug */
    instant_ms latest;                /* known record or answer not after `at`; INSTANT_MIN: none */
    const struct population_counts *data;
    uint8_t data_hash[16];
    const struct own_files *own_files; /* of one patient each, not to be named; NULL: name all */
    struct treat_memory *memory;
};

/* STATUS_USER_ERROR when a trial of several arms has no list of them; STATUS_CANCELLED. */
MUST_USE enum status treat_run(const struct trial *trial, const struct population *population,
                               const struct treat_options *options, struct arena *arena,
                               struct diag_list *diags, struct treat_result **out);
void treat_release(struct treat_result *result);

#endif
