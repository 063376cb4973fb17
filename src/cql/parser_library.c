/* A library: directives, declarations, statements. */
#include "cql/parser_internal.h"

/* The stages of a library, in the order the grammar wants. */
enum stage { STAGE_DIRECTIVE, STAGE_LIBRARY, STAGE_DECLARATION, STAGE_STATEMENT };

static struct syntax *with_version(struct parser *p, struct syntax *made, struct syntax *version) {
    (void)p;
    if (made && version) {
        made->text = version->text;
    }
    return made;
}

/* An optional `version '...'`; false when it was wrong. */
static bool parse_version(struct parser *p, struct syntax **version) {
    *version = NULL;
    if (accept_keyword(p, KEYWORD_VERSION)) {
        *version = parse_text(p, "the version, a text in single quotes,");
        return *version != NULL;
    }
    return true;
}

static bool parse_called(struct parser *p, struct syntax **name) {
    *name = NULL;
    if (accept_keyword(p, KEYWORD_CALLED)) {
        *name = parse_identifier(p, "a name after 'called'");
        return *name != NULL;
    }
    return true;
}

static struct syntax *parse_directive(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *name = parse_identifier(p, "the name of a directive");
    struct syntax *text = NULL;
    if (!name) {
        return NULL;
    }
    if (accept_kind(p, TOKEN_COLON)) {
        text = parse_text(p, "the text of the directive");
        if (!text) {
            return NULL;
        }
    }
    struct syntax *made = node1(p, SYNTAX_DIRECTIVE, first, text);
    return with_version(p, made, name);
}

static struct syntax *parse_library_name(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *version = NULL;
    struct syntax *name = parse_qualified(p, "the name of the library");
    if (!name || !parse_version(p, &version)) {
        return NULL;
    }
    return with_version(p, node1(p, SYNTAX_LIBRARY_NAME, first, name), version);
}

static struct syntax *parse_using(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *version = NULL;
    struct syntax *called = NULL;
    struct syntax *name = parse_qualified(p, "the name of a model, such as FHIR");
    if (!name || !parse_version(p, &version) || !parse_called(p, &called)) {
        return NULL;
    }
    return with_version(p, node2(p, SYNTAX_USING, first, name, called), version);
}

static struct syntax *parse_include(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *version = NULL;
    struct syntax *called = NULL;
    struct syntax *bind = NULL;
    struct syntax *name = parse_qualified(p, "the name of a library");
    if (!name || !parse_version(p, &version) || !parse_called(p, &called)) {
        return NULL;
    }
    if (accept_keyword(p, KEYWORD_BIND)) {
        bind = parse_tuple(p);
        if (!bind) {
            return NULL;
        }
    }
    return with_version(p, node3(p, SYNTAX_INCLUDE, first, name, called, bind), version);
}

/* Names between braces, added to kids. */
static struct syntax *parse_system_name(struct parser *p) {
    return parse_qualified(p, "a name");
}

static bool colon_after(struct parser *p, struct syntax *name, const char *what) {
    return name && expect_kind(p, TOKEN_COLON, what);
}

static struct syntax *parse_vocabulary(struct parser *p, uint32_t first) {
    bool value_set = at_keyword(p, KEYWORD_VALUESET);
    struct kids kids = {0};
    token_next(p);
    struct syntax *version = NULL;
    struct syntax *name = parse_identifier(p, value_set ? "the name of the value set"
                                                        : "the name of the code system");
    if (!colon_after(p, name,
                     value_set ? "':' and the url of the value set"
                               : "':' and the url of the code system")) {
        return NULL;
    }
    struct syntax *id = parse_text(p, "a url, a text in single quotes,");
    if (!id || !parse_version(p, &version) || !kids_add(p, &kids, name) ||
        !kids_add(p, &kids, id) || !kids_add(p, &kids, version)) {
        return NULL;
    }
    if (value_set && accept_keyword(p, KEYWORD_CODESYSTEMS)) {
        if (!at_kind(p, TOKEN_BRACE_OPEN)) {
            return expected(p, "'{' and the names of code systems");
        }
        if (!parse_items(p, p->at, &kids, parse_system_name)) {
            return NULL;
        }
    }
    return node_of(p, value_set ? SYNTAX_VALUESET : SYNTAX_CODESYSTEM, first, &kids);
}

static bool parse_display(struct parser *p, struct syntax **display) {
    *display = NULL;
    if (accept_keyword(p, KEYWORD_DISPLAY)) {
        *display = parse_text(p, "the display text");
        return *display != NULL;
    }
    return true;
}

static struct syntax *parse_code(struct parser *p, uint32_t first) {
    struct kids kids = {0};
    token_next(p);
    struct syntax *name = parse_identifier(p, "the name of the code");
    if (!colon_after(p, name, "':' and the code")) {
        return NULL;
    }
    struct syntax *id = parse_text(p, "the code, a text in single quotes,");
    if (!id || !expect_keyword(p, KEYWORD_FROM, "'from' and the code system")) {
        return NULL;
    }
    struct syntax *display = NULL;
    struct syntax *system = parse_qualified(p, "the name of a code system");
    if (!system || !parse_display(p, &display) || !kids_add(p, &kids, name) ||
        !kids_add(p, &kids, id) || !kids_add(p, &kids, system) || !kids_add(p, &kids, display)) {
        return NULL;
    }
    return node_of(p, SYNTAX_CODE, first, &kids);
}

static struct syntax *parse_concept(struct parser *p, uint32_t first) {
    struct kids kids = {0};
    token_next(p);
    struct syntax *name = parse_identifier(p, "the name of the concept");
    if (!colon_after(p, name, "':' and the codes of the concept")) {
        return NULL;
    }
    if (!at_kind(p, TOKEN_BRACE_OPEN)) {
        return expected(p, "'{' and the codes of the concept");
    }
    if (!kids_add(p, &kids, name) || !kids_add(p, &kids, NULL) ||
        !parse_items(p, p->at, &kids, parse_system_name) || !parse_display(p, &kids.at[1])) {
        return NULL;
    }
    return node_of(p, SYNTAX_CONCEPT, first, &kids);
}

static struct syntax *parse_parameter(struct parser *p, uint32_t first) {
    token_next(p);
    struct syntax *type = NULL;
    struct syntax *value = NULL;
    struct syntax *name = parse_identifier(p, "the name of the parameter");
    if (!name) {
        return NULL;
    }
    bool good = true;
    if (!at_keyword(p, KEYWORD_DEFAULT) && !at_definition(p)) {
        type = parse_type(p);
        good = type != NULL;
    }
    if (good && accept_keyword(p, KEYWORD_DEFAULT)) {
        value = parse_expression(p);
    }
    return node3(p, SYNTAX_PARAMETER, first, name, type, value);
}

static struct syntax *parse_context(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *model = NULL;
    struct syntax *name = parse_identifier(p, "the name of a context, such as Patient");
    if (name && accept_kind(p, TOKEN_DOT)) {
        model = name;
        name = parse_identifier(p, "the name of a context");
    }
    return name ? node2(p, SYNTAX_CONTEXT, first, name, model) : NULL;
}

static struct syntax *parse_operand(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *name = parse_referential(p, "the name of an operand");
    struct syntax *type = name ? parse_type(p) : NULL;
    return type ? node2(p, SYNTAX_OPERAND, first, name, type) : NULL;
}

enum { FUNCTION_NAME, FUNCTION_BODY, FUNCTION_RETURNS };

/* From the name on; the words before it are taken. */
static struct syntax *parse_function(struct parser *p, uint32_t first) {
    struct kids kids = {0};
    struct syntax *name = parse_function_name(p);
    if (!name) {
        return NULL;
    }
    if (!at_kind(p, TOKEN_PAREN_OPEN)) {
        return expected(p, "'(' and the operands of the function");
    }
    if (!kids_add(p, &kids, name) || !kids_add(p, &kids, NULL) || !kids_add(p, &kids, NULL) ||
        !parse_items(p, p->at, &kids, parse_operand)) {
        return NULL;
    }
    if (word_ahead(p, 0, "returns")) {
        token_next(p);
        kids.at[FUNCTION_RETURNS] = parse_type(p);
        if (!kids.at[FUNCTION_RETURNS]) {
            return NULL;
        }
    }
    if (!expect_kind(p, TOKEN_COLON, "':' and the body of the function")) {
        return NULL;
    }
    bool external = word_ahead(p, 0, "external") && starts_definition(p, p->at + 1);
    if (external) {
        token_next(p);
    } else {
        kids.at[FUNCTION_BODY] = parse_expression(p);
        if (!kids.at[FUNCTION_BODY]) {
            return NULL;
        }
    }
    return node_of(p, SYNTAX_FUNCTION, first, &kids);
}

static enum syntax_word take_access(struct parser *p) {
    if (accept_keyword(p, KEYWORD_PUBLIC)) {
        return WORD_PUBLIC;
    }
    return accept_keyword(p, KEYWORD_PRIVATE) ? WORD_PRIVATE : WORD_NONE;
}

/* define context X of type ..., define type X ..., define implicit conversion ...: CQL 2. */
static bool model_statement_ahead(const struct parser *p) {
    return (at_keyword(p, KEYWORD_CONTEXT) && identifier_ahead(p, 1) &&
            keyword_ahead(p, 2, KEYWORD_OF)) ||
           (at_keyword(p, KEYWORD_TYPE) && identifier_ahead(p, 1)) ||
           ((at_keyword(p, KEYWORD_IMPLICIT) || at_keyword(p, KEYWORD_EXPLICIT)) &&
            keyword_ahead(p, 1, KEYWORD_CONVERSION));
}

static void skip_to_definition(struct parser *p) {
    while (!at_definition(p)) {
        token_next(p);
    }
}

static struct syntax *parse_model_statement(struct parser *p, uint32_t first) {
    struct diagnostic *d =
        report(p, DIAG_CQ0020, token_span(p, p->at),
               "declarations of contexts, types and conversions belong to CQL 2 and are not read");
    diag_hint(p->diags, d, "the model is FHIR R4: using FHIR version '4.0.1'");
    skip_to_definition(p);
    struct syntax *made = node0(p, SYNTAX_MODEL_STATEMENT, first);
    if (made) {
        made->text =
            (struct str){p->source->text.at + made->span.start, made->span.end - made->span.start};
    }
    return made;
}

/* The body of a define that could not be parsed is NULL: its name is known all the same. */
static struct syntax *parse_define_body(struct parser *p, uint32_t first) {
    struct syntax *name = parse_identifier(p, "a name");
    if (!name) {
        return NULL;
    }
    if (at_kind(p, TOKEN_PAREN_OPEN)) {
        struct diagnostic *d =
            report(p, DIAG_CQ0026, name->span, "a definition with operands is a function");
        diag_hint(p->diags, d, "write: define function %.*s(...): ...", STR_ARG(name->text));
        return NULL;
    }
    struct syntax *body = NULL;
    if (at_kind(p, TOKEN_EQUAL)) {
        struct diagnostic *d = report(p, DIAG_CQ0001, token_span(p, p->at),
                                      "expected ':' and the definition here, but found '='");
        diag_hint(p->diags, d, "write: define %.*s: ...", STR_ARG(name->text));
        token_next(p);
        body = parse_expression(p);
    } else if (expect_kind(p, TOKEN_COLON, "':' and the definition")) {
        body = parse_expression(p);
    }
    return node2(p, SYNTAX_DEFINE, first, name, body);
}

static struct syntax *parse_define(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    enum syntax_word access = take_access(p);
    if (model_statement_ahead(p)) {
        return parse_model_statement(p, first);
    }
    bool fluent = at_keyword(p, KEYWORD_FLUENT) && keyword_ahead(p, 1, KEYWORD_FUNCTION);
    if (fluent) {
        token_next(p);
    }
    struct syntax *made = accept_keyword(p, KEYWORD_FUNCTION) ? parse_function(p, first)
                                                              : parse_define_body(p, first);
    if (made) {
        made->word = (uint8_t)access;
        made->flags = fluent;
    }
    return made;
}

static struct syntax *with_access(struct syntax *made, enum syntax_word access) {
    if (made) {
        made->word = (uint8_t)access;
    }
    return made;
}

static const enum keyword defining[] = {
    KEYWORD_DEFINE,     KEYWORD_LIBRARY,  KEYWORD_USING,  KEYWORD_INCLUDE,
    KEYWORD_CODESYSTEM, KEYWORD_VALUESET, KEYWORD_CODE,   KEYWORD_CONCEPT,
    KEYWORD_PARAMETER,  KEYWORD_CONTEXT,  KEYWORD_PUBLIC, KEYWORD_PRIVATE,
};

static bool defining_word(const struct token *token) {
    for (size_t i = 0; token->kind == TOKEN_WORD && i < sizeof defining / sizeof *defining; i++) {
        if (token->keyword == defining[i]) {
            return true;
        }
    }
    return false;
}

/* A word at the place of a defining word which is nearly one. */
static enum keyword nearest_defining(struct str word) {
    enum keyword best = KEYWORD_NONE;
    size_t limit = word.len > 4 ? 2 : 1;
    size_t best_distance = limit + 1;
    for (size_t i = 0; i < sizeof defining / sizeof *defining; i++) {
        struct str text = str_from(keyword_text(defining[i]));
        size_t distance = str_equal_fold(text, word) ? 0 : str_distance(text, word, limit);
        if (distance < best_distance) {
            best = defining[i];
            best_distance = distance;
        }
    }
    return best;
}

static struct syntax *parse_definition(struct parser *p, enum keyword keyword);

/* What stands here begins no definition: a misspelt word, a missing `define`, or anything. */
static struct syntax *parse_stray(struct parser *p) {
    const struct token *token = token_now(p);
    struct str text = token_text(p, token);
    struct span span = token_span(p, p->at);
    if ((token->kind == TOKEN_QUOTED || token->kind == TOKEN_WORD) &&
        token_ahead(p, 1)->kind == TOKEN_COLON) {
        struct diagnostic *d = report(p, DIAG_CQ0015, span,
                                      "expected a definition here, but found a name and a colon");
        diag_hint(p->diags, d, "write: define %.*s: ...", STR_ARG(text));
        return parse_define_body(p, p->at);
    }
    bool word = token->kind == TOKEN_WORD && token->keyword == KEYWORD_NONE;
    enum keyword near = word ? nearest_defining(text) : KEYWORD_NONE;
    if (near != KEYWORD_NONE) {
        struct diagnostic *d = report(p, DIAG_CQ0021, span, "unknown word '%.*s'", STR_ARG(text));
        diag_hint(p->diags, d, "did you mean '%s'?", keyword_text(near));
        return parse_definition(p, near);
    }
    if (at_closing(p)) {
        struct diagnostic *d =
            report(p, DIAG_CQ0013, span, "this '%.*s' closes nothing", STR_ARG(text));
        diag_hint(p->diags, d, "remove it, or open its bracket before");
        return NULL;
    }
    return expected(p, "a definition (define, valueset, code, parameter ...)");
}

static struct syntax *parse_definition(struct parser *p, enum keyword keyword) {
    uint32_t first = p->at;
    switch (keyword) {
    case KEYWORD_DEFINE:
        return parse_define(p);
    case KEYWORD_LIBRARY:
        return parse_library_name(p);
    case KEYWORD_USING:
        return parse_using(p);
    case KEYWORD_INCLUDE:
        return parse_include(p);
    case KEYWORD_CONTEXT:
        return parse_context(p);
    case KEYWORD_PUBLIC:
    case KEYWORD_PRIVATE: {
        enum syntax_word access = take_access(p);
        switch (token_now(p)->keyword) {
        case KEYWORD_CODESYSTEM:
        case KEYWORD_VALUESET:
            return with_access(parse_vocabulary(p, first), access);
        case KEYWORD_CODE:
            return with_access(parse_code(p, first), access);
        case KEYWORD_CONCEPT:
            return with_access(parse_concept(p, first), access);
        case KEYWORD_PARAMETER:
            return with_access(parse_parameter(p, first), access);
        default:
            return expected(p, "parameter, codesystem, valueset, code or concept");
        }
    }
    case KEYWORD_CODESYSTEM:
    case KEYWORD_VALUESET:
        return parse_vocabulary(p, first);
    case KEYWORD_CODE:
        return parse_code(p, first);
    case KEYWORD_CONCEPT:
        return parse_concept(p, first);
    case KEYWORD_PARAMETER:
        return parse_parameter(p, first);
    default:
        return parse_stray(p);
    }
}

static enum stage stage_of(const struct syntax *made) {
    switch (made->kind) {
    case SYNTAX_DIRECTIVE:
        return STAGE_DIRECTIVE;
    case SYNTAX_LIBRARY_NAME:
        return STAGE_LIBRARY;
    case SYNTAX_CONTEXT:
    case SYNTAX_DEFINE:
    case SYNTAX_FUNCTION:
    case SYNTAX_MODEL_STATEMENT:
        return STAGE_STATEMENT;
    default:
        return STAGE_DECLARATION;
    }
}

/* Says once that a declaration stands behind what must follow it. */
static void check_order(struct parser *p, uint32_t first, const struct syntax *made,
                        enum stage *stage, bool *told) {
    enum stage here = stage_of(made);
    bool again = here == STAGE_LIBRARY && *stage == STAGE_LIBRARY;
    if ((here < *stage || again) && !*told) {
        *told = true;
        struct str word = token_text(p, &p->list.tokens[first]);
        struct diagnostic *d = report(p, DIAG_CQ0019, token_span(p, first),
                                      "this '%.*s' stands too late", STR_ARG(word));
        diag_hint(p->diags, d,
                  "the order is: library; then using, include, codesystem, valueset, code, concept "
                  "and parameter; then context and define");
    }
    *stage = here > *stage ? here : *stage;
}

/* The definition is parsed; the next one must begin here, or something is left over. */
static void check_end(struct parser *p) {
    const struct token *token = token_now(p);
    if (p->abandoned || at_definition(p) || defining_word(token) || at_kind(p, TOKEN_HASH) ||
        (identifier_ahead(p, 0) && token_ahead(p, 1)->kind == TOKEN_COLON)) {
        return;
    }
    if (token->kind == TOKEN_WORD && token->flags & TOKEN_STARTS_LINE && identifier_ahead(p, 1) &&
        nearest_defining(token_text(p, token)) != KEYWORD_NONE) {
        return; /* a misspelt defining word: the next definition says so */
    }
    if (at_closing(p)) {
        (void)parse_stray(p);
    } else {
        expected(p, "an operator or the next definition");
    }
    skip_to_definition(p);
}

static struct syntax *parse_one(struct parser *p) {
    const struct token *token = token_now(p);
    if (token->kind == TOKEN_HASH) {
        return parse_directive(p);
    }
    return parse_definition(p, token->kind == TOKEN_WORD ? token->keyword : KEYWORD_NONE);
}

struct syntax *parse_library(struct parser *p) {
    struct kids kids = {0};
    enum stage stage = STAGE_DIRECTIVE;
    bool told = false;
    while (!at_kind(p, TOKEN_END)) {
        uint32_t first = p->at;
        p->abandoned = p->status != STATUS_OK;
        p->depth = 0;
        p->no_as = false;
        p->errors = p->diags->counts[SEVERITY_ERROR];
        struct syntax *made = parse_one(p);
        if (made && p->errors == p->diags->counts[SEVERITY_ERROR]) {
            check_order(p, first, made, &stage, &told);
            check_end(p);
        } else {
            p->at += p->at == first && !at_kind(p, TOKEN_END);
            skip_to_definition(p);
        }
        bool is_wrong = p->errors != p->diags->counts[SEVERITY_ERROR];
        struct syntax *broken = is_wrong || !made ? node0(p, SYNTAX_BROKEN, first) : NULL;
        if (made) {
            made->is_wrong = is_wrong;
        }
        if ((made && !kids_add(p, &kids, made)) || (broken && !kids_add(p, &kids, broken))) {
            return NULL;
        }
    }
    if (p->status != STATUS_OK) {
        return NULL;
    }
    return node_of(p, SYNTAX_LIBRARY_FILE, 0, &kids);
}
