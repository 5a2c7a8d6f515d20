/* Allocation that doesn't fail quietly, and texts that grow.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A command that runs out of memory says so and ends: nothing it holds is worth keeping. */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stddef.h>

void *memory_zero(size_t count, size_t size);
void *memory_resize(void *take_memory, size_t size);
char *memory_text(const char *text); /* a copy */

char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Begins as {0}; bytes is NUL-terminated once something was added, and freed by free(). */
struct text {
    char *bytes;
    size_t len, size;
};
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const char *bytes, size_t len);

#endif
