#include "course/own_files.h"
#include "course/pseudonym.h"
#include "par/par.h"
#include "treat/treat_internal.h"

#include "base/mem.h"
#include "value/datetime.h"

struct treating {
    const struct trial *trial;
    const struct population *population;
    const struct treat_options *options;
    struct op_terminology terminology;
    instant_ms at;
    const struct str *pseudonyms;
    struct treat_memory *memory;
    struct treat_subject *subjects; /* one a patient */
    uint8_t *kinds;                 /* one a patient: enum kind */
};

enum kind { KIND_OUTSIDE, KIND_LATER, KIND_SUBJECT, KIND_NOT_ASKED };

void treat_release(struct treat_result *result) {
    struct treat_memory *memory = result ? result->memory : NULL;
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

static enum status make_threads(struct treating *s, uint32_t count, struct arena *arena) {
    s->memory = ARENA_NEW(arena, struct treat_memory);
    struct treat_thread *threads = ARENA_ARRAY(arena, count, struct treat_thread);
    if (!s->memory || !threads) {
        return STATUS_NO_MEMORY;
    }
    s->memory->threads = threads;
    for (uint32_t i = 0; i < count; i++) {
        arena_init(&threads[i].arena, 0);
        arena_init(&threads[i].scratch, 0);
        s->memory->thread_count = i + 1;
        enum status status = machine_new(s->trial->plan, &s->terminology, &threads[i].machine);
        if (status == STATUS_OK) {
            status = machine_set_population(threads[i].machine, s->population);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* ---- One subject ---- */

/* The arm and the moment of allocation; *kind says whether it is a subject by then. */
static enum status enrol(const struct treating *s, struct course_records *r,
                         struct treat_subject *subject, struct str patient_id, uint8_t *kind) {
    const struct arms *arms = s->options->arms;
    const struct arm_row *row = arms_find(arms, patient_id, s->pseudonyms[subject->patient]);
    bool found = row != NULL;
    r->site = row ? row->site : s->trial->site;
    r->arm = row ? row->arm : 0;
    r->allocated = row ? row->allocated : INSTANT_MAX;
    subject->origin = ORIGIN_ARMS_FILE;
    enum status status = course_records_read(r, s->at);
    if (status == STATUS_OK && !row && !arms) {
        status = course_records_enrol(r, s->at, &subject->origin, &found);
    }
    *kind = !found ? KIND_OUTSIDE : r->allocated > s->at ? KIND_LATER : KIND_SUBJECT;
    if (*kind == KIND_SUBJECT) {
        course_records_first_dose(r);
    }
    subject->arm = r->arm;
    subject->site = r->site;
    subject->allocated = r->allocated;
    return status;
}

static int64_t local_day(const struct course_records *r, instant_ms at) {
    int64_t minutes = at / 60000 + trial_site_offset_min(r->trial, r->site, at);
    return minutes / 1440 - (minutes % 1440 < 0);
}

static enum status keep_evidence(struct course_records *r, struct treat_subject *subject) {
    const struct course_dosing *course = &subject->course;
    struct course_evidence *evidence =
        ARENA_ARRAY(r->arena, (size_t)course->decision_count + 1, struct course_evidence);
    enum status status = evidence ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; status == STATUS_OK && i < course->decision_count; i++) {
        const struct course_decision *d = &course->decisions[i];
        const struct definition *definition =
            d->event == EVENT_STAGE        ? r->trial->stage
            : d->condition == REGIMEN_NONE ? NULL
                                           : course->arm->conditions[d->condition].definition;
        if (definition) {
            status = course_records_evidence(r, d->at, definition, &evidence[i]);
        }
    }
    subject->evidence = evidence;
    return status;
}

static enum status follow(const struct treating *s, struct course_records *r,
                          struct treat_subject *subject) {
    struct course_facts facts;
    const struct course_input input = {
        .trial = s->trial,
        .arm = r->arm,
        .site = r->site,
        .allocated = r->allocated,
        .at = s->at,
        .facts = &facts,
        .arena = r->arena,
    };
    enum status status = course_records_facts(r, &facts);
    if (status == STATUS_OK) {
        status = course_dosing_run(&input, &subject->course);
    }
    const struct trial_subject *known = s->trial->document->subject;
    if (status == STATUS_OK) {
        status = course_records_text(r, s->at, known ? known->bed.definition : NULL, &subject->bed);
    }
    if (status == STATUS_OK && (s->options->evidence || s->options->subject.len)) {
        status = keep_evidence(r, subject);
    }
    if (status == STATUS_OK) {
        status = course_watch_read(r, s->at, s->options->subject.len > 0, &subject->watch);
    }
    subject->first_day = local_day(r, r->allocated);
    subject->study_day = (int32_t)(local_day(r, s->at) - subject->first_day);
    return status == STATUS_OK ? treat_lines(r, s->at, subject) : status;
}

static enum status treat_one(void *context, uint32_t thread, uint64_t index, struct buf *out) {
    (void)out;
    struct treating *s = context;
    struct treat_thread *t = &s->memory->threads[thread];
    struct treat_subject *subject = &s->subjects[index];
    struct record record;
    population_record(s->population, (uint32_t)index, &record);
    if (s->options->cancelled && thread == 0 && s->options->cancelled(s->options->context)) {
        return STATUS_CANCELLED;
    }
    struct str wanted = s->options->subject;
    s->kinds[index] = KIND_NOT_ASKED;
    if (wanted.len && !str_equal(wanted, record.patient_id) &&
        !str_equal(wanted, s->pseudonyms[index])) {
        return STATUS_OK;
    }
    *subject = (struct treat_subject){.patient = (uint32_t)index, .bed = STR("")};
    subject->id = s->options->own_ids ? record.patient_id : s->pseudonyms[index];
    struct course_records *r = ARENA_NEW(&t->arena, struct course_records);
    if (!r) {
        return STATUS_NO_MEMORY;
    }
    *r = (struct course_records){
        .trial = s->trial,
        .machine = t->machine,
        .record = &record,
        .arena = &t->arena,
        .scratch = &t->scratch,
        .patient_name = subject->id,
        .own_files = s->memory->own_files,
        .answers = s->options->answers,
        .pseudonym = s->pseudonyms[index],
        .first_dose = INSTANT_MAX,
    };
    enum status status = enrol(s, r, subject, record.patient_id, &s->kinds[index]);
    return status == STATUS_OK && s->kinds[index] == KIND_SUBJECT ? follow(s, r, subject) : status;
}

static enum status note_progress(void *context, uint64_t index, struct str bytes) {
    (void)bytes;
    const struct treating *s = context;
    if (s->options->progress) {
        s->options->progress(s->options->context, index + 1, population_patients(s->population));
    }
    return STATUS_OK;
}

/* ---- The whole ---- */

static void check_arms(const struct treating *s, struct diag_list *diags) {
    const struct arms *arms = s->options->arms;
    for (uint32_t i = 0; arms && i < arms->count; i++) {
        bool found = population_find(s->population, arms->rows[i].subject) != UINT32_MAX;
        for (uint32_t k = 0; k < population_patients(s->population) && !found; k++) {
            found = str_equal(s->pseudonyms[k], arms->rows[i].subject);
        }
        if (!found) {
            (void)diag_in_file(diags, DIAG_TR0316, STR("arms"), arms->rows[i].line,
                               "nobody in the data has the id of this row");
        }
    }
}

static void check_limits(const struct treat_result *result, struct diag_list *diags) {
    for (uint32_t i = 0; i < result->subject_count; i++) {
        const struct treat_subject *s = &result->subjects[i];
        if (s->course.limit != COURSE_LIMIT_NONE) {
            struct diagnostic *d =
                diag_in_file(diags, DIAG_TR0318, result->trial->folder, 0,
                             "the course of %.*s is longer than is followed (%s)", STR_ARG(s->id),
                             course_limit_words(s->course.limit));
            diag_hint(diags, d, "look at the time of allocation and the time between doses");
        }
    }
}

static bool needs_arms(const struct trial *trial, const struct treat_options *options,
                       struct diag_list *diags) {
    if (options->arms || trial->regimen->arm_count < 2) {
        return false;
    }
    struct diagnostic *d = diag_in_file(diags, DIAG_TR0317, trial->folder, 0,
                                        "the trial has %u arms, and nothing says who got which",
                                        (unsigned)trial->regimen->arm_count);
    diag_hint(diags, d, "give --arms FILE.csv with the columns id, arm, allocated_at and site");
    return true;
}

static enum status prepare(struct treating *s, uint32_t threads, struct arena *arena) {
    size_t patients = population_patients(s->population);
    const struct pseudonym_input input = {s->trial->id, STR_NONE};
    struct str *pseudonyms = NULL;
    enum status status = pseudonyms_make(s->population, &input, arena, &pseudonyms);
    s->pseudonyms = pseudonyms;
    s->subjects = ARENA_ARRAY(arena, patients + 1, struct treat_subject);
    s->kinds = ARENA_ARRAY(arena, patients + 1, uint8_t);
    if (status != STATUS_OK || !s->subjects || !s->kinds) {
        return STATUS_NO_MEMORY;
    }
    terms_operations(s->trial->terms, &s->terminology);
    instant_ms latest = answers_latest(s->options->answers, s->options->now,
                                       population_latest(s->population, s->options->now));
    s->at = s->options->at != INSTANT_MAX ? s->options->at
            : latest == INSTANT_MIN       ? s->options->now
                                          : latest;
    status = make_threads(s, threads, arena);
    if (status == STATUS_OK && !s->options->own_ids) {
        status = own_files_new(s->population, &s->memory->own_files);
    }
    return status;
}

static enum status gather(const struct treating *s, struct arena *arena, struct treat_result *out) {
    out->patients = population_patients(s->population);
    for (uint32_t i = 0; i < out->patients; i++) {
        out->outside += s->kinds[i] == KIND_OUTSIDE;
        out->later += s->kinds[i] == KIND_LATER;
        if (s->kinds[i] == KIND_SUBJECT) {
            s->subjects[out->subject_count++] = s->subjects[i];
        }
    }
    out->subjects = s->subjects;
    out->own_files = s->memory->own_files;
    out->latest =
        answers_latest(s->options->answers, s->at, population_latest(s->population, s->at));
    return treat_list(s->trial, arena, out);
}

enum status treat_run(const struct trial *trial, const struct population *population,
                      const struct treat_options *options, struct arena *arena,
                      struct diag_list *diags, struct treat_result **out) {
    *out = NULL;
    if (needs_arms(trial, options, diags)) {
        return STATUS_USER_ERROR;
    }
    struct treat_result *result = ARENA_NEW(arena, struct treat_result);
    struct treating *s = ARENA_NEW(arena, struct treating);
    if (!result || !s) {
        return STATUS_NO_MEMORY;
    }
    *s = (struct treating){.trial = trial, .population = population, .options = options};
    uint32_t threads = options->threads ? options->threads : 1;
    enum status status = prepare(s, threads, arena);
    result->memory = s->memory;
    if (status == STATUS_OK && trial->regimen->arm_count) {
        const struct par_job job = {.work = treat_one, .sink = note_progress, .context = s};
        status = par_run(population_patients(population), threads, &job);
    }
    status = status == STATUS_OK ? gather(s, arena, result) : status;
    if (status != STATUS_OK) {
        treat_release(result);
        return status;
    }
    check_arms(s, diags);
    answers_check_patients(options->answers, trial, population, s->pseudonyms, diags);
    result->trial = trial;
    check_limits(result, diags);
    result->at = s->at;
    result->at_chosen = options->at == INSTANT_MAX;
    result->is_single = options->subject.len > 0;
    result->data = population_counts(population);
    population_hash(population, result->data_hash);
    *out = result;
    return STATUS_OK;
}
