/* CQL text to tokens. The whole text is read at once; what is not CQL is reported and the rest
 * still becomes tokens, so that the parser finds more than one error in a run. Words keep together
 * what the grammar splits into tokens of several words ("or before"): the parser joins them. */
#ifndef QUELL_CQL_LEXER_H
#define QUELL_CQL_LEXER_H

#include "diag/diag.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* letters, digits and _ without quotes; `keyword` says which, if any */
    TOKEN_QUOTED, /* "name" or `name` */
    TOKEN_STRING, /* 'text' */
    TOKEN_NUMBER,
    TOKEN_LONG,
    TOKEN_DATE,
    TOKEN_DATETIME,
    TOKEN_TIME,
#define PUNCTUATION(id, text) TOKEN_##id,
#include "cql/punctuation.def"
#undef PUNCTUATION
    TOKEN_KIND_COUNT
};

enum keyword {
    KEYWORD_NONE,
#define KEYWORD(id, text, use) KEYWORD_##id,
#include "cql/keywords.def"
#undef KEYWORD
    KEYWORD_COUNT
};

enum keyword_use { KEYWORD_IS_RESERVED, KEYWORD_IS_TYPE, KEYWORD_IS_REFERENCE };

enum token_flag {
    TOKEN_STARTS_LINE = 1,
    TOKEN_CURLY = 2 /* its quotes were typographic ones, of three bytes (reported) */
};

struct token {
    uint32_t start; /* bytes [start, end) of the source */
    uint32_t end;
    uint8_t kind;
    uint8_t keyword;
    uint8_t flags;
};

struct token_list {
    struct token *tokens; /* the last one is TOKEN_END */
    uint32_t count;
    uint32_t capacity;
};

MUST_USE enum status lexer_read(const struct source *source, struct diag_list *diags,
                                struct token_list *out);
void lexer_release(struct token_list *list);

enum keyword keyword_find(struct str text);
const char *keyword_text(enum keyword keyword);
enum keyword_use keyword_use(enum keyword keyword);
/* The text of a punctuation mark, else NULL. */
const char *token_mark(enum token_kind kind);

/* The characters a quoted token means: without its quotes, escapes resolved, in the arena. Doubtful
 * escapes are reported. .at is NULL when there is no memory. */
struct str token_decode(const struct source *source, const struct token *token, struct arena *arena,
                        struct diag_list *diags);

#endif
