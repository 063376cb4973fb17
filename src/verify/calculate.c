#include "verify/calculate.h"

#include <math.h>
#include <stdlib.h>

struct reader {
    struct str text;
    size_t at;
    int depth;
};

static bool read_sum(struct reader *r, double *out);

static char peek(struct reader *r) {
    while (r->at < r->text.len && r->text.at[r->at] == ' ') {
        r->at++;
    }
    return r->at < r->text.len ? r->text.at[r->at] : 0;
}

static bool read_number(struct reader *r, double *out) {
    char digits[40];
    size_t len = 0;
    bool point = false;
    while (r->at < r->text.len && len + 1 < sizeof digits) {
        char c = r->text.at[r->at];
        if (!(c >= '0' && c <= '9') && (c != '.' || point)) {
            break;
        }
        point |= c == '.';
        digits[len++] = c;
        r->at++;
    }
    digits[len] = 0;
    if (len == 0 || (len == 1 && point)) {
        return false;
    }
    *out = strtod(digits, NULL);
    return true;
}

static bool read_factor(struct reader *r, double *out) {
    char c = peek(r);
    if (r->depth >= CALCULATE_DEPTH_MAX) {
        return false;
    }
    if (c == '-') {
        r->at++;
        r->depth++;
        bool good = read_factor(r, out);
        r->depth--;
        *out = -*out;
        return good;
    }
    if (c != '(') {
        return read_number(r, out);
    }
    r->at++;
    r->depth++;
    bool good = read_sum(r, out) && peek(r) == ')';
    r->depth--;
    r->at += good;
    return good;
}

static bool read_product(struct reader *r, double *out) {
    if (!read_factor(r, out)) {
        return false;
    }
    for (char c = peek(r); c == '*' || c == '/'; c = peek(r)) {
        double next = 0;
        r->at++;
        if (!read_factor(r, &next) || (c == '/' && next == 0)) {
            return false;
        }
        *out = c == '*' ? *out * next : *out / next;
    }
    return true;
}

static bool read_sum(struct reader *r, double *out) {
    if (!read_product(r, out)) {
        return false;
    }
    for (char c = peek(r); c == '+' || c == '-'; c = peek(r)) {
        double next = 0;
        r->at++;
        if (!read_product(r, &next)) {
            return false;
        }
        *out = c == '+' ? *out + next : *out - next;
    }
    return true;
}

bool calculate(struct str text, double *out, size_t *bad) {
    struct reader r = {text, 0, 0};
    *out = 0;
    bool good = read_sum(&r, out) && peek(&r) == 0 && r.at == text.len && isfinite(*out);
    *bad = r.at;
    return good;
}
