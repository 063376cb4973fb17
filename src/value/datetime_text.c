/* Dates and times from text and to text. */
#include "value/datetime.h"

/* Reads exactly `count` digits. */
static bool read_digits(struct str *text, size_t count, unsigned *out) {
    if (text->len < count) {
        return false;
    }
    unsigned n = 0;
    for (size_t i = 0; i < count; i++) {
        if (text->at[i] < '0' || text->at[i] > '9') {
            return false;
        }
        n = n * 10 + (unsigned)(text->at[i] - '0');
    }
    *out = n;
    *text = (struct str){text->at + count, text->len - count};
    return true;
}

static bool read_char(struct str *text, char c) {
    if (text->len == 0 || text->at[0] != c) {
        return false;
    }
    *text = (struct str){text->at + 1, text->len - 1};
    return true;
}

static bool read_date(struct str *text, struct datetime *out) {
    unsigned year, month = 1, day = 1;
    if (!read_digits(text, 4, &year)) {
        return false;
    }
    out->precision = PRECISION_YEAR;
    if (read_char(text, '-')) {
        if (!read_digits(text, 2, &month)) {
            return false;
        }
        out->precision = PRECISION_MONTH;
        if (read_char(text, '-')) {
            if (!read_digits(text, 2, &day)) {
                return false;
            }
            out->precision = PRECISION_DAY;
        }
    }
    out->year = (int16_t)year;
    out->month = (uint8_t)month;
    out->day = (uint8_t)day;
    return true;
}

static bool read_fraction(struct str *text, uint16_t *millisecond) {
    unsigned value = 0, weight = 100;
    size_t n = 0;
    for (; n < text->len && text->at[n] >= '0' && text->at[n] <= '9'; n++) {
        value += (unsigned)(text->at[n] - '0') * weight;
        weight /= 10;
    }
    *text = (struct str){text->at + n, text->len - n};
    *millisecond = (uint16_t)value;
    return n > 0;
}

static bool read_time(struct str *text, struct datetime *out) {
    unsigned hour, minute, second;
    if (!read_digits(text, 2, &hour)) {
        return false;
    }
    out->hour = (uint8_t)hour;
    out->precision = PRECISION_HOUR;
    if (!read_char(text, ':')) {
        return true;
    }
    if (!read_digits(text, 2, &minute)) {
        return false;
    }
    out->minute = (uint8_t)minute;
    out->precision = PRECISION_MINUTE;
    if (!read_char(text, ':')) {
        return true;
    }
    if (!read_digits(text, 2, &second)) {
        return false;
    }
    out->second = (uint8_t)second;
    out->precision = PRECISION_SECOND;
    if (!read_char(text, '.')) {
        return true;
    }
    out->precision = PRECISION_MILLISECOND;
    return read_fraction(text, &out->millisecond);
}

static bool read_offset(struct str *text, int16_t *offset_min) {
    if (read_char(text, 'Z')) {
        *offset_min = 0;
        return true;
    }
    bool east = read_char(text, '+');
    unsigned hours, minutes;
    if ((!east && !read_char(text, '-')) || !read_digits(text, 2, &hours) ||
        !read_char(text, ':') || !read_digits(text, 2, &minutes)) {
        return false;
    }
    if (hours > 14 || minutes > 59 || hours * 60 + minutes > 14 * 60) {
        return false;
    }
    int total = (int)(hours * 60 + minutes);
    *offset_min = (int16_t)(east ? total : -total);
    return true;
}

bool datetime_parse_offset(struct str text, int16_t *offset_min) {
    return read_offset(&text, offset_min) && text.len == 0;
}

bool datetime_parse_date(struct str text, struct datetime *out) {
    *out = (struct datetime){.offset_min = OFFSET_OF_REQUEST};
    return read_date(&text, out) && text.len == 0 && datetime_is_valid(out, VALUE_DATE);
}

bool datetime_parse(struct str text, struct datetime *out) {
    *out = (struct datetime){.offset_min = OFFSET_OF_REQUEST};
    if (!read_date(&text, out)) {
        return false;
    }
    if (read_char(&text, 'T') && text.len > 0) {
        bool clock = text.at[0] >= '0' && text.at[0] <= '9';
        if (clock && (out->precision != PRECISION_DAY || !read_time(&text, out))) {
            return false;
        }
        if (text.len > 0 && !read_offset(&text, &out->offset_min)) {
            return false;
        }
    }
    return text.len == 0 && datetime_is_valid(out, VALUE_DATETIME);
}

bool datetime_parse_time(struct str text, struct datetime *out) {
    *out = (struct datetime){.offset_min = OFFSET_OF_REQUEST};
    (void)read_char(&text, 'T');
    return read_time(&text, out) && text.len == 0 && datetime_is_valid(out, VALUE_TIME);
}

static size_t put_number(char *out, unsigned n, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
        out[i] = (char)('0' + n % 10);
        n /= 10;
    }
    return (size_t)digits;
}

static size_t print_clock(const struct datetime *d, char *out) {
    size_t n = put_number(out, d->hour, 2);
    if (d->precision >= PRECISION_MINUTE) {
        out[n++] = ':';
        n += put_number(out + n, d->minute, 2);
    }
    if (d->precision >= PRECISION_SECOND) {
        out[n++] = ':';
        n += put_number(out + n, d->second, 2);
    }
    if (d->precision >= PRECISION_MILLISECOND) {
        out[n++] = '.';
        n += put_number(out + n, d->millisecond, 3);
    }
    return n;
}

size_t datetime_print(const struct datetime *d, enum value_kind kind, char out[DATETIME_TEXT_MAX]) {
    size_t n = 0;
    if (kind != VALUE_TIME) {
        n += put_number(out, (unsigned)d->year, 4);
        if (d->precision >= PRECISION_MONTH) {
            out[n++] = '-';
            n += put_number(out + n, d->month, 2);
        }
        if (d->precision >= PRECISION_DAY) {
            out[n++] = '-';
            n += put_number(out + n, d->day, 2);
        }
    }
    if (d->precision >= PRECISION_HOUR) {
        if (kind != VALUE_TIME) {
            out[n++] = 'T';
        }
        n += print_clock(d, out + n);
        if (kind == VALUE_DATETIME && d->offset_min != OFFSET_OF_REQUEST) {
            int offset = d->offset_min < 0 ? -d->offset_min : d->offset_min;
            out[n++] = d->offset_min < 0 ? '-' : '+';
            n += put_number(out + n, (unsigned)offset / 60, 2);
            out[n++] = ':';
            n += put_number(out + n, (unsigned)offset % 60, 2);
        }
    }
    out[n] = '\0';
    return n;
}
