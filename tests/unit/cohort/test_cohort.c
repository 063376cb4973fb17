/* A cache gives what the raw files give, for demands it was not made for; it grows; and what is
 * foreign, cut or damaged is refused. */
#include "fhir_fixture.h"

#include "cohort/cohort.h"
#include "cohort/layout.h"
#include "record/population_internal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE(text) text "\n"
#define CODED(type, id, patient, system, code, more)                                               \
    LINE("{\"resourceType\":\"" type "\",\"id\":\"" id                                             \
         "\",\"code\":{\"coding\":[{\"system\":\"" system "\","                                    \
         "\"code\":\"" code                                                                        \
         "\",\"display\":\"d\"}]},\"subject\":{\"reference\":\"Patient/" patient "\"}," more "}")

static const char first_file[] = LINE(
    "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"birthDate\":\"1950-02-03\",\"gender\":"
    "\"female\","
    "\"_birthDate\":{\"extension\":[{\"url\":\"u\",\"valueString\":\"x\"}]}}")
    LINE("{\"resourceType\":\"Patient\",\"id\":\"p0\",\"deceasedDateTime\":\"2021-05-01T00:00:"
         "00Z\"}") CODED("Observation", "o1", "p1", "http://loinc.org", "1988-5",
                         "\"status\":\"final\",\"effectiveDateTime\":\"2021-03-01T08:00:00Z\","
                         "\"valueQuantity\":"
                         "{\"value\":3.20,\"code\":\"mg/"
                         "L\",\"comparator\":\"<\"},\"category\":[{\"coding\":"
                         "[{\"system\":\"c\",\"code\":\"laboratory\"}]}]")
        CODED(
            "Observation", "c7a1e6d2-0000-4000-8000-000000000001", "p0", "http://loinc.org",
            "1988-5",
            "\"status\":\"final\",\"effectiveDateTime\":\"2021-03-02\",\"valueQuantity\":{"
            "\"value\":99999999999999999999.5}") CODED("Observation", "o2", "p1",
                                                       "http://loinc.org", "2276-4",
                                                       "\"status\":\"entered-in-error\","
                                                       "\"effectivePeriod\":{\"start\":\"2021-01\","
                                                       "\"end\":\"2021-02\"}")
            CODED("Condition", "c1", "p9", "http://snomed.info/sct", "195967001",
                  "\"clinicalStatus\":{\"coding\":[{\"code\":\"resolved\"}]},\"recordedDate\":"
                  "\"2020-01-01\","
                  "\"onsetDateTime\":\"2019\",\"abatementDateTime\":\"2020-06-01T00:00:00+05:"
                  "53\"") LINE("{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":"
                               "\"finished\",\"class\":{\"code\":\"IMP\"},"
                               "\"subject\":{\"reference\":\"Patient/"
                               "p1\"},\"period\":{\"start\":\"2021-01-01T00:00:00Z\",\"end\":"
                               "\"2021-01-05T00:00:00Z\"}}")
                LINE("{\"resourceType\":\"MedicationRequest\",\"id\":\"m1\",\"status\":"
                     "\"active\",\"subject\":{\"reference\":"
                     "\"Patient/"
                     "p1\"},\"authoredOn\":\"2021-01-02\",\"medicationReference\":{"
                     "\"reference\":\"Medication/med\"}}")
                    LINE("{\"resourceType\":\"MedicationRequest\",\"id\":\"m2\",\"status\":"
                         "\"active\",\"subject\":{\"reference\":"
                         "\"Patient/"
                         "p1\"},\"authoredOn\":\"2021-01-03\",\"medicationReference\":{"
                         "\"reference\":\"Medication/late\"}}")
                        LINE("{\"resourceType\":\"Medication\",\"id\":\"med\",\"code\":{"
                             "\"coding\":[{\"system\":\"rx\",\"code\":\"3264\"}]}}")
                            LINE("{\"resourceType\":\"Observation\",\"id\":\"nobody\",\"status\":"
                                 "\"final\",\"code\":{\"coding\":[{\"system\":"
                                 "\"http://loinc.org\",\"code\":\"1988-5\"}]}}")
                                LINE(
                                    "{\"resourceType\":\"Observation\",\"id\":\"loose\",\"status\":"
                                    "\"final\",\"code\":{\"coding\":[{\"system\":"
                                    "\"http://"
                                    "loinc.org\",\"code\":\"1988-5\"}]},\"subject\":{\"reference\":"
                                    "\"Patient/p1\"},\"note\":[{\"text\":01}]}") LINE("no JSON")
                                    LINE("{\"resourceType\":\"Bundle\",\"type\":\"history\","
                                         "\"entry\":[{\"resource\":{\"resourceType\":\"Condition\","
                                         "\"id\":\"h\",\"code\":{\"coding\":[{\"system\":\"http://"
                                         "snomed.info/"
                                         "sct\",\"code\":\"195967001\"}]},\"meta\":{\"versionId\":"
                                         "\"1\",\"lastUpdated\":"
                                         "\"2021-01-01T00:00:00Z\"},\"subject\":{\"reference\":"
                                         "\"Patient/p1\"}}},{\"resource\":{\"resourceType\":"
                                         "\"Condition\",\"id\":\"h\",\"code\":{\"coding\":[{"
                                         "\"system\":\"http://snomed.info/"
                                         "sct\",\"code\":\"195967001\"}]},\"meta\":{\"versionId\":"
                                         "\"2\",\"lastUpdated\":\"2021-02-01T00:00:00Z\"},"
                                         "\"subject\":{\"reference\":\"Patient/p1\"}}}]}");

static const char second_file[] = LINE("{\"resourceType\":\"Patient\",\"id\":\"p2\"}")
    CODED("Observation", "o1", "p1", "http://loinc.org", "1988-5",
          "\"meta\":{\"versionId\":\"2\"},\"status\":\"amended\",\"effectiveDateTime\":\"2021-03-"
          "01T08:00:00Z\"")
        CODED("Observation", "o9", "p2", "http://loinc.org", "1988-5", "\"status\":\"final\"")
            LINE("{\"resourceType\":\"Medication\",\"id\":\"late\",\"code\":{\"coding\":[{"
                 "\"system\":\"rx\",\"code\":\"3264\"}]}}");

static int setup(void **state) {
    struct fixture *f = malloc(sizeof *f);
    fixture_init(f);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture_release(*state);
    free(*state);
    return 0;
}

static struct str path_of(struct fixture *f, const char *name) {
    struct str path = arena_format(&f->arena, "%s/%s", f->folder, name);
    assert_non_null(path.at);
    return path;
}

static void read_paths(struct fixture *f, const struct str *paths, uint32_t count) {
    population_free(f->population);
    f->population = NULL;
    diag_init(&f->diags, &f->arena);
    assert_int_equal(cohort_read(paths, count, &f->demand, &f->options, &f->diags, &f->population),
                     STATUS_OK);
}

static void index_path(struct fixture *f, struct str raw, struct str cache, bool grow) {
    struct fhir_options options = {.threads = 2};
    struct cohort_summary summary;
    assert_int_equal(cohort_index(&raw, 1, cache, grow, &options, &f->diags, &summary), STATUS_OK);
    assert_true(summary.bytes > COHORT_HEADER_BYTES);
}

/* Rows, the counts that any way of reading shares, the hash of the content. */
static struct str shown(struct fixture *f) {
    struct str rows = fixture_show(f, "");
    const struct population_counts *c = population_counts(f->population);
    uint8_t hash[16];
    population_hash(f->population, hash);
    return arena_format(&f->arena,
                        "%.*s\nkept %llu bad %llu nobody %llu undated %llu error %llu export %llu "
                        "hash %02x%02x%02x",
                        STR_ARG(rows), (unsigned long long)c->kept, (unsigned long long)c->bad,
                        (unsigned long long)c->without_patient, (unsigned long long)c->undated,
                        (unsigned long long)c->entered_in_error,
                        (unsigned long long)c->status_as_of_export, hash[0], hash[7], hash[15]);
}

static void same(struct fixture *f, struct str raw, struct str cache) {
    f->options.threads = 1;
    read_paths(f, &raw, 1);
    struct str expected = shown(f);
    assert_true(population_counts(f->population)->kept > 0);
    read_paths(f, &cache, 1);
    assert_string_equal(shown(f).at, expected.at);
}

/* Demands of many kinds, one after the other, from the same file. */
static void test_any_demand(void **state) {
    struct fixture *f = *state;
    mkdir(path_of(f, "raw").at, 0777);
    fixture_write(f, "raw/a.ndjson", first_file, 0);
    struct str raw = path_of(f, "raw"), cache = path_of(f, "ward.quell");
    index_path(f, raw, cache, false);
    fixture_usual(f);
    fixture_filter(f, "Observation", "code", "http://loinc.org|1988-5");
    same(f, raw, cache);
    fixture_filter(f, "Patient", NULL, "");
    fixture_filter(f, "Condition", "code", "http://snomed.info/sct|195967001 x|y");
    fixture_filter(f, "Encounter", NULL, "");
    same(f, raw, cache);
    fixture_filter(f, "MedicationRequest", "medication", "rx|3264");
    same(f, raw, cache);
    fixture_filter(f, "Observation", "category", "c|laboratory");
    same(f, raw, cache);
    fixture_filter(f, "Observation", NULL, "");
    f->options.offset_min = 330;
    same(f, raw, cache);
    f->options.offset_min = 0;
    f->options.strict = true;
    same(f, raw, cache);
    f->options.strict = false;
    fixture_shape(f, "Observation", "* status value code");
    same(f, raw, cache);
    fixture_shape(f, "date", "extension");
    fixture_shape(f, "Extension", "url value");
    same(f, raw, cache);
}

/* Patients out of the order of their ids, one without a resource of its own; codes of many rows and
 * of few; a resource that two patients share, one of nobody's; a history that changes its code. */
static void write_orderly(struct fixture *f) {
    struct buf text;
    buf_init(&text);
    for (int i = 0; i < 60; i++) {
        int patient = i * 37 % 60;
        if (patient != 11) {
            buf_add_format(&text, "{\"resourceType\":\"Patient\",\"id\":\"p%02d\"}\n", patient);
        }
        const char *codes[] = {"1988-5", i % 7 ? "2276-4" : "26515-7", i % 29 ? "2160-0" : "x"};
        for (int k = 0; k < 3; k++) {
            buf_add_format(
                &text,
                "{\"resourceType\":\"Observation\",\"id\":\"o%d-%d\",\"status\":\"%s\","
                "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\"}]},"
                "\"subject\":{\"reference\":\"Patient/p%02d\"},\"effectiveDateTime\":"
                "\"2021-03-%02dT08:00:00Z\",\"valueQuantity\":{\"value\":%d}}\n",
                i, k, k ? "final" : "entered-in-error", codes[k], i, 1 + i % 28, i + k);
        }
        buf_add_format(&text,
                       "{\"resourceType\":\"Encounter\",\"id\":\"e%d\",\"status\":\"finished\","
                       "\"subject\":{\"reference\":\"Patient/p%02d\"},\"period\":{\"start\":"
                       "\"2021-03-01T00:00:00Z\",\"end\":\"2021-03-%02dT00:00:00Z\"}}\n",
                       i, i * 7 % 60, 2 + i % 25);
    }
    buf_add_cstr(&text,
                 "{\"resourceType\":\"Medication\",\"id\":\"m\",\"code\":{\"coding\":[{\"system\":"
                 "\"rx\",\"code\":\"3264\"}]}}\n"
                 "{\"resourceType\":\"MedicationRequest\",\"id\":\"r\",\"status\":\"active\","
                 "\"subject\":{\"reference\":\"Patient/p05\"},\"medicationReference\":{"
                 "\"reference\":\"Medication/m\"}}\n"
                 "{\"resourceType\":\"MedicationRequest\",\"id\":\"q\",\"status\":\"active\","
                 "\"subject\":{\"reference\":\"Patient/p06\"},\"medicationReference\":{"
                 "\"reference\":\"Medication/other\"}}\n"
                 "{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true,"
                 "\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"trial\"}]},\"member\":[{"
                 "\"entity\":{\"reference\":\"Patient/p07\"}},{\"entity\":{\"reference\":"
                 "\"Patient/p03\"}}]}\n"
                 "{\"resourceType\":\"Location\",\"id\":\"l\",\"name\":\"Ward 3\"}\n");
    const char *codes[] = {"1988-5", "2276-4", "1988-5"};
    buf_add_cstr(&text, "{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[");
    for (int i = 0; i < 3; i++) {
        buf_add_format(
            &text,
            "%s{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"h\",\"status\":"
            "\"final\",\"meta\":{\"versionId\":\"%d\",\"lastUpdated\":\"2021-04-0%dT00:00:"
            "00Z\"},\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\"}"
            "]},\"subject\":{\"reference\":\"Patient/p09\"}}}",
            i ? "," : "", i + 1, i + 1, codes[i]);
    }
    buf_add_cstr(&text, "]}\n");
    buf_add_char(&text, 0);
    assert_int_equal(buf_status(&text), STATUS_OK);
    fixture_write(f, "orderly/a.ndjson", text.at, 0);
    buf_release(&text);
}

static void laid_out(struct fixture *f, struct str raw, struct str cache) {
    same(f, raw, cache);
    /* The builder has a segment of its own. */
    assert_int_equal(f->population->segment_count, 1);
    for (uint32_t i = 0; i < population_patients(f->population); i++) {
        struct record record;
        population_record(f->population, i, &record);
        assert_int_equal(population_find(f->population, record.patient_id), i);
    }
    assert_int_equal(population_find(f->population, STR("p99")), UINT32_MAX);
}

static void test_laid_out_without_a_builder(void **state) {
    struct fixture *f = *state;
    mkdir(path_of(f, "orderly").at, 0777);
    write_orderly(f);
    struct str raw = path_of(f, "orderly"), cache = path_of(f, "orderly.quell");
    index_path(f, raw, cache, false);
    fixture_usual(f);
    fixture_filter(f, "Observation", "code", "http://loinc.org|1988-5");
    laid_out(f, raw, cache);
    assert_int_equal(population_patients(f->population), 60);
    fixture_filter(f, "Encounter", NULL, "");
    fixture_filter(f, "Observation", "code", "http://loinc.org|26515-7 http://loinc.org|x");
    laid_out(f, raw, cache);
    fixture_filter(f, "MedicationRequest", "medication", "rx|3264");
    fixture_filter(f, "Group", "code", "s|trial");
    fixture_filter(f, "Location", NULL, "");
    fixture_filter(f, "Patient", NULL, "");
    laid_out(f, raw, cache);
}

/* Nobody's rows are wanted, and one patient has no resource: there are fewer patients. */
static void test_patients_that_only_rows_name(void **state) {
    struct fixture *f = *state;
    mkdir(path_of(f, "orderly").at, 0777);
    write_orderly(f);
    struct str raw = path_of(f, "orderly"), cache = path_of(f, "orderly.quell");
    index_path(f, raw, cache, false);
    fixture_filter(f, "Location", NULL, "");
    laid_out(f, raw, cache);
    assert_int_equal(population_patients(f->population), 59);
}

static void test_growing(void **state) {
    struct fixture *f = *state;
    struct str raw = path_of(f, "raw"), cache = path_of(f, "ward.quell");
    mkdir(raw.at, 0777);
    mkdir(path_of(f, "both").at, 0777);
    fixture_write(f, "raw/a.ndjson", first_file, 0);
    fixture_usual(f);
    fixture_filter(f, "Observation", "code", "http://loinc.org|1988-5");
    fixture_filter(f, "MedicationRequest", "medication", "rx|3264");
    fixture_filter(f, "Patient", NULL, "");
    index_path(f, raw, cache, false);
    fixture_write(f, "raw/b.ndjson", second_file, 0);
    struct str mixed[] = {cache, path_of(f, "raw/b.ndjson")};
    read_paths(f, &raw, 1);
    struct str expected = shown(f);
    read_paths(f, mixed, 2);
    assert_string_equal(shown(f).at, expected.at);
    index_path(f, mixed[1], cache, true);
    read_paths(f, &cache, 1);
    assert_string_equal(shown(f).at, expected.at);
}

static char *contents(struct str path, size_t *len) {
    FILE *file = fopen(path.at, "rb");
    assert_non_null(file);
    char *bytes = malloc(1 << 20);
    *len = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

static enum status read_bytes(struct fixture *f, const char *bytes, size_t len) {
    fixture_write(f, "changed.quell", bytes, len);
    struct str path = path_of(f, "changed.quell");
    population_free(f->population);
    f->population = NULL;
    diag_init(&f->diags, &f->arena);
    return cohort_read(&path, 1, &f->demand, &f->options, &f->diags, &f->population);
}

/* No change of a byte and no cut passes for the file; what was read then is what was written. */
static void test_damage(void **state) {
    struct fixture *f = *state;
    fixture_write(f, "a.ndjson", first_file, 0);
    struct str raw = path_of(f, "a.ndjson"), cache = path_of(f, "ward.quell");
    index_path(f, raw, cache, false);
    fixture_usual(f);
    fixture_filter(f, "Observation", NULL, "");
    fixture_filter(f, "Patient", NULL, "");
    fixture_shape(f, "Condition", "*");
    fixture_filter(f, "Condition", NULL, "");
    read_paths(f, &cache, 1);
    struct str expected = shown(f);
    size_t len;
    char *bytes = contents(cache, &len);
    uint32_t refused = 0;
    for (size_t at = 8; at < len; at += at < 4096 || at > COHORT_HEADER_BYTES ? 7 : 1021) {
        bytes[at] ^= 0x10;
        enum status status = read_bytes(f, bytes, len);
        bytes[at] ^= 0x10;
        if (status) {
            refused++;
            assert_true(fixture_diag_count(f, DIAG_DA0020) + fixture_diag_count(f, DIAG_DA0021) +
                            fixture_diag_count(f, DIAG_DA0022) >
                        0);
        } else {
            assert_string_equal(shown(f).at, expected.at);
        }
    }
    assert_true(refused > 500);
    for (size_t cut = 8; cut < len; cut += 501) {
        assert_int_not_equal(read_bytes(f, bytes, cut), STATUS_OK);
        assert_int_equal(fixture_diag_count(f, DIAG_DA0021), 1);
    }
    assert_int_not_equal(read_bytes(f, bytes, len + 1), STATUS_OK);
    free(bytes);
}

static void test_other_files(void **state) {
    struct fixture *f = *state;
    struct fhir_options options = {0};
    struct cohort_summary summary;
    fixture_write(f, "a.ndjson", second_file, 0);
    struct str raw = path_of(f, "a.ndjson"), cache = path_of(f, "none/ward.quell");
    assert_false(cohort_is_cache(raw));
    assert_int_not_equal(cohort_index(&raw, 1, cache, false, &options, &f->diags, &summary),
                         STATUS_OK);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0004), 1);
    assert_int_not_equal(cohort_index(&raw, 1, raw, true, &options, &f->diags, &summary),
                         STATUS_OK);
    cache = path_of(f, "ward.quell");
    index_path(f, raw, cache, false);
    struct stat facts;
    assert_int_equal(stat(cache.at, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_not_equal(cohort_index(&cache, 1, cache, false, &options, &f->diags, &summary),
                         STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_any_demand, setup, teardown),
        cmocka_unit_test_setup_teardown(test_laid_out_without_a_builder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_patients_that_only_rows_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_growing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_files, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
