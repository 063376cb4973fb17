/* Units that are known whatever the records are: those of literals, of what is computed from them
 * and of plain numbers, which are in the unit one. */
#include "trial/flow_internal.h"

#include "value/ucum.h"

static bool is_dimensionless(const struct unit *unit) {
    struct str text;
    char storage[64];
    unit_print_dimension(unit, &text, storage);
    return str_equal(text, STR("1"));
}

bool flow_may_convert(const struct flow_value *a, const struct flow_value *b) {
    if (!a->has_unit || !b->has_unit || a->unit == b->unit) {
        return true;
    }
    if (a->unit && b->unit) {
        return unit_comparable(a->unit, b->unit);
    }
    return is_dimensionless(a->unit ? a->unit : b->unit);
}

static const struct type *point_of(const struct type *type) {
    while (type->kind == TYPE_INTERVAL || type->kind == TYPE_LIST) {
        type = type->of;
    }
    return type;
}

static bool is_quantity(const struct type *type) {
    type = point_of(type);
    return type->kind == TYPE_NAMED && type->name == MODEL_QUANTITY;
}

static bool is_date(const struct type *type) {
    return type->kind == TYPE_NAMED && (type->name == MODEL_DATE || type->name == MODEL_DATETIME);
}

/* Years and months of UCUM have a fixed length, which dates have not. */
static bool moves_dates(const struct unit *unit) {
    enum precision precision = unit ? unit_date_precision(unit) : PRECISION_NONE;
    bool varies = precision == PRECISION_YEAR || precision == PRECISION_MONTH;
    return precision != PRECISION_NONE && (!varies || unit_is_calendar(unit));
}

/* A calendar year is equivalent to UCUM's, but not equal to it. */
static bool may_be_equivalent(const struct expr *e, const struct flow_value *args) {
    return e->kind == EXPR_OPERATOR &&
           str_equal(str_from(operator_info(e->op)->name), STR("Equivalent")) &&
           ((args[0].unit && unit_is_calendar(args[0].unit)) ||
            (args[1].unit && unit_is_calendar(args[1].unit)));
}

void flow_units(const struct flow *flow, const struct expr *e, const struct flow_value *args) {
    const struct type *a = e->args[0]->type, *b = e->args[1]->type;
    struct flow_doubted doubted = {FLOW_UNITS, e, {args[0].unit, args[1].unit}};
    if (may_be_equivalent(e, args)) {
        return;
    }
    bool measures = !flow_set_is_empty(&args[0].analytes) || !flow_set_is_empty(&args[1].analytes);
    if (is_quantity(a) && is_quantity(b) && !measures && !flow_may_convert(&args[0], &args[1])) {
        flow_doubt(flow, &doubted);
    } else if (e->kind == EXPR_OPERATOR && is_date(a) && is_quantity(b) && args[1].has_unit &&
               !moves_dates(args[1].unit)) {
        flow_doubt(flow, &(struct flow_doubted){FLOW_NO_TIME, e, {args[1].unit, NULL}});
    }
}
