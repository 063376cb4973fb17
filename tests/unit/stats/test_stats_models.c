/* Presenters of survival, regression and designs: that every example of theirs in the table of
 * methods runs, that roles and directions arrive at the kernels as they are said, and that what
 * does not apply is refused in words. Numbers of the kernels are checked in tests/reference. */
#include "base/mem.h"
#include "stats/frame.h"
#include "stats/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *folder; /* examples/stats */
static struct arena arena;
static struct diag_list diags;
static char file_text[1 << 16];

static struct stats_frame *frame_of(struct str text) {
    struct stats_frame *frame = NULL;
    const struct source *source = diag_source(&diags, STR("data.csv"), text);
    assert_int_equal(frame_read(source, &arena, &diags, &frame), STATUS_OK);
    assert_non_null(frame);
    return frame;
}

static struct str read_example(struct str name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%.*s", folder, STR_ARG(name));
    FILE *file = fopen(path, "r");
    if (!file) {
        fail_msg("cannot read %s", path);
        return STR("");
    }
    size_t size = fread(file_text, 1, sizeof file_text, file);
    fclose(file);
    return (struct str){file_text, size};
}

static struct str next_word(const char **at) {
    const char *start = *at + strspn(*at, " ");
    size_t size = strcspn(start, " \n");
    *at = start + size;
    return (struct str){start, size};
}

/* "method [FILE] --option value ..."; data, when given, stand for the file. */
static void read_request(const char *line, const char *data, struct stats_request *request) {
    diag_init(&diags, &arena);
    const struct stats_method *method = stats_method_find(next_word(&line));
    assert_non_null(method);
    stats_request_init(request, method);
    if (data) {
        request->frame = frame_of(str_from(data));
    }
    for (struct str word = next_word(&line); word.len; word = next_word(&line)) {
        if (!str_starts(word, STR("--"))) {
            request->frame = frame_of(read_example(word));
            continue;
        }
        enum stats_option option = stats_option_find((struct str){word.at + 2, word.len - 2});
        if (option == STATS_OPTION_COUNT) {
            fail_msg("no option %.*s", STR_ARG(word));
        }
        assert_int_equal(stats_request_set(request, option, next_word(&line), &arena, &diags),
                         STATUS_OK);
    }
}

static enum status run_words(const char *line, const char *data, const struct stats_result **out) {
    struct stats_request request;
    read_request(line, data, &request);
    return stats_run(&request, &arena, &diags, out);
}

static const struct stats_result *result_of(const char *line, const char *data) {
    const struct stats_result *result = NULL;
    assert_int_equal(run_words(line, data, &result), STATUS_OK);
    assert_non_null(result);
    return result;
}

static const struct stats_estimate *estimate(const struct stats_result *result, const char *term) {
    for (const struct stats_estimate *e = result->estimates; e; e = e->next) {
        if (str_equal(e->term, str_from(term))) {
            return e;
        }
    }
    fail_msg("no estimate is called '%s'", term);
    return NULL;
}

#define REFUSED(line, data, words)                                                                 \
    do {                                                                                           \
        const struct stats_result *refused = result_of(line, data);                                \
        if (!strstr(refused->refusal.at ? refused->refusal.at : "", words)) {                      \
            fail_msg("%s: refusal is '%.*s'", line, STR_ARG(refused->refusal));                    \
        }                                                                                          \
        assert_null(refused->estimates);                                                           \
    } while (0)

static bool is_ours(int m) {
    enum stats_question question = stats_methods[m].question;
    return question == STATS_ASK_TIME_TO_EVENT || question == STATS_ASK_ADJUSTED ||
           question == STATS_ASK_ORDERED || question == STATS_ASK_DESIGN;
}

static void examples_run(void **state) {
    (void)state;
    size_t count = 0;
    for (int m = 0; m < STATS_METHOD_COUNT; m++) {
        if (!is_ours(m)) {
            continue;
        }
        const struct stats_result *result = result_of(stats_methods[m].example, NULL);
        if (result->refusal.len) {
            fail_msg("%s: %.*s", stats_methods[m].example, STR_ARG(result->refusal));
        }
        assert_true(result->estimates || result->tests || result->tables);
        count++;
    }
    assert_true(count >= 19);
}

static const char *const two_arms = "arm,t,d,x,s\n"
                                    "b,1,1,3,u\nb,2,1,4,u\nb,3,0,5,v\nb,4,1,7,v\n"
                                    "a,2,0,1,u\na,3,1,2,u\na,5,1,2,v\na,6,0,4,v\n";

static void directions(void **state) {
    (void)state;
    const struct stats_result *r = result_of("rmst --time t --event d --by arm --tau 4", two_arms);
    double a = estimate(r, "mean time to 4, a")->value;
    double b = estimate(r, "mean time to 4, b")->value;
    assert_true(fabs(estimate(r, "difference, a - b")->value - (a - b)) < 1e-12);
    r = result_of("rmst --time t --event d --by arm --tau 4 --reference a", two_arms);
    assert_true(fabs(estimate(r, "difference, b - a")->value - (b - a)) < 1e-12);
    r = result_of("cox --time t --event d --by arm", two_arms);
    double hr = estimate(r, "hazard ratio, arm: b v a")->value;
    assert_true(hr > 1.0); /* b dies earlier */
    r = result_of("cox --time t --event d --by arm --reference b", two_arms);
    assert_true(fabs(estimate(r, "hazard ratio, arm: a v b")->value * hr - 1.0) < 1e-9);
    r = result_of("win-ratio --x x --by arm", two_arms);
    double higher = estimate(r, "win odds, a over b")->value;
    r = result_of("win-ratio --x x --by arm --better lower", two_arms);
    assert_true(fabs(estimate(r, "win odds, a over b")->value * higher - 1.0) < 1e-9);
    r = result_of("ancova --x x --by arm", two_arms);
    assert_true(fabs(estimate(r, "difference, b - a")->value - 2.5) < 1e-12);
    r = result_of("mantel-haenszel --x d --by arm --strata s", two_arms);
    assert_true(estimate(r, "odds ratio, a / b")->value < 1.0);
}

static void late_entry_and_times(void **state) {
    (void)state;
    const char *late = "e,t,d\n0,2,1\n1,4,1\n3,5,0\n3,6,1\n";
    const struct stats_result *r =
        result_of("km --time t --event d --entry e --times 1,2,5,7", late);
    const struct stats_table *table = r->tables->next;
    assert_int_equal(table->rows, 4);
    const double *at_risk = table->columns[2].numbers;
    const double *survival = table->columns[4].numbers;
    assert_true(at_risk[0] == 1.0 && survival[0] == 1.0);
    assert_true(at_risk[1] == 2.0 && survival[1] == 0.5); /* one of two at risk */
    assert_true(at_risk[2] == 2.0);
    assert_true(fabs(survival[2] - 0.5 * 2.0 / 3.0) < 1e-12);
    assert_true(survival[3] == 0.0); /* known for ever */
    assert_int_equal(r->plot.kind, STATS_PLOT_STEPS);
    assert_true(r->plot.curve_count == 1 && r->plot.curves[0].mark_count == 1);
}

static void refusals(void **state) {
    (void)state;
    REFUSED("km --time t --event d", "t,d\n1,2\n2,0\n", "cumulative-incidence");
    REFUSED("km --time t --event d", "t,d\n1,0.5\n2,0\n", "0 for censored");
    REFUSED("log-rank --time t --event d --by g", "t,d,g\n1,1,a\n2,0,a\n", "only one group");
    REFUSED("log-rank --time t --event d --by g", "t,d,g\n1,0,a\n2,0,b\n", "no event");
    REFUSED("cox --time t --event d", two_arms, "--covariates");
    REFUSED("cox --time t --event d --by g", "t,d,g\n1,1,a\n2,1,a\n3,1,b\n4,0,b\n", "monotone");
    REFUSED("cox --time t --event d --by g", "t,d,g\n1,1,a\n2,1,a\n", "in every row");
    REFUSED("rmst --time t --event d --by arm --tau 50", two_arms, "behind the last");
    REFUSED("logistic --x y --by g", "y,g\n0,a\n0,a\n1,b\n1,b\n", "separation");
    REFUSED("logistic --x y --by g", "y,g\n0,a\n1,a\n2,b\n1,b\n", "must have two");
    REFUSED("win-ratio --x x --by s --time t", two_arms, "both --time and --event");
    REFUSED("win-ratio --by s", two_arms, "name an outcome");
    REFUSED("ancova --x x --by g", "x,g\n1,a\n1,a\n1,b\n1,b\n", "no error");
    REFUSED("proportional-odds --x x --by g", "x,g\n1,a\n2,a\n3,b\n4,b\n", "separation");
    REFUSED("power-proportions --p1 0.5 --power 0.8", NULL, "--p2");
    REFUSED("power-proportions --p1 0.5 --p2 0.7", NULL, "either the power or the size");
    REFUSED("group-sequential --looks 2 --fractions 0.2,0.5,1", NULL, "do not agree");
    REFUSED("group-sequential --fractions 0.5,0.9", NULL, "must be 1");
    REFUSED("simon --p1 0.1 --p2 0.12 --power 0.8 --n-max 20", NULL, "no design");
}

static void missing_rows_are_counted(void **state) {
    (void)state;
    const struct stats_result *r = result_of("km --time t --event d", "t,d\n1,1\n,1\n3,NA\n4,0\n");
    assert_int_equal(r->n, 2);
    assert_int_equal(r->missing, 2);
    const struct stats_result *none = NULL;
    assert_int_equal(run_words("km --time t --event words", "t,words\n1,yes\n", &none),
                     STATUS_USER_ERROR);
}

/* Every allocation of a run fails once: the run says so, whatever it was doing. */
static void memory_may_end(void **state) {
    (void)state;
    for (int m = 0; m < STATS_METHOD_COUNT; m++) {
        if (!is_ours(m)) {
            continue;
        }
        const char *line = stats_methods[m].example;
        for (uint64_t n = 1;; n++) {
            struct stats_request request;
            arena_release(&arena);
            read_request(line, NULL, &request);
            /* What the request left of its chunk would hide the failure. */
            struct arena own = {0};
            const struct stats_result *result = NULL;
            mem_fail_after(n);
            enum status status = stats_run(&request, &own, &diags, &result);
            mem_fail_after(0);
            arena_release(&own);
            if (status == STATUS_OK) {
                assert_true(n > 1);
                break;
            }
            assert_int_equal(status, STATUS_NO_MEMORY);
        }
    }
}

static int release(void **state) {
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        return 2;
    }
    folder = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_run),
        cmocka_unit_test(directions),
        cmocka_unit_test(late_entry_and_times),
        cmocka_unit_test(refusals),
        cmocka_unit_test(missing_rows_are_counted),
        cmocka_unit_test(memory_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
