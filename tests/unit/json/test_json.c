/* The JSON tree: what is read, what is refused, and where the error is said to be. */
#include "base/limits.h"
#include "base/mem.h"
#include "json/json.h"
#include "json/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;

static int set_up(void **state) {
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_release(&arena);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static const struct json *parse(const char *text) {
    const struct json *root = NULL;
    struct json_error error;
    if (!json_parse(str_from(text), &arena, &root, &error)) {
        print_error("%s: %u: %s\n", text, error.offset, error.words);
    }
    assert_non_null(root);
    return root;
}

static void test_tree(void **state) {
    (void)state;
    const struct json *root = parse(
        " {\"a\": [1.50, -2e3, true,false , null], \"b\":{\"c\":\"x\\n\\u00e9\\ud83d\\ude00\"},"
        "\"d\":[], \"e\":{}}\n");
    assert_int_equal(root->kind, JSON_OBJECT);
    assert_int_equal(root->count, 4);
    assert_int_equal(root->offset, 1);
    const struct json *a = json_get(root, "a");
    assert_int_equal(a->count, 5);
    assert_true(str_equal(a->items[0].text, STR("1.50")));
    assert_true(str_equal(a->items[1].text, STR("-2e3")));
    assert_int_equal(a->items[2].kind, JSON_TRUE);
    assert_int_equal(a->items[3].kind, JSON_FALSE);
    assert_int_equal(a->items[4].kind, JSON_NULL);
    struct str c = json_get_text(json_get(root, "b"), "c");
    assert_true(str_equal(c, STR("x\n\xc3\xa9\xf0\x9f\x98\x80")));
    assert_int_equal(json_get(root, "d")->kind, JSON_ARRAY);
    assert_int_equal(json_get(root, "e")->count, 0);
    assert_null(json_get(root, "f"));
    assert_null(json_get(a, "a"));
    assert_true(str_equal(parse("\"only\"")->text, STR("only")));
    assert_true(str_equal(parse(" 12 ")->text, STR("12")));
}

struct bad {
    const char *text;
    size_t len; /* 0: strlen */
    uint32_t offset;
    const char *words;
};

static const struct bad bads[] = {
    {"", 0, 0, "empty"},
    {"  ", 0, 0, "white space"},
    {"{\"a\":1", 0, 6, "} is expected"},
    {"{\"a\":", 0, 5, "value is missing"},
    {"{\"a\" 1}", 0, 5, ": is expected"},
    {"{a:1}", 0, 1, "key in quotes"},
    {"{\"a\":1,}", 0, 7, "key in quotes"},
    {"{\"a\":1}}", 0, 7, "follows"},
    {"[1 2]", 0, 3, "] is expected"},
    {"[1,]", 0, 3, "value is expected"},
    {"[,1]", 0, 1, "value is expected"},
    {"[1}", 0, 2, "] is expected"},
    {"{\"a\":1]", 0, 6, "} is expected"},
    {"[\"a\"b]", 0, 4, "] is expected"},
    {"[01]", 0, 1, "number"},
    {"[1.]", 0, 1, "number"},
    {"[-]", 0, 1, "number"},
    {"[1e]", 0, 1, "number"},
    {"[+1]", 0, 1, "value is expected"},
    {"[nul]", 0, 1, "value is expected"},
    {"[truefalse]", 0, 1, "value is expected"},
    {"[\"abc]", 0, 1, "closing quote"},
    {"[\"a\nb\"]", 0, 3, "closing quote"},
    {"[\"a\tb\"]", 0, 3, "control character"},
    {"[\"\\x\"]", 0, 1, "escape"},
    {"[\"\\ud800\"]", 0, 1, "escape"},
    {"[\"\\ude00\"]", 0, 1, "escape"},
    {"[\"\\u12g4\"]", 0, 1, "escape"},
    {"{\"a\":1,\"b\":2,\"a\":3}", 0, 13, "twice"},
    {"{\"a\":1,\"\\u0061\":3}", 0, 7, "twice"},
    {"[\"\xff\"]", 0, 2, "UTF-8"},
    {"[\"\xc0\xaf\"]", 0, 2, "UTF-8"},
    {"[\"\xed\xa0\x80\"]", 0, 2, "UTF-8"},
    {"[1,\0]", 5, 3, "value is expected"},
    {"[\"\0\"]", 5, 2, "control character"},
};

static void test_bad(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        const struct bad *bad = &bads[i];
        struct str text = {bad->text, bad->len ? bad->len : strlen(bad->text)};
        const struct json *root;
        struct json_error error;
        assert_false(json_parse(text, &arena, &root, &error));
        assert_null(root);
        if (!error.words || !strstr(error.words, bad->words) || error.offset != bad->offset) {
            print_error("%s: %u: %s\n", bad->text, error.offset, error.words);
        }
        assert_non_null(error.words);
        assert_non_null(strstr(error.words, bad->words));
        assert_int_equal(error.offset, bad->offset);
    }
}

/* `depth` opening brackets, then closing ones when `closed`. */
static struct str nest(size_t depth, bool closed) {
    char *text = arena_new(&arena, 2 * depth, 1);
    assert_non_null(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return (struct str){text, closed ? 2 * depth : depth};
}

static void test_depth(void **state) {
    (void)state;
    const struct json *root;
    struct json_error error;
    assert_true(json_parse(nest(LIMIT_JSON_DEPTH, true), &arena, &root, &error));
    assert_false(json_parse(nest(LIMIT_JSON_DEPTH + 1, true), &arena, &root, &error));
    assert_non_null(strstr(error.words, "deep"));
    assert_int_equal(error.offset, LIMIT_JSON_DEPTH);
    assert_false(json_parse(nest(1000000, true), &arena, &root, &error));
    assert_false(json_parse(nest(1000000, false), &arena, &root, &error));
    assert_non_null(strstr(error.words, "deep"));
}

static void test_every_allocation_failing(void **state) {
    (void)state;
    static const char text[] = "{\"a\":[1,\"\\n\"],\"b\":{\"c\":\"x\"}}";
    bool done = false;
    for (uint64_t n = 1; !done; n++) {
        struct arena own;
        arena_init(&own, 0);
        const struct json *root;
        struct json_error error;
        mem_fail_after(n);
        done = json_parse(str_from(text), &own, &root, &error);
        mem_fail_after(0);
        assert_true(done || (!root && !error.words));
        arena_release(&own);
    }
}

static void test_walk_passes_over(void **state) {
    (void)state;
    char text[256] =
        "{\"skip\":{\"deep\":[1,{\"x\":[]}]},\"n\":-1.50 ,\"s\":\"a\\tb\",\"l\":[\"p\",\"q\"]}";
    struct str whole = {text, strlen(text)};
    struct json_scanner *scanner = json_scanner_new();
    assert_non_null(scanner);
    struct json_marks marks;
    struct json_error error;
    assert_true(json_scan(scanner, whole, &marks, &error));
    struct json_walk walk;
    json_walk_init(&walk, &marks);
    struct json_member m, item;
    int seen = 0;
    for (bool more = json_open(&walk, 0, '{', &m); more; more = json_next(&walk, &m)) {
        seen++;
        if (str_equal(m.key, STR("skip"))) {
            assert_true(str_equal(json_raw(&walk, m.value), STR("{\"deep\":[1,{\"x\":[]}]}")));
        } else if (str_equal(m.key, STR("n"))) {
            assert_true(str_equal(json_number(&walk, m.value), STR("-1.50")));
        } else if (str_equal(m.key, STR("s"))) {
            assert_true(str_equal(json_raw(&walk, m.value), STR("a\\tb")));
            assert_true(str_equal(json_text(&walk, m.value, &arena), STR("a\tb")));
        } else if (str_equal(m.key, STR("l"))) {
            int items = 0;
            for (bool any = json_open(&walk, m.value, '[', &item); any;
                 any = json_next(&walk, &item)) {
                items++;
            }
            assert_int_equal(items, 2);
        }
    }
    assert_int_equal(seen, 4);
    assert_null(walk.error.words);
    assert_true(json_ends(&walk) && json_check(&walk, 0));
    json_scanner_free(scanner);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_allocation_failing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_walk_passes_over, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
