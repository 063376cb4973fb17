/* A library, records, a plan and a machine for tests of what the machine does. */
#ifndef QUELL_TEST_MACHINE_FIXTURE_H
#define QUELL_TEST_MACHINE_FIXTURE_H

#include "base/mem.h"
#include "exec/machine.h"
#include "fhir/fhir.h"
#include "plan/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct machine_fixture {
    struct arena arena;
    struct diag_list diags;
    struct program *program;
    struct plan *plan;
    struct population *population; /* of one patient, or NULL */
    struct record record;
    struct machine *machine;
};

/* Compiles the library (`using FHIR version '4.0.1'` is put before it) and reads the NDJSON text
 * (NULL: no records). Asserts that neither has errors. */
void machine_fixture_init(struct machine_fixture *f, const char *library, const char *records);
void machine_fixture_release(struct machine_fixture *f);
/* Starts the subject at an ISO time ("" for last versions, at 2024-03-10T12:00Z). */
void machine_fixture_start(struct machine_fixture *f, const char *at);
/* The value of a definition as CQL text, in the fixture's arena. */
struct str machine_fixture_text(struct machine_fixture *f, const char *define);
void machine_fixture_expect(struct machine_fixture *f, const char *define, const char *text);
struct value machine_fixture_value(struct machine_fixture *f, const char *define);
instant_ms fixture_instant(const char *at);

#endif
