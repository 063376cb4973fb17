/* Many questions at once. Can the data of this set make the whole true? is asked of up to 64 sets
 * in one pass over the formula, a bit a set, and two passes decide nearly all of them:
 *
 *   1. every free atom that occurs with one sign gets its favourable answer. All kinds of nodes are
 *      monotone in false < unknown < true, so that no other answer does better; atoms with both
 *      signs get the answer true;
 *   2. every free atom may be anything: what the whole then cannot become is impossible.
 *
 * Sets that neither pass decides rest on atoms with both signs or on numbers that are compared more
 * than once. */
#include "course/formula_internal.h"

static struct lane_values values_of(enum logic value) {
    return (struct lane_values){value == LOGIC_TRUE ? UINT64_MAX : 0,
                                value == LOGIC_FALSE ? UINT64_MAX : 0};
}

/* The favourable answer. */
static struct lane_values atom_values(const struct search *s, uint32_t atom) {
    bool both = s->atom_signs[atom] == (SIGN_POSITIVE | SIGN_NEGATIVE);
    bool yes = both || (s->atom_signs[atom] == SIGN_POSITIVE) == (s->wanted == LOGIC_TRUE);
    return yes ? (struct lane_values){s->lanes_free[atom], 0}
               : (struct lane_values){0, s->lanes_free[atom]};
}

static struct lane_values at_least_values(const struct search *s, const struct formula_node *node) {
    struct lane_values out = {0};
    for (int lane = 0; lane < FORMULA_LANES; lane++) {
        int64_t sure = 0;
        int64_t possible = 0;
        for (uint16_t i = 0; i < node->count; i++) {
            const struct lane_values *kid = &s->lane_values[node->kids[i]];
            sure += kid->is_true >> lane & 1 ? node->weights[i] : 0;
            possible += kid->is_false >> lane & 1 ? 0 : node->weights[i];
        }
        out.is_true |= (uint64_t)(sure >= node->limit) << lane;
        out.is_false |= (uint64_t)(possible < node->limit) << lane;
    }
    return out;
}

static struct lane_values junction_values(const struct search *s, const struct formula_node *node) {
    struct lane_values all = {UINT64_MAX, UINT64_MAX};
    struct lane_values any = {0};
    for (uint16_t i = 0; i < node->count; i++) {
        const struct lane_values *kid = &s->lane_values[node->kids[i]];
        all.is_true &= kid->is_true;
        all.is_false &= kid->is_false;
        any.is_true |= kid->is_true;
        any.is_false |= kid->is_false;
    }
    return node->kind == FORMULA_AND ? (struct lane_values){all.is_true, any.is_false}
                                     : (struct lane_values){any.is_true, all.is_false};
}

static struct lane_values first_values(const struct search *s, const struct formula_node *node) {
    struct lane_values out = {0};
    for (uint16_t i = 0; i < node->count; i++) {
        uint64_t open = ~(out.is_true | out.is_false);
        out.is_true |= open & s->lane_values[node->kids[i]].is_true;
        out.is_false |= open & s->lane_values[node->kids[i]].is_false;
    }
    return out;
}

static struct lane_values node_values(const struct search *s, const struct formula_node *node) {
    const struct lane_values nothing = {0};
    const struct lane_values a = node->count ? s->lane_values[node->kids[0]] : nothing;
    const struct lane_values b = node->count > 1 ? s->lane_values[node->kids[1]] : nothing;
    switch ((enum formula_kind)node->kind) {
    case FORMULA_CONSTANT:
        return values_of((enum logic)node->value);
    case FORMULA_ATOM:
        return atom_values(s, node->atom);
    case FORMULA_NOT:
        return (struct lane_values){a.is_false, a.is_true};
    case FORMULA_AND:
    case FORMULA_OR:
        return junction_values(s, node);
    case FORMULA_XOR:
        return (struct lane_values){(a.is_true & b.is_false) | (a.is_false & b.is_true),
                                    (a.is_true & b.is_true) | (a.is_false & b.is_false)};
    case FORMULA_FIRST:
        return first_values(s, node);
    case FORMULA_SURE:
        return (struct lane_values){a.is_true, ~a.is_true};
    case FORMULA_POSSIBLE:
        return (struct lane_values){~a.is_false, a.is_false};
    case FORMULA_AT_LEAST:
        return at_least_values(s, node);
    }
    return nothing;
}

static struct lane_options options_of(enum logic value) {
    return (struct lane_options){value == LOGIC_TRUE ? UINT64_MAX : 0,
                                 value == LOGIC_FALSE ? UINT64_MAX : 0,
                                 value == LOGIC_UNKNOWN ? UINT64_MAX : 0};
}

static struct lane_options at_least_options(const struct search *s,
                                            const struct formula_node *node) {
    struct lane_options out = {0};
    for (int lane = 0; lane < FORMULA_LANES; lane++) {
        int64_t most = 0;   /* kids that may be true */
        int64_t open = 0;   /* kids that may be other than false */
        int64_t always = 0; /* kids that can only be true */
        int64_t never_false = 0;
        for (uint16_t i = 0; i < node->count; i++) {
            const struct lane_options *kid = &s->lane_options[node->kids[i]];
            bool yes = kid->may_be_true >> lane & 1;
            bool no = kid->may_be_false >> lane & 1;
            bool unknown = kid->may_be_unknown >> lane & 1;
            most += yes ? node->weights[i] : 0;
            open += yes || unknown ? node->weights[i] : 0;
            always += yes && !no && !unknown ? node->weights[i] : 0;
            never_false += no ? 0 : node->weights[i];
        }
        out.may_be_true |= (uint64_t)(most >= node->limit) << lane;
        out.may_be_false |= (uint64_t)(never_false < node->limit) << lane;
        out.may_be_unknown |= (uint64_t)(open >= node->limit && always < node->limit) << lane;
    }
    return out;
}

/* What a node may come out as, its kids taken as if they had nothing to do with each other. */
static struct lane_options node_options(const struct search *s, const struct formula_node *node) {
    struct lane_options any = {0};
    struct lane_options all = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    for (uint16_t i = 0; i < node->count; i++) {
        const struct lane_options *kid = &s->lane_options[node->kids[i]];
        any.may_be_true |= kid->may_be_true;
        any.may_be_false |= kid->may_be_false;
        any.may_be_unknown |= kid->may_be_unknown;
        all.may_be_true &= kid->may_be_true;
        all.may_be_false &= kid->may_be_false;
    }
    uint64_t free = node->kind == FORMULA_ATOM ? s->lanes_free[node->atom] : 0;
    switch ((enum formula_kind)node->kind) {
    case FORMULA_CONSTANT:
        return options_of((enum logic)node->value);
    case FORMULA_ATOM:
        return (struct lane_options){free, free, s->may_stay_open ? UINT64_MAX : ~free};
    case FORMULA_NOT:
        return (struct lane_options){any.may_be_false, any.may_be_true, any.may_be_unknown};
    case FORMULA_AND:
        return (struct lane_options){all.may_be_true, any.may_be_false, any.may_be_unknown};
    case FORMULA_OR:
        return (struct lane_options){any.may_be_true, all.may_be_false, any.may_be_unknown};
    case FORMULA_XOR:
        return (struct lane_options){UINT64_MAX, UINT64_MAX, UINT64_MAX};
    case FORMULA_FIRST:
        return any;
    case FORMULA_SURE:
        return (struct lane_options){any.may_be_true, any.may_be_false | any.may_be_unknown, 0};
    case FORMULA_POSSIBLE:
        return (struct lane_options){any.may_be_true | any.may_be_unknown, any.may_be_false, 0};
    case FORMULA_AT_LEAST:
        return at_least_options(s, node);
    }
    return any;
}

/* Sets that answer a number which is compared more than once: the favourable answers say nothing of
 * them. */
static uint64_t shared_lanes(const struct search *s) {
    uint64_t lanes = 0;
    for (uint32_t i = 0; i < s->formula->atom_count; i++) {
        lanes |= s->is_shared[i] ? s->lanes_free[i] : 0;
    }
    return lanes;
}

static void free_lanes(struct search *s, const uint64_t *asked, uint32_t count) {
    for (uint32_t i = 0; i < s->formula->atom_count; i++) {
        uint64_t data = s->formula->atoms[i].data;
        s->lanes_free[i] = 0;
        for (uint32_t lane = 0; data && s->atom_signs[i] && lane < count; lane++) {
            s->lanes_free[i] |= (uint64_t) !(data & ~asked[lane]) << lane;
        }
    }
}

uint64_t formula_lanes(struct search *s, const uint64_t *asked, uint32_t count, enum logic wanted,
                       uint64_t *open) {
    *open = 0;
    if (!s->node_count || !count) {
        return 0;
    }
    uint64_t lanes = count == FORMULA_LANES ? UINT64_MAX : ((uint64_t)1 << count) - 1;
    uint32_t whole = s->nodes[s->node_count - 1];
    s->wanted = wanted;
    free_lanes(s, asked, count);
    for (uint32_t i = 0; i < s->node_count; i++) {
        s->lane_values[s->nodes[i]] = node_values(s, &s->formula->nodes[s->nodes[i]]);
    }
    uint64_t yes =
        lanes & ~shared_lanes(s) &
        (wanted == LOGIC_TRUE ? s->lane_values[whole].is_true : s->lane_values[whole].is_false);
    if (yes == lanes) {
        return yes;
    }
    for (uint32_t i = 0; i < s->node_count; i++) {
        s->lane_options[s->nodes[i]] = node_options(s, &s->formula->nodes[s->nodes[i]]);
    }
    *open = lanes & ~yes &
            (wanted == LOGIC_TRUE ? s->lane_options[whole].may_be_true
                                  : s->lane_options[whole].may_be_false);
    return yes;
}
