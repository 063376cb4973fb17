/* The types that CQL can name: the System types and the whole of FHIR R4 (4.0.1), as one frozen
 * table. FHIR's part is generated from the HL7 model info by tools/make_model.py into
 * model/fhir401.inc; nothing is written by hand. Type ids and element ids are stable within one
 * build only: never store them in a file.
 *
 * FHIR facts that the model info does not carry (which JSON keys a choice element has, which
 * element tells when a resource became known) are derived or listed beside the generator with their
 * source. */
#ifndef QUELL_MODEL_MODEL_H
#define QUELL_MODEL_MODEL_H

#include "base/str.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

/* System types have fixed ids. */
enum model_system {
    MODEL_NONE = 0,
    MODEL_ANY,
    MODEL_BOOLEAN,
    MODEL_INTEGER,
    MODEL_LONG,
    MODEL_DECIMAL,
    MODEL_STRING,
    MODEL_DATE,
    MODEL_DATETIME,
    MODEL_TIME,
    MODEL_QUANTITY,
    MODEL_RATIO,
    MODEL_CODE,
    MODEL_CONCEPT,
    MODEL_VOCABULARY,
    MODEL_VALUESET,
    MODEL_CODESYSTEM,
    MODEL_SYSTEM_COUNT
};

#define MODEL_NO_ELEMENT UINT16_MAX

enum model_spec_kind { SPEC_NAMED, SPEC_LIST, SPEC_CHOICE, SPEC_INTERVAL, SPEC_LIST_OF_CHOICE };

/* The type of an element: one named type, a list of one, a choice of several, or an interval. */
struct model_spec {
    uint8_t kind; /* enum model_spec_kind */
    uint8_t choice_count;
    uint16_t type;           /* NAMED, LIST, INTERVAL */
    const uint16_t *choices; /* CHOICE: type ids in the model's order */
};

struct model_element {
    struct str name; /* "value", without a choice's suffix */
    struct model_spec spec;
};

struct model_type {
    struct str name; /* "Observation.Component", "dateTime", "Integer" */
    bool is_system;
    bool is_abstract;
    bool is_retrievable;
    bool is_resource; /* derives from FHIR.Resource */
    bool
        is_primitive; /* a FHIR type whose `value` is a System type: string, code, instant, enums */
    uint16_t base;    /* type id; MODEL_NONE at the top */
    uint16_t value_type;           /* primitive: the System type of `value` */
    uint16_t primary_code_element; /* or MODEL_NO_ELEMENT */
    uint16_t element_count;        /* own and inherited */
    const uint16_t *elements;      /* element ids; inherited ones first */
};

/* The tables; read them with the functions that follow. */
extern const struct model_type *const model_types;
extern const struct model_element *const model_elements;
extern const uint16_t model_type_total, model_element_total;

static inline uint16_t model_type_count(void) {
    return model_type_total;
}

static inline const struct model_type *model_type(uint16_t type) {
    assert(type < model_type_total);
    return &model_types[type];
}

static inline uint16_t model_element_count(void) {
    return model_element_total;
}

static inline const struct model_element *model_element(uint16_t element) {
    assert(element < model_element_total);
    return &model_elements[element];
}

/* `space` "System", "FHIR" or "" (FHIR before System). MODEL_NONE when there is none. */
uint16_t model_find(struct str space, struct str name);
/* An element of the type or of its bases; MODEL_NO_ELEMENT when there is none. */
uint16_t model_find_element(uint16_t type, struct str name);
bool model_derives(uint16_t type, uint16_t base);
/* The FHIRHelpers function that converts `from`: "ToString", "ToQuantity" ...; empty when none. */
struct str model_conversion(uint16_t from, struct model_spec *to);

/* FHIR's Patient compartment: the elements of a resource type that point to the patient ("subject",
 * "patient", "participant.actor"), from the R4 CompartmentDefinition. Count 0: not in it. */
uint32_t model_patient_paths(uint16_t type, const struct str **paths);

/* The JSON key of a choice element for one of its types: "value" + "Quantity". */
void model_choice_key(struct str element, uint16_t type, char out[96]);

#endif
