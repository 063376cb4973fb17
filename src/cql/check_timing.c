/* Dates in phrases: between, durations, components, and the timing phrases, which become the
 * operators that CQL 1.5 translation semantics ("Timing phrases") names for them. */
#include "cql/check.h"

static struct expr *with_precision(struct checker *ck, const char *elm, const char *shown,
                                   struct expr *left, struct expr *right, enum precision precision,
                                   struct span span) {
    struct expr *args[2] = {left, right};
    return check_operator(ck, elm, shown, 2, args, precision, span);
}

/* X between A and B: A <= X and X <= B; with an interval X, X included in Interval[A, B]. */
struct expr *check_between(struct checker *ck, const struct syntax *node) {
    struct expr *value = check_kid(ck, node, 0);
    struct expr *low = check_kid(ck, node, 1);
    struct expr *high = check_kid(ck, node, 2);
    if (!value || !low || !high) {
        return NULL;
    }
    bool properly = node->flags != 0;
    if (value->type->kind == TYPE_INTERVAL) {
        struct expr *range = check_interval(ck, low, true, high, true, node->span);
        return check_operator2(ck, properly ? "ProperIncludedIn" : "IncludedIn", "between", value,
                               range, node->span);
    }
    struct held held;
    struct expr *use = check_held_open(ck, value, &held);
    struct expr *above = check_operator2(ck, properly ? "Greater" : "GreaterOrEqual", "between",
                                         use, low, node->span);
    struct expr *below = above ? check_operator2(ck, properly ? "Less" : "LessOrEqual", "between",
                                                 use, high, node->span)
                               : NULL;
    return check_held_close(ck, &held, check_operator2(ck, "And", "and", above, below, node->span));
}

struct expr *check_duration(struct checker *ck, const struct syntax *node) {
    const char *elm = node->word == WORD_DURATION ? "DurationBetween" : "DifferenceBetween";
    const char *shown = node->word == WORD_DURATION ? "duration" : "difference";
    enum precision precision = (enum precision)node->precision;
    struct expr *first = check_kid(ck, node, 0);
    if (!first) {
        return NULL;
    }
    if (node->kind == SYNTAX_DURATION_BETWEEN) {
        return with_precision(ck, elm, shown, first, check_kid(ck, node, 1), precision, node->span);
    }
    struct held held;
    struct expr *use = check_held_open(ck, first, &held);
    struct expr *start = check_operator1(ck, "Start", "duration in ... of", use, node->span);
    struct expr *end =
        start ? check_operator1(ck, "End", "duration in ... of", use, node->span) : NULL;
    return check_held_close(ck, &held,
                            with_precision(ck, elm, shown, start, end, precision, node->span));
}

struct expr *check_component(struct checker *ck, const struct syntax *node) {
    struct expr *operand = check_kid(ck, node, 0);
    const char *elm = node->word == WORD_DATE             ? "DateFrom"
                      : node->word == WORD_TIME           ? "TimeFrom"
                      : node->word == WORD_TIMEZONEOFFSET ? "TimezoneOffsetFrom"
                                                          : "DateTimeComponentFrom";
    return check_operator(ck, elm, "from", 1, &operand, (enum precision)node->precision,
                          node->span);
}

struct expr *check_type_extent(struct checker *ck, const struct syntax *node) {
    const struct type *type = node->kids[0] ? check_type(ck, node->kids[0]) : NULL;
    if (!type) {
        return NULL;
    }
    bool least = node->word == WORD_MINIMUM;
    for (uint32_t op = signature_first(ck->signatures, least ? STR("MinValue") : STR("MaxValue"));
         op < OP_ID_COUNT; op = ck->signatures->next[op]) {
        if (ck->signatures->rows[op].result == type) {
            struct expr *expr = check_node(ck, EXPR_OPERATOR, type, node->span);
            if (expr) {
                expr->op = (enum op_id)op;
                expr->args = check_args(ck, 0);
            }
            return expr;
        }
    }
    struct str text = check_type_text(ck, type);
    diag_at(ck->diags, DIAG_CQ0118, node->span, "%.*s has no %s", STR_ARG(text),
            least ? "minimum" : "maximum");
    return NULL;
}

/* `per day` is the quantity 1 day; without `per` the operators get a null. */
static struct expr *per_quantity(struct checker *ck, const struct syntax *node) {
    if (node->count > 1 && node->kids[1]) {
        return check_kid(ck, node, 1);
    }
    if (node->precision == PRECISION_NONE) {
        return check_null(ck, ck->system[MODEL_QUANTITY], node->span);
    }
    struct quantity *quantity = ARENA_NEW(ck->arena, struct quantity);
    const struct unit *unit = unit_calendar(ck->program->units, (enum precision)node->precision);
    if (!quantity || !unit) {
        return check_no_memory(ck);
    }
    *quantity = (struct quantity){.value = DECIMAL_ONE, .unit = unit};
    struct value value = {.kind = VALUE_QUANTITY, .quantity = quantity};
    return check_literal_node(ck, MODEL_QUANTITY, value, node->span);
}

struct expr *check_expand(struct checker *ck, const struct syntax *node) {
    bool expand = node->word == WORD_EXPAND;
    struct expr *operand = check_kid(ck, node, 0);
    return operand
               ? check_operator2(ck, expand ? "Expand" : "Collapse", expand ? "expand" : "collapse",
                                 operand, per_quantity(ck, node), node->span)
               : NULL;
}

/* A timing phrase being taken apart: `left` and `right` change as boundaries are taken. */
struct timing {
    const struct syntax *phrase;
    struct expr *left;
    struct expr *right;
    enum precision precision;
    uint16_t flags;
    struct span span;
};

static bool has(const struct timing *t, uint16_t flag) {
    return (t->flags & flag) != 0;
}

static struct expr *boundary(struct checker *ck, struct expr *of, bool start, struct span span) {
    return check_operator1(ck, start ? "Start" : "End", start ? "start" : "end", of, span);
}

static struct expr *relate(struct checker *ck, const struct timing *t, const char *elm,
                           const char *shown) {
    return with_precision(ck, elm, shown, t->left, t->right, t->precision, t->span);
}

/* Whether a choice may turn out to be an interval, as FHIR's `effective` may be a Period. */
static bool may_be_interval(struct checker *ck, const struct type *type) {
    for (uint32_t i = 0; type->kind == TYPE_CHOICE && i < type->count; i++) {
        struct str helper;
        const struct type *to = check_helper_target(ck, type->members[i], &helper);
        if ((to ? to : type->members[i])->kind == TYPE_INTERVAL) {
            return true;
        }
    }
    return false;
}

/* A choice of points and intervals is read both ways: what is no point is null as a point, and what
 * is no interval null as an interval, so that the other reading decides. */
static struct expr *both_ways(struct checker *ck, const struct timing *t, const char *interval_elm,
                              const char *point_elm, const char *shown) {
    struct held left, right;
    struct timing held = *t;
    held.left = check_held_open(ck, t->left, &left);
    held.right = check_held_open(ck, t->right, &right);
    if (!held.left || !held.right) {
        return NULL;
    }
    struct expr *as_point = relate(ck, &held, point_elm, shown);
    struct expr *as_interval = as_point ? relate(ck, &held, interval_elm, shown) : NULL;
    struct expr *first = check_operator2(ck, "Coalesce", shown, as_point, as_interval, t->span);
    return check_held_close(ck, &left, check_held_close(ck, &right, first));
}

/* Of two readings, a point or an interval (or list) on one side, the one whose conversions cost
 * less. A null that could be either is no point: then the answer is null, not false. */
static struct expr *either(struct checker *ck, const struct timing *t, const char *interval_elm,
                           const char *point_elm, const char *shown) {
    struct expr *args[2] = {t->left, t->right};
    struct call call = {str_from(shown), 2, args, t->precision, t->span};
    struct resolution interval, point;
    bool includes = t->phrase->word == WORD_INCLUDES;
    bool untyped = check_is_untyped(includes ? t->left : t->right) ||
                   (!has(t, TIMING_PROPERLY) && check_is_untyped(includes ? t->right : t->left));
    bool as_interval = check_resolve_operator(ck, &call, str_from(interval_elm), &interval);
    bool as_point =
        !(untyped && as_interval) && check_resolve_operator(ck, &call, str_from(point_elm), &point);
    if (as_interval && as_point && may_be_interval(ck, (includes ? t->right : t->left)->type)) {
        return both_ways(ck, t, interval_elm, point_elm, shown);
    }
    bool by_point =
        as_point && (!as_interval || point.score < interval.score ||
                     (point.score == interval.score && point.type_score < interval.type_score));
    return check_operator(ck, by_point ? point_elm : interval_elm, shown, 2, args, t->precision,
                          t->span);
}

static bool takes_code_system(const struct expr *expr) {
    return check_is(expr->type, MODEL_VALUESET) || check_is(expr->type, MODEL_CODESYSTEM);
}

static struct expr *inclusion(struct checker *ck, const struct timing *t) {
    bool properly = has(t, TIMING_PROPERLY);
    if (t->phrase->word == WORD_INCLUDES) {
        if (!properly && takes_code_system(t->left)) {
            return check_contains(ck, t->left, t->right, t->precision, t->span);
        }
        return has(t, TIMING_RIGHT_START | TIMING_RIGHT_END)
                   ? relate(ck, t, properly ? "ProperContains" : "Contains", "includes")
                   : either(ck, t, properly ? "ProperIncludes" : "Includes",
                            properly ? "ProperContains" : "Contains", "includes");
    }
    if (!properly && takes_code_system(t->right)) {
        return check_membership(ck, t->left, t->right, t->precision, t->span);
    }
    return has(t, TIMING_LEFT_START | TIMING_LEFT_END)
               ? relate(ck, t, properly ? "ProperIn" : "In", "during")
               : either(ck, t, properly ? "ProperIncludedIn" : "IncludedIn",
                        properly ? "ProperIn" : "In", "during");
}

static struct expr *offset_by(struct checker *ck, struct expr *of, struct expr *quantity,
                              bool earlier, struct span span) {
    return check_operator2(ck, earlier ? "Subtract" : "Add", earlier ? "-" : "+", of, quantity,
                           span);
}

/* `body`, and the point that the bounds were computed from is known: an interval with unknown
 * bounds would otherwise run to the end of time. */
static struct expr *and_known(struct checker *ck, struct expr *body, struct expr *point,
                              struct span span) {
    struct expr *unknown = body ? check_operator1(ck, "IsNull", "is null", point, span) : NULL;
    struct expr *known = check_operator1(ck, "Not", "not", unknown, span);
    return check_operator2(ck, "And", "and", body, known, span);
}

/* X 3 days or less before Y: X in Interval[Y - 3 days, Y), with the ends as the words say. */
static struct expr *at_most_away(struct checker *ck, const struct timing *t, struct expr *quantity,
                                 bool before) {
    bool far_closed = has(t, TIMING_OR_LESS);
    bool near_closed = has(t, TIMING_ON_OR);
    struct held held;
    struct expr *point = check_held_open(ck, t->right, &held);
    struct expr *far = offset_by(ck, point, quantity, before, t->span);
    struct expr *range = before ? check_interval(ck, far, far_closed, point, near_closed, t->span)
                                : check_interval(ck, point, near_closed, far, far_closed, t->span);
    struct expr *in = with_precision(ck, "In", "within", t->left, range, t->precision, t->span);
    if (far_closed || near_closed) {
        in = and_known(ck, in, point, t->span);
    }
    return check_held_close(ck, &held, in);
}

static struct expr *away(struct checker *ck, struct timing *t, struct expr *quantity, bool before) {
    if (t->left->type->kind == TYPE_INTERVAL) {
        t->left = boundary(ck, t->left, !before, t->span);
    }
    if (t->right->type->kind == TYPE_INTERVAL) {
        t->right = boundary(ck, t->right, before, t->span);
    }
    if (!t->left || !t->right) {
        return NULL;
    }
    if (has(t, TIMING_OR_LESS | TIMING_LESS_THAN)) {
        return at_most_away(ck, t, quantity, before);
    }
    t->right = offset_by(ck, t->right, quantity, before, t->span);
    if (has(t, TIMING_OR_MORE)) {
        return relate(ck, t, before ? "SameOrBefore" : "SameOrAfter", before ? "before" : "after");
    }
    if (has(t, TIMING_MORE_THAN)) {
        return relate(ck, t, before ? "Before" : "After", before ? "before" : "after");
    }
    return relate(ck, t, "SameAs", before ? "before" : "after");
}

static struct expr *before_or_after(struct checker *ck, struct timing *t) {
    bool before = t->phrase->word == WORD_BEFORE;
    if (t->phrase->count && t->phrase->kids[0]) {
        struct expr *quantity = check_kid(ck, t->phrase, 0);
        return quantity ? away(ck, t, quantity, before) : NULL;
    }
    if (has(t, TIMING_ON_OR)) {
        return relate(ck, t, before ? "SameOrBefore" : "SameOrAfter",
                      before ? "on or before" : "on or after");
    }
    return relate(ck, t, before ? "Before" : "After", before ? "before" : "after");
}

/* X within 3 days of Y: X in Interval[Y - 3 days, Y + 3 days]; an interval Y from its start to its
 * end. */
static struct expr *within(struct checker *ck, const struct timing *t) {
    bool closed = !has(t, TIMING_PROPERLY);
    struct expr *quantity = t->phrase->count ? check_kid(ck, t->phrase, 0) : NULL;
    if (!quantity) {
        return NULL;
    }
    struct held held;
    struct expr *around = check_held_open(ck, t->right, &held);
    if (!around) {
        return NULL;
    }
    bool interval = around->type->kind == TYPE_INTERVAL;
    struct expr *first = interval ? boundary(ck, around, true, t->span) : around;
    struct expr *last = interval ? boundary(ck, around, false, t->span) : around;
    struct expr *low = offset_by(ck, first, quantity, true, t->span);
    struct expr *high = low ? offset_by(ck, last, quantity, false, t->span) : NULL;
    struct expr *range = check_interval(ck, low, closed, high, closed, t->span);
    struct expr *in = with_precision(ck, "In", "within", t->left, range, t->precision, t->span);
    if (closed && !interval) {
        in = and_known(ck, in, around, t->span);
    }
    return check_held_close(ck, &held, in);
}

static struct expr *same(struct checker *ck, const struct timing *t) {
    if (has(t, TIMING_OR_BEFORE)) {
        return relate(ck, t, "SameOrBefore", "same or before");
    }
    return has(t, TIMING_OR_AFTER) ? relate(ck, t, "SameOrAfter", "same or after")
                                   : relate(ck, t, "SameAs", "same as");
}

static struct expr *meets_or_overlaps(struct checker *ck, const struct timing *t) {
    bool meets = t->phrase->word == WORD_MEETS;
    if (has(t, TIMING_OR_BEFORE)) {
        return relate(ck, t, meets ? "MeetsBefore" : "OverlapsBefore",
                      meets ? "meets before" : "overlaps before");
    }
    if (has(t, TIMING_OR_AFTER)) {
        return relate(ck, t, meets ? "MeetsAfter" : "OverlapsAfter",
                      meets ? "meets after" : "overlaps after");
    }
    return relate(ck, t, meets ? "Meets" : "Overlaps", meets ? "meets" : "overlaps");
}

/* A FHIR Period or Range stands for its interval, whose boundaries the phrases name. */
static struct expr *as_interval(struct checker *ck, struct expr *expr) {
    struct str helper;
    const struct type *target = expr ? check_helper_target(ck, expr->type, &helper) : NULL;
    return target && target->kind == TYPE_INTERVAL ? check_ensure(ck, expr, target) : expr;
}

struct expr *check_timing(struct checker *ck, const struct syntax *node) {
    struct timing t = {.phrase = node->kids[2],
                       .left = as_interval(ck, check_kid(ck, node, 0)),
                       .right = as_interval(ck, check_kid(ck, node, 1)),
                       .span = node->span};
    if (!t.left || !t.right || !t.phrase) {
        return NULL;
    }
    t.precision = (enum precision)t.phrase->precision;
    t.flags = t.phrase->flags;
    if (has(&t, TIMING_LEFT_START | TIMING_LEFT_END)) {
        t.left = boundary(ck, t.left, has(&t, TIMING_LEFT_START), node->span);
    }
    if (has(&t, TIMING_RIGHT_START | TIMING_RIGHT_END)) {
        t.right = boundary(ck, t.right, has(&t, TIMING_RIGHT_START), node->span);
    }
    if (!t.left || !t.right) {
        return NULL;
    }
    switch (t.phrase->word) {
    case WORD_SAME:
        return same(ck, &t);
    case WORD_INCLUDES:
    case WORD_DURING:
        return inclusion(ck, &t);
    case WORD_BEFORE:
    case WORD_AFTER:
        return before_or_after(ck, &t);
    case WORD_WITHIN:
        return within(ck, &t);
    case WORD_MEETS:
    case WORD_OVERLAPS:
        return meets_or_overlaps(ck, &t);
    case WORD_STARTS:
        return relate(ck, &t, "Starts", "starts");
    case WORD_ENDS:
        return relate(ck, &t, "Ends", "ends");
    default:
        return NULL;
    }
}
