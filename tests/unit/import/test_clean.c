/* Dirty values: refused, put right, left out, and what is told of it.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "archive/article.h"
#include "base/mem.h"

#include <string.h>

struct clean_case {
    const char *record, *coerced, *dropped, *changes; /* changes: of coercing, `field action was` a line */
};

static const struct clean_case cases[] = {
    {"{\"title\":5,\"outlet\":true,\"language\":[\"en\"],\"url\":{\"name\":\"u\"},\"verdict\":[1,2]}",
     "{\"title\":\"5\",\"outlet\":\"true\",\"language\":\"en\",\"url\":\"u\"}", "{}",
     "title coerced 5\noutlet coerced true\nlanguage coerced [\"en\"]\nurl coerced {\"name\":\"u\"}\nverdict dropped "
     "[1,2]\n"},
    {"{\"title\":\"T\",\"published\":\"March 2, 2024\",\"updated\":\"soon\",\"x\":5}",
     "{\"title\":\"T\",\"published\":\"2024-03-02\",\"x\":5,\"updated_text\":\"soon\"}", "{\"title\":\"T\",\"x\":5}",
     "published coerced \"March 2, 2024\"\nupdated moved \"soon\"\n"},
    {"{\"authors\":7,\"tags\":[\"a\",1,{},{\"name\":\"b\"}],\"claims\":\"c\",\"sections\":{\"text\":\"s\"}}",
     "{\"authors\":[\"7\"],\"tags\":[\"a\",\"1\",\"b\"],\"claims\":[{\"text\":\"c\"}],\"sections\":[{\"text\":\"s\"}]}",
     "{\"tags\":[\"a\"]}",
     "authors coerced 7\ntags[1] coerced 1\ntags[2] dropped {}\ntags[3] coerced {\"name\":\"b\"}\nclaims coerced "
     "\"c\"\nsections coerced {\"text\":\"s\"}\n"},
    {"{\"sources\":[{\"n\":\"3\",\"url\":1},{\"n\":0},7,\"u\"],\"claims\":[{\"text\":1,\"date\":2024},\"d\",null]}",
     "{\"sources\":[{\"n\":3,\"url\":\"1\"},{}],\"claims\":[{\"text\":\"1\",\"date\":\"2024\"},{\"text\":\"d\"}]}",
     "{\"sources\":[{},{}],\"claims\":[{}]}",
     "sources[0].n coerced \"3\"\nsources[0].url coerced 1\nsources[1].n dropped 0\nsources[2] dropped 7\nsources[3] "
     "dropped \"u\"\nclaims[0].text coerced 1\nclaims[0].date coerced 2024\nclaims[1] coerced \"d\"\nclaims[2] dropped "
     "null\n"},
    {"{\"title\":null,\"sources\":null,\"tags\":\"one\",\"published\":\"\"}",
     "{\"title\":null,\"sources\":null,\"tags\":\"one\",\"published\":\"\"}",
     "{\"title\":null,\"sources\":null,\"tags\":\"one\",\"published\":\"\"}", ""},
};

static char *told(const cJSON *changes) {
    struct buf out;
    buf_init(&out, 0);
    buf_str(&out, "");
    for (const cJSON *change = changes->child; change; change = change->next)
        buf_printf(&out, "%s %s %s\n", json_get_string(change, "field"), json_get_string(change, "action"),
                   json_get_string(change, "was"));
    if (!out.data) buf_add(&out, "", 0);
    return buf_take(&out, NULL);
}

static void check(const char *record, enum clean_policy policy, const char *expected, const char *changes_expected) {
    cJSON *tree = cJSON_Parse(record), *changes = cJSON_CreateArray();
    clean_record(tree, &(struct clean_rules){policy, WHEN_MDY, false}, changes);
    assert_json(tree, expected);
    char *text = told(changes);
    if (changes_expected) assert_string_equal(text, changes_expected);
    mem_free(text);
    cJSON_Delete(changes);
    cJSON_Delete(tree);
}

static void test_policies(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check(cases[i].record, CLEAN_REJECT, cases[i].record, "");
        check(cases[i].record, CLEAN_COERCE, cases[i].coerced, cases[i].changes);
        check(cases[i].record, CLEAN_DROP, cases[i].dropped, NULL);
    }
}

/* Whatever stands in a field: what is left is an article, unless nothing is left. */
static void test_any_value(void **state) {
    static const char *const values[] = {"1",  "-1.5",  "true", "[]",           "[[]]",
                                         "{}", "\"x\"", "[1]",  "[{\"n\":[]}]", "null"};
    static const char *const fields[] = {"id",        "url",     "title",    "text",    "summary", "language",
                                         "published", "updated", "outlet",   "authors", "tags",    "verdict",
                                         "claims",    "sources", "sections", "junk"};
    (void)state;
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            struct arena *arena = arena_new();
            struct article *article;
            struct err err = ERR_NONE;
            const char *text = arena_printf(arena, "{\"%s\":%s}", fields[f], values[v]);
            for (int policy = CLEAN_COERCE; policy <= CLEAN_DROP; policy++) {
                cJSON *tree = cJSON_Parse(text), *changes = cJSON_CreateArray();
                clean_record(tree, &(struct clean_rules){(enum clean_policy)policy, WHEN_MDY, false}, changes);
                cJSON_DeleteItemFromObjectCaseSensitive(tree, "title");
                cJSON_AddStringToObject(tree, "title", "T");
                if (article_read(arena, test_rules(), tree, &article, &err)) fail_msg("%s: %s", text, err.text);
                cJSON_Delete(tree);
                cJSON_Delete(changes);
            }
            arena_free(arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_policies), cmocka_unit_test(test_any_value)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
