/* The search behind "what to ask next": can this formula become true, or false, once some data are
 * answered? Atoms that are free are tried in order, the favourable answer first, and a branch ends
 * as soon as Kleene's logic decides it. An atom that occurs with one sign only, and shares its
 * number with no other, has one answer worth trying; so formulas without contradictions, which is
 * nearly all of them, take one pass. */
#include "course/course_eligibility.h"

/* Answers tried in one search before it gives up and says "cannot": a limit against formulas whose
 * parts contradict each other in many ways. */
enum { TRIES_MAX = 1 << 10 };

enum { MAY_BE_FALSE = 1, MAY_BE_TRUE = 2, MAY_BE_UNKNOWN = 4 };

enum { SIGN_POSITIVE = 1, SIGN_NEGATIVE = 2 };

struct search {
    const struct formula *formula;
    enum logic wanted;
    uint32_t node_count; /* that the whole rests on, kids first */
    uint32_t *nodes;
    uint8_t *values;     /* by node */
    uint8_t *may_be;     /* by node: what free atoms that were not answered yet leave open */
    uint8_t *is_free;    /* by atom */
    uint8_t *signs;      /* by node */
    uint8_t *atom_signs; /* by atom: how it occurs */
    uint8_t *answers;    /* by atom: enum logic */
    uint32_t *free_atoms;
    uint32_t free_count;
    uint32_t tries;
};

static enum logic node_value(const struct search *s, const struct formula_node *node) {
    switch ((enum formula_kind)node->kind) {
    case FORMULA_CONSTANT:
        return (enum logic)node->value;
    case FORMULA_ATOM:
        return (enum logic)s->answers[node->atom];
    case FORMULA_NOT: {
        enum logic v = (enum logic)s->values[node->kids[0]];
        return v == LOGIC_UNKNOWN ? v : v == LOGIC_TRUE ? LOGIC_FALSE : LOGIC_TRUE;
    }
    case FORMULA_AND:
    case FORMULA_OR: {
        enum logic decides = node->kind == FORMULA_AND ? LOGIC_FALSE : LOGIC_TRUE;
        enum logic value = node->kind == FORMULA_AND ? LOGIC_TRUE : LOGIC_FALSE;
        for (uint16_t i = 0; i < node->count; i++) {
            enum logic v = (enum logic)s->values[node->kids[i]];
            if (v == decides) {
                return decides;
            }
            value = v == LOGIC_UNKNOWN ? v : value;
        }
        return value;
    }
    case FORMULA_XOR: {
        enum logic a = (enum logic)s->values[node->kids[0]];
        enum logic b = (enum logic)s->values[node->kids[1]];
        return a == LOGIC_UNKNOWN || b == LOGIC_UNKNOWN ? LOGIC_UNKNOWN
               : a != b                                 ? LOGIC_TRUE
                                                        : LOGIC_FALSE;
    }
    case FORMULA_FIRST:
        for (uint16_t i = 0; i < node->count; i++) {
            if (s->values[node->kids[i]] != LOGIC_UNKNOWN) {
                return (enum logic)s->values[node->kids[i]];
            }
        }
        return LOGIC_UNKNOWN;
    }
    return LOGIC_UNKNOWN;
}

static uint8_t may_be_atom(const struct search *s, uint32_t atom) {
    static const uint8_t known[] = {MAY_BE_FALSE, MAY_BE_TRUE, MAY_BE_UNKNOWN};
    bool is_open = s->answers[atom] == LOGIC_UNKNOWN && s->is_free[atom];
    return is_open ? MAY_BE_FALSE | MAY_BE_TRUE : known[s->answers[atom]];
}

/* What a node may come out as, its kids taken as if they had nothing to do with each other: what
 * this leaves out is impossible. */
static uint8_t node_may_be(const struct search *s, const struct formula_node *node) {
    static const uint8_t known[] = {MAY_BE_FALSE, MAY_BE_TRUE, MAY_BE_UNKNOWN};
    uint8_t any = 0;
    uint8_t all = MAY_BE_FALSE | MAY_BE_TRUE | MAY_BE_UNKNOWN;
    for (uint16_t i = 0; i < node->count; i++) {
        any |= s->may_be[node->kids[i]];
        all &= s->may_be[node->kids[i]];
    }
    switch ((enum formula_kind)node->kind) {
    case FORMULA_CONSTANT:
        return known[node->value];
    case FORMULA_ATOM:
        return may_be_atom(s, node->atom);
    case FORMULA_NOT:
        return (uint8_t)((any & MAY_BE_FALSE ? MAY_BE_TRUE : 0) |
                         (any & MAY_BE_TRUE ? MAY_BE_FALSE : 0) | (any & MAY_BE_UNKNOWN));
    case FORMULA_AND:
        return (uint8_t)((any & (MAY_BE_FALSE | MAY_BE_UNKNOWN)) | (all & MAY_BE_TRUE));
    case FORMULA_OR:
        return (uint8_t)((any & (MAY_BE_TRUE | MAY_BE_UNKNOWN)) | (all & MAY_BE_FALSE));
    case FORMULA_XOR:
    case FORMULA_FIRST:
        break;
    }
    return node->kind == FORMULA_FIRST ? any : MAY_BE_FALSE | MAY_BE_TRUE | MAY_BE_UNKNOWN;
}

static bool may_become(struct search *s, enum logic wanted) {
    uint32_t last = 0;
    for (uint32_t i = 0; i < s->node_count; i++) {
        last = s->nodes[i];
        s->may_be[last] = node_may_be(s, &s->formula->nodes[last]);
    }
    return s->node_count && (s->may_be[last] & (wanted == LOGIC_TRUE ? MAY_BE_TRUE : MAY_BE_FALSE));
}

static enum logic formula_value(struct search *s) {
    enum logic value = LOGIC_UNKNOWN;
    for (uint32_t i = 0; i < s->node_count; i++) {
        value = node_value(s, &s->formula->nodes[s->nodes[i]]);
        s->values[s->nodes[i]] = (uint8_t)value;
    }
    return value;
}

static uint8_t flipped(uint8_t signs) {
    return (uint8_t)((signs & SIGN_POSITIVE ? SIGN_NEGATIVE : 0) |
                     (signs & SIGN_NEGATIVE ? SIGN_POSITIVE : 0));
}

/* With which sign each atom occurs, from the root down. */
static void find_signs(struct search *s) {
    const struct formula *f = s->formula;
    if (!f->node_count) {
        return;
    }
    s->signs[f->node_count - 1] = SIGN_POSITIVE;
    for (uint32_t i = f->node_count; i-- > 0;) {
        const struct formula_node *node = &f->nodes[i];
        uint8_t signs = s->signs[i];
        if (node->kind == FORMULA_ATOM) {
            s->atom_signs[node->atom] |= signs;
        }
        uint8_t below = node->kind == FORMULA_NOT   ? flipped(signs)
                        : node->kind == FORMULA_XOR ? (uint8_t)(SIGN_POSITIVE | SIGN_NEGATIVE)
                                                    : signs;
        for (uint16_t k = 0; k < node->count; k++) {
            s->signs[node->kids[k]] |= below;
        }
    }
    for (uint32_t i = 0; i < f->node_count; i++) {
        if (s->signs[i]) {
            s->nodes[s->node_count++] = i;
        }
    }
}

struct bound {
    bool is_set;
    bool is_strict;
    i128 limit;
};

static void raise_low(struct bound *low, i128 limit, bool is_strict) {
    if (!low->is_set || limit > low->limit || (limit == low->limit && is_strict)) {
        *low = (struct bound){true, is_strict, limit};
    }
}

static void drop_high(struct bound *high, i128 limit, bool is_strict) {
    if (!high->is_set || limit < high->limit || (limit == high->limit && is_strict)) {
        *high = (struct bound){true, is_strict, limit};
    }
}

/* What an answered comparison says of its number. "Not equal" says nothing that matters: the
 * numbers are dense. */
static void narrow(const struct formula_atom *atom, bool answer, struct bound *low,
                   struct bound *high) {
    switch ((enum trial_comparator)atom->comparator) {
    case COMPARE_LESS:
        answer ? drop_high(high, atom->limit, true) : raise_low(low, atom->limit, false);
        break;
    case COMPARE_LESS_OR_EQUAL:
        answer ? drop_high(high, atom->limit, false) : raise_low(low, atom->limit, true);
        break;
    case COMPARE_GREATER:
        answer ? raise_low(low, atom->limit, true) : drop_high(high, atom->limit, false);
        break;
    case COMPARE_GREATER_OR_EQUAL:
        answer ? raise_low(low, atom->limit, false) : drop_high(high, atom->limit, true);
        break;
    case COMPARE_EQUAL:
        if (answer) {
            raise_low(low, atom->limit, false);
            drop_high(high, atom->limit, false);
        }
        break;
    }
}

/* Whether one number gives all the answers given so far to the comparisons of this atom's datum. */
static bool number_exists(const struct search *s, uint32_t atom) {
    const struct formula *f = s->formula;
    if (f->atoms[atom].number_of < 0) {
        return true;
    }
    struct bound low = {0};
    struct bound high = {0};
    for (uint32_t i = 0; i < f->atom_count; i++) {
        if (f->atoms[i].number_of == f->atoms[atom].number_of && s->answers[i] != LOGIC_UNKNOWN) {
            narrow(&f->atoms[i], s->answers[i] == LOGIC_TRUE, &low, &high);
        }
    }
    return !low.is_set || !high.is_set || low.limit < high.limit ||
           (low.limit == high.limit && !low.is_strict && !high.is_strict);
}

static bool shares_number(const struct formula *f, uint32_t atom) {
    for (uint32_t i = 0; i < f->atom_count; i++) {
        if (i != atom && f->atoms[atom].number_of >= 0 &&
            f->atoms[i].number_of == f->atoms[atom].number_of) {
            return true;
        }
    }
    return false;
}

/* Tries the free atoms from number `next` on. The depth is the number of free atoms. */
static bool try_answers(struct search *s, uint32_t next) {
    enum logic now = formula_value(s);
    if (now == s->wanted) {
        return true;
    }
    if (next == s->free_count || s->tries++ > TRIES_MAX || !may_become(s, s->wanted)) {
        return false;
    }
    uint32_t atom = s->free_atoms[next];
    uint8_t signs = s->atom_signs[atom];
    bool positive = (signs & SIGN_POSITIVE) == (s->wanted == LOGIC_TRUE ? SIGN_POSITIVE : 0) ||
                    signs == (SIGN_POSITIVE | SIGN_NEGATIVE);
    enum logic first = positive ? LOGIC_TRUE : LOGIC_FALSE;
    bool only_one = signs != (SIGN_POSITIVE | SIGN_NEGATIVE) && !shares_number(s->formula, atom);
    for (int turn = 0; turn < (only_one ? 1 : 2); turn++) {
        enum logic answer = turn == 0 ? first : first == LOGIC_TRUE ? LOGIC_FALSE : LOGIC_TRUE;
        s->answers[atom] = (uint8_t)answer;
        if (number_exists(s, atom) && try_answers(s, next + 1)) {
            return true;
        }
    }
    s->answers[atom] = LOGIC_UNKNOWN;
    return false;
}

static enum status search_new(const struct formula *formula, struct arena *scratch,
                              struct search *out) {
    *out = (struct search){.formula = formula};
    size_t nodes = formula->node_count + 1;
    size_t atoms = formula->atom_count + 1;
    out->nodes = ARENA_ARRAY(scratch, nodes, uint32_t);
    out->values = ARENA_ARRAY(scratch, nodes, uint8_t);
    out->may_be = ARENA_ARRAY(scratch, nodes, uint8_t);
    out->is_free = ARENA_ARRAY(scratch, atoms, uint8_t);
    out->signs = ARENA_ARRAY(scratch, nodes, uint8_t);
    out->atom_signs = ARENA_ARRAY(scratch, atoms, uint8_t);
    out->answers = ARENA_ARRAY(scratch, atoms, uint8_t);
    out->free_atoms = ARENA_ARRAY(scratch, atoms, uint32_t);
    if (!out->nodes || !out->values || !out->may_be || !out->is_free || !out->signs ||
        !out->atom_signs || !out->answers || !out->free_atoms) {
        return STATUS_NO_MEMORY;
    }
    find_signs(out);
    return STATUS_OK;
}

static bool can_be(struct search *s, uint64_t asked, enum logic wanted) {
    s->wanted = wanted;
    s->tries = 0;
    s->free_count = 0;
    for (uint32_t i = 0; i < s->formula->atom_count; i++) {
        s->answers[i] = LOGIC_UNKNOWN;
        uint64_t data = s->formula->atoms[i].data;
        s->is_free[i] = data && !(data & ~asked);
        if (data && !(data & ~asked) && s->atom_signs[i]) {
            s->free_atoms[s->free_count++] = i;
        }
    }
    return try_answers(s, 0);
}

enum status formula_can_be(const struct formula *formula, uint64_t asked, enum logic wanted,
                           struct arena *scratch, bool *out) {
    struct search s;
    enum status status = search_new(formula, scratch, &s);
    if (status == STATUS_OK) {
        *out = can_be(&s, asked, wanted);
    }
    return status;
}

static uint64_t bit(uint32_t i) {
    return (uint64_t)1 << i;
}

/* The next set of the same size in the order of sets written with their earliest data first. `set`
 * holds increasing positions below `count`. */
static bool next_set(uint32_t *set, uint32_t size, uint32_t count) {
    for (uint32_t i = size; i-- > 0;) {
        if (set[i] + (size - i) < count) {
            set[i]++;
            for (uint32_t k = i + 1; k < size; k++) {
                set[k] = set[k - 1] + 1;
            }
            return true;
        }
    }
    return false;
}

/* The smallest set of `optional` that helps beside the necessary data. */
static uint64_t smallest(struct search *s, uint64_t necessary, const uint32_t *optional,
                         uint32_t count) {
    for (uint32_t size = 0; size <= count; size++) {
        uint32_t set[FORMULA_EXHAUSTIVE_MAX];
        for (uint32_t i = 0; i < size; i++) {
            set[i] = i;
        }
        do {
            uint64_t asked = necessary;
            for (uint32_t i = 0; i < size; i++) {
                asked |= bit(optional[set[i]]);
            }
            if (can_be(s, asked, LOGIC_TRUE)) {
                return asked;
            }
        } while (next_set(set, size, count));
    }
    return 0;
}

enum status formula_advise(const struct formula *formula, struct arena *scratch,
                           struct formula_advice *out) {
    *out = (struct formula_advice){.confirm_proven = true};
    struct search s;
    enum status status = search_new(formula, scratch, &s);
    if (status != STATUS_OK || !formula->data_count) {
        return status;
    }
    uint64_t all =
        formula->data_count >= FORMULA_DATA_MAX ? UINT64_MAX : bit(formula->data_count) - 1;
    for (uint32_t i = 0; i < formula->data_count; i++) {
        out->ask_first |= can_be(&s, bit(i), LOGIC_FALSE) ? bit(i) : 0;
    }
    if (!can_be(&s, all, LOGIC_TRUE)) {
        return STATUS_OK;
    }
    uint64_t necessary = 0;
    uint32_t optional[FORMULA_DATA_MAX];
    uint32_t optional_count = 0;
    for (uint32_t i = 0; i < formula->data_count; i++) {
        if (!can_be(&s, all & ~bit(i), LOGIC_TRUE)) {
            necessary |= bit(i);
        } else {
            optional[optional_count++] = i;
        }
    }
    if (optional_count <= FORMULA_EXHAUSTIVE_MAX) {
        out->confirm = smallest(&s, necessary, optional, optional_count);
        return STATUS_OK;
    }
    out->confirm_proven = can_be(&s, necessary, LOGIC_TRUE);
    out->confirm = out->confirm_proven ? necessary : all;
    for (uint32_t i = optional_count; !out->confirm_proven && i-- > 0;) {
        if (can_be(&s, out->confirm & ~bit(optional[i]), LOGIC_TRUE)) {
            out->confirm &= ~bit(optional[i]);
        }
    }
    return STATUS_OK;
}
