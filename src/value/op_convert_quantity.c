/* Conversions to quantities, ratios and concepts (CQL 1.5 reference, section 15). */
#include "value/decimal.h"
#include "value/op_arithmetic.h"
#include "value/op_support.h"
#include "value/ucum.h"

/* "day" or "days"; PRECISION_NONE for other words. */
static enum precision calendar_word(struct str word) {
    for (int p = PRECISION_YEAR; p <= PRECISION_MILLISECOND; p++) {
        struct str name = str_from(precision_name((enum precision)p));
        bool plural = word.len == name.len + 1 && word.at[name.len] == 's';
        if ((plural || word.len == name.len) && str_starts(word, name)) {
            return (enum precision)p;
        }
    }
    return PRECISION_NONE;
}

static const struct unit *unit_of_text(struct op_context *cx, struct str text) {
    enum precision word = calendar_word(text);
    return word != PRECISION_NONE ? unit_calendar(cx->units, word) : unit_intern(cx->units, text);
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str trim(struct str text) {
    while (text.len > 0 && is_space(text.at[0])) {
        text = (struct str){text.at + 1, text.len - 1};
    }
    while (text.len > 0 && is_space(text.at[text.len - 1])) {
        text.len--;
    }
    return text;
}

enum parse_answer { PARSED, NOT_PARSED, PARSE_NO_MEMORY };

/* 5.5 'cm', 4 days, 7; units must be UCUM. */
static enum parse_answer parse_quantity(struct op_context *cx, struct str text,
                                        struct quantity *out) {
    size_t end = 0;
    text = trim(text);
    while (end < text.len && memchr("+-.0123456789", text.at[end], 13)) {
        end++;
    }
    struct str unit = trim((struct str){text.at + end, text.len - end});
    if (!decimal_parse_rounded((struct str){text.at, end}, &out->value, &out->scale)) {
        return NOT_PARSED;
    }
    bool quoted = unit.len >= 2 && unit.at[0] == '\'' && unit.at[unit.len - 1] == '\'';
    if (quoted) {
        out->unit = unit_intern(cx->units, (struct str){unit.at + 1, unit.len - 2});
    } else if (unit.len == 0) {
        out->unit = unit_intern(cx->units, STR("1"));
    } else if (calendar_word(unit) != PRECISION_NONE) {
        out->unit = unit_calendar(cx->units, calendar_word(unit));
    } else {
        return NOT_PARSED;
    }
    if (!out->unit) {
        return PARSE_NO_MEMORY;
    }
    return unit_is_valid(out->unit) ? PARSED : NOT_PARSED;
}

static enum op_result to_quantity(struct op_context *cx, const struct value *args,
                                  struct value *out) {
    const struct value *v = &args[0];
    struct quantity q = {.scale = v->scale};
    if (v->kind == VALUE_QUANTITY) {
        *out = *v;
        return OP_OK;
    }
    if (v->kind == VALUE_RATIO) {
        return quantity_divide(cx, &v->ratio->numerator, &v->ratio->denominator, out);
    }
    if (v->kind == VALUE_STRING) {
        enum parse_answer answer = parse_quantity(cx, v->string, &q);
        return answer == PARSED       ? op_quantity(cx, &q, out)
               : answer == NOT_PARSED ? op_null(cx, NULL_NO_FORMAT, out)
                                      : OP_NO_MEMORY;
    }
    q.value = number_as_decimal(v);
    q.unit = unit_intern(cx->units, STR("1"));
    return q.unit ? op_quantity(cx, &q, out) : OP_NO_MEMORY;
}

enum op_result op_to_quantity(struct op_context *cx, const struct value *args, struct value *out) {
    return op_over_range(cx, to_quantity, args, 1, out);
}

/* The colon between two quantities; one in quotes is part of a unit. */
static size_t find_colon(struct str text) {
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        quoted = quoted != (text.at[i] == '\'');
        if (text.at[i] == ':' && !quoted) {
            return i;
        }
    }
    return text.len;
}

enum op_result op_to_ratio(struct op_context *cx, const struct value *args, struct value *out) {
    if (args[0].kind == VALUE_RATIO) {
        *out = args[0];
        return OP_OK;
    }
    struct str text = args[0].string;
    size_t colon = find_colon(text);
    struct ratio *ratio = ARENA_NEW(cx->arena, struct ratio);
    if (!ratio) {
        return OP_NO_MEMORY;
    }
    if (colon == text.len) {
        return op_null(cx, NULL_NO_FORMAT, out);
    }
    struct str before = {text.at, colon}, after = {text.at + colon + 1, text.len - colon - 1};
    enum parse_answer answer = parse_quantity(cx, before, &ratio->numerator);
    if (answer == PARSED) {
        answer = parse_quantity(cx, after, &ratio->denominator);
    }
    if (answer != PARSED) {
        return answer == NOT_PARSED ? op_null(cx, NULL_NO_FORMAT, out) : OP_NO_MEMORY;
    }
    *out = (struct value){.kind = VALUE_RATIO, .ratio = ratio};
    return OP_OK;
}

enum op_result op_can_convert_quantity(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    const struct unit *unit = unit_of_text(cx, args[1].string);
    if (!unit) {
        return OP_NO_MEMORY;
    }
    return op_boolean(unit_comparable(args[0].quantity->unit, unit), out);
}

static enum op_result convert_quantity(struct op_context *cx, const struct value *args,
                                       struct value *out) {
    struct quantity q = *args[0].quantity;
    const struct unit *unit = unit_of_text(cx, args[1].string);
    if (!unit) {
        return OP_NO_MEMORY;
    }
    switch (unit_convert(q.unit, unit, q.value, &q.value)) {
    case UNIT_DONE:
        break;
    case UNIT_INCOMPATIBLE:
        return op_null(cx, NULL_UNIT, out);
    case UNIT_OVERFLOW:
        return op_null(cx, NULL_RANGE, out);
    case UNIT_NO_MEMORY:
        return OP_NO_MEMORY;
    }
    q.scale = q.unit == unit ? q.scale : decimal_scale_needed(q.value);
    q.unit = unit;
    return op_quantity(cx, &q, out);
}

enum op_result op_convert_quantity(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    return op_increasing(cx, convert_quantity, args, 2, out);
}

static enum op_result give_concept(struct op_context *cx, struct code *codes, uint32_t count,
                                   struct str display, struct value *out) {
    struct concept *concept = ARENA_NEW(cx->arena, struct concept);
    if (!concept) {
        return OP_NO_MEMORY;
    }
    *concept = (struct concept){count, codes, display};
    *out = (struct value){.kind = VALUE_CONCEPT, .concept = concept};
    return OP_OK;
}

enum op_result op_to_concept(struct op_context *cx, const struct value *args, struct value *out) {
    struct code *code = ARENA_NEW(cx->arena, struct code);
    if (!code) {
        return OP_NO_MEMORY;
    }
    *code = *args[0].code;
    return give_concept(cx, code, 1, code->display, out);
}

enum op_result op_to_concept_codes(struct op_context *cx, const struct value *args,
                                   struct value *out) {
    const struct list *list = args[0].list;
    struct code *codes = ARENA_ARRAY(cx->arena, (size_t)list->count + 1, struct code);
    uint32_t count = 0;
    if (!codes) {
        return OP_NO_MEMORY;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        if (!value_is_null(&list->items[i])) {
            codes[count++] = *list->items[i].code;
        }
    }
    return give_concept(cx, codes, count, STR_NONE, out);
}
