/* The order in which a library's bodies are checked: what a body names comes before it, so that
 * resolving on demand does not nest as deeply as the definitions are long. Names are taken as they
 * are written, so a local name may add an edge too many, which costs nothing. */
#include "cql/check.h"

struct edges {
    uint32_t count;
    uint32_t capacity;
    uint32_t *to;
};

struct walk {
    struct checker *ck;
    const struct check_library *library;
    struct edges *edges;
};

static void add_edge(struct walk *walk, uint32_t to) {
    struct edges *edges = walk->edges;
    if (edges->count == edges->capacity) {
        uint32_t capacity = edges->capacity ? edges->capacity * 2 : 8;
        uint32_t *grown = ARENA_ARRAY(walk->ck->arena, capacity, uint32_t);
        if (!grown) {
            check_no_memory(walk->ck);
            return;
        }
        if (edges->count) {
            memcpy(grown, edges->to, edges->count * sizeof(*grown));
        }
        edges->to = grown;
        edges->capacity = capacity;
    }
    edges->to[edges->count++] = to;
}

/* The parser bounds the depth of what this descends into. */
static void collect(struct walk *walk, const struct syntax *node) {
    if (!node || walk->ck->status != STATUS_OK) {
        return;
    }
    uint32_t at;
    if (node->kind == SYNTAX_IDENTIFIER) {
        if (map_find(&walk->library->names, node->text, &at)) {
            add_edge(walk, at);
        }
        if (map_find(&walk->library->function_names, node->text, &at)) {
            add_edge(walk, walk->library->symbol_count + at);
        }
        return;
    }
    for (uint32_t i = 0; i < node->count; i++) {
        collect(walk, node->kids[i]);
    }
}

static struct edges *collect_all(struct checker *ck, const struct check_library *library,
                                 uint32_t total) {
    struct edges *all = ARENA_ARRAY(ck->arena, total + 1u, struct edges);
    if (!all) {
        return check_no_memory(ck);
    }
    struct walk walk = {ck, library, NULL};
    for (uint32_t i = 0; i < total; i++) {
        walk.edges = &all[i];
        if (i < library->symbol_count) {
            const struct symbol *symbol = library->symbols[i];
            if (symbol->kind == SYMBOL_DEFINITION && !symbol->definition->is_implicit) {
                collect(&walk, symbol->syntax->kids[1]);
            }
            continue;
        }
        for (const struct function_symbol *f = library->functions[i - library->symbol_count]; f;
             f = f->next) {
            collect(&walk, f->syntax->kids[1]);
        }
    }
    return all;
}

struct visit {
    uint32_t node;
    uint32_t next_edge;
};

uint32_t *check_order(struct checker *ck, const struct check_library *library) {
    uint32_t total = library->symbol_count + library->function_name_count;
    struct edges *all = collect_all(ck, library, total);
    uint32_t *order = ARENA_ARRAY(ck->arena, total + 1u, uint32_t);
    struct visit *stack = ARENA_ARRAY(ck->arena, total + 1u, struct visit);
    bool *seen = ARENA_ARRAY(ck->arena, total + 1u, bool);
    if (!all || !order || !stack || !seen || ck->status != STATUS_OK) {
        return check_no_memory(ck);
    }
    uint32_t placed = 0;
    for (uint32_t first = 0; first < total; first++) {
        uint32_t depth = 0;
        if (!seen[first]) {
            seen[first] = true;
            stack[depth++] = (struct visit){first, 0};
        }
        while (depth > 0) {
            struct visit *top = &stack[depth - 1];
            if (top->next_edge == all[top->node].count) {
                order[placed++] = top->node;
                depth--;
                continue;
            }
            uint32_t to = all[top->node].to[top->next_edge++];
            if (!seen[to]) {
                seen[to] = true;
                stack[depth++] = (struct visit){to, 0};
            }
        }
    }
    return order;
}
