/* The score test of one slope for all cuts. In the wider model, logit P(Y <= c) = cut_c - x beta_c
 * with slopes of its own for each cut, the score and the information are taken where all beta_c are
 * the common estimate; score' information^-1 score is chi-squared on (cuts - 1) p degrees of
 * freedom (Rao; Peterson and Harrell 1990 say how it does in small samples). It needs no fit of the
 * wider model, which often does not exist. The observed information need not have an inverse there:
 * a generalised one gives the same statistic, as long as the score is in its range. */
#include "base/limits.h"
#include "dist/dist.h"
#include "stats/matrix.h"
#include "stats/ordinal.h"

#include <math.h>
#include <string.h>

struct wider {
    uint32_t cuts, q;    /* q: parameters of a cut, its intercept first */
    double *score;       /* [cuts * q] */
    double *information; /* [cuts * q] squared, lower triangle */
    double *density;     /* [cuts], of one subject */
    double *slope;       /* [cuts], of the density */
    double *probability; /* [cuts + 1] */
    double *z;           /* [q] */
};

static double logistic(double eta) {
    return eta > 0.0 ? 1.0 / (1.0 + exp(-eta)) : exp(eta) / (1.0 + exp(eta));
}

/* P(Y = c) and the density at each cut. False: a category has no probability left. */
static bool at_subject(struct wider *w, const double *cut, double eta) {
    double before = -INFINITY;
    bool good = true;
    for (uint32_t c = 0; c <= w->cuts; c++) {
        double at = c < w->cuts ? cut[c] - eta : INFINITY;
        w->probability[c] =
            before > 0.0 ? logistic(-before) - logistic(-at) : logistic(at) - logistic(before);
        good = good && w->probability[c] > 0.0;
        if (c < w->cuts) {
            w->density[c] = logistic(at) * logistic(-at);
            w->slope[c] = w->density[c] * (logistic(-at) - logistic(at));
        }
        before = at;
    }
    return good;
}

static void add_block(struct wider *w, uint32_t row, uint32_t column, double weight) {
    size_t size = (size_t)w->cuts * w->q;
    for (uint32_t a = 0; a < w->q; a++) {
        double *at = w->information + ((size_t)row * w->q + a) * size + (size_t)column * w->q;
        for (uint32_t b = 0; b < w->q; b++) {
            at[b] += weight * w->z[a] * w->z[b];
        }
    }
}

static void add_expected(struct wider *w) {
    for (uint32_t c = 0; c < w->cuts; c++) {
        double below = 1.0 / w->probability[c];
        double above = 1.0 / w->probability[c + 1];
        double f = w->density[c];
        add_block(w, c, c, f * f * (below + above));
        if (c > 0) {
            add_block(w, c, c - 1, -f * w->density[c - 1] * below);
        }
    }
}

/* Only the cuts on either side of the outcome bear on its probability. */
static void add_subject(struct wider *w, uint32_t outcome, enum score_information kind) {
    double inverse = 1.0 / w->probability[outcome];
    double before = 0.0;
    for (uint32_t c = outcome > 0 ? outcome - 1 : 0; c <= outcome && c < w->cuts; c++) {
        double sign = c == outcome ? inverse : -inverse;
        double s = sign * w->density[c];
        for (uint32_t a = 0; a < w->q; a++) {
            w->score[(size_t)c * w->q + a] += s * w->z[a];
        }
        if (kind == INFORMATION_OBSERVED) {
            add_block(w, c, c, s * s - sign * w->slope[c]);
            if (c == outcome && c > 0) {
                add_block(w, c, c - 1, s * before);
            }
        }
        before = s;
    }
    if (kind == INFORMATION_EXPECTED) {
        add_expected(w);
    }
}

static bool make_room(struct wider *w, struct arena *arena) {
    size_t size = (size_t)w->cuts * w->q;
    w->score = ARENA_ARRAY(arena, size, double);
    w->information = ARENA_ARRAY(arena, size * size, double);
    w->density = ARENA_ARRAY(arena, w->cuts, double);
    w->slope = ARENA_ARRAY(arena, w->cuts, double);
    w->probability = ARENA_ARRAY(arena, w->cuts + 1u, double);
    w->z = ARENA_ARRAY(arena, w->q, double);
    return w->score && w->information && w->density && w->slope && w->probability && w->z;
}

/* What is left of the score after the solution `x` of information x = score is put back, as a part
 * of the largest, or of 1: nothing, where the information is positive and the score in its range.
 */
static double residual(const struct wider *w, const double *x) {
    size_t size = (size_t)w->cuts * w->q;
    double left = 0.0;
    double largest = 1.0;
    for (size_t i = 0; i < size; i++) {
        double sum = w->score[i];
        for (size_t j = 0; j < size; j++) {
            sum -= w->information[i > j ? i * size + j : j * size + i] * x[j];
        }
        left = fmax(left, fabs(sum));
        largest = fmax(largest, fabs(w->score[i]));
    }
    return left / largest;
}

static enum status statistic(const struct wider *w, struct arena *arena, double *chi2) {
    size_t size = (size_t)w->cuts * w->q;
    double *factor = ARENA_ARRAY(arena, size * size, double);
    double *x = ARENA_ARRAY(arena, size, double);
    if (!factor || !x) {
        return STATUS_NO_MEMORY;
    }
    memcpy(factor, w->information, size * size * sizeof *factor);
    cholesky_factor(factor, size, 1e-10);
    double value = cholesky_quadratic(factor, size, w->score, x);
    *chi2 = residual(w, x) < 1e-6 ? value : NAN;
    return STATUS_OK;
}

enum status proportional_score(struct arena *arena, const uint32_t *outcome,
                               const struct design_matrix *design, const struct ordinal_fit *fit,
                               enum score_information kind, struct proportional_score *out) {
    *out = (struct proportional_score){.test = {.chi2 = NAN, .p = NAN}};
    struct wider w = {.cuts = fit->cuts, .q = design->p + 1u};
    size_t size = (size_t)w.cuts * w.q;
    if (w.cuts < 2) {
        out->refusal = "an outcome of two categories has one cut: nothing to be proportional";
        return STATUS_OK;
    }
    if (size > LIMIT_MODEL_COLUMNS) {
        out->refusal = "slopes at every cut are more coefficients than a model may have";
        return STATUS_OK;
    }
    struct scaled_matrix scaled;
    enum status status = design_scale(arena, design, &scaled);
    if (status != STATUS_OK || !make_room(&w, arena)) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < design->n; i++) {
        const double *x = design->x + (size_t)i * design->p;
        if (!at_subject(&w, fit->coef, dot(x, fit->coef + w.cuts, design->p))) {
            out->refusal = "a category has no probability left for some subject";
            return STATUS_OK;
        }
        w.z[0] = 1.0;
        for (uint32_t a = 0; a < design->p; a++) {
            w.z[a + 1] = -scaled.x[(size_t)i * design->p + a];
        }
        add_subject(&w, outcome[i], kind);
    }
    status = statistic(&w, arena, &out->test.chi2);
    if (status == STATUS_OK && isnan(out->test.chi2)) {
        out->refusal = "the information at the common slopes is not positive in these data";
        return STATUS_OK;
    }
    out->test.df = (w.cuts - 1) * design->p;
    out->test.p = dist_chi2_upper(out->test.chi2, out->test.df);
    return status;
}
