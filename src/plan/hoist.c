/* Which parts of a query stay the same while its loops run. Such a part is computed at most once,
 * when the first row needs it: never earlier, so that an empty source cannot meet an error that the
 * logic would not have met. */
#include "plan/compile_internal.h"
#include "plan/visit.h"

struct search {
    struct compiler *c;
    bool found;
};

/* Notes a variable as bound inside the expression that is being looked at. */
static void bind_inside(struct compiler *c, const struct variable *variable) {
    if (variable) {
        c->inside[variable->slot] = c->look_number;
    }
}

static void bind_query(struct compiler *c, const struct query *q) {
    for (uint32_t i = 0; i < q->source_count; i++) {
        bind_inside(c, q->sources[i].alias);
    }
    for (uint32_t i = 0; i < q->let_count; i++) {
        bind_inside(c, q->lets[i]);
    }
    for (uint32_t i = 0; i < q->relation_count; i++) {
        bind_inside(c, q->relations[i].source.alias);
    }
    bind_inside(c, q->accumulator);
    bind_inside(c, q->sort_item);
}

/* Stops at a variable that has no register yet and is not bound by the expression itself: the query
 * being compiled binds it, or a part of its clauses around the expression does. */
static bool look(void *context, const struct expr *expr) {
    struct search *search = context;
    struct compiler *c = search->c;
    switch (expr->kind) {
    case EXPR_ALIAS_REF:
    case EXPR_LET_REF:
    case EXPR_OPERAND_REF:
        search->found = c->slots[expr->variable->slot] == NO_BLOCK &&
                        c->inside[expr->variable->slot] != c->look_number;
        break;
    case EXPR_ITERATION_REF:
        search->found = true;
        break;
    case EXPR_QUERY:
        bind_query(c, expr->query);
        break;
    case EXPR_LET:
    case EXPR_CONVERT:
        bind_inside(c, expr->item);
        break;
    default:
        break;
    }
    return !search->found && expr_each_part(expr, look, search);
}

static bool varies(struct compiler *c, const struct expr *expr) {
    struct search search = {.c = c};
    c->look_number++;
    look(&search, expr);
    return search.found;
}

/* Whether keeping the value is worth an instruction: what is computed, and not kept elsewhere. */
static bool is_work(struct compiler *c, const struct expr *expr) {
    struct value folded;
    switch (expr->kind) {
    case EXPR_OPERATOR:
        return !fold(c, expr, &folded);
    case EXPR_IF:
    case EXPR_CASE:
    case EXPR_LIST:
    case EXPR_INTERVAL:
    case EXPR_CALL:
    case EXPR_QUERY:
    case EXPR_CONVERT:
    case EXPR_PROPERTY:
        return true;
    default:
        return false;
    }
}

struct hoist *hoist_find(struct compiler *c, const struct expr *expr) {
    struct hoist *hoists = (struct hoist *)(void *)c->hoists.at;
    for (uint32_t i = c->hoists.count; i-- > 0;) {
        if (hoists[i].expr == expr) {
            return &hoists[i];
        }
    }
    return NULL;
}

static bool hoist_part(void *context, const struct expr *expr) {
    struct compiler *c = context;
    if (hoist_find(c, expr)) {
        return true; /* an outer loop keeps it already */
    }
    if (varies(c, expr)) {
        return expr_each_part(expr, hoist_part, c);
    }
    if (is_work(c, expr)) {
        struct hoist *hoist = vector_add(c, &c->hoists, sizeof *hoist);
        if (hoist) {
            hoist->expr = expr;
            hoist->reg = new_register(c);
        }
    }
    return true;
}

void hoist_parts(struct compiler *c, const struct expr *expr) {
    if (expr && !c->failed) {
        hoist_part(c, expr);
    }
}
