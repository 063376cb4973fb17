/* The one record layout. Readers of FHIR, the cohort cache and the simulator fill segments; the
 * machine reads one patient's record at one time and nothing else. A population has several
 * segments: one a reading thread, and those of cohort caches, which are mapped.
 *
 * A segment is a growing run of 8-byte words plus a dictionary of texts; places in it are word
 * offsets, never pointers, so that it can be written to a file and mapped. Rows are resource
 * versions; a row is visible at time t when known_from <= t < known_to.
 *
 *   segment.words:  ... [block of Quantity: code|comparator|value] ... [block of Observation] ...
 *   cell:           tag in the low 4 bits, payload above (record/cell.h)
 *
 * A record is one patient's rows: by type, sorted by (known_from, effective, id, version). */
#ifndef QUELL_RECORD_RECORD_H
#define QUELL_RECORD_RECORD_H

#include "base/status.h"
#include "record/demand.h"
#include "value/value.h"

/* Times that rows are compared by: milliseconds since 1970-01-01T00:00Z. */
typedef int64_t instant_ms;
#define INSTANT_MIN INT64_MIN
#define INSTANT_MAX INT64_MAX

struct segment;

struct row {
    instant_ms known_from;
    instant_ms known_to;
    uint64_t filters; /* bit i: passes demand filter i */
    uint64_t block;   /* word offset of its cells */
    uint32_t source;  /* which file, for evidence: segment_source_name */
    uint32_t line;    /* line of the file, or entry number of a Bundle, from 1 */
    uint32_t id;      /* read it with row_id */
    uint16_t type;
    uint8_t flags;   /* enum row_flag */
    uint8_t segment; /* which of the population's segments holds its block and id: row_segment */
};

enum row_flag {
    ROW_SPLIT = 1,               /* made at ingest from a resource that later ended */
    ROW_STATUS_AS_OF_EXPORT = 2, /* its status has no date of its own */
    ROW_HISTORY = 4,             /* a real version from a history Bundle */
    ROW_ID_UUID = 8,             /* its id is kept as 16 bytes */
    ROW_UNDATED = 16,            /* nothing tells when it became known: always visible */
    ROW_RAW = 32                 /* the word before its block is the text number of its raw JSON */
};

struct record {
    const struct demand *demand;
    uint32_t type_count; /* types that have rows, ascending type id */
    struct record_table {
        uint16_t type;
        uint32_t count;
        const struct row *rows;
        const struct segment *const *segments; /* of the population, by number */
    } * tables;
    struct str patient_id;
    const struct record *shared; /* resources outside the patient compartment, or NULL */
};

static inline const struct segment *row_segment(const struct record_table *table,
                                                const struct row *row) {
    return table->segments[row->segment];
}

const struct record_table *record_table(const struct record *record, uint16_t type);

/* An element's property as a value: a FHIR primitive becomes its System value with `type` set to
 * the FHIR type, a structure becomes VALUE_ELEMENT, a list VALUE_LIST with items in the arena.
 * Absent: null. Where the demand wants a primitive's id or extensions, the primitive is a
 * VALUE_ELEMENT, too, and its `value` is a property that is always there. A part has the `trace` of
 * what it was taken from. An element that its segment has no cells for is absent. False: no memory.
 */
MUST_USE bool record_property(const struct value *of, uint16_t element, struct arena *arena,
                              struct value *out);
/* The same for who takes one property of many elements: `place`, zeroed at first, remembers where
 * it lay in the last of them, for as long as the segments are there. */
struct record_place {
    const struct shape *shape;
    int32_t cell;
    uint16_t type;
};
MUST_USE bool record_property_at(const struct value *of, uint16_t element,
                                 struct record_place *place, struct arena *arena,
                                 struct value *out);
/* In place: a primitive that is a VALUE_ELEMENT as its plain value, in a list too; all else stays
 * as it is. False: no memory. */
MUST_USE bool record_plain(struct arena *arena, struct value *value);

/* A row as a value: VALUE_ELEMENT of the row's type. */
struct value record_row_value(const struct record_table *table, uint32_t row);
/* The row that a whole resource is; NULL for its parts, which rows share (segment.h), and for what
 * the logic made. */
const struct row *record_row_of(const struct record *record, const struct value *element);
/* The resource's id. */
enum { ROW_ID_TEXT = 40 };
struct str row_id(const struct segment *segment, const struct row *row, char out[ROW_ID_TEXT]);
int row_compare_ids(const struct segment *const *segments, const struct row *a,
                    const struct row *b);
struct str segment_text(const struct segment *segment, uint32_t text);
struct str segment_source_name(const struct segment *segment, uint32_t source);
/* The raw JSON of a whole row (shape.whole), or empty. A row with ROW_SPLIT has none: the JSON
 * would tell how it ended. */
struct str segment_raw(const struct segment *segment, const struct row *row);

#endif
