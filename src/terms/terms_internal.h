/* What reading (terms_read.c) leaves for linking (terms.c). */
#ifndef QUELL_TERMS_TERMS_INTERNAL_H
#define QUELL_TERMS_TERMS_INTERNAL_H

#include "terms/terms.h"

/* One include or exclude of a compose. */
struct term_rule {
    bool exclude;
    uint32_t number;    /* from 1 among its kind, for messages */
    struct str system;  /* .at NULL: none named */
    struct str version; /* of the system */
    uint32_t code_count;
    struct code *codes; /* sorted as members are */
    uint32_t set_count;
    struct str *sets;    /* "url" or "url|version" */
    struct str obstacle; /* why it cannot be expanded, or empty */
};

enum set_state { SET_READ, SET_LINKING, SET_LINKED };

struct value_set {
    bool is_system;
    enum set_state state;
    struct str url;
    struct str version; /* .at NULL: none */
    struct str title;
    struct str file;
    uint32_t rule_count;
    struct term_rule *rules;
    uint32_t count; /* of codes */
    struct code *codes;
    struct str why; /* it cannot be expanded because; empty when it can */
};

struct terms {
    struct arena arena;
    struct value_set **sets; /* after linking: by kind, url, highest version first */
    uint32_t count;
    uint32_t capacity;
};

int code_compare(const void *a, const void *b);

#endif
