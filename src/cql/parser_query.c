/* Queries and retrieves. */
#include "cql/parser_internal.h"

/* An alias is a plain or quoted name. The words of phrases that are not keywords by themselves
 * ("such that", "included in", "on or", "less than") are not taken for one, nor is the name of a
 * definition whose `define` is missing. */
bool alias_ahead(const struct parser *p, uint32_t ahead) {
    const struct token *token = token_ahead(p, ahead);
    if (!identifier_ahead(p, ahead) || token_ahead(p, ahead + 1)->kind == TOKEN_COLON) {
        return false;
    }
    if (token->kind == TOKEN_QUOTED) {
        return true;
    }
    return !(word_ahead(p, ahead, "such") && word_ahead(p, ahead + 1, "that")) &&
           !(word_ahead(p, ahead, "included") && keyword_ahead(p, ahead + 1, KEYWORD_IN)) &&
           !(word_ahead(p, ahead, "on") && keyword_ahead(p, ahead + 1, KEYWORD_OR)) &&
           !((word_ahead(p, ahead, "less") || word_ahead(p, ahead, "more")) &&
             word_ahead(p, ahead + 1, "than"));
}

/* A retrieve or a name with members, which need no parentheses as the source of a query. */
bool can_be_source(const struct syntax *node) {
    while (node && node->kind == SYNTAX_MEMBER) {
        node = node->kids[0];
    }
    return node && (node->kind == SYNTAX_RETRIEVE || node->kind == SYNTAX_NAME);
}

/* The token behind the bracket that opens at `index`. */
static uint32_t behind_bracket(const struct parser *p, uint32_t index) {
    uint32_t open = 0;
    for (uint32_t i = index; !starts_definition(p, i); i++) {
        uint8_t kind = p->list.tokens[i].kind;
        if (kind == TOKEN_PAREN_OPEN || kind == TOKEN_BRACKET_OPEN || kind == TOKEN_BRACE_OPEN) {
            open++;
        } else if (kind == TOKEN_PAREN_CLOSE || kind == TOKEN_BRACKET_CLOSE ||
                   kind == TOKEN_BRACE_CLOSE) {
            open--;
            if (open == 0) {
                return i + 1;
            }
        }
    }
    return p->list.count - 1;
}

/* A query source and its alias stand `ahead` of the current token. */
static bool source_ahead(const struct parser *p, uint32_t ahead) {
    const struct token *token = token_ahead(p, ahead);
    if (token->kind == TOKEN_PAREN_OPEN || token->kind == TOKEN_BRACKET_OPEN) {
        return alias_ahead(p, behind_bracket(p, p->at + ahead) - p->at);
    }
    while (referential_ahead(p, ahead)) {
        ahead++;
        if (token_ahead(p, ahead)->kind != TOKEN_DOT) {
            return alias_ahead(p, ahead);
        }
        ahead++;
    }
    return false;
}

static struct syntax *parse_source(struct parser *p) {
    uint32_t first = p->at;
    bool bracket = at_kind(p, TOKEN_PAREN_OPEN);
    struct syntax *made = at_kind(p, TOKEN_BRACKET_OPEN) ? parse_retrieve(p)
                          : bracket || (referential_ahead(p, 0) && !at_definition(p))
                              ? parse_primary(p)
                              : expected(p, "a retrieve, a name, or an expression in parentheses");
    if (!made) {
        return NULL;
    }
    bool parenthesised = bracket && p->list.tokens[first].start < made->span.start;
    if (!parenthesised && !can_be_source(made)) {
        struct diagnostic *d =
            report(p, DIAG_CQ0024, made->span,
                   "the source of a query needs parentheses when it is more than "
                   "a name or a retrieve");
        diag_hint(p->diags, d, "write (...) and the alias behind it");
    }
    return made;
}

static struct syntax *aliased(struct parser *p, uint32_t first, struct syntax *source) {
    struct syntax *alias = source ? parse_identifier(p, "an alias for the source") : NULL;
    return alias ? node2(p, SYNTAX_ALIASED_SOURCE, first, source, alias) : NULL;
}

static struct syntax *parse_aliased(struct parser *p) {
    uint32_t first = p->at;
    return aliased(p, first, parse_source(p));
}

static struct syntax *parse_let(struct parser *p) {
    uint32_t first = p->at;
    struct kids kids = {0};
    do {
        token_next(p);
        uint32_t item = p->at;
        struct syntax *name = parse_identifier(p, "a name for the 'let'");
        if (!name || !expect_kind(p, TOKEN_COLON, "':' and the value of the 'let'")) {
            return NULL;
        }
        struct syntax *value = parse_expression(p);
        struct syntax *element = value ? node2(p, SYNTAX_ELEMENT, item, name, value) : NULL;
        if (!element || !kids_add(p, &kids, element)) {
            return NULL;
        }
    } while (at_kind(p, TOKEN_COMMA) && identifier_ahead(p, 1) &&
             token_ahead(p, 2)->kind == TOKEN_COLON);
    return node_of(p, SYNTAX_LET, first, &kids);
}

static struct syntax *parse_with(struct parser *p) {
    uint32_t first = p->at;
    bool without = at_keyword(p, KEYWORD_WITHOUT);
    token_next(p);
    struct syntax *source = parse_aliased(p);
    if (!source) {
        return NULL;
    }
    if (!word_ahead(p, 0, "such") || !word_ahead(p, 1, "that")) {
        return expected(p, without ? "'such that' and the condition of 'without'"
                                   : "'such that' and the condition of 'with'");
    }
    token_next(p);
    token_next(p);
    struct syntax *condition = parse_expression(p);
    struct syntax *made = condition ? node2(p, SYNTAX_WITH, first, source, condition) : NULL;
    if (made) {
        made->flags = without;
    }
    return made;
}

static enum syntax_word take_all_distinct(struct parser *p) {
    if (accept_keyword(p, KEYWORD_ALL)) {
        return WORD_ALL;
    }
    return accept_keyword(p, KEYWORD_DISTINCT) ? WORD_DISTINCT : WORD_NONE;
}

static struct syntax *parse_return(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    enum syntax_word word = take_all_distinct(p);
    struct syntax *value = parse_expression(p);
    struct syntax *made = value ? node1(p, SYNTAX_RETURN, first, value) : NULL;
    if (made) {
        made->word = (uint8_t)word;
    }
    return made;
}

static struct syntax *parse_starting(struct parser *p) {
    if (at_kind(p, TOKEN_PAREN_OPEN)) {
        uint32_t opener = p->at;
        token_next(p);
        struct syntax *inner = parse_expression(p);
        bool closed = close_bracket(p, opener, inner != NULL);
        return closed && !inner ? &p->missing : closed ? inner : NULL;
    }
    if (at_kind(p, TOKEN_NUMBER) || at_kind(p, TOKEN_STRING)) {
        return parse_literal(p, false);
    }
    return expected(p, "a number, a quantity, a text, or an expression in parentheses");
}

static struct syntax *parse_aggregate(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    enum syntax_word word = take_all_distinct(p);
    struct syntax *name = parse_identifier(p, "a name for what is accumulated");
    if (!name) {
        return NULL;
    }
    struct syntax *starting = NULL;
    if (accept_keyword(p, KEYWORD_STARTING)) {
        starting = parse_starting(p);
        if (!starting) {
            return NULL;
        }
    }
    if (!expect_kind(p, TOKEN_COLON, "':' and the expression to accumulate")) {
        return NULL;
    }
    struct syntax *value = parse_expression(p);
    struct syntax *made = value ? node3(p, SYNTAX_AGGREGATE, first, name, starting, value) : NULL;
    if (made) {
        made->word = (uint8_t)word;
    }
    return made;
}

static enum syntax_word take_direction(struct parser *p) {
    if (accept_keyword(p, KEYWORD_ASC) || accept_keyword(p, KEYWORD_ASCENDING)) {
        return WORD_ASC;
    }
    if (accept_keyword(p, KEYWORD_DESC) || accept_keyword(p, KEYWORD_DESCENDING)) {
        return WORD_DESC;
    }
    return WORD_NONE;
}

static struct syntax *parse_sort_item(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *value = parse_term(p);
    if (!value) {
        return NULL;
    }
    enum syntax_word word = take_direction(p);
    struct syntax *made = node1(p, SYNTAX_SORT_ITEM, first, value);
    if (made) {
        made->word = (uint8_t)(word == WORD_NONE ? WORD_ASC : word);
    }
    return made;
}

/* In a list or call, a comma after a sort item may begin the next item or argument; the grammar
 * takes it for a further sort item, and so do we. */
static struct syntax *parse_sort(struct parser *p) {
    uint32_t first = p->at;
    struct kids kids = {0};
    token_next(p);
    if (!accept_keyword(p, KEYWORD_BY)) {
        enum syntax_word word = take_direction(p);
        if (word == WORD_NONE) {
            return expected(p, "'by', 'asc' or 'desc' after 'sort'");
        }
        struct syntax *made = node0(p, SYNTAX_SORT, first);
        if (made) {
            made->word = (uint8_t)word;
        }
        return made;
    }
    do {
        struct syntax *item = parse_sort_item(p);
        if (!item || !kids_add(p, &kids, item)) {
            return NULL;
        }
    } while (accept_kind(p, TOKEN_COMMA));
    return node_of(p, SYNTAX_SORT, first, &kids);
}

enum { QUERY_LET, QUERY_WHERE, QUERY_RETURN, QUERY_SORT, QUERY_SOURCES };

/* The clauses after the sources, which are kids QUERY_SOURCES on. */
static bool parse_clauses(struct parser *p, struct kids *kids) {
    bool good = true;
    if (at_keyword(p, KEYWORD_LET)) {
        kids->at[QUERY_LET] = parse_let(p);
        good = kids->at[QUERY_LET] != NULL;
    }
    while (good && (at_keyword(p, KEYWORD_WITH) || at_keyword(p, KEYWORD_WITHOUT))) {
        struct syntax *with = parse_with(p);
        good = with && kids_add(p, kids, with);
    }
    if (good && accept_keyword(p, KEYWORD_WHERE)) {
        kids->at[QUERY_WHERE] = parse_expression(p);
        good = kids->at[QUERY_WHERE] != NULL;
    }
    if (good && (at_keyword(p, KEYWORD_RETURN) || at_keyword(p, KEYWORD_AGGREGATE))) {
        kids->at[QUERY_RETURN] =
            at_keyword(p, KEYWORD_RETURN) ? parse_return(p) : parse_aggregate(p);
        good = kids->at[QUERY_RETURN] != NULL;
    }
    if (good && at_keyword(p, KEYWORD_SORT)) {
        kids->at[QUERY_SORT] = parse_sort(p);
        good = kids->at[QUERY_SORT] != NULL;
    }
    return good;
}

/* Whether the query stands in a clause of another with no bracket between: then a clause that comes
 * too late for it goes on with the other, as in `let A: (X) Y return Y.z where A > 1`. */
static bool outer_goes_on(const struct parser *p, uint32_t outer) {
    int depth = 0;
    for (uint32_t i = outer; outer && i < p->at; i++) {
        enum token_kind kind = p->list.tokens[i].kind;
        depth += kind == TOKEN_PAREN_OPEN || kind == TOKEN_BRACKET_OPEN || kind == TOKEN_BRACE_OPEN;
        depth -=
            kind == TOKEN_PAREN_CLOSE || kind == TOKEN_BRACKET_CLOSE || kind == TOKEN_BRACE_CLOSE;
    }
    return outer && depth == 0;
}

/* Clauses stand in one order; one that comes too late gets its own words. */
static bool clause_out_of_order(struct parser *p) {
    static const enum keyword clauses[] = {KEYWORD_LET,    KEYWORD_WITH,      KEYWORD_WITHOUT,
                                           KEYWORD_RETURN, KEYWORD_AGGREGATE, KEYWORD_WHERE};
    if (token_ahead(p, 1)->kind == TOKEN_COLON || at_definition(p)) {
        return false;
    }
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        if (at_keyword(p, clauses[i])) {
            struct diagnostic *d =
                report(p, DIAG_CQ0025, token_span(p, p->at),
                       "'%s' stands too late in this query, or twice", keyword_text(clauses[i]));
            diag_hint(p->diags, d,
                      "the clauses of a query have one order: from, let, with and "
                      "without, where, return or aggregate, sort");
            return true;
        }
    }
    return false;
}

static struct syntax *parse_query(struct parser *p, uint32_t first, struct syntax *source) {
    struct kids kids = {0};
    for (int i = 0; i < QUERY_SOURCES; i++) {
        if (!kids_add(p, &kids, NULL)) {
            return NULL;
        }
    }
    if (!source || !kids_add(p, &kids, source)) {
        return NULL;
    }
    while (at_kind(p, TOKEN_COMMA) && source_ahead(p, 1)) {
        token_next(p);
        struct syntax *next = parse_aliased(p);
        if (!next || !kids_add(p, &kids, next)) {
            return NULL;
        }
    }
    /* The clauses belong to this query: a cast around it has no say inside. */
    bool no_as = p->no_as;
    uint32_t outer = p->outer_query;
    p->no_as = false;
    p->outer_query = p->at;
    bool good = parse_clauses(p, &kids);
    p->no_as = no_as;
    p->outer_query = outer;
    if (!good || (!outer_goes_on(p, outer) && clause_out_of_order(p))) {
        return NULL;
    }
    return node_of(p, SYNTAX_QUERY, first, &kids);
}

struct syntax *parse_query_after(struct parser *p, uint32_t first, struct syntax *source) {
    return parse_query(p, first, aliased(p, first, source));
}

struct syntax *parse_from_query(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    return parse_query(p, first, parse_aliased(p));
}

static struct syntax *parse_path(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *name = parse_referential(p, "the name of an element");
    struct syntax *path = name ? node1(p, SYNTAX_NAME, first, name) : NULL;
    while (path) {
        if (accept_kind(p, TOKEN_DOT)) {
            name = parse_referential(p, "the name of an element");
            path = name ? node2(p, SYNTAX_MEMBER, first, path, name) : NULL;
        } else if (at_kind(p, TOKEN_BRACKET_OPEN)) {
            uint32_t opener = p->at;
            token_next(p);
            struct syntax *index = parse_literal(p, false);
            if (!close_bracket(p, opener, index != NULL)) {
                return NULL;
            }
            path = node2(p, SYNTAX_INDEXER, first, path, index);
        } else {
            break;
        }
    }
    return path;
}

static enum syntax_word comparator_at(const struct parser *p, uint32_t ahead) {
    const struct token *token = token_ahead(p, ahead);
    return keyword_ahead(p, ahead, KEYWORD_IN) ? WORD_IN
           : token->kind == TOKEN_EQUAL        ? WORD_EQUAL
           : token->kind == TOKEN_EQUIVALENT   ? WORD_EQUIVALENT
                                               : WORD_NONE;
}

/* A path of elements with a comparator behind it: name(.name | [literal])* (in | = | ~) */
static bool code_path_ahead(const struct parser *p) {
    uint32_t ahead = 1;
    if (!referential_ahead(p, 0)) {
        return false;
    }
    for (;;) {
        uint8_t kind = token_ahead(p, ahead)->kind;
        if (kind == TOKEN_DOT && referential_ahead(p, ahead + 1)) {
            ahead += 2;
        } else if (kind == TOKEN_BRACKET_OPEN &&
                   token_ahead(p, ahead + 2)->kind == TOKEN_BRACKET_CLOSE) {
            ahead += 3;
        } else {
            return comparator_at(p, ahead) != WORD_NONE;
        }
    }
}

/* A qualified name with `->` behind it. */
static bool context_ahead(const struct parser *p) {
    uint32_t ahead = 0;
    while (referential_ahead(p, ahead)) {
        uint8_t kind = token_ahead(p, ahead + 1)->kind;
        if (kind != TOKEN_DOT) {
            return kind == TOKEN_ARROW;
        }
        ahead += 2;
    }
    return false;
}

enum { RETRIEVE_TYPE, RETRIEVE_TERMINOLOGY, RETRIEVE_CONTEXT, RETRIEVE_PATH, RETRIEVE_KIDS };

static bool parse_retrieve_inside(struct parser *p, struct syntax **kids, enum syntax_word *word) {
    if (context_ahead(p)) {
        kids[RETRIEVE_CONTEXT] = parse_path(p);
        if (!kids[RETRIEVE_CONTEXT]) {
            return false;
        }
        token_next(p);
    }
    kids[RETRIEVE_TYPE] = parse_named_type(p);
    if (!kids[RETRIEVE_TYPE]) {
        return false;
    }
    if (!accept_kind(p, TOKEN_COLON)) {
        return true;
    }
    if (code_path_ahead(p)) {
        kids[RETRIEVE_PATH] = parse_path(p);
        *word = comparator_at(p, 0);
        token_next(p);
        if (!kids[RETRIEVE_PATH]) {
            return false;
        }
    }
    kids[RETRIEVE_TERMINOLOGY] = parse_expression(p);
    return kids[RETRIEVE_TERMINOLOGY] != NULL;
}

struct syntax *parse_retrieve(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *parts[RETRIEVE_KIDS] = {NULL};
    enum syntax_word word = WORD_NONE;
    token_next(p);
    bool good = parse_retrieve_inside(p, parts, &word);
    if (!close_bracket(p, first, good)) {
        return NULL;
    }
    struct kids kids = {parts, RETRIEVE_KIDS, RETRIEVE_KIDS};
    struct syntax *made = node_of(p, SYNTAX_RETRIEVE, first, &kids);
    if (made) {
        made->word = (uint8_t)word;
    }
    return made;
}
