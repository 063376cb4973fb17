#include "base/mem.h"
#include "par/par.h"
#include "course/pseudonym.h"
#include "screen/screen_internal.h"

/* More status changes of one subject than this are a fault of the data or of the logic. */
enum { SWEEP_STEPS_MAX = 200000 };

/* ---- Memory ---- */

void screen_release(struct screen_result *result) {
    struct screen_memory *memory = result ? result->memory : NULL;
    for (uint32_t i = 0; memory && i < memory->thread_count; i++) {
        machine_free(memory->threads[i].machine);
        arena_release(&memory->threads[i].arena);
        arena_release(&memory->threads[i].scratch);
    }
    if (memory) {
        own_files_free(memory->own_files);
        result->memory = NULL;
    }
}

static enum status make_threads(struct screening *s, uint32_t count, struct arena *arena) {
    s->memory = ARENA_NEW(arena, struct screen_memory);
    struct screen_thread *threads = ARENA_ARRAY(arena, count, struct screen_thread);
    if (!s->memory || !threads) {
        return STATUS_NO_MEMORY;
    }
    s->memory->threads = threads;
    for (uint32_t i = 0; i < count; i++) {
        arena_init(&threads[i].arena, 0);
        arena_init(&threads[i].scratch, 0);
        s->memory->thread_count = i + 1;
        threads[i].answers =
            ARENA_ARRAY(arena, s->trial->criterion_count + 1, struct criterion_answer);
        enum status status = machine_new(s->trial->plan, &s->terminology, &threads[i].machine);
        if (status == STATUS_OK) {
            status = machine_set_population(threads[i].machine, s->population);
        }
        if (status != STATUS_OK || !threads[i].answers) {
            return STATUS_NO_MEMORY;
        }
    }
    return STATUS_OK;
}

/* ---- One subject ---- */

static enum status ask(struct screen_case *c, instant_ms at, bool trace,
                       struct criterion_answer *answers, enum subject_status *status) {
    machine_set_trace(c->thread->machine, trace);
    enum status result = course_ask(&c->course, at, answers, c->given);
    if (result == STATUS_OK) {
        *status = eligibility_status(c->course.trial->criteria, c->course.trial->criterion_count,
                                     answers);
    }
    return result;
}

static enum status keep_errors(struct screen_case *c) {
    const struct run_error *errors = NULL;
    uint32_t count = machine_errors(c->thread->machine, &errors);
    if (!count) {
        return STATUS_OK;
    }
    struct screen_error *kept = ARENA_ARRAY(&c->thread->arena, count, struct screen_error);
    if (!kept) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        kept[i] = (struct screen_error){
            .define = errors[i].definition ? errors[i].definition->name : STR(""),
            .message = arena_copy(&c->thread->arena, errors[i].message),
            .span = errors[i].span,
        };
        if (!kept[i].message.at) {
            return STATUS_NO_MEMORY;
        }
    }
    c->subject->errors = kept;
    c->subject->error_count = count;
    return STATUS_OK;
}

static enum status keep_stage(struct screen_case *c) {
    struct value value = value_null();
    const struct definition *stage = c->course.trial->stage;
    enum status status = stage ? machine_eval(c->thread->machine, stage, &value) : STATUS_OK;
    if (status == STATUS_OK && value.kind == VALUE_STRING) {
        c->subject->stage = arena_copy(&c->thread->arena, value.string);
        status = c->subject->stage.at ? STATUS_OK : STATUS_NO_MEMORY;
    }
    return status;
}

static enum status keep_answers(struct screen_case *c) {
    const struct trial *trial = c->course.trial;
    uint32_t count = trial->criterion_count;
    struct criterion_answer *kept =
        ARENA_ARRAY(&c->thread->arena, count + 1, struct criterion_answer);
    uint16_t *failed = ARENA_ARRAY(&c->thread->arena, count + 1, uint16_t);
    if (!kept || !failed) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        kept[i] = c->thread->answers[i];
        if (eligibility_fails(&trial->criteria[i], &kept[i])) {
            failed[c->subject->failed_count++] = (uint16_t)i;
        }
    }
    c->subject->answers = kept;
    c->subject->failed = failed;
    return STATUS_OK;
}

static bool is_explained(const struct screening *s, uint32_t patient, struct str id) {
    return s->options->explain.len && (str_equal(s->options->explain, id) ||
                                       str_equal(s->options->explain, s->pseudonyms[patient]));
}

/* As of `at`. With evidence the run is traced; without, a fast run comes first, and only what it
 * leaves open is traced, to find what to ask. */
static enum status look(struct screen_case *c) {
    const struct screening *s = c->screening;
    struct screen_subject *subject = c->subject;
    machine_set_bounds(c->thread->machine, false);
    bool evidence =
        s->options->evidence || is_explained(s, subject->patient, c->course.record->patient_id);
    enum status status = ask(c, s->at, evidence, c->thread->answers, &subject->status);
    status = status == STATUS_OK ? keep_answers(c) : status;
    status = status == STATUS_OK ? keep_stage(c) : status;
    status = status == STATUS_OK ? keep_errors(c) : status;
    bool advise = subject->status == SUBJECT_PENDING_HUMAN || subject->status == SUBJECT_UNDECIDED;
    if (status == STATUS_OK && advise && !evidence) {
        machine_set_trace(c->thread->machine, true);
        status = course_ask_open(&c->course, s->at, c->thread->answers);
    }
    if (status == STATUS_OK && (evidence || advise)) {
        status = screen_investigate(c, advise, evidence);
    }
    return status;
}

/* ---- Sweeps ---- */

/* The first instant at which anything is known of the subject. */
static instant_ms first_known(const struct record *record, instant_ms otherwise) {
    instant_ms first = INSTANT_MAX;
    for (uint32_t t = 0; t < record->type_count; t++) {
        for (uint32_t i = 0; i < record->tables[t].count; i++) {
            instant_ms known = record->tables[t].rows[i].known_from;
            first = known != INSTANT_MIN && known < first ? known : first;
        }
    }
    return first < otherwise ? first : otherwise;
}

struct periods {
    struct screen_period *items;
    uint32_t count;
    uint32_t room;
};

static bool add_period(struct arena *arena, struct periods *p, instant_ms from,
                       enum subject_status status) {
    if (p->count && p->items[p->count - 1].status == status) {
        return true;
    }
    if (p->count == p->room) {
        uint32_t room = p->room ? 2 * p->room : 4;
        struct screen_period *grown = ARENA_ARRAY(arena, room, struct screen_period);
        if (!grown) {
            return false;
        }
        for (uint32_t i = 0; i < p->count; i++) {
            grown[i] = p->items[i];
        }
        p->items = grown;
        p->room = room;
    }
    if (p->count) {
        p->items[p->count - 1].to = from;
    }
    p->items[p->count++] = (struct screen_period){from, INSTANT_MAX, status};
    return true;
}

/* Asks at every instant at which the answer can change, from `from` to the time of the screening.
 */
static enum status sweep(struct screen_case *c, instant_ms from) {
    struct periods periods = {0};
    instant_ms at = from;
    machine_set_trace(c->thread->machine, false);
    machine_set_bounds(c->thread->machine, true);
    for (uint32_t step = 0; step < SWEEP_STEPS_MAX && at <= c->screening->at; step++) {
        enum subject_status status = SUBJECT_UNDECIDED;
        enum status result = course_status(&c->course, at, c->thread->answers, &status);
        if (result != STATUS_OK) {
            return result;
        }
        if (!add_period(&c->thread->arena, &periods, at, status)) {
            return STATUS_NO_MEMORY;
        }
        instant_ms next = course_valid_until(&c->course, at);
        at = next > at ? next : INSTANT_MAX;
    }
    c->subject->periods = periods.items;
    c->subject->period_count = periods.count;
    if (periods.count) {
        c->subject->since = periods.items[periods.count - 1].from;
        c->subject->before = periods.items[0].status;
    }
    return STATUS_OK;
}

static enum status screen_one(void *context, uint32_t thread, uint64_t index, struct buf *out) {
    (void)out;
    struct screening *s = context;
    struct screen_subject *subject = &s->subjects[index];
    struct record record;
    population_record(s->population, (uint32_t)index, &record);
    population_prefetch(s->population, (uint32_t)index + 1);
    if (s->options->cancelled && thread == 0 && s->options->cancelled(s->options->context)) {
        return STATUS_CANCELLED;
    }
    *subject = (struct screen_subject){.patient = (uint32_t)index, .since = INSTANT_MIN};
    subject->id = s->options->ids == SCREEN_MRN ? record.patient_id : s->pseudonyms[index];
    struct screen_case c = {
        .screening = s,
        .course = {.trial = s->trial,
                   .answers = s->options->answers,
                   .machine = s->memory->threads[thread].machine,
                   .record = &record,
                   .pseudonym = s->pseudonyms[index]},
        .thread = &s->memory->threads[thread],
        .subject = subject,
        .given = ARENA_ARRAY(&s->memory->threads[thread].arena, s->trial->criterion_count + 1,
                             const struct answer *),
    };
    enum status status = c.given ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK && s->options->mode != SCREEN_AT) {
        status = sweep(&c, s->options->mode == SCREEN_SINCE ? s->options->since
                                                            : first_known(&record, s->at));
    }
    s->is_listed[index] = s->options->mode != SCREEN_SINCE || subject->period_count > 1;
    return status == STATUS_OK ? look(&c) : status;
}

static enum status note_progress(void *context, uint64_t index, struct str bytes) {
    (void)bytes;
    const struct screening *s = context;
    if (s->options->progress) {
        s->options->progress(s->options->context, index + 1, population_patients(s->population));
    }
    return STATUS_OK;
}

/* ---- The whole ---- */

static void count_values(const struct criterion_answer *a, struct screen_count *count) {
    count->met += a->value == LOGIC_TRUE;
    count->not_met += a->value == LOGIC_FALSE;
    count->unknown += a->value == LOGIC_UNKNOWN;
    count->not_applicable += a->not_applicable;
    count->assumed += a->assumed;
}

/* The items of a group count who was left before the group, the group who is left after it. */
static void count_criteria(const struct trial *trial, const struct screen_subject *subject,
                           struct screen_count *counts) {
    bool remains = true;
    bool sure = true;
    for (uint32_t i = 0; i < trial->criterion_count; i++) {
        count_values(&subject->answers[i], &counts[i]);
    }
    for (uint32_t i = 0; i < trial->criterion_count; i = trial->criteria[i].end) {
        const struct criterion_answer *a = &subject->answers[i];
        for (uint32_t k = i + 1; k < trial->criteria[i].end; k++) {
            counts[k].remaining += remains;
            counts[k].remaining_sure += sure;
        }
        remains = remains && !eligibility_fails(&trial->criteria[i], a);
        sure = sure && remains && a->value != LOGIC_UNKNOWN;
        counts[i].remaining += remains;
        counts[i].remaining_sure += sure;
    }
}

static enum status gather(const struct screening *s, struct arena *arena,
                          struct screen_result *out) {
    uint32_t patients = population_patients(s->population);
    struct screen_count *counts =
        ARENA_ARRAY(arena, s->trial->criterion_count + 1, struct screen_count);
    if (!counts) {
        return STATUS_NO_MEMORY;
    }
    uint32_t listed = 0;
    for (uint32_t i = 0; i < patients; i++) {
        const struct screen_subject *subject = &s->subjects[i];
        out->by_status[subject->status]++;
        out->errors += subject->error_count;
        count_criteria(s->trial, subject, counts);
        for (uint32_t k = 0; k < s->trial->criterion_count; k++) {
            out->answers_used += subject->answers[k].by_human;
        }
        if (s->is_listed[i] && s->options->ids != SCREEN_COUNTS_ONLY) {
            s->subjects[listed++] = *subject;
        }
    }
    out->patients = patients;
    out->counts = counts;
    out->subject_count = listed;
    out->subjects = listed ? s->subjects : NULL;
    return STATUS_OK;
}

/* The time asked about: as given, else the latest that is known, of records or answers; now when
 * nothing is. */
static instant_ms choose_time(struct screening *s) {
    instant_ms now = s->options->now;
    if (s->options->at != INSTANT_MAX) {
        return s->options->at;
    }
    instant_ms latest =
        answers_latest(s->options->answers, now, population_latest(s->population, now));
    s->at_is_latest = latest != INSTANT_MIN;
    return s->at_is_latest ? latest : now;
}

static enum status prepare(struct screening *s, uint32_t threads, struct arena *arena) {
    size_t patients = population_patients(s->population);
    const struct pseudonym_input input = {s->trial->id, s->options->pseudonym_key};
    struct str *pseudonyms = NULL;
    enum status status = pseudonyms_make(s->population, &input, arena, &pseudonyms);
    s->pseudonyms = pseudonyms;
    s->subjects = ARENA_ARRAY(arena, patients + 1, struct screen_subject);
    s->is_listed = ARENA_ARRAY(arena, patients + 1, bool);
    if (status != STATUS_OK || !s->subjects || !s->is_listed) {
        return STATUS_NO_MEMORY;
    }
    terms_operations(s->trial->terms, &s->terminology);
    s->at = choose_time(s);
    status = make_threads(s, threads, arena);
    bool named =
        s->options->evidence || s->options->explain.len || s->options->ids == SCREEN_COUNTS_ONLY;
    if (status == STATUS_OK && named && s->options->ids != SCREEN_MRN) {
        status = own_files_new(s->population, &s->memory->own_files);
    }
    return status;
}

enum status screen_run(const struct trial *trial, const struct population *population,
                       const struct screen_options *options, struct arena *arena,
                       struct diag_list *diags, struct screen_result **out) {
    *out = NULL;
    struct screen_result *result = ARENA_NEW(arena, struct screen_result);
    /* Threads keep pointers to it. */
    struct screening *s = ARENA_NEW(arena, struct screening);
    if (!result || !s) {
        return STATUS_NO_MEMORY;
    }
    *s = (struct screening){.trial = trial, .population = population, .options = options};
    uint32_t threads = options->threads ? options->threads : 1;
    enum status status = prepare(s, threads, arena);
    result->memory = s->memory;
    if (status == STATUS_OK) {
        const struct par_job job = {.work = screen_one, .sink = note_progress, .context = s};
        status = par_run(population_patients(population), threads, &job);
    }
    if (status == STATUS_OK) {
        answers_check_patients(s->options->answers, s->trial, s->population, s->pseudonyms, diags);
        status = gather(s, arena, result);
    }
    if (status != STATUS_OK) {
        screen_release(result);
        return status;
    }
    result->trial = trial;
    result->mode = options->mode;
    result->ids = options->ids;
    result->at = s->at;
    result->offset_min = trial_offset_min(trial, s->at);
    result->at_chosen = s->at_is_latest;
    result->since = options->since;
    result->own_files = s->memory->own_files;
    result->data = population_counts(population);
    population_hash(population, result->data_hash);
    *out = result;
    return STATUS_OK;
}
