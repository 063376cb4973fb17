/* What presenters share: the request taken apart, and a result filled. A presenter checks nothing
 * that the method's row in methods.def already says: roles are there and of the right kind, rows
 * with a missing value in a used column are gone, settings hold their defaults. */
#ifndef QUELL_STATS_PRESENT_H
#define QUELL_STATS_PRESENT_H

#include "stats/stats.h"

struct stats_run {
    struct arena *arena;
    const struct stats_request *request;
    /* Settings with their defaults by --compat filled in. */
    struct stats_setting settings[STATS_OPTION_COUNT];
    uint32_t rows;                                  /* complete ones */
    struct stats_column *roles[STATS_OPTION_COUNT]; /* columns of a role, complete rows only */
    uint32_t role_counts[STATS_OPTION_COUNT];       /* 0: the role was not given */
    struct stats_result *result;
    /* What the functions below give when memory ends, so that presenters need not ask. */
    struct stats_estimate spill_estimate;
    struct stats_test spill_test;
};

/* The presenters, one for each row of methods.def. */
#define METHOD(id, name, question, title, needs, may, categories, options, takes, words, source,   \
               example, function)                                                                  \
    stats_function function;
#include "stats/methods.def"

/* What was not given, from the table of options. */
void stats_settings_default(struct stats_setting *settings, struct arena *arena);

/* The one column of a role, or NULL. */
static inline const struct stats_column *run_column(const struct stats_run *run,
                                                    enum stats_option role) {
    return run->role_counts[role] ? run->roles[role] : NULL;
}

static inline double run_number(const struct stats_run *run, enum stats_option option) {
    return run->settings[option].number; /* NAN when not given and without default */
}

static inline uint32_t run_choice(const struct stats_run *run, enum stats_option option) {
    return run->settings[option].choice;
}

static inline bool run_given(const struct stats_run *run, enum stats_option option) {
    return run->request->settings[option].given;
}

/* The continuity correction asked for, or the method's own habit. */
bool run_continuity(const struct stats_run *run, bool habit);

/* An array in the run's arena; NULL on no memory, and then the run is over: return. */
double *run_doubles(struct stats_run *run, size_t count);

/* Why the method does not apply. The presenter returns after it. */
void run_refuse(struct stats_run *run, const char *format, ...) PRINTF_LIKE(2, 3);
void run_warn(struct stats_run *run, const char *format, ...) PRINTF_LIKE(2, 3);
void run_note(struct stats_run *run, const char *format, ...) PRINTF_LIKE(2, 3);

/* A new estimate at the end of the list, all of it NAN but value. Never NULL. */
struct stats_estimate *run_estimate(struct stats_run *run, double value, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Sets its interval. */
void run_interval(struct stats_estimate *estimate, double low, double high, const char *method);
/* A new test; statistic may be NULL. Never NULL. The alternative is the request's. */
struct stats_test *run_test(struct stats_run *run, const char *name, const char *statistic,
                            double value, double p);
/* A new table whose columns are not named yet; NULL on no memory. */
struct stats_table *run_table(struct stats_run *run, const char *title, uint32_t rows,
                              uint32_t column_count);
/* Names a column of a table and gives its cells to be filled; NULL on no memory. */
double *run_table_numbers(struct stats_run *run, struct stats_table *table, uint32_t column,
                          const char *name, int places);
struct str *run_table_texts(struct stats_run *run, struct stats_table *table, uint32_t column,
                            const char *name);
struct str run_text(struct stats_run *run, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- Data by group ---- */

/* The values of one numeric column split by a category: values[first[g]] .. values[first[g + 1]]
 * are those of group g, in the order of rows. Without a category there is one group. */
struct stats_groups {
    uint32_t count;
    const struct str *names;
    uint32_t *first; /* count + 1 */
    double *values;
};

/* False: no memory. Empty levels (all rows missing) are left out; --reference comes last. */
bool run_groups(struct stats_run *run, const struct stats_column *column,
                const struct stats_column *by, struct stats_groups *out);
static inline uint32_t groups_size(const struct stats_groups *groups, uint32_t g) {
    return groups->first[g + 1] - groups->first[g];
}
static inline const double *groups_values(const struct stats_groups *groups, uint32_t g) {
    return groups->values + groups->first[g];
}

/* A table of counts with its names: from the operands, or from column x (columns of the table, the
 * event first) by column `by` (rows of the table, the reference last). */
struct stats_cross {
    uint32_t rows;
    uint32_t columns;
    double *cells;
    struct str *row_names;
    struct str *column_names;
};

/* False: the run is over (refused, or no memory). */
bool run_cross(struct stats_run *run, struct stats_cross *out);

/* Each row as the number of its level, of those that occur; the level that the option `special`
 * names first or last (STATS_OPTION_COUNT: none). False: the run is over. */
struct stats_codes {
    uint32_t count;
    struct str *names;
    uint32_t *codes;
};
bool run_codes(struct stats_run *run, const struct stats_column *column, enum stats_option special,
               bool special_first, struct stats_codes *out);

#endif
