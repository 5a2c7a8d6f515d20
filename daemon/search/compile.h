/* From the query's tree to the engine's query, for one kind of record.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_COMPILE_H
#define SEARCH_COMPILE_H

#include "engine/engine.h"
#include "match.h"
#include "search/query.h"
#include "stop.h"

/* A wanted word of the query, as the ranking sees it. */
struct ranked_word {
    struct match_word word;
    uint32_t qtf;
    uint64_t documents, occurrences;
};

struct compiler {
    struct arena *arena;
    const struct schema *schema;
    const struct rules *rules;
    struct engine_db *db;
    enum store_kind kind;
    struct terms *terms;
    const char *const *languages;
    size_t language_count;
    uint64_t documents;
    struct query *query;     /* takes warnings */
    struct matcher *matcher; /* takes what to look for in texts; NULL for filters */
    const struct stop_words *stop;
    bool plain;                 /* textbook BM25: no bursts, no fields of their own weight, few stop words */
    struct ranked_word *ranked; /* the words that general_word was asked for, in order */
    size_t ranked_count, ranked_cap;
    const char *prefix_word; /* the last word, still being typed, in the query's text; NULL if none */
    bool phrases_wanted;     /* phrases are not required (a pasted text, or nothing had them all) */
    struct err *err;         /* the first fault of the engine */
    enum status status;
};

/* The engine's query; the caller frees it.  NULL when the engine failed: compiler->status and err tell. */
struct engine_query *compile_query(struct compiler *compiler, const struct node *root);

/* ---- between the files of the compiler ---- */

struct query_list { /* engine queries on their way into an operator */
    struct engine_query **items;
    size_t count, cap;
};
void query_list_add(struct compiler *compiler, struct query_list *list, struct engine_query *take_query);
struct engine_query *query_list_join(struct query_list *list, enum engine_op op);

/* Words of a text as the analyser sees them, in the arena. */
size_t words_of(struct compiler *compiler, const char *text, struct match_word **out);
/* One word in the general text (field NULL) or a text field, qtf times in the query. */
struct engine_query *word_query(struct compiler *compiler, const struct field *field, const struct match_word *word,
                                uint32_t qtf);
struct engine_query *phrase_query(struct compiler *compiler, const struct field *field, const char *text);
/* prefix* and fuzzy~: an OR over the index's own terms. */
struct engine_query *prefix_query(struct compiler *compiler, const struct field *field, const struct node *node);
struct engine_query *fuzzy_query(struct compiler *compiler, const struct field *field, const struct node *node);
/* The forms of a word that have its stem, as an OR of terms with positions. */
struct engine_query *forms_query(struct compiler *compiler, const struct field *field, const struct match_word *word);
/* A leaf with a field: the value of a keyword or name, a range, a citation. */
struct engine_query *value_query(struct compiler *compiler, const struct field *field, const struct node *node);
/* A web address in free text: the record of that address, or articles that cite it. */
struct engine_query *address_query(struct compiler *compiler, const char *address);
struct engine_query *range_query(struct compiler *compiler, const struct field *field, const struct node *node);

#endif
