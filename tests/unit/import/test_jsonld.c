/* JSON-LD of schema.org: ClaimReviews, articles, graphs, feeds; by name, and by what stands in JSON.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <string.h>

#define CONTEXT            "\"@context\":\"https://schema.org\","
#define REVIEW(url, claim) "{" CONTEXT "\"@type\":\"ClaimReview\",\"url\":\"" url "\",\"claimReviewed\":\"" claim "\"}"

static const struct transcript_case documents[] = {
    /* A review. */
    {"a.jsonld",
     "{" CONTEXT "\"@type\":\"ClaimReview\",\"url\":\"https://c.example/1\",\"datePublished\":\"2024-05-02\","
     "\"claimReviewed\":\"Rats broke the dam.\",\"author\":{\"@type\":\"Organization\",\"name\":\"The Gauge\"},"
     "\"itemReviewed\":{\"@type\":\"Claim\",\"author\":{\"@type\":\"Person\",\"name\":\"A post\"},\"datePublished\":"
     "\"2024-04-30\",\"firstAppearance\":{\"@type\":\"CreativeWork\",\"url\":\"https://f.example/1\"},\"appearance\":"
     "[\"https://f.example/1\",{\"url\":\"https://f.example/2\"}]},\"reviewRating\":{\"@type\":\"Rating\","
     "\"ratingValue\":1,\"bestRating\":5,\"worstRating\":1,\"alternateName\":\"False\"}}",
     "1 {\"title\":\"Rats broke the dam.\",\"url\":\"https://c.example/1\",\"published\":\"2024-05-02\",\"outlet\":"
     "\"The Gauge\",\"claims\":[{\"text\":\"Rats broke the dam.\",\"claimant\":\"A post\",\"date\":\"2024-04-30\"}],"
     "\"sources\":[{\"url\":\"https://f.example/1\",\"relation\":\"first_appearance\",\"n\":1},{\"url\":"
     "\"https://f.example/2\",\"relation\":\"appearance\",\"n\":2}],\"verdict\":\"False\",\"rating\":{\"value\":1,"
     "\"best\":5,\"worst\":1}}\n"},
    /* No words: the numbers. */
    {"a.jsonld",
     "{" CONTEXT "\"@type\":\"ClaimReview\",\"url\":\"https://c.example/1\",\"itemReviewed\":{\"name\":\"x\"},"
     "\"reviewRating\":{\"ratingValue\":2,\"bestRating\":\"5\"}}",
     "1 {\"url\":\"https://c.example/1\",\"claims\":[{\"text\":\"x\"}],\"verdict\":\"2/5\",\"rating\":{\"value\":2,"
     "\"best\":\"5\"},\"title\":\"https://c.example/1\"}\n"},
    /* An article: sections, sources in every shape, references by @id. */
    {"a.jsonld",
     "{\"@context\":[\"http://schema.org/\"],\"@graph\":[{\"@type\":[\"schema:NewsArticle\"],\"headline\":\"H\","
     "\"abstract\":\"S [1].\",\"publisher\":{\"@id\":\"#o\"},\"author\":[{\"@id\":\"#p\"},\"B\"],\"keywords\":\"k, "
     "l\",\"hasPart\":[{\"name\":\"A\",\"text\":\"a [2]\"},{\"headline\":\"B\",\"text\":\"b\"}],\"articleBody\":\"S a "
     "b\",\"citation\":[\"https://s.example/\",{\"name\":\"T\",\"url\":\"https://t.example/\",\"publisher\":\"U\","
     "\"datePublished\":\"2020\",\"archivedAt\":\"https://web.archive.org/web/2020/https://t.example/\"},\"A "
     "book\"]},{\"@id\":\"#o\",\"@type\":\"Organization\",\"name\":\"O\"},{\"@id\":\"#p\",\"@type\":\"Person\","
     "\"name\":\"P\"}]}",
     "1 {\"title\":\"H\",\"outlet\":\"O\",\"summary\":\"S [1].\",\"authors\":[\"P\",\"B\"],\"tags\":[\"k\",\"l\"],"
     "\"sections\":[{\"heading\":\"A\",\"text\":\"a [2]\"},{\"heading\":\"B\",\"text\":\"b\"}],\"sources\":[{\"url\":"
     "\"https://s.example/\",\"n\":1},{\"url\":\"https://t.example/\",\"title\":\"T\",\"outlet\":\"U\",\"published\":"
     "\"2020\",\"archived_url\":\"https://web.archive.org/web/2020/https://t.example/\",\"n\":2},{\"title\":\"A "
     "book\",\"n\":3}]}\n"},
    /* A review of the article beside it is one record with it; two reviews of one page are two. */
    {"a.jsonld",
     "{" CONTEXT "\"@graph\":[{\"@type\":\"Article\",\"url\":\"https://c.example/1\",\"headline\":\"H\","
     "\"articleBody\":\"text\"},{\"@type\":\"ClaimReview\",\"url\":\"https://c.example/1\",\"claimReviewed\":\"c\"}]}",
     "1 {\"title\":\"c\",\"url\":\"https://c.example/1\",\"claims\":[{\"text\":\"c\"}],\"text\":\"text\"}\n"},
    {"a.jsonld", "[" REVIEW("https://c.example/1", "c") ",\n" REVIEW("http://www.c.example/1?utm_source=x", "d") "]",
     "1 {\"title\":\"c\",\"url\":\"https://c.example/1\",\"claims\":[{\"text\":\"c\"}]}\n"
     "2 {\"title\":\"d\",\"url\":\"http://www.c.example/1?utm_source=x\",\"claims\":[{\"text\":\"d\"}],\"id\":"
     "\"c.example/1#45f80274c9c7a7ca\"}\n"},
    /* A feed: each element by itself, a bad one costs itself. */
    {"a.jsonld",
     "{" CONTEXT "\"@type\":\"DataFeed\",\"name\":\"[feed\",\"dataFeedElement\":[\n{\"item\":[" REVIEW(
         "https://c.example/1", "c") "]},\n{\"item\":{},},\n{\"item\":" REVIEW("https://c.example/2",
                                                                               "d") "}],"
                                                                                    "\"license\":{\"x\":[1]}}",
     "2 {\"title\":\"c\",\"url\":\"https://c.example/1\",\"claims\":[{\"text\":\"c\"}]}\n"
     "3:12 parse JSON: expected a key in double quotes, got '}' <}>\n"
     "4 {\"title\":\"d\",\"url\":\"https://c.example/2\",\"claims\":[{\"text\":\"d\"}]}\n"},
    /* In JSON and JSON Lines. */
    {"a.json", REVIEW("https://c.example/1", "c"),
     "1 {\"title\":\"c\",\"url\":\"https://c.example/1\",\"claims\":[{\"text\":\"c\"}]}\n"},
    {"a.jsonl", REVIEW("https://c.example/1", "c") "\n{\"title\":\"own\"}\n",
     "1 {\"title\":\"c\",\"url\":\"https://c.example/1\",\"claims\":[{\"text\":\"c\"}]}\n2 {\"title\":\"own\"}\n"},
    {"a.json", "{\"@type\":\"Article\",\"headline\":\"H\"}", "1 {\"title\":\"H\"}\n"},
    {NULL, REVIEW("https://c.example/1", "c"),
     "1 {\"title\":\"c\",\"url\":\"https://c.example/1\",\"claims\":[{\"text\":\"c\"}]}\n"},
    /* Nothing to take. */
    {"a.jsonld", "{" CONTEXT "\"@type\":\"Recipe\"}",
     "1:1 invalid_record expected a ClaimReview or an article of schema.org\n"},
    {"a.jsonld", "{" CONTEXT "\"@type\":\"Article\"",
     "1:51 parse JSON: expected ',' or '}' in an object, got the end of the text <>\n"},
    {"a.jsonld", "7", "1:1 invalid_record expected a ClaimReview or an article of schema.org\n"},
};

static void test_documents(void **state) {
    (void)state;
    transcript_check(documents, sizeof documents / sizeof *documents);
}

/* References in a circle, and any prefix of a document. */
static void test_broken(void **state) {
    static const char circle[] =
        "{\"@context\":\"https://schema.org\",\"@graph\":[{\"@id\":\"#a\",\"@type\":\"Article\",\"headline\":\"H\","
        "\"author\":{\"@id\":\"#a\"},\"publisher\":{\"@id\":\"#b\"},\"citation\":[{\"@id\":\"#a\"}],\"hasPart\":{"
        "\"@id\":\"#a\"}},{\"@id\":\"#b\",\"name\":{\"@id\":\"#b\"}}]}";
    struct import_options options = test_options();
    (void)state;
    options.format = "jsonld";
    char *found = transcript(&options, circle, sizeof circle - 1, 0);
    assert_string_equal(found, "1 {\"title\":\"H\",\"authors\":[\"H\"],\"sources\":[{\"title\":\"H\",\"n\":1}]}\n");
    mem_free(found);
    for (size_t len = 0; len < sizeof circle; len++)
        mem_free(transcript(&options, circle, len, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_documents), cmocka_unit_test(test_broken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
