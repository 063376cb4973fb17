#include "course/answers.h"

#include "value/datetime.h"

#include <stdlib.h>

enum answers_column {
    COLUMN_ID,
    COLUMN_CRITERION,
    COLUMN_ANSWER,
    COLUMN_WHO,
    COLUMN_WHEN,
    COLUMNS
};

static const char *const column_names[COLUMNS] = {"id", "criterion", "answer", "who", "when"};

struct answers {
    uint32_t count;
    struct answer *items; /* by patient, criterion, time, line */
};

struct field {
    struct str text;
    struct span span;
};

enum { FIELDS_MAX = 32 };

struct csv {
    const struct source *source;
    struct arena *arena;
    struct diag_list *diags;
    const struct trial *trial;
    size_t at;
    bool no_memory;
    uint32_t field_count;
    struct field fields[FIELDS_MAX];
    struct field absent; /* stands for those that a short row lacks: empty, at the row */
    int column[COLUMNS]; /* which field holds it; -1: none */
};

/* ---- RFC 4180 ---- */

static bool is_end(char c) {
    return c == ',' || c == '\n' || c == '\r';
}

static struct str unquote(struct csv *csv, struct str quoted) {
    char *out = arena_new(csv->arena, quoted.len + 1, 1);
    size_t len = 0;
    if (!out) {
        csv->no_memory = true;
        return STR("");
    }
    for (size_t i = 0; i < quoted.len; i++) {
        out[len++] = quoted.at[i];
        i += quoted.at[i] == '"';
    }
    return (struct str){out, len};
}

static void read_field(struct csv *csv, struct field *out) {
    struct str all = csv->source->text;
    size_t start = csv->at;
    if (csv->at < all.len && all.at[csv->at] == '"') {
        csv->at++;
        while (csv->at < all.len &&
               (all.at[csv->at] != '"' || (csv->at + 1 < all.len && all.at[csv->at + 1] == '"'))) {
            csv->at += all.at[csv->at] == '"' ? 2 : 1;
        }
        out->text = unquote(csv, (struct str){all.at + start + 1, csv->at - start - 1});
        csv->at += csv->at < all.len;
    } else {
        while (csv->at < all.len && !is_end(all.at[csv->at])) {
            csv->at++;
        }
        out->text = (struct str){all.at + start, csv->at - start};
        while (out->text.len && out->text.at[out->text.len - 1] == ' ') {
            out->text.len--;
        }
        while (out->text.len && out->text.at[0] == ' ') {
            out->text.at++;
            out->text.len--;
        }
    }
    out->span = (struct span){csv->source, (uint32_t)start, (uint32_t)csv->at};
}

/* False at the end of the file. A line of no text has no fields. */
static bool read_row(struct csv *csv) {
    struct str all = csv->source->text;
    size_t start = csv->at;
    csv->field_count = 0;
    if (csv->at >= all.len) {
        return false;
    }
    for (;;) {
        struct field field;
        read_field(csv, &field);
        if (csv->field_count < FIELDS_MAX) {
            csv->fields[csv->field_count++] = field;
        }
        while (csv->at < all.len && !is_end(all.at[csv->at])) {
            csv->at++;
        }
        if (csv->at >= all.len || all.at[csv->at] != ',') {
            break;
        }
        csv->at++;
    }
    if (csv->field_count == 1 && !csv->fields[0].text.len) {
        csv->field_count = 0;
    }
    csv->absent.span = (struct span){csv->source, (uint32_t)start, (uint32_t)csv->at};
    csv->at += csv->at < all.len && all.at[csv->at] == '\r';
    csv->at += csv->at < all.len && all.at[csv->at] == '\n';
    return true;
}

static bool read_header(struct csv *csv) {
    struct str all = csv->source->text;
    /* A byte order mark is what spreadsheets put first. */
    csv->at = str_starts(all, STR("\xef\xbb\xbf")) ? 3 : 0;
    bool any = read_row(csv);
    bool whole = any;
    for (int c = 0; c < COLUMNS; c++) {
        csv->column[c] = -1;
        for (uint32_t i = 0; i < csv->field_count; i++) {
            if (str_equal_fold(csv->fields[i].text, str_from(column_names[c]))) {
                csv->column[c] = (int)i;
            }
        }
        whole &= csv->column[c] >= 0 || c == COLUMN_WHO;
    }
    if (!whole) {
        struct diagnostic *d =
            diag_at(csv->diags, DIAG_TR0307, (struct span){csv->source, 0, 0},
                    "the first line does not name the columns id, criterion, answer and when");
        diag_hint(csv->diags, d, "write: id,criterion,answer,who,when");
    }
    return whole;
}

static const struct field *field_of(const struct csv *csv, enum answers_column column) {
    int i = csv->column[column];
    return i >= 0 && (uint32_t)i < csv->field_count ? &csv->fields[i] : &csv->absent;
}

/* ---- One answer ---- */

static bool read_word(struct str text, enum logic *out) {
    static const struct {
        const char *word;
        enum logic value;
    } words[] = {{"yes", LOGIC_TRUE},
                 {"no", LOGIC_FALSE},
                 {"unknown", LOGIC_UNKNOWN},
                 {"true", LOGIC_TRUE},
                 {"false", LOGIC_FALSE}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_equal_fold(text, str_from(words[i].word))) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

/* "jakincov/I3a" names the trial too, so that one file can serve several trials. False: the row is
 * another trial's; else *id is what stands behind the slash. */
static bool is_of_trial(const struct csv *csv, struct str *id) {
    const char *slash = id->len ? memchr(id->at, '/', id->len) : NULL;
    if (!slash) {
        return true;
    }
    struct str trial = {id->at, (size_t)(slash - id->at)};
    *id = (struct str){slash + 1, id->len - trial.len - 1};
    return str_equal(trial, csv->trial->id);
}

static bool check_criterion(const struct csv *csv, const struct field *field, uint16_t *out) {
    struct str id = field->text;
    (void)is_of_trial(csv, &id);
    *out = trial_find_criterion(csv->trial, id);
    if (*out == CRITERION_NONE) {
        struct diagnostic *d = diag_at(csv->diags, DIAG_TR0301, field->span,
                                       "the trial has no criterion '%.*s'", STR_ARG(field->text));
        for (uint32_t i = 0; i < csv->trial->criterion_count; i++) {
            if (str_equal_fold(csv->trial->criteria[i].id, id)) {
                diag_hint(csv->diags, d, "did you mean '%.*s'?",
                          STR_ARG(csv->trial->criteria[i].id));
            }
        }
        return false;
    }
    const struct criterion *c = &csv->trial->criteria[*out];
    if (c->kind != CRITERION_LEAF || (!c->human && c->if_silent != SILENCE_ASK)) {
        struct diagnostic *d = diag_at(csv->diags, DIAG_TR0304, field->span,
                                       "criterion %.*s is decided by the records", STR_ARG(c->id));
        diag_hint(csv->diags, d, "correct the records, or mark the criterion by: human");
        return false;
    }
    return true;
}

static bool check_time(const struct csv *csv, const struct field *field, struct span row,
                       instant_ms *out) {
    struct datetime when;
    if (!field->text.len || !datetime_parse(field->text, &when)) {
        struct diagnostic *d = diag_at(csv->diags, DIAG_TR0303, field->text.len ? field->span : row,
                                       "'%.*s' is no time", STR_ARG(field->text));
        diag_hint(csv->diags, d, "write it as 2021-03-01T09:30:00+01:00");
        return false;
    }
    /* A local time is taken at the site: its offset is that of the instant it would be in UTC. */
    int16_t offset = trial_offset_min(csv->trial, datetime_last_ms(&when, 0));
    *out = datetime_last_ms(&when, offset);
    return true;
}

static bool read_answer(const struct csv *csv, struct answer *out) {
    const struct field *id = field_of(csv, COLUMN_ID);
    const struct field *word = field_of(csv, COLUMN_ANSWER);
    struct span row = {csv->source, csv->fields[0].span.start,
                       csv->fields[csv->field_count - 1].span.end};
    if (!id->text.len || !field_of(csv, COLUMN_CRITERION)->text.len) {
        (void)diag_at(csv->diags, DIAG_TR0300, row, "this row has no id or no criterion");
        return false;
    }
    *out = (struct answer){
        .patient = id->text,
        .who = field_of(csv, COLUMN_WHO)->text,
        .when = field_of(csv, COLUMN_WHEN)->text,
        .line = diag_locate(csv->source, row.start).line,
    };
    if (!check_criterion(csv, field_of(csv, COLUMN_CRITERION), &out->criterion) ||
        !check_time(csv, field_of(csv, COLUMN_WHEN), row, &out->since)) {
        return false;
    }
    if (!read_word(word->text, &out->value)) {
        struct diagnostic *d = diag_at(csv->diags, DIAG_TR0302, word->text.len ? word->span : row,
                                       "'%.*s' is no answer", STR_ARG(word->text));
        diag_hint(csv->diags, d, "write yes, no or unknown");
        return false;
    }
    return true;
}

static int compare_questions(const struct answer *a, const struct answer *b) {
    int order = str_compare(a->patient, b->patient);
    order = order ? order : (a->criterion > b->criterion) - (a->criterion < b->criterion);
    return order ? order : (a->since > b->since) - (a->since < b->since);
}

static int compare_answers(const void *a, const void *b) {
    const struct answer *x = a;
    const struct answer *y = b;
    int order = compare_questions(x, y);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Of two different answers with one time neither is used; of two equal ones the first. */
static void settle(const struct csv *csv, struct answers *answers) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < answers->count;) {
        uint32_t end = i + 1;
        bool agree = true;
        while (end < answers->count &&
               compare_questions(&answers->items[i], &answers->items[end]) == 0) {
            agree &= answers->items[end].value == answers->items[i].value;
            end++;
        }
        struct answer *first = &answers->items[i];
        if (agree) {
            answers->items[kept++] = *first;
        } else {
            (void)diag_in_file(csv->diags, DIAG_TR0306, csv->source->name, first[1].line,
                               "two answers to criterion %.*s of one patient, both of %.*s, differ",
                               STR_ARG(csv->trial->criteria[first->criterion].id),
                               STR_ARG(first->when));
        }
        i = end;
    }
    answers->count = kept;
}

static uint32_t count_lines(struct str text) {
    uint32_t lines = 1;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.at[i] == '\n';
    }
    return lines;
}

enum status answers_read(const struct source *source, const struct trial *trial,
                         struct arena *arena, struct diag_list *diags, struct answers **out) {
    *out = NULL;
    struct csv csv = {.source = source, .arena = arena, .diags = diags, .trial = trial};
    if (!read_header(&csv)) {
        return STATUS_OK;
    }
    struct answers *answers = ARENA_NEW(arena, struct answers);
    struct answer *items = ARENA_ARRAY(arena, count_lines(source->text), struct answer);
    if (!answers || !items) {
        return STATUS_NO_MEMORY;
    }
    answers->items = items;
    while (read_row(&csv)) {
        struct str id = field_of(&csv, COLUMN_CRITERION)->text;
        if (csv.field_count && is_of_trial(&csv, &id) &&
            read_answer(&csv, &items[answers->count])) {
            answers->count++;
        }
    }
    if (answers->count) {
        qsort(items, answers->count, sizeof *items, compare_answers);
    }
    settle(&csv, answers);
    *out = answers;
    return csv.no_memory || diags->out_of_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

uint32_t answers_count(const struct answers *answers) {
    return answers ? answers->count : 0;
}

const struct answer *answers_item(const struct answers *answers, uint32_t i) {
    return &answers->items[i];
}

/* The first item of a patient. */
static uint32_t first_of(const struct answers *answers, struct str patient) {
    uint32_t low = 0;
    uint32_t high = answers->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (str_compare(answers->items[middle].patient, patient) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct answer *answers_find(const struct answers *answers, struct str patient_id,
                                  struct str pseudonym, uint16_t criterion, instant_ms at) {
    const struct answer *best = NULL;
    const struct str names[] = {patient_id, pseudonym};
    for (size_t n = 0; answers && n < 2; n++) {
        for (uint32_t i = first_of(answers, names[n]);
             i < answers->count && str_equal(answers->items[i].patient, names[n]); i++) {
            const struct answer *a = &answers->items[i];
            if (a->criterion == criterion && a->since <= at && (!best || a->since >= best->since)) {
                best = a;
            }
        }
    }
    return best;
}

instant_ms answers_next(const struct answers *answers, struct str patient_id, struct str pseudonym,
                        instant_ms at) {
    instant_ms next = INSTANT_MAX;
    const struct str names[] = {patient_id, pseudonym};
    for (size_t n = 0; answers && n < 2; n++) {
        for (uint32_t i = first_of(answers, names[n]);
             i < answers->count && str_equal(answers->items[i].patient, names[n]); i++) {
            instant_ms since = answers->items[i].since;
            next = since > at && since < next ? since : next;
        }
    }
    return next;
}
