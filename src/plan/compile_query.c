#include "plan/compile_internal.h"
#include "plan/visit.h"

#include <assert.h>

/* A query becomes nested loops over its sources:
 *
 *     UNSET    what the loops compute at most once
 *     LOOP     source 1
 *  1: NEXT     alias 1, else 9
 *     LOOP     source 2
 *  2: NEXT     alias 2, else 1
 *     ...      lets; with and without; where: KEEP, else 2
 *     APPEND   the returned value
 *     JUMP     2
 *  9: FINISH   */

/* The state of one query's compilation. */
struct loops {
    const struct expr *expr;
    const struct query *q;
    uint32_t dest;
    uint32_t builder;
    uint32_t accumulator;
    uint32_t source; /* register of the first source's list, with the window behind it */
    uint32_t cursor; /* of the first source */
    uint32_t outer;  /* the NEXT of the first source */
    uint32_t inner;  /* the NEXT of the last source */
    uint32_t first_hoist;
};

static void unset_hoists(struct compiler *c, const struct loops *l) {
    const struct hoist *hoists = (struct hoist *)(void *)c->hoists.at;
    for (uint32_t i = l->first_hoist; i < c->hoists.count; i++) {
        emit(c, hoists[i].expr, CODE_UNSET, hoists[i].reg, 0, 0);
    }
}

static void hoist_clauses(struct compiler *c, struct loops *l) {
    const struct query *q = l->q;
    l->first_hoist = c->hoists.count;
    for (uint32_t i = 1; i < q->source_count; i++) {
        hoist_parts(c, q->sources[i].expr);
    }
    for (uint32_t i = 0; i < q->let_count; i++) {
        hoist_parts(c, q->let_values[i]);
    }
    for (uint32_t i = 0; i < q->relation_count; i++) {
        hoist_parts(c, q->relations[i].source.expr);
        hoist_parts(c, q->relations[i].such_that);
    }
    hoist_parts(c, q->where);
    hoist_parts(c, q->returns);
    hoist_parts(c, q->aggregate);
    unset_hoists(c, l);
}

/* Opens the loops of all sources. */
static void open_sources(struct compiler *c, struct loops *l) {
    const struct query *q = l->q;
    for (uint32_t i = 0; i < q->source_count; i++) {
        const struct query_source *source = &q->sources[i];
        uint32_t list = i == 0 ? l->source : new_register(c);
        compile_expr(c, source->expr, list);
        uint32_t cursor = new_cursor(c);
        emit(c, source->expr, CODE_LOOP, cursor, list, source->is_list ? 0 : 1);
        uint32_t item = variable_bind(c, source->alias);
        uint32_t next = emit(c, source->expr, CODE_NEXT, item, cursor, i == 0 ? 0 : l->inner);
        if (i == 0) {
            l->outer = next;
            l->cursor = cursor;
        }
        l->inner = next;
    }
}

static void compile_lets(struct compiler *c, const struct query *q) {
    for (uint32_t i = 0; i < q->let_count; i++) {
        uint32_t reg = variable_bind(c, q->lets[i]);
        compile_expr(c, q->let_values[i], reg);
    }
}

/* with: goes on when some item fulfils the condition; without: when none does. */
static void compile_relation(struct compiler *c, const struct loops *l,
                             const struct query_relation *relation) {
    const struct expr *origin = relation->source.expr;
    uint32_t list = compile_operand(c, origin);
    uint32_t cursor = new_cursor(c);
    emit(c, origin, CODE_LOOP, cursor, list, relation->source.is_list ? 0 : 1);
    uint32_t item = variable_bind(c, relation->source.alias);
    uint32_t next = emit(c, origin, CODE_NEXT, item, cursor, relation->without ? 0 : l->inner);
    if (relation->such_that) {
        uint32_t condition = new_register(c);
        compile_expr(c, relation->such_that, condition);
        emit(c, relation->such_that, CODE_KEEP, l->cursor, condition, next);
    }
    if (relation->without) {
        emit(c, origin, CODE_JUMP, 0, 0, l->inner);
        land(c, next);
    }
}

/* The row itself, when no return clause says otherwise. */
static void compile_row(struct compiler *c, const struct loops *l, uint32_t dest) {
    const struct query *q = l->q;
    if (q->source_count == 1) {
        emit(c, l->expr, CODE_MOVE, dest, variable_register(c, q->sources[0].alias), 0);
        return;
    }
    const struct type *type = l->expr->type;
    while (type->kind == TYPE_LIST) {
        type = type->of;
    }
    const struct str *names = type->names;
    if (type->kind != TYPE_TUPLE) { /* an aggregate's rows have no type of their own */
        struct str *sorted = ARENA_ARRAY(&c->plan->arena, q->source_count, struct str);
        c->failed = c->failed || !sorted;
        for (uint32_t i = 0; sorted && i < q->source_count; i++) {
            uint32_t k = i;
            for (; k > 0 && str_compare(sorted[k - 1], q->sources[i].alias->name) > 0; k--) {
                sorted[k] = sorted[k - 1];
            }
            sorted[k] = q->sources[i].alias->name;
        }
        names = sorted;
    }
    uint32_t first = new_registers(c, q->source_count);
    for (uint32_t i = 0; names && i < q->source_count; i++) {
        for (uint32_t k = 0; k < q->source_count; k++) {
            if (str_equal(names[i], q->sources[k].alias->name)) {
                emit(c, l->expr, CODE_MOVE, first + i, variable_register(c, q->sources[k].alias),
                     0);
            }
        }
    }
    uint32_t place =
        emit(c, l->expr, CODE_TUPLE, dest, first, add_names(c, q->source_count, names, MODEL_NONE));
    if (!c->failed) {
        at(c, place)->count = (uint16_t)q->source_count;
    }
}

static void accumulate(struct compiler *c, const struct loops *l) {
    uint32_t result = new_register(c);
    compile_expr(c, l->q->aggregate, result);
    emit(c, l->q->aggregate, CODE_MOVE, l->accumulator, result, 0);
}

static void compile_filters(struct compiler *c, const struct loops *l) {
    compile_lets(c, l->q);
    for (uint32_t i = 0; i < l->q->relation_count; i++) {
        compile_relation(c, l, &l->q->relations[i]);
    }
    if (l->q->where) {
        uint32_t condition = compile_operand(c, l->q->where);
        emit(c, l->q->where, CODE_KEEP, l->cursor, condition, l->inner);
    }
}

/* After the filters: what a row adds to the result. */
static void compile_result(struct compiler *c, const struct loops *l) {
    const struct query *q = l->q;
    if (q->aggregate && !q->distinct) {
        accumulate(c, l);
        return;
    }
    uint32_t row = q->singleton && !q->aggregate ? l->dest : new_register(c);
    if (q->returns && !q->aggregate) {
        compile_expr(c, q->returns, row);
    } else {
        compile_row(c, l, row);
    }
    if (!q->singleton || q->aggregate) {
        emit(c, l->expr, CODE_APPEND, l->builder, row, 0);
    }
}

static void distinct_list(struct compiler *c, const struct expr *origin, uint32_t reg) {
    uint32_t place = emit(c, origin, CODE_OPERATOR, reg, reg, OP_DISTINCT);
    if (!c->failed) {
        at(c, place)->count = 1;
    }
}

/* aggregate distinct: the rows are made first, then run through once more. */
static void aggregate_distinct(struct compiler *c, const struct loops *l) {
    const struct query *q = l->q;
    uint32_t rows = new_register(c);
    emit(c, l->expr, CODE_FINISH, rows, l->builder, 0);
    distinct_list(c, l->expr, rows);
    uint32_t cursor = new_cursor(c);
    uint32_t row = new_register(c);
    emit(c, l->expr, CODE_LOOP, cursor, rows, 0);
    uint32_t next = emit(c, l->expr, CODE_NEXT, row, cursor, 0);
    for (uint32_t i = 0; i < q->source_count; i++) {
        uint32_t alias = variable_register(c, q->sources[i].alias);
        if (q->source_count == 1) {
            emit(c, l->expr, CODE_MOVE, alias, row, 0);
        } else {
            emit(c, l->expr, CODE_PROPERTY, alias, row,
                 add_property(c, q->sources[i].alias->name, MODEL_NO_ELEMENT, false));
        }
    }
    compile_lets(c, q);
    accumulate(c, l);
    emit(c, l->expr, CODE_JUMP, 0, 0, next);
    land(c, next);
}

static void sort_rows(struct compiler *c, const struct loops *l) {
    const struct query *q = l->q;
    struct plan_sort *sort = vector_add(c, &c->sorts, sizeof *sort);
    bool *descending = ARENA_ARRAY(&c->plan->arena, q->sort_count, bool);
    if (!sort || !descending) {
        c->failed = true;
        return;
    }
    *sort = (struct plan_sort){q->sort_count, descending};
    uint32_t index = c->sorts.count - 1;
    uint32_t cursor = new_cursor(c);
    uint32_t builder = new_builder(c, 1 + q->sort_count);
    uint32_t item = q->sort_item ? variable_bind(c, q->sort_item) : new_register(c);
    struct scope scope = {q, cursor, item, NO_BLOCK, c->scope};
    c->scope = &scope;
    for (uint32_t i = 0; i <= q->sort_count; i++) {
        emit(c, l->expr, CODE_BUILD, builder + i, 0, 0);
    }
    emit(c, l->expr, CODE_LOOP, cursor, l->dest, 0);
    uint32_t next = emit(c, l->expr, CODE_NEXT, item, cursor, 0);
    emit(c, l->expr, CODE_APPEND, builder, item, 0);
    uint32_t key = new_register(c);
    for (uint32_t i = 0; i < q->sort_count; i++) {
        descending[i] = q->sort_keys[i].direction == SORT_DESCENDING;
        if (q->sort_keys[i].by) {
            compile_expr(c, q->sort_keys[i].by, key);
            emit(c, q->sort_keys[i].by, CODE_APPEND, builder + 1 + i, key, 0);
        } else {
            emit(c, l->expr, CODE_APPEND, builder + 1 + i, item, 0);
        }
    }
    emit(c, l->expr, CODE_JUMP, 0, 0, next);
    land(c, next);
    emit(c, l->expr, CODE_SORT, l->dest, builder, index);
    c->scope = scope.outer;
}

static bool is_window(const struct expr *expr) {
    const struct type *type = expr->type;
    return type->kind == TYPE_INTERVAL && type->of->kind == TYPE_NAMED &&
           (type->of->name == MODEL_DATE || type->of->name == MODEL_DATETIME);
}

/* For evidence: what the query looked at, the window it wanted, and how its conditions came out. */
static void note_query(struct compiler *c, const struct loops *l) {
    const struct hoist *hoists = (struct hoist *)(void *)c->hoists.at;
    emit_constant(c, l->expr, l->source + 1, value_null());
    for (uint32_t i = l->first_hoist; i < c->hoists.count; i++) {
        if (hoists[i].written && is_window(hoists[i].expr)) {
            emit(c, hoists[i].expr, CODE_WINDOW, hoists[i].reg, 0, hoists[i].once);
            emit(c, hoists[i].expr, CODE_MOVE, l->source + 1, hoists[i].reg, 0);
            break;
        }
    }
    uint32_t place = emit(c, l->expr, CODE_QUERY, l->dest, l->source, l->cursor);
    if (!c->failed) {
        at(c, place)->count = 2;
    }
}

void compile_query(struct compiler *c, const struct expr *expr, uint32_t dest) {
    const struct query *q = expr->query;
    uint32_t hoists_before = c->hoists.count;
    struct loops l = {.expr = expr, .q = q, .dest = new_register(c), .accumulator = NO_BLOCK};
    l.source = new_registers(c, 2);
    l.builder = new_builder(c, 1);
    emit_constant(c, expr, l.dest, value_null());
    emit(c, expr, CODE_BUILD, l.builder, 0, 0);
    hoist_clauses(c, &l);
    if (q->accumulator) {
        l.accumulator = variable_bind(c, q->accumulator);
        if (q->starting) {
            compile_expr(c, q->starting, l.accumulator);
        } else {
            emit_constant(c, expr, l.accumulator, value_null());
        }
    }
    open_sources(c, &l);
    if (!c->failed) {
        struct scope scope = {q, l.cursor, variable_register(c, q->sources[0].alias), l.accumulator,
                              c->scope};
        c->scope = &scope;
        compile_filters(c, &l);
        compile_result(c, &l);
        emit(c, expr, CODE_JUMP, 0, 0, l.inner);
        land(c, l.outer);
        if (q->aggregate && q->distinct) {
            aggregate_distinct(c, &l);
        }
        c->scope = scope.outer;
    }
    if (q->aggregate) {
        emit(c, expr, CODE_MOVE, l.dest, l.accumulator, 0);
    } else if (!q->singleton) {
        emit(c, expr, CODE_FINISH, l.dest, l.builder, 0);
        if (q->distinct) {
            distinct_list(c, expr, l.dest);
        }
        if (q->sort_count > 0) {
            sort_rows(c, &l);
        }
    }
    note_query(c, &l);
    emit(c, expr, CODE_MOVE, dest, l.dest, 0);
    c->hoists.count = hoists_before;
}
