/* Work over a range in parallel, results in order: the answer does not depend on the number of
 * threads, because each index is worked on alone and handed to the sink by index.
 *
 *   workers:  take the next index, write its bytes into a free slot of a ring
 *   caller:   takes slots in order and gives them to the sink
 *
 * With one thread nothing is started and the caller does the work. */
#ifndef QUELL_PAR_PAR_H
#define QUELL_PAR_PAR_H

#include "base/buf.h"

#include <stdbool.h>

struct par_job {
    /* Works on one index. `thread` is 0 .. threads - 1, for what each thread has of its own; `out`
     * is empty. Anything but STATUS_OK ends the run with it; the lowest index that failed decides.
     */
    enum status (*work)(void *context, uint32_t thread, uint64_t index, struct buf *out);
    /* Takes the bytes of an index, in order, in the calling thread. NULL: nothing to take. */
    enum status (*sink)(void *context, uint64_t index, struct str bytes);
    void *context;
};

/* How many threads a wish of 0 means: one a processor that may be used. */
uint32_t par_threads(uint32_t wish);

MUST_USE enum status par_run(uint64_t count, uint32_t threads, const struct par_job *job);

#endif
