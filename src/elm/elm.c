/* Libraries: declarations in the groups that ELM has, and statements in the order of the text. */
#include "elm/elm_internal.h"

#include "base/limits.h"

#include <stdlib.h>

static void access_level(struct elm_writer *w, bool is_private) {
    elm_member(w, "accessLevel", is_private ? STR("Private") : STR("Public"));
}

static void identifier(struct elm_writer *w, const struct library *library) {
    elm_key(w, "identifier");
    elm_open(w, '{');
    if (library->name.len) {
        elm_member(w, "id", library->name);
    }
    if (library->version.len) {
        elm_member(w, "version", library->version);
    }
    elm_close(w, '}');
    elm_key(w, "schemaIdentifier");
    elm_open(w, '{');
    elm_member(w, "id", STR("urn:hl7-org:elm"));
    elm_member(w, "version", STR("r1"));
    elm_close(w, '}');
}

static void made_by(struct elm_writer *w) {
    static const char *const levels[] = {[ELM_SIGNATURES_NONE] = "None",
                                         [ELM_SIGNATURES_OVERLOADS] = "Overloads",
                                         [ELM_SIGNATURES_ALL] = "All"};
    elm_key(w, "annotation");
    elm_open(w, '[');
    elm_node(w, "CqlToElmInfo");
    elm_member(w, "translatorVersion", STR("quell " QUELL_VERSION));
    elm_member(
        w, "translatorOptions",
        w->options->result_types
            ? STR("EnableLocators,EnableResultTypes,DisableListDemotion,DisableListPromotion")
            : STR("EnableLocators,DisableListDemotion,DisableListPromotion"));
    elm_member(w, "signatureLevel", str_from(levels[w->options->signatures]));
    elm_close(w, '}');
    elm_close(w, ']');
}

/* A group is written only when it has members: `begun` says whether it was opened. */
static void item(struct elm_writer *w, const char *group, bool *begun) {
    if (!*begun) {
        elm_key(w, group);
        elm_open(w, '{');
        elm_key(w, "def");
        elm_open(w, '[');
        *begun = true;
    }
    elm_open(w, '{');
}

static void end_group(struct elm_writer *w, bool begun) {
    if (begun) {
        elm_close(w, ']');
        elm_close(w, '}');
    }
}

static void usings(struct elm_writer *w) {
    bool begun = false;
    item(w, "usings", &begun);
    elm_member(w, "localIdentifier", STR("System"));
    elm_member(w, "uri", STR("urn:hl7-org:elm-types:r1"));
    elm_close(w, '}');
    if (w->library->uses_fhir) {
        item(w, "usings", &begun);
        elm_member(w, "localIdentifier", STR("FHIR"));
        elm_member(w, "uri", STR("http://hl7.org/fhir"));
        elm_member(w, "version", STR("4.0.1"));
        elm_close(w, '}');
    }
    end_group(w, begun);
}

static void include(struct elm_writer *w, struct str alias, const struct library *library,
                    struct span span, bool *begun) {
    item(w, "includes", begun);
    elm_locator(w, span);
    elm_member(w, "localIdentifier", alias);
    elm_member(w, "path", library->name);
    if (library->version.len) {
        elm_member(w, "version", library->version);
    }
    elm_close(w, '}');
}

/* FHIRHelpers is there without being included; its functions are referred to, so ELM includes it.
 */
static void includes(struct elm_writer *w) {
    bool begun = false, helpers = str_equal(w->library->name, STR("FHIRHelpers"));
    for (const struct include *i = w->library->includes; i; i = i->next) {
        helpers = helpers || str_equal(i->library->name, STR("FHIRHelpers"));
        include(w, i->alias, i->library, i->span, &begun);
    }
    for (const struct library *l = w->program->main; l && !helpers; l = l->next) {
        if (w->library->uses_fhir && str_equal(l->name, STR("FHIRHelpers"))) {
            include(w, l->name, l, (struct span){0}, &begun);
        }
    }
    end_group(w, begun);
}

static void parameters(struct elm_writer *w) {
    bool begun = false;
    for (const struct parameter *p = w->library->parameters; p; p = p->next) {
        item(w, "parameters", &begun);
        elm_locator(w, p->span);
        elm_member(w, "name", p->name);
        access_level(w, p->is_private);
        elm_result_type(w, p->type);
        elm_kid(w, "default", p->default_value);
        elm_key(w, "parameterTypeSpecifier");
        elm_type_specifier(w, p->type);
        elm_close(w, '}');
    }
    end_group(w, begun);
}

static void reference(struct elm_writer *w, struct str name, const struct library *library) {
    elm_open(w, '{');
    elm_member(w, "name", name);
    elm_library_name(w, library);
    elm_close(w, '}');
}

static void vocabularies(struct elm_writer *w, bool value_sets) {
    bool begun = false;
    for (const struct vocabulary_decl *v = w->library->vocabularies; v; v = v->next) {
        if (v->value.is_value_set != value_sets) {
            continue;
        }
        item(w, value_sets ? "valueSets" : "codeSystems", &begun);
        elm_locator(w, v->span);
        elm_member(w, "name", v->name);
        elm_member(w, "id", v->value.id);
        if (v->value.version.at) {
            elm_member(w, "version", v->value.version);
        }
        access_level(w, v->is_private);
        if (v->system_count) {
            elm_key(w, "codeSystem");
            elm_open(w, '[');
            for (uint32_t i = 0; i < v->system_count; i++) {
                reference(w, v->systems[i]->name, v->systems[i]->library);
            }
            elm_close(w, ']');
        }
        elm_close(w, '}');
    }
    end_group(w, begun);
}

static void code_members(struct elm_writer *w, const struct code_decl *c) {
    const struct code *code = c->value.count ? &c->value.codes[0] : NULL;
    if (code) {
        elm_member(w, "id", code->code);
    }
    if (c->value.display.at) {
        elm_member(w, "display", c->value.display);
    }
    access_level(w, c->is_private);
    if (c->system) {
        elm_key(w, "codeSystem");
        reference(w, c->system->name, c->system->library);
    }
}

static void concept_members(struct elm_writer *w, const struct code_decl *c) {
    if (c->value.display.at) {
        elm_member(w, "display", c->value.display);
    }
    access_level(w, c->is_private);
    elm_key(w, "code");
    elm_open(w, '[');
    for (uint32_t i = 0; i < c->code_count; i++) {
        reference(w, c->codes[i]->name, c->codes[i]->library);
    }
    elm_close(w, ']');
}

static void codes(struct elm_writer *w, bool concepts) {
    bool begun = false;
    for (const struct code_decl *c = w->library->codes; c; c = c->next) {
        if (c->is_concept != concepts) {
            continue;
        }
        item(w, concepts ? "concepts" : "codes", &begun);
        elm_locator(w, c->span);
        elm_member(w, "name", c->name);
        if (concepts) {
            concept_members(w, c);
        } else {
            code_members(w, c);
        }
        elm_close(w, '}');
    }
    end_group(w, begun);
}

/* A definition or a function, to be put in the order of the text. */
struct statement {
    uint32_t at;
    uint32_t order; /* of equals */
    const struct definition *definition;
    const struct function *function;
};

static int compare(const void *a, const void *b) {
    const struct statement *x = a, *y = b;
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

static struct statement *statements_of(const struct library *library, struct arena *arena,
                                       uint32_t *count) {
    uint32_t n = 0;
    for (const struct definition *d = library->definitions; d; d = d->next) {
        n++;
    }
    for (const struct function *f = library->functions; f; f = f->next) {
        n++;
    }
    struct statement *list = ARENA_ARRAY(arena, n + 1u, struct statement);
    uint32_t at = 0;
    for (const struct definition *d = library->definitions; list && d; d = d->next, at++) {
        list[at] = (struct statement){.at = d->span.start, .order = at, .definition = d};
    }
    for (const struct function *f = library->functions; list && f; f = f->next, at++) {
        list[at] = (struct statement){.at = f->span.start, .order = at, .function = f};
    }
    if (list) {
        qsort(list, n, sizeof *list, compare);
    }
    *count = n;
    return list;
}

static struct str context_of(const struct statement *s) {
    return s->definition ? s->definition->context : s->function->context;
}

/* The contexts that statements stand in; Unfiltered needs no declaration before the first. */
static void contexts(struct elm_writer *w, const struct statement *list, uint32_t count) {
    bool begun = false;
    for (uint32_t i = 0; i < count; i++) {
        struct str context = context_of(&list[i]);
        bool known = !begun && str_equal(context, STR("Unfiltered"));
        for (uint32_t k = 0; k < i && !known; k++) {
            known = str_equal(context_of(&list[k]), context);
        }
        if (!known) {
            item(w, "contexts", &begun);
            elm_member(w, "name", context);
            elm_close(w, '}');
        }
    }
    end_group(w, begun);
}

static void definition(struct elm_writer *w, const struct definition *d) {
    elm_locator(w, d->span);
    elm_member(w, "name", d->name);
    elm_member(w, "context", d->context);
    if (!d->is_implicit) {
        access_level(w, d->is_private);
    }
    elm_result_type(w, d->type);
    elm_kid(w, "expression", d->body);
}

static void function(struct elm_writer *w, const struct function *f) {
    elm_member(w, "type", STR("FunctionDef"));
    elm_locator(w, f->span);
    elm_member(w, "name", f->name);
    elm_member(w, "context", f->context);
    access_level(w, f->is_private);
    if (f->external) {
        elm_flag(w, "external", true);
        elm_type_of(w, "resultType", f->type);
    } else {
        elm_result_type(w, f->type);
    }
    if (f->fluent) {
        elm_flag(w, "fluent", true);
    }
    elm_kid(w, "expression", f->body);
    elm_key(w, "operand");
    elm_open(w, '[');
    for (uint32_t i = 0; i < f->operand_count; i++) {
        elm_open(w, '{');
        elm_member(w, "name", f->operands[i]->name);
        elm_key(w, "operandTypeSpecifier");
        elm_type_specifier(w, f->operands[i]->type);
        elm_close(w, '}');
    }
    elm_close(w, ']');
}

static void statements(struct elm_writer *w, const struct statement *list, uint32_t count) {
    bool begun = false;
    for (uint32_t i = 0; i < count; i++) {
        item(w, "statements", &begun);
        if (list[i].definition) {
            definition(w, list[i].definition);
        } else {
            function(w, list[i].function);
        }
        elm_close(w, '}');
    }
    end_group(w, begun);
}

enum status elm_write(const struct program *program, const struct library *library,
                      const struct elm_options *options, struct arena *arena, struct buf *out) {
    struct elm_writer w = {.program = program, .library = library, .options = options, .out = out};
    uint32_t count;
    struct statement *list = statements_of(library, arena, &count);
    if (!list) {
        return STATUS_NO_MEMORY;
    }
    elm_open(&w, '{');
    elm_key(&w, "library");
    elm_open(&w, '{');
    made_by(&w);
    identifier(&w, library);
    usings(&w);
    includes(&w);
    parameters(&w);
    vocabularies(&w, false);
    vocabularies(&w, true);
    codes(&w, false);
    codes(&w, true);
    contexts(&w, list, count);
    statements(&w, list, count);
    elm_close(&w, '}');
    elm_close(&w, '}');
    return w.too_large ? STATUS_LIMIT : buf_status(out);
}
