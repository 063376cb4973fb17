/* Who got which arm: a CSV file with the columns id, arm, allocated_at and, where a trial has
 * several sites, site. It stands for the trial's own list until a trial is conducted with Quell. */
#ifndef QUELL_COURSE_ARMS_H
#define QUELL_COURSE_ARMS_H

#include "record/record.h"
#include "trial/trial.h"

struct arm_row {
    struct str subject; /* a patient id or a pseudonym, as written */
    uint16_t arm;       /* of the document */
    uint16_t site;
    instant_ms allocated;
    uint32_t line;
};

struct arms {
    uint32_t count;
    const struct arm_row *rows;
};

/* Rows that cannot be used are diagnostics, and the rest is kept; *out is NULL only when the file
 * is no such list. A time without an offset is local at the row's site. */
MUST_USE enum status arms_read(const struct source *source, const struct trial *trial,
                               struct arena *arena, struct diag_list *diags, struct arms **out);
/* The row of a subject known by either name, or NULL. */
const struct arm_row *arms_find(const struct arms *arms, struct str patient_id,
                                struct str pseudonym);

#endif
