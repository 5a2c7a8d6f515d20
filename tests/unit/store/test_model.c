/* Random operations on the store and on a simple model, compared after each transaction and after each reopening.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The model: ten articles and eight sources, each there or not; an article's text is made from its list of sources and
 * a version, so citations and mentions can be counted by hand.  $FOOTNOTE_SEED repeats a run, $FOOTNOTE_STEPS sets
 * its length. */
#include "support.h"

enum { ARTICLES = 10, SOURCES = 8, STEPS = 1500, HISTORY = 20000 };

struct model_article {
    bool exists;
    uint64_t revision;
    unsigned cites;   /* a bit a source */
    unsigned markers; /* how often each of them is mentioned */
    char *json;
};

struct model {
    struct model_article articles[ARTICLES];
    bool put[SOURCES]; /* somebody wrote it and nobody deleted it */
    uint64_t seq;
};

struct old { /* what was written under a seq */
    int article;
    uint64_t revision;
    char *json; /* NULL: deleted */
};

static struct model model;
static struct old history[HISTORY];
static size_t history_len;

static void source_id(char out[32], int source) {
    snprintf(out, 32, "example.org/s%d", source);
}

static bool is_cited(int source) {
    for (int i = 0; i < ARTICLES; i++)
        if (model.articles[i].exists && model.articles[i].cites & 1u << source) return true;
    return false;
}

/* ---- making records ---- */

static char *article_json(int number, unsigned cites, unsigned markers, unsigned version) {
    struct buf out;
    size_t len = 0;
    buf_init(&out, 0);
    buf_printf(&out, "{\"id\":\"a%d\",\"title\":\"Version %u\",\"text\":\"Begin.", number, version);
    for (unsigned marker = 0; marker < markers; marker++)
        for (int source = 0; source < SOURCES; source++)
            if (cites & 1u << source) buf_printf(&out, " Word [%d].", source + 1);
    buf_printf(&out, "\",\"sources\":[");
    const char *comma = "";
    for (int source = 0; source < SOURCES; source++) {
        if (!(cites & 1u << source)) continue;
        buf_printf(&out, "%s{\"n\":%d,\"url\":\"https://example.org/s%d\"}", comma, source + 1, source);
        comma = ",";
    }
    buf_printf(&out, "]}");
    return buf_take(&out, &len);
}

static void remember(int article, uint64_t revision, const char *json) {
    assert_true(history_len < HISTORY);
    history[history_len++] =
        (struct old){.article = article, .revision = revision, .json = json ? mem_strdup(json) : NULL};
}

/* ---- one operation on both ---- */

static void do_put_article(void) {
    int number = (int)random_below(ARTICLES);
    struct model_article *article = &model.articles[number];
    unsigned cites = random_below(3) ? random_below(1u << SOURCES) & random_below(1u << SOURCES) : 0;
    unsigned markers = random_below(4);
    char *json = article_json(number, cites, markers, random_below(4));
    bool same = article->exists && strcmp(article->json, json) == 0;
    int64_t condition = STORE_ANY_REVISION;
    if (random_below(4) == 0) condition = random_below(2) ? (int64_t)article->revision : (int64_t)random_below(50);
    bool refused = condition != STORE_ANY_REVISION &&
                   (condition == 0 ? article->exists : !article->exists || (uint64_t)condition != article->revision);
    struct store_outcome out;
    enum status st = put_in(STORE_ARTICLE, json, condition, &out);
    assert_int_equal(st, refused ? ST_CONFLICT : ST_OK);
    if (refused) {
        mem_free(json);
        return;
    }
    assert_int_equal(out.effect, same ? STORE_UNCHANGED : article->exists ? STORE_UPDATED : STORE_ADDED);
    if (same) {
        assert_int_equal(out.seq, article->revision);
        mem_free(json);
        return;
    }
    assert_int_equal(out.seq, ++model.seq);
    mem_free(article->json);
    *article =
        (struct model_article){.exists = true, .revision = model.seq, .cites = cites, .markers = markers, .json = json};
    remember(number, model.seq, json);
}

static void do_delete_article(void) {
    int number = (int)random_below(ARTICLES);
    struct model_article *article = &model.articles[number];
    char id[16];
    struct store_outcome out;
    snprintf(id, sizeof id, "a%d", number);
    enum status st = store_delete(world.store, STORE_ARTICLE, id, STORE_ANY_REVISION, false, &out, &world.err);
    assert_int_equal(st, article->exists ? ST_OK : ST_NOT_FOUND);
    if (!article->exists) return;
    assert_int_equal(out.seq, ++model.seq);
    mem_free(article->json);
    *article = (struct model_article){0};
    remember(number, model.seq, NULL);
}

static void do_put_source(void) {
    int number = (int)random_below(SOURCES);
    char json[128];
    struct store_outcome out;
    snprintf(json, sizeof json, "{\"url\":\"https://example.org/s%d\",\"title\":\"Title %llu\"}", number,
             (unsigned long long)model.seq);
    OK(put_in(STORE_SOURCE, json, STORE_ANY_REVISION, &out));
    assert_int_equal(out.seq, ++model.seq);
    model.put[number] = true;
}

static void do_delete_source(void) {
    int number = (int)random_below(SOURCES);
    char id[32];
    struct store_outcome out;
    source_id(id, number);
    enum status st = store_delete(world.store, STORE_SOURCE, id, STORE_ANY_REVISION, false, &out, &world.err);
    assert_int_equal(st, is_cited(number) ? ST_CONFLICT : model.put[number] ? ST_OK : ST_NOT_FOUND);
    if (st != ST_OK) return;
    model.put[number] = false;
    model.seq++;
}

/* ---- comparing ---- */

static void compare_articles(void) {
    for (int i = 0; i < ARTICLES; i++) {
        struct model_article *article = &model.articles[i];
        struct record record;
        char id[16];
        snprintf(id, sizeof id, "a%d", i);
        assert_int_equal(get(STORE_ARTICLE, id, 0, &record), article->exists ? ST_OK : ST_NOT_FOUND);
        if (!article->exists) continue;
        assert_string_equal(record.json, article->json);
        assert_int_equal(record.revision, article->revision);
        assert_true(record.current);
    }
}

/* How many sources there are; *mentions: of them. */
static uint64_t compare_sources(uint64_t *mentions) {
    uint64_t count = 0;
    *mentions = 0;
    for (int s = 0; s < SOURCES; s++) {
        uint64_t cited = 0, mentioned = 0;
        struct record record;
        char id[32];
        source_id(id, s);
        for (int i = 0; i < ARTICLES; i++) {
            if (!model.articles[i].exists || !(model.articles[i].cites & 1u << s)) continue;
            cited++;
            mentioned += model.articles[i].markers;
        }
        bool exists = cited > 0 || model.put[s];
        assert_int_equal(get(STORE_SOURCE, id, 0, &record), exists ? ST_OK : ST_NOT_FOUND);
        if (!exists) continue;
        assert_int_equal(record.cited, cited);
        assert_int_equal(record.mentions, mentioned);
        assert_int_equal(record.put, model.put[s]);
        count++;
        *mentions += mentioned;
    }
    return count;
}

static void compare(void) {
    uint64_t articles = 0, mentions = 0;
    compare_articles();
    uint64_t sources = compare_sources(&mentions);
    for (int i = 0; i < ARTICLES; i++)
        articles += model.articles[i].exists;
    assert_counts(articles, sources, mentions, model.seq);
}

/* Some of all that was ever written, as of some moment. */
static void compare_history(void) {
    for (int round = 0; round < 20 && history_len > 0; round++) {
        size_t at = random_below((unsigned)history_len);
        const struct old *old = &history[at];
        uint64_t until = model.seq; /* the state of `old` holds from its revision to the article's next one */
        for (size_t i = at + 1; i < history_len; i++) {
            if (history[i].article != old->article) continue;
            until = history[i].revision - 1;
            break;
        }
        struct record record;
        char id[16];
        snprintf(id, sizeof id, "a%d", old->article);
        if (!old->json || until < old->revision) continue;
        OK(get(STORE_ARTICLE, id, old->revision + random_below((unsigned)(until - old->revision + 1)), &record));
        assert_string_equal(record.json, old->json);
    }
}

/* ---- the whole ---- */

static void transaction(void) {
    static void (*const operations[])(void) = {do_put_article,    do_put_article, do_put_article,
                                               do_delete_article, do_put_source,  do_delete_source};
    struct model before = model;
    size_t history_before = history_len;
    bool back = random_below(6) == 0;
    for (int i = 0; i < ARTICLES && back; i++)
        before.articles[i].json = model.articles[i].json ? mem_strdup(model.articles[i].json) : NULL;
    OK(store_begin(world.store, &world.err));
    for (unsigned i = random_below(5) + 1; i > 0; i--)
        operations[random_below(sizeof operations / sizeof *operations)]();
    if (!back) {
        OK(store_commit(world.store, &world.err));
        return;
    }
    store_rollback(world.store);
    for (int i = 0; i < ARTICLES; i++)
        mem_free(model.articles[i].json);
    model = before;
    while (history_len > history_before)
        mem_free(history[--history_len].json);
}

static void random_operations(void **state) {
    (void)state;
    const char *given = getenv("FOOTNOTE_STEPS");
    int steps = given ? atoi(given) : STEPS;
    for (int step = 0; step < steps; step++) {
        transaction();
        compare();
        if (step % 10 == 0) compare_history();
        if (step % 100 == 99) {
            reopen();
            compare();
            assert_sound();
        }
        arena_free(world.arena);
        world.arena = arena_new();
    }
    for (int i = 0; i < ARTICLES; i++)
        mem_free(model.articles[i].json);
    while (history_len > 0)
        mem_free(history[--history_len].json);
}

static int seeded(void **state) {
    random_start();
    return rules_setup(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_operations, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, seeded, rules_teardown);
}
