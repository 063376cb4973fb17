/* What a statistical result looks like, and the list of methods: drawn from struct stats_result and
 * the table of methods, nothing computed. */
#ifndef QUELL_REPORT_STATS_REPORT_H
#define QUELL_REPORT_STATS_REPORT_H

#include "base/buf.h"
#include "stats/stats.h"

struct stats_view {
    const struct stats_request *request;
    const struct stats_result *result;
    struct str version; /* of Quell */
    unsigned width;     /* terminal columns */
    bool colour;
};

void report_stats_table(const struct stats_view *view, struct buf *out);
/* One object: {"format":1,"method",..,"estimate","interval":[lo,hi],"p",..}; see docs/stats.
 * Numbers that are not defined, and ends of intervals that are open, are null. */
void report_stats_json(const struct stats_view *view, struct buf *out);
/* Rows kind,name,interval,value,se,low,high,statistic,df,df2,p; then each table with its own
 * header. */
void report_stats_csv(const struct stats_view *view, struct buf *out);
/* The plot as SVG. False: this result has none. */
bool report_stats_svg(const struct stats_view *view, struct buf *out);

/* The methods by question; as JSON with everything methods.def says of them. */
void report_stats_methods(bool colour, struct buf *out);
void report_stats_methods_json(struct buf *out);
/* One method in words. */
void report_stats_method(const struct stats_method *method, unsigned width, struct buf *out);

/* The shortest decimal that reads back as the same number, or "null". */
void report_number_json(double x, struct buf *out);

#endif
