/* canonicalize: what source identity makes of URLs, one a line.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   canonicalize [--repeat N] RULES-FOLDER <URLS
 *
 * Prints for each line of stdin: key, domain, fired rules (commas between them), the line as given; tabs between
 * them.  An absent key or domain is empty.  With --repeat the lines are run N times without printing and the rate is
 * told on stderr. */
#include "archive/source_key.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARENA_BYTES = 1 << 20 };

struct lines {
    char **text;
    size_t count;
};

static struct lines read_lines(FILE *in) {
    struct lines lines = {0};
    size_t capacity = 0, size = 0;
    char *line = NULL;
    for (ssize_t len; (len = getline(&line, &size, in)) >= 0;) {
        if (len && line[len - 1] == '\n') line[len - 1] = '\0';
        if (lines.count == capacity) {
            capacity = capacity ? capacity * 2 : 1024;
            lines.text = mem_realloc(lines.text, capacity * sizeof *lines.text);
        }
        lines.text[lines.count++] = mem_strdup(line);
    }
    free(line);
    return lines;
}

static void lines_free(struct lines *lines) {
    for (size_t i = 0; i < lines->count; i++)
        mem_free(lines->text[i]);
    mem_free(lines->text);
}

static struct arena *fresh(struct arena *arena) {
    if (arena && arena_bytes(arena) < ARENA_BYTES) return arena;
    arena_free(arena);
    return arena_new();
}

static void print(const struct rules *rules, const struct lines *lines) {
    struct arena *arena = NULL;
    for (size_t i = 0; i < lines->count; i++) {
        struct source_key key;
        arena = fresh(arena);
        source_key_from_url(arena, rules, lines->text[i], &key);
        printf("%s\t%s\t", key.key ? key.key : "", key.domain ? key.domain : "");
        for (size_t f = 0; f < key.fired_count; f++)
            printf("%s%s", f ? "," : "", key.fired[f]);
        printf("\t%s\n", lines->text[i]);
    }
    arena_free(arena);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void measure(const struct rules *rules, const struct lines *lines, long repeat) {
    struct arena *arena = NULL;
    double start = now();
    for (long n = 0; n < repeat; n++) {
        for (size_t i = 0; i < lines->count; i++) {
            struct source_key key;
            arena = fresh(arena);
            source_key_from_url(arena, rules, lines->text[i], &key);
        }
    }
    double seconds = now() - start;
    double urls = (double)lines->count * (double)repeat;
    fprintf(stderr, "%.0f URLs in %.3f s of one core: %.0f a second\n", urls, seconds, urls / seconds);
    arena_free(arena);
}

int main(int argc, char **argv) {
    long repeat = argc == 4 && strcmp(argv[1], "--repeat") == 0 ? atol(argv[2]) : 0;
    if (argc != 2 && repeat < 1) {
        fprintf(stderr, "usage: canonicalize [--repeat N] RULES-FOLDER <URLS\n");
        return 2;
    }
    struct rules *rules = NULL;
    struct err err = ERR_NONE;
    if (rules_open(&rules, argv[argc - 1], &err) != ST_OK) {
        fprintf(stderr, "canonicalize: %s\n", err.text);
        return 1;
    }
    struct lines lines = read_lines(stdin);
    if (repeat) {
        measure(rules, &lines, repeat);
    } else {
        print(rules, &lines);
    }
    lines_free(&lines);
    rules_close(rules);
    return 0;
}
