/* The walk along the steps of a traced run: why something is unknown, what decided, which resource
 * it was, in the words that a ward reads. */
#include "course/trace_walk.h"
#include "machine_fixture.h"

#include "value/datetime.h"

#define PATIENT "{\"resourceType\":\"Patient\",\"id\":\"p\"}\n"
#define OBSERVATION(id, code, effective, rest)                                                     \
    "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\",\"code\":"           \
    "{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]},\"subject\":"          \
    "{\"reference\":\"Patient/p\"},\"effectiveDateTime\":\"" effective "\"" rest "}\n"
#define QUANTITY(number)                                                                           \
    ",\"valueQuantity\":{\"value\":" number                                                        \
    ",\"unit\":\"ug/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"ug/L\"}"

static const char library[] =
    "codesystem \"LOINC\": 'http://loinc.org'\n"
    "code \"Ferritin\": '2276-4' from \"LOINC\"\n"
    "code \"CRP\": '1988-5' from \"LOINC\"\n"
    "context Patient\n"
    "define function latest(results List<Observation>, period Interval<System.DateTime>):\n"
    "  (Last(results R where (R.effective as FHIR.dateTime).value in period).value\n"
    "    as FHIR.Quantity).value.value\n"
    "define \"Ferritin high\": latest([Observation: \"Ferritin\"], Interval[Now() - 48 hours, "
    "Now()]) > 500.0\n"
    "define \"CRP high\": latest([Observation: \"CRP\"], Interval[Now() - 48 hours, Now()]) > "
    "100.0\n"
    "define \"Statuses\": [Observation: \"CRP\"] O return O.status.value\n"
    "define \"Units\": [Observation: \"CRP\"] O return (O.value as FHIR.Quantity).code.value\n"
    "define \"Both\": \"Ferritin high\" and \"CRP high\"\n"
    "define \"Any\": \"Ferritin high\" or \"CRP high\"\n"
    "define \"Measured\": exists [Observation: \"CRP\"]\n"
    "define \"Flagged\": exists ([Observation: \"CRP\"] O\n"
    "  where exists (O.interpretation.coding C where C.code.value = 'H'))\n"
    "define \"Flag\": First(First([Observation: \"CRP\"] O\n"
    "  where exists O.interpretation).interpretation.coding).code.value = 'H'\n";

struct walked {
    struct machine_fixture f;
    struct arena scratch;
    struct trace_walk walk;
    uint32_t step;
};

/* Runs a definition traced, as of 2024-03-10T12:00Z. */
static void walk_to(struct walked *w, const char *records, const char *define) {
    struct value value;
    machine_fixture_init(&w->f, library, records);
    machine_set_trace(w->f.machine, true);
    machine_fixture_start(&w->f, "2024-03-10T12:00:00Z");
    const struct definition *definition = program_find(w->f.program, str_from(define));
    assert_non_null(definition);
    assert_int_equal(machine_eval(w->f.machine, definition, &value), STATUS_OK);
    arena_init(&w->scratch, 0);
    const struct trace_walk_input input = {
        .trace = machine_trace(w->f.machine),
        .record = &w->f.record,
        .arena = &w->f.arena,
        .scratch = &w->scratch,
        .patient_name = STR("S-1"),
        .now = fixture_instant("2024-03-10T12:00:00Z"),
    };
    assert_true(trace_walk_init(&w->walk, &input));
    w->step = w->walk.trace->definitions[definition->number];
    assert_true(w->step != 0);
}

static void release(struct walked *w) {
    assert_false(w->walk.no_memory);
    arena_release(&w->scratch);
    machine_fixture_release(&w->f);
}

static void expect_text(struct str got, const char *expected) {
    if (!str_equal(got, str_from(expected))) {
        print_error("got      '%.*s'\nexpected '%s'\n", STR_ARG(got), expected);
        fail();
    }
}

static void expect_cause(const char *records, const char *define, enum evidence_cause_kind kind,
                         const char *datum, const char *window, const char *words, uint32_t facts) {
    struct walked w;
    struct cause_list causes;
    walk_to(&w, records, define);
    trace_causes(&w.walk, w.step, &causes);
    assert_int_equal(causes.count, 1);
    assert_int_equal(causes.items[0].kind, kind);
    expect_text(causes.items[0].datum, datum);
    expect_text(causes.items[0].window, window);
    expect_text(causes.items[0].words, words);
    assert_int_equal(causes.items[0].fact_count, facts);
    release(&w);
}

static void test_causes(void **state) {
    (void)state;
    expect_cause(PATIENT, "Ferritin high", CAUSE_NO_DATA, "ferritin", "the last 48 h",
                 "no ferritin in the last 48 h", 0);
    expect_cause(PATIENT OBSERVATION("f", "2276-4", "2024-03-08T11:59:59Z", QUANTITY("612.5")),
                 "Ferritin high", CAUSE_NO_DATA, "ferritin", "the last 48 h",
                 "no ferritin in the last 48 h", 1);
    expect_cause(PATIENT OBSERVATION("f", "2276-4", "2024-03-09T08:00:00Z", ""), "Ferritin high",
                 CAUSE_ABSENT, "ferritin", "",
                 "the ferritin of 2024-03-09T08:00:00+00:00 has no value", 1);
}

/* Both sides of a logic that is unknown are told, each once; what decided needs no cause. */
static void test_causes_of_logic(void **state) {
    (void)state;
    struct walked w;
    struct cause_list causes;
    walk_to(&w, PATIENT, "Any");
    trace_causes(&w.walk, w.step, &causes);
    assert_int_equal(causes.count, 2);
    expect_text(causes.items[0].words, "no ferritin in the last 48 h");
    expect_text(causes.items[1].words, "no CRP in the last 48 h");
    release(&w);
    walk_to(&w, PATIENT OBSERVATION("c", "1988-5", "2024-03-10T06:00:00Z", QUANTITY("50")), "Any");
    trace_causes(&w.walk, w.step, &causes);
    assert_int_equal(causes.count, 1);
    expect_text(causes.items[0].datum, "ferritin");
    release(&w);
}

static void expect_reason(const struct walked *w, const struct evidence_reason *reason,
                          enum logic value, const char *words, const char *resource, uint64_t line,
                          const char *amount) {
    (void)w;
    assert_int_equal(reason->value, value);
    expect_text(reason->words, words);
    assert_int_equal(reason->fact_count, 1);
    expect_text(reason->facts[0].resource, resource);
    assert_int_equal(reason->facts[0].line, line);
    expect_text(reason->facts[0].value, amount);
}

#define RECORDS                                                                                    \
    PATIENT OBSERVATION("f0", "2276-4", "2024-03-09T08:00:00Z", QUANTITY("1.0"))                   \
        OBSERVATION("f1", "2276-4", "2024-03-10T08:00:00Z", QUANTITY("612.50"))                    \
            OBSERVATION("c1", "1988-5", "2024-03-10T07:00:00Z", QUANTITY("50"))

static void test_reasons(void **state) {
    (void)state;
    struct walked w;
    struct reason_list reasons;
    walk_to(&w, RECORDS, "Ferritin high");
    trace_reasons(&w.walk, w.step, &reasons);
    assert_int_equal(reasons.count, 1);
    expect_reason(&w, &reasons.items[0], LOGIC_TRUE, "ferritin 612.50 > 500", "Observation/f1", 3,
                  "612.50");
    expect_text(reasons.items[0].facts[0].label, "ferritin");
    expect_text(reasons.items[0].facts[0].unit, "ug/L");
    expect_text(reasons.items[0].facts[0].time, "2024-03-10T08:00:00+00:00");
    expect_text(reasons.items[0].facts[0].status, "final");
    expect_text(reasons.items[0].define, "Ferritin high");
    release(&w);
}

/* Of an `and` that is false only what is false decided; of an `or` that is true only what is. */
static void test_reasons_of_logic(void **state) {
    (void)state;
    struct walked w;
    struct reason_list reasons;
    walk_to(&w, RECORDS, "Both");
    trace_reasons(&w.walk, w.step, &reasons);
    assert_int_equal(reasons.count, 1);
    expect_reason(&w, &reasons.items[0], LOGIC_FALSE, "CRP 50 <= 100", "Observation/c1", 4, "50");
    release(&w);
    walk_to(&w, RECORDS, "Any");
    trace_reasons(&w.walk, w.step, &reasons);
    assert_int_equal(reasons.count, 1);
    assert_int_equal(reasons.items[0].value, LOGIC_TRUE);
    expect_text(reasons.items[0].facts[0].resource, "Observation/f1");
    release(&w);
    walk_to(&w, RECORDS, "Measured");
    trace_reasons(&w.walk, w.step, &reasons);
    expect_text(reasons.items[0].words, "CRP found");
    release(&w);
    walk_to(&w, PATIENT, "Measured");
    trace_reasons(&w.walk, w.step, &reasons);
    expect_text(reasons.items[0].words, "no CRP found");
    release(&w);
}

/* The parts of the two resources are the same words, kept once; yet each leads to its own row. */
static void test_equal_parts(void **state) {
    (void)state;
#define HIGH ",\"interpretation\":[{\"coding\":[{\"code\":\"H\"}]}]"
    static const char *const defines[] = {"Flagged", "Flag"};
    static const char records[] = PATIENT OBSERVATION("c1", "1988-5", "2024-03-10T06:00:00Z", HIGH)
        OBSERVATION("c2", "1988-5", "2024-03-10T07:00:00Z", HIGH);
    for (size_t i = 0; i < sizeof defines / sizeof defines[0]; i++) {
        struct walked w;
        struct fact_list facts;
        walk_to(&w, records, defines[i]);
        trace_facts(&w.walk, w.step, &facts);
        assert_int_equal(facts.count, i == 0 ? 2 : 1);
        expect_text(facts.items[0].resource, "Observation/c1");
        assert_int_equal(facts.items[0].line, 2);
        if (i == 0) {
            expect_text(facts.items[1].resource, "Observation/c2");
        }
        release(&w);
    }
}

static void test_windows(void **state) {
    (void)state;
    static const struct {
        const char *low, *high, *words;
    } rows[] = {
        {"2024-03-08T12:00:00.000Z", "2024-03-10T12:00:00.000Z", "the last 48 h"},
        {"2024-03-03T12:00:00.000Z", "2024-03-10T12:00:00.000Z", "the last 7 days"},
        {"2024-03-08T12:30:00.000Z", "2024-03-10T12:00:00.000Z", "since 2024-03-08T12:30"},
        {"2024-03-08T12:00:00.000Z", "2024-03-09T12:00:00.000Z",
         "between 2024-03-08T12:00 and 2024-03-09T12:00"},
    };
    struct walked w;
    walk_to(&w, PATIENT, "Measured");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interval interval = {.low_closed = true, .high_closed = true};
        interval.low.kind = interval.high.kind = VALUE_DATETIME;
        assert_true(datetime_parse(str_from(rows[i].low), &interval.low.datetime));
        assert_true(datetime_parse(str_from(rows[i].high), &interval.high.datetime));
        const struct value window = {.kind = VALUE_INTERVAL, .interval = &interval};
        expect_text(trace_window(&w.walk, &window), rows[i].words);
    }
    const struct value nothing = value_null();
    expect_text(trace_window(&w.walk, &nothing), "");
    release(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_causes),      cmocka_unit_test(test_causes_of_logic),
        cmocka_unit_test(test_reasons),     cmocka_unit_test(test_reasons_of_logic),
        cmocka_unit_test(test_equal_parts), cmocka_unit_test(test_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
