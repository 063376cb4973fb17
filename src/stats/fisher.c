#include "stats/fisher.h"

#include "dist/dist.h"
#include "stats/root.h"

#include <math.h>

/* Densities within this factor are one and the same, as R's fisher.test has it. */
static const double same_probability = 1e-7;

/* The first cell given the margins, at an odds ratio psi: weight(i) = C(m, i) C(n, k - i) psi^i.
 * The weights are log-concave, so that every sum can walk away from the mode until nothing is
 * added. */
struct urn {
    double m, n, k; /* events, no events, first group */
    double low, high;
    double log_psi;
};

static struct urn urn_of(const struct two_by_two *t, double log_psi) {
    struct urn u = {t->a + t->c, t->b + t->d, t->a + t->b, 0, 0, log_psi};
    u.low = fmax(0, u.k - u.n);
    u.high = fmin(u.k, u.m);
    return u;
}

/* weight(i + 1) / weight(i) */
static double ratio(const struct urn *u, double i) {
    return (u->m - i) * (u->k - i) / ((i + 1) * (u->n - u->k + i + 1)) * exp(u->log_psi);
}

static double log_weight(const struct urn *u, double i) {
    return dist_log_choose(u->m, i) + dist_log_choose(u->n, u->k - i) + i * u->log_psi;
}

/* The smallest i from which on weights no longer grow. */
static double mode_of(const struct urn *u) {
    double low = u->low;
    double high = u->high;
    while (low < high) {
        double middle = floor((low + high) / 2);
        if (ratio(u, middle) > 1) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The sum of weights from i outwards, and of weight times distance from i, both over weight(i); i
 * must be at the mode or on that side of it. */
static double sum_away(const struct urn *u, double i, int step, double *moment) {
    double weight = 1;
    double sum = 1;
    double start = i;
    *moment = 0;
    while (step > 0 ? i < u->high : i > u->low) {
        weight = step > 0 ? weight * ratio(u, i) : weight / ratio(u, i - 1);
        i += step;
        sum += weight;
        *moment += weight * (i - start);
        if (weight < 1e-18 * sum) {
            break;
        }
    }
    return sum;
}

/* All weights over that of the mode; *mean is the expectation. */
static double sum_all(const struct urn *u, double mode, double *mean) {
    double up;
    double down;
    double total = sum_away(u, mode, 1, &up) + sum_away(u, mode, -1, &down) - 1;
    *mean = mode + (up + down) / total;
    return total;
}

/* P(X <= i) and P(X >= i), each without cancellation where it is small. */
static void tails(const struct urn *u, double i, double *lower, double *upper, double *density) {
    double mode = mode_of(u);
    double unused;
    double total = sum_all(u, mode, &unused);
    double at = exp(log_weight(u, i) - log_weight(u, mode)) / total;
    *density = at;
    if (i > mode) {
        *upper = at * sum_away(u, i, 1, &unused);
        *lower = 1 - *upper + at;
    } else {
        *lower = at * sum_away(u, i, -1, &unused);
        *upper = 1 - *lower + at;
    }
    *lower = fmin(fmax(*lower, 0), 1);
    *upper = fmin(fmax(*upper, 0), 1);
}

/* ---- p values ---- */

/* On the rising side (step 1) the last, on the falling side (step -1) the first value whose weight
 * is at most `limit`; outside of the support when there is none. */
static double edge(const struct urn *u, double mode, int side, double limit) {
    double inner = mode; /* heavier than the limit */
    double outer = side < 0 ? u->low - 1 : u->high + 1;
    while (fabs(inner - outer) > 1) {
        double middle = side < 0 ? ceil((inner + outer) / 2) : floor((inner + outer) / 2);
        middle = middle == inner ? middle + side : middle;
        if (log_weight(u, middle) <= limit) {
            outer = middle;
        } else {
            inner = middle;
        }
        if (outer == middle && fabs(inner - outer) <= 1) {
            break;
        }
    }
    return outer;
}

static double two_sided(const struct urn *u, double x, bool mid) {
    double mode = mode_of(u);
    double seen = log_weight(u, x);
    double limit = seen + log1p(same_probability);
    double equal_floor = seen - log1p(same_probability);
    double p = 1;
    double equal = 0;
    double lower;
    double upper;
    double density;
    if (log_weight(u, mode) > limit) {
        p = 0;
        double below = edge(u, mode, -1, limit);
        double above = edge(u, mode, 1, limit);
        if (below >= u->low) {
            tails(u, below, &lower, &upper, &density);
            p += lower;
            equal += log_weight(u, below) >= equal_floor ? density : 0;
        }
        if (above <= u->high) {
            tails(u, above, &lower, &upper, &density);
            p += upper;
            equal += log_weight(u, above) >= equal_floor ? density : 0;
        }
    } else {
        tails(u, mode, &lower, &upper, &density);
        equal = density;
        if (mode + 1 <= u->high && log_weight(u, mode + 1) >= equal_floor) {
            tails(u, mode + 1, &lower, &upper, &density);
            equal += density;
        }
    }
    return fmin(p - (mid ? equal / 2 : 0), 1);
}

double fisher_p(const struct two_by_two *t, enum stats_alternative alternative, bool mid) {
    struct urn u = urn_of(t, 0);
    double lower;
    double upper;
    double density;
    if (u.low == u.high) {
        return 1;
    }
    if (alternative == STATS_TWO_SIDED) {
        return two_sided(&u, t->a, mid);
    }
    tails(&u, t->a, &lower, &upper, &density);
    double p = alternative == STATS_LESS ? lower : upper;
    return mid ? p - density / 2 : p;
}

double fisher_p_doubled(const struct two_by_two *t) {
    double less = fisher_p(t, STATS_LESS, false);
    double greater = fisher_p(t, STATS_GREATER, false);
    return fmin(1, 2 * fmin(less, greater));
}

/* ---- Odds ratio ---- */

struct odds_context {
    const struct two_by_two *t;
    double alpha;
};

static double mean_minus_seen(double log_psi, const void *context) {
    const struct odds_context *c = context;
    struct urn u = urn_of(c->t, log_psi);
    double mean;
    (void)sum_all(&u, mode_of(&u), &mean);
    return mean - c->t->a;
}

static double upper_minus_alpha(double log_psi, const void *context) {
    const struct odds_context *c = context;
    struct urn u = urn_of(c->t, log_psi);
    double lower;
    double upper;
    double density;
    tails(&u, c->t->a, &lower, &upper, &density);
    return upper - c->alpha;
}

static double lower_minus_alpha(double log_psi, const void *context) {
    const struct odds_context *c = context;
    struct urn u = urn_of(c->t, log_psi);
    double lower;
    double upper;
    double density;
    tails(&u, c->t->a, &lower, &upper, &density);
    return lower - c->alpha;
}

/* Where to look first: the sample odds ratio with a half added to each cell. */
static double log_guess(const struct two_by_two *t) {
    return log((t->a + 0.5) * (t->d + 0.5) / ((t->b + 0.5) * (t->c + 0.5)));
}

double fisher_odds_ratio(const struct two_by_two *t) {
    struct urn u = urn_of(t, 0);
    struct odds_context context = {t, 0};
    if (u.low == u.high) {
        return NAN;
    }
    if (t->a == u.low) {
        return 0;
    }
    if (t->a == u.high) {
        return INFINITY;
    }
    return exp(root_from(mean_minus_seen, &context, log_guess(t)));
}

void fisher_interval(const struct two_by_two *t, double level, enum stats_alternative alternative,
                     double *low, double *high) {
    struct urn u = urn_of(t, 0);
    double alpha = alternative == STATS_TWO_SIDED ? (1 - level) / 2 : 1 - level;
    struct odds_context context = {t, alpha};
    *low = 0;
    *high = INFINITY;
    if (u.low == u.high) {
        return;
    }
    if (alternative != STATS_LESS && t->a > u.low) {
        *low = exp(root_from(upper_minus_alpha, &context, log_guess(t)));
    }
    if (alternative != STATS_GREATER && t->a < u.high) {
        *high = exp(root_from(lower_minus_alpha, &context, log_guess(t)));
    }
}
