/* Properties: elements of FHIR and System classes, of tuples, intervals and choices, and of the
 * items of a list (CQL 1.5, path traversal). */
#include "cql/check.h"

static const struct type *class_property(struct checker *ck, uint16_t class, struct str name,
                                         struct span span) {
    const struct model_type *model = model_type(class);
    if (model->is_primitive && str_equal(name, STR("value"))) {
        return check_made(ck, type_named(ck->types, model->value_type), span);
    }
    uint16_t element = model_find_element(class, name);
    return element == MODEL_NO_ELEMENT ? NULL
                                       : check_spec_type(ck, model_element(element)->spec, span);
}

static const struct type *choice_property(struct checker *ck, const struct type *of,
                                          struct str name, struct span span) {
    const struct type **found = ARENA_ARRAY(ck->arena, of->count + 1u, const struct type *);
    if (!found) {
        return check_no_memory(ck);
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < of->count; i++) {
        found[count] = check_property_type(ck, of->members[i], name, span);
        count += found[count] != NULL;
    }
    return count ? check_made(ck, type_choice(ck->types, count, found), span) : NULL;
}

const struct type *check_property_type(struct checker *ck, const struct type *of, struct str name,
                                       struct span span) {
    switch (of->kind) {
    case TYPE_NAMED:
        return class_property(ck, of->name, name, span);
    case TYPE_TUPLE:
        for (uint32_t i = 0; i < of->count; i++) {
            if (str_equal(of->names[i], name)) {
                return of->members[i];
            }
        }
        return NULL;
    case TYPE_INTERVAL:
        if (str_equal(name, STR("low")) || str_equal(name, STR("high"))) {
            return of->of;
        }
        return str_equal(name, STR("lowClosed")) || str_equal(name, STR("highClosed"))
                   ? ck->system[MODEL_BOOLEAN]
                   : NULL;
    case TYPE_CHOICE:
        return choice_property(ck, of, name, span);
    case TYPE_LIST: {
        const struct type *item = check_property_type(ck, of->of, name, span);
        if (!item || item->kind == TYPE_LIST) {
            return item;
        }
        return check_made(ck, type_list(ck->types, item), span);
    }
    default:
        return NULL;
    }
}

static void hint_element(struct checker *ck, struct diagnostic *d, const struct type *of,
                         struct str name) {
    of = of->kind == TYPE_LIST ? of->of : of;
    if (of->kind != TYPE_NAMED) {
        return;
    }
    struct str best = STR_NONE;
    size_t least = check_near(name);
    const struct model_type *model = model_type(of->name);
    for (uint16_t i = 0; i < model->element_count; i++) {
        struct str other = model_element(model->elements[i])->name;
        size_t distance = str_equal_fold(name, other) ? 0 : str_distance(name, other, least);
        /* "valueQuantity" is `value as Quantity` */
        if (distance < least || (str_starts(name, other) && other.len > 3)) {
            least = distance < least ? distance : 1;
            best = other;
        }
    }
    bool several = false;
    for (uint16_t i = 0; best.len && i < model->element_count; i++) {
        const struct model_element *element = model_element(model->elements[i]);
        several = several || (element->spec.kind == SPEC_CHOICE && str_equal(element->name, best));
    }
    if (str_equal_fold(name, STR("age")) && str_equal(model->name, STR("Patient"))) {
        diag_hint(ck->diags, d, "the patient's age is `AgeInYears()`, or `AgeInYearsAt(...)`");
    } else if (several && str_starts(name, best) && name.len > best.len) {
        diag_hint(ck->diags, d, "an element of several types is written without its type: `%.*s`",
                  STR_ARG(best));
    } else if (best.len) {
        diag_hint(ck->diags, d, "did you mean `%.*s`?", STR_ARG(best));
    }
}

static struct expr *plain(struct checker *ck, struct expr *of, struct str name,
                          const struct type *type, struct span span) {
    struct expr *property = check_node1(ck, EXPR_PROPERTY, type, span, of);
    if (!property) {
        return NULL;
    }
    const struct type *owner = of->type->kind == TYPE_LIST ? of->type->of : of->type;
    property->property.name = name;
    property->property.on_list = of->type->kind == TYPE_LIST;
    property->property.element = MODEL_NO_ELEMENT;
    if (owner->kind == TYPE_NAMED && !model_type(owner->name)->is_system &&
        !(model_type(owner->name)->is_primitive && str_equal(name, STR("value")))) {
        property->property.element = model_find_element(owner->name, name);
    }
    return property;
}

static struct expr *of_member(struct checker *ck, struct expr *value, const struct type *member,
                              struct str name, const struct type *type, struct span span) {
    struct expr *as = check_node1(ck, EXPR_AS, member, span, value);
    if (!as) {
        return NULL;
    }
    as->target = member;
    as->implicit = true;
    struct expr *property = check_property(ck, as, name, span);
    return property ? check_ensure(ck, property, type) : NULL;
}

/* case when x is A then (x as A).name when x is B then (x as B).name else null end; no case when
 * only one member has it. */
static struct expr *of_choice(struct checker *ck, struct expr *of, struct str name,
                              const struct type *type, struct span span) {
    const struct type *choice = of->type;
    struct held held;
    struct expr *use = check_held_open(ck, of, &held);
    struct case_item *items = ARENA_ARRAY(ck->arena, choice->count, struct case_item);
    struct expr **args = check_args(ck, 2);
    if (!use || !items || !args) {
        return check_no_memory(ck);
    }
    uint32_t count = 0;
    const struct type *only = NULL;
    for (uint32_t i = 0; i < choice->count; i++) {
        const struct type *member = choice->members[i];
        if (!check_property_type(ck, member, name, span)) {
            continue;
        }
        struct expr *is = check_node1(ck, EXPR_IS, ck->system[MODEL_BOOLEAN], span, use);
        struct expr *then = is ? of_member(ck, use, member, name, type, span) : NULL;
        if (!then) {
            return NULL;
        }
        is->target = member;
        is->implicit = true;
        items[count++] = (struct case_item){is, then};
        only = member;
    }
    if (count == 1) {
        return of_member(ck, of, only, name, type, span);
    }
    struct expr *choose = check_node(ck, EXPR_CASE, type, span);
    args[1] = check_null(ck, type, span);
    if (!choose || !args[1]) {
        return NULL;
    }
    choose->args = args;
    choose->count = 2;
    choose->cases.items = items;
    choose->cases.item_count = count;
    choose->implicit = true;
    return check_held_close(ck, &held, choose);
}

/* The property of each item when the items are of a choice: a query that leaves out the nulls. */
static struct expr *of_choices(struct checker *ck, struct expr *of, struct str name,
                               const struct type *item_type, struct span span) {
    struct query *query = ARENA_NEW(ck->arena, struct query);
    struct query_source *source = ARENA_NEW(ck->arena, struct query_source);
    struct variable **lets = ARENA_ARRAY(ck->arena, 1, struct variable *);
    struct expr **values = check_args(ck, 1);
    struct variable *item = check_variable(ck, STR_NONE, of->type->of, span);
    struct variable *found = check_variable(ck, STR_NONE, item_type, span);
    if (!query || !source || !lets || !values || !item || !found) {
        return check_no_memory(ck);
    }
    struct expr *item_ref = check_variable_ref(ck, EXPR_ALIAS_REF, item, span);
    struct expr *value = item_ref ? of_choice(ck, item_ref, name, item_type, span) : NULL;
    struct expr *is_null = check_operator1(ck, "IsNull", "is null",
                                           check_variable_ref(ck, EXPR_LET_REF, found, span), span);
    *source = (struct query_source){item, of, true};
    lets[0] = found;
    values[0] = value;
    query->source_count = 1;
    query->sources = source;
    query->let_count = 1;
    query->lets = lets;
    query->let_values = values;
    query->where = check_operator1(ck, "Not", "not", is_null, span);
    query->returns = check_variable_ref(ck, EXPR_LET_REF, found, span);
    const struct type *type = check_made(ck, type_list(ck->types, item_type), span);
    struct expr *expr = type ? check_node(ck, EXPR_QUERY, type, span) : NULL;
    if (!expr || !value || !query->where || !query->returns) {
        return NULL;
    }
    expr->query = query;
    expr->implicit = true;
    return item_type->kind == TYPE_LIST ? check_operator1(ck, "Flatten", "flatten", expr, span)
                                        : expr;
}

struct expr *check_property(struct checker *ck, struct expr *of, struct str name,
                            struct span span) {
    const struct type *type = check_property_type(ck, of->type, name, span);
    if (type && of->type->kind == TYPE_CHOICE) {
        return of_choice(ck, of, name, type, span);
    }
    if (type && of->type->kind == TYPE_LIST && of->type->of->kind == TYPE_CHOICE) {
        return of_choices(ck, of, name, check_property_type(ck, of->type->of, name, span), span);
    }
    if (type) {
        return plain(ck, of, name, type, span);
    }
    if (ck->status == STATUS_OK) {
        struct str owner = check_type_text(ck, of->type);
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0102, span, "%.*s has no `%.*s`",
                                       STR_ARG(owner), STR_ARG(name));
        hint_element(ck, d, of->type, name);
    }
    return NULL;
}
