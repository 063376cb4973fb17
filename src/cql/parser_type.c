/* Names, texts and types. */
#include "cql/parser_internal.h"

bool identifier_ahead(const struct parser *p, uint32_t ahead) {
    const struct token *token = token_ahead(p, ahead);
    return token->kind == TOKEN_QUOTED ||
           (token->kind == TOKEN_WORD && token->keyword == KEYWORD_NONE);
}

bool referential_ahead(const struct parser *p, uint32_t ahead) {
    const struct token *token = token_ahead(p, ahead);
    return identifier_ahead(p, ahead) ||
           (token->kind == TOKEN_WORD && keyword_use(token->keyword) == KEYWORD_IS_REFERENCE);
}

struct syntax *identifier_from(struct parser *p) {
    const struct token *token = token_now(p);
    uint32_t first = p->at;
    struct str text = token->kind == TOKEN_WORD
                          ? arena_copy(p->arena, token_text(p, token))
                          : token_decode(p->source, token, p->arena, p->diags);
    token_next(p);
    struct syntax *made = node0(p, SYNTAX_IDENTIFIER, first);
    if (!made || !text.at) {
        p->status = STATUS_NO_MEMORY;
        return NULL;
    }
    made->text = text;
    made->flags = token->kind != TOKEN_WORD;
    return made;
}

/* A name is wanted, and a text or a word of the language stands there: say so and take it. */
static struct syntax *mended_identifier(struct parser *p, const char *what) {
    const struct token *token = token_now(p);
    struct str text = token_text(p, token);
    /* Of `include version '1.0'` the name is missing; nobody calls a library so. */
    bool is_version =
        keyword_ahead(p, 0, KEYWORD_VERSION) && token_ahead(p, 1)->kind == TOKEN_STRING;
    if (at_definition(p) || is_version) {
        return expected(p, what);
    }
    if (token->kind == TOKEN_STRING) {
        struct diagnostic *d = report(p, DIAG_CQ0014, token_span(p, p->at),
                                      "expected %s here, but found a text in single quotes", what);
        diag_hint(p->diags, d, "names stand in double quotes, texts in single quotes");
        return identifier_from(p);
    }
    if (token->kind == TOKEN_WORD && token->keyword != KEYWORD_NONE) {
        struct diagnostic *d =
            report(p, DIAG_CQ0016, token_span(p, p->at),
                   "expected %s here, but '%.*s' is a word of CQL", what, STR_ARG(text));
        diag_hint(p->diags, d, "to use it as a name, write it in double quotes: \"%.*s\"",
                  STR_ARG(text));
        return identifier_from(p);
    }
    return expected(p, what);
}

struct syntax *parse_identifier(struct parser *p, const char *what) {
    return identifier_ahead(p, 0) ? identifier_from(p) : mended_identifier(p, what);
}

struct syntax *parse_referential(struct parser *p, const char *what) {
    bool here = referential_ahead(p, 0) && !at_definition(p);
    return here ? identifier_from(p) : mended_identifier(p, what);
}

struct syntax *parse_function_name(struct parser *p) {
    const struct token *token = token_now(p);
    if (token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED) {
        return identifier_from(p);
    }
    return mended_identifier(p, "the name of a function");
}

struct syntax *parse_qualified(struct parser *p, const char *what) {
    uint32_t first = p->at;
    struct kids kids = {0};
    do {
        struct syntax *part = parse_identifier(p, what);
        if (!part || !kids_add(p, &kids, part)) {
            return NULL;
        }
    } while (accept_kind(p, TOKEN_DOT));
    return node_of(p, SYNTAX_QUALIFIED, first, &kids);
}

struct syntax *parse_text(struct parser *p, const char *what) {
    uint32_t first = p->at;
    const struct token *token = token_now(p);
    if (token->kind == TOKEN_QUOTED && !at_definition(p)) {
        struct diagnostic *d = report(p, DIAG_CQ0014, token_span(p, p->at),
                                      "expected %s here, but found a name in double quotes", what);
        diag_hint(p->diags, d, "texts stand in single quotes, names in double quotes");
    } else if (token->kind == TOKEN_NUMBER || (identifier_ahead(p, 0) && !at_definition(p))) {
        struct str found = token_text(p, token);
        struct diagnostic *d = report(p, DIAG_CQ0014, token_span(p, p->at),
                                      "expected %s here, but found %.*s", what, STR_ARG(found));
        diag_hint(p->diags, d, "texts stand in single quotes: '%.*s'", STR_ARG(found));
        return NULL;
    } else if (token->kind != TOKEN_STRING) {
        return expected(p, what);
    }
    struct str text = token_decode(p->source, token, p->arena, p->diags);
    token_next(p);
    struct syntax *made = node0(p, SYNTAX_TEXT, first);
    if (!made || !text.at) {
        p->status = STATUS_NO_MEMORY;
        return NULL;
    }
    made->text = text;
    return made;
}

static const struct {
    enum keyword one;
    enum keyword many;
    enum precision precision;
} calendar[] = {
    {KEYWORD_YEAR, KEYWORD_YEARS, PRECISION_YEAR},
    {KEYWORD_MONTH, KEYWORD_MONTHS, PRECISION_MONTH},
    {KEYWORD_WEEK, KEYWORD_WEEKS, PRECISION_WEEK},
    {KEYWORD_DAY, KEYWORD_DAYS, PRECISION_DAY},
    {KEYWORD_HOUR, KEYWORD_HOURS, PRECISION_HOUR},
    {KEYWORD_MINUTE, KEYWORD_MINUTES, PRECISION_MINUTE},
    {KEYWORD_SECOND, KEYWORD_SECONDS, PRECISION_SECOND},
    {KEYWORD_MILLISECOND, KEYWORD_MILLISECONDS, PRECISION_MILLISECOND},
};

static enum precision calendar_word(const struct token *token, bool *plural) {
    for (size_t i = 0; token->kind == TOKEN_WORD && i < sizeof calendar / sizeof *calendar; i++) {
        if (token->keyword == calendar[i].one || token->keyword == calendar[i].many) {
            *plural = token->keyword == calendar[i].many;
            return calendar[i].precision;
        }
    }
    return PRECISION_NONE;
}

bool at_calendar_word(const struct parser *p, uint32_t ahead, bool plural_too) {
    bool plural = false;
    enum precision precision = calendar_word(token_ahead(p, ahead), &plural);
    return precision != PRECISION_NONE && (plural_too || !plural);
}

enum precision take_calendar_word(struct parser *p, bool *plural) {
    bool is_plural = false;
    enum precision precision = calendar_word(token_now(p), &is_plural);
    if (precision != PRECISION_NONE) {
        token_next(p);
    }
    if (plural) {
        *plural = is_plural;
    }
    return precision;
}

enum precision take_precision_of(struct parser *p) {
    if (!at_calendar_word(p, 0, false) || !keyword_ahead(p, 1, KEYWORD_OF)) {
        return PRECISION_NONE;
    }
    enum precision precision = take_calendar_word(p, NULL);
    token_next(p);
    return precision;
}

static bool type_name_ahead(const struct parser *p) {
    const struct token *token = token_now(p);
    return referential_ahead(p, 0) ||
           (token->kind == TOKEN_WORD && keyword_use(token->keyword) == KEYWORD_IS_TYPE);
}

struct syntax *parse_named_type(struct parser *p) {
    uint32_t first = p->at;
    struct kids kids = {0};
    do {
        struct syntax *part = type_name_ahead(p) && !at_definition(p)
                                  ? identifier_from(p)
                                  : mended_identifier(p, "the name of a type");
        if (!part || !kids_add(p, &kids, part)) {
            return NULL;
        }
    } while (accept_kind(p, TOKEN_DOT));
    return node_of(p, SYNTAX_NAMED_TYPE, first, &kids);
}

static struct syntax *parse_element_type(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *name = parse_referential(p, "the name of an element");
    struct syntax *type = name ? parse_type(p) : NULL;
    return type ? node2(p, SYNTAX_OPERAND, first, name, type) : NULL;
}

static struct syntax *parse_bracketed_types(struct parser *p, enum syntax_kind kind, bool many) {
    uint32_t first = p->at;
    token_next(p);
    uint32_t opener = p->at;
    struct kids kids = {0};
    do {
        token_next(p);
        struct syntax *type = parse_type(p);
        if (!type || !kids_add(p, &kids, type)) {
            return NULL;
        }
    } while (many && at_kind(p, TOKEN_COMMA));
    if (!close_bracket(p, opener, true)) {
        return NULL;
    }
    return node_of(p, kind, first, &kids);
}

struct syntax *parse_type(struct parser *p) {
    if (!enter(p)) {
        return NULL;
    }
    struct syntax *made = NULL;
    uint32_t first = p->at;
    bool angle = token_ahead(p, 1)->kind == TOKEN_LESS;
    if (at_keyword(p, KEYWORD_LIST) && angle) {
        made = parse_bracketed_types(p, SYNTAX_LIST_TYPE, false);
    } else if (at_keyword(p, KEYWORD_INTERVAL) && angle) {
        made = parse_bracketed_types(p, SYNTAX_INTERVAL_TYPE, false);
    } else if (word_ahead(p, 0, "Choice") && angle) {
        made = parse_bracketed_types(p, SYNTAX_CHOICE_TYPE, true);
    } else if (at_keyword(p, KEYWORD_TUPLE)) {
        struct kids kids = {0};
        token_next(p);
        uint32_t opener = p->at;
        if (!at_kind(p, TOKEN_BRACE_OPEN)) {
            expected(p, "'{' and the elements of the tuple");
        } else if (parse_items(p, opener, &kids, parse_element_type)) {
            made = node_of(p, SYNTAX_TUPLE_TYPE, first, &kids);
        }
    } else if (at_keyword(p, KEYWORD_LIST) || at_keyword(p, KEYWORD_INTERVAL)) {
        token_next(p);
        expected(p, "'<' and a type in angle brackets");
    } else {
        made = parse_named_type(p);
    }
    leave(p);
    return made;
}
