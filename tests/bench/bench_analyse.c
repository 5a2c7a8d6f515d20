/* bench_analyse FILE.jsonl [ROUNDS]: how fast the text room reads, in MB/s.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Takes the string `text` of each line (a line without one is skipped), then times ROUNDS (default 3) passes
 * over all of them of each function, with callbacks that do nothing; the best pass counts.  One thread, and its
 * processor time: what else runs on the machine disturbs the figures less. */
#include "base/json.h"
#include "base/mem.h"
#include "text/analyse.h"
#include "text/language.h"
#include "text/sentence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct texts {
    char **text;
    size_t *len;
    size_t count, capacity, bytes, beyond;
};

static void add(struct texts *texts, const char *text) {
    if (texts->count == texts->capacity) {
        texts->capacity = texts->capacity ? 2 * texts->capacity : 1024;
        texts->text = mem_realloc(texts->text, texts->capacity * sizeof *texts->text);
        texts->len = mem_realloc(texts->len, texts->capacity * sizeof *texts->len);
    }
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        texts->beyond += (unsigned char)text[i] >= 0x80;
    texts->text[texts->count] = mem_strdup(text);
    texts->len[texts->count++] = len;
    texts->bytes += len;
}

static void read_lines(struct texts *texts, FILE *file) {
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while ((len = getline(&line, &cap, file)) > 0) {
        cJSON *object = cJSON_ParseWithLength(line, (size_t)len);
        const char *text = object ? json_get_string(object, "text") : NULL;
        if (text) add(texts, text);
        cJSON_Delete(object);
    }
    free(line);
}

static bool ignore(void *arg, const struct token *token) {
    (void)arg, (void)token;
    return true;
}

struct bench {
    struct analyser *analyser;
    struct abbreviations *abbreviations;
};

static size_t run_analyse(const struct bench *bench, const char *text, size_t len) {
    return analyser_run(bench->analyser, text, len, NULL, ignore, NULL);
}

static size_t run_fold(const struct bench *bench, const char *text, size_t len) {
    size_t folded;
    analyser_fold(bench->analyser, text, len, &folded);
    return 1;
}

static size_t run_sentences(const struct bench *bench, const char *text, size_t len) {
    struct span *spans;
    size_t count = sentences_find(bench->abbreviations, text, len, NULL, &spans);
    mem_free(spans);
    return count;
}

static size_t run_language(const struct bench *bench, const char *text, size_t len) {
    (void)bench;
    return language_guess(text, len) != NULL;
}

static const struct {
    const char *name, *unit;
    size_t (*run)(const struct bench *bench, const char *text, size_t len);
} functions[] = {
    {"analyse", "tokens", run_analyse},
    {"fold", "texts", run_fold},
    {"sentences", "sentences", run_sentences},
    {"language", "guesses", run_language},
};

static int64_t cpu_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void measure(const struct bench *bench, const struct texts *texts, size_t which, int rounds) {
    int64_t best = INT64_MAX;
    size_t units = 0;
    for (int round = 0; round < rounds; round++) {
        int64_t from = cpu_us();
        units = 0;
        for (size_t i = 0; i < texts->count; i++)
            units += functions[which].run(bench, texts->text[i], texts->len[i]);
        int64_t us = cpu_us() - from;
        if (us < best) best = us;
    }
    printf("%-10s %8.1f MB/s  %10.1f ms  %zu %s\n", functions[which].name,
           (double)texts->bytes / (double)(best + !best), (double)best / 1000.0, units, functions[which].unit);
}

int main(int argc, char **argv) {
    struct bench bench = {0};
    struct texts texts = {0};
    struct err err = ERR_NONE;
    FILE *file = argc >= 2 ? fopen(argv[1], "r") : NULL;
    int rounds = argc >= 3 ? atoi(argv[2]) : 3;
    if (!file || rounds < 1) {
        fprintf(stderr, "usage: %s FILE.jsonl [ROUNDS]\n", argv[0]);
        return 64;
    }
    read_lines(&texts, file);
    fclose(file);
    if (analyser_open(&bench.analyser, &err) != ST_OK ||
        abbreviations_open(&bench.abbreviations, NULL, &err) != ST_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 70;
    }
    printf("%zu texts, %.1f MB, %.2f %% of the bytes beyond ASCII\n", texts.count, (double)texts.bytes / 1e6,
           100.0 * (double)texts.beyond / (double)(texts.bytes + !texts.bytes));
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        measure(&bench, &texts, i, rounds);
    for (size_t i = 0; i < texts.count; i++)
        mem_free(texts.text[i]);
    mem_free(texts.text);
    mem_free(texts.len);
    analyser_close(bench.analyser);
    abbreviations_close(bench.abbreviations);
    return 0;
}
