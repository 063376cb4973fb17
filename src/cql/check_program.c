/* The door of the checker: a program from a library's text, or from one expression. */
#include "cql/check.h"

static bool start(struct checker *ck, struct arena *arena, struct diag_list *diags,
                  const struct library_loader *loader) {
    *ck = (struct checker){.arena = arena, .diags = diags, .loader = loader};
    ck->last_library = &ck->libraries;
    ck->program = ARENA_NEW(arena, struct program);
    if (!ck->program) {
        ck->status = STATUS_NO_MEMORY;
        return false;
    }
    ck->program->arena = arena;
    ck->last_listed = &ck->program->main;
    ck->status = type_table_new(arena, &ck->types);
    if (ck->status == STATUS_OK) {
        ck->program->types = ck->types;
        ck->status = signature_table_new(ck->types, arena, &ck->signatures);
    }
    if (ck->status == STATUS_OK) {
        ck->status = unit_table_new(NULL, &ck->program->units);
    }
    for (uint16_t i = MODEL_ANY; i < MODEL_SYSTEM_COUNT && ck->status == STATUS_OK; i++) {
        ck->system[i] = type_named(ck->types, i);
        ck->status = ck->system[i] ? STATUS_OK : STATUS_NO_MEMORY;
    }
    return ck->status == STATUS_OK;
}

static enum status finish(struct checker *ck, struct program **out) {
    for (struct check_library *l = ck->libraries; l; l = l->next) {
        map_release(&l->names);
        map_release(&l->function_names);
    }
    if (ck->signatures) {
        signature_table_release(ck->signatures);
    }
    diag_sort(ck->diags);
    if (ck->status == STATUS_OK && ck->diags->out_of_memory) {
        ck->status = STATUS_NO_MEMORY;
    }
    if (ck->status != STATUS_OK) {
        program_release(ck->program);
        ck->program = NULL;
    }
    *out = ck->program;
    return ck->status;
}

void program_release(struct program *program) {
    if (program) {
        unit_table_free(program->units);
        program->units = NULL;
    }
}

enum status check_program(const struct source *source, const struct library_loader *loader,
                          struct arena *arena, struct diag_list *diags, struct program **out) {
    struct checker ck;
    struct syntax *file = NULL;
    if (start(&ck, arena, diags, loader)) {
        ck.status = syntax_parse_library(source, arena, diags, &file);
    }
    if (ck.status == STATUS_OK && file) {
        struct check_library *library = check_declare(&ck, source, file, false, STR(""));
        if (library && ck.status == STATUS_OK) {
            check_bodies(&ck, library);
        }
    }
    return finish(&ck, out);
}

static bool is_name(const struct syntax *node) {
    return node && (node->kind == SYNTAX_INCLUDE || node->kind == SYNTAX_CODESYSTEM ||
                    node->kind == SYNTAX_VALUESET || node->kind == SYNTAX_CODE ||
                    node->kind == SYNTAX_CONCEPT);
}

/* A file with one definition, around a tree that was parsed by itself, behind what `library`
 * declares: its model, or (names) its includes and terminology. */
static struct syntax *wrap(struct checker *ck, struct span span, struct str name,
                           struct syntax *body, const struct syntax *library, bool names) {
    struct syntax *nodes = ARENA_ARRAY(ck->arena, 3, struct syntax);
    struct syntax **kids = ARENA_ARRAY(ck->arena, library->count + 3u, struct syntax *);
    if (!nodes || !kids) {
        return check_no_memory(ck);
    }
    nodes[0] = (struct syntax){.kind = SYNTAX_LIBRARY_FILE, .kids = kids + 2, .span = span};
    nodes[1] = (struct syntax){.kind = SYNTAX_DEFINE, .count = 2, .kids = kids, .span = span};
    nodes[2] = (struct syntax){.kind = SYNTAX_IDENTIFIER, .text = name, .span = span};
    kids[0] = &nodes[2];
    kids[1] = body;
    for (uint32_t i = 0; i < library->count; i++) {
        if (!names || is_name(library->kids[i])) {
            nodes[0].kids[nodes[0].count++] = library->kids[i];
        }
    }
    nodes[0].kids[nodes[0].count++] = &nodes[1];
    return &nodes[0];
}

/* `library` was read before, so that what is said of it goes to `quiet`. */
static enum status check_one(struct checker *ck, const struct source *source, struct str name,
                             const struct source *library, bool names, struct diag_list *quiet,
                             struct program **out) {
    struct diag_list *diags = ck->diags;
    struct syntax *body = NULL, *around = NULL;
    ck->status = syntax_parse_expression(source, ck->arena, diags, &body);
    if (ck->status == STATUS_OK) {
        ck->status = syntax_parse_library(library, ck->arena, quiet, &around);
    }
    struct syntax *file = ck->status == STATUS_OK && around
                              ? wrap(ck, (struct span){source, 0, 0}, name, body, around, names)
                              : NULL;
    if (file) {
        ck->diags = quiet;
        struct check_library *checked = check_declare(ck, source, file, false, STR(""));
        ck->diags = diags;
        if (checked && ck->status == STATUS_OK) {
            check_bodies(ck, checked);
        }
    }
    return finish(ck, out);
}

static const struct source models[] = {
    {.name = {"", 0}, .text = {"", 0}},
    {.name = {"", 0}, .text = {"using FHIR version '4.0.1'", 26}},
};

enum status check_expression(const struct source *source, bool uses_fhir, struct arena *arena,
                             struct diag_list *diags, struct program **out) {
    struct checker ck;
    return start(&ck, arena, diags, NULL)
               ? check_one(&ck, source, STR("expression"), &models[uses_fhir], false, diags, out)
               : finish(&ck, out);
}

enum status check_argument(const struct source *source, const struct source *library,
                           const struct library_loader *loader, struct arena *arena,
                           struct diag_list *diags, struct program **out) {
    struct diag_list quiet;
    struct checker ck;
    diag_init(&quiet, arena);
    return start(&ck, arena, diags, loader)
               ? check_one(&ck, source, source->name, library, true, &quiet, out)
               : finish(&ck, out);
}

const struct definition *program_find(const struct program *program, struct str define) {
    const struct library *library = program->main;
    const struct definition *definition = library ? library->definitions : NULL;
    while (definition && !str_equal(definition->name, define)) {
        definition = definition->next;
    }
    return definition;
}
