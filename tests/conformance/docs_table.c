#include "docs_table.h"

#include "base/arena.h"
#include "base/file.h"

#include <stdio.h>
#include <string.h>

static bool replace(const char *path, struct str text, size_t start, size_t end, struct str table) {
    FILE *file = fopen(path, "wb");
    if (!file) {
        return false;
    }
    bool good = fwrite(text.at, 1, start, file) == start &&
                fwrite(table.at, 1, table.len, file) == table.len &&
                fwrite(text.at + end, 1, text.len - end, file) == text.len - end;
    return fclose(file) == 0 && good;
}

/* Finds `mark` at or after `from`; text.len when it is not there. */
static size_t find(struct str text, size_t from, struct str mark) {
    for (size_t i = from; i + mark.len <= text.len; i++) {
        if (memcmp(text.at + i, mark.at, mark.len) == 0) {
            return i;
        }
    }
    return text.len;
}

bool docs_table(const char *path, const char *name, struct str table, bool write) {
    struct arena arena;
    arena_init(&arena, 0);
    struct str text = STR_NONE;
    struct str opening = arena_format(&arena, "<!-- %s -->\n", name);
    struct str closing = arena_format(&arena, "<!-- end of %s -->", name);
    bool good = false;
    if (opening.at && closing.at && file_read(str_from(path), &arena, &text) == STATUS_OK) {
        size_t start = find(text, 0, opening) + opening.len;
        size_t end = find(text, start, closing);
        struct str there = {text.at + start, end - start};
        if (start >= text.len || end == text.len) {
            printf("%s has no place for %s\n", path, name);
        } else if (str_equal(there, table)) {
            good = true;
        } else if (write) {
            good = replace(path, text, start, end, table);
        } else {
            printf("%s is out of date (%s); run ./dev conformance --write-docs\n", path, name);
        }
    }
    arena_release(&arena);
    return good;
}
