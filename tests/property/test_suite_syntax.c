/* Every expression and expected output of the public CQL test suite (suites/cql-tests, all .xml
 * files) that is not meant to fail parses, and its tree prints to CQL that parses to the same tree.
 * The suite is looked for under QUELL_SHARED, else beside the source tree; without it the test is
 * skipped. */
#include "base/file.h"
#include "cql/syntax.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>

struct suite {
    struct buf text; /* of the element being read */
    bool inside;
    bool must_fail;
    unsigned passed;
    unsigned failed;
};

static bool reads_back(struct str text) {
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    const struct source source = {.name = STR("suite"), .text = text};
    struct syntax *tree = NULL;
    struct syntax *again = NULL;
    struct buf printed;
    buf_init(&printed);
    enum status status = syntax_parse_expression(&source, &arena, &diags, &tree);
    syntax_print(tree, &printed);
    const struct source second = {.name = STR("printed"), .text = buf_str(&printed)};
    if (status == STATUS_OK && buf_status(&printed) == STATUS_OK) {
        status = syntax_parse_expression(&second, &arena, &diags, &again);
    }
    bool good =
        status == STATUS_OK && tree && !diag_has_errors(&diags) && syntax_equal(tree, again);
    if (!good) {
        struct buf shown;
        buf_init(&shown);
        diag_print_all(&diags, false, &shown);
        printf("%.*s\n%.*s\n%.*s\n", STR_ARG(text), STR_ARG(buf_str(&printed)),
               STR_ARG(buf_str(&shown)));
        buf_release(&shown);
    }
    buf_release(&printed);
    arena_release(&arena);
    return good;
}

static void start(void *data, const char *name, const char **attributes) {
    struct suite *suite = data;
    if (strcmp(name, "expression") == 0 || strcmp(name, "output") == 0) {
        suite->inside = true;
        suite->must_fail = false;
        buf_reset(&suite->text);
        for (int i = 0; attributes[i]; i += 2) {
            suite->must_fail = suite->must_fail || (strcmp(attributes[i], "invalid") == 0 &&
                                                    strcmp(attributes[i + 1], "false") != 0);
        }
    }
}

static void characters(void *data, const char *text, int len) {
    struct suite *suite = data;
    if (suite->inside) {
        buf_add(&suite->text, (struct str){text, (size_t)len});
    }
}

static void end(void *data, const char *name) {
    struct suite *suite = data;
    (void)name;
    if (suite->inside && !suite->must_fail && suite->text.len) {
        bool good = reads_back(buf_str(&suite->text));
        suite->passed += good;
        suite->failed += !good;
    }
    suite->inside = false;
}

static void read_file(struct suite *suite, struct str path, struct arena *arena) {
    struct str text;
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!parser || file_read(path, arena, &text) != STATUS_OK) {
        suite->failed++;
        XML_ParserFree(parser);
        return;
    }
    XML_SetUserData(parser, suite);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, characters);
    if (XML_Parse(parser, text.at, (int)text.len, 1) != XML_STATUS_OK) {
        printf("%.*s is not XML\n", STR_ARG(path));
        suite->failed++;
    }
    XML_ParserFree(parser);
}

int main(void) {
    struct arena arena;
    arena_init(&arena, 0);
    const char *shared = getenv("QUELL_SHARED");
    struct str root = str_from(shared ? shared : QUELL_SOURCE_ROOT "/../shared");
    struct str folder = file_join(&arena, root, STR("suites/cql-tests"));
    struct str *names;
    uint32_t count;
    if (file_kind(folder) != FILE_FOLDER ||
        file_list(folder, &arena, &names, &count) != STATUS_OK) {
        printf("skipped: no suite in %.*s\n", STR_ARG(folder));
        arena_release(&arena);
        return 77;
    }
    struct suite suite = {.passed = 0};
    buf_init(&suite.text);
    for (uint32_t i = 0; i < count; i++) {
        if (str_ends(names[i], STR(".xml"))) {
            read_file(&suite, file_join(&arena, folder, names[i]), &arena);
        }
    }
    buf_release(&suite.text);
    arena_release(&arena);
    printf("%u passed, %u failed\n", suite.passed, suite.failed);
    return suite.failed || !suite.passed;
}
