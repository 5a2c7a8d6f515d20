/* Allocation that doesn't fail quietly: see memory.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *memory) {
    if (memory) return memory;
    fputs("footnote: out of memory\n", stderr);
    exit(1);
}

void *memory_zero(size_t count, size_t size) {
    return check(calloc(count, size));
}

void *memory_resize(void *take_memory, size_t size) {
    return check(realloc(take_memory, size));
}

char *memory_text(const char *text) {
    return check(strdup(text));
}

char *text_format(const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) text = NULL;
    va_end(arguments);
    return check(text);
}

void text_add_bytes(struct text *text, const char *bytes, size_t len) {
    if (text->size - text->len <= len) {
        size_t size = text->size ? text->size * 2 : 64;
        while (size - text->len <= len)
            size *= 2;
        text->bytes = memory_resize(text->bytes, size);
        text->size = size;
    }
    memcpy(text->bytes + text->len, bytes, len);
    text->len += len;
    text->bytes[text->len] = '\0';
}

void text_add(struct text *text, const char *format, ...) {
    char *more = NULL;
    va_list arguments;
    va_start(arguments, format);
    int len = vasprintf(&more, format, arguments);
    va_end(arguments);
    check(len < 0 ? NULL : more);
    text_add_bytes(text, more, (size_t)len);
    free(more);
}
