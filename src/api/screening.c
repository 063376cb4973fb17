/* screen: a trial over records, and what is drawn of it. */
#include "api/loaded.h"
#include "base/mem.h"
#include "cohort/cohort.h"
#include "report/report.h"
#include "value/datetime.h"

enum { ARGUMENTS_SHOWN_MAX = 8 };

struct quell_screening {
    quell_session *session;
    struct arena arena;
    struct loaded loaded;
    struct population *population;
    struct answers *answers;
    struct screen_result *result;
    struct str arguments[ARGUMENTS_SHOWN_MAX];
    uint32_t argument_count;
};

/* The callbacks of the public options, for the stages that have their own form of them. */
struct callbacks {
    const struct quell_screen_options *options;
    const char *phase;
};

static void on_progress(void *context, uint64_t done, uint64_t all) {
    const struct callbacks *callbacks = context;
    if (callbacks->options->progress) {
        callbacks->options->progress(callbacks->options->callback_context, callbacks->phase, done,
                                     all);
    }
}

static bool on_cancel(void *context) {
    const struct callbacks *callbacks = context;
    return callbacks->options->cancel &&
           callbacks->options->cancel(callbacks->options->callback_context) != 0;
}

static enum status read_records(quell_screening *screening,
                                const struct quell_screen_options *options) {
    struct callbacks callbacks = {options, "reading records"};
    struct fhir_options fhir = {
        .threads = options->threads,
        .strict = options->strict != 0,
        .bad_max = options->bad_max,
        .progress = on_progress,
        .cancelled = on_cancel,
        .context = &callbacks,
    };
    struct str *paths = ARENA_ARRAY(&screening->arena, options->data_count, struct str);
    if (!paths) {
        return STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < options->data_count; i++) {
        paths[i] = str_from(options->data[i]);
    }
    return cohort_read(paths, (uint32_t)options->data_count, plan_demand(screening->loaded.plan),
                       &fhir, &screening->session->diags, &screening->population);
}

static instant_ms instant(const struct datetime *time) {
    return datetime_last_ms(time, 0);
}

static enum quell_status screen_options_of(quell_session *session,
                                           const struct quell_screen_options *options,
                                           struct callbacks *callbacks,
                                           struct screen_options *out) {
    static const enum screen_ids ids[] = {
        [QUELL_IDS_PSEUDONYM] = SCREEN_PSEUDONYMS,
        [QUELL_IDS_MRN] = SCREEN_MRN,
        [QUELL_IDS_NONE] = SCREEN_COUNTS_ONLY,
    };
    struct datetime clock = session_clock();
    *out = (struct screen_options){
        .mode = options->sweep   ? SCREEN_SWEEP
                : options->since ? SCREEN_SINCE
                                 : SCREEN_AT,
        .at = INSTANT_MAX,
        .now = instant(&clock),
        .ids = ids[options->ids],
        .evidence = options->evidence != 0,
        .threads = options->threads,
        .progress = on_progress,
        .cancelled = on_cancel,
        .context = callbacks,
    };
    struct datetime time;
    if (options->at) {
        enum quell_status status = session_time(session, "--at", options->at, &time);
        if (status != QUELL_OK) {
            return status;
        }
        out->at = instant(&time);
    }
    if (options->since) {
        enum quell_status status = session_time(session, "--since", options->since, &time);
        if (status != QUELL_OK) {
            return status;
        }
        out->since = instant(&time);
    }
    return QUELL_OK;
}

/* The arguments that decide the result, for provenance: no paths of records, no thread counts. */
static void note_arguments(quell_screening *screening, const struct quell_screen_options *options) {
    const struct {
        const char *name;
        const char *value;
    } rows[] = {
        {"--at", options->at},
        {"--sweep", options->sweep ? "" : NULL},
        {"--since", options->since},
        {"--site", options->site},
        {"--answers", options->answers ? "(given)" : NULL},
        {"--strict", options->strict ? "" : NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].value) {
            screening->arguments[screening->argument_count++] =
                arena_format(&screening->arena, "%s%s%s", rows[i].name, rows[i].value[0] ? " " : "",
                             rows[i].value);
        }
    }
}

static enum quell_status run_screening(quell_screening *screening, const char *trial,
                                       const struct quell_screen_options *options) {
    quell_session *session = screening->session;
    struct callbacks callbacks = {options, "screening"};
    struct screen_options screen;
    enum quell_status status = screen_options_of(session, options, &callbacks, &screen);
    if (status != QUELL_OK) {
        return status;
    }
    const struct loaded_trial_options wanted = {
        .paths = &options->paths, .site = options->site, .screening_only = true};
    status = loaded_trial(session, trial, &wanted, &screening->loaded);
    if (status == QUELL_OK && options->answers) {
        status = loaded_answers(session, &screening->loaded, options->answers, &screening->arena,
                                &screening->answers);
    }
    if (status != QUELL_OK) {
        return status;
    }
    uint64_t said_before = session_said(session);
    enum status inner = read_records(screening, options);
    enum quell_status left_out = session_left_out(session, said_before, options->strict != 0,
                                                  options->bad_max, screening->population);
    if (inner == STATUS_OK) {
        screen.answers = screening->answers;
        inner = screen_run(screening->loaded.trial, screening->population, &screen,
                           &screening->arena, &session->diags, &screening->result);
    }
    if (inner != STATUS_OK) {
        return session_status(session, inner);
    }
    note_arguments(screening, options);
    return left_out;
}

enum quell_status quell_screen(quell_session *session, const char *trial,
                               const struct quell_screen_options *options, quell_screening **out) {
    *out = NULL;
    quell_screening *screening = mem_new(1, sizeof *screening);
    if (!screening) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    screening->session = session;
    arena_init(&screening->arena, 0);
    enum quell_status status = run_screening(screening, trial, options);
    if (screening->result) {
        *out = screening;
    } else {
        quell_screening_free(screening);
    }
    return status;
}

void quell_screening_free(quell_screening *screening) {
    if (screening) {
        screen_release(screening->result);
        population_free(screening->population);
        loaded_release(&screening->loaded);
        arena_release(&screening->arena);
        mem_free(screening);
    }
}

static enum quell_eligibility eligibility(enum subject_status status) {
    static const enum quell_eligibility map[SUBJECT_STATUS_COUNT] = {
        [SUBJECT_ELIGIBLE] = QUELL_ELIGIBLE,
        [SUBJECT_PENDING_HUMAN] = QUELL_PENDING_HUMAN,
        [SUBJECT_UNDECIDED] = QUELL_UNDECIDED,
        [SUBJECT_NOT_ELIGIBLE] = QUELL_NOT_ELIGIBLE,
    };
    return map[status];
}

void quell_screening_counts(const quell_screening *screening, struct quell_screen_counts *counts) {
    counts->patients = screening->result->patients;
    for (int i = 0; i < SUBJECT_STATUS_COUNT; i++) {
        counts->by_status[eligibility((enum subject_status)i)] = screening->result->by_status[i];
    }
}

const char *quell_screening_subject(const quell_screening *screening, uint64_t i,
                                    enum quell_eligibility *status) {
    if (i >= screening->result->subject_count) {
        return NULL;
    }
    const struct screen_subject *subject = &screening->result->subjects[i];
    *status = eligibility(subject->status);
    return subject->id.at;
}

static struct report_context context_of(const quell_screening *screening) {
    return (struct report_context){
        .result = screening->result,
        .diags = &screening->session->diags,
        .version = str_from(quell_version()),
        .notice = str_from(quell_notice()),
        .argument_count = screening->argument_count,
        .arguments = screening->arguments,
    };
}

enum quell_status quell_screening_write(const quell_screening *screening, enum quell_format format,
                                        unsigned width, int colour, quell_sink *sink,
                                        void *context) {
    struct report_context report = context_of(screening);
    struct buf out;
    buf_init(&out);
    switch (format) {
    case QUELL_TABLE:
        report_screen_table(&report, width, colour != 0, &out);
        break;
    case QUELL_JSON:
        report_screen_json(&report, &out);
        break;
    case QUELL_NDJSON:
        report_screen_ndjson(&report, &out);
        break;
    case QUELL_CSV:
        report_screen_csv(&report, &out);
        break;
    }
    return session_put_buf(&out, sink, context);
}

enum quell_status quell_screening_explain(const quell_screening *screening, const char *id,
                                          enum quell_format format, unsigned width, int colour,
                                          quell_sink *sink, void *context) {
    struct report_context report = context_of(screening);
    struct buf out;
    buf_init(&out);
    bool found = format == QUELL_TABLE
                     ? report_explain(&report, str_from(id), width, colour != 0, &out)
                     : report_explain_json(&report, str_from(id), &out);
    if (!found) {
        buf_release(&out);
        struct diag_list *diags = &screening->session->diags;
        struct diagnostic *d =
            diag_in_file(diags, DIAG_DA0003, STR_NONE, 0, "no subject has the id '%s'", id);
        diag_hint(diags, d,
                  "ids are as the table prints them; with --ids mrn, those of the records");
        return QUELL_USAGE;
    }
    return session_put_buf(&out, sink, context);
}

enum quell_status quell_screening_report(const quell_screening *screening, quell_sink *sink,
                                         void *context) {
    struct report_context report = context_of(screening);
    struct buf out;
    buf_init(&out);
    report_screen_html(&report, &out);
    return session_put_buf(&out, sink, context);
}
