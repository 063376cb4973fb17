/* One cache of one segment. Its runs are sorted by the rows' order among all rows, so those that
 * the plan wants are picked, merged by that order, and copied:
 *
 *   runs wanted -> picks [order | row | filters] -> sorted by order -> rows -> tables
 *
 * Duplicates, histories and references to Medications were settled when the file was written, over
 * all that a plan can want. Where something must be said or read again, the builder does it. */
#include "cohort/filters.h"

#include "base/mem.h"
#include "record/build.h"
#include "record/population_internal.h"

struct pick {
    uint32_t order;
    uint32_t row;
    uint64_t filters;
};

struct laying {
    const struct cohort_map *map;
    const struct demand *demand;
    const struct fhir_options *options;
    struct diag_list *diags;
    struct population *p;
    const struct cohort_row *rows;
    const struct cohort_resource *resources;
    const struct cohort_patient *patients;
    uint64_t patient_count;
    struct pick *picks;
    uint32_t pick_count;
    uint32_t pick_capacity;
    uint8_t *seen;    /* resources of the run in hand whose last row was counted */
    bool is_mixed_up; /* a pick's order is less than that before */
    bool is_not_direct;
};

/* Nothing is wanted that only the raw JSON has. */
static bool is_possible(const struct cohort_map *map, const struct demand *demand,
                        const struct fhir_options *options) {
    bool possible =
        map->header->segment_count == 1 && options->offset_min == 0 && !filters_want_more(demand);
    for (uint32_t i = 0; possible && i < demand->filter_count; i++) {
        uint16_t type = demand->filters[i].type;
        possible = !demand->shapes[type].whole && !filters_look_elsewhere(demand, type);
    }
    return possible;
}

static bool make_room(struct laying *l, uint64_t more) {
    uint64_t wanted = l->pick_count + more;
    if (wanted > l->pick_capacity) {
        wanted = wanted + wanted / 2 < UINT32_MAX ? wanted + wanted / 2 : UINT32_MAX;
        struct pick *grown =
            wanted >= l->pick_count + more ? mem_resize(l->picks, wanted, sizeof *grown) : NULL;
        if (!grown) {
            return false;
        }
        l->picks = grown;
        l->pick_capacity = (uint32_t)wanted;
    }
    return true;
}

static uint64_t filters_of(const struct laying *l, const struct cohort_run *run,
                           const struct cohort_resource *resource, uint64_t filters) {
    return run->codes == COHORT_MIXED
               ? filters_of_codes(l->demand, run->type,
                                  segment_text(l->p->segments[0], resource->codes))
               : filters;
}

static void count_resource(struct laying *l, const struct cohort_resource *resource,
                           uint64_t filters) {
    struct population_counts *counts = &l->p->counts;
    if (filters || resource->waits) {
        counts->duplicates += resource->duplicates;
        counts->entered_in_error += (resource->marks & MARK_IN_ERROR) != 0;
        l->is_not_direct |= (resource->marks & (MARK_LOOSE | MARK_NO_PATIENT)) != 0;
    }
    counts->kept += filters != 0;
}

/* What the last row of a resource tells is counted once, however many patients share it. */
static void count_row(struct laying *l, const struct cohort_row *row, uint64_t resource) {
    if (!(row->flags & ROW_SPLIT) && !l->seen[resource]) {
        l->seen[resource] = 1;
        l->p->counts.status_as_of_export += (row->flags & ROW_STATUS_AS_OF_EXPORT) != 0;
        l->p->counts.undated += row->patient != COHORT_NOBODY && (row->flags & ROW_UNDATED);
    }
}

static enum status pick_rows(struct laying *l, const struct cohort_run *run, uint64_t filters) {
    const struct cohort_slice *rows = &run->parts[PART_ROWS];
    const struct cohort_slice *resources = &run->parts[PART_RESOURCES];
    uint64_t *own = mem_new((size_t)resources->count + 1, sizeof *own);
    l->seen = mem_new((size_t)resources->count + 1, sizeof *l->seen);
    bool ok = own && l->seen && make_room(l, rows->count);
    for (uint64_t i = 0; ok && i < resources->count; i++) {
        const struct cohort_resource *resource = &l->resources[resources->start + i];
        own[i] = filters_of(l, run, resource, filters);
        count_resource(l, resource, own[i]);
    }
    for (uint64_t i = rows->start; ok && i < rows->start + rows->count; i++) {
        const struct cohort_row *row = &l->rows[i];
        uint64_t of = row->resource - resources->start;
        if (own[of] || l->resources[row->resource].waits) {
            count_row(l, row, of);
        }
        if (own[of]) {
            l->is_mixed_up |= l->pick_count && row->order < l->picks[l->pick_count - 1].order;
            l->picks[l->pick_count++] = (struct pick){row->order, (uint32_t)i, own[of]};
        }
    }
    mem_free(l->seen);
    mem_free(own);
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status pick_runs(struct laying *l) {
    uint64_t count;
    const struct cohort_run *runs = cohort_items(l->map, 0, SECTION_RUNS, &count);
    enum status status = STATUS_OK;
    for (uint64_t i = 1; i < count && !status && !l->is_not_direct; i++) {
        const struct cohort_run *run = &runs[i];
        uint64_t filters = run->codes == COHORT_MIXED
                               ? 0
                               : filters_of_codes(l->demand, run->type,
                                                  segment_text(l->p->segments[0], run->codes));
        if (filters_may_want(l->demand, run, filters)) {
            status = cohort_check_run(l->map, 0, i) ? pick_rows(l, run, filters)
                                                    : cohort_damaged(l->map, l->diags);
        }
        if (!status && l->options->cancelled && l->options->cancelled(l->options->context)) {
            status = STATUS_CANCELLED;
        }
    }
    return status;
}

/* Least significant digits first: each pass keeps the order of the one before. */
enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

static bool sort_picks(struct laying *l) {
    if (!l->is_mixed_up) {
        return true;
    }
    struct pick *from = l->picks;
    struct pick *to = mem_new(l->pick_count, sizeof *to);
    for (uint32_t shift = 0; to && shift < 32; shift += DIGIT_BITS) {
        uint32_t starts[DIGITS + 1] = {0};
        for (uint32_t i = 0; i < l->pick_count; i++) {
            starts[1 + (from[i].order >> shift & (DIGITS - 1))]++;
        }
        for (uint32_t d = 0; d < DIGITS; d++) {
            starts[d + 1] += starts[d];
        }
        for (uint32_t i = 0; i < l->pick_count; i++) {
            to[starts[from[i].order >> shift & (DIGITS - 1)]++] = from[i];
        }
        struct pick *swap = from;
        from = to;
        to = swap;
    }
    l->picks = from;
    mem_free(to);
    return to != NULL;
}

/* Copies the rows in order; `ends[i]` becomes where those of the file's patient i end. */
static bool copy_rows(struct laying *l, uint32_t *ends) {
    struct population *p = l->p;
    p->rows = mem_new((size_t)l->pick_count + 1, sizeof *p->rows);
    if (!p->rows) {
        return false;
    }
    uint32_t patient = 0;
    for (uint32_t i = 0; i < l->pick_count; i++) {
        const struct cohort_row *in = &l->rows[l->picks[i].row];
        for (; patient < l->patient_count && patient < in->patient; patient++) {
            ends[patient] = i;
        }
        p->rows[i] = (struct row){.known_from = in->known_from,
                                  .known_to = in->known_to,
                                  .filters = l->picks[i].filters,
                                  .block = in->block,
                                  .source = in->source,
                                  .line = in->line,
                                  .id = in->id,
                                  .type = in->type,
                                  .flags = in->flags};
    }
    for (; patient < l->patient_count; patient++) {
        ends[patient] = l->pick_count;
    }
    p->row_count = l->pick_count;
    return true;
}

/* Patients without a resource of their own and without a wanted row are left out. `places` becomes
 * their places in the population, `ends` those of the patients that stay. */
static enum status keep_patients(struct laying *l, uint32_t *ends, uint32_t *places) {
    struct population *p = l->p;
    uint64_t count;
    const uint32_t *by_id = cohort_items(l->map, 0, SECTION_BY_ID, &count);
    for (uint32_t i = 0; i < l->patient_count; i++) {
        bool has_rows = ends[i] > (i ? ends[i - 1] : 0);
        places[i] = UINT32_MAX;
        if (has_rows || l->patients[i].source != UINT32_MAX) {
            places[i] = p->patient_count;
            p->patient_ids[p->patient_count] = l->patients[i].id;
            p->table_ends[p->patient_count++] = ends[i];
        }
    }
    uint32_t kept = 0;
    for (uint64_t i = 0; i < count && i < l->patient_count; i++) {
        uint32_t place = by_id[i] < l->patient_count ? places[by_id[i]] : UINT32_MAX;
        if (place != UINT32_MAX && kept < p->patient_count) {
            p->by_id[kept++] = place;
        }
    }
    return kept == p->patient_count ? STATUS_OK : cohort_damaged(l->map, l->diags);
}

static enum status fill_patients(struct laying *l) {
    struct population *p = l->p;
    size_t count = (size_t)l->patient_count + 1;
    uint32_t *ends = mem_new(count, sizeof *ends);
    uint32_t *places = mem_new(count, sizeof *places);
    p->patient_ids = mem_new(count, sizeof *p->patient_ids);
    p->table_ends = mem_new(count, sizeof *p->table_ends);
    p->by_id = mem_new(count, sizeof *p->by_id);
    bool ok = ends && places && p->patient_ids && p->table_ends && p->by_id && copy_rows(l, ends);
    enum status status = ok ? keep_patients(l, ends, places) : STATUS_NO_MEMORY;
    mem_free(ends);
    mem_free(places);
    return status ? status : population_make_tables(p);
}

static enum status take_sources(struct laying *l) {
    uint64_t count;
    const uint32_t *names = cohort_items(l->map, 0, SECTION_SOURCES, &count);
    struct segment *segment = l->p->segments[0];
    l->p->sources = mem_new((size_t)count + 1, sizeof *l->p->sources);
    for (uint64_t i = 0; l->p->sources && i < count; i++) {
        l->p->sources[i] = segment_text(segment, names[i]);
    }
    segment->sources = l->p->sources;
    segment->source_count = (uint32_t)count;
    return l->p->sources ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status take_segment(struct laying *l) {
    struct population *p = l->p;
    struct shape *shapes;
    struct hold *holds = p->holds.items = mem_new(2, sizeof *holds);
    p->segments[0] = holds ? mem_new(1, sizeof *p->segments[0]) : NULL;
    if (!p->segments[0]) {
        return STATUS_NO_MEMORY;
    }
    enum status status = cohort_map_segment(l->map, 0, p->segments[0], &shapes);
    if (status) {
        mem_free(p->segments[0]);
        p->segments[0] = NULL;
        return status == STATUS_USER_ERROR ? cohort_damaged(l->map, l->diags) : status;
    }
    p->segment_count = 1;
    holds[p->holds.count++] = (struct hold){mem_free, shapes};
    return take_sources(l);
}

static enum status lay_out(struct laying *l) {
    uint64_t any;
    l->rows = cohort_items(l->map, 0, SECTION_ROWS, &any);
    l->resources = cohort_items(l->map, 0, SECTION_RESOURCES, &any);
    l->patients = cohort_items(l->map, 0, SECTION_PATIENTS, &l->patient_count);
    if (l->patient_count >= COHORT_NOBODY) {
        return cohort_damaged(l->map, l->diags);
    }
    cohort_add_counts(l->map, 0, &l->p->counts);
    memcpy(l->p->hash, l->map->header->segments[0].content_hash, sizeof l->p->hash);
    enum status status = take_segment(l);
    status = status ? status : pick_runs(l);
    if (status || l->is_not_direct) {
        return status;
    }
    struct population_counts *c = &l->p->counts;
    c->not_wanted = c->resources - c->kept - c->duplicates;
    return sort_picks(l) ? fill_patients(l) : STATUS_NO_MEMORY;
}

enum status cohort_lay_out(struct cohort_map *map, const struct demand *demand,
                           const struct fhir_options *options, struct diag_list *diags,
                           struct population **out) {
    *out = NULL;
    if (!is_possible(map, demand, options)) {
        return STATUS_OK;
    }
    struct laying l = {.map = map, .demand = demand, .options = options, .diags = diags};
    l.p = mem_new(1, sizeof *l.p);
    if (!l.p) {
        return STATUS_NO_MEMORY;
    }
    l.p->demand = demand;
    enum status status = lay_out(&l);
    mem_free(l.picks);
    if (status || l.is_not_direct) {
        population_free(l.p);
        return status;
    }
    ((struct hold *)l.p->holds.items)[l.p->holds.count++] = (struct hold){cohort_close, map};
    *out = l.p;
    return STATUS_OK;
}
