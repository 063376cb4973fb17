/* What each arm gets, laid out flat for whoever walks a subject through it: treatments as parts
 * with whole dose days, rules, and the conditions that both wait for. Made from the document once
 * and checked with it; immutable.
 *
 * A dose day is 24 h from the drug's first dose: day d of a drug begins (d - 1) x 24 h after it.
 *
 *   days: 1..5, then a taper of three doses, max_days 14
 *   parts   [1, 5] 300 mg   [6, 6] 200 mg   [7, 7] 200 mg   [8, 8] 100 mg */
#ifndef QUELL_TRIAL_REGIMEN_H
#define QUELL_TRIAL_REGIMEN_H

#include "trial/document.h"
#include "value/ucum.h"

enum { REGIMEN_NONE = UINT16_MAX, REGIMEN_OPEN = INT32_MAX };

enum regimen_kind {
    DOSE_FIXED,
    DOSE_BY_WEIGHT,  /* `dose` is for one kilogram */
    DOSE_BY_LEVEL,   /* the level the subject is at */
    DOSE_AS_ORDERED, /* the source states no dose: the investigator's order gives it */
    DOSE_NOT_STATED  /* a taper without doses: nobody can decide */
};

struct regimen_amount {
    i128 value; /* as a decimal */
    uint8_t scale;
    const struct unit *unit; /* NULL: none given */
};

struct regimen_part {
    int32_t first;    /* dose days of the drug */
    int32_t last;     /* REGIMEN_OPEN: no end of its own */
    int64_t every_ms; /* 0: not stated */
    uint8_t kind;     /* enum regimen_kind */
    bool is_taper;
    struct regimen_amount dose;
    const struct trial_mark *mark; /* where it comes from, when it is not stated; or NULL */
};

struct regimen_level {
    struct str id;
    struct regimen_amount dose;
    int64_t every_ms; /* 0: the part's */
};

struct regimen_adjustment {
    uint16_t condition;
    struct regimen_amount dose;
    int64_t every_ms; /* 0: the part's */
    enum trial_if_unknown if_unknown;
};

struct regimen_treatment {
    const struct trial_treatment *source;
    struct str id;
    struct str drug_name; /* for people */
    uint16_t drug;        /* of trial_regimen.drugs */
    uint16_t start;       /* condition; REGIMEN_NONE: from allocation */
    uint16_t stop;
    uint16_t replaces; /* treatment of the arm */
    bool latch;
    bool by_switch; /* begins only when a rule switches to it */
    uint32_t part_count;
    const struct regimen_part *parts; /* in the order of their days */
    int32_t max_days;                 /* of the drug; REGIMEN_OPEN: none */
    int32_t max_doses;                /* given; REGIMEN_OPEN: none */
    int64_t late_ms;                  /* 0: a quarter of the time between doses */
    struct regimen_amount round_to;
    struct regimen_amount max_dose;
    uint32_t level_count; /* from the lowest */
    const struct regimen_level *levels;
    uint16_t start_level;
    uint32_t adjustment_count;
    const struct regimen_adjustment *adjustments;
};

enum regimen_action {
    ACTION_HOLD,
    ACTION_STOP,
    ACTION_REDUCE,
    ACTION_CHANGE,
    ACTION_SWITCH,
    ACTION_PROPOSE
};

struct regimen_rule {
    const struct trial_rule *source;
    struct str name; /* its id, or its action and condition */
    enum regimen_action action;
    uint16_t drug; /* REGIMEN_NONE: every drug of the arm */
    uint16_t condition;
    uint16_t until;    /* HOLD */
    int64_t within_ms; /* HOLD */
    enum trial_if_unknown if_unknown;
    enum trial_otherwise otherwise;
    enum trial_resume resume;
    enum trial_lowest lowest;
    bool has_step; /* PROPOSE */
    enum trial_step step;
    struct regimen_amount to;
    uint16_t to_treatment;
    uint32_t day_count; /* 0: every day */
    const struct trial_number *days;
};

struct regimen_advice {
    const struct trial_advice *source;
    uint16_t drug; /* REGIMEN_NONE: whatever is given */
    uint16_t condition;
};

struct regimen_drug {
    const struct trial_drug *source; /* NULL: not among `drugs` */
    struct str id;
    struct str name;
    struct regimen_amount unit; /* of one syringe or tablet */
    struct str unit_name;
};

struct regimen_marker { /* a biomarker to draw */
    const struct trial_biomarker *source;
    struct str name;
    const struct unit *unit;
};

/* One thing that is asked of the records: a definition, of data no older than max_age. */
struct regimen_condition {
    const struct definition *definition;
    int64_t max_age_ms; /* 0: as old as the definition allows */
};

struct regimen_arm {
    const struct trial_arm *source;
    struct str id;
    uint32_t treatment_count;
    const struct regimen_treatment *treatments;
    uint32_t rule_count;
    const struct regimen_rule *rules;
    uint32_t advice_count;
    const struct regimen_advice *advice;
    uint32_t condition_count;
    const struct regimen_condition *conditions;
};

struct trial_regimen {
    uint32_t arm_count;
    const struct regimen_arm *arms; /* in the order of the document */
    uint32_t drug_count;
    const struct regimen_drug *drugs; /* in the order they are first named */
    uint32_t marker_count;
    const struct regimen_marker *markers;
    /* Interned once, as the table of units must not change while threads read it. */
    const struct unit *millisecond;
    const struct unit *kilogram;
    const struct unit *milligram;
    const struct unit *milligram_per_kilogram;
    const struct parameter *allocation; /* of the logic, or NULL */
    const struct parameter *first_dose;
};

/* A unit such as mg/kg. */
bool regimen_is_per_weight(const struct trial_regimen *regimen, const struct unit *unit);
/* The part a dose day lies in, or NULL. */
const struct regimen_part *regimen_part_of(const struct regimen_treatment *treatment, int32_t day);
/* a + b in a's unit; false when they do not convert or grow too large. A sum that is empty (unit
 * NULL) takes b's unit. */
bool regimen_add(struct regimen_amount *a, const struct regimen_amount *b);
/* -1, 0, 1, or 2 when they do not compare. */
int regimen_compare(const struct regimen_amount *a, const struct regimen_amount *b);
/* "300 mg" */
void regimen_print(const struct regimen_amount *amount, struct buf *out);

#endif
