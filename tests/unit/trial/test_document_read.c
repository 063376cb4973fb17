/* trial.yaml: what is read, and what is said of every kind of mistake. */
#include "base/file.h"
#include "base/mem.h"
#include "trial/analyte.h"
#include "trial/document_read.h"
#include "trial/schema.h"
#include "trial/trial_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct diag_list diags;
    struct trial_document *document;
    struct trial trial;
    struct trial_build build;
};

static void read_text(struct fixture *f, struct str text) {
    *f = (struct fixture){0};
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    const struct source *source = diag_source(&f->diags, STR("trial.yaml"), text);
    assert_non_null(source);
    void *read = NULL;
    assert_int_equal(document_read(source, SCHEMA_OBJECT_document, &f->arena, &f->diags, &read),
                     STATUS_OK);
    f->document = read;
    static const struct trial_options options;
    f->build = (struct trial_build){.trial = &f->trial,
                                    .document = f->document,
                                    .options = &options,
                                    .arena = &f->arena,
                                    .diags = &f->diags};
    if (f->document) {
        assert_int_equal(trial_check_document(&f->build), STATUS_OK);
        assert_int_equal(trial_read_sites(&f->build), STATUS_OK);
        assert_int_equal(trial_lay_out_criteria(&f->build), STATUS_OK);
        assert_int_equal(trial_list_assumptions(&f->build), STATUS_OK);
    }
}

#define START                                                                                      \
    "trial: t\nversion: 1\ntitle: T\nlogic: t.cql\n"                                               \
    "sites: {a: {name: A, timezone: Europe/Paris}}\n"
#define CRITERIA "eligibility: {include: [{id: I1, text: Adults, define: Adult}]}\n"

static void test_whole(void **state) {
    (void)state;
    struct fixture f;
    read_text(&f,
              STR(START
                  "eligibility:\n"
                  "  include:\n"
                  "    - {id: I1, text: Adults, define: Adult, status: our reading}\n"
                  "    - any_of:\n"
                  "        id: I2\n"
                  "        items:\n"
                  "          - {id: I2a, text: a, by: human}\n"
                  "          - {id: I2b, text: b, define: B, then: ask again}\n"
                  "  exclude:\n"
                  "    - {id: E1, text: e, define: E, applies: W, if_silent: not_met}\n"
                  "allocation: {method: randomised, ratio: {value: [1, 1], status: not stated}}\n"
                  "arms: {x: {label: X}, y: {label: Y, rules: []}}\n"));
    assert_false(diag_has_errors(&f.diags));
    assert_int_equal(f.trial.criterion_count, 5);
    const struct criterion *c = f.trial.criteria;
    assert_int_equal(c[1].kind, CRITERION_ANY_OF);
    assert_int_equal(c[1].end, 4);
    assert_int_equal(c[2].parent, 1);
    assert_true(c[2].human);
    assert_true(str_equal(c[3].then, STR("ask again")));
    assert_true(c[4].exclude);
    assert_int_equal(c[4].if_silent, SILENCE_NOT_MET);
    assert_int_equal(f.document->allocation->ratio.count, 2);
    assert_int_equal(f.trial.assumption_count, 2);
    assert_true(str_equal(f.trial.assumptions[0].where, STR("criterion I1")));
    assert_true(str_equal(f.trial.assumptions[1].where, STR("allocation: ratio")));
    assert_int_equal(f.trial.assumptions[1].status, MARK_NOT_STATED);
    arena_release(&f.arena);
}

struct mistake {
    const char *text;
    enum diag_id id;
    const char *words; /* in the message or the hint */
};

/* Each text has exactly one error. */
static const struct mistake mistakes[] = {
    {START CRITERIA "elegibility: {}\n", DIAG_TR0100, "eligibility"},
    {"trial: t\nversion: 1\ntitle: T\nlogic: t.cql\n" CRITERIA, DIAG_TR0101, "sites"},
    {START CRITERIA "arms: [a, b]\n", DIAG_TR0102, "arms"},
    {START "eligibility: {include: [{id: I1, text: a, define: A, if_silent: no}]}\n", DIAG_TR0103,
     "not_met"},
    {START CRITERIA "visits: [{day: seven}]\n", DIAG_TR0104, "day 7"},
    {START "eligibility: {include: [{id: I1, text: a, define: A}, {id: I1, text: b, define: B}]}\n",
     DIAG_TR0105, "I1"},
    {START "eligibility: {include: [{id: I1, define: A, text: x, any_of: {id: I2, items: "
           "[{id: I3, text: c, define: C}]}}]}\n",
     DIAG_TR0108, "any_of"},
    {START "eligibility: {include: [{id: I1, text: a}]}\n", DIAG_TR0109, "by: human"},
    {"trial: t\nversion: 1\ntitle: T\nlogic: t.cql\nsites: {a: {name: A, timezone: "
     "Europe/Pariss}}\n" CRITERIA,
     DIAG_TR0112, "Europe/Paris"},
    {START CRITERIA "arms: {a: {label: A, treatments: [{id: x, drug: d, replaces: y}]}}\n",
     DIAG_TR0114, "replaces"},
    {START CRITERIA "arms: {a: {label: A, rules: [{hold: Low}]}}\n", DIAG_TR0115, "until"},
    {START CRITERIA "arms: {a: {label: A, rules: [{hold: Low, until: High}]}}\n", DIAG_TR0115,
     "else"},
    {START "eligibility: {include: []}\n", DIAG_TR0116, "inclusion"},
    {START CRITERIA "arms: {a: {label: A}}\nallocation: {method: randomised, ratio: [1, 1]}\n",
     DIAG_TR0117, "2 numbers"},
    {"trial: t\nversion: 1\ntitle: T\nlogic: ../t.cql\nsites: {a: {name: A, timezone: "
     "Europe/Paris}}\n" CRITERIA,
     DIAG_TR0118, "folder"},
    {"trial: t\nversion: one\ntitle: T\nlogic: t.cql\nsites: {a: {name: A, timezone: "
     "Europe/Paris}}\n" CRITERIA,
     DIAG_TR0104, "a number"},
    {START CRITERIA "visits: [{day: 7}, {day: 3}]\n", DIAG_TR0122, "day 3"},
    {START CRITERIA "visits: [{day: 7, window: \u00b13 d}, {day: 10, window: \u00b11 d}]\n",
     DIAG_TR0123, "overlap"},
    {START CRITERIA "stages: {define: S, daily_at: 25:00}\n", DIAG_TR0104, "07:00"},
    {START CRITERIA "schedules: {t: {doses: [200 mg, mg]}}\n", DIAG_TR0104, "300 mg"},
    {START CRITERIA "arms: {a: {label: A, rules: [{switch: Low}]}}\n", DIAG_TR0115, "to_treatment"},
    {"- a\n- b\n", DIAG_TR0102, "trial:"},
    {"", DIAG_TR0102, "trial:"},
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

static void test_mistakes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct fixture f;
        read_text(&f, str_from(mistakes[i].text));
        const struct diagnostic *d = f.diags.first;
        if (!d || d->next || d->id != mistakes[i].id ||
            !(holds(d->message, mistakes[i].words) || holds(d->hint, mistakes[i].words))) {
            struct buf out;
            buf_init(&out);
            diag_print_all(&f.diags, false, &out);
            print_error("case %zu:\n%.*s\n", i, (int)out.len, out.at);
            buf_release(&out);
            fail();
        }
        arena_release(&f.arena);
    }
}

/* Every allocation made to fail: an error is said, nothing leaks, nothing crashes. */
static void test_without_memory(void **state) {
    (void)state;
    static const char text[] = START CRITERIA "elegibility: {}\nvisits: [{day: x}]\n";
    for (uint64_t n = 1; n < 2000; n++) {
        struct arena arena;
        struct diag_list diags;
        arena_init(&arena, 0);
        diag_init(&diags, &arena);
        mem_fail_after(n);
        const struct source *source = diag_source(&diags, STR("t"), str_from(text));
        void *document = NULL;
        enum status status =
            source ? document_read(source, SCHEMA_OBJECT_document, &arena, &diags, &document)
                   : STATUS_NO_MEMORY;
        mem_fail_after(0);
        arena_release(&arena);
        if (status == STATUS_OK) {
            return;
        }
        assert_int_equal(status, STATUS_NO_MEMORY);
    }
    fail();
}

/* The trials of the tree. */
static void test_trials(void **state) {
    (void)state;
    static const char *const names[] = {"jakincov", "kaplanski",   "elmekaty",
                                        "larosee",  "nct04334044", "ruxcoflam"};
    const char *root = getenv("QUELL_ROOT");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[512];
        struct arena arena;
        arena_init(&arena, 0);
        (void)snprintf(path, sizeof path, "%s/trials/%s/trial.yaml", root ? root : ".", names[i]);
        struct str text;
        if (file_read(str_from(path), &arena, &text) != STATUS_OK) {
            print_message("%s is not there: skipped\n", path);
            arena_release(&arena);
            continue;
        }
        struct fixture f;
        read_text(&f, text);
        struct buf out;
        buf_init(&out);
        diag_print_all(&f.diags, false, &out);
        if (diag_has_errors(&f.diags)) {
            print_error("%s:\n%.*s\n", path, (int)out.len, out.at);
        }
        buf_release(&out);
        assert_false(diag_has_errors(&f.diags));
        arena_release(&f.arena);
        arena_release(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_without_memory),
        cmocka_unit_test(test_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
