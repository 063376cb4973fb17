/* Rules of a running course, each kind by itself. What is wanted was written from the meaning of
 * the keys in docs/trial-yaml.md, day by day. */
#include "course_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ONCE_A_DAY(days)                                                                           \
    "treatments: [{id: x, drug: ana, dose: 100 mg, every: 24 h, days: " days "}], "
#define LEVELS                                                                                     \
    "treatments: [{id: x, drug: rux, levels: [{id: low, dose: 5 mg}, {id: mid, dose: 10 mg}, "     \
    "{id: full, dose: 15 mg}], start_level: full, every: 24 h, days: 1..6}], "

static void check(const struct course_case *cases, size_t count) {
    bool all = true;
    for (size_t i = 0; i < count; i++) {
        all &= course_case_holds(&cases[i]);
    }
    assert_true(all);
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

/* ---- hold, until, within, else ---- */

#define HOLD(more) "rules: [{id: h, drug: ana, hold: VeryLow, until: Recovered, within: " more "}]"

static const struct course_case holds[] = {
    {"held from 15 down, lifted from 20 up; between them it is still held",
     ONCE_A_DAY("1..6") HOLD("7 d, else: stop"),
     "from 1T08:00 to 7T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\n"
     "VeryLow 3T06:00 yes\nRecovered 3T06:00 no\n"
     "VeryLow 4T06:00 no\n"
     "Recovered 5T06:00 yes\n"
     "ana 1T08:00..2T08:00/24 100 mg\nana 5T08:00..6T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "3T06:00 hold - h\n"
     "5T06:00 resume - h\n"
     "7T08:00 complete x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "3T08:00..4T08:00/24 d3 x - held\n"
     "5T08:00..6T08:00/24 d5 x 100 mg given\n"
     "total ana 400 mg\n"},
    {"what lifts it counts only when what holds it has ended",
     ONCE_A_DAY("1..5") HOLD("7 d, else: stop"),
     "from 1T08:00 to 5T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\nVeryLow 2T06:00 yes\nVeryLow 4T06:00 no\n"
     "ana 1T08:00 100 mg\nana 4T08:00..5T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 hold - h\n"
     "4T06:00 resume - h\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00..3T08:00/24 d2 x - held\n"
     "4T08:00..5T08:00/24 d4 x 100 mg given\n"
     "total ana 300 mg\n"},
    {"a dose given all the same lies outside of the plan and counts",
     ONCE_A_DAY("1..3") HOLD("7 d, else: stop"),
     "from 1T08:00 to 3T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 2T06:00 yes\n"
     "ana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 hold - h\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00..3T08:00/24 d2 x - held\n"
     "2T08:00 d2 ana 100 mg outside plan\n"
     "total ana 200 mg\n"},
    {"longer than allowed: stop", ONCE_A_DAY("1..9") HOLD("2 d, else: stop"),
     "from 1T08:00 to 6T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 3T06:00 yes\nVeryLow 5T05:00 no\n"
     "ana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "3T06:00 hold - h\n"
     "5T06:00 hold ended - h\n"
     "5T06:00 stop x h\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "3T08:00..4T08:00/24 d3 x - held\n"
     "total ana 200 mg\n"},
    {"while it may last, what follows is shown as held; after that it stops, so nothing is planned",
     ONCE_A_DAY("1..9") HOLD("2 d, else: stop"),
     "from 1T08:00 to 3T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 3T06:00 yes\n"
     "ana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "3T06:00 hold - h\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "3T08:00..4T08:00/24 d3 x - held\n"
     "total ana 200 mg\n"},
    {"longer than allowed: resume, and not held again before its reason has ended and begun again",
     ONCE_A_DAY("1..8") HOLD("2 d, else: resume"),
     "from 1T08:00 to 7T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 3T06:00 yes\n"
     "VeryLow 6T12:00 no\nVeryLow 7T06:00 yes\n"
     "ana 1T08:00..2T08:00/24 100 mg\nana 5T08:00..6T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "3T06:00 hold - h\n"
     "5T06:00 hold ended - h\n"
     "7T06:00 hold - h\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "3T08:00..4T08:00/24 d3 x - held\n"
     "5T08:00..6T08:00/24 d5 x 100 mg given\n"
     "7T08:00..8T08:00/24 d7 x - held\n"
     "total ana 400 mg\n"},
    {"resume after the limit: what lies behind it is planned",
     ONCE_A_DAY("1..5") HOLD("2 d, else: resume"),
     "from 1T08:00 to 2T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 2T06:00 yes\nana 1T08:00 100 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 hold - h\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00..3T08:00/24 d2 x - held\n"
     "4T08:00..5T08:00/24 d4 x 100 mg planned\n"
     "total ana 100 mg\n"},
    {"longer than allowed: a person decides; it stays held",
     ONCE_A_DAY("1..9") HOLD("2 d, else: ask"),
     "from 1T08:00 to 5T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 3T06:00 yes\n"
     "ana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "3T06:00 hold - h\n"
     "5T06:00 ask - h\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "3T08:00..6T08:00/24 d3 x - held\n"
     "ask person\n"
     "total ana 200 mg\n"},
    {"the person's answer is an order written after the question",
     ONCE_A_DAY("1..7") HOLD("2 d, else: ask"),
     "from 1T08:00 to 6T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 3T06:00 yes\n"
     "ana 1T08:00..2T08:00/24 100 mg\nana 6T08:00 100 mg\n"
     "order ana 1T07:00 100 mg 24 h\norder ana 6T07:00 100 mg 24 h\n",
     "1T08:00 start x -\n"
     "3T06:00 hold - h\n"
     "5T06:00 ask - h\n"
     "6T07:00 resume - h\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "3T08:00..5T08:00/24 d3 x - held\n"
     "6T08:00 d6 x 100 mg given\n"
     "7T08:00 d7 x 100 mg planned\n"
     "total ana 300 mg\n"},
    {"two holds of one drug: it goes on when both are lifted",
     ONCE_A_DAY("1..6") "rules: [{id: h, drug: ana, hold: VeryLow, until: Recovered, within: 7 d, "
                        "else: stop}, "
                        "{id: k, drug: ana, hold: Severe, until: Better, within: 7 d, else: stop}]",
     "from 1T08:00 to 6T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\nSevere 0T00:00 no\nBetter 0T00:00 no\n"
     "VeryLow 2T06:00 yes\nSevere 3T06:00 yes\nVeryLow 4T06:00 no\nSevere 4T12:00 no\n"
     "Better 5T06:00 yes\n"
     "ana 1T08:00 100 mg\nana 5T08:00..6T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 hold - h\n"
     "3T06:00 hold - k\n"
     "4T06:00 lifted - h\n"
     "5T06:00 resume - k\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00..4T08:00/24 d2 x - held\n"
     "5T08:00..6T08:00/24 d5 x 100 mg given\n"
     "total ana 300 mg\n"},
    {"every drug of the arm, when the rule names none",
     "treatments: [{id: x, drug: ana, dose: 100 mg, every: 24 h, days: 1..3}, "
     "{id: y, drug: rux, dose: 5 mg, every: 24 h, days: 1..3}], "
     "rules: [{id: h, hold: VeryLow, until: Recovered, within: 7 d, else: stop}]",
     "from 1T08:00 to 3T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 no\nVeryLow 2T06:00 yes\nVeryLow 3T06:00 no\n"
     "Recovered 3T06:00 yes\n"
     "ana 1T08:00 100 mg\nrux 1T08:00 5 mg\nana 3T08:00 100 mg\nrux 3T08:00 5 mg\n",
     "1T08:00 start x -\n1T08:00 start y -\n"
     "2T06:00 hold - h\n2T06:00 hold - h\n"
     "3T06:00 resume - h\n3T06:00 resume - h\n"
     "1T08:00 d1 x 100 mg given\n1T08:00 d1 y 5 mg given\n"
     "2T08:00 d2 x - held\n2T08:00 d2 y - held\n"
     "3T08:00 d3 x 100 mg given\n3T08:00 d3 y 5 mg given\n"
     "total ana 200 mg\ntotal rux 10 mg\n"},
};

static void test_hold(void **state) {
    (void)state;
    CHECK(holds);
}

/* ---- if_unknown ---- */

static const struct course_case unknowns[] = {
    {"ask: nothing changes, and it is asked", ONCE_A_DAY("1..3") HOLD("7 d, else: stop"),
     "from 1T08:00 to 2T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\nVeryLow 1T12:00 unknown\n"
     "ana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "1T12:00 ask - h\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "3T08:00 d3 x 100 mg planned\n"
     "ask VeryLow\n"
     "total ana 200 mg\n"},
    {"act: held as if it were low, and lifted when it is known not to be",
     ONCE_A_DAY("1..4") HOLD("7 d, else: stop, if_unknown: act"),
     "from 1T08:00 to 4T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\nVeryLow 1T12:00 unknown\nVeryLow 3T06:00 no\n"
     "ana 1T08:00 100 mg\nana 3T08:00..4T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "1T12:00 hold - h\n"
     "3T06:00 resume - h\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00 d2 x - held\n"
     "3T08:00..4T08:00/24 d3 x 100 mg given\n"
     "total ana 300 mg\n"},
    {"ignore: as if it were not low",
     ONCE_A_DAY("1..2") HOLD("7 d, else: stop, if_unknown: ignore"),
     "from 1T08:00 to 2T12:00\n"
     "ana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "total ana 200 mg\n"},
    {"what lifts a hold is unknown: still held, and asked",
     ONCE_A_DAY("1..3") HOLD("7 d, else: stop"),
     "from 1T08:00 to 3T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\nVeryLow 2T06:00 yes\nRecovered 2T06:00 no\n"
     "VeryLow 3T06:00 no\nRecovered 3T06:00 unknown\n"
     "ana 1T08:00 100 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 hold - h\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00..3T08:00/24 d2 x - held\n"
     "ask Recovered\n"
     "total ana 100 mg\n"},
};

static void test_unknown(void **state) {
    (void)state;
    CHECK(unknowns);
}

/* ---- reduce, lowest, resume: one level lower ---- */

static const struct course_case levels[] = {
    {"one level when it begins to hold; not knowing for a while is no end of it",
     LEVELS "rules: [{id: r, drug: rux, reduce: Low, lowest: keep}]",
     "from 1T08:00 to 6T12:00\n"
     "Low 0T00:00 no\nLow 2T06:00 yes\nLow 3T06:00 unknown\nLow 4T06:00 yes\nLow 5T06:00 no\n"
     "rux 1T08:00 15 mg\nrux 2T08:00..6T08:00/24 10 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 reduce x r mid\n"
     "3T06:00 ask - r\n"
     "1T08:00 d1 x 15 mg given\n"
     "2T08:00..6T08:00/24 d2 x 10 mg given\n"
     "total rux 65 mg\n"},
    {"again each time it begins; at the lowest level it keeps",
     LEVELS "rules: [{id: r, drug: rux, reduce: Low, lowest: keep}]",
     "from 1T08:00 to 5T12:00\n"
     "Low 0T00:00 no\nLow 2T06:00 yes\nLow 2T12:00 no\nLow 3T06:00 yes\nLow 3T12:00 no\n"
     "Low 4T06:00 yes\n"
     "rux 1T08:00 15 mg\nrux 2T08:00 10 mg\nrux 3T08:00..5T08:00/24 5 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 reduce x r mid\n"
     "3T06:00 reduce x r low\n"
     "1T08:00 d1 x 15 mg given\n"
     "2T08:00 d2 x 10 mg given\n"
     "3T08:00..5T08:00/24 d3 x 5 mg given\n"
     "6T08:00 d6 x 5 mg planned\n"
     "total rux 40 mg\n"},
    {"given the old dose after a reduction: the difference shows",
     LEVELS "rules: [{id: r, drug: rux, reduce: Low}]",
     "from 1T08:00 to 2T12:00\nLow 0T00:00 no\nLow 2T06:00 yes\nrux 1T08:00..2T08:00/24 15 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 reduce x r mid\n"
     "1T08:00 d1 x 15 mg given\n"
     "2T08:00 d2 x 10 mg given differs\n"
     "3T08:00..6T08:00/24 d3 x 10 mg planned\n"
     "total rux 30 mg\n"},
    {"below the lowest level: stop",
     "treatments: [{id: x, drug: rux, levels: [{id: low, dose: 5 mg}], every: 24 h, days: 1..6}], "
     "rules: [{id: r, drug: rux, reduce: Low, lowest: stop}]",
     "from 1T08:00 to 3T12:00\nLow 0T00:00 no\nLow 2T06:00 yes\nrux 1T08:00 5 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 stop x r\n"
     "1T08:00 d1 x 5 mg given\n"
     "total rux 5 mg\n"},
    {"below the lowest level: a person decides, and until then nobody knows the dose",
     "treatments: [{id: x, drug: rux, levels: [{id: low, dose: 5 mg}], every: 24 h, days: 1..3}], "
     "rules: [{id: r, drug: rux, reduce: Low}]",
     "from 1T08:00 to 2T12:00\nLow 0T00:00 no\nLow 2T06:00 yes\nrux 1T08:00 5 mg\n"
     "order rux 1T07:00 5 mg 24 h\n",
     "1T08:00 start x -\n"
     "2T06:00 ask x r\n"
     "1T08:00 d1 x 5 mg given\n"
     "2T08:00..3T08:00/24 d2 x - undecided person\n"
     "ask person\n"
     "total rux 5 mg\n"},
    {"the person's answer is an order written after the question: its dose holds",
     "treatments: [{id: x, drug: rux, levels: [{id: low, dose: 5 mg}], every: 24 h, days: 1..4}], "
     "rules: [{id: r, drug: rux, reduce: Low}]",
     "from 1T08:00 to 3T12:00\nLow 0T00:00 no\nLow 2T06:00 yes\nrux 1T08:00 5 mg\n"
     "rux 3T08:00 2.5 mg\norder rux 1T07:00 5 mg 24 h\norder rux 2T12:00 2.5 mg 24 h\n",
     "1T08:00 start x -\n"
     "2T06:00 ask x r\n"
     "2T12:00 accepted x r 2.5 mg\n"
     "1T08:00 d1 x 5 mg given\n"
     "2T08:00 d2 x - undecided person\n"
     "3T08:00 d3 x 2.5 mg given\n"
     "4T08:00 d4 x 2.5 mg planned\n"
     "total rux 7.5 mg\n"},
    {"after a hold one level lower, each time",
     LEVELS "rules: [{id: h, drug: rux, hold: VeryLow, until: Recovered, within: 7 d, else: stop, "
            "resume: one level lower}]",
     "from 1T08:00 to 6T12:00\n"
     "VeryLow 0T00:00 no\nRecovered 0T00:00 yes\nVeryLow 2T06:00 yes\nVeryLow 3T06:00 no\n"
     "VeryLow 4T06:00 yes\nVeryLow 5T06:00 no\n"
     "rux 1T08:00 15 mg\nrux 3T08:00 10 mg\nrux 5T08:00..6T08:00/24 5 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 hold - h\n3T06:00 resume - h\n3T06:00 reduce x h mid\n"
     "4T06:00 hold - h\n5T06:00 resume - h\n5T06:00 reduce x h low\n"
     "1T08:00 d1 x 15 mg given\n2T08:00 d2 x - held\n3T08:00 d3 x 10 mg given\n"
     "4T08:00 d4 x - held\n5T08:00..6T08:00/24 d5 x 5 mg given\n"
     "total rux 35 mg\n"},
    {"a level with its own time between doses: the grid of the drug is kept",
     "treatments: [{id: x, drug: rux, levels: [{id: daily, dose: 5 mg, every: 24 h}, "
     "{id: twice, dose: 5 mg, every: 12 h}], start_level: twice, every: 12 h, days: 1..3}], "
     "rules: [{id: r, drug: rux, reduce: Low}]",
     "from 1T08:00 to 2T10:00\nLow 0T00:00 no\nLow 2T06:00 yes\nrux 1T08:00..2T08:00/12 5 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 reduce x r daily\n"
     "1T08:00 d1 x 5 mg given\n1T20:00 d1 x 5 mg given\n2T08:00 d2 x 5 mg given\n"
     "3T08:00 d3 x 5 mg planned\n"
     "total rux 15 mg\n"},
};

static void test_levels(void **state) {
    (void)state;
    CHECK(levels);
}

/* ---- stop, change, switch ---- */

static const struct course_case ends[] = {
    {"stop is for good: neither this course nor another of the drug; other drugs go on",
     "treatments: [{id: x, drug: ana, dose: 100 mg, every: 24 h, days: 1..5}, "
     "{id: z, drug: ana, start_when: Severe, replaces: x, dose: 300 mg, every: 24 h, max_days: "
     "14}, "
     "{id: y, drug: rux, dose: 5 mg, every: 24 h, days: 1..3}], "
     "rules: [{id: s, drug: ana, stop: Low}]",
     "from 1T08:00 to 4T12:00\n"
     "Low 0T00:00 no\nSevere 0T00:00 no\nLow 2T06:00 yes\nLow 2T12:00 no\nSevere 3T06:00 yes\n"
     "ana 1T08:00 100 mg\nrux 1T08:00..3T08:00/24 5 mg\n",
     "1T08:00 start x -\n1T08:00 start y -\n"
     "2T06:00 stop x s\n"
     "4T08:00 complete y -\n"
     "1T08:00 d1 x 100 mg given\n"
     "1T08:00..3T08:00/24 d1 y 5 mg given\n"
     "total ana 100 mg\ntotal rux 15 mg\n"},
    {"stop on its dose days alone",
     ONCE_A_DAY("1..5") "rules: [{id: s, drug: ana, stop: Low, on_days: [3]}]",
     "from 1T08:00 to 3T12:00\n"
     "Low 0T00:00 no\nLow 2T06:00 yes\nana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "3T08:00 stop x s\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "total ana 200 mg\n"},
    {"change: the new dose from then on, also when the reason ends",
     ONCE_A_DAY("1..4") "rules: [{id: c, drug: ana, change: Low, to: 50 mg}]",
     "from 1T08:00 to 4T12:00\n"
     "Low 0T00:00 no\nLow 2T06:00 yes\nLow 3T06:00 no\nana 1T08:00 100 mg\nana "
     "2T08:00..4T08:00/24 50 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 change x c 50 mg\n"
     "1T08:00 d1 x 100 mg given\n"
     "2T08:00..4T08:00/24 d2 x 50 mg given\n"
     "total ana 250 mg\n"},
    {"a taper was stated for the old dose: after a change nobody states it",
     "treatments: [{id: x, drug: ana, dose: 100 mg, every: 24 h, days: 1..2, then: {doses: [60 mg, "
     "30 mg]}}], rules: [{id: c, drug: ana, change: Low, to: 50 mg}]",
     "from 1T08:00 to 2T12:00\n"
     "Low 0T00:00 no\nLow 2T06:00 yes\nana 1T08:00 100 mg\nana 2T08:00 50 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 change x c 50 mg\n"
     "1T08:00 d1 x 100 mg given\n2T08:00 d2 x 50 mg given\n"
     "3T08:00..4T08:00/24 d3 x - undecided taper\n"
     "ask taper\n"
     "total ana 150 mg\n"},
    {"switch: one ends, the other begins with days of its own; by itself it never begins",
     "treatments: [{id: x, drug: ana, dose: 100 mg, every: 24 h, days: 1..5}, "
     "{id: y, drug: rux, dose: 5 mg, every: 24 h, days: 1..3}], "
     "rules: [{id: s, drug: ana, switch: Low, to_treatment: y}]",
     "from 1T08:00 to 5T12:00\n"
     "Low 0T00:00 no\nLow 2T12:00 yes\nana 1T08:00..2T08:00/24 100 mg\nrux 2T14:00..4T14:00/24 5 "
     "mg\n",
     "1T08:00 start x -\n"
     "2T12:00 replaced x s\n"
     "2T12:00 switch y s\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "2T12:00 d1 y 5 mg given\n"
     "3T14:00..4T14:00/24 d2 y 5 mg given\n"
     "total ana 200 mg\ntotal rux 15 mg\n"},
    {"after a switch the first dose is due; what follows is counted from now until it is given",
     "treatments: [{id: x, drug: ana, dose: 100 mg, every: 24 h, days: 1..5}, "
     "{id: y, drug: rux, dose: 5 mg, every: 24 h, days: 1..3}], "
     "rules: [{id: s, drug: ana, switch: Low, to_treatment: y}]",
     "from 1T08:00 to 2T13:00\n"
     "Low 0T00:00 no\nLow 2T12:00 yes\nana 1T08:00..2T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "2T12:00 replaced x s\n"
     "2T12:00 switch y s\n"
     "1T08:00..2T08:00/24 d1 x 100 mg given\n"
     "2T12:00 d1 y 5 mg due\n"
     "3T13:00..4T13:00/24 d2 y 5 mg planned\n"
     "total ana 200 mg\n"},
};

static void test_ends(void **state) {
    (void)state;
    CHECK(ends);
}

/* ---- propose ---- */

#define STEPS                                                                                      \
    "treatments: [{id: x, drug: rux, levels: [{id: ten, dose: 10 mg}, {id: fifteen, dose: 15 "     \
    "mg}, "                                                                                        \
    "{id: twenty, dose: 20 mg}], every: 12 h, days: 1..7}], "                                      \
    "rules: [{id: up, drug: rux, propose: Low, action: step up, step: up, on_days: [3, 5, 7]}]"

static const struct course_case proposals[] = {
    {"never automatic: proposed on day 3 and 5, the dose stays", STEPS,
     "from 1T08:00 to 5T12:00\n"
     "Low 0T00:00 yes\nrux 1T08:00..5T08:00/12 10 mg\n",
     "1T08:00 start x -\n"
     "3T08:00 propose x up fifteen\n"
     "5T08:00 propose x up fifteen\n"
     "1T08:00..5T08:00/24 d1 x 10 mg given\n1T20:00..4T20:00/24 d1 x 10 mg given\n"
     "5T20:00..7T20:00/24 d5 x 10 mg planned\n6T08:00..7T08:00/24 d6 x 10 mg planned\n"
     "total rux 90 mg\n"},
    {"accepted by an order, then by a dose given; at the highest level nothing is proposed", STEPS,
     "from 1T08:00 to 8T12:00\n"
     "Low 0T00:00 yes\n"
     "rux 1T08:00..3T08:00/12 10 mg\norder rux 3T10:00 15 mg 12 h\nrux 3T20:00..5T08:00/12 15 mg\n"
     "rux 5T20:00..7T20:00/12 20 mg\n",
     "1T08:00 start x -\n"
     "3T08:00 propose x up fifteen\n"
     "3T10:00 accepted x up fifteen\n"
     "5T08:00 propose x up twenty\n"
     "5T20:00 accepted x up twenty\n"
     "8T08:00 complete x -\n"
     "1T08:00..3T08:00/24 d1 x 10 mg given\n1T20:00..2T20:00/24 d1 x 10 mg given\n"
     "3T20:00..4T20:00/24 d3 x 15 mg given\n4T08:00..5T08:00/24 d4 x 15 mg given\n"
     "5T20:00..7T20:00/24 d5 x 20 mg given\n6T08:00..7T08:00/24 d6 x 20 mg given\n"
     "total rux 210 mg\n"},
    {"an order for the proposed dose counts when it is written, before its first dose is due",
     STEPS,
     "from 1T08:00 to 3T12:00\n"
     "Low 0T00:00 yes\nrux 1T08:00..3T08:00/12 10 mg\norder rux 3T10:00 15 mg 12 h\n",
     "1T08:00 start x -\n"
     "3T08:00 propose x up fifteen\n"
     "3T10:00 accepted x up fifteen\n"
     "1T08:00..3T08:00/24 d1 x 10 mg given\n1T20:00..2T20:00/24 d1 x 10 mg given\n"
     "3T20:00..7T20:00/24 d3 x 15 mg planned\n4T08:00..7T08:00/24 d4 x 15 mg planned\n"
     "total rux 50 mg\n"},
    {"known only in the course of its day, and asked until then; other days are not asked", STEPS,
     "from 1T08:00 to 4T12:00\n"
     "Low 3T15:00 yes\nLow 4T07:00 unknown\nrux 1T08:00..4T08:00/12 10 mg\n",
     "1T08:00 start x -\n"
     "3T08:00 ask - up\n"
     "3T15:00 propose x up fifteen\n"
     "4T07:00 ask - up\n"
     "1T08:00..4T08:00/24 d1 x 10 mg given\n1T20:00..3T20:00/24 d1 x 10 mg given\n"
     "4T20:00..7T20:00/24 d4 x 10 mg planned\n5T08:00..7T08:00/24 d5 x 10 mg planned\n"
     "total rux 70 mg\n"},
    {"without days: on every dose day on which it holds",
     ONCE_A_DAY("1..5") "rules: [{id: p, drug: ana, propose: Low, action: look again}]",
     "from 1T08:00 to 5T12:00\n"
     "Low 0T00:00 no\nLow 2T09:00 yes\nLow 4T10:00 no\nana 1T08:00..5T08:00/24 100 mg\n",
     "1T08:00 start x -\n"
     "2T09:00 propose x p look again\n"
     "3T08:00 propose x p look again\n"
     "4T08:00 propose x p look again\n"
     "1T08:00..5T08:00/24 d1 x 100 mg given\n"
     "total ana 500 mg\n"},
    {"back to the level it began with",
     "treatments: [{id: x, drug: rux, levels: [{id: low, dose: 5 mg}, {id: full, dose: 10 mg}], "
     "start_level: full, every: 24 h, days: 1..4}], "
     "rules: [{id: r, drug: rux, reduce: Low}, "
     "{id: b, drug: rux, propose: Better, action: back, step: start, if_unknown: ignore}]",
     "from 1T08:00 to 4T12:00\n"
     "Low 0T00:00 no\nLow 2T06:00 yes\nLow 3T06:00 no\nBetter 3T06:00 yes\n"
     "order rux 3T12:00 10 mg 24 h\n"
     "rux 1T08:00 10 mg\nrux 2T08:00..3T08:00/24 5 mg\nrux 4T08:00 10 mg\n",
     "1T08:00 start x -\n"
     "2T06:00 reduce x r low\n"
     "3T06:00 propose x b full\n"
     "3T08:00 propose x b full\n"
     "3T12:00 accepted x b full\n"
     "1T08:00 d1 x 10 mg given\n2T08:00..3T08:00/24 d2 x 5 mg given\n4T08:00 d4 x 10 mg given\n"
     "total rux 30 mg\n"},
};

static void test_proposals(void **state) {
    (void)state;
    CHECK(proposals);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hold),      cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_levels),    cmocka_unit_test(test_ends),
        cmocka_unit_test(test_proposals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
