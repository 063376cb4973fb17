#include "trial/allocation_dry_run.h"

#include "base/limits.h"

#include <assert.h>

/* Blocks of so many times the ratio. */
static bool blocks_like(const struct allocation_design *own, uint32_t first, uint32_t count,
                        struct arena *arena, struct allocation_design *out) {
    uint32_t *sizes = ARENA_ARRAY(arena, count, uint32_t);
    for (uint32_t i = 0; sizes && i < count; i++) {
        sizes[i] = (first + i) * allocation_ratio_sum(own);
    }
    *out = *own;
    out->kind = ALLOCATION_BLOCKS;
    out->block_sizes = sizes;
    out->block_size_count = count;
    return sizes != NULL;
}

static bool same_design(const struct allocation_design *a, const struct allocation_design *b) {
    bool same = a->kind == b->kind;
    if (same && a->kind == ALLOCATION_BLOCKS) {
        same = a->block_size_count == b->block_size_count;
        for (uint32_t i = 0; same && i < a->block_size_count; i++) {
            same = a->block_sizes[i] == b->block_sizes[i];
        }
    } else if (same && a->kind == ALLOCATION_MINIMISATION) {
        same = a->preference == b->preference && a->measure == b->measure;
    }
    return same;
}

/* A design that the list has, or whose blocks would be too large, is left out. */
static void add(struct allocation_dry_run_result *result, struct arena *arena,
                const struct allocation_design *design, bool own) {
    for (uint32_t i = 0; i < result->design_count; i++) {
        if (same_design(&result->designs[i].design, design)) {
            return;
        }
    }
    if (!own && allocation_design_fault(design, arena)) {
        return;
    }
    assert(result->design_count < DRY_RUN_DESIGNS_MAX);
    result->designs[result->design_count++] = (struct dry_run_design){
        .own = own,
        .design = *design,
        .objections = allocation_objections(design, result->allocation->open, result->subjects)};
}

/* The trial's own design stands first when its sealed file is there; without it, what the file
 * would decide is not known. */
static enum status list_designs(struct allocation_dry_run_result *result, struct arena *arena) {
    const struct allocation_design *own = &result->allocation->design;
    if (result->allocation->sealed_source || own->kind == ALLOCATION_MINIMISATION) {
        add(result, arena, own, true);
    }
    struct allocation_design simple = *own;
    struct allocation_design smallest, fixed, mixed, minimisation = *own;
    simple.kind = ALLOCATION_SIMPLE;
    minimisation.kind = ALLOCATION_MINIMISATION;
    if (own->kind != ALLOCATION_MINIMISATION) {
        minimisation.preference = 0.8;
        minimisation.measure = ALLOCATION_RANGE;
    }
    if (!blocks_like(own, 1, 1, arena, &smallest) || !blocks_like(own, 2, 1, arena, &fixed) ||
        !blocks_like(own, 2, 3, arena, &mixed)) {
        return STATUS_NO_MEMORY;
    }
    add(result, arena, &simple, false);
    add(result, arena, &smallest, false);
    add(result, arena, &fixed, false);
    add(result, arena, &mixed, false);
    add(result, arena, &minimisation, false);
    return STATUS_OK;
}

enum status allocation_dry_run(const struct trial *trial,
                               const struct trial_allocation_design *allocation,
                               const struct dry_run_options *options, struct arena *arena,
                               struct allocation_dry_run_result **out) {
    struct allocation_dry_run_result *result = ARENA_NEW(arena, struct allocation_dry_run_result);
    if (!result) {
        return STATUS_NO_MEMORY;
    }
    result->trial = trial;
    result->allocation = allocation;
    result->subjects = options->subjects ? options->subjects : allocation->subjects;
    result->repeats = options->repeats;
    result->seed = options->seed;
    struct balance_options balance = {.subjects = result->subjects, .repeats = options->repeats};
    digest_bytes(options->seed, STR("dry run"), balance.seed);
    enum status status = list_designs(result, arena);
    for (uint32_t i = 0; i < result->design_count && status == STATUS_OK; i++) {
        status = allocation_balance(&result->designs[i].design, &balance, arena,
                                    &result->designs[i].balance);
    }
    *out = result;
    return status;
}
