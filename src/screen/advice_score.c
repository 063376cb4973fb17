/* Scores: sums of points that hang on conditions, as a trial's logic writes them.
 *
 *   Sum((Items) I where I.met return all I.points) >= 10
 *   (if A then 3 else 0) + (case when B then 2 when C then 1 else 0 end) > 4
 *   Count({ A, B, C } X where X) >= 2
 *
 * Read from the steps of a traced run, whatever the functions and items are called, a score is
 *
 *   base + weight x [condition] + weight x [condition] ...
 *
 * and its comparison with a number asks whether the weights of the true conditions reach a limit.
 * A condition is settled as the logic settles it: an item whose condition is unknown gives no
 * points today, or all of them where the logic says "is not false". */
#include "screen/advice_internal.h"

enum { ITEMS_MAX = 64, LEVELS_MAX = 16 };

struct score {
    i128 base;
    uint16_t count;
    i128 weights[ITEMS_MAX]; /* above 0 */
    uint32_t nodes[ITEMS_MAX];
};

static bool add_points(struct advice *a, uint32_t number, i128 factor, const i128 *if_null,
                       struct score *out);

static const struct step *at(const struct advice *a, uint32_t number) {
    return trace_step_at(a->walk, number);
}

static bool is_operator(const struct step *step, const char *name) {
    return step->kind == STEP_OPERATOR && strcmp(operator_info(step->op)->name, name) == 0;
}

/* No score has points beyond this; so products of two numbers fit. */
static bool is_small(i128 number) {
    const i128 most = 1000000000 * DECIMAL_ONE;
    return number <= most && number >= -most;
}

static bool number_of(const struct value *value, i128 *out) {
    switch ((enum value_kind)value->kind) {
    case VALUE_INTEGER:
        *out = value->integer * DECIMAL_ONE;
        break;
    case VALUE_LONG:
        *out = value->longint * DECIMAL_ONE;
        break;
    case VALUE_DECIMAL:
        *out = value->decimal;
        break;
    default:
        return false;
    }
    return is_small(*out);
}

/* The step that made the value which definitions, calls and casts only hand on. */
static uint32_t origin_of(const struct advice *a, uint32_t number) {
    for (uint32_t depth = 0; number && depth < WALK_DEPTH_MAX; depth++) {
        const struct step *step = at(a, number);
        bool is_cast = step->kind == STEP_OTHER && step->expr && step->expr->kind == EXPR_AS &&
                       step->from_count;
        if (!is_cast && step->kind != STEP_DEFINITION && step->kind != STEP_CALL) {
            return number;
        }
        number = step->from_count ? step->from[0] : 0;
    }
    return 0;
}

/* The step of a field of a tuple that was written out; 0: it is no such thing. */
static uint32_t field_step(const struct advice *a, const struct step *step) {
    if (step->kind != STEP_PROPERTY || !step->from_count) {
        return 0;
    }
    const struct step *of = at(a, origin_of(a, step->from[0]));
    return of->expr && of->expr->kind == EXPR_TUPLE ? trace_item_step(a->walk, step) : 0;
}

/* ---- Conditions ---- */

static uint32_t condition(struct advice *a, uint32_t number) {
    number = origin_of(a, number);
    const struct step *step = at(a, number);
    uint32_t field = field_step(a, step);
    if (!number || a->depth > WALK_DEPTH_MAX) {
        return NODE_UNKNOWN;
    }
    a->depth++;
    uint32_t node;
    uint32_t first = step->from_count ? step->from[0] : 0;
    if (field) {
        node = condition(a, field);
    } else if (step->kind != STEP_OPERATOR || step->from_count > 2) {
        node = advice_build(a, number);
    } else if (step->op == OP_NOT) {
        node = advice_not(a, condition(a, first));
    } else if (step->op == OP_IS_TRUE) {
        node = advice_settle(a, FORMULA_SURE, condition(a, first));
    } else if (step->op == OP_IS_FALSE) {
        node = advice_not(a, advice_settle(a, FORMULA_POSSIBLE, condition(a, first)));
    } else if ((step->op == OP_AND || step->op == OP_OR) && step->from_count == 2) {
        node = advice_pair(a, step->op == OP_AND ? FORMULA_AND : FORMULA_OR, condition(a, first),
                           condition(a, step->from[1]));
    } else {
        node = advice_build(a, number);
    }
    a->depth--;
    return node;
}

/* ---- Items ---- */

/* Points that a condition takes away are points that its opposite gives. */
static bool add_item(struct advice *a, i128 weight, uint32_t node, struct score *out) {
    if (node == NODE_TRUE || node == NODE_FALSE || weight == 0) {
        out->base += node == NODE_TRUE ? weight : 0;
        return true;
    }
    if (out->count == ITEMS_MAX) {
        return false;
    }
    if (weight < 0) {
        out->base += weight;
        node = advice_not(a, node);
        weight = -weight;
    }
    out->weights[out->count] = weight;
    out->nodes[out->count++] = node;
    return true;
}

/* The points of an item, when its condition is true. */
static bool add_conditional(struct advice *a, uint32_t points, i128 factor, uint32_t node,
                            struct score *out) {
    const i128 nothing = 0;
    struct score item = {.base = 0};
    if (node == NODE_FALSE) {
        return true;
    }
    if (!add_points(a, points, factor, &nothing, &item)) {
        return false;
    }
    for (uint16_t i = 0; i < item.count; i++) {
        uint32_t both = advice_pair(a, FORMULA_AND, node, item.nodes[i]);
        if (!add_item(a, item.weights[i], both, out)) {
            return false;
        }
    }
    return add_item(a, item.base, node, out);
}

/* The step of what a query returns of one item: the item, or a field of it. */
static uint32_t returned_step(const struct advice *a, const struct query *query, uint32_t item) {
    const struct expr *returns = query->returns;
    if (!returns) {
        return item;
    }
    const struct value *tuple = &at(a, item)->value;
    bool is_field = returns->kind == EXPR_PROPERTY && returns->count &&
                    returns->args[0]->kind == EXPR_ALIAS_REF && tuple->kind == VALUE_TUPLE;
    for (uint32_t i = 0; is_field && i < tuple->tuple->count; i++) {
        if (str_equal(tuple->tuple->names[i], returns->property.name)) {
            return tuple->tuple->values[i].trace;
        }
    }
    return 0;
}

static bool is_plain_query(const struct step *step) {
    const struct query *q = step->kind == STEP_QUERY && step->expr && step->expr->kind == EXPR_QUERY
                                ? step->expr->query
                                : NULL;
    return q && q->source_count == 1 && !q->let_count && !q->relation_count && !q->aggregate &&
           !(q->distinct && q->returns) && step->from_count >= 2;
}

static bool is_written_list(const struct step *step) {
    return step->kind == STEP_OTHER && step->expr && step->expr->kind == EXPR_LIST &&
           step->value.kind == VALUE_LIST && step->value.list->count == step->from_count;
}

/* Count passes over items that are null, which a condition on the item itself may let through. */
static uint32_t if_counted(struct advice *a, uint32_t item, uint32_t node) {
    if (at(a, item)->value.kind == VALUE_TUPLE) {
        return node;
    }
    uint32_t value = condition(a, item);
    const struct formula_node *n = &a->nodes[node];
    if (n->kind == FORMULA_SURE && n->kids[0] == value) {
        return node;
    }
    uint32_t is_true = advice_settle(a, FORMULA_SURE, value);
    uint32_t is_false = advice_not(a, advice_settle(a, FORMULA_POSSIBLE, value));
    return advice_pair(a, FORMULA_AND, node, advice_pair(a, FORMULA_OR, is_true, is_false));
}

/* Sum or Count of a list that is written out, or of a query over one. */
static bool add_list(struct advice *a, const struct step *total, i128 factor, struct score *out) {
    bool counts = is_operator(total, "Count");
    const struct step *step = at(a, origin_of(a, total->from[0]));
    const struct query *query = is_plain_query(step) ? step->expr->query : NULL;
    const struct step *list = query ? at(a, origin_of(a, step->from[0])) : step;
    uint32_t notes = query ? step->from_count - 2u : 0;
    bool asks = query && query->where;
    if (!is_written_list(list) || (asks && notes != list->from_count) ||
        (counts && (!asks || query->returns))) {
        return false;
    }
    for (uint16_t i = 0; i < list->from_count; i++) {
        uint32_t node = NODE_TRUE;
        if (asks) {
            node = advice_settle(a, FORMULA_SURE, condition(a, step->from[2 + i]));
        }
        if (counts) {
            node = if_counted(a, list->from[i], node);
        }
        uint32_t points = query ? returned_step(a, query, list->from[i]) : list->from[i];
        bool added = counts ? add_item(a, factor, node, out)
                            : points && add_conditional(a, points, factor, node, out);
        if (!added) {
            return false;
        }
    }
    return true;
}

/* ---- Choices ---- */

/* What a branch gives that is written out as a number, or null. */
static bool branch_points(const struct expr *branch, const i128 *if_null, i128 *out) {
    bool minus = branch && branch->kind == EXPR_OPERATOR && branch->count == 1 &&
                 strcmp(operator_info(branch->op)->name, "Negate") == 0;
    const struct expr *e = minus ? branch->args[0] : branch;
    while (e && e->kind == EXPR_AS && e->count) {
        e = e->args[0];
    }
    if (!e || e->kind == EXPR_NULL) {
        *out = if_null ? *if_null : 0;
        return if_null != NULL;
    }
    bool is_number = e->kind == EXPR_LITERAL && number_of(&e->literal, out);
    *out = minus ? -*out : *out;
    return is_number;
}

/* The least branch larger than `above`. */
static bool next_level(const i128 *points, uint32_t count, i128 above, i128 *out) {
    bool found = false;
    for (uint32_t i = 0; i < count; i++) {
        if (points[i] > above && (!found || points[i] < *out)) {
            *out = points[i];
            found = true;
        }
    }
    return found;
}

/* A choice between numbers: the least of them, and at each higher one what it adds, when a branch
 * that gives at least so much is taken. */
static bool add_choice(struct advice *a, uint32_t number, i128 factor, const i128 *if_null,
                       struct score *out) {
    const struct expr *e = at(a, number)->expr;
    bool is_if = e && e->kind == EXPR_IF;
    uint32_t count = is_if ? 1 : e && e->kind == EXPR_CASE ? e->cases.item_count : 0;
    if (!count || count >= LEVELS_MAX || (!is_if && e->args[0])) {
        return false;
    }
    i128 points[LEVELS_MAX];
    uint32_t nodes[LEVELS_MAX];
    const struct expr *otherwise = is_if ? e->args[2] : e->count > 1 ? e->args[1] : NULL;
    bool known = branch_points(otherwise, if_null, &points[count]);
    for (uint32_t i = 0; known && i < count; i++) {
        known = branch_points(is_if ? e->args[1] : e->cases.items[i].then, if_null, &points[i]);
    }
    if (!known) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t asked = trace_condition(a->walk, number, i);
        nodes[i] = advice_settle(a, FORMULA_SURE, condition(a, asked));
    }
    i128 level = points[0];
    for (uint32_t i = 1; i <= count; i++) {
        level = points[i] < level ? points[i] : level;
    }
    out->base += factor * level / DECIMAL_ONE;
    for (i128 next = level; next_level(points, count + 1, level, &next); level = next) {
        uint32_t node = points[count] >= next ? NODE_TRUE : NODE_FALSE;
        for (uint32_t i = count; i-- > 0;) {
            node = points[i] >= next ? advice_pair(a, FORMULA_OR, nodes[i], node)
                                     : advice_pair(a, FORMULA_AND, advice_not(a, nodes[i]), node);
        }
        if (!add_item(a, factor * (next - level) / DECIMAL_ONE, node, out)) {
            return false;
        }
    }
    return true;
}

/* ---- Sums ---- */

static bool add_operator(struct advice *a, const struct step *step, i128 factor,
                         const i128 *if_null, struct score *out) {
    if (step->from_count == 1 && (is_operator(step, "Sum") || is_operator(step, "Count"))) {
        return (!if_null || *if_null == 0) && add_list(a, step, factor, out);
    }
    if (step->from_count == 1 && is_operator(step, "Negate")) {
        return add_points(a, step->from[0], -factor, NULL, out);
    }
    if (step->from_count == 1 && (is_operator(step, "ToDecimal") || is_operator(step, "ToLong"))) {
        return add_points(a, step->from[0], factor, if_null, out);
    }
    i128 number;
    /* What stands for null is not computed when it is not needed. */
    if (is_operator(step, "Coalesce") && step->expr && step->expr->count == 2 && step->from_count) {
        return branch_points(step->expr->args[1], NULL, &number) &&
               add_points(a, step->from[0], factor, &number, out);
    }
    if (step->from_count != 2) {
        return false;
    }
    bool minus = is_operator(step, "Subtract");
    if (minus || is_operator(step, "Add")) {
        return add_points(a, step->from[0], factor, NULL, out) &&
               add_points(a, step->from[1], minus ? -factor : factor, NULL, out);
    }
    for (int side = 0; is_operator(step, "Multiply") && side < 2; side++) {
        const struct step *constant = at(a, step->from[side]);
        if (constant->kind == STEP_CONSTANT && number_of(&constant->value, &number)) {
            return add_points(a, step->from[1 - side], factor * number / DECIMAL_ONE, NULL, out);
        }
    }
    return false;
}

/* A number that no missing datum could change. */
static bool add_known(struct advice *a, uint32_t number, i128 factor, struct score *out) {
    i128 known;
    struct cause_list causes;
    if (!number_of(&at(a, number)->value, &known)) {
        return false;
    }
    trace_causes(a->walk, number, &causes);
    out->base += factor * known / DECIMAL_ONE;
    return causes.count == 0;
}

static bool add_points(struct advice *a, uint32_t number, i128 factor, const i128 *if_null,
                       struct score *out) {
    number = origin_of(a, number);
    if (!number || a->depth > WALK_DEPTH_MAX || !is_small(factor)) {
        return false;
    }
    const struct step *step = at(a, number);
    uint32_t field = field_step(a, step);
    i128 base = out->base;
    uint16_t count = out->count;
    a->depth++;
    bool added = false;
    if (field) {
        added = add_points(a, field, factor, if_null, out);
    } else if (step->kind == STEP_OPERATOR) {
        added = add_operator(a, step, factor, if_null, out);
    } else if (step->kind == STEP_CHOICE) {
        added = add_choice(a, number, factor, if_null, out);
    } else if (step->kind == STEP_CONSTANT && value_is_null(&step->value) && if_null) {
        out->base += factor * *if_null / DECIMAL_ONE;
        added = true;
    }
    if (!added) {
        out->base = base;
        out->count = count;
        added = add_known(a, number, factor, out);
    }
    a->depth--;
    return added;
}

bool advice_score(struct advice *a, uint32_t comparison, uint32_t *node) {
    const struct step *step = at(a, comparison);
    uint8_t comparator;
    struct score score = {.base = 0};
    if (step->kind != STEP_OPERATOR || step->from_count != 2 ||
        !advice_comparator(step->op, true, &comparator) || comparator == COMPARE_EQUAL ||
        !add_points(a, step->from[0], DECIMAL_ONE, NULL, &score) ||
        !add_points(a, step->from[1], -DECIMAL_ONE, NULL, &score) || !score.count) {
        return false;
    }
    /* left - right >= 0; the next larger number for > 0. */
    bool above = comparator == COMPARE_GREATER || comparator == COMPARE_LESS_OR_EQUAL;
    bool below = comparator == COMPARE_LESS || comparator == COMPARE_LESS_OR_EQUAL;
    uint32_t reached =
        advice_at_least(a, score.nodes, score.weights, score.count, (above ? 1 : 0) - score.base);
    *node = below ? advice_not(a, reached) : reached;
    return true;
}
