/* The covariates of a regression: one row a subject, one column a coefficient, and which term of
 * the model a column belongs to (a factor of k levels is one term of k - 1 columns). */
#ifndef QUELL_STATS_DESIGN_MATRIX_H
#define QUELL_STATS_DESIGN_MATRIX_H

#include "base/arena.h"

#include <stdint.h>

/* An interaction's column: the product of two columns of terms before. first == second: not one. */
struct column_product {
    uint32_t first, second;
};

struct design_matrix {
    const double *x; /* [n * p], row by row */
    uint32_t n;
    uint32_t p;
    const uint32_t *term;                 /* [p], ascending; NULL: each column its own */
    uint32_t terms;                       /* p when term is NULL */
    const struct column_product *product; /* [p]; NULL: no interactions */
};

/* The same columns, centred on their mean and divided by their spread (the mean distance from the
 * mean), in which estimators work. */
struct scaled_matrix {
    double *x;
    double *centre;
    double *spread; /* 1 for a column that does not vary */
};

MUST_USE enum status design_scale(struct arena *arena, const struct design_matrix *design,
                                  struct scaled_matrix *out);

/* Coefficients and covariance of q = intercepts + p parameters in scaled columns, brought back to
 * the columns as they are: slopes b / spread, intercepts moved by `sign` times the sum of centre *
 * slope. */
MUST_USE enum status design_unscale(struct arena *arena, const struct scaled_matrix *scaled,
                                    uint32_t p, uint32_t intercepts, double sign, double *coef,
                                    double *covariance);

/* Columns of a term: [*from, returned). */
uint32_t design_term(const struct design_matrix *design, uint32_t term, uint32_t *from);

/* beta' V^-1 beta over a term's coefficients, and their number. NAN: V is singular there. */
struct wald {
    double chi2;
    uint32_t df;
    double p;
};
MUST_USE enum status design_wald(struct arena *arena, const double *coef, const double *covariance,
                                 uint32_t p, uint32_t from, uint32_t to, struct wald *out);

#endif
