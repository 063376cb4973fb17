/* Any number of threads reads the same: rows, counts, hash and messages, over files that are cut
 * into many pieces, with duplicates across pieces, bad lines, and lines longer than a piece. */
#include "fhir_fixture.h"

#include "base/limits.h"

static int setup(void **state) {
    struct fixture *f = malloc(sizeof *f);
    fixture_init(f);
    fixture_usual(f);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture_release(*state);
    free(*state);
    return 0;
}

/* What one reading says, as text. */
static struct str reading(struct fixture *f, uint32_t threads) {
    f->options.threads = threads;
    diag_init(&f->diags, &f->arena);
    assert_int_equal(fixture_read(f), STATUS_OK);
    struct str rows = fixture_show(f, "");
    const struct population_counts *c = population_counts(f->population);
    uint8_t hash[16];
    population_hash(f->population, hash);
    struct buf said;
    buf_init(&said);
    diag_print_all(&f->diags, false, &said);
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof *c / sizeof(uint64_t); i++) {
        sum = sum * 31 + ((const uint64_t *)(const void *)c)[i];
    }
    struct str all =
        arena_format(&f->arena, "%.*s\n%.*s\n%llu %llu %02x%02x%02x%02x", STR_ARG(rows),
                     STR_ARG(buf_str(&said)), (unsigned long long)sum,
                     (unsigned long long)c->duplicates, hash[0], hash[1], hash[2], hash[15]);
    assert_non_null(all.at);
    buf_release(&said);
    return all;
}

static void add_observation(struct buf *out, unsigned i, size_t padding) {
    buf_add_format(
        out,
        "{\"resourceType\":\"Observation\",\"id\":\"o%u\",\"status\":\"final\","
        "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"1988-5\"}]},"
        "\"subject\":{\"reference\":\"Patient/p%u\"},\"effectiveDateTime\":"
        "\"2021-03-%02uT08:00:00Z\",\"valueQuantity\":{\"value\":%u.5,\"unit\":\"mg/L\"},"
        "\"note\":[{\"text\":\"",
        i % 900, i % 50, 1 + i % 28, i);
    buf_add_repeat(out, 'x', padding);
    buf_add_cstr(out, "\"}]}");
    buf_add_cstr(out, i % 3 ? "\n" : "\r\n");
}

static void test_threads(void **state) {
    struct fixture *f = *state;
    struct buf text;
    buf_init(&text);
    for (unsigned i = 0; i < 1200; i++) {
        if (i % 40 == 7) {
            buf_add_cstr(&text, i % 80 == 7 ? "not JSON\n" : "\n{\"resourceType\":\"Nothing\"}\n");
        }
        if (i % 24 == 0) {
            buf_add_format(&text, "{\"resourceType\":\"Patient\",\"id\":\"p%u\"}\n", i / 24);
        }
        add_observation(&text, i, i == 500 ? READ_BUFFER_BYTES * 5 / 2 : 4000);
    }
    add_observation(&text, 1201, 10);
    text.len -= 2; /* no line end at the end */
    assert_int_equal(buf_status(&text), STATUS_OK);
    fixture_write(f, "a.ndjson", text.at, text.len);
    fixture_write(f, "b.ndjson", "", 0);
    fixture_write(f, "d.ndjson", text.at, text.len / 3);
    fixture_write_gz(f, "c.ndjson.gz", text.at, text.len / 2);
    buf_release(&text);
    struct str one = reading(f, 1);
    assert_true(population_counts(f->population)->kept > 900);
    for (uint32_t threads = 2; threads <= 8; threads += threads) {
        struct str more = reading(f, threads);
        assert_true(str_equal(one, more));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_threads, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
