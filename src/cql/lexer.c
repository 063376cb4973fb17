#include "cql/lexer.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>

enum { RESTARTS_MAX = 8, QUOTE_KINDS = 3 };

static const char quotes[QUOTE_KINDS] = {'\'', '"', '`'};

/* The first token in such quotes that runs over a line's end: where a closing quote is missing, the
 * quotes after it pair up wrongly, and that token is the place to begin again from. */
struct over_lines {
    bool found;
    uint32_t token;
    struct diag_mark before; /* what was reported up to it */
};

struct lexer {
    const struct source *source;
    struct diag_list *diags;
    struct token_list *out;
    const char *text;
    uint32_t len;
    uint32_t at;
    bool line_start;   /* no token yet on this line */
    uint32_t restarts; /* after a quotation mark that was left open */
    struct over_lines over[QUOTE_KINDS];
};

static const char *const keyword_texts[] = {
    "",
#define KEYWORD(id, text, use) text,
#include "cql/keywords.def"
#undef KEYWORD
};

static const uint8_t keyword_uses[] = {
    KEYWORD_IS_RESERVED,
#define KEYWORD(id, text, use) KEYWORD_IS_##use,
#include "cql/keywords.def"
#undef KEYWORD
};

static const struct {
    struct str text;
    enum token_kind kind;
} marks[] = {
#define PUNCTUATION(id, text) {{text, sizeof(text) - 1}, TOKEN_##id},
#include "cql/punctuation.def"
#undef PUNCTUATION
};

/* What people write who know other languages, and what CQL has in its place. */
static const struct {
    struct str text;
    enum token_kind kind;
    enum keyword keyword;
    const char *mended;
} foreign_marks[] = {
    {{"===", 3}, TOKEN_EQUAL, KEYWORD_NONE, "="},
    {{"==", 2}, TOKEN_EQUAL, KEYWORD_NONE, "="},
    {{"!==", 3}, TOKEN_NOT_EQUAL, KEYWORD_NONE, "!="},
    {{"<>", 2}, TOKEN_NOT_EQUAL, KEYWORD_NONE, "!="},
    {{"=>", 2}, TOKEN_GREATER_OR_EQUAL, KEYWORD_NONE, ">="},
    {{"=<", 2}, TOKEN_LESS_OR_EQUAL, KEYWORD_NONE, "<="},
    {{"&&", 2}, TOKEN_WORD, KEYWORD_AND, "and"},
    {{"||", 2}, TOKEN_WORD, KEYWORD_OR, "or"},
};

enum keyword keyword_find(struct str text) {
    size_t low = 1;
    size_t high = KEYWORD_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(str_from(keyword_texts[middle]), text);
        if (order == 0) {
            return (enum keyword)middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return KEYWORD_NONE;
}

const char *keyword_text(enum keyword keyword) {
    return keyword_texts[keyword];
}

enum keyword_use keyword_use(enum keyword keyword) {
    return (enum keyword_use)keyword_uses[keyword];
}

const char *token_mark(enum token_kind kind) {
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (marks[i].kind == kind) {
            return marks[i].text.at;
        }
    }
    return NULL;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word(char c) {
    return is_letter(c) || is_digit(c);
}

static struct span span_of(const struct lexer *lx, uint32_t start, uint32_t end) {
    return (struct span){lx->source, start, end};
}

static char peek(const struct lexer *lx, uint32_t ahead) {
    return lx->len - lx->at > ahead ? lx->text[lx->at + ahead] : '\0';
}

static bool at_text(const struct lexer *lx, struct str wanted) {
    return lx->len - lx->at >= wanted.len && memcmp(lx->text + lx->at, wanted.at, wanted.len) == 0;
}

static enum status add(struct lexer *lx, enum token_kind kind, uint32_t start, uint32_t end) {
    struct token_list *list = lx->out;
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 256;
        struct token *grown = mem_resize(list->tokens, capacity, sizeof *grown);
        if (!grown) {
            return STATUS_NO_MEMORY;
        }
        list->tokens = grown;
        list->capacity = capacity;
    }
    list->tokens[list->count++] = (struct token){
        .start = start,
        .end = end,
        .kind = (uint8_t)kind,
        .flags = lx->line_start ? TOKEN_STARTS_LINE : 0,
    };
    lx->line_start = false;
    lx->at = end;
    return STATUS_OK;
}

/* One message for all bytes that are no text, at the first of them. */
static void check_bytes(struct lexer *lx) {
    uint32_t bad = 0;
    uint32_t bad_at = 0;
    uint32_t nul = 0;
    uint32_t nul_at = 0;
    for (uint32_t i = 0; i < lx->len;) {
        uint32_t step = (uint32_t)str_utf8(lx->source->text, i);
        if (step == 0) {
            bad_at = bad++ ? bad_at : i;
        } else if (lx->text[i] == '\0') {
            nul_at = nul++ ? nul_at : i;
        }
        i += step ? step : 1;
    }
    if (bad) {
        struct diagnostic *d =
            diag_at(lx->diags, DIAG_CQ0002, span_of(lx, bad_at, bad_at + 1),
                    "the byte 0x%02X here is not UTF-8%s", (unsigned char)lx->text[bad_at],
                    bad > 1 ? ", nor are others further down" : "");
        diag_hint(lx->diags, d, "save the file as UTF-8 (it may be in Latin-1 or Windows-1252)");
    }
    if (nul) {
        struct diagnostic *d =
            diag_at(lx->diags, DIAG_CQ0003, span_of(lx, nul_at, nul_at + 1),
                    "there is a NUL byte here%s", nul > 1 ? ", and more further down" : "");
        diag_hint(lx->diags, d, "save the file as UTF-8 text (it may be in UTF-16 or binary)");
    }
}

static uint32_t line_end(const struct lexer *lx, uint32_t from) {
    while (from < lx->len && lx->text[from] != '\n' && lx->text[from] != '\r') {
        from++;
    }
    return from;
}

static void skip_comment(struct lexer *lx) {
    uint32_t start = lx->at;
    for (uint32_t i = start + 2; i + 1 < lx->len; i++) {
        if (lx->text[i] == '*' && lx->text[i + 1] == '/') {
            lx->at = i + 2;
            return;
        }
        if (lx->text[i] == '\n') {
            lx->line_start = true;
        }
    }
    struct diagnostic *d = diag_at(lx->diags, DIAG_CQ0005, span_of(lx, start, start + 2),
                                   "the comment that starts here has no end");
    diag_hint(lx->diags, d, "a comment over several lines ends with */");
    lx->at = line_end(lx, start);
}

static void skip_blank(struct lexer *lx) {
    while (lx->at < lx->len) {
        char c = lx->text[lx->at];
        if (c == '\n') {
            lx->line_start = true;
            lx->at++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\0' || c == '\f' || c == '\v') {
            lx->at++;
        } else if (c == '/' && peek(lx, 1) == '/') {
            lx->at = line_end(lx, lx->at);
        } else if (c == '/' && peek(lx, 1) == '*') {
            skip_comment(lx);
        } else {
            return;
        }
    }
}

static struct over_lines *over_of(struct lexer *lx, char quote) {
    return &lx->over[(const char *)memchr(quotes, quote, sizeof quotes) - quotes];
}

/* Begins again from the first token of these quotes that runs over a line's end, if there is one.
 */
static uint32_t go_back(struct lexer *lx, char quote) {
    struct over_lines first = *over_of(lx, quote);
    if (!first.found || lx->restarts >= RESTARTS_MAX) {
        return lx->at;
    }
    lx->restarts++;
    const struct token *token = &lx->out->tokens[first.token];
    lx->line_start = (token->flags & TOKEN_STARTS_LINE) != 0;
    lx->out->count = first.token;
    diag_rewind(lx->diags, &first.before);
    for (size_t i = 0; i < QUOTE_KINDS; i++) {
        lx->over[i].found = lx->over[i].found && lx->over[i].token < first.token;
    }
    return token->start;
}

static enum status read_open_quote(struct lexer *lx, enum token_kind kind, char quote) {
    uint32_t start = go_back(lx, quote);
    uint32_t end = line_end(lx, start);
    struct diagnostic *d =
        diag_at(lx->diags, DIAG_CQ0004, span_of(lx, start, start + 1), "this %s has no closing %s",
                quote == '\'' ? "text" : "quoted name",
                quote == '\''  ? "' (single quote)"
                : quote == '"' ? "\" (double quote)"
                               : "` (backtick)");
    diag_hint(lx->diags, d, "close it on the same line; a quote inside is written \\%c", quote);
    return add(lx, kind, start, end);
}

static enum status read_quoted(struct lexer *lx, enum token_kind kind) {
    char quote = lx->text[lx->at];
    for (uint32_t i = lx->at + 1; i < lx->len; i++) {
        if (lx->text[i] == '\\') {
            i++;
        } else if (lx->text[i] == quote) {
            struct over_lines *over = over_of(lx, quote);
            if (!over->found && line_end(lx, lx->at) < i) {
                *over = (struct over_lines){true, lx->out->count, diag_mark_of(lx->diags)};
            }
            return add(lx, kind, lx->at, i + 1);
        }
    }
    return read_open_quote(lx, kind, quote);
}

static uint32_t digits_from(const struct lexer *lx, uint32_t from) {
    while (from < lx->len && is_digit(lx->text[from])) {
        from++;
    }
    return from;
}

static enum status read_number(struct lexer *lx) {
    uint32_t end = digits_from(lx, lx->at);
    if (end < lx->len && lx->text[end] == 'L' &&
        !(end + 1 < lx->len && is_word(lx->text[end + 1]))) {
        return add(lx, TOKEN_LONG, lx->at, end + 1);
    }
    if (end + 1 < lx->len && lx->text[end] == '.' && is_digit(lx->text[end + 1])) {
        end = digits_from(lx, end + 1);
    }
    return add(lx, TOKEN_NUMBER, lx->at, end);
}

/* Takes `count` digits after an optional mark; false and nothing taken when they are not there. */
static bool take_digits(const struct lexer *lx, uint32_t *at, char mark, uint32_t count) {
    uint32_t i = *at;
    if (mark) {
        if (i >= lx->len || lx->text[i] != mark) {
            return false;
        }
        i++;
    }
    for (uint32_t n = 0; n < count; n++, i++) {
        if (i >= lx->len || !is_digit(lx->text[i])) {
            return false;
        }
    }
    *at = i;
    return true;
}

static bool take_time(const struct lexer *lx, uint32_t *at) {
    if (!take_digits(lx, at, '\0', 2)) {
        return false;
    }
    if (take_digits(lx, at, ':', 2) && take_digits(lx, at, ':', 2) && take_digits(lx, at, '.', 1)) {
        *at = digits_from(lx, *at);
    }
    return true;
}

static void take_offset(const struct lexer *lx, uint32_t *at) {
    uint32_t i = *at;
    if (i < lx->len && lx->text[i] == 'Z') {
        *at = i + 1;
        return;
    }
    if (i < lx->len && (lx->text[i] == '+' || lx->text[i] == '-')) {
        i++;
        if (take_digits(lx, &i, '\0', 2) && take_digits(lx, &i, ':', 2)) {
            *at = i;
        }
    }
}

/* True when what stands behind a date or time looks like more of it, so that it was misspelt. */
static bool date_goes_on(const struct lexer *lx, uint32_t at, bool open_date) {
    if (at >= lx->len) {
        return false;
    }
    char next = at + 1 < lx->len ? lx->text[at + 1] : '\0';
    return is_word(lx->text[at]) || (lx->text[at] == ':' && is_digit(next)) ||
           (lx->text[at] == '.' && is_digit(next)) ||
           (open_date && lx->text[at] == '-' && is_digit(next));
}

static enum status read_date(struct lexer *lx) {
    uint32_t at = lx->at + 1;
    enum token_kind kind = TOKEN_DATE;
    bool good = true;
    bool open_date = false;
    if (at < lx->len && lx->text[at] == 'T') {
        at++;
        kind = TOKEN_TIME;
        good = take_time(lx, &at);
    } else if (take_digits(lx, &at, '\0', 4)) {
        open_date = !(take_digits(lx, &at, '-', 2) && take_digits(lx, &at, '-', 2));
        if (at < lx->len && lx->text[at] == 'T') {
            at++;
            kind = TOKEN_DATETIME;
            open_date = false;
            (void)take_time(lx, &at);
            take_offset(lx, &at);
        }
    } else {
        good = false;
    }
    if (!good || date_goes_on(lx, at, open_date)) {
        while (at < lx->len && (is_word(lx->text[at]) || strchr("-+:.", lx->text[at]))) {
            at++;
        }
        struct diagnostic *d = diag_at(lx->diags, DIAG_CQ0007, span_of(lx, lx->at, at),
                                       "this is not a date, date and time, or time of CQL");
        diag_hint(lx->diags, d,
                  "@2020-03-05 is a date, @2020-03-05T14:30:00.0+01:00 a date and time, @T14:30 a "
                  "time; every part has all its digits");
    }
    return add(lx, kind, lx->at, at);
}

/* Typographic quotes: reported, then read as the quotes that were meant. */
static enum status read_curly(struct lexer *lx, bool *found) {
    static const struct {
        struct str open, close;
        enum token_kind kind;
    } pairs[] = {
        {{"\xE2\x80\x9C", 3}, {"\xE2\x80\x9D", 3}, TOKEN_QUOTED},
        {{"\xE2\x80\x9D", 3}, {"\xE2\x80\x9D", 3}, TOKEN_QUOTED},
        {{"\xE2\x80\x98", 3}, {"\xE2\x80\x99", 3}, TOKEN_STRING},
        {{"\xE2\x80\x99", 3}, {"\xE2\x80\x99", 3}, TOKEN_STRING},
    };
    *found = false;
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
        if (!at_text(lx, pairs[p].open)) {
            continue;
        }
        *found = true;
        struct diagnostic *d = diag_at(lx->diags, DIAG_CQ0009, span_of(lx, lx->at, lx->at + 3),
                                       "this is a typographic quotation mark");
        diag_hint(lx->diags, d,
                  "write 'text' or \"name\" with the straight quotes of the keyboard");
        uint32_t end = line_end(lx, lx->at);
        for (uint32_t i = lx->at + 3; i + 3 <= end; i++) {
            if (memcmp(lx->text + i, pairs[p].close.at, 3) == 0) {
                enum status status = add(lx, pairs[p].kind, lx->at, i + 3);
                if (status == STATUS_OK) {
                    lx->out->tokens[lx->out->count - 1].flags |= TOKEN_CURLY;
                }
                return status;
            }
        }
        lx->at += 3;
        return STATUS_OK;
    }
    return STATUS_OK;
}

static bool in_name(const struct lexer *lx, uint32_t at) {
    return at < lx->len && (is_word(lx->text[at]) || (unsigned char)lx->text[at] >= 0x80);
}

/* A word, or a run of letters that holds some which a plain name cannot have. */
static enum status read_word(struct lexer *lx) {
    uint32_t end = lx->at;
    bool plain = true;
    while (in_name(lx, end) && memcmp(lx->text + end, "\xC2\xA0", lx->len - end > 1 ? 2 : 1) != 0) {
        plain = plain && (unsigned char)lx->text[end] < 0x80;
        end++;
    }
    struct str word = {lx->text + lx->at, end - lx->at};
    if (!plain && str_utf8(word, 0) != 0) {
        struct diagnostic *d = diag_at(lx->diags, DIAG_CQ0003, span_of(lx, lx->at, end),
                                       "a plain name has only the letters A to Z, digits and _");
        diag_hint(lx->diags, d, "write the name in double quotes: \"%.*s\"", STR_ARG(word));
    }
    enum status status = add(lx, TOKEN_WORD, lx->at, end);
    if (status == STATUS_OK) {
        lx->out->tokens[lx->out->count - 1].keyword = (uint8_t)keyword_find(word);
    }
    return status;
}

static enum status read_foreign(struct lexer *lx, bool *found) {
    for (size_t i = 0; i < sizeof foreign_marks / sizeof *foreign_marks; i++) {
        if (!at_text(lx, foreign_marks[i].text)) {
            continue;
        }
        *found = true;
        uint32_t end = lx->at + (uint32_t)foreign_marks[i].text.len;
        struct diagnostic *d = diag_at(lx->diags, DIAG_CQ0008, span_of(lx, lx->at, end),
                                       "'%s' is not an operator of CQL", foreign_marks[i].text.at);
        diag_hint(lx->diags, d, "write %s", foreign_marks[i].mended);
        enum status status = add(lx, foreign_marks[i].kind, lx->at, end);
        if (status == STATUS_OK) {
            lx->out->tokens[lx->out->count - 1].keyword = (uint8_t)foreign_marks[i].keyword;
        }
        return status;
    }
    *found = false;
    return STATUS_OK;
}

static enum status read_mark(struct lexer *lx) {
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct str mark = marks[i].text;
        uint32_t end = lx->at + (uint32_t)mark.len;
        if (at_text(lx, mark) && !(is_letter(mark.at[mark.len - 1]) && in_name(lx, end))) {
            return add(lx, marks[i].kind, lx->at, end);
        }
    }
    char c = lx->text[lx->at];
    struct span span = span_of(lx, lx->at, lx->at + 1);
    if (c == '!') {
        struct diagnostic *d =
            diag_at(lx->diags, DIAG_CQ0008, span, "'!' is not an operator of CQL");
        diag_hint(lx->diags, d, "write not");
        enum status status = add(lx, TOKEN_WORD, lx->at, lx->at + 1);
        if (status == STATUS_OK) {
            lx->out->tokens[lx->out->count - 1].keyword = KEYWORD_NOT;
        }
        return status;
    }
    struct diagnostic *d =
        (unsigned char)c < 0x20 || c == 0x7F
            ? diag_at(lx->diags, DIAG_CQ0003, span,
                      "the control character 0x%02X does not belong here", c)
            : diag_at(lx->diags, DIAG_CQ0003, span, "the character '%c' does not belong to CQL", c);
    if (c == ';') {
        diag_hint(lx->diags, d,
                  "a definition ends where the next one begins; remove the semicolon");
    }
    lx->at++;
    return STATUS_OK;
}

static enum status read_beyond_ascii(struct lexer *lx) {
    bool found = false;
    enum status status = read_curly(lx, &found);
    if (found) {
        return status;
    }
    if (at_text(lx, STR("\xC2\xA0"))) {
        struct diagnostic *d = diag_at(lx->diags, DIAG_CQ0003, span_of(lx, lx->at, lx->at + 2),
                                       "this blank is a no-break space");
        diag_hint(lx->diags, d, "replace it by an ordinary space");
        lx->at += 2;
        return STATUS_OK;
    }
    if (str_utf8(lx->source->text, lx->at) == 0) {
        lx->at++; /* check_bytes has said so */
        return STATUS_OK;
    }
    return read_word(lx);
}

static enum status read_token(struct lexer *lx) {
    char c = lx->text[lx->at];
    bool foreign = false;
    enum status status = read_foreign(lx, &foreign);
    if (foreign) {
        return status;
    }
    if (is_letter(c)) {
        return read_word(lx);
    }
    if (is_digit(c)) {
        return read_number(lx);
    }
    if (c == '\'') {
        return read_quoted(lx, TOKEN_STRING);
    }
    if (c == '"' || c == '`') {
        return read_quoted(lx, TOKEN_QUOTED);
    }
    if (c == '@') {
        return read_date(lx);
    }
    return (unsigned char)c >= 0x80 ? read_beyond_ascii(lx) : read_mark(lx);
}

enum status lexer_read(const struct source *source, struct diag_list *diags,
                       struct token_list *out) {
    *out = (struct token_list){0};
    struct lexer lx = {.source = source, .diags = diags, .out = out, .text = source->text.at};
    lx.line_start = true;
    if (source->text.len > LIMIT_SOURCE_BYTES) {
        diag_at(diags, DIAG_CQ0010, span_of(&lx, 0, 0),
                "the text has %zu bytes; more than %u are not read", source->text.len,
                LIMIT_SOURCE_BYTES);
        return add(&lx, TOKEN_END, 0, 0);
    }
    lx.len = (uint32_t)source->text.len;
    check_bytes(&lx);
    if (at_text(&lx, STR("\xEF\xBB\xBF"))) {
        lx.at = 3;
    }
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        skip_blank(&lx);
        if (lx.at >= lx.len) {
            lx.line_start = true;
            return add(&lx, TOKEN_END, lx.len, lx.len);
        }
        status = read_token(&lx);
    }
    return status;
}

void lexer_release(struct token_list *list) {
    mem_free(list->tokens);
    *list = (struct token_list){0};
}

static int hex_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The number of \uXXXX at `at`, or -1. */
static int32_t unicode_escape(struct str text, size_t at) {
    if (text.len - at < 6 || text.at[at] != '\\' || text.at[at + 1] != 'u') {
        return -1;
    }
    int32_t code = 0;
    for (size_t i = at + 2; i < at + 6; i++) {
        int digit = hex_value(text.at[i]);
        if (digit < 0) {
            return -1;
        }
        code = code * 16 + digit;
    }
    return code;
}

static size_t put_utf8(char *out, uint32_t code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* Resolves the escape at *at, moves *at past it, and gives the bytes written. Never more bytes than
 * the escape had. */
static size_t put_escape(struct str text, size_t *at, char *out, bool *doubtful) {
    static const char letters[] = "fnrt\\/'\"`";
    static const char means[] = "\f\n\r\t\\/'\"`";
    char c = *at + 1 < text.len ? text.at[*at + 1] : '\0';
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter) {
        *at += 2;
        out[0] = means[letter - letters];
        return 1;
    }
    int32_t code = unicode_escape(text, *at);
    if (code >= 0) {
        *at += 6;
        int32_t low = code >= 0xD800 && code < 0xDC00 ? unicode_escape(text, *at) : -1;
        if (low >= 0xDC00 && low < 0xE000) {
            *at += 6;
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else if (code >= 0xD800 && code < 0xE000) {
            *doubtful = true;
            code = 0xFFFD;
        }
        return put_utf8(out, (uint32_t)code);
    }
    *doubtful = true;
    *at += 1;
    out[0] = '\\';
    return 1;
}

struct str token_decode(const struct source *source, const struct token *token, struct arena *arena,
                        struct diag_list *diags) {
    size_t quote = token->flags & TOKEN_CURLY ? 3 : 1;
    const char *first = source->text.at + token->start;
    size_t len = token->end - token->start;
    bool closed = len >= 2 * quote &&
                  ((token->flags & TOKEN_CURLY) || (first[len - 1] == first[0] && len > 1));
    struct str text = {first + quote, len - quote - (closed ? quote : 0)};
    /* An invalid byte grows to the three of U+FFFD. */
    char *out = arena_new(arena, text.len + 1, 3);
    if (!out) {
        return STR_NONE;
    }
    size_t used = 0;
    for (size_t i = 0; i < text.len;) {
        if (text.at[i] == '\\') {
            bool doubtful = false;
            size_t start = i;
            used += put_escape(text, &i, out + used, &doubtful);
            if (doubtful) {
                uint32_t place = (uint32_t)(text.at + start - source->text.at);
                struct diagnostic *d =
                    diag_at(diags, DIAG_CQ0006, (struct span){source, place, place + 2},
                            "CQL knows no such escape; the backslash is taken as itself");
                diag_hint(diags, d,
                          "a backslash is written \\\\; escapes are \\' \\\" \\` \\\\ \\/ "
                          "\\f \\n \\r \\t and \\uXXXX");
            }
            continue;
        }
        size_t step = str_utf8(text, i);
        if (step == 0) {
            used += put_utf8(out + used, 0xFFFD);
            i++;
        } else {
            memcpy(out + used, text.at + i, step);
            used += step;
            i += step;
        }
    }
    return (struct str){out, used};
}
