/* Golden cases of the checker: each check/NAME.cql is checked as a library, and what the checker
 * says and how it typed the definitions must be NAME.txt. Included libraries are beside it. A
 * library whose first line holds "trees" shows the trees of its definitions too. With
 * QUELL_UPDATE=1 in the environment the .txt files are written anew.
 *
 *   check_golden FOLDER */
#include "base/file.h"
#include "cql/tree.h"

#include <stdio.h>
#include <stdlib.h>

struct folder {
    struct str path;
};

static enum status load(void *context, struct str name, struct str version, struct arena *arena,
                        bool *found, struct str *path, struct str *text) {
    const struct folder *folder = context;
    (void)version;
    struct str file = arena_format(arena, "%.*s.cql", STR_ARG(name));
    struct str full = file_join(arena, folder->path, file);
    *path = file;
    *found = file_kind(full) == FILE_REGULAR;
    return *found ? file_read(full, arena, text) : STATUS_OK;
}

static void describe(const struct program *program, bool trees, struct buf *out) {
    static const char *const strata[] = {"constant", "patient", "population", "patient after"};
    for (const struct definition *d = program->main->definitions; d; d = d->next) {
        buf_add_format(out, "%.*s", STR_ARG(d->name));
        if (d->type) {
            buf_add_cstr(out, ": ");
            type_print(d->type, out);
            buf_add_format(out, " (%s%s)", strata[d->stratum], d->uses_now ? ", now" : "");
        }
        buf_add_char(out, '\n');
        if (d->comment.len) {
            buf_add_format(out, "  // %.*s\n", STR_ARG(d->comment));
        }
        if (trees && d->body && !d->is_implicit) {
            tree_print(d->body, out);
        }
    }
}

static bool write_file(const char *path, struct str text) {
    FILE *file = fopen(path, "wb");
    bool fine = file && fwrite(text.at, 1, text.len, file) == text.len;
    return file && fclose(file) == 0 && fine;
}

static bool run_case(struct str folder_path, struct str name) {
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    struct folder folder = {folder_path};
    struct library_loader loader = {load, &folder};
    struct str text, expected;
    struct str full = file_join(&arena, folder_path, name);
    struct str wanted = arena_format(&arena, "%.*s.txt", (int)full.len - 4, full.at);
    if (file_read(full, &arena, &text) != STATUS_OK) {
        printf("%.*s cannot be read\n", STR_ARG(full));
        arena_release(&arena);
        return false;
    }
    const struct source *source = diag_source(&diags, name, text);
    struct program *program = NULL;
    enum status status = check_program(source, &loader, &arena, &diags, &program);
    struct buf out;
    buf_init(&out);
    diag_print_all(&diags, false, &out);
    const char *end = memchr(text.at, '\n', text.len);
    struct str first = {text.at, end ? (size_t)(end - text.at) : text.len};
    if (status == STATUS_OK) {
        describe(program, first.len >= 5 && str_ends(first, STR("trees")), &out);
    }
    bool same =
        file_read(wanted, &arena, &expected) == STATUS_OK && str_equal(expected, buf_str(&out));
    if (!same && getenv("QUELL_UPDATE")) {
        same = write_file(wanted.at, buf_str(&out));
    } else if (!same) {
        printf("%.*s differs:\n%.*s\n", STR_ARG(name), STR_ARG(buf_str(&out)));
    }
    buf_release(&out);
    program_release(program);
    arena_release(&arena);
    return same;
}

int main(int argc, char **argv) {
    struct arena arena;
    arena_init(&arena, 0);
    struct str *names;
    uint32_t count, passed = 0, failed = 0;
    struct str folder = str_from(argc > 1 ? argv[1] : ".");
    if (file_list(folder, &arena, &names, &count) != STATUS_OK) {
        printf("%s cannot be read\n", folder.at);
        return 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (str_ends(names[i], STR(".cql"))) {
            bool fine = run_case(folder, names[i]);
            passed += fine;
            failed += !fine;
        }
    }
    arena_release(&arena);
    printf("%u passed, %u failed\n", passed, failed);
    return failed || !passed;
}
