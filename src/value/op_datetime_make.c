/* DateTime(...), Date(...) and Time(...) (CQL 1.5 reference, section 18). */
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_support.h"

/* Components in order; a Time begins with the hour. */
static const enum precision components[] = {
    PRECISION_YEAR,   PRECISION_MONTH,  PRECISION_DAY,        PRECISION_HOUR,
    PRECISION_MINUTE, PRECISION_SECOND, PRECISION_MILLISECOND};
enum { FIRST_OF_TIME = 3, COMPONENTS = 7 };

static int32_t greatest_of(enum precision component, const struct datetime *d) {
    switch (component) {
    case PRECISION_YEAR:
        return 9999;
    case PRECISION_MONTH:
        return 12;
    case PRECISION_DAY:
        return days_in_month(d->year, d->month);
    case PRECISION_HOUR:
        return 23;
    case PRECISION_MINUTE:
    case PRECISION_SECOND:
        return 59;
    default:
        return 999;
    }
}

static void set_component(struct datetime *d, enum precision component, int32_t n) {
    switch (component) {
    case PRECISION_YEAR:
        d->year = (int16_t)n;
        break;
    case PRECISION_MONTH:
        d->month = (uint8_t)n;
        break;
    case PRECISION_DAY:
        d->day = (uint8_t)n;
        break;
    case PRECISION_HOUR:
        d->hour = (uint8_t)n;
        break;
    case PRECISION_MINUTE:
        d->minute = (uint8_t)n;
        break;
    case PRECISION_SECOND:
        d->second = (uint8_t)n;
        break;
    default:
        d->millisecond = (uint16_t)n;
        break;
    }
}

static enum op_result make(struct op_context *cx, enum value_kind kind, const struct value *args,
                           int count, struct value *out) {
    int first = kind == VALUE_TIME ? FIRST_OF_TIME : 0;
    struct datetime d = {.offset_min = OFFSET_OF_REQUEST};
    d.month = d.day = kind == VALUE_TIME ? 0 : 1;
    for (int i = 0; i < count; i++) {
        enum precision component = components[first + i];
        if (value_is_null(&args[i])) {
            continue;
        }
        if (args[i].kind != VALUE_INTEGER) {
            return op_null(cx, NULL_PRECISION, out);
        }
        if (i > 0 && value_is_null(&args[i - 1])) {
            return op_error(cx, "a %s with a %s needs its %s too", value_kind_name(kind),
                            precision_name(component), precision_name(components[first + i - 1]));
        }
        int32_t n = args[i].integer, least = component <= PRECISION_DAY ? 1 : 0;
        int32_t greatest = greatest_of(component, &d);
        if (n < least || n > greatest) {
            return op_error(cx, "%d is no %s here: it must be from %d to %d", (int)n,
                            precision_name(component), (int)least, (int)greatest);
        }
        set_component(&d, component, n);
        d.precision = (uint8_t)component;
    }
    if (d.precision == PRECISION_NONE) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    *out = (struct value){.kind = (uint8_t)kind, .datetime = d};
    return OP_OK;
}

#define MAKER(name, kind, count)                                                                   \
    enum op_result name(struct op_context *cx, const struct value *args, struct value *out) {      \
        return make(cx, kind, args, count, out);                                                   \
    }
MAKER(op_datetime_1, VALUE_DATETIME, 1)
MAKER(op_datetime_2, VALUE_DATETIME, 2)
MAKER(op_datetime_3, VALUE_DATETIME, 3)
MAKER(op_datetime_4, VALUE_DATETIME, 4)
MAKER(op_datetime_5, VALUE_DATETIME, 5)
MAKER(op_datetime_6, VALUE_DATETIME, 6)
MAKER(op_datetime_7, VALUE_DATETIME, 7)
MAKER(op_date_1, VALUE_DATE, 1)
MAKER(op_date_2, VALUE_DATE, 2)
MAKER(op_date_3, VALUE_DATE, 3)
MAKER(op_time_1, VALUE_TIME, 1)
MAKER(op_time_2, VALUE_TIME, 2)
MAKER(op_time_3, VALUE_TIME, 3)
MAKER(op_time_4, VALUE_TIME, 4)

enum op_result op_datetime_8(struct op_context *cx, const struct value *args, struct value *out) {
    enum op_result status = make(cx, VALUE_DATETIME, args, COMPONENTS, out);
    const struct value *offset = &args[COMPONENTS];
    if (status != OP_OK || value_is_null(out) || value_is_null(offset)) {
        return status;
    }
    if (offset->kind != VALUE_DECIMAL) {
        return op_null(cx, NULL_PRECISION, out);
    }
    i128 limit = 14 * DECIMAL_ONE, minutes = 0;
    if (offset->decimal < -limit || offset->decimal > limit) {
        return op_error(cx, "a timezone offset must be from -14.0 to 14.0 hours");
    }
    (void)decimal_round(offset->decimal * 60, 0, &minutes);
    out->datetime.offset_min = (int16_t)(minutes / DECIMAL_ONE);
    return OP_OK;
}
