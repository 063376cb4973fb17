#include "run/text_files.h"

#include "base/file.h"

#include <errno.h>

enum { FOLDER_DEPTH_MAX = 16 };

/* True when it is there; a file that is there but cannot be read counts as not found. */
static enum status try_file(struct arena *arena, struct str folder, struct str name, bool *found,
                            struct str *path, struct str *text) {
    struct str full = file_join(arena, folder, name);
    if (!full.at) {
        return STATUS_NO_MEMORY;
    }
    if (file_kind(full) != FILE_REGULAR) {
        return STATUS_OK;
    }
    enum status status = file_read(full, arena, text);
    if (status == STATUS_OK) {
        *found = true;
        *path = full;
    }
    return status == STATUS_NO_MEMORY ? status : STATUS_OK;
}

/* a.b.Name as a/b/Name. */
static struct str as_path(struct arena *arena, struct str name) {
    char *copy = arena_new(arena, name.len + 1, 1);
    if (!copy) {
        return STR_NONE;
    }
    for (size_t i = 0; i < name.len; i++) {
        copy[i] = name.at[i] == '.' ? '/' : name.at[i];
    }
    return (struct str){copy, name.len};
}

static struct str last_part(struct str name) {
    size_t start = name.len;
    while (start > 0 && name.at[start - 1] != '.') {
        start--;
    }
    return (struct str){name.at + start, name.len - start};
}

/* A name that could leave the folder is no library name. */
static bool is_plain(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '/' || name.at[i] == '\\' || name.at[i] == '\0') {
            return false;
        }
    }
    return name.len > 0 && name.at[0] != '.';
}

static enum status load(void *context, struct str name, struct str version, struct arena *arena,
                        bool *found, struct str *path, struct str *text) {
    const struct library_files *files = context;
    *found = false;
    if (!is_plain(name) || (version.len && !is_plain(version))) {
        return STATUS_OK;
    }
    const struct str bases[] = {last_part(name), as_path(arena, name)};
    if (!bases[1].at) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < files->folder_count; i++) {
        for (size_t b = 0; b < 2; b++) {
            const struct str names[] = {
                arena_format(arena, "%.*s-%.*s.cql", STR_ARG(bases[b]), STR_ARG(version)),
                arena_format(arena, "%.*s.cql", STR_ARG(bases[b])),
            };
            for (size_t n = version.len ? 0 : 1; n < 2; n++) {
                enum status status =
                    names[n].at ? try_file(arena, files->folders[i], names[n], found, path, text)
                                : STATUS_NO_MEMORY;
                if (status != STATUS_OK || *found) {
                    return status;
                }
            }
        }
    }
    return STATUS_OK;
}

void library_files_loader(const struct library_files *files, struct library_loader *out) {
    *out = (struct library_loader){.load = load, .context = (void *)(uintptr_t)files};
}

static enum status read_one(struct terms *terms, struct str path, struct arena *arena,
                            struct diag_list *diags) {
    struct str text = STR_NONE;
    enum status status = file_read(path, arena, &text);
    if (status == STATUS_NO_MEMORY) {
        return status;
    }
    if (status != STATUS_OK) {
        (void)diag_in_file(diags, DIAG_DA0001, path, 0, "%s",
                           status == STATUS_IO ? strerror(errno) : status_text(status));
        return STATUS_OK;
    }
    return terms_add_json(terms, path, text, diags);
}

static enum status read_path(struct terms *terms, struct str path, int depth, struct arena *arena,
                             struct diag_list *diags) {
    enum file_kind kind = file_kind(path);
    if (kind == FILE_REGULAR && (depth == 0 || str_ends(path, STR(".json")))) {
        return read_one(terms, path, arena, diags);
    }
    if (kind == FILE_MISSING) {
        (void)diag_in_file(diags, DIAG_DA0001, path, 0, "there is no such file or folder");
        return STATUS_OK;
    }
    if (kind != FILE_FOLDER || depth > FOLDER_DEPTH_MAX) {
        return STATUS_OK;
    }
    struct str *names = NULL;
    uint32_t count = 0;
    enum status status = file_list(path, arena, &names, &count);
    if (status == STATUS_IO) {
        (void)diag_in_file(diags, DIAG_DA0001, path, 0, "%s", strerror(errno));
        return STATUS_OK;
    }
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        struct str full = file_join(arena, path, names[i]);
        status = full.at ? read_path(terms, full, depth + 1, arena, diags) : STATUS_NO_MEMORY;
    }
    return status;
}

/* A path without the slashes at its end and the "./" before it. */
static struct str bare_path(struct str path) {
    while (path.len > 1 && path.at[path.len - 1] == '/') {
        path.len--;
    }
    while (path.len > 2 && str_starts(path, STR("./"))) {
        path = (struct str){path.at + 2, path.len - 2};
    }
    return path;
}

static bool was_named(const struct str *paths, uint32_t at) {
    for (uint32_t i = 0; i < at; i++) {
        if (str_equal(bare_path(paths[i]), bare_path(paths[at]))) {
            return true;
        }
    }
    return false;
}

enum status terms_read_paths(struct terms *terms, const struct str *paths, uint32_t count,
                             struct arena *arena, struct diag_list *diags) {
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        if (!was_named(paths, i)) {
            status = read_path(terms, paths[i], 0, arena, diags);
        }
    }
    return status;
}
