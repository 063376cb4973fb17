/* Libraries: declarations become symbols first, then what they say is resolved, then bodies are
 * checked. Nothing depends on the order in the file, except that a definition belongs to the last
 * context before it. */
#include "cql/check.h"

enum { INCLUDE_DEPTH_MAX = 64 };

static struct line_column line_of(struct span span) {
    return span.source ? diag_locate(span.source, span.start) : (struct line_column){0, 0};
}

static struct symbol *add_symbol(struct checker *ck, struct check_library *library,
                                 enum symbol_kind kind, const struct syntax *identifier,
                                 const struct syntax *node) {
    struct symbol *symbol = ARENA_NEW(ck->arena, struct symbol);
    if (!symbol) {
        return check_no_memory(ck);
    }
    symbol->kind = kind;
    symbol->name = identifier->text;
    symbol->span = identifier->span;
    symbol->syntax = node;
    symbol->library = library;
    symbol->is_private = node->word == WORD_PRIVATE;
    uint32_t at = library->symbol_count;
    bool added;
    if (map_add(&library->names, symbol->name, &at, &added) != STATUS_OK) {
        return check_no_memory(ck);
    }
    if (!added) {
        struct line_column first = line_of(library->symbols[at]->span);
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0101, symbol->span,
                                       "`%.*s` is already declared", STR_ARG(symbol->name));
        diag_note(ck->diags, d, "the first is in line %u", first.line);
        return NULL;
    }
    library->symbols[library->symbol_count++] = symbol;
    return symbol;
}

/* "A.B.C" of the identifiers. */
static struct str qualified_text(struct checker *ck, const struct syntax *qualified) {
    struct str text = STR("");
    for (uint32_t i = 0; qualified && i < qualified->count; i++) {
        text = i ? arena_format(ck->arena, "%.*s.%.*s", STR_ARG(text),
                                STR_ARG(qualified->kids[i]->text))
                 : qualified->kids[i]->text;
    }
    if (!text.at) {
        check_no_memory(ck);
    }
    return text;
}

static void declare_using(struct checker *ck, struct check_library *library,
                          const struct syntax *node) {
    struct str name = qualified_text(ck, node->kids[0]);
    if (str_equal(name, STR("System"))) {
        return;
    }
    if (!str_equal(name, STR("FHIR"))) {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0132, node->span,
                                       "the model `%.*s` is not known", STR_ARG(name));
        library->model_unknown = true;
        diag_hint(ck->diags, d, "Quell reads FHIR R4: `using FHIR version '4.0.1'`");
        return;
    }
    library->library->uses_fhir = true;
    library->model_name = node->kids[1] ? node->kids[1]->text : STR_NONE;
    if (node->text.len && !str_equal(node->text, STR("4.0.1"))) {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0132, node->span,
                                       "FHIR version %.*s is not known", STR_ARG(node->text));
        diag_hint(ck->diags, d, "only version '4.0.1' is");
    }
}

static void declare_include(struct checker *ck, struct check_library *library,
                            const struct syntax *node) {
    const struct syntax *qualified = node->kids[0];
    if (!qualified || !qualified->count) {
        return;
    }
    const struct syntax *alias =
        node->count > 1 && node->kids[1] ? node->kids[1] : qualified->kids[qualified->count - 1];
    struct symbol *symbol = add_symbol(ck, library, SYMBOL_INCLUDE, alias, node);
    struct include *include = ARENA_NEW(ck->arena, struct include);
    if (!symbol || !include) {
        return;
    }
    struct str name = qualified_text(ck, qualified);
    symbol->included = check_load(ck, name, node->text, node->span);
    *include = (struct include){.alias = symbol->name, .span = node->span};
    include->library = symbol->included ? symbol->included->library : NULL;
    struct include **last = &library->library->includes;
    while (*last) {
        last = &(*last)->next;
    }
    *last = include;
}

static void declare_vocabulary(struct checker *ck, struct check_library *library,
                               const struct syntax *node) {
    struct vocabulary_decl *decl = ARENA_NEW(ck->arena, struct vocabulary_decl);
    struct symbol *symbol = decl ? add_symbol(ck, library, SYMBOL_VOCABULARY, node->kids[0], node)
                                 : check_no_memory(ck);
    if (!symbol) {
        return;
    }
    decl->name = symbol->name;
    decl->is_private = symbol->is_private;
    decl->span = symbol->span;
    decl->library = library->library;
    decl->value.is_value_set = node->kind == SYNTAX_VALUESET;
    decl->value.name = symbol->name;
    decl->value.id = node->kids[1] ? node->kids[1]->text : STR("");
    decl->value.version = node->count > 2 && node->kids[2] ? node->kids[2]->text : STR_NONE;
    symbol->vocabulary = decl;
    *library->last_vocabulary = decl;
    library->last_vocabulary = &decl->next;
}

static void declare_code(struct checker *ck, struct check_library *library,
                         const struct syntax *node) {
    struct code_decl *decl = ARENA_NEW(ck->arena, struct code_decl);
    struct symbol *symbol =
        decl ? add_symbol(ck, library, SYMBOL_CODE, node->kids[0], node) : check_no_memory(ck);
    if (!symbol) {
        return;
    }
    decl->name = symbol->name;
    decl->is_concept = node->kind == SYNTAX_CONCEPT;
    decl->is_private = symbol->is_private;
    decl->span = symbol->span;
    decl->library = library->library;
    symbol->code = decl;
    *library->last_code = decl;
    library->last_code = &decl->next;
}

static void declare_parameter(struct checker *ck, struct check_library *library,
                              const struct syntax *node) {
    struct parameter *parameter = ARENA_NEW(ck->arena, struct parameter);
    struct symbol *symbol = parameter
                                ? add_symbol(ck, library, SYMBOL_PARAMETER, node->kids[0], node)
                                : check_no_memory(ck);
    if (!symbol) {
        return;
    }
    parameter->name = symbol->name;
    parameter->is_private = symbol->is_private;
    parameter->library = library->library;
    parameter->number = ck->program->parameter_count++;
    parameter->span = symbol->span;
    symbol->parameter = parameter;
    *library->last_parameter = parameter;
    library->last_parameter = &parameter->next;
}

static struct definition *declare_definition(struct checker *ck, struct check_library *library,
                                             const struct syntax *identifier,
                                             const struct syntax *node) {
    struct definition *definition = ARENA_NEW(ck->arena, struct definition);
    struct symbol *symbol = definition
                                ? add_symbol(ck, library, SYMBOL_DEFINITION, identifier, node)
                                : check_no_memory(ck);
    if (!symbol) {
        return NULL;
    }
    definition->name = symbol->name;
    definition->library = library->library;
    definition->context = library->context;
    definition->is_private = symbol->is_private;
    definition->number = ck->program->definition_count++;
    definition->span = symbol->span;
    symbol->definition = definition;
    *library->last_definition = definition;
    library->last_definition = &definition->next;
    return definition;
}

/* `context Patient` also declares "Patient": the one resource of that type. */
static void declare_context(struct checker *ck, struct check_library *library,
                            const struct syntax *node) {
    const struct syntax *identifier = node->kids[0];
    struct str name = identifier->text;
    if (str_equal(name, STR("Unfiltered")) || str_equal(name, STR("Population"))) {
        library->context = name;
        return;
    }
    uint16_t type = library->library->uses_fhir ? model_find(STR("FHIR"), name) : MODEL_NONE;
    if (type == MODEL_NONE && library->model_unknown) {
        library->context = name;
        return;
    }
    if (type == MODEL_NONE || !model_type(type)->is_resource) {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0134, identifier->span,
                                       "there is no context `%.*s`", STR_ARG(name));
        diag_hint(ck->diags, d,
                  library->library->uses_fhir ? "use Patient, Practitioner or Unfiltered"
                                              : "add `using FHIR version '4.0.1'` before it");
        return;
    }
    library->context = name;
    uint32_t at;
    if (map_find(&library->names, name, &at) && library->symbols[at]->kind == SYMBOL_DEFINITION &&
        library->symbols[at]->definition->is_implicit) {
        return;
    }
    struct definition *definition = declare_definition(ck, library, identifier, node);
    if (definition) {
        definition->is_implicit = true;
        definition->is_private = true;
    }
}

/* `using FHIR version` without its version, or its name: the types are there all the same. */
static void declare_broken(struct check_library *library, const struct syntax *node) {
    struct str text = {node->span.source->text.at + node->span.start,
                       node->span.end - node->span.start};
    if (str_starts(text, STR("using")) || check_may_declare(library, STR("FHIR"))) {
        library->library->uses_fhir = true;
    }
}

static void declare(struct checker *ck, struct check_library *library, const struct syntax *node) {
    if (node->count > 0 && !node->kids[0]) {
        return; /* the name could not be read, and that was reported */
    }
    switch (node->kind) {
    case SYNTAX_LIBRARY_NAME:
        library->library->name = qualified_text(ck, node->kids[0]);
        library->library->version = node->text;
        break;
    case SYNTAX_BROKEN:
        declare_broken(library, node);
        break;
    case SYNTAX_USING:
        declare_using(ck, library, node);
        break;
    case SYNTAX_INCLUDE:
        declare_include(ck, library, node);
        break;
    case SYNTAX_CODESYSTEM:
    case SYNTAX_VALUESET:
        declare_vocabulary(ck, library, node);
        break;
    case SYNTAX_CODE:
    case SYNTAX_CONCEPT:
        declare_code(ck, library, node);
        break;
    case SYNTAX_PARAMETER:
        declare_parameter(ck, library, node);
        break;
    case SYNTAX_CONTEXT:
        declare_context(ck, library, node);
        break;
    case SYNTAX_DEFINE: {
        struct definition *definition = declare_definition(ck, library, node->kids[0], node);
        if (definition) {
            definition->comment = check_comment_above(ck, node->span);
        }
        break;
    }
    case SYNTAX_FUNCTION:
        check_add_function(ck, library, node, library->context);
        break;
    default:
        break;
    }
}

/* The code of a code declaration; the parts of a concept. */
static bool read_code(struct checker *ck, const struct syntax *node, struct code_decl *decl,
                      struct code *out) {
    struct symbol *system = node->kids[2] ? check_qualified(ck, node->kids[2]) : NULL;
    if (!system || !node->kids[1]) {
        return false;
    }
    if (system->kind != SYMBOL_VOCABULARY || system->vocabulary->value.is_value_set) {
        diag_at(ck->diags, DIAG_CQ0111, node->kids[2]->span, "`%.*s` is no code system",
                STR_ARG(system->name));
        return false;
    }
    decl->system = system->vocabulary;
    *out = (struct code){.code = node->kids[1]->text,
                         .system = system->vocabulary->value.id,
                         .version = system->vocabulary->value.version};
    if (node->count > 3 && node->kids[3]) {
        out->display = node->kids[3]->text;
    }
    return true;
}

static void resolve_code(struct checker *ck, struct code_decl *decl, const struct syntax *node) {
    struct code *code = ARENA_NEW(ck->arena, struct code);
    if (!code) {
        check_no_memory(ck);
    } else if (read_code(ck, node, decl, code)) {
        decl->value = (struct concept){.count = 1, .codes = code, .display = code->display};
    }
}

static void resolve_concept(struct checker *ck, struct code_decl *decl, const struct syntax *node) {
    struct code *codes = ARENA_ARRAY(ck->arena, node->count + 1u, struct code);
    decl->codes = ARENA_ARRAY(ck->arena, node->count + 1u, const struct code_decl *);
    if (!codes || !decl->codes) {
        check_no_memory(ck);
        return;
    }
    uint32_t count = 0;
    for (uint32_t i = 2; i < node->count; i++) {
        struct symbol *symbol = node->kids[i] ? check_qualified(ck, node->kids[i]) : NULL;
        if (!symbol) {
            continue;
        }
        if (symbol->kind != SYMBOL_CODE || symbol->code->is_concept) {
            diag_at(ck->diags, DIAG_CQ0111, node->kids[i]->span, "`%.*s` is no code",
                    STR_ARG(symbol->name));
        } else if (symbol->code->value.count) {
            decl->codes[count] = symbol->code;
            codes[count++] = symbol->code->value.codes[0];
        }
    }
    decl->code_count = count;
    decl->value = (struct concept){.count = count, .codes = codes};
    decl->value.display = node->kids[1] ? node->kids[1]->text : STR_NONE;
}

/* The code systems that a value set names. They select nothing: the reader of sets knows its own.
 */
static void resolve_systems(struct checker *ck, struct vocabulary_decl *decl,
                            const struct syntax *node) {
    decl->systems = ARENA_ARRAY(ck->arena, node->count + 1u, const struct vocabulary_decl *);
    for (uint32_t i = 3; decl->systems && i < node->count; i++) {
        struct symbol *system = node->kids[i] ? check_qualified(ck, node->kids[i]) : NULL;
        if (system && system->kind == SYMBOL_VOCABULARY) {
            decl->systems[decl->system_count++] = system->vocabulary;
        }
    }
    if (!decl->systems) {
        check_no_memory(ck);
    }
}

static void resolve_declarations(struct checker *ck, struct check_library *library) {
    for (int concepts = 0; concepts < 2; concepts++) {
        for (uint32_t i = 0; i < library->symbol_count; i++) {
            struct symbol *symbol = library->symbols[i];
            if (symbol->kind != SYMBOL_CODE || symbol->code->is_concept != (concepts == 1)) {
                continue;
            }
            if (concepts) {
                resolve_concept(ck, symbol->code, symbol->syntax);
            } else {
                resolve_code(ck, symbol->code, symbol->syntax);
            }
        }
    }
    for (uint32_t i = 0; i < library->symbol_count; i++) {
        if (library->symbols[i]->kind == SYMBOL_VOCABULARY) {
            resolve_systems(ck, library->symbols[i]->vocabulary, library->symbols[i]->syntax);
        }
    }
    for (uint32_t i = 0; i < library->function_name_count; i++) {
        for (struct function_symbol *f = library->functions[i]; f; f = f->next) {
            check_read_signature(ck, f, library->functions[i]);
        }
    }
}

static struct check_library *new_library(struct checker *ck, const struct source *source,
                                         const struct syntax *file, bool built_in) {
    struct check_library *library = ARENA_NEW(ck->arena, struct check_library);
    struct library *made = ARENA_NEW(ck->arena, struct library);
    if (!library || !made) {
        return check_no_memory(ck);
    }
    library->symbols = ARENA_ARRAY(ck->arena, file->count * 2u + 1u, struct symbol *);
    library->functions = ARENA_ARRAY(ck->arena, file->count + 1u, struct function_symbol *);
    if (!library->symbols || !library->functions) {
        return check_no_memory(ck);
    }
    made->source = source;
    made->name = STR("");
    library->library = made;
    library->file = file;
    library->built_in = built_in;
    library->state = STATE_BUSY;
    library->context = STR("Unfiltered");
    library->last_definition = &made->definitions;
    library->last_function = &made->functions;
    library->last_parameter = &made->parameters;
    library->last_vocabulary = &made->vocabularies;
    library->last_code = &made->codes;
    *ck->last_library = library;
    ck->last_library = &library->next;
    *ck->last_listed = made;
    ck->last_listed = &made->next;
    return library;
}

struct check_library *check_declare(struct checker *ck, const struct source *source,
                                    const struct syntax *file, bool built_in, struct str expected) {
    struct check_library *library = new_library(ck, source, file, built_in);
    if (!library) {
        return NULL;
    }
    library->library->name = expected;
    struct frame frame = {.library = library, .context = STR("Unfiltered")};
    struct frame *outer = ck->frame;
    ck->frame = &frame;
    for (uint32_t i = 0; i < file->count && ck->status == STATUS_OK; i++) {
        if (file->kids[i]) {
            declare(ck, library, file->kids[i]);
        }
    }
    if (ck->status == STATUS_OK) {
        resolve_declarations(ck, library);
    }
    ck->frame = outer;
    library->state = STATE_DONE;
    return library;
}

static struct expr *implicit_body(struct checker *ck, const struct symbol *symbol) {
    struct retrieve *retrieve = ARENA_NEW(ck->arena, struct retrieve);
    if (!retrieve) {
        return check_no_memory(ck);
    }
    retrieve->type = model_find(STR("FHIR"), symbol->name);
    retrieve->code_path = STR("");
    retrieve->code_element = MODEL_NO_ELEMENT;
    retrieve->number = ck->program->retrieve_count++;
    retrieve->in = symbol->definition;
    check_note_read(ck);
    const struct type *type = type_list(ck->types, type_named(ck->types, retrieve->type));
    struct expr *expr =
        type ? check_node(ck, EXPR_RETRIEVE, type, symbol->span) : check_no_memory(ck);
    if (!expr) {
        return NULL;
    }
    expr->retrieve = retrieve;
    return check_operator1(ck, "SingletonFrom", "singleton from", expr, symbol->span);
}

static enum stratum stratum_of(const struct frame *frame) {
    if (frame->reads && frame->reads_population) {
        return STRATUM_PATIENT_AFTER;
    }
    return frame->reads              ? STRATUM_PATIENT
           : frame->reads_population ? STRATUM_POPULATION
                                     : STRATUM_CONSTANT;
}

bool check_definition(struct checker *ck, struct symbol *symbol) {
    struct definition *definition = symbol->definition;
    if (symbol->state == STATE_NEW) {
        symbol->state = STATE_BUSY;
        struct frame frame = {
            .library = symbol->library, .definition = definition, .context = definition->context};
        struct frame *outer = ck->frame;
        ck->frame = &frame;
        definition->body = definition->is_implicit    ? implicit_body(ck, symbol)
                           : symbol->syntax->is_wrong ? NULL
                                                      : check_kid(ck, symbol->syntax, 1);
        ck->frame = outer;
        definition->type = definition->body ? definition->body->type : NULL;
        definition->stratum = stratum_of(&frame);
        definition->uses_now = frame.uses_now;
        definition->slot_count = frame.slot_count;
        symbol->state = STATE_DONE;
    }
    return definition->type != NULL;
}

bool check_parameter(struct checker *ck, struct symbol *symbol) {
    struct parameter *parameter = symbol->parameter;
    const struct syntax *node = symbol->syntax;
    if (symbol->state == STATE_BUSY) {
        diag_at(ck->diags, DIAG_CQ0104, symbol->span, "`%.*s` is defined by itself",
                STR_ARG(symbol->name));
        return false;
    }
    if (symbol->state == STATE_NEW && node->is_wrong) {
        symbol->state = STATE_DONE;
    }
    if (symbol->state == STATE_NEW) {
        symbol->state = STATE_BUSY;
        struct frame frame = {.library = symbol->library, .context = STR("Unfiltered")};
        struct frame *outer = ck->frame;
        ck->frame = &frame;
        const struct type *type = node->kids[1] ? check_type(ck, node->kids[1]) : NULL;
        struct expr *value = check_kid(ck, node, 2);
        if (value && type) {
            value = check_convert_to(ck, value, type, "the default of this parameter");
        }
        if (frame.reads || frame.reads_population) {
            diag_at(ck->diags, DIAG_CQ0155, node->kids[2]->span,
                    "the default of a parameter cannot depend on data");
            value = NULL;
        }
        if (!node->kids[1] && !node->kids[2]) {
            diag_at(ck->diags, DIAG_CQ0155, symbol->span, "`%.*s` needs a type or a default value",
                    STR_ARG(symbol->name));
        }
        ck->frame = outer;
        parameter->slot_count = frame.slot_count;
        parameter->default_value = value;
        parameter->type = type ? type : !node->kids[1] && value ? value->type : NULL;
        symbol->state = STATE_DONE;
    }
    return parameter->type != NULL;
}

void check_bodies(struct checker *ck, struct check_library *library) {
    uint32_t *order = check_order(ck, library);
    uint32_t total = library->symbol_count + library->function_name_count;
    for (uint32_t i = 0; order && i < total && ck->status == STATUS_OK; i++) {
        if (order[i] >= library->symbol_count) {
            for (struct function_symbol *f = library->functions[order[i] - library->symbol_count];
                 f; f = f->next) {
                check_function_body(ck, f);
            }
            continue;
        }
        struct symbol *symbol = library->symbols[order[i]];
        if (symbol->kind == SYMBOL_DEFINITION) {
            check_definition(ck, symbol);
        } else if (symbol->kind == SYMBOL_PARAMETER) {
            check_parameter(ck, symbol);
        }
    }
}

static struct check_library *parse_and_declare(struct checker *ck, struct str path, struct str text,
                                               bool built_in, struct str name) {
    const struct source *source = diag_source(ck->diags, path, text);
    struct syntax *file = NULL;
    if (!source) {
        return check_no_memory(ck);
    }
    enum status status = syntax_parse_library(source, ck->arena, ck->diags, &file);
    if (status != STATUS_OK) {
        ck->status = status;
        return NULL;
    }
    return file ? check_declare(ck, source, file, built_in, name) : NULL;
}

struct check_library *check_helpers(struct checker *ck) {
    if (!ck->helpers && ck->status == STATUS_OK) {
        struct str text = fhirhelpers_text(ck->arena);
        if (!text.at) {
            return check_no_memory(ck);
        }
        ck->helpers = parse_and_declare(ck, STR("FHIRHelpers"), text, true, STR("FHIRHelpers"));
    }
    return ck->helpers;
}

static struct check_library *find_loaded(struct checker *ck, struct str name, struct str version) {
    for (struct check_library *l = ck->libraries; l; l = l->next) {
        if (str_equal(l->library->name, name) &&
            (!version.len || !l->library->version.len || str_equal(l->library->version, version))) {
            return l;
        }
    }
    return NULL;
}

static struct check_library *load_file(struct checker *ck, struct str name, struct str version,
                                       struct span span) {
    bool found = false;
    struct str path = STR_NONE, text = STR_NONE;
    if (ck->loader) {
        enum status status =
            ck->loader->load(ck->loader->context, name, version, ck->arena, &found, &path, &text);
        if (status != STATUS_OK) {
            ck->status = status;
            return NULL;
        }
    }
    if (!found) {
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0130, span, "library `%.*s`%s%.*s was not found",
                    STR_ARG(name), version.len ? " version " : "", STR_ARG(version));
        diag_hint(ck->diags, d, "put %.*s.cql beside this file, or say where it is with -I",
                  STR_ARG(name));
        return NULL;
    }
    struct check_library *library = parse_and_declare(ck, path, text, false, name);
    if (!library) {
        return NULL;
    }
    struct str declared = library->library->version;
    if (version.len && declared.len && !str_equal(version, declared)) {
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0133, span, "library `%.*s` is version %.*s, not %.*s",
                    STR_ARG(name), STR_ARG(declared), STR_ARG(version));
        diag_hint(ck->diags, d, "write version '%.*s', or put the other one into %.*s-%.*s.cql",
                  STR_ARG(declared), STR_ARG(name), STR_ARG(version));
    }
    check_bodies(ck, library);
    return library;
}

struct check_library *check_load(struct checker *ck, struct str name, struct str version,
                                 struct span span) {
    if (str_equal(name, STR("FHIRHelpers")) && (!version.len || str_equal(version, STR("4.0.1")))) {
        return check_helpers(ck);
    }
    struct check_library *known = find_loaded(ck, name, version);
    if (known && known->state == STATE_BUSY) {
        diag_at(ck->diags, DIAG_CQ0131, span, "library `%.*s` includes itself", STR_ARG(name));
        return NULL;
    }
    if (known) {
        return known;
    }
    if (ck->include_depth >= INCLUDE_DEPTH_MAX) {
        diag_at(ck->diags, DIAG_CQ0131, span, "includes nest more than %d deep", INCLUDE_DEPTH_MAX);
        return NULL;
    }
    ck->include_depth++;
    struct check_library *library = load_file(ck, name, version, span);
    ck->include_depth--;
    return library;
}
