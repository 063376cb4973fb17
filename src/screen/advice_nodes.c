#include "screen/advice_internal.h"

static uint32_t add(struct advice *a, struct formula_node node) {
    if (a->node_count == ADVICE_NODES_MAX) {
        return NODE_UNKNOWN;
    }
    a->nodes[a->node_count] = node;
    return a->node_count++;
}

void advice_begin(struct advice *a) {
    static const enum logic values[] = {
        [NODE_UNKNOWN] = LOGIC_UNKNOWN, [NODE_FALSE] = LOGIC_FALSE, [NODE_TRUE] = LOGIC_TRUE};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        (void)add(a, (struct formula_node){.kind = FORMULA_CONSTANT, .value = (uint8_t)values[i]});
    }
}

uint32_t advice_constant(enum logic value) {
    return value == LOGIC_TRUE ? NODE_TRUE : value == LOGIC_FALSE ? NODE_FALSE : NODE_UNKNOWN;
}

static uint32_t add_with_kids(struct advice *a, struct formula_node node, const uint32_t *kids) {
    uint32_t *copy = ARENA_ARRAY(a->scratch, node.count + 1u, uint32_t);
    if (!copy) {
        a->no_memory = true;
        return NODE_UNKNOWN;
    }
    memcpy(copy, kids, node.count * sizeof *copy);
    node.kids = copy;
    return add(a, node);
}

static uint32_t add_one(struct advice *a, enum formula_kind kind, uint32_t kid) {
    return add_with_kids(a, (struct formula_node){.kind = (uint8_t)kind, .count = 1}, &kid);
}

uint32_t advice_not(struct advice *a, uint32_t kid) {
    if (kid <= NODE_TRUE) {
        return kid == NODE_UNKNOWN ? kid : kid == NODE_TRUE ? NODE_FALSE : NODE_TRUE;
    }
    const struct formula_node *node = &a->nodes[kid];
    return node->kind == FORMULA_NOT ? node->kids[0] : add_one(a, FORMULA_NOT, kid);
}

static uint32_t add_xor(struct advice *a, uint32_t x, uint32_t y) {
    if (x <= NODE_TRUE || y <= NODE_TRUE) {
        uint32_t constant = x <= NODE_TRUE ? x : y;
        uint32_t other = x <= NODE_TRUE ? y : x;
        return constant == NODE_UNKNOWN ? NODE_UNKNOWN
               : constant == NODE_TRUE  ? advice_not(a, other)
                                        : other;
    }
    const uint32_t kids[] = {x, y};
    return add_with_kids(a, (struct formula_node){.kind = FORMULA_XOR, .count = 2}, kids);
}

uint32_t advice_pair(struct advice *a, enum formula_kind kind, uint32_t x, uint32_t y) {
    if (kind == FORMULA_XOR) {
        return add_xor(a, x, y);
    }
    uint32_t decides = kind == FORMULA_AND ? NODE_FALSE : NODE_TRUE;
    uint32_t neutral = kind == FORMULA_AND ? NODE_TRUE : NODE_FALSE;
    if (x == decides || y == decides) {
        return decides;
    }
    if (x == neutral || y == neutral || x == y) {
        return x == neutral ? y : x;
    }
    const uint32_t kids[] = {x, y};
    return add_with_kids(a, (struct formula_node){.kind = (uint8_t)kind, .count = 2}, kids);
}

uint32_t advice_first(struct advice *a, const uint32_t *kids, uint16_t count) {
    while (count && kids[0] == NODE_UNKNOWN) {
        kids++;
        count--;
    }
    if (!count || kids[0] <= NODE_TRUE || count == 1) {
        return count ? kids[0] : NODE_UNKNOWN;
    }
    return add_with_kids(a, (struct formula_node){.kind = FORMULA_FIRST, .count = count}, kids);
}

uint32_t advice_settle(struct advice *a, enum formula_kind kind, uint32_t kid) {
    if (kid == NODE_UNKNOWN) {
        return kind == FORMULA_SURE ? NODE_FALSE : NODE_TRUE;
    }
    uint8_t below = a->nodes[kid].kind;
    bool is_settled = kid <= NODE_TRUE || below == FORMULA_SURE || below == FORMULA_POSSIBLE;
    return is_settled ? kid : add_one(a, kind, kid);
}

uint32_t advice_at_least(struct advice *a, const uint32_t *kids, const i128 *weights,
                         uint16_t count, i128 limit) {
    uint32_t *left = ARENA_ARRAY(a->scratch, count + 1u, uint32_t);
    int64_t *points = ARENA_ARRAY(a->scratch, count + 1u, int64_t);
    if (!left || !points) {
        a->no_memory = true;
        return NODE_UNKNOWN;
    }
    uint16_t left_count = 0;
    i128 total = 0;
    for (uint16_t i = 0; i < count; i++) {
        if (kids[i] == NODE_TRUE) {
            limit -= weights[i];
        } else if (kids[i] != NODE_FALSE) {
            left[left_count] = kids[i];
            total += weights[i];
            points[left_count++] = (int64_t)weights[i];
        }
    }
    if (limit <= 0 || total < limit) {
        return limit <= 0 ? NODE_TRUE : NODE_FALSE;
    }
    /* No weight is larger than the total, and the limit is not either. */
    if (total > INT64_MAX) {
        return NODE_UNKNOWN;
    }
    return left_count == 1 ? left[0]
                           : add_with_kids(a,
                                           (struct formula_node){.kind = FORMULA_AT_LEAST,
                                                                 .count = left_count,
                                                                 .weights = points,
                                                                 .limit = (int64_t)limit},
                                           left);
}

uint32_t advice_atom(struct advice *a, struct formula_atom atom) {
    if (a->atom_count == ADVICE_ATOMS_MAX) {
        return NODE_UNKNOWN;
    }
    a->atoms[a->atom_count] = atom;
    return add(a, (struct formula_node){.kind = FORMULA_ATOM, .atom = a->atom_count++});
}
