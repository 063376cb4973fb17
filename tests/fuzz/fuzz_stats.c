/* Any method on any table: the first byte names the method, the next ones say which columns have
 * its roles and whether those that may be left out are, the rest is a CSV file. A run ends in a
 * diagnostic, a refusal with its reason, or a result that every view can show. */
#include "fuzz_target.h"
#include "report/stats_report.h"
#include "stats/frame.h"

#include <stdlib.h>

enum { HEAD = 16, ROWS_MAX = 300, COLUMNS_MAX = 12 };

static void show(const struct stats_request *request, const struct stats_result *result) {
    struct stats_view view = {request, result, STR("fuzz"), 80, false};
    void (*const views[])(const struct stats_view *,
                          struct buf *) = {report_stats_table, report_stats_json, report_stats_csv};
    struct buf out;
    buf_init(&out);
    for (int i = 0; i < 3; i++) {
        buf_reset(&out);
        views[i](&view, &out);
    }
    buf_reset(&out);
    bool drawn = report_stats_svg(&view, &out);
    if (drawn && buf_status(&out) == STATUS_OK && (out.len < 20 || result->refusal.len)) {
        abort();
    }
    buf_release(&out);
}

static void check(const struct stats_result *result) {
    if (result->refusal.len) {
        return;
    }
    for (const struct stats_test *t = result->tests; t; t = t->next) {
        if (t->p < 0 || t->p > 1) {
            abort();
        }
    }
    for (const struct stats_estimate *e = result->estimates; e; e = e->next) {
        if (e->low > e->high || e->p < 0 || e->p > 1) {
            abort();
        }
    }
}

static bool ask(struct stats_request *request, const uint8_t *head, struct arena *arena,
                struct diag_list *diags) {
    const struct stats_method *method = request->method;
    const struct stats_frame *frame = request->frame;
    int at = 1;
    for (int o = 0; o < STATS_OPTION_COUNT; o++) {
        bool needed = (method->needs >> o) & 1;
        bool wanted = needed || (((method->may >> o) & 1) && head[at % HEAD] & 0x80);
        int columns =
            stats_option_infos[o].kind == STATS_COLUMNS ? 1 + (head[at % HEAD] >> 4 & 3) : 1;
        if (stats_option_infos[o].kind > STATS_COLUMNS || !wanted) {
            continue;
        }
        for (int i = 0; i < columns; i++, at++) {
            struct str name =
                frame->columns[((uint32_t)head[at % HEAD] + (uint32_t)i) % frame->column_count]
                    .name;
            if (stats_request_set(request, (enum stats_option)o, name, arena, diags) != STATUS_OK) {
                return false;
            }
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < HEAD) {
        return 0;
    }
    const struct source source = {.name = STR("fuzz"),
                                  .text = {(const char *)data + HEAD, size - HEAD}};
    struct arena arena;
    struct diag_list diags;
    struct stats_request request;
    const struct stats_result *result = NULL;
    arena_init(&arena, (size_t)256 * 1024 * 1024);
    diag_init(&diags, &arena);
    stats_request_init(&request, &stats_methods[data[0] % STATS_METHOD_COUNT]);
    if (request.method->takes != STATS_TAKES_OPTIONS &&
        frame_read(&source, &arena, &diags, &request.frame) == STATUS_OK && request.frame &&
        request.frame->column_count > 0 && request.frame->column_count <= COLUMNS_MAX &&
        request.frame->rows <= ROWS_MAX && ask(&request, data, &arena, &diags) &&
        stats_run(&request, &arena, &diags, &result) == STATUS_OK) {
        if (!result) {
            abort();
        }
        check(result);
        show(&request, result);
    }
    arena_release(&arena);
    return 0;
}
