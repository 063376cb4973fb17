/* The compiler's code, what the printer shows, what the verifier refuses, and what the demand is.
 */
#include "base/mem.h"
#include "plan/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct diag_list diags;
    struct program *program;
    struct plan *plan;
    enum status status;
};

static void check(struct fixture *f, const char *library) {
    *f = (struct fixture){0};
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    struct str text = arena_format(&f->arena, "using FHIR version '4.0.1'\n%s", library);
    const struct source *source = diag_source(&f->diags, STR("test.cql"), text);
    struct library_loader none = {0};
    assert_int_equal(check_program(source, &none, &f->arena, &f->diags, &f->program), STATUS_OK);
    if (diag_has_errors(&f->diags)) {
        struct buf out;
        buf_init(&out);
        diag_print_all(&f->diags, false, &out);
        print_error("%.*s", STR_ARG(buf_str(&out)));
        fail();
    }
}

static void init(struct fixture *f, const char *library, const struct plan_options *options) {
    check(f, library);
    f->status = plan_compile(f->program, options, &f->diags, &f->plan);
    if (f->status == STATUS_OK) {
        f->status = plan_link(f->plan, NULL, NULL, 0, &f->diags);
    }
}

static void release(struct fixture *f) {
    plan_free(f->plan);
    program_release(f->program);
    arena_release(&f->arena);
    assert_int_equal(mem_live(), 0);
}

static bool prints(const struct fixture *f, const char *words) {
    struct buf out;
    buf_init(&out);
    plan_print(f->plan, false, &out);
    buf_add_char(&out, '\0');
    bool found = strstr(out.at, words) != NULL;
    if (!found) {
        print_error("no \"%s\" in:\n%s\n", words, out.at);
    }
    buf_release(&out);
    return found;
}

static const struct shape *shape_of(const struct fixture *f, const char *type) {
    return &plan_demand(f->plan)->shapes[model_find(STR("FHIR"), str_from(type))];
}

static bool wants(const struct fixture *f, const char *type, const char *element) {
    uint16_t id = model_find(STR("FHIR"), str_from(type));
    uint16_t number = model_find_element(id, str_from(element));
    assert_int_not_equal(number, MODEL_NO_ELEMENT);
    return demand_cell(plan_demand(f->plan), id, number) >= 0;
}

static const char crp[] = "codesystem \"LOINC\": 'http://loinc.org'\n"
                          "code \"CRP\": '1988-5' from \"LOINC\"\n"
                          "code \"Ferritin\": '2276-4' from \"LOINC\"\n"
                          "context Patient\n";

static void test_the_listing(void **state) {
    (void)state;
    struct fixture f;
    char text[1024];
    snprintf(text, sizeof text,
             "%sdefine X: exists [Observation: \"CRP\"] O where O.status = 'final'", crp);
    init(&f, text, NULL);
    assert_int_equal(f.status, STATUS_OK);
    assert_true(prints(&f, "define \"X\""));
    assert_true(prints(&f, "RETRIEVE"));
    assert_true(prints(&f, "KEEP"));
    assert_true(prints(&f, "retrieve 1: Observation, code in \"CRP\" (1 codes), filter 0"));
    assert_true(prints(&f, "demand Observation: status"));
    release(&f);
}

static void test_a_loop_computes_once_what_does_not_change(void **state) {
    (void)state;
    struct fixture f;
    init(&f,
         "define X: ({@2024-01-01T00:00:00.0Z}) D where D during Interval[Now() - 48 hours, "
         "Now()]\n",
         NULL);
    assert_true(prints(&f, "ONCE"));
    assert_true(prints(&f, "WINDOW"));
    release(&f);
}

/* The lean form of what X computes, one line an instruction; free with buf_release. */
static struct buf lean_of(const struct fixture *f) {
    struct buf out, why;
    buf_init(&out);
    buf_init(&why);
    if (!plan_verify(f->plan, &why)) {
        print_error("%.*s", STR_ARG(buf_str(&why)));
        fail();
    }
    buf_release(&why);
    plan_print(f->plan, true, &out);
    buf_add_char(&out, '\0');
    char *start = strstr(out.at, "define \"X\"");
    assert_non_null(start);
    char *end = strstr(start, "\n\n");
    assert_non_null(end);
    *end = '\0';
    out.len = (size_t)(end - out.at);
    memmove(out.at, start, (size_t)(end - start) + 1);
    return out;
}

static int times(const char *text, const char *words) {
    int count = 0;
    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

static void test_the_lean_form_is_written_out_and_reads_once(void **state) {
    (void)state;
    struct fixture f;
    char text[1024];
    snprintf(
        text, sizeof text,
        "%sdefine function isReported(o Observation): o.status.value in { 'final', 'amended' }\n"
        "define function isLate(o Observation): o.status.value = 'amended'\n"
        "define X: exists ([Observation: \"CRP\"] O where isReported(O) and isLate(O))\n",
        crp);
    init(&f, text, NULL);
    struct buf lean = lean_of(&f);
    assert_int_equal(times(lean.at, "CALL"), 0);
    assert_int_equal(times(lean.at, ".status.value"), 1); /* a path, and not taken again */
    assert_int_equal(times(lean.at, "PROPERTY"), 0);
    assert_int_equal(times(lean.at, "{ 'final', 'amended' }, IN_LIST"), 1);
    assert_int_equal(times(lean.at, "KEEP") + times(lean.at, "QUERY"), 0);
    assert_int_equal(times(lean.at, "LEAVE"), 1); /* not reported: to the next row at once */
    assert_int_equal(times(lean.at, "SKIP"), 0);
    buf_release(&lean);
    release(&f);
}

static void test_the_lean_form_keeps_what_a_loop_changes(void **state) {
    (void)state;
    struct fixture f;
    /* S is another value with each item; of one item, S + N is taken once. */
    init(&f, "define X: ({1, 2, 3}) N aggregate S starting 0: S + N + (S + N)\n", NULL);
    struct buf lean = lean_of(&f);
    assert_int_equal(times(lean.at, "ADD_INTEGER"), 2);
    buf_release(&lean);
    release(&f);
    init(&f, "define X: ({1, 2, 3}) N where N + N > 2 return N + N\n", NULL);
    lean = lean_of(&f);
    assert_int_equal(times(lean.at, "ADD_INTEGER"), 1);
    buf_release(&lean);
    release(&f);
}

/* F0 calls itself through twenty doublings, a million instructions if all were written out. */
static void test_what_is_long_stays_a_call(void **state) {
    (void)state;
    struct fixture f;
    struct buf text;
    buf_init(&text);
    buf_add_cstr(&text, "define function F0(n Integer): n + 1\n");
    for (int i = 1; i <= 20; i++) {
        buf_add_format(&text, "define function F%d(n Integer): F%d(n) + F%d(n + 1)\n", i, i - 1,
                       i - 1);
    }
    buf_add_cstr(&text, "define X: F20(1)\n");
    buf_add_char(&text, '\0');
    init(&f, text.at, NULL);
    assert_int_equal(f.status, STATUS_OK);
    struct buf lean = lean_of(&f);
    assert_int_equal(times(lean.at, "CALL"), 1);
    for (uint32_t i = 0; i < f.plan->block_count; i++) {
        assert_true(f.plan->lean[i].length <= 1600);
    }
    buf_release(&lean);
    buf_release(&text);
    release(&f);
}

static void test_what_a_let_names_is_not_kept_over_rows(void **state) {
    (void)state;
    struct fixture f;
    /* The point of `within` is named once and used twice, inside the row. */
    init(&f,
         "define X: ({@2024-01-01T00:00:00.0Z}) D\n"
         "  where D 3 days or less on or before D + 1 day\n",
         NULL);
    struct buf why;
    buf_init(&why);
    assert_true(plan_verify(f.plan, &why));
    buf_release(&why);
    release(&f);
}

static void test_the_verifier_refuses_broken_code(void **state) {
    (void)state;
    struct fixture f;
    init(&f, "define X: if 1 > 2 then 3 else 4\n", NULL);
    struct block *block = NULL;
    for (uint32_t i = 0; i < f.plan->block_count; i++) {
        if (str_equal(f.plan->blocks[i].definition->name, STR("X"))) {
            block = (struct block *)&f.plan->blocks[i];
        }
    }
    assert_non_null(block);
    struct instruction *code = (struct instruction *)block->code;
    struct buf why;
    buf_init(&why);
    assert_true(plan_verify(f.plan, &why));
    for (uint32_t i = 0; i < block->length; i++) {
        struct instruction kept = code[i];
        if (kept.code == CODE_RETURN) {
            code[i].b = 9999;
            assert_false(plan_verify(f.plan, &why));
        } else if (kept.code == CODE_JUMP) {
            code[i].c = block->length;
            assert_false(plan_verify(f.plan, &why));
        } else if (kept.code == CODE_CONSTANT) {
            code[i].b = f.plan->constant_count;
            assert_false(plan_verify(f.plan, &why));
            code[i] = kept;
            code[i].a = (kept.a + 1) % block->frame.registers;
            /* Another register is set instead: whoever reads this one reads nothing. */
            if (i == 0) {
                assert_false(plan_verify(f.plan, &why));
            }
        }
        code[i] = kept;
    }
    assert_true(why.len > 0);
    buf_release(&why);
    release(&f);
}

static void test_demand_follows_functions_choices_and_results(void **state) {
    (void)state;
    struct fixture f;
    char text[2048];
    snprintf(text, sizeof text,
             "%s"
             "define function Number(o FHIR.Observation): (o.value as FHIR.Quantity).value.value\n"
             "define X: Max([Observation: \"CRP\"] O return Number(O))\n"
             "define Y: [Encounter] E where E.status = 'finished' return E.period\n",
             crp);
    init(&f, text, NULL);
    assert_int_equal(f.status, STATUS_OK);
    assert_true(wants(&f, "Observation", "value"));
    assert_false(wants(&f, "Observation", "effective"));
    assert_true(wants(&f, "Quantity", "value"));
    assert_false(shape_of(&f, "Observation")->whole);
    assert_true(wants(&f, "Period", "start") && wants(&f, "Period", "end"));
    assert_false(shape_of(&f, "Encounter")->whole);
    release(&f);
    snprintf(text, sizeof text, "%sdefine X: [Observation: \"CRP\"]\n", crp);
    init(&f, text, NULL);
    assert_true(shape_of(&f, "Observation")->whole);
    release(&f);
    struct plan_options logical = {.logical_only = true};
    init(&f, text, &logical);
    assert_false(shape_of(&f, "Observation")->whole);
    release(&f);
}

static void test_equal_retrieves_share_a_filter(void **state) {
    (void)state;
    struct fixture f;
    char text[2048];
    snprintf(text, sizeof text,
             "%s"
             "define A: Count([Observation: \"CRP\"])\n"
             "define B: exists [Observation: \"CRP\"]\n"
             "define C: exists [Observation: code in { \"Ferritin\", \"CRP\" }]\n"
             "define D: exists [Observation: code in { \"CRP\", \"Ferritin\" }]\n"
             "define E: exists [MedicationRequest: \"CRP\"]\n",
             crp);
    init(&f, text, NULL);
    assert_int_equal(f.status, STATUS_OK);
    const struct demand *demand = plan_demand(f.plan);
    assert_int_equal(demand->filter_count, 3);
    assert_int_equal(demand->filters[0].wanted, 1);
    assert_true(str_equal(demand->filters[0].name, STR("CRP")));
    assert_int_equal(demand->filters[1].wanted, 2);
    /* Medication is a choice of a concept and a reference: the machine compares it. */
    assert_int_equal(demand->filters[2].code_element, MODEL_NO_ELEMENT);
    assert_true(wants(&f, "MedicationRequest", "medication"));
    assert_true(wants(&f, "CodeableConcept", "coding"));
    release(&f);
}

static void test_more_filters_than_bits(void **state) {
    (void)state;
    struct fixture f;
    struct buf text;
    buf_init(&text);
    buf_add_cstr(&text, "codesystem \"L\": 'http://loinc.org'\n");
    for (int i = 0; i < 70; i++) {
        buf_add_format(&text, "code \"c%d\": '%d-0' from \"L\"\n", i, i);
    }
    buf_add_cstr(&text, "context Patient\ndefine P: exists [Condition: \"c0\"]\n");
    for (int i = 0; i < 70; i++) {
        buf_add_format(&text, "define d%d: exists [Observation: \"c%d\"]\n", i, i);
    }
    buf_add_char(&text, '\0');
    init(&f, text.at, NULL);
    buf_release(&text);
    assert_int_equal(f.status, STATUS_OK);
    assert_int_equal(plan_demand(f.plan)->filter_count, 2);
    assert_true(wants(&f, "Observation", "code"));
    release(&f);
}

static void test_what_cannot_be_linked(void **state) {
    (void)state;
    struct fixture f;
    init(&f,
         "valueset \"Missing\": 'http://example.org/vs'\ncontext Patient\n"
         "define X: exists [Condition: \"Missing\"]\n",
         NULL);
    assert_int_equal(f.status, STATUS_USER_ERROR);
    assert_int_equal(f.diags.counts[SEVERITY_ERROR], 1);
    release(&f);
    check(&f, "parameter \"Limit\" Decimal\ndefine X: \"Limit\" > 1.0\n");
    struct plan_argument arguments[] = {{STR("Limt"), value_integer(1)},
                                        {STR("Limit"), value_string(STR("x"))}};
    for (int i = 0; i < 2; i++) {
        assert_int_equal(plan_compile(f.program, NULL, &f.diags, &f.plan), STATUS_OK);
        assert_int_equal(plan_link(f.plan, NULL, &arguments[i], 1, &f.diags), STATUS_USER_ERROR);
        plan_free(f.plan);
    }
    arguments[1].value = value_integer(3);
    assert_int_equal(plan_compile(f.program, NULL, &f.diags, &f.plan), STATUS_OK);
    assert_int_equal(plan_link(f.plan, NULL, &arguments[1], 1, &f.diags), STATUS_OK);
    assert_int_equal(f.plan->arguments[0].kind, VALUE_DECIMAL);
    release(&f);
}

static void test_no_memory_at_any_allocation(void **state) {
    (void)state;
    struct fixture f;
    char text[2048];
    snprintf(text, sizeof text,
             "%sdefine X: from [Observation: \"CRP\"] O, ({1, 2}) N let V: O.status\n"
             "  where V = 'final' return Tuple{v: V, n: N + 1} sort by n desc\n"
             "define Y: case when 1 = 2 then 'a' else 'b' end\n",
             crp);
    check(&f, text);
    uint64_t live = mem_live();
    for (uint64_t n = 1;; n++) {
        struct plan *plan = NULL;
        mem_fail_after(n);
        enum status status = plan_compile(f.program, NULL, &f.diags, &plan);
        if (status == STATUS_OK) {
            status = plan_link(plan, NULL, NULL, 0, &f.diags);
        }
        mem_fail_after(0);
        plan_free(plan);
        assert_int_equal(mem_live(), live);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        if (status == STATUS_OK) {
            break;
        }
    }
    release(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_listing),
        cmocka_unit_test(test_a_loop_computes_once_what_does_not_change),
        cmocka_unit_test(test_the_lean_form_is_written_out_and_reads_once),
        cmocka_unit_test(test_the_lean_form_keeps_what_a_loop_changes),
        cmocka_unit_test(test_what_is_long_stays_a_call),
        cmocka_unit_test(test_what_a_let_names_is_not_kept_over_rows),
        cmocka_unit_test(test_the_verifier_refuses_broken_code),
        cmocka_unit_test(test_demand_follows_functions_choices_and_results),
        cmocka_unit_test(test_equal_retrieves_share_a_filter),
        cmocka_unit_test(test_more_filters_than_bits),
        cmocka_unit_test(test_what_cannot_be_linked),
        cmocka_unit_test(test_no_memory_at_any_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
