/* Values of trial.yaml for the parameters of the logic: their type is the parameter's. */
#include "trial/document_scalar.h"
#include "trial/trial_internal.h"
#include "value/datetime.h"
#include "value/decimal.h"
#include "value/print.h"
#include "value/ucum.h"

const struct parameter *trial_find_parameter(const struct program *program, struct str name) {
    for (const struct library *l = program->main; l; l = l->next) {
        for (const struct parameter *p = l->parameters; p; p = p->next) {
            if (str_equal(p->name, name)) {
                return p;
            }
        }
    }
    return NULL;
}

/* "Site" and "Reference limits". */
enum { SITE_PARAMETERS = 2 };

enum conversion { CONVERTED, NOT_OF_TYPE, NO_MEMORY };

static enum conversion to_quantity(struct trial_build *build, const struct trial_parameter *p,
                                   struct value *out) {
    struct trial_quantity q = {0};
    if (!scalar_quantity(p->value.text, &q)) {
        return NOT_OF_TYPE;
    }
    struct str text = q.unit.len ? q.unit : p->unit.text;
    struct unit_table *units = build->trial->program->units;
    const struct unit *unit = unit_intern(units, text);
    struct quantity *quantity = ARENA_NEW(build->arena, struct quantity);
    if (!unit || !quantity) {
        return NO_MEMORY;
    }
    if (!unit_is_valid(unit)) {
        return NOT_OF_TYPE;
    }
    *quantity = (struct quantity){q.value, q.scale, unit};
    *out = (struct value){.kind = VALUE_QUANTITY, .quantity = quantity};
    return CONVERTED;
}

static enum conversion to_date(struct str text, enum value_kind kind, struct value *out) {
    out->kind = (uint8_t)kind;
    bool ok = kind == VALUE_DATE       ? datetime_parse_date(text, &out->datetime)
              : kind == VALUE_DATETIME ? datetime_parse(text, &out->datetime)
                                       : datetime_parse_time(text, &out->datetime);
    return ok ? CONVERTED : NOT_OF_TYPE;
}

static enum conversion to_number(struct str text, uint16_t type, struct value *out) {
    i128 value;
    uint8_t scale;
    if (!decimal_parse(text, &value, &scale)) {
        return NOT_OF_TYPE;
    }
    if (type == MODEL_DECIMAL) {
        *out = (struct value){.kind = VALUE_DECIMAL, .scale = scale, .decimal = value};
        return CONVERTED;
    }
    i128 whole = value / DECIMAL_ONE;
    bool is_long = type == MODEL_LONG;
    i128 high = is_long ? (i128)INT64_MAX : (i128)INT32_MAX;
    if (value % DECIMAL_ONE || whole > high || whole < -high - 1) {
        return NOT_OF_TYPE;
    }
    *out = is_long ? (struct value){.kind = VALUE_LONG, .longint = (int64_t)whole}
                   : value_integer((int32_t)whole);
    return CONVERTED;
}

static enum conversion convert(struct trial_build *build, const struct trial_parameter *p,
                               const struct type *type, struct value *out) {
    struct str text = p->value.text;
    if (!type || type->kind != TYPE_NAMED) {
        return NOT_OF_TYPE;
    }
    switch (type->name) {
    case MODEL_BOOLEAN: {
        struct trial_boolean b;
        if (!scalar_boolean(text, &b)) {
            return NOT_OF_TYPE;
        }
        *out = value_boolean(b.value);
        return CONVERTED;
    }
    case MODEL_INTEGER:
    case MODEL_LONG:
    case MODEL_DECIMAL:
        return to_number(text, type->name, out);
    case MODEL_STRING:
        *out = value_string(text);
        return CONVERTED;
    case MODEL_QUANTITY:
        return to_quantity(build, p, out);
    case MODEL_DATE:
        return to_date(text, VALUE_DATE, out);
    case MODEL_DATETIME:
        return to_date(text, VALUE_DATETIME, out);
    case MODEL_TIME:
        return to_date(text, VALUE_TIME, out);
    default:
        return NOT_OF_TYPE;
    }
}

static void report_type(struct trial_build *build, const struct trial_parameter *p,
                        const struct parameter *parameter) {
    struct buf type;
    buf_init(&type);
    type_print(parameter->type, &type);
    struct diagnostic *d =
        diag_at(build->diags, DIAG_TR0111, p->value.place.span, "'%.*s' is no %.*s",
                STR_ARG(p->value.text), STR_ARG(buf_str(&type)));
    diag_note(build->diags, d, "the logic declares parameter \"%.*s\" %.*s", STR_ARG(p->id.text),
              STR_ARG(buf_str(&type)));
    buf_release(&type);
}

static void report_unknown(struct trial_build *build, const struct trial_parameter *p) {
    const struct parameter *near = NULL;
    for (const struct library *l = build->trial->program->main; l; l = l->next) {
        for (const struct parameter *q = l->parameters; q; q = q->next) {
            if (str_equal_fold(q->name, p->id.text) || str_distance(q->name, p->id.text, 3) <= 3) {
                near = q;
            }
        }
    }
    struct diagnostic *d = diag_at(build->diags, DIAG_TR0110, p->id.place.span,
                                   "the logic has no parameter '%.*s'", STR_ARG(p->id.text));
    if (near) {
        diag_hint(build->diags, d, "did you mean '%.*s'?", STR_ARG(near->name));
    } else {
        diag_hint(build->diags, d, "declare it in the CQL: parameter \"%.*s\" Quantity",
                  STR_ARG(p->id.text));
    }
}

static struct str shown(struct trial_build *build, const struct value *value) {
    struct buf text;
    buf_init(&text);
    value_print_cql(value, &text);
    struct str copy =
        buf_status(&text) == STATUS_OK ? arena_copy(build->arena, buf_str(&text)) : STR_NONE;
    buf_release(&text);
    return copy;
}

/* Arguments of trial.yaml, then those of the command line for the same or other parameters. */
static enum status bind_document(struct trial_build *build) {
    const struct trial_parameter_list *parameters = &build->document->parameters;
    const struct trial_options *options = build->options;
    size_t room = (size_t)parameters->count + options->argument_count + SITE_PARAMETERS;
    build->arguments = ARENA_ARRAY(build->arena, room, struct plan_argument);
    build->argument_spans = ARENA_ARRAY(build->arena, room, struct span);
    if (!build->arguments || !build->argument_spans) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < options->argument_count; i++) {
        build->arguments[build->argument_count++] = options->arguments[i];
    }
    for (uint32_t i = 0; i < parameters->count; i++) {
        const struct trial_parameter *p = &parameters->items[i];
        const struct parameter *parameter = trial_find_parameter(build->trial->program, p->id.text);
        bool overridden = false;
        for (uint32_t k = 0; k < options->argument_count; k++) {
            overridden |= str_equal(options->arguments[k].name, p->id.text);
        }
        struct value value = value_null();
        if (!parameter) {
            report_unknown(build, p);
            continue;
        }
        if (!trial_given(p->value.place)) {
            continue;
        }
        enum conversion done = convert(build, p, parameter->type, &value);
        if (done == NO_MEMORY) {
            return STATUS_NO_MEMORY;
        }
        if (done == NOT_OF_TYPE) {
            report_type(build, p, parameter);
        } else if (!overridden) {
            build->argument_spans[build->argument_count] = p->value.place.span;
            build->arguments[build->argument_count++] = (struct plan_argument){p->id.text, value};
        }
    }
    return STATUS_OK;
}

static struct trial_setting setting_of(struct trial_build *build, const struct parameter *p) {
    struct trial_setting setting = {.name = p->name, .from_default = true};
    for (uint32_t i = 0; i < build->argument_count; i++) {
        if (str_equal(build->arguments[i].name, p->name)) {
            setting.from_default = false;
            setting.value = shown(build, &build->arguments[i].value);
        }
    }
    const struct trial_parameter_list *parameters = &build->document->parameters;
    for (uint32_t i = 0; i < parameters->count; i++) {
        if (str_equal(parameters->items[i].id.text, p->name)) {
            const struct trial_parameter *item = &parameters->items[i];
            setting.mark = item->value.place.mark ? *item->value.place.mark : item->mark;
        }
    }
    if (setting.from_default) {
        struct span span = p->default_value ? p->default_value->span : (struct span){0};
        setting.value = span.source
                            ? (struct str){span.source->text.at + span.start, span.end - span.start}
                            : STR("null");
        setting.mark.status = MARK_STATED;
    }
    return setting;
}

enum status trial_bind_parameters(struct trial_build *build) {
    enum status status = bind_document(build);
    status = status == STATUS_OK ? trial_bind_site(build) : status;
    if (status != STATUS_OK) {
        return status;
    }
    uint32_t count = build->trial->program->parameter_count;
    struct trial_setting *settings = ARENA_ARRAY(build->arena, count + 1, struct trial_setting);
    if (!settings) {
        return STATUS_NO_MEMORY;
    }
    uint32_t n = 0;
    for (const struct library *l = build->trial->program->main; l; l = l->next) {
        for (const struct parameter *p = l->parameters; p && n < count; p = p->next) {
            settings[n] = setting_of(build, p);
            if (!settings[n++].value.at) {
                return STATUS_NO_MEMORY;
            }
        }
    }
    build->trial->settings = settings;
    build->trial->setting_count = n;
    return STATUS_OK;
}

/* ---- A subject's own moments ---- */

static const struct parameter *moment_of(struct trial_build *build, const struct trial_text *name) {
    if (!trial_given(name->place)) {
        return NULL;
    }
    const struct parameter *p = trial_find_parameter(build->trial->program, name->text);
    bool is_time = p && p->type && p->type->kind == TYPE_NAMED && p->type->name == MODEL_DATETIME;
    if (!is_time) {
        struct diagnostic *d =
            diag_at(build->diags, DIAG_TR0114, name->place.span,
                    p ? "the parameter '%.*s' is no DateTime" : "there is no parameter '%.*s'",
                    STR_ARG(name->text));
        diag_hint(build->diags, d, "write it in %.*s: parameter \"%.*s\" System.DateTime",
                  STR_ARG(build->document->logic.text), STR_ARG(name->text));
    }
    return is_time ? p : NULL;
}

enum status trial_find_moments(struct trial_build *build, struct trial_regimen *regimen) {
    const struct trial_moments *moments = build->document->moments;
    if (moments) {
        regimen->allocation = moment_of(build, &moments->allocation);
        regimen->first_dose = moment_of(build, &moments->first_dose);
    }
    return build->diags->out_of_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
