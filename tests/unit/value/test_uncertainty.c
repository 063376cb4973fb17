/* What any operator says of a number or date of which only a range is known holds for every value
 * in the range: a certain answer is the answer for each of them, and a range contains each of
 * theirs. Every row of operators.def is tried, with the range as each argument, in lists and in
 * intervals. */
#include "base/mem.h"
#include "value/compare.h"
#include "value/datetime.h"
#include "value/print.h"
#include "value/ucum.h"
#include "value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

enum { POINTS = 3, ARGS_MAX = 8, TEXT_MAX = 128 };

/* A type, a range of it as value_text reads it, values in the range, and one outside. */
struct sample {
    const char *type;
    const char *range;
    const char *in[POINTS];
    const char *others[POINTS];
};

static const struct sample samples[] = {
    {"Integer", "uncertain[2, 5]", {"2", "3", "5"}, {"1", "4", "30"}},
    {"Long", "uncertain[2L, 5L]", {"2L", "3L", "5L"}, {"1L", "4L", "30L"}},
    {"Decimal", "uncertain[0.5, 2.5]", {"0.5", "1.0", "2.5"}, {"0.25", "2.0", "30.0"}},
    {"Quantity",
     "uncertain[2 'g', 5 'g']",
     {"2 'g'", "3 'g'", "5 'g'"},
     {"1 'g'", "4 'g'", "30 'g'"}},
    {"Date",
     "uncertain[@2020-02-01, @2020-03-31]",
     {"@2020-02-01", "@2020-02-29", "@2020-03-31"},
     {"@2019-12-31", "@2020-03-01", "@2021-01-01"}},
    {"DateTime",
     "uncertain[@2020-02-01T00:00:00.000Z, @2020-02-03T23:00:00.000Z]",
     {"@2020-02-01T00:00:00.000Z", "@2020-02-02T12:30:00.000Z", "@2020-02-03T23:00:00.000Z"},
     {"@2019-12-31T00:00:00.000Z", "@2020-02-02T12:30:00.000Z", "@2021-01-01T00:00:00.000Z"}},
    {"Time",
     "uncertain[@T08:00:00.000, @T10:30:00.000]",
     {"@T08:00:00.000", "@T09:00:00.000", "@T10:30:00.000"},
     {"@T07:00:00.000", "@T09:00:00.000", "@T23:59:59.999"}},
};

/* How a type is made of a point. */
struct shape {
    const char *type; /* P for the point's */
    const char *text;
};

static const struct shape shapes[] = {
    {"P", "%s"},
    {"List<P>", "{ %s, %s }"},
    {"Interval<P>", "Interval[%s, %s]"},
    {"List<Interval<P>>", "{ Interval[%s, %s] }"},
};

static const char *sample_of_other(const char *type) {
    static const char *const fixed[][2] = {
        {"Boolean", "true"}, {"String", "'g'"}, {"Quantity", "2 '1'"}, {"Integer", "1"}};
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        if (strcmp(fixed[i][0], type) == 0) {
            return fixed[i][1];
        }
    }
    return NULL;
}

/* T and Any stand for the point's type. */
static bool shape_is(const struct shape *shape, const char *operand, const char *point) {
    char wanted[TEXT_MAX];
    size_t used = 0;
    for (const char *c = shape->type; *c; c++) {
        used += (size_t)snprintf(wanted + used, sizeof(wanted) - used, "%.*s",
                                 *c == 'P' ? (int)strlen(point) : 1, *c == 'P' ? point : c);
    }
    return strcmp(wanted, operand) == 0;
}

static const struct shape *find_shape(const char *operand, const char *point) {
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        if (shape_is(&shapes[i], operand, point) || shape_is(&shapes[i], operand, "T") ||
            (i == 0 && strcmp(operand, "Any") == 0)) {
            return &shapes[i];
        }
    }
    return NULL;
}

static bool is_certain(const struct value *v) {
    switch ((enum value_kind)v->kind) {
    case VALUE_UNCERTAINTY:
        return false;
    case VALUE_INTERVAL: {
        const struct interval *i = v->interval;
        bool open = (value_is_null(&i->low) && !i->low_closed) ||
                    (value_is_null(&i->high) && !i->high_closed);
        return !open && is_certain(&i->low) && is_certain(&i->high);
    }
    case VALUE_LIST:
        for (uint32_t i = 0; i < v->list->count; i++) {
            if (!is_certain(&v->list->items[i])) {
                return false;
            }
        }
        return true;
    default:
        return true;
    }
}

static bool same(struct op_context *cx, const struct value *a, const struct value *b) {
    return value_same(cx, a, b) == LOGIC_TRUE || value_equivalent(cx, a, b);
}

static bool holds_for(struct op_context *cx, const struct value *said, const struct value *point) {
    if (value_is_null(said) || value_is_null(point)) {
        return value_is_null(said) || said->kind == VALUE_UNCERTAINTY;
    }
    if (said->kind == VALUE_UNCERTAINTY) {
        return value_less(cx, point, &said->interval->low, PRECISION_NONE) != LOGIC_TRUE &&
               value_less(cx, &said->interval->high, point, PRECISION_NONE) != LOGIC_TRUE;
    }
    return !is_certain(said) || same(cx, said, point);
}

struct trial {
    enum op_id id;
    const struct sample *sample;
    const struct shape *shapes[ARGS_MAX]; /* NULL: the type is fixed */
    const char *fixed[ARGS_MAX];
    uint32_t count;
    uint32_t uncertain; /* the argument with the range */
    bool last;          /* it stands second in a list or interval */
    uint32_t other;
};

static struct value make(struct op_context *cx, const struct trial *t, uint32_t arg,
                         const char *point) {
    char text[2 * TEXT_MAX];
    const char *other = t->sample->others[t->other];
    if (!t->shapes[arg]) {
        return value_from_text(cx, t->fixed[arg]);
    }
    point = arg == t->uncertain ? point : other;
    if (strcmp(t->shapes[arg]->text, "%s") == 0) {
        return value_from_text(cx, point);
    }
    /* Both ends in order, so that an interval is one. */
    bool last = arg == t->uncertain && t->last;
    const char *shape = t->shapes[arg]->text, *first = t->sample->others[0],
               *end = t->sample->others[2];
    size_t used = 0;
    for (int n = 0; *shape; shape++) {
        const char *in =
            *shape == '%' ? (n++ == 0 ? (last ? first : point) : (last ? point : end)) : NULL;
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s", in ? (int)strlen(in) : 1,
                                 in ? in : shape);
        shape += in != NULL;
    }
    return value_from_text(cx, text);
}

static enum op_result call(struct op_context *cx, const struct trial *t, const char *point,
                           enum precision precision, struct value *out) {
    struct value args[ARGS_MAX];
    for (uint32_t i = 0; i < t->count; i++) {
        args[i] = make(cx, t, i, point);
    }
    cx->precision = precision;
    return operator_call(operator_info(t->id), cx, args, t->count, out);
}

static uint32_t tried, failed;

static void check(struct op_context *cx, const struct trial *t, enum precision precision) {
    struct value said, point;
    if (call(cx, t, t->sample->range, precision, &said) != OP_OK) {
        return;
    }
    for (int i = 0; i < POINTS; i++) {
        if (call(cx, t, t->sample->in[i], precision, &point) != OP_OK) {
            continue;
        }
        tried++;
        if (!holds_for(cx, &said, &point)) {
            struct buf a, b;
            buf_init(&a);
            buf_init(&b);
            value_print_cql(&said, &a);
            value_print_cql(&point, &b);
            print_error("%s of %s in argument %u, others %s: %.*s, but %.*s for %s\n",
                        operator_info(t->id)->id, t->sample->range, t->uncertain + 1,
                        t->sample->others[t->other], STR_ARG(buf_str(&a)), STR_ARG(buf_str(&b)),
                        t->sample->in[i]);
            buf_release(&a);
            buf_release(&b);
            failed++;
        }
    }
}

/* False: an operand has a type of which there is no sample. */
static bool read_operands(const char *operands, struct trial *t, char texts[][TEXT_MAX]) {
    t->count = 0;
    while (*operands) {
        size_t length = 0;
        int depth = 0;
        for (; operands[length] && (depth > 0 || operands[length] != ','); length++) {
            depth += (operands[length] == '<') - (operands[length] == '>');
        }
        char *text = texts[t->count];
        (void)snprintf(text, TEXT_MAX, "%.*s", (int)length, operands);
        t->shapes[t->count] = find_shape(text, t->sample->type);
        t->fixed[t->count] = t->shapes[t->count] ? NULL : sample_of_other(text);
        if (!t->shapes[t->count] && !t->fixed[t->count]) {
            return false;
        }
        t->count++;
        operands += length + (operands[length] == ',');
        operands += *operands == ' ';
    }
    return t->count > 0;
}

/* `~` is never unknown: a range is only equivalent to the same range. Items of lists are the same
 * only where equality is certain (reference, section 20), as with dates that are not precise. */
static bool is_exempt(enum op_id id) {
    return id == OP_EQUIVALENT || id == OP_CHILDREN || id == OP_DESCENDANTS ||
           id == OP_DESCENDENTS || id == OP_INDEX_OF || id == OP_MODE || id == OP_EXCEPT_LIST ||
           id == OP_INTERSECT_LIST;
}

static void every_operator(void **state) {
    (void)state;
    static const enum precision precisions[] = {PRECISION_NONE, PRECISION_MONTH, PRECISION_DAY,
                                                PRECISION_HOUR};
    struct op_context cx = {.arena = NULL};
    assert_int_equal(unit_table_new(NULL, &cx.units), STATUS_OK);
    assert_true(datetime_parse(STR("2019-06-15T10:30:00.000+00:00"), &cx.now));
    char texts[ARGS_MAX][TEXT_MAX];
    for (enum op_id id = 0; id < OP_ID_COUNT; id++) {
        for (size_t s = 0; s < sizeof(samples) / sizeof(samples[0]) && !is_exempt(id); s++) {
            struct trial t = {.id = id, .sample = &samples[s]};
            bool ready = read_operands(operator_info(id)->operands, &t, texts);
            for (uint32_t n = 0; ready && n < t.count * 2 * POINTS * 4; n++) {
                struct arena arena;
                arena_init(&arena, 0);
                cx.arena = &arena;
                t.uncertain = n % t.count;
                t.last = n / t.count % 2 != 0;
                t.other = n / t.count / 2 % POINTS;
                if (t.shapes[t.uncertain]) {
                    check(&cx, &t, precisions[n / t.count / 2 / POINTS]);
                }
                arena_release(&arena);
            }
        }
    }
    unit_table_free(cx.units);
    assert_int_equal(failed, 0);
    assert_true(tried > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_operator)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
