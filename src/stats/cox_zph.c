#include "stats/cox_internal.h"

#include "dist/dist.h"
#include "stats/matrix.h"

#include <math.h>
#include <string.h>

/* The score for covariates that grow with g(t), at the fitted coefficients: gradient sum g r, and
 * the information of both parts in blocks  sum V, sum g V; sum g V, sum g^2 V. */
struct drift {
    uint32_t p;
    const double *times;
    const double *values; /* g by distinct time */
    uint32_t count;
    double centre;
    double *score;
    double *v0, *v1, *v2; /* lower triangles */
};

static double value_at(const struct drift *drift, double time) {
    uint32_t low = 0;
    uint32_t high = drift->count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (drift->times[middle] <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return drift->values[low] - drift->centre;
}

static void add_drift(void *context, double time, const struct cox_share *share) {
    struct drift *drift = context;
    uint32_t p = drift->p;
    double g = value_at(drift, time);
    for (uint32_t i = 0; i < p; i++) {
        drift->score[i] += g * share->score[i];
        for (uint32_t j = 0; j <= i; j++) {
            double v = share->information[i * p + j];
            drift->v0[i * p + j] += v;
            drift->v1[i * p + j] += g * v;
            drift->v2[i * p + j] += g * g * v;
        }
    }
}

/* g at each distinct time of all subjects, and its mean over the events. */
static enum status scale_times(struct drift *drift, struct arena *arena,
                               const struct survival_data *data, enum zph_time scale) {
    struct risk_walk walk;
    double *times = ARENA_ARRAY(arena, data->n, double);
    double *values = ARENA_ARRAY(arena, data->n, double);
    if (!times || !values || risk_walk_begin(&walk, arena, data, RISK_ALL, 0)) {
        return STATUS_NO_MEMORY;
    }
    double survival = 1.0;
    double sum = 0.0;
    double events = 0.0;
    while (risk_walk_next(&walk)) {
        double dead = 0.0;
        for (uint32_t i = walk.from; i < walk.to; i++) {
            dead += data->event[walk.by_time[i]] != 0;
        }
        double g = walk.time;
        switch (scale) {
        case ZPH_KM:
            g = 1.0 - survival;
            break;
        case ZPH_RANK:
            g = (walk.from + 1.0 + walk.to) / 2.0;
            break;
        case ZPH_LOG:
            g = log(walk.time);
            break;
        case ZPH_IDENTITY:
            break;
        }
        survival *= (walk.total - dead) / walk.total;
        times[drift->count] = walk.time;
        values[drift->count++] = g;
        sum += dead > 0.0 ? g * dead : 0.0;
        events += dead;
    }
    drift->times = times;
    drift->values = values;
    drift->centre = sum / events;
    return STATUS_OK;
}

/* The score test of columns [from, to): u' I^-1 u with u zero but for their drift. */
static enum status test_columns(struct arena *arena, const struct drift *drift, uint32_t from,
                                uint32_t to, struct wald *out) {
    uint32_t p = drift->p;
    uint32_t k = to - from;
    uint32_t q = p + k;
    double *matrix = ARENA_ARRAY(arena, (size_t)q * q, double);
    double *score = ARENA_ARRAY(arena, 2 * (size_t)q, double);
    if (!matrix || !score) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < p; i++) {
        memcpy(matrix + (size_t)i * q, drift->v0 + (size_t)i * p, (i + 1) * sizeof(double));
    }
    for (uint32_t i = 0; i < k; i++) {
        uint32_t row = from + i;
        double *cells = matrix + (size_t)(p + i) * q;
        for (uint32_t j = 0; j < p; j++) {
            cells[j] = drift->v1[row >= j ? row * p + j : j * p + row];
        }
        for (uint32_t j = 0; j <= i; j++) {
            cells[p + j] = drift->v2[row * p + from + j];
        }
        score[p + i] = drift->score[row];
    }
    *out = (struct wald){.chi2 = NAN, .df = k, .p = NAN};
    if (cholesky_factor(matrix, q, 1e-12) == q) {
        out->chi2 = cholesky_quadratic(matrix, q, score, score + q);
        out->p = dist_chi2_upper(out->chi2, k);
    }
    return STATUS_OK;
}

static enum status test_all(struct arena *arena, const struct drift *drift,
                            const struct design_matrix *design, struct zph_result *out) {
    for (uint32_t t = 0; t < design->terms; t++) {
        uint32_t from;
        uint32_t to = design_term(design, t, &from);
        enum status status = test_columns(arena, drift, from, to, &out->terms[t]);
        if (status) {
            return status;
        }
    }
    return test_columns(arena, drift, 0, drift->p, &out->global);
}

enum status cox_zph(struct arena *arena, const struct survival_data *data,
                    const struct design_matrix *design, enum cox_ties ties,
                    const struct cox_fit *fit, enum zph_time time, struct zph_result *out) {
    *out = (struct zph_result){.refusal = fit->refusal};
    if (!out->refusal && ties == COX_EXACT) {
        out->refusal = "the test of proportional hazards is defined for Efron's and Breslow's ties";
    }
    if (!out->refusal && time == ZPH_LOG && data->n > 0) {
        for (uint32_t i = 0; i < data->n; i++) {
            out->refusal = data->time[i] > 0.0 ? out->refusal : "a time has no logarithm";
        }
    }
    if (out->refusal) {
        return STATUS_OK;
    }
    uint32_t p = design->p;
    struct drift drift = {.p = p};
    struct scaled_matrix scaled;
    struct cox_model model;
    double *beta = ARENA_ARRAY(arena, p, double);
    drift.score = ARENA_ARRAY(arena, p, double);
    drift.v0 = ARENA_ARRAY(arena, (size_t)p * p, double);
    drift.v1 = ARENA_ARRAY(arena, (size_t)p * p, double);
    drift.v2 = ARENA_ARRAY(arena, (size_t)p * p, double);
    out->terms = ARENA_ARRAY(arena, design->terms, struct wald);
    if (!beta || !drift.score || !drift.v0 || !drift.v1 || !drift.v2 || !out->terms ||
        design_scale(arena, design, &scaled) || scale_times(&drift, arena, data, time) ||
        cox_model_init(&model, arena, data, scaled.x, p, ties)) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < p; i++) {
        beta[i] = fit->coef[i] * scaled.spread[i];
    }
    cox_model_pass(&model, beta, add_drift, &drift);
    enum status status = test_all(arena, &drift, design, out);
    if (!status && isnan(out->global.chi2)) {
        out->refusal = "there are too few events to tell a drift of the coefficients with time";
    }
    return status;
}
