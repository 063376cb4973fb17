/* Literals and selectors: numbers, quantities, ratios, dates, intervals, tuples, instances, lists,
 * codes, concepts, external constants. */
#include "cql/parser_internal.h"

static struct syntax *parse_token_literal(struct parser *p, enum syntax_kind kind, uint32_t skip,
                                          uint32_t drop) {
    uint32_t first = p->at;
    struct str text = token_text(p, token_now(p));
    skip = text.len < skip ? (uint32_t)text.len : skip;
    struct str part = {text.at + skip, text.len - skip - drop};
    token_next(p);
    struct syntax *made = node0(p, kind, first);
    if (made) {
        made->text = arena_copy(p->arena, part);
        if (!made->text.at) {
            p->status = STATUS_NO_MEMORY;
            return NULL;
        }
    }
    return made;
}

/* NUMBER with a unit, or alone. */
static struct syntax *parse_number(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *number = parse_token_literal(p, SYNTAX_NUMBER_LITERAL, 0, 0);
    if (!number || (!at_kind(p, TOKEN_STRING) && !at_calendar_word(p, 0, true))) {
        return number;
    }
    struct syntax *made = NULL;
    if (at_kind(p, TOKEN_STRING)) {
        struct syntax *unit = parse_text(p, "a unit");
        made = unit ? node1(p, SYNTAX_QUANTITY_LITERAL, first, number) : NULL;
        if (made) {
            made->text = unit->text;
        }
        return made;
    }
    /* `5 days between` cannot be: the words belong to what follows. */
    bool plural = false;
    enum precision precision = take_calendar_word(p, &plural);
    made = node1(p, SYNTAX_QUANTITY_LITERAL, first, number);
    if (made) {
        made->precision = (uint8_t)precision;
        made->flags = plural;
    }
    return made;
}

struct syntax *parse_quantity(struct parser *p) {
    return at_kind(p, TOKEN_NUMBER) ? parse_number(p) : expected(p, "a quantity such as 3 days");
}

static struct syntax *parse_number_or_ratio(struct parser *p, bool ratio) {
    uint32_t first = p->at;
    struct syntax *number = parse_number(p);
    if (!number || !ratio || !at_kind(p, TOKEN_COLON) || token_ahead(p, 1)->kind != TOKEN_NUMBER) {
        return number;
    }
    token_next(p);
    struct syntax *denominator = parse_number(p);
    return denominator ? node2(p, SYNTAX_RATIO_LITERAL, first, number, denominator) : NULL;
}

static struct syntax *parse_external(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    bool text = at_kind(p, TOKEN_STRING);
    struct syntax *name = text ? parse_text(p, "a name")
                               : parse_referential(p, "the name of an external constant after '%'");
    struct syntax *made = name ? node0(p, SYNTAX_EXTERNAL_CONSTANT, first) : NULL;
    if (made) {
        made->text = name->text;
    }
    return made;
}

static struct syntax *parse_word_literal(struct parser *p) {
    uint32_t first = p->at;
    enum syntax_word word = at_keyword(p, KEYWORD_TRUE)    ? WORD_TRUE
                            : at_keyword(p, KEYWORD_FALSE) ? WORD_FALSE
                                                           : WORD_NULL;
    token_next(p);
    struct syntax *made =
        node0(p, word == WORD_NULL ? SYNTAX_NULL_LITERAL : SYNTAX_BOOLEAN_LITERAL, first);
    if (made && word != WORD_NULL) {
        made->word = (uint8_t)word;
    }
    return made;
}

static struct syntax *no_term(struct parser *p) {
    const struct token *token = token_now(p);
    if (token->kind == TOKEN_WORD && token->keyword != KEYWORD_NONE) {
        struct str text = token_text(p, token);
        struct diagnostic *d =
            report(p, DIAG_CQ0001, token_span(p, p->at),
                   "expected an expression here, but found '%.*s'", STR_ARG(text));
        diag_hint(p->diags, d,
                  "'%.*s' is a word of CQL; as a name it is written in double quotes: \"%.*s\"",
                  STR_ARG(text), STR_ARG(text));
        return NULL;
    }
    bool compares = token->kind == TOKEN_LESS || token->kind == TOKEN_GREATER ||
                    token->kind == TOKEN_LESS_OR_EQUAL || token->kind == TOKEN_GREATER_OR_EQUAL ||
                    token->kind == TOKEN_EQUAL;
    bool joined = p->at > 0 && (p->list.tokens[p->at - 1].keyword == KEYWORD_WHEN ||
                                p->list.tokens[p->at - 1].keyword == KEYWORD_AND ||
                                p->list.tokens[p->at - 1].keyword == KEYWORD_OR);
    if (compares && joined) {
        struct str mark = token_text(p, token);
        struct diagnostic *d = report(p, DIAG_CQ0001, token_span(p, p->at),
                                      "there is nothing before '%.*s'", STR_ARG(mark));
        diag_hint(p->diags, d,
                  "each comparison has both its sides: case when x > 1 and x < 5 then");
        return NULL;
    }
    return expected(p, "an expression");
}

struct syntax *parse_literal(struct parser *p, bool ratio) {
    switch (token_now(p)->kind) {
    case TOKEN_NUMBER:
        return parse_number_or_ratio(p, ratio);
    case TOKEN_LONG:
        return parse_token_literal(p, SYNTAX_LONG_LITERAL, 0, 1);
    case TOKEN_DATE:
        return parse_token_literal(p, SYNTAX_DATE_LITERAL, 1, 0);
    case TOKEN_DATETIME:
        return parse_token_literal(p, SYNTAX_DATETIME_LITERAL, 1, 0);
    case TOKEN_TIME:
        return parse_token_literal(p, SYNTAX_TIME_LITERAL, 2, 0);
    case TOKEN_PERCENT:
        return parse_external(p);
    case TOKEN_STRING: {
        struct syntax *made = parse_text(p, "a text");
        if (made) {
            made->kind = SYNTAX_STRING_LITERAL;
        }
        return made;
    }
    default:
        break;
    }
    if (at_keyword(p, KEYWORD_TRUE) || at_keyword(p, KEYWORD_FALSE) ||
        at_keyword(p, KEYWORD_NULL)) {
        return parse_word_literal(p);
    }
    return no_term(p);
}

static struct syntax *parse_interval(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    uint32_t opener = p->at;
    bool low_closed = at_kind(p, TOKEN_BRACKET_OPEN);
    if (!low_closed && !at_kind(p, TOKEN_PAREN_OPEN)) {
        return expected(p, "'[' or '(' after Interval");
    }
    token_next(p);
    struct syntax *low = parse_expression(p);
    bool good = low && expect_kind(p, TOKEN_COMMA, "',' and the upper end of the interval");
    struct syntax *high = good ? parse_expression(p) : NULL;
    if (!close_bracket(p, opener, high != NULL)) {
        return NULL;
    }
    bool high_closed = p->list.tokens[p->at - 1].kind == TOKEN_BRACKET_CLOSE;
    struct syntax *made = node2(p, SYNTAX_INTERVAL, first, low, high);
    if (made) {
        made->flags = (uint16_t)((low_closed ? SYNTAX_LOW_CLOSED : 0) |
                                 (high_closed ? SYNTAX_HIGH_CLOSED : 0));
    }
    return made;
}

static struct syntax *parse_element(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *name = parse_referential(p, "the name of an element");
    if (!name || !expect_kind(p, TOKEN_COLON, "':' and the value of the element")) {
        return NULL;
    }
    struct syntax *value = parse_expression(p);
    return value ? node2(p, SYNTAX_ELEMENT, first, name, value) : NULL;
}

/* From '{' on, elements added to kids; {:} has none. */
static bool parse_elements(struct parser *p, struct kids *kids) {
    uint32_t opener = p->at;
    if (token_ahead(p, 1)->kind == TOKEN_COLON) {
        token_next(p);
        token_next(p);
        return close_bracket(p, opener, true);
    }
    return parse_items(p, opener, kids, parse_element);
}

/* Tuple { ... } or { name: ... } */
struct syntax *parse_tuple(struct parser *p) {
    uint32_t first = p->at;
    struct kids kids = {0};
    if (accept_keyword(p, KEYWORD_TUPLE) && !at_kind(p, TOKEN_BRACE_OPEN)) {
        return expected(p, "'{' and the elements of the tuple");
    }
    return parse_elements(p, &kids) ? node_of(p, SYNTAX_TUPLE, first, &kids) : NULL;
}

static struct syntax *parse_instance(struct parser *p) {
    uint32_t first = p->at;
    struct kids kids = {0};
    struct syntax *type = parse_named_type(p);
    if (!type || !kids_add(p, &kids, type) || !parse_elements(p, &kids)) {
        return NULL;
    }
    return node_of(p, SYNTAX_INSTANCE, first, &kids);
}

static struct syntax *parse_list(struct parser *p) {
    uint32_t first = p->at;
    struct kids kids = {0};
    struct syntax *type = NULL;
    if (accept_keyword(p, KEYWORD_LIST) && at_kind(p, TOKEN_LESS)) {
        uint32_t opener = p->at;
        token_next(p);
        type = parse_type(p);
        if (!type || !close_bracket(p, opener, true)) {
            return NULL;
        }
    }
    if (!at_kind(p, TOKEN_BRACE_OPEN)) {
        return expected(p, "'{' and the items of the list");
    }
    if (!kids_add(p, &kids, type) || !parse_items(p, p->at, &kids, parse_expression)) {
        return NULL;
    }
    return node_of(p, SYNTAX_LIST, first, &kids);
}

static bool parse_display(struct parser *p, struct syntax **display) {
    *display = NULL;
    if (accept_keyword(p, KEYWORD_DISPLAY)) {
        *display = parse_text(p, "the display text");
        return *display != NULL;
    }
    return true;
}

static struct syntax *parse_code_selector(struct parser *p) {
    uint32_t first = p->at;
    if (!expect_keyword(p, KEYWORD_CODE_TYPE, "Code '...' from a code system")) {
        return NULL;
    }
    struct syntax *code = parse_text(p, "the code, a text in single quotes,");
    if (!code || !expect_keyword(p, KEYWORD_FROM, "'from' and the code system")) {
        return NULL;
    }
    struct syntax *display = NULL;
    struct syntax *system = parse_qualified(p, "the name of a code system");
    if (!system || !parse_display(p, &display)) {
        return NULL;
    }
    return node3(p, SYNTAX_CODE_SELECTOR, first, code, system, display);
}

static struct syntax *parse_concept_selector(struct parser *p) {
    uint32_t first = p->at;
    struct kids kids = {0};
    token_next(p);
    if (!at_kind(p, TOKEN_BRACE_OPEN)) {
        return expected(p, "'{' and the codes of the concept");
    }
    if (!kids_add(p, &kids, NULL) || !parse_items(p, p->at, &kids, parse_code_selector) ||
        !parse_display(p, &kids.at[0])) {
        return NULL;
    }
    return node_of(p, SYNTAX_CONCEPT_SELECTOR, first, &kids);
}

static bool element_ahead(const struct parser *p, uint32_t ahead) {
    return referential_ahead(p, ahead) && token_ahead(p, ahead + 1)->kind == TOKEN_COLON;
}

/* A type's name, perhaps qualified, with the brace of an instance selector behind it. */
static bool instance_ahead(const struct parser *p) {
    uint32_t ahead = 0;
    for (;;) {
        const struct token *token = token_ahead(p, ahead);
        bool name = referential_ahead(p, ahead) ||
                    (token->kind == TOKEN_WORD && keyword_use(token->keyword) == KEYWORD_IS_TYPE);
        if (!name) {
            return false;
        }
        uint8_t next = token_ahead(p, ahead + 1)->kind;
        if (next == TOKEN_BRACE_OPEN) {
            return !(ahead == 0 && token->keyword == KEYWORD_CONCEPT_TYPE && !element_ahead(p, 2) &&
                     token_ahead(p, 2)->kind != TOKEN_COLON);
        }
        if (next != TOKEN_DOT) {
            return false;
        }
        ahead += 2;
    }
}

struct syntax *parse_selector(struct parser *p, bool *found) {
    const struct token *token = token_now(p);
    *found = true;
    if (token->kind == TOKEN_BRACE_OPEN) {
        bool tuple = element_ahead(p, 1) || token_ahead(p, 1)->kind == TOKEN_COLON;
        return tuple ? parse_tuple(p) : parse_list(p);
    }
    if (instance_ahead(p)) {
        return parse_instance(p);
    }
    if (at_keyword(p, KEYWORD_INTERVAL)) {
        return parse_interval(p);
    }
    if (at_keyword(p, KEYWORD_TUPLE)) {
        return parse_tuple(p);
    }
    if (at_keyword(p, KEYWORD_LIST)) {
        return parse_list(p);
    }
    if (at_keyword(p, KEYWORD_CODE_TYPE)) {
        return parse_code_selector(p);
    }
    if (at_keyword(p, KEYWORD_CONCEPT_TYPE)) {
        return parse_concept_selector(p);
    }
    *found = false;
    return NULL;
}
