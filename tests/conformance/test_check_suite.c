/* Checks every expression and every expected value of the CQL suite (suites/cql-tests): those that
 * must fail as syntax or semantics do, all others check, except the few named below. Nothing is
 * evaluated here. The files are looked for under QUELL_SHARED, else beside the source tree; without
 * them the test is skipped. */
#include "base/file.h"
#include "cql/tree.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

/* Valid by the suite, refused here, with the reason. */
static const struct {
    const char *name;
    const char *why;
} refused[] = {
    {"FloorIntegerGreaterThanMaxInteger", "an Integer literal out of range, which others refuse"},
    {"FloorIntegerLessThanMinInteger", "an Integer literal out of range, which others refuse"},
};

struct suite {
    char name[128];
    char invalid[16];
    bool wanted; /* inside an expression or an output */
    bool is_output;
    struct buf text;
    uint32_t passed, failed;
};

static const char *attribute(const char **attributes, const char *name) {
    for (int i = 0; attributes[i]; i += 2) {
        if (strcmp(attributes[i], name) == 0) {
            return attributes[i + 1];
        }
    }
    return "";
}

/* Whether the text checks. */
static bool checks(struct str text) {
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    const struct source *source = diag_source(&diags, STR("test"), text);
    struct program *program = NULL;
    bool fine = source && check_expression(source, false, &arena, &diags, &program) == STATUS_OK &&
                !diag_has_errors(&diags);
    program_release(program);
    arena_release(&arena);
    return fine;
}

static bool is_refused(const struct suite *suite) {
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (!suite->is_output && strcmp(suite->name, refused[i].name) == 0) {
            return true;
        }
    }
    return false;
}

static void start_element(void *context, const char *element, const char **attributes) {
    struct suite *suite = context;
    if (strcmp(element, "test") == 0) {
        snprintf(suite->name, sizeof(suite->name), "%s", attribute(attributes, "name"));
    }
    suite->is_output = strcmp(element, "output") == 0;
    suite->wanted = suite->is_output || strcmp(element, "expression") == 0;
    if (strcmp(element, "expression") == 0) {
        snprintf(suite->invalid, sizeof(suite->invalid), "%s", attribute(attributes, "invalid"));
    }
    buf_reset(&suite->text);
}

static void text_part(void *context, const char *at, int length) {
    struct suite *suite = context;
    if (suite->wanted) {
        buf_add(&suite->text, (struct str){at, (size_t)length});
    }
}

/* "true" and "execution" may fail at any stage. */
static void end_element(void *context, const char *element) {
    struct suite *suite = context;
    (void)element;
    if (!suite->wanted) {
        return;
    }
    suite->wanted = false;
    bool either = !suite->is_output &&
                  (strcmp(suite->invalid, "true") == 0 || strcmp(suite->invalid, "execution") == 0);
    bool must_fail = !suite->is_output && (strcmp(suite->invalid, "semantic") == 0 ||
                                           strcmp(suite->invalid, "syntax") == 0);
    bool expected = !must_fail && !is_refused(suite);
    bool fine = either || checks(buf_str(&suite->text)) == expected;
    suite->passed += fine;
    suite->failed += !fine;
    if (!fine) {
        printf("%s%s: %.*s\n", suite->name, suite->is_output ? " (expected value)" : "",
               STR_ARG(buf_str(&suite->text)));
    }
}

static bool run_file(struct suite *suite, struct str xml) {
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!parser) {
        return false;
    }
    XML_SetUserData(parser, suite);
    XML_SetElementHandler(parser, start_element, end_element);
    XML_SetCharacterDataHandler(parser, text_part);
    bool fine = XML_Parse(parser, xml.at, (int)xml.len, 1) == XML_STATUS_OK;
    XML_ParserFree(parser);
    return fine;
}

int main(void) {
    struct arena arena;
    arena_init(&arena, 0);
    const char *shared = getenv("QUELL_SHARED");
    struct str root = shared ? str_from(shared) : STR(QUELL_SOURCE_ROOT "/../shared");
    struct str folder = file_join(&arena, root, STR("suites/cql-tests"));
    struct str *names;
    uint32_t count;
    if (file_list(folder, &arena, &names, &count) != STATUS_OK) {
        printf("skipped: no CQL suite at %.*s\n", STR_ARG(folder));
        arena_release(&arena);
        return 77;
    }
    struct suite suite = {.passed = 0};
    buf_init(&suite.text);
    for (uint32_t i = 0; i < count; i++) {
        struct str xml;
        if (str_ends(names[i], STR(".xml")) &&
            (file_read(file_join(&arena, folder, names[i]), &arena, &xml) != STATUS_OK ||
             !run_file(&suite, xml))) {
            printf("%.*s cannot be read\n", STR_ARG(names[i]));
            suite.failed++;
        }
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        printf("refused: %s: %s\n", refused[i].name, refused[i].why);
    }
    printf("%u passed, %u failed\n", suite.passed, suite.failed);
    buf_release(&suite.text);
    arena_release(&arena);
    return suite.failed || !suite.passed;
}
