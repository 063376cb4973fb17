#include "report/treat_words.h"

#include "report/words.h"
#include "value/datetime.h"
#include "value/decimal.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* ---- Times ---- */

static struct datetime local(const struct treat_context *c, const struct treat_subject *s,
                             instant_ms at) {
    return datetime_from_ms(at, trial_site_offset_min(c->result->trial, s->site, at));
}

void treat_words_time(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                      struct buf *out) {
    struct datetime t = local(c, s, at);
    buf_add_format(out, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute);
}

void treat_words_clock(const struct treat_context *c, const struct treat_subject *s, instant_ms at,
                       instant_ms near, struct buf *out) {
    struct datetime t = local(c, s, at);
    struct datetime n = local(c, s, near);
    if (t.day != n.day || t.month != n.month || t.year != n.year) {
        buf_add_format(out, "%d %s ", t.day, months[t.month - 1]);
    }
    buf_add_format(out, "%02d:%02d", t.hour, t.minute);
}

int64_t treat_words_local_day(const struct treat_context *c, const struct treat_subject *s,
                              instant_ms at) {
    int64_t ms = at + (int64_t)trial_site_offset_min(c->result->trial, s->site, at) * 60000;
    return ms / DAY_MS - (ms % DAY_MS < 0);
}

void treat_words_date(int64_t day, struct buf *out) {
    static const char *const names[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    struct datetime t = datetime_from_ms(day * DAY_MS, 0);
    buf_add_format(out, "%s %04d-%02d-%02d", names[(day % 7 + 7) % 7], t.year, t.month, t.day);
}

/* ---- One line of the list ---- */

void treat_words_what(const struct treat_context *c, const struct treat_subject *s,
                      const struct treat_line *line, struct buf *out) {
    const struct trial_treatment *source = s->course.arm->treatments[line->treatment].source;
    buf_add(out, treat_words_drug(c, line->drug));
    if (line->amount.unit) {
        buf_add_char(out, ' ');
        regimen_print(&line->amount, out);
    }
    if (trial_given(source->route.place)) {
        buf_add_cstr(out, ", ");
        buf_add(out, source->route.text);
    }
}

void treat_words_when(const struct treat_context *c, const struct treat_subject *s,
                      const struct treat_line *line, struct buf *out) {
    if (line->state == DOSE_HELD) {
        buf_add_cstr(out, "on hold, not at ");
    } else if (line->state == DOSE_DUE) {
        bool first = line->day == 1 && !s->course.drugs[line->drug].given_count;
        buf_add_cstr(out, first ? "first dose, due since " : "due since ");
    }
    for (uint32_t i = 0; i < line->time_count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        treat_words_clock(c, s, line->times[i], c->result->at, out);
    }
    if (line->estimated) {
        buf_add_cstr(out, " if the first dose is given now");
    }
}

void treat_words_units(const struct treat_context *c, const struct treat_line *line,
                       struct buf *out) {
    if (!line->has_units) {
        return;
    }
    const struct regimen_drug *drug = &c->result->trial->regimen->drugs[line->drug];
    const struct regimen_amount count = {line->units, line->units % DECIMAL_ONE ? 2 : 0, NULL};
    regimen_print(&count, out);
    buf_add_format(out, " %.*s%s of ", STR_ARG(drug->unit_name),
                   line->units == DECIMAL_ONE ? "" : "s");
    regimen_print(&drug->unit, out);
    buf_add_cstr(out, line->time_count > 1 ? " each time" : "");
}

static int32_t last_dose_day(const struct regimen_treatment *t) {
    int32_t last = t->part_count ? t->parts[t->part_count - 1].last : REGIMEN_OPEN;
    return t->max_days < last ? t->max_days : last;
}

void treat_words_day(const struct treat_subject *s, const struct treat_line *line,
                     struct buf *out) {
    int32_t last = line->treatment == REGIMEN_NONE
                       ? REGIMEN_OPEN
                       : last_dose_day(&s->course.arm->treatments[line->treatment]);
    buf_add_format(out, "day %d", line->day);
    if (last != REGIMEN_OPEN) {
        buf_add_format(out, " of %d", last);
    }
    buf_add_cstr(out, line->is_taper ? ", taper" : "");
}

void treat_words_so_far(const struct treat_subject *s, uint16_t drug, struct buf *out) {
    const struct course_drug *d = &s->course.drugs[drug];
    unsigned missed = 0;
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *dose = &s->course.doses[i];
        missed +=
            dose->drug == drug && (dose->state == DOSE_MISSED || dose->state == DOSE_NOT_GIVEN);
    }
    if (!d->given_count) {
        buf_add_cstr(out, "none given yet");
    } else {
        buf_add_format(out, "%u given", d->given_count);
    }
    if (d->total.unit) {
        buf_add_cstr(out, d->unknown_count ? " (at least " : " (");
        regimen_print(&d->total, out);
        buf_add_char(out, ')');
    }
    if (d->unknown_count) {
        buf_add_format(out, ", %u of them of an amount not recorded", d->unknown_count);
    }
    if (missed) {
        buf_add_format(out, ", %u missed", missed);
    }
}

void treat_words_order(const struct treat_line *line, struct buf *out) {
    if (!line->order.len) {
        buf_add_cstr(out, "no order found in the records");
    } else if (line->order_differs) {
        buf_add_cstr(out, "THE ORDER IS FOR ");
        regimen_print(&line->ordered, out);
    } else {
        buf_add_cstr(out, "ordered");
    }
}

/* ---- What cannot be decided ---- */

/* No data and no answer of a file decides it. */
static bool needs_person(const struct treat_question *q) {
    return q->what.need == NEED_PERSON || q->what.need == NEED_LIMIT;
}

bool treat_is_open(const struct treat_question *q) {
    return q->what.need == NEED_CONDITION || needs_person(q);
}

static bool asks_whether(const struct treat_question *q) {
    return q->what.need == NEED_CONDITION && q->what.treatment != REGIMEN_NONE;
}

void treat_words_questions(const struct treat_context *c, const struct treat_subject *s,
                           struct buf *out) {
    const struct regimen_arm *arm = s->course.arm;
    uint32_t starts = 0;
    uint32_t done = 0;
    for (uint32_t i = 0; i < s->question_count; i++) {
        starts += asks_whether(&s->questions[i]);
    }
    for (uint32_t i = 0; i < s->question_count; i++) {
        if (asks_whether(&s->questions[i])) {
            const struct regimen_treatment *t = &arm->treatments[s->questions[i].what.treatment];
            buf_add_cstr(out, done == 0 ? "whether " : done + 1 == starts ? " and " : ", ");
            buf_add_format(out, "%.*s (%.*s)", STR_ARG(treat_words_drug(c, t->drug)),
                           STR_ARG(t->id));
            done++;
        }
    }
    buf_add_cstr(out, starts == 0 ? "" : starts == 1 ? " starts" : " start");
    for (uint32_t i = 0; i < s->question_count; i++) {
        const struct treat_question *q = &s->questions[i];
        if (!treat_is_open(q) || asks_whether(q)) {
            continue;
        }
        buf_add_cstr(out, done++ ? "; " : "");
        if (q->what.rule != REGIMEN_NONE) {
            const struct regimen_rule *rule = &arm->rules[q->what.rule];
            buf_add_format(out, "rule %.*s", STR_ARG(rule->name));
            if (rule->drug != REGIMEN_NONE) {
                buf_add_format(out, " of %.*s", STR_ARG(treat_words_drug(c, rule->drug)));
            }
        } else if (q->what.treatment != REGIMEN_NONE) {
            const struct regimen_treatment *t = &arm->treatments[q->what.treatment];
            buf_add_format(out, "the dose of %.*s (%.*s)", STR_ARG(treat_words_drug(c, t->drug)),
                           STR_ARG(t->id));
        } else {
            buf_add_cstr(out, "what is to be given");
        }
    }
}

enum { THINGS_MAX = 64 };

struct things { /* each once, in the order they were added */
    uint32_t count;
    struct str items[THINGS_MAX];
    struct str windows[THINGS_MAX];
};

static void add_thing(struct things *things, struct str text, struct str window) {
    for (uint32_t i = 0; i < things->count; i++) {
        if (str_equal(things->items[i], text) && str_equal(things->windows[i], window)) {
            return;
        }
    }
    if (text.len && things->count < THINGS_MAX) {
        things->items[things->count] = text;
        things->windows[things->count++] = window;
    }
}

static void add_causes(struct things *things, const struct course_evidence *evidence) {
    for (uint32_t i = 0; i < evidence->count; i++) {
        for (uint32_t k = 0; k < evidence->reasons[i].cause_count; k++) {
            const struct evidence_cause *cause = &evidence->reasons[i].causes[k];
            if (cause->kind == CAUSE_NO_DATA || cause->kind == CAUSE_HUMAN) {
                add_thing(things, cause->datum, cause->window);
            } else {
                add_thing(things, cause->words, STR(""));
            }
        }
    }
}

static void print_things(const struct things *things, struct buf *out) {
    for (uint32_t i = 0; i < things->count; i++) {
        buf_add_cstr(out, i ? "; " : "");
        buf_add(out, things->items[i]);
        if (things->windows[i].len) {
            buf_add_cstr(out, str_starts(things->windows[i], STR("the last")) ? " in " : " ");
            buf_add(out, things->windows[i]);
        }
    }
}

void treat_words_needs(const struct treat_subject *s, struct buf *out) {
    struct things things = {.count = 0};
    for (uint32_t i = 0; i < s->question_count; i++) {
        if (treat_is_open(&s->questions[i])) {
            add_causes(&things, &s->questions[i].evidence);
            if (needs_person(&s->questions[i])) {
                add_thing(&things, s->questions[i].words, STR(""));
            }
        }
    }
    print_things(&things, out);
}

void treat_words_conditions(const struct treat_subject *s, struct buf *out) {
    struct things things = {.count = 0};
    for (uint32_t i = 0; i < s->question_count; i++) {
        const struct course_question *q = &s->questions[i].what;
        if (q->need == NEED_CONDITION && q->condition != REGIMEN_NONE) {
            add_thing(&things, s->course.arm->conditions[q->condition].definition->name, STR(""));
        }
    }
    print_things(&things, out);
}

void treat_words_unchecked(const struct treat_subject *s, struct buf *out) {
    struct things things = {.count = 0};
    for (uint32_t i = 0; i < s->note_count; i++) {
        if (s->notes[i].value == LOGIC_UNKNOWN) {
            add_causes(&things, &s->notes[i].evidence);
        }
    }
    print_things(&things, out);
}

/* In the site's time; a date or a coarser time as it stands. */
static void add_fact_time(const struct treat_context *c, const struct treat_subject *s,
                          struct str time, struct buf *out) {
    struct datetime t;
    if (datetime_parse(time, &t) && t.precision >= PRECISION_MINUTE) {
        int16_t offset = trial_site_offset_min(c->result->trial, s->site, datetime_first_ms(&t, 0));
        treat_words_time(c, s, datetime_first_ms(&t, offset), out);
    } else {
        buf_add(out, time);
    }
}

static void add_fact(const struct treat_context *c, const struct treat_subject *s,
                     const struct evidence_fact *f, bool with_value, struct buf *out) {
    if (with_value) {
        buf_add_format(out, "%.*s %.*s", STR_ARG(f->label), STR_ARG(f->value));
        buf_add_format(out, "%s%.*s, ", f->unit.len ? " " : "", STR_ARG(f->unit));
    } else if (!f->value.len) {
        buf_add(out, f->resource);
        buf_add_cstr(out, ", ");
    }
    add_fact_time(c, s, f->time, out);
}

void treat_words_evidence(const struct treat_context *c, const struct treat_subject *s,
                          const struct course_evidence *e, struct buf *out) {
    for (uint32_t i = 0; i < e->count && i < 2; i++) {
        const struct evidence_reason *r = &e->reasons[i];
        uint32_t shown = 0;
        buf_add_cstr(out, "; ");
        buf_add(out, r->words);
        for (uint32_t k = 0; k < r->fact_count && shown < 3; k++) {
            bool is_value = r->facts[k].value.len > 0;
            if (r->fact_count == 1 || is_value) {
                buf_add_cstr(out, shown++ ? "; " : " (");
                add_fact(c, s, &r->facts[k], r->fact_count > 1, out);
            }
        }
        buf_add_cstr(out, shown ? ")" : "");
    }
}

void treat_words_total(const struct treat_context *c, const struct treat_total *t,
                       struct buf *out) {
    const struct regimen_drug *drug = &c->result->trial->regimen->drugs[t->drug];
    buf_add_format(out, "%.*s: %u dose%s", STR_ARG(drug->name), t->doses, t->doses == 1 ? "" : "s");
    if (t->units) {
        buf_add_format(out, ", %llu %.*s%s of ", (unsigned long long)t->units,
                       STR_ARG(drug->unit_name), t->units == 1 ? "" : "s");
        regimen_print(&drug->unit, out);
    }
    buf_add_cstr(out, t->uncounted ? ", and doses that are not a number of these" : "");
}

/* ---- One course ---- */

static void add_condition(const struct treat_subject *s, uint16_t condition, struct buf *out) {
    if (condition != REGIMEN_NONE) {
        buf_add(out, s->course.arm->conditions[condition].definition->name);
    }
}

void treat_words_decision(const struct treat_context *c, const struct treat_subject *s,
                          const struct course_decision *d, struct buf *out) {
    static const char *const words[] = {
        [EVENT_START] = "starts",
        [EVENT_WAIT] = "may start: not known",
        [EVENT_REPLACED] = "is replaced",
        [EVENT_COMPLETE] = "is complete",
        [EVENT_STOP_WHEN] = "ends",
        [EVENT_HOLD] = "on hold",
        [EVENT_RESUME] = "goes on",
        [EVENT_LIFTED] = "one hold less, still on hold",
        [EVENT_HOLD_ENDED] = "hold has lasted too long",
        [EVENT_STOP] = "stops",
        [EVENT_REDUCE] = "one level lower",
        [EVENT_CHANGE] = "changes",
        [EVENT_SWITCH] = "begins by a switch",
        [EVENT_PROPOSE] = "proposed",
        [EVENT_ACCEPTED] = "proposal taken up",
        [EVENT_ASK] = "to be asked",
        [EVENT_STAGE] = "stage",
    };
    if (d->treatment != REGIMEN_NONE) {
        const struct regimen_treatment *t = &s->course.arm->treatments[d->treatment];
        buf_add_format(out, "%.*s (%.*s) ", STR_ARG(treat_words_drug(c, t->drug)), STR_ARG(t->id));
    } else if (d->rule != REGIMEN_NONE && s->course.arm->rules[d->rule].drug != REGIMEN_NONE) {
        buf_add_format(out, "%.*s ",
                       STR_ARG(treat_words_drug(c, s->course.arm->rules[d->rule].drug)));
    }
    buf_add_cstr(out, words[d->event]);
    if (d->text.len) {
        buf_add_cstr(out, d->event == EVENT_STAGE ? " " : ": ");
        buf_add(out, d->text);
    } else if (d->event == EVENT_STAGE) {
        buf_add_cstr(out, " not known");
    }
    if (d->condition != REGIMEN_NONE) {
        buf_add_cstr(out, d->event == EVENT_WAIT || d->event == EVENT_ASK ? ": " : ", as ");
        add_condition(s, d->condition, out);
    } else if (d->event == EVENT_START) {
        buf_add_cstr(out, ", allocated");
    }
    if (d->rule != REGIMEN_NONE) {
        buf_add_format(out, " [rule %.*s]", STR_ARG(s->course.arm->rules[d->rule].name));
    }
}

bool treat_shares_evidence(const struct treat_subject *s, uint32_t i) {
    const struct course_decision *d = &s->course.decisions[i];
    return i + 1 < s->course.decision_count && d->condition != REGIMEN_NONE &&
           d[1].condition == d->condition && d[1].at == d->at;
}

void treat_words_reason(const struct treat_context *c, const struct treat_subject *s,
                        const struct evidence_reason *r, struct buf *out) {
    buf_add(out, r->words);
    for (uint32_t i = 0; i < r->fact_count; i++) {
        buf_add_format(out, " (%.*s, ", STR_ARG(r->facts[i].resource));
        add_fact_time(c, s, r->facts[i].time, out);
        buf_add_char(out, ')');
    }
    for (uint32_t i = 0; i < r->cause_count; i++) {
        buf_add_cstr(out, r->words.len || i ? "; " : "");
        buf_add(out, r->causes[i].words);
    }
}

void treat_words_dose(const struct treat_context *c, const struct treat_subject *s,
                      const struct course_dose *d, struct buf *out) {
    bool planned = d->planned != INSTANT_MIN;
    instant_ms at = planned ? d->planned : d->given->at;
    treat_words_clock(c, s, at, at, out);
    buf_add_char(out, ' ');
    const struct regimen_amount *amount =
        planned || !d->given->dose.unit ? &d->amount : &d->given->dose;
    if (amount->unit) {
        regimen_print(amount, out);
        buf_add_char(out, ' ');
    }
    buf_add_cstr(out, dose_state_word(d->state));
    if (!d->given || !planned) {
        return;
    }
    if (d->amount_differs && d->given->dose.unit) {
        buf_add_char(out, ' ');
        regimen_print(&d->given->dose, out);
    }
    if (d->given->at != d->planned) {
        buf_add_char(out, ' ');
        treat_words_clock(c, s, d->given->at, d->planned, out);
    }
    if (d->given->reason.len) {
        buf_add_format(out, ": %.*s", STR_ARG(d->given->reason));
    }
}

void treat_words_visit(const struct trial_visit *visit, struct buf *out) {
    if (trial_given(visit->name.place)) {
        buf_add(out, visit->name.text);
        buf_add_cstr(out, ", ");
    }
    buf_add_format(out, "day %d", visit->day.first);
    if (trial_given(visit->window.place) && visit->window.first != visit->window.last) {
        buf_add_format(out, " (day %d to %d)", visit->day.first + visit->window.first,
                       visit->day.first + visit->window.last);
    }
    for (uint32_t i = 0; i < visit->activities.count; i++) {
        buf_add_cstr(out, i ? ", " : ": ");
        buf_add(out, visit->activities.items[i].text);
    }
}

/* "CTCAE 5.0 grade 3: ", or "grade 3: " where no version is given. */
static void add_grade(const struct treat_context *c, int32_t grade, struct buf *out) {
    const struct trial_safety *safety = c->result->trial->document->safety;
    if (safety && trial_given(safety->ctcae.place)) {
        buf_add_format(out, "CTCAE %s ", trial_ctcae_word((enum trial_ctcae)safety->ctcae.value));
    }
    buf_add_format(out, "grade %d: ", grade);
}

void treat_words_adverse(const struct treat_context *c, const struct course_adverse *a,
                         struct buf *out) {
    if (a->grade > 0) {
        add_grade(c, a->grade, out);
    }
    buf_add(out, a->name.len ? a->name : STR("an event without a name"));
    if (a->severity.len) {
        buf_add_format(out, ", %.*s", STR_ARG(a->severity));
    }
    buf_add_cstr(out, a->serious ? ", serious" : "");
    buf_add_cstr(out, a->grade > 0 ? "" : ", no grade recorded");
}

void treat_words_event(const struct treat_context *c, const struct treat_subject *s,
                       const struct course_adverse *a, struct buf *out) {
    buf_add_cstr(out, "adverse event");
    if (a->at != INSTANT_MIN) {
        buf_add_char(out, ' ');
        treat_words_clock(c, s, a->at, c->result->at, out);
    }
    buf_add_cstr(out, ": ");
    treat_words_adverse(c, a, out);
}

bool treat_is_severe(const struct course_adverse *a) {
    enum { SEVERE = 3 };
    return a->serious || a->grade >= SEVERE;
}

void treat_words_finding(const struct treat_context *c, const struct course_finding *f,
                         struct buf *out) {
    if (f->grade >= 0) {
        add_grade(c, f->grade, out);
    }
    buf_add(out, f->event->title.text);
    buf_add_cstr(out, f->value == LOGIC_UNKNOWN ? ": not known" : "");
}

void treat_words_asked(const struct treat_subject *s, struct buf *out) {
    for (uint32_t i = 0; i < s->watch.finding_count; i++) {
        const struct course_finding *f = &s->watch.findings[i];
        if (f->is_asked) {
            buf_add_format(out, "%s%.*s (%.*s)", out->len ? ", " : "",
                           STR_ARG(f->event->title.text), STR_ARG(f->event->id.text));
        }
    }
}

int32_t treat_last_day(const struct treat_context *c, const struct treat_subject *s) {
    const struct trial_visit_list *visits = &c->result->trial->document->visits;
    int64_t last = treat_words_local_day(c, s, c->result->at) - s->first_day;
    for (uint32_t i = 0; i < visits->count; i++) {
        int64_t day = visits->items[i].day.first + visits->items[i].window.last;
        last = day > last ? day : last;
    }
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        const struct course_dose *d = &s->course.doses[i];
        instant_ms at = d->planned != INSTANT_MIN ? d->planned : d->given->at;
        int64_t day = treat_words_local_day(c, s, at) - s->first_day;
        last = day > last ? day : last;
    }
    return (int32_t)last;
}

bool treat_has_doses(const struct treat_subject *s, uint16_t drug) {
    for (uint32_t i = 0; i < s->course.dose_count; i++) {
        if (s->course.doses[i].drug == drug) {
            return true;
        }
    }
    return false;
}

/* ---- Names ---- */

struct str treat_words_drug(const struct treat_context *c, uint16_t drug) {
    return drug == REGIMEN_NONE ? STR("") : c->result->trial->regimen->drugs[drug].name;
}

const char *treat_words_origin(enum course_origin origin) {
    static const char *const words[] = {"by the list of arms", "by the record",
                                        "by the first dose"};
    return words[origin];
}

bool treat_is_undecided(const struct treat_subject *s) {
    return s->question_count > 0;
}

struct str treat_words_site(const struct treat_context *c, const struct treat_subject *s) {
    return s->site < c->result->trial->site_count ? c->result->trial->sites[s->site].id : STR("");
}

void treat_words_site_name(const struct treat_context *c, uint16_t site, struct buf *out) {
    const struct trial *trial = c->result->trial;
    if (site >= trial->site_count) {
        return;
    }
    const struct trial_site *source = &trial->document->sites.items[site];
    struct str name = trial->sites[site].name;
    buf_add(out, name.len ? name : trial->sites[site].id);
    if (trial_given(source->city.place)) {
        buf_add_cstr(out, ", ");
        buf_add(out, source->city.text);
    }
}

struct str treat_words_zone(const struct treat_context *c, uint16_t site) {
    const struct trial *trial = c->result->trial;
    return site < trial->site_count && trial->sites[site].timezone.len ? trial->sites[site].timezone
                                                                       : STR("UTC");
}

struct str treat_words_arm(const struct treat_context *c, const struct treat_subject *s) {
    const struct trial_arm *arm = &c->result->trial->document->arms.items[s->arm];
    return arm->label.text.len ? arm->label.text : arm->id.text;
}

const char *treat_words_idle(enum treat_idle idle) {
    static const char *const words[] = {"", "the arm gives no drug of the trial",
                                        "no treatment has begun: no condition to start holds",
                                        "the courses are over"};
    return words[idle];
}

void treat_words_trial(const struct treat_context *c, struct buf *out) {
    const struct trial_document *document = c->result->trial->document;
    const struct regimen_amount version = {document->version.value, document->version.scale, NULL};
    buf_add(out, c->result->trial->id);
    buf_add_cstr(out, " version ");
    regimen_print(&version, out);
    for (uint32_t i = 0; i < document->registry.count; i++) {
        buf_add_cstr(out, i ? ", " : " (");
        buf_add_format(out, "%.*s %.*s", STR_ARG(document->registry.items[i].name.text),
                       STR_ARG(document->registry.items[i].value.text));
    }
    buf_add_cstr(out, document->registry.count ? ")" : "");
}

void treat_words_counts(const struct treat_context *c, struct buf *out) {
    const struct treat_result *r = c->result;
    unsigned asked = 0;
    unsigned idle = 0;
    for (uint32_t i = 0; i < r->subject_count; i++) {
        asked += treat_is_undecided(&r->subjects[i]);
        idle += r->subjects[i].idle != IDLE_NOT;
    }
    buf_add_format(out, "%u subject%s", r->subject_count, r->subject_count == 1 ? "" : "s");
    if (r->subject_count) {
        buf_add_format(out, ": %u with something to decide, %u with doses, %u with nothing", asked,
                       r->subject_count - asked - idle, idle);
    }
    if (r->later) {
        buf_add_format(out, "; %llu more allocated only later", (unsigned long long)r->later);
    }
    buf_add_format(out, "; %llu patient%s in the records", (unsigned long long)r->patients,
                   r->patients == 1 ? "" : "s");
}

const char *treat_words_nobody(const struct treat_context *c) {
    return c->result->later
               ? "Nobody is in the trial yet at this time: all are allocated only later."
           : c->result->trial->regimen->arm_count > 1
               ? "Nobody of the list of arms is in the records."
               : "Nobody is in the trial: in a trial of one arm a subject begins with what "
                 "allocation.when of trial.yaml finds, else with the first recorded dose of a drug "
                 "of the trial, and no record holds either. Or give a list with --arms FILE.csv: "
                 "id, arm, allocated_at, site.";
}

const char *const treat_words_legend[] = {
    "Clock times are local at the site; a day other than that of the list is written before the "
    "time.",
    "Study day 0 is the day of allocation. Day 1 of a drug begins with its first dose, and each "
    "has 24 hours: \"day 5 of 14\" is the fifth of at most fourteen.",
    "Given and missed count what the records said at the time asked. A missed dose is not made up.",
    "\"Ordered\": a prescription in force says the same dose. Advice is no part of the protocol "
    "and never changes a dose.",
    NULL,
};
