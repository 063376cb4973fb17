#include "record/build.h"

#include "base/mem.h"
#include "record/population_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

struct patient {
    uint32_t id;     /* text */
    uint32_t source; /* of its Patient resource; UINT32_MAX: none was met */
    uint32_t line;
    uint32_t rows;
};

struct waiting {
    uint32_t row;
    uint32_t medication; /* text */
};

struct build {
    const struct demand *demand;
    struct segment *segments[BUILD_SEGMENTS_MAX]; /* the first holds patients' ids and references */
    uint32_t segment_count;
    struct arena names;
    struct list_of sources; /* struct str */
    struct list_of holds;   /* struct hold */
    bool keep_facts;
    struct population_counts counts;
    uint64_t hash[2];
    struct list_of rows;        /* struct row */
    struct list_of extras;      /* struct extra, beside rows */
    struct list_of mets;        /* struct met */
    struct list_of patients;    /* struct patient */
    struct list_of waits;       /* struct waiting */
    struct list_of medications; /* struct medication */
    uint32_t *met_slots;
    uint32_t met_slot_count;
    uint32_t *patient_of_text; /* text number -> patient index + 1 */
    uint32_t patient_of_text_count;
};

static struct row *rows(const struct build *b) {
    return b->rows.items;
}

static struct extra *extras(const struct build *b) {
    return b->extras.items;
}

static struct met *mets(const struct build *b) {
    return b->mets.items;
}

static struct patient *patients(const struct build *b) {
    return b->patients.items;
}

/* A zeroed item at the end, or NULL. */
static void *push(struct list_of *list, size_t size) {
    if (list->count == list->capacity) {
        uint64_t wanted = (uint64_t)list->capacity + list->capacity / 2 + 64;
        wanted = wanted > UINT32_MAX - 1 ? UINT32_MAX - 1 : wanted;
        void *grown = wanted > list->count ? mem_resize(list->items, (size_t)wanted, size) : NULL;
        if (!grown) {
            return NULL;
        }
        list->items = grown;
        list->capacity = (uint32_t)wanted;
    }
    void *item = (char *)list->items + (size_t)list->count++ * size;
    memset(item, 0, size);
    return item;
}

static void drop(struct list_of *list) {
    mem_free(list->items);
    *list = (struct list_of){0};
}

static struct segment *own(const struct build *b) {
    return b->segments[0];
}

enum status build_take_segment(struct build *b, const struct segment *segment, uint8_t *number) {
    struct segment *copy = b->segment_count < BUILD_SEGMENTS_MAX ? mem_new(1, sizeof *copy) : NULL;
    if (!copy) {
        return b->segment_count < BUILD_SEGMENTS_MAX ? STATUS_NO_MEMORY : STATUS_LIMIT;
    }
    *copy = *segment;
    *number = (uint8_t)b->segment_count;
    b->segments[b->segment_count++] = copy;
    return STATUS_OK;
}

enum status build_segment(struct build *b, struct segment **out, uint8_t *number) {
    struct segment empty;
    segment_init(&empty);
    empty.shapes = b->demand->shapes;
    enum status status = build_take_segment(b, &empty, number);
    *out = status ? NULL : b->segments[*number];
    return status;
}

const struct segment *build_segment_at(const struct build *b, uint8_t number) {
    return b->segments[number];
}

enum status build_new(const struct demand *demand, struct build **out) {
    struct build *b = mem_new(1, sizeof *b);
    *out = NULL;
    if (!b) {
        return STATUS_NO_MEMORY;
    }
    b->demand = demand;
    arena_init(&b->names, 0);
    struct segment *first;
    uint8_t zero;
    enum status status = build_segment(b, &first, &zero);
    if (status) {
        build_free(b);
        return status;
    }
    *out = b;
    return STATUS_OK;
}

void build_free(struct build *b) {
    if (!b) {
        return;
    }
    for (uint32_t i = 0; i < b->segment_count; i++) {
        segment_release(b->segments[i]);
        mem_free(b->segments[i]);
    }
    const struct hold *holds = b->holds.items;
    for (uint32_t i = 0; i < b->holds.count; i++) {
        holds[i].release(holds[i].held);
    }
    drop(&b->holds);
    drop(&b->sources);
    arena_release(&b->names);
    drop(&b->rows);
    drop(&b->extras);
    drop(&b->mets);
    drop(&b->patients);
    drop(&b->waits);
    drop(&b->medications);
    mem_free(b->met_slots);
    mem_free(b->patient_of_text);
    mem_free(b);
}

enum status build_source(struct build *b, struct str name, uint32_t *out) {
    struct str *source = push(&b->sources, sizeof *source);
    if (!source) {
        return STATUS_NO_MEMORY;
    }
    *source = arena_copy(&b->names, name);
    *out = b->sources.count - 1;
    return source->at ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status build_hold(struct build *b, void (*release)(void *held), void *held) {
    struct hold *hold = push(&b->holds, sizeof *hold);
    if (!hold) {
        release(held);
        return STATUS_NO_MEMORY;
    }
    *hold = (struct hold){release, held};
    return STATUS_OK;
}

void build_keep_facts(struct build *b) {
    b->keep_facts = true;
}

struct population_counts *build_counts(struct build *b) {
    return &b->counts;
}

void build_hash(struct build *b, uint64_t low, uint64_t high) {
    uint64_t sum = b->hash[0] + low;
    b->hash[1] += high + (sum < low);
    b->hash[0] = sum;
}

enum status build_patient(struct build *b, struct str id, uint32_t *out) {
    uint32_t text = segment_intern(own(b), id);
    if (own(b)->status) {
        return own(b)->status;
    }
    if (text >= b->patient_of_text_count) {
        uint32_t count = text + text / 2 + 64;
        uint32_t *grown = mem_resize(b->patient_of_text, count, sizeof *grown);
        if (!grown) {
            return STATUS_NO_MEMORY;
        }
        memset(grown + b->patient_of_text_count, 0,
               (count - b->patient_of_text_count) * sizeof *grown);
        b->patient_of_text = grown;
        b->patient_of_text_count = count;
    }
    if (!b->patient_of_text[text]) {
        struct patient *patient = push(&b->patients, sizeof *patient);
        if (!patient) {
            return STATUS_NO_MEMORY;
        }
        *patient = (struct patient){.id = text, .source = UINT32_MAX};
        b->patient_of_text[text] = b->patients.count;
    }
    *out = b->patient_of_text[text] - 1;
    return STATUS_OK;
}

void build_patient_place(struct build *b, uint32_t number, uint32_t source, uint32_t line) {
    struct patient *patient = &patients(b)[number];
    if (source < patient->source || (source == patient->source && line < patient->line)) {
        patient->source = source;
        patient->line = line;
    }
}

static uint32_t identity(uint16_t type, const struct id_key *id) {
    return (uint32_t)((segment_id_hash(id) + type * UINT64_C(0x9E3779B97F4A7C15)) >> 16);
}

static struct id_key key_of(const struct build *b, const struct met *met) {
    const struct row row = {.id = met->id, .flags = met->id_flags};
    return segment_row_key(b->segments[met->segment], &row);
}

static bool make_met_room(struct build *b) {
    if (b->met_slot_count && b->mets.count < b->met_slot_count / 4 * 3) {
        return true;
    }
    uint32_t count = b->met_slot_count ? b->met_slot_count * 2 : 64;
    uint32_t *slots = count ? mem_new(count, sizeof *slots) : NULL;
    if (!slots) {
        return false;
    }
    uint32_t *old = b->met_slots;
    for (uint32_t i = 0; i < b->met_slot_count; i++) {
        if (old[i]) {
            const struct met *met = &mets(b)[old[i] - 1];
            struct id_key key = key_of(b, met);
            uint32_t at = identity(met->type, &key);
            while (slots[at & (count - 1)]) {
                at++;
            }
            slots[at & (count - 1)] = old[i];
        }
    }
    mem_free(old);
    b->met_slots = slots;
    b->met_slot_count = count;
    return true;
}

/* The slot of the resource, or the free one where it would be. */
static uint32_t *find_slot(const struct build *b, uint16_t type, const struct id_key *id) {
    uint32_t mask = b->met_slot_count - 1;
    uint32_t i = identity(type, id) & mask;
    for (; b->met_slots[i]; i = (i + 1) & mask) {
        const struct met *met = &mets(b)[b->met_slots[i] - 1];
        const struct row row = {.id = met->id, .flags = met->id_flags};
        if (met->type == type && segment_id_is(b->segments[met->segment], &row, id)) {
            break;
        }
    }
    return &b->met_slots[i];
}

/* Which content wins: the larger version, then the later update, then the larger hash. */
static bool is_better(const struct build_resource *a, const struct met *b) {
    if (a->version != b->version) {
        return a->version > b->version;
    }
    if (a->updated != b->updated) {
        return a->updated > b->updated;
    }
    return a->hash > b->hash;
}

static void kill_rows(struct build *b, const struct met *met) {
    for (uint32_t i = 0; i < met->row_count; i++) {
        rows(b)[met->first_row + i].type = MODEL_NONE;
    }
}

static void fill_met(struct build *b, struct met *met, const struct build_resource *resource) {
    met->hash = resource->hash;
    met->version = resource->version;
    met->updated = resource->updated;
    met->first_row = b->rows.count;
    met->row_count = 0;
    met->history = resource->history;
    met->deleted = resource->deleted;
    met->codes = resource->codes;
    met->is_loose = resource->is_loose;
    met->type = resource->type;
    met->id = resource->id;
    met->id_flags = resource->id_flags;
    met->segment = resource->segment;
}

static enum status add_met(struct build *b, const struct build_resource *resource, uint32_t *slot) {
    struct met *met = push(&b->mets, sizeof *met);
    if (!met) {
        return STATUS_NO_MEMORY;
    }
    fill_met(b, met, resource);
    met->older = *slot;
    *slot = b->mets.count;
    return STATUS_OK;
}

enum status build_offer(struct build *b, const struct build_resource *resource,
                        enum build_answer *answer) {
    *answer = BUILD_NEW;
    if (!make_met_room(b)) {
        return STATUS_NO_MEMORY;
    }
    const struct row row = {.id = resource->id, .flags = resource->id_flags};
    struct id_key id = segment_row_key(b->segments[resource->segment], &row);
    uint32_t *slot = find_slot(b, resource->type, &id);
    for (uint32_t i = *slot; i; i = mets(b)[i - 1].older) {
        struct met *met = &mets(b)[i - 1];
        if (met->hash == resource->hash && met->updated == resource->updated &&
            met->version == resource->version) {
            *answer = BUILD_SAME;
            return STATUS_OK;
        }
        bool versions = resource->history && met->history &&
                        (met->updated != resource->updated || met->version != resource->version);
        if (!versions) {
            if (!is_better(resource, met)) {
                *answer = BUILD_LOSES;
                return STATUS_OK;
            }
            *answer = BUILD_REPLACES;
            kill_rows(b, met);
        }
    }
    return add_met(b, resource, slot);
}

enum status build_add(struct build *b, const struct row *row, uint32_t patient,
                      instant_ms effective, struct str waits_for) {
    assert(b->mets.count > 0);
    struct met *met = &mets(b)[b->mets.count - 1];
    struct row *copy = push(&b->rows, sizeof *copy);
    struct extra *extra = copy ? push(&b->extras, sizeof *extra) : NULL;
    if (!extra) {
        return STATUS_NO_MEMORY;
    }
    *copy = *row;
    copy->id = met->id;
    copy->flags |= met->id_flags;
    copy->segment = met->segment;
    *extra = (struct extra){effective, patient, b->mets.count - 1};
    met->row_count++;
    if (waits_for.len) {
        uint32_t text = segment_intern(own(b), waits_for);
        struct waiting *waiting = push(&b->waits, sizeof *waiting);
        if (!waiting) {
            return STATUS_NO_MEMORY;
        }
        *waiting = (struct waiting){b->rows.count - 1, text};
        met->waits = text;
    }
    return own(b)->status;
}

enum status build_medication(struct build *b, struct str id, uint64_t filters) {
    uint32_t text = segment_intern(own(b), id);
    struct medication *medication = push(&b->medications, sizeof *medication);
    if (!medication) {
        return STATUS_NO_MEMORY;
    }
    *medication = (struct medication){text, filters};
    return own(b)->status;
}

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
    for (uint32_t i = newest; i; i = mets(b)[i - 1].older) {
        count++;
    }
    uint32_t *chain = mem_new(count, sizeof *chain);
    if (!chain) {
        return STATUS_NO_MEMORY;
    }
    count = 0;
    for (uint32_t i = newest; i; i = mets(b)[i - 1].older) {
        uint32_t at = count++;
        const struct met *met = &mets(b)[i - 1];
        for (; at && (mets(b)[chain[at - 1]].updated > met->updated ||
                      (mets(b)[chain[at - 1]].updated == met->updated &&
                       mets(b)[chain[at - 1]].version > met->version));
             at--) {
            chain[at] = chain[at - 1];
        }
        chain[at] = i - 1;
    }
    for (uint32_t i = 0; i + 1 < count; i++) {
        const struct met *met = &mets(b)[chain[i]];
        for (uint32_t r = 0; r < met->row_count; r++) {
            rows(b)[met->first_row + r].known_to = mets(b)[chain[i + 1]].updated;
        }
    }
    mem_free(chain);
    return STATUS_OK;
}

static enum status settle_histories(struct build *b) {
    for (uint32_t i = 0; i < b->met_slot_count; i++) {
        uint32_t newest = b->met_slots[i];
        if (newest && mets(b)[newest - 1].history && mets(b)[newest - 1].older) {
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
    uint32_t patient;
};

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
    if (p->source != q->source) {
        return p->source < q->source ? -1 : 1;
    }
    if (p->source != UINT32_MAX && p->line != q->line) {
        return p->line < q->line ? -1 : 1;
    }
    return compare_ids(a, b);
}

/* Fills the population's patients in output order; `rank` gives a patient's place there. Patients
 * that only rows dropped meanwhile had mentioned are left out (rank UINT32_MAX). */
static enum status rank_patients(struct build *b, struct population *p, uint32_t *rank) {
    uint32_t count = 0;
    struct ranked *order = mem_new((size_t)b->patients.count + 1, sizeof *order);
    if (!order) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < b->patients.count; i++) {
        rank[i] = UINT32_MAX;
        if (patients(b)[i].rows || patients(b)[i].source != UINT32_MAX) {
            order[count++] = (struct ranked){b, i};
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
                                      met->version};
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

/* One table a patient and type; table_ends come in as ends of rows and leave as ends of tables. */
static enum status make_tables(struct population *p) {
    uint32_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        uint64_t row = 0;
        count = 0;
        for (uint32_t g = 0; g <= p->patient_count; g++) {
            uint64_t end = g < p->patient_count ? p->table_ends[g] : p->row_count;
            uint32_t first = count;
            while (row < end) {
                uint64_t start = row;
                while (row < end && p->rows[row].type == p->rows[start].type) {
                    row++;
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
    facts->medications = b->medications;
    b->mets = b->medications = (struct list_of){0};
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
    status = status ? status : make_tables(p);
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
