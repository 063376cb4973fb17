/* What a screening looks like: the terminal table, JSON, NDJSON, CSV and the HTML report, all drawn
 * from struct screen_result and nothing else. Nothing here decides anything. Every writer appends
 * to a buffer whose status says whether memory held. */
#ifndef QUELL_REPORT_REPORT_H
#define QUELL_REPORT_REPORT_H

#include "screen/screen.h"

struct report_context {
    const struct screen_result *result;
    const struct diag_list *diags; /* of the trial and of the data */
    struct str version;            /* of Quell */
    struct str notice;
    /* The arguments that decide the result, normalised, in order; for provenance. */
    uint32_t argument_count;
    const struct str *arguments;
};

/* For a terminal of `width` columns (40 or more); `colour` adds SGR sequences. */
void report_screen_table(const struct report_context *context, unsigned width, bool colour,
                         struct buf *out);
/* DESIGN's contract: one object. */
void report_screen_json(const struct report_context *context, struct buf *out);
/* A line a subject. */
void report_screen_ndjson(const struct report_context *context, struct buf *out);
/* A row a subject: id, status, failed, confirm, ask_first, then a column a criterion. */
void report_screen_csv(const struct report_context *context, struct buf *out);
/* One self-contained page: no script, no request to anywhere. */
void report_screen_html(const struct report_context *context, struct buf *out);

/* One subject in full. False: no such subject in the result. */
bool report_explain(const struct report_context *context, struct str id, unsigned width,
                    bool colour, struct buf *out);
bool report_explain_json(const struct report_context *context, struct str id, struct buf *out);

#endif
