/* Relations of intervals and points (CQL 1.5 reference, section 19). Every relation is a formula in
 * the first and last points of both, in three-valued logic; a point stands for the interval that
 * begins and ends with it. */
#include "value/compare.h"
#include "value/datetime.h"
#include "value/op_support.h"

struct ends {
    struct value start;
    struct value end;
};

static bool is_unbounded(const struct interval *interval) {
    return value_is_null(&interval->low) && value_is_null(&interval->high);
}

/* Interval[null, null] of no known point type. */
static bool is_null_interval(const struct value *v) {
    return v->kind == VALUE_INTERVAL && is_unbounded(v->interval) &&
           v->interval->point == VALUE_NULL;
}

static enum op_result ends_of(struct op_context *cx, const struct value *v, struct ends *out) {
    if (v->kind != VALUE_INTERVAL) {
        *out = (struct ends){*v, *v};
        return OP_OK;
    }
    enum op_result result = interval_start(cx, v->interval, &out->start);
    return result == OP_OK ? interval_end(cx, v->interval, &out->end) : result;
}

typedef enum logic relation(struct op_context *cx, const struct ends *a, const struct ends *b);

static enum op_result relate(struct op_context *cx, const struct value *args, relation *holds,
                             struct value *out) {
    struct ends a, b;
    enum op_result result = ends_of(cx, &args[0], &a);
    if (result == OP_OK) {
        result = ends_of(cx, &args[1], &b);
    }
    if (result != OP_OK) {
        return result;
    }
    cx->reason = NULL_NOT_SAID;
    return op_from_logic(cx, holds(cx, &a, &b), out);
}

static enum logic less(struct op_context *cx, const struct value *a, const struct value *b) {
    return value_less(cx, a, b, cx->precision);
}

static enum logic at_most(struct op_context *cx, const struct value *a, const struct value *b) {
    return value_less_or_equal(cx, a, b, cx->precision);
}

static enum logic same(struct op_context *cx, const struct value *a, const struct value *b) {
    return value_equal_points(cx, a, b, cx->precision);
}

static enum logic is_before(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return less(cx, &a->end, &b->start);
}

static enum logic is_after(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return less(cx, &b->end, &a->start);
}

static enum logic is_same_as(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return logic_and(same(cx, &a->start, &b->start), same(cx, &a->end, &b->end));
}

static enum logic is_same_or_after(struct op_context *cx, const struct ends *a,
                                   const struct ends *b) {
    return at_most(cx, &b->end, &a->start);
}

static enum logic is_same_or_before(struct op_context *cx, const struct ends *a,
                                    const struct ends *b) {
    return at_most(cx, &a->end, &b->start);
}

static enum logic starts(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return logic_and(same(cx, &a->start, &b->start), at_most(cx, &a->end, &b->end));
}

static enum logic ends(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return logic_and(same(cx, &a->end, &b->end), at_most(cx, &b->start, &a->start));
}

static enum logic includes(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return logic_and(at_most(cx, &a->start, &b->start), at_most(cx, &b->end, &a->end));
}

static enum logic overlaps(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return logic_and(at_most(cx, &a->start, &b->end), at_most(cx, &b->start, &a->end));
}

static enum logic overlaps_before(struct op_context *cx, const struct ends *a,
                                  const struct ends *b) {
    return logic_and(less(cx, &a->start, &b->start), at_most(cx, &b->start, &a->end));
}

static enum logic overlaps_after(struct op_context *cx, const struct ends *a,
                                 const struct ends *b) {
    return logic_and(less(cx, &b->end, &a->end), at_most(cx, &a->start, &b->end));
}

static enum logic properly_includes(struct op_context *cx, const struct ends *a,
                                    const struct ends *b) {
    return logic_and(includes(cx, a, b),
                     logic_or(less(cx, &a->start, &b->start), less(cx, &b->end, &a->end)));
}

/* A point inside, not at an end. */
static enum logic encloses(struct op_context *cx, const struct ends *a, const struct ends *b) {
    return logic_and(less(cx, &a->start, &b->start), less(cx, &b->end, &a->end));
}

/* The end of `a` is the point before the start of `b`, at the precision asked for. */
static enum op_result is_met(struct op_context *cx, const struct ends *a, const struct ends *b,
                             enum logic *answer) {
    *answer = less(cx, &a->end, &b->start);
    if (*answer == LOGIC_FALSE) {
        return OP_OK;
    }
    struct value last = a->end, next;
    bool is_date =
        last.kind == VALUE_DATE || last.kind == VALUE_DATETIME || last.kind == VALUE_TIME;
    if (is_date && cx->precision != PRECISION_NONE) {
        last.datetime = datetime_truncate(&last.datetime, cx->precision);
    }
    enum op_result result = value_step(cx, &last, true, &next);
    if (result == OP_OK) {
        *answer = logic_and(*answer, same(cx, &next, &b->start));
    }
    return result;
}

static enum op_result relate_meeting(struct op_context *cx, const struct value *args, bool before,
                                     bool after, struct value *out) {
    struct ends a, b;
    enum logic is_before_b = LOGIC_FALSE, is_after_b = LOGIC_FALSE;
    enum op_result result = ends_of(cx, &args[0], &a);
    if (result == OP_OK) {
        result = ends_of(cx, &args[1], &b);
    }
    cx->reason = NULL_NOT_SAID;
    if (result == OP_OK && before) {
        result = is_met(cx, &a, &b, &is_before_b);
    }
    if (result == OP_OK && after) {
        result = is_met(cx, &b, &a, &is_after_b);
    }
    return result == OP_OK ? op_from_logic(cx, logic_or(is_before_b, is_after_b), out) : result;
}

enum op_result op_after_interval(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    return relate(cx, args, is_after, out);
}

enum op_result op_before_interval(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    return relate(cx, args, is_before, out);
}

enum op_result op_same_as_interval(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return relate(cx, args, is_same_as, out);
}

enum op_result op_same_or_after_interval(struct op_context *cx, const struct value *args,
                                         struct value *out) {
    return relate(cx, args, is_same_or_after, out);
}

enum op_result op_same_or_before_interval(struct op_context *cx, const struct value *args,
                                          struct value *out) {
    return relate(cx, args, is_same_or_before, out);
}

enum op_result op_after_point_interval(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    return relate(cx, args, is_after, out);
}

enum op_result op_after_interval_point(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    return relate(cx, args, is_after, out);
}

enum op_result op_before_point_interval(struct op_context *cx, const struct value *args,
                                        struct value *out) {
    return relate(cx, args, is_before, out);
}

enum op_result op_before_interval_point(struct op_context *cx, const struct value *args,
                                        struct value *out) {
    return relate(cx, args, is_before, out);
}

enum op_result op_same_as_point_interval(struct op_context *cx, const struct value *args,
                                         struct value *out) {
    return relate(cx, args, is_same_as, out);
}

enum op_result op_same_as_interval_point(struct op_context *cx, const struct value *args,
                                         struct value *out) {
    return relate(cx, args, is_same_as, out);
}

enum op_result op_same_or_after_point_interval(struct op_context *cx, const struct value *args,
                                               struct value *out) {
    return relate(cx, args, is_same_or_after, out);
}

enum op_result op_same_or_after_interval_point(struct op_context *cx, const struct value *args,
                                               struct value *out) {
    return relate(cx, args, is_same_or_after, out);
}

enum op_result op_same_or_before_point_interval(struct op_context *cx, const struct value *args,
                                                struct value *out) {
    return relate(cx, args, is_same_or_before, out);
}

enum op_result op_same_or_before_interval_point(struct op_context *cx, const struct value *args,
                                                struct value *out) {
    return relate(cx, args, is_same_or_before, out);
}

enum op_result op_starts_interval(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    return relate(cx, args, starts, out);
}

enum op_result op_ends_interval(struct op_context *cx, const struct value *args,
                                struct value *out) {
    return relate(cx, args, ends, out);
}

enum op_result op_meets_interval(struct op_context *cx, const struct value *args,
                                 struct value *out) {
    return relate_meeting(cx, args, true, true, out);
}

enum op_result op_meets_before_interval(struct op_context *cx, const struct value *args,
                                        struct value *out) {
    return relate_meeting(cx, args, true, false, out);
}

enum op_result op_meets_after_interval(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    return relate_meeting(cx, args, false, true, out);
}

enum op_result op_overlaps_interval(struct op_context *cx, const struct value *args,
                                    struct value *out) {
    return relate(cx, args, overlaps, out);
}

enum op_result op_overlaps_before_interval(struct op_context *cx, const struct value *args,
                                           struct value *out) {
    return relate(cx, args, overlaps_before, out);
}

enum op_result op_overlaps_after_interval(struct op_context *cx, const struct value *args,
                                          struct value *out) {
    return relate(cx, args, overlaps_after, out);
}

/* Inclusion: a closed end that is null goes as far as any point, so that the other interval says
 * which points Interval[null, null] is about. */
static enum op_result relate_inclusion(struct op_context *cx, const struct value *outer,
                                       const struct value *inner, relation *holds,
                                       struct value *out) {
    struct interval typed;
    struct value pair[2] = {*outer, *inner};
    if (is_null_interval(outer) && inner->kind == VALUE_INTERVAL &&
        !is_unbounded(inner->interval)) {
        typed = *outer->interval;
        const struct interval *other = inner->interval;
        typed.point = op_least(value_is_null(&other->low) ? &other->high : &other->low)->kind;
        pair[0].interval = &typed;
    }
    return relate(cx, pair, holds, out);
}

enum op_result op_includes_interval(struct op_context *cx, const struct value *args,
                                    struct value *out) {
    return relate_inclusion(cx, &args[0], &args[1], includes, out);
}

enum op_result op_included_in_interval(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    return relate_inclusion(cx, &args[1], &args[0], includes, out);
}

enum op_result op_proper_includes_interval(struct op_context *cx, const struct value *args,
                                           struct value *out) {
    return relate_inclusion(cx, &args[0], &args[1], properly_includes, out);
}

enum op_result op_proper_included_in_interval(struct op_context *cx, const struct value *args,
                                              struct value *out) {
    return relate_inclusion(cx, &args[1], &args[0], properly_includes, out);
}

/* A null interval has no points; whether a null point is in an interval is unknown. */
static enum op_result contains(struct op_context *cx, const struct value *interval,
                               const struct value *point, relation *holds, struct value *out) {
    bool closed = !value_is_null(interval) && interval->interval->low_closed &&
                  interval->interval->high_closed;
    if (value_is_null(interval) || (is_null_interval(interval) && closed)) {
        return op_boolean(false, out);
    }
    if (value_is_null(point)) {
        return op_null(cx, NULL_NOT_SAID, out);
    }
    struct value pair[2] = {*interval, *point};
    return relate(cx, pair, holds, out);
}

enum op_result op_contains_interval(struct op_context *cx, const struct value *args,
                                    struct value *out) {
    return contains(cx, &args[0], &args[1], includes, out);
}

enum op_result op_in_interval(struct op_context *cx, const struct value *args, struct value *out) {
    return contains(cx, &args[1], &args[0], includes, out);
}

enum op_result op_proper_contains_interval(struct op_context *cx, const struct value *args,
                                           struct value *out) {
    return contains(cx, &args[0], &args[1], encloses, out);
}

enum op_result op_proper_in_interval(struct op_context *cx, const struct value *args,
                                     struct value *out) {
    return contains(cx, &args[1], &args[0], encloses, out);
}
