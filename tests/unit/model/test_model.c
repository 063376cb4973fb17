/* The type table against facts of FHIR R4 that can be read at hl7.org/fhir/R4, and against itself.
 */
#include "model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static uint16_t fhir(const char *name) {
    uint16_t type = model_find(STR("FHIR"), str_from(name));
    assert_int_not_equal(type, MODEL_NONE);
    return type;
}

static void test_system_types(void **state) {
    (void)state;
    static const char *const names[] = {
        "Any",  "Boolean",  "Integer", "Long", "Decimal", "String",     "Date",     "DateTime",
        "Time", "Quantity", "Ratio",   "Code", "Concept", "Vocabulary", "ValueSet", "CodeSystem"};
    for (uint16_t i = 0; i < MODEL_SYSTEM_COUNT - 1; i++) {
        uint16_t type = model_find(STR("System"), str_from(names[i]));
        assert_int_equal(type, i + 1);
        assert_true(model_type(type)->is_system);
    }
    uint16_t unit = model_find_element(MODEL_QUANTITY, STR("unit"));
    assert_int_equal(model_element(unit)->spec.type, MODEL_STRING);
    assert_true(model_derives(MODEL_VALUESET, MODEL_VOCABULARY));
    assert_int_equal(model_find(STR("System"), STR("Observation")), MODEL_NONE);
    assert_int_equal(model_find(STR("US"), STR("Observation")), MODEL_NONE);
}

static void test_every_type_is_found_and_sound(void **state) {
    (void)state;
    for (uint16_t i = 1; i < model_type_count(); i++) {
        const struct model_type *t = model_type(i);
        assert_int_equal(model_find(t->is_system ? STR("System") : STR("FHIR"), t->name), i);
        assert_true(t->base < model_type_count());
        for (uint16_t e = 0; e < t->element_count; e++) {
            const struct model_element *element = model_element(t->elements[e]);
            assert_int_equal(model_find_element(i, element->name), t->elements[e]);
            assert_true(!e || t->elements[e] != t->elements[e - 1]);
        }
    }
    assert_true(model_type_count() > 900);
}

static void test_observation(void **state) {
    (void)state;
    uint16_t type = fhir("Observation");
    const struct model_type *t = model_type(type);
    assert_true(t->is_resource && t->is_retrievable && !t->is_abstract && !t->is_primitive);
    assert_true(str_equal(model_element(t->primary_code_element)->name, STR("code")));
    const struct model_element *value = model_element(model_find_element(type, STR("value")));
    assert_int_equal(value->spec.kind, SPEC_CHOICE);
    assert_int_equal(value->spec.choice_count, 11);
    assert_int_equal(value->spec.choices[0], fhir("Quantity"));
    const struct model_element *part = model_element(model_find_element(type, STR("component")));
    assert_int_equal(part->spec.kind, SPEC_LIST);
    assert_int_equal(part->spec.type, fhir("Observation.Component"));
    assert_int_not_equal(model_find_element(type, STR("id")), MODEL_NO_ELEMENT);
    assert_int_equal(model_find_element(type, STR("valueQuantity")), MODEL_NO_ELEMENT);
    /* FHIR before System when the space is not named. */
    assert_int_equal(model_find(STR(""), STR("Quantity")), fhir("Quantity"));
    assert_int_equal(model_find(STR(""), STR("Integer")), MODEL_INTEGER);
    assert_true(model_type(fhir("DomainResource"))->is_abstract);
}

static void test_primitives(void **state) {
    (void)state;
    assert_true(model_type(fhir("code"))->is_primitive);
    assert_int_equal(model_type(fhir("instant"))->value_type, MODEL_DATETIME);
    assert_int_equal(model_type(fhir("date"))->value_type, MODEL_DATE);
    assert_int_equal(model_type(fhir("ObservationStatus"))->value_type, MODEL_STRING);
    assert_int_equal(model_type(fhir("positiveInt"))->value_type, MODEL_INTEGER);
    assert_false(model_type(fhir("Quantity"))->is_primitive);
}

static void test_conversions(void **state) {
    (void)state;
    struct model_spec to;
    assert_true(str_equal(model_conversion(fhir("Period"), &to), STR("ToInterval")));
    assert_int_equal(to.kind, SPEC_INTERVAL);
    assert_int_equal(to.type, MODEL_DATETIME);
    assert_true(str_equal(model_conversion(fhir("Age"), &to), STR("ToQuantity")));
    assert_true(str_equal(model_conversion(fhir("ObservationStatus"), &to), STR("ToString")));
    assert_true(str_equal(model_conversion(fhir("CodeableConcept"), &to), STR("ToConcept")));
    assert_int_equal(model_conversion(fhir("Observation"), &to).len, 0);
}

static void test_patient_paths(void **state) {
    (void)state;
    static const struct {
        const char *type;
        const char *first;
        uint32_t count;
    } cases[] = {{"Observation", "subject", 2},  {"Condition", "subject", 2},
                 {"Encounter", "subject", 1},    {"Immunization", "patient", 1},
                 {"Claim", "patient", 2},        {"Appointment", "participant.actor", 1},
                 {"AuditEvent", "agent.who", 2}, {"Provenance", "target", 1},
                 {"Patient", NULL, 0},           {"Medication", NULL, 0},
                 {"Location", NULL, 0},          {"Organization", NULL, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct str *paths;
        assert_int_equal(model_patient_paths(fhir(cases[i].type), &paths), cases[i].count);
        assert_true(!cases[i].count || str_equal(paths[0], str_from(cases[i].first)));
    }
}

static void test_choice_keys(void **state) {
    (void)state;
    char key[96];
    model_choice_key(STR("value"), fhir("Quantity"), key);
    assert_string_equal(key, "valueQuantity");
    model_choice_key(STR("rate"), fhir("SimpleQuantity"), key);
    assert_string_equal(key, "rateQuantity"); /* FHIR R4 MedicationAdministration.dosage.rate[x] */
    model_choice_key(STR("onset"), fhir("dateTime"), key);
    assert_string_equal(key, "onsetDateTime");
    /* Every choice in the model has a key that fits. */
    for (uint16_t e = 0; e < model_element_count(); e++) {
        const struct model_spec *spec = &model_element(e)->spec;
        for (int c = 0; c < spec->choice_count; c++) {
            model_choice_key(model_element(e)->name, spec->choices[c], key);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_system_types), cmocka_unit_test(test_every_type_is_found_and_sound),
        cmocka_unit_test(test_observation),  cmocka_unit_test(test_primitives),
        cmocka_unit_test(test_conversions),  cmocka_unit_test(test_patient_paths),
        cmocka_unit_test(test_choice_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
