/* Any bytes as a list of arms: every row is kept or has a diagnostic, and what is kept names an arm
 * and a site of the trial. */
#include "course/arms.h"
#include "fuzz_target.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct trial_arm of_trial[] = {{.id = {.text = {"soc", 3}}},
                                          {.id = {.text = {"ana", 3}}}};
    static struct trial_document document = {.arms = {2, of_trial}};
    static const struct trial_site_zone sites[] = {{.id = {"doha", 4}}, {.id = {"toulon", 6}}};
    const struct trial trial = {
        .document = &document, .site_count = 2, .sites = sites, .id = STR("t")};
    const struct source source = {.name = STR("fuzz"), .text = {(const char *)data, size}};
    struct arena arena;
    struct diag_list diags;
    arena_init(&arena, 0);
    diag_init(&diags, &arena);
    struct arms *arms = NULL;
    enum status status = arms_read(&source, &trial, &arena, &diags, &arms);
    for (uint32_t i = 0; status == STATUS_OK && arms && i < arms->count; i++) {
        const struct arm_row *row = &arms->rows[i];
        if (row->arm >= 2 || row->site >= 2 || !row->subject.len ||
            !arms_find(arms, row->subject, STR(""))) {
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
