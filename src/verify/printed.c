#include "verify/printed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct rest {
    struct str text;
    size_t at;
};

static bool take(struct rest *r, const char *word) {
    size_t len = strlen(word);
    if (r->text.len - r->at < len || memcmp(r->text.at + r->at, word, len) != 0) {
        return false;
    }
    r->at += len;
    return true;
}

static void skip_spaces(struct rest *r) {
    while (take(r, " ") || take(r, "\xc2\xa0") || take(r, "\xe2\x80\xaf")) {}
}

static bool is_digit(const struct rest *r) {
    return r->at < r->text.len && r->text.at[r->at] >= '0' && r->text.at[r->at] <= '9';
}

/* Digits with one point; a sign before them, also the minus of typesetters. */
static bool take_number(struct rest *r, double *value, int *decimals) {
    char digits[40];
    size_t len = 0;
    size_t start = r->at;
    if (take(r, "-") || take(r, "\xe2\x88\x92")) {
        digits[len++] = '-';
    }
    size_t first = len;
    *decimals = 0;
    bool point = false;
    while (r->at < r->text.len && len + 1 < sizeof digits &&
           (is_digit(r) || (!point && (r->text.at[r->at] == '.')))) {
        char c = r->text.at[r->at++];
        point |= c == '.';
        *decimals += point && c != '.';
        digits[len++] = c;
    }
    if (len == first || (len == first + 1 && point) || is_digit(r)) {
        r->at = start;
        return false;
    }
    digits[len] = 0;
    *value = strtod(digits, NULL);
    return true;
}

/* "<", "p <", "P =" */
static void take_relation(struct rest *r, char *relation) {
    *relation = '=';
    skip_spaces(r);
    size_t start = r->at;
    if (take(r, "p") || take(r, "P")) {
        skip_spaces(r);
        bool related = r->at < r->text.len && strchr("<>=\xe2", r->text.at[r->at]);
        r->at = related ? r->at : start;
    }
    if (take(r, "<") || take(r, "\xe2\x89\xa4")) {
        *relation = '<';
    } else if (take(r, ">") || take(r, "\xe2\x89\xa5")) {
        *relation = '>';
    } else {
        (void)take(r, "=");
    }
    skip_spaces(r);
}

static bool take_percent(struct rest *r) {
    skip_spaces(r);
    bool percent = take(r, "%");
    skip_spaces(r);
    return percent;
}

/* What stands between two numbers: a spread, or the other end of an interval. */
static bool take_between(struct rest *r, enum printed_form *form, bool *bracket) {
    *bracket = false;
    if (take(r, "\xc2\xb1") || take(r, "+/-")) {
        *form = PRINTED_SPREAD;
    } else if (take(r, "(")) {
        *form = PRINTED_SPREAD;
        *bracket = true;
        (void)(take(r, "SD") && (skip_spaces(r), take(r, "=")));
    } else if (take(r, "to ") || take(r, "-") || take(r, "\xe2\x80\x93") || take(r, ",") ||
               take(r, ";")) {
        *form = PRINTED_INTERVAL;
    } else {
        return false;
    }
    skip_spaces(r);
    return true;
}

/* An interval in its parentheses. */
static struct str without_brackets(struct str text) {
    bool round = text.len >= 2 && text.at[0] == '(' && text.at[text.len - 1] == ')';
    bool square = text.len >= 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';
    return round || square ? (struct str){text.at + 1, text.len - 2} : text;
}

bool printed_parse(struct str text, struct printed *out) {
    text = without_brackets(text);
    struct rest r = {text, 0};
    *out = (struct printed){.form = PRINTED_VALUE};
    take_relation(&r, &out->relation);
    if (!take_number(&r, &out->value[0], &out->decimals[0])) {
        return false;
    }
    out->percent = take_percent(&r);
    if (r.at == text.len) {
        return true;
    }
    if (!take_between(&r, &out->form, &out->bracket) ||
        !take_number(&r, &out->value[1], &out->decimals[1])) {
        return false;
    }
    out->percent |= take_percent(&r);
    if (out->bracket && !take(&r, ")")) {
        return false;
    }
    skip_spaces(&r);
    return r.at == text.len;
}

enum rounding printed_rounding(double computed, double printed, int decimals) {
    double scale = pow(10, decimals);
    double exact = fabs(computed) * scale;
    double wanted = rint(fabs(printed) * scale);
    /* What is within rounding error of a tie is one. */
    double below = floor(exact * (1 + 4e-15) + 1e-9);
    bool tie = fabs(exact - floor(exact) - 0.5) < 1e-9 * fmax(1, exact);
    double floor_exact = floor(exact);
    if (!isfinite(computed)) {
        return ROUND_NONE;
    }
    if (signbit(computed) != signbit(printed) && wanted != 0 && exact >= 0.5) {
        return ROUND_NONE;
    }
    if (tie) {
        double even = fmod(floor_exact, 2) == 0 ? floor_exact : floor_exact + 1;
        bool up = wanted == floor_exact + 1;
        return up && wanted == even ? ROUND_BOTH
               : up                 ? ROUND_HALF_UP
               : wanted == even     ? ROUND_HALF_EVEN
                                    : ROUND_NONE;
    }
    if (wanted == floor(exact + 0.5)) {
        return ROUND_BOTH;
    }
    return wanted == below ? ROUND_CUT : ROUND_NONE;
}

bool printed_holds(const struct printed *printed, int which, double computed) {
    if (printed->relation == '<') {
        return computed < printed->value[which];
    }
    if (printed->relation == '>') {
        return computed > printed->value[which];
    }
    enum rounding rounding =
        printed_rounding(computed, printed->value[which], printed->decimals[which]);
    return rounding != ROUND_NONE && rounding != ROUND_CUT;
}

void printed_text(double x, int decimals, char *out) {
    enum { MOST = 40 };
    if (isnan(x)) {
        snprintf(out, MOST, "not defined");
    } else if (isinf(x)) {
        snprintf(out, MOST, x > 0 ? "infinity" : "-infinity");
    } else {
        double scale = pow(10, decimals);
        double rounded = floor(fabs(x) * scale + 0.5 + 1e-9) / scale;
        snprintf(out, MOST, "%.*f", decimals, copysign(rounded, rounded == 0 ? 1 : x));
    }
}
