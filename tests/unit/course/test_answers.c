/* The answers file: what a spreadsheet writes, what holds when, and what cannot be used. */
#include "course/answers.h"
#include "value/datetime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const struct criterion criteria[] = {
    {.id = {"I1", 2}, .human = true, .parent = CRITERION_NONE, .end = 1},
    {.id = {"E1", 2}, .if_silent = SILENCE_ASK, .parent = CRITERION_NONE, .end = 2},
    {.id = {"E2", 2}, .parent = CRITERION_NONE, .end = 3},
};
enum { I1, E1 };

static struct trial_safety_event events[] = {
    {.id = {.text = {"bleeding", 8}}, .by = {.value = BY_HUMAN}},
    {.id = {.text = {"graded", 6}}, .by = {.value = BY_RECORD}},
};
static struct trial_safety safety = {.events = {.count = 2, .items = events}};
static struct trial_document document = {.safety = &safety};

struct fixture {
    struct arena arena;
    struct diag_list diags;
    struct trial trial;
    struct source source;
    struct answers *answers;
};

static void read_text(struct fixture *f, const char *text) {
    *f = (struct fixture){.trial = {.id = STR("t"),
                                    .criterion_count = 3,
                                    .criteria = criteria,
                                    .document = &document},
                          .source = {.name = STR("answers.csv"), .text = str_from(text)}};
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    assert_int_equal(answers_read(&f->source, &f->trial, &f->arena, &f->diags, &f->answers),
                     STATUS_OK);
}

static void release(struct fixture *f) {
    arena_release(&f->arena);
}

static instant_ms instant(const char *text) {
    struct datetime time;
    assert_true(datetime_parse(str_from(text), &time));
    return datetime_last_ms(&time, 0);
}

/* The value that holds, or -1 for none. */
static int held(const struct fixture *f, const char *id, const char *pseudonym, uint16_t criterion,
                const char *at) {
    const struct answer *a =
        answers_find(f->answers, str_from(id), str_from(pseudonym), criterion, instant(at));
    return a ? (int)a->value : -1;
}

/* The only diagnostic, and the line it stands at. */
static void expect_one(const struct fixture *f, enum diag_id id, uint32_t line) {
    assert_int_equal(f->diags.kept, 1);
    const struct diagnostic *d = f->diags.first;
    assert_int_equal(d->id, id);
    uint64_t at = d->span.source ? diag_locate(d->span.source, d->span.start).line : d->line;
    assert_int_equal(at, line);
}

/* Byte order mark, CRLF, quotes, spaces, columns in another order, one that nobody asked for, an
 * empty line, no line end at the end. */
static void test_spreadsheet(void **state) {
    (void)state;
    struct fixture f;
    read_text(&f, "\xef\xbb\xbf"
                  "When,note,ANSWER,criterion,id,who\r\n"
                  "2021-03-01T08:00:00Z,\"a, b\",Yes,I1,p1,\"Dr \"\"X\"\", ward 3\"\r\n"
                  "\r\n"
                  "2021-03-01T09:00:00+01:00,, no , E1 , p2 ,");
    assert_int_equal(f.diags.kept, 0);
    assert_int_equal(answers_count(f.answers), 2);
    assert_int_equal(held(&f, "p1", "", I1, "2021-03-01T08:00:00Z"), LOGIC_TRUE);
    assert_int_equal(held(&f, "p2", "", E1, "2021-03-01T08:00:00Z"), LOGIC_FALSE);
    assert_int_equal(held(&f, "p2", "", E1, "2021-03-01T07:59:59.999Z"), -1);
    const struct answer *a = answers_item(f.answers, 0);
    assert_true(str_equal(a->who, STR("Dr \"X\", ward 3")));
    assert_true(str_equal(a->when, STR("2021-03-01T08:00:00Z")));
    assert_int_equal(a->line, 2);
    assert_int_equal(answers_item(f.answers, 1)->line, 4);
    release(&f);
}

/* An answer holds from its time until a later one, by whichever name the patient is called. */
static void test_later_answers(void **state) {
    (void)state;
    struct fixture f;
    read_text(&f, "id,criterion,answer,who,when\n"
                  "p,I1,no,a,2021-03-02T00:00:00Z\n"
                  "p,I1,yes,a,2021-03-01T00:00:00Z\n"
                  "S-1,I1,unknown,a,2021-03-03T00:00:00Z\n"
                  "p,E1,yes,a,2021-03-01T12:00:00Z\n"
                  "q,I1,yes,a,2021-01-01T00:00:00Z\n");
    assert_int_equal(f.diags.kept, 0);
    assert_int_equal(held(&f, "p", "S-1", I1, "2021-02-28T23:59:59Z"), -1);
    assert_int_equal(held(&f, "p", "S-1", I1, "2021-03-01T23:59:59.999Z"), LOGIC_TRUE);
    assert_int_equal(held(&f, "p", "S-1", I1, "2021-03-02T00:00:00Z"), LOGIC_FALSE);
    assert_int_equal(held(&f, "p", "S-1", I1, "2021-03-03T00:00:00Z"), LOGIC_UNKNOWN);
    assert_int_equal(held(&f, "p", "S-2", I1, "2021-03-03T00:00:00Z"), LOGIC_FALSE);
    /* Every time at which something changes, of every criterion, and nothing of others. */
    static const char *const times[] = {"2021-03-01T00:00:00Z", "2021-03-01T12:00:00Z",
                                        "2021-03-02T00:00:00Z", "2021-03-03T00:00:00Z"};
    instant_ms at = INSTANT_MIN;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        at = answers_next(f.answers, STR("p"), STR("S-1"), at);
        assert_int_equal(at, instant(times[i]));
    }
    assert_int_equal(answers_next(f.answers, STR("p"), STR("S-1"), at), INSTANT_MAX);
    assert_int_equal(answers_next(f.answers, STR("r"), STR(""), INSTANT_MIN), INSTANT_MAX);
    assert_int_equal(answers_next(NULL, STR("p"), STR(""), INSTANT_MIN), INSTANT_MAX);
    assert_null(answers_find(NULL, STR("p"), STR(""), I1, 0));
    release(&f);
}

/* Of two answers with one time neither holds unless they agree; a day counts from its end. */
static void test_one_time(void **state) {
    (void)state;
    struct fixture f;
    read_text(&f, "id,criterion,answer,when\n"
                  "p,I1,yes,2021-03-01\n"
                  "p,I1,yes,2021-03-01\n");
    assert_int_equal(f.diags.kept, 0);
    assert_int_equal(answers_count(f.answers), 1);
    assert_int_equal(held(&f, "p", "", I1, "2021-03-01T23:59:59.998Z"), -1);
    assert_int_equal(held(&f, "p", "", I1, "2021-03-01T23:59:59.999Z"), LOGIC_TRUE);
    release(&f);
    read_text(&f, "id,criterion,answer,when\n"
                  "p,I1,yes,2021-03-01T01:00:00+01:00\n"
                  "p,E1,yes,2021-03-01T00:00:00Z\n"
                  "p,I1,no,2021-03-01T00:00:00Z\n");
    expect_one(&f, DIAG_TR0306, 4);
    assert_int_equal(answers_count(f.answers), 1);
    assert_int_equal(held(&f, "p", "", I1, "2021-03-02T00:00:00Z"), -1);
    assert_int_equal(held(&f, "p", "", E1, "2021-03-02T00:00:00Z"), LOGIC_TRUE);
    release(&f);
}

static void test_other_trials(void **state) {
    (void)state;
    struct fixture f;
    read_text(&f, "id,criterion,answer,when\n"
                  "p,u/I1,perhaps,never\n"
                  "p,t/I1,yes,2021-03-01T00:00:00Z\n"
                  "p,/I1,yes,2021-03-01T00:00:00Z\n");
    assert_int_equal(f.diags.kept, 0);
    assert_int_equal(answers_count(f.answers), 1);
    assert_int_equal(held(&f, "p", "", I1, "2021-03-01T00:00:00Z"), LOGIC_TRUE);
    release(&f);
}

/* A row that cannot be used has a diagnostic at its line, and the others are kept. */
static void test_bad_rows(void **state) {
    (void)state;
    static const struct {
        const char *row;
        enum diag_id id;
    } rows[] = {
        {",I1,yes,2021-03-01", DIAG_TR0300},
        {"p,,yes,2021-03-01", DIAG_TR0300},
        {"p", DIAG_TR0300},
        {"p,I9,yes,2021-03-01", DIAG_TR0301},
        {"p,i1,yes,2021-03-01", DIAG_TR0301},
        {"p,I1,maybe,2021-03-01", DIAG_TR0302},
        {"p,I1,,2021-03-01", DIAG_TR0302},
        {"p,I1,yes,yesterday", DIAG_TR0303},
        {"p,I1,yes,2021-13-01", DIAG_TR0303},
        {"p,I1,yes", DIAG_TR0303},
        {"p,E2,yes,2021-03-01", DIAG_TR0304},
        {"\"p,I1,yes,2021-03-01", DIAG_TR0300},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        struct fixture f;
        (void)snprintf(text, sizeof text,
                       "id,criterion,answer,when\nq,I1,yes,2021-03-01\n%s\nr,I1,no,2021-03-01\n",
                       rows[i].row);
        read_text(&f, text);
        expect_one(&f, rows[i].id, 3);
        /* A quote that is never closed swallows what follows. */
        assert_int_equal(answers_count(f.answers), rows[i].row[0] == '"' ? 1 : 2);
        release(&f);
    }
}

static void test_no_answers_file(void **state) {
    (void)state;
    static const char *const texts[] = {"", "\n", "id,criterion,answer\np,I1,yes\n",
                                        "p,I1,yes,2021-03-01\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct fixture f;
        read_text(&f, texts[i]);
        assert_null(f.answers);
        expect_one(&f, DIAG_TR0307, 1);
        release(&f);
    }
}

static void test_a_safety_event_that_people_judge(void **state) {
    (void)state;
    struct fixture f;
    read_text(&f, "id,criterion,answer,who,when\n"
                  "p1,bleeding,yes,Dr A,2021-03-01T09:00:00Z\n"
                  "p1,graded,yes,Dr A,2021-03-01T09:00:00Z\n");
    expect_one(&f, DIAG_TR0301, 3); /* the records decide it */
    const struct answer *a = answers_find_condition(f.answers, STR("p1"), STR("x"), STR("bleeding"),
                                                    instant("2021-03-01T09:00:00Z"));
    assert_non_null(a);
    assert_int_equal(a->value, LOGIC_TRUE);
    release(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_safety_event_that_people_judge),
        cmocka_unit_test(test_spreadsheet),
        cmocka_unit_test(test_later_answers),
        cmocka_unit_test(test_one_time),
        cmocka_unit_test(test_other_trials),
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_no_answers_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
