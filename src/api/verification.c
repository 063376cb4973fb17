/* verify: what a publication printed, recomputed. */
#include "api/loaded.h"
#include "report/verify_report.h"
#include "value/ucum.h"

#include <errno.h>

/* FILE.yaml itself, or published.yaml in a trial's folder. */
static enum quell_status find_text(quell_session *session, const char *path,
                                   const struct source **out) {
    struct str file = str_from(path);
    if (file_kind(file) == FILE_FOLDER) {
        file = file_join(&session->arena, file, STR("published.yaml"));
    }
    return file.at ? session_source(session, file.at, out)
                   : session_status(session, STATUS_NO_MEMORY);
}

/* The analyte table of the shared library; *out stays NULL where there is none. */
static enum quell_status read_analytes(quell_session *session, struct str path,
                                       struct unit_table *units, struct analyte_table *table,
                                       const struct analyte_table **out) {
    const struct source *source = loaded_analytes(session, path);
    *out = NULL;
    if (!source) {
        return QUELL_OK;
    }
    enum status status = analyte_table_read(source, units, &session->arena, &session->diags, table);
    *out = status == STATUS_OK ? table : NULL;
    return session_status(session, status);
}

static enum quell_status write_result(const struct verify_result *result,
                                      const struct quell_verify_options *options, quell_sink *sink,
                                      void *context) {
    struct buf out;
    buf_init(&out);
    switch (options->format) {
    case QUELL_TABLE:
        report_verify_table(result, options->width ? options->width : 80, options->colour != 0,
                            &out);
        break;
    case QUELL_CSV:
        report_verify_csv(result, &out);
        break;
    case QUELL_JSON:
    case QUELL_NDJSON:
        report_verify_json(result, &out);
        break;
    }
    return session_put_buf(&out, sink, context);
}

enum quell_status quell_verify(quell_session *session, const char *path,
                               const struct quell_verify_options *options, quell_sink *sink,
                               void *context) {
    const struct source *source = NULL;
    struct unit_table *units = NULL;
    enum quell_status status = find_text(session, path, &source);
    if (status != QUELL_OK) {
        return status;
    }
    if (unit_table_new(NULL, &units) != STATUS_OK) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    struct analyte_table table;
    const struct analyte_table *analytes;
    struct verify_result *result = NULL;
    status = read_analytes(session, source->name, units, &table, &analytes);
    if (status == QUELL_OK) {
        status = session_status(
            session, verify_published(source, analytes, &session->arena, &session->diags, &result));
    }
    if (status == QUELL_OK && result) {
        status = write_result(result, options, sink, context);
        if (status == QUELL_OK && result->by_verdict[VERDICT_INCONSISTENT]) {
            status = QUELL_TEXT_ERROR;
        }
    }
    unit_table_free(units);
    return status;
}
