/* The table of abbreviations: reading the file, looking up.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The entries stand in one sorted array and point into the file's text, which the table owns.  The grammar is
 * in abbreviations.h. */
#include "abbreviations.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "chars.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20, WORD_MAX = 64 };

struct entry {
    const char *language, *word;
    uint32_t language_len, len;
    enum stop_kind kind;
};

struct abbreviations {
    char *text;
    struct entry *entries;
    size_t count, capacity;
};

/* For a caller without a file; the same grammar. */
static const char minimum[] =
    "* Dr.\n* Mr.\n* Mrs.\n* Ms.\n* Prof.\n* St. ?\n* vs.\n* No. #\n* p. #\n* pp. #\n* etc. ?\n"
    "en Gen.\nen Gov.\nen Sen.\nen Rep.\nen Lt.\nen Jr. ?\nen Inc. ?\nen Ltd. ?\nen Co. ?\n"
    "en = The A An In On At It He She They We I You This That These Those But And\n"
    "de Nr. #\nde bzw.\nde ca.\nde z. B.\nde 0. ?\nde = Der Die Das Ein Eine Er Sie Es In Im\n"
    "fr M.\nfr Mme.\nfr = Le La Les Un Une Il Elle Ils Elles Ce Cette En\n"
    "es Sr.\nes Sra.\nes = El La Los Las Un Una En\n";

static int compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len) {
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    int order = compare_bytes(x->language, x->language_len, y->language, y->language_len);
    return order ? order : compare_bytes(x->word, x->len, y->word, y->len);
}

static void add(struct abbreviations *abbreviations, const struct entry *entry) {
    if (abbreviations->count == abbreviations->capacity) {
        abbreviations->capacity = abbreviations->capacity ? 2 * abbreviations->capacity : 256;
        abbreviations->entries =
            mem_realloc(abbreviations->entries, abbreviations->capacity * sizeof *abbreviations->entries);
    }
    abbreviations->entries[abbreviations->count++] = *entry;
}

static void add_starters(struct abbreviations *abbreviations, struct entry entry, char *words) {
    char *rest = NULL;
    entry.kind = STOP_STARTER;
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        entry.word = word;
        entry.len = (uint32_t)strlen(word);
        add(abbreviations, &entry);
    }
}

/* One line without its end.  Returns what is wrong with it, or NULL. */
static const char *read_line(struct abbreviations *abbreviations, char *line) {
    size_t len = strlen(line);
    while (len && strchr(" \t\r", line[len - 1]))
        line[--len] = 0;
    if (!len || *line == '#') return NULL;
    char *blank = strchr(line, ' ');
    if (!blank || blank == line || blank - line > 8) return "expected a language or *, a blank, an entry";
    struct entry entry = {.language = line, .language_len = (uint32_t)(blank - line), .kind = STOP_NEVER};
    char *word = blank + 1;
    if (word[0] == '=' && word[1] == ' ') {
        add_starters(abbreviations, entry, word + 2);
        return NULL;
    }
    len = strlen(word);
    if (len > 2 && word[len - 2] == ' ' && strchr("#?", word[len - 1])) {
        entry.kind = word[len - 1] == '#' ? STOP_BEFORE_NUMBER : STOP_MAY_END;
        word[len -= 2] = 0;
    }
    if (len < 2 || word[len - 1] != '.' || *word == ' ') return "expected an abbreviation that ends in a full stop";
    if (len > WORD_MAX) return "abbreviation longer than 64 bytes";
    entry.word = word;
    entry.len = (uint32_t)len;
    add(abbreviations, &entry);
    return NULL;
}

static enum status read_lines(struct abbreviations *abbreviations, size_t len, const char *path, struct err *err) {
    char *line = abbreviations->text, *end = line + len;
    const char *fault = NULL;
    long number = 0;
    while (line < end && !fault) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        size_t line_len = (size_t)((next ? next : end) - line);
        line[line_len] = 0; /* file_read and mem_strdup leave room for the last one */
        number++;
        if (strlen(line) < line_len)
            fault = "a NUL byte";
        else if (utf8_valid(line, line_len) < line_len)
            fault = "not UTF-8";
        else
            fault = read_line(abbreviations, line);
        line += line_len + 1;
    }
    if (!fault) return ST_OK;
    enum status status = err_set(err, ST_INVALID_FORMAT, "%s, line %ld: %s", path, number, fault);
    if (err) err->line = number;
    return status;
}

enum status abbreviations_open(struct abbreviations **out, const char *path, struct err *err) {
    enum status status = chars_open(err);
    if (status != ST_OK) return status;
    struct abbreviations *abbreviations = mem_alloc(sizeof *abbreviations);
    size_t len = sizeof minimum - 1;
    if (path)
        status = file_read(&abbreviations->text, &len, path, FILE_MAX, err);
    else
        abbreviations->text = mem_strdup(minimum);
    if (status == ST_OK) status = read_lines(abbreviations, len, path ? path : "built in", err);
    if (status != ST_OK) {
        abbreviations_close(abbreviations);
        return status;
    }
    if (abbreviations->count)
        qsort(abbreviations->entries, abbreviations->count, sizeof *abbreviations->entries, compare);
    *out = abbreviations;
    return ST_OK;
}

void abbreviations_close(struct abbreviations *abbreviations) {
    if (!abbreviations) return;
    mem_free(abbreviations->entries);
    mem_free(abbreviations->text);
    mem_free(abbreviations);
}

static enum stop_kind find(const struct abbreviations *abbreviations, const char *language, const char *word,
                           size_t len) {
    struct entry key = {
        .language = language, .language_len = (uint32_t)strlen(language), .word = word, .len = (uint32_t)len};
    if (!abbreviations->count) return STOP_PLAIN;
    const struct entry *entry =
        bsearch(&key, abbreviations->entries, abbreviations->count, sizeof *abbreviations->entries, compare);
    return entry ? entry->kind : STOP_PLAIN;
}

enum stop_kind abbreviations_kind(const struct abbreviations *abbreviations, const char *language, const char *word,
                                  size_t len) {
    if (len == 0 || len > WORD_MAX) return STOP_PLAIN;
    enum stop_kind kind = find(abbreviations, language, word, len);
    if (kind == STOP_PLAIN) kind = find(abbreviations, "*", word, len);
    if (kind != STOP_PLAIN || *word < 'A' || *word > 'Z') return kind;
    char lower[WORD_MAX];
    memcpy(lower, word, len);
    lower[0] = (char)(*word - 'A' + 'a');
    kind = find(abbreviations, language, lower, len);
    return kind != STOP_PLAIN ? kind : find(abbreviations, "*", lower, len);
}
