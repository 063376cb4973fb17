#include "base/mem.h"
#include "cql/syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

struct parsed {
    struct arena arena;
    struct diag_list diags;
    struct syntax *tree;
    enum status status;
};

static void parse_bytes(struct parsed *parsed, struct str text, bool library) {
    arena_init(&parsed->arena, 0);
    diag_init(&parsed->diags, &parsed->arena);
    parsed->tree = NULL;
    parsed->status = STATUS_NO_MEMORY;
    const struct source *source = diag_source(&parsed->diags, STR("t.cql"), text);
    if (source) {
        parsed->status =
            library
                ? syntax_parse_library(source, &parsed->arena, &parsed->diags, &parsed->tree)
                : syntax_parse_expression(source, &parsed->arena, &parsed->diags, &parsed->tree);
    }
}

static void parse_text(struct parsed *parsed, const char *text, bool library) {
    parse_bytes(parsed, str_from(text), library);
}

static void done(struct parsed *parsed) {
    arena_release(&parsed->arena);
}

/* The expression prints in parentheses that show how it was understood. */
static void assert_reads(const char *text, const char *wanted) {
    struct parsed parsed;
    parse_text(&parsed, text, false);
    struct buf out;
    buf_init(&out);
    diag_print_all(&parsed.diags, false, &out);
    syntax_print(parsed.tree, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.at, wanted);
    buf_release(&out);
    done(&parsed);
}

static void precedence_is_the_grammars(void **state) {
    (void)state;
    assert_reads("1 + 2 * 3 ^ 4", "1 + (2 * (3 ^ 4))");
    assert_reads("1 - 2 - 3", "(1 - 2) - 3");
    assert_reads("-2 ^ 2", "(-2) ^ 2");
    assert_reads("start of a + 1", "(start of a) + 1");
    assert_reads("not a = b", "(not a) = b");
    assert_reads("not a is null", "not (a is null)");
    assert_reads("a or b and c implies d", "(a or (b and c)) implies d");
    assert_reads("a in b union c", "a in (b union c)");
    assert_reads("a = b < c", "a = (b < c)");
    assert_reads("x between 1 and 2 and y", "(x between 1 and 2) and y");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(precedence_is_the_grammars)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
