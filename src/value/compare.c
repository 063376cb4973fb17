/* Equality and equivalence (CQL 1.5 reference, section 15). */
#include "value/compare.h"

#include "base/limits.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_support.h"
#include "value/ucum.h"

#include <utf8proc.h>

static enum logic from_bool(bool b) {
    return b ? LOGIC_TRUE : LOGIC_FALSE;
}

static enum logic unknown(struct op_context *cx, enum null_reason reason) {
    cx->reason = reason;
    return LOGIC_UNKNOWN;
}

static enum logic equal_text(struct str a, struct str b) {
    if (!a.at || !b.at) {
        return !a.at && !b.at ? LOGIC_TRUE : LOGIC_UNKNOWN;
    }
    return from_bool(str_equal(a, b));
}

static enum logic equal_codes(const struct code *a, const struct code *b) {
    const struct str pairs[][2] = {{a->code, b->code},
                                   {a->display, b->display},
                                   {a->system, b->system},
                                   {a->version, b->version}};
    enum logic result = LOGIC_TRUE;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        result = logic_and(result, equal_text(pairs[i][0], pairs[i][1]));
    }
    return result;
}

static enum logic equal_concepts(const struct concept *a, const struct concept *b) {
    enum logic result = from_bool(a->count == b->count);
    for (uint32_t i = 0; result == LOGIC_TRUE && i < a->count; i++) {
        result = equal_codes(&a->codes[i], &b->codes[i]);
    }
    return logic_and(result, equal_text(a->display, b->display));
}

static enum logic equal_quantities(struct op_context *cx, const struct quantity *a,
                                   const struct quantity *b) {
    int order;
    switch (unit_compare(a->unit, a->value, b->unit, b->value, &order)) {
    case UNIT_DONE:
        return from_bool(order == 0);
    case UNIT_INCOMPATIBLE:
        return unknown(cx, NULL_UNIT);
    default:
        return unknown(cx, NULL_RANGE);
    }
}

static enum logic equal_at(struct op_context *cx, const struct value *a, const struct value *b,
                           int depth);

static enum logic same_at(struct op_context *cx, const struct value *a, const struct value *b,
                          int depth) {
    if (value_is_null(a) && value_is_null(b)) {
        return LOGIC_TRUE;
    }
    return equal_at(cx, a, b, depth);
}

static enum logic equal_lists(struct op_context *cx, const struct list *a, const struct list *b,
                              int depth) {
    if (a->count != b->count) {
        return LOGIC_FALSE;
    }
    enum logic result = LOGIC_TRUE;
    for (uint32_t i = 0; result != LOGIC_FALSE && i < a->count; i++) {
        result = logic_and(result, same_at(cx, &a->items[i], &b->items[i], depth));
    }
    return result;
}

static bool same_names(const struct tuple *a, const struct tuple *b) {
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; a->names != b->names && i < a->count; i++) {
        if (!str_equal(a->names[i], b->names[i])) {
            return false;
        }
    }
    return true;
}

static enum logic equal_tuples(struct op_context *cx, const struct tuple *a, const struct tuple *b,
                               int depth) {
    enum logic result = from_bool(same_names(a, b));
    for (uint32_t i = 0; result == LOGIC_TRUE && i < a->count; i++) {
        result = same_at(cx, &a->values[i], &b->values[i], depth);
    }
    return result;
}

static enum logic equal_intervals(struct op_context *cx, const struct interval *a,
                                  const struct interval *b) {
    struct value ends[4];
    if (interval_start(cx, a, &ends[0]) != OP_OK || interval_start(cx, b, &ends[1]) != OP_OK ||
        interval_end(cx, a, &ends[2]) != OP_OK || interval_end(cx, b, &ends[3]) != OP_OK) {
        return unknown(cx, NULL_RANGE);
    }
    enum logic low = value_equal_points(cx, &ends[0], &ends[1], PRECISION_NONE);
    return low == LOGIC_FALSE
               ? LOGIC_FALSE
               : logic_and(low, value_equal_points(cx, &ends[2], &ends[3], PRECISION_NONE));
}

static bool is_same_element(const struct value *a, const struct value *b) {
    return a->type == b->type && a->element.segment == b->element.segment &&
           a->element.block == b->element.block;
}

static enum logic equal_elements(struct op_context *cx, const struct value *a,
                                 const struct value *b, bool equivalent) {
    if (is_same_element(a, b)) {
        return LOGIC_TRUE;
    }
    if (!cx->equal_elements) {
        return LOGIC_FALSE;
    }
    int answer = cx->equal_elements(cx->elements_context, a, b, equivalent);
    return answer == 2 ? LOGIC_UNKNOWN : from_bool(answer == 1);
}

static bool is_point(enum value_kind kind) {
    switch (kind) {
    case VALUE_INTEGER:
    case VALUE_LONG:
    case VALUE_DECIMAL:
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return true;
    default:
        return false;
    }
}

static enum logic equal_at(struct op_context *cx, const struct value *a, const struct value *b,
                           int depth) {
    if (value_is_null(a) || value_is_null(b) || depth >= LIMIT_EXPRESSION_DEPTH) {
        return LOGIC_UNKNOWN;
    }
    bool uncertain = a->kind == VALUE_UNCERTAINTY || b->kind == VALUE_UNCERTAINTY;
    if (uncertain || (is_point((enum value_kind)a->kind) && is_point((enum value_kind)b->kind))) {
        return value_equal_points(cx, a, b, PRECISION_NONE);
    }
    if (a->kind != b->kind) {
        return LOGIC_FALSE;
    }
    switch ((enum value_kind)a->kind) {
    case VALUE_BOOLEAN:
        return from_bool(a->boolean == b->boolean);
    case VALUE_STRING:
        return from_bool(str_equal(a->string, b->string));
    case VALUE_QUANTITY:
        return equal_quantities(cx, a->quantity, b->quantity);
    case VALUE_RATIO:
        return logic_and(equal_quantities(cx, &a->ratio->numerator, &b->ratio->numerator),
                         equal_quantities(cx, &a->ratio->denominator, &b->ratio->denominator));
    case VALUE_CODE:
        return equal_codes(a->code, b->code);
    case VALUE_CONCEPT:
        return equal_concepts(a->concept, b->concept);
    case VALUE_VOCABULARY:
        return logic_and(from_bool(a->vocabulary->is_value_set == b->vocabulary->is_value_set &&
                                   str_equal(a->vocabulary->id, b->vocabulary->id)),
                         equal_text(a->vocabulary->version, b->vocabulary->version));
    case VALUE_INTERVAL:
        return equal_intervals(cx, a->interval, b->interval);
    case VALUE_LIST:
        return equal_lists(cx, a->list, b->list, depth + 1);
    case VALUE_INSTANCE:
        return a->type == b->type ? equal_tuples(cx, a->tuple, b->tuple, depth + 1) : LOGIC_FALSE;
    case VALUE_TUPLE:
        return equal_tuples(cx, a->tuple, b->tuple, depth + 1);
    case VALUE_ELEMENT:
        return equal_elements(cx, a, b, false);
    default:
        return LOGIC_FALSE;
    }
}

enum logic value_equal(struct op_context *cx, const struct value *a, const struct value *b) {
    return equal_at(cx, a, b, 0);
}

enum logic value_same(struct op_context *cx, const struct value *a, const struct value *b) {
    if (value_is_null(a) || value_is_null(b)) {
        return from_bool(value_is_null(a) && value_is_null(b));
    }
    return equal_at(cx, a, b, 0);
}

/* Equal when rounded to the decimals of the less precise, trailing zeros not counted. */
static bool equivalent_decimals(i128 a, i128 b) {
    uint8_t needs_a = decimal_scale_needed(a), needs_b = decimal_scale_needed(b);
    int digits = needs_a < needs_b ? needs_a : needs_b;
    i128 rounded_a, rounded_b;
    return decimal_round(a, digits, &rounded_a) && decimal_round(b, digits, &rounded_b) &&
           rounded_a == rounded_b;
}

/* Years and months stand for their UCUM counterparts, and for 365 and 30 days beside finer units.
 */
static bool nominal_duration(struct op_context *cx, struct quantity *q, bool to_days) {
    enum precision precision = unit_date_precision(q->unit);
    bool variable = precision == PRECISION_YEAR || precision == PRECISION_MONTH;
    if (to_days && variable && unit_is_calendar(q->unit)) {
        i128 days = precision == PRECISION_YEAR ? 365 : 30;
        if (__builtin_mul_overflow(q->value, days, &q->value)) {
            return false;
        }
        precision = PRECISION_DAY;
    } else if (to_days || !variable) {
        return true;
    }
    q->unit = unit_calendar(cx->units, precision);
    return q->unit != NULL;
}

static bool equivalent_quantities(struct op_context *cx, const struct quantity *a,
                                  const struct quantity *b) {
    struct quantity x = *a, y = *b;
    if (!unit_comparable(x.unit, y.unit)) {
        bool ok = nominal_duration(cx, &x, false) && nominal_duration(cx, &y, false);
        if (ok && !unit_comparable(x.unit, y.unit)) {
            ok = nominal_duration(cx, &x, true) && nominal_duration(cx, &y, true);
        }
        if (!ok || !unit_comparable(x.unit, y.unit)) {
            return false;
        }
    }
    /* To the least granular unit: the one of which a single one is more. */
    int order;
    if (unit_compare(x.unit, DECIMAL_ONE, y.unit, DECIMAL_ONE, &order) != UNIT_DONE) {
        return false;
    }
    const struct quantity *finer = order < 0 ? &x : &y, *coarser = order < 0 ? &y : &x;
    i128 converted;
    return unit_convert(finer->unit, coarser->unit, finer->value, &converted) == UNIT_DONE &&
           equivalent_decimals(converted, coarser->value);
}

/* a : b ~ c : d when a d ~ c b. */
static bool equivalent_ratios(struct op_context *cx, const struct ratio *a, const struct ratio *b) {
    struct quantity left, right;
    return unit_multiply(cx->units, &a->numerator, &b->denominator, &left) == UNIT_DONE &&
           unit_multiply(cx->units, &b->numerator, &a->denominator, &right) == UNIT_DONE &&
           equivalent_quantities(cx, &left, &right);
}

static utf8proc_int32_t next_folded(struct str text, size_t *at) {
    utf8proc_int32_t c;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text.at + *at,
                                             (utf8proc_ssize_t)(text.len - *at), &c);
    if (size <= 0) {
        return (unsigned char)text.at[(*at)++] + 0x110000; /* no character: equals only itself */
    }
    *at += (size_t)size;
    bool space = c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0;
    return space ? ' ' : utf8proc_tolower(utf8proc_toupper(c));
}

/* Without case or locale; every white space is like every other. */
static bool equivalent_strings(struct str a, struct str b) {
    size_t at_a = 0, at_b = 0;
    while (at_a < a.len && at_b < b.len) {
        if (next_folded(a, &at_a) != next_folded(b, &at_b)) {
            return false;
        }
    }
    return at_a == a.len && at_b == b.len;
}

static bool equivalent_codes(const struct code *a, const struct code *b) {
    return str_equal(a->code, b->code) && str_equal(a->system, b->system);
}

static bool equivalent_concepts(const struct concept *a, const struct concept *b) {
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t j = 0; j < b->count; j++) {
            if (equivalent_codes(&a->codes[i], &b->codes[j])) {
                return true;
            }
        }
    }
    return false;
}

static bool equivalent_at(struct op_context *cx, const struct value *a, const struct value *b,
                          int depth);

static bool equivalent_intervals(struct op_context *cx, const struct interval *a,
                                 const struct interval *b, int depth) {
    struct value ends[4];
    return interval_start(cx, a, &ends[0]) == OP_OK && interval_start(cx, b, &ends[1]) == OP_OK &&
           interval_end(cx, a, &ends[2]) == OP_OK && interval_end(cx, b, &ends[3]) == OP_OK &&
           equivalent_at(cx, &ends[0], &ends[1], depth) &&
           equivalent_at(cx, &ends[2], &ends[3], depth);
}

static bool equivalent_items(struct op_context *cx, const struct value *a, const struct value *b,
                             uint32_t count, int depth) {
    for (uint32_t i = 0; i < count; i++) {
        if (!equivalent_at(cx, &a[i], &b[i], depth)) {
            return false;
        }
    }
    return true;
}

static bool equivalent_at(struct op_context *cx, const struct value *a, const struct value *b,
                          int depth) {
    if (value_is_null(a) || value_is_null(b) || depth >= LIMIT_EXPRESSION_DEPTH) {
        return value_is_null(a) && value_is_null(b);
    }
    enum value_kind kind = (enum value_kind)a->kind;
    if (a->kind != b->kind) {
        return is_point(kind) && is_point((enum value_kind)b->kind) &&
               value_equal_points(cx, a, b, PRECISION_NONE) == LOGIC_TRUE;
    }
    switch (kind) {
    case VALUE_DECIMAL:
        return equivalent_decimals(a->decimal, b->decimal);
    case VALUE_STRING:
        return equivalent_strings(a->string, b->string);
    case VALUE_QUANTITY:
        return equivalent_quantities(cx, a->quantity, b->quantity);
    case VALUE_RATIO:
        return equivalent_ratios(cx, a->ratio, b->ratio);
    case VALUE_CODE:
        return equivalent_codes(a->code, b->code);
    case VALUE_CONCEPT:
        return equivalent_concepts(a->concept, b->concept);
    case VALUE_VOCABULARY:
        return a->vocabulary->is_value_set == b->vocabulary->is_value_set &&
               str_equal(a->vocabulary->id, b->vocabulary->id) &&
               str_equal(a->vocabulary->version, b->vocabulary->version);
    case VALUE_UNCERTAINTY:
        return equivalent_at(cx, &a->interval->low, &b->interval->low, depth + 1) &&
               equivalent_at(cx, &a->interval->high, &b->interval->high, depth + 1);
    case VALUE_INTERVAL:
        return equivalent_intervals(cx, a->interval, b->interval, depth + 1);
    case VALUE_LIST:
        return a->list->count == b->list->count &&
               equivalent_items(cx, a->list->items, b->list->items, a->list->count, depth + 1);
    case VALUE_INSTANCE:
    case VALUE_TUPLE:
        return a->type == b->type && same_names(a->tuple, b->tuple) &&
               equivalent_items(cx, a->tuple->values, b->tuple->values, a->tuple->count, depth + 1);
    case VALUE_ELEMENT:
        return equal_elements(cx, a, b, true) == LOGIC_TRUE;
    default:
        return equal_at(cx, a, b, depth) == LOGIC_TRUE;
    }
}

bool value_equivalent(struct op_context *cx, const struct value *a, const struct value *b) {
    return equivalent_at(cx, a, b, 0);
}
