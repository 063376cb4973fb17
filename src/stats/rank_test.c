#include "stats/survival.h"

#include "dist/dist.h"
#include "stats/matrix.h"
#include "stats/risk_walk.h"

#include <math.h>

/* A pivot of the covariance this small beside its own diagonal is rounding. */
static const double RANK_TOLERANCE = 1e-10;

static double weight_at(struct rank_options options, double at_risk, double survival) {
    switch (options.weight) {
    case RANK_LOG_RANK:
        return 1.0;
    case RANK_GEHAN:
        return at_risk;
    case RANK_TARONE_WARE:
        return sqrt(at_risk);
    case RANK_FLEMING_HARRINGTON:
        break;
    }
    return pow(survival, options.rho) * pow(1.0 - survival, options.gamma);
}

/* One time's share: observed and expected events of each group, and their covariance. */
static void add_time(const struct risk_walk *walk, double weight, double events,
                     struct rank_result *out) {
    uint32_t groups = walk->data->groups;
    double n = walk->total;
    for (uint32_t i = walk->from; i < walk->to; i++) {
        uint32_t row = walk->by_time[i];
        uint32_t g = walk->data->group ? walk->data->group[row] : 0;
        out->groups[g].observed += walk->data->event[row] != 0 ? weight : 0.0;
    }
    double spread = n > 1.0 ? weight * weight * events * (n - events) / (n - 1.0) : 0.0;
    for (uint32_t g = 0; g < groups; g++) {
        double share = walk->at_risk[g] / n;
        out->groups[g].expected += weight * events * share;
        if (share == 0.0) {
            continue;
        }
        for (uint32_t h = 0; h < groups; h++) {
            double other = walk->at_risk[h] / n;
            out->covariance[g * groups + h] += spread * share * ((g == h) - other);
        }
    }
}

static enum status add_stratum(struct arena *arena, const struct survival_data *data,
                               uint32_t stratum, struct rank_options options,
                               struct rank_result *out) {
    struct risk_walk walk;
    if (risk_walk_begin(&walk, arena, data, RISK_STRATUM, stratum)) {
        return STATUS_NO_MEMORY;
    }
    double survival = 1.0;
    while (risk_walk_next(&walk)) {
        double events = 0.0;
        for (uint32_t i = walk.from; i < walk.to; i++) {
            events += data->event[walk.by_time[i]] != 0;
        }
        if (events > 0.0) {
            add_time(&walk, weight_at(options, walk.total, survival), events, out);
            survival *= (walk.total - events) / walk.total;
        }
    }
    return STATUS_OK;
}

enum status rank_test(struct arena *arena, const struct survival_data *data,
                      struct rank_options options, struct rank_result *out) {
    *out = (struct rank_result){.refusal = survival_refusal(data)};
    if (!out->refusal && data->groups < 2) {
        out->refusal = "there is only one group";
    }
    if (out->refusal) {
        return STATUS_OK;
    }
    uint32_t groups = data->groups;
    out->groups = ARENA_ARRAY(arena, groups, struct rank_group);
    out->covariance = ARENA_ARRAY(arena, (size_t)groups * groups, double);
    double *factor = ARENA_ARRAY(arena, (size_t)groups * groups, double);
    double *score = ARENA_ARRAY(arena, 2 * (size_t)groups, double);
    if (!out->groups || !out->covariance || !factor || !score) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < data->n; i++) {
        out->groups[data->group ? data->group[i] : 0].n++;
    }
    for (uint32_t s = 0; s < data->strata; s++) {
        enum status status = add_stratum(arena, data, s, options, out);
        if (status) {
            return status;
        }
    }
    for (uint32_t g = 0; g < groups; g++) {
        score[g] = out->groups[g].observed - out->groups[g].expected;
    }
    for (size_t k = 0; k < (size_t)groups * groups; k++) {
        factor[k] = out->covariance[k];
    }
    out->df = (uint32_t)cholesky_factor(factor, groups, RANK_TOLERANCE);
    if (out->df == 0) {
        out->refusal = "no event happened while subjects of two groups were at risk";
        return STATUS_OK;
    }
    out->chi2 = cholesky_quadratic(factor, groups, score, score + groups);
    out->p = dist_chi2_upper(out->chi2, out->df);
    return STATUS_OK;
}
