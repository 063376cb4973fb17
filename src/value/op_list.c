/* Lists (CQL 1.5 reference, section 20). Items are the same by value_same: as `=`, with nulls equal
 * to each other. What cannot be told apart for certain stays apart. */
#include "base/limits.h"
#include "value/compare.h"
#include "value/item_set.h"
#include "value/op_support.h"

static enum op_result make_list(struct op_context *cx, const struct value *items, uint32_t count,
                                struct value *out) {
    struct list *list = ARENA_NEW(cx->arena, struct list);
    if (!list) {
        return OP_NO_MEMORY;
    }
    *list = (struct list){count, items};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    return OP_OK;
}

/* Whether the item is there; a null in the list is nothing that could be a given item. */
static enum logic contains(struct op_context *cx, const struct list *list,
                           const struct value *item) {
    enum logic found = LOGIC_FALSE;
    for (uint32_t i = 0; found != LOGIC_TRUE && i < list->count; i++) {
        found = logic_or(found, value_same(cx, &list->items[i], item));
    }
    return found;
}

/* Whether something else than the item is there; a null may be the given item. */
static enum logic has_another(struct op_context *cx, const struct list *list,
                              const struct value *item) {
    enum logic found = LOGIC_FALSE;
    for (uint32_t i = 0; found != LOGIC_TRUE && i < list->count; i++) {
        bool may_be = value_is_null(&list->items[i]) && !value_is_null(item);
        found = logic_or(found,
                         may_be ? LOGIC_UNKNOWN : logic_not(value_same(cx, &list->items[i], item)));
    }
    return found;
}

static enum op_result contains_or_false(struct op_context *cx, const struct value *list,
                                        const struct value *item, bool proper, struct value *out) {
    if (value_is_null(list)) {
        return op_boolean(false, out);
    }
    cx->reason = NULL_NOT_SAID;
    enum logic answer = contains(cx, list->list, item);
    if (proper && answer != LOGIC_FALSE) {
        answer = logic_and(answer, has_another(cx, list->list, item));
    }
    return op_from_logic(cx, answer, out);
}

enum op_result op_contains_list(struct op_context *cx, const struct value *args,
                                struct value *out) {
    return contains_or_false(cx, &args[0], &args[1], false, out);
}

enum op_result op_in_list(struct op_context *cx, const struct value *args, struct value *out) {
    return contains_or_false(cx, &args[1], &args[0], false, out);
}

enum op_result op_proper_contains_list(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    return contains_or_false(cx, &args[0], &args[1], true, out);
}

enum op_result op_proper_in_list(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    return contains_or_false(cx, &args[1], &args[0], true, out);
}

static enum logic includes(struct op_context *cx, const struct list *outer,
                           const struct list *inner) {
    enum logic all = LOGIC_TRUE;
    for (uint32_t i = 0; all != LOGIC_FALSE && i < inner->count; i++) {
        all = logic_and(all, contains(cx, outer, &inner->items[i]));
    }
    return all;
}

static enum op_result includes_to(struct op_context *cx, const struct value *outer,
                                  const struct value *inner, bool proper, struct value *out) {
    cx->reason = NULL_NOT_SAID;
    enum logic answer = includes(cx, outer->list, inner->list);
    if (proper && answer != LOGIC_FALSE) {
        answer = logic_and(answer, logic_not(includes(cx, inner->list, outer->list)));
    }
    return op_from_logic(cx, answer, out);
}

enum op_result op_includes_list(struct op_context *cx, const struct value *args,
                                struct value *out) {
    return includes_to(cx, &args[0], &args[1], false, out);
}

enum op_result op_included_in_list(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return includes_to(cx, &args[1], &args[0], false, out);
}

enum op_result op_proper_includes_list(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    return includes_to(cx, &args[0], &args[1], true, out);
}

enum op_result op_proper_included_in_list(struct op_context *cx, const struct value *args,
                                          struct value *out) {
    return includes_to(cx, &args[1], &args[0], true, out);
}

/* Items of both lists in order, each once; `keep` decides by whether it is in the other list. */
enum keep { KEEP_ALL, KEEP_IF_THERE, KEEP_IF_NOT_THERE };

static enum op_result combine(struct op_context *cx, const struct list *a, const struct list *b,
                              enum keep keep, struct value *out) {
    uint32_t second = keep == KEEP_ALL ? b->count : 0;
    if ((uint64_t)a->count + second > LIMIT_LIST_ITEMS) {
        return op_error(cx, "the list would have more than %u items", LIMIT_LIST_ITEMS);
    }
    uint32_t total = a->count + second;
    struct item_set others = {0}, result;
    bool filter = keep != KEEP_ALL;
    if (!item_set_init(cx, &result, total) || (filter && !item_set_init(cx, &others, b->count))) {
        return OP_NO_MEMORY;
    }
    for (uint32_t i = 0; filter && i < b->count; i++) {
        item_set_add(cx, &others, &b->items[i]);
    }
    for (uint32_t i = 0; i < total; i++) {
        const struct value *item = i < a->count ? &a->items[i] : &b->items[i - a->count];
        if (!filter || item_set_has(cx, &others, item) == (keep == KEEP_IF_THERE)) {
            item_set_add(cx, &result, item);
        }
    }
    return make_list(cx, result.items, result.count, out);
}

static const struct list empty_list = {0, NULL};

static const struct list *list_or_empty(const struct value *v) {
    return value_is_null(v) ? &empty_list : v->list;
}

enum op_result op_distinct(struct op_context *cx, const struct value *args, struct value *out) {
    return combine(cx, args[0].list, &empty_list, KEEP_ALL, out);
}

enum op_result op_union_list(struct op_context *cx, const struct value *args, struct value *out) {
    return combine(cx, list_or_empty(&args[0]), list_or_empty(&args[1]), KEEP_ALL, out);
}

enum op_result op_intersect_list(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    return combine(cx, args[0].list, args[1].list, KEEP_IF_THERE, out);
}

enum op_result op_except_list(struct op_context *cx, const struct value *args, struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    return combine(cx, args[0].list, list_or_empty(&args[1]), KEEP_IF_NOT_THERE, out);
}

enum op_result op_exists(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    const struct list *list = list_or_empty(&args[0]);
    for (uint32_t i = 0; i < list->count; i++) {
        if (!value_is_null(&list->items[i])) {
            return op_boolean(true, out);
        }
    }
    return op_boolean(false, out);
}

enum op_result op_flatten(struct op_context *cx, const struct value *args, struct value *out) {
    const struct list *outer = args[0].list;
    uint64_t total = 0;
    for (uint32_t i = 0; i < outer->count; i++) {
        total += list_or_empty(&outer->items[i])->count;
    }
    if (total > LIMIT_LIST_ITEMS) {
        return op_error(cx, "the list would have more than %u items", LIMIT_LIST_ITEMS);
    }
    struct value *items = ARENA_ARRAY(cx->arena, total, struct value);
    if (!items && total > 0) {
        return OP_NO_MEMORY;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < outer->count; i++) {
        const struct list *inner = list_or_empty(&outer->items[i]);
        for (uint32_t j = 0; j < inner->count; j++) {
            items[count++] = inner->items[j];
        }
    }
    return make_list(cx, items, count, out);
}

static enum op_result item_at(struct op_context *cx, const struct list *list, int64_t at,
                              struct value *out) {
    if (at < 0 || at >= list->count) {
        return op_null(cx, list->count == 0 ? NULL_EMPTY : NULL_NOT_DEFINED, out);
    }
    *out = list->items[at];
    cx->reason = NULL_NOT_SAID;
    return OP_OK;
}

enum op_result op_first(struct op_context *cx, const struct value *args, struct value *out) {
    return item_at(cx, args[0].list, 0, out);
}

enum op_result op_last(struct op_context *cx, const struct value *args, struct value *out) {
    return item_at(cx, args[0].list, (int64_t)args[0].list->count - 1, out);
}

enum op_result op_indexer_list(struct op_context *cx, const struct value *args, struct value *out) {
    return item_at(cx, args[0].list, args[1].integer, out);
}

enum op_result op_index_of(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    const struct list *list = args[0].list;
    *out = value_integer(-1);
    for (uint32_t i = 0; i < list->count; i++) {
        if (value_same(cx, &list->items[i], &args[1]) == LOGIC_TRUE) {
            *out = value_integer((int32_t)i);
            break;
        }
    }
    return OP_OK;
}

enum op_result op_length_list(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    *out = value_integer((int32_t)list_or_empty(&args[0])->count);
    return OP_OK;
}

enum op_result op_singleton_from(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    if (args[0].list->count > 1) {
        return op_error(cx, "'singleton from' wants at most one item; the list has %u",
                        args[0].list->count);
    }
    return item_at(cx, args[0].list, 0, out);
}

/* Items [from, to) of the list, within its bounds. */
static enum op_result part(struct op_context *cx, const struct list *list, int64_t from, int64_t to,
                           struct value *out) {
    from = from < 0 ? 0 : from > list->count ? list->count : from;
    to = to > list->count ? list->count : to;
    return to <= from ? make_list(cx, NULL, 0, out)
                      : make_list(cx, list->items + from, (uint32_t)(to - from), out);
}

enum op_result op_skip(struct op_context *cx, const struct value *args, struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    int64_t from = value_is_null(&args[1]) ? 0 : args[1].integer;
    /* Fewer than none cannot be skipped: the reference gives an empty list. */
    return from < 0 ? make_list(cx, NULL, 0, out) : part(cx, args[0].list, from, UINT32_MAX, out);
}

enum op_result op_tail(struct op_context *cx, const struct value *args, struct value *out) {
    return part(cx, args[0].list, 1, UINT32_MAX, out);
}

enum op_result op_take(struct op_context *cx, const struct value *args, struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    return part(cx, args[0].list, 0, value_is_null(&args[1]) ? 0 : args[1].integer, out);
}

enum op_result op_slice(struct op_context *cx, const struct value *args, struct value *out) {
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    int64_t count = args[0].list->count;
    int64_t from = value_is_null(&args[1]) ? 0 : args[1].integer;
    int64_t to = value_is_null(&args[2]) ? count : args[2].integer;
    return part(cx, args[0].list, from < 0 ? from + count : from, to < 0 ? to + count : to, out);
}
