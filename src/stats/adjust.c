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

/* Hommel's adjusted values by closed testing (Wright 1992). With the p values in order, p[j] the
 * j-th of m (from 1), the hardest set of s hypotheses that holds the i-th is it and the s - 1
 * largest, and Simes' p value of that set is the smaller of s p[i] and
 *
 *   least(s) = min over k = 2 .. s of s p[m - s + k] / k,
 *
 * that is s times the flattest slope from the point (m - s, 0) to the points (j, p[j]) right of it.
 * The point moves left as s grows, so the lower hull of the points and a search on it give every
 * least(s), and a stack of the largest ones the maximum over s, in m log m steps. */
struct hommel {
    const struct ranked *r;
    uint32_t m;
    uint32_t *hull; /* places, leftmost last */
    uint32_t hull_size;
    double *least;   /* [s] */
    uint32_t *stack; /* sizes s, ascending, whose least(s) is above that of every larger one */
    uint32_t stack_size;
};

static double p_at(const struct hommel *h, uint32_t j) {
    return h->r[j - 1].p;
}

/* Is the middle point on or above the line between the outer ones? */
static bool is_idle(const struct hommel *h, uint32_t left, uint32_t middle, uint32_t right) {
    return (p_at(h, middle) - p_at(h, left)) * (double)(right - left) >=
           (p_at(h, right) - p_at(h, left)) * (double)(middle - left);
}

static void hull_add(struct hommel *h, uint32_t j) {
    while (h->hull_size >= 2 &&
           is_idle(h, j, h->hull[h->hull_size - 1], h->hull[h->hull_size - 2])) {
        h->hull_size--;
    }
    h->hull[h->hull_size++] = j;
}

/* s times the flattest slope from (m - s, 0): along the hull slopes fall, then rise. */
static double least_of(const struct hommel *h, uint32_t s) {
    uint32_t from = h->m - s;
    uint32_t low = 0;
    uint32_t high = h->hull_size - 1;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        uint32_t left = h->hull[middle];
        uint32_t right = h->hull[middle - 1];
        if (p_at(h, left) / (left - from) <= p_at(h, right) / (right - from)) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    uint32_t j = h->hull[low];
    return s * p_at(h, j) / (j - from);
}

static void stack_add(struct hommel *h, uint32_t s) {
    while (h->stack_size && h->least[h->stack[h->stack_size - 1]] <= h->least[s]) {
        h->stack_size--;
    }
    h->stack[h->stack_size++] = s;
}

/* The largest over the sizes so far of min(s p, least(s)): one grows with s, the other falls along
 * the stack. */
static double hardest(const struct hommel *h, double p) {
    uint32_t low = 0;
    uint32_t high = h->stack_size; /* the first with s p >= least(s) */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t s = h->stack[middle];
        if (s * p >= h->least[s]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    double at = low < h->stack_size ? h->least[h->stack[low]] : 0;
    double before = low > 0 ? h->stack[low - 1] * p : 0;
    return fmax(at, before);
}

static bool hommel(struct ranked *r, uint32_t m, struct arena *scratch) {
    struct hommel h = {.r = r,
                       .m = m,
                       .hull = ARENA_ARRAY(scratch, m + 1u, uint32_t),
                       .least = ARENA_ARRAY(scratch, m + 1u, double),
                       .stack = ARENA_ARRAY(scratch, m + 1u, uint32_t)};
    if (!h.hull || !h.least || !h.stack) {
        return false;
    }
    h.least[1] = INFINITY;
    for (uint32_t s = 2; s <= m; s++) {
        hull_add(&h, m - s + 2);
        h.least[s] = least_of(&h, s);
    }
    /* Sizes up to m - i + 1, in which the i-th may stand apart from the s - 1 largest. */
    for (uint32_t i = m; i >= 1; i--) {
        stack_add(&h, m - i + 1);
        r[i - 1].adjusted = fmax(r[i - 1].p, hardest(&h, r[i - 1].p));
    }
    /* Larger ones, in which it is one of the s - 1 largest: then the set is the s largest. */
    double largest = 0;
    for (uint32_t i = 1; i <= m; i++) {
        r[i - 1].adjusted = fmax(r[i - 1].adjusted, largest);
        uint32_t s = m - i + 1;
        largest = fmax(largest, fmin(s * r[i - 1].p, h.least[s]));
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
