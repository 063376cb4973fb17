#include "stats/cox_internal.h"
#include "stats/matrix.h"

#include <math.h>
#include <string.h>

static int sums_new(struct cox_sums *sums, struct arena *arena, uint32_t p) {
    sums->s1 = ARENA_ARRAY(arena, p, double);
    sums->s2 = ARENA_ARRAY(arena, (size_t)p * p, double);
    return sums->s1 && sums->s2 ? 0 : -1;
}

static void sums_clear(struct cox_sums *sums, uint32_t p) {
    sums->s0 = 0.0;
    memset(sums->s1, 0, p * sizeof(double));
    memset(sums->s2, 0, (size_t)p * p * sizeof(double));
}

static void sums_add(struct cox_sums *sums, uint32_t p, const double *x, double weight) {
    sums->s0 += weight;
    for (uint32_t i = 0; i < p; i++) {
        double w = weight * x[i];
        sums->s1[i] += w;
        for (uint32_t j = 0; j <= i; j++) {
            sums->s2[i * p + j] += w * x[j];
        }
    }
}

enum status cox_model_init(struct cox_model *model, struct arena *arena,
                           const struct survival_data *data, const double *x, uint32_t p,
                           enum cox_ties ties) {
    *model = (struct cox_model){.data = data, .p = p, .ties = ties, .x = x};
    model->risk = ARENA_ARRAY(arena, data->n, double);
    model->eta = ARENA_ARRAY(arena, data->n, double);
    model->mean = ARENA_ARRAY(arena, p, double);
    model->share.score = ARENA_ARRAY(arena, p, double);
    model->share.information = ARENA_ARRAY(arena, (size_t)p * p, double);
    model->strata = ARENA_ARRAY(arena, data->strata, struct risk_walk);
    if (!model->risk || !model->eta || !model->mean || !model->share.score ||
        !model->share.information || !model->strata || sums_new(&model->at_risk, arena, p) ||
        sums_new(&model->dead, arena, p)) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t s = 0; s < data->strata; s++) {
        struct risk_walk *walk = &model->strata[s];
        if (risk_walk_begin(walk, arena, data, RISK_STRATUM, s)) {
            return STATUS_NO_MEMORY;
        }
        while (risk_walk_next(walk)) {
            uint32_t dead = 0;
            for (uint32_t i = walk->from; i < walk->to; i++) {
                dead += data->event[walk->by_time[i]] != 0;
            }
            model->ties_max = dead > model->ties_max ? dead : model->ties_max;
        }
    }
    if (ties == COX_EXACT) {
        model->symmetric = ARENA_ARRAY(arena, model->ties_max + 1u, struct cox_sums);
        if (!model->symmetric) {
            return STATUS_NO_MEMORY;
        }
        for (uint32_t d = 0; d <= model->ties_max; d++) {
            if (sums_new(&model->symmetric[d], arena, p)) {
                return STATUS_NO_MEMORY;
            }
        }
    }
    return STATUS_OK;
}

/* Takes log(s0), s1 / s0 and the covariance s2 / s0 - mean mean' off the share, of the risk set
 * less a part of the dead. */
static void take_risk_set(struct cox_model *model, const struct cox_sums *sums, double part) {
    uint32_t p = model->p;
    struct cox_share *share = &model->share;
    double s0 = sums->s0 - part * model->dead.s0;
    share->loglik -= log(s0);
    for (uint32_t i = 0; i < p; i++) {
        model->mean[i] = (sums->s1[i] - part * model->dead.s1[i]) / s0;
        share->score[i] -= model->mean[i];
        for (uint32_t j = 0; j <= i; j++) {
            double s2 = sums->s2[i * p + j] - part * model->dead.s2[i * p + j];
            share->information[i * p + j] += s2 / s0 - model->mean[i] * model->mean[j];
        }
    }
}

/* One more subject among which d are chosen: e[k] += w e[k - 1], and so its derivatives. */
static void symmetric_add(struct cox_model *model, uint32_t d, const double *x, double weight) {
    uint32_t p = model->p;
    for (uint32_t k = d; k > 0; k--) {
        struct cox_sums *e = &model->symmetric[k];
        const struct cox_sums *less = &model->symmetric[k - 1];
        e->s0 += weight * less->s0;
        for (uint32_t i = 0; i < p; i++) {
            e->s1[i] += weight * (less->s1[i] + x[i] * less->s0);
            for (uint32_t j = 0; j <= i; j++) {
                e->s2[i * p + j] += weight * (less->s2[i * p + j] + x[i] * less->s1[j] +
                                              x[j] * less->s1[i] + x[i] * x[j] * less->s0);
            }
        }
    }
}

/* All subjects at risk at the time that ends the range by_time[from ..). */
static void take_symmetric(struct cox_model *model, const struct risk_walk *walk, uint32_t from,
                           double time, uint32_t d) {
    uint32_t p = model->p;
    for (uint32_t k = 0; k <= d; k++) {
        sums_clear(&model->symmetric[k], p);
    }
    model->symmetric[0].s0 = 1.0;
    for (uint32_t i = from; i < walk->n; i++) {
        uint32_t row = walk->by_time[i];
        if (!model->data->entry || model->data->entry[row] < time) {
            symmetric_add(model, d, model->x + (size_t)row * p, model->risk[row]);
        }
    }
    take_risk_set(model, &model->symmetric[d], 0.0);
}

static void share_clear(struct cox_model *model) {
    model->share.loglik = 0.0;
    memset(model->share.score, 0, model->p * sizeof(double));
    memset(model->share.information, 0, (size_t)model->p * model->p * sizeof(double));
}

/* The share of the event time whose rows are by_time[from .. to). False: no event. */
static bool time_share(struct cox_model *model, const struct risk_walk *walk, uint32_t from,
                       uint32_t to) {
    uint32_t p = model->p;
    uint32_t d = 0;
    share_clear(model);
    sums_clear(&model->dead, p);
    for (uint32_t i = from; i < to; i++) {
        uint32_t row = walk->by_time[i];
        if (model->data->event[row] == 0) {
            continue;
        }
        const double *x = model->x + (size_t)row * p;
        d++;
        sums_add(&model->dead, p, x, model->risk[row]);
        model->share.loglik += model->eta[row];
        for (uint32_t j = 0; j < p; j++) {
            model->share.score[j] += x[j];
        }
    }
    if (d == 0) {
        return false;
    }
    if (model->ties == COX_EXACT && d > 1) {
        take_symmetric(model, walk, from, model->data->time[walk->by_time[from]], d);
        return true;
    }
    for (uint32_t k = 0; k < d; k++) {
        take_risk_set(model, &model->at_risk, model->ties == COX_EFRON ? (double)k / d : 0.0);
    }
    return true;
}

/* From the last time to the first: subjects join the sums at their time and leave at their entry.
 */
static void pass_stratum(struct cox_model *model, const struct risk_walk *walk, cox_sink *sink,
                         void *context) {
    const struct survival_data *data = model->data;
    uint32_t p = model->p;
    uint32_t entries = walk->n;
    uint32_t inside = 0;
    sums_clear(&model->at_risk, p);
    for (uint32_t to = walk->n; to > 0;) {
        double time = data->time[walk->by_time[to - 1]];
        uint32_t from = to;
        while (from > 0 && data->time[walk->by_time[from - 1]] == time) {
            uint32_t row = walk->by_time[--from];
            sums_add(&model->at_risk, p, model->x + (size_t)row * p, model->risk[row]);
            inside++;
        }
        while (walk->by_entry && entries > 0 && data->entry[walk->by_entry[entries - 1]] >= time) {
            uint32_t row = walk->by_entry[--entries];
            sums_add(&model->at_risk, p, model->x + (size_t)row * p, -model->risk[row]);
            inside--;
            if (inside == 0) {
                sums_clear(&model->at_risk, p); /* nobody: no rounding may stay behind */
            }
        }
        if (time_share(model, walk, from, to)) {
            sink(context, time, &model->share);
        }
        to = from;
    }
}

void cox_model_pass(struct cox_model *model, const double *beta, cox_sink *sink, void *context) {
    for (uint32_t i = 0; i < model->data->n; i++) {
        model->eta[i] = dot(model->x + (size_t)i * model->p, beta, model->p);
        model->risk[i] = exp(model->eta[i]);
    }
    for (uint32_t s = 0; s < model->data->strata; s++) {
        pass_stratum(model, &model->strata[s], sink, context);
    }
}
