/* Expected numbers that R scripts in this folder wrote (NAME.R -> NAME.txt, data/NAME.csv), for C
 * tests to compare with. Anything missing or malformed fails the test at once. */
#ifndef QUELL_TESTS_REFERENCE_H
#define QUELL_TESTS_REFERENCE_H

#include "stats/design_matrix.h"
#include "stats/survival.h"

#include <stddef.h>
#include <stdint.h>

/* Reads FOLDER/NAME.txt; FOLDER/data is where tables are. */
void reference_open(const char *folder, const char *name);
void reference_close(void);

/* The numbers of a name, NAN where R had none. */
const double *reference_numbers(const char *name, size_t *count);
double reference_number(const char *name, size_t index);

/* Fails unless |got - expected| <= tolerance * |expected| + 1e-13, or both are not numbers. */
void reference_near(const char *name, size_t index, double got, double tolerance);
/* The same for all numbers of a name, of which there must be `count`. */
void reference_all(const char *name, const double *got, size_t count, double tolerance);

/* A numeric CSV file with a header; empty cells are NAN. Freed by reference_close. */
struct reference_table {
    size_t rows;
    size_t columns;
    char names[16][32];
    double *cells[16];
};
struct reference_table reference_read(const char *file);
const double *reference_column(const struct reference_table *table, const char *name);
/* The same as whole numbers. */
const uint32_t *reference_codes(const struct reference_table *table, const char *name);
/* Covariates by name, up to a NULL, each a term; and columns time, event and, when not NULL, that
 * of the group. */
struct design_matrix reference_design(const struct reference_table *table,
                                      const char *const *names);
struct survival_data reference_survival(const struct reference_table *table, const char *group,
                                        uint32_t groups);
/* The rows whose first column is `key`. */
struct reference_table reference_select(const struct reference_table *table, double key);

/* Park and Miller's generator, as emit.R has it: uniform numbers in (0, 1). */
double *reference_uniform(size_t count, double seed);
/* Memory until reference_close. */
void *reference_memory(size_t bytes);

#endif
