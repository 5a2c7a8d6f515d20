/* The word lists in force, read once for all searchers and again when the archive has others.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whoever took them keeps them until they are given back; a request takes them once. */
#include "search/wordlists.h"

#include "base/file.h"
#include "base/mem.h"
#include "run.h"
#include "search/entries.h"
#include "shared.h"
#include "store/wordlist.h"

#include <stdio.h>
#include <string.h>

const char wordlist_synonyms[] = "synonyms";

static const char stop_prefix[] = "stopwords/";

/* ---- entries ---- */

struct one_word {
    struct arena *arena;
    const char *word;
    size_t count;
};

static bool take_word(void *arg, const struct token *token) {
    struct one_word *one = arg;
    one->word = arena_strndup(one->arena, token->term, token->len);
    return ++one->count < 2;
}

static enum status stop_entry(struct searcher *searcher, struct arena *arena, const char *entry, const char **out,
                              struct err *err) {
    struct one_word one = {.arena = arena};
    analyser_run(terms_analyser(searcher->terms), entry, strlen(entry), NULL, take_word, &one);
    if (one.count != 1 || strpbrk(one.word, "# \t\r\n"))
        return err_set(err, ST_INVALID_VALUE, "expected one word, got \"%.80s\"", entry);
    *out = one.word;
    return ST_OK;
}

enum status wordlist_entry(struct searcher *searcher, struct arena *arena, const char *name, const char *entry,
                           const char **out, struct err *err) {
    if (strcmp(name, wordlist_synonyms) != 0) return stop_entry(searcher, arena, entry, out, err);
    struct synonyms *synonyms = NULL;
    const char *rule = entries_squeeze(arena, entry);
    if (*rule == 0 || strchr(rule, '#'))
        return err_set(err, ST_INVALID_VALUE, "expected a rule like \"a, b\" or \"a => b\", got \"%.80s\"", entry);
    enum status st =
        synonyms_read(&synonyms, searcher->terms, reader_schema(searcher->reader)->language, rule, name, err);
    synonyms_free(synonyms);
    *out = rule;
    return st;
}

static bool is_language(const char *name) {
    size_t len = strlen(name);
    return len >= 2 && len <= STOP_LANGUAGE_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz") == len;
}

const char *wordlist_stop_name(struct arena *arena, const char *language) {
    return is_language(language) ? arena_printf(arena, "%s%s", stop_prefix, language) : NULL;
}

enum status wordlist_check(const char *name, const char *text, struct err *err) {
    struct terms *terms = NULL;
    struct synonyms *synonyms = NULL;
    size_t prefix = strlen(stop_prefix);
    if (strlen(text) > WORDLIST_BYTES_MAX)
        return err_set(err, ST_TOO_LARGE, "word list '%.40s': more than %d bytes", name, WORDLIST_BYTES_MAX);
    if (strncmp(name, stop_prefix, prefix) == 0 && is_language(name + prefix)) return ST_OK;
    if (strcmp(name, wordlist_synonyms) != 0)
        return err_set(err, ST_INVALID_VALUE, "there is no word list '%.40s'", name);
    enum status st = terms_open(&terms, err);
    if (st == ST_OK) st = synonyms_read(&synonyms, terms, NULL, text, name, err);
    synonyms_free(synonyms);
    terms_close(terms);
    return st;
}

/* ---- reading ---- */

/* The file of a list, in the arena; empty when there is none. */
static enum status read_file(const char *schema_dir, struct arena *arena, const char *name, const char **out,
                             struct err *err) {
    char path[8192];
    char *text = NULL;
    size_t len = 0;
    struct err fault = ERR_NONE;
    snprintf(path, sizeof path, "%s/%s.txt", schema_dir, name);
    enum status st = file_read(&text, &len, path, WORDLIST_BYTES_MAX, &fault);
    *out = st == ST_OK ? arena_strndup(arena, text, len) : "";
    mem_free(text);
    if (st == ST_OK || st == ST_NOT_FOUND) return ST_OK;
    *err = fault;
    return st;
}

enum status wordlist_read(struct searcher *searcher, struct arena *arena, const char *name, struct wordlist_state *out,
                          struct err *err) {
    struct wordlist list;
    enum status st = store_wordlist(reader_store(searcher->reader), arena, name, &list, err);
    const char *text = list.text;
    *out = (struct wordlist_state){.version = list.version, .is_of_archive = list.text != NULL};
    if (st == ST_OK && !text) st = read_file(searcher->shared->schema_dir, arena, name, &text, err);
    const char **entries = NULL;
    if (st == ST_OK) entries_split(arena, text, &entries, &out->count);
    out->entries = entries;
    return st;
}

/* ---- in force ---- */

static void free_lists(struct wordlists *lists) {
    stop_close(lists->stop);
    synonyms_free(lists->synonyms);
    mem_free(lists);
}

static enum status take_archive(struct searcher *searcher, struct arena *arena, struct wordlists *lists,
                                const char **rules, struct err *err) {
    struct wordlist *all = NULL;
    size_t count = 0;
    enum status st = store_wordlists(reader_store(searcher->reader), arena, &all, &count, err);
    for (size_t i = 0; i < count && st == ST_OK; i++) {
        if (!all[i].text) continue;
        if (strcmp(all[i].name, wordlist_synonyms) == 0)
            *rules = all[i].text;
        else if (strncmp(all[i].name, stop_prefix, strlen(stop_prefix)) == 0)
            st = stop_set(lists->stop, all[i].name + strlen(stop_prefix), all[i].text, err);
    }
    return st;
}

static enum status load(struct searcher *searcher, struct wordlists *lists, struct err *err) {
    struct arena *arena = arena_new();
    const char *rules = NULL;
    enum status st = stop_open(&lists->stop, searcher->shared->schema_dir, err);
    if (st == ST_OK) st = take_archive(searcher, arena, lists, &rules, err);
    if (st == ST_OK && !rules) st = read_file(searcher->shared->schema_dir, arena, wordlist_synonyms, &rules, err);
    if (st == ST_OK)
        st = synonyms_read(&lists->synonyms, searcher->terms, reader_schema(searcher->reader)->language, rules,
                           wordlist_synonyms, err);
    arena_free(arena);
    return st;
}

/* The lock is held. */
static void let_go(struct wordlists *lists) {
    if (lists && --lists->users == 0) free_lists(lists);
}

enum status wordlists_take(struct searcher *searcher, struct wordlists **out, struct err *err) {
    struct words_in_force *force = searcher->shared->words;
    uint64_t version = 0, generation = reader_generation(searcher->reader);
    *out = NULL;
    enum status st = store_wordlists_version(reader_store(searcher->reader), &version, err);
    if (st != ST_OK) return st;
    pthread_mutex_lock(&force->lock);
    struct wordlists *lists = force->newest;
    if (!lists || lists->version != version || lists->generation != generation) {
        lists = mem_alloc(sizeof *lists);
        *lists = (struct wordlists){.version = version, .generation = generation, .users = 1};
        st = load(searcher, lists, err);
        if (st != ST_OK) {
            free_lists(lists);
            lists = NULL;
        } else {
            let_go(force->newest);
            force->newest = lists;
        }
    }
    if (lists) lists->users++;
    pthread_mutex_unlock(&force->lock);
    *out = lists;
    return st;
}

void wordlists_give(struct words_in_force *force, struct wordlists *lists) {
    pthread_mutex_lock(&force->lock);
    let_go(lists);
    pthread_mutex_unlock(&force->lock);
}

enum status wordlists_check_files(const char *schema_dir, struct err *err) {
    struct arena *arena = arena_new();
    struct stop_words *stop = NULL;
    struct synonyms *synonyms = NULL;
    struct terms *terms = NULL;
    const char *rules = "";
    enum status st = terms_open(&terms, err);
    if (st == ST_OK) st = stop_open(&stop, schema_dir, err);
    if (st == ST_OK) st = read_file(schema_dir, arena, wordlist_synonyms, &rules, err);
    if (st == ST_OK) st = synonyms_read(&synonyms, terms, NULL, rules, wordlist_synonyms, err);
    synonyms_free(synonyms);
    stop_close(stop);
    terms_close(terms);
    arena_free(arena);
    return st;
}

struct words_in_force *words_in_force_new(void) {
    struct words_in_force *force = mem_alloc(sizeof *force);
    pthread_mutex_init(&force->lock, NULL);
    return force;
}

void words_in_force_forget(struct words_in_force *force) {
    pthread_mutex_lock(&force->lock);
    let_go(force->newest);
    force->newest = NULL;
    pthread_mutex_unlock(&force->lock);
}

void words_in_force_free(struct words_in_force *force) {
    if (!force) return;
    let_go(force->newest);
    pthread_mutex_destroy(&force->lock);
    mem_free(force);
}
