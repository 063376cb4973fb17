#include "course_fixture.h"

#include "course/course_dosing.h"
#include "record/record.h"
#include "trial/trial.h"
#include "value/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { LINES_MAX = 400, LINE_MAX = 160, FACTS_MAX = 200, DRUGS = 2 };
#define MINUTE ((int64_t)60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define NEW_YEAR ((int64_t)1609459200000) /* 2021-01-01T00:00Z */

static const char logic[] =
    "library T version '1.0.0'\nusing FHIR version '4.0.1'\n"
    "include FHIRHelpers version '4.0.1' called FHIRHelpers\n"
    "codesystem \"LOINC\": 'http://loinc.org'\ncode \"P\": '777-3' from \"LOINC\"\ncontext "
    "Patient\n"
    "define Given: [MedicationAdministration] A return all {id: A.id.value}\n"
    "define Count: First([Observation: \"P\"] O return all (O.value as FHIR.Quantity))\n"
    "define Low: Count < 20 '10*9/L'\n"
    "define VeryLow: Count < 15 '10*9/L'\n"
    "define Recovered: Count > 20 '10*9/L'\n"
    "define High: Count > 50 '10*9/L'\n"
    "define Better: Count > 60 '10*9/L'\n"
    "define Worse: Count < 12 '10*9/L'\n"
    "define Severe: Count < 10 '10*9/L'\n"
    "define Stage: if Severe then 'severe' else 'mild'\n"
    "define Weight: if Low then 70 'kg' else null\n";

static const char start_text[] =
    "trial: t\nversion: 1\ntitle: T\nlogic: t.cql\n"
    "eligibility: {include: [{id: I1, text: a, by: human}]}\n"
    "drugs: {ana: {given: Given}, rux: {given: Given}}\nsubject: {weight: Weight}\n";

struct fact {
    int64_t at;
    char name[24];
    char value[48];
};

struct lists {
    uint32_t count;
    struct course_administration items[FACTS_MAX];
    uint32_t order_count;
    struct course_order orders[FACTS_MAX];
};

struct injected {
    const struct trial *trial;
    int64_t end;
    uint32_t fact_count;
    struct fact facts[FACTS_MAX];
    bool takes;
    struct lists drugs[DRUGS];
    int64_t asked_last;
};

/* ---- Texts ---- */

static int64_t parse_time(const char **text) {
    int day = 0;
    int hour = 0;
    int minute = 0;
    int used = 0;
    assert_int_equal(sscanf(*text, "%dT%d:%d%n", &day, &hour, &minute, &used), 3);
    *text += used;
    return NEW_YEAR + (day - 1) * DAY + hour * HOUR + minute * MINUTE;
}

static void print_time(int64_t at, char *out) {
    int64_t since = at - NEW_YEAR;
    (void)snprintf(out, 24, "%dT%02d:%02d", (int)(since / DAY) + 1, (int)(since % DAY / HOUR),
                   (int)(since % HOUR / MINUTE));
}

struct range {
    int64_t first;
    int64_t last;
    int64_t step;
};

/* "3T08:00" or "3T08:00..5T08:00/12" */
static struct range parse_range(const char **text) {
    struct range r = {parse_time(text), 0, DAY};
    r.last = r.first;
    if (strncmp(*text, "..", 2) == 0) {
        *text += 2;
        r.last = parse_time(text);
        assert_int_equal(**text, '/');
        char *end = NULL;
        r.step = strtol(*text + 1, &end, 10) * HOUR;
        *text = end;
    }
    return r;
}

static struct regimen_amount parse_amount(const struct trial *trial, const char *text) {
    double number = 0;
    char unit[16] = "";
    assert_int_equal(sscanf(text, "%lf %15s", &number, unit), 2);
    struct regimen_amount amount = {0, 0, unit_intern(trial->program->units, str_from(unit))};
    assert_non_null(amount.unit);
    assert_true(decimal_from_double(number, &amount.value));
    amount.scale = amount.value % DECIMAL_ONE ? 1 : 0;
    return amount;
}

/* ---- Facts ---- */

static uint16_t drug_number(const struct injected *in, const char *name) {
    const struct trial_regimen *regimen = in->trial->regimen;
    for (uint16_t i = 0; i < regimen->drug_count; i++) {
        if (str_equal(regimen->drugs[i].id, str_from(name))) {
            return i;
        }
    }
    fail_msg("the arm gives no %s", name);
    return 0;
}

static void add_order(struct injected *in, const char *text) {
    char name[16] = "";
    int used = 0;
    assert_int_equal(sscanf(text, "%15s %n", name, &used), 1);
    text += used;
    struct lists *l = &in->drugs[drug_number(in, name)];
    struct course_order o = {.id = STR("order"), .at = parse_time(&text), .until = INSTANT_MAX};
    int hours = 0;
    o.dose = parse_amount(in->trial, text);
    assert_int_equal(sscanf(text, " %*s %*s %d", &hours), 1);
    o.every_ms = hours * HOUR;
    const char *until = strstr(text, "until ");
    if (until) {
        until += 6;
        o.until = parse_time(&until);
    }
    l->orders[l->order_count++] = o;
}

static void add_given(struct injected *in, uint16_t drug, int64_t at, const char *what) {
    struct course_administration a = {.id = STR("given"), .at = at};
    a.state = strcmp(what, "refused") == 0  ? NOT_ADMINISTERED
              : strcmp(what, "unsure") == 0 ? ADMINISTRATION_UNSURE
                                            : ADMINISTERED;
    if (what[0] >= '0' && what[0] <= '9') {
        a.dose = parse_amount(in->trial, what);
    }
    struct lists *l = &in->drugs[drug];
    assert_true(l->count < FACTS_MAX);
    uint32_t k = l->count++;
    for (; k > 0 && l->items[k - 1].at > at; k--) {
        l->items[k] = l->items[k - 1];
    }
    l->items[k] = a;
}

static void add_fact(struct injected *in, const char *line) {
    char name[24] = "";
    int used = 0;
    assert_int_equal(sscanf(line, "%23s %n", name, &used), 1);
    line += used;
    if (strcmp(name, "takes") == 0) {
        in->takes = true;
        return;
    }
    if (strcmp(name, "order") == 0) {
        add_order(in, line);
        return;
    }
    struct range r = parse_range(&line);
    for (int64_t at = r.first; at <= r.last; at += r.step) {
        if (strcmp(name, "ana") == 0 || strcmp(name, "rux") == 0) {
            add_given(in, drug_number(in, name), at, line + 1);
            continue;
        }
        struct fact *f = &in->facts[in->fact_count++];
        assert_true(in->fact_count < FACTS_MAX);
        *f = (struct fact){.at = at};
        (void)snprintf(f->name, sizeof f->name, "%s", name);
        (void)snprintf(f->value, sizeof f->value, "%s", line + 1);
    }
}

static const char *fact_at(const struct injected *in, struct str name, int64_t at, int64_t *next) {
    const char *value = "";
    int64_t best = INSTANT_MIN;
    for (uint32_t i = 0; i < in->fact_count; i++) {
        const struct fact *f = &in->facts[i];
        if (!str_equal(str_from(f->name), name)) {
            continue;
        }
        if (f->at <= at && f->at >= best) {
            best = f->at;
            value = f->value;
        } else if (f->at > at && f->at < *next) {
            *next = f->at;
        }
    }
    return value;
}

static enum status ask(void *context, int64_t at, struct course_known *known) {
    struct injected *in = context;
    const struct regimen_arm *arm = &in->trial->regimen->arms[0];
    int64_t next = INSTANT_MAX;
    assert_true(at >= in->asked_last);
    in->asked_last = at;
    for (uint32_t i = 0; i < arm->condition_count; i++) {
        const char *value = fact_at(in, arm->conditions[i].definition->name, at, &next);
        known->values[i] = (uint8_t)(strcmp(value, "yes") == 0  ? LOGIC_TRUE
                                     : strcmp(value, "no") == 0 ? LOGIC_FALSE
                                                                : LOGIC_UNKNOWN);
    }
    known->stage = str_from(fact_at(in, STR("stage"), at, &next));
    const char *weight = fact_at(in, STR("weight"), at, &next);
    if (weight[0]) {
        known->weight = parse_amount(in->trial, weight);
    }
    known->valid_until = next;
    return STATUS_OK;
}

/* What lies after the end of the walk is not known. */
static const struct course_administration *administrations(void *context, uint16_t drug,
                                                           uint32_t *count) {
    const struct injected *in = context;
    const struct lists *l = &in->drugs[drug];
    *count = 0;
    while (*count < l->count && l->items[*count].at <= in->end) {
        (*count)++;
    }
    return l->items;
}

static const struct course_order *orders(void *context, uint16_t drug, uint32_t *count) {
    const struct injected *in = context;
    const struct lists *l = &in->drugs[drug];
    *count = 0;
    while (*count < l->order_count && l->orders[*count].at <= in->end) {
        (*count)++;
    }
    return l->orders;
}

static enum status due(void *context, uint16_t drug, int64_t at,
                       const struct regimen_amount *amount) {
    struct injected *in = context;
    if (amount->unit) {
        add_given(in, drug, at, "some");
        in->drugs[drug].items[in->drugs[drug].count - 1].dose = *amount;
    }
    return STATUS_OK;
}

/* ---- The trial ---- */

struct fixture {
    struct arena arena;
    struct diag_list diags;
    char folder[64];
    struct trial *trial;
};

static void write_file(const struct fixture *f, const char *name, const char *text) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", f->folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void load(struct fixture *f, const char *arm) {
    char text[8192];
    bool own = arm[0] == '#';
    (void)snprintf(text, sizeof text, "%s%s%s", start_text,
                   own ? "" : "sites: {a: {name: A, timezone: UTC}}\narms: {a: {label: A, ", arm);
    if (!own) {
        assert_true(strlen(text) + 4 < sizeof text);
        memcpy(text + strlen(text), "}}\n", 4);
    }
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    f->trial = NULL;
    (void)snprintf(f->folder, sizeof f->folder, "/tmp/quell-course-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    write_file(f, "trial.yaml", text);
    write_file(f, "t.cql", logic);
    const char *root = getenv("QUELL_ROOT");
    char library[512];
    (void)snprintf(library, sizeof library, "%s/trials/library", root ? root : ".");
    const struct trial_options options = {.library_folder = str_from(library)};
    enum status status = trial_load(str_from(f->folder), &options, &f->arena, &f->diags, &f->trial);
    if (status != STATUS_OK || diag_has_errors(&f->diags)) {
        struct buf out;
        buf_init(&out);
        diag_print_all(&f->diags, false, &out);
        print_error("%.*s\n", (int)out.len, out.at);
        buf_release(&out);
        fail();
    }
}

static void release(struct fixture *f) {
    char path[128];
    trial_free(f->trial);
    arena_release(&f->arena);
    static const char *const names[] = {"trial.yaml", "t.cql"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(f->folder), 0);
}

/* ---- Lines ---- */

struct lines {
    uint32_t count;
    char items[LINES_MAX][LINE_MAX];
};

struct account {
    struct lines decisions; /* in their order */
    struct lines doses;     /* sorted */
    struct lines end;       /* sorted */
};

static char *add_line(struct lines *lines) {
    assert_true(lines->count < LINES_MAX);
    return lines->items[lines->count++];
}

static int by_text(const void *a, const void *b) {
    return strcmp(a, b);
}

static void sort(struct lines *lines) {
    qsort(lines->items, lines->count, LINE_MAX, by_text);
}

static void add_amount(char *out, const struct regimen_amount *amount) {
    struct buf text;
    buf_init(&text);
    if (amount->unit) {
        regimen_print(amount, &text);
    } else {
        buf_add_char(&text, '-');
    }
    size_t len = strlen(out);
    (void)snprintf(out + len, LINE_MAX - len, "%.*s", STR_ARG(buf_str(&text)));
    buf_release(&text);
}

static struct str need_word(const struct course_dosing *course, enum course_need need,
                            uint16_t condition) {
    static const char *const words[] = {"", "", "taper", "order", "weight", "person"};
    return need == NEED_CONDITION ? course->arm->conditions[condition].definition->name
                                  : str_from(words[need]);
}

static void add_dose(const struct trial *trial, const struct course_dosing *course,
                     const struct course_dose *dose, struct lines *out) {
    char time[24];
    char *line = add_line(out);
    bool planned = dose->planned != INSTANT_MIN;
    print_time(planned ? dose->planned : dose->given->at, time);
    struct str name = dose->treatment == REGIMEN_NONE ? trial->regimen->drugs[dose->drug].id
                                                      : course->arm->treatments[dose->treatment].id;
    (void)snprintf(line, LINE_MAX, "%s d%d %.*s ", time, dose->day, STR_ARG(name));
    add_amount(line, planned ? &dose->amount : &dose->given->dose);
    size_t len = strlen(line);
    struct str need = need_word(course, dose->need, dose->condition);
    (void)snprintf(line + len, LINE_MAX - len, " %s%s%.*s%s", dose_state_word(dose->state),
                   need.len ? " " : "", STR_ARG(need), dose->amount_differs ? " differs" : "");
}

static void add_decision(const struct course_dosing *course, const struct course_decision *d,
                         struct lines *out) {
    char time[24];
    print_time(d->at, time);
    struct str treatment =
        d->treatment == REGIMEN_NONE ? STR("-") : course->arm->treatments[d->treatment].id;
    struct str rule = d->rule == REGIMEN_NONE ? STR("-") : course->arm->rules[d->rule].name;
    (void)snprintf(add_line(out), LINE_MAX, "%s %s %.*s %.*s%s%.*s", time,
                   course_event_word(d->event), STR_ARG(treatment), STR_ARG(rule),
                   d->text.len ? " " : "", STR_ARG(d->text));
}

static void give_account(const struct trial *trial, const struct course_dosing *course,
                         struct account *out) {
    *out = (struct account){.decisions = {0}};
    for (uint32_t i = 0; i < course->decision_count; i++) {
        add_decision(course, &course->decisions[i], &out->decisions);
    }
    for (uint32_t i = 0; i < course->dose_count; i++) {
        add_dose(trial, course, &course->doses[i], &out->doses);
    }
    for (uint32_t i = 0; i < course->question_count; i++) {
        const struct course_question *q = &course->questions[i];
        struct str word = need_word(course, q->need, q->condition);
        (void)snprintf(add_line(&out->end), LINE_MAX, "ask %.*s", STR_ARG(word));
    }
    for (uint32_t i = 0; i < trial->regimen->drug_count; i++) {
        if (course->drugs[i].given_count) {
            char *line = add_line(&out->end);
            (void)snprintf(line, LINE_MAX, "total %.*s ", STR_ARG(trial->regimen->drugs[i].id));
            add_amount(line, &course->drugs[i].total);
        }
    }
    sort(&out->doses);
    sort(&out->end);
}

/* ---- Wanted ---- */

static void want(struct account *out, const char *line) {
    if (strncmp(line, "ask ", 4) == 0 || strncmp(line, "total ", 6) == 0) {
        (void)snprintf(add_line(&out->end), LINE_MAX, "%s", line);
        return;
    }
    struct range r = parse_range(&line);
    int day = 0;
    int used = 0;
    bool is_dose = sscanf(line, " d%d%n", &day, &used) == 1;
    for (int64_t at = r.first; at <= r.last; at += r.step) {
        char time[24];
        print_time(at, time);
        if (is_dose) {
            (void)snprintf(add_line(&out->doses), LINE_MAX, "%s d%d%s", time,
                           day ? day + (int)((at - r.first) / DAY) : 0, line + used);
        } else {
            (void)snprintf(add_line(&out->decisions), LINE_MAX, "%s%s", time, line);
        }
    }
}

typedef void take_line(void *context, const char *line);

static void each_line(const char *text, take_line *take, void *context) {
    while (*text) {
        size_t len = strcspn(text, "\n");
        char line[LINE_MAX];
        assert_true(len < sizeof line);
        memcpy(line, text, len);
        line[len] = 0;
        if (len) {
            take(context, line);
        }
        text += len + (text[len] == '\n');
    }
}

static void want_line(void *context, const char *line) {
    want(context, line);
}

static void fact_line(void *context, const char *line) {
    if (strncmp(line, "from ", 5) != 0) {
        add_fact(context, line);
    }
}

static bool same(const char *what, const char *title, const struct lines *wanted,
                 const struct lines *got) {
    bool equal = wanted->count == got->count;
    for (uint32_t i = 0; equal && i < got->count; i++) {
        equal = strcmp(wanted->items[i], got->items[i]) == 0;
    }
    for (uint32_t i = 0; !equal && i < LINES_MAX && (i < wanted->count || i < got->count); i++) {
        const char *w = i < wanted->count ? wanted->items[i] : "";
        const char *g = i < got->count ? got->items[i] : "";
        print_error("%s%s%s  %-48s %s %s\n", i ? "" : title, i ? "" : ": ", i ? "" : what, w,
                    strcmp(w, g) == 0 ? " " : "|", g);
    }
    return equal;
}

/* ---- The check ---- */

static void walk(const struct fixture *f, const struct course_case *c, int64_t from, int64_t end,
                 struct course_dosing *course, struct arena *arena) {
    struct injected *in = ARENA_NEW(arena, struct injected);
    assert_non_null(in);
    *in = (struct injected){.trial = f->trial, .end = end, .asked_last = INSTANT_MIN};
    each_line(c->facts, fact_line, in);
    struct course_facts facts = {in, ask, administrations, orders, in->takes ? due : NULL};
    const struct course_input input = {
        .trial = f->trial, .allocated = from, .at = end, .facts = &facts, .arena = arena};
    assert_int_equal(course_dosing_run(&input, course), STATUS_OK);
}

/* Every decision up to an instant is the same when the walk ends there. */
static bool earlier_ends_agree(const struct fixture *f, const struct course_case *c, int64_t from,
                               const struct course_dosing *whole) {
    bool equal = true;
    for (uint32_t i = 0; i < whole->decision_count && equal; i++) {
        int64_t end = whole->decisions[i].at;
        struct arena arena;
        arena_init(&arena, 0);
        struct course_dosing part;
        walk(f, c, from, end, &part, &arena);
        struct lines wanted = {0};
        struct lines got = {0};
        for (uint32_t k = 0; k < whole->decision_count; k++) {
            if (whole->decisions[k].at <= end) {
                add_decision(whole, &whole->decisions[k], &wanted);
            }
        }
        for (uint32_t k = 0; k < part.decision_count; k++) {
            add_decision(&part, &part.decisions[k], &got);
        }
        equal = same("an earlier end decides otherwise\n", c->title, &wanted, &got);
        arena_release(&arena);
    }
    return equal;
}

bool course_case_holds(const struct course_case *c) {
    struct fixture f;
    load(&f, c->arm);
    const char *text = c->facts;
    assert_int_equal(strncmp(text, "from ", 5), 0);
    text += 5;
    int64_t from = parse_time(&text);
    assert_int_equal(strncmp(text, " to ", 4), 0);
    text += 4;
    int64_t end = parse_time(&text);
    struct course_dosing course;
    walk(&f, c, from, end, &course, &f.arena);
    struct account *got = ARENA_NEW(&f.arena, struct account);
    struct account *wanted = ARENA_NEW(&f.arena, struct account);
    assert_non_null(got);
    assert_non_null(wanted);
    give_account(f.trial, &course, got);
    each_line(c->wanted, want_line, wanted);
    sort(&wanted->doses);
    sort(&wanted->end);
    bool equal = same("decisions\n", c->title, &wanted->decisions, &got->decisions);
    equal &= same("doses\n", c->title, &wanted->doses, &got->doses);
    equal &= same("at the end\n", c->title, &wanted->end, &got->end);
    equal &= earlier_ends_agree(&f, c, from, &course);
    release(&f);
    return equal;
}
