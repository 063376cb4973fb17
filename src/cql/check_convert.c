/* Implicit conversions: which there are between two types, what each costs, and the nodes that do
 * them. CQL 1.5 translation semantics, "Conversion precedence"; promotions and demotions between
 * lists or intervals and their elements are off, as they are by default. */
#include "cql/check.h"

/* What a conversion costs: the lowest sum over the operands wins an overload. */
enum {
    SCORE_EXACT = 0,
    SCORE_SUBTYPE = 1,
    SCORE_COMPATIBLE = 2,
    SCORE_CAST = 3,
    SCORE_SIMPLE = 4,
    SCORE_COMPLEX = 5
};

static bool castable(const struct type *from, const struct type *to);

static bool fits(const struct type *from, const struct type *to) {
    return type_is_subtype(from, to) || castable(from, to);
}

/* Whether a value of `from` may turn out to be one of `to`: Any, or a choice that has it. */
static bool castable(const struct type *from, const struct type *to) {
    if (check_is_any(from)) {
        return true;
    }
    if (from->kind == TYPE_CHOICE) {
        for (uint32_t i = 0; i < from->count; i++) {
            if (type_is_subtype(from->members[i], to)) {
                return true;
            }
        }
        return false;
    }
    if (to->kind == TYPE_CHOICE) {
        for (uint32_t i = 0; i < to->count; i++) {
            if (castable(from, to->members[i])) {
                return true;
            }
        }
        return false;
    }
    if (from->kind != to->kind) {
        return false;
    }
    if (from->kind == TYPE_LIST || from->kind == TYPE_INTERVAL) {
        return fits(from->of, to->of);
    }
    if (from->kind != TYPE_TUPLE || from->count != to->count) {
        return false;
    }
    for (uint32_t i = 0; i < from->count; i++) {
        if (!str_equal(from->names[i], to->names[i]) || !fits(from->members[i], to->members[i])) {
            return false;
        }
    }
    return true;
}

static struct conversion *make(struct checker *ck, enum conversion_kind kind, uint32_t score,
                               const struct type *from, const struct type *to) {
    struct conversion *conversion = ARENA_NEW(ck->arena, struct conversion);
    if (!conversion) {
        return check_no_memory(ck);
    }
    *conversion = (struct conversion){.kind = kind, .score = score, .from = from, .to = to};
    return conversion;
}

static bool is_class(const struct type *type) {
    return type->kind == TYPE_NAMED && type->name >= MODEL_QUANTITY;
}

/* A System operator, or the FHIRHelpers function of the type or of its nearest base. */
static const struct conversion *by_operator(struct checker *ck, const struct type *from,
                                            const struct type *to) {
    for (uint32_t i = 0; i < ck->signatures->implicit_count; i++) {
        uint16_t op = ck->signatures->implicit[i];
        const struct signature *row = &ck->signatures->rows[op];
        if (row->operands[0] == from && row->result == to) {
            struct conversion *conversion = make(
                ck, CONVERSION_OPERATOR, is_class(to) ? SCORE_COMPLEX : SCORE_SIMPLE, from, to);
            if (conversion) {
                conversion->op = (enum op_id)op;
            }
            return conversion;
        }
    }
    struct str helper;
    const struct type *result = check_helper_target(ck, from, &helper);
    if (!result || result != to) {
        return NULL;
    }
    struct conversion *conversion =
        make(ck, CONVERSION_HELPER, is_class(to) ? SCORE_COMPLEX : SCORE_SIMPLE, from, to);
    if (conversion) {
        conversion->helper = helper;
    }
    return conversion;
}

const struct type *check_helper_target(struct checker *ck, const struct type *from,
                                       struct str *helper) {
    if (from->kind != TYPE_NAMED || model_type(from->name)->is_system) {
        return NULL;
    }
    struct model_spec spec;
    *helper = model_conversion(from->name, &spec);
    return helper->len ? check_spec_type(ck, spec, (struct span){0}) : NULL;
}

/* Members that convert, each by its own way; those that cannot give null at run time. */
static const struct conversion *from_choice(struct checker *ck, const struct type *from,
                                            const struct type *to) {
    const struct conversion *first = NULL;
    struct conversion *last = NULL;
    for (uint32_t i = 0; i < from->count; i++) {
        const struct conversion *inner = check_find_conversion(ck, from->members[i], to);
        if (!inner) {
            continue;
        }
        struct conversion *link = make(ck, CONVERSION_CHOICE, SCORE_CAST + inner->score, from, to);
        if (!link) {
            return NULL;
        }
        link->inner = inner;
        if (last) {
            last->next = link;
        } else {
            first = link;
        }
        last = link;
    }
    return first;
}

static const struct conversion *to_choice(struct checker *ck, const struct type *from,
                                          const struct type *to) {
    for (uint32_t i = 0; i < to->count; i++) {
        const struct conversion *inner = check_find_conversion(ck, from, to->members[i]);
        if (inner) {
            struct conversion *wide =
                make(ck, CONVERSION_WIDEN, SCORE_CAST + inner->score, from, to);
            if (wide) {
                wide->inner = inner;
            }
            return wide;
        }
    }
    return NULL;
}

static const struct conversion *by_items(struct checker *ck, const struct type *from,
                                         const struct type *to) {
    const struct conversion *inner = check_find_conversion(ck, from->of, to->of);
    if (!inner) {
        return NULL;
    }
    uint32_t base = is_class(to->of) ? SCORE_COMPLEX : SCORE_SIMPLE;
    struct conversion *items = make(ck, CONVERSION_ITEMS, base + inner->score, from, to);
    if (items) {
        items->inner = inner;
    }
    return items;
}

const struct conversion *check_find_conversion(struct checker *ck, const struct type *from,
                                               const struct type *to) {
    if (from == to) {
        return make(ck, CONVERSION_NONE, SCORE_EXACT, from, to);
    }
    if (type_is_subtype(from, to)) {
        bool widens = to->kind == TYPE_CHOICE;
        return make(ck, CONVERSION_NONE, widens ? SCORE_COMPATIBLE : SCORE_SUBTYPE, from, to);
    }
    if (castable(from, to)) {
        return make(ck, CONVERSION_CAST, SCORE_COMPATIBLE, from, to);
    }
    const struct conversion *direct = by_operator(ck, from, to);
    if (direct) {
        return direct;
    }
    if (from->kind == TYPE_CHOICE) {
        return from_choice(ck, from, to);
    }
    if (to->kind == TYPE_CHOICE) {
        return to_choice(ck, from, to);
    }
    if (from->kind == to->kind && (from->kind == TYPE_LIST || from->kind == TYPE_INTERVAL)) {
        return by_items(ck, from, to);
    }
    return NULL;
}

bool check_is_untyped(const struct expr *expr) {
    if (expr->kind == EXPR_NULL) {
        return check_is_any(expr->type);
    }
    if (expr->kind != EXPR_LIST && expr->kind != EXPR_INTERVAL) {
        return false;
    }
    if (!check_is_any(expr->type->of)) {
        return false;
    }
    for (uint32_t i = 0; i < expr->count; i++) {
        if (!check_is_untyped(expr->args[i])) {
            return false;
        }
    }
    return true;
}

/* A list or interval that is written out: its parts are converted where they stand. */
static struct expr *convert_parts(struct checker *ck, struct expr *expr, const struct type *to,
                                  const struct conversion *inner) {
    struct expr *copy = check_node(ck, (enum expr_kind)expr->kind, to, expr->span);
    struct expr **args = check_args(ck, expr->count);
    if (!copy || !args) {
        return NULL;
    }
    *copy = *expr;
    copy->type = to;
    copy->args = args;
    for (uint32_t i = 0; i < expr->count; i++) {
        args[i] =
            inner ? check_apply(ck, expr->args[i], inner) : check_ensure(ck, expr->args[i], to->of);
        if (!args[i]) {
            return NULL;
        }
    }
    return copy;
}

static struct expr *cast(struct checker *ck, struct expr *expr, const struct type *to) {
    if (expr->kind == EXPR_NULL) {
        return check_null(ck, to, expr->span);
    }
    if (check_is_untyped(expr) && expr->type->kind == to->kind) {
        return convert_parts(ck, expr, to, NULL);
    }
    struct expr *as = check_node1(ck, EXPR_AS, to, expr->span, expr);
    if (as) {
        as->target = to;
        as->implicit = true;
    }
    return as;
}

static struct expr *by_row(struct checker *ck, struct expr *expr,
                           const struct conversion *conversion) {
    if (expr->kind == EXPR_NULL) {
        return check_null(ck, conversion->to, expr->span);
    }
    struct expr *call = check_node1(ck, EXPR_OPERATOR, conversion->to, expr->span, expr);
    if (call) {
        call->op = conversion->op;
        call->implicit = true;
    }
    return call;
}

static struct expr *item_by_item(struct checker *ck, struct expr *expr,
                                 const struct conversion *conversion) {
    if (expr->kind == EXPR_LIST || expr->kind == EXPR_INTERVAL) {
        return convert_parts(ck, expr, conversion->to, conversion->inner);
    }
    struct variable *item = check_variable(ck, STR_NONE, conversion->from->of, expr->span);
    struct expr *use = item ? check_variable_ref(ck, EXPR_ALIAS_REF, item, expr->span) : NULL;
    struct expr *converted = use ? check_apply(ck, use, conversion->inner) : NULL;
    struct expr *convert =
        converted ? check_node2(ck, EXPR_CONVERT, conversion->to, expr->span, expr, converted)
                  : NULL;
    if (convert) {
        convert->item = item;
        convert->implicit = true;
    }
    return convert;
}

static struct expr *as_member(struct checker *ck, struct expr *expr,
                              const struct conversion *inner) {
    struct expr *as = cast(ck, expr, inner->from);
    return as ? check_apply(ck, as, inner) : NULL;
}

/* case when x is A then f(x as A) when x is B then g(x as B) else null end */
static struct expr *choose_member(struct checker *ck, struct expr *expr,
                                  const struct conversion *conversion) {
    if (!conversion->next) {
        return as_member(ck, expr, conversion->inner);
    }
    struct held held;
    struct expr *use = check_held_open(ck, expr, &held);
    struct expr *otherwise = check_null(ck, conversion->to, expr->span);
    struct expr *choose = check_node(ck, EXPR_CASE, conversion->to, expr->span);
    struct expr **args = check_args(ck, 2);
    uint32_t count = 0;
    for (const struct conversion *c = conversion; c; c = c->next) {
        count++;
    }
    struct case_item *items = ARENA_ARRAY(ck->arena, count, struct case_item);
    if (!use || !otherwise || !choose || !args || !items) {
        return check_no_memory(ck);
    }
    uint32_t at = 0;
    for (const struct conversion *c = conversion; c; c = c->next, at++) {
        struct expr *is = check_node1(ck, EXPR_IS, ck->system[MODEL_BOOLEAN], expr->span, use);
        items[at].when = is;
        items[at].then = as_member(ck, use, c->inner);
        if (!is || !items[at].then) {
            return NULL;
        }
        is->target = c->inner->from;
        is->implicit = true;
    }
    args[1] = otherwise;
    choose->args = args;
    choose->count = 2;
    choose->cases.items = items;
    choose->cases.item_count = count;
    choose->implicit = true;
    return check_held_close(ck, &held, choose);
}

struct expr *check_apply(struct checker *ck, struct expr *expr,
                         const struct conversion *conversion) {
    if (!expr) {
        return NULL;
    }
    switch (conversion->kind) {
    case CONVERSION_NONE:
        return expr;
    case CONVERSION_CAST:
        return cast(ck, expr, conversion->to);
    case CONVERSION_OPERATOR:
        return by_row(ck, expr, conversion);
    case CONVERSION_HELPER:
        return check_helper_call(ck, conversion->helper, expr, conversion->to);
    case CONVERSION_ITEMS:
        return item_by_item(ck, expr, conversion);
    case CONVERSION_CHOICE:
        return choose_member(ck, expr, conversion);
    case CONVERSION_WIDEN:
        return check_apply(ck, expr, conversion->inner);
    }
    return NULL;
}

struct expr *check_ensure(struct checker *ck, struct expr *expr, const struct type *to) {
    const struct conversion *conversion = check_find_conversion(ck, expr->type, to);
    return conversion ? check_apply(ck, expr, conversion) : NULL;
}

struct expr *check_convert_to(struct checker *ck, struct expr *expr, const struct type *to,
                              const char *what) {
    if (!expr) {
        return NULL;
    }
    const struct conversion *conversion = check_find_conversion(ck, expr->type, to);
    if (conversion) {
        return check_apply(ck, expr, conversion);
    }
    if (ck->status == STATUS_OK) {
        struct str wanted = check_type_text(ck, to);
        struct str found = check_type_text(ck, expr->type);
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0111, expr->span, "%s must be %.*s, but this is %.*s", what,
                    STR_ARG(wanted), STR_ARG(found));
        check_hint_conversion(ck, d, expr->type, to);
    }
    return NULL;
}

const struct type *check_common_type(struct checker *ck, const struct type *a, const struct type *b,
                                     struct span span) {
    if (check_is_any(a) || type_is_subtype(a, b)) {
        return check_is_any(b) ? a : b;
    }
    if (check_is_any(b) || type_is_subtype(b, a)) {
        return a;
    }
    if (castable(b, a) && a->kind != TYPE_CHOICE && b->kind != TYPE_CHOICE) {
        return a;
    }
    if (castable(a, b) && a->kind != TYPE_CHOICE && b->kind != TYPE_CHOICE) {
        return b;
    }
    if (a->kind != TYPE_CHOICE && b->kind != TYPE_CHOICE) {
        if (check_find_conversion(ck, b, a)) {
            return a;
        }
        if (check_find_conversion(ck, a, b)) {
            return b;
        }
    }
    const struct type *both[2] = {a, b};
    return check_made(ck, type_choice(ck->types, 2, both), span);
}
