#include "stats/cox.h"

#include "base/limits.h"
#include "dist/dist.h"
#include "stats/cox_internal.h"
#include "stats/matrix.h"
#include "stats/newton.h"

#include <math.h>
#include <string.h>

struct totals {
    uint32_t p;
    double loglik;
    double *score;
    double *information;
};

static void add_share(void *context, double time, const struct cox_share *share) {
    (void)time;
    struct totals *totals = context;
    uint32_t p = totals->p;
    totals->loglik += share->loglik;
    for (uint32_t i = 0; i < p; i++) {
        totals->score[i] += share->score[i];
        for (uint32_t j = 0; j <= i; j++) {
            totals->information[i * p + j] += share->information[i * p + j];
        }
    }
}

static double likelihood(void *model, const double *beta, double *score, double *information) {
    struct cox_model *cox = model;
    struct totals totals = {.p = cox->p, .score = score, .information = information};
    cox_model_pass(cox, beta, add_share, &totals);
    return totals.loglik;
}

/* Multiplications one evaluation of the exact likelihood needs: subjects at risk times ties. */
static double exact_work(const struct cox_model *model) {
    double work = 0.0;
    for (uint32_t s = 0; s < model->data->strata; s++) {
        struct risk_walk *walk = &model->strata[s];
        risk_walk_again(walk);
        while (risk_walk_next(walk)) {
            double dead = 0.0;
            for (uint32_t i = walk->from; i < walk->to; i++) {
                dead += model->data->event[walk->by_time[i]] != 0;
            }
            work += dead > 1.0 ? dead * walk->total : 0.0;
        }
    }
    return work * model->p * model->p;
}

static const char *why_not(const struct survival_data *data, const struct design_matrix *design,
                           uint32_t *events) {
    const char *refusal = survival_refusal(data);
    for (uint32_t i = 0; i < data->n; i++) {
        *events += data->event[i] != 0;
    }
    if (refusal) {
        return refusal;
    }
    if (*events == 0) {
        return "there is no event";
    }
    if (design->p == 0) {
        return "there is no covariate";
    }
    if (design->p > LIMIT_MODEL_COLUMNS) {
        return "the model has too many coefficients";
    }
    for (size_t k = 0; k < (size_t)design->n * design->p; k++) {
        if (!isfinite(design->x[k])) {
            return "a covariate is not a finite number";
        }
    }
    return NULL;
}

static void fill(struct cox_fit *out, const struct newton *newton, const double *spread,
                 double *work) {
    uint32_t p = out->p;
    out->loglik = newton->loglik;
    out->likelihood_ratio = 2.0 * (newton->loglik - newton->loglik_start);
    cholesky_invert(newton->factor, p, out->covariance);
    out->wald = 0.0;
    for (uint32_t i = 0; i < p; i++) {
        out->coef[i] = newton->beta[i] / spread[i];
        for (uint32_t j = 0; j < p; j++) {
            out->covariance[i * p + j] /= spread[i] * spread[j];
        }
        out->se[i] = sqrt(out->covariance[i * p + i]);
    }
    /* b' I b = |L' b|^2 */
    for (uint32_t j = 0; j < p; j++) {
        work[j] = 0.0;
        for (uint32_t i = j; i < p; i++) {
            work[j] += newton->factor[i * p + j] * newton->beta[i];
        }
        out->wald += work[j] * work[j];
    }
}

enum status cox_fit(struct arena *arena, const struct survival_data *data,
                    const struct design_matrix *design, enum cox_ties ties, struct cox_fit *out) {
    uint32_t p = design->p;
    *out = (struct cox_fit){.n = data->n, .p = p, .column = p, .score = NAN};
    out->refusal = why_not(data, design, &out->events);
    if (out->refusal) {
        return STATUS_OK;
    }
    struct scaled_matrix scaled;
    struct cox_model model;
    struct newton newton = {.beta = ARENA_ARRAY(arena, p, double)};
    out->coef = ARENA_ARRAY(arena, p, double);
    out->se = ARENA_ARRAY(arena, p, double);
    out->covariance = ARENA_ARRAY(arena, (size_t)p * p, double);
    if (!newton.beta || !out->coef || !out->se || !out->covariance ||
        design_scale(arena, design, &scaled) ||
        cox_model_init(&model, arena, data, scaled.x, p, ties)) {
        return STATUS_NO_MEMORY;
    }
    if (ties == COX_EXACT && exact_work(&model) > LIMIT_EXACT_STEPS) {
        out->refusal = "so many tied events make the exact likelihood too long: use Efron's";
        return STATUS_OK;
    }
    enum status status = newton_maximise(arena, likelihood, &model, p, p, &newton);
    if (status) {
        return status;
    }
    out->steps = newton.steps;
    out->loglik_null = newton.loglik_start;
    out->score = newton.end == NEWTON_COLLINEAR ? NAN : newton.score_chi2;
    switch (newton.end) {
    case NEWTON_CONVERGED:
        fill(out, &newton, scaled.spread, newton.score);
        return STATUS_OK;
    case NEWTON_COLLINEAR:
        out->column = (uint32_t)newton.term;
        out->refusal = "a covariate does not vary among those at risk when events happen, or is a "
                       "combination of the others";
        return STATUS_OK;
    case NEWTON_MONOTONE:
        out->column = (uint32_t)newton.term;
        out->refusal = "the likelihood is monotone: the events separate a covariate, so that its "
                       "hazard ratio has no finite estimate";
        return STATUS_OK;
    case NEWTON_NOT_CONVERGED:
        break;
    }
    out->refusal = "the partial likelihood has no maximum that could be found";
    return STATUS_OK;
}
