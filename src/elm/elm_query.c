/* Queries and retrieves. */
#include "elm/elm_internal.h"

static struct str alias_of(const struct variable *variable) {
    return variable->name.len ? variable->name : STR("$this");
}

static void push(struct elm_writer *w, struct binding *binding, const struct variable *variable,
                 struct str name, const char *kind) {
    *binding =
        (struct binding){.variable = variable, .name = name, .kind = kind, .outer = w->bindings};
    w->bindings = binding;
}

static void source(struct elm_writer *w, const struct query_source *from) {
    elm_locator(w, from->expr->span);
    elm_member(w, "alias", alias_of(from->alias));
    elm_kid(w, "expression", from->expr);
}

static void sources(struct elm_writer *w, const struct query *query) {
    elm_key(w, "source");
    elm_open(w, '[');
    for (uint32_t i = 0; i < query->source_count; i++) {
        elm_open(w, '{');
        source(w, &query->sources[i]);
        elm_close(w, '}');
    }
    elm_close(w, ']');
}

static struct str let_name(const struct variable *let) {
    return let->name.len ? let->name : STR("$value");
}

static void lets(struct elm_writer *w, const struct query *query) {
    if (!query->let_count) {
        return;
    }
    elm_key(w, "let");
    elm_open(w, '[');
    for (uint32_t i = 0; i < query->let_count; i++) {
        elm_open(w, '{');
        elm_member(w, "identifier", let_name(query->lets[i]));
        elm_kid(w, "expression", query->let_values[i]);
        elm_close(w, '}');
    }
    elm_close(w, ']');
}

static void relations(struct elm_writer *w, const struct query *query) {
    if (!query->relation_count) {
        return;
    }
    elm_key(w, "relationship");
    elm_open(w, '[');
    for (uint32_t i = 0; i < query->relation_count; i++) {
        elm_node(w, query->relations[i].without ? "Without" : "With");
        source(w, &query->relations[i].source);
        elm_kid(w, "suchThat", query->relations[i].such_that);
        elm_close(w, '}');
    }
    elm_close(w, ']');
}

/* A row of several sources without `return` is a tuple of their items. */
static void tuple_of_aliases(struct elm_writer *w, const struct query *query) {
    elm_node(w, "Tuple");
    elm_key(w, "element");
    elm_open(w, '[');
    for (uint32_t i = 0; i < query->source_count; i++) {
        elm_open(w, '{');
        elm_member(w, "name", query->sources[i].alias->name);
        elm_key(w, "value");
        elm_node(w, "AliasRef");
        elm_member(w, "name", query->sources[i].alias->name);
        elm_close(w, '}');
        elm_close(w, '}');
    }
    elm_close(w, ']');
    elm_close(w, '}');
}

static void returned(struct elm_writer *w, const struct query *query) {
    if (query->aggregate || (!query->returns && query->source_count < 2)) {
        return;
    }
    elm_key(w, "return");
    elm_open(w, '{');
    if (!query->distinct) {
        elm_flag(w, "distinct", false);
    }
    elm_key(w, "expression");
    if (query->returns) {
        elm_expr(w, query->returns);
    } else {
        tuple_of_aliases(w, query);
    }
    elm_close(w, '}');
}

static void aggregated(struct elm_writer *w, const struct query *query) {
    if (!query->aggregate) {
        return;
    }
    elm_key(w, "aggregate");
    elm_open(w, '{');
    elm_member(w, "identifier", query->accumulator->name);
    if (query->distinct) {
        elm_flag(w, "distinct", true);
    }
    elm_kid(w, "starting", query->starting);
    struct binding accumulator;
    push(w, &accumulator, query->accumulator, query->accumulator->name, "QueryLetRef");
    elm_kid(w, "expression", query->aggregate);
    w->bindings = accumulator.outer;
    elm_close(w, '}');
}

static bool is_item(const struct expr *expr, const struct variable *item) {
    return expr->kind == EXPR_ALIAS_REF && expr->variable == item;
}

static void sort_key(struct elm_writer *w, const struct sort_key *key,
                     const struct variable *item) {
    const struct expr *by = key->by;
    bool column =
        by && by->kind == EXPR_PROPERTY && !by->property.on_list && is_item(by->args[0], item);
    elm_node(w, !by ? "ByDirection" : column ? "ByColumn" : "ByExpression");
    elm_locator(w, key->span);
    if (column) {
        elm_member(w, "path", by->property.name);
    }
    elm_member(w, "direction", key->direction == SORT_DESCENDING ? STR("desc") : STR("asc"));
    if (by && !column) {
        elm_kid(w, "expression", by);
    }
    elm_close(w, '}');
}

static void sorted(struct elm_writer *w, const struct query *query) {
    if (!query->sort_count) {
        return;
    }
    struct binding item;
    push(w, &item, query->sort_item, STR("$this"), "IdentifierRef");
    elm_key(w, "sort");
    elm_open(w, '{');
    elm_key(w, "by");
    elm_open(w, '[');
    for (uint32_t i = 0; i < query->sort_count; i++) {
        sort_key(w, &query->sort_keys[i], query->sort_item);
    }
    elm_close(w, ']');
    elm_close(w, '}');
    w->bindings = item.outer;
}

void elm_query(struct elm_writer *w, const struct expr *expr) {
    const struct query *query = expr->query;
    elm_node(w, "Query");
    elm_locator(w, expr->span);
    elm_result_type(w, expr->type);
    sources(w, query);
    lets(w, query);
    relations(w, query);
    elm_kid(w, "where", query->where);
    returned(w, query);
    aggregated(w, query);
    sorted(w, query);
    elm_close(w, '}');
}

/* One code, that the checker made a list of one of, is ELM's ToList. */
static void codes(struct elm_writer *w, const struct expr *codes) {
    if (!codes) {
        return;
    }
    if (codes->kind != EXPR_LIST || !codes->implicit || codes->count != 1) {
        elm_kid(w, "codes", codes);
        return;
    }
    elm_key(w, "codes");
    elm_node(w, "ToList");
    elm_result_type(w, codes->type);
    elm_kid(w, "operand", codes->args[0]);
    elm_close(w, '}');
}

void elm_retrieve(struct elm_writer *w, const struct expr *expr) {
    static const char *const comparators[] = {
        [CODES_IN] = "in", [CODES_EQUAL] = "=", [CODES_EQUIVALENT] = "~"};
    const struct retrieve *retrieve = expr->retrieve;
    struct str name = model_type(retrieve->type)->name;
    char text[160];
    elm_node(w, "Retrieve");
    elm_locator(w, expr->span);
    elm_result_type(w, expr->type);
    elm_key(w, "dataType");
    elm_type_name(w, retrieve->type);
    (void)snprintf(text, sizeof text, "http://hl7.org/fhir/StructureDefinition/%.*s",
                   STR_ARG(name));
    elm_member(w, "templateId", str_from(text));
    if (retrieve->codes) {
        elm_member(w, "codeProperty", retrieve->code_path);
        elm_member(w, "codeComparator", str_from(comparators[retrieve->comparator]));
    }
    elm_kid(w, "context", retrieve->context);
    codes(w, retrieve->codes);
    elm_close(w, '}');
}
