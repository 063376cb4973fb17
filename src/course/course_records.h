/* Real records as the source of facts of a course: conditions by the machine as of each instant,
 * doses given and ordered as the trial's `drugs` list them. */
#ifndef QUELL_COURSE_RECORDS_H
#define QUELL_COURSE_RECORDS_H

#include "course/answers.h"
#include "course/course_dosing.h"
#include "course/evidence.h"
#include "exec/machine.h"

enum course_origin { ORIGIN_ARMS_FILE, ORIGIN_RECORD, ORIGIN_FIRST_DOSE };

struct course_drug_lists {
    uint32_t given_count;
    const struct course_administration *given;
    uint32_t order_count;
    const struct course_order *orders;
};

struct own_files;

struct course_records {
    const struct trial *trial;
    uint16_t arm;
    uint16_t site;
    struct machine *machine;
    const struct record *record;
    struct arena *arena;   /* of what is kept */
    struct arena *scratch; /* of one look */
    struct str patient_name;
    const struct own_files *own_files; /* as trace_walk_input has it */
    const struct answers *answers;     /* of people, or NULL */
    struct str pseudonym;              /* by which they may name the subject */
    instant_ms allocated;              /* INSTANT_MAX: not known */
    instant_ms first_dose;             /* of any drug, since allocation; INSTANT_MAX: none */
    struct course_asked *asked;        /* of the arm's conditions, and of the stage behind them */
    bool traces;                       /* some condition has a greatest age */
    struct course_drug_lists *drugs;
};

/* Reads the doses as known at `at`; then `allocated` must be set, or found by the next. */
MUST_USE enum status course_records_read(struct course_records *records, instant_ms at);
/* The moment of enrolment where no list of arms gives it: by allocation.when as known at `at`, else
 * the first dose. False: neither is there. Sets allocated. */
MUST_USE enum status course_records_enrol(struct course_records *records, instant_ms at,
                                          enum course_origin *origin, bool *found);
/* Sets first_dose, from allocation on. */
void course_records_first_dose(struct course_records *records);

/* What a course asks of the records; `out` keeps to this subject. */
MUST_USE enum status course_records_facts(struct course_records *records, struct course_facts *out);

struct course_evidence {
    uint32_t count;
    const struct evidence_reason *reasons;
};
/* What decided a condition at an instant. */
MUST_USE enum status course_records_evidence(struct course_records *records, instant_ms at,
                                             const struct definition *definition,
                                             struct course_evidence *out);
/* The text of a String definition as known at `at`, or empty. */
MUST_USE enum status course_records_text(struct course_records *records, instant_ms at,
                                         const struct definition *definition, struct str *out);

#endif
