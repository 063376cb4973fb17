#include "stats/adjust.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct ranked {
    double p;
    double adjusted;
    uint32_t index;
};

static int compare_ranked(const void *a, const void *b) {
    const struct ranked *x = a;
    const struct ranked *y = b;
    int order = (x->p > y->p) - (x->p < y->p);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* 1 - (1 - p)^k */
static double any_of(double p, double k) {
    return p >= 1 ? 1 : -expm1(k * log1p(-p));
}

static double harmonic(uint32_t m) {
    double sum = 0;
    for (uint32_t i = 1; i <= m; i++) {
        sum += 1.0 / i;
    }
    return sum;
}

/* The adjusted value of the one at place i of m (from 0), before it is made monotone. */
static double raw(double p, uint32_t i, uint32_t m, enum adjust_method method) {
    double left = (double)(m - i);
    switch (method) {
    case ADJUST_BONFERRONI:
        return p * m;
    case ADJUST_HOLM:
    case ADJUST_HOCHBERG:
        return p * left;
    case ADJUST_SIDAK:
        return any_of(p, m);
    case ADJUST_HOLM_SIDAK:
        return any_of(p, left);
    case ADJUST_BH:
        return p * m / (i + 1.0);
    case ADJUST_BY:
        return p * m / (i + 1.0) * harmonic(m);
    default:
        return p;
    }
}

/* Step-down methods take the maximum from below, step-up ones the minimum from above. */
static void make_monotone(struct ranked *r, uint32_t m, enum adjust_method method) {
    bool down = method == ADJUST_HOLM || method == ADJUST_HOLM_SIDAK;
    bool up = method == ADJUST_HOCHBERG || method == ADJUST_BH || method == ADJUST_BY;
    for (uint32_t i = 1; down && i < m; i++) {
        r[i].adjusted = fmax(r[i].adjusted, r[i - 1].adjusted);
    }
    for (uint32_t i = m - 1; up && i-- > 0;) {
        r[i].adjusted = fmin(r[i].adjusted, r[i + 1].adjusted);
    }
}

/* Wright 1992: for each size s of a hypothesis set, from m down to 2, the smallest ratio among the
 * s largest bounds all the others. */
static bool hommel(struct ranked *r, uint32_t m, struct arena *scratch) {
    double *q = ARENA_ARRAY(scratch, m, double);
    if (!q) {
        return false;
    }
    double all = INFINITY;
    for (uint32_t i = 0; i < m; i++) {
        all = fmin(all, m * r[i].p / (i + 1.0));
    }
    for (uint32_t i = 0; i < m; i++) {
        r[i].adjusted = q[i] = all;
    }
    for (uint32_t s = m - 1; s >= 2; s--) {
        uint32_t low = m - s + 1; /* how many are not among the s - 1 largest */
        double smallest = INFINITY;
        for (uint32_t k = 2; k <= s; k++) {
            smallest = fmin(smallest, s * r[low + k - 2].p / k);
        }
        for (uint32_t i = 0; i < low; i++) {
            q[i] = fmin(s * r[i].p, smallest);
        }
        for (uint32_t i = low; i < m; i++) {
            q[i] = q[low - 1];
        }
        for (uint32_t i = 0; i < m; i++) {
            r[i].adjusted = fmax(r[i].adjusted, q[i]);
        }
    }
    for (uint32_t i = 0; i < m; i++) {
        r[i].adjusted = fmax(r[i].adjusted, r[i].p);
    }
    return true;
}

enum status adjust_p(const double *p, uint32_t count, enum adjust_method method,
                     struct arena *scratch, double *adjusted) {
    struct ranked *r = ARENA_ARRAY(scratch, count + 1, struct ranked);
    if (!r) {
        return STATUS_NO_MEMORY;
    }
    uint32_t m = 0;
    for (uint32_t i = 0; i < count; i++) {
        adjusted[i] = NAN;
        if (!isnan(p[i])) {
            r[m++] = (struct ranked){p[i], p[i], i};
        }
    }
    if (!m) {
        return STATUS_OK;
    }
    qsort(r, m, sizeof *r, compare_ranked);
    if (method == ADJUST_HOMMEL) {
        if (!hommel(r, m, scratch)) {
            return STATUS_NO_MEMORY;
        }
    } else {
        for (uint32_t i = 0; i < m; i++) {
            r[i].adjusted = raw(r[i].p, i, m, method);
        }
        make_monotone(r, m, method);
    }
    for (uint32_t i = 0; i < m; i++) {
        adjusted[r[i].index] = fmin(r[i].adjusted, 1);
    }
    return STATUS_OK;
}
