/* Takes out what nobody reads, and makes one instruction of a chain: of properties taken one of the
 * other, and of jumps that are sure to follow one another. */
#include "plan/lean.h"

#include "base/mem.h"

struct cleaning {
    struct compiler *c;
    uint32_t *reads; /* by register: how many instructions read it */
    int change;      /* what count_read adds */
};

static bool is_out(const struct instruction *in) {
    return in->code == CODE_COUNT;
}

static void take_out(struct instruction *in) {
    in->code = CODE_COUNT;
}

/* The instruction at the place or, where it was taken out, the next that is left. */
static uint32_t live(struct compiler *c, uint32_t place) {
    while (place < here(c) && is_out(at(c, place))) {
        place++;
    }
    return place;
}

static void count_read(void *context, uint32_t reg) {
    struct cleaning *k = context;
    k->reads[reg] += (uint32_t)k->change;
}

/* ---- What nobody reads ---- */

/* It does nothing but write its register, and cannot fail. */
static bool is_mere(const struct instruction *in) {
    switch ((enum instruction_code)in->code) {
    case CODE_CONSTANT:
    case CODE_MOVE:
    case CODE_PROPERTY:
    case CODE_PATH:
    case CODE_LIST:
    case CODE_TUPLE:
    case CODE_IS:
    case CODE_ENDS:
    case CODE_INDEX:
    case CODE_UNSET:
        return true;
    case CODE_AS:
        return in->count == 0;
    default:
        return false;
    }
}

static bool drop_unread(struct cleaning *k) {
    bool any = false;
    for (uint32_t i = here(k->c); i-- > 0;) {
        struct instruction *in = at(k->c, i);
        if (is_out(in) || !is_mere(in) ||
            (k->reads[in->a] && !(in->code == CODE_MOVE && in->a == in->b))) {
            continue;
        }
        k->change = -1;
        lean_each_read(in, count_read, k);
        take_out(in);
        any = true;
    }
    return any;
}

/* ---- Paths ---- */

static bool is_step(const struct cleaning *k, const struct instruction *in) {
    return in->code == CODE_PROPERTY && !k->c->plan->properties[in->c].on_list;
}

/* The path that starts with the property at the place and ends with the one at `last`. */
static uint32_t add_path(struct compiler *c, uint32_t place, uint32_t last, uint32_t count) {
    uint32_t *properties = ARENA_ARRAY(&c->plan->arena, count, uint32_t);
    struct plan_path *path = vector_add(c, &c->paths, sizeof *path);
    if (!properties || !path) {
        c->failed = true;
        return 0;
    }
    uint32_t n = 0;
    for (uint32_t i = place; i <= last; i++) {
        if (!is_out(at(c, i))) {
            properties[n++] = at(c, i)->c;
        }
    }
    *path = (struct plan_path){count, properties};
    return c->paths.count - 1;
}

static void join_paths(struct cleaning *k, const bool *is_target) {
    struct compiler *c = k->c;
    for (uint32_t i = 0; i < here(c) && !c->failed; i++) {
        if (is_out(at(c, i)) || !is_step(k, at(c, i))) {
            continue;
        }
        uint32_t last = i, count = 1;
        for (uint32_t next = live(c, i + 1); next < here(c); next = live(c, next + 1)) {
            const struct instruction *in = at(c, next);
            uint32_t passed = at(c, last)->a;
            if (is_target[next] || !is_step(k, in) || in->b != passed || k->reads[passed] != 1) {
                break;
            }
            last = next;
            count++;
        }
        if (count > 1) {
            uint32_t path = add_path(c, i, last, count);
            struct instruction *end = at(c, last);
            *end =
                (struct instruction){.code = CODE_PATH, .a = end->a, .b = at(c, i)->b, .c = path};
            for (; i < last; i++) {
                take_out(at(c, i));
            }
        }
    }
}

/* ---- Jumps ---- */

static void mark_targets(struct compiler *c, bool *is_target) {
    memset(is_target, 0, here(c) + 1);
    for (uint32_t i = 0; i < here(c); i++) {
        uint32_t target = is_out(at(c, i)) ? NO_BLOCK : lean_jump(at(c, i));
        if (target != NO_BLOCK) {
            is_target[live(c, target)] = true;
        }
    }
}

/* Whether a jump from outside of [first, last] lands in it, behind its first place. */
static bool is_entered(struct compiler *c, uint32_t first, uint32_t last) {
    for (uint32_t i = 0; i < here(c); i++) {
        uint32_t target = is_out(at(c, i)) ? NO_BLOCK : lean_jump(at(c, i));
        target = target == NO_BLOCK ? NO_BLOCK : live(c, target);
        if (target != NO_BLOCK && target > first && target <= last && (i < first || i > last)) {
            return true;
        }
    }
    return false;
}

struct reading {
    uint32_t reg;
    bool found;
};

static void find_read(void *context, uint32_t reg) {
    struct reading *r = context;
    r->found = r->found || r->reg == reg;
}

/* Whether nobody outside of [first, last] reads the register. */
static bool is_read_only_in(struct compiler *c, uint32_t reg, uint32_t first, uint32_t last) {
    struct reading r = {.reg = reg};
    for (uint32_t i = 0; i < here(c) && !r.found; i++) {
        if (!is_out(at(c, i)) && (i < first || i > last)) {
            lean_each_read(at(c, i), find_read, &r);
        }
    }
    return !r.found;
}

/* What a value does at an instruction that tests it. */
static bool decides(enum skip_rule rule, bool value) {
    return rule == SKIP_TRUE ? value : rule == SKIP_NOT_NULL || !value;
}

/* A SKIP whose result only decides jumps that follow: x and y and z, as a condition. It goes right
 * to where these lead, if nothing but they read the results on the way. */
static bool shorten_skip(struct compiler *c, uint32_t place) {
    struct instruction *skip = at(c, place);
    enum { CHAIN_MAX = 16 };
    uint32_t passed[CHAIN_MAX], count = 0;
    bool value = skip->count != SKIP_FALSE;
    passed[count++] = skip->a;
    uint32_t target = live(c, skip->c);
    while (target > place && target < here(c) && count < CHAIN_MAX) {
        const struct instruction *in = at(c, target);
        uint32_t last = target;
        if (in->code == CODE_SKIP && in->b == passed[count - 1] && in->count != SKIP_NOT_NULL &&
            decides((enum skip_rule)in->count, value)) {
            value = in->count != SKIP_FALSE;
            passed[count++] = in->a;
            target = live(c, in->c);
            continue;
        }
        if (in->code != CODE_BRANCH || in->b != passed[count - 1]) {
            return false;
        }
        target = live(c, value ? target + 1 : in->c);
        bool only = !is_entered(c, place, last);
        for (uint32_t i = 0; i < count && only; i++) {
            only = is_read_only_in(c, passed[i], place + 1, last);
        }
        if (only) {
            *skip = (struct instruction){
                .code = CODE_LEAVE, .count = skip->count, .b = skip->b, .c = target};
        }
        return only;
    }
    return false;
}

/* Where a jump to the place ends up. */
static uint32_t landing(struct compiler *c, uint32_t place) {
    uint32_t target = live(c, place);
    for (int i = 0; i < 16 && target < here(c) && at(c, target)->code == CODE_JUMP; i++) {
        target = live(c, at(c, target)->c);
    }
    return target;
}

static void shorten_jumps(struct compiler *c) {
    for (uint32_t i = here(c); i-- > 0;) {
        if (at(c, i)->code == CODE_SKIP && at(c, i)->count != SKIP_NOT_NULL) {
            shorten_skip(c, i);
        }
    }
    for (uint32_t i = 0; i < here(c); i++) {
        struct instruction *in = at(c, i);
        if (!is_out(in) && lean_jump(in) != NO_BLOCK) {
            in->c = landing(c, in->c);
        }
    }
    for (uint32_t i = 0; i < here(c); i++) {
        if (at(c, i)->code == CODE_JUMP && live(c, i + 1) == at(c, i)->c) {
            take_out(at(c, i));
        }
    }
}

void lean_clean(struct compiler *c) {
    struct cleaning k = {.c = c, .change = 1};
    bool *is_target = mem_new((size_t)here(c) + 1, sizeof *is_target);
    k.reads = mem_new((size_t)c->most.registers + 1, sizeof *k.reads);
    if (!is_target || !k.reads) {
        c->failed = true;
    } else {
        for (uint32_t i = 0; i < here(c); i++) {
            if (!is_out(at(c, i))) {
                lean_each_read(at(c, i), count_read, &k);
            }
        }
        while (drop_unread(&k)) {}
        mark_targets(c, is_target);
        join_paths(&k, is_target);
        if (!c->failed) {
            shorten_jumps(c);
        }
    }
    mem_free(is_target);
    mem_free(k.reads);
}

/* ---- Closing ranks ---- */

/* What control can get to; `todo` has room for every place. */
static void reach(struct compiler *c, bool *reached, uint32_t *todo) {
    uint32_t count = 0;
    todo[count++] = live(c, 0);
    reached[todo[0]] = true;
    while (count > 0) {
        uint32_t place = todo[--count];
        const struct instruction *in = at(c, place);
        const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
        uint32_t ways[] = {lean_jump(in) == NO_BLOCK ? NO_BLOCK : live(c, in->c),
                           info->flow == FLOW_NEXT || info->flow == FLOW_MAYBE ? live(c, place + 1)
                                                                               : NO_BLOCK};
        for (int i = 0; i < 2; i++) {
            if (ways[i] < here(c) && !reached[ways[i]]) {
                reached[ways[i]] = true;
                todo[count++] = ways[i];
            }
        }
    }
}

struct packing {
    uint32_t *registers; /* 1 where used, then the new number */
};

static void use(void *context, uint32_t reg) {
    ((struct packing *)context)->registers[reg] = 1;
}

/* The registers that are used move together and keep their order, and so do those of a range. */
static uint32_t number_registers(struct compiler *c, struct packing *p, uint32_t operand_count) {
    for (uint32_t i = 0; i < here(c); i++) {
        if (!is_out(at(c, i))) {
            lean_each_read(at(c, i), use, p);
            uint32_t out = lean_out(at(c, i));
            if (out != NO_BLOCK) {
                p->registers[out] = 1;
            }
        }
    }
    uint32_t count = 0;
    for (uint32_t r = 0; r < c->most.registers; r++) {
        bool is_used = p->registers[r] || r < operand_count;
        p->registers[r] = count;
        count += is_used;
    }
    return count;
}

static void renumber(struct instruction *in, const struct packing *p) {
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    for (int i = 0; i < 3; i++) {
        enum operand_kind kind = info->operands[i];
        uint32_t *operand = lean_operand(in, i);
        bool reg = kind == OPERAND_OUT || kind == OPERAND_IN || kind == OPERAND_BOTH ||
                   (kind == OPERAND_RANGE && in->count) ||
                   (kind == OPERAND_VALUE && !(*operand & CONSTANT_BIT));
        *operand = reg ? p->registers[*operand] : kind == OPERAND_RANGE ? 0 : *operand;
    }
}

/* Moves what is left to the front; `places` becomes the new place of each. */
static void close_ranks(struct compiler *c, uint32_t *places) {
    uint32_t count = 0;
    const struct expr **origins = (const struct expr **)(void *)c->origins.at;
    for (uint32_t i = 0; i < here(c); i++) {
        places[i] = count;
        count += !is_out(at(c, i));
    }
    for (uint32_t i = 0; i < here(c); i++) {
        struct instruction *in = at(c, i);
        if (!is_out(in)) {
            in->c = lean_jump(in) == NO_BLOCK ? in->c : places[in->c];
            origins[places[i]] = origins[i];
            *at(c, places[i]) = *in;
        }
    }
    c->code.count = c->origins.count = count;
}

void lean_pack(struct compiler *c, uint32_t operand_count) {
    uint32_t count = here(c);
    bool *reached = mem_new((size_t)count + 1, sizeof *reached);
    uint32_t *places = mem_new((size_t)count + 1, sizeof *places);
    struct packing p = {mem_new((size_t)c->most.registers + 1, sizeof *p.registers)};
    if (c->failed || !reached || !places || !p.registers) {
        c->failed = true;
    } else {
        reach(c, reached, places);
        for (uint32_t i = 0; i < count; i++) {
            if (!reached[i]) {
                take_out(at(c, i));
            }
        }
        c->most.registers = number_registers(c, &p, operand_count);
        for (uint32_t i = 0; i < count; i++) {
            if (!is_out(at(c, i))) {
                renumber(at(c, i), &p);
            }
        }
        close_ranks(c, places);
    }
    mem_free(reached);
    mem_free(places);
    mem_free(p.registers);
}
