/* The machine, the traced machine and the tree walker agree on every expression of the public
 * suite. */
#include "compare_walks.h"
#include "suite_reader.h"

#include <stdio.h>
#include <unistd.h>

static void run_one(struct str text, struct comparison *total) {
    struct arena arena;
    struct diag_list diags;
    struct program *program = NULL;
    struct plan *plan = NULL;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    const struct source *source = diag_source(&diags, STR("test"), text);
    if (source && check_expression(source, false, &arena, &diags, &program) == STATUS_OK &&
        !diag_has_errors(&diags) && plan_compile(program, NULL, &diags, &plan) == STATUS_OK &&
        plan_link(plan, NULL, NULL, 0, &diags) == STATUS_OK) {
        struct comparison one = *total;
        one.plan = plan;
        one.differing = 0;
        if (!compare_walks(&one, program)) {
            buf_add_cstr(one.out, "not evaluated\n");
            one.differing++;
        }
        if (one.differing) {
            buf_add_format(one.out, "  in: %.*s\n", STR_ARG(text));
        }
        total->compared = one.compared;
        total->differing += one.differing;
    }
    plan_free(plan);
    program_release(program);
    arena_release(&arena);
}

enum { EXIT_SKIPPED = 77 };

int main(void) {
    struct arena arena;
    struct buf out;
    arena_init(&arena, 0);
    buf_init(&out);
    struct str folder = suite_folder(&arena, QUELL_SOURCE_ROOT);
    if (!folder.at || access(folder.at, R_OK) != 0) {
        printf("skipped: no CQL test suite (set QUELL_SHARED)\n");
        arena_release(&arena);
        return EXIT_SKIPPED;
    }
    struct comparison total = {
        .at = INSTANT_MAX, .now = {2026, 1, 4, 12, 0, 0, PRECISION_MILLISECOND, 0, 0}, .out = &out};
    for (uint32_t i = 0; i < suite_name_count; i++) {
        struct suite_file file;
        struct str path = arena_format(&arena, "%.*s/%s.xml", STR_ARG(folder), suite_names[i]);
        if (!path.at || suite_read(path.at, &arena, &file) != STATUS_OK) {
            printf("cannot read %s\n", suite_names[i]);
            return 1;
        }
        for (const struct suite_test *t = file.first; t; t = t->next) {
            run_one(t->expression, &total);
        }
    }
    printf("%.*s%u expressions compared, %u differ\n", STR_ARG(buf_str(&out)), total.compared,
           total.differing);
    buf_release(&out);
    arena_release(&arena);
    return total.differing > 0 || total.compared == 0;
}
