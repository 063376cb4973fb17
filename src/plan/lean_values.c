/* Which registers hold the same value, by numbering values: a copy gets the number of what it is a
 * copy of, and so does what would be computed again from the same. What is read is then read from
 * the register that had the value first, while that still holds it.
 *
 * The numbers that hold at a place are those that all ways there agree on; a register on which they
 * differ gets a new number. At the head of a loop that is every register the loop writes. Code is
 * structured, so that one pass in the order of places sees each way forward before the place
 * itself.
 */
#include "plan/lean.h"

#include "base/mem.h"

#define UNKNOWN 0 /* the number of what a register holds that is not set on every way */

struct number {
    uint32_t holder;   /* the register that had the value first */
    uint32_t constant; /* index + 1 of the constant that it is, or 0 */
};

/* A computation whose value has a number: code, precision and operands decide it. */
struct computed {
    uint32_t number; /* 0: free */
    uint32_t what;   /* code, and of operators the precision and the operator */
    uint32_t x, y;   /* numbers of values; of a property the property's */
};

struct numbering {
    struct compiler *c;
    uint32_t registers;
    struct vector numbers; /* struct number */
    uint32_t *now;         /* by register: the number of its value */
    uint32_t **before;     /* by place: the numbers that jumps bring there, or NULL */
    uint32_t *loop_ends;   /* by place: the last jump back to it, or 0 */
    struct computed *computed;
    uint32_t mask;
    uint32_t *constants; /* by constant: its number, or 0 */
    uint32_t constant_count;
};

static uint32_t new_number(struct numbering *n, uint32_t holder) {
    struct number *added = vector_add(n->c, &n->numbers, sizeof *added);
    if (!added) {
        return UNKNOWN;
    }
    added->holder = holder;
    return n->numbers.count - 1;
}

static struct number *number_at(const struct numbering *n, uint32_t number) {
    return (struct number *)(void *)n->numbers.at + number;
}

/* The register that had the value of `reg` first and still holds it. */
static uint32_t holder_of(const struct numbering *n, uint32_t reg) {
    uint32_t number = n->now[reg];
    uint32_t holder = number == UNKNOWN ? reg : number_at(n, number)->holder;
    return n->now[holder] == number ? holder : reg;
}

static void set(struct numbering *n, uint32_t reg, uint32_t number) {
    n->now[reg] = number;
    if (number != UNKNOWN && n->now[number_at(n, number)->holder] != number) {
        number_at(n, number)->holder = reg;
    }
}

static uint32_t constant_number(struct numbering *n, uint32_t constant, uint32_t reg) {
    if (constant >= n->constant_count) { /* made by this pass */
        uint32_t number = new_number(n, reg);
        number_at(n, number)->constant = number == UNKNOWN ? 0 : constant + 1;
        return number;
    }
    if (!n->constants[constant]) {
        n->constants[constant] = new_number(n, reg);
        number_at(n, n->constants[constant])->constant =
            n->constants[constant] == UNKNOWN ? 0 : constant + 1;
    }
    return n->constants[constant];
}

/* ---- Ways that meet ---- */

/* The numbers now are brought to a place further on. */
static void bring(struct numbering *n, uint32_t place) {
    uint32_t *there = n->before[place];
    if (!there) {
        there = n->before[place] = mem_new(n->registers, sizeof *there);
        if (there) {
            memcpy(there, n->now, n->registers * sizeof *there);
        } else {
            n->c->failed = true;
        }
        return;
    }
    for (uint32_t r = 0; r < n->registers; r++) {
        if (there[r] != n->now[r]) {
            there[r] = there[r] == UNKNOWN || n->now[r] == UNKNOWN ? UNKNOWN : new_number(n, r);
        }
    }
}

static void take(struct numbering *n, uint32_t place, bool falls) {
    if (n->before[place]) {
        if (falls) {
            bring(n, place);
        }
        memcpy(n->now, n->before[place], n->registers * sizeof *n->now);
        mem_free(n->before[place]);
        n->before[place] = NULL;
    }
}

static void enter_loop(struct numbering *n, uint32_t head) {
    for (uint32_t i = head; i <= n->loop_ends[head]; i++) {
        uint32_t out = lean_out(at(n->c, i));
        if (out != NO_BLOCK) {
            n->now[out] = new_number(n, out);
        }
    }
}

/* ---- One instruction ---- */

static uint32_t hash(const struct computed *k) {
    uint64_t h = (uint64_t)k->what * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ k->x) * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ k->y) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h >> 32);
}

/* Gives `reg` the number of what the key says; true when a register has it already. */
static bool compute(struct numbering *n, struct computed key, uint32_t reg) {
    if (key.x == UNKNOWN || key.y == UNKNOWN) {
        n->now[reg] = new_number(n, reg);
        return false;
    }
    uint32_t slot = hash(&key) & n->mask;
    for (; n->computed[slot].number; slot = (slot + 1) & n->mask) {
        const struct computed *k = &n->computed[slot];
        if (k->what == key.what && k->x == key.x && k->y == key.y) {
            bool is_held = n->now[number_at(n, k->number)->holder] == k->number;
            set(n, reg, k->number);
            return is_held;
        }
    }
    key.number = n->now[reg] = new_number(n, reg);
    n->computed[slot] = key;
    return false;
}

static void become_move(struct numbering *n, struct instruction *in) {
    *in = (struct instruction){.code = CODE_MOVE, .a = in->a, .b = holder_of(n, in->a)};
}

/* The operand of a BINARY for what `reg` holds. */
static uint32_t value_operand(const struct numbering *n, uint32_t reg) {
    uint32_t number = n->now[reg];
    uint32_t constant = number == UNKNOWN ? 0 : number_at(n, number)->constant;
    return constant ? (constant - 1) | CONSTANT_BIT : holder_of(n, reg);
}

/* Message has an effect; everything else says the same of the same. */
static void number_operator(struct numbering *n, struct instruction *in) {
    uint32_t op = in->c, first = in->b, count = in->count, out = in->a;
    uint32_t x = count ? n->now[first] : 1, y = count == 2 ? n->now[first + 1] : 1;
    if (count == 1) {
        in->b = holder_of(n, first);
    } else if (count == 2 && op <= UINT16_MAX) {
        *in = (struct instruction){.code = CODE_BINARY,
                                   .precision = in->precision,
                                   .count = (uint16_t)op,
                                   .a = out,
                                   .b = value_operand(n, first),
                                   .c = value_operand(n, first + 1)};
    }
    bool alone = count > 2 || op == OP_MESSAGE;
    struct computed key = {.what =
                               (uint32_t)CODE_OPERATOR | (uint32_t)in->precision << 8 | op << 12,
                           .x = alone ? UNKNOWN : x,
                           .y = y};
    if (compute(n, key, out)) {
        become_move(n, in);
    }
}

/* A list of constants is a constant. */
static bool list_of_constants(struct numbering *n, struct instruction *in) {
    struct compiler *c = n->c;
    struct list *list = ARENA_NEW(&c->plan->arena, struct list);
    struct value *items = ARENA_ARRAY(&c->plan->arena, in->count, struct value);
    if (!list || !items) {
        c->failed = true;
        return false;
    }
    for (uint32_t i = 0; i < in->count; i++) {
        uint32_t number = n->now[in->b + i];
        uint32_t constant = number == UNKNOWN ? 0 : number_at(n, number)->constant;
        if (!constant) {
            return false;
        }
        items[i] = ((struct value *)(void *)c->constants.at)[constant - 1];
    }
    *list = (struct list){in->count, items};
    struct value value = {.kind = VALUE_LIST, .list = list};
    uint32_t constant = add_constant(c, &value);
    *in = (struct instruction){.code = CODE_CONSTANT, .a = in->a, .b = constant};
    return !c->failed;
}

static void number_value(struct numbering *n, struct instruction *in) {
    switch ((enum instruction_code)in->code) {
    case CODE_CONSTANT:
        set(n, in->a, constant_number(n, in->b, in->a));
        return;
    case CODE_MOVE:
        set(n, in->a, n->now[in->b]);
        return;
    case CODE_OPERATOR:
        number_operator(n, in);
        return;
    case CODE_LIST:
        if (list_of_constants(n, in)) {
            number_value(n, in);
        } else {
            n->now[in->a] = new_number(n, in->a);
        }
        return;
    case CODE_PROPERTY:
    case CODE_PARAMETER:
    case CODE_DEFINE: {
        bool property = in->code == CODE_PROPERTY;
        struct computed key = {.what = in->code,
                               .x = property ? n->now[in->b] : in->b + 1,
                               .y = property ? in->c + 1 : 1};
        if (compute(n, key, in->a)) {
            become_move(n, in);
        }
        return;
    }
    default: {
        uint32_t out = lean_out(in);
        if (out != NO_BLOCK && in->code != CODE_ONCE) {
            n->now[out] = new_number(n, out);
        }
    }
    }
}

/* Reads from the register that had the value first; the registers of a range are where they are. */
static void redirect(struct numbering *n, struct instruction *in) {
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    for (int i = 0; i < 3; i++) {
        if (info->operands[i] == OPERAND_IN) {
            uint32_t *operand = lean_operand(in, i);
            *operand = holder_of(n, *operand);
        }
    }
}

/* The numbers on the way of the jump: what a SKIP sets it sets there, and NEXT sets nothing. */
static void number_jump(struct numbering *n, uint32_t place, struct instruction *in) {
    if (in->c <= place) {
        return; /* back to a loop's head, which expects anything */
    }
    const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
    uint32_t out = info->operands[0] == OPERAND_OUT && info->sets == SETS_JUMP ? in->a : NO_BLOCK;
    uint32_t held = out == NO_BLOCK ? 0 : n->now[out];
    if (out != NO_BLOCK) {
        n->now[out] = new_number(n, out);
    }
    bring(n, in->c);
    if (out != NO_BLOCK) {
        n->now[out] = held;
    }
}

static void number_all(struct numbering *n, uint32_t count) {
    bool falls = true;
    for (uint32_t i = 0; i < count && !n->c->failed; i++) {
        struct instruction *in = at(n->c, i);
        const struct instruction_info *info = instruction_info((enum instruction_code)in->code);
        if (!falls && !n->before[i]) {
            in->code = CODE_COUNT; /* no way leads here */
            continue;
        }
        take(n, i, falls);
        if (n->loop_ends[i]) {
            enter_loop(n, i);
        }
        redirect(n, in);
        if (lean_jump(in) != NO_BLOCK) {
            number_jump(n, i, in);
        }
        if (info->sets != SETS_JUMP && !n->c->failed) {
            number_value(n, in);
        }
        falls = info->flow == FLOW_NEXT || info->flow == FLOW_MAYBE;
    }
}

static void note_loops(struct numbering *n, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t target = lean_jump(at(n->c, i));
        if (target != NO_BLOCK && target <= i) {
            n->loop_ends[target] = i;
        }
    }
}

void lean_values(struct compiler *c, uint32_t operand_count) {
    uint32_t count = here(c), room = 64;
    while (room < 2 * count) {
        room *= 2;
    }
    struct numbering n = {.c = c, .registers = c->most.registers + 1, .mask = room - 1};
    n.constant_count = c->constants.count;
    n.now = mem_new(n.registers, sizeof *n.now);
    n.before = mem_new((size_t)count + 1, sizeof *n.before);
    n.loop_ends = mem_new((size_t)count + 1, sizeof *n.loop_ends);
    n.computed = mem_new(room, sizeof *n.computed);
    n.constants = mem_new((size_t)n.constant_count + 1, sizeof *n.constants);
    c->failed = c->failed || !n.now || !n.before || !n.loop_ends || !n.computed || !n.constants;
    vector_add(c, &n.numbers, sizeof(struct number)); /* UNKNOWN */
    vector_add(c, &n.numbers, sizeof(struct number)); /* 1: no operand */
    for (uint32_t i = 0; i < operand_count && !c->failed; i++) {
        n.now[i] = new_number(&n, i);
    }
    if (!c->failed) {
        note_loops(&n, count);
        number_all(&n, count);
    }
    for (uint32_t i = 0; n.before && i < count; i++) {
        mem_free(n.before[i]);
    }
    mem_free(n.numbers.at);
    mem_free(n.now);
    mem_free(n.before);
    mem_free(n.loop_ends);
    mem_free(n.computed);
    mem_free(n.constants);
}
