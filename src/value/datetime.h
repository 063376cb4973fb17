/* Dates and times with precision, offset and uncertainty (CQL 1.5 reference section 18, language
 * semantics "Timing Calculations", appendix H). An imprecise date stands for every instant it may
 * be; comparison is unknown when they overlap.
 *
 * Seconds and milliseconds are one number: a value to the second is at its .000, except where
 * milliseconds are asked for by name (CQL 1.5 reference section 18). An offset matters from hours
 * on; a value to the day or coarser has the day it names, whatever its offset. */
#ifndef QUELL_VALUE_DATETIME_H
#define QUELL_VALUE_DATETIME_H

#include "base/buf.h"
#include "value/value.h"

/* Parses the forms of CQL literals (without the @) and of FHIR and ISO 8601: 2014, 2014-01,
 * 2014-01-25, 2014-01-25T14:30:14.559+01:00, also 2014T and without offset, and with a finer
 * fraction (cut to milliseconds). False when it is none of them or a component is out of range. */
bool datetime_parse_date(struct str text, struct datetime *out);
bool datetime_parse(struct str text, struct datetime *out); /* DateTime; a bare date is one too */
/* 14:30:14.559 or T14:30:14.559, from the hour on; no offset. */
bool datetime_parse_time(struct str text, struct datetime *out);
/* Reads an offset: Z, +05:30, -07:00. */
bool datetime_parse_offset(struct str text, int16_t *offset_min);

/* ISO text with the value's own precision; the offset follows when there is one and hours are. */
enum { DATETIME_TEXT_MAX = 40 };
size_t datetime_print(const struct datetime *d, enum value_kind kind, char out[DATETIME_TEXT_MAX]);

/* Checks every component up to the precision (kind DATE, DATETIME or TIME). */
bool datetime_is_valid(const struct datetime *d, enum value_kind kind);

/* Milliseconds since 1970-01-01T00:00Z (of a Time: since midnight) of the first and of the last
 * instant it may be; an absent offset is `request_offset_min`. */
int64_t datetime_first_ms(const struct datetime *d, int16_t request_offset_min);
int64_t datetime_last_ms(const struct datetime *d, int16_t request_offset_min);
struct datetime datetime_from_ms(int64_t ms, int16_t offset_min);
/* Days since 1970-01-01 of a day of the proleptic Gregorian calendar, and back. */
int64_t days_from_date(int year, int month, int day);
void date_from_days(int64_t days, int *year, int *month, int *day);
int days_in_month(int year, int month);

/* The same value with nothing finer than `to`; one that is coarser stays as it is. */
struct datetime datetime_truncate(const struct datetime *d, enum precision to);
/* Of a coarser value, the first or last one it may be at precision `to`. */
struct datetime datetime_fill_low(const struct datetime *d, enum precision to);
struct datetime datetime_fill_high(const struct datetime *d, enum precision to);

/* -1, 0, 1, or DATETIME_UNKNOWN: precision too coarse. `to` bounds the comparison (PRECISION_NONE:
 * all). Both of one kind. A value to the second does not say its milliseconds: the reference would
 * have both be one decimal, the tests of the conformance suite (@T12:00:00 within
 * Interval[@T12:00:00.000, ...]) have the answer unknown, and they agree with each other. Values of
 * different offsets are brought to the request's, but not for `to` a day or coarser: then the days
 * they name are compared. */
enum { DATETIME_UNKNOWN = 2 };
int datetime_compare(const struct datetime *a, const struct datetime *b, enum precision to,
                     int16_t request_offset_min);

/* Adds whole units; false when the result leaves years 1 to 9999 or the unit does not fit the kind
 * (hours to a Date, days to a Time). A Time goes round midnight. Decimals are cut for units above
 * seconds; a unit finer than the value's precision is converted to it, cutting what does not fill
 * one: 12 months or 365 days a year, 30 days a month (language semantics, "Date and Time
 * Arithmetic"). A day that is not in the resulting month becomes its last. */
bool datetime_add(const struct datetime *d, enum value_kind kind, i128 amount, enum precision unit,
                  struct datetime *out);

/* A number known to lie in [low, high]. */
struct datetime_span {
    int64_t low;
    int64_t high;
};
/* Whole periods from a to b (`years between`; appendix H, duration): the most whole units that can
 * be added to a without passing b; negative when a is after b. Imprecise values give the least and
 * the greatest number possible. Offsets are normalised. A Time that has the component asked for
 * counts as exact. */
struct datetime_span datetime_duration(const struct datetime *a, const struct datetime *b,
                                       enum value_kind kind, enum precision unit,
                                       int16_t request_offset_min);
/* Boundaries crossed from a to b (`difference in years between`): the duration between both cut to
 * the unit; weeks begin on Sunday. Offsets are normalised for hours and finer only. */
struct datetime_span datetime_difference(const struct datetime *a, const struct datetime *b,
                                         enum value_kind kind, enum precision unit,
                                         int16_t request_offset_min);

#endif
