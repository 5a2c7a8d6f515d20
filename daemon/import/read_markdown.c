/* Reads a Markdown text: front matter, title, summary, sections, notes and links.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   - the front matter's fields are the record's; those of its title and date go before what the text says;
 *   - what stands before the first section is the summary, and so is a first section under a heading like `Summary`;
 *   - deeper headings are lines of their section's text; fenced code stays as it is;
 *   - notes, and a section that is a bibliography, are the sources; a note's label that is no number gets one;
 *   - an article without notes and markers cites by its web links: behind a link's text comes a marker [n], of the
 *     source with that address in the list, else of a further one; every other link and image is kept in `links`
 *     [{url, text, image}];
 *   - marks of emphasis, code and links go, boilerplate lines too; everything else is in the record.
 * The structure of what stands between headings is archive/structure's.  Pure: any thread. */
#include "read_markdown.h"
#include "format.h"
#include "front_matter.h"
#include "markdown.h"
#include "plain_text.h"
#include "sources.h"

#include "archive/citation.h"
#include "archive/structure.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct body {                      /* of the summary or a section */
    const struct md_line *heading; /* NULL: the summary */
    size_t first, end;             /* its lines */
    const char *rest;              /* what a bibliography left of it; NULL: all lines are text */
    bool gone;                     /* it was nothing but a bibliography */
    bool is_summary;
};

struct article {
    const struct reading *reading;
    struct md_doc doc;
    struct md_inline in;
    struct md_inline keep; /* for bibliographies */
    cJSON *record;
    struct body *bodies;
    size_t body_count, body_capacity;
    uint32_t listed; /* the highest number of a source that is told before the links are */
    struct buf text; /* scratch */
};

/* Renders lines: paragraphs inline, code as it is. */
static void render(struct article *article, struct md_inline *in, size_t first, size_t end, struct buf *out) {
    const struct md_line *lines = article->doc.lines;
    for (size_t i = first; i < end;) {
        const struct md_line *line = &lines[i];
        size_t last = i + 1;
        if (line->kind == MD_TEXT) {
            while (last < end && lines[last].kind == MD_TEXT)
                last++;
            size_t len = (size_t)(lines[last - 1].text + lines[last - 1].len - line->text);
            md_inline_render(in, line->text, len, out);
        } else if (line->kind == MD_HEADING) {
            md_inline_render(in, line->text, line->len, out);
        } else if (line->kind == MD_CODE) {
            buf_add(out, line->text, line->len);
        }
        if (line->kind != MD_ELSEWHERE) buf_char(out, '\n');
        i = last;
    }
}

/* A heading or title: its links get no markers, since a marker in a heading cites nothing. */
static const char *render_line(struct article *article, const struct md_line *line) {
    enum md_links mode = article->in.mode;
    article->in.mode = MD_TEXT_ONLY;
    buf_clear(&article->text);
    md_inline_render(&article->in, line->text, line->len, &article->text);
    article->in.mode = mode;
    return arena_strndup(article->reading->arena, article->text.data, article->text.len);
}

static void find_bodies(struct article *article) {
    const struct md_doc *doc = &article->doc;
    struct body body = {.first = 0};
    for (size_t i = 0; i <= doc->count; i++) {
        bool heading = i < doc->count && doc->lines[i].kind == MD_HEADING && i != doc->title;
        if (i < doc->count && (!heading || doc->lines[i].level > doc->section)) continue;
        body.end = i;
        article->bodies = arena_grow(article->reading->arena, article->bodies, article->body_count,
                                     &article->body_capacity, sizeof body);
        article->bodies[article->body_count++] = body;
        if (i < doc->count) body = (struct body){.heading = &doc->lines[i], .first = i + 1};
    }
}

/* The note's text in one line, as an entry of a bibliography. */
static void add_note_entry(struct article *article, const struct md_note *note, struct buf *out) {
    struct buf text;
    buf_init(&text, 0);
    for (size_t i = note->first; i < note->end; i++) {
        const struct md_line *line = &article->doc.lines[i];
        size_t at = i == note->first ? note->at : 0;
        if (i > note->first) buf_char(&text, ' ');
        at += strspn(line->text + at, " \t");
        if (at < line->len) buf_add(&text, line->text + at, line->len - at);
    }
    buf_printf(out, "[%u] ", note->n);
    if (text.len) md_inline_render(&article->keep, text.data, text.len, out);
    buf_char(out, '\n');
    buf_free(&text);
}

static void add_notes(struct article *article) {
    static const char heading[] = "References"; /* of a bibliography, by the rules */
    const struct reading *reading = article->reading;
    for (size_t i = 0; i < article->doc.note_count; i++) {
        struct structure structure;
        struct buf entry;
        buf_init(&entry, 0);
        buf_printf(&entry, "%s\n\n", heading);
        add_note_entry(article, &article->doc.notes[i], &entry);
        structure_find(reading->arena, reading->rules, entry.data, entry.len, false, NULL, &structure);
        struct reference plain = {.n = article->doc.notes[i].n, .raw = text_tidy(entry.data + sizeof heading)};
        struct reference *reference = structure.reference_count == 1 ? &structure.references[0] : &plain;
        reference->n = plain.n;
        sources_add_reference(article->record, reference);
        buf_free(&entry);
    }
}

/* What is left of a section's text without its bibliography; NULL when there is none. */
static char *without_references(struct article *article, const char *text, const struct structure *structure) {
    const struct reference *last = &structure->references[structure->reference_count - 1];
    char *rest = arena_strdup(article->reading->arena, text);
    char *start = strstr(rest, structure->references[0].raw);
    char *end = start ? strstr(start, last->raw) : NULL;
    if (!end) return NULL;
    end += strlen(last->raw);
    memmove(start, end, strlen(end) + 1);
    return rest;
}

/* Nothing but boilerplate? */
static bool says_nothing(const struct reading *reading, const char *text) {
    struct structure found;
    char *left = arena_strdup(reading->arena, text);
    structure_find(reading->arena, reading->rules, left, strlen(left), false, NULL, &found);
    for (size_t i = 0; i < found.dropped_count; i++)
        memset(left + found.dropped[i].start, ' ', found.dropped[i].end - found.dropped[i].start);
    return left[strspn(left, " \t\n")] == '\0';
}

/* Is the section a bibliography, or does the last one end with one?  Is the first a summary? */
static void classify(struct article *article, struct body *body) {
    const struct reading *reading = article->reading;
    struct structure structure;
    struct buf text;
    bool last = body == &article->bodies[article->body_count - 1];
    buf_init(&text, 0);
    if (body->heading) buf_printf(&text, "## %.*s\n\n", (int)body->heading->len, body->heading->text);
    size_t start = text.len;
    render(article, &article->keep, body->first, body->end, &text);
    if (text.len) {
        structure_find(reading->arena, reading->rules, text.data, text.len, false, NULL, &structure);
        bool headed = structure.reference_heading_count > 0;
        char *rest = structure.reference_count && (headed || last)
                         ? without_references(article, text.data + start, &structure)
                         : NULL;
        if (rest) {
            body->rest = rest;
            body->gone = headed && says_nothing(reading, rest);
            sources_add_references(article->record, structure.references, structure.reference_count);
        }
        body->is_summary = body->heading && structure.part_count && structure.parts[0].number == 0;
    }
    buf_free(&text);
}

/* Takes the lines out that are boilerplate, and date lines of a summary whose dates the record lacks. */
static void take_lines_out(struct article *article, const struct body *body, char *text) {
    const struct reading *reading = article->reading;
    struct structure found;
    structure_find(reading->arena, reading->rules, text, strlen(text), false, NULL, &found);
    for (size_t i = 0; i < found.dropped_count; i++)
        memset(text + found.dropped[i].start, ' ', found.dropped[i].end - found.dropped[i].start);
    const char *names[] = {"published", "updated"}, *dates[] = {found.published, found.updated};
    bool wanted = !body->heading && found.date_line_count > 0;
    for (size_t i = 0; i < 2; i++)
        wanted = wanted && !(dates[i] && json_get(article->record, names[i]));
    if (!wanted) return;
    for (size_t i = 0; i < 2; i++)
        if (dates[i]) cJSON_AddStringToObject(article->record, names[i], dates[i]);
    for (size_t i = 0; i < found.date_line_count; i++)
        memset(text + found.date_lines[i].start, ' ', found.date_lines[i].end - found.date_lines[i].start);
}

static const char *body_text(struct article *article, const struct body *body) {
    buf_clear(&article->text);
    if (body->rest)
        md_inline_render(&article->in, body->rest, strlen(body->rest), &article->text);
    else
        render(article, &article->in, body->first, body->end, &article->text);
    char *text =
        arena_strndup(article->reading->arena, article->text.data ? article->text.data : "", article->text.len);
    take_lines_out(article, body, text);
    return text_tidy(text);
}

static void add_section(cJSON *record, const char *heading, const char *text) {
    cJSON *sections = cJSON_GetObjectItemCaseSensitive(record, "sections");
    if (!sections) sections = cJSON_AddArrayToObject(record, "sections");
    cJSON *section = cJSON_CreateObject();
    cJSON_AddItemToArray(sections, section);
    if (*heading) cJSON_AddStringToObject(section, "heading", heading);
    cJSON_AddStringToObject(section, "text", text);
}

/* `3. Why` of the third section is `Why`, as in plain text. */
static const char *without_number(const char *heading, int number) {
    char digits[16];
    int len = snprintf(digits, sizeof digits, "%d", number);
    if (strncmp(heading, digits, (size_t)len) != 0 || !strchr(".)", heading[len]) || heading[len + 1] != ' ')
        return heading;
    const char *words = heading + len + 1 + strspn(heading + len + 1, " ");
    return *words ? words : heading;
}

/* Title, summary and sections, unless the front matter has given them. */
static void add_text(struct article *article) {
    cJSON *record = article->record;
    bool summary = json_get(record, "summary") != NULL;
    size_t left = 0;
    int number = cJSON_GetArraySize(json_get(record, "sections"));
    for (size_t i = 0; i < article->body_count; i++)
        left += !article->bodies[i].gone;
    for (size_t i = 0; i < article->body_count; i++) {
        const struct body *body = &article->bodies[i];
        if (body->gone) continue;
        const char *heading = body->heading ? render_line(article, body->heading) : "";
        const char *text = body_text(article, body);
        if (!*heading && !*text) continue;
        bool first = !body->heading || (i == 1 && body->is_summary);
        if (first && !summary && left > 1) {
            cJSON_AddStringToObject(record, "summary", text);
            summary = true;
        } else {
            add_section(record, without_number(heading, ++number), text);
        }
    }
}

/* The heading that is the title is no text, unless the front matter has another title. */
static void add_title(struct article *article) {
    struct md_doc *doc = &article->doc;
    if (doc->title == doc->count) return;
    struct md_line *line = &doc->lines[doc->title];
    const char *given = json_get_string(article->record, "title"), *found = render_line(article, line);
    if (given && *given && strcasecmp(given, found) != 0) {
        line->kind = MD_TEXT;
        return;
    }
    if (!given) cJSON_AddStringToObject(article->record, "title", found);
    line->kind = MD_ELSEWHERE;
}

/* In the text, not in a bibliography. */
static bool has_markers(struct article *article) {
    const struct md_line *lines = article->doc.lines;
    struct mark *marks;
    bool found = article->doc.note_count > 0;
    for (size_t i = 0; i < article->body_count && !found; i++) {
        const struct body *body = &article->bodies[i];
        if (body->gone || body->first == body->end) continue;
        const struct md_line *first = &lines[body->first], *last = &lines[body->end - 1];
        const char *text = body->rest ? body->rest : first->text;
        size_t len = body->rest ? strlen(text) : (size_t)(last->text + last->len - text);
        found = citation_marks(article->reading->arena, text, len, &marks) > 0;
    }
    return found;
}

/* The highest number of a source; each address gets its number where a link may lead there too. */
static uint32_t number_sources(struct article *article, struct labels *urls) {
    const cJSON *list = json_get(article->record, "sources");
    uint32_t last = 0, place = 0;
    for (const cJSON *entry = list && cJSON_IsArray(list) ? list->child : NULL; entry; entry = entry->next) {
        const cJSON *given = json_get(entry, "n");
        const char *url = json_get_string(entry, "url");
        bool numbered = given && cJSON_IsNumber(given) && given->valuedouble >= 1 && given->valuedouble <= INT32_MAX;
        uint32_t n = numbered ? (uint32_t)given->valuedouble : place + 1;
        place++;
        if (n > last) last = n;
        if (url && !labels_find(urls, url, strlen(url))) labels_add(urls, url, strlen(url), n);
    }
    return last;
}

/* Links that got a marker are sources, the others are kept beside. */
static void add_links(struct article *article) {
    uint32_t told = article->listed;
    for (size_t i = 0; i < article->in.link_count; i++) {
        const struct md_link *link = &article->in.links[i];
        if (link->n && link->n <= told) continue;
        cJSON *list =
            link->n ? sources_of(article->record) : cJSON_GetObjectItemCaseSensitive(article->record, "links");
        if (!list) list = cJSON_AddArrayToObject(article->record, "links");
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddItemToArray(list, entry);
        if (link->n) cJSON_AddNumberToObject(entry, "n", told = link->n);
        cJSON_AddStringToObject(entry, "url", link->url);
        if (*link->text) cJSON_AddStringToObject(entry, link->n ? "anchor" : "text", link->text);
        if (link->image) cJSON_AddTrueToObject(entry, "image");
    }
}

void markdown_read_body(const struct reading *reading, cJSON *record, const char *text, size_t len) {
    struct article article = {.reading = reading, .record = record};
    buf_init(&article.text, 0);
    md_blocks(reading->arena, text, len, &article.doc);
    md_inline_init(&article.keep, &article.doc, MD_KEEP);
    md_inline_init(&article.in, &article.doc, MD_TEXT_ONLY);
    add_title(&article);
    find_bodies(&article);
    add_notes(&article);
    for (size_t i = 0; i < article.body_count; i++)
        classify(&article, &article.bodies[i]);
    if (!has_markers(&article)) {
        article.in.mode = MD_MARK;
        article.in.source_count = article.listed = number_sources(&article, &article.in.sources);
    }
    add_text(&article);
    add_links(&article);
    buf_free(&article.text);
}

/* A field that the front matter has, in whatever form, is not given once more by the text. */
static void keep_first(cJSON *record) {
    static const char *const names[] = {"title",    "published", "updated", "summary", "text",
                                        "sections", "sources",   "links",   "file"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cJSON *first = cJSON_GetObjectItemCaseSensitive(record, names[i]), *next = NULL;
        for (cJSON *item = first ? first->next : NULL; item; item = next) {
            next = item->next;
            if (strcmp(item->string, names[i]) == 0) cJSON_Delete(cJSON_DetachItemViaPointer(record, item));
        }
    }
}

enum status read_markdown(const struct reading *reading, const struct piece *piece, cJSON **out, struct err *err) {
    char *text;
    size_t len, used;
    enum status status = text_read(reading->arena, piece->bytes, piece->len, &text, &len, err);
    if (status) return status;
    cJSON *record = cJSON_CreateObject();
    status = front_matter_read(reading->arena, text, len, record, &used, err);
    if (!status) markdown_read_body(reading, record, text + used, len - used);
    if (!status && !record->child)
        status = err_set(err, ST_INVALID_RECORD, "expected a title or text, got only boilerplate and white space");
    if (status) {
        cJSON_Delete(record);
        return status;
    }
    if (reading->file) cJSON_AddStringToObject(record, "file", reading->file);
    keep_first(record);
    *out = record;
    return ST_OK;
}
