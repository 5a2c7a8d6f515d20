/* An article as a reader sees it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Title, summary, headings with their numbers, texts as given, sources; one blank line between the parts.  Pure
 * function: any thread. */
#include "archive/article.h"

static void print_source(const struct source_entry *source, struct buf *out) {
    const struct {
        const char *joint, *text;
    } fields[] = {{" – ", source->outlet},
                  {", ", source->published},
                  {", ", source->url},
                  {", archived: ", source->archived_url}};
    buf_printf(out, "[%u] %s", source->n, source->title ? source->title : "");
    bool first = !source->title;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!fields[i].text) continue;
        buf_str(out, first ? "" : fields[i].joint);
        buf_str(out, fields[i].text);
        first = false;
    }
    buf_char(out, '\n');
}

void article_print(const struct article *article, struct buf *out) {
    if (article->title) buf_printf(out, "%s\n", article->title);
    for (size_t i = 0; i < article->section_count; i++) {
        const struct section *section = &article->sections[i];
        buf_str(out, out->len ? "\n" : "");
        if (*section->heading && section->number > 0) buf_printf(out, "%u. ", section->number);
        if (*section->heading) buf_printf(out, "%s\n", section->heading);
        if (section->len) buf_printf(out, "%s\n", section->text);
    }
    if (article->source_count) buf_str(out, out->len ? "\n" : "");
    for (size_t i = 0; i < article->source_count; i++)
        print_source(&article->sources[i], out);
}
