#include "cql/parser_internal.h"

#include "base/limits.h"

#include <stdio.h>

struct str token_text(const struct parser *p, const struct token *token) {
    return (struct str){p->source->text.at + token->start, token->end - token->start};
}

bool word_ahead(const struct parser *p, uint32_t ahead, const char *word) {
    const struct token *token = token_ahead(p, ahead);
    return token->kind == TOKEN_WORD && str_equal(token_text(p, token), str_from(word));
}

static bool is_name(const struct token *token) {
    return token->kind == TOKEN_QUOTED ||
           (token->kind == TOKEN_WORD && token->keyword == KEYWORD_NONE);
}

/* A word of a definition that may also be a name counts only where a name and the mark of that
 * definition follow it, so that a tuple's or a query's `code` on a line of its own does not. */
bool starts_definition(const struct parser *p, uint32_t index) {
    const struct token *token = &p->list.tokens[index];
    if (token->kind == TOKEN_END) {
        return true;
    }
    if (!(token->flags & TOKEN_STARTS_LINE) || token->kind != TOKEN_WORD) {
        return false;
    }
    uint32_t last = p->list.count - 1;
    const struct token *next = &p->list.tokens[index < last ? index + 1 : last];
    const struct token *third = &p->list.tokens[index + 1 < last ? index + 2 : last];
    bool same_line = !(next->flags & TOKEN_STARTS_LINE);
    switch (token->keyword) {
    case KEYWORD_DEFINE:
        return next->kind == TOKEN_WORD || next->kind == TOKEN_QUOTED ||
               next->kind == TOKEN_STRING || next->kind == TOKEN_COLON;
    case KEYWORD_PUBLIC:
    case KEYWORD_PRIVATE:
        return same_line && next->kind == TOKEN_WORD &&
               (next->keyword == KEYWORD_PARAMETER || next->keyword == KEYWORD_VALUESET ||
                next->keyword == KEYWORD_CODESYSTEM || next->keyword == KEYWORD_CODE ||
                next->keyword == KEYWORD_CONCEPT);
    case KEYWORD_VALUESET:
    case KEYWORD_CODESYSTEM:
    case KEYWORD_CODE:
    case KEYWORD_CONCEPT:
        return same_line && (is_name(next) || next->kind == TOKEN_STRING) &&
               third->kind == TOKEN_COLON;
    case KEYWORD_PARAMETER:
    case KEYWORD_CONTEXT:
    case KEYWORD_LIBRARY:
    case KEYWORD_USING:
    case KEYWORD_INCLUDE:
        return same_line && is_name(next);
    default:
        return false;
    }
}

bool at_definition(const struct parser *p) {
    return starts_definition(p, p->at);
}

static void no_memory(struct parser *p) {
    p->status = STATUS_NO_MEMORY;
    p->abandoned = true;
    p->at = p->list.count - 1;
}

bool kids_add(struct parser *p, struct kids *kids, struct syntax *kid) {
    if (kids->count == kids->capacity) {
        uint32_t capacity = kids->capacity ? kids->capacity * 2 : 4;
        struct syntax **grown = ARENA_ARRAY(p->arena, capacity, struct syntax *);
        if (!grown) {
            no_memory(p);
            return false;
        }
        if (kids->count) {
            memcpy(grown, kids->at, kids->count * sizeof *grown);
        }
        kids->at = grown;
        kids->capacity = capacity;
    }
    kids->at[kids->count++] = kid;
    return true;
}

struct span token_span(const struct parser *p, uint32_t index) {
    const struct token *token = &p->list.tokens[index];
    return (struct span){p->source, token->start, token->end};
}

static void too_deep(struct parser *p, struct span span) {
    struct diagnostic *d = report(p, DIAG_CQ0011, span, "this expression has more than %d levels",
                                  LIMIT_EXPRESSION_DEPTH);
    diag_hint(p->diags, d, "give parts of it a name of their own with define");
    p->abandoned = true;
}

static struct syntax *node(struct parser *p, enum syntax_kind kind, uint32_t first, uint32_t count,
                           struct syntax *const *kids) {
    struct syntax *made = ARENA_NEW(p->arena, struct syntax);
    struct syntax **copy = made && count ? ARENA_ARRAY(p->arena, count, struct syntax *) : NULL;
    if (!made || (count && !copy)) {
        no_memory(p);
        return NULL;
    }
    uint32_t last = p->at > first ? p->at - 1 : first;
    *made = (struct syntax){.kind = (uint8_t)kind, .count = count, .kids = copy};
    made->span = (struct span){p->source, p->list.tokens[first].start, p->list.tokens[last].end};
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = kids[i] == &p->missing ? NULL : kids[i];
        if (kids[i] && kids[i]->height > made->height) {
            made->height = kids[i]->height;
        }
    }
    made->height++;
    if (made->height > LIMIT_EXPRESSION_DEPTH && kind > SYNTAX_MODEL_STATEMENT) {
        too_deep(p, made->span);
        return NULL;
    }
    return made;
}

struct syntax *node_of(struct parser *p, enum syntax_kind kind, uint32_t first,
                       const struct kids *kids) {
    return node(p, kind, first, kids->count, kids->at);
}

struct syntax *node0(struct parser *p, enum syntax_kind kind, uint32_t first) {
    return node(p, kind, first, 0, NULL);
}

struct syntax *node1(struct parser *p, enum syntax_kind kind, uint32_t first, struct syntax *a) {
    return node(p, kind, first, 1, &a);
}

struct syntax *node2(struct parser *p, enum syntax_kind kind, uint32_t first, struct syntax *a,
                     struct syntax *b) {
    struct syntax *kids[] = {a, b};
    return node(p, kind, first, 2, kids);
}

struct syntax *node3(struct parser *p, enum syntax_kind kind, uint32_t first, struct syntax *a,
                     struct syntax *b, struct syntax *c) {
    struct syntax *kids[] = {a, b, c};
    return node(p, kind, first, 3, kids);
}

bool enter(struct parser *p) {
    if (p->abandoned) {
        return false;
    }
    /* A level of the tree costs at most two of recursion. */
    if (p->depth >= 2 * LIMIT_EXPRESSION_DEPTH) {
        too_deep(p, token_span(p, p->at));
        return false;
    }
    p->depth++;
    return true;
}

void leave(struct parser *p) {
    p->depth--;
}

struct diagnostic *report(struct parser *p, enum diag_id id, struct span span, const char *format,
                          ...) {
    /* One a definition: what follows a mistake is read as something that was not meant. */
    if (p->abandoned || p->diags->counts[SEVERITY_ERROR] > p->errors) {
        return NULL;
    }
    va_list args;
    va_start(args, format);
    struct str words = arena_vformat(p->arena, format, args);
    va_end(args);
    if (!words.at) {
        no_memory(p);
        return NULL;
    }
    return diag_at(p->diags, id, span, "%.*s", STR_ARG(words));
}

enum { SHOWN_TOKEN_MAX = 40 };

/* What stands at a token, in words. */
static void describe(const struct parser *p, const struct token *token, char *out, size_t size) {
    struct str text = token_text(p, token);
    const char *more = "";
    if (text.len > SHOWN_TOKEN_MAX) {
        text.len = SHOWN_TOKEN_MAX;
        while (((unsigned char)text.at[text.len] & 0xC0) == 0x80) {
            text.len--;
        }
        more = "...";
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\n' || text.at[i] == '\r') {
            text.len = i;
            more = "...";
        }
    }
    switch (token->kind) {
    case TOKEN_END:
        snprintf(out, size, "the text ends");
        break;
    case TOKEN_STRING:
        snprintf(out, size, "found the text %.*s%s", STR_ARG(text), more);
        break;
    case TOKEN_QUOTED:
        snprintf(out, size, "found the name %.*s%s", STR_ARG(text), more);
        break;
    case TOKEN_NUMBER:
    case TOKEN_LONG:
        snprintf(out, size, "found the number %.*s%s", STR_ARG(text), more);
        break;
    default:
        snprintf(out, size, "found '%.*s%s'", STR_ARG(text), more);
    }
}

/* Words that continue an expression or a query, for "did you mean". */
static const char *const continuing[] = {
    "where",     "return",   "sort",      "with",       "without",  "such",     "that",
    "aggregate", "starting", "then",      "else",       "end",      "when",     "case",
    "exists",    "union",    "intersect", "except",     "during",   "includes", "included",
    "overlaps",  "before",   "after",     "starts",     "ends",     "within",   "between",
    "contains",  "properly", "meets",     "distinct",   "flatten",  "collapse", "expand",
    "singleton", "implies",  "ascending", "descending", "and",      "or",       "xor",
    "from",      "define",   "convert",   "returns",    "external", "display",  "version",
    "called",    "default",  "div",       "mod",
};

static const char *nearest(struct str word) {
    const char *best = NULL;
    size_t limit = word.len > 5 ? 2 : word.len > 2 ? 1 : 0;
    size_t best_distance = limit + 1;
    for (size_t i = 0; i < sizeof continuing / sizeof *continuing; i++) {
        struct str candidate = str_from(continuing[i]);
        size_t distance =
            str_equal_fold(candidate, word) ? 0 : str_distance(candidate, word, limit);
        if (distance < best_distance) {
            best = continuing[i];
            best_distance = distance;
        }
    }
    return best;
}

/* The word at `index`, when it is no keyword but nearly one. */
static const char *misspelt(const struct parser *p, uint32_t index) {
    const struct token *token = &p->list.tokens[index];
    if (token->kind != TOKEN_WORD || token->keyword != KEYWORD_NONE) {
        return NULL;
    }
    struct str text = token_text(p, token);
    const char *word = nearest(text);
    return word && str_equal(str_from(word), text) ? NULL : word;
}

static void hint_word(struct parser *p, struct diagnostic *d, struct str written,
                      const char *word) {
    if (str_equal_fold(written, str_from(word))) {
        diag_hint(p->diags, d, "the words of CQL are in lower case: %s", word);
    } else {
        diag_hint(p->diags, d, "did you mean '%s', not '%.*s'?", word, STR_ARG(written));
    }
}

static void hint_for(struct parser *p, struct diagnostic *d) {
    const struct token *token = token_now(p);
    struct str text = token_text(p, token);
    const struct token *before = p->at ? token - 1 : NULL;
    const char *here = misspelt(p, p->at);
    const char *there = p->at ? misspelt(p, p->at - 1) : NULL;
    bool number = before && before->kind == TOKEN_NUMBER;
    if (number && token->kind == TOKEN_WORD && token->keyword == KEYWORD_NONE &&
        (!here || before->end == token->start)) {
        struct str amount = token_text(p, before);
        diag_hint(p->diags, d, "a unit stands in single quotes: %.*s '%.*s'", STR_ARG(amount),
                  STR_ARG(text));
    } else if (there) {
        hint_word(p, d, token_text(p, before), there);
    } else if (here) {
        hint_word(p, d, text, here);
    } else if (token->kind == TOKEN_QUOTED && before && before->kind == TOKEN_STRING) {
        diag_hint(p->diags, d, "join texts with +; a quote inside a text is written \\'");
    }
}

struct syntax *expected(struct parser *p, const char *what) {
    char found[SHOWN_TOKEN_MAX + 64];
    const struct token *token = token_now(p);
    bool ended = token->kind == TOKEN_END || at_definition(p);
    struct span span = token_span(p, p->at);
    if (ended && p->at > 0) {
        span.start = span.end = p->list.tokens[p->at - 1].end;
    }
    describe(p, token, found, sizeof found);
    if (ended && token->kind != TOKEN_END) {
        snprintf(found, sizeof found, "the definition ends");
    }
    struct diagnostic *d = report(p, DIAG_CQ0001, span, "expected %s here, but %s", what, found);
    hint_for(p, d);
    return NULL;
}

bool expect_kind(struct parser *p, enum token_kind kind, const char *what) {
    if (accept_kind(p, kind)) {
        return true;
    }
    expected(p, what);
    return false;
}

bool expect_keyword(struct parser *p, enum keyword keyword, const char *what) {
    if (accept_keyword(p, keyword)) {
        return true;
    }
    expected(p, what);
    return false;
}

static enum token_kind closing_of(const struct parser *p, uint32_t opener) {
    switch (p->list.tokens[opener].kind) {
    case TOKEN_PAREN_OPEN:
        return TOKEN_PAREN_CLOSE;
    case TOKEN_BRACKET_OPEN:
        return TOKEN_BRACKET_CLOSE;
    case TOKEN_LESS:
        return TOKEN_GREATER;
    default:
        return TOKEN_BRACE_CLOSE;
    }
}

static bool is_opening(uint8_t kind) {
    return kind == TOKEN_PAREN_OPEN || kind == TOKEN_BRACKET_OPEN || kind == TOKEN_BRACE_OPEN;
}

static bool is_closing(uint8_t kind) {
    return kind == TOKEN_PAREN_CLOSE || kind == TOKEN_BRACKET_CLOSE || kind == TOKEN_BRACE_CLOSE;
}

/* Moves to the closing mark of the bracket we are in, before the next definition. Marks of the
 * other kinds are not told apart: in a broken text the count is the better guide. */
static bool skip_to_closing(struct parser *p) {
    uint32_t open = 0;
    for (uint32_t i = p->at; !starts_definition(p, i); i++) {
        uint8_t kind = p->list.tokens[i].kind;
        if (is_opening(kind)) {
            open++;
        } else if (is_closing(kind) && open-- == 0) {
            p->at = i;
            return true;
        }
    }
    p->abandoned = true;
    return false;
}

static bool closes(const struct parser *p, uint32_t opener, uint8_t kind) {
    /* The interval selector mixes [ and ): its opener may be closed by either. */
    bool interval = opener > 0 && p->list.tokens[opener - 1].kind == TOKEN_WORD &&
                    p->list.tokens[opener - 1].keyword == KEYWORD_INTERVAL &&
                    p->list.tokens[opener].kind != TOKEN_LESS;
    return kind == closing_of(p, opener) ||
           (interval && (kind == TOKEN_PAREN_CLOSE || kind == TOKEN_BRACKET_CLOSE));
}

enum { OUTER_TOKENS_MAX = 1000 };

/* The closing mark here does not fit this bracket but one around it, which is looked for among the
 * tokens before: then it is this bracket whose end is missing. */
static bool closes_outer(const struct parser *p, uint32_t opener) {
    uint8_t kind = token_now(p)->kind;
    if (!is_closing(kind) || closes(p, opener, kind)) {
        return false;
    }
    uint32_t closed = 0;
    uint32_t looked = 0;
    for (uint32_t i = opener; i-- > 0 && looked < OUTER_TOKENS_MAX; looked++) {
        uint8_t before = p->list.tokens[i].kind;
        if (is_closing(before)) {
            closed++;
        } else if (is_opening(before) && closed > 0) {
            closed--;
        } else if (is_opening(before) && closes(p, i, kind)) {
            return true;
        } else if (starts_definition(p, i)) {
            break;
        }
    }
    return false;
}

static void report_open(struct parser *p, uint32_t opener, enum token_kind closing) {
    struct line_column place = diag_locate(p->source, p->list.tokens[opener].start);
    const char *mark = token_mark(p->list.tokens[opener].kind);
    struct span span = token_span(p, p->at);
    char found[SHOWN_TOKEN_MAX + 64];
    describe(p, token_now(p), found, sizeof found);
    if (token_now(p)->kind == TOKEN_END || at_definition(p)) {
        span.start = span.end = p->list.tokens[p->at - 1].end;
        snprintf(found, sizeof found, "the definition ends");
    }
    struct diagnostic *d =
        report(p, DIAG_CQ0012, span, "expected '%s' here, but %s", token_mark(closing), found);
    diag_note(p->diags, d, "the '%s' of line %u, column %u is still open", mark, place.line,
              place.column);
    hint_for(p, d);
}

bool close_bracket(struct parser *p, uint32_t opener, bool good) {
    if (good && closes(p, opener, token_now(p)->kind)) {
        token_next(p);
        return true;
    }
    if (p->abandoned) {
        return false;
    }
    if (good) {
        report_open(p, opener, closing_of(p, opener));
    }
    if (p->list.tokens[opener].kind == TOKEN_LESS) {
        return false;
    }
    if (closes_outer(p, opener)) {
        return true;
    }
    if (!skip_to_closing(p)) {
        return false;
    }
    if (!closes_outer(p, opener)) {
        token_next(p);
    }
    return true;
}

static enum status begin(struct parser *p, const struct source *source, struct arena *arena,
                         struct diag_list *diags) {
    *p = (struct parser){.source = source, .arena = arena, .diags = diags};
    p->missing.kind = SYNTAX_NULL_LITERAL;
    p->missing.span = (struct span){source, UINT32_MAX, UINT32_MAX};
    return lexer_read(source, diags, &p->list);
}

static enum status finish(struct parser *p) {
    lexer_release(&p->list);
    diag_sort(p->diags);
    return p->diags->out_of_memory ? STATUS_NO_MEMORY : p->status;
}

enum status syntax_parse_library(const struct source *source, struct arena *arena,
                                 struct diag_list *diags, struct syntax **out) {
    struct parser p;
    *out = NULL;
    enum status status = begin(&p, source, arena, diags);
    if (status == STATUS_OK) {
        *out = parse_library(&p);
    } else {
        p.status = status;
    }
    return finish(&p);
}

enum status syntax_parse_expression(const struct source *source, struct arena *arena,
                                    struct diag_list *diags, struct syntax **out) {
    struct parser p;
    *out = NULL;
    enum status status = begin(&p, source, arena, diags);
    if (status == STATUS_OK) {
        p.errors = diags->counts[SEVERITY_ERROR];
        *out = parse_expression(&p);
        if (*out && !at_kind(&p, TOKEN_END)) {
            expected(&p, "an operator or the end of the expression");
        }
        *out = *out == &p.missing ? NULL : *out;
    } else {
        p.status = status;
    }
    return finish(&p);
}

const char *syntax_kind_name(enum syntax_kind kind) {
    static const char *const names[] = {
#define SYNTAX(kind, parts) #kind,
#include "cql/syntax.def"
#undef SYNTAX
    };
    return names[kind];
}
