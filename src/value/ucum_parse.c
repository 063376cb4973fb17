/* The grammar of UCUM's case-sensitive codes (UCUM sections 2 to 14):
 *
 *   unit      := '/' term | term              term := component (('.' | '/') component)*
 *   component := simple exponent? annotation? | annotation | number annotation? | '(' term ')'
 *   simple    := [prefix] atom                exponent := [+-] digits
 *
 * Multiplication and division have one rank and are read from the left, as section 7.4 says. */
#include "value/ucum_internal.h"

#include <assert.h>

struct atom_row {
    const char *code;
    const char *name;
    const char *over;
    const char *under;
    int8_t base[UCUM_BASES];
    uint8_t metric;
    uint8_t function;
    int16_t arbitrary;
};

static const struct atom_row atoms[] = {
#define PREFIX(code, name, over, under)
#define ATOM(code, name, over, under, m, s, g, rad, k, c, cd, metric, function, arbitrary)         \
    {code, name, over, under, {m, s, g, rad, k, c, cd}, metric, UCUM_##function, arbitrary},
#include "value/ucum.inc"
#undef ATOM
#undef PREFIX
};

static const struct {
    const char *code;
    const char *name;
    const char *over;
    const char *under;
} prefixes[] = {
#define PREFIX(code, name, over, under) {code, name, over, under},
#define ATOM(code, name, over, under, m, s, g, rad, k, c, cd, metric, function, arbitrary)
#include "value/ucum.inc"
#undef ATOM
#undef PREFIX
};

enum { ATOM_COUNT = sizeof(atoms) / sizeof(atoms[0]) };
enum { PREFIX_COUNT = sizeof(prefixes) / sizeof(prefixes[0]) };

struct parser {
    struct str text;
    size_t at;
    struct ucum_parsed *out;
};

struct str ucum_row_code(int row) {
    assert(row >= 0 && row < ATOM_COUNT);
    return str_from(atoms[row].code);
}

static bool fail(struct parser *p, size_t at, const char *words) {
    p->out->error = (struct ucum_error){at, words};
    return false;
}

static const struct atom_row *find_atom(struct str code) {
    size_t low = 0, high = ATOM_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_compare(code, str_from(atoms[middle].code));
        if (order == 0) {
            return &atoms[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static bool set_fraction(struct rational *r, const char *over, const char *under) {
    r->negative = false;
    return natural_from_digits(&r->over, str_from(over)) &&
           natural_from_digits(&r->under, str_from(under));
}

static void meaning_one(struct ucum_meaning *m) {
    memset(&m->dimension, 0, sizeof(m->dimension));
    rational_set(&m->factor, 1, 1);
    rational_set(&m->prefix, 1, 1);
    m->function = UCUM_LINEAR;
    m->too_large = false;
}

static bool add_arbitrary(struct ucum_dimension *d, int16_t row, int exponent) {
    uint8_t i = 0;
    while (i < d->arbitrary_count && d->arbitrary[i].row < row) {
        i++;
    }
    if (i < d->arbitrary_count && d->arbitrary[i].row == row) {
        int sum = d->arbitrary[i].exponent + exponent;
        if (sum > INT16_MAX || sum < INT16_MIN) {
            return false;
        }
        d->arbitrary[i].exponent = (int16_t)sum;
        if (sum == 0) {
            d->arbitrary_count--;
            memmove(&d->arbitrary[i], &d->arbitrary[i + 1],
                    (size_t)(d->arbitrary_count - i) * sizeof(d->arbitrary[0]));
        }
        return true;
    }
    if (d->arbitrary_count == UCUM_ARBITRARY_MAX) {
        return false;
    }
    memmove(&d->arbitrary[i + 1], &d->arbitrary[i],
            (size_t)(d->arbitrary_count - i) * sizeof(d->arbitrary[0]));
    d->arbitrary[i] = (struct ucum_arbitrary){row, (int16_t)exponent};
    d->arbitrary_count++;
    return true;
}

/* A special unit inside a product: a step of its scale for temperatures ('W/Cel' is 'W/K'); a level
 * cannot be multiplied. */
static bool as_step(struct ucum_meaning *m) {
    if (m->function > UCUM_REAUMUR) {
        return false;
    }
    if (m->function != UCUM_LINEAR) {
        m->too_large |= !rational_multiply(&m->factor, &m->prefix, &m->factor);
        rational_set(&m->prefix, 1, 1);
        m->function = UCUM_LINEAR;
    }
    return true;
}

static bool kept_size(struct rational *r) {
    rational_reduce(r);
    return r->over.count <= RATIONAL_KEPT_LIMBS && r->under.count <= RATIONAL_KEPT_LIMBS;
}

static bool is_plain_one(const struct ucum_meaning *m) {
    return m->function == UCUM_LINEAR && ucum_is_dimensionless(&m->dimension) && !m->too_large &&
           natural_is_one(&m->factor.over) && natural_is_one(&m->factor.under);
}

/* total = total * part^exponent; NULL or why not. */
static const char *multiply_in(struct ucum_meaning *total, struct ucum_meaning *part,
                               int exponent) {
    if (exponent == 1 && is_plain_one(total)) {
        *total = *part;
        return NULL;
    }
    if (exponent == 0 || is_plain_one(part)) {
        return NULL;
    }
    if (!as_step(total) || !as_step(part)) {
        return "a level such as pH or decibel cannot be multiplied or divided";
    }
    for (int i = 0; i < UCUM_BASES; i++) {
        int sum = total->dimension.base[i] + part->dimension.base[i] * exponent;
        if (sum > INT16_MAX || sum < INT16_MIN) {
            return "the exponent is too large";
        }
        total->dimension.base[i] = (int16_t)sum;
    }
    for (uint8_t i = 0; i < part->dimension.arbitrary_count; i++) {
        const struct ucum_arbitrary *a = &part->dimension.arbitrary[i];
        if (!add_arbitrary(&total->dimension, a->row, a->exponent * exponent)) {
            return "too many different arbitrary units in one";
        }
    }
    total->too_large |= part->too_large;
    bool one = natural_is_one(&part->factor.over) && natural_is_one(&part->factor.under);
    int times = one ? 0 : exponent < 0 ? -exponent : exponent;
    for (int i = 0; i < times && !total->too_large; i++) {
        bool ok = exponent < 0 ? rational_divide(&total->factor, &part->factor, &total->factor)
                               : rational_multiply(&total->factor, &part->factor, &total->factor);
        total->too_large = !ok || !kept_size(&total->factor);
    }
    return NULL;
}

static void atom_meaning(const struct atom_row *row, struct ucum_meaning *m) {
    meaning_one(m);
    m->too_large = !set_fraction(&m->factor, row->over, row->under);
    for (int i = 0; i < UCUM_BASES; i++) {
        m->dimension.base[i] = row->base[i];
    }
    m->function = (enum ucum_function)row->function;
    if (row->arbitrary >= 0) {
        (void)add_arbitrary(&m->dimension, row->arbitrary, 1);
    }
}

/* A whole atom, or a prefix before a metric one: then *prefix is its row, else -1. */
static const struct atom_row *find_symbol(struct str code, int *prefix) {
    const struct atom_row *row = find_atom(code);
    *prefix = -1;
    for (int i = 0; i < PREFIX_COUNT && !row; i++) {
        struct str text = str_from(prefixes[i].code);
        if (str_starts(code, text)) {
            row = find_atom((struct str){code.at + text.len, code.len - text.len});
            row = row && row->metric ? row : NULL;
            *prefix = i;
        }
    }
    return row;
}

static bool symbol_meaning(struct str code, struct ucum_meaning *m) {
    int prefix;
    const struct atom_row *row = find_symbol(code, &prefix);
    if (!row) {
        return false;
    }
    atom_meaning(row, m);
    if (prefix >= 0) {
        struct rational factor;
        bool ok = set_fraction(&factor, prefixes[prefix].over, prefixes[prefix].under);
        struct rational *scaled = row->function == UCUM_LINEAR ? &m->factor : &m->prefix;
        m->too_large |= !ok || !rational_multiply(scaled, &factor, scaled);
    }
    return true;
}

void ucum_symbol_name(struct str symbol, const char **prefix, const char **unit) {
    int at;
    const struct atom_row *row = find_symbol(symbol, &at);
    assert(row);
    *prefix = at >= 0 ? prefixes[at].name : "";
    *unit = row->name;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char peek(const struct parser *p) {
    return p->at < p->text.len ? p->text.at[p->at] : '\0';
}

static struct str digits_at(struct parser *p) {
    size_t start = p->at;
    while (is_digit(peek(p))) {
        p->at++;
    }
    return (struct str){p->text.at + start, p->at - start};
}

/* The letters of one symbol, brackets with whatever is in them included. */
static bool read_symbol(struct parser *p, struct str *code) {
    size_t start = p->at;
    if (str_starts((struct str){p->text.at + p->at, p->text.len - p->at}, STR("10*")) ||
        str_starts((struct str){p->text.at + p->at, p->text.len - p->at}, STR("10^"))) {
        p->at += 3;
    }
    while (p->at < p->text.len && !memchr("0123456789+-./(){}", p->text.at[p->at], 18)) {
        if (p->text.at[p->at] == '[') {
            size_t open = p->at;
            while (p->at < p->text.len && p->text.at[p->at] != ']') {
                p->at++;
            }
            if (p->at == p->text.len) {
                return fail(p, open, "the bracket is not closed");
            }
        }
        p->at++;
    }
    *code = (struct str){p->text.at + start, p->at - start};
    return true;
}

static bool read_annotation(struct parser *p, struct str *annotation) {
    *annotation = STR_NONE;
    if (peek(p) != '{') {
        return true;
    }
    size_t start = p->at++;
    while (p->at < p->text.len && p->text.at[p->at] != '}') {
        if (p->text.at[p->at] == '{') {
            return fail(p, p->at, "an annotation has no braces inside");
        }
        p->at++;
    }
    if (p->at == p->text.len) {
        return fail(p, start, "the annotation is not closed");
    }
    p->at++;
    *annotation = (struct str){p->text.at + start, p->at - start};
    return true;
}

static bool read_exponent(struct parser *p, int *exponent) {
    size_t start = p->at;
    bool negative = peek(p) == '-';
    *exponent = 1;
    if (negative || peek(p) == '+') {
        p->at++;
    } else if (!is_digit(peek(p))) {
        return true;
    }
    struct str digits = digits_at(p);
    if (digits.len == 0) {
        return fail(p, start, "an exponent needs digits");
    }
    *exponent = 0;
    for (size_t i = 0; i < digits.len; i++) {
        *exponent = *exponent * 10 + (digits.at[i] - '0');
        if (*exponent > UCUM_EXPONENT_MAX) {
            return fail(p, start, "the exponent is too large");
        }
    }
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

static bool number_meaning(struct str digits, struct ucum_meaning *m) {
    meaning_one(m);
    m->too_large = !natural_from_digits(&m->factor.over, digits);
    return m->too_large || m->factor.over.count > 0;
}

/* A symbol, number or annotation, without parentheses: into *m and the list of terms. */
static bool read_simple(struct parser *p, int sign, struct ucum_meaning *m) {
    size_t start = p->at;
    struct ucum_term term = {.exponent = 1};
    struct str rest = {p->text.at + p->at, p->text.len - p->at};
    if (peek(p) == '{') {
        meaning_one(m);
    } else if (is_digit(peek(p)) && !str_starts(rest, STR("10*")) &&
               !str_starts(rest, STR("10^"))) {
        term.symbol = digits_at(p);
        term.is_number = true;
        if (!number_meaning(term.symbol, m)) {
            return fail(p, start, "a unit cannot be nothing: the number is 0");
        }
    } else {
        if (!read_symbol(p, &term.symbol) || !read_exponent(p, &term.exponent)) {
            return false;
        }
        if (term.symbol.len == 0) {
            return fail(p, start, "a unit is expected here");
        }
        if (!symbol_meaning(term.symbol, m)) {
            return fail(p, start, "UCUM has no unit of this name");
        }
        if (term.exponent != 1) {
            struct ucum_meaning power;
            meaning_one(&power);
            const char *words = multiply_in(&power, m, term.exponent);
            if (words) {
                return fail(p, start, words);
            }
            *m = power;
        }
    }
    if (!read_annotation(p, &term.annotation)) {
        return false;
    }
    if (p->out->term_count == UCUM_TERMS_MAX) {
        return fail(p, start, "too many factors in one unit");
    }
    term.exponent *= sign;
    term.divides = sign < 0;
    p->out->terms[p->out->term_count++] = term;
    return true;
}

static bool read_term(struct parser *p, int sign, int depth, struct ucum_meaning *m);

/* `sign` is -1 where the component divides within the whole unit; *m is not inverted here. */
static bool read_component(struct parser *p, int sign, int depth, struct ucum_meaning *m) {
    if (peek(p) != '(') {
        return read_simple(p, sign, m);
    }
    size_t open = p->at++;
    if (depth == UCUM_DEPTH_MAX) {
        return fail(p, open, "parentheses are nested too deep");
    }
    if (!read_term(p, sign, depth + 1, m)) {
        return false;
    }
    if (peek(p) != ')') {
        return fail(p, p->at < p->text.len ? p->at : open,
                    p->at < p->text.len ? "write '.' or '/' between two units"
                                        : "the parenthesis is not closed");
    }
    p->at++;
    return true;
}

static bool read_term(struct parser *p, int sign, int depth, struct ucum_meaning *m) {
    int exponent = 1;
    meaning_one(m);
    /* A leading '/' is allowed for the whole unit; many write it inside parentheses too. */
    if (peek(p) == '/') {
        exponent = -1;
        p->at++;
    }
    for (;;) {
        size_t start = p->at;
        struct ucum_meaning part;
        if (!read_component(p, sign * exponent, depth, &part)) {
            return false;
        }
        const char *words = multiply_in(m, &part, exponent);
        if (words) {
            return fail(p, start, words);
        }
        if (peek(p) != '.' && peek(p) != '/') {
            return true;
        }
        exponent = peek(p) == '/' ? -1 : 1;
        p->at++;
    }
}

static bool check_characters(struct parser *p) {
    if (p->text.len > UCUM_TEXT_MAX) {
        return fail(p, UCUM_TEXT_MAX, "the text is too long for a unit");
    }
    for (size_t i = 0; i < p->text.len; i++) {
        unsigned char c = (unsigned char)p->text.at[i];
        if (c == 0xC2 || c == 0xCE) {
            return fail(p, i, "only plain letters are allowed; micro is written u");
        }
        if (c == ' ') {
            return fail(p, i, "a unit has no spaces");
        }
        if (c < 33 || c > 126) {
            return fail(p, i, "only plain ASCII characters are allowed");
        }
    }
    return true;
}

bool ucum_parse(struct str text, struct ucum_parsed *out) {
    struct parser p = {.text = text, .out = out};
    out->term_count = 0;
    out->error.words = NULL;
    meaning_one(&out->meaning);
    if (text.len == 0) {
        return true;
    }
    if (!check_characters(&p) || !read_term(&p, 1, 0, &out->meaning)) {
        return false;
    }
    if (p.at < text.len) {
        return fail(&p, p.at,
                    text.at[p.at] == ')' ? "the parenthesis was never opened"
                                         : "write '.' or '/' between two units");
    }
    return true;
}

bool ucum_same_dimension(const struct ucum_dimension *a, const struct ucum_dimension *b) {
    if (memcmp(a->base, b->base, sizeof(a->base)) != 0 ||
        a->arbitrary_count != b->arbitrary_count) {
        return false;
    }
    for (uint8_t i = 0; i < a->arbitrary_count; i++) {
        if (a->arbitrary[i].row != b->arbitrary[i].row ||
            a->arbitrary[i].exponent != b->arbitrary[i].exponent) {
            return false;
        }
    }
    return true;
}

bool ucum_is_dimensionless(const struct ucum_dimension *d) {
    static const struct ucum_dimension none;
    return ucum_same_dimension(d, &none);
}
