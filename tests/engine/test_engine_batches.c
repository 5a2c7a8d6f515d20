/* Random batches against a model: whatever the order of changes, commits and cancels, an index holds what
 * one holds that was written once.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Batches are larger than what the engine gathers before it writes into its tables, uncommitted: that is
 * where guests have had their faults.  The seed of a failing run is printed. */
#include "fixture.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IDS = 900, SLOTS = 4, ROUNDS = 6 };

/* Splitmix64: the same on every machine. */
static uint64_t next(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* The document that a number stands for. */
static struct engine_doc *doc_of(uint64_t number) {
    struct engine_doc *doc = engine_doc_new();
    char text[32];
    uint64_t state = number;
    for (unsigned left = next(&state) % 8; left; left--) {
        int len = snprintf(text, sizeof text, "t%u", (unsigned)(next(&state) % 30));
        engine_doc_posting(doc, text, (size_t)len, (uint32_t)(1 + next(&state) % 50), 1 + next(&state) % 3);
    }
    for (unsigned left = next(&state) % 4; left; left--)
        engine_doc_number(doc, next(&state) % SLOTS, (double)(next(&state) % 100));
    int len = snprintf(text, sizeof text, "%llx", (unsigned long long)number);
    engine_doc_data(doc, text, (size_t)len);
    return doc;
}

static void change(struct engine_db *db, uint64_t *random, uint64_t *model) {
    uint32_t docid = (uint32_t)(1 + next(random) % IDS);
    if (next(random) % 5 == 0) {
        assert_ok(engine_delete(db, docid, &fixture_err));
        model[docid] = 0;
        return;
    }
    model[docid] = next(random) | 1;
    fixture_take(db, docid, doc_of(model[docid]));
}

static void run_batches(struct engine_db *db, uint64_t *random, uint64_t *model) {
    uint64_t pending[IDS + 1];
    memcpy(pending, model, sizeof pending);
    for (int round = 0; round < ROUNDS; round++) {
        for (unsigned left = next(random) % 1500; left; left--)
            change(db, random, pending);
        if (next(random) % 3 == 0) {
            assert_ok(engine_cancel(db, &fixture_err));
            memcpy(pending, model, sizeof pending);
        } else {
            assert_ok(engine_commit(db, &fixture_err));
            memcpy(model, pending, sizeof pending);
        }
    }
    assert_ok(engine_cancel(db, &fixture_err));
}

struct dump {
    struct buf out;
    struct engine_db *db;
    struct buf terms; /* each with its NUL */
};

static bool on_term(void *arg, const char *term, size_t len, uint32_t documents) {
    struct dump *dump = arg;
    buf_printf(&dump->out, "\n%.*s %u:", (int)len, term, documents);
    buf_add(&dump->terms, term, len);
    buf_char(&dump->terms, 0);
    return true;
}

static bool on_posting(void *arg, uint32_t docid, uint32_t wdf) {
    buf_printf(&((struct dump *)arg)->out, " %u/%u", docid, wdf);
    return true;
}

static void dump_positions(struct dump *dump, const char *term) {
    for (uint32_t docid = 1; docid <= IDS; docid++) {
        uint32_t *at;
        size_t count;
        assert_ok(engine_positions(dump->db, docid, term, strlen(term), &at, &count, &fixture_err));
        for (size_t i = 0; i < count; i++)
            buf_printf(&dump->out, "%s%u", i ? "," : " @", at[i]);
        mem_free(at);
    }
}

/* Every document with its data, the bounds of each slot, and an order by it. */
static void dump_slot(struct dump *dump, uint32_t slot) {
    struct engine_query *query = engine_query_number_range(slot, NULL, NULL);
    struct engine_search search = fixture_search(query);
    search.limit = IDS;
    search.want_data = true;
    search.sort[0] = (struct engine_sort){slot, slot % 2};
    search.sorts = 1;
    search.facets[0] = (struct engine_facet){.slot = slot, .number = true};
    search.facet_count = 1;
    struct engine_result *result = fixture_run(dump->db, &search);
    const struct engine_facet_result *facet = &result->facets[0];
    buf_printf(&dump->out, "\nslot %u: %zu values, %llu numbers %g-%g %g:", slot, facet->count,
               (unsigned long long)facet->numbers, facet->min, facet->max, facet->sum);
    for (size_t i = 0; i < result->count; i++)
        buf_printf(&dump->out, " %u=%.*s", result->hits[i].docid, (int)result->hits[i].data.len,
                   result->hits[i].data.at);
    engine_result_free(result);
    engine_query_free(query);
}

static char *dump_of(struct engine_db *db) {
    struct dump dump = {.db = db};
    struct engine_info info;
    buf_init(&dump.out, 0);
    buf_init(&dump.terms, 0);
    assert_ok(engine_info(db, &info, &fixture_err));
    buf_printf(&dump.out, "%llu documents of %.9g", (unsigned long long)info.documents, info.average_length);
    assert_ok(engine_terms(db, "", 0, on_term, &dump, &fixture_err));
    for (const char *term = dump.terms.data; term && term < dump.terms.data + dump.terms.len;
         term += strlen(term) + 1) {
        buf_printf(&dump.out, "\n%s:", term);
        assert_ok(engine_postings(db, term, strlen(term), 0, on_posting, &dump, &fixture_err));
        dump_positions(&dump, term);
    }
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        dump_slot(&dump, slot);
    buf_free(&dump.terms);
    return buf_take(&dump.out, NULL);
}

static char *expected_of(void **state, const uint64_t *model, const char *name) {
    struct engine_db *db = fixture_open(state, name, ENGINE_WRITE);
    unsigned pending = 0;
    for (uint32_t docid = 1; docid <= IDS; docid++) {
        if (!model[docid]) continue;
        fixture_take(db, docid, doc_of(model[docid]));
        if (++pending % 100 == 0) assert_ok(engine_commit(db, &fixture_err)); /* never a flush in between */
    }
    assert_ok(engine_commit(db, &fixture_err));
    char *text = dump_of(db);
    engine_close(db);
    return text;
}

static void test_batches(void **state) {
    for (uint64_t seed = 1; seed <= 8; seed++) {
        uint64_t random = seed, model[IDS + 1] = {0};
        char name[32], plain[32];
        snprintf(name, sizeof name, "db%u", (unsigned)seed);
        snprintf(plain, sizeof plain, "plain%u", (unsigned)seed);
        struct engine_db *db = fixture_open(state, name, ENGINE_WRITE);
        run_batches(db, &random, model);
        engine_close(db);
        db = fixture_open(state, name, ENGINE_READ);
        char *got = dump_of(db), *expected = expected_of(state, model, plain);
        engine_close(db);
        if (strcmp(got, expected) != 0) fail_msg("seed %u: the index differs from the model", (unsigned)seed);
        mem_free(got);
        mem_free(expected);
        char *path = fixture_path(state, name);
        assert_ok(engine_check(path, &fixture_err));
        mem_free(path);
    }
}

/* Far more than is gathered before a flush: still nobody sees it, and a process that dies leaves nothing. */
static void test_nothing_is_committed_early(void **state) {
    struct engine_db *db = fixture_open(state, "db", ENGINE_WRITE);
    fixture_put(db, 1, "first");
    assert_ok(engine_meta_set(db, "seq", "1", 1, &fixture_err));
    assert_ok(engine_commit(db, &fixture_err));
    engine_close(db);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        db = fixture_open(state, "db", ENGINE_WRITE);
        for (uint32_t i = 1; i <= 1000; i++)
            fixture_put(db, i, "second words that fill blocks");
        assert_ok(engine_meta_set(db, "seq", "2", 1, &fixture_err));
        struct engine_db *reader = fixture_open(state, "db", ENGINE_READ);
        fixture_expect(reader, engine_query_all(), "1");
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    db = fixture_open(state, "db", ENGINE_WRITE);
    fixture_expect(db, fixture_term("first"), "1");
    fixture_expect(db, fixture_term("second"), "");
    char *seq;
    size_t len;
    assert_ok(engine_meta_get(db, "seq", &seq, &len, &fixture_err));
    assert_string_equal(seq, "1");
    mem_free(seq);
    engine_close(db);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {CASE(test_batches), CASE(test_nothing_is_committed_early)};
    engine_setup();
    return cmocka_run_group_tests_name("engine batches", tests, NULL, NULL);
}
