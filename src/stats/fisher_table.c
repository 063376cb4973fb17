/* Fisher's test of tables larger than 2 x 2 (Freeman and Halton 1951): a walk over all tables with
 * the margins seen, a column at a time. A branch is not entered when all of its tables are as
 * probable as to count, or none is; the bounds are those of Mehta and Patel 1983, made exact by
 * tabulating the most and the least probable way to complete each node. */
#include "base/draw.h"
#include "base/limits.h"
#include "dist/dist.h"
#include "stats/fisher.h"

#include <math.h>
#include <string.h>

enum { ROWS_MAX = 16 };
/* Tables of a sample: as many as about a second of shuffling gives. */
enum { SHUFFLES = 50 * 1000 * 1000, TABLES_MIN = 1000, TABLES_MAX = 100 * 1000 };

struct node {
    uint64_t key; /* of the sums left, plus 1; 0: free */
    double most;  /* log of the largest and least product of 1 / cell! over its completions */
    double least;
};

struct walk {
    uint32_t rows;
    uint32_t columns;
    const double *column_sums;
    const double *log_factorial; /* up to the sum of all cells */
    struct node *nodes;          /* open addressing over (column, sums left in order) */
    uint32_t mask;
    double log_limit; /* tables up to this probability count */
    double log_margins;
    double p;
    uint64_t steps;
    uint32_t used;
    bool too_large;
};

/* In cells: a filling of a column costs as much as there are rows, and this many some seconds. */
static const uint64_t steps_max = UINT64_C(24) * 1000 * 1000;

/* Vigna's splitmix64: every bit of what goes in turns every bit of what comes out. */
static uint64_t mix(uint64_t x) {
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* The order of rows does not matter for what is left. Two nodes of one walk share a key with a
 * chance of less than 1e-7 for the most nodes there may be; column and sums are mixed one by one,
 * so that a smaller sum in the next column is not the same as a larger one in this. */
static uint64_t key_of(const double *left, uint32_t rows, uint32_t column) {
    double sorted[ROWS_MAX];
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t k = i;
        for (; k > 0 && sorted[k - 1] > left[i]; k--) {
            sorted[k] = sorted[k - 1];
        }
        sorted[k] = left[i];
    }
    uint64_t hash = mix(column);
    for (uint32_t i = 0; i < rows; i++) {
        hash = mix(hash ^ (uint64_t)sorted[i]);
    }
    return hash | 1;
}

static struct node *node_at(struct walk *w, uint64_t key) {
    uint32_t at = (uint32_t)(key >> 20) & w->mask;
    while (w->nodes[at].key && w->nodes[at].key != key) {
        at = (at + 1) & w->mask;
    }
    return &w->nodes[at];
}

/* ---- Ways to fill one column ---- */

/* Steps `cells` to the next way to hand the column's sum out to the rows; false after the last. */
static bool next_filling(const double *left, uint32_t rows, double *cells) {
    /* Take one from the first row that can give, put it into the next that can take, and refill the
     * earlier ones as early as possible: the order of a counter. */
    double freed = 0;
    for (uint32_t r = 0; r + 1 < rows; r++) {
        freed += cells[r];
        if (freed > 0 && cells[r + 1] < left[r + 1]) {
            cells[r + 1]++;
            freed--;
            for (uint32_t i = 0; i <= r; i++) {
                cells[i] = fmin(left[i], freed);
                freed -= cells[i];
            }
            return true;
        }
    }
    return false;
}

static void first_filling(const double *left, uint32_t rows, double sum, double *cells) {
    for (uint32_t i = 0; i < rows; i++) {
        cells[i] = fmin(left[i], sum);
        sum -= cells[i];
    }
}

static double log_factorial(const struct walk *w, double count) {
    return w->log_factorial[(uint32_t)count];
}

static double log_product(const struct walk *w, const double *cells) {
    double sum = 0;
    for (uint32_t i = 0; i < w->rows; i++) {
        sum -= log_factorial(w, cells[i]);
    }
    return sum;
}

static void bounds(struct walk *w, uint32_t column, const double *left, double *most,
                   double *least) {
    if (column + 1 == w->columns) {
        *most = *least = log_product(w, left);
        return;
    }
    uint64_t key = key_of(left, w->rows, column);
    struct node *node = node_at(w, key);
    if (node->key) {
        *most = node->most;
        *least = node->least;
        return;
    }
    double cells[ROWS_MAX];
    double rest[ROWS_MAX] = {0};
    *most = -INFINITY;
    *least = INFINITY;
    first_filling(left, w->rows, w->column_sums[column], cells);
    do {
        double high;
        double low;
        for (uint32_t i = 0; i < w->rows; i++) {
            rest[i] = left[i] - cells[i];
        }
        bounds(w, column + 1, rest, &high, &low);
        double here = log_product(w, cells);
        *most = fmax(*most, here + high);
        *least = fmin(*least, here + low);
        w->steps += w->rows;
        w->too_large |= w->steps > steps_max || w->used > w->mask / 2;
    } while (!w->too_large && next_filling(left, w->rows, cells));
    node = node_at(w, key);
    *node = (struct node){key, *most, *least};
    w->used++;
}

/* The sum of the product of 1 / cell! over all completions, in closed form. */
static double log_all(const struct walk *w, uint32_t column, const double *left) {
    double sum = 0;
    double n = 0;
    for (uint32_t i = 0; i < w->rows; i++) {
        sum -= log_factorial(w, left[i]);
        n += left[i];
    }
    for (uint32_t c = column; c < w->columns; c++) {
        sum -= log_factorial(w, w->column_sums[c]);
    }
    return sum + log_factorial(w, n);
}

static void walk_column(struct walk *w, uint32_t column, const double *left, double past) {
    double most;
    double least;
    bounds(w, column, left, &most, &least);
    if (w->too_large || past + least > w->log_limit) {
        return;
    }
    if (past + most <= w->log_limit) {
        w->p += exp(past + log_all(w, column, left));
        return;
    }
    double cells[ROWS_MAX];
    double rest[ROWS_MAX] = {0};
    first_filling(left, w->rows, w->column_sums[column], cells);
    do {
        for (uint32_t i = 0; i < w->rows; i++) {
            rest[i] = left[i] - cells[i];
        }
        walk_column(w, column + 1, rest, past + log_product(w, cells));
        w->steps += w->rows;
        w->too_large |= w->steps > steps_max;
    } while (!w->too_large && next_filling(left, w->rows, cells));
}

/* Room for twice the nodes there can be: sums left in all rows but the largest, for each column. */
static bool make_nodes(struct walk *w, const double *left, struct arena *scratch) {
    double states = w->columns;
    double largest = 0;
    for (uint32_t r = 0; r < w->rows; r++) {
        states *= left[r] + 1;
        largest = fmax(largest, left[r] + 1);
    }
    uint32_t capacity = 64;
    while (capacity < FISHER_STATES_MAX * 2 && capacity < 4 * states / largest) {
        capacity *= 2;
    }
    w->mask = capacity - 1;
    w->nodes = ARENA_ARRAY(scratch, capacity, struct node);
    return w->nodes != NULL;
}

/* ---- Both ways ---- */

/* The margins, and what the table seen has for its probability. False: no memory. */
static bool start(struct walk *w, const double *cells, uint32_t rows, uint32_t columns, double n,
                  struct arena *scratch, double *left) {
    double *sums = ARENA_ARRAY(scratch, columns, double);
    double *factorials = ARENA_ARRAY(scratch, (size_t)n + 1, double);
    if (!sums || !factorials) {
        return false;
    }
    for (uint32_t i = 0; i <= (uint32_t)n; i++) {
        factorials[i] = dist_log_gamma(i + 1.0);
    }
    *w = (struct walk){
        .rows = rows, .columns = columns, .column_sums = sums, .log_factorial = factorials};
    double seen = 0;
    for (uint32_t r = 0; r < rows; r++) {
        for (uint32_t c = 0; c < columns; c++) {
            double x = cells[(size_t)r * columns + c];
            left[r] += x;
            sums[c] += x;
            seen -= log_factorial(w, x);
        }
    }
    for (uint32_t r = 0; r < rows; r++) {
        w->log_margins += log_factorial(w, left[r]);
    }
    for (uint32_t c = 0; c < columns; c++) {
        w->log_margins += log_factorial(w, sums[c]);
    }
    w->log_margins -= log_factorial(w, n);
    w->log_limit = seen + w->log_margins + log1p(1e-7);
    return true;
}

static double sum_all(const double *cells, uint32_t rows, uint32_t columns) {
    double n = 0;
    for (size_t i = 0; i < (size_t)rows * columns; i++) {
        n += cells[i];
    }
    return n;
}

enum status fisher_table_p(const double *cells, uint32_t rows, uint32_t columns,
                           struct arena *scratch, double *p) {
    double left[ROWS_MAX] = {0};
    double n = sum_all(cells, rows, columns);
    struct walk w;
    *p = NAN;
    if (rows > ROWS_MAX || n > LIMIT_TABLE_N) {
        return STATUS_OK;
    }
    if (!start(&w, cells, rows, columns, n, scratch, left) || !make_nodes(&w, left, scratch)) {
        return STATUS_NO_MEMORY;
    }
    walk_column(&w, 0, left, w.log_margins);
    *p = w.too_large ? NAN : fmin(w.p, 1);
    return STATUS_OK;
}

/* ---- A sample of tables ---- */

/* The columns of all subjects, in the order of their rows: a shuffle of them is a table with the
 * margins seen, each with its hypergeometric probability. */
static void shuffle(uint32_t *column_of, uint32_t n, struct draw *draw) {
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = draw_below(draw, i);
        uint32_t swap = column_of[i - 1];
        column_of[i - 1] = column_of[k];
        column_of[k] = swap;
    }
}

static double log_product_of(const struct walk *w, const double *row_sums,
                             const uint32_t *column_of, uint32_t *counts) {
    double sum = 0;
    uint32_t at = 0;
    for (uint32_t r = 0; r < w->rows; r++) {
        memset(counts, 0, w->columns * sizeof *counts);
        for (uint32_t i = 0; i < (uint32_t)row_sums[r]; i++) {
            counts[column_of[at++]]++;
        }
        for (uint32_t c = 0; c < w->columns; c++) {
            sum -= w->log_factorial[counts[c]];
        }
    }
    return sum;
}

enum status fisher_sample_p(const double *cells, uint32_t rows, uint32_t columns,
                            struct arena *scratch, struct fisher_sample *out) {
    static const uint8_t seed[DRAW_SEED_BYTES] = {0};
    struct walk w;
    struct draw draw;
    double n = sum_all(cells, rows, columns);
    *out = (struct fisher_sample){.p = NAN, .se = NAN};
    if (n > LIMIT_TABLE_N || n < 1) {
        return STATUS_OK;
    }
    double *row_sums = ARENA_ARRAY(scratch, rows, double);
    uint32_t *column_of = ARENA_ARRAY(scratch, (size_t)n, uint32_t);
    uint32_t *counts = ARENA_ARRAY(scratch, columns, uint32_t);
    if (!row_sums || !column_of || !counts ||
        !start(&w, cells, rows, columns, n, scratch, row_sums)) {
        return STATUS_NO_MEMORY;
    }
    uint32_t at = 0;
    for (uint32_t c = 0; c < columns; c++) {
        for (uint32_t i = 0; i < (uint32_t)w.column_sums[c]; i++) {
            column_of[at++] = c;
        }
    }
    draw_init_domain(&draw, seed, STR("tables with the margins seen"));
    out->tables = (uint32_t)fmin(fmax(SHUFFLES / n, TABLES_MIN), TABLES_MAX);
    double hits = 1; /* the table seen */
    for (uint32_t i = 0; i < out->tables; i++) {
        shuffle(column_of, (uint32_t)n, &draw);
        double here = log_product_of(&w, row_sums, column_of, counts);
        hits += w.log_margins + here <= w.log_limit;
    }
    out->p = hits / (out->tables + 1.0);
    out->se = sqrt(out->p * (1 - out->p) / out->tables);
    return STATUS_OK;
}
