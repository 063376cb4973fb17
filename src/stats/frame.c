#include "stats/frame.h"

#include "base/csv.h"
#include "base/limits.h"
#include "base/map.h"

#include <stdlib.h>

/* Cells of a file, row by row, before their kind is known. */
struct cells {
    const struct source *source;
    struct arena *arena;
    struct diag_list *diags;
    struct csv csv;
    uint32_t columns;
    struct str *names;
    size_t count;
    size_t capacity;
    struct str *texts; /* .at NULL: missing */
};

static bool is_missing(struct str text) {
    static const char *const words[] = {"", "NA", "N/A", "NaN", ".", "null"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_equal_fold(text, str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static struct span row_span(const struct cells *cells) {
    return (struct span){cells->source, (uint32_t)cells->csv.start, (uint32_t)cells->csv.end};
}

/* What is wrong with the row as CSV; true when it can be used. */
static bool check_row(struct cells *cells) {
    const struct csv *csv = &cells->csv;
    if (csv->unclosed) {
        (void)diag_at(cells->diags, DIAG_ST0010, row_span(cells),
                      "a quote that opens in this row is never closed");
        return false;
    }
    if (csv->after_quote) {
        struct diagnostic *d = diag_at(cells->diags, DIAG_ST0010, row_span(cells),
                                       "something stands behind a closing quote");
        diag_hint(cells->diags, d, "a quote inside a quoted field is written twice");
        return false;
    }
    if (cells->columns && csv->field_count != cells->columns) {
        (void)diag_at(cells->diags, DIAG_ST0011, row_span(cells),
                      "this row has %u field%s, the header %u", csv->field_count,
                      csv->field_count == 1 ? "" : "s", cells->columns);
        return false;
    }
    return true;
}

/* A row that has more fields than there may be ended the reading. */
static bool too_wide(const struct cells *cells) {
    if (cells->csv.field_count < LIMIT_CSV_FIELDS) {
        return false;
    }
    (void)diag_in_file(cells->diags, DIAG_ST0014, cells->source->name, cells->csv.line,
                       "more than %u fields in a row", (unsigned)LIMIT_CSV_FIELDS - 1);
    return true;
}

static enum status read_names(struct cells *cells) {
    while (csv_row(&cells->csv) && cells->csv.field_count == 0) {}
    const struct csv *csv = &cells->csv;
    if (csv->no_memory) {
        return STATUS_NO_MEMORY;
    }
    if (csv->field_count == 0) {
        (void)diag_at(cells->diags, DIAG_ST0012, (struct span){cells->source, 0, 0},
                      "the file holds no table");
        return STATUS_USER_ERROR;
    }
    if (too_wide(cells) || !check_row(cells)) {
        return STATUS_USER_ERROR;
    }
    cells->names = ARENA_ARRAY(cells->arena, csv->field_count, struct str);
    if (!cells->names) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t c = 0; c < csv->field_count; c++) {
        cells->names[c] = csv->fields[c].text;
        for (uint32_t before = 0; before < c; before++) {
            if (str_equal(cells->names[before], cells->names[c])) {
                (void)diag_at(cells->diags, DIAG_ST0013,
                              (struct span){cells->source, (uint32_t)csv->fields[c].start,
                                            (uint32_t)csv->fields[c].end},
                              "two columns are called '%.*s'", STR_ARG(cells->names[c]));
                return STATUS_USER_ERROR;
            }
        }
    }
    cells->columns = csv->field_count;
    return STATUS_OK;
}

static bool grow_cells(struct cells *cells) {
    if (cells->count + cells->columns <= cells->capacity) {
        return true;
    }
    size_t capacity = cells->capacity * 2 + (size_t)cells->columns * 64;
    struct str *texts = ARENA_ARRAY(cells->arena, capacity, struct str);
    if (!texts) {
        return false;
    }
    if (cells->count) {
        memcpy(texts, cells->texts, cells->count * sizeof *texts);
    }
    cells->texts = texts;
    cells->capacity = capacity;
    return true;
}

static enum status read_rows(struct cells *cells) {
    struct csv *csv = &cells->csv;
    bool good = true;
    while (csv_row(csv)) {
        if (csv->field_count == 0) {
            continue;
        }
        if (!check_row(cells)) {
            good = false;
            continue;
        }
        if (cells->count / cells->columns >= LIMIT_CSV_ROWS) {
            (void)diag_at(cells->diags, DIAG_ST0014, row_span(cells), "more than %u rows",
                          (unsigned)LIMIT_CSV_ROWS);
            return STATUS_USER_ERROR;
        }
        if (!grow_cells(cells)) {
            return STATUS_NO_MEMORY;
        }
        for (uint32_t c = 0; c < cells->columns; c++) {
            struct str text = csv->fields[c].text;
            cells->texts[cells->count++] = is_missing(text) ? STR_NONE : text;
        }
    }
    if (csv->no_memory) {
        return STATUS_NO_MEMORY;
    }
    return too_wide(cells) || !good ? STATUS_USER_ERROR : STATUS_OK;
}

/* ---- Kinds ---- */

static bool read_number(struct str text, double *out) {
    char digits[64];
    if (text.len >= sizeof digits) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!memchr("0123456789+-.eE", text.at[i], 15)) {
            return false;
        }
    }
    memcpy(digits, text.at, text.len);
    digits[text.len] = 0;
    char *end = NULL;
    *out = strtod(digits, &end);
    return end != digits && *end == 0 && isfinite(*out);
}

struct str frame_first_word(const struct stats_column *column) {
    for (uint32_t i = 0; i < column->level_count; i++) {
        double unused;
        if (!read_number(column->levels[i], &unused)) {
            return column->levels[i];
        }
    }
    return column->level_count ? column->levels[0] : STR("");
}

static bool try_numbers(const struct cells *cells, uint32_t column, uint32_t rows, double *values) {
    for (uint32_t i = 0; i < rows; i++) {
        struct str text = cells->texts[(size_t)i * cells->columns + column];
        values[i] = NAN;
        if (text.at && !read_number(text, &values[i])) {
            return false;
        }
    }
    return true;
}

static int compare_texts(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Numbers the levels in order. `texts` are strided; map values are first-seen numbers. */
static enum status code_words(const struct str *texts, size_t stride, uint32_t rows,
                              struct arena *arena, struct stats_column *out) {
    uint32_t *codes = ARENA_ARRAY(arena, rows + 1, uint32_t);
    struct str *levels = ARENA_ARRAY(arena, rows + 1, struct str);
    uint32_t count = 0;
    struct map map;
    map_init(&map);
    enum status status = codes && levels ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < rows && status == STATUS_OK; i++) {
        struct str text = texts[i * stride];
        bool added = false;
        uint32_t value = count;
        if (text.at) {
            status = map_add(&map, text, &value, &added);
        }
        if (added) {
            levels[count++] = text;
        }
    }
    map_release(&map);
    if (status != STATUS_OK) {
        return status;
    }
    if (count) {
        qsort(levels, count, sizeof *levels, compare_texts);
    }
    map_init(&map);
    for (uint32_t k = 0; k < count && status == STATUS_OK; k++) {
        bool added;
        uint32_t value = k;
        status = map_add(&map, levels[k], &value, &added);
    }
    for (uint32_t i = 0; i < rows && status == STATUS_OK; i++) {
        codes[i] = STATS_LEVEL_MISSING;
        if (texts[i * stride].at) {
            (void)map_find(&map, texts[i * stride], &codes[i]);
        }
    }
    map_release(&map);
    out->is_category = true;
    out->codes = codes;
    out->levels = levels;
    out->level_count = count;
    return status;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static uint32_t place_of(const double *sorted, uint32_t count, double x) {
    uint32_t low = 0;
    uint32_t high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sorted[middle] < x) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

enum status frame_category(const struct stats_column *column, uint32_t rows, struct arena *arena,
                           struct stats_column *out) {
    *out = *column;
    if (column->is_category) {
        return STATUS_OK;
    }
    double *sorted = ARENA_ARRAY(arena, rows + 1, double);
    uint32_t *codes = ARENA_ARRAY(arena, rows + 1, uint32_t);
    if (!sorted || !codes) {
        return STATUS_NO_MEMORY;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < rows; i++) {
        if (!isnan(column->values[i])) {
            sorted[count++] = column->values[i];
        }
    }
    if (count) {
        qsort(sorted, count, sizeof *sorted, compare_numbers);
    }
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (distinct == 0 || sorted[i] > sorted[distinct - 1]) {
            sorted[distinct++] = sorted[i];
        }
    }
    struct str *levels = ARENA_ARRAY(arena, distinct + 1, struct str);
    if (!levels) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t k = 0; k < distinct; k++) {
        levels[k] = arena_format(arena, "%.15g", sorted[k]);
        if (!levels[k].at) {
            return STATUS_NO_MEMORY;
        }
    }
    for (uint32_t i = 0; i < rows; i++) {
        codes[i] = isnan(column->values[i]) ? STATS_LEVEL_MISSING
                                            : place_of(sorted, distinct, column->values[i]);
    }
    *out = (struct stats_column){.name = column->name,
                                 .is_category = true,
                                 .codes = codes,
                                 .level_count = distinct,
                                 .levels = levels};
    return STATUS_OK;
}

enum status frame_read(const struct source *source, struct arena *arena, struct diag_list *diags,
                       struct stats_frame **out) {
    *out = NULL;
    struct cells cells = {.source = source, .arena = arena, .diags = diags};
    csv_init(&cells.csv, source->text, arena);
    enum status status = read_names(&cells);
    if (status == STATUS_OK) {
        status = read_rows(&cells);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct stats_frame *frame = ARENA_NEW(arena, struct stats_frame);
    struct stats_column *columns = ARENA_ARRAY(arena, cells.columns, struct stats_column);
    if (!frame || !columns) {
        return STATUS_NO_MEMORY;
    }
    frame->rows = (uint32_t)(cells.count / cells.columns);
    frame->column_count = cells.columns;
    frame->columns = columns;
    for (uint32_t c = 0; c < cells.columns; c++) {
        columns[c].name = cells.names[c];
        columns[c].values = ARENA_ARRAY(arena, frame->rows + 1, double);
        if (!columns[c].values) {
            return STATUS_NO_MEMORY;
        }
        if (!try_numbers(&cells, c, frame->rows, columns[c].values)) {
            columns[c].values = NULL;
            status = code_words(cells.texts + c, cells.columns, frame->rows, arena, &columns[c]);
            if (status != STATUS_OK) {
                return status;
            }
        }
    }
    *out = frame;
    return STATUS_OK;
}
