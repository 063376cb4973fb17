/* Any bytes as a unit: no crash; what is not UCUM is explained at a place in the text; a unit
 * converts to itself, compares with itself, and its square divided by it is comparable with it. */
#include "fuzz_target.h"
#include "value/ucum.h"

#include <stdlib.h>

static void require(bool condition) {
    if (!condition) {
        abort();
    }
}

static void check_unit(struct unit_table *table, const struct unit *unit) {
    static const char *const others[] = {"1", "g/L", "K", "mol/L", "rad", "Cel", "year"};
    i128 value = 123456789, out;
    int order = 2;
    require(unit_convert(unit, unit, value, &out) == UNIT_DONE && out == value);
    require(unit_compare(unit, value, unit, value, &order) == UNIT_DONE && order == 0);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const struct unit *other = unit_intern(table, str_from(others[i]));
        if (!other) {
            return;
        }
        require(unit_comparable(unit, other) == unit_comparable(other, unit));
        enum unit_answer there = unit_convert(unit, other, value, &out);
        require((there == UNIT_INCOMPATIBLE) == !unit_comparable(unit, other));
    }
    struct quantity one = {.value = DECIMAL_ONE, .unit = unit}, square, back;
    if (unit_multiply(table, &one, &one, &square) == UNIT_DONE &&
        unit_divide(table, &square, &one, &back) == UNIT_DONE) {
        require(unit_comparable(back.unit, unit));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size}, dimension;
    struct unit_table *table;
    char storage[64];
    size_t at;
    const char *words;
    if (unit_table_new(NULL, &table) != STATUS_OK) {
        return 0;
    }
    const struct unit *unit = unit_intern(table, text);
    if (!unit) {
        unit_table_free(table);
        return 0;
    }
    require(unit == unit_intern(table, text));
    bool wrong = unit_explain(text, &at, &words);
    require(wrong == !unit_is_valid(unit) && (!wrong || (at <= size && words[0])));
    unit_print_dimension(unit, &dimension, storage);
    require(dimension.len > 0 && dimension.len <= sizeof(storage));
    check_unit(table, unit);
    unit_table_free(table);
    return 0;
}
