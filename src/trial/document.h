/* trial.yaml as plain structs: one struct for each object of trial/schema.def, one member for each
 * key, holding what was written. A key that was left out has place.span.source NULL (a pointer is
 * NULL, a list has count 0), and its value is zero: the first word of its choice. Everything lives
 * in the arena of the trial. */
#ifndef QUELL_TRIAL_DOCUMENT_H
#define QUELL_TRIAL_DOCUMENT_H

#include "diag/diag.h"
#include "value/value.h"

struct definition;

/* enum trial_status, trial_silence, ...: the words that a CHOICE may hold. */
#define WORDS(choice, words) enum trial_##choice {
#define WORD(choice, constant, text, words) constant,
#define END_WORDS(choice)                                                                          \
    }                                                                                              \
    ;
#define OBJECT(object, words)
#define KEY(object, field, key, kind, of, need, words)
#define END(object)
#include "trial/schema.def"
#undef WORDS
#undef WORD
#undef END_WORDS
#undef OBJECT
#undef END

/* Where an item comes from. Unmarked: stated in the trial's source. */
struct trial_mark {
    enum trial_status status;
    struct str source;
    struct str note;
};

/* Where it stands, and its own mark when it was written {value: ..., status: ...}; or NULL. */
struct trial_place {
    struct span span;
    const struct trial_mark *mark;
};

struct trial_text {
    struct trial_place place;
    struct str text; /* folded lines joined as YAML says */
    bool quoted;     /* so that "1" and 1 can be told apart */
};

struct trial_define {
    struct trial_place place;
    struct str name;
    const struct definition *definition; /* resolved by trial_load; NULL: absent or in error */
};

struct trial_boolean {
    struct trial_place place;
    bool value;
};

struct trial_number {
    struct trial_place place;
    i128 value; /* times 10^8, as value/value.h */
    uint8_t scale;
};

struct trial_quantity {
    struct trial_place place;
    i128 value;
    uint8_t scale;
    struct str unit; /* UCUM or a calendar word; empty: the unit one */
};

/* Days [first, last]: study days, dose days, or offsets of a window. One day: first == last. */
struct trial_days {
    struct trial_place place;
    int32_t first;
    int32_t last;
};

struct trial_count {
    struct trial_place place;
    int32_t count;
    struct str from; /* "first anakinra", or empty */
};

struct trial_date {
    struct trial_place place;
    struct datetime date;
};

/* A local time of day, in minutes after midnight. */
struct trial_clock {
    struct trial_place place;
    int16_t minute;
};

struct trial_choice {
    struct trial_place place;
    uint16_t value; /* of the enum of its words */
};

struct trial_pair {
    struct trial_text name;
    struct trial_text value;
};

struct trial_text_list {
    struct trial_place place;
    uint32_t count;
    struct trial_text *items;
};

struct trial_number_list {
    struct trial_place place;
    uint32_t count;
    struct trial_number *items;
};

struct trial_quantity_list {
    struct trial_place place;
    uint32_t count;
    struct trial_quantity *items;
};

struct trial_pair_list {
    struct trial_place place;
    uint32_t count;
    struct trial_pair *items;
};

#define WORDS(choice, words)
#define WORD(choice, constant, text, words)
#define END_WORDS(choice)

#define OBJECT(object, words)                                                                      \
    struct trial_##object;                                                                         \
    struct trial_##object##_list {                                                                 \
        uint32_t count;                                                                            \
        struct trial_##object *items;                                                              \
    };
#define END(object)
#include "trial/schema.def"
#undef OBJECT
#undef KEY
#undef END

#define FIELD_TEXT(of, field) struct trial_text field;
#define FIELD_NAME(of, field) struct trial_text field;
#define FIELD_FILE(of, field) struct trial_text field;
#define FIELD_ZONE(of, field) struct trial_text field;
#define FIELD_SCALAR(of, field) struct trial_text field;
#define FIELD_DEFINE(of, field) struct trial_define field;
#define FIELD_BOOLEAN(of, field) struct trial_boolean field;
#define FIELD_NUMBER(of, field) struct trial_number field;
#define FIELD_QUANTITY(of, field) struct trial_quantity field;
#define FIELD_DAY(of, field) struct trial_days field;
#define FIELD_DAYS(of, field) struct trial_days field;
#define FIELD_WINDOW(of, field) struct trial_days field;
#define FIELD_COUNT(of, field) struct trial_count field;
#define FIELD_DATE(of, field) struct trial_date field;
#define FIELD_CLOCK(of, field) struct trial_clock field;
#define FIELD_CHOICE(of, field) struct trial_choice field;
#define FIELD_TEXTS(of, field) struct trial_text_list field;
#define FIELD_NUMBERS(of, field) struct trial_number_list field;
#define FIELD_QUANTITIES(of, field) struct trial_quantity_list field;
#define FIELD_PAIRS(of, field) struct trial_pair_list field;
#define FIELD_ONE(of, field) const struct trial_##of *field;
#define FIELD_LIST(of, field) struct trial_##of##_list field;
#define FIELD_MAP(of, field) struct trial_##of##_list field;

/* Every object begins with its place and mark, then its keys in the order of the table. */
#define OBJECT(object, words)                                                                      \
    struct trial_##object {                                                                        \
        struct span span;                                                                          \
        struct trial_mark mark;
#define KEY(object, field, key, kind, of, need, words) FIELD_##kind(of, field)
#define END(object)                                                                                \
    }                                                                                              \
    ;
#include "trial/schema.def"
#undef WORDS
#undef WORD
#undef END_WORDS
#undef OBJECT
#undef KEY
#undef END

#undef FIELD_TEXT
#undef FIELD_NAME
#undef FIELD_FILE
#undef FIELD_ZONE
#undef FIELD_SCALAR
#undef FIELD_DEFINE
#undef FIELD_BOOLEAN
#undef FIELD_NUMBER
#undef FIELD_QUANTITY
#undef FIELD_DAY
#undef FIELD_DAYS
#undef FIELD_WINDOW
#undef FIELD_COUNT
#undef FIELD_DATE
#undef FIELD_CLOCK
#undef FIELD_CHOICE
#undef FIELD_TEXTS
#undef FIELD_NUMBERS
#undef FIELD_QUANTITIES
#undef FIELD_PAIRS
#undef FIELD_ONE
#undef FIELD_LIST
#undef FIELD_MAP

static inline bool trial_given(struct trial_place place) {
    return place.span.source != NULL;
}

#endif
