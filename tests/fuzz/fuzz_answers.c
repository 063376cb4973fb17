/* Any bytes as a file of people's answers: every row is an answer or has a diagnostic, and what is
 * kept names a criterion of the trial. */
#include "course/answers.h"
#include "fuzz_target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct criterion criteria[] = {
        {.id = {"I1", 2}, .human = true, .parent = CRITERION_NONE, .end = 1},
        {.id = {"E1", 2}, .exclude = true, .parent = CRITERION_NONE, .end = 2},
    };
    static struct trial_safety_event events[] = {
        {.id = {.text = {"bleeding", 8}}, .by = {.value = BY_HUMAN}}};
    static struct trial_safety safety = {.events = {.count = 1, .items = events}};
    static struct trial_document document = {.safety = &safety};
    const struct trial trial = {
        .id = STR("t"), .criterion_count = 2, .criteria = criteria, .document = &document};
    const struct source source = {.name = STR("fuzz"), .text = {(const char *)data, size}};
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    struct answers *answers = NULL;
    enum status status = answers_read(&source, &trial, &arena, &diags, &answers);
    uint32_t count = status == STATUS_OK && answers ? answers_count(answers) : 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct answer *a = answers_item(answers, i);
        if (a->criterion >= 2 || !a->patient.len) {
            abort();
        }
        if (!answers_find(answers, a->patient, STR(""), a->criterion, a->since)) {
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
