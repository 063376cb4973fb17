/* Kernels that count in sorted order against the same by definition, on random data full of ties.
 */
#include "stats/adjust.h"
#include "stats/fisher.h"
#include "stats/win.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { N_MAX = 40, OUTCOMES = 3 };

static struct arena arena;
static uint64_t state_of_draws = 1;

static uint32_t draw(uint32_t below) {
    state_of_draws = state_of_draws * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state_of_draws >> 33) % below;
}

/* ---- Hommel ---- */

/* Wright 1992, as R's p.adjust has it, on sorted p values. */
static void hommel_plain(const double *p, uint32_t m, double *adjusted) {
    double q[N_MAX];
    double all = INFINITY;
    for (uint32_t i = 0; i < m; i++) {
        all = fmin(all, m * p[i] / (i + 1.0));
    }
    for (uint32_t i = 0; i < m; i++) {
        adjusted[i] = q[i] = all;
    }
    for (uint32_t s = m - 1; s >= 2 && m > 2; s--) {
        uint32_t low = m - s + 1;
        double least = INFINITY;
        for (uint32_t k = 2; k <= s; k++) {
            least = fmin(least, s * p[low + k - 2] / k);
        }
        for (uint32_t i = 0; i < m; i++) {
            q[i] = i < low ? fmin(s * p[i], least) : q[low - 1];
            adjusted[i] = fmax(adjusted[i], q[i]);
        }
    }
    for (uint32_t i = 0; i < m; i++) {
        adjusted[i] = fmin(fmax(adjusted[i], p[i]), 1);
    }
}

static void hommel_by_hull(void **state) {
    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint32_t m = 1 + draw(N_MAX - 1);
        double p[N_MAX];
        uint32_t steps = round % 3 == 0 ? 5 : round % 3 == 1 ? 40 : 1000000;
        double power = round % 5 == 0 ? 8 : 1;
        for (uint32_t i = 0; i < m; i++) {
            p[i] = pow(draw(steps + 1) / (double)steps, power);
            for (uint32_t k = i; k > 0 && p[k] < p[k - 1]; k--) {
                double swap = p[k];
                p[k] = p[k - 1];
                p[k - 1] = swap;
            }
        }
        double plain[N_MAX];
        double fast[N_MAX];
        hommel_plain(p, m, plain);
        assert_int_equal(adjust_p(p, m, ADJUST_HOMMEL, &arena, fast), STATUS_OK);
        for (uint32_t i = 0; i < m; i++) {
            if (!(fabs(fast[i] - plain[i]) <= 1e-14 * plain[i])) {
                fail_msg("round %d, %u p values, place %u: %.17g, by definition %.17g", round, m, i,
                         fast[i], plain[i]);
            }
        }
        arena_reset(&arena);
    }
}

static void a_hundred_thousand_p_values(void **state) {
    (void)state;
    enum { MANY = 100000 };
    double *p = ARENA_ARRAY(&arena, MANY, double);
    double *adjusted = ARENA_ARRAY(&arena, MANY, double);
    assert_non_null(p);
    assert_non_null(adjusted);
    for (uint32_t i = 0; i < MANY; i++) {
        p[i] = i < 100 ? 1e-9 * (i + 1) : (draw(1000000) + 1) / 1000001.0;
    }
    assert_int_equal(adjust_p(p, MANY, ADJUST_HOMMEL, &arena, adjusted), STATUS_OK);
    for (uint32_t i = 0; i < MANY; i++) {
        assert_true(adjusted[i] >= p[i] && adjusted[i] <= 1);
    }
    assert_true(adjusted[0] > 9e-5 && adjusted[0] <= 1e-4); /* at most Bonferroni's */
    arena_reset(&arena);
}

/* ---- Wins ---- */

/* 1: the first wins by the outcome, as win.h says it. */
static int compare(const struct win_outcome *o, uint32_t i, uint32_t j) {
    double a = o->value[i];
    double b = o->value[j];
    if (o->kind != WIN_TIME) {
        int higher = (a > b) - (a < b);
        return o->kind == WIN_HIGHER ? higher : -higher;
    }
    bool i_later = a > b || (a == b && !o->event[i]);
    bool j_later = b > a || (a == b && !o->event[j]);
    return o->event[j] && i_later ? 1 : o->event[i] && j_later ? -1 : 0;
}

static void wins_by_rank(void **state) {
    (void)state;
    for (int round = 0; round < 4000; round++) {
        double values[OUTCOMES][N_MAX];
        uint32_t group[N_MAX];
        uint32_t event[N_MAX];
        uint32_t n = 4 + draw(N_MAX - 4);
        uint32_t count = 1 + draw(OUTCOMES);
        struct win_outcome outcomes[OUTCOMES];
        for (uint32_t k = 0; k < count; k++) {
            enum win_kind kind = k == 0 && round % 3 ? WIN_TIME : draw(2) ? WIN_HIGHER : WIN_LOWER;
            outcomes[k] = (struct win_outcome){.kind = kind, .value = values[k], .event = event};
        }
        for (uint32_t i = 0; i < n; i++) {
            group[i] = i < 2 ? 0 : i < 4 ? 1 : draw(2);
            event[i] = draw(3) > 0;
            for (uint32_t k = 0; k < count; k++) {
                values[k][i] = draw(k == 0 ? 8 : 3);
            }
        }
        double wins[OUTCOMES] = {0};
        double losses[OUTCOMES] = {0};
        double all = 0;
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; j < n && group[i] == 0; j++) {
                int result = 0;
                for (uint32_t k = 0; k < count && group[j] == 1 && result == 0; k++) {
                    result = compare(&outcomes[k], i, j);
                    wins[k] += result > 0;
                    losses[k] += result < 0;
                    all += result != 0;
                }
            }
        }
        struct win_result win;
        assert_int_equal(win_statistics(&arena, group, n, outcomes, count, 0.95, &win), STATUS_OK);
        if (all == 0) {
            assert_non_null(win.refusal);
            continue;
        }
        assert_null(win.refusal);
        for (uint32_t k = 0; k < count; k++) {
            if (win.wins_by[k] != wins[k] || win.losses_by[k] != losses[k]) {
                fail_msg("round %d, outcome %u: %g and %g, pair by pair %g and %g", round, k,
                         win.wins_by[k], win.losses_by[k], wins[k], losses[k]);
            }
        }
        arena_reset(&arena);
    }
}

/* ---- Tables larger than 2 x 2 ---- */

/* Every table with the margins, cell by cell. */
struct every {
    uint32_t rows, columns;
    uint32_t row_left[4], column_left[4];
    double seen; /* log of the product of 1 / cell! */
    double all, as_improbable;
};

static double log_factorial(uint32_t n) {
    return lgamma(n + 1.0);
}

static void fill(struct every *e, uint32_t cell, double product) {
    uint32_t r = cell / e->columns;
    uint32_t c = cell % e->columns;
    if (r == e->rows) {
        e->all += exp(product);
        e->as_improbable += product <= e->seen + 1e-7 ? exp(product) : 0;
        return;
    }
    uint32_t most = e->row_left[r] < e->column_left[c] ? e->row_left[r] : e->column_left[c];
    for (uint32_t x = 0; x <= most; x++) {
        bool row_done = c + 1 == e->columns && x != e->row_left[r];
        bool column_done = r + 1 == e->rows && x != e->column_left[c];
        if (!row_done && !column_done) {
            e->row_left[r] -= x;
            e->column_left[c] -= x;
            fill(e, cell + 1, product - log_factorial(x));
            e->row_left[r] += x;
            e->column_left[c] += x;
        }
    }
}

static void tables_by_columns(void **state) {
    (void)state;
    for (int round = 0; round < 1500; round++) {
        double cells[16];
        struct every every = {.rows = 2 + draw(3), .columns = 3 + draw(2)};
        uint32_t most = 1 + draw(round % 4 == 0 ? 5 : 3);
        for (uint32_t i = 0; i < every.rows * every.columns; i++) {
            uint32_t x = draw(3) ? draw(most) : 0;
            cells[i] = x;
            every.row_left[i / every.columns] += x;
            every.column_left[i % every.columns] += x;
            every.seen -= log_factorial(x);
        }
        fill(&every, 0, 0);
        double p;
        assert_int_equal(fisher_table_p(cells, every.rows, every.columns, &arena, &p), STATUS_OK);
        if (!(fabs(p - every.as_improbable / every.all) < 1e-9)) {
            fail_msg("round %d: %.12g, over every table %.12g", round, p,
                     every.as_improbable / every.all);
        }
        arena_reset(&arena);
    }
}

static int release(void **state) {
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hommel_by_hull),
        cmocka_unit_test(a_hundred_thousand_p_values),
        cmocka_unit_test(wins_by_rank),
        cmocka_unit_test(tables_by_columns),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
