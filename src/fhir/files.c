#include "fhir/reader_internal.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool is_data_name(struct str name) {
    if (str_ends(name, STR(".gz"))) {
        name.len -= 3;
    }
    return str_ends(name, STR(".ndjson")) || str_ends(name, STR(".jsonl")) ||
           str_ends(name, STR(".json"));
}

bool files_is_lines_name(struct str name) {
    if (str_ends(name, STR(".gz"))) {
        name.len -= 3;
    }
    return str_ends(name, STR(".ndjson")) || str_ends(name, STR(".jsonl"));
}

static enum status add_file(struct reading *r, struct str path) {
    if (r->file_count == r->file_capacity) {
        uint32_t wanted = r->file_capacity * 2 + 64;
        struct found *grown = mem_resize(r->files, wanted, sizeof *grown);
        if (!grown) {
            return STATUS_NO_MEMORY;
        }
        r->files = grown;
        r->file_capacity = wanted;
    }
    struct str copy = arena_copy(&r->paths, path);
    struct stat facts;
    if (!copy.at) {
        return STATUS_NO_MEMORY;
    }
    uint64_t bytes = stat(copy.at, &facts) == 0 ? (uint64_t)facts.st_size : 0;
    r->files[r->file_count++] = (struct found){copy, bytes};
    return STATUS_OK;
}

static void say_unreadable(struct reading *r, struct str path, const char *why) {
    r->file = path;
    reading_say(r, DIAG_DA0001, 0, "%s", why);
}

static enum status add_folder(struct reading *r, struct str folder, int depth) {
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
                status = add_folder(r, path, depth + 1);
            }
        } else if (kind == FILE_REGULAR && is_data_name(names[i])) {
            status = add_file(r, path);
        } else if (kind == FILE_MISSING && is_data_name(names[i])) {
            say_unreadable(r, path, strerror(ENOENT)); /* a link that leads nowhere */
        } else {
            build_counts(r->build)->files_passed_over++;
        }
    }
    return status;
}

static enum status add_path(struct reading *r, struct str path) {
    enum file_kind kind = file_kind(path);
    if (kind == FILE_MISSING) {
        say_unreadable(r, path, strerror(ENOENT));
        return STATUS_OK;
    }
    if (kind != FILE_FOLDER) {
        return add_file(r, path);
    }
    uint32_t before = r->file_count;
    uint64_t passed_before = build_counts(r->build)->files_passed_over;
    enum status status = add_folder(r, path, 0);
    r->file = path;
    uint64_t passed = build_counts(r->build)->files_passed_over - passed_before;
    if (!status && r->file_count == before) {
        reading_say(r, DIAG_DA0014, 0, "the folder %.*s holds no data", STR_ARG(path));
    }
    if (passed) {
        reading_say(r, DIAG_DA0013, 0, "%llu file%s passed over in this folder",
                    (unsigned long long)passed, passed == 1 ? " was" : "s were");
    }
    r->anything = true;
    return status;
}

static int compare_files(const void *a, const void *b) {
    return str_compare(((const struct found *)a)->path, ((const struct found *)b)->path);
}

enum status files_find(struct reading *r, const struct str *paths, uint32_t count) {
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < count && !status; i++) {
        status = add_path(r, paths[i]);
    }
    if (status || !r->file_count) {
        return status;
    }
    qsort(r->files, r->file_count, sizeof *r->files, compare_files);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->file_count; i++) {
        if (!kept || !str_equal(r->files[i].path, r->files[kept - 1].path)) {
            r->files[kept++] = r->files[i];
            r->bytes_all += r->files[i].bytes;
        }
    }
    r->file_count = kept;
    return STATUS_OK;
}
