#include "fhir/reader_internal.h"

#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <zlib.h>

/* One open file. zlib reads what is not compressed as it is. */
struct input {
    struct reading *reading;
    struct reader *r;
    gzFile gz;
    char *buffer; /* [capacity + JSON_PADDING] */
    size_t capacity;
    size_t start; /* unread bytes are [start, end) */
    size_t end;
    uint64_t out; /* bytes that came out */
    bool at_end;
    bool is_broken;
};

/* Room for more bytes at the end: by moving what is unread to the front, else by growing. False:
 * the limit is reached, or there is no memory. */
static bool make_room(struct input *in, size_t limit) {
    if (in->start) {
        memmove(in->buffer, in->buffer + in->start, in->end - in->start);
        in->end -= in->start;
        in->start = 0;
    }
    if (in->end < in->capacity) {
        return true;
    }
    if (in->capacity >= limit) {
        return false;
    }
    size_t wanted = in->capacity > limit / 2 ? limit : in->capacity * 2;
    char *grown = mem_resize(in->buffer, wanted + JSON_PADDING, 1);
    if (!grown) {
        in->r->status = STATUS_NO_MEMORY;
        return false;
    }
    in->buffer = grown;
    in->capacity = wanted;
    return true;
}

static bool is_bomb(const struct input *in) {
    z_off_t packed = gzoffset(in->gz);
    return !gzdirect(in->gz) && in->out > LIMIT_INFLATE_FREE_BYTES &&
           in->out / LIMIT_INFLATE_RATIO > (uint64_t)(packed > 0 ? packed : 0);
}

/* Reads more bytes behind `end`. */
static void fill(struct input *in) {
    struct reader *r = in->r;
    size_t room = in->capacity - in->end;
    int got = gzread(in->gz, in->buffer + in->end, (unsigned)(room < INT32_MAX ? room : INT32_MAX));
    int code = Z_OK;
    const char *words = gzerror(in->gz, &code);
    /* zlib tells of a cut as soon as it sees it, while it still has bytes to give. */
    if (got < 0 || (got == 0 && code < 0)) {
        in->at_end = in->is_broken = true;
        if (gzdirect(in->gz)) {
            reader_say(r, DIAG_DA0001, "reading stopped here: %s", strerror(errno));
        } else {
            reader_say(r, DIAG_DA0010, "%s", code == Z_BUF_ERROR ? "the file ends early" : words);
        }
    }
    if (got <= 0) {
        in->at_end = true;
        return;
    }
    in->end += (size_t)got;
    in->out += (uint64_t)got;
    r->batch.counts.bytes += (uint64_t)got;
    if (is_bomb(in)) {
        in->at_end = in->is_broken = true;
        reader_say(r, DIAG_DA0011, "reading was stopped after %llu bytes",
                   (unsigned long long)in->out);
    }
    if (r->options->progress) {
        z_off_t done = gzoffset(in->gz);
        r->options->progress(r->options->context,
                             in->reading->bytes_done + (uint64_t)(done > 0 ? done : 0),
                             in->reading->bytes_all);
    }
    if (r->options->cancelled && r->options->cancelled(r->options->context)) {
        r->status = STATUS_CANCELLED;
    }
}

/* What was read so far goes to the builder. */
static void flush(struct input *in) {
    in->r->batch.lines = in->r->line;
    batch_replay(in->reading, &in->r->batch, in->r->source, 0);
    in->reading->status = in->reading->status ? in->reading->status : in->r->status;
}

static bool is_stopped(const struct input *in) {
    return in->r->status || reading_is_stopped(in->reading);
}

/* Passes over the rest of a line that is too long. */
static void pass_line(struct input *in) {
    reader_bad(in->r, DIAG_DA0012, "the line is longer than %u MB", LIMIT_RESOURCE_BYTES >> 20);
    const char *newline = NULL;
    while (!newline && !is_stopped(in)) {
        in->start = in->end = 0;
        if (!in->at_end) {
            fill(in);
        }
        newline = in->end ? memchr(in->buffer, '\n', in->end) : NULL;
        if (in->end == 0) {
            return;
        }
    }
    if (newline) {
        in->start = (size_t)(newline - in->buffer) + 1;
    }
}

struct str input_trimmed(const char *at, size_t len) {
    while (len && (at[len - 1] == '\r' || at[len - 1] == ' ' || at[len - 1] == '\t' ||
                   at[len - 1] == '\n')) {
        len--;
    }
    while (len && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) {
        at++;
        len--;
    }
    return (struct str){at, len};
}

void input_read_line(struct reader *r, const char *at, size_t len) {
    r->line++;
    struct str line = input_trimmed(at, len);
    if (line.len) {
        r->batch.counts.lines++;
        bundle_read(r, line);
    }
}

/* `searched` bytes from start hold no line end: those are not looked at again. */
static void read_lines(struct input *in) {
    struct reader *r = in->r;
    size_t searched = 0;
    while (!is_stopped(in)) {
        size_t unread = in->end - in->start;
        const char *from = in->buffer + in->start;
        const char *newline =
            unread > searched ? memchr(from + searched, '\n', unread - searched) : NULL;
        if (newline) {
            in->start += (size_t)(newline - from) + 1;
            searched = 0;
            input_read_line(r, from, (size_t)(newline - from));
        } else if (in->at_end) {
            /* A line that a broken file cut is part of what was said about the file. */
            if (unread && !in->is_broken) {
                in->start = in->end;
                input_read_line(r, from, unread);
            } else if (unread) {
                r->batch.counts.bad++;
            }
            return;
        } else if (make_room(in, LIMIT_RESOURCE_BYTES)) {
            searched = unread;
            flush(in);
            fill(in);
        } else if (!r->status) {
            r->line++;
            pass_line(in);
            searched = 0;
        }
    }
}

static void read_document(struct input *in) {
    struct reader *r = in->r;
    while (!in->at_end && !is_stopped(in)) {
        if (!make_room(in, LIMIT_DOCUMENT_BYTES)) {
            if (!r->status) {
                reader_bad(r, DIAG_DA0012, "the file is one JSON text longer than %u MB",
                           LIMIT_DOCUMENT_BYTES >> 20);
            }
            return;
        }
        fill(in);
    }
    struct str text = input_trimmed(in->buffer + in->start, in->end - in->start);
    if (text.len && !is_stopped(in)) {
        r->line = 1;
        r->batch.counts.lines++;
        bundle_read(r, text);
    }
}

static bool is_whole_json(struct reader *r, struct str text) {
    struct json_marks marks;
    struct json_error error;
    struct json_walk walk;
    if (!json_scan(r->scanner, text, &marks, &error)) {
        return false;
    }
    json_walk_init(&walk, &marks);
    return json_ends(&walk);
}

/* The line that starts at `offset` behind the unread start, read as far as needed; *next is the
 * offset behind it. */
static struct str peek_line(struct input *in, size_t offset, size_t *next) {
    for (;;) {
        const char *from = in->buffer + in->start + offset;
        size_t len = in->end - in->start - offset;
        const char *newline = len ? memchr(from, '\n', len) : NULL;
        if (newline || in->at_end || is_stopped(in) || !make_room(in, LIMIT_RESOURCE_BYTES)) {
            size_t line = newline ? (size_t)(newline - from) : len;
            *next = offset + line + (newline != NULL);
            return input_trimmed(from, line);
        }
        fill(in);
    }
}

/* One JSON text over many lines, or a resource a line? It is lines when the first line that is not
 * blank is a whole JSON text, or the second is a whole resource (then the first is a broken one).
 */
static bool is_document(struct input *in) {
    struct reader *r = in->r;
    size_t next = 0;
    struct str line = {"", 0};
    while (line.len == 0 && (next < in->end - in->start || !in->at_end) && !is_stopped(in)) {
        line = peek_line(in, next, &next);
    }
    if (line.len && line.at[0] == '[') {
        return true;
    }
    if (line.len == 0) {
        return false;
    }
    if (is_whole_json(r, line)) {
        return in->at_end && next == in->end - in->start;
    }
    line = peek_line(in, next, &next);
    return !str_starts(line, STR("{\"resourceType\"")) || !is_whole_json(r, line);
}

static bool is_archive(const struct input *in) {
    return in->end >= 4 && memcmp(in->buffer, "PK\003\004", 4) == 0;
}

static void read_open_file(struct input *in, const struct found *file) {
    struct reader *r = in->r;
    gzbuffer(in->gz, 256 * 1024);
    fill(in);
    in->reading->anything |= in->out > 0 || !in->is_broken;
    if (in->end >= 3 && memcmp(in->buffer, "\xEF\xBB\xBF", 3) == 0) {
        in->start = 3;
    }
    r->batch.counts.files++;
    bool archive = is_archive(in);
    r->is_document = !archive && !files_is_lines_name(file->path) && is_document(in);
    if (archive) {
        reader_bad(r, DIAG_DA0017, "this is a zip archive: unpack it and name its folder");
    } else if (r->is_document) {
        read_document(in);
    } else {
        read_lines(in);
    }
    r->is_document = false;
}

void input_read_file(struct reading *reading, const struct found *file) {
    struct reader *r = reading->readers;
    struct input in = {.reading = reading, .r = r, .capacity = READ_BUFFER_BYTES};
    reading->file = file->path;
    r->line = 0;
    errno = 0;
    in.gz = gzopen(file->path.at, "rb");
    if (!in.gz) {
        reading_say(reading, DIAG_DA0001, 0, "%s", errno ? strerror(errno) : "no memory");
        return;
    }
    in.buffer = mem_new(in.capacity + JSON_PADDING, 1);
    r->status = in.buffer ? build_source(reading->build, file->path, &r->source) : STATUS_NO_MEMORY;
    if (!r->status) {
        read_open_file(&in, file);
    }
    flush(&in);
    gzclose(in.gz);
    mem_free(in.buffer);
    reading->bytes_done += file->bytes;
}
