/* Golden cases of the parser: each syntax/NAME.cql is read as a library, and what it says and how
 * the tree prints must be NAME.txt. A text without errors must also print to CQL that parses to the
 * same tree. With QUELL_UPDATE=1 in the environment the .txt files are written anew.
 *
 *   check_syntax FOLDER */
#include "base/file.h"
#include "cql/syntax.h"

#include <stdio.h>
#include <stdlib.h>

static bool write_file(const char *path, struct str text) {
    FILE *file = fopen(path, "wb");
    bool fine = file && fwrite(text.at, 1, text.len, file) == text.len;
    return file && fclose(file) == 0 && fine;
}

/* What is printed parses to the same tree. */
static bool prints_back(const struct syntax *tree, struct str printed, struct arena *arena) {
    struct diag_list diags;
    diag_init(&diags, arena);
    const struct source source = {.name = STR("printed"), .text = printed};
    struct syntax *again = NULL;
    enum status status = syntax_parse_library(&source, arena, &diags, &again);
    return status == STATUS_OK && !diag_has_errors(&diags) && syntax_equal(tree, again);
}

static bool run_case(struct str folder, struct str name) {
    struct arena arena;
    arena_init(&arena, 0);
    struct diag_list diags;
    diag_init(&diags, &arena);
    struct str text, expected;
    struct str full = file_join(&arena, folder, name);
    struct str wanted = arena_format(&arena, "%.*s.txt", (int)full.len - 4, full.at);
    if (file_read(full, &arena, &text) != STATUS_OK) {
        printf("%.*s cannot be read\n", STR_ARG(full));
        arena_release(&arena);
        return false;
    }
    struct syntax *tree = NULL;
    enum status status =
        syntax_parse_library(diag_source(&diags, name, text), &arena, &diags, &tree);
    struct buf out;
    buf_init(&out);
    syntax_print(tree, &out);
    bool same = status == STATUS_OK &&
                (diag_has_errors(&diags) || prints_back(tree, buf_str(&out), &arena));
    if (!same) {
        printf("%.*s does not print to what it was\n", STR_ARG(name));
    }
    diag_print_all(&diags, false, &out);
    if (file_read(wanted, &arena, &expected) != STATUS_OK || !str_equal(expected, buf_str(&out))) {
        same = same && getenv("QUELL_UPDATE") && write_file(wanted.at, buf_str(&out));
        if (!same) {
            printf("%.*s differs:\n%.*s\n", STR_ARG(name), STR_ARG(buf_str(&out)));
        }
    }
    buf_release(&out);
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
