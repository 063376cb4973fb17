#include "trial/allocation_balance.h"

#include "base/limits.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct dry_run {
    const struct allocation_design *design;
    const struct balance_options *options;
    struct allocation *allocation;
    struct draw arrivals;
    uint32_t stratum_count;
    uint32_t *levels; /* [factor] of the subject who arrives */
};

/* ---- Arrivals ---- */

static uint32_t draw_level(struct draw *draw, const struct allocation_factor *factor,
                           const double *shares) {
    if (!shares) {
        return draw_below(draw, factor->level_count);
    }
    double sum = 0.0;
    for (uint32_t l = 0; l < factor->level_count; l++) {
        sum += shares[l];
    }
    double ticket = draw_unit(draw) * sum;
    for (uint32_t l = 0; l + 1 < factor->level_count; l++) {
        if (ticket < shares[l]) {
            return l;
        }
        ticket -= shares[l];
    }
    return factor->level_count - 1;
}

static void arrive(struct dry_run *run) {
    const double *shares = run->options->level_shares;
    for (uint32_t f = 0; f < run->design->factor_count; f++) {
        const struct allocation_factor *factor = &run->design->factors[f];
        run->levels[f] = draw_level(&run->arrivals, factor, shares);
        shares = shares ? shares + factor->level_count : NULL;
    }
}

/* ---- The guesser ---- */

/* How far ahead each arm looks to the guesser; the least is guessed. */
static void scores(const struct dry_run *run, double *by_arm) {
    const struct allocation_design *design = run->design;
    if (design->kind == ALLOCATION_MINIMISATION) {
        allocation_imbalance(run->allocation, run->levels, by_arm);
        return;
    }
    const uint32_t *counts =
        allocation_stratum_counts(run->allocation, allocation_stratum(design, run->levels));
    for (uint32_t a = 0; a < design->arm_count; a++) {
        by_arm[a] = (double)counts[a] / (double)design->ratio[a];
    }
}

/* The chance that the guess is `arm`, from the scores before it was given. */
static double chance_of(const struct dry_run *run, const double *score, uint32_t arm) {
    const struct allocation_design *design = run->design;
    double best = INFINITY;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        best = fmin(best, score[a]);
    }
    double tie = best + 1e-9 * (1.0 + best);
    uint32_t share = 0;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        share = score[a] <= tie && design->ratio[a] > share ? design->ratio[a] : share;
    }
    uint32_t candidates = 0;
    bool is_candidate = false;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        bool candidate = score[a] <= tie && design->ratio[a] == share;
        candidates += candidate;
        is_candidate |= candidate && a == arm;
    }
    return is_candidate ? 1.0 / (double)candidates : 0.0;
}

/* ---- Balance ---- */

/* Subjects between the arm furthest from its share and that share. */
static double distance(const struct allocation_design *design, const uint32_t *counts) {
    double total = 0.0;
    double sum = allocation_ratio_sum(design);
    double most = 0.0;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        total += counts[a];
    }
    for (uint32_t a = 0; a < design->arm_count; a++) {
        most = fmax(most, fabs(counts[a] - total * design->ratio[a] / sum));
    }
    return most;
}

static bool lacks_an_arm(const struct allocation_design *design, const uint32_t *counts) {
    for (uint32_t a = 0; a < design->arm_count; a++) {
        if (!counts[a]) {
            return true;
        }
    }
    return false;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct balance_spread spread_of(double *values, uint32_t count) {
    qsort(values, count, sizeof *values, by_size);
    return (struct balance_spread){
        .median = values[(count - 1) / 2],
        .high = values[(uint32_t)ceil(0.95 * (double)count) - 1],
        .most = values[count - 1],
    };
}

/* ---- Runs ---- */

struct run_result {
    double guessed;
    double overall;
    double worst_stratum;
    double on_the_way;
    double empty_strata;
};

static enum status one_run(struct dry_run *run, uint32_t number, struct run_result *out) {
    const struct allocation_design *design = run->design;
    char domain[32];
    int length = snprintf(domain, sizeof domain, "dry run %u", number);
    struct draw seeds;
    draw_init_domain(&seeds, run->options->seed, (struct str){domain, (size_t)length});
    uint8_t seed[DRAW_SEED_BYTES];
    for (uint32_t i = 0; i < DRAW_SEED_BYTES; i++) {
        seed[i] = (uint8_t)draw_u32(&seeds);
    }
    allocation_restart(run->allocation, seed);
    draw_init_domain(&run->arrivals, seed, STR("arrivals"));
    *out = (struct run_result){0};
    for (uint32_t i = 0; i < run->options->subjects; i++) {
        double score[LIMIT_ARMS];
        uint32_t arm = 0;
        arrive(run);
        scores(run, score);
        enum status status = allocation_next(run->allocation, run->levels, &arm);
        if (status != STATUS_OK) {
            return status;
        }
        out->guessed += chance_of(run, score, arm);
        out->on_the_way =
            fmax(out->on_the_way, distance(design, allocation_counts(run->allocation)));
    }
    out->guessed /= (double)run->options->subjects;
    out->overall = distance(design, allocation_counts(run->allocation));
    for (uint32_t s = 0; s < run->stratum_count; s++) {
        const uint32_t *counts = allocation_stratum_counts(run->allocation, s);
        out->worst_stratum = fmax(out->worst_stratum, distance(design, counts));
        out->empty_strata += lacks_an_arm(design, counts);
    }
    return STATUS_OK;
}

enum status allocation_balance(const struct allocation_design *design,
                               const struct balance_options *options, struct arena *arena,
                               struct allocation_balance *out) {
    assert(options->subjects > 0 && options->repeats > 1);
    struct dry_run run = {.design = design,
                          .options = options,
                          .stratum_count = allocation_stratum_count(design),
                          .levels = ARENA_ARRAY(arena, design->factor_count + 1, uint32_t)};
    double *ends = ARENA_ARRAY(arena, options->repeats, double);
    double *worst = ARENA_ARRAY(arena, options->repeats, double);
    double *way = ARENA_ARRAY(arena, options->repeats, double);
    enum status status = allocation_new(design, options->seed, arena, &run.allocation);
    if (status != STATUS_OK || !run.levels || !ends || !worst || !way) {
        return status != STATUS_OK ? status : STATUS_NO_MEMORY;
    }
    double mean = 0.0;
    double squares = 0.0;
    double empty = 0.0;
    for (uint32_t i = 0; i < options->repeats; i++) {
        struct run_result result;
        status = one_run(&run, i, &result);
        if (status != STATUS_OK) {
            return status;
        }
        double step = result.guessed - mean;
        mean += step / (double)(i + 1);
        squares += step * (result.guessed - mean);
        ends[i] = result.overall;
        worst[i] = result.worst_stratum;
        way[i] = result.on_the_way;
        empty += result.empty_strata;
    }
    double repeats = options->repeats;
    *out = (struct allocation_balance){
        .subjects = options->subjects,
        .repeats = options->repeats,
        .predictability = mean,
        .predictability_se = sqrt(squares / (repeats - 1.0) / repeats),
        .overall = spread_of(ends, options->repeats),
        .worst_stratum = spread_of(worst, options->repeats),
        .on_the_way = spread_of(way, options->repeats),
        .empty_strata = empty / repeats / (double)run.stratum_count,
    };
    return STATUS_OK;
}
