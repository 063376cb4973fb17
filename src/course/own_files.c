#include "course/own_files.h"

#include "base/map.h"
#include "base/mem.h"
#include "model/model.h"
#include "record/record.h"

#define MANY UINT32_MAX

struct own_files {
    struct map numbers; /* of path: its place in owners */
    uint32_t *owners;   /* a patient's index, or MANY */
    size_t room;
};

/* "Observation-1.ndjson", "Patient.000.ndjson.gz". */
static bool is_bulk_name(struct str path) {
    size_t start = path.len;
    while (start > 0 && path.at[start - 1] != '/') {
        start--;
    }
    size_t end = start;
    while (end < path.len && ((path.at[end] | 32) >= 'a' && (path.at[end] | 32) <= 'z')) {
        end++;
    }
    return model_find(STR("FHIR"), (struct str){path.at + start, end - start}) != MODEL_NONE;
}

static enum status note(struct own_files *files, struct str path, uint32_t patient) {
    uint32_t number = files->numbers.count;
    bool added = false;
    enum status status = map_add(&files->numbers, path, &number, &added);
    if (status != STATUS_OK) {
        return status;
    }
    if (!added) {
        files->owners[number] = files->owners[number] == patient ? patient : MANY;
        return STATUS_OK;
    }
    if (number == files->room) {
        size_t room = files->room ? 2 * files->room : 64;
        uint32_t *grown = mem_resize(files->owners, room, sizeof *grown);
        if (!grown) {
            return STATUS_NO_MEMORY;
        }
        files->owners = grown;
        files->room = room;
    }
    files->owners[number] = is_bulk_name(path) ? MANY : patient;
    return STATUS_OK;
}

/* Rows of one file mostly follow each other. */
static enum status note_table(struct own_files *files, const struct record_table *table,
                              uint32_t patient) {
    const struct row *last = NULL;
    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        if (last && last->segment == row->segment && last->source == row->source) {
            continue;
        }
        last = row;
        enum status status =
            note(files, segment_source_name(row_segment(table, row), row->source), patient);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

enum status own_files_new(const struct population *population, struct own_files **out) {
    struct own_files *files = mem_new(1, sizeof *files);
    *out = files;
    if (!files) {
        return STATUS_NO_MEMORY;
    }
    map_init(&files->numbers);
    enum status status = STATUS_OK;
    for (uint32_t p = 0; p < population_patients(population) && status == STATUS_OK; p++) {
        struct record record;
        population_record(population, p, &record);
        for (uint32_t t = 0; t < record.type_count && status == STATUS_OK; t++) {
            status = note_table(files, &record.tables[t], p);
        }
    }
    if (status != STATUS_OK) {
        own_files_free(files);
        *out = NULL;
    }
    return status;
}

void own_files_free(struct own_files *files) {
    if (files) {
        map_release(&files->numbers);
        mem_free(files->owners);
        mem_free(files);
    }
}

bool own_files_has(const struct own_files *files, struct str path) {
    uint32_t number = 0;
    return files && map_find(&files->numbers, path, &number) && files->owners[number] != MANY;
}
