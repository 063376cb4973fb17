/* A hash map from text to a 32-bit number, open addressing, seeded, never iterated for output. Keys
 * are not copied: they must live as long as the map. */
#ifndef QUELL_BASE_MAP_H
#define QUELL_BASE_MAP_H

#include "base/status.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct map_slot {
    struct str key; /* .at NULL: free */
    uint64_t hash;
    uint32_t value;
};

struct map {
    struct map_slot *slots;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t count;
};

void map_init(struct map *map);
void map_release(struct map *map);
/* True and the value when the key is there. */
bool map_find(const struct map *map, struct str key, uint32_t *value);
/* Adds the key; when it is there already, leaves it and gives its value in *value. */
MUST_USE enum status map_add(struct map *map, struct str key, uint32_t *value, bool *added);
uint64_t map_hash(struct str key);

#endif
