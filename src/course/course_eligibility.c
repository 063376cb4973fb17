#include "course/course_eligibility.h"

#include <assert.h>

const char *subject_status_word(enum subject_status status) {
    static const char *const words[] = {"eligible", "pending_human", "not_eligible", "undecided"};
    return words[status];
}

/* What a criterion counts as when it does not apply: it neither includes nor excludes. */
static enum logic neutral(const struct criterion *criterion) {
    return criterion->exclude ? LOGIC_FALSE : LOGIC_TRUE;
}

/* When it is unknown whether it applies, only the neutral value is certain. */
static void limit_to_applies(const struct criterion *criterion, struct criterion_answer *answer) {
    if (answer->not_applicable) {
        answer->value = (uint8_t)neutral(criterion);
    } else if (answer->applies_unknown && answer->value != neutral(criterion)) {
        answer->value = LOGIC_UNKNOWN;
    }
}

void criterion_answer_leaf(const struct criterion *criterion, enum logic applies, enum logic value,
                           struct criterion_answer *out) {
    *out = (struct criterion_answer){
        .value = (uint8_t)value,
        .not_applicable = applies == LOGIC_FALSE,
        .applies_unknown = applies == LOGIC_UNKNOWN,
    };
    if (value == LOGIC_UNKNOWN && !out->not_applicable) {
        if (criterion->human || criterion->if_silent == SILENCE_ASK) {
            out->waits_for_human = true;
        } else if (criterion->if_silent == SILENCE_NOT_MET) {
            out->value = LOGIC_FALSE;
            out->assumed = true;
        }
    }
    limit_to_applies(criterion, out);
    out->waits_for_human &= !out->applies_unknown;
    out->assumed &= out->value == LOGIC_FALSE;
}

/* The value of group `g` when the value of leaf i is values[i]; groups inside must be filled. */
static enum logic group_value(const struct criterion *criteria, uint32_t g,
                              const struct criterion_answer *answers) {
    bool any = criteria[g].kind == CRITERION_ANY_OF;
    enum logic value = any ? LOGIC_FALSE : LOGIC_TRUE;
    for (uint32_t i = g + 1; i < criteria[g].end; i = criteria[i].end) {
        enum logic item = (enum logic)answers[i].value;
        /* An item that does not apply is no way to meet the group, and no obstacle to it. */
        if (!answers[i].not_applicable) {
            value = any ? logic_or(value, item) : logic_and(value, item);
        }
    }
    return value;
}

void eligibility_fill_groups(const struct criterion *criteria, uint32_t count,
                             struct criterion_answer *answers) {
    for (uint32_t i = count; i-- > 0;) {
        if (criteria[i].kind == CRITERION_LEAF) {
            continue;
        }
        answers[i].value = (uint8_t)group_value(criteria, i, answers);
        limit_to_applies(&criteria[i], &answers[i]);
        answers[i].waits_for_human = false;
        for (uint32_t k = i + 1; k < criteria[i].end; k = criteria[k].end) {
            answers[i].waits_for_human |=
                answers[i].value == LOGIC_UNKNOWN && answers[k].waits_for_human;
            answers[i].assumed |= answers[k].assumed;
        }
    }
}

/* The value of criterion i when people answer favourably. Groups are monotone, so the favourable
 * answer to each item is the favourable answer to the whole. */
static enum logic hopeful(const struct criterion *criteria, uint32_t i,
                          const struct criterion_answer *answers) {
    const struct criterion *c = &criteria[i];
    if (answers[i].value != LOGIC_UNKNOWN || answers[i].applies_unknown) {
        return (enum logic)answers[i].value;
    }
    if (c->kind == CRITERION_LEAF) {
        return answers[i].waits_for_human ? neutral(c) : LOGIC_UNKNOWN;
    }
    bool any = c->kind == CRITERION_ANY_OF;
    enum logic value = any ? LOGIC_FALSE : LOGIC_TRUE;
    for (uint32_t k = i + 1; k < c->end; k = criteria[k].end) {
        if (!answers[k].not_applicable) {
            enum logic item = hopeful(criteria, k, answers);
            value = any ? logic_or(value, item) : logic_and(value, item);
        }
    }
    return value;
}

bool eligibility_fails(const struct criterion *criterion, const struct criterion_answer *answer) {
    return criterion->parent == CRITERION_NONE && answer->value != LOGIC_UNKNOWN &&
           answer->value != neutral(criterion);
}

enum subject_status eligibility_status(const struct criterion *criteria, uint32_t count,
                                       const struct criterion_answer *answers) {
    enum subject_status status = SUBJECT_ELIGIBLE;
    for (uint32_t i = 0; i < count; i = criteria[i].end) {
        if (eligibility_fails(&criteria[i], &answers[i])) {
            return SUBJECT_NOT_ELIGIBLE;
        }
        if (answers[i].value == LOGIC_UNKNOWN && status != SUBJECT_UNDECIDED) {
            status = hopeful(criteria, i, answers) == neutral(&criteria[i]) ? SUBJECT_PENDING_HUMAN
                                                                            : SUBJECT_UNDECIDED;
        }
    }
    return status;
}
