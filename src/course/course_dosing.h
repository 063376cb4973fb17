/* One subject's way through its arm: which treatments begin, hold, change and end, and every dose,
 * given or planned. The same walk serves real records and virtual subjects: it asks a source of
 * facts, in the order of time, and knows neither records nor random numbers.
 *
 * Decisions are taken at the instants at which an answer can change, each as known at that instant
 * (DESIGN rule 1); an end of the walk at an earlier time gives the same decisions as far as it
 * goes. A dose day is 24 h from the drug's first dose; doses stand on a grid from it:
 *
 *   first dose  21:00     every 12 h   days 1..3      every 24 h   days 4..7
 *   grid        21:00  09:00  21:00  09:00  21:00  09:00 | 21:00          21:00 ...
 *
 * An administration belongs to the planned dose it is nearest to; what belongs to none was given
 * outside of the plan. Doses that were missed or held are not made up.
 *
 * What a rule leaves to a person (`ask`) is answered by an order written after the question: it
 * ends a hold that lasted too long, and gives the dose below the lowest level. */
#ifndef QUELL_COURSE_DOSING_H
#define QUELL_COURSE_DOSING_H

#include "base/arena.h"
#include "trial/regimen.h"
#include "trial/trial.h"
#include "value/compare.h"

/* ---- Facts ---- */

enum administration_state { ADMINISTERED, NOT_ADMINISTERED, ADMINISTRATION_UNSURE };

struct course_administration {
    struct str id;
    int64_t at;
    enum administration_state state;
    struct regimen_amount dose; /* unit NULL: not known */
    struct str reason;          /* why it was not given, or empty */
};

struct course_order {
    struct str id;
    int64_t at;
    int64_t until; /* INSTANT_MAX: open */
    struct regimen_amount dose;
    int64_t every_ms; /* 0: not known */
};

struct course_known { /* what is known at one instant */
    uint8_t *values;  /* enum logic, one a condition of the arm; filled by the source */
    struct str stage; /* or empty */
    struct regimen_amount weight;
    int64_t valid_until; /* asking later gives the same until then */
};

/* The source of facts. `ask` is called at instants that never fall. `due` tells a virtual subject
 * that a planned dose has come: what it takes, by its own random source, is among the
 * administrations from then on; those already there keep their address. A first dose that was not
 * taken comes again after the time between doses. Real records need no `due`. */
struct course_facts {
    void *context;
    enum status (*ask)(void *context, int64_t at, struct course_known *known);
    const struct course_administration *(*administrations)(void *context, uint16_t drug,
                                                           uint32_t *count); /* by time */
    const struct course_order *(*orders)(void *context, uint16_t drug, uint32_t *count);
    enum status (*due)(void *context, uint16_t drug, int64_t at,
                       const struct regimen_amount *amount); /* or NULL */
};

/* ---- The course ---- */

enum dose_state {
    DOSE_PLANNED, /* its time has not come */
    DOSE_DUE,     /* its time has come, and nothing is recorded yet */
    DOSE_GIVEN,
    DOSE_GIVEN_LATE,
    DOSE_MISSED,
    DOSE_NOT_GIVEN, /* the record says so */
    DOSE_UNSURE,    /* the record does not know */
    DOSE_HELD,
    DOSE_UNDECIDED, /* `needs` says what is missing */
    DOSE_OUTSIDE    /* given, and not planned */
};

enum course_need {
    NEED_NOTHING,
    NEED_CONDITION, /* a condition is unknown */
    NEED_TAPER,     /* the doses of the taper are not stated */
    NEED_ORDER,     /* the investigator's order gives the dose */
    NEED_WEIGHT,
    NEED_PERSON, /* a rule leaves the decision to a person */
    NEED_LIMIT   /* the course is longer than is followed */
};

struct course_dose {
    uint16_t treatment; /* of the arm; REGIMEN_NONE: outside of the plan */
    uint16_t drug;
    int32_t day;     /* dose day of the drug; 0: its first dose is still to come */
    int64_t planned; /* INSTANT_MIN: not planned */
    enum dose_state state;
    struct regimen_amount amount; /* unit NULL: not decided */
    enum course_need need;
    uint16_t condition; /* NEED_CONDITION */
    const struct course_administration *given;
    const struct course_order *order; /* in force at its time, or NULL */
    const struct regimen_part *part;
    bool amount_differs; /* given another amount than planned */
    bool estimated;      /* its time counts from a first dose that is still to come */
};

enum course_event {
    EVENT_START,
    EVENT_WAIT, /* whether it starts is unknown */
    EVENT_REPLACED,
    EVENT_COMPLETE,
    EVENT_STOP_WHEN, /* stop_when held, or start_when no longer did */
    EVENT_HOLD,
    EVENT_RESUME,
    EVENT_LIFTED,     /* one hold of several ended: the drug is still held */
    EVENT_HOLD_ENDED, /* it lasted too long: `else` */
    EVENT_STOP,
    EVENT_REDUCE,
    EVENT_CHANGE,
    EVENT_SWITCH,
    EVENT_PROPOSE,
    EVENT_ACCEPTED, /* a proposed level was ordered or given; or a person's answer was ordered */
    EVENT_ASK,      /* a rule's condition is unknown and a person is asked */
    EVENT_STAGE
};

struct course_decision {
    int64_t at;
    enum course_event event;
    uint16_t treatment; /* or REGIMEN_NONE */
    uint16_t rule;      /* or REGIMEN_NONE */
    uint16_t condition; /* that decided, or REGIMEN_NONE */
    struct str text;    /* stage; level or dose that is new; empty */
};

enum treatment_state { TREATMENT_WAITING, TREATMENT_RUNNING, TREATMENT_ENDED };

struct course_treatment {
    enum treatment_state state;
    int64_t started;
    int64_t ended;
    enum course_event end; /* why it ended */
    bool unknown;          /* waiting, and whether it starts is unknown */
    uint16_t level;
    uint32_t given_count;
    struct regimen_amount changed; /* by a rule; unit NULL: not */
    uint16_t asked_by;             /* rule that leaves its dose to a person, or REGIMEN_NONE */
    int64_t asked_since;
    int32_t stage; /* number of the stage in which it began; -1: none */
};

struct course_drug {
    int64_t first_dose; /* INSTANT_MAX: none yet */
    uint32_t given_count;
    uint32_t unknown_count; /* given, of an amount nobody knows */
    struct regimen_amount total;
    uint16_t held_by; /* of the rules that hold it the first, or REGIMEN_NONE */
    int64_t held_since;
    bool hold_expired; /* it lasted too long, and a person decides */
};

struct course_question {
    enum course_need need;
    uint16_t treatment;
    uint16_t rule;
    uint16_t condition;
};

struct course_input {
    const struct trial *trial;
    uint16_t arm; /* of trial->regimen */
    uint16_t site;
    int64_t allocated;
    int64_t at; /* how far the walk goes */
    const struct course_facts *facts;
    struct arena *arena; /* of everything in the result */
};

/* What a course came to more of than is followed: nothing behind it is known. */
enum course_limit {
    COURSE_LIMIT_NONE,
    COURSE_LIMIT_STEPS,
    COURSE_LIMIT_DOSES,
    COURSE_LIMIT_DECISIONS
};

struct course_dosing {
    const struct regimen_arm *arm;
    uint32_t dose_count;
    const struct course_dose *doses; /* by time */
    uint32_t decision_count;
    const struct course_decision *decisions;
    const struct course_treatment *treatments; /* one a treatment of the arm */
    const struct course_drug *drugs;           /* one a drug of the regimen */
    uint32_t question_count;
    const struct course_question *questions; /* what cannot be decided at `at` */
    struct str stage;                        /* at `at`, or empty */
    const uint8_t *values;                   /* of the arm's conditions, at `at` */
    enum course_limit limit;
};

/* STATUS_NO_MEMORY, or what the source of facts returned. */
MUST_USE enum status course_dosing_run(const struct course_input *input, struct course_dosing *out);

/* "20,000 doses" */
const char *course_limit_words(enum course_limit limit);
const char *dose_state_word(enum dose_state state);
const char *course_event_word(enum course_event event);

/* The dose day of an instant, by the first dose: 1 from it on. */
static inline int32_t course_dose_day(int64_t first_dose, int64_t at) {
    return (int32_t)((at - first_dose) / (24 * 3600 * 1000)) + 1;
}

#endif
