/* Attempts to see the future: what a row tells at a time must have been known at that time. */
#include "fhir_fixture.h"

#define P "\"subject\":{\"reference\":\"Patient/p\"}"
#define LOINC(code)                                                                                \
    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]}"
#define COVID                                                                                      \
    "\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"840539006\"}]}"
#define DEXA                                                                                       \
    "\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"http://www.nlm.nih.gov/research/"    \
    "umls/rxnorm\",\"code\":\"3264\"}]}"
#define RESOLVED                                                                                   \
    "\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"         \
    "condition-clinical\",\"code\":\"resolved\"}]}"

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    fixture_init(f);
    fixture_usual(f);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture_release(*state);
    free(*state);
    assert_int_equal(mem_live(), 0);
    return 0;
}

static void read_text(struct fixture *f, const char *text) {
    fixture_write(f, "a.ndjson", text, 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
}

static void test_an_encounter_that_ended_later(void **state) {
    struct fixture *f = *state;
    read_text(
        f, "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\"," P
           ",\"period\":{\"start\":\"2021-03-01T10:00:00Z\",\"end\":\"2021-03-09T10:00:00Z\"}}\n");
    fixture_lacks(f, "2021-03-01T09:59:59Z", "Encounter e");
    fixture_has(f, "2021-03-05T00:00:00Z",
                "status=\"in-progress\" period={start=2021-03-01T10:00:00+00:00}");
    fixture_lacks(f, "2021-03-05T00:00:00Z", "finished");
    fixture_lacks(f, "2021-03-05T00:00:00Z", "2021-03-09T10:00:00+00:00}");
    fixture_has(f, "2021-03-09T10:00:00Z", "status=\"finished\"");
    fixture_has(f, "2021-03-09T10:00:00Z", "end=2021-03-09T10:00:00+00:00");
    fixture_lacks(f, "2021-03-09T10:00:00Z", "in-progress");
}

static void test_an_imprecise_end_counts_from_its_last_instant(void **state) {
    struct fixture *f = *state;
    read_text(f, "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\"," P
                 ",\"period\":{\"start\":\"2021-03-01\",\"end\":\"2021-03-09\"}}\n");
    fixture_lacks(f, "2021-03-01T12:00:00Z", "Encounter e");
    fixture_has(f, "2021-03-09T23:00:00Z", "in-progress");
    fixture_has(f, "2021-03-10T00:00:00Z", "finished");
}

static void test_a_condition_resolved_later(void **state) {
    struct fixture *f = *state;
    read_text(f, "{\"resourceType\":\"Condition\",\"id\":\"c\"," COVID "," P "," RESOLVED
                 ",\"onsetDateTime\":\"2021-02-01T00:00:00Z\",\"abatementDateTime\":\"2021-03-"
                 "01T00:00:00Z\",\"recordedDate\":\"2021-02-03T00:00:00Z\"}\n"
                 "{\"resourceType\":\"Condition\",\"id\":\"old\"," COVID "," P "," RESOLVED
                 ",\"onsetDateTime\":\"2010\",\"abatementDateTime\":\"2011\",\"recordedDate\":"
                 "\"2021-02-03T00:00:00Z\"}\n"
                 "{\"resourceType\":\"Condition\",\"id\":\"undated\"," COVID "," P "," RESOLVED
                 ",\"recordedDate\":\"2021-02-03T00:00:00Z\"}\n");
    fixture_lacks(f, "2021-02-02T00:00:00Z", "Condition");
    fixture_has(f, "2021-02-10T00:00:00Z",
                "Condition c [2021-02-03T00:00:00.000+00:00 2021-03-01T00:00:00.000+00:00) f=10: "
                "clinicalStatus={coding=[{system=\"http://terminology.hl7.org/CodeSystem/"
                "condition-clinical\" code=\"active\"}]} onset=2021-02-01T00:00:00+00:00\n");
    fixture_has(f, "2021-03-02T00:00:00Z",
                "code=\"resolved\"}]} onset=2021-02-01T00:00:00+00:00 "
                "abatement=2021-03-01T00:00:00+00:00\n");
    /* Recorded when it was over: there was never a time when it was known as open. */
    fixture_has(f, "2021-02-10T00:00:00Z", "Condition old [2021-02-03T00:00:00.000+00:00 ..)");
    fixture_has(f, "2021-02-10T00:00:00Z",
                "Condition undated [2021-02-03T00:00:00.000+00:00 ..) f=10 export:");
    assert_int_equal(population_counts(f->population)->status_as_of_export, 1);
}

static void test_a_corrected_result(void **state) {
    struct fixture *f = *state;
    read_text(f, "{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"corrected\"," LOINC(
                     "1988-5") "," P ",\"effectiveDateTime\":\"2021-03-01T08:00:00Z\",\"issued\":"
                               "\"2021-03-04T12:00:00Z\",\"valueQuantity\":{\"value\":12}}\n");
    fixture_lacks(f, "2021-03-04T11:59:59Z", "Observation");
    fixture_has(f, "2021-03-04T12:00:00Z", "status=\"corrected\"");
}

static void test_a_death(void **state) {
    struct fixture *f = *state;
    read_text(f, "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"male\","
                 "\"deceasedDateTime\":\"2021-03-20\"}\n"
                 "{\"resourceType\":\"Patient\",\"id\":\"q\",\"deceasedBoolean\":true}\n"
                 "{\"resourceType\":\"Patient\",\"id\":\"r\",\"deceasedBoolean\":false}\n");
    fixture_has(f, "2021-03-20T12:00:00Z",
                "p Patient p [.. 2021-03-20T23:59:59.999+00:00) f=1: gender=\"male\"\n");
    fixture_lacks(f, "2021-03-20T12:00:00Z", "deceased=2021");
    fixture_has(f, "2021-03-21T00:00:00Z", "deceased=2021-03-20");
    fixture_has(f, "", "q Patient q [.. ..) f=1 export: deceased=true");
    fixture_has(f, "", "r Patient r [.. ..) f=1: deceased=false");
}

static void test_procedures_and_medications(void **state) {
    struct fixture *f = *state;
    read_text(f,
              "{\"resourceType\":\"Procedure\",\"id\":\"vent\",\"status\":\"completed\"," P
              ",\"performedPeriod\":{\"start\":\"2021-03-01T00:00:00Z\",\"end\":\"2021-03-05T00:00:"
              "00Z\"}}\n"
              "{\"resourceType\":\"Procedure\",\"id\":\"once\",\"status\":\"completed\"," P
              ",\"performedDateTime\":\"2021-03-01T00:00:00Z\"}\n"
              "{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"status\":\"completed\"," DEXA
              "," P ",\"authoredOn\":\"2021-03-01T00:00:00Z\"}\n"
              "{\"resourceType\":\"MedicationRequest\",\"id\":\"m2\",\"status\":\"completed\"," DEXA
              "," P ",\"authoredOn\":\"2021-03-01T00:00:00Z\",\"dispenseRequest\":{"
              "\"validityPeriod\":{\"end\":\"2021-03-08T00:00:00Z\"}}}\n"
              "{\"resourceType\":\"MedicationRequest\",\"id\":\"m3\",\"status\":\"active\"," DEXA
              "," P ",\"authoredOn\":\"2021-03-01T00:00:00Z\",\"dispenseRequest\":{"
              "\"validityPeriod\":{\"end\":\"2021-03-08T00:00:00Z\"}}}\n");
    fixture_has(f, "2021-03-03T00:00:00Z",
                "status=\"in-progress\" performed={start=2021-03-01T00:00:00+00:00}");
    fixture_has(f, "2021-03-06T00:00:00Z",
                "status=\"completed\" performed={start=2021-03-01T00:00:00+00:00 "
                "end=2021-03-05T00:00:00+00:00}");
    fixture_has(f, "2021-03-03T00:00:00Z",
                "Procedure once [2021-03-01T00:00:00.000+00:00 ..) f=40: status=\"completed\"");
    fixture_has(f, "",
                "MedicationRequest m1 [2021-03-01T00:00:00.000+00:00 ..) f=20 export: "
                "status=\"completed\"");
    fixture_has(f, "2021-03-03T00:00:00Z",
                "MedicationRequest m2 [2021-03-01T00:00:00.000+00:00 "
                "2021-03-08T00:00:00.000+00:00) f=20: status=\"active\"");
    fixture_has(
        f, "2021-03-09T00:00:00Z",
        "MedicationRequest m2 [2021-03-08T00:00:00.000+00:00 ..) f=20: status=\"completed\"");
    fixture_has(f, "",
                "MedicationRequest m3 [2021-03-01T00:00:00.000+00:00 ..) f=20: status=\"active\"");
    assert_int_equal(population_counts(f->population)->status_as_of_export, 1);
}

static void test_a_history_bundle(void **state) {
    struct fixture *f = *state;
    fixture_write(
        f, "h.json",
        "{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[\n"
        "{\"request\":{\"method\":\"DELETE\",\"url\":\"Observation/"
        "o\"},\"response\":{\"lastModified\":\"2021-03-09T00:00:00Z\"}},\n"
        "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{\"versionId\":"
        "\"2\",\"lastUpdated\":\"2021-03-04T00:00:00Z\"},\"status\":\"corrected\"," LOINC(
            "1988-5") "," P
                      ",\"issued\":\"2021-03-04T00:00:00Z\",\"valueQuantity\":{\"value\":12}}},\n"
                      "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{"
                      "\"versionId\":\"1\"},\"status\":\"final\"," LOINC(
                          "1988-5") "," P ",\"issued\":\"2021-03-01T00:00:00Z\",\"valueQuantity\":{"
                                    "\"value\":120}},\"response\":{\"lastModified\":\"2021-"
                                    "03-01T00:00:00Z\"}}]}",
        0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    fixture_lacks(f, "2021-02-28T00:00:00Z", "Observation");
    fixture_has(f, "2021-03-02T00:00:00Z", "status=\"final\" value={value=120.0}");
    fixture_lacks(f, "2021-03-02T00:00:00Z", "corrected");
    fixture_has(f, "2021-03-05T00:00:00Z", "status=\"corrected\" value={value=12.0}");
    fixture_lacks(f, "2021-03-05T00:00:00Z", "final");
    fixture_lacks(f, "2021-03-10T00:00:00Z", "Observation");
    assert_int_equal(population_counts(f->population)->kept, 2);
}

/* A version with another code, which nobody asked for, ends the one before all the same. */
static void test_a_code_that_was_corrected(void **state) {
    struct fixture *f = *state;
    fixture_write(f, "h.json",
                  "{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[\n"
                  "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{"
                  "\"versionId\":\"1\",\"lastUpdated\":\"2021-03-01T00:00:00Z\"}," LOINC(
                      "1988-5") "," P ",\"status\":\"final\"}},\n"
                                "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\","
                                "\"meta\":{\"versionId\":\"2\",\"lastUpdated\":\"2021-03-04T00:"
                                "00:00Z\"}," LOINC("99999-9") "," P ",\"status\":\"corrected\"}}]}",
                  0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    fixture_has(f, "2021-03-02T00:00:00Z", "status=\"final\"");
    fixture_lacks(f, "2021-03-05T00:00:00Z", "Observation");
    assert_int_equal(population_counts(f->population)->kept, 1);
    assert_int_equal(population_counts(f->population)->not_wanted, 1);
}

static void test_entered_in_error_is_counted(void **state) {
    struct fixture *f = *state;
    read_text(f, "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"entered-in-error\"," P
                 ",\"period\":{\"start\":\"2021\",\"end\":\"2022\"}}\n");
    fixture_has(f, "2021-12-31T23:59:59.999Z", "status=\"entered-in-error\"");
    assert_int_equal(population_counts(f->population)->entered_in_error, 1);
}

static void test_a_split_row_hides_its_json(void **state) {
    struct fixture *f = *state;
    fixture_shape(f, "Encounter", "* status");
    read_text(f, "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\"," P
                 ",\"period\":{\"start\":\"2020\",\"end\":\"2021\"}}\n");
    struct record record;
    population_record(f->population, 0, &record);
    const struct record_table *table =
        record_table(&record, model_find(STR("FHIR"), STR("Encounter")));
    assert_int_equal(table->count, 2);
    assert_true(table->rows[0].flags & ROW_SPLIT);
    assert_int_equal(segment_raw(row_segment(table, &table->rows[0]), &table->rows[0]).len, 0);
    assert_true(segment_raw(row_segment(table, &table->rows[1]), &table->rows[1]).len > 0);
    assert_int_equal(population_latest(f->population, INSTANT_MAX), table->rows[1].known_from);
    assert_int_equal(population_latest(f->population, table->rows[1].known_from - 1),
                     table->rows[0].known_from);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_encounter_that_ended_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_imprecise_end_counts_from_its_last_instant, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_condition_resolved_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_corrected_result, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_death, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_procedures_and_medications, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_history_bundle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_code_that_was_corrected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_entered_in_error_is_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_split_row_hides_its_json, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
