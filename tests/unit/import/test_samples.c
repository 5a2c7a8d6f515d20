/* Real files: the sample archive, and the data set where it is present.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "archive/article.h"
#include "base/file.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 * 1024 * 1024, PATH_BYTES = 512 };

struct sums {
    size_t records, failed, sections, sources, mentions, clusters;
    char *title; /* of the last record */
    bool boilerplate;
};

static const char *const boilerplate[] = {"Share this article", "Advertisement", "newsletter",    "independent fact",
                                          "Soutenez",           "Partager",      "Sample Desk |", "Keep Factually"};

static void look_for_boilerplate(struct sums *sums, const cJSON *record) {
    char *text = cJSON_PrintUnformatted(record);
    for (size_t i = 0; i < sizeof boilerplate / sizeof *boilerplate; i++) {
        if (!strstr(text, boilerplate[i])) continue;
        print_message("'%s' in %s\n", boilerplate[i], text);
        sums->boilerplate = true;
    }
    cJSON_free(text);
}

static bool count_item(void *arg, struct import_item *item) {
    struct sums *sums = arg;
    struct arena *arena = arena_new();
    struct article *article = NULL;
    sums->records++;
    if (!item->take_record || article_read(arena, test_rules(), item->take_record, &article, &item->err)) {
        print_message("line %llu: %s\n", (unsigned long long)item->line, item->err.text);
        sums->failed++;
    } else {
        sums->sections += article->section_count;
        sums->sources += article->source_count;
        sums->mentions += article->mention_count;
        sums->clusters += article->clusters;
        mem_free(sums->title);
        sums->title = mem_strdup(article->title ? article->title : "");
        if (!json_get(item->take_record, "id")) look_for_boilerplate(sums, item->take_record);
    }
    cJSON_Delete(item->take_record);
    arena_free(arena);
    return true;
}

static struct sums import_file(struct import_options options, const char *path) {
    struct sums sums = {0};
    struct importer *importer;
    struct err err = ERR_NONE;
    char *bytes;
    size_t len;
    options.name = path;
    if (file_read(&bytes, &len, path, FILE_MAX, &err)) fail_msg("%s", err.text);
    if (importer_open(&importer, test_rules(), &options, &err)) fail_msg("%s", err.text);
    if (importer_feed(importer, bytes, len, count_item, &sums, &err)) fail_msg("%s", err.text);
    if (importer_end(importer, count_item, &sums, &err)) fail_msg("%s", err.text);
    assert_int_equal(importer_read(importer), sums.records);
    assert_int_equal(sums.failed, 0);
    importer_close(importer);
    mem_free(bytes);
    return sums;
}

/* Counted in the files by other means: headings, entries of bibliographies, numbers in markers. */
static const struct {
    const char *file;
    size_t sections, sources, mentions;
} samples[] = {
    {"markdown/fuenf-prozent-huerde.md", 6, 6, 9},
    {"markdown/goldfish-memory.md", 6, 5, 5},
    {"markdown/incognito-mode.md", 6, 6, 9},
    {"markdown/pluto-planet.md", 6, 5, 9},
    {"markdown/sugar-hyperactivity.md", 6, 5, 6},
    {"markdown/ten-percent-of-the-brain.md", 6, 4, 7},
    {"markdown/volcanoes-vs-humans-co2.md", 6, 6, 10},
    {"markdown/words-for-snow.md", 6, 5, 9},
    {"text/declaration-july-4.txt", 6, 5, 13},
    {"text/great-wall-from-space.txt", 5, 6, 13},
    {"text/lemmings.txt", 5, 0, 14},
    {"text/marathon-distance.txt", 5, 0, 12},
    {"text/msg-headaches.txt", 5, 6, 11},
    {"text/space-pen.txt", 5, 5, 13},
    {"text/unemployment-rate.txt", 6, 5, 12},
    {"text/vaccines-and-autism.txt", 6, 7, 15},
    {"text/vote-blanc.txt", 6, 5, 12},
    {"json/aspartame-cancer.json", 6, 5, 12},
    {"json/first-amendment-platforms.json", 6, 6, 12},
    {"json/mobile-phones-cancer.json", 6, 6, 10},
    {"json/rosalind-franklin-nobel.json", 6, 7, 14},
    {"json/sun-and-recent-warming.json", 6, 6, 12},
    {"json/tilde-solo-rae.json", 6, 5, 12},
    {"json/udhr-binding.json", 6, 5, 11},
    {"json/us-turnout-2020.json", 6, 7, 11},
    {"archive.jsonl", 54, 49, 93},
};

static void test_samples(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "%s/tests/sample-archive/%s", FOOTNOTE_SOURCE_DIR, samples[i].file);
        struct sums sums = import_file(test_options(), path);
        bool many = strstr(path, ".jsonl");
        assert_int_equal(sums.records, many ? 9 : 1);
        assert_int_equal(sums.sections, samples[i].sections);
        assert_int_equal(sums.sources, samples[i].sources);
        assert_int_equal(sums.mentions, samples[i].mentions);
        assert_false(sums.boilerplate);
        if (!many) assert_int_equal(sums.title[strlen(sums.title) - 1], '?');
        mem_free(sums.title);
    }
}

/* False, with a message, where the data set is absent. */
static bool data_path(char path[PATH_BYTES], const char *file) {
    const char *data = getenv("FOOTNOTE_DATA");
    if (data)
        snprintf(path, PATH_BYTES, "%s/%s", data, file);
    else
        snprintf(path, PATH_BYTES, "%s/../shared/data/%s", FOOTNOTE_SOURCE_DIR, file);
    FILE *found = fopen(path, "r");
    if (found)
        fclose(found);
    else
        print_message("skipped: %s is absent (FOOTNOTE_DATA)\n", path);
    return found != NULL;
}

static const struct {
    const char *file, *map, *prefix;
    enum when_order order;
    size_t records, sources;
} sets[] = {
    {"articles/claimskg.jsonl",
     "date=published,site=outlet,rating=verdict,author=authors,claim=claims.text,claimant=claims.claimant,"
     "claim_date=claims.date",
     "claimskg:", WHEN_ISO, 566, 6205},
    {"articles/buzzfeed2016.jsonl", "portal=outlet,veracity=verdict,author=authors", "buzzfeed:", WHEN_ISO, 1627, 5904},
    {"articles/averitec.jsonl",
     "date=published,date=claims.date,title=title,title=claims.text,label=verdict,speaker=claims.claimant,"
     "original_claim_url=claims.url,sources.cached_url=sources.archived_url",
     "averitec:", WHEN_DMY, 500, 1360},
};

static void test_sets(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        char path[PATH_BYTES];
        if (!data_path(path, sets[i].file)) skip();
        struct import_options options = test_options();
        options.map = sets[i].map;
        options.id_prefix = sets[i].prefix;
        options.date_order = sets[i].order;
        struct sums sums = import_file(options, path);
        assert_int_equal(sums.records, sets[i].records);
        assert_int_equal(sums.sources, sets[i].sources);
        mem_free(sums.title);
    }
}

static void test_seed(void **state) {
    (void)state;
    char path[PATH_BYTES];
    if (!data_path(path, "seed/factually-cartel-violence.txt")) skip();
    struct sums sums = import_file(test_options(), path);
    assert_int_equal(sums.records, 1);
    assert_int_equal(sums.sections, 7); /* a summary and six more */
    assert_int_equal(sums.sources, 0);
    assert_int_equal(sums.mentions, 17);
    assert_int_equal(sums.clusters, 9);
    assert_true(strncmp(sums.title, "What are the most notable cases", 31) == 0);
    assert_false(sums.boilerplate);
    mem_free(sums.title);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples), cmocka_unit_test(test_sets),
                                       cmocka_unit_test(test_seed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
