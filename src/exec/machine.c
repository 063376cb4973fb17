#include "exec/machine_internal.h"

#include "base/limits.h"
#include "base/mem.h"
#include "plan/type_test.h"
#include "value/compare.h"
#include "value/datetime.h"
#include "value/ucum.h"

#include <assert.h>

static enum run_result run(struct machine *m, const struct frame *frame, uint32_t pc, uint32_t stop,
                           struct value *out);

enum run_result machine_fail(struct machine *m, const struct expr *origin, const char *format,
                             ...) {
    va_list args;
    va_start(args, format);
    m->cx.message = arena_vformat(&m->arena, format, args);
    va_end(args);
    m->error_span = origin->span;
    return m->cx.message.at ? RUN_ERROR : RUN_NO_MEMORY;
}

/* The arena ended: the heap's end is the world's, the subject's own limit is the logic's. */
static enum run_result out_of_memory(struct machine *m, const struct expr *origin) {
    if (m->arena.held < LIMIT_SUBJECT_BYTES / 4) {
        return RUN_NO_MEMORY;
    }
    m->cx.message = STR("this needs more memory than one subject may use");
    m->error_span = origin->span;
    return RUN_ERROR;
}

static struct frame push_frame(struct machine *m, const struct block *block) {
    struct frame frame = {block, m->registers + m->top.registers, m->cursors + m->top.cursors,
                          m->builders + m->top.builders};
    m->top.registers += block->frame.registers;
    m->top.cursors += block->frame.cursors;
    m->top.builders += block->frame.builders;
    return frame;
}

static void pop_frame(struct machine *m, const struct block *block) {
    m->top.registers -= block->frame.registers;
    m->top.cursors -= block->frame.cursors;
    m->top.builders -= block->frame.builders;
}

static enum run_result run_block(struct machine *m, uint32_t block_number, const struct value *args,
                                 struct value *out) {
    const struct block *block = &m->blocks[block_number];
    struct frame frame = push_frame(m, block);
    for (uint32_t i = 0; i < block->operand_count; i++) {
        frame.registers[i] = args[i];
    }
    enum run_result result = run(m, &frame, 0, block->length, out);
    pop_frame(m, block);
    return result;
}

static bool note_error(struct machine *m, const struct definition *definition) {
    if (m->error_count == m->error_capacity) {
        uint32_t capacity = m->error_capacity ? m->error_capacity * 2 : 16;
        struct run_error *grown = mem_resize(m->errors, capacity, sizeof *grown);
        if (!grown) {
            return false;
        }
        m->errors = grown;
        m->error_capacity = capacity;
    }
    m->errors[m->error_count++] = (struct run_error){definition, m->error_span, m->cx.message};
    return true;
}

/* The value of what is evaluated once: its error is listed and makes it null. */
static enum run_result eval_once(struct machine *m, struct once *once, uint32_t block,
                                 struct value *out) {
    assert(once->state != ONCE_RUNNING);
    if (once->state == ONCE_NEW) {
        once->state = ONCE_RUNNING;
        enum run_result result = run_block(m, block, NULL, &once->value);
        if (result == RUN_NO_MEMORY) {
            once->state = ONCE_NEW;
            return result;
        }
        if (result == RUN_ERROR) {
            once->value = value_null();
            if (!note_error(m, m->definition)) {
                return RUN_NO_MEMORY;
            }
        }
        once->state = ONCE_DONE;
    }
    *out = once->value;
    return RUN_OK;
}

/* A definition over all patients: the machine for them keeps it while the time asked is the same.
 */
static enum run_result eval_whole(struct machine *m, const struct definition *definition,
                                  struct once *once) {
    struct machine *whole = m->whole;
    if (!m->whole_started || whole->at != m->at || whole->now_ms != m->now_ms) {
        machine_start(whole, NULL, m->at, m->cx.now);
        m->whole_started = true;
    }
    if (machine_eval(whole, definition, &once->value) != STATUS_OK) {
        return RUN_NO_MEMORY;
    }
    once->value.trace = 0;
    once->state = ONCE_DONE;
    machine_bound(m, whole->valid_until);
    for (uint32_t i = 0; i < whole->error_count; i++) {
        if (whole->errors[i].definition == definition) {
            m->error_span = whole->errors[i].span;
            m->cx.message = whole->errors[i].message;
            return note_error(m, definition) ? RUN_OK : RUN_NO_MEMORY;
        }
    }
    return RUN_OK;
}

enum run_result run_definition(struct machine *m, uint32_t number, struct value *out) {
    struct once *once = &m->definitions[number];
    const struct definition *outer = m->definition;
    if (once->state == ONCE_DONE) {
        machine_bound(m, once->valid_until);
        *out = once->value;
        return RUN_OK;
    }
    m->definition = m->plan->definitions[number];
    instant_ms around = machine_bounds_begin(m);
    enum run_result result = RUN_OK;
    if (m->answers[number].kind != VALUE_UNSET) {
        once->value = m->answers[number];
        once->state = ONCE_DONE;
        if (m->tracing) {
            trace_step(m, STEP_ANSWER, m->definition->body, &once->value, NULL, 0);
        }
    } else if (m->whole && m->definition->stratum == STRATUM_POPULATION) {
        result = eval_whole(m, m->definition, once);
    } else {
        result = eval_once(m, once, m->plan->definition_blocks[number], out);
    }
    if (result == RUN_OK && m->tracing) {
        uint32_t from = once->value.trace;
        trace_step(m, STEP_DEFINITION, m->definition->body, &once->value, &from, 1);
        m->definition_steps[number] = once->value.trace;
    }
    machine_bounds_end(m, once, around);
    *out = once->value;
    m->definition = outer;
    return result;
}

/* A list's items one by one, anything else as it is; copied into the machine's arena. */
static bool add_flat(struct machine *m, struct builder *builder, const struct value *value) {
    struct value copy;
    if (!value_copy(value, &m->arena, &copy)) {
        return false;
    }
    copy.trace = 0;
    if (copy.kind != VALUE_LIST) {
        return builder_add(m, builder, &copy);
    }
    for (uint32_t i = 0; i < copy.list->count; i++) {
        if (!builder_add(m, builder, &copy.list->items[i])) {
            return false;
        }
    }
    return true;
}

/* The machine that a population's machine evaluates single patients with. What it asks of all
 * patients, it asks this one. */
static bool each_ready(struct machine *m) {
    if (!m->each &&
        machine_new(m->plan, m->cx.terminology ? &m->terminology : NULL, &m->each) != STATUS_OK) {
        return false;
    }
    m->each->whole = m;
    m->each->whole_started = true;
    m->each->others = m->others;
    return true;
}

/* A patient's definition for every patient in order; an error is its patient's, and null here. */
static enum run_result eval_each(struct machine *m, uint32_t number, struct value *out) {
    struct builder builder = {0};
    struct value value = value_null();
    bool lists = m->plan->definitions[number]->type->kind == TYPE_LIST;
    uint32_t count = m->population ? population_patients(m->population) : 0;
    if (!m->population) {
        enum run_result result = run_definition(m, number, &value);
        if (result != RUN_OK) {
            return result;
        }
        if (!(lists && value_is_null(&value)) && !add_flat(m, &builder, &value)) {
            return RUN_NO_MEMORY;
        }
    } else if (!each_ready(m)) {
        return RUN_NO_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct record record;
        population_record(m->population, i, &record);
        machine_start(m->each, &record, m->at, m->cx.now);
        if (machine_eval(m->each, m->plan->definitions[number], &value) != STATUS_OK) {
            return RUN_NO_MEMORY;
        }
        machine_bound(m, m->each->valid_until);
        if (!(lists && value_is_null(&value)) && !add_flat(m, &builder, &value)) {
            return RUN_NO_MEMORY;
        }
    }
    return builder_finish(m, &builder, out) ? RUN_OK : RUN_NO_MEMORY;
}

static enum run_result eval_parameter(struct machine *m, uint32_t number, struct value *out) {
    struct once *once = &m->parameters[number];
    if (once->state == ONCE_DONE) {
        machine_bound(m, once->valid_until);
        *out = once->value;
        return RUN_OK;
    }
    if (m->plan->argument_given[number]) {
        *out = m->plan->arguments[number];
        return RUN_OK;
    }
    uint32_t block = m->plan->parameter_blocks[number];
    if (block == NO_BLOCK) {
        *out = value_null();
        return RUN_OK;
    }
    instant_ms around = machine_bounds_begin(m);
    enum run_result result = eval_once(m, once, block, out);
    machine_bounds_end(m, once, around);
    return result;
}

static enum run_result run_operator(struct machine *m, const struct instruction *in,
                                    const struct expr *origin, const struct value *args,
                                    struct value *result_register) {
    const struct operator_info *info = operator_info((enum op_id)in->c);
    uint8_t moves = 0;
    for (uint32_t i = 0; i < in->count; i++) {
        moves |= args[i].moves;
    }
    struct value out = value_null();
    m->cx.precision = (enum precision)in->precision;
    enum op_result result = operator_call(info, &m->cx, args, in->count, &out);
    if (result == OP_ERROR) {
        m->error_span = origin->span;
        return RUN_ERROR;
    }
    if (result == OP_NO_MEMORY) {
        return out_of_memory(m, origin);
    }
    /* Now, Today, TimeOfDay and CalculateAge are neighbours in operators.def. */
    if (moves || (m->bounding && in->c - (uint32_t)OP_NOW <= OP_CALCULATE_AGE_DATETIME - OP_NOW)) {
        run_moves(m, in, args, &out);
    }
    *result_register = out;
    return RUN_OK;
}

static const struct value *operand_value(const struct machine *m, const struct value *registers,
                                         uint32_t operand) {
    return operand & CONSTANT_BIT ? &m->plan->constants[operand & ~CONSTANT_BIT]
                                  : &registers[operand];
}

static enum run_result run_binary(struct machine *m, const struct instruction *in,
                                  const struct expr *origin, struct value *registers) {
    const struct value args[] = {*operand_value(m, registers, in->b),
                                 *operand_value(m, registers, in->c)};
    struct instruction as = {
        .code = CODE_OPERATOR, .precision = in->precision, .count = 2, .c = in->count};
    return run_operator(m, &as, origin, args, &registers[in->a]);
}

/* When the value decides by the rule: the result. */
static bool decides(uint16_t rule, const struct value *value, struct value *out) {
    bool boolean = value->kind == VALUE_BOOLEAN;
    switch ((enum skip_rule)rule) {
    case SKIP_FALSE:
        *out = value_boolean(false);
        return boolean && !value->boolean;
    case SKIP_TRUE:
        *out = value_boolean(true);
        return boolean && value->boolean;
    case SKIP_IMPLIED:
        *out = value_boolean(true);
        return boolean && !value->boolean;
    case SKIP_NOT_NULL:
        *out = *value;
        return !value_is_null(value);
    }
    return false;
}

/* Traced: what was skipped is run for its evidence; an error in it does not count. */
static enum run_result run_skipped(struct machine *m, const struct frame *frame, uint32_t pc,
                                   const struct value *result) {
    const struct instruction *in = &frame->block->code[pc];
    struct value *target = &frame->registers[in->a];
    struct value ignored;
    enum run_result ran = RUN_OK;
    if (in->count != SKIP_NOT_NULL) {
        ran = run(m, frame, pc + 1, in->c, &ignored);
    }
    if (in->count == SKIP_NOT_NULL || ran == RUN_ERROR) {
        uint32_t from = frame->registers[in->b].trace;
        *target = *result;
        struct step *step =
            trace_step(m, STEP_OPERATOR, frame->block->origin[pc], target, &from, 1);
        if (step) {
            step->op = frame->block->origin[pc]->op;
        }
        ran = RUN_OK;
    }
    return ran;
}

/* Traced: computes the window of a query that no row asked for; an error in it does not count. */
static enum run_result run_window(struct machine *m, const struct frame *frame,
                                  const struct instruction *in) {
    struct value *window = &frame->registers[in->a];
    struct value ignored;
    if (window->kind == VALUE_UNSET && m->tracing) {
        const struct instruction *once = &frame->block->code[in->c];
        enum run_result ran = run(m, frame, in->c + 1, once->c, &ignored);
        if (ran == RUN_NO_MEMORY) {
            return ran;
        }
        if (ran == RUN_ERROR) {
            *window = value_null();
        }
    } else if (window->kind == VALUE_UNSET) {
        *window = value_null();
    }
    return RUN_OK;
}

static bool make_list(struct machine *m, const struct value *items, uint32_t count,
                      struct value *out) {
    struct list *list = ARENA_NEW(&m->arena, struct list);
    struct value *copy = ARENA_ARRAY(&m->arena, count, struct value);
    if (!list || !copy) {
        return false;
    }
    if (count > 0) {
        memcpy(copy, items, count * sizeof *copy);
    }
    uint8_t moves = 0;
    for (uint32_t i = 0; i < count; i++) {
        moves |= items[i].moves;
    }
    *list = (struct list){count, copy};
    *out = (struct value){.kind = VALUE_LIST, .moves = moves, .list = list};
    return true;
}

/* The kind of an interval's points, where its static type tells. */
static uint8_t point_kind(const struct type *type) {
    static const uint8_t kinds[MODEL_SYSTEM_COUNT] = {
        [MODEL_INTEGER] = VALUE_INTEGER,   [MODEL_LONG] = VALUE_LONG,
        [MODEL_DECIMAL] = VALUE_DECIMAL,   [MODEL_DATE] = VALUE_DATE,
        [MODEL_DATETIME] = VALUE_DATETIME, [MODEL_TIME] = VALUE_TIME,
        [MODEL_QUANTITY] = VALUE_QUANTITY};
    bool named = type->kind == TYPE_INTERVAL && type->of->kind == TYPE_NAMED &&
                 type->of->name < MODEL_SYSTEM_COUNT;
    return named ? kinds[type->of->name] : (uint8_t)VALUE_NULL;
}

/* An interval as it was written. One that ends before it begins, or that leaves out its only point,
 * is an error (CQL 1.5 author's guide, Interval values). */
static enum run_result make_interval(struct machine *m, const struct expr *origin,
                                     const struct value *ends, uint32_t flags, struct value *out) {
    uint32_t closed = flags & 3;
    int order = DATETIME_UNKNOWN;
    if (!value_is_null(&ends[0]) && !value_is_null(&ends[1])) {
        order = value_compare(&m->cx, &ends[0], &ends[1], PRECISION_NONE);
    }
    if (order == 1) {
        return machine_fail(m, origin, "the interval ends before it begins");
    }
    if (order == 0 && closed != 3) {
        return machine_fail(m, origin, "the interval both has and leaves out its only point");
    }
    struct interval *made = ARENA_NEW(&m->arena, struct interval);
    if (!made) {
        return out_of_memory(m, origin);
    }
    *made = (struct interval){.low = ends[0],
                              .high = ends[1],
                              .low_closed = (closed & 1) != 0,
                              .high_closed = (closed & 2) != 0,
                              .point = flags & 4 ? (uint8_t)VALUE_NULL : point_kind(origin->type)};
    *out = (struct value){
        .kind = VALUE_INTERVAL, .moves = ends[0].moves | ends[1].moves, .interval = made};
    return RUN_OK;
}

/* The flags of INTERVAL that make an interval like this one. */
static uint32_t interval_flags(const struct interval *interval) {
    return (interval->low_closed ? 1u : 0u) | (interval->high_closed ? 2u : 0u) |
           (interval->point == VALUE_NULL ? 4u : 0u);
}

static enum run_result run_as(struct machine *m, const struct instruction *in,
                              const struct expr *origin, struct value *registers) {
    const struct value *of = &registers[in->b];
    struct value out = value_null();
    if (value_is_of_type(of, m->plan->types[in->c])) {
        out = *of;
    } else if (in->count && !value_is_null(of)) {
        struct buf type;
        buf_init(&type);
        type_print(m->plan->types[in->c], &type);
        enum run_result result = machine_fail(
            m, origin, "the value is not a %.*s, which `cast` wants", STR_ARG(buf_str(&type)));
        buf_release(&type);
        return result;
    }
    registers[in->a] = out;
    return RUN_OK;
}

#define STOP_UNLESS_OK(call)                                                                       \
    do {                                                                                           \
        enum run_result result_ = (call);                                                          \
        if (result_ != RUN_OK) {                                                                   \
            return result_;                                                                        \
        }                                                                                          \
    } while (0)

/* Runs from pc until RETURN, or until control gets to `stop`. */
static enum run_result run(struct machine *m, const struct frame *frame, uint32_t pc, uint32_t stop,
                           struct value *out) {
    const struct instruction *code = frame->block->code;
    const struct expr *const *origin = frame->block->origin;
    struct value *r = frame->registers;
    while (pc != stop) {
        const struct instruction *in = &code[pc];
        switch ((enum instruction_code)in->code) {
        case CODE_RETURN:
            *out = r[in->b];
            return RUN_OK;
        case CODE_CONSTANT:
            r[in->a] = m->plan->constants[in->b];
            break;
        case CODE_MOVE:
            r[in->a] = r[in->b];
            pc++;
            continue;
        case CODE_OPERATOR:
            STOP_UNLESS_OK(run_operator(m, in, origin[pc], &r[in->b], &r[in->a]));
            break;
        case CODE_BINARY:
            STOP_UNLESS_OK(run_binary(m, in, origin[pc], r));
            pc++;
            continue;
        case CODE_PATH:
            STOP_UNLESS_OK(run_path(m, &m->plan->paths[in->c], &r[in->b], &r[in->a]));
            pc++;
            continue;
        case CODE_LEAVE: {
            struct value result;
            pc = decides(in->count, &r[in->b], &result) ? in->c : pc + 1;
            continue;
        }
        case CODE_PROPERTY:
            STOP_UNLESS_OK(run_property(m, in->c, &r[in->b], &r[in->a]));
            break;
        case CODE_LIST:
            if (!make_list(m, r + in->b, in->count, &r[in->a])) {
                return out_of_memory(m, origin[pc]);
            }
            break;
        case CODE_TUPLE:
            if (!make_tuple(m, &m->plan->names[in->c], r + in->b, &r[in->a])) {
                return out_of_memory(m, origin[pc]);
            }
            break;
        case CODE_INSTANCE:
            STOP_UNLESS_OK(run_instance(m, &m->plan->names[in->c], r + in->b, &r[in->a]));
            break;
        case CODE_INTERVAL:
            STOP_UNLESS_OK(make_interval(m, origin[pc], r + in->b, in->c, &r[in->a]));
            break;
        case CODE_ENDS:
            r[in->a] = in->c ? r[in->b].interval->high : r[in->b].interval->low;
            break;
        case CODE_LIKE:
            STOP_UNLESS_OK(make_interval(m, origin[pc], r + in->b,
                                         interval_flags(r[in->c].interval), &r[in->a]));
            break;
        case CODE_DEFINE:
            STOP_UNLESS_OK(run_definition(m, in->b, &r[in->a]));
            pc++;
            continue;
        case CODE_EACH:
            STOP_UNLESS_OK(eval_each(m, in->b, &r[in->a]));
            pc++;
            continue;
        case CODE_PARAMETER:
            STOP_UNLESS_OK(eval_parameter(m, in->b, &r[in->a]));
            break;
        case CODE_CALL:
            STOP_UNLESS_OK(run_block(m, m->plan->function_blocks[in->c], r + in->b, &r[in->a]));
            break;
        case CODE_RETRIEVE:
            STOP_UNLESS_OK(run_retrieve(m, in, origin[pc], &r[in->b], &r[in->a]));
            pc++;
            continue;
        case CODE_IS:
            r[in->a] = value_boolean(value_is_of_type(&r[in->b], m->plan->types[in->c]));
            break;
        case CODE_AS:
            STOP_UNLESS_OK(run_as(m, in, origin[pc], r));
            break;
        case CODE_JUMP:
            pc = in->c;
            continue;
        case CODE_BRANCH:
            pc = r[in->b].kind == VALUE_BOOLEAN && r[in->b].boolean ? pc + 1 : in->c;
            continue;
        case CODE_SKIP: {
            struct value result;
            if (!decides(in->count, &r[in->b], &result)) {
                pc++;
                continue;
            }
            if (m->tracing) {
                STOP_UNLESS_OK(run_skipped(m, frame, pc, &result));
            } else {
                r[in->a] = result;
            }
            pc = in->c;
            continue;
        }
        case CODE_CHOICE:
            break;
        case CODE_LOOP:
            cursor_open(&frame->cursors[in->a], &r[in->b], in->c != 0);
            pc++;
            continue;
        case CODE_NEXT: {
            struct cursor *cursor = &frame->cursors[in->b];
            if (cursor->next >= cursor->count) {
                pc = in->c;
                continue;
            }
            r[in->a] = cursor->items[cursor->next++];
            pc++;
            continue;
        }
        case CODE_INDEX:
            r[in->a] = value_integer((int32_t)frame->cursors[in->b].next - 1);
            break;
        case CODE_KEEP:
            if (m->tracing) {
                trace_note(m, &frame->cursors[in->a], &r[in->b]);
            }
            pc = r[in->b].kind == VALUE_BOOLEAN && r[in->b].boolean ? pc + 1 : in->c;
            continue;
        case CODE_BUILD:
            frame->builders[in->a] = (struct builder){0};
            pc++;
            continue;
        case CODE_APPEND:
            if (!builder_add(m, &frame->builders[in->a], &r[in->b])) {
                return out_of_memory(m, origin[pc]);
            }
            pc++;
            continue;
        case CODE_FINISH:
            if (!builder_finish(m, &frame->builders[in->b], &r[in->a])) {
                return out_of_memory(m, origin[pc]);
            }
            pc++;
            continue;
        case CODE_SORT:
            if (!builders_sort(m, &frame->builders[in->b], &m->plan->sorts[in->c], &r[in->a])) {
                return out_of_memory(m, origin[pc]);
            }
            pc++;
            continue;
        case CODE_QUERY:
            if (m->tracing) {
                trace_query(m, frame, in, origin[pc]);
            }
            pc++;
            continue;
        case CODE_UNSET:
            r[in->a].kind = VALUE_UNSET;
            pc++;
            continue;
        case CODE_ONCE:
            pc = r[in->a].kind == VALUE_UNSET ? pc + 1 : in->c;
            continue;
        case CODE_WINDOW:
            STOP_UNLESS_OK(run_window(m, frame, in));
            pc++;
            continue;
        case CODE_COUNT:
            assert(false);
        }
        if (m->tracing) {
            trace_instruction(m, frame, in, origin[pc]);
        }
        pc++;
    }
    *out = value_null();
    return RUN_OK;
}
