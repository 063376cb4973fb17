/* Starts, ends, doses and stages of a running course. What is wanted was written from the meaning
 * of the keys in docs/trial-yaml.md, day by day. */
#include "course_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check(const struct course_case *cases, size_t count) {
    bool all = true;
    for (size_t i = 0; i < count; i++) {
        all &= course_case_holds(&cases[i]);
    }
    assert_true(all);
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

/* ---- start_when, latch, stop_when, replaces ---- */

static const struct course_case starts[] = {
    {"without latch it runs while its condition holds; not knowing is no end of it",
     "treatments: [{id: x, drug: ana, start_when: Low, dose: 100 mg, every: 24 h, days: 1..9}]",
     "from 1T08:00 to 7T12:00\n"
     "Low 0T00:00 yes\nLow 2T06:00 unknown\nLow 3T06:00 no\nLow 6T06:00 yes\n"
     "ana 1T08:00..2T08:00/24 100 mg\nana 6T08:00..7T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "3T06:00 end x -\n"
     "6T06:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "6T08:00..7T08:00/24 d6 x 100 mg given\n"
     "8T08:00..9T08:00/24 d8 x 100 mg planned\n"
     "total ana 400 mg\n"},
    {"with latch it goes on",
     "treatments: [{id: x, drug: ana, start_when: Low, latch: true, dose: 100 mg, every: 24 h, "
     "days: 1..4}]",
     "from 1T08:00 to 3T12:00\n"
     "Low 0T00:00 yes\nLow 2T06:00 no\nana 1T08:00..3T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..3T08:00/24 d1 x 100 mg given\n4T08:00 d4 x 100 mg planned\n"
     "total ana 300 mg\n"},
    {"unknown: it waits and is asked",
     "treatments: [{id: x, drug: ana, start_when: Low, dose: 100 "
     "mg, every: 24 h, days: 1..2}]",
     "from 1T08:00 to 1T12:00\n", "1T08:00 wait x -\nask Low\n"},
    {"known later: from then on; the first dose is due at once",
     "treatments: [{id: x, drug: ana, start_when: Low, dose: 100 mg, every: 24 h, days: 1..2}]",
     "from 1T08:00 to 2T22:00\nLow 2T21:00 yes\n",
     "1T08:00 wait x -\n"
     "2T21:00 start x -\n"
     "2T21:00 d1 x 100 mg due\n"
     "3T22:00 d2 x 100 mg planned\n"},
    {"stop_when ends it for good, and it does not begin while that holds",
     "treatments: [{id: x, drug: ana, stop_when: Low, dose: 100 mg, every: 24 h, days: 1..9}, "
     "{id: y, drug: rux, start_when: High, stop_when: Low, dose: 5 mg, every: 24 h, days: 1..2}]",
     "from 1T08:00 to 5T12:00\n"
     "Low 0T00:00 no\nLow 2T06:00 yes\nHigh 0T00:00 no\nHigh 2T07:00 yes\nLow 3T06:00 no\n"
     "ana 1T08:00 100 mg\nrux 3T06:00..4T06:00/24 5 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 end x -\n"
     "3T06:00 start y -\n"
     "5T06:00 complete y -\n"
     "1T08:00 d1 x 100 mg given\n"
     "3T06:00..4T06:00/24 d1 y 5 mg given\n"
     "total ana 100 mg\ntotal rux 10 mg\n"},
    {"what replaces is looked at first, wherever it is written: the other never begins",
     "treatments: [{id: y, drug: ana, start_when: Severe, latch: true, replaces: x, dose: 300 mg, "
     "every: 24 h, max_days: 3}, "
     "{id: x, drug: ana, start_when: Low, latch: true, dose: 100 mg, every: 24 h, days: 1..5}]",
     "from 1T08:00 to 2T12:00\n"
     "Low 0T00:00 yes\nSevere 0T00:00 yes\nSevere 2T06:00 no\nana 1T08:00..2T08:00/24 300 mg\n",
     "1T08:00 start y -\n"
     "1T08:00..2T08:00/24 d1 y 300 mg given\n3T08:00 d3 y 300 mg planned\n"
     "total ana 600 mg\n"},
    {"the same the other way round",
     "treatments: [{id: x, drug: ana, start_when: Low, latch: true, dose: 100 mg, every: 24 h, "
     "days: 1..5}, "
     "{id: y, drug: ana, start_when: Severe, latch: true, replaces: x, dose: 300 mg, every: 24 h, "
     "max_days: 3}]",
     "from 1T08:00 to 1T12:00\nLow 0T00:00 yes\nSevere 0T00:00 yes\nana 1T08:00 300 mg\n",
     "1T08:00 start y -\n"
     "1T08:00..1T08:00/24 d1 y 300 mg given\n2T08:00..3T08:00/24 d2 y 300 mg planned\n"
     "total ana 300 mg\n"},
    {"replaced on the fourth day: days and grid count from the drug's first dose",
     "treatments: [{id: y, drug: ana, start_when: Severe, latch: true, replaces: x, dose: 300 mg, "
     "every: 12 h, max_days: 5 from first ana}, "
     "{id: x, drug: ana, start_when: Low, latch: true, dose: 100 mg, every: 24 h, days: 1..9}]",
     "from 1T08:00 to 6T12:00\n"
     "Low 0T00:00 yes\nSevere 0T00:00 no\nSevere 4T14:00 yes\n"
     "ana 1T08:00..4T08:00/24 100 mg\nana 4T20:00..5T20:00/12 300 mg\n",
     "1T08:00 start x -\n"
     "4T14:00 start y -\n"
     "4T14:00 replaced x -\n"
     "6T08:00 complete y -\n"
     "1T08:00..4T08:00/24 d1 x 100 mg given\n"
     "4T20:00 d4 y 300 mg given\n5T08:00 d5 y 300 mg given\n5T20:00 d5 y 300 mg given\n"
     "total ana 1300 mg\n"},
    {"a chain: the third ends the first too, and neither begins again",
     "treatments: [{id: z, drug: ana, start_when: Severe, latch: true, replaces: y, dose: 300 mg, "
     "every: 24 h, max_days: 9}, "
     "{id: y, drug: ana, start_when: VeryLow, latch: true, replaces: x, dose: 200 mg, every: 24 h, "
     "max_days: 9}, "
     "{id: x, drug: ana, start_when: Low, latch: true, dose: 100 mg, every: 24 h, max_days: 9}]",
     "from 1T08:00 to 3T12:00\n"
     "Low 0T00:00 yes\nVeryLow 0T00:00 no\nSevere 0T00:00 no\nSevere 2T06:00 yes\n"
     "VeryLow 3T06:00 yes\nSevere 3T06:00 no\n"
     "ana 1T08:00 100 mg\nana 2T08:00..3T08:00/24 300 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 start z -\n"
     "2T06:00 replaced x -\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00..3T08:00/24 d2 z 300 mg given\n4T08:00..9T08:00/24 d4 z 300 mg planned\n"
     "total ana 700 mg\n"},
};

static void test_starts(void **state) {
    (void)state;
    CHECK(starts);
}

/* ---- weight, adjust ---- */

#define BY_WEIGHT                                                                                  \
    "treatments: [{id: x, drug: ana, dose: 2 mg/kg, every: 24 h, days: 1..5, round_to: 10 mg, "    \
    "max_dose: 200 mg}]"

static const struct course_case amounts[] = {
    {"2 mg/kg of 70.6 kg is 141.2 mg, in tens 140 mg; of 37.5 kg 75 mg, in tens 80 mg; of 120 kg "
     "at "
     "most 200 mg; by the weight at the time of each dose",
     BY_WEIGHT,
     "from 1T08:00 to 3T12:00\n"
     "weight 0T00:00 70.6 kg\nweight 2T06:00 37.5 kg\nweight 3T06:00 120 kg\n"
     "ana 1T08:00 140 mg\nana 2T08:00 80 mg\nana 3T08:00 200 mg\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x 140 mg given\n2T08:00 d2 x 80 mg given\n3T08:00 d3 x 200 mg given\n"
     "4T08:00..5T08:00/24 d4 x 200 mg planned\n"
     "total ana 420 mg\n"},
    {"a weight in grams; without rounding the product stands as it is",
     "treatments: [{id: x, drug: ana, dose: 0.15 mg/kg, every: 24 h, days: 1..1}]",
     "from 1T08:00 to 1T08:30\nweight 0T00:00 68350 g\n",
     "1T08:00 start x -\n1T08:00 d1 x 10.2525 mg due\n"},
    {"without a weight nobody knows the dose; what was given is shown", BY_WEIGHT,
     "from 1T08:00 to 2T07:00\nana 1T08:00 140 mg\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x - given\n"
     "2T08:00..5T08:00/24 d2 x - undecided weight\n"
     "ask weight\ntotal ana 140 mg\n"},
    {"levels by weight",
     "treatments: [{id: x, drug: ana, levels: [{id: one, dose: 1 mg/kg}, {id: two, dose: 2 "
     "mg/kg}], "
     "start_level: two, every: 24 h, days: 1..3}], rules: [{id: r, drug: ana, reduce: Low}]",
     "from 1T08:00 to 2T12:00\nweight 0T00:00 50 kg\nLow 0T00:00 no\nLow 2T06:00 yes\n"
     "ana 1T08:00 100 mg\nana 2T08:00 50 mg\n",
     "1T08:00 start x -\n2T06:00 reduce x r one\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 50 mg given\n3T08:00 d3 x 50 mg planned\n"
     "total ana 150 mg\n"},
    {"by renal function: the first that holds; unknown is asked; every other day keeps the grid",
     "treatments: [{id: x, drug: ana, dose: 300 mg, every: 24 h, days: 1..7, adjust: "
     "[{when: Severe, dose: 100 mg, every: 48 h}, {when: Low, dose: 200 mg}]}]",
     "from 1T08:00 to 5T12:00\n"
     "Severe 0T00:00 no\nLow 0T00:00 no\nLow 2T06:00 yes\nSevere 3T06:00 unknown\n"
     "Severe 4T06:00 yes\n"
     "ana 1T08:00 300 mg\nana 2T08:00 200 mg\nana 5T08:00 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x 300 mg given\n2T08:00 d2 x 200 mg given\n"
     "3T08:00 d3 x - undecided Severe\n"
     "5T08:00 d5 x 100 mg given\n7T08:00 d7 x 100 mg planned\n"
     "total ana 600 mg\n"},
    {"the time between doses comes from the adjustment that counts, not from a later one",
     "treatments: [{id: x, drug: ana, dose: 300 mg, every: 24 h, days: 1..3, adjust: "
     "[{when: Low, dose: 200 mg}, {when: Severe, dose: 100 mg, every: 48 h}]}]",
     "from 1T08:00 to 1T12:00\nSevere 0T00:00 yes\nLow 0T00:00 yes\nana 1T08:00 200 mg\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x 200 mg given\n2T08:00..3T08:00/24 d2 x 200 mg planned\n"
     "total ana 200 mg\n"},
    {"if_unknown: act, with its time between doses; ignore",
     "treatments: [{id: x, drug: ana, dose: 300 mg, every: 24 h, days: 1..4, adjust: "
     "[{when: Severe, dose: 100 mg, every: 48 h, if_unknown: act}]}, "
     "{id: y, drug: rux, dose: 10 mg, every: 24 h, days: 1..2, adjust: "
     "[{when: Severe, dose: 5 mg, if_unknown: ignore}]}]",
     "from 1T08:00 to 1T12:00\nana 1T08:00 100 mg\nrux 1T08:00 10 mg\n",
     "1T08:00 start x -\n1T08:00 start y -\n"
     "1T08:00 d1 x 100 mg given\n3T08:00 d3 x 100 mg planned\n"
     "1T08:00 d1 y 10 mg given\n2T08:00 d2 y 10 mg planned\n"
     "total ana 100 mg\ntotal rux 10 mg\n"},
    {"an adjusted dose has no stated taper",
     "treatments: [{id: x, drug: ana, dose: 300 mg, every: 24 h, days: 1..2, "
     "then: {doses: [200 mg, 100 mg]}, adjust: [{when: Low, dose: 100 mg}]}]",
     "from 1T08:00 to 2T12:00\nLow 0T00:00 yes\nana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n3T08:00..4T08:00/24 d3 x - undecided taper\n"
     "ask taper\ntotal ana 200 mg\n"},
    {"as ordered: dose and time between doses are the order's, from when it is written",
     "treatments: [{id: x, drug: rux, as_ordered: true, max_days: 4}]",
     "from 1T08:00 to 3T10:00\n"
     "order rux 1T07:00 5 mg 24 h until 2T10:00\norder rux 2T10:00 10 mg 12 h\n"
     "rux 1T08:00..2T08:00/24 5 mg\nrux 2T20:00..3T08:00/12 10 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 5 mg given\n"
     "2T20:00 d2 x 10 mg given\n3T08:00 d3 x 10 mg given\n"
     "3T20:00..4T20:00/24 d3 x 10 mg planned\n4T08:00 d4 x 10 mg planned\n"
     "total rux 30 mg\n"},
    {"as ordered, and the order has ended: a new one is needed",
     "treatments: [{id: x, drug: rux, as_ordered: true, max_days: 3}]",
     "from 1T08:00 to 2T07:00\norder rux 1T07:00 5 mg 24 h until 1T20:00\nrux 1T08:00 5 mg\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x 5 mg given\n2T08:00..3T08:00/24 d2 x - undecided order\n"
     "ask order\ntotal rux 5 mg\n"},
};

static void test_amounts(void **state) {
    (void)state;
    CHECK(amounts);
}

/* ---- max_days, max_doses, tapers, late and missed ---- */

#define DAILY "treatments: [{id: x, drug: ana, dose: 100 mg, every: 24 h, "

static const struct course_case lengths[] = {
    {"at most three doses: one that was missed does not count", DAILY "max_doses: 3}]",
     "from 1T08:00 to 5T12:00\nana 1T08:00 100 mg\nana 3T08:00..4T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "4T08:00 complete x -\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 100 mg missed\n"
     "3T08:00..4T08:00/24 d3 x 100 mg given\n"
     "total ana 300 mg\n"},
    {"the third is due: no fourth is planned behind it", DAILY "max_doses: 3}]",
     "from 1T08:00 to 3T09:00\nana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n3T08:00 d3 x 100 mg due\n"
     "total ana 200 mg\n"},
    {"nothing given yet: three doses in all", DAILY "max_doses: 3}]", "from 1T08:00 to 1T09:00\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x 100 mg due\n2T09:00..3T09:00/24 d2 x 100 mg planned\n"},
    {"two courses of one drug, one after the other: the second begins nothing by itself",
     DAILY "days: 1..2}, {id: y, drug: ana, dose: 50 mg, every: 24 h, days: 3..4}]",
     "from 1T08:00 to 3T12:00\nana 1T09:00..2T09:00/24 100 mg\nana 3T09:00 50 mg\n",
     "1T08:00 start x -\n1T08:00 start y -\n"
     "3T09:00 complete x -\n"
     "1T08:00 d1 x 100 mg given\n2T09:00 d2 x 100 mg given\n"
     "3T09:00 d3 y 50 mg given\n4T09:00 d4 y 50 mg planned\n"
     "total ana 250 mg\n"},
    {"the same, nothing given yet",
     DAILY "days: 1..2}, {id: y, drug: ana, dose: 50 mg, every: 24 h, days: 3..4}]",
     "from 1T08:00 to 1T09:00\n",
     "1T08:00 start x -\n1T08:00 start y -\n"
     "1T08:00 d1 x 100 mg due\n2T09:00 d2 x 100 mg planned\n"
     "3T09:00..4T09:00/24 d3 y 50 mg planned\n"},
    {"given late, the last one ends the course when it is given", DAILY "max_doses: 2}]",
     "from 1T08:00 to 2T18:00\nana 1T08:00 100 mg\nana 2T16:00 100 mg\n",
     "1T08:00 start x -\n"
     "2T16:00 complete x -\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 100 mg given late\n"
     "total ana 200 mg\n"},
    {"at most so many days, 24 h each from the first dose; missed days are not added",
     DAILY "max_days: 3}]", "from 1T06:00 to 5T12:00\nana 1T21:00 100 mg\nana 3T21:00 100 mg\n",
     "1T06:00 start x -\n"
     "4T21:00 complete x -\n"
     "1T06:00 d1 x 100 mg given\n2T21:00 d2 x 100 mg missed\n3T21:00 d3 x 100 mg given\n"
     "total ana 200 mg\n"},
    {"a taper is one dose a day, also after doses twice a day",
     "treatments: [{id: x, drug: ana, dose: 100 mg, every: 12 h, days: 1..2, "
     "then: {doses: [60 mg, 30 mg]}}]",
     "from 1T08:00 to 5T12:00\nana 1T08:00..2T20:00/12 100 mg\nana 3T08:00 60 mg\nana 4T08:00 30 "
     "mg\n",
     "1T08:00 start x -\n"
     "5T08:00 complete x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n1T20:00..2T20:00/24 d1 x 100 mg given\n"
     "3T08:00 d3 x 60 mg given\n4T08:00 d4 x 30 mg given\n"
     "total ana 490 mg\n"},
    {"a taper that nobody states: the next is asked, what was given is shown",
     DAILY "days: 1..2, then: {status: not stated}}]",
     "from 1T08:00 to 4T12:00\nana 1T08:00..2T08:00/24 100 mg\nana 3T08:00 70 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n3T08:00 d3 x - given\n"
     "4T08:00..5T08:00/24 d4 x - undecided taper\n"
     "ask taper\ntotal ana 270 mg\n"},
    {"late after a quarter of the time between doses; the next dose's own after a half",
     DAILY "days: 1..4}]",
     "from 1T08:00 to 4T21:00\n"
     "ana 1T08:00 100 mg\nana 2T14:00 100 mg\nana 3T14:01 100 mg\nana 4T19:59 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n3T08:00..4T08:00/24 d3 x 100 mg given late\n"
     "total ana 400 mg\n"},
    {"late_after as the trial says", DAILY "days: 1..3, late_after: 1 h}]",
     "from 1T08:00 to 3T21:00\nana 1T08:00 100 mg\nana 2T09:00 100 mg\nana 3T09:01 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n3T08:00 d3 x 100 mg given late\n"
     "total ana 300 mg\n"},
    {"refused, unsure, missed and due; another amount; a second one on a day; an amount nobody "
     "knows",
     DAILY "days: 1..8}]",
     "from 1T08:00 to 7T09:00\n"
     "ana 1T08:00 100 mg\nana 2T08:05 refused\nana 3T08:00 unsure\nana 5T08:00 150 mg\n"
     "ana 6T08:00 some\nana 6T15:00 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 100 mg not given\n3T08:00 d3 x 100 mg unsure\n"
     "4T08:00 d4 x 100 mg missed\n5T08:00 d5 x 100 mg given differs\n6T08:00 d6 x 100 mg given\n"
     "6T15:00 d6 ana 100 mg outside plan\n7T08:00 d7 x 100 mg due\n8T08:00 d8 x 100 mg planned\n"
     "total ana 350 mg\n"},
    {"refused and then given: the dose was given", DAILY "days: 1..2}]",
     "from 1T08:00 to 2T12:00\nana 1T08:00 100 mg\nana 2T08:00 refused\nana 2T11:00 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "2T08:00 d2 ana - not given\n"
     "total ana 200 mg\n"},
};

static void test_lengths(void **state) {
    (void)state;
    CHECK(lengths);
}

/* ---- stages ---- */

#define STAGED(zone, stages, treatments)                                                           \
    "#\nsites: {a: {name: A, timezone: " zone "}}\n"                                               \
    "stages: {define: Stage, names: {mild: {text: m}, severe: {text: s}}, " stages "}\n"           \
    "arms: {a: {label: A, treatments: [" treatments "]}}\n"
#define MILD "{id: x, drug: ana, start_when: Low, dose: 100 mg, every: 24 h, days: 1..3}"
#define SEVERE "{id: y, drug: rux, start_when: Severe, dose: 5 mg, every: 24 h, days: 1..3}"
#define WORSE                                                                                      \
    "from 1T08:00 to 2T12:00\n"                                                                    \
    "Low 0T00:00 yes\nSevere 0T00:00 no\nSevere 2T06:00 yes\n"                                     \
    "stage 0T00:00 mild\nstage 2T06:00 severe\n"                                                   \
    "ana 1T08:00 100 mg\n"

static const struct course_case stages[] = {
    {"daily at 07:00 by the site's clock: found on the next morning, also when summer time began",
     STAGED("Europe/Paris", "assess: daily, daily_at: 07:00", MILD),
     "from 85T10:00 to 87T06:00\nLow 0T00:00 no\nLow 86T09:00 yes\n",
     "87T05:00 start x -\n"
     "87T05:00 d1 x 100 mg due\n88T06:00..89T06:00/24 d2 x 100 mg planned\n"},
    {"daily: what was unknown is looked at again as soon as it is known",
     STAGED("Europe/Paris", "assess: daily, daily_at: 07:00", MILD),
     "from 10T10:00 to 11T12:00\nLow 11T09:00 yes\nana 11T09:00 100 mg\n",
     "10T10:00 wait x -\n"
     "11T09:00 start x -\n"
     "11T09:00 d1 x 100 mg given\n12T09:00..13T09:00/24 d2 x 100 mg planned\n"
     "total ana 100 mg\n"},
    {"daily, no time said: at the time of day of allocation; the end of its condition waits too",
     STAGED("UTC", "assess: daily", MILD),
     "from 1T10:00 to 3T12:00\nLow 0T00:00 yes\nLow 2T11:00 no\nana 1T10:00..3T10:00/24 100 mg\n",
     "1T10:00 start x -\n"
     "3T10:00 end x -\n"
     "1T10:00..2T10:00/24 d1 x 100 mg given\n"
     "3T10:00 d3 ana 100 mg outside plan\n"
     "total ana 300 mg\n"},
    {"at entry: once", STAGED("UTC", "assess: at entry", MILD ", " SEVERE), WORSE,
     "1T08:00 stage - - mild\n"
     "1T08:00 start x -\n"
     "2T06:00 stage - - severe\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 100 mg due\n3T08:00 d3 x 100 mg planned\n"
     "total ana 100 mg\n"},
    {"worse adds treatment", STAGED("UTC", "up: adds treatment", MILD ", " SEVERE), WORSE,
     "1T08:00 stage - - mild\n"
     "1T08:00 start x -\n"
     "2T06:00 stage - - severe\n"
     "2T06:00 start y -\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 100 mg due\n3T08:00 d3 x 100 mg planned\n"
     "2T06:00 d1 y 5 mg due\n3T12:00..4T12:00/24 d2 y 5 mg planned\n"
     "total ana 100 mg\n"},
    {"worse replaces treatment", STAGED("UTC", "up: replaces treatment", MILD ", " SEVERE), WORSE,
     "1T08:00 stage - - mild\n"
     "1T08:00 start x -\n"
     "2T06:00 stage - - severe\n"
     "2T06:00 start y -\n"
     "2T06:00 replaced x -\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T06:00 d1 y 5 mg due\n3T12:00..4T12:00/24 d2 y 5 mg planned\n"
     "total ana 100 mg\n"},
    {"worse changes nothing", STAGED("UTC", "up: nothing", MILD ", " SEVERE), WORSE,
     "1T08:00 stage - - mild\n"
     "1T08:00 start x -\n"
     "2T06:00 stage - - severe\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 100 mg due\n3T08:00 d3 x 100 mg planned\n"
     "total ana 100 mg\n"},
    {"better never withdraws: every course goes on as if latched",
     STAGED("UTC", "down: never withdraws", MILD),
     "from 1T08:00 to 2T12:00\nLow 0T00:00 yes\nLow 2T06:00 no\nana 1T08:00 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 100 mg due\n3T08:00 d3 x 100 mg planned\n"
     "total ana 100 mg\n"},
    {"better withdraws", STAGED("UTC", "down: withdraws", MILD),
     "from 1T08:00 to 2T12:00\nLow 0T00:00 yes\nLow 2T06:00 no\nana 1T08:00 100 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 end x -\n"
     "1T08:00 d1 x 100 mg given\n"
     "total ana 100 mg\n"},
};

static void test_stages(void **state) {
    (void)state;
    CHECK(stages);
}

/* ---- Virtual subjects: the same walk, doses taken as they come ---- */

static const struct course_case virtual_subjects[] = {
    {"takes what is due, from the first dose on; held doses never come",
     "treatments: [{id: x, drug: ana, dose: 100 mg, every: 12 h, days: 1..3, then: {doses: [60 "
     "mg]}}, "
     "{id: y, drug: rux, start_when: Low, latch: true, dose: 5 mg, every: 24 h, max_doses: 2}], "
     "rules: [{id: h, drug: ana, hold: VeryLow, until: Recovered, within: 7 d, else: stop}]",
     "from 1T08:00 to 6T12:00\ntakes\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\nLow 0T00:00 no\n"
     "VeryLow 2T06:00 yes\nVeryLow 2T22:00 no\nLow 2T21:00 yes\n",
     "1T08:00 start x -\n"
     "2T06:00 hold - h\n"
     "2T21:00 start y -\n"
     "2T22:00 resume - h\n"
     "3T21:00 complete y -\n"
     "5T08:00 complete x -\n"
     "1T08:00 d1 x 100 mg given\n1T20:00 d1 x 100 mg given\n"
     "2T08:00 d2 x - held\n2T20:00 d2 x - held\n"
     "3T08:00 d3 x 100 mg given\n3T20:00 d3 x 100 mg given\n4T08:00 d4 x 60 mg given\n"
     "2T21:00..3T21:00/24 d1 y 5 mg given\n"
     "total ana 460 mg\ntotal rux 10 mg\n"},
};

static void test_virtual_subjects(void **state) {
    (void)state;
    CHECK(virtual_subjects);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts),           cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_lengths),          cmocka_unit_test(test_stages),
        cmocka_unit_test(test_virtual_subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
