/* Any bytes as a CQL library that is run: what passes the checker compiles to a plan that the
 * verifier accepts, and running it ends with values or run-time errors. */
#include "fuzz_target.h"
#include "run/eval.h"
#include "value/datetime.h"

#include <stdlib.h>

static enum status drop(void *context, struct str lines) {
    (void)context;
    return lines.len && lines.at[lines.len - 1] == '\n' ? STATUS_OK : STATUS_IO;
}

static void run(const struct plan *plan, const struct program *program, struct arena *arena) {
    struct buf why;
    buf_init(&why);
    if (!plan_verify(plan, &why) && buf_status(&why) == STATUS_OK) {
        abort();
    }
    buf_reset(&why);
    plan_print(plan, true, &why);
    buf_release(&why);
    struct eval_options options = {.now = datetime_from_ms(1584180000000, 60), .threads = 1};
    if (eval_public(program, arena, &options.outputs, &options.output_count) == STATUS_OK &&
        eval_run(plan, NULL, NULL, &options, drop, NULL) == STATUS_IO) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    const struct source source = {.name = STR("fuzz"), .text = {(const char *)data, size}};
    struct program *program = NULL;
    struct plan *plan = NULL;
    enum status status = check_program(&source, NULL, &arena, &diags, &program);
    if (status == STATUS_OK && !diag_has_errors(&diags)) {
        status = plan_compile(program, NULL, &diags, &plan);
        if (status == STATUS_OK) {
            status = plan_link(plan, NULL, NULL, 0, &diags);
        }
        if (status == STATUS_OK && !diag_has_errors(&diags)) {
            run(plan, program, &arena);
        }
    }
    plan_free(plan);
    program_release(program);
    arena_release(&arena);
    return 0;
}
