#include "stats/sample_size.h"

#include "base/limits.h"
#include "dist/dist.h"

#include <math.h>
#include <string.h>

/* Tables with as many events in all have fixed margins; the test rejects those whose p is at most
 * alpha. p two-sided: all tables no more probable, with R's tolerance for equal ones. */
static const double SAME = 1.0 + 1e-7;

struct fisher_design {
    double p1, p2;
    double alpha;
    int sides;
    bool first_larger; /* the side of a one-sided test */
    double *table;     /* probabilities of a margin [n + 1] */
    double *first;     /* binomial probabilities of each group under the design */
    double *second;
};

/* Hypergeometric probabilities of a margin: each from its neighbour, outward from the mode. */
static void fill_margin(const struct fisher_design *design, double n1, double n2, double events,
                        int64_t low, int64_t high) {
    double *table = design->table;
    int64_t mode = (int64_t)((n1 + 1.0) * (events + 1.0) / (n1 + n2 + 2.0));
    mode = mode < low ? low : mode > high ? high : mode;
    double sum = table[mode] = 1.0;
    for (int64_t k = mode; k < high; k++) {
        double x = (double)k;
        table[k + 1] = table[k] * (n1 - x) * (events - x) / ((x + 1.0) * (n2 - events + x + 1.0));
        sum += table[k + 1];
    }
    for (int64_t k = mode; k > low; k--) {
        double x = (double)k;
        table[k - 1] = table[k] * x * (n2 - events + x) / ((n1 - x + 1.0) * (events - x + 1.0));
        sum += table[k - 1];
    }
    for (int64_t k = low; k <= high; k++) {
        table[k] /= sum;
    }
}

/* A table's probability under the design; *null gathers that under the hypothesis. */
static double take_end(const struct fisher_design *design, uint32_t events, int64_t k,
                       double *null) {
    *null += design->table[k];
    return design->first[k] * design->second[events - k];
}

/* The probability that the test rejects and that there are `events` in all. The probabilities of a
 * margin rise to a mode and fall, so the least probable tables are at its ends: they are taken in
 * ascending order, equal ones together, while their sum, which is p, stays within alpha. */
static double margin_power(const struct fisher_design *design, uint32_t n1, uint32_t n2,
                           uint32_t events) {
    int64_t low = events > n2 ? events - n2 : 0;
    int64_t high = events < n1 ? events : n1;
    const double *table = design->table;
    fill_margin(design, n1, n2, events, low, high);
    double power = 0.0;
    double p = 0.0;
    while (low <= high) {
        double reach = fmin(table[low], table[high]) * SAME;
        double more = 0.0;
        if (design->sides == 1) {
            more += take_end(design, events, design->first_larger ? high-- : low++, &p);
        } else {
            while (low <= high && table[low] <= reach) {
                more += take_end(design, events, low++, &p);
            }
            while (low <= high && table[high] <= reach) {
                more += take_end(design, events, high--, &p);
            }
        }
        if (p > design->alpha) {
            break;
        }
        power += more;
    }
    return power;
}

static double power_of(const struct fisher_design *design, uint32_t n1, uint32_t n2) {
    for (uint32_t k = 0; k <= n1; k++) {
        design->first[k] = dist_binomial_density(k, n1, design->p1);
    }
    for (uint32_t k = 0; k <= n2; k++) {
        design->second[k] = dist_binomial_density(k, n2, design->p2);
    }
    double power = 0.0;
    for (uint32_t events = 0; events <= n1 + n2; events++) {
        power += margin_power(design, n1, n2, events);
    }
    return power;
}

static uint32_t second_group(double ratio, uint32_t n1) {
    double n2 = ceil(ratio * n1 - 1e-9);
    return n2 < 1.0 ? 1 : n2 > LIMIT_FISHER_N ? LIMIT_FISHER_N + 1 : (uint32_t)n2;
}

/* From well below what the normal approximation asks for, upward. */
static void search(const struct fisher_design *design, const struct design_error *error,
                   struct design_size *out) {
    struct design_size near = size_two_proportions(design->p1, design->p2, error);
    uint32_t n1 = near.n1 > 4.0 && near.n1 < LIMIT_FISHER_N ? (uint32_t)(near.n1 * 0.8) : 1;
    if (!(near.n1 < LIMIT_FISHER_N)) {
        out->refusal = "so many subjects would be needed that the exact sum is too long: use the "
                       "normal approximation";
        return;
    }
    while (n1 > 1 && power_of(design, n1, second_group(error->ratio, n1)) >= error->power) {
        n1 /= 2;
    }
    for (; n1 <= LIMIT_FISHER_N; n1++) {
        uint32_t n2 = second_group(error->ratio, n1);
        if (n2 > LIMIT_FISHER_N) {
            break;
        }
        out->power = power_of(design, n1, n2);
        if (out->power >= error->power) {
            out->n1 = n1;
            out->n2 = n2;
            return;
        }
    }
    out->refusal = "more subjects would be needed than the exact sum allows";
}

enum status size_fisher(struct arena *arena, double p1, double p2, const struct design_error *error,
                        struct design_size *out) {
    struct design_error whole = *error;
    whole.strict = false;
    *out = (struct design_size){.refusal = size_two_proportions(p1, p2, &whole).refusal};
    if (!out->refusal && !isnan(error->n1) &&
        (!(error->n1 >= 1.0 && error->n1 <= LIMIT_FISHER_N) || error->n1 != floor(error->n1) ||
         second_group(error->ratio, (uint32_t)error->n1) > LIMIT_FISHER_N)) {
        out->refusal = "the exact power needs whole groups of at most 1000";
    }
    if (out->refusal) {
        return STATUS_OK;
    }
    struct fisher_design design = {
        .p1 = p1, .p2 = p2, .alpha = error->alpha, .sides = error->sides, .first_larger = p1 > p2};
    design.table = ARENA_ARRAY(arena, LIMIT_FISHER_N + 1, double);
    design.first = ARENA_ARRAY(arena, LIMIT_FISHER_N + 1, double);
    design.second = ARENA_ARRAY(arena, LIMIT_FISHER_N + 1, double);
    if (!design.table || !design.first || !design.second) {
        return STATUS_NO_MEMORY;
    }
    if (isnan(error->n1)) {
        search(&design, &whole, out);
    } else {
        uint32_t n1 = (uint32_t)error->n1;
        uint32_t n2 = second_group(error->ratio, n1);
        *out = (struct design_size){.n1 = n1, .n2 = n2, .power = power_of(&design, n1, n2)};
    }
    return STATUS_OK;
}
