/* An arena: memory of one lifetime, given back all at once. Chunks double up to a bound; a large
 * request gets its own. Nothing allocated from an arena is freed alone, and no pointer goes from a
 * longer-lived arena into a shorter-lived one. Alignment is 16 bytes. One thread at a time. */
#ifndef QUELL_BASE_ARENA_H
#define QUELL_BASE_ARENA_H

#include "base/status.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
    struct arena_chunk *chunk; /* the one being filled; older ones hang behind it */
    char *next;                /* free bytes of that chunk: [next, end) */
    char *end;
    size_t held;  /* bytes asked from the heap */
    size_t limit; /* most bytes it may hold; 0: no limit */
};

/* An arena needs no memory before its first allocation; a zeroed struct is an empty arena. */
void arena_init(struct arena *arena, size_t limit_bytes);
void arena_release(struct arena *arena);
/* Empties it and keeps one chunk of ordinary size (shrinks if it had grown). */
void arena_reset(struct arena *arena);

/* Zeroed memory, or NULL when the heap or the limit ends. count * size is checked. */
MUST_USE void *arena_new(struct arena *arena, size_t count, size_t size);
/* A copy of the text, with a NUL behind it for debuggers and C libraries; .at is NULL on failure.
 */
struct str arena_copy(struct arena *arena, struct str text);
struct str arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
struct str arena_vformat(struct arena *arena, const char *format, va_list args);

#define ARENA_NEW(arena, type) ((type *)arena_new((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_new((arena), (count), sizeof(type)))

#endif
