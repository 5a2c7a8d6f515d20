/* Splitting the text of a word list.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "search/entries.h"

#include <stdbool.h>
#include <string.h>

const char *entries_squeeze(struct arena *arena, const char *text) {
    char *out = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;
    for (; *text; text++) {
        bool space = strchr(" \t\r\n", *text) != NULL;
        if (!space)
            out[len++] = *text;
        else if (len > 0 && out[len - 1] != ' ')
            out[len++] = ' ';
    }
    while (len > 0 && out[len - 1] == ' ')
        len--;
    out[len] = 0;
    return out;
}

void entries_split(struct arena *arena, const char *text, const char ***out, size_t *count) {
    const char **entries = NULL;
    size_t cap = 0, have = 0;
    for (; *text; text += *text ? 1 : 0) {
        size_t len = strcspn(text, "#\n");
        const char *entry = entries_squeeze(arena, arena_strndup(arena, text, len));
        text += strcspn(text, "\n");
        if (!*entry) continue;
        entries = arena_grow(arena, entries, have, &cap, sizeof *entries);
        entries[have++] = entry;
    }
    *out = entries;
    *count = have;
}
