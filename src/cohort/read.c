#include "cohort/filters.h"

#include "base/limits.h"
#include "base/mem.h"
#include "fhir/again.h"
#include "json/scan.h"

#include <stdio.h>
#include <zstd.h>

enum { OWNERS_MAX = 16 };

/* One segment of one file, being read into a builder. */
struct taking {
    const struct cohort_map *map;
    uint32_t segment;
    const struct demand *demand;
    const struct fhir_options *options;
    struct build *build;
    struct fhir_again *again;
    const struct segment *texts; /* the mapped segment */
    uint8_t number;              /* in the population */
    uint32_t *files;             /* source of the cache -> of the population */
    const struct cohort_row *rows;
    const struct cohort_resource *resources;
    const struct cohort_patient *patients;
    const struct cohort_frame *frames;
    uint64_t frame_count;
    bool wants_more;
    uint32_t *next; /* rows of the run in hand by resource: row + 1 */
    uint32_t *first;
    ZSTD_DCtx *zstd;
    struct buf frame;
    uint32_t frame_number; /* UINT32_MAX: none */
    struct diag_list *diags;
};

static struct str text(const struct taking *s, uint32_t number) {
    return segment_text(s->texts, number);
}

static enum status damaged(const struct taking *s) {
    return cohort_damaged(s->map, s->diags);
}

/* Makes the file's segment one of the population. */
static enum status take_segment(struct taking *s) {
    struct segment segment;
    struct shape *shapes;
    enum status status = cohort_map_segment(s->map, s->segment, &segment, &shapes);
    if (status) {
        return status == STATUS_USER_ERROR ? damaged(s) : status;
    }
    status = build_take_segment(s->build, &segment, &s->number);
    if (status) {
        mem_free(shapes);
        return status;
    }
    s->texts = build_segment_at(s->build, s->number);
    return build_hold(s->build, mem_free, shapes);
}

static enum status take_files(struct taking *s) {
    uint64_t count;
    const uint32_t *names = cohort_items(s->map, s->segment, SECTION_SOURCES, &count);
    s->files = mem_new((size_t)count + 1, sizeof *s->files);
    enum status status = s->files ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint64_t i = 0; i < count && !status; i++) {
        status = build_source(s->build, text(s, names[i]), &s->files[i]);
    }
    return status;
}

static enum status take_patients(struct taking *s) {
    uint64_t count, files, medications;
    s->patients = cohort_items(s->map, s->segment, SECTION_PATIENTS, &count);
    (void)cohort_items(s->map, s->segment, SECTION_SOURCES, &files);
    enum status status = STATUS_OK;
    for (uint64_t i = 0; i < count && !status; i++) {
        const struct cohort_patient *patient = &s->patients[i];
        uint32_t number;
        if (patient->source < files) {
            status = build_patient(s->build, text(s, patient->id), &number);
            if (!status) {
                build_patient_place(s->build, number, s->files[patient->source], patient->line);
            }
        }
    }
    const struct cohort_medication *all =
        cohort_items(s->map, s->segment, SECTION_MEDICATIONS, &medications);
    for (uint64_t i = 0; i < medications && !status; i++) {
        uint64_t filters = filters_of_medication(s->demand, text(s, all[i].codes));
        if (filters) {
            status = build_medication(s->build, text(s, all[i].id), filters);
        }
    }
    return status;
}

/* The raw JSON of a resource, with readable bytes behind it; valid until the next one. */
static enum status raw_of(struct taking *s, const struct cohort_resource *resource,
                          struct str *out) {
    uint64_t bytes;
    const char *raw = cohort_items(s->map, s->segment, SECTION_RAW, &bytes);
    if (resource->frame >= s->frame_count ||
        s->frames[resource->frame].bytes > LIMIT_RESOURCE_BYTES + COHORT_FRAME_BYTES) {
        return damaged(s);
    }
    const struct cohort_frame *frame = &s->frames[resource->frame];
    if (s->frame_number != resource->frame) {
        s->frame_number = UINT32_MAX;
        buf_reset(&s->frame);
        char *to = buf_reserve(&s->frame, (size_t)frame->bytes + JSON_PADDING);
        if (!to) {
            return STATUS_NO_MEMORY;
        }
        size_t got =
            frame->offset <= bytes && frame->packed <= bytes - frame->offset
                ? ZSTD_decompressDCtx(s->zstd, to, frame->bytes, raw + frame->offset, frame->packed)
                : 0;
        if (ZSTD_isError(got) || got != frame->bytes) {
            return damaged(s);
        }
        memset(to + got, 0, JSON_PADDING);
        s->frame_number = resource->frame;
    }
    if (resource->raw_start > frame->bytes ||
        resource->raw_bytes > frame->bytes - resource->raw_start) {
        return damaged(s);
    }
    *out = (struct str){s->frame.at + resource->raw_start, resource->raw_bytes};
    return STATUS_OK;
}

static void add_owner(struct str *owners, uint32_t *count, struct str id) {
    for (uint32_t i = 0; i < *count; i++) {
        if (str_equal(owners[i], id)) {
            return;
        }
    }
    if (*count < OWNERS_MAX) {
        owners[(*count)++] = id;
    }
}

/* The resource's rows, once each, and whose they are. */
static void gather_rows(const struct taking *s, uint32_t first, struct str *owners,
                        struct fhir_known *known) {
    for (uint32_t r = first; r; r = s->next[r - 1 - s->first[0]]) {
        const struct cohort_row *in = &s->rows[r - 1];
        bool is_before = (in->flags & ROW_SPLIT) != 0;
        struct row row = {
            .known_from = in->known_from,
            .known_to = in->known_to,
            .filters = known->filters,
            .block = in->block,
            .source = known->source,
            .type = in->type,
            .flags = in->flags & (ROW_SPLIT | ROW_STATUS_AS_OF_EXPORT | ROW_HISTORY | ROW_UNDATED)};
        bool have = known->row_count && ((known->rows[0].flags & ROW_SPLIT) != 0) == is_before;
        have = have || (known->row_count == 2);
        if (!have && known->row_count && is_before) {
            known->rows[1] = known->rows[0];
            known->rows[0] = row;
            known->row_count = 2;
        } else if (!have) {
            known->rows[known->row_count++] = row;
        }
        known->effective = in->effective;
        if (in->patient != COHORT_NOBODY) {
            add_owner(owners, &known->owner_count, text(s, s->patients[in->patient].id));
        }
    }
}

static bool is_left_out(struct taking *s, const struct fhir_known *known) {
    struct population_counts *counts = build_counts(s->build);
    uint8_t marks = known->resource.marks;
    bool strict = s->options->strict || s->demand->shapes[known->resource.type].whole;
    if ((marks & MARK_LOOSE) && strict) {
        counts->bad++;
        counts->resources--;
        fhir_again_say(s->again, known->file, known->line, DIAG_DA0100,
                       STR("the JSON of the resource is broken"));
        return true;
    }
    if ((marks & MARK_NO_PATIENT) && known->filters) {
        char words[160];
        int len = snprintf(words, sizeof words, "%.*s/%.*s refers to no patient",
                           STR_ARG(model_type(known->resource.type)->name), STR_ARG(known->id));
        counts->without_patient++;
        fhir_again_say(
            s->again, known->file, known->line, DIAG_DA0104,
            (struct str){words, (size_t)len < sizeof words ? (size_t)len : sizeof words - 1});
        return true;
    }
    return (marks & MARK_NO_PATIENT) != 0;
}

/* A resource that the plan may want. */
static enum status take(struct taking *s, const struct cohort_resource *in, uint32_t first_row,
                        bool again, uint64_t filters) {
    char id[ROW_ID_TEXT];
    const struct row named = {.id = in->id, .flags = in->id_flags};
    struct str owners[OWNERS_MAX];
    uint64_t count;
    const uint32_t *names = cohort_items(s->map, s->segment, SECTION_SOURCES, &count);
    struct fhir_known known = {
        .resource = {.type = in->type,
                     .history = (in->marks & MARK_HISTORY) != 0,
                     .segment = s->number,
                     .id_flags = in->id_flags,
                     .id = in->id,
                     .updated = in->updated,
                     .version = in->version,
                     .hash = in->hash,
                     .marks = in->marks},
        .id = row_id(s->texts, &named, id),
        .filters = filters,
        .owners = owners,
        .waits_for = text(s, in->waits),
        .file = text(s, names[in->source]),
        .source = s->files[in->source],
        .line = in->line,
    };
    if (is_left_out(s, &known)) {
        return STATUS_OK;
    }
    build_counts(s->build)->duplicates += in->duplicates;
    gather_rows(s, first_row, owners, &known);
    if (!again) {
        return fhir_again_offer(s->again, &known);
    }
    enum status status = raw_of(s, in, &known.raw);
    return status ? status : fhir_again_read(s->again, &known);
}

/* Links the run's rows by resource. */
static bool link_rows(struct taking *s, const struct cohort_run *run) {
    const struct cohort_slice *rows = &run->parts[PART_ROWS];
    const struct cohort_slice *resources = &run->parts[PART_RESOURCES];
    mem_free(s->next);
    mem_free(s->first);
    s->next = mem_new((size_t)rows->count + 1, sizeof *s->next);
    s->first = mem_new((size_t)resources->count + 1, sizeof *s->first);
    if (!s->next || !s->first) {
        return false;
    }
    /* first[0] is where the run's rows start; first[i + 1] belongs to its resource i. */
    s->first[0] = (uint32_t)rows->start;
    for (uint64_t i = rows->count; i > 0; i--) {
        uint64_t row = rows->start + i - 1;
        uint32_t *head = &s->first[1 + s->rows[row].resource - resources->start];
        s->next[i - 1] = *head;
        *head = (uint32_t)row + 1;
    }
    return true;
}

static enum status take_run(struct taking *s, uint64_t number, const struct cohort_run *run) {
    bool elsewhere = filters_look_elsewhere(s->demand, run->type);
    bool again = s->wants_more || elsewhere || s->demand->shapes[run->type].whole;
    uint64_t filters = run->codes == COHORT_MIXED
                           ? 0
                           : filters_of_codes(s->demand, run->type, text(s, run->codes));
    const struct cohort_slice *resources = &run->parts[PART_RESOURCES];
    if (!filters_may_want(s->demand, run, filters)) {
        return STATUS_OK;
    }
    if (!cohort_check_run(s->map, s->segment, number)) {
        return damaged(s);
    }
    if (!link_rows(s, run)) {
        return STATUS_NO_MEMORY;
    }
    enum status status = STATUS_OK;
    for (uint64_t i = 0; i < resources->count && !status; i++) {
        const struct cohort_resource *in = &s->resources[resources->start + i];
        uint64_t own = run->codes == COHORT_MIXED
                           ? filters_of_codes(s->demand, run->type, text(s, in->codes))
                           : filters;
        if (!own && !in->waits && !elsewhere) {
            continue;
        }
        status = take(s, in, s->first[1 + i], again, own);
    }
    return status;
}

static enum status take_runs(struct taking *s) {
    uint64_t count, any;
    const struct cohort_run *runs = cohort_items(s->map, s->segment, SECTION_RUNS, &count);
    s->rows = cohort_items(s->map, s->segment, SECTION_ROWS, &any);
    s->resources = cohort_items(s->map, s->segment, SECTION_RESOURCES, &any);
    s->frames = cohort_items(s->map, s->segment, SECTION_FRAMES, &s->frame_count);
    enum status status = STATUS_OK;
    for (uint64_t i = 1; i < count && !status; i++) {
        status = take_run(s, i, &runs[i]);
        if (s->options->cancelled && s->options->cancelled(s->options->context)) {
            status = STATUS_CANCELLED;
        }
    }
    return status;
}

enum status cohort_take(const struct cohort_map *map, uint32_t segment, const struct demand *demand,
                        const struct fhir_options *options, struct diag_list *diags,
                        struct fhir_again *again, struct build *build) {
    struct taking s = {
        .map = map,
        .segment = segment,
        .demand = demand,
        .options = options,
        .build = build,
        .again = again,
        .diags = diags,
        .wants_more = filters_want_more(demand) || options->offset_min != 0,
        .frame_number = UINT32_MAX,
        .zstd = ZSTD_createDCtx(),
    };
    buf_init(&s.frame);
    enum status status = s.zstd ? take_segment(&s) : STATUS_NO_MEMORY;
    status = status ? status : take_files(&s);
    status = status ? status : take_patients(&s);
    if (!status) {
        const uint64_t *hash = map->header->segments[segment].content_hash;
        cohort_add_counts(map, segment, build_counts(build));
        build_hash(build, hash[0], hash[1]);
        status = take_runs(&s);
    }
    ZSTD_freeDCtx(s.zstd);
    buf_release(&s.frame);
    mem_free(s.files);
    mem_free(s.next);
    mem_free(s.first);
    return status;
}
