/* The analyte table, trials/library/analytes.yaml: what laboratories and monitors measure, by which
 * codes, in which units, and what values patients can have. It knows whether a limit can be meant.
 */
#ifndef QUELL_TRIAL_ANALYTE_H
#define QUELL_TRIAL_ANALYTE_H

#include "diag/diag.h"
#include "value/ucum.h"

struct analyte {
    struct str id;   /* "crp" */
    struct str name; /* "C-reactive protein" */
    uint32_t code_count;
    const struct code *codes;
    const struct unit *unit; /* the usual one; `low` and `high` are in it */
    uint32_t unit_count;     /* every unit it is reported in */
    const struct unit *const *units;
    i128 molar_mass; /* g/mol, times 10^8; 0: not known */
    bool has_range;
    i128 low;
    i128 high;
};

enum { ANALYTES_MAX = 128 };

struct analyte_table {
    uint32_t count; /* at most ANALYTES_MAX */
    const struct analyte *items;
    struct unit_table *units;  /* of the items */
    const struct unit *amount; /* mol/L */
    const struct unit *mass;   /* g/L */
};

/* Reads the table. Errors of the text are diagnostics; entries with errors are left out. Units are
 * interned in `units`, which must outlive the table. */
MUST_USE enum status analyte_table_read(const struct source *source, struct unit_table *units,
                                        struct arena *arena, struct diag_list *diags,
                                        struct analyte_table *out);

/* The analyte of an id or name (letter case ignored in the name), or NULL. */
const struct analyte *analyte_find(const struct analyte_table *table, struct str id);
/* Bit i: items[i] has the code. */
struct analyte_set {
    uint64_t bits[ANALYTES_MAX / 64];
};
void analyte_add_code(const struct analyte_table *table, struct str system, struct str code,
                      struct analyte_set *set);

enum limit_fault {
    LIMIT_FINE,
    LIMIT_BARE,      /* a number without a unit, of something that has one */
    LIMIT_DIMENSION, /* no unit it is reported in converts to the limit's */
    LIMIT_SIZE       /* no patient has such a value */
};

/* Whether `value` `unit` can be a limit for the analyte. *instead is a unit it is reported in for
 * which the same number would do, or NULL. */
enum limit_fault analyte_check_limit(const struct analyte_table *table,
                                     const struct analyte *analyte, i128 value,
                                     const struct unit *unit, const struct unit **instead);
/* Whether the unit is one it is reported in, or means exactly the same as one. */
bool analyte_has_unit(const struct analyte *analyte, const struct unit *unit);
/* A unit as it is printed in documents: mmHg, mg/dl, /mm3; NULL when it cannot be read, or on no
 * memory. */
const struct unit *analyte_printed_unit(const struct analyte_table *table, struct str text);

#endif
