/* What the writer of a call that fits no operator probably meant. */
#include "cql/check.h"

#include <stdio.h>

/* Without a word written: a subtype, or an implicit conversion. */
static bool fits(struct checker *ck, const struct type *from, const struct type *to) {
    return type_is_subtype(from, to) || check_find_conversion(ck, from, to);
}

/* `convert ... to` exists. */
static bool converts(struct checker *ck, const struct type *from, const struct type *to) {
    if (from->kind != TYPE_NAMED || to->kind != TYPE_NAMED || !model_type(to->name)->is_system) {
        return false;
    }
    char name[64];
    struct str target = model_type(to->name)->name;
    (void)snprintf(name, sizeof(name), "To%.*s", STR_ARG(target));
    struct expr probe = {.kind = EXPR_ALIAS_REF, .type = from};
    struct expr *args[1] = {&probe};
    struct call call = {str_from(name), 1, args, PRECISION_NONE, probe.span};
    struct resolution found;
    return check_resolve_operator(ck, &call, str_from(name), &found);
}

/* What the user may write where no implicit conversion helps. */
void check_hint_conversion(struct checker *ck, struct diagnostic *diagnostic,
                           const struct type *from, const struct type *to) {
    struct str wanted = check_type_text(ck, to);
    if (from == to) {
        return;
    }
    if (from->kind == TYPE_NAMED && to->kind == TYPE_NAMED && model_type(from->name)->is_system &&
        str_equal(model_type(from->name)->name, model_type(to->name)->name)) {
        diag_hint(ck->diags, diagnostic,
                  "with `using FHIR`, `%.*s` alone is FHIR's: write `System.%.*s`",
                  STR_ARG(model_type(to->name)->name), STR_ARG(model_type(to->name)->name));
    } else if (check_is(to, MODEL_BOOLEAN) && from->kind == TYPE_LIST) {
        diag_hint(ck->diags, diagnostic, "`exists` asks whether a list has an item");
    } else if (from->kind == TYPE_LIST && fits(ck, from->of, to)) {
        diag_hint(ck->diags, diagnostic,
                  "take one item of the list: First(...), Last(...) or "
                  "`singleton from`");
    } else if (to->kind == TYPE_LIST && type_is_subtype(from, to->of)) {
        diag_hint(ck->diags, diagnostic, "write braces around it for a list of one item");
    } else if (check_is(to, MODEL_BOOLEAN) && from->kind == TYPE_NAMED) {
        diag_hint(ck->diags, diagnostic, "a condition compares: `... = ...`, `... is not null`");
    } else if (converts(ck, from, to)) {
        diag_hint(ck->diags, diagnostic, "convert it: `convert ... to %.*s`", STR_ARG(wanted));
    }
}

static bool is_named(const struct type *type, const char *name) {
    return type->kind == TYPE_NAMED && str_equal(model_type(type->name)->name, str_from(name));
}

static bool is_code(const struct type *type) {
    return is_named(type, "CodeableConcept") || is_named(type, "Coding") ||
           is_named(type, "Code") || is_named(type, "Concept");
}

static bool is_logic(struct str name) {
    return str_equal(name, STR("and")) || str_equal(name, STR("or")) ||
           str_equal(name, STR("xor")) || str_equal(name, STR("implies"));
}

static bool is_number(struct checker *ck, const struct type *type) {
    return fits(ck, type, ck->system[MODEL_DECIMAL]);
}

/* An interval beside a point, in either order. */
static bool hint_interval(struct checker *ck, const struct call *call, struct diagnostic *d,
                          const struct type *a, const struct type *b) {
    const struct type *point = a->kind == TYPE_INTERVAL ? b : b->kind == TYPE_INTERVAL ? a : NULL;
    if (!point || point->kind == TYPE_INTERVAL ||
        !fits(ck, point, a->kind == TYPE_INTERVAL ? a->of : b->of)) {
        return false;
    }
    bool ends = str_equal(call->name, STR("starts")) || str_equal(call->name, STR("ends"));
    if (ends) {
        diag_hint(ck->diags, d,
                  "for one moment, say how precisely: `%.*s same day as`, `%.*s on or after`",
                  STR_ARG(call->name), STR_ARG(call->name));
    } else {
        diag_hint(ck->diags, d, "make the single value an interval: Interval[first, last]");
    }
    return true;
}

static void hint_two(struct checker *ck, const struct call *call, struct diagnostic *d) {
    const struct type *a = call->args[0]->type, *b = call->args[1]->type;
    const struct type *string = ck->system[MODEL_STRING];
    bool text_a = fits(ck, a, string) && !is_code(a), text_b = fits(ck, b, string) && !is_code(b);
    if (is_logic(call->name)) {
        diag_hint(ck->diags, d,
                  "both sides are conditions; to compare one value with two, write it twice: x = 1 "
                  "or x = 2");
    } else if ((is_code(a) && text_b) || (is_code(b) && text_a)) {
        diag_hint(ck->diags, d,
                  "a code is compared with a code: declare it, code \"NAME\": '...' from "
                  "\"SYSTEM\", and write ~ \"NAME\"");
    } else if ((a->kind == TYPE_LIST && !is_number(ck, a->of) && is_number(ck, b)) ||
               (b->kind == TYPE_LIST && !is_number(ck, b->of) && is_number(ck, a))) {
        diag_hint(ck->diags, d, "the number of items of a list is Count(...)");
    } else if (a->kind == TYPE_LIST && str_equal(call->name, STR("=")) && fits(ck, a->of, b)) {
        diag_hint(ck->diags, d,
                  "ask whether it is in the list: `... in ...`; or take one item: "
                  "First(...)");
    } else if (hint_interval(ck, call, d, a, b)) {
        return;
    } else if (check_is(a, MODEL_STRING) != check_is(b, MODEL_STRING) &&
               converts(ck, check_is(a, MODEL_STRING) ? b : a, string)) {
        struct str other = check_type_text(ck, check_is(a, MODEL_STRING) ? b : a);
        diag_hint(ck->diags, d, "convert one of them: ToString(...), or `convert ... to %.*s`",
                  STR_ARG(other));
    } else {
        bool boolean = check_is(a, MODEL_BOOLEAN) || check_is(b, MODEL_BOOLEAN);
        if (!boolean || a->kind == TYPE_LIST) {
            check_hint_conversion(ck, d, a, b);
        }
        if (d && !d->hint.len && (!boolean || b->kind == TYPE_LIST)) {
            check_hint_conversion(ck, d, b, a);
        }
    }
}

static void hint_one(struct checker *ck, const struct call *call, struct diagnostic *d) {
    const struct expr *arg = call->args[0];
    bool end = str_equal(call->name, STR("start of")) || str_equal(call->name, STR("end of"));
    if (arg->type->kind == TYPE_LIST) {
        check_hint_conversion(ck, d, arg->type, arg->type->of);
    } else if (end && arg->type->kind == TYPE_NAMED) {
        diag_hint(ck->diags, d, "it is one moment already: leave out `%.*s`", STR_ARG(call->name));
    } else if (arg->kind == EXPR_ALIAS_REF) {
        diag_hint(ck->diags, d,
                  "an alias stands for one item at a time; put the query in parentheses, and call "
                  "%.*s on it",
                  STR_ARG(call->name));
    }
}

void check_hint_operands(struct checker *ck, const struct call *call, struct diagnostic *d) {
    if (call->count == 2) {
        hint_two(ck, call, d);
    } else if (call->count == 1) {
        hint_one(ck, call, d);
    }
}
