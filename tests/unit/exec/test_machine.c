/* What the machine gives: every clause of a query, short circuits, errors, retrieves, evidence. */
#include "machine_fixture.h"

#define LOINC(c) "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" c "\"}]}"
#define OBSERVATION(id, code, time, value)                                                         \
    "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\"," LOINC(             \
        code) ",\"subject\":{\"reference\":\"Patient/p\"},\"effectiveDateTime\":\"" time           \
              "\",\"issued\":\"" time "\",\"valueQuantity\":{\"value\":" value                     \
              ",\"unit\":\"mg/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/L\"}}\n"

static const char records[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1960-05-20\",\"gender\":\"female\"}"
    "\n" OBSERVATION("o1", "1988-5", "2024-03-08T08:00:00Z", "12.5")
        OBSERVATION("o2", "1988-5", "2024-03-09T08:00:00Z", "30")
            OBSERVATION("o3", "1988-5", "2024-03-10T08:00:00Z", "7")
                OBSERVATION("o4", "2276-4", "2024-03-09T09:00:00Z", "900");

static const char codes[] = "codesystem \"LOINC\": 'http://loinc.org'\n"
                            "code \"CRP\": '1988-5' from \"LOINC\"\n"
                            "code \"Ferritin\": '2276-4' from \"LOINC\"\n";

static void init(struct machine_fixture *f, const char *library, bool with_records) {
    char text[16384];
    snprintf(text, sizeof text, "%s%s", codes, library);
    machine_fixture_init(f, text, with_records ? records : NULL);
    machine_fixture_start(f, "");
}

static void test_query_clauses(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "define Where: ({1, 2, 3, null}) X where X > 1\n"
         "define Returns: ({1, 2, 2}) X return all X * 2\n"
         "define Distinct: ({1, 2, 2}) X return X * 2\n"
         "define Let: ({1, 2}) X let Y: X + 1 return all Y * Y\n"
         "define Cross: from ({1, 2}) A, ({10, 20}) B return all A + B\n"
         "define Pairs: from ({1, 2}) A, ({'x'}) B\n"
         "define With: ({1, 2, 3}) X with ({2, 3, 4}) Y such that X = Y\n"
         "define Without: ({1, 2, 3}) X without ({2, 3, 4}) Y such that X = Y\n"
         "define Sum: ({1, 2, 3}) X aggregate S starting 0: S + X\n"
         "define SumDistinct: ({1, 2, 2}) X aggregate distinct S starting 0: S + X\n"
         "define CrossSum: from ({1, 2}) A, ({10}) B aggregate S starting 0: S + A * B\n"
         "define Sorted: ({3, null, 1, 2}) X sort desc\n"
         "define ByElement: ({Tuple{a: 2, b: 'x'}, Tuple{a: 1, b: 'y'}, Tuple{a: 2, b: 'a'}}) X\n"
         "  return all X sort by a desc, b asc\n"
         "define Singleton: (Tuple{a: 5}) X where X.a > 3 return X.a + 1\n"
         "define SingletonNot: (Tuple{a: 5}) X where X.a > 9 return X.a + 1\n"
         "define OfNull: (null as List<Integer>) X where X > 1\n"
         "define Nested: ({1, 2}) X return all (({10, 20}) Y where Y > X * 6 return all Y + X)\n",
         false);
    machine_fixture_expect(&f, "Where", "{ 2, 3 }");
    machine_fixture_expect(&f, "Returns", "{ 2, 4, 4 }");
    machine_fixture_expect(&f, "Distinct", "{ 2, 4 }");
    machine_fixture_expect(&f, "Let", "{ 4, 9 }");
    machine_fixture_expect(&f, "Cross", "{ 11, 21, 12, 22 }");
    machine_fixture_expect(&f, "Pairs", "{ Tuple { A: 1, B: 'x' }, Tuple { A: 2, B: 'x' } }");
    machine_fixture_expect(&f, "With", "{ 2, 3 }");
    machine_fixture_expect(&f, "Without", "{ 1 }");
    machine_fixture_expect(&f, "Sum", "6");
    machine_fixture_expect(&f, "SumDistinct", "3");
    machine_fixture_expect(&f, "CrossSum", "30");
    machine_fixture_expect(&f, "Sorted", "{ 3, 2, 1, null }");
    machine_fixture_expect(
        &f, "ByElement",
        "{ Tuple { a: 2, b: 'a' }, Tuple { a: 2, b: 'x' }, Tuple { a: 1, b: 'y' } }");
    machine_fixture_expect(&f, "Singleton", "6");
    machine_fixture_expect(&f, "SingletonNot", "null");
    machine_fixture_expect(&f, "OfNull", "{ }");
    machine_fixture_expect(&f, "Nested", "{ { 11, 21 }, { 22 } }");
    machine_fixture_release(&f);
}

static void test_an_error_belongs_to_its_definition(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "define Bad: singleton from ({1, 2})\n"
         "define Uses: Bad is null\n"
         "define Skips: false and (singleton from ({true, false}))\n"
         "define Never: ({}) X where singleton from ({true, false})\n"
         "define Fine: 1 + 1\n",
         false);
    for (int traced = 0; traced < 2; traced++) {
        const struct run_error *errors;
        machine_set_trace(f.machine, traced == 1);
        machine_fixture_start(&f, "");
        machine_fixture_expect(&f, "Uses", "true");
        machine_fixture_expect(&f, "Bad", "null");
        machine_fixture_expect(&f, "Skips", "false");
        machine_fixture_expect(&f, "Never", "{ }");
        machine_fixture_expect(&f, "Fine", "2");
        assert_int_equal(machine_errors(f.machine, &errors), 1);
        assert_true(str_equal(errors[0].definition->name, STR("Bad")));
        assert_true(errors[0].message.len > 0);
    }
    machine_fixture_release(&f);
}

static void test_functions_and_parameters(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "parameter \"Limit\" Integer default 2 + 3\n"
         "context Patient\n"
         "define function Twice(x Integer): x * 2\n"
         "define function Add(a Integer, b Integer): Twice(a) + b\n"
         "define X: ({1, 2}) V return all Add(V, \"Limit\")\n",
         false);
    machine_fixture_expect(&f, "X", "{ 7, 9 }");
    machine_fixture_release(&f);
}

static void test_retrieves_see_what_is_visible(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "context Patient\n"
         "define Crps: [Observation: \"CRP\"] O return all (O.value as FHIR.Quantity).value.value\n"
         "define Last: Last([Observation: \"CRP\"] O sort by (effective as "
         "FHIR.dateTime).value).id.value\n"
         "define High: exists [Observation: \"CRP\"] O where O.value as FHIR.Quantity > 20 'mg/L'\n"
         "define Ferritins: Count([Observation: code in { \"Ferritin\" }])\n"
         "define All: Count([Observation])\n"
         "define Age: AgeInYearsAt(@2024-03-10)\n",
         true);
    machine_fixture_expect(&f, "Crps", "{ 12.5, 30.0, 7.0 }");
    machine_fixture_expect(&f, "Last", "'o3'");
    machine_fixture_expect(&f, "High", "true");
    machine_fixture_expect(&f, "Ferritins", "1");
    machine_fixture_expect(&f, "All", "4");
    machine_fixture_expect(&f, "Age", "63");
    machine_fixture_start(&f, "2024-03-08T12:00:00Z");
    machine_fixture_expect(&f, "Crps", "{ 12.5 }");
    machine_fixture_expect(&f, "High", "false");
    assert_int_equal(machine_valid_until(f.machine), fixture_instant("2024-03-09T08:00:00Z"));
    machine_fixture_release(&f);
}

static instant_ms holds_until(const struct machine_fixture *f, const char *name) {
    return machine_definition_valid_until(f->machine, program_find(f->program, str_from(name)));
}

/* The bound of what is kept for the subject, a definition or a retrieve, reaches every definition
 * that takes it, the second as well as the first; others keep their own. */
static void test_definitions_hold_for_a_time_of_their_own(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "context Patient\n"
         "define Born: Patient.birthDate.value\n"
         "define Crps: Count([Observation: \"CRP\"])\n"
         "define Some: Crps > 0\n"
         "define Again: Crps > 1\n"
         "define Same: exists [Observation: \"CRP\"]\n",
         true);
    machine_fixture_start(&f, "2024-03-08T12:00:00Z");
    machine_fixture_expect(&f, "Born", "@1960-05-20");
    machine_fixture_expect(&f, "Some", "true");
    machine_fixture_expect(&f, "Again", "false");
    machine_fixture_expect(&f, "Same", "true");
    instant_ms next = fixture_instant("2024-03-09T08:00:00Z");
    assert_int_equal(holds_until(&f, "Born"), INSTANT_MAX);
    assert_int_equal(holds_until(&f, "Some"), next);
    assert_int_equal(holds_until(&f, "Again"), next);
    assert_int_equal(holds_until(&f, "Same"), next);
    assert_int_equal(machine_valid_until(f.machine), next);
    machine_fixture_release(&f);
}

static void test_extensions_of_primitives(void **state) {
    (void)state;
    struct machine_fixture f;
    machine_fixture_init(&f,
                         "context Patient\n"
                         "define Urls: Patient.birthDate.extension.url\n"
                         "define Born: Patient.birthDate.value\n"
                         "define Sex: Patient.gender.value\n"
                         "define SexExtensions: Count(Patient.gender.extension)\n",
                         "{\"resourceType\":\"Patient\",\"id\":\"p\",\"gender\":\"female\","
                         "\"birthDate\":\"1960-05-20\","
                         "\"_birthDate\":{\"extension\":[{\"url\":\"http://example.org/"
                         "t\",\"valueString\":\"x\"}]}}\n");
    machine_fixture_start(&f, "");
    machine_fixture_expect(&f, "Born", "@1960-05-20");
    machine_fixture_expect(&f, "Urls", "{ 'http://example.org/t' }");
    machine_fixture_expect(&f, "Sex", "'female'");
    machine_fixture_expect(&f, "SexExtensions", "0");
    machine_fixture_release(&f);
}

static void test_answers_replace_definitions(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f, "define Consent: null as Boolean\ndefine Enrolled: Consent and true\n", false);
    machine_fixture_expect(&f, "Enrolled", "null");
    machine_fixture_start(&f, "");
    struct value yes = value_boolean(true);
    machine_answer(f.machine, program_find(f.program, STR("Consent")), &yes);
    machine_fixture_expect(&f, "Enrolled", "true");
    machine_fixture_start(&f, "");
    machine_fixture_expect(&f, "Enrolled", "null");
    machine_fixture_release(&f);
}

static void test_definitions_over_all_patients(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "context Unfiltered\n"
         "define Everyone: Count([Observation])\n"
         "context Patient\n"
         "define Share: Count([Observation: \"CRP\"]) / Everyone\n",
         true);
    assert_int_equal(machine_set_population(f.machine, f.population), STATUS_OK);
    machine_fixture_start(&f, "");
    machine_fixture_expect(&f, "Everyone", "4");
    machine_fixture_expect(&f, "Share", "0.75");
    machine_start(f.machine, NULL, INSTANT_MAX, (struct datetime){.year = 2024});
    machine_fixture_expect(&f, "Everyone", "4");
    machine_fixture_start(&f, "2024-03-08T12:00:00Z");
    machine_fixture_expect(&f, "Share", "1.0");
    assert_int_equal(machine_valid_until(f.machine), fixture_instant("2024-03-09T08:00:00Z"));
    machine_fixture_release(&f);
}

/* Whether a step of the kind is among those that a step was made from; rows counts STEP_RETRIEVE
 * items. Steps lead to earlier ones only, so that the walk ends. */
static const struct step *reach(const struct trace *trace, uint32_t number, enum step_kind kind) {
    const struct step *step = &trace->steps[number];
    if (number == 0 || step->kind == kind) {
        return number ? step : NULL;
    }
    for (uint32_t i = 0; i < step->from_count; i++) {
        assert_true(step->from[i] < number);
        const struct step *found = reach(trace, step->from[i], kind);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void test_a_trace_leads_to_the_rows(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "context Patient\n"
         "define Crps: [Observation: \"CRP\"] O where (O.effective as FHIR.dateTime).value during\n"
         "  Interval[@2024-03-09T00:00:00.000Z, @2024-03-09T23:59:59.999Z]\n"
         "define Any: exists Crps\n"
         "define Early: exists [Observation: \"Ferritin\"] O where (O.effective as "
         "FHIR.dateTime).value\n"
         "  before @2000-01-01T00:00:00.000Z\n",
         true);
    machine_set_trace(f.machine, true);
    machine_fixture_start(&f, "");
    machine_fixture_expect(&f, "Any", "true");
    machine_fixture_expect(&f, "Early", "false");
    const struct trace *trace = machine_trace(f.machine);
    const struct definition *any = program_find(f.program, STR("Any"));
    uint32_t number = trace->definitions[any->number];
    assert_int_not_equal(number, 0);
    const struct step *query = reach(trace, number, STEP_QUERY);
    assert_non_null(query);
    assert_int_equal(query->value.kind, VALUE_LIST);
    assert_int_equal(query->value.list->count, 1);
    assert_int_equal(query->from_count, 2 + 3); /* source, window, three conditions */
    assert_int_equal(trace->steps[query->from[1]].value.kind, VALUE_INTERVAL);
    const struct step *retrieve = &trace->steps[query->from[0]];
    assert_int_equal(retrieve->kind, STEP_RETRIEVE);
    assert_int_equal(retrieve->from_count, 3);
    const struct step *row = &trace->steps[query->value.list->items[0].trace];
    assert_non_null(row->row);
    assert_int_equal(row->row->known_from, fixture_instant("2024-03-09T08:00:00Z"));
    machine_fixture_release(&f);
}

/* What an operator chose from a list still lies in its row. */
static void test_the_row_of_a_chosen_element(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "context Patient\n"
         "define X: Last([Observation: \"CRP\"]).status\n",
         true);
    machine_set_trace(f.machine, true);
    machine_fixture_start(&f, "");
    struct value value = machine_fixture_value(&f, "X");
    const struct trace *trace = machine_trace(f.machine);
    const struct step *property = reach(trace, value.trace, STEP_PROPERTY);
    assert_non_null(property);
    assert_non_null(property->row);
    assert_int_equal(property->row->known_from, fixture_instant("2024-03-10T08:00:00Z"));
    machine_fixture_release(&f);
}

/* Nothing was found, and yet the window that was looked in is evidence. */
static void test_the_window_of_an_empty_retrieve(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "codesystem \"S\": 'http://snomed.info/sct'\n"
         "code \"None\": '1' from \"S\"\n"
         "context Patient\n"
         "define X: exists [Observation: \"None\"] O where (O.effective as FHIR.dateTime).value "
         "during\n"
         "  Interval[Now() - 48 hours, Now()]\n",
         true);
    machine_set_trace(f.machine, true);
    machine_fixture_start(&f, "2024-03-10T12:00:00.000Z");
    machine_fixture_expect(&f, "X", "false");
    const struct trace *trace = machine_trace(f.machine);
    const struct definition *x = program_find(f.program, STR("X"));
    const struct step *query = reach(trace, trace->definitions[x->number], STEP_QUERY);
    assert_non_null(query);
    const struct value *window = &trace->steps[query->from[1]].value;
    assert_int_equal(window->kind, VALUE_INTERVAL);
    assert_int_equal(window->interval->low.datetime.day, 8);
    machine_fixture_release(&f);
}

static void test_no_memory_at_any_allocation(void **state) {
    (void)state;
    struct machine_fixture f;
    init(&f,
         "context Patient\n"
         "define X: [Observation: \"CRP\"] O where (O.value as FHIR.Quantity).value.value > 1.0\n"
         "  return Tuple{v: (O.value as FHIR.Quantity).value.value, l: {1, 2}} sort by v\n",
         true);
    const struct definition *x = program_find(f.program, STR("X"));
    for (uint64_t n = 1;; n++) {
        struct machine *machine = NULL;
        struct value value;
        mem_fail_after(n);
        enum status status = machine_new(f.plan, NULL, &machine);
        if (status == STATUS_OK) {
            machine_set_trace(machine, true);
            machine_start(machine, &f.record, INSTANT_MAX, (struct datetime){.year = 2024});
            status = machine_eval(machine, x, &value);
        }
        mem_fail_after(0);
        machine_free(machine);
        if (status == STATUS_OK && n > 40) {
            break;
        }
        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
    }
    machine_fixture_release(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_clauses),
        cmocka_unit_test(test_an_error_belongs_to_its_definition),
        cmocka_unit_test(test_functions_and_parameters),
        cmocka_unit_test(test_retrieves_see_what_is_visible),
        cmocka_unit_test(test_definitions_hold_for_a_time_of_their_own),
        cmocka_unit_test(test_extensions_of_primitives),
        cmocka_unit_test(test_answers_replace_definitions),
        cmocka_unit_test(test_definitions_over_all_patients),
        cmocka_unit_test(test_a_trace_leads_to_the_rows),
        cmocka_unit_test(test_the_row_of_a_chosen_element),
        cmocka_unit_test(test_the_window_of_an_empty_retrieve),
        cmocka_unit_test(test_no_memory_at_any_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
