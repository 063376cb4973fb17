/* Data as they should not be: each is counted and named, and the rest is read. */
#include "fhir_fixture.h"

#include "base/limits.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define GOOD(id) "{\"resourceType\":\"Patient\",\"id\":\"" id "\"}\n"

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

/* One bad line between two good ones. */
static void test_bad_lines(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *line;
        size_t len;
        enum diag_id id;
    } cases[] = {
        {"{\"resourceType\":\"Patient\",\"id\":\"x", 0, DIAG_DA0100},
        {"{\"resourceType\":\"Observation\",\"id\":\"x\",\"code\":{\"coding\":[", 0, DIAG_DA0100},
        {"no JSON at all", 0, DIAG_DA0100},
        {"17", 0, DIAG_DA0101},
        {"{\"id\":\"x\"}", 0, DIAG_DA0101},
        {"{\"resourceType\":7}", 0, DIAG_DA0101},
        {"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}", 0, DIAG_DA0100},
        {"{\"resourceType\":\"Observation\",\"id\":\"\xc3\"}", 0, DIAG_DA0100},
        {"{\"resourceType\":\"Patient\",\"id\":\"\0\"}", 35, DIAG_DA0100},
        {"\0\0\0\0", 4, DIAG_DA0101},
        {"{\"resourceType\":\"Patient\"}{}", 0, DIAG_DA0100},
        {"{\"resourceType\":\"Patient\" \"id\":\"x\"}", 0, DIAG_DA0100},
        {"{\"resourceType\":\"Bundle\",\"entry\":7}", 0, DIAG_DA0106},
        {"{\"resourceType\":\"Bundle\",\"entry\":[7]}", 0, DIAG_DA0106},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        size_t length = cases[i].len ? cases[i].len : strlen(cases[i].line);
        size_t n = (size_t)snprintf(text, sizeof text, GOOD("a"));
        memcpy(text + n, cases[i].line, length);
        n += length;
        n += (size_t)snprintf(text + n, sizeof text - n, "\n" GOOD("b"));
        fixture_write(f, "a.ndjson", text, n);
        uint64_t before = fixture_diag_count(f, cases[i].id);
        assert_int_equal(fixture_read(f), STATUS_OK);
        if (population_counts(f->population)->bad != 1 ||
            fixture_diag_count(f, cases[i].id) != before + 1) {
            print_error("%s\n", cases[i].line);
        }
        assert_int_equal(population_counts(f->population)->bad, 1);
        assert_int_equal(fixture_diag_count(f, cases[i].id), before + 1);
        assert_int_equal(population_patients(f->population), 2);
    }
    for (const struct diagnostic *d = f->diags.first; d; d = d->next) {
        assert_int_equal(d->line, 2);
        assert_true(str_ends(d->file, STR("/a.ndjson")));
    }
}

static void test_unknown_types_are_counted(void **state) {
    struct fixture *f = *state;
    fixture_write(
        f, "a.ndjson",
        "{\"resourceType\":\"Pateint\",\"id\":\"x\"}\n{\"resourceType\":\"Quantity\"}\n" GOOD("b"),
        0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_counts(f->population)->unknown_type, 2);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0102), 2);
}

static void test_wrong_kinds_of_values(void **state) {
    struct fixture *f = *state;
    fixture_write(f, "a.ndjson",
                  "{\"resourceType\":\"Patient\",\"id\":\"x\",\"gender\":7,\"birthDate\":\"1950-13-"
                  "01\",\"deceasedBoolean\":\"yes\"}\n"
                  "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":{\"a\":1},\"period\":"
                  "\"2020\",\"class\":[1],\"subject\":{\"reference\":\"Patient/x\"}}\n"
                  "{\"resourceType\":\"Patient\",\"id\":[\"x\"]}\n"
                  "{\"resourceType\":\"Encounter\",\"id\":\"n\",\"status\":null,\"subject\":[{"
                  "\"reference\":\"Patient/x\"}]}\n",
                  0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_counts(f->population)->bad, 0);
    assert_true(fixture_diag_count(f, DIAG_DA0110) >= 6);
    fixture_has(f, "", "x Patient x [.. ..) f=1: \n");
    fixture_has(f, "", "x Encounter e [.. ..) f=8: \n");
    fixture_has(f, "", "x Encounter n");
}

static void test_deep_nesting(void **state) {
    struct fixture *f = *state;
    size_t depth = 1000000;
    char *text = malloc(3 * depth);
    size_t n = (size_t)sprintf(text, "{\"resourceType\":\"Patient\",\"x\":");
    memset(text + n, '[', depth);
    memset(text + n + depth, ']', depth);
    n += 2 * depth;
    n += (size_t)sprintf(text + n, "}\n" GOOD("b"));
    fixture_write(f, "a.ndjson", text, n);
    free(text);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_counts(f->population)->bad, 1);
    assert_int_equal(population_patients(f->population), 1);
}

/* A line larger than any buffer: passed over without being held. */
static void test_a_line_that_is_too_long(void **state) {
    struct fixture *f = *state;
    char path[128], block[1 << 16];
    snprintf(path, sizeof path, "%s/a.ndjson", f->folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    memset(block, 'x', sizeof block);
    fputs(GOOD("a"), file);
    for (uint64_t n = 0; n <= LIMIT_RESOURCE_BYTES + sizeof block; n += sizeof block) {
        assert_int_equal(fwrite(block, 1, sizeof block, file), sizeof block);
    }
    fputs("\n" GOOD("b"), file);
    fclose(file);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_patients(f->population), 2);
    assert_int_equal(population_counts(f->population)->bad, 1);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0012), 1);
}

static char *many_patients(uint32_t count, size_t *len) {
    char *text = malloc((size_t)count * 64);
    *len = 0;
    for (uint32_t i = 0; i < count; i++) {
        *len += (size_t)sprintf(text + *len, "{\"resourceType\":\"Patient\",\"id\":\"p%u-%08x\"}\n",
                                i, i * 2654435761u);
    }
    return text;
}

static void test_gz(void **state) {
    struct fixture *f = *state;
    size_t len;
    char *text = many_patients(20000, &len);
    fixture_write_gz(f, "a.ndjson.gz", text, len);
    free(text);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_patients(f->population), 20000);
    assert_int_equal(f->diags.kept, 0);
    /* Cut in the middle: what came before is used. */
    char path[128];
    struct stat facts;
    snprintf(path, sizeof path, "%s/a.ndjson.gz", f->folder);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(truncate(path, facts.st_size / 2), 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0010), 1);
    uint32_t patients = population_patients(f->population);
    assert_true(patients > 1000 && patients < 20000);
    assert_true(population_counts(f->population)->bad <= 1);
    /* Not gzip at all, in spite of its name: read as it is. */
    fixture_write(f, "a.ndjson.gz", GOOD("plain"), 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_patients(f->population), 1);
}

static void test_a_bomb(void **state) {
    struct fixture *f = *state;
    char path[128], block[1 << 16];
    snprintf(path, sizeof path, "%s/a.ndjson.gz", f->folder);
    memset(block, '\n', sizeof block);
    gzFile file = gzopen(path, "wb9");
    for (uint64_t n = 0; n <= 4 * (uint64_t)LIMIT_INFLATE_FREE_BYTES; n += sizeof block) {
        assert_int_equal(gzwrite(file, block, sizeof block), sizeof block);
    }
    gzclose(file);
    fixture_write(f, "b.ndjson", GOOD("b"), 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0011), 1);
    assert_true(population_counts(f->population)->bytes < LIMIT_INFLATE_FREE_BYTES + (64u << 20));
    assert_int_equal(population_patients(f->population), 1);
}

static void test_files_that_are_not_there(void **state) {
    struct fixture *f = *state;
    assert_int_equal(fixture_read_path(f, "/nowhere/at/all"), STATUS_IO);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0001), 1);
    assert_null(f->population);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0014), 1);
    assert_int_equal(population_patients(f->population), 0);
    if (geteuid() != 0) {
        char path[128];
        fixture_write(f, "a.ndjson", GOOD("a"), 0);
        fixture_write(f, "b.ndjson", GOOD("b"), 0);
        snprintf(path, sizeof path, "%s/a.ndjson", f->folder);
        assert_int_equal(chmod(path, 0), 0);
        assert_int_equal(fixture_read(f), STATUS_OK);
        assert_int_equal(fixture_diag_count(f, DIAG_DA0001), 2);
        assert_int_equal(population_patients(f->population), 1);
    }
}

static void test_broken_documents(void **state) {
    struct fixture *f = *state;
    fixture_write(f, "a.json", "{\n \"resourceType\": \"Bundle\",\n \"entry\": [\n", 0);
    fixture_write(f, "b.json", "{\"resourceType\":\"Patient\",\"id\":\"cut\n" GOOD("b"), 0);
    fixture_write(f, "c.json", "\xEF\xBB\xBF" GOOD("c"), 0);
    fixture_write(f, "d.json",
                  "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\n\"entry\":[{\"resource\":{"
                  "\"resourceType\" "
                  "\"Patient\"}},{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"d\"}}]}",
                  0);
    fixture_write(f, "e.json", "  \n", 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_counts(f->population)->bad, 3);
    assert_int_equal(population_patients(f->population), 3);
}

static bool stop(void *context) {
    (void)context;
    return true;
}

static void test_stopping(void **state) {
    struct fixture *f = *state;
    fixture_write(f, "a.ndjson", "x\nx\nx\nx\n" GOOD("a"), 0);
    f->options.bad_max = 2;
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_counts(f->population)->bad, 3);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0015), 1);
    f->options.cancelled = stop;
    assert_int_equal(fixture_read(f), STATUS_CANCELLED);
}

static void test_a_flood_is_cut(void **state) {
    struct fixture *f = *state;
    char text[2001] = "";
    for (int i = 0; i < 1000; i++) {
        strcat(text, "x\n");
    }
    fixture_write(f, "a.ndjson", text, 0);
    assert_int_equal(fixture_read(f), STATUS_OK);
    assert_int_equal(population_counts(f->population)->bad, 1000);
    assert_int_equal(fixture_diag_count(f, DIAG_DA0105), 1);
    assert_true(f->diags.kept < 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_bad_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown_types_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_kinds_of_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deep_nesting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_line_that_is_too_long, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gz, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_bomb, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_that_are_not_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_documents, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stopping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_flood_is_cut, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
