/* Statistics: one request and one result for every method, so that the command line, the analysis
 * of a trial and the check of a publication ask in one way and print in one way. A method is a row
 * of stats/methods.def; behind it stand a typed numeric kernel with its own small header
 * (two_by_two.h, rank.h, ...) and a presenter, a function of type stats_function, that takes the
 * request apart, calls the kernel and fills the result. Others may call kernels directly.
 *
 * Every result names its method, the options that held, n, how many rows were missing, estimates
 * with the method of their interval, tests, tables, and warnings; or it is a refusal that says why
 * the method does not apply. A number that is not defined is NAN and is printed as nothing.
 *
 * Everything lives in the arena of the request. Methods keep no state. */
#ifndef QUELL_STATS_STATS_H
#define QUELL_STATS_STATS_H

#include "base/arena.h"
#include "diag/diag.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- Options and roles: include/quell/stats_options.def ---- */

enum stats_option {
#define STATS_OPTION(id, name, kind, argument, default_r, default_sas, summary) STATS_##id,
#include "quell/stats_options.def"
    STATS_OPTION_COUNT
};

#define STATS_BIT(option) (UINT64_C(1) << STATS_##option)

enum stats_option_kind {
    STATS_COLUMN,
    STATS_COLUMNS,
    STATS_NUMBER,
    STATS_NUMBERS,
    STATS_CHOICE,
    STATS_TEXT
};

struct stats_option_info {
    const char *name;
    enum stats_option_kind kind;
    const char *argument;
    const char *default_r;
    const char *default_sas;
    const char *summary;
};

extern const struct stats_option_info stats_option_infos[STATS_OPTION_COUNT];
/* STATS_OPTION_COUNT: there is none of that name. */
enum stats_option stats_option_find(struct str name);

/* The words of CHOICE options, in the order in which the table lists them. */
enum stats_alternative { STATS_TWO_SIDED, STATS_LESS, STATS_GREATER };
enum stats_compat { STATS_R, STATS_SAS };
enum stats_yes_no { STATS_YES, STATS_NO };
enum stats_exact { STATS_EXACT_AUTO, STATS_EXACT_YES, STATS_EXACT_NO };
enum stats_conf_type { STATS_CONF_PLAIN, STATS_CONF_LOG, STATS_CONF_LOG_LOG };
enum stats_ties { STATS_EFRON, STATS_BRESLOW, STATS_TIES_EXACT };
enum stats_error { STATS_POOLED, STATS_PAIRED };
enum stats_weights { STATS_EQUAL, STATS_OBSERVED };

/* ---- Data ---- */

#define STATS_LEVEL_MISSING UINT32_MAX

/* One column. A numeric one has values, NAN where missing; a categorical one has a level index for
 * each row, STATS_LEVEL_MISSING where missing. Levels are in order: numbers by value, else
 * bytewise. */
struct stats_column {
    struct str name;
    bool is_category;
    double *values;
    uint32_t *codes;
    uint32_t level_count;
    struct str *levels;
};

struct stats_frame {
    uint32_t rows;
    uint32_t column_count;
    struct stats_column *columns;
};

/* Counts as they are written: a row for each operand. 35/40 is the row 35, 5; 12,5,3 is itself. */
struct stats_counts {
    uint32_t rows;
    uint32_t columns;
    const double *cells; /* row by row */
    bool fractions;      /* every row was written k/n: the first column is the event */
};

/* ---- Methods: stats/methods.def ---- */

enum stats_question {
#define QUESTION(id, words) STATS_ASK_##id,
#define METHOD(id, name, question, title, needs, may, categories, options, takes, words, source,   \
               example, function)
#include "stats/methods.def"
    STATS_QUESTION_COUNT
};

enum stats_method_id {
#define QUESTION(id, words)
#define METHOD(id, name, question, title, needs, may, categories, options, takes, words, source,   \
               example, function)                                                                  \
    STATS_METHOD_##id,
#include "stats/methods.def"
    STATS_METHOD_COUNT
};

/* What may stand on the command line instead of columns. */
enum stats_takes {
    STATS_TAKES_COLUMNS, /* nothing: columns only */
    STATS_TAKES_COUNTS,  /* counts as in struct stats_counts, or columns */
    STATS_TAKES_NUMBERS, /* plain numbers, or a column x */
    STATS_TAKES_OPTIONS  /* no data at all: everything is an option */
};

struct stats_run;
typedef void stats_function(struct stats_run *run);

struct stats_method {
    const char *name;
    enum stats_question question;
    const char *title;
    uint64_t needs;      /* roles that must be given when columns are used */
    uint64_t may;        /* roles that may be given */
    uint64_t categories; /* those of them that are read as categories; the others must be numeric */
    uint64_t options;    /* the options it heeds, besides COMPAT */
    enum stats_takes takes;
    const char *words;   /* what it answers, and how: formula and conventions */
    const char *source;  /* citation */
    const char *example; /* arguments of `quell stats`, one command a line */
    stats_function *function;
};

extern const struct stats_method stats_methods[STATS_METHOD_COUNT];
const char *stats_question_words(enum stats_question question);
/* NULL: there is no such method. */
const struct stats_method *stats_method_find(struct str name);

/* ---- Result ---- */

struct stats_estimate {
    struct str term; /* what it is, with its direction: "risk difference, first - second" */
    double value;
    double se;  /* NAN: none */
    double low; /* NAN: no interval; infinite where it is open */
    double high;
    const char *interval; /* method of the interval, or NULL */
    double p;             /* NAN: none */
    struct stats_estimate *next;
};

struct stats_test {
    const char *name;      /* "Fisher's exact test" */
    const char *statistic; /* "F", "X2", "W"; NULL: none */
    double value;
    double df;  /* NAN: none */
    double df2; /* NAN: none */
    double p;
    enum stats_alternative alternative;
    struct stats_test *next;
};

/* A table of a curve, of pairwise comparisons, of descriptives by group. A column is text or
 * numbers; `places` is how many decimals a reader wants, negative: as many digits as it takes. */
struct stats_table_column {
    const char *name;
    bool is_text;
    int places;
    const double *numbers;
    const struct str *texts;
};

struct stats_table {
    const char *title;
    uint32_t rows;
    uint32_t column_count;
    struct stats_table_column *columns;
    struct stats_table *next;
};

/* What --plot draws. A curve is a right-continuous step function: from time[i] on it is value[i],
 * with low and high where there is an interval (NULL: none). Marks are censored times, in order.
 * Curves of one group share their ink, those of one kind of event their dashes. At-risk numbers
 * stand under the axis, a row for each group: at_risk[group * risk_count + i] at risk_times[i]. */
struct stats_curve {
    struct str name;
    uint32_t ink;
    uint32_t dash;
    uint32_t count;
    const double *time;
    const double *value;
    const double *low;
    const double *high;
    uint32_t mark_count;
    const double *marks;
};

enum stats_plot_kind {
    STATS_PLOT_NONE,
    STATS_PLOT_STEPS,
    STATS_PLOT_FOREST /* the estimates that have an interval, around `null_value` */
};

struct stats_plot {
    enum stats_plot_kind kind;
    const char *x_words;
    const char *y_words;
    uint32_t curve_count;
    struct stats_curve *curves;
    uint32_t risk_rows;
    const struct str *risk_names;
    uint32_t risk_count;
    const double *risk_times;
    const double *at_risk;
    double null_value;
    bool log_scale;
};

struct stats_note {
    struct str words;
    struct stats_note *next;
};

struct stats_result {
    const struct stats_method *method;
    uint64_t n;
    uint64_t missing; /* rows left out because a used column has no value */
    struct stats_estimate *estimates;
    struct stats_test *tests;
    struct stats_table *tables;
    struct stats_plot plot;
    struct stats_note *notes; /* which conventions held, in words */
    struct stats_note *warnings;
    struct str
        refusal; /* why the method does not apply; empty: it did. Then there are no numbers */
    bool no_memory;
};

/* ---- Request ---- */

struct stats_setting {
    bool given;
    struct str text;
    double number;         /* NUMBER */
    uint32_t choice;       /* CHOICE: index of the word */
    uint32_t number_count; /* NUMBERS */
    double *numbers;
    uint32_t column_count; /* COLUMN, COLUMNS */
    struct str *columns;
};

struct stats_request {
    const struct stats_method *method;
    struct stats_frame *frame;  /* NULL: no columns */
    struct stats_counts counts; /* rows 0: none */
    uint32_t number_count;
    const double *numbers; /* plain numbers */
    struct stats_setting settings[STATS_OPTION_COUNT];
};

/* A request with the defaults of R. */
void stats_request_init(struct stats_request *request, const struct stats_method *method);
/* Sets an option from its text; COLUMNS and NUMBERS may be set again to add more. What is wrong
 * with it is a diagnostic (a method that does not heed it, a word it has not, a number out of
 * range). */
MUST_USE enum status stats_request_set(struct stats_request *request, enum stats_option option,
                                       struct str value, struct arena *arena,
                                       struct diag_list *diags);
/* Counts and numbers from operands such as 35/40, 12,5,3 and 0.012, by what the method takes. */
MUST_USE enum status stats_request_operands(struct stats_request *request,
                                            const struct str *operands, uint32_t count,
                                            struct arena *arena, struct diag_list *diags);
/* True when a text has the form of counts or numbers, so that it is no file name. */
bool stats_is_operand(struct str text);

/* Runs a method. What is wrong with the request (a role without its column, a column that is no
 * number) is a diagnostic and STATUS_USER_ERROR; data to which the method does not apply give a
 * refusal in the result and STATUS_OK. *out is in the arena. */
MUST_USE enum status stats_run(const struct stats_request *request, struct arena *arena,
                               struct diag_list *diags, const struct stats_result **out);

#endif
