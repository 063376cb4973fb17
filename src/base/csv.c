#include "base/csv.h"

#include "base/limits.h"

void csv_init(struct csv *csv, struct str text, struct arena *arena) {
    *csv = (struct csv){.text = text, .arena = arena, .separator = ',', .next_line = 1};
    csv->at = str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
}

static bool is_end(const struct csv *csv, size_t at) {
    char c = csv->text.at[at];
    return c == csv->separator || c == '\n' || c == '\r';
}

/* "" stands for one quote. */
static struct str unescape(struct csv *csv, struct str quoted) {
    if (!quoted.len || !memchr(quoted.at, '"', quoted.len)) {
        return quoted;
    }
    char *out = arena_new(csv->arena, quoted.len, 1);
    if (!out) {
        csv->no_memory = true;
        return STR("");
    }
    size_t len = 0;
    for (size_t i = 0; i < quoted.len; i++) {
        out[len++] = quoted.at[i];
        i += quoted.at[i] == '"';
    }
    return (struct str){out, len};
}

static void read_quoted(struct csv *csv, struct csv_field *out) {
    struct str all = csv->text;
    size_t start = ++csv->at;
    while (csv->at < all.len &&
           (all.at[csv->at] != '"' || (csv->at + 1 < all.len && all.at[csv->at + 1] == '"'))) {
        csv->next_line += all.at[csv->at] == '\n';
        csv->at += all.at[csv->at] == '"' ? 2 : 1;
    }
    out->text = unescape(csv, (struct str){all.at + start, csv->at - start});
    out->quoted = true;
    csv->unclosed |= csv->at >= all.len;
    csv->at += csv->at < all.len;
    out->end = csv->at;
    while (csv->at < all.len && !is_end(csv, csv->at)) {
        csv->after_quote |= all.at[csv->at] != ' ';
        csv->at++;
    }
}

static void read_plain(struct csv *csv, struct csv_field *out) {
    struct str all = csv->text;
    while (csv->at < all.len && !is_end(csv, csv->at)) {
        csv->at++;
    }
    out->end = csv->at;
    struct str text = {all.at + out->start, csv->at - out->start};
    while (text.len && text.at[text.len - 1] == ' ') {
        text.len--;
    }
    while (text.len && text.at[0] == ' ') {
        text.at++;
        text.len--;
    }
    out->text = text;
}

static bool grow(struct csv *csv) {
    if (csv->field_count < csv->field_capacity) {
        return true;
    }
    uint32_t capacity = csv->field_capacity ? csv->field_capacity * 2 : 16;
    struct csv_field *fields = ARENA_ARRAY(csv->arena, capacity, struct csv_field);
    if (!fields) {
        csv->no_memory = true;
        return false;
    }
    if (csv->field_count) {
        memcpy(fields, csv->fields, csv->field_count * sizeof *fields);
    }
    csv->fields = fields;
    csv->field_capacity = capacity;
    return true;
}

static void end_line(struct csv *csv) {
    struct str all = csv->text;
    csv->end = csv->at;
    bool cr = csv->at < all.len && all.at[csv->at] == '\r';
    csv->at += cr;
    csv->at += csv->at < all.len && all.at[csv->at] == '\n';
    csv->next_line++;
}

bool csv_row(struct csv *csv) {
    struct str all = csv->text;
    csv->field_count = 0;
    csv->unclosed = csv->after_quote = false;
    if (csv->at >= all.len || csv->no_memory) {
        return false;
    }
    csv->start = csv->at;
    csv->line = csv->next_line;
    for (;;) {
        if (csv->field_count >= LIMIT_CSV_FIELDS || !grow(csv)) {
            return false;
        }
        struct csv_field *field = &csv->fields[csv->field_count++];
        *field = (struct csv_field){.start = csv->at};
        if (csv->at < all.len && all.at[csv->at] == '"') {
            read_quoted(csv, field);
        } else {
            read_plain(csv, field);
        }
        if (csv->no_memory) {
            return false;
        }
        if (csv->at >= all.len || all.at[csv->at] != csv->separator) {
            break;
        }
        csv->at++;
    }
    if (csv->field_count == 1 && !csv->fields[0].text.len && !csv->fields[0].quoted) {
        csv->field_count = 0;
    }
    end_line(csv);
    return true;
}
