/* Elements of FHIR resources and parts of values: properties, instances, equality. */
#include "exec/machine_internal.h"

#include "base/limits.h"
#include "value/compare.h"
#include "value/ucum.h"

static struct value text(struct str s) {
    return s.at ? value_string(s) : value_null();
}

static struct value of_quantity(struct machine *m, const struct quantity *q) {
    struct quantity *copy = ARENA_NEW(&m->arena, struct quantity);
    if (!copy) {
        return (struct value){.kind = VALUE_UNSET};
    }
    *copy = *q;
    return (struct value){.kind = VALUE_QUANTITY, .quantity = copy};
}

static struct value quantity_part(const struct quantity *q, struct str name) {
    if (str_equal(name, STR("value"))) {
        return (struct value){.kind = VALUE_DECIMAL, .scale = q->scale, .decimal = q->value};
    }
    return str_equal(name, STR("unit")) ? value_string(unit_text(q->unit)) : value_null();
}

static struct value code_part(const struct code *code, struct str name) {
    return str_equal(name, STR("code"))      ? text(code->code)
           : str_equal(name, STR("system"))  ? text(code->system)
           : str_equal(name, STR("version")) ? text(code->version)
           : str_equal(name, STR("display")) ? text(code->display)
                                             : value_null();
}

/* Gives kind VALUE_UNSET when memory ended. */
static struct value concept_part(struct machine *m, const struct concept *concept,
                                 struct str name) {
    if (!str_equal(name, STR("codes"))) {
        return text(concept->display);
    }
    struct builder codes = {0};
    struct value out = {.kind = VALUE_UNSET};
    for (uint32_t i = 0; i < concept->count; i++) {
        struct value code = {.kind = VALUE_CODE, .code = &concept->codes[i]};
        if (!builder_add(m, &codes, &code)) {
            return out;
        }
    }
    return builder_finish(m, &codes, &out) ? out : (struct value){.kind = VALUE_UNSET};
}

static struct value interval_part(const struct interval *interval, struct str name) {
    return str_equal(name, STR("low"))          ? interval->low
           : str_equal(name, STR("high"))       ? interval->high
           : str_equal(name, STR("lowClosed"))  ? value_boolean(interval->low_closed)
           : str_equal(name, STR("highClosed")) ? value_boolean(interval->high_closed)
                                                : value_null();
}

static struct value vocabulary_part(const struct vocabulary *v, struct str name) {
    return str_equal(name, STR("id"))        ? text(v->id)
           : str_equal(name, STR("version")) ? text(v->version)
           : str_equal(name, STR("name"))    ? text(v->name)
                                             : value_null();
}

static struct value tuple_part(const struct tuple *tuple, struct str name) {
    for (uint32_t i = 0; i < tuple->count; i++) {
        if (str_equal(tuple->names[i], name)) {
            return tuple->values[i];
        }
    }
    return value_null();
}

/* A part of a value that is no element of a record. */
static struct value value_part(struct machine *m, const struct value *of, struct str name) {
    switch ((enum value_kind)of->kind) {
    case VALUE_QUANTITY:
        return quantity_part(of->quantity, name);
    case VALUE_RATIO:
        return of_quantity(m, str_equal(name, STR("numerator")) ? &of->ratio->numerator
                                                                : &of->ratio->denominator);
    case VALUE_CODE:
        return code_part(of->code, name);
    case VALUE_CONCEPT:
        return concept_part(m, of->concept, name);
    case VALUE_INTERVAL:
        return interval_part(of->interval, name);
    case VALUE_VOCABULARY:
        return vocabulary_part(of->vocabulary, name);
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        return tuple_part(of->tuple, name);
    default:
        return value_null();
    }
}

/* The element of a block that a property names; MODEL_NO_ELEMENT: the block has none such. A
 * primitive with an id or extensions is a block too, and has its value beside what was demanded. */
static uint16_t element_named(const struct machine *m, const struct plan_property *property,
                              const struct value *of) {
    uint16_t element = property->element;
    if (element == MODEL_NO_ELEMENT || demand_cell(m->demand, of->type, element) < 0) {
        element = model_find_element(of->type, property->name);
        bool value = model_type(of->type)->is_primitive && property->is_value;
        if (element != MODEL_NO_ELEMENT && !value &&
            demand_cell(m->demand, of->type, element) < 0) {
            element = MODEL_NO_ELEMENT;
        }
    }
    return element;
}

/* One item's property. */
static enum run_result item_property(struct machine *m, uint32_t number, const struct value *of,
                                     struct value *out) {
    const struct plan_property *property = &m->plan->properties[number];
    *out = value_null();
    if (value_is_null(of)) {
        return RUN_OK;
    }
    if (of->kind == VALUE_ELEMENT) {
        struct place *place = &m->places[number];
        if (place->demand != m->demand || place->of != of->type) {
            *place = (struct place){m->demand, of->type, element_named(m, property, of), {0}};
        }
        if (place->element == MODEL_NO_ELEMENT) {
            return RUN_OK;
        }
        if (!record_property_at(of, place->element, &place->at, &m->arena, out)) {
            return RUN_NO_MEMORY;
        }
    } else if (of->type == MODEL_NONE || of->kind == VALUE_INSTANCE) {
        *out = value_part(m, of, property->name);
        return out->kind == VALUE_UNSET ? RUN_NO_MEMORY : RUN_OK;
    } else if (property->is_value) {
        *out = *of;
    }
    /* The value of a FHIR primitive is of the System type. */
    if (property->is_value && model_type(of->type)->is_primitive) {
        out->type = MODEL_NONE;
    }
    return RUN_OK;
}

/* The property of each item, one level flattened, without nulls (path traversal over a list). */
static enum run_result list_property(struct machine *m, uint32_t property, const struct list *list,
                                     struct value *out) {
    struct builder builder = {0};
    for (uint32_t i = 0; i < list->count; i++) {
        struct value item;
        enum run_result result = item_property(m, property, &list->items[i], &item);
        if (result != RUN_OK) {
            return result;
        }
        if (item.kind == VALUE_LIST) {
            for (uint32_t k = 0; k < item.list->count; k++) {
                if (!value_is_null(&item.list->items[k]) &&
                    !builder_add(m, &builder, &item.list->items[k])) {
                    return RUN_NO_MEMORY;
                }
            }
        } else if (!value_is_null(&item) && !builder_add(m, &builder, &item)) {
            return RUN_NO_MEMORY;
        }
    }
    return builder_finish(m, &builder, out) ? RUN_OK : RUN_NO_MEMORY;
}

enum run_result run_property(struct machine *m, uint32_t property, const struct value *of,
                             struct value *out) {
    if (m->plan->properties[property].on_list && of->kind == VALUE_LIST) {
        return list_property(m, property, of->list, out);
    }
    struct value result;
    enum run_result ran = item_property(m, property, of, &result);
    *out = result;
    return ran;
}

enum run_result run_path(struct machine *m, const struct plan_path *path, const struct value *of,
                         struct value *out) {
    struct value step = *of;
    for (uint32_t i = 0; i < path->count && !value_is_null(&step); i++) {
        struct value next;
        enum run_result ran = item_property(m, path->properties[i], &step, &next);
        if (ran != RUN_OK) {
            return ran;
        }
        step = next;
    }
    *out = step;
    return RUN_OK;
}

bool make_tuple(struct machine *m, const struct plan_names *names, const struct value *values,
                struct value *out) {
    struct tuple *tuple = ARENA_NEW(&m->arena, struct tuple);
    struct value *copy = ARENA_ARRAY(&m->arena, names->count, struct value);
    if (!tuple || !copy) {
        return false;
    }
    if (names->count > 0) {
        memcpy(copy, values, names->count * sizeof *copy);
    }
    uint8_t moves = 0;
    for (uint32_t i = 0; i < names->count; i++) {
        moves |= values[i].moves;
    }
    *tuple = (struct tuple){names->count, names->names, copy};
    *out = (struct value){.kind = VALUE_TUPLE, .moves = moves, .tuple = tuple};
    return true;
}

static const struct value *field(const struct plan_names *names, const struct value *values,
                                 const char *name) {
    static const struct value nothing = {.kind = VALUE_NULL};
    for (uint32_t i = 0; i < names->count; i++) {
        if (str_equal(names->names[i], str_from(name))) {
            return &values[i];
        }
    }
    return &nothing;
}

static struct str text_field(const struct plan_names *names, const struct value *values,
                             const char *name) {
    const struct value *v = field(names, values, name);
    return v->kind == VALUE_STRING ? v->string : STR_NONE;
}

/* A Quantity without a value is null: no quantity can be without a number. */
static enum run_result make_quantity(struct machine *m, const struct plan_names *names,
                                     const struct value *values, struct value *out) {
    const struct value *number = field(names, values, "value");
    struct str unit = text_field(names, values, "unit");
    *out = value_null();
    if (number->kind != VALUE_DECIMAL) {
        return RUN_OK;
    }
    struct quantity q = {number->decimal, number->scale,
                         unit_intern(m->cx.units, unit.at ? unit : STR("1"))};
    *out = of_quantity(m, &q);
    return q.unit && out->kind != VALUE_UNSET ? RUN_OK : RUN_NO_MEMORY;
}

static enum run_result make_concept(struct machine *m, const struct plan_names *names,
                                    const struct value *values, struct value *out) {
    const struct value *codes = field(names, values, "codes");
    uint32_t count = codes->kind == VALUE_LIST ? codes->list->count : 0;
    struct concept *made = ARENA_NEW(&m->arena, struct concept);
    struct code *copy = ARENA_ARRAY(&m->arena, count, struct code);
    if (!made || !copy) {
        return RUN_NO_MEMORY;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (codes->list->items[i].kind == VALUE_CODE) {
            copy[kept++] = *codes->list->items[i].code;
        }
    }
    *made = (struct concept){kept, copy, text_field(names, values, "display")};
    *out = (struct value){.kind = VALUE_CONCEPT, .concept = made};
    return RUN_OK;
}

static enum run_result make_system(struct machine *m, const struct plan_names *names,
                                   const struct value *values, struct value *out) {
    switch (names->type) {
    case MODEL_QUANTITY:
        return make_quantity(m, names, values, out);
    case MODEL_CONCEPT:
        return make_concept(m, names, values, out);
    case MODEL_CODE: {
        struct code *code = ARENA_NEW(&m->arena, struct code);
        if (!code) {
            return RUN_NO_MEMORY;
        }
        *code = (struct code){
            text_field(names, values, "code"), text_field(names, values, "system"),
            text_field(names, values, "version"), text_field(names, values, "display")};
        *out = (struct value){.kind = VALUE_CODE, .code = code};
        return RUN_OK;
    }
    case MODEL_RATIO: {
        const struct value *numerator = field(names, values, "numerator");
        const struct value *denominator = field(names, values, "denominator");
        struct ratio *ratio = ARENA_NEW(&m->arena, struct ratio);
        *out = value_null();
        if (numerator->kind != VALUE_QUANTITY || denominator->kind != VALUE_QUANTITY) {
            return RUN_OK;
        }
        if (!ratio) {
            return RUN_NO_MEMORY;
        }
        *ratio = (struct ratio){*numerator->quantity, *denominator->quantity};
        *out = (struct value){.kind = VALUE_RATIO, .ratio = ratio};
        return RUN_OK;
    }
    default: {
        struct vocabulary *set = ARENA_NEW(&m->arena, struct vocabulary);
        if (!set) {
            return RUN_NO_MEMORY;
        }
        *set = (struct vocabulary){names->type != MODEL_CODESYSTEM, text_field(names, values, "id"),
                                   text_field(names, values, "version"),
                                   text_field(names, values, "name")};
        *out = (struct value){.kind = VALUE_VOCABULARY, .vocabulary = set};
        return RUN_OK;
    }
    }
}

enum run_result run_instance(struct machine *m, const struct plan_names *names,
                             const struct value *values, struct value *out) {
    const struct model_type *type = model_type(names->type);
    if (type->is_system) {
        struct value made = value_null();
        enum run_result result = make_system(m, names, values, &made);
        *out = made;
        return result;
    }
    struct value made;
    if (type->is_primitive) {
        made = *field(names, values, "value");
        made.type = value_is_null(&made) ? MODEL_NONE : names->type;
    } else if (make_tuple(m, names, values, &made)) {
        made.kind = VALUE_INSTANCE;
        made.type = names->type;
    } else {
        return RUN_NO_MEMORY;
    }
    *out = made;
    return RUN_OK;
}

uint64_t machine_hash_element(void *machine, const struct value *element) {
    (void)machine;
    bool resource = model_type(element->type)->is_resource;
    return resource ? element->element.block : element->type;
}

int machine_equal_elements(void *machine, const struct value *a, const struct value *b,
                           bool equivalent) {
    struct machine *m = machine;
    if (a->type != b->type || a->kind != VALUE_ELEMENT || b->kind != VALUE_ELEMENT) {
        return 0;
    }
    if (a->element.segment == b->element.segment && a->element.block == b->element.block) {
        return 1;
    }
    if (model_type(a->type)->is_resource) {
        return 0; /* a version of a resource has one row */
    }
    const struct demand *demand = m->demand;
    if (model_type(a->type)->is_primitive) {
        struct value va = *a, vb = *b;
        if (!record_plain(&m->arena, &va) || !record_plain(&m->arena, &vb)) {
            return 2;
        }
        return equivalent ? value_equivalent(&m->cx, &va, &vb) : (int)value_equal(&m->cx, &va, &vb);
    }
    const struct shape *shape = &demand->shapes[a->type];
    for (uint16_t i = 0; i < shape->count; i++) {
        struct value pa, pb;
        if (!record_property(a, shape->elements[i], &m->arena, &pa) ||
            !record_property(b, shape->elements[i], &m->arena, &pb)) {
            return 2; /* memory ended; whatever comes next says so */
        }
        bool none = value_is_null(&pa) && value_is_null(&pb);
        if (none) {
            continue;
        }
        if (value_is_null(&pa) || value_is_null(&pb)) {
            return equivalent ? 0 : 2;
        }
        enum logic equal = equivalent
                               ? (value_equivalent(&m->cx, &pa, &pb) ? LOGIC_TRUE : LOGIC_FALSE)
                               : value_equal(&m->cx, &pa, &pb);
        if (equal != LOGIC_TRUE) {
            return (int)equal;
        }
    }
    return 1;
}

const struct list *machine_parts(void *machine, const struct value *of, struct arena *arena) {
    const struct machine *m = machine;
    const struct model_type *info = model_type(of->type);
    struct list *list = ARENA_NEW(arena, struct list);
    struct value *parts = ARENA_ARRAY(arena, info->element_count, struct value);
    uint32_t count = 0;
    for (uint16_t i = 0; list && parts && i < info->element_count; i++) {
        uint16_t element = info->elements[i];
        bool value = info->is_primitive && str_equal(model_element(element)->name, STR("value"));
        if (!value && demand_cell(m->demand, of->type, element) < 0) {
            continue;
        }
        if (!record_property(of, element, arena, &parts[count])) {
            return NULL;
        }
        if (value) {
            parts[count].type = MODEL_NONE;
        }
        count += !value_is_null(&parts[count]);
    }
    if (!list || !parts) {
        return NULL;
    }
    *list = (struct list){count, parts};
    return list;
}
