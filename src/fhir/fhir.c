#include "fhir/fhir.h"

#include "base/mem.h"
#include "fhir/reader_internal.h"
#include "par/par.h"

/* More threads than this do not read faster than files are handed over. */
enum { READERS_MAX = 64 };

static void say_unlisted(struct reading *reading) {
    for (int id = 0; id < DIAG_ID_COUNT; id++) {
        if (reading->listed[id] > BATCH_LISTED_MAX) {
            const struct diag_info *info = diag_info((enum diag_id)id);
            diag_in_file(reading->diags, DIAG_DA0105, STR(""), 0, "%u more: %s (%s)",
                         reading->listed[id] - BATCH_LISTED_MAX, info->title, info->id);
        }
    }
}

void reader_release(struct reader *r) {
    json_scanner_free(r->scanner);
    json_scanner_free(r->snippet_scanner);
    batch_release(&r->batch);
    arena_release(&r->scratch);
    arena_release(&r->bundle);
    mem_free(r->members);
    map_release(&r->urls);
}

enum status reader_init(struct reader *r, const struct wants *wants,
                        const struct fhir_options *options, struct build *build) {
    *r = (struct reader){.wants = wants, .options = options};
    batch_init(&r->batch);
    arena_init(&r->scratch, 0);
    arena_init(&r->bundle, 0);
    map_init(&r->urls);
    r->scanner = json_scanner_new();
    r->snippet_scanner = json_scanner_new();
    return r->scanner && r->snippet_scanner ? build_segment(build, &r->segment, &r->segment_number)
                                            : STATUS_NO_MEMORY;
}

static enum status start(struct reading *reading) {
    uint32_t threads = par_threads(reading->options->threads);
    reading->threads = threads > READERS_MAX ? READERS_MAX : threads;
    reading->readers = mem_new(reading->threads, sizeof *reading->readers);
    if (!reading->readers) {
        return STATUS_NO_MEMORY;
    }
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < reading->threads && !status; i++) {
        status =
            reader_init(&reading->readers[i], reading->wants, reading->options, reading->build);
    }
    return status;
}

static void read_files(struct reading *reading) {
    uint32_t i = 0;
    while (i < reading->file_count && !reading_is_stopped(reading)) {
        uint32_t done = lines_read_files(reading, i);
        if (!done) {
            input_read_file(reading, &reading->files[i]);
            done = 1;
        }
        i += done;
    }
    if (!reading->status && reading_is_stopped(reading)) {
        reading_say(reading, DIAG_DA0015, reading->line, "more than %llu resources cannot be used",
                    (unsigned long long)reading->options->bad_max);
    }
}

static void release(struct reading *reading) {
    for (uint32_t i = 0; reading->readers && i < reading->threads; i++) {
        reader_release(&reading->readers[i]);
    }
    mem_free(reading->readers);
    mem_free(reading->files);
    arena_release(&reading->paths);
}

enum status fhir_read_into(const struct str *paths, uint32_t path_count,
                           const struct fhir_options *options, struct diag_list *diags,
                           const struct demand *demand, struct build *build) {
    static const struct fhir_options plain = {0};
    struct wants wants;
    struct reading reading = {
        .options = options ? options : &plain, .wants = &wants, .diags = diags, .build = build};
    arena_init(&reading.paths, 0);
    reading.status = wants_init(&wants, demand);
    if (!reading.status) {
        reading.status = start(&reading);
    }
    if (!reading.status) {
        reading.status = files_find(&reading, paths, path_count);
    }
    if (!reading.status) {
        read_files(&reading);
        say_unlisted(&reading);
    }
    if (!reading.status && path_count && !reading.anything) {
        reading.status = STATUS_IO;
    }
    if (!reading.status && diags->out_of_memory) {
        reading.status = STATUS_NO_MEMORY;
    }
    release(&reading);
    wants_release(&wants);
    return reading.status;
}

enum status fhir_read(const struct str *paths, uint32_t path_count, const struct demand *demand,
                      const struct fhir_options *options, struct diag_list *diags,
                      struct population **out) {
    struct build *build;
    *out = NULL;
    enum status status = build_new(demand, &build);
    if (status) {
        return status;
    }
    status = fhir_read_into(paths, path_count, options, diags, demand, build);
    if (status) {
        build_free(build);
        return status;
    }
    return build_seal(build, out);
}
