#include "base/file.h"

#include "base/limits.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct str file_join(struct arena *arena, struct str folder, struct str name) {
    if (folder.len == 0) {
        return arena_copy(arena, name);
    }
    const char *slash = folder.at[folder.len - 1] == '/' ? "" : "/";
    return arena_format(arena, "%.*s%s%.*s", STR_ARG(folder), slash, STR_ARG(name));
}

struct str file_folder(struct str path) {
    size_t end = path.len;
    while (end > 0 && path.at[end - 1] != '/') {
        end--;
    }
    if (end == 0) {
        return STR(".");
    }
    return (struct str){path.at, end > 1 ? end - 1 : 1};
}

enum file_kind file_kind(struct str path) {
    char copy[PATH_MAX];
    struct stat info;
    if (path.len >= sizeof copy) {
        return FILE_MISSING;
    }
    memcpy(copy, path.at, path.len);
    copy[path.len] = '\0';
    if (strlen(copy) != path.len || stat(copy, &info) != 0) {
        return FILE_MISSING;
    }
    if (S_ISDIR(info.st_mode)) {
        return FILE_FOLDER;
    }
    return S_ISREG(info.st_mode) ? FILE_REGULAR : FILE_OTHER;
}

static enum status read_open(int fd, struct arena *arena, struct str *out) {
    size_t cap = 16 * 1024;
    struct stat info;
    if (fstat(fd, &info) == 0 && info.st_size > 0) {
        if ((uint64_t)info.st_size > LIMIT_SOURCE_BYTES) {
            return STATUS_LIMIT;
        }
        cap = (size_t)info.st_size + 1;
    }
    char *text = arena_new(arena, cap + 1, 1);
    size_t len = 0;
    while (text) {
        ssize_t got = read(fd, text + len, cap - len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return STATUS_IO;
        }
        if (got == 0) {
            *out = (struct str){text, len};
            return STATUS_OK;
        }
        len += (size_t)got;
        if (len == cap) {
            if (cap > LIMIT_SOURCE_BYTES) {
                return STATUS_LIMIT;
            }
            char *larger = arena_new(arena, cap * 2 + 1, 1);
            if (larger) {
                memcpy(larger, text, len);
            }
            text = larger;
            cap *= 2;
        }
    }
    return STATUS_NO_MEMORY;
}

enum status file_read(struct str path, struct arena *arena, struct str *out) {
    struct str copy = arena_copy(arena, path);
    if (!copy.at) {
        return STATUS_NO_MEMORY;
    }
    int fd = open(copy.at, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return STATUS_IO;
    }
    enum status status = read_open(fd, arena, out);
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return status;
}

static int by_bytes(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

struct listing {
    struct str *names; /* heap; moved to the arena at the end */
    uint32_t count;
    uint32_t capacity;
};

static enum status list_add(struct listing *list, struct arena *arena, const char *name) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 32;
        struct str *grown = mem_resize(list->names, capacity, sizeof *grown);
        if (!grown) {
            return STATUS_NO_MEMORY;
        }
        list->names = grown;
        list->capacity = capacity;
    }
    struct str copy = arena_copy(arena, str_from(name));
    if (!copy.at) {
        return STATUS_NO_MEMORY;
    }
    list->names[list->count++] = copy;
    return STATUS_OK;
}

static enum status list_open(DIR *dir, struct arena *arena, struct listing *list) {
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            return errno ? STATUS_IO : STATUS_OK;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        enum status status = list_add(list, arena, entry->d_name);
        if (status != STATUS_OK) {
            return status;
        }
    }
}

enum status file_list(struct str folder, struct arena *arena, struct str **names, uint32_t *count) {
    struct str copy = arena_copy(arena, folder);
    if (!copy.at) {
        return STATUS_NO_MEMORY;
    }
    DIR *dir = opendir(copy.at);
    if (!dir) {
        return STATUS_IO;
    }
    struct listing list = {0};
    enum status status = list_open(dir, arena, &list);
    int saved = errno;
    (void)closedir(dir);
    if (status == STATUS_OK) {
        *names = ARENA_ARRAY(arena, list.count, struct str);
        *count = list.count;
        if (*names && list.count) {
            qsort(list.names, list.count, sizeof *list.names, by_bytes);
            memcpy(*names, list.names, list.count * sizeof *list.names);
        }
        status = *names ? STATUS_OK : STATUS_NO_MEMORY;
    }
    mem_free(list.names);
    errno = saved;
    return status;
}

enum status file_write_new(struct str path, struct str text, enum file_access access,
                           struct arena *scratch) {
    struct str copy = arena_copy(scratch, path);
    if (!copy.at) {
        return STATUS_NO_MEMORY;
    }
    int fd = open(copy.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  access == FILE_ACCESS_SECRET ? 0600 : 0666);
    if (fd < 0) {
        return STATUS_IO;
    }
    size_t done = 0;
    while (done < text.len) {
        ssize_t put = write(fd, text.at + done, text.len - done);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            int saved = errno;
            (void)close(fd);
            errno = saved;
            return STATUS_IO;
        }
        done += (size_t)put;
    }
    return close(fd) == 0 ? STATUS_OK : STATUS_IO;
}
