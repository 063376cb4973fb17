/* Reading FHIR: demand, grouping, Bundles, duplicates, and the same result in any order. */
#include "fhir_fixture.h"

#define PATIENT(id)                                                                                \
    "{\"resourceType\":\"Patient\",\"id\":\"" id                                                   \
    "\",\"gender\":\"female\",\"birthDate\":\"1950-02\"}"
#define LOINC(code)                                                                                \
    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]}"
#define CRP(id, patient, value)                                                                    \
    "{\"resourceType\":\"Observation\",\"id\":\"" id                                               \
    "\",\"status\":\"final\"," LOINC("1988-5") ",\"subject\":{\"reference\":\"" patient "\"},"     \
                                               "\"effectiveDateTime\":\"2021-03-01T08:00:00+01:"   \
                                               "00\",\"issued\":\"2021-03-01T09:30:00.000Z\","     \
                                               "\"valueQuantity\":{\"value\":" value               \
                                               ",\"unit\":\"mg/L\",\"code\":\"mg/L\"}}"

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

static void test_a_line_becomes_a_row(void **state) {
    struct fixture *f = *state;
    fixture_write(f, "a.ndjson", PATIENT("p1") "\n" CRP("o1", "Patient/p1", "3.20") "\r\n\n", 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    fixture_has(f, "", "p1 Patient p1 [.. ..) f=1: gender=\"female\" birthDate=1950-02\n");
    fixture_has(f, "",
                "p1 Observation o1 [2021-03-01T09:30:00.000+00:00 ..) f=2: status=\"final\" "
                "effective=2021-03-01T08:00:00+01:00 value={value=3.20 code=\"mg/L\"}\n");
    const struct population_counts *c = population_counts(f->population);
    assert_int_equal(c->lines, 2);
    assert_int_equal(c->resources, 2);
    assert_int_equal(c->kept, 2);
    assert_int_equal(c->files, 1);
    assert_int_equal(f->diags.kept, 0);
}

static void test_demand_decides(void **state) {
    struct fixture *f = *state;
    fixture_write(
        f, "a.ndjson",
        PATIENT(
            "p1") "\n"
                  "{\"resourceType\":\"Observation\",\"id\":\"x\"," LOINC(
                      "8310-5") ",\"subject\":{\"reference\":\"Patient/p1\"}}\n"
                                "{\"resourceType\" : \"Observation\",\"id\":\"y\"," LOINC(
                                    "8310-5") "}\n"
                                              "{\"resourceType\":\"Observation\",\"id\":\"z\","
                                              "\"code\":{\"text\":\"\\u0041\"}}\n"
                                              "{\"resourceType\":\"Immunization\",\"id\":\"i\"}\n"
                                              "{\"resourceType\":\"Observation\",\"id\":\"two\","
                                              "\"code\" : "
                                              "{\"coding\":[{\"system\":\"http://"
                                              "local\",\"code\":\"q\"},"
                                              "{\"code\" : "
                                              "\"94500-6\",\"system\":\"http://"
                                              "loinc.org\"}]},\"subject\":{\"reference\":\"Patient/"
                                              "p1\"},"
                                              "\"valueCodeableConcept\":{\"coding\":[{\"system\":"
                                              "\"http://snomed.info/"
                                              "sct\",\"code\":\"260373001\"}]}}\n",
        0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    const struct population_counts *c = population_counts(f->population);
    assert_int_equal(c->not_read, 2);
    assert_int_equal(c->not_wanted, 2);
    assert_int_equal(c->kept, 2);
    assert_int_equal(c->undated, 1);
    fixture_has(f, "",
                "Observation two [.. ..) f=4: value={coding=[{system=\"http://snomed.info/sct\" "
                "code=\"260373001\"}]}");
    struct str plain = fixture_show(f, "");
    f->options.strict = true;
    assert_int_equal(fixture_read(f), STATUS_OK);
    c = population_counts(f->population);
    assert_int_equal(c->not_read, 0);
    assert_int_equal(c->not_wanted, 4);
    assert_string_equal(plain.at, fixture_show(f, "").at);
}

static void test_references(void **state) {
    struct fixture *f = *state;
    fixture_write(
        f, "a.ndjson",
        CRP("rel", "Patient/p1", "1") "\n" CRP(
            "abs", "https://x.org/fhir/Patient/p1",
            "2") "\n" CRP("ver", "Patient/p1/_history/3",
                          "3") "\n" CRP("urn", "urn:uuid:p1",
                                        "4") "\n" CRP("group", "Group/p1",
                                                      "5") "\n"
                                                           "{\"resourceType\":\"Observation\","
                                                           "\"id\":\"in\",\"contained\":[{"
                                                           "\"resourceType\":\"Patient\",\"id\":"
                                                           "\"c\"}]," LOINC(
                                                               "1988-5") ",\"subject\":{"
                                                                         "\"reference\":\"#c\"}}\n"
                                                                         "{\"resourceType\":"
                                                                         "\"Observation\",\"id\":"
                                                                         "\"none\"," LOINC(
                                                                             "1988-5") "}\n"
                                                                                       "{\"resource"
                                                                                       "Type\":"
                                                                                       "\"Location"
                                                                                       "\",\"id\":"
                                                                                       "\"w\","
                                                                                       "\"name\":"
                                                                                       "\"Ward "
                                                                                       "3\"}\n",
        0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    const char *const kept[] = {"p1 Observation rel",
                                "p1 Observation abs",
                                "p1 Observation ver",
                                "p1 Observation urn",
                                "Observation/in#c Observation in",
                                " Location w [.. ..) f=80: name=\"Ward 3\""};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        fixture_has(f, "", kept[i]);
    }
    assert_int_equal(population_counts(f->population)->without_patient, 2);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0104), 2);
    assert_int_equal(population_patients(f->population), 2);
    assert_int_equal(population_counts(f->population)->undated, 1);
}

static void test_bundles(void **state) {
    struct fixture *f = *state;
    static const char *const kinds[] = {"collection", "searchset", "transaction",
                                        "batch",      "document",  "message"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char text[4096];
        snprintf(text, sizeof text,
                 "{\n \"resourceType\": \"Bundle\",\n \"type\": \"%s\",\n \"entry\": [\n"
                 "{\"fullUrl\":\"urn:uuid:aaa\",\"resource\":%s},\n"
                 "{\"fullUrl\":\"urn:uuid:bbb\",\"resource\":%s},\n"
                 "{\"response\":{\"status\":\"200\"}}, {\"resource\":%s} ]\n}\n",
                 kinds[i], PATIENT("p7"), CRP("b1", "urn:uuid:aaa", "7"),
                 CRP("b2", "Patient/p7", "8"));
        fixture_write(f, "bundle.json", text, 0);
        assert_int_equal(fixture_read(f), STATUS_OK);
        fixture_has(f, "", "p7 Observation b1");
        fixture_has(f, "", "p7 Observation b2");
        assert_int_equal(population_patients(f->population), 1);
        assert_int_equal(population_counts(f->population)->kept, 3);
    }
    /* A Bundle as a line, a resource over several lines, an array of resources: all of it mixed. */
    fixture_write(f, "line.ndjson",
                  "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":" CRP(
                      "l1", "Patient/p7", "9") "}]}\n" CRP("l2", "Patient/p7", "10") "\n",
                  0);
    fixture_write(f, "sub/one.json",
                  "{\n\"resourceType\":\"Encounter\",\n\"id\":\"e\",\"subject\":{\"reference\":"
                  "\"Patient/p7\"}}",
                  0);
    fixture_write(f, "sub/many.json",
                  "[" CRP("m1", "Patient/p7", "1") "," CRP("m2", "Patient/p8", "1") "]", 0);
    fixture_write(f, "sub/README.txt", "no data", 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    const char *const kept[] = {"b1", "l1", "l2", "m1"};
    for (size_t i = 0; i < 4; i++) {
        char words[64];
        snprintf(words, sizeof words, "p7 Observation %s", kept[i]);
        fixture_has(f, "", words);
    }
    fixture_has(f, "", "p7 Encounter e");
    fixture_has(f, "", "p8 Observation m2");
    assert_int_equal(population_counts(f->population)->files_passed_over, 1);
}

static void test_duplicates_are_settled_by_content(void **state) {
    struct fixture *f = *state;
    static const char *const lines[] = {
        CRP("o1", "Patient/p1", "1"), CRP("o1", "Patient/p1", "1"),
        "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"versionId\":\"10\"}," LOINC(
            "1988-5") ",\"subject\":{\"reference\":\"Patient/"
                      "p1\"},\"valueQuantity\":{\"value\":22}}",
        "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"versionId\":\"9\"}," LOINC(
            "1988-5") ",\"subject\":{\"reference\":\"Patient/"
                      "p1\"},\"valueQuantity\":{\"value\":21}}"};
    static const int orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
    for (int o = 0; o < 4; o++) {
        char text[4096] = "";
        for (int i = 0; i < 4; i++) {
            strcat(strcat(text, lines[orders[o][i]]), "\n");
        }
        fixture_write(f, "a.ndjson", text, 0);
        assert_int_equal(fixture_read(f), STATUS_OK);
        fixture_has(f, "", "value={value=22.0}");
        fixture_lacks(f, "", "value={value=1.0 ");
        fixture_lacks(f, "", "value={value=21.0}");
        const struct population_counts *c = population_counts(f->population);
        assert_int_equal(c->kept, 1);
        assert_int_equal(c->duplicates, 3);
    }
    assert_true(fixture_diag_count(f, DIAG_DA0103) >= 4);
}

static void test_medications_by_reference(void **state) {
    struct fixture *f = *state;
    fixture_write(
        f, "a.ndjson",
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"r1\",\"status\":\"active\",\"subject\":{"
        "\"reference\":\"Patient/p\"},\"medicationReference\":{\"reference\":\"Medication/"
        "dexa\"}}\n"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"r2\",\"subject\":{\"reference\":"
        "\"Patient/p\"},\"medicationReference\":{\"reference\":\"Medication/other\"}}\n"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"r3\",\"contained\":[{\"resourceType\":"
        "\"Medication\",\"id\":\"m\",\"code\":{\"coding\":[{\"system\":\"http://www.nlm.nih.gov/"
        "research/umls/rxnorm\",\"code\":\"3264\"}]}}],\"subject\":{\"reference\":\"Patient/"
        "p\"},\"medicationReference\":{\"reference\":\"#m\"}}\n"
        "{\"resourceType\":\"MedicationRequest\",\"id\":\"r4\",\"subject\":{\"reference\":"
        "\"Patient/p\"},\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"http://"
        "www.nlm.nih.gov/research/umls/rxnorm\",\"code\":\"3264\"}]}}\n"
        "{\"resourceType\":\"Medication\",\"id\":\"dexa\",\"code\":{\"coding\":[{\"system\":\"http:"
        "//www.nlm.nih.gov/research/umls/rxnorm\",\"code\":\"3264\"}]}}\n",
        0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    fixture_has(f, "",
                "MedicationRequest r1 [.. ..) f=20: status=\"active\" "
                "medication={reference=\"Medication/dexa\"}");
    fixture_has(f, "", "MedicationRequest r3");
    fixture_has(f, "", "MedicationRequest r4");
    fixture_lacks(f, "", "MedicationRequest r2");
    assert_int_equal(population_counts(f->population)->kept, 3);
    assert_int_equal(population_counts(f->population)->not_wanted, 2);
}

static void test_any_order_gives_the_same(void **state) {
    struct fixture *f = *state;
    static const char *const lines[] = {PATIENT("p2"), CRP("o1", "Patient/p2", "1"),
                                        CRP("o2", "Patient/p1", "2"), CRP("o3", "Patient/p2", "3"),
                                        CRP("o4", "Patient/p3", "4")};
    static const char *const names[] = {"a.ndjson", "b.ndjson", "c/d.jsonl"};
    struct str first = STR_NONE;
    uint8_t first_hash[16], hash[16];
    srand(1);
    for (int round = 0; round < 20; round++) {
        char texts[3][2048] = {"", "", ""};
        int order[5] = {0, 1, 2, 3, 4};
        for (int i = 4; i > 0; i--) {
            int j = rand() % (i + 1), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        for (int i = 0; i < 5; i++) {
            char *text = texts[rand() % 3];
            strcat(strcat(text, lines[order[i]]), "\n");
        }
        for (int i = 0; i < 3; i++) {
            fixture_write(f, names[i], *texts[i] ? texts[i] : "\n", 0);
        }
        assert_int_equal(fixture_read(f), STATUS_OK);
        struct str shown = fixture_show(f, "");
        population_hash(f->population, hash);
        if (round == 0) {
            first = shown;
            memcpy(first_hash, hash, 16);
            /* The one with a Patient resource comes first, the others by id. */
            assert_int_equal(strncmp(shown.at, "p2:\n", 4), 0);
        }
        assert_string_equal(first.at, shown.at);
        assert_memory_equal(first_hash, hash, 16);
    }
}

static void test_rows_without_cells_differ(void **state) {
    struct fixture *f = *state;
    fixture_shape(f, "Encounter", "");
    fixture_write(
        f, "a.ndjson",
        "{\"resourceType\":\"Encounter\",\"id\":\"a\",\"subject\":{\"reference\":\"Patient/p\"}}\n"
        "{\"resourceType\":\"Encounter\",\"id\":\"b\",\"subject\":{\"reference\":\"Patient/p\"}}\n",
        0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    fixture_has(f, "", "p Encounter a [.. ..) f=8: \np Encounter b [.. ..) f=8: \n");
    struct record record;
    population_record(f->population, 0, &record);
    assert_int_not_equal(record.tables[0].rows[0].block, record.tables[0].rows[1].block);
}

static void test_whole_rows_keep_their_json(void **state) {
    struct fixture *f = *state;
    fixture_shape(f, "Observation", "* status");
    fixture_write(f, "a.ndjson", CRP("o1", "Patient/p1", "3.20") "\n", 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    struct record record;
    population_record(f->population, 0, &record);
    const struct record_table *table =
        record_table(&record, model_find(STR("FHIR"), STR("Observation")));
    assert_non_null(table);
    assert_true(str_equal(segment_raw(row_segment(table, table->rows), table->rows),
                          STR(CRP("o1", "Patient/p1", "3.20"))));
    fixture_has(f, "", "o1 [2021-03-01T09:30:00.000+00:00 ..) f=2: status=\"final\"\n");
}

static void test_values_keep_their_digits(void **state) {
    struct fixture *f = *state;
    fixture_write(
        f, "a.ndjson",
        CRP("a", "Patient/p", "0.00000001") "\n" CRP("b", "Patient/p", "-12345678901234567890.5") "\n" CRP(
            "c", "Patient/p",
            "1e2") "\n" CRP("d", "Patient/p",
                            "176.35499866729558") "\n" CRP("e", "Patient/p",
                                                           "1e99") "\n"
                                                                   "{\"resourceType\":"
                                                                   "\"Observation\",\"id\":"
                                                                   "\"t\"," LOINC(
                                                                       "1988-5") ",\"subject\":{"
                                                                                 "\"reference\":"
                                                                                 "\"Patient/"
                                                                                 "p\"},"
                                                                                 "\"valueString\":"
                                                                                 "\"a\\\"\\u00e9\","
                                                                                 "\"effectiveDateTi"
                                                                                 "me\":\"2021-03-"
                                                                                 "01T08:00:00.5+05:"
                                                                                 "53\"}\n",
        0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    fixture_has(f, "", "value={value=0.00000001 ");
    fixture_has(f, "", "value={value=-12345678901234567890.5 ");
    fixture_has(f, "", "value={value=100");
    fixture_has(f, "", "value={value=176.35499867 ");
    fixture_has(f, "", "value=\"a\\\"\xc3\xa9\"");
    fixture_has(f, "", "+05:53");
    assert_int_equal(fixture_diag_count(f, DIAG_DA0110), 1);
}

static void test_extensions_of_primitives(void **state) {
    struct fixture *f = *state;
    fixture_shape(f, "date", "extension");
    fixture_shape(f, "string", "id");
    fixture_shape(f, "Patient", "birthDate name");
    fixture_shape(f, "HumanName", "given");
    fixture_shape(f, "Extension", "url value");
    fixture_write(f, "a.ndjson",
                  "{\"resourceType\":\"Patient\",\"id\":\"a\",\"_birthDate\":{\"extension\":[{"
                  "\"url\":\"u\",\"valueInteger\":3}]},\"birthDate\":\"1950-02-01\"}\n"
                  "{\"resourceType\":\"Patient\",\"id\":\"b\",\"_birthDate\":{\"extension\":[{"
                  "\"url\":\"u\",\"valueUri\":\"v\"}]}}\n"
                  "{\"resourceType\":\"Patient\",\"id\":\"c\",\"birthDate\":\"1951\",\"name\":[{"
                  "\"given\":[\"x\",null],\"_given\":[null,{\"id\":\"i\"}]}]}\n",
                  0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    fixture_has(f, "", "a Patient a [.. ..) f=1: birthDate={extension=[{url=\"u\" value=3}]}\n");
    fixture_has(f, "",
                "b Patient b [.. ..) f=1: birthDate={extension=[{url=\"u\" value=\"v\"}]}\n");
    fixture_has(f, "", "c Patient c [.. ..) f=1: name=[{given=[{}, {id=\"i\"}]}] birthDate={}\n");
    struct record record;
    population_record(f->population, 2, &record);
    struct value patient = record_row_value(record.tables, 0), born, date;
    uint16_t date_type = model_find(STR("FHIR"), STR("date"));
    assert_true(record_property(&patient, model_find_element(patient.type, STR("birthDate")),
                                &f->arena, &born));
    assert_int_equal(born.kind, VALUE_ELEMENT);
    assert_int_equal(born.type, date_type);
    assert_true(
        record_property(&born, model_find_element(date_type, STR("value")), &f->arena, &date));
    assert_int_equal(date.kind, VALUE_DATE);
    assert_int_equal(date.datetime.year, 1951);
    assert_int_equal(date.type, date_type);
}

static void test_every_allocation_failing(void **state) {
    struct fixture *f = *state;
    fixture_write(
        f, "a.ndjson",
        PATIENT("p1") "\n" CRP("o1", "Patient/p1",
                               "3") "\n{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":"
                                    "\"finished\",\"subject\":{\"reference\":\"Patient/"
                                    "p1\"},\"period\":{\"start\":\"2020\",\"end\":\"2021\"}}\n",
        0);
    struct str path = str_from(f->folder);
    enum status status = STATUS_NO_MEMORY;
    for (uint64_t n = 1; status; n++) {
        struct population *population = NULL;
        mem_fail_after(n);
        status = fhir_read(&path, 1, &f->demand, NULL, &f->diags, &population);
        mem_fail_after(0);
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        assert_true((population != NULL) == (status == STATUS_OK));
        population_free(population);
        assert_true(n < 10000);
    }
}

static bool shared_data(char *path, size_t size, const char *name) {
    const char *root = getenv("QUELL_SHARED");
    snprintf(path, size, "%s/data/%s", root ? root : "../shared", name);
    FILE *file = fopen(path, "r");
    if (file) {
        fclose(file);
        return true;
    }
    print_message("skipped: there is no %s\n", path);
    return false;
}

/* Data that nobody here shaped: every resource must be in exactly one count, and none bad. */
static void test_foreign_data(void **state) {
    struct fixture *f = *state;
    static const char *const names[] = {"ward", "synthea-r4"};
    for (int i = 0; i < 2; i++) {
        char path[512];
        if (!shared_data(path, sizeof path, names[i])) {
            continue;
        }
        for (int strict = 0; strict < 2; strict++) {
            f->options.strict = strict;
            assert_int_equal(fixture_read_path(f, path), STATUS_OK);
            const struct population_counts *c = population_counts(f->population);
            assert_int_equal(c->bad, 0);
            assert_int_equal(c->unknown_type, 0);
            assert_int_equal(c->without_patient, 0);
            assert_int_equal(c->resources,
                             c->kept + c->not_wanted + c->duplicates + c->without_patient);
            assert_true(c->kept > 1000);
            print_message("%s: %u patients, %llu resources kept of %llu, %llu lines not read\n",
                          names[i], population_patients(f->population), (unsigned long long)c->kept,
                          (unsigned long long)c->resources, (unsigned long long)c->not_read);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_line_becomes_a_row, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_demand_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_references, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bundles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_duplicates_are_settled_by_content, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_medications_by_reference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_any_order_gives_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_without_cells_differ, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_whole_rows_keep_their_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values_keep_their_digits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_extensions_of_primitives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_allocation_failing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_foreign_data, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
