#include "trial/flow_internal.h"

#include "base/limits.h"
#include "cql/tree.h"

/* Names in scope, the innermost first. */
struct binding {
    const struct variable *variable;
    struct flow_value value;
    const struct binding *outer;
};

static struct flow_value walk(struct flow *flow, const struct expr *e, const struct binding *scope);

struct flow_value flow_anything(void) {
    return (struct flow_value){
        .is_data = true, .can_be_null = true, .can_be_true = true, .can_be_false = true};
}

struct flow_value flow_something(bool is_data) {
    return (struct flow_value){.is_data = is_data, .can_be_true = true, .can_be_false = true};
}

bool flow_is_null(const struct flow_value *value) {
    return value->can_be_null && !value->can_be_true && !value->can_be_false;
}

void flow_doubt(const struct flow *flow, const struct flow_doubted *doubted) {
    const struct expr *expr = doubted->expr;
    bool budget = flow->steps < FLOW_STEPS_MAX && flow->depth < FLOW_DEPTH_MAX;
    if (flow->input.doubt && !flow->quiet && budget && !expr->implicit && expr->span.source) {
        flow->input.doubt(flow->input.context, doubted);
    }
}

void flow_say(const struct flow *flow, enum flow_doubt doubt, const struct expr *expr) {
    flow_doubt(flow, &(struct flow_doubted){.doubt = doubt, .expr = expr});
}

/* A condition that decides nothing. */
static void say_condition(const struct flow *flow, const struct flow_value *value,
                          const struct expr *expr) {
    if (!value->can_be_true) {
        flow_say(flow, FLOW_ALWAYS_FALSE, expr);
    } else if (!value->can_be_false && !value->can_be_null) {
        flow_say(flow, FLOW_ALWAYS_TRUE, expr);
    }
}

/* ---- Joining ---- */

static bool same_names(const struct flow_value *a, const struct flow_value *b) {
    bool same = a->field_count == b->field_count;
    for (uint32_t i = 0; same && i < a->field_count; i++) {
        same = str_equal(a->names[i], b->names[i]);
    }
    return same;
}

static void join_fields(struct flow *flow, const struct flow_value *a, const struct flow_value *b,
                        struct flow_value *out) {
    const struct flow_value *one = a->field_count ? a : b;
    out->field_count = one->field_count;
    out->names = one->names;
    out->fields = one->fields;
    if (!a->field_count || !b->field_count) {
        return;
    }
    if (!same_names(a, b)) {
        out->field_count = 0;
        return;
    }
    struct flow_value *fields = ARENA_ARRAY(flow->input.arena, a->field_count, struct flow_value);
    if (!fields) {
        flow->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < a->field_count; i++) {
        fields[i] = flow_join(flow, a->fields[i], b->fields[i]);
    }
    out->fields = fields;
}

static void join_limits(struct flow *flow, const struct flow_value *a, const struct flow_value *b,
                        struct flow_value *out) {
    const struct flow_value *one = a->limit_count ? a : b;
    out->limit_count = one->limit_count;
    out->limits = one->limits;
    if (!a->limit_count || !b->limit_count || a->limits == b->limits) {
        return;
    }
    struct flow_limit *limits = ARENA_ARRAY(flow->input.arena, FLOW_LIMITS_MAX, struct flow_limit);
    if (!limits) {
        flow->no_memory = true;
        return;
    }
    out->limit_count = 0;
    for (uint32_t i = 0; i < a->limit_count + b->limit_count && i < FLOW_LIMITS_MAX; i++) {
        limits[out->limit_count++] =
            i < a->limit_count ? a->limits[i] : b->limits[i - a->limit_count];
    }
    out->limits = limits;
}

/* Null has any unit. */
static void join_units(const struct flow_value *a, const struct flow_value *b,
                       struct flow_value *out) {
    const struct flow_value *known = flow_is_null(a) ? b : a;
    out->has_unit = known->has_unit &&
                    (known == b || flow_is_null(b) || (b->has_unit && flow_may_convert(a, b)));
    out->unit = out->has_unit ? known->unit : NULL;
}

struct flow_value flow_join(struct flow *flow, struct flow_value a, struct flow_value b) {
    struct flow_value out = {
        .analytes = {{a.analytes.bits[0] | b.analytes.bits[0],
                      a.analytes.bits[1] | b.analytes.bits[1]}},
        .is_bare = a.is_bare || b.is_bare,
        .is_data = a.is_data || b.is_data,
        .can_be_null = a.can_be_null || b.can_be_null,
        .can_be_true = a.can_be_true || b.can_be_true,
        .can_be_false = a.can_be_false || b.can_be_false,
    };
    join_units(&a, &b, &out);
    join_fields(flow, &a, &b, &out);
    join_limits(flow, &a, &b, &out);
    return out;
}

/* ---- Leaves ---- */

static struct flow_value of_limit(struct flow *flow, i128 value, const struct unit *unit,
                                  struct span span) {
    struct flow_value out = flow_something(false);
    struct flow_limit *limit = ARENA_NEW(flow->input.arena, struct flow_limit);
    if (!limit) {
        flow->no_memory = true;
        return out;
    }
    *limit = (struct flow_limit){value, unit, span};
    out.limit_count = 1;
    out.limits = limit;
    out.has_unit = true;
    out.unit = unit;
    return out;
}

static struct flow_value of_value(struct flow *flow, const struct value *v, struct span span) {
    switch ((enum value_kind)v->kind) {
    case VALUE_NULL:
        return (struct flow_value){.can_be_null = true};
    case VALUE_BOOLEAN:
        return (struct flow_value){.can_be_true = v->boolean, .can_be_false = !v->boolean};
    case VALUE_INTEGER:
        return of_limit(flow, v->integer * DECIMAL_ONE, NULL, span);
    case VALUE_LONG:
        return of_limit(flow, v->longint * DECIMAL_ONE, NULL, span);
    case VALUE_DECIMAL:
        return of_limit(flow, v->decimal, NULL, span);
    case VALUE_QUANTITY:
        return of_limit(flow, v->quantity->value, v->quantity->unit, span);
    default:
        return flow_something(false);
    }
}

static struct flow_value of_parameter(struct flow *flow, const struct parameter *parameter) {
    for (uint32_t i = 0; i < flow->input.argument_count; i++) {
        const struct flow_argument *a = &flow->input.arguments[i];
        if (str_equal(a->name, parameter->name)) {
            return of_value(flow, &a->value, a->span);
        }
    }
    struct flow_value out = parameter->default_value ? walk(flow, parameter->default_value, NULL)
                                                     : (struct flow_value){.can_be_null = true};
    if (flow->input.parameters_vary) {
        out.can_be_null = out.can_be_true = out.can_be_false = true;
        out.has_unit = false;
    }
    return out;
}

static void add_codes(struct flow *flow, const struct expr *codes, struct analyte_set *set);

static void add_set(struct flow *flow, const struct vocabulary *v, struct analyte_set *set) {
    struct str why;
    const struct value_set *members =
        flow->input.terms ? terms_find(flow->input.terms, v->id, v->version, &why) : NULL;
    for (uint32_t i = 0; members && i < value_set_count(members); i++) {
        const struct code *code = value_set_code(members, i);
        analyte_add_code(flow->input.analytes, code->system, code->code, set);
    }
}

static void add_concept(struct flow *flow, const struct concept *concept, struct analyte_set *set) {
    for (uint32_t i = 0; i < concept->count; i++) {
        analyte_add_code(flow->input.analytes, concept->codes[i].system, concept->codes[i].code,
                         set);
    }
}

static void add_codes(struct flow *flow, const struct expr *codes, struct analyte_set *set) {
    if (codes->kind == EXPR_VALUESET_REF) {
        add_set(flow, &codes->vocabulary->value, set);
    } else if (codes->kind == EXPR_CODE_REF || codes->kind == EXPR_CONCEPT_REF) {
        add_concept(flow, &codes->code->value, set);
    } else if (codes->kind == EXPR_LITERAL && codes->literal.kind == VALUE_CODE) {
        analyte_add_code(flow->input.analytes, codes->literal.code->system,
                         codes->literal.code->code, set);
    } else if (codes->kind == EXPR_DEFINE_REF && codes->definition->body) {
        add_codes(flow, codes->definition->body, set);
    } else {
        for (uint32_t i = 0; i < codes->count; i++) {
            add_codes(flow, codes->args[i], set);
        }
    }
}

static struct flow_value of_retrieve(struct flow *flow, const struct expr *e) {
    struct flow_value out = flow_something(true);
    const struct retrieve *retrieve = e->retrieve;
    if (retrieve->codes && retrieve->codes->kind == EXPR_LIST && retrieve->codes->count == 0) {
        flow_say(flow, FLOW_NO_CODES, e);
    }
    const struct model_type *type = model_type(retrieve->type);
    if (flow->input.analytes && retrieve->codes && str_equal(type->name, STR("Observation"))) {
        add_codes(flow, retrieve->codes, &out.analytes);
        for (uint32_t i = 0; flow->input.measured && i < ANALYTES_MAX / 64; i++) {
            flow->input.measured->bits[i] |= out.analytes.bits[i];
        }
        flow_check_mixed(flow, &out.analytes, e->span);
    }
    return out;
}

/* ---- Structures ---- */

static struct flow_value of_tuple(struct flow *flow, const struct expr *e,
                                  const struct binding *scope) {
    struct flow_value out = flow_something(false);
    struct flow_value *fields = ARENA_ARRAY(flow->input.arena, e->count + 1, struct flow_value);
    if (!fields) {
        flow->no_memory = true;
        return out;
    }
    for (uint32_t i = 0; i < e->count; i++) {
        fields[i] = walk(flow, e->args[i], scope);
        out.is_data |= fields[i].is_data;
    }
    out.field_count = e->count;
    out.names = e->fields.names;
    out.fields = fields;
    return out;
}

/* System.Quantity { value: 5, unit: 'mg/L' } is a limit like 5 'mg/L'; with a value from data it is
 * that measurement. */
static struct flow_value of_instance(struct flow *flow, const struct expr *e,
                                     const struct binding *scope) {
    struct flow_value out = flow_something(false);
    const struct expr *number = NULL;
    const struct expr *unit = NULL;
    for (uint32_t i = 0; i < e->count; i++) {
        struct flow_value field = walk(flow, e->args[i], scope);
        bool is_value = str_equal(e->fields.names[i], STR("value"));
        bool is_unit = str_equal(e->fields.names[i], STR("unit"));
        number = is_value && e->args[i]->kind == EXPR_LITERAL ? e->args[i] : number;
        unit = is_unit && e->args[i]->kind == EXPR_LITERAL ? e->args[i] : unit;
        field.limit_count = 0;
        out = flow_join(flow, out, field);
    }
    bool is_limit = number && unit && unit->literal.kind == VALUE_STRING && flow->input.analytes;
    if (is_limit && number->literal.kind == VALUE_DECIMAL) {
        const struct unit *u = unit_intern(flow->input.analytes->units, unit->literal.string);
        return of_limit(flow, number->literal.decimal, u, e->span);
    }
    out.is_bare = false;
    out.can_be_null = false;
    out.field_count = 0;
    return out;
}

static bool is_quantity(const struct type *type) {
    if (!type || type->kind != TYPE_NAMED) {
        return false;
    }
    return type->name == MODEL_QUANTITY || str_equal(model_type(type->name)->name, STR("Quantity"));
}

static struct flow_value of_property(struct flow *flow, const struct expr *e,
                                     const struct binding *scope) {
    struct flow_value of = walk(flow, e->args[0], scope);
    for (uint32_t i = 0; i < of.field_count; i++) {
        if (str_equal(of.names[i], e->property.name)) {
            struct flow_value out = of.fields[i];
            out.can_be_null = !e->property.on_list && (out.can_be_null || of.can_be_null);
            return out;
        }
    }
    struct flow_value out = of;
    out.field_count = 0;
    out.has_unit = false;
    out.can_be_true = true;
    out.can_be_false = true;
    out.can_be_null = !e->property.on_list && (of.is_data || of.can_be_null);
    if (is_quantity(e->args[0]->type)) {
        out.is_bare = str_equal(e->property.name, STR("value"));
        if (!out.is_bare) {
            out.analytes = (struct analyte_set){0};
        }
        for (uint32_t i = 0; out.is_bare && i < out.limit_count && i < 1; i++) {
            out = of_limit(flow, of.limits[0].value, NULL, of.limits[0].span);
        }
    }
    return out;
}

/* ---- Choices ---- */

static struct flow_value of_if(struct flow *flow, const struct expr *e,
                               const struct binding *scope) {
    struct flow_value when = walk(flow, e->args[0], scope);
    struct flow_value then = walk(flow, e->args[1], scope);
    struct flow_value otherwise = walk(flow, e->args[2], scope);
    struct flow_value out = otherwise;
    if (!e->implicit && !when.can_be_true) {
        flow_say(flow, FLOW_NEVER_REACHED, e->args[1]);
    } else if (!e->implicit && !when.can_be_false && !when.can_be_null) {
        flow_say(flow, FLOW_NEVER_REACHED, e->args[2]);
    }
    if (when.can_be_true) {
        out = when.can_be_false || when.can_be_null ? flow_join(flow, then, otherwise) : then;
    }
    out.is_data |= when.is_data;
    return out;
}

static struct flow_value of_case(struct flow *flow, const struct expr *e,
                                 const struct binding *scope) {
    bool is_data = false;
    bool reached = true;
    bool first = true;
    struct flow_value out = {0};
    struct flow_value comparand = {0};
    if (e->args[0]) {
        comparand = walk(flow, e->args[0], scope);
        is_data |= comparand.is_data;
    }
    for (uint32_t i = 0; i < e->cases.item_count; i++) {
        struct flow_value when = walk(flow, e->cases.items[i].when, scope);
        struct flow_value then = walk(flow, e->cases.items[i].then, scope);
        is_data |= when.is_data;
        if (e->args[0] && flow_is_null(&when)) {
            flow_say(flow, FLOW_NEVER_EQUAL, e->cases.items[i].when);
        } else if (!e->implicit && (!reached || (!e->args[0] && !when.can_be_true))) {
            flow_say(flow, FLOW_NEVER_REACHED, e->cases.items[i].then);
        }
        if (e->args[0]) {
            flow_compare(flow, &comparand, &when, e->cases.items[i].when->span);
            when = flow_anything();
        }
        if (reached && when.can_be_true) {
            out = first ? then : flow_join(flow, out, then);
            first = false;
            reached = when.can_be_false || when.can_be_null;
        }
    }
    struct flow_value otherwise = walk(flow, e->args[1], scope);
    if (reached) {
        out = first ? otherwise : flow_join(flow, out, otherwise);
    } else if (e->args[1]->kind != EXPR_NULL) {
        flow_say(flow, FLOW_NEVER_REACHED, e->args[1]);
    }
    out.is_data |= is_data;
    return out;
}

/* ---- Queries ---- */

enum { QUERY_NAMES_MAX = 16 };

struct query_scope {
    struct binding bindings[QUERY_NAMES_MAX];
    uint32_t count;
    const struct binding *inner;
};

static void bind(struct query_scope *q, const struct variable *variable, struct flow_value value) {
    if (variable && q->count < QUERY_NAMES_MAX) {
        q->bindings[q->count] = (struct binding){variable, value, q->inner};
        q->inner = &q->bindings[q->count++];
    }
}

/* An item of a list is there. */
static struct flow_value item_of(struct flow_value list) {
    list.can_be_null = false;
    return list;
}

static struct flow_value query_result(struct flow *flow, const struct query *query,
                                      struct query_scope *q) {
    if (query->accumulator) {
        struct flow_value start = query->starting ? walk(flow, query->starting, q->inner)
                                                  : (struct flow_value){.can_be_null = true};
        bind(q, query->accumulator, start);
        flow->quiet++;
        struct flow_value once = flow_join(flow, start, walk(flow, query->aggregate, q->inner));
        q->bindings[q->count - 1].value = once;
        once = flow_join(flow, once, walk(flow, query->aggregate, q->inner));
        flow->quiet--;
        return once;
    }
    if (query->returns) {
        return walk(flow, query->returns, q->inner);
    }
    return query->source_count == 1 && q->count ? q->bindings[0].value : flow_something(true);
}

static struct flow_value of_query(struct flow *flow, const struct expr *e,
                                  const struct binding *scope) {
    const struct query *query = e->query;
    struct query_scope q = {.inner = scope};
    bool is_data = false;
    bool can_be_null = false;
    for (uint32_t i = 0; i < query->source_count; i++) {
        struct flow_value source = walk(flow, query->sources[i].expr, scope);
        is_data |= source.is_data;
        can_be_null |= source.can_be_null;
        bind(&q, query->sources[i].alias, item_of(source));
    }
    for (uint32_t i = 0; i < query->let_count; i++) {
        bind(&q, query->lets[i], walk(flow, query->let_values[i], q.inner));
    }
    for (uint32_t i = 0; i < query->relation_count; i++) {
        const struct query_relation *relation = &query->relations[i];
        struct flow_value source = walk(flow, relation->source.expr, q.inner);
        struct binding related = {relation->source.alias, item_of(source), q.inner};
        struct flow_value such_that = walk(flow, relation->such_that, &related);
        say_condition(flow, &such_that, relation->such_that);
        is_data |= source.is_data;
    }
    if (query->where) {
        struct flow_value where = walk(flow, query->where, q.inner);
        say_condition(flow, &where, query->where);
        is_data |= where.is_data;
        can_be_null |= query->singleton;
    }
    struct flow_value out = query_result(flow, query, &q);
    out.is_data |= is_data;
    out.can_be_null = can_be_null || ((query->accumulator || query->singleton) && out.can_be_null);
    return out;
}

/* ---- References ---- */

static struct flow_value of_definition(struct flow *flow, const struct definition *definition) {
    uint32_t n = definition->number;
    if (flow->is_known[n]) {
        return flow->known[n];
    }
    if (flow->is_busy[n] || !definition->body) {
        return flow_anything();
    }
    bool elsewhere = definition->library != flow->input.program->main;
    uint32_t quiet = flow->quiet;
    flow->is_busy[n] = true;
    flow->quiet = elsewhere;
    struct flow_value out = walk(flow, definition->body, NULL);
    const struct type *type = definition->type;
    bool written = definition->body->kind == EXPR_OPERATOR || definition->body->kind == EXPR_IF ||
                   definition->body->kind == EXPR_CASE;
    if (written && type->kind == TYPE_NAMED && type->name == MODEL_BOOLEAN && !flow_is_null(&out)) {
        say_condition(flow, &out, definition->body);
    }
    flow->quiet = quiet;
    flow->known[n] = out;
    flow->is_busy[n] = false;
    flow->is_known[n] = true;
    return flow->known[n];
}

enum { OPERANDS_MAX = 16 };

static struct flow_value of_call(struct flow *flow, const struct expr *e,
                                 const struct binding *scope) {
    const struct function *function = e->function;
    struct binding bindings[OPERANDS_MAX];
    const struct binding *inner = NULL;
    struct flow_value first = flow_something(false);
    for (uint32_t i = 0; i < e->count && i < OPERANDS_MAX; i++) {
        struct flow_value value = walk(flow, e->args[i], scope);
        first = i == 0 ? value : first;
        if (i < function->operand_count) {
            bindings[i] = (struct binding){function->operands[i], value, inner};
            inner = &bindings[i];
        }
    }
    /* FHIRHelpers only unwraps. */
    if (str_equal(function->library->name, STR("FHIRHelpers"))) {
        first.can_be_null |= first.is_data;
        return first;
    }
    flow->quiet++;
    struct flow_value out = function->body && e->count <= OPERANDS_MAX
                                ? walk(flow, function->body, inner)
                                : flow_anything();
    flow->quiet--;
    return out;
}

static struct flow_value of_variable(const struct expr *e, const struct binding *scope) {
    for (; scope; scope = scope->outer) {
        if (scope->variable == e->variable) {
            return scope->value;
        }
    }
    return flow_anything();
}

/* CONVERT and LET: args[0], named `item`, in args[1]. */
static struct flow_value of_named(struct flow *flow, const struct expr *e,
                                  const struct binding *scope) {
    struct flow_value value = walk(flow, e->args[0], scope);
    if (e->count < 2 || !e->args[1]) {
        return value;
    }
    const struct binding inner = {e->item, e->kind == EXPR_CONVERT ? item_of(value) : value, scope};
    struct flow_value out = walk(flow, e->args[1], &inner);
    out.can_be_null = e->kind == EXPR_CONVERT ? value.can_be_null : out.can_be_null;
    return out;
}

static struct flow_value of_arguments(struct flow *flow, const struct expr *e,
                                      const struct binding *scope) {
    enum { ARGUMENTS_MAX = 8 };
    struct flow_value args[ARGUMENTS_MAX];
    if (e->kind == EXPR_OPERATOR && e->count <= ARGUMENTS_MAX) {
        for (uint32_t i = 0; i < e->count; i++) {
            args[i] = walk(flow, e->args[i], scope);
        }
        return flow_operator(flow, e, e->count, args);
    }
    /* A list or an interval holds any of its parts, and is there. */
    struct flow_value out = flow_something(false);
    struct flow_value parts[2] = {out, out};
    for (uint32_t i = 0; i < e->count; i++) {
        struct flow_value part = e->args[i] ? walk(flow, e->args[i], scope) : out;
        if (i < 2) {
            parts[i] = part;
        }
        out = i == 0 ? part : flow_join(flow, out, part);
    }
    if (e->kind == EXPR_INTERVAL && e->count >= 2) {
        flow_units(flow, e, parts);
    }
    out.can_be_null = false;
    bool nothing = !out.can_be_true && !out.can_be_false;
    out.can_be_true |= nothing || e->kind == EXPR_INTERVAL;
    out.can_be_false |= nothing || e->kind == EXPR_INTERVAL;
    return out;
}

static struct flow_value walk_kind(struct flow *flow, const struct expr *e,
                                   const struct binding *scope) {
    switch ((enum expr_kind)e->kind) {
    case EXPR_NULL:
        return (struct flow_value){.can_be_null = true};
    case EXPR_LITERAL:
        return of_value(flow, &e->literal, e->span);
    case EXPR_OPERATOR:
    case EXPR_LIST:
    case EXPR_INTERVAL:
        return of_arguments(flow, e, scope);
    case EXPR_IF:
        return of_if(flow, e, scope);
    case EXPR_CASE:
        return of_case(flow, e, scope);
    case EXPR_TUPLE:
        return of_tuple(flow, e, scope);
    case EXPR_INSTANCE:
        return of_instance(flow, e, scope);
    case EXPR_PROPERTY:
        return of_property(flow, e, scope);
    case EXPR_DEFINE_REF:
        return of_definition(flow, e->definition);
    case EXPR_PARAMETER_REF:
        return of_parameter(flow, e->parameter);
    case EXPR_CALL:
        return of_call(flow, e, scope);
    case EXPR_OPERAND_REF:
    case EXPR_ALIAS_REF:
    case EXPR_LET_REF:
        return of_variable(e, scope);
    case EXPR_ITERATION_REF:
        return flow_anything();
    case EXPR_VALUESET_REF:
    case EXPR_CODESYSTEM_REF:
    case EXPR_CODE_REF:
    case EXPR_CONCEPT_REF:
        return flow_something(false);
    case EXPR_QUERY:
        return of_query(flow, e, scope);
    case EXPR_RETRIEVE:
        return of_retrieve(flow, e);
    case EXPR_IS: {
        struct flow_value of = walk(flow, e->args[0], scope);
        return flow_something(of.is_data);
    }
    case EXPR_AS: {
        struct flow_value of = walk(flow, e->args[0], scope);
        of.can_be_null |= of.is_data;
        return of;
    }
    case EXPR_CONVERT:
    case EXPR_LET:
        return of_named(flow, e, scope);
    case EXPR_KIND_COUNT:
        break;
    }
    return flow_anything();
}

static struct flow_value walk(struct flow *flow, const struct expr *e,
                              const struct binding *scope) {
    if (!e || flow->depth >= FLOW_DEPTH_MAX || flow->steps >= FLOW_STEPS_MAX || flow->no_memory) {
        return flow_anything();
    }
    flow->depth++;
    flow->steps++;
    struct flow_value out = walk_kind(flow, e, scope);
    flow->depth--;
    return out;
}

enum status flow_new(const struct flow_input *input, struct flow **out) {
    struct flow *flow = ARENA_NEW(input->arena, struct flow);
    if (!flow) {
        return STATUS_NO_MEMORY;
    }
    uint32_t count = input->program->definition_count + 1;
    flow->input = *input;
    flow->is_known = ARENA_ARRAY(input->arena, count, bool);
    flow->is_busy = ARENA_ARRAY(input->arena, count, bool);
    flow->known = ARENA_ARRAY(input->arena, count, struct flow_value);
    *out = flow;
    return flow->is_known && flow->is_busy && flow->known ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status flow_function(struct flow *flow, const struct function *function) {
    flow->steps = 0;
    (void)walk(flow, function->body, NULL);
    return flow->no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}

enum status flow_definition(struct flow *flow, const struct definition *definition,
                            struct flow_value *out) {
    flow->steps = 0;
    *out = of_definition(flow, definition);
    return flow->no_memory ? STATUS_NO_MEMORY : STATUS_OK;
}
