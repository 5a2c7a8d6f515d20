/* The rows of the commands that find things.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"
#include "print.h"
#include "rows.h"

#define GROUP "Finding"
#define LIMIT                                                                                                          \
    { "limit", "N", "at most N of them", .type = FLAG_COUNT }

/* clang-format off: a row reads best as it is laid out here */
const struct command rows_search[] = {
    {.name = "search",
     .method = "search",
     .group = GROUP,
     .summary = "articles that answer a question, with the section and its sources",
     .words = {{"QUERY", "query", WORD_JOINED, false}},
     .flags =
         (const struct flag[]){
             {"in", "KIND", "what to search: articles (default), sources or all", .type = FLAG_TEXT,
              .choices = "articles|sources|all"},
             {"filter", "FILTER", "only what matches this query too, without changing the order", .type = FLAG_TEXT},
             {"facet", "FIELD[:N][:value]",
              "count the N most frequent values of a field, or the first N by value; may be repeated",
              .type = FLAG_MANY},
             {"sort", "FIELD[:asc|desc]", "order by a field instead of by score; may be repeated", .type = FLAG_MANY},
             {"collapse", "FIELD", "the best hit only of each value of a field", .type = FLAG_TEXT},
             {"decay", "FIELD[:DAYS[:WEIGHT]]", "more score for what is recent; half of it DAYS ago; may be repeated",
              .type = FLAG_MANY},
             {"boost", "FIELD[:HALF[:WEIGHT]]", "more score for a large number, as cited:10; may be repeated",
              .type = FLAG_MANY},
             LIMIT,
             {"offset", "N", "leave out the first N hits", .type = FLAG_COUNT},
             {"cursor", "CURSOR", "continue where the answer before ended; '*' begins", .type = FLAG_TEXT},
             {"exact-total", NULL, "count all matches", .type = FLAG_SWITCH},
             {"time-limit-ms", "N", "answer with what was found within N milliseconds", .type = FLAG_COUNT},
             {"prefix", NULL, "take the last word as the beginning of one", .type = FLAG_SWITCH},
             {"ranking", "NAME", "default, or deep: slower and better", .type = FLAG_TEXT, .choices = "default|deep"},
             {"fragments", "N", "show N more passages of each hit", .type = FLAG_COUNT},
             {"highlight", "FIELD", "show title, section or text whole, the matches marked; may be repeated",
              .type = FLAG_MANY},
             {"html", NULL, "passages as escaped HTML", .type = FLAG_SWITCH},
             {"explain", NULL, "say how the query was understood and scored", .type = FLAG_SWITCH},
             FLAGS_END},
     .list = "hits",
     .columns = "id score title published outlet url section.number section.heading",
     .print = print_search,
     .text = "Lists the articles that match the query, best first, each with the section that matches best, a piece of "
             "it, and the sources which that section cites. Words may be combined with +must, -must-not, \"a phrase\", "
             "AND, OR, NOT, parentheses and field:word; footnote-query(7) has all of it. A query that can't be parsed "
             "is searched as words.",
     .examples = "footnote search who was killed in the 2011 ambush\n"
                 "footnote search '\"life sentences\" outlet:\"AP\" published:2020..2024'\n"
                 "footnote search --facet outlet:5 --limit 3 -- '+zapata -chicago'\n"
                 "footnote search --json --in sources inflation | jq '.hits[].url'"},
    {.name = "show",
     .method = "show",
     .group = GROUP,
     .summary = "an article as a person reads it, its sources listed",
     .words = {{"ID", "id", WORD_ONE, false}},
     .flags = (const struct flag[]){{"revision", "N", "an older state of it", .type = FLAG_COUNT},
                                    {"kind", "KIND", "article or source; default: an article of that id, else a source",
                                     .type = FLAG_TEXT, .choices = "article|source"},
                                    FLAGS_END},
     .print = print_show,
     .text = "Prints title, date, outlet, verdict, summary, sections and the numbered sources of one article.",
     .examples = "footnote show great-wall-from-space\nfootnote show great-wall-from-space | less"},
    {.name = "suggest",
     .method = "suggest",
     .group = GROUP,
     .summary = "how a word or title may go on",
     .words = {{"PREFIX", "prefix", WORD_JOINED, false}},
     .flags =
         (const struct flag[]){LIMIT,
                               {"types", "TYPE", "only term, title, tag or source; may be repeated", .type = FLAG_MANY},
                               FLAGS_END},
     .list = "suggestions",
     .columns = "text type count",
     .print = print_suggest,
     .text = "Completes what was begun to titles, terms, sources and tags of the archive, best first.",
     .examples = "footnote suggest zap\nfootnote suggest --limit 5 --plain great w"},
    {.name = "spell",
     .method = "spell",
     .group = GROUP,
     .summary = "corrections of misspelt words",
     .words = {{"WORDS", "words", WORD_JOINED, false}},
     .list = "words",
     .columns = "word count",
     .print = print_spell,
     .text =
         "Corrects words by the words of the archive itself. The first line is the text corrected; then each word in "
         "question, what it may be instead, and in how many records each stands.",
     .examples = "footnote spell unemploymnt rate"},
    {.name = "similar",
     .method = "similar",
     .group = GROUP,
     .summary = "articles with a similar text",
     .words = {{"ID", "id", WORD_ONE, false}},
     .flags = (const struct flag[]){{"kind", "KIND", "what ID is: article (default) or source", .type = FLAG_TEXT,
                                     .choices = "article|source"},
                                    {"in", "KIND", "what to look among: articles, sources or all; default: ID's like",
                                     .type = FLAG_TEXT, .choices = "articles|sources|all"},
                                    {"filter", "FILTER", "only what matches this query too", .type = FLAG_TEXT},
                                    LIMIT,
                                    FLAGS_END},
     .list = "hits",
     .columns = "id similarity title published outlet url",
     .print = print_hits,
     .text =
         "Lists articles whose text is like that of the given one, most alike first. The words that tell most of it "
         "are searched for; similarity is the share of them that a hit has, by their worth, from 0 to 1.",
     .examples = "footnote similar great-wall-from-space --limit 5\n"
                 "footnote similar --filter 'outlet:gauge -tag:space' great-wall-from-space"},
    {.name = "batch",
     .method = NULL,
     .group = GROUP,
     .summary = "many queries, one a line",
     .patient = true,
     .words = {{"FILE", NULL, WORD_LOCAL, false}},
     .flags =
         (const struct flag[]){
             {"format", "FORMAT", "jsonl (default), csv or trec", .type = FLAG_TEXT, .param = NOT_SENT,
              .choices = "jsonl|csv|trec"},
             LIMIT,
             {"in", "KIND", "what to search: articles (default), sources or all", .type = FLAG_TEXT,
              .choices = "articles|sources|all"},
             {"filter", "FILTER", "only what matches this query too", .type = FLAG_TEXT},
             {"ranking", "NAME", "default, or deep: slower and better", .type = FLAG_TEXT, .choices = "default|deep"},
             {"tag", "NAME", "the run's name in trec; default footnote", .type = FLAG_TEXT, .param = NOT_SENT},
             FLAGS_END},
     .run = run_batch,
     .text =
         "Runs one search for each line of FILE ('-' is standard input), several at a time, and prints the answers "
         "in the order of the lines. A line is a query as it would be typed, or a JSON object: {\"_id\", \"text\"}, "
         "or the parameters of a search, with _id if it has a name. A query without a name is named by the number "
         "of its line. jsonl is one answer a line with its _id; csv and trec are one hit a line.",
     .examples = "footnote batch questions.txt\n"
                 "footnote batch --format trec --limit 100 queries.jsonl >run.trec"},
};

/* clang-format on */

const size_t rows_search_count = sizeof rows_search / sizeof *rows_search;
