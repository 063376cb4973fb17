#include "record/build.h"

#include "base/mem.h"
#include "record/build_internal.h"

#include <stdlib.h>

static int compare_medications(const void *a, const void *b) {
    const struct medication *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

/* Rows that refer to a Medication get its filters; those that still pass none are dropped. */
static void settle_waits(struct build *b) {
    struct medication *all = b->medications.items;
    uint32_t count = b->medications.count;
    if (count) {
        qsort(all, count, sizeof *all, compare_medications);
    }
    const struct waiting *waits = b->waits.items;
    for (uint32_t i = 0; i < b->waits.count; i++) {
        uint32_t low = 0, high = count;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (all[middle].id < waits[i].medication) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        struct row *row = &rows(b)[waits[i].row];
        for (; low < count && all[low].id == waits[i].medication; low++) {
            row->filters |= all[low].filters;
        }
        const struct met *met = &mets(b)[extras(b)[waits[i].row].met];
        if (!row->filters && row->type != MODEL_NONE) {
            row->type = MODEL_NONE;
            if (waits[i].row == met->first_row) {
                b->counts.kept--;
                b->counts.not_wanted++;
            }
        }
    }
}

/* A version of a history holds until the next one. */
static enum status settle_history(struct build *b, uint32_t newest) {
    uint32_t count = 0;
    for (uint32_t i = newest; i; i = older_than(b, &mets(b)[i - 1])) {
        count++;
    }
    uint32_t *chain = mem_new(count, sizeof *chain);
    if (!chain) {
        return STATUS_NO_MEMORY;
    }
    count = 0;
    for (uint32_t i = newest; i; i = older_than(b, &mets(b)[i - 1])) {
        uint32_t at = count++;
        const struct met *met = &mets(b)[i - 1];
        for (; at &&
               (mets(b)[chain[at - 1]].updated > met->updated ||
                (mets(b)[chain[at - 1]].updated == met->updated &&
                 met_version(&b->mores, &mets(b)[chain[at - 1]]) > met_version(&b->mores, met)));
             at--) {
            chain[at] = chain[at - 1];
        }
        chain[at] = i - 1;
    }
    for (uint32_t i = 0; i + 1 < count; i++) {
        const struct met *met = &mets(b)[chain[i]];
        for (uint32_t r = 0; r < met->row_count; r++) {
            /* A row of a cache may have ended before, with a version that is not wanted here. */
            instant_ms *known_to = &rows(b)[met->first_row + r].known_to;
            instant_ms next = mets(b)[chain[i + 1]].updated;
            *known_to = next < *known_to ? next : *known_to;
        }
    }
    mem_free(chain);
    return STATUS_OK;
}

static enum status settle_histories(struct build *b) {
    for (uint32_t i = 0; i < b->met_slot_count; i++) {
        uint32_t newest = b->met_slots[i].newest;
        if (newest && (mets(b)[newest - 1].marks & MARK_HISTORY) &&
            older_than(b, &mets(b)[newest - 1])) {
            enum status status = settle_history(b, newest);
            if (status) {
                return status;
            }
        }
    }
    return STATUS_OK;
}

struct ranked {
    const struct build *build;
    const uint32_t *sources; /* place of each source among the sorted names */
    uint32_t patient;
};

struct named {
    struct str name;
    uint32_t source;
};

static int compare_names(const void *a, const void *b) {
    const struct named *x = a, *y = b;
    int order = str_compare(x->name, y->name);
    return order ? order : (x->source > y->source) - (x->source < y->source);
}

/* Files are in the order of their names, whatever read them; NULL: no memory. */
static uint32_t *rank_sources(const struct build *b) {
    uint32_t count = b->sources.count;
    uint32_t *ranks = mem_new((size_t)count + 1, sizeof *ranks);
    struct named *sorted = mem_new((size_t)count + 1, sizeof *sorted);
    if (ranks && sorted) {
        for (uint32_t i = 0; i < count; i++) {
            sorted[i] = (struct named){((const struct str *)b->sources.items)[i], i};
        }
        qsort(sorted, count, sizeof *sorted, compare_names);
        for (uint32_t i = 0; i < count; i++) {
            ranks[sorted[i].source] = i;
        }
    } else {
        mem_free(ranks);
        ranks = NULL;
    }
    mem_free(sorted);
    return ranks;
}

static int compare_ids(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    const struct segment *segment = own(x->build);
    return str_compare(segment_text(segment, patients(x->build)[x->patient].id),
                       segment_text(segment, patients(x->build)[y->patient].id));
}

static int compare_patients(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    const struct patient *p = &patients(x->build)[x->patient];
    const struct patient *q = &patients(x->build)[y->patient];
    if (p->source == UINT32_MAX || q->source == UINT32_MAX) {
        return p->source == q->source ? compare_ids(a, b) : p->source < q->source ? -1 : 1;
    }
    if (p->source != q->source) {
        return x->sources[p->source] < x->sources[q->source] ? -1 : 1;
    }
    if (p->line != q->line) {
        return p->line < q->line ? -1 : 1;
    }
    return compare_ids(a, b);
}

/* Fills the population's patients in output order; `rank` gives a patient's place there. Patients
 * that only rows dropped meanwhile had mentioned are left out (rank UINT32_MAX). */
static enum status rank_patients(struct build *b, struct population *p, uint32_t *rank) {
    uint32_t count = 0;
    struct ranked *order = mem_new((size_t)b->patients.count + 1, sizeof *order);
    uint32_t *sources = order ? rank_sources(b) : NULL;
    if (!sources) {
        mem_free(order);
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < b->patients.count; i++) {
        rank[i] = UINT32_MAX;
        if (patients(b)[i].rows || patients(b)[i].source != UINT32_MAX) {
            order[count++] = (struct ranked){b, sources, i};
        }
    }
    p->patient_count = count;
    p->patient_ids = mem_new((size_t)count + 1, sizeof *p->patient_ids);
    p->table_ends = mem_new((size_t)count + 1, sizeof *p->table_ends);
    p->by_id = mem_new((size_t)count + 1, sizeof *p->by_id);
    bool ok = p->patient_ids && p->table_ends && p->by_id;
    if (ok) {
        qsort(order, count, sizeof *order, compare_patients);
        for (uint32_t i = 0; i < count; i++) {
            p->patient_ids[i] = patients(b)[order[i].patient].id;
            rank[order[i].patient] = i;
        }
        qsort(order, count, sizeof *order, compare_ids);
        for (uint32_t i = 0; i < count; i++) {
            p->by_id[i] = rank[order[i].patient];
        }
    }
    mem_free(order);
    mem_free(sources);
    return ok ? STATUS_OK : STATUS_NO_MEMORY;
}

/* A row with all that orders it. */
struct sorting {
    const struct segment *const *segments;
    const struct row *row;
    uint32_t number;
    const struct extra *extra;
    instant_ms updated;
    uint64_t version;
};

static int compare_rows(const void *a, const void *b) {
    const struct sorting *x = a, *y = b;
    const int64_t keys[][2] = {{x->row->type, y->row->type},
                               {x->row->known_from, y->row->known_from},
                               {x->extra->effective, y->extra->effective}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    int order = row_compare_ids(x->segments, x->row, y->row);
    if (order) {
        return order;
    }
    if (x->version != y->version) {
        return x->version < y->version ? -1 : 1;
    }
    return x->updated < y->updated ? -1 : x->updated > y->updated;
}

/* Puts the rows of one patient, given by number, in their order. */
static enum status order_rows(const struct build *b, uint32_t *numbers, uint32_t count) {
    struct sorting *sorting = mem_new((size_t)count + 1, sizeof *sorting);
    if (!sorting) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct extra *extra = &extras(b)[numbers[i]];
        const struct met *met = &mets(b)[extra->met];
        sorting[i] = (struct sorting){(const struct segment *const *)b->segments,
                                      &rows(b)[numbers[i]],
                                      numbers[i],
                                      extra,
                                      met->updated,
                                      met_version(&b->mores, met)};
    }
    qsort(sorting, count, sizeof *sorting, compare_rows);
    for (uint32_t i = 0; i < count; i++) {
        numbers[i] = sorting[i].number;
    }
    mem_free(sorting);
    return STATUS_OK;
}

static uint32_t group_of(const struct build *b, const uint32_t *rank, uint32_t patient_count,
                         uint32_t row) {
    uint32_t patient = extras(b)[row].patient;
    return patient == BUILD_SHARED ? patient_count : rank[patient];
}

/* Groups the living rows by patient (the shared pool last) and orders each group: numbers[i] is the
 * row that comes i-th, the dropped ones at the end. `starts` is zeroed and has a place a group and
 * one more. */
static enum status order_groups(struct build *b, struct population *p, const uint32_t *rank,
                                uint32_t *starts, uint32_t *numbers) {
    uint32_t groups = p->patient_count + 1;
    for (uint32_t i = 0; i < b->rows.count; i++) {
        if (rows(b)[i].type != MODEL_NONE) {
            starts[group_of(b, rank, p->patient_count, i) + 1]++;
            p->row_count++;
        }
    }
    for (uint32_t g = 0; g < groups; g++) {
        starts[g + 1] += starts[g];
    }
    uint32_t dropped = (uint32_t)p->row_count;
    for (uint32_t i = 0; i < b->rows.count; i++) {
        bool lives = rows(b)[i].type != MODEL_NONE;
        numbers[lives ? starts[group_of(b, rank, p->patient_count, i)]++ : dropped++] = i;
    }
    /* Filling has moved every start to its group's end. */
    enum status status = STATUS_OK;
    for (uint32_t g = 0; !status && g < groups; g++) {
        uint32_t start = g ? starts[g - 1] : 0;
        status = order_rows(b, numbers + start, starts[g] - start);
        if (!status && g < p->patient_count) {
            p->table_ends[g] = starts[g];
        }
    }
    return status;
}

/* Moves every row to its place, cycle by cycle: a second copy of all rows would be the peak of the
 * whole reading. A number that was followed becomes its own. */
static void move_rows(struct row *all, uint32_t *numbers, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct row first = all[i];
        uint32_t hole = i;
        while (numbers[hole] != i) {
            uint32_t from = numbers[hole];
            all[hole] = all[from];
            numbers[hole] = hole;
            hole = from;
        }
        all[hole] = first;
        numbers[hole] = hole;
    }
}

/* The facts of rows that are kept, in the order of the rows. */
static enum status order_facts(const struct build *b, struct population *p,
                               const uint32_t *numbers) {
    if (!b->keep_facts) {
        return STATUS_OK;
    }
    p->facts.extras = mem_new(p->row_count + 1, sizeof *p->facts.extras);
    for (uint64_t i = 0; p->facts.extras && i < p->row_count; i++) {
        p->facts.extras[i] = extras(b)[numbers[i]];
    }
    return p->facts.extras ? STATUS_OK : STATUS_NO_MEMORY;
}

/* The builder's rows, in order, become the population's. */
static enum status sort_rows(struct build *b, struct population *p, const uint32_t *rank) {
    uint32_t *starts = mem_new((size_t)p->patient_count + 2, sizeof *starts);
    uint32_t *numbers = mem_new((size_t)b->rows.count + 1, sizeof *numbers);
    enum status status = starts && numbers ? STATUS_OK : STATUS_NO_MEMORY;
    status = status ? status : order_groups(b, p, rank, starts, numbers);
    status = status ? status : order_facts(b, p, numbers);
    if (!status) {
        move_rows(rows(b), numbers, b->rows.count);
        struct row *fewer = mem_resize(rows(b), (size_t)p->row_count + 1, sizeof *fewer);
        status = fewer ? STATUS_OK : STATUS_NO_MEMORY;
        p->rows = fewer;
        b->rows = fewer ? (struct list_of){0} : b->rows;
    }
    mem_free(starts);
    mem_free(numbers);
    return status;
}

enum status population_make_tables(struct population *p) {
    uint32_t count = 0;
    p->latest = INSTANT_MIN;
    for (int pass = 0; pass < 2; pass++) {
        uint64_t row = 0;
        count = 0;
        for (uint32_t g = 0; g <= p->patient_count; g++) {
            uint64_t end = g < p->patient_count ? p->table_ends[g] : p->row_count;
            uint32_t first = count;
            while (row < end) {
                uint64_t start = row;
                for (; row < end && p->rows[row].type == p->rows[start].type; row++) {
                    instant_ms known = p->rows[row].known_from;
                    p->latest = known > p->latest ? known : p->latest;
                }
                if (pass) {
                    p->tables[count] = (struct record_table){
                        p->rows[start].type, (uint32_t)(row - start), p->rows + start,
                        (const struct segment *const *)p->segments};
                }
                count++;
            }
            if (pass && g < p->patient_count) {
                p->table_ends[g] = count;
            } else if (pass) {
                p->shared = (struct record){
                    .demand = p->demand, .type_count = count - first, .tables = p->tables + first};
            }
        }
        if (!pass) {
            p->tables = mem_new((size_t)count + 1, sizeof *p->tables);
            if (!p->tables) {
                return STATUS_NO_MEMORY;
            }
        }
    }
    p->table_count = count;
    return STATUS_OK;
}

/* What the cache writes of patients and resources. */
static enum status hand_facts(struct build *b, struct population *p, const uint32_t *rank) {
    struct population_facts *facts = &p->facts;
    facts->patient_sources = mem_new((size_t)p->patient_count + 1, sizeof(uint32_t));
    facts->patient_lines = mem_new((size_t)p->patient_count + 1, sizeof(uint32_t));
    if (!facts->patient_sources || !facts->patient_lines) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < b->patients.count; i++) {
        if (rank[i] != UINT32_MAX) {
            facts->patient_sources[rank[i]] = patients(b)[i].source;
            facts->patient_lines[rank[i]] = patients(b)[i].line;
        }
    }
    for (uint64_t i = 0; i < p->row_count; i++) {
        uint32_t *patient = &facts->extras[i].patient;
        *patient = *patient == BUILD_SHARED ? BUILD_SHARED : rank[*patient];
    }
    facts->mets = b->mets;
    facts->mores = b->mores;
    facts->medications = b->medications;
    b->mets = b->mores = b->medications = (struct list_of){0};
    return STATUS_OK;
}

static enum status seal(struct build *b, struct population *p) {
    uint32_t *rank = mem_new((size_t)b->patients.count + 1, sizeof *rank);
    enum status status = rank ? settle_histories(b) : STATUS_NO_MEMORY;
    if (!status) {
        if (!b->keep_facts) {
            settle_waits(b);
        }
        for (uint32_t i = 0; i < b->rows.count; i++) {
            uint32_t patient = extras(b)[i].patient;
            if (rows(b)[i].type != MODEL_NONE && patient != BUILD_SHARED) {
                patients(b)[patient].rows++;
            }
        }
        status = rank_patients(b, p, rank);
    }
    status = status ? status : sort_rows(b, p, rank);
    status = status ? status : population_make_tables(p);
    status = status || !b->keep_facts ? status : hand_facts(b, p, rank);
    mem_free(rank);
    return status;
}

static void hand_over(struct build *b, struct population *p) {
    p->names = b->names;
    arena_init(&b->names, 0);
    p->sources = b->sources.items;
    p->holds = b->holds;
    for (uint32_t i = 0; i < b->segment_count; i++) {
        segment_trim(b->segments[i]);
        b->segments[i]->sources = p->sources;
        b->segments[i]->source_count = b->sources.count;
    }
    p->segment_count = b->segment_count;
    b->segment_count = 0;
    b->sources = b->holds = (struct list_of){0};
    p->counts = b->counts;
    memcpy(p->hash, b->hash, sizeof p->hash);
}

enum status build_seal(struct build *b, struct population **out) {
    struct population *p = mem_new(1, sizeof *p);
    enum status status = p ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < b->segment_count && !status; i++) {
        status = b->segments[i]->status;
    }
    if (!status) {
        p->demand = b->demand;
        memcpy(p->segments, b->segments, sizeof p->segments);
        status = seal(b, p);
    }
    if (!status) {
        hand_over(b, p);
        *out = p;
    } else {
        population_free(p);
        *out = NULL;
    }
    build_free(b);
    return status;
}
