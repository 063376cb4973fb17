/* Until when an answer that depends on Now holds. Values that move with Now carry how
 * (enum value_moves). Where such a value meets others in an operator, the next instant at which
 * their order can change is computed from the distance between them; where a value is cut to a
 * precision, it is the next boundary of that precision. An instant noted too early costs one
 * evaluation more; an instant missed would be a wrong sweep.
 *
 *     now ------------- v --(c - v)--> c           v moves with now and reaches c after c - v */
#include "exec/machine_internal.h"

#include "value/datetime.h"
#include "value/ucum.h"

static const int64_t DAY_MS = 86400000;
/* Adding months moves a date by at most this much more or less than the day before. */
static const int64_t CALENDAR_SLACK_MS = 4 * 86400000;

/* First and last instant of a point. */
struct extent {
    int64_t first;
    int64_t last;
    uint8_t moves;
};

/* The points of an operator's arguments that move; more than a few are not looked at one by one. */
enum { MOVING_MAX = 16 };

struct meeting {
    struct machine *m;
    enum precision precision;
    struct extent moving[MOVING_MAX];
    uint32_t moving_count;
    bool too_many;
};

/* Something may change when the question is asked `delta` later. */
static void bound_after(struct machine *m, int64_t delta) {
    if (delta > 0 && m->at < INSTANT_MAX - delta) {
        machine_bound(m, m->at + delta);
    }
}

/* Time until the value's next local midnight. */
static int64_t to_midnight(const struct machine *m, int64_t ms) {
    int64_t local = (ms + (int64_t)m->cx.now.offset_min * 60000) % DAY_MS;
    return DAY_MS - (local < 0 ? local + DAY_MS : local);
}

static struct extent extent_of(const struct machine *m, const struct value *v) {
    struct extent e = {.moves = v->moves};
    if (v->kind == VALUE_TIME) {
        const struct datetime *t = &v->datetime;
        static const int64_t lengths[] = {[PRECISION_HOUR] = 3600000,
                                          [PRECISION_MINUTE] = 60000,
                                          [PRECISION_SECOND] = 1000,
                                          [PRECISION_MILLISECOND] = 1};
        e.first = (((int64_t)t->hour * 60 + t->minute) * 60 + t->second) * 1000 + t->millisecond;
        e.last = e.first + (t->precision >= PRECISION_HOUR ? lengths[t->precision] : DAY_MS) - 1;
    } else {
        e.first = datetime_first_ms(&v->datetime, m->cx.now.offset_min);
        e.last = datetime_last_ms(&v->datetime, m->cx.now.offset_min);
        /* A time to the second is compared with one to the millisecond as the whole second. */
        if (v->datetime.precision == PRECISION_SECOND) {
            e.last = e.first + 999;
        }
    }
    return e;
}

static bool is_point(const struct value *v) {
    return v->kind == VALUE_DATE || v->kind == VALUE_DATETIME || v->kind == VALUE_TIME;
}

/* The value at an instant with nothing finer than the precision. */
static struct datetime cut_to(const struct machine *m, int64_t ms, enum precision precision) {
    struct datetime t = datetime_from_ms(ms, m->cx.now.offset_min);
    t.precision = (uint8_t)(precision == PRECISION_WEEK ? PRECISION_DAY : precision);
    t.month = t.precision < PRECISION_MONTH ? 1 : t.month;
    t.day = t.precision < PRECISION_DAY ? 1 : t.day;
    t.hour = t.precision < PRECISION_HOUR ? 0 : t.hour;
    t.minute = t.precision < PRECISION_MINUTE ? 0 : t.minute;
    t.second = t.precision < PRECISION_SECOND ? 0 : t.second;
    t.millisecond = 0;
    return t;
}

/* Widens an extent to whole units of a precision. */
static void widen(const struct machine *m, enum precision precision, struct extent *e) {
    if (precision == PRECISION_NONE || precision == PRECISION_MILLISECOND) {
        return;
    }
    struct datetime first = cut_to(m, e->first, precision);
    struct datetime last = cut_to(m, e->last, precision);
    e->first = datetime_first_ms(&first, m->cx.now.offset_min);
    e->last = datetime_last_ms(&last, m->cx.now.offset_min);
}

/* A moving point comes to an instant. */
static void reach(struct machine *m, const struct extent *v, int64_t instant) {
    int64_t delta = instant - v->first;
    if (v->moves & MOVES_CALENDAR) {
        if (delta > CALENDAR_SLACK_MS) {
            bound_after(m, delta > 2 * CALENDAR_SLACK_MS ? delta - CALENDAR_SLACK_MS
                                                         : to_midnight(m, m->now_ms));
        } else if (delta > -CALENDAR_SLACK_MS) {
            bound_after(m, delta);
            bound_after(m, to_midnight(m, m->now_ms));
        }
    } else if (v->moves & MOVES_DAY) {
        /* Its first instant is a midnight; it gets there in whole days from today's. */
        int64_t since_midnight = DAY_MS - to_midnight(m, m->now_ms);
        int64_t days = (delta + DAY_MS - 1) / DAY_MS;
        bound_after(m, delta > 0 ? days * DAY_MS - since_midnight : 0);
    } else {
        bound_after(m, delta);
    }
}

static void meet(struct meeting *meeting, struct extent fixed) {
    struct machine *m = meeting->m;
    widen(m, meeting->precision, &fixed);
    for (uint32_t i = 0; i < meeting->moving_count; i++) {
        const struct extent *v = &meeting->moving[i];
        /* Open ends and `meets` make neighbours of a point matter too. */
        reach(m, v, fixed.first - 1);
        reach(m, v, fixed.first);
        reach(m, v, fixed.first + 1);
        reach(m, v, fixed.last);
        reach(m, v, fixed.last + 1);
        reach(m, v, fixed.last + 2);
    }
}

/* Two points that move differently: Now and Now minus 3 months, or Today. */
static void meet_moving(struct meeting *meeting, const struct extent *e) {
    for (uint32_t i = 0; i < meeting->moving_count; i++) {
        const struct extent *other = &meeting->moving[i];
        if (other->first == e->first && other->moves == e->moves) {
            continue; /* itself, or one that moves beside it */
        }
        if (meeting->precision != PRECISION_NONE) {
            struct extent cut = *e;
            widen(meeting->m, meeting->precision, &cut);
            bound_after(meeting->m, cut.last + 1 - e->first);
        }
        if (other->moves != e->moves || (e->moves & MOVES_CALENDAR)) {
            bound_after(meeting->m, to_midnight(meeting->m, meeting->m->now_ms));
        }
    }
}

enum { POINTS_DEPTH = 3 };

/* Visits the points of a value: of intervals, and of the items of lists and tuples. */
static void each_point(struct meeting *meeting, const struct value *v, int depth, bool collect) {
    if (is_point(v)) {
        struct extent e = extent_of(meeting->m, v);
        if (!collect && e.moves) {
            meet_moving(meeting, &e);
        } else if (!collect) {
            meet(meeting, e);
        } else if (e.moves && meeting->moving_count < MOVING_MAX) {
            meeting->moving[meeting->moving_count++] = e;
        } else {
            meeting->too_many = meeting->too_many || e.moves;
        }
        return;
    }
    if (depth == 0) {
        meeting->too_many = meeting->too_many || v->moves;
    } else if (v->kind == VALUE_INTERVAL || v->kind == VALUE_UNCERTAINTY) {
        each_point(meeting, &v->interval->low, depth - 1, collect);
        each_point(meeting, &v->interval->high, depth - 1, collect);
    } else if (v->kind == VALUE_LIST) {
        for (uint32_t i = 0; i < v->list->count; i++) {
            each_point(meeting, &v->list->items[i], depth - 1, collect);
        }
    } else if (v->kind == VALUE_TUPLE || v->kind == VALUE_INSTANCE) {
        for (uint32_t i = 0; i < v->tuple->count; i++) {
            each_point(meeting, &v->tuple->values[i], depth - 1, collect);
        }
    }
}

static void compare_points(struct machine *m, const struct instruction *in,
                           const struct value *args) {
    struct meeting meeting = {.m = m, .precision = (enum precision)in->precision};
    for (uint32_t i = 0; i < in->count; i++) {
        each_point(&meeting, &args[i], POINTS_DEPTH, true);
    }
    for (uint32_t i = 0; i < in->count; i++) {
        each_point(&meeting, &args[i], POINTS_DEPTH, false);
    }
    if (meeting.too_many) {
        bound_after(m, 1);
    }
}

/* A value cut to a precision (a component, a date, a count of boundaries) changes at its next one.
 */
static void cut_at(struct machine *m, const struct value *v, enum precision precision) {
    struct extent e = extent_of(m, v);
    if (v->kind == VALUE_TIME || (e.moves & MOVES_CALENDAR)) {
        bound_after(m, to_midnight(m, m->now_ms));
    }
    struct extent cut = e;
    widen(m, precision, &cut);
    reach(m, &e, cut.last + 1);
}

/* Whole units between a moving date and a fixed one change when the moving one has the fixed one's
 * time of day (or minute, or second) again; not before the day before the next whole unit. */
static void count_units(struct machine *m, const struct value *v, const struct value *other,
                        enum precision precision, const struct value *units) {
    struct extent e = extent_of(m, v);
    int64_t unit_ms = precision == PRECISION_HOUR          ? 3600000
                      : precision == PRECISION_MINUTE      ? 60000
                      : precision == PRECISION_SECOND      ? 1000
                      : precision == PRECISION_MILLISECOND ? 1
                                                           : DAY_MS;
    if (!is_point(other) || other->moves) {
        bound_after(m, precision >= PRECISION_HOUR ? 1 : to_midnight(m, m->now_ms));
        return;
    }
    struct extent o = extent_of(m, other);
    struct datetime next;
    if (precision <= PRECISION_WEEK && units->kind == VALUE_INTEGER && e.first > o.last &&
        other->kind != VALUE_TIME) {
        i128 count = ((i128)(units->integer < 0 ? -(int64_t)units->integer : units->integer) + 1) *
                     DECIMAL_ONE;
        if (datetime_add(&other->datetime, (enum value_kind)other->kind, count, precision, &next)) {
            int64_t change = datetime_first_ms(&next, m->cx.now.offset_min);
            if (change - e.first > 2 * CALENDAR_SLACK_MS) {
                bound_after(m, change - e.first - CALENDAR_SLACK_MS);
                return;
            }
        }
    }
    bound_after(m, to_midnight(m, m->now_ms));
    for (int64_t k = 0; k <= 1; k++) {
        int64_t rest = (o.first + k - e.first) % unit_ms;
        bound_after(m, rest > 0 ? rest : rest + unit_ms);
        rest = (o.last + k - e.first) % unit_ms;
        bound_after(m, rest > 0 ? rest : rest + unit_ms);
    }
}

static void duration(struct machine *m, const struct instruction *in, const struct value *args,
                     const struct value *out) {
    enum precision precision = (enum precision)in->precision;
    for (uint32_t i = 0; i < in->count; i++) {
        if (is_point(&args[i]) && args[i].moves) {
            count_units(m, &args[i], &args[in->count - 1 - i], precision, out);
        }
    }
}

/* Ages count from the birth date to Now or Today. */
static void age(struct machine *m, const struct instruction *in, const struct value *args,
                const struct value *out) {
    struct value now = {.kind = VALUE_DATETIME, .moves = MOVES_SHIFT, .datetime = m->cx.now};
    if (is_point(&args[0])) {
        count_units(m, &now, &args[0], (enum precision)in->precision, out);
    }
}

static uint8_t parts_moves(const struct value *v) {
    uint8_t moves = 0;
    if (v->kind == VALUE_INTERVAL) {
        moves = v->interval->low.moves | v->interval->high.moves;
    } else if (v->kind == VALUE_LIST) {
        for (uint32_t i = 0; i < v->list->count; i++) {
            moves |= v->list->items[i].moves;
        }
    }
    return moves;
}

static uint8_t shifted(const struct value *args) {
    bool calendar = true;
    if (args[1].kind == VALUE_QUANTITY) {
        enum precision unit = unit_date_precision(args[1].quantity->unit);
        calendar = unit <= PRECISION_MONTH;
    }
    return (uint8_t)(args[0].moves | (calendar ? MOVES_CALENDAR : 0));
}

/* A new value made of a moving one in a way that is not known here, such as its text. A date or a
 * structure is one of the arguments or of their items, and says itself how it moves. */
static bool makes_another(const struct instruction *in, const struct value *out) {
    bool boundary = in->c >= OP_LOW_BOUNDARY_DECIMAL && in->c <= OP_HIGH_BOUNDARY_TIME;
    bool chosen = is_point(out) || out->kind == VALUE_TUPLE || out->kind == VALUE_INSTANCE;
    bool decided = out->kind == VALUE_BOOLEAN || out->kind == VALUE_NULL || in->c == OP_INDEX_OF;
    return !decided && (!chosen || boundary);
}

/* What an operator does with a value that moves. */
enum rule {
    RULE_COMPARE, /* puts its arguments in order; what it gives back is one of them or new */
    RULE_SHIFT,   /* date plus or minus a quantity */
    RULE_SAME,    /* moves as its argument */
    RULE_START,
    RULE_END,
    RULE_DATE,     /* cut to the day */
    RULE_TIME,     /* the time of day */
    RULE_CUT,      /* cut to the instruction's precision: a component, a count of boundaries */
    RULE_DURATION, /* whole units between two dates */
    RULE_AGE,      /* whole units between a date and Now */
    RULE_NOTHING   /* does not look at the value */
};

static enum rule rule_of(enum op_id op) {
    switch (op) {
    case OP_ADD_DATE_QUANTITY:
    case OP_ADD_DATETIME_QUANTITY:
    case OP_ADD_TIME_QUANTITY:
    case OP_SUBTRACT_DATE_QUANTITY:
    case OP_SUBTRACT_DATETIME_QUANTITY:
    case OP_SUBTRACT_TIME_QUANTITY:
        return RULE_SHIFT;
    case OP_START:
        return RULE_START;
    case OP_END:
        return RULE_END;
    case OP_TO_DATETIME_DATE:
    case OP_TO_DATETIME_DATETIME:
    case OP_TO_DATE_DATE:
    case OP_TO_TIME_TIME:
    case OP_SUCCESSOR_DATE:
    case OP_SUCCESSOR_DATETIME:
    case OP_SUCCESSOR_TIME:
    case OP_PREDECESSOR_DATE:
    case OP_PREDECESSOR_DATETIME:
    case OP_PREDECESSOR_TIME:
        return RULE_SAME;
    case OP_DATE_FROM_DATETIME:
    case OP_DATE_FROM_DATE:
    case OP_TO_DATE_DATETIME:
        return RULE_DATE;
    case OP_TIME_FROM:
        return RULE_TIME;
    case OP_COMPONENT_FROM_DATE:
    case OP_COMPONENT_FROM_DATETIME:
    case OP_COMPONENT_FROM_TIME:
    case OP_DIFFERENCE_BETWEEN_DATE:
    case OP_DIFFERENCE_BETWEEN_DATETIME:
    case OP_DIFFERENCE_BETWEEN_TIME:
        return RULE_CUT;
    case OP_DURATION_BETWEEN_DATE:
    case OP_DURATION_BETWEEN_DATETIME:
    case OP_DURATION_BETWEEN_TIME:
    case OP_CALCULATE_AGE_AT_DATE:
    case OP_CALCULATE_AGE_AT_DATETIME:
        return RULE_DURATION;
    case OP_CALCULATE_AGE_DATE:
    case OP_CALCULATE_AGE_DATETIME:
        return RULE_AGE;
    case OP_IS_NULL:
    case OP_EXISTS:
    case OP_COUNT:
    case OP_LENGTH_LIST:
    case OP_TIMEZONE_OFFSET_FROM:
        return RULE_NOTHING;
    default:
        return RULE_COMPARE;
    }
}

static void compare(struct machine *m, const struct instruction *in, const struct value *args,
                    struct value *out) {
    compare_points(m, in, args);
    if (out->kind == VALUE_INTERVAL || out->kind == VALUE_LIST) {
        out->moves = parts_moves(out);
    } else if (makes_another(in, out)) {
        bound_after(m, args[0].moves == MOVES_DAY ? to_midnight(m, m->now_ms) : 1);
    }
}

static void cut_each(struct machine *m, const struct value *args, uint32_t count,
                     enum precision precision) {
    for (uint32_t i = 0; i < count; i++) {
        if (is_point(&args[i]) && args[i].moves) {
            cut_at(m, &args[i], precision);
        }
    }
}

/* The end of Interval[Now(), null): nothing is known of how such a range moves. */
static void end_in_range(struct machine *m, const struct value *interval, const struct value *end) {
    if (end->kind == VALUE_UNCERTAINTY && parts_moves(interval)) {
        bound_after(m, 1);
    }
}

void run_moves(struct machine *m, const struct instruction *in, const struct value *args,
               struct value *out) {
    bool point = is_point(out);
    if (in->c == OP_NOW || in->c == OP_TODAY || in->c == OP_TIME_OF_DAY) {
        out->moves = in->c == OP_NOW ? MOVES_SHIFT : in->c == OP_TODAY ? MOVES_DAY : MOVES_CALENDAR;
        return;
    }
    switch (rule_of((enum op_id)in->c)) {
    case RULE_COMPARE:
        compare(m, in, args, out);
        break;
    case RULE_SHIFT:
        out->moves = point ? shifted(args) : 0;
        break;
    case RULE_SAME:
        out->moves = args[0].moves;
        break;
    case RULE_START:
        out->moves = point ? args[0].interval->low.moves : 0;
        end_in_range(m, &args[0], out);
        break;
    case RULE_END:
        out->moves = point ? args[0].interval->high.moves : 0;
        end_in_range(m, &args[0], out);
        break;
    case RULE_DATE:
        cut_each(m, args, 1, PRECISION_DAY);
        break;
    case RULE_TIME:
        cut_each(m, args, 1, PRECISION_DAY);
        out->moves = MOVES_CALENDAR;
        break;
    case RULE_CUT:
        cut_each(m, args, in->count, (enum precision)in->precision);
        break;
    case RULE_DURATION:
        duration(m, in, args, out);
        break;
    case RULE_AGE:
        age(m, in, args, out);
        break;
    case RULE_NOTHING:
        break;
    }
}
