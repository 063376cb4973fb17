#include "base/map.h"

#include "base/mem.h"

#include <xxhash.h>

/* Changed by nobody: equal runs need equal work, and no order comes from here. The value is the
 * fraction of the golden ratio. */
static const uint64_t seed = UINT64_C(0x9E3779B97F4A7C15);

void map_init(struct map *map) {
    *map = (struct map){0};
}

void map_release(struct map *map) {
    mem_free(map->slots);
    map_init(map);
}

uint64_t map_hash(struct str key) {
    return XXH3_64bits_withSeed(key.len ? key.at : "", key.len, seed);
}

static struct map_slot *slot_for(const struct map *map, struct str key, uint64_t hash) {
    uint32_t mask = map->capacity - 1;
    uint32_t i = (uint32_t)hash & mask;
    while (map->slots[i].key.at &&
           !(map->slots[i].hash == hash && str_equal(map->slots[i].key, key))) {
        i = (i + 1) & mask;
    }
    return &map->slots[i];
}

bool map_find(const struct map *map, struct str key, uint32_t *value) {
    if (map->count == 0) {
        return false;
    }
    const struct map_slot *slot = slot_for(map, key, map_hash(key));
    if (!slot->key.at) {
        return false;
    }
    *value = slot->value;
    return true;
}

static enum status grow(struct map *map) {
    struct map bigger = {.capacity = map->capacity ? map->capacity * 2 : 16, .count = map->count};
    bigger.slots = bigger.capacity ? mem_new(bigger.capacity, sizeof *bigger.slots) : NULL;
    if (!bigger.slots) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < map->capacity; i++) {
        const struct map_slot *old = &map->slots[i];
        if (old->key.at) {
            *slot_for(&bigger, old->key, old->hash) = *old;
        }
    }
    mem_free(map->slots);
    *map = bigger;
    return STATUS_OK;
}

enum status map_add(struct map *map, struct str key, uint32_t *value, bool *added) {
    if ((uint64_t)map->count * 4 >= (uint64_t)map->capacity * 3) {
        enum status status = grow(map);
        if (status != STATUS_OK) {
            return status;
        }
    }
    uint64_t hash = map_hash(key);
    struct map_slot *slot = slot_for(map, key, hash);
    *added = slot->key.at == NULL;
    if (*added) {
        *slot = (struct map_slot){.key = key.at ? key : STR(""), .hash = hash, .value = *value};
        map->count++;
    } else {
        *value = slot->value;
    }
    return STATUS_OK;
}
