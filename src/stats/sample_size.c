#include "stats/sample_size.h"

#include "base/limits.h"
#include "dist/dist.h"
#include "stats/root.h"

#include <math.h>

static const char *error_refusal(const struct design_error *error) {
    if (!(error->alpha > 0.0 && error->alpha < 1.0)) {
        return "alpha must lie between 0 and 1";
    }
    if (isnan(error->power) == isnan(error->n1)) {
        return "give either the power or the size";
    }
    if (!isnan(error->power) && !(error->power > error->alpha && error->power < 1.0)) {
        return "the power must lie between alpha and 1";
    }
    if (!(error->ratio > 0.0) || isinf(error->ratio)) {
        return "the ratio of the groups must be positive";
    }
    return NULL;
}

static double critical(const struct design_error *error) {
    return dist_normal_quantile(1.0 - error->alpha / error->sides);
}

/* Standardised effect at size 1, and the factor between the test's and the estimate's error. */
static double normal_power(double signal, double widening, const struct design_error *error) {
    double z = critical(error) * widening;
    double power = dist_normal_p(signal - z);
    return error->sides == 2 && error->strict ? power + dist_normal_p(-signal - z) : power;
}

struct design_size size_two_proportions(double p1, double p2, const struct design_error *error) {
    struct design_size out = {.refusal = error_refusal(error)};
    if (!out.refusal && !(p1 >= 0.0 && p1 <= 1.0 && p2 >= 0.0 && p2 <= 1.0)) {
        out.refusal = "a proportion must lie between 0 and 1";
    }
    if (!out.refusal && p1 == p2) {
        out.refusal = "the proportions are equal: there is nothing to detect";
    }
    double r = error->ratio;
    double pooled = (p1 + r * p2) / (1.0 + r);
    double under_null = sqrt(pooled * (1.0 - pooled) * (1.0 + 1.0 / r));
    double under_effect = sqrt(p1 * (1.0 - p1) + p2 * (1.0 - p2) / r);
    if (!out.refusal && under_effect == 0.0) {
        out.refusal = "proportions of 0 and 1 have no variance";
    }
    if (out.refusal) {
        return out;
    }
    double d = fabs(p1 - p2);
    double widening = under_null / under_effect;
    if (isnan(error->n1)) {
        double root =
            (critical(error) * under_null + dist_normal_quantile(error->power) * under_effect) / d;
        out.n1 = root * root;
        out.power = error->power;
        for (int i = 0; error->strict && error->sides == 2 && i < 200; i++) {
            double now = normal_power(sqrt(out.n1) * d / under_effect, widening, error);
            if (fabs(now - error->power) < 1e-15) {
                break;
            }
            out.n1 *= 1.0 - (now - error->power) / 2.0; /* the far tail adds next to nothing */
        }
    } else {
        out.n1 = error->n1;
        out.power = normal_power(sqrt(out.n1) * d / under_effect, widening, error);
    }
    out.n2 = r * out.n1;
    return out;
}

/* ---- t test ---- */

struct t_design {
    double effect; /* delta / sd */
    bool two_groups;
    const struct design_error *error;
};

/* Beyond libRmath's bound on the parameter, Abramowitz and Stegun 26.7.10. */
static double nct_upper(double t, double df, double ncp) {
    double exact = dist_nct_upper(t, df, ncp);
    if (!isnan(exact)) {
        return exact;
    }
    double s = 1.0 / (4.0 * df);
    return dist_normal_upper((t * (1.0 - s) - ncp) / sqrt(1.0 + t * t * 2.0 * s));
}

static double t_power(const struct t_design *design, double n1) {
    const struct design_error *error = design->error;
    double n2 = error->ratio * n1;
    double df = design->two_groups ? n1 + n2 - 2.0 : n1 - 1.0;
    double unit = design->two_groups ? sqrt(1.0 / (1.0 / n1 + 1.0 / n2)) : sqrt(n1);
    double ncp = fabs(design->effect) * unit;
    double t = dist_t_quantile(1.0 - error->alpha / error->sides, df);
    double power = nct_upper(t, df, ncp);
    if (error->sides == 2 && error->strict) {
        power += dist_nct_p(-t, df, fmin(ncp, 37.0));
    }
    return power;
}

static double t_excess(double n1, const void *context) {
    const struct t_design *design = context;
    return t_power(design, n1) - design->error->power;
}

struct design_size size_t_test(double delta, double sd, bool two_groups,
                               const struct design_error *error) {
    struct design_size out = {.refusal = error_refusal(error)};
    double least = two_groups ? 2.0 / (1.0 + error->ratio) + 1e-6 : 1.0 + 1e-6;
    if (!out.refusal && (!(sd > 0.0) || delta == 0.0 || !isfinite(delta))) {
        out.refusal = "the difference must not be 0, and the standard deviation must be positive";
    }
    if (!out.refusal && !isnan(error->n1) && !(error->n1 > least)) {
        out.refusal = "so few subjects leave no degrees of freedom";
    }
    if (out.refusal) {
        return out;
    }
    struct t_design design = {.effect = delta / sd, .two_groups = two_groups, .error = error};
    if (isnan(error->n1)) {
        enum { LARGEST = 100000000 };
        double low = fmax(least, 2.0);
        out.power = error->power;
        if (t_power(&design, low) >= error->power) {
            out.n1 = low;
            out.power = t_power(&design, low);
        } else {
            out.n1 = root_between(t_excess, &design, low, LARGEST);
        }
        out.refusal = isnan(out.n1) ? "more than a hundred million subjects would be needed" : NULL;
    } else {
        out.n1 = error->n1;
        out.power = t_power(&design, out.n1);
    }
    out.n2 = two_groups ? error->ratio * out.n1 : 0.0;
    return out;
}

/* ---- Log-rank ---- */

double event_probability(double hazard, double loss_rate, double accrual, double follow_up) {
    double rate = hazard + loss_rate;
    double at_accrual = rate * accrual;
    double mean = at_accrual > 0.0 ? -expm1(-at_accrual) / at_accrual : 1.0; /* over entry times */
    return hazard / rate * (1.0 - exp(-rate * follow_up) * mean);
}

static bool probability(double p) {
    return isnan(p) || (p > 0.0 && p <= 1.0);
}

struct design_events size_log_rank(double hazard_ratio, const double event[2],
                                   enum log_rank_size formula, const struct design_error *error) {
    struct design_events out = {.refusal = error_refusal(error), .n1 = NAN, .n2 = NAN};
    if (!out.refusal && (!(hazard_ratio > 0.0) || hazard_ratio == 1.0 || isinf(hazard_ratio))) {
        out.refusal = "the hazard ratio must be positive and not 1";
    }
    if (!out.refusal && !(probability(event[0]) && probability(event[1]))) {
        out.refusal = "the probability of the event must lie between 0 and 1";
    }
    if (out.refusal) {
        return out;
    }
    double r = error->ratio;
    double effect = formula == LOG_RANK_SCHOENFELD
                        ? sqrt(r) * fabs(log(hazard_ratio)) / (1.0 + r)
                        : sqrt(r) * fabs(1.0 - hazard_ratio) / (1.0 + r * hazard_ratio);
    if (isnan(error->n1)) {
        double z = critical(error) + dist_normal_quantile(error->power);
        out.events = z * z / (effect * effect);
        out.power = error->power;
    } else {
        out.events = error->n1;
        out.power = normal_power(effect * sqrt(out.events), 1.0, error);
    }
    out.n1 = out.events / (event[0] + r * event[1]);
    out.n2 = r * out.n1;
    return out;
}

/* ---- Ordered categories ---- */

struct design_size size_ordinal(const double *probabilities, uint32_t categories, double odds_ratio,
                                const struct design_error *error) {
    struct design_size out = {.refusal = error_refusal(error)};
    double sum = 0.0;
    for (uint32_t k = 0; k < categories; k++) {
        out.refusal = probabilities[k] >= 0.0 ? out.refusal : "a probability must not be negative";
        sum += probabilities[k];
    }
    if (!out.refusal && !(fabs(sum - 1.0) < 1e-6)) {
        out.refusal = "the probabilities of the categories must add up to 1";
    }
    if (!out.refusal && (!(odds_ratio > 0.0) || odds_ratio == 1.0 || isinf(odds_ratio))) {
        out.refusal = "the odds ratio must be positive and not 1";
    }
    if (out.refusal) {
        return out;
    }
    double r = error->ratio;
    double cubes = 0.0;
    double below = 0.0;
    double other_below = 0.0;
    for (uint32_t k = 0; k < categories; k++) {
        double next = fmin(below + probabilities[k], 1.0);
        double other =
            k + 1 == categories ? 1.0 : odds_ratio * next / (1.0 - next + odds_ratio * next);
        double mean = (probabilities[k] + r * (other - other_below)) / (1.0 + r);
        cubes += mean * mean * mean;
        below = next;
        other_below = other;
    }
    double unit =
        log(odds_ratio) * log(odds_ratio) * (1.0 - cubes) * r / (3.0 * (1.0 + r) * (1.0 + r));
    if (!(unit > 0.0)) {
        out.refusal = "all subjects are in one category";
        return out;
    }
    if (isnan(error->n1)) {
        double z = critical(error) + dist_normal_quantile(error->power);
        out.n1 = z * z / unit / (1.0 + r);
        out.power = error->power;
    } else {
        out.n1 = error->n1;
        out.power = normal_power(sqrt(unit * out.n1 * (1.0 + r)), 1.0, error);
    }
    out.n2 = r * out.n1;
    return out;
}
