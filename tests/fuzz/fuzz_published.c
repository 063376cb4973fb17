/* Any bytes as published.yaml: every claim has a verdict, or the text has an error. */
#include "fuzz_target.h"
#include "verify/verify.h"

#include <stdlib.h>

/* libfyaml 0.8 loses the text of a quoted scalar that never ends; it is its own to give back. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct source source = {.name = STR("fuzz"), .text = {(const char *)data, size}};
    struct arena arena;
    struct diag_list diags;
    struct verify_result *result = NULL;
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    diag_init(&diags, &arena);
    enum status status = verify_published(&source, NULL, &arena, &diags, &result);
    if ((status == STATUS_OK) != (result != NULL) ||
        (status == STATUS_USER_ERROR && !diag_has_errors(&diags))) {
        abort();
    }
    for (uint32_t i = 0; result && i < result->count; i++) {
        if (result->claims[i].verdict >= VERDICT_COUNT) {
            abort();
        }
    }
    struct buf shown;
    buf_init(&shown);
    diag_print_all(&diags, false, &shown);
    buf_release(&shown);
    arena_release(&arena);
    return 0;
}
