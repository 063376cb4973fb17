/* Dates and times: arithmetic, comparison, duration, components (CQL 1.5 reference, section 18).
 * Those that make one are in op_datetime_make.c. */
#include "value/compare.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_support.h"
#include "value/ucum.h"

static enum op_result refuse_sum(struct op_context *cx, const struct value *date,
                                 const struct quantity *q) {
    enum value_kind kind = (enum value_kind)date->kind;
    enum precision unit = unit_date_precision(q->unit);
    struct str text = unit_text(q->unit);
    if (unit == PRECISION_NONE) {
        return op_error(cx, "'%.*s' is no unit of time, so it cannot be added to a %s",
                        STR_ARG(text), value_kind_name(kind));
    }
    if (unit <= PRECISION_MONTH && !unit_is_calendar(q->unit)) {
        return op_error(cx,
                        "'%.*s' has a fixed length, and calendar %ss have not; write %ss, "
                        "without quotes",
                        STR_ARG(text), precision_name(unit), precision_name(unit));
    }
    if (kind == VALUE_DATE && unit > PRECISION_DAY) {
        return op_error(cx, "a Date has no %ss; use days, or convert it to a DateTime",
                        precision_name(unit));
    }
    if (kind == VALUE_TIME && unit < PRECISION_HOUR) {
        return op_error(cx, "a Time has no %ss; use hours, minutes, seconds or milliseconds",
                        precision_name(unit));
    }
    return op_error(cx, "the result lies outside the years 0001 to 9999");
}

static enum op_result add_to_date(struct op_context *cx, const struct value *args, int sign,
                                  struct value *out) {
    if (args[1].kind != VALUE_QUANTITY) {
        return op_null(cx, NULL_PRECISION, out);
    }
    const struct quantity *q = args[1].quantity;
    enum precision unit = unit_date_precision(q->unit);
    bool fixed = unit <= PRECISION_MONTH && !unit_is_calendar(q->unit);
    *out = args[0];
    if (fixed || !datetime_add(&args[0].datetime, (enum value_kind)args[0].kind, sign * q->value,
                               unit, &out->datetime)) {
        return refuse_sum(cx, &args[0], q);
    }
    return OP_OK;
}

enum op_result op_add_date(struct op_context *cx, const struct value *args, struct value *out) {
    return add_to_date(cx, args, 1, out);
}

enum op_result op_subtract_date(struct op_context *cx, const struct value *args,
                                struct value *out) {
    return add_to_date(cx, args, -1, out);
}

/* Whether the order of both is one of the wanted: a bit for -1, 0 and 1 each. */
enum { BEFORE = 1, SAME = 2, AFTER = 4 };

static enum logic ordered_ranges(struct op_context *cx, const struct value *a,
                                 const struct value *b, int wanted) {
    switch (wanted) {
    case BEFORE:
        return value_less(cx, a, b, cx->precision);
    case AFTER:
        return value_less(cx, b, a, cx->precision);
    case SAME | BEFORE:
        return value_less_or_equal(cx, a, b, cx->precision);
    case SAME | AFTER:
        return value_less_or_equal(cx, b, a, cx->precision);
    default:
        return value_equal_points(cx, a, b, cx->precision);
    }
}

static enum op_result ordered(struct op_context *cx, const struct value *args, int wanted,
                              struct value *out) {
    if (cx->precision == PRECISION_WEEK) {
        return op_error(cx, "dates cannot be compared by weeks, because weeks are numbered in "
                            "several ways; use days");
    }
    if (op_is_uncertain(&args[0]) || op_is_uncertain(&args[1])) {
        cx->reason = NULL_PRECISION;
        return op_from_logic(cx, ordered_ranges(cx, &args[0], &args[1], wanted), out);
    }
    int order = datetime_compare(&args[0].datetime, &args[1].datetime, cx->precision,
                                 op_request_offset(cx));
    if (order == DATETIME_UNKNOWN) {
        return op_null(cx, NULL_PRECISION, out);
    }
    return op_boolean(wanted & (1 << (order + 1)), out);
}

enum op_result op_after(struct op_context *cx, const struct value *args, struct value *out) {
    return ordered(cx, args, AFTER, out);
}

enum op_result op_before(struct op_context *cx, const struct value *args, struct value *out) {
    return ordered(cx, args, BEFORE, out);
}

enum op_result op_same_as(struct op_context *cx, const struct value *args, struct value *out) {
    return ordered(cx, args, SAME, out);
}

enum op_result op_same_or_after(struct op_context *cx, const struct value *args,
                                struct value *out) {
    return ordered(cx, args, SAME | AFTER, out);
}

enum op_result op_same_or_before(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    return ordered(cx, args, SAME | BEFORE, out);
}

/* A Date counts as a whole day only for days and coarser units. */
static enum value_kind kind_for(const struct value *v, enum precision unit) {
    bool instants = v->kind == VALUE_DATE && unit > PRECISION_DAY;
    return instants ? VALUE_DATETIME : (enum value_kind)v->kind;
}

typedef struct datetime_span count_units(const struct datetime *a, const struct datetime *b,
                                         enum value_kind kind, enum precision unit, int16_t offset);

/* From the latest that `a` can be to the earliest of `b` there are least, the other way round most.
 */
static enum op_result between(struct op_context *cx, count_units *count, const struct value *a,
                              const struct value *b, struct value *out) {
    enum precision unit = cx->precision == PRECISION_NONE ? PRECISION_YEAR : cx->precision;
    enum value_kind kind = kind_for(op_least(a), unit);
    int16_t offset = op_request_offset(cx);
    struct datetime_span fewest =
        count(&op_greatest(a)->datetime, &op_least(b)->datetime, kind, unit, offset);
    if (!op_is_uncertain(a) && !op_is_uncertain(b)) {
        return op_integer_between(cx, fewest.low, fewest.high, out);
    }
    struct datetime_span most =
        count(&op_least(a)->datetime, &op_greatest(b)->datetime, kind, unit, offset);
    return op_integer_between(cx, fewest.low, most.high, out);
}

static enum op_result duration(struct op_context *cx, const struct value *a, const struct value *b,
                               struct value *out) {
    return between(cx, datetime_duration, a, b, out);
}

enum op_result op_duration_between(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return duration(cx, &args[0], &args[1], out);
}

enum op_result op_difference_between(struct op_context *cx, const struct value *args,
                                     struct value *out) {
    return between(cx, datetime_difference, &args[0], &args[1], out);
}

static struct value today(const struct op_context *cx) {
    struct value date = {.kind = VALUE_DATE,
                         .datetime = datetime_truncate(&cx->now, PRECISION_DAY)};
    date.datetime.offset_min = OFFSET_OF_REQUEST;
    return date;
}

enum op_result op_calculate_age(struct op_context *cx, const struct value *args,
                                struct value *out) {
    struct value now = {.kind = VALUE_DATETIME, .datetime = cx->now};
    struct value as_of = op_least(&args[0])->kind == VALUE_DATE ? today(cx) : now;
    return duration(cx, &args[0], &as_of, out);
}

enum op_result op_calculate_age_at(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return duration(cx, &args[0], &args[1], out);
}

enum op_result op_now(struct op_context *cx, const struct value *args, struct value *out) {
    (void)args;
    *out = (struct value){.kind = VALUE_DATETIME, .datetime = cx->now};
    return OP_OK;
}

enum op_result op_today(struct op_context *cx, const struct value *args, struct value *out) {
    (void)args;
    *out = today(cx);
    return OP_OK;
}

static struct value clock_of(const struct datetime *d) {
    struct value time = {.kind = VALUE_TIME, .datetime = *d};
    time.datetime.year = 0;
    time.datetime.month = time.datetime.day = 0;
    time.datetime.offset_min = OFFSET_OF_REQUEST;
    return time;
}

enum op_result op_time_of_day(struct op_context *cx, const struct value *args, struct value *out) {
    (void)args;
    *out = clock_of(&cx->now);
    return OP_OK;
}

enum op_result op_component_from(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    const struct datetime *d = &args[0].datetime;
    enum precision wanted = cx->precision;
    if (wanted == PRECISION_WEEK || wanted == PRECISION_NONE) {
        return op_error(cx, "a date has no number of the week; use year, month or day");
    }
    if (d->precision < wanted || (args[0].kind == VALUE_TIME && wanted < PRECISION_HOUR)) {
        return op_null(cx, NULL_PRECISION, out);
    }
    const int32_t components[] = {[PRECISION_YEAR] = d->year,
                                  [PRECISION_MONTH] = d->month,
                                  [PRECISION_DAY] = d->day,
                                  [PRECISION_HOUR] = d->hour,
                                  [PRECISION_MINUTE] = d->minute,
                                  [PRECISION_SECOND] = d->second,
                                  [PRECISION_MILLISECOND] = d->millisecond};
    *out = value_integer(components[wanted]);
    return OP_OK;
}

enum op_result op_timezone_offset_from(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    int16_t offset_min = args[0].datetime.offset_min;
    offset_min = offset_min == OFFSET_OF_REQUEST ? op_request_offset(cx) : offset_min;
    i128 hours = 0;
    (void)decimal_divide(offset_min * DECIMAL_ONE, 60 * DECIMAL_ONE, &hours);
    *out = value_decimal(hours, decimal_scale_needed(hours));
    return OP_OK;
}

static enum op_result date_of(struct op_context *cx, const struct value *args, struct value *out) {
    (void)cx;
    *out = (struct value){.kind = VALUE_DATE,
                          .datetime = datetime_truncate(&args[0].datetime, PRECISION_DAY)};
    out->datetime.offset_min = OFFSET_OF_REQUEST;
    return OP_OK;
}

enum op_result op_date_from(struct op_context *cx, const struct value *args, struct value *out) {
    return op_increasing(cx, date_of, args, 1, out);
}

/* The time of day at the request's offset. An hour alone cannot be moved by half an hour. */
enum op_result op_time_from(struct op_context *cx, const struct value *args, struct value *out) {
    const struct datetime *d = &args[0].datetime;
    int16_t request = op_request_offset(cx);
    int shift = d->offset_min == OFFSET_OF_REQUEST ? 0 : request - d->offset_min;
    if (d->precision < PRECISION_HOUR || (d->precision == PRECISION_HOUR && shift % 60 != 0)) {
        return op_null(cx, NULL_PRECISION, out);
    }
    struct datetime here = datetime_from_ms(datetime_first_ms(d, request), request);
    here.precision = d->precision;
    *out = clock_of(&here);
    return OP_OK;
}
