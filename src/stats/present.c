/* Filling a result, and the data of a run by group and in a cross table. */
#include "stats/present.h"

#include <assert.h>
#include <stdarg.h>

bool run_continuity(const struct stats_run *run, bool habit) {
    return run_given(run, STATS_CONTINUITY) ? run_choice(run, STATS_CONTINUITY) == STATS_YES
                                            : habit;
}

double *run_doubles(struct stats_run *run, size_t count) {
    double *out = ARENA_ARRAY(run->arena, count ? count : 1, double);
    run->result->no_memory |= !out;
    return out;
}

static struct str format_text(struct stats_run *run, const char *format, va_list args) {
    struct str text = arena_vformat(run->arena, format, args);
    run->result->no_memory |= !text.at;
    return text.at ? text : STR("");
}

struct str run_text(struct stats_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str text = format_text(run, format, args);
    va_end(args);
    return text;
}

void run_refuse(struct stats_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    run->result->refusal = format_text(run, format, args);
    va_end(args);
}

static void add_note(struct stats_run *run, struct stats_note **list, struct str words) {
    struct stats_note *note = ARENA_NEW(run->arena, struct stats_note);
    if (!note) {
        run->result->no_memory = true;
        return;
    }
    note->words = words;
    while (*list) {
        list = &(*list)->next;
    }
    *list = note;
}

void run_warn(struct stats_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_note(run, &run->result->warnings, format_text(run, format, args));
    va_end(args);
}

void run_note(struct stats_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_note(run, &run->result->notes, format_text(run, format, args));
    va_end(args);
}

struct stats_estimate *run_estimate(struct stats_run *run, double value, const char *format, ...) {
    struct stats_estimate *estimate = ARENA_NEW(run->arena, struct stats_estimate);
    if (!estimate) {
        run->result->no_memory = true;
        return &run->spill_estimate;
    }
    va_list args;
    va_start(args, format);
    *estimate = (struct stats_estimate){.term = format_text(run, format, args),
                                        .value = value,
                                        .se = NAN,
                                        .low = NAN,
                                        .high = NAN,
                                        .p = NAN};
    va_end(args);
    struct stats_estimate **last = &run->result->estimates;
    while (*last) {
        last = &(*last)->next;
    }
    *last = estimate;
    return estimate;
}

void run_interval(struct stats_estimate *estimate, double low, double high, const char *method) {
    estimate->low = low;
    estimate->high = high;
    estimate->interval = method;
}

struct stats_test *run_test(struct stats_run *run, const char *name, const char *statistic,
                            double value, double p) {
    struct stats_test *test = ARENA_NEW(run->arena, struct stats_test);
    if (!test) {
        run->result->no_memory = true;
        return &run->spill_test;
    }
    *test = (struct stats_test){.name = name,
                                .statistic = statistic,
                                .value = value,
                                .df = NAN,
                                .df2 = NAN,
                                .p = p,
                                .alternative =
                                    (enum stats_alternative)run_choice(run, STATS_ALTERNATIVE)};
    struct stats_test **last = &run->result->tests;
    while (*last) {
        last = &(*last)->next;
    }
    *last = test;
    return test;
}

struct stats_table *run_table(struct stats_run *run, const char *title, uint32_t rows,
                              uint32_t column_count) {
    struct stats_table *table = ARENA_NEW(run->arena, struct stats_table);
    struct stats_table_column *columns =
        ARENA_ARRAY(run->arena, column_count, struct stats_table_column);
    if (!table || !columns) {
        run->result->no_memory = true;
        return NULL;
    }
    *table = (struct stats_table){
        .title = title, .rows = rows, .column_count = column_count, .columns = columns};
    struct stats_table **last = &run->result->tables;
    while (*last) {
        last = &(*last)->next;
    }
    *last = table;
    return table;
}

double *run_table_numbers(struct stats_run *run, struct stats_table *table, uint32_t column,
                          const char *name, int places) {
    assert(column < table->column_count);
    double *cells = run_doubles(run, table->rows);
    table->columns[column] =
        (struct stats_table_column){.name = name, .places = places, .numbers = cells};
    return cells;
}

struct str *run_table_texts(struct stats_run *run, struct stats_table *table, uint32_t column,
                            const char *name) {
    assert(column < table->column_count);
    struct str *cells = ARENA_ARRAY(run->arena, table->rows ? table->rows : 1, struct str);
    run->result->no_memory |= !cells;
    table->columns[column] =
        (struct stats_table_column){.name = name, .is_text = true, .texts = cells};
    return cells;
}

/* ---- Groups ---- */

/* Which levels of a category occur, with `last` moved to the end: order[i] is the level of place i,
 * place[level] its place or STATS_LEVEL_MISSING. */
struct level_order {
    uint32_t count;
    uint32_t *order;
    uint32_t *place;
    uint32_t *sizes; /* by place */
};

static bool order_levels(struct stats_run *run, const struct stats_column *by, struct str special,
                         bool special_first, struct level_order *out) {
    uint32_t *sizes = ARENA_ARRAY(run->arena, (size_t)by->level_count * 4 + 1, uint32_t);
    if (!sizes) {
        run->result->no_memory = true;
        return false;
    }
    *out = (struct level_order){.order = sizes + by->level_count,
                                .place = sizes + 2 * (size_t)by->level_count,
                                .sizes = sizes + 3 * (size_t)by->level_count};
    for (uint32_t i = 0; i < run->rows; i++) {
        sizes[by->codes[i]]++;
    }
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t level = 0; level < by->level_count; level++) {
            bool is_special = special.len && str_equal(by->levels[level], special);
            if (sizes[level] && (is_special == special_first) == (pass == 0)) {
                out->sizes[out->count] = sizes[level];
                out->place[level] = out->count;
                out->order[out->count++] = level;
            }
        }
    }
    return true;
}

/* A word given for a role must be one of its levels. */
static bool known_level(struct stats_run *run, const struct stats_column *column,
                        enum stats_option option) {
    struct str word = run->settings[option].text;
    if (!run_given(run, option)) {
        return true;
    }
    for (uint32_t i = 0; i < column->level_count; i++) {
        if (str_equal(column->levels[i], word)) {
            return true;
        }
    }
    run_refuse(run, "--%s '%.*s' does not occur in column %.*s", stats_option_infos[option].name,
               STR_ARG(word), STR_ARG(column->name));
    return false;
}

bool run_groups(struct stats_run *run, const struct stats_column *column,
                const struct stats_column *by, struct stats_groups *out) {
    *out = (struct stats_groups){.count = 1, .names = &column->name, .values = column->values};
    struct level_order order = {.count = 1};
    if (by && (!known_level(run, by, STATS_REFERENCE) ||
               !order_levels(run, by, run->settings[STATS_REFERENCE].text, false, &order))) {
        return false;
    }
    out->first = ARENA_ARRAY(run->arena, order.count + 1, uint32_t);
    if (!out->first) {
        run->result->no_memory = true;
        return false;
    }
    if (!by) {
        out->first[1] = run->rows;
        return true;
    }
    struct str *names = ARENA_ARRAY(run->arena, order.count + 1, struct str);
    uint32_t *next = ARENA_ARRAY(run->arena, order.count + 1, uint32_t);
    double *values = run_doubles(run, run->rows);
    if (!names || !next || !values) {
        run->result->no_memory = true;
        return false;
    }
    for (uint32_t g = 0; g < order.count; g++) {
        names[g] = by->levels[order.order[g]];
        next[g] = out->first[g];
        out->first[g + 1] = out->first[g] + order.sizes[g];
    }
    for (uint32_t i = 0; i < run->rows; i++) {
        values[next[order.place[by->codes[i]]]++] = column->values[i];
    }
    out->count = order.count;
    out->names = names;
    out->values = values;
    return true;
}

/* ---- Cross tables ---- */

static bool cross_counts(struct stats_run *run, struct stats_cross *out) {
    const struct stats_counts *counts = &run->request->counts;
    size_t cells = (size_t)counts->rows * counts->columns;
    *out = (struct stats_cross){.rows = counts->rows, .columns = counts->columns};
    out->cells = run_doubles(run, cells);
    out->row_names = ARENA_ARRAY(run->arena, counts->rows + counts->columns, struct str);
    if (!out->cells || !out->row_names) {
        run->result->no_memory = true;
        return false;
    }
    memcpy(out->cells, counts->cells, cells * sizeof *out->cells);
    out->column_names = out->row_names + counts->rows;
    for (uint32_t r = 0; r < counts->rows; r++) {
        out->row_names[r] =
            counts->rows == 2 ? (r ? STR("second") : STR("first")) : run_text(run, "row %u", r + 1);
    }
    for (uint32_t c = 0; c < counts->columns; c++) {
        out->column_names[c] = counts->columns == 2 ? (c ? STR("no event") : STR("event"))
                                                    : run_text(run, "column %u", c + 1);
    }
    double n = 0;
    for (size_t i = 0; i < cells; i++) {
        n += out->cells[i];
    }
    run->result->n = (uint64_t)n;
    return true;
}

static bool cross_columns(struct stats_run *run, struct stats_cross *out) {
    const struct stats_column *x = run_column(run, STATS_X);
    const struct stats_column *by = run_column(run, STATS_BY);
    struct level_order columns;
    struct level_order rows;
    /* Without --success the event is the last word in order, as 1 of 0 and 1, yes of no and yes. */
    struct str success = run->settings[STATS_SUCCESS].text;
    if (!success.len && x->level_count) {
        success = x->levels[x->level_count - 1];
    }
    if (!known_level(run, x, STATS_SUCCESS) || !known_level(run, by, STATS_REFERENCE) ||
        !order_levels(run, x, success, true, &columns) ||
        !order_levels(run, by, run->settings[STATS_REFERENCE].text, false, &rows)) {
        return false;
    }
    *out = (struct stats_cross){.rows = rows.count, .columns = columns.count};
    out->cells = run_doubles(run, (size_t)rows.count * columns.count);
    out->row_names = ARENA_ARRAY(run->arena, rows.count + columns.count + 1, struct str);
    if (!out->cells || !out->row_names) {
        run->result->no_memory = true;
        return false;
    }
    out->column_names = out->row_names + rows.count;
    for (uint32_t r = 0; r < rows.count; r++) {
        out->row_names[r] = by->levels[rows.order[r]];
    }
    for (uint32_t c = 0; c < columns.count; c++) {
        out->column_names[c] = x->levels[columns.order[c]];
    }
    for (uint32_t i = 0; i < run->rows; i++) {
        size_t r = rows.place[by->codes[i]];
        out->cells[r * columns.count + columns.place[x->codes[i]]]++;
    }
    return true;
}

bool run_cross(struct stats_run *run, struct stats_cross *out) {
    return run->request->counts.rows ? cross_counts(run, out) : cross_columns(run, out);
}

/* ---- Codes ---- */

bool run_codes(struct stats_run *run, const struct stats_column *column, enum stats_option special,
               bool special_first, struct stats_codes *out) {
    bool has_special = special != STATS_OPTION_COUNT;
    struct str word = has_special ? run->settings[special].text : STR_NONE;
    struct level_order order;
    if ((has_special && !known_level(run, column, special)) ||
        !order_levels(run, column, word, special_first, &order)) {
        return false;
    }
    *out = (struct stats_codes){.count = order.count};
    out->names = ARENA_ARRAY(run->arena, order.count + 1, struct str);
    out->codes = ARENA_ARRAY(run->arena, run->rows + 1, uint32_t);
    if (!out->names || !out->codes) {
        run->result->no_memory = true;
        return false;
    }
    for (uint32_t g = 0; g < order.count; g++) {
        out->names[g] = column->levels[order.order[g]];
    }
    for (uint32_t i = 0; i < run->rows; i++) {
        out->codes[i] = order.place[column->codes[i]];
    }
    return true;
}
