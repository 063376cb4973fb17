/* Columns from a CSV file. The first line names the columns. A cell that is empty, NA, N/A, NaN,
 * "." or null (in any case, unquoted or quoted alike) is missing. A column is numeric when every
 * cell that is not missing is a number with a decimal point; otherwise it holds words. */
#ifndef QUELL_STATS_FRAME_H
#define QUELL_STATS_FRAME_H

#include "stats/stats.h"

/* What cannot be read is a diagnostic at its place; *out is NULL when there is nothing to work
 * with. A row that is shorter or longer than the header is an error that names its line. */
MUST_USE enum status frame_read(const struct source *source, struct arena *arena,
                                struct diag_list *diags, struct stats_frame **out);

/* The column as a category: words as they are, numbers by value. Memory of the result is the
 * arena's or shared with the column. */
MUST_USE enum status frame_category(const struct stats_column *column, uint32_t rows,
                                    struct arena *arena, struct stats_column *out);

/* The first level of a category that is no number: what made its column one of words. */
struct str frame_first_word(const struct stats_column *column);

#endif
