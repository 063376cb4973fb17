/* Operators, by precedence climbing. The levels are the order of the alternatives of `expression`
 * and `expressionTerm` in the grammar; `|`, union, intersect and except bind tighter than
 * comparison, as in the grammar since CQL 2.0: texts that are well typed under CQL 1.5 mean the
 * same. */
#include "cql/parser_internal.h"

enum level {
    LEVEL_IMPLIES,
    LEVEL_OR,
    LEVEL_AND,
    LEVEL_MEMBERSHIP,
    LEVEL_EQUALITY,
    LEVEL_TIMING,
    LEVEL_INEQUALITY,
    LEVEL_SET,
    LEVEL_BETWEEN,
    LEVEL_PREFIX, /* not, exists: what follows binds tighter than all above */
    LEVEL_TYPE
};

enum term_level { LEVEL_ADD, LEVEL_MULTIPLY, LEVEL_POWER, LEVEL_UNARY };

struct infix {
    enum level level;
    enum syntax_word word;
};

static struct syntax *parse_level(struct parser *p, enum level level);

static bool infix_mark(enum token_kind kind, struct infix *out) {
    switch (kind) {
    case TOKEN_LESS:
        *out = (struct infix){LEVEL_INEQUALITY, WORD_LESS};
        return true;
    case TOKEN_LESS_OR_EQUAL:
        *out = (struct infix){LEVEL_INEQUALITY, WORD_LESS_OR_EQUAL};
        return true;
    case TOKEN_GREATER:
        *out = (struct infix){LEVEL_INEQUALITY, WORD_GREATER};
        return true;
    case TOKEN_GREATER_OR_EQUAL:
        *out = (struct infix){LEVEL_INEQUALITY, WORD_GREATER_OR_EQUAL};
        return true;
    case TOKEN_EQUAL:
        *out = (struct infix){LEVEL_EQUALITY, WORD_EQUAL};
        return true;
    case TOKEN_NOT_EQUAL:
        *out = (struct infix){LEVEL_EQUALITY, WORD_NOT_EQUAL};
        return true;
    case TOKEN_EQUIVALENT:
        *out = (struct infix){LEVEL_EQUALITY, WORD_EQUIVALENT};
        return true;
    case TOKEN_NOT_EQUIVALENT:
        *out = (struct infix){LEVEL_EQUALITY, WORD_NOT_EQUIVALENT};
        return true;
    case TOKEN_IN_EQUIVALENT:
        *out = (struct infix){LEVEL_MEMBERSHIP, WORD_IN_EQUIVALENT};
        return true;
    case TOKEN_CONTAINS_EQUIVALENT:
        *out = (struct infix){LEVEL_MEMBERSHIP, WORD_CONTAINS_EQUIVALENT};
        return true;
    case TOKEN_BAR:
        *out = (struct infix){LEVEL_SET, WORD_UNION};
        return true;
    default:
        return false;
    }
}

/* The operator at the current token, if it is one of two operands and not a timing phrase. */
static bool infix_now(const struct parser *p, struct infix *out) {
    const struct token *token = token_now(p);
    if (token->kind != TOKEN_WORD) {
        return infix_mark(token->kind, out);
    }
    switch (token->keyword) {
    case KEYWORD_IMPLIES:
        *out = (struct infix){LEVEL_IMPLIES, WORD_IMPLIES};
        return true;
    case KEYWORD_OR:
        *out = (struct infix){LEVEL_OR, WORD_OR};
        return true;
    case KEYWORD_XOR:
        *out = (struct infix){LEVEL_OR, WORD_XOR};
        return true;
    case KEYWORD_AND:
        *out = (struct infix){LEVEL_AND, WORD_AND};
        return true;
    case KEYWORD_IN:
        *out = (struct infix){LEVEL_MEMBERSHIP, WORD_IN};
        return true;
    case KEYWORD_CONTAINS:
        *out = (struct infix){LEVEL_MEMBERSHIP, WORD_CONTAINS};
        return true;
    case KEYWORD_UNION:
        *out = (struct infix){LEVEL_SET, WORD_UNION};
        return true;
    case KEYWORD_INTERSECT:
        *out = (struct infix){LEVEL_SET, WORD_INTERSECT};
        return true;
    case KEYWORD_EXCEPT:
        *out = (struct infix){LEVEL_SET, WORD_EXCEPT};
        return true;
    default:
        return false;
    }
}

static struct syntax *parse_infix(struct parser *p, uint32_t first, struct syntax *left,
                                  struct infix infix) {
    token_next(p);
    enum precision precision =
        infix.level == LEVEL_MEMBERSHIP ? take_precision_of(p) : PRECISION_NONE;
    struct syntax *right = parse_level(p, infix.level + 1);
    if (!right) {
        return NULL;
    }
    enum syntax_kind kind = precision ? SYNTAX_MEMBERSHIP_PRECISION : SYNTAX_BINARY;
    struct syntax *made = node2(p, kind, first, left, right);
    if (made) {
        made->word = (uint8_t)infix.word;
        made->precision = (uint8_t)precision;
    }
    return made;
}

static struct syntax *parse_timing(struct parser *p, uint32_t first, struct syntax *left) {
    struct syntax *phrase = parse_timing_phrase(p);
    struct syntax *right = phrase ? parse_level(p, LEVEL_TIMING + 1) : NULL;
    return right ? node3(p, SYNTAX_TIMING, first, left, right, phrase) : NULL;
}

static struct syntax *parse_between(struct parser *p, uint32_t first, struct syntax *left) {
    bool properly = accept_keyword(p, KEYWORD_PROPERLY);
    token_next(p);
    struct syntax *low = parse_term(p);
    if (!low || !expect_keyword(p, KEYWORD_AND, "'and' and the other end of 'between'")) {
        return NULL;
    }
    struct syntax *high = parse_term(p);
    struct syntax *made = high ? node3(p, SYNTAX_BETWEEN, first, left, low, high) : NULL;
    if (made) {
        made->flags = properly;
    }
    return made;
}

static struct syntax *parse_is(struct parser *p, uint32_t first, struct syntax *left) {
    token_next(p);
    bool negated = accept_keyword(p, KEYWORD_NOT);
    enum syntax_word word = at_keyword(p, KEYWORD_NULL)    ? WORD_NULL
                            : at_keyword(p, KEYWORD_TRUE)  ? WORD_TRUE
                            : at_keyword(p, KEYWORD_FALSE) ? WORD_FALSE
                                                           : WORD_NONE;
    if (word != WORD_NONE) {
        token_next(p);
        struct syntax *made = node1(p, SYNTAX_IS_VALUE, first, left);
        if (made) {
            made->word = (uint8_t)word;
            made->flags = negated;
        }
        return made;
    }
    if (negated) {
        return expected(p, "'null', 'true' or 'false' after 'is not'");
    }
    struct syntax *type = parse_type(p);
    return type ? node2(p, SYNTAX_IS_TYPE, first, left, type) : NULL;
}

static struct syntax *parse_as(struct parser *p, uint32_t first, struct syntax *left) {
    token_next(p);
    struct syntax *type = parse_type(p);
    return type ? node2(p, SYNTAX_AS_TYPE, first, left, type) : NULL;
}

static struct syntax *parse_cast(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    bool outer = p->no_as;
    p->no_as = true;
    struct syntax *operand = parse_level(p, LEVEL_IMPLIES);
    p->no_as = outer;
    if (!operand || !expect_keyword(p, KEYWORD_AS, "'as' and the type to cast to")) {
        return NULL;
    }
    struct syntax *type = parse_type(p);
    struct syntax *made = type ? node2(p, SYNTAX_AS_TYPE, first, operand, type) : NULL;
    if (made) {
        made->flags = 1;
    }
    return made;
}

static struct syntax *parse_prefix(struct parser *p, enum syntax_word word) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *operand = parse_level(p, LEVEL_PREFIX);
    struct syntax *made = operand ? node1(p, SYNTAX_UNARY, first, operand) : NULL;
    if (made) {
        made->word = (uint8_t)word;
    }
    return made;
}

/* `days between A and B`, with its first words taken. */
static struct syntax *parse_duration_between(struct parser *p, uint32_t first,
                                             enum syntax_word word) {
    enum precision precision = take_calendar_word(p, NULL);
    token_next(p);
    struct syntax *low = parse_term(p);
    if (!low || !expect_keyword(p, KEYWORD_AND, "'and' and the other end of 'between'")) {
        return NULL;
    }
    struct syntax *high = parse_term(p);
    struct syntax *made = high ? node2(p, SYNTAX_DURATION_BETWEEN, first, low, high) : NULL;
    if (made) {
        made->word = (uint8_t)word;
        made->precision = (uint8_t)precision;
    }
    return made;
}

static bool duration_between_ahead(const struct parser *p, uint32_t ahead) {
    return at_calendar_word(p, ahead, true) && keyword_ahead(p, ahead + 1, KEYWORD_BETWEEN);
}

/* What an expression starts with, its alternatives above the terms. */
static struct syntax *parse_start(struct parser *p) {
    uint32_t first = p->at;
    if (at_keyword(p, KEYWORD_NOT)) {
        return parse_prefix(p, WORD_NOT);
    }
    if (at_keyword(p, KEYWORD_EXISTS)) {
        return parse_prefix(p, WORD_EXISTS);
    }
    if (at_keyword(p, KEYWORD_CAST)) {
        return parse_cast(p);
    }
    if (duration_between_ahead(p, 0)) {
        return parse_duration_between(p, first, WORD_DURATION);
    }
    bool duration = at_keyword(p, KEYWORD_DURATION);
    if ((duration || at_keyword(p, KEYWORD_DIFFERENCE)) && keyword_ahead(p, 1, KEYWORD_IN) &&
        duration_between_ahead(p, 2)) {
        token_next(p);
        token_next(p);
        return parse_duration_between(p, first, duration ? WORD_DURATION : WORD_DIFFERENCE);
    }
    if (at_keyword(p, KEYWORD_FROM)) {
        return parse_from_query(p);
    }
    struct syntax *source = at_kind(p, TOKEN_BRACKET_OPEN) ? parse_retrieve(p) : NULL;
    if (source || p->list.tokens[first].kind == TOKEN_BRACKET_OPEN) {
        if (source && (at_kind(p, TOKEN_DOT) || at_kind(p, TOKEN_BRACKET_OPEN))) {
            struct diagnostic *d =
                report(p, DIAG_CQ0023, token_span(p, p->at),
                       "a retrieve needs parentheses before '%s'", token_mark(token_now(p)->kind));
            struct str text = {p->source->text.at + source->span.start,
                               source->span.end - source->span.start};
            diag_hint(p->diags, d, "write (%.*s)%s", STR_ARG(text), token_mark(token_now(p)->kind));
            return NULL;
        }
    } else {
        source = parse_term(p);
    }
    bool parenthesised = p->list.tokens[first].kind == TOKEN_PAREN_OPEN &&
                         p->list.tokens[p->at - 1].kind == TOKEN_PAREN_CLOSE && source &&
                         p->list.tokens[first].start < source->span.start;
    if (source && (parenthesised || can_be_source(source)) && alias_ahead(p, 0)) {
        return parse_query_after(p, first, source);
    }
    return source;
}

static struct syntax *parse_operators(struct parser *p, enum level level) {
    uint32_t first = p->at;
    struct syntax *left = parse_start(p);
    while (left) {
        struct infix infix;
        if (at_keyword(p, KEYWORD_IS) && level <= LEVEL_TYPE) {
            left = parse_is(p, first, left);
        } else if (at_keyword(p, KEYWORD_AS) && level <= LEVEL_TYPE && !p->no_as) {
            left = parse_as(p, first, left);
        } else if (level <= LEVEL_BETWEEN &&
                   (at_keyword(p, KEYWORD_BETWEEN) ||
                    (at_keyword(p, KEYWORD_PROPERLY) && keyword_ahead(p, 1, KEYWORD_BETWEEN)))) {
            left = parse_between(p, first, left);
        } else if (level <= LEVEL_TIMING && timing_ahead(p)) {
            left = parse_timing(p, first, left);
        } else if (infix_now(p, &infix) && infix.level >= level) {
            left = parse_infix(p, first, left, infix);
        } else {
            break;
        }
    }
    return left;
}

static struct syntax *parse_level(struct parser *p, enum level level) {
    if (!enter(p)) {
        return NULL;
    }
    struct syntax *made = parse_operators(p, level);
    leave(p);
    return made;
}

struct syntax *parse_expression(struct parser *p) {
    bool outer = p->no_as;
    p->no_as = false;
    struct syntax *made = parse_level(p, LEVEL_IMPLIES);
    p->no_as = outer;
    return made;
}

static bool term_infix_now(const struct parser *p, enum term_level *level, enum syntax_word *word) {
    static const struct {
        uint8_t kind;
        uint8_t keyword;
        enum term_level level;
        enum syntax_word word;
    } operators[] = {
        {TOKEN_PLUS, KEYWORD_NONE, LEVEL_ADD, WORD_PLUS},
        {TOKEN_MINUS, KEYWORD_NONE, LEVEL_ADD, WORD_MINUS},
        {TOKEN_AMPERSAND, KEYWORD_NONE, LEVEL_ADD, WORD_AMPERSAND},
        {TOKEN_STAR, KEYWORD_NONE, LEVEL_MULTIPLY, WORD_TIMES},
        {TOKEN_SLASH, KEYWORD_NONE, LEVEL_MULTIPLY, WORD_DIVIDE},
        {TOKEN_WORD, KEYWORD_DIV, LEVEL_MULTIPLY, WORD_DIV},
        {TOKEN_WORD, KEYWORD_MOD, LEVEL_MULTIPLY, WORD_MOD},
        {TOKEN_CARET, KEYWORD_NONE, LEVEL_POWER, WORD_POWER},
    };
    const struct token *token = token_now(p);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (token->kind == operators[i].kind && token->keyword == operators[i].keyword) {
            *level = operators[i].level;
            *word = operators[i].word;
            return true;
        }
    }
    return false;
}

/* Calls itself only for a tighter level, so that this recursion needs no counting. */
static struct syntax *parse_term_level(struct parser *p, enum term_level level) {
    uint32_t first = p->at;
    struct syntax *left = parse_primary(p);
    enum term_level found = LEVEL_ADD;
    enum syntax_word word = WORD_NONE;
    while (left && term_infix_now(p, &found, &word) && found >= level) {
        token_next(p);
        struct syntax *right = parse_term_level(p, found + 1);
        left = right ? node2(p, SYNTAX_BINARY, first, left, right) : NULL;
        if (left) {
            left->word = (uint8_t)word;
        }
    }
    return left;
}

struct syntax *parse_term(struct parser *p) {
    return parse_term_level(p, LEVEL_ADD);
}
