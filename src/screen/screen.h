/* Screening: which patients of a population are eligible for a trial, who is not and why, and what
 * is still to be asked (DESIGN rules 1 to 5, 8, 11, 12). A thin driver of course/: it walks the
 * patients in order and gives a result of plain structs, from which report/ draws the terminal
 * view, JSON, CSV and the HTML report. The result depends on the trial, the data, the answers and
 * the options alone, never on the clock, the number of threads or the order of files. */
#ifndef QUELL_SCREEN_SCREEN_H
#define QUELL_SCREEN_SCREEN_H

#include "course/course_eligibility.h"
#include "course/evidence.h"
#include "course/own_files.h"
#include "record/population.h"

struct answers;

/* ---- What is asked ---- */

enum screen_mode {
    SCREEN_AT,    /* as of one time */
    SCREEN_SWEEP, /* from the first record to `at`: when did each become, or cease to be, eligible
                   */
    SCREEN_SINCE  /* as of `at`, those whose status changed after `since` */
};

/* How patients are named in all that is drawn. */
enum screen_ids {
    SCREEN_PSEUDONYMS, /* stable within a trial and a key: see course/pseudonym.h */
    SCREEN_MRN,        /* the record's own patient id */
    SCREEN_COUNTS_ONLY /* no subjects at all */
};

struct screen_options {
    enum screen_mode mode;
    instant_ms at;    /* INSTANT_MAX: the latest known_from not after `now` */
    instant_ms since; /* SCREEN_SINCE */
    instant_ms now;   /* the caller's clock; used only to choose `at` */
    enum screen_ids ids;
    struct str pseudonym_key;      /* empty: derived from the trial's id */
    const struct answers *answers; /* or NULL */
    struct str explain; /* evidence for this subject (pseudonym or own id); empty: none */
    bool evidence;      /* evidence for every subject: for the HTML report */
    uint32_t threads;   /* 0: one */
    void (*progress)(void *context, uint64_t done, uint64_t all);
    bool (*cancelled)(void *context);
    void *context;
};

/* ---- Evidence of criteria: see course/evidence.h ---- */

/* A person's answer. */
struct screen_human {
    struct str answer; /* "yes", "no" */
    struct str who;
    struct str when; /* ISO */
};

/* The evidence of one criterion, in the order the logic looked. */
struct screen_evidence {
    uint32_t reason_count;
    const struct evidence_reason *reasons;
    const struct screen_human *human; /* or NULL */
};

/* ---- Results ---- */

/* One datum to get: a lab value, a finding, or a person's answer. */
struct screen_ask {
    struct str datum;  /* "ferritin"; "Written consent" */
    struct str window; /* "the last 48 h", "since 2021-02-28T20:26", or empty */
    struct str reason; /* "no ferritin in the last 48 h"; "the value has no unit" */
    bool human;
    uint32_t criterion_count; /* the criteria that wait for it, in order */
    const uint16_t *criteria;
};

/* A run-time error of one definition for one subject (DESIGN rule 6). */
struct screen_error {
    struct str define;
    struct str message;
    struct span span;
};

/* [from, to): the subject had this status. Sweep only. */
struct screen_period {
    instant_ms from;
    instant_ms to;
    enum subject_status status;
};

struct screen_subject {
    struct str id;    /* as `ids` asks */
    uint32_t patient; /* index in the population */
    enum subject_status status;
    const struct criterion_answer *answers; /* by criterion of the trial */
    uint32_t failed_count; /* top-level criteria that refuse the subject, in order */
    const uint16_t *failed;
    uint32_t confirm_count;
    const struct screen_ask *confirm;
    bool confirm_proven; /* no smaller set would do */
    uint32_t ask_first_count;
    const struct screen_ask *ask_first;
    /* When the present status began: sweep and since; else INSTANT_MIN. */
    instant_ms since;
    enum subject_status before; /* SCREEN_SINCE: the status at `since` */
    uint32_t period_count;      /* SCREEN_SWEEP */
    const struct screen_period *periods;
    struct str stage; /* by the trial's stages, at `at`; empty when it has none or none holds */
    uint32_t error_count;
    const struct screen_error *errors;
    const struct screen_evidence *evidence; /* by criterion; NULL when not asked for */
};

/* One criterion over all subjects, by its own words: `met` of an exclusion criterion excludes. */
struct screen_count {
    uint64_t met;
    uint64_t not_met;
    uint64_t unknown;
    uint64_t not_applicable; /* of those above */
    uint64_t assumed;        /* of not_met: assumed from silence */
    /* Funnel: subjects not refused by this and all criteria before it at the top level; for an item
     * of a group, that of the criterion before the group. */
    uint64_t remaining;
    uint64_t remaining_sure; /* of those, met (or not excluded) without any unknown so far */
};

struct screen_result {
    const struct trial *trial;
    enum screen_mode mode;
    enum screen_ids ids;
    instant_ms at;
    int16_t offset_min; /* of times that are drawn: the site's offset at `at` */
    bool at_chosen;     /* no time was asked for: the latest at which anything is known */
    instant_ms since;
    uint64_t patients;
    uint64_t by_status[SUBJECT_STATUS_COUNT];
    const struct screen_count *counts; /* by criterion */
    uint32_t subject_count;            /* 0 with SCREEN_COUNTS_ONLY; only the changed with SINCE */
    const struct screen_subject *subjects; /* in population order */
    uint64_t errors;                       /* run-time errors over all subjects */
    const struct population_counts *data;  /* what was read and left out */
    uint8_t data_hash[16];
    uint64_t answers_used;
    const struct own_files *own_files; /* not to be named; NULL: none */
    struct screen_memory *memory;      /* of the subjects: screen_release */
};

/* Runs the trial over the population, which must have been read by the trial's demand. Everything
 * in *out lives until screen_release, and no longer than the arena, the trial and the population.
 * STATUS_CANCELLED when the callback said so. */
MUST_USE enum status screen_run(const struct trial *trial, const struct population *population,
                                const struct screen_options *options, struct arena *arena,
                                struct diag_list *diags, struct screen_result **out);
void screen_release(struct screen_result *result);

#endif
