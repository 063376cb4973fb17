#include "stats/survival.h"

#include "dist/dist.h"
#include "stats/risk_walk.h"

#include <math.h>
#include <string.h>

/* What has been summed up to a time s < t, so that the variance at t, which weighs each earlier
 * jump by F(t) - F(s), needs no second walk:
 *   sum (F(t) - F(s))^2 a  =  F(t)^2 A0 - 2 F(t) A1 + A2,  a = d / (n (n - d)) over any event,
 *   sum S^2 (n - d1) d1 / n^3                       = B,
 *   sum (F(t) - F(s)) S d1 / n^2                    = F(t) C0 - C1. */
struct delta_sums {
    double a0, a1, a2, b, c0, c1;
};

static void set_bounds(struct incidence_point *point, enum km_interval interval, double z) {
    double f = point->incidence;
    double width = z * point->se;
    point->low = point->high = NAN;
    switch (interval) {
    case KM_PLAIN:
        point->low = fmax(f - width, 0.0);
        point->high = fmin(f + width, 1.0);
        break;
    case KM_LOG:
        if (f > 0.0) {
            point->low = f * exp(-width / f);
            point->high = fmin(f * exp(width / f), 1.0);
        }
        break;
    case KM_LOG_LOG:
        if (f > 0.0 && f < 1.0) {
            double shift = width / (f * -log(f));
            point->low = exp(log(f) * exp(shift));
            point->high = exp(log(f) * exp(-shift));
        }
        break;
    }
}

static double variance(const struct delta_sums *sums, double f) {
    double jumps = f * f * sums->a0 - 2.0 * f * sums->a1 + sums->a2;
    double cross = f * sums->c0 - sums->c1;
    return fmax(jumps + sums->b - 2.0 * cross, 0.0);
}

static enum status fill_curve(struct arena *arena, const struct survival_data *data, uint32_t group,
                              uint32_t cause, enum km_interval interval, double z,
                              struct incidence_curve *curve) {
    struct risk_walk walk;
    enum status status = risk_walk_begin(&walk, arena, data, RISK_GROUP, group);
    curve->points = ARENA_ARRAY(arena, walk.n + 1u, struct incidence_point);
    if (status || !curve->points) {
        return STATUS_NO_MEMORY;
    }
    curve->n = walk.n;
    struct delta_sums sums = {0};
    double survival = 1.0;
    double f = 0.0;
    while (risk_walk_next(&walk)) {
        double events = 0.0;
        double ours = 0.0;
        for (uint32_t i = walk.from; i < walk.to; i++) {
            events += data->event[walk.by_time[i]] != 0;
            ours += data->event[walk.by_time[i]] == cause;
        }
        double n = walk.total;
        f += survival * ours / n;
        if (n > events) {
            double a = events / (n * (n - events));
            sums.a0 += a;
            sums.a1 += a * f;
            sums.a2 += a * f * f;
        }
        double c = survival * ours / (n * n);
        sums.b += survival * c * (n - ours) / n;
        sums.c0 += c;
        sums.c1 += c * f;
        survival *= (n - events) / n;
        curve->events += (uint32_t)ours;
        struct incidence_point *point = &curve->points[curve->count++];
        *point = (struct incidence_point){.time = walk.time,
                                          .at_risk = n,
                                          .events = ours,
                                          .incidence = f,
                                          .se = sqrt(variance(&sums, f))};
        set_bounds(point, interval, z);
    }
    return STATUS_OK;
}

enum status cumulative_incidence(struct arena *arena, const struct survival_data *data,
                                 uint32_t cause, enum km_interval interval, double level,
                                 struct incidence_result *out) {
    *out = (struct incidence_result){.refusal = survival_refusal(data)};
    if (out->refusal) {
        return STATUS_OK;
    }
    out->curves = ARENA_ARRAY(arena, data->groups, struct incidence_curve);
    if (!out->curves) {
        return STATUS_NO_MEMORY;
    }
    double z = dist_normal_quantile((1.0 + level) / 2.0);
    for (uint32_t g = 0; g < data->groups; g++) {
        enum status status = fill_curve(arena, data, g, cause, interval, z, &out->curves[g]);
        if (status) {
            return status;
        }
    }
    return STATUS_OK;
}
