#include "value/print.h"

#include "base/limits.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/ucum.h"

/* One object being written: it knows whether a comma is due. */
struct members {
    struct buf *out;
    bool any;
};

static void member(struct members *m, const char *name) {
    buf_add_format(m->out, "%s\"%s\":", m->any ? "," : "{", name);
    m->any = true;
}

static void text_member(struct members *m, const char *name, struct str text) {
    if (text.at) {
        member(m, name);
        buf_add_json(m->out, text);
    }
}

/* A member that is always there. */
static void text_or_null(struct members *m, const char *name, struct str text) {
    member(m, name);
    if (text.at) {
        buf_add_json(m->out, text);
    } else {
        buf_add_cstr(m->out, "null");
    }
}

static void end_members(struct members *m) {
    buf_add_cstr(m->out, m->any ? "}" : "{}");
}

/* A FHIR decimal keeps its digits, also when it has none behind the point; a System one has one. */
static void add_decimal(struct buf *out, const struct value *v) {
    char text[DECIMAL_TEXT_MAX];
    size_t len = v->type == 0 ? decimal_print(v->decimal, v->scale, text)
                              : decimal_print_short(v->decimal, v->scale, text);
    buf_add(out, (struct str){text, len});
}

static void print_quantity(const struct quantity *q, struct buf *out) {
    struct members m = {out, false};
    member(&m, "value");
    char text[DECIMAL_TEXT_MAX];
    size_t len = decimal_print_short(q->value, q->scale, text);
    buf_add(out, (struct str){text, len});
    text_member(&m, "unit", unit_text(q->unit));
    end_members(&m);
}

static void print_code(const struct code *code, struct buf *out) {
    struct members m = {out, false};
    text_or_null(&m, "code", code->code);
    text_or_null(&m, "system", code->system);
    text_member(&m, "version", code->version);
    text_member(&m, "display", code->display);
    end_members(&m);
}

static void print_concept(const struct concept *concept, struct buf *out) {
    struct members m = {out, false};
    member(&m, "codes");
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < concept->count; i++) {
        buf_add_cstr(out, i == 0 ? "" : ",");
        print_code(&concept->codes[i], out);
    }
    buf_add_char(out, ']');
    text_member(&m, "display", concept->display);
    end_members(&m);
}

static void print_vocabulary(const struct vocabulary *set, struct buf *out) {
    struct members m = {out, false};
    text_member(&m, "id", set->id);
    text_member(&m, "version", set->version);
    text_member(&m, "name", set->name);
    end_members(&m);
}

static void print_json(const struct value *v, const struct print_elements *elements, int depth,
                       struct buf *out);

static void print_interval(const struct interval *interval, const struct print_elements *elements,
                           int depth, struct buf *out) {
    struct members m = {out, false};
    member(&m, "low");
    print_json(&interval->low, elements, depth + 1, out);
    member(&m, "high");
    print_json(&interval->high, elements, depth + 1, out);
    member(&m, "lowClosed");
    buf_add_cstr(out, interval->low_closed ? "true" : "false");
    member(&m, "highClosed");
    buf_add_cstr(out, interval->high_closed ? "true" : "false");
    end_members(&m);
}

static void print_list(const struct list *list, const struct print_elements *elements, int depth,
                       struct buf *out) {
    buf_add_char(out, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        buf_add_cstr(out, i == 0 ? "" : ",");
        print_json(&list->items[i], elements, depth + 1, out);
    }
    buf_add_char(out, ']');
}

static void print_tuple(const struct tuple *tuple, const struct print_elements *elements, int depth,
                        struct buf *out) {
    buf_add_char(out, '{');
    for (uint32_t i = 0; i < tuple->count; i++) {
        buf_add_cstr(out, i == 0 ? "" : ",");
        buf_add_json(out, tuple->names[i]);
        buf_add_char(out, ':');
        print_json(&tuple->values[i], elements, depth + 1, out);
    }
    buf_add_char(out, '}');
}

static void print_datetime(const struct value *v, struct buf *out) {
    char text[DATETIME_TEXT_MAX];
    size_t len = datetime_print(&v->datetime, (enum value_kind)v->kind, text);
    buf_add_json(out, (struct str){text, len});
}

static void print_ratio(const struct ratio *ratio, struct buf *out) {
    struct members m = {out, false};
    member(&m, "numerator");
    print_quantity(&ratio->numerator, out);
    member(&m, "denominator");
    print_quantity(&ratio->denominator, out);
    end_members(&m);
}

static void print_json(const struct value *v, const struct print_elements *elements, int depth,
                       struct buf *out) {
    if (depth > LIMIT_EXPRESSION_DEPTH && out->status == STATUS_OK) {
        out->status = STATUS_LIMIT;
    }
    if (out->status != STATUS_OK) {
        return;
    }
    switch ((enum value_kind)v->kind) {
    case VALUE_NULL:
        buf_add_cstr(out, "null");
        break;
    case VALUE_BOOLEAN:
        buf_add_cstr(out, v->boolean ? "true" : "false");
        break;
    case VALUE_INTEGER:
        buf_add_format(out, "%d", (int)v->integer);
        break;
    case VALUE_LONG:
        buf_add_format(out, "%lld", (long long)v->longint);
        break;
    case VALUE_DECIMAL:
        add_decimal(out, v);
        break;
    case VALUE_STRING:
        buf_add_json(out, v->string);
        break;
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        print_datetime(v, out);
        break;
    case VALUE_QUANTITY:
        print_quantity(v->quantity, out);
        break;
    case VALUE_RATIO:
        print_ratio(v->ratio, out);
        break;
    case VALUE_CODE:
        print_code(v->code, out);
        break;
    case VALUE_CONCEPT:
        print_concept(v->concept, out);
        break;
    case VALUE_VOCABULARY:
        print_vocabulary(v->vocabulary, out);
        break;
    case VALUE_INTERVAL:
    case VALUE_UNCERTAINTY:
        print_interval(v->interval, elements, depth, out);
        break;
    case VALUE_LIST:
        print_list(v->list, elements, depth, out);
        break;
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        print_tuple(v->tuple, elements, depth, out);
        break;
    case VALUE_ELEMENT:
        if (elements) {
            elements->print(elements->context, v, out);
        } else {
            buf_add_cstr(out, "null");
        }
        break;
    }
}

void value_print_json(const struct value *v, const struct print_elements *elements,
                      struct buf *out) {
    print_json(v, elements, 0, out);
}
