#include "exec/machine_internal.h"

#include "base/limits.h"
#include "value/compare.h"

void cursor_open(struct cursor *cursor, const struct value *source, bool single) {
    cursor->next = 0;
    cursor->note_count = 0;
    cursor->note_capacity = 0;
    if (value_is_null(source)) {
        cursor->count = 0;
    } else if (single || source->kind != VALUE_LIST) {
        cursor->one = *source;
        cursor->items = &cursor->one;
        cursor->count = 1;
    } else {
        cursor->items = source->list->items;
        cursor->count = source->list->count;
    }
}

bool builder_add(struct machine *m, struct builder *builder, const struct value *value) {
    if (builder->count == builder->capacity) {
        uint32_t capacity = builder->capacity ? builder->capacity * 2 : 8;
        struct value *grown =
            capacity <= LIMIT_LIST_ITEMS ? ARENA_ARRAY(&m->arena, capacity, struct value) : NULL;
        if (!grown) {
            return false;
        }
        if (builder->count > 0) {
            memcpy(grown, builder->items, builder->count * sizeof *grown);
        }
        builder->items = grown;
        builder->capacity = capacity;
    }
    builder->items[builder->count++] = *value;
    builder->moves |= value->moves;
    return true;
}

bool builder_finish(struct machine *m, const struct builder *builder, struct value *out) {
    struct list *list = ARENA_NEW(&m->arena, struct list);
    if (!list) {
        return false;
    }
    *list = (struct list){builder->count, builder->items};
    *out = (struct value){.kind = VALUE_LIST, .moves = builder->moves, .list = list};
    return true;
}

struct sorting {
    struct machine *m;
    const struct builder *keys;
    const struct plan_sort *sort;
};

static bool in_order(const struct sorting *s, uint32_t a, uint32_t b) {
    for (uint32_t i = 0; i < s->sort->count; i++) {
        int order = value_order(&s->m->cx, &s->keys[i].items[a], &s->keys[i].items[b]);
        if (order != 0) {
            return s->sort->descending[i] ? order > 0 : order < 0;
        }
    }
    return true; /* stable: what came first stays first */
}

/* Merges the sorted runs [low, middle) and [middle, high) of `from` into `to`. */
static void merge(const struct sorting *s, const uint32_t *from, uint32_t *to, uint32_t low,
                  uint32_t middle, uint32_t high) {
    uint32_t a = low, b = middle;
    for (uint32_t i = low; i < high; i++) {
        if (b >= high || (a < middle && in_order(s, from[a], from[b]))) {
            to[i] = from[a++];
        } else {
            to[i] = from[b++];
        }
    }
}

/* A merge sort from the bottom up, stable, so that equal keys keep the order of the source. */
bool builders_sort(struct machine *m, const struct builder *builders, const struct plan_sort *sort,
                   struct value *out) {
    struct sorting s = {m, builders + 1, sort};
    uint32_t count = builders->count;
    uint32_t *order = ARENA_ARRAY(&m->arena, count, uint32_t);
    uint32_t *spare = ARENA_ARRAY(&m->arena, count, uint32_t);
    struct builder sorted = {ARENA_ARRAY(&m->arena, count, struct value), count, count,
                             builders->moves};
    if (!order || !spare || !sorted.items) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t low = 0; low < count; low += 2 * width) {
            uint32_t middle = count - low > width ? low + width : count;
            uint32_t high = count - low > 2 * width ? low + 2 * width : count;
            merge(&s, order, spare, low, middle, high);
        }
        uint32_t *swap = order;
        order = spare;
        spare = swap;
    }
    for (uint32_t i = 0; i < count; i++) {
        sorted.items[i] = builders->items[order[i]];
    }
    return builder_finish(m, &sorted, out);
}
