/* The text of the built-in library: fhirhelpers.cql, and one function for each primitive type of
 * the model that converts, which is its `value`. */
#include "cql/check.h"

extern const char fhirhelpers_cql[];

static void add_primitives(struct buf *out) {
    for (uint16_t i = 1; i < model_type_count(); i++) {
        const struct model_type *type = model_type(i);
        struct model_spec spec;
        struct str name = type->is_primitive ? model_conversion(i, &spec) : STR_NONE;
        if (name.len && spec.kind == SPEC_NAMED && spec.type == type->value_type) {
            buf_add_format(out, "define function %.*s(value FHIR.\"%.*s\"): value.value\n",
                           STR_ARG(name), STR_ARG(type->name));
        }
    }
}

struct str fhirhelpers_text(struct arena *arena) {
    struct buf buf;
    buf_init(&buf);
    buf_add_cstr(&buf, fhirhelpers_cql);
    buf_add_char(&buf, '\n');
    add_primitives(&buf);
    struct str text = buf_status(&buf) == STATUS_OK ? arena_copy(arena, buf_str(&buf)) : STR_NONE;
    buf_release(&buf);
    return text;
}
