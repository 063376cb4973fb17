#include "record/cell.h"

static const int64_t powers_of_ten[] = {1,      10,      100,      1000,     10000,
                                        100000, 1000000, 10000000, 100000000};

bool cell_from_decimal(i128 value, uint8_t scale, uint64_t *cell) {
    const i128 limit = (i128)1 << 55;
    i128 step = powers_of_ten[8 - scale];
    if (value % step) {
        scale = 8;
        step = 1;
    }
    i128 mantissa = value / step;
    if (mantissa >= limit || mantissa < -limit) {
        return false;
    }
    *cell = (uint64_t)mantissa << 8 | (uint64_t)scale << 4 | CELL_DECIMAL;
    return true;
}

i128 cell_decimal(uint64_t cell, uint8_t *scale) {
    *scale = (uint8_t)(cell >> 4 & 15);
    return (i128)((int64_t)cell >> 8) * powers_of_ten[8 - *scale];
}

/* Precisions without WEEK, which no value has, fit three bits. */
static uint64_t pack_precision(uint8_t precision) {
    return precision > PRECISION_WEEK ? precision - 1u : precision;
}

enum { NO_QUARTERS = 0, QUARTER_BIAS = 64 };

bool cell_from_datetime(const struct datetime *t, uint64_t *cell) {
    bool fits = t->offset_min == OFFSET_OF_REQUEST ||
                (t->offset_min % 15 == 0 && t->offset_min > -15 * QUARTER_BIAS &&
                 t->offset_min < 15 * QUARTER_BIAS);
    uint64_t quarters = fits && t->offset_min != OFFSET_OF_REQUEST
                            ? (uint64_t)(t->offset_min / 15 + QUARTER_BIAS)
                            : NO_QUARTERS;
    uint64_t bits = quarters;
    bits = bits << 14 | (uint16_t)t->year;
    bits = bits << 4 | t->month;
    bits = bits << 5 | t->day;
    bits = bits << 5 | t->hour;
    bits = bits << 6 | t->minute;
    bits = bits << 6 | t->second;
    bits = bits << 10 | t->millisecond;
    bits = bits << 3 | pack_precision(t->precision);
    *cell = cell_make(CELL_DATETIME, bits);
    return fits;
}

static unsigned take(uint64_t *bits, unsigned count) {
    unsigned part = (unsigned)(*bits & ((1u << count) - 1));
    *bits >>= count;
    return part;
}

struct datetime cell_datetime(uint64_t cell) {
    uint64_t bits = cell_payload(cell);
    struct datetime t;
    unsigned precision = take(&bits, 3);
    t.precision = (uint8_t)(precision >= PRECISION_WEEK ? precision + 1 : precision);
    t.millisecond = (uint16_t)take(&bits, 10);
    t.second = (uint8_t)take(&bits, 6);
    t.minute = (uint8_t)take(&bits, 6);
    t.hour = (uint8_t)take(&bits, 5);
    t.day = (uint8_t)take(&bits, 5);
    t.month = (uint8_t)take(&bits, 4);
    t.year = (int16_t)take(&bits, 14);
    unsigned quarters = take(&bits, 7);
    t.offset_min = quarters == NO_QUARTERS ? (int16_t)OFFSET_OF_REQUEST
                                           : (int16_t)(((int)quarters - QUARTER_BIAS) * 15);
    return t;
}
