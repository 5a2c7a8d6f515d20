/* Bibliographies: which lines are one, and what their entries say.  Every text here is invented.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

static struct structure found(const char *text) {
    struct structure structure;
    structure_find(world.arena, world.rules, text, strlen(text), true, NULL, &structure);
    return structure;
}

static const char *or_dash(const char *text) {
    return text ? text : "-";
}

/* An entry as `n|title|outlet|published|url|archived_url`. */
static const char *shown(const struct reference *entry) {
    return arena_printf(world.arena, "%u|%s|%s|%s|%s|%s", entry->n, or_dash(entry->title), or_dash(entry->outlet),
                        or_dash(entry->published), or_dash(entry->url), or_dash(entry->archived_url));
}

/* One entry a row, under a heading. */
static void reads_entries(void **state) {
    static const struct {
        const char *entry, *shown;
    } rows[] = {
        {"[1] Levee report – Harbour Post, October 8, 2025, https://harbour.example/levee",
         "1|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[2] Levee report — Harbour Post, 8 October 2025, https://harbour.example/levee.",
         "2|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[3] Levee report - Harbour Post (2025-10-08) <https://harbour.example/levee>",
         "3|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[4] Levee report | Harbour Post | Oct. 8, 2025 | https://harbour.example/levee",
         "4|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[5] https://harbour.example/a_(b)?c=d&e=[1]", "5|-|-|-|https://harbour.example/a_(b)?c=d&e=[1]|-"},
        {"[34] HTTP://harbour.example/levee – Levee report —", "34|Levee report|-|-|HTTP://harbour.example/levee|-"},
        {"6. https://harbour.example/levee", "6|-|-|-|https://harbour.example/levee|-"},
        {"7. Levee report. Harbour Post. October 8, 2025. https://harbour.example/levee",
         "7|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"8) Levee report. Harbour Post. 2025-10-08. https://harbour.example/levee",
         "8|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[^9]: Levee report – Harbour Post, https://harbour.example/levee",
         "9|Levee report|Harbour Post|-|https://harbour.example/levee|-"},
        {"[10]: https://harbour.example/levee \"Levee report\"", "10|Levee report|-|-|https://harbour.example/levee|-"},
        {"[11] [Levee report](https://harbour.example/levee), Harbour Post, October 8, 2025",
         "11|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[12] \"Levee, again\", Harbour Post, October 8, 2025. https://harbour.example/levee",
         "12|Levee, again|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[13] Harbour Post: “Levee report” (8 October 2025), https://harbour.example/levee",
         "13|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[14] Levee report, Harbour Post, October 8, 2025, https://harbour.example/levee",
         "14|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[15] Levee report (Harbour Post, October 8, 2025): https://harbour.example/levee",
         "15|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[16] Levee report – Harbour Post. https://harbour.example/levee Archived: https://web.archive.org/web/2025/x",
         "16|Levee report|Harbour Post|-|https://harbour.example/levee|https://web.archive.org/web/2025/x"},
        {"[17] Levee report – Harbour Post, https://harbour.example/levee (archived at https://archive.ph/AbCd1)",
         "17|Levee report|Harbour Post|-|https://harbour.example/levee|https://archive.ph/AbCd1"},
        {"[18] https://harbour.example/levee https://perma.cc/AB12-CD34",
         "18|-|-|-|https://harbour.example/levee|https://perma.cc/AB12-CD34"},
        {"[19] https://web.archive.org/web/2025/https://harbour.example/levee",
         "19|-|-|-|https://web.archive.org/web/2025/https://harbour.example/levee|-"},
        {"[20] Levee report – Harbour Post, October 8, 2025, https://harbour.example/levee, accessed 9 October 2025",
         "20|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[21] Levee report. Harbour Post. Retrieved October 9, 2025, from https://harbour.example/levee",
         "21|Levee report|Harbour Post|-|https://harbour.example/levee|-"},
        {"[22] Levee report – Harbour Post, October 2025. Available at: https://harbour.example/levee",
         "22|Levee report|Harbour Post|2025-10|https://harbour.example/levee|-"},
        {"[23] Levee report – Harbour Post (2025), https://harbour.example/levee",
         "23|Levee report|Harbour Post|2025|https://harbour.example/levee|-"},
        {"[24] The 2011 flood and after – Harbour Post, https://harbour.example/flood",
         "24|The 2011 flood and after|Harbour Post|-|https://harbour.example/flood|-"},
        {"[25] Flood, mud and money", "25|Flood, mud and money|-|-|-|-"},
        {"[26] Levee report - part two - Harbour Post, www.harbour.example/levee",
         "26|Levee report - part two|Harbour Post|-|www.harbour.example/levee|-"},
        {"[27] The clerk said – and this is on the record of the council's own meeting – that nothing had happened at "
         "all",
         "27|The clerk said – and this is on the record of the council's own meeting – that nothing had happened at "
         "all|-|-|-|-"},
        {"[29] Deichbericht – Hafenpost, 8. Oktober 2025, https://harbour.example/deich",
         "29|Deichbericht|Hafenpost|2025-10-08|https://harbour.example/deich|-"},
        {"[30] Informe – La Ribera, 8 de octubre de 2025, https://ribera.example/",
         "30|Informe|La Ribera|2025-10-08|https://ribera.example/|-"},
        {"[31] 제방 보고서 – 항구일보, 2025-10-08, https://harbour.example/",
         "31|제방 보고서|항구일보|2025-10-08|https://harbour.example/|-"},
        {"[32] Clerk, A. (2025). Levee report. Harbour Post. https://harbour.example/levee",
         "32|Levee report|Harbour Post|2025|https://harbour.example/levee|-"},
        {"[33] Clerk, Ada (8 October 2025). \"Levee report\". Harbour Post. https://harbour.example/levee. Archived "
         "from "
         "the original on 9 October 2025. Retrieved 9 October 2025.",
         "33|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|-"},
        {"[28] doi:10.1000/182", "28|doi:10.1000/182|-|-|-|-"},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct structure structure = found(arena_printf(world.arena, "T\nBody.\nSources\n%s", rows[i].entry));
        assert_int_equal(structure.reference_count, 1);
        expect_same(&failed, rows[i].entry, shown(&structure.references[0]), rows[i].shown);
        expect_same(&failed, rows[i].entry, structure.references[0].raw, rows[i].entry);
    }
    assert_int_equal(failed, 0);
}

/* Whole texts: the entries' numbers, how many parts stay, and the last part's body. */
static void finds_bibliographies(void **state) {
    static const struct {
        const char *text, *numbers;
        size_t parts;
        const char *last;
    } rows[] = {
        {"T\nBody [1].\nReferences:\n[1] A – B, https://a.example/\n[2] C", "1 2", 1, "Body [1]."},
        {"T\nBody.\n\n## Bibliography\n\n1. A. https://a.example/\n\n2. B. https://b.example/\n", "1 2", 1, "Body."},
        {"T\nBody.\nNotes\n[^1]: https://a.example/\n[^2]: See the report.", "1 2", 1, "Body."},
        {"T\nBody.\nQuellen:\n- Bericht, https://a.example/\n- https://b.example/", "1 2", 1, "Body."},
        {"T\nBody.\nRéférences\nhttps://a.example/\nhttps://b.example/", "1 2", 1, "Body."},
        {"T\nBody.\nFUENTES\n1. https://a.example/", "1", 1, "Body."},
        {"T\nBody.\n참고 문헌\n[1] https://a.example/", "1", 1, "Body."},
        {"T\nBody.\nSources\nLevee report\nhttps://a.example/\nFlood report\nhttps://b.example/", "1 2", 1, "Body."},
        /* the URL on the line below */
        {"T\nBody.\nSources\n[1] Levee report\nhttps://a.example/\n[2] Flood report\nhttps://b.example/", "1 2", 1,
         "Body."},
        {"T\nBody.\nSources\n1. Levee report\n\n   https://a.example/\n\n2. Flood report\n\n   https://b.example/",
         "1 2", 1, "Body."},
        {"T\nBody.\n[1] Levee report\nhttps://a.example/\n[2] Flood report\nhttps://b.example/", "1 2", 1, "Body."},
        /* without a heading */
        {"T\nBody.\n[1] https://a.example/", "1", 1, "Body."},
        {"T\nBody.\n\n[1] https://a.example/\n[2] Book without a link\n[4] https://d.example/\n", "1 2 4", 1, "Body."},
        {"T\nBody.\n1. https://a.example/\n2. https://b.example/", "1 2", 1, "Body."},
        {"T\nBody.\n[1]: https://a.example/ \"A\"\n[2]: https://b.example/", "1 2", 1, "Body."},
        {"T\nBody.\n[^1]: See the report.", "1", 1, "Body."},
        /* an address in brackets, and boilerplate between entries */
        {"T\nBody.\nSources\n[1] A <https://a.example/>\nCopy link\n[2] https://b.example/\nBack to top", "1 2", 1,
         "Body."},
        /* numbers as they are given: twice the same, and out of order */
        {"T\nBody.\nSources\n[2] https://a.example/\n[1] https://b.example/\n[2] https://c.example/", "2 1 2", 1,
         "Body."},
        /* none of these is a bibliography */
        {"T\nBody.\nNotes\nThe clerk was kind.", "", 1, "Body.\nNotes\nThe clerk was kind."},
        {"T\nBody.\n# Notes\nThe clerk was kind.", "", 2, "The clerk was kind."},
        {"T\nBody.\n1. mix\n2. stir\n3. wait", "", 1, "Body.\n1. mix\n2. stir\n3. wait"},
        {"T\nBody.\n[1] is what the clerk wrote.", "", 1, "Body.\n[1] is what the clerk wrote."},
        {"T\nBody. See https://a.example/", "", 1, "Body. See https://a.example/"},
        {"T\n1. https://a.example/\n2. https://b.example/\nBody goes on and has the last word here.", "", 1,
         "1. https://a.example/\n2. https://b.example/\nBody goes on and has the last word here."},
        /* text below a bibliography is a part of its own */
        {"T\nBody.\nSources\n[1] https://a.example/\n\nThe author lives in Bergen.", "1", 2,
         "The author lives in Bergen."},
        {"T\nBody.\nSources\n[1] https://a.example/\n# Thanks\nTo all.", "1", 2, "To all."},
    };
    int failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct structure structure = found(rows[i].text);
        char numbers[64] = "", parts[16], wanted[16];
        for (size_t j = 0; j < structure.reference_count; j++)
            snprintf(numbers + strlen(numbers), sizeof numbers - strlen(numbers), "%s%u", j ? " " : "",
                     structure.references[j].n);
        snprintf(parts, sizeof parts, "%zu parts", structure.part_count);
        snprintf(wanted, sizeof wanted, "%zu parts", rows[i].parts);
        struct span body = structure.parts[structure.part_count - 1].body;
        const char *last = arena_strndup(world.arena, rows[i].text + body.start, body.end - body.start);
        expect_same(&failed, rows[i].text, numbers, rows[i].numbers);
        expect_same(&failed, rows[i].text, parts, wanted);
        expect_same(&failed, rows[i].text, last, rows[i].last);
    }
    assert_int_equal(failed, 0);
}

/* An entry over several lines keeps them all. */
static void keeps_entries_whole(void **state) {
    struct structure structure = found("T\nBody.\nSources\n[1] Levee report – Harbour Post\n    October 8, 2025\n"
                                       "    https://harbour.example/levee\nArchived: https://archive.ph/AbCd1\n"
                                       "[2] https://b.example/");
    (void)state;
    assert_int_equal(structure.reference_count, 2);
    assert_string_equal(
        shown(&structure.references[0]),
        "1|Levee report|Harbour Post|2025-10-08|https://harbour.example/levee|https://archive.ph/AbCd1");
    assert_string_equal(structure.references[0].raw,
                        "[1] Levee report – Harbour Post\n    October 8, 2025\n    https://harbour.example/levee\n"
                        "Archived: https://archive.ph/AbCd1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_entries),
        cmocka_unit_test(finds_bibliographies),
        cmocka_unit_test(keeps_entries_whole),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
