#include "trial/flow_internal.h"

#include "value/compare.h"

/* What three-valued logic can make of two sets of possibilities. */
static struct flow_value logic(enum op_id op, const struct flow_value *a,
                               const struct flow_value *b) {
    struct flow_value out = {.is_data = a->is_data || b->is_data};
    const bool in_a[] = {a->can_be_false, a->can_be_true, a->can_be_null};
    const bool in_b[] = {b->can_be_false, b->can_be_true, b->can_be_null};
    for (int x = 0; x < 3; x++) {
        for (int y = 0; y < 3; y++) {
            if (!in_a[x] || !in_b[y]) {
                continue;
            }
            int left = op == OP_IMPLIES && x != LOGIC_UNKNOWN ? !x : x;
            int r = LOGIC_UNKNOWN;
            if (op == OP_AND) {
                r = x == 0 || y == 0 ? 0 : x == 1 && y == 1 ? 1 : LOGIC_UNKNOWN;
            } else if (op == OP_XOR) {
                r = x == LOGIC_UNKNOWN || y == LOGIC_UNKNOWN ? LOGIC_UNKNOWN : x != y;
            } else {
                r = left == 1 || y == 1 ? 1 : left == 0 && y == 0 ? 0 : LOGIC_UNKNOWN;
            }
            out.can_be_false |= r == 0;
            out.can_be_true |= r == 1;
            out.can_be_null |= r == LOGIC_UNKNOWN;
        }
    }
    return out;
}

static struct flow_value coalesce(struct flow *flow, uint32_t count,
                                  const struct flow_value *args) {
    struct flow_value out = args[0];
    for (uint32_t i = 1; i < count && out.can_be_null; i++) {
        bool was_data = out.is_data;
        out.can_be_null = false;
        out = flow_join(flow, out, args[i]);
        out.is_data |= was_data;
    }
    return out;
}

static struct flow_value truth(bool is_data, bool can_be_null) {
    return (struct flow_value){
        .is_data = is_data, .can_be_null = can_be_null, .can_be_true = true, .can_be_false = true};
}

static bool any_null(uint32_t count, const struct flow_value *args) {
    bool null = false;
    for (uint32_t i = 0; i < count; i++) {
        null |= args[i].can_be_null;
    }
    return null;
}

static bool any_data(uint32_t count, const struct flow_value *args) {
    bool data = false;
    for (uint32_t i = 0; i < count; i++) {
        data |= args[i].is_data;
    }
    return data;
}

static struct flow_value join_all(struct flow *flow, uint32_t count,
                                  const struct flow_value *args) {
    struct flow_value out = args[0];
    for (uint32_t i = 1; i < count; i++) {
        out = flow_join(flow, out, args[i]);
    }
    return out;
}

/* A product with a plain number measures the same; with anything else it is another quantity. */
static struct flow_value product(const struct flow_value *a, const struct flow_value *b,
                                 bool divides) {
    struct flow_value out = flow_something(a->is_data || b->is_data);
    out.can_be_null = a->can_be_null || b->can_be_null || divides;
    bool a_plain = flow_set_is_empty(&a->analytes) && a->limit_count && !a->limits[0].unit;
    bool b_plain = flow_set_is_empty(&b->analytes) && b->limit_count && !b->limits[0].unit;
    if (b_plain) {
        out.analytes = a->analytes;
        out.is_bare = a->is_bare;
        out.has_unit = a->has_unit;
        out.unit = a->unit;
    } else if (a_plain && !divides) {
        out.analytes = b->analytes;
        out.is_bare = b->is_bare;
        out.has_unit = b->has_unit;
        out.unit = b->unit;
    }
    return out;
}

/* Operators by what they do to possibilities. */
enum effect {
    EFFECT_OTHER,   /* a new value */
    EFFECT_COMPARE, /* its two sides meet; Boolean */
    EFFECT_EQUIVALENT,
    EFFECT_SURE,     /* a Boolean or number that is never null */
    EFFECT_SAME,     /* the value of its first argument */
    EFFECT_QUANTITY, /* the same; of a number, in the unit one */
    EFFECT_ITEM,  /* an item or aggregate of a list, a bound of an interval: null when there is none
                   */
    EFFECT_JOIN,  /* any of its arguments */
    EFFECT_UNION, /* the same, never null */
    EFFECT_SUM,
    EFFECT_PRODUCT,
    EFFECT_QUOTIENT
};

static const struct {
    const char *name;
    enum effect effect;
} effects[] = {
    {"Less", EFFECT_COMPARE},
    {"LessOrEqual", EFFECT_COMPARE},
    {"Greater", EFFECT_COMPARE},
    {"GreaterOrEqual", EFFECT_COMPARE},
    {"Equal", EFFECT_COMPARE},
    {"In", EFFECT_COMPARE},
    {"ProperIn", EFFECT_COMPARE},
    {"Contains", EFFECT_COMPARE},
    {"ProperContains", EFFECT_COMPARE},
    {"Includes", EFFECT_COMPARE},
    {"IncludedIn", EFFECT_COMPARE},
    {"ProperIncludes", EFFECT_COMPARE},
    {"ProperIncludedIn", EFFECT_COMPARE},
    {"Overlaps", EFFECT_COMPARE},
    {"After", EFFECT_COMPARE},
    {"Before", EFFECT_COMPARE},
    {"SameOrAfter", EFFECT_COMPARE},
    {"SameOrBefore", EFFECT_COMPARE},
    {"Equivalent", EFFECT_EQUIVALENT},
    {"Exists", EFFECT_SURE},
    {"IsNull", EFFECT_SURE},
    {"IsTrue", EFFECT_SURE},
    {"IsFalse", EFFECT_SURE},
    {"AllTrue", EFFECT_SURE},
    {"AnyTrue", EFFECT_SURE},
    {"Count", EFFECT_SURE},
    {"InValueSet", EFFECT_SURE},
    {"AnyInValueSet", EFFECT_SURE},
    {"InCodeSystem", EFFECT_SURE},
    {"AnyInCodeSystem", EFFECT_SURE},
    {"Now", EFFECT_SURE},
    {"Today", EFFECT_SURE},
    {"TimeOfDay", EFFECT_SURE},
    {"Abs", EFFECT_SAME},
    {"Negate", EFFECT_SAME},
    {"Round", EFFECT_SAME},
    {"Ceiling", EFFECT_SAME},
    {"Floor", EFFECT_SAME},
    {"Truncate", EFFECT_SAME},
    {"Predecessor", EFFECT_SAME},
    {"Successor", EFFECT_SAME},
    {"ToQuantity", EFFECT_QUANTITY},
    {"ToDecimal", EFFECT_SAME},
    {"ToLong", EFFECT_SAME},
    {"ToInteger", EFFECT_SAME},
    {"ToConcept", EFFECT_SAME},
    {"ToDateTime", EFFECT_SAME},
    {"ConvertQuantity", EFFECT_ITEM},
    {"Message", EFFECT_SAME},
    {"ToList", EFFECT_SAME},
    {"Distinct", EFFECT_SAME},
    {"Flatten", EFFECT_SAME},
    {"Skip", EFFECT_SAME},
    {"Tail", EFFECT_SAME},
    {"Take", EFFECT_SAME},
    {"Slice", EFFECT_SAME},
    {"Collapse", EFFECT_SAME},
    {"Expand", EFFECT_SAME},
    {"First", EFFECT_ITEM},
    {"Last", EFFECT_ITEM},
    {"Indexer", EFFECT_ITEM},
    {"SingletonFrom", EFFECT_ITEM},
    {"Min", EFFECT_ITEM},
    {"Max", EFFECT_ITEM},
    {"Sum", EFFECT_ITEM},
    {"Avg", EFFECT_ITEM},
    {"Median", EFFECT_ITEM},
    {"Mode", EFFECT_ITEM},
    {"Start", EFFECT_ITEM},
    {"End", EFFECT_ITEM},
    {"Width", EFFECT_ITEM},
    {"PointFrom", EFFECT_ITEM},
    {"Union", EFFECT_UNION},
    {"Intersect", EFFECT_JOIN},
    {"Except", EFFECT_SAME},
    {"Add", EFFECT_SUM},
    {"Subtract", EFFECT_SUM},
    {"Multiply", EFFECT_PRODUCT},
    {"Divide", EFFECT_QUOTIENT},
};

static enum effect effect_by_name(struct str name) {
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++) {
        if (str_equal(name, str_from(effects[i].name))) {
            return effects[i].effect;
        }
    }
    return EFFECT_OTHER;
}

/* Numbers and quantities, and intervals and lists of them. */
static bool is_measured(const struct type *type) {
    while (type && (type->kind == TYPE_INTERVAL || type->kind == TYPE_LIST)) {
        type = type->of;
    }
    return type && type->kind == TYPE_NAMED &&
           (type->name == MODEL_QUANTITY || type->name == MODEL_DECIMAL ||
            type->name == MODEL_INTEGER || type->name == MODEL_LONG);
}

static struct flow_value compare(struct flow *flow, const struct expr *e,
                                 const struct flow_value *args) {
    if (is_measured(e->args[0]->type) && is_measured(e->args[1]->type)) {
        flow_compare(flow, &args[0], &args[1], e->span);
    }
    flow_units(flow, e, args);
    bool is_data = args[0].is_data || args[1].is_data;
    /* Units that do not convert and dates that are too coarse give null. */
    return truth(is_data, is_data || args[0].can_be_null || args[1].can_be_null);
}

static struct flow_value sum(struct flow *flow, const struct expr *e,
                             const struct flow_value *args) {
    flow_units(flow, e, args);
    struct flow_value out = flow_join(flow, args[0], args[1]);
    out.limit_count = 0;
    out.is_data = args[0].is_data || args[1].is_data;
    return out;
}

static struct flow_value quantity(const struct expr *e, struct flow_value value) {
    const struct type *from = e->args[0]->type;
    if (from->kind == TYPE_NAMED &&
        (from->name == MODEL_INTEGER || from->name == MODEL_LONG || from->name == MODEL_DECIMAL)) {
        value.has_unit = true;
        value.unit = NULL;
    }
    return value;
}

static struct flow_value with_null(struct flow_value value) {
    value.can_be_null = true;
    return value;
}

static struct flow_value never_null(struct flow_value value) {
    value.can_be_null = false;
    return value;
}

struct flow_value flow_operator(struct flow *flow, const struct expr *e, uint32_t count,
                                const struct flow_value *args) {
    if (e->op == OP_AND || e->op == OP_OR || e->op == OP_XOR || e->op == OP_IMPLIES) {
        return logic(e->op, &args[0], &args[1]);
    }
    if (e->op == OP_NOT) {
        struct flow_value out = args[0];
        out.can_be_true = args[0].can_be_false;
        out.can_be_false = args[0].can_be_true;
        return out;
    }
    struct str name = str_from(operator_info(e->op)->name);
    if (str_equal(name, STR("Coalesce"))) {
        return count > 1 ? coalesce(flow, count, args) : with_null(args[0]);
    }
    for (uint32_t i = 0; (operator_info(e->op)->flags & OP_STRICT) && i < count; i++) {
        if (flow_is_null(&args[i])) {
            flow_say(flow, FLOW_ALWAYS_NULL, e);
            return (struct flow_value){.is_data = any_data(count, args), .can_be_null = true};
        }
    }
    enum effect effect = count || str_equal(name, STR("Now")) || str_equal(name, STR("Today"))
                             ? effect_by_name(name)
                             : EFFECT_OTHER;
    bool is_data = any_data(count, args);
    switch (effect) {
    case EFFECT_COMPARE:
        return count == 2 ? compare(flow, e, args) : truth(is_data, true);
    case EFFECT_EQUIVALENT:
        return never_null(compare(flow, e, args));
    case EFFECT_SURE:
        return truth(is_data, false);
    case EFFECT_SAME:
        return args[0];
    case EFFECT_QUANTITY:
        return quantity(e, args[0]);
    case EFFECT_ITEM:
        return with_null(args[0]);
    case EFFECT_UNION:
        return never_null(join_all(flow, count, args));
    case EFFECT_JOIN:
        return join_all(flow, count, args);
    case EFFECT_SUM:
        return sum(flow, e, args);
    case EFFECT_PRODUCT:
        return product(&args[0], &args[1], false);
    case EFFECT_QUOTIENT:
        return product(&args[0], &args[1], true);
    case EFFECT_OTHER:
        break;
    }
    return truth(is_data, any_null(count, args));
}
