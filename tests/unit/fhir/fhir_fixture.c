#include "fhir_fixture.h"

#include "value/datetime.h"
#include "value/decimal.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

void fixture_init(struct fixture *f) {
    *f = (struct fixture){0};
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    f->shapes = ARENA_ARRAY(&f->arena, model_type_count(), struct shape);
    assert_non_null(f->shapes);
    f->demand.shapes = f->shapes;
    f->demand.filters = f->filters;
    strcpy(f->folder, "/tmp/quell-fhir-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
}

static void remove_tree(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) {
        unlink(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            char inner[512];
            snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
            remove_tree(inner);
        }
    }
    closedir(dir);
    rmdir(path);
}

void fixture_release(struct fixture *f) {
    population_free(f->population);
    for (uint32_t i = 0; i < f->demand.filter_count; i++) {
        map_release(&f->filters[i].codes);
    }
    arena_release(&f->arena);
    remove_tree(f->folder);
}

static uint16_t type_of(const char *name) {
    uint16_t type = model_find(STR("FHIR"), str_from(name));
    assert_int_not_equal(type, MODEL_NONE);
    return type;
}

static struct str next_word(const char **at) {
    while (**at == ' ') {
        ++*at;
    }
    struct str word = {*at, strcspn(*at, " ")};
    *at += word.len;
    return word;
}

void fixture_shape(struct fixture *f, const char *type, const char *elements) {
    uint16_t number = type_of(type);
    uint16_t *ids = ARENA_ARRAY(&f->arena, 64, uint16_t);
    uint16_t count = 0;
    for (struct str word; (word = next_word(&elements)).len;) {
        if (str_equal(word, STR("*"))) {
            f->shapes[number].whole = true;
            continue;
        }
        uint16_t id = model_find_element(number, word);
        assert_int_not_equal(id, MODEL_NO_ELEMENT);
        uint16_t at = count++;
        for (; at && ids[at - 1] > id; at--) {
            ids[at] = ids[at - 1];
        }
        ids[at] = id;
    }
    f->shapes[number].count = count;
    f->shapes[number].elements = ids;
}

void fixture_filter(struct fixture *f, const char *type, const char *element, const char *codes) {
    uint32_t i = f->demand.filter_count++;
    struct demand_filter *filter = &f->filters[i];
    filter->type = type_of(type);
    filter->code_element =
        element ? model_find_element(filter->type, str_from(element)) : MODEL_NO_ELEMENT;
    map_init(&filter->codes);
    if (!element) {
        f->demand.type_filters_all |= UINT64_C(1) << i;
        return;
    }
    for (struct str word; (word = next_word(&codes)).len;) {
        uint32_t value = 0;
        bool added;
        assert_int_equal(map_add(&filter->codes, word, &value, &added), STATUS_OK);
        filter->wanted++;
    }
}

void fixture_usual(struct fixture *f) {
    fixture_shape(f, "Patient", "birthDate gender deceased");
    fixture_shape(f, "Observation", "status effective value");
    fixture_shape(f, "Quantity", "value code comparator");
    fixture_shape(f, "CodeableConcept", "coding");
    fixture_shape(f, "Coding", "system code");
    fixture_shape(f, "Period", "start end");
    fixture_shape(f, "Encounter", "status period class");
    fixture_shape(f, "Condition", "clinicalStatus onset abatement");
    fixture_shape(f, "MedicationRequest", "status medication");
    fixture_shape(f, "Reference", "reference");
    fixture_shape(f, "Procedure", "status performed");
    fixture_shape(f, "Location", "name");
    fixture_filter(f, "Patient", NULL, "");
    fixture_filter(f, "Observation", "code", "http://loinc.org|1988-5 http://loinc.org|2276-4");
    fixture_filter(f, "Observation", "code", "http://loinc.org|94500-6");
    fixture_filter(f, "Encounter", NULL, "");
    fixture_filter(f, "Condition", "code",
                   "http://snomed.info/sct|840539006 http://snomed.info/sct|195967001");
    fixture_filter(f, "MedicationRequest", "medication",
                   "http://www.nlm.nih.gov/research/umls/rxnorm|3264");
    fixture_filter(f, "Procedure", NULL, "");
    fixture_filter(f, "Location", NULL, "");
}

static void path_in(struct fixture *f, const char *name, char *out, size_t size) {
    snprintf(out, size, "%s/%s", f->folder, name);
    for (char *slash = strchr(out + strlen(f->folder) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(out, 0700);
        *slash = '/';
    }
}

void fixture_write(struct fixture *f, const char *name, const char *text, size_t len) {
    char path[256];
    path_in(f, name, path, sizeof path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    len = len ? len : strlen(text);
    assert_int_equal(fwrite(text, 1, len, file), len);
    fclose(file);
}

void fixture_write_gz(struct fixture *f, const char *name, const char *text, size_t len) {
    char path[256];
    path_in(f, name, path, sizeof path);
    gzFile file = gzopen(path, "wb9");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, (unsigned)len), (int)len);
    gzclose(file);
}

enum status fixture_read_path(struct fixture *f, const char *path) {
    population_free(f->population);
    f->population = NULL;
    struct str paths[] = {str_from(path)};
    return fhir_read(paths, 1, &f->demand, &f->options, &f->diags, &f->population);
}

enum status fixture_read(struct fixture *f) {
    return fixture_read_path(f, f->folder);
}

static void show_value(struct fixture *f, const struct value *v, struct buf *out);

static void show_block(struct fixture *f, const struct value *v, struct buf *out) {
    const struct shape *shape = &f->demand.shapes[v->type];
    bool first = true;
    for (uint16_t i = 0; i < shape->count; i++) {
        struct value inner;
        assert_true(record_property(v, shape->elements[i], &f->arena, &inner));
        if (inner.kind == VALUE_NULL) {
            continue;
        }
        struct str name = model_element(shape->elements[i])->name;
        buf_add_format(out, "%s%.*s=", first ? "" : " ", STR_ARG(name));
        show_value(f, &inner, out);
        first = false;
    }
}

static void show_value(struct fixture *f, const struct value *v, struct buf *out) {
    char text[DECIMAL_TEXT_MAX + DATETIME_TEXT_MAX];
    switch (v->kind) {
    case VALUE_BOOLEAN:
        buf_add_cstr(out, v->boolean ? "true" : "false");
        break;
    case VALUE_INTEGER:
        buf_add_format(out, "%d", v->integer);
        break;
    case VALUE_DECIMAL:
        buf_add(out, (struct str){text, decimal_print(v->decimal, v->scale, text)});
        break;
    case VALUE_STRING:
        buf_add_json(out, v->string);
        break;
    case VALUE_DATE:
    case VALUE_DATETIME:
    case VALUE_TIME:
        buf_add(out, (struct str){text, datetime_print(&v->datetime, v->kind, text)});
        break;
    case VALUE_LIST:
        buf_add_char(out, '[');
        for (uint32_t i = 0; i < v->list->count; i++) {
            buf_add_cstr(out, i ? ", " : "");
            show_value(f, &v->list->items[i], out);
        }
        buf_add_char(out, ']');
        break;
    default:
        buf_add_char(out, '{');
        show_block(f, v, out);
        buf_add_char(out, '}');
    }
}

static void show_time(instant_ms ms, struct buf *out) {
    char text[DATETIME_TEXT_MAX];
    if (ms == INSTANT_MIN || ms == INSTANT_MAX) {
        buf_add_cstr(out, "..");
        return;
    }
    struct datetime d = datetime_from_ms(ms, 0);
    buf_add(out, (struct str){text, datetime_print(&d, VALUE_DATETIME, text)});
}

static void show_record(struct fixture *f, const struct record *record, instant_ms at,
                        struct buf *out) {
    for (uint32_t t = 0; t < record->type_count; t++) {
        const struct record_table *table = &record->tables[t];
        for (uint32_t i = 0; i < table->count; i++) {
            const struct row *row = &table->rows[i];
            if (at != INSTANT_MAX && (row->known_from > at || row->known_to <= at)) {
                continue;
            }
            char id[ROW_ID_TEXT];
            struct value v = record_row_value(table, i);
            assert_ptr_equal(record_row_of(record, &v), row);
            buf_add_format(out, "%.*s %.*s %.*s [", STR_ARG(record->patient_id),
                           STR_ARG(model_type(table->type)->name),
                           STR_ARG(row_id(row_segment(table, row), row, id)));
            show_time(row->known_from, out);
            buf_add_char(out, ' ');
            show_time(row->known_to, out);
            buf_add_format(out, ") f=%llx%s: ", (unsigned long long)row->filters,
                           row->flags & ROW_STATUS_AS_OF_EXPORT ? " export" : "");
            show_block(f, &v, out);
            buf_add_char(out, '\n');
        }
    }
}

struct str fixture_show(struct fixture *f, const char *at) {
    instant_ms ms = INSTANT_MAX;
    struct datetime d;
    if (*at) {
        assert_true(datetime_parse(str_from(at), &d));
        ms = datetime_first_ms(&d, 0);
    }
    struct buf out;
    buf_init(&out);
    struct record record = {0};
    for (uint32_t i = 0; i < population_patients(f->population); i++) {
        population_record(f->population, i, &record);
        assert_int_equal(population_find(f->population, record.patient_id), i);
        buf_add_format(&out, "%.*s:\n", STR_ARG(record.patient_id));
        show_record(f, &record, ms, &out);
    }
    if (record.shared) {
        buf_add_cstr(&out, "shared:\n");
        show_record(f, record.shared, ms, &out);
    }
    struct str copy = arena_copy(&f->arena, buf_str(&out));
    buf_release(&out);
    assert_non_null(copy.at);
    return copy;
}

void fixture_has(struct fixture *f, const char *at, const char *words) {
    struct str shown = fixture_show(f, at);
    if (!strstr(shown.at, words)) {
        print_error("not there: %s\nin:\n%s\n", words, shown.at);
        fail();
    }
}

void fixture_lacks(struct fixture *f, const char *at, const char *words) {
    struct str shown = fixture_show(f, at);
    if (strstr(shown.at, words)) {
        print_error("there: %s\nin:\n%s\n", words, shown.at);
        fail();
    }
}

uint64_t fixture_diag_count(const struct fixture *f, enum diag_id id) {
    uint64_t count = 0;
    for (const struct diagnostic *d = f->diags.first; d; d = d->next) {
        count += d->id == id;
    }
    return count;
}
