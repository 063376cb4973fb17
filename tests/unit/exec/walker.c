#include "walker.h"

#include "plan/type_test.h"
#include "value/compare.h"
#include "value/datetime.h"
#include "value/ucum.h"

#include <stdlib.h>

enum walk { WALK_OK, WALK_ERROR, WALK_END };

/* The variables of one definition or function call, and what $this, $index and $total are. */
struct scope {
    struct value *slots;
    struct value item;
    struct value total;
    int32_t index;
};

struct items {
    struct value *at;
    uint32_t count;
    uint32_t capacity;
};

static enum walk walk(struct walker *w, struct scope *s, const struct expr *e, struct value *out);

#define TRY(call)                                                                                  \
    do {                                                                                           \
        enum walk result_ = (call);                                                                \
        if (result_ != WALK_OK) {                                                                  \
            return result_;                                                                        \
        }                                                                                          \
    } while (0)

static enum walk add(struct walker *w, struct items *items, struct value value) {
    if (items->count == items->capacity) {
        uint32_t capacity = items->capacity * 2 + 4;
        struct value *grown = ARENA_ARRAY(w->arena, capacity, struct value);
        if (!grown) {
            return WALK_END;
        }
        for (uint32_t i = 0; i < items->count; i++) {
            grown[i] = items->at[i];
        }
        items->at = grown;
        items->capacity = capacity;
    }
    items->at[items->count++] = value;
    return WALK_OK;
}

static enum walk list_of(struct walker *w, const struct items *items, struct value *out) {
    struct list *list = ARENA_NEW(w->arena, struct list);
    if (!list) {
        return WALK_END;
    }
    *list = (struct list){items->count, items->at};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    return WALK_OK;
}

static bool is_true(const struct value *v) {
    return v->kind == VALUE_BOOLEAN && v->boolean;
}

static bool is_false(const struct value *v) {
    return v->kind == VALUE_BOOLEAN && !v->boolean;
}

static enum walk apply(struct walker *w, enum op_id op, enum precision precision,
                       const struct value *args, uint32_t count, struct value *out) {
    w->cx.precision = precision;
    switch (operator_call(operator_info(op), &w->cx, args, count, out)) {
    case OP_OK:
        return WALK_OK;
    case OP_ERROR:
        return WALK_ERROR;
    case OP_NO_MEMORY:
        break;
    }
    return WALK_END;
}

static enum walk walk_operator(struct walker *w, struct scope *s, const struct expr *e,
                               struct value *out) {
    struct value args[16] = {0};
    bool coalesces = e->op >= OP_COALESCE_2 && e->op <= OP_COALESCE_5;
    for (uint32_t i = 0; i < e->count && i < 16; i++) {
        TRY(walk(w, s, e->args[i], &args[i]));
        bool decided = (coalesces && !value_is_null(&args[i])) ||
                       (i == 0 && ((e->op == OP_AND && is_false(&args[0])) ||
                                   (e->op == OP_IMPLIES && is_false(&args[0])) ||
                                   (e->op == OP_OR && is_true(&args[0]))));
        if (decided) {
            *out = coalesces ? args[i] : value_boolean(e->op != OP_AND);
            return WALK_OK;
        }
    }
    return apply(w, e->op, (enum precision)e->precision, args, e->count, out);
}

static enum walk walk_case(struct walker *w, struct scope *s, const struct expr *e,
                           struct value *out) {
    struct value pair[2] = {{0}}, condition;
    if (e->args[0]) {
        TRY(walk(w, s, e->args[0], &pair[0]));
    }
    for (uint32_t i = 0; i < e->cases.item_count; i++) {
        TRY(walk(w, s, e->cases.items[i].when, &pair[1]));
        condition = pair[1];
        if (e->args[0]) {
            TRY(apply(w, e->cases.equal, PRECISION_NONE, pair, 2, &condition));
        }
        if (is_true(&condition)) {
            return walk(w, s, e->cases.items[i].then, out);
        }
    }
    *out = value_null();
    return e->count > 1 && e->args[1] ? walk(w, s, e->args[1], out) : WALK_OK;
}

static enum walk walk_list(struct walker *w, struct scope *s, const struct expr *e,
                           struct value *out) {
    struct items items = {0};
    for (uint32_t i = 0; i < e->count; i++) {
        struct value item;
        TRY(walk(w, s, e->args[i], &item));
        TRY(add(w, &items, item));
    }
    return list_of(w, &items, out);
}

static enum walk tuple_of(struct walker *w, uint32_t count, const struct str *names,
                          const struct value *values, struct value *out) {
    struct tuple *tuple = ARENA_NEW(w->arena, struct tuple);
    if (!tuple) {
        return WALK_END;
    }
    *tuple = (struct tuple){count, names, values};
    *out = (struct value){.kind = VALUE_TUPLE, .tuple = tuple};
    return WALK_OK;
}

static struct value part(const struct tuple *tuple, const char *name) {
    for (uint32_t i = 0; i < tuple->count; i++) {
        if (str_equal(tuple->names[i], str_from(name))) {
            return tuple->values[i];
        }
    }
    return value_null();
}

static struct str text_part(const struct tuple *tuple, const char *name) {
    struct value v = part(tuple, name);
    return v.kind == VALUE_STRING ? v.string : STR_NONE;
}

/* A System class from its elements. */
static enum walk system_instance(struct walker *w, uint16_t type, const struct tuple *t,
                                 struct value *out) {
    *out = value_null();
    if (type == MODEL_QUANTITY && part(t, "value").kind == VALUE_DECIMAL) {
        struct quantity *q = ARENA_NEW(w->arena, struct quantity);
        struct str unit = text_part(t, "unit");
        if (!q) {
            return WALK_END;
        }
        *q = (struct quantity){part(t, "value").decimal, part(t, "value").scale,
                               unit_intern(w->cx.units, unit.at ? unit : STR("1"))};
        *out = (struct value){.kind = VALUE_QUANTITY, .quantity = q};
    } else if (type == MODEL_CODE) {
        struct code *c = ARENA_NEW(w->arena, struct code);
        if (!c) {
            return WALK_END;
        }
        *c = (struct code){text_part(t, "code"), text_part(t, "system"), text_part(t, "version"),
                           text_part(t, "display")};
        *out = (struct value){.kind = VALUE_CODE, .code = c};
    } else if (type == MODEL_CONCEPT) {
        struct concept *c = ARENA_NEW(w->arena, struct concept);
        struct value codes = part(t, "codes");
        uint32_t count = codes.kind == VALUE_LIST ? codes.list->count : 0;
        struct code *copy = ARENA_ARRAY(w->arena, count, struct code);
        if (!c || !copy) {
            return WALK_END;
        }
        uint32_t kept = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (codes.list->items[i].kind == VALUE_CODE) {
                copy[kept++] = *codes.list->items[i].code;
            }
        }
        *c = (struct concept){kept, copy, text_part(t, "display")};
        *out = (struct value){.kind = VALUE_CONCEPT, .concept = c};
    } else if (type == MODEL_RATIO && part(t, "numerator").kind == VALUE_QUANTITY &&
               part(t, "denominator").kind == VALUE_QUANTITY) {
        struct ratio *r = ARENA_NEW(w->arena, struct ratio);
        if (!r) {
            return WALK_END;
        }
        *r = (struct ratio){*part(t, "numerator").quantity, *part(t, "denominator").quantity};
        *out = (struct value){.kind = VALUE_RATIO, .ratio = r};
    } else if (type == MODEL_VALUESET || type == MODEL_CODESYSTEM || type == MODEL_VOCABULARY) {
        struct vocabulary *v = ARENA_NEW(w->arena, struct vocabulary);
        if (!v) {
            return WALK_END;
        }
        *v = (struct vocabulary){type != MODEL_CODESYSTEM, text_part(t, "id"),
                                 text_part(t, "version"), text_part(t, "name")};
        *out = (struct value){.kind = VALUE_VOCABULARY, .vocabulary = v};
    }
    return WALK_OK;
}

/* Without a population at hand: the subject's own value as a list, a list as it is. */
static enum walk walk_spread(struct walker *w, const struct definition *definition,
                             struct value *out) {
    struct items items = {0};
    struct value own;
    if (!walker_eval(w, definition, &own)) {
        return WALK_END;
    }
    if (definition->type->kind == TYPE_LIST) {
        *out = own;
        return value_is_null(&own) ? list_of(w, &items, out) : WALK_OK;
    }
    TRY(add(w, &items, own));
    return list_of(w, &items, out);
}

static enum walk walk_structure(struct walker *w, struct scope *s, const struct expr *e,
                                struct value *out) {
    struct value *values = ARENA_ARRAY(w->arena, e->count, struct value);
    if (!values) {
        return WALK_END;
    }
    for (uint32_t i = 0; i < e->count; i++) {
        TRY(walk(w, s, e->args[i], &values[i]));
    }
    TRY(tuple_of(w, e->count, e->fields.names, values, out));
    if (e->kind == EXPR_TUPLE) {
        return WALK_OK;
    }
    const struct model_type *type = model_type(e->type->name);
    if (type->is_system) {
        return system_instance(w, e->type->name, out->tuple, out);
    }
    if (type->is_primitive) {
        *out = part(out->tuple, "value");
        out->type = value_is_null(out) ? MODEL_NONE : e->type->name;
    } else {
        out->kind = VALUE_INSTANCE;
        out->type = e->type->name;
    }
    return WALK_OK;
}

static enum walk interval_of(struct walker *w, const struct interval *from, struct value *out) {
    int order = DATETIME_UNKNOWN;
    if (!value_is_null(&from->low) && !value_is_null(&from->high)) {
        order = value_compare(&w->cx, &from->low, &from->high, PRECISION_NONE);
    }
    if (order == 1 || (order == 0 && !(from->low_closed && from->high_closed))) {
        return WALK_ERROR;
    }
    struct interval *made = ARENA_NEW(w->arena, struct interval);
    if (!made) {
        return WALK_END;
    }
    *made = *from;
    *out = (struct value){.kind = VALUE_INTERVAL, .interval = made};
    return WALK_OK;
}

static uint8_t point_of(const struct type *type) {
    static const uint16_t names[][2] = {
        {MODEL_INTEGER, VALUE_INTEGER},   {MODEL_LONG, VALUE_LONG},
        {MODEL_DECIMAL, VALUE_DECIMAL},   {MODEL_DATE, VALUE_DATE},
        {MODEL_DATETIME, VALUE_DATETIME}, {MODEL_TIME, VALUE_TIME},
        {MODEL_QUANTITY, VALUE_QUANTITY},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (type->kind == TYPE_INTERVAL && type->of->kind == TYPE_NAMED &&
            type->of->name == names[i][0]) {
            return (uint8_t)names[i][1];
        }
    }
    return VALUE_NULL;
}

static enum walk walk_interval(struct walker *w, struct scope *s, const struct expr *e,
                               struct value *out) {
    bool untyped = e->args[0]->kind == EXPR_NULL && e->args[1]->kind == EXPR_NULL;
    struct interval made = {.low_closed = e->low_closed,
                            .high_closed = e->high_closed,
                            .point = untyped ? (uint8_t)VALUE_NULL : point_of(e->type)};
    TRY(walk(w, s, e->args[0], &made.low));
    TRY(walk(w, s, e->args[1], &made.high));
    return interval_of(w, &made, out);
}

static enum walk system_part(struct walker *w, const struct value *of, const char *name,
                             struct value *out) {
    struct items codes = {0};
    const struct code *c = of->kind == VALUE_CODE ? of->code : NULL;
    *out = value_null();
    if (of->kind == VALUE_QUANTITY && strcmp(name, "value") == 0) {
        *out = (struct value){
            .kind = VALUE_DECIMAL, .scale = of->quantity->scale, .decimal = of->quantity->value};
    } else if (of->kind == VALUE_QUANTITY) {
        *out = value_string(unit_text(of->quantity->unit));
    } else if (c) {
        struct str text = strcmp(name, "code") == 0      ? c->code
                          : strcmp(name, "system") == 0  ? c->system
                          : strcmp(name, "version") == 0 ? c->version
                                                         : c->display;
        *out = text.at ? value_string(text) : value_null();
    } else if (of->kind == VALUE_CONCEPT && strcmp(name, "codes") == 0) {
        for (uint32_t i = 0; i < of->concept->count; i++) {
            TRY(add(w, &codes, (struct value){.kind = VALUE_CODE, .code = &of->concept->codes[i]}));
        }
        return list_of(w, &codes, out);
    } else if (of->kind == VALUE_CONCEPT) {
        *out = of->concept->display.at ? value_string(of->concept->display) : value_null();
    } else if (of->kind == VALUE_INTERVAL) {
        *out = strcmp(name, "low") == 0         ? of->interval->low
               : strcmp(name, "high") == 0      ? of->interval->high
               : strcmp(name, "lowClosed") == 0 ? value_boolean(of->interval->low_closed)
                                                : value_boolean(of->interval->high_closed);
    } else if (of->kind == VALUE_RATIO) {
        *out = (struct value){.kind = VALUE_QUANTITY,
                              .quantity = strcmp(name, "numerator") == 0 ? &of->ratio->numerator
                                                                         : &of->ratio->denominator};
    } else if (of->kind == VALUE_VOCABULARY) {
        struct str text = strcmp(name, "id") == 0        ? of->vocabulary->id
                          : strcmp(name, "version") == 0 ? of->vocabulary->version
                                                         : of->vocabulary->name;
        *out = text.at ? value_string(text) : value_null();
    } else if (of->kind == VALUE_TUPLE || of->kind == VALUE_INSTANCE) {
        *out = part(of->tuple, name);
    }
    return WALK_OK;
}

static enum walk item_property(struct walker *w, const struct expr *e, const struct value *of,
                               struct value *out) {
    char name[128] = {0};
    if (e->property.name.len >= sizeof name) {
        return WALK_END;
    }
    memcpy(name, e->property.name.at, e->property.name.len);
    *out = value_null();
    if (of->kind == VALUE_ELEMENT) {
        uint16_t element = model_find_element(of->type, e->property.name);
        bool value = model_type(of->type)->is_primitive && strcmp(name, "value") == 0;
        if (element == MODEL_NO_ELEMENT ||
            (!value && demand_cell(w->record->demand, of->type, element) < 0)) {
            return WALK_OK;
        }
        if (!record_property(of, element, w->arena, out)) {
            return WALK_END;
        }
        out->type = value ? MODEL_NONE : out->type;
        return WALK_OK;
    }
    if (of->type != MODEL_NONE && of->kind != VALUE_INSTANCE) {
        *out = strcmp(name, "value") == 0 ? *of : value_null();
        out->type = MODEL_NONE;
        return WALK_OK;
    }
    return system_part(w, of, name, out);
}

static enum walk walk_property(struct walker *w, struct scope *s, const struct expr *e,
                               struct value *out) {
    struct value of;
    TRY(walk(w, s, e->args[0], &of));
    if (!e->property.on_list || of.kind != VALUE_LIST) {
        return item_property(w, e, &of, out);
    }
    struct items items = {0};
    for (uint32_t i = 0; i < of.list->count; i++) {
        struct value item;
        TRY(item_property(w, e, &of.list->items[i], &item));
        struct list one = {1, &item};
        const struct list *all = item.kind == VALUE_LIST ? item.list : &one;
        for (uint32_t k = 0; k < all->count; k++) {
            if (!value_is_null(&all->items[k])) {
                TRY(add(w, &items, all->items[k]));
            }
        }
    }
    return list_of(w, &items, out);
}

static enum walk walk_convert(struct walker *w, struct scope *s, const struct expr *e,
                              struct value *out) {
    struct value of;
    TRY(walk(w, s, e->args[0], &of));
    *out = of;
    if (e->count < 2 || value_is_null(&of)) {
        return WALK_OK;
    }
    struct items items = {0};
    if (of.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < of.list->count; i++) {
            struct value item = of.list->items[i];
            if (!value_is_null(&item)) {
                s->slots[e->item->slot] = item;
                TRY(walk(w, s, e->args[1], &item));
            }
            TRY(add(w, &items, item));
        }
        return list_of(w, &items, out);
    }
    if (of.kind == VALUE_INTERVAL) {
        struct interval made = *of.interval;
        struct value *ends[2] = {&made.low, &made.high};
        for (int i = 0; i < 2; i++) {
            if (!value_is_null(ends[i])) {
                s->slots[e->item->slot] = *ends[i];
                TRY(walk(w, s, e->args[1], ends[i]));
            }
        }
        made.point = made.point == VALUE_NULL ? made.point : point_of(e->type);
        return interval_of(w, &made, out);
    }
    s->slots[e->item->slot] = of;
    return walk(w, s, e->args[1], out);
}

static enum walk walk_call(struct walker *w, struct scope *s, const struct expr *e,
                           struct value *out) {
    struct scope inner = {.slots = ARENA_ARRAY(w->arena, e->function->slot_count, struct value)};
    if (!inner.slots) {
        return WALK_END;
    }
    for (uint32_t i = 0; i < e->count; i++) {
        TRY(walk(w, s, e->args[i], &inner.slots[e->function->operands[i]->slot]));
    }
    return walk(w, &inner, e->function->body, out);
}

/* Whether one code is among `wanted`. */
static bool is_wanted(struct walker *w, const struct value *wanted, const struct code *code) {
    bool found = false;
    if (wanted->kind == VALUE_LIST) {
        for (uint32_t i = 0; i < wanted->list->count; i++) {
            found = found || is_wanted(w, &wanted->list->items[i], code);
        }
    } else if (wanted->kind == VALUE_CODE) {
        found = str_equal(wanted->code->code, code->code) &&
                str_equal(wanted->code->system, code->system);
    } else if (wanted->kind == VALUE_CONCEPT) {
        for (uint32_t i = 0; i < wanted->concept->count; i++) {
            found = found || (str_equal(wanted->concept->codes[i].code, code->code) &&
                              str_equal(wanted->concept->codes[i].system, code->system));
        }
    } else if (wanted->kind == VALUE_VOCABULARY && w->cx.terminology) {
        found =
            w->cx.terminology->member(w->cx.terminology->context, wanted->vocabulary, code) == 1;
    }
    return found;
}

static enum walk element_of(struct walker *w, const struct value *of, const char *name,
                            struct value *out) {
    uint16_t element = model_find_element(of->type, str_from(name));
    *out = value_null();
    if (of->kind != VALUE_ELEMENT || element == MODEL_NO_ELEMENT ||
        demand_cell(w->record->demand, of->type, element) < 0) {
        return WALK_OK;
    }
    return record_property(of, element, w->arena, out) ? WALK_OK : WALK_END;
}

/* Whether a CodeableConcept of the row has a wanted code. */
static enum walk has_wanted(struct walker *w, const struct value *wanted,
                            const struct value *concept, bool *out) {
    struct value codings, code, system;
    TRY(element_of(w, concept, "coding", &codings));
    *out = false;
    for (uint32_t i = 0; codings.kind == VALUE_LIST && i < codings.list->count; i++) {
        TRY(element_of(w, &codings.list->items[i], "code", &code));
        TRY(element_of(w, &codings.list->items[i], "system", &system));
        struct code tested = {.code = code.kind == VALUE_STRING ? code.string : STR_NONE,
                              .system = system.kind == VALUE_STRING ? system.string : STR_NONE};
        *out = *out || (tested.code.at && is_wanted(w, wanted, &tested));
    }
    return WALK_OK;
}

/* The record of the patient that the context names: NULL for nobody. */
static enum walk walk_context(struct walker *w, struct scope *s, const struct expr *context,
                              struct record *room, const struct record **out) {
    struct value named;
    TRY(walk(w, s, context, &named));
    *out = NULL;
    if (value_is_null(&named)) {
        return WALK_OK;
    }
    if (!w->population) {
        return WALK_ERROR;
    }
    struct str id = named.string;
    for (size_t i = 0; i < named.string.len; i++) {
        if (named.string.at[i] == '/') {
            id = (struct str){named.string.at + i + 1, named.string.len - i - 1};
        }
    }
    for (uint32_t i = 0; i < population_patients(w->population); i++) {
        population_record(w->population, i, room);
        if (str_equal(room->patient_id, id)) {
            *out = room;
            return WALK_OK;
        }
    }
    return WALK_OK;
}

static enum walk walk_retrieve(struct walker *w, struct scope *s, const struct expr *e,
                               struct value *out) {
    const struct retrieve *r = e->retrieve;
    struct items items = {0};
    struct value wanted = value_null(), row_codes;
    uint64_t bit = UINT64_C(1) << w->filter(w->filter_context, r);
    struct record related;
    const struct record *record = w->record;
    if (r->context) {
        TRY(walk_context(w, s, r->context, &related, &record));
    }
    const struct record *places[2] = {record, record ? record->shared : NULL};
    /* Where a filter does not decide by itself, the rows have their code element. */
    bool per_row = r->codes && r->code_element != MODEL_NO_ELEMENT && record &&
                   demand_cell(record->demand, r->type, r->code_element) >= 0;
    if (per_row) {
        TRY(walk(w, s, r->codes, &wanted));
    }
    for (int p = 0; p < 2; p++) {
        const struct record_table *table = places[p] ? record_table(places[p], r->type) : NULL;
        for (uint32_t i = 0; table && i < table->count; i++) {
            const struct row *row = &table->rows[i];
            struct value value = record_row_value(table, i);
            bool keep = (row->filters & bit) && row->known_from <= w->at &&
                        (w->at < row->known_to || row->known_to == INSTANT_MAX);
            if (keep && per_row) {
                if (!record_property(&value, r->code_element, w->arena, &row_codes)) {
                    return WALK_END;
                }
                TRY(has_wanted(w, &wanted, &row_codes, &keep));
            }
            if (keep) {
                TRY(add(w, &items, value));
            }
        }
    }
    return list_of(w, &items, out);
}

/* --- queries: the rows are all combinations of the sources' items, kept as arrays of their values
 */

struct rows {
    struct items items; /* source_count values a row */
};

static enum walk source_items(struct walker *w, struct scope *s, const struct query_source *source,
                              const struct list **out, struct value *held) {
    TRY(walk(w, s, source->expr, held));
    static const struct list nothing = {0, NULL};
    struct list *one = ARENA_NEW(w->arena, struct list);
    if (!one) {
        return WALK_END;
    }
    *one = (struct list){1, held};
    *out = value_is_null(held)                           ? &nothing
           : source->is_list && held->kind == VALUE_LIST ? held->list
                                                         : one;
    return WALK_OK;
}

static enum walk combine(struct walker *w, struct scope *s, const struct query *q, uint32_t depth,
                         struct rows *rows) {
    if (depth == q->source_count) {
        for (uint32_t i = 0; i < q->source_count; i++) {
            TRY(add(w, &rows->items, s->slots[q->sources[i].alias->slot]));
        }
        return WALK_OK;
    }
    struct value *held = ARENA_NEW(w->arena, struct value);
    const struct list *items;
    if (!held) {
        return WALK_END;
    }
    TRY(source_items(w, s, &q->sources[depth], &items, held));
    for (uint32_t i = 0; i < items->count; i++) {
        s->slots[q->sources[depth].alias->slot] = items->items[i];
        TRY(combine(w, s, q, depth + 1, rows));
    }
    return WALK_OK;
}

static enum walk related(struct walker *w, struct scope *s, const struct query_relation *r,
                         bool *out) {
    struct value held, condition;
    const struct list *items;
    TRY(source_items(w, s, &r->source, &items, &held));
    *out = r->without;
    for (uint32_t i = 0; i < items->count; i++) {
        s->slots[r->source.alias->slot] = items->items[i];
        condition = value_boolean(true);
        if (r->such_that) {
            TRY(walk(w, s, r->such_that, &condition));
        }
        if (is_true(&condition)) {
            *out = !r->without;
            return WALK_OK;
        }
    }
    return WALK_OK;
}

static enum walk passes(struct walker *w, struct scope *s, const struct query *q, bool *out) {
    struct value condition;
    *out = true;
    for (uint32_t i = 0; i < q->let_count; i++) {
        TRY(walk(w, s, q->let_values[i], &s->slots[q->lets[i]->slot]));
    }
    for (uint32_t i = 0; i < q->relation_count && *out; i++) {
        TRY(related(w, s, &q->relations[i], out));
    }
    if (q->where && *out) {
        TRY(walk(w, s, q->where, &condition));
        *out = is_true(&condition);
    }
    return WALK_OK;
}

static int by_name(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static enum walk row_value(struct walker *w, struct scope *s, const struct query *q,
                           struct value *out) {
    if (q->source_count == 1) {
        *out = s->slots[q->sources[0].alias->slot];
        return WALK_OK;
    }
    struct str *names = ARENA_ARRAY(w->arena, q->source_count, struct str);
    struct value *values = ARENA_ARRAY(w->arena, q->source_count, struct value);
    if (!names || !values) {
        return WALK_END;
    }
    for (uint32_t i = 0; i < q->source_count; i++) {
        names[i] = q->sources[i].alias->name;
    }
    qsort(names, q->source_count, sizeof *names, by_name);
    for (uint32_t i = 0; i < q->source_count; i++) {
        for (uint32_t k = 0; k < q->source_count; k++) {
            if (str_equal(names[i], q->sources[k].alias->name)) {
                values[i] = s->slots[q->sources[k].alias->slot];
            }
        }
    }
    return tuple_of(w, q->source_count, names, values, out);
}

static enum walk distinct(struct walker *w, struct value *list) {
    struct value arg = *list;
    return apply(w, OP_DISTINCT, PRECISION_NONE, &arg, 1, list);
}

static enum walk sort_rows(struct walker *w, struct scope *s, const struct query *q,
                           struct value *list) {
    uint32_t count = list->list->count;
    struct value *keys = ARENA_ARRAY(w->arena, (size_t)count * q->sort_count, struct value);
    struct value *items = ARENA_ARRAY(w->arena, count, struct value);
    if (!keys || !items) {
        return WALK_END;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct value row[8];
        s->item = list->list->items[i];
        if (q->sort_item) {
            s->slots[q->sort_item->slot] = s->item;
        }
        for (uint32_t k = 0; k < q->sort_count && k < 8; k++) {
            row[k] = s->item;
            if (q->sort_keys[k].by) {
                TRY(walk(w, s, q->sort_keys[k].by, &row[k]));
            }
        }
        /* Insertion: the simplest stable sort. */
        uint32_t place = i;
        for (; place > 0; place--) {
            int order = 0;
            for (uint32_t k = 0; k < q->sort_count && order == 0; k++) {
                order = value_order(&w->cx, &keys[(place - 1) * q->sort_count + k], &row[k]);
                order = q->sort_keys[k].direction == SORT_DESCENDING ? -order : order;
            }
            if (order <= 0) {
                break;
            }
            items[place] = items[place - 1];
            for (uint32_t k = 0; k < q->sort_count; k++) {
                keys[place * q->sort_count + k] = keys[(place - 1) * q->sort_count + k];
            }
        }
        items[place] = s->item;
        for (uint32_t k = 0; k < q->sort_count && k < 8; k++) {
            keys[place * q->sort_count + k] = row[k];
        }
    }
    struct items sorted = {items, count, count};
    return list_of(w, &sorted, list);
}

static enum walk aggregate(struct walker *w, struct scope *s, const struct query *q,
                           const struct items *kept, struct value *out) {
    struct value total = value_null();
    struct value rows;
    if (q->starting) {
        TRY(walk(w, s, q->starting, &total));
    }
    TRY(list_of(w, kept, &rows));
    if (q->distinct) {
        TRY(distinct(w, &rows));
    }
    for (uint32_t i = 0; i < rows.list->count; i++) {
        const struct value *row = &rows.list->items[i];
        for (uint32_t k = 0; k < q->source_count; k++) {
            struct str alias = q->sources[k].alias->name;
            for (uint32_t n = 0; q->source_count > 1 && n < row->tuple->count; n++) {
                if (str_equal(row->tuple->names[n], alias)) {
                    s->slots[q->sources[k].alias->slot] = row->tuple->values[n];
                }
            }
            if (q->source_count == 1) {
                s->slots[q->sources[k].alias->slot] = *row;
            }
        }
        for (uint32_t k = 0; k < q->let_count; k++) {
            TRY(walk(w, s, q->let_values[k], &s->slots[q->lets[k]->slot]));
        }
        s->slots[q->accumulator->slot] = total;
        s->total = total;
        TRY(walk(w, s, q->aggregate, &total));
    }
    *out = total;
    return WALK_OK;
}

static enum walk walk_query(struct walker *w, struct scope *s, const struct expr *e,
                            struct value *out) {
    const struct query *q = e->query;
    struct rows rows = {0};
    struct items kept = {0};
    TRY(combine(w, s, q, 0, &rows));
    for (uint32_t i = 0; i < rows.items.count; i += q->source_count) {
        for (uint32_t k = 0; k < q->source_count; k++) {
            s->slots[q->sources[k].alias->slot] = rows.items.at[i + k];
        }
        s->item = rows.items.at[i];
        s->index = (int32_t)(i / q->source_count);
        bool pass;
        struct value row;
        TRY(passes(w, s, q, &pass));
        if (pass && q->returns && !q->aggregate) {
            TRY(walk(w, s, q->returns, &row));
            TRY(add(w, &kept, row));
        } else if (pass) {
            TRY(row_value(w, s, q, &row));
            TRY(add(w, &kept, row));
        }
    }
    if (q->aggregate) {
        return aggregate(w, s, q, &kept, out);
    }
    if (q->singleton) {
        *out = kept.count ? kept.at[kept.count - 1] : value_null();
        return WALK_OK;
    }
    TRY(list_of(w, &kept, out));
    if (q->distinct) {
        TRY(distinct(w, out));
    }
    return q->sort_count ? sort_rows(w, s, q, out) : WALK_OK;
}

static enum walk walk_kind(struct walker *w, struct scope *s, const struct expr *e,
                           struct value *out) {
    struct value of;
    switch ((enum expr_kind)e->kind) {
    case EXPR_NULL:
        return WALK_OK;
    case EXPR_LITERAL:
        *out = e->literal;
        return WALK_OK;
    case EXPR_OPERATOR:
        return walk_operator(w, s, e, out);
    case EXPR_IF:
        TRY(walk(w, s, e->args[0], &of));
        return walk(w, s, e->args[is_true(&of) ? 1 : 2], out);
    case EXPR_CASE:
        return walk_case(w, s, e, out);
    case EXPR_LIST:
        return walk_list(w, s, e, out);
    case EXPR_TUPLE:
    case EXPR_INSTANCE:
        return walk_structure(w, s, e, out);
    case EXPR_INTERVAL:
        return walk_interval(w, s, e, out);
    case EXPR_PROPERTY:
        return walk_property(w, s, e, out);
    case EXPR_DEFINE_REF:
        return e->spread                            ? walk_spread(w, e->definition, out)
               : walker_eval(w, e->definition, out) ? WALK_OK
                                                    : WALK_END;
    case EXPR_PARAMETER_REF: {
        struct scope own = {.slots = ARENA_ARRAY(w->arena, e->parameter->slot_count, struct value)};
        return !own.slots                    ? WALK_END
               : e->parameter->default_value ? walk(w, &own, e->parameter->default_value, out)
                                             : WALK_OK;
    }
    case EXPR_CALL:
        return walk_call(w, s, e, out);
    case EXPR_OPERAND_REF:
    case EXPR_ALIAS_REF:
    case EXPR_LET_REF:
        *out = s->slots[e->variable->slot];
        return WALK_OK;
    case EXPR_ITERATION_REF:
        *out = e->iteration == ITERATION_THIS    ? s->item
               : e->iteration == ITERATION_INDEX ? value_integer(s->index)
                                                 : s->total;
        return WALK_OK;
    case EXPR_VALUESET_REF:
    case EXPR_CODESYSTEM_REF:
        *out = (struct value){.kind = VALUE_VOCABULARY, .vocabulary = &e->vocabulary->value};
        return WALK_OK;
    case EXPR_CODE_REF:
        *out = (struct value){.kind = VALUE_CODE, .code = e->code->value.codes};
        return WALK_OK;
    case EXPR_CONCEPT_REF:
        *out = (struct value){.kind = VALUE_CONCEPT, .concept = &e->code->value};
        return WALK_OK;
    case EXPR_QUERY:
        return walk_query(w, s, e, out);
    case EXPR_RETRIEVE:
        return walk_retrieve(w, s, e, out);
    case EXPR_IS:
        TRY(walk(w, s, e->args[0], &of));
        *out = value_boolean(value_is_of_type(&of, e->target));
        return WALK_OK;
    case EXPR_AS:
        TRY(walk(w, s, e->args[0], &of));
        *out = value_is_of_type(&of, e->target) ? of : value_null();
        return e->strict && value_is_null(out) && !value_is_null(&of) ? WALK_ERROR : WALK_OK;
    case EXPR_CONVERT:
        return walk_convert(w, s, e, out);
    case EXPR_LET:
        TRY(walk(w, s, e->args[0], &s->slots[e->item->slot]));
        return walk(w, s, e->args[1], out);
    case EXPR_KIND_COUNT:
        break;
    }
    return WALK_END;
}

enum { DEPTH_MAX = 2000 };

static enum walk walk(struct walker *w, struct scope *s, const struct expr *e, struct value *out) {
    if (w->depth >= DEPTH_MAX) {
        return WALK_END;
    }
    struct value result = value_null();
    w->depth++;
    enum walk walked = walk_kind(w, s, e, &result);
    w->depth--;
    *out = result;
    return walked;
}

bool walker_eval(struct walker *w, const struct definition *definition, struct value *out) {
    struct walker_value *kept = w->values ? &w->values[definition->number] : NULL;
    *out = value_null();
    if (kept && kept->done) {
        *out = kept->value;
        return true;
    }
    struct scope scope = {.slots = ARENA_ARRAY(w->arena, definition->slot_count, struct value)};
    if (!scope.slots) {
        return false;
    }
    enum walk walked = walk(w, &scope, definition->body, out);
    if (walked == WALK_ERROR) {
        w->errors++;
        *out = value_null();
    }
    if (kept) {
        *kept = (struct walker_value){true, *out};
    }
    return walked != WALK_END;
}
