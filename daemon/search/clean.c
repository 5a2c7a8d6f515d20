/* Words of pasted text that are no words.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "clean.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool is_address(const char *word) {
    static const char *const beginnings[] = {"http://", "https://", "www.", "pic.twitter.com/"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t len = strlen(beginnings[i]);
        if (strncasecmp(word, beginnings[i], len) == 0 && word[len]) return true;
    }
    return false;
}

const char *without_address(struct arena *arena, const char *word) {
    static const char *const beginnings[] = {"http://", "https://", "pic.twitter.com/"};
    size_t keep = strlen(word);
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        const char *found = strcasestr(word, beginnings[i]);
        if (found && (size_t)(found - word) < keep) keep = (size_t)(found - word);
    }
    return keep == strlen(word) ? word : arena_strndup(arena, word, keep);
}

/* A part begins at a capital behind a small letter, at the last capital of a run before a small letter, at a digit
 * behind a letter and a letter behind a digit, and behind _. */
static bool part_begins(const char *text, size_t at) {
    unsigned char before = (unsigned char)text[at - 1], now = (unsigned char)text[at],
                  after = (unsigned char)text[at + 1];
    if (isupper(now)) return islower(before) || isdigit(before) || (isupper(before) && islower(after));
    if (isdigit(now)) return isalpha(before);
    return isalpha(now) && isdigit(before);
}

const char *tag_parts(struct arena *arena, const char *word) {
    if ((*word != '#' && *word != '@') || !word[1]) return NULL;
    const char *text = word + 1;
    size_t len = strlen(text), out = 0;
    char *parts = arena_alloc(arena, 2 * len + 1);
    bool split = false;
    for (size_t i = 0; i < len; i++) {
        bool underscore = text[i] == '_';
        if (i > 0 && !underscore && part_begins(text, i)) {
            parts[out++] = ' ';
            split = true;
        }
        split = split || underscore;
        parts[out++] = underscore ? ' ' : text[i];
    }
    return split ? parts : NULL;
}
