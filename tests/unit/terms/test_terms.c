#include "base/mem.h"
#include "terms/terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

struct loaded {
    struct arena arena;
    struct diag_list diags;
    struct terms *terms;
};

static void load(struct loaded *loaded, const char *const *texts) {
    arena_init(&loaded->arena, 0);
    diag_init(&loaded->diags, &loaded->arena);
    assert_int_equal(terms_new(&loaded->terms), STATUS_OK);
    for (size_t i = 0; texts[i]; i++) {
        assert_int_equal(
            terms_add_json(loaded->terms, STR("set.json"), str_from(texts[i]), &loaded->diags),
            STATUS_OK);
    }
    assert_int_equal(terms_link(loaded->terms, &loaded->diags), STATUS_OK);
}

static void unload(struct loaded *loaded) {
    terms_free(loaded->terms);
    arena_release(&loaded->arena);
}

/* The codes of a set between blanks, or why there is none. */
static void assert_set(const struct loaded *loaded, const char *url, const char *wanted) {
    struct str why;
    struct buf got;
    buf_init(&got);
    const struct value_set *set = terms_find(loaded->terms, str_from(url), STR_NONE, &why);
    for (uint32_t i = 0; set && i < value_set_count(set); i++) {
        const struct code *code = value_set_code(set, i);
        buf_add_format(&got, "%s%.*s#%.*s", i ? " " : "", STR_ARG(code->system),
                       STR_ARG(code->code));
        assert_true(value_set_has(set, code->system, code->code));
        assert_true(value_set_has(set, STR_NONE, code->code));
    }
    if (!set) {
        buf_add(&got, why);
    }
    buf_add_char(&got, '\0');
    assert_string_equal(got.at, wanted);
    buf_release(&got);
}

#define SET(url, rest) "{\"resourceType\":\"ValueSet\",\"url\":\"" url "\"," rest "}"
#define LIST(system, codes) "{\"system\":\"" system "\",\"concept\":[" codes "]}"
#define CODE(code) "{\"code\":\"" code "\"}"

static void a_compose_unites_and_excludes(void **state) {
    (void)state;
    struct loaded loaded;
    load(&loaded,
         (const char *const[]){
             SET("u:a", "\"compose\":{\"include\":[" LIST("s", CODE("b") "," CODE("a")) "," LIST(
                            "t", CODE("a")) "],\"exclude\":[" LIST("s", CODE("b")) "]}"),
             SET("u:both", "\"compose\":{\"include\":[{\"valueSet\":[\"u:a\",\"u:c\"]}]}"),
             SET("u:c", "\"compose\":{\"include\":[" LIST("s", CODE("a") "," CODE("z")) "]}"),
             SET("u:either",
                 "\"compose\":{\"include\":[{\"valueSet\":[\"u:a\"]},{\"valueSet\":[\"u:c\"]}]}"),
             SET("u:narrow",
                 "\"compose\":{\"include\":[{\"system\":\"t\",\"valueSet\":[\"u:a\"]}]}"),
             SET("u:less", "\"compose\":{\"include\":[{\"valueSet\":[\"u:c\"]}],\"exclude\":[{"
                           "\"valueSet\":[\"u:a\"]}]}"),
             SET("u:not-s", "\"compose\":{\"include\":[{\"valueSet\":[\"u:a\"]}],\"exclude\":[{"
                            "\"system\":\"s\",\"valueSet\":[\"u:c\"]}]}"),
             NULL});
    assert_set(&loaded, "u:a", "s#a t#a");
    assert_set(&loaded, "u:both", "s#a");
    assert_set(&loaded, "u:either", "s#a t#a s#z");
    assert_set(&loaded, "u:narrow", "t#a");
    assert_set(&loaded, "u:less", "s#z");
    assert_set(&loaded, "u:not-s", "t#a");
    const struct value_set *set = terms_find(loaded.terms, STR("u:a"), STR_NONE, NULL);
    assert_false(value_set_has(set, STR("s"), STR("b")));
    assert_false(value_set_has(set, STR_NONE, STR("q")));
    assert_int_equal(loaded.diags.kept, 0);
    unload(&loaded);
}

static void an_expansion_goes_before_the_compose(void **state) {
    (void)state;
    struct loaded loaded;
    load(
        &loaded,
        (const char *const[]){
            SET("u:x",
                "\"title\":\"Title\",\"expansion\":{\"total\":4,\"contains\":[{\"system\":\"s\","
                "\"code\":\"1\",\"abstract\":true,\"contains\":[{\"system\":\"s\",\"code\":\"2\","
                "\"inactive\":true},{\"system\":\"s\",\"code\":\"3\"}]},{\"system\":\"s\",\"code\":"
                "\"2\"}]},\"compose\":{\"include\":[{\"system\":\"s\"}]}"),
            SET("u:page", "\"expansion\":{\"total\":9,\"contains\":[{\"system\":\"s\",\"code\":"
                          "\"1\"}]}"),
            NULL});
    assert_set(&loaded, "u:x", "s#2 s#3");
    assert_set(&loaded, "u:page", "its expansion is only a part: 1 of 9 entries");
    struct str title = value_set_title(terms_find(loaded.terms, STR("u:x"), STR_NONE, NULL));
    assert_true(str_equal(title, STR("Title")));
    unload(&loaded);
}

static void what_cannot_be_expanded_says_why(void **state) {
    (void)state;
    struct loaded loaded;
    load(&loaded,
         (const char *const[]){
             SET("u:f", "\"compose\":{\"include\":[" LIST(
                            "s", CODE("1")) ",{\"system\":\"sct\",\"filter\":[{\"property\":"
                                            "\"concept\",\"op\":\"is-a\",\"value\":\"73\"}]}]}"),
             SET("u:w", "\"compose\":{\"include\":[{\"system\":\"sct\"}]}"),
             SET("u:m", "\"compose\":{\"include\":[{\"valueSet\":[\"u:none\"]}]}"),
             SET("u:n", "\"compose\":{\"include\":[{\"valueSet\":[\"u:f\"]}]}"),
             SET("u:p", "\"compose\":{\"include\":[{\"valueSet\":[\"u:q\"]}]}"),
             SET("u:q", "\"compose\":{\"include\":[{\"valueSet\":[\"u:p\"]}]}"),
             SET("u:e", "\"name\":\"E\""), SET("u:g", "\"compose\":{\"include\":[{}]}"), NULL});
    assert_set(&loaded, "u:f", "include 2 filters the code system sct (concept is-a 73)");
    assert_set(&loaded, "u:w", "include 1 takes the whole code system sct, which is not here");
    assert_set(&loaded, "u:m", "include 1 takes the value set u:none, which is not here");
    assert_set(&loaded, "u:n",
               "include 1 takes the value set u:f, and that cannot be expanded: include 2 filters "
               "the code system sct (concept is-a 73)");
    assert_set(&loaded, "u:q", "include 1 takes the value set u:p, which in turn takes this set");
    assert_set(&loaded, "u:e", "it has neither a compose nor an expansion with codes");
    assert_set(&loaded, "u:g", "include 1 names neither a code system nor a value set");
    assert_set(&loaded, "u:zzz", "no ValueSet resource with this url was given");
    unload(&loaded);
}

static void whole_code_systems_when_complete(void **state) {
    (void)state;
    struct loaded loaded;
    load(&loaded,
         (const char *const[]){
             "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
             "\"CodeSystem\","
             "\"url\":\"s\",\"content\":\"complete\",\"concept\":[{\"code\":\"1\",\"concept\":[{"
             "\"code\":\"2\"}]}]}},{\"resource\":{\"resourceType\":\"CodeSystem\",\"url\":\"p\","
             "\"content\":\"fragment\"}},{\"resource\":{\"resourceType\":\"Patient\"}}]}",
             SET("u:s", "\"compose\":{\"include\":[{\"system\":\"s\"}]}"),
             SET("u:p", "\"compose\":{\"include\":[{\"system\":\"p\"}]}"), NULL});
    assert_set(&loaded, "u:s", "s#1 s#2");
    assert_set(&loaded, "u:p",
               "include 1 takes the whole code system p, and that cannot be expanded: the code "
               "system is here with content 'fragment', not 'complete'");
    assert_int_equal(loaded.diags.kept, 1);
    assert_int_equal(loaded.diags.first->id, DIAG_TX0004);
    struct op_terminology ops;
    terms_operations(loaded.terms, &ops);
    struct vocabulary system = {.id = STR("s")};
    struct code two = {.code = STR("2"), .system = STR("s")};
    struct code three = {.code = STR("3"), .system = STR("s")};
    assert_int_equal(ops.member(ops.context, &system, &two), 1);
    assert_int_equal(ops.member(ops.context, &system, &three), 0);
    struct vocabulary set = {.is_value_set = true, .id = STR("u:s")};
    assert_int_equal(ops.member(ops.context, &set, &two), 1);
    const struct list *all = ops.expand(ops.context, &set, &loaded.arena);
    assert_int_equal(all->count, 2);
    assert_true(str_equal(all->items[1].code->code, STR("2")));
    unload(&loaded);
}

static void versions_choose(void **state) {
    (void)state;
    struct loaded loaded;
    load(&loaded,
         (const char *const[]){
             SET("u:v", "\"version\":\"1.9\",\"compose\":{\"include\":[" LIST("s", CODE("9")) "]}"),
             SET("u:v",
                 "\"version\":\"1.10\",\"compose\":{\"include\":[" LIST("s", CODE("10")) "]}"),
             SET("u:v", "\"version\":\"1.9\",\"compose\":{\"include\":[" LIST("s", CODE("0")) "]}"),
             SET("u:one", "\"compose\":{\"include\":[{\"valueSet\":[\"u:v|1.9\"]}]}"), NULL});
    assert_set(&loaded, "u:v", "s#10");
    assert_set(&loaded, "u:v|1.9", "s#9");
    assert_set(&loaded, "u:one", "s#9");
    assert_set(&loaded, "u:v|2", "it is here, but not in this version");
    assert_non_null(terms_find(loaded.terms, STR("u:v"), STR("1.10"), NULL));
    assert_int_equal(loaded.diags.kept, 1);
    assert_int_equal(loaded.diags.first->id, DIAG_TX0006);
    unload(&loaded);
}

static void what_is_no_set_is_told(void **state) {
    (void)state;
    struct loaded loaded;
    load(&loaded, (const char *const[]){"{\"resourceType\":\"ValueSet\"", "[]",
                                        "{\"resourceType\":\"Patient\"}",
                                        "{\"resourceType\":\"ValueSet\",\n\"id\":\"x\"}",
                                        SET("u:0", "\"expansion\":{\"total\":0}"),
                                        SET("u:1", "\"compose\":{\"include\":[" LIST(
                                                       "s", "{\"display\":\"x\"}," CODE("1")) "]}"),
                                        NULL});
    static const enum diag_id wanted[] = {DIAG_TX0003, DIAG_TX0004, DIAG_TX0004,
                                          DIAG_TX0005, DIAG_TX0008, DIAG_TX0007};
    const struct diagnostic *d = loaded.diags.first;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++, d = d->next) {
        assert_non_null(d);
        assert_int_equal(d->id, wanted[i]);
    }
    assert_null(d);
    assert_set(&loaded, "u:0", "");
    assert_set(&loaded, "u:1", "s#1");
    unload(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_compose_unites_and_excludes),
        cmocka_unit_test(an_expansion_goes_before_the_compose),
        cmocka_unit_test(what_cannot_be_expanded_says_why),
        cmocka_unit_test(whole_code_systems_when_complete),
        cmocka_unit_test(versions_choose),
        cmocka_unit_test(what_is_no_set_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
