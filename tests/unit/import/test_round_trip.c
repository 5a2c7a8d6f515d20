/* Out and in again: what JSON-LD is made of an article gives the same article; lists of sources.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "archive/export.h"
#include "base/file.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 64 * 1024 * 1024 };

static bool same(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static void compare(const struct article *a, const struct article *b) {
    assert_true(same(a->id, b->id) && same(a->title, b->title) && same(a->url, b->url) && same(a->outlet, b->outlet));
    assert_true(same(a->published, b->published) && same(a->updated, b->updated) && same(a->language, b->language));
    assert_true(same(a->verdict, b->verdict));
    assert_int_equal(a->claim_count, b->claim_count);
    for (size_t i = 0; i < a->claim_count; i++)
        assert_true(same(a->claims[i].text, b->claims[i].text) && same(a->claims[i].date, b->claims[i].date) &&
                    same(a->claims[i].claimant, b->claims[i].claimant));
    assert_int_equal(a->section_count, b->section_count);
    for (size_t i = 0; i < a->section_count; i++) {
        assert_int_equal(a->sections[i].number, b->sections[i].number);
        assert_string_equal(a->sections[i].heading, b->sections[i].heading);
        assert_string_equal(a->sections[i].text, b->sections[i].text);
    }
    assert_int_equal(a->author_count, b->author_count);
    assert_int_equal(a->tag_count, b->tag_count);
}

static const struct source_entry *entry_of(const struct article *article, uint32_t n) {
    for (size_t i = 0; i < article->source_count; i++)
        if (article->sources[i].n == n) return &article->sources[i];
    return NULL;
}

static void compare_sources(const struct article *a, const struct article *b) {
    assert_int_equal(a->source_count, b->source_count);
    for (size_t i = 0; i < a->source_count; i++) {
        const struct source_entry *left = &a->sources[i], *right = entry_of(b, left->n);
        assert_non_null(right);
        assert_true(same(left->key.key, right->key.key) && same(left->url, right->url));
        assert_true(same(left->title, right->title) && same(left->outlet, right->outlet));
        assert_true(same(left->published, right->published) && same(left->archived_url, right->archived_url));
    }
    assert_int_equal(a->mention_count, b->mention_count);
    assert_int_equal(a->clusters, b->clusters);
}

/* Exports a record's article and imports that. */
static void turn(const cJSON *record) {
    struct arena *arena = arena_new();
    struct import_options options = test_options();
    struct article *before, *after;
    struct err err = ERR_NONE;
    struct buf text;
    struct jw jw;
    if (article_read(arena, test_rules(), record, &before, &err)) fail_msg("%s", err.text);
    buf_init(&text, 0);
    jw_init(&jw, &text);
    export_jsonld(&jw, before);
    options.format = "jsonld";
    cJSON *again = import_one(&options, text.data);
    if (article_read(arena, test_rules(), again, &after, &err)) fail_msg("%s", err.text);
    compare(before, after);
    compare_sources(before, after);
    cJSON_Delete(again);
    buf_free(&text);
    arena_free(arena);
}

static bool turn_item(void *arg, struct import_item *item) {
    size_t *count = arg;
    if (item->take_record) {
        turn(item->take_record);
        ++*count;
    }
    cJSON_Delete(item->take_record);
    return true;
}

static size_t turn_file(const char *path) {
    struct import_options options = test_options();
    struct importer *importer;
    struct err err = ERR_NONE;
    size_t len, count = 0;
    char *bytes;
    options.name = path;
    if (file_read(&bytes, &len, path, FILE_MAX, &err)) fail_msg("%s", err.text);
    if (importer_open(&importer, test_rules(), &options, &err)) fail_msg("%s", err.text);
    if (importer_feed(importer, bytes, len, turn_item, &count, &err)) fail_msg("%s", err.text);
    if (importer_end(importer, turn_item, &count, &err)) fail_msg("%s", err.text);
    importer_close(importer);
    mem_free(bytes);
    return count;
}

static void test_samples(void **state) {
    static const char *const files[] = {
        "tests/sample-archive/archive.jsonl",
        "tests/sample-archive/json/first-amendment-platforms.json",
        "tests/sample-archive/json/tilde-solo-rae.json",
        "tests/sample-archive/markdown/fuenf-prozent-huerde.md",
        "tests/sample-archive/markdown/pluto-planet.md",
        "tests/sample-archive/text/vote-blanc.txt",
        "tests/sample-archive/text/lemmings.txt",
        "tests/unit/import/pages/press.html",
        "tests/unit/import/pages/claim.html",
        "tests/unit/import/pages/numbered.html",
        "tests/unit/import/pages/encyclopedia.html",
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        snprintf(path, sizeof path, FOOTNOTE_SOURCE_DIR "/%s", files[i]);
        assert_true(turn_file(path) > 0);
    }
}

/* A real archive of fact-checks, where it is at hand. */
static void test_data(void **state) {
    const char *folder = getenv("FOOTNOTE_DATA");
    char path[512];
    (void)state;
    snprintf(path, sizeof path, "%s/seed/factually-cartel-violence.txt",
             folder ? folder : FOOTNOTE_SOURCE_DIR "/../shared/data");
    FILE *file = fopen(path, "r");
    if (!file) {
        print_message("skipped: no %s\n", path);
        skip();
    }
    fclose(file);
    assert_int_equal(turn_file(path), 1);
}

/* ---- the shape of what goes out ---- */

static char *jsonld(const char *record) {
    struct arena *arena = arena_new();
    struct article *article;
    struct err err = ERR_NONE;
    struct buf text;
    struct jw jw;
    cJSON *tree = cJSON_Parse(record);
    if (article_read(arena, test_rules(), tree, &article, &err)) fail_msg("%s", err.text);
    buf_init(&text, 0);
    jw_init(&jw, &text);
    export_jsonld(&jw, article);
    cJSON_Delete(tree);
    arena_free(arena);
    return buf_take(&text, NULL);
}

static const struct {
    const char *record, *expected;
} outs[] = {
    {"{\"id\":\"a\",\"title\":\"T\",\"text\":\"x\"}",
     "{\"@context\":\"https://schema.org\",\"@type\":\"Article\",\"identifier\":{\"@type\":\"PropertyValue\","
     "\"propertyID\":\"footnote\",\"value\":\"a\"},\"headline\":\"T\",\"hasPart\":[{\"@type\":\"WebPageElement\","
     "\"position\":1,\"text\":\"x\"}]}"},
    {"{\"id\":\"a\",\"title\":\"T\",\"outlet\":\"O\",\"authors\":[\"P\"],\"verdict\":\"False\",\"rating\":{\"value\":1}"
     ","
     "\"claims\":[{\"text\":\"c\",\"claimant\":\"d\",\"date\":\"2024\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://s.example/\",\"relation\":\"appearance\"}]}",
     "{\"@context\":\"https://schema.org\",\"@type\":\"ClaimReview\",\"identifier\":{\"@type\":\"PropertyValue\","
     "\"propertyID\":\"footnote\",\"value\":\"a\"},\"headline\":\"T\",\"publisher\":{\"@type\":\"Organization\","
     "\"name\":"
     "\"O\"},\"author\":{\"@type\":\"Organization\",\"name\":\"O\"},\"contributor\":[{\"@type\":\"Person\",\"name\":"
     "\"P\"}],\"reviewRating\":{\"@type\":\"Rating\",\"alternateName\":\"False\",\"ratingValue\":1},\"claimReviewed\":"
     "\"c\",\"itemReviewed\":{\"@type\":\"Claim\",\"text\":\"c\",\"author\":{\"name\":\"d\"},\"datePublished\":"
     "\"2024\","
     "\"appearance\":[{\"@type\":\"CreativeWork\",\"position\":1,\"url\":\"https://s.example/\"}]}}"},
    {"{\"id\":\"a\",\"title\":\"T\",\"verdict\":\"Mixed\",\"claims\":[{\"text\":\"c\"},{\"text\":\"d\"}]}",
     "{\"@context\":\"https://schema.org\",\"@type\":[\"Article\",\"Review\"],\"identifier\":{\"@type\":"
     "\"PropertyValue\",\"propertyID\":\"footnote\",\"value\":\"a\"},\"headline\":\"T\",\"reviewRating\":{\"@type\":"
     "\"Rating\",\"alternateName\":\"Mixed\"},\"about\":[{\"@type\":\"Claim\",\"text\":\"c\"},{\"@type\":\"Claim\","
     "\"text\":\"d\"}]}"},
};

static void test_jsonld(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof outs / sizeof *outs; i++) {
        char *text = jsonld(outs[i].record);
        cJSON *tree = cJSON_Parse(outs[i].record);
        assert_string_equal(text, outs[i].expected);
        turn(tree);
        cJSON_Delete(tree);
        mem_free(text);
    }
}

static const struct {
    struct work work;
    const char *csl, *bibtex;
} lists[] = {
    {{.n = 3,
      .key = "water.example/log",
      .url = "https://water.example/log?a=1&b=%20{x}#c",
      .title = "50% of {all} \\dams_ & more",
      .outlet = "Water & Co",
      .published = "2024-03-02",
      .archived_url = "https://web.archive.org/web/2024/https://water.example/log",
      .status = "retracted",
      .status_since = "2024-05-01"},
     "{\"id\":\"water.example/log\",\"type\":\"webpage\",\"title\":\"50% of {all} \\\\dams_ & "
     "more\",\"container-title\":"
     "\"Water & Co\",\"issued\":{\"date-parts\":[[2024,3,2]]},\"URL\":\"https://water.example/log?a=1&b=%20{x}#c\","
     "\"archive_location\":\"https://web.archive.org/web/2024/https://water.example/log\",\"custom\":{\"n\":3,"
     "\"status\":\"retracted\",\"status_since\":\"2024-05-01\"}}",
     "@misc{water.example-2024-9ca907d647b9,\n"
     "  title = {{50\\% of \\textbraceleft{}all\\textbraceright{} \\textbackslash{}dams\\_ \\& more}},\n"
     "  organization = {Water \\& Co},\n  year = {2024},\n  month = mar,\n  day = {2},\n"
     "  howpublished = {\\url{https://water.example/log?a=1&b=\\%20\\%7Bx\\%7D\\#c}},\n"
     "  url = {https://water.example/log?a=1&b=%20%7Bx%7D#c},\n"
     "  note = {Archived: \\url{https://web.archive.org/web/2024/https://water.example/log}; Status: retracted since "
     "2024-05-01}\n}\n"},
    {{.key = "doi:10.1000/182", .title = "Dams", .outlet = "Waters", .published = "1999-13"},
     "{\"id\":\"doi:10.1000/182\",\"type\":\"article-journal\",\"title\":\"Dams\",\"container-title\":\"Waters\","
     "\"issued\":{\"date-parts\":[[1999]]},\"URL\":\"https://doi.org/10.1000/182\",\"DOI\":\"10.1000/182\"}",
     "@article{doi-1999-644dcbdbca9d,\n  title = {{Dams}},\n  journal = {Waters},\n  year = {1999},\n  doi = "
     "{10.1000/182},\n  url = {https://doi.org/10.1000/182}\n}\n"},
    {{.key = "ref:1", .title = "A letter"},
     "{\"id\":\"ref:1\",\"type\":\"document\",\"title\":\"A letter\"}",
     "@misc{ref-8bba7e8d9686,\n  title = {{A letter}}\n}\n"},
    {{.key = "isbn:1", .outlet = "Press"},
     "{\"id\":\"isbn:1\",\"type\":\"book\",\"publisher\":\"Press\",\"ISBN\":\"1\"}",
     "@book{isbn-8a5243cc84af,\n  publisher = {Press},\n  isbn = {1}\n}\n"},
};

static void test_lists(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct buf text;
        struct jw jw;
        buf_init(&text, 0);
        jw_init(&jw, &text);
        export_csl(&jw, &lists[i].work);
        assert_string_equal(text.data, lists[i].csl);
        buf_clear(&text);
        export_bibtex(&text, &lists[i].work);
        assert_string_equal(text.data, lists[i].bibtex);
        buf_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples), cmocka_unit_test(test_data),
                                       cmocka_unit_test(test_jsonld), cmocka_unit_test(test_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
