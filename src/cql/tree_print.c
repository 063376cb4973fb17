/* The checked tree as an indented listing: a line a node, its kind and what it is, then its type.
 *
 *   Equal (EQUAL): Boolean
 *     Literal 1: Integer
 *     Property status: FHIR.ObservationStatus
 */
#include "cql/tree.h"
#include "value/print.h"

static const char *const kind_names[EXPR_KIND_COUNT] = {
#define EXPR(kind, elm) [EXPR_##kind] = #kind,
#include "cql/tree.def"
#undef EXPR
};

static const char *const precision_names[] = {"",     "year",   "month",  "week",       "day",
                                              "hour", "minute", "second", "millisecond"};

struct printer {
    struct buf *out;
    uint32_t indent;
};

static void print_node(struct printer *p, const struct expr *expr, const char *label);

static void print_variable(struct printer *p, const struct variable *variable) {
    if (variable->name.len) {
        buf_add_format(p->out, " %.*s", STR_ARG(variable->name));
    }
    buf_add_format(p->out, " #%u", variable->slot);
}

static void print_detail(struct printer *p, const struct expr *expr) {
    switch (expr->kind) {
    case EXPR_LITERAL:
        buf_add_char(p->out, ' ');
        value_print_cql(&expr->literal, p->out);
        break;
    case EXPR_OPERATOR:
        buf_add_format(p->out, " %s", operator_info(expr->op)->id);
        if (expr->precision) {
            buf_add_format(p->out, " %s", precision_names[expr->precision]);
        }
        break;
    case EXPR_INTERVAL:
        buf_add_format(p->out, " %c%c", expr->low_closed ? '[' : '(',
                       expr->high_closed ? ']' : ')');
        break;
    case EXPR_PROPERTY:
        buf_add_format(p->out, " %.*s%s", STR_ARG(expr->property.name),
                       expr->property.on_list ? " of each" : "");
        break;
    case EXPR_DEFINE_REF:
        buf_add_format(p->out, " %.*s", STR_ARG(expr->definition->name));
        break;
    case EXPR_PARAMETER_REF:
        buf_add_format(p->out, " %.*s", STR_ARG(expr->parameter->name));
        break;
    case EXPR_CALL:
        buf_add_format(p->out, " %.*s", STR_ARG(expr->function->name));
        break;
    case EXPR_OPERAND_REF:
    case EXPR_ALIAS_REF:
    case EXPR_LET_REF:
        print_variable(p, expr->variable);
        break;
    case EXPR_LET:
    case EXPR_CONVERT:
        print_variable(p, expr->item);
        break;
    case EXPR_VALUESET_REF:
    case EXPR_CODESYSTEM_REF:
        buf_add_format(p->out, " %.*s", STR_ARG(expr->vocabulary->name));
        break;
    case EXPR_CODE_REF:
    case EXPR_CONCEPT_REF:
        buf_add_format(p->out, " %.*s", STR_ARG(expr->code->name));
        break;
    case EXPR_IS:
    case EXPR_AS:
        buf_add_char(p->out, ' ');
        type_print(expr->target, p->out);
        buf_add_cstr(p->out, expr->kind == EXPR_AS && expr->strict ? " strictly" : "");
        break;
    default:
        break;
    }
}

static void print_query(struct printer *p, const struct query *query) {
    for (uint32_t i = 0; i < query->source_count; i++) {
        print_node(p, query->sources[i].expr, "from");
    }
    for (uint32_t i = 0; i < query->let_count; i++) {
        print_node(p, query->let_values[i], "let");
    }
    for (uint32_t i = 0; i < query->relation_count; i++) {
        bool without = query->relations[i].without;
        print_node(p, query->relations[i].source.expr, without ? "without" : "with");
        print_node(p, query->relations[i].such_that, "such that");
    }
    print_node(p, query->where, "where");
    print_node(p, query->returns, query->distinct ? "return distinct" : "return");
    print_node(p, query->starting, "starting");
    print_node(p, query->aggregate, query->distinct ? "aggregate distinct" : "aggregate");
    for (uint32_t i = 0; i < query->sort_count; i++) {
        bool down = query->sort_keys[i].direction == SORT_DESCENDING;
        if (query->sort_keys[i].by) {
            print_node(p, query->sort_keys[i].by, down ? "sort desc" : "sort asc");
        } else {
            buf_add_repeat(p->out, ' ', (size_t)p->indent * 2);
            buf_add_cstr(p->out, down ? "sort desc\n" : "sort asc\n");
        }
    }
}

static void print_retrieve(struct printer *p, const struct retrieve *retrieve) {
    static const char *const comparators[] = {"in", "=", "~"};
    if (retrieve->codes) {
        buf_add_repeat(p->out, ' ', (size_t)p->indent * 2);
        buf_add_format(p->out, "%.*s %s\n", STR_ARG(retrieve->code_path),
                       comparators[retrieve->comparator]);
        print_node(p, retrieve->codes, "codes");
    }
    print_node(p, retrieve->context, "context");
}

static void print_kids(struct printer *p, const struct expr *expr) {
    static const char *const roles[] = {"if", "then", "else"};
    if (expr->kind == EXPR_CASE) {
        print_node(p, expr->args[0], "of");
        for (uint32_t i = 0; i < expr->cases.item_count; i++) {
            print_node(p, expr->cases.items[i].when, "when");
            print_node(p, expr->cases.items[i].then, "then");
        }
        print_node(p, expr->args[1], "else");
        return;
    }
    bool fields = expr->kind == EXPR_TUPLE || expr->kind == EXPR_INSTANCE;
    for (uint32_t i = 0; i < expr->count; i++) {
        if (fields) {
            buf_add_repeat(p->out, ' ', (size_t)p->indent * 2);
            buf_add_format(p->out, "%.*s:\n", STR_ARG(expr->fields.names[i]));
            p->indent++;
        }
        print_node(p, expr->args[i], expr->kind == EXPR_IF ? roles[i] : NULL);
        p->indent -= fields ? 1 : 0;
    }
    if (expr->kind == EXPR_QUERY) {
        print_query(p, expr->query);
    } else if (expr->kind == EXPR_RETRIEVE) {
        print_retrieve(p, expr->retrieve);
    }
}

static void print_node(struct printer *p, const struct expr *expr, const char *label) {
    if (!expr) {
        return;
    }
    buf_add_repeat(p->out, ' ', (size_t)p->indent * 2);
    if (label) {
        buf_add_format(p->out, "%s ", label);
    }
    buf_add_format(p->out, "%s%s", expr->implicit ? "~" : "", kind_names[expr->kind]);
    print_detail(p, expr);
    buf_add_cstr(p->out, ": ");
    type_print(expr->type, p->out);
    buf_add_char(p->out, '\n');
    p->indent++;
    print_kids(p, expr);
    p->indent--;
}

void tree_print(const struct expr *expr, struct buf *out) {
    struct printer printer = {out, 0};
    print_node(&printer, expr, NULL);
}
