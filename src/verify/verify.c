#include "verify/verify_internal.h"

#include "base/map.h"
#include "stats/proportion.h"
#include "trial/document_read.h"

#include <stdarg.h>
#include <stdlib.h>

const char *verdict_words(enum verdict verdict) {
    static const char *const words[VERDICT_COUNT] = {"reproduced", "inconsistent",
                                                     "needs patient-level data",
                                                     "adjusted and so not recomputable"};
    return words[verdict];
}

/* ---- For the checks ---- */

struct diagnostic *check_fail(struct check *c, struct span span, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str words = arena_vformat(c->arena, format, args);
    va_end(args);
    c->failed = true;
    c->no_memory |= !words.at;
    return words.at ? diag_at(c->diags, DIAG_ST0100, span, "%.*s", STR_ARG(words)) : NULL;
}

static struct str format_text(struct check *c, const char *format, va_list args) {
    struct str text = arena_vformat(c->arena, format, args);
    c->no_memory |= !text.at;
    return text.at ? text : STR("");
}

struct str check_text(struct check *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str text = format_text(c, format, args);
    va_end(args);
    return text;
}

static void add_note(struct check *c, struct str words) {
    struct verify_note *note = ARENA_NEW(c->arena, struct verify_note);
    struct verify_note **last = &c->out->notes;
    c->no_memory |= !note;
    if (note) {
        note->words = words;
        while (*last) {
            last = &(*last)->next;
        }
        *last = note;
    }
}

void check_note(struct check *c, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add_note(c, format_text(c, format, args));
    va_end(args);
}

static void note_rounding(struct check *c, int which, double computed) {
    if (c->printed.relation != '=') {
        return;
    }
    switch (printed_rounding(computed, c->printed.value[which], c->printed.decimals[which])) {
    case ROUND_HALF_UP:
        check_note(c, "%.10g is a tie: printed as rounded half up; half to even would differ",
                   computed);
        break;
    case ROUND_HALF_EVEN:
        check_note(c, "%.10g is a tie: printed as rounded half to even; half up would differ",
                   computed);
        break;
    case ROUND_CUT:
        check_note(c, "%.10g gives the printed digits only when it is cut off, not rounded",
                   computed);
        break;
    case ROUND_NONE:
    case ROUND_BOTH:
        break;
    }
}

bool check_try(struct check *c, struct str method, double value, double second) {
    struct verify_try *t = ARENA_NEW(c->arena, struct verify_try);
    bool both = c->printed.form != PRINTED_VALUE;
    if (!t) {
        c->no_memory = true;
        return false;
    }
    /* A bound such as <0.001 says little of digits, and a tie is shown as one. */
    enum rounding how = printed_rounding(value, c->printed.value[0], c->printed.decimals[0]);
    int extra = c->printed.relation != '='                       ? 2
                : how == ROUND_HALF_UP || how == ROUND_HALF_EVEN ? 1
                                                                 : 0;
    char first_text[40];
    char second_text[40];
    const char *percent = c->printed.percent ? " %" : "";
    printed_text(value, c->printed.decimals[0] + extra, first_text);
    printed_text(second, c->printed.decimals[1] + extra, second_text);
    const char *between = c->printed.form == PRINTED_SPREAD ? " \xc2\xb1 " : " to ";
    *t = (struct verify_try){
        .method = method,
        .values = {value, both ? second : NAN},
        .computed = both ? check_text(c, "%s%s%s%s", first_text, between, second_text, percent)
                         : check_text(c, "%s%s", first_text, percent)};
    t->matches =
        printed_holds(&c->printed, 0, value) && (!both || printed_holds(&c->printed, 1, second));
    bool first_match = t->matches;
    struct verify_try **last = &c->out->tries;
    while (*last) {
        first_match &= !(*last)->matches;
        last = &(*last)->next;
    }
    *last = t;
    if (first_match) {
        note_rounding(c, 0, value);
        if (both) {
            note_rounding(c, 1, second);
        }
    }
    return t->matches;
}

/* How far from what is printed, as a share of it. */
static double distance_of(const struct check *c, const struct verify_try *t) {
    double farthest = 0;
    for (int i = 0; i < (c->printed.form == PRINTED_VALUE ? 1 : 2); i++) {
        double printed = c->printed.value[i];
        double digit = pow(10, -c->printed.decimals[i]);
        double away = fabs(t->values[i] - printed) / (fabs(printed) + digit);
        farthest = fmax(farthest, isnan(away) ? INFINITY : away);
    }
    return farthest;
}

void check_decide(struct check *c) {
    const struct verify_try *best = c->out->tries;
    for (const struct verify_try *t = c->out->tries; t; t = t->next) {
        if (t->matches) {
            best = t;
            break;
        }
        best = distance_of(c, t) < distance_of(c, best) ? t : best;
    }
    c->out->verdict = best && best->matches ? VERDICT_REPRODUCED : VERDICT_INCONSISTENT;
    c->out->computed = best ? best->computed : STR("");
    c->out->method = best ? best->method : STR("");
    if (best && !best->matches && c->printed.form == PRINTED_VALUE) {
        note_rounding(c, 0, best->values[0]);
    }
}

struct str check_group(const struct check *c, uint32_t i) {
    static const struct str plain[] = {{"the first group", 15}, {"the second group", 16}};
    return i < c->claim->groups.count ? c->claim->groups.items[i].text : plain[i > 0];
}

struct str check_event(const struct check *c) {
    return c->claim->event.text.len ? c->claim->event.text : STR("the event");
}

struct str check_other(const struct check *c) {
    return c->claim->other.text.len ? c->claim->other.text : STR("no event");
}

/* Exact: numbers are decimals times 10^8. */
double check_number(const struct trial_number *number) {
    return (double)number->value / 1e8;
}

double check_level(const struct check *c) {
    return trial_given(c->claim->level.place) ? check_number(&c->claim->level) : 0.95;
}

bool check_two_groups(struct check *c) {
    if (c->group_count != 2 || c->n[0] == 0 || c->n[1] == 0) {
        (void)check_fail(c, c->claim->span,
                         "this check needs `counts` of two groups that are not empty");
        return false;
    }
    return true;
}

void check_note_intervals(struct check *c) {
    for (uint32_t i = 0; i < c->group_count; i++) {
        struct proportion_interval exact =
            proportion_clopper_pearson(c->k[i], c->n[i], check_level(c));
        if (c->n[i] > 0) {
            check_note(c,
                       "%.0f/%.0f is %.1f %%, exact %g %% interval %.1f to %.1f %% "
                       "(Clopper-Pearson)",
                       c->k[i], c->n[i], 100 * c->k[i] / c->n[i], 100 * check_level(c),
                       100 * exact.low, 100 * exact.high);
        }
    }
}

/* ---- One claim ---- */

/* "35/40" */
static bool read_count(struct str text, double *k, double *n) {
    char digits[40];
    if (!text.len || text.len >= sizeof digits) {
        return false;
    }
    memcpy(digits, text.at, text.len);
    digits[text.len] = 0;
    char *slash = strchr(digits, '/');
    char *end = NULL;
    if (!slash || strspn(digits, "0123456789/ ") != text.len) {
        return false;
    }
    *slash = 0;
    *k = strtod(digits, &end);
    bool first = end != digits && strspn(end, " ") == strlen(end);
    *n = strtod(slash + 1, &end);
    return first && end != slash + 1 && strspn(end, " ") == strlen(end) && *k <= *n;
}

static void read_counts(struct check *c) {
    const struct trial_text_list *list = &c->claim->counts;
    c->k = ARENA_ARRAY(c->arena, (size_t)list->count * 2 + 1, double);
    if (!c->k) {
        c->no_memory = true;
        return;
    }
    c->n = c->k + list->count;
    c->group_count = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!read_count(list->items[i].text, &c->k[i], &c->n[i])) {
            (void)check_fail(c, list->items[i].place.span,
                             c->k[i] > c->n[i] ? "'%.*s' counts more than the total"
                                               : "'%.*s' is no count of a total such as 35/40",
                             STR_ARG(list->items[i].text));
        }
    }
}

static void needs_patients(struct check *c) {
    c->out->verdict = VERDICT_NEEDS_PATIENTS;
    check_note_intervals(c);
    if (!c->claim->why.text.len) {
        (void)check_fail(c, c->claim->span, "say in `why` what is lacking");
    }
}

static void is_adjusted(struct check *c) {
    c->out->verdict = VERDICT_ADJUSTED;
    if (!c->claim->why.text.len) {
        (void)check_fail(c, c->claim->span, "say in `why` for what it was adjusted");
    }
}

enum {
    NUMBER = 1 << PRINTED_VALUE,
    SPREAD = 1 << PRINTED_SPREAD,
    INTERVAL = 1 << PRINTED_INTERVAL
};

static const struct {
    void (*check)(struct check *c);
    unsigned forms; /* that the printed text may have; 0: any text */
    const char *wants;
} checks[] = {
    [CHECK_COMPUTE] = {check_compute, NUMBER, "one number"},
    [CHECK_PERCENT] = {check_percent, NUMBER | SPREAD, "a percentage"},
    [CHECK_TEST] = {check_test_of_groups, NUMBER, "a p value"},
    [CHECK_EFFECT] = {check_effect, NUMBER, "one number"},
    [CHECK_EFFECT_INTERVAL] = {check_effect_interval, INTERVAL, "an interval such as 0.39-7.93"},
    [CHECK_PROPORTION_INTERVAL] = {check_proportion_interval, INTERVAL,
                                   "an interval such as 57.2-98.2%"},
    [CHECK_SUMMARY] = {check_summary, NUMBER | SPREAD, "a mean, or a mean with its SD"},
    [CHECK_PLAUSIBLE] = {check_plausible, NUMBER | SPREAD, "a mean, or a mean with its SD"},
    [CHECK_REPEATED] = {check_repeated, NUMBER, "a p value"},
    [CHECK_UNIT] = {check_unit, 0, NULL},
    [CHECK_PATIENTS] = {needs_patients, 0, NULL},
    [CHECK_ADJUSTED] = {is_adjusted, 0, NULL},
};

/* Fails unless the printed text has a form that the check is for. */
static void read_printed(struct check *c) {
    uint16_t kind = c->claim->check.value;
    const struct trial_text *text = &c->claim->printed;
    if (!checks[kind].forms) {
        return;
    }
    bool read = printed_parse(text->text, &c->printed);
    if (read && (checks[kind].forms >> c->printed.form) & 1) {
        return;
    }
    struct diagnostic *d = check_fail(c, text->place.span, "'%.*s' is not read as %s",
                                      STR_ARG(text->text), checks[kind].wants);
    diag_hint(c->diags, d,
              !read ? "forms: 0.712, <0.001, 87.5%%, 8.3 ± 2.2, 0.39-7.93; an estimate "
                      "and its interval are two claims"
              : checks[kind].forms == INTERVAL
                  ? "write both ends"
                  : "a dash, 'to', ';' or a comma between two numbers makes an "
                    "interval: thousands have no comma, decimals have a point");
}

static void read_level(struct check *c) {
    double level = check_level(c);
    if (!(level > 0 && level < 1)) {
        struct diagnostic *d = check_fail(c, c->claim->level.place.span,
                                          "a level stands between 0 and 1, and this is %g", level);
        if (level > 1 && level < 100) {
            diag_hint(c->diags, d, "%g %% is %g", level, level / 100);
        }
    }
}

static void run_check(struct check *c) {
    read_counts(c);
    read_level(c);
    read_printed(c);
    if (c->failed || c->no_memory) {
        return;
    }
    checks[c->claim->check.value].check(c);
    if (c->claim->why.text.len) {
        check_note(c, "%.*s", STR_ARG(c->claim->why.text));
    }
}

static enum status check_ids(const struct trial_published *published, struct diag_list *diags) {
    struct map map;
    enum status status = STATUS_OK;
    map_init(&map);
    for (uint32_t i = 0; i < published->claims.count && status == STATUS_OK; i++) {
        const struct trial_text *id = &published->claims.items[i].id;
        uint32_t value = i;
        bool added = true;
        if (id->text.len) {
            status = map_add(&map, id->text, &value, &added);
        }
        if (status == STATUS_OK && !added) {
            (void)diag_at(diags, DIAG_ST0101, id->place.span, "two claims have the id '%.*s'",
                          STR_ARG(id->text));
        }
    }
    map_release(&map);
    return status;
}

enum status verify_published(const struct source *source, const struct analyte_table *analytes,
                             struct arena *arena, struct diag_list *diags,
                             struct verify_result **out) {
    void *read = NULL;
    *out = NULL;
    enum status status = document_read(source, SCHEMA_OBJECT_published, arena, diags, &read);
    if (status != STATUS_OK || !read || diag_has_errors(diags)) {
        return status != STATUS_OK ? status : STATUS_USER_ERROR;
    }
    const struct trial_published *published = read;
    struct verify_result *result = ARENA_NEW(arena, struct verify_result);
    struct verify_claim *claims =
        ARENA_ARRAY(arena, published->claims.count + 1, struct verify_claim);
    if (!result || !claims) {
        return STATUS_NO_MEMORY;
    }
    *result = (struct verify_result){
        .published = published, .count = published->claims.count, .claims = claims};
    status = check_ids(published, diags);
    bool failed = diag_has_errors(diags);
    for (uint32_t i = 0; i < result->count && status == STATUS_OK; i++) {
        struct check c = {.arena = arena,
                          .diags = diags,
                          .analytes = analytes,
                          .claim = &published->claims.items[i],
                          .out = &claims[i]};
        claims[i].claim = c.claim;
        run_check(&c);
        failed |= c.failed;
        status = c.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
        result->by_verdict[claims[i].verdict]++;
    }
    if (status == STATUS_OK && failed) {
        status = STATUS_USER_ERROR;
    }
    *out = status == STATUS_OK ? result : NULL;
    return status;
}
