#include "plan/compile_internal.h"

#include "base/limits.h"
#include "base/mem.h"
#include "plan/visit.h"

uint32_t compile_operand(struct compiler *c, const struct expr *expr) {
    bool variable = expr->kind == EXPR_ALIAS_REF || expr->kind == EXPR_LET_REF ||
                    expr->kind == EXPR_OPERAND_REF;
    if (variable) {
        return variable_register(c, expr->variable);
    }
    uint32_t reg = new_register(c);
    compile_expr(c, expr, reg);
    return reg;
}

static void compile_args(struct compiler *c, const struct expr *expr, uint32_t first) {
    for (uint32_t i = 0; i < expr->count; i++) {
        compile_expr(c, expr->args[i], first + i);
    }
}

/* An instruction whose arguments are the expression's, in consecutive registers. */
static void emit_over_args(struct compiler *c, const struct expr *expr, enum instruction_code code,
                           uint32_t dest, uint32_t field_c) {
    uint32_t first = new_registers(c, expr->count);
    compile_args(c, expr, first);
    uint32_t place = emit(c, expr, code, dest, first, field_c);
    if (!c->failed) {
        at(c, place)->count = (uint16_t)expr->count;
        at(c, place)->precision = expr->precision;
    }
}

/* and, or, implies: the second argument is not computed when the first decides. */
static void compile_logic(struct compiler *c, const struct expr *expr, uint32_t dest,
                          enum skip_rule rule) {
    uint32_t first = new_registers(c, 2);
    compile_expr(c, expr->args[0], first);
    uint32_t skip = emit(c, expr, CODE_SKIP, dest, first, 0);
    compile_expr(c, expr->args[1], first + 1);
    uint32_t place = emit(c, expr, CODE_OPERATOR, dest, first, expr->op);
    if (!c->failed) {
        at(c, skip)->count = (uint16_t)rule;
        at(c, place)->count = 2;
    }
    land(c, skip);
}

static void compile_coalesce(struct compiler *c, const struct expr *expr, uint32_t dest) {
    uint32_t first = new_registers(c, expr->count);
    uint32_t skips[8];
    uint32_t count = 0;
    for (uint32_t i = 0; i < expr->count; i++) {
        compile_expr(c, expr->args[i], first + i);
        if (i + 1 < expr->count && count < 8) {
            skips[count] = emit(c, expr, CODE_SKIP, dest, first + i, 0);
            if (!c->failed) {
                at(c, skips[count])->count = SKIP_NOT_NULL;
            }
            count++;
        }
    }
    uint32_t place = emit(c, expr, CODE_OPERATOR, dest, first, expr->op);
    if (!c->failed) {
        at(c, place)->count = (uint16_t)expr->count;
    }
    for (uint32_t i = 0; i < count; i++) {
        land(c, skips[i]);
    }
}

bool fold(struct compiler *c, const struct expr *expr, struct value *out) {
    const struct operator_info *info = operator_info(expr->op);
    /* Conversions and signs: what makes a literal of another type. They ask nothing of the run. */
    bool foldable = (info->flags & OP_IMPLICIT) != 0 ||
                    (expr->op >= OP_NEGATE_INTEGER && expr->op <= OP_NEGATE_QUANTITY);
    if (!foldable || expr->op == OP_EXPAND_VALUE_SET || expr->count != 1 ||
        expr->op == OP_TO_DATETIME_DATE || c->failed) {
        return false;
    }
    struct value arg;
    if (expr->args[0]->kind == EXPR_LITERAL) {
        arg = expr->args[0]->literal;
    } else if (expr->args[0]->kind != EXPR_OPERATOR || !fold(c, expr->args[0], &arg)) {
        return false;
    }
    if (value_is_null(&arg)) {
        return false;
    }
    enum op_result result = operator_call(info, &c->cx, &arg, 1, out);
    c->failed = c->failed || result == OP_NO_MEMORY;
    return result == OP_OK;
}

static void compile_operator(struct compiler *c, const struct expr *expr, uint32_t dest) {
    struct value folded;
    switch (expr->op) {
    case OP_AND:
        compile_logic(c, expr, dest, SKIP_FALSE);
        return;
    case OP_OR:
        compile_logic(c, expr, dest, SKIP_TRUE);
        return;
    case OP_IMPLIES:
        compile_logic(c, expr, dest, SKIP_IMPLIED);
        return;
    case OP_COALESCE_2:
    case OP_COALESCE_3:
    case OP_COALESCE_4:
    case OP_COALESCE_5:
        compile_coalesce(c, expr, dest);
        return;
    default:
        if (fold(c, expr, &folded)) {
            emit_constant(c, expr, dest, folded);
        } else {
            emit_over_args(c, expr, CODE_OPERATOR, dest, expr->op);
        }
    }
}

static void compile_if(struct compiler *c, const struct expr *expr, uint32_t dest) {
    uint32_t condition = compile_operand(c, expr->args[0]);
    uint32_t otherwise = emit(c, expr, CODE_BRANCH, 0, condition, 0);
    compile_expr(c, expr->args[1], dest);
    uint32_t end = emit(c, expr, CODE_JUMP, 0, 0, 0);
    land(c, otherwise);
    compile_expr(c, expr->args[2], dest);
    land(c, end);
    emit(c, expr, CODE_CHOICE, dest, condition, 0);
}

static void compile_case(struct compiler *c, const struct expr *expr, uint32_t dest) {
    uint32_t condition = new_register(c);
    uint32_t pair = new_registers(c, 2); /* the comparand and what it is compared with */
    const struct expr *comparand = expr->args[0];
    if (comparand) {
        compile_expr(c, comparand, pair);
    }
    struct vector ends = {0};
    for (uint32_t i = 0; i < expr->cases.item_count; i++) {
        const struct case_item *item = &expr->cases.items[i];
        compile_expr(c, item->when, comparand ? pair + 1 : condition);
        if (comparand) {
            uint32_t place = emit(c, item->when, CODE_OPERATOR, condition, pair, expr->cases.equal);
            if (!c->failed) {
                at(c, place)->count = 2;
            }
        }
        uint32_t otherwise = emit(c, expr, CODE_BRANCH, 0, condition, 0);
        compile_expr(c, item->then, dest);
        uint32_t *end = vector_add(c, &ends, sizeof *end);
        if (end) {
            *end = emit(c, expr, CODE_JUMP, 0, 0, 0);
        }
        land(c, otherwise);
    }
    if (expr->count > 1 && expr->args[1]) {
        compile_expr(c, expr->args[1], dest);
    } else {
        emit_constant(c, expr, dest, value_null());
    }
    for (uint32_t i = 0; i < ends.count; i++) {
        land(c, ((uint32_t *)(void *)ends.at)[i]);
    }
    mem_free(ends.at);
    if (expr->cases.item_count > 0) {
        emit(c, expr, CODE_CHOICE, dest, condition, 0);
    }
}

/* Null stays null: gives the jump that a conversion of anything else lands behind itself. */
static uint32_t guard_null(struct compiler *c, const struct expr *expr, uint32_t dest,
                           uint32_t source) {
    uint32_t test = new_register(c);
    uint32_t place = emit(c, expr, CODE_OPERATOR, test, source, OP_IS_NULL);
    if (!c->failed) {
        at(c, place)->count = 1;
    }
    uint32_t convert = emit(c, expr, CODE_BRANCH, 0, test, 0);
    emit(c, expr, CODE_MOVE, dest, source, 0);
    uint32_t end = emit(c, expr, CODE_JUMP, 0, 0, 0);
    land(c, convert);
    return end;
}

/* args[1] written in `item`, of the value in `source`. */
static void convert_one(struct compiler *c, const struct expr *expr, uint32_t dest,
                        uint32_t source) {
    uint32_t end = guard_null(c, expr, dest, source);
    uint32_t item = variable_bind(c, expr->item);
    emit(c, expr, CODE_MOVE, item, source, 0);
    compile_expr(c, expr->args[1], dest);
    land(c, end);
}

static void convert_list(struct compiler *c, const struct expr *expr, uint32_t dest,
                         uint32_t source) {
    uint32_t end = guard_null(c, expr, dest, source);
    uint32_t cursor = new_cursor(c);
    uint32_t builder = new_builder(c, 1);
    uint32_t item = new_register(c);
    uint32_t converted = new_register(c);
    emit(c, expr, CODE_BUILD, builder, 0, 0);
    emit(c, expr, CODE_LOOP, cursor, source, 0);
    uint32_t next = emit(c, expr, CODE_NEXT, item, cursor, 0);
    convert_one(c, expr, converted, item);
    emit(c, expr, CODE_APPEND, builder, converted, 0);
    emit(c, expr, CODE_JUMP, 0, 0, next);
    land(c, next);
    emit(c, expr, CODE_FINISH, dest, builder, 0);
    land(c, end);
}

static void convert_interval(struct compiler *c, const struct expr *expr, uint32_t dest,
                             uint32_t source) {
    uint32_t end = guard_null(c, expr, dest, source);
    uint32_t ends = new_registers(c, 2);
    uint32_t one = new_register(c);
    for (uint32_t i = 0; i < 2; i++) {
        emit(c, expr, CODE_ENDS, one, source, i);
        convert_one(c, expr, ends + i, one);
    }
    uint32_t like = emit(c, expr, CODE_LIKE, dest, ends, source);
    if (!c->failed) {
        at(c, like)->count = 2;
    }
    land(c, end);
}

static void compile_convert(struct compiler *c, const struct expr *expr, uint32_t dest) {
    uint32_t source = compile_operand(c, expr->args[0]);
    if (expr->count < 2) {
        emit(c, expr, CODE_MOVE, dest, source, 0);
        return;
    }
    switch (expr->args[0]->type->kind) {
    case TYPE_LIST:
        convert_list(c, expr, dest, source);
        break;
    case TYPE_INTERVAL:
        convert_interval(c, expr, dest, source);
        break;
    default:
        convert_one(c, expr, dest, source);
    }
}

static void compile_iteration(struct compiler *c, const struct expr *expr, uint32_t dest) {
    const struct scope *scope = c->scope;
    if (scope && expr->iteration == ITERATION_THIS) {
        emit(c, expr, CODE_MOVE, dest, scope->item, 0);
    } else if (scope && expr->iteration == ITERATION_INDEX) {
        emit(c, expr, CODE_INDEX, dest, scope->cursor, 0);
    } else if (scope && scope->accumulator != NO_BLOCK) {
        emit(c, expr, CODE_MOVE, dest, scope->accumulator, 0);
    } else {
        emit_constant(c, expr, dest, value_null());
    }
}

static void compile_vocabulary(struct compiler *c, const struct expr *expr, uint32_t dest) {
    emit_constant(c, expr, dest,
                  (struct value){.kind = VALUE_VOCABULARY, .vocabulary = &expr->vocabulary->value});
}

static void compile_code(struct compiler *c, const struct expr *expr, uint32_t dest) {
    const struct concept *concept = &expr->code->value;
    struct value value = {.kind = VALUE_CONCEPT, .concept = concept};
    if (expr->kind == EXPR_CODE_REF) {
        value = (struct value){.kind = VALUE_CODE, .code = concept->codes};
    }
    emit_constant(c, expr, dest, value);
}

static void compile_retrieve(struct compiler *c, const struct expr *expr, uint32_t dest) {
    const struct retrieve *retrieve = expr->retrieve;
    struct plan_retrieve *planned = &c->plan->retrieves[retrieve->number];
    planned->retrieve = retrieve;
    planned->filter = NO_FILTER;
    planned->constant = !retrieve->codes || codes_are_constant(retrieve->codes);
    uint32_t first = new_registers(c, 2), count = 0;
    if (retrieve->context) {
        compile_expr(c, retrieve->context, first + count++);
    }
    if (!planned->constant) {
        compile_expr(c, retrieve->codes, first + count++);
    }
    uint32_t place = emit(c, expr, CODE_RETRIEVE, dest, first, retrieve->number);
    if (!c->failed) {
        at(c, place)->count = (uint16_t)count;
    }
}

static void compile_call(struct compiler *c, const struct expr *expr, uint32_t dest) {
    want_function(c, expr->function);
    if (!expr->function->body) {
        diag_at(c->diags, DIAG_CQ0481, expr->span,
                "the function \"%.*s\" is external: it has no definition that could be run",
                STR_ARG(expr->function->name));
        return;
    }
    emit_over_args(c, expr, CODE_CALL, dest, expr->function->number);
}

static void compile_property(struct compiler *c, const struct expr *expr, uint32_t dest) {
    uint32_t of = compile_operand(c, expr->args[0]);
    emit(c, expr, CODE_PROPERTY, dest, of,
         add_property(c, expr->property.name, expr->property.element, expr->property.on_list));
}

static void compile_type_test(struct compiler *c, const struct expr *expr, uint32_t dest) {
    uint32_t of = compile_operand(c, expr->args[0]);
    uint32_t place = emit(c, expr, expr->kind == EXPR_IS ? CODE_IS : CODE_AS, dest, of,
                          add_type(c, expr->target));
    if (!c->failed) {
        at(c, place)->count = expr->strict;
    }
}

/* Interval[null, null] says nothing of the type of its points. */
static uint32_t interval_flags(const struct expr *expr) {
    bool untyped = expr->args[0]->kind == EXPR_NULL && expr->args[1]->kind == EXPR_NULL;
    return (expr->low_closed ? 1u : 0u) | (expr->high_closed ? 2u : 0u) | (untyped ? 4u : 0u);
}

static void compile_kind(struct compiler *c, const struct expr *expr, uint32_t dest) {
    switch ((enum expr_kind)expr->kind) {
    case EXPR_NULL:
        emit_constant(c, expr, dest, value_null());
        break;
    case EXPR_LITERAL:
        emit_constant(c, expr, dest, expr->literal);
        break;
    case EXPR_OPERATOR:
        compile_operator(c, expr, dest);
        break;
    case EXPR_IF:
        compile_if(c, expr, dest);
        break;
    case EXPR_CASE:
        compile_case(c, expr, dest);
        break;
    case EXPR_LIST:
        emit_over_args(c, expr, CODE_LIST, dest, 0);
        break;
    case EXPR_TUPLE:
        emit_over_args(c, expr, CODE_TUPLE, dest,
                       add_names(c, expr->count, expr->fields.names, MODEL_NONE));
        break;
    case EXPR_INSTANCE:
        emit_over_args(c, expr, CODE_INSTANCE, dest,
                       add_names(c, expr->count, expr->fields.names, expr->type->name));
        break;
    case EXPR_INTERVAL:
        emit_over_args(c, expr, CODE_INTERVAL, dest, interval_flags(expr));
        break;
    case EXPR_PROPERTY:
        compile_property(c, expr, dest);
        break;
    case EXPR_DEFINE_REF:
        want_definition(c, expr->definition);
        emit(c, expr, expr->spread ? CODE_EACH : CODE_DEFINE, dest, expr->definition->number, 0);
        break;
    case EXPR_PARAMETER_REF:
        want_parameter(c, expr->parameter);
        emit(c, expr, CODE_PARAMETER, dest, expr->parameter->number, 0);
        break;
    case EXPR_CALL:
        compile_call(c, expr, dest);
        break;
    case EXPR_OPERAND_REF:
    case EXPR_ALIAS_REF:
    case EXPR_LET_REF:
        emit(c, expr, CODE_MOVE, dest, variable_register(c, expr->variable), 0);
        break;
    case EXPR_ITERATION_REF:
        compile_iteration(c, expr, dest);
        break;
    case EXPR_VALUESET_REF:
    case EXPR_CODESYSTEM_REF:
        compile_vocabulary(c, expr, dest);
        break;
    case EXPR_CODE_REF:
    case EXPR_CONCEPT_REF:
        compile_code(c, expr, dest);
        break;
    case EXPR_QUERY:
        compile_query(c, expr, dest);
        break;
    case EXPR_RETRIEVE:
        compile_retrieve(c, expr, dest);
        break;
    case EXPR_IS:
    case EXPR_AS:
        compile_type_test(c, expr, dest);
        break;
    case EXPR_CONVERT:
        compile_convert(c, expr, dest);
        break;
    case EXPR_LET: {
        uint32_t held = variable_bind(c, expr->item);
        compile_expr(c, expr->args[0], held);
        compile_expr(c, expr->args[1], dest);
        break;
    }
    case EXPR_KIND_COUNT:
        break;
    }
}

void compile_expr(struct compiler *c, const struct expr *expr, uint32_t dest) {
    if (c->failed) {
        return;
    }
    if (c->depth >= 2 * LIMIT_EXPRESSION_DEPTH) {
        diag_at(c->diags, DIAG_CQ0482, expr->span, "this expression is nested too deep to be run");
        return;
    }
    c->depth++;
    struct hoist *hoist = hoist_find(c, expr);
    uint32_t target = hoist ? hoist->reg : dest;
    uint32_t once = 0;
    if (hoist) {
        once = emit(c, expr, CODE_ONCE, target, 0, 0);
        hoist->once = once;
        hoist->written = true;
    }
    compile_kind(c, expr, target);
    if (hoist) {
        land(c, once);
        emit(c, expr, CODE_MOVE, dest, target, 0);
    }
    c->depth--;
}
