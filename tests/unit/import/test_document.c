/* docs/import-formats.md: each example gives the record that stands below it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A block ```FORMAT import is a file, the block ```json record behind it what comes of it. */
#include "transcript.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
