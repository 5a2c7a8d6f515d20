/* Markdown: front matter, headings, notes, links, inline marks.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/mem.h"

#include <string.h>

struct md_case {
    const char *text, *expected;
};

static void check(const struct md_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct import_options options = test_options();
        options.format = "markdown";
        cJSON *record = import_one(&options, cases[i].text);
        assert_json(record, cases[i].expected);
        cJSON_Delete(record);
    }
}

static const struct md_case blocks[] = {
    {"# Do bees sleep?\n\nYes.\n\n## At night\n\nThey rest.\n\n### Drones\nToo.\n\n## By day ##\n\nNo.\n",
     "{\"title\":\"Do bees sleep?\",\"summary\":\"Yes.\",\"sections\":[{\"heading\":\"At night\",\"text\":\"They "
     "rest.\\n\\nDrones\\nToo.\"},{\"heading\":\"By day\",\"text\":\"No.\"}]}"},
    /* The highest level below the title makes the sections. */
    {"# T\n### A\na\n#### B\nb\n### C\nc", "{\"title\":\"T\",\"sections\":[{\"heading\":\"A\",\"text\":\"a\\nB\\nb\"},"
                                           "{\"heading\":\"C\",\"text\":\"c\"}]}"},
    {"# T\n# A\na\n# B\nb", "{\"title\":\"T\",\"sections\":[{\"heading\":\"A\",\"text\":\"a\"},{\"heading\":\"B\","
                            "\"text\":\"b\"}]}"},
    {"Title\n=====\n\nLead\nof two lines.\n\nPart\n----\nText.\n",
     "{\"title\":\"Title\",\"summary\":\"Lead\\nof two "
     "lines.\",\"sections\":[{\"heading\":\"Part\",\"text\":\"Text.\"}]}"},
    /* No headings: one section.  A rule is no underline. */
    {"Just text.\n\n---\n\nMore.\n\n* * *\n", "{\"sections\":[{\"text\":\"Just text.\\n\\nMore.\"}]}"},
    {"# T\n\nOnly this.", "{\"title\":\"T\",\"sections\":[{\"text\":\"Only this.\"}]}"},
    {"# T", "{\"title\":\"T\"}"},
    {"# T\n\n## Executive Summary\n\nIn short.\n\n## One\n\nText.\n",
     "{\"title\":\"T\",\"summary\":\"In short.\",\"sections\":[{\"heading\":\"One\",\"text\":\"Text.\"}]}"},
    /* Fenced code stays as it is and hides headings, notes and marks. */
    {"# T\n\n## A\n```c\n# not a *heading*\n[^1]: no note\n```\nend\n~~~~\n```\n~~~~\n",
     "{\"title\":\"T\",\"sections\":[{\"heading\":\"A\",\"text\":\"# not a *heading*\\n[^1]: no note\\nend\\n```\"}]}"},
    {"# T\n\nText\n```\nopen to the end\n", "{\"title\":\"T\",\"sections\":[{\"text\":\"Text\\nopen to the end\"}]}"},
    /* Lists and quotes keep their marks, boilerplate and date lines go. */
    {"# T\nChecked on May 4, 2024\n\n- one\n- two\n\n> said\n\nAdvertisement\n\n## A\n\n1. x\n2. y\n",
     "{\"title\":\"T\",\"published\":\"2024-05-04\",\"summary\":\"- one\\n- two\\n\\n> "
     "said\",\"sections\":[{\"heading\":"
     "\"A\",\"text\":\"1. x\\n2. y\"}]}"},
};

static const struct md_case front[] = {
    {"---\ntitle: \"A: \\\"b\\\" \\u00e9\"\ndate: 2025-03-05   # when\nauthor: 'it''s'\ntags: [x, \"y, z\", "
     "'w']\nlang: de\n"
     "verdict: False\nempty:\nnone: ~\n---\n\nText.\n",
     "{\"title\":\"A: \\\"b\\\" é\",\"published\":\"2025-03-05\",\"authors\":[\"it's\"],\"tags\":[\"x\",\"y, "
     "z\",\"w\"],"
     "\"language\":\"de\",\"verdict\":\"False\",\"empty\":null,\"none\":null,\"sections\":[{\"text\":\"Text.\"}]}"},
    {"---\nauthors:\n- A\n- 'B'\ntags:\n  - x # first\n\n  - y\n---\n# T\n",
     "{\"authors\":[\"A\",\"B\"],\"tags\":[\"x\",\"y\"],\"title\":\"T\"}"},
    {"---\nsources:\n  - n: 3\n    url: https://a.example/\n  - url: https://b.example/\n    n: 5\nmeta:\n  a: 1\n  "
     "b:\n"
     "    c: d\n---\n# T\n\nSee [3].\n",
     "{\"sources\":[{\"n\":3,\"url\":\"https://a.example/\"},{\"url\":\"https://b.example/\",\"n\":5}],\"meta\":{\"a\":"
     "\"1\",\"b\":{\"c\":\"d\"}},\"title\":\"T\",\"sections\":[{\"text\":\"See [3].\"}]}"},
    {"---\nsummary: |\n  One\n   two\n\n  three\nnote: >-\n  joined\n  words\n\n  next\n...\n# T\n## A\na\n",
     "{\"summary\":\"One\\n two\\n\\nthree\",\"note\":\"joined "
     "words\\nnext\",\"title\":\"T\",\"sections\":[{\"heading\":"
     "\"A\",\"text\":\"a\"}]}"},
    /* A field of ours is not replaced by an alias, and a title that differs is not lost. */
    {"---\ndate: noon\npublished: 2024-01-02\ntitle: One\n---\n# Two\n\nText.\n\n## A\n\na\n",
     "{\"date\":\"noon\",\"published\":\"2024-01-02\",\"title\":\"One\",\"summary\":\"Two\\n\\nText.\",\"sections\":[{"
     "\"heading\":\"A\",\"text\":\"a\"}]}"},
    {"---\ntitle: do BEES sleep?\n---\n# Do bees sleep?\n\nYes.",
     "{\"title\":\"do BEES sleep?\",\"sections\":[{\"text\":\"Yes.\"}]}"},
    {"---\n---\n# T\n", "{\"title\":\"T\"}"},
    {"---\nnot closed: really\n\nText.", "{\"sections\":[{\"text\":\"not closed: really\\n\\nText.\"}]}"},
};

static const struct md_case notes[] = {
    {"# T\n\nOne.[^1] Two.[^b][^1]\n\n[^1]: On one, Journal of Ones, 2 May 2020. <https://one.example/>\n[^b]: "
     "*Second*, https://two.example/x\n    goes on.\n",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"One.[^1] Two.[^2][^1]\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://one.example/\",\"title\":\"On one\",\"outlet\":\"Journal of Ones\",\"published\":\"2020-05-02\","
     "\"citation\":\"On one, Journal of Ones, 2 May 2020. <https://one.example/>\"},{\"n\":2,\"url\":"
     "\"https://two.example/x\",\"title\":\"Second\",\"citation\":\"Second, "
     "https://two.example/x goes on.\"}]}"},
    /* Labels that are no numbers get the free ones. */
    {"a[^x] b[^2] c[^y] d[^gone] e[^9]\n\n[^x]: https://x.example/\n[^2]: https://2.example/\n[^y]: "
     "https://y.example/\n",
     "{\"sections\":[{\"text\":\"a[^1] b[^2] c[^3] d[^gone] e[^9]\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://x.example/\"},{\"n\":2,\"url\":\"https://2.example/\"},{\"n\":3,\"url\":\"https://y.example/\"}]}"},
    /* Numbers as link definitions are notes too. */
    {"See [1] and [text][1].\n\n[1]: https://a.example/ \"A title\"\n",
     "{\"sections\":[{\"text\":\"See [1] and text "
     "[1].\"}],\"sources\":[{\"n\":1,\"url\":\"https://a.example/\",\"title\":"
     "\"A title\",\"citation\":\"https://a.example/ \\\"A title\\\"\"}]}"},
    /* A section that is a bibliography, with links. */
    {"# T\n\nText [1][2].\n\n## Sources\n\n1. [On *one*](https://one.example/), Ones\n2. <https://two.example/>\n",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"Text "
     "[1][2].\"}],\"sources\":[{\"n\":1,\"url\":\"https://one.example/\","
     "\"title\":\"On one\",\"outlet\":\"Ones\",\"citation\":\"[On one](https://one.example/), Ones\"},{\"n\":2,\"url\":"
     "\"https://two.example/\"}]}"},
    /* The last section ends with one. */
    {"# T\n\nLead.\n\n## A\n\nText [1].\n\n[1] On one – Ones, https://one.example/\n",
     "{\"title\":\"T\",\"summary\":\"Lead.\",\"sections\":[{\"heading\":\"A\",\"text\":\"Text "
     "[1].\"}],\"sources\":[{\"n\":"
     "1,\"url\":\"https://one.example/\",\"title\":\"On one\",\"outlet\":\"Ones\",\"citation\":\"On one – Ones, "
     "https://one.example/\"}]}"},
    /* A note that names nothing is a source all the same. */
    {"A[^1]\n\n[^1]: Letter to the author\n", "{\"sections\":[{\"text\":\"A[^1]\"}],\"sources\":[{\"n\":1,\"title\":"
                                              "\"Letter to the author\",\"citation\":\"Letter to the author\"}]}"},
};

static const struct md_case links[] = {
    /* Without notes a link is a source with a marker; the same URL is the same source. */
    {"# T\n\nThe [census](https://a.example/c \"t\") and [*more*](<https://b.example/d>); "
     "[again](https://a.example/c).\n",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"The census [1] and more [2]; again "
     "[1].\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://a.example/c\",\"anchor\":\"census\"},{\"n\":2,\"url\":\"https://b.example/d\",\"anchor\":\"more\"}]}"},
    {"See <https://a.example/x> and [it][Ref], [ref][], [REF].\n\n[ref]: https://b.example/ 'title'\n",
     "{\"sections\":[{\"text\":\"See https://a.example/x [1] and it [2], ref [2], REF [2].\"}],\"sources\":[{\"n\":1,"
     "\"url\":\"https://a.example/x\",\"anchor\":\"https://a.example/x\"},{\"n\":2,\"url\":\"https://b.example/\","
     "\"anchor\":\"it\"}]}"},
    /* A list without markers: links cite what stands in it, and what does not. */
    {"# T\n\nThe [census](https://a.example/c), [more](https://b.example/d), [it](https://a.example/c).\n\n## "
     "Sources\n\n"
     "1. [Counted](https://x.example/)\n2. [Census](https://a.example/c)\n",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"The census [2], more [3], it [2].\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://x.example/\",\"title\":\"Counted\",\"citation\":\"[Counted](https://x.example/)\"},{\"n\":2,\"url\":"
     "\"https://a.example/c\",\"title\":\"Census\",\"citation\":\"[Census](https://a.example/c)\"},{\"n\":3,\"url\":"
     "\"https://b.example/d\",\"anchor\":\"more\"}]}"},
    /* With markers of its own the article keeps links beside. */
    {"The [census](https://a.example/c) says [1].\n",
     "{\"sections\":[{\"text\":\"The census says "
     "[1].\"}],\"links\":[{\"url\":\"https://a.example/c\",\"text\":\"census\"}]}"},
    /* What leads nowhere on the web, images, and links in headings cite nothing. */
    {"# The [T](https://t.example/)\n\n[up](#top) ![An oak](oak.png \"x\") [![i](i.png)](https://a.example/)\n",
     "{\"title\":\"The T\",\"sections\":[{\"text\":\"up An oak i "
     "[1]\"}],\"links\":[{\"url\":\"https://t.example/\",\"text\":"
     "\"T\"},{\"url\":\"#top\",\"text\":\"up\"},{\"url\":\"oak.png\",\"text\":\"An "
     "oak\",\"image\":true},{\"url\":\"i.png\","
     "\"text\":\"i\",\"image\":true}],\"sources\":[{\"n\":1,\"url\":\"https://a.example/\",\"anchor\":\"i\"}]}"},
    /* No links. */
    {"[a] [b](c d) [e]( [f](<g) \\[h](https://a.example/) `[i](https://a.example/)` <not://a.link>\n",
     "{\"sections\":[{\"text\":\"[a] [b](c d) [e]( [f](<g) [h](https://a.example/) [i](https://a.example/) "
     "<not://a.link>\"}]}"},
    {"[w](https://a.example/w_(x)_y) and [v](https://a.example/v\\)).",
     "{\"sections\":[{\"text\":\"w [1] and v "
     "[2].\"}],\"sources\":[{\"n\":1,\"url\":\"https://a.example/w_(x)_y\",\"anchor\":"
     "\"w\"},{\"n\":2,\"url\":\"https://a.example/v\\\\)\",\"anchor\":\"v\"}]}"},
};

/* One paragraph in, its text out. */
static const struct {
    const char *text, *expected;
} inlines[] = {
    {"*a* **b** ***c*** _d_ __e__ ~~f~~", "a b c d e f"},
    {"*a **b** c* **d *e***", "a b c d e"},
    {"snake_case_name 2*3*4 5 * 6 * 7 _open", "snake_case_name 2*3*4 5 * 6 * 7 _open"},
    {"in*fix*ed, **„Zitat“**, *é*", "infixed, „Zitat“, é"},
    {"* a\n* b*", "* a\n* b*"},
    {"**open and `**`", "**open and **"},
    {"`a*b*` ``c`d`` ` e ` `` f ` `` `open", "a*b* c`d e f ` `open"},
    {"\\*a\\* \\\\ \\a 1\\. b\\\nc", "*a* \\ \\a 1. b\nc"},
    {"~one~ ~~~three~~~", "~one~ ~~~three~~~"},
    {"![", "!["},
    {"[[[", "[[["},
    {"a & b &amp; <i>c</i>", "a & b &amp; <i>c</i>"},
};

static void test_blocks(void **state) {
    (void)state;
    check(blocks, sizeof blocks / sizeof *blocks);
}

static void test_front(void **state) {
    (void)state;
    check(front, sizeof front / sizeof *front);
}

static void test_notes(void **state) {
    (void)state;
    check(notes, sizeof notes / sizeof *notes);
}

static void test_links(void **state) {
    (void)state;
    check(links, sizeof links / sizeof *links);
}

static void test_inlines(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof inlines / sizeof *inlines; i++) {
        struct import_options options = test_options();
        options.format = "markdown";
        cJSON *record = import_one(&options, inlines[i].text);
        const cJSON *section = json_get(record, "sections")->child;
        assert_string_equal(json_get_string(section, "text"), inlines[i].expected);
        cJSON_Delete(record);
    }
}

static const struct transcript_case faults[] = {
    {"a.md", "---\ntitle: A\nnonsense\n---\n", "3:1 invalid_format front matter: expected `key: value`\n"},
    {"a.md", "---\ntitle: A\n  more: B\n---\n",
     "3:3 invalid_format front matter: expected a line indented like those above\n"},
    {"a.md", "---\nt: \"a\n---\n", "2:4 invalid_format front matter: expected a closing quote in the same line\n"},
    {"a.md", "---\nt: \"a\" b\n---\n", "2:8 invalid_format front matter: expected nothing behind the value\n"},
    {"a.md", "---\nt: [a, b\n---\n", "2:9 invalid_format front matter: expected ']' in the same line\n"},
    {"a.md", "---\nt: [\"a\" b]\n---\n", "2:9 invalid_format front matter: expected ',' or ']' in a list\n"},
    {"a.md", "---\nt: {a: b}\n---\n", "2:4 invalid_format front matter: expected quotes around such a value\n"},
    {"a.md", "---\nt: &x y\n---\n", "2:4 invalid_format front matter: expected quotes around such a value\n"},
    {"a.md", "---\nt: 1\nt: 2\n---\n", "3:1 invalid_format front matter: expected each key once\n"},
    {"a.md", "---\nt: \"\\uZZZZ\"\n---\n",
     "2:5 invalid_format front matter: expected a character, or u and four hexadecimal digits, behind \\\n"},
    {"a.md", "---\nt:\n  - a\n b: c\n---\n",
     "4:2 invalid_format front matter: expected a line indented like those above\n"},
    {"a.md", "---\ndate: soon\n---\n# T\n",
     "1:1 invalid_record published: expected a date like 2025-10-08, got \"soon\"\n"},
    {"a.md", "# T\n\n\xFF\n\f# U\n",
     "3:1 invalid_format expected UTF-8 text, got byte 0xff <\xFF\n>\n4 {\"title\":\"U\",\"file\":\"a.md\"}\n"},
    {NULL, "---\ntitle: A\n---\n", "1 {\"title\":\"A\"}\n"},
    {NULL, "\n## Heading\n\nText", "1 {\"title\":\"Heading\",\"sections\":[{\"text\":\"Text\"}]}\n"},
    {"a.md", "Advertisement\n", "1:1 invalid_record expected a title or text, got only boilerplate and white space\n"},
};

static void test_faults(void **state) {
    (void)state;
    transcript_check(faults, sizeof faults / sizeof *faults);
}

/* What could take long: each kind of mark, very often, without its partner. */
static void test_repeated(void **state) {
    (void)state;
    static const char *const marks[] = {
        "[",  "]",  "*",   "*a ",  "_a* ",      "`",         "` `` ", "<",  "<https://", "![",    "[a](",  "[a](b ",
        "](", "\\", "~~a", "[^1]", "[^1]: a\n", "[a]: /b\n", "#\n",   "- ", "a\n---\n",  "```\n", "[a][b", "> "};
    struct import_options options = test_options();
    options.format = "markdown";
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct buf text;
        buf_init(&text, 0);
        buf_str(&text, "x\n\n");
        while (text.len < 300000)
            buf_str(&text, marks[i]);
        char *found = transcript(&options, text.data, text.len, 0);
        assert_true(strncmp(found, "1 {", 3) == 0);
        mem_free(found);
        buf_free(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),   cmocka_unit_test(test_front),   cmocka_unit_test(test_notes),
        cmocka_unit_test(test_links),    cmocka_unit_test(test_inlines), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
