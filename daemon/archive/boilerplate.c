/* Phrases that structure a text: reading and matching them.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file is one object: `version` 1, `date_order` (`dmy` or `mdy`), and for each list of `lists` below an array
 * of phrases; what begins with `_` is a comment.  Matching walks both texts by folded characters, so nothing is
 * copied; a set of first characters lets most lines pass after one look.  Read-only after opening: any thread. */
#include "boilerplate.h"

#include "rules_file.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <string.h>

enum { FIRST_BITS = 256 };

static const char *const list_names[PHRASES_COUNT] = {
    [PHRASES_BOILERPLATE] = "boilerplate",   [PHRASES_BOILERPLATE_START] = "boilerplate_start",
    [PHRASES_TITLE_PREFIX] = "title_prefix", [PHRASES_PUBLISHED] = "published",
    [PHRASES_UPDATED] = "updated",           [PHRASES_SUMMARY] = "summary",
    [PHRASES_BIBLIOGRAPHY] = "bibliography", [PHRASES_ARCHIVED] = "archived",
    [PHRASES_ACCESSED] = "accessed",         [PHRASES_LINK] = "link",
    [PHRASES_ARCHIVE_HOST] = "archive_host", [PHRASES_HTML_CLASS] = "html_class",
};

struct phrase {
    char *text;
    size_t len;
};

struct phrases {
    struct phrase *items;
    size_t count;
    uint64_t first[FIRST_BITS / 64]; /* of the folded first characters, modulo FIRST_BITS */
};

struct boilerplate {
    struct phrases lists[PHRASES_COUNT];
    enum when_order date_order;
};

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x202F;
}

static uint32_t fold_wide(uint32_t c) {
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 0x20;
    if (c == 0x2018 || c == 0x2019 || c == 0x2BC) return '\'';
    if (c == 0x201C || c == 0x201D || c == 0x201E || c == 0xAB || c == 0xBB) return '"';
    return c;
}

/* The next folded character; a run of white space is one space. */
static uint32_t next_folded(const char *text, size_t len, size_t *at) {
    unsigned char byte = (unsigned char)text[*at];
    if (byte < 0x80 && !is_space(byte)) {
        (*at)++;
        return byte >= 'A' && byte <= 'Z' ? byte + 32u : byte;
    }
    uint32_t c = utf8_next(text, len, at);
    if (!is_space(c)) return fold_wide(c);
    for (size_t next = *at; next < len && is_space(utf8_next(text, len, &next));)
        *at = next;
    return ' ';
}

/* Bytes of the text that the phrase covers; 0 if the text does not begin with it. */
static size_t match(const struct phrase *phrase, const char *text, size_t len) {
    size_t in_phrase = 0, in_text = 0;
    while (in_phrase < phrase->len) {
        if (in_text >= len) return 0;
        if (next_folded(phrase->text, phrase->len, &in_phrase) != next_folded(text, len, &in_text)) return 0;
    }
    return in_text;
}

static bool is_word_byte(unsigned char c) {
    return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* A phrase that ends in a letter must not end inside a word of the text. */
static bool ends_word(const char *text, size_t len, size_t end) {
    return end >= len || !is_word_byte((unsigned char)text[end - 1]) || !is_word_byte((unsigned char)text[end]);
}

static bool may_begin(const struct phrases *phrases, const char *text, size_t len) {
    if (len == 0) return false;
    size_t at = 0;
    uint32_t bit = next_folded(text, len, &at) % FIRST_BITS;
    return phrases->first[bit / 64] >> (bit % 64) & 1;
}

bool boilerplate_is(const struct boilerplate *boilerplate, enum phrase_list list, const char *text, size_t len) {
    const struct phrases *phrases = &boilerplate->lists[list];
    if (!may_begin(phrases, text, len)) return false;
    for (size_t i = 0; i < phrases->count; i++) {
        size_t end = match(&phrases->items[i], text, len);
        if (end == 0) continue;
        if (end < len && text[end] == ' ' && end + 1 < len && text[end + 1] == ':') end++; /* French spacing */
        if (end == len || (end + 1 == len && text[end] == ':')) return true;
    }
    return false;
}

size_t boilerplate_prefix(const struct boilerplate *boilerplate, enum phrase_list list, const char *text, size_t len) {
    const struct phrases *phrases = &boilerplate->lists[list];
    size_t best = 0;
    if (!may_begin(phrases, text, len)) return 0;
    for (size_t i = 0; i < phrases->count; i++) {
        size_t end = match(&phrases->items[i], text, len);
        if (end > best && ends_word(text, len, end)) best = end;
    }
    return best;
}

bool boilerplate_same(const char *a, size_t a_len, const char *b, size_t b_len) {
    size_t in_a = 0, in_b = 0;
    while (in_a < a_len && in_b < b_len)
        if (next_folded(a, a_len, &in_a) != next_folded(b, b_len, &in_b)) return false;
    return in_a == a_len && in_b == b_len;
}

enum when_order boilerplate_date_order(const struct boilerplate *boilerplate) {
    return boilerplate->date_order;
}

static enum status read_list(struct phrases *phrases, const struct rules_file *file, const cJSON *array,
                             struct err *err) {
    if (!cJSON_IsArray(array)) return rules_file_fault(file, array, err, "expected an array of phrases");
    phrases->items = mem_alloc((size_t)cJSON_GetArraySize(array) * sizeof *phrases->items + 1);
    const cJSON *item;
    cJSON_ArrayForEach (item, array) {
        const char *text = cJSON_GetStringValue(item);
        if (!text || !*text) return rules_file_fault(file, item, err, "expected a phrase, a string that is not empty");
        struct phrase phrase = {.text = mem_strdup(text), .len = strlen(text)};
        size_t at = 0;
        uint32_t bit = next_folded(phrase.text, phrase.len, &at) % FIRST_BITS;
        phrases->first[bit / 64] |= UINT64_C(1) << (bit % 64);
        phrases->items[phrases->count++] = phrase;
    }
    return ST_OK;
}

static enum status read_date_order(struct boilerplate *boilerplate, const struct rules_file *file, const cJSON *value,
                                   struct err *err) {
    const char *text = cJSON_GetStringValue(value);
    bool mdy = text && strcmp(text, "mdy") == 0;
    if (!mdy && !(text && strcmp(text, "dmy") == 0))
        return rules_file_fault(file, value, err, "expected \"dmy\" or \"mdy\"");
    boilerplate->date_order = mdy ? WHEN_MDY : WHEN_DMY;
    return ST_OK;
}

static enum status read_member(struct boilerplate *boilerplate, const struct rules_file *file, const cJSON *member,
                               struct err *err) {
    const char *name = member->string;
    if (name[0] == '_') return ST_OK;
    if (strcmp(name, "date_order") == 0) return read_date_order(boilerplate, file, member, err);
    if (strcmp(name, "version") == 0) {
        bool known = cJSON_IsNumber(member) && member->valuedouble == 1;
        return known ? ST_OK : rules_file_fault(file, member, err, "expected version 1");
    }
    for (int i = 0; i < PHRASES_COUNT; i++)
        if (strcmp(name, list_names[i]) == 0) return read_list(&boilerplate->lists[i], file, member, err);
    return rules_file_fault(file, member, err, "unknown field '%s'", name);
}

enum status boilerplate_open(struct boilerplate **out, const char *path, struct err *err) {
    struct rules_file file;
    *out = NULL;
    enum status status = rules_file_open(&file, path, err);
    if (status != ST_OK) return status;
    struct boilerplate *boilerplate = mem_alloc(sizeof *boilerplate);
    boilerplate->date_order = WHEN_MDY;
    const cJSON *member;
    cJSON_ArrayForEach (member, file.tree) {
        status = read_member(boilerplate, &file, member, err);
        if (status != ST_OK) break;
    }
    rules_file_close(&file);
    if (status == ST_OK)
        *out = boilerplate;
    else
        boilerplate_close(boilerplate);
    return status;
}

void boilerplate_close(struct boilerplate *boilerplate) {
    if (!boilerplate) return;
    for (int i = 0; i < PHRASES_COUNT; i++) {
        for (size_t j = 0; j < boilerplate->lists[i].count; j++)
            mem_free(boilerplate->lists[i].items[j].text);
        mem_free(boilerplate->lists[i].items);
    }
    mem_free(boilerplate);
}
