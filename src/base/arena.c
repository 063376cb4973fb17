#include "base/arena.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>

enum { ALIGN = 16, CHUNK_MAX_DOUBLINGS = 8 };

/* Chunk header, then its bytes:
 *   [older | size | pad][ ... size bytes ... ]  */
struct arena_chunk {
    struct arena_chunk *older;
    size_t size;
};

static_assert(sizeof(struct arena_chunk) % ALIGN == 0, "chunk bytes start aligned");

void arena_init(struct arena *arena, size_t limit_bytes) {
    *arena = (struct arena){.limit = limit_bytes};
}

void arena_release(struct arena *arena) {
    struct arena_chunk *chunk = arena->chunk;
    while (chunk) {
        struct arena_chunk *older = chunk->older;
        mem_free(chunk);
        chunk = older;
    }
    arena_init(arena, arena->limit);
}

static void use_chunk(struct arena *arena, struct arena_chunk *chunk) {
    arena->chunk = chunk;
    arena->next = (char *)(chunk + 1);
    arena->end = arena->next + chunk->size;
}

void arena_reset(struct arena *arena) {
    struct arena_chunk *keep = NULL;
    struct arena_chunk *chunk = arena->chunk;
    while (chunk) {
        struct arena_chunk *older = chunk->older;
        if (!keep && chunk->size <= (size_t)ARENA_CHUNK_BYTES << CHUNK_MAX_DOUBLINGS) {
            keep = chunk;
        } else {
            mem_free(chunk);
        }
        chunk = older;
    }
    arena_init(arena, arena->limit);
    if (keep) {
        keep->older = NULL;
        use_chunk(arena, keep);
        arena->held = keep->size;
    }
}

static int grow(struct arena *arena, size_t need) {
    size_t size = ARENA_CHUNK_BYTES;
    for (int i = 0; i < CHUNK_MAX_DOUBLINGS && size < arena->held; i++) {
        size *= 2;
    }
    if (size < need) {
        size = need;
    }
    if (arena->limit && (size > arena->limit || arena->held > arena->limit - size)) {
        return -1;
    }
    struct arena_chunk *chunk = mem_resize(NULL, 1, sizeof *chunk + size);
    if (!chunk) {
        return -1;
    }
    chunk->older = arena->chunk;
    chunk->size = size;
    use_chunk(arena, chunk);
    arena->held += size;
    return 0;
}

void *arena_new(struct arena *arena, size_t count, size_t size) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (bytes == 0) {
        bytes = ALIGN;
    }
    if ((size_t)(arena->end - arena->next) < bytes && grow(arena, bytes) != 0) {
        return NULL;
    }
    void *memory = arena->next;
    arena->next += bytes;
    return memset(memory, 0, bytes);
}

struct str arena_copy(struct arena *arena, struct str text) {
    char *copy = arena_new(arena, text.len + 1, 1);
    if (!copy) {
        return STR_NONE;
    }
    if (text.len) {
        memcpy(copy, text.at, text.len);
    }
    return (struct str){copy, text.len};
}

struct str arena_vformat(struct arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len < 0 ? NULL : arena_new(arena, (size_t)len + 1, 1);
    if (text) {
        (void)vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text ? (struct str){text, (size_t)len} : STR_NONE;
}

struct str arena_format(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str text = arena_vformat(arena, format, args);
    va_end(args);
    return text;
}
