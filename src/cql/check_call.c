/* Calls: functions of this and of included libraries, system operators by name, fluent calls, and
 * the few functions that stand for more than one operator. */
#include "cql/check.h"

/* Operators that cannot be called by name: they need a precision that a call has no place for. */
static const char *const not_callable[] = {"DurationBetween", "DifferenceBetween",
                                           "DateTimeComponentFrom", "CalculateAge",
                                           "CalculateAgeAt"};

/* Operators of two operands that take any number: from the left, two at a time. */
static const char *const folded[] = {"Concatenate", "Union", "Intersect", "Except"};

/* FHIRPath's names of methods that are another operator in CQL. */
static const struct {
    const char *method;
    const char *elm;
} methods[] = {{"single", "SingletonFrom"}, {"subsetOf", "IncludedIn"}, {"supersetOf", "Includes"},
               {"memberOf", "InValueSet"},  {"exclude", "Except"},      {"toChars", "ToChars"}};

static bool is_one_of(struct str name, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (str_equal(name, str_from(names[i]))) {
            return true;
        }
    }
    return false;
}

#define IS_ONE_OF(name, table) is_one_of(name, table, sizeof(table) / sizeof((table)[0]))

static struct expr *build_function(struct checker *ck, const struct call *call,
                                   const struct resolution *found) {
    struct function_symbol *symbol = found->function;
    if (!check_function_body(ck, symbol)) {
        return NULL;
    }
    struct expr *expr = check_node(ck, EXPR_CALL, symbol->function->type, call->span);
    struct expr **args = check_args(ck, call->count);
    if (!expr || !args) {
        return NULL;
    }
    for (uint32_t i = 0; i < call->count; i++) {
        args[i] = check_apply(ck, call->args[i], found->conversions[i]);
        if (!args[i]) {
            return NULL;
        }
    }
    if (symbol->reads) {
        check_note_read(ck);
    }
    ck->frame->reads_population = ck->frame->reads_population || symbol->reads_population;
    ck->frame->uses_now = ck->frame->uses_now || symbol->uses_now;
    expr->function = symbol->function;
    expr->args = args;
    expr->count = call->count;
    return expr;
}

struct expr *check_helper_call(struct checker *ck, struct str name, struct expr *arg,
                               const struct type *result) {
    struct check_library *helpers = check_helpers(ck);
    struct call call = {name, 1, &arg, PRECISION_NONE, arg->span};
    struct resolution found;
    if (!helpers ||
        !check_resolve_function(ck, &call, check_find_functions(helpers, name), false, &found)) {
        check_report_call(ck, &call, NULL, NULL);
        return NULL;
    }
    struct expr *expr = build_function(ck, &call, &found);
    if (!expr) {
        return NULL;
    }
    expr->implicit = true;
    return expr->type == result ? expr : check_ensure(ck, expr, result);
}

/* Coalesce(a, b, c, d, e, f): the fifth operand is what remains. */
static struct expr *coalesce(struct checker *ck, const struct call *call) {
    if (call->count <= 5) {
        return check_operator(ck, "Coalesce", "Coalesce", call->count, call->args, PRECISION_NONE,
                              call->span);
    }
    struct call rest = *call;
    rest.args += 4;
    rest.count -= 4;
    if (ck->depth >= CHECK_DEPTH_MAX) {
        diag_at(ck->diags, DIAG_CQ0119, call->span, "too many operands");
        return NULL;
    }
    ck->depth++;
    struct expr *args[5] = {call->args[0], call->args[1], call->args[2], call->args[3],
                            coalesce(ck, &rest)};
    ck->depth--;
    return check_operator(ck, "Coalesce", "Coalesce", 5, args, PRECISION_NONE, call->span);
}

static struct expr *fold(struct checker *ck, const struct call *call, const char *elm) {
    struct expr *result = call->args[0];
    for (uint32_t i = 1; i < call->count && result; i++) {
        result = check_operator2(ck, elm, elm, result, call->args[i], call->span);
    }
    return result;
}

/* Operands that a call may leave out, and that the operator then gets as nulls. */
static const struct {
    const char *elm;
    uint32_t least;
    uint32_t all;
    enum model_system type;
} padded[] = {{"Collapse", 1, 2, MODEL_QUANTITY},
              {"Expand", 1, 2, MODEL_QUANTITY},
              {"Slice", 1, 3, MODEL_INTEGER}};

static struct expr *pad(struct checker *ck, const struct call *call, const char *elm, uint32_t all,
                        enum model_system type) {
    struct expr **args = check_args(ck, all);
    for (uint32_t i = 0; args && i < all; i++) {
        args[i] = i < call->count ? call->args[i] : check_null(ck, ck->system[type], call->span);
    }
    return args ? check_operator(ck, elm, elm, all, args, PRECISION_NONE, call->span) : NULL;
}

/* A system operator by its name. `found` is false when there is none of the name. */
static struct expr *system_call(struct checker *ck, const struct call *call, struct str name,
                                bool *found) {
    *found = true;
    struct str elm = arena_copy(ck->arena, name);
    if (!elm.at) {
        return check_no_memory(ck);
    }
    if (str_equal(name, STR("Coalesce"))) {
        return coalesce(ck, call);
    }
    if (IS_ONE_OF(name, folded) && call->count > 2) {
        return fold(ck, call, elm.at);
    }
    for (size_t i = 0; i < sizeof(padded) / sizeof(padded[0]); i++) {
        if (str_equal(name, str_from(padded[i].elm)) && call->count >= padded[i].least &&
            call->count < padded[i].all) {
            return pad(ck, call, elm.at, padded[i].all, padded[i].type);
        }
    }
    if (str_equal(name, STR("NotEqual"))) {
        struct expr *equal = check_operator(ck, "Equal", "NotEqual", call->count, call->args,
                                            PRECISION_NONE, call->span);
        return equal ? check_operator1(ck, "Not", "not", equal, call->span) : NULL;
    }
    *found = signature_first(ck->signatures, name) != OP_ID_COUNT && !IS_ONE_OF(name, not_callable);
    if (*found) {
        return check_operator(ck, elm.at, elm.at, call->count, call->args, PRECISION_NONE,
                              call->span);
    }
    return check_age(ck, call, found);
}

/* The name of an operator that is written with the precision in its name or in words. */
static bool hint_precision(struct checker *ck, struct str name, struct diagnostic *d) {
    if (str_equal_fold(name, STR("CalculateAge")) || str_equal_fold(name, STR("CalculateAgeAt")) ||
        str_equal_fold(name, STR("Age")) || str_equal_fold(name, STR("AgeAt"))) {
        bool at = str_ends(name, STR("At")) || str_ends(name, STR("at"));
        diag_hint(ck->diags, d, "the unit stands in the name: `%sInYears%s(...)`",
                  name.len > 5 ? "CalculateAge" : "Age", at ? "At" : "");
    } else if (IS_ONE_OF(name, not_callable)) {
        diag_hint(ck->diags, d,
                  "the unit stands in words: `years between A and B`, `difference in days between "
                  "A and B`, `year from A`");
    } else {
        return false;
    }
    return true;
}

static void report_unknown(struct checker *ck, const struct call *call,
                           const struct syntax *identifier) {
    if (check_is_told(ck, call->name, identifier->span)) {
        return;
    }
    struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0114, identifier->span,
                                   "there is no function `%.*s`", STR_ARG(call->name));
    check_tell(ck, call->name, identifier->span, d);
    if (check_hint_included(ck, call, d) || hint_precision(ck, call->name, d)) {
        return;
    }
    struct str best = STR_NONE;
    size_t least = check_near(call->name);
    for (uint32_t op = 0; op < OP_ID_COUNT; op++) {
        struct str other = str_from(operator_info((enum op_id)op)->name);
        size_t distance =
            str_equal_fold(call->name, other) ? 0 : str_distance(call->name, other, least);
        if (distance < least) {
            least = distance;
            best = other;
        }
    }
    if (best.len) {
        diag_hint(ck->diags, d, "did you mean `%.*s`?", STR_ARG(best));
    } else {
        check_hint_similar(ck, d, call->name);
    }
}

/* A call without a receiver: functions of this library go before system operators where they fit.
 */
static struct expr *plain_call(struct checker *ck, const struct call *call,
                               const struct syntax *identifier) {
    struct function_symbol *own = check_find_functions(ck->frame->library, call->name);
    struct resolution found;
    if (own && check_resolve_function(ck, call, own, false, &found)) {
        if (found.ambiguous) {
            check_report_ambiguous(ck, call, &found);
            return NULL;
        }
        return build_function(ck, call, &found);
    }
    if (own) {
        bool is_operator = signature_first(ck->signatures, call->name) != OP_ID_COUNT;
        struct resolution system;
        if (!is_operator || !check_resolve_operator(ck, call, call->name, &system)) {
            if (!check_any_broken(own)) {
                check_report_call(ck, call, NULL, own);
            }
            return NULL;
        }
    }
    bool known;
    struct expr *expr = system_call(ck, call, call->name, &known);
    if (!known && ck->status == STATUS_OK) {
        report_unknown(ck, call, identifier);
    }
    return expr;
}

static struct expr *library_call(struct checker *ck, const struct call *call,
                                 const struct symbol *include, const struct syntax *identifier) {
    if (!include->included) {
        return NULL;
    }
    struct function_symbol *first = check_find_functions(include->included, call->name);
    if (!first) {
        if (!check_may_declare(include->included, call->name)) {
            struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0114, identifier->span,
                                           "library `%.*s` has no function `%.*s`",
                                           STR_ARG(include->name), STR_ARG(call->name));
            if (include->included == ck->helpers) {
                diag_hint(
                    ck->diags, d,
                    "FHIRHelpers 4.0.1 is built in; what was added to a copy of it belongs in "
                    "a library of another name");
            }
        }
        return NULL;
    }
    struct resolution found;
    if (!check_resolve_function(ck, call, first, false, &found)) {
        if (!check_any_broken(first)) {
            check_report_call(ck, call, NULL, first);
        }
        return NULL;
    }
    if (found.ambiguous) {
        check_report_ambiguous(ck, call, &found);
        return NULL;
    }
    if (found.function->function->is_private) {
        diag_at(ck->diags, DIAG_CQ0103, identifier->span, "`%.*s` is private to library `%.*s`",
                STR_ARG(call->name), STR_ARG(include->name));
        return NULL;
    }
    return build_function(ck, call, &found);
}

/* Fluent functions of this library and of those it includes; the best of all. */
static bool find_fluent(struct checker *ck, const struct call *call, struct resolution *best,
                        struct function_symbol **candidates) {
    struct check_library *library = ck->frame->library;
    *candidates = check_find_functions(library, call->name);
    bool any = check_resolve_function(ck, call, *candidates, true, best);
    for (uint32_t i = 0; i < library->symbol_count; i++) {
        struct symbol *symbol = library->symbols[i];
        if (symbol->kind != SYMBOL_INCLUDE || !symbol->included) {
            continue;
        }
        struct function_symbol *first = check_find_functions(symbol->included, call->name);
        struct resolution found;
        *candidates = *candidates ? *candidates : first;
        if (first && check_resolve_function(ck, call, first, true, &found) &&
            !found.function->function->is_private && (!any || found.score < best->score)) {
            *best = found;
            any = true;
        }
    }
    return any;
}

/* A library that could not be read may have had the function: its own message is enough. */
static bool misses_library(const struct check_library *library) {
    for (uint32_t i = 0; i < library->symbol_count; i++) {
        if (library->symbols[i]->kind == SYMBOL_INCLUDE && !library->symbols[i]->included) {
            return true;
        }
    }
    return check_may_declare(library, STR("include")) || check_may_declare(library, STR("called"));
}

/* list.first(): a system operator as a method, written with a small letter. */
static struct expr *method_call(struct checker *ck, const struct call *call, bool *known) {
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (str_equal(call->name, str_from(methods[i].method))) {
            return system_call(ck, call, str_from(methods[i].elm), known);
        }
    }
    struct str elm = arena_copy(ck->arena, call->name);
    if (!elm.at) {
        return check_no_memory(ck);
    }
    char *first = (char *)elm.at;
    bool small = elm.len && *first >= 'a' && *first <= 'z';
    *first = small ? (char)(*first - 'a' + 'A') : *first;
    return system_call(ck, call, elm, known);
}

static struct expr *fluent_call(struct checker *ck, const struct call *call,
                                const struct syntax *identifier) {
    struct resolution found;
    struct function_symbol *candidates;
    if (find_fluent(ck, call, &found, &candidates)) {
        if (found.ambiguous) {
            check_report_ambiguous(ck, call, &found);
            return NULL;
        }
        return build_function(ck, call, &found);
    }
    bool fluent = candidates && candidates->function->fluent;
    if (fluent) {
        if (!check_any_broken(candidates)) {
            check_report_call(ck, call, NULL, candidates);
        }
        return NULL;
    }
    bool known;
    struct expr *expr = method_call(ck, call, &known);
    if (known || ck->status != STATUS_OK) {
        return expr;
    }
    if (candidates) {
        struct diagnostic *d = diag_at(ck->diags, DIAG_CQ0114, identifier->span,
                                       "`%.*s` is no fluent function", STR_ARG(call->name));
        diag_hint(ck->diags, d,
                  "call it as `%.*s(...)`, or define it with `define fluent function`",
                  STR_ARG(call->name));
    } else if (!misses_library(ck->frame->library)) {
        report_unknown(ck, call, identifier);
    }
    return NULL;
}

static bool is_system(const struct checker *ck, const struct syntax *receiver) {
    return receiver->kind == SYNTAX_NAME && receiver->kids[0] &&
           str_equal(receiver->kids[0]->text, STR("System")) &&
           !check_find_symbol(ck->frame->library, STR("System"));
}

struct expr *check_call(struct checker *ck, const struct syntax *node) {
    const struct syntax *receiver = node->kids[0];
    const struct syntax *identifier = node->kids[1];
    if (!identifier) {
        return NULL;
    }
    struct symbol *include = check_include_of(ck, receiver);
    bool system = receiver && !include && is_system(ck, receiver);
    bool fluent = receiver && !include && !system;
    uint32_t extra = fluent ? 1 : 0;
    uint32_t count = node->count - 2 + extra;
    struct expr **args = check_args(ck, count);
    if (!args) {
        return NULL;
    }
    bool complete = true;
    if (fluent) {
        args[0] = check_expr(ck, receiver);
        complete = args[0] != NULL;
    }
    for (uint32_t i = 2; i < node->count; i++) {
        args[i - 2 + extra] = check_kid(ck, node, i);
        complete = complete && args[i - 2 + extra];
    }
    if (!complete) {
        return NULL;
    }
    struct call call = {identifier->text, count, args, PRECISION_NONE, node->span};
    if (include) {
        return library_call(ck, &call, include, identifier);
    }
    if (fluent) {
        return fluent_call(ck, &call, identifier);
    }
    if (!system) {
        return plain_call(ck, &call, identifier);
    }
    bool known;
    struct expr *expr = system_call(ck, &call, call.name, &known);
    if (!known && ck->status == STATUS_OK) {
        report_unknown(ck, &call, identifier);
    }
    return expr;
}
