#include "exec/machine_internal.h"

/* The codes that a row is compared with, where its filter's bit does not decide. */
struct wanted_codes {
    struct machine *m;
    const struct plan_retrieve *planned;
    const struct value *computed; /* when they are not constant */
};

static bool code_is(const struct code *wanted, struct str system, struct str code) {
    return str_equal(wanted->code, code) &&
           (!wanted->system.at || !system.at || str_equal(wanted->system, system));
}

static bool value_has_code(struct machine *m, const struct value *codes, struct str system,
                           struct str code) {
    switch (codes->kind) {
    case VALUE_LIST:
        for (uint32_t i = 0; i < codes->list->count; i++) {
            const struct value *item = &codes->list->items[i];
            if (item->kind != VALUE_LIST && value_has_code(m, item, system, code)) {
                return true;
            }
        }
        return false;
    case VALUE_CODE:
        return code_is(codes->code, system, code);
    case VALUE_CONCEPT:
        for (uint32_t i = 0; i < codes->concept->count; i++) {
            if (code_is(&codes->concept->codes[i], system, code)) {
                return true;
            }
        }
        return false;
    case VALUE_STRING:
        return str_equal(codes->string, code);
    case VALUE_VOCABULARY: {
        struct code tested = {.code = code, .system = system};
        return m->cx.terminology && m->cx.terminology->member(m->cx.terminology->context,
                                                              codes->vocabulary, &tested) == 1;
    }
    default:
        return false;
    }
}

struct code_elements find_code_elements(void) {
    struct code_elements e = {.concept = model_find(STR("FHIR"), STR("CodeableConcept")),
                              .coding = model_find(STR("FHIR"), STR("Coding"))};
    e.concept_coding = model_find_element(e.concept, STR("coding"));
    e.coding_code = model_find_element(e.coding, STR("code"));
    e.coding_system = model_find_element(e.coding, STR("system"));
    return e;
}

/* 1 wanted, 0 not, -1 no memory. A wanted code without a system is wanted of any. */
static int wants_code(const struct wanted_codes *w, struct str system, struct str code) {
    if (w->computed) {
        return value_has_code(w->m, w->computed, system, code);
    }
    uint32_t found;
    char room[256];
    size_t length = system.len + 1 + code.len;
    char *key = length <= sizeof room ? room : ARENA_ARRAY(&w->m->arena, length, char);
    if (!key) {
        return -1;
    }
    if (system.len) {
        memcpy(key, system.at, system.len);
    }
    key[system.len] = '|';
    if (code.len) {
        memcpy(key + system.len + 1, code.at, code.len);
    }
    return map_find(&w->planned->codes, (struct str){key, length}, &found) ||
           map_find(&w->planned->codes, (struct str){key + system.len, code.len + 1}, &found);
}

/* An element of a Coding or CodeableConcept; null where nobody demanded it. */
static bool part(const struct wanted_codes *w, const struct value *of, uint16_t element,
                 struct value *out) {
    const struct demand *demand = w->m->demand;
    *out = value_null();
    return element == MODEL_NO_ELEMENT || demand_cell(demand, of->type, element) < 0 ||
           (record_property(of, element, &w->m->arena, out) && record_plain(&w->m->arena, out));
}

/* List, CodeableConcept, list, Coding. */
enum { CODE_LEVELS = 4 };

/* Whether a code element has a wanted code: a Coding, a CodeableConcept, a code, or a list of them.
 * 1, 0, or -1 for no memory. */
static int element_matches(const struct wanted_codes *w, const struct value *value, int levels) {
    const struct code_elements *e = &w->m->code_elements;
    if (value->kind == VALUE_STRING) {
        return wants_code(w, STR_NONE, value->string);
    }
    if (value->kind == VALUE_LIST && levels > 0) {
        int found = 0;
        for (uint32_t i = 0; i < value->list->count && found == 0; i++) {
            found = element_matches(w, &value->list->items[i], levels - 1);
        }
        return found;
    }
    if (value->kind != VALUE_ELEMENT || levels == 0) {
        return 0;
    }
    struct value codes, system;
    if (value->type == e->concept) {
        return part(w, value, e->concept_coding, &codes) ? element_matches(w, &codes, levels - 1)
                                                         : -1;
    }
    if (value->type != e->coding) {
        return 0;
    }
    if (!part(w, value, e->coding_code, &codes) || !part(w, value, e->coding_system, &system)) {
        return -1;
    }
    return codes.kind == VALUE_STRING
               ? wants_code(w, system.kind == VALUE_STRING ? system.string : STR_NONE, codes.string)
               : 0;
}

static int row_matches(const struct wanted_codes *w, const struct value *row) {
    uint16_t element = w->planned->retrieve->code_element;
    const struct demand *demand = w->m->demand;
    struct value code;
    if (element == MODEL_NO_ELEMENT || demand_cell(demand, row->type, element) < 0) {
        return 0;
    }
    return record_property(row, element, &w->m->arena, &code) && record_plain(&w->m->arena, &code)
               ? element_matches(w, &code, CODE_LEVELS)
               : -1;
}

static bool is_visible(struct machine *m, const struct row *row) {
    machine_bound(m, row->known_from);
    if (row->known_from > m->at) {
        return false;
    }
    if (row->known_to != INSTANT_MAX) {
        machine_bound(m, row->known_to);
    }
    return m->at < row->known_to || row->known_to == INSTANT_MAX;
}

static bool add_row(struct machine *m, const struct expr *origin, struct builder *builder,
                    struct value value, const struct row *row) {
    if (m->tracing) {
        struct step *step = trace_step(m, STEP_RETRIEVE, origin, &value, NULL, 0);
        if (step) {
            step->row = row;
        }
    }
    return builder_add(m, builder, &value);
}

/* 1: the retrieve wants the row, whenever it is visible; 0: not, -1: no memory. */
static int wants_row(const struct wanted_codes *w, const struct record_table *table, uint32_t i) {
    if (!(table->rows[i].filters & UINT64_C(1) << w->planned->filter)) {
        return 0;
    }
    struct value value = record_row_value(table, i);
    return w->planned->per_row ? row_matches(w, &value) : 1;
}

/* Adds the visible rows of one table; false: no memory. */
static bool scan(const struct wanted_codes *w, const struct record_table *table,
                 const struct expr *origin, struct builder *builder) {
    struct machine *m = w->m;
    uint64_t bit = UINT64_C(1) << w->planned->filter;
    for (uint32_t i = 0; table && i < table->count; i++) {
        const struct row *row = &table->rows[i];
        if (!(row->filters & bit) || !is_visible(m, row)) {
            continue;
        }
        int wanted = w->planned->per_row ? wants_row(w, table, i) : 1;
        if (wanted < 0 ||
            (wanted && !add_row(m, origin, builder, record_row_value(table, i), row))) {
            return false;
        }
    }
    return true;
}

static bool scan_record(const struct wanted_codes *w, const struct record *record, bool shared,
                        const struct expr *origin, struct builder *builder) {
    uint16_t type = w->planned->retrieve->type;
    return scan(w, record_table(record, type), origin, builder) &&
           (!shared || !record->shared ||
            scan(w, record_table(record->shared, type), origin, builder));
}

/* ---- A subject that is asked about again and again ---- */

/* Notes the rows of a table that the retrieve wants; NULL `rows`: only counts them. */
static bool gather_table(const struct wanted_codes *w, const struct record_table *table,
                         struct gathered_row *rows, uint32_t *count) {
    for (uint32_t i = 0; table && i < table->count; i++) {
        int wanted = wants_row(w, table, i);
        if (wanted < 0) {
            return false;
        }
        if (wanted && rows) {
            rows[*count] = (struct gathered_row){table, i};
        }
        *count += (uint32_t)wanted;
    }
    return true;
}

static bool gather(const struct wanted_codes *w, struct gathered *g) {
    const struct record *record = w->m->record;
    uint16_t type = w->planned->retrieve->type;
    const struct record_table *own = record_table(record, type);
    const struct record_table *shared = record->shared ? record_table(record->shared, type) : NULL;
    struct gathered_row *rows = NULL;
    for (int pass = 0; pass < 2; pass++) {
        uint32_t count = 0;
        if (!gather_table(w, own, rows, &count) || !gather_table(w, shared, rows, &count)) {
            return false;
        }
        g->count = count;
        g->rows = rows = pass ? rows : ARENA_ARRAY(&w->m->kept, count, struct gathered_row);
        if (!rows) {
            return false;
        }
    }
    g->is_known = true;
    return true;
}

/* Adds those that are visible now. */
static bool scan_gathered(const struct wanted_codes *w, struct gathered *g,
                          const struct expr *origin, struct builder *builder) {
    for (uint32_t i = 0; i < g->count; i++) {
        const struct record_table *table = g->rows[i].table;
        const struct row *row = &table->rows[g->rows[i].row];
        if (is_visible(w->m, row) &&
            !add_row(w->m, origin, builder, record_row_value(table, g->rows[i].row), row)) {
            return false;
        }
    }
    return true;
}

/* The subject's record, or every patient's. */
static bool scan_all(const struct wanted_codes *w, const struct expr *origin,
                     struct builder *builder) {
    struct machine *m = w->m;
    if (!m->population && m->record && m->stays && !w->computed) {
        struct gathered *g = &m->gathered[w->planned->retrieve->number];
        return (g->is_known || gather(w, g)) && scan_gathered(w, g, origin, builder);
    }
    if (!m->population) {
        return !m->record || scan_record(w, m->record, true, origin, builder);
    }
    uint32_t count = population_patients(m->population);
    for (uint32_t i = 0; i < count; i++) {
        struct record record;
        population_record(m->population, i, &record);
        m->demand = record.demand;
        if (!scan_record(w, &record, i == 0, origin, builder)) {
            return false;
        }
    }
    return true;
}

/* "Patient/7", a url that ends so, or "7". */
static struct str patient_id_of(struct str reference) {
    size_t start = reference.len;
    while (start > 0 && reference.at[start - 1] != '/') {
        start--;
    }
    return (struct str){reference.at + start, reference.len - start};
}

/* The rows of the patient whom the context names; nothing when it names none (developer's guide,
 * related context retrieves). */
static enum run_result scan_related(const struct wanted_codes *w, const struct value *context,
                                    const struct expr *origin, struct builder *builder) {
    struct machine *m = w->m;
    if (value_is_null(context)) {
        return RUN_OK;
    }
    if (!m->others) {
        return machine_fail(m, origin, "the records of other patients are not at hand here");
    }
    uint32_t patient = population_find(m->others, patient_id_of(context->string));
    if (patient == UINT32_MAX) {
        return RUN_OK;
    }
    struct record record;
    population_record(m->others, patient, &record);
    m->demand = record.demand;
    return scan_record(w, &record, true, origin, builder) ? RUN_OK : RUN_NO_MEMORY;
}

enum run_result run_retrieve(struct machine *m, const struct instruction *in,
                             const struct expr *origin, const struct value *args,
                             struct value *out) {
    const struct plan_retrieve *planned = &m->plan->retrieves[in->c];
    bool related = planned->retrieve->context != NULL;
    bool computed = in->count > related;
    const struct value *codes = &args[related];
    struct once *once = in->count == 0 ? &m->retrieved[in->c] : NULL;
    if (once && once->state == ONCE_DONE) {
        machine_bound(m, once->valid_until);
        *out = once->value;
        return RUN_OK;
    }
    instant_ms around = machine_bounds_begin(m);
    struct wanted_codes w = {m, planned, computed ? codes : NULL};
    struct builder builder = {0};
    bool none = planned->filter == NO_FILTER || (computed && value_is_null(codes));
    enum run_result ran = none      ? RUN_OK
                          : related ? scan_related(&w, &args[0], origin, &builder)
                          : scan_all(&w, origin, &builder) ? RUN_OK
                                                           : RUN_NO_MEMORY;
    struct once kept = {.state = ONCE_DONE};
    machine_bounds_end(m, &kept, around);
    if (ran != RUN_OK) {
        return ran;
    }
    if (!builder_finish(m, &builder, out)) {
        return RUN_NO_MEMORY;
    }
    if (m->tracing) {
        trace_retrieve(m, origin, out);
    }
    if (once) {
        kept.value = *out;
        *once = kept;
    }
    return RUN_OK;
}
