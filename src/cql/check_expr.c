/* Expressions: the dispatch, and the forms that are neither selectors, timing, queries nor calls.
 */
#include "cql/check.h"

struct word_operator {
    const char *elm;   /* NULL: handled by name below */
    const char *shown; /* as the user writes it */
    bool negated;
};

static const struct word_operator unary_words[WORD_DESC + 1] = {
    [WORD_MINUS] = {"Negate", "-", false},
    [WORD_NOT] = {"Not", "not", false},
    [WORD_EXISTS] = {"Exists", "exists", false},
    [WORD_DISTINCT] = {"Distinct", "distinct", false},
    [WORD_FLATTEN] = {"Flatten", "flatten", false},
    [WORD_START_OF] = {"Start", "start of", false},
    [WORD_END_OF] = {"End", "end of", false},
    [WORD_WIDTH_OF] = {"Width", "width of", false},
    [WORD_SUCCESSOR_OF] = {"Successor", "successor of", false},
    [WORD_PREDECESSOR_OF] = {"Predecessor", "predecessor of", false},
    [WORD_SINGLETON_FROM] = {"SingletonFrom", "singleton from", false},
    [WORD_POINT_FROM] = {"PointFrom", "point from", false},
};

static const struct word_operator binary_words[WORD_DESC + 1] = {
    [WORD_PLUS] = {"Add", "+", false},
    [WORD_MINUS] = {"Subtract", "-", false},
    [WORD_TIMES] = {"Multiply", "*", false},
    [WORD_DIVIDE] = {"Divide", "/", false},
    [WORD_DIV] = {"TruncatedDivide", "div", false},
    [WORD_MOD] = {"Modulo", "mod", false},
    [WORD_POWER] = {"Power", "^", false},
    [WORD_AMPERSAND] = {"ConcatenateWithNull", "&", false},
    [WORD_EQUAL] = {"Equal", "=", false},
    [WORD_NOT_EQUAL] = {"Equal", "!=", true},
    [WORD_EQUIVALENT] = {"Equivalent", "~", false},
    [WORD_NOT_EQUIVALENT] = {"Equivalent", "!~", true},
    [WORD_LESS] = {"Less", "<", false},
    [WORD_LESS_OR_EQUAL] = {"LessOrEqual", "<=", false},
    [WORD_GREATER] = {"Greater", ">", false},
    [WORD_GREATER_OR_EQUAL] = {"GreaterOrEqual", ">=", false},
    [WORD_AND] = {"And", "and", false},
    [WORD_OR] = {"Or", "or", false},
    [WORD_XOR] = {"Xor", "xor", false},
    [WORD_IMPLIES] = {"Implies", "implies", false},
    [WORD_UNION] = {"Union", "union", false},
    [WORD_INTERSECT] = {"Intersect", "intersect", false},
    [WORD_EXCEPT] = {"Except", "except", false},
};

struct expr *check_kid(struct checker *ck, const struct syntax *node, uint32_t kid) {
    return kid < node->count && node->kids[kid] ? check_expr(ck, node->kids[kid]) : NULL;
}

struct expr *check_condition(struct checker *ck, const struct syntax *node, const char *what) {
    return node ? check_convert_to(ck, check_expr(ck, node), ck->system[MODEL_BOOLEAN], what)
                : NULL;
}

struct expr *check_unary(struct checker *ck, const struct syntax *node) {
    const struct syntax *kid = node->kids[0];
    if (!kid) {
        return NULL;
    }
    if (node->word == WORD_PLUS) {
        return check_expr(ck, kid);
    }
    if (node->word == WORD_MINUS &&
        (kid->kind == SYNTAX_NUMBER_LITERAL || kid->kind == SYNTAX_LONG_LITERAL ||
         kid->kind == SYNTAX_QUANTITY_LITERAL)) {
        return check_literal(ck, kid, true);
    }
    const struct word_operator *word = &unary_words[node->word];
    return check_operator1(ck, word->elm, word->shown, check_expr(ck, kid), node->span);
}

/* A value of one type can be one of the other: one derives from the other, or a choice allows it.
 */
static bool may_be(struct checker *ck, const struct type *from, const struct type *to) {
    const struct conversion *there = check_find_conversion(ck, from, to);
    const struct conversion *back = check_find_conversion(ck, to, from);
    return (there && there->kind <= CONVERSION_CAST) || (back && back->kind <= CONVERSION_CAST);
}

/* Lists of different items are united as lists of a choice, of which both are subtypes: the form is
 * looked up with that type, and the operands stay as they are. */
static struct expr *set_operation(struct checker *ck, const struct word_operator *word,
                                  struct expr *left, struct expr *right, struct span span) {
    const struct type *a = left->type, *b = right->type;
    if (a->kind != TYPE_LIST || b->kind != TYPE_LIST || may_be(ck, a, b)) {
        return check_operator2(ck, word->elm, word->shown, left, right, span);
    }
    const struct type *items[2] = {a->of, b->of};
    const struct type *both =
        check_made(ck, type_list(ck->types, type_choice(ck->types, 2, items)), span);
    struct expr probe = {.kind = EXPR_ALIAS_REF, .type = both, .span = span};
    struct expr *probes[2] = {&probe, &probe};
    struct expr *args[2] = {left, right};
    struct call wide = {str_from(word->shown), 2, probes, PRECISION_NONE, span};
    struct call call = {str_from(word->shown), 2, args, PRECISION_NONE, span};
    struct resolution found;
    return both && check_resolve_operator(ck, &wide, str_from(word->elm), &found)
               ? check_build_operator(ck, &call, &found)
               : NULL;
}

static struct expr *equivalent_membership(struct checker *ck, const struct syntax *node) {
    diag_at(ck->diags, DIAG_CQ0161, node->span, "membership by equivalence is not part of CQL 1.5");
    return NULL;
}

struct expr *check_binary(struct checker *ck, const struct syntax *node) {
    struct expr *left = check_kid(ck, node, 0);
    struct expr *right = check_kid(ck, node, 1);
    if (!left || !right) {
        return NULL;
    }
    const struct word_operator *word = &binary_words[node->word];
    switch (node->word) {
    case WORD_IN:
        return check_membership(ck, left, right, PRECISION_NONE, node->span);
    case WORD_CONTAINS:
        return check_contains(ck, left, right, PRECISION_NONE, node->span);
    case WORD_IN_EQUIVALENT:
    case WORD_CONTAINS_EQUIVALENT:
        return equivalent_membership(ck, node);
    case WORD_UNION:
    case WORD_INTERSECT:
    case WORD_EXCEPT:
        return set_operation(ck, word, left, right, node->span);
    default:
        break;
    }
    struct expr *result = check_operator2(ck, word->elm, word->shown, left, right, node->span);
    return result && word->negated ? check_operator1(ck, "Not", "not", result, node->span) : result;
}

static bool is_vocabulary(const struct expr *expr, uint16_t which) {
    return check_is(expr->type, which);
}

struct expr *check_membership(struct checker *ck, struct expr *left, struct expr *right,
                              enum precision precision, struct span span) {
    if (!left || !right) {
        return NULL;
    }
    struct expr *args[2] = {left, right};
    const char *elm = "In";
    bool list = left->type->kind == TYPE_LIST;
    if (is_vocabulary(right, MODEL_VALUESET)) {
        elm = list ? "AnyInValueSet" : "InValueSet";
    } else if (is_vocabulary(right, MODEL_CODESYSTEM)) {
        elm = list ? "AnyInCodeSystem" : "InCodeSystem";
    }
    return check_operator(ck, elm, "in", 2, args, precision, span);
}

struct expr *check_contains(struct checker *ck, struct expr *left, struct expr *right,
                            enum precision precision, struct span span) {
    if (!left || !right) {
        return NULL;
    }
    if (is_vocabulary(left, MODEL_VALUESET) || is_vocabulary(left, MODEL_CODESYSTEM)) {
        return check_membership(ck, right, left, precision, span);
    }
    struct expr *args[2] = {left, right};
    return check_operator(ck, "Contains", "contains", 2, args, precision, span);
}

static struct expr *is_value(struct checker *ck, const struct syntax *node) {
    const char *elm = node->word == WORD_NULL   ? "IsNull"
                      : node->word == WORD_TRUE ? "IsTrue"
                                                : "IsFalse";
    struct expr *operand = check_kid(ck, node, 0);
    struct expr *test = operand ? check_operator1(ck, elm, "is", operand, node->span) : NULL;
    return test && node->flags ? check_operator1(ck, "Not", "not", test, node->span) : test;
}

struct expr *check_is_type(struct checker *ck, const struct syntax *node) {
    struct expr *operand = check_kid(ck, node, 0);
    const struct type *type = node->kids[1] ? check_type(ck, node->kids[1]) : NULL;
    struct expr *is = operand && type
                          ? check_node1(ck, EXPR_IS, ck->system[MODEL_BOOLEAN], node->span, operand)
                          : NULL;
    if (is) {
        is->target = type;
    }
    return is;
}

struct expr *check_as_type(struct checker *ck, const struct syntax *node) {
    struct expr *operand = check_kid(ck, node, 0);
    const struct type *type = node->kids[1] ? check_type(ck, node->kids[1]) : NULL;
    if (!operand || !type) {
        return NULL;
    }
    if (check_is_untyped(operand)) {
        struct expr *typed = check_ensure(ck, operand, type);
        return typed;
    }
    if (!may_be(ck, operand->type, type)) {
        struct str from = check_type_text(ck, operand->type), to = check_type_text(ck, type);
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0115, node->span, "a value of type %.*s can never be %.*s",
                    STR_ARG(from), STR_ARG(to));
        diag_hint(ck->diags, d, "`as` only looks at a value; `convert ... to %.*s` changes it",
                  STR_ARG(to));
        return NULL;
    }
    struct expr *as = check_node1(ck, EXPR_AS, type, node->span, operand);
    if (as) {
        as->target = type;
        as->strict = node->flags != 0;
    }
    return as;
}

static struct expr *convert_to_unit(struct checker *ck, const struct syntax *node,
                                    struct expr *operand) {
    struct str unit = node->text;
    if (node->precision != PRECISION_NONE) {
        const struct unit *calendar =
            unit_calendar(ck->program->units, (enum precision)node->precision);
        unit = calendar ? unit_text(calendar) : STR_NONE;
    }
    struct value text = {.kind = VALUE_STRING, .string = unit};
    struct expr *wanted = check_literal_node(ck, MODEL_STRING, text, node->span);
    return check_operator2(ck, "ConvertQuantity", "convert", operand, wanted, node->span);
}

struct expr *check_convert(struct checker *ck, const struct syntax *node) {
    struct expr *operand = check_kid(ck, node, 0);
    if (!operand) {
        return NULL;
    }
    if (node->count < 2 || !node->kids[1]) {
        return convert_to_unit(ck, node, operand);
    }
    const struct type *type = check_type(ck, node->kids[1]);
    if (!type) {
        return NULL;
    }
    const struct conversion *implicit = check_find_conversion(ck, operand->type, type);
    if (implicit) {
        return check_apply(ck, operand, implicit);
    }
    if (check_is(operand->type, MODEL_CONCEPT) &&
        type == type_list(ck->types, ck->system[MODEL_CODE])) {
        return check_property(ck, operand, STR("codes"), node->span);
    }
    struct str to = check_type_text(ck, type);
    struct str elm = arena_format(ck->arena, "To%.*s", STR_ARG(to));
    struct call call = {STR("convert"), 1, &operand, PRECISION_NONE, node->span};
    struct resolution found;
    if (elm.at && check_resolve_operator(ck, &call, elm, &found) && !found.ambiguous &&
        found.result == type) {
        return check_build_operator(ck, &call, &found);
    }
    if (ck->status == STATUS_OK) {
        struct str from = check_type_text(ck, operand->type);
        diag_at(ck->diags, DIAG_CQ0116, node->span, "there is no conversion from %.*s to %.*s",
                STR_ARG(from), STR_ARG(to));
    }
    return NULL;
}

struct expr *check_if(struct checker *ck, const struct syntax *node) {
    struct expr *condition = check_condition(ck, node->kids[0], "the condition of `if`");
    struct expr *then = check_kid(ck, node, 1);
    struct expr *otherwise = check_kid(ck, node, 2);
    if (!condition || !then || !otherwise) {
        return NULL;
    }
    const struct type *type = check_common_type(ck, then->type, otherwise->type, node->span);
    struct expr *choose = type ? check_node(ck, EXPR_IF, type, node->span) : NULL;
    struct expr **args = check_args(ck, 3);
    if (!choose || !args) {
        return NULL;
    }
    args[0] = condition;
    args[1] = check_ensure(ck, then, type);
    args[2] = check_ensure(ck, otherwise, type);
    choose->args = args;
    choose->count = 3;
    return args[1] && args[2] ? choose : NULL;
}

/* The type in which the comparand and every `when` are compared; reports the `when` that is of
 * another kind. */
static const struct type *comparand_type(struct checker *ck, const struct expr *comparand,
                                         const struct case_item *items, uint32_t count) {
    const struct type *type = comparand->type;
    for (uint32_t i = 0; i < count; i++) {
        const struct type *when = items[i].when->type;
        if (check_find_conversion(ck, when, type)) {
            continue;
        }
        if (!check_find_conversion(ck, type, when)) {
            check_convert_to(ck, items[i].when, type, "what is compared with the case's value");
            return NULL;
        }
        type = when;
    }
    return type;
}

static bool check_case_items(struct checker *ck, const struct syntax *node, bool compares,
                             struct case_item *items) {
    bool complete = true;
    for (uint32_t i = 2; i < node->count; i++) {
        const struct syntax *when = node->kids[i];
        if (!when) {
            complete = false;
            continue;
        }
        struct case_item *item = &items[i - 2];
        item->when = compares ? check_kid(ck, when, 0)
                              : check_condition(ck, when->kids[0], "the condition of `when`");
        item->then = check_kid(ck, when, 1);
        complete = complete && item->when && item->then;
    }
    return complete;
}

struct expr *check_case(struct checker *ck, const struct syntax *node) {
    uint32_t count = node->count - 2;
    struct expr *comparand = check_kid(ck, node, 0);
    struct case_item *items = ARENA_ARRAY(ck->arena, count + 1u, struct case_item);
    struct expr **args = check_args(ck, 2);
    if (!items || !args) {
        return check_no_memory(ck);
    }
    bool complete = check_case_items(ck, node, node->kids[0] != NULL, items);
    struct expr *otherwise = check_kid(ck, node, 1);
    if (!complete || !otherwise || (node->kids[0] && !comparand)) {
        return NULL;
    }
    const struct type *compared = comparand ? comparand_type(ck, comparand, items, count) : NULL;
    const struct type *type = otherwise->type;
    for (uint32_t i = 0; i < count && type; i++) {
        type = check_common_type(ck, type, items[i].then->type, node->span);
    }
    struct expr *choose = type ? check_node(ck, EXPR_CASE, type, node->span) : NULL;
    if (!choose || (comparand && !compared)) {
        return NULL;
    }
    args[0] = comparand ? check_ensure(ck, comparand, compared) : NULL;
    args[1] = check_ensure(ck, otherwise, type);
    for (uint32_t i = 0; i < count; i++) {
        items[i].when = comparand ? check_ensure(ck, items[i].when, compared) : items[i].when;
        items[i].then = check_ensure(ck, items[i].then, type);
        complete = complete && items[i].when && items[i].then;
    }
    choose->args = args;
    choose->count = 2;
    choose->cases.item_count = count;
    choose->cases.items = items;
    choose->cases.equal = OP_EQUAL;
    return complete && args[1] && (!comparand || args[0]) ? choose : NULL;
}

static struct expr *member(struct checker *ck, const struct syntax *node) {
    const struct syntax *identifier = node->kids[1];
    struct symbol *include = check_include_of(ck, node->kids[0]);
    if (!identifier) {
        return NULL;
    }
    if (include) {
        return check_library_member(ck, include, identifier);
    }
    struct expr *of = check_kid(ck, node, 0);
    return of ? check_property(ck, of, identifier->text, identifier->span) : NULL;
}

static struct expr *indexer(struct checker *ck, const struct syntax *node) {
    struct expr *list = check_kid(ck, node, 0);
    /* What is indexed may be a misspelt word before a retrieve: `exsits [Condition]`. */
    struct expr *index = list ? check_kid(ck, node, 1) : NULL;
    return index ? check_operator2(ck, "Indexer", "[]", list, index, node->span) : NULL;
}

static struct expr *iteration(struct checker *ck, const struct syntax *node) {
    const struct local *row = ck->frame->locals;
    if (node->kind == SYNTAX_THIS && row && row->is_row) {
        return check_variable_ref(ck, EXPR_ALIAS_REF, row->variable, node->span);
    }
    struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0160, node->span, "%s has no meaning here",
                                   node->kind == SYNTAX_THIS    ? "$this"
                                   : node->kind == SYNTAX_INDEX ? "$index"
                                                                : "$total");
    if (node->kind == SYNTAX_THIS) {
        diag_hint(ck->diags, d, "give the source of the query an alias and use that");
    }
    return NULL;
}

static struct expr *not_supported(struct checker *ck, const struct syntax *node) {
    diag_at(ck->diags, DIAG_CQ0161, node->span, "external constants are not supported");
    return NULL;
}

static struct expr *literal(struct checker *ck, const struct syntax *node) {
    return check_literal(ck, node, false);
}

static struct expr *name(struct checker *ck, const struct syntax *node) {
    return node->kids[0] ? check_name(ck, node->kids[0]) : NULL;
}

static struct expr *membership_precision(struct checker *ck, const struct syntax *node) {
    struct expr *left = check_kid(ck, node, 0), *right = check_kid(ck, node, 1);
    enum precision precision = (enum precision)node->precision;
    return node->word == WORD_IN ? check_membership(ck, left, right, precision, node->span)
                                 : check_contains(ck, left, right, precision, node->span);
}

typedef struct expr *check_form(struct checker *ck, const struct syntax *node);

/* What checks each kind of expression; the other kinds are parts of these. */
static check_form *const forms[SYNTAX_KIND_COUNT] = {
    [SYNTAX_NULL_LITERAL] = literal,
    [SYNTAX_BOOLEAN_LITERAL] = literal,
    [SYNTAX_STRING_LITERAL] = literal,
    [SYNTAX_NUMBER_LITERAL] = literal,
    [SYNTAX_LONG_LITERAL] = literal,
    [SYNTAX_DATE_LITERAL] = literal,
    [SYNTAX_DATETIME_LITERAL] = literal,
    [SYNTAX_TIME_LITERAL] = literal,
    [SYNTAX_QUANTITY_LITERAL] = literal,
    [SYNTAX_RATIO_LITERAL] = literal,
    [SYNTAX_EXTERNAL_CONSTANT] = not_supported,
    [SYNTAX_INTERVAL] = check_selector,
    [SYNTAX_TUPLE] = check_selector,
    [SYNTAX_INSTANCE] = check_selector,
    [SYNTAX_LIST] = check_selector,
    [SYNTAX_CODE_SELECTOR] = check_code_selector,
    [SYNTAX_CONCEPT_SELECTOR] = check_concept_selector,
    [SYNTAX_NAME] = name,
    [SYNTAX_THIS] = iteration,
    [SYNTAX_INDEX] = iteration,
    [SYNTAX_TOTAL] = iteration,
    [SYNTAX_MEMBER] = member,
    [SYNTAX_CALL] = check_call,
    [SYNTAX_INDEXER] = indexer,
    [SYNTAX_CONVERT] = check_convert,
    [SYNTAX_UNARY] = check_unary,
    [SYNTAX_BINARY] = check_binary,
    [SYNTAX_MEMBERSHIP_PRECISION] = membership_precision,
    [SYNTAX_IS_VALUE] = is_value,
    [SYNTAX_IS_TYPE] = check_is_type,
    [SYNTAX_AS_TYPE] = check_as_type,
    [SYNTAX_BETWEEN] = check_between,
    [SYNTAX_DURATION_BETWEEN] = check_duration,
    [SYNTAX_DURATION_OF] = check_duration,
    [SYNTAX_COMPONENT_FROM] = check_component,
    [SYNTAX_TYPE_EXTENT] = check_type_extent,
    [SYNTAX_EXPAND_COLLAPSE] = check_expand,
    [SYNTAX_TIMING] = check_timing,
    [SYNTAX_IF] = check_if,
    [SYNTAX_CASE] = check_case,
    [SYNTAX_RETRIEVE] = check_retrieve,
    [SYNTAX_QUERY] = check_query,
};

struct expr *check_expr(struct checker *ck, const struct syntax *node) {
    if (ck->status != STATUS_OK) {
        return NULL;
    }
    if (ck->depth >= CHECK_DEPTH_MAX) {
        diag_at(ck->diags, DIAG_CQ0119, node->span, "this expression nests too deeply");
        return NULL;
    }
    ck->depth++;
    struct expr *expr = forms[node->kind] ? forms[node->kind](ck, node) : NULL;
    ck->depth--;
    return ck->status == STATUS_OK ? expr : NULL;
}
