/* Foreign text in the reports of a screening. One result is drawn twice: with plain tokens in every
 * text that a record, a trial or a person gives, and with the worst that could stand there. The
 * second must be the first with each token replaced by that text, escaped as the format wants it;
 * the escapes here are written for the test. CSV is read back. */
#include "base/csv.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Every text of the result that somebody else wrote. */
enum text {
    TITLE,
    REGISTRY,
    TRIAL_ID,
    SITE,
    SITE_ID,
    CRITERION,
    CRITERION_ID,
    CRITERION_TEXT,
    NOTE,
    PATIENT,
    DATUM,
    WINDOW,
    REASON,
    LABEL,
    VALUE,
    UNIT,
    RESOURCE,
    FILE_NAME,
    STATUS,
    TIME,
    WORDS,
    CAUSE,
    DEFINE,
    ERROR_TEXT,
    WHO,
    WHEN,
    ANSWER,
    ASSUMED_WHERE,
    ASSUMED_WHAT,
    MESSAGE,
    ARGUMENT,
    NOTICE,
    TEXTS
};

struct sheet {
    struct str texts[TEXTS];
    char room[TEXTS][96];
};

static void plain_sheet(struct sheet *sheet) {
    for (int i = 0; i < TEXTS; i++) {
        int len = snprintf(sheet->room[i], sizeof sheet->room[i], "TOKEN%02dEND", i);
        sheet->texts[i] = (struct str){sheet->room[i], (size_t)len};
    }
}

/* The same with `evil` behind a number, so that none is a part of another. */
static void evil_sheet(struct sheet *sheet, struct str evil) {
    for (int i = 0; i < TEXTS; i++) {
        int len = snprintf(sheet->room[i], sizeof sheet->room[i], "%02d", i);
        memcpy(sheet->room[i] + len, evil.at, evil.len);
        sheet->texts[i] = (struct str){sheet->room[i], (size_t)len + evil.len};
    }
    /* A message is printed, and so ends at a NUL. */
    sheet->texts[MESSAGE].len = strnlen(sheet->room[MESSAGE], sheet->texts[MESSAGE].len);
}

typedef void writer(const struct report_context *context, struct buf *out);

static void draw(const struct sheet *sheet, writer *write, struct buf *out) {
    const struct str *t = sheet->texts;
    struct trial_document document = {0};
    struct trial_site_zone site = {.id = t[SITE_ID], .name = t[SITE], .timezone = STR("UTC")};
    struct criterion criteria[] = {
        {.id = t[CRITERION_ID],
         .title = t[CRITERION],
         .text = t[CRITERION_TEXT],
         .parent = CRITERION_NONE,
         .end = 1,
         .human = true,
         .mark = {.status = MARK_OUR_READING, .note = t[NOTE]}},
    };
    struct trial_assumption assumption = {
        .status = MARK_OUR_READING, .where = t[ASSUMED_WHERE], .what = t[ASSUMED_WHAT]};
    document.title.text = t[TITLE];
    struct trial trial = {.document = &document,
                          .id = t[TRIAL_ID],
                          .criterion_count = 1,
                          .criteria = criteria,
                          .site_count = 1,
                          .sites = &site,
                          .site_chosen = true,
                          .assumption_count = 1,
                          .assumptions = &assumption};
    struct evidence_fact fact = {.label = t[LABEL],
                                 .resource = t[RESOURCE],
                                 .file = t[FILE_NAME],
                                 .line = 7,
                                 .time = t[TIME],
                                 .value = t[VALUE],
                                 .unit = t[UNIT],
                                 .status = t[STATUS]};
    struct evidence_cause cause = {
        .kind = CAUSE_NO_DATA, .datum = t[DATUM], .window = t[WINDOW], .words = t[CAUSE]};
    struct evidence_reason reason = {.value = LOGIC_UNKNOWN,
                                     .words = t[WORDS],
                                     .define = t[DEFINE],
                                     .fact_count = 1,
                                     .facts = &fact,
                                     .cause_count = 1,
                                     .causes = &cause};
    struct screen_human human = {.answer = t[ANSWER], .who = t[WHO], .when = t[WHEN]};
    struct screen_evidence evidence = {.reason_count = 1, .reasons = &reason, .human = &human};
    const uint16_t first = 0;
    struct screen_ask ask = {.datum = t[DATUM],
                             .window = t[WINDOW],
                             .reason = t[REASON],
                             .criterion_count = 1,
                             .criteria = &first};
    struct criterion_answer answer = {.value = LOGIC_UNKNOWN};
    struct screen_error error = {.define = t[DEFINE], .message = t[ERROR_TEXT]};
    struct screen_subject subject = {.id = t[PATIENT],
                                     .status = SUBJECT_UNDECIDED,
                                     .answers = &answer,
                                     .confirm_count = 1,
                                     .confirm = &ask,
                                     .confirm_proven = true,
                                     .ask_first_count = 1,
                                     .ask_first = &ask,
                                     .since = INSTANT_MIN,
                                     .error_count = 1,
                                     .errors = &error,
                                     .evidence = &evidence};
    struct screen_count count = {.unknown = 1, .remaining = 1};
    struct population_counts data = {.files = 1};
    struct screen_result result = {.trial = &trial,
                                   .at = 0,
                                   .patients = 1,
                                   .counts = &count,
                                   .subject_count = 1,
                                   .subjects = &subject,
                                   .data = &data};
    result.by_status[SUBJECT_UNDECIDED] = 1;
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    assert_true(diag_in_file(&diags, DIAG_DA0100, t[FILE_NAME], 3, "%.*s", STR_ARG(t[MESSAGE])));
    const struct report_context context = {.result = &result,
                                           .diags = &diags,
                                           .version = STR("0.0.0"),
                                           .notice = t[NOTICE],
                                           .argument_count = 1,
                                           .arguments = &t[ARGUMENT]};
    write(&context, out);
    assert_int_equal(buf_status(out), STATUS_OK);
    arena_release(&arena);
}

/* ---- The escapes, once more ---- */

typedef void escaper(struct str text, struct buf *out);

/* Of ASCII only, which is what the evil texts of these tests are. */
static void html_escaped(struct str text, struct buf *out) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        const char *special = strchr("&<>\"'", c);
        if (special && c) {
            static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
            buf_add_cstr(out, names[special - strchr("&<>\"'", '&')]);
        } else if (((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
            buf_add_cstr(out, "\xEF\xBF\xBD");
        } else {
            buf_add_char(out, c);
        }
    }
}

static void json_escaped(struct str text, struct buf *out) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            buf_add_format(out, "\\%c", c);
        } else if (c == '\n' || c == '\r' || c == '\t') {
            buf_add_format(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
        } else if (c < 0x20 || c == 0x7F) {
            buf_add_format(out, "\\u%04x", c);
        } else {
            buf_add_char(out, (char)c);
        }
    }
}

/* The plain drawing with every token replaced. */
static void replaced(struct str plain, const struct sheet *evil, escaper *escape, struct buf *out,
                     bool seen[TEXTS]) {
    for (size_t i = 0; i < plain.len;) {
        struct str rest = {plain.at + i, plain.len - i};
        int number = 0;
        if (str_starts(rest, STR("TOKEN")) && sscanf(rest.at, "TOKEN%2dEND", &number) == 1) {
            escape(evil->texts[number], out);
            seen[number] = true;
            i += strlen("TOKEN00END");
        } else {
            buf_add_char(out, plain.at[i++]);
        }
    }
}

#define EVIL(literal)                                                                              \
    { literal, sizeof(literal) - 1 }
static const struct str evils[] = {
    EVIL("<script>alert(\"x\")</script>&'\""),
    EVIL("\"},{\\\"a\\\":[1,\n\r\t\x01\x1b[31m\x7f"),
    EVIL("--><!--' onload='x"),
    EVIL("\" autofocus onfocus=\"x"),
    EVIL("a\0b"),
};

static void escapes_all(writer *write, escaper *escape, const enum text *not_drawn) {
    struct buf plain, drawn, expected;
    buf_init(&plain);
    buf_init(&drawn);
    buf_init(&expected);
    static struct sheet sheet;
    plain_sheet(&sheet);
    draw(&sheet, write, &plain);
    for (size_t i = 0; i < sizeof evils / sizeof evils[0]; i++) {
        bool seen[TEXTS] = {0};
        evil_sheet(&sheet, evils[i]);
        buf_reset(&drawn);
        buf_reset(&expected);
        draw(&sheet, write, &drawn);
        replaced(buf_str(&plain), &sheet, escape, &expected, seen);
        if (!str_equal(buf_str(&drawn), buf_str(&expected))) {
            print_error("expected %.*s\n\ndrawn %.*s\n", STR_ARG(buf_str(&expected)),
                        STR_ARG(buf_str(&drawn)));
            fail();
        }
        for (int t = 0; t < TEXTS; t++) {
            bool left_out = false;
            for (const enum text *n = not_drawn; *n != TEXTS; n++) {
                left_out |= (int)*n == t;
            }
            if (seen[t] == left_out) {
                print_error("text %d is %sdrawn\n", t, left_out ? "" : "not ");
                fail();
            }
        }
    }
    buf_release(&plain);
    buf_release(&drawn);
    buf_release(&expected);
}

static void html_escapes_what_others_wrote(void **state) {
    (void)state;
    static const enum text not_drawn[] = {REGISTRY, SITE_ID, TEXTS};
    escapes_all(report_screen_html, html_escaped, not_drawn);
}

static void json_escapes_what_others_wrote(void **state) {
    (void)state;
    static const enum text not_drawn[] = {
        TITLE, REGISTRY, SITE,      CRITERION,     NOTE,         LABEL,   VALUE,
        UNIT,  RESOURCE, FILE_NAME, STATUS,        TIME,         WORDS,   CAUSE,
        WHO,   WHEN,     ANSWER,    ASSUMED_WHERE, ASSUMED_WHAT, MESSAGE, TEXTS};
    escapes_all(report_screen_json, json_escaped, not_drawn);
}

static void explain_first(const struct report_context *context, struct buf *out) {
    assert_true(report_explain_json(context, context->result->subjects[0].id, out));
}

static void explain_json_escapes_what_others_wrote(void **state) {
    (void)state;
    static const enum text not_drawn[] = {TITLE,    REGISTRY,      SITE,         CRITERION,
                                          NOTE,     ASSUMED_WHERE, ASSUMED_WHAT, MESSAGE,
                                          ARGUMENT, NOTICE,        TEXTS};
    escapes_all(explain_first, json_escaped, not_drawn);
}

/* ---- The terminal ---- */

static void explain_table(const struct report_context *context, struct buf *out) {
    assert_true(report_explain(context, context->result->subjects[0].id, 80, false, out));
}

static void table(const struct report_context *context, struct buf *out) {
    report_screen_table(context, 80, false, out);
}

static void terminal_gets_no_control_characters(void **state) {
    (void)state;
    writer *const writers[] = {table, explain_table};
    static struct sheet sheet;
    struct buf out;
    buf_init(&out);
    evil_sheet(&sheet, STR("\x1b[2J\x07\r\x08\xC2\x9B"
                           "1m\xFF"));
    sheet.texts[NOTICE] = STR("a text of Quell's own");
    for (size_t w = 0; w < 2; w++) {
        buf_reset(&out);
        draw(&sheet, writers[w], &out);
        assert_true(out.len > 200);
        for (size_t i = 0; i < out.len; i++) {
            unsigned char c = (unsigned char)out.at[i];
            assert_true(c >= 0x20 || c == '\n');
            assert_true(c != 0x7F);
            assert_false(c == 0xC2 && (unsigned char)out.at[i + 1] < 0xA0);
            i += str_utf8(buf_str(&out), i) - 1;
        }
    }
    buf_release(&out);
}

/* ---- CSV ---- */

static struct str field_of(struct csv *csv, uint32_t row, uint32_t column) {
    for (uint32_t i = 0; i <= row; i++) {
        assert_true(csv_row(csv));
    }
    assert_true(column < csv->field_count);
    return csv->fields[column].text;
}

static void csv_field_is(struct str evil, uint32_t row, uint32_t column, const char *expected) {
    static struct sheet sheet;
    struct buf out;
    struct arena arena;
    struct csv csv;
    buf_init(&out);
    arena_init(&arena, 0);
    plain_sheet(&sheet);
    sheet.texts[PATIENT] = evil;
    sheet.texts[DATUM] = evil;
    sheet.texts[CRITERION_ID] = evil;
    sheet.texts[WINDOW] = STR("");
    draw(&sheet, report_screen_csv, &out);
    csv_init(&csv, buf_str(&out), &arena);
    struct str field = field_of(&csv, row, column);
    if (!str_equal(field, str_from(expected))) {
        print_error("%.*s in %.*s\n", STR_ARG(field), STR_ARG(buf_str(&out)));
        fail();
    }
    assert_int_equal(csv.field_count, 6);
    arena_release(&arena);
    buf_release(&out);
}

static void csv_reads_back(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *field;
    } rows[] = {
        {"plain", "plain"},
        {"a,b;\"c\"", "a,b;\"c\""},
        {"two\r\nlines", "two\r\nlines"},
        {"=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK(\"http://x\",\"y\")"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
        {"-1+1+cmd|' /C calc'!A0", "'-1+1+cmd|' /C calc'!A0"},
        {"\t=1+1", "'\t=1+1"},
        {"-3.5", "-3.5"},
        {"+41", "+41"},
        {"-", "'-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        csv_field_is(str_from(rows[i].text), 1, 0, rows[i].field); /* the patient */
        csv_field_is(str_from(rows[i].text), 1, 3, rows[i].field); /* what to confirm */
        csv_field_is(str_from(rows[i].text), 0, 5, rows[i].field); /* a criterion's column */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_escapes_what_others_wrote),
        cmocka_unit_test(json_escapes_what_others_wrote),
        cmocka_unit_test(explain_json_escapes_what_others_wrote),
        cmocka_unit_test(terminal_gets_no_control_characters),
        cmocka_unit_test(csv_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
