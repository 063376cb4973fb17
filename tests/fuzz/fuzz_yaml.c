/* Any bytes as YAML: no crash, and every place lies within the text. */
#include "fuzz_target.h"
#include "yaml/yaml.h"

#include <stdlib.h>

static void check(const struct yaml *node, size_t size) {
    if (node->start > node->end || node->end > size) {
        abort();
    }
    for (uint32_t i = 0; i < node->count; i++) {
        check(&node->items[i], size);
        if (node->kind == YAML_MAP) {
            check(&node->keys[i], size);
        }
    }
}

/* libfyaml 0.8 loses the text of a quoted scalar that never ends; it is its own to give back. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml.so\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    arena_init(&arena, 0);
    const struct yaml *tree = NULL;
    struct yaml_errors errors = {0};
    enum status status = yaml_parse((struct str){(const char *)data, size}, &arena, &tree, &errors);
    if (status == STATUS_OK) {
        if (tree) {
            check(tree, size);
        } else if (errors.count == 0) {
            abort();
        }
        for (uint32_t i = 0; i < errors.count; i++) {
            if (errors.items[i].start > errors.items[i].end || errors.items[i].start > size) {
                abort();
            }
        }
    }
    arena_release(&arena);
    return 0;
}
