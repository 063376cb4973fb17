#include "plan/visit.h"

typedef bool visitor(void *context, const struct expr *part);

static bool one(const struct expr *part, visitor *visit, void *context) {
    return !part || visit(context, part);
}

static bool query_parts(const struct query *q, visitor *visit, void *context) {
    for (uint32_t i = 0; i < q->source_count; i++) {
        if (!one(q->sources[i].expr, visit, context)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < q->let_count; i++) {
        if (!one(q->let_values[i], visit, context)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < q->relation_count; i++) {
        if (!one(q->relations[i].source.expr, visit, context) ||
            !one(q->relations[i].such_that, visit, context)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < q->sort_count; i++) {
        if (!one(q->sort_keys[i].by, visit, context)) {
            return false;
        }
    }
    return one(q->where, visit, context) && one(q->returns, visit, context) &&
           one(q->starting, visit, context) && one(q->aggregate, visit, context);
}

bool expr_each_part(const struct expr *expr, visitor *visit, void *context) {
    for (uint32_t i = 0; i < expr->count; i++) {
        if (!one(expr->args[i], visit, context)) {
            return false;
        }
    }
    switch (expr->kind) {
    case EXPR_CASE:
        for (uint32_t i = 0; i < expr->cases.item_count; i++) {
            if (!one(expr->cases.items[i].when, visit, context) ||
                !one(expr->cases.items[i].then, visit, context)) {
                return false;
            }
        }
        return true;
    case EXPR_QUERY:
        return query_parts(expr->query, visit, context);
    case EXPR_RETRIEVE:
        return one(expr->retrieve->codes, visit, context) &&
               one(expr->retrieve->context, visit, context);
    default:
        return true;
    }
}
