/* The walk's state: course_dosing.c moves it through time, course_rules.c decides, course_doses.c
 * makes the doses. */
#ifndef QUELL_COURSE_DOSING_INTERNAL_H
#define QUELL_COURSE_DOSING_INTERNAL_H

#include "course/course_dosing.h"
#include "record/record.h"

#define DOSE_DAY_MS ((int64_t)24 * 3600 * 1000)

enum { COURSE_STEPS_MAX = 100000, COURSE_DOSES_MAX = 20000, COURSE_DECISIONS_MAX = 20000 };

struct rule_state {
    uint8_t before; /* enum logic: the answer at the last look */
    bool held;      /* it held when that was last known */
    int32_t day;    /* the last dose day it acted on */
    bool pending;   /* a proposal with a level, not yet taken up */
    uint16_t treatment;
    uint16_t level; /* that was proposed */
    int64_t since;
};

struct hold_state { /* of one drug by one rule */
    bool holds;
    bool expired;   /* a person decides */
    bool exhausted; /* it lasted too long; its reason must end before it can begin again */
    int64_t since;
};

struct dosing_walk {
    const struct course_input *input;
    const struct regimen_arm *arm;
    struct arena *arena;
    struct course_known known;
    struct course_treatment *treatments;
    int64_t *last_slot;  /* one a treatment: the last planned time that was dealt with */
    int64_t *last_given; /* when its last dose was given; INSTANT_MIN: none */
    bool *first_pending; /* its first dose is on the list and still to come */
    int64_t *first_due;  /* virtual subjects: when its first dose comes; INSTANT_MIN: at once */
    uint16_t *order;     /* of looking at treatments: what replaces before what is replaced */
    struct course_drug *drugs;
    bool **claimed; /* by drug and administration */
    struct rule_state *rules;
    struct hold_state *holds; /* rule by drug */
    int64_t next_daily;       /* stages.assess: daily */
    struct str stage;
    int32_t stage_number; /* from the mildest; -1: none of the trial's names */
    uint32_t dose_count;
    uint32_t dose_room;
    struct course_dose *doses;
    uint32_t decision_count;
    uint32_t decision_room;
    struct course_decision *decisions;
    uint32_t question_count;
    uint32_t question_room;
    struct course_question *questions;
    enum course_limit limit;
    enum status status;
};

/* Adds a decision; text may be empty. */
void walk_decide(struct dosing_walk *w, const struct course_decision *decision);
void walk_ask(struct dosing_walk *w, const struct course_question *question);
void walk_end(struct dosing_walk *w, uint16_t treatment, int64_t at, enum course_event why,
              uint16_t rule, uint16_t condition);
void walk_start(struct dosing_walk *w, uint16_t treatment, int64_t at, enum course_event why,
                uint16_t rule, uint16_t condition);

/* The newest order of a drug that was written after `since`, at `at` or before; or NULL. */
const struct course_order *walk_order_since(const struct dosing_walk *w, uint16_t drug,
                                            int64_t since, int64_t at);
/* A proposed level counts from now on. */
void walk_accept(struct dosing_walk *w, uint16_t rule, int64_t at);
/* "300 mg" in the walk's arena. */
struct str walk_amount_text(struct dosing_walk *w, const struct regimen_amount *amount);

/* What begins and ends by its own conditions. `walk_order_treatments` fills `order`. */
void walk_starts(struct dosing_walk *w, int64_t at);
void walk_order_treatments(struct dosing_walk *w);
int32_t walk_stage_number(const struct dosing_walk *w, struct str name);
/* Starts, stops and rules, by what is known at `at`. */
void walk_rules(struct dosing_walk *w, int64_t at);
/* The next instant after `at` at which a rule needs a look though nothing new is known. */
int64_t walk_rules_next(const struct dosing_walk *w, int64_t at);
/* Held by some rule at a time that may lie in the future, as far as known now. */
bool walk_is_held(const struct dosing_walk *w, uint16_t drug, int64_t at);
/* The last instant up to which a held drug can be planned; INSTANT_MAX: it is not held, or goes
 * on afterwards. */
int64_t walk_hold_end(const struct dosing_walk *w, uint16_t drug, int64_t at);
/* What cannot be decided with what is known now. */
void walk_questions(struct dosing_walk *w, int64_t at);

/* Doses that fall due at or before `at`, and the end of courses. A virtual subject may take its
 * first dose at once: true, and the same instant is to be looked at again. */
bool walk_doses(struct dosing_walk *w, int64_t at);
int64_t walk_doses_next(const struct dosing_walk *w, int64_t at);
/* From `at` to the end of every course that runs; and what was given outside of the plan. */
void walk_plan(struct dosing_walk *w, int64_t at);
void walk_outside(struct dosing_walk *w);

const struct course_administration *walk_administrations(const struct dosing_walk *w, uint16_t drug,
                                                         uint32_t *count);

#endif
