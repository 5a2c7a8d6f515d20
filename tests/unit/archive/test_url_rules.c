/* url-rules.json and outlets.json: a wrong file is told with its place; outlets by domain, host and key.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "archive/source_key.h"
#include "rules_internal.h"

#include <unistd.h>

enum { OUTLETS_MIN = 250 };

/* Writes `text` to a file, opens it with one of the two readers; the fault's text behind the path, "" when it opens. */
static const char *opened(const char *text, bool outlets) {
    char path[] = "/tmp/footnote-rules-XXXXXX";
    struct err err = ERR_NONE;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    struct url_rules *url = NULL;
    struct outlets *names = NULL;
    enum status status = outlets ? outlets_open(&names, path, &err) : url_rules_open(&url, path, &err);
    assert_int_equal(status == ST_OK, url || names);
    assert_true(status == ST_OK || status == ST_INVALID_FORMAT);
    url_rules_close(url);
    outlets_close(names);
    unlink(path);
    return arena_strdup(world.arena, status == ST_OK ? "" : err.text + strlen(path) + 1);
}

/* A file whose rules are parse, host and `rule`, which stands in line 4. */
#define RULES(rule)                                                                                                    \
    "{\"version\": 1, \"rules\": [\n{\"name\": \"a\", \"type\": \"parse\"},\n{\"name\": \"b\", \"type\": \"host\"},\n" \
    "{\"name\": \"c\", " rule "}]}"

static void test_wrong_rules(void **state) {
    static const struct {
        const char *file, *text;
    } rows[] = {
        {RULES("\"type\": \"dots\""), ""},
        {RULES("\"type\": \"dots\", \"note\": \"why\", \"hosts\": [\"press.example\", \"google.*\"]"), ""},
        {"[]", "1:1: expected an object"},
        {"{\"version\": 2}", "1:13: field 'version': expected 1"},
        {"{\"version\": 1, \"rules\": {}}", "1:25: field 'rules': expected a list"},
        {"{\"version\": 1, \"rules\": []}", "1:25: field 'rules': expected rules of type 'parse' and 'host'"},
        {"{\"version\": 1,\n \"rule\": []}", "2:10: unknown field 'rule': expected one of version about rules"},
        {"{\"version\": 1, \"rules\": [\n 3]}", "2:2: expected an object"},
        {"{\"version\": 1, \"rules\": [\n {\"type\": \"trim\"}]}", "2:2: field 'name': expected a string"},
        {RULES("\"type\": \"dot\""), "4:1: rule 'c': unknown type 'dot'"},
        {RULES("\"type\": \"dots\", \"host\": []"),
         "4:39: unknown field 'host': expected one of name type note hosts except "},
        {RULES("\"type\": \"host\""), "4:1: a rule of type 'host' can't stand behind one of type 'host'"},
        {RULES("\"type\": \"trim\", \"around\": \"\""),
         "4:1: a rule of type 'trim' can't stand behind one of type 'host'"},
        {"{\"version\": 1, \"rules\": [{\"name\": \"a\", \"type\": \"dots\"}]}",
         "1:26: a rule of type 'dots' needs one of type 'parse' before it"},
        {RULES("\"type\": \"dots\"}, {\"name\": \"c\", \"type\": \"dots\""),
         "4:32: field 'name': a rule 'c' stands above"},
        {RULES("\"type\": \"dots\", \"hosts\": [\"a.example\",\n\"B.example\"]"),
         "5:1: field 'hosts': expected a domain in lower case, got \"B.example\""},
        {RULES("\"type\": \"dots\", \"hosts\": [\"a.*.example\"]"),
         "4:41: field 'hosts': expected a domain in lower case, got \"a.*.example\""},
        {RULES("\"type\": \"dots\", \"except\": \"a.example\""), "4:41: field 'except': expected a list of strings"},
        {RULES("\"type\": \"query_drop\", \"names\": [\"a\", 7]"),
         "4:52: field 'names': expected a string that is not empty"},
        {RULES("\"type\": \"query_drop\", \"names\": [\"a\", \"A\"]"), "4:1: field 'names': 'a' stands there twice"},
        {RULES("\"type\": \"percent\", \"path\": \"/\", \"query\": \"\""),
         "4:1: field 'path': an escaped '/' is no separator"},
        {RULES("\"type\": \"percent\", \"path\": \"&\", \"query\": \"\""),
         "4:42: field 'path': '&' can't be decoded safely"},
        {RULES("\"type\": \"path_suffix\", \"suffixes\": [\".a\"], \"to\": \".b\""),
         "4:64: field 'to': expected a string shorter than '.a'"},
        {RULES("\"type\": \"unwrap\", \"path\": \"/a\""), "4:1: rule 'c': nothing says where the page's URL stands"},
        {RULES("\"type\": \"unwrap\", \"path\": \"a/{url}\""),
         "4:41: field 'path': expected a pattern that begins with '/'"},
        {RULES("\"type\": \"unwrap\", \"path\": \"/{uri}\""), "4:41: field 'path': unknown part at '{uri}'"},
        {RULES("\"type\": \"unwrap\", \"path\": \"/{url}/x\""), "4:41: field 'path': nothing can follow before '/x'"},
        {RULES("\"type\": \"unwrap\", \"path\": \"/{url}\", \"archive\": 1"),
         "4:62: field 'archive': expected true or false"},
    };
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_same(&failed, rows[i].file, opened(rows[i].file, false), rows[i].text);
    }
    assert_int_equal(failed, 0);
}

static void test_wrong_json(void **state) {
    (void)state;
    const char *text = opened("{\"version\": 1,\n  \"rules\": [,]}", false);
    assert_memory_equal(text, "2:13: ", 6);
    text = opened("{\"version\": 1, \"version\": 1}", true);
    assert_memory_equal(text, "1:", 2);
    struct url_rules *url = NULL;
    struct err err = ERR_NONE;
    assert_int_equal(url_rules_open(&url, "/nowhere/url-rules.json", &err), ST_NOT_FOUND);
    assert_null(url);
}

static void test_wrong_outlets(void **state) {
    static const struct {
        const char *file, *text;
    } rows[] = {
        {"{\"version\": 1, \"outlets\": {\"press.example\": \"The Press\"}}", ""},
        {"{\"version\": 1}", "1:1: field 'outlets': expected an object"},
        {"{\"version\": 1, \"outlets\": {\n\"Press.example\": \"The Press\"}}",
         "2:18: 'Press.example': expected a domain in lower case"},
        {"{\"version\": 1, \"outlets\": {\"example\": \"The Press\"}}",
         "1:39: 'example': expected a domain in lower case"},
        {"{\"version\": 1, \"outlets\": {\"press.example\": \"\"}}",
         "1:45: 'press.example': expected an outlet's name"},
        {"{\"version\": 1, \"outlet\": {}}", "1:26: unknown field 'outlet': expected one of version about outlets"},
    };
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect_same(&failed, rows[i].file, opened(rows[i].file, true), rows[i].text);
    }
    assert_int_equal(failed, 0);
}

static void test_outlet_names(void **state) {
    static const struct {
        const char *domain, *name;
    } rows[] = {
        {"apnews.com", "Associated Press"},
        {"bbc.co.uk", "BBC"},
        {"news.bbc.co.uk", "BBC"},
        {"factcheck.afp.com", "AFP Fact Check"},
        {"afp.com", "Agence France-Presse"},
        {"abcnews.go.com", "ABC News"},
        {"abcnews.go.com/Politics/story?id=1", "ABC News"},
        {"apnews.com:8080/a", "Associated Press"},
        {"notapnews.com", "-"},
        {"go.com", "-"},
        {"com", "-"},
        {"", "-"},
        {"press.example", "-"},
    };
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name = outlet_name(world.rules, rows[i].domain);
        expect_same(&failed, rows[i].domain, name ? name : "-", rows[i].name);
    }
    assert_int_equal(failed, 0);
}

/* Every name can be reached: a key of its domain leads to it.  In order, so that a change is easy to read. */
static void test_shipped_outlets(void **state) {
    char *text = NULL;
    size_t len = 0;
    (void)state;
    assert_int_equal(file_read(&text, &len, FOOTNOTE_SOURCE_DIR "/index-schema/outlets.json", 1 << 20, NULL), ST_OK);
    const cJSON *outlets = json_get(json_of(text), "outlets");
    mem_free(text);
    const char *before = "";
    int count = 0, failed = 0;
    for (const cJSON *entry = outlets->child; entry; entry = entry->next, count++) {
        struct source_key key;
        source_key_from_url(world.arena, world.rules, entry->string, &key);
        expect_same(&failed, entry->string, key.domain ? outlet_name(world.rules, key.key) : "-", entry->valuestring);
        if (strcmp(before, entry->string) >= 0) expect_same(&failed, entry->string, "stands before", before);
        before = entry->string;
    }
    assert_int_equal(failed, 0);
    assert_true(count >= OUTLETS_MIN);
}

/* The URLs of real articles: each has a key, and the key is stable. */
static void check_file(const char *name) {
    size_t len = 0, urls = 0;
    char *text = data_file(name, &len);
    if (!text) skip();
    int failed = 0;
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        cJSON *article = cJSON_Parse(line);
        const cJSON *sources = json_get(article, "sources");
        for (const cJSON *source = sources ? sources->child : NULL; source; source = source->next) {
            const char *url = json_get_string(source, "url");
            if (!url || !*url) continue;
            struct arena *arena = arena_new();
            struct source_key once, twice;
            source_key_from_url(arena, world.rules, url, &once);
            source_key_from_url(arena, world.rules, once.key, &twice);
            expect_same(&failed, url, twice.key, once.key);
            arena_free(arena);
            urls++;
        }
        cJSON_Delete(article);
    }
    mem_free(text);
    assert_int_equal(failed, 0);
    assert_true(urls > 1000);
}

static void test_real_claimskg(void **state) {
    (void)state;
    check_file("articles/claimskg.jsonl");
}

static void test_real_buzzfeed(void **state) {
    (void)state;
    check_file("articles/buzzfeed2016.jsonl");
}

static void test_real_averitec(void **state) {
    (void)state;
    check_file("articles/averitec.jsonl");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_rules),     cmocka_unit_test(test_wrong_json),
        cmocka_unit_test(test_wrong_outlets),   cmocka_unit_test(test_outlet_names),
        cmocka_unit_test(test_shipped_outlets), cmocka_unit_test(test_real_claimskg),
        cmocka_unit_test(test_real_buzzfeed),   cmocka_unit_test(test_real_averitec),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
