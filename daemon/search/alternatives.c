/* Synonyms in the engine's query.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A word and its synonyms of one word are one term to the ranking: how rare they are together is what counts.  A
 * synonym of several words is a phrase; of it and the word it stands for the better one counts.  A row of words in a
 * query that has synonyms keeps its words, and wants the synonyms beside them. */
#include "compile.h"

#include <string.h>

const struct synonym_entry *word_synonyms(struct compiler *compiler, const struct match_word *word,
                                          struct stems *stems) {
    if (!compiler->synonyms) return NULL;
    const struct synonym_entry *entry = synonyms_find(compiler->synonyms, compiler->terms, word, 1);
    for (size_t i = 0; entry && i < entry->count; i++)
        if (entry->phrases[i].count == 1) stems_add(compiler, &entry->phrases[i].words[0], stems);
    return entry;
}

/* The stems of the single words take part in the word's own query; here only the texts are told of them.  What was
 * noted since `mark` is of the word alone. */
struct engine_query *or_phrases(struct compiler *compiler, const struct field *field, const struct match_word *word,
                                const struct synonym_entry *entry, size_t mark, struct engine_query *take_query) {
    struct query_list list = {0};
    if (!entry) return take_query;
    query_list_add(compiler, &list, take_query);
    for (size_t i = 0; i < entry->count; i++) {
        const struct synonym_phrase *phrase = &entry->phrases[i];
        uint32_t rarest = 1;
        if (phrase->count > 1)
            query_list_add(compiler, &list, words_query(compiler, field, phrase->words, phrase->count, &rarest));
        if (!field || field->body)
            look_for_also(compiler, phrase->count > 1 ? MATCH_PHRASE : MATCH_STEM, phrase->words, phrase->count,
                          rarest);
    }
    bool phrases = list.count > 1;
    struct engine_query *query = query_list_join(&list, ENGINE_MAX);
    if (!phrases) return query;
    parts_drop(compiler->parts, mark);
    parts_note(compiler->parts, "synonyms", field, word->word, word->len, 0, query);
    return query;
}

/* ---- rows of words ---- */

struct row { /* words side by side in a sequence */
    struct match_word *words;
    size_t count, cap;
};

static bool is_plain_word(struct compiler *compiler, const struct node *node, struct match_word **words) {
    return node->type == NODE_WORD && node->occur == OCCUR_SHOULD && !node->field &&
           words_of(compiler, node->text, words) == 1;
}

static struct engine_query *alternative(struct compiler *compiler, const struct synonym_phrase *phrase) {
    uint32_t rarest = 0;
    if (phrase->count == 1) return word_query(compiler, NULL, &phrase->words[0], 1);
    struct engine_query *query = words_query(compiler, NULL, phrase->words, phrase->count, &rarest);
    look_for(compiler, MATCH_PHRASE, phrase->words, phrase->count, rarest);
    return query;
}

/* Synonyms are looked for themselves, without theirs. */
static void add_entry(struct compiler *compiler, const struct synonym_entry *entry, struct query_list *wanted) {
    const struct synonyms *synonyms = compiler->synonyms;
    struct query_list list = {0};
    size_t mark = parts_mark(compiler->parts);
    compiler->synonyms = NULL;
    for (size_t i = 0; i < entry->count; i++)
        query_list_add(compiler, &list, alternative(compiler, &entry->phrases[i]));
    compiler->synonyms = synonyms;
    struct engine_query *query = query_list_join(&list, ENGINE_MAX);
    parts_drop(compiler->parts, mark);
    parts_note(compiler->parts, "synonyms", NULL, entry->key, strlen(entry->key), 0, query);
    query_list_add(compiler, wanted, query);
}

/* The longest rows first; a word belongs to one. */
static void search_row(struct compiler *compiler, const struct row *row, struct query_list *wanted) {
    size_t longest = synonyms_longest(compiler->synonyms);
    for (size_t at = 0; at < row->count;) {
        const struct synonym_entry *entry = NULL;
        size_t len = row->count - at < longest ? row->count - at : longest;
        for (; len > 1 && !entry; len--)
            entry = synonyms_find(compiler->synonyms, compiler->terms, row->words + at, len);
        if (entry) add_entry(compiler, entry, wanted);
        at += entry ? len + 1 : 1;
    }
}

void row_synonyms(struct compiler *compiler, const struct node *sequence, struct query_list *wanted) {
    struct row row = {0};
    if (!compiler->synonyms || synonyms_longest(compiler->synonyms) < 2) return;
    for (size_t i = 0; i <= sequence->count; i++) {
        struct match_word *words = NULL;
        if (i < sequence->count && is_plain_word(compiler, sequence->children[i], &words)) {
            row.words = arena_grow(compiler->arena, row.words, row.count, &row.cap, sizeof *row.words);
            row.words[row.count++] = words[0];
            continue;
        }
        search_row(compiler, &row, wanted);
        row.count = 0;
    }
}
