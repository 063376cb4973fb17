#include "trial/allocation.h"

#include "base/digest.h"
#include "base/limits.h"

#include <assert.h>
#include <math.h>

/* One stratum's list: the block that is being used up. */
struct stratum_list {
    bool begun;
    struct draw draw;
    uint32_t length;
    uint32_t position;
    uint8_t block[LIMIT_BLOCK_SUBJECTS];
};

struct allocation {
    const struct allocation_design *design;
    uint8_t seed[DRAW_SEED_BYTES];
    uint32_t stratum_count;
    uint32_t ratio_sum;
    uint32_t total;
    uint32_t *by_arm;           /* [arm] */
    uint32_t *by_stratum;       /* [stratum][arm] */
    uint32_t *by_level;         /* [factor's first level + level][arm]; MINIMISATION */
    struct stratum_list *lists; /* [stratum]; BLOCKS */
    struct draw draw;           /* of the one sequence; SIMPLE, MINIMISATION */
    uint32_t level_total;
};

/* ---- Designs ---- */

uint32_t allocation_stratum_count(const struct allocation_design *design) {
    uint64_t count = 1;
    for (uint32_t f = 0; f < design->factor_count && count <= LIMIT_STRATA; f++) {
        count *= design->factors[f].level_count;
    }
    return count <= LIMIT_STRATA ? (uint32_t)count : 0;
}

uint32_t allocation_ratio_sum(const struct allocation_design *design) {
    uint32_t sum = 0;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        sum += design->ratio[a];
    }
    return sum;
}

uint32_t allocation_stratum(const struct allocation_design *design, const uint32_t *levels) {
    uint32_t stratum = 0;
    for (uint32_t f = 0; f < design->factor_count; f++) {
        assert(levels[f] < design->factors[f].level_count);
        stratum = stratum * design->factors[f].level_count + levels[f];
    }
    return stratum;
}

static const char *fault_of_blocks(const struct allocation_design *design, struct arena *arena) {
    uint32_t sum = allocation_ratio_sum(design);
    if (!design->block_size_count) {
        return "permuted blocks need at least one block size";
    }
    for (uint32_t i = 0; i < design->block_size_count; i++) {
        uint32_t size = design->block_sizes[i];
        if (size == 0 || size > LIMIT_BLOCK_SUBJECTS || size % sum != 0) {
            struct str words = arena_format(
                arena,
                "a block of %u cannot hold the ratio: block sizes are multiples of %u, up to %u",
                size, sum, (unsigned)LIMIT_BLOCK_SUBJECTS);
            return words.at ? words.at : "a block size cannot hold the ratio";
        }
    }
    return NULL;
}

const char *allocation_design_fault(const struct allocation_design *design, struct arena *arena) {
    if (design->arm_count < 2 || design->arm_count > LIMIT_ARMS) {
        return "allocation needs 2 to 16 arms";
    }
    for (uint32_t a = 0; a < design->arm_count; a++) {
        if (design->ratio[a] == 0 || design->ratio[a] > LIMIT_BLOCK_SUBJECTS / LIMIT_ARMS) {
            return "the ratio is of whole numbers from 1 to 16";
        }
    }
    for (uint32_t f = 0; f < design->factor_count; f++) {
        if (design->factors[f].level_count == 0) {
            return "a factor has no level";
        }
        if (!(design->factors[f].weight > 0.0) || isinf(design->factors[f].weight)) {
            return "the weight of a factor is a positive number";
        }
    }
    if (allocation_stratum_count(design) == 0) {
        return "there are more than 4,096 strata";
    }
    if (design->kind == ALLOCATION_BLOCKS) {
        return fault_of_blocks(design, arena);
    }
    if (design->kind == ALLOCATION_MINIMISATION &&
        !(design->preference > 0.0 && design->preference < 1.0)) {
        return "minimisation needs a probability between 0 and 1 for the preferred arm: with 1 the "
               "next arm is known to everybody who keeps count";
    }
    return NULL;
}

/* ---- Beginning ---- */

void allocation_restart(struct allocation *allocation, const uint8_t seed[DRAW_SEED_BYTES]) {
    const struct allocation_design *design = allocation->design;
    memcpy(allocation->seed, seed, DRAW_SEED_BYTES);
    draw_init_domain(&allocation->draw, seed,
                     design->kind == ALLOCATION_SIMPLE ? STR("simple") : STR("minimisation"));
    allocation->total = 0;
    memset(allocation->by_arm, 0, sizeof(uint32_t) * design->arm_count);
    memset(allocation->by_stratum, 0,
           sizeof(uint32_t) * design->arm_count * allocation->stratum_count);
    memset(allocation->by_level, 0, sizeof(uint32_t) * design->arm_count * allocation->level_total);
    for (uint32_t s = 0; allocation->lists && s < allocation->stratum_count; s++) {
        allocation->lists[s].begun = false;
    }
}

enum status allocation_new(const struct allocation_design *design,
                           const uint8_t seed[DRAW_SEED_BYTES], struct arena *arena,
                           struct allocation **out) {
    assert(!allocation_design_fault(design, arena));
    struct allocation *made = ARENA_NEW(arena, struct allocation);
    if (!made) {
        return STATUS_NO_MEMORY;
    }
    made->design = design;
    made->stratum_count = allocation_stratum_count(design);
    made->ratio_sum = allocation_ratio_sum(design);
    for (uint32_t f = 0; f < design->factor_count; f++) {
        made->level_total += design->factors[f].level_count;
    }
    made->level_total += !design->factor_count; /* no factor: all are of one level */
    made->by_arm = ARENA_ARRAY(arena, design->arm_count, uint32_t);
    made->by_stratum =
        ARENA_ARRAY(arena, (size_t)design->arm_count * made->stratum_count, uint32_t);
    made->by_level = ARENA_ARRAY(arena, (size_t)design->arm_count * made->level_total, uint32_t);
    if (design->kind == ALLOCATION_BLOCKS) {
        made->lists = ARENA_ARRAY(arena, made->stratum_count, struct stratum_list);
    }
    if (!made->by_arm || !made->by_stratum || !made->by_level ||
        (design->kind == ALLOCATION_BLOCKS && !made->lists)) {
        return STATUS_NO_MEMORY;
    }
    allocation_restart(made, seed);
    *out = made;
    return STATUS_OK;
}

const uint32_t *allocation_counts(const struct allocation *allocation) {
    return allocation->by_arm;
}

const uint32_t *allocation_stratum_counts(const struct allocation *allocation, uint32_t stratum) {
    return allocation->by_stratum + (size_t)stratum * allocation->design->arm_count;
}

/* ---- Simple ---- */

/* An arm by the ratio, among those allowed. */
static uint32_t draw_by_ratio(struct draw *draw, const struct allocation_design *design,
                              const bool *allowed) {
    uint32_t sum = 0;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        sum += !allowed || allowed[a] ? design->ratio[a] : 0;
    }
    uint32_t ticket = draw_below(draw, sum);
    for (uint32_t a = 0; a < design->arm_count; a++) {
        uint32_t share = !allowed || allowed[a] ? design->ratio[a] : 0;
        if (ticket < share) {
            return a;
        }
        ticket -= share;
    }
    assert(false);
    return 0;
}

/* ---- Blocks ---- */

/* "stratum", then each level's label with its length before it, so that no two strata share a
 * domain; labels, not numbers, so that a further level does not change the lists of the others. */
static void begin_list(struct allocation *allocation, const uint32_t *levels,
                       struct stratum_list *list) {
    const struct allocation_design *design = allocation->design;
    uint8_t domain[DIGEST_BYTES] = "stratum";
    for (uint32_t f = 0; f < design->factor_count; f++) {
        digest_add(domain, design->factors[f].name);
        digest_add(domain, design->factors[f].levels[levels[f]]);
    }
    draw_init_domain(&list->draw, allocation->seed,
                     (struct str){(const char *)domain, sizeof domain});
    list->begun = true;
    list->length = 0;
    list->position = 0;
}

/* A new block: its size is drawn, the arms laid out by the ratio and shuffled (Fisher-Yates), so
 * that every order is equally likely. */
static void draw_block(const struct allocation *allocation, struct stratum_list *list) {
    const struct allocation_design *design = allocation->design;
    uint32_t size = design->block_sizes[draw_below(&list->draw, design->block_size_count)];
    uint32_t repeats = size / allocation->ratio_sum;
    uint32_t filled = 0;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        for (uint32_t k = 0; k < repeats * design->ratio[a]; k++) {
            list->block[filled++] = (uint8_t)a;
        }
    }
    assert(filled == size);
    for (uint32_t i = size; i > 1; i--) {
        uint32_t k = draw_below(&list->draw, i);
        uint8_t arm = list->block[k];
        list->block[k] = list->block[i - 1];
        list->block[i - 1] = arm;
    }
    list->length = size;
    list->position = 0;
}

static uint32_t next_of_block(struct allocation *allocation, const uint32_t *levels) {
    struct stratum_list *list = &allocation->lists[allocation_stratum(allocation->design, levels)];
    if (!list->begun) {
        begin_list(allocation, levels, list);
    }
    if (list->position == list->length) {
        draw_block(allocation, list);
    }
    return list->block[list->position++];
}

/* ---- Minimisation ---- */

/* The spread of one level's counts over the ratio, with one more in arm `extra`. */
static double spread(const struct allocation_design *design, const uint32_t *counts,
                     uint32_t extra) {
    double least = INFINITY;
    double most = -INFINITY;
    double mean = 0.0;
    double squares = 0.0; /* Welford */
    for (uint32_t a = 0; a < design->arm_count; a++) {
        double scaled = (double)(counts[a] + (a == extra)) / (double)design->ratio[a];
        least = fmin(least, scaled);
        most = fmax(most, scaled);
        double step = scaled - mean;
        mean += step / (double)(a + 1);
        squares += step * (scaled - mean);
    }
    return design->measure == ALLOCATION_RANGE ? most - least
                                               : squares / (double)(design->arm_count - 1);
}

void allocation_imbalance(const struct allocation *allocation, const uint32_t *levels,
                          double *by_arm) {
    const struct allocation_design *design = allocation->design;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        uint32_t first = 0;
        by_arm[a] = design->factor_count ? 0.0 : spread(design, allocation->by_level, a);
        for (uint32_t f = 0; f < design->factor_count; f++) {
            const uint32_t *counts =
                allocation->by_level + (size_t)(first + levels[f]) * design->arm_count;
            by_arm[a] += design->factors[f].weight * spread(design, counts, a);
            first += design->factors[f].level_count;
        }
    }
}

/* Gives the subject to the preferred arm, or by the ratio to another. */
static uint32_t biased_coin(struct allocation *allocation, uint32_t preferred) {
    const struct allocation_design *design = allocation->design;
    uint32_t least = UINT32_MAX;
    for (uint32_t a = 0; a < design->arm_count; a++) {
        least = design->ratio[a] < least ? design->ratio[a] : least;
    }
    uint32_t sum = allocation->ratio_sum;
    double p = 1.0 - (1.0 - design->preference) * (double)(sum - design->ratio[preferred]) /
                         (double)(sum - least);
    if (draw_unit(&allocation->draw) < p) {
        return preferred;
    }
    bool others[LIMIT_ARMS];
    for (uint32_t a = 0; a < design->arm_count; a++) {
        others[a] = a != preferred;
    }
    return draw_by_ratio(&allocation->draw, design, others);
}

static uint32_t next_by_minimisation(struct allocation *allocation, const uint32_t *levels) {
    const struct allocation_design *design = allocation->design;
    if (allocation->total == 0) {
        return draw_by_ratio(&allocation->draw, design, NULL);
    }
    double imbalance[LIMIT_ARMS];
    allocation_imbalance(allocation, levels, imbalance);
    double best = imbalance[0];
    for (uint32_t a = 1; a < design->arm_count; a++) {
        best = fmin(best, imbalance[a]);
    }
    /* Sums of fractions that are equal on paper may differ in the last digits. */
    double tie = best + 1e-9 * (1.0 + best);
    bool good[LIMIT_ARMS];
    for (uint32_t a = 0; a < design->arm_count; a++) {
        good[a] = imbalance[a] <= tie;
    }
    return biased_coin(allocation, draw_by_ratio(&allocation->draw, design, good));
}

/* ---- The next subject ---- */

void allocation_count(struct allocation *allocation, const uint32_t *levels, uint32_t arm) {
    const struct allocation_design *design = allocation->design;
    uint32_t stratum = allocation_stratum(design, levels);
    uint32_t first = 0;
    for (uint32_t f = 0; f < design->factor_count; f++) {
        allocation->by_level[(size_t)(first + levels[f]) * design->arm_count + arm]++;
        first += design->factors[f].level_count;
    }
    if (!design->factor_count) {
        allocation->by_level[arm]++;
    }
    allocation->by_stratum[(size_t)stratum * design->arm_count + arm]++;
    allocation->by_arm[arm]++;
    allocation->total++;
}

enum status allocation_next(struct allocation *allocation, const uint32_t *levels, uint32_t *arm) {
    if (allocation->total == LIMIT_ALLOCATIONS) {
        return STATUS_LIMIT;
    }
    switch (allocation->design->kind) {
    case ALLOCATION_SIMPLE:
        *arm = draw_by_ratio(&allocation->draw, allocation->design, NULL);
        break;
    case ALLOCATION_BLOCKS:
        *arm = next_of_block(allocation, levels);
        break;
    case ALLOCATION_MINIMISATION:
        *arm = next_by_minimisation(allocation, levels);
        break;
    }
    allocation_count(allocation, levels, *arm);
    return STATUS_OK;
}
