/* prefix* and fuzzy~: alternatives from the index's own terms.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Distance is that of optimal string alignment: insertions, deletions, replacements and swaps of neighbours, in
 * code points.  An expansion keeps the EXPAND_MAX best: by distance, then by how many documents have them.  When
 * there were more, a warning says so. */
#include "compile.h"

#include "base/utf8.h"
#include "lexicon.h"

#include <stdlib.h>
#include <string.h>

enum { EXPAND_MAX = 128, CLOCK_EVERY = 4096 };

struct expansion {
    struct compiler *compiler;
    size_t prefix_len; /* of the field's prefix in each term */
    const struct fuzzy *fuzzy;
    struct found_terms *found;
    size_t scanned;
};

void found_add(struct compiler *compiler, struct found_terms *list, const char *term, size_t len, uint32_t documents,
               uint32_t distance) {
    struct arena *arena = compiler->arena;
    list->items = arena_grow(arena, list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count++] = (struct found_term){
        .term = arena_strndup(arena, term, len), .len = len, .documents = documents, .distance = distance};
}

static int best_first(const void *a, const void *b) {
    const struct found_term *x = a, *y = b;
    if (x->distance != y->distance) return x->distance < y->distance ? -1 : 1;
    if (x->documents != y->documents) return x->documents > y->documents ? -1 : 1;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->term, y->term, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static bool goes_on(struct expansion *expansion) {
    return ++expansion->scanned % CLOCK_EVERY != 0 || compile_in_time(expansion->compiler);
}

static bool take_beginning(void *arg, const char *term, size_t len, uint32_t documents) {
    struct expansion *expansion = arg;
    found_add(expansion->compiler, expansion->found, term, len, documents, 0);
    return goes_on(expansion);
}

static bool take_alike(void *arg, const char *term, size_t len, uint32_t documents) {
    struct expansion *expansion = arg;
    uint32_t distance = 0;
    if (fuzzy_fits(expansion->fuzzy, term + expansion->prefix_len, len - expansion->prefix_len, &distance))
        found_add(expansion->compiler, expansion->found, term, len, documents, distance);
    return goes_on(expansion);
}

/* The best come first, the others go. */
static void keep_best(struct compiler *compiler, const struct node *node, struct found_terms *found) {
    if (found->count > 1) qsort(found->items, found->count, sizeof *found->items, best_first);
    if (found->count <= EXPAND_MAX) return;
    query_warn(compiler->arena, compiler->query, "expansion_limit", node->start,
               "'%s%s' stands for %zu words; the %d most frequent are searched", node->text,
               node->type == NODE_FUZZY ? "~" : "*", found->count, EXPAND_MAX);
    found->count = EXPAND_MAX;
}

void find_beginning(struct compiler *compiler, const struct field *field, const struct match_word *word,
                    const struct node *node, struct found_terms *out) {
    const char *field_prefix = field ? field->prefix : "";
    struct expansion expansion = {.compiler = compiler, .prefix_len = strlen(field_prefix), .found = out};
    struct buf prefix;
    buf_init(&prefix, 0);
    terms_exact(&prefix, field_prefix, word->word, word->len);
    if (!*field_prefix && compiler->lexicon)
        lexicon_beginning(compiler->lexicon, prefix.data, prefix.len, take_beginning, &expansion);
    else
        compile_failed(compiler,
                       engine_terms(compiler->db, prefix.data, prefix.len, take_beginning, &expansion, compiler->err));
    buf_free(&prefix);
    keep_best(compiler, node, out);
    note_expansion(compiler, field, node->text, strlen(node->text), node->start, out);
}

void note_expansion(struct compiler *compiler, const struct field *field, const char *of, size_t len, long position,
                    const struct found_terms *found) {
    struct parts *parts = compiler->parts;
    size_t prefix_len = field ? strlen(field->prefix) : 0;
    if (!parts) return;
    parts->expansions = arena_grow(parts->arena, parts->expansions, parts->expansion_count, &parts->expansion_cap,
                                   sizeof *parts->expansions);
    struct expansion_note *note = &parts->expansions[parts->expansion_count++];
    *note = (struct expansion_note){.of = arena_strndup(parts->arena, of, len),
                                    .position = position,
                                    .filter = parts->filter,
                                    .words = arena_alloc(parts->arena, (found->count + 1) * sizeof *note->words)};
    for (size_t i = 0; i < found->count; i++)
        note->words[note->count++] = (struct expansion_word){
            .word = arena_strndup(parts->arena, found->items[i].term + prefix_len, found->items[i].len - prefix_len),
            .documents = found->items[i].documents,
            .distance = found->items[i].distance};
}

/* Terms of the general text begin with a small letter or a letter outside ASCII: their first bytes, one by one, so
 * that prefixed terms are never walked through. */
static void scan_terms(struct expansion *expansion, const char *field_prefix) {
    struct compiler *compiler = expansion->compiler;
    struct buf prefix;
    buf_init(&prefix, 0);
    for (int byte = 'a'; byte <= 0xf4 && compiler->status == ST_OK; byte = byte == 'z' ? 0xc2 : byte + 1) {
        char first = (char)byte;
        buf_clear(&prefix);
        buf_str(&prefix, field_prefix);
        buf_add(&prefix, &first, 1);
        compile_failed(compiler,
                       engine_terms(compiler->db, prefix.data, prefix.len, take_alike, expansion, compiler->err));
    }
    buf_free(&prefix);
}

void find_alike(struct compiler *compiler, const struct field *field, const struct match_word *word,
                const struct node *node, struct found_terms *out) {
    const char *field_prefix = field ? field->prefix : "";
    struct fuzzy fuzzy;
    struct expansion expansion = {
        .compiler = compiler, .prefix_len = strlen(field_prefix), .fuzzy = &fuzzy, .found = out};
    if (word->flags & TOKEN_NUMBER || !fuzzy_set(&fuzzy, word->word, word->len, node->number)) {
        struct buf term;
        buf_init(&term, 0);
        terms_exact(&term, field_prefix, word->word, word->len);
        found_add(compiler, out, term.data, term.len, 0, 0);
        buf_free(&term);
        return;
    }
    if (!*field_prefix && compiler->lexicon)
        lexicon_alike(compiler->lexicon, &fuzzy, take_alike, &expansion);
    else
        scan_terms(&expansion, field_prefix);
    keep_best(compiler, node, out);
    note_expansion(compiler, field, node->text, strlen(node->text), node->start, out);
}

/* ---- as queries ---- */

/* An OR, each a little less the further away it is. */
static struct engine_query *join(struct compiler *compiler, const char *how, const struct field *field,
                                 const struct found_terms *found) {
    struct query_list list = {0};
    size_t prefix_len = field ? strlen(field->prefix) : 0;
    for (size_t i = 0; i < found->count; i++) {
        const struct found_term *item = &found->items[i];
        struct engine_query *query =
            engine_query_scale(engine_query_term(item->term, item->len, 1), 1.0 / (1 + item->distance));
        parts_note(compiler->parts, how, field, item->term + prefix_len, item->len - prefix_len, item->documents,
                   query);
        query_list_add(compiler, &list, query);
    }
    return list.count ? query_list_join(&list, ENGINE_OR) : engine_query_none();
}

struct engine_query *prefix_query(struct compiler *compiler, const struct field *field, const struct node *node) {
    struct match_word *words = NULL;
    struct query_list list = {0};
    struct found_terms found = {0};
    size_t count = words_of(compiler, node->text, &words);
    if (count == 0) return engine_query_none();
    int gate = parts_open(compiler->parts);
    for (size_t i = 0; i + 1 < count; i++)
        query_list_add(compiler, &list, word_query(compiler, field, &words[i], 1));
    find_beginning(compiler, field, &words[count - 1], node, &found);
    if (compiler->matcher && (!field || field->body))
        matcher_add(compiler->matcher, MATCH_PREFIX, &words[count - 1], 1, 1, compiler->matcher->groups++);
    query_list_add(compiler, &list, join(compiler, "prefix", field, &found));
    struct engine_query *query = query_list_join(&list, ENGINE_AND);
    parts_close(compiler->parts, gate, query);
    return query;
}

static void look_for_found(struct compiler *compiler, const struct field *field, const struct found_terms *found) {
    size_t prefix_len = field ? strlen(field->prefix) : 0;
    if (!compiler->matcher || (field && !field->body)) return;
    uint32_t group = compiler->matcher->groups++;
    for (size_t i = 0; i < found->count; i++) {
        struct match_word word = {.word = found->items[i].term + prefix_len, .len = found->items[i].len - prefix_len};
        matcher_add(compiler->matcher, MATCH_EXACT, &word, 1, 1, group);
    }
}

struct engine_query *fuzzy_query(struct compiler *compiler, const struct field *field, const struct node *node) {
    struct match_word *words = NULL;
    struct query_list list = {0};
    size_t count = words_of(compiler, node->text, &words);
    int gate = parts_open(compiler->parts);
    for (size_t i = 0; i < count; i++) {
        struct found_terms found = {0};
        if (words[i].flags & TOKEN_NUMBER) {
            query_list_add(compiler, &list, word_query(compiler, field, &words[i], 1));
            continue;
        }
        find_alike(compiler, field, &words[i], node, &found);
        look_for_found(compiler, field, &found);
        query_list_add(compiler, &list, join(compiler, "fuzzy", field, &found));
    }
    struct engine_query *query = count ? query_list_join(&list, ENGINE_AND) : engine_query_none();
    parts_close(compiler->parts, gate, query);
    return query;
}
