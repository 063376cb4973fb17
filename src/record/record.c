#include "record/record.h"

#include "record/segment.h"

#include <assert.h>

static int shape_cell(const struct shape *shape, uint16_t element) {
    for (int i = 0; i < shape->count; i++) {
        if (shape->elements[i] == element) {
            return i;
        }
    }
    return -1;
}

int demand_cell(const struct demand *demand, uint16_t type, uint16_t element) {
    return shape_cell(&demand->shapes[type], element);
}

const struct record_table *record_table(const struct record *record, uint16_t type) {
    uint32_t low = 0, high = record->type_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (record->tables[middle].type < type) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < record->type_count && record->tables[low].type == type ? &record->tables[low]
                                                                        : NULL;
}

/* The types of primitives inside a choice that carry no type of their own. */
static struct str type_of_tag(enum cell_tag tag) {
    switch (tag) {
    case CELL_BOOLEAN:
        return STR("boolean");
    case CELL_INTEGER:
        return STR("integer");
    case CELL_DECIMAL:
    case CELL_WIDE:
        return STR("decimal");
    case CELL_DATETIME:
    case CELL_TIMEWIDE:
        return STR("dateTime");
    default:
        return STR("string");
    }
}

static uint8_t time_kind(uint16_t type) {
    uint16_t system = model_type(type)->is_system ? type : model_type(type)->value_type;
    return system == MODEL_DATE ? VALUE_DATE : system == MODEL_TIME ? VALUE_TIME : VALUE_DATETIME;
}

/* `count` words from there on; NULL: they do not lie in the segment, which only a damaged file can
 * bring about. */
static const uint64_t *segment_words(const struct segment *segment, uint64_t at, uint64_t count) {
    return at < segment->word_count && count <= segment->word_count - at ? segment->words + at
                                                                         : NULL;
}

/* A cell that is no list; `type` is its static type, MODEL_NONE inside a choice. */
static struct value cell_value(const struct segment *segment, uint64_t cell, uint16_t type) {
    struct value v = {.type = type};
    if (cell_tag(cell) == CELL_TYPED) {
        const uint64_t *typed = segment_words(segment, cell_payload(cell), 2);
        if (!typed || typed[0] >= model_type_count()) {
            return value_null();
        }
        v.type = (uint16_t)typed[0];
        cell = typed[1];
    } else if (type == MODEL_NONE && cell_tag(cell) != CELL_BLOCK && cell != CELL_NULL) {
        v.type = model_find(STR("FHIR"), type_of_tag(cell_tag(cell)));
    }
    const uint64_t *words = NULL;
    if (cell_tag(cell) == CELL_WIDE || cell_tag(cell) == CELL_TIMEWIDE) {
        words = segment_words(segment, cell_payload(cell), cell_tag(cell) == CELL_WIDE ? 3 : 2);
        if (!words) {
            return value_null();
        }
    }
    switch (cell_tag(cell)) {
    case CELL_BOOLEAN:
        v.kind = VALUE_BOOLEAN;
        v.boolean = cell_payload(cell) != 0;
        break;
    case CELL_INTEGER:
        v.kind = VALUE_INTEGER;
        v.integer = (int32_t)(uint32_t)cell_payload(cell);
        break;
    case CELL_DECIMAL:
        v.kind = VALUE_DECIMAL;
        v.decimal = cell_decimal(cell, &v.scale);
        break;
    case CELL_WIDE:
        v.kind = VALUE_DECIMAL;
        v.scale = (uint8_t)words[0];
        v.decimal = (i128)((u128)words[2] << 64 | words[1]);
        break;
    case CELL_DATETIME:
        v.datetime = cell_datetime(cell);
        v.kind = time_kind(v.type);
        break;
    case CELL_TIMEWIDE:
        v.datetime = cell_datetime(words[0]);
        v.datetime.offset_min = (int16_t)words[1];
        v.kind = time_kind(v.type);
        break;
    case CELL_TEXT:
        v.kind = VALUE_STRING;
        v.string = segment_text(segment, (uint32_t)cell_payload(cell));
        break;
    case CELL_BLOCK:
        if (cell_block_type(cell) >= model_type_count()) {
            return value_null();
        }
        v.kind = VALUE_ELEMENT;
        v.type = cell_block_type(cell);
        v.element = (struct element){segment, cell_block_offset(cell)};
        break;
    default:
        return value_null();
    }
    if (model_type(v.type)->is_system) {
        v.type = MODEL_NONE;
    }
    return v;
}

/* Where the property lies in the blocks of this shape, and its type; MODEL_NONE: of a choice. */
static struct record_place find_place(const struct shape *shape, uint16_t type, uint16_t element) {
    const struct model_type *t = model_type(type);
    const struct model_spec *spec = &model_element(element)->spec;
    bool value = t->is_primitive && str_equal(model_element(element)->name, STR("value"));
    return (struct record_place){.shape = shape,
                                 .cell = value ? shape->count : shape_cell(shape, element),
                                 .type = t->is_primitive && spec->type == t->value_type ? type
                                         : spec->choice_count                           ? MODEL_NONE
                                                              : spec->type};
}

bool record_property(const struct value *of, uint16_t element, struct arena *arena,
                     struct value *out) {
    struct record_place place = {0};
    return record_property_at(of, element, &place, arena, out);
}

bool record_property_at(const struct value *of, uint16_t element, struct record_place *place,
                        struct arena *arena, struct value *out) {
    assert(of->kind == VALUE_ELEMENT);
    const struct segment *segment = of->element.segment;
    const struct shape *shape = &segment->shapes[of->type];
    if (place->shape != shape) {
        *place = find_place(shape, of->type, element);
    }
    uint32_t trace = of->trace;
    uint16_t type = place->type;
    uint64_t at = of->element.block + (uint64_t)place->cell;
    *out = value_null();
    if (place->cell < 0 || at >= segment->word_count) {
        return true;
    }
    uint64_t cell = segment->words[at];
    if (cell_tag(cell) != CELL_LIST) {
        *out = cell_value(segment, cell, type);
        out->trace = trace;
        return true;
    }
    const uint64_t *words = segment_words(segment, cell_payload(cell), 1);
    if (!words || !segment_words(segment, cell_payload(cell), words[0] + 1)) {
        return true;
    }
    struct list *list = ARENA_NEW(arena, struct list);
    struct value *items = ARENA_ARRAY(arena, words[0], struct value);
    if (!list || !items) {
        return false;
    }
    for (uint64_t n = 0; n < words[0]; n++) {
        items[n] = cell_value(segment, words[1 + n], type);
        items[n].trace = trace;
    }
    *list = (struct list){(uint32_t)words[0], items};
    out->kind = VALUE_LIST;
    out->list = list;
    return true;
}

static bool is_wrapped(const struct value *value) {
    return value->kind == VALUE_ELEMENT && model_type(value->type)->is_primitive;
}

static bool unwrap(struct arena *arena, struct value *value) {
    struct value of = *value;
    return record_property(&of, model_find_element(of.type, STR("value")), arena, value);
}

bool record_plain(struct arena *arena, struct value *value) {
    if (is_wrapped(value)) {
        return unwrap(arena, value);
    }
    bool any = false;
    for (uint32_t i = 0; value->kind == VALUE_LIST && i < value->list->count; i++) {
        any = any || is_wrapped(&value->list->items[i]);
    }
    if (!any) {
        return true;
    }
    struct list *list = ARENA_NEW(arena, struct list);
    struct value *items = ARENA_ARRAY(arena, value->list->count, struct value);
    if (!list || !items) {
        return false;
    }
    for (uint32_t i = 0; i < value->list->count; i++) {
        items[i] = value->list->items[i];
        if (is_wrapped(&items[i]) && !unwrap(arena, &items[i])) {
            return false;
        }
    }
    *list = (struct list){value->list->count, items};
    value->list = list;
    return true;
}

struct value record_row_value(const struct record_table *table, uint32_t row) {
    return (struct value){
        .kind = VALUE_ELEMENT,
        .type = table->type,
        .element = {row_segment(table, &table->rows[row]), table->rows[row].block}};
}

/* A resource that is no part of another: only rows of its type are looked at. */
static const struct row *own_row(const struct record *record, const struct value *element) {
    const struct record_table *table = record_table(record, element->type);
    for (uint32_t i = 0; table && i < table->count; i++) {
        if (table->rows[i].block == element->element.block &&
            row_segment(table, &table->rows[i]) == element->element.segment) {
            return &table->rows[i];
        }
    }
    return NULL;
}

const struct row *record_row_of(const struct record *record, const struct value *element) {
    const struct row *row = element->kind == VALUE_ELEMENT ? own_row(record, element) : NULL;
    return !row && element->kind == VALUE_ELEMENT && record->shared
               ? own_row(record->shared, element)
               : row;
}

struct str segment_raw(const struct segment *segment, const struct row *row) {
    return row->flags & ROW_RAW ? segment_text(segment, (uint32_t)segment->words[row->block - 1])
                                : STR("");
}
