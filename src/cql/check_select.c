/* Selectors: lists, intervals, tuples and instances of classes. */
#include "cql/check.h"

static struct expr *list(struct checker *ck, const struct syntax *node) {
    const struct type *stated = node->kids[0] ? check_type(ck, node->kids[0]) : NULL;
    uint32_t count = node->count - 1;
    struct expr **items = check_args(ck, count);
    if (!items || (node->kids[0] && !stated)) {
        return NULL;
    }
    const struct type *of = stated;
    bool complete = true;
    for (uint32_t i = 0; i < count; i++) {
        items[i] = check_kid(ck, node, i + 1);
        if (!items[i]) {
            complete = false;
        } else if (stated) {
            items[i] = check_convert_to(ck, items[i], stated, "an item of this list");
            complete = complete && items[i];
        } else {
            of = of ? check_common_type(ck, of, items[i]->type, node->span) : items[i]->type;
            complete = complete && of;
        }
    }
    if (!complete) {
        return NULL;
    }
    of = of ? of : ck->system[MODEL_ANY];
    for (uint32_t i = 0; i < count; i++) {
        items[i] = check_ensure(ck, items[i], of);
        if (!items[i]) {
            return NULL;
        }
    }
    const struct type *type = check_made(ck, type_list(ck->types, of), node->span);
    struct expr *expr = type ? check_node(ck, EXPR_LIST, type, node->span) : NULL;
    if (expr) {
        expr->args = items;
        expr->count = count;
    }
    return expr;
}

/* Interval bounds are ordered values with neighbours. A FHIR element stands for its System value.
 */
static const struct type *point_type(struct checker *ck, const struct type *type,
                                     struct span span) {
    struct str helper;
    const struct type *target = check_helper_target(ck, type, &helper);
    type = target ? target : type;
    if (check_is_any(type)) {
        return type;
    }
    for (uint32_t op = signature_first(ck->signatures, STR("Successor")); op < OP_ID_COUNT;
         op = ck->signatures->next[op]) {
        if (ck->signatures->rows[op].operands[0] == type) {
            return type;
        }
    }
    if (ck->status == STATUS_OK) {
        struct str text = check_type_text(ck, type);
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0118, span, "there are no intervals of %.*s", STR_ARG(text));
        diag_note(ck->diags, d,
                  "the bounds must be Integer, Long, Decimal, Quantity, Date, "
                  "DateTime or Time");
    }
    return NULL;
}

struct expr *check_interval(struct checker *ck, struct expr *low, bool low_closed,
                            struct expr *high, bool high_closed, struct span span) {
    if (!low || !high) {
        return NULL;
    }
    const struct type *point = check_common_type(ck, low->type, high->type, span);
    if (point && point->kind == TYPE_CHOICE && low->type->kind != TYPE_CHOICE &&
        high->type->kind != TYPE_CHOICE) {
        const struct type *first = point_type(ck, low->type, low->span);
        check_convert_to(ck, high, first ? first : low->type, "the upper bound");
        return NULL;
    }
    point = point ? point_type(ck, point, span) : NULL;
    struct expr *first = point ? check_ensure(ck, low, point) : NULL;
    struct expr *second = point ? check_ensure(ck, high, point) : NULL;
    const struct type *type =
        first && second ? check_made(ck, type_interval(ck->types, point), span) : NULL;
    struct expr *expr = type ? check_node2(ck, EXPR_INTERVAL, type, span, first, second) : NULL;
    if (expr) {
        expr->low_closed = low_closed;
        expr->high_closed = high_closed;
    }
    return expr;
}

static struct expr *interval(struct checker *ck, const struct syntax *node) {
    struct expr *low = check_kid(ck, node, 0);
    struct expr *high = check_kid(ck, node, 1);
    return check_interval(ck, low, (node->flags & SYNTAX_LOW_CLOSED) != 0, high,
                          (node->flags & SYNTAX_HIGH_CLOSED) != 0, node->span);
}

static bool is_repeated(struct checker *ck, const struct syntax *node, uint32_t first,
                        uint32_t at) {
    struct str name = node->kids[at]->kids[0]->text;
    for (uint32_t i = first; i < at; i++) {
        if (node->kids[i] && str_equal(node->kids[i]->kids[0]->text, name)) {
            diag_at(ck->diags, DIAG_CQ0101, node->kids[at]->kids[0]->span,
                    "the element `%.*s` is there twice", STR_ARG(name));
            return true;
        }
    }
    return false;
}

static struct expr *tuple(struct checker *ck, const struct syntax *node) {
    struct expr **values = check_args(ck, node->count);
    struct str *names = ARENA_ARRAY(ck->arena, node->count + 1u, struct str);
    const struct type **types = ARENA_ARRAY(ck->arena, node->count + 1u, const struct type *);
    if (!values || !names || !types) {
        return check_no_memory(ck);
    }
    bool complete = true;
    for (uint32_t i = 0; i < node->count; i++) {
        struct expr *value = node->kids[i] ? check_kid(ck, node->kids[i], 1) : NULL;
        if (!value || is_repeated(ck, node, 0, i)) {
            complete = false;
            continue;
        }
        if (!complete) {
            continue;
        }
        uint32_t at = i;
        struct str name = node->kids[i]->kids[0]->text;
        while (at > 0 && str_compare(names[at - 1], name) > 0) {
            names[at] = names[at - 1];
            values[at] = values[at - 1];
            at--;
        }
        names[at] = name;
        values[at] = value;
    }
    for (uint32_t i = 0; complete && i < node->count; i++) {
        types[i] = values[i]->type;
    }
    const struct type *type =
        complete ? check_made(ck, type_tuple(ck->types, node->count, names, types), node->span)
                 : NULL;
    struct expr *expr = type ? check_node(ck, EXPR_TUPLE, type, node->span) : NULL;
    if (expr) {
        expr->args = values;
        expr->count = node->count;
        expr->fields.names = names;
    }
    return expr;
}

struct field {
    struct str name;
    uint16_t element;
    struct expr *value;
};

/* An element that is a list takes one item, too, as the public suite writes it: codes: Code { ...
 * }. */
static struct expr *element_value(struct checker *ck, struct expr *value, const struct type *type) {
    bool one = value && type->kind == TYPE_LIST && value->type->kind != TYPE_LIST &&
               !check_find_conversion(ck, value->type, type) &&
               check_find_conversion(ck, value->type, type->of);
    if (!one) {
        return check_convert_to(ck, value, type, "this element");
    }
    struct expr *item = check_ensure(ck, value, type->of);
    struct expr *list = item ? check_node1(ck, EXPR_LIST, type, value->span, item) : NULL;
    if (list) {
        list->implicit = true;
    }
    return list;
}

static bool read_field(struct checker *ck, const struct syntax *node, const struct type *class,
                       struct field *out) {
    struct expr *value = check_kid(ck, node, 1);
    struct str name = node->kids[0]->text;
    const struct type *type = check_property_type(ck, class, name, node->kids[0]->span);
    if (!type) {
        if (ck->status == STATUS_OK) {
            struct str text = check_type_text(ck, class);
            diag_at(ck->diags, DIAG_CQ0102, node->kids[0]->span, "%.*s has no `%.*s`",
                    STR_ARG(text), STR_ARG(name));
        }
        return false;
    }
    *out =
        (struct field){name, model_find_element(class->name, name), element_value(ck, value, type)};
    return out->value != NULL;
}

/* Elements come in the model's order; those that are not given are null. */
static struct expr *instance(struct checker *ck, const struct syntax *node) {
    const struct type *class = node->kids[0] ? check_type(ck, node->kids[0]) : NULL;
    uint32_t count = node->count - 1;
    struct field *fields = ARENA_ARRAY(ck->arena, count + 1u, struct field);
    struct str *names = ARENA_ARRAY(ck->arena, count + 1u, struct str);
    uint16_t *elements = ARENA_ARRAY(ck->arena, count + 1u, uint16_t);
    struct expr **values = check_args(ck, count);
    if (!class || !fields || !names || !elements || !values) {
        return NULL;
    }
    bool complete = true;
    for (uint32_t i = 0; i < count; i++) {
        struct field field;
        if (!node->kids[i + 1] || !read_field(ck, node->kids[i + 1], class, &field) ||
            is_repeated(ck, node, 1, i + 1)) {
            complete = false;
            continue;
        }
        uint32_t at = complete ? i : 0;
        while (at > 0 && fields[at - 1].element > field.element) {
            fields[at] = fields[at - 1];
            at--;
        }
        fields[at] = field;
    }
    struct expr *expr = complete ? check_node(ck, EXPR_INSTANCE, class, node->span) : NULL;
    for (uint32_t i = 0; expr && i < count; i++) {
        names[i] = fields[i].name;
        elements[i] = fields[i].element;
        values[i] = fields[i].value;
    }
    if (expr) {
        expr->args = values;
        expr->count = count;
        expr->fields.names = names;
        expr->fields.elements = elements;
    }
    return expr;
}

struct expr *check_selector(struct checker *ck, const struct syntax *node) {
    switch (node->kind) {
    case SYNTAX_LIST:
        return list(ck, node);
    case SYNTAX_INTERVAL:
        return interval(ck, node);
    case SYNTAX_TUPLE:
        return tuple(ck, node);
    default:
        return instance(ck, node);
    }
}
