#include "course/course_records_internal.h"

#include "course/trace_walk.h"
#include "value/datetime.h"

/* ---- The machine at an instant ---- */

static void set_moment(struct course_records *r, const struct parameter *parameter,
                       instant_ms moment, instant_ms at) {
    if (parameter && moment != INSTANT_MAX && moment <= at) {
        const struct value value = {
            .kind = VALUE_DATETIME,
            .datetime = datetime_from_ms(moment, trial_site_offset_min(r->trial, r->site, moment))};
        machine_argument(r->machine, parameter, &value);
    }
}

/* Answers of people to criteria stand for their definitions. */
static void hand_over_answers(const struct course_records *r, instant_ms at) {
    for (uint32_t i = 0; r->answers && i < r->trial->criterion_count; i++) {
        const struct criterion *c = &r->trial->criteria[i];
        const struct answer *answer =
            c->human && c->define
                ? answers_find(r->answers, r->record->patient_id, r->pseudonym, (uint16_t)i, at)
                : NULL;
        if (answer && answer->value != LOGIC_UNKNOWN) {
            const struct value value = value_boolean(answer->value == LOGIC_TRUE);
            machine_answer(r->machine, c->define, &value);
        }
    }
}

const struct answer *course_records_answer(const struct course_records *r, instant_ms at,
                                           struct str name, int64_t max_age_ms) {
    const struct answer *answer =
        answers_find_condition(r->answers, r->record->patient_id, r->pseudonym, name, at);
    bool holds = answer && answer->value != LOGIC_UNKNOWN &&
                 (!max_age_ms || answer->since + max_age_ms >= at);
    return holds ? answer : NULL;
}

void course_records_start(struct course_records *r, instant_ms at, bool trace) {
    int16_t offset = trial_site_offset_min(r->trial, r->site, at);
    machine_set_trace(r->machine, trace);
    machine_start(r->machine, r->record, at, datetime_from_ms(at, offset));
    set_moment(r, r->trial->regimen->allocation, r->allocated, at);
    set_moment(r, r->trial->regimen->first_dose, r->first_dose, at);
    hand_over_answers(r, at);
}

static enum logic logic_of(const struct value *value) {
    return value->kind != VALUE_BOOLEAN ? LOGIC_UNKNOWN : value->boolean ? LOGIC_TRUE : LOGIC_FALSE;
}

/* ---- Doses ---- */

struct value course_field(const struct value *tuple, const char *name) {
    for (uint32_t i = 0; tuple->kind == VALUE_TUPLE && i < tuple->tuple->count; i++) {
        if (str_equal(tuple->tuple->names[i], str_from(name))) {
            return tuple->tuple->values[i];
        }
    }
    return value_null();
}

struct str course_field_text(const struct course_records *r, const struct value *tuple,
                             const char *name) {
    struct value value = course_field(tuple, name);
    return value.kind == VALUE_STRING ? arena_copy(r->arena, value.string) : STR("");
}

struct str course_field_id(const struct course_records *r, const struct value *tuple) {
    struct trace_walk walk = {
        .record = r->record, .patient_name = r->patient_name, .arena = r->arena};
    return trace_shown_id(&walk, course_field_text(r, tuple, "id"));
}

struct regimen_amount course_field_amount(const struct value *tuple, const char *name) {
    struct value value = course_field(tuple, name);
    struct regimen_amount amount = {0};
    if (value.kind == VALUE_QUANTITY) {
        amount = (struct regimen_amount){value.quantity->value, value.quantity->scale,
                                         value.quantity->unit};
    }
    return amount;
}

instant_ms course_field_time(const struct course_records *r, const struct value *tuple,
                             const char *name, instant_ms otherwise) {
    struct value value = course_field(tuple, name);
    if (value.kind != VALUE_DATETIME && value.kind != VALUE_DATE) {
        return otherwise;
    }
    instant_ms guess = datetime_first_ms(&value.datetime, 0);
    return datetime_first_ms(&value.datetime, trial_site_offset_min(r->trial, r->site, guess));
}

static enum administration_state state_of(const struct value *tuple) {
    struct value status = course_field(tuple, "status");
    struct str word = status.kind == VALUE_STRING ? status.string : STR("");
    return str_equal(word, STR("not-done"))  ? NOT_ADMINISTERED
           : str_equal(word, STR("unknown")) ? ADMINISTRATION_UNSURE
                                             : ADMINISTERED;
}

enum status course_records_list(struct course_records *r, const struct trial_define *define,
                                const struct value **items, uint32_t *count) {
    struct value value = value_null();
    *count = 0;
    if (!define->definition) {
        return STATUS_OK;
    }
    enum status status = machine_eval(r->machine, define->definition, &value);
    if (status == STATUS_OK && value.kind == VALUE_LIST) {
        *items = value.list->items;
        *count = value.list->count;
    }
    return status;
}

static enum status read_given(struct course_records *r, const struct trial_drug *drug,
                              struct course_drug_lists *out) {
    const struct value *items = NULL;
    uint32_t count = 0;
    enum status status = course_records_list(r, &drug->given, &items, &count);
    struct course_administration *list =
        ARENA_ARRAY(r->arena, (size_t)count + 1, struct course_administration);
    if (status != STATUS_OK || !list) {
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct course_administration a = {
            .id = course_field_id(r, &items[i]),
            .at = course_field_time(r, &items[i], "time", INSTANT_MIN),
            .state = state_of(&items[i]),
            .dose = course_field_amount(&items[i], "dose"),
            .reason = course_field_text(r, &items[i], "reason"),
        };
        if (a.at == INSTANT_MIN) {
            continue;
        }
        uint32_t k = out->given_count++;
        for (; k > 0 && list[k - 1].at > a.at; k--) {
            list[k] = list[k - 1];
        }
        list[k] = a;
    }
    out->given = list;
    return STATUS_OK;
}

static int64_t ms_of(const struct course_records *r, const struct regimen_amount *every) {
    i128 ms = 0;
    const struct unit *to = r->trial->regimen->millisecond;
    return every->unit && unit_convert(every->unit, to, every->value, &ms) == UNIT_DONE && ms > 0 &&
                   ms / DECIMAL_ONE < (i128)366 * 24 * 3600 * 1000
               ? (int64_t)(ms / DECIMAL_ONE)
               : 0;
}

/* An order that was stopped, completed or is on hold, and says no end, is in force at no time:
 * nobody knows until when it was. As an answer or an acceptance it still counts, for it was
 * written. */
static enum status read_orders(struct course_records *r, const struct trial_drug *drug,
                               struct course_drug_lists *out) {
    const struct value *items = NULL;
    uint32_t count = 0;
    enum status status = course_records_list(r, &drug->ordered, &items, &count);
    struct course_order *list = ARENA_ARRAY(r->arena, (size_t)count + 1, struct course_order);
    if (status != STATUS_OK || !list) {
        return status == STATUS_OK ? STATUS_NO_MEMORY : status;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct regimen_amount every = course_field_amount(&items[i], "every");
        struct value state = course_field(&items[i], "status");
        bool active = state.kind == VALUE_STRING && str_equal(state.string, STR("active"));
        struct course_order o = {
            .id = course_field_id(r, &items[i]),
            .at = course_field_time(r, &items[i], "time", INSTANT_MIN),
            .until = course_field_time(r, &items[i], "until", active ? INSTANT_MAX : INSTANT_MIN),
            .dose = course_field_amount(&items[i], "dose"),
            .every_ms = ms_of(r, &every),
        };
        uint32_t k = out->order_count++;
        for (; k > 0 && list[k - 1].at > o.at; k--) {
            list[k] = list[k - 1];
        }
        list[k] = o;
    }
    out->orders = list;
    return STATUS_OK;
}

enum status course_records_read(struct course_records *r, instant_ms at) {
    const struct trial_regimen *regimen = r->trial->regimen;
    r->drugs = ARENA_ARRAY(r->arena, (size_t)regimen->drug_count + 1, struct course_drug_lists);
    if (!r->drugs) {
        return STATUS_NO_MEMORY;
    }
    course_records_start(r, at, false);
    for (uint32_t d = 0; d < regimen->drug_count; d++) {
        const struct trial_drug *drug = regimen->drugs[d].source;
        enum status status = drug ? read_given(r, drug, &r->drugs[d]) : STATUS_OK;
        status = status == STATUS_OK && drug ? read_orders(r, drug, &r->drugs[d]) : status;
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/* ---- Moments ---- */

static instant_ms first_dose_since(const struct course_records *r, instant_ms since) {
    instant_ms first = INSTANT_MAX;
    for (uint32_t d = 0; d < r->trial->regimen->drug_count; d++) {
        for (uint32_t i = 0; i < r->drugs[d].given_count; i++) {
            const struct course_administration *a = &r->drugs[d].given[i];
            if (a->state == ADMINISTERED && a->at >= since) {
                first = a->at < first ? a->at : first;
                break;
            }
        }
    }
    return first;
}

void course_records_first_dose(struct course_records *r) {
    r->first_dose = first_dose_since(r, r->allocated);
}

enum status course_records_enrol(struct course_records *r, instant_ms at,
                                 enum course_origin *origin, bool *found) {
    const struct trial_allocation *allocation = r->trial->document->allocation;
    const struct definition *when = allocation ? allocation->when.definition : NULL;
    struct value value = value_null();
    *found = true;
    if (when) {
        course_records_start(r, at, false);
        enum status status = machine_eval(r->machine, when, &value);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (value.kind == VALUE_DATETIME) {
        instant_ms guess = datetime_first_ms(&value.datetime, 0);
        r->allocated =
            datetime_first_ms(&value.datetime, trial_site_offset_min(r->trial, r->site, guess));
        *origin = ORIGIN_RECORD;
    } else {
        r->allocated = first_dose_since(r, INSTANT_MIN);
        *origin = ORIGIN_FIRST_DOSE;
    }
    *found = r->allocated != INSTANT_MAX && r->allocated <= at;
    return STATUS_OK;
}

/* ---- Facts ---- */

static bool begin_walk(struct course_records *r, instant_ms at, struct trace_walk *walk) {
    arena_reset(r->scratch);
    const struct trace_walk_input input = {
        .trace = machine_trace(r->machine),
        .record = r->record,
        .arena = r->arena,
        .scratch = r->scratch,
        .patient_name = r->patient_name,
        .own_files = r->own_files,
        .offset_min = trial_site_offset_min(r->trial, r->site, at),
        .now = at,
    };
    return trace_walk_init(walk, &input);
}

/* The last instant of the newest datum that decided; INSTANT_MIN: none has a time. A time to the
 * second lasts to its end, which is when the record counts as known. */
static instant_ms newest(const struct reason_list *reasons, int16_t offset) {
    instant_ms found = INSTANT_MIN;
    for (uint32_t i = 0; i < reasons->count; i++) {
        for (uint32_t k = 0; k < reasons->items[i].fact_count; k++) {
            struct datetime when;
            if (datetime_parse(reasons->items[i].facts[k].time, &when)) {
                instant_ms at = datetime_last_ms(&when, offset);
                at += when.precision == PRECISION_SECOND ? 999 : 0;
                found = at > found ? at : found;
            }
        }
    }
    return found;
}

/* The answer to a condition, or to the stage (condition NULL), from `from` until before `until`,
 * while the site's clock has the same offset: local midnight moves with it. */
struct course_asked {
    instant_ms from;
    instant_ms until;
    int16_t offset_min;
    uint8_t value;
    struct str stage;
};

/* An answer from data that are too old is none. */
static enum status limit_age(struct course_records *r, const struct regimen_condition *condition,
                             instant_ms at, struct course_asked *asked) {
    struct trace_walk walk;
    struct reason_list reasons = {.count = 0};
    if (!begin_walk(r, at, &walk)) {
        return STATUS_NO_MEMORY;
    }
    uint32_t step = walk.trace->definitions[condition->definition->number];
    if (step) {
        trace_reasons(&walk, step, &reasons);
    }
    instant_ms last = newest(&reasons, walk.offset_min);
    if (last == INSTANT_MIN || asked->value == LOGIC_UNKNOWN) {
        return walk.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
    }
    instant_ms end = last + condition->max_age_ms + 1;
    if (end <= at) {
        asked->value = LOGIC_UNKNOWN;
    } else if (end < asked->until) {
        asked->until = end;
    }
    return walk.no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Where the records leave a condition unknown, a person's answer decides while it holds. */
static void ask_people(const struct course_records *r, instant_ms at, struct course_known *known) {
    const struct regimen_arm *arm = &r->trial->regimen->arms[r->arm];
    instant_ms next = answers_next(r->answers, r->record->patient_id, r->pseudonym, at);
    known->valid_until = next < known->valid_until ? next : known->valid_until;
    for (uint32_t i = 0; r->answers && i < arm->condition_count; i++) {
        const struct regimen_condition *c = &arm->conditions[i];
        const struct answer *answer =
            course_records_answer(r, at, c->definition->name, c->max_age_ms);
        if (known->values[i] != LOGIC_UNKNOWN || !answer) {
            continue;
        }
        known->values[i] = (uint8_t)answer->value;
        instant_ms end = answer->since + c->max_age_ms + 1;
        if (c->max_age_ms && end < known->valid_until) {
            known->valid_until = end;
        }
    }
}

static enum status ask_weight(struct course_records *r, struct course_known *known) {
    const struct trial_subject *subject = r->trial->document->subject;
    struct value value = value_null();
    if (!subject || !subject->weight.definition) {
        return STATUS_OK;
    }
    enum status status = machine_eval(r->machine, subject->weight.definition, &value);
    if (value.kind == VALUE_QUANTITY) {
        known->weight = (struct regimen_amount){value.quantity->value, value.quantity->scale,
                                                value.quantity->unit};
    }
    return status;
}

static enum status ask_one(struct course_records *r, instant_ms at, instant_ms bound,
                           const struct regimen_condition *condition, struct course_asked *asked) {
    const struct definition *definition = condition ? condition->definition : r->trial->stage;
    struct value value = value_null();
    enum status status = machine_eval(r->machine, definition, &value);
    instant_ms until = machine_definition_valid_until(r->machine, definition);
    *asked = (struct course_asked){.from = at,
                                   .until = until < bound ? until : bound,
                                   .value = (uint8_t)logic_of(&value),
                                   .stage = STR("")};
    if (status == STATUS_OK && !condition && value.kind == VALUE_STRING) {
        asked->stage = arena_copy(r->arena, value.string);
        status = asked->stage.at ? STATUS_OK : STATUS_NO_MEMORY;
    }
    return status == STATUS_OK && condition && condition->max_age_ms
               ? limit_age(r, condition, at, asked)
               : status;
}

static bool still_holds(const struct course_asked *asked, instant_ms at) {
    return asked->from <= at && at < asked->until;
}

/* Up to when what the caller gives the machine stays the same: people's answers, the moment of the
 * first dose, the site's clock. */
static instant_ms same_until(const struct course_records *r, instant_ms at) {
    instant_ms bound = answers_next(r->answers, r->record->patient_id, r->pseudonym, at);
    instant_ms clock = trial_site_next_change(r->trial, r->site, at);
    bound = r->first_dose > at && r->first_dose < bound ? r->first_dose : bound;
    return clock < bound ? clock : bound;
}

/* Only what may have changed since it was asked is asked again. */
static enum status ask(void *context, int64_t at, struct course_known *known) {
    struct course_records *r = context;
    const struct regimen_arm *arm = &r->trial->regimen->arms[r->arm];
    uint32_t count = arm->condition_count + (r->trial->stage != NULL);
    instant_ms bound = same_until(r, at);
    course_records_start(r, at, r->traces);
    enum status status = ask_weight(r, known);
    known->valid_until = machine_valid_until(r->machine);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        struct course_asked *asked = &r->asked[i];
        bool is_stage = i == arm->condition_count;
        if (!still_holds(asked, at)) {
            status = ask_one(r, at, bound, is_stage ? NULL : &arm->conditions[i], asked);
        }
        if (is_stage) {
            known->stage = asked->stage;
        } else {
            known->values[i] = asked->value;
        }
        known->valid_until = asked->until < known->valid_until ? asked->until : known->valid_until;
    }
    known->valid_until = bound < known->valid_until ? bound : known->valid_until;
    ask_people(r, at, known);
    return status;
}

static const struct course_administration *administrations(void *context, uint16_t drug,
                                                           uint32_t *count) {
    const struct course_records *r = context;
    *count = r->drugs[drug].given_count;
    return r->drugs[drug].given;
}

static const struct course_order *orders(void *context, uint16_t drug, uint32_t *count) {
    const struct course_records *r = context;
    *count = r->drugs[drug].order_count;
    return r->drugs[drug].orders;
}

enum status course_records_facts(struct course_records *r, struct course_facts *out) {
    const struct regimen_arm *arm = &r->trial->regimen->arms[r->arm];
    r->asked = ARENA_ARRAY(r->arena, arm->condition_count + 1u, struct course_asked);
    r->traces = false;
    for (uint32_t i = 0; i < arm->condition_count; i++) {
        r->traces |= arm->conditions[i].max_age_ms > 0;
    }
    *out = (struct course_facts){r, ask, administrations, orders, NULL};
    return r->asked ? STATUS_OK : STATUS_NO_MEMORY;
}

/* ---- Evidence ---- */

enum status course_records_answered(const struct course_records *r, const struct answer *answer,
                                    struct str name, struct evidence_reason *out) {
    *out = (struct evidence_reason){
        .value = answer->value,
        .words = arena_format(
            r->arena, "answered %s by %.*s, %.*s", answer->value == LOGIC_TRUE ? "yes" : "no",
            STR_ARG(answer->who.len ? answer->who : STR("somebody")), STR_ARG(answer->when)),
        .define = name};
    return out->words.at ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status course_records_evidence(struct course_records *r, instant_ms at,
                                    const struct definition *definition,
                                    struct course_evidence *out) {
    struct trace_walk walk;
    struct value value;
    *out = (struct course_evidence){0};
    course_records_start(r, at, true);
    enum status status = machine_eval(r->machine, definition, &value);
    if (status != STATUS_OK || !begin_walk(r, at, &walk)) {
        return STATUS_NO_MEMORY;
    }
    struct reason_list reasons = {.count = 0};
    uint32_t step = walk.trace->definitions[definition->number];
    if (step) {
        trace_reasons(&walk, step, &reasons);
    }
    struct evidence_reason *kept =
        ARENA_ARRAY(r->arena, (size_t)reasons.count + 1, struct evidence_reason);
    if (!kept || walk.no_memory) {
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < reasons.count; i++) {
        kept[i] = reasons.items[i];
    }
    *out = (struct course_evidence){reasons.count, kept};
    const struct answer *answer = course_records_answer(r, at, definition->name, 0);
    return answer && logic_of(&value) == LOGIC_UNKNOWN
               ? course_records_answered(r, answer, definition->name, &kept[out->count++])
               : STATUS_OK;
}

enum status course_records_text(struct course_records *r, instant_ms at,
                                const struct definition *definition, struct str *out) {
    struct value value = value_null();
    *out = STR("");
    if (!definition) {
        return STATUS_OK;
    }
    course_records_start(r, at, false);
    enum status status = machine_eval(r->machine, definition, &value);
    if (status == STATUS_OK && value.kind == VALUE_STRING) {
        *out = arena_copy(r->arena, value.string);
        status = out->at ? STATUS_OK : STATUS_NO_MEMORY;
    }
    return status;
}
