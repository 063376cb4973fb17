#include "base/limits.h"
#include "cql/syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The text `part` n times, then `last`. */
static char *repeat(const char *first, const char *part, size_t n, const char *last) {
    size_t len = strlen(first) + n * strlen(part) + strlen(last);
    char *text = malloc(len + 1);
    assert_non_null(text);
    char *at = stpcpy(text, first);
    for (size_t i = 0; i < n; i++) {
        at = stpcpy(at, part);
    }
    (void)stpcpy(at, last);
    return text;
}

static void assert_too_deep(const char *part, size_t n) {
    struct parsed parsed;
    char *text = repeat("define A: ", part, n, "\ndefine B: 1");
    parse_text(&parsed, text, true);
    assert_int_equal(parsed.status, STATUS_OK);
    assert_int_equal(parsed.diags.kept, 1);
    assert_int_equal(parsed.diags.first->id, DIAG_CQ0011);
    assert_int_equal(parsed.tree->kids[parsed.tree->count - 1]->kind, SYNTAX_DEFINE);
    assert_non_null(parsed.tree->kids[parsed.tree->count - 1]->kids[1]);
    done(&parsed);
    free(text);
}

static void depth_is_bounded(void **state) {
    (void)state;
    assert_too_deep("(", 1000000);
    assert_too_deep("{", 1000000);
    assert_too_deep("-", 100000);
    assert_too_deep("not ", 100000);
    assert_too_deep("1+", 100000);
    assert_too_deep("F(", 100000);
    assert_too_deep("if a then b else ", 10000);
    assert_too_deep("List<", 10000);
    assert_too_deep("start of ", 10000);
    assert_too_deep("case a when ", 10000);
    struct parsed parsed;
    char *text = repeat("", "1 + ", LIMIT_EXPRESSION_DEPTH - 1, "1");
    parse_text(&parsed, text, false);
    assert_int_equal(parsed.diags.kept, 0);
    assert_int_equal(parsed.tree->height, LIMIT_EXPRESSION_DEPTH);
    done(&parsed);
    free(text);
}

/* A broken define is known by its name, and those around it are whole. */
static void what_was_wrong_is_a_hole(void **state) {
    (void)state;
    struct parsed parsed;
    parse_text(&parsed, "define A: 1 +\ndefine B: F((2 + ), 3)\ndefine C: 4", true);
    assert_int_equal(parsed.diags.counts[SEVERITY_ERROR], 2);
    assert_int_equal(parsed.tree->count, 5);
    assert_null(parsed.tree->kids[0]->kids[1]);
    assert_true(parsed.tree->kids[0]->is_wrong);
    assert_int_equal(parsed.tree->kids[1]->kind, SYNTAX_BROKEN);
    assert_true(parsed.tree->kids[2]->is_wrong);
    const struct syntax *call = parsed.tree->kids[2]->kids[1];
    assert_int_equal(call->kind, SYNTAX_CALL);
    assert_null(call->kids[2]);
    assert_int_equal(call->kids[3]->kind, SYNTAX_NUMBER_LITERAL);
    assert_int_equal(parsed.tree->kids[3]->kind, SYNTAX_BROKEN);
    assert_non_null(parsed.tree->kids[4]->kids[1]);
    assert_false(parsed.tree->kids[4]->is_wrong);
    done(&parsed);
}

static void bytes_that_are_no_text(void **state) {
    (void)state;
    struct parsed parsed;
    parse_bytes(&parsed, STR("define A: 'x\xFFy'\ndefine B: \0 2"), true);
    assert_int_equal(parsed.diags.kept, 2);
    assert_int_equal(parsed.diags.first->id, DIAG_CQ0002);
    assert_int_equal(parsed.diags.first->next->id, DIAG_CQ0003);
    const struct syntax *text = parsed.tree->kids[0]->kids[1];
    assert_true(str_equal(text->text, STR("x\xEF\xBF\xBDy")));
    assert_non_null(parsed.tree->kids[1]->kids[1]);
    done(&parsed);
    parse_bytes(&parsed,
                STR("\xEF\xBB\xBF"
                    "define A: 1"),
                true);
    assert_int_equal(parsed.diags.kept, 0);
    done(&parsed);
}

static void spans_cover_what_was_read(void **state) {
    (void)state;
    struct parsed parsed;
    parse_text(&parsed, "define A: ( 1 + b.c ) * 2 // end", true);
    const struct syntax *times = parsed.tree->kids[0]->kids[1];
    assert_int_equal(times->span.start, 10);
    assert_int_equal(times->span.end, 25);
    assert_int_equal(times->kids[0]->span.start, 12);
    assert_int_equal(times->kids[0]->span.end, 19);
    done(&parsed);
}

static void texts_are_decoded(void **state) {
    (void)state;
    struct parsed parsed;
    parse_text(&parsed, "'\\' \\\" \\\\ \\/ \\n \\u00e9 \\uD83D\\uDE00'", false);
    assert_true(str_equal(parsed.tree->text, STR("' \" \\ / \n \xC3\xA9 \xF0\x9F\x98\x80")));
    assert_int_equal(parsed.diags.kept, 0);
    done(&parsed);
    parse_text(&parsed, "\"a \\\"b\\\"\"", false);
    assert_true(str_equal(parsed.tree->kids[0]->text, STR("a \"b\"")));
    assert_int_equal(parsed.tree->kids[0]->flags, 1);
    done(&parsed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence_is_the_grammars), cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(what_was_wrong_is_a_hole),   cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(spans_cover_what_was_read),  cmocka_unit_test(texts_are_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
