#include "cohort/layout.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool cohort_is_cache(struct str path) {
    char name[4096], magic[8] = {0};
    if (path.len >= sizeof name) {
        return false;
    }
    memcpy(name, path.at, path.len);
    name[path.len] = 0;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat facts;
    bool ok = fd >= 0 && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) &&
              read(fd, magic, sizeof magic) == (ssize_t)sizeof magic;
    if (fd >= 0) {
        close(fd);
    }
    return ok && memcmp(magic, COHORT_MAGIC, sizeof magic) == 0;
}

static bool say(const struct cohort_map *map, struct diag_list *diags, enum diag_id id,
                const char *words) {
    struct diagnostic *d = diag_in_file(diags, id, map->path, 0, "%s", words);
    diag_hint(diags, d, "`quell index DATA... -o FILE` makes it again");
    return false;
}

enum status cohort_damaged(const struct cohort_map *map, struct diag_list *diags) {
    (void)diag_in_file(diags, DIAG_DA0022, map->path, 0, "%s",
                       "a part of the file does not fit its checksum");
    return STATUS_USER_ERROR;
}

const void *cohort_items(const struct cohort_map *map, uint32_t segment,
                         enum cohort_section_id section, uint64_t *count) {
    const struct cohort_section *s = &map->header->segments[segment].sections[section];
    *count = s->bytes / cohort_item_bytes(section);
    return map->at + s->offset;
}

static bool section_lies_within(const struct cohort_map *map, const struct cohort_section *s,
                                enum cohort_section_id id) {
    return s->offset % 8 == 0 && s->offset >= COHORT_HEADER_BYTES && s->offset <= map->bytes &&
           s->bytes <= map->bytes - s->offset && s->bytes % cohort_item_bytes(id) == 0;
}

/* Each run's parts lie behind those of the run before, and within their sections. */
static bool runs_fit(const struct cohort_map *map, uint32_t segment) {
    uint64_t ends[PARTS] = {0}, count, runs;
    const struct cohort_run *run = cohort_items(map, segment, SECTION_RUNS, &runs);
    for (uint64_t i = 0; i < runs; i++) {
        for (int p = 0; p < PARTS; p++) {
            const struct cohort_slice *slice = &run[i].parts[p];
            (void)cohort_items(map, segment, cohort_part_section((enum cohort_part)p), &count);
            if (slice->start != ends[p] || slice->count > count - slice->start) {
                return false;
            }
            ends[p] += slice->count;
        }
        if (run[i].type >= model_type_count()) {
            return false;
        }
    }
    return runs > 0;
}

static bool segment_fits(const struct cohort_map *map, uint32_t i) {
    const struct cohort_segment *segment = &map->header->segments[i];
    for (int s = 0; s < SECTIONS; s++) {
        enum cohort_section_id id = (enum cohort_section_id)s;
        const struct cohort_section *section = &segment->sections[s];
        if (!section_lies_within(map, section, id)) {
            return false;
        }
        struct cohort_hash hash = {section->hash[0], section->hash[1]};
        if (cohort_is_checked(id)) {
            hash = cohort_hash(map->at + section->offset, (size_t)section->bytes);
        }
        if (hash.low != section->hash[0] || hash.high != section->hash[1]) {
            return false;
        }
    }
    uint64_t count;
    return runs_fit(map, i) &&
           (cohort_items(map, i, SECTION_TEXT_ENDS, &count), count < UINT32_MAX) &&
           cohort_check_run(map, i, 0);
}

bool cohort_check(const struct cohort_map *map, struct diag_list *diags) {
    const struct cohort_header *h = map->header;
    if (map->bytes < COHORT_HEADER_BYTES) {
        return say(map, diags, DIAG_DA0021, "the file ends within its header");
    }
    if (memcmp(h->magic, COHORT_MAGIC, sizeof h->magic) != 0) {
        return say(map, diags, DIAG_DA0020, "the file is no cohort cache");
    }
    if (h->version != COHORT_VERSION) {
        return say(map, diags, DIAG_DA0020, "the file was written by another version of Quell");
    }
    struct cohort_hash hash = cohort_header_hash(h);
    if (hash.low != h->hash[0] || hash.high != h->hash[1] ||
        h->segment_count > COHORT_SEGMENTS_MAX) {
        return say(map, diags, DIAG_DA0022, "the header does not fit its checksum");
    }
    if (h->model != cohort_model()) {
        return say(map, diags, DIAG_DA0020, "the file was written for another model of FHIR");
    }
    if (h->bytes != map->bytes) {
        return say(map, diags, DIAG_DA0021,
                   h->bytes > map->bytes ? "the file is shorter than it says"
                                         : "something follows the cache");
    }
    for (uint32_t i = 0; i < h->segment_count; i++) {
        if (!segment_fits(map, i)) {
            return say(map, diags, DIAG_DA0022, "a directory does not fit its checksum");
        }
    }
    return true;
}

static bool rows_fit(const struct cohort_map *map, uint32_t segment, const struct cohort_run *run) {
    uint64_t patients, words, sources;
    (void)cohort_items(map, segment, SECTION_PATIENTS, &patients);
    (void)cohort_items(map, segment, SECTION_WORDS, &words);
    (void)cohort_items(map, segment, SECTION_SOURCES, &sources);
    uint64_t count;
    const struct cohort_row *rows = cohort_items(map, segment, SECTION_ROWS, &count);
    const struct cohort_slice *of_rows = &run->parts[PART_ROWS];
    const struct cohort_slice *of_resources = &run->parts[PART_RESOURCES];
    for (uint64_t i = of_rows->start; i < of_rows->start + of_rows->count; i++) {
        const struct cohort_row *row = &rows[i];
        if ((row->patient != COHORT_NOBODY && row->patient >= patients) || row->block >= words ||
            row->resource - of_resources->start >= of_resources->count || row->type != run->type ||
            row->source >= sources) {
            return false;
        }
    }
    uint64_t frames;
    (void)cohort_items(map, segment, SECTION_FRAMES, &frames);
    const struct cohort_resource *resources = cohort_items(map, segment, SECTION_RESOURCES, &count);
    for (uint64_t i = of_resources->start; i < of_resources->start + of_resources->count; i++) {
        if (resources[i].type != run->type || resources[i].source >= sources) {
            return false;
        }
    }
    return true;
}

bool cohort_check_run(const struct cohort_map *map, uint32_t segment, uint64_t number) {
    uint64_t count;
    const struct cohort_run *run =
        (const struct cohort_run *)cohort_items(map, segment, SECTION_RUNS, &count) + number;
    struct cohort_hash hashes[PARTS];
    for (int p = 0; p < PARTS; p++) {
        enum cohort_section_id section = cohort_part_section((enum cohort_part)p);
        size_t bytes = cohort_item_bytes(section);
        const char *items = cohort_items(map, segment, section, &count);
        hashes[p] =
            cohort_hash(items + run->parts[p].start * bytes, (size_t)run->parts[p].count * bytes);
    }
    struct cohort_hash hash = cohort_hash(hashes, sizeof hashes);
    return hash.low == run->hash[0] && hash.high == run->hash[1] && rows_fit(map, segment, run);
}

/* The shapes that the file's blocks have. */
static enum status read_shapes(const struct cohort_map *map, uint32_t segment, struct shape **out) {
    uint64_t count;
    const uint16_t *items = cohort_items(map, segment, SECTION_SHAPES, &count);
    struct shape *shapes = mem_new(model_type_count(), sizeof *shapes);
    *out = shapes;
    for (uint64_t i = 0; shapes && i + 2 <= count;) {
        uint16_t type = items[i], elements = items[i + 1];
        if (type >= model_type_count() || elements > count - i - 2) {
            return STATUS_USER_ERROR;
        }
        shapes[type] = (struct shape){.count = elements, .elements = items + i + 2};
        i += 2u + elements;
    }
    return shapes ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status cohort_map_segment(const struct cohort_map *map, uint32_t number, struct segment *out,
                               struct shape **shapes) {
    uint64_t words, texts, bytes, uuids;
    enum status status = read_shapes(map, number, shapes);
    if (status) {
        mem_free(*shapes);
        return status;
    }
    segment_init(out);
    /* Nothing writes to a mapped segment; readers take no const apart. */
    out->words = (uint64_t *)(uintptr_t)cohort_items(map, number, SECTION_WORDS, &words);
    out->text_ends = (uint64_t *)(uintptr_t)cohort_items(map, number, SECTION_TEXT_ENDS, &texts);
    out->bytes = (char *)(uintptr_t)cohort_items(map, number, SECTION_BYTES, &bytes);
    out->uuids = (uint8_t(*)[16])(uintptr_t)cohort_items(map, number, SECTION_UUIDS, &uuids);
    out->word_count = words;
    out->text_count = (uint32_t)texts;
    out->byte_count = bytes;
    out->uuid_count = (uint32_t)uuids;
    out->shapes = *shapes;
    out->is_mapped = true;
    return STATUS_OK;
}

void cohort_add_counts(const struct cohort_map *map, uint32_t segment,
                       struct population_counts *to) {
    const struct population_counts *from = &map->header->segments[segment].counts;
    to->files += from->files;
    to->bytes += from->bytes;
    to->lines += from->lines;
    to->resources += from->resources;
    to->unknown_type += from->unknown_type;
    to->bad += from->bad;
    to->files_passed_over += from->files_passed_over;
}

static bool map_file(struct cohort_map *map, int fd, uint64_t bytes) {
    void *at = bytes ? mmap(NULL, (size_t)bytes, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (at == MAP_FAILED) {
        return false;
    }
    map->at = at;
    map->bytes = (size_t)bytes;
    map->header = at;
    return true;
}

bool cohort_open(struct str path, struct diag_list *diags, struct cohort_map **out,
                 enum status *status) {
    struct cohort_map *map = mem_new(1, sizeof *map + path.len + 1);
    *out = map;
    *status = map ? STATUS_OK : STATUS_NO_MEMORY;
    if (!map) {
        return false;
    }
    char *name = (char *)(map + 1);
    memcpy(name, path.at, path.len);
    map->path = (struct str){name, path.len};
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    bool ok = fd >= 0 && fstat(fd, &facts) == 0 && map_file(map, fd, (uint64_t)facts.st_size);
    if (!ok) {
        (void)diag_in_file(diags, DIAG_DA0001, path, 0, "%s", strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    if (!ok || !cohort_check(map, diags)) {
        cohort_close(map);
        *out = NULL;
        *status = STATUS_USER_ERROR;
        return false;
    }
    return true;
}

void cohort_close(void *held) {
    struct cohort_map *map = held;
    if (map && map->at) {
        (void)munmap((void *)(uintptr_t)map->at, map->bytes);
    }
    mem_free(map);
}
