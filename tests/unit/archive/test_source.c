/* Source records: reading, faults, and what an article's entry gives.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

static struct source *source_of(const char *record) {
    struct source *source = NULL;
    struct err err = ERR_NONE;
    if (source_read(world.arena, world.rules, json_of(record), &source, &err) != ST_OK) fail_msg("%s", err.text);
    return source;
}

static void reads_every_field(void **state) {
    const struct source *source = source_of(
        "{\"id\":\"harbour.example/a\",\"url\":\"https://www.harbour.example/a/"
        "\",\"title\":\"Levee\",\"outlet\":\"Post\","
        "\"domain\":\"harbour.example\",\"published\":\"2025-10-08\",\"kind\":\"report\",\"text\":\"The gauge stood.\","
        "\"archived_url\":\"https://archive.ph/"
        "AbCd1\",\"status\":\"retracted\",\"status_since\":\"2025-11\",\"note\":\"N\"}");
    (void)state;
    assert_string_equal(source->id, "harbour.example/a");
    assert_string_equal(source->url, "https://www.harbour.example/a/");
    assert_string_equal(source->title, "Levee");
    assert_string_equal(source->outlet, "Post");
    assert_string_equal(source->domain, "harbour.example");
    assert_string_equal(source->published, "2025-10-08");
    assert_string_equal(source->kind, "report");
    assert_string_equal(source->text, "The gauge stood.");
    assert_string_equal(source->archived_url, "https://archive.ph/AbCd1");
    assert_string_equal(source->status, "retracted");
    assert_string_equal(source->status_since, "2025-11");
    assert_string_equal(source->note, "N");
}

static void derives_keys(void **state) {
    static const struct {
        const char *record, *id;
    } rows[] = {
        {"{\"url\":\"http://www.harbour.example/a?utm_source=x\"}", "harbour.example/a"},
        {"{\"id\":\"https://harbour.example/a/\"}", "harbour.example/a"},
        {"{\"id\":\"doi:10.1000/ABC\"}", "doi:10.1000/abc"},
        {"{\"archived_url\":\"https://web.archive.org/web/20200101/http://b.example/y\"}", "b.example/y"},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_same(&failed, rows[i].record, source_of(rows[i].record)->id, rows[i].id);
    assert_int_equal(failed, 0);
    assert_memory_equal(source_of("{\"title\":\"A book\",\"published\":\"1999\"}")->id, "ref:", 4);
    assert_string_equal(source_of("{\"title\":\"A  BOOK\",\"published\":\"1999\"}")->id,
                        source_of("{\"title\":\"A book\",\"published\":\"1999\"}")->id);
    assert_string_equal(source_of("{\"id\":\"harbour.example/a\"}")->domain, "harbour.example");
}

static void tells_faults(void **state) {
    static const struct {
        const char *record, *text;
    } rows[] = {
        {"7", "record: expected an object, got 7"},
        {"{}", "url: expected a URL, an id or a title, got none"},
        {"{\"url\":7}", "url: expected a string, got 7"},
        {"{\"url\":\"https://a.example/\",\"status\":\"gone\"}",
         "status: expected live, dead, usurped, unfit, deviated, corrected, retracted, disputed or superseded, got "
         "\"gone\""},
        {"{\"url\":\"https://a.example/\",\"status_since\":\"soon\",\"published\":\"once\"}",
         "published: expected a date like 2025-10-08, got \"once\"; status_since: expected a date like 2025-10-08, got "
         "\"soon\""},
        {"{\"id\":\"b.example/\",\"url\":\"https://a.example/x\"}",
         "id: expected the key of `url`, \"a.example/x\", got \"b.example/\""},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct source *source;
        struct err err = ERR_NONE;
        assert_int_equal(source_read(world.arena, world.rules, json_of(rows[i].record), &source, &err),
                         ST_INVALID_RECORD);
        assert_null(source);
        expect_same(&failed, rows[i].record, err.text, rows[i].text);
    }
    assert_int_equal(failed, 0);
}

static const char *printed(const cJSON *tree) {
    char *text = cJSON_PrintUnformatted(tree);
    const char *copy = arena_strdup(world.arena, text);
    cJSON_free(text);
    return copy;
}

static void makes_records_of_entries(void **state) {
    const struct article *article = article_of(json_of(
        "{\"title\":\"T\",\"sources\":[{\"url\":\"https://www.harbour.example/a/\",\"title\":\"Levee\"},"
        "{\"url\":\"https://harbour.example/a\",\"title\":\"Other\",\"outlet\":\"Post\",\"text\":\"The gauge\"},"
        "{\"url\":\"https://web.archive.org/web/20200101/https://harbour.example/a\"}]}"));
    (void)state;
    cJSON *record = source_record_from_entry(&article->sources[0]);
    const char *made = "{\"id\":\"harbour.example/a\",\"url\":\"https://www.harbour.example/a/\",\"title\":\"Levee\","
                       "\"domain\":\"harbour.example\"}";
    assert_string_equal(printed(record), made);
    assert_false(source_record_fill(record, &article->sources[0]));
    assert_string_equal(printed(record), made);
    assert_true(source_record_fill(record, &article->sources[1]));
    assert_string_equal(json_get_string(record, "title"), "Levee");
    assert_string_equal(json_get_string(record, "outlet"), "Post");
    assert_string_equal(json_get_string(record, "text"), "The gauge");
    assert_true(source_record_fill(record, &article->sources[2]));
    assert_string_equal(json_get_string(record, "archived_url"),
                        "https://web.archive.org/web/20200101/https://harbour.example/a");
    assert_false(source_record_fill(record, &article->sources[2]));
    struct source *read = source_of(printed(record));
    assert_string_equal(read->id, "harbour.example/a");
    cJSON_Delete(record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_field),
        cmocka_unit_test(derives_keys),
        cmocka_unit_test(tells_faults),
        cmocka_unit_test(makes_records_of_entries),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
