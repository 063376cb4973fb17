/* Any bytes as two value set files: no crash, and each code of a set is its member. A NUL byte
 * parts the two. */
#include "fuzz_target.h"
#include "terms/terms.h"

#include <stdlib.h>
#include <string.h>

static void check(const struct terms *terms, struct str url) {
    const struct value_set *set = terms_find(terms, url, STR_NONE, NULL);
    for (uint32_t i = 0; set && i < value_set_count(set); i++) {
        const struct code *code = value_set_code(set, i);
        if (!value_set_has(set, code->system, code->code)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    const char *cut = size ? memchr(text, '\0', size) : NULL;
    size_t first = cut ? (size_t)(cut - text) : size;
    struct arena arena;
    struct diag_list diags;
    struct terms *terms = NULL;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    enum status status = terms_new(&terms);
    if (status == STATUS_OK) {
        status = terms_add_json(terms, STR("a.json"), (struct str){text, first}, &diags);
    }
    if (status == STATUS_OK && cut) {
        struct str rest = {cut + 1, size - first - 1};
        status = terms_add_json(terms, STR("b.json"), rest, &diags);
    }
    if (status == STATUS_OK && terms_link(terms, &diags) == STATUS_OK) {
        check(terms, STR("u"));
        check(terms, STR("v"));
    }
    terms_free(terms);
    arena_release(&arena);
    return 0;
}
