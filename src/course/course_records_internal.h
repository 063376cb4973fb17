/* Asking the records at an instant, for course_records.c and course_watch.c. */
#ifndef QUELL_COURSE_RECORDS_INTERNAL_H
#define QUELL_COURSE_RECORDS_INTERNAL_H

#include "course/course_records.h"

/* From here on the machine answers as of `at`. */
void course_records_start(struct course_records *records, instant_ms at, bool trace);
/* The items of a definition that gives a list; none when it is absent or null. They live until the
 * machine is started again. */
MUST_USE enum status course_records_list(struct course_records *records,
                                         const struct trial_define *define,
                                         const struct value **items, uint32_t *count);

/* What a person says of a condition or safety event, no older than `max_age_ms` (0: of any age); or
 * NULL. "Unknown" is no answer. */
const struct answer *course_records_answer(const struct course_records *records, instant_ms at,
                                           struct str name, int64_t max_age_ms);
/* The answer as evidence: who said it and when. */
MUST_USE enum status course_records_answered(const struct course_records *records,
                                             const struct answer *answer, struct str name,
                                             struct evidence_reason *out);

/* Elements of a tuple: null, empty, without a unit, or `otherwise` when it has none such. */
struct value course_field(const struct value *tuple, const char *name);
struct str course_field_text(const struct course_records *records, const struct value *tuple,
                             const char *name);
/* The element `id`, without the patient's own id under a pseudonym. */
struct str course_field_id(const struct course_records *records, const struct value *tuple);
struct regimen_amount course_field_amount(const struct value *tuple, const char *name);
instant_ms course_field_time(const struct course_records *records, const struct value *tuple,
                             const char *name, instant_ms otherwise);

#endif
