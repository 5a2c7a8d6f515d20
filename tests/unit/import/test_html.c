/* HTML: what is the article of a page, its citations, what the page says of itself, character sets; pages that are
 * broken, and pages made to hurt.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcript.h"

#include "base/file.h"
#include "base/mem.h"

#include <string.h>

struct page_case {
    const char *text, *expected;
};

static void check(const struct page_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct import_options options = test_options();
        options.format = "html";
        cJSON *record = import_one(&options, cases[i].text);
        assert_json(record, cases[i].expected);
        cJSON_Delete(record);
    }
}
#define CHECK(cases) check(cases, sizeof(cases) / sizeof *(cases))

/* ---- whole pages ---- */

/* Pages as newsrooms' systems make them: pages/NAME.html, and what is made of it in pages/NAME.json. */
static void test_pages(void **state) {
    static const char *const names[] = {"press", "claim", "numbered", "encyclopedia"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct arena *arena = arena_new();
        struct import_options options = test_options();
        struct err err = ERR_NONE;
        char *page, *expected;
        size_t len;
        const char *base = arena_printf(arena, FOOTNOTE_SOURCE_DIR "/tests/unit/import/pages/%s", names[i]);
        options.name = arena_printf(arena, "%s.html", base);
        if (file_read(&page, &len, options.name, 1 << 20, &err)) fail_msg("%s", err.text);
        if (file_read(&expected, &len, arena_printf(arena, "%s.json", base), 1 << 20, &err)) fail_msg("%s", err.text);
        cJSON *record = import_one(&options, page);
        assert_json(record, expected);
        cJSON_Delete(record);
        mem_free(page);
        mem_free(expected);
        arena_free(arena);
    }
}

/* ---- parts ---- */

static const struct page_case blocks[] = {
    {"<p>Just text.", "{\"sections\":[{\"text\":\"Just text.\"}]}"},
    {"<title>T</title><p>Lead &amp; more.<h2>A</h2><p>a<h2>B</h2><p>b",
     "{\"title\":\"T\",\"summary\":\"Lead & more.\",\"sections\":[{\"heading\":\"A\",\"text\":\"a\"},{\"heading\":"
     "\"B\",\"text\":\"b\"}]}"},
    /* Numbers of sections are no words of theirs; others stay. */
    {"<h1>T</h1><h2>1. A</h2><p>a<h2>2) B</h2><p>b<h2>7. C</h2><p>c",
     "{\"title\":\"T\",\"sections\":[{\"heading\":\"A\",\"text\":\"a\"},{\"heading\":\"B\",\"text\":\"b\"},{"
     "\"heading\":\"7. C\",\"text\":\"c\"}]}"},
    /* What would be a mark in Markdown and is none here. */
    {"<h1>T</h1><p># one *two* _three_ `four` [five](six) &lt;b&gt; ![x] \\<p>- dash<p>&gt; quote",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"# one *two* _three_ `four` [five](six) <b> ![x] \\\\\\n\\n- "
     "dash\\n\\n> quote\"}]}"},
    /* White space is HTML's; <br> and <pre> keep lines. */
    {"<h1>A\n  title</h1><p>one\n two <b>three</b>four<br>five<pre>x  y\nz</pre>",
     "{\"title\":\"A title\",\"sections\":[{\"text\":\"one two threefour\\nfive\\n\\nx  y\\nz\"}]}"},
    {"<h1>T</h1><table><tr><th>a<th>b<tr><td>1<td>2</table><ol start=3><li>c<li>d<ul><li>e</ul></ol>",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"a | b\\n1 | 2\\n3. c\\n4. d\\n- e\"}]}"},
    /* Scripts, styles, comments and hidden elements say nothing. */
    {"<h1>T</h1><script>if (a<b) x='</p><p>no'</script><style>p{}</style><!-- <p>no --><p hidden>no</p>"
     "<p style='display: none'>no</p><noscript>no</noscript><p>yes",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"yes\"}]}"},
};

static void test_blocks(void **state) {
    (void)state;
    CHECK(blocks);
}

static const struct page_case citations[] = {
    /* Notes: whatever the marker looks like, whatever holds the note. */
    {"<h1>T</h1><p>One.<sup><a href='#a'>*</a></sup> Two.<a href='#b'>[b]</a><p id=a>* On one, https://one.example/"
     "<table><tr><td id=b>b<td><a href='https://two.example/'>Two</a></table>",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"One.[^1] Two.[^2]\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://one.example/\",\"title\":\"On one\",\"citation\":\"On one, https://one.example/\"},{\"n\":2,"
     "\"url\":\"https://two.example/\",\"title\":\"Two\",\"citation\":\"[Two](https://two.example/)\"}]}"},
    /* Markers as text and a list with a heading. */
    {"<h1>T</h1><p>One [1], two [2, 3].<h2>References</h2><ol><li><a href='https://one.example/'>One</a>"
     "<li>https://two.example/<li>https://three.example/</ol>",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"One [1], two [2, 3].\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://one.example/\",\"title\":\"One\",\"citation\":\"[One](https://one.example/)\"},{\"n\":2,\"url\":"
     "\"https://two.example/\"},{\"n\":3,\"url\":\"https://three.example/\"}]}"},
    /* Neither: links are sources.  A link to the page itself or by mail is none. */
    {"<base href='https://x.example/a/'><h1>T</h1><p>See <a href='b?c=1&amp;d=2'>this</a>, <a href='#top'>up</a>, "
     "<a href='mailto:a@b.example'>us</a>, <a href='//y.example/'>that</a>, <a href='javascript:x()'>x</a>.",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"See this [1], up, us, that [2], x.\"}],\"sources\":[{\"n\":1,\"url\":"
     "\"https://x.example/a/b?c=1&d=2\",\"anchor\":\"this\"},{\"n\":2,\"url\":\"https://y.example/\",\"anchor\":"
     "\"that\"}]}"},
    /* A power is no citation. */
    {"<h1>T</h1><p>5 m<sup>2</sup> and a word<sup>3</sup>.",
     "{\"title\":\"T\",\"sections\":[{\"text\":\"5 m2 and a word 3.\"}]}"},
};

static void test_citations(void **state) {
    (void)state;
    CHECK(citations);
}

static const struct page_case fields[] = {
    {"<html lang=fr><head><title>Titre | Journal</title><meta property=og:site_name content=Journal><meta "
     "name=date content=2024-02-03><meta name=keywords content='a, b,a'><meta name=author content='Par A. B.'>"
     "<link rel='alternate canonical' href=https://j.example/t></head><p>Texte.",
     "{\"title\":\"Titre\",\"language\":\"fr\",\"outlet\":\"Journal\",\"published\":\"2024-02-03\",\"tags\":[\"a\","
     "\"b\"],\"authors\":[\"A. B.\"],\"url\":\"https://j.example/t\",\"sections\":[{\"text\":\"Texte.\"}]}"},
    /* A date that can't be read costs nothing. */
    {"<meta name=date content='last week'><h1>T</h1><p>a",
     "{\"title\":\"T\",\"published_text\":\"last week\",\"sections\":[{\"text\":\"a\"}]}"},
    /* Only in a script. */
    {"<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"H\",\"articleBody\":\"The whole text "
     "stands here.\",\"citation\":[\"https://c.example/\"]}</script><p>Read on.",
     "{\"title\":\"H\",\"text\":\"The whole text stands here.\",\"sources\":[{\"n\":1,\"url\":\"https://c.example/"
     "\"}]}"},
    /* A script that is no JSON. */
    {"<script type='application/ld+json'>{\"@type\":</script><h1>T</h1>", "{\"title\":\"T\"}"},
};

static void test_fields(void **state) {
    (void)state;
    CHECK(fields);
}

/* ---- character sets ---- */

static const struct page_case sets[] = {
    {"<meta charset=utf-8><p>\xC3\xA9", "{\"sections\":[{\"text\":\"\u00E9\"}]}"},
    /* It is UTF-8, whatever it says. */
    {"<meta charset=iso-8859-1><p>\xC3\xA9", "{\"sections\":[{\"text\":\"\u00E9\"}]}"},
    {"<p>\x93"
     "Caf\xE9\x94 \x80 5",
     "{\"sections\":[{\"text\":\"\u201CCaf\u00E9\u201D \u20AC 5\"}]}"},
    {"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'><p>\xCC\xEE\xF1\xEA\xE2\xE0",
     "{\"sections\":[{\"text\":\"Москва\"}]}"},
    {"<meta charset=\"shift_jis\"><p>\x93\xFA\x96\x7B", "{\"sections\":[{\"text\":\"日本\"}]}"},
    {"<p>&eacute;&#233;&#xE9;&nosuch;&hellip;", "{\"sections\":[{\"text\":\"\u00E9\u00E9\u00E9&nosuch;\u2026\"}]}"},
};

static void test_sets(void **state) {
    (void)state;
    CHECK(sets);
    char *found = transcript(&(struct import_options){.name = "a.html", .max_depth = 50}, "<\0p\0>\0a\0", 8, 0);
    assert_string_equal(found, "1 {\"sections\":[{\"text\":\"a\"}],\"file\":\"a.html\"}\n");
    mem_free(found);
}

/* ---- by name, by content, errors ---- */

static const struct transcript_case found_by[] = {
    {"a.html", "<p>a", "1 {\"sections\":[{\"text\":\"a\"}],\"file\":\"a.html\"}\n"},
    {"x/a.HTM", "a", "1 {\"sections\":[{\"text\":\"a\"}],\"file\":\"a.HTM\"}\n"},
    {NULL, " <!-- c --><!DOCTYPE html><p>a", "1 {\"sections\":[{\"text\":\"a\"}]}\n"},
    {NULL, "<?xml version='1.0'?>\n<HTML><body>a", "1 {\"sections\":[{\"text\":\"a\"}]}\n"},
    {NULL, "<article><p>a</article>", "1 {\"sections\":[{\"text\":\"a\"}]}\n"},
    {"a.html", "\n<p> ", "1:1 invalid_record expected a title or text, got only boilerplate and white space\n"},
    {"a.html", "<!-- only\na comment", "1:1 invalid_record expected a page of HTML, got nothing that can be shown\n"},
    {"a.html", "<meta charset=utf-8>\n<p>\xE9t",
     "2:4 invalid_format expected text in UTF-8, as the page says, got byte 0xe9 <\xE9t>\n"},
    {"a.html", "<meta charset=klingon><p>\xE9",
     "1:1 invalid_format expected a character set that is known, got \"klingon\"\n"},
};

static void test_found_by(void **state) {
    (void)state;
    transcript_check(found_by, sizeof found_by / sizeof *found_by);
}

/* ---- broken pages ---- */

/* Any prefix of a page, and any page with a byte changed, is a record or an error, never a crash. */
static void test_broken(void **state) {
    struct import_options options = test_options();
    struct err err = ERR_NONE;
    char *page;
    size_t len;
    (void)state;
    options.name = "a.html";
    if (file_read(&page, &len, FOOTNOTE_SOURCE_DIR "/tests/unit/import/pages/claim.html", 1 << 20, &err))
        fail_msg("%s", err.text);
    for (size_t cut = 0; cut < len; cut += 3) {
        mem_free(transcript(&options, page, cut, 0));
        char kept = page[cut];
        page[cut] = "<>\"'&\0/\xFF"[cut / 3 % 8];
        mem_free(transcript(&options, page, len, 0));
        page[cut] = kept;
    }
    mem_free(page);
}

struct repeated {
    const char *before, *each, *after;
    size_t times;
    const char *expected; /* begins with; NULL: anything */
};

/* What costs libxml2, or a walk over its tree, more than its size. */
static const struct repeated hard[] = {
    {"", "<div>", "x", 300, "1:1 too_large page: expected elements nested at most 250 deep"},
    {"", "<div>", "x", 240, "1 {\"sections\":[{\"text\":\"x\"}]"},
    {"", "<b>", "x", 100000, "1:1 too_large"},
    {"", "<p>", "", 600000, "1:1 too_large page: expected at most 500000 elements"},
    {"<p ", "a='1' ", ">x", 100000, "1 {"},
    {"<p ", "class='x' ", ">x", 100000, "1 {"},
    {"<p title='", "aaaaaaaaaa", "'>x", 80000, "1 {"},
    {"<p>x", "&amp", "", 200000, "1 {"},
    {"<p>x", "<!--", "", 200000, "1 {"},
    {"<p>x", "<script>", "", 100000, "1 {"},
    {"<p>x", "<", "", 500000, NULL},
    {"<p>x", "</p></b>", "", 50000, "1 {"},
    {"<p>x<table>", "<td>", "", 50000, NULL},
    {"<p>x", "<a href='#a'>1</a><p id=a>n", "", 20000, NULL},
    {"<h1>x</h1>", "<meta name=author content='aut'>", "", 20000, "1 {"},
    {"<h1>x</h1><script type='application/ld+json'>", "[", "</script>", 100000, "1 {"},
};

static void test_hard(void **state) {
    struct import_options options = test_options();
    (void)state;
    options.name = "a.html";
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        struct buf page;
        buf_init(&page, 0);
        buf_str(&page, hard[i].before);
        for (size_t n = 0; n < hard[i].times; n++)
            buf_str(&page, hard[i].each);
        buf_str(&page, hard[i].after);
        options.max_record_bytes = page.len;
        char *found = transcript(&options, page.data, page.len, 0);
        size_t len = hard[i].expected ? strlen(hard[i].expected) : 0;
        if (strncmp(found, hard[i].expected ? hard[i].expected : "", len) != 0)
            fail_msg("%s: expected %s…, got %.200s", hard[i].each, hard[i].expected, found);
        mem_free(found);
        buf_free(&page);
    }
}

/* No file and no entity of the page's own is ever read. */
static void test_entities(void **state) {
    struct import_options options = test_options();
    (void)state;
    options.format = "html";
    cJSON *record = import_one(&options, "<!DOCTYPE html [<!ENTITY e SYSTEM \"file:///etc/passwd\"><!ENTITY f "
                                         "\"&e;&e;\">]><html><body><p>a &e; &f;</p></body></html>");
    char *text = cJSON_PrintUnformatted(record);
    assert_null(strstr(text, "root:"));
    assert_non_null(strstr(text, "a &e; &f;"));
    cJSON_free(text);
    cJSON_Delete(record);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),  cmocka_unit_test(test_blocks), cmocka_unit_test(test_citations),
        cmocka_unit_test(test_fields), cmocka_unit_test(test_sets),   cmocka_unit_test(test_found_by),
        cmocka_unit_test(test_broken), cmocka_unit_test(test_hard),   cmocka_unit_test(test_entities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
