#include "api/session.h"

#include "base/limits.h"
#include "base/mem.h"
#include "value/datetime.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#ifndef QUELL_VERSION
#define QUELL_VERSION "0"
#endif

const char *quell_version(void) {
    return QUELL_VERSION;
}

const char *quell_notice(void) {
    return "For research use. Quell is no medical device and replaces nobody's judgement.";
}

quell_session *quell_session_new(void) {
    quell_session *session = mem_new(1, sizeof *session);
    if (session) {
        arena_init(&session->arena, 0);
        diag_init(&session->diags, &session->arena);
    }
    return session;
}

void quell_session_free(quell_session *session) {
    if (session) {
        arena_release(&session->arena);
        mem_free(session);
    }
}

enum quell_status session_put(struct str text, quell_sink *sink, void *context) {
    return sink(context, text.at ? text.at : "", text.len) == 0 ? QUELL_OK : QUELL_WORLD;
}

enum quell_status session_put_buf(struct buf *buf, quell_sink *sink, void *context) {
    enum quell_status status =
        buf_status(buf) == STATUS_OK ? session_put(buf_str(buf), sink, context) : QUELL_WORLD;
    buf_release(buf);
    return status;
}

enum quell_status session_status(quell_session *session, enum status status) {
    status = session->diags.out_of_memory ? STATUS_NO_MEMORY : status;
    switch (status) {
    case STATUS_OK:
        return diag_has_errors(&session->diags) ? QUELL_TEXT_ERROR : QUELL_OK;
    case STATUS_USER_ERROR:
        return QUELL_TEXT_ERROR;
    case STATUS_NO_MEMORY:
    case STATUS_IO:
    case STATUS_LIMIT:
    case STATUS_CANCELLED:
        if (!diag_has_errors(&session->diags)) {
            (void)diag_in_file(&session->diags, DIAG_DA0002, STR_NONE, 0, "%s",
                               status_text(status));
        }
        return QUELL_WORLD;
    }
    return QUELL_WORLD;
}

enum quell_status session_source(quell_session *session, const char *path,
                                 const struct source **out) {
    struct str text = STR_NONE;
    struct str name = arena_copy(&session->arena, str_from(path));
    enum status status = name.at ? file_read(name, &session->arena, &text) : STATUS_NO_MEMORY;
    if (status == STATUS_IO) {
        (void)diag_in_file(&session->diags, DIAG_DA0001, name, 0, "%s", strerror(errno));
        return QUELL_WORLD;
    }
    if (status == STATUS_LIMIT) {
        (void)diag_in_file(&session->diags, DIAG_CQ0010, name, 0,
                           "the file has more than %u bytes, which is no text that people write",
                           LIMIT_SOURCE_BYTES);
        return QUELL_TEXT_ERROR;
    }
    *out = status == STATUS_OK ? diag_source(&session->diags, name, text) : NULL;
    return *out ? QUELL_OK
                : session_status(session, status == STATUS_OK ? STATUS_NO_MEMORY : status);
}

struct str *session_texts(quell_session *session, const char *const *list, size_t count) {
    struct str *out = ARENA_ARRAY(&session->arena, count, struct str);
    for (size_t i = 0; out && i < count; i++) {
        out[i] = str_from(list[i]);
    }
    return out;
}

enum quell_status quell_messages(quell_session *session, enum quell_format format, int colour,
                                 quell_sink *sink, void *context) {
    struct buf out;
    buf_init(&out);
    if (format == QUELL_TABLE) {
        diag_print_all(&session->diags, colour != 0, &out);
    } else {
        diag_print_json(&session->diags, &out);
        buf_add_char(&out, '\n');
    }
    enum quell_status status =
        buf_status(&out) == STATUS_OK ? session_put(buf_str(&out), sink, context) : QUELL_WORLD;
    buf_release(&out);
    return status;
}

uint64_t quell_error_count(const quell_session *session) {
    return session->diags.counts[SEVERITY_ERROR];
}

uint64_t quell_warning_count(const quell_session *session) {
    return session->diags.counts[SEVERITY_WARNING];
}

struct datetime session_clock(void) {
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return datetime_from_ms((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, 0);
}

enum quell_status session_time(quell_session *session, const char *option, const char *text,
                               struct datetime *out) {
    if (!text) {
        *out = session_clock();
        return QUELL_OK;
    }
    if (datetime_parse(str_from(text), out)) {
        if (out->offset_min == OFFSET_OF_REQUEST) {
            out->offset_min = 0;
        }
        return QUELL_OK;
    }
    struct diagnostic *d = diag_in_file(&session->diags, DIAG_DA0003, STR_NONE, 0,
                                        "%s takes a time, not '%s'", option, text);
    diag_hint(&session->diags, d, "write it as 2021-03-01T07:00:00+01:00");
    return QUELL_USAGE;
}

uint64_t session_said(const quell_session *session) {
    return session->diags.counts[SEVERITY_ERROR] + session->diags.counts[SEVERITY_WARNING];
}

enum quell_status session_left_out(const quell_session *session, uint64_t said_before, bool strict,
                                   uint64_t bad_max, const struct population *population) {
    bool over = bad_max && population && population_counts(population)->bad > bad_max;
    return over || (strict && session_said(session) > said_before) ? QUELL_LEFT_OUT : QUELL_OK;
}
