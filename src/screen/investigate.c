/* The traced run of one subject: what to ask next, and the evidence of each criterion. */
#include "screen/advice.h"
#include "screen/screen_internal.h"
#include "course/trace_walk.h"

static const struct screen_human *human_of(struct trace_walk *walk, const struct answer *answer) {
    struct screen_human *human = ARENA_NEW(walk->arena, struct screen_human);
    if (!human) {
        walk->no_memory = true;
        return NULL;
    }
    *human = (struct screen_human){
        .answer = answer->value == LOGIC_TRUE    ? STR("yes")
                  : answer->value == LOGIC_FALSE ? STR("no")
                                                 : STR("unknown"),
        .who = answer->who,
        .when = answer->when,
    };
    return human;
}

/* A criterion that waits for a person says so first. */
static void add_waiting(struct trace_walk *walk, const struct criterion *criterion,
                        struct reason_list *reasons) {
    struct cause_list causes = {
        .count = 1,
        .items = {{.kind = CAUSE_HUMAN,
                   .datum = criterion->title,
                   .window = STR(""),
                   .words = criterion->human ? STR("nobody has answered yet")
                                             : STR("the records are silent; a person is asked")}}};
    reasons->items[reasons->count++] = (struct evidence_reason){
        .value = LOGIC_UNKNOWN,
        .words = STR("to be answered by a person"),
        .define = STR(""),
        .cause_count = 1,
        .causes = trace_keep_causes(walk, &causes),
    };
}

static enum status keep_reasons(struct trace_walk *walk, const struct reason_list *list,
                                struct screen_evidence *out) {
    struct evidence_reason *reasons =
        ARENA_ARRAY(walk->arena, list->count + 1, struct evidence_reason);
    if (!reasons) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        reasons[i] = list->items[i];
    }
    out->reasons = reasons;
    out->reason_count = list->count;
    return STATUS_OK;
}

static void add_definition(struct trace_walk *walk, const struct definition *definition,
                           struct reason_list *reasons) {
    struct reason_list found;
    uint32_t step = definition ? walk->trace->definitions[definition->number] : 0;
    if (!step) {
        return;
    }
    trace_reasons(walk, step, &found);
    for (uint32_t i = 0; i < found.count && reasons->count < REASONS_MAX; i++) {
        reasons->items[reasons->count++] = found.items[i];
    }
}

static enum status criterion_evidence(struct screen_case *c, struct trace_walk *walk, uint32_t i,
                                      struct screen_evidence *out) {
    const struct criterion *criterion = &c->course.trial->criteria[i];
    const struct criterion_answer *answer = &c->thread->answers[i];
    struct reason_list reasons = {.count = 0};
    if (c->given[i]) {
        out->human = human_of(walk, c->given[i]);
    }
    if (answer->not_applicable || answer->applies_unknown) {
        add_definition(walk, criterion->applies, &reasons);
    }
    if (answer->waits_for_human && criterion->kind == CRITERION_LEAF) {
        add_waiting(walk, criterion, &reasons);
    }
    bool answered = c->given[i] && c->given[i]->value != LOGIC_UNKNOWN;
    /* What only a person can say, and no record says, needs no search of the records shown. */
    bool silent = criterion->human && answer->waits_for_human;
    if (!answer->not_applicable && !answered && !silent) {
        add_definition(walk, criterion->define, &reasons);
    }
    return walk->no_memory ? STATUS_NO_MEMORY : keep_reasons(walk, &reasons, out);
}

static enum status keep_evidence(struct screen_case *c, struct trace_walk *walk) {
    uint32_t count = c->course.trial->criterion_count;
    struct screen_evidence *evidence = ARENA_ARRAY(walk->arena, count + 1, struct screen_evidence);
    enum status status = evidence ? STATUS_OK : STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        status = criterion_evidence(c, walk, i, &evidence[i]);
    }
    c->subject->evidence = evidence;
    return status;
}

enum status screen_investigate(struct screen_case *c, bool advise, bool evidence) {
    struct trace_walk walk;
    arena_reset(&c->thread->scratch);
    const struct trace_walk_input input = {
        .trace = machine_trace(c->thread->machine),
        .record = c->course.record,
        .arena = &c->thread->arena,
        .scratch = &c->thread->scratch,
        .patient_name = c->subject->id,
        .own_files = c->screening->memory->own_files,
        .offset_min = trial_offset_min(c->course.trial, c->screening->at),
        .now = c->screening->at,
    };
    if (!trace_walk_init(&walk, &input)) {
        return STATUS_NO_MEMORY;
    }
    enum status status = advise ? screen_advise(c, &walk) : STATUS_OK;
    if (status == STATUS_OK && evidence) {
        status = keep_evidence(c, &walk);
    }
    return walk.no_memory ? STATUS_NO_MEMORY : status;
}
