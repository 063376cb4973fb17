#include "fhir/reader_internal.h"

#include "base/limits.h"
#include "base/mem.h"
#include "par/par.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Threads read pieces; the calling thread replays them in order, beside those that read on. It
 * compares ids that lie in the readers' segments, which move as they grow: a piece carries what its
 * reader's segment was when the piece ended, and arrays that grew since stay as long as that piece
 * is not replayed (segment_show). */
/* Lines are read where they start: a piece has those whose first byte lies in it. */
struct piece {
    uint32_t file; /* among the files of this run */
    uint64_t start;
    uint64_t end;
    struct batch batch;
    uint8_t segment; /* its number, and how it was behind this piece */
    struct segment shown;
};

struct pieces {
    struct reading *reading;
    const struct found *files;
    uint32_t *sources; /* by file */
    struct piece *at;
    uint64_t count;
    _Atomic uint64_t replayed;
    uint64_t line_base;  /* lines of the file in hand that are replayed */
    uint32_t file;       /* in hand */
    struct buf *buffers; /* by thread */
};

static bool is_plain_lines(const struct found *file) {
    unsigned char start[2] = {0};
    if (!files_is_lines_name(file->path) || str_ends(file->path, STR(".gz"))) {
        return false;
    }
    int fd = open(file->path.at, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : pread(fd, start, sizeof start, 0);
    if (fd >= 0) {
        close(fd);
    }
    return got >= 0 && !(start[0] == 0x1F && start[1] == 0x8B);
}

/* Reads bytes [at, at + size) into the buffer's end; what comes short is the file's end. */
static bool read_more(struct reader *r, int fd, uint64_t at, size_t size, struct buf *out) {
    char *to = buf_reserve(out, size + JSON_PADDING);
    if (!to) {
        r->status = STATUS_NO_MEMORY;
        return false;
    }
    size_t got = 0;
    while (got < size) {
        ssize_t n = pread(fd, to + got, size - got, (off_t)(at + got));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            reader_say(r, DIAG_DA0001, "reading stopped here: %s", strerror(errno));
        }
        if (n <= 0) {
            break;
        }
        got += (size_t)n;
    }
    out->len += got;
    return got == size;
}

/* The end of the line that starts at `from`, behind its newline; reads on where it lies beyond the
 * piece. 0: it is longer than a line may be. */
static size_t line_end(struct reader *r, int fd, uint64_t at, size_t from, bool *more,
                       struct buf *text) {
    size_t searched = from;
    for (;;) {
        const char *newline =
            text->len > searched ? memchr(text->at + searched, '\n', text->len - searched) : NULL;
        size_t len = newline ? (size_t)(newline - text->at) - from : text->len - from;
        if (len >= LIMIT_RESOURCE_BYTES) {
            return 0;
        }
        if (newline) {
            return (size_t)(newline - text->at) + 1;
        }
        searched = text->len;
        if (!*more || r->status) {
            return text->len;
        }
        size_t wanted = len < READ_BUFFER_BYTES ? READ_BUFFER_BYTES / 4 + 1 : len;
        *more = read_more(r, fd, at + text->len, wanted, text);
    }
}

static void read_piece(struct reader *r, int fd, const struct piece *piece, struct buf *text) {
    /* One byte before tells whether a line starts at the first. */
    uint64_t at = piece->start ? piece->start - 1 : 0;
    size_t size = (size_t)(piece->end - at);
    bool more = read_more(r, fd, at, size, text);
    size_t end = text->len, from = 0;
    if (piece->start) {
        const char *newline = end ? memchr(text->at, '\n', end) : NULL;
        from = newline ? (size_t)(newline - text->at) + 1 : end;
    } else if (end >= 3 && memcmp(text->at, "\xEF\xBB\xBF", 3) == 0) {
        from = 3;
    }
    uint64_t bad_max = r->options->bad_max ? r->options->bad_max : UINT64_MAX;
    while (from < end && !r->status && r->batch.counts.bad <= bad_max) {
        size_t next = line_end(r, fd, at, from, &more, text);
        if (!next) {
            r->line++;
            reader_bad(r, DIAG_DA0012, "the line is longer than %u MB", LIMIT_RESOURCE_BYTES >> 20);
            break;
        }
        size_t len = next - from - (text->at[next - 1] == '\n');
        input_read_line(r, text->at + from, len);
        from = next;
    }
}

static enum status work(void *context, uint32_t thread, uint64_t index, struct buf *out) {
    struct pieces *pieces = context;
    struct piece *piece = &pieces->at[index];
    struct reader *r = &pieces->reading->readers[thread];
    const struct found *file = &pieces->files[piece->file];
    (void)out;
    segment_show(r->segment, index, pieces->replayed);
    r->line = 0;
    r->source = pieces->sources[piece->file];
    r->is_document = false;
    errno = 0;
    int fd = open(file->path.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        reader_say(r, DIAG_DA0001, "%s", strerror(errno));
    } else {
        buf_reset(&pieces->buffers[thread]);
        read_piece(r, fd, piece, &pieces->buffers[thread]);
        close(fd);
    }
    r->batch.lines = r->line;
    r->batch.counts.bytes = piece->end - piece->start;
    r->batch.counts.files = piece->start == 0;
    batch_move(&piece->batch, &r->batch);
    piece->segment = r->segment_number;
    piece->shown = *r->segment;
    if (pieces->reading->options->cancelled &&
        pieces->reading->options->cancelled(pieces->reading->options->context)) {
        return STATUS_CANCELLED;
    }
    return r->status;
}

static enum status replay(void *context, uint64_t index, struct str bytes) {
    struct pieces *pieces = context;
    struct reading *reading = pieces->reading;
    (void)bytes;
    struct piece *piece = &pieces->at[index];
    if (index == 0 || piece->file != pieces->file) {
        pieces->file = piece->file;
        pieces->line_base = 0;
        reading->file = pieces->files[piece->file].path;
    }
    uint64_t lines = piece->batch.lines;
    build_show(reading->build, piece->segment, &piece->shown);
    batch_replay(reading, &piece->batch, pieces->sources[piece->file], pieces->line_base);
    batch_release(&piece->batch);
    pieces->replayed = index + 1;
    pieces->line_base += lines;
    reading->bytes_done += piece->end - piece->start;
    reading->anything = true;
    if (reading->options->progress) {
        reading->options->progress(reading->options->context, reading->bytes_done,
                                   reading->bytes_all);
    }
    /* Enough is bad: a cancellation that is none. */
    return reading->status               ? reading->status
           : reading_is_stopped(reading) ? STATUS_CANCELLED
                                         : STATUS_OK;
}

/* Cuts the files; even an empty one has a piece, so that it is counted. */
static enum status cut(struct pieces *pieces, uint32_t file_count) {
    for (int pass = 0; pass < 2; pass++) {
        pieces->count = 0;
        for (uint32_t f = 0; f < file_count; f++) {
            uint64_t start = 0, bytes = pieces->files[f].bytes;
            do {
                uint64_t end =
                    bytes - start > READ_BUFFER_BYTES ? start + READ_BUFFER_BYTES : bytes;
                if (pass) {
                    pieces->at[pieces->count] =
                        (struct piece){.file = f, .start = start, .end = end};
                    batch_init(&pieces->at[pieces->count].batch);
                }
                pieces->count++;
                start = end;
            } while (start < bytes);
        }
        if (!pass) {
            pieces->at = mem_new(pieces->count, sizeof *pieces->at);
            if (!pieces->at) {
                return STATUS_NO_MEMORY;
            }
        }
    }
    return STATUS_OK;
}

/* The builder looks at the segments themselves again. */
static void end_showing(struct reading *reading) {
    for (uint32_t i = 0; i < reading->threads; i++) {
        build_show(reading->build, reading->readers[i].segment_number, NULL);
        segment_hide(reading->readers[i].segment);
    }
}

static enum status read_all(struct pieces *pieces, uint32_t file_count) {
    struct reading *reading = pieces->reading;
    pieces->sources = mem_new(file_count, sizeof *pieces->sources);
    pieces->buffers = mem_new(reading->threads, sizeof *pieces->buffers);
    enum status status = pieces->sources && pieces->buffers ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t f = 0; f < file_count && !status; f++) {
        status = build_source(reading->build, pieces->files[f].path, &pieces->sources[f]);
    }
    status = status ? status : cut(pieces, file_count);
    const struct par_job job = {.work = work, .sink = replay, .context = pieces};
    status = status ? status : par_run(pieces->count, reading->threads, &job);
    end_showing(reading);
    for (uint64_t i = 0; pieces->at && i < pieces->count; i++) {
        batch_release(&pieces->at[i].batch);
    }
    for (uint32_t i = 0; pieces->buffers && i < reading->threads; i++) {
        buf_release(&pieces->buffers[i]);
    }
    mem_free(pieces->buffers);
    mem_free(pieces->sources);
    mem_free(pieces->at);
    return status;
}

uint32_t lines_read_files(struct reading *reading, uint32_t first) {
    uint32_t count = 0;
    while (first + count < reading->file_count && is_plain_lines(&reading->files[first + count])) {
        count++;
    }
    if (!count) {
        return 0;
    }
    struct pieces pieces = {.reading = reading, .files = reading->files + first};
    enum status status = read_all(&pieces, count);
    if (!reading->status && !(status == STATUS_CANCELLED && reading_is_stopped(reading))) {
        reading->status = status;
    }
    return count;
}
