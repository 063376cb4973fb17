/* Declarations of the main library that nothing in it refers to. */
#include "trial/doubt_internal.h"

#include "plan/visit.h"

/* Pointers of what is referred to, as a set kept by asking: libraries are small. */
struct uses {
    const void **items;
    uint32_t count;
    uint32_t room;
    struct arena *arena;
    const struct library *library;
    bool no_memory;
    uint32_t depth;
};

static bool is_used(const struct uses *uses, const void *what) {
    for (uint32_t i = 0; i < uses->count; i++) {
        if (uses->items[i] == what) {
            return true;
        }
    }
    return false;
}

static void use(struct uses *uses, const void *what) {
    if (!what || uses->no_memory || is_used(uses, what)) {
        return;
    }
    if (uses->count == uses->room) {
        uint32_t room = uses->room ? uses->room * 2 : 64;
        const void **items = ARENA_ARRAY(uses->arena, room, const void *);
        uses->no_memory = !items;
        if (!items) {
            return;
        }
        for (uint32_t i = 0; i < uses->count; i++) {
            items[i] = uses->items[i];
        }
        uses->items = items;
        uses->room = room;
    }
    uses->items[uses->count++] = what;
}

/* A code written in place knows its system's url only. */
static void use_system(struct uses *uses, const struct code *code) {
    for (const struct vocabulary_decl *v = uses->library->vocabularies; v; v = v->next) {
        if (!v->value.is_value_set && str_equal(v->value.id, code->system)) {
            use(uses, v);
        }
    }
}

static void use_literal(struct uses *uses, const struct value *value) {
    if (value->kind == VALUE_CODE) {
        use_system(uses, value->code);
    }
    for (uint32_t i = 0; value->kind == VALUE_CONCEPT && i < value->concept->count; i++) {
        use_system(uses, &value->concept->codes[i]);
    }
}

enum { DEPTH_MAX = 2000 };

static bool visit(void *context, const struct expr *e) {
    struct uses *uses = context;
    switch ((enum expr_kind)e->kind) {
    case EXPR_DEFINE_REF:
        use(uses, e->definition);
        break;
    case EXPR_PARAMETER_REF:
        use(uses, e->parameter);
        break;
    case EXPR_CALL:
        use(uses, e->function);
        break;
    case EXPR_VALUESET_REF:
    case EXPR_CODESYSTEM_REF:
        use(uses, e->vocabulary);
        break;
    case EXPR_CODE_REF:
    case EXPR_CONCEPT_REF:
        use(uses, e->code);
        break;
    case EXPR_LITERAL:
        use_literal(uses, &e->literal);
        break;
    default:
        break;
    }
    if (uses->depth >= DEPTH_MAX) {
        return true;
    }
    uses->depth++;
    bool more = expr_each_part(e, visit, uses);
    uses->depth--;
    return more;
}

static void visit_all(struct uses *uses, const struct library *library) {
    for (const struct definition *d = library->definitions; d; d = d->next) {
        if (d->body) {
            (void)visit(uses, d->body);
        }
    }
    for (const struct function *f = library->functions; f; f = f->next) {
        if (f->body) {
            (void)visit(uses, f->body);
        }
    }
    for (const struct parameter *p = library->parameters; p; p = p->next) {
        if (p->default_value) {
            (void)visit(uses, p->default_value);
        }
    }
    for (const struct code_decl *c = library->codes; c; c = c->next) {
        use(uses, c->system);
        for (uint32_t i = 0; i < c->code_count; i++) {
            use(uses, c->codes[i]);
        }
    }
    for (const struct vocabulary_decl *v = library->vocabularies; v; v = v->next) {
        for (uint32_t i = 0; i < v->system_count; i++) {
            use(uses, v->systems[i]);
        }
    }
}

static void report(const struct uses *uses, struct diag_list *diags, const void *what,
                   bool looked_at, const char *kind, struct str name, struct span span) {
    if (looked_at && !is_used(uses, what)) {
        struct diagnostic *d =
            diag_at(diags, DIAG_CQ0540, span, "%s \"%.*s\" is never used", kind, STR_ARG(name));
        diag_hint(diags, d, "use it, or take it out");
    }
}

enum status doubt_unused(const struct program *program, const struct doubt_options *options,
                         struct arena *arena, struct diag_list *diags) {
    const struct library *library = program->main;
    struct uses uses = {.arena = arena, .library = library};
    bool all = !options->is_shared;
    visit_all(&uses, library);
    if (uses.no_memory) {
        return STATUS_NO_MEMORY;
    }
    for (const struct vocabulary_decl *v = library->vocabularies; v; v = v->next) {
        report(&uses, diags, v, all || v->is_private,
               v->value.is_value_set ? "the value set" : "the code system", v->name, v->span);
    }
    for (const struct code_decl *c = library->codes; c; c = c->next) {
        report(&uses, diags, c, all || c->is_private, c->is_concept ? "the concept" : "the code",
               c->name, c->span);
    }
    for (const struct parameter *p = library->parameters; p; p = p->next) {
        report(&uses, diags, p, all || p->is_private, "the parameter", p->name, p->span);
    }
    for (const struct definition *d = library->definitions; d; d = d->next) {
        report(&uses, diags, d, d->is_private && !d->is_implicit, "the private definition", d->name,
               d->span);
    }
    for (const struct function *f = library->functions; f; f = f->next) {
        report(&uses, diags, f, f->is_private, "the private function", f->name, f->span);
    }
    return STATUS_OK;
}
