#include "stats/repeated.h"

#include "dist/dist.h"
#include "stats/moments.h"
#include "stats/t_test.h"

#include <math.h>

struct table {
    const double *values;
    uint32_t n;
    uint32_t k;
    double *column; /* n, scratch */
    double *means;  /* k */
    double grand;
};

static double value_at(const struct table *t, uint32_t i, uint32_t j) {
    return t->values[(size_t)i * t->k + j];
}

static void sums_of_squares(const struct table *t, struct repeated *out) {
    double n = t->n;
    double k = t->k;
    for (uint32_t j = 0; j < t->k; j++) {
        double d = t->means[j] - t->grand;
        out->between += n * d * d;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        double mean = sum_of(t->values + (size_t)i * t->k, t->k) / k;
        for (uint32_t j = 0; j < t->k; j++) {
            double rest = value_at(t, i, j) - t->means[j] - mean + t->grand;
            out->error += rest * rest;
        }
    }
}

/* Orthonormal Helmert contrasts: row c compares occasion c + 1 with the mean of those before. */
static double helmert(uint32_t c, uint32_t j) {
    double m = c + 1.0;
    double scale = sqrt(m * (m + 1));
    return j <= c ? 1 / scale : j == c + 1 ? -m / scale : 0;
}

/* The covariance of the contrasts, (k - 1) x (k - 1). */
static void contrast_covariance(const struct table *t, double *contrasts, double *covariance) {
    uint32_t p = t->k - 1;
    for (uint32_t c = 0; c < p; c++) {
        double *row = contrasts + (size_t)c * t->n;
        for (uint32_t i = 0; i < t->n; i++) {
            row[i] = 0;
            for (uint32_t j = 0; j < t->k; j++) {
                row[i] += helmert(c, j) * (value_at(t, i, j) - t->means[j]);
            }
        }
    }
    for (uint32_t a = 0; a < p; a++) {
        for (uint32_t b = 0; b < p; b++) {
            double sum = 0;
            for (uint32_t i = 0; i < t->n; i++) {
                sum += contrasts[(size_t)a * t->n + i] * contrasts[(size_t)b * t->n + i];
            }
            covariance[a * p + b] = sum / (t->n - 1.0);
        }
    }
}

/* Of a symmetric positive matrix, destroyed; 0 when it is not of full rank. */
static double determinant(double *a, uint32_t p) {
    double det = 1;
    for (uint32_t c = 0; c < p; c++) {
        double pivot = a[c * p + c];
        if (!(pivot > 0)) {
            return 0;
        }
        det *= pivot;
        for (uint32_t r = c + 1; r < p; r++) {
            double factor = a[r * p + c] / pivot;
            for (uint32_t j = c; j < p; j++) {
                a[r * p + j] -= factor * a[c * p + j];
            }
        }
    }
    return det;
}

/* Anderson 1958, 10.7.4: the distribution of -n rho log W with p contrasts, to the second order.
 * `linear` is p; R 4.2's mauchly.test has the number of occasions in its place. */
static double mauchly_p(double w, double p, double linear, double n) {
    double rho = 1 - (2 * p * p + p + 2) / (6 * p * n);
    double omega = (p + 2) * (p - 1) * (p - 2) * (2 * p * p * p + 6 * p * p + 3 * linear + 2) /
                   (288 * p * p * n * n * rho * rho);
    double x = -n * rho * log(w);
    double f = p * (p + 1) / 2 - 1;
    double p1 = dist_chi2_upper(x, f);
    double p2 = dist_chi2_upper(x, f + 4);
    return fmin(fmax(p1 + omega * (p2 - p1), 0), 1);
}

static void sphericity(const struct table *t, double *covariance, struct repeated *out) {
    double p = t->k - 1.0;
    double n = t->n;
    double trace = 0;
    double squares = 0;
    for (uint32_t a = 0; a < t->k - 1; a++) {
        trace += covariance[a * (t->k - 1) + a];
        for (uint32_t b = 0; b < t->k - 1; b++) {
            double c = covariance[a * (t->k - 1) + b];
            squares += c * c;
        }
    }
    if (!(squares > 0)) {
        return;
    }
    double gg = trace * trace / (p * squares);
    out->greenhouse_geisser = gg;
    out->huynh_feldt = (n * p * gg - 2) / (p * (n - 1 - p * gg));
    double hf = fmin(out->huynh_feldt, 1);
    out->p_greenhouse_geisser = dist_f_upper(out->f, gg * out->df, gg * out->df_error);
    out->p_huynh_feldt = hf > 0 ? dist_f_upper(out->f, hf * out->df, hf * out->df_error) : NAN;
    if (t->k > 2 && n > p) {
        double det = determinant(covariance, t->k - 1);
        out->mauchly_w = det / pow(trace / p, p);
        bool positive = out->mauchly_w > 0;
        out->mauchly_p = positive ? mauchly_p(out->mauchly_w, p, p, n - 1) : 0;
        out->mauchly_p_r = positive ? mauchly_p(out->mauchly_w, p, p + 1, n - 1) : 0;
    }
}

enum status repeated_anova(const double *values, uint32_t subjects, uint32_t occasions,
                           struct arena *scratch, struct repeated *out) {
    struct table t = {.values = values, .n = subjects, .k = occasions};
    uint32_t p = occasions - 1;
    double *contrasts = ARENA_ARRAY(scratch, (size_t)subjects * p, double);
    double *covariance = ARENA_ARRAY(scratch, (size_t)p * p, double);
    t.column = ARENA_ARRAY(scratch, subjects, double);
    t.means = ARENA_ARRAY(scratch, occasions, double);
    if (!contrasts || !covariance || !t.column || !t.means) {
        return STATUS_NO_MEMORY;
    }
    *out = (struct repeated){.subjects = subjects,
                             .occasions = occasions,
                             .df = p,
                             .df_error = (subjects - 1.0) * p,
                             .f = NAN,
                             .p = NAN,
                             .mauchly_w = NAN,
                             .mauchly_p = NAN,
                             .mauchly_p_r = NAN,
                             .greenhouse_geisser = NAN,
                             .huynh_feldt = NAN,
                             .p_greenhouse_geisser = NAN,
                             .p_huynh_feldt = NAN};
    for (uint32_t j = 0; j < occasions; j++) {
        for (uint32_t i = 0; i < subjects; i++) {
            t.column[i] = value_at(&t, i, j);
        }
        t.means[j] = moments_of(t.column, subjects).mean;
    }
    t.grand = sum_of(t.means, occasions) / occasions;
    sums_of_squares(&t, out);
    /* What rounding leaves of an error that is none is no error. */
    if (out->error > 1e-24 * (out->between + out->error)) {
        out->f = out->between / out->df / (out->error / out->df_error);
        out->p = dist_f_upper(out->f, out->df, out->df_error);
        contrast_covariance(&t, contrasts, covariance);
        sphericity(&t, covariance, out);
    }
    return STATUS_OK;
}

void repeated_pair(const double *values, uint32_t subjects, uint32_t occasions,
                   const struct repeated *anova, enum stats_error error,
                   struct repeated_pair *pair) {
    double n = subjects;
    double sum = 0;
    double squares = 0;
    for (uint32_t i = 0; i < subjects; i++) {
        const double *row = values + (size_t)i * occasions;
        sum += row[pair->first] - row[pair->second];
    }
    pair->difference = sum / n;
    for (uint32_t i = 0; i < subjects; i++) {
        const double *row = values + (size_t)i * occasions;
        double d = row[pair->first] - row[pair->second] - pair->difference;
        squares += d * d;
    }
    bool pooled = error == STATS_POOLED;
    double variance = pooled ? 2 * anova->error / anova->df_error : squares / (n - 1);
    pair->df = pooled ? anova->df_error : n - 1;
    pair->se = sqrt(variance / n);
    pair->t = pair->se > 0 ? pair->difference / pair->se : NAN;
    pair->p = isnan(pair->t) ? NAN : 2 * dist_t_upper(fabs(pair->t), pair->df);
}
