/* Plain texts: structure, boilerplate, bibliography, pages, and bytes that are no UTF-8.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <string.h>

struct text_case {
    const char *name, *text, *expected;
};

static const struct text_case records[] = {
    /* As a fact-check site has it. */
    {"dir/oak.txt",
     "Share this article\nFact check: Do oaks attract lightning?\nChecked on March 4, 2025\n\nExecutive Summary\n"
     "They are hit more often than beeches [1] [2].\n1. What was counted\nForesters counted scars [1].\n\nThey did so "
     "twice.\n2. Why\nNobody knows [2].",
     "{\"title\":\"Do oaks attract lightning?\",\"published\":\"2025-03-04\",\"summary\":\"They are hit more often "
     "than "
     "beeches [1] [2].\",\"sections\":[{\"heading\":\"What was counted\",\"text\":\"Foresters counted scars "
     "[1].\\n\\nThey did so twice.\"},{\"heading\":\"Why\",\"text\":\"Nobody knows [2].\"}],\"file\":\"oak.txt\"}"},
    /* A bibliography becomes sources; an entry that is only a URL needs no wording. */
    {NULL,
     "Is glass a liquid?\n\nNo [1][2].\n\nSources\n[1] On glass – Journal of Panes, 3 May 2021, "
     "https://glass.example/a\n"
     "[2] https://glass.example/b\n",
     "{\"title\":\"Is glass a liquid?\",\"sections\":[{\"text\":\"No [1][2].\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://glass.example/a\",\"title\":\"On glass\",\"outlet\":\"Journal of Panes\",\"published\":\"2021-05-03\","
     "\"citation\":\"On glass – Journal of Panes, 3 May 2021, https://glass.example/a\"},{\"n\":2,\"url\":"
     "\"https://glass.example/b\"}]}"},
    /* Line ends of every kind, white space around, boilerplate inside. */
    {NULL, "\r\n  Can hens fly?  \r\n\r\nA little.\r\nAdvertisement\r\n\r\n\r\n\r\nNot far.\r\n",
     "{\"title\":\"Can hens fly?\",\"sections\":[{\"text\":\"A little.\\n\\nNot far.\"}]}"},
    {NULL, "Can hens swim?\rNo.\r", "{\"title\":\"Can hens swim?\",\"sections\":[{\"text\":\"No.\"}]}"},
    /* One line is a text, not a title. */
    {NULL, "Nothing but this line", "{\"sections\":[{\"text\":\"Nothing but this line\"}]}"},
};

static void test_records(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        struct import_options options = test_options();
        options.name = records[i].name;
        options.format = "text";
        cJSON *record = import_one(&options, records[i].text);
        assert_json(record, records[i].expected);
        cJSON_Delete(record);
    }
}

static const struct transcript_case pages[] = {
    {"two.txt", "One?\n\nYes.\n\fTwo?\r\n\r\nNo.\f\n\f",
     "1 {\"title\":\"One?\",\"sections\":[{\"text\":\"Yes.\"}],\"file\":\"two.txt\"}\n"
     "4 {\"title\":\"Two?\",\"sections\":[{\"text\":\"No.\"}],\"file\":\"two.txt\"}\n"},
    {"-", "One?\n\nYes.", "1 {\"title\":\"One?\",\"sections\":[{\"text\":\"Yes.\"}]}\n"},
    {"empty.txt", "", ""},
    {"blank.txt", "\xEF\xBB\xBF \n\n", ""},
    {"latin.txt", "Fine?\n\nCaf\xE9.\n\fNext?\n\nYes.",
     "3:4 invalid_format expected UTF-8 text, got byte 0xe9 <\xE9.\n>\n"
     "4 {\"title\":\"Next?\",\"sections\":[{\"text\":\"Yes.\"}],\"file\":\"latin.txt\"}\n"},
    {"shop.txt", "Share this article\n\nAdvertisement\n",
     "1:1 invalid_record expected a title or text, got only boilerplate and white space\n"},
    /* Neither a list of notes nor a heading makes a file JSON or Markdown. */
    {NULL, "[1] is no JSON\n\nat all.", "1 {\"sections\":[{\"text\":\"[1] is no JSON\\n\\nat all.\"}]}\n"},
    {NULL, "#hashtag\n\nis no heading.", "1 {\"title\":\"#hashtag\",\"sections\":[{\"text\":\"is no heading.\"}]}\n"},
};

static void test_pages(void **state) {
    (void)state;
    transcript_check(pages, sizeof pages / sizeof *pages);
}

static void test_nul(void **state) {
    (void)state;
    struct import_options options = test_options();
    options.name = "nul.txt";
    char *found = transcript(&options, "A\nb\0c", 5, 0);
    assert_true(strncmp(found, "2:2 invalid_format expected UTF-8 text, got byte 0x00", 53) == 0);
    mem_free(found);
}

static void test_utf16(void **state) {
    (void)state;
    struct import_options options = test_options();
    options.name = "wide.txt";
    char *found = transcript(&options,
                             "\xFF\xFE"
                             "A\0?\0\r\0\n\0\r\0\n\0\xDC\0.\0",
                             18, 1);
    assert_string_equal(found, "1 {\"title\":\"A?\",\"sections\":[{\"text\":\"Ü.\"}],\"file\":\"wide.txt\"}\n");
    mem_free(found);
}

/* Maps, prefixes and dates work on every format. */
static void test_options_apply(void **state) {
    (void)state;
    struct import_options options = test_options();
    options.name = "note.txt";
    options.map = "file=note,title=headline";
    cJSON *record = import_one(&options, "What?\n\nThat.");
    assert_json(record, "{\"headline\":\"What?\",\"sections\":[{\"text\":\"That.\"}],\"note\":\"note.txt\"}");
    cJSON_Delete(record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records), cmocka_unit_test(test_pages),         cmocka_unit_test(test_nul),
        cmocka_unit_test(test_utf16),   cmocka_unit_test(test_options_apply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
