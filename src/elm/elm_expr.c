/* Expressions: one function for each kind of the tree. */
#include "elm/elm_internal.h"

void elm_kid(struct elm_writer *w, const char *name, const struct expr *expr) {
    if (expr) {
        elm_key(w, name);
        elm_expr(w, expr);
    }
}

void elm_list(struct elm_writer *w, const char *name, uint32_t count, struct expr *const *exprs) {
    elm_key(w, name);
    elm_open(w, '[');
    for (uint32_t i = 0; i < count; i++) {
        elm_expr(w, exprs[i]);
    }
    elm_close(w, ']');
}

void elm_library_name(struct elm_writer *w, const struct library *library) {
    if (library == w->library) {
        return;
    }
    struct str alias = library->name; /* FHIRHelpers where conversions alone need it */
    for (const struct include *i = w->library->includes; i; i = i->next) {
        alias = i->library == library ? i->alias : alias;
    }
    elm_member(w, "libraryName", alias);
}

const struct binding *elm_binding(const struct elm_writer *w, const struct variable *variable) {
    const struct binding *b = w->bindings;
    while (b && b->variable != variable) {
        b = b->outer;
    }
    return b;
}

/* The head of a node that carries nothing but what its kind says. */
static void begin(struct elm_writer *w, const struct expr *expr, const char *type) {
    elm_node(w, type);
    elm_locator(w, expr->span);
    elm_result_type(w, expr->type);
}

static void named(struct elm_writer *w, const struct expr *expr, const char *type, struct str name,
                  const struct library *library) {
    begin(w, expr, type);
    elm_member(w, "name", name);
    if (library) {
        elm_library_name(w, library);
    }
    elm_close(w, '}');
}

static void null(struct elm_writer *w, const struct expr *expr) {
    bool typed = expr->type->kind != TYPE_NAMED || expr->type->name != MODEL_ANY;
    if (typed) {
        begin(w, expr, "As");
        elm_type_of(w, "asType", expr->type);
        elm_key(w, "operand");
    }
    elm_node(w, "Null");
    elm_close(w, '}');
    if (typed) {
        elm_close(w, '}');
    }
}

static void choose(struct elm_writer *w, const struct expr *expr) {
    begin(w, expr, "If");
    elm_kid(w, "condition", expr->args[0]);
    elm_kid(w, "then", expr->args[1]);
    elm_kid(w, "else", expr->args[2]);
    elm_close(w, '}');
}

static void cases(struct elm_writer *w, const struct expr *expr) {
    begin(w, expr, "Case");
    elm_kid(w, "comparand", expr->args[0]);
    elm_key(w, "caseItem");
    elm_open(w, '[');
    for (uint32_t i = 0; i < expr->cases.item_count; i++) {
        elm_open(w, '{');
        elm_kid(w, "when", expr->cases.items[i].when);
        elm_kid(w, "then", expr->cases.items[i].then);
        elm_close(w, '}');
    }
    elm_close(w, ']');
    elm_kid(w, "else", expr->args[1]);
    elm_close(w, '}');
}

static void list(struct elm_writer *w, const struct expr *expr) {
    begin(w, expr, "List");
    if (expr->count == 0) {
        elm_key(w, "typeSpecifier");
        elm_type_specifier(w, expr->type);
    }
    elm_list(w, "element", expr->count, expr->args);
    elm_close(w, '}');
}

static void fields(struct elm_writer *w, const struct expr *expr) {
    bool instance = expr->kind == EXPR_INSTANCE;
    begin(w, expr, instance ? "Instance" : "Tuple");
    if (instance) {
        elm_key(w, "classType");
        elm_type_name(w, expr->type->name);
    }
    elm_key(w, "element");
    elm_open(w, '[');
    for (uint32_t i = 0; i < expr->count; i++) {
        elm_open(w, '{');
        elm_member(w, "name", expr->fields.names[i]);
        elm_kid(w, "value", expr->args[i]);
        elm_close(w, '}');
    }
    elm_close(w, ']');
    elm_close(w, '}');
}

static void interval(struct elm_writer *w, const struct expr *expr) {
    begin(w, expr, "Interval");
    elm_flag(w, "lowClosed", expr->low_closed);
    elm_flag(w, "highClosed", expr->high_closed);
    elm_kid(w, "low", expr->args[0]);
    elm_kid(w, "high", expr->args[1]);
    elm_close(w, '}');
}

static bool is_alias(const struct elm_writer *w, const struct expr *expr) {
    if (expr->kind != EXPR_ALIAS_REF) {
        return false;
    }
    const struct binding *b = elm_binding(w, expr->variable);
    return !b || (!b->value && strcmp(b->kind, "AliasRef") == 0);
}

static struct str alias_name(const struct elm_writer *w, const struct variable *variable) {
    const struct binding *b = elm_binding(w, variable);
    return b && !b->value ? b->name : variable->name.len ? variable->name : STR("$this");
}

/* An element of the row being sorted is named alone. */
static bool is_row(const struct elm_writer *w, const struct expr *expr) {
    const struct binding *b = expr->kind == EXPR_ALIAS_REF ? elm_binding(w, expr->variable) : NULL;
    return b && b->kind && strcmp(b->kind, "IdentifierRef") == 0;
}

static void property(struct elm_writer *w, const struct expr *expr) {
    const struct expr *of = expr->args[0];
    if (expr->property.on_list) {
        elm_property_of_each(w, expr);
        return;
    }
    if (is_row(w, of)) {
        named(w, expr, "IdentifierRef", expr->property.name, NULL);
        return;
    }
    begin(w, expr, "Property");
    elm_member(w, "path", expr->property.name);
    if (is_alias(w, of)) {
        elm_member(w, "scope", alias_name(w, of->variable));
    } else {
        elm_kid(w, "source", of);
    }
    elm_close(w, '}');
}

static void define_ref(struct elm_writer *w, const struct expr *expr) {
    named(w, expr, "ExpressionRef", expr->definition->name, expr->definition->library);
}

static void parameter_ref(struct elm_writer *w, const struct expr *expr) {
    named(w, expr, "ParameterRef", expr->parameter->name, expr->parameter->library);
}

static bool is_overloaded(const struct function *function) {
    uint32_t count = 0;
    for (const struct function *f = function->library->functions; f; f = f->next) {
        count += str_equal(f->name, function->name) && f->operand_count == function->operand_count;
    }
    return count > 1;
}

static void call(struct elm_writer *w, const struct expr *expr) {
    const struct function *function = expr->function;
    enum elm_signatures level = w->options->signatures;
    begin(w, expr, "FunctionRef");
    elm_member(w, "name", function->name);
    elm_library_name(w, function->library);
    if (level == ELM_SIGNATURES_ALL ||
        (level == ELM_SIGNATURES_OVERLOADS && (expr->implicit || is_overloaded(function)))) {
        elm_key(w, "signature");
        elm_open(w, '[');
        for (uint32_t i = 0; i < function->operand_count; i++) {
            elm_type_specifier(w, function->operands[i]->type);
        }
        elm_close(w, ']');
    }
    elm_list(w, "operand", expr->count, expr->args);
    elm_close(w, '}');
}

static void operand_ref(struct elm_writer *w, const struct expr *expr) {
    named(w, expr, "OperandRef", expr->variable->name, NULL);
}

/* What a binding stands for is written in the scope it came from. */
static void bound_value(struct elm_writer *w, const struct binding *b) {
    const struct binding *inner = w->bindings;
    w->bindings = b->of_value;
    if (b->path) {
        elm_node(w, "Property");
        elm_member(w, "path", str_from(b->path));
        elm_kid(w, "source", b->value);
        elm_close(w, '}');
    } else {
        elm_expr(w, b->value);
    }
    w->bindings = inner;
}

static void alias_ref(struct elm_writer *w, const struct expr *expr) {
    const struct binding *b = elm_binding(w, expr->variable);
    if (b && b->value) {
        bound_value(w, b);
    } else {
        named(w, expr, b ? b->kind : "AliasRef", alias_name(w, expr->variable), NULL);
    }
}

static void let_ref(struct elm_writer *w, const struct expr *expr) {
    struct str name = expr->variable->name;
    named(w, expr, "QueryLetRef", name.len ? name : STR("$value"), NULL);
}

static void iteration(struct elm_writer *w, const struct expr *expr) {
    static const char *const kinds[] = {
        [ITERATION_THIS] = "Iteration", [ITERATION_INDEX] = "Index", [ITERATION_TOTAL] = "Total"};
    begin(w, expr, kinds[expr->iteration]);
    elm_close(w, '}');
}

static void vocabulary_ref(struct elm_writer *w, const struct expr *expr) {
    bool set = expr->kind == EXPR_VALUESET_REF;
    begin(w, expr, set ? "ValueSetRef" : "CodeSystemRef");
    elm_member(w, "name", expr->vocabulary->name);
    elm_library_name(w, expr->vocabulary->library);
    if (set) {
        elm_flag(w, "preserve", true); /* a System.ValueSet, not yet the list of its codes */
    }
    elm_close(w, '}');
}

static void code_ref(struct elm_writer *w, const struct expr *expr) {
    named(w, expr, expr->kind == EXPR_CODE_REF ? "CodeRef" : "ConceptRef", expr->code->name,
          expr->code->library);
}

static void type_test(struct elm_writer *w, const struct expr *expr) {
    bool is = expr->kind == EXPR_IS;
    begin(w, expr, is ? "Is" : "As");
    if (expr->implicit) {
        elm_type_of(w, is ? "isType" : "asType", expr->target);
    } else {
        elm_key(w, is ? "isTypeSpecifier" : "asTypeSpecifier");
        elm_type_specifier(w, expr->target);
    }
    if (!is && expr->strict) {
        elm_flag(w, "strict", true);
    }
    elm_kid(w, "operand", expr->args[0]);
    elm_close(w, '}');
}

static elm_form *const forms[EXPR_KIND_COUNT] = {
    [EXPR_NULL] = null,
    [EXPR_LITERAL] = elm_literal,
    [EXPR_OPERATOR] = elm_operator,
    [EXPR_IF] = choose,
    [EXPR_CASE] = cases,
    [EXPR_LIST] = list,
    [EXPR_TUPLE] = fields,
    [EXPR_INSTANCE] = fields,
    [EXPR_INTERVAL] = interval,
    [EXPR_PROPERTY] = property,
    [EXPR_DEFINE_REF] = define_ref,
    [EXPR_PARAMETER_REF] = parameter_ref,
    [EXPR_CALL] = call,
    [EXPR_OPERAND_REF] = operand_ref,
    [EXPR_ALIAS_REF] = alias_ref,
    [EXPR_LET_REF] = let_ref,
    [EXPR_ITERATION_REF] = iteration,
    [EXPR_VALUESET_REF] = vocabulary_ref,
    [EXPR_CODESYSTEM_REF] = vocabulary_ref,
    [EXPR_CODE_REF] = code_ref,
    [EXPR_CONCEPT_REF] = code_ref,
    [EXPR_QUERY] = elm_query,
    [EXPR_RETRIEVE] = elm_retrieve,
    [EXPR_IS] = type_test,
    [EXPR_AS] = type_test,
    [EXPR_CONVERT] = elm_convert,
    [EXPR_LET] = elm_let,
};

elm_form *elm_form_of(enum expr_kind kind) {
    return forms[kind];
}

void elm_expr(struct elm_writer *w, const struct expr *expr) {
    if (!w->too_large) {
        forms[expr->kind](w, expr);
    }
}
