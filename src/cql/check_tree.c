/* Making nodes of the checked tree. */
#include "cql/check.h"

void *check_no_memory(struct checker *ck) {
    ck->status = STATUS_NO_MEMORY;
    return NULL;
}

struct expr *check_node(struct checker *ck, enum expr_kind kind, const struct type *type,
                        struct span span) {
    struct expr *expr = type ? ARENA_NEW(ck->arena, struct expr) : NULL;
    if (!expr) {
        return check_no_memory(ck);
    }
    expr->kind = (uint8_t)kind;
    expr->type = type;
    expr->span = span;
    return expr;
}

struct expr **check_args(struct checker *ck, uint32_t count) {
    struct expr **args = ARENA_ARRAY(ck->arena, count + 1u, struct expr *);
    return args ? args : check_no_memory(ck);
}

struct expr *check_node2(struct checker *ck, enum expr_kind kind, const struct type *type,
                         struct span span, struct expr *first, struct expr *second) {
    struct expr *expr = check_node(ck, kind, type, span);
    struct expr **args = check_args(ck, 2);
    if (!expr || !args) {
        return NULL;
    }
    args[0] = first;
    args[1] = second;
    expr->args = args;
    expr->count = second ? 2 : 1;
    return expr;
}

struct expr *check_node1(struct checker *ck, enum expr_kind kind, const struct type *type,
                         struct span span, struct expr *arg) {
    return check_node2(ck, kind, type, span, arg, NULL);
}

struct expr *check_null(struct checker *ck, const struct type *type, struct span span) {
    return check_node(ck, EXPR_NULL, type, span);
}

struct expr *check_literal_node(struct checker *ck, uint16_t type, struct value value,
                                struct span span) {
    struct expr *expr = check_node(ck, EXPR_LITERAL, ck->system[type], span);
    if (expr) {
        expr->literal = value;
    }
    return expr;
}

struct variable *check_variable(struct checker *ck, struct str name, const struct type *type,
                                struct span span) {
    struct variable *variable = ARENA_NEW(ck->arena, struct variable);
    if (!variable) {
        return check_no_memory(ck);
    }
    *variable = (struct variable){name, type, ck->frame->slot_count++, span};
    return variable;
}

struct expr *check_variable_ref(struct checker *ck, enum expr_kind kind,
                                const struct variable *variable, struct span span) {
    struct expr *expr = check_node(ck, kind, variable->type, span);
    if (expr) {
        expr->variable = variable;
    }
    return expr;
}

static bool is_cheap(const struct expr *value) {
    switch (value->kind) {
    case EXPR_NULL:
    case EXPR_LITERAL:
    case EXPR_DEFINE_REF:
    case EXPR_PARAMETER_REF:
    case EXPR_OPERAND_REF:
    case EXPR_ALIAS_REF:
    case EXPR_LET_REF:
        return true;
    default:
        return false;
    }
}

struct expr *check_held_open(struct checker *ck, struct expr *value, struct held *held) {
    *held = (struct held){value, NULL};
    if (is_cheap(value)) {
        return value;
    }
    held->variable = check_variable(ck, STR_NONE, value->type, value->span);
    struct expr *use =
        held->variable ? check_variable_ref(ck, EXPR_ALIAS_REF, held->variable, value->span) : NULL;
    if (use) {
        use->implicit = true;
    }
    return use;
}

struct expr *check_held_close(struct checker *ck, const struct held *held, struct expr *body) {
    if (!body || !held->variable) {
        return body;
    }
    struct expr *let = check_node2(ck, EXPR_LET, body->type, body->span, held->value, body);
    if (let) {
        let->item = held->variable;
        let->implicit = true;
    }
    return let;
}

struct str check_type_text(struct checker *ck, const struct type *type) {
    struct buf buf;
    buf_init(&buf);
    type_print(type, &buf);
    struct str text =
        buf_status(&buf) == STATUS_OK ? arena_copy(ck->arena, buf_str(&buf)) : STR_NONE;
    buf_release(&buf);
    if (!text.at) {
        check_no_memory(ck);
        return STR("");
    }
    return text;
}

const struct type *check_made(struct checker *ck, const struct type *type, struct span span) {
    if (type) {
        return type;
    }
    if (type_too_deep(ck->types)) {
        diag_at(ck->diags, DIAG_CQ0119, span, "this type nests more than %d levels deep",
                TYPE_DEPTH_MAX);
        return NULL;
    }
    return check_no_memory(ck);
}

bool check_is(const struct type *type, uint16_t model_type) {
    return type->kind == TYPE_NAMED && type->name == model_type;
}
