/* Memory: allocation that does not fail, and arenas.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread for mem_*; an arena belongs to one owner at a time and has no lock.  An arena is a list
 * of chunks, the newest first; a chunk doubles the one before up to CHUNK_MAX, and what is larger than
 * that gets a chunk of its own size.  Deferred calls are a list inside the arena.  Must never return
 * NULL where the header says so: refusal ends the process with exit code 70 after one log line. */
#include "base/mem.h"

#include "base/ensure.h"
#include "base/log.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_NO_MEMORY = 70, CHUNK_MIN = 4096, CHUNK_MAX = 256 * 1024 };

void mem_refused(size_t size) {
    log_error("no_memory", "bytes=%zu", size);
    _exit(EXIT_NO_MEMORY);
}

_Noreturn void ensure_failed(const char *condition, const char *file, int line) {
    log_error("bug", "condition=\"%s\" file=%s line=%d", condition, file, line);
    abort();
}

void *mem_alloc(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) mem_refused(size);
    return memory;
}

void *mem_realloc(void *old, size_t size) {
    void *memory = realloc(old, size ? size : 1);
    if (!memory) mem_refused(size);
    return memory;
}

char *mem_strndup(const char *text, size_t len) {
    char *copy = mem_alloc(len + 1);
    if (len) memcpy(copy, text, len);
    return copy;
}

char *mem_strdup(const char *text) {
    return mem_strndup(text, strlen(text));
}

void *mem_try_alloc(size_t size) {
    return malloc(size ? size : 1);
}

void *mem_try_realloc(void *old, size_t size) {
    return realloc(old, size ? size : 1);
}

void mem_free(void *memory) {
    free(memory);
}

struct chunk {
    struct chunk *older;
    size_t used;
    size_t size;
    max_align_t bytes[];
};

struct deferred {
    struct deferred *earlier;
    void (*fn)(void *);
    void *object;
};

struct arena {
    struct chunk *chunks;
    struct deferred *deferred;
    size_t next_size;
    size_t bytes;
};

struct arena *arena_new(void) {
    struct arena *arena = mem_alloc(sizeof *arena);
    arena->next_size = CHUNK_MIN;
    return arena;
}

void arena_free(struct arena *arena) {
    if (!arena) return;
    /* A deferred call may still use memory of the arena, so chunks go last. */
    for (struct deferred *d = arena->deferred; d; d = d->earlier)
        d->fn(d->object);
    struct chunk *chunk = arena->chunks;
    while (chunk) {
        struct chunk *older = chunk->older;
        mem_free(chunk);
        chunk = older;
    }
    mem_free(arena);
}

static struct chunk *add_chunk(struct arena *arena, size_t size) {
    ENSURE(size < SIZE_MAX / 2);
    struct chunk *chunk = mem_alloc(sizeof *chunk + size);
    chunk->size = size;
    if (arena->chunks && size > CHUNK_MAX) {
        /* Its own size, full at once: the chunk in use stays in front. */
        chunk->older = arena->chunks->older;
        arena->chunks->older = chunk;
    } else {
        chunk->older = arena->chunks;
        arena->chunks = chunk;
    }
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size) {
    const size_t align = _Alignof(max_align_t);
    ENSURE(size < SIZE_MAX / 4);
    size_t rounded = (size + align - 1) / align * align;
    struct chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < rounded) {
        size_t wanted = arena->next_size;
        if (rounded <= wanted && arena->next_size < CHUNK_MAX) arena->next_size *= 2;
        chunk = add_chunk(arena, rounded > wanted ? rounded : wanted);
    }
    void *memory = (char *)chunk->bytes + chunk->used;
    chunk->used += rounded;
    arena->bytes += size;
    return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len) {
    char *copy = arena_alloc(arena, len + 1);
    if (len) memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text) {
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ENSURE(len >= 0);
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t *capacity, size_t element_size) {
    if (count < *capacity) return array;
    size_t wanted = count < 4 ? 8 : count * 2;
    ENSURE(wanted <= SIZE_MAX / 8 / element_size);
    void *grown = arena_alloc(arena, wanted * element_size);
    if (count) memcpy(grown, array, count * element_size);
    *capacity = wanted;
    return grown;
}

void arena_defer(struct arena *arena, void (*fn)(void *), void *object) {
    struct deferred *deferred = arena_alloc(arena, sizeof *deferred);
    *deferred = (struct deferred){.earlier = arena->deferred, .fn = fn, .object = object};
    arena->deferred = deferred;
}

size_t arena_bytes(const struct arena *arena) {
    return arena->bytes;
}
