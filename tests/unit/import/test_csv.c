/* CSV: quoting, separators, lists, --map; what is wrong with a line costs that line.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <string.h>

static const struct transcript_case tables[] = {
    {"a.csv", "title,text\nA,a\nB,b", "2 {\"title\":\"A\",\"text\":\"a\"}\n3 {\"title\":\"B\",\"text\":\"b\"}\n"},
    /* RFC 4180: separators, quotes and ends of lines inside quotes; CRLF; blank lines; no last end. */
    {"a.csv", "title,text\r\n\"A, or \"\"B\"\"\",\"one\r\ntwo\n\"\r\n\r\nC,\r\n",
     "2 {\"title\":\"A, or \\\"B\\\"\",\"text\":\"one\\ntwo\\n\"}\n6 {\"title\":\"C\"}\n"},
    {"a.csv", "title,text\nA,6\" rain\n", "2 {\"title\":\"A\",\"text\":\"6\\\" rain\"}\n"},
    /* The separator is what the header has most of, outside quotes. */
    {"a.csv", "title;\"x,y,z\";text\nA;1,5;b\n", "2 {\"title\":\"A\",\"x,y,z\":\"1,5\",\"text\":\"b\"}\n"},
    {"a.tsv", "title\ttext\nA\tb, c; d\n", "2 {\"title\":\"A\",\"text\":\"b, c; d\"}\n"},
    {"a.csv", "\xEF\xBB\xBFtitle\nA\n", "2 {\"title\":\"A\"}\n"},
    /* Names are trimmed; a column without one has its number; values are strings. */
    {"a.csv", " id ,,title\n7,x,8\n", "2 {\"id\":\"7\",\"column_2\":\"x\",\"title\":\"8\"}\n"},
    /* Lists, with | between; dates. */
    {"a.csv", "title,authors,tags,sources,published,x\nA,B | C,d,https://a.example/|https://b.example/,5/6/2024,y|z\n",
     "2 {\"title\":\"A\",\"authors\":[\"B\",\"C\"],\"tags\":[\"d\"],\"sources\":[{\"url\":\"https://a.example/"
     "\",\"n\":1},{\"url\":\"https://b.example/\",\"n\":2}],\"published\":\"2024-05-06\",\"x\":\"y|z\"}\n"},
    /* A wrong line costs itself. */
    {"a.csv", "title,text\nA\nB,b,c\n\"C\"x,c\nD,d\n\"E,e\n",
     "2:1 invalid_record expected 2 fields, as the header has, got 1\n"
     "3:1 invalid_record expected 2 fields, as the header has, got 3\n"
     "4:4 invalid_format expected a separator behind the closing quote <x,c>\n"
     "5 {\"title\":\"D\",\"text\":\"d\"}\n"
     "6:1 invalid_format expected a closing quote <\"E,e\n>\n"},
    {"a.csv", "title,published\nA,soon\nB,2024\n",
     "2:1 invalid_record published: expected a date like 2025-10-08, got \"soon\"\n"
     "3 {\"title\":\"B\",\"published\":\"2024\"}\n"},
    {"a.csv", "title\n\xFF\nB\n",
     "2:1 invalid_format expected UTF-8 text, got byte 0xff <\xFF>\n3 {\"title\":\"B\"}\n"},
    /* A wrong header costs everything, and says so each time. */
    {"a.csv", "title,title\nA,a\n",
     "1:1 invalid_format header: expected each name once, got \"title\" again\n"
     "2:1 invalid_record expected a header that can be read above it\n"},
    {"a.csv", "\n\n", ""},
    {"a.csv", "title,text\n", ""},
};

static void test_tables(void **state) {
    (void)state;
    transcript_check(tables, sizeof tables / sizeof *tables);
}

static void check(struct import_options options, const char *text, const char *expected) {
    char *found = transcript(&options, text, strlen(text), 0);
    assert_string_equal(found, expected);
    mem_free(found);
}

/* Names of others, as fact-checkers' tables have them; another separator of lists. */
static void test_options_of_csv(void **state) {
    static const char table[] = "claim_text,claim_author_name,review_rating,review_url,keywords\n"
                                "Rats broke it,A post,False,https://c.example/1,dams;rats\n";
    struct import_options options = test_options();
    (void)state;
    options.name = "reviews.csv";
    options.list_separator = ";";
    options.map = "claim_text=title,claim_author_name=claims.claimant,review_rating=verdict,review_url=url,"
                  "keywords=tags";
    check(options, table,
          "2 {\"title\":\"Rats broke it\",\"claims\":[{\"claimant\":\"A post\"}],\"verdict\":\"False\",\"url\":"
          "\"https://c.example/1\",\"tags\":[\"dams\",\"rats\"]}\n");
    options = test_options();
    options.name = "a.csv";
    options.max_record_bytes = 20;
    check(options, "title\nA line that is much too long\nB\n",
          "2:1 too_large record: expected at most 20 bytes\n3 {\"title\":\"B\"}\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables), cmocka_unit_test(test_options_of_csv)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
