#include "trial/analyte.h"

#include "value/decimal.h"

const struct analyte *analyte_find(const struct analyte_table *table, struct str id) {
    for (uint32_t i = 0; i < table->count; i++) {
        if (str_equal(table->items[i].id, id) || str_equal_fold(table->items[i].name, id)) {
            return &table->items[i];
        }
    }
    return NULL;
}

void analyte_add_code(const struct analyte_table *table, struct str system, struct str code,
                      struct analyte_set *set) {
    for (uint32_t i = 0; i < table->count; i++) {
        for (uint32_t k = 0; k < table->items[i].code_count; k++) {
            const struct code *c = &table->items[i].codes[k];
            if (str_equal(c->code, code) && str_equal(c->system, system)) {
                set->bits[i / 64] |= (uint64_t)1 << i % 64;
            }
        }
    }
}

/* ---- Limits ---- */

/* To the analyte's usual unit, by its molar mass where one side is an amount of substance. */
static bool to_usual(const struct analyte_table *table, const struct analyte *analyte, i128 value,
                     const struct unit *unit, i128 *out) {
    if (unit_comparable(unit, analyte->unit)) {
        return unit_convert(unit, analyte->unit, value, out) == UNIT_DONE;
    }
    if (!analyte->molar_mass || !unit_comparable(unit, table->amount) ||
        !unit_comparable(analyte->unit, table->mass)) {
        return false;
    }
    i128 amount;
    i128 mass;
    return unit_convert(unit, table->amount, value, &amount) == UNIT_DONE &&
           decimal_multiply(amount, analyte->molar_mass, &mass) &&
           unit_convert(table->mass, analyte->unit, mass, out) == UNIT_DONE;
}

static bool is_reported_in(const struct analyte *analyte, const struct unit *unit) {
    for (uint32_t i = 0; i < analyte->unit_count; i++) {
        if (unit_comparable(unit, analyte->units[i])) {
            return true;
        }
    }
    return unit_comparable(unit, analyte->unit);
}

static bool can_be(const struct analyte_table *table, const struct analyte *analyte, i128 value,
                   const struct unit *unit) {
    i128 usual;
    if (!analyte->has_range || !to_usual(table, analyte, value, unit, &usual)) {
        return true;
    }
    return usual >= analyte->low && usual <= analyte->high;
}

enum limit_fault analyte_check_limit(const struct analyte_table *table,
                                     const struct analyte *analyte, i128 value,
                                     const struct unit *unit, const struct unit **instead) {
    *instead = NULL;
    enum limit_fault fault = LIMIT_FINE;
    if (!is_reported_in(analyte, unit)) {
        fault = unit_is_one(unit) ? LIMIT_BARE : LIMIT_DIMENSION;
    } else if (!can_be(table, analyte, value, unit)) {
        fault = LIMIT_SIZE;
    }
    for (uint32_t i = 0; fault != LIMIT_FINE && i < analyte->unit_count && !*instead; i++) {
        *instead = can_be(table, analyte, value, analyte->units[i]) ? analyte->units[i] : NULL;
    }
    return fault;
}

bool analyte_has_unit(const struct analyte *analyte, const struct unit *unit) {
    for (uint32_t i = 0; i < analyte->unit_count; i++) {
        int order = 1;
        if (unit == analyte->units[i] ||
            (unit_comparable(unit, analyte->units[i]) &&
             unit_compare(unit, DECIMAL_ONE, analyte->units[i], DECIMAL_ONE, &order) == UNIT_DONE &&
             order == 0)) {
            return true;
        }
    }
    return false;
}

enum { PRINTED_BYTES_MAX = 64 };

/* Greek letters and raised or lowered digits as UCUM writes them. */
static struct str plain_letters(struct str text, char out[PRINTED_BYTES_MAX]) {
    static const struct {
        const char *printed;
        char plain;
    } rows[] = {{"\u00b5", 'u'}, {"\u03bc", 'u'}, {"\u00b2", '2'},
                {"\u00b3", '3'}, {"\u2082", '2'}, {"\u2079", '9'}};
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < PRINTED_BYTES_MAX;) {
        struct str rest = {text.at + i, text.len - i};
        size_t taken = 1;
        out[len] = text.at[i];
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            if (str_starts(rest, str_from(rows[k].printed))) {
                out[len] = rows[k].plain;
                taken = strlen(rows[k].printed);
            }
        }
        len++;
        i += taken;
    }
    return (struct str){out, len};
}

const struct unit *analyte_printed_unit(const struct analyte_table *table, struct str text) {
    static const struct {
        const char *printed;
        const char *ucum;
    } rows[] = {
        {"mmHg", "mm[Hg]"},
        {"mm Hg", "mm[Hg]"},
        {"cmH2O", "cm[H2O]"},
        {"ml/cmH2O", "mL/cm[H2O]"},
        {"mL/cmH2O", "mL/cm[H2O]"},
        {"/mn", "/min"},
        {"bpm", "/min"},
        {"cells/ul", "/uL"},
        {"cells/uL", "/uL"},
        {"cells/mm3", "/mm3"},
        {"cels/mm3", "/mm3"},
        {"G/L", "10*9/L"},
        {"109/L", "10*9/L"},
        {"x109/L", "10*9/L"},
        {"x 109/L", "10*9/L"},
        {"10^9/L", "10*9/L"},
        {"IU/L", "[iU]/L"},
        {"UI/L", "[iU]/L"},
        {"\u00b0C", "Cel"},
        {"percent", "%"},
    };
    char storage[PRINTED_BYTES_MAX];
    if (text.len >= PRINTED_BYTES_MAX) {
        return NULL;
    }
    text = plain_letters(text, storage);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (str_equal(text, str_from(rows[i].printed))) {
            text = str_from(rows[i].ucum);
            break;
        }
    }
    const struct unit *unit = unit_intern(table->units, text);
    return unit && unit_is_valid(unit) ? unit : NULL;
}
