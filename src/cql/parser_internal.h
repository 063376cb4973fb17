/* The parser, shared by its files. Recursive descent over an array of tokens; precedence climbing
 * for operators; no backtracking: where the grammar needs more than one token to decide, the tokens
 * are scanned ahead without building anything.
 *
 * Every parse_ function gives a node, or NULL when the text was wrong there (a diagnostic exists)
 * or the memory ended. Errors travel up as NULL to the innermost bracket that can be closed, or to
 * the definition; what stands outside is parsed on. */
#ifndef QUELL_CQL_PARSER_INTERNAL_H
#define QUELL_CQL_PARSER_INTERNAL_H

#include "cql/lexer.h"
#include "cql/syntax.h"

struct parser {
    const struct source *source;
    struct arena *arena;
    struct diag_list *diags;
    struct token_list list;
    uint32_t at;           /* the current token */
    uint32_t depth;        /* of recursion */
    bool abandoned;        /* the rest of this definition cannot be mended */
    struct syntax missing; /* stands for what was wrong inside a bracket; NULL in the tree */
    uint64_t errors;       /* counted when this definition began */
    bool no_as;            /* inside `cast`: `as` belongs to the cast */
    uint32_t outer_query;  /* where the clauses around this query begin; 0: there are none */
    enum status status;
};

struct kids {
    struct syntax **at;
    uint32_t count;
    uint32_t capacity;
};

/* Tokens. Past the end there is always TOKEN_END. */
static inline const struct token *token_ahead(const struct parser *p, uint32_t ahead) {
    uint32_t last = p->list.count - 1;
    return &p->list.tokens[last - p->at > ahead ? p->at + ahead : last];
}

static inline const struct token *token_now(const struct parser *p) {
    return token_ahead(p, 0);
}

static inline void token_next(struct parser *p) {
    p->at += p->at < p->list.count - 1;
}

static inline bool at_kind(const struct parser *p, enum token_kind kind) {
    return token_now(p)->kind == kind;
}

static inline bool at_closing(const struct parser *p) {
    return at_kind(p, TOKEN_PAREN_CLOSE) || at_kind(p, TOKEN_BRACKET_CLOSE) ||
           at_kind(p, TOKEN_BRACE_CLOSE);
}

static inline bool at_keyword(const struct parser *p, enum keyword keyword) {
    return token_now(p)->kind == TOKEN_WORD && token_now(p)->keyword == keyword;
}

static inline bool keyword_ahead(const struct parser *p, uint32_t ahead, enum keyword keyword) {
    const struct token *token = token_ahead(p, ahead);
    return token->kind == TOKEN_WORD && token->keyword == keyword;
}

static inline bool accept_kind(struct parser *p, enum token_kind kind) {
    bool yes = at_kind(p, kind);
    if (yes) {
        token_next(p);
    }
    return yes;
}

static inline bool accept_keyword(struct parser *p, enum keyword keyword) {
    bool yes = at_keyword(p, keyword);
    if (yes) {
        token_next(p);
    }
    return yes;
}

struct str token_text(const struct parser *p, const struct token *token);
/* The token `ahead` is this word without quotes: for words that are not keywords by themselves. */
bool word_ahead(const struct parser *p, uint32_t ahead, const char *word);
/* The current token begins a definition: a defining word at the start of its line. */
bool at_definition(const struct parser *p);
bool starts_definition(const struct parser *p, uint32_t index);
/* Nothing follows in this definition. */
static inline bool ends_definition(const struct parser *p) {
    return at_kind(p, TOKEN_END) || at_definition(p);
}

/* Nodes. `first` is the index of the node's first token; its span ends with the token before the
 * current one. NULL when there is no memory or the tree is too high (reported). */
bool kids_add(struct parser *p, struct kids *kids, struct syntax *kid);
struct syntax *node_of(struct parser *p, enum syntax_kind kind, uint32_t first,
                       const struct kids *kids);
struct syntax *node0(struct parser *p, enum syntax_kind kind, uint32_t first);
struct syntax *node1(struct parser *p, enum syntax_kind kind, uint32_t first, struct syntax *a);
struct syntax *node2(struct parser *p, enum syntax_kind kind, uint32_t first, struct syntax *a,
                     struct syntax *b);
struct syntax *node3(struct parser *p, enum syntax_kind kind, uint32_t first, struct syntax *a,
                     struct syntax *b, struct syntax *c);
/* A level deeper; false when it is too deep (reported). Pairs with leave. */
bool enter(struct parser *p);
void leave(struct parser *p);

/* Errors. All give NULL, so that a parse function can return them. */
struct span token_span(const struct parser *p, uint32_t index);
/* "expected WHAT here, found ...", with the best hint for what stands there. */
struct syntax *expected(struct parser *p, const char *what);
/* Reports at a span unless the definition was given up. */
struct diagnostic *report(struct parser *p, enum diag_id id, struct span span, const char *format,
                          ...) PRINTF_LIKE(4, 5);
bool expect_kind(struct parser *p, enum token_kind kind, const char *what);
bool expect_keyword(struct parser *p, enum keyword keyword, const char *what);
/* Closes the bracket whose opening token is `opener`. `good` says whether what stood inside was
 * parsed; when it was not, or the closing mark is not there, skips to it. False when there is none.
 */
bool close_bracket(struct parser *p, uint32_t opener, bool good);

/* Names and types (parser_type.c). */
bool identifier_ahead(const struct parser *p,
                      uint32_t ahead); /* IDENTIFIER or quoted, no keyword */
bool referential_ahead(const struct parser *p, uint32_t ahead);
bool at_calendar_word(const struct parser *p, uint32_t ahead, bool plural_too);
struct syntax *identifier_from(struct parser *p); /* the current token, whatever it is */
struct syntax *parse_identifier(struct parser *p, const char *what);
struct syntax *parse_referential(struct parser *p, const char *what);
struct syntax *parse_function_name(struct parser *p);
struct syntax *parse_qualified(struct parser *p, const char *what);
struct syntax *parse_text(struct parser *p, const char *what);
struct syntax *parse_type(struct parser *p);
struct syntax *parse_named_type(struct parser *p);
/* `day`, `days`: takes the word and gives its precision; *plural may be NULL. */
enum precision take_calendar_word(struct parser *p, bool *plural);
/* `day of`: takes both; PRECISION_NONE when they are not there. */
enum precision take_precision_of(struct parser *p);

/* Expressions (parser_expression.c, parser_timing.c, parser_term.c, parser_literal.c,
 * parser_query.c). */
struct syntax *parse_expression(struct parser *p);
struct syntax *parse_term(struct parser *p);
struct syntax *parse_primary(struct parser *p);
struct syntax *parse_literal(struct parser *p, bool ratio);
struct syntax *parse_quantity(struct parser *p);
struct syntax *parse_tuple(struct parser *p);
struct syntax *parse_selector(struct parser *p, bool *found);
/* Items between commas up to and with the closing mark of `opener`, added to `kids`. */
bool parse_items(struct parser *p, uint32_t opener, struct kids *kids,
                 struct syntax *(*item)(struct parser *));
bool timing_ahead(const struct parser *p);
struct syntax *parse_timing_phrase(struct parser *p);
struct syntax *parse_retrieve(struct parser *p);
/* An alias stands at the current token, so that what was just parsed is a query's source. */
bool alias_ahead(const struct parser *p, uint32_t ahead);
bool can_be_source(const struct syntax *node);
struct syntax *parse_query_after(struct parser *p, uint32_t first, struct syntax *source);
struct syntax *parse_from_query(struct parser *p);

/* Definitions (parser_library.c). */
struct syntax *parse_library(struct parser *p);

#endif
