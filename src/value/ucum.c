#include "value/ucum.h"

#include "base/mem.h"
#include "value/decimal.h"
#include "value/ucum_internal.h"

#include <assert.h>
#include <stdio.h>

/* An exact factor is a fraction of two whole numbers of up to 1,152 bits, so every unit of the
 * table and every product in clinical use is exact; a product beyond is known by its dimension only
 * and conversions of it give UNIT_OVERFLOW. Pi is the one irrational in UCUM: its table gives 64
 * decimals, which are taken exactly, so that degrees and circles convert without loss among
 * themselves. */
struct unit {
    struct str text;
    bool is_valid;
    bool is_calendar;
    uint8_t date_precision; /* enum precision */
    /* The factor again as over / under * 10^tens where it fits, else over is 0: most conversions
     * need no more. */
    uint64_t over;
    uint64_t under;
    int16_t tens;
    struct ucum_meaning meaning;
};

struct unit_table {
    const struct unit_table *frozen;
    struct arena arena;
    struct map map;
    const struct unit **units;
    uint32_t count;
    uint32_t capacity;
};

static const struct {
    const char *word;
    const char *ucum;     /* the same precision in UCUM */
    int64_t milliseconds; /* 0: counted in calendar months */
    uint8_t months;
} calendar[] = {
    [PRECISION_YEAR] = {"year", "a", 0, 12},
    [PRECISION_MONTH] = {"month", "mo", 0, 1},
    [PRECISION_WEEK] = {"week", "wk", 604800000, 0},
    [PRECISION_DAY] = {"day", "d", 86400000, 0},
    [PRECISION_HOUR] = {"hour", "h", 3600000, 0},
    [PRECISION_MINUTE] = {"minute", "min", 60000, 0},
    [PRECISION_SECOND] = {"second", "s", 1000, 0},
    [PRECISION_MILLISECOND] = {"millisecond", "ms", 1, 0},
};

enum status unit_table_new(const struct unit_table *frozen, struct unit_table **out) {
    *out = mem_new(1, sizeof(**out));
    if (!*out) {
        return STATUS_NO_MEMORY;
    }
    (*out)->frozen = frozen;
    arena_init(&(*out)->arena, 0);
    map_init(&(*out)->map);
    return STATUS_OK;
}

void unit_table_free(struct unit_table *table) {
    if (table) {
        arena_release(&table->arena);
        map_release(&table->map);
        mem_free(table->units);
        mem_free(table);
    }
}

static const struct unit *find(const struct unit_table *table, struct str text) {
    for (; table; table = table->frozen) {
        uint32_t i;
        if (map_find(&table->map, text, &i)) {
            return table->units[i];
        }
    }
    return NULL;
}

static bool add(struct unit_table *table, struct unit *unit) {
    if (table->count == table->capacity) {
        uint32_t capacity = table->capacity ? table->capacity * 2 : 16;
        const struct unit **units = mem_resize(table->units, capacity, sizeof(*units));
        if (!units) {
            return false;
        }
        table->units = units;
        table->capacity = capacity;
    }
    uint32_t i = table->count;
    bool added;
    if (map_add(&table->map, unit->text, &i, &added) != STATUS_OK) {
        return false;
    }
    table->units[table->count++] = unit;
    return true;
}

static enum precision calendar_word(struct str text) {
    if (text.len > 3 && text.at[text.len - 1] == 's') {
        text.len--;
    }
    for (int p = PRECISION_YEAR; p <= PRECISION_MILLISECOND; p++) {
        if (str_equal(text, str_from(calendar[p].word))) {
            return (enum precision)p;
        }
    }
    return PRECISION_NONE;
}

static void make_calendar(struct unit *unit, enum precision precision) {
    struct ucum_parsed second;
    bool ok = ucum_parse(STR("s"), &second);
    assert(ok);
    (void)ok;
    unit->meaning = second.meaning;
    unit->is_valid = unit->is_calendar = true;
    unit->date_precision = (uint8_t)precision;
    if (calendar[precision].months) {
        memset(&unit->meaning.dimension, 0, sizeof(unit->meaning.dimension));
        unit->meaning.dimension.arbitrary_count = 1;
        unit->meaning.dimension.arbitrary[0] = (struct ucum_arbitrary){UCUM_CALENDAR_MONTH, 1};
        rational_set(&unit->meaning.factor, calendar[precision].months, 1);
    } else {
        rational_set(&unit->meaning.factor, calendar[precision].milliseconds, 1000);
        rational_reduce(&unit->meaning.factor);
    }
}

static bool fits_64(const struct natural *n, uint64_t *out) {
    u128 value;
    if (!natural_to_u128(n, &value) || value > UINT64_MAX) {
        return false;
    }
    *out = (uint64_t)value;
    return true;
}

static bool is_linear(const struct unit *unit) {
    return unit->is_valid && unit->meaning.function == UCUM_LINEAR && !unit->meaning.too_large;
}

static void set_short_factor(struct unit *unit) {
    struct rational factor = unit->meaning.factor;
    int tens = (int)natural_strip_tens(&factor.over) - (int)natural_strip_tens(&factor.under);
    if (!fits_64(&factor.over, &unit->over) || !fits_64(&factor.under, &unit->under)) {
        unit->over = 0;
    }
    unit->tens = (int16_t)tens;
}

static void make(struct unit *unit, const struct ucum_parsed *parsed, bool is_valid) {
    unit->is_valid = is_valid;
    unit->meaning = parsed->meaning;
    for (int p = PRECISION_YEAR; is_valid && p <= PRECISION_MILLISECOND; p++) {
        if (str_equal(unit->text, str_from(calendar[p].ucum))) {
            unit->date_precision = (uint8_t)p;
        }
    }
}

const struct unit *unit_intern(struct unit_table *table, struct str text) {
    enum precision word = calendar_word(text);
    if (text.len == 0) {
        text = STR("1");
    } else if (word != PRECISION_NONE) {
        text = str_from(calendar[word].word);
    }
    const struct unit *known = find(table, text);
    if (known) {
        return known;
    }
    struct unit *unit = ARENA_NEW(&table->arena, struct unit);
    if (!unit) {
        return NULL;
    }
    unit->text = arena_copy(&table->arena, text);
    if (!unit->text.at) {
        return NULL;
    }
    if (word != PRECISION_NONE) {
        make_calendar(unit, word);
    } else {
        struct ucum_parsed parsed;
        bool is_valid = ucum_parse(unit->text, &parsed);
        make(unit, &parsed, is_valid);
    }
    if (is_linear(unit)) {
        set_short_factor(unit);
    }
    return add(table, unit) ? unit : NULL;
}

const struct unit *unit_calendar(struct unit_table *table, enum precision precision) {
    assert(precision != PRECISION_NONE);
    return unit_intern(table, str_from(calendar[precision].word));
}

struct str unit_text(const struct unit *unit) {
    return unit->text;
}

bool unit_is_valid(const struct unit *unit) {
    return unit->is_valid;
}

bool unit_is_special(const struct unit *unit) {
    return unit->meaning.function != UCUM_LINEAR;
}

bool unit_is_one(const struct unit *unit) {
    return unit->is_valid && unit->over == 1 && unit->under == 1 && unit->tens == 0 &&
           ucum_is_dimensionless(&unit->meaning.dimension);
}

enum precision unit_date_precision(const struct unit *unit) {
    return (enum precision)unit->date_precision;
}

bool unit_is_calendar(const struct unit *unit) {
    return unit->is_calendar;
}

bool unit_comparable(const struct unit *a, const struct unit *b) {
    if (a == b) {
        return true;
    }
    return a->is_valid && b->is_valid &&
           ucum_same_dimension(&a->meaning.dimension, &b->meaning.dimension);
}

/* The fraction that brings an amount from one unit to another; false when it needs more bits. */
static bool short_fraction(const struct unit *from, const struct unit *to, u128 *over,
                           u128 *under) {
    if (from->over == 0 || to->over == 0) {
        return false;
    }
    *over = (u128)from->over * to->under;
    *under = (u128)from->under * to->over;
    int tens = from->tens - to->tens;
    bool fits = true;
    for (; fits && tens > 0; tens--) {
        fits = !__builtin_mul_overflow(*over, (u128)10, over);
    }
    for (; fits && tens < 0; tens++) {
        fits = !__builtin_mul_overflow(*under, (u128)10, under);
    }
    return fits;
}

/* value * over / under, half up, where all of it fits 128 bits. */
static bool scale_short(i128 value, u128 over, u128 under, i128 *out) {
    u128 size = value < 0 ? (u128)0 - (u128)value : (u128)value, product;
    if (__builtin_mul_overflow(size, over, &product)) {
        return false;
    }
    u128 quotient = product / under, rest = product % under;
    quotient += rest >= under - rest;
    if (quotient > (u128)decimal_max()) {
        return false;
    }
    *out = value < 0 ? -(i128)quotient : (i128)quotient;
    return true;
}

/* a * over against b * under, where both fit. */
static bool compare_short(i128 a, u128 over, i128 b, u128 under, int *order) {
    i128 left, right;
    if (over >> 127 != 0 || under >> 127 != 0 || __builtin_mul_overflow(a, (i128)over, &left) ||
        __builtin_mul_overflow(b, (i128)under, &right)) {
        return false;
    }
    *order = left < right ? -1 : left > right;
    return true;
}

static enum unit_answer in_base(const struct unit *unit, i128 value, struct rational *out) {
    struct rational x;
    rational_from_decimal(&x, value);
    if (unit->meaning.too_large || !ucum_to_base(&unit->meaning, &x, out)) {
        return UNIT_OVERFLOW;
    }
    return UNIT_DONE;
}

enum unit_answer unit_convert(const struct unit *from, const struct unit *to, i128 value,
                              i128 *out) {
    if (from == to) {
        *out = value;
        return UNIT_DONE;
    }
    if (!unit_comparable(from, to)) {
        return UNIT_INCOMPATIBLE;
    }
    u128 over, under;
    if (short_fraction(from, to, &over, &under) && scale_short(value, over, under, out)) {
        return UNIT_DONE;
    }
    struct rational base, result;
    enum unit_answer answer = in_base(from, value, &base);
    if (answer != UNIT_DONE) {
        return answer;
    }
    if (to->meaning.too_large || !ucum_from_base(&to->meaning, &base, &result) ||
        !rational_to_decimal(&result, out)) {
        return UNIT_OVERFLOW;
    }
    return UNIT_DONE;
}

enum unit_answer unit_compare(const struct unit *ua, i128 a, const struct unit *ub, i128 b,
                              int *order) {
    if (ua == ub) {
        *order = a < b ? -1 : a > b;
        return UNIT_DONE;
    }
    if (!unit_comparable(ua, ub)) {
        return UNIT_INCOMPATIBLE;
    }
    u128 over, under;
    if (short_fraction(ua, ub, &over, &under) && compare_short(a, over, b, under, order)) {
        return UNIT_DONE;
    }
    struct rational left, right;
    enum unit_answer answer = in_base(ua, a, &left);
    if (answer == UNIT_DONE) {
        answer = in_base(ub, b, &right);
    }
    if (answer == UNIT_DONE && !rational_compare(&left, &right, order)) {
        answer = UNIT_OVERFLOW;
    }
    return answer;
}

/* Terms of one symbol and annotation become one; numbers stay, they have no exponents. */
static uint32_t merge_terms(const struct ucum_parsed *a, const struct ucum_parsed *b, int sign_b,
                            struct ucum_term out[2 * UCUM_TERMS_MAX]) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < a->term_count + b->term_count; i++) {
        struct ucum_term term = i < a->term_count ? a->terms[i] : b->terms[i - a->term_count];
        term.exponent *= i < a->term_count ? 1 : sign_b;
        if (term.is_number && str_equal(term.symbol, STR("1")) && term.annotation.len == 0) {
            continue;
        }
        uint32_t at = 0;
        while (at < count && !(str_equal(out[at].symbol, term.symbol) &&
                               str_equal(out[at].annotation, term.annotation))) {
            at++;
        }
        if (at < count) {
            out[at].exponent += term.exponent;
        } else {
            out[count++] = term;
        }
    }
    return count;
}

static bool append(char *text, size_t *length, size_t room, struct str part) {
    if (part.len > room - *length) {
        return false;
    }
    if (part.len == 0) {
        return true;
    }
    memcpy(text + *length, part.at, part.len);
    *length += part.len;
    return true;
}

static bool append_term(char *text, size_t *length, size_t room, const struct ucum_term *term,
                        const char *separator) {
    int exponent = term->exponent < 0 ? -term->exponent : term->exponent;
    /* A number or an annotation alone cannot carry an exponent. */
    int times = term->is_number || term->symbol.len == 0 ? exponent : 1;
    char digits[16] = "";
    if (times != exponent) {
        (void)snprintf(digits, sizeof(digits), "%d", exponent);
    }
    for (int i = 0; i < times; i++) {
        if (!append(text, length, room,
                    str_from(*length == 0 && separator[0] == '.' ? "" : separator)) ||
            !append(text, length, room, term->symbol) ||
            !append(text, length, room, str_from(digits)) ||
            !append(text, length, room, term->annotation)) {
            return false;
        }
    }
    return true;
}

/* 'g' and 'm' give 'g.m', 'cm3' over 'cm' gives 'cm2', '1' over 's' gives '1/s'. */
static bool write_terms(const struct ucum_term *terms, uint32_t count, char *text, size_t room,
                        size_t *length) {
    *length = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (terms[i].exponent > 0 && !append_term(text, length, room, &terms[i], ".")) {
            return false;
        }
    }
    if (*length == 0 && !append(text, length, room, STR("1"))) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (terms[i].exponent < 0 && !append_term(text, length, room, &terms[i], "/")) {
            return false;
        }
    }
    return true;
}

/* Days and finer are UCUM's; calendar years and months have no place in a unit's text. */
static bool terms_of(const struct unit *unit, struct ucum_parsed *out) {
    if (!is_linear(unit) || (unit->is_calendar && unit->date_precision <= PRECISION_MONTH)) {
        return false;
    }
    return ucum_parse(
        unit->is_calendar ? str_from(calendar[unit->date_precision].ucum) : unit->text, out);
}

/* The unit of a product or quotient; NULL in *out when it cannot be written. */
static enum unit_answer combine_units(struct unit_table *table, const struct unit *a,
                                      const struct unit *b, int sign_b, const struct unit **out) {
    struct ucum_parsed parsed_a, parsed_b;
    struct ucum_term terms[2 * UCUM_TERMS_MAX];
    char text[UCUM_TEXT_MAX];
    size_t length;
    if (unit_is_one(b) && str_equal(b->text, STR("1"))) {
        *out = a;
        return a->is_valid ? UNIT_DONE : UNIT_INCOMPATIBLE;
    }
    if (sign_b > 0 && unit_is_one(a) && str_equal(a->text, STR("1"))) {
        *out = b;
        return b->is_valid ? UNIT_DONE : UNIT_INCOMPATIBLE;
    }
    if (!terms_of(a, &parsed_a) || !terms_of(b, &parsed_b)) {
        return UNIT_INCOMPATIBLE;
    }
    uint32_t count = merge_terms(&parsed_a, &parsed_b, sign_b, terms);
    if (!write_terms(terms, count, text, sizeof(text), &length)) {
        return UNIT_OVERFLOW;
    }
    *out = unit_intern(table, (struct str){text, length});
    return !*out ? UNIT_NO_MEMORY : (*out)->is_valid ? UNIT_DONE : UNIT_OVERFLOW;
}

/* exact * factor as a plain number; false where that would round an amount away. */
static bool is_plain_number(const struct rational *exact, const struct rational *factor,
                            i128 *value) {
    struct rational base;
    return rational_multiply(exact, factor, &base) && rational_to_decimal(&base, value) &&
           (*value != 0 || base.over.count == 0);
}

/* Where all dimensions cancel the answer is a plain number: 1 'kg' / 1 'g' is 1000 '1'. */
static enum unit_answer combine(struct unit_table *table, const struct quantity *a,
                                const struct quantity *b, int sign_b, struct quantity *out) {
    struct rational left, right, exact, factor;
    const struct unit *ua = a->unit, *ub = b->unit, *one = unit_intern(table, STR("1"));
    if (!one) {
        return UNIT_NO_MEMORY;
    }
    rational_from_decimal(&left, a->value);
    rational_from_decimal(&right, b->value);
    bool ok = sign_b > 0 ? rational_multiply(&left, &right, &exact)
                         : rational_divide(&left, &right, &exact);
    if (!ok) {
        return UNIT_OVERFLOW;
    }
    out->scale = a->scale > b->scale ? a->scale : b->scale;
    if (sign_b < 0 && is_linear(ua) && is_linear(ub) && unit_comparable(ua, ub) &&
        rational_divide(&ua->meaning.factor, &ub->meaning.factor, &factor) &&
        is_plain_number(&exact, &factor, &out->value)) {
        out->unit = one;
        return UNIT_DONE;
    }
    enum unit_answer answer = combine_units(table, ua, ub, sign_b, &out->unit);
    if (answer != UNIT_DONE) {
        return answer;
    }
    bool cancelled = sign_b > 0 && is_linear(out->unit) &&
                     ucum_is_dimensionless(&out->unit->meaning.dimension) &&
                     !ucum_is_dimensionless(&ua->meaning.dimension);
    if (cancelled && is_plain_number(&exact, &out->unit->meaning.factor, &out->value)) {
        out->unit = one;
        return UNIT_DONE;
    }
    return rational_to_decimal(&exact, &out->value) ? UNIT_DONE : UNIT_OVERFLOW;
}

enum unit_answer unit_multiply(struct unit_table *table, const struct quantity *a,
                               const struct quantity *b, struct quantity *out) {
    return combine(table, a, b, 1, out);
}

enum unit_answer unit_divide(struct unit_table *table, const struct quantity *a,
                             const struct quantity *b, struct quantity *out) {
    return combine(table, a, b, -1, out);
}

bool unit_explain(struct str text, size_t *at, const char **words) {
    struct ucum_parsed parsed;
    if (calendar_word(text) != PRECISION_NONE || ucum_parse(text, &parsed)) {
        return false;
    }
    *at = parsed.error.at;
    *words = parsed.error.words;
    return true;
}

void unit_print_dimension(const struct unit *unit, struct str *out, char storage[64]) {
    static const char *const bases[UCUM_BASES] = {"m", "s", "g", "rad", "K", "C", "cd"};
    const struct ucum_dimension *d = &unit->meaning.dimension;
    size_t length = 0;
    for (int i = 0; i < UCUM_BASES + d->arbitrary_count; i++) {
        int exponent = i < UCUM_BASES ? d->base[i] : d->arbitrary[i - UCUM_BASES].exponent;
        if (exponent == 0) {
            continue;
        }
        struct str name = i < UCUM_BASES ? str_from(bases[i])
                          : d->arbitrary[i - UCUM_BASES].row == UCUM_CALENDAR_MONTH
                              ? STR("month")
                              : ucum_row_code(d->arbitrary[i - UCUM_BASES].row);
        char digits[16] = "";
        if (exponent != 1) {
            (void)snprintf(digits, sizeof(digits), "%d", exponent);
        }
        if ((length > 0 && !append(storage, &length, 64, STR("."))) ||
            !append(storage, &length, 64, name) ||
            !append(storage, &length, 64, str_from(digits))) {
            break;
        }
    }
    if (!unit->is_valid) {
        (void)append(storage, &length, 64, STR("unknown"));
    } else if (length == 0) {
        (void)append(storage, &length, 64, STR("1"));
    }
    *out = (struct str){storage, length};
}
