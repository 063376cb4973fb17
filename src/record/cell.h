/* A cell: 8 bytes that hold one property of a row. The low 4 bits are the tag, the payload lies
 * above.
 *
 *   NULL      0
 *   BOOLEAN   bit 4
 *   INTEGER   32 bits, two's complement
 *   DECIMAL   scale (4 bits) | mantissa (56 bits, signed): mantissa / 10^scale, scale 0 to 8
 *   WIDE      word offset of [scale | low word | high word] of a decimal that does not fit
 *   DATETIME  offset (7) | year (14) | month (4) | day (5) | hour (5) | minute (6) | second (6) |
 *             millisecond (10) | precision (3); the offset is in quarter hours + 64, 0: none
 *   TIMEWIDE  word offset of [DATETIME without offset | offset in minutes]
 *   TEXT      number of a text of the segment
 *   BLOCK     type (16 bits) | word offset (44 bits)
 *   LIST      word offset of [count | cell | cell ...]
 *   TYPED     word offset of [type | cell]: a primitive inside a choice whose type the tag alone
 * does not tell (CELL_TYPED says which types need it) */
#ifndef QUELL_RECORD_CELL_H
#define QUELL_RECORD_CELL_H

#include "value/value.h"

enum cell_tag {
    CELL_NULL = 0,
    CELL_BOOLEAN,
    CELL_INTEGER,
    CELL_DECIMAL,
    CELL_WIDE,
    CELL_DATETIME,
    CELL_TIMEWIDE,
    CELL_TEXT,
    CELL_BLOCK,
    CELL_LIST,
    CELL_TYPED
};

static inline enum cell_tag cell_tag(uint64_t cell) {
    return (enum cell_tag)(cell & 15);
}

/* BOOLEAN, TEXT, WIDE, TIMEWIDE, LIST, TYPED: a number. */
static inline uint64_t cell_make(enum cell_tag tag, uint64_t payload) {
    return payload << 4 | (uint64_t)tag;
}

static inline uint64_t cell_payload(uint64_t cell) {
    return cell >> 4;
}

static inline uint64_t cell_integer(int32_t number) {
    return cell_make(CELL_INTEGER, (uint32_t)number);
}

static inline uint64_t cell_block(uint16_t type, uint64_t offset) {
    return cell_make(CELL_BLOCK, offset << 16 | type);
}

static inline uint16_t cell_block_type(uint64_t cell) {
    return (uint16_t)(cell >> 4);
}

static inline uint64_t cell_block_offset(uint64_t cell) {
    return cell >> 20;
}

/* False when it needs the wide form. */
bool cell_from_decimal(i128 value, uint8_t scale, uint64_t *cell);
i128 cell_decimal(uint64_t cell, uint8_t *scale);
/* False when the offset is no quarter of an hour; *cell then has none. */
bool cell_from_datetime(const struct datetime *time, uint64_t *cell);
struct datetime cell_datetime(uint64_t cell);

#endif
