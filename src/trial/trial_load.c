#include "base/file.h"
#include "run/text_files.h"
#include "trial/document_read.h"
#include "trial/document_walk.h"
#include "trial/schema.h"
#include "trial/trial_internal.h"

#include <errno.h>

/* ---- Texts ---- */

/* STATUS_USER_ERROR when it could not be read; that is reported at `span`. */
static enum status read_source(struct trial_build *build, struct str path, struct span span,
                               const struct source **out) {
    struct str text = STR_NONE;
    enum status status = file_read(path, build->arena, &text);
    if (status == STATUS_OK) {
        *out = diag_source(build->diags, path, text);
        return *out ? STATUS_OK : STATUS_NO_MEMORY;
    }
    if (status == STATUS_NO_MEMORY) {
        return status;
    }
    const char *why = status == STATUS_IO ? strerror(errno) : status_text(status);
    if (span.source) {
        (void)diag_at(build->diags, DIAG_TR0002, span, "%.*s: %s", STR_ARG(path), why);
    } else {
        struct diagnostic *d = diag_in_file(build->diags, DIAG_TR0002, path, 0, "%s", why);
        diag_hint(build->diags, d, "a trial is a folder with a trial.yaml; `quell new` writes one");
    }
    return STATUS_USER_ERROR;
}

/* A trial may also be named by its trial.yaml. */
static enum status find_folder(struct trial_build *build, struct str given, struct str *yaml) {
    struct trial *trial = build->trial;
    while (given.len > 1 && given.at[given.len - 1] == '/') {
        given.len--;
    }
    if (file_kind(given) == FILE_REGULAR) {
        *yaml = given;
        trial->folder = file_folder(given);
        return STATUS_OK;
    }
    trial->folder = given;
    *yaml = file_join(build->arena, given, STR("trial.yaml"));
    return yaml->at ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status read_document(struct trial_build *build, struct str folder) {
    struct str yaml = STR_NONE;
    enum status status = find_folder(build, folder, &yaml);
    if (status == STATUS_OK) {
        status = read_source(build, yaml, (struct span){0}, &build->trial->source);
    }
    if (status == STATUS_OK) {
        void *read = NULL;
        status = document_read(build->trial->source, SCHEMA_OBJECT_document, build->arena,
                               build->diags, &read);
        build->document = read;
    }
    if (status != STATUS_OK || !build->document) {
        return status == STATUS_OK ? STATUS_USER_ERROR : status;
    }
    build->trial->document = build->document;
    build->trial->id = build->document->trial.text;
    status = trial_check_document(build);
    status = status == STATUS_OK ? trial_read_sites(build) : status;
    status = status == STATUS_OK ? trial_lay_out_criteria(build) : status;
    return status == STATUS_OK ? trial_list_assumptions(build) : status;
}

/* ---- Logic ---- */

static enum status read_logic(struct trial_build *build) {
    const struct trial_text *logic = &build->document->logic;
    const struct trial_options *options = build->options;
    if (!trial_given(logic->place)) {
        return STATUS_USER_ERROR;
    }
    struct str path = file_join(build->arena, build->trial->folder, logic->text);
    const struct source *source = NULL;
    enum status status =
        path.at ? read_source(build, path, logic->place.span, &source) : STATUS_NO_MEMORY;
    if (status != STATUS_OK) {
        return status;
    }
    struct str *folders = ARENA_ARRAY(build->arena, options->include_count + 2, struct str);
    if (!folders) {
        return STATUS_NO_MEMORY;
    }
    struct library_files files = {.folders = folders};
    folders[files.folder_count++] = file_folder(path);
    for (uint32_t i = 0; i < options->include_count; i++) {
        folders[files.folder_count++] = options->include_folders[i];
    }
    if (options->library_folder.len) {
        folders[files.folder_count++] = options->library_folder;
    }
    struct library_loader loader;
    library_files_loader(&files, &loader);
    struct program *program = NULL;
    status = check_program(source, &loader, build->arena, build->diags, &program);
    build->trial->program = program;
    if (status != STATUS_OK || !program) {
        return status == STATUS_OK ? STATUS_USER_ERROR : status;
    }
    status = trial_resolve(build);
    build->trial->stage =
        build->document->stages ? build->document->stages->define.definition : NULL;
    if (status == STATUS_OK) {
        status = trial_lay_out_regimen(build);
    }
    if (status == STATUS_OK) {
        trial_check_regimen(build);
        status = trial_bind_parameters(build);
    }
    return status;
}

enum status trial_valueset_folders(struct trial_build *build, struct str **folders,
                                   uint32_t *count) {
    const struct trial_options *options = build->options;
    struct str *out = ARENA_ARRAY(build->arena, options->valueset_count + 2, struct str);
    const struct trial_text *named = &build->document->valuesets;
    struct str own = file_join(build->arena, build->trial->folder,
                               trial_given(named->place) ? named->text : STR("valuesets"));
    struct str shared = options->library_folder.len
                            ? file_join(build->arena, options->library_folder, STR("valuesets"))
                            : STR("");
    if (!out || !own.at || !shared.at) {
        return STATUS_NO_MEMORY;
    }
    uint32_t n = 0;
    /* A folder that trial.yaml names must be there; the others may be. */
    if (trial_given(named->place) || file_kind(own) == FILE_FOLDER) {
        out[n++] = own;
    }
    if (shared.len && file_kind(shared) == FILE_FOLDER) {
        out[n++] = shared;
    }
    for (uint32_t i = 0; i < options->valueset_count; i++) {
        out[n++] = options->valueset_folders[i];
    }
    *folders = out;
    *count = n;
    return STATUS_OK;
}

static enum status read_terms(struct trial_build *build) {
    struct str *folders = NULL;
    uint32_t count = 0;
    enum status status = trial_valueset_folders(build, &folders, &count);
    if (status == STATUS_OK) {
        status = terms_new(&build->trial->terms);
    }
    if (status == STATUS_OK) {
        status = terms_read_paths(build->trial->terms, folders, count, build->arena, build->diags);
    }
    return status == STATUS_OK ? terms_link(build->trial->terms, build->diags) : status;
}

/* ---- Plan ---- */

static void add_output(const struct definition **outputs, uint32_t *count,
                       const struct definition *definition) {
    for (uint32_t i = 0; i < *count; i++) {
        if (outputs[i] == definition) {
            return;
        }
    }
    if (definition) {
        outputs[(*count)++] = definition;
    }
}

struct outputs {
    const struct definition **items;
    uint32_t count;
    bool is_counting;
};

/* Whatever the dosing part of the document names is asked; endpoints are not yet. */
static void add_dosing(void *context, const struct schema_key *key, void *object, void *member) {
    (void)object;
    struct outputs *out = context;
    bool other = key->object == SCHEMA_OBJECT_criterion || key->object == SCHEMA_OBJECT_group ||
                 key->object == SCHEMA_OBJECT_endpoint;
    if (key->kind != SCHEMA_DEFINE || other) {
        return;
    }
    if (out->is_counting) {
        out->count++;
    } else {
        add_output(out->items, &out->count, ((const struct trial_define *)member)->definition);
    }
}

static enum status compile(struct trial_build *build) {
    struct trial *trial = build->trial;
    struct outputs out = {.is_counting = true};
    const struct document_visitor visitor = {&out, NULL, add_dosing};
    document_walk(build->document, &visitor);
    const struct definition **outputs =
        ARENA_ARRAY(build->arena, out.count + 2 * (size_t)trial->criterion_count + 1,
                    const struct definition *);
    if (!outputs) {
        return STATUS_NO_MEMORY;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < trial->criterion_count; i++) {
        add_output(outputs, &count, trial->criteria[i].define);
        add_output(outputs, &count, trial->criteria[i].applies);
    }
    add_output(outputs, &count, trial->stage);
    out = (struct outputs){.items = outputs, .count = count};
    if (!build->options->screening_only) {
        document_walk(build->document, &visitor);
    }
    count = out.count;
    const struct plan_options options = {
        .outputs = outputs, .output_count = count, .logical_only = true};
    enum status status = plan_compile(trial->program, &options, build->diags, &trial->plan);
    return status == STATUS_OK ? plan_link(trial->plan, trial->terms, build->arguments,
                                           build->argument_count, build->diags)
                               : status;
}

enum status trial_load(struct str folder, const struct trial_options *options, struct arena *arena,
                       struct diag_list *diags, struct trial **out) {
    *out = NULL;
    struct trial_build build = {
        .trial = ARENA_NEW(arena, struct trial),
        .options = options,
        .arena = arena,
        .diags = diags,
    };
    if (!build.trial) {
        return STATUS_NO_MEMORY;
    }
    build.trial->arena = arena;
    build.trial->folder = folder;
    enum status status = read_document(&build, folder);
    status = status == STATUS_OK ? read_logic(&build) : status;
    status = status == STATUS_OK ? read_terms(&build) : status;
    status = status == STATUS_OK ? trial_hash(&build) : status;
    status = status == STATUS_OK ? trial_check_logic(&build) : status;
    if (status == STATUS_OK && !diag_has_errors(diags)) {
        status = compile(&build);
    }
    status = diags->out_of_memory ? STATUS_NO_MEMORY : status;
    if (status != STATUS_OK && status != STATUS_USER_ERROR) {
        trial_free(build.trial);
        return status;
    }
    *out = build.trial;
    return STATUS_OK;
}

void trial_free(struct trial *trial) {
    if (trial) {
        plan_free(trial->plan);
        terms_free(trial->terms);
        program_release(trial->program);
        trial->plan = NULL;
        trial->terms = NULL;
        trial->program = NULL;
    }
}

static const char *word_of(enum schema_choice_id choice, uint16_t value) {
    for (uint32_t i = 0; i < schema_word_count; i++) {
        if (schema_words[i].choice == choice && schema_words[i].value == value) {
            return schema_words[i].text;
        }
    }
    return "";
}

const char *trial_status_word(enum trial_status status) {
    return word_of(SCHEMA_CHOICE_status, (uint16_t)status);
}

const char *trial_silence_word(enum trial_silence silence) {
    return word_of(SCHEMA_CHOICE_silence, (uint16_t)silence);
}

const char *trial_ctcae_word(enum trial_ctcae version) {
    return word_of(SCHEMA_CHOICE_ctcae, (uint16_t)version);
}

uint16_t trial_find_criterion(const struct trial *trial, struct str id) {
    for (uint32_t i = 0; i < trial->criterion_count; i++) {
        if (str_equal(trial->criteria[i].id, id)) {
            return (uint16_t)i;
        }
    }
    return CRITERION_NONE;
}
