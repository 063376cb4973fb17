#include "course/answers.h"

#include "base/csv.h"
#include "base/limits.h"
#include "trial/regimen.h"
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

struct reader {
    const struct source *source;
    struct diag_list *diags;
    const struct trial *trial;
    struct csv csv;
    int column[COLUMNS]; /* which field holds it; -1: none */
};

static bool read_header(struct reader *r) {
    bool whole = csv_row(&r->csv);
    for (int c = 0; c < COLUMNS; c++) {
        r->column[c] = -1;
        for (uint32_t i = 0; i < r->csv.field_count; i++) {
            if (str_equal_fold(r->csv.fields[i].text, str_from(column_names[c]))) {
                r->column[c] = (int)i;
            }
        }
        whole &= r->column[c] >= 0 || c == COLUMN_WHO;
    }
    if (!whole) {
        struct diagnostic *d =
            diag_at(r->diags, DIAG_TR0307, (struct span){r->source, 0, 0},
                    "the first line does not name the columns id, criterion, answer and when");
        diag_hint(r->diags, d, "write: id,criterion,answer,who,when");
    }
    return whole;
}

static struct span row_span(const struct reader *r) {
    return (struct span){r->source, (uint32_t)r->csv.start, (uint32_t)r->csv.end};
}

/* What a short row lacks is empty, at the row. */
static struct field field_of(const struct reader *r, enum answers_column column) {
    int i = r->column[column];
    if (i < 0 || (uint32_t)i >= r->csv.field_count) {
        return (struct field){STR(""), row_span(r)};
    }
    const struct csv_field *f = &r->csv.fields[i];
    return (struct field){f->text, {r->source, (uint32_t)f->start, (uint32_t)f->end}};
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
static bool is_of_trial(const struct reader *r, struct str *id) {
    const char *slash = id->len ? memchr(id->at, '/', id->len) : NULL;
    if (!slash) {
        return true;
    }
    struct str trial = {id->at, (size_t)(slash - id->at)};
    *id = (struct str){slash + 1, id->len - trial.len - 1};
    return str_equal(trial, r->trial->id);
}

/* A condition that dosing waits for, or a safety event that people judge. */
static bool is_condition(const struct trial *trial, struct str name) {
    const struct trial_regimen *regimen = trial->regimen;
    const struct trial_safety *safety = trial->document->safety;
    for (uint32_t i = 0; safety && i < safety->events.count; i++) {
        const struct trial_safety_event *event = &safety->events.items[i];
        if (event->by.value == BY_HUMAN && str_equal(event->id.text, name)) {
            return true;
        }
    }
    for (uint32_t a = 0; regimen && a < regimen->arm_count; a++) {
        for (uint32_t i = 0; i < regimen->arms[a].condition_count; i++) {
            if (str_equal(regimen->arms[a].conditions[i].definition->name, name)) {
                return true;
            }
        }
    }
    return false;
}

static bool check_question(const struct reader *r, const struct field *field, struct answer *out) {
    struct str id = field->text;
    (void)is_of_trial(r, &id);
    out->criterion = trial_find_criterion(r->trial, id);
    out->condition = STR("");
    if (out->criterion == CRITERION_NONE && is_condition(r->trial, id)) {
        out->condition = id;
        return true;
    }
    if (out->criterion == CRITERION_NONE) {
        struct diagnostic *d = diag_at(r->diags, DIAG_TR0301, field->span,
                                       "the trial has no criterion '%.*s'", STR_ARG(field->text));
        for (uint32_t i = 0; i < r->trial->criterion_count; i++) {
            if (str_equal_fold(r->trial->criteria[i].id, id)) {
                diag_hint(r->diags, d, "did you mean '%.*s'?", STR_ARG(r->trial->criteria[i].id));
            }
        }
        return false;
    }
    const struct criterion *c = &r->trial->criteria[out->criterion];
    if (c->kind != CRITERION_LEAF || (!c->human && c->if_silent != SILENCE_ASK)) {
        struct diagnostic *d = diag_at(r->diags, DIAG_TR0304, field->span,
                                       "criterion %.*s is decided by the records", STR_ARG(c->id));
        diag_hint(r->diags, d, "correct the records, or mark the criterion by: human");
        return false;
    }
    return true;
}

static bool check_time(const struct reader *r, const struct field *field, struct span row,
                       instant_ms *out) {
    struct datetime when;
    if (!field->text.len || !datetime_parse(field->text, &when)) {
        struct diagnostic *d = diag_at(r->diags, DIAG_TR0303, field->text.len ? field->span : row,
                                       "'%.*s' is no time", STR_ARG(field->text));
        diag_hint(r->diags, d, "write it as 2021-03-01T09:30:00+01:00");
        return false;
    }
    /* A local time is taken at the site: its offset is that of the instant it would be in UTC. */
    int16_t offset = trial_offset_min(r->trial, datetime_last_ms(&when, 0));
    *out = datetime_last_ms(&when, offset);
    return true;
}

static bool read_answer(const struct reader *r, struct answer *out) {
    struct field id = field_of(r, COLUMN_ID);
    struct field criterion = field_of(r, COLUMN_CRITERION);
    struct field word = field_of(r, COLUMN_ANSWER);
    struct field when = field_of(r, COLUMN_WHEN);
    struct span row = row_span(r);
    if (!id.text.len || !criterion.text.len) {
        (void)diag_at(r->diags, DIAG_TR0300, row, "this row has no id or no criterion");
        return false;
    }
    *out = (struct answer){
        .patient = id.text,
        .who = field_of(r, COLUMN_WHO).text,
        .when = when.text,
        .line = diag_locate(r->source, row.start).line,
    };
    if (!check_question(r, &criterion, out) || !check_time(r, &when, row, &out->since)) {
        return false;
    }
    if (!read_word(word.text, &out->value)) {
        struct diagnostic *d = diag_at(r->diags, DIAG_TR0302, word.text.len ? word.span : row,
                                       "'%.*s' is no answer", STR_ARG(word.text));
        diag_hint(r->diags, d, "write yes, no or unknown");
        return false;
    }
    return true;
}

static int compare_questions(const struct answer *a, const struct answer *b) {
    int order = str_compare(a->patient, b->patient);
    order = order ? order : (a->criterion > b->criterion) - (a->criterion < b->criterion);
    order = order ? order : str_compare(a->condition, b->condition);
    return order ? order : (a->since > b->since) - (a->since < b->since);
}

static int compare_answers(const void *a, const void *b) {
    const struct answer *x = a;
    const struct answer *y = b;
    int order = compare_questions(x, y);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* Of two different answers with one time neither is used; of two equal ones the first. */
static void settle(const struct reader *r, struct answers *answers) {
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
            (void)diag_in_file(r->diags, DIAG_TR0306, r->source->name, first[1].line,
                               "two answers to %s%.*s of one patient, both of %.*s, differ",
                               first->condition.len ? "" : "criterion ",
                               STR_ARG(first->condition.len
                                           ? first->condition
                                           : r->trial->criteria[first->criterion].id),
                               STR_ARG(first->when));
        }
        i = end;
    }
    answers->count = kept;
}

static uint32_t count_lines(struct str text) {
    uint32_t lines = 1;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.at[i] == '\n' || text.at[i] == '\r';
    }
    return lines;
}

enum status answers_read(const struct source *source, const struct trial *trial,
                         struct arena *arena, struct diag_list *diags, struct answers **out) {
    *out = NULL;
    struct reader r = {.source = source, .diags = diags, .trial = trial};
    csv_init(&r.csv, source->text, arena);
    if (!read_header(&r)) {
        return r.csv.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
    }
    struct answers *answers = ARENA_NEW(arena, struct answers);
    struct answer *items = ARENA_ARRAY(arena, count_lines(source->text), struct answer);
    if (!answers || !items) {
        return STATUS_NO_MEMORY;
    }
    answers->items = items;
    while (csv_row(&r.csv)) {
        struct str id = field_of(&r, COLUMN_CRITERION).text;
        if (r.csv.field_count && is_of_trial(&r, &id) && read_answer(&r, &items[answers->count])) {
            answers->count++;
        }
    }
    if (r.csv.field_count >= LIMIT_CSV_FIELDS) {
        (void)diag_at(diags, DIAG_TR0300, row_span(&r),
                      "a row has too many fields; nothing behind it was read");
    }
    if (answers->count) {
        qsort(items, answers->count, sizeof *items, compare_answers);
    }
    settle(&r, answers);
    *out = answers;
    return r.csv.no_memory || diags->out_of_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

uint32_t answers_count(const struct answers *answers) {
    return answers ? answers->count : 0;
}

const struct answer *answers_item(const struct answers *answers, uint32_t i) {
    return &answers->items[i];
}

void answers_check_patients(const struct answers *answers, const struct trial *trial,
                            const struct population *population, const struct str *pseudonyms,
                            struct diag_list *diags) {
    for (uint32_t i = 0; i < answers_count(answers); i++) {
        const struct answer *a = &answers->items[i];
        bool found = population_find(population, a->patient) != UINT32_MAX;
        for (uint32_t k = 0; k < population_patients(population) && !found; k++) {
            found = str_equal(pseudonyms[k], a->patient);
        }
        if (!found) {
            (void)diag_in_file(
                diags, DIAG_TR0305, STR("answers"), a->line,
                "nobody in the data has the id of this answer to %s%.*s",
                a->condition.len ? "" : "criterion ",
                STR_ARG(a->condition.len ? a->condition : trial->criteria[a->criterion].id));
        }
    }
}

instant_ms answers_latest(const struct answers *answers, instant_ms now, instant_ms latest) {
    for (uint32_t i = 0; i < answers_count(answers); i++) {
        instant_ms since = answers->items[i].since;
        latest = since > latest && since <= now ? since : latest;
    }
    return latest;
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

static const struct answer *latest(const struct answers *answers, const struct str names[2],
                                   uint16_t criterion, struct str condition, instant_ms at) {
    const struct answer *best = NULL;
    for (size_t n = 0; answers && n < 2; n++) {
        for (uint32_t i = first_of(answers, names[n]);
             i < answers->count && str_equal(answers->items[i].patient, names[n]); i++) {
            const struct answer *a = &answers->items[i];
            if (a->criterion == criterion && str_equal(a->condition, condition) && a->since <= at &&
                (!best || a->since >= best->since)) {
                best = a;
            }
        }
    }
    return best;
}

const struct answer *answers_find(const struct answers *answers, struct str patient_id,
                                  struct str pseudonym, uint16_t criterion, instant_ms at) {
    const struct str names[] = {patient_id, pseudonym};
    return latest(answers, names, criterion, STR(""), at);
}

const struct answer *answers_find_condition(const struct answers *answers, struct str patient_id,
                                            struct str pseudonym, struct str condition,
                                            instant_ms at) {
    const struct str names[] = {patient_id, pseudonym};
    return latest(answers, names, CRITERION_NONE, condition, at);
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
