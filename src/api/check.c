/* check and plan: what is wrong with a text, and what it compiles to. */
#include "api/loaded.h"
#include "trial/allocation_design.h"

static void assumptions_table(const struct trial *trial, struct buf *out) {
    if (trial->assumption_count == 0) {
        buf_add_cstr(out, "Everything in this trial is stated in its source.\n");
        return;
    }
    buf_add_format(out, "%u items that the source does not state:\n", trial->assumption_count);
    for (uint32_t i = 0; i < trial->assumption_count; i++) {
        const struct trial_assumption *item = &trial->assumptions[i];
        buf_add_format(out, "\n%.*s: %s\n", STR_ARG(item->where), trial_status_word(item->status));
        if (item->what.len) {
            buf_add_cstr(out, "    ");
            buf_add(out, item->what);
            buf_add_char(out, '\n');
        }
        if (item->note.len) {
            buf_add_wrapped(out, item->note, 79);
        }
        if (item->source.len) {
            buf_add_cstr(out, "    source: ");
            buf_add(out, item->source);
            buf_add_char(out, '\n');
        }
    }
}

static void assumptions_json(const struct trial *trial, struct buf *out) {
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < trial->assumption_count; i++) {
        const struct trial_assumption *item = &trial->assumptions[i];
        buf_add_format(out, "%s{\"status\":\"%s\",\"where\":", i ? "," : "",
                       trial_status_word(item->status));
        buf_add_json(out, item->where);
        buf_add_cstr(out, ",\"what\":");
        buf_add_json(out, item->what);
        buf_add_cstr(out, ",\"note\":");
        buf_add_json(out, item->note);
        buf_add_cstr(out, ",\"source\":");
        buf_add_json(out, item->source);
        buf_add_char(out, '}');
    }
    buf_add_cstr(out, "]\n");
}

enum quell_status quell_check(quell_session *session, const char *path,
                              const struct quell_check_options *options, quell_sink *sink,
                              void *context) {
    struct loaded loaded;
    enum quell_status status;
    if (loaded_is_trial(path)) {
        struct loaded_trial_options trial = {.paths = &options->paths};
        status = loaded_trial(session, path, &trial, &loaded);
        if (status == QUELL_OK) {
            status = session_status(
                session, trial_check_allocation(loaded.trial, &session->arena, &session->diags));
        }
    } else {
        struct loaded_options cql = {.paths = &options->paths};
        status = loaded_cql(session, path, &cql, &loaded);
    }
    if (options->assumptions && loaded.trial && status == QUELL_OK) {
        struct buf out;
        buf_init(&out);
        if (options->format == QUELL_TABLE) {
            assumptions_table(loaded.trial, &out);
        } else {
            assumptions_json(loaded.trial, &out);
        }
        status = session_put_buf(&out, sink, context);
    }
    loaded_release(&loaded);
    return status;
}

enum quell_status quell_plan(quell_session *session, const char *path,
                             const struct quell_paths *paths, quell_sink *sink, void *context) {
    struct loaded loaded;
    enum quell_status status;
    if (loaded_is_trial(path)) {
        struct loaded_trial_options trial = {.paths = paths};
        status = loaded_trial(session, path, &trial, &loaded);
    } else {
        struct loaded_options cql = {.paths = paths};
        status = loaded_cql(session, path, &cql, &loaded);
    }
    if (status == QUELL_OK && loaded.plan) {
        struct buf out;
        buf_init(&out);
        plan_print(loaded.plan, &out);
        status = session_put_buf(&out, sink, context);
    }
    loaded_release(&loaded);
    return status;
}
