/* Interval operators against sets of points. Intervals of small whole numbers, with every mixture
 * of open, closed and null ends, become sets of bits; an open null end stands for every end it may
 * be. A certain answer must be the answer of all of them, and an answer over known ends must be
 * certain. */
#include "value/datetime.h"
#include "value/operators.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Points 0 to 9: 0 and 9 stand for the least and greatest Integer, ends are null or 3 to 6. */
enum { POINTS = 10, FIRST = 3, LAST = 6, NO_END = 7, SETS_MAX = POINTS * (POINTS + 1) / 2 };

struct shape {
    struct interval interval;
    bool certain;
    int set_count;
    uint32_t sets[SETS_MAX];
};

static int lowest(uint32_t set) {
    return __builtin_ctz(set);
}

static int highest(uint32_t set) {
    return 31 - __builtin_clz(set);
}

static uint32_t between(int low, int high) {
    return ((uint32_t)1 << (high + 1)) - ((uint32_t)1 << low);
}

static bool before(uint32_t a, uint32_t b) {
    return highest(a) < lowest(b);
}

static bool meets_before(uint32_t a, uint32_t b) {
    return highest(a) + 1 == lowest(b);
}

static bool includes(uint32_t a, uint32_t b) {
    return (a & b) == b;
}

static bool starts(uint32_t a, uint32_t b) {
    return lowest(a) == lowest(b) && includes(b, a);
}

static bool ends(uint32_t a, uint32_t b) {
    return highest(a) == highest(b) && includes(b, a);
}

static bool same_or_before(uint32_t a, uint32_t b) {
    return highest(a) <= lowest(b);
}

static bool overlaps(uint32_t a, uint32_t b) {
    return (a & b) != 0;
}

static bool holds(enum op_id id, uint32_t a, uint32_t b) {
    switch (id) {
    case OP_BEFORE_INTERVAL:
        return before(a, b);
    case OP_AFTER_INTERVAL:
        return before(b, a);
    case OP_MEETS_BEFORE_INTERVAL:
        return meets_before(a, b);
    case OP_MEETS_AFTER_INTERVAL:
        return meets_before(b, a);
    case OP_MEETS_INTERVAL:
        return meets_before(a, b) || meets_before(b, a);
    case OP_INCLUDES_INTERVAL:
        return includes(a, b);
    case OP_INCLUDED_IN_INTERVAL:
        return includes(b, a);
    case OP_PROPER_INCLUDES_INTERVAL:
        return includes(a, b) && a != b;
    case OP_PROPER_INCLUDED_IN_INTERVAL:
        return includes(b, a) && a != b;
    case OP_OVERLAPS_INTERVAL:
        return overlaps(a, b);
    case OP_OVERLAPS_BEFORE_INTERVAL:
        return overlaps(a, b) && lowest(a) < lowest(b);
    case OP_OVERLAPS_AFTER_INTERVAL:
        return overlaps(a, b) && highest(a) > highest(b);
    case OP_STARTS_INTERVAL:
        return starts(a, b);
    case OP_ENDS_INTERVAL:
        return ends(a, b);
    case OP_SAME_OR_BEFORE_INTERVAL:
        return same_or_before(a, b);
    case OP_SAME_OR_AFTER_INTERVAL:
        return same_or_before(b, a);
    default: /* OP_SAME_AS_INTERVAL, OP_EQUAL */
        return a == b;
    }
}

static const enum op_id relations[] = {
    OP_BEFORE_INTERVAL,          OP_AFTER_INTERVAL,
    OP_MEETS_BEFORE_INTERVAL,    OP_MEETS_AFTER_INTERVAL,
    OP_MEETS_INTERVAL,           OP_INCLUDES_INTERVAL,
    OP_INCLUDED_IN_INTERVAL,     OP_PROPER_INCLUDES_INTERVAL,
    OP_OVERLAPS_INTERVAL,        OP_PROPER_INCLUDED_IN_INTERVAL,
    OP_OVERLAPS_BEFORE_INTERVAL, OP_OVERLAPS_AFTER_INTERVAL,
    OP_STARTS_INTERVAL,          OP_ENDS_INTERVAL,
    OP_SAME_OR_BEFORE_INTERVAL,  OP_SAME_OR_AFTER_INTERVAL,
    OP_SAME_AS_INTERVAL,         OP_EQUAL,
};

/* Every set of points that the interval may be; false when it may be none. */
static bool make_shape(int low, bool low_closed, int high, bool high_closed, struct shape *out) {
    struct value null = value_null();
    out->interval = (struct interval){.low = low == NO_END ? null : value_integer(low),
                                      .high = high == NO_END ? null : value_integer(high),
                                      .low_closed = low_closed,
                                      .high_closed = high_closed,
                                      .point = VALUE_INTEGER};
    out->certain = (low != NO_END || low_closed) && (high != NO_END || high_closed);
    out->set_count = 0;
    int low_from = low != NO_END ? low + !low_closed : 0;
    int low_to = low != NO_END ? low_from : low_closed ? 0 : POINTS - 1;
    int high_to = high != NO_END ? high - !high_closed : POINTS - 1;
    int high_from = high != NO_END ? high_to : high_closed ? POINTS - 1 : 0;
    for (int l = low_from; l <= low_to; l++) {
        for (int h = high_from; h <= high_to; h++) {
            if (l <= h) {
                out->sets[out->set_count++] = between(l, h);
            }
        }
    }
    return out->set_count > 0;
}

static int make_shapes(struct shape *shapes) {
    int count = 0;
    for (int low = FIRST; low <= NO_END; low++) {
        for (int high = FIRST; high <= NO_END; high++) {
            for (int closed = 0; closed < 4; closed++) {
                count += make_shape(low, closed & 1, high, closed & 2, &shapes[count]);
            }
        }
    }
    return count;
}

enum { SHAPES_MAX = 128 };
static struct shape shapes[SHAPES_MAX];

static struct op_context context(struct arena *arena) {
    struct op_context cx = {.arena = arena};
    assert_true(datetime_parse(STR("2026-01-01T00:00:00.000+00:00"), &cx.now));
    return cx;
}

static void check_relation(struct op_context *cx, enum op_id id, const struct shape *a,
                           const struct shape *b) {
    struct value args[2] = {{.kind = VALUE_INTERVAL, .interval = &a->interval},
                            {.kind = VALUE_INTERVAL, .interval = &b->interval}};
    struct value out;
    assert_int_equal(operator_info(id)->function(cx, args, &out), OP_OK);
    if (value_is_null(&out)) {
        if (a->certain && b->certain) {
            fail_msg("%s of known ends is null", operator_info(id)->id);
        }
        return;
    }
    for (int i = 0; i < a->set_count; i++) {
        for (int j = 0; j < b->set_count; j++) {
            if (holds(id, a->sets[i], b->sets[j]) != out.boolean) {
                fail_msg("%s of %x and %x is not %d", operator_info(id)->id, a->sets[i], b->sets[j],
                         out.boolean);
            }
        }
    }
}

static void relations_are_those_of_sets(void **state) {
    (void)state;
    int count = make_shapes(shapes);
    struct arena arena;
    arena_init(&arena, 0);
    struct op_context cx = context(&arena);
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            for (size_t r = 0; r < sizeof(relations) / sizeof(relations[0]); r++) {
                check_relation(&cx, relations[r], &shapes[i], &shapes[j]);
            }
            arena_reset(&arena);
        }
    }
    arena_release(&arena);
}

static void points_are_in_their_sets(void **state) {
    (void)state;
    int count = make_shapes(shapes);
    struct arena arena;
    arena_init(&arena, 0);
    struct op_context cx = context(&arena);
    for (int i = 0; i < count; i++) {
        for (int point = 1; point < POINTS - 1; point++) {
            struct value args[2] = {{.kind = VALUE_INTERVAL, .interval = &shapes[i].interval},
                                    value_integer(point)};
            struct value out;
            assert_int_equal(op_contains_interval(&cx, args, &out), OP_OK);
            if (value_is_null(&out)) {
                assert_false(shapes[i].certain);
                continue;
            }
            for (int s = 0; s < shapes[i].set_count; s++) {
                assert_int_equal(out.boolean, shapes[i].sets[s] >> point & 1);
            }
        }
    }
    arena_release(&arena);
}

/* The bits of a result of known ends. */
static uint32_t set_of(struct op_context *cx, const struct value *v) {
    struct value start, end;
    assert_int_equal(op_start(cx, v, &start), OP_OK);
    assert_int_equal(op_end(cx, v, &end), OP_OK);
    int low = start.integer == INT32_MIN ? 0 : start.integer;
    int high = end.integer == INT32_MAX ? POINTS - 1 : end.integer;
    return between(low, high);
}

static bool is_one_run(uint32_t set) {
    return set != 0 && set == between(lowest(set), highest(set));
}

static void check_set_operator(struct op_context *cx, op_function *operator, const struct shape * a,
                               const struct shape *b, uint32_t wanted) {
    struct value args[2] = {{.kind = VALUE_INTERVAL, .interval = &a->interval},
                            {.kind = VALUE_INTERVAL, .interval = &b->interval}};
    struct value out;
    assert_int_equal(operator(cx, args, &out), OP_OK);
    if (!is_one_run(wanted)) {
        assert_int_equal(out.kind, VALUE_NULL);
        return;
    }
    assert_int_equal(out.kind, VALUE_INTERVAL);
    assert_int_equal(set_of(cx, &out), wanted);
}

static void set_operators_are_those_of_sets(void **state) {
    (void)state;
    int count = make_shapes(shapes);
    struct arena arena;
    arena_init(&arena, 0);
    struct op_context cx = context(&arena);
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
            const struct shape *a = &shapes[i], *b = &shapes[j];
            if (a->certain && b->certain) {
                uint32_t x = a->sets[0], y = b->sets[0];
                check_set_operator(&cx, op_union_interval, a, b, x | y);
                check_set_operator(&cx, op_intersect_interval, a, b, x & y);
                check_set_operator(&cx, op_except_interval, a, b, x & ~y);
            }
            arena_reset(&arena);
        }
    }
    arena_release(&arena);
}

/* Runs of a set, as collapse gives them. */
static void check_collapse(struct op_context *cx, const struct value *items, uint32_t count,
                           uint32_t set) {
    struct list list = {count, items};
    struct value args[2] = {{.kind = VALUE_LIST, .list = &list}, value_null()}, out;
    assert_int_equal(op_collapse(cx, args, &out), OP_OK);
    uint32_t at = 0;
    while (set != 0) {
        uint32_t rest = set + (set & -set);
        uint32_t run = set & ~rest;
        assert_true(at < out.list->count);
        assert_int_equal(set_of(cx, &out.list->items[at++]), run);
        set &= ~run;
    }
    assert_int_equal(at, out.list->count);
}

static void collapse_gives_the_runs(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct op_context cx = context(&arena);
    struct interval all[36];
    uint32_t sets[36], count = 0;
    for (int low = 1; low <= 8; low++) {
        for (int high = low; high <= 8; high++) {
            all[count] = (struct interval){value_integer(low), value_integer(high), true, true, 0};
            sets[count++] = between(low, high);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < count; j++) {
            for (uint32_t k = 0; k < count; k += 5) {
                struct value items[4] = {{.kind = VALUE_INTERVAL, .interval = &all[i]},
                                         {.kind = VALUE_INTERVAL, .interval = &all[j]},
                                         {.kind = VALUE_NULL},
                                         {.kind = VALUE_INTERVAL, .interval = &all[k]}};
                check_collapse(&cx, items, 4, sets[i] | sets[j] | sets[k]);
                arena_reset(&arena);
            }
        }
    }
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(relations_are_those_of_sets),
        cmocka_unit_test(points_are_in_their_sets),
        cmocka_unit_test(set_operators_are_those_of_sets),
        cmocka_unit_test(collapse_gives_the_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
