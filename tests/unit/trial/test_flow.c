/* What the logic says before any patient: limits that cannot be meant, and what can be unknown. */
#include "trial/limit_words.h"
#include "cql/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char table_text[] = "analytes:\n"
                                 "  crp:\n"
                                 "    name: C-reactive protein\n"
                                 "    codes: [{code: 1988-5}]\n"
                                 "    unit: mg/L\n"
                                 "    units: [mg/L, mg/dL]\n"
                                 "    range: {low: 0, high: 1000}\n"
                                 "  creatinine:\n"
                                 "    name: Creatinine\n"
                                 "    codes: [{code: 2160-0}]\n"
                                 "    unit: mg/dL\n"
                                 "    units: [mg/dL, umol/L]\n"
                                 "    molar_mass: 113.12\n"
                                 "    range: {low: 0, high: 40}\n"
                                 "  saturation:\n"
                                 "    name: Oxygen saturation\n"
                                 "    codes: [{code: 2708-6}]\n"
                                 "    unit: \"%\"\n"
                                 "    units: [\"%\", \"1\"]\n"
                                 "    range: {low: 0, high: 100}\n"
                                 "  pao2:\n"
                                 "    name: PaO2\n"
                                 "    codes: [{code: 2703-7}]\n"
                                 "    unit: \"mm[Hg]\"\n"
                                 "    units: [\"mm[Hg]\", kPa]\n"
                                 "    range: {low: 0, high: 760}\n";

#define HEAD                                                                                       \
    "library T version '1'\n"                                                                      \
    "using FHIR version '4.0.1'\n"                                                                 \
    "include FHIRHelpers version '4.0.1'\n"                                                        \
    "codesystem \"LOINC\": 'http://loinc.org'\n"                                                   \
    "code \"CRP\": '1988-5' from \"LOINC\"\n"                                                      \
    "code \"Creatinine\": '2160-0' from \"LOINC\"\n"                                               \
    "code \"SaO2\": '2708-6' from \"LOINC\"\n"                                                     \
    "code \"PaO2\": '2703-7' from \"LOINC\"\n"                                                     \
    "parameter \"Limit\" System.Quantity default 150 'mg/mL'\n"                                    \
    "context Patient\n"                                                                            \
    "define function latest(results List<Observation>):\n"                                         \
    "  Last(results R return all { time: R.issued.value, amount: R.value as FHIR.Quantity }\n"     \
    "    sort by time).amount\n"                                                                   \
    "define function above(amount System.Quantity, limit System.Quantity): amount > limit\n"

struct fixture {
    struct arena arena;
    struct diag_list diags;
    struct program *program;
    struct analyte_table table;
};

static void start(struct fixture *f, const char *text) {
    *f = (struct fixture){0};
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    const struct source *source = diag_source(&f->diags, STR("t.cql"), str_from(text));
    const struct source *yaml = diag_source(&f->diags, STR("analytes.yaml"), str_from(table_text));
    assert_non_null(source);
    assert_non_null(yaml);
    assert_int_equal(check_program(source, NULL, &f->arena, &f->diags, &f->program), STATUS_OK);
    assert_int_equal(analyte_table_read(yaml, f->program->units, &f->arena, &f->diags, &f->table),
                     STATUS_OK);
    if (diag_has_errors(&f->diags)) {
        struct buf out;
        buf_init(&out);
        diag_print_all(&f->diags, false, &out);
        print_error("%.*s", (int)out.len, out.at);
        buf_release(&out);
        fail();
    }
    assert_int_equal(f->table.count, 4);
}

static void finish(struct fixture *f) {
    program_release(f->program);
    arena_release(&f->arena);
}

static const struct limit_case {
    const char *body;
    int id; /* of the one finding; -1: none */
    const char *hint;
} limit_cases[] = {
    {"latest([Observation: \"CRP\"]) > 100 'mg/L'", -1, ""},
    {"latest([Observation: \"CRP\"]) > 10 'mg/dL'", -1, ""},
    {"latest([Observation: \"CRP\"]) > 100 'mg/mL'", DIAG_CQ0521, "mg/L"},
    {"above(latest([Observation: \"CRP\"]), 100 'mg/mL')", DIAG_CQ0521, "mg/L"},
    {"above(latest([Observation: \"CRP\"]), \"Limit\")", DIAG_CQ0521, "mg/L"},
    {"latest([Observation: \"SaO2\"]) < 90 'mm[Hg]'", DIAG_CQ0520, "%"},
    {"latest([Observation: \"SaO2\"]) < 90 '%'", -1, ""},
    {"latest([Observation: \"SaO2\"]) in Interval[null as System.Quantity, 90 'mm[Hg]']",
     DIAG_CQ0520, "%"},
    {"latest([Observation: \"CRP\"]) > 100", DIAG_CQ0522, "mg/L"},
    {"latest([Observation: \"CRP\"]).value > 100", DIAG_CQ0522, "mg/L"},
    {"latest([Observation: \"Creatinine\"]) > 200 'umol/L'", -1, ""},
    {"latest([Observation: \"Creatinine\"]) > 200 'mmol/L'", DIAG_CQ0521, "umol/L"},
    {"latest([Observation: \"Creatinine\"]) > 1.5 'mg/L'", -1, ""},
    {"latest([Observation: \"SaO2\"]) < latest([Observation: \"PaO2\"])", DIAG_CQ0520, ""},
    {"latest([Observation: \"CRP\"]) < latest([Observation: \"CRP\"]) / 2", -1, ""},
    {"exists ([Observation: \"CRP\"] C let V: C.value as FHIR.Quantity where V > 2 'kPa')",
     DIAG_CQ0520, ""},
    {"(latest([Observation: \"CRP\"]) / latest([Observation: \"PaO2\"])) > 3 'kg'", -1, ""},
    {"Coalesce(latest([Observation: \"CRP\"]), 0 'mg/L') > 100 'kPa'", DIAG_CQ0520, ""},
    {"exists ([Observation: { \"CRP\", \"PaO2\" }])", DIAG_CQ0523, ""},
};

static bool holds(struct str text, const char *words) {
    size_t len = strlen(words);
    for (size_t i = 0; len && i + len <= text.len; i++) {
        if (memcmp(text.at + i, words, len) == 0) {
            return true;
        }
    }
    return len == 0;
}

static void test_limits(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof limit_cases / sizeof limit_cases[0]; i++) {
        const struct limit_case *c = &limit_cases[i];
        char text[2048];
        (void)snprintf(text, sizeof text, HEAD "define X: %s\n", c->body);
        struct fixture f;
        start(&f, text);
        uint64_t before = f.diags.kept;
        assert_int_equal(limit_check_program(f.program, &f.table, NULL, &f.arena, &f.diags),
                         STATUS_OK);
        const struct diagnostic *d = f.diags.first;
        for (uint64_t k = 0; k < before; k++) {
            d = d->next;
        }
        bool fine =
            c->id < 0 ? !d : d && !d->next && (int)d->id == c->id && holds(d->hint, c->hint);
        if (!fine) {
            struct buf out;
            buf_init(&out);
            diag_print_all(&f.diags, false, &out);
            print_error("%s:\n%.*s", c->body, (int)out.len, out.at);
            buf_release(&out);
            fail();
        }
        finish(&f);
    }
}

static const struct null_case {
    const char *body;
    bool can_be_null;
    bool can_be_true;
    bool can_be_false;
} null_cases[] = {
    {"exists ([Observation: \"CRP\"])", false, true, true},
    {"not exists ([Observation: \"CRP\"])", false, true, true},
    {"latest([Observation: \"CRP\"]) > 100 'mg/L'", true, true, true},
    {"if exists ([Observation: \"CRP\"]) then true else null", true, true, false},
    {"Coalesce(latest([Observation: \"CRP\"]) > 100 'mg/L', false)", false, true, true},
    {"latest([Observation: \"CRP\"]) > 100 'mg/L' or true", false, true, false},
    {"latest([Observation: \"CRP\"]) > 100 'mg/L' and false", false, false, true},
    {"latest([Observation: \"CRP\"]) is null", false, true, true},
    {"null as Boolean", true, false, false},
    {"case when exists ([Observation: \"CRP\"]) then true else false end", false, true, true},
    {"AgeInYears() >= 18", true, true, true},
    {"1 = 1 and exists ([Encounter] E where E.status.value = 'x')", false, true, true},
};

static void ignore(void *context, const struct flow_finding *finding) {
    (void)context;
    (void)finding;
}

static void test_unknown(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof null_cases / sizeof null_cases[0]; i++) {
        const struct null_case *c = &null_cases[i];
        char text[2048];
        (void)snprintf(text, sizeof text, HEAD "define X: %s\n", c->body);
        struct fixture f;
        start(&f, text);
        const struct flow_input input = {
            .program = f.program, .analytes = &f.table, .arena = &f.arena, .report = ignore};
        struct flow *flow = NULL;
        struct flow_value value;
        assert_int_equal(flow_new(&input, &flow), STATUS_OK);
        assert_int_equal(flow_definition(flow, program_find(f.program, STR("X")), &value),
                         STATUS_OK);
        if (value.can_be_null != c->can_be_null || value.can_be_true != c->can_be_true ||
            value.can_be_false != c->can_be_false) {
            print_error("%s: null %d true %d false %d\n", c->body, value.can_be_null,
                        value.can_be_true, value.can_be_false);
            fail();
        }
        finish(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
