#include "record/population_internal.h"

#include "base/mem.h"

#include <assert.h>

uint32_t population_patients(const struct population *population) {
    return population->patient_count;
}

static uint32_t first_table(const struct population *p, uint32_t i) {
    return i ? p->table_ends[i - 1] : 0;
}

void population_record(const struct population *p, uint32_t i, struct record *record) {
    assert(i < p->patient_count);
    uint32_t first = first_table(p, i);
    *record = (struct record){.demand = p->demand,
                              .type_count = p->table_ends[i] - first,
                              .tables = p->tables + first,
                              .patient_id = segment_text(p->segments[0], p->patient_ids[i]),
                              .shared = &p->shared};
}

void population_prefetch(const struct population *p, uint32_t i) {
    if (i >= p->patient_count) {
        return;
    }
    for (uint32_t t = first_table(p, i); t < p->table_ends[i]; t++) {
        const struct record_table *table = &p->tables[t];
        for (uint32_t r = 0; r < table->count; r++) {
            const struct row *row = &table->rows[r];
            const uint64_t *block = row_segment(table, row)->words + row->block;
            for (int line = -2; line <= 2; line++) {
                __builtin_prefetch(block + 8 * line);
            }
        }
    }
}

uint32_t population_find(const struct population *p, struct str patient_id) {
    uint32_t low = 0, high = p->patient_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct str id = segment_text(p->segments[0], p->patient_ids[p->by_id[middle]]);
        int order = str_compare(id, patient_id);
        if (order == 0) {
            return p->by_id[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return UINT32_MAX;
}

const struct population_counts *population_counts(const struct population *population) {
    return &population->counts;
}

instant_ms population_latest(const struct population *p, instant_ms limit) {
    if (p->latest <= limit) {
        return p->latest;
    }
    instant_ms latest = INSTANT_MIN;
    for (uint64_t i = 0; i < p->row_count; i++) {
        instant_ms known = p->rows[i].known_from;
        if (known > latest && known <= limit) {
            latest = known;
        }
    }
    return latest;
}

void population_hash(const struct population *population, uint8_t out[16]) {
    for (int i = 0; i < 16; i++) {
        out[i] = (uint8_t)(population->hash[1 - i / 8] >> (56 - i % 8 * 8));
    }
}

void population_free(struct population *population) {
    if (!population) {
        return;
    }
    for (uint32_t i = 0; i < population->segment_count; i++) {
        segment_release(population->segments[i]);
        mem_free(population->segments[i]);
    }
    const struct hold *holds = population->holds.items;
    for (uint32_t i = 0; i < population->holds.count; i++) {
        holds[i].release(holds[i].held);
    }
    mem_free(population->holds.items);
    mem_free(population->sources);
    arena_release(&population->names);
    mem_free(population->facts.extras);
    mem_free(population->facts.mets.items);
    mem_free(population->facts.mores.items);
    mem_free(population->facts.medications.items);
    mem_free(population->facts.patient_sources);
    mem_free(population->facts.patient_lines);
    mem_free(population->rows);
    mem_free(population->tables);
    mem_free(population->patient_ids);
    mem_free(population->table_ends);
    mem_free(population->by_id);
    mem_free(population);
}
