#include "fhir/reader_internal.h"

void batch_init(struct batch *batch) {
    *batch = (struct batch){0};
    arena_init(&batch->arena, 0);
    batch->end = &batch->first;
}

void batch_move(struct batch *to, struct batch *from) {
    *to = *from;
    if (!to->first) {
        to->end = &to->first;
    }
    batch_init(from);
}

void batch_release(struct batch *batch) {
    arena_release(&batch->arena);
}

struct item *batch_add(struct reader *r, enum item_kind kind, struct str id) {
    struct batch *batch = &r->batch;
    struct item *item = ARENA_NEW(&batch->arena, struct item);
    struct str copy = id.len ? arena_copy(&batch->arena, id) : STR("");
    if (!item || !copy.at) {
        r->status = STATUS_NO_MEMORY;
        return NULL;
    }
    item->kind = kind;
    item->line = r->line;
    item->id = copy;
    *batch->end = item;
    batch->end = &item->next;
    return item;
}

void reader_say(struct reader *r, enum diag_id id, const char *format, ...) {
    struct item *item = batch_add(r, ITEM_SAID, STR_NONE);
    if (!item) {
        return;
    }
    item->said.id = id;
    if (r->batch.said[id]++ < BATCH_LISTED_MAX) {
        va_list args;
        va_start(args, format);
        item->said.words = arena_vformat(&r->batch.arena, format, args);
        va_end(args);
        r->status = item->said.words.at ? r->status : STATUS_NO_MEMORY;
    }
}

void reading_say(struct reading *reading, enum diag_id id, uint64_t line, const char *format, ...) {
    if (reading->listed[id]++ >= BATCH_LISTED_MAX) {
        return;
    }
    va_list args;
    va_start(args, format);
    struct str words = arena_vformat(&reading->paths, format, args);
    va_end(args);
    diag_in_file(reading->diags, id, reading->file, line, "%.*s",
                 STR_ARG(words.at ? words : STR("no memory for the words")));
}

bool reading_is_stopped(const struct reading *reading) {
    uint64_t most = reading->options->bad_max;
    return reading->status || (most && build_counts(reading->build)->bad > most);
}

static void add_counts(struct population_counts *to, const struct population_counts *from) {
    uint64_t *sums = (uint64_t *)(void *)to;
    const uint64_t *more = (const uint64_t *)(const void *)from;
    for (size_t i = 0; i < sizeof *to / sizeof *sums; i++) {
        sums[i] += more[i];
    }
}

/* Adds a row once for every patient it belongs to. */
static enum status add_row(struct reading *reading, const struct item_resource *item,
                           struct row row, uint64_t line) {
    row.line = (uint32_t)(line > UINT32_MAX ? UINT32_MAX : line);
    if (!item->owner_count) {
        return build_add(reading->build, &row, BUILD_SHARED, item->effective, item->waits_for);
    }
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < item->owner_count && !status; i++) {
        uint32_t patient;
        status = build_patient(reading->build, item->owners[i], &patient);
        if (!status) {
            status = build_add(reading->build, &row, patient, item->effective, item->waits_for);
        }
    }
    return status;
}

/* Duplicates are settled here, in the order of places. */
static enum status take_resource(struct reading *reading, const struct item *item, uint64_t line) {
    const struct item_resource *in = &item->resource;
    struct population_counts *counts = build_counts(reading->build);
    enum build_answer answer;
    struct build_resource resource = in->resource;
    enum status status = STATUS_OK;
    if (in->codes.len) {
        status = build_codes(reading->build, in->codes, &resource.codes);
    }
    status = status ? status : build_offer(reading->build, &resource, &answer);
    if (status || in->resource.deleted) {
        return status;
    }
    if (answer == BUILD_SAME) {
        counts->duplicates++;
        return STATUS_OK;
    }
    if (answer != BUILD_NEW) {
        counts->duplicates++;
        reading_say(reading, DIAG_DA0103, line, "%.*s %.*s was met before with other content; %s",
                    STR_ARG(model_type(in->resource.type)->name), STR_ARG(item->id),
                    answer == BUILD_LOSES ? "the other is used" : "this one is used");
        if (answer == BUILD_LOSES) {
            return STATUS_OK;
        }
        counts->kept--;
    }
    for (uint32_t i = 0; i < in->row_count && !status; i++) {
        status = add_row(reading, in, in->rows[i], line);
    }
    uint8_t flags = in->row_count ? in->rows[in->row_count - 1].flags : 0;
    counts->kept++;
    counts->entered_in_error += in->is_entered_in_error;
    counts->status_as_of_export += (flags & ROW_STATUS_AS_OF_EXPORT) != 0;
    counts->undated += in->owner_count && (flags & ROW_UNDATED);
    return status;
}

static enum status take(struct reading *reading, uint32_t source, const struct item *item,
                        uint64_t line) {
    uint32_t patient;
    enum status status;
    switch (item->kind) {
    case ITEM_PATIENT:
        status = build_patient(reading->build, item->id, &patient);
        if (!status) {
            build_patient_place(reading->build, patient, source,
                                (uint32_t)(line > UINT32_MAX ? UINT32_MAX : line));
        }
        return status;
    case ITEM_MEDICATION:
        if (item->codes.len) {
            uint32_t codes;
            status = build_codes(reading->build, item->codes, &codes);
            return status ? status : build_medication(reading->build, item->id, codes);
        }
        return build_medication(reading->build, item->id, item->filters);
    case ITEM_RESOURCE:
        return take_resource(reading, item, line);
    case ITEM_SAID:
        break;
    }
    if (!item->said.words.len) {
        reading->listed[item->said.id]++;
    } else {
        reading_say(reading, item->said.id, line, "%.*s", STR_ARG(item->said.words));
    }
    return STATUS_OK;
}

void batch_replay(struct reading *reading, struct batch *batch, uint32_t source,
                  uint64_t line_base) {
    add_counts(build_counts(reading->build), &batch->counts);
    build_hash(reading->build, batch->hash[0], batch->hash[1]);
    for (const struct item *item = batch->first; item && !reading->status; item = item->next) {
        reading->status = take(reading, source, item, item->line ? line_base + item->line : 0);
    }
    reading->line = line_base + batch->lines;
    batch->first = NULL;
    batch->end = &batch->first;
    batch->counts = (struct population_counts){0};
    batch->hash[0] = batch->hash[1] = 0;
    batch->lines = 0;
    memset(batch->said, 0, sizeof batch->said);
    arena_reset(&batch->arena);
}
