/* What a treatment list and one subject's course look like: terminal, JSON, CSV and one HTML page,
 * drawn from struct treat_result and nothing else. */
#ifndef QUELL_REPORT_REPORT_TREAT_H
#define QUELL_REPORT_REPORT_TREAT_H

#include "treat/treat.h"

struct treat_context {
    const struct treat_result *result;
    const struct diag_list *diags;
    struct str version;
    struct str notice;
    uint32_t argument_count;
    const struct str *arguments;
};

/* The worklist; of a single subject the calendar with every decision. */
void report_treat_table(const struct treat_context *context, unsigned width, bool colour,
                        struct buf *out);
void report_treat_json(const struct treat_context *context, struct buf *out);
/* A row a line of the worklist; of a single subject a row a dose. */
void report_treat_csv(const struct treat_context *context, struct buf *out);
void report_treat_html(const struct treat_context *context, struct buf *out);

#endif
