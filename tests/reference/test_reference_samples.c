/* Methods on counts and samples against R (samples.R), through the request that the command line
 * makes. Tolerance 1e-9, relative, unless a row says otherwise: both sides use the same
 * distribution functions and sum at most a few hundred terms; R's own root finding (1e-4) is
 * replaced by a tight one in the script. 1e-7 where R maximises a likelihood numerically. */
#include "reference.h"

#include "base/file.h"
#include "stats/fisher.h"
#include "stats/frame.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const double NEAR = 1e-9;
static const double NEAR_MAXIMISED = 1e-7;
static const char *folder;
static struct arena arena;
static struct stats_frame *large;

/* Where a number stands in a result: the i-th test or estimate, or a column of the first table. */
enum part { P, STATISTIC, DF, DF2, VALUE, LOW, HIGH, ESTIMATE_P, CELL };

struct expectation {
    const char *name;
    unsigned index;
    const char *arguments;
    enum part part;
    unsigned which;
    unsigned row; /* of CELL */
    double tolerance;
};

static void frame_of(struct str word, struct diag_list *diags, struct stats_frame **out) {
    char path[512];
    struct str text;
    if (str_equal(word, STR("large.csv"))) {
        *out = large;
        return;
    }
    snprintf(path, sizeof path, "%s/data/%.*s", folder, STR_ARG(word));
    assert_int_equal(file_read(str_from(path), &arena, &text), STATUS_OK);
    const struct source *source = diag_source(diags, word, text);
    assert_non_null(source);
    assert_int_equal(frame_read(source, &arena, diags, out), STATUS_OK);
}

static const struct stats_result *run(const char *arguments) {
    static char words[512];
    struct diag_list diags;
    struct stats_request request;
    struct str operands[32];
    uint32_t count = 0;
    const struct stats_result *result = NULL;
    diag_init(&diags, &arena);
    snprintf(words, sizeof words, "%s", arguments);
    const struct stats_method *method = stats_method_find(str_from(strtok(words, " ")));
    assert_non_null(method);
    stats_request_init(&request, method);
    for (char *word = strtok(NULL, " "); word; word = strtok(NULL, " ")) {
        if (word[0] == '-' && word[1] == '-') {
            enum stats_option option = stats_option_find(str_from(word + 2));
            char *value = strtok(NULL, " ");
            assert_int_equal(stats_request_set(&request, option, str_from(value), &arena, &diags),
                             STATUS_OK);
        } else if (stats_is_operand(str_from(word))) {
            operands[count++] = str_from(word);
        } else {
            frame_of(str_from(word), &diags, &request.frame);
        }
    }
    assert_int_equal(stats_request_operands(&request, operands, count, &arena, &diags), STATUS_OK);
    assert_int_equal(stats_run(&request, &arena, &diags, &result), STATUS_OK);
    if (result->refusal.len) {
        fail_msg("%s: refused: %.*s", arguments, STR_ARG(result->refusal));
    }
    return result;
}

static double take(const struct stats_result *result, const struct expectation *e) {
    const struct stats_test *test = result->tests;
    const struct stats_estimate *estimate = result->estimates;
    if (e->part == CELL) {
        assert_non_null(result->tables);
        assert_true(e->which < result->tables->column_count && e->row < result->tables->rows);
        return result->tables->columns[e->which].numbers[e->row];
    }
    for (unsigned i = 0; i < e->which; i++) {
        test = test ? test->next : NULL;
        estimate = estimate ? estimate->next : NULL;
    }
    if (e->part <= DF2) {
        assert_non_null(test);
        return e->part == P           ? test->p
               : e->part == STATISTIC ? test->value
               : e->part == DF        ? test->df
                                      : test->df2;
    }
    assert_non_null(estimate);
    return e->part == VALUE  ? estimate->value
           : e->part == LOW  ? estimate->low
           : e->part == HIGH ? estimate->high
                             : estimate->p;
}

static const struct expectation expectations[] = {
#include "samples.def"
};

/* Relative however small: p values of 1e-44 have digits too. */
static void check(const struct expectation *e, double got) {
    double expected = reference_number(e->name, e->index);
    double tolerance = e->tolerance > 0 ? e->tolerance : NEAR;
    bool same = got == expected || (isnan(got) && isnan(expected));
    if (!same && !(fabs(got - expected) <= tolerance * fabs(expected))) {
        fail_msg("%s[%u] by %s: expected %.15g, got %.15g", e->name, e->index, e->arguments,
                 expected, got);
    }
}

static void test_expectations(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        const struct expectation *e = &expectations[i];
        const struct stats_result *result = run(e->arguments);
        check(e, take(result, e));
        arena_reset(&arena);
    }
}

/* A sample of tables agrees with their sum, within four standard errors, and is always the same. */
static void test_sampled_tables(void **state) {
    (void)state;
    static const double cells[][12] = {{12, 5, 3, 4, 8, 9}, {2, 3, 1, 4, 0, 5, 2, 1, 6, 0, 3, 2}};
    static const uint32_t rows[] = {2, 3};
    static const uint32_t columns[] = {3, 4};
    for (unsigned i = 0; i < 2; i++) {
        struct fisher_sample first;
        struct fisher_sample second;
        assert_int_equal(fisher_sample_p(cells[i], rows[i], columns[i], &arena, &first), STATUS_OK);
        assert_int_equal(fisher_sample_p(cells[i], rows[i], columns[i], &arena, &second),
                         STATUS_OK);
        assert_int_equal(first.tables, 100000);
        assert_true(first.se > 0 && first.p == second.p);
        double exact = reference_number("fisher.rxc", i + 1);
        assert_true(fabs(first.p - exact) < 4 * first.se);
        arena_reset(&arena);
    }
}

/* The same numbers as in samples.R: no file of 10^5 rows. */
static void make_large(struct arena *kept) {
    enum { ROWS = 100000 };
    static struct str levels[] = {{"a", 1}, {"b", 1}};
    double *uniform = reference_uniform(ROWS, 7);
    large = ARENA_NEW(kept, struct stats_frame);
    struct stats_column *columns = ARENA_ARRAY(kept, 2, struct stats_column);
    double *values = ARENA_ARRAY(kept, ROWS, double);
    uint32_t *codes = ARENA_ARRAY(kept, ROWS, uint32_t);
    assert_true(large && columns && values && codes);
    for (uint32_t i = 0; i < ROWS; i++) {
        values[i] = floor(1e4 * uniform[i]) + ((i + 1) % 2) * 40;
        codes[i] = (i + 1) % 2;
    }
    columns[0] = (struct stats_column){.name = STR("v"), .values = values};
    columns[1] = (struct stats_column){
        .name = STR("g"), .is_category = true, .codes = codes, .level_count = 2, .levels = levels};
    *large = (struct stats_frame){ROWS, 2, columns};
}

int main(int argc, char **argv) {
    (void)argc;
    folder = argv[1];
    struct arena kept;
    arena_init(&arena, 0);
    arena_init(&kept, 0);
    reference_open(folder, "samples");
    make_large(&kept);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_sampled_tables),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    reference_close();
    arena_release(&arena);
    arena_release(&kept);
    return failed;
}
