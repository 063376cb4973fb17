/* eval: plain CQL over records. */
#include "run/eval.h"

#include "api/loaded.h"
#include "cohort/cohort.h"
#include "value/datetime.h"

struct eval_call {
    quell_session *session;
    const struct quell_eval_options *options;
    quell_sink *sink;
    void *context;
    const char *phase;
};

static enum status to_sink(void *context, struct str lines) {
    const struct eval_call *call = context;
    return call->sink(call->context, lines.at, lines.len) == 0 ? STATUS_OK : STATUS_IO;
}

static void on_progress(void *context, uint64_t done, uint64_t all) {
    const struct eval_call *call = context;
    if (call->options->progress) {
        call->options->progress(call->options->callback_context, call->phase, done, all);
    }
}

static bool on_cancel(void *context) {
    const struct eval_call *call = context;
    return call->options->cancel && call->options->cancel(call->options->callback_context) != 0;
}

/* Nothing is lost silently: `eval` has no other place for these counts than its messages. */
static void say_left_out(quell_session *session, const struct population_counts *counts) {
    if (counts->bad + counts->unknown_type + counts->without_patient == 0) {
        return;
    }
    (void)diag_in_file(&session->diags, DIAG_DA0016, STR_NONE, 0,
                       "resources read: %llu; left out: %llu that cannot be used, %llu of an "
                       "unknown type, %llu without a patient",
                       (unsigned long long)counts->resources, (unsigned long long)counts->bad,
                       (unsigned long long)counts->unknown_type,
                       (unsigned long long)counts->without_patient);
}

static enum quell_status run_eval(struct eval_call *call, struct loaded *loaded,
                                  struct population **population) {
    quell_session *session = call->session;
    const struct quell_eval_options *options = call->options;
    struct eval_options eval = {
        .threads = options->threads,
        .progress = on_progress,
        .cancelled = on_cancel,
        .context = call,
    };
    enum quell_status status = session_time(session, "--now", options->now, &eval.now);
    if (status != QUELL_OK) {
        return status;
    }
    enum status inner = loaded_outputs(session, loaded->program, options->defines,
                                       options->define_count, &eval.outputs, &eval.output_count);
    if (inner != STATUS_OK) {
        return session_status(session, inner);
    }
    uint64_t said_before = session_said(session);
    if (options->data_count) {
        call->phase = "reading records";
        const struct fhir_options fhir = {
            .strict = options->strict != 0,
            .bad_max = options->bad_max,
            .offset_min = eval.now.offset_min,
            .threads = options->threads,
            .progress = on_progress,
            .cancelled = on_cancel,
            .context = call,
        };
        struct str *paths = session_texts(session, options->data, options->data_count);
        inner = paths ? cohort_read(paths, (uint32_t)options->data_count, plan_demand(loaded->plan),
                                    &fhir, &session->diags, population)
                      : STATUS_NO_MEMORY;
    }
    enum quell_status left_out =
        session_left_out(session, said_before, options->strict != 0, options->bad_max, *population);
    if (inner == STATUS_OK && *population) {
        say_left_out(session, population_counts(*population));
    }
    if (inner == STATUS_OK) {
        call->phase = "evaluating";
        inner = eval_run(loaded->plan, loaded->terms, *population, &eval, to_sink, call);
    }
    if (inner != STATUS_OK) {
        (void)session_status(session, inner);
        return QUELL_WORLD;
    }
    return left_out;
}

enum quell_status quell_eval(quell_session *session, const char *path,
                             const struct quell_eval_options *options, quell_sink *sink,
                             void *context) {
    struct eval_call call = {session, options, sink, context, ""};
    const struct loaded_options cql = {
        .paths = &options->paths,
        .defines = options->defines,
        .define_count = options->define_count,
        .parameters = options->parameters,
        .parameter_count = options->parameter_count,
        .link = true,
    };
    struct loaded loaded;
    struct population *population = NULL;
    enum quell_status status = loaded_cql(session, path, &cql, &loaded);
    if (status == QUELL_OK) {
        status = run_eval(&call, &loaded, &population);
    }
    population_free(population);
    loaded_release(&loaded);
    return status;
}
