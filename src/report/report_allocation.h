/* What a dry run of an allocation looks like. Every view is stamped "not for enrolment". */
#ifndef QUELL_REPORT_REPORT_ALLOCATION_H
#define QUELL_REPORT_REPORT_ALLOCATION_H

#include "base/buf.h"
#include "trial/allocation_dry_run.h"

void report_allocation_table(const struct allocation_dry_run_result *result, unsigned width,
                             bool colour, struct buf *out);
/* {"format":1,"trial","stamp","subjects","repeats","seed","strata","designs":[..]} */
void report_allocation_json(const struct allocation_dry_run_result *result, struct buf *out);
/* A row a design. */
void report_allocation_csv(const struct allocation_dry_run_result *result, struct buf *out);

#endif
