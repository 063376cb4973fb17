/* Any bytes as a CQL library: no crash, every definition is either checked or there is an error,
 * and what is checked can be listed. */
#include "cql/tree.h"
#include "fuzz_target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    const struct source source = {.name = STR("fuzz"), .text = {(const char *)data, size}};
    struct program *program = NULL;
    enum status status = check_program(&source, NULL, &arena, &diags, &program);
    struct buf shown;
    buf_init(&shown);
    diag_print_all(&diags, false, &shown);
    const struct definition *d =
        status == STATUS_OK && program->main ? program->main->definitions : NULL;
    for (; d; d = d->next) {
        if (!d->body && !diag_has_errors(&diags)) {
            abort();
        }
        if (d->body) {
            tree_print(d->body, &shown);
        }
    }
    buf_release(&shown);
    program_release(program);
    arena_release(&arena);
    return 0;
}
