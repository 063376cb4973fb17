/* Small dense linear algebra for estimators: symmetric matrices of the order of a model's terms.
 * Matrices are row-major arrays the caller owns; sums run in index order, so that results do not
 * depend on a machine's BLAS. */
#ifndef QUELL_STATS_MATRIX_H
#define QUELL_STATS_MATRIX_H

#include <stddef.h>

/* The Cholesky factor L (a = L L') in place of the lower triangle of a[p * p]. A pivot that has
 * fallen to `tolerance` of its own diagonal, or below, is a combination of the rows before it: its
 * column becomes zero and is left out. Returns the rank. */
size_t cholesky_factor(double *a, size_t p, double tolerance);

/* The first left-out row of a factor; p when there is none. */
size_t cholesky_deficient(const double *l, size_t p);

/* b becomes the solution of a x = b; left-out rows get 0 (a generalised inverse). */
void cholesky_solve(const double *l, size_t p, double *b);

/* The inverse of the factored matrix, full and symmetric; left-out rows and columns are 0. */
void cholesky_invert(const double *l, size_t p, double *inverse);

/* b' a^-1 b, using `work`[p]. */
double cholesky_quadratic(const double *l, size_t p, const double *b, double *work);

double dot(const double *a, const double *b, size_t p);

#endif
