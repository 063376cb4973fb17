/* The score test of one slope for all cuts. In the wider model, logit P(Y <= c) = cut_c - x beta_c
 * with slopes of its own for each cut, the score and the expected information are taken where all
 * beta_c are the common estimate; score' information^-1 score is chi-squared on (cuts - 1) p
 * degrees of freedom (Rao; Peterson and Harrell 1990 say how it does in small samples). It needs no
 * fit of the wider model, which often does not exist. */
#include "base/limits.h"
#include "dist/dist.h"
#include "stats/matrix.h"
#include "stats/ordinal.h"

#include <math.h>

struct wider {
    uint32_t cuts, q;    /* q: parameters of a cut, its intercept first */
    double *score;       /* [cuts * q] */
    double *information; /* [cuts * q] squared, lower triangle */
    double *density;     /* [cuts], of one subject */
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

static void add_subject(struct wider *w, uint32_t outcome) {
    for (uint32_t c = 0; c < w->cuts; c++) {
        double below = 1.0 / w->probability[c];
        double above = 1.0 / w->probability[c + 1];
        double f = w->density[c];
        double s = outcome == c ? f * below : outcome == c + 1 ? -f * above : 0.0;
        for (uint32_t a = 0; a < w->q && s != 0.0; a++) {
            w->score[(size_t)c * w->q + a] += s * w->z[a];
        }
        add_block(w, c, c, f * f * (below + above));
        if (c > 0) {
            add_block(w, c, c - 1, -f * w->density[c - 1] * below);
        }
    }
}

static bool make_room(struct wider *w, struct arena *arena) {
    size_t size = (size_t)w->cuts * w->q;
    w->score = ARENA_ARRAY(arena, size, double);
    w->information = ARENA_ARRAY(arena, size * size, double);
    w->density = ARENA_ARRAY(arena, w->cuts, double);
    w->probability = ARENA_ARRAY(arena, w->cuts + 1u, double);
    w->z = ARENA_ARRAY(arena, w->q, double);
    return w->score && w->information && w->density && w->probability && w->z;
}

enum status proportional_score(struct arena *arena, const uint32_t *outcome,
                               const struct design_matrix *design, const struct ordinal_fit *fit,
                               struct proportional_score *out) {
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
    double *work = ARENA_ARRAY(arena, size, double);
    if (status != STATUS_OK || !work || !make_room(&w, arena)) {
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
        add_subject(&w, outcome[i]);
    }
    if (cholesky_factor(w.information, size, 1e-10) < size) {
        out->refusal = "the slopes at the cuts cannot be told apart in these data";
        return STATUS_OK;
    }
    out->test.chi2 = cholesky_quadratic(w.information, size, w.score, work);
    out->test.df = (w.cuts - 1) * design->p;
    out->test.p = dist_chi2_upper(out->test.chi2, out->test.df);
    return STATUS_OK;
}
