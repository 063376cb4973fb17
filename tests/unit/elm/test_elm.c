#include "base/mem.h"
#include "elm/elm_internal.h"
#include "json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A kind of node that is added to cql/tree.def must be given its form. */
static void every_kind_has_a_form(void **state) {
    (void)state;
    for (int kind = 0; kind < EXPR_KIND_COUNT; kind++) {
        if (!elm_form_of((enum expr_kind)kind)) {
            fail_msg("kind %d of cql/tree.def has no form in elm/elm_expr.c", kind);
        }
    }
}

static uint32_t operand_count(const char *operands) {
    uint32_t count = operands[0] != '\0';
    int nested = 0;
    for (const char *c = operands; *c; c++) {
        nested += *c == '<' ? 1 : *c == '>' ? -1 : 0;
        count += *c == ',' && nested == 0;
    }
    return count;
}

/* No operand of any overload is left without a name. */
static void every_operand_has_a_name(void **state) {
    (void)state;
    for (int op = 0; op < OP_ID_COUNT; op++) {
        const struct operator_info *info = operator_info((enum op_id)op);
        uint32_t count = operand_count(info->operands);
        const char *words = elm_operands(info->name, count);
        uint32_t names = words[0] != '\0';
        for (const char *c = words; *c; c++) {
            names += *c == ' ';
        }
        if (words[0] != '!' && !strchr(words, '[') && names < count) {
            fail_msg("%s has %u operands, but elm_operator.def names %u", info->id, count, names);
        }
    }
}

static struct str written(const char *cql, struct arena *arena, struct buf *out) {
    struct diag_list diags;
    diag_init(&diags, arena);
    const struct source *source = diag_source(&diags, STR("test"), str_from(cql));
    struct program *program;
    assert_int_equal(check_program(source, NULL, arena, &diags, &program), STATUS_OK);
    assert_false(diag_has_errors(&diags));
    const struct elm_options options = {ELM_SIGNATURES_ALL, true};
    assert_int_equal(elm_write(program, program->main, &options, arena, out), STATUS_OK);
    program_release(program);
    return buf_str(out);
}

/* Texts with quotes, line ends and other letters do not break the JSON, and come back. */
static void texts_survive(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct buf out;
    buf_init(&out);
    struct str text = written(
        "library \"a \\\"b\\\"\"\ndefine \"\xC3\x9C ber\": 'x\\n\\\\ \\u00e9'\n", &arena, &out);
    const struct json *json;
    struct json_error error;
    assert_true(json_parse(text, &arena, &json, &error));
    const struct json *library = json_get(json, "library");
    assert_true(str_equal(json_get_text(json_get(library, "identifier"), "id"), STR("a \"b\"")));
    const struct json *def = &json_get(json_get(library, "statements"), "def")->items[0];
    assert_true(str_equal(json_get_text(def, "name"), STR("\xC3\x9C ber")));
    assert_true(
        str_equal(json_get_text(json_get(def, "expression"), "value"), STR("x\n\\ \xC3\xA9")));
    buf_release(&out);
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_form),
        cmocka_unit_test(every_operand_has_a_name),
        cmocka_unit_test(texts_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
