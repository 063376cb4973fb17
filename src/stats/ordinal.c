#include "stats/ordinal.h"

#include "base/limits.h"
#include "stats/matrix.h"
#include "stats/newton.h"

#include <math.h>
#include <string.h>

struct model {
    const uint32_t *outcome;
    const double *x; /* scaled */
    uint32_t n, p, cuts;
    double *upper; /* derivatives of the two cuts around the outcome by parameter [cuts + p] */
    double *lower;
};

static double logistic(double eta) {
    return eta > 0.0 ? 1.0 / (1.0 + exp(-eta)) : exp(eta) / (1.0 + exp(eta));
}

/* A cut: its distribution function, density and the density's derivative, at infinity none. */
struct cut {
    double at, f, df;
};

static struct cut cut_at(double eta) {
    if (isinf(eta)) {
        return (struct cut){.at = eta};
    }
    double below = logistic(eta);
    double above = logistic(-eta);
    return (struct cut){.at = eta, .f = below * above, .df = below * above * (above - below)};
}

/* F(upper) - F(lower), from the tail in which both are small. */
static double between(double upper, double lower) {
    return lower > 0.0 ? logistic(-lower) - logistic(-upper) : logistic(upper) - logistic(lower);
}

static void add_square(double *information, uint32_t q, const double *a, const double *b,
                       double weight) {
    for (uint32_t i = 0; i < q; i++) {
        if (a[i] == 0.0) {
            continue;
        }
        for (uint32_t j = 0; j < q; j++) {
            information[i * q + j] += weight * a[i] * b[j];
        }
    }
}

static double add_subject(const struct model *model, uint32_t i, const double *beta, double *score,
                          double *information) {
    uint32_t cuts = model->cuts;
    uint32_t q = cuts + model->p;
    uint32_t y = model->outcome[i];
    const double *x = model->x + (size_t)i * model->p;
    double eta = dot(x, beta + cuts, model->p);
    struct cut upper = cut_at(y < cuts ? beta[y] - eta : INFINITY);
    struct cut lower = cut_at(y > 0 ? beta[y - 1] - eta : -INFINITY);
    double p = between(upper.at, lower.at);
    if (!(p > 0.0)) {
        return -INFINITY;
    }
    double *a = model->upper;
    double *b = model->lower;
    memset(a, 0, q * sizeof(double));
    memset(b, 0, q * sizeof(double));
    for (uint32_t j = 0; j < model->p; j++) {
        a[cuts + j] = b[cuts + j] = -x[j];
    }
    if (y < cuts) {
        a[y] = 1.0;
    }
    if (y > 0) {
        b[y - 1] = 1.0;
    }
    double up = upper.f / p;
    double low = lower.f / p;
    for (uint32_t j = 0; j < q; j++) {
        score[j] += up * a[j] - low * b[j];
    }
    add_square(information, q, a, a, up * up - upper.df / p);
    add_square(information, q, b, b, low * low + lower.df / p);
    add_square(information, q, a, b, -up * low);
    add_square(information, q, b, a, -up * low);
    return log(p);
}

static double likelihood(void *context, const double *beta, double *score, double *information) {
    const struct model *model = context;
    double loglik = 0.0;
    for (uint32_t i = 0; i < model->n && loglik > -INFINITY; i++) {
        loglik += add_subject(model, i, beta, score, information);
    }
    return loglik;
}

static const char *why_not(const uint32_t *outcome, uint32_t categories,
                           const struct design_matrix *design, double *counts) {
    for (uint32_t i = 0; i < design->n; i++) {
        counts[outcome[i]]++;
    }
    if (design->n == 0) {
        return "there are no subjects";
    }
    if (categories < 2) {
        return "the outcome has only one category";
    }
    if (design->p == 0) {
        return "there is no covariate";
    }
    if (categories + design->p > LIMIT_MODEL_COLUMNS) {
        return "the model has too many coefficients";
    }
    for (uint32_t k = 0; k < categories; k++) {
        if (counts[k] == 0.0) {
            return "a category of the outcome has no subjects";
        }
    }
    for (size_t k = 0; k < (size_t)design->n * design->p; k++) {
        if (!isfinite(design->x[k])) {
            return "a covariate is not a finite number";
        }
    }
    return NULL;
}

static void refuse(struct ordinal_fit *out, const struct newton *newton) {
    out->column = newton->term >= out->cuts ? (uint32_t)newton->term - out->cuts : out->p;
    switch (newton->end) {
    case NEWTON_COLLINEAR:
        out->refusal = "a covariate does not vary, or is a combination of the others";
        return;
    case NEWTON_MONOTONE:
        out->refusal =
            "complete or quasi-complete separation: a covariate, or a combination, orders "
            "the outcome without error, so that its odds ratio has no finite estimate";
        return;
    case NEWTON_NOT_CONVERGED:
        out->refusal = "the likelihood has no maximum that could be found";
        return;
    case NEWTON_CONVERGED:
        break;
    }
}

enum status ordinal_fit(struct arena *arena, const uint32_t *outcome, uint32_t categories,
                        const struct design_matrix *design, struct ordinal_fit *out) {
    uint32_t p = design->p;
    uint32_t cuts = categories - 1;
    uint32_t q = cuts + p;
    double *counts = ARENA_ARRAY(arena, categories + 1u, double);
    if (!counts) {
        return STATUS_NO_MEMORY;
    }
    *out = (struct ordinal_fit){.n = design->n, .p = p, .cuts = cuts, .column = p};
    out->refusal = why_not(outcome, categories, design, counts);
    if (out->refusal) {
        return STATUS_OK;
    }
    struct scaled_matrix scaled;
    struct newton newton = {.beta = ARENA_ARRAY(arena, q, double)};
    out->coef = newton.beta;
    out->se = ARENA_ARRAY(arena, q, double);
    out->covariance = ARENA_ARRAY(arena, (size_t)q * q, double);
    struct model model = {.outcome = outcome, .n = design->n, .p = p, .cuts = cuts};
    model.upper = ARENA_ARRAY(arena, q, double);
    model.lower = ARENA_ARRAY(arena, q, double);
    if (!newton.beta || !out->se || !out->covariance || !model.upper || !model.lower ||
        design_scale(arena, design, &scaled)) {
        return STATUS_NO_MEMORY;
    }
    model.x = scaled.x;
    double below = 0.0;
    for (uint32_t k = 0; k < cuts; k++) {
        below += counts[k];
        newton.beta[k] = log(below / (design->n - below));
    }
    enum status status = newton_maximise(arena, likelihood, &model, q, q, &newton);
    if (status) {
        return status;
    }
    out->steps = newton.steps;
    out->loglik_null = newton.loglik_start; /* the start is the cuts alone, at their maximum */
    if (newton.end != NEWTON_CONVERGED) {
        refuse(out, &newton);
        return STATUS_OK;
    }
    out->loglik = newton.loglik;
    out->likelihood_ratio = 2.0 * (newton.loglik - newton.loglik_start);
    cholesky_invert(newton.factor, q, out->covariance);
    status = design_unscale(arena, &scaled, p, cuts, 1.0, out->coef, out->covariance);
    for (uint32_t i = 0; i < q; i++) {
        out->se[i] = sqrt(out->covariance[i * q + i]);
    }
    return status;
}
