#include "base/mem.h"
#include "cql/tree.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The type of an expression, or the ids of what is wrong with it, as text. */
static void check(const char *text, bool fhir, char *out, size_t size) {
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    const struct source *source = diag_source(&diags, STR("test"), str_from(text));
    struct program *program;
    assert_int_equal(check_expression(source, fhir, &arena, &diags, &program), STATUS_OK);
    struct buf buf;
    buf_init(&buf);
    for (const struct diagnostic *d = diags.first; d; d = d->next) {
        buf_add_format(&buf, "%s%s", buf.len ? " " : "", diag_info(d->id)->id);
    }
    const struct definition *definition = program_find(program, STR("expression"));
    if (!diag_has_errors(&diags)) {
        assert_non_null(definition->body);
        buf_add_cstr(&buf, buf.len ? " " : "");
        type_print(definition->type, &buf);
    } else {
        assert_null(definition->body);
    }
    assert_int_equal(buf_status(&buf), STATUS_OK);
    snprintf(out, size, "%.*s", (int)buf.len, buf.at);
    buf_release(&buf);
    program_release(program);
    arena_release(&arena);
}

struct row {
    const char *text;
    const char *wanted;
};

static void check_rows(const struct row *rows, size_t count, bool fhir) {
    for (size_t i = 0; i < count; i++) {
        char found[512];
        check(rows[i].text, fhir, found, sizeof(found));
        if (strcmp(found, rows[i].wanted) != 0) {
            print_message("%s\n", rows[i].text);
        }
        assert_string_equal(found, rows[i].wanted);
    }
}

#define CHECK_ROWS(rows, fhir) check_rows(rows, sizeof(rows) / sizeof((rows)[0]), fhir)

/* CQL 1.5 translation semantics, conversion precedence. */
static void overloads_take_the_cheapest_conversion(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"1 + 1", "Integer"},
        {"1 + 1L", "Long"},
        {"1L + 1.0", "Decimal"},
        {"1 + 1 'mg'", "Quantity"},
        {"1 / 2", "Decimal"},
        {"1 + null", "Integer"},
        {"null + 1.0", "Decimal"},
        {"null + null", "Integer"},
        {"'a' + 'b'", "String"},
        {"@2020-01-01 + 1 day", "Date"},
        {"Abs(null as Decimal)", "Decimal"},
        {"Coalesce(1, 2.0)", "Decimal"},
        {"Coalesce(null, 1)", "Integer"},
        {"First({1, 2.0})", "Decimal"},
        {"{1} union {'a'}", "List<Choice<Integer, String>>"},
        {"{1} union {2.0}", "List<Choice<Integer, Decimal>>"},
        {"{} union {2.0}", "List<Decimal>"},
        {"Interval[1, 2] union Interval[2.0, 3]", "Interval<Decimal>"},
        {"Max({1, 2L})", "Long"},
        {"if true then 1 else 'a'", "Choice<Integer, String>"},
        {"if true then 1 else 2.0", "Decimal"},
        {"case when true then null else 1 end", "Integer"},
        {"width of Interval[1, 5]", "Integer"},
        {"expand Interval[1, 5]", "List<Integer>"},
        {"expand { Interval[1, 5] }", "List<Interval<Integer>>"},
        {"years between @2020 and @2021", "Integer"},
        {"convert '1' to Integer", "Integer"},
        {"convert 5 'mg' to 'g'", "Quantity"},
        {"Tuple { b: 1, a: 'x' }", "Tuple{a String, b Integer}"},
        {"(5 'mg').unit", "String"},
        {"Interval[1, 2].lowClosed", "Boolean"},
        {"{Tuple{a: 1}}.a", "List<Integer>"},
        {"Slice({1, 2}, 1)", "List<Integer>"},
        {"System.Abs(-1)", "Integer"},
        {"{3, 1}.first()", "Integer"},
        {"minimum Date", "Date"},
    };
    CHECK_ROWS(rows, false);
}

static void mistakes_make_one_message_each(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"1 + 'a'", "CQ0112"},
        {"(1 + 'a') + (1 + 'b')", "CQ0112 CQ0112"},
        {"((1 + 'a') * 2) > 3", "CQ0112"},
        {"not 5", "CQ0112"},
        {"x", "CQ0100"},
        {"x.y.z", "CQ0100"},
        {"First(x)", "CQ0100"},
        {"'a' < 5", "CQ0112"},
        {"2147483648", "CQ0120"},
        {"-2147483648", "Integer"},
        {"-2147483649", "CQ0120"},
        {"1.000000001", "CQ0122"},
        {"99999999999999999999.99999999", "Decimal"},
        {"5 'nonsense'", "CQ0510 Quantity"},
        {"Interval[true, false]", "CQ0118"},
        {"Interval[1, 'a']", "CQ0111"},
        {"List<Integer>{ 'a' }", "CQ0111"},
        {"5 as Nothing", "CQ0110"},
        {"$this", "CQ0160"},
        {"AgeInYears()", "CQ0163"},
        {"AgeInYears(1)", "CQ0112"},
        {"[Observation]", "CQ0110"},
        {"Foo(1)", "CQ0114"},
        {"1 in day of {1}", "CQ0162"},
    };
    CHECK_ROWS(rows, false);
}

static void fhir_types_convert(void **state) {
    (void)state;
    static const struct row rows[] = {
        {"[Observation]", "List<FHIR.Observation>"},
        {"[Observation] O return all O.value as Quantity", "List<FHIR.Quantity>"},
        {"[Observation] O return all (O.value as Quantity).value.value", "List<Decimal>"},
        {"[Observation] O where O.value > 5 'mg'", "List<FHIR.Observation>"},
        {"[Encounter] E where E.period overlaps Interval[@2020-01-01T00, @2021-01-01T00]",
         "List<FHIR.Encounter>"},
        {"[Encounter] E where E.period starts 1 day or less before Now()", "List<FHIR.Encounter>"},
        {"First([Observation]).status = 'final'", "Boolean"},
        {"([Observation]).code.coding.code", "List<FHIR.code>"},
        {"[Observation] O sort by issued", "List<FHIR.Observation>"},
        {"[Observation] O sort by code", "CQ0152"},
        {"[Quantity]", "CQ0140"},
        {"[Observation: 5]", "CQ0141"},
        {"[Observation] O return O.valueString", "CQ0102"},
        {"([Condition] union [Observation]).code", "List<FHIR.CodeableConcept>"},
        {"FHIR.Quantity { value: FHIR.decimal { value: 5.0 } }.value.value", "Decimal"},
        {"First([Condition]).onset as Age", "FHIR.Age"},
        {"Interval[First([Observation]).issued, Now()]", "Interval<DateTime>"},
    };
    CHECK_ROWS(rows, true);
}

static enum status check_text(const char *text) {
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    enum status status = STATUS_NO_MEMORY;
    const struct source *source = diag_source(&diags, STR("test"), str_from(text));
    if (source) {
        struct program *program = NULL;
        status = check_program(source, NULL, &arena, &diags, &program);
        program_release(program);
    }
    arena_release(&arena);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static const char text[] =
        "library T using FHIR version '4.0.1'\n"
        "codesystem \"L\": 'http://loinc.org'\nvalueset \"V\": 'http://v'\n"
        "code \"C\": 'c' from \"L\"\nconcept \"K\": { \"C\" }\n"
        "parameter P default 5\ncontext Patient\n"
        "// Why.\ndefine A: [Observation: \"C\"] O let v: O.value where v > 5 'mg' return v\n"
        "define B: AgeInYears() + 'x'\ndefine C2: Missing\n"
        "define function F(x Integer): x + P\ndefine D: F(2) + Count(A)\n";
    uint64_t before = mem_live();
    enum status status = STATUS_NO_MEMORY;
    uint64_t n = 0;
    while (status == STATUS_NO_MEMORY) {
        mem_fail_after(++n);
        status = check_text(text);
        mem_fail_after(0);
        assert_int_equal(mem_live(), before);
    }
    assert_int_equal(status, STATUS_OK);
    assert_true(n > 10);
}

/* A chain of definitions, each naming the next, is checked without deep recursion. */
static void long_chains_of_definitions(void **state) {
    (void)state;
    struct buf text;
    buf_init(&text);
    for (int i = 0; i < 3000; i++) {
        buf_add_format(&text, "define D%d: D%d + 1\n", i, i + 1);
    }
    buf_add_cstr(&text, "define D3000: 1\n");
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    struct program *program;
    const struct source *source = diag_source(&diags, STR("chain"), buf_str(&text));
    assert_int_equal(check_program(source, NULL, &arena, &diags, &program), STATUS_OK);
    assert_false(diag_has_errors(&diags));
    assert_int_equal(program_find(program, STR("D0"))->type->name, MODEL_INTEGER);
    program_release(program);
    arena_release(&arena);
    buf_release(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overloads_take_the_cheapest_conversion),
        cmocka_unit_test(mistakes_make_one_message_each),
        cmocka_unit_test(fhir_types_convert),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(long_chains_of_definitions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
