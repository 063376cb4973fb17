/* docs/trial-yaml.md, docs/published-yaml.md and their JSON Schemas are what the table says.
 * `test_schema --write` writes them. */
#include "base/file.h"
#include "json/json.h"
#include "trial/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct document {
    const char *path;
    void (*print)(struct buf *out);
} documents[] = {
    {"docs/trial-yaml.md", schema_print_markdown},
    {"docs/published-yaml.md", schema_print_published_markdown},
    {"docs/trial.schema.json", schema_print_json_schema},
    {"docs/published.schema.json", schema_print_published_json_schema},
};

enum { DOCUMENTS = sizeof documents / sizeof documents[0] };

static void path_of(const struct document *document, char out[512]) {
    const char *root = getenv("QUELL_ROOT");
    (void)snprintf(out, 512, "%s/%s", root ? root : ".", document->path);
}

static int write_all(void) {
    for (int i = 0; i < DOCUMENTS; i++) {
        char path[512];
        struct buf text;
        buf_init(&text);
        documents[i].print(&text);
        path_of(&documents[i], path);
        FILE *file = fopen(path, "wb");
        if (!file || fwrite(text.at, 1, text.len, file) != text.len || fclose(file) != 0) {
            perror(path);
            return 1;
        }
        buf_release(&text);
    }
    return 0;
}

static void test_documents(void **state) {
    (void)state;
    for (int i = 0; i < DOCUMENTS; i++) {
        char path[512];
        struct arena arena;
        arena_init(&arena, 0);
        path_of(&documents[i], path);
        struct str there = STR_NONE;
        assert_int_equal(file_read(str_from(path), &arena, &there), STATUS_OK);
        struct buf text;
        buf_init(&text);
        documents[i].print(&text);
        if (!str_equal(there, buf_str(&text))) {
            print_error("%s is not what src/trial/schema.def says: run test_schema --write\n",
                        path);
            fail();
        }
        buf_release(&text);
        arena_release(&arena);
    }
}

static void check_json(void (*print)(struct buf *out), uint32_t objects_wanted) {
    struct arena arena;
    arena_init(&arena, 0);
    struct buf text;
    buf_init(&text);
    print(&text);
    const struct json *json = NULL;
    struct json_error error;
    assert_true(json_parse(buf_str(&text), &arena, &json, &error));
    const struct json *objects = json_get(json, "$defs");
    assert_non_null(objects);
    assert_int_equal(objects->count, objects_wanted);
    buf_release(&text);
    arena_release(&arena);
}

static void test_json_schema_is_json(void **state) {
    (void)state;
    /* Beside the objects `status`; the two of published.yaml are another text's. */
    check_json(schema_print_json_schema, SCHEMA_OBJECT_COUNT + 1 - 2);
    check_json(schema_print_published_json_schema, 2 + 1);
}

static void test_table(void **state) {
    (void)state;
    assert_non_null(schema_find(SCHEMA_OBJECT_document, STR("eligibility")));
    assert_null(schema_find(SCHEMA_OBJECT_document, STR("")));
    assert_int_equal(schema_find(SCHEMA_OBJECT_rule, STR("else"))->of, SCHEMA_CHOICE_otherwise);
    for (int i = 0; i < SCHEMA_OBJECT_COUNT; i++) {
        const struct schema_object *o = schema_object((enum schema_object_id)i);
        for (uint16_t k = 0; k < o->key_count; k++) {
            assert_int_equal(schema_keys[o->key_first + k].object, i);
        }
    }
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--write") == 0) {
        return write_all();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_json_schema_is_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
