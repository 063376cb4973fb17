#include "plan/compile_internal.h"
#include "plan/visit.h"

#include <assert.h>

/* Which elements are wanted of each type: flags by place in the type's own list of elements. */
struct wants {
    struct plan *plan;
    bool **elements;  /* [type], or NULL: none */
    bool *whole;      /* [type] */
    bool *closed;     /* [type]: all its elements are wanted already */
    bool *opened;     /* [type]: and those of identity and extension too */
    bool takes_parts; /* the plan has Children or Descendants */
    struct map seen;  /* "type/name" of want_name: most properties are taken many times */
    bool failed;
};

static const char *const never_closed[] = {"extension", "modifierExtension", "contained", "id"};

static void want_element(struct wants *w, uint16_t type, uint16_t element) {
    const struct model_type *info = model_type(type);
    if (!w->elements[type]) {
        w->elements[type] = ARENA_ARRAY(&w->plan->arena, info->element_count, bool);
        if (!w->elements[type]) {
            w->failed = true;
            return;
        }
    }
    for (uint16_t i = 0; i < info->element_count; i++) {
        if (info->elements[i] == element) {
            w->elements[type][i] = true;
        }
    }
}

/* `name` is taken of a value whose static type is `type`: of every type that it may really have. */
static void want_name(struct wants *w, uint16_t type, struct str name) {
    struct str key = arena_format(&w->plan->arena, "%u/%.*s", type, STR_ARG(name));
    uint32_t one = 1;
    bool added = false;
    if (!key.at || map_add(&w->seen, key, &one, &added) != STATUS_OK) {
        w->failed = true;
    }
    if (!added) {
        return;
    }
    for (uint16_t t = MODEL_SYSTEM_COUNT; t < model_type_count() && !w->failed; t++) {
        /* Of primitives, id and extensions: only where a primitive is asked for them. */
        bool is_value = model_type(t)->is_primitive &&
                        (!model_type(type)->is_primitive || str_equal(name, STR("value")));
        if (!model_derives(t, type) || is_value) {
            continue;
        }
        uint16_t element = model_find_element(t, name);
        if (element != MODEL_NO_ELEMENT) {
            want_element(w, t, element);
        }
    }
}

static void want_closed(struct wants *w, uint16_t type);

static void close_spec(struct wants *w, const struct model_spec *spec) {
    if (spec->choice_count > 0 && spec->choices) {
        for (uint8_t i = 0; i < spec->choice_count; i++) {
            want_closed(w, spec->choices[i]);
        }
    } else {
        want_closed(w, spec->type);
    }
}

/* Every element of a structured type, and of theirs: it is compared or returned by content. The
 * recursion ends because each type is closed once. */
static void want_closed(struct wants *w, uint16_t type) {
    const struct model_type *info = model_type(type);
    if (w->closed[type] || info->is_system || info->is_primitive || info->is_resource ||
        w->failed) {
        return;
    }
    w->closed[type] = true;
    for (uint16_t i = 0; i < info->element_count; i++) {
        const struct model_element *element = model_element(info->elements[i]);
        bool skip = false;
        for (size_t k = 0; k < sizeof never_closed / sizeof *never_closed; k++) {
            skip = skip || str_equal(element->name, str_from(never_closed[k]));
        }
        if (!skip) {
            want_element(w, type, info->elements[i]);
            close_spec(w, &element->spec);
        }
    }
}

/* A value of this static type leaves the plan (`whole`) or is compared by content. */
static void want_value(struct wants *w, const struct type *type, bool whole) {
    switch (type->kind) {
    case TYPE_LIST:
    case TYPE_INTERVAL:
        want_value(w, type->of, whole);
        return;
    case TYPE_TUPLE:
    case TYPE_CHOICE:
        for (uint32_t i = 0; i < type->count; i++) {
            want_value(w, type->members[i], whole);
        }
        return;
    case TYPE_VARIABLE:
        return;
    case TYPE_NAMED:
        break;
    }
    if (type->name < MODEL_SYSTEM_COUNT) {
        return; /* what became Any was wanted where it did */
    }
    for (uint16_t t = MODEL_SYSTEM_COUNT; t < model_type_count(); t++) {
        if (t != type->name && !model_derives(t, type->name)) {
            continue;
        }
        if (model_type(t)->is_resource) {
            w->whole[t] = w->whole[t] || whole;
        } else {
            want_closed(w, t);
        }
    }
}

static void want_parts_of_type(struct wants *w, uint16_t type);

static void open_spec(struct wants *w, const struct model_spec *spec) {
    if (spec->choice_count > 0 && spec->choices) {
        for (uint8_t i = 0; i < spec->choice_count; i++) {
            want_parts_of_type(w, spec->choices[i]);
        }
    } else if (!model_type(spec->type)->is_resource) {
        want_parts_of_type(w, spec->type);
    }
}

/* Every element that Children and Descendants may give, of the type and of all that derive from it.
 * Contained resources are not read as elements. */
static void want_parts_of_type(struct wants *w, uint16_t type) {
    if (type < MODEL_SYSTEM_COUNT || w->opened[type] || w->failed) {
        return;
    }
    w->opened[type] = true;
    const struct model_type *info = model_type(type);
    for (uint16_t i = 0; i < info->element_count && !w->failed; i++) {
        const struct model_element *element = model_element(info->elements[i]);
        if (!str_equal(element->name, STR("contained"))) {
            want_element(w, type, info->elements[i]);
            open_spec(w, &element->spec);
        }
    }
    for (uint16_t t = MODEL_SYSTEM_COUNT; t < model_type_count(); t++) {
        if (model_type(t)->base == type) {
            want_parts_of_type(w, t);
        }
    }
}

/* What is asked for its parts, or may be once it is Any. */
static void want_parts(struct wants *w, const struct type *type) {
    if (type->kind == TYPE_LIST || type->kind == TYPE_INTERVAL) {
        want_parts(w, type->of);
    } else if (type->kind == TYPE_TUPLE || type->kind == TYPE_CHOICE) {
        for (uint32_t i = 0; i < type->count; i++) {
            want_parts(w, type->members[i]);
        }
    } else if (type->kind == TYPE_NAMED) {
        want_parts_of_type(w, type->name);
    }
}

static void want_property(struct wants *w, const struct type *of, struct str name) {
    switch (of->kind) {
    case TYPE_LIST:
    case TYPE_INTERVAL:
        want_property(w, of->of, name);
        break;
    case TYPE_CHOICE:
        for (uint32_t i = 0; i < of->count; i++) {
            want_property(w, of->members[i], name);
        }
        break;
    case TYPE_NAMED:
        if (of->name >= MODEL_SYSTEM_COUNT) {
            want_name(w, of->name, name);
        }
        break;
    case TYPE_TUPLE:
    case TYPE_VARIABLE:
        break;
    }
}

/* Operators that compare the items of their arguments by content. */
static bool compares(enum op_id op) {
    switch (op) {
    case OP_EQUAL:
    case OP_EQUIVALENT:
    case OP_CONTAINS_LIST:
    case OP_PROPER_CONTAINS_LIST:
    case OP_IN_LIST:
    case OP_PROPER_IN_LIST:
    case OP_INCLUDES_LIST:
    case OP_INCLUDED_IN_LIST:
    case OP_PROPER_INCLUDES_LIST:
    case OP_PROPER_INCLUDED_IN_LIST:
    case OP_DISTINCT:
    case OP_EXCEPT_LIST:
    case OP_INTERSECT_LIST:
    case OP_UNION_LIST:
    case OP_INDEX_OF:
    case OP_MODE:
        return true;
    default:
        return false;
    }
}

static bool takes_parts(enum op_id op) {
    return op == OP_CHILDREN || op == OP_DESCENDANTS || op == OP_DESCENDENTS;
}

static bool look_for_parts(void *context, const struct expr *expr) {
    struct wants *w = context;
    w->takes_parts = w->takes_parts || (expr->kind == EXPR_OPERATOR && takes_parts(expr->op));
    return !w->takes_parts && expr_each_part(expr, look_for_parts, w);
}

static bool look(void *context, const struct expr *expr) {
    struct wants *w = context;
    if (expr->kind == EXPR_PROPERTY) {
        want_property(w, expr->args[0]->type, expr->property.name);
    } else if (expr->kind == EXPR_OPERATOR && takes_parts(expr->op)) {
        want_parts(w, expr->args[0]->type);
    } else if (expr->kind == EXPR_OPERATOR && compares(expr->op)) {
        for (uint32_t i = 0; i < expr->count; i++) {
            want_value(w, expr->args[i]->type, false);
        }
    } else if (expr->kind == EXPR_AS && expr->target->kind == TYPE_NAMED &&
               expr->target->name == MODEL_ANY) {
        want_value(w, expr->args[0]->type, true);
        if (w->takes_parts) {
            want_parts(w, expr->args[0]->type);
        }
    } else if (expr->kind == EXPR_CASE && expr->args[0]) {
        want_value(w, expr->args[0]->type, false);
    } else if (expr->kind == EXPR_QUERY && expr->query->distinct) {
        want_value(w, expr->type, false);
    }
    return !w->failed && expr_each_part(expr, look, w);
}

/* A retrieve whose codes are compared by the machine: it reads the code element of each row. */
static void want_codes(struct wants *w, const struct plan_retrieve *retrieve) {
    uint16_t element = retrieve->retrieve->code_element;
    if (element == MODEL_NO_ELEMENT) {
        return;
    }
    static const char *const parts[][2] = {
        {"CodeableConcept", "coding"}, {"Coding", "code"}, {"Coding", "system"}};
    want_element(w, retrieve->retrieve->type, element);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        want_name(w, model_find(STR("FHIR"), str_from(parts[i][0])), str_from(parts[i][1]));
    }
}

static void make_shapes(struct wants *w) {
    uint16_t types = model_type_count();
    struct shape *shapes = ARENA_ARRAY(&w->plan->arena, types, struct shape);
    w->failed = w->failed || !shapes;
    for (uint16_t t = 0; t < types && !w->failed; t++) {
        const struct model_type *info = model_type(t);
        shapes[t].whole = w->whole[t];
        if (!w->elements[t]) {
            continue;
        }
        uint16_t *elements = ARENA_ARRAY(&w->plan->arena, info->element_count, uint16_t);
        if (!elements) {
            w->failed = true;
            return;
        }
        for (uint16_t i = 0; i < info->element_count; i++) {
            if (w->elements[t][i]) {
                uint16_t k = shapes[t].count++;
                for (; k > 0 && elements[k - 1] > info->elements[i]; k--) {
                    elements[k] = elements[k - 1];
                }
                elements[k] = info->elements[i];
            }
        }
        shapes[t].elements = elements;
    }
    w->plan->demand.shapes = shapes;
}

enum status plan_make_demand(struct plan *plan) {
    uint16_t types = model_type_count();
    struct wants w = {.plan = plan,
                      .elements = ARENA_ARRAY(&plan->arena, types, bool *),
                      .whole = ARENA_ARRAY(&plan->arena, types, bool),
                      .closed = ARENA_ARRAY(&plan->arena, types, bool),
                      .opened = ARENA_ARRAY(&plan->arena, types, bool)};
    map_init(&w.seen);
    if (!w.elements || !w.whole || !w.closed || !w.opened) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < plan->block_count && !w.takes_parts; i++) {
        look_for_parts(&w, block_body(&plan->blocks[i]));
    }
    for (uint32_t i = 0; i < plan->block_count; i++) {
        look(&w, block_body(&plan->blocks[i]));
    }
    for (uint32_t i = 0; i < plan->output_count && !plan->logical_only; i++) {
        want_value(&w, plan->outputs[i]->body->type, true);
    }
    for (uint32_t i = 0; i < plan->retrieve_count; i++) {
        if (plan->retrieves[i].retrieve && plan->retrieves[i].per_row) {
            want_codes(&w, &plan->retrieves[i]);
        }
    }
    make_shapes(&w);
    map_release(&w.seen);
    plan->demand.wants_ids = true; /* evidence names the resource */
    return w.failed ? STATUS_NO_MEMORY : STATUS_OK;
}
