/* What the tests of the engine share.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct err fixture_err;
const struct engine_weight FIXTURE_WEIGHT = {.k1 = 1.2, .k3 = 1, .b = 0.5};

void fixture_ok(enum status status, const struct err *err, const char *expression) {
    if (status) fail_msg("%s: %s: %s", expression, status_info(status)->name, err->text);
}

int fixture_setup(void **state) {
    const char *tmp = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/fn-engine-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(path)) return -1;
    *state = mem_strdup(path);
    return 0;
}

int fixture_teardown(void **state) {
    enum status status = file_remove_tree(*state, NULL);
    mem_free(*state);
    return status ? -1 : 0;
}

char *fixture_path(void **state, const char *name) {
    struct buf buf;
    buf_init(&buf, 0);
    buf_printf(&buf, "%s/%s", (const char *)*state, name);
    return buf_take(&buf, NULL);
}

struct engine_db *fixture_open(void **state, const char *name, enum engine_mode mode) {
    char *path = fixture_path(state, name);
    struct engine_db *db;
    assert_ok(engine_open(&db, path, mode, &fixture_err));
    mem_free(path);
    return db;
}

struct engine_doc *fixture_doc(const char *text) {
    struct engine_doc *doc = engine_doc_new();
    uint32_t position = 1;
    while (*text) {
        size_t len = strcspn(text, " ");
        engine_doc_posting(doc, text, len, position++, 1);
        text += len + (text[len] == ' ');
    }
    return doc;
}

void fixture_take(struct engine_db *db, uint32_t docid, struct engine_doc *take_doc) {
    assert_ok(engine_replace(db, docid, take_doc, &fixture_err));
    engine_doc_free(take_doc);
}

void fixture_put(struct engine_db *db, uint32_t docid, const char *text) {
    struct engine_doc *doc = fixture_doc(text);
    engine_doc_data(doc, text, strlen(text));
    fixture_take(db, docid, doc);
}

struct engine_query *fixture_term(const char *word) {
    return engine_query_term(word, strlen(word), 1);
}

struct engine_query *fixture_words(enum engine_op op, const char *words, uint32_t window) {
    struct engine_query *parts[64];
    size_t count = 0;
    while (*words) {
        size_t len = strcspn(words, " ");
        assert_true(count < 64);
        parts[count++] = engine_query_term(words, len, 1);
        words += len + (words[len] == ' ');
    }
    return engine_query_op(op, parts, count, window);
}

struct engine_search fixture_search(const struct engine_query *query) {
    return (struct engine_search){.query = query, .weight = FIXTURE_WEIGHT, .limit = 10, .check_at_least = UINT32_MAX};
}

struct engine_result *fixture_run(struct engine_db *db, const struct engine_search *search) {
    struct engine_result *result;
    assert_ok(engine_search(db, search, &result, &fixture_err));
    return result;
}

void fixture_expect_search(struct engine_db *db, const struct engine_search *search, const char *docids) {
    struct engine_result *result = fixture_run(db, search);
    struct buf got;
    buf_init(&got, 0);
    buf_str(&got, "");
    for (size_t i = 0; i < result->count; i++)
        buf_printf(&got, "%s%u", i ? " " : "", result->hits[i].docid);
    assert_string_equal(got.data ? got.data : "", docids);
    buf_free(&got);
    engine_result_free(result);
}

void fixture_expect(struct engine_db *db, struct engine_query *take_query, const char *docids) {
    struct engine_search search = fixture_search(take_query);
    fixture_expect_search(db, &search, docids);
    engine_query_free(take_query);
}
