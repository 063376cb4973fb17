#include "cohort/layout.h"

#include "base/mem.h"
#include "fhir/again.h"

/* The caches among the paths, opened; the raw files. */
struct inputs {
    struct cohort_map **maps;
    uint32_t map_count;
    struct str *raw;
    uint32_t raw_count;
};

static enum status sort_out(const struct str *paths, uint32_t count, struct diag_list *diags,
                            struct inputs *out) {
    *out = (struct inputs){.maps = mem_new((size_t)count + 1, sizeof *out->maps),
                           .raw = mem_new((size_t)count + 1, sizeof *out->raw)};
    enum status status = out->maps && out->raw ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count && !status; i++) {
        if (!cohort_is_cache(paths[i])) {
            out->raw[out->raw_count++] = paths[i];
        } else if (cohort_open(paths[i], diags, &out->maps[out->map_count], &status)) {
            out->map_count++;
        }
    }
    return status;
}

static void release(struct inputs *inputs) {
    for (uint32_t i = 0; inputs->maps && i < inputs->map_count; i++) {
        cohort_close(inputs->maps[i]);
    }
    mem_free(inputs->maps);
    mem_free(inputs->raw);
}

/* The population keeps the maps. */
static enum status take_caches(struct inputs *inputs, const struct demand *demand,
                               const struct fhir_options *options, struct diag_list *diags,
                               struct build *build) {
    struct fhir_again *again;
    enum status status = fhir_again_new(demand, options, diags, build, &again);
    for (uint32_t i = 0; i < inputs->map_count && !status; i++) {
        struct cohort_map *map = inputs->maps[i];
        inputs->maps[i] = NULL;
        status = build_hold(build, cohort_close, map);
        for (uint32_t k = 0; !status && k < map->header->segment_count; k++) {
            status = cohort_take(map, k, demand, options, diags, again, build);
        }
    }
    struct population_counts *c = build_counts(build);
    c->not_wanted = c->resources - c->kept - c->duplicates - c->without_patient;
    fhir_again_free(again);
    return status;
}

enum status cohort_read(const struct str *paths, uint32_t path_count, const struct demand *demand,
                        const struct fhir_options *options, struct diag_list *diags,
                        struct population **out) {
    struct inputs inputs;
    struct build *build = NULL;
    *out = NULL;
    enum status status = sort_out(paths, path_count, diags, &inputs);
    if (!status && !inputs.map_count) {
        release(&inputs);
        return fhir_read(paths, path_count, demand, options, diags, out);
    }
    if (!status && inputs.map_count == 1 && !inputs.raw_count) {
        status = cohort_lay_out(inputs.maps[0], demand, options, diags, out);
        if (status || *out) {
            inputs.maps[0] = *out ? NULL : inputs.maps[0];
            release(&inputs);
            return status;
        }
    }
    status = status ? status : build_new(demand, &build);
    status = status ? status : take_caches(&inputs, demand, options, diags, build);
    if (!status && inputs.raw_count) {
        status = fhir_read_into(inputs.raw, inputs.raw_count, options, diags, demand, build);
    }
    release(&inputs);
    if (status) {
        build_free(build);
        return status;
    }
    return build_seal(build, out);
}

static enum status read_and_write(const struct str *paths, uint32_t path_count, struct str file,
                                  const struct cohort_map *old, const struct fhir_options *options,
                                  struct diag_list *diags, struct cohort_summary *out) {
    struct arena arena;
    struct demand demand;
    struct build *build = NULL;
    struct population *population = NULL;
    arena_init(&arena, 0);
    enum status status = cohort_demand(&arena, &demand);
    status = status ? status : build_new(&demand, &build);
    if (!status) {
        build_keep_facts(build);
        status = fhir_read_into(paths, path_count, options, diags, &demand, build);
        if (status) {
            build_free(build);
        }
    }
    status = status ? status : build_seal(build, &population);
    if (!status) {
        out->counts = *population_counts(population);
        out->patients = population_patients(population);
        status = cohort_write(population, file, old, diags, out);
    }
    population_free(population);
    arena_release(&arena);
    return status;
}

enum status cohort_index(const struct str *paths, uint32_t path_count, struct str file, bool grow,
                         const struct fhir_options *options, struct diag_list *diags,
                         struct cohort_summary *out) {
    struct cohort_map *old = NULL;
    enum status status = STATUS_OK;
    *out = (struct cohort_summary){0};
    for (uint32_t i = 0; i < path_count; i++) {
        if (cohort_is_cache(paths[i])) {
            (void)diag_in_file(diags, DIAG_DA0003, paths[i], 0,
                               "a cache is made from raw files, and this is a cache");
            return STATUS_USER_ERROR;
        }
    }
    if (grow && !cohort_open(file, diags, &old, &status)) {
        return status;
    }
    if (old && old->header->segment_count == COHORT_SEGMENTS_MAX) {
        (void)diag_in_file(diags, DIAG_DA0023, file, 0, "it has %d segments", COHORT_SEGMENTS_MAX);
        status = STATUS_USER_ERROR;
    }
    status = status ? status : read_and_write(paths, path_count, file, old, options, diags, out);
    cohort_close(old);
    return status;
}
