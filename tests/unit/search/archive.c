/* The search tests' archive: see archive.h.
 * SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "archive.h"

#include "base/file.h"
#include "base/log.h"
#include "base/when.h"

#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 200000, FAR_US = 120000000 };

static const char *const tags[] = {"space", "health care", "elections", "Boats", "climate", "food"};
static const char *const authors[] = {"Ada Quill", "Ben Ink", "Cleo Paper", "Dan Press"};
static const char *const outlets[] = {"The Gauge", "AP", "Der Bote", "Daily Example"};
static const char *const domains[] = {"example.org", "example.net", "gauge.test", "press.example"};

/* ---- random numbers ---- */

uint64_t rng_next(struct rng *rng) { /* xorshift64* */
    rng->state ^= rng->state >> 12;
    rng->state ^= rng->state << 25;
    rng->state ^= rng->state >> 27;
    return rng->state * 0x2545F4914F6CDD1DULL;
}

unsigned rng_below(struct rng *rng, unsigned limit) {
    return (unsigned)((rng_next(rng) >> 33) % limit);
}

uint64_t rng_seed(void) {
    const char *given = getenv("FOOTNOTE_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 20251008;
    printf("FOOTNOTE_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

/* ---- words of real texts ---- */

static void take_text(struct archive *archive, char *text) {
    char *rest = NULL;
    for (char *word = strtok_r(text, " \t\r\n", &rest); word; word = strtok_r(NULL, " \t\r\n", &rest)) {
        char *to = word;
        for (char *from = word; *from; from++) /* markers of citations would be taken out of a record's text */
            if (*from != '[' && *from != ']' && *from != '\\') *to++ = *from;
        *to = '\0';
        if (!*word || strlen(word) > 60 || archive->word_count == WORDS_MAX) continue;
        archive->words =
            arena_grow(archive->arena, archive->words, archive->word_count, &archive->word_cap, sizeof *archive->words);
        archive->words[archive->word_count++] = arena_strdup(archive->arena, word);
    }
}

static void take_folder(struct archive *archive, const char *path) {
    DIR *folder = opendir(path);
    struct dirent *entry = NULL;
    while (folder && (entry = readdir(folder))) {
        char name[4096], *text = NULL;
        size_t len = 0;
        if (*entry->d_name == '.') continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (file_read(&text, &len, name, 8 << 20, NULL) == ST_OK) take_text(archive, text);
        mem_free(text);
    }
    if (folder) closedir(folder);
}

static void take_words(struct archive *archive) {
    const char *data = getenv("FOOTNOTE_DATA");
    char path[4096];
    take_folder(archive, FOOTNOTE_SOURCE_DIR "/tests/sample-archive/text");
    take_folder(archive, FOOTNOTE_SOURCE_DIR "/tests/sample-archive/markdown");
    assert_true(archive->word_count > 1000);
    snprintf(path, sizeof path, "%s/seed", data ? data : FOOTNOTE_SOURCE_DIR "/../shared/data");
    size_t before = archive->word_count;
    take_folder(archive, path);
    if (archive->word_count == before) printf("no texts in %s: the sample archive's alone\n", path);
}

/* ---- articles ---- */

struct speaking {
    struct archive *archive;
    struct chunk *chunk;
    size_t cap;
};

static bool take_token(void *arg, const struct token *token) {
    struct speaking *speaking = arg;
    struct arena *arena = speaking->archive->arena;
    struct chunk *chunk = speaking->chunk;
    size_t len = 0;
    const char *stem = terms_stem(speaking->archive->terms, "en", token->term, token->len, token->flags, &len);
    chunk->words = arena_grow(arena, chunk->words, chunk->count, &speaking->cap, sizeof *chunk->words);
    chunk->words[chunk->count++] = (struct spoken){.term = arena_strndup(arena, token->term, token->len),
                                                   .stem = arena_strndup(arena, stem, len),
                                                   .flags = token->flags};
    return true;
}

static void add_chunk(struct archive *archive, struct made *made, enum chunk_type type, int section, const char *text) {
    assert_true(made->chunk_count < CHUNKS_MAX);
    struct chunk *chunk = &made->chunks[made->chunk_count++];
    struct speaking speaking = {.archive = archive, .chunk = chunk};
    *chunk = (struct chunk){.type = type, .section = section};
    analyser_run(terms_analyser(archive->terms), text, strlen(text), "en", take_token, &speaking);
}

static char *some_words(struct archive *archive, struct rng *rng, struct arena *arena, unsigned count) {
    struct buf out;
    buf_init(&out, 0);
    size_t at = rng_below(rng, (unsigned)archive->word_count);
    for (unsigned i = 0; i < count; i++)
        buf_printf(&out, "%s%s", i ? " " : "", archive->words[(at + i) % archive->word_count]);
    char *text = arena_strdup(arena, out.data);
    buf_free(&out);
    return text;
}

/* Some of a list, each once. */
static size_t some_of(struct rng *rng, struct arena *arena, const char *const *list, unsigned size, char **out) {
    size_t count = 0;
    for (unsigned i = 0; i < size; i++)
        if (rng_below(rng, 3) == 0) out[count++] = arena_strdup(arena, list[i]);
    return count;
}

static void write_list(struct jw *jw, const char *key, char *const *values, size_t count) {
    jw_key(jw, key);
    jw_array(jw);
    for (size_t i = 0; i < count; i++)
        jw_string(jw, values[i]);
    jw_array_end(jw);
}

static void write_sections(struct archive *archive, struct rng *rng, struct arena *arena, struct jw *jw,
                           struct made *keep) {
    jw_key(jw, "sections");
    jw_array(jw);
    for (unsigned s = 1 + rng_below(rng, 3); s > 0; s--) {
        char *heading = some_words(archive, rng, arena, 1 + rng_below(rng, 4));
        char *text = some_words(archive, rng, arena, 5 + rng_below(rng, 60));
        int number = keep ? (int)keep->chunk_count : 0;
        jw_object(jw);
        jw_kstring(jw, "heading", heading);
        jw_kstring(jw, "text", text);
        jw_object_end(jw);
        if (!keep) continue;
        add_chunk(archive, keep, CHUNK_HEADING, number, heading);
        add_chunk(archive, keep, CHUNK_TEXT, number, text);
    }
    jw_array_end(jw);
}

static void write_sources(struct rng *rng, struct arena *arena, struct jw *jw, struct made *made) {
    made->domain_count = some_of(rng, arena, domains, sizeof domains / sizeof *domains, made->domains);
    made->cited = made->domain_count;
    jw_key(jw, "sources");
    jw_array(jw);
    for (size_t i = 0; i < made->domain_count; i++) {
        jw_object(jw);
        jw_kstring(jw, "url", arena_printf(arena, "https://%s/page/%u", made->domains[i], 1 + rng_below(rng, 5)));
        jw_kstring(jw, "title", "A page");
        jw_object_end(jw);
    }
    jw_array_end(jw);
}

static char *invent(struct archive *archive, struct rng *rng, struct arena *arena, const char *id, struct made *made,
                    bool keep) {
    struct buf out;
    struct jw jw;
    buf_init(&out, 0);
    jw_init(&jw, &out);
    char *title = some_words(archive, rng, arena, 2 + rng_below(rng, 6));
    jw_object(&jw);
    jw_kstring(&jw, "id", id);
    jw_kstring(&jw, "title", title);
    jw_kstring(&jw, "language", "en");
    if (keep) add_chunk(archive, made, CHUNK_TITLE, 0, title);
    if (rng_below(rng, 5)) {
        made->outlet = arena_strdup(arena, outlets[rng_below(rng, 4)]);
        jw_kstring(&jw, "outlet", made->outlet);
    }
    if (rng_below(rng, 5)) {
        made->published = arena_printf(arena, "%u-%02u-%02u", 2015 + rng_below(rng, 10), 1 + rng_below(rng, 12),
                                       1 + rng_below(rng, 28));
        jw_kstring(&jw, "published", made->published);
    }
    made->tag_count = some_of(rng, arena, tags, sizeof tags / sizeof *tags, made->tags);
    made->author_count = some_of(rng, arena, authors, sizeof authors / sizeof *authors, made->authors);
    write_list(&jw, "tags", made->tags, made->tag_count);
    write_list(&jw, "authors", made->authors, made->author_count);
    write_sections(archive, rng, arena, &jw, keep ? made : NULL);
    write_sources(rng, arena, &jw, made);
    jw_object_end(&jw);
    char *json = arena_strdup(arena, out.data);
    buf_free(&out);
    return json;
}

char *archive_invent(struct archive *archive, struct rng *rng, struct arena *arena, const char *id) {
    struct made made = {0};
    return invent(archive, rng, arena, id, &made, false);
}

/* ---- writing ---- */

struct signal {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool called;
};

static void signal_init(struct signal *signal) {
    *signal = (struct signal){0};
    pthread_mutex_init(&signal->lock, NULL);
    pthread_cond_init(&signal->changed, NULL);
}

static void signal_give(struct signal *signal) {
    pthread_mutex_lock(&signal->lock);
    signal->called = true;
    pthread_cond_signal(&signal->changed);
    pthread_mutex_unlock(&signal->lock);
}

static void signal_take(struct signal *signal) {
    pthread_mutex_lock(&signal->lock);
    while (!signal->called)
        pthread_cond_wait(&signal->changed, &signal->lock);
    pthread_mutex_unlock(&signal->lock);
}

static void batch_done(struct batch *take_batch) {
    signal_give(take_batch->arg);
}

static void wait_done(void *arg, enum status status) {
    (void)status;
    signal_give(arg);
}

static void json_free(void *tree) {
    cJSON_Delete(tree);
}

static void submit(struct archive *archive, struct arena *arena, const struct write *write) {
    struct signal signal;
    struct err err = ERR_NONE;
    struct batch *batch = arena_alloc(arena, sizeof *batch);
    *batch = (struct batch){.arena = arena, .count = 1, .done = batch_done, .arg = &signal};
    batch->writes = arena_alloc(arena, sizeof *batch->writes);
    batch->writes[0] = *write;
    signal_init(&signal);
    if (index_submit(archive->ix, batch, true, &err) != ST_OK) fail_msg("%s", err.text);
    signal_take(&signal);
    enum status st = batch->writes[0].err.status;
    if (st != ST_OK && (st != ST_NOT_FOUND || write->op != WRITE_DELETE)) fail_msg("%s", batch->writes[0].err.text);
    arena_free(arena);
}

void archive_put(struct archive *archive, const char *json) {
    struct arena *arena = arena_new();
    struct err err = ERR_NONE;
    struct article *article = NULL;
    cJSON *tree = NULL;
    if (json_parse(&tree, json, strlen(json), NULL, &err) != ST_OK) fail_msg("%s: %s", err.text, json);
    arena_defer(arena, json_free, tree);
    if (article_read(arena, index_rules(archive->ix), tree, &article, &err) != ST_OK) fail_msg("%s", err.text);
    struct write write = {.op = WRITE_PUT,
                          .kind = STORE_ARTICLE,
                          .article = article,
                          .id = article->id,
                          .if_revision = STORE_ANY_REVISION};
    if (store_pack(arena, json, strlen(json), &write.packed, &err) != ST_OK) fail_msg("%s", err.text);
    submit(archive, arena, &write);
}

void archive_delete(struct archive *archive, const char *id) {
    struct arena *arena = arena_new();
    struct write write = {
        .op = WRITE_DELETE, .kind = STORE_ARTICLE, .id = arena_strdup(arena, id), .if_revision = STORE_ANY_REVISION};
    submit(archive, arena, &write);
}

void archive_settle(struct archive *archive) {
    struct signal signal;
    signal_init(&signal);
    index_wait(archive->ix, index_committed(archive->ix), when_mono_us() + FAR_US, wait_done, &signal);
    signal_take(&signal);
}

void archive_fill(struct archive *archive, struct rng *rng, size_t count) {
    archive->made = arena_alloc(archive->arena, count * sizeof *archive->made);
    for (size_t i = 0; i < count; i++) {
        struct made *made = &archive->made[archive->made_count++];
        snprintf(made->id, sizeof made->id, "m%zu", i);
        made->json = invent(archive, rng, archive->arena, made->id, made, true);
        archive_put(archive, made->json);
    }
    archive_settle(archive);
}

/* ---- opening ---- */

void archive_open(struct archive *archive) {
    struct err err = ERR_NONE;
    *archive = (struct archive){.arena = arena_new()};
    log_set_level(LOG_LEVEL_ERROR);
    engine_setup();
    snprintf(archive->dir, sizeof archive->dir, "/tmp/fn-search-XXXXXX");
    assert_non_null(mkdtemp(archive->dir));
    config_init(&archive->config);
    assert_int_equal(config_set(&archive->config, "data", archive->dir, &err), ST_OK);
    const char *rules = FOOTNOTE_SOURCE_DIR "/index-schema";
    if (index_open(&archive->ix, &archive->config, rules, &err) != ST_OK) fail_msg("%s", err.text);
    if (searcher_shared_open(&archive->shared, rules, &err) != ST_OK) fail_msg("%s", err.text);
    if (terms_open(&archive->terms, &err) != ST_OK) fail_msg("%s", err.text);
    take_words(archive);
}

void archive_close(struct archive *archive) {
    searcher_shared_close(archive->shared);
    index_close(archive->ix);
    terms_close(archive->terms);
    config_free(&archive->config);
    file_remove_tree(archive->dir, NULL);
    arena_free(archive->arena);
}

/* ---- searching ---- */

cJSON *archive_search(struct searcher *searcher, const cJSON *params, struct err *err) {
    struct arena *arena = arena_new();
    struct search_request request;
    struct buf out;
    cJSON *answer = NULL;
    struct reader *reader = searcher_reader(searcher);
    buf_init(&out, 0);
    enum status st = reader_begin(reader, err);
    if (st == ST_OK) {
        st = search_request_read(reader_schema(reader), params, &request, err);
        request.deadline_us = when_mono_us() + FAR_US;
        if (st == ST_OK) st = search_run(searcher, arena, &request, &out, err);
        reader_end(reader);
    }
    if (st == ST_OK && json_parse(&answer, out.data, out.len, NULL, err) != ST_OK) fail_msg("%s", err->text);
    buf_free(&out);
    arena_free(arena);
    return answer;
}

/* ---- queries ---- */

static void add_field(struct rng *rng, struct buf *out, const char *word) {
    static const char *const values[] = {"tag:boats",
                                         "tag:\"health care\"",
                                         "author:quill",
                                         "outlet:\"AP\"",
                                         "outlet:gauge",
                                         "domain:example.org",
                                         "published:2018..",
                                         "published:..2020-06",
                                         "published:2019..2021",
                                         "published:>2019",
                                         "published:<=2022",
                                         "cited:2..",
                                         "cited:0",
                                         "lang:en",
                                         "lang:de",
                                         "kind:article",
                                         "kind:source",
                                         "tag:(food climate)",
                                         "author:\"ben ink\"",
                                         "tag:*",
                                         "cites:example.org",
                                         "cited:<2",
                                         "outlet:da*",
                                         "source:page"};
    if (rng_below(rng, 3) == 0)
        buf_printf(out, "%s:%s", rng_below(rng, 2) ? "title" : "section", word);
    else
        buf_str(out, values[rng_below(rng, sizeof values / sizeof *values)]);
}

static void add_word(struct rng *rng, struct buf *out, const char *word) {
    switch (rng_below(rng, 14)) {
    case 0: buf_printf(out, "+%s", word); break;
    case 1: buf_printf(out, "-%s", word); break;
    case 2: buf_printf(out, "%s~", word); break;
    case 3: buf_printf(out, "%s~2", word); break;
    case 4: buf_printf(out, "%.3s*", word); break;
    case 5: add_field(rng, out, word); break;
    case 6: buf_printf(out, "\"%s\"", word); break;
    default: buf_str(out, word); break;
    }
}

static void add_operator(struct rng *rng, struct buf *out, int *open) {
    switch (rng_below(rng, 16)) {
    case 0: buf_str(out, " AND "); break;
    case 1: buf_str(out, " OR "); break;
    case 2: buf_str(out, " NOT "); break;
    case 3: buf_str(out, " AND NOT "); break;
    case 4: buf_printf(out, " NEAR/%u ", 1 + rng_below(rng, 6)); break;
    case 5: buf_printf(out, " ADJ/%u ", 1 + rng_below(rng, 6)); break;
    case 6:
        buf_printf(out, " %s(", rng_below(rng, 2) ? "" : "+");
        ++*open;
        break;
    case 7:
        buf_str(out, " in:section(");
        ++*open;
        break;
    case 8:
        buf_str(out, ") ");
        --*open;
        break;
    case 9: buf_str(out, " * "); break;
    case 10: buf_str(out, " \""); break;
    default: buf_char(out, ' '); break;
    }
}

void archive_query(struct archive *archive, struct rng *rng, char *out, size_t size) {
    struct buf text;
    size_t at = rng_below(rng, (unsigned)archive->word_count);
    unsigned count = 1 + rng_below(rng, 7);
    int open = 0;
    buf_init(&text, 0);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0) add_operator(rng, &text, &open);
        add_word(rng, &text, archive->words[(at + i) % archive->word_count]);
    }
    while (open-- > 0 && rng_below(rng, 10))
        buf_char(&text, ')');
    snprintf(out, size, "%s", text.data);
    /* A character cut off at the end, or by "%.3s*", is no UTF-8: as a request it would not have come so far. */
    for (char *c = out; *c; c++)
        if ((unsigned char)*c >= 0x80) *c = 'e';
    buf_free(&text);
}
