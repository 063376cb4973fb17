/* What a name stands for. Inner names hide outer ones: a query's aliases and lets and a function's
 * operands, then what the library declares. */
#include "cql/check.h"

struct symbol *check_find_symbol(struct check_library *library, struct str name) {
    uint32_t at;
    return map_find(&library->names, name, &at) ? library->symbols[at] : NULL;
}

void check_push_local(struct checker *ck, struct local *local, enum expr_kind kind,
                      const struct variable *variable) {
    *local = (struct local){
        .name = variable->name, .kind = kind, .variable = variable, .outer = ck->frame->locals};
    const struct local *hidden = local->outer;
    while (hidden && !(hidden->name.len && str_equal(hidden->name, local->name))) {
        hidden = hidden->outer;
    }
    if (hidden) {
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0512, variable->span, "`%.*s` hides another `%.*s`",
                    STR_ARG(local->name), STR_ARG(local->name));
        diag_hint(ck->diags, d, "choose another name: the outer one cannot be reached here");
    }
    ck->frame->locals = local;
}

static char first_char(struct span span) {
    return span.source && span.end > span.start ? span.source->text.at[span.start] : ' ';
}

static bool is_quoted(const struct syntax *identifier) {
    char c = first_char(identifier->span);
    return c == '"' || c == '`';
}

/* A quoted name whose end is missing, which was reported. */
static bool is_cut(const struct syntax *identifier) {
    struct span span = identifier->span;
    return is_quoted(identifier) &&
           (span.end - span.start < 2 || span.source->text.at[span.end - 1] != first_char(span));
}

size_t check_near(struct str name) {
    return name.len < 3 ? 1 : name.len / 3 + 1;
}

/* Words that begin an expression. */
static const char *const leading[] = {"exists",   "not",     "distinct", "flatten",
                                      "collapse", "expand",  "convert",  "singleton",
                                      "minimum",  "maximum", "duration", "difference"};

struct nearest {
    struct str wanted;
    struct str name;
    size_t distance;
};

static void consider(struct nearest *nearest, struct str name) {
    size_t distance = str_equal_fold(nearest->wanted, name)
                          ? 0
                          : str_distance(nearest->wanted, name, nearest->distance);
    if (name.len && distance < nearest->distance) {
        nearest->distance = distance;
        nearest->name = name;
    }
}

static struct str nearest_name(const struct checker *ck, struct str name) {
    struct nearest nearest = {name, STR_NONE, check_near(name)};
    for (const struct local *l = ck->frame->locals; l; l = l->outer) {
        consider(&nearest, l->name);
    }
    const struct check_library *library = ck->frame->library;
    for (uint32_t i = 0; i < library->symbol_count; i++) {
        consider(&nearest, library->symbols[i]->name);
    }
    for (uint32_t i = 0; i < library->function_name_count; i++) {
        consider(&nearest, library->functions[i]->function->name);
    }
    return nearest.name;
}

void check_hint_similar(struct checker *ck, struct diagnostic *diagnostic, struct str name) {
    struct str near = nearest_name(ck, name);
    if (near.len) {
        diag_hint(ck->diags, diagnostic, "did you mean `%.*s`?", STR_ARG(near));
    }
}

/* A declared name of several words whose first this is. */
static struct str longer_name(const struct checker *ck, struct str first) {
    const struct check_library *library = ck->frame->library;
    for (uint32_t i = 0; i < library->symbol_count; i++) {
        struct str name = library->symbols[i]->name;
        if (str_starts(name, first) && name.len > first.len && name.at[first.len] == ' ') {
            return name;
        }
    }
    return STR_NONE;
}

/* A name that stands for a value, and that nothing has. */
static void hint_value(struct checker *ck, struct diagnostic *d, const struct syntax *identifier) {
    struct str name = identifier->text;
    struct str near = nearest_name(ck, name);
    struct str longer = is_quoted(identifier) ? STR_NONE : longer_name(ck, name);
    struct nearest word = {name, STR_NONE, check_near(name)};
    for (size_t i = 0; i < sizeof leading / sizeof *leading; i++) {
        consider(&word, str_from(leading[i]));
    }
    bool function = check_find_functions(ck->frame->library, name) ||
                    signature_first(ck->signatures, name) != OP_ID_COUNT || check_is_age(name);
    const struct local *later = ck->frame->later;
    while (later && !str_equal(later->name, name)) {
        later = later->outer;
    }
    if (later) {
        diag_hint(ck->diags, d,
                  "the starting value is there before the first row: `%.*s` has no value yet",
                  STR_ARG(name));
    } else if (function) {
        diag_hint(ck->diags, d, "it is a function: call it with `%.*s(...)`", STR_ARG(name));
    } else if (ck->frame->locals && ck->frame->locals->is_row) {
        diag_hint(ck->diags, d,
                  "`sort by` sees the elements of an item, named alone, without an alias");
    } else if (longer.len) {
        diag_hint(ck->diags, d, "a name with blanks stands in double quotes: \"%.*s\"",
                  STR_ARG(longer));
    } else if (near.len) {
        diag_hint(ck->diags, d, "did you mean `%.*s`?", STR_ARG(near));
    } else if (word.name.len) {
        diag_hint(ck->diags, d, "did you mean the word `%.*s`?", STR_ARG(word.name));
    } else if (is_quoted(identifier)) {
        diag_hint(ck->diags, d, "declare it; or if it is a text, write it in single quotes");
    } else {
        diag_hint(ck->diags, d, "if it is a text, write it in single quotes: '%.*s'",
                  STR_ARG(name));
    }
}

/* A definition belongs to one subject when its context is not the whole population. */
static bool is_specific(struct str context) {
    return !str_equal(context, STR("Unfiltered")) && !str_equal(context, STR("Population"));
}

void check_note_read(struct checker *ck) {
    /* A function reads what its caller does. */
    if (!ck->frame->definition || is_specific(ck->frame->context)) {
        ck->frame->reads = true;
    } else {
        ck->frame->reads_population = true;
    }
}

static struct expr *definition_ref(struct checker *ck, struct symbol *symbol, struct span span) {
    if (symbol->state == STATE_BUSY) {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0104, span, "`%.*s` is defined by itself",
                                       STR_ARG(symbol->name));
        diag_hint(ck->diags, d,
                  "follow the names from its definition back to here and break the "
                  "circle");
        return NULL;
    }
    if (!check_definition(ck, symbol)) {
        return NULL;
    }
    const struct definition *definition = symbol->definition;
    const struct type *type = definition->type;
    struct frame *frame = ck->frame;
    bool spread = is_specific(definition->context) && !is_specific(frame->context);
    if (spread) {
        type = type->kind == TYPE_LIST ? type : check_made(ck, type_list(ck->types, type), span);
        frame->reads_population = true;
    } else {
        frame->reads = frame->reads || definition->stratum == STRATUM_PATIENT ||
                       definition->stratum == STRATUM_PATIENT_AFTER;
        frame->reads_population = frame->reads_population ||
                                  definition->stratum == STRATUM_POPULATION ||
                                  definition->stratum == STRATUM_PATIENT_AFTER;
    }
    frame->uses_now = frame->uses_now || definition->uses_now;
    struct expr *ref = type ? check_node(ck, EXPR_DEFINE_REF, type, span) : NULL;
    if (ref) {
        ref->definition = definition;
        ref->spread = spread;
    }
    return ref;
}

struct expr *check_symbol_ref(struct checker *ck, struct symbol *symbol, struct span span) {
    struct expr *ref = NULL;
    switch (symbol->kind) {
    case SYMBOL_DEFINITION:
        return definition_ref(ck, symbol, span);
    case SYMBOL_PARAMETER:
        if (!check_parameter(ck, symbol)) {
            return NULL;
        }
        ref = check_node(ck, EXPR_PARAMETER_REF, symbol->parameter->type, span);
        if (ref) {
            ref->parameter = symbol->parameter;
        }
        return ref;
    case SYMBOL_VOCABULARY: {
        bool set = symbol->vocabulary->value.is_value_set;
        ref = check_node(ck, set ? EXPR_VALUESET_REF : EXPR_CODESYSTEM_REF,
                         ck->system[set ? MODEL_VALUESET : MODEL_CODESYSTEM], span);
        if (ref) {
            ref->vocabulary = symbol->vocabulary;
        }
        return ref;
    }
    case SYMBOL_CODE: {
        bool concept = symbol->code->is_concept;
        ref = check_node(ck, concept ? EXPR_CONCEPT_REF : EXPR_CODE_REF,
                         ck->system[concept ? MODEL_CONCEPT : MODEL_CODE], span);
        if (ref) {
            ref->code = symbol->code;
        }
        return ref;
    }
    case SYMBOL_INCLUDE: {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0111, span,
                                       "`%.*s` is a library, not a value", STR_ARG(symbol->name));
        diag_hint(ck->diags, d, "name something in it: `%.*s.\"...\"`", STR_ARG(symbol->name));
        return NULL;
    }
    }
    return NULL;
}

static const struct local *find_local(const struct checker *ck, struct str name) {
    const struct local *local = ck->frame->locals;
    while (local && (local->is_row || !str_equal(local->name, name))) {
        local = local->outer;
    }
    return local;
}

/* An element of the row that a sort clause orders. */
static struct expr *row_element(struct checker *ck, const struct syntax *identifier) {
    const struct local *row = ck->frame->locals;
    if (!row || !row->is_row ||
        !check_property_type(ck, row->variable->type, identifier->text, identifier->span)) {
        return NULL;
    }
    struct expr *item = check_variable_ref(ck, EXPR_ALIAS_REF, row->variable, identifier->span);
    if (!item) {
        return NULL;
    }
    item->implicit = true;
    return check_property(ck, item, identifier->text, identifier->span);
}

static bool continues_word(struct span span, uint32_t at) {
    char c = at < span.end ? span.source->text.at[at] : ' ';
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The name stands at `at`, and not as a part of a longer one. */
static bool is_word(struct span span, uint32_t at, struct str name) {
    return memcmp(span.source->text.at + at, name.at, name.len) == 0 &&
           !continues_word(span, at + (uint32_t)name.len) &&
           (at == span.start || !continues_word(span, at - 1));
}

bool check_may_declare(const struct check_library *library, struct str name) {
    for (uint32_t i = 0; i < library->file->count; i++) {
        const struct syntax *node = library->file->kids[i];
        if (node->kind != SYNTAX_BROKEN || !name.len) {
            continue;
        }
        for (uint32_t at = node->span.start; at + name.len <= node->span.end; at++) {
            if (is_word(node->span, at, name)) {
                return true;
            }
        }
    }
    return false;
}

enum { PLACES_TOLD_MAX = 8 };

bool check_is_told(struct checker *ck, struct str name, struct span span) {
    struct unknown_name *u = ck->frame->library->unknown;
    while (u && !str_equal(u->name, name)) {
        u = u->next;
    }
    if (!u) {
        return check_may_declare(ck->frame->library, name);
    }
    uint32_t line = span.source ? diag_locate(span.source, span.start).line : 0;
    if (u->diagnostic && line != u->line && u->told < PLACES_TOLD_MAX) {
        struct str before = u->diagnostic->note;
        diag_note(ck->diags, u->diagnostic, "%.*s%s %u", STR_ARG(before),
                  u->told == 0 ? (before.len ? "; also in line" : "also in line") : ",", line);
        u->told++;
        u->line = line;
    }
    return true;
}

void check_tell(struct checker *ck, struct str name, struct span span,
                struct diagnostic *diagnostic) {
    struct unknown_name *u = ARENA_NEW(ck->arena, struct unknown_name);
    if (!u) {
        check_no_memory(ck);
        return;
    }
    uint32_t line = span.source ? diag_locate(span.source, span.start).line : 0;
    *u = (struct unknown_name){name, diagnostic, line, 0, ck->frame->library->unknown};
    ck->frame->library->unknown = u;
}

struct expr *check_name(struct checker *ck, const struct syntax *identifier) {
    struct str name = identifier->text;
    struct expr *element = row_element(ck, identifier);
    if (element || ck->status != STATUS_OK) {
        return element;
    }
    const struct local *local = find_local(ck, name);
    if (local) {
        return local->variable
                   ? check_variable_ref(ck, local->kind, local->variable, identifier->span)
                   : NULL;
    }
    struct symbol *symbol = check_find_symbol(ck->frame->library, name);
    if (symbol) {
        return check_symbol_ref(ck, symbol, identifier->span);
    }
    if (!is_cut(identifier) && !check_is_told(ck, name, identifier->span)) {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0100, identifier->span,
                                       "nothing here is called `%.*s`", STR_ARG(name));
        hint_value(ck, d, identifier);
        check_tell(ck, name, identifier->span, d);
    }
    return NULL;
}

struct symbol *check_include_of(struct checker *ck, const struct syntax *node) {
    if (!node || node->kind != SYNTAX_NAME || find_local(ck, node->kids[0]->text)) {
        return NULL;
    }
    struct symbol *symbol = check_find_symbol(ck->frame->library, node->kids[0]->text);
    return symbol && symbol->kind == SYMBOL_INCLUDE ? symbol : NULL;
}

static struct symbol *member_symbol(struct checker *ck, struct symbol *include,
                                    const struct syntax *identifier) {
    struct check_library *library = include->included;
    if (!library) {
        return NULL; /* reported where it is included */
    }
    struct symbol *symbol = check_find_symbol(library, identifier->text);
    if (!symbol && check_may_declare(library, identifier->text)) {
        return NULL;
    }
    if (!symbol || symbol->kind == SYMBOL_INCLUDE ||
        (symbol->kind == SYMBOL_DEFINITION && symbol->definition->is_implicit)) {
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0100, identifier->span, "library `%.*s` has no `%.*s`",
                    STR_ARG(include->name), STR_ARG(identifier->text));
        struct nearest nearest = {identifier->text, STR_NONE, check_near(identifier->text)};
        for (uint32_t i = 0; i < library->symbol_count; i++) {
            consider(&nearest, library->symbols[i]->name);
        }
        if (nearest.name.len) {
            diag_hint(ck->diags, d, "did you mean `%.*s`?", STR_ARG(nearest.name));
        }
        return NULL;
    }
    if (symbol->is_private) {
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0103, identifier->span, "`%.*s` is private to library `%.*s`",
                    STR_ARG(identifier->text), STR_ARG(include->name));
        diag_hint(ck->diags, d, "drop `private` there if others may use it");
        return NULL;
    }
    return symbol;
}

struct expr *check_library_member(struct checker *ck, struct symbol *include,
                                  const struct syntax *identifier) {
    struct symbol *symbol = member_symbol(ck, include, identifier);
    return symbol ? check_symbol_ref(ck, symbol, identifier->span) : NULL;
}

struct symbol *check_qualified(struct checker *ck, const struct syntax *qualified) {
    const struct syntax *first = qualified->count ? qualified->kids[0] : NULL;
    if (!first) {
        return NULL;
    }
    struct symbol *symbol = check_find_symbol(ck->frame->library, first->text);
    if (!symbol) {
        if (!check_is_told(ck, first->text, first->span)) {
            struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0100, first->span,
                                           "nothing here is called `%.*s`", STR_ARG(first->text));
            check_hint_similar(ck, d, first->text);
            check_tell(ck, first->text, first->span, d);
        }
        return NULL;
    }
    if (qualified->count == 1) {
        return symbol;
    }
    return symbol->kind == SYMBOL_INCLUDE ? member_symbol(ck, symbol, qualified->kids[1]) : symbol;
}
