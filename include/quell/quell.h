/* libquell: a clinical trial's protocol made executable. This is the whole public interface; the
 * `quell` program uses nothing else.
 *
 * Handles are opaque. Options are structs whose first member is their size, so that they can grow:
 * start from QUELL_..._OPTIONS_INIT and set what you need. Texts are UTF-8 and end in NUL; texts
 * that the library gives back belong to the handle they came from. Nothing is printed: output goes
 * to a sink, messages about the user's text and data are kept in the session until they are asked
 * for.
 *
 * A session is used by one thread at a time; different sessions are independent.
 *
 * Research use only: no output of this library is medical advice, and it is no medical device. */
#ifndef QUELL_QUELL_H
#define QUELL_QUELL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The values are the exit codes of the program. */
enum quell_status {
    QUELL_OK = 0,         /* done; data that were left out are reported */
    QUELL_TEXT_ERROR = 1, /* the user's CQL, YAML or value sets have errors: see the messages */
    QUELL_USAGE = 2,      /* the call makes no sense: see the messages */
    QUELL_WORLD = 3,   /* a file could not be read or written, memory ended, or it was cancelled */
    QUELL_LEFT_OUT = 4 /* strict or bad_max: data were left out */
};

const char *quell_version(void);
/* The notice that every report carries. */
const char *quell_notice(void);

/* Receives output in order. Anything but 0 stops the call with QUELL_WORLD. */
typedef int quell_sink(void *context, const char *bytes, size_t size);
/* Called now and then; `done` of `all` in the unit that `phase` names. May be NULL in options. */
typedef void quell_progress(void *context, const char *phase, uint64_t done, uint64_t all);
/* Anything but 0 stops the call. May be NULL in options. */
typedef int quell_cancel(void *context);

typedef struct quell_session quell_session;

/* NULL: no memory. */
quell_session *quell_session_new(void);
void quell_session_free(quell_session *session);

/* Messages: errors, warnings and notes of everything this session has done. */
enum quell_format { QUELL_TABLE, QUELL_JSON, QUELL_NDJSON, QUELL_CSV };

enum quell_status quell_messages(quell_session *session, enum quell_format format, int colour,
                                 quell_sink *sink, void *context);
uint64_t quell_error_count(const quell_session *session);
uint64_t quell_warning_count(const quell_session *session);

/* What a diagnostic id means and how to mend it ("CQ0001"); without an id (NULL) the list of all.
 * QUELL_TABLE or QUELL_JSON. */
enum quell_status quell_explain(quell_session *session, const char *id, enum quell_format format,
                                quell_sink *sink, void *context);
/* All of them as Markdown: docs/diagnostics.md. */
enum quell_status quell_explain_page(quell_sink *sink, void *context);

/* Where texts are looked for, besides the folder of the text itself. */
struct quell_paths {
    size_t size;
    const char *const *include; /* -I folders */
    size_t include_count;
    const char *const *valuesets; /* folders or files of FHIR ValueSet JSON */
    size_t valueset_count;
};
#define QUELL_PATHS_INIT ((struct quell_paths){sizeof(struct quell_paths), NULL, 0, NULL, 0})

/* Checks a trial folder, a trial.yaml or a .cql file. The messages say what was found. With
 * `assumptions`, everything in the trial that its source does not state is written to the sink. */
struct quell_check_options {
    size_t size;
    struct quell_paths paths;
    int assumptions;
    enum quell_format format;
};
#define QUELL_CHECK_OPTIONS_INIT                                                                   \
    ((struct quell_check_options){sizeof(struct quell_check_options), QUELL_PATHS_INIT, 0,         \
                                  QUELL_TABLE})
enum quell_status quell_check(quell_session *session, const char *path,
                              const struct quell_check_options *options, quell_sink *sink,
                              void *context);

/* Writes the compiled plan of a trial or .cql file, readable: as a run with evidence follows it, or
 * the shorter form that runs when nobody asks for evidence. */
enum quell_plan_form { QUELL_PLAN_FULL, QUELL_PLAN_LEAN };

enum quell_status quell_plan(quell_session *session, const char *path,
                             const struct quell_paths *paths, enum quell_plan_form form,
                             quell_sink *sink, void *context);

/* Writes ELM JSON (schema urn:hl7-org:elm r1): of a .cql file its library, {"library": ...}; of a
 * trial an array with every library it needs, the trial's own first. See docs/elm.md. */
enum quell_elm_signatures {
    QUELL_SIGNATURES_OVERLOADS,
    QUELL_SIGNATURES_NONE,
    QUELL_SIGNATURES_ALL
};
struct quell_elm_options {
    size_t size;
    struct quell_paths paths;
    int result_types; /* the type of every expression */
    enum quell_elm_signatures signatures;
};
#define QUELL_ELM_OPTIONS_INIT                                                                     \
    ((struct quell_elm_options){sizeof(struct quell_elm_options), QUELL_PATHS_INIT, 0,             \
                                QUELL_SIGNATURES_OVERLOADS})
enum quell_status quell_elm(quell_session *session, const char *path,
                            const struct quell_elm_options *options, quell_sink *sink,
                            void *context);

/* Plain CQL over records: last versions, nothing hidden. One JSON object a line and patient. */
struct quell_eval_options {
    size_t size;
    struct quell_paths paths;
    const char *const *data; /* files or folders; none: only what needs no patient */
    size_t data_count;
    const char *const *defines; /* none: every public define */
    size_t define_count;
    const char *const *parameters; /* "Name=CQL" */
    size_t parameter_count;
    const char *now;          /* ISO time with offset; NULL: the clock's */
    enum quell_format format; /* QUELL_NDJSON or QUELL_TABLE */
    int strict;
    uint64_t bad_max; /* 0: no end */
    unsigned threads; /* 0: one a core */
    quell_progress *progress;
    quell_cancel *cancel;
    void *callback_context;
};
#define QUELL_EVAL_OPTIONS_INIT                                                                    \
    ((struct quell_eval_options){.size = sizeof(struct quell_eval_options),                        \
                                 .paths = QUELL_PATHS_INIT,                                        \
                                 .format = QUELL_NDJSON})
enum quell_status quell_eval(quell_session *session, const char *path,
                             const struct quell_eval_options *options, quell_sink *sink,
                             void *context);

/* Reads records once and writes a cohort cache, which every call that takes data takes as well. */
struct quell_index_options {
    size_t size;
    int append; /* add a segment to the cache at `file` */
    int strict;
    uint64_t bad_max;
    unsigned threads;
    quell_progress *progress;
    quell_cancel *cancel;
    void *callback_context;
};
#define QUELL_INDEX_OPTIONS_INIT                                                                   \
    ((struct quell_index_options){.size = sizeof(struct quell_index_options)})
struct quell_index_summary {
    uint64_t files;
    uint64_t resources;
    uint64_t patients;
    uint64_t left_out; /* could not be used, or are of an unknown type */
    uint64_t bytes_read;
    uint64_t bytes; /* of the cache */
    uint64_t segments;
};
enum quell_status quell_index(quell_session *session, const char *const *data, size_t data_count,
                              const char *file, const struct quell_index_options *options,
                              struct quell_index_summary *summary);

/* Screening. */
enum quell_ids { QUELL_IDS_PSEUDONYM, QUELL_IDS_MRN, QUELL_IDS_NONE };

struct quell_screen_options {
    size_t size;
    struct quell_paths paths;
    const char *const *data;
    size_t data_count;
    const char *at;      /* ISO time with offset; NULL: the latest known_from not after the clock */
    int sweep;           /* every time at which somebody's status changes */
    const char *since;   /* a sweep from this time on */
    const char *answers; /* CSV of what people answered; NULL: none */

    enum quell_ids ids;
    int evidence; /* keep evidence for every subject: needed for reports and quell_screen_explain */
    int strict;
    uint64_t bad_max;
    unsigned threads;
    quell_progress *progress;
    quell_cancel *cancel;
    void *callback_context;
    const char *site; /* its key in trial.yaml, for time zone and limits; NULL: the first */
};
#define QUELL_SCREEN_OPTIONS_INIT                                                                  \
    ((struct quell_screen_options){.size = sizeof(struct quell_screen_options),                    \
                                   .paths = QUELL_PATHS_INIT})

typedef struct quell_screening quell_screening;

enum quell_status quell_screen(quell_session *session, const char *trial,
                               const struct quell_screen_options *options, quell_screening **out);
void quell_screening_free(quell_screening *screening);

enum quell_eligibility { QUELL_ELIGIBLE, QUELL_PENDING_HUMAN, QUELL_UNDECIDED, QUELL_NOT_ELIGIBLE };

struct quell_screen_counts {
    size_t size; /* set it before the call */
    uint64_t patients;
    uint64_t by_status[4]; /* by enum quell_eligibility */
};
void quell_screening_counts(const quell_screening *screening, struct quell_screen_counts *counts);
/* The i-th subject in output order; NULL id past the end. */
const char *quell_screening_subject(const quell_screening *screening, uint64_t i,
                                    enum quell_eligibility *status);

/* Table for a terminal of `width` columns, JSON, NDJSON (a line a subject) or CSV. */
enum quell_status quell_screening_write(const quell_screening *screening, enum quell_format format,
                                        unsigned width, int colour, quell_sink *sink,
                                        void *context);
/* Why this subject stands where it stands: every criterion with what decided it. */
enum quell_status quell_screening_explain(const quell_screening *screening, const char *id,
                                          enum quell_format format, unsigned width, int colour,
                                          quell_sink *sink, void *context);
/* One self-contained HTML file. */
enum quell_status quell_screening_report(const quell_screening *screening, quell_sink *sink,
                                         void *context);

/* Allocation. Nobody is allocated by these: a dry run compares designs over many whole trials, and
 * a sealed file holds what a trial's lists are drawn from. */
struct quell_allocate_options {
    size_t size;
    struct quell_paths paths;
    uint32_t subjects;  /* 0: as the trial plans */
    uint32_t repeats;   /* 0: 2000 */
    const char *seed;   /* of the dry run, any text; NULL: "1" */
    const char *blocks; /* to seal: "4,6,8"; NULL: twice, three and four times the ratio */
    enum quell_format format;
    unsigned width; /* of the table */
    int colour;
};
#define QUELL_ALLOCATE_OPTIONS_INIT                                                                \
    ((struct quell_allocate_options){                                                              \
        .size = sizeof(struct quell_allocate_options), .paths = QUELL_PATHS_INIT, .width = 80})
enum quell_status quell_allocate_dry_run(quell_session *session, const char *trial,
                                         const struct quell_allocate_options *options,
                                         quell_sink *sink, void *context);
/* Draws a seed and writes a new sealed file, readable by its owner only; the sink gets the
 * commitment to the seed. */
enum quell_status quell_allocate_seal(quell_session *session, const char *trial, const char *path,
                                      const struct quell_allocate_options *options,
                                      quell_sink *sink, void *context);

/* Statistics: one method on counts (35/40), numbers, or the columns of one CSV file. */
struct quell_stats_setting {
    const char *name; /* a row of quell/stats_options.def, such as "by" */
    const char *value;
};

struct quell_stats_options {
    size_t size;
    const char *const *operands;
    size_t operand_count;
    const struct quell_stats_setting *settings;
    size_t setting_count;
    enum quell_format format;
    unsigned width; /* of a table; 0: 80 */
    int colour;
    quell_sink *plot; /* receives an SVG; NULL: none is drawn */
    void *plot_context;
};
#define QUELL_STATS_OPTIONS_INIT                                                                   \
    ((struct quell_stats_options){.size = sizeof(struct quell_stats_options)})

/* Writes the result. A method that does not apply to the data says why in place of numbers, and the
 * call gives QUELL_TEXT_ERROR. */
enum quell_status quell_stats(quell_session *session, const char *method,
                              const struct quell_stats_options *options, quell_sink *sink,
                              void *context);
/* The methods by question, or one method with its formula, source, options and examples. */
enum quell_status quell_stats_methods(quell_session *session, const char *method,
                                      enum quell_format format, unsigned width, int colour,
                                      quell_sink *sink, void *context);

/* Recomputes what a publication printed: published.yaml of a trial's folder, or any such file. Each
 * claim gets a verdict; QUELL_TEXT_ERROR when one is inconsistent. */
struct quell_verify_options {
    size_t size;
    enum quell_format format;
    unsigned width; /* of a table; 0: 80 */
    int colour;
};
#define QUELL_VERIFY_OPTIONS_INIT                                                                  \
    ((struct quell_verify_options){.size = sizeof(struct quell_verify_options)})
enum quell_status quell_verify(quell_session *session, const char *path,
                               const struct quell_verify_options *options, quell_sink *sink,
                               void *context);

/* Treatment: what subjects get, and why. */
struct quell_treat_options {
    size_t size;
    struct quell_paths paths;
    const char *const *data;
    size_t data_count;
    const char *at;      /* ISO time with offset; NULL: the latest known_from not after the clock */
    const char *subject; /* this one alone, with every decision; NULL: all */
    const char *arms;    /* CSV of who got which arm; NULL: none, for trials of one arm */
    const char *site;    /* of trial.yaml, whose reference limits hold; NULL: the first */
    enum quell_ids ids;
    int evidence; /* of every decision, for all: needed for nothing but programs */
    int strict;
    uint64_t bad_max;
    unsigned threads;
    quell_progress *progress;
    quell_cancel *cancel;
    void *callback_context;
    const char *answers; /* CSV of what people answered; NULL: none */
};
#define QUELL_TREAT_OPTIONS_INIT                                                                   \
    ((struct quell_treat_options){.size = sizeof(struct quell_treat_options),                      \
                                  .paths = QUELL_PATHS_INIT})

typedef struct quell_treatment quell_treatment;

enum quell_status quell_treat(quell_session *session, const char *trial,
                              const struct quell_treat_options *options, quell_treatment **out);
void quell_treatment_free(quell_treatment *treatment);
/* The worklist of the next 24 hours; of one subject the calendar with every decision. */
enum quell_status quell_treatment_write(const quell_treatment *treatment, enum quell_format format,
                                        unsigned width, int colour, quell_sink *sink,
                                        void *context);
/* One self-contained HTML file that prints. */
enum quell_status quell_treatment_report(const quell_treatment *treatment, quell_sink *sink,
                                         void *context);

/* Writes a commented trial to start from into a folder that must not exist or be empty. */
enum quell_status quell_new(quell_session *session, const char *folder);

#ifdef __cplusplus
}
#endif

#endif
