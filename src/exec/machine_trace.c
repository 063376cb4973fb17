#include "exec/machine_internal.h"

#include "base/mem.h"

/* An element lies in one row, whatever hands it on. */
static const struct row *row_of(const struct machine *m, const struct value *value) {
    return value->kind == VALUE_ELEMENT && value->trace ? m->steps[value->trace].row : NULL;
}

struct step *trace_step(struct machine *m, enum step_kind kind, const struct expr *expr,
                        struct value *value, const uint32_t *from, uint32_t from_count) {
    if (m->trace.count >= m->step_capacity) {
        uint32_t capacity = m->step_capacity ? m->step_capacity * 2 : 1024;
        struct step *grown =
            capacity > m->step_capacity ? mem_resize(m->steps, capacity, sizeof *grown) : NULL;
        if (!grown) {
            value->trace = 0;
            return NULL;
        }
        m->steps = grown;
        m->step_capacity = capacity;
        m->steps[0] = (struct step){.kind = STEP_OTHER};
    }
    const struct row *row = row_of(m, value);
    uint32_t *copy = from_count ? ARENA_ARRAY(&m->arena, from_count, uint32_t) : NULL;
    if (copy) {
        memcpy(copy, from, from_count * sizeof *copy);
    }
    value->trace = m->trace.count++;
    m->steps[value->trace] = (struct step){
        .kind = (uint8_t)kind,
        .reason = (uint8_t)NULL_NOT_SAID,
        .from_count = copy ? (uint16_t)(from_count > UINT16_MAX ? UINT16_MAX : from_count) : 0,
        .from = copy,
        .value = *value,
        .expr = expr,
        .definition = m->definition,
        .row = row};
    m->trace.steps = m->steps;
    return &m->steps[value->trace];
}

static void trace_operator(struct machine *m, const struct frame *frame,
                           const struct instruction *in, const struct expr *origin,
                           const uint32_t *from) {
    struct value *out = &frame->registers[in->a];
    struct step *step = trace_step(m, STEP_OPERATOR, origin, out, from, in->count);
    if (step) {
        step->op = (enum op_id)in->c;
        step->reason = (uint8_t)m->cx.reason;
    }
}

static void trace_property(struct machine *m, const struct expr *origin, const struct value *of,
                           struct value *out) {
    uint32_t from = of->trace;
    const struct row *row = row_of(m, of);
    struct step *step = trace_step(m, STEP_PROPERTY, origin, out, &from, 1);
    if (step) {
        step->row = row;
    }
}

enum { ARGUMENTS_KEPT = 256 };

void trace_instruction(struct machine *m, const struct frame *frame, const struct instruction *in,
                       const struct expr *origin) {
    const struct value *r = frame->registers;
    uint32_t from[ARGUMENTS_KEPT];
    uint32_t count = in->count < ARGUMENTS_KEPT ? in->count : ARGUMENTS_KEPT;
    for (uint32_t i = 0; i < count; i++) {
        from[i] = 0;
    }
    struct value *out = &frame->registers[in->a];
    switch ((enum instruction_code)in->code) {
    case CODE_CONSTANT:
    case CODE_PARAMETER:
    case CODE_INDEX:
        trace_step(m, STEP_CONSTANT, origin, out, NULL, 0);
        return;
    case CODE_OPERATOR:
    case CODE_LIST:
    case CODE_TUPLE:
    case CODE_INSTANCE:
    case CODE_INTERVAL:
    case CODE_LIKE:
        for (uint32_t i = 0; i < count; i++) {
            from[i] = in->b + i == in->a ? 0 : r[in->b + i].trace;
        }
        if (in->code == CODE_OPERATOR) {
            trace_operator(m, frame, in, origin, from);
        } else {
            trace_step(m, STEP_OTHER, origin, out, from, count);
        }
        return;
    case CODE_PROPERTY:
        trace_property(m, origin, &r[in->b], out);
        return;
    case CODE_CALL:
        from[0] = out->trace;
        trace_step(m, STEP_CALL, origin, out, from, 1);
        return;
    case CODE_CHOICE:
        from[0] = r[in->b].trace;
        from[1] = out->trace;
        trace_step(m, STEP_CHOICE, origin, out, from, 2);
        return;
    case CODE_IS:
    case CODE_AS:
    case CODE_ENDS:
        from[0] = r[in->b].trace;
        trace_step(m, STEP_OTHER, origin, out, from, 1);
        return;
    default:
        return;
    }
}

void trace_retrieve(struct machine *m, const struct expr *origin, struct value *out) {
    uint32_t count = out->list->count;
    uint32_t *from = ARENA_ARRAY(&m->arena, count, uint32_t);
    for (uint32_t i = 0; from && i < count; i++) {
        from[i] = out->list->items[i].trace;
    }
    trace_step(m, STEP_RETRIEVE, origin, out, from, from ? count : 0);
}

void trace_note(struct machine *m, struct cursor *cursor, const struct value *condition) {
    if (cursor->note_count == cursor->note_capacity) {
        uint32_t capacity = cursor->note_capacity ? cursor->note_capacity * 2 : 8;
        uint32_t *grown = ARENA_ARRAY(&m->arena, capacity, uint32_t);
        if (!grown) {
            return;
        }
        if (cursor->note_count > 0) {
            memcpy(grown, cursor->notes, cursor->note_count * sizeof *grown);
        }
        cursor->notes = grown;
        cursor->note_capacity = capacity;
    }
    cursor->notes[cursor->note_count++] = condition->trace;
}

void trace_query(struct machine *m, const struct frame *frame, const struct instruction *in,
                 const struct expr *origin) {
    const struct cursor *cursor = &frame->cursors[in->c];
    uint32_t count = 2 + cursor->note_count;
    uint32_t *from = ARENA_ARRAY(&m->arena, count, uint32_t);
    if (!from) {
        return;
    }
    from[0] = frame->registers[in->b].trace;
    from[1] = frame->registers[in->b + 1].trace;
    for (uint32_t i = 0; i < cursor->note_count; i++) {
        from[2 + i] = cursor->notes[i];
    }
    trace_step(m, STEP_QUERY, origin, &frame->registers[in->a], from, count);
}
