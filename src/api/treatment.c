/* treat: what subjects get, and what is drawn of it. */
#include "api/loaded.h"
#include "base/mem.h"
#include "cohort/cohort.h"
#include "report/report_treat.h"
#include "value/datetime.h"

enum { ARGUMENTS_SHOWN_MAX = 8 };

struct quell_treatment {
    quell_session *session;
    struct arena arena;
    struct loaded loaded;
    struct population *population;
    struct arms *arms;
    struct answers *answers;
    struct treat_result *result;
    struct str arguments[ARGUMENTS_SHOWN_MAX];
    uint32_t argument_count;
};

/* The callbacks of the public options, for the stages that have their own form of them. */
struct callbacks {
    const struct quell_treat_options *options;
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

static enum status read_records(quell_treatment *treatment,
                                const struct quell_treat_options *options) {
    struct callbacks callbacks = {options, "reading records"};
    struct fhir_options fhir = {
        .threads = options->threads,
        .strict = options->strict != 0,
        .bad_max = options->bad_max,
        .progress = on_progress,
        .cancelled = on_cancel,
        .context = &callbacks,
    };
    struct str *paths = ARENA_ARRAY(&treatment->arena, options->data_count, struct str);
    if (!paths) {
        return STATUS_NO_MEMORY;
    }
    for (size_t i = 0; i < options->data_count; i++) {
        paths[i] = str_from(options->data[i]);
    }
    return cohort_read(paths, (uint32_t)options->data_count, plan_demand(treatment->loaded.plan),
                       &fhir, &treatment->session->diags, &treatment->population);
}

static enum quell_status read_arms(quell_treatment *treatment, const char *path) {
    const struct source *source = NULL;
    enum quell_status status = session_source(treatment->session, path, &source);
    if (status != QUELL_OK) {
        return status;
    }
    struct diag_list *diags = &treatment->session->diags;
    enum status inner =
        arms_read(source, treatment->loaded.trial, &treatment->arena, diags, &treatment->arms);
    /* A list that says something wrong treats nobody: the rest might be wrong too. */
    return session_status(treatment->session,
                          inner == STATUS_OK && diag_has_errors(diags) ? STATUS_USER_ERROR : inner);
}

static enum quell_status treat_options_of(quell_session *session,
                                          const struct quell_treat_options *options,
                                          struct callbacks *callbacks, struct treat_options *out) {
    struct datetime clock = session_clock();
    *out = (struct treat_options){
        .at = INSTANT_MAX,
        .now = datetime_last_ms(&clock, 0),
        .subject = options->subject ? str_from(options->subject) : STR_NONE,
        .evidence = options->evidence != 0,
        .own_ids = options->ids == QUELL_IDS_MRN,
        .threads = options->threads,
        .progress = on_progress,
        .cancelled = on_cancel,
        .context = callbacks,
    };
    if (options->at) {
        struct datetime time;
        enum quell_status status = session_time(session, "--at", options->at, &time);
        if (status != QUELL_OK) {
            return status;
        }
        out->at = datetime_last_ms(&time, 0);
    }
    return QUELL_OK;
}

static void note_arguments(quell_treatment *treatment, const struct quell_treat_options *options) {
    const struct {
        const char *name;
        const char *value;
    } rows[] = {
        {"--at", options->at},
        {"--site", options->site},
        {"--arms", options->arms ? "(given)" : NULL},
        {"--answers", options->answers ? "(given)" : NULL},
        {"--subject", options->subject ? "(given)" : NULL},
        {"--strict", options->strict ? "" : NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].value) {
            treatment->arguments[treatment->argument_count++] =
                arena_format(&treatment->arena, "%s%s%s", rows[i].name, rows[i].value[0] ? " " : "",
                             rows[i].value);
        }
    }
}

static enum quell_status check_subject(quell_treatment *treatment, const char *subject) {
    if (!subject || treatment->result->subject_count) {
        return QUELL_OK;
    }
    struct diag_list *diags = &treatment->session->diags;
    struct diagnostic *d =
        diag_in_file(diags, DIAG_DA0003, STR_NONE, 0,
                     "no subject of the trial has the id '%s' at this time", subject);
    diag_hint(diags, d, "ids are as the list prints them; with --ids mrn, those of the records");
    return QUELL_USAGE;
}

static enum quell_status run_treatment(quell_treatment *treatment, const char *trial,
                                       const struct quell_treat_options *options) {
    quell_session *session = treatment->session;
    struct callbacks callbacks = {options, "following subjects"};
    struct treat_options treat;
    enum quell_status status = treat_options_of(session, options, &callbacks, &treat);
    const struct loaded_trial_options wanted = {.paths = &options->paths, .site = options->site};
    if (status == QUELL_OK) {
        status = loaded_trial(session, trial, &wanted, &treatment->loaded);
    }
    if (status == QUELL_OK && options->arms) {
        status = read_arms(treatment, options->arms);
    }
    if (status == QUELL_OK && options->answers) {
        status = loaded_answers(session, &treatment->loaded, options->answers, &treatment->arena,
                                &treatment->answers);
    }
    if (status != QUELL_OK) {
        return status;
    }
    uint64_t said_before = session_said(session);
    enum status inner = read_records(treatment, options);
    enum quell_status left_out = session_left_out(session, said_before, options->strict != 0,
                                                  options->bad_max, treatment->population);
    if (inner == STATUS_OK) {
        treat.arms = treatment->arms;
        treat.answers = treatment->answers;
        inner = treat_run(treatment->loaded.trial, treatment->population, &treat, &treatment->arena,
                          &session->diags, &treatment->result);
    }
    if (inner != STATUS_OK) {
        return session_status(session, inner);
    }
    note_arguments(treatment, options);
    status = check_subject(treatment, options->subject);
    return status != QUELL_OK ? status : left_out;
}

enum quell_status quell_treat(quell_session *session, const char *trial,
                              const struct quell_treat_options *options, quell_treatment **out) {
    *out = NULL;
    quell_treatment *treatment = mem_new(1, sizeof *treatment);
    if (!treatment) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    treatment->session = session;
    arena_init(&treatment->arena, 0);
    enum quell_status status = run_treatment(treatment, trial, options);
    if (treatment->result && (status == QUELL_OK || status == QUELL_LEFT_OUT)) {
        *out = treatment;
    } else {
        quell_treatment_free(treatment);
    }
    return status;
}

void quell_treatment_free(quell_treatment *treatment) {
    if (treatment) {
        treat_release(treatment->result);
        population_free(treatment->population);
        loaded_release(&treatment->loaded);
        arena_release(&treatment->arena);
        mem_free(treatment);
    }
}

static struct treat_context context_of(const quell_treatment *treatment) {
    return (struct treat_context){
        .result = treatment->result,
        .diags = &treatment->session->diags,
        .version = str_from(quell_version()),
        .notice = str_from(quell_notice()),
        .argument_count = treatment->argument_count,
        .arguments = treatment->arguments,
    };
}

enum quell_status quell_treatment_write(const quell_treatment *treatment, enum quell_format format,
                                        unsigned width, int colour, quell_sink *sink,
                                        void *context) {
    struct treat_context report = context_of(treatment);
    struct buf out;
    buf_init(&out);
    switch (format) {
    case QUELL_TABLE:
        report_treat_table(&report, width, colour != 0, &out);
        break;
    case QUELL_JSON:
    case QUELL_NDJSON:
        report_treat_json(&report, &out);
        break;
    case QUELL_CSV:
        report_treat_csv(&report, &out);
        break;
    }
    return session_put_buf(&out, sink, context);
}

enum quell_status quell_treatment_report(const quell_treatment *treatment, quell_sink *sink,
                                         void *context) {
    struct treat_context report = context_of(treatment);
    struct buf out;
    buf_init(&out);
    report_treat_html(&report, &out);
    return session_put_buf(&out, sink, context);
}
