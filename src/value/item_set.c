#include "value/item_set.h"

#include "base/map.h"
#include "value/compare.h"
#include "value/datetime.h"
#include "value/op_support.h"

#include <assert.h>

enum { HASH_DEPTH_MAX = 4 };

static uint64_t hash_bytes(const void *bytes, size_t size) {
    return map_hash((struct str){bytes, size});
}

static uint64_t mix(uint64_t a, uint64_t b) {
    const uint64_t both[2] = {a, b};
    return hash_bytes(both, sizeof(both));
}

static uint64_t hash_number(i128 scaled) {
    return hash_bytes(&scaled, sizeof(scaled));
}

/* Two values that are certain to be the same have the same hash. */
static uint64_t hash_of(struct op_context *cx, const struct value *v, int depth) {
    uint64_t hash = v->kind;
    switch ((enum value_kind)v->kind) {
    case VALUE_INTEGER:
        return hash_number(v->integer * DECIMAL_ONE);
    case VALUE_LONG:
        return hash_number(v->longint * DECIMAL_ONE);
    case VALUE_DECIMAL:
        return hash_number(v->decimal);
    case VALUE_STRING:
        return map_hash(v->string);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return mix(v->datetime.precision,
                   (uint64_t)datetime_first_ms(&v->datetime, op_request_offset(cx)));
    case VALUE_CODE:
        return v->code->code.at ? map_hash(v->code->code) : hash;
    case VALUE_CONCEPT:
        return mix(hash, v->concept->count);
    case VALUE_VOCABULARY:
        return map_hash(v->vocabulary->id);
    case VALUE_LIST:
        hash = mix(hash, v->list->count);
        for (uint32_t i = 0; depth < HASH_DEPTH_MAX && i < v->list->count; i++) {
            hash = mix(hash, hash_of(cx, &v->list->items[i], depth + 1));
        }
        return hash;
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        hash = mix(hash, v->tuple->count);
        for (uint32_t i = 0; depth < HASH_DEPTH_MAX && i < v->tuple->count; i++) {
            hash = mix(hash, hash_of(cx, &v->tuple->values[i], depth + 1));
        }
        return hash;
    case VALUE_ELEMENT:
        if (!cx->equal_elements) {
            return mix((uintptr_t)v->element.segment, v->element.block);
        }
        return cx->hash_element ? mix(hash, cx->hash_element(cx->elements_context, v)) : hash;
    default:
        return hash;
    }
}

bool item_set_init(struct op_context *cx, struct item_set *set, uint32_t items_max) {
    *set = (struct item_set){.capacity = 8};
    while (set->capacity < 2 * (uint64_t)items_max) {
        set->capacity *= 2;
    }
    set->room = ARENA_ARRAY(cx->arena, items_max, struct value);
    set->hashes = ARENA_ARRAY(cx->arena, items_max, uint64_t);
    set->slots = ARENA_ARRAY(cx->arena, set->capacity, uint32_t);
    set->items = set->room;
    return set->slots && (items_max == 0 || (set->room && set->hashes));
}

/* The slot of the item, or a free one. */
static uint32_t find(struct op_context *cx, const struct item_set *set, const struct value *item,
                     uint64_t hash) {
    uint32_t at = (uint32_t)hash & (set->capacity - 1);
    for (; set->slots[at] != 0; at = (at + 1) & (set->capacity - 1)) {
        uint32_t i = set->slots[at] - 1;
        if (set->hashes[i] == hash && value_same(cx, &set->items[i], item) == LOGIC_TRUE) {
            break;
        }
    }
    return at;
}

bool item_set_has(struct op_context *cx, const struct item_set *set, const struct value *item) {
    return set->slots[find(cx, set, item, hash_of(cx, item, 0))] != 0;
}

void item_set_add(struct op_context *cx, struct item_set *set, const struct value *item) {
    uint64_t hash = hash_of(cx, item, 0);
    uint32_t at = find(cx, set, item, hash);
    if (set->slots[at] == 0) {
        assert(set->count < set->capacity / 2);
        set->room[set->count] = *item;
        set->hashes[set->count] = hash;
        set->slots[at] = ++set->count;
    }
}
