#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINE_BYTES = 1 << 20, ENTRIES_MAX = 4096, BLOCKS_MAX = 65536 };

struct entry {
    const char *name;
    size_t count;
    double *numbers;
};

static char data_folder[4096];
static struct entry entries[ENTRIES_MAX];
static size_t entry_count;
static void *blocks[BLOCKS_MAX];
static size_t block_count;
static char line[LINE_BYTES];

void *reference_memory(size_t bytes) {
    assert_true(block_count < BLOCKS_MAX);
    void *block = calloc(1, bytes ? bytes : 1);
    assert_non_null(block);
    blocks[block_count++] = block;
    return block;
}

static FILE *open_file(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) {
        print_error("cannot read %s\n", path);
    }
    assert_non_null(file);
    return file;
}

static double number(const char *text) {
    if (strcmp(text, "NA") == 0 || *text == '\0') {
        return NAN;
    }
    char *end;
    double value = strtod(text, &end);
    assert_int_equal(*end, '\0');
    return value;
}

void reference_open(const char *folder, const char *name) {
    char path[4200];
    snprintf(data_folder, sizeof data_folder, "%s/data", folder);
    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    FILE *file = open_file(path);
    while (fgets(line, sizeof line, file)) {
        assert_non_null(strchr(line, '\n'));
        if (*line == '#') {
            continue;
        }
        assert_true(entry_count < ENTRIES_MAX);
        struct entry *entry = &entries[entry_count++];
        *entry = (struct entry){0};
        char *word = strtok(line, " \n");
        char *copy = reference_memory(strlen(word) + 1);
        strcpy(copy, word);
        entry->name = copy;
        entry->numbers = reference_memory(LINE_BYTES / 8 * sizeof(double));
        while ((word = strtok(NULL, " \n"))) {
            entry->numbers[entry->count++] = number(word);
        }
        double *fitting = reference_memory(entry->count * sizeof(double));
        memcpy(fitting, entry->numbers, entry->count * sizeof(double));
        free(entry->numbers);
        blocks[block_count - 2] = NULL;
        entry->numbers = fitting;
    }
    fclose(file);
}

void reference_close(void) {
    for (size_t i = 0; i < block_count; i++) {
        free(blocks[i]);
    }
    block_count = entry_count = 0;
}

const double *reference_numbers(const char *name, size_t *count) {
    for (size_t i = 0; i < entry_count; i++) {
        if (strcmp(entries[i].name, name) == 0) {
            *count = entries[i].count;
            return entries[i].numbers;
        }
    }
    fail_msg("no expected numbers are called %s", name);
    return NULL;
}

double reference_number(const char *name, size_t index) {
    size_t count = 0;
    const double *numbers = reference_numbers(name, &count);
    assert_true(index < count);
    return numbers[index];
}

void reference_near(const char *name, size_t index, double got, double tolerance) {
    double expected = reference_number(name, index);
    if (isnan(expected) && isnan(got)) {
        return;
    }
    if (expected == got || fabs(got - expected) <= tolerance * fabs(expected) + 1e-13) {
        return;
    }
    fail_msg("%s[%zu]: expected %.15g, got %.15g", name, index, expected, got);
}

void reference_all(const char *name, const double *got, size_t count, double tolerance) {
    size_t expected = 0;
    (void)reference_numbers(name, &expected);
    if (expected != count) {
        fail_msg("%s: expected %zu numbers, got %zu", name, expected, count);
    }
    for (size_t i = 0; i < count; i++) {
        reference_near(name, i, got[i], tolerance);
    }
}

struct reference_table reference_read(const char *file_name) {
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", data_folder, file_name);
    FILE *file = open_file(path);
    struct reference_table table = {0};
    assert_non_null(fgets(line, sizeof line, file));
    for (char *word = strtok(line, ",\r\n"); word; word = strtok(NULL, ",\r\n")) {
        assert_true(table.columns < 16);
        snprintf(table.names[table.columns], sizeof table.names[0], "%s", word);
        table.cells[table.columns++] = reference_memory(100000 * sizeof(double));
    }
    while (fgets(line, sizeof line, file)) {
        char *at = line;
        assert_true(table.rows < 100000);
        for (size_t c = 0; c < table.columns; c++) {
            char *end = at + strcspn(at, ",\r\n");
            char *next = *end == ',' ? end + 1 : end;
            *end = '\0';
            table.cells[c][table.rows] = number(at);
            at = next;
        }
        table.rows++;
    }
    fclose(file);
    return table;
}

const double *reference_column(const struct reference_table *table, const char *name) {
    for (size_t c = 0; c < table->columns; c++) {
        if (strcmp(table->names[c], name) == 0) {
            return table->cells[c];
        }
    }
    fail_msg("no column is called %s", name);
    return NULL;
}

const uint32_t *reference_codes(const struct reference_table *table, const char *name) {
    const double *numbers = reference_column(table, name);
    uint32_t *codes = reference_memory(table->rows * sizeof *codes);
    for (size_t i = 0; i < table->rows; i++) {
        codes[i] = (uint32_t)numbers[i];
    }
    return codes;
}

struct design_matrix reference_design(const struct reference_table *table,
                                      const char *const *names) {
    uint32_t p = 0;
    while (names[p]) {
        p++;
    }
    double *x = reference_memory(table->rows * p * sizeof *x);
    for (uint32_t j = 0; j < p; j++) {
        const double *column = reference_column(table, names[j]);
        for (size_t i = 0; i < table->rows; i++) {
            x[i * p + j] = column[i];
        }
    }
    return (struct design_matrix){.x = x, .n = (uint32_t)table->rows, .p = p, .terms = p};
}

struct survival_data reference_survival(const struct reference_table *table, const char *group,
                                        uint32_t groups) {
    return (struct survival_data){.time = reference_column(table, "time"),
                                  .event = reference_codes(table, "event"),
                                  .group = group ? reference_codes(table, group) : NULL,
                                  .n = (uint32_t)table->rows,
                                  .groups = groups,
                                  .strata = 1};
}

struct reference_table reference_select(const struct reference_table *table, double key) {
    struct reference_table some = *table;
    some.rows = 0;
    for (size_t c = 0; c < table->columns; c++) {
        some.cells[c] = reference_memory((table->rows + 1) * sizeof(double));
    }
    for (size_t i = 0; i < table->rows; i++) {
        if (table->cells[0][i] == key) {
            for (size_t c = 0; c < table->columns; c++) {
                some.cells[c][some.rows] = table->cells[c][i];
            }
            some.rows++;
        }
    }
    return some;
}

double *reference_uniform(size_t count, double seed) {
    double *numbers = reference_memory(count * sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        seed = fmod(seed * 16807.0, 2147483647.0);
        numbers[i] = seed / 2147483647.0;
    }
    return numbers;
}
