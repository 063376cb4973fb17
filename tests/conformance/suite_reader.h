/* Reads the XML of the public CQL test suite (schema of hl7.org/fhirpath/tests): groups of tests,
 * each an expression and the CQL text of what it must give. */
#ifndef QUELL_TEST_SUITE_READER_H
#define QUELL_TEST_SUITE_READER_H

#include "base/arena.h"

/* At which stage a test must fail: TRUE at any of them. */
enum suite_invalid {
    SUITE_VALID,
    SUITE_INVALID_SYNTAX,
    SUITE_INVALID_SEMANTIC,
    SUITE_INVALID_EXECUTION,
    SUITE_INVALID_ANY
};

struct suite_test {
    struct str group;
    struct str name;
    struct str expression;
    struct str output; /* .at NULL: none stated */
    enum suite_invalid invalid;
    struct suite_test *next;
};

struct suite_file {
    struct suite_test *first;
    uint32_t count;
};

/* STATUS_IO when the file cannot be read or is no such XML. */
MUST_USE enum status suite_read(const char *path, struct arena *arena, struct suite_file *out);

/* Folder of the suite: $QUELL_SHARED/suites/cql-tests, else ../shared/... beside the source tree,
 * as `root` names it; the text lives in the arena. */
struct str suite_folder(struct arena *arena, const char *root);

extern const char *const suite_names[];
extern const uint32_t suite_name_count;

#endif
