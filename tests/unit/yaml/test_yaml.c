#include "base/limits.h"
#include "yaml/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct parsed {
    struct arena arena;
    const struct yaml *tree;
    struct yaml_errors errors;
};

static void parse(struct parsed *parsed, const char *text) {
    arena_init(&parsed->arena, 0);
    assert_int_equal(yaml_parse(str_from(text), &parsed->arena, &parsed->tree, &parsed->errors),
                     STATUS_OK);
}

static void assert_str(struct str got, const char *wanted) {
    if (!str_equal(got, str_from(wanted))) {
        fail_msg("got '%.*s', wanted '%s'", STR_ARG(got), wanted);
    }
}

static void scalars_have_no_type(void **state) {
    (void)state;
    struct parsed parsed;
    parse(&parsed, "a: yes\nb: 1.10\nc: \"x\\ty\"\nd: 'it''s'\ne:\nf: ~\ng: |\n  one\n  two\n"
                   "h: some\n  more\n");
    assert_int_equal(parsed.errors.count, 0);
    assert_int_equal(parsed.tree->kind, YAML_MAP);
    assert_int_equal(parsed.tree->count, 8);
    assert_str(yaml_get(parsed.tree, "a")->text, "yes");
    assert_false(yaml_get(parsed.tree, "a")->quoted);
    assert_str(yaml_get(parsed.tree, "b")->text, "1.10");
    assert_str(yaml_get(parsed.tree, "c")->text, "x\ty");
    assert_true(yaml_get(parsed.tree, "c")->quoted);
    assert_str(yaml_get(parsed.tree, "d")->text, "it's");
    assert_int_equal(yaml_get(parsed.tree, "e")->kind, YAML_NULL);
    assert_str(yaml_get(parsed.tree, "f")->text, "~");
    assert_str(yaml_get(parsed.tree, "g")->text, "one\ntwo\n");
    assert_str(yaml_get(parsed.tree, "h")->text, "some more");
    assert_null(yaml_get(parsed.tree, "x"));
    assert_null(yaml_get(yaml_get(parsed.tree, "a"), "x"));
    arena_release(&parsed.arena);
}

static void places_are_bytes(void **state) {
    (void)state;
    struct parsed parsed;
    const char *text = "caf\xC3\xA9: [1, {k: 'v w'}]\nnext:\n  - x\n  -\n";
    parse(&parsed, text);
    const struct yaml *list = yaml_get(parsed.tree, "caf\xC3\xA9");
    assert_non_null(list);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->start, 7);
    const struct yaml *value = yaml_get(&list->items[1], "k");
    assert_str((struct str){text + value->start, value->end - value->start}, "'v w'");
    const struct yaml *key = &parsed.tree->keys[1];
    assert_str((struct str){text + key->start, key->end - key->start}, "next");
    const struct yaml *empty = &yaml_get(parsed.tree, "next")->items[1];
    assert_int_equal(empty->kind, YAML_NULL);
    assert_true(empty->start > key->end);
    arena_release(&parsed.arena);
}

static void assert_refused(const char *text, uint32_t start, const char *words) {
    struct parsed parsed;
    parse(&parsed, text);
    assert_true(parsed.errors.count > 0);
    const struct yaml_error *error = &parsed.errors.items[0];
    struct str head = {error->words.at,
                       error->words.len < strlen(words) ? error->words.len : strlen(words)};
    assert_str(head, words);
    assert_int_equal(error->start, start);
    assert_true(error->end >= error->start && error->start <= strlen(text));
    arena_release(&parsed.arena);
}

static void what_is_refused_says_where(void **state) {
    (void)state;
    assert_refused("a: 1\nb: 2\na: 3\n", 10,
                   "the key 'a' stands twice; it was first given in line 1");
    assert_refused("a:\n\tb: 1\n", 3, "there is a tab in the indentation");
    assert_refused("a: &x 1\n", 3, "anchors");
    assert_refused("a: *x\n", 3, "aliases");
    assert_refused("a: !t x\n", 3, "tags");
    assert_refused("<<: {a: 1}\n", 0, "merge keys");
    assert_refused("? [a]\n: 1\n", 2, "a key must be a word or a text");
    assert_refused("a: 1\n---\nb: 1\n", 5, "a second document");
    assert_refused("a: b: c\n", 4, "this is not YAML");
    assert_refused("a: [1, 2\nb: 3\n", 14, "this is not YAML");
    assert_refused("a: \"x\n", 4, "this is not YAML");
    assert_refused("a: \xFF\n", 3, "the byte 0xFF");
}

static void the_rest_of_a_doubtful_text_is_kept(void **state) {
    (void)state;
    struct parsed parsed;
    parse(&parsed, "a: 1\na: 2\nb: !t 3\n");
    assert_int_equal(parsed.errors.count, 2);
    assert_int_equal(parsed.tree->count, 2);
    assert_str(yaml_get(parsed.tree, "a")->text, "1");
    assert_str(yaml_get(parsed.tree, "b")->text, "3");
    arena_release(&parsed.arena);
}

static void depth_is_bounded(void **state) {
    (void)state;
    size_t deep = 1000000;
    char *text = malloc(deep + 1);
    assert_non_null(text);
    memset(text, '[', deep);
    text[deep] = '\0';
    struct parsed parsed;
    parse(&parsed, text);
    assert_null(parsed.tree);
    assert_int_equal(parsed.errors.count, 1);
    assert_int_equal(parsed.errors.items[0].start, LIMIT_JSON_DEPTH);
    arena_release(&parsed.arena);
    free(text);
}

static void nothing_is_null(void **state) {
    (void)state;
    struct parsed parsed;
    parse(&parsed, "");
    assert_int_equal(parsed.tree->kind, YAML_NULL);
    arena_release(&parsed.arena);
    parse(&parsed, "# a comment\n");
    assert_int_equal(parsed.tree->kind, YAML_NULL);
    assert_int_equal(parsed.errors.count, 0);
    arena_release(&parsed.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_have_no_type),
        cmocka_unit_test(places_are_bytes),
        cmocka_unit_test(what_is_refused_says_where),
        cmocka_unit_test(the_rest_of_a_doubtful_text_is_kept),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(nothing_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
