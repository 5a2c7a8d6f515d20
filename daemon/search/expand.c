/* prefix* and fuzzy~: alternatives from the index's own terms.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Distance is that of optimal string alignment: insertions, deletions, replacements and swaps of neighbours, in
 * code points.  An expansion looks at EXPAND_SCAN_MAX terms at most and keeps the EXPAND_MAX best: by distance, then
 * by how many documents have them.  When there were more, a warning says so. */
#include "compile.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { EXPAND_MAX = 128, EXPAND_SCAN_MAX = 2000000, WORD_MAX = 64 };

struct candidate {
    const char *term;
    size_t len;
    uint32_t documents, distance;
};

struct expansion {
    struct compiler *compiler;
    size_t prefix_len;         /* of the field's prefix in each term */
    uint32_t target[WORD_MAX]; /* code points of the word; fuzzy only */
    size_t target_len;
    uint32_t max_distance;
    struct candidate *items;
    size_t count, cap, scanned;
};

static void keep(struct expansion *expansion, const char *term, size_t len, uint32_t documents, uint32_t distance) {
    struct arena *arena = expansion->compiler->arena;
    expansion->items = arena_grow(arena, expansion->items, expansion->count, &expansion->cap, sizeof *expansion->items);
    expansion->items[expansion->count++] = (struct candidate){
        .term = arena_strndup(arena, term, len), .len = len, .documents = documents, .distance = distance};
}

static bool take_prefix(void *arg, const char *term, size_t len, uint32_t documents) {
    struct expansion *expansion = arg;
    keep(expansion, term, len, documents, 0);
    return ++expansion->scanned < EXPAND_SCAN_MAX;
}

static int best_first(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
    if (x->documents != y->documents) return x->documents > y->documents ? -1 : 1;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->term, y->term, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* The OR of the best, each a little less the further away it is. */
static struct engine_query *join(struct expansion *expansion, const struct field *field, const struct node *node) {
    struct compiler *compiler = expansion->compiler;
    struct query_list list = {0};
    if (expansion->count > 1) qsort(expansion->items, expansion->count, sizeof *expansion->items, best_first);
    size_t kept = expansion->count < EXPAND_MAX ? expansion->count : EXPAND_MAX;
    if (kept < expansion->count)
        query_warn(compiler->arena, compiler->query, "expansion_limit", node->start,
                   "'%s%s' stands for %zu words; the %d most frequent are searched", node->text,
                   node->type == NODE_FUZZY ? "~" : "*", expansion->count, EXPAND_MAX);
    uint32_t group = compiler->matcher ? compiler->matcher->groups++ : 0;
    for (size_t i = 0; i < kept; i++) {
        const struct candidate *item = &expansion->items[i];
        struct match_word word = {.word = item->term + expansion->prefix_len, .len = item->len - expansion->prefix_len};
        if (compiler->matcher && node->type == NODE_FUZZY && (!field || field->body))
            matcher_add(compiler->matcher, MATCH_EXACT, &word, 1, 1, group);
        query_list_add(compiler, &list,
                       engine_query_scale(engine_query_term(item->term, item->len, 1), 1.0 / (1 + item->distance)));
    }
    return list.count ? query_list_join(&list, ENGINE_OR) : engine_query_none();
}

static void run(struct expansion *expansion, const struct buf *prefix,
                bool (*fn)(void *arg, const char *term, size_t len, uint32_t documents)) {
    struct compiler *compiler = expansion->compiler;
    enum status st = engine_terms(compiler->db, prefix->data, prefix->len, fn, expansion, compiler->err);
    if (compiler->status == ST_OK) compiler->status = st;
}

struct engine_query *prefix_query(struct compiler *compiler, const struct field *field, const struct node *node) {
    struct expansion expansion = {.compiler = compiler, .prefix_len = field ? strlen(field->prefix) : 0};
    struct match_word *words = NULL;
    struct query_list list = {0};
    struct buf prefix;
    size_t count = words_of(compiler, node->text, &words);
    if (count == 0) return engine_query_none();
    for (size_t i = 0; i + 1 < count; i++)
        query_list_add(compiler, &list, word_query(compiler, field, &words[i], 1));
    buf_init(&prefix, 0);
    terms_exact(&prefix, field ? field->prefix : "", words[count - 1].word, words[count - 1].len);
    run(&expansion, &prefix, take_prefix);
    buf_free(&prefix);
    if (compiler->matcher && (!field || field->body))
        matcher_add(compiler->matcher, MATCH_PREFIX, &words[count - 1], 1, 1, compiler->matcher->groups++);
    query_list_add(compiler, &list, join(&expansion, field, node));
    return query_list_join(&list, ENGINE_AND);
}

/* ---- fuzzy ---- */

/* The distance of two words, or limit + 1 when it is above the limit. */
static uint32_t distance(const uint32_t *a, size_t a_len, const uint32_t *b, size_t b_len, uint32_t limit) {
    uint32_t rows[3][WORD_MAX + 3];
    uint32_t *before = rows[0], *last = rows[1], *row = rows[2];
    if (a_len > b_len + limit || b_len > a_len + limit) return limit + 1;
    for (size_t j = 0; j <= b_len; j++)
        last[j] = (uint32_t)j;
    for (size_t i = 1; i <= a_len; i++) {
        uint32_t least = row[0] = (uint32_t)i;
        for (size_t j = 1; j <= b_len; j++) {
            uint32_t cost = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (last[j] + 1 < cost) cost = last[j] + 1;
            if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < cost)
                cost = before[j - 2] + 1;
            row[j] = cost;
            if (cost < least) least = cost;
        }
        if (least > limit) return limit + 1;
        uint32_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_len];
}

static size_t decode(const char *text, size_t len, uint32_t *out) {
    size_t count = 0;
    for (size_t at = 0; at < len && count < WORD_MAX;)
        out[count++] = utf8_next(text, len, &at);
    return count;
}

static bool take_fuzzy(void *arg, const char *term, size_t len, uint32_t documents) {
    struct expansion *expansion = arg;
    uint32_t points[WORD_MAX];
    size_t word_len = len - expansion->prefix_len;
    bool possible = word_len <= 4 * (expansion->target_len + expansion->max_distance) &&
                    word_len + expansion->max_distance >= expansion->target_len;
    for (size_t i = 0; possible && i < word_len; i++)
        possible = (unsigned char)(term[expansion->prefix_len + i] - '0') > 9;
    if (possible) {
        size_t count = decode(term + expansion->prefix_len, word_len, points);
        uint32_t found = distance(expansion->target, expansion->target_len, points, count, expansion->max_distance);
        if (found <= expansion->max_distance) keep(expansion, term, len, documents, found);
    }
    return ++expansion->scanned < EXPAND_SCAN_MAX;
}

/* Terms of the general text begin with a small letter or a letter outside ASCII: their first bytes, one by one, so
 * that prefixed terms are never walked through. */
static void scan_terms(struct expansion *expansion, const char *field_prefix) {
    struct buf prefix;
    buf_init(&prefix, 0);
    for (int byte = 'a'; byte <= 0xf4; byte = byte == 'z' ? 0xc2 : byte + 1) {
        char first = (char)byte;
        buf_clear(&prefix);
        buf_str(&prefix, field_prefix);
        buf_add(&prefix, &first, 1);
        run(expansion, &prefix, take_fuzzy);
    }
    buf_free(&prefix);
}

struct engine_query *fuzzy_query(struct compiler *compiler, const struct field *field, const struct node *node) {
    struct match_word *words = NULL;
    struct query_list list = {0};
    const char *field_prefix = field ? field->prefix : "";
    size_t count = words_of(compiler, node->text, &words);
    for (size_t i = 0; i < count; i++) {
        struct expansion expansion = {
            .compiler = compiler, .prefix_len = strlen(field_prefix), .max_distance = node->number};
        if (words[i].flags & TOKEN_NUMBER || words[i].len >= WORD_MAX) {
            query_list_add(compiler, &list, word_query(compiler, field, &words[i], 1));
            continue;
        }
        expansion.target_len = decode(words[i].word, words[i].len, expansion.target);
        scan_terms(&expansion, field_prefix);
        query_list_add(compiler, &list, join(&expansion, field, node));
    }
    return count ? query_list_join(&list, ENGINE_AND) : engine_query_none();
}
