/* index: a cohort cache of records. */
#include "cohort/cohort.h"

#include "api/session.h"

static void on_progress(void *context, uint64_t done, uint64_t all) {
    const struct quell_index_options *options = context;
    if (options->progress) {
        options->progress(options->callback_context, "reading records", done, all);
    }
}

static bool on_cancel(void *context) {
    const struct quell_index_options *options = context;
    return options->cancel && options->cancel(options->callback_context) != 0;
}

enum quell_status quell_index(quell_session *session, const char *const *data, size_t data_count,
                              const char *file, const struct quell_index_options *options,
                              struct quell_index_summary *summary) {
    struct quell_index_options copy = *options;
    const struct fhir_options fhir = {
        .strict = options->strict != 0,
        .bad_max = options->bad_max,
        .threads = options->threads,
        .progress = on_progress,
        .cancelled = on_cancel,
        .context = &copy,
    };
    struct str *paths = session_texts(session, data, data_count);
    if (!paths) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    uint64_t said_before = session_said(session);
    struct cohort_summary made;
    enum status status = cohort_index(paths, (uint32_t)data_count, str_from(file),
                                      options->append != 0, &fhir, &session->diags, &made);
    *summary = (struct quell_index_summary){
        .files = made.counts.files,
        .resources = made.counts.resources,
        .patients = made.patients,
        .left_out = made.counts.bad + made.counts.unknown_type,
        .bytes_read = made.counts.bytes,
        .bytes = made.bytes,
        .segments = made.segments,
    };
    enum quell_status result = session_status(session, status);
    bool left_out = session_said(session) != said_before;
    return result == QUELL_OK && options->strict && left_out ? QUELL_LEFT_OUT : result;
}
