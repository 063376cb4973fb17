/* Any bytes as a CQL library and as an expression: no crash, errors within the text, and a tree
 * without errors prints to CQL that parses to the same tree. */
#include "cql/syntax.h"
#include "fuzz_target.h"

#include <stdlib.h>

typedef enum status parse_function(const struct source *, struct arena *, struct diag_list *,
                                   struct syntax **);

static void check_places(const struct diag_list *diags, size_t size) {
    for (const struct diagnostic *d = diags->first; d; d = d->next) {
        if (d->span.start > d->span.end || d->span.start > size) {
            abort();
        }
    }
}

static void check_print(parse_function *parse, const struct syntax *tree, struct arena *arena) {
    struct buf text;
    buf_init(&text);
    syntax_print(tree, &text);
    struct diag_list diags;
    diag_init(&diags, arena);
    if (buf_status(&text) == STATUS_OK) {
        const struct source source = {.name = STR("printed"), .text = buf_str(&text)};
        struct syntax *again = NULL;
        enum status status = parse(&source, arena, &diags, &again);
        if (status == STATUS_OK && (diag_has_errors(&diags) || !syntax_equal(tree, again))) {
            abort();
        }
    }
    buf_release(&text);
}

static void check(parse_function *parse, struct str text) {
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    const struct source source = {.name = STR("fuzz"), .text = text};
    struct syntax *tree = NULL;
    enum status status = parse(&source, &arena, &diags, &tree);
    check_places(&diags, text.len);
    struct buf shown;
    buf_init(&shown);
    diag_print_all(&diags, false, &shown);
    buf_release(&shown);
    if (status == STATUS_OK && tree && !diag_has_errors(&diags)) {
        check_print(parse, tree, &arena);
    }
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size};
    check(syntax_parse_library, text);
    check(syntax_parse_expression, text);
    return 0;
}
