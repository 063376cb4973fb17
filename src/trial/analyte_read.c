/* Reads the analyte table. */
#include "trial/analyte.h"
#include "value/decimal.h"
#include "yaml/yaml.h"

#define LOINC "http://loinc.org"

struct reader {
    const struct source *source;
    struct unit_table *units;
    struct arena *arena;
    struct diag_list *diags;
    bool no_memory;
};

static void wrong(struct reader *r, const struct yaml *at, const char *words) {
    (void)diag_at(r->diags, DIAG_TR0523, (struct span){r->source, at->start, at->end}, "%s", words);
}

/* A text, or the `value` of a marked one; STR_NONE when there is none. */
static struct str text_of(const struct yaml *yaml) {
    if (yaml && yaml->kind == YAML_MAP) {
        yaml = yaml_get(yaml, "value");
    }
    return yaml && yaml->kind == YAML_SCALAR ? yaml->text : STR_NONE;
}

static const struct unit *read_unit(struct reader *r, const struct yaml *yaml) {
    const struct unit *unit = unit_intern(r->units, text_of(yaml));
    r->no_memory |= !unit;
    if (unit && !unit_is_valid(unit)) {
        wrong(r, yaml, "this unit is not UCUM");
        return NULL;
    }
    return unit;
}

static bool read_units(struct reader *r, const struct yaml *item, struct analyte *out) {
    const struct yaml *usual = yaml_get(item, "unit");
    const struct yaml *list = yaml_get(item, "units");
    if (!usual || usual->kind != YAML_SCALAR || !list || list->kind != YAML_LIST) {
        wrong(r, item, "an analyte wants unit and a list of units");
        return false;
    }
    const struct unit **units = ARENA_ARRAY(r->arena, list->count + 1, const struct unit *);
    out->unit = read_unit(r, usual);
    if (!units || !out->unit) {
        r->no_memory |= !units;
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct unit *unit = read_unit(r, &list->items[i]);
        if (unit) {
            units[out->unit_count++] = unit;
        }
    }
    out->units = units;
    return true;
}

static bool read_codes(struct reader *r, const struct yaml *item, struct analyte *out) {
    const struct yaml *list = yaml_get(item, "codes");
    if (!list || list->kind != YAML_LIST) {
        wrong(r, item, "an analyte wants a list of codes");
        return false;
    }
    struct code *codes = ARENA_ARRAY(r->arena, list->count + 1, struct code);
    if (!codes) {
        r->no_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml *system = yaml_get(&list->items[i], "system");
        struct str code = text_of(yaml_get(&list->items[i], "code"));
        if (!code.len) {
            wrong(r, &list->items[i], "a code is written {code: 1988-5}");
            continue;
        }
        codes[out->code_count++] =
            (struct code){.code = code, .system = system ? text_of(system) : STR(LOINC)};
    }
    out->codes = codes;
    return true;
}

static bool read_number(struct reader *r, const struct yaml *yaml, i128 *out) {
    uint8_t scale;
    if (decimal_parse(text_of(yaml), out, &scale)) {
        return true;
    }
    wrong(r, yaml, "this wants a number");
    return false;
}

static void read_range(struct reader *r, const struct yaml *item, struct analyte *out) {
    const struct yaml *mass = yaml_get(item, "molar_mass");
    const struct yaml *range = yaml_get(item, "range");
    if (mass && !read_number(r, mass, &out->molar_mass)) {
        out->molar_mass = 0;
    }
    const struct yaml *low = range ? yaml_get(range, "low") : NULL;
    const struct yaml *high = range ? yaml_get(range, "high") : NULL;
    if (low && high) {
        out->has_range = read_number(r, low, &out->low) && read_number(r, high, &out->high);
    } else if (range) {
        wrong(r, range, "a range is written {low: 0, high: 1000}");
    }
}

static void check_keys(struct reader *r, const struct yaml *item) {
    static const char *const keys[] = {"name",  "codes",  "unit",   "units", "molar_mass",
                                       "range", "status", "source", "note"};
    for (uint32_t i = 0; item->kind == YAML_MAP && i < item->count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            known |= str_equal(item->keys[i].text, str_from(keys[k]));
        }
        if (!known) {
            wrong(r, &item->keys[i],
                  "an analyte takes name, codes, unit, units, molar_mass and range");
        }
    }
}

enum status analyte_table_read(const struct source *source, struct unit_table *units,
                               struct arena *arena, struct diag_list *diags,
                               struct analyte_table *out) {
    *out = (struct analyte_table){.units = units};
    const struct yaml *yaml = NULL;
    struct yaml_errors errors = {0};
    enum status status = yaml_parse(source->text, arena, &yaml, &errors);
    if (status != STATUS_OK) {
        return status;
    }
    for (uint32_t i = 0; i < errors.count; i++) {
        (void)diag_at(diags, DIAG_TR0001,
                      (struct span){source, errors.items[i].start, errors.items[i].end}, "%.*s",
                      STR_ARG(errors.items[i].words));
    }
    struct reader r = {source, units, arena, diags, false};
    out->amount = unit_intern(units, STR("mol/L"));
    out->mass = unit_intern(units, STR("g/L"));
    const struct yaml *list = yaml ? yaml_get(yaml, "analytes") : NULL;
    if (!list || list->kind != YAML_MAP) {
        static const struct yaml nowhere;
        wrong(&r, yaml ? yaml : &nowhere, "the table begins with 'analytes:' and one key each");
        return STATUS_OK;
    }
    struct analyte *items = ARENA_ARRAY(arena, list->count + 1, struct analyte);
    if (!items || !out->amount || !out->mass) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < list->count && out->count < ANALYTES_MAX; i++) {
        const struct yaml *item = &list->items[i];
        struct analyte *analyte = &items[out->count];
        *analyte =
            (struct analyte){.id = list->keys[i].text, .name = text_of(yaml_get(item, "name"))};
        check_keys(&r, item);
        if (read_codes(&r, item, analyte) && read_units(&r, item, analyte)) {
            read_range(&r, item, analyte);
            out->count++;
        }
    }
    if (list->count > ANALYTES_MAX) {
        wrong(&r, list, "there are more analytes than Quell keeps (128)");
    }
    out->items = items;
    return r.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
