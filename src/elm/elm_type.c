/* Types: qualified names and type specifiers. */
#include "elm/elm_internal.h"

#define SYSTEM_URI "urn:hl7-org:elm-types:r1"
#define FHIR_URI "http://hl7.org/fhir"

void elm_type_name(struct elm_writer *w, uint16_t model_type_id) {
    const struct model_type *type = model_type(model_type_id);
    char text[160];
    (void)snprintf(text, sizeof text, "{%s}%.*s", type->is_system ? SYSTEM_URI : FHIR_URI,
                   STR_ARG(type->name));
    elm_text(w, str_from(text));
}

static void tuple_elements(struct elm_writer *w, const struct type *type) {
    elm_key(w, "element");
    elm_open(w, '[');
    for (uint32_t i = 0; i < type->count; i++) {
        elm_open(w, '{');
        elm_member(w, "name", type->names[i]);
        elm_key(w, "elementType");
        elm_type_specifier(w, type->members[i]);
        elm_close(w, '}');
    }
    elm_close(w, ']');
}

void elm_type_specifier(struct elm_writer *w, const struct type *type) {
    static const char *const kinds[] = {
        [TYPE_NAMED] = "NamedTypeSpecifier",       [TYPE_LIST] = "ListTypeSpecifier",
        [TYPE_INTERVAL] = "IntervalTypeSpecifier", [TYPE_TUPLE] = "TupleTypeSpecifier",
        [TYPE_CHOICE] = "ChoiceTypeSpecifier",     [TYPE_VARIABLE] = "ParameterTypeSpecifier"};
    elm_node(w, kinds[type->kind]);
    switch (type->kind) {
    case TYPE_NAMED:
        elm_key(w, "name");
        elm_type_name(w, type->name);
        break;
    case TYPE_LIST:
    case TYPE_INTERVAL:
        elm_key(w, type->kind == TYPE_LIST ? "elementType" : "pointType");
        elm_type_specifier(w, type->of);
        break;
    case TYPE_TUPLE:
        tuple_elements(w, type);
        break;
    case TYPE_CHOICE:
        elm_key(w, "choice");
        elm_open(w, '[');
        for (uint32_t i = 0; i < type->count; i++) {
            elm_type_specifier(w, type->members[i]);
        }
        elm_close(w, ']');
        break;
    case TYPE_VARIABLE:
        elm_member(w, "parameterName", STR("T"));
        break;
    }
    elm_close(w, '}');
}

void elm_type_of(struct elm_writer *w, const char *name, const struct type *type) {
    char key[40];
    if (type->kind == TYPE_NAMED) {
        elm_key(w, name);
        elm_type_name(w, type->name);
        return;
    }
    (void)snprintf(key, sizeof key, "%sSpecifier", name);
    elm_key(w, key);
    elm_type_specifier(w, type);
}

void elm_result_type(struct elm_writer *w, const struct type *type) {
    if (!w->options->result_types) {
        return;
    }
    if (type->kind == TYPE_NAMED) {
        elm_key(w, "resultTypeName");
        elm_type_name(w, type->name);
    } else {
        elm_key(w, "resultTypeSpecifier");
        elm_type_specifier(w, type);
    }
}
