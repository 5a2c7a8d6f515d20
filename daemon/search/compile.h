/* From the query's tree to the engine's query, for one kind of record.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEARCH_COMPILE_H
#define SEARCH_COMPILE_H

#include "engine/engine.h"
#include "lexicon.h"
#include "match.h"
#include "parts.h"
#include "search/query.h"
#include "search/search.h"
#include "stop.h"
#include "synonyms.h"

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
    struct store *store;
    enum store_kind kind;
    struct terms *terms;
    const char *const *languages;
    size_t language_count;
    uint64_t documents, revision;  /* of the database */
    const struct lexicon *lexicon; /* of the same view of the index; NULL: the index itself is walked */
    struct query *query;           /* takes warnings */
    struct matcher *matcher;       /* takes what to look for in texts; NULL for filters */
    const struct stop_words *stop;
    const struct synonyms *synonyms;    /* NULL: none */
    const struct node *root;            /* where the next three are added; NULL: nowhere */
    struct engine_query *via;           /* taken: an alternative to the text of the query */
    const struct boost_request *boosts; /* on top of the score of the text */
    size_t boost_count;
    struct parts *parts;        /* takes what explain tells; NULL: nothing is asked */
    bool plain;                 /* textbook BM25: no bursts, no fields of their own weight, few stop words */
    struct ranked_word *ranked; /* the words that general_word was asked for, in order */
    size_t ranked_count, ranked_cap;
    const char *prefix_word; /* the last word, still being typed, in the query's text; NULL if none */
    bool phrases_wanted;     /* phrases are not required (a pasted text, or nothing had them all) */
    int64_t deadline_us;     /* of expansions; 0: none */
    struct err *err;         /* the first fault of the engine */
    enum status status;
};

/* The engine's query; the caller frees it.  NULL when the engine failed: compiler->status and err tell. */
struct engine_query *compile_query(struct compiler *compiler, const struct node *root);

/* The same for no query at all: every record, in the order of the boosts. */
struct engine_query *compile_everything(struct compiler *compiler);

/* What the words of the query are worth at most, about. */
double compile_norm(const struct compiler *compiler);

/* ---- between the files of the compiler ---- */

struct stems {
    struct match_word *items;
    size_t count, cap;
};

struct query_list { /* engine queries on their way into an operator */
    struct engine_query **items;
    size_t count, cap;
};
void query_list_add(struct compiler *compiler, struct query_list *list, struct engine_query *take_query);
struct engine_query *query_list_join(struct query_list *list, enum engine_op op);

/* Any node, in a field or in the general text (NULL). */
struct engine_query *compile_node(struct compiler *compiler, const struct node *node, const struct field *field);
/* Words of a text as the analyser sees them, in the arena. */
size_t words_of(struct compiler *compiler, const char *text, struct match_word **out);
/* One word in the general text (field NULL) or a text field, qtf times in the query. */
struct engine_query *word_query(struct compiler *compiler, const struct field *field, const struct match_word *word,
                                uint32_t qtf);
struct engine_query *phrase_query(struct compiler *compiler, const struct field *field, const char *text);
struct engine_query *words_query(struct compiler *compiler, const struct field *field, const struct match_word *words,
                                 size_t count, uint32_t *rarest);
/* Synonyms of one word: single words become further stems of it; rows of words are alternatives to its query. */
const struct synonym_entry *word_synonyms(struct compiler *compiler, const struct match_word *word,
                                          struct stems *stems);
struct engine_query *or_phrases(struct compiler *compiler, const struct field *field, const struct match_word *word,
                                const struct synonym_entry *entry, size_t mark, struct engine_query *take_query);
/* What a sequence wants beside its words: synonyms of rows of them, added to the list. */
void row_synonyms(struct compiler *compiler, const struct node *sequence, struct query_list *wanted);
/* prefix* and fuzzy~: an OR over the index's own terms. */
struct engine_query *prefix_query(struct compiler *compiler, const struct field *field, const struct node *node);
struct engine_query *fuzzy_query(struct compiler *compiler, const struct field *field, const struct node *node);
/* Words that must stand near each other: NEAR, ADJ, in:section(…). */
struct engine_query *window_query(struct compiler *compiler, const struct node *node, const struct field *field);
struct engine_query *section_query(struct compiler *compiler, const struct node *node, const struct field *field,
                                   struct engine_query *take_scored);
/* A leaf with a field: the value of a keyword or name, a range, a citation. */
struct engine_query *value_query(struct compiler *compiler, const struct field *field, const struct node *node);
/* A web address in free text: the record of that address, or articles that cite it. */
struct engine_query *address_query(struct compiler *compiler, const char *address);
struct engine_query *range_query(struct compiler *compiler, const struct field *field, const struct node *node);

/* ---- terms ---- */

/* The distinct stems of a word in the languages of the archive; stems_add adds those of a further word. */
void stems_of(struct compiler *compiler, const struct match_word *word, struct stems *out);
void stems_add(struct compiler *compiler, const struct match_word *word, struct stems *stems);
/* How many documents have a word of these stems, each stem's counted by itself. */
uint64_t stems_documents(struct compiler *compiler, const struct stems *stems);
/* BM25's idf. */
double rarity(const struct compiler *compiler, uint64_t documents);
/* Tells the matcher, if there is one, of words that are looked for. */
void look_for(struct compiler *compiler, enum match_type type, const struct match_word *words, size_t count,
              uint64_t documents);
/* Words that count as one with those looked for last. */
void look_for_also(struct compiler *compiler, enum match_type type, const struct match_word *words, size_t count,
                   uint64_t documents);

struct found_term { /* of the index */
    const char *term;
    size_t len;
    uint32_t documents, distance;
};
struct found_terms {
    struct found_term *items;
    size_t count, cap;
};
/* The terms that are forms of a word, i.e. have its stem; the word itself when there are none. */
void find_forms(struct compiler *compiler, const struct field *field, const struct match_word *word, long position,
                struct found_terms *out);
/* The best of those that begin so, and of those within a distance. */
void find_beginning(struct compiler *compiler, const struct field *field, const struct match_word *word,
                    const struct node *node, struct found_terms *out);
void find_alike(struct compiler *compiler, const struct field *field, const struct match_word *word,
                const struct node *node, struct found_terms *out);
void found_add(struct compiler *compiler, struct found_terms *list, const char *term, size_t len, uint32_t documents,
               uint32_t distance);
/* Tells explain what a part of the query was expanded to. */
void note_expansion(struct compiler *compiler, const struct field *field, const char *of, size_t len, long position,
                    const struct found_terms *found);
/* Keeps the first fault. */
void compile_failed(struct compiler *compiler, enum status status);
/* False when the deadline is over, which is a fault. */
bool compile_in_time(struct compiler *compiler);

#endif
