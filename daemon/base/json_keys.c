/* The keys of open objects: see json_keys.h.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any thread; each check has its own.  Trusts that every key is a valid JSON string. */
#include "json_keys.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRWISE_MAX = 16 };

void json_keys_init(struct json_keys *keys, const char *text) {
    keys->text = text;
    keys->items = keys->room;
    keys->count = 0;
    keys->capacity = JSON_KEYS_INLINE;
}

void json_keys_free(struct json_keys *keys) {
    if (keys->items != keys->room) mem_free(keys->items);
}

static uint32_t hex4(const char *text) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = text[i];
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* Decodes the character at *at of a valid string to out and moves *at behind it; returns its bytes in
 * out, 0 at the closing quote.  Bytes outside ASCII pass one by one. */
static size_t next_piece(const char *text, size_t *at, char out[4]) {
    static const char plain[] = "b\bf\fn\nr\rt\t";
    char c = text[*at];
    if (c == '"') return 0;
    (*at)++;
    if (c == '\\') {
        c = text[(*at)++];
        if (c == 'u') {
            uint32_t code = hex4(text + *at);
            *at += 4;
            if (code >= 0xD800 && code < 0xDC00) {
                code = 0x10000 + ((code - 0xD800) << 10) + (hex4(text + *at + 2) - 0xDC00);
                *at += 6;
            }
            return utf8_put(out, code);
        }
        for (const char *pair = plain; *pair; pair += 2) {
            if (pair[0] == c) {
                c = pair[1];
                break;
            }
        }
    }
    out[0] = c;
    return 1;
}

/* Orders two keys by their unescaped bytes. */
static int compare_content(const char *text, size_t a, size_t b) {
    char left[4];
    char right[4];
    size_t left_len = 0, right_len = 0, left_at = 0, right_at = 0;
    a++;
    b++;
    for (;;) {
        if (left_at == left_len) {
            left_len = next_piece(text, &a, left);
            left_at = 0;
        }
        if (right_at == right_len) {
            right_len = next_piece(text, &b, right);
            right_at = 0;
        }
        if (left_len == 0 || right_len == 0) return (left_len > 0) - (right_len > 0);
        int difference = (unsigned char)left[left_at++] - (unsigned char)right[right_at++];
        if (difference) return difference;
    }
}

/* The hash of what the key means, so that "a" and "\u0061" have one. */
static bool hash_key(uint32_t *out, const char *text, size_t at, size_t len) {
    const char *inner = text + at + 1;
    if (!memchr(inner, '\\', len - 2)) {
        *out = (uint32_t)hash64(inner, len - 2);
        return true;
    }
    char small[256];
    char *plain = len <= sizeof small ? small : mem_try_alloc(len); /* unescaping never lengthens */
    if (!plain) return false;
    size_t plain_len = 0;
    size_t from = at + 1;
    char piece[4];
    for (size_t n; (n = next_piece(text, &from, piece)) > 0; plain_len += n)
        memcpy(plain + plain_len, piece, n);
    *out = (uint32_t)hash64(plain, plain_len);
    if (plain != small) mem_free(plain);
    return true;
}

static bool grow(struct json_keys *keys) {
    size_t capacity = keys->capacity * 2;
    struct json_key *old = keys->items == keys->room ? NULL : keys->items;
    struct json_key *items = mem_try_realloc(old, capacity * sizeof *items);
    if (!items) return false;
    if (!old) memcpy(items, keys->room, sizeof keys->room);
    keys->items = items;
    keys->capacity = capacity;
    return true;
}

bool json_keys_add(struct json_keys *keys, size_t at, size_t len) {
    if (keys->count == keys->capacity && !grow(keys)) return false;
    struct json_key *key = &keys->items[keys->count];
    key->at = (uint32_t)at;
    if (!hash_key(&key->hash, keys->text, at, len)) return false;
    keys->count++;
    return true;
}

static int compare_keys(const void *a, const void *b, void *text) {
    const struct json_key *left = a;
    const struct json_key *right = b;
    if (left->hash != right->hash) return left->hash < right->hash ? -1 : 1;
    int order = compare_content(text, left->at, right->at);
    if (order) return order;
    return (left->at > right->at) - (left->at < right->at);
}

static bool same_key(const char *text, const struct json_key *a, const struct json_key *b) {
    return a->hash == b->hash && compare_content(text, a->at, b->at) == 0;
}

/* Keys stand in the order of the text: the first hit is the first repetition. */
static size_t find_pairwise(const char *text, const struct json_key *keys, size_t count) {
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (same_key(text, &keys[i], &keys[j])) return keys[i].at;
        }
    }
    return SIZE_MAX;
}

static size_t find_sorted(const char *text, struct json_key *keys, size_t count) {
    size_t found = SIZE_MAX;
    qsort_r(keys, count, sizeof *keys, compare_keys, (void *)text);
    for (size_t i = 1; i < count; i++) {
        if (keys[i].at < found && same_key(text, &keys[i], &keys[i - 1])) found = keys[i].at;
    }
    return found;
}

size_t json_keys_end_object(struct json_keys *keys, size_t first) {
    struct json_key *items = keys->items + first;
    size_t count = keys->count - first;
    keys->count = first;
    return count <= PAIRWISE_MAX ? find_pairwise(keys->text, items, count) : find_sorted(keys->text, items, count);
}
