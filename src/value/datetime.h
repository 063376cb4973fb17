/* Dates and times with precision, offset and uncertainty (CQL 1.5 section 18 and appendix H). An
 * imprecise date stands for every instant it may be; comparison is null when they overlap. */
#ifndef QUELL_VALUE_DATETIME_H
#define QUELL_VALUE_DATETIME_H

#include "base/buf.h"
#include "value/value.h"

/* Parses the forms of CQL literals and of FHIR and ISO 8601: 2014, 2014-01, 2014-01-25,
 * 2014-01-25T14:30:14.559+01:00, also without offset and with a finer fraction (cut to
 * milliseconds). False when it is none of them or a component is out of range. */
bool datetime_parse_date(struct str text, struct datetime *out);
bool datetime_parse(struct str text, struct datetime *out); /* DateTime; a bare date is one too */
bool datetime_parse_time(struct str text, struct datetime *out);

/* ISO text with the value's own precision; the offset follows when there is one and hours are. */
enum { DATETIME_TEXT_MAX = 40 };
size_t datetime_print(const struct datetime *d, enum value_kind kind, char out[DATETIME_TEXT_MAX]);

/* Milliseconds since 1970-01-01T00:00Z of the first and of the last instant it may be; an absent
 * offset is `request_offset_min`. */
int64_t datetime_first_ms(const struct datetime *d, int16_t request_offset_min);
int64_t datetime_last_ms(const struct datetime *d, int16_t request_offset_min);
struct datetime datetime_from_ms(int64_t ms, int16_t offset_min);

/* -1, 0, 1, or DATETIME_UNKNOWN: precision too coarse. `to` bounds the comparison (PRECISION_NONE:
 * all). Both of one kind. */
enum { DATETIME_UNKNOWN = 2 };
int datetime_compare(const struct datetime *a, const struct datetime *b, enum precision to,
                     int16_t request_offset_min);

/* Adds whole units; false when the result leaves years 1 to 9999. Decimals are truncated for
 * precisions above seconds; a unit finer than the value's precision is converted (section 18.1). */
bool datetime_add(const struct datetime *d, enum value_kind kind, i128 amount, enum precision unit,
                  struct datetime *out);
int days_in_month(int year, int month);

#endif
