/* Lists of arms: what is read, and what is said of what cannot be. */
#include "course/arms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct trial_arm arms_of_trial[] = {{.id = {.text = {"soc", 3}}},
                                           {.id = {.text = {"ana", 3}}}};
static struct trial_document document = {.arms = {2, arms_of_trial}};
static const struct trial_site_zone sites[] = {{.id = {"doha", 4}}, {.id = {"toulon", 6}}};
static const struct trial trial = {
    .document = &document, .site_count = 2, .sites = sites, .id = {"t", 1}};

struct fixture {
    struct arena arena;
    struct diag_list diags;
    struct arms *arms;
};

static void read_text(struct fixture *f, const char *text) {
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    const struct source *source = diag_source(&f->diags, STR("arms.csv"), str_from(text));
    assert_non_null(source);
    assert_int_equal(arms_read(source, &trial, &f->arena, &f->diags, &f->arms), STATUS_OK);
}

static void test_rows(void **state) {
    (void)state;
    struct fixture f;
    read_text(&f, "id,arm,allocated_at,site\r\n"
                  "p1,ana,2021-03-01T09:30:00+03:00,toulon\r\n\r\n"
                  "\"p,2\",soc,2021-03-01T09:30Z,\r\n");
    assert_false(diag_has_errors(&f.diags));
    assert_int_equal(f.arms->count, 2);
    const struct arm_row *row = arms_find(f.arms, STR("p1"), STR("S-1"));
    assert_int_equal(row->arm, 1);
    assert_int_equal(row->site, 1);
    assert_true(row->allocated == 1614580200000);
    row = arms_find(f.arms, STR("x"), STR("p,2"));
    assert_int_equal(row->arm, 0);
    assert_int_equal(row->site, 0);
    assert_null(arms_find(f.arms, STR("p3"), STR("S-3")));
    arena_release(&f.arena);
}

static void test_mistakes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum diag_id id;
    } cases[] = {
        {"", DIAG_TR0310},
        {"id,arm\np,ana\n", DIAG_TR0310},
        {"id,arm,allocated_at\np,any,2021-03-01T09:30:00Z\n", DIAG_TR0311},
        {"id,arm,allocated_at,site\np,ana,2021-03-01T09:30:00Z,paris\n", DIAG_TR0312},
        {"id,arm,allocated_at\np,ana,2021-03-01\n", DIAG_TR0313},
        {"id,arm,allocated_at\np,ana\n", DIAG_TR0313},
        {"id,arm,allocated_at\n,ana,2021-03-01T09:30:00Z\n", DIAG_TR0314},
        {"id,arm,allocated_at\np,ana,2021-03-01T09:30:00Z\np,soc,2021-03-01T09:30:00Z\n",
         DIAG_TR0315},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        read_text(&f, cases[i].text);
        assert_non_null(f.diags.first);
        assert_null(f.diags.first->next);
        assert_int_equal(f.diags.first->id, cases[i].id);
        arena_release(&f.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
