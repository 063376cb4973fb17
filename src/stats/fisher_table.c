/* Fisher's test of tables larger than 2 x 2 (Freeman and Halton 1951): a walk over all tables with
 * the margins seen, a column at a time. A branch is not entered when all of its tables are as
 * probable as to count, or none is; the bounds are those of Mehta and Patel 1983, made exact by
 * tabulating the most and the least probable way to complete each node. */
#include "dist/dist.h"
#include "stats/fisher.h"

#include <math.h>

enum { ROWS_MAX = 16 };

struct node {
    uint64_t key; /* of the sums left, plus 1; 0: free */
    double most;  /* log of the largest and least product of 1 / cell! over its completions */
    double least;
};

struct walk {
    uint32_t rows;
    uint32_t columns;
    const double *column_sums;
    struct node *nodes; /* open addressing over (column, sums left in order) */
    uint32_t mask;
    double log_limit; /* tables up to this probability count */
    double log_margins;
    double p;
    uint64_t steps;
    uint32_t used;
    bool too_large;
};

static const uint64_t steps_max = UINT64_C(40) * 1000 * 1000;

/* The order of rows does not matter for what is left. Two nodes of one walk share a key with a
 * chance of less than 1e-7 for the most nodes there may be. */
static uint64_t key_of(const double *left, uint32_t rows, uint32_t column) {
    double sorted[ROWS_MAX];
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t k = i;
        for (; k > 0 && sorted[k - 1] > left[i]; k--) {
            sorted[k] = sorted[k - 1];
        }
        sorted[k] = left[i];
    }
    uint64_t hash = column + 1;
    for (uint32_t i = 0; i < rows; i++) {
        hash = (hash ^ (uint64_t)sorted[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
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

static double log_product(const double *cells, uint32_t rows) {
    double sum = 0;
    for (uint32_t i = 0; i < rows; i++) {
        sum -= dist_log_gamma(cells[i] + 1);
    }
    return sum;
}

static void bounds(struct walk *w, uint32_t column, const double *left, double *most,
                   double *least) {
    if (column + 1 == w->columns) {
        *most = *least = log_product(left, w->rows);
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
    double rest[ROWS_MAX];
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
        double here = log_product(cells, w->rows);
        *most = fmax(*most, here + high);
        *least = fmin(*least, here + low);
        w->too_large |= ++w->steps > steps_max || w->used > w->mask / 2;
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
        sum -= dist_log_gamma(left[i] + 1);
        n += left[i];
    }
    for (uint32_t c = column; c < w->columns; c++) {
        sum -= dist_log_gamma(w->column_sums[c] + 1);
    }
    return sum + dist_log_gamma(n + 1);
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
    double rest[ROWS_MAX];
    first_filling(left, w->rows, w->column_sums[column], cells);
    do {
        for (uint32_t i = 0; i < w->rows; i++) {
            rest[i] = left[i] - cells[i];
        }
        walk_column(w, column + 1, rest, past + log_product(cells, w->rows));
        w->too_large |= ++w->steps > steps_max;
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

bool fisher_table_p(const double *cells, uint32_t rows, uint32_t columns, struct arena *scratch,
                    double *p) {
    double left[ROWS_MAX] = {0};
    double n = 0;
    *p = NAN;
    if (rows > ROWS_MAX) {
        return false;
    }
    double *sums = ARENA_ARRAY(scratch, columns, double);
    struct walk w = {.rows = rows, .columns = columns, .column_sums = sums};
    if (!sums) {
        return false;
    }
    double seen = 0;
    for (uint32_t r = 0; r < rows; r++) {
        for (uint32_t c = 0; c < columns; c++) {
            double x = cells[(size_t)r * columns + c];
            left[r] += x;
            sums[c] += x;
            n += x;
            seen -= dist_log_gamma(x + 1);
        }
    }
    for (uint32_t r = 0; r < rows; r++) {
        w.log_margins += dist_log_gamma(left[r] + 1);
    }
    for (uint32_t c = 0; c < columns; c++) {
        w.log_margins += dist_log_gamma(sums[c] + 1);
    }
    w.log_margins -= dist_log_gamma(n + 1);
    if (!make_nodes(&w, left, scratch)) {
        return false;
    }
    w.log_limit = seen + w.log_margins + log1p(1e-7);
    walk_column(&w, 0, left, w.log_margins);
    *p = fmin(w.p, 1);
    return !w.too_large;
}
