/* The structure of plain texts: every variant on invented texts, then random ones, of which no byte may be lost.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/when.h"

static const char *slice(const char *text, struct span span) {
    return arena_strndup(world.arena, text + span.start, span.end - span.start);
}

/* `title|published|updated|number:heading:body|…`, then `+n` references and `-n` dropped lines where there are any;
 * line breaks as `/`. */
static const char *shown_with(const char *text, size_t len, bool with_title, const char *known) {
    struct structure found;
    struct buf out;
    structure_find(world.arena, world.rules, text, len, with_title, known, &found);
    buf_init(&out, 0);
    buf_printf(&out, "%s|%s|%s", slice(text, found.title), found.published ? found.published : "",
               found.updated ? found.updated : "");
    for (size_t i = 0; i < found.part_count; i++)
        buf_printf(&out, "|%u:%s:%s", found.parts[i].number, slice(text, found.parts[i].heading),
                   structure_body(world.arena, &found, text, &found.parts[i]));
    if (found.reference_count) buf_printf(&out, "+%zu", found.reference_count);
    if (found.dropped_count) buf_printf(&out, "-%zu", found.dropped_count);
    for (size_t i = 0; i < out.len; i++)
        if (out.data[i] == '\n') out.data[i] = '/';
    const char *copy = arena_strndup(world.arena, out.data, out.len);
    buf_free(&out);
    return copy;
}

static const char *shown(const char *text) {
    return shown_with(text, strlen(text), true, NULL);
}

static void finds_parts(void **state) {
    static const struct {
        const char *text, *shown;
    } rows[] = {
        {"", "||"},
        {" \n\n ", "||"},
        {"Only line.", "|||1::Only line."},
        {"Title\nBody.", "Title|||1::Body."},
        {"Title\n\nBody one.\n\nBody two.\n", "Title|||1::Body one.//Body two."},
        /* the page of a fact-check, without and with what stands around it */
        {"Was the levee cut?\nExecutive Summary\nNo [1].\n1. The levee\nIt held [1].\n2. The clerk\nShe said so [2].",
         "Was the levee cut?|||0:Executive Summary:No [1].|1:The levee:It held [1].|2:The clerk:She said so [2]."},
        {"Keep Factually independent\nWhether you agree or disagree with our analysis, these conversations matter for "
         "democracy. Give.\nFact check: Was the levee cut?\nChecked on October 8, 2025\nLoading...Time left: "
         "...\nLoading...Goal: $500\nExecutive summary\nNo.\n1. The levee\nIt held.\nDisclaimer: Factually can make "
         "mistakes. Look.\nAre you looking for more information regarding Factually?",
         "Was the levee cut?|2025-10-08||0:Executive summary:No.|1:The levee:It held.-7"},
        {"KEEP  factually Independent\nTitle\nBody.", "Title|||1::Body.-1"},
        {"Was the levee cut\nBody[1][2].", "Was the levee cut|||1::Body[1][2]."},
        /* line ends, marks at the start */
        {"\xEF\xBB\xBFTitle\r\nSummary\r\nShort.\r\n1. One\r\nBody.\r\n", "Title|||0:Summary:Short.|1:One:Body."},
        {"Title\rBody one.\rBody two.", "Title|||1::Body one.\rBody two."},
        /* summary headings */
        {"T\nSummary:\nShort.", "T|||0:Summary::Short."},
        {"T\n## Summary\nShort.\n## More\nLong.", "T|||0:Summary:Short.|1:More:Long."},
        {"T\nZusammenfassung\nKurz.\n1. Deich\nEr hielt.", "T|||0:Zusammenfassung:Kurz.|1:Deich:Er hielt."},
        {"T\nRÉSUMÉ :\nBref.", "T|||0:RÉSUMÉ ::Bref."},
        {"T\n요약\n짧다.", "T|||0:요약:짧다."},
        {"T\n1. One\nBody.\nSummary\nShort.", "T|||1:One:Body./Summary/Short."},
        {"T\n# One\nBody.\n# Summary\nShort.", "T|||1:One:Body.|2:Summary:Short."},
        /* a lead above headings stands for a summary; beside one it is a part of its own, behind it */
        {"T\nLead.\n1. One\nBody.\n2. Two\nMore.", "T|||0::Lead.|1:One:Body.|2:Two:More."},
        {"T\nLead.\n## 1. One\nBody.", "T|||0::Lead.|1:One:Body."},
        {"T\nLead.\nSummary\nShort.\n1. One\nBody.", "T|||0:Summary:Short.|1::Lead.|2:One:Body."},
        /* dates */
        {"Checked on October 8, 2025\nT\nBody.", "T|2025-10-08||1::Body."},
        {"T\nPublished: 8 October 2025\nUpdated: 2025-10-09\nBody.", "T|2025-10-08|2025-10-09|1::Body."},
        {"T\nVeröffentlicht am 8. Oktober 2025\nText.", "T|2025-10-08||1::Text."},
        {"T\nChecked on a whim\nBody.", "T|||1::Checked on a whim/Body."},
        {"T\nBody.\nChecked on October 8, 2025", "T|||1::Body./Checked on October 8, 2025"},
        {"T\nChecked on October 8, 2025\nChecked on October 9, 2025\nBody.",
         "T|2025-10-08||1::Checked on October 9, 2025/Body."},
        /* titles */
        {"# Title #\nBody.", "Title|||1::Body."},
        {"Fact-check: Title\nBody.", "Title|||1::Body.-1"},
        {"Fact check:\nBody.", "Fact check:|||1::Body."},
        {"A marker [1] makes a text.\nBody.", "|||1::A marker [1] makes a text./Body."},
        {"One sentence. And another.\nBody.", "|||1::One sentence. And another./Body."},
        {"The U.S. did it.\nBody.", "The U.S. did it.|||1::Body."},
        {"Summary\nShort.", "|||0:Summary:Short."},
        {"1. One\nBody.\n2. Two\nMore.", "|||1:One:Body.|2:Two:More."},
        {"2024. A year\nBody.", "2024. A year|||1::Body."},
        /* headings and what only looks like them */
        {"T\n1) One\nBody.\n2) Two\nMore.", "T|||1:One:Body.|2:Two:More."},
        {"T\n## 1. One\nBody.\n## 2. Two ##\nMore.", "T|||1:One:Body.|2:Two:More."},
        {"T\n1. mix\n2. stir\n3. wait\nThen eat.", "T|||1::1. mix/2. stir/3. wait/Then eat."},
        {"T\n1. One\n1. mix\n2. stir\nEat.\n2. Two\nMore.", "T|||1:One:1. mix/2. stir/Eat.|2:Two:More."},
        {"T\nText.\n1. mix long\nand wide\n2. stir\n3. wait\nEat.",
         "T|||1::Text./1. mix long/and wide/2. stir/3. wait/Eat."},
        {"T\nText.\n1. One thing\nThe last.", "T|||0::Text.|1:One thing:The last."},
        {"T\n1. One\nBody.\n3. Three\nMore.", "T|||1:One:Body./3. Three/More."},
        {"T\n1. One\nBody.\n2. Last line", "T|||1:One:Body./2. Last line"},
        {"T\n1. Said it [1]\nBody.", "T|||1::1. Said it [1]/Body."},
        {"T\n1. See https://a.example/ for it\nBody.", "T|||1::1. See https://a.example/ for it/Body."},
        {"T\n#hash\nBody.", "T|||1::#hash/Body."},
        {"T\n# One\n# Two\nBody.", "T|||1:One:|2:Two:Body."},
        /* boilerplate inside a part leaves its place blank */
        {"T\nOne.\nCopy link\nTwo.", "T|||1::One./         /Two.-1"},
        {"Copy link", "||-1"},
        /* bibliographies are in test_reference.c */
        {"T\nBody [1].\nSources\n[1] https://a.example/", "T|||1::Body [1].+1"},
        {"T\nSummary\nS.\n1. One\nB.\n2. Sources\n[1] https://a.example/", "T|||0:Summary:S.|1:One:B.+1"},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_same(&failed, rows[i].text, shown(rows[i].text), rows[i].shown);
    assert_int_equal(failed, 0);
}

static void skips_known_titles(void **state) {
    static const struct {
        const char *text, *known, *shown;
    } rows[] = {
        {"Was it?\nBody.", "Was it?", "Was it?|||1::Body."},
        {"WAS  IT?\nBody.", "Was it?", "WAS  IT?|||1::Body."},
        {"Fact check: Was it?\nBody.", "Was it?", "Was it?|||1::Body.-1"},
        {"Fact check: Was it?\nBody.", "Fact check: Was it?", "Was it?|||1::Body.-1"},
        {"Copy link\n# Was it?\nBody.", "Was it?", "Was it?|||1::Body.-1"},
        {"Body.\nWas it?", "Was it?", "|||1::Body./Was it?"},
        {"Body.", "Was it?", "|||1::Body."},
        {"Body.", NULL, "|||1::Body."},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_same(&failed, rows[i].text, shown_with(rows[i].text, strlen(rows[i].text), false, rows[i].known),
                    rows[i].shown);
    assert_int_equal(failed, 0);
}

/* The seed article, in every way its lines may end. */
static void reads_the_seed(void **state) {
    static const struct {
        const char *before, *line_end, *after;
    } forms[] = {
        {"", "\n", ""}, {"", "\n", "\n"}, {"", "\r\n", ""}, {"", "\r\n", "\r\n"}, {"\xEF\xBB\xBF", "\n", "\n\n"}};
    size_t len;
    char *text = data_file("seed/factually-cartel-violence.txt", &len);
    (void)state;
    if (!text) skip();
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        struct buf buf;
        struct structure found;
        buf_init(&buf, 0);
        buf_str(&buf, forms[form].before);
        for (size_t i = 0; i < len; i++)
            text[i] == '\n' ? buf_str(&buf, forms[form].line_end) : buf_char(&buf, text[i]);
        buf_str(&buf, forms[form].after);
        structure_find(world.arena, world.rules, buf.data, buf.len, true, NULL, &found);
        assert_int_equal(buf.data[found.title.end - 1], '?');
        assert_int_equal(found.part_count, 7);
        assert_int_equal(found.dropped_count, 2);
        assert_int_equal(found.reference_count, 0);
        for (uint32_t i = 0; i < found.part_count; i++) {
            assert_int_equal(found.parts[i].number, i);
            assert_true(found.parts[i].heading.end > found.parts[i].heading.start);
            assert_true(found.parts[i].body.end > found.parts[i].body.start);
            assert_null(memchr(buf.data + found.parts[i].body.start, '\n',
                               found.parts[i].body.end - found.parts[i].body.start));
        }
        buf_free(&buf);
    }
    mem_free(text);
}

enum { TEXT_MAX = 2048 };

static size_t random_text(uint32_t *seed, char *out) {
    static const char *const lines[] = {"Keep Factually independent",
                                        "Loading...Goal: $500",
                                        "Fact check: Was it?",
                                        "Was it so?",
                                        "Executive Summary",
                                        "Summary:",
                                        "1. One",
                                        "2. Two",
                                        "3) Three",
                                        "1. a",
                                        "2. b",
                                        "## 2. Two ##",
                                        "# Head",
                                        "#",
                                        "# #",
                                        "[1] https://a.example/x",
                                        "[2] Book – Outlet, 2020",
                                        "3. https://c.example/",
                                        "[^4]: note",
                                        "[5]: https://e.example \"E\"",
                                        "- item",
                                        "- https://f.example/",
                                        "https://g.example/",
                                        "Archived: https://web.archive.org/web/2020/x",
                                        "Sources",
                                        "Notes:",
                                        "## References",
                                        "Checked on October 8, 2025",
                                        "Updated: 2025-10-09",
                                        "",
                                        "",
                                        "  ",
                                        "Body [1] of text. It is so [2].",
                                        "[3] is what was said.",
                                        "   indented",
                                        "\u00A0",
                                        "\u00A0Wide\u00A0",
                                        "제방은 무너지지 않았다.",
                                        "Copy link",
                                        "1.",
                                        "[",
                                        "*",
                                        "• point"};
    size_t len = 0, count = draw(seed, 24);
    const char *line_end = (const char *[]){"\n", "\n", "\r\n", "\r"}[draw(seed, 4)];
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(out + len, TEXT_MAX - len, "%s%s", lines[draw(seed, sizeof lines / sizeof *lines)],
                                i + 1 < count || draw(seed, 2) ? line_end : "");
    for (uint32_t i = draw(seed, 6); i > 0 && len > 0; i--) { /* bytes changed anywhere, invalid UTF-8 too */
        static const char bytes[] = "\n\r #[]1.:-\xC2\xA0\xE2\x80\x8B\xEFx";
        out[draw(seed, (uint32_t)len)] = bytes[draw(seed, sizeof bytes - 1)];
    }
    return len;
}

/* Marks the white space as structure_find sees it. */
static void mark_blanks(const char *text, size_t len, char *seen) {
    static const char *const blanks[] = {" ", "\t", "\n", "\r", "\v", "\f", "\xC2\xA0", "\xEF\xBB\xBF", "\xE2\x80\x8B"};
    for (size_t at = 0; at < len; at++)
        for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
            size_t bytes = strlen(blanks[i]);
            if (len - at >= bytes && memcmp(text + at, blanks[i], bytes) == 0) memset(seen + at, 'b', bytes);
        }
}

static void mark(uint32_t seed, char *seen, struct span span, char kind) {
    for (uint32_t i = span.start; i < span.end; i++) {
        if (seen[i] == 'b') continue;
        if (seen[i] != '\0') fail_msg("seed %u: byte %u is in %c and in %c", seed, i, seen[i], kind);
        seen[i] = kind;
    }
}

/* Number and hashes on a heading's line. */
static void mark_numbering(uint32_t seed, const char *text, size_t len, char *seen, struct span heading) {
    if (heading.end == heading.start) return;
    for (uint32_t i = heading.start; i > 0 && text[i - 1] != '\n' && text[i - 1] != '\r'; i--)
        if (seen[i - 1] == '\0' && strchr("#0123456789.)", text[i - 1])) mark(seed, seen, (struct span){i - 1, i}, 'n');
    for (uint32_t i = heading.end; i < len && text[i] != '\n' && text[i] != '\r'; i++)
        if (seen[i] == '\0' && text[i] == '#') mark(seed, seen, (struct span){i, i + 1}, 'n');
}

static void check_coverage(uint32_t seed, const char *text, size_t len, const struct structure *found) {
    char seen[TEXT_MAX] = {0};
    mark_blanks(text, len, seen);
    for (size_t i = 0; i < found->dropped_count; i++)
        mark(seed, seen, found->dropped[i], 'd');
    mark(seed, seen, found->title, 't');
    mark_numbering(seed, text, len, seen, found->title);
    for (size_t i = 0; i < found->date_line_count; i++)
        mark(seed, seen, found->date_lines[i], 'D');
    for (size_t i = 0; i < found->reference_heading_count; i++)
        mark(seed, seen, found->reference_headings[i], 'R');
    for (size_t i = 0; i < found->reference_count; i++)
        mark(seed, seen, found->references[i].span, 'r');
    for (size_t i = 0; i < found->part_count; i++) {
        const struct part *part = &found->parts[i];
        mark(seed, seen, part->heading, 'h');
        mark_numbering(seed, text, len, seen, part->heading);
        for (uint32_t at = part->body.start; at < part->body.end; at++)
            if (seen[at] != 'd') mark(seed, seen, (struct span){at, at + 1}, 'p');
    }
    for (size_t i = 0; i < len; i++)
        if (seen[i] == '\0') fail_msg("seed %u: byte %zu is in no part: %.*s", seed, i, (int)len, text);
}

static void loses_nothing(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 10000; seed++) {
        char text[TEXT_MAX];
        uint32_t drawn = seed;
        size_t len = random_text(&drawn, text);
        struct arena *arena = arena_new();
        struct structure found;
        structure_find(arena, world.rules, text, len, seed % 3 != 0, seed % 3 == 1 ? NULL : "Was it so?", &found);
        check_coverage(seed, text, len, &found);
        arena_free(arena);
    }
}

/* Texts of one repeated piece must not take more than linear time. */
static void stays_fast(void **state) {
    static const struct {
        const char *before, *piece;
    } texts[] = {
        {"", "1. a\n"},
        {"", "[1] a\n"},
        {"", "# a\n"},
        {"", "Copy link\n"},
        {"", "\n"},
        {"", "[1] https://a.example/\n"},
        {"", "1. a\n2. b\n"},
        {"", "1. a\nb\n"},
        {"", "https://a.example/\n"},
        {"", "2. b\n3. c\n"},
        {"Sources\n[1] ", "(a"},
        {"Sources\n[1] ", "1 "},
        {"Sources\n[1] ", "\""},
        {"Sources\n[1] ", "www."},
        {"Sources\n[1] ", "www. "},
        {"Sources\n[1] ", "x:// "},
        {"Sources\n[1] ", "https://a.example/ "},
        {"Sources\n[1] ", "[a](https://a.example/) "},
        {"T\n", "[1] "},
        {"T\n", "[1"},
        {"T\n[1]", " "},
        {"T\n", "://"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf buf;
        struct structure found;
        struct arena *arena = arena_new();
        int64_t start_us = when_mono_us();
        buf_init(&buf, 0);
        buf_str(&buf, texts[i].before);
        while (buf.len < 1 << 19)
            buf_str(&buf, texts[i].piece);
        structure_find(arena, world.rules, buf.data, buf.len, true, NULL, &found);
        for (size_t j = 0; j < found.part_count; j++)
            structure_body(arena, &found, buf.data, &found.parts[j]);
        if (when_mono_us() - start_us > 10 * 1000 * 1000) fail_msg("512 KiB of %s takes seconds", texts[i].piece);
        buf_free(&buf);
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_parts),   cmocka_unit_test(skips_known_titles), cmocka_unit_test(reads_the_seed),
        cmocka_unit_test(loses_nothing), cmocka_unit_test(stays_fast),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
