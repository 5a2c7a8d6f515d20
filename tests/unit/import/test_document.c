/* docs/import-formats.md: each example gives the record that stands below it; docs/export-formats.md: the record gives
 * the examples below it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A block ```FORMAT import is a file, the block ```json record behind it what comes of it; of the other page, the blocks
 * `jsonld`, `csl` and `out` are made of the block `record`. */
#include "transcript.h"

#include "archive/export.h"

#include "base/file.h"
#include "base/mem.h"

#include <string.h>

/* The text of the block that begins at or behind *at with the word in its first line; NULL: there is none. */
static char *next_block(struct arena *arena, const char **at, const char *word, char **format) {
    const char *fence = *at;
    while ((fence = strstr(fence, "\n```"))) {
        const char *line = fence + 4, *end = strchr(line, '\n');
        const char *space = end ? memchr(line, ' ', (size_t)(end - line)) : NULL;
        const char *close = end ? strstr(end, "\n```") : NULL;
        if (space && close && strncmp(space + 1, word, strlen(word)) == 0) {
            *format = arena_strndup(arena, line, (size_t)(space - line));
            *at = close + 4;
            return arena_strndup(arena, end + 1, (size_t)(close - end));
        }
        fence = line;
    }
    return NULL;
}

static void test_examples(void **state) {
    struct arena *arena = arena_new();
    struct err err = ERR_NONE;
    char *page, *format, *file, *kind;
    size_t len, count = 0;
    (void)state;
    if (file_read(&page, &len, FOOTNOTE_SOURCE_DIR "/docs/import-formats.md", 1 << 20, &err)) fail_msg("%s", err.text);
    for (const char *at = page; (file = next_block(arena, &at, "import", &format)); count++) {
        char *expected = next_block(arena, &at, "record", &kind);
        struct import_options options = test_options();
        options.format = format;
        assert_non_null(expected);
        cJSON *record = import_one(&options, file);
        assert_json(record, expected);
        cJSON_Delete(record);
    }
    assert_int_equal(count, 6);
    mem_free(page);
    arena_free(arena);
}

static void check_json(const char *written, const char *expected) {
    cJSON *tree = cJSON_Parse(written);
    assert_non_null(tree);
    assert_json(tree, expected);
    cJSON_Delete(tree);
}

static void write_lists(const struct article *article, struct buf *csl, struct buf *bibtex) {
    struct jw jw;
    jw_init(&jw, csl);
    jw_array(&jw);
    for (size_t i = 0; i < article->source_count; i++) {
        struct work work = work_of(&article->sources[i], NULL);
        export_csl(&jw, &work);
        if (i) buf_char(bibtex, '\n');
        export_bibtex(bibtex, &work);
    }
    jw_array_end(&jw);
}

static void test_exports(void **state) {
    struct arena *arena = arena_new();
    struct article *article;
    struct err err = ERR_NONE;
    struct buf jsonld, csl, bibtex;
    struct jw jw;
    char *page, *kind;
    size_t len;
    (void)state;
    buf_init(&jsonld, 0);
    buf_init(&csl, 0);
    buf_init(&bibtex, 0);
    if (file_read(&page, &len, FOOTNOTE_SOURCE_DIR "/docs/export-formats.md", 1 << 20, &err)) fail_msg("%s", err.text);
    const char *at = page;
    cJSON *record = cJSON_Parse(next_block(arena, &at, "record", &kind));
    if (article_read(arena, test_rules(), record, &article, &err)) fail_msg("%s", err.text);
    jw_init(&jw, &jsonld);
    export_jsonld(&jw, article);
    check_json(jsonld.data, next_block(arena, &at, "jsonld", &kind));
    write_lists(article, &csl, &bibtex);
    check_json(csl.data, next_block(arena, &at, "csl", &kind));
    assert_string_equal(bibtex.data, next_block(arena, &at, "out", &kind));
    cJSON_Delete(record);
    buf_free(&jsonld);
    buf_free(&csl);
    buf_free(&bibtex);
    mem_free(page);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples), cmocka_unit_test(test_exports)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
