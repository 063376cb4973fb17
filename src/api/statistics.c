/* stats: one statistical method on counts, numbers or columns of a CSV file. */
#include "api/session.h"
#include "report/stats_report.h"
#include "stats/frame.h"

/* A file is what is not counts or numbers. */
static enum quell_status take_operands(quell_session *session,
                                       const struct quell_stats_options *options,
                                       struct stats_request *request) {
    struct str *texts = session_texts(session, options->operands, options->operand_count);
    if (!texts) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    uint32_t counts = 0;
    for (size_t i = 0; i < options->operand_count; i++) {
        if (stats_is_operand(texts[i])) {
            texts[counts++] = texts[i];
            continue;
        }
        const struct source *source;
        if (request->frame) {
            (void)diag_in_file(&session->diags, DIAG_ST0004, STR_NONE, 0,
                               "'%.*s' is neither counts nor numbers, and a file was named already",
                               STR_ARG(texts[i]));
            return QUELL_USAGE;
        }
        enum quell_status status = session_source(session, options->operands[i], &source);
        if (status != QUELL_OK) {
            return status;
        }
        enum status read = frame_read(source, &session->arena, &session->diags, &request->frame);
        if (read != STATUS_OK) {
            return session_status(session, read);
        }
    }
    enum status status =
        stats_request_operands(request, texts, counts, &session->arena, &session->diags);
    return status == STATUS_USER_ERROR ? QUELL_USAGE : session_status(session, status);
}

static enum quell_status take_settings(quell_session *session,
                                       const struct quell_stats_options *options,
                                       struct stats_request *request) {
    for (size_t i = 0; i < options->setting_count; i++) {
        struct str name = str_from(options->settings[i].name);
        struct str value = arena_copy(&session->arena, str_from(options->settings[i].value));
        enum stats_option option = stats_option_find(name);
        if (!value.at) {
            return session_status(session, STATUS_NO_MEMORY);
        }
        if (option == STATS_OPTION_COUNT) {
            (void)diag_in_file(&session->diags, DIAG_ST0002, STR_NONE, 0,
                               "statistics have no option --%.*s", STR_ARG(name));
            return QUELL_USAGE;
        }
        enum status status =
            stats_request_set(request, option, value, &session->arena, &session->diags);
        if (status != STATUS_OK) {
            return status == STATUS_USER_ERROR ? QUELL_USAGE : session_status(session, status);
        }
    }
    return QUELL_OK;
}

static const struct stats_method *find_method(quell_session *session, const char *name) {
    const struct stats_method *method = stats_method_find(str_from(name));
    if (method) {
        return method;
    }
    struct diagnostic *d =
        diag_in_file(&session->diags, DIAG_ST0001, STR_NONE, 0, "there is no method '%s'", name);
    for (int i = 0; i < STATS_METHOD_COUNT; i++) {
        if (str_distance(str_from(stats_methods[i].name), str_from(name), 2) <= 2) {
            diag_hint(&session->diags, d, "did you mean %s?", stats_methods[i].name);
            return NULL;
        }
    }
    diag_hint(&session->diags, d, "`quell stats` lists them");
    return NULL;
}

static enum quell_status write_result(const struct stats_view *view,
                                      const struct quell_stats_options *options, quell_sink *sink,
                                      void *context) {
    struct buf out;
    buf_init(&out);
    switch (options->format) {
    case QUELL_TABLE:
        report_stats_table(view, &out);
        break;
    case QUELL_CSV:
        report_stats_csv(view, &out);
        break;
    case QUELL_JSON:
    case QUELL_NDJSON:
        report_stats_json(view, &out);
        break;
    }
    return session_put_buf(&out, sink, context);
}

static enum quell_status write_plot(quell_session *session, const struct stats_view *view,
                                    const struct quell_stats_options *options) {
    struct buf out;
    buf_init(&out);
    if (!report_stats_svg(view, &out)) {
        buf_release(&out);
        (void)diag_in_file(&session->diags, DIAG_ST0008, STR_NONE, 0, "%s has nothing to draw here",
                           view->result->method->name);
        return QUELL_OK;
    }
    return session_put_buf(&out, options->plot, options->plot_context);
}

enum quell_status quell_stats(quell_session *session, const char *name,
                              const struct quell_stats_options *options, quell_sink *sink,
                              void *context) {
    const struct stats_method *method = find_method(session, name);
    if (!method) {
        return QUELL_USAGE;
    }
    struct stats_request request;
    stats_request_init(&request, method);
    enum quell_status status = take_settings(session, options, &request);
    status = status == QUELL_OK ? take_operands(session, options, &request) : status;
    if (status != QUELL_OK) {
        return status;
    }
    const struct stats_result *result;
    enum status ran = stats_run(&request, &session->arena, &session->diags, &result);
    if (ran != STATUS_OK) {
        return session_status(session, ran);
    }
    struct stats_view view = {&request, result, str_from(quell_version()),
                              options->width ? options->width : 80, options->colour != 0};
    status = write_result(&view, options, sink, context);
    if (status == QUELL_OK && options->plot) {
        status = write_plot(session, &view, options);
    }
    return status == QUELL_OK && result->refusal.len ? QUELL_TEXT_ERROR : status;
}

enum quell_status quell_stats_methods(quell_session *session, const char *name,
                                      enum quell_format format, unsigned width, int colour,
                                      quell_sink *sink, void *context) {
    struct buf out;
    const struct stats_method *method = name ? find_method(session, name) : NULL;
    if (name && !method) {
        return QUELL_USAGE;
    }
    buf_init(&out);
    if (method) {
        report_stats_method(method, width, &out);
    } else if (format == QUELL_TABLE) {
        report_stats_methods(colour != 0, &out);
    } else {
        report_stats_methods_json(&out);
    }
    return session_put_buf(&out, sink, context);
}
