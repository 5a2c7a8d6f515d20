/* The table of formats, and how a file's format is found.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * By content: `{` or `[` begins JSON, that of schema.org where a context says so, and where the first line is a whole
 * object JSON Lines; a doctype or a tag that a page begins with is HTML; `---` or a heading with # begins Markdown;
 * everything else is text.  CSV is known by its file's name only.  Read-only: any thread. */
#include "format.h"

#include <string.h>
#include <strings.h>

static const char *skip_space(const char *at, const char *end) {
    while (at < end && strchr(" \t\r\n", *at) && *at)
        at++;
    return at;
}

static bool is_json_array(const char *at, const char *end) {
    if (at == end || *at != '[') return false;
    at = skip_space(at + 1, end);
    return at < end && (*at == '{' || *at == ']');
}

/* {"articles": [ … and on, perhaps in one line. */
static bool is_bundle(const char *at, const char *end) {
    static const char key[] = "\"articles\"";
    at = skip_space(at + 1, end);
    return (size_t)(end - at) >= sizeof key - 1 && memcmp(at, key, sizeof key - 1) == 0;
}

static bool is_jsonl(const char *head, size_t len) {
    const char *end = head + len;
    const char *at = skip_space(head, end);
    if (at == end || *at != '{' || is_bundle(at, end)) return false;
    const char *line = memchr(at, '\n', (size_t)(end - at));
    if (!line) return true; /* one object in one line, or a line longer than the head */
    while (line > at && (line[-1] == '\r' || line[-1] == ' ' || line[-1] == '\t'))
        line--;
    return line[-1] == '}';
}

static bool is_json(const char *head, size_t len) {
    const char *at = skip_space(head, head + len);
    return is_json_array(at, head + len) || (at < head + len && *at == '{');
}

static bool is_markdown(const char *head, size_t len) {
    const char *end = head + len;
    const char *at = skip_space(head, end);
    if (end - at >= 4 && memcmp(at, "---", 3) == 0 && (at[3] == '\n' || at[3] == '\r')) return true;
    size_t level = 0;
    while (at + level < end && at[level] == '#')
        level++;
    return level >= 1 && level <= 6 && at + level < end && at[level] == ' ';
}

static bool is_jsonld(const char *head, size_t len) {
    static const char context[] = "\"@context\"", vocabulary[] = "schema.org";
    const char *at = is_json(head, len) ? memmem(head, len, context, sizeof context - 1) : NULL;
    return at && memmem(at, (size_t)(head + len - at), vocabulary, sizeof vocabulary - 1);
}

/* Behind comments and declarations of XML. */
static bool is_html(const char *head, size_t len) {
    static const char *const begins[] = {"<!doctype html", "<html",    "<head", "<body", "<title",
                                         "<meta ",         "<article", "<main", "<p>"};
    const char *at = skip_space(head, head + len), *end = head + len;
    while (end - at > 4 && (memcmp(at, "<!--", 4) == 0 || memcmp(at, "<?", 2) == 0)) {
        bool comment = at[1] == '!';
        const char *close = memmem(at, (size_t)(end - at), comment ? "-->" : ">", comment ? 3 : 1);
        if (!close) return false;
        at = skip_space(close + (comment ? 3 : 1), end);
    }
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        size_t n = strlen(begins[i]);
        if ((size_t)(end - at) > n && strncasecmp(at, begins[i], n) == 0) return true;
    }
    /* UTF-16 without its mark. */
    return len > 4 && (memcmp(head, "<\0", 2) == 0 || memcmp(head, "\0<", 2) == 0);
}

static const struct format formats[] = {
    {"jsonld", ".jsonld ", is_jsonld, &cut_jsonld, read_jsonld, NULL},
    {"jsonl", ".jsonl .ndjson .jsonlines ", is_jsonl, &cut_lines, read_json, NULL},
    {"json", ".json ", is_json, &cut_json, read_json, NULL},
    {"markdown", ".md .markdown .mdown .mkd ", is_markdown, &cut_pages, read_markdown,
     "date=published,lastmod=updated,modified=updated,author=authors,lang=language,site=outlet,rating=verdict"},
    {"html", ".html .htm .xhtml .shtml ", is_html, &cut_file, read_html, NULL},
    {"csv", ".csv .tsv ", NULL, &cut_csv, read_csv, NULL},
    {"text", ".txt .text ", NULL, &cut_pages, read_text, NULL},
};
enum { FORMATS = sizeof formats / sizeof *formats };

const struct format *format_named(const char *name) {
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0) return &formats[i];
    }
    return NULL;
}

static bool has_suffix(const char *suffixes, const char *suffix, size_t len) {
    for (const char *at = suffixes; *at; at = strchr(at, ' ') + 1) {
        if (strcspn(at, " ") == len && strncasecmp(at, suffix, len) == 0) return true;
    }
    return false;
}

const struct format *format_of_file(const char *file_name) {
    const char *slash = strrchr(file_name, '/');
    const char *name = slash ? slash + 1 : file_name;
    size_t len = strlen(name);
    if (len > 3 && strcasecmp(name + len - 3, ".gz") == 0) len -= 3;
    const char *dot = memrchr(name, '.', len);
    if (!dot) return NULL;
    for (size_t i = 0; i < FORMATS; i++) {
        if (has_suffix(formats[i].suffixes, dot, (size_t)(name + len - dot))) return &formats[i];
    }
    return NULL;
}

const struct format *format_of_content(const char *head, size_t len) {
    for (size_t i = 0; i < FORMATS; i++) {
        if (formats[i].is && formats[i].is(head, len)) return &formats[i];
    }
    return format_named("text");
}

void format_names(struct buf *out) {
    for (size_t i = 0; i < FORMATS; i++) {
        buf_str(out, formats[i].name);
        buf_str(out, ", ");
    }
    buf_str(out, "auto");
}
