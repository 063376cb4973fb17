/* Eligibility of one subject at one time, from what is known of each criterion. Three-valued to the
 * end (DESIGN rule 2): a criterion is met, not met or unknown; the subject is eligible, not
 * eligible, waiting for people only, or undecided.
 *
 *   eligible = all of include are met, none of exclude is
 *
 * A criterion that does not apply to the subject neither includes nor excludes: an inclusion
 * criterion counts as met, an exclusion criterion as not met. Groups are Kleene's `or` and `and` of
 * their items.
 *
 * Everything here is pure: no record, no clock. */
#ifndef QUELL_COURSE_ELIGIBILITY_H
#define QUELL_COURSE_ELIGIBILITY_H

#include "trial/trial.h"
#include "value/compare.h"

enum subject_status {
    SUBJECT_ELIGIBLE,
    SUBJECT_PENDING_HUMAN,
    SUBJECT_NOT_ELIGIBLE,
    SUBJECT_UNDECIDED
};
enum { SUBJECT_STATUS_COUNT = 4 };

/* "eligible", "pending_human", "not_eligible", "undecided": the words of the JSON contract. */
const char *subject_status_word(enum subject_status status);

/* What is known of one criterion of one subject, by the criterion's own words: an exclusion
 * criterion that is `met` excludes. */
struct criterion_answer {
    uint8_t value;        /* enum logic */
    bool not_applicable;  /* `applies` is false: value is met for include, not met for exclude */
    bool applies_unknown; /* `applies` is null, and that is why the value is unknown */
    bool assumed;         /* not met, assumed from silence (if_silent: not_met) */
    bool by_human;        /* a person answered */
    bool waits_for_human; /* unknown, and only a person can say: by human, or if_silent: ask */
    bool had_error;       /* a run-time error made it null */
};

/* The value of a leaf from its definition's value and its `applies`; fills everything but by_human
 * and had_error. */
void criterion_answer_leaf(const struct criterion *criterion, enum logic applies, enum logic value,
                           struct criterion_answer *out);

/* Fills the answers of groups from those of their items. Answers of leaves must be set; of a
 * group's own answer, not_applicable and applies_unknown are read. */
void eligibility_fill_groups(const struct criterion *criteria, uint32_t count,
                             struct criterion_answer *answers);

/* The status, from complete answers. Pending_human: not decided, and favourable answers of people
 * alone would make the subject eligible. */
enum subject_status eligibility_status(const struct criterion *criteria, uint32_t count,
                                       const struct criterion_answer *answers);

/* Whether this criterion is a reason to refuse the subject: at the top level, and an inclusion
 * criterion not met or an exclusion criterion met. */
bool eligibility_fails(const struct criterion *criterion, const struct criterion_answer *answer);

#endif
