/* A machine's life: made for a plan, started for one subject and time after the other, given what
 * people answered, and asked. */
#include "exec/machine_internal.h"

#include "base/limits.h"
#include "base/mem.h"
#include "value/datetime.h"
#include "value/ucum.h"

enum status machine_new(const struct plan *plan, const struct op_terminology *terminology,
                        struct machine **out) {
    *out = NULL;
    struct machine *m = mem_new(1, sizeof *m);
    if (!m) {
        return STATUS_NO_MEMORY;
    }
    const struct program *program = plan->program;
    m->plan = plan;
    m->blocks = plan->lean;
    m->bounding = true;
    m->terminology = terminology ? *terminology : (struct op_terminology){0};
    arena_init(&m->arena, LIMIT_SUBJECT_BYTES);
    arena_init(&m->kept, LIMIT_SUBJECT_BYTES);
    m->registers = mem_new((size_t)plan->deepest.registers + 1, sizeof *m->registers);
    m->cursors = mem_new((size_t)plan->deepest.cursors + 1, sizeof *m->cursors);
    m->builders = mem_new((size_t)plan->deepest.builders + 1, sizeof *m->builders);
    m->definitions = mem_new((size_t)program->definition_count + 1, sizeof *m->definitions);
    m->parameters = mem_new((size_t)program->parameter_count + 1, sizeof *m->parameters);
    m->retrieved = mem_new((size_t)program->retrieve_count + 1, sizeof *m->retrieved);
    m->gathered = mem_new((size_t)program->retrieve_count + 1, sizeof *m->gathered);
    m->answers = mem_new((size_t)program->definition_count + 1, sizeof *m->answers);
    m->places = mem_new((size_t)plan->property_count + 1, sizeof *m->places);
    m->definition_steps =
        mem_new((size_t)program->definition_count + 1, sizeof *m->definition_steps);
    if (!m->registers || !m->cursors || !m->builders || !m->definitions || !m->parameters ||
        !m->retrieved || !m->gathered || !m->answers || !m->places || !m->definition_steps ||
        unit_table_new(plan->units, &m->cx.units) != STATUS_OK) {
        machine_free(m);
        return STATUS_NO_MEMORY;
    }
    m->code_elements = find_code_elements();
    m->cx.arena = &m->arena;
    m->cx.terminology = terminology ? &m->terminology : NULL;
    m->cx.equal_elements = machine_equal_elements;
    m->cx.parts = machine_parts;
    m->cx.hash_element = machine_hash_element;
    m->cx.elements_context = m;
    machine_start(
        m, NULL, INSTANT_MAX,
        (struct datetime){.year = 1970, .month = 1, .day = 1, .precision = PRECISION_MILLISECOND});
    *out = m;
    return STATUS_OK;
}

void machine_free(struct machine *m) {
    if (!m) {
        return;
    }
    machine_free(m->whole);
    if (m->each) {
        m->each->whole = NULL;
    }
    machine_free(m->each);
    unit_table_free(m->cx.units);
    arena_release(&m->arena);
    arena_release(&m->kept);
    mem_free(m->registers);
    mem_free(m->cursors);
    mem_free(m->builders);
    mem_free(m->definitions);
    mem_free(m->parameters);
    mem_free(m->retrieved);
    mem_free(m->gathered);
    mem_free(m->answers);
    mem_free(m->places);
    mem_free(m->definition_steps);
    mem_free(m->errors);
    mem_free(m->steps);
    mem_free(m);
}

/* Whether the record is the one of before; of another nothing is kept. One without tables
 * has no place to be known by. */
static bool stay_with(struct machine *m, const struct record *record) {
    const struct record_table *tables = record && record->type_count ? record->tables : NULL;
    if (tables && tables == m->tables) {
        return true;
    }
    m->tables = tables;
    arena_reset(&m->kept);
    memset(m->gathered, 0, m->plan->program->retrieve_count * sizeof *m->gathered);
    return false;
}

void machine_start(struct machine *m, const struct record *record, instant_ms at,
                   struct datetime now) {
    const struct program *program = m->plan->program;
    arena_reset(&m->arena);
    m->stays = stay_with(m, record);
    m->record = record;
    m->demand = record ? record->demand : plan_demand(m->plan);
    m->at = at;
    m->cx.now = now;
    m->now_ms = datetime_first_ms(&now, now.offset_min);
    m->valid_until = INSTANT_MAX;
    m->top = (struct frame_size){0};
    m->definition = NULL;
    m->error_count = 0;
    for (uint32_t i = 0; i < program->definition_count; i++) {
        m->definitions[i].state = ONCE_NEW;
        m->answers[i].kind = VALUE_UNSET;
        m->definition_steps[i] = 0;
    }
    for (uint32_t i = 0; i < program->parameter_count; i++) {
        m->parameters[i].state = ONCE_NEW;
    }
    for (uint32_t i = 0; i < program->retrieve_count; i++) {
        m->retrieved[i].state = ONCE_NEW;
    }
    m->trace = (struct trace){.count = 1, .definitions = m->definition_steps};
}

static bool asks_of_all(const struct plan *plan) {
    for (uint32_t i = 0; i < plan->block_count; i++) {
        const struct definition *d = plan->blocks[i].definition;
        if (d && d->stratum == STRATUM_POPULATION) {
            return true;
        }
    }
    return false;
}

enum status machine_set_population(struct machine *m, const struct population *population) {
    m->others = population;
    if (!asks_of_all(m->plan)) {
        return STATUS_OK;
    }
    if (!m->whole) {
        enum status status =
            machine_new(m->plan, m->cx.terminology ? &m->terminology : NULL, &m->whole);
        if (status != STATUS_OK) {
            return status;
        }
    }
    m->whole->population = m->whole->others = population;
    m->whole_started = false;
    return STATUS_OK;
}

void machine_set_trace(struct machine *m, bool on) {
    m->tracing = on;
    m->blocks = on ? m->plan->blocks : m->plan->lean;
}

void machine_set_bounds(struct machine *m, bool on) {
    m->bounding = on;
}

enum status machine_eval(struct machine *m, const struct definition *definition,
                         struct value *out) {
    *out = value_null();
    if (m->plan->definition_blocks[definition->number] == NO_BLOCK) {
        if (m->answers[definition->number].kind != VALUE_UNSET) {
            *out = m->answers[definition->number];
        }
        return STATUS_OK; /* the plan does not compute it */
    }
    return run_definition(m, definition->number, out) == RUN_NO_MEMORY ? STATUS_NO_MEMORY
                                                                       : STATUS_OK;
}

uint32_t machine_errors(const struct machine *m, const struct run_error **errors) {
    *errors = m->errors;
    return m->error_count;
}

const struct trace *machine_trace(const struct machine *m) {
    return &m->trace;
}

struct op_context *machine_context(struct machine *m) {
    return &m->cx;
}

instant_ms machine_definition_valid_until(const struct machine *m,
                                          const struct definition *definition) {
    const struct once *once = &m->definitions[definition->number];
    return !m->bounding ? m->at + 1 : once->state == ONCE_DONE ? once->valid_until : INSTANT_MAX;
}

instant_ms machine_valid_until(const struct machine *m) {
    return m->bounding || m->at == INSTANT_MAX ? m->valid_until : m->at + 1;
}

void machine_answer(struct machine *m, const struct definition *definition,
                    const struct value *answer) {
    m->answers[definition->number] = *answer;
}

void machine_argument(struct machine *m, const struct parameter *parameter,
                      const struct value *value) {
    m->parameters[parameter->number] =
        (struct once){.state = ONCE_DONE, .value = *value, .valid_until = INSTANT_MAX};
}
