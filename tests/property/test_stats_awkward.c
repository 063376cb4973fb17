/* Every statistical method on awkward data: whatever the table of methods holds, a run ends in a
 * diagnostic, a refusal, or numbers that can be: p values within [0, 1], intervals around their
 * estimate, and no result that says nothing at all. */
#include "stats/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { ROWS_MAX = 12, COLUMNS = 7 };

static struct arena arena;

struct sample {
    const char *words;
    uint32_t rows;
    double x[ROWS_MAX];
    double y[ROWS_MAX];
    double g[ROWS_MAX]; /* groups; NAN: missing */
    double t[ROWS_MAX];
    double e[ROWS_MAX];
    double b[ROWS_MAX]; /* yes and no */
    double c[ROWS_MAX];
};

#define NA NAN
static const struct sample samples[] = {
    {"nothing", 0, {0}, {0}, {0}, {0}, {0}, {0}, {0}},
    {"one row", 1, {3}, {4}, {0}, {5}, {1}, {1}, {0}},
    {"two rows, a group each", 2, {3, 5}, {4, 4}, {0, 1}, {5, 7}, {1, 1}, {0, 1}, {1, 0}},
    {"two rows, one group", 2, {3, 5}, {4, 4}, {0, 0}, {5, 7}, {1, 0}, {0, 0}, {1, 0}},
    {"all tied",
     6,
     {2, 2, 2, 2, 2, 2},
     {2, 2, 2, 2, 2, 2},
     {0, 0, 0, 1, 1, 1},
     {4, 4, 4, 4, 4, 4},
     {1, 1, 1, 1, 1, 1},
     {1, 1, 1, 1, 1, 1},
     {1, 1, 1, 1, 1, 1}},
    {"a group whose values are missing",
     6,
     {1, 2, 4, NA, NA, NA},
     {2, 3, 3, NA, NA, NA},
     {0, 0, 0, 1, 1, 1},
     {4, 5, 6, NA, NA, NA},
     {1, 0, 1, NA, NA, NA},
     {1, 0, 1, NA, NA, NA},
     {0, 0, 1, NA, NA, NA}},
    {"no event",
     6,
     {1, 2, 3, 4, 5, 6},
     {2, 1, 4, 3, 6, 5},
     {0, 1, 0, 1, 0, 1},
     {3, 4, 5, 6, 7, 8},
     {0, 0, 0, 0, 0, 0},
     {0, 0, 0, 0, 0, 0},
     {0, 0, 0, 0, 0, 0}},
    {"one event",
     6,
     {1, 2, 3, 4, 5, 6},
     {2, 1, 4, 3, 6, 5},
     {0, 1, 0, 1, 0, 1},
     {3, 4, 5, 6, 7, 8},
     {0, 0, 1, 0, 0, 0},
     {0, 0, 1, 0, 0, 0},
     {0, 0, 0, 1, 0, 0}},
    {"complete separation",
     8,
     {1, 2, 3, 4, 11, 12, 13, 14},
     {1, 2, 3, 4, 11, 12, 13, 14},
     {0, 0, 0, 0, 1, 1, 1, 1},
     {1, 2, 3, 4, 5, 6, 7, 8},
     {1, 1, 1, 1, 1, 1, 1, 1},
     {0, 0, 0, 0, 1, 1, 1, 1},
     {0, 0, 0, 0, 1, 1, 1, 1}},
    {"very large and very small",
     8,
     {1e300, -1e300, 1e-300, 0, 1, 2, 3, 4},
     {-1e300, 1e300, 0, 1e-300, 2, 1, 4, 3},
     {0, 1, 0, 1, 0, 1, 0, 1},
     {1, 1e12, 1e-9, 4, 5, 6, 7, 8},
     {1, 1, 0, 1, 0, 1, 1, 1},
     {0, 1, 0, 1, 0, 1, 1, 0},
     {0, 0, 1, 1, 0, 0, 1, 1}},
    {"as it should be",
     12,
     {1, 5, 3, 8, 2, 9, 4, 7, 6, 2, 5, 8},
     {2, 3, 3, 7, 4, 6, 4, 9, 4, 1, 5, 5},
     {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
     {3, 9, 5, 12, 7, 8, 2, 15, 6, 10, 4, 11},
     {1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1},
     {0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1},
     {1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1}},
};

static struct stats_frame *frame_of(const struct sample *s) {
    static const char *const names[COLUMNS] = {"x", "y", "g", "t", "e", "b", "c"};
    const double *const cells[COLUMNS] = {s->x, s->y, s->g, s->t, s->e, s->b, s->c};
    struct stats_frame *frame = ARENA_NEW(&arena, struct stats_frame);
    assert_non_null(frame);
    frame->rows = s->rows;
    frame->column_count = COLUMNS;
    frame->columns = ARENA_ARRAY(&arena, COLUMNS, struct stats_column);
    assert_non_null(frame->columns);
    for (int c = 0; c < COLUMNS; c++) {
        double *values = ARENA_ARRAY(&arena, ROWS_MAX, double);
        assert_non_null(values);
        memcpy(values, cells[c], ROWS_MAX * sizeof *values);
        frame->columns[c] = (struct stats_column){.name = str_from(names[c]), .values = values};
    }
    return frame;
}

/* A column that a role may have: words for a category, else numbers. */
static const char *column_for(const struct stats_method *method, enum stats_option role) {
    bool words = (method->categories >> role) & 1;
    switch (role) {
    case STATS_X:
        return words ? "b" : "x";
    case STATS_Y:
        return words ? "c" : "y";
    case STATS_TIME:
        return "t";
    case STATS_EVENT:
        return "e";
    case STATS_COVARIATES:
        return "y";
    case STATS_STRATA:
        return "c";
    default:
        return "g";
    }
}

static void check_p(const char *where, const char *what, double p) {
    if (!isnan(p) && !(p >= 0 && p <= 1)) {
        fail_msg("%s: %s has p = %g", where, what, p);
    }
}

static void check_result(const char *where, const struct stats_result *r) {
    if (r->refusal.len) {
        if (r->refusal.len < 10) {
            fail_msg("%s: refused without a reason", where);
        }
        return;
    }
    if (!r->tests && !r->estimates && !r->tables) {
        fail_msg("%s: a result that says nothing", where);
    }
    for (const struct stats_test *t = r->tests; t; t = t->next) {
        check_p(where, t->name, t->p);
    }
    for (const struct stats_estimate *e = r->estimates; e; e = e->next) {
        check_p(where, e->term.at, e->p);
        if (e->low > e->high) {
            fail_msg("%s: %.*s has an interval from %g to %g", where, STR_ARG(e->term), e->low,
                     e->high);
        }
    }
}

static void run(const struct stats_request *request, const char *where, struct diag_list *diags) {
    const struct stats_result *result = NULL;
    enum status status = stats_run(request, &arena, diags, &result);
    if (status == STATUS_USER_ERROR) {
        assert_true(diag_has_errors(diags));
        return;
    }
    assert_int_equal(status, STATUS_OK);
    check_result(where, result);
}

static void test_columns(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof samples / sizeof samples[0]; s++) {
        for (int m = 0; m < STATS_METHOD_COUNT; m++) {
            const struct stats_method *method = &stats_methods[m];
            for (int all = 0; all < 2 && method->takes != STATS_TAKES_OPTIONS; all++) {
                struct diag_list diags;
                struct stats_request request;
                char where[160];
                diag_init(&diags, &arena);
                stats_request_init(&request, method);
                request.frame = frame_of(&samples[s]);
                uint64_t roles = method->needs | (all ? method->may : 0);
                for (int o = 0; o < STATS_OPTION_COUNT; o++) {
                    if (((roles >> o) & 1) && stats_option_infos[o].kind <= STATS_COLUMNS) {
                        const char *name = column_for(method, (enum stats_option)o);
                        assert_int_equal(stats_request_set(&request, (enum stats_option)o,
                                                           str_from(name), &arena, &diags),
                                         STATUS_OK);
                    }
                }
                if (((roles >> STATS_X) & 1) && !((method->categories >> STATS_X) & 1)) {
                    /* Methods of one column look at the first. */
                    assert_int_equal(stats_request_set(&request, STATS_X, STR("y"), &arena, &diags),
                                     STATUS_OK);
                }
                snprintf(where, sizeof where, "%s, %s%s", method->name, samples[s].words,
                         all ? ", every role" : "");
                run(&request, where, &diags);
                arena_reset(&arena);
            }
        }
    }
}

/* All 2 x 2 tables of small counts. */
static void test_counts(void **state) {
    (void)state;
    static const double counts[] = {0, 1, 2, 7};
    for (int m = 0; m < STATS_METHOD_COUNT; m++) {
        for (int i = 0; i < 256 && stats_methods[m].takes == STATS_TAKES_COUNTS; i++) {
            double cells[4] = {counts[i & 3], counts[i >> 2 & 3], counts[i >> 4 & 3],
                               counts[i >> 6]};
            struct diag_list diags;
            struct stats_request request;
            char where[160];
            diag_init(&diags, &arena);
            stats_request_init(&request, &stats_methods[m]);
            request.counts = (struct stats_counts){2, 2, cells, false};
            snprintf(where, sizeof where, "%s %g,%g %g,%g", stats_methods[m].name, cells[0],
                     cells[1], cells[2], cells[3]);
            run(&request, where, &diags);
            request.counts = (struct stats_counts){1, 2, cells, true};
            run(&request, where, &diags);
            arena_reset(&arena);
        }
    }
}

static int release(void **state) {
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
