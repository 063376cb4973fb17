/* Arms laid out flat, and what in them does not fit together. */
#include "trial/regimen.h"

#include "trial/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define START                                                                                      \
    "trial: t\nversion: 1\ntitle: T\nlogic: t.cql\n"                                               \
    "sites: {a: {name: A, timezone: Europe/Paris}}\n"                                              \
    "eligibility: {include: [{id: I1, text: a, by: human}]}\n"                                     \
    "drugs: {ana: {given: Given, unit: 100 mg, unit_name: syringe}, rux: {given: Given}}\n"

static const char logic[] =
    "library T version '1.0.0'\nusing FHIR version '4.0.1'\n"
    "include FHIRHelpers version '4.0.1' called FHIRHelpers\n"
    "codesystem \"LOINC\": 'http://loinc.org'\ncode \"P\": '777-3' from \"LOINC\"\n"
    "parameter \"When\" System.DateTime\nparameter \"Number\" System.Integer\ncontext Patient\n"
    "define Given: [MedicationAdministration] A return all {id: A.id.value}\n"
    "define Count: First([Observation: \"P\"] O return all (O.value as FHIR.Quantity))\n"
    "define Low: Count < 20 '10*9/L'\n"
    "define Recovered: Count > 20 '10*9/L'\n"
    "define Never: false\n";

struct fixture {
    struct arena arena;
    struct diag_list diags;
    char folder[64];
    struct trial *trial;
};

static void write_file(const struct fixture *f, const char *name, const char *text) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void load(struct fixture *f, const char *text) {
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    f->trial = NULL;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/quell-regimen-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    write_file(f, "trial.yaml", text);
    write_file(f, "t.cql", logic);
    const char *root = getenv("QUELL_ROOT");
    char library[512];
    (void)snprintf(library, sizeof library, "%s/trials/library", root ? root : ".");
    const struct trial_options options = {.library_folder = str_from(library)};
    enum status status = trial_load(str_from(f->folder), &options, &f->arena, &f->diags, &f->trial);
    assert_true(status == STATUS_OK || status == STATUS_USER_ERROR);
}

static void release(struct fixture *f) {
    char path[128];
    trial_free(f->trial);
    arena_release(&f->arena);
    static const char *const names[] = {"trial.yaml", "t.cql"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(f->folder), 0);
}

static void show(const struct fixture *f) {
    struct buf out;
    buf_init(&out);
    diag_print_all(&f->diags, false, &out);
    print_error("%.*s\n", (int)out.len, out.at);
    buf_release(&out);
}

struct part_wanted {
    int32_t first;
    int32_t last;
    int every_h;
    int kind;
    int mg;
};

static void expect_parts(const struct regimen_treatment *t, uint32_t count,
                         const struct part_wanted *wanted) {
    assert_int_equal(t->part_count, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct regimen_part *part = &t->parts[i];
        assert_int_equal(part->first, wanted[i].first);
        assert_int_equal(part->last, wanted[i].last);
        assert_int_equal(part->every_ms, wanted[i].every_h * 3600000);
        assert_int_equal(part->kind, wanted[i].kind);
        assert_true(part->dose.value == wanted[i].mg * DECIMAL_ONE);
    }
}

static void test_layout(void **state) {
    (void)state;
    struct fixture f;
    load(&f, START
         "moments: {allocation: When}\n"
         "subject: {weight: Weight}\n"
         "schedules: {down: {doses: [200 mg, 100 mg]}, silent: {status: not stated}}\n"
         "arms:\n  a:\n    label: A\n    treatments:\n"
         "      - {id: t1, drug: ana, dose: 300 mg, every: 24 h, days: 1..5, then: {taper: down}}\n"
         "      - {id: t2, drug: ana, replaces: t1, start_when: Low, latch: true, dose: 300 mg,\n"
         "         every: 24 h, max_days: 14 from first ana, then: {taper: silent}}\n"
         "      - {id: t3, drug: rux, levels: [{id: low, dose: 5 mg}, {id: full, dose: 10 mg}],\n"
         "         start_level: full, every: 12 h, max_days: 28}\n"
         "    rules:\n"
         "      - {id: r1, drug: rux, reduce: Low, max_age: 24 h, lowest: stop}\n"
         "      - {hold: Low, until: Recovered, within: 7 d, else: stop, resume: one level lower, "
         "drug: rux}\n");
    if (diag_has_errors(&f.diags)) {
        /* Weight is not in the logic: the one error wanted. */
        assert_int_equal(f.diags.first->id, DIAG_TR0106);
        assert_null(f.diags.first->next);
    }
    const struct regimen_arm *arm = &f.trial->regimen->arms[0];
    const struct part_wanted one[] = {
        {1, 5, 24, DOSE_FIXED, 300}, {6, 6, 24, DOSE_FIXED, 200}, {7, 7, 24, DOSE_FIXED, 100}};
    const struct part_wanted two[] = {{1, 14, 24, DOSE_FIXED, 300},
                                      {15, REGIMEN_OPEN, 24, DOSE_NOT_STATED, 0}};
    const struct part_wanted three[] = {{1, 28, 12, DOSE_BY_LEVEL, 0}};
    expect_parts(&arm->treatments[0], 3, one);
    expect_parts(&arm->treatments[1], 2, two);
    expect_parts(&arm->treatments[2], 1, three);
    assert_int_equal(arm->treatments[1].replaces, 0);
    assert_int_equal(arm->treatments[2].start_level, 1);
    assert_int_equal(arm->rules[0].action, ACTION_REDUCE);
    assert_int_equal(arm->conditions[arm->rules[0].condition].max_age_ms, 24 * 3600000);
    assert_int_equal(arm->rules[1].within_ms, 7 * 24 * 3600000);
    assert_int_equal(arm->rules[1].resume, RULE_RESUME_LOWER);
    /* Low, Low of the last 24 h, and Recovered. */
    assert_int_equal(arm->condition_count, 3);
    assert_int_equal(f.trial->regimen->drug_count, 2);
    assert_non_null(f.trial->regimen->allocation);
    release(&f);
}

struct mistake {
    const char *text;
    enum diag_id id;
    const char *words; /* in the message or the hint */
};

#define TREATMENTS(items) START "arms: {a: {label: A, treatments: [" items "]}}\n"
#define RULES(items)                                                                               \
    START "arms: {a: {label: A, treatments: [{id: x, drug: ana, dose: 300 mg, every: 24 h, "       \
          "days: 1..5}], rules: [" items "]}}\n"

/* Each text has exactly one finding. */
static const struct mistake mistakes[] = {
    {TREATMENTS("{id: x, drug: ana, dose: 300 mg, every: 24 h, days: 1..11, total: 3800 mg}"),
     DIAG_TR0530, "3300 mg"},
    {TREATMENTS("{id: x, drug: ana, dose: 300 mg, every: 24 h, days: 1..2, total: 0.7 g}"),
     DIAG_TR0530, "600 mg"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 12 h, days: 1..28, max_doses: 50}"),
     DIAG_TR0530, "56 doses"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 24 h, days: 1..2, "
                "then: {doses: [2 mg, 1 mg], until_day: 5}}"),
     DIAG_TR0530, "day 4"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 24 h, then: {doses: [1 mg]}}"), DIAG_TR0536,
     "'x'"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 24 h, days: 1..2, then: {taper: no}}"),
     DIAG_TR0114, "schedule"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 0 h}"), DIAG_TR0121, "a minute"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 12 h, adjust: "
                "[{when: Low, dose: 1 mg, every: 5 s}]}"),
     DIAG_TR0121, "a minute"},
    {TREATMENTS("{id: x, drug: ana}"), DIAG_TR0121, "no dose"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg}"), DIAG_TR0121, "every: 12 h"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 12 h, as_ordered: true}"), DIAG_TR0121,
     "more than one"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg/kg, every: 12 h}"), DIAG_TR0535, "weight"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 12 h}, "
                "{id: y, drug: ana, dose: 9 mg, every: 12 h}"),
     DIAG_TR0531, "replaces: x"},
    {TREATMENTS("{id: x, drug: ana, schedule: [{days: 1..3, dose: 5 mg, every: 12 h}, "
                "{days: 3..4, dose: 5 mg, every: 24 h}]}"),
     DIAG_TR0531, "part before"},
    {TREATMENTS("{id: x, drug: ana, dose: 5 mg, every: 12 h, max_days: 14 from first rux}"),
     DIAG_TR0114, "from first ana"},
    {TREATMENTS(
         "{id: x, drug: ana, levels: [{id: a, dose: 5 mg}, {id: a, dose: 10 mg}], every: 12 h}"),
     DIAG_TR0124, "twice"},
    {TREATMENTS("{id: x, drug: ana, levels: [{id: a, dose: 5 mg}], start_level: b, every: 12 h}"),
     DIAG_TR0124, "'b'"},
    {TREATMENTS("{id: x, drug: other, dose: 5 mg, every: 12 h}"), DIAG_TR0534, "under drugs"},
    {TREATMENTS("{id: x, drug: ana, levels: [{id: a, dose: 5 mg/kg}], every: 12 h}"), DIAG_TR0535,
     "weight"},
    {TREATMENTS(
         "{id: x, drug: ana, dose: 5 mg, every: 12 h, adjust: [{when: Low, dose: 1 mg/kg}]}"),
     DIAG_TR0535, "weight"},
    {TREATMENTS("{id: x, drug: ana, replaces: y, dose: 5 mg, every: 12 h}, "
                "{id: y, drug: rux, dose: 9 mg, every: 12 h}"),
     DIAG_TR0114, "another drug"},
    {TREATMENTS("{id: x, drug: ana, replaces: y, dose: 5 mg, every: 12 h}, "
                "{id: y, drug: ana, replaces: x, dose: 9 mg, every: 12 h}"),
     DIAG_TR0531, "circle"},
    {RULES("{reduce: Low, stop: Recovered}"), DIAG_TR0115, "several things"},
    {START
     "arms: {a: {label: A, treatments: [{id: x, drug: ana, dose: 5 mg, every: 12 h}, "
     "{id: y, drug: rux, dose: 9 mg, every: 12 h}, "
     "{id: z, drug: ana, dose: 9 mg, every: 12 h}], rules: [{switch: Low, to_treatment: z}]}}\n",
     DIAG_TR0115, "name its drug"},
    {RULES("{reduce: Low}"), DIAG_TR0124, "levels"},
    {RULES("{stop: Low, drug: rux}"), DIAG_TR0114, "does not give"},
    {RULES("{switch: Low, to_treatment: z}"), DIAG_TR0114, "'z'"},
    {RULES("{hold: Low, until: Low, within: 7 d, else: stop}"), DIAG_TR0533, "lifted by"},
    {RULES("{hold: Low, until: Never, within: 7 d, else: stop}"), DIAG_TR0533, "never become true"},
    {RULES("{hold: Low, until: Recovered, within: 7 d}"), DIAG_TR0115, "else"},
    {RULES("{hold: Low, until: Recovered, within: 7 mg, else: stop}"), DIAG_TR0113, "a time"},
    {RULES("{stop: Given}"), DIAG_TR0107, "Boolean"},
    {START "moments: {allocation: Number}\n", DIAG_TR0114, "DateTime"},
    {START "moments: {allocation: Nothing}\n", DIAG_TR0114, "System.DateTime"},
    {START "subject: {bed: Low}\n", DIAG_TR0107, "String"},
    {START "drugs2: {}\n", DIAG_TR0100, "drugs"},
};

static bool holds(struct str text, const char *words) {
    size_t len = strlen(words);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.at + i, words, len) == 0) {
            return true;
        }
    }
    return false;
}

static void test_mistakes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct fixture f;
        load(&f, mistakes[i].text);
        const struct diagnostic *d = f.diags.first;
        if (!d || d->next || d->id != mistakes[i].id ||
            !(holds(d->message, mistakes[i].words) || holds(d->hint, mistakes[i].words))) {
            print_error("case %zu wants %s:\n", i, mistakes[i].words);
            show(&f);
            fail();
        }
        release(&f);
    }
}

/* Visits that list what they collect must cover what rules look at. */
static void test_visits_collect(void **state) {
    (void)state;
    static const char rules[] = RULES(
        "{hold: Low, until: Recovered, within: 7 d, else: stop}") "visits: [{day: 3, collects: [";
    static const struct {
        const char *visit;
        uint32_t findings;
    } cases[] = {{"crp", 2}, {"platelets", 0}, {"crp, platelets", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[4096];
        (void)snprintf(text, sizeof text, "%s%s]}]\n", rules, cases[i].visit);
        struct fixture f;
        load(&f, text);
        uint32_t found = 0;
        for (const struct diagnostic *d = f.diags.first; d; d = d->next) {
            found += d->id == DIAG_TR0532;
        }
        assert_int_equal(found, cases[i].findings);
        release(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_visits_collect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
