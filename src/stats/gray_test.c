#include "stats/survival.h"

#include "dist/dist.h"
#include "stats/matrix.h"
#include "stats/risk_walk.h"

#include <math.h>
#include <string.h>

static const double RANK_TOLERANCE = 1e-10;

/* One stratum on its way through time. Names follow Gray 1988: h = risk set over the Kaplan-Meier
 * estimate just before the time; F the common cumulative incidence under the hypothesis. The score
 * is a sum of martingale integrals whose integrand at time s is a(s) - t (C(end) - C(s)); C(end) is
 * known only at the end, so the variance is kept as a quadratic in it (v, v2, v3). */
struct gray {
    uint32_t groups;
    double common;  /* F just before the time */
    double *before; /* Kaplan-Meier by group, just before the time */
    double *after;
    double *f;      /* cumulative incidence by group, just before the time */
    double *ours;   /* events of the cause by group, at the time */
    double *others; /* of the other causes */
    double *a;      /* [groups * groups], as the rest */
    double *c;
    double *v2;
    double *v;  /* what the stratum adds to the covariance */
    double *v3; /* by group */
    double *score;
};

static enum status gray_begin(struct gray *gray, struct arena *arena, uint32_t groups) {
    *gray = (struct gray){.groups = groups};
    double **vectors[] = {&gray->before, &gray->after, &gray->f,    &gray->ours,
                          &gray->others, &gray->v3,    &gray->score};
    double **matrices[] = {&gray->a, &gray->c, &gray->v2, &gray->v};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        if (!(*vectors[i] = ARENA_ARRAY(arena, groups, double))) {
            return STATUS_NO_MEMORY;
        }
    }
    for (size_t i = 0; i < sizeof matrices / sizeof *matrices; i++) {
        if (!(*matrices[i] = ARENA_ARRAY(arena, (size_t)groups * groups, double))) {
            return STATUS_NO_MEMORY;
        }
    }
    for (uint32_t g = 0; g < groups; g++) {
        gray->before[g] = gray->after[g] = 1.0;
    }
    return STATUS_OK;
}

/* Martingale increments of group k with variance `spread` and integrand a - t c. */
static void add_increment(struct gray *gray, uint32_t k, double t, double spread, bool ours) {
    uint32_t groups = gray->groups;
    gray->v3[k] += t * t * spread;
    for (uint32_t i = 0; i < groups; i++) {
        double left = (ours ? gray->a[i * groups + k] : 0.0) - t * gray->c[i * groups + k];
        gray->v2[i * groups + k] += left * t * spread;
        for (uint32_t j = 0; j < groups; j++) {
            double right = (ours ? gray->a[j * groups + k] : 0.0) - t * gray->c[j * groups + k];
            gray->v[i * groups + j] += left * right * spread;
        }
    }
}

static void add_variance(struct gray *gray, const double *at_risk, double ours, double others,
                         double h, double next) {
    for (uint32_t k = 0; k < gray->groups; k++) {
        double n = at_risk[k];
        double s = gray->before[k];
        if (n > 0.0 && ours > 0.0) {
            double t = gray->after[k] > 0.0 ? 1.0 - (1.0 - next) / gray->after[k] : 1.0;
            double ties = ours > 1.0 ? 1.0 - (ours - 1.0) / (h * s - 1.0) : 1.0;
            add_increment(gray, k, t, ties * s * ours / (h * n), true);
        }
        double d = gray->others[k];
        if (others > 0.0 && d > 0.0 && gray->after[k] > 0.0) {
            double t = (1.0 - next) / gray->after[k];
            double ties = d > 1.0 ? 1.0 - (d - 1.0) / (n - 1.0) : 1.0;
            add_increment(gray, k, -t, ties * s * s * d / (n * n), false);
        }
    }
}

/* The integrand's parts at this time. */
static void set_weights(struct gray *gray, const double *at_risk, double weight, double h,
                        double ours) {
    uint32_t groups = gray->groups;
    for (uint32_t i = 0; i < groups; i++) {
        for (uint32_t j = 0; j < groups; j++) {
            double *a = &gray->a[i * groups + j];
            *a = 0.0;
            if (at_risk[i] > 0.0 && at_risk[j] > 0.0) {
                double left = at_risk[i] / gray->before[i];
                double right = at_risk[j] / gray->before[j];
                *a = weight * left * ((i == j) - right / h);
                gray->c[i * groups + j] += *a * ours / (h * (1.0 - gray->common));
            }
        }
    }
}

static void gray_time(struct gray *gray, const double *at_risk, double ours, double others,
                      double rho) {
    uint32_t groups = gray->groups;
    double h = 0.0;
    double r = 0.0;
    for (uint32_t g = 0; g < groups; g++) {
        if (at_risk[g] > 0.0) {
            double d = gray->ours[g] + gray->others[g];
            gray->after[g] = gray->before[g] * (at_risk[g] - d) / at_risk[g];
            h += at_risk[g] / gray->before[g];
            r += at_risk[g] * (1.0 - gray->f[g]) / gray->before[g];
        }
    }
    double next = gray->common + ours / h;
    double weight = pow(1.0 - gray->common, rho);
    set_weights(gray, at_risk, weight, h, ours);
    for (uint32_t g = 0; g < groups; g++) {
        if (at_risk[g] > 0.0) {
            double own = at_risk[g] * (1.0 - gray->f[g]) / gray->before[g];
            gray->score[g] += weight * (gray->ours[g] - ours * own / r);
        }
    }
    add_variance(gray, at_risk, ours, others, h, next);
    for (uint32_t g = 0; g < groups; g++) {
        if (at_risk[g] > 0.0) {
            gray->f[g] += gray->before[g] * gray->ours[g] / at_risk[g];
            gray->before[g] = gray->after[g];
        }
    }
    gray->common = next;
}

static enum status gray_stratum(struct arena *arena, const struct survival_data *data,
                                uint32_t stratum, uint32_t cause, double rho, double *score,
                                double *covariance) {
    struct risk_walk walk;
    struct gray gray;
    uint32_t groups = data->groups;
    if (risk_walk_begin(&walk, arena, data, RISK_STRATUM, stratum) ||
        gray_begin(&gray, arena, groups)) {
        return STATUS_NO_MEMORY;
    }
    while (risk_walk_next(&walk)) {
        double ours = 0.0;
        double others = 0.0;
        memset(gray.ours, 0, groups * sizeof(double));
        memset(gray.others, 0, groups * sizeof(double));
        for (uint32_t i = walk.from; i < walk.to; i++) {
            uint32_t row = walk.by_time[i];
            uint32_t g = data->group ? data->group[row] : 0;
            bool hit = data->event[row] == cause;
            bool other = data->event[row] != 0 && !hit;
            gray.ours[g] += hit;
            gray.others[g] += other;
            ours += hit;
            others += other;
        }
        if (ours + others > 0.0) {
            gray_time(&gray, walk.at_risk, ours, others, rho);
        }
    }
    for (uint32_t i = 0; i < groups; i++) {
        score[i] += gray.score[i];
        for (uint32_t j = 0; j < groups; j++) {
            double sum = gray.v[i * groups + j];
            for (uint32_t k = 0; k < groups; k++) {
                double ci = gray.c[i * groups + k];
                double cj = gray.c[j * groups + k];
                sum += ci * cj * gray.v3[k] + ci * gray.v2[j * groups + k] +
                       cj * gray.v2[i * groups + k];
            }
            covariance[i * groups + j] += sum;
        }
    }
    return STATUS_OK;
}

enum status gray_test(struct arena *arena, const struct survival_data *data, uint32_t cause,
                      double rho, struct gray_result *out) {
    *out = (struct gray_result){.refusal = survival_refusal(data)};
    if (!out->refusal && data->groups < 2) {
        out->refusal = "there is only one group";
    }
    if (!out->refusal && data->entry) {
        out->refusal = "Gray's test is not defined for late entry";
    }
    if (out->refusal) {
        return STATUS_OK;
    }
    uint32_t groups = data->groups;
    double *score = ARENA_ARRAY(arena, 2 * (size_t)groups, double);
    double *covariance = ARENA_ARRAY(arena, (size_t)groups * groups, double);
    if (!score || !covariance) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t s = 0; s < data->strata; s++) {
        enum status status = gray_stratum(arena, data, s, cause, rho, score, covariance);
        if (status) {
            return status;
        }
    }
    out->df = (uint32_t)cholesky_factor(covariance, groups, RANK_TOLERANCE);
    if (out->df == 0) {
        out->refusal = "no event of this cause happened while subjects of two groups were at risk";
        return STATUS_OK;
    }
    out->chi2 = cholesky_quadratic(covariance, groups, score, score + groups);
    out->p = dist_chi2_upper(out->chi2, out->df);
    return STATUS_OK;
}
