/* The functional tests of UCUM (suites/ucum/UcumFunctionalTests.xml): validation, display names,
 * conversion, multiplication and division. Expected values are printed with the digits that their
 * inputs justify; an answer agrees when it rounds to them. The file is looked for under
 * QUELL_SHARED, else beside the source tree; without it the test is skipped. */
#include "docs_table.h"

#include "base/mem.h"
#include "value/decimal.h"
#include "value/ucum.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum group {
    GROUP_NONE,
    VALIDATION,
    DISPLAY_NAME,
    CONVERSION,
    MULTIPLICATION,
    DIVISION,
    GROUP_COUNT
};

static const char *const group_names[GROUP_COUNT] = {
    "", "validation", "displayNameGeneration", "conversion", "multiplication", "division"};

struct suite {
    struct unit_table *units;
    enum group group;
    int passed[GROUP_COUNT];
    int failed[GROUP_COUNT];
};

static const char *attribute(const char **attributes, const char *name) {
    for (int i = 0; attributes[i]; i += 2) {
        if (strcmp(attributes[i], name) == 0) {
            return attributes[i + 1];
        }
    }
    return "";
}

/* Decimal places of a text such as "0.160" or "1.05e-18": the power of ten of its last digit. */
static int last_place(const char *text) {
    const char *exponent = strchr(text, 'e'), *point = strchr(text, '.');
    int place = 0;
    if (point) {
        place = (int)((exponent ? exponent : text + strlen(text)) - point) - 1;
    }
    return exponent ? place - atoi(exponent + 1) : place;
}

/* The expected digits, or fewer where a Decimal ends at 8 places; one unit of the last place covers
 * the suite's own rounding of ties. */
static bool agrees(i128 value, const char *expected) {
    i128 wanted;
    uint8_t scale;
    if (!decimal_parse_json(str_from(expected), &wanted, &scale)) {
        return false;
    }
    int place = last_place(expected);
    i128 tolerance = 1;
    for (int i = place; i < 8; i++) {
        tolerance *= 10;
    }
    i128 difference = value > wanted ? value - wanted : wanted - value;
    return place >= 8 ? difference <= 1 : 2 * difference <= tolerance;
}

static struct quantity quantity(struct suite *suite, const char *value, const char *unit) {
    struct quantity q = {.unit = unit_intern(suite->units, str_from(unit))};
    if (!decimal_parse_json(str_from(value), &q.value, &q.scale) || !q.unit) {
        fprintf(stderr, "cannot read %s %s\n", value, unit);
        exit(1);
    }
    return q;
}

static bool run_validation(struct suite *suite, const char **attributes) {
    const struct unit *unit = unit_intern(suite->units, str_from(attribute(attributes, "unit")));
    bool expected = strcmp(attribute(attributes, "valid"), "true") == 0;
    size_t at;
    const char *words;
    return unit && unit_is_valid(unit) == expected &&
           unit_explain(unit_text(unit), &at, &words) == !expected;
}

static bool run_display_name(struct suite *suite, const char **attributes) {
    const struct unit *unit = unit_intern(suite->units, str_from(attribute(attributes, "unit")));
    struct buf name;
    buf_init(&name);
    unit_add_name(unit, &name);
    bool same = str_equal(buf_str(&name), str_from(attribute(attributes, "display")));
    buf_release(&name);
    return same;
}

static bool run_conversion(struct suite *suite, const char **attributes) {
    struct quantity from =
        quantity(suite, attribute(attributes, "value"), attribute(attributes, "srcUnit"));
    const struct unit *to = unit_intern(suite->units, str_from(attribute(attributes, "dstUnit")));
    i128 value;
    return unit_convert(from.unit, to, from.value, &value) == UNIT_DONE &&
           agrees(value, attribute(attributes, "outcome"));
}

static bool run_arithmetic(struct suite *suite, const char **attributes, bool divide) {
    struct quantity a = quantity(suite, attribute(attributes, "v1"), attribute(attributes, "u1"));
    struct quantity b = quantity(suite, attribute(attributes, "v2"), attribute(attributes, "u2"));
    const struct unit *wanted = unit_intern(suite->units, str_from(attribute(attributes, "uRes")));
    struct quantity result;
    enum unit_answer answer = divide ? unit_divide(suite->units, &a, &b, &result)
                                     : unit_multiply(suite->units, &a, &b, &result);
    i128 value;
    return answer == UNIT_DONE &&
           unit_convert(result.unit, wanted, result.value, &value) == UNIT_DONE &&
           agrees(value, attribute(attributes, "vRes"));
}

static bool run_case(struct suite *suite, const char **attributes) {
    switch (suite->group) {
    case VALIDATION:
        return run_validation(suite, attributes);
    case DISPLAY_NAME:
        return run_display_name(suite, attributes);
    case CONVERSION:
        return run_conversion(suite, attributes);
    case MULTIPLICATION:
    case DIVISION:
        return run_arithmetic(suite, attributes, suite->group == DIVISION);
    default:
        return false;
    }
}

static void on_start(void *user, const char *name, const char **attributes) {
    struct suite *suite = user;
    for (int i = VALIDATION; i < GROUP_COUNT; i++) {
        if (strcmp(name, group_names[i]) == 0) {
            suite->group = (enum group)i;
        }
    }
    if (strcmp(name, "case") != 0 || suite->group == GROUP_NONE) {
        return;
    }
    if (run_case(suite, attributes)) {
        suite->passed[suite->group]++;
        return;
    }
    suite->failed[suite->group]++;
    printf("failed: %s", group_names[suite->group]);
    for (int i = 0; attributes[i]; i += 2) {
        printf(" %s=%s", attributes[i], attributes[i + 1]);
    }
    printf("\n");
}

static bool parse_file(FILE *file, struct suite *suite) {
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!parser) {
        return false;
    }
    XML_SetUserData(parser, suite);
    XML_SetStartElementHandler(parser, on_start);
    char bytes[4096];
    bool ok = true;
    for (size_t got = sizeof(bytes); ok && got == sizeof(bytes);) {
        got = fread(bytes, 1, sizeof(bytes), file);
        ok = XML_Parse(parser, bytes, (int)got, got < sizeof(bytes)) == XML_STATUS_OK;
    }
    XML_ParserFree(parser);
    return ok;
}

static bool run_suite(FILE *file, const char *docs, bool write) {
    struct suite suite = {.group = GROUP_NONE};
    struct buf table;
    buf_init(&table);
    buf_add_cstr(&table, "| group | passed | of |\n|---|---:|---:|\n");
    bool ok = unit_table_new(NULL, &suite.units) == STATUS_OK && parse_file(file, &suite);
    int passed = 0, failed = 0;
    for (int i = VALIDATION; i < GROUP_COUNT; i++) {
        printf("%-22s %3d passed, %d failed\n", group_names[i], suite.passed[i], suite.failed[i]);
        buf_add_format(&table, "| %s | %d | %d |\n", group_names[i], suite.passed[i],
                       suite.passed[i] + suite.failed[i]);
        passed += suite.passed[i];
        failed += suite.failed[i];
    }
    ok = (!docs || docs_table(docs, "UCUM", buf_str(&table), write)) && ok;
    buf_release(&table);
    unit_table_free(suite.units);
    printf("%d passed, %d failed\n", passed, failed);
    return ok && failed == 0 && passed > 0;
}

/* test_ucum_suite [--docs FILE | --write-docs FILE] */
int main(int argc, char **argv) {
    enum { SKIPPED = 77 };
    const char *shared = getenv("QUELL_SHARED");
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/suites/ucum/UcumFunctionalTests.xml",
                   shared ? shared : QUELL_SOURCE_ROOT "/../shared");
    FILE *file = fopen(path, "r");
    if (!file) {
        printf("skipped: %s is not there\n", path);
        return SKIPPED;
    }
    bool write = argc == 3 && strcmp(argv[1], "--write-docs") == 0;
    bool good = run_suite(file, argc == 3 ? argv[2] : NULL, write);
    fclose(file);
    return good ? 0 : 1;
}
