/* The walk through time. */
#include "course/course_dosing_internal.h"

#include "value/datetime.h"

#include <stdlib.h>

/* ---- Growing lists ---- */

static void *grown(struct dosing_walk *w, void *items, uint32_t count, uint32_t *room, size_t size,
                   uint32_t most) {
    if (count < *room) {
        return items;
    }
    if (count >= most) {
        w->limit = COURSE_LIMIT_DECISIONS;
        return NULL;
    }
    uint32_t more = *room ? 2 * *room : 32;
    void *memory = arena_new(w->arena, more, size);
    if (!memory) {
        w->status = STATUS_NO_MEMORY;
        return NULL;
    }
    if (count) {
        memcpy(memory, items, count * size);
    }
    *room = more;
    return memory;
}

void walk_decide(struct dosing_walk *w, const struct course_decision *decision) {
    struct course_decision *items = grown(w, w->decisions, w->decision_count, &w->decision_room,
                                          sizeof *items, COURSE_DECISIONS_MAX);
    if (items) {
        w->decisions = items;
        items[w->decision_count++] = *decision;
    }
}

void walk_ask(struct dosing_walk *w, const struct course_question *question) {
    for (uint32_t i = 0; i < w->question_count; i++) {
        const struct course_question *q = &w->questions[i];
        if (q->need == question->need && q->treatment == question->treatment &&
            q->rule == question->rule && q->condition == question->condition) {
            return;
        }
    }
    struct course_question *items = grown(w, w->questions, w->question_count, &w->question_room,
                                          sizeof *items, COURSE_DECISIONS_MAX);
    if (items) {
        w->questions = items;
        items[w->question_count++] = *question;
    }
}

const struct course_order *walk_order_since(const struct dosing_walk *w, uint16_t drug,
                                            int64_t since, int64_t at) {
    uint32_t count = 0;
    const struct course_facts *facts = w->input->facts;
    const struct course_order *all =
        drug == REGIMEN_NONE ? NULL : facts->orders(facts->context, drug, &count);
    const struct course_order *found = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (all[i].at > since && all[i].at <= at) {
            found = &all[i];
        }
    }
    return found;
}

struct str walk_amount_text(struct dosing_walk *w, const struct regimen_amount *amount) {
    struct buf text;
    buf_init(&text);
    regimen_print(amount, &text);
    struct str copy = arena_copy(w->arena, buf_str(&text));
    if (buf_status(&text) != STATUS_OK || !copy.at) {
        w->status = STATUS_NO_MEMORY;
        copy = STR("");
    }
    buf_release(&text);
    return copy;
}

const struct course_administration *walk_administrations(const struct dosing_walk *w, uint16_t drug,
                                                         uint32_t *count) {
    *count = 0;
    return drug == REGIMEN_NONE
               ? NULL
               : w->input->facts->administrations(w->input->facts->context, drug, count);
}

/* ---- Starts and ends ---- */

void walk_end(struct dosing_walk *w, uint16_t treatment, int64_t at, enum course_event why,
              uint16_t rule, uint16_t condition) {
    struct course_treatment *t = &w->treatments[treatment];
    bool ran = t->state == TREATMENT_RUNNING;
    t->state = TREATMENT_ENDED;
    t->ended = at;
    t->end = why;
    if (ran) {
        const struct course_decision decision = {at, why, treatment, rule, condition, STR("")};
        walk_decide(w, &decision);
    }
}

void walk_start(struct dosing_walk *w, uint16_t treatment, int64_t at, enum course_event why,
                uint16_t rule, uint16_t condition) {
    struct course_treatment *t = &w->treatments[treatment];
    const struct course_decision decision = {at, why, treatment, rule, condition, STR("")};
    walk_decide(w, &decision);
    t->state = TREATMENT_RUNNING;
    t->started = at;
    t->unknown = false;
    t->stage = w->stage_number;
    w->last_slot[treatment] = at - 1;
    /* What it replaces never runs again, begun or not. */
    uint16_t old = w->arm->treatments[treatment].replaces;
    for (uint32_t i = 0; i < w->arm->treatment_count && old != REGIMEN_NONE; i++) {
        if (w->treatments[old].state != TREATMENT_ENDED) {
            walk_end(w, old, at, EVENT_REPLACED, rule, condition);
        }
        old = w->arm->treatments[old].replaces;
    }
}

/* ---- Time ---- */

/* The next local time of the daily assessment after `at`. */
static int64_t next_daily(const struct dosing_walk *w, int64_t at) {
    const struct trial *trial = w->input->trial;
    const struct trial_stages *stages = trial->document->stages;
    if (!stages || stages->assess.value != ASSESS_DAILY || !trial_given(stages->assess.place)) {
        return INSTANT_MAX;
    }
    int64_t first = w->input->allocated;
    int16_t offset = trial_site_offset_min(trial, w->input->site, first);
    int64_t minute = trial_given(stages->daily_at.place) ? stages->daily_at.minute
                                                         : (first / 60000 + offset) % 1440;
    int64_t day = (at / 60000 + trial_site_offset_min(trial, w->input->site, at)) / 1440;
    for (int i = 0; i < 3; i++, day++) {
        int64_t local = day * 1440 + minute;
        int64_t guess = (local - offset) * 60000;
        guess = (local - trial_site_offset_min(trial, w->input->site, guess)) * 60000;
        if (guess > at) {
            return guess;
        }
    }
    return INSTANT_MAX;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static void look(struct dosing_walk *w, int64_t at) {
    const struct course_facts *facts = w->input->facts;
    w->known.stage = STR("");
    w->known.weight = (struct regimen_amount){0};
    w->known.valid_until = INSTANT_MAX;
    w->status = facts->ask(facts->context, at, &w->known);
    if (w->status == STATUS_OK && !str_equal(w->known.stage, w->stage)) {
        w->stage = arena_copy(w->arena, w->known.stage);
        w->status = w->stage.at ? STATUS_OK : STATUS_NO_MEMORY;
        w->stage_number = walk_stage_number(w, w->stage);
        const struct course_decision decision = {at,           EVENT_STAGE,  REGIMEN_NONE,
                                                 REGIMEN_NONE, REGIMEN_NONE, w->stage};
        walk_decide(w, &decision);
    }
}

/* First doses come into force at their own time. */
static int64_t note_first_doses(struct dosing_walk *w, int64_t at) {
    int64_t next = INSTANT_MAX;
    for (uint32_t d = 0; d < w->input->trial->regimen->drug_count; d++) {
        uint32_t count = 0;
        const struct course_administration *all = walk_administrations(w, (uint16_t)d, &count);
        for (uint32_t i = 0; i < count && w->drugs[d].first_dose == INSTANT_MAX; i++) {
            if (all[i].state != ADMINISTERED || all[i].at < w->input->allocated) {
                continue;
            }
            if (all[i].at > at) {
                next = least(next, all[i].at);
                break;
            }
            w->drugs[d].first_dose = all[i].at;
        }
    }
    return next;
}

/* The next instant after `at` at which an order begins or ends. */
static int64_t next_order(const struct dosing_walk *w, int64_t at) {
    int64_t next = INSTANT_MAX;
    const struct course_facts *facts = w->input->facts;
    for (uint32_t d = 0; d < w->input->trial->regimen->drug_count; d++) {
        uint32_t count = 0;
        const struct course_order *all = facts->orders(facts->context, (uint16_t)d, &count);
        for (uint32_t i = 0; i < count; i++) {
            next = all[i].at > at ? least(next, all[i].at) : next;
            next = all[i].until > at ? least(next, all[i].until) : next;
        }
    }
    return next;
}

static void walk_through(struct dosing_walk *w) {
    int64_t at = w->input->allocated;
    int64_t known_until = at;
    for (uint32_t step = 0; step < COURSE_STEPS_MAX && at <= w->input->at; step++) {
        if (at >= known_until) {
            look(w, at);
            known_until = w->known.valid_until > at ? w->known.valid_until : at + 1;
        }
        if (w->status != STATUS_OK) {
            return;
        }
        int64_t first = note_first_doses(w, at);
        walk_rules(w, at);
        w->next_daily = next_daily(w, at);
        if (walk_doses(w, at)) {
            continue;
        }
        int64_t next = least(least(known_until, first), least(w->next_daily, next_order(w, at)));
        next = least(next, least(walk_rules_next(w, at), walk_doses_next(w, at)));
        at = next > at ? next : at + 1;
    }
    if (at <= w->input->at) {
        w->limit = COURSE_LIMIT_STEPS;
    }
}

/* ---- The whole ---- */

static void *take(struct dosing_walk *w, size_t count, size_t size) {
    void *memory = arena_new(w->arena, count + 1, size);
    if (!memory) {
        w->status = STATUS_NO_MEMORY;
    }
    return memory;
}

static void begin(struct dosing_walk *w) {
    const struct trial_regimen *regimen = w->input->trial->regimen;
    size_t treatments = w->arm->treatment_count;
    w->known.values = take(w, w->arm->condition_count, 1);
    w->treatments = take(w, treatments, sizeof *w->treatments);
    w->last_slot = take(w, treatments, sizeof *w->last_slot);
    w->first_pending = take(w, treatments, sizeof *w->first_pending);
    w->last_given = take(w, treatments, sizeof *w->last_given);
    w->first_due = take(w, treatments, sizeof *w->first_due);
    w->order = take(w, treatments, sizeof *w->order);
    w->drugs = take(w, regimen->drug_count, sizeof *w->drugs);
    w->claimed = take(w, regimen->drug_count, sizeof *w->claimed);
    w->rules = take(w, w->arm->rule_count, sizeof *w->rules);
    w->holds = take(w, (size_t)w->arm->rule_count * regimen->drug_count, sizeof *w->holds);
    for (uint32_t i = 0; w->status == STATUS_OK && i < treatments; i++) {
        w->treatments[i].level = w->arm->treatments[i].start_level;
        w->treatments[i].started = INSTANT_MIN;
        w->treatments[i].asked_by = REGIMEN_NONE;
        w->first_due[i] = INSTANT_MIN;
        w->last_given[i] = INSTANT_MIN;
    }
    if (w->status == STATUS_OK) {
        walk_order_treatments(w);
    }
    for (uint32_t i = 0; w->status == STATUS_OK && i < w->arm->rule_count; i++) {
        w->rules[i].before = LOGIC_FALSE;
    }
    for (uint32_t d = 0; w->status == STATUS_OK && d < regimen->drug_count; d++) {
        uint32_t count = 0;
        (void)walk_administrations(w, (uint16_t)d, &count);
        w->claimed[d] = take(w, w->input->facts->due ? COURSE_DOSES_MAX : count, sizeof(bool));
        w->drugs[d] = (struct course_drug){.first_dose = INSTANT_MAX, .held_by = REGIMEN_NONE};
    }
}

static int64_t time_of(const struct course_dose *dose) {
    return dose->planned != INSTANT_MIN ? dose->planned : dose->given ? dose->given->at : 0;
}

static int by_time(const void *a, const void *b) {
    const struct course_dose *x = a;
    const struct course_dose *y = b;
    int64_t tx = time_of(x);
    int64_t ty = time_of(y);
    int order = (tx > ty) - (tx < ty);
    order = order ? order : (x->drug > y->drug) - (x->drug < y->drug);
    order = order ? order : (x->treatment > y->treatment) - (x->treatment < y->treatment);
    return order;
}

/* Some decisions are dated by a dose that was given after its planned time. */
static void order_decisions(struct dosing_walk *w) {
    for (uint32_t i = 1; i < w->decision_count; i++) {
        const struct course_decision d = w->decisions[i];
        uint32_t k = i;
        for (; k > 0 && w->decisions[k - 1].at > d.at; k--) {
            w->decisions[k] = w->decisions[k - 1];
        }
        w->decisions[k] = d;
    }
}

enum status course_dosing_run(const struct course_input *input, struct course_dosing *out) {
    struct dosing_walk w = {.input = input,
                            .arm = &input->trial->regimen->arms[input->arm],
                            .arena = input->arena,
                            .stage = STR(""),
                            .stage_number = -1};
    begin(&w);
    if (w.status == STATUS_OK) {
        walk_through(&w);
    }
    if (w.status == STATUS_OK) {
        walk_questions(&w, input->at);
        walk_plan(&w, input->at);
        walk_outside(&w);
    }
    if (w.limit != COURSE_LIMIT_NONE) {
        const struct course_question too_long = {NEED_LIMIT, REGIMEN_NONE, REGIMEN_NONE,
                                                 REGIMEN_NONE};
        walk_ask(&w, &too_long);
    }
    order_decisions(&w);
    if (w.dose_count) {
        qsort(w.doses, w.dose_count, sizeof *w.doses, by_time);
    }
    *out = (struct course_dosing){
        .arm = w.arm,
        .dose_count = w.dose_count,
        .doses = w.doses,
        .decision_count = w.decision_count,
        .decisions = w.decisions,
        .treatments = w.treatments,
        .drugs = w.drugs,
        .question_count = w.question_count,
        .questions = w.questions,
        .stage = w.stage,
        .values = w.known.values,
        .limit = w.limit,
    };
    return w.status;
}

const char *course_limit_words(enum course_limit limit) {
    static const char *const words[] = {"", "100,000 moments", "20,000 doses", "20,000 decisions"};
    static_assert(COURSE_STEPS_MAX == 100000 && COURSE_DOSES_MAX == 20000 &&
                      COURSE_DECISIONS_MAX == 20000,
                  "the words give the limits");
    return words[limit];
}

const char *dose_state_word(enum dose_state state) {
    static const char *const words[] = {"planned",   "due",         "given",  "given late",
                                        "missed",    "not given",   "unsure", "held",
                                        "undecided", "outside plan"};
    return words[state];
}

const char *course_event_word(enum course_event event) {
    static const char *const words[] = {"start",  "wait",   "replaced", "complete",   "end",
                                        "hold",   "resume", "lifted",   "hold ended", "stop",
                                        "reduce", "change", "switch",   "propose",    "accepted",
                                        "ask",    "stage"};
    return words[event];
}
