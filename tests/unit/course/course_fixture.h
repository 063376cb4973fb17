/* Courses written as text: a trial's arm, facts by day, and the doses and decisions that a person
 * writes down from the meaning of the keys in docs/trial-yaml.md.
 *
 *   facts   from 1T08:00 to 6T09:00              allocated, asked
 *           Low 3T07:00 yes                       a condition: yes, no, unknown (at first: unknown)
 *           stage 3T07:00 severe                  the stage's name
 *           weight 1T00:00 70 kg
 *           ana 1T08:00 300 mg                    given; `refused`, `unsure`, or `some`
 *           order rux 3T10:00 15 mg 12 h until 5T08:00
 *           takes                                 a virtual subject, who takes every dose at once
 *   wanted  1T08:00 start x -                     event, treatment, rule, text
 *           1T08:00 d1 x 300 mg given             dose day, treatment, planned dose, state
 *           9T08:00 d0 ana 5 mg outside plan      outside of the plan: the drug
 *           ask Low                               what cannot be decided at the end
 *           total ana 900 mg
 *
 * Day 1 is 1 January 2021; the site's clock is UTC unless the arm's text begins with other keys. A
 * time may be a range, 1T08:00..3T08:00/24, of every so many hours. */
#ifndef QUELL_COURSE_FIXTURE_H
#define QUELL_COURSE_FIXTURE_H

#include <stdbool.h>

struct course_case {
    const char *title;
    const char *arm;   /* keys of the arm; or keys of the trial when it begins with '#' */
    const char *facts; /* lines */
    const char *wanted;
};

/* False when the walk gives something else, or when an earlier end of it would have decided
 * otherwise; both texts are printed. */
bool course_case_holds(const struct course_case *c);

#endif
