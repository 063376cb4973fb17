#include "fhir/reader_internal.h"

#include "base/limits.h"
#include "value/datetime.h"
#include "value/decimal.h"

static void read_member(struct reader *r, uint16_t type, const struct json_member *m,
                        const struct edit *edit, uint64_t *cells, uint32_t object);

static uint64_t wrong(struct reader *r, uint32_t place, uint16_t type, const char *words) {
    struct str raw = json_raw(&r->walk, place);
    struct str name = model_type(type)->name;
    int shown = (int)(raw.len < 40 ? raw.len : 40);
    reader_say(r, DIAG_DA0110, "%.*s%s %s %.*s; the element is left out", shown, raw.at,
               raw.len > 40 ? "..." : "", words, STR_ARG(name));
    return CELL_NULL;
}

static bool parse_integer(struct str text, int32_t *out) {
    int64_t n = 0;
    bool negative = text.len && text.at[0] == '-';
    for (size_t i = negative; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || n > INT32_MAX) {
            return false;
        }
        n = n * 10 + (text.at[i] - '0');
    }
    n = negative ? -n : n;
    *out = (int32_t)n;
    return n >= INT32_MIN && n <= INT32_MAX;
}

static uint64_t read_number(struct reader *r, uint32_t place, uint16_t type, uint16_t system) {
    char c = json_at(&r->walk, place);
    struct str text = c == '-' || (c >= '0' && c <= '9') ? json_number(&r->walk, place) : STR_NONE;
    if (!text.at) {
        return wrong(r, place, type, "is no number, as wanted for");
    }
    int32_t integer;
    if (system == MODEL_INTEGER) {
        return parse_integer(text, &integer) ? cell_integer(integer)
                                             : wrong(r, place, type, "is out of the range of");
    }
    i128 value;
    uint8_t scale;
    return decimal_parse_json(text, &value, &scale)
               ? segment_add_decimal(r->segment, value, scale)
               : wrong(r, place, type, "is out of the range of");
}

static uint64_t read_time(struct reader *r, uint32_t place, uint16_t type, uint16_t system) {
    struct str text = json_at(&r->walk, place) == '"' ? reader_text(r, place) : STR_NONE;
    struct datetime time;
    bool ok = text.at && (system == MODEL_DATE   ? datetime_parse_date(text, &time)
                          : system == MODEL_TIME ? datetime_parse_time(text, &time)
                                                 : datetime_parse(text, &time));
    return ok ? segment_add_datetime(r->segment, &time)
              : wrong(r, place, type, "cannot be read as a");
}

static uint64_t read_primitive(struct reader *r, uint32_t place, uint16_t type) {
    const struct model_type *t = model_type(type);
    uint16_t system = t->is_system ? type : t->value_type;
    switch (system) {
    case MODEL_BOOLEAN:
        if (json_is_word(&r->walk, place, STR("true"))) {
            return cell_make(CELL_BOOLEAN, 1);
        }
        return json_is_word(&r->walk, place, STR("false"))
                   ? cell_make(CELL_BOOLEAN, 0)
                   : wrong(r, place, type, "is neither true nor false, as wanted for");
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
        return read_number(r, place, type, system);
    case MODEL_DATE:
    case MODEL_DATETIME:
    case MODEL_TIME:
        return read_time(r, place, type, system);
    default:
        break;
    }
    struct str text = json_at(&r->walk, place) == '"' ? reader_text(r, place) : STR_NONE;
    return text.at ? cell_make(CELL_TEXT, segment_intern(r->segment, text))
                   : wrong(r, place, type, "is no text, as wanted for");
}

/* The types that a cell's tag alone tells inside a choice: see record/cell.h. */
static bool tag_tells(struct str name) {
    return str_equal(name, STR("string")) || str_equal(name, STR("dateTime")) ||
           str_equal(name, STR("boolean")) || str_equal(name, STR("integer")) ||
           str_equal(name, STR("decimal"));
}

static uint64_t read_value(struct reader *r, uint32_t place, uint16_t type, bool in_choice,
                           const struct edit *edit) {
    const struct model_type *t = model_type(type);
    char c = json_at(&r->walk, place);
    if (c == 'n') {
        return CELL_NULL;
    }
    if (t->is_primitive || t->is_system) {
        uint64_t cell = read_primitive(r, place, type);
        return in_choice && cell != CELL_NULL && !tag_tells(t->name)
                   ? segment_add_typed(r->segment, type, cell)
                   : cell;
    }
    if (c != '{') {
        return wrong(r, place, type, "is no object, as wanted for");
    }
    if (t->is_resource && t->is_abstract) {
        uint32_t named = object_member(r, place, STR("resourceType"));
        struct str name = named == NO_PLACE ? STR_NONE : json_raw(&r->walk, named);
        type = model_find(STR("FHIR"), name);
        if (type == MODEL_NONE) {
            return CELL_NULL;
        }
    }
    return cell_block(type, block_read(r, place, type, edit));
}

static uint64_t read_list(struct reader *r, uint32_t place, const struct target *target,
                          const struct edit *edit) {
    if (json_at(&r->walk, place) != '[') {
        return json_at(&r->walk, place) == 'n'
                   ? CELL_NULL
                   : wrong(r, place, target->type, "is no array, as wanted for a list of");
    }
    struct json_member item;
    uint64_t count = 0;
    for (bool more = json_open(&r->walk, place, '[', &item); more;
         more = json_next(&r->walk, &item)) {
        count++;
    }
    uint64_t *words = ARENA_ARRAY(&r->scratch, (size_t)count + 1, uint64_t);
    if (!words) {
        r->status = STATUS_NO_MEMORY;
        return CELL_NULL;
    }
    for (bool more = json_open(&r->walk, place, '[', &item); more;
         more = json_next(&r->walk, &item)) {
        uint64_t cell = read_value(r, item.value, target->type, target->in_choice, edit);
        if (cell != CELL_NULL) {
            words[++words[0]] = cell;
        }
    }
    return words[0] ? cell_make(CELL_LIST, segment_share_words(r->segment, words, words[0] + 1))
                    : CELL_NULL;
}

/* A primitive of which more than the value is wanted: a block with the value behind the other cells
 * (record.h). JSON splits it in two members, "birthDate" and "_birthDate"; either may be absent. */
static uint64_t read_extended(struct reader *r, uint32_t value, uint32_t rest, uint16_t type) {
    const struct shape *shape = &r->wants->demand->shapes[type];
    uint64_t *cells = ARENA_ARRAY(&r->scratch, (size_t)shape->count + 1, uint64_t);
    if (!cells) {
        r->status = STATUS_NO_MEMORY;
        return CELL_NULL;
    }
    struct json_member m;
    bool has_rest = rest != NO_PLACE && json_at(&r->walk, rest) == '{';
    for (bool more = has_rest && json_open(&r->walk, rest, '{', &m); more;
         more = json_next(&r->walk, &m)) {
        read_member(r, type, &m, NULL, cells, rest);
    }
    bool has_value = value != NO_PLACE && json_at(&r->walk, value) != 'n';
    cells[shape->count] = has_value ? read_primitive(r, value, type) : CELL_NULL;
    if (!has_rest && cells[shape->count] == CELL_NULL) {
        return CELL_NULL;
    }
    return cell_block(type, segment_share_words(r->segment, cells, shape->count + 1u));
}

static uint32_t list_places(struct reader *r, uint32_t place, uint32_t **out) {
    struct json_member item;
    uint32_t count = 0;
    if (place == NO_PLACE || json_at(&r->walk, place) != '[') {
        return 0;
    }
    for (bool more = json_open(&r->walk, place, '[', &item); more;
         more = json_next(&r->walk, &item)) {
        count++;
    }
    *out = ARENA_ARRAY(&r->scratch, (size_t)count + 1, uint32_t);
    if (!*out) {
        r->status = STATUS_NO_MEMORY;
        return 0;
    }
    count = 0;
    for (bool more = json_open(&r->walk, place, '[', &item); more;
         more = json_next(&r->walk, &item)) {
        (*out)[count++] = item.value;
    }
    return count;
}

/* The two members, lists in parallel when the element is one. */
static uint64_t read_extended_member(struct reader *r, uint32_t object, struct str key,
                                     const struct target *target) {
    struct str under = arena_format(&r->scratch, "_%.*s", STR_ARG(key));
    uint32_t value = object_member(r, object, key);
    uint32_t rest = under.at ? object_member(r, object, under) : NO_PLACE;
    if (!target->is_list) {
        return read_extended(r, value, rest, target->type);
    }
    uint32_t *values = NULL, *rests = NULL;
    uint32_t value_count = list_places(r, value, &values);
    uint32_t rest_count = list_places(r, rest, &rests);
    uint32_t count = value_count > rest_count ? value_count : rest_count;
    uint64_t *words = ARENA_ARRAY(&r->scratch, (size_t)count + 1, uint64_t);
    if (!words) {
        r->status = STATUS_NO_MEMORY;
        return CELL_NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t cell = read_extended(r, i < value_count ? values[i] : NO_PLACE,
                                      i < rest_count ? rests[i] : NO_PLACE, target->type);
        if (cell != CELL_NULL) {
            words[++words[0]] = cell;
        }
    }
    return words[0] ? cell_make(CELL_LIST, segment_share_words(r->segment, words, words[0] + 1))
                    : CELL_NULL;
}

/* What is dropped below `key`; false: all of it is. */
static bool inner_edit(const struct edit *edit, struct str key, struct edit *inner) {
    *inner = (struct edit){0};
    for (uint32_t i = 0; i < edit->drop_count; i++) {
        struct str path = edit->drops[i];
        if (!str_starts(path, key)) {
            continue;
        }
        if (path.len == key.len) {
            return false;
        }
        if (path.at[key.len] == '.') {
            inner->drops[inner->drop_count++] =
                (struct str){path.at + key.len + 1, path.len - key.len - 1};
        }
    }
    return true;
}

/* Reads a value that is not in the document: the status before the end. */
static uint64_t read_snippet(struct reader *r, const char *json, const struct target *target) {
    size_t length = strlen(json);
    char *padded = arena_new(&r->scratch, length + JSON_PADDING, 1);
    struct json_walk outer = r->walk;
    struct json_marks marks;
    struct json_error error;
    if (!padded) {
        r->status = STATUS_NO_MEMORY;
        return CELL_NULL;
    }
    memcpy(padded, json, length);
    if (!json_scan(r->snippet_scanner, (struct str){padded, length}, &marks, &error)) {
        r->status = STATUS_NO_MEMORY;
        return CELL_NULL;
    }
    json_walk_init(&r->walk, &marks);
    uint64_t cell = read_value(r, 0, target->type, target->in_choice, NULL);
    r->walk = outer;
    return cell;
}

static void read_member(struct reader *r, uint16_t type, const struct json_member *m,
                        const struct edit *edit, uint64_t *cells, uint32_t object) {
    struct str key = m->key;
    if (key.len && key.at[0] == '_') {
        key = (struct str){key.at + 1, key.len - 1};
    }
    const struct target *target = wants_target(r->wants, type, key);
    if (!target || (key.len != m->key.len && !r->wants->is_extended[target->type])) {
        return;
    }
    if (r->wants->is_extended[target->type]) {
        bool dropped = edit && !inner_edit(edit, key, &(struct edit){0});
        if (!dropped && cells[target->cell] == CELL_NULL) {
            cells[target->cell] = read_extended_member(r, object, key, target);
        }
        return;
    }
    struct edit inner;
    const struct edit *below = NULL;
    if (edit) {
        if (edit->status_key.len && str_equal(edit->status_key, m->key)) {
            cells[target->cell] = read_snippet(r, edit->status, target);
            return;
        }
        if (!inner_edit(edit, m->key, &inner)) {
            return;
        }
        below = inner.drop_count ? &inner : NULL;
    }
    cells[target->cell] = target->is_list
                              ? read_list(r, m->value, target, below)
                              : read_value(r, m->value, target->type, target->in_choice, below);
}

static uint64_t *new_cells(struct reader *r, const struct shape *shape) {
    uint64_t *cells = ARENA_ARRAY(&r->scratch, (size_t)shape->count + 1, uint64_t);
    r->status = cells ? r->status : STATUS_NO_MEMORY;
    return cells;
}

/* No block is empty: the blocks of resources tell them apart. */
static uint64_t block_words(const struct shape *shape) {
    return shape->count ? shape->count : 1;
}

/* The depth of the text was bounded when its members were listed. */
uint64_t block_read(struct reader *r, uint32_t place, uint16_t type, const struct edit *edit) {
    const struct shape *shape = &r->wants->demand->shapes[type];
    uint64_t *cells = new_cells(r, shape);
    if (!cells) {
        return 0;
    }
    struct json_member m;
    for (bool more = shape->count && json_open(&r->walk, place, '{', &m); more;
         more = json_next(&r->walk, &m)) {
        read_member(r, type, &m, edit, cells, place);
    }
    return model_type(type)->is_resource
               ? segment_add_words(r->segment, cells, block_words(shape))
               : segment_share_words(r->segment, cells, block_words(shape));
}

uint64_t block_read_resource(struct reader *r, uint32_t place, uint16_t type,
                             const struct edit *edit) {
    const struct shape *shape = &r->wants->demand->shapes[type];
    uint64_t *cells = new_cells(r, shape);
    if (!cells) {
        return 0;
    }
    for (uint32_t i = 0; shape->count && i < r->member_count; i++) {
        read_member(r, type, &r->members[i], edit, cells, place);
    }
    if (r->raw) {
        segment_add_words(r->segment, &(uint64_t){r->raw}, 1);
        r->raw = 0;
    }
    return segment_add_words(r->segment, cells, block_words(shape));
}
