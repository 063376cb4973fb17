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

/* A file with the one definition "expression", around a tree that was parsed by itself. */
static struct syntax *wrap(struct checker *ck, const struct source *source, struct syntax *body,
                           bool uses_fhir) {
    struct span span = {source, 0, 0};
    struct syntax *nodes = ARENA_ARRAY(ck->arena, 6, struct syntax);
    struct syntax **kids = ARENA_ARRAY(ck->arena, 8, struct syntax *);
    if (!nodes || !kids) {
        return check_no_memory(ck);
    }
    nodes[0] = (struct syntax){.kind = SYNTAX_LIBRARY_FILE, .count = 0, .span = span};
    nodes[1] = (struct syntax){.kind = SYNTAX_USING, .count = 1, .text = STR("4.0.1")};
    nodes[2] = (struct syntax){.kind = SYNTAX_QUALIFIED, .count = 1};
    nodes[3] = (struct syntax){.kind = SYNTAX_IDENTIFIER, .text = STR("FHIR")};
    nodes[4] = (struct syntax){.kind = SYNTAX_DEFINE, .count = 2};
    nodes[5] = (struct syntax){.kind = SYNTAX_IDENTIFIER, .text = STR("expression")};
    kids[0] = &nodes[2];
    kids[1] = &nodes[3];
    kids[2] = &nodes[5];
    kids[3] = body;
    nodes[1].kids = kids;
    nodes[2].kids = kids + 1;
    nodes[4].kids = kids + 2;
    nodes[0].kids = kids + 4;
    if (uses_fhir) {
        nodes[0].kids[nodes[0].count++] = &nodes[1];
    }
    nodes[0].kids[nodes[0].count++] = &nodes[4];
    for (int i = 1; i < 6; i++) {
        nodes[i].span = span;
    }
    return &nodes[0];
}

enum status check_expression(const struct source *source, bool uses_fhir, struct arena *arena,
                             struct diag_list *diags, struct program **out) {
    struct checker ck;
    struct syntax *body = NULL;
    if (start(&ck, arena, diags, NULL)) {
        ck.status = syntax_parse_expression(source, arena, diags, &body);
    }
    struct syntax *file = ck.status == STATUS_OK ? wrap(&ck, source, body, uses_fhir) : NULL;
    if (file) {
        struct check_library *library = check_declare(&ck, source, file, false, STR(""));
        if (library && ck.status == STATUS_OK) {
            check_bodies(&ck, library);
        }
    }
    return finish(&ck, out);
}

const struct definition *program_find(const struct program *program, struct str define) {
    const struct library *library = program->main;
    const struct definition *definition = library ? library->definitions : NULL;
    while (definition && !str_equal(definition->name, define)) {
        definition = definition->next;
    }
    return definition;
}
