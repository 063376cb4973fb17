/* Makes the lean form: writes a block out with the functions that it calls, has the passes shorten
 * it, and freezes it. */
#include "plan/lean.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>

/* A function longer than this with all that it calls stays a call, and so does one that would make
 * a block longer than that: code that grows without end is not lean. */
enum { CALLEE_MAX = 400, BLOCK_MAX = 1600 };

uint32_t lean_out(const struct instruction *in) {
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    bool writes = info->operands[0] == OPERAND_OUT || info->operands[0] == OPERAND_BOTH;
    return writes ? in->a : NO_BLOCK;
}

uint32_t lean_jump(const struct instruction *in) {
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    return info->operands[2] == OPERAND_JUMP ? in->c : NO_BLOCK;
}

void lean_each_read(const struct instruction *in, void (*visit)(void *context, uint32_t reg),
                    void *context) {
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    const uint32_t operands[] = {in->a, in->b, in->c};
    for (int i = 0; i < 3; i++) {
        enum operand_kind kind = info->operands[i];
        bool reads = kind == OPERAND_IN || kind == OPERAND_BOTH ||
                     (kind == OPERAND_VALUE && !(operands[i] & CONSTANT_BIT));
        uint32_t count = kind == OPERAND_RANGE ? in->count : reads;
        for (uint32_t k = 0; k < count; k++) {
            visit(context, operands[i] + k);
        }
    }
}

/* ---- Writing out ---- */

/* For evidence alone. */
static bool is_for_trace(const struct instruction *in) {
    return in->code == CODE_QUERY || in->code == CODE_CHOICE || in->code == CODE_WINDOW;
}

static uint32_t callee_of(const struct plan *plan, const struct instruction *in) {
    return in->code == CODE_CALL ? plan->function_blocks[in->c] : NO_BLOCK;
}

/* Its length with everything written out in it that it calls. */
static uint32_t whole_size(const struct plan *plan, uint32_t block, uint32_t *sizes) {
    if (!sizes[block]) {
        const struct block *b = &plan->blocks[block];
        uint64_t size = 0;
        for (uint32_t i = 0; i < b->length; i++) {
            uint32_t callee = callee_of(plan, &b->code[i]);
            size += callee == NO_BLOCK ? 1 : b->code[i].count + whole_size(plan, callee, sizes);
        }
        sizes[block] = size < BLOCK_MAX ? (uint32_t)size : BLOCK_MAX;
    }
    return sizes[block];
}

struct writer {
    struct compiler *c;
    uint32_t *sizes;
};

static void write_block(struct writer *w, uint32_t number, struct frame_size base, uint32_t result);

/* A call: its arguments become the callee's first registers, which nobody else has. */
static void write_call(struct writer *w, const struct instruction *in, const struct expr *origin,
                       uint32_t callee, struct frame_size base) {
    struct compiler *c = w->c;
    const struct frame_size *frame = &c->plan->blocks[callee].frame;
    struct frame_size own = {new_registers(c, frame->registers), c->next.cursors,
                             new_builder(c, frame->builders)};
    for (uint32_t i = 0; i < frame->cursors; i++) {
        new_cursor(c);
    }
    for (uint32_t i = 0; i < in->count; i++) {
        emit(c, origin, CODE_MOVE, own.registers + i, base.registers + in->b + i, 0);
    }
    write_block(w, callee, own, base.registers + in->a);
}

static struct instruction moved(const struct instruction *in, struct frame_size base) {
    struct instruction out = *in;
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    for (int i = 0; i < 3; i++) {
        enum operand_kind kind = info->operands[i];
        bool reg = kind == OPERAND_OUT || kind == OPERAND_IN || kind == OPERAND_BOTH ||
                   kind == OPERAND_RANGE;
        *lean_operand(&out, i) += reg                       ? base.registers
                                  : kind == OPERAND_CURSOR  ? base.cursors
                                  : kind == OPERAND_BUILDER ? base.builders
                                                            : 0;
    }
    return out;
}

/* Writes the code of a block whose registers, cursors and builders start at `base`. A written out
 * function leaves its value in `result`; NO_BLOCK: the block itself returns it. */
static void write_block(struct writer *w, uint32_t number, struct frame_size base,
                        uint32_t result) {
    struct compiler *c = w->c;
    const struct block *b = &c->plan->blocks[number];
    uint32_t *places = mem_new((size_t)b->length + 1, sizeof *places);
    if (!places) {
        c->failed = true;
        return;
    }
    for (uint32_t i = 0; i < b->length && !c->failed; i++) {
        const struct instruction *in = &b->code[i];
        uint32_t callee = callee_of(c->plan, in);
        places[i] = here(c);
        if (callee != NO_BLOCK && w->sizes[callee] <= CALLEE_MAX &&
            here(c) + w->sizes[callee] + (b->length - i) <= BLOCK_MAX) {
            write_call(w, in, b->origin[i], callee, base);
        } else if (in->code == CODE_RETURN && result != NO_BLOCK) {
            assert(i + 1 == b->length);
            emit(c, b->origin[i], CODE_MOVE, result, base.registers + in->b, 0);
        } else if (!is_for_trace(in)) {
            struct instruction copy = moved(in, base);
            copy.code = (uint8_t)(copy.code == CODE_KEEP ? CODE_BRANCH : copy.code);
            uint32_t place = emit(c, b->origin[i], (enum instruction_code)copy.code, 0, 0, 0);
            if (!c->failed) {
                *at(c, place) = copy;
            }
        }
    }
    places[b->length] = here(c);
    for (uint32_t i = 0; i < b->length && !c->failed; i++) {
        const struct instruction *in = &b->code[i];
        if (lean_jump(in) != NO_BLOCK && !is_for_trace(in)) {
            at(c, places[i])->c = places[in->c];
        }
    }
    mem_free(places);
}

static void make_block(struct writer *w, uint32_t number) {
    struct compiler *c = w->c;
    struct block block = c->plan->blocks[number];
    c->code.count = c->origins.count = 0;
    c->next = c->most = block.frame;
    write_block(w, number, (struct frame_size){0}, NO_BLOCK);
    if (!c->failed) {
        lean_values(c, block.operand_count);
    }
    if (!c->failed) {
        lean_clean(c);
        lean_pack(c, block.operand_count);
    }
    block.length = c->code.count;
    block.frame = c->most;
    block.deepest = (struct frame_size){0};
    block.depth = 0;
    block.code = vector_freeze(c, &c->code, sizeof(struct instruction));
    block.origin = vector_freeze(c, &c->origins, sizeof(struct expr *));
    struct block *added = vector_add(c, &c->blocks, sizeof *added);
    if (added) {
        *added = block;
    }
}

/* ---- All blocks ---- */

static void keep_tables(struct compiler *c) {
    struct plan *plan = c->plan;
    plan->constant_count = c->constants.count;
    plan->constants = vector_freeze(c, &c->constants, sizeof(struct value));
    plan->path_count = c->paths.count;
    plan->paths = vector_freeze(c, &c->paths, sizeof(struct plan_path));
    plan->lean = vector_freeze(c, &c->blocks, sizeof(struct block));
}

enum status plan_make_lean(struct plan *plan) {
    struct compiler c = {.plan = plan, .program = plan->program};
    map_init(&c.known_properties);
    struct writer w = {&c, mem_new((size_t)plan->block_count + 1, sizeof *w.sizes)};
    c.failed = !w.sizes;
    for (uint32_t i = 0; i < plan->constant_count; i++) {
        add_constant(&c, &plan->constants[i]);
    }
    for (uint32_t i = 0; i < plan->block_count && !c.failed; i++) {
        whole_size(plan, i, w.sizes);
    }
    for (uint32_t i = 0; i < plan->block_count && !c.failed; i++) {
        make_block(&w, i);
    }
    if (!c.failed) {
        compiler_measure(&c);
        keep_tables(&c);
    }
    mem_free(w.sizes);
    compiler_release(&c);
    return c.failed ? STATUS_NO_MEMORY : STATUS_OK;
}
