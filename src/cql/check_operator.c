/* Overload resolution for system operators and functions: every candidate that the arguments can be
 * converted to gets the sum of what its conversions cost; the least wins, then the one with the
 * simpler operand types. CQL 1.5 translation semantics, "Operator resolution". */
#include "cql/check.h"

#include <assert.h>

enum { VARIABLES_MAX = 4, EXPANSIONS_MAX = 1024, SHOWN_CANDIDATES = 4 };

struct bindings {
    const struct type *of[VARIABLES_MAX];
};

/* One try: a signature with what its variables stand for. */
struct attempt {
    const struct signature *signature;
    struct bindings bindings;
};

static bool bind(struct checker *ck, const struct type *pattern, const struct type *type,
                 struct bindings *bindings);

/* What both convert to when neither converts to the other: a CodeableConcept and a Code are both a
 * Concept. */
static const struct type *meeting_type(struct checker *ck, const struct type *a,
                                       const struct type *b) {
    struct str helper;
    const struct type *target = check_helper_target(ck, a, &helper);
    return target && check_find_conversion(ck, b, target) ? target : NULL;
}

static bool bind_variable(struct checker *ck, const struct type **bound, const struct type *type) {
    if (!*bound || check_is_any(type)) {
        *bound = *bound ? *bound : type;
        return true;
    }
    const struct conversion *to_bound = check_find_conversion(ck, type, *bound);
    const struct conversion *from_bound = check_find_conversion(ck, *bound, type);
    if (to_bound && (!from_bound || to_bound->score <= from_bound->score)) {
        return true;
    }
    const struct type *wider = from_bound ? type : meeting_type(ck, *bound, type);
    wider = wider ? wider : meeting_type(ck, type, *bound);
    *bound = wider ? wider : *bound;
    return wider != NULL;
}

/* A list or interval that the type converts to as a whole: a Period is an Interval<DateTime>. */
static const struct type *collection_of(struct checker *ck, const struct type *type,
                                        enum type_kind kind) {
    for (uint32_t i = 0; i < ck->signatures->implicit_count; i++) {
        const struct signature *row = &ck->signatures->rows[ck->signatures->implicit[i]];
        if (row->operands[0] == type && row->result->kind == kind) {
            return row->result;
        }
    }
    struct str helper;
    const struct type *target = check_helper_target(ck, type, &helper);
    return target && target->kind == kind ? target : NULL;
}

static bool bind(struct checker *ck, const struct type *pattern, const struct type *type,
                 struct bindings *bindings) {
    if (pattern->kind == TYPE_VARIABLE) {
        return bind_variable(ck, &bindings->of[pattern->name], type);
    }
    if (pattern->kind != TYPE_LIST && pattern->kind != TYPE_INTERVAL) {
        return true; /* no variable inside: conversion decides */
    }
    if (type->kind == pattern->kind) {
        return bind(ck, pattern->of, type->of, bindings);
    }
    if (check_is_any(type)) {
        return bind(ck, pattern->of, type, bindings);
    }
    const struct type *collection = collection_of(ck, type, (enum type_kind)pattern->kind);
    return collection && bind(ck, pattern->of, collection->of, bindings);
}

static const struct type *substitute(struct checker *ck, const struct type *pattern,
                                     const struct bindings *bindings) {
    switch (pattern->kind) {
    case TYPE_VARIABLE:
        return bindings->of[pattern->name];
    case TYPE_LIST:
        return type_list(ck->types, substitute(ck, pattern->of, bindings));
    case TYPE_INTERVAL:
        return type_interval(ck->types, substitute(ck, pattern->of, bindings));
    default:
        return pattern;
    }
}

/* Typed arguments bind first: a null takes whatever type the others ask for. */
static bool bind_all(struct checker *ck, const struct call *call, const struct type *const *types,
                     struct attempt *attempt) {
    for (int untyped = 0; untyped < 2; untyped++) {
        for (uint32_t i = 0; i < call->count; i++) {
            if (check_is_untyped(call->args[i]) == (untyped == 1) &&
                !bind(ck, attempt->signature->operands[i], types[i], &attempt->bindings)) {
                return false;
            }
        }
    }
    return true;
}

static uint32_t type_precedence(const struct type *type) {
    switch (type->kind) {
    case TYPE_NAMED:
        return type->name >= MODEL_QUANTITY ? 3 : 1;
    case TYPE_TUPLE:
        return 2;
    case TYPE_INTERVAL:
        return 4;
    case TYPE_LIST:
        return 5;
    default:
        return 6;
    }
}

static bool same_choice(const struct resolution *a, const struct resolution *b, uint32_t count) {
    if (a->op != b->op || a->function != b->function) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (a->conversions[i]->to != b->conversions[i]->to) {
            return false;
        }
    }
    return true;
}

/* Whether two candidates differ only where the argument is a null: then both mean the same. */
static bool differ_in_nulls(const struct call *call, const struct resolution *a,
                            const struct resolution *b) {
    for (uint32_t i = 0; i < call->count; i++) {
        if (a->conversions[i]->to != b->conversions[i]->to && !check_is_untyped(call->args[i])) {
            return false;
        }
    }
    return true;
}

static void keep_better(struct checker *ck, const struct call *call, struct resolution *best,
                        const struct resolution *found) {
    if (best->result) {
        if (found->score > best->score ||
            (found->score == best->score && found->type_score > best->type_score) ||
            same_choice(best, found, call->count)) {
            return;
        }
        if (found->score == best->score && found->type_score == best->type_score) {
            if (!differ_in_nulls(call, best, found)) {
                best->ambiguous = true;
                best->other = ARENA_NEW(ck->arena, struct resolution);
                if (best->other) {
                    *best->other = *found;
                }
            }
            return;
        }
    }
    *best = *found;
}

/* Converts every argument to the attempt's operand types, and keeps the outcome when it is better
 * than the best so far. */
static bool try_attempt(struct checker *ck, const struct call *call, const struct attempt *attempt,
                        struct resolution *found, struct resolution *best) {
    const struct conversion **conversions =
        ARENA_ARRAY(ck->arena, call->count + 1u, const struct conversion *);
    if (!conversions) {
        check_no_memory(ck);
        return false;
    }
    found->score = 0;
    found->type_score = 0;
    found->conversions = conversions;
    for (uint32_t i = 0; i < call->count; i++) {
        const struct type *to = substitute(ck, attempt->signature->operands[i], &attempt->bindings);
        conversions[i] = to ? check_find_conversion(ck, call->args[i]->type, to) : NULL;
        if (!conversions[i]) {
            return false;
        }
        found->score += conversions[i]->score;
        found->type_score += type_precedence(to);
    }
    found->result = substitute(ck, attempt->signature->result, &attempt->bindings);
    if (!found->result) {
        return false;
    }
    keep_better(ck, call, best, found);
    return true;
}

static bool try_types(struct checker *ck, const struct call *call,
                      const struct signature *signature, const struct type *const *types,
                      struct resolution *found, struct resolution *best) {
    struct attempt attempt = {.signature = signature};
    return bind_all(ck, call, types, &attempt) && try_attempt(ck, call, &attempt, found, best);
}

/* A generic signature is tried with the arguments' types, and where those are choices with every
 * combination of their members. */
static void try_generic(struct checker *ck, const struct call *call,
                        const struct signature *signature, struct resolution *found,
                        struct resolution *best) {
    const struct type *types[OPERANDS_MAX] = {0};
    uint32_t at[OPERANDS_MAX] = {0};
    uint32_t combinations = 1;
    for (uint32_t i = 0; i < call->count; i++) {
        types[i] = call->args[i]->type;
        if (types[i]->kind == TYPE_CHOICE && combinations <= EXPANSIONS_MAX) {
            combinations *= types[i]->count;
        }
    }
    try_types(ck, call, signature, types, found, best);
    if (combinations == 1 || combinations > EXPANSIONS_MAX) {
        return;
    }
    for (uint32_t n = 0; n < combinations; n++) {
        for (uint32_t i = 0; i < call->count; i++) {
            const struct type *type = call->args[i]->type;
            types[i] = type->kind == TYPE_CHOICE ? type->members[at[i]] : type;
        }
        try_types(ck, call, signature, types, found, best);
        for (uint32_t i = 0; i < call->count; i++) {
            const struct type *type = call->args[i]->type;
            if (type->kind == TYPE_CHOICE && ++at[i] < type->count) {
                break;
            }
            at[i] = 0;
        }
    }
}

static void try_signature(struct checker *ck, const struct call *call,
                          const struct signature *signature, struct resolution *found,
                          struct resolution *best) {
    if (signature->count != call->count) {
        return;
    }
    if (signature->generic) {
        try_generic(ck, call, signature, found, best);
    } else {
        struct attempt attempt = {.signature = signature};
        try_attempt(ck, call, &attempt, found, best);
    }
}

bool check_resolve_operator(struct checker *ck, const struct call *call, struct str elm_name,
                            struct resolution *out) {
    *out = (struct resolution){0};
    if (call->count > OPERANDS_MAX) {
        return false;
    }
    for (uint32_t op = signature_first(ck->signatures, elm_name); op < OP_ID_COUNT;
         op = ck->signatures->next[op]) {
        struct resolution found = {.op = (enum op_id)op};
        try_signature(ck, call, &ck->signatures->rows[op], &found, out);
    }
    return out->result && ck->status == STATUS_OK;
}

bool check_resolve_function(struct checker *ck, const struct call *call,
                            struct function_symbol *first, bool fluent, struct resolution *out) {
    *out = (struct resolution){0};
    for (struct function_symbol *f = first; f; f = f->next) {
        if (!f->broken && (!fluent || f->function->fluent)) {
            struct resolution found = {.function = f};
            try_signature(ck, call, &f->signature, &found, out);
        }
    }
    return out->result && ck->status == STATUS_OK;
}

struct expr *check_build_operator(struct checker *ck, const struct call *call,
                                  const struct resolution *resolution) {
    struct expr *expr = check_node(ck, EXPR_OPERATOR, resolution->result, call->span);
    struct expr **args = check_args(ck, call->count);
    if (!expr || !args) {
        return NULL;
    }
    for (uint32_t i = 0; i < call->count; i++) {
        args[i] = check_apply(ck, call->args[i], resolution->conversions[i]);
        if (!args[i]) {
            return NULL;
        }
    }
    const struct operator_info *info = operator_info(resolution->op);
    if (call->precision != PRECISION_NONE && !(info->flags & OP_PRECISE)) {
        diag_at(ck->diags, DIAG_CQ0162, call->span, "`%.*s` on these types takes no precision",
                STR_ARG(call->name));
        return NULL;
    }
    if (resolution->op == OP_NOW || resolution->op == OP_TODAY ||
        resolution->op == OP_TIME_OF_DAY || resolution->op == OP_CALCULATE_AGE_DATE ||
        resolution->op == OP_CALCULATE_AGE_DATETIME) {
        ck->frame->uses_now = true;
    }
    expr->op = resolution->op;
    expr->precision = (uint8_t)call->precision;
    expr->args = args;
    expr->count = call->count;
    return expr;
}

static void print_types(struct checker *ck, const struct call *call, struct buf *out) {
    (void)ck;
    for (uint32_t i = 0; i < call->count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        type_print(call->args[i]->type, out);
    }
}

static void print_signature(const struct signature *signature, struct str name, struct buf *out) {
    buf_add(out, name);
    buf_add_char(out, '(');
    for (uint32_t i = 0; i < signature->count; i++) {
        buf_add_cstr(out, i ? ", " : "");
        type_print(signature->operands[i], out);
    }
    buf_add_char(out, ')');
}

/* How many arguments fit a signature's operands, each for itself; -1 for another count. */
static int fitting(struct checker *ck, const struct call *call, const struct signature *signature) {
    if (signature->count != call->count) {
        return -1;
    }
    struct bindings bindings = {{0}};
    int count = 0;
    for (uint32_t i = 0; i < call->count; i++) {
        const struct type *pattern = signature->operands[i];
        const struct type *type = call->args[i]->type;
        if (!bind(ck, pattern, type, &bindings)) {
            continue;
        }
        const struct type *to = substitute(ck, pattern, &bindings);
        count += to && check_find_conversion(ck, type, to) != NULL;
    }
    return count;
}

/* The candidates worth showing: the first few of those that most arguments fit. */
static void print_candidates(struct checker *ck, const struct call *call, const char *elm_name,
                             struct function_symbol *functions, struct buf *out) {
    uint32_t first = elm_name ? signature_first(ck->signatures, str_from(elm_name)) : OP_ID_COUNT;
    int best = -1;
    for (uint32_t op = first; op < OP_ID_COUNT; op = ck->signatures->next[op]) {
        int fit = fitting(ck, call, &ck->signatures->rows[op]);
        best = fit > best ? fit : best;
    }
    for (struct function_symbol *f = functions; f; f = f->next) {
        int fit = f->broken ? -1 : fitting(ck, call, &f->signature);
        best = fit > best ? fit : best;
    }
    uint32_t shown = 0;
    for (struct function_symbol *f = functions; f && shown < SHOWN_CANDIDATES; f = f->next) {
        if (!f->broken && fitting(ck, call, &f->signature) == best) {
            buf_add_cstr(out, shown++ ? "; " : "");
            print_signature(&f->signature, call->name, out);
        }
    }
    for (uint32_t op = first; op < OP_ID_COUNT && shown < SHOWN_CANDIDATES;
         op = ck->signatures->next[op]) {
        if (fitting(ck, call, &ck->signatures->rows[op]) == best) {
            buf_add_cstr(out, shown++ ? "; " : "");
            print_signature(&ck->signatures->rows[op], call->name, out);
        }
    }
}

/* The kept text of a buffer that is then released; never NULL. */
static struct str take_text(struct checker *ck, struct buf *buf) {
    struct str text = buf_status(buf) == STATUS_OK ? arena_copy(ck->arena, buf_str(buf)) : STR_NONE;
    buf_release(buf);
    if (!text.at) {
        check_no_memory(ck);
        return STR("");
    }
    return text;
}

bool check_hint_included(struct checker *ck, const struct call *call, struct diagnostic *d) {
    const struct check_library *library = ck->frame->library;
    for (uint32_t i = 0; i < library->symbol_count; i++) {
        const struct symbol *symbol = library->symbols[i];
        if (symbol->kind != SYMBOL_INCLUDE || !symbol->included) {
            continue;
        }
        struct resolution found;
        struct function_symbol *first = check_find_functions(symbol->included, call->name);
        if (first && check_resolve_function(ck, call, first, false, &found) &&
            !found.function->function->is_private) {
            diag_hint(ck->diags, d, "it is in an included library: write `%.*s.%.*s(...)`",
                      STR_ARG(symbol->name), STR_ARG(call->name));
            return true;
        }
    }
    return false;
}

void check_report_call(struct checker *ck, const struct call *call, const char *elm_name,
                       struct function_symbol *functions) {
    if (ck->status != STATUS_OK) {
        return;
    }
    struct buf types, candidates;
    buf_init(&types);
    buf_init(&candidates);
    print_types(ck, call, &types);
    print_candidates(ck, call, elm_name, functions, &candidates);
    struct str given = take_text(ck, &types);
    struct str closest = take_text(ck, &candidates);
    struct diagnostic *d =
        diag_at(ck->diags, DIAG_CQ0112, call->span, "`%.*s` cannot be applied to (%.*s)",
                STR_ARG(call->name), STR_ARG(given));
    if (closest.len) {
        diag_note(ck->diags, d, "it takes %.*s", STR_ARG(closest));
    }
    if (!check_hint_included(ck, call, d)) {
        check_hint_operands(ck, call, d);
    }
}

void check_report_ambiguous(struct checker *ck, const struct call *call,
                            const struct resolution *resolution) {
    struct buf types, candidates;
    buf_init(&types);
    buf_init(&candidates);
    print_types(ck, call, &types);
    for (const struct resolution *r = resolution; r; r = r == resolution ? r->other : NULL) {
        buf_add_cstr(&candidates, r == resolution ? "(" : "), (");
        for (uint32_t i = 0; i < call->count; i++) {
            buf_add_cstr(&candidates, i ? ", " : "");
            type_print(r->conversions[i]->to, &candidates);
        }
    }
    buf_add_char(&candidates, ')');
    struct str given = take_text(ck, &types);
    struct str both = take_text(ck, &candidates);
    struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0113, call->span,
                                   "`%.*s` with (%.*s) may mean more than one thing",
                                   STR_ARG(call->name), STR_ARG(given));
    diag_note(ck->diags, d, "these fit equally well: %.*s", STR_ARG(both));
    diag_hint(ck->diags, d, "say which type is meant: `... as T`");
}

struct expr *check_operator(struct checker *ck, const char *elm_name, const char *shown,
                            uint32_t count, struct expr **args, enum precision precision,
                            struct span span) {
    struct call call = {str_from(shown), count, args, precision, span};
    for (uint32_t i = 0; i < count; i++) {
        if (!args[i]) {
            return NULL;
        }
    }
    struct resolution resolution;
    if (!check_resolve_operator(ck, &call, str_from(elm_name), &resolution)) {
        check_report_call(ck, &call, elm_name, NULL);
        return NULL;
    }
    if (resolution.ambiguous) {
        check_report_ambiguous(ck, &call, &resolution);
        return NULL;
    }
    return check_build_operator(ck, &call, &resolution);
}

struct expr *check_operator1(struct checker *ck, const char *elm_name, const char *shown,
                             struct expr *arg, struct span span) {
    return check_operator(ck, elm_name, shown, 1, &arg, PRECISION_NONE, span);
}

struct expr *check_operator2(struct checker *ck, const char *elm_name, const char *shown,
                             struct expr *left, struct expr *right, struct span span) {
    struct expr *args[2] = {left, right};
    return check_operator(ck, elm_name, shown, 2, args, PRECISION_NONE, span);
}
