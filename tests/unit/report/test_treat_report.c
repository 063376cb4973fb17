/* The views of a treatment list: nothing breaks out of a format, columns line up and lines fit, and
 * an empty list, one subject and many are all drawn. */
#include "treat_fixture.h"

#include "base/csv.h"
#include "json/json.h"
#include "report/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { WIDTH = 80, MANY = 60 };

static bool contains(struct str text, const char *part) {
    size_t len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.at + i, part, len) == 0) {
            return true;
        }
    }
    return false;
}

static size_t count_of(struct str text, const char *part) {
    size_t len = strlen(part);
    size_t found = 0;
    for (size_t i = 0; i + len <= text.len; i++) {
        found += memcmp(text.at + i, part, len) == 0;
    }
    return found;
}

/* ---- Terminal ---- */

static void test_table_fits(void **state) {
    (void)state;
    struct treat_fixture f;
    struct buf out;
    buf_init(&out);
    treat_fixture_make(&f, MANY);
    report_treat_table(&f.context, WIDTH, false, &out);
    assert_int_equal(buf_status(&out), STATUS_OK);
    for (size_t i = 0; i < out.len;) {
        size_t len = 0;
        while (i + len < out.len && out.at[i + len] != '\n') {
            len++;
        }
        const struct str line = {out.at + i, len};
        assert_in_range(words_columns(line), 0, WIDTH);
        assert_false(len && line.at[len - 1] == ' ');
        i += len + 1;
    }
    buf_release(&out);
    treat_fixture_release(&f);
}

static void test_undecided_first(void **state) {
    (void)state;
    struct treat_fixture f;
    struct buf out;
    buf_init(&out);
    treat_fixture_make(&f, 4);
    report_treat_table(&f.context, WIDTH, false, &out);
    const struct str text = buf_str(&out);
    const char *decide = strstr(out.at, "S-001"); /* the fixture's second cannot be decided */
    const char *planned = strstr(out.at, "3 syringes of 100 mg each time");
    assert_non_null(decide);
    assert_non_null(planned);
    assert_true(decide < planned);
    assert_true(contains(text, "CANNOT DECIDE"));
    /* Two sites with one dose of three syringes twice a day each. */
    assert_int_equal(count_of(text, "Drug<x>: 2 doses, 6 syringes of 100 mg"), 2);
    buf_release(&out);
    treat_fixture_release(&f);
}

static void test_empty(void **state) {
    (void)state;
    struct treat_fixture f;
    struct buf out;
    buf_init(&out);
    treat_fixture_make(&f, 0);
    report_treat_table(&f.context, WIDTH, false, &out);
    assert_true(contains(buf_str(&out), "--arms"));
    buf_reset(&out);
    report_treat_csv(&f.context, &out);
    assert_int_equal(count_of(buf_str(&out), "\n"), 1);
    buf_reset(&out);
    report_treat_html(&f.context, &out);
    assert_true(contains(buf_str(&out), "Nobody is in the trial"));
    buf_reset(&out);
    report_treat_json(&f.context, &out);
    assert_true(contains(buf_str(&out), "\"subjects\":[]"));
    buf_release(&out);
    treat_fixture_release(&f);
}

/* ---- Programs ---- */

static void test_csv(void **state) {
    (void)state;
    struct treat_fixture f;
    struct buf out;
    struct csv csv;
    uint32_t rows = 0;
    uint32_t columns = 0;
    bool nasty = false;
    buf_init(&out);
    treat_fixture_make(&f, MANY);
    report_treat_csv(&f.context, &out);
    csv_init(&csv, buf_str(&out), &f.arena);
    while (csv_row(&csv)) {
        columns = rows++ ? columns : csv.field_count;
        assert_int_equal(csv.field_count, columns);
        if (str_equal(csv.fields[0].text, STR(FIXTURE_NASTY_ID))) {
            nasty = true;
            /* A spreadsheet must not take a bed for a formula. */
            assert_true(str_equal(csv.fields[2].text, STR("'" FIXTURE_NASTY_BED)));
            assert_true(str_equal(csv.fields[9].text, STR("3")));
        }
    }
    assert_true(nasty);
    /* A third has a dose, a third a question and an undecided dose, a third nothing. */
    assert_int_equal(rows, 1 + MANY / 3 + 2 * (MANY / 3));
    buf_release(&out);
    treat_fixture_release(&f);
}

static void test_json(void **state) {
    (void)state;
    struct treat_fixture f;
    struct buf out;
    const struct json *root = NULL;
    struct json_error error;
    buf_init(&out);
    treat_fixture_make(&f, MANY);
    report_treat_json(&f.context, &out);
    assert_true(json_parse(buf_str(&out), &f.arena, &root, &error));
    const struct json *subjects = json_get(root, "subjects");
    assert_non_null(subjects);
    assert_int_equal(subjects->count, MANY);
    assert_true(str_equal(json_get_text(&subjects->items[0], "id"), STR(FIXTURE_NASTY_ID)));
    assert_true(str_equal(json_get_text(&subjects->items[0], "bed"), STR(FIXTURE_NASTY_BED)));
    const struct json *next = json_get(&subjects->items[0], "next");
    assert_int_equal(next->count, 1);
    assert_true(str_equal(json_get(&next->items[0], "units")->text, STR("3")));
    assert_int_equal(json_get(&subjects->items[1], "undecided")->count, 1);
    assert_true(json_get_text(&subjects->items[2], "nothing_because").len > 0);
    buf_release(&out);
    treat_fixture_release(&f);
}

/* ---- The page ---- */

static void test_html(void **state) {
    (void)state;
    struct treat_fixture f;
    struct buf out;
    buf_init(&out);
    treat_fixture_make(&f, MANY);
    report_treat_html(&f.context, &out);
    const struct str text = buf_str(&out);
    static const char *const raw[] = {"S<b>",   "</td>, ", "Drug<x>",    "<things>",
                                      "sub<i>", "<low>",   "<the>",      "week <one>",
                                      "<One>",  "2<b>",    "<decision>", "<script"};
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        assert_false(contains(text, raw[i]));
    }
    assert_true(contains(text, "S&lt;b&gt;"));
    assert_int_equal(count_of(text, "<tbody>"), count_of(text, "</tbody>"));
    assert_int_equal(count_of(text, "<table"), count_of(text, "</table>"));
    assert_int_equal(count_of(text, "<tr"), count_of(text, "</tr>"));
    /* Every table says what its columns are, again on every printed page. */
    assert_int_equal(count_of(text, "<thead>"), count_of(text, "<table"));
    buf_release(&out);
    treat_fixture_release(&f);
}

/* One subject in full, before anything was done. */
static void test_single(void **state) {
    (void)state;
    struct treat_fixture f;
    struct buf out;
    buf_init(&out);
    treat_fixture_make(&f, 1);
    f.result.is_single = true;
    report_treat_table(&f.context, WIDTH, false, &out);
    assert_true(contains(buf_str(&out), "week <one>, day 7 (day 6 to 8)"));
    assert_true(contains(buf_str(&out), "None: nothing has begun"));
    buf_reset(&out);
    report_treat_html(&f.context, &out);
    assert_true(contains(buf_str(&out), "<desc id=\"picture-words\">"));
    assert_false(contains(buf_str(&out), "week <one>"));
    buf_reset(&out);
    report_treat_csv(&f.context, &out);
    assert_int_equal(count_of(buf_str(&out), "\n"), 1);
    buf_release(&out);
    treat_fixture_release(&f);
}

/* ---- Words ---- */

static void test_powers(void **state) {
    (void)state;
    static const struct {
        const char *ucum;
        const char *shown;
    } rows[] = {{"12 10*9/L < 15 10*9/L", "12 10\u2079/L < 15 10\u2079/L"},
                {"10*12/L", "10\u00b9\u00b2/L"},
                {"110*9", "110*9"},
                {"10*", "10*"},
                {"10*x", "10*x"},
                {"", ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf text;
        buf_init(&text);
        buf_add_cstr(&text, rows[i].ucum);
        words_powers(&text);
        assert_true(str_equal(buf_str(&text), str_from(rows[i].shown)));
        buf_release(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_fits), cmocka_unit_test(test_undecided_first),
        cmocka_unit_test(test_empty),      cmocka_unit_test(test_csv),
        cmocka_unit_test(test_json),       cmocka_unit_test(test_html),
        cmocka_unit_test(test_single),     cmocka_unit_test(test_powers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
