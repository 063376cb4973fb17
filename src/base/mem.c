#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Counters for tests; relaxed, because nothing is decided by them outside a torture run. */
static atomic_uint_fast64_t made;
static atomic_uint_fast64_t live;
static atomic_uint_fast64_t fail_at;
static atomic_uint_fast64_t fail_until;

static int refused(void) {
    uint64_t now = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed) + 1;
    uint64_t limit = atomic_load_explicit(&fail_at, memory_order_relaxed);
    return limit != 0 && now >= limit &&
           now <= atomic_load_explicit(&fail_until, memory_order_relaxed);
}

void *mem_new(size_t count, size_t size) {
    if (refused()) {
        return NULL;
    }
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (memory) {
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    }
    return memory;
}

void *mem_resize(void *old, size_t count, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || refused()) {
        return NULL;
    }
    void *memory = realloc(old, bytes ? bytes : 1);
    if (memory && !old) {
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    }
    return memory;
}

void mem_free(void *memory) {
    if (memory) {
        atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
        free(memory);
    }
}

static void set_failing(uint64_t n, uint64_t count) {
    uint64_t first = atomic_load_explicit(&made, memory_order_relaxed) + n;
    atomic_store_explicit(&fail_until, count > UINT64_MAX - first ? UINT64_MAX : first + count - 1,
                          memory_order_relaxed);
    atomic_store_explicit(&fail_at, n ? first : 0, memory_order_relaxed);
}

void mem_fail_after(uint64_t n) {
    set_failing(n, UINT64_MAX);
}

void mem_fail_once(uint64_t n) {
    set_failing(n, 1);
}

uint64_t mem_count(void) {
    return atomic_load_explicit(&made, memory_order_relaxed);
}

uint64_t mem_live(void) {
    return atomic_load_explicit(&live, memory_order_relaxed);
}
