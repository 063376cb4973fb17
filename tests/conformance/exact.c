#include "exact.h"

#include "value/datetime.h"
#include "value/ucum.h"

static bool same_text(struct str a, struct str b) {
    return (a.at == NULL) == (b.at == NULL) && str_equal(a, b);
}

static bool same_code(const struct code *a, const struct code *b) {
    return same_text(a->code, b->code) && same_text(a->system, b->system) &&
           same_text(a->version, b->version) && same_text(a->display, b->display);
}

static bool same_quantity(const struct quantity *a, const struct quantity *b) {
    return a->value == b->value && str_equal(unit_text(a->unit), unit_text(b->unit));
}

static bool same_datetime(const struct datetime *a, const struct datetime *b, int16_t offset) {
    return a->precision == b->precision &&
           datetime_first_ms(a, offset) == datetime_first_ms(b, offset);
}

static bool same_interval(const struct interval *a, const struct interval *b, int16_t offset,
                          bool bounds) {
    return value_is_exactly(&a->low, &b->low, offset) &&
           value_is_exactly(&a->high, &b->high, offset) &&
           (!bounds || (a->low_closed == b->low_closed && a->high_closed == b->high_closed));
}

static bool same_items(const struct value *a, const struct value *b, uint32_t count,
                       int16_t offset) {
    for (uint32_t i = 0; i < count; i++) {
        if (!value_is_exactly(&a[i], &b[i], offset)) {
            return false;
        }
    }
    return true;
}

static bool same_tuple(const struct tuple *a, const struct tuple *b, int16_t offset) {
    if (a->count != b->count) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (!str_equal(a->names[i], b->names[i])) {
            return false;
        }
    }
    return same_items(a->values, b->values, a->count, offset);
}

static bool same_concept(const struct concept *a, const struct concept *b) {
    if (a->count != b->count || !same_text(a->display, b->display)) {
        return false;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        if (!same_code(&a->codes[i], &b->codes[i])) {
            return false;
        }
    }
    return true;
}

/* The expected value in the type of the result, where CQL converts it by itself: a whole number to
 * Long or Decimal, a Date to DateTime. */
static bool converts_to(const struct value *result, const struct value *expected,
                        struct value *out) {
    *out = *expected;
    if (expected->kind == VALUE_INTEGER && result->kind == VALUE_LONG) {
        *out = (struct value){.kind = VALUE_LONG, .longint = expected->integer};
        return true;
    }
    if (expected->kind == VALUE_INTEGER && result->kind == VALUE_DECIMAL) {
        *out =
            (struct value){.kind = VALUE_DECIMAL, .decimal = (i128)expected->integer * DECIMAL_ONE};
        return true;
    }
    if (expected->kind == VALUE_DATE && result->kind == VALUE_DATETIME) {
        out->kind = VALUE_DATETIME;
        out->datetime.offset_min = OFFSET_OF_REQUEST;
        return true;
    }
    return false;
}

bool value_is_exactly(const struct value *a, const struct value *b, int16_t offset) {
    if (a->kind == VALUE_UNCERTAINTY && b->kind == VALUE_INTERVAL) {
        return same_interval(a->interval, b->interval, offset, false);
    }
    struct value converted;
    if (converts_to(a, b, &converted)) {
        b = &converted;
    }
    if (a->kind != b->kind || a->type != b->type) {
        return false;
    }
    switch ((enum value_kind)a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOLEAN:
        return a->boolean == b->boolean;
    case VALUE_INTEGER:
        return a->integer == b->integer;
    case VALUE_LONG:
        return a->longint == b->longint;
    case VALUE_DECIMAL:
        return a->decimal == b->decimal;
    case VALUE_STRING:
        return str_equal(a->string, b->string);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return same_datetime(&a->datetime, &b->datetime, offset);
    case VALUE_QUANTITY:
        return same_quantity(a->quantity, b->quantity);
    case VALUE_RATIO:
        return same_quantity(&a->ratio->numerator, &b->ratio->numerator) &&
               same_quantity(&a->ratio->denominator, &b->ratio->denominator);
    case VALUE_CODE:
        return same_code(a->code, b->code);
    case VALUE_CONCEPT:
        return same_concept(a->concept, b->concept);
    case VALUE_VOCABULARY:
        return a->vocabulary->is_value_set == b->vocabulary->is_value_set &&
               same_text(a->vocabulary->id, b->vocabulary->id) &&
               same_text(a->vocabulary->version, b->vocabulary->version);
    case VALUE_INTERVAL:
    case VALUE_UNCERTAINTY:
        return same_interval(a->interval, b->interval, offset, true);
    case VALUE_LIST:
        return a->list->count == b->list->count &&
               same_items(a->list->items, b->list->items, a->list->count, offset);
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        return same_tuple(a->tuple, b->tuple, offset);
    case VALUE_ELEMENT:
        return a->element.segment == b->element.segment && a->element.block == b->element.block;
    }
    return false;
}
