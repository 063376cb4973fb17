#include "fhir/fhir.h"

#include "base/mem.h"
#include "fhir/reader_internal.h"

/* Diagnostics of one kind that are listed; a broken export would else hide every other kind. */
enum { LISTED_MAX = 50 };

void reader_say(struct reader *r, enum diag_id id, const char *format, ...) {
    if (r->listed[id]++ >= LISTED_MAX) {
        return;
    }
    va_list args;
    va_start(args, format);
    struct str words = arena_vformat(&r->paths, format, args);
    va_end(args);
    diag_in_file(r->diags, id, r->file, r->line, "%.*s",
                 STR_ARG(words.at ? words : STR("no memory for the words")));
}

static void say_unlisted(struct reader *r) {
    for (int id = 0; id < DIAG_ID_COUNT; id++) {
        if (r->listed[id] > LISTED_MAX) {
            const struct diag_info *info = diag_info((enum diag_id)id);
            diag_in_file(r->diags, DIAG_DA0105, STR(""), 0, "%u more: %s (%s)",
                         r->listed[id] - LISTED_MAX, info->title, info->id);
        }
    }
}

static void release(struct reader *r) {
    json_scanner_free(r->scanner);
    json_scanner_free(r->snippet_scanner);
    arena_release(&r->paths);
    arena_release(&r->scratch);
    arena_release(&r->bundle);
    mem_free(r->members);
    map_release(&r->urls);
}

enum status fhir_read(const struct str *paths, uint32_t path_count, const struct demand *demand,
                      const struct fhir_options *options, struct diag_list *diags,
                      struct population **out) {
    static const struct fhir_options plain = {0};
    struct wants wants;
    struct reader r = {.wants = &wants, .options = options ? options : &plain, .diags = diags};
    *out = NULL;
    arena_init(&r.paths, 0);
    arena_init(&r.scratch, 0);
    arena_init(&r.bundle, 0);
    map_init(&r.urls);
    r.status = wants_init(&wants, demand);
    r.scanner = json_scanner_new();
    r.snippet_scanner = json_scanner_new();
    if (!r.scanner || !r.snippet_scanner) {
        r.status = STATUS_NO_MEMORY;
    }
    if (!r.status) {
        r.status = build_new(demand, &r.build);
    }
    if (!r.status) {
        r.segment = build_segment(r.build);
        r.status = input_read(&r, paths, path_count);
        say_unlisted(&r);
        r.status = r.status == STATUS_OK && diags->out_of_memory ? STATUS_NO_MEMORY : r.status;
    }
    if (!r.status) {
        r.status = build_seal(r.build, out);
    } else {
        build_free(r.build);
    }
    release(&r);
    wants_release(&wants);
    return r.status;
}
