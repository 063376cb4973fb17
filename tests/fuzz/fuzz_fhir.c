/* Any bytes as a file of FHIR data. The first byte chooses the file's name and whether everything
 * is parsed. Every resource must be in exactly one count, and every kept row must be readable. */
#define _GNU_SOURCE /* memfd_create */
#include "fhir/fhir.h"
#include "fuzz_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct wanted {
    const char *type;
    const char *elements[6];
};

static const struct wanted wanted[] = {
    {"Patient", {"birthDate", "deceased", "name", "extension"}},
    {"HumanName", {"family", "given"}},
    {"Extension", {"url", "value", "extension"}},
    {"Observation", {"status", "effective", "value", "component", "contained"}},
    {"Observation.Component", {"code", "value"}},
    {"Quantity", {"value", "code", "comparator"}},
    {"CodeableConcept", {"coding", "text"}},
    {"Coding", {"system", "code"}},
    {"Period", {"start", "end"}},
    {"Encounter", {"status", "period", "class"}},
    {"Condition", {"clinicalStatus", "onset", "abatement"}},
    {"MedicationRequest", {"status", "medication"}},
    {"Reference", {"reference"}},
};

struct demanded {
    struct shape shapes[2048];
    uint16_t ids[sizeof wanted / sizeof *wanted][6];
    struct demand_filter filters[5];
    struct demand demand;
};

/* The demand keeps resources of five types, Observations and prescriptions by one code, and the
 * first type whole. False: no memory. */
static bool make_demand(struct demanded *d) {
    static const char *const types[] = {"Patient", "Observation", "Encounter", "Condition",
                                        "MedicationRequest"};
    static const char *const elements[] = {NULL, "code", NULL, NULL, "medication"};
    memset(d, 0, sizeof *d);
    d->demand = (struct demand){.shapes = d->shapes, .filter_count = 5, .filters = d->filters};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        uint16_t type = model_find(STR("FHIR"), str_from(wanted[i].type));
        uint16_t count = 0;
        for (; count < 6 && wanted[i].elements[count]; count++) {
            d->ids[i][count] = model_find_element(type, str_from(wanted[i].elements[count]));
        }
        d->shapes[type] = (struct shape){count, d->ids[i], i == 0};
    }
    for (uint32_t i = 0; i < 5; i++) {
        d->filters[i].type = model_find(STR("FHIR"), str_from(types[i]));
        d->filters[i].code_element = MODEL_NO_ELEMENT;
        if (!elements[i]) {
            continue;
        }
        uint32_t value = 0;
        bool added;
        d->filters[i].code_element = model_find_element(d->filters[i].type, str_from(elements[i]));
        if (map_add(&d->filters[i].codes, STR("s|c"), &value, &added)) {
            return false;
        }
    }
    return true;
}

static void check_value(const struct demand *demand, const struct value *v, struct arena *arena,
                        int depth) {
    if (v->kind == VALUE_LIST) {
        for (uint32_t i = 0; i < v->list->count; i++) {
            check_value(demand, &v->list->items[i], arena, depth + 1);
        }
    }
    if (v->kind != VALUE_ELEMENT) {
        return;
    }
    const struct shape *shape = &demand->shapes[v->type];
    for (uint16_t i = 0; i < shape->count; i++) {
        struct value inner;
        if (depth > 1000) {
            abort();
        }
        if (!record_property(v, shape->elements[i], arena, &inner)) {
            return;
        }
        check_value(demand, &inner, arena, depth + 1);
    }
}

static void check_record(const struct record *record, struct arena *arena) {
    for (uint32_t t = 0; t < record->type_count; t++) {
        for (uint32_t i = 0; i < record->tables[t].count; i++) {
            const struct row *row = &record->tables[t].rows[i];
            struct value v = record_row_value(&record->tables[t], i);
            char id[ROW_ID_TEXT];
            if (row->known_from > row->known_to || record_row_of(record, &v) != row ||
                row_id(row_segment(&record->tables[t], row), row, id).len == 0) {
                abort();
            }
            check_value(record->demand, &v, arena, 0);
        }
    }
}

static void check_population(const struct population *population, struct arena *arena) {
    const struct population_counts *c = population_counts(population);
    if (c->resources != c->kept + c->not_wanted + c->duplicates + c->without_patient) {
        abort();
    }
    for (uint32_t i = 0; i < population_patients(population); i++) {
        struct record record;
        population_record(population, i, &record);
        check_record(&record, arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    char path[64];
    int file = memfd_create("fuzz", 0);
    if (file < 0 || write(file, data + 1, size - 1) != (ssize_t)(size - 1)) {
        abort();
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    static struct demanded demanded;
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    struct fhir_options options = {.strict = data[0] & 1};
    struct population *population = NULL;
    struct str paths[] = {str_from(path)};
    if (make_demand(&demanded) &&
        fhir_read(paths, 1, &demanded.demand, &options, &diags, &population) == STATUS_OK) {
        check_population(population, &arena);
    }
    population_free(population);
    for (uint32_t i = 0; i < 5; i++) {
        map_release(&demanded.filters[i].codes);
    }
    arena_release(&arena);
    close(file);
    return 0;
}
