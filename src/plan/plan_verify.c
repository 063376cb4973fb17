/* Proves of each block that every register is set before it is read, that jumps land in the block,
 * and that every index is inside its table. */
#include "plan/code.h"

#include "base/mem.h"

struct verifier {
    const struct plan *plan;
    const struct block *block;
    uint64_t *set; /* per instruction, a bit per register: surely set when control gets there */
    bool *reached;
    uint32_t words;
    struct buf *why;
};

static bool complain(struct verifier *v, uint32_t place, const char *what, uint32_t operand) {
    const struct block *b = v->block;
    struct str name = b->definition ? b->definition->name
                      : b->function ? b->function->name
                                    : b->parameter->name;
    buf_add_format(v->why, "\"%.*s\", instruction %u (%s): %s %u\n", STR_ARG(name), place,
                   instruction_info((enum instruction_code)b->code[place].code)->name, what,
                   operand);
    return false;
}

static uint32_t table_size(const struct verifier *v, enum operand_kind kind) {
    const struct plan *plan = v->plan;
    switch (kind) {
    case OPERAND_CURSOR:
        return v->block->frame.cursors;
    case OPERAND_BUILDER:
        return v->block->frame.builders;
    case OPERAND_JUMP:
        return v->block->length;
    case OPERAND_CONSTANT:
        return plan->constant_count;
    case OPERAND_OPERATOR:
        return OP_ID_COUNT;
    case OPERAND_PROPERTY:
        return plan->property_count;
    case OPERAND_NAMES:
        return plan->names_count;
    case OPERAND_DEFINITION:
        return plan->program->definition_count;
    case OPERAND_PARAMETER:
        return plan->program->parameter_count;
    case OPERAND_FUNCTION:
        return plan->program->function_count;
    case OPERAND_RETRIEVE:
        return plan->retrieve_count;
    case OPERAND_TYPE:
        return plan->type_count;
    case OPERAND_SORT:
        return plan->sort_count;
    case OPERAND_PATH:
        return plan->path_count;
    case OPERAND_OUT:
    case OPERAND_IN:
    case OPERAND_BOTH:
    case OPERAND_RANGE:
        return v->block->frame.registers;
    default:
        return UINT32_MAX;
    }
}

static bool is_set(const uint64_t *set, uint32_t reg) {
    return (set[reg / 64] >> (reg % 64)) & 1;
}

static bool check_reads(struct verifier *v, uint32_t place, enum operand_kind kind,
                        uint32_t operand, uint32_t count) {
    if (kind == OPERAND_RANGE && count == 0) {
        return true;
    }
    bool constant = kind == OPERAND_VALUE && (operand & CONSTANT_BIT);
    operand &= constant ? ~CONSTANT_BIT : UINT32_MAX;
    kind = constant ? OPERAND_CONSTANT : kind == OPERAND_VALUE ? OPERAND_IN : kind;
    uint32_t size = table_size(v, kind);
    if (operand >= size || (kind == OPERAND_RANGE && count > size - operand)) {
        return complain(v, place, "an operand is out of its table:", operand);
    }
    uint32_t reads = kind == OPERAND_IN || kind == OPERAND_BOTH ? 1
                     : kind == OPERAND_RANGE                    ? count
                                                                : 0;
    const uint64_t *set = v->set + (size_t)place * v->words;
    for (uint32_t i = 0; i < reads; i++) {
        if (!is_set(set, operand + i)) {
            return complain(v, place, "reads a register that may not be set:", operand + i);
        }
    }
    return true;
}

/* What is set at `place` flows to `target`, with `out` (or UINT32_MAX) set too: what is surely set
 * there is what all ways agree on. Gives whether that changed. */
static bool flow(struct verifier *v, uint32_t place, uint32_t target, uint32_t out) {
    const uint64_t *from = v->set + (size_t)place * v->words;
    uint64_t *to = v->set + (size_t)target * v->words;
    bool changed = !v->reached[target];
    for (uint32_t i = 0; i < v->words; i++) {
        uint64_t word = from[i];
        if (out != UINT32_MAX && out / 64 == i) {
            word |= UINT64_C(1) << (out % 64);
        }
        uint64_t both = v->reached[target] ? to[i] & word : word;
        changed = changed || both != to[i];
        to[i] = both;
    }
    v->reached[target] = true;
    return changed;
}

/* One instruction: its operands, and what it passes on. */
static bool step(struct verifier *v, uint32_t place, bool *changed) {
    const struct instruction *in = &v->block->code[place];
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    const uint32_t operands[] = {in->a, in->b, in->c};
    uint32_t out = UINT32_MAX;
    uint32_t jump = UINT32_MAX;
    for (int i = 0; i < 3; i++) {
        enum operand_kind kind = info->operands[i];
        if (!check_reads(v, place, kind, operands[i], in->count)) {
            return false;
        }
        if (kind == OPERAND_OUT) {
            out = operands[i];
        } else if (kind == OPERAND_JUMP) {
            jump = operands[i];
        }
    }
    if (info->flow == FLOW_JUMP || info->flow == FLOW_MAYBE) {
        uint32_t sets = info->sets == SETS_FALL ? UINT32_MAX : out;
        *changed = flow(v, place, jump, sets) || *changed;
    }
    if (info->flow == FLOW_NEXT || info->flow == FLOW_MAYBE) {
        if (place + 1 >= v->block->length) {
            return complain(v, place, "runs past the end of the block:", place + 1);
        }
        uint32_t sets = info->sets == SETS_JUMP ? UINT32_MAX : out;
        *changed = flow(v, place, place + 1, sets) || *changed;
    }
    return true;
}

static bool verify_block(struct verifier *v) {
    const struct block *b = v->block;
    v->words = b->frame.registers / 64 + 1;
    v->set = mem_new(b->length, v->words * sizeof *v->set);
    v->reached = mem_new(b->length, sizeof *v->reached);
    bool good = v->set && v->reached && b->length > 0;
    if (!good) {
        buf_add_cstr(v->why, "a block is empty, or memory ended\n");
    } else {
        v->reached[0] = true;
        for (uint32_t i = 0; i < b->operand_count; i++) {
            v->set[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
    for (bool changed = good; changed && good;) {
        changed = false;
        for (uint32_t i = 0; i < b->length && good; i++) {
            good = !v->reached[i] || step(v, i, &changed);
        }
    }
    mem_free(v->set);
    mem_free(v->reached);
    return good;
}

bool plan_verify(const struct plan *plan, struct buf *why) {
    bool good = true;
    for (uint32_t i = 0; i < plan->block_count; i++) {
        struct verifier v = {.plan = plan, .block = &plan->blocks[i], .why = why};
        good = verify_block(&v) && good;
        if (plan->lean) {
            v.block = &plan->lean[i];
            good = verify_block(&v) && good;
        }
    }
    return good;
}
