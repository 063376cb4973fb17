/* Literals: the text becomes the value, or a message about its range. */
#include "cql/check.h"
#include "value/datetime.h"
#include "value/decimal.h"

/* Digits to a number not above `limit`; false when it is. */
static bool read_integer(struct str text, uint64_t limit, uint64_t *out) {
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (digit > 9 || value > (limit - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

static int64_t signed_value(uint64_t magnitude, bool negative) {
    return negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
}

static struct expr *integer(struct checker *ck, const struct syntax *node, bool negative) {
    uint64_t magnitude;
    uint64_t limit = (uint64_t)INT32_MAX + (negative ? 1 : 0);
    if (!read_integer(node->text, limit, &magnitude)) {
        struct diagnostic *d = diag_at(
            ck->diags, DIAG_CQ0120, node->span,
            "%.*s is no Integer: those go from -2147483648 to 2147483647", STR_ARG(node->text));
        diag_hint(ck->diags, d, "write `%.*sL` for a Long or `%.*s.0` for a Decimal",
                  STR_ARG(node->text), STR_ARG(node->text));
        return NULL;
    }
    return check_literal_node(
        ck, MODEL_INTEGER, value_integer((int32_t)signed_value(magnitude, negative)), node->span);
}

static struct expr *long_integer(struct checker *ck, const struct syntax *node, bool negative) {
    uint64_t magnitude;
    uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    if (!read_integer(node->text, limit, &magnitude)) {
        diag_at(ck->diags, DIAG_CQ0120, node->span,
                "%.*s is no Long: those go from -9223372036854775808 to 9223372036854775807",
                STR_ARG(node->text));
        return NULL;
    }
    struct value value = {.kind = VALUE_LONG, .longint = signed_value(magnitude, negative)};
    return check_literal_node(ck, MODEL_LONG, value, node->span);
}

static bool read_decimal(struct checker *ck, const struct syntax *node, bool negative, i128 *out,
                         uint8_t *scale) {
    if (!decimal_parse(node->text, out, scale)) {
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0122, node->span, "%.*s has too many digits for a Decimal",
                    STR_ARG(node->text));
        diag_note(ck->diags, d, "at most 28 digits, 8 of them after the point");
        return false;
    }
    *out = negative ? -*out : *out;
    return true;
}

static struct expr *number(struct checker *ck, const struct syntax *node, bool negative) {
    if (!memchr(node->text.at, '.', node->text.len)) {
        return integer(ck, node, negative);
    }
    struct value value = {.kind = VALUE_DECIMAL};
    return read_decimal(ck, node, negative, &value.decimal, &value.scale)
               ? check_literal_node(ck, MODEL_DECIMAL, value, node->span)
               : NULL;
}

static void *bad_moment(struct checker *ck, const struct syntax *node, const char *what) {
    diag_at(ck->diags, DIAG_CQ0121, node->span, "`%.*s` is no %s", STR_ARG(node->text), what);
    return NULL;
}

static struct expr *moment(struct checker *ck, const struct syntax *node) {
    struct value value = {0};
    struct str text = node->text;
    switch (node->kind) {
    case SYNTAX_DATE_LITERAL:
        value.kind = VALUE_DATE;
        return datetime_parse_date(text, &value.datetime)
                   ? check_literal_node(ck, MODEL_DATE, value, node->span)
                   : bad_moment(ck, node, "date that there is");
    case SYNTAX_DATETIME_LITERAL:
        value.kind = VALUE_DATETIME;
        text.len -= str_ends(text, STR("T")) ? 1 : 0;
        return datetime_parse(text, &value.datetime)
                   ? check_literal_node(ck, MODEL_DATETIME, value, node->span)
                   : bad_moment(ck, node, "date and time that there is");
    default:
        value.kind = VALUE_TIME;
        return datetime_parse_time(text, &value.datetime)
                   ? check_literal_node(ck, MODEL_TIME, value, node->span)
                   : bad_moment(ck, node, "time of day");
    }
}

/* The amount of a quantity: what a Decimal cannot hold of its decimals is rounded, and said. */
static bool read_amount(struct checker *ck, const struct syntax *node, bool negative,
                        struct quantity *out) {
    const char *point = memchr(node->text.at, '.', node->text.len);
    size_t decimals = point ? (size_t)(node->text.at + node->text.len - point) - 1 : 0;
    if (decimals <= 8 || !decimal_parse_json(node->text, &out->value, &out->scale)) {
        return read_decimal(ck, node, negative, &out->value, &out->scale);
    }
    out->value = negative ? -out->value : out->value;
    diag_at(ck->diags, DIAG_CQ0511, node->span, "%.*s is rounded to 8 decimals",
            STR_ARG(node->text));
    return true;
}

static bool read_quantity(struct checker *ck, const struct syntax *node, bool negative,
                          struct quantity *out) {
    bool bare = node->kind == SYNTAX_NUMBER_LITERAL;
    const struct syntax *digits = bare ? node : node->kids[0];
    if (!digits || !read_amount(ck, digits, negative, out)) {
        return false;
    }
    enum precision calendar = bare ? PRECISION_NONE : (enum precision)node->precision;
    struct str text = bare ? STR("1") : node->text;
    out->unit = calendar != PRECISION_NONE ? unit_calendar(ck->program->units, calendar)
                                           : unit_intern(ck->program->units, text);
    if (!out->unit) {
        check_no_memory(ck);
        return false;
    }
    if (!unit_is_valid(out->unit)) {
        size_t at;
        const char *words;
        bool known = unit_explain(text, &at, &words);
        struct diagnostic *d =
            diag_at(ck->diags, DIAG_CQ0510, node->span, "`%.*s` is not a unit of UCUM%s%s",
                    STR_ARG(text), known ? ": " : "", known ? words : "");
        diag_hint(ck->diags, d, "such a quantity equals only those with the very same unit");
    }
    return true;
}

static struct expr *quantity(struct checker *ck, const struct syntax *node, bool negative) {
    struct quantity *quantity = ARENA_NEW(ck->arena, struct quantity);
    if (!quantity) {
        return check_no_memory(ck);
    }
    struct value value = {.kind = VALUE_QUANTITY, .quantity = quantity};
    return read_quantity(ck, node, negative, quantity)
               ? check_literal_node(ck, MODEL_QUANTITY, value, node->span)
               : NULL;
}

static struct expr *ratio(struct checker *ck, const struct syntax *node) {
    struct ratio *ratio = ARENA_NEW(ck->arena, struct ratio);
    if (!ratio) {
        return check_no_memory(ck);
    }
    struct value value = {.kind = VALUE_RATIO, .ratio = ratio};
    if (!node->kids[0] || !node->kids[1] ||
        !read_quantity(ck, node->kids[0], false, &ratio->numerator) ||
        !read_quantity(ck, node->kids[1], false, &ratio->denominator)) {
        return NULL;
    }
    return check_literal_node(ck, MODEL_RATIO, value, node->span);
}

struct expr *check_literal(struct checker *ck, const struct syntax *node, bool negative) {
    switch (node->kind) {
    case SYNTAX_NULL_LITERAL:
        return check_null(ck, ck->system[MODEL_ANY], node->span);
    case SYNTAX_BOOLEAN_LITERAL: {
        struct value value = {.kind = VALUE_BOOLEAN, .boolean = node->word == WORD_TRUE};
        return check_literal_node(ck, MODEL_BOOLEAN, value, node->span);
    }
    case SYNTAX_STRING_LITERAL: {
        struct value value = {.kind = VALUE_STRING, .string = node->text};
        return check_literal_node(ck, MODEL_STRING, value, node->span);
    }
    case SYNTAX_NUMBER_LITERAL:
        return number(ck, node, negative);
    case SYNTAX_LONG_LITERAL:
        return long_integer(ck, node, negative);
    case SYNTAX_QUANTITY_LITERAL:
        return quantity(ck, node, negative);
    case SYNTAX_RATIO_LITERAL:
        return ratio(ck, node);
    default:
        return moment(ck, node);
    }
}

/* The code of a selector: kid 0 TEXT code, kid 1 code system, kid 2? TEXT display. */
static bool read_code(struct checker *ck, const struct syntax *node, struct code *out) {
    struct symbol *symbol = node->kids[1] ? check_qualified(ck, node->kids[1]) : NULL;
    if (!symbol || !node->kids[0]) {
        return false;
    }
    if (symbol->kind != SYMBOL_VOCABULARY || symbol->vocabulary->value.is_value_set) {
        diag_at(ck->diags, DIAG_CQ0111, node->kids[1]->span, "`%.*s` is no code system",
                STR_ARG(symbol->name));
        return false;
    }
    *out = (struct code){.code = node->kids[0]->text,
                         .system = symbol->vocabulary->value.id,
                         .version = symbol->vocabulary->value.version};
    if (node->count > 2 && node->kids[2]) {
        out->display = node->kids[2]->text;
    }
    return true;
}

struct expr *check_code_selector(struct checker *ck, const struct syntax *node) {
    struct code *code = ARENA_NEW(ck->arena, struct code);
    if (!code) {
        return check_no_memory(ck);
    }
    struct value value = {.kind = VALUE_CODE, .code = code};
    return read_code(ck, node, code) ? check_literal_node(ck, MODEL_CODE, value, node->span) : NULL;
}

struct expr *check_concept_selector(struct checker *ck, const struct syntax *node) {
    struct concept *concept = ARENA_NEW(ck->arena, struct concept);
    struct code *codes = ARENA_ARRAY(ck->arena, node->count, struct code);
    if (!concept || !codes) {
        return check_no_memory(ck);
    }
    for (uint32_t i = 1; i < node->count; i++) {
        if (!node->kids[i] || !read_code(ck, node->kids[i], &codes[i - 1])) {
            return NULL;
        }
    }
    concept->count = node->count - 1;
    concept->codes = codes;
    concept->display = node->kids[0] ? node->kids[0]->text : STR_NONE;
    struct value value = {.kind = VALUE_CONCEPT, .concept = concept};
    return check_literal_node(ck, MODEL_CONCEPT, value, node->span);
}
