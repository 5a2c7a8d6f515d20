/* The rows of the commands that read and write records.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"
#include "print.h"
#include "rows.h"

#define GROUP "Records"
#define KIND                                                                                                           \
    { "kind", "KIND", "article (default) or source", .type = FLAG_TEXT, .choices = "article|source" }
#define WAIT                                                                                                           \
    { "wait", NULL, "answer only when the write can be found by a search", .type = FLAG_FIXED, .fixed = "\"visible\"" }
#define IF_REVISION                                                                                                    \
    { "if-revision", "N", "only if the record still has this revision; 0: only if there is none", .type = FLAG_COUNT }
#define DIRTY                                                                                                          \
    {                                                                                                                  \
        "dirty", "POLICY", "what values of the wrong type come to: reject (default), coerce or drop",                  \
            .type = FLAG_TEXT, .choices = "reject|coerce|drop"                                                         \
    }

/* clang-format off: a row reads best as it is laid out here */
const struct command rows_records[] = {
    {.name = "import",
     .method = NULL,
     .group = GROUP,
     .summary = "articles out of files and folders",
     .patient = true,
     .words = {{"PATH", NULL, WORD_LOCAL, false}},
     .flags =
         (const struct flag[]){
             {"format", "FORMAT", "text, markdown, html, json, jsonl, jsonld or csv; default: by name and content",
              .type = FLAG_TEXT, .choices = "text|markdown|html|json|jsonl|jsonld|csv"},
             {"map", "A=B,…", "which field of the input becomes which of ours, as in published=date,outlet=site",
              .type = FLAG_TEXT},
             {"id-prefix", "TEXT", "put TEXT before each id", .type = FLAG_TEXT},
             {"list-separator", "TEXT", "what stands between the elements of a list in a field of CSV; default: |",
              .type = FLAG_TEXT},
             {"date-order", "ORDER", "how dates of three numbers are written: iso, dmy or mdy", .type = FLAG_TEXT,
              .choices = "iso|dmy|mdy"},
             DIRTY,
             {"dry-run", NULL, "read and check everything, keep nothing", .letter = 'n'},
             {"wait", NULL, "return only when everything can be found by a search", .param = NOT_SENT},
             {"errors-to", "FILE", "keep the lines that were refused, as they were", .type = FLAG_TEXT,
              .param = NOT_SENT},
             FLAGS_END},
     .list = "errors",
     .columns = "file line column code message",
     .run = run_import,
     .text = "Reads files, folders or standard input ('-'): text, Markdown, HTML, JSON, JSON lines, "
             "JSON-LD (ClaimReview, articles of schema.org) and CSV, each also "
             "compressed by gzip. Of a folder it takes the files whose ending it knows, in the order of their names. A "
             "record that can't be read costs that record only; it is told with file, line and column, and the exit "
             "code is 3. Importing the same again changes nothing.",
     .examples = "footnote import articles/\n"
                 "footnote import --map published=date,outlet=site claims.jsonl.gz\n"
                 "footnote import --dry-run --errors-to refused.jsonl new.jsonl\n"
                 "curl -s https://example.org/articles.jsonl | footnote import --format jsonl -"},
    {.name = "put",
     .method = "put",
     .group = GROUP,
     .summary = "one record, from JSON",
     .words = {{"FILE", NULL, WORD_LOCAL, true}},
     .flags = (const struct flag[]){KIND, IF_REVISION, DIRTY, WAIT, FLAGS_END},
     .run = run_record,
     .print = print_write,
     .text = "Writes one record, read as JSON from standard input or FILE. A record with the same id is replaced; its "
             "old revision is kept.",
     .examples = "footnote put article.json\n"
                 "echo '{\"id\": \"a1\", \"title\": \"A title\", \"text\": \"A text [1].\"}' | footnote put --wait"},
    {.name = "patch",
     .method = "patch",
     .group = GROUP,
     .summary = "some fields of a record, from JSON",
     .words = {{"ID", "id", WORD_ONE, false}, {"FILE", NULL, WORD_LOCAL, true}},
     .flags = (const struct flag[]){KIND, IF_REVISION, WAIT, FLAGS_END},
     .run = run_record,
     .print = print_write,
     .text =
         "Merges JSON from standard input or FILE into a record, as RFC 7396 says: a member replaces, null removes.",
     .examples = "echo '{\"verdict\": \"False\"}' | footnote patch great-wall-from-space"},
    {.name = "get",
     .method = "get",
     .group = GROUP,
     .summary = "a record as it is kept",
     .words = {{"ID", "id", WORD_ONE, false}},
     .flags = (const struct flag[]){{"revision", "N", "an older state of it", .type = FLAG_COUNT}, KIND, FLAGS_END},
     .print = print_get,
     .text = "Prints a record's fields, the outline of its sections, and how often it mentions each of its sources. "
             "--json gives the record as it was given, with id, revision, seq and its citation mentions.",
     .examples = "footnote get great-wall-from-space\nfootnote get great-wall-from-space --revision 1 --json"},
    {.name = "delete",
     .method = "delete",
     .group = GROUP,
     .summary = "records, by id or by query",
     .words = {{"ID", "ids", WORD_MANY, true}},
     .flags = (const struct flag[]){{"query", "QUERY", "all records that match", .type = FLAG_TEXT},
                                    KIND,
                                    {"dry-run", NULL, "count only", .letter = 'n'},
                                    {"purge", NULL, "with all old revisions, also of what is deleted already",
                                     .type = FLAG_SWITCH},
                                    {"yes", NULL, "do not ask", .letter = 'y', .param = NOT_SENT},
                                    WAIT,
                                    FLAGS_END},
     .list = "results",
     .columns = "id seq error.code error.message",
     .run = run_delete,
     .print = print_delete,
     .text = "Deletes records. With --query it asks before, on a terminal; elsewhere it needs --yes. "
             "Old revisions stay readable, unless they go too (--purge).",
     .examples = "footnote delete a1 a2\nfootnote delete --query 'outlet:\"Example News\"' --dry-run\nfootnote delete "
                 "--purge a1"},
    {.name = "export",
     .method = "export",
     .group = GROUP,
     .summary = "all records, as JSON lines; articles as JSON-LD; lists of sources",
     .patient = true,
     .words = {{"ARTICLE", "id", WORD_ONE, true}},
     .flags = (const struct flag[]){{"format", "FORMAT", "jsonl (default), jsonld, csl or bibtex", .type = FLAG_TEXT,
                                     .choices = "jsonl|jsonld|csl|bibtex"},
                                    {"gzip", NULL, "compress", .param = NOT_SENT},
                                    {"output", "FILE", "write there instead of standard output", .letter = 'o',
                                     .type = FLAG_TEXT, .param = NOT_SENT},
                                    FLAGS_END},
     .run = run_export,
     .text =
         "Writes all records to standard output, one JSON object a line, as footnote import reads them: everything, "
         "with old revisions. With --format jsonld the articles, in the vocabulary of schema.org (ClaimReview, "
         "Article); with csl or bibtex the sources, for reference managers. With ARTICLE that article only, or its "
         "own list of sources.",
     .examples = "footnote export --gzip -o archive.jsonl.gz\n"
                 "footnote export --format jsonld -o archive.jsonld\n"
                 "footnote export --format bibtex a1 > a1.bib"},
};

/* clang-format on */

const size_t rows_records_count = sizeof rows_records / sizeof *rows_records;
