#include "stats/proportion.h"

#include "dist/dist.h"

#include <math.h>

static bool is_proportion(double k, double n) {
    return n > 0 && k >= 0 && k <= n;
}

static const struct proportion_interval no_interval = {NAN, NAN};

struct proportion_interval proportion_clopper_pearson(double k, double n, double level) {
    double alpha = (1 - level) / 2;
    if (!is_proportion(k, n)) {
        return no_interval;
    }
    return (struct proportion_interval){k > 0 ? dist_beta_quantile(alpha, k, n - k + 1) : 0,
                                        k < n ? dist_beta_quantile(1 - alpha, k + 1, n - k) : 1};
}

struct proportion_interval proportion_wilson(double k, double n, double level) {
    double z = dist_normal_quantile((1 + level) / 2);
    if (!is_proportion(k, n)) {
        return no_interval;
    }
    double p = k / n;
    double width = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    double middle = p + z * z / (2 * n);
    double scale = 1 + z * z / n;
    return (struct proportion_interval){k > 0 ? (middle - width) / scale : 0,
                                        k < n ? (middle + width) / scale : 1};
}

struct proportion_interval proportion_jeffreys(double k, double n, double level) {
    double alpha = (1 - level) / 2;
    if (!is_proportion(k, n)) {
        return no_interval;
    }
    return (struct proportion_interval){k > 0 ? dist_beta_quantile(alpha, k + 0.5, n - k + 0.5) : 0,
                                        k < n ? dist_beta_quantile(1 - alpha, k + 0.5, n - k + 0.5)
                                              : 1};
}

struct proportion_interval proportion_wald(double k, double n, double level) {
    double z = dist_normal_quantile((1 + level) / 2);
    if (!is_proportion(k, n)) {
        return no_interval;
    }
    double p = k / n;
    double width = z * sqrt(p * (1 - p) / n);
    return (struct proportion_interval){p - width, p + width};
}

/* ---- Exact binomial ---- */

/* On the far side of the mode from k, the nearest count to the mode that is no more probable than
 * k; probabilities fall away from the mode, so halving finds it. */
static double far_edge(double n, double p0, double from, double to, double limit) {
    double inner = from; /* more probable, or the mode itself */
    double outer = to;   /* one beyond the support */
    int side = to > from ? 1 : -1;
    while (fabs(outer - inner) > 1) {
        double middle = side > 0 ? floor((inner + outer) / 2) : ceil((inner + outer) / 2);
        if (dist_binomial_density(middle, n, p0) <= limit) {
            outer = middle;
        } else {
            inner = middle;
        }
    }
    return outer;
}

double binomial_test(double k, double n, double p0, enum stats_alternative alternative) {
    double lower = dist_binomial_p(k, n, p0);
    double upper = k > 0 ? dist_binomial_upper(k - 1, n, p0) : 1;
    if (alternative != STATS_TWO_SIDED) {
        return alternative == STATS_LESS ? lower : upper;
    }
    if (p0 == 0 || p0 == 1) {
        return k == n * p0 ? 1 : 0;
    }
    double limit = dist_binomial_density(k, n, p0) * (1 + 1e-7);
    double middle = n * p0;
    double mode = fmin(floor((n + 1) * p0), n);
    if (k == middle || dist_binomial_density(mode, n, p0) <= limit) {
        return 1;
    }
    double p;
    if (k < middle) {
        double edge = far_edge(n, p0, mode, n + 1, limit);
        p = lower + (edge <= n ? dist_binomial_upper(edge - 1, n, p0) : 0);
    } else {
        double edge = far_edge(n, p0, mode, -1, limit);
        p = upper + (edge >= 0 ? dist_binomial_p(edge, n, p0) : 0);
    }
    return fmin(p, 1);
}

/* ---- McNemar ---- */

double mcnemar_chi2(double b, double c, bool corrected) {
    double distance = fabs(b - c) - (corrected && b != c ? 1 : 0);
    return b + c > 0 ? distance * distance / (b + c) : NAN;
}

double mcnemar_exact(double b, double c) {
    return b + c > 0 ? fmin(1, 2 * dist_binomial_p(fmin(b, c), b + c, 0.5)) : 1;
}

double mcnemar_mid_p(double b, double c) {
    double exact = 2 * dist_binomial_p(fmin(b, c), b + c, 0.5);
    double seen = dist_binomial_density(fmin(b, c), b + c, 0.5);
    return b + c > 0 ? fmin(1, exact - seen) : 1;
}
