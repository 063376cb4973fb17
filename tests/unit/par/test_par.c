#include "base/mem.h"
#include "par/par.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct run {
    struct buf all;
    uint64_t expected;
    uint64_t fail_at; /* index that fails; UINT64_MAX: none */
};

static enum status work(void *context, uint32_t thread, uint64_t index, struct buf *out) {
    const struct run *run = context;
    (void)thread;
    for (uint64_t i = 0; i < (index * 7919) % 97; i++) {
        buf_add_char(out, '.');
    }
    buf_add_format(out, "%llu\n", (unsigned long long)index);
    return index == run->fail_at ? STATUS_LIMIT : STATUS_OK;
}

static enum status sink(void *context, uint64_t index, struct str bytes) {
    struct run *run = context;
    assert_int_equal(index, run->expected);
    run->expected++;
    buf_add(&run->all, bytes);
    return STATUS_OK;
}

static enum status run_with(uint32_t threads, uint64_t count, struct run *run) {
    buf_init(&run->all);
    run->expected = 0;
    const struct par_job job = {work, sink, run};
    return par_run(count, threads, &job);
}

static void same_bytes_for_any_number_of_threads(void **state) {
    (void)state;
    struct run one = {.fail_at = UINT64_MAX};
    assert_int_equal(run_with(1, 3000, &one), STATUS_OK);
    for (uint32_t threads = 2; threads <= 8; threads += 3) {
        struct run many = {.fail_at = UINT64_MAX};
        assert_int_equal(run_with(threads, 3000, &many), STATUS_OK);
        assert_true(str_equal(buf_str(&one.all), buf_str(&many.all)));
        buf_release(&many.all);
    }
    buf_release(&one.all);
}

static void a_failure_ends_the_run_in_order(void **state) {
    (void)state;
    for (uint32_t threads = 1; threads <= 4; threads++) {
        struct run run = {.fail_at = 700};
        assert_int_equal(run_with(threads, 3000, &run), STATUS_LIMIT);
        assert_int_equal(run.expected, 700);
        buf_release(&run.all);
    }
}

static void nothing_to_do(void **state) {
    (void)state;
    struct run run = {.fail_at = UINT64_MAX};
    assert_int_equal(run_with(4, 0, &run), STATUS_OK);
    assert_int_equal(run_with(4, 1, &run), STATUS_OK);
    buf_release(&run.all);
    assert_in_range(par_threads(0), 1, 256);
}

static void memory_may_end(void **state) {
    (void)state;
    for (uint64_t n = 1; n < 12; n++) {
        uint64_t live = mem_live();
        struct run run = {.fail_at = UINT64_MAX};
        mem_fail_after(n);
        (void)!run_with(2, 50, &run);
        mem_fail_after(0);
        buf_release(&run.all);
        assert_int_equal(mem_live(), live);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_for_any_number_of_threads),
        cmocka_unit_test(a_failure_ends_the_run_in_order),
        cmocka_unit_test(nothing_to_do),
        cmocka_unit_test(memory_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
