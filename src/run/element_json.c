#include "run/element_json.h"

/* A structure's cells in the order of the model; absent ones are left out, as FHIR JSON does. */
static void print_block(struct element_printer *printer, const struct value *of, struct buf *out) {
    const struct shape *shape = &printer->demand->shapes[of->type];
    const struct print_elements elements = element_json(printer);
    bool first = true;
    buf_add_char(out, '{');
    if (model_type(of->type)->is_resource) {
        buf_add_cstr(out, "\"resourceType\":");
        buf_add_json(out, model_type(of->type)->name);
        first = false;
    }
    for (uint16_t i = 0; i < shape->count; i++) {
        struct value value;
        if (!record_property(of, shape->elements[i], printer->arena, &value) ||
            !record_plain(printer->arena, &value)) {
            out->status = STATUS_NO_MEMORY;
            return;
        }
        if (value_is_null(&value)) {
            continue;
        }
        const struct model_element *element = model_element(shape->elements[i]);
        bool choice = element->spec.kind == SPEC_CHOICE && value.type;
        char key[96];
        if (choice) {
            model_choice_key(element->name, value.type, key);
        }
        buf_add_cstr(out, first ? "" : ",");
        buf_add_json(out, choice ? str_from(key) : element->name);
        buf_add_char(out, ':');
        value_print_json(&value, &elements, out);
        first = false;
    }
    buf_add_char(out, '}');
}

/* The raw line without the blanks around it. */
static struct str trimmed(struct str text) {
    while (text.len && (unsigned char)text.at[text.len - 1] <= ' ') {
        text.len--;
    }
    while (text.len && (unsigned char)text.at[0] <= ' ') {
        text.at++;
        text.len--;
    }
    return text;
}

static void print_element(void *context, const struct value *element, struct buf *out) {
    struct element_printer *printer = context;
    if (model_type(element->type)->is_primitive) {
        struct value plain = *element;
        if (record_plain(printer->arena, &plain)) {
            value_print_json(&plain, NULL, out);
        } else {
            out->status = STATUS_NO_MEMORY;
        }
        return;
    }
    const struct row *row = NULL;
    if (printer->record && model_type(element->type)->is_resource) {
        row = record_row_of(printer->record, element);
    }
    struct str raw = row && row->type == element->type && row->block == element->element.block
                         ? trimmed(segment_raw(element->element.segment, row))
                         : STR_NONE;
    if (raw.len) {
        buf_add(out, raw);
    } else {
        print_block(printer, element, out);
    }
}

struct print_elements element_json(struct element_printer *printer) {
    return (struct print_elements){.print = print_element, .context = printer};
}
