/* What a session holds: the arena of its texts and messages, and the helpers every call begins
 * with. */
#ifndef QUELL_API_SESSION_H
#define QUELL_API_SESSION_H

#include "base/file.h"
#include "diag/diag.h"
#include "quell/quell.h"
#include "record/population.h"
#include "value/value.h"

struct quell_session {
    struct arena arena;
    struct diag_list diags;
};

/* The public status of an inner one, with a message for what the messages do not say yet. */
enum quell_status session_status(quell_session *session, enum status status);
/* Reads a text and registers it as a source. A file that cannot be read is a message. */
enum quell_status session_source(quell_session *session, const char *path,
                                 const struct source **out);
/* The texts of an array; NULL on no memory. */
struct str *session_texts(quell_session *session, const char *const *list, size_t count);
/* Writes to a sink in one piece. */
enum quell_status session_put(struct str text, quell_sink *sink, void *context);
/* The same of a buffer, which is released; QUELL_WORLD when its memory had ended. */
enum quell_status session_put_buf(struct buf *buf, quell_sink *sink, void *context);
/* The clock's time in UTC, to the millisecond. */
struct datetime session_clock(void);
/* An ISO time of the command line; a message when it is none. NULL gives the clock's. */
enum quell_status session_time(quell_session *session, const char *option, const char *text,
                               struct datetime *out);

/* Errors and warnings so far. */
uint64_t session_said(const quell_session *session);
/* What a call that read records ends with. Whatever reading leaves out is an error or a warning:
 * under `strict` there may be none since `said_before`, else up to `bad_max` bad resources. */
enum quell_status session_left_out(const quell_session *session, uint64_t said_before, bool strict,
                                   uint64_t bad_max, const struct population *population);

#endif
