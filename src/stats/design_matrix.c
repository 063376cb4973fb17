#include "stats/design_matrix.h"

#include "dist/dist.h"
#include "stats/matrix.h"

#include <math.h>

enum status design_scale(struct arena *arena, const struct design_matrix *design,
                         struct scaled_matrix *out) {
    uint32_t p = design->p;
    out->x = ARENA_ARRAY(arena, (size_t)design->n * p + 1, double);
    out->centre = ARENA_ARRAY(arena, p + 1u, double);
    out->spread = ARENA_ARRAY(arena, p + 1u, double);
    if (!out->x || !out->centre || !out->spread) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t j = 0; j < p; j++) {
        double sum = 0.0;
        for (uint32_t i = 0; i < design->n; i++) {
            sum += design->x[(size_t)i * p + j];
        }
        double centre = sum / design->n;
        double distance = 0.0;
        for (uint32_t i = 0; i < design->n; i++) {
            distance += fabs(design->x[(size_t)i * p + j] - centre);
        }
        double spread = distance > 1e-12 * fabs(centre) * design->n ? distance / design->n : 0.0;
        for (uint32_t i = 0; i < design->n; i++) {
            double away = design->x[(size_t)i * p + j] - centre;
            out->x[(size_t)i * p + j] = spread > 0.0 ? away / spread : 0.0;
        }
        out->centre[j] = centre;
        out->spread[j] = spread > 0.0 ? spread : 1.0;
    }
    return STATUS_OK;
}

/* coef = T b and covariance = T V T', where T is the identity but for its last p columns. */
enum status design_unscale(struct arena *arena, const struct scaled_matrix *scaled, uint32_t p,
                           uint32_t intercepts, double sign, double *coef, double *covariance) {
    uint32_t q = intercepts + p;
    double *column = ARENA_ARRAY(arena, q, double);
    if (!column) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t j = 0; j < p; j++) {
        double b = coef[intercepts + j] / scaled->spread[j];
        coef[intercepts + j] = b;
        for (uint32_t i = 0; i < intercepts; i++) {
            coef[i] += sign * scaled->centre[j] * b;
        }
    }
    for (uint32_t side = 0; side < 2; side++) { /* T V, then T (T V)', which is symmetric */
        for (uint32_t c = 0; c < q; c++) {
            for (uint32_t i = 0; i < q; i++) {
                column[i] = side == 0 ? covariance[i * q + c] : covariance[c * q + i];
            }
            for (uint32_t j = 0; j < p; j++) {
                column[intercepts + j] /= scaled->spread[j];
                for (uint32_t i = 0; i < intercepts; i++) {
                    column[i] += sign * scaled->centre[j] * column[intercepts + j];
                }
            }
            for (uint32_t i = 0; i < q; i++) {
                *(side == 0 ? &covariance[i * q + c] : &covariance[c * q + i]) = column[i];
            }
        }
    }
    return STATUS_OK;
}

uint32_t design_term(const struct design_matrix *design, uint32_t term, uint32_t *from) {
    if (!design->term) {
        *from = term;
        return term + 1;
    }
    uint32_t at = 0;
    while (at < design->p && design->term[at] < term) {
        at++;
    }
    *from = at;
    while (at < design->p && design->term[at] == term) {
        at++;
    }
    return at;
}

enum status design_wald(struct arena *arena, const double *coef, const double *covariance,
                        uint32_t p, uint32_t from, uint32_t to, struct wald *out) {
    uint32_t k = to - from;
    double *block = ARENA_ARRAY(arena, (size_t)k * k + 1, double);
    double *work = ARENA_ARRAY(arena, k + 1u, double);
    if (!block || !work) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < k; i++) {
        for (uint32_t j = 0; j < k; j++) {
            block[i * k + j] = covariance[(size_t)(from + i) * p + from + j];
        }
    }
    *out = (struct wald){.chi2 = NAN, .df = k, .p = NAN};
    if (cholesky_factor(block, k, 1e-12) == k) {
        out->chi2 = cholesky_quadratic(block, k, coef + from, work);
        out->p = dist_chi2_upper(out->chi2, k);
    }
    return STATUS_OK;
}
