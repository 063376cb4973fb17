/* The timing phrases of CQL ("starts 3 days or more after end of"), which stand between two
 * expressions. */
#include "cql/parser_internal.h"

static bool at_before_or_after(const struct parser *p, uint32_t ahead) {
    return keyword_ahead(p, ahead, KEYWORD_BEFORE) || keyword_ahead(p, ahead, KEYWORD_AFTER);
}

static bool on_or_ahead(const struct parser *p) {
    return word_ahead(p, 0, "on") && keyword_ahead(p, 1, KEYWORD_OR) && at_before_or_after(p, 2);
}

static bool less_than_ahead(const struct parser *p) {
    return (word_ahead(p, 0, "less") || word_ahead(p, 0, "more")) && word_ahead(p, 1, "than");
}

static bool included_in_ahead(const struct parser *p, uint32_t ahead) {
    return word_ahead(p, ahead, "included") && keyword_ahead(p, ahead + 1, KEYWORD_IN);
}

/* The offset of "3 days before": a number with its unit, and what may follow. */
static bool offset_ahead(const struct parser *p) {
    bool unit = token_ahead(p, 1)->kind == TOKEN_STRING || at_calendar_word(p, 1, true);
    uint32_t behind = unit ? 2 : 1;
    return unit || at_before_or_after(p, behind) || keyword_ahead(p, behind, KEYWORD_OR) ||
           word_ahead(p, behind, "on");
}

bool timing_ahead(const struct parser *p) {
    const struct token *token = token_now(p);
    if (token->kind == TOKEN_NUMBER) {
        return offset_ahead(p);
    }
    if (token->kind != TOKEN_WORD) {
        return false;
    }
    switch (token->keyword) {
    case KEYWORD_STARTS:
    case KEYWORD_ENDS:
    case KEYWORD_OCCURS:
    case KEYWORD_SAME:
    case KEYWORD_INCLUDES:
    case KEYWORD_DURING:
    case KEYWORD_BEFORE:
    case KEYWORD_AFTER:
    case KEYWORD_WITHIN:
    case KEYWORD_MEETS:
    case KEYWORD_OVERLAPS:
        return true;
    case KEYWORD_PROPERLY:
        return !keyword_ahead(p, 1, KEYWORD_BETWEEN);
    case KEYWORD_NONE:
        return included_in_ahead(p, 0) || on_or_ahead(p) || less_than_ahead(p);
    default:
        return false;
    }
}

/* `start` or `end` is the phrase's own word when an expression follows it; with `of` behind it, it
 * is an operator of that expression, and else a name. */
static bool boundary_ahead(const struct parser *p) {
    if (!at_keyword(p, KEYWORD_START) && !at_keyword(p, KEYWORD_END)) {
        return false;
    }
    const struct token *next = token_ahead(p, 1);
    switch (next->kind) {
    case TOKEN_WORD:
        return !(next->flags & TOKEN_STARTS_LINE && starts_definition(p, p->at + 1)) &&
               (next->keyword == KEYWORD_NONE ||
                keyword_use(next->keyword) != KEYWORD_IS_RESERVED ||
                next->keyword == KEYWORD_INTERVAL || next->keyword == KEYWORD_NULL ||
                next->keyword == KEYWORD_IF || next->keyword == KEYWORD_CASE ||
                next->keyword == KEYWORD_CONVERT || next->keyword == KEYWORD_CAST ||
                next->keyword == KEYWORD_SINGLETON || next->keyword == KEYWORD_POINT ||
                next->keyword == KEYWORD_MINIMUM || next->keyword == KEYWORD_MAXIMUM);
    case TOKEN_QUOTED:
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_LONG:
    case TOKEN_DATE:
    case TOKEN_DATETIME:
    case TOKEN_TIME:
    case TOKEN_THIS:
    case TOKEN_INDEX:
    case TOKEN_TOTAL:
    case TOKEN_PAREN_OPEN:
    case TOKEN_BRACKET_OPEN:
    case TOKEN_BRACE_OPEN:
    case TOKEN_PERCENT:
        return true;
    default:
        return false;
    }
}

static uint16_t take_right_boundary(struct parser *p) {
    if (!boundary_ahead(p)) {
        return 0;
    }
    uint16_t flag = at_keyword(p, KEYWORD_START) ? TIMING_RIGHT_START : TIMING_RIGHT_END;
    token_next(p);
    return flag;
}

static uint16_t take_or(struct parser *p, const char *word, enum keyword keyword, uint16_t flag) {
    bool there = at_keyword(p, KEYWORD_OR) &&
                 (keyword ? keyword_ahead(p, 1, keyword) : word_ahead(p, 1, word));
    if (there) {
        token_next(p);
        token_next(p);
    }
    return there ? flag : 0;
}

static bool parse_same(struct parser *p, struct syntax *phrase) {
    token_next(p);
    phrase->word = WORD_SAME;
    phrase->precision = (uint8_t)take_calendar_word(p, NULL);
    uint16_t direction = take_or(p, NULL, KEYWORD_BEFORE, TIMING_OR_BEFORE);
    direction |= direction ? 0 : take_or(p, NULL, KEYWORD_AFTER, TIMING_OR_AFTER);
    if (!direction && !expect_keyword(p, KEYWORD_AS, "'as', 'or before' or 'or after'")) {
        return false;
    }
    phrase->flags |= direction | take_right_boundary(p);
    return true;
}

/* Before and after, with what may stand before them: an offset, `on or`; and behind: `or on`. */
static bool parse_before_after(struct parser *p, struct syntax *phrase) {
    if (word_ahead(p, 0, "on")) {
        token_next(p);
        if (!expect_keyword(p, KEYWORD_OR, "'or before' or 'or after'")) {
            return false;
        }
        phrase->flags |= TIMING_ON_OR;
    }
    if (!at_before_or_after(p, 0)) {
        expected(p, "'before' or 'after'");
        return false;
    }
    phrase->word = at_keyword(p, KEYWORD_BEFORE) ? WORD_BEFORE : WORD_AFTER;
    token_next(p);
    phrase->flags |= take_or(p, "on", KEYWORD_NONE, TIMING_ON_OR);
    phrase->precision = (uint8_t)take_precision_of(p);
    phrase->flags |= take_right_boundary(p);
    return true;
}

static bool set_quantity(struct parser *p, struct syntax *phrase) {
    if (!at_kind(p, TOKEN_NUMBER)) {
        expected(p, "a quantity such as 3 days");
        return false;
    }
    struct syntax *quantity = parse_quantity(p);
    struct syntax **kids = quantity ? ARENA_ARRAY(p->arena, 1, struct syntax *) : NULL;
    if (!kids) {
        p->status = quantity ? STATUS_NO_MEMORY : p->status;
        return false;
    }
    kids[0] = quantity;
    phrase->kids = kids;
    phrase->count = 1;
    phrase->height = (uint16_t)(quantity->height + 1);
    return true;
}

static bool parse_offset(struct parser *p, struct syntax *phrase) {
    if (less_than_ahead(p)) {
        phrase->flags |= word_ahead(p, 0, "less") ? TIMING_LESS_THAN : TIMING_MORE_THAN;
        token_next(p);
        token_next(p);
        return set_quantity(p, phrase) && parse_before_after(p, phrase);
    }
    if (!set_quantity(p, phrase)) {
        return false;
    }
    uint16_t relative = take_or(p, "more", KEYWORD_NONE, TIMING_OR_MORE);
    phrase->flags |= relative ? relative : take_or(p, "less", KEYWORD_NONE, TIMING_OR_LESS);
    return parse_before_after(p, phrase);
}

static bool parse_within(struct parser *p, struct syntax *phrase) {
    token_next(p);
    phrase->word = WORD_WITHIN;
    if (!set_quantity(p, phrase) ||
        !expect_keyword(p, KEYWORD_OF, "'of', as in: within 3 days of X")) {
        return false;
    }
    phrase->flags |= take_right_boundary(p);
    return true;
}

/* Includes, during, `included in`, and within, with `properly` taken. */
static bool parse_inclusion(struct parser *p, struct syntax *phrase, bool left_boundary) {
    if (at_keyword(p, KEYWORD_INCLUDES) && !left_boundary) {
        token_next(p);
        phrase->word = WORD_INCLUDES;
        phrase->precision = (uint8_t)take_precision_of(p);
        phrase->flags |= take_right_boundary(p);
        return true;
    }
    if (at_keyword(p, KEYWORD_WITHIN)) {
        return parse_within(p, phrase);
    }
    if (accept_keyword(p, KEYWORD_DURING)) {
        phrase->word = WORD_DURING;
    } else if (included_in_ahead(p, 0)) {
        token_next(p);
        token_next(p);
        phrase->word = WORD_DURING;
    } else {
        expected(p, left_boundary ? "'during', 'included in' or 'within'"
                                  : "'includes', 'during', 'included in' or 'within'");
        return false;
    }
    phrase->precision = (uint8_t)take_precision_of(p);
    return true;
}

static bool parse_meets_overlaps(struct parser *p, struct syntax *phrase) {
    phrase->word = at_keyword(p, KEYWORD_MEETS) ? WORD_MEETS : WORD_OVERLAPS;
    token_next(p);
    if (accept_keyword(p, KEYWORD_BEFORE)) {
        phrase->flags |= TIMING_OR_BEFORE;
    } else if (accept_keyword(p, KEYWORD_AFTER)) {
        phrase->flags |= TIMING_OR_AFTER;
    }
    phrase->precision = (uint8_t)take_precision_of(p);
    return true;
}

/* Takes starts, ends or occurs. */
static uint16_t take_left_boundary(struct parser *p) {
    if (accept_keyword(p, KEYWORD_STARTS)) {
        return TIMING_LEFT_START;
    }
    if (accept_keyword(p, KEYWORD_ENDS)) {
        return TIMING_LEFT_END;
    }
    return accept_keyword(p, KEYWORD_OCCURS) ? TIMING_LEFT_OCCURS : 0;
}

static bool parse_rest(struct parser *p, struct syntax *phrase) {
    uint16_t left = take_left_boundary(p);
    phrase->flags = left;
    if (at_keyword(p, KEYWORD_SAME)) {
        return parse_same(p, phrase);
    }
    if (accept_keyword(p, KEYWORD_PROPERLY)) {
        phrase->flags |= TIMING_PROPERLY;
        return parse_inclusion(p, phrase, left != 0);
    }
    if (at_kind(p, TOKEN_NUMBER) || less_than_ahead(p)) {
        return parse_offset(p, phrase);
    }
    if (at_before_or_after(p, 0) || on_or_ahead(p)) {
        return parse_before_after(p, phrase);
    }
    if (at_keyword(p, KEYWORD_DURING) || at_keyword(p, KEYWORD_WITHIN) || included_in_ahead(p, 0) ||
        (!left && at_keyword(p, KEYWORD_INCLUDES))) {
        return parse_inclusion(p, phrase, left != 0);
    }
    if (!left) {
        return parse_meets_overlaps(p, phrase);
    }
    if (left == TIMING_LEFT_OCCURS) {
        expected(p, "'during', 'before', 'after', 'within' or 'same' after 'occurs'");
        return false;
    }
    /* X starts Y: `starts` is the relation itself. */
    phrase->flags = 0;
    phrase->word = left == TIMING_LEFT_START ? WORD_STARTS : WORD_ENDS;
    phrase->precision = (uint8_t)take_precision_of(p);
    return true;
}

struct syntax *parse_timing_phrase(struct parser *p) {
    uint32_t first = p->at;
    struct syntax *phrase = node0(p, SYNTAX_TIMING_PHRASE, first);
    if (!phrase || !parse_rest(p, phrase)) {
        return NULL;
    }
    phrase->span.end = p->list.tokens[p->at - 1].end;
    return phrase;
}
