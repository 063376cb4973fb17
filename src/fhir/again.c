#include "fhir/again.h"

#include "base/mem.h"
#include "fhir/reader_internal.h"

struct fhir_again {
    struct wants wants;
    struct reading reading;
    struct reader reader;
};

enum status fhir_again_new(const struct demand *demand, const struct fhir_options *options,
                           struct diag_list *diags, struct build *build, struct fhir_again **out) {
    struct fhir_again *again = mem_new(1, sizeof *again);
    *out = again;
    if (!again) {
        return STATUS_NO_MEMORY;
    }
    again->reading = (struct reading){
        .options = options, .wants = &again->wants, .diags = diags, .build = build};
    arena_init(&again->reading.paths, 0);
    enum status status = wants_init(&again->wants, demand);
    status = status ? status : reader_init(&again->reader, &again->wants, options, build);
    return status;
}

void fhir_again_free(struct fhir_again *again) {
    if (again) {
        reader_release(&again->reader);
        wants_release(&again->wants);
        arena_release(&again->reading.paths);
        mem_free(again);
    }
}

static enum status replay(struct fhir_again *again, const struct fhir_known *known) {
    struct reader *r = &again->reader;
    again->reading.file = known->file;
    again->reading.status = r->status;
    if (!again->reading.status) {
        batch_replay(&again->reading, &r->batch, known->source, 0);
    }
    return again->reading.status;
}

enum status fhir_again_offer(struct fhir_again *again, const struct fhir_known *known) {
    struct reader *r = &again->reader;
    r->line = known->line;
    struct item *item = batch_add(r, ITEM_RESOURCE, known->id);
    if (!item) {
        return STATUS_NO_MEMORY;
    }
    item->resource = (struct item_resource){
        .resource = known->resource,
        .rows = {known->rows[0], known->rows[1]},
        .row_count = known->row_count,
        .effective = known->effective,
        .owner_count = known->owner_count,
        .owners = known->owners,
        .waits_for = known->waits_for,
        .is_entered_in_error = (known->resource.marks & MARK_IN_ERROR) != 0,
    };
    return replay(again, known);
}

enum status fhir_again_read(struct fhir_again *again, const struct fhir_known *known) {
    struct reader *r = &again->reader;
    r->line = known->line;
    r->source = known->source;
    resource_again(r, known);
    return replay(again, known);
}

void fhir_again_say(struct fhir_again *again, struct str file, uint32_t line, enum diag_id id,
                    struct str words) {
    again->reading.file = file;
    reading_say(&again->reading, id, line, "%.*s", STR_ARG(words));
}
