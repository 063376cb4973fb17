/* A sweep against brute force. For patients of the bundled ward, every criterion is asked at every
 * time at which anything is known or answered, just before it, and on a grid; the plain answer at
 * each must be the status of the sweep's period, and the same as before when the earlier answer
 * said that it held so long.
 *
 *   test_sweep TRIAL_FOLDER LIBRARY_FOLDER WARD_FOLDER ANSWERS_FILE */
#include "base/file.h"
#include "course/answers.h"
#include "fhir/fhir.h"
#include "screen/screen_internal.h"
#include "value/datetime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define HOUR_MS ((instant_ms)3600 * 1000)
enum { EVERY = 5 /* patients: one in so many */, GRID_H = 13, TIMES_MAX = 4096 };

struct fixture {
    const char *const *paths;
    struct arena arena;
    struct diag_list diags;
    struct trial *trial;
    struct population *population;
    struct answers *answers;
    struct screen_result *swept;
    struct op_terminology terminology;
    struct machine *machine;
    instant_ms at;
};

static void read_all(struct fixture *f) {
    struct trial_options options = {.library_folder = str_from(f->paths[1])};
    assert_int_equal(trial_load(str_from(f->paths[0]), &options, &f->arena, &f->diags, &f->trial),
                     STATUS_OK);
    assert_false(diag_has_errors(&f->diags));
    struct str ward = str_from(f->paths[2]);
    struct fhir_options reading = {0};
    assert_int_equal(
        fhir_read(&ward, 1, plan_demand(f->trial->plan), &reading, &f->diags, &f->population),
        STATUS_OK);
    struct str text;
    assert_int_equal(file_read(str_from(f->paths[3]), &f->arena, &text), STATUS_OK);
    const struct source *source = diag_source(&f->diags, STR("answers.csv"), text);
    assert_int_equal(answers_read(source, f->trial, &f->arena, &f->diags, &f->answers), STATUS_OK);
}

static int setup(void **state) {
    struct fixture *f = *state;
    struct datetime time;
    arena_init(&f->arena, 0);
    diag_init(&f->diags, &f->arena);
    read_all(f);
    assert_true(datetime_parse(STR("2021-03-03T12:00:00+01:00"), &time));
    f->at = datetime_first_ms(&time, 0);
    const struct screen_options options = {
        .mode = SCREEN_SWEEP, .at = f->at, .now = f->at, .answers = f->answers};
    assert_int_equal(screen_run(f->trial, f->population, &options, &f->arena, &f->diags, &f->swept),
                     STATUS_OK);
    terms_operations(f->trial->terms, &f->terminology);
    assert_int_equal(machine_new(f->trial->plan, &f->terminology, &f->machine), STATUS_OK);
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    machine_free(f->machine);
    screen_release(f->swept);
    population_free(f->population);
    trial_free(f->trial);
    arena_release(&f->arena);
    return 0;
}

struct times {
    uint32_t count;
    instant_ms items[TIMES_MAX];
};

static void add_time(struct times *times, instant_ms first, instant_ms last, instant_ms t) {
    if (t < first || t > last) {
        return;
    }
    assert_true(times->count + 2 <= TIMES_MAX);
    times->items[times->count++] = t;
    if (t > first) {
        times->items[times->count++] = t - 1;
    }
}

static int compare_times(const void *a, const void *b) {
    instant_ms x = *(const instant_ms *)a, y = *(const instant_ms *)b;
    return (x > y) - (x < y);
}

/* From when the sweep begins to its end; each time with the instant before it. */
static void gather_times(const struct fixture *f, const struct course_subject *course,
                         const struct screen_subject *subject, struct times *out) {
    instant_ms first = subject->periods[0].from;
    out->count = 0;
    for (uint32_t t = 0; t < course->record->type_count; t++) {
        for (uint32_t i = 0; i < course->record->tables[t].count; i++) {
            const struct row *row = &course->record->tables[t].rows[i];
            add_time(out, first, f->at, row->known_from);
            add_time(out, first, f->at, row->known_to);
        }
    }
    for (instant_ms t = INSTANT_MIN; (t = answers_next(f->answers, course->record->patient_id,
                                                       course->pseudonym, t)) != INSTANT_MAX;) {
        add_time(out, first, f->at, t);
    }
    for (uint32_t i = 0; i < subject->period_count; i++) {
        add_time(out, first, f->at, subject->periods[i].from);
    }
    /* The grid covers the last three weeks; some histories begin in childhood. */
    instant_ms start = f->at - 21 * 24 * HOUR_MS > first ? f->at - 21 * 24 * HOUR_MS : first;
    for (instant_ms t = start; t <= f->at; t += GRID_H * HOUR_MS + 7) {
        add_time(out, first, f->at, t);
    }
    add_time(out, first, f->at, f->at);
    qsort(out->items, out->count, sizeof *out->items, compare_times);
}

static enum subject_status period_status(const struct screen_subject *subject, instant_ms t) {
    for (uint32_t i = subject->period_count; i-- > 0;) {
        if (t >= subject->periods[i].from) {
            assert_true(t < subject->periods[i].to);
            return subject->periods[i].status;
        }
    }
    fail();
    return SUBJECT_UNDECIDED;
}

static bool same_values(const struct criterion_answer *a, const struct criterion_answer *b,
                        uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (a[i].value != b[i].value || a[i].by_human != b[i].by_human) {
            return false;
        }
    }
    return true;
}

/* Gives how many times were tried. */
static uint32_t check_subject(const struct fixture *f, const struct screen_subject *subject) {
    static struct times times;
    struct record record;
    population_record(f->population, subject->patient, &record);
    const struct course_subject course = {.trial = f->trial,
                                          .answers = f->answers,
                                          .machine = f->machine,
                                          .record = &record,
                                          .pseudonym = subject->id};
    uint32_t count = f->trial->criterion_count;
    struct criterion_answer now[256], before[256];
    assert_true(count <= 256);
    instant_ms held_until = INSTANT_MIN;
    gather_times(f, &course, subject, &times);
    for (uint32_t i = 0; i < times.count; i++) {
        instant_ms t = times.items[i];
        assert_int_equal(course_ask(&course, t, now, NULL), STATUS_OK);
        assert_int_equal(eligibility_status(f->trial->criteria, count, now),
                         period_status(subject, t));
        assert_true(t >= held_until || same_values(now, before, count));
        instant_ms until = course_valid_until(&course, t);
        assert_true(until > t);
        if (t >= held_until) {
            held_until = until;
            memcpy(before, now, sizeof now);
        }
    }
    return times.count;
}

static void test_every_time(void **state) {
    struct fixture *f = *state;
    uint32_t tried = 0;
    uint32_t changes = 0;
    machine_set_trace(f->machine, false);
    for (uint32_t i = 0; i < f->swept->subject_count; i += EVERY) {
        tried += check_subject(f, &f->swept->subjects[i]);
        changes += f->swept->subjects[i].period_count - 1;
    }
    print_message("%u times, %u changes of status\n", tried, changes);
    assert_true(tried > 1000);
    assert_true(changes > 10);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        return 2;
    }
    struct fixture fixture = {.paths = (const char *const *)argv + 1};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate_setup_teardown(test_every_time, setup, teardown, &fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
