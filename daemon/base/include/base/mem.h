/* Memory: allocation that does not fail, and arenas.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Small allocations never return NULL: when the system refuses, the process logs one line and stops
 * (exit 70).  That is a clean stop: whatever was acknowledged is durable and the daemon continues
 * from the change log.  What an input can make large is bounded by a limit and taken with
 * mem_try_alloc, which may fail.  An arena belongs to one owner at a time. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *mem_alloc(size_t size); /* zeroed */
void *mem_realloc(void *old, size_t size);
char *mem_strdup(const char *text);
char *mem_strndup(const char *text, size_t len);
void *mem_try_alloc(size_t size);              /* not zeroed; NULL when refused */
void *mem_try_realloc(void *old, size_t size); /* NULL when refused: old stays */
void mem_free(void *memory);                   /* accepts NULL */
/* That stop, for who allocates by other means; size 0: not known. */
__attribute__((noreturn)) void mem_refused(size_t size);

struct arena; /* many small allocations, freed at once */
struct arena *arena_new(void);
void arena_free(struct arena *arena);                      /* runs the deferred calls, last first; accepts NULL */
void *arena_alloc(struct arena *arena, size_t size);       /* zeroed, aligned for any type, never NULL */
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t len); /* adds a NUL */
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena, const char *format, ...);
/* Grows an array in an arena: returns room for `count + 1` elements, doubling its capacity. */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t *capacity, size_t element_size);
/* Calls fn(object) when the arena is freed. */
void arena_defer(struct arena *arena, void (*fn)(void *), void *object);
size_t arena_bytes(const struct arena *arena); /* handed out so far */

#endif
