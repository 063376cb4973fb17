#include "trial/document_scalar.h"

#include "value/datetime.h"
#include "value/decimal.h"

/* A text being read from its left end. */
struct rest {
    const char *at;
    const char *end;
};

static struct rest rest_of(struct str text) {
    return (struct rest){text.at, text.at + text.len};
}

static void skip_spaces(struct rest *rest) {
    while (rest->at < rest->end && *rest->at == ' ') {
        rest->at++;
    }
}

static bool take(struct rest *rest, struct str word) {
    if ((size_t)(rest->end - rest->at) < word.len || memcmp(rest->at, word.at, word.len) != 0) {
        return false;
    }
    rest->at += word.len;
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A number of at most six digits, with a sign when that is allowed. */
static bool take_integer(struct rest *rest, bool is_signed, int32_t *out) {
    const char *start = rest->at;
    int32_t sign = 1;
    if (is_signed && rest->at < rest->end && (*rest->at == '-' || *rest->at == '+')) {
        sign = *rest->at++ == '-' ? -1 : 1;
    }
    int32_t value = 0;
    const char *digits = rest->at;
    while (rest->at < rest->end && is_digit(*rest->at) && rest->at - digits < 6) {
        value = value * 10 + (*rest->at++ - '0');
    }
    if (rest->at == digits || (rest->at < rest->end && is_digit(*rest->at))) {
        rest->at = start;
        return false;
    }
    *out = sign * value;
    return true;
}

static bool at_end(struct rest *rest) {
    skip_spaces(rest);
    return rest->at == rest->end;
}

bool scalar_is_name(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !is_digit(c) && c != '-' && c != '_' && c != '.') {
            return false;
        }
    }
    return text.len > 0;
}

bool scalar_boolean(struct str text, struct trial_boolean *out) {
    if (!str_equal(text, STR("true")) && !str_equal(text, STR("false"))) {
        return false;
    }
    out->value = text.at[0] == 't';
    return true;
}

bool scalar_number(struct str text, struct trial_number *out) {
    return decimal_parse(text, &out->value, &out->scale);
}

bool scalar_quantity(struct str text, struct trial_quantity *out) {
    struct rest rest = rest_of(text);
    while (rest.at < rest.end && (is_digit(*rest.at) || *rest.at == '.' || *rest.at == '-')) {
        rest.at++;
    }
    struct str number = {text.at, (size_t)(rest.at - text.at)};
    i128 value;
    uint8_t scale;
    if (!decimal_parse(number, &value, &scale)) {
        return false;
    }
    skip_spaces(&rest);
    out->value = value;
    out->scale = scale;
    out->unit = (struct str){rest.at, (size_t)(rest.end - rest.at)};
    return true;
}

bool scalar_day(struct str text, struct trial_days *out) {
    struct rest rest = rest_of(text);
    int32_t day;
    (void)take(&rest, STR("day"));
    skip_spaces(&rest);
    if (!take_integer(&rest, true, &day) || !at_end(&rest)) {
        return false;
    }
    out->first = out->last = day;
    return true;
}

bool scalar_days(struct str text, struct trial_days *out) {
    struct rest rest = rest_of(text);
    int32_t first;
    int32_t last;
    if (!take_integer(&rest, false, &first)) {
        return false;
    }
    last = first;
    if (take(&rest, STR("..")) && !take_integer(&rest, false, &last)) {
        return false;
    }
    if (!at_end(&rest) || first < 1 || last < first) {
        return false;
    }
    out->first = first;
    out->last = last;
    return true;
}

bool scalar_window(struct str text, struct trial_days *out) {
    struct rest rest = rest_of(text);
    int32_t first;
    int32_t last;
    if (take(&rest, STR("\u00b1")) || take(&rest, STR("+-"))) {
        skip_spaces(&rest);
        if (!take_integer(&rest, false, &last)) {
            return false;
        }
        first = -last;
    } else if (!take_integer(&rest, true, &first) || !take(&rest, STR("..")) ||
               !take_integer(&rest, true, &last)) {
        return false;
    }
    skip_spaces(&rest);
    if (!take(&rest, STR("d")) || !at_end(&rest) || last < first) {
        return false;
    }
    out->first = first;
    out->last = last;
    return true;
}

bool scalar_count(struct str text, struct trial_count *out) {
    struct rest rest = rest_of(text);
    int32_t count;
    if (!take_integer(&rest, false, &count)) {
        return false;
    }
    struct str from = STR_NONE;
    skip_spaces(&rest);
    if (take(&rest, STR("from "))) {
        skip_spaces(&rest);
        from = (struct str){rest.at, (size_t)(rest.end - rest.at)};
        rest.at = rest.end;
        if (!from.len) {
            return false;
        }
    }
    if (!at_end(&rest)) {
        return false;
    }
    out->count = count;
    out->from = from;
    return true;
}

bool scalar_clock(struct str text, struct trial_clock *out) {
    struct rest rest = rest_of(text);
    int32_t hour;
    int32_t minute;
    if (text.len != 5 || !take_integer(&rest, false, &hour) || !take(&rest, STR(":")) ||
        !take_integer(&rest, false, &minute) || !at_end(&rest) || hour > 23 || minute > 59) {
        return false;
    }
    out->minute = (int16_t)(hour * 60 + minute);
    return true;
}

bool scalar_date(struct str text, struct trial_date *out) {
    return datetime_parse_date(text, &out->date);
}
