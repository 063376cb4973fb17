/* Queries: sources, lets, relations, where, return or aggregate, sort. The rows of several sources
 * are all their combinations. Without `return` a row is the item of the only source, or a tuple of
 * the aliases. */
#include "cql/check.h"

static bool check_source(struct checker *ck, const struct syntax *node, struct query_source *out) {
    struct expr *expr = check_kid(ck, node, 0);
    if (!expr || !node->kids[1]) {
        return false;
    }
    out->expr = expr;
    out->is_list = expr->type->kind == TYPE_LIST;
    out->alias = check_variable(ck, node->kids[1]->text, out->is_list ? expr->type->of : expr->type,
                                node->kids[1]->span);
    return out->alias != NULL;
}

/* An alias whose source failed still hides what it hides, with no type: the rest of the query
 * cannot be checked. */
static bool check_sources(struct checker *ck, const struct syntax *node, struct query *query) {
    struct query_source *sources = ARENA_ARRAY(ck->arena, node->count, struct query_source);
    struct local *locals = ARENA_ARRAY(ck->arena, node->count, struct local);
    if (!sources || !locals) {
        check_no_memory(ck);
        return false;
    }
    bool complete = true;
    uint32_t count = 0;
    for (uint32_t i = 4; i < node->count; i++) {
        const struct syntax *kid = node->kids[i];
        if (kid && kid->kind == SYNTAX_WITH) {
            continue;
        }
        if (!kid || !check_source(ck, kid, &sources[count])) {
            complete = false;
            continue;
        }
        count++;
    }
    for (uint32_t i = 0; i < count; i++) {
        check_push_local(ck, &locals[i], EXPR_ALIAS_REF, sources[i].alias);
    }
    query->source_count = count;
    query->sources = sources;
    query->singleton = true;
    for (uint32_t i = 0; i < count; i++) {
        query->singleton = query->singleton && !sources[i].is_list;
    }
    return complete && count > 0;
}

static bool check_lets(struct checker *ck, const struct syntax *node, struct query *query) {
    if (!node) {
        return true;
    }
    query->lets = ARENA_ARRAY(ck->arena, node->count + 1u, struct variable *);
    query->let_values = check_args(ck, node->count);
    struct local *locals = ARENA_ARRAY(ck->arena, node->count + 1u, struct local);
    if (!query->lets || !query->let_values || !locals) {
        check_no_memory(ck);
        return false;
    }
    bool complete = true;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct syntax *let = node->kids[i];
        struct expr *value = let ? check_kid(ck, let, 1) : NULL;
        if (!value) {
            /* Its name is not unknown: what refers to it cannot be checked. */
            complete = false;
            if (let && let->kids[0]) {
                locals[i] = (struct local){
                    .name = let->kids[0]->text, .kind = EXPR_LET_REF, .outer = ck->frame->locals};
                ck->frame->locals = &locals[i];
            }
            continue;
        }
        struct variable *variable =
            check_variable(ck, let->kids[0]->text, value->type, let->kids[0]->span);
        if (!variable) {
            return false;
        }
        query->let_values[query->let_count] = value;
        query->lets[query->let_count++] = variable;
        check_push_local(ck, &locals[i], EXPR_LET_REF, variable);
    }
    return complete;
}

static bool check_relation(struct checker *ck, const struct syntax *node,
                           struct query_relation *out) {
    if (!node->kids[0] || !check_source(ck, node->kids[0], &out->source)) {
        return false;
    }
    const struct local *outer = ck->frame->locals;
    struct local alias;
    check_push_local(ck, &alias, EXPR_ALIAS_REF, out->source.alias);
    out->without = node->flags != 0;
    out->such_that = check_condition(ck, node->kids[1], "`such that`");
    ck->frame->locals = outer;
    return out->such_that != NULL;
}

static bool check_relations(struct checker *ck, const struct syntax *node, struct query *query) {
    query->relations = ARENA_ARRAY(ck->arena, node->count, struct query_relation);
    if (!query->relations) {
        check_no_memory(ck);
        return false;
    }
    bool complete = true;
    for (uint32_t i = 4; i < node->count; i++) {
        const struct syntax *kid = node->kids[i];
        if (kid && kid->kind == SYNTAX_WITH) {
            bool fine = check_relation(ck, kid, &query->relations[query->relation_count]);
            query->relation_count += fine;
            complete = complete && fine;
        }
    }
    return complete;
}

/* The type of a row that no `return` changes. */
static const struct type *row_type(struct checker *ck, const struct query *query,
                                   struct span span) {
    if (query->source_count == 1) {
        return query->sources[0].alias->type;
    }
    struct str *names = ARENA_ARRAY(ck->arena, query->source_count, struct str);
    const struct type **types = ARENA_ARRAY(ck->arena, query->source_count, const struct type *);
    if (!names || !types) {
        return check_no_memory(ck);
    }
    for (uint32_t i = 0; i < query->source_count; i++) {
        names[i] = query->sources[i].alias->name;
        types[i] = query->sources[i].alias->type;
    }
    return check_made(ck, type_tuple(ck->types, query->source_count, names, types), span);
}

static const struct type *check_return(struct checker *ck, const struct syntax *node,
                                       struct query *query, struct span span) {
    if (!node) {
        query->distinct = false;
        return row_type(ck, query, span);
    }
    query->returns = check_kid(ck, node, 0);
    query->distinct = node->word != WORD_ALL;
    return query->returns ? query->returns->type : NULL;
}

/* The accumulator is initialised before the first row (Language Semantics, "Query Evaluation"), so
 * that what stands for a row is not in scope: neither aliases nor lets. */
static struct expr *check_starting(struct checker *ck, const struct syntax *node,
                                   const struct local *outer) {
    const struct local *rows = ck->frame->locals, *later = ck->frame->later;
    ck->frame->locals = outer;
    ck->frame->later = rows;
    struct expr *starting = check_kid(ck, node, 1);
    ck->frame->locals = rows;
    ck->frame->later = later;
    return starting;
}

/* The accumulator has the type of the starting value; without one, that of the expression with an
 * accumulator of no known type. */
static const struct type *check_aggregate(struct checker *ck, const struct syntax *node,
                                          struct query *query, const struct local *before) {
    if (!node->kids[0] || !node->kids[2]) {
        return NULL;
    }
    query->distinct = node->word == WORD_DISTINCT;
    query->starting = node->kids[1] ? check_starting(ck, node, before) : NULL;
    if (node->kids[1] && !query->starting) {
        return NULL;
    }
    const struct type *type = query->starting ? query->starting->type : ck->system[MODEL_ANY];
    const struct local *outer = ck->frame->locals;
    struct local local;
    query->accumulator = check_variable(ck, node->kids[0]->text, type, node->kids[0]->span);
    if (!query->accumulator) {
        return NULL;
    }
    check_push_local(ck, &local, EXPR_ALIAS_REF, query->accumulator);
    query->aggregate = check_kid(ck, node, 2);
    ck->frame->locals = outer;
    if (!query->aggregate) {
        return NULL;
    }
    if (check_is_any(type)) {
        return query->aggregate->type;
    }
    const struct conversion *back = check_find_conversion(ck, query->aggregate->type, type);
    if (back) {
        query->aggregate = check_apply(ck, query->aggregate, back);
        return type;
    }
    /* Integer 0 to start a sum of Decimals: the start takes the wider type, and the body is read
     * again with it. */
    const struct type *wider = query->aggregate->type;
    query->starting = check_convert_to(ck, query->starting, wider, "the starting value");
    if (!query->starting) {
        return NULL;
    }
    query->accumulator->type = wider;
    check_push_local(ck, &local, EXPR_ALIAS_REF, query->accumulator);
    query->aggregate = check_kid(ck, node, 2);
    ck->frame->locals = outer;
    query->aggregate =
        query->aggregate ? check_convert_to(ck, query->aggregate, wider, "the aggregate expression")
                         : NULL;
    return query->aggregate ? wider : NULL;
}

/* Values of the type have an order: Less takes two of them. */
static bool check_ordered(struct checker *ck, const struct type *type, struct span span) {
    if (check_is_any(type)) {
        return true;
    }
    struct expr probe = {.kind = EXPR_ALIAS_REF, .type = type, .span = span};
    struct expr *args[2] = {&probe, &probe};
    struct call call = {STR("sort"), 2, args, PRECISION_NONE, span};
    struct resolution found;
    if (check_resolve_operator(ck, &call, STR("Less"), &found)) {
        return true;
    }
    if (ck->status == STATUS_OK) {
        struct str text = check_type_text(ck, type);
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0152, span, "values of type %.*s have no order to sort by",
                    STR_ARG(text));
        diag_hint(ck->diags, d, "name an element that has one: `sort by ...`");
    }
    return false;
}

/* The System value of a FHIR element, which is what is compared. */
static struct expr *comparable(struct checker *ck, struct expr *by) {
    struct str helper;
    const struct type *target = by ? check_helper_target(ck, by->type, &helper) : NULL;
    return target ? check_ensure(ck, by, target) : by;
}

static bool check_sort_item(struct checker *ck, const struct syntax *node, struct sort_key *out) {
    out->direction = node->word == WORD_DESC ? SORT_DESCENDING : SORT_ASCENDING;
    out->span = node->span;
    out->by = comparable(ck, check_kid(ck, node, 0));
    return out->by && check_ordered(ck, out->by->type, node->span);
}

static bool check_sort(struct checker *ck, const struct syntax *node, struct query *query,
                       const struct type *row) {
    if (!node) {
        return true;
    }
    if (query->singleton) {
        diag_at(ck->diags, DIAG_CQ0153, node->span,
                "there is nothing to sort: no source is a list");
        return false;
    }
    uint32_t count = node->word == WORD_NONE ? node->count : 1;
    query->sort_keys = ARENA_ARRAY(ck->arena, count + 1u, struct sort_key);
    query->sort_item = check_variable(ck, STR_NONE, row, node->span);
    if (!query->sort_keys || !query->sort_item) {
        check_no_memory(ck);
        return false;
    }
    query->sort_count = count;
    const struct local *outer = ck->frame->locals;
    struct local local = {.kind = EXPR_ALIAS_REF, .variable = query->sort_item, .is_row = true};
    ck->frame->locals = &local;
    bool complete = true;
    if (node->word != WORD_NONE) {
        struct expr *item = check_variable_ref(ck, EXPR_ALIAS_REF, query->sort_item, node->span);
        struct expr *by = comparable(ck, item);
        query->sort_keys[0] = (struct sort_key){
            .by = by == item ? NULL : by,
            .direction = node->word == WORD_DESC ? SORT_DESCENDING : SORT_ASCENDING,
            .span = node->span};
        complete = by && check_ordered(ck, by->type, node->span);
    } else {
        for (uint32_t i = 0; i < count; i++) {
            complete = node->kids[i] && check_sort_item(ck, node->kids[i], &query->sort_keys[i]) &&
                       complete;
        }
    }
    ck->frame->locals = outer;
    return complete;
}

/* `outer`: the names in scope around the query. */
static struct expr *check_clauses(struct checker *ck, const struct syntax *node,
                                  struct query *query, const struct local *outer) {
    bool complete = check_lets(ck, node->kids[0], query);
    complete = check_relations(ck, node, query) && complete;
    if (!complete) {
        return NULL;
    }
    if (node->kids[1]) {
        query->where = check_condition(ck, node->kids[1], "`where`");
        complete = query->where != NULL;
    }
    const struct syntax *last = node->kids[2];
    bool aggregates = last && last->kind == SYNTAX_AGGREGATE;
    const struct type *row = aggregates ? check_aggregate(ck, last, query, outer)
                                        : check_return(ck, last, query, node->span);
    /* Only the row is in scope of a sort clause. */
    complete = row && check_sort(ck, node->kids[3], query, row) && complete;
    if (!complete) {
        return NULL;
    }
    const struct type *type = aggregates || query->singleton
                                  ? row
                                  : check_made(ck, type_list(ck->types, row), node->span);
    struct expr *expr = type ? check_node(ck, EXPR_QUERY, type, node->span) : NULL;
    if (expr) {
        expr->query = query;
    }
    return expr;
}

/* `[Observation: CRP tests]` means the name "CRP tests", and reads as a query over CRP. */
static void doubt_alias(struct checker *ck, const struct syntax *node) {
    const struct syntax *source = node->count == 5 ? node->kids[4] : NULL;
    bool bare = !node->kids[0] && !node->kids[1] && !node->kids[2] && !node->kids[3];
    if (!source || !bare || !source->kids[0] || source->kids[0]->kind != SYNTAX_NAME) {
        return;
    }
    const struct syntax *name = source->kids[0]->kids[0], *alias = source->kids[1];
    if (name->flags || alias->flags) {
        return;
    }
    struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0513, alias->span,
                                   "`%.*s` is read as an alias of %.*s, and nothing uses it",
                                   STR_ARG(alias->text), STR_ARG(name->text));
    diag_hint(ck->diags, d, "a name with blanks stands in double quotes: \"%.*s %.*s\"",
              STR_ARG(name->text), STR_ARG(alias->text));
}

struct expr *check_query(struct checker *ck, const struct syntax *node) {
    struct query *query = ARENA_NEW(ck->arena, struct query);
    if (!query) {
        return check_no_memory(ck);
    }
    const struct local *outer = ck->frame->locals;
    struct expr *expr =
        check_sources(ck, node, query) ? check_clauses(ck, node, query, outer) : NULL;
    ck->frame->locals = outer;
    if (expr) {
        doubt_alias(ck, node);
    }
    return expr;
}
