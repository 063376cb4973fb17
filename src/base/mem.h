/* The one door to the heap. Everything Quell allocates passes here, so that tests can make any
 * allocation fail (mem_fail_after) and count what is still held (mem_live). Sizes are checked:
 * count * size that overflows is a failed allocation. */
#ifndef QUELL_BASE_MEM_H
#define QUELL_BASE_MEM_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* NULL when there is no memory; memory is zeroed. Free with mem_free. */
MUST_USE void *mem_new(size_t count, size_t size);
/* Grows or shrinks `old` (which may be NULL); on failure NULL, and `old` stays valid. Bytes past
 * the old size are not set. */
MUST_USE void *mem_resize(void *old, size_t count, size_t size);
void mem_free(void *memory);

/* For tests: the n-th allocation from now on fails, and every one after it (n = 1: the next);
 * 0 turns it off. Process-wide. */
void mem_fail_after(uint64_t n);
/* The same, but only the n-th fails: what goes on after a failure must not forget it. */
void mem_fail_once(uint64_t n);
/* Allocations made so far, and those not freed yet. */
uint64_t mem_count(void);
uint64_t mem_live(void);

#endif
