/* check and plan: what is wrong with a text, and what it compiles to. */
#include "api/loaded.h"

#include "elm/elm.h"
#include "trial/allocation_design.h"
#include "trial/doubt.h"

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

static enum quell_status load(quell_session *session, const char *path,
                              const struct quell_paths *paths, struct loaded *out) {
    if (loaded_is_trial(path)) {
        const struct loaded_trial_options trial = {.paths = paths, .readings = true};
        return loaded_trial(session, path, &trial, out);
    }
    struct loaded_options cql = {.paths = paths};
    return loaded_cql(session, path, &cql, out);
}

/* A library of functions or of terms alone is for others, who use what it declares. */
static bool is_for_others(const struct library *library) {
    bool defines = false, functions = false;
    for (const struct definition *d = library->definitions; d; d = d->next) {
        defines = defines || !d->is_private;
    }
    for (const struct function *f = library->functions; f; f = f->next) {
        functions = functions || !f->is_private;
    }
    return library->name.len && (functions || !defines);
}

static enum quell_status check_doubts(quell_session *session, const struct loaded *loaded) {
    const struct doubt_options options = {.is_shared = !loaded->trial &&
                                                       is_for_others(loaded->program->main)};
    return session_status(session,
                          doubt_check(loaded->program, &options, &session->arena, &session->diags));
}

enum quell_status quell_check(quell_session *session, const char *path,
                              const struct quell_check_options *options, quell_sink *sink,
                              void *context) {
    struct loaded loaded;
    enum quell_status status = load(session, path, &options->paths, &loaded);
    if (status == QUELL_OK && loaded.trial) {
        status = session_status(
            session, trial_check_allocation(loaded.trial, &session->arena, &session->diags));
    }
    if (status == QUELL_OK) {
        status = check_doubts(session, &loaded);
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
                             const struct quell_paths *paths, enum quell_plan_form form,
                             quell_sink *sink, void *context) {
    struct loaded loaded;
    enum quell_status status = load(session, path, paths, &loaded);
    if (status == QUELL_OK && loaded.plan) {
        struct buf out;
        buf_init(&out);
        plan_print(loaded.plan, form == QUELL_PLAN_LEAN, &out);
        status = session_put_buf(&out, sink, context);
    }
    loaded_release(&loaded);
    return status;
}

static enum status elm_libraries(const struct program *program, bool all,
                                 const struct elm_options *options, struct arena *arena,
                                 struct buf *out) {
    enum status status = STATUS_OK;
    buf_add_cstr(out, all ? "[" : "");
    for (const struct library *l = program->main; l && status == STATUS_OK; l = l->next) {
        buf_add_cstr(out, !all ? "" : l == program->main ? "\n" : ",\n");
        status = elm_write(program, l, options, arena, out);
        if (!all) {
            break;
        }
    }
    buf_add_cstr(out, all ? "\n]\n" : "\n");
    return status == STATUS_OK ? buf_status(out) : status;
}

enum quell_status quell_elm(quell_session *session, const char *path,
                            const struct quell_elm_options *options, quell_sink *sink,
                            void *context) {
    static const enum elm_signatures levels[] = {[QUELL_SIGNATURES_OVERLOADS] =
                                                     ELM_SIGNATURES_OVERLOADS,
                                                 [QUELL_SIGNATURES_NONE] = ELM_SIGNATURES_NONE,
                                                 [QUELL_SIGNATURES_ALL] = ELM_SIGNATURES_ALL};
    const struct elm_options elm = {levels[options->signatures], options->result_types != 0};
    struct loaded loaded;
    enum quell_status status = load(session, path, &options->paths, &loaded);
    if (status == QUELL_OK) {
        struct buf out;
        buf_init(&out);
        bool trial = loaded_is_trial(path);
        status = session_status(session,
                                elm_libraries(loaded.program, trial, &elm, &session->arena, &out));
        if (status == QUELL_OK) {
            status = session_put(buf_str(&out), sink, context);
        }
        buf_release(&out);
    }
    loaded_release(&loaded);
    return status;
}
