/* Reading the steps of a traced run for people: which resources a value came from, why it is
 * unknown, and what decided it. */
#ifndef QUELL_COURSE_TRACE_WALK_H
#define QUELL_COURSE_TRACE_WALK_H

#include "exec/trace.h"
#include "course/evidence.h"
#include "course/own_files.h"
#include "record/record.h"

enum { WALK_DEPTH_MAX = 200, FACTS_MAX = 6, CAUSES_MAX = 12, REASONS_MAX = 12 };

/* Walks that run inside each other; each keeps its own marks. */
enum walk_kind { WALK_REASONS, WALK_CAUSES, WALK_FACTS, WALK_LABEL, WALK_KINDS };

struct trace_walk {
    const struct trace *trace;
    const struct record *record;
    struct arena *arena;
    struct str patient_name; /* the patient in what is drawn: the record's own id, or a pseudonym */
    const struct own_files *own_files;
    int16_t offset_min;
    instant_ms now;
    uint32_t *stamps[WALK_KINDS]; /* by step: the walk that met it last */
    uint32_t walks[WALK_KINDS];
    uint32_t retrieve_count; /* the steps that are retrieves, in order */
    const uint32_t *retrieves;
    uint32_t depth;
    struct str window; /* of the query being looked into, or empty */
    bool no_memory;
};

struct fact_list {
    uint32_t count;
    struct evidence_fact items[FACTS_MAX];
};

struct cause_list {
    uint32_t count;
    struct evidence_cause items[CAUSES_MAX];
};

struct reason_list {
    uint32_t count;
    struct evidence_reason items[REASONS_MAX];
};

/* What a walk begins with. Words and lists are made in `arena`, marks in `scratch`. */
struct trace_walk_input {
    const struct trace *trace;
    const struct record *record;
    struct arena *arena;
    struct arena *scratch;
    struct str patient_name;
    const struct own_files *own_files; /* or NULL: none are known */
    int16_t offset_min;
    instant_ms now;
};

/* False: no memory. */
MUST_USE bool trace_walk_init(struct trace_walk *walk, const struct trace_walk_input *input);
static inline const struct step *trace_step_at(const struct trace_walk *walk, uint32_t step) {
    return &walk->trace->steps[step < walk->trace->count ? step : 0];
}
/* Begins a walk: no step has been met. */
void trace_walk_begin(struct trace_walk *walk, enum walk_kind kind);
/* True the first time a step is met in a walk. */
bool trace_walk_enter(struct trace_walk *walk, enum walk_kind kind, uint32_t step);

/* The step that the value of this one was taken from: an item of a list, a field of a tuple; 0:
 * none. */
uint32_t trace_item_step(const struct trace_walk *walk, const struct step *step);

/* "ferritin": what a retrieve looks for, in small letters where it is no abbreviation. */
struct str trace_label(struct trace_walk *walk, const struct retrieve *retrieve);
/* The step of condition `i` of a choice (`if`: 0; `case`: the when of item i), or 0 when it was not
 * asked. */
uint32_t trace_condition(const struct trace_walk *walk, uint32_t choice, uint32_t i);
/* What the row of this step is: what the retrieve that led to it looked for, or another that found
 * it when that one names no codes. */
struct str trace_row_label(struct trace_walk *walk, uint32_t step);
/* The window that a query looked in: its own, or the one it was handed by its caller; or NULL. */
const struct value *trace_query_window(const struct trace_walk *walk, uint32_t query);

/* The label of the very retrieve that this step's value came from, of several that would find it
 * too; empty when there is none. */
struct str trace_label_of(struct trace_walk *walk, uint32_t step);
/* "the last 48 h", "between 2021-02-28T20:26 and 2021-02-28T22:41"; empty when it is no window. */
struct str trace_window(struct trace_walk *walk, const struct value *window);
/* A value as a person writes it: 198.2 mg/L. */
struct str trace_value(struct trace_walk *walk, const struct value *value);
/* Whether the patient goes by a pseudonym: then the own id and the day of birth are not shown. */
bool trace_is_pseudonymous(const struct trace_walk *walk);
/* The id of a resource with the pseudonym in place of the patient's own id. Reads the walk's
 * record, patient_name and arena alone. */
struct str trace_shown_id(struct trace_walk *walk, struct str id);

/* The resources that a step's value came from, the first few. */
void trace_facts(struct trace_walk *walk, uint32_t step, struct fact_list *out);
/* Whether any resource of a step's list is of a time within the window. */
bool trace_any_within(struct trace_walk *walk, uint32_t step, const struct value *window);
/* Why a step is null, or empty, or not true. */
void trace_causes(struct trace_walk *walk, uint32_t step, struct cause_list *out);
/* What decided a Boolean step. */
void trace_reasons(struct trace_walk *walk, uint32_t step, struct reason_list *out);

/* Copies into the arena; NULL counts as no memory (walk->no_memory) unless empty. */
const struct evidence_fact *trace_keep_facts(struct trace_walk *walk, const struct fact_list *list);
const struct evidence_cause *trace_keep_causes(struct trace_walk *walk,
                                               const struct cause_list *list);

#endif
