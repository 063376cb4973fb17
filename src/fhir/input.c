#include "fhir/reader_internal.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>

struct found {
    struct str path;
    uint64_t bytes;
};

struct files {
    struct found *at;
    uint32_t count;
    uint32_t capacity;
    uint64_t bytes;
    bool anything; /* at least one path could be read */
};

/* One open file. zlib reads what is not compressed as it is. */
struct input {
    gzFile gz;
    char *buffer; /* [capacity + JSON_PADDING] */
    size_t capacity;
    size_t start; /* unread bytes are [start, end) */
    size_t end;
    uint64_t out; /* bytes that came out */
    bool at_end;
    bool is_broken;
    uint64_t done_before; /* bytes of the files before this one */
    uint64_t bytes_all;
};

static bool is_data_name(struct str name) {
    if (str_ends(name, STR(".gz"))) {
        name.len -= 3;
    }
    return str_ends(name, STR(".ndjson")) || str_ends(name, STR(".jsonl")) ||
           str_ends(name, STR(".json"));
}

static bool is_lines_name(struct str name) {
    if (str_ends(name, STR(".gz"))) {
        name.len -= 3;
    }
    return str_ends(name, STR(".ndjson")) || str_ends(name, STR(".jsonl"));
}

static enum status add_file(struct reader *r, struct files *files, struct str path) {
    if (files->count == files->capacity) {
        uint32_t wanted = files->capacity * 2 + 64;
        struct found *grown = mem_resize(files->at, wanted, sizeof *grown);
        if (!grown) {
            return STATUS_NO_MEMORY;
        }
        files->at = grown;
        files->capacity = wanted;
    }
    struct str copy = arena_copy(&r->paths, path);
    struct stat facts;
    if (!copy.at) {
        return STATUS_NO_MEMORY;
    }
    uint64_t bytes = stat(copy.at, &facts) == 0 ? (uint64_t)facts.st_size : 0;
    files->at[files->count++] = (struct found){copy, bytes};
    files->bytes += bytes;
    return STATUS_OK;
}

static void say_unreadable(struct reader *r, struct str path, const char *why) {
    r->file = path;
    r->line = 0;
    reader_say(r, DIAG_DA0001, "%s", why);
}

static enum status add_folder(struct reader *r, struct files *files, struct str folder, int depth) {
    struct str *names;
    uint32_t count;
    enum status status = file_list(folder, &r->paths, &names, &count);
    if (status == STATUS_IO) {
        say_unreadable(r, folder, strerror(errno));
        return STATUS_OK;
    }
    for (uint32_t i = 0; !status && i < count; i++) {
        struct str path = file_join(&r->paths, folder, names[i]);
        if (!path.at) {
            return STATUS_NO_MEMORY;
        }
        enum file_kind kind = file_kind(path);
        if (kind == FILE_FOLDER) {
            if (depth == LIMIT_FOLDER_DEPTH) {
                say_unreadable(r, path, "the folders are nested too deeply");
            } else {
                status = add_folder(r, files, path, depth + 1);
            }
        } else if (kind == FILE_REGULAR && is_data_name(names[i])) {
            status = add_file(r, files, path);
        } else if (kind == FILE_MISSING && is_data_name(names[i])) {
            say_unreadable(r, path, strerror(ENOENT)); /* a link that leads nowhere */
        } else {
            build_counts(r->build)->files_passed_over++;
        }
    }
    return status;
}

static enum status add_path(struct reader *r, struct files *files, struct str path) {
    enum file_kind kind = file_kind(path);
    if (kind == FILE_MISSING) {
        say_unreadable(r, path, strerror(ENOENT));
        return STATUS_OK;
    }
    if (kind != FILE_FOLDER) {
        return add_file(r, files, path);
    }
    uint32_t before = files->count;
    uint64_t passed_before = build_counts(r->build)->files_passed_over;
    enum status status = add_folder(r, files, path, 0);
    r->file = path;
    r->line = 0;
    uint64_t passed = build_counts(r->build)->files_passed_over - passed_before;
    if (!status && files->count == before) {
        reader_say(r, DIAG_DA0014, "the folder %.*s holds no data", STR_ARG(path));
    }
    if (passed) {
        reader_say(r, DIAG_DA0013, "%llu file%s passed over in this folder",
                   (unsigned long long)passed, passed == 1 ? " was" : "s were");
    }
    files->anything = true;
    return status;
}

static int compare_files(const void *a, const void *b) {
    return str_compare(((const struct found *)a)->path, ((const struct found *)b)->path);
}

/* Room for more bytes at the end: by moving what is unread to the front, else by growing. False:
 * the limit is reached, or there is no memory. */
static bool make_room(struct reader *r, struct input *in, size_t limit) {
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
        r->status = STATUS_NO_MEMORY;
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
static void fill(struct reader *r, struct input *in) {
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
    build_counts(r->build)->bytes += (uint64_t)got;
    if (is_bomb(in)) {
        in->at_end = in->is_broken = true;
        reader_say(r, DIAG_DA0011, "reading was stopped after %llu bytes",
                   (unsigned long long)in->out);
    }
    if (r->options->progress) {
        z_off_t done = gzoffset(in->gz);
        r->options->progress(r->options->context, in->done_before + (uint64_t)(done > 0 ? done : 0),
                             in->bytes_all);
    }
    if (r->options->cancelled && r->options->cancelled(r->options->context)) {
        r->status = STATUS_CANCELLED;
    }
}

static bool is_stopped(const struct reader *r) {
    return r->status || (r->options->bad_max && build_counts(r->build)->bad > r->options->bad_max);
}

/* Passes over the rest of a line that is too long. */
static void pass_line(struct reader *r, struct input *in) {
    reader_bad(r, DIAG_DA0012, "the line is longer than %u MB", LIMIT_RESOURCE_BYTES >> 20);
    const char *newline = NULL;
    while (!newline && !is_stopped(r)) {
        in->start = in->end = 0;
        if (!in->at_end) {
            fill(r, in);
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

static struct str trimmed(const char *at, size_t len) {
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

static void read_line(struct reader *r, const char *at, size_t len) {
    r->line++;
    struct str line = trimmed(at, len);
    if (line.len) {
        build_counts(r->build)->lines++;
        bundle_read(r, line);
    }
}

/* `searched` bytes from start hold no line end: those are not looked at again. */
static void read_lines(struct reader *r, struct input *in) {
    size_t searched = 0;
    while (!is_stopped(r)) {
        size_t unread = in->end - in->start;
        const char *from = in->buffer + in->start;
        const char *newline =
            unread > searched ? memchr(from + searched, '\n', unread - searched) : NULL;
        if (newline) {
            in->start += (size_t)(newline - from) + 1;
            searched = 0;
            read_line(r, from, (size_t)(newline - from));
        } else if (in->at_end) {
            /* A line that a broken file cut is part of what was said about the file. */
            if (unread && !in->is_broken) {
                in->start = in->end;
                read_line(r, from, unread);
            } else if (unread) {
                build_counts(r->build)->bad++;
            }
            return;
        } else if (make_room(r, in, LIMIT_RESOURCE_BYTES)) {
            searched = unread;
            fill(r, in);
        } else if (!r->status) {
            r->line++;
            pass_line(r, in);
            searched = 0;
        }
    }
}

static void read_document(struct reader *r, struct input *in) {
    while (!in->at_end && !is_stopped(r)) {
        if (!make_room(r, in, LIMIT_DOCUMENT_BYTES)) {
            if (!r->status) {
                reader_bad(r, DIAG_DA0012, "the file is one JSON text longer than %u MB",
                           LIMIT_DOCUMENT_BYTES >> 20);
            }
            return;
        }
        fill(r, in);
    }
    struct str text = trimmed(in->buffer + in->start, in->end - in->start);
    if (text.len && !is_stopped(r)) {
        r->line = 1;
        build_counts(r->build)->lines++;
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
static struct str peek_line(struct reader *r, struct input *in, size_t offset, size_t *next) {
    for (;;) {
        const char *from = in->buffer + in->start + offset;
        size_t len = in->end - in->start - offset;
        const char *newline = len ? memchr(from, '\n', len) : NULL;
        if (newline || in->at_end || is_stopped(r) || !make_room(r, in, LIMIT_RESOURCE_BYTES)) {
            size_t line = newline ? (size_t)(newline - from) : len;
            *next = offset + line + (newline != NULL);
            return trimmed(from, line);
        }
        fill(r, in);
    }
}

/* One JSON text over many lines, or a resource a line? It is lines when the first line that is not
 * blank is a whole JSON text, or the second is a whole resource (then the first is a broken one).
 */
static bool is_document(struct reader *r, struct input *in) {
    size_t next = 0;
    struct str line = {"", 0};
    while (line.len == 0 && (next < in->end - in->start || !in->at_end) && !is_stopped(r)) {
        line = peek_line(r, in, next, &next);
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
    line = peek_line(r, in, next, &next);
    return !str_starts(line, STR("{\"resourceType\"")) || !is_whole_json(r, line);
}

static void read_file(struct reader *r, struct input *in, const struct found *file,
                      struct files *files) {
    r->file = file->path;
    r->line = 0;
    errno = 0;
    in->gz = gzopen(file->path.at, "rb");
    if (!in->gz) {
        say_unreadable(r, file->path, errno ? strerror(errno) : "no memory");
        return;
    }
    gzbuffer(in->gz, 256 * 1024);
    in->start = in->end = 0;
    in->out = 0;
    in->at_end = in->is_broken = false;
    r->source = segment_add_source(r->segment, file->path);
    fill(r, in);
    files->anything |= in->out > 0 || !in->is_broken;
    if (in->end >= 3 && memcmp(in->buffer, "\xEF\xBB\xBF", 3) == 0) {
        in->start = 3;
    }
    build_counts(r->build)->files++;
    r->is_document = !is_lines_name(file->path) && is_document(r, in);
    if (r->is_document) {
        read_document(r, in);
    } else {
        read_lines(r, in);
    }
    gzclose(in->gz);
    in->gz = NULL;
    in->done_before += file->bytes;
}

enum status input_read(struct reader *r, const struct str *paths, uint32_t path_count) {
    struct files files = {0};
    struct input in = {.capacity = READ_BUFFER_BYTES};
    for (uint32_t i = 0; i < path_count && !r->status; i++) {
        r->status = add_path(r, &files, paths[i]);
    }
    in.buffer = mem_new(in.capacity + JSON_PADDING, 1);
    if (!in.buffer) {
        r->status = STATUS_NO_MEMORY;
    }
    if (!r->status && files.count) {
        qsort(files.at, files.count, sizeof *files.at, compare_files);
    }
    in.bytes_all = files.bytes;
    for (uint32_t i = 0; i < files.count && !is_stopped(r); i++) {
        if (i == 0 || !str_equal(files.at[i].path, files.at[i - 1].path)) {
            read_file(r, &in, &files.at[i], &files);
        }
    }
    if (!r->status && is_stopped(r)) {
        reader_say(r, DIAG_DA0015, "more than %llu resources cannot be used",
                   (unsigned long long)r->options->bad_max);
    }
    if (!r->status && path_count && !files.anything) {
        r->status = STATUS_IO;
    }
    mem_free(in.buffer);
    mem_free(files.at);
    return r->status;
}
