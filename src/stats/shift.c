/* Hodges-Lehmann estimates: order statistics of all differences, or of all Walsh averages, found by
 * counting how many lie below a value, so that 10^5 rows need no 10^10 differences. */
#include "dist/dist.h"
#include "stats/moments.h"
#include "stats/rank.h"

#include <math.h>

/* Doubles in order as integers in order. */
static uint64_t to_key(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & (UINT64_C(1) << 63) ? ~bits : bits | (UINT64_C(1) << 63);
}

static double of_key(uint64_t key) {
    uint64_t bits = key & (UINT64_C(1) << 63) ? key & ~(UINT64_C(1) << 63) : ~key;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

struct pairs {
    const double *x; /* sorted */
    const double *y; /* sorted; NULL: Walsh averages of x */
    uint32_t n;
    uint32_t m;
};

static double pair_count(const struct pairs *p) {
    return p->y ? (double)p->n * p->m : (double)p->n * (p->n + 1.0) / 2;
}

/* How many pairs are at most v. Rounding keeps both forms monotone in each element. */
static double count_up_to(const struct pairs *p, double v) {
    double count = 0;
    if (p->y) {
        uint32_t j = 0; /* y[j..] are those with x[i] - y <= v */
        for (uint32_t i = 0; i < p->n; i++) {
            while (j < p->m && p->x[i] - p->y[j] > v) {
                j++;
            }
            count += p->m - j;
        }
        return count;
    }
    uint32_t end = p->n; /* x[0..end) are those with (x[i] + x) / 2 <= v */
    for (uint32_t i = 0; i < p->n; i++) {
        while (end > 0 && (p->x[i] + p->x[end - 1]) / 2 > v) {
            end--;
        }
        if (end <= i) {
            break;
        }
        count += end - i;
    }
    return count;
}

/* The k-th smallest pair, k from 1. */
static double pair_at(const struct pairs *p, double k) {
    double low_value = p->y ? p->x[0] - p->y[p->m - 1] : p->x[0];
    double high_value = p->y ? p->x[p->n - 1] - p->y[0] : p->x[p->n - 1];
    uint64_t low = to_key(low_value);
    uint64_t high = to_key(high_value);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (count_up_to(p, of_key(middle)) >= k) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return of_key(low) + 0.0; /* no negative zero */
}

static double pair_median(const struct pairs *p) {
    double count = pair_count(p);
    double lower = pair_at(p, floor((count + 1) / 2));
    return fmod(count, 2) == 1 ? lower : (lower + pair_at(p, floor(count / 2) + 1)) / 2;
}

/* The exact distribution of the statistic without ties, to find how far in the interval may begin:
 * the largest c with P(statistic <= c - 1) <= alpha / 2. 0: none. */
static enum status exact_place(const struct rank_sum *r, double alpha, struct arena *scratch,
                               double *place, double *tail) {
    struct rank_sum low = *r;
    *place = 0;
    *tail = 0;
    /* Binary search over c: each probability is one counting. */
    double lo = 0;
    double hi = floor(r->mean) + 1;
    while (hi - lo > 1) {
        double middle = floor((lo + hi) / 2);
        struct rank_exact exact;
        low.statistic = middle - 1;
        enum status status = rank_p_exact(&low, scratch, &exact);
        if (status != STATUS_OK) {
            return status;
        }
        if (exact.less <= alpha / 2) {
            lo = middle;
            *tail = exact.less;
        } else {
            hi = middle;
        }
    }
    *place = lo;
    return STATUS_OK;
}

static enum status interval(const struct pairs *p, const struct rank_sum *r, double level,
                            bool exact, bool continuity, struct arena *scratch, struct shift *out) {
    double count = pair_count(p);
    double place;
    out->achieved = NAN;
    if (exact) {
        double tail;
        enum status status = exact_place(r, 1 - level, scratch, &place, &tail);
        if (status != STATUS_OK) {
            return status;
        }
        out->achieved = 1 - 2 * tail;
    } else {
        double z = dist_normal_quantile((1 + level) / 2);
        place = ceil(count / 2 - (continuity ? 0.5 : 0) - z * sqrt(r->variance));
    }
    out->low = place >= 1 ? pair_at(p, place) : -INFINITY;
    out->high = place >= 1 ? pair_at(p, count + 1 - place) : INFINITY;
    return STATUS_OK;
}

enum status shift_two(double *x, uint32_t n, double *y, uint32_t m, const struct rank_sum *r,
                      double level, bool exact, bool continuity, struct arena *scratch,
                      struct shift *out) {
    sort_values(x, n);
    sort_values(y, m);
    struct pairs pairs = {x, y, n, m};
    out->estimate = pair_median(&pairs);
    return interval(&pairs, r, level, exact, continuity, scratch, out);
}

enum status shift_one(double *d, uint32_t n, const struct rank_sum *r, double level, bool exact,
                      bool continuity, struct arena *scratch, struct shift *out) {
    sort_values(d, n);
    struct pairs pairs = {d, NULL, n, 0};
    out->estimate = pair_median(&pairs);
    return interval(&pairs, r, level, exact, continuity, scratch, out);
}
