#include "cohort/layout.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/file.h"
#include "record/build.h"
#include "record/population_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum { ZSTD_LEVEL = 3 };
/* Fewer rows of the same codes than this share a run with others of their type. */
enum { RUN_ROWS_MIN = 16 };

struct key {
    uint32_t codes;
    uint32_t row;
    uint16_t type;
};

struct writer {
    const struct population *p;
    struct segment to;
    struct arena arena;
    uint16_t **cells;      /* [type]: a wide cell's number among the cells that occur, + 1 */
    uint16_t *cell_counts; /* [type] */
    uint32_t *texts;       /* text of the builder's segment -> text of `to`; 0: not yet */
    uint32_t *resources;   /* met -> resource + 1 */
    struct key *keys;
    struct buf sections[SECTIONS]; /* but those that `to` holds */
    struct buf raw;                /* of the frame in hand */
    uint32_t frame;
    ZSTD_CCtx *zstd;
    enum status status;
};

static void add(struct writer *w, enum cohort_section_id section, const void *item) {
    buf_add(&w->sections[section], (struct str){item, cohort_item_bytes(section)});
}

static const struct shape *wide(const struct writer *w, uint16_t type) {
    return &w->p->demand->shapes[type];
}

/* Which cells occur: first walk. */
static void mark_cell(struct writer *w, const struct segment *from, uint64_t cell);

static void mark_block(struct writer *w, const struct segment *from, uint16_t type, uint64_t at) {
    const struct shape *shape = wide(w, type);
    if (!w->cells[type]) {
        w->cells[type] = ARENA_ARRAY(&w->arena, (size_t)shape->count + 1, uint16_t);
        if (!w->cells[type]) {
            w->status = STATUS_NO_MEMORY;
            return;
        }
    }
    for (uint16_t i = 0; i < shape->count && !w->status; i++) {
        uint64_t cell = from->words[at + i];
        if (cell != CELL_NULL) {
            w->cells[type][i] = 1;
            mark_cell(w, from, cell);
        }
    }
}

/* The depth of blocks is that of the JSON they were read from. */
static void mark_cell(struct writer *w, const struct segment *from, uint64_t cell) {
    const uint64_t *words = from->words + cell_payload(cell);
    if (cell_tag(cell) == CELL_BLOCK) {
        mark_block(w, from, cell_block_type(cell), cell_block_offset(cell));
    } else if (cell_tag(cell) == CELL_LIST) {
        for (uint64_t i = 1; i <= words[0]; i++) {
            mark_cell(w, from, words[i]);
        }
    }
}

/* The layout of blocks in the file: the elements that occur, by type: [type, count, elements ...]
 */
static void write_shapes(struct writer *w) {
    for (uint16_t t = 0; t < model_type_count(); t++) {
        if (!w->cells[t]) {
            continue;
        }
        uint16_t count = 0;
        for (uint16_t i = 0; i < wide(w, t)->count; i++) {
            w->cells[t][i] = w->cells[t][i] ? ++count : 0;
        }
        w->cell_counts[t] = count;
        add(w, SECTION_SHAPES, &t);
        add(w, SECTION_SHAPES, &count);
        for (uint16_t i = 0; i < wide(w, t)->count; i++) {
            if (w->cells[t][i]) {
                add(w, SECTION_SHAPES, &wide(w, t)->elements[i]);
            }
        }
    }
}

static uint64_t copy_cell(struct writer *w, const struct segment *from, uint64_t cell);

static uint64_t copy_block(struct writer *w, const struct segment *from, uint16_t type,
                           uint64_t at) {
    uint16_t count = w->cell_counts[type];
    uint64_t *cells = mem_new((size_t)count + 1, sizeof *cells);
    if (!cells) {
        w->status = STATUS_NO_MEMORY;
        return 0;
    }
    for (uint16_t i = 0; i < wide(w, type)->count && !w->status; i++) {
        uint64_t cell = from->words[at + i];
        if (cell != CELL_NULL) {
            cells[w->cells[type][i] - 1] = copy_cell(w, from, cell);
        }
    }
    /* Blocks tell elements apart, so none is empty. */
    uint64_t offset = segment_add_words(&w->to, cells, count ? count : 1);
    mem_free(cells);
    return offset;
}

static uint64_t copy_list(struct writer *w, const struct segment *from, const uint64_t *words) {
    uint64_t *items = mem_new((size_t)words[0] + 1, sizeof *items);
    if (!items) {
        w->status = STATUS_NO_MEMORY;
        return CELL_NULL;
    }
    items[0] = words[0];
    for (uint64_t i = 1; i <= words[0]; i++) {
        items[i] = copy_cell(w, from, words[i]);
    }
    uint64_t offset = segment_add_words(&w->to, items, items[0] + 1);
    mem_free(items);
    return cell_make(CELL_LIST, offset);
}

static uint64_t copy_cell(struct writer *w, const struct segment *from, uint64_t cell) {
    const uint64_t *words = from->words + cell_payload(cell);
    switch (cell_tag(cell)) {
    case CELL_WIDE:
        return cell_make(CELL_WIDE, segment_add_words(&w->to, words, 3));
    case CELL_TIMEWIDE:
        return cell_make(CELL_TIMEWIDE, segment_add_words(&w->to, words, 2));
    case CELL_TEXT:
        return cell_make(CELL_TEXT,
                         segment_intern(&w->to, segment_text(from, (uint32_t)cell_payload(cell))));
    case CELL_BLOCK: {
        uint16_t type = cell_block_type(cell);
        return cell_block(type, copy_block(w, from, type, cell_block_offset(cell)));
    }
    case CELL_LIST:
        return copy_list(w, from, words);
    case CELL_TYPED:
        return segment_add_typed(&w->to, (uint16_t)words[0], copy_cell(w, from, words[1]));
    default:
        return cell;
    }
}

static uint32_t copy_text(struct writer *w, uint32_t text) {
    if (text && !w->texts[text]) {
        w->texts[text] = segment_intern(&w->to, segment_text(w->p->segments[0], text));
    }
    return text ? w->texts[text] : 0;
}

static const struct met *met_of(const struct writer *w, uint32_t row) {
    return (const struct met *)w->p->facts.mets.items + w->p->facts.extras[row].met;
}

static int compare_medications(const void *a, const void *b) {
    const struct medication *x = a, *y = b;
    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    return (x->filters > y->filters) - (x->filters < y->filters);
}

/* The first that has this id, or the number of all. They are sorted. */
static uint32_t first_medication(const struct writer *w, uint32_t id) {
    const struct medication *all = w->p->facts.medications.items;
    uint32_t low = 0, high = w->p->facts.medications.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (all[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct met_more more_of(const struct writer *w, const struct met *met) {
    return met_more(&w->p->facts.mores, met);
}

/* The codes of a resource and those of the Medications that it refers to, as one set. */
static uint32_t all_codes(struct writer *w, const struct met *met) {
    const struct medication *all = w->p->facts.medications.items;
    struct segment *own = w->p->segments[0];
    struct met_more more = more_of(w, met);
    uint32_t codes = more.codes;
    uint32_t count = more.waits ? w->p->facts.medications.count : 0;
    for (uint32_t i = first_medication(w, more.waits); i < count && all[i].id == more.waits; i++) {
        if (all[i].filters == codes) {
            continue;
        }
        struct str a = segment_text(own, codes), b = segment_text(own, (uint32_t)all[i].filters);
        struct str both =
            !a.len ? b : arena_format(&w->arena, "%.*s\xFF%.*s", STR_ARG(a), STR_ARG(b));
        codes = segment_intern(own, both);
    }
    return codes;
}

static int compare_keys(const void *a, const void *b) {
    const struct key *x = a, *y = b;
    if (x->type != y->type) {
        return x->type < y->type ? -1 : 1;
    }
    if (x->codes != y->codes) {
        return x->codes < y->codes ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

static uint64_t group_end(const struct writer *w, uint64_t start) {
    uint64_t end = start;
    while (end < w->p->row_count && w->keys[end].type == w->keys[start].type &&
           w->keys[end].codes == w->keys[start].codes) {
        end++;
    }
    return end;
}

/* Rows by type and codes; rare codes of a type together. */
static void sort_rows(struct writer *w) {
    uint64_t count = w->p->row_count;
    const struct met *mets = w->p->facts.mets.items;
    struct met_more *mores = w->p->facts.mores.items;
    if (w->p->facts.medications.count) {
        qsort(w->p->facts.medications.items, w->p->facts.medications.count,
              sizeof(struct medication), compare_medications);
    }
    for (uint32_t i = 0; i < w->p->facts.mets.count; i++) {
        if (mets[i].more) {
            mores[mets[i].more - 1].codes = all_codes(w, &mets[i]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        w->keys[i] = (struct key){more_of(w, met_of(w, i)).codes, i, w->p->rows[i].type};
    }
    if (!count) {
        return;
    }
    qsort(w->keys, (size_t)count, sizeof *w->keys, compare_keys);
    for (uint64_t start = 0, end; start < count; start = end) {
        end = group_end(w, start);
        for (uint64_t i = start; end - start < RUN_ROWS_MIN && i < end; i++) {
            w->keys[i].codes = COHORT_MIXED;
        }
    }
    qsort(w->keys, (size_t)count, sizeof *w->keys, compare_keys);
}

static void end_frame(struct writer *w) {
    if (!w->raw.len || w->status) {
        return;
    }
    struct buf *raw = &w->sections[SECTION_RAW];
    size_t bound = ZSTD_compressBound(w->raw.len);
    char *to = buf_reserve(raw, bound);
    size_t packed = to ? ZSTD_compress2(w->zstd, to, bound, w->raw.at, w->raw.len) : 0;
    if (!to || ZSTD_isError(packed)) {
        w->status = STATUS_NO_MEMORY;
        return;
    }
    struct cohort_frame frame = {raw->len, (uint32_t)packed, (uint32_t)w->raw.len};
    raw->len += packed;
    add(w, SECTION_FRAMES, &frame);
    buf_reset(&w->raw);
    w->frame++;
}

/* The raw JSON lies with the row from after the end; the row before it has none. */
static struct str raw_of(const struct writer *w, uint32_t row) {
    const struct row *r = &w->p->rows[row];
    return segment_raw(w->p->segments[r->segment], r);
}

static uint32_t write_id(struct writer *w, const struct segment *from, uint32_t id, uint8_t flags,
                         uint8_t *out_flags) {
    const struct row row = {.id = id, .flags = flags};
    struct id_key key = segment_row_key(from, &row);
    struct row copy = {0};
    segment_add_id(&w->to, &key, &copy);
    *out_flags = (uint8_t)(copy.flags & ROW_ID_UUID);
    return copy.id;
}

static void write_resource(struct writer *w, const struct met *met, const struct row *row,
                           struct str raw) {
    if (w->raw.len + raw.len > COHORT_FRAME_BYTES) {
        end_frame(w);
    }
    struct met_more more = more_of(w, met);
    struct cohort_resource out = {.hash = met->hash,
                                  .version = met_version(&w->p->facts.mores, met),
                                  .updated = met->updated,
                                  .codes = copy_text(w, more.codes),
                                  .waits = copy_text(w, more.waits),
                                  .frame = w->frame,
                                  .raw_start = (uint32_t)w->raw.len,
                                  .raw_bytes = (uint32_t)raw.len,
                                  .type = met->type,
                                  .marks = met->marks,
                                  .duplicates = more.duplicates,
                                  .line = row->line,
                                  .source = row->source};
    out.id = write_id(w, w->p->segments[met->segment], met->id, met->id_flags, &out.id_flags);
    buf_add(&w->raw, raw);
    add(w, SECTION_RESOURCES, &out);
}

static uint64_t counted(const struct writer *w, enum cohort_part part) {
    enum cohort_section_id section = cohort_part_section(part);
    switch (part) {
    case PART_WORDS:
        return w->to.word_count;
    case PART_TEXTS:
        return w->to.text_count;
    case PART_BYTES:
        return w->to.byte_count;
    case PART_UUIDS:
        return w->to.uuid_count;
    default:
        return w->sections[section].len / cohort_item_bytes(section);
    }
}

static const char *part_bytes(const struct writer *w, enum cohort_part part) {
    switch (part) {
    case PART_WORDS:
        return (const char *)w->to.words;
    case PART_TEXTS:
        return (const char *)w->to.text_ends;
    case PART_BYTES:
        return w->to.bytes;
    case PART_UUIDS:
        return (const char *)w->to.uuids;
    default:
        return w->sections[cohort_part_section(part)].at;
    }
}

static void start_run(struct writer *w, struct cohort_run *run) {
    *run = (struct cohort_run){0};
    segment_forget(&w->to);
    for (int p = 0; p < PARTS; p++) {
        run->parts[p].start = counted(w, (enum cohort_part)p);
    }
}

static void end_run(struct writer *w, struct cohort_run *run) {
    struct cohort_hash hashes[PARTS];
    for (int p = 0; p < PARTS; p++) {
        struct cohort_slice *slice = &run->parts[p];
        size_t bytes = cohort_item_bytes(cohort_part_section((enum cohort_part)p));
        slice->count = counted(w, (enum cohort_part)p) - slice->start;
        hashes[p] = cohort_hash(
            slice->count ? part_bytes(w, (enum cohort_part)p) + slice->start * bytes : NULL,
            (size_t)slice->count * bytes);
    }
    struct cohort_hash hash = cohort_hash(hashes, sizeof hashes);
    run->hash[0] = hash.low;
    run->hash[1] = hash.high;
    add(w, SECTION_RUNS, run);
    w->status = w->status ? w->status : w->to.status;
}

static uint32_t text_of_codes(struct writer *w, uint32_t codes) {
    return codes == COHORT_MIXED ? COHORT_MIXED : copy_text(w, codes);
}

static void write_row(struct writer *w, uint32_t number) {
    const struct row *row = &w->p->rows[number];
    const struct extra *extra = &w->p->facts.extras[number];
    const struct met *met = met_of(w, number);
    const struct segment *from = w->p->segments[row->segment];
    struct str raw = raw_of(w, number);
    if (!w->resources[extra->met]) {
        w->resources[extra->met] = (uint32_t)counted(w, PART_RESOURCES) + 1;
        write_resource(w, met, row, raw);
    } else if (raw.len) {
        /* The row before the end came first. */
        struct cohort_resource *out =
            (struct cohort_resource *)(void *)w->sections[SECTION_RESOURCES].at +
            w->resources[extra->met] - 1;
        if (!out->raw_bytes) {
            if (w->raw.len + raw.len > COHORT_FRAME_BYTES) {
                end_frame(w);
            }
            out->frame = w->frame;
            out->raw_start = (uint32_t)w->raw.len;
            out->raw_bytes = (uint32_t)raw.len;
            buf_add(&w->raw, raw);
        }
    }
    struct cohort_row out = {.known_from = row->known_from,
                             .known_to = row->known_to,
                             .effective = extra->effective,
                             .patient =
                                 extra->patient == BUILD_SHARED ? COHORT_NOBODY : extra->patient,
                             .order = number,
                             .resource = w->resources[extra->met] - 1,
                             .source = row->source,
                             .line = row->line,
                             .type = row->type,
                             .flags = (uint8_t)(row->flags & ~(ROW_RAW | ROW_ID_UUID))};
    const struct cohort_resource *resource =
        (const struct cohort_resource *)(const void *)w->sections[SECTION_RESOURCES].at +
        out.resource;
    out.id = resource->id;
    out.flags |= resource->id_flags;
    out.block = copy_block(w, from, row->type, row->block);
    add(w, SECTION_ROWS, &out);
}

/* The texts that the directories name things by: the first run. */
static void write_names(struct writer *w) {
    const struct population *p = w->p;
    struct cohort_run run;
    start_run(w, &run);
    for (uint32_t i = 0; i < p->segments[0]->source_count; i++) {
        uint32_t text = segment_intern(&w->to, p->sources[i]);
        add(w, SECTION_SOURCES, &text);
    }
    for (uint32_t i = 0; i < p->patient_count; i++) {
        struct cohort_patient patient = {copy_text(w, p->patient_ids[i]),
                                         p->facts.patient_sources[i], p->facts.patient_lines[i]};
        add(w, SECTION_PATIENTS, &patient);
        add(w, SECTION_BY_ID, &p->by_id[i]);
    }
    const struct medication *all = p->facts.medications.items;
    for (uint32_t i = 0; i < p->facts.medications.count; i++) {
        struct cohort_medication medication = {copy_text(w, all[i].id),
                                               copy_text(w, (uint32_t)all[i].filters)};
        add(w, SECTION_MEDICATIONS, &medication);
    }
    const struct met *mets = p->facts.mets.items;
    for (uint32_t i = 0; i < p->facts.mets.count; i++) {
        (void)copy_text(w, more_of(w, &mets[i]).codes);
        (void)copy_text(w, more_of(w, &mets[i]).waits);
    }
    end_run(w, &run);
}

static void write_runs(struct writer *w) {
    for (uint64_t start = 0, end; start < w->p->row_count && !w->status; start = end) {
        struct cohort_run run;
        end = group_end(w, start);
        start_run(w, &run);
        run.type = w->keys[start].type;
        run.codes = text_of_codes(w, w->keys[start].codes);
        for (uint64_t i = start; i < end && !w->status; i++) {
            write_row(w, w->keys[i].row);
        }
        end_run(w, &run);
    }
    end_frame(w);
}

static bool start(struct writer *w) {
    const struct population *p = w->p;
    uint16_t types = model_type_count();
    segment_init(&w->to);
    arena_init(&w->arena, 0);
    buf_init(&w->raw);
    for (int s = 0; s < SECTIONS; s++) {
        buf_init(&w->sections[s]);
    }
    w->cells = ARENA_ARRAY(&w->arena, types, uint16_t *);
    w->cell_counts = ARENA_ARRAY(&w->arena, types, uint16_t);
    w->resources = mem_new((size_t)p->facts.mets.count + 1, sizeof *w->resources);
    w->keys = mem_new((size_t)p->row_count + 1, sizeof *w->keys);
    w->zstd = ZSTD_createCCtx();
    return w->cells && w->cell_counts && w->resources && w->keys && w->zstd &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL));
}

static void fill(struct writer *w) {
    for (uint64_t i = 0; i < w->p->row_count && !w->status; i++) {
        const struct row *row = &w->p->rows[i];
        mark_block(w, w->p->segments[row->segment], row->type, row->block);
    }
    if (w->status) {
        return;
    }
    write_shapes(w);
    sort_rows(w);
    w->texts = mem_new((size_t)w->p->segments[0]->text_count + 1, sizeof *w->texts);
    w->status = w->texts ? w->p->segments[0]->status : STATUS_NO_MEMORY;
    if (!w->status) {
        write_names(w);
        write_runs(w);
    }
    for (int s = 0; s < SECTIONS && !w->status; s++) {
        w->status = buf_status(&w->sections[s]);
    }
}

static void end(struct writer *w) {
    segment_release(&w->to);
    arena_release(&w->arena);
    buf_release(&w->raw);
    for (int s = 0; s < SECTIONS; s++) {
        buf_release(&w->sections[s]);
    }
    mem_free(w->resources);
    mem_free(w->keys);
    mem_free(w->texts);
    ZSTD_freeCCtx(w->zstd);
}

static bool put(int fd, const char *at, size_t bytes) {
    while (bytes) {
        ssize_t n = write(fd, at, bytes);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        if (n > 0) {
            at += n;
            bytes -= (size_t)n;
        }
    }
    return true;
}

static struct str section_bytes(const struct writer *w, enum cohort_section_id section) {
    for (int p = PART_WORDS; p < PARTS; p++) {
        if (cohort_part_section((enum cohort_part)p) == section) {
            return (struct str){part_bytes(w, (enum cohort_part)p),
                                (size_t)counted(w, (enum cohort_part)p) *
                                    cohort_item_bytes(section)};
        }
    }
    return buf_str(&w->sections[section]);
}

/* Places the sections behind `offset`, each at a multiple of eight. */
static uint64_t place_sections(const struct writer *w, struct cohort_segment *out,
                               uint64_t offset) {
    for (int s = 0; s < SECTIONS; s++) {
        enum cohort_section_id id = (enum cohort_section_id)s;
        struct str bytes = section_bytes(w, id);
        struct cohort_hash hash = {0};
        if (cohort_is_checked(id)) {
            hash = cohort_hash(bytes.at, bytes.len);
        }
        out->sections[s] = (struct cohort_section){offset, bytes.len, {hash.low, hash.high}};
        offset += (bytes.len + 7) / 8 * 8;
    }
    out->counts = w->p->counts;
    memcpy(out->content_hash, w->p->hash, sizeof out->content_hash);
    return offset;
}

static bool put_file(const struct writer *w, int fd, const struct cohort_header *header,
                     const struct cohort_map *old) {
    static const char zeros[COHORT_HEADER_BYTES];
    bool ok = put(fd, (const char *)header, sizeof *header) &&
              put(fd, zeros, COHORT_HEADER_BYTES - sizeof *header) &&
              (!old || put(fd, old->at + COHORT_HEADER_BYTES, old->bytes - COHORT_HEADER_BYTES));
    for (int s = 0; s < SECTIONS && ok; s++) {
        struct str bytes = section_bytes(w, (enum cohort_section_id)s);
        ok = put(fd, bytes.at, bytes.len) && put(fd, zeros, (8 - bytes.len % 8) % 8);
    }
    return ok && fsync(fd) == 0;
}

/* Beside the target, then in its place: whoever reads meanwhile has the old file or the new one. */
static bool replace(const struct writer *w, const char *path, const struct cohort_header *header,
                    const struct cohort_map *old, struct arena *arena) {
    struct str name = arena_format(arena, "%s.XXXXXX", path);
    char *temporary = name.at ? (char *)(uintptr_t)name.at : NULL;
    int fd = temporary ? mkstemp(temporary) : -1;
    if (fd < 0) {
        return false;
    }
    bool ok = put_file(w, fd, header, old);
    ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary, path) == 0;
    if (!ok) {
        int error = errno;
        (void)unlink(temporary);
        errno = error;
        return false;
    }
    struct str folder = arena_copy(arena, file_folder(str_from(path)));
    int folder_fd = folder.at ? open(folder.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder_fd >= 0) {
        (void)fsync(folder_fd);
        close(folder_fd);
    }
    return true;
}

enum status cohort_write(const struct population *population, struct str file,
                         const struct cohort_map *old, struct diag_list *diags,
                         struct cohort_summary *summary) {
    struct writer w = {.p = population};
    struct cohort_header *header = mem_new(1, sizeof *header);
    w.status = start(&w) && header ? STATUS_OK : STATUS_NO_MEMORY;
    if (!w.status) {
        fill(&w);
    }
    if (!w.status) {
        if (old) {
            *header = *old->header;
        }
        memcpy(header->magic, COHORT_MAGIC, sizeof header->magic);
        header->version = COHORT_VERSION;
        header->model = cohort_model();
        header->bytes = place_sections(&w, &header->segments[header->segment_count++],
                                       old ? old->bytes : COHORT_HEADER_BYTES);
        struct cohort_hash hash = cohort_header_hash(header);
        header->hash[0] = hash.low;
        header->hash[1] = hash.high;
        struct str path = arena_copy(&w.arena, file);
        if (!path.at || !replace(&w, path.at, header, old, &w.arena)) {
            (void)diag_in_file(diags, DIAG_DA0004, file, 0, "%s", strerror(errno));
            w.status = STATUS_USER_ERROR;
        }
        summary->bytes = header->bytes;
        summary->segments = header->segment_count;
    }
    end(&w);
    mem_free(header);
    return w.status;
}
