/* What the tests of the FHIR reader share: a demand written in words, files in a scratch folder,
 * and a population as text, so that two readings can be compared and a reading can be looked at. */
#ifndef QUELL_TEST_FHIR_FIXTURE_H
#define QUELL_TEST_FHIR_FIXTURE_H

#include "base/mem.h"
#include "fhir/fhir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct arena arena;
    struct diag_list diags;
    struct demand demand;
    struct shape *shapes;
    struct demand_filter filters[16];
    struct fhir_options options;
    struct population *population;
    char folder[64];
};

/* "Observation: status effective value" in each line. */
void fixture_init(struct fixture *f);
void fixture_release(struct fixture *f);
void fixture_shape(struct fixture *f, const char *type, const char *elements);
/* `element` NULL: every resource of the type. Codes "system|code" separated by spaces. */
void fixture_filter(struct fixture *f, const char *type, const char *element, const char *codes);
/* A demand that touches the types and elements of the five trials. */
void fixture_usual(struct fixture *f);
/* Writes a file of the scratch folder; `len` 0: strlen. */
void fixture_write(struct fixture *f, const char *name, const char *text, size_t len);
void fixture_write_gz(struct fixture *f, const char *name, const char *text, size_t len);
enum status fixture_read(struct fixture *f);
enum status fixture_read_path(struct fixture *f, const char *path);
/* The rows visible at an instant given as text ("" for all), a line each:
 *   p1 Observation o1 [2020-01-01.., ..) f=1: status="final" value={value=3.2 code="mg/L"} */
struct str fixture_show(struct fixture *f, const char *at);
/* Asserts that the shown text has the words. */
void fixture_has(struct fixture *f, const char *at, const char *words);
void fixture_lacks(struct fixture *f, const char *at, const char *words);
uint64_t fixture_diag_count(const struct fixture *f, enum diag_id id);

#endif
