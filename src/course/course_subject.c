#include "course/course_subject.h"

#include "value/datetime.h"

static enum logic logic_of(const struct value *value) {
    return value->kind != VALUE_BOOLEAN ? LOGIC_UNKNOWN : value->boolean ? LOGIC_TRUE : LOGIC_FALSE;
}

static const struct answer *answer_of(const struct course_subject *subject, uint32_t criterion,
                                      instant_ms at) {
    return answers_find(subject->answers, subject->record->patient_id, subject->pseudonym,
                        (uint16_t)criterion, at);
}

/* Answers of people stand for their definitions, so that definitions that use them agree. */
static void hand_over_answers(const struct course_subject *subject, instant_ms at) {
    for (uint32_t i = 0; subject->answers && i < subject->trial->criterion_count; i++) {
        const struct criterion *c = &subject->trial->criteria[i];
        const struct answer *answer = c->human && c->define ? answer_of(subject, i, at) : NULL;
        if (answer && answer->value != LOGIC_UNKNOWN) {
            const struct value value = value_boolean(answer->value == LOGIC_TRUE);
            machine_answer(subject->machine, c->define, &value);
        }
    }
}

static enum status eval(const struct course_subject *subject, const struct definition *definition,
                        enum logic otherwise, enum logic *out) {
    struct value value = value_null();
    *out = otherwise;
    if (!definition) {
        return STATUS_OK;
    }
    enum status status = machine_eval(subject->machine, definition, &value);
    *out = logic_of(&value);
    return status;
}

static bool had_error(const struct machine *machine, const struct definition *definition) {
    const struct run_error *errors = NULL;
    uint32_t count = machine_errors(machine, &errors);
    for (uint32_t i = 0; i < count; i++) {
        if (errors[i].definition == definition) {
            return true;
        }
    }
    return false;
}

static enum status ask_leaf(const struct course_subject *subject, uint32_t i, instant_ms at,
                            struct criterion_answer *out, const struct answer **given) {
    const struct criterion *c = &subject->trial->criteria[i];
    enum logic applies = LOGIC_TRUE;
    enum logic value = LOGIC_UNKNOWN;
    enum status status = eval(subject, c->applies, LOGIC_TRUE, &applies);
    if (status == STATUS_OK) {
        status = eval(subject, c->define, LOGIC_UNKNOWN, &value);
    }
    const struct answer *answer = NULL;
    if (c->human || (c->if_silent == SILENCE_ASK && value == LOGIC_UNKNOWN)) {
        answer = answer_of(subject, i, at);
    }
    if (answer) {
        value = answer->value == LOGIC_UNKNOWN ? value : answer->value;
    }
    criterion_answer_leaf(c, applies, value, out);
    out->by_human = answer != NULL;
    out->had_error = value == LOGIC_UNKNOWN && c->define && had_error(subject->machine, c->define);
    if (given) {
        given[i] = answer;
    }
    /* An error is no silence. */
    if (out->had_error && out->assumed) {
        out->assumed = false;
        out->value = LOGIC_UNKNOWN;
    }
    return status;
}

static enum status ask_group(const struct course_subject *subject, uint32_t i,
                             struct criterion_answer *out, const struct answer **given) {
    enum logic applies = LOGIC_TRUE;
    enum status status = eval(subject, subject->trial->criteria[i].applies, LOGIC_TRUE, &applies);
    *out = (struct criterion_answer){.value = LOGIC_UNKNOWN,
                                     .not_applicable = applies == LOGIC_FALSE,
                                     .applies_unknown = applies == LOGIC_UNKNOWN};
    if (given) {
        given[i] = NULL;
    }
    return status;
}

static void start(const struct course_subject *subject, instant_ms at) {
    int16_t offset = trial_offset_min(subject->trial, at);
    machine_start(subject->machine, subject->record, at, datetime_from_ms(at, offset));
    hand_over_answers(subject, at);
}

static enum status ask_one(const struct course_subject *subject, uint32_t i, instant_ms at,
                           struct criterion_answer *out, const struct answer **given) {
    return subject->trial->criteria[i].kind == CRITERION_LEAF
               ? ask_leaf(subject, i, at, &out[i], given)
               : ask_group(subject, i, &out[i], given);
}

enum status course_ask(const struct course_subject *subject, instant_ms at,
                       struct criterion_answer *out, const struct answer **given) {
    const struct trial *trial = subject->trial;
    start(subject, at);
    for (uint32_t i = 0; i < trial->criterion_count; i++) {
        enum status status = ask_one(subject, i, at, out, given);
        if (status != STATUS_OK) {
            return status;
        }
    }
    eligibility_fill_groups(trial->criteria, trial->criterion_count, out);
    return STATUS_OK;
}

enum status course_ask_open(const struct course_subject *subject, instant_ms at,
                            const struct criterion_answer *answers) {
    enum status status = STATUS_OK;
    start(subject, at);
    for (uint32_t i = 0; i < subject->trial->criterion_count && status == STATUS_OK; i++) {
        const struct criterion *c = &subject->trial->criteria[i];
        enum logic value;
        if (answers[i].value != LOGIC_UNKNOWN) {
            continue;
        }
        if (answers[i].applies_unknown) {
            status = eval(subject, c->applies, LOGIC_TRUE, &value);
        }
        if (status == STATUS_OK && !c->human && c->if_silent != SILENCE_ASK) {
            status = eval(subject, c->define, LOGIC_UNKNOWN, &value);
        }
    }
    return status;
}

enum status course_status(const struct course_subject *subject, instant_ms at,
                          struct criterion_answer *scratch, enum subject_status *out) {
    const struct trial *trial = subject->trial;
    start(subject, at);
    for (uint32_t i = 0; i < trial->criterion_count; i = trial->criteria[i].end) {
        for (uint32_t k = i; k < trial->criteria[i].end; k++) {
            enum status status = ask_one(subject, k, at, scratch, NULL);
            if (status != STATUS_OK) {
                return status;
            }
        }
        eligibility_fill_groups(trial->criteria, trial->criteria[i].end, scratch);
        if (eligibility_fails(&trial->criteria[i], &scratch[i])) {
            *out = SUBJECT_NOT_ELIGIBLE;
            return STATUS_OK;
        }
    }
    *out = eligibility_status(trial->criteria, trial->criterion_count, scratch);
    return STATUS_OK;
}

instant_ms course_valid_until(const struct course_subject *subject, instant_ms at) {
    instant_ms until = machine_valid_until(subject->machine);
    instant_ms answer =
        answers_next(subject->answers, subject->record->patient_id, subject->pseudonym, at);
    instant_ms clock = trial_site_next_change(subject->trial, subject->trial->site, at);
    until = answer < until ? answer : until;
    return clock < until ? clock : until;
}
