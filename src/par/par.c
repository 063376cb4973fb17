#include "par/par.h"

#include "base/mem.h"

#include <pthread.h>
#include <unistd.h>

enum { THREADS_MAX = 256, SLOTS_A_THREAD = 8 };

enum slot_state { SLOT_FREE, SLOT_BUSY, SLOT_FULL };

struct slot {
    enum slot_state state;
    enum status status;
    struct buf out;
};

struct pool {
    const struct par_job *job;
    uint64_t count;
    uint64_t next;  /* to be taken by a worker */
    uint64_t taken; /* to be taken by the sink */
    bool stop;
    uint32_t slot_count;
    struct slot *slots; /* index i lies in slot i % slot_count */
    pthread_mutex_t lock;
    pthread_cond_t freed;
    pthread_cond_t filled;
};

struct worker {
    struct pool *pool;
    uint32_t thread;
    pthread_t handle;
};

uint32_t par_threads(uint32_t wish) {
    if (wish == 0) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        wish = online > 0 ? (uint32_t)online : 1;
    }
    return wish > THREADS_MAX ? THREADS_MAX : wish;
}

static enum status run_alone(uint64_t count, const struct par_job *job) {
    struct buf out;
    buf_init(&out);
    enum status status = STATUS_OK;
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        buf_reset(&out);
        status = job->work(job->context, 0, i, &out);
        if (status == STATUS_OK) {
            status = buf_status(&out);
        }
        if (status == STATUS_OK && job->sink) {
            status = job->sink(job->context, i, buf_str(&out));
        }
    }
    buf_release(&out);
    return status;
}

/* The next index whose slot is free, or false when there is none left. Called with the lock held.
 */
static bool take(struct pool *pool, uint64_t *index) {
    while (!pool->stop && pool->next < pool->count &&
           pool->slots[pool->next % pool->slot_count].state != SLOT_FREE) {
        pthread_cond_wait(&pool->freed, &pool->lock);
    }
    if (pool->stop || pool->next >= pool->count) {
        return false;
    }
    *index = pool->next++;
    pool->slots[*index % pool->slot_count].state = SLOT_BUSY;
    return true;
}

static void *work(void *argument) {
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    uint64_t index = 0;
    pthread_mutex_lock(&pool->lock);
    while (take(pool, &index)) {
        struct slot *slot = &pool->slots[index % pool->slot_count];
        pthread_mutex_unlock(&pool->lock);
        buf_reset(&slot->out);
        enum status status = pool->job->work(pool->job->context, worker->thread, index, &slot->out);
        if (status == STATUS_OK) {
            status = buf_status(&slot->out);
        }
        pthread_mutex_lock(&pool->lock);
        slot->status = status;
        slot->state = SLOT_FULL;
        pthread_cond_signal(&pool->filled);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Takes full slots in order until all are done or one failed. */
static enum status drain(struct pool *pool) {
    enum status status = STATUS_OK;
    pthread_mutex_lock(&pool->lock);
    while (status == STATUS_OK && pool->taken < pool->count) {
        struct slot *slot = &pool->slots[pool->taken % pool->slot_count];
        while (slot->state != SLOT_FULL) {
            pthread_cond_wait(&pool->filled, &pool->lock);
        }
        pthread_mutex_unlock(&pool->lock);
        status = slot->status;
        if (status == STATUS_OK && pool->job->sink) {
            status = pool->job->sink(pool->job->context, pool->taken, buf_str(&slot->out));
        }
        pthread_mutex_lock(&pool->lock);
        slot->state = SLOT_FREE;
        pool->taken++;
        pthread_cond_broadcast(&pool->freed);
    }
    pool->stop = true;
    pthread_cond_broadcast(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
    return status;
}

static enum status run_pool(struct pool *pool, struct worker *workers, uint32_t threads) {
    uint32_t started = 0;
    while (started < threads) {
        workers[started] = (struct worker){.pool = pool, .thread = started};
        if (pthread_create(&workers[started].handle, NULL, work, &workers[started]) != 0) {
            break;
        }
        started++;
    }
    enum status status = started ? drain(pool) : STATUS_LIMIT;
    for (uint32_t i = 0; i < started; i++) {
        pthread_join(workers[i].handle, NULL);
    }
    return status;
}

enum status par_run(uint64_t count, uint32_t threads, const struct par_job *job) {
    if (threads > count) {
        threads = (uint32_t)count;
    }
    if (threads <= 1) {
        return run_alone(count, job);
    }
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    struct pool pool = {.job = job, .count = count, .slot_count = threads * SLOTS_A_THREAD};
    struct worker *workers = mem_new(threads, sizeof *workers);
    pool.slots = mem_new(pool.slot_count, sizeof *pool.slots);
    enum status status = STATUS_NO_MEMORY;
    if (workers && pool.slots && pthread_mutex_init(&pool.lock, NULL) == 0) {
        pthread_cond_init(&pool.freed, NULL);
        pthread_cond_init(&pool.filled, NULL);
        status = run_pool(&pool, workers, threads);
        pthread_cond_destroy(&pool.filled);
        pthread_cond_destroy(&pool.freed);
        pthread_mutex_destroy(&pool.lock);
    }
    for (uint32_t i = 0; pool.slots && i < pool.slot_count; i++) {
        buf_release(&pool.slots[i].out);
    }
    mem_free(pool.slots);
    mem_free(workers);
    return status;
}
