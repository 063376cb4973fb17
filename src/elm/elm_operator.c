/* System operators: operands under the names that ELM's schema gives them. */
#include "elm/elm_internal.h"

static const struct {
    const char *name;
    const char *operands;
} shapes[] = {
#define ELM(name, operands) {#name, operands},
#include "elm/elm_operator.def"
#undef ELM
};

static const char *const precisions[] = {[PRECISION_NONE] = "",
                                         [PRECISION_YEAR] = "Year",
                                         [PRECISION_MONTH] = "Month",
                                         [PRECISION_WEEK] = "Week",
                                         [PRECISION_DAY] = "Day",
                                         [PRECISION_HOUR] = "Hour",
                                         [PRECISION_MINUTE] = "Minute",
                                         [PRECISION_SECOND] = "Second",
                                         [PRECISION_MILLISECOND] = "Millisecond"};

const char *elm_operands(const char *name, uint32_t count) {
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(shapes[i].name, name) == 0) {
            return shapes[i].operands;
        }
    }
    return count == 0 ? "" : count == 1 ? "operand" : "operand[]";
}

static bool is_overloaded(const char *name, uint32_t count) {
    uint32_t rows = 0;
    for (int op = 0; op < OP_ID_COUNT; op++) {
        const struct operator_info *info = operator_info((enum op_id)op);
        uint32_t operands = info->operands[0] != '\0';
        int nested = 0;
        for (const char *c = info->operands; *c; c++) {
            nested += *c == '<' ? 1 : *c == '>' ? -1 : 0;
            operands += *c == ',' && nested == 0;
        }
        rows += operands == count && strcmp(info->name, name) == 0;
    }
    return rows > 1;
}

static void signature(struct elm_writer *w, const struct expr *expr, const char *name) {
    enum elm_signatures level = w->options->signatures;
    if (expr->count == 0 || level == ELM_SIGNATURES_NONE ||
        (level == ELM_SIGNATURES_OVERLOADS && !is_overloaded(name, expr->count))) {
        return;
    }
    elm_key(w, "signature");
    elm_open(w, '[');
    for (uint32_t i = 0; i < expr->count; i++) {
        elm_type_specifier(w, expr->args[i]->type);
    }
    elm_close(w, ']');
}

/* Opens an operator that stands for `expr`. */
static void begin(struct elm_writer *w, const struct expr *expr, const char *name) {
    elm_node(w, name);
    elm_locator(w, expr->span);
    elm_result_type(w, expr->type);
    if (expr->precision != PRECISION_NONE) {
        elm_member(w, "precision", str_from(precisions[expr->precision]));
    }
}

static void literal(struct elm_writer *w, const char *type, const char *value) {
    elm_node(w, "Literal");
    elm_member(w, "valueType", str_from(type));
    elm_member(w, "value", str_from(value));
    elm_close(w, '}');
}

#define SYSTEM_INTEGER "{urn:hl7-org:elm-types:r1}Integer"
#define SYSTEM_STRING "{urn:hl7-org:elm-types:r1}String"

/* Coalesce(value, '') and the like. */
static void or_else(struct elm_writer *w, const struct expr *value, const char *type,
                    const char *instead) {
    elm_node(w, "Coalesce");
    elm_key(w, "operand");
    elm_open(w, '[');
    elm_expr(w, value);
    literal(w, type, instead);
    elm_close(w, ']');
    elm_close(w, '}');
}

/* a & b: a null is an empty text. */
static void text(struct elm_writer *w, const struct expr *expr) {
    begin(w, expr, "Concatenate");
    elm_key(w, "operand");
    elm_open(w, '[');
    or_else(w, expr->args[0], SYSTEM_STRING, "");
    or_else(w, expr->args[1], SYSTEM_STRING, "");
    elm_close(w, ']');
    elm_close(w, '}');
}

static void null_member(struct elm_writer *w, const char *name) {
    elm_key(w, name);
    elm_node(w, "Null");
    elm_close(w, '}');
}

/* Skip(l, n), Tail(l) and Take(l, n) are slices. */
static void slice(struct elm_writer *w, const struct expr *expr, const char *which) {
    begin(w, expr, "Slice");
    elm_kid(w, "source", expr->args[0]);
    elm_key(w, "startIndex");
    if (strcmp(which, "skip") == 0) {
        elm_expr(w, expr->args[1]);
    } else {
        literal(w, SYSTEM_INTEGER, strcmp(which, "tail") == 0 ? "1" : "0");
    }
    if (strcmp(which, "take") == 0) {
        elm_key(w, "endIndex");
        or_else(w, expr->args[1], SYSTEM_INTEGER, "0");
    } else {
        null_member(w, "endIndex");
    }
    elm_close(w, '}');
}

static void extent(struct elm_writer *w, const struct expr *expr, const char *name) {
    begin(w, expr, name);
    elm_key(w, "valueType");
    elm_type_name(w, expr->type->name);
    elm_close(w, '}');
}

/* `words`: "code valueset", the members' names. A set that is no declared one is an expression. */
static void membership(struct elm_writer *w, const struct expr *expr, const char *name,
                       const char *words) {
    const char *second = strchr(words, ' ') + 1;
    char key[32];
    begin(w, expr, name);
    (void)snprintf(key, sizeof key, "%.*s", (int)(second - words - 1), words);
    elm_kid(w, key, expr->args[0]);
    const struct expr *set = expr->args[1];
    bool declared = set->kind == EXPR_VALUESET_REF || set->kind == EXPR_CODESYSTEM_REF;
    (void)snprintf(key, sizeof key, "%s%s", second, declared ? "" : "Expression");
    elm_key(w, key);
    if (declared) {
        elm_open(w, '{');
        elm_member(w, "name", set->vocabulary->name);
        elm_library_name(w, set->vocabulary->library);
        if (set->kind == EXPR_VALUESET_REF) {
            elm_flag(w, "preserve", true);
        }
        elm_close(w, '}');
    } else {
        elm_expr(w, set);
    }
    elm_close(w, '}');
}

static void special(struct elm_writer *w, const struct expr *expr, const char *name,
                    const char *words) {
    if (strcmp(words, "text") == 0) {
        text(w, expr);
    } else if (strcmp(words, "extent") == 0) {
        extent(w, expr, name);
    } else if (strncmp(words, "membership ", 11) == 0) {
        membership(w, expr, name, words + 11);
    } else {
        slice(w, expr, words);
    }
}

static bool is_text(const struct expr *expr) {
    return expr->type->kind == TYPE_NAMED && expr->type->name == MODEL_STRING;
}

void elm_operator(struct elm_writer *w, const struct expr *expr) {
    const char *name = operator_info(expr->op)->name;
    name = strcmp(name, "Add") == 0 && is_text(expr) ? "Concatenate" : name; /* 'a' + 'b' */
    const char *words = elm_operands(name, expr->count);
    if (words[0] == '!') {
        special(w, expr, name, words + 1);
        return;
    }
    begin(w, expr, name);
    signature(w, expr, name);
    if (strchr(words, '[')) {
        elm_list(w, "operand", expr->count, expr->args);
    } else {
        for (uint32_t i = 0; i < expr->count; i++) {
            char key[32];
            size_t size = strcspn(words, " ");
            (void)snprintf(key, sizeof key, "%.*s", (int)size, words);
            elm_kid(w, key, expr->args[i]);
            words += size + (words[size] == ' ');
        }
    }
    elm_close(w, '}');
}
