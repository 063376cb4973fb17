#include "record/build.h"

#include "base/mem.h"
#include "record/build_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

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

void build_show(struct build *b, uint8_t number, const struct segment *shown) {
    b->shown[number] = shown;
}

static const struct segment *seen(const struct build *b, uint8_t number) {
    return b->shown[number] ? b->shown[number] : b->segments[number];
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
    drop(&b->mores);
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

static bool make_met_room(struct build *b) {
    if (b->met_slot_count && b->mets.count < b->met_slot_count / 4 * 3) {
        return true;
    }
    uint32_t count = b->met_slot_count ? b->met_slot_count * 2 : 64;
    struct met_slot *slots = count ? mem_new(count, sizeof *slots) : NULL;
    if (!slots) {
        return false;
    }
    struct met_slot *old = b->met_slots;
    for (uint32_t i = 0; i < b->met_slot_count; i++) {
        if (old[i].newest) {
            uint32_t at = old[i].hash;
            while (slots[at & (count - 1)].newest) {
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
static struct met_slot *find_slot(const struct build *b, uint16_t type, const struct id_key *id,
                                  uint32_t hash) {
    uint32_t mask = b->met_slot_count - 1;
    uint32_t i = hash & mask;
    for (; b->met_slots[i].newest; i = (i + 1) & mask) {
        if (b->met_slots[i].hash != hash) {
            continue;
        }
        const struct met *met = &mets(b)[b->met_slots[i].newest - 1];
        const struct row row = {.id = met->id, .flags = met->id_flags};
        if (met->type == type && segment_id_is(seen(b, met->segment), &row, id)) {
            break;
        }
    }
    return &b->met_slots[i];
}

/* Which content wins: the larger version, then the later update, then the larger hash. */
static bool is_better(const struct build *b, const struct build_resource *a,
                      const struct met *met) {
    uint64_t version = met_version(&b->mores, met);
    if (a->version != version) {
        return a->version > version;
    }
    if (a->updated != met->updated) {
        return a->updated > met->updated;
    }
    return a->hash > met->hash;
}

static void kill_rows(struct build *b, const struct met *met) {
    for (uint32_t i = 0; i < met->row_count; i++) {
        rows(b)[met->first_row + i].type = MODEL_NONE;
    }
}

/* What few resources have; NULL: no memory. */
static struct met_more *more_of(struct build *b, struct met *met) {
    if (!met->more) {
        if (!push(&b->mores, sizeof(struct met_more))) {
            return NULL;
        }
        met->more = b->mores.count;
    }
    return (struct met_more *)b->mores.items + met->more - 1;
}

static bool count_duplicates(struct build *b, struct met *met, uint32_t count) {
    struct met_more *more = b->keep_facts && count ? more_of(b, met) : NULL;
    if (more) {
        more->duplicates += count;
    }
    return more || !b->keep_facts || !count;
}

static enum status add_met(struct build *b, const struct build_resource *resource,
                           struct met_slot *slot, uint32_t hash) {
    struct met *met = push(&b->mets, sizeof *met);
    if (!met) {
        return STATUS_NO_MEMORY;
    }
    *met = (struct met){
        .hash = resource->hash,
        .updated = resource->updated,
        .version = (uint32_t)resource->version,
        .first_row = b->rows.count,
        .id = resource->id,
        .type = resource->type,
        .id_flags = resource->id_flags,
        .segment = resource->segment,
        .marks = (uint8_t)(resource->marks | (resource->history ? MARK_HISTORY : 0) |
                           (resource->deleted ? MARK_DELETED : 0)),
    };
    uint32_t version_high = (uint32_t)(resource->version >> 32);
    if (version_high || slot->newest || resource->codes) {
        struct met_more *more = more_of(b, met);
        if (!more) {
            return STATUS_NO_MEMORY;
        }
        more->version_high = version_high;
        more->older = slot->newest;
        more->codes = resource->codes;
    }
    *slot = (struct met_slot){hash, b->mets.count};
    return STATUS_OK;
}

/* A resource with the same type and id was met before: what becomes of this one, and of `met`.
 * *duplicates: those dropped so far in this one's favour. False: no memory. */
static bool settle_with(struct build *b, const struct build_resource *resource, struct met *met,
                        uint32_t *duplicates, enum build_answer *answer) {
    bool same_version =
        met->updated == resource->updated && met_version(&b->mores, met) == resource->version;
    if (met->hash == resource->hash && same_version) {
        *answer = BUILD_SAME;
        return count_duplicates(b, met, 1);
    }
    if (resource->history && (met->marks & MARK_HISTORY) && !same_version) {
        return true; /* two versions of one history */
    }
    if (!is_better(b, resource, met)) {
        *answer = BUILD_LOSES;
        return count_duplicates(b, met, 1);
    }
    *answer = BUILD_REPLACES;
    kill_rows(b, met);
    *duplicates += met_more(&b->mores, met).duplicates + 1;
    if (met->more) {
        more_of(b, met)->duplicates = 0;
    }
    return true;
}

enum status build_offer(struct build *b, const struct build_resource *resource,
                        enum build_answer *answer) {
    *answer = BUILD_NEW;
    if (!make_met_room(b)) {
        return STATUS_NO_MEMORY;
    }
    const struct row row = {.id = resource->id, .flags = resource->id_flags};
    struct id_key id = segment_row_key(seen(b, resource->segment), &row);
    uint32_t duplicates = 0;
    uint32_t hash = identity(resource->type, &id);
    struct met_slot *slot = find_slot(b, resource->type, &id, hash);
    for (uint32_t i = slot->newest; i; i = older_than(b, &mets(b)[i - 1])) {
        if (!settle_with(b, resource, &mets(b)[i - 1], &duplicates, answer)) {
            return STATUS_NO_MEMORY;
        }
        if (*answer == BUILD_SAME || *answer == BUILD_LOSES) {
            return STATUS_OK;
        }
    }
    enum status status = add_met(b, resource, slot, hash);
    bool counted = status || count_duplicates(b, &mets(b)[b->mets.count - 1], duplicates);
    return counted ? status : STATUS_NO_MEMORY;
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
    assert(met->row_count < UINT8_MAX);
    met->row_count++;
    if (waits_for.len) {
        uint32_t text = segment_intern(own(b), waits_for);
        struct waiting *waiting = push(&b->waits, sizeof *waiting);
        struct met_more *more = waiting ? more_of(b, met) : NULL;
        if (!more) {
            return STATUS_NO_MEMORY;
        }
        *waiting = (struct waiting){b->rows.count - 1, text};
        more->waits = text;
    }
    return own(b)->status;
}

enum status build_codes(struct build *b, struct str set, uint32_t *out) {
    *out = segment_intern(own(b), set);
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
