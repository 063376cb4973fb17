/* The resources that a value came from, as a person would look them up. */
#include "base/buf.h"
#include "course/trace_walk.h"
#include "value/datetime.h"

struct row_place {
    const struct record *record;
    const struct record_table *table;
    uint32_t index;
};

static bool find_in(const struct record *record, const struct row *row, struct row_place *out) {
    const struct record_table *table = record ? record_table(record, row->type) : NULL;
    if (!table || row < table->rows || row >= table->rows + table->count) {
        return false;
    }
    *out = (struct row_place){record, table, (uint32_t)(row - table->rows)};
    return true;
}

static bool find_row(const struct trace_walk *walk, const struct row *row, struct row_place *out) {
    return find_in(walk->record, row, out) || find_in(walk->record->shared, row, out);
}

/* An element where the demand has it; else null. */
static struct value part(struct trace_walk *walk, const struct value *of, const char *name) {
    struct value out = value_null();
    if (of->kind != VALUE_ELEMENT) {
        return out;
    }
    uint16_t element = model_find_element(of->type, str_from(name));
    if (element != MODEL_NO_ELEMENT && demand_cell(walk->record->demand, of->type, element) >= 0 &&
        !(record_property(of, element, walk->arena, &out) && record_plain(walk->arena, &out))) {
        walk->no_memory = true;
    }
    return out;
}

static struct value first_item(struct value value) {
    return value.kind == VALUE_LIST ? (value.list->count ? value.list->items[0] : value_null())
                                    : value;
}

static struct str text_of(const struct value *value) {
    return value->kind == VALUE_STRING ? value->string : STR("");
}

/* The words of a CodeableConcept or Coding: its text, its display, or its code. */
static struct str concept_words(struct trace_walk *walk, const struct value *concept) {
    static const char *const names[] = {"text", "display", "code"};
    struct value coding = first_item(part(walk, concept, "coding"));
    const struct value *of[] = {concept, &coding};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        for (size_t i = 0; i < 2; i++) {
            struct value text = part(walk, of[i], names[n]);
            if (text_of(&text).len) {
                return text.string;
            }
        }
    }
    return STR("");
}

static void add_quantity(struct trace_walk *walk, const struct value *quantity,
                         struct evidence_fact *fact) {
    struct value number = part(walk, quantity, "value");
    struct value unit = part(walk, quantity, "code");
    struct value comparator = part(walk, quantity, "comparator");
    if (!text_of(&unit).len) {
        unit = part(walk, quantity, "unit");
    }
    if (!value_is_null(&number)) {
        struct str text = trace_value(walk, &number);
        fact->value =
            arena_format(walk->arena, "%.*s%.*s", STR_ARG(text_of(&comparator)), STR_ARG(text));
        walk->no_memory |= !fact->value.at;
    }
    fact->unit = text_of(&unit);
}

static void add_value(struct trace_walk *walk, const struct value *row,
                      struct evidence_fact *fact) {
    struct value value = part(walk, row, "value");
    if (value_is_null(&value)) {
        value = first_item(part(walk, row, "conclusionCode"));
    }
    if (value.kind == VALUE_ELEMENT) {
        bool quantity = str_equal(model_type(value.type)->name, STR("Quantity"));
        if (quantity) {
            add_quantity(walk, &value, fact);
        } else {
            fact->value = concept_words(walk, &value);
        }
    } else if (!value_is_null(&value)) {
        fact->value = trace_value(walk, &value);
    }
}

/* A date or time as it is; of a Period its end, else its start; else null. */
static struct value moment_of(struct trace_walk *walk, const struct value *time) {
    static const char *const ends[] = {"end", "start"};
    if (time->kind == VALUE_DATETIME || time->kind == VALUE_DATE) {
        return *time;
    }
    for (size_t i = 0; i < 2; i++) {
        struct value end = part(walk, time, ends[i]);
        if (end.kind == VALUE_DATETIME) {
            return end;
        }
    }
    return value_null();
}

/* The clinically relevant time of a resource, or null. */
static struct value time_of(struct trace_walk *walk, const struct value *row) {
    static const char *const names[] = {"effective",  "performed",    "period",     "onset",
                                        "occurrence", "issued",       "authoredOn", "recordedDate",
                                        "date",       "dateAsserted", "birthDate"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct value time = part(walk, row, names[i]);
        struct value moment = moment_of(walk, &time);
        if (!value_is_null(&moment)) {
            return moment;
        }
    }
    return value_null();
}

static struct str time_text(struct trace_walk *walk, const struct value *row) {
    struct value time = time_of(walk, row);
    return value_is_null(&time) ? STR("") : trace_value(walk, &time);
}

bool trace_any_within(struct trace_walk *walk, uint32_t number, const struct value *window) {
    const struct value *list = &trace_step_at(walk, number)->value;
    if (list->kind != VALUE_LIST || !window || window->kind != VALUE_INTERVAL ||
        window->interval->low.kind != VALUE_DATETIME ||
        window->interval->high.kind != VALUE_DATETIME) {
        return false;
    }
    int64_t low = datetime_first_ms(&window->interval->low.datetime, walk->offset_min);
    int64_t high = datetime_last_ms(&window->interval->high.datetime, walk->offset_min);
    for (uint32_t i = 0; i < list->list->count; i++) {
        const struct row *row = trace_step_at(walk, list->list->items[i].trace)->row;
        struct row_place place;
        if (!row || !find_row(walk, row, &place)) {
            continue;
        }
        struct value value = record_row_value(place.table, place.index);
        struct value time = time_of(walk, &value);
        if (!value_is_null(&time) && datetime_first_ms(&time.datetime, walk->offset_min) >= low &&
            datetime_last_ms(&time.datetime, walk->offset_min) <= high) {
            return true;
        }
    }
    return false;
}

static struct str status_of(struct trace_walk *walk, const struct value *row) {
    static const char *const names[] = {"status", "clinicalStatus", "verificationStatus"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct value status = part(walk, row, names[i]);
        struct str text =
            status.kind == VALUE_ELEMENT ? concept_words(walk, &status) : text_of(&status);
        if (text.len) {
            return text;
        }
    }
    return STR("");
}

/* ---- What would say who the patient is ---- */

bool trace_is_pseudonymous(const struct trace_walk *walk) {
    return !str_equal(walk->patient_name, walk->record->patient_id);
}

static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0;
}

/* Where the id next stands in the text, not as a part of a longer word; text.len: nowhere. */
static size_t find_id(struct str text, struct str id, size_t from) {
    size_t at = id.len ? str_find(text, id, from) : text.len;
    while (at < text.len) {
        size_t end = at + id.len;
        if ((at == 0 || !is_word(text.at[at - 1])) && (end == text.len || !is_word(text.at[end]))) {
            return at;
        }
        at = str_find(text, id, at + 1);
    }
    return text.len;
}

/* Many systems make a resource's id of its patient's: there the pseudonym stands for it. */
struct str trace_shown_id(struct trace_walk *walk, struct str id) {
    struct str own = walk->record->patient_id;
    if (!trace_is_pseudonymous(walk) || find_id(id, own, 0) == id.len) {
        return id;
    }
    struct buf out;
    buf_init(&out);
    size_t from = 0;
    for (size_t at = 0; (at = find_id(id, own, from)) < id.len; from = at + own.len) {
        buf_add(&out, (struct str){id.at + from, at - from});
        buf_add(&out, walk->patient_name);
    }
    buf_add(&out, (struct str){id.at + from, id.len - from});
    struct str copy = arena_copy(walk->arena, buf_str(&out));
    walk->no_memory |= buf_status(&out) != STATUS_OK || !copy.at;
    buf_release(&out);
    return copy;
}

/* A file of this patient alone is often named by the patient. */
static struct str shown_file(struct trace_walk *walk, struct str path) {
    if (!trace_is_pseudonymous(walk) || (!own_files_has(walk->own_files, path) &&
                                         find_id(path, walk->record->patient_id, 0) == path.len)) {
        return path;
    }
    struct str shown = arena_format(walk->arena, "(file of %.*s)", STR_ARG(walk->patient_name));
    walk->no_memory |= !shown.at;
    return shown;
}

static struct str known_text(struct trace_walk *walk, const struct row *row) {
    if (row->known_from == INSTANT_MIN) {
        return STR("");
    }
    struct value known = {.kind = VALUE_DATETIME,
                          .datetime = datetime_from_ms(row->known_from, walk->offset_min)};
    return trace_value(walk, &known);
}

static void add_fact(struct trace_walk *walk, uint32_t number, struct fact_list *out) {
    const struct row *row = trace_step_at(walk, number)->row;
    struct row_place place;
    if (out->count == FACTS_MAX || !find_row(walk, row, &place)) {
        return;
    }
    struct value value = record_row_value(place.table, place.index);
    struct str type = model_type(row->type)->name;
    char id[ROW_ID_TEXT];
    struct str name = row_id(row_segment(place.table, row), row, id);
    bool is_patient = str_equal(type, STR("Patient"));
    name = is_patient ? walk->patient_name : trace_shown_id(walk, name);
    bool is_birth = is_patient && trace_is_pseudonymous(walk);
    struct evidence_fact fact = {
        .resource = arena_format(walk->arena, "%.*s/%.*s", STR_ARG(type), STR_ARG(name)),
        .file = shown_file(walk, segment_source_name(row_segment(place.table, row), row->source)),
        .line = row->line,
        .time = is_birth ? STR("") : time_text(walk, &value),
        .known = known_text(walk, row),
        .status = status_of(walk, &value),
        .status_as_of_export = (row->flags & ROW_STATUS_AS_OF_EXPORT) != 0,
    };
    walk->no_memory |= !fact.resource.at;
    for (uint32_t i = 0; i < out->count; i++) {
        if (str_equal(out->items[i].resource, fact.resource) && out->items[i].line == fact.line &&
            str_equal(out->items[i].file, fact.file)) {
            return;
        }
    }
    add_value(walk, &value, &fact);
    fact.label = trace_row_label(walk, number);
    out->items[out->count++] = fact;
}

static void walk_facts(struct trace_walk *walk, uint32_t number, struct fact_list *out) {
    if (out->count == FACTS_MAX || !trace_walk_enter(walk, WALK_FACTS, number)) {
        return;
    }
    const struct step *step = trace_step_at(walk, number);
    walk->depth++;
    uint32_t item = trace_item_step(walk, step);
    if (step->row) {
        add_fact(walk, number, out);
    } else if (item) {
        walk_facts(walk, item, out);
    } else if (step->value.kind == VALUE_LIST) {
        for (uint32_t i = 0; i < step->value.list->count; i++) {
            walk_facts(walk, step->value.list->items[i].trace, out);
        }
    } else {
        for (uint16_t i = 0; i < step->from_count; i++) {
            walk_facts(walk, step->from[i], out);
        }
    }
    walk->depth--;
}

void trace_facts(struct trace_walk *walk, uint32_t step, struct fact_list *out) {
    out->count = 0;
    trace_walk_begin(walk, WALK_FACTS);
    walk_facts(walk, step, out);
}
