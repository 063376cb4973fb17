#include "stats/regression.h"

#include "base/limits.h"
#include "dist/dist.h"
#include "stats/matrix.h"
#include "stats/newton.h"
#include "stats/root.h"

#include <math.h>
#include <string.h>

struct model {
    const uint32_t *outcome;
    const double *x; /* [n * p], scaled, the first column 1 */
    uint32_t n, p;
    bool firth;
    double *factor; /* [p * p], and a row [p], for the penalty */
};

/* log(1 + exp(eta)) without overflow. */
static double softplus(double eta) {
    return eta > 0.0 ? eta + log1p(exp(-eta)) : log1p(exp(eta));
}

/* Firth's penalty on a log-likelihood whose information is known; each subject's leverage h moves
 * the score by h (1/2 - mean) x, and the curvature, as if h stayed as it is, by h w x x'. */
static double penalty(const struct model *model, const double *beta, double *score,
                      double *information) {
    uint32_t p = model->p;
    double *l = model->factor;
    double *half = l + (size_t)p * p;
    memcpy(l, information, (size_t)p * p * sizeof(double));
    if (cholesky_factor(l, p, 1e-14) < p) {
        return -INFINITY;
    }
    double log_determinant = 0.0;
    for (uint32_t j = 0; j < p; j++) {
        log_determinant += 2.0 * log(l[j * p + j]);
    }
    for (uint32_t i = 0; i < model->n; i++) {
        const double *x = model->x + (size_t)i * p;
        double eta = dot(x, beta, p);
        double mean = 1.0 / (1.0 + exp(-eta));
        double weight = mean * (1.0 / (1.0 + exp(eta)));
        double leverage = 0.0;
        for (uint32_t j = 0; j < p; j++) { /* L^-1 x */
            half[j] = (x[j] - dot(l + (size_t)j * p, half, j)) / l[j * p + j];
            leverage += weight * half[j] * half[j];
        }
        for (uint32_t j = 0; j < p; j++) {
            score[j] += leverage * (0.5 - mean) * x[j];
            for (uint32_t k = 0; k <= j; k++) {
                information[j * p + k] += leverage * weight * x[j] * x[k];
            }
        }
    }
    return log_determinant / 2.0;
}

static double likelihood(void *context, const double *beta, double *score, double *information) {
    const struct model *model = context;
    uint32_t p = model->p;
    double loglik = 0.0;
    for (uint32_t i = 0; i < model->n; i++) {
        const double *x = model->x + (size_t)i * p;
        double eta = dot(x, beta, p);
        double mean = eta > 0.0 ? 1.0 / (1.0 + exp(-eta)) : exp(eta) / (1.0 + exp(eta));
        double residual = model->outcome[i] - mean;
        double weight = mean * (1.0 / (1.0 + exp(eta)));
        loglik += (model->outcome[i] ? eta : 0.0) - softplus(eta);
        for (uint32_t j = 0; j < p; j++) {
            score[j] += residual * x[j];
            for (uint32_t k = 0; k <= j; k++) {
                information[j * p + k] += weight * x[j] * x[k];
            }
        }
    }
    return model->firth ? loglik + penalty(model, beta, score, information) : loglik;
}

/* ---- Profile likelihood ---- */

struct profile {
    const struct model *model;
    struct arena *arena;
    const double *maximum;
    double *start;
    uint32_t column;
    double target; /* log-likelihood on the bound */
    enum status *status;
};

/* The profile log-likelihood with the coefficient held at a value, less the target. */
static double profile_excess(double value, const void *context) {
    const struct profile *profile = context;
    uint32_t p = profile->model->p;
    struct model model = *profile->model;
    struct newton newton = {.beta = profile->start};
    memcpy(profile->start, profile->maximum, p * sizeof(double));
    profile->start[profile->column] = value;
    enum status status =
        newton_maximise(profile->arena, likelihood, &model, p, profile->column, &newton);
    if (status) {
        *profile->status = status;
        return NAN;
    }
    return newton.loglik - profile->target;
}

/* From the maximum outward in steps of the standard error, doubled, until the target is passed. */
static double profile_bound(const struct profile *profile, double se, double direction) {
    enum { DOUBLINGS = 12 };
    double centre = profile->maximum[profile->column];
    double inner = centre;
    double step = 2.0 * se;
    for (int i = 0; i < DOUBLINGS; i++, step *= 2.0) {
        double outer = centre + direction * step;
        if (profile_excess(outer, profile) < 0.0) {
            return direction > 0.0 ? root_between(profile_excess, profile, inner, outer)
                                   : root_between(profile_excess, profile, outer, inner);
        }
        if (*profile->status) {
            return NAN;
        }
        inner = outer;
    }
    return direction * INFINITY;
}

/* In scaled units; the intercept is not profiled, since scaling moves it. */
static enum status profile_all(struct arena *arena, const struct model *model,
                               const struct newton *newton, const double *spread, double level,
                               struct logistic_fit *out) {
    enum status status = STATUS_OK;
    struct profile profile = {.model = model,
                              .arena = arena,
                              .maximum = newton->beta,
                              .start = ARENA_ARRAY(arena, model->p, double),
                              .target = newton->loglik - dist_chi2_quantile(level, 1.0) / 2.0,
                              .status = &status};
    if (!profile.start) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t j = 1; j < model->p && !status; j++) {
        profile.column = j;
        double se = out->se[j] * spread[j - 1];
        out->profile_low[j] = profile_bound(&profile, se, -1.0) / spread[j - 1];
        out->profile_high[j] = profile_bound(&profile, se, 1.0) / spread[j - 1];
        double fall = -2.0 * (profile_excess(0.0, &profile) + profile.target - newton->loglik);
        out->profile_p[j] = dist_chi2_upper(fmax(fall, 0.0), 1.0);
    }
    return status;
}

/* ---- The fit ---- */

static const char *why_not(const uint32_t *outcome, const struct design_matrix *design,
                           uint32_t *events) {
    for (uint32_t i = 0; i < design->n; i++) {
        *events += outcome[i];
    }
    if (design->n == 0) {
        return "there are no subjects";
    }
    if (*events == 0 || *events == design->n) {
        return "the outcome is the same for all, so that odds are 0 or infinite";
    }
    if (design->p >= LIMIT_MODEL_COLUMNS) {
        return "the model has too many coefficients";
    }
    for (size_t k = 0; k < (size_t)design->n * design->p; k++) {
        if (!isfinite(design->x[k])) {
            return "a covariate is not a finite number";
        }
    }
    return NULL;
}

static int allocate(struct arena *arena, struct logistic_fit *out) {
    uint32_t p = out->p;
    out->coef = ARENA_ARRAY(arena, p, double);
    out->se = ARENA_ARRAY(arena, p, double);
    out->covariance = ARENA_ARRAY(arena, (size_t)p * p, double);
    out->profile_low = ARENA_ARRAY(arena, p, double);
    out->profile_high = ARENA_ARRAY(arena, p, double);
    out->profile_p = ARENA_ARRAY(arena, p, double);
    if (!out->coef || !out->se || !out->covariance || !out->profile_low || !out->profile_high ||
        !out->profile_p) {
        return -1;
    }
    for (uint32_t j = 0; j < p; j++) {
        out->profile_low[j] = out->profile_high[j] = out->profile_p[j] = NAN;
    }
    return 0;
}

/* The information at the maximum without the penalty's share, for the standard errors. */
static void unpenalised(const struct model *model, struct newton *newton) {
    struct model plain = *model;
    plain.firth = false;
    memset(newton->factor, 0, (size_t)model->p * model->p * sizeof(double));
    (void)likelihood(&plain, newton->beta, newton->score, newton->factor);
    (void)cholesky_factor(newton->factor, model->p, 0.0);
}

static void refuse(struct logistic_fit *out, const struct newton *newton) {
    out->column = newton->term ? (uint32_t)newton->term - 1 : out->p - 1;
    switch (newton->end) {
    case NEWTON_COLLINEAR:
        out->refusal = "a covariate does not vary, or is a combination of the others";
        return;
    case NEWTON_MONOTONE:
        out->refusal =
            "complete or quasi-complete separation: a covariate, or a combination, tells "
            "the outcome without error, so that its odds ratio has no finite estimate";
        return;
    case NEWTON_NOT_CONVERGED:
        out->refusal = "the likelihood has no maximum that could be found";
        return;
    case NEWTON_CONVERGED:
        break;
    }
}

enum status logistic_fit(struct arena *arena, const uint32_t *outcome,
                         const struct design_matrix *design, struct logistic_options options,
                         struct logistic_fit *out) {
    uint32_t p = design->p + 1;
    *out = (struct logistic_fit){.n = design->n, .p = p, .column = design->p};
    out->refusal = why_not(outcome, design, &out->events);
    if (out->refusal) {
        return STATUS_OK;
    }
    struct scaled_matrix scaled;
    struct newton newton = {.beta = ARENA_ARRAY(arena, p, double)};
    double *x = ARENA_ARRAY(arena, (size_t)design->n * p, double);
    double *work = ARENA_ARRAY(arena, (size_t)p * p + p, double);
    if (!newton.beta || !x || !work || allocate(arena, out) ||
        design_scale(arena, design, &scaled)) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < design->n; i++) {
        x[(size_t)i * p] = 1.0;
        memcpy(x + (size_t)i * p + 1, scaled.x + (size_t)i * design->p, design->p * sizeof(double));
    }
    double share = (double)out->events / out->n;
    newton.beta[0] = log(share / (1.0 - share));
    struct model model = {
        .outcome = outcome, .x = x, .n = design->n, .p = p, .firth = options.firth, .factor = work};
    enum status status = newton_maximise(arena, likelihood, &model, p, p, &newton);
    if (status) {
        return status;
    }
    out->steps = newton.steps;
    /* The start is the intercept alone, at its maximum unless there is a penalty. */
    out->loglik_null = options.firth ? NAN : newton.loglik_start;
    if (newton.end != NEWTON_CONVERGED) {
        refuse(out, &newton);
        return STATUS_OK;
    }
    out->loglik = newton.loglik;
    for (uint32_t j = 0; options.firth && j < design->p; j++) {
        out->loglik += log(scaled.spread[j]); /* the determinant in columns as they are */
    }
    out->likelihood_ratio = 2.0 * (newton.loglik - out->loglik_null);
    if (options.firth) {
        unpenalised(&model, &newton);
    }
    memcpy(out->coef, newton.beta, p * sizeof(double));
    cholesky_invert(newton.factor, p, out->covariance);
    status = design_unscale(arena, &scaled, design->p, 1, -1.0, out->coef, out->covariance);
    if (status) {
        return status;
    }
    for (uint32_t i = 0; i < p; i++) {
        out->se[i] = sqrt(out->covariance[i * p + i]);
    }
    return options.level > 0.0
               ? profile_all(arena, &model, &newton, scaled.spread, options.level, out)
               : STATUS_OK;
}
