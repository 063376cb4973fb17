/* What the check of a publication looks like: drawn from struct verify_result, nothing computed. */
#ifndef QUELL_REPORT_VERIFY_REPORT_H
#define QUELL_REPORT_VERIFY_REPORT_H

#include "base/buf.h"
#include "verify/verify.h"

/* For a terminal of `width` columns. */
void report_verify_table(const struct verify_result *result, unsigned width, bool colour,
                         struct buf *out);
/* {"format":1,"publication","claims":[{"id","where","printed","computed","method","verdict","tried",
 * "notes"}],"verdicts":{..}} */
void report_verify_json(const struct verify_result *result, struct buf *out);
/* A row a claim: id, where, printed, computed, method, verdict. */
void report_verify_csv(const struct verify_result *result, struct buf *out);

#endif
