/* Units of measure by UCUM. A unit is parsed once and interned: equal texts give the same pointer.
 * Its meaning is an exact rational factor (value/rational.h; see value/ucum.c) times a product of
 * base dimensions, or a special unit with an offset or logarithm (Cel, [degF], [pH]), or an
 * arbitrary unit comparable only to itself ([iU] and such). Annotations in braces are read and
 * ignored, except that they are kept in the text.
 *
 * The table of units is generated from ucum-essence.xml by tools/make_ucum.py into value/ucum.inc.
 * The calendar words of CQL ('year', 'months') are units too; whether they equal UCUM's depends on
 * the operator (CQL 1.5 section 2.2.4 and 18): unit_is_calendar. */
#ifndef QUELL_VALUE_UCUM_H
#define QUELL_VALUE_UCUM_H

#include "base/status.h"
#include "value/value.h"

struct unit_table;

struct unit;

/* Units of `frozen` (may be NULL) are found first and never changed: the plan's, shared by threads.
 */
MUST_USE enum status unit_table_new(const struct unit_table *frozen, struct unit_table **out);
void unit_table_free(struct unit_table *table);

/* The unit of a text. A text that is not UCUM gives a unit that equals only itself
 * (unit_is_valid false); NULL only when there is no memory. Empty text and "1" are the unit one. */
const struct unit *unit_intern(struct unit_table *table, struct str text);
/* As CQL's keyword: year(s) ... millisecond(s); the canonical text is the singular word. */
const struct unit *unit_calendar(struct unit_table *table, enum precision precision);

struct str unit_text(const struct unit *unit);
bool unit_is_valid(const struct unit *unit);
bool unit_is_one(const struct unit *unit);
/* On a scale with an offset or a logarithm (Cel, [pH]): it converts, but is not added or divided.
 */
bool unit_is_special(const struct unit *unit);
/* The precision a unit means in date arithmetic: calendar words, and UCUM a, mo, wk, d, h, min, s,
 * ms; PRECISION_NONE for others. */
enum precision unit_date_precision(const struct unit *unit);
bool unit_is_calendar(const struct unit *unit);

enum unit_answer { UNIT_DONE, UNIT_INCOMPATIBLE, UNIT_OVERFLOW, UNIT_NO_MEMORY };

/* Same dimension, so that values convert. */
bool unit_comparable(const struct unit *a, const struct unit *b);
/* value (scaled by 10^8) from one unit to another, exact, then rounded half up to 8 decimals. */
enum unit_answer unit_convert(const struct unit *from, const struct unit *to, i128 value,
                              i128 *out);
/* a compared with b without rounding: *order is -1, 0, 1. */
enum unit_answer unit_compare(const struct unit *ua, i128 a, const struct unit *ub, i128 b,
                              int *order);
/* Product and quotient, with the resulting unit interned in `table`: 'm' * 'm' is 'm2'. */
enum unit_answer unit_multiply(struct unit_table *table, const struct quantity *a,
                               const struct quantity *b, struct quantity *out);
enum unit_answer unit_divide(struct unit_table *table, const struct quantity *a,
                             const struct quantity *b, struct quantity *out);

struct buf;
/* The unit in words: "(milligram) / (liter)", "(unity)"; a text that is not UCUM as it is. */
void unit_add_name(const struct unit *unit, struct buf *out);

/* Why a text is not UCUM, for a diagnostic: the byte offset, and words. False: it is. */
bool unit_explain(struct str text, size_t *at, const char **words);
/* The dimension for people and for checks, in base units: "m-3.g"; "1" for none, "unknown" for an
 * invalid unit. Two units with different words are incomparable. */
void unit_print_dimension(const struct unit *unit, struct str *out, char storage[64]);

#endif
