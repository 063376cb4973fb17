/* The lean form of a plan's blocks: what a run without evidence executes. It gives the same values,
 * the same errors and the same bounds on time as the full form, with fewer instructions:
 *
 *   written out    a function's code stands where it is called, while it is short enough
 *   values         a value that is there already is read where it lies, not copied or made again
 *   clean          what nobody reads is left out, chains of properties and of jumps become one step
 *
 * The full form stays as it is for traced runs, and is what plan_print shows. */
#ifndef QUELL_PLAN_LEAN_H
#define QUELL_PLAN_LEAN_H

#include "plan/compile_internal.h"

/* Fills plan->lean. */
MUST_USE enum status plan_make_lean(struct plan *plan);

/* The passes, each over the block in c->code. An instruction that is taken out stays as
 * CODE_COUNT until lean_pack. Without memory they set c->failed. */
void lean_values(struct compiler *c, uint32_t operand_count);
void lean_clean(struct compiler *c);
void lean_pack(struct compiler *c, uint32_t operand_count);

/* What the instruction has as operand `which`, whatever kind that is. */
static inline uint32_t *lean_operand(struct instruction *in, int which) {
    return which == 0 ? &in->a : which == 1 ? &in->b : &in->c;
}

/* The register it writes, or NO_BLOCK. */
uint32_t lean_out(const struct instruction *in);
/* Calls `visit` for each register that it reads. */
void lean_each_read(const struct instruction *in, void (*visit)(void *context, uint32_t reg),
                    void *context);
/* Where it may jump to, or NO_BLOCK. */
uint32_t lean_jump(const struct instruction *in);

#endif
