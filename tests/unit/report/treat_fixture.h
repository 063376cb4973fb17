/* A small treatment result made by hand, with names that try to break out of every format. */
#ifndef QUELL_TEST_TREAT_FIXTURE_H
#define QUELL_TEST_TREAT_FIXTURE_H

#include "base/arena.h"
#include "report/report_treat.h"

/* Asked at 2021-03-01T07:00Z; one drug of 100 mg syringes, two sites, both in UTC. */
#define FIXTURE_AT ((instant_ms)1614582000000)
#define FIXTURE_HOUR ((instant_ms)3600000)
#define FIXTURE_NASTY_ID "S<b>\"1\"&,"
#define FIXTURE_NASTY_BED "=HYPERLINK(\"x\"), bed </td>"

struct treat_fixture {
    struct arena arena;
    struct diag_list diags;
    struct unit_table *units;
    struct trial trial;
    struct treat_result result;
    struct treat_context context;
    struct treat_subject *subjects;
};

/* With so many subjects: the first has the nasty names and a dose of 300 mg twice, the second
 * cannot be decided, the third gets nothing; from then on they take turns. */
void treat_fixture_make(struct treat_fixture *fixture, uint32_t subjects);
void treat_fixture_release(struct treat_fixture *fixture);

#endif
