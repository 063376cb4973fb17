/* Least, greatest, next and previous values of the types that intervals are made of. */
#include "value/compare.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_support.h"

static struct datetime least_datetime(enum value_kind kind) {
    if (kind == VALUE_TIME) {
        return (struct datetime){.precision = PRECISION_MILLISECOND,
                                 .offset_min = OFFSET_OF_REQUEST};
    }
    bool date = kind == VALUE_DATE;
    return (struct datetime){.year = 1,
                             .month = 1,
                             .day = 1,
                             .precision = date ? PRECISION_DAY : PRECISION_MILLISECOND,
                             .offset_min = date ? OFFSET_OF_REQUEST : 0};
}

static struct datetime greatest_datetime(enum value_kind kind) {
    struct datetime d = least_datetime(kind);
    if (kind != VALUE_TIME) {
        d.year = 9999;
        d.month = 12;
        d.day = 31;
    }
    if (kind != VALUE_DATE) {
        d.hour = 23;
        d.minute = d.second = 59;
        d.millisecond = 999;
    }
    return d;
}

static enum op_result extreme(struct op_context *cx, const struct value *like, bool greatest,
                              struct value *out) {
    i128 decimal = greatest ? decimal_cql_maximum() : -decimal_cql_maximum();
    enum value_kind kind = (enum value_kind)like->kind;
    switch (kind) {
    case VALUE_INTEGER:
        *out = value_integer(greatest ? INT32_MAX : INT32_MIN);
        return OP_OK;
    case VALUE_LONG:
        *out = value_long(greatest ? INT64_MAX : INT64_MIN);
        return OP_OK;
    case VALUE_DECIMAL:
        *out = value_decimal(decimal, DECIMAL_SCALE_MAX);
        return OP_OK;
    case VALUE_QUANTITY:
        return op_quantity(cx, &(struct quantity){decimal, DECIMAL_SCALE_MAX, like->quantity->unit},
                           out);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        *out =
            (struct value){.kind = like->kind,
                           .datetime = greatest ? greatest_datetime(kind) : least_datetime(kind)};
        return OP_OK;
    default:
        return op_error(cx, "%s has no %s value", value_kind_name(kind),
                        greatest ? "maximum" : "minimum");
    }
}

enum op_result value_minimum(struct op_context *cx, const struct value *like, struct value *out) {
    return extreme(cx, like, false, out);
}

enum op_result value_maximum(struct op_context *cx, const struct value *like, struct value *out) {
    return extreme(cx, like, true, out);
}

static enum op_result no_step(struct op_context *cx, const struct value *v, bool up) {
    return op_error(cx, "the %s of the %s %s does not exist", up ? "successor" : "predecessor",
                    up ? "maximum" : "minimum", value_kind_name((enum value_kind)v->kind));
}

static enum op_result step_datetime(struct op_context *cx, const struct value *v, bool up,
                                    struct value *out) {
    const struct datetime *d = &v->datetime;
    enum value_kind kind = (enum value_kind)v->kind;
    *out = *v;
    i128 amount = up ? DECIMAL_ONE : -DECIMAL_ONE;
    if (!datetime_add(d, kind, amount, (enum precision)d->precision, &out->datetime)) {
        return no_step(cx, v, up);
    }
    /* A Time goes round midnight; its successor must not. */
    int64_t before = datetime_first_ms(d, 0), after = datetime_first_ms(&out->datetime, 0);
    return (after > before) == up ? OP_OK : no_step(cx, v, up);
}

static enum op_result step(struct op_context *cx, const struct value *v, bool up,
                           struct value *out) {
    int by = up ? 1 : -1;
    i128 decimal = v->kind == VALUE_QUANTITY  ? v->quantity->value
                   : v->kind == VALUE_DECIMAL ? v->decimal
                                              : 0;
    bool decimal_end = up ? decimal >= decimal_cql_maximum() : decimal <= -decimal_cql_maximum();
    switch ((enum value_kind)v->kind) {
    case VALUE_INTEGER:
        if (v->integer == (up ? INT32_MAX : INT32_MIN)) {
            return no_step(cx, v, up);
        }
        *out = value_integer(v->integer + by);
        return OP_OK;
    case VALUE_LONG:
        if (v->longint == (up ? INT64_MAX : INT64_MIN)) {
            return no_step(cx, v, up);
        }
        *out = value_long(v->longint + by);
        return OP_OK;
    case VALUE_DECIMAL:
        if (decimal_end) {
            return no_step(cx, v, up);
        }
        *out = value_decimal(decimal + by, DECIMAL_SCALE_MAX);
        return OP_OK;
    case VALUE_QUANTITY:
        if (decimal_end) {
            return no_step(cx, v, up);
        }
        return op_quantity(
            cx, &(struct quantity){decimal + by, DECIMAL_SCALE_MAX, v->quantity->unit}, out);
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        return step_datetime(cx, v, up, out);
    default:
        return op_error(cx, "%s has no %s", value_kind_name((enum value_kind)v->kind),
                        up ? "successor" : "predecessor");
    }
}

enum op_result op_successor(struct op_context *cx, const struct value *args, struct value *out) {
    return op_is_uncertain(&args[0]) ? value_step(cx, &args[0], true, out)
                                     : step(cx, &args[0], true, out);
}

enum op_result op_predecessor(struct op_context *cx, const struct value *args, struct value *out) {
    return op_is_uncertain(&args[0]) ? value_step(cx, &args[0], false, out)
                                     : step(cx, &args[0], false, out);
}

bool value_successor(struct op_context *cx, const struct value *v, struct value *out) {
    return step(cx, v, true, out) == OP_OK;
}

bool value_predecessor(struct op_context *cx, const struct value *v, struct value *out) {
    return step(cx, v, false, out) == OP_OK;
}
