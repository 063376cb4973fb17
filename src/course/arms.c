#include "course/arms.h"

#include "base/csv.h"
#include "value/datetime.h"

enum arms_column { ARMS_ID, ARMS_ARM, ARMS_AT, ARMS_SITE, ARMS_COLUMNS };

static const char *const column_names[ARMS_COLUMNS] = {"id", "arm", "allocated_at", "site"};

struct field {
    struct str text;
    struct span span;
};

struct arms_file {
    const struct source *source;
    struct csv csv;
    struct diag_list *diags;
    const struct trial *trial;
    int column[ARMS_COLUMNS]; /* -1: none */
};

static struct span row_span(const struct arms_file *f) {
    return (struct span){f->source, (uint32_t)f->csv.start, (uint32_t)f->csv.end};
}

static bool read_header(struct arms_file *f) {
    bool whole = csv_row(&f->csv);
    for (int c = 0; c < ARMS_COLUMNS; c++) {
        f->column[c] = -1;
        for (uint32_t i = 0; i < f->csv.field_count; i++) {
            if (str_equal_fold(f->csv.fields[i].text, str_from(column_names[c]))) {
                f->column[c] = (int)i;
            }
        }
        whole = whole && (f->column[c] >= 0 || c == ARMS_SITE);
    }
    if (!whole) {
        struct diagnostic *d =
            diag_at(f->diags, DIAG_TR0310, (struct span){f->source, 0, 0},
                    "the first line does not name the columns id, arm and allocated_at");
        diag_hint(f->diags, d, "write: id,arm,allocated_at,site");
    }
    return whole;
}

/* A field that a short row lacks is empty, at the row. */
static struct field field_of(const struct arms_file *f, enum arms_column column) {
    int i = f->column[column];
    if (i < 0 || (uint32_t)i >= f->csv.field_count) {
        return (struct field){STR(""), row_span(f)};
    }
    const struct csv_field *field = &f->csv.fields[i];
    return (struct field){field->text, {f->source, (uint32_t)field->start, (uint32_t)field->end}};
}

static bool find_arm(const struct arms_file *f, uint16_t *out) {
    struct field field = field_of(f, ARMS_ARM);
    const struct trial_arm_list *arms = &f->trial->document->arms;
    struct diagnostic *d = NULL;
    for (uint32_t i = 0; i < arms->count; i++) {
        if (str_equal(arms->items[i].id.text, field.text)) {
            *out = (uint16_t)i;
            return true;
        }
    }
    d = diag_at(f->diags, DIAG_TR0311, field.span, "the trial has no arm '%.*s'",
                STR_ARG(field.text));
    struct buf names;
    buf_init(&names);
    for (uint32_t i = 0; i < arms->count; i++) {
        buf_add_format(&names, "%s%.*s", i ? ", " : "", STR_ARG(arms->items[i].id.text));
    }
    diag_hint(f->diags, d, "its arms are: %.*s", STR_ARG(buf_str(&names)));
    f->diags->out_of_memory |= buf_status(&names) != STATUS_OK;
    buf_release(&names);
    return false;
}

static bool find_site(const struct arms_file *f, uint16_t *out) {
    struct field field = field_of(f, ARMS_SITE);
    if (!field.text.len) {
        *out = f->trial->site;
        return true;
    }
    *out = trial_find_site(f->trial, field.text);
    if (*out == UINT16_MAX) {
        (void)diag_at(f->diags, DIAG_TR0312, field.span, "the trial has no site '%.*s'",
                      STR_ARG(field.text));
    }
    return *out != UINT16_MAX;
}

static bool find_time(const struct arms_file *f, uint16_t site, instant_ms *out) {
    struct field field = field_of(f, ARMS_AT);
    struct datetime when;
    bool is_time = field.text.len && datetime_parse(field.text, &when);
    if (!is_time || when.precision < PRECISION_MINUTE) {
        struct diagnostic *d = diag_at(f->diags, DIAG_TR0313, field.span,
                                       is_time ? "'%.*s' has no time of day" : "'%.*s' is no time",
                                       STR_ARG(field.text));
        diag_hint(f->diags, d, "write it as 2021-03-01T09:30:00+01:00: doses count from it");
        return false;
    }
    int16_t offset = trial_site_offset_min(f->trial, site, datetime_first_ms(&when, 0));
    *out = datetime_first_ms(&when, offset);
    return true;
}

static bool read_arm(const struct arms_file *f, struct arm_row *out) {
    struct field id = field_of(f, ARMS_ID);
    *out = (struct arm_row){.subject = id.text, .line = f->csv.line};
    if (!id.text.len) {
        (void)diag_at(f->diags, DIAG_TR0314, row_span(f), "this row has no id");
        return false;
    }
    return find_arm(f, &out->arm) && find_site(f, &out->site) &&
           find_time(f, out->site, &out->allocated);
}

enum status arms_read(const struct source *source, const struct trial *trial, struct arena *arena,
                      struct diag_list *diags, struct arms **out) {
    *out = NULL;
    struct arms_file f = {.source = source, .diags = diags, .trial = trial};
    csv_init(&f.csv, source->text, arena);
    if (!read_header(&f)) {
        return STATUS_OK;
    }
    size_t lines = 1;
    for (size_t i = 0; i < source->text.len; i++) {
        lines += source->text.at[i] == '\n';
    }
    struct arms *arms = ARENA_NEW(arena, struct arms);
    struct arm_row *rows = ARENA_ARRAY(arena, lines, struct arm_row);
    if (!arms || !rows) {
        return STATUS_NO_MEMORY;
    }
    arms->rows = rows;
    while (csv_row(&f.csv)) {
        struct arm_row row;
        if (!f.csv.field_count || !read_arm(&f, &row)) {
            continue;
        }
        const struct arm_row *same = arms_find(arms, row.subject, row.subject);
        if (same) {
            (void)diag_at(diags, DIAG_TR0315, row_span(&f), "'%.*s' has an arm in line %u already",
                          STR_ARG(row.subject), (unsigned)same->line);
            continue;
        }
        rows[arms->count++] = row;
    }
    *out = arms;
    return f.csv.no_memory || diags->out_of_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

const struct arm_row *arms_find(const struct arms *arms, struct str patient_id,
                                struct str pseudonym) {
    for (uint32_t i = 0; arms && i < arms->count; i++) {
        if (str_equal(arms->rows[i].subject, patient_id) ||
            str_equal(arms->rows[i].subject, pseudonym)) {
            return &arms->rows[i];
        }
    }
    return NULL;
}
