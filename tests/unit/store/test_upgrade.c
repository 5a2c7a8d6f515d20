/* A store of format 1, opened by this version: one transaction makes it what a fresh store is.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "store/edges.h"

#include <sqlite3.h>

/* As format 1 was; its rows are those of a store that was written now, without what came later. */
static const char format_1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE counters(articles INTEGER, sources INTEGER, mentions INTEGER, seq INTEGER);"
    "CREATE TABLE article(docid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,"
    " hash INTEGER NOT NULL, mentions INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE source(docid INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,"
    " hash INTEGER NOT NULL, put INTEGER NOT NULL, cited INTEGER NOT NULL, mentions INTEGER NOT NULL,"
    " title TEXT, url TEXT, outlet TEXT, domain TEXT, published TEXT, status TEXT, body BLOB NOT NULL);"
    "CREATE TABLE cite(article INTEGER NOT NULL, n INTEGER NOT NULL, source INTEGER NOT NULL,"
    " PRIMARY KEY(article, n, source)) WITHOUT ROWID;"
    "CREATE INDEX cite_source ON cite(source, article);"
    "CREATE TABLE mention(source INTEGER NOT NULL, article INTEGER NOT NULL, section INTEGER NOT NULL,"
    " start INTEGER NOT NULL, n INTEGER NOT NULL, end INTEGER NOT NULL, sentence INTEGER NOT NULL,"
    " PRIMARY KEY(source, article, section, start, n)) WITHOUT ROWID;"
    "CREATE TABLE revision(kind INTEGER NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, hash INTEGER NOT NULL,"
    " body BLOB NOT NULL, PRIMARY KEY(kind, id, revision)) WITHOUT ROWID;"
    "CREATE TABLE change(seq INTEGER NOT NULL, kind INTEGER NOT NULL, docid INTEGER NOT NULL,"
    " PRIMARY KEY(seq, kind, docid)) WITHOUT ROWID;"
    "INSERT INTO meta SELECT * FROM new.meta; INSERT INTO counters SELECT * FROM new.counters;"
    "INSERT INTO article SELECT * FROM new.article; INSERT INTO source SELECT * FROM new.source;"
    "INSERT INTO cite SELECT article, n, source FROM new.cite; INSERT INTO mention SELECT * FROM new.mention;"
    "INSERT INTO revision SELECT * FROM new.revision; INSERT INTO change SELECT * FROM new.change;"
    "PRAGMA user_version=1";

static void run_sql(const char *file, const char *sql) {
    char path[96], *message = NULL;
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/%s", world.dir, file);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

/* What a store consists of, in an order of its own. */
static char *shape(void) {
    char path[96];
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    struct buf out;
    buf_init(&out, 0);
    snprintf(path, sizeof path, "%s/records.sqlite", world.dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT m.type, m.name, group_concat(c.name), (SELECT user_version FROM "
                                        "pragma_user_version) FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) "
                                        "c GROUP BY m.name ORDER BY m.name",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < 4; i++)
            buf_printf(&out, "%s%c", (const char *)sqlite3_column_text(statement, i), i == 3 ? '\n' : ' ');
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return buf_take(&out, NULL);
}

static void write_records(void) {
    put(STORE_ARTICLE, "{\"id\":\"a\",\"title\":\"A\",\"text\":\"One [1]. Two [2].\",\"published\":\"2001-02-03\","
                       "\"outlet\":\"Press\",\"sources\":[{\"url\":\"https://example.org/x\"},"
                       "{\"url\":\"https://example.com/y\"}]}");
    put(STORE_ARTICLE,
        "{\"id\":\"b\",\"title\":\"B\",\"text\":\"One [1].\",\"sources\":[{\"url\":\"https://example.org/"
        "x\"}]}");
    put(STORE_ARTICLE, "{\"id\":\"b\",\"title\":\"B2\",\"text\":\"One [1].\",\"published\":\"1970-01-03\",\"sources\":"
                       "[{\"url\":\"https://example.org/x\"}]}");
    put(STORE_ARTICLE, "{\"id\":\"gone\",\"title\":\"Gone\"}");
    struct store_outcome outcome;
    OK(remove_if(STORE_ARTICLE, "gone", STORE_ANY_REVISION, &outcome));
}

/* Makes what is stored a store of format 1. */
static void go_back(const char *damage) {
    char path[96], other[96], sql[256];
    store_close(world.store);
    world.store = NULL;
    snprintf(path, sizeof path, "%s/records.sqlite", world.dir);
    snprintf(other, sizeof other, "%s/new.sqlite", world.dir);
    run_sql("records.sqlite", damage);
    assert_int_equal(rename(path, other), 0);
    snprintf(sql, sizeof sql, "ATTACH '%s' AS new", other);
    size_t size = strlen(sql) + sizeof format_1 + 1;
    char *whole = malloc(size);
    snprintf(whole, size, "%s;%s", sql, format_1);
    run_sql("records.sqlite", whole);
    free(whole);
}

static void no_finding(void *arg, const struct store_finding *finding) {
    (void)arg;
    fail_msg("%s %s: %s", finding->place, finding->id ? finding->id : "", finding->message);
}

static void upgrades(void **state) {
    (void)state;
    struct store_verify verify = {.found = no_finding, .checked = finding_ignored};
    struct record record;
    struct citing *citing = NULL;
    uint32_t source = 0;
    size_t count = 0;
    const char *outlet = NULL;
    write_records();
    char *fresh = shape();
    go_back("");
    struct store *reading = NULL;
    assert_int_equal(store_open(&reading, world.dir, STORE_READ, &world.err), ST_NOT_FOUND); /* it upgrades nothing */
    OK(store_open(&world.store, world.dir, STORE_WRITE, &world.err));
    char *now = shape();
    assert_string_equal(now, fresh);
    mem_free(now);
    mem_free(fresh);
    assert_counts(2, 2, 3, 5);
    OK(store_verify(world.store, &verify, &world.err));
    OK(get(STORE_ARTICLE, "b", 2, &record));
    assert_non_null(strstr(record.json, "\"B\""));
    OK(get(STORE_ARTICLE, "gone", 4, &record));
    /* What the steps computed out of the records. */
    OK(edges_source(world.store, "example.org/x", &source, &world.err));
    OK(edges_articles(world.store, world.arena, source, &citing, &count, &world.err));
    assert_int_equal(count, 2);
    assert_true(citing[0].dated && citing[0].day == 11356 && citing[0].outlet != 0);
    assert_true(citing[1].dated && citing[1].day == 2 && citing[1].outlet == 0);
    OK(edges_outlet(world.store, world.arena, citing[0].outlet, &outlet, &world.err));
    assert_string_equal(outlet, "Press");
    put(STORE_ARTICLE, "{\"id\":\"c\",\"title\":\"C\"}");
}

/* One that can't be read costs itself only. */
static void damaged(void **state) {
    (void)state;
    struct record record;
    write_records();
    go_back("UPDATE article SET body=x'0105'||substr(body,3) WHERE id='a'");
    OK(store_open(&world.store, world.dir, STORE_WRITE, &world.err));
    OK(get(STORE_ARTICLE, "b", 0, &record));
    assert_int_equal(get(STORE_ARTICLE, "a", 0, &record), ST_CORRUPT);
    put(STORE_ARTICLE, "{\"id\":\"a\",\"title\":\"A again\"}");
    OK(get(STORE_ARTICLE, "a", 0, &record));
}

/* What stops in the middle leaves the store as it was. */
static void all_or_nothing(void **state) {
    (void)state;
    write_records();
    go_back("");
    run_sql("records.sqlite", "CREATE TABLE wordlist(x)"); /* in the way of the last step */
    char *before = shape();
    assert_int_not_equal(store_open(&world.store, world.dir, STORE_WRITE, &world.err), ST_OK);
    char *after = shape();
    assert_string_equal(after, before);
    mem_free(before);
    mem_free(after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(upgrades, world_open, world_close),
        cmocka_unit_test_setup_teardown(damaged, world_open, world_close),
        cmocka_unit_test_setup_teardown(all_or_nothing, world_open, world_close),
    };
    return cmocka_run_group_tests(tests, rules_setup, rules_teardown);
}
