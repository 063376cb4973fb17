#include "stats/group_sequential.h"

#include "base/limits.h"
#include "dist/dist.h"
#include "stats/root.h"

#include <math.h>
#include <string.h>

/* Gauss and Legendre's rule of 8 points, its positive half; panels of this many standard deviations
 * of the next increment leave errors below 1e-12. */
static const double NODE[] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                              0.9602898564975363};
static const double WEIGHT[] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                0.1012285362903763};
enum { HALF_NODES = 4 };
static const double PANEL = 1.0;
static const double FAR = 8.5; /* beyond this many standard deviations there is nothing */

/* The density of the score S = Z sqrt(t) among those who go on, at weighted points: S has variance
 * t and mean drift * t, and independent increments. */
struct density {
    uint32_t count;
    double *at;
    double *mass; /* density times weight */
};

struct walk {
    const struct sequential_design *design;
    double drift;
    struct density now, next;
    uint32_t capacity;
    double *critical; /* on Z, by look */
};

static double fraction_at(const struct walk *walk, uint32_t k) {
    return walk->design->fractions[k];
}

static double step_to(const struct walk *walk, uint32_t k) {
    return fraction_at(walk, k) - (k ? fraction_at(walk, k - 1) : 0.0);
}

/* The probability to be above (or below) a score at look k, from those who went on before it. */
static double beyond(const struct walk *walk, uint32_t k, double score, bool above) {
    double step = step_to(walk, k);
    double sd = sqrt(step);
    double sign = above ? 1.0 : -1.0;
    if (k == 0) {
        return dist_normal_upper(sign * (score - walk->drift * step) / sd);
    }
    double sum = 0.0;
    for (uint32_t i = 0; i < walk->now.count; i++) {
        double z = (score - walk->now.at[i] - walk->drift * step) / sd;
        sum += walk->now.mass[i] * dist_normal_upper(sign * z);
    }
    return sum;
}

static double density_at(const struct walk *walk, uint32_t k, double score) {
    double step = step_to(walk, k);
    double sd = sqrt(step);
    if (k == 0) {
        return dist_normal_density((score - walk->drift * step) / sd) / sd;
    }
    double sum = 0.0;
    for (uint32_t i = 0; i < walk->now.count; i++) {
        double z = (score - walk->now.at[i] - walk->drift * step) / sd;
        sum += walk->now.mass[i] * dist_normal_density(z);
    }
    return sum / sd;
}

/* Those who go on after look k: points between the boundaries, fine enough for the next step. */
static void go_on(struct walk *walk, uint32_t k) {
    double t = fraction_at(walk, k);
    double high = walk->critical[k] * sqrt(t);
    double low = walk->design->sides == 2 ? -high : walk->drift * t - FAR * sqrt(t);
    high = fmin(high, walk->drift * t + FAR * sqrt(t));
    low = fmax(low, walk->drift * t - FAR * sqrt(t));
    double fine = PANEL * sqrt(fmin(step_to(walk, k), step_to(walk, k + 1)));
    double needed = fmax(ceil((high - low) / fine), 0.0);
    uint32_t panels = (uint32_t)fmin(needed, walk->capacity / (2.0 * HALF_NODES));
    double width = panels ? (high - low) / panels : 0.0;
    struct density *next = &walk->next;
    next->count = 0;
    for (uint32_t i = 0; i < panels; i++) {
        double centre = low + (i + 0.5) * width;
        for (uint32_t n = 0; n < 2 * HALF_NODES; n++) {
            double node = n < HALF_NODES ? -NODE[HALF_NODES - 1 - n] : NODE[n - HALF_NODES];
            double weight = WEIGHT[n < HALF_NODES ? HALF_NODES - 1 - n : n - HALF_NODES];
            double at = centre + node * width / 2.0;
            next->at[next->count] = at;
            next->mass[next->count++] = density_at(walk, k, at) * weight * width / 2.0;
        }
    }
    struct density swap = walk->now;
    walk->now = walk->next;
    walk->next = swap;
}

/* The probability to stop at look k with the statistic at or beyond a critical value. */
static double stop_at(const struct walk *walk, uint32_t k, double critical) {
    double score = critical * sqrt(fraction_at(walk, k));
    double upper = beyond(walk, k, score, true);
    return walk->design->sides == 2 ? upper + beyond(walk, k, -score, false) : upper;
}

/* Type I error or power of boundaries in walk->critical; stops[k] by look, when not NULL. */
static double all_stops(struct walk *walk, double drift, double *stops) {
    double sum = 0.0;
    walk->drift = drift;
    for (uint32_t k = 0; k < walk->design->looks; k++) {
        double stop = stop_at(walk, k, walk->critical[k]);
        sum += stop;
        if (stops) {
            stops[k] = stop;
        }
        if (k + 1 < walk->design->looks) {
            go_on(walk, k);
        }
    }
    return sum;
}

/* ---- Boundaries of a shape, scaled to the type I error ---- */

static void shape(struct walk *walk, double constant) {
    bool pocock = walk->design->boundary == SEQUENTIAL_POCOCK;
    for (uint32_t k = 0; k < walk->design->looks; k++) {
        walk->critical[k] = pocock ? constant : constant / sqrt(fraction_at(walk, k));
    }
}

static double shape_excess(double constant, const void *context) {
    struct walk walk = *(const struct walk *)context;
    shape(&walk, constant);
    return all_stops(&walk, 0.0, NULL) - walk.design->alpha;
}

/* ---- Boundaries that spend the type I error ---- */

static double spent_by(const struct sequential_design *design, double t) {
    double side = design->alpha / design->sides;
    double one = design->boundary == SEQUENTIAL_LAN_DEMETS_OF
                     ? 2.0 * dist_normal_upper(dist_normal_quantile(1.0 - side / 2.0) / sqrt(t))
                     : side * log1p((exp(1.0) - 1.0) * t);
    return one * design->sides;
}

struct spending {
    const struct walk *walk;
    uint32_t look;
    double target;
};

static double spending_excess(double critical, const void *context) {
    const struct spending *spending = context;
    return stop_at(spending->walk, spending->look, critical) - spending->target;
}

static void spend(struct walk *walk) {
    double before = 0.0;
    walk->drift = 0.0;
    for (uint32_t k = 0; k < walk->design->looks; k++) {
        double spent = spent_by(walk->design, fraction_at(walk, k));
        struct spending spending = {.walk = walk, .look = k, .target = spent - before};
        /* Below what FAR leaves, no boundary can be told from none. */
        walk->critical[k] = spending_excess(FAR, &spending) < 0.0
                                ? root_between(spending_excess, &spending, 0.0, FAR)
                                : FAR;
        before = spent;
        if (k + 1 < walk->design->looks) {
            go_on(walk, k);
        }
    }
}

/* ---- Power ---- */

static double power_excess(double drift, const void *context) {
    struct walk walk = *(const struct walk *)context;
    return all_stops(&walk, drift, NULL) - walk.design->power;
}

static double mean_information(const struct sequential_design *design, const double *stops) {
    double going = 1.0;
    double mean = 0.0;
    for (uint32_t k = 0; k < design->looks; k++) {
        mean += going * (design->fractions[k] - (k ? design->fractions[k - 1] : 0.0));
        going -= stops[k];
    }
    return mean;
}

static void fill(struct walk *walk, double *stops, struct sequential_result *out) {
    const struct sequential_design *design = walk->design;
    (void)all_stops(walk, 0.0, stops);
    double spent = 0.0;
    for (uint32_t k = 0; k < design->looks; k++) {
        spent += stops[k];
        out->looks[k] = (struct sequential_look){.fraction = design->fractions[k],
                                                 .critical = walk->critical[k],
                                                 .nominal_p = design->sides *
                                                              dist_normal_upper(walk->critical[k]),
                                                 .spent = spent,
                                                 .power = NAN};
    }
    out->drift = out->inflation = out->expected_null = out->expected_effect = NAN;
    if (isnan(design->power)) {
        return;
    }
    double fixed = dist_normal_quantile(1.0 - design->alpha / design->sides) +
                   dist_normal_quantile(design->power);
    double null_information = mean_information(design, stops);
    out->drift = root_between(power_excess, walk, 0.0, 2.0 * fixed + 5.0);
    (void)all_stops(walk, out->drift, stops);
    out->inflation = out->drift * out->drift / (fixed * fixed);
    out->expected_null = out->inflation * null_information;
    out->expected_effect = out->inflation * mean_information(design, stops);
    double power = 0.0;
    for (uint32_t k = 0; k < design->looks; k++) {
        power += stops[k];
        out->looks[k].power = power;
    }
}

static const char *why_not(const struct sequential_design *design) {
    if (design->looks < 1 || design->looks > LIMIT_LOOKS) {
        return "there must be 1 to 50 looks";
    }
    if (!(design->alpha > 0.0 && design->alpha < 0.5)) {
        return "alpha must lie between 0 and 0.5";
    }
    if (!isnan(design->power) && !(design->power > design->alpha && design->power < 1.0)) {
        return "the power must lie between alpha and 1";
    }
    for (uint32_t k = 0; k < design->looks; k++) {
        if (!(design->fractions[k] > (k ? design->fractions[k - 1] + 1e-3 : 1e-3))) {
            return "the information at each look must grow, by a thousandth at least";
        }
    }
    if (design->fractions[design->looks - 1] != 1.0) {
        return "the information at the last look must be 1";
    }
    return NULL;
}

enum status sequential_boundaries(struct arena *arena, const struct sequential_design *design,
                                  struct sequential_result *out) {
    *out = (struct sequential_result){.refusal = why_not(design)};
    if (out->refusal) {
        return STATUS_OK;
    }
    enum { CAPACITY = 8192 };
    struct walk walk = {.design = design, .capacity = CAPACITY};
    walk.critical = ARENA_ARRAY(arena, design->looks, double);
    walk.now.at = ARENA_ARRAY(arena, CAPACITY, double);
    walk.now.mass = ARENA_ARRAY(arena, CAPACITY, double);
    walk.next.at = ARENA_ARRAY(arena, CAPACITY, double);
    walk.next.mass = ARENA_ARRAY(arena, CAPACITY, double);
    double *stops = ARENA_ARRAY(arena, design->looks, double);
    out->looks = ARENA_ARRAY(arena, design->looks, struct sequential_look);
    if (!walk.critical || !walk.now.at || !walk.now.mass || !walk.next.at || !walk.next.mass ||
        !stops || !out->looks) {
        return STATUS_NO_MEMORY;
    }
    if (design->boundary == SEQUENTIAL_OBRIEN_FLEMING || design->boundary == SEQUENTIAL_POCOCK) {
        shape(&walk, root_between(shape_excess, &walk, 0.5, FAR));
    } else {
        spend(&walk);
    }
    fill(&walk, stops, out);
    return STATUS_OK;
}
