/* CSV as RFC 4180 has it and as spreadsheets write it: a byte order mark is passed over, lines end
 * with LF, CRLF or CR, a field in double quotes may hold commas, line ends and doubled quotes;
 * spaces around an unquoted field are no part of it. The text is not copied; a quoted field with a
 * doubled quote inside is unescaped into the arena. What a file means is its reader's business. */
#ifndef QUELL_BASE_CSV_H
#define QUELL_BASE_CSV_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct csv_field {
    struct str text;
    size_t start; /* bytes [start, end) of the text, quotes included */
    size_t end;
    bool quoted;
};

struct csv {
    struct str text;
    struct arena *arena;
    size_t at;
    char separator;
    uint32_t line; /* of the row read last, from 1 */
    uint32_t next_line;
    /* The row read last. A line with nothing in it has no fields. */
    uint32_t field_count;
    struct csv_field *fields;
    uint32_t field_capacity;
    size_t start; /* bytes [start, end) of the row, without its line end */
    size_t end;
    bool unclosed;    /* a quote was never closed */
    bool after_quote; /* something stood between a closing quote and the separator */
    bool no_memory;
};

/* The separator is a comma. */
void csv_init(struct csv *csv, struct str text, struct arena *arena);
/* Reads the next row. False at the end of the text, on no memory, or when a row has more fields
 * than LIMIT_CSV_FIELDS (then field_count says so). */
bool csv_row(struct csv *csv);

#endif
