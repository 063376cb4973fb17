/* Terms: what operators stand between. */
#include "cql/parser_internal.h"

bool parse_items(struct parser *p, uint32_t opener, struct kids *kids,
                 struct syntax *(*item)(struct parser *)) {
    enum token_kind closing =
        p->list.tokens[opener].kind == TOKEN_PAREN_OPEN ? TOKEN_PAREN_CLOSE : TOKEN_BRACE_CLOSE;
    token_next(p);
    if (at_kind(p, closing)) {
        token_next(p);
        return true;
    }
    for (;;) {
        struct syntax *one = item(p);
        if (!kids_add(p, kids, one)) {
            return false;
        }
        bool more = one && accept_kind(p, TOKEN_COMMA);
        if (one && !more && !at_closing(p) && !ends_definition(p)) {
            expected(p, closing == TOKEN_PAREN_CLOSE ? "',' or ')'" : "',' or '}'");
            one = NULL;
        }
        if (!more) {
            return close_bracket(p, opener, one != NULL);
        }
        if (at_kind(p, closing)) {
            struct diagnostic *d =
                report(p, DIAG_CQ0017, token_span(p, p->at - 1),
                       "there is a comma, but nothing between it and '%s'", token_mark(closing));
            diag_hint(p->diags, d, "remove the comma");
            token_next(p);
            return true;
        }
    }
}

static struct syntax *parse_unary(struct parser *p, enum syntax_word word, uint32_t words) {
    uint32_t first = p->at;
    for (uint32_t i = 0; i < words; i++) {
        token_next(p);
    }
    if (!enter(p)) {
        return NULL;
    }
    struct syntax *operand = parse_primary(p);
    leave(p);
    struct syntax *made = operand ? node1(p, SYNTAX_UNARY, first, operand) : NULL;
    if (made) {
        made->word = (uint8_t)word;
    }
    return made;
}

static struct syntax *parse_component(struct parser *p) {
    uint32_t first = p->at;
    bool offset = at_keyword(p, KEYWORD_TIMEZONEOFFSET) || word_ahead(p, 0, "timezone");
    enum syntax_word word = at_keyword(p, KEYWORD_DATE)   ? WORD_DATE
                            : at_keyword(p, KEYWORD_TIME) ? WORD_TIME
                            : offset                      ? WORD_TIMEZONEOFFSET
                                                          : WORD_NONE;
    enum precision precision = word ? PRECISION_NONE : take_calendar_word(p, NULL);
    if (word) {
        token_next(p);
    }
    token_next(p);
    if (!enter(p)) {
        return NULL;
    }
    struct syntax *operand = parse_primary(p);
    leave(p);
    struct syntax *made = operand ? node1(p, SYNTAX_COMPONENT_FROM, first, operand) : NULL;
    if (made) {
        made->word = (uint8_t)word;
        made->precision = (uint8_t)precision;
    }
    return made;
}

/* duration in days of X, difference in days of X */
static struct syntax *parse_duration_of(struct parser *p) {
    uint32_t first = p->at;
    enum syntax_word word = at_keyword(p, KEYWORD_DURATION) ? WORD_DURATION : WORD_DIFFERENCE;
    token_next(p);
    if (!expect_keyword(p, KEYWORD_IN, "'in', as in: difference in days between A and B")) {
        return NULL;
    }
    enum precision precision = take_calendar_word(p, NULL);
    if (!precision) {
        return expected(p, "years, months, weeks, days, hours, minutes, seconds or milliseconds");
    }
    if (!expect_keyword(p, KEYWORD_OF, "'between' or 'of'") || !enter(p)) {
        return NULL;
    }
    struct syntax *operand = parse_primary(p);
    leave(p);
    struct syntax *made = operand ? node1(p, SYNTAX_DURATION_OF, first, operand) : NULL;
    if (made) {
        made->word = (uint8_t)word;
        made->precision = (uint8_t)precision;
    }
    return made;
}

static struct syntax *parse_convert(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *operand = parse_expression(p);
    if (!operand || !expect_keyword(p, KEYWORD_TO, "'to' and the type or unit to convert to")) {
        return NULL;
    }
    if (at_kind(p, TOKEN_STRING)) {
        struct syntax *unit = parse_text(p, "a unit");
        struct syntax *made = unit ? node2(p, SYNTAX_CONVERT, first, operand, NULL) : NULL;
        if (made) {
            made->text = unit->text;
        }
        return made;
    }
    if (at_calendar_word(p, 0, true)) {
        struct str unit = arena_copy(p->arena, token_text(p, token_now(p)));
        token_next(p);
        struct syntax *made = node2(p, SYNTAX_CONVERT, first, operand, NULL);
        if (made) {
            made->text = unit;
            made->flags = 1;
        }
        return made;
    }
    struct syntax *type = parse_type(p);
    return type ? node2(p, SYNTAX_CONVERT, first, operand, type) : NULL;
}

static struct syntax *parse_if(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *condition = parse_expression(p);
    if (!condition || !expect_keyword(p, KEYWORD_THEN, "'then'")) {
        return NULL;
    }
    struct syntax *then = parse_expression(p);
    if (!then) {
        return NULL;
    }
    if (!at_keyword(p, KEYWORD_ELSE)) {
        struct diagnostic *d =
            report(p, DIAG_CQ0018, token_span(p, first), "this 'if' has no 'else'");
        diag_hint(p->diags, d,
                  "every 'if' has one: if C then A else B; to give nothing: else null");
        return NULL;
    }
    token_next(p);
    struct syntax *otherwise = parse_expression(p);
    return otherwise ? node3(p, SYNTAX_IF, first, condition, then, otherwise) : NULL;
}

static struct syntax *parse_when(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *when = parse_expression(p);
    if (!when || !expect_keyword(p, KEYWORD_THEN, "'then'")) {
        return NULL;
    }
    struct syntax *then = parse_expression(p);
    return then ? node2(p, SYNTAX_WHEN, first, when, then) : NULL;
}

static struct syntax *parse_case(struct parser *p) {
    uint32_t first = p->at;
    token_next(p);
    struct kids kids = {0};
    struct syntax *comparand = NULL;
    if (!at_keyword(p, KEYWORD_WHEN)) {
        comparand = parse_expression(p);
        if (!comparand) {
            return NULL;
        }
    }
    if (!at_keyword(p, KEYWORD_WHEN)) {
        return expected(p, "'when'");
    }
    if (!kids_add(p, &kids, comparand) || !kids_add(p, &kids, NULL)) {
        return NULL;
    }
    while (at_keyword(p, KEYWORD_WHEN)) {
        struct syntax *item = parse_when(p);
        if (!item || !kids_add(p, &kids, item)) {
            return NULL;
        }
    }
    const char *missing = at_keyword(p, KEYWORD_ELSE) ? NULL : "else";
    if (!missing) {
        token_next(p);
        kids.at[1] = parse_expression(p);
        if (!kids.at[1]) {
            return NULL;
        }
        missing = at_keyword(p, KEYWORD_END) ? NULL : "end";
    }
    if (missing) {
        if (token_now(p)->kind == TOKEN_END || at_definition(p) || at_keyword(p, KEYWORD_END)) {
            struct diagnostic *d =
                report(p, DIAG_CQ0018, token_span(p, first), "this 'case' has no '%s'", missing);
            diag_hint(p->diags, d, "write: case when C then A else B end");
        } else {
            expected(p, missing[1] == 'l' ? "'when' or 'else'" : "'end'");
        }
        return NULL;
    }
    token_next(p);
    return node_of(p, SYNTAX_CASE, first, &kids);
}

/* distinct, flatten: what follows is a whole expression */
static struct syntax *parse_aggregate_term(struct parser *p, enum syntax_word word) {
    uint32_t first = p->at;
    token_next(p);
    struct syntax *operand = parse_expression(p);
    struct syntax *made = operand ? node1(p, SYNTAX_UNARY, first, operand) : NULL;
    if (made) {
        made->word = (uint8_t)word;
    }
    return made;
}

static struct syntax *parse_expand_collapse(struct parser *p) {
    uint32_t first = p->at;
    enum syntax_word word = at_keyword(p, KEYWORD_EXPAND) ? WORD_EXPAND : WORD_COLLAPSE;
    token_next(p);
    struct syntax *operand = parse_expression(p);
    if (!operand) {
        return NULL;
    }
    struct syntax *per = NULL;
    enum precision precision = PRECISION_NONE;
    if (accept_keyword(p, KEYWORD_PER)) {
        bool word_alone = at_calendar_word(p, 0, false) && !keyword_ahead(p, 1, KEYWORD_FROM);
        if (word_alone) {
            precision = take_calendar_word(p, NULL);
        } else {
            per = parse_expression(p);
            if (!per) {
                return NULL;
            }
        }
    }
    struct syntax *made = node2(p, SYNTAX_EXPAND_COLLAPSE, first, operand, per);
    if (made) {
        made->word = (uint8_t)word;
        made->precision = (uint8_t)precision;
    }
    return made;
}

static struct syntax *parse_type_extent(struct parser *p) {
    uint32_t first = p->at;
    enum syntax_word word = at_keyword(p, KEYWORD_MINIMUM) ? WORD_MINIMUM : WORD_MAXIMUM;
    token_next(p);
    struct syntax *type = parse_named_type(p);
    struct syntax *made = type ? node1(p, SYNTAX_TYPE_EXTENT, first, type) : NULL;
    if (made) {
        made->word = (uint8_t)word;
    }
    return made;
}

static struct syntax *parse_parenthesised(struct parser *p) {
    uint32_t opener = p->at;
    token_next(p);
    struct syntax *inner = parse_expression(p);
    if (!close_bracket(p, opener, inner != NULL)) {
        return NULL;
    }
    return inner ? inner : &p->missing;
}

/* The grammar has no retrieve among the terms: `singleton from [Patient]` needs parentheses. */
static struct syntax *parse_bare_retrieve(struct parser *p) {
    uint32_t first = p->at;
    uint64_t errors = p->diags->counts[SEVERITY_ERROR];
    struct syntax *made = parse_retrieve(p);
    if (made && errors == p->diags->counts[SEVERITY_ERROR]) {
        struct str text = {p->source->text.at + made->span.start,
                           made->span.end - made->span.start};
        struct diagnostic *d = report(p, DIAG_CQ0023, token_span(p, first),
                                      "a retrieve needs parentheses as part of a term");
        diag_hint(p->diags, d, "write (%.*s)", STR_ARG(text));
    }
    return made;
}

static struct syntax *parse_call(struct parser *p, uint32_t first, struct syntax *receiver,
                                 struct syntax *name) {
    struct kids kids = {0};
    if (!name || !kids_add(p, &kids, receiver) || !kids_add(p, &kids, name) ||
        !parse_items(p, p->at, &kids, parse_expression)) {
        return NULL;
    }
    return node_of(p, SYNTAX_CALL, first, &kids);
}

static struct syntax *parse_name(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *name = identifier_from(p);
    if (at_kind(p, TOKEN_PAREN_OPEN)) {
        return parse_call(p, first, NULL, name);
    }
    return name ? node1(p, SYNTAX_NAME, first, name) : NULL;
}

static struct syntax *parse_iteration(struct parser *p) {
    enum syntax_kind kind = at_kind(p, TOKEN_THIS)    ? SYNTAX_THIS
                            : at_kind(p, TOKEN_INDEX) ? SYNTAX_INDEX
                                                      : SYNTAX_TOTAL;
    uint32_t first = p->at;
    token_next(p);
    return node0(p, kind, first);
}

/* "end [Encounter]" without its "of". */
static bool is_operand_ahead(const struct parser *p) {
    const struct token *next = &p->list.tokens[p->at + 1];
    return next->kind == TOKEN_BRACKET_OPEN || next->kind == TOKEN_PAREN_OPEN ||
           next->kind == TOKEN_QUOTED ||
           (next->kind == TOKEN_WORD &&
            (next->keyword == KEYWORD_NONE || next->keyword == KEYWORD_INTERVAL));
}

static struct syntax *missing_of(struct parser *p, const char *word) {
    struct str text = token_text(p, token_now(p));
    struct diagnostic *d = report(p, DIAG_CQ0001, token_span(p, p->at),
                                  "'%s' is missing after '%.*s'", word, STR_ARG(text));
    diag_hint(p->diags, d, "write: %.*s %s ...", STR_ARG(text), word);
    return NULL;
}

/* What is written with one token of look-ahead after a word; *found false: nothing of the kind. */
static struct syntax *parse_word_operator(struct parser *p, bool *found) {
    bool of = keyword_ahead(p, 1, KEYWORD_OF);
    bool from = keyword_ahead(p, 1, KEYWORD_FROM);
    *found = true;
    switch (token_now(p)->keyword) {
    case KEYWORD_START:
        if (of) {
            return parse_unary(p, WORD_START_OF, 2);
        }
        break;
    case KEYWORD_END:
        if (of) {
            return parse_unary(p, WORD_END_OF, 2);
        }
        break;
    case KEYWORD_WIDTH:
        if (of) {
            return parse_unary(p, WORD_WIDTH_OF, 2);
        }
        break;
    case KEYWORD_SUCCESSOR:
        if (of) {
            return parse_unary(p, WORD_SUCCESSOR_OF, 2);
        }
        break;
    case KEYWORD_PREDECESSOR:
        if (of) {
            return parse_unary(p, WORD_PREDECESSOR_OF, 2);
        }
        break;
    case KEYWORD_SINGLETON:
        if (from) {
            return parse_unary(p, WORD_SINGLETON_FROM, 2);
        }
        break;
    case KEYWORD_POINT:
        if (from) {
            return parse_unary(p, WORD_POINT_FROM, 2);
        }
        break;
    case KEYWORD_DATE:
    case KEYWORD_TIME:
    case KEYWORD_TIMEZONEOFFSET:
        if (from) {
            return parse_component(p);
        }
        break;
    default:
        /* `timezone` was the word before CQL 1.3. */
        if (from && (at_calendar_word(p, 0, false) || word_ahead(p, 0, "timezone"))) {
            return parse_component(p);
        }
    }
    enum keyword word = token_now(p)->keyword;
    bool wants_of = word == KEYWORD_START || word == KEYWORD_END || word == KEYWORD_WIDTH ||
                    word == KEYWORD_SUCCESSOR || word == KEYWORD_PREDECESSOR;
    bool wants_from = word == KEYWORD_SINGLETON || word == KEYWORD_POINT;
    if ((wants_of || wants_from) && is_operand_ahead(p)) {
        return missing_of(p, wants_of ? "of" : "from");
    }
    *found = false;
    return NULL;
}

static struct syntax *parse_keyword_term(struct parser *p, bool *found) {
    *found = true;
    switch (token_now(p)->keyword) {
    case KEYWORD_DURATION:
    case KEYWORD_DIFFERENCE:
        return parse_duration_of(p);
    case KEYWORD_CONVERT:
        return parse_convert(p);
    case KEYWORD_IF:
        return parse_if(p);
    case KEYWORD_CASE:
        return parse_case(p);
    case KEYWORD_DISTINCT:
        return parse_aggregate_term(p, WORD_DISTINCT);
    case KEYWORD_FLATTEN:
        return parse_aggregate_term(p, WORD_FLATTEN);
    case KEYWORD_EXPAND:
    case KEYWORD_COLLAPSE:
        return parse_expand_collapse(p);
    case KEYWORD_MINIMUM:
    case KEYWORD_MAXIMUM:
        return parse_type_extent(p);
    default:
        return parse_word_operator(p, found);
    }
}

static struct syntax *parse_base(struct parser *p) {
    const struct token *token = token_now(p);
    if (at_definition(p)) {
        return expected(p, "an expression");
    }
    switch (token->kind) {
    case TOKEN_PAREN_OPEN:
        return parse_parenthesised(p);
    case TOKEN_BRACKET_OPEN:
        return parse_bare_retrieve(p);
    case TOKEN_PLUS:
        return parse_unary(p, WORD_PLUS, 1);
    case TOKEN_MINUS:
        return parse_unary(p, WORD_MINUS, 1);
    case TOKEN_THIS:
    case TOKEN_INDEX:
    case TOKEN_TOTAL:
        return parse_iteration(p);
    default:
        break;
    }
    bool found = false;
    struct syntax *made = token->kind == TOKEN_WORD ? parse_keyword_term(p, &found) : NULL;
    if (found) {
        return made;
    }
    made = parse_selector(p, &found);
    if (found) {
        return made;
    }
    if (referential_ahead(p, 0)) {
        return parse_name(p);
    }
    return parse_literal(p, true);
}

static struct syntax *parse_indexer(struct parser *p, uint32_t first, struct syntax *list) {
    uint32_t opener = p->at;
    token_next(p);
    struct syntax *index = parse_expression(p);
    if (!close_bracket(p, opener, index != NULL)) {
        return NULL;
    }
    return node2(p, SYNTAX_INDEXER, first, list, index);
}

static struct syntax *parse_member(struct parser *p, uint32_t first, struct syntax *left) {
    token_next(p);
    bool call = token_ahead(p, 1)->kind == TOKEN_PAREN_OPEN && !at_kind(p, TOKEN_STRING);
    if (call) {
        return parse_call(p, first, left, parse_function_name(p));
    }
    struct syntax *name = parse_referential(p, "the name of an element or function after '.'");
    return name ? node2(p, SYNTAX_MEMBER, first, left, name) : NULL;
}

/* A term with the prefixes before it and the members and indexers behind it. */
struct syntax *parse_primary(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *made = parse_base(p);
    while (made) {
        if (at_kind(p, TOKEN_DOT)) {
            made = parse_member(p, first, made);
        } else if (at_kind(p, TOKEN_BRACKET_OPEN)) {
            made = parse_indexer(p, first, made);
        } else {
            break;
        }
    }
    return made;
}
