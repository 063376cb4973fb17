/* One run of a method: its columns found and checked, incomplete rows left out, defaults filled in,
 * and the presenter called. */
#include "stats/frame.h"
#include "stats/present.h"

static enum status unknown_column(const struct stats_frame *frame, struct str name,
                                  struct diag_list *diags) {
    struct diagnostic *d = diag_in_file(diags, DIAG_ST0005, STR_NONE, 0,
                                        "the data have no column '%.*s'", STR_ARG(name));
    const struct stats_column *near = NULL;
    size_t near_distance = name.len < 4 ? 2 : 3;
    for (uint32_t i = 0; i < frame->column_count; i++) {
        size_t distance = str_distance(frame->columns[i].name, name, 2);
        if (distance < near_distance) {
            near = &frame->columns[i];
            near_distance = distance;
        }
    }
    if (near) {
        diag_hint(diags, d, "did you mean '%.*s'?", STR_ARG(near->name));
        return STATUS_USER_ERROR;
    }
    struct str names = STR("");
    for (uint32_t i = 0; i < frame->column_count && i < 12 && names.at; i++) {
        names = arena_format(diags->arena, "%.*s%s%.*s", STR_ARG(names), i ? ", " : "",
                             STR_ARG(frame->columns[i].name));
    }
    diag_hint(diags, d, "it has: %.*s%s", STR_ARG(names), frame->column_count > 12 ? ", ..." : "");
    return STATUS_USER_ERROR;
}

static const struct stats_column *find_column(const struct stats_frame *frame, struct str name) {
    for (uint32_t i = 0; i < frame->column_count; i++) {
        if (str_equal(frame->columns[i].name, name)) {
            return &frame->columns[i];
        }
    }
    return NULL;
}

/* A column as its role wants it, in *out. */
static enum status fit_column(const struct stats_run *run, enum stats_option role,
                              const struct stats_column *column, struct diag_list *diags,
                              struct stats_column *out) {
    const struct stats_method *method = run->request->method;
    if (method->categories & (UINT64_C(1) << role)) {
        return frame_category(column, run->request->frame->rows, run->arena, out);
    }
    *out = *column;
    if (column->is_category && role != STATS_COVARIATES && role != STATS_INTERACTIONS) {
        struct str word = frame_first_word(column);
        struct diagnostic *d =
            diag_in_file(diags, DIAG_ST0007, STR_NONE, 0, "column %.*s holds words, such as '%.*s'",
                         STR_ARG(column->name), STR_ARG(word));
        diag_hint(diags, d, "%s needs numbers in --%s", method->name,
                  stats_option_infos[role].name);
        return STATUS_USER_ERROR;
    }
    return STATUS_OK;
}

static enum status add_role(struct stats_run *run, enum stats_option role, struct str name,
                            struct diag_list *diags) {
    const struct stats_frame *frame = run->request->frame;
    const struct stats_column *column = find_column(frame, name);
    if (!column) {
        return unknown_column(frame, name, diags);
    }
    return fit_column(run, role, column, diags, &run->roles[role][run->role_counts[role]++]);
}

/* "d0,d3" is one name when a column is called so, else two. */
static enum status add_names(struct stats_run *run, enum stats_option role, struct str names,
                             struct diag_list *diags) {
    if (find_column(run->request->frame, names) || stats_option_infos[role].kind == STATS_COLUMN) {
        return add_role(run, role, names, diags);
    }
    enum status status = STATUS_OK;
    for (size_t start = 0, i = 0; i <= names.len && status == STATUS_OK; i++) {
        if (i == names.len || names.at[i] == ',') {
            status = add_role(run, role, (struct str){names.at + start, i - start}, diags);
            start = i + 1;
        }
    }
    return status;
}

static enum status find_role(struct stats_run *run, enum stats_option role,
                             struct diag_list *diags) {
    const struct stats_setting *setting = &run->request->settings[role];
    size_t most = setting->column_count;
    for (uint32_t i = 0; i < setting->column_count; i++) {
        for (size_t k = 0; k < setting->columns[i].len; k++) {
            most += setting->columns[i].at[k] == ',';
        }
    }
    run->roles[role] = ARENA_ARRAY(run->arena, most, struct stats_column);
    if (!run->roles[role]) {
        return STATUS_NO_MEMORY;
    }
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < setting->column_count && status == STATUS_OK; i++) {
        status = add_names(run, role, setting->columns[i], diags);
    }
    return status;
}

static enum status find_roles(struct stats_run *run, struct diag_list *diags) {
    const struct stats_request *request = run->request;
    enum status status = STATUS_OK;
    for (int i = 0; i < STATS_OPTION_COUNT && status == STATUS_OK; i++) {
        if (request->settings[i].given && stats_option_infos[i].kind <= STATS_COLUMNS) {
            status = find_role(run, (enum stats_option)i, diags);
        } else if (request->method->needs & (UINT64_C(1) << i)) {
            struct diagnostic *d = diag_in_file(
                diags, DIAG_ST0006, STR_NONE, 0, "%s needs --%s: %s", request->method->name,
                stats_option_infos[i].name, stats_option_infos[i].summary);
            diag_hint(diags, d, "`quell help stats %s` shows an example", request->method->name);
            status = STATUS_USER_ERROR;
        }
    }
    return status;
}

/* ---- Complete rows ---- */

static bool is_missing(const struct stats_column *column, uint32_t row) {
    return column->is_category ? column->codes[row] == STATS_LEVEL_MISSING
                               : isnan(column->values[row]);
}

static void mark_missing(const struct stats_run *run, bool *leave_out, uint32_t rows) {
    for (int role = 0; role < STATS_OPTION_COUNT; role++) {
        for (uint32_t c = 0; c < run->role_counts[role]; c++) {
            for (uint32_t i = 0; i < rows; i++) {
                leave_out[i] |= is_missing(&run->roles[role][c], i);
            }
        }
    }
}

/* Copies the rows that stay into memory of the run's own. */
static bool keep_rows(struct stats_run *run, struct stats_column *column, const bool *leave_out,
                      uint32_t rows) {
    double *values = NULL;
    uint32_t *codes = NULL;
    if (column->is_category) {
        codes = ARENA_ARRAY(run->arena, run->rows + 1, uint32_t);
    } else {
        values = ARENA_ARRAY(run->arena, run->rows + 1, double);
    }
    if (!values && !codes) {
        return false;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < rows; i++) {
        if (!leave_out[i] && codes) {
            codes[kept++] = column->codes[i];
        } else if (!leave_out[i]) {
            values[kept++] = column->values[i];
        }
    }
    column->values = values;
    column->codes = codes;
    return true;
}

static enum status complete_rows(struct stats_run *run) {
    uint32_t rows = run->request->frame->rows;
    bool *leave_out = ARENA_ARRAY(run->arena, rows + 1, bool);
    if (!leave_out) {
        return STATUS_NO_MEMORY;
    }
    mark_missing(run, leave_out, rows);
    for (uint32_t i = 0; i < rows; i++) {
        run->rows += !leave_out[i];
    }
    run->result->n = run->rows;
    run->result->missing = rows - run->rows;
    for (int role = 0; role < STATS_OPTION_COUNT; role++) {
        for (uint32_t c = 0; c < run->role_counts[role]; c++) {
            if (!keep_rows(run, &run->roles[role][c], leave_out, rows)) {
                return STATUS_NO_MEMORY;
            }
        }
    }
    return STATUS_OK;
}

static enum status take_data(struct stats_run *run, struct diag_list *diags) {
    const struct stats_request *request = run->request;
    const struct stats_method *method = request->method;
    if (request->frame && method->takes != STATS_TAKES_OPTIONS) {
        enum status status = find_roles(run, diags);
        return status == STATUS_OK ? complete_rows(run) : status;
    }
    if ((method->takes == STATS_TAKES_COUNTS && !request->counts.rows) ||
        (method->takes == STATS_TAKES_NUMBERS && !request->number_count) ||
        method->takes == STATS_TAKES_COLUMNS) {
        struct diagnostic *d =
            diag_in_file(diags, DIAG_ST0006, STR_NONE, 0, "%s was given no data", method->name);
        diag_hint(diags, d, "`quell help stats %s` shows an example", method->name);
        return STATUS_USER_ERROR;
    }
    run->result->n = request->number_count;
    return STATUS_OK;
}

enum status stats_run(const struct stats_request *request, struct arena *arena,
                      struct diag_list *diags, const struct stats_result **out) {
    *out = NULL;
    struct stats_run *run = ARENA_NEW(arena, struct stats_run);
    struct stats_result *result = ARENA_NEW(arena, struct stats_result);
    if (!run || !result) {
        return STATUS_NO_MEMORY;
    }
    result->method = request->method;
    *run = (struct stats_run){.arena = arena, .request = request, .result = result};
    memcpy(run->settings, request->settings, sizeof run->settings);
    stats_settings_default(run->settings, arena);
    enum status status = take_data(run, diags);
    if (status != STATUS_OK) {
        return status;
    }
    request->method->function(run);
    *out = result;
    return result->no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
