#include "stats/survival.h"

#include "dist/dist.h"
#include "stats/risk_walk.h"

#include <assert.h>
#include <math.h>

/* How near two probabilities are one: R's square root of the machine's precision. */
static const double SAME = 1.490116119384766e-08;

/* Bounds of a survival from the standard error of its logarithm. */
static void set_bounds(struct km_point *point, enum km_interval interval, double z) {
    double s = point->survival;
    double width = z * sqrt(point->greenwood);
    point->low = point->high = NAN;
    if (s <= 0.0 || !isfinite(width)) {
        return;
    }
    switch (interval) {
    case KM_PLAIN:
        point->low = fmax(s - s * width, 0.0);
        point->high = fmin(s + s * width, 1.0);
        break;
    case KM_LOG:
        point->low = s * exp(-width);
        point->high = fmin(s * exp(width), 1.0);
        break;
    case KM_LOG_LOG:
        if (s < 1.0) {
            double shift = width / -log(s);
            point->low = exp(log(s) * exp(shift));
            point->high = exp(log(s) * exp(-shift));
        }
        break;
    }
}

static enum status fill_curve(struct arena *arena, const struct survival_data *data, uint32_t group,
                              enum km_interval interval, double z, struct km_curve *curve) {
    struct risk_walk walk;
    enum status status = risk_walk_begin(&walk, arena, data, RISK_GROUP, group);
    curve->points = ARENA_ARRAY(arena, walk.n + 1u, struct km_point);
    if (status || !curve->points) {
        return STATUS_NO_MEMORY;
    }
    curve->n = walk.n;
    double survival = 1.0;
    double greenwood = 0.0;
    while (risk_walk_next(&walk)) {
        double events = 0.0;
        for (uint32_t i = walk.from; i < walk.to; i++) {
            events += data->event[walk.by_time[i]] != 0;
        }
        if (events > 0.0) {
            survival *= (walk.total - events) / walk.total;
            greenwood += events / (walk.total * (walk.total - events));
        }
        curve->events += (uint32_t)events;
        struct km_point *point = &curve->points[curve->count++];
        *point = (struct km_point){.time = walk.time,
                                   .at_risk = walk.total,
                                   .events = events,
                                   .censored = walk.to - walk.from - events,
                                   .survival = survival,
                                   .greenwood = greenwood};
        set_bounds(point, interval, z);
    }
    return STATUS_OK;
}

enum status kaplan_meier(struct arena *arena, const struct survival_data *data,
                         enum km_interval interval, double level, struct km_result *out) {
    *out = (struct km_result){.refusal = survival_refusal(data)};
    if (out->refusal) {
        return STATUS_OK;
    }
    out->curves = ARENA_ARRAY(arena, data->groups, struct km_curve);
    if (!out->curves) {
        return STATUS_NO_MEMORY;
    }
    double z = dist_normal_quantile((1.0 + level) / 2.0);
    for (uint32_t g = 0; g < data->groups; g++) {
        enum status status = fill_curve(arena, data, g, interval, z, &out->curves[g]);
        if (status) {
            return status;
        }
    }
    return STATUS_OK;
}

enum bound { CURVE, LOW, HIGH };

static double height(const struct km_point *point, enum bound bound) {
    return bound == CURVE ? point->survival : bound == LOW ? point->low : point->high;
}

/* Where a curve or a bound first falls to `target`. */
static double crossing(const struct km_curve *curve, double target, enum bound bound) {
    for (uint32_t i = 0; i < curve->count; i++) {
        double s = height(&curve->points[i], bound);
        if (isnan(s) || s > target + SAME) {
            continue;
        }
        if (s < target - SAME) {
            return curve->points[i].time;
        }
        for (uint32_t k = i + 1; k < curve->count; k++) {
            if (height(&curve->points[k], bound) < s) {
                return (curve->points[i].time + curve->points[k].time) / 2.0;
            }
        }
        return curve->points[i].time;
    }
    return NAN;
}

struct km_quantile km_quantile(const struct km_curve *curve, double p) {
    assert(p > 0.0 && p < 1.0);
    return (struct km_quantile){.value = crossing(curve, 1.0 - p, CURVE),
                                .low = crossing(curve, 1.0 - p, LOW),
                                .high = crossing(curve, 1.0 - p, HIGH)};
}

const struct km_point *km_at(const struct km_curve *curve, double time) {
    uint32_t low = 0;
    uint32_t high = curve->count; /* the first point behind the time lies in [low, high] */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (curve->points[middle].time <= time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? &curve->points[low - 1] : NULL;
}

uint32_t survival_at_risk(const struct survival_data *data, uint32_t group, double time) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < data->n; i++) {
        bool in_group = !data->group || data->group[i] == group;
        bool entered = !data->entry || data->entry[i] < time;
        count += in_group && entered && data->time[i] >= time;
    }
    return count;
}

double km_rmst_limit(const struct km_curve *curve) {
    if (curve->count == 0) {
        return NAN;
    }
    const struct km_point *last = &curve->points[curve->count - 1];
    return last->survival > 0.0 ? last->time : INFINITY;
}

/* From the last step back to the first: the area that remains behind each is what its jump moves.
 */
struct rmst km_rmst(const struct km_curve *curve, double tau) {
    if (curve->count == 0) {
        return (struct rmst){.refusal = "a group has no subjects"};
    }
    if (!(tau > 0.0) || isinf(tau)) {
        return (struct rmst){.refusal =
                                 "the time to which the mean is restricted must be positive"};
    }
    if (tau > km_rmst_limit(curve)) {
        return (struct rmst){.refusal =
                                 "the time lies behind the last observation of a group, where "
                                 "its survival is not known"};
    }
    double area = 0.0;
    double variance = 0.0;
    double right = tau;
    for (uint32_t i = curve->count; i-- > 0;) {
        const struct km_point *point = &curve->points[i];
        if (point->time > tau) {
            continue;
        }
        area += point->survival * (right - point->time);
        right = point->time;
        if (point->events > 0.0 && point->at_risk > point->events) {
            variance +=
                area * area * point->events / (point->at_risk * (point->at_risk - point->events));
        }
    }
    return (struct rmst){.mean = area + right, .se = sqrt(variance)};
}
