/* Values that are written out. A negative number is the Negate of its amount, as CQL reads it; the
 * least Integer and Long have no amount and stay as they are. */
#include "elm/elm_internal.h"

#include "value/decimal.h"
#include "value/ucum.h"

#include <inttypes.h>

static void plain(struct elm_writer *w, uint16_t type, struct str text) {
    elm_node(w, "Literal");
    elm_key(w, "valueType");
    elm_type_name(w, type);
    elm_member(w, "value", text);
    elm_close(w, '}');
}

static void integer(struct elm_writer *w, int64_t value, uint16_t type) {
    char text[24];
    int size = snprintf(text, sizeof text, "%" PRId64, value);
    plain(w, type, (struct str){text, (size_t)size});
}

static struct str decimal_text(i128 value, uint8_t scale, char out[DECIMAL_TEXT_MAX]) {
    return (struct str){out, decimal_print(value, scale, out)};
}

static void amount(struct elm_writer *w, const struct quantity *quantity, i128 value) {
    char text[DECIMAL_TEXT_MAX];
    elm_key(w, "value");
    elm_raw(w, decimal_text(value, quantity->scale, text));
    struct str unit = unit_text(quantity->unit);
    if (!str_equal(unit, STR("1"))) {
        elm_member(w, "unit", unit);
    }
}

static void part(struct elm_writer *w, const char *name, int value) {
    elm_key(w, name);
    integer(w, value, MODEL_INTEGER);
}

static void moment(struct elm_writer *w, const struct value *value) {
    const struct datetime *d = &value->datetime;
    bool date = value->kind != VALUE_TIME;
    elm_node(w, value->kind == VALUE_DATE       ? "Date"
                : value->kind == VALUE_DATETIME ? "DateTime"
                                                : "Time");
    const struct {
        const char *name;
        int value;
        enum precision precision;
    } parts[] = {{"year", d->year, PRECISION_YEAR},
                 {"month", d->month, PRECISION_MONTH},
                 {"day", d->day, PRECISION_DAY},
                 {"hour", d->hour, PRECISION_HOUR},
                 {"minute", d->minute, PRECISION_MINUTE},
                 {"second", d->second, PRECISION_SECOND},
                 {"millisecond", d->millisecond, PRECISION_MILLISECOND}};
    for (size_t i = date ? 0 : 3; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].precision <= (enum precision)d->precision) {
            part(w, parts[i].name, parts[i].value);
        }
    }
    if (value->kind == VALUE_DATETIME && d->offset_min != OFFSET_OF_REQUEST &&
        d->precision >= PRECISION_HOUR) {
        char text[DECIMAL_TEXT_MAX];
        i128 hours = (i128)d->offset_min * DECIMAL_ONE / 60;
        elm_key(w, "timezoneOffset");
        plain(w, MODEL_DECIMAL, decimal_text(hours, decimal_scale_needed(hours), text));
    }
    elm_close(w, '}');
}

/* The tree keeps a code's system, not the name it was written by: any name of the system will do.
 */
static const struct vocabulary_decl *declared_system(const struct elm_writer *w,
                                                     const struct code *code) {
    for (const struct library *l = w->program->main; l; l = l->next) {
        for (const struct vocabulary_decl *v = l->vocabularies; v; v = v->next) {
            bool reachable = l == w->library;
            for (const struct include *i = w->library->includes; i && !reachable; i = i->next) {
                reachable = i->library == l && !v->is_private;
            }
            if (reachable && !v->value.is_value_set && str_equal(v->value.id, code->system) &&
                str_equal(v->value.version, code->version)) {
                return v;
            }
        }
    }
    return NULL;
}

void elm_code(struct elm_writer *w, const struct code *code) {
    elm_member(w, "code", code->code);
    if (code->display.at) {
        elm_member(w, "display", code->display);
    }
    const struct vocabulary_decl *system = declared_system(w, code);
    if (system) {
        elm_key(w, "system");
        elm_open(w, '{');
        elm_member(w, "name", system->name);
        elm_library_name(w, system->library);
        elm_close(w, '}');
    }
}

static void concept_of(struct elm_writer *w, const struct concept *concept) {
    elm_node(w, "Concept");
    if (concept->display.at) {
        elm_member(w, "display", concept->display);
    }
    elm_key(w, "code");
    elm_open(w, '[');
    for (uint32_t i = 0; i < concept->count; i++) {
        elm_open(w, '{');
        elm_code(w, &concept->codes[i]);
        elm_close(w, '}');
    }
    elm_close(w, ']');
    elm_close(w, '}');
}

static void ratio(struct elm_writer *w, const struct ratio *ratio) {
    elm_node(w, "Ratio");
    elm_key(w, "numerator");
    elm_open(w, '{');
    amount(w, &ratio->numerator, ratio->numerator.value);
    elm_close(w, '}');
    elm_key(w, "denominator");
    elm_open(w, '{');
    amount(w, &ratio->denominator, ratio->denominator.value);
    elm_close(w, '}');
    elm_close(w, '}');
}

static bool opens_negate(struct elm_writer *w, const struct value *v) {
    bool negative = (v->kind == VALUE_INTEGER && v->integer < 0 && v->integer > INT32_MIN) ||
                    (v->kind == VALUE_LONG && v->longint < 0 && v->longint > INT64_MIN) ||
                    (v->kind == VALUE_DECIMAL && v->decimal < 0) ||
                    (v->kind == VALUE_QUANTITY && v->quantity->value < 0);
    if (negative) {
        elm_node(w, "Negate");
        elm_key(w, "operand");
    }
    return negative;
}

static i128 magnitude(i128 value) {
    return value < 0 ? -value : value;
}

static void positive(struct elm_writer *w, const struct value *v, bool negated) {
    char text[DECIMAL_TEXT_MAX];
    switch (v->kind) {
    case VALUE_BOOLEAN:
        plain(w, MODEL_BOOLEAN, v->boolean ? STR("true") : STR("false"));
        break;
    case VALUE_INTEGER:
        integer(w, negated ? -(int64_t)v->integer : v->integer, MODEL_INTEGER);
        break;
    case VALUE_LONG:
        integer(w, negated ? -v->longint : v->longint, MODEL_LONG);
        break;
    case VALUE_DECIMAL:
        plain(w, MODEL_DECIMAL, decimal_text(magnitude(v->decimal), v->scale, text));
        break;
    case VALUE_STRING:
        plain(w, MODEL_STRING, v->string);
        break;
    case VALUE_QUANTITY:
        elm_node(w, "Quantity");
        amount(w, v->quantity, magnitude(v->quantity->value));
        elm_close(w, '}');
        break;
    default:
        break;
    }
}

void elm_literal(struct elm_writer *w, const struct expr *expr) {
    const struct value *v = &expr->literal;
    switch (v->kind) {
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        moment(w, v);
        return;
    case VALUE_RATIO:
        ratio(w, v->ratio);
        return;
    case VALUE_CODE:
        elm_node(w, "Code");
        elm_code(w, v->code);
        elm_close(w, '}');
        return;
    case VALUE_CONCEPT:
        concept_of(w, v->concept);
        return;
    default: {
        bool negated = opens_negate(w, v);
        positive(w, v, negated);
        if (negated) {
            elm_close(w, '}');
        }
    }
    }
}
