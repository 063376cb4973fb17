#include "value/print.h"

#include "base/limits.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/ucum.h"

static void add_decimal(struct buf *out, i128 value, uint8_t scale) {
    char text[DECIMAL_TEXT_MAX];
    size_t len = decimal_print(value, scale, text);
    buf_add(out, (struct str){text, len});
}

static void add_short_decimal(struct buf *out, i128 value, uint8_t scale) {
    char text[DECIMAL_TEXT_MAX];
    size_t len = decimal_print_short(value, scale, text);
    buf_add(out, (struct str){text, len});
}

static void add_datetime(struct buf *out, const struct value *v) {
    char text[DATETIME_TEXT_MAX];
    size_t len = datetime_print(&v->datetime, (enum value_kind)v->kind, text);
    buf_add(out, (struct str){text, len});
}

static void add_integer(struct buf *out, const struct value *v) {
    long long n = v->kind == VALUE_INTEGER ? v->integer : v->longint;
    buf_add_format(out, "%lld", n);
}

static bool too_deep(struct buf *out, int depth) {
    if (depth > LIMIT_EXPRESSION_DEPTH && out->status == STATUS_OK) {
        out->status = STATUS_LIMIT;
    }
    return out->status != STATUS_OK;
}

/* A CQL string or quoted identifier, with its escapes. */
static void add_quoted(struct buf *out, struct str text, char quote) {
    buf_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        const char *escape = c == '\n'   ? "\\n"
                             : c == '\r' ? "\\r"
                             : c == '\t' ? "\\t"
                             : c == '\f' ? "\\f"
                             : c == '\\' ? "\\\\"
                             : c == '\'' ? "\\'"
                             : c == '"'  ? "\\\""
                                         : NULL;
        if (escape) {
            buf_add_cstr(out, escape);
        } else if (c < 0x20) {
            buf_add_format(out, "\\u%04x", c);
        } else {
            buf_add_char(out, (char)c);
        }
    }
    buf_add_char(out, quote);
}

static bool is_plain_name(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) {
            return false;
        }
    }
    return name.len > 0;
}

static void add_unit(const struct quantity *q, struct buf *out) {
    buf_add_char(out, ' ');
    if (unit_is_calendar(q->unit)) {
        buf_add(out, unit_text(q->unit));
        buf_add_cstr(out, q->value == DECIMAL_ONE ? "" : "s");
    } else {
        add_quoted(out, unit_text(q->unit), '\'');
    }
}

void quantity_print(const struct quantity *q, struct buf *out) {
    add_short_decimal(out, q->value, q->scale);
    add_unit(q, out);
}

static void print_code_cql(const struct code *code, struct buf *out) {
    buf_add_cstr(out, "Code { code: ");
    add_quoted(out, code->code, '\'');
    const struct {
        const char *name;
        struct str text;
    } rest[] = {{"system", code->system}, {"version", code->version}, {"display", code->display}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        if (rest[i].text.at) {
            buf_add_format(out, ", %s: ", rest[i].name);
            add_quoted(out, rest[i].text, '\'');
        }
    }
    buf_add_cstr(out, " }");
}

static void print_concept_cql(const struct concept *concept, struct buf *out) {
    buf_add_cstr(out, "Concept { codes: {");
    for (uint32_t i = 0; i < concept->count; i++) {
        buf_add_cstr(out, i == 0 ? " " : ", ");
        print_code_cql(&concept->codes[i], out);
    }
    buf_add_cstr(out, " }");
    if (concept->display.at) {
        buf_add_cstr(out, ", display: ");
        add_quoted(out, concept->display, '\'');
    }
    buf_add_cstr(out, " }");
}

static void print_vocabulary_cql(const struct vocabulary *set, struct buf *out) {
    buf_add_cstr(out, set->is_value_set ? "ValueSet { id: " : "CodeSystem { id: ");
    add_quoted(out, set->id, '\'');
    if (set->version.at) {
        buf_add_cstr(out, ", version: ");
        add_quoted(out, set->version, '\'');
    }
    if (set->name.at) {
        buf_add_cstr(out, ", name: ");
        add_quoted(out, set->name, '\'');
    }
    buf_add_cstr(out, " }");
}

static void print_cql(const struct value *v, int depth, struct buf *out);

static void print_list_cql(const struct list *list, int depth, struct buf *out) {
    buf_add_char(out, '{');
    for (uint32_t i = 0; i < list->count; i++) {
        buf_add_cstr(out, i == 0 ? " " : ", ");
        print_cql(&list->items[i], depth + 1, out);
    }
    buf_add_cstr(out, " }");
}

static void print_tuple_cql(const struct tuple *tuple, int depth, struct buf *out) {
    buf_add_cstr(out, tuple->count == 0 ? "Tuple { :" : "Tuple {");
    for (uint32_t i = 0; i < tuple->count; i++) {
        buf_add_cstr(out, i == 0 ? " " : ", ");
        if (is_plain_name(tuple->names[i])) {
            buf_add(out, tuple->names[i]);
        } else {
            add_quoted(out, tuple->names[i], '"');
        }
        buf_add_cstr(out, ": ");
        print_cql(&tuple->values[i], depth + 1, out);
    }
    buf_add_cstr(out, " }");
}

static void print_interval_cql(const struct interval *interval, int depth, struct buf *out) {
    buf_add_cstr(out, interval->low_closed ? "Interval[" : "Interval(");
    print_cql(&interval->low, depth + 1, out);
    buf_add_cstr(out, ", ");
    print_cql(&interval->high, depth + 1, out);
    buf_add_char(out, interval->high_closed ? ']' : ')');
}

static void print_cql(const struct value *v, int depth, struct buf *out) {
    if (too_deep(out, depth)) {
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
        add_integer(out, v);
        break;
    case VALUE_LONG:
        add_integer(out, v);
        buf_add_char(out, 'L');
        break;
    case VALUE_DECIMAL:
        add_decimal(out, v->decimal, v->scale);
        break;
    case VALUE_STRING:
        add_quoted(out, v->string, '\'');
        break;
    case VALUE_DATE:
        buf_add_char(out, '@');
        add_datetime(out, v);
        break;
    case VALUE_DATETIME:
        buf_add_char(out, '@');
        add_datetime(out, v);
        buf_add_cstr(out, v->datetime.precision < PRECISION_HOUR ? "T" : "");
        break;
    case VALUE_TIME:
        buf_add_cstr(out, "@T");
        add_datetime(out, v);
        break;
    case VALUE_QUANTITY:
        quantity_print(v->quantity, out);
        break;
    case VALUE_RATIO:
        quantity_print(&v->ratio->numerator, out);
        buf_add_char(out, ':');
        quantity_print(&v->ratio->denominator, out);
        break;
    case VALUE_CODE:
        print_code_cql(v->code, out);
        break;
    case VALUE_CONCEPT:
        print_concept_cql(v->concept, out);
        break;
    case VALUE_VOCABULARY:
        print_vocabulary_cql(v->vocabulary, out);
        break;
    case VALUE_INTERVAL:
    case VALUE_UNCERTAINTY:
        print_interval_cql(v->interval, depth, out);
        break;
    case VALUE_LIST:
        print_list_cql(v->list, depth, out);
        break;
    case VALUE_TUPLE:
    case VALUE_INSTANCE:
        print_tuple_cql(v->tuple, depth, out);
        break;
    case VALUE_ELEMENT:
        buf_add_cstr(out, "(element of a record)");
        break;
    }
}

void value_print_cql(const struct value *v, struct buf *out) {
    print_cql(v, 0, out);
}
