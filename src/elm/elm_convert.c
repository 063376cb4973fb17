/* Nodes that the tree has and ELM spells out: conversions item by item, values that are used more
 * than once, and paths through lists. */
#include "elm/elm_internal.h"

/* Writes `body` with the variable standing for something. */
static void bound(struct elm_writer *w, const struct binding *what, const struct expr *body) {
    struct binding binding = *what;
    binding.outer = w->bindings;
    binding.of_value = w->bindings;
    w->bindings = &binding;
    elm_expr(w, body);
    w->bindings = binding.outer;
}

/* The list's items X, each converted. */
static void list(struct elm_writer *w, const struct expr *expr) {
    const struct binding item = {.variable = expr->item, .name = STR("X"), .kind = "AliasRef"};
    elm_node(w, "Query");
    elm_result_type(w, expr->type);
    elm_key(w, "source");
    elm_open(w, '[');
    elm_open(w, '{');
    elm_member(w, "alias", STR("X"));
    elm_kid(w, "expression", expr->args[0]);
    elm_close(w, '}');
    elm_close(w, ']');
    elm_key(w, "return");
    elm_open(w, '{');
    elm_flag(w, "distinct", false);
    elm_key(w, "expression");
    bound(w, &item, expr->args[1]);
    elm_close(w, '}');
    elm_close(w, '}');
}

static void property(struct elm_writer *w, const char *path, const struct expr *of) {
    elm_node(w, "Property");
    elm_member(w, "path", str_from(path));
    elm_kid(w, "source", of);
    elm_close(w, '}');
}

static void side(struct elm_writer *w, const struct expr *expr, const char *path,
                 const char *closed) {
    const struct binding end = {.variable = expr->item, .value = expr->args[0], .path = path};
    elm_key(w, path);
    bound(w, &end, expr->args[1]);
    char key[40];
    (void)snprintf(key, sizeof key, "%sExpression", closed);
    elm_key(w, key);
    property(w, closed, expr->args[0]);
}

/* A null interval stays null; of another one each end is converted. */
static void interval(struct elm_writer *w, const struct expr *expr) {
    elm_node(w, "If");
    elm_result_type(w, expr->type);
    elm_key(w, "condition");
    elm_node(w, "IsNull");
    elm_kid(w, "operand", expr->args[0]);
    elm_close(w, '}');
    elm_key(w, "then");
    elm_node(w, "As");
    elm_type_of(w, "asType", expr->type);
    elm_key(w, "operand");
    elm_node(w, "Null");
    elm_close(w, '}');
    elm_close(w, '}');
    elm_key(w, "else");
    elm_node(w, "Interval");
    side(w, expr, "low", "lowClosed");
    side(w, expr, "high", "highClosed");
    elm_close(w, '}');
    elm_close(w, '}');
}

void elm_convert(struct elm_writer *w, const struct expr *expr) {
    if (expr->args[0]->type->kind == TYPE_LIST) {
        list(w, expr);
    } else {
        interval(w, expr);
    }
}

/* The value is written wherever it is used, as the reference translator does. */
void elm_let(struct elm_writer *w, const struct expr *expr) {
    const struct binding value = {.variable = expr->item, .value = expr->args[0]};
    bound(w, &value, expr->args[1]);
}

static void property_of_item(struct elm_writer *w, struct str path) {
    elm_node(w, "Property");
    elm_member(w, "path", path);
    elm_key(w, "source");
    elm_node(w, "AliasRef");
    elm_member(w, "name", STR("$this"));
    elm_close(w, '}');
    elm_close(w, '}');
}

/* list.name: the property of each item, without the nulls; one list where each is a list. */
void elm_property_of_each(struct elm_writer *w, const struct expr *expr) {
    const struct type *item = expr->args[0]->type->of;
    uint16_t element = expr->property.element;
    bool flatten =
        element != MODEL_NO_ELEMENT && (model_element(element)->spec.kind == SPEC_LIST ||
                                        model_element(element)->spec.kind == SPEC_LIST_OF_CHOICE);
    for (uint32_t i = 0; item->kind == TYPE_TUPLE && i < item->count; i++) {
        flatten = flatten || (str_equal(item->names[i], expr->property.name) &&
                              item->members[i]->kind == TYPE_LIST);
    }
    if (flatten) {
        elm_node(w, "Flatten");
        elm_result_type(w, expr->type);
        elm_key(w, "operand");
    }
    elm_node(w, "Query");
    elm_locator(w, expr->span);
    elm_key(w, "source");
    elm_open(w, '[');
    elm_open(w, '{');
    elm_member(w, "alias", STR("$this"));
    elm_kid(w, "expression", expr->args[0]);
    elm_close(w, '}');
    elm_close(w, ']');
    elm_key(w, "where");
    elm_node(w, "Not");
    elm_key(w, "operand");
    elm_node(w, "IsNull");
    elm_key(w, "operand");
    property_of_item(w, expr->property.name);
    elm_close(w, '}');
    elm_close(w, '}');
    elm_key(w, "return");
    elm_open(w, '{');
    elm_flag(w, "distinct", false);
    elm_key(w, "expression");
    property_of_item(w, expr->property.name);
    elm_close(w, '}');
    elm_close(w, '}');
    if (flatten) {
        elm_close(w, '}');
    }
}
