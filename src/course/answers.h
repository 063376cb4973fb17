/* What people answered: a CSV file with the columns id, criterion, answer, who and when. A
 * criterion may name its trial, as in jakincov/I3a: rows of other trials are passed over. In its
 * place may stand the definition of a condition that dosing waits for (start_when, a rule, advice),
 * or the id of a safety event that people judge: the answer counts while the records leave it
 * unknown. An answer holds from its `when` on, until a
 * later one to the same question (DESIGN rules 1 and 3). Immutable once read; shared by all
 * threads. */
#ifndef QUELL_COURSE_ANSWERS_H
#define QUELL_COURSE_ANSWERS_H

#include "record/population.h"
#include "trial/trial.h"
#include "value/compare.h"

struct answer {
    struct str patient;   /* as written: a patient id or a pseudonym */
    uint16_t criterion;   /* CRITERION_NONE: of a condition */
    struct str condition; /* the name of its definition or the safety event's id, or empty */
    enum logic value;
    struct str who;
    struct str when; /* as written */
    instant_ms since;
    uint32_t line; /* of the file */
};

struct answers;

/* Rows that cannot be used are diagnostics at their place, and the rest is kept. A time without an
 * offset is local at the site. *out is NULL only when the file is no answers file at all. */
MUST_USE enum status answers_read(const struct source *source, const struct trial *trial,
                                  struct arena *arena, struct diag_list *diags,
                                  struct answers **out);
uint32_t answers_count(const struct answers *answers);
const struct answer *answers_item(const struct answers *answers, uint32_t i);

/* Says which answers are for patients who are not there. */
void answers_check_patients(const struct answers *answers, const struct trial *trial,
                            const struct population *population, const struct str *pseudonyms,
                            struct diag_list *diags);
/* The later of `latest` and the last answer that is not after `now`. */
instant_ms answers_latest(const struct answers *answers, instant_ms now, instant_ms latest);

/* The answer that holds at a time for a patient known by either name, or NULL. */
const struct answer *answers_find(const struct answers *answers, struct str patient_id,
                                  struct str pseudonym, uint16_t criterion, instant_ms at);
/* The same of a condition of dosing or a safety event. */
const struct answer *answers_find_condition(const struct answers *answers, struct str patient_id,
                                            struct str pseudonym, struct str condition,
                                            instant_ms at);
/* The first instant after `at` at which an answer for this patient begins; INSTANT_MAX: none. */
instant_ms answers_next(const struct answers *answers, struct str patient_id, struct str pseudonym,
                        instant_ms at);

#endif
