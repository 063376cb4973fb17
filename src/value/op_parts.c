/* Children and Descendants (CQL 1.5 reference, section 14): the values of a structure's elements. A
 * list gives its items, an element without a value gives nothing, and each child comes before its
 * own descendants. Values of the System types have the elements that the reference gives them. */
#include "base/limits.h"
#include "value/op_support.h"
#include "value/ucum.h"

struct gathering {
    struct op_context *cx;
    struct value *items;
    uint32_t count;
    uint32_t capacity;
    bool all; /* descendants too */
    enum op_result result;
};

/* A structure inside a structure. */
enum { DEPTH_MAX = LIMIT_EXPRESSION_DEPTH + LIMIT_JSON_DEPTH };

static void gather_parts(struct gathering *g, const struct value *of, int depth);

static bool append(struct gathering *g, const struct value *item) {
    if (g->count == LIMIT_LIST_ITEMS) {
        g->result = op_error(g->cx, "the list would have more than %u items", LIMIT_LIST_ITEMS);
        return false;
    }
    if (g->count == g->capacity) {
        uint32_t capacity = g->capacity ? 2 * g->capacity : 16;
        struct value *grown = ARENA_ARRAY(g->cx->arena, capacity, struct value);
        if (!grown) {
            g->result = OP_NO_MEMORY;
            return false;
        }
        if (g->count) {
            memcpy(grown, g->items, g->count * sizeof(*grown));
        }
        g->items = grown;
        g->capacity = capacity;
    }
    g->items[g->count++] = *item;
    return true;
}

static void gather(struct gathering *g, const struct value *part, int depth) {
    if (value_is_null(part) || g->result != OP_OK) {
        return;
    }
    if (depth > DEPTH_MAX) {
        g->result = op_error(g->cx, "the structure is nested too deep");
        return;
    }
    if (part->kind == VALUE_LIST) {
        for (uint32_t i = 0; i < part->list->count; i++) {
            gather(g, &part->list->items[i], depth + 1);
        }
        return;
    }
    if (append(g, part) && g->all) {
        gather_parts(g, part, depth + 1);
    }
}

static void gather_text(struct gathering *g, struct str text, int depth) {
    if (text.at) {
        struct value part = value_string(text);
        gather(g, &part, depth);
    }
}

static void gather_quantity(struct gathering *g, const struct quantity *q, int depth) {
    struct value number = {.kind = VALUE_DECIMAL, .scale = q->scale, .decimal = q->value};
    gather(g, &number, depth);
    gather_text(g, unit_text(q->unit), depth);
}

static void gather_ratio(struct gathering *g, const struct ratio *ratio, int depth) {
    struct value numerator = {.kind = VALUE_QUANTITY, .quantity = &ratio->numerator};
    struct value denominator = {.kind = VALUE_QUANTITY, .quantity = &ratio->denominator};
    gather(g, &numerator, depth);
    gather(g, &denominator, depth);
}

static void gather_code(struct gathering *g, const struct code *code, int depth) {
    gather_text(g, code->code, depth);
    gather_text(g, code->system, depth);
    gather_text(g, code->version, depth);
    gather_text(g, code->display, depth);
}

static void gather_concept(struct gathering *g, const struct concept *concept, int depth) {
    for (uint32_t i = 0; i < concept->count; i++) {
        struct value code = {.kind = VALUE_CODE, .code = &concept->codes[i]};
        gather(g, &code, depth);
    }
    gather_text(g, concept->display, depth);
}

static void gather_interval(struct gathering *g, const struct interval *interval, int depth) {
    struct value low_closed = value_boolean(interval->low_closed);
    struct value high_closed = value_boolean(interval->high_closed);
    gather(g, &interval->low, depth);
    gather(g, &low_closed, depth);
    gather(g, &interval->high, depth);
    gather(g, &high_closed, depth);
}

static void gather_element(struct gathering *g, const struct value *of, int depth) {
    const struct list *parts =
        g->cx->parts ? g->cx->parts(g->cx->elements_context, of, g->cx->arena) : NULL;
    if (!parts) {
        g->result = OP_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < parts->count; i++) {
        gather(g, &parts->items[i], depth);
    }
}

static void gather_system(struct gathering *g, const struct value *of, int depth) {
    switch ((enum value_kind)of->kind) {
    case VALUE_QUANTITY:
        gather_quantity(g, of->quantity, depth);
        break;
    case VALUE_RATIO:
        gather_ratio(g, of->ratio, depth);
        break;
    case VALUE_CODE:
        gather_code(g, of->code, depth);
        break;
    case VALUE_CONCEPT:
        gather_concept(g, of->concept, depth);
        break;
    case VALUE_VOCABULARY:
        gather_text(g, of->vocabulary->id, depth);
        gather_text(g, of->vocabulary->version, depth);
        gather_text(g, of->vocabulary->name, depth);
        break;
    case VALUE_INTERVAL:
        gather_interval(g, of->interval, depth);
        break;
    default:
        break; /* a simple type has no elements */
    }
}

static void gather_parts(struct gathering *g, const struct value *of, int depth) {
    switch ((enum value_kind)of->kind) {
    case VALUE_ELEMENT:
        gather_element(g, of, depth);
        break;
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        for (uint32_t i = 0; i < of->tuple->count; i++) {
            gather(g, &of->tuple->values[i], depth);
        }
        break;
    case VALUE_LIST:
        for (uint32_t i = 0; i < of->list->count && g->result == OP_OK; i++) {
            gather_parts(g, &of->list->items[i], depth);
        }
        break;
    default:
        if (of->type != 0) { /* a FHIR primitive: its value */
            struct value plain = *of;
            plain.type = 0;
            gather(g, &plain, depth);
        } else {
            gather_system(g, of, depth);
        }
    }
}

static enum op_result parts_of(struct op_context *cx, const struct value *of, bool all,
                               struct value *out) {
    struct gathering g = {.cx = cx, .all = all, .result = OP_OK};
    gather_parts(&g, of, 0);
    if (g.result != OP_OK) {
        return g.result;
    }
    struct list *list = ARENA_NEW(cx->arena, struct list);
    if (!list) {
        return OP_NO_MEMORY;
    }
    *list = (struct list){g.count, g.items};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    return OP_OK;
}

enum op_result op_children(struct op_context *cx, const struct value *args, struct value *out) {
    return parts_of(cx, &args[0], false, out);
}

enum op_result op_descendants(struct op_context *cx, const struct value *args, struct value *out) {
    return parts_of(cx, &args[0], true, out);
}
