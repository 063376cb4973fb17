/* Units in words (UCUM section 5 and the display names of its functional tests): each symbol by the
 * names of its prefix and its unit, in parentheses, with the exponent and the operators as written:
 *
 *   m3.kg-1/A2    (meter ^ 3) * (kilogram ^ -1) / (ampère ^ 2) */
#include "base/buf.h"
#include "value/ucum_internal.h"

static void add_symbol(struct buf *out, const struct ucum_term *term, int exponent) {
    const char *prefix, *unit;
    ucum_symbol_name(term->symbol, &prefix, &unit);
    buf_add_char(out, '(');
    buf_add_cstr(out, prefix);
    buf_add_cstr(out, unit);
    if (exponent != 1) {
        buf_add_format(out, " ^ %d", exponent);
    }
    buf_add_char(out, ')');
}

static void add_term(struct buf *out, const struct ucum_term *term) {
    if (term->is_number) {
        buf_add(out, term->symbol);
    } else if (term->symbol.len) {
        add_symbol(out, term, term->divides ? -term->exponent : term->exponent);
    }
    if (term->annotation.len) {
        buf_add_cstr(out, term->is_number || term->symbol.len ? " " : "");
        buf_add(out, term->annotation);
    }
}

void unit_add_name(const struct unit *unit, struct buf *out) {
    struct ucum_parsed parsed;
    struct str text = unit_text(unit);
    if (unit_is_calendar(unit) || !ucum_parse(text, &parsed)) {
        buf_add(out, text);
        return;
    }
    if (parsed.term_count == 0 || unit_is_one(unit)) {
        buf_add_cstr(out, "(unity)");
        return;
    }
    for (uint32_t i = 0; i < parsed.term_count; i++) {
        bool divides = parsed.terms[i].divides;
        buf_add_cstr(out, i == 0 ? (divides ? "1 / " : "") : divides ? " / " : " * ");
        add_term(out, &parsed.terms[i]);
    }
}
