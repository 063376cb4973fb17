#include "value_text.h"

#include "value/datetime.h"
#include "value/decimal.h"
#include "value/print.h"
#include "value/ucum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct reader {
    struct op_context *cx;
    const char *at;
};

static bool take(struct reader *r, const char *word) {
    while (*r->at == ' ') {
        r->at++;
    }
    if (strncmp(r->at, word, strlen(word)) != 0) {
        return false;
    }
    r->at += strlen(word);
    return true;
}

static struct str text_of(struct reader *r) {
    char *out = arena_new(r->cx->arena, strlen(r->at) + 1, 1);
    size_t n = 0;
    for (; *r->at && *r->at != '\''; r->at++) {
        char c = *r->at;
        if (c == '\\') {
            c = *++r->at;
            c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
        out[n++] = c;
    }
    r->at++;
    return (struct str){out, n};
}

static const struct unit *unit_of(struct reader *r) {
    static const char *const words[] = {"year", "month",  "week",   "day",
                                        "hour", "minute", "second", "millisecond"};
    if (take(r, "'")) {
        return unit_intern(r->cx->units, text_of(r));
    }
    for (int i = 7; i >= 0; i--) {
        if (take(r, words[i])) {
            (void)(*r->at == 's' && r->at++);
            return unit_calendar(r->cx->units, (enum precision)(PRECISION_YEAR + i));
        }
    }
    return NULL;
}

static struct value number_of(struct reader *r) {
    size_t n = strspn(r->at, "+-0123456789.");
    struct str text = {r->at, n};
    r->at += n;
    i128 scaled;
    uint8_t scale;
    if (!decimal_parse(text, &scaled, &scale)) {
        fail_msg("not a number: %s", text.at);
    }
    if (*r->at == 'L') {
        r->at++;
        return value_long(strtoll(text.at, NULL, 10));
    }
    const struct unit *unit = unit_of(r);
    if (unit) {
        struct quantity *q = ARENA_NEW(r->cx->arena, struct quantity);
        *q = (struct quantity){scaled, scale, unit};
        return (struct value){.kind = VALUE_QUANTITY, .quantity = q};
    }
    return memchr(text.at, '.', n) ? value_decimal(scaled, scale)
                                   : value_integer((int32_t)(scaled / DECIMAL_ONE));
}

static struct value date_of(struct reader *r) {
    size_t n = strspn(r->at, "0123456789-:.+TZ");
    struct str text = {r->at, n};
    r->at += n;
    struct value v = {.kind = text.at[0] == 'T'         ? VALUE_TIME
                              : memchr(text.at, 'T', n) ? VALUE_DATETIME
                                                        : VALUE_DATE};
    bool ok = v.kind == VALUE_TIME   ? datetime_parse_time(text, &v.datetime)
              : v.kind == VALUE_DATE ? datetime_parse_date(text, &v.datetime)
                                     : datetime_parse(text, &v.datetime);
    if (!ok) {
        fail_msg("not a date: %s", text.at);
    }
    return v;
}

static struct value read_value(struct reader *r);

static struct value interval_of(struct reader *r, enum value_kind kind, bool low_closed) {
    struct interval *interval = ARENA_NEW(r->cx->arena, struct interval);
    interval->low_closed = low_closed;
    interval->low = read_value(r);
    assert_true(take(r, ","));
    interval->high = read_value(r);
    interval->high_closed = take(r, "]");
    assert_true(interval->high_closed || take(r, ")"));
    return (struct value){.kind = (uint8_t)kind, .interval = interval};
}

static struct value list_of(struct reader *r) {
    struct value *items = ARENA_ARRAY(r->cx->arena, 64, struct value);
    struct list *list = ARENA_NEW(r->cx->arena, struct list);
    list->items = items;
    while (!take(r, "}")) {
        items[list->count++] = read_value(r);
        (void)take(r, ",");
    }
    return (struct value){.kind = VALUE_LIST, .list = list};
}

static struct value read_value(struct reader *r) {
    if (take(r, "null")) {
        return value_null();
    }
    if (take(r, "true")) {
        return value_boolean(true);
    }
    if (take(r, "false")) {
        return value_boolean(false);
    }
    if (take(r, "'")) {
        return value_string(text_of(r));
    }
    if (take(r, "@")) {
        return date_of(r);
    }
    if (take(r, "{")) {
        return list_of(r);
    }
    if (take(r, "uncertain[")) {
        return interval_of(r, VALUE_UNCERTAINTY, true);
    }
    if (take(r, "Interval[")) {
        return interval_of(r, VALUE_INTERVAL, true);
    }
    if (take(r, "Interval(")) {
        return interval_of(r, VALUE_INTERVAL, false);
    }
    struct value v = number_of(r);
    if (v.kind == VALUE_QUANTITY && take(r, ":")) {
        struct ratio *ratio = ARENA_NEW(r->cx->arena, struct ratio);
        ratio->numerator = *v.quantity;
        ratio->denominator = *read_value(r).quantity;
        return (struct value){.kind = VALUE_RATIO, .ratio = ratio};
    }
    return v;
}

struct value value_from_text(struct op_context *cx, const char *text) {
    struct reader r = {cx, text};
    struct value v = read_value(&r);
    if (*r.at) {
        fail_msg("left over: %s", r.at);
    }
    return v;
}

static void check_case(struct op_context *cx, const struct operator_case *c, size_t row) {
    const struct operator_info *info = operator_info(c->id);
    struct value args[8], result = value_null();
    uint32_t count = 0;
    for (; count < 8 && c->args[count]; count++) {
        args[count] = value_from_text(cx, c->args[count]);
    }
    cx->precision = c->precision;
    enum op_result status = operator_call(info, cx, args, count, &result);
    struct buf text;
    buf_init(&text);
    if (status == OP_OK) {
        value_print_cql(&result, &text);
    } else {
        buf_add_cstr(&text, status == OP_ERROR ? "error" : "no memory");
        assert_int_not_equal(cx->message.len, 0);
    }
    if (!str_equal(buf_str(&text), str_from(c->result))) {
        fail_msg("row %zu, %s(%s, %s): got %.*s, wanted %s", row, info->id,
                 c->args[0] ? c->args[0] : "", c->args[0] && c->args[1] ? c->args[1] : "",
                 STR_ARG(buf_str(&text)), c->result);
    }
    if (c->reason != NULL_NOT_SAID && c->reason != cx->reason) {
        fail_msg("row %zu, %s: null for reason %d", row, info->id, (int)cx->reason);
    }
    buf_release(&text);
}

void check_operators(const struct operator_case *cases, size_t count) {
    struct arena arena;
    arena_init(&arena, 0);
    struct op_context cx = {.arena = &arena};
    assert_int_equal(unit_table_new(NULL, &cx.units), STATUS_OK);
    assert_true(datetime_parse(STR("2019-06-15T10:30:00.000+00:00"), &cx.now));
    for (size_t i = 0; i < count; i++) {
        check_case(&cx, &cases[i], i);
    }
    unit_table_free(cx.units);
    arena_release(&arena);
}
