/* The values of CQL: a small tagged struct that is copied freely; anything larger hangs off it in
 * an arena. Nothing here knows of FHIR except that a value can be an element of a record.
 *
 * Null is a value with rules, not an error. In a traced run every value carries the number of the
 * step that made it (`trace`), which is how evidence and the causes of nulls are found; it is 0
 * otherwise and never changes a result. */
#ifndef QUELL_VALUE_VALUE_H
#define QUELL_VALUE_VALUE_H

#include "base/arena.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

enum value_kind {
    VALUE_NULL,
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_LONG,
    VALUE_DECIMAL,
    VALUE_STRING,
    VALUE_DATE,
    VALUE_DATETIME,
    VALUE_TIME,
    VALUE_QUANTITY,
    VALUE_RATIO,
    VALUE_CODE,
    VALUE_CONCEPT,
    VALUE_VOCABULARY, /* System.ValueSet or System.CodeSystem: an identity, not its members */
    VALUE_INTERVAL,
    VALUE_UNCERTAINTY, /* a number or date known only to lie in a closed interval: `days between`
                          imprecise dates, the end of Interval[1, null). Its type is that of its
                          ends; the operators with OP_RANGED read it. */
    VALUE_LIST,
    VALUE_TUPLE,
    VALUE_INSTANCE, /* of a model class, made by an instance selector; `type` names the class */
    VALUE_ELEMENT   /* a resource or a structured element inside a record; `type` names its class */
};

/* Precision of a date or time: how many components are there. Order matters: finer is larger. */
enum precision {
    PRECISION_NONE = 0, /* as an operator's argument: not stated */
    PRECISION_YEAR,
    PRECISION_MONTH,
    PRECISION_WEEK, /* only as an operator's argument */
    PRECISION_DAY,
    PRECISION_HOUR,
    PRECISION_MINUTE,
    PRECISION_SECOND,
    PRECISION_MILLISECOND
};

/* The text gave no offset: that of the evaluation request holds (CQL 1.5 section 2.2.3.3). */
#define OFFSET_OF_REQUEST INT16_MIN

/* A Date, DateTime or Time. Components finer than `precision` are 0 (month and day 1). A Time has
 * year 0, month 0, day 0 and a precision from hour on; a Date has a precision up to day. */
struct datetime {
    int16_t year; /* 1 to 9999 */
    uint8_t month;
    uint8_t day;
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    uint8_t precision; /* enum precision */
    uint16_t millisecond;
    int16_t offset_min; /* minutes east of UTC, or OFFSET_OF_REQUEST */
};

/* The number is value / 10^8; |value| < 10^37: at most 29 digits stand before the point. */
#define DECIMAL_ONE ((i128)100000000)

struct unit;
struct segment;
struct value;
struct list;
struct interval;
struct quantity;
struct ratio;
struct code;
struct concept;
struct vocabulary;
struct tuple;

/* A value derived from Now changes when the question is asked later; a sweep over time needs to
 * know when. SHIFT: it moves with Now millisecond by millisecond. DAY: it moves in whole local days
 * (Today). CALENDAR: as SHIFT within a local day, with jumps at midnight (Now minus 3 months). */
enum value_moves { MOVES_SHIFT = 1, MOVES_DAY = 2, MOVES_CALENDAR = 4 };

/* Where an element lies: a block of a record's segment (record/record.h). */
struct element {
    const struct segment *segment;
    uint64_t block;
};

struct value {
    uint8_t kind;  /* enum value_kind */
    uint8_t scale; /* DECIMAL: digits shown after the point, 0 to 8; else 0 */
    uint16_t type; /* model/model.h id of the FHIR type it is an instance of; 0: a System type */
    uint32_t trace;
    /* Set by the machine: bits of enum value_moves, how the value moves with Now; never changes a
     * result. Functions that give back one of their arguments copy it, others leave 0. */
    uint8_t moves;
    union {
        bool boolean;
        int32_t integer;
        int64_t longint;
        i128 decimal;
        struct str string;
        struct datetime datetime; /* DATE, DATETIME, TIME */
        struct element element;
        const struct quantity *quantity;
        const struct ratio *ratio;
        const struct code *code;
        const struct concept *concept;
        const struct vocabulary *vocabulary;
        const struct interval *interval; /* INTERVAL, UNCERTAINTY */
        const struct list *list;
        const struct tuple *tuple; /* TUPLE, INSTANCE */
    };
};

_Static_assert(sizeof(struct value) == 32, "values are copied often; two to a cache line");

struct list {
    uint32_t count;
    const struct value *items;
};

/* An open end that is null is unknown; a closed end that is null is the least or greatest value of
 * the point type (CQL 1.5 section 5.1 of the language semantics). */
struct interval {
    struct value low;
    struct value high;
    bool low_closed;
    bool high_closed;
    /* enum value_kind of the point type where its maker knows it, else VALUE_NULL. It decides only
     * what Interval[null, null] means: all points of that type, or, without one, a null interval.
     */
    uint8_t point;
};

struct quantity {
    i128 value; /* as DECIMAL */
    uint8_t scale;
    const struct unit *unit; /* interned: see value/ucum.h */
};

struct ratio {
    struct quantity numerator;
    struct quantity denominator;
};

struct code {
    struct str code;
    struct str system; /* .at NULL: null; the same for version and display */
    struct str version;
    struct str display;
};

struct concept {
    uint32_t count;
    const struct code *codes;
    struct str display;
};

struct vocabulary {
    bool is_value_set; /* else a code system */
    struct str id;     /* the url */
    struct str version;
    struct str name;
};

/* Element names are sorted bytewise; `names` is shared by all tuples of one selector. */
struct tuple {
    uint32_t count;
    const struct str *names;
    const struct value *values;
};

static inline struct value value_null(void) {
    return (struct value){.kind = VALUE_NULL};
}

static inline bool value_is_null(const struct value *v) {
    return v->kind == VALUE_NULL;
}

static inline struct value value_boolean(bool b) {
    return (struct value){.kind = VALUE_BOOLEAN, .boolean = b};
}

static inline struct value value_integer(int32_t i) {
    return (struct value){.kind = VALUE_INTEGER, .integer = i};
}

static inline struct value value_string(struct str s) {
    return (struct value){.kind = VALUE_STRING, .string = s};
}

/* The words of a kind as CQL writes the type: "Integer", "DateTime". */
const char *value_kind_name(enum value_kind kind);

/* A copy with everything it hangs off in `arena`; elements of records and units stay where they
 * are. False: no memory. */
MUST_USE bool value_copy(const struct value *value, struct arena *arena, struct value *out);

#endif
