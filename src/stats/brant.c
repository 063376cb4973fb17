#include "stats/ordinal.h"

#include "dist/dist.h"
#include "stats/matrix.h"
#include "stats/regression.h"

#include <math.h>
#include <string.h>

/* Slopes of the logistic regressions of Y > cut, stacked [cuts * p], and their joint covariance:
 * the block of cuts j < l is  I_j^-1 (sum pi_l (1 - pi_j) x x') I_l^-1  (Brant 1990, eq. 7). */
struct cuts {
    uint32_t cuts, p, n;
    const double *x;
    struct logistic_fit *fits;
    double *fitted; /* P(Y > cut) by cut and row */
    double *coef;
    double *covariance;
};

static double fitted(const struct logistic_fit *fit, const double *x, uint32_t p) {
    double eta = fit->coef[0] + dot(x, fit->coef + 1, p);
    return eta > 0.0 ? 1.0 / (1.0 + exp(-eta)) : exp(eta) / (1.0 + exp(eta));
}

static enum status fit_cuts(struct arena *arena, const uint32_t *outcome,
                            const struct design_matrix *design, struct cuts *cuts,
                            const char **refusal) {
    uint32_t n = cuts->n;
    uint32_t *higher = ARENA_ARRAY(arena, n, uint32_t);
    if (!higher) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t c = 0; c < cuts->cuts; c++) {
        for (uint32_t i = 0; i < n; i++) {
            higher[i] = outcome[i] > c;
        }
        enum status status =
            logistic_fit(arena, higher, design, (struct logistic_options){0}, &cuts->fits[c]);
        if (status) {
            return status;
        }
        if (cuts->fits[c].refusal) {
            *refusal =
                "Brant's test needs a logistic regression at each cut of the outcome, and one "
                "of them has no finite estimate";
            return STATUS_OK;
        }
        for (uint32_t i = 0; i < n; i++) {
            cuts->fitted[(size_t)c * n + i] =
                fitted(&cuts->fits[c], cuts->x + (size_t)i * cuts->p, cuts->p);
        }
        memcpy(cuts->coef + (size_t)c * cuts->p, cuts->fits[c].coef + 1, cuts->p * sizeof(double));
    }
    return STATUS_OK;
}

/* The block of two cuts, j <= l, slopes only. */
static void fill_block(struct cuts *cuts, uint32_t j, uint32_t l, double *middle, double *half) {
    uint32_t p = cuts->p;
    uint32_t q = p + 1;
    memset(middle, 0, (size_t)q * q * sizeof(double));
    for (uint32_t i = 0; i < cuts->n; i++) {
        const double *x = cuts->x + (size_t)i * p;
        double weight =
            cuts->fitted[(size_t)l * cuts->n + i] * (1.0 - cuts->fitted[(size_t)j * cuts->n + i]);
        for (uint32_t a = 0; a < q; a++) {
            double left = weight * (a ? x[a - 1] : 1.0);
            for (uint32_t b = 0; b < q; b++) {
                middle[a * q + b] += left * (b ? x[b - 1] : 1.0);
            }
        }
    }
    const double *vj = cuts->fits[j].covariance;
    const double *vl = cuts->fits[l].covariance;
    for (uint32_t a = 0; a < q; a++) { /* half = middle V_l, V_l symmetric */
        for (uint32_t b = 0; b < q; b++) {
            half[b * q + a] = dot(middle + (size_t)a * q, vl + (size_t)b * q, q);
        }
    }
    size_t rows = (size_t)cuts->cuts * p;
    for (uint32_t a = 0; a < p; a++) {
        for (uint32_t b = 0; b < p; b++) {
            double v = dot(vj + (size_t)(a + 1) * q, half + (size_t)(b + 1) * q, q);
            cuts->covariance[(j * p + a) * rows + l * p + b] = v;
            cuts->covariance[(l * p + b) * rows + j * p + a] = v;
        }
    }
}

/* That the slopes of columns [from, to) are the same at every cut as at the first. */
static enum status test_equal(struct arena *arena, const struct cuts *cuts, uint32_t from,
                              uint32_t to, struct wald *out) {
    uint32_t k = to - from;
    uint32_t df = k * (cuts->cuts - 1);
    size_t rows = (size_t)cuts->cuts * cuts->p;
    double *difference = ARENA_ARRAY(arena, df, double);
    double *covariance = ARENA_ARRAY(arena, (size_t)df * df, double);
    if (!difference || !covariance) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t a = 0; a < df; a++) {
        size_t first = from + a % k;
        size_t other = (a / k + 1) * cuts->p + first;
        difference[a] = cuts->coef[first] - cuts->coef[other];
        for (uint32_t b = 0; b < df; b++) {
            size_t first_b = from + b % k;
            size_t other_b = (b / k + 1) * cuts->p + first_b;
            const double *v = cuts->covariance;
            covariance[a * df + b] = v[first * rows + first_b] - v[first * rows + other_b] -
                                     v[other * rows + first_b] + v[other * rows + other_b];
        }
    }
    return design_wald(arena, difference, covariance, df, 0, df, out);
}

static enum status test_all(struct arena *arena, const struct design_matrix *design,
                            const struct cuts *cuts, struct brant_result *out) {
    for (uint32_t t = 0; t < design->terms; t++) {
        uint32_t from;
        uint32_t to = design_term(design, t, &from);
        enum status status = test_equal(arena, cuts, from, to, &out->terms[t]);
        if (status) {
            return status;
        }
    }
    return test_equal(arena, cuts, 0, cuts->p, &out->all);
}

enum status brant_test(struct arena *arena, const uint32_t *outcome, uint32_t categories,
                       const struct design_matrix *design, struct brant_result *out) {
    *out = (struct brant_result){0};
    if (categories < 3) {
        out->refusal = "an outcome of two categories has one cut: nothing to be proportional";
        return STATUS_OK;
    }
    uint32_t p = design->p;
    struct cuts cuts = {.cuts = categories - 1, .p = p, .n = design->n, .x = design->x};
    size_t rows = (size_t)cuts.cuts * p;
    size_t q = p + 1u;
    cuts.fits = ARENA_ARRAY(arena, cuts.cuts, struct logistic_fit);
    cuts.fitted = ARENA_ARRAY(arena, (size_t)cuts.cuts * design->n, double);
    cuts.coef = ARENA_ARRAY(arena, rows, double);
    cuts.covariance = ARENA_ARRAY(arena, rows * rows, double);
    out->terms = ARENA_ARRAY(arena, design->terms, struct wald);
    double *middle = ARENA_ARRAY(arena, q * q, double);
    double *half = ARENA_ARRAY(arena, q * q, double);
    if (!cuts.fits || !cuts.fitted || !cuts.coef || !cuts.covariance || !out->terms || !middle ||
        !half) {
        return STATUS_NO_MEMORY;
    }
    enum status status = fit_cuts(arena, outcome, design, &cuts, &out->refusal);
    if (status || out->refusal) {
        return status;
    }
    for (uint32_t j = 0; j < cuts.cuts; j++) {
        for (uint32_t l = j; l < cuts.cuts; l++) {
            fill_block(&cuts, j, l, middle, half);
        }
    }
    status = test_all(arena, design, &cuts, out);
    if (!status && isnan(out->all.chi2)) {
        out->refusal = "Brant's test: the slopes at the cuts cannot be told apart in these data";
    }
    return status;
}
