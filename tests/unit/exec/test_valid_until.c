/* An answer holds until valid_until: evaluated at any time before it, it is the same. Every way
 * that Now can enter a comparison is tried, from many times, with random times in between. */
#include "machine_fixture.h"

#include "value/datetime.h"
#include "value/print.h"

static const char records[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"2006-02-28\"}\n"
    "{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"code\":{\"text\":\"x\"},"
    "\"subject\":{\"reference\":\"Patient/"
    "p\"},\"effectiveDateTime\":\"2024-03-05T08:30:00.250+01:00\","
    "\"issued\":\"2024-03-05T09:00:00Z\"}\n";

static const char library[] =
    "context Patient\n"
    "define Less: Now() < @2024-03-10T12:00:00.000Z\n"
    "define AtLeast: Now() >= @2024-03-10T12:00:00.000Z\n"
    "define Equal: Now() = @2024-03-10T12:00:00.000Z\n"
    "define Imprecise: Now() - 48 hours > @2024-03-05T10Z\n"
    "define ImpreciseDay: Now() > DateTime(2024, 3, 4)\n"
    "define Months: Now() - 1 month > @2024-02-09T06:00:00.000Z\n"
    "define Years: Now() - 18 years > @2006-03-06T06:00:00.000Z\n"
    "define Window: Count([Observation] O where (O.effective as FHIR.dateTime).value\n"
    "  during Interval[Now() - 36 hours, Now()])\n"
    "define Known: Count([Observation])\n"
    "define Day: Today() > @2024-03-06\n"
    "define DayShift: Today() - 3 days >= @2024-03-04\n"
    "define SameDay: Now() same day as @2024-03-07T12:00:00.000Z\n"
    "define SameOrAfterHour: Now() same hour or after @2024-03-07T12:30:00.000Z\n"
    "define Age: AgeInYears()\n"
    "define AgeMonths: AgeInMonths()\n"
    "define Adult: AgeInYears() >= 18\n"
    "define DaysBetween: days between @2024-03-03T05:06:07.008Z and Now()\n"
    "define HoursBetween: (hours between @2024-03-03T05:06:07.008Z and Now()) div 24\n"
    "define WeeksBetween: weeks between @2024-02-20T10:00:00.000Z and Today()\n"
    "define Difference: difference in days between @2024-03-03T05:06:07.008Z and Now()\n"
    "define DifferenceMonths: difference in months between @2024-01-03T05:06:07.008Z and Now()\n"
    "define Month: month from Now()\n"
    "define DateOf: date from (Now() - 36 hours)\n"
    "define Time: TimeOfDay() > @T12:00\n"
    "define TimeOf: time from Now() < @T06:30:00.000\n"
    "define Overlaps: Interval[Now() - 5 days, Now()] overlaps\n"
    "  Interval[@2024-02-20T00:00:00.000Z, @2024-03-02T00:00:00.000Z)\n"
    "define Meets: Interval[Now(), Now() + 1 day] meets\n"
    "  Interval[@2024-03-06T00:00:00.000Z, @2024-03-07T00:00:00.000Z]\n"
    "define Within: @2024-03-06T07:00:00.000Z 3 days or less before Now()\n"
    "define WithinDay: @2024-03-06T07:00:00.000Z 2 days or less before day of Now()\n"
    "define Latest: Max({Now() - 2 days, @2024-03-06T07:00:00.000Z}) = @2024-03-06T07:00:00.000Z\n"
    "define Starts: start of Interval[Now() - 1 day, Now()] > @2024-03-06T07:00:00.000Z\n"
    "define Listed: exists ({Now() - 1 day, Now() - 7 days}) X where X > "
    "@2024-03-01T00:00:00.000Z\n"
    "define Tupled: Tuple{t: Now() - 1 day}.t > @2024-03-01T00:00:00.000Z\n"
    "define Text: Length(ToString(date from Now()))\n"
    "define If: if Now() > @2024-03-08T00:00:00.000Z then 'late' else 'early'\n"
    "define function Ago(x System.DateTime): Now() - 12 hours > x\n"
    "define Called: Ago(@2024-03-06T07:00:00.000Z)\n";

static struct str at_time(struct machine_fixture *f, const struct definition *d, instant_ms at,
                          instant_ms *until) {
    struct value value;
    struct buf out;
    machine_start(f->machine, &f->record, at, datetime_from_ms(at, 60));
    assert_int_equal(machine_eval(f->machine, d, &value), STATUS_OK);
    *until = machine_valid_until(f->machine);
    buf_init(&out);
    value_print_cql(&value, &out);
    struct str text = arena_copy(&f->arena, buf_str(&out));
    buf_release(&out);
    return text;
}

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 16;
}

enum { STEPS_MAX = 1500, TRIES = 6 };

/* Steps from one bound to the next, over twelve days; the last instant before each bound and random
 * ones before it give what its beginning gave. */
static void follow(struct machine_fixture *f, const struct definition *d, uint64_t *seed) {
    instant_ms end = fixture_instant("2024-03-13T00:00:00.000Z");
    instant_ms at =
        fixture_instant("2024-03-01T00:00:00.000Z") + (instant_ms)(next_random(seed) % 7777777);
    uint32_t steps = 0;
    while (at < end) {
        instant_ms until, ignored;
        struct str value = at_time(f, d, at, &until);
        assert_true(until > at);
        instant_ms stop = until < end ? until : end;
        for (int i = 0; i < TRIES; i++) {
            instant_ms other =
                i == 0 ? stop - 1 : at + (instant_ms)(next_random(seed) % (uint64_t)(stop - at));
            struct str same = at_time(f, d, other, &ignored);
            if (!str_equal(value, same)) {
                print_error("%.*s: %.*s at %lld, but %.*s at %lld although valid until %lld\n",
                            STR_ARG(d->name), STR_ARG(value), (long long)at, STR_ARG(same),
                            (long long)other, (long long)until);
                fail();
            }
        }
        at = until;
        if (++steps > STEPS_MAX) {
            print_error("%.*s: too many steps, the last from %lld to %lld\n", STR_ARG(d->name),
                        (long long)at, (long long)until);
            fail();
        }
    }
}

static void test_answers_hold_until_their_bound(void **state) {
    (void)state;
    struct machine_fixture f;
    uint64_t seed = 20240310;
    machine_fixture_init(&f, library, records);
    for (const struct definition *d = f.program->main->definitions; d; d = d->next) {
        if (!d->is_private) {
            for (int i = 0; i < 3; i++) {
                follow(&f, d, &seed);
            }
        }
    }
    machine_fixture_release(&f);
}

static void test_exact_bounds(void **state) {
    (void)state;
    struct machine_fixture f;
    machine_fixture_init(&f, library, records);
    machine_fixture_start(&f, "2024-03-05T00:00:00.000Z");
    machine_fixture_expect(&f, "AtLeast", "false");
    instant_ms flip = fixture_instant("2024-03-10T12:00:00.000Z");
    instant_ms until = machine_valid_until(f.machine);
    assert_true(until == flip || until == flip - 1);
    machine_fixture_start(&f, "2024-03-11T00:00:00.000Z");
    machine_fixture_expect(&f, "AtLeast", "true");
    assert_true(machine_valid_until(f.machine) == INSTANT_MAX);
    machine_fixture_release(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_hold_until_their_bound),
        cmocka_unit_test(test_exact_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
