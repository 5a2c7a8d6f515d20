/* The rows of the commands about evidence: who cites what, and how well.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"
#include "print.h"
#include "rows.h"

#define GROUP "Evidence"
#define LIMIT                                                                                                          \
    { "limit", "N", "at most N of them", .type = FLAG_COUNT }
#define OFFSET                                                                                                         \
    { "offset", "N", "leave out the first N", .type = FLAG_COUNT }
#define SOURCE                                                                                                         \
    {                                                                                                                  \
        { "SOURCE", "source", WORD_ONE, false }                                                                        \
    }

/* clang-format off: a row reads best as it is laid out here */
const struct command rows_evidence[] = {
    {.name = "cited-by",
     .method = "cited_by",
     .group = GROUP,
     .summary = "every sentence that cites a source",
     .words = SOURCE,
     .flags = (const struct flag[]){{"filter", "FILTER", "only in articles that match this query", .type = FLAG_TEXT},
                                    {"sort", "FIELD[:asc|desc]", "order by a field", .type = FLAG_TEXT},
                                    LIMIT,
                                    OFFSET,
                                    FLAGS_END},
     .list = "mentions",
     .columns = "article section.number n published sentence title",
     .print = print_cited_by,
     .text = "Lists the mentions of a source: article, section, sentence and date, with counts by year and outlet. "
             "SOURCE is its id, its address in any spelling, or a domain.",
     .examples = "footnote cited-by https://www.apnews.com/article/x\n"
                 "footnote cited-by census.gov --filter published:2020.."},
    {.name = "related",
     .method = "related",
     .group = GROUP,
     .summary = "articles that rest on the same sources",
     .words = {{"ID", "id", WORD_ONE, false}},
     .flags = (const struct flag[]){LIMIT, FLAGS_END},
     .list = "hits",
     .columns = "id score title shared",
     .print = print_hits,
     .text = "Lists articles by the sources that they share with the given one, rare sources counting more.",
     .examples = "footnote related great-wall-from-space"},
    {.name = "related-sources",
     .method = "related_sources",
     .group = GROUP,
     .summary = "sources that are cited together with one",
     .words = SOURCE,
     .flags = (const struct flag[]){LIMIT, FLAGS_END},
     .list = "hits",
     .columns = "id score title url",
     .print = print_hits,
     .text = "Lists the sources that the same articles cite.",
     .examples = "footnote related-sources https://www.nasa.gov/"},
    {.name = "evidence",
     .method = "evidence",
     .group = GROUP,
     .summary = "how well an article is sourced",
     .words = {{"ID", "id", WORD_ONE, false}},
     .list = "sections",
     .columns = "section heading sentences cited_sentences coverage sources",
     .print = print_evidence,
     .text = "Counts the sentences of an article and of each section, those that cite a source, the sources, their "
             "domains and how many of them are independent; names sections on a single source and without one.",
     .examples = "footnote evidence great-wall-from-space"},
    {.name = "lint",
     .method = "lint",
     .group = GROUP,
     .summary = "mistakes in citations",
     .words = {{"ID", "ids", WORD_MANY, true}},
     .flags =
         (const struct flag[]){{"all", NULL, "every article", .type = FLAG_SWITCH},
                               {"query", "QUERY", "the articles that match this query", .type = FLAG_TEXT},
                               {"severity", "LEVEL",
                                "findings of at least this level: error, warning or info; exit with 1 if there are any",
                                .type = FLAG_TEXT, .param = NOT_SENT, .choices = "error|warning|info"},
                               LIMIT,
                               FLAGS_END},
     .list = "findings",
     .columns = "article code severity section n message",
     .run = run_lint,
     .print = print_lint,
     .text = "Checks the citations of articles: markers without a source, sources without a marker, gaps, duplicates, "
             "sources newer than the article, and more. With --severity it serves as a gate in a pipeline.",
     .examples = "footnote lint great-wall-from-space\nfootnote lint --all --severity error --plain"},
    {.name = "quote",
     .method = "quote",
     .group = GROUP,
     .summary = "whether a quotation is verbatim",
     .words = {{"TEXT", "text", WORD_JOINED, true}},
     .flags =
         (const struct flag[]){
             {"article", "ID", "every quotation of this article, held against its sources' texts", .type = FLAG_TEXT},
             LIMIT,
             FLAGS_END},
     .list = "matches",
     .columns = "article source section start end selector.exact fragment",
     .absent = "absent",
     .print = print_quote,
     .text = "Looks a quotation up in articles and in the texts of sources. It is exact, normalized (the same words, "
             "other case, quotes, dashes or citation markers), altered (with the words that differ) or absent. "
             "With --article in place of TEXT every quotation of an article is held against the texts of the sources "
             "that its sentence cites; unknown where the archive has none of them.",
     .examples = "footnote quote 'The wall is not visible to the naked eye'"},
    {.name = "check",
     .method = "check",
     .group = GROUP,
     .summary = "whether a claim was checked before",
     .words = {{"CLAIM", "text", WORD_JOINED, false}},
     .flags = (const struct flag[]){LIMIT, FLAGS_END},
     .list = "answers",
     .columns = "id score title verdict published url",
     .absent = "none",
     .print = print_check,
     .text = "Lists the articles that check the claim, best first, or says that none does.",
     .examples = "footnote check 'You can see the Great Wall from the moon'"},
    {.name = "trace",
     .method = "trace",
     .group = GROUP,
     .summary = "which passage of a source supports which sentence",
     .words = {{"ID", "id", WORD_ONE, false}},
     .list = "sentences",
     .columns = "section n source support sentence missing",
     .print = print_trace,
     .text = "Shows, for every cited sentence, the passage of the cited source's text that supports it best, a score "
             "from 0 to 1, and the words that are missing there; unknown where the archive has no text of the source.",
     .examples = "footnote trace great-wall-from-space"},
    {.name = "impact",
     .method = "impact",
     .group = GROUP,
     .summary = "what rests on a source",
     .words = SOURCE,
     .list = "sections",
     .columns = "article section sole_support",
     .print = print_impact,
     .text = "Lists the articles and sections that rely on a source, and marks those that have no other.",
     .examples = "footnote impact https://example.org/retracted-study"},
    {.name = "source-status",
     .method = "source_status",
     .group = GROUP,
     .summary = "mark a source as retracted, dead, …",
     .words = {{"SOURCE", "source", WORD_ONE, false}, {"STATUS", "status", WORD_ONE, false}},
     .flags = (const struct flag[]){{"since", "DATE", "since when", .type = FLAG_TEXT},
                                    {"note", "TEXT", "why", .type = FLAG_TEXT},
                                    FLAGS_END},
     .text = "Sets the status of a source: live, dead, usurped, unfit, deviated, corrected, retracted, disputed or "
             "superseded. Hits that rest on it carry a warning. live undoes it.",
     .examples =
         "footnote source-status https://example.org/study retracted --since 2025-03-01 --note 'data withdrawn'"},
    {.name = "canonicalize",
     .method = "canonicalize",
     .group = GROUP,
     .summary = "the one address of a page",
     .words = {{"URL", "url", WORD_ONE, false}},
     .text = "Shows the canonical form of an address and the rules that led there.",
     .examples = "footnote canonicalize 'http://www.example.org/a?utm_source=x#top'"},
};

/* clang-format on */

const size_t rows_evidence_count = sizeof rows_evidence / sizeof *rows_evidence;
