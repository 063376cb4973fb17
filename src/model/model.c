#include "model/model.h"

struct conversion {
    uint16_t from; /* ascending */
    struct str function;
    struct model_spec to;
};

struct patient_path {
    uint16_t type; /* ascending */
    uint16_t count;
    const struct str *paths;
};

#include "model/fhir401.inc"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

_Static_assert(COUNT(types) < UINT16_MAX && COUNT(elements) < MODEL_NO_ELEMENT, "ids have 16 bits");

const struct model_type *const model_types = types;
const struct model_element *const model_elements = elements;
const uint16_t model_type_total = (uint16_t)COUNT(types);
const uint16_t model_element_total = (uint16_t)COUNT(elements);

/* The same 32-bit FNV-1a as in tools/make_model.py. */
static uint32_t name_hash(struct str name) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < name.len; i++) {
        h = (h ^ (uint8_t)name.at[i]) * 16777619u;
    }
    return h;
}

static uint16_t find_in(const uint16_t *slots, size_t count, struct str name) {
    for (size_t i = name_hash(name) & (count - 1); slots[i]; i = (i + 1) & (count - 1)) {
        if (str_equal(types[slots[i]].name, name)) {
            return slots[i];
        }
    }
    return MODEL_NONE;
}

uint16_t model_find(struct str space, struct str name) {
    if (str_equal(space, STR("FHIR"))) {
        return find_in(fhir_slots, COUNT(fhir_slots), name);
    }
    if (str_equal(space, STR("System"))) {
        return find_in(system_slots, COUNT(system_slots), name);
    }
    if (space.len) {
        return MODEL_NONE;
    }
    uint16_t type = find_in(fhir_slots, COUNT(fhir_slots), name);
    return type ? type : find_in(system_slots, COUNT(system_slots), name);
}

uint16_t model_find_element(uint16_t type, struct str name) {
    const struct model_type *t = model_type(type);
    for (uint16_t i = 0; i < t->element_count; i++) {
        if (str_equal(elements[t->elements[i]].name, name)) {
            return t->elements[i];
        }
    }
    return MODEL_NO_ELEMENT;
}

bool model_derives(uint16_t type, uint16_t base) {
    while (type != base && type != MODEL_NONE) {
        type = model_type(type)->base;
    }
    return type == base;
}

struct str model_conversion(uint16_t from, struct model_spec *to) {
    for (; from != MODEL_NONE; from = model_type(from)->base) {
        size_t low = 0, high = COUNT(conversions);
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (conversions[middle].from < from) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low < COUNT(conversions) && conversions[low].from == from) {
            *to = conversions[low].to;
            return conversions[low].function;
        }
    }
    return STR_NONE;
}

uint32_t model_patient_paths(uint16_t type, const struct str **paths) {
    size_t low = 0, high = COUNT(patient_paths);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (patient_paths[middle].type < type) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < COUNT(patient_paths) && patient_paths[low].type == type;
    *paths = found ? patient_paths[low].paths : NULL;
    return found ? patient_paths[low].count : 0;
}

void model_choice_key(struct str element, uint16_t type, char out[96]) {
    struct str name = model_type(type)->name;
    /* A profile of Quantity, and JSON names the type that it restricts: rateQuantity. */
    if (str_equal(name, STR("SimpleQuantity"))) {
        name = STR("Quantity");
    }
    assert(element.len + name.len < 96 && name.len > 0);
    memcpy(out, element.at, element.len);
    memcpy(out + element.len, name.at, name.len);
    char *first = out + element.len;
    if (*first >= 'a' && *first <= 'z') {
        *first = (char)(*first - 'a' + 'A');
    }
    out[element.len + name.len] = '\0';
}
