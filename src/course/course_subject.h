/* One subject's eligibility at one time: the machine's values and people's answers, criterion by
 * criterion. Used by every driver that asks who may take part. */
#ifndef QUELL_COURSE_SUBJECT_H
#define QUELL_COURSE_SUBJECT_H

#include "course/answers.h"
#include "course/course_eligibility.h"
#include "exec/machine.h"

struct course_subject {
    const struct trial *trial;
    const struct answers *answers; /* or NULL */
    struct machine *machine;
    const struct record *record;
    struct str pseudonym; /* by which answers may name the subject */
};

/* Asks every criterion as of a time. `out` has one answer a criterion of the trial; `given`, which
 * may be NULL, gets the person's answer that was used for each, or NULL. The machine keeps its
 * values, errors and, when it traces, its steps until it is started again. */
MUST_USE enum status course_ask(const struct course_subject *subject, instant_ms at,
                                struct criterion_answer *out, const struct answer **given);

/* Evaluates again only the definitions of criteria that `answers` leave unknown, so that a traced
 * machine has the steps that say why. */
MUST_USE enum status course_ask_open(const struct course_subject *subject, instant_ms at,
                                     const struct criterion_answer *answers);

/* Only the status, by as few criteria as decide it: the first that refuses the subject ends the
 * asking. `scratch` has room for one answer a criterion. What course_valid_until says then concerns
 * those criteria alone, so that a sweep passes over the times at which nothing that matters can
 * change. */
MUST_USE enum status course_status(const struct course_subject *subject, instant_ms at,
                                   struct criterion_answer *scratch, enum subject_status *out);

/* The first instant after `at` at which asking again may give something else. After course_ask or
 * course_status. */
instant_ms course_valid_until(const struct course_subject *subject, instant_ms at);

#endif
