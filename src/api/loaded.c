#include "api/loaded.h"

#include "library_places.h"

#include "exec/machine.h"
#include "run/eval.h"
#include "run/text_files.h"
#include "trial/limit_words.h"

#include <stdlib.h>

static bool is_folder(struct str path) {
    return path.len && file_kind(path) == FILE_FOLDER;
}

/* The shared logic: $QUELL_DATA/library, beside the trial, where it was installed, or in the tree
 * this library was built from. Empty when there is none. */
static struct str find_library(quell_session *session, struct str folder) {
    struct arena *arena = &session->arena;
    const char *data = getenv("QUELL_DATA");
    struct str places[] = {
        data ? file_join(arena, str_from(data), STR("library")) : STR_NONE,
        file_join(arena, folder, STR("../library")),
        STR(QUELL_INSTALLED_LIBRARY),
        STR(QUELL_SOURCE_LIBRARY),
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (is_folder(places[i])) {
            return places[i];
        }
    }
    return STR_NONE;
}

static struct str trial_folder(struct str path) {
    return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml")) ? file_folder(path) : path;
}

bool loaded_is_trial(const char *path) {
    struct str text = str_from(path);
    return !str_equal(trial_folder(text), text) || is_folder(text);
}

static enum quell_status no_trial(quell_session *session, struct str path) {
    struct diag_list *diags = &session->diags;
    if (file_kind(path) == FILE_REGULAR) {
        struct diagnostic *d = diag_in_file(diags, DIAG_DA0001, path, 0, "this is no trial");
        diag_hint(diags, d, "a trial is a folder with a trial.yaml: name the folder%s",
                  str_ends(path, STR(".cql")) ? "; plain CQL runs with `quell eval`" : "");
        return QUELL_WORLD;
    }
    struct diagnostic *d =
        diag_in_file(diags, DIAG_DA0001, path, 0, "there is no such trial folder");
    diag_hint(diags, d,
              "a trial is a folder with a trial.yaml; `quell new %.*s` makes one to start from",
              STR_ARG(path));
    return QUELL_WORLD;
}

enum quell_status loaded_trial(quell_session *session, const char *path,
                               const struct loaded_trial_options *wanted, struct loaded *out) {
    const struct quell_paths *paths = wanted->paths;
    *out = (struct loaded){0};
    struct str given = str_from(path);
    struct str folder = trial_folder(given);
    bool is_yaml = !str_equal(folder, given);
    if (!is_folder(folder) || (is_yaml && file_kind(given) != FILE_REGULAR)) {
        return no_trial(session, given);
    }
    struct trial_options options = {
        .include_folders = session_texts(session, paths->include, paths->include_count),
        .include_count = (uint32_t)paths->include_count,
        .library_folder = find_library(session, folder),
        .valueset_folders = session_texts(session, paths->valuesets, paths->valueset_count),
        .valueset_count = (uint32_t)paths->valueset_count,
        .site = wanted->site ? str_from(wanted->site) : STR_NONE,
        .screening_only = wanted->screening_only,
        .readings = wanted->readings,
    };
    if (!options.include_folders || !options.valueset_folders) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    enum status status = trial_load(given, &options, &session->arena, &session->diags, &out->trial);
    if (status == STATUS_OK && out->trial) {
        out->program = out->trial->program;
        out->plan = out->trial->plan;
        out->terms = out->trial->terms;
        if (wanted->site && trial_find_site(out->trial, options.site) == UINT16_MAX) {
            return QUELL_USAGE;
        }
    }
    return session_status(session, status);
}

/* The folders that included libraries are looked for in. */
static enum status library_folders(quell_session *session, struct str path,
                                   const struct quell_paths *paths, struct library_files *out) {
    struct str *folders = ARENA_ARRAY(&session->arena, paths->include_count + 2, struct str);
    if (!folders) {
        return STATUS_NO_MEMORY;
    }
    uint32_t count = 0;
    folders[count++] = file_folder(path);
    for (size_t i = 0; i < paths->include_count; i++) {
        folders[count++] = str_from(paths->include[i]);
    }
    struct str library = find_library(session, file_folder(path));
    if (library.len) {
        folders[count++] = library;
    }
    *out = (struct library_files){.folder_count = count, .folders = folders};
    return STATUS_OK;
}

static enum status find_named(quell_session *session, const struct program *program,
                              const char *const *names, size_t count,
                              const struct definition **outputs) {
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        struct str name = str_from(names[i]);
        outputs[i] = program_find(program, name);
        if (outputs[i]) {
            continue;
        }
        struct diagnostic *d = diag_in_file(&session->diags, DIAG_DA0003, STR_NONE, 0,
                                            "the library defines no \"%.*s\"", STR_ARG(name));
        for (const struct definition *def = program->main->definitions; def; def = def->next) {
            if (str_distance(def->name, name, 3) <= 3) {
                diag_hint(&session->diags, d, "did you mean \"%.*s\"?", STR_ARG(def->name));
            }
        }
        status = STATUS_USER_ERROR;
    }
    return status;
}

enum status loaded_outputs(quell_session *session, const struct program *program,
                           const char *const *names, size_t count,
                           const struct definition *const **outputs, uint32_t *output_count) {
    if (count == 0) {
        return eval_public(program, &session->arena, outputs, output_count);
    }
    const struct definition **found =
        ARENA_ARRAY(&session->arena, count, const struct definition *);
    if (!found) {
        return STATUS_NO_MEMORY;
    }
    *outputs = found;
    *output_count = (uint32_t)count;
    return find_named(session, program, names, count, found);
}

/* Evaluates an expression that needs no records; the machine keeps the value. */
static enum quell_status evaluate(quell_session *session, const struct terms *terms,
                                  struct loaded_constant *constant, struct value *out) {
    const struct program *program = constant->program;
    struct op_terminology terminology;
    terms_operations(terms, &terminology);
    struct plan_options options = {0};
    enum status status = plan_compile(program, &options, &session->diags, &constant->plan);
    if (status == STATUS_OK && !diag_has_errors(&session->diags)) {
        status = plan_link(constant->plan, terms, NULL, 0, &session->diags);
    }
    if (status == STATUS_OK && !diag_has_errors(&session->diags)) {
        status = machine_new(constant->plan, &terminology, &constant->machine);
    }
    if (status != STATUS_OK || diag_has_errors(&session->diags)) {
        return session_status(session, status);
    }
    machine_start(constant->machine, NULL, INSTANT_MAX, session_clock());
    status = machine_eval(constant->machine, program->main->definitions, out);
    const struct run_error *errors = NULL;
    if (machine_errors(constant->machine, &errors) > 0) {
        (void)diag_at(&session->diags, DIAG_DA0003, errors[0].span, "%.*s",
                      STR_ARG(errors[0].message));
    }
    return session_status(session, status);
}

/* "NAME=CQL", for the library that was loaded. */
static enum quell_status read_parameter(quell_session *session, const struct loaded *loaded,
                                        const struct library_loader *loader, const char *text,
                                        struct loaded_constant *constant,
                                        struct plan_argument *out) {
    const char *equals = strchr(text, '=');
    if (!equals) {
        struct diagnostic *d = diag_in_file(&session->diags, DIAG_DA0003, STR_NONE, 0,
                                            "--parameter takes NAME=CQL, not '%s'", text);
        diag_hint(&session->diags, d, "for example --parameter \"Limit=100 'mg/L'\"");
        return QUELL_USAGE;
    }
    out->name = (struct str){text, (size_t)(equals - text)};
    struct str name = arena_format(&session->arena, "--parameter %.*s", STR_ARG(out->name));
    const struct source *source =
        name.at ? diag_source(&session->diags, name, str_from(equals + 1)) : NULL;
    if (!source) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    enum status status = check_argument(source, loaded->program->main->source, loader,
                                        &session->arena, &session->diags, &constant->program);
    if (status != STATUS_OK || diag_has_errors(&session->diags)) {
        return session_status(session, status);
    }
    return evaluate(session, loaded->terms, constant, &out->value);
}

static enum quell_status link_plan(quell_session *session, const char *path,
                                   const struct loaded_options *options,
                                   const struct library_loader *loader, struct loaded *out) {
    struct arena *arena = &session->arena;
    size_t count = options->paths->valueset_count;
    struct str *sets = ARENA_ARRAY(arena, count + 1, struct str);
    struct plan_argument *arguments =
        ARENA_ARRAY(arena, options->parameter_count, struct plan_argument);
    out->constants = ARENA_ARRAY(arena, options->parameter_count, struct loaded_constant);
    if (!sets || !arguments || !out->constants) {
        return session_status(session, STATUS_NO_MEMORY);
    }
    for (size_t i = 0; i < count; i++) {
        sets[i] = str_from(options->paths->valuesets[i]);
    }
    struct str beside = file_join(arena, file_folder(str_from(path)), STR("valuesets"));
    if (is_folder(beside)) {
        sets[count++] = beside;
    }
    enum status status = terms_new(&out->terms);
    if (status == STATUS_OK) {
        status = terms_read_paths(out->terms, sets, (uint32_t)count, arena, &session->diags);
    }
    if (status == STATUS_OK) {
        status = terms_link(out->terms, &session->diags);
    }
    for (size_t i = 0; i < options->parameter_count && status == STATUS_OK; i++) {
        enum quell_status read =
            read_parameter(session, out, loader, options->parameters[i],
                           &out->constants[out->constant_count++], &arguments[i]);
        if (read != QUELL_OK) {
            return read;
        }
    }
    if (status == STATUS_OK) {
        status = plan_link(out->plan, out->terms, arguments, (uint32_t)options->parameter_count,
                           &session->diags);
    }
    return session_status(session, status);
}

const struct source *loaded_analytes(quell_session *session, struct str path) {
    struct str library = find_library(session, file_folder(path));
    struct str file =
        library.len ? file_join(&session->arena, library, STR("analytes.yaml")) : STR_NONE;
    const struct source *source = NULL;
    if (!file.at || file_kind(file) != FILE_REGULAR ||
        session_source(session, file.at, &source) != QUELL_OK) {
        return NULL;
    }
    return source;
}

/* Limits that cannot be meant, by the analyte table of the shared library where there is one. */
static enum status check_limits(quell_session *session, struct str path,
                                const struct program *program) {
    struct arena *arena = &session->arena;
    const struct source *source = loaded_analytes(session, path);
    if (!source) {
        return STATUS_OK;
    }
    struct analyte_table table;
    enum status status = analyte_table_read(source, program->units, arena, &session->diags, &table);
    return status == STATUS_OK ? limit_check_program(program, &table, NULL, arena, &session->diags)
                               : status;
}

enum quell_status loaded_cql(quell_session *session, const char *path,
                             const struct loaded_options *options, struct loaded *out) {
    *out = (struct loaded){0};
    const struct source *source = NULL;
    enum quell_status result = session_source(session, path, &source);
    if (result != QUELL_OK) {
        return result;
    }
    struct library_files files;
    struct library_loader loader;
    enum status status = library_folders(session, source->name, options->paths, &files);
    if (status == STATUS_OK) {
        library_files_loader(&files, &loader);
        status =
            check_program(source, &loader, &session->arena, &session->diags, &out->own_program);
    }
    result = session_status(session, status);
    if (result != QUELL_OK) {
        return result;
    }
    out->program = out->own_program;
    result = session_status(session, check_limits(session, source->name, out->program));
    if (result != QUELL_OK) {
        return result;
    }
    struct plan_options plan = {0};
    result = session_status(session, loaded_outputs(session, out->program, options->defines,
                                                    options->define_count, &plan.outputs,
                                                    &plan.output_count));
    if (result != QUELL_OK) {
        return result;
    }
    result =
        session_status(session, plan_compile(out->program, &plan, &session->diags, &out->plan));
    return result == QUELL_OK && options->link ? link_plan(session, path, options, &loader, out)
                                               : result;
}

enum quell_status loaded_answers(quell_session *session, const struct loaded *loaded,
                                 const char *path, struct arena *arena, struct answers **out) {
    const struct source *source = NULL;
    enum quell_status status = session_source(session, path, &source);
    return status != QUELL_OK ? status
                              : session_status(session, answers_read(source, loaded->trial, arena,
                                                                     &session->diags, out));
}

void loaded_release(struct loaded *loaded) {
    if (loaded->trial) {
        trial_free(loaded->trial);
    } else {
        plan_free(loaded->plan);
        terms_free(loaded->terms);
        for (uint32_t i = 0; i < loaded->constant_count; i++) {
            machine_free(loaded->constants[i].machine);
            plan_free(loaded->constants[i].plan);
            program_release(loaded->constants[i].program);
        }
        program_release(loaded->own_program);
    }
    *loaded = (struct loaded){0};
}
