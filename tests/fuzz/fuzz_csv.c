/* Any bytes as a table of data: every cell is a number, a level or missing, and statistics over its
 * first columns end in a result, a refusal or a diagnostic. */
#include "fuzz_target.h"
#include "stats/frame.h"

#include <stdlib.h>

static void check_column(const struct stats_column *column, uint32_t rows) {
    for (uint32_t i = 0; i < rows; i++) {
        bool lost = column->is_category && column->codes[i] != STATS_LEVEL_MISSING &&
                    column->codes[i] >= column->level_count;
        if (lost || (!column->is_category && isinf(column->values[i]))) {
            abort();
        }
    }
}

static void run(enum stats_method_id id, struct stats_frame *frame, struct arena *arena,
                struct diag_list *diags) {
    struct stats_request request;
    const struct stats_result *result;
    stats_request_init(&request, &stats_methods[id]);
    request.frame = frame;
    if (stats_request_set(&request, STATS_X, frame->columns[0].name, arena, diags) != STATUS_OK ||
        stats_request_set(&request, STATS_BY, frame->columns[1].name, arena, diags) != STATUS_OK) {
        return;
    }
    if (stats_run(&request, arena, diags, &result) == STATUS_OK && !result) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct source source = {.name = STR("fuzz"), .text = {(const char *)data, size}};
    struct arena arena;
    struct diag_list diags;
    struct stats_frame *frame = NULL;
    arena_init(&arena, (size_t)512 * 1024 * 1024);
    diag_init(&diags, &arena);
    enum status status = frame_read(&source, &arena, &diags, &frame);
    if (status == STATUS_USER_ERROR && !diag_has_errors(&diags)) {
        abort();
    }
    for (uint32_t c = 0; frame && c < frame->column_count; c++) {
        check_column(&frame->columns[c], frame->rows);
    }
    if (frame && frame->column_count >= 2 && frame->rows < 2000) {
        run(STATS_METHOD_WILCOXON, frame, &arena, &diags);
        run(STATS_METHOD_CHI_SQUARE, frame, &arena, &diags);
        run(STATS_METHOD_DESCRIBE, frame, &arena, &diags);
    }
    struct buf shown;
    buf_init(&shown);
    diag_print_all(&diags, false, &shown);
    buf_release(&shown);
    arena_release(&arena);
    return 0;
}
