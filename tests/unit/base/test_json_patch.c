/* JSON Merge Patch: the examples of RFC 7396, appendix A, and what is ours.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "base_test.h"

#include "base/json.h"

#include <string.h>

static cJSON *parse(const char *text) {
    cJSON *tree = NULL;
    assert_int_equal(json_parse(&tree, text, strlen(text), NULL, NULL), ST_OK);
    return tree;
}

static void patches_merge(void **state) {
    (void)state;
    static const struct {
        const char *target;
        const char *patch;
        const char *result;
    } rows[] = {
        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
        {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
        {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
        {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
        {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
        {"{\"a\":\"foo\"}", "null", "null"},
        {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
        {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
        {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
        /* names differ by case; a replaced member keeps its place */
        {"{\"a\":1,\"A\":2,\"b\":3}", "{\"A\":4,\"B\":5}", "{\"a\":1,\"A\":4,\"b\":3,\"B\":5}"},
        {"{\"a\":1,\"A\":2}", "{\"A\":null}", "{\"a\":1}"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buf buf;
        struct jw jw;
        cJSON *patch = parse(rows[i].patch);
        cJSON *result = json_merge_patch(parse(rows[i].target), patch);
        buf_init(&buf, 0);
        jw_init(&jw, &buf);
        jw_value(&jw, result);
        assert_string_equal(buf.data, rows[i].result);
        buf_free(&buf);
        cJSON_Delete(result);
        cJSON_Delete(patch);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(patches_merge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
