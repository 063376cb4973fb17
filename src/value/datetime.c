#include "value/datetime.h"

#include <assert.h>

enum { MS_SECOND = 1000, MS_MINUTE = 60 * MS_SECOND, MS_HOUR = 60 * MS_MINUTE };
#define MS_DAY ((int64_t)24 * MS_HOUR)

int days_in_month(int year, int month) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that begin in March put the
 * leap day last; 400 years are 146097 days. */
int64_t days_from_date(int year, int month, int day) {
    int y = year - (month <= 2 ? 1 : 0);
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

void date_from_days(int64_t days, int *year, int *month, int *day) {
    days += 719468;
    int64_t era = floor_divide(days, 146097);
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2 ? 1 : 0));
}

bool datetime_is_valid(const struct datetime *d, enum value_kind kind) {
    if (kind == VALUE_TIME) {
        if (d->precision < PRECISION_HOUR) {
            return false;
        }
    } else if (d->year < 1 || d->year > 9999 || d->month < 1 || d->month > 12 || d->day < 1 ||
               d->day > days_in_month(d->year, d->month)) {
        return false;
    }
    return d->precision >= PRECISION_YEAR && d->precision != PRECISION_WEEK &&
           d->precision <= PRECISION_MILLISECOND && d->hour < 24 && d->minute < 60 &&
           d->second < 60 && d->millisecond < 1000;
}

static bool is_time(const struct datetime *d) {
    return d->year == 0;
}

struct datetime datetime_truncate(const struct datetime *d, enum precision to) {
    struct datetime out = *d;
    if (to == PRECISION_NONE || out.precision <= to) {
        return out;
    }
    out.precision = (uint8_t)to;
    out.millisecond = 0;
    out.second = to >= PRECISION_SECOND ? out.second : 0;
    out.minute = to >= PRECISION_MINUTE ? out.minute : 0;
    out.hour = to >= PRECISION_HOUR ? out.hour : 0;
    if (!is_time(d)) {
        out.day = to >= PRECISION_DAY ? out.day : 1;
        out.month = to >= PRECISION_MONTH ? out.month : 1;
    }
    return out;
}

struct datetime datetime_fill_low(const struct datetime *d, enum precision to) {
    struct datetime out = *d;
    out.precision = d->precision < to ? (uint8_t)to : d->precision;
    return out; /* what is not there is already least */
}

struct datetime datetime_fill_high(const struct datetime *d, enum precision to) {
    struct datetime out = *d;
    if (d->precision >= to) {
        return out;
    }
    out.precision = (uint8_t)to;
    if (!is_time(d)) {
        if (d->precision < PRECISION_MONTH && to >= PRECISION_MONTH) {
            out.month = 12;
        }
        if (d->precision < PRECISION_DAY && to >= PRECISION_DAY) {
            out.day = (uint8_t)days_in_month(out.year, out.month);
        }
    }
    if (d->precision < PRECISION_HOUR && to >= PRECISION_HOUR) {
        out.hour = 23;
    }
    if (d->precision < PRECISION_MINUTE && to >= PRECISION_MINUTE) {
        out.minute = 59;
    }
    if (d->precision < PRECISION_SECOND && to >= PRECISION_SECOND) {
        out.second = 59;
    }
    if (to >= PRECISION_MILLISECOND) {
        out.millisecond = 999;
    }
    return out;
}

/* By the clock of its own offset. */
static int64_t clock_ms(const struct datetime *d) {
    int64_t days = is_time(d) ? 0 : days_from_date(d->year, d->month, d->day);
    return days * MS_DAY + d->hour * (int64_t)MS_HOUR + d->minute * MS_MINUTE +
           d->second * MS_SECOND + d->millisecond;
}

struct range {
    int64_t first;
    int64_t last;
};

static struct range clock_range(const struct datetime *d) {
    int64_t first = clock_ms(d);
    if (d->precision >= PRECISION_SECOND) {
        return (struct range){first, first};
    }
    struct datetime last = datetime_fill_high(d, PRECISION_MILLISECOND);
    return (struct range){first, clock_ms(&last)};
}

/* What is without hours lies in the request's own days; a Time has no offset. */
static int16_t offset_of(const struct datetime *d, int16_t request_offset_min) {
    if (is_time(d)) {
        return 0;
    }
    bool own = d->offset_min != OFFSET_OF_REQUEST && d->precision >= PRECISION_HOUR;
    return own ? d->offset_min : request_offset_min;
}

int64_t datetime_first_ms(const struct datetime *d, int16_t request_offset_min) {
    return clock_ms(d) - (int64_t)offset_of(d, request_offset_min) * MS_MINUTE;
}

int64_t datetime_last_ms(const struct datetime *d, int16_t request_offset_min) {
    return clock_range(d).last - (int64_t)offset_of(d, request_offset_min) * MS_MINUTE;
}

static struct datetime from_clock(int64_t ms, int16_t offset_min) {
    int64_t days = floor_divide(ms, MS_DAY);
    int64_t rest = ms - days * MS_DAY;
    int year, month, day;
    date_from_days(days, &year, &month, &day);
    return (struct datetime){.year = (int16_t)year,
                             .month = (uint8_t)month,
                             .day = (uint8_t)day,
                             .hour = (uint8_t)(rest / MS_HOUR),
                             .minute = (uint8_t)(rest / MS_MINUTE % 60),
                             .second = (uint8_t)(rest / MS_SECOND % 60),
                             .millisecond = (uint16_t)(rest % MS_SECOND),
                             .precision = PRECISION_MILLISECOND,
                             .offset_min = offset_min};
}

struct datetime datetime_from_ms(int64_t ms, int16_t offset_min) {
    int64_t shift = offset_min == OFFSET_OF_REQUEST ? 0 : (int64_t)offset_min * MS_MINUTE;
    return from_clock(ms + shift, offset_min);
}

/* Milliseconds of a unit of fixed length. */
static int64_t unit_ms(enum precision unit) {
    switch (unit) {
    case PRECISION_WEEK:
        return 7 * MS_DAY;
    case PRECISION_DAY:
        return MS_DAY;
    case PRECISION_HOUR:
        return MS_HOUR;
    case PRECISION_MINUTE:
        return MS_MINUTE;
    case PRECISION_SECOND:
        return MS_SECOND;
    case PRECISION_MILLISECOND:
        return 1;
    case PRECISION_NONE:
    case PRECISION_YEAR:
    case PRECISION_MONTH:
        break;
    }
    assert(unit > PRECISION_MONTH && "years and months have no fixed length");
    return 1;
}

/* The instants a and b may be, on one clock: their own when both have the same offset, else the
 * request's. */
struct two_ranges {
    int64_t a_first, a_last;
    int64_t b_first, b_last;
};

static struct two_ranges on_one_clock(const struct datetime *a, const struct datetime *b,
                                      int16_t request_offset_min) {
    int16_t a_offset = offset_of(a, request_offset_min);
    int16_t b_offset = offset_of(b, request_offset_min);
    int16_t common = a_offset == b_offset ? a_offset : request_offset_min;
    int64_t a_shift = (int64_t)(common - a_offset) * MS_MINUTE;
    int64_t b_shift = (int64_t)(common - b_offset) * MS_MINUTE;
    struct range at_a = clock_range(a), at_b = clock_range(b);
    return (struct two_ranges){at_a.first + a_shift, at_a.last + a_shift, at_b.first + b_shift,
                               at_b.last + b_shift};
}

static int order(int64_t a, int64_t b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

static int compare_ranges(const struct two_ranges *r) {
    if (r->a_last < r->b_first) {
        return -1;
    }
    if (r->a_first > r->b_last) {
        return 1;
    }
    bool exact = r->a_first == r->a_last && r->b_first == r->b_last;
    return exact ? 0 : DATETIME_UNKNOWN;
}

/* Year, month and day as they are written. */
static int compare_days(const struct datetime *a, const struct datetime *b, enum precision to) {
    int by_year = order(a->year, b->year);
    if (by_year != 0 || to == PRECISION_YEAR) {
        return by_year;
    }
    if (a->precision < PRECISION_MONTH || b->precision < PRECISION_MONTH) {
        return DATETIME_UNKNOWN;
    }
    int by_month = order(a->month, b->month);
    if (by_month != 0 || to == PRECISION_MONTH) {
        return by_month;
    }
    if (a->precision < PRECISION_DAY || b->precision < PRECISION_DAY) {
        return DATETIME_UNKNOWN;
    }
    return order(a->day, b->day);
}

/* What is written, as one number; comparable between values of one precision and offset. */
static uint64_t as_written(const struct datetime *d) {
    return (uint64_t)(uint16_t)d->year << 42 | (uint64_t)d->month << 38 | (uint64_t)d->day << 33 |
           (uint64_t)d->hour << 27 | (uint64_t)d->minute << 21 | (uint64_t)d->second << 15 |
           d->millisecond;
}

int datetime_compare(const struct datetime *a, const struct datetime *b, enum precision to,
                     int16_t request_offset_min) {
    if (to == PRECISION_NONE && a->precision == b->precision && a->offset_min == b->offset_min) {
        uint64_t written_a = as_written(a), written_b = as_written(b);
        return written_a < written_b ? -1 : written_a > written_b;
    }
    if (to != PRECISION_NONE && to < PRECISION_HOUR) {
        return compare_days(a, b, to);
    }
    struct two_ranges r = on_one_clock(a, b, request_offset_min);
    bool same_form = a->precision == b->precision;
    if (to == PRECISION_MILLISECOND || (to == PRECISION_NONE && !same_form)) {
        r.a_last += a->precision == PRECISION_SECOND ? MS_SECOND - 1 : 0;
        r.b_last += b->precision == PRECISION_SECOND ? MS_SECOND - 1 : 0;
    }
    if (to == PRECISION_NONE) {
        if (same_form && r.a_first == r.b_first && r.a_last == r.b_last) {
            return 0;
        }
        return compare_ranges(&r);
    }
    int64_t unit = unit_ms(to);
    r = (struct two_ranges){floor_divide(r.a_first, unit), floor_divide(r.a_last, unit),
                            floor_divide(r.b_first, unit), floor_divide(r.b_last, unit)};
    return compare_ranges(&r);
}

/* `amount` as a whole number of `*unit`, which becomes the value's precision when it is finer; a
 * week becomes days. */
static i128 whole_units(const struct datetime *d, i128 amount, enum precision *unit) {
    enum precision finest = (enum precision)d->precision;
    if (*unit == PRECISION_YEAR) {
        return amount / DECIMAL_ONE;
    }
    if (*unit == PRECISION_MONTH) {
        *unit = finest == PRECISION_YEAR ? PRECISION_YEAR : PRECISION_MONTH;
        return amount / DECIMAL_ONE / (finest == PRECISION_YEAR ? 12 : 1);
    }
    i128 ms = *unit == PRECISION_SECOND ? amount / (DECIMAL_ONE / MS_SECOND)
                                        : amount / DECIMAL_ONE * unit_ms(*unit);
    if (finest <= PRECISION_MONTH) {
        *unit = finest;
        return ms / MS_DAY / (finest == PRECISION_YEAR ? 365 : 30);
    }
    *unit = PRECISION_MILLISECOND;
    i128 step = unit_ms(finest);
    return ms / step * step;
}

bool datetime_add(const struct datetime *d, enum value_kind kind, i128 amount, enum precision unit,
                  struct datetime *out) {
    if (unit == PRECISION_NONE || (kind == VALUE_TIME && unit < PRECISION_HOUR) ||
        (kind == VALUE_DATE && unit > PRECISION_DAY)) {
        return false;
    }
    /* More than all of time: ten thousand years have 3.2 * 10^14 ms. */
    i128 n = whole_units(d, amount, &unit);
    i128 most = (i128)4 * 100000000 * 1000000;
    if (kind == VALUE_TIME) {
        n %= MS_DAY;
    } else if (n > most || n < -most) {
        return false;
    }
    *out = *d;
    if (unit <= PRECISION_MONTH) {
        int64_t months =
            d->year * (int64_t)12 + d->month - 1 + (int64_t)n * (unit == PRECISION_YEAR ? 12 : 1);
        int64_t year = floor_divide(months, 12);
        if (year < 1 || year > 9999) {
            return false;
        }
        out->year = (int16_t)year;
        out->month = (uint8_t)(months - year * 12 + 1);
        int last = days_in_month(out->year, out->month);
        out->day = d->day > last ? (uint8_t)last : d->day;
        return true;
    }
    int64_t ms = clock_ms(d) + (int64_t)n;
    if (kind == VALUE_TIME) {
        *out = from_clock(ms - floor_divide(ms, MS_DAY) * MS_DAY, d->offset_min);
        out->year = 0;
        out->month = out->day = 0;
    } else {
        if (ms < days_from_date(1, 1, 1) * MS_DAY || ms >= days_from_date(10000, 1, 1) * MS_DAY) {
            return false;
        }
        *out = from_clock(ms, d->offset_min);
    }
    out->precision = d->precision;
    return true;
}

/* a moved by whole months on one clock, cut to the end of a short month. */
static int64_t plus_months(int64_t ms, int64_t months) {
    struct datetime d = from_clock(ms, 0);
    int64_t total = d.year * (int64_t)12 + d.month - 1 + months;
    int year = (int)floor_divide(total, 12);
    int month = (int)(total - (int64_t)year * 12) + 1;
    int last = days_in_month(year, month);
    int day = d.day > last ? last : d.day;
    return days_from_date(year, month, day) * MS_DAY + (ms - floor_divide(ms, MS_DAY) * MS_DAY);
}

static int64_t duration_ms(int64_t a, int64_t b, enum precision unit) {
    if (unit > PRECISION_MONTH) {
        return (b - a) / unit_ms(unit);
    }
    struct datetime from = from_clock(a, 0), to = from_clock(b, 0);
    int64_t step = unit == PRECISION_YEAR ? 12 : 1;
    int64_t months = (to.year - from.year) * (int64_t)12 + to.month - from.month;
    int64_t n = months / step;
    if (a <= b) {
        return n > 0 && plus_months(a, n * step) > b ? n - 1 : n;
    }
    return n < 0 && plus_months(a, n * step) < b ? n + 1 : n;
}

/* A value to the second leaves its milliseconds open only where they are asked for. */
static void widen_seconds(const struct datetime *d, enum precision unit, int64_t *last) {
    if (unit == PRECISION_MILLISECOND && d->precision == PRECISION_SECOND) {
        *last += MS_SECOND - 1;
    }
}

struct datetime_span datetime_duration(const struct datetime *a, const struct datetime *b,
                                       enum value_kind kind, enum precision unit,
                                       int16_t request_offset_min) {
    struct two_ranges r = on_one_clock(a, b, request_offset_min);
    widen_seconds(a, unit, &r.a_last);
    widen_seconds(b, unit, &r.b_last);
    if (kind == VALUE_DATE) {
        /* A date is a whole day, not an instant in it. */
        r.a_last = floor_divide(r.a_last, MS_DAY) * MS_DAY;
        r.b_last = floor_divide(r.b_last, MS_DAY) * MS_DAY;
    }
    if (kind == VALUE_TIME) {
        r.a_last = a->precision >= unit ? r.a_first : r.a_last;
        r.b_last = b->precision >= unit ? r.b_first : r.b_last;
    }
    return (struct datetime_span){duration_ms(r.a_last, r.b_first, unit),
                                  duration_ms(r.a_first, r.b_last, unit)};
}

/* The number of the period an instant lies in. 1970-01-04 was a Sunday. */
static int64_t period_of(int64_t ms, enum precision unit) {
    if (unit <= PRECISION_MONTH) {
        struct datetime d = from_clock(ms, 0);
        return unit == PRECISION_YEAR ? d.year : d.year * (int64_t)12 + d.month;
    }
    if (unit == PRECISION_WEEK) {
        return floor_divide(ms - 3 * MS_DAY, 7 * MS_DAY);
    }
    return floor_divide(ms, unit_ms(unit));
}

struct datetime_span datetime_difference(const struct datetime *a, const struct datetime *b,
                                         enum value_kind kind, enum precision unit,
                                         int16_t request_offset_min) {
    (void)kind;
    struct two_ranges r;
    if (unit >= PRECISION_HOUR) {
        r = on_one_clock(a, b, request_offset_min);
        widen_seconds(a, unit, &r.a_last);
        widen_seconds(b, unit, &r.b_last);
    } else {
        struct range at_a = clock_range(a), at_b = clock_range(b);
        r = (struct two_ranges){at_a.first, at_a.last, at_b.first, at_b.last};
    }
    return (struct datetime_span){period_of(r.b_first, unit) - period_of(r.a_last, unit),
                                  period_of(r.b_last, unit) - period_of(r.a_first, unit)};
}
