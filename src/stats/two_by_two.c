#include "stats/two_by_two.h"

#include "dist/dist.h"
#include "stats/proportion.h"
#include "stats/root.h"

#include <math.h>
#include <stdbool.h>

static double total(const struct two_by_two *t) {
    return t->a + t->b + t->c + t->d;
}

/* ad - bc over the square root of the margins' product; NAN when one is zero. */
static double chi2(const struct two_by_two *t, double difference, double factor) {
    double margins = (t->a + t->b) * (t->c + t->d) * (t->a + t->c) * (t->b + t->d);
    return margins > 0 ? difference * difference / margins * factor : NAN;
}

double two_chi2_pearson(const struct two_by_two *t) {
    return chi2(t, t->a * t->d - t->b * t->c, total(t));
}

double two_chi2_yates(const struct two_by_two *t) {
    double difference = fabs(t->a * t->d - t->b * t->c);
    return chi2(t, fmax(0, difference - total(t) / 2), total(t));
}

double two_chi2_n_minus_1(const struct two_by_two *t) {
    return chi2(t, t->a * t->d - t->b * t->c, total(t) - 1);
}

static double log_share(double seen, double expected) {
    return seen > 0 ? seen * log(seen / expected) : 0;
}

double two_chi2_likelihood(const struct two_by_two *t) {
    double n = total(t);
    double first = t->a + t->b;
    double second = t->c + t->d;
    double events = t->a + t->c;
    double others = t->b + t->d;
    if (first * second * events * others <= 0) {
        return NAN;
    }
    return 2 * (log_share(t->a, first * events / n) + log_share(t->b, first * others / n) +
                log_share(t->c, second * events / n) + log_share(t->d, second * others / n));
}

/* ---- Ratios ---- */

static struct effect log_effect(double value, double variance, double level) {
    struct effect e = {value, sqrt(variance), NAN, NAN};
    if (value > 0 && isfinite(value) && isfinite(variance)) {
        double z = dist_normal_quantile((1 + level) / 2);
        e.low = exp(log(value) - z * e.se);
        e.high = exp(log(value) + z * e.se);
    } else {
        e.se = NAN;
    }
    return e;
}

struct effect two_odds_ratio_woolf(const struct two_by_two *t, double level) {
    return log_effect(t->a * t->d / (t->b * t->c), 1 / t->a + 1 / t->b + 1 / t->c + 1 / t->d,
                      level);
}

struct effect two_risk_ratio_katz(const struct two_by_two *t, double level) {
    double first = t->a + t->b;
    double second = t->c + t->d;
    return log_effect(t->a / first / (t->c / second), 1 / t->a - 1 / first + 1 / t->c - 1 / second,
                      level);
}

static double log_likelihood(double a, double b) {
    double n = a + b;
    return (a > 0 ? a * log(a / n) : 0) + (b > 0 ? b * log(b / n) : 0);
}

static double log_likelihood_at(double a, double b, double fitted, double n) {
    return (a > 0 ? a * log(fitted / n) : 0) + (b > 0 ? b * log1p(-fitted / n) : 0);
}

struct profile {
    const struct two_by_two *t;
    double quantile;
};

/* The first cell that keeps all margins and has this odds ratio: the smaller root of a quadratic.
 */
static double fitted_first(const struct two_by_two *t, double psi) {
    double first = t->a + t->b;
    double second = t->c + t->d;
    double events = t->a + t->c;
    double p = psi - 1;
    double q = -(psi * (first + events) + second - events);
    double r = psi * first * events;
    if (fabs(p) < 1e-12) {
        return -r / q;
    }
    return 2 * r / (-q + sqrt(fmax(0, q * q - 4 * p * r)));
}

static double profile_excess(double log_psi, const void *context) {
    const struct profile *c = context;
    const struct two_by_two *t = c->t;
    double fitted = fitted_first(t, exp(log_psi));
    double best = log_likelihood(t->a, t->b) + log_likelihood(t->c, t->d);
    double here = log_likelihood_at(t->a, t->b, fitted, t->a + t->b) +
                  log_likelihood_at(t->c, t->d, t->a + t->c - fitted, t->c + t->d);
    return 2 * (best - here) - c->quantile;
}

/* From `start` outwards in steps, since the deviance is monotone on each side of the estimate. */
static double profile_end(const struct profile *profile, double start, double step) {
    double inner = start;
    for (int i = 0; i < 60; i++, step *= 1.5) {
        double outer = inner + step;
        if (!(fabs(outer) < 300)) {
            break;
        }
        if (profile_excess(outer, profile) > 0) {
            return exp(root_between(profile_excess, profile, inner, outer));
        }
        inner = outer;
    }
    return NAN;
}

struct effect two_odds_ratio_profile(const struct two_by_two *t, double level) {
    struct effect e = {t->a * t->d / (t->b * t->c), NAN, NAN, NAN};
    struct profile profile = {t, dist_chi2_quantile(level, 1)};
    if (isnan(e.value) || isnan(two_chi2_pearson(t))) {
        return e;
    }
    /* At an estimate of 0 or infinity the deviance falls off to one side only. */
    double start = e.value == 0 ? -50 : isinf(e.value) ? 50 : log(e.value);
    e.low = e.value == 0 ? 0 : profile_end(&profile, start, -0.5);
    e.high = isinf(e.value) ? INFINITY : profile_end(&profile, start, 0.5);
    return e;
}

/* ---- Difference ---- */

static struct effect difference_of(const struct two_by_two *t) {
    double p1 = t->a / (t->a + t->b);
    double p2 = t->c / (t->c + t->d);
    double variance = p1 * (1 - p1) / (t->a + t->b) + p2 * (1 - p2) / (t->c + t->d);
    return (struct effect){p1 - p2, sqrt(variance), NAN, NAN};
}

struct effect two_risk_difference_wald(const struct two_by_two *t, double level) {
    struct effect e = difference_of(t);
    double z = dist_normal_quantile((1 + level) / 2);
    e.low = e.value - z * e.se;
    e.high = e.value + z * e.se;
    return e;
}

struct effect two_risk_difference_newcombe(const struct two_by_two *t, double level) {
    struct effect e = difference_of(t);
    struct proportion_interval first = proportion_wilson(t->a, t->a + t->b, level);
    struct proportion_interval second = proportion_wilson(t->c, t->c + t->d, level);
    double p1 = t->a / (t->a + t->b);
    double p2 = t->c / (t->c + t->d);
    e.se = NAN;
    e.low = e.value - hypot(p1 - first.low, second.high - p2);
    e.high = e.value + hypot(first.high - p1, p2 - second.low);
    return e;
}

/* The likelihood's p2 under p1 - p2 = delta: the root of a cubic in closed form (Miettinen and
 * Nurminen 1985, appendix). */
static double restricted_p2(const struct two_by_two *t, double delta) {
    double n1 = t->a + t->b;
    double n2 = t->c + t->d;
    double n = n1 + n2;
    double l3 = n;
    double l2 = (n1 + 2 * n2) * delta - n - (t->a + t->c);
    double l1 = (n2 * delta - n - 2 * t->c) * delta + t->a + t->c;
    double l0 = t->c * delta * (1 - delta);
    double third = l2 / (3 * l3);
    double q = third * third * third - l1 * l2 / (6 * l3 * l3) + l0 / (2 * l3);
    double p = copysign(sqrt(fmax(0, third * third - l1 / (3 * l3))), q);
    if (p == 0) {
        return fmin(fmax(-third, 0), 1);
    }
    double cosine = q / (p * p * p);
    double angle = (acos(-1.0) + acos(fmin(fmax(cosine, -1), 1))) / 3;
    return fmin(fmax(2 * p * cos(angle) - third, fmax(0, -delta)), fmin(1, 1 - delta));
}

static double score(const struct two_by_two *t, double delta) {
    double n1 = t->a + t->b;
    double n2 = t->c + t->d;
    double p2 = restricted_p2(t, delta);
    double p1 = fmin(fmax(p2 + delta, 0), 1);
    double variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1);
    double distance = t->a / n1 - t->c / n2 - delta;
    if (variance <= 0) {
        return distance == 0 ? 0 : copysign(INFINITY, distance);
    }
    return distance / sqrt(variance);
}

struct score_context {
    const struct two_by_two *t;
    double z;
};

static double score_minus_z(double delta, const void *context) {
    const struct score_context *c = context;
    double excess = score(c->t, delta) - c->z;
    return fmin(fmax(excess, -1e6), 1e6);
}

struct effect two_risk_difference_miettinen_nurminen(const struct two_by_two *t, double level) {
    struct effect e = difference_of(t);
    double z = dist_normal_quantile((1 + level) / 2);
    struct score_context lower = {t, z};
    struct score_context upper = {t, -z};
    const double edge = 1 - 1e-12;
    e.se = NAN;
    if (isnan(e.value)) {
        return e;
    }
    e.low = e.value <= -edge ? -1 : root_between(score_minus_z, &lower, -edge, e.value);
    e.high = e.value >= edge ? 1 : root_between(score_minus_z, &upper, e.value, edge);
    e.low = isnan(e.low) ? -1 : e.low;
    e.high = isnan(e.high) ? 1 : e.high;
    return e;
}

double two_non_inferiority_p(const struct two_by_two *t, double margin) {
    return dist_normal_upper(score(t, -margin));
}
