#include "stats/regression.h"

#include "base/limits.h"
#include "dist/dist.h"
#include "stats/matrix.h"

#include <math.h>
#include <string.h>

/* A column whose remainder is this small beside itself is a combination of those before (as R). */
static const double COLLINEAR = 1e-7;

/* Householder's reflections of the columns of a[n * q], the first p of them made triangular; the
 * rest (the response) follow. Returns the first deficient column, or p. */
static uint32_t reflect(double *a, uint32_t n, uint32_t q, uint32_t p) {
    for (uint32_t k = 0; k < p; k++) {
        double below = 0.0;
        double above = 0.0;
        for (uint32_t i = 0; i < n; i++) {
            double cell = a[(size_t)i * q + k];
            *(i < k ? &above : &below) += cell * cell;
        }
        if (k >= n || sqrt(below) <= COLLINEAR * sqrt(above + below)) {
            return k;
        }
        double pivot = a[(size_t)k * q + k];
        double norm = pivot > 0.0 ? -sqrt(below) : sqrt(below);
        a[(size_t)k * q + k] = pivot - norm;  /* the column is now the reflection's vector v */
        double scale = norm * (norm - pivot); /* v'v / 2 */
        for (uint32_t j = k + 1; j < q; j++) {
            double sum = 0.0;
            for (uint32_t i = k; i < n; i++) {
                sum += a[(size_t)i * q + k] * a[(size_t)i * q + j];
            }
            sum /= scale;
            for (uint32_t i = k; i < n; i++) {
                a[(size_t)i * q + j] -= sum * a[(size_t)i * q + k];
            }
        }
        a[(size_t)k * q + k] = norm;
    }
    return p;
}

/* (R'R)^-1 times `variance`, and R b = z solved, from the triangle in a. */
static void solve_triangle(const double *a, uint32_t q, uint32_t p, double variance,
                           double *inverse, struct linear_fit *out) {
    for (uint32_t k = p; k-- > 0;) {
        double sum = a[(size_t)k * q + p];
        for (uint32_t j = k + 1; j < p; j++) {
            sum -= a[(size_t)k * q + j] * out->coef[j];
        }
        out->coef[k] = sum / a[(size_t)k * q + k];
    }
    memset(inverse, 0, (size_t)p * p * sizeof(double));
    for (uint32_t c = 0; c < p; c++) { /* R^-1, column by column */
        for (uint32_t k = c + 1; k-- > 0;) {
            double sum = k == c ? 1.0 : 0.0;
            for (uint32_t j = k + 1; j <= c; j++) {
                sum -= a[(size_t)k * q + j] * inverse[j * p + c];
            }
            inverse[k * p + c] = sum / a[(size_t)k * q + k];
        }
    }
    for (uint32_t i = 0; i < p; i++) {
        for (uint32_t j = 0; j < p; j++) {
            out->covariance[i * p + j] = variance * dot(inverse + i * p, inverse + j * p, p);
        }
        out->se[i] = sqrt(out->covariance[i * p + i]);
    }
}

static const char *why_not(const double *y, const struct design_matrix *design) {
    if (design->n <= design->p + 1) {
        return "there are no more subjects than coefficients, so that nothing is left to estimate "
               "the error from";
    }
    if (design->p >= LIMIT_MODEL_COLUMNS) {
        return "the model has too many coefficients";
    }
    for (uint32_t i = 0; i < design->n; i++) {
        if (!isfinite(y[i])) {
            return "a value is not a finite number";
        }
    }
    for (size_t k = 0; k < (size_t)design->n * design->p; k++) {
        if (!isfinite(design->x[k])) {
            return "a covariate is not a finite number";
        }
    }
    return NULL;
}

static double total_ss(const double *y, uint32_t n, double *mean) {
    double sum = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        sum += y[i];
    }
    *mean = sum / n;
    double ss = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        ss += (y[i] - *mean) * (y[i] - *mean);
    }
    return ss;
}

enum status linear_fit(struct arena *arena, const double *y, const struct design_matrix *design,
                       struct linear_fit *out) {
    uint32_t n = design->n;
    uint32_t p = design->p + 1;
    uint32_t q = p + 1;
    *out = (struct linear_fit){.n = n, .p = p, .column = design->p, .refusal = why_not(y, design)};
    if (out->refusal) {
        return STATUS_OK;
    }
    double *a = ARENA_ARRAY(arena, (size_t)n * q, double);
    double *inverse = ARENA_ARRAY(arena, (size_t)p * p, double);
    out->coef = ARENA_ARRAY(arena, p, double);
    out->se = ARENA_ARRAY(arena, p, double);
    out->covariance = ARENA_ARRAY(arena, (size_t)p * p, double);
    if (!a || !inverse || !out->coef || !out->se || !out->covariance) {
        return STATUS_NO_MEMORY;
    }
    double mean;
    out->total_ss = total_ss(y, n, &mean);
    for (uint32_t i = 0; i < n; i++) {
        double *row = a + (size_t)i * q;
        row[0] = 1.0;
        memcpy(row + 1, design->x + (size_t)i * design->p, design->p * sizeof(double));
        row[p] = y[i] - mean; /* about the mean, so that a large level costs no digits */
    }
    uint32_t deficient = reflect(a, n, q, p);
    if (deficient < p) {
        out->column = deficient ? deficient - 1 : design->p;
        out->refusal = "a covariate does not vary, or is a combination of the others";
        return STATUS_OK;
    }
    for (uint32_t i = p; i < n; i++) {
        out->residual_ss += a[(size_t)i * q + p] * a[(size_t)i * q + p];
    }
    out->residual_df = n - p;
    if (out->residual_ss <= 1e-24 * out->total_ss || out->total_ss == 0.0) {
        out->refusal = "the model leaves no error: all values are equal within its cells";
        return STATUS_OK;
    }
    solve_triangle(a, q, p, out->residual_ss / out->residual_df, inverse, out);
    out->coef[0] += mean;
    return STATUS_OK;
}

/* ---- Terms and least-squares means ---- */

static double column_mean(const struct design_matrix *design, uint32_t column) {
    double sum = 0.0;
    for (uint32_t i = 0; i < design->n; i++) {
        sum += design->x[(size_t)i * design->p + column];
    }
    return sum / design->n;
}

static bool is_product(const struct design_matrix *design, uint32_t column) {
    return design->product && design->product[column].first != design->product[column].second;
}

/* A column where levels come equally often, or as often as observed, and covariates at their mean.
 */
static double column_average(const struct design_matrix *design, const bool *factor,
                             uint32_t column, bool observed) {
    uint32_t term = design->term ? design->term[column] : column;
    uint32_t from;
    uint32_t to = design_term(design, term, &from);
    return factor[term] && !observed ? 1.0 / (to - from + 1) : column_mean(design, column);
}

/* How the mean changes with a column: by its coefficient and by those of its products with others,
 * which are at their average. */
static void column_effect(const struct design_matrix *design, const bool *factor, uint32_t column,
                          double *weights) {
    memset(weights, 0, (design->p + 1u) * sizeof *weights);
    weights[column + 1] = 1.0;
    for (uint32_t j = 0; j < design->p; j++) {
        if (is_product(design, j)) {
            struct column_product pair = design->product[j];
            if (pair.first == column || pair.second == column) {
                uint32_t other = pair.first == column ? pair.second : pair.first;
                weights[j + 1] = column_average(design, factor, other, false);
            }
        }
    }
}

/* Wald's test that the effects of the term's columns are 0. `work` holds p (2 p + 1) numbers. */
static enum status term_test(struct arena *arena, const struct design_matrix *design,
                             const bool *factor, const struct linear_fit *fit, uint32_t term,
                             double *work, struct wald *out) {
    uint32_t from;
    uint32_t to = design_term(design, term, &from);
    uint32_t k = to - from;
    double *effects = work; /* [k][fit->p] */
    double *value = effects + (size_t)k * fit->p;
    double *covariance = value + k;
    for (uint32_t i = 0; i < k; i++) {
        double *row = effects + (size_t)i * fit->p;
        column_effect(design, factor, from + i, row);
        value[i] = dot(row, fit->coef, fit->p);
        for (uint32_t j = 0; j <= i; j++) {
            double sum = 0.0;
            for (uint32_t c = 0; c < fit->p; c++) {
                sum += row[c] == 0.0 ? 0.0
                                     : row[c] * dot(effects + (size_t)j * fit->p,
                                                    fit->covariance + (size_t)c * fit->p, fit->p);
            }
            covariance[i * k + j] = covariance[j * k + i] = sum;
        }
    }
    return design_wald(arena, value, covariance, k, 0, k, out);
}

enum status linear_terms(struct arena *arena, const struct design_matrix *design,
                         const bool *factor, const struct linear_fit *fit,
                         struct linear_term *terms) {
    double variance = fit->residual_ss / fit->residual_df;
    double *work = ARENA_ARRAY(arena, (size_t)fit->p * (2u * fit->p + 1u), double);
    if (!work) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t t = 0; t < design->terms; t++) {
        struct wald wald;
        enum status status = term_test(arena, design, factor, fit, t, work, &wald);
        if (status) {
            return status;
        }
        terms[t] = (struct linear_term){
            .ss = wald.chi2 * variance, .df = wald.df, .f = wald.chi2 / wald.df};
        terms[t].p = dist_f_upper(terms[t].f, wald.df, fit->residual_df);
    }
    return STATUS_OK;
}

struct linear_estimate linear_combination(const struct linear_fit *fit, const double *weights,
                                          double level) {
    struct linear_estimate estimate = {.value = dot(weights, fit->coef, fit->p)};
    double variance = 0.0;
    for (uint32_t i = 0; i < fit->p; i++) {
        variance += weights[i] * dot(weights, fit->covariance + (size_t)i * fit->p, fit->p);
    }
    estimate.se = sqrt(variance);
    double width = dist_t_quantile((1.0 + level) / 2.0, fit->residual_df) * estimate.se;
    estimate.low = estimate.value - width;
    estimate.high = estimate.value + width;
    estimate.p = 2.0 * dist_t_upper(fabs(estimate.value / estimate.se), fit->residual_df);
    return estimate;
}

void linear_ls_mean(const struct design_matrix *design, const bool *factor, const uint32_t *at,
                    bool observed, double *weights) {
    weights[0] = 1.0;
    for (uint32_t t = 0; t < design->terms; t++) {
        uint32_t from;
        uint32_t to = design_term(design, t, &from);
        for (uint32_t j = from; j < to; j++) {
            if (is_product(design, j)) {
                struct column_product pair = design->product[j];
                weights[j + 1] = weights[pair.first + 1] * weights[pair.second + 1];
            } else if (factor[t] && at[t] != LS_AVERAGE) {
                weights[j + 1] = at[t] > 0 && j == from + at[t] - 1 ? 1.0 : 0.0;
            } else {
                weights[j + 1] = column_average(design, factor, j, observed);
            }
        }
    }
}
