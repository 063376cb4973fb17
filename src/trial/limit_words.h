/* What is said of a limit that cannot be meant. In a trial it is an error (TR0510 and on), in plain
 * CQL a warning (CQ0520 and on). */
#ifndef QUELL_TRIAL_LIMIT_WORDS_H
#define QUELL_TRIAL_LIMIT_WORDS_H

#include "trial/flow.h"

struct limit_reporter {
    struct diag_list *diags;
    const struct analyte_table *analytes;
    bool in_trial;
};

/* For flow_input.report, with a struct limit_reporter as context. */
void limit_report(void *context, const struct flow_finding *finding);

struct trial_stated;
/* Why a limit, or a unit alone, as a document prints it cannot be meant, in a few words; NULL: it
 * can. *instead: a unit for which the number would do, or NULL. */
const char *limit_printed_fault(const struct analyte_table *table, const struct analyte *analyte,
                                const struct trial_stated *stated, const struct unit **instead);

/* "mg/L, mg/dL or ug/mL"; "a number" for scores. */
void limit_words_units(const struct analyte *analyte, struct buf *out);
/* "0 to 1000 mg/L". */
void limit_words_range(const struct analyte *analyte, struct buf *out);
/* A number as people write it: no needless zeros. */
void limit_words_number(i128 value, struct buf *out);

/* Follows every public definition of a program's main library and reports its limits as warnings:
 * the check of plain CQL. `terms` may be NULL. */
MUST_USE enum status limit_check_program(const struct program *program,
                                         const struct analyte_table *analytes,
                                         const struct terms *terms, struct arena *arena,
                                         struct diag_list *diags);

#endif
