/* The search behind "what to ask next": can this formula become true, or false, once some data are
 * answered? Most sets of data are decided many at once (formula_lanes.c). For the others the atoms
 * that are free are tried in order, the favourable answer first, and a branch ends as soon as
 * the answers that are left open cannot change the whole. An atom that occurs with one sign only,
 * and shares its number with no other, has one answer worth trying; so formulas without
 * contradictions, which is nearly all of them, take one pass. */
#include "course/formula_internal.h"

/* Answers tried in one search before it gives up and says "cannot": a limit against formulas whose
 * parts contradict each other in many ways. */
enum { TRIES_MAX = 1 << 10 };

enum { MAY_BE_FALSE = 1, MAY_BE_TRUE = 2, MAY_BE_UNKNOWN = 4 };

static enum logic at_least_value(const struct search *s, const struct formula_node *node) {
    int64_t sure = 0;
    int64_t possible = 0;
    for (uint16_t i = 0; i < node->count; i++) {
        sure += s->values[node->kids[i]] == LOGIC_TRUE ? node->weights[i] : 0;
        possible += s->values[node->kids[i]] == LOGIC_FALSE ? 0 : node->weights[i];
    }
    return sure >= node->limit ? LOGIC_TRUE : possible < node->limit ? LOGIC_FALSE : LOGIC_UNKNOWN;
}

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
    case FORMULA_SURE:
        return s->values[node->kids[0]] == LOGIC_TRUE ? LOGIC_TRUE : LOGIC_FALSE;
    case FORMULA_POSSIBLE:
        return s->values[node->kids[0]] == LOGIC_FALSE ? LOGIC_FALSE : LOGIC_TRUE;
    case FORMULA_AT_LEAST:
        return at_least_value(s, node);
    }
    return LOGIC_UNKNOWN;
}

static uint8_t may_be_atom(const struct search *s, uint32_t atom) {
    static const uint8_t known[] = {MAY_BE_FALSE, MAY_BE_TRUE, MAY_BE_UNKNOWN};
    bool is_open = s->answers[atom] == LOGIC_UNKNOWN && s->is_free[atom];
    return !is_open           ? known[s->answers[atom]]
           : s->may_stay_open ? MAY_BE_FALSE | MAY_BE_TRUE | MAY_BE_UNKNOWN
                              : MAY_BE_FALSE | MAY_BE_TRUE;
}

static uint8_t at_least_may_be(const struct search *s, const struct formula_node *node) {
    int64_t most = 0;   /* kids that may be true */
    int64_t open = 0;   /* kids that may be other than false */
    int64_t always = 0; /* kids that can only be true */
    int64_t least = 0;  /* kids that cannot be false */
    for (uint16_t i = 0; i < node->count; i++) {
        uint8_t kid = s->may_be[node->kids[i]];
        most += kid & MAY_BE_TRUE ? node->weights[i] : 0;
        open += kid & (MAY_BE_TRUE | MAY_BE_UNKNOWN) ? node->weights[i] : 0;
        always += kid == MAY_BE_TRUE ? node->weights[i] : 0;
        least += kid & MAY_BE_FALSE ? 0 : node->weights[i];
    }
    return (uint8_t)((most >= node->limit ? MAY_BE_TRUE : 0) |
                     (least < node->limit ? MAY_BE_FALSE : 0) |
                     (open >= node->limit && always < node->limit ? MAY_BE_UNKNOWN : 0));
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
    case FORMULA_FIRST:
        return any;
    case FORMULA_SURE:
        return (uint8_t)((any & MAY_BE_TRUE) |
                         (any & (MAY_BE_FALSE | MAY_BE_UNKNOWN) ? MAY_BE_FALSE : 0));
    case FORMULA_POSSIBLE:
        return (uint8_t)((any & MAY_BE_FALSE) |
                         (any & (MAY_BE_TRUE | MAY_BE_UNKNOWN) ? MAY_BE_TRUE : 0));
    case FORMULA_AT_LEAST:
        return at_least_may_be(s, node);
    case FORMULA_XOR:
        break;
    }
    return MAY_BE_FALSE | MAY_BE_TRUE | MAY_BE_UNKNOWN;
}

static uint8_t whole_may_be(struct search *s) {
    uint32_t last = 0;
    for (uint32_t i = 0; i < s->node_count; i++) {
        last = s->nodes[i];
        s->may_be[last] = node_may_be(s, &s->formula->nodes[last]);
    }
    return s->node_count ? s->may_be[last] : 0;
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
            uint8_t kind = f->nodes[i].kind;
            s->nodes[s->node_count++] = i;
            s->may_stay_open |=
                kind == FORMULA_SURE || kind == FORMULA_POSSIBLE || kind == FORMULA_FIRST;
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

static void find_shared(struct search *s) {
    const struct formula *f = s->formula;
    uint32_t counts[FORMULA_DATA_MAX] = {0};
    for (uint32_t i = 0; i < f->atom_count; i++) {
        counts[f->atoms[i].number_of < 0 ? 0 : f->atoms[i].number_of] += f->atoms[i].number_of >= 0;
    }
    for (uint32_t i = 0; i < f->atom_count; i++) {
        s->is_shared[i] = f->atoms[i].number_of >= 0 && counts[f->atoms[i].number_of] > 1;
    }
}

/* Tries the free atoms from number `next` on. The depth is the number of free atoms. */
static bool try_answers(struct search *s, uint32_t next) {
    uint8_t wanted = s->wanted == LOGIC_TRUE ? MAY_BE_TRUE : MAY_BE_FALSE;
    uint8_t options = whole_may_be(s);
    if (options == wanted) {
        return true;
    }
    if (!(options & wanted) || s->tries++ > TRIES_MAX) {
        return false;
    }
    if (next == s->free_count) {
        return formula_value(s) == s->wanted;
    }
    uint32_t atom = s->free_atoms[next];
    uint8_t signs = s->atom_signs[atom];
    bool positive = (signs & SIGN_POSITIVE) == (s->wanted == LOGIC_TRUE ? SIGN_POSITIVE : 0) ||
                    signs == (SIGN_POSITIVE | SIGN_NEGATIVE);
    enum logic first = positive ? LOGIC_TRUE : LOGIC_FALSE;
    bool only_one = signs != (SIGN_POSITIVE | SIGN_NEGATIVE) && !s->is_shared[atom];
    const enum logic turns[] = {first, first == LOGIC_TRUE ? LOGIC_FALSE : LOGIC_TRUE,
                                LOGIC_UNKNOWN};
    uint32_t count = only_one ? 1 : s->may_stay_open ? 3 : 2;
    for (uint32_t i = 0; i < count; i++) {
        s->answers[atom] = (uint8_t)turns[i];
        s->is_free[atom] = turns[i] != LOGIC_UNKNOWN;
        if (number_exists(s, atom) && try_answers(s, next + 1)) {
            return true;
        }
    }
    s->answers[atom] = LOGIC_UNKNOWN;
    s->is_free[atom] = true;
    return false;
}

enum status formula_search_new(const struct formula *formula, struct arena *scratch,
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
    out->is_shared = ARENA_ARRAY(scratch, atoms, uint8_t);
    out->answers = ARENA_ARRAY(scratch, atoms, uint8_t);
    out->free_atoms = ARENA_ARRAY(scratch, atoms, uint32_t);
    out->lane_values = ARENA_ARRAY(scratch, nodes, struct lane_values);
    out->lane_options = ARENA_ARRAY(scratch, nodes, struct lane_options);
    out->lanes_free = ARENA_ARRAY(scratch, atoms, uint64_t);
    if (!out->nodes || !out->values || !out->may_be || !out->is_free || !out->signs ||
        !out->atom_signs || !out->is_shared || !out->answers || !out->free_atoms ||
        !out->lane_values || !out->lane_options || !out->lanes_free) {
        return STATUS_NO_MEMORY;
    }
    find_signs(out);
    find_shared(out);
    return STATUS_OK;
}

bool formula_search(struct search *s, uint64_t asked, enum logic wanted) {
    s->wanted = wanted;
    s->tries = 0;
    s->free_count = 0;
    for (uint32_t i = 0; i < s->formula->atom_count; i++) {
        s->answers[i] = LOGIC_UNKNOWN;
        uint64_t data = s->formula->atoms[i].data;
        s->is_free[i] = data && !(data & ~asked);
        if (s->is_free[i] && s->atom_signs[i]) {
            s->free_atoms[s->free_count++] = i;
        }
    }
    return try_answers(s, 0);
}

/* Bit i: set i of data can make the whole `wanted`. */
static uint64_t can_be(struct search *s, const uint64_t *asked, uint32_t count, enum logic wanted) {
    uint64_t open;
    uint64_t yes = formula_lanes(s, asked, count, wanted, &open);
    for (; open; open &= open - 1) {
        uint64_t lane = open & -open;
        yes |= formula_search(s, asked[__builtin_ctzll(open)], wanted) ? lane : 0;
    }
    return yes;
}

enum status formula_can_be(const struct formula *formula, uint64_t asked, enum logic wanted,
                           struct arena *scratch, bool *out) {
    struct search s;
    enum status status = formula_search_new(formula, scratch, &s);
    if (status == STATUS_OK) {
        *out = can_be(&s, &asked, 1, wanted) != 0;
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

/* The smallest set of `optional` that helps beside the necessary data, 64 sets at a time. */
static uint64_t smallest(struct search *s, uint64_t necessary, const uint32_t *optional,
                         uint32_t count) {
    uint64_t asked[FORMULA_LANES];
    for (uint32_t size = 0; size <= count; size++) {
        uint32_t set[FORMULA_EXHAUSTIVE_MAX];
        for (uint32_t i = 0; i < size; i++) {
            set[i] = i;
        }
        for (bool more = true; more;) {
            uint32_t sets = 0;
            for (; more && sets < FORMULA_LANES; more = next_set(set, size, count)) {
                asked[sets] = necessary;
                for (uint32_t i = 0; i < size; i++) {
                    asked[sets] |= bit(optional[set[i]]);
                }
                sets++;
            }
            uint64_t helps = can_be(s, asked, sets, LOGIC_TRUE);
            if (helps) {
                return asked[__builtin_ctzll(helps)];
            }
        }
    }
    return 0;
}

/* Drops data one by one from the last while the rest still helps. */
static uint64_t small(struct search *s, uint64_t set, const uint32_t *optional, uint32_t count) {
    for (uint32_t i = count; i-- > 0;) {
        uint64_t fewer = set & ~bit(optional[i]);
        set = can_be(s, &fewer, 1, LOGIC_TRUE) ? fewer : set;
    }
    return set;
}

enum status formula_advise(const struct formula *formula, struct arena *scratch,
                           struct formula_advice *out) {
    *out = (struct formula_advice){.confirm_proven = true};
    struct search s;
    enum status status = formula_search_new(formula, scratch, &s);
    if (status != STATUS_OK || !formula->data_count) {
        return status;
    }
    uint32_t count =
        formula->data_count < FORMULA_DATA_MAX ? formula->data_count : FORMULA_DATA_MAX;
    uint64_t all = count == FORMULA_DATA_MAX ? UINT64_MAX : bit(count) - 1;
    uint64_t only[FORMULA_DATA_MAX];
    uint64_t without[FORMULA_DATA_MAX];
    for (uint32_t i = 0; i < count; i++) {
        only[i] = bit(i);
        without[i] = all & ~bit(i);
    }
    out->ask_first = can_be(&s, only, count, LOGIC_FALSE);
    if (!can_be(&s, &all, 1, LOGIC_TRUE)) {
        return STATUS_OK;
    }
    uint64_t dispensable = can_be(&s, without, count, LOGIC_TRUE);
    uint64_t necessary = all & ~dispensable;
    uint32_t optional[FORMULA_DATA_MAX];
    uint32_t optional_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (dispensable & bit(i)) {
            optional[optional_count++] = i;
        }
    }
    if (optional_count <= FORMULA_EXHAUSTIVE_MAX) {
        out->confirm = smallest(&s, necessary, optional, optional_count);
        return STATUS_OK;
    }
    out->confirm_proven = can_be(&s, &necessary, 1, LOGIC_TRUE) != 0;
    out->confirm = out->confirm_proven ? necessary : small(&s, all, optional, optional_count);
    return STATUS_OK;
}
