/* A cohort cache with some of its bytes changed. The first byte says whether checksums are mended
 * afterwards, as a forger would, and whether the file is cut, and whether nothing is read again
 * from raw JSON; then each five bytes are a place (32 bits, little-endian) and what is added there.
 * It is refused, or what it gives can be walked. */
#define _GNU_SOURCE /* memfd_create */
#include "cohort/layout.h"
#include "fuzz_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MENDED = 1, CUT = 2, LAID_OUT = 4, WALK_DEPTH = 6, BASE_MAX = 1 << 18 };

static const char lines[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1950-02-03\",\"name\":[{\"given\":["
    "\"A\",\"B\"]}]}\n"
    "{\"resourceType\":\"Observation\",\"id\":\"c7a1e6d2-0000-4000-8000-000000000001\",\"status\":"
    "\"final\","
    "\"code\":{\"coding\":[{\"system\":\"http://"
    "loinc.org\",\"code\":\"1988-5\"}]},\"subject\":{\"reference\":"
    "\"Patient/"
    "p\"},\"effectiveDateTime\":\"2021-03-01T08:00:00+05:53\",\"valueQuantity\":{\"value\":"
    "99999999999999999999.5,\"unit\":\"mg/L\"}}\n"
    "{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/"
    "p\"},\"recordedDate\":"
    "\"2020-01-01\",\"abatementDateTime\":\"2020-06-01\",\"clinicalStatus\":{\"coding\":[{\"code\":"
    "\"resolved\"}]}}\n";

static uint8_t base[BASE_MAX];
static size_t base_len;

/* The cache that is changed, made once. */
static void make_base(void) {
    char folder[] = "/tmp/quell-fuzz-XXXXXX", raw[64], cache[64];
    if (!mkdtemp(folder)) {
        abort();
    }
    snprintf(raw, sizeof raw, "%s/a.ndjson", folder);
    snprintf(cache, sizeof cache, "%s/c", folder);
    FILE *file = fopen(raw, "wb");
    if (!file || fwrite(lines, 1, sizeof lines - 1, file) != sizeof lines - 1 || fclose(file)) {
        abort();
    }
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    struct fhir_options options = {.threads = 1};
    struct cohort_summary summary;
    struct str path = str_from(raw);
    if (cohort_index(&path, 1, str_from(cache), false, &options, &diags, &summary) == STATUS_OK) {
        file = fopen(cache, "rb");
        base_len = file ? fread(base, 1, sizeof base, file) : 0;
        if (file) {
            fclose(file);
        }
    }
    arena_release(&arena);
    unlink(raw);
    unlink(cache);
    rmdir(folder);
}

static void mend(uint8_t *bytes, size_t len) {
    struct cohort_header *header = (struct cohort_header *)(void *)bytes;
    const struct cohort_map map = {.at = (const char *)bytes, .bytes = len, .header = header};
    struct cohort_segment *segment = &header->segments[0];
    for (int s = 0; s < SECTIONS; s++) {
        struct cohort_section *section = &segment->sections[s];
        if (section->offset > len || section->bytes > len - section->offset) {
            return;
        }
    }
    uint64_t count, any;
    struct cohort_run *runs =
        (struct cohort_run *)(uintptr_t)cohort_items(&map, 0, SECTION_RUNS, &count);
    for (uint64_t i = 0; i < count; i++) {
        struct cohort_hash hashes[PARTS];
        for (int p = 0; p < PARTS; p++) {
            enum cohort_section_id id = cohort_part_section((enum cohort_part)p);
            const struct cohort_slice *slice = &runs[i].parts[p];
            size_t size = cohort_item_bytes(id);
            const char *items = cohort_items(&map, 0, id, &any);
            bool fits = slice->start <= any && slice->count <= any - slice->start;
            hashes[p] = cohort_hash(items + (fits ? slice->start * size : 0),
                                    fits ? (size_t)slice->count * size : 0);
        }
        struct cohort_hash hash = cohort_hash(hashes, sizeof hashes);
        memcpy(runs[i].hash, &hash, sizeof hash);
    }
    for (int s = 0; s < SECTIONS; s++) {
        struct cohort_section *section = &segment->sections[s];
        if (cohort_is_checked((enum cohort_section_id)s)) {
            struct cohort_hash hash = cohort_hash(bytes + section->offset, (size_t)section->bytes);
            memcpy(section->hash, &hash, sizeof hash);
        }
    }
    struct cohort_hash hash = cohort_header_hash(header);
    memcpy(header->hash, &hash, sizeof hash);
}

static void walk(const struct demand *demand, const struct value *value, struct arena *arena,
                 int depth) {
    if (value->kind == VALUE_LIST && depth < WALK_DEPTH) {
        for (uint32_t i = 0; i < value->list->count && i < 16; i++) {
            walk(demand, &value->list->items[i], arena, depth + 1);
        }
    }
    if (value->kind != VALUE_ELEMENT || depth >= WALK_DEPTH) {
        return;
    }
    const struct shape *shape = &demand->shapes[value->type];
    for (uint16_t i = 0; i < shape->count; i++) {
        struct value inner;
        if (record_property(value, shape->elements[i], arena, &inner)) {
            walk(demand, &inner, arena, depth + 1);
        }
    }
}

static void walk_population(const struct population *population, struct arena *arena) {
    for (uint32_t i = 0; i < population_patients(population); i++) {
        struct record record;
        population_record(population, i, &record);
        for (uint32_t t = 0; t < record.type_count; t++) {
            const struct record_table *table = &record.tables[t];
            for (uint32_t k = 0; k < table->count; k++) {
                struct value value = record_row_value(table, k);
                char id[ROW_ID_TEXT];
                (void)row_id(row_segment(table, &table->rows[k]), &table->rows[k], id);
                (void)segment_raw(row_segment(table, &table->rows[k]), &table->rows[k]);
                walk(record.demand, &value, arena, 0);
            }
        }
    }
}

static void read_bytes(const uint8_t *bytes, size_t len, bool laid_out) {
    char path[64];
    int file = memfd_create("fuzz", 0);
    if (file < 0 || write(file, bytes, len) != (ssize_t)len) {
        abort();
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 64u << 20);
    diag_init(&diags, &arena);
    struct demand demand;
    struct demand_filter filters[3] = {0};
    if (cohort_demand(&arena, &demand) == STATUS_OK) {
        static const char *const types[] = {"Patient", "Observation", "Condition"};
        for (size_t i = 0; i < 3; i++) {
            filters[i].type = model_find(STR("FHIR"), str_from(types[i]));
            filters[i].code_element = MODEL_NO_ELEMENT;
        }
        struct shape *shapes = (struct shape *)(uintptr_t)demand.shapes;
        for (size_t i = 0; i < 3; i++) {
            shapes[filters[i].type].whole = !laid_out && i != 1;
        }
        demand.everything = false;
        demand.filters = filters;
        demand.filter_count = 3;
        const struct fhir_options options = {.threads = 1};
        struct population *population = NULL;
        struct str paths[] = {str_from(path)};
        if (cohort_read(paths, 1, &demand, &options, &diags, &population) == STATUS_OK) {
            walk_population(population, &arena);
        }
        population_free(population);
    }
    arena_release(&arena);
    close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!base_len) {
        make_base();
    }
    if (size == 0 || !base_len) {
        return 0;
    }
    uint8_t *bytes = malloc(base_len);
    if (!bytes) {
        return 0;
    }
    memcpy(bytes, base, base_len);
    size_t len = base_len, last = 0;
    for (size_t i = 1; i + 5 <= size; i += 5) {
        uint32_t at;
        memcpy(&at, data + i, sizeof at);
        last = at % base_len;
        bytes[last] = (uint8_t)(bytes[last] + data[i + 4]);
    }
    if (data[0] & MENDED) {
        mend(bytes, base_len);
    }
    if ((data[0] & CUT) && last > 8) {
        len = last;
    }
    read_bytes(bytes, len, (data[0] & LAID_OUT) != 0);
    free(bytes);
    return 0;
}
