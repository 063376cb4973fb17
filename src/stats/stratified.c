#include "stats/stratified.h"

#include "dist/dist.h"

#include <math.h>
#include <stddef.h>

static double total(const struct table_2x2 *t) {
    return t->a + t->b + t->c + t->d;
}

static bool compares(const struct table_2x2 *t) {
    return t->a + t->b > 0.0 && t->c + t->d > 0.0;
}

static bool informs(const struct table_2x2 *t) {
    return compares(t) && t->a + t->c > 0.0 && t->b + t->d > 0.0;
}

static void set_ratio(struct stratified_estimate *e, double value, double variance, double z) {
    e->value = value;
    e->se = sqrt(variance);
    e->low = value * exp(-z * e->se);
    e->high = value * exp(z * e->se);
}

static void odds_ratio(const struct table_2x2 *tables, uint32_t count, double z,
                       struct stratified_estimate *out) {
    double r = 0.0, s = 0.0, pr = 0.0, ps_qr = 0.0, qs = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const struct table_2x2 *t = &tables[i];
        if (!compares(t)) {
            continue;
        }
        double n = total(t);
        double p = (t->a + t->d) / n;
        double q = (t->b + t->c) / n;
        double ri = t->a * t->d / n;
        double si = t->b * t->c / n;
        r += ri;
        s += si;
        pr += p * ri;
        ps_qr += p * si + q * ri;
        qs += q * si;
    }
    if (r == 0.0 || s == 0.0) {
        out->refusal =
            "a cell is zero in every stratum, so that the common odds ratio is 0, infinite "
            "or undefined";
        return;
    }
    set_ratio(out, r / s, pr / (2.0 * r * r) + ps_qr / (2.0 * r * s) + qs / (2.0 * s * s), z);
}

static void risk_ratio(const struct table_2x2 *tables, uint32_t count, double z,
                       struct stratified_estimate *out) {
    double r = 0.0, s = 0.0, v = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const struct table_2x2 *t = &tables[i];
        if (!compares(t)) {
            continue;
        }
        double n = total(t);
        double n1 = t->a + t->b;
        double n0 = t->c + t->d;
        double events = t->a + t->c;
        r += t->a * n0 / n;
        s += t->c * n1 / n;
        v += (n1 * n0 * events - t->a * t->c * n) / (n * n);
    }
    if (r == 0.0 || s == 0.0) {
        out->refusal = "a group has no event in any stratum, so that the common risk ratio is 0, "
                       "infinite or undefined";
        return;
    }
    set_ratio(out, r / s, v / (r * s), z);
}

static void risk_difference(const struct table_2x2 *tables, uint32_t count, double z,
                            struct stratified_estimate *out) {
    double sum = 0.0, weights = 0.0, p = 0.0, q = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const struct table_2x2 *t = &tables[i];
        if (!compares(t)) {
            continue;
        }
        double n = total(t);
        double n1 = t->a + t->b;
        double n0 = t->c + t->d;
        sum += (t->a * n0 - t->c * n1) / n;
        weights += n1 * n0 / n;
        p += (n1 * n1 * t->c - n0 * n0 * t->a + n1 * n0 * (n0 - n1) / 2.0) / (n * n);
        q += (t->a * t->d + t->c * t->b) / (2.0 * n);
    }
    if (weights == 0.0) {
        out->refusal = "no stratum has subjects in both groups";
        return;
    }
    out->value = sum / weights;
    out->se = sqrt(fmax((out->value * p + q) / (weights * weights), 0.0));
    if (out->se == 0.0) {
        out->refusal = "the outcome does not vary in any stratum";
        return;
    }
    out->low = out->value - z * out->se;
    out->high = out->value + z * out->se;
}

static void cmh(const struct table_2x2 *tables, uint32_t count, bool correct,
                struct stratified_test *out) {
    double difference = 0.0, variance = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const struct table_2x2 *t = &tables[i];
        double n = total(t);
        if (!informs(t)) {
            continue;
        }
        double n1 = t->a + t->b;
        double m1 = t->a + t->c;
        difference += t->a - n1 * m1 / n;
        variance += n1 * (n - n1) * m1 * (n - m1) / (n * n * (n - 1.0));
    }
    if (variance == 0.0) {
        out->refusal = "no stratum has both groups and both outcomes";
        return;
    }
    double yates = correct && fabs(difference) >= 0.5 ? 0.5 : 0.0;
    out->chi2 = (fabs(difference) - yates) * (fabs(difference) - yates) / variance;
    out->df = 1.0;
    out->p = dist_chi2_upper(out->chi2, 1.0);
}

/* The first cell expected under an odds ratio and the margins: a root of
 * (ratio - 1) e^2 - (ratio (n1 + m1) + n0 - m1) e + ratio n1 m1, written so that nothing cancels.
 */
static double expected(const struct table_2x2 *t, double ratio) {
    double n1 = t->a + t->b;
    double m1 = t->a + t->c;
    double b = ratio * (n1 + m1) + (t->c + t->d) - m1;
    double root = sqrt(fmax(b * b - 4.0 * (ratio - 1.0) * ratio * n1 * m1, 0.0));
    return 2.0 * ratio * n1 * m1 / (b + root);
}

static void homogeneity(const struct table_2x2 *tables, uint32_t count,
                        const struct stratified_result *all, struct stratified_test *plain,
                        struct stratified_test *tarone) {
    plain->refusal = tarone->refusal =
        all->odds_ratio.refusal ? all->odds_ratio.refusal
        : all->informative < 2  ? "fewer than two strata have both groups and both outcomes"
                                : NULL;
    if (plain->refusal) {
        return;
    }
    double difference = 0.0, variance = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const struct table_2x2 *t = &tables[i];
        if (!informs(t)) {
            continue;
        }
        double e = expected(t, all->odds_ratio.value);
        double v = 1.0 / (1.0 / e + 1.0 / (t->a + t->b - e) + 1.0 / (t->a + t->c - e) +
                          1.0 / (t->d - t->a + e));
        plain->chi2 += (t->a - e) * (t->a - e) / v;
        difference += t->a - e;
        variance += v;
    }
    plain->df = tarone->df = all->informative - 1.0;
    tarone->chi2 = fmax(plain->chi2 - difference * difference / variance, 0.0);
    plain->p = dist_chi2_upper(plain->chi2, plain->df);
    tarone->p = dist_chi2_upper(tarone->chi2, tarone->df);
}

void stratified_tables(const struct table_2x2 *tables, uint32_t count, bool correct, double level,
                       struct stratified_result *out) {
    double z = dist_normal_quantile((1.0 + level) / 2.0);
    *out = (struct stratified_result){0};
    for (uint32_t i = 0; i < count; i++) {
        out->strata += compares(&tables[i]);
        out->informative += informs(&tables[i]);
    }
    odds_ratio(tables, count, z, &out->odds_ratio);
    risk_ratio(tables, count, z, &out->risk_ratio);
    risk_difference(tables, count, z, &out->risk_difference);
    cmh(tables, count, correct, &out->cmh);
    homogeneity(tables, count, out, &out->breslow_day, &out->tarone);
}
