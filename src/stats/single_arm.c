#include "stats/single_arm.h"

#include "base/limits.h"
#include "dist/dist.h"

#include <math.h>
#include <stdbool.h>

static const char *why_not(const struct single_arm_design *design) {
    if (!(design->p0 > 0.0 && design->p0 < design->p1 && design->p1 < 1.0)) {
        return "the proportions must satisfy 0 < p0 < p1 < 1";
    }
    if (!(design->alpha > 0.0 && design->alpha < 1.0 && design->power > 0.0 &&
          design->power < 1.0)) {
        return "alpha and the power must lie between 0 and 1";
    }
    if (design->n_max < 2 || design->n_max > LIMIT_SINGLE_ARM_N) {
        return "the largest size to search must lie between 2 and 500";
    }
    return NULL;
}

/* ---- Simon ---- */

struct simon_search {
    const struct single_arm_design *design;
    double *density[2]; /* binomial densities of n1 under p0 and p1 */
    double *upper[2];   /* P(more than k) of the second stage */
    double *reject[2];  /* by r1: the probability of more than r1 first and more than r in all */
    double *least;      /* by n1: the largest chance to stop early that leaves the power */
};

/* Tables of the second stage. */
static void second_stage(const struct simon_search *search, uint32_t n2) {
    const double p[] = {search->design->p0, search->design->p1};
    for (int h = 0; h < 2; h++) {
        for (uint32_t k = 0; k <= n2; k++) {
            search->upper[h][k] = dist_binomial_upper(k, n2, p[h]);
        }
    }
}

/* reject[h][r1] for all r1 of first stages of n1, with r of n1 + n2 in all. */
static void reject_all(const struct simon_search *search, uint32_t n1, uint32_t n2, uint32_t r) {
    for (int h = 0; h < 2; h++) {
        double sum = 0.0;
        for (uint32_t x = n1 + 1; x-- > 0;) {
            double later = x > r ? 1.0 : r - x >= n2 ? 0.0 : search->upper[h][r - x];
            sum += search->density[h][x] * later;
            if (x > 0) {
                search->reject[h][x - 1] = sum;
            }
        }
    }
}

static bool better(const struct simon_design *a, const struct simon_design *b, bool minimax) {
    if (b->n == 0) {
        return true;
    }
    if (minimax && a->n != b->n) {
        return a->n < b->n;
    }
    return a->expected_n < b->expected_n;
}

/* All designs with n1 of n in the first stage. */
static void try_stages(const struct simon_search *search, uint32_t n1, uint32_t n,
                       struct simon_result *out) {
    uint32_t n2 = n - n1;
    for (uint32_t r = 0; r < n; r++) {
        reject_all(search, n1, n2, r);
        double stop = 0.0;
        for (uint32_t r1 = 0; r1 < n1 && r1 <= r; r1++) {
            stop += search->density[0][r1];
            double alpha = search->reject[0][r1];
            double power = search->reject[1][r1];
            if (power < search->design->power) {
                break; /* a larger r1 loses more */
            }
            if (alpha > search->design->alpha) {
                continue;
            }
            struct simon_design one = {.n1 = n1,
                                       .r1 = r1,
                                       .n = n,
                                       .r = r,
                                       .alpha = alpha,
                                       .power = power,
                                       .stop_early = stop,
                                       .expected_n = n1 + (1.0 - stop) * n2};
            out->optimal = better(&one, &out->optimal, false) ? one : out->optimal;
            out->minimax = better(&one, &out->minimax, true) ? one : out->minimax;
        }
    }
}

/* No design of n subjects can expect fewer than this. */
static double least_expected(const struct simon_search *search, uint32_t n) {
    double least = INFINITY;
    for (uint32_t n1 = 1; n1 < n; n1++) {
        least = fmin(least, n1 + (1.0 - search->least[n1]) * (n - n1));
    }
    return least;
}

static void bounds(const struct simon_search *search) {
    const struct single_arm_design *d = search->design;
    for (uint32_t n1 = 1; n1 <= d->n_max; n1++) {
        search->least[n1] = 0.0;
        for (uint32_t r1 = 0; r1 < n1 && dist_binomial_upper(r1, n1, d->p1) >= d->power; r1++) {
            search->least[n1] = dist_binomial_p(r1, n1, d->p0);
        }
    }
}

static void first_stage(const struct simon_search *search, uint32_t n1) {
    const double p[] = {search->design->p0, search->design->p1};
    for (int h = 0; h < 2; h++) {
        for (uint32_t k = 0; k <= n1; k++) {
            search->density[h][k] = dist_binomial_density(k, n1, p[h]);
        }
    }
}

enum status simon_two_stage(struct arena *arena, const struct single_arm_design *design,
                            struct simon_result *out) {
    *out = (struct simon_result){.refusal = why_not(design)};
    if (out->refusal) {
        return STATUS_OK;
    }
    struct simon_search search = {.design = design};
    size_t cells = design->n_max + 2u;
    search.least = ARENA_ARRAY(arena, cells, double);
    for (int h = 0; h < 2; h++) {
        search.density[h] = ARENA_ARRAY(arena, cells, double);
        search.upper[h] = ARENA_ARRAY(arena, cells, double);
        search.reject[h] = ARENA_ARRAY(arena, cells, double);
        if (!search.density[h] || !search.upper[h] || !search.reject[h]) {
            return STATUS_NO_MEMORY;
        }
    }
    if (!search.least) {
        return STATUS_NO_MEMORY;
    }
    bounds(&search);
    for (uint32_t n = 2; n <= design->n_max; n++) {
        if (out->optimal.n && least_expected(&search, n) >= out->optimal.expected_n) {
            return STATUS_OK;
        }
        for (uint32_t n1 = 1; n1 < n; n1++) {
            /* The first stage alone must leave the power, or nothing does. */
            if (dist_binomial_upper(0.0, n1, design->p1) < design->power) {
                continue;
            }
            first_stage(&search, n1);
            second_stage(&search, n - n1);
            try_stages(&search, n1, n, out);
        }
    }
    out->refusal = out->optimal.n ? "the largest size to search does not prove the design optimal: "
                                    "raise it"
                                  : "no design within the largest size to search keeps both errors";
    return STATUS_OK;
}

/* ---- A'Hern ---- */

struct ahern_result ahern_single_stage(const struct single_arm_design *design) {
    struct ahern_result out = {.refusal = why_not(design)};
    for (uint32_t n = 1; !out.refusal && n <= design->n_max; n++) {
        for (uint32_t cut = 0; cut <= n; cut++) {
            out.alpha = dist_binomial_upper(cut - 1.0, n, design->p0);
            out.power = dist_binomial_upper(cut - 1.0, n, design->p1);
            if (out.power < design->power) {
                break;
            }
            if (out.alpha <= design->alpha) {
                out.n = n;
                out.cut = cut;
                return out;
            }
        }
    }
    if (!out.refusal) {
        out.refusal = "no design within the largest size to search keeps both errors";
    }
    return out;
}
