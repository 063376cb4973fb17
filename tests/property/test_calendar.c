/* Date arithmetic against a calendar that is counted out: day after day from 1890 on, with no
 * formula but the rule of leap years. Durations and differences are counted unit by unit, and of
 * imprecise dates by trying every day they may be (CQL 1.5 appendix H). */
#include "value/datetime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { FIRST_YEAR = 1890, LAST_YEAR = 2110, DAYS_MAX = 81000, ROUNDS = 20000 };

struct day {
    int year, month, day;
};

static struct day calendar[DAYS_MAX];
static int day_count;
static int saturday; /* 1 January 2000 was one */

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return lengths[month - 1] + (month == 2 && is_leap(year));
}

static int count_out(void **state) {
    (void)state;
    struct day at = {FIRST_YEAR, 1, 1};
    while (at.year <= LAST_YEAR) {
        if (at.year == 2000 && at.month == 1 && at.day == 1) {
            saturday = day_count;
        }
        calendar[day_count++] = at;
        if (at.day++ == month_length(at.year, at.month)) {
            at.day = 1;
            if (at.month++ == 12) {
                at.month = 1;
                at.year++;
            }
        }
    }
    return 0;
}

static uint64_t next_random(uint64_t *seed) {
    uint64_t z = (*seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* A day of the middle of the calendar, month ends and leap days more often than others. */
static int random_day(uint64_t *seed) {
    int at = 4000 + (int)(next_random(seed) % (DAYS_MAX - 9000));
    for (int i = 0; next_random(seed) % 3 == 0 && i < 1500; i++) {
        at++;
        if (calendar[at].month == 2 && calendar[at].day >= 28) {
            break;
        }
    }
    return at;
}

static int near_day(uint64_t *seed, int at) {
    return at + (int)(next_random(seed) % 3000) - 1500;
}

static struct datetime date_of(int at, enum precision precision) {
    const struct day *d = &calendar[at];
    return (struct datetime){.year = (int16_t)d->year,
                             .month = precision >= PRECISION_MONTH ? (uint8_t)d->month : 1,
                             .day = precision >= PRECISION_DAY ? (uint8_t)d->day : 1,
                             .precision = (uint8_t)precision,
                             .offset_min = OFFSET_OF_REQUEST};
}

/* The index of the day so many months away, by going to its month and no further than its last day.
 */
static int months_away(int at, int months) {
    int day = calendar[at].day;
    at -= day - 1;
    for (; months > 0; months--) {
        at += month_length(calendar[at].year, calendar[at].month);
    }
    for (; months < 0; months++) {
        at -= calendar[at - 1].day;
    }
    int length = month_length(calendar[at].year, calendar[at].month);
    return at + (day < length ? day : length) - 1;
}

static int units_away(int at, int n, enum precision unit) {
    switch (unit) {
    case PRECISION_YEAR:
        return months_away(at, 12 * n);
    case PRECISION_MONTH:
        return months_away(at, n);
    case PRECISION_WEEK:
        return at + 7 * n;
    default:
        return at + n;
    }
}

static const enum precision units[] = {PRECISION_YEAR, PRECISION_MONTH, PRECISION_WEEK,
                                       PRECISION_DAY};

static void days_are_numbered(void **state) {
    (void)state;
    int64_t first = days_from_date(FIRST_YEAR, 1, 1);
    for (int i = 0; i < day_count; i++) {
        int y, m, d;
        const struct day *at = &calendar[i];
        assert_int_equal(days_from_date(at->year, at->month, at->day), first + i);
        date_from_days(first + i, &y, &m, &d);
        assert_true(y == at->year && m == at->month && d == at->day);
    }
}

static void sums_are_counted(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < ROUNDS; i++) {
        int at = random_day(&seed);
        enum precision unit = units[next_random(&seed) % 4];
        int most = unit == PRECISION_YEAR ? 9 : unit == PRECISION_MONTH ? 100 : 400;
        int n = (int)(next_random(&seed) % (uint64_t)(2 * most)) - most;
        struct datetime from = date_of(at, PRECISION_DAY), sum;
        struct datetime wanted = date_of(units_away(at, n, unit), PRECISION_DAY);
        assert_true(datetime_add(&from, VALUE_DATE, (i128)n * DECIMAL_ONE, unit, &sum));
        assert_int_equal(datetime_compare(&sum, &wanted, PRECISION_NONE, 0), 0);
    }
}

/* Units crossed in (from, to], from <= to. */
static int crossed(int from, int to, enum precision unit) {
    int n = 0;
    for (int i = from + 1; i <= to; i++) {
        bool sunday = ((i - saturday) % 7 + 7) % 7 == 1;
        n += unit == PRECISION_DAY     ? 1
             : unit == PRECISION_WEEK  ? sunday
             : unit == PRECISION_MONTH ? calendar[i].day == 1
                                       : calendar[i].day == 1 && calendar[i].month == 1;
    }
    return n;
}

static int difference(int a, int b, enum precision unit) {
    return a <= b ? crossed(a, b, unit) : -crossed(b, a, unit);
}

static int duration(int a, int b, enum precision unit) {
    int n = 0, step = a <= b ? 1 : -1;
    for (;;) {
        int next = units_away(a, n + step, unit);
        if (step > 0 ? next > b : next < b) {
            return n;
        }
        n += step;
    }
}

static void spans_are_counted(void **state) {
    (void)state;
    uint64_t seed = 2;
    for (int i = 0; i < ROUNDS / 4; i++) {
        int a = random_day(&seed), b = near_day(&seed, a);
        enum precision unit = units[next_random(&seed) % 4];
        struct datetime from = date_of(a, PRECISION_DAY), to = date_of(b, PRECISION_DAY);
        struct datetime_span whole = datetime_duration(&from, &to, VALUE_DATE, unit, 0);
        struct datetime_span crossings = datetime_difference(&from, &to, VALUE_DATE, unit, 0);
        if (whole.low != duration(a, b, unit)) {
            fail_msg("duration %d from %d-%d-%d to %d-%d-%d is %d", unit, calendar[a].year,
                     calendar[a].month, calendar[a].day, calendar[b].year, calendar[b].month,
                     calendar[b].day, (int)whole.low);
        }
        assert_int_equal(whole.high, whole.low);
        assert_int_equal(crossings.low, difference(a, b, unit));
        assert_int_equal(crossings.high, crossings.low);
    }
}

/* The days that a date of this precision may be. */
static void extent(int at, enum precision precision, int *first, int *last) {
    *first = at;
    *last = at;
    const struct day *d = &calendar[at];
    while (precision < PRECISION_DAY && calendar[*first - 1].year == d->year &&
           (precision == PRECISION_YEAR || calendar[*first - 1].month == d->month)) {
        --*first;
    }
    while (precision < PRECISION_DAY && calendar[*last + 1].year == d->year &&
           (precision == PRECISION_YEAR || calendar[*last + 1].month == d->month)) {
        ++*last;
    }
}

static void check_uncertain(int a, enum precision pa, int b, enum precision pb,
                            enum precision unit) {
    int a_first, a_last, b_first, b_last;
    extent(a, pa, &a_first, &a_last);
    extent(b, pb, &b_first, &b_last);
    struct datetime from = date_of(a, pa), to = date_of(b, pb);
    struct datetime_span got[2] = {datetime_duration(&from, &to, VALUE_DATE, unit, 0),
                                   datetime_difference(&from, &to, VALUE_DATE, unit, 0)};
    int64_t low[2] = {INT32_MAX, INT32_MAX}, high[2] = {INT32_MIN, INT32_MIN};
    for (int x = a_first; x <= a_last; x++) {
        for (int y = b_first; y <= b_last; y++) {
            int n[2] = {duration(x, y, unit), difference(x, y, unit)};
            for (int k = 0; k < 2; k++) {
                low[k] = n[k] < low[k] ? n[k] : low[k];
                high[k] = n[k] > high[k] ? n[k] : high[k];
            }
        }
    }
    for (int k = 0; k < 2; k++) {
        if (got[k].low != low[k] || got[k].high != high[k]) {
            fail_msg("%s %d of %d-%d (to %d) and %d-%d (to %d) is %d to %d, not %d to %d",
                     k ? "difference" : "duration", unit, from.year, from.month, pa, to.year,
                     to.month, pb, (int)got[k].low, (int)got[k].high, (int)low[k], (int)high[k]);
        }
    }
}

static void imprecise_spans_are_all_they_may_be(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 40; i++) {
        int a = random_day(&seed), b = near_day(&seed, a);
        enum precision unit = next_random(&seed) % 2 ? PRECISION_YEAR : PRECISION_MONTH;
        check_uncertain(a, PRECISION_MONTH, b, PRECISION_MONTH, unit);
        check_uncertain(a, PRECISION_DAY, b, PRECISION_YEAR, unit);
        check_uncertain(a, PRECISION_MONTH, b, PRECISION_DAY, unit);
    }
}

static int64_t floor_divide(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

/* Hours and minutes between instants of odd offsets, asked at an odd offset. */
static void instants_are_subtracted(void **state) {
    (void)state;
    static const int16_t offsets[] = {0, 345, -210, 840, -720, 60, 570};
    uint64_t seed = 4;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t a = (int64_t)(next_random(&seed) % 2000000000000);
        int64_t b = a + (int64_t)(next_random(&seed) % 400000000) - 200000000;
        int16_t request = offsets[next_random(&seed) % 7];
        enum precision unit = next_random(&seed) % 2 ? PRECISION_HOUR : PRECISION_MINUTE;
        int64_t step = unit == PRECISION_HOUR ? 3600000 : 60000;
        struct datetime from = datetime_from_ms(a, offsets[next_random(&seed) % 7]);
        struct datetime to = datetime_from_ms(b, offsets[next_random(&seed) % 7]);
        struct datetime_span whole = datetime_duration(&from, &to, VALUE_DATETIME, unit, request);
        struct datetime_span crossings =
            datetime_difference(&from, &to, VALUE_DATETIME, unit, request);
        /* Different offsets are brought to the request's; equal ones stay. */
        bool same = from.offset_min == to.offset_min;
        int64_t shift = (int64_t)(same ? from.offset_min : request) * 60000;
        assert_int_equal(datetime_first_ms(&from, request), a);
        assert_int_equal(whole.low, (b - a) / step);
        assert_int_equal(crossings.low,
                         floor_divide(b + shift, step) - floor_divide(a + shift, step));
        assert_int_equal(datetime_compare(&from, &to, PRECISION_NONE, request), a < b ? -1 : a > b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_numbered),
        cmocka_unit_test(sums_are_counted),
        cmocka_unit_test(spans_are_counted),
        cmocka_unit_test(imprecise_spans_are_all_they_may_be),
        cmocka_unit_test(instants_are_subtracted),
    };
    return cmocka_run_group_tests(tests, count_out, NULL);
}
