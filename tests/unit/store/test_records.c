/* Writing records: effects, revisions, conditions, sources that come and go, counts, the change log.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

static const char one[] = "{\"id\":\"a\",\"title\":\"One\",\"text\":\"First [1]. Second [1][2].\",\"sources\":["
                          "{\"url\":\"https://example.org/x\",\"title\":\"X\"},{\"url\":\"https://example.net/y\"}]}";
static const char two[] = "{\"id\":\"a\",\"title\":\"Two\",\"text\":\"Only [1].\",\"sources\":["
                          "{\"url\":\"https://example.org/x\"}]}";
static const char other[] = "{\"id\":\"b\",\"title\":\"Other\",\"text\":\"Also [1].\",\"sources\":["
                            "{\"url\":\"http://www.example.org/x?utm_source=q\",\"outlet\":\"The Gauge\"}]}";

static void effects(void **state) {
    (void)state;
    struct store_outcome out = put(STORE_ARTICLE, one);
    assert_int_equal(out.effect, STORE_ADDED);
    assert_int_equal(out.seq, 1);
    assert_int_equal(out.revision, 1);
    uint32_t docid = out.docid;
    out = put(STORE_ARTICLE, one);
    assert_int_equal(out.effect, STORE_UNCHANGED);
    assert_int_equal(out.seq, 1);
    assert_counts(1, 2, 3, 1);
    out = put(STORE_ARTICLE, two);
    assert_int_equal(out.effect, STORE_UPDATED);
    assert_int_equal(out.seq, 2);
    assert_int_equal(out.docid, docid);
    assert_int_equal(remove_if(STORE_ARTICLE, "a", STORE_ANY_REVISION, &out), ST_OK);
    assert_int_equal(out.effect, STORE_DELETED);
    assert_int_equal(out.seq, 3);
    assert_counts(0, 0, 0, 3);
    out = put(STORE_ARTICLE, one);
    assert_int_equal(out.effect, STORE_ADDED);
    assert_true(out.docid != docid); /* a number is never used again */
    assert_sound();
}

static void revisions(void **state) {
    (void)state;
    struct record record;
    uint64_t *list = NULL;
    size_t count = 0;
    struct store_outcome out;
    put(STORE_ARTICLE, one);
    put(STORE_ARTICLE, other);
    put(STORE_ARTICLE, two);
    OK(remove_if(STORE_ARTICLE, "a", 3, &out));
    OK(store_revisions(world.store, world.arena, STORE_ARTICLE, "a", &list, &count, &world.err));
    assert_int_equal(count, 2);
    assert_int_equal(list[0], 3);
    assert_int_equal(list[1], 1);
    assert_int_equal(get(STORE_ARTICLE, "a", 0, &record), ST_NOT_FOUND);
    static const struct {
        uint64_t asked, found;
        const char *json;
    } rows[] = {{1, 1, one}, {2, 1, one}, {3, 3, two}, {4, 3, two}, {1000, 3, two}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        OK(get(STORE_ARTICLE, "a", rows[i].asked, &record));
        assert_int_equal(record.revision, rows[i].found);
        assert_string_equal(record.json, rows[i].json);
        assert_int_equal(record.len, strlen(rows[i].json));
        assert_false(record.current);
    }
    assert_int_equal(get(STORE_ARTICLE, "b", 1, &record), ST_NOT_FOUND);
    assert_non_null(strstr(world.err.text, "oldest is 2"));
    assert_int_equal(get(STORE_SOURCE, "b", 0, &record), ST_NOT_FOUND);
}

static size_t count_revisions(enum store_kind kind, const char *id) {
    uint64_t *list = NULL;
    size_t count = 0;
    OK(store_revisions(world.store, world.arena, kind, id, &list, &count, &world.err));
    return count;
}

static void few_revisions(void **state) {
    (void)state;
    struct store_outcome out;
    struct record record;
    char json[64];
    put(STORE_ARTICLE, "{\"id\":\"z\",\"title\":\"0\"}");
    for (int turn = 1; turn <= 5; turn++) {
        snprintf(json, sizeof json, "{\"id\":\"a\",\"title\":\"%d\"}", turn);
        put(STORE_ARTICLE, json);
    }
    assert_int_equal(count_revisions(STORE_ARTICLE, "a"), 5);
    store_set_keep_revisions(world.store, 2);
    assert_int_equal(count_revisions(STORE_ARTICLE, "a"), 5); /* from the next write on */
    put(STORE_ARTICLE, "{\"id\":\"a\",\"title\":\"6\"}");
    assert_int_equal(count_revisions(STORE_ARTICLE, "a"), 3);
    OK(get(STORE_ARTICLE, "a", 5, &record)); /* written second to last but one: seq 1 was z */
    assert_non_null(strstr(record.json, "\"4\""));
    assert_int_equal(get(STORE_ARTICLE, "a", 4, &record), ST_NOT_FOUND);
    store_set_keep_revisions(world.store, 0);
    put(STORE_ARTICLE, "{\"id\":\"a\",\"title\":\"7\"}");
    assert_int_equal(count_revisions(STORE_ARTICLE, "a"), 1);
    OK(remove_if(STORE_ARTICLE, "a", STORE_ANY_REVISION, &out));
    assert_int_equal(count_revisions(STORE_ARTICLE, "a"), 0);
    assert_int_equal(count_revisions(STORE_ARTICLE, "z"), 1); /* nobody else's */
    put(STORE_ARTICLE, one);                                  /* the source that goes with it leaves nothing either */
    put(STORE_ARTICLE, two);
    assert_int_equal(count_revisions(STORE_SOURCE, "example.net/y"), 0);
    assert_sound();
}

static void purging(void **state) {
    (void)state;
    struct store_outcome out;
    put(STORE_ARTICLE, one);
    put(STORE_ARTICLE, two);
    put(STORE_ARTICLE, other);
    assert_int_equal(delete_if(STORE_ARTICLE, "a", 1, true, &out), ST_CONFLICT);
    assert_int_equal(count_revisions(STORE_ARTICLE, "a"), 2);
    OK(delete_if(STORE_ARTICLE, "a", 2, true, &out));
    assert_int_equal(out.effect, STORE_PURGED);
    assert_int_equal(out.seq, 4);
    assert_int_equal(count_revisions(STORE_ARTICLE, "a"), 0);
    assert_int_equal(count_revisions(STORE_ARTICLE, "b"), 1);
    assert_int_equal(delete_if(STORE_ARTICLE, "a", STORE_ANY_REVISION, true, &out), ST_NOT_FOUND);
    OK(remove_if(STORE_ARTICLE, "b", STORE_ANY_REVISION, &out));
    assert_int_equal(count_revisions(STORE_ARTICLE, "b"), 1);
    OK(delete_if(STORE_ARTICLE, "b", STORE_ANY_REVISION, true, &out)); /* it was deleted before */
    assert_int_equal(out.effect, STORE_PURGED);
    assert_int_equal(out.seq, 5); /* nothing that a reader waits for */
    assert_int_equal(count_revisions(STORE_ARTICLE, "b"), 0);
    assert_counts(0, 0, 0, 5);
    assert_sound();
}

static void conditions(void **state) {
    (void)state;
    static const char n1[] = "{\"id\":\"n\",\"title\":\"1\"}", n2[] = "{\"id\":\"n\",\"title\":\"2\"}";
    struct store_outcome out;
    assert_int_equal(put_if(STORE_ARTICLE, n1, 7, &out), ST_CONFLICT);
    assert_string_equal(world.err.param, "if_revision");
    assert_int_equal(put_if(STORE_ARTICLE, n1, 0, &out), ST_OK);
    assert_int_equal(put_if(STORE_ARTICLE, n2, 0, &out), ST_CONFLICT);
    assert_int_equal(put_if(STORE_ARTICLE, n2, 2, &out), ST_CONFLICT);
    assert_int_equal(put_if(STORE_ARTICLE, n2, 1, &out), ST_OK);
    assert_int_equal(remove_if(STORE_ARTICLE, "n", 1, &out), ST_CONFLICT);
    assert_int_equal(remove_if(STORE_ARTICLE, "n", 2, &out), ST_OK);
    assert_int_equal(remove_if(STORE_ARTICLE, "n", STORE_ANY_REVISION, &out), ST_NOT_FOUND);
    assert_counts(0, 0, 0, 3);
}

static void sources_come_and_go(void **state) {
    (void)state;
    struct record record;
    struct store_outcome out;
    put(STORE_ARTICLE, one);
    put(STORE_ARTICLE, other);
    OK(get(STORE_SOURCE, "example.org/x", 0, &record));
    assert_int_equal(record.cited, 2);
    assert_int_equal(record.mentions, 3);
    assert_false(record.put);
    /* What the second article knows more of it has been filled in; what the first gave stays. */
    assert_non_null(strstr(record.json, "\"title\":\"X\""));
    assert_non_null(strstr(record.json, "\"outlet\":\"The Gauge\""));
    assert_int_equal(remove_if(STORE_SOURCE, "example.org/x", STORE_ANY_REVISION, &out), ST_CONFLICT);
    put(STORE_ARTICLE, two);
    assert_int_equal(get(STORE_SOURCE, "example.net/y", 0, &record), ST_NOT_FOUND);
    OK(get(STORE_SOURCE, "example.net/y", 100, &record)); /* its last state is kept */
    put(STORE_SOURCE, "{\"url\":\"https://example.org/x\",\"title\":\"Mine\",\"status\":\"dead\"}");
    OK(remove_if(STORE_ARTICLE, "a", STORE_ANY_REVISION, &out));
    OK(remove_if(STORE_ARTICLE, "b", STORE_ANY_REVISION, &out));
    OK(get(STORE_SOURCE, "example.org/x", 0, &record));
    assert_true(record.put);
    assert_int_equal(record.cited, 0);
    assert_int_equal(record.mentions, 0);
    OK(remove_if(STORE_SOURCE, "example.org/x", STORE_ANY_REVISION, &out));
    assert_counts(0, 0, 0, out.seq);
    assert_sound();
}

static void citations(void **state) {
    (void)state;
    struct citation *list = NULL;
    struct source_line line;
    size_t count = 0;
    struct store_outcome out =
        put(STORE_ARTICLE, "{\"id\":\"c\",\"title\":\"C\",\"text\":\"One [5]. Two [2]. None [9].\",\"sources\":["
                           "{\"n\":5,\"url\":\"https://example.org/five\",\"outlet\":\"Five\"},"
                           "{\"n\":2,\"url\":\"https://example.org/two\",\"published\":\"2020-02-02\"},"
                           "{\"n\":3,\"url\":\"https://www.example.org/five\"}]}");
    OK(store_citations(world.store, world.arena, out.docid, &list, &count, &world.err));
    assert_int_equal(count, 3);
    assert_int_equal(list[0].n, 2);
    assert_int_equal(list[1].n, 3);
    assert_int_equal(list[2].n, 5);
    assert_int_equal(list[1].source, list[2].source); /* one page under two numbers */
    OK(store_source_line(world.store, world.arena, list[2].source, &line, &world.err));
    assert_string_equal(line.id, "example.org/five");
    assert_string_equal(line.outlet, "Five");
    assert_string_equal(line.domain, "example.org");
    assert_null(line.published);
    assert_int_equal(line.cited, 1);
    assert_int_equal(store_source_line(world.store, world.arena, 999, &line, &world.err), ST_NOT_FOUND);
    assert_counts(1, 2, 3, 1);
}

/* The log has, by seq, each document that a write touched. */
static void changes(void **state) {
    (void)state;
    struct change *list = NULL;
    size_t count = 0;
    put(STORE_ARTICLE, one);   /* seq 1: the article and two sources */
    put(STORE_ARTICLE, one);   /* nothing */
    put(STORE_ARTICLE, other); /* seq 2: the article and a source */
    OK(store_changes(world.store, world.arena, 0, 100, &list, &count, &world.err));
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(list[i].seq, i < 3 ? 1 : 2);
    OK(store_changes(world.store, world.arena, 1, 100, &list, &count, &world.err));
    assert_int_equal(count, 2);
    assert_int_equal(list[0].kind, STORE_ARTICLE);
    assert_int_equal(list[1].kind, STORE_SOURCE);
    /* A limit never cuts a seq: less, or more where one alone is above it. */
    OK(store_changes(world.store, world.arena, 0, 4, &list, &count, &world.err));
    assert_int_equal(count, 3);
    OK(store_changes(world.store, world.arena, 0, 1, &list, &count, &world.err));
    assert_int_equal(count, 3);
    OK(store_changes(world.store, world.arena, 2, 1, &list, &count, &world.err));
    assert_int_equal(count, 0);
}

/* Several writes in one transaction: all or none; one that is refused before it changed anything costs itself only. */
static void transactions(void **state) {
    (void)state;
    struct store_outcome out;
    struct record record;
    OK(store_begin(world.store, &world.err));
    OK(put_in(STORE_ARTICLE, one, STORE_ANY_REVISION, &out));
    OK(put_in(STORE_ARTICLE, other, STORE_ANY_REVISION, &out));
    store_rollback(world.store);
    assert_counts(0, 0, 0, 0);
    OK(store_begin(world.store, &world.err));
    OK(put_in(STORE_ARTICLE, one, STORE_ANY_REVISION, &out));
    assert_int_equal(put_in(STORE_ARTICLE, two, 77, &out), ST_CONFLICT);
    assert_int_equal(store_delete(world.store, STORE_ARTICLE, "zz", STORE_ANY_REVISION, false, &out, &world.err),
                     ST_NOT_FOUND);
    OK(put_in(STORE_ARTICLE, other, STORE_ANY_REVISION, &out));
    assert_int_equal(out.seq, 2);
    OK(store_commit(world.store, &world.err));
    reopen();
    OK(get(STORE_ARTICLE, "a", 0, &record));
    assert_string_equal(record.json, one);
    OK(get(STORE_ARTICLE, "b", 0, &record));
    assert_counts(2, 2, 4, 2);
    assert_sound();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(effects, world_open, world_close),
        cmocka_unit_test_setup_teardown(revisions, world_open, world_close),
        cmocka_unit_test_setup_teardown(few_revisions, world_open, world_close),
        cmocka_unit_test_setup_teardown(purging, world_open, world_close),
        cmocka_unit_test_setup_teardown(conditions, world_open, world_close),
        cmocka_unit_test_setup_teardown(sources_come_and_go, world_open, world_close),
        cmocka_unit_test_setup_teardown(citations, world_open, world_close),
        cmocka_unit_test_setup_teardown(changes, world_open, world_close),
        cmocka_unit_test_setup_teardown(transactions, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, rules_setup, rules_teardown);
}
