/* Intervals as sets of points: their ends, width and size, union, intersection, difference and
 * collapse (CQL 1.5 reference, section 19). */
#include "base/limits.h"
#include "value/compare.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/op_support.h"
#include "value/ucum.h"

struct ends {
    struct value start;
    struct value end;
};

static enum op_result ends_of(struct op_context *cx, const struct value *v, struct ends *out) {
    enum op_result result = interval_start(cx, v->interval, &out->start);
    return result == OP_OK ? interval_end(cx, v->interval, &out->end) : result;
}

static enum op_result both_ends(struct op_context *cx, const struct value *args, struct ends *a,
                                struct ends *b) {
    enum op_result result = ends_of(cx, &args[0], a);
    return result == OP_OK ? ends_of(cx, &args[1], b) : result;
}

enum op_result op_start(struct op_context *cx, const struct value *args, struct value *out) {
    cx->reason = NULL_NOT_SAID;
    return interval_start(cx, args[0].interval, out);
}

enum op_result op_end(struct op_context *cx, const struct value *args, struct value *out) {
    cx->reason = NULL_NOT_SAID;
    return interval_end(cx, args[0].interval, out);
}

/* end - start + extra, where extra counts points. */
static enum op_result length_of(struct op_context *cx, const struct value *interval,
                                bool count_points, struct value *out) {
    struct ends ends;
    enum op_result result = ends_of(cx, interval, &ends);
    if (result != OP_OK) {
        return result;
    }
    if (ends.start.kind != ends.end.kind || ends.start.kind == VALUE_UNCERTAINTY ||
        value_is_null(&ends.start)) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    i128 length;
    switch ((enum value_kind)ends.start.kind) {
    case VALUE_INTEGER:
        length = (i128)ends.end.integer - ends.start.integer + count_points;
        if (length > INT32_MAX || length < INT32_MIN) {
            return op_null(cx, NULL_RANGE, out);
        }
        *out = value_integer((int32_t)length);
        return OP_OK;
    case VALUE_LONG:
        length = (i128)ends.end.longint - ends.start.longint + count_points;
        if (length > INT64_MAX || length < INT64_MIN) {
            return op_null(cx, NULL_RANGE, out);
        }
        *out = value_long((int64_t)length);
        return OP_OK;
    case VALUE_DECIMAL:
        if (!decimal_subtract(ends.end.decimal, ends.start.decimal, &length) ||
            !decimal_add(length, count_points, &length)) {
            return op_null(cx, NULL_RANGE, out);
        }
        *out = value_decimal(length,
                             ends.start.scale > ends.end.scale ? ends.start.scale : ends.end.scale);
        return OP_OK;
    case VALUE_QUANTITY: {
        struct quantity q = *ends.end.quantity;
        enum unit_answer answer =
            unit_convert(ends.start.quantity->unit, q.unit, ends.start.quantity->value, &length);
        if (answer != UNIT_DONE || !decimal_subtract(q.value, length, &q.value) ||
            !decimal_add(q.value, count_points, &q.value)) {
            return op_null(cx, answer == UNIT_INCOMPATIBLE ? NULL_UNIT : NULL_RANGE, out);
        }
        return op_quantity(cx, &q, out);
    }
    default:
        return op_error(cx, "an interval of %s has no width; say the unit, as in 'days between'",
                        value_kind_name((enum value_kind)ends.start.kind));
    }
}

enum op_result op_width(struct op_context *cx, const struct value *args, struct value *out) {
    return length_of(cx, &args[0], false, out);
}

enum op_result op_size(struct op_context *cx, const struct value *args, struct value *out) {
    return length_of(cx, &args[0], true, out);
}

enum op_result op_point_from(struct op_context *cx, const struct value *args, struct value *out) {
    struct ends ends;
    enum op_result result = ends_of(cx, &args[0], &ends);
    if (result != OP_OK) {
        return result;
    }
    cx->reason = NULL_NOT_SAID;
    switch (value_equal_points(cx, &ends.start, &ends.end, PRECISION_NONE)) {
    case LOGIC_TRUE:
        *out = ends.start;
        return OP_OK;
    case LOGIC_FALSE:
        return op_error(cx, "'point from' wants an interval of one point; this one has more");
    default:
        return op_null(cx, cx->reason, out);
    }
}

/* One end of a result: as its maker wrote it when it is null, else the closed point. */
struct end {
    struct value value;
    bool closed;
};

static struct end low_end(const struct interval *interval, const struct value *start) {
    return value_is_null(&interval->low) ? (struct end){interval->low, interval->low_closed}
                                         : (struct end){*start, true};
}

static struct end high_end(const struct interval *interval, const struct value *end) {
    return value_is_null(&interval->high) ? (struct end){interval->high, interval->high_closed}
                                          : (struct end){*end, true};
}

static enum op_result make_interval(struct op_context *cx, struct end low, struct end high,
                                    const struct interval *like, struct value *out) {
    struct interval *interval = ARENA_NEW(cx->arena, struct interval);
    if (!interval) {
        return OP_NO_MEMORY;
    }
    *interval = (struct interval){.low = low.value,
                                  .high = high.value,
                                  .low_closed = low.closed,
                                  .high_closed = high.closed,
                                  .point = like->point};
    *out = (struct value){.kind = VALUE_INTERVAL, .interval = interval};
    return OP_OK;
}

static const struct end unknown_end = {{.kind = VALUE_NULL}, false};

/* The interval from the earlier (later) start to the later (earlier) end; an end that cannot be
 * told is unknown: open and null. */
static enum op_result span(struct op_context *cx, const struct value *args, const struct ends *a,
                           const struct ends *b, bool widest, struct value *out) {
    const struct interval *ia = args[0].interval, *ib = args[1].interval;
    enum logic a_first = value_less_or_equal(cx, &a->start, &b->start, PRECISION_NONE);
    enum logic a_last = value_less_or_equal(cx, &b->end, &a->end, PRECISION_NONE);
    enum logic take_low =
        widest ? a_first : value_less_or_equal(cx, &b->start, &a->start, PRECISION_NONE);
    enum logic take_high =
        widest ? a_last : value_less_or_equal(cx, &a->end, &b->end, PRECISION_NONE);
    struct end low = take_low == LOGIC_TRUE    ? low_end(ia, &a->start)
                     : take_low == LOGIC_FALSE ? low_end(ib, &b->start)
                                               : unknown_end;
    struct end high = take_high == LOGIC_TRUE    ? high_end(ia, &a->end)
                      : take_high == LOGIC_FALSE ? high_end(ib, &b->end)
                                                 : unknown_end;
    return make_interval(cx, low, high, ia, out);
}

static enum logic overlap(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return logic_and(value_less_or_equal(cx, &a->start, &b->end, PRECISION_NONE),
                     value_less_or_equal(cx, &b->start, &a->end, PRECISION_NONE));
}

/* The next point after `end` is at or after `start`: nothing lies between. */
static enum op_result reaches(struct op_context *cx, const struct value *end,
                              const struct value *start, enum logic *answer) {
    struct value next;
    *answer = value_less_or_equal(cx, start, end, PRECISION_NONE);
    if (*answer == LOGIC_TRUE) {
        return OP_OK;
    }
    /* An end that lies before a start has a next point. */
    enum op_result result = value_step(cx, end, true, &next);
    if (result == OP_OK) {
        *answer = value_less_or_equal(cx, start, &next, PRECISION_NONE);
    }
    return result;
}

enum op_result op_intersect_interval(struct op_context *cx, const struct value *args,
                                     struct value *out) {
    struct ends a, b;
    enum op_result result = both_ends(cx, args, &a, &b);
    if (result != OP_OK) {
        return result;
    }
    cx->reason = NULL_NOT_SAID;
    enum logic answer = overlap(cx, &a, &b);
    if (answer != LOGIC_TRUE) {
        return op_null(cx, answer == LOGIC_FALSE ? NULL_EMPTY : cx->reason, out);
    }
    return span(cx, args, &a, &b, false, out);
}

enum op_result op_union_interval(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    struct ends a, b;
    enum logic a_reaches, b_reaches = LOGIC_FALSE;
    enum op_result result = both_ends(cx, args, &a, &b);
    cx->reason = NULL_NOT_SAID;
    if (result == OP_OK) {
        result = reaches(cx, &a.end, &b.start, &a_reaches);
    }
    if (result == OP_OK && a_reaches != LOGIC_FALSE) {
        result = reaches(cx, &b.end, &a.start, &b_reaches);
    }
    if (result != OP_OK) {
        return result;
    }
    enum logic joined = logic_and(a_reaches, b_reaches);
    if (joined != LOGIC_TRUE) {
        return op_null(cx, joined == LOGIC_FALSE ? NULL_EMPTY : cx->reason, out);
    }
    return span(cx, args, &a, &b, true, out);
}

enum op_result op_except_interval(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    struct ends a, b;
    enum op_result result = both_ends(cx, args, &a, &b);
    if (result != OP_OK) {
        return result;
    }
    cx->reason = NULL_NOT_SAID;
    enum logic apart = logic_not(overlap(cx, &a, &b));
    enum logic left = value_less(cx, &a.start, &b.start, PRECISION_NONE);
    enum logic right = value_less(cx, &b.end, &a.end, PRECISION_NONE);
    if (apart == LOGIC_TRUE) {
        *out = args[0];
        return OP_OK;
    }
    if (apart == LOGIC_UNKNOWN || left == LOGIC_UNKNOWN || right == LOGIC_UNKNOWN) {
        return op_null(cx, cx->reason, out);
    }
    /* Nothing is left, or two pieces. */
    if (left == right) {
        return op_null(cx, NULL_EMPTY, out);
    }
    struct end low = low_end(args[0].interval, &a.start), high = high_end(args[0].interval, &a.end);
    if (left == LOGIC_TRUE) {
        high.closed = true;
        result = value_step(cx, &b.start, false, &high.value);
    } else {
        low.closed = true;
        result = value_step(cx, &b.end, true, &low.value);
    }
    return result == OP_OK ? make_interval(cx, low, high, args[0].interval, out) : result;
}

/* The coarsest precision of all ends, or none when they are no dates. */
static enum precision coarsest(const struct ends *ends, uint32_t count) {
    int precision = PRECISION_MILLISECOND;
    for (uint32_t i = 0; i < count; i++) {
        const struct value *both[] = {&ends[i].start, &ends[i].end};
        for (int k = 0; k < 2; k++) {
            if (both[k]->kind != VALUE_DATE && both[k]->kind != VALUE_DATETIME &&
                both[k]->kind != VALUE_TIME) {
                return PRECISION_NONE;
            }
            precision =
                both[k]->datetime.precision < precision ? both[k]->datetime.precision : precision;
        }
    }
    return (enum precision)precision;
}

/* The furthest start that still joins an interval that ends at `end`. */
static enum op_result furthest_start(struct op_context *cx, const struct value *end,
                                     const struct quantity *per, enum precision precision,
                                     struct value *out) {
    struct value cut = *end;
    if (precision != PRECISION_NONE) {
        cut.datetime = datetime_truncate(&cut.datetime, precision);
    }
    if (!per || per->value == 0) {
        return value_step(cx, &cut, true, out);
    }
    *out = cut;
    i128 amount = per->value, sum;
    switch ((enum value_kind)cut.kind) {
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        if (!datetime_add(&cut.datetime, (enum value_kind)cut.kind, amount,
                          unit_date_precision(per->unit), &out->datetime)) {
            return op_null(cx, NULL_RANGE, out);
        }
        return OP_OK;
    case VALUE_INTEGER:
        sum = cut.integer * DECIMAL_ONE;
        break;
    case VALUE_LONG:
        sum = cut.longint * DECIMAL_ONE;
        break;
    case VALUE_DECIMAL:
        sum = cut.decimal;
        break;
    case VALUE_QUANTITY:
        sum = cut.quantity->value;
        break;
    default:
        return op_null(cx, NULL_NOT_SAID, out);
    }
    if (!decimal_add(sum, amount, &sum)) {
        return op_null(cx, NULL_RANGE, out);
    }
    if (cut.kind == VALUE_QUANTITY) {
        return op_quantity(cx, &(struct quantity){sum, cut.quantity->scale, cut.quantity->unit},
                           out);
    }
    *out = value_decimal(sum, DECIMAL_SCALE_MAX);
    return OP_OK;
}

/* `per` in the terms of the points: for quantities, in their unit; false when it does not fit. */
static bool fit_per(const struct value *point, struct quantity *per) {
    if (point->kind == VALUE_QUANTITY) {
        bool ok =
            unit_convert(per->unit, point->quantity->unit, per->value, &per->value) == UNIT_DONE;
        per->unit = point->quantity->unit;
        return ok;
    }
    bool is_date =
        point->kind == VALUE_DATE || point->kind == VALUE_DATETIME || point->kind == VALUE_TIME;
    return is_date ? unit_date_precision(per->unit) != PRECISION_NONE : unit_is_one(per->unit);
}

struct piece {
    struct ends ends;
    struct value interval;
};

static void sort_pieces(struct op_context *cx, struct piece *pieces, uint32_t count,
                        struct piece *spare) {
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t low = 0; low < count; low += 2 * width) {
            uint32_t middle = low + width < count ? low + width : count;
            uint32_t high = low + 2 * width < count ? low + 2 * width : count;
            uint32_t i = low, j = middle;
            for (uint32_t k = low; k < high; k++) {
                bool left = i < middle && (j >= high || value_order(cx, &pieces[i].ends.start,
                                                                    &pieces[j].ends.start) <= 0);
                spare[k] = left ? pieces[i++] : pieces[j++];
            }
        }
        memcpy(pieces, spare, count * sizeof(*pieces));
    }
}

/* Intervals that are there and of which an end is known. */
static enum op_result gather(struct op_context *cx, const struct list *list, struct piece *pieces,
                             uint32_t *count) {
    *count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct value *item = &list->items[i];
        if (value_is_null(item)) {
            continue;
        }
        const struct interval *interval = item->interval;
        bool open = !interval->low_closed && !interval->high_closed;
        bool unbounded = value_is_null(&interval->low) && value_is_null(&interval->high);
        if (unbounded && (open || interval->point == VALUE_NULL)) {
            continue;
        }
        struct piece *piece = &pieces[(*count)++];
        piece->interval = *item;
        enum op_result result = ends_of(cx, item, &piece->ends);
        if (result != OP_OK) {
            return result;
        }
    }
    return OP_OK;
}

/* Joins pieces[i + 1] to pieces[i] where it overlaps or meets; *joined says. */
static enum op_result join(struct op_context *cx, struct piece *piece, const struct piece *next,
                           const struct quantity *per, enum precision precision,
                           enum logic *joined) {
    struct value reach;
    enum op_result result = OP_OK;
    *joined = value_less_or_equal(cx, &next->ends.start, &piece->ends.end, precision);
    if (*joined != LOGIC_TRUE) {
        result = furthest_start(cx, &piece->ends.end, per, precision, &reach);
        if (result == OP_OK && !value_is_null(&reach)) {
            *joined = value_less_or_equal(cx, &next->ends.start, &reach, precision);
        }
    }
    if (result != OP_OK || *joined != LOGIC_TRUE) {
        return result;
    }
    struct value pair[2] = {piece->interval, next->interval};
    result = span(cx, pair, &piece->ends, &next->ends, true, &piece->interval);
    return result == OP_OK ? ends_of(cx, &piece->interval, &piece->ends) : result;
}

enum op_result op_collapse(struct op_context *cx, const struct value *args, struct value *out) {
    cx->reason = NULL_NOT_SAID;
    if (value_is_null(&args[0])) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    const struct list *list = args[0].list;
    struct piece *pieces = ARENA_ARRAY(cx->arena, list->count, struct piece);
    struct piece *spare = ARENA_ARRAY(cx->arena, list->count, struct piece);
    struct value *items = ARENA_ARRAY(cx->arena, list->count, struct value);
    struct list *answer = ARENA_NEW(cx->arena, struct list);
    if (!answer || (list->count > 0 && (!pieces || !spare || !items))) {
        return OP_NO_MEMORY;
    }
    uint32_t count;
    enum op_result result = gather(cx, list, pieces, &count);
    if (result != OP_OK) {
        return result;
    }
    sort_pieces(cx, pieces, count, spare);
    struct quantity per = {.value = 0};
    bool has_per = !value_is_null(&args[1]) && count > 0;
    enum precision precision = PRECISION_NONE;
    struct ends first;
    if (count > 0) {
        first = pieces[0].ends;
        precision = coarsest(&first, 1);
        for (uint32_t i = 1; i < count && precision != PRECISION_NONE; i++) {
            enum precision other = coarsest(&pieces[i].ends, 1);
            precision = other < precision ? other : precision;
        }
    }
    if (has_per) {
        per = *args[1].quantity;
        if (!fit_per(op_least(&first.start), &per)) {
            return op_null(cx, NULL_UNIT, out);
        }
        precision = precision == PRECISION_NONE ? precision : unit_date_precision(per.unit);
        precision = precision == PRECISION_WEEK ? PRECISION_DAY : precision;
    }
    answer->items = items;
    for (uint32_t i = 0; i < count; i++) {
        struct piece *last = &spare[0];
        enum logic joined = LOGIC_FALSE;
        if (i > 0) {
            result = join(cx, last, &pieces[i], has_per ? &per : NULL, precision, &joined);
        }
        if (result != OP_OK) {
            return result;
        }
        if (joined == LOGIC_UNKNOWN) {
            return op_null(cx, cx->reason, out);
        }
        if (joined == LOGIC_FALSE) {
            *last = pieces[i];
            answer->count++;
        }
        items[answer->count - 1] = last->interval;
    }
    *out = (struct value){.kind = VALUE_LIST, .list = answer};
    return OP_OK;
}
