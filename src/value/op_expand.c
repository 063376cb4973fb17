/* expand (CQL 1.5 reference, section 19): an interval in steps of `per`. Ends are cut to the
 * precision of `per`; a step is as long as `per` and consists of points of that precision. */
#include "base/limits.h"
#include "value/compare.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_support.h"
#include "value/ucum.h"

/* A growing list in the arena; what it outgrows stays there until the subject is done. */
struct growing {
    struct value *items;
    uint32_t count;
    uint32_t capacity;
};

static enum op_result push(struct op_context *cx, struct growing *list, struct value item) {
    if (list->count == LIMIT_LIST_ITEMS) {
        return op_error(cx, "expand would give more than %u items", LIMIT_LIST_ITEMS);
    }
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct value *items = ARENA_ARRAY(cx->arena, capacity, struct value);
        if (!items) {
            return OP_NO_MEMORY;
        }
        if (list->count > 0) {
            memcpy(items, list->items, list->count * sizeof(*items));
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
    return OP_OK;
}

/* How to expand: `as_points` gives the first point of each step, else the step. */
struct expansion {
    struct growing list;
    const struct quantity *per; /* NULL: one, at the coarsest precision of the ends */
    bool unknown;               /* an end is known only to lie in a range */
    bool as_points;
};

static enum op_result add_step(struct op_context *cx, struct expansion *e, struct value low,
                               struct value high) {
    if (e->as_points) {
        return push(cx, &e->list, low);
    }
    struct value step;
    enum op_result result = op_interval(cx, VALUE_INTERVAL, low, high, &step);
    return result == OP_OK ? push(cx, &e->list, step) : result;
}

static bool is_datetime(const struct value *v) {
    return v->kind == VALUE_DATE || v->kind == VALUE_DATETIME || v->kind == VALUE_TIME;
}

static enum op_result expand_dates(struct op_context *cx, struct expansion *e,
                                   const struct value *start, const struct value *end) {
    enum value_kind kind = (enum value_kind)start->kind;
    enum precision unit = start->datetime.precision < end->datetime.precision
                              ? (enum precision)start->datetime.precision
                              : (enum precision)end->datetime.precision;
    i128 amount = DECIMAL_ONE;
    if (e->per) {
        unit = unit_date_precision(e->per->unit);
        amount = e->per->value;
    }
    enum precision cut = unit;
    if (unit == PRECISION_WEEK) {
        cut = PRECISION_DAY;
        amount *= 7;
        unit = PRECISION_DAY;
    }
    if (unit == PRECISION_NONE || amount < DECIMAL_ONE || start->datetime.precision < cut ||
        end->datetime.precision < cut) {
        return OP_OK;
    }
    amount -= amount % DECIMAL_ONE;
    struct value low = *start, last = *end, high, next;
    low.datetime = datetime_truncate(&low.datetime, cut);
    last.datetime = datetime_truncate(&last.datetime, cut);
    for (;;) {
        high = next = low;
        if (!datetime_add(&low.datetime, kind, amount - DECIMAL_ONE, unit, &high.datetime) ||
            value_less_or_equal(cx, &low, &high, PRECISION_NONE) != LOGIC_TRUE ||
            value_less_or_equal(cx, &high, &last, PRECISION_NONE) != LOGIC_TRUE) {
            return OP_OK;
        }
        enum op_result result = add_step(cx, e, low, high);
        if (result != OP_OK) {
            return result;
        }
        /* A Time goes round midnight, and there is no year 10000. */
        if (!datetime_add(&low.datetime, kind, amount, unit, &next.datetime) ||
            value_less(cx, &high, &next, PRECISION_NONE) != LOGIC_TRUE) {
            return OP_OK;
        }
        low = next;
    }
}

static i128 power_of_ten(int exponent) {
    i128 power = 1;
    while (exponent-- > 0) {
        power *= 10;
    }
    return power;
}

static i128 floor_to(i128 value, i128 step) {
    i128 rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

/* Numbers as the steps count them, all scaled by 10^8. */
struct numbers {
    i128 start;
    i128 end;
    i128 per;
    int decimals; /* of the steps' points */
    bool whole;   /* the points are whole numbers: each covers all up to the next */
    const struct unit *unit;
    enum value_kind kind;
};

static struct value number(const struct numbers *n, i128 value) {
    if (n->kind == VALUE_INTEGER) {
        return value_integer((int32_t)(value / DECIMAL_ONE));
    }
    if (n->kind == VALUE_LONG) {
        return value_long((int64_t)(value / DECIMAL_ONE));
    }
    return value_decimal(value, (uint8_t)n->decimals);
}

static enum op_result point(struct op_context *cx, const struct numbers *n, i128 value,
                            struct value *out) {
    if (n->kind == VALUE_QUANTITY) {
        return op_quantity(cx, &(struct quantity){value, (uint8_t)n->decimals, n->unit}, out);
    }
    *out = number(n, value);
    return OP_OK;
}

static enum op_result expand_numbers(struct op_context *cx, struct expansion *e,
                                     struct numbers *n) {
    i128 step = power_of_ten(8 - n->decimals);
    i128 low = floor_to(n->start, step), last = floor_to(n->end, step);
    if (n->whole && step < DECIMAL_ONE) {
        last += DECIMAL_ONE - step;
    }
    for (; low <= last && n->per - step <= last - low; low += n->per) {
        struct value from, to;
        enum op_result result = point(cx, n, low, &from);
        if (result == OP_OK) {
            result = point(cx, n, low + n->per - step, &to);
        }
        if (result == OP_OK) {
            result = add_step(cx, e, from, to);
        }
        if (result != OP_OK) {
            return result;
        }
    }
    return OP_OK;
}

static int scale_of(const struct value *v) {
    return v->kind == VALUE_DECIMAL ? v->scale : v->kind == VALUE_QUANTITY ? v->quantity->scale : 0;
}

static bool read_numbers(const struct value *start, const struct value *end, struct numbers *n) {
    n->kind = (enum value_kind)start->kind;
    switch (n->kind) {
    case VALUE_INTEGER:
        n->start = start->integer * DECIMAL_ONE;
        n->end = end->integer * DECIMAL_ONE;
        n->whole = true;
        return true;
    case VALUE_LONG:
        n->start = start->longint * DECIMAL_ONE;
        n->end = end->longint * DECIMAL_ONE;
        n->whole = true;
        return true;
    case VALUE_DECIMAL:
        n->start = start->decimal;
        n->end = end->decimal;
        return true;
    case VALUE_QUANTITY:
        n->start = start->quantity->value;
        n->unit = start->quantity->unit;
        return unit_convert(end->quantity->unit, n->unit, end->quantity->value, &n->end) ==
               UNIT_DONE;
    default:
        return false;
    }
}

/* The step, and the decimals of its points; false when `per` does not fit the points. */
static bool read_per(const struct expansion *e, const struct value *start, const struct value *end,
                     struct numbers *n) {
    if (!e->per) {
        int a = scale_of(start), b = scale_of(end);
        n->decimals = a < b ? a : b;
        n->per = power_of_ten(8 - n->decimals);
        return true;
    }
    n->per = e->per->value;
    if (n->kind == VALUE_QUANTITY) {
        if (unit_convert(e->per->unit, n->unit, n->per, &n->per) != UNIT_DONE) {
            return false;
        }
    } else if (!unit_is_one(e->per->unit)) {
        return false;
    }
    int needed = decimal_scale_needed(n->per);
    n->decimals = needed > e->per->scale ? needed : e->per->scale;
    if (n->whole && n->decimals > 0) {
        n->kind = VALUE_DECIMAL;
    }
    return n->per > 0;
}

static enum op_result expand_one(struct op_context *cx, struct expansion *e,
                                 const struct interval *interval) {
    struct value start, end;
    if (value_is_null(&interval->low) || value_is_null(&interval->high)) {
        return OP_OK;
    }
    enum op_result result = interval_start(cx, interval, &start);
    if (result == OP_OK) {
        result = interval_end(cx, interval, &end);
    }
    if (op_is_uncertain(&start) || op_is_uncertain(&end)) {
        e->unknown = true;
        return result;
    }
    if (result != OP_OK || start.kind != end.kind) {
        return result;
    }
    if (is_datetime(&start)) {
        return expand_dates(cx, e, &start, &end);
    }
    struct numbers n = {.whole = false};
    if (!read_numbers(&start, &end, &n) || !read_per(e, &start, &end, &n)) {
        return OP_OK;
    }
    return expand_numbers(cx, e, &n);
}

static enum op_result finish(struct op_context *cx, const struct expansion *e, struct value *out) {
    if (e->unknown) {
        return op_null(cx, NULL_PRECISION, out);
    }
    struct list *list = ARENA_NEW(cx->arena, struct list);
    if (!list) {
        return OP_NO_MEMORY;
    }
    *list = (struct list){e->list.count, e->list.items};
    *out = (struct value){.kind = VALUE_LIST, .list = list};
    return OP_OK;
}

enum op_result op_expand_interval(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    struct expansion e = {.as_points = true,
                          .per = value_is_null(&args[1]) ? NULL : args[1].quantity};
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    enum op_result result = expand_one(cx, &e, args[0].interval);
    return result == OP_OK ? finish(cx, &e, out) : result;
}

enum op_result op_expand_list(struct op_context *cx, const struct value *args, struct value *out) {
    struct expansion e = {.per = value_is_null(&args[1]) ? NULL : args[1].quantity};
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    const struct list *list = args[0].list;
    enum op_result result = OP_OK;
    for (uint32_t i = 0; result == OP_OK && i < list->count; i++) {
        if (!value_is_null(&list->items[i])) {
            result = expand_one(cx, &e, list->items[i].interval);
        }
    }
    return result == OP_OK ? finish(cx, &e, out) : result;
}
