/* Stop words, read once, then read-only.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "stop.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 20, LANGUAGES_MAX = 64 };

struct list {
    char language[STOP_LANGUAGE_MAX + 1];
    uint64_t *hashes; /* sorted */
    size_t count;
};

struct stop_words {
    struct list lists[LANGUAGES_MAX];
    size_t count;
};

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void add_word(struct list *list, size_t *cap, const char *word, size_t len) {
    if (list->count == *cap) {
        *cap = *cap ? *cap * 2 : 256;
        list->hashes = mem_realloc(list->hashes, *cap * sizeof *list->hashes);
    }
    list->hashes[list->count++] = hash64(word, len);
}

static void read_list(struct list *list, const char *text) {
    size_t cap = 0;
    mem_free(list->hashes);
    list->hashes = NULL;
    list->count = 0;
    while (*text) {
        size_t len = strcspn(text, "# \t\r\n");
        if (len > 0) add_word(list, &cap, text, len);
        text += strcspn(text, "\n");
        if (*text) text++;
    }
    if (list->count) qsort(list->hashes, list->count, sizeof *list->hashes, compare);
}

enum status stop_set(struct stop_words *stop, const char *language, const char *text, struct err *err) {
    size_t at = 0;
    while (at < stop->count && strcmp(stop->lists[at].language, language) != 0)
        at++;
    if (strlen(language) > STOP_LANGUAGE_MAX || at == LANGUAGES_MAX)
        return err_set(err, ST_TOO_LARGE,
                       "stop words of '%.40s': at most %d languages with names of at most %d letters", language,
                       LANGUAGES_MAX, STOP_LANGUAGE_MAX);
    if (at == stop->count) strcpy(stop->lists[stop->count++].language, language);
    read_list(&stop->lists[at], text);
    return ST_OK;
}

static enum status read_file(struct stop_words *stop, const char *dir, const char *name, struct err *err) {
    char path[8192], language[STOP_LANGUAGE_MAX + 1] = "";
    char *text = NULL;
    size_t len = 0, stem = strlen(name) - strlen(".txt");
    if (stem > STOP_LANGUAGE_MAX)
        return err_set(err, ST_INVALID_FORMAT, "%s/%s: expected a name like en.txt", dir, name);
    memcpy(language, name, stem);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    enum status st = file_read(&text, &len, path, FILE_BYTES_MAX, err);
    if (st == ST_OK) st = stop_set(stop, language, text, err);
    mem_free(text);
    return st;
}

enum status stop_open(struct stop_words **out, const char *dir, struct err *err) {
    struct stop_words *stop = mem_alloc(sizeof *stop);
    char path[4096];
    snprintf(path, sizeof path, "%s/stopwords", dir);
    DIR *folder = opendir(path);
    enum status st = ST_OK;
    struct dirent *entry = NULL;
    while (folder && st == ST_OK && (entry = readdir(folder))) {
        size_t len = strlen(entry->d_name);
        if (len > 4 && strcmp(entry->d_name + len - 4, ".txt") == 0) st = read_file(stop, path, entry->d_name, err);
    }
    if (folder) closedir(folder);
    if (st != ST_OK) {
        stop_close(stop);
        stop = NULL;
    }
    *out = stop;
    return st;
}

void stop_close(struct stop_words *stop) {
    if (!stop) return;
    for (size_t i = 0; i < stop->count; i++)
        mem_free(stop->lists[i].hashes);
    mem_free(stop);
}

bool stop_has(const struct stop_words *stop, const char *const *languages, size_t count, const char *word, size_t len) {
    uint64_t hash = hash64(word, len);
    for (size_t i = 0; stop && i < stop->count; i++)
        for (size_t l = 0; l < count; l++)
            if (strcmp(stop->lists[i].language, languages[l]) == 0 && stop->lists[i].count > 0 &&
                bsearch(&hash, stop->lists[i].hashes, stop->lists[i].count, sizeof hash, compare))
                return true;
    return false;
}
