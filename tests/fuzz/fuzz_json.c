/* Any bytes as JSON: the tree and the walker agree on what is JSON, and errors lie in the text. */
#include "fuzz_target.h"
#include "json/json.h"
#include "json/walk.h"

#include <stdlib.h>
#include <string.h>

static bool walk(struct str text, struct json_error *error) {
    char *padded = calloc(1, text.len + JSON_PADDING);
    struct json_scanner *scanner = json_scanner_new();
    struct json_marks marks;
    bool ok = false;
    *error = (struct json_error){0};
    if (!padded || !scanner) {
        abort();
    }
    memcpy(padded, text.at, text.len);
    if (json_scan(scanner, (struct str){padded, text.len}, &marks, error)) {
        struct json_walk w;
        json_walk_init(&w, &marks);
        ok = json_check(&w, 0) && json_ends(&w);
        *error = w.error;
    }
    json_scanner_free(scanner);
    free(padded);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {size ? (const char *)data : "", size};
    struct arena arena;
    arena_init(&arena, 0);
    const struct json *tree;
    struct json_error from_tree, from_walk;
    bool is_tree = json_parse(text, &arena, &tree, &from_tree);
    bool is_walk = walk(text, &from_walk);
    bool no_memory = (!is_tree && !from_tree.words) || (!is_walk && !from_walk.words);
    /* Only duplicate keys are refused by the tree alone. */
    if (is_tree && !is_walk && !no_memory) {
        abort();
    }
    if (!is_tree && is_walk && !no_memory && !strstr(from_tree.words, "twice")) {
        abort();
    }
    if (!is_tree && from_tree.offset > size) {
        abort();
    }
    arena_release(&arena);
    return 0;
}
