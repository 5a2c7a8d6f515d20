/* A page of HTML with nothing but the tags and attributes that are read.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One pass, with HTML's own rules for where tags, comments and scripts end.  libxml2 compares every attribute of a tag
 * with every other and keeps all that it is given; behind this pass a tag has a handful of known attributes, each
 * in quotes, and there is no script, style, comment or declaration, so that a page's cost is bounded by its size.
 * Scripts of JSON-LD are kept aside.  Text stays as it is, its character references too.  Pure: any thread. */
#include "html.h"

#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 40, VALUE_MAX = 64 * 1024 };

struct cleaner {
    struct html_page *page;
    struct buf *out;
    const char *at, *end;
    size_t elements;
    const char *no_end; /* from here on no end tag of a raw element: not looked for twice */
};

static const char *const kept_attributes[] = {"id",       "class",    "href",  "name", "content",    "property",
                                              "itemprop", "datetime", "lang",  "role", "rel",        "hidden",
                                              "start",    "value",    "style", "type", "http-equiv", NULL};
/* Their text is not the page's; to their end tag nothing in them is a tag. */
static const char raw_elements[] = "script style iframe noembed noframes textarea ";

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void add_escaped(struct buf *out, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '<')
            buf_str(out, "&lt;");
        else if (c == '>')
            buf_str(out, "&gt;");
        else if (c == '"')
            buf_str(out, "&quot;");
        else if (c >= ' ' || c == '\n' || c == '\t')
            buf_char(out, (char)c);
        else if (c)
            buf_char(out, ' ');
    }
}

/* A name in lower case, up to what can't be in one; empty when it is too long to mean anything. */
static void read_name(struct cleaner *cleaner, char name[NAME_MAX_BYTES], const char *stops) {
    size_t len = 0;
    for (; cleaner->at < cleaner->end; cleaner->at++, len++) {
        char c = *cleaner->at;
        if (is_space(c) || (c && strchr(stops, c))) break;
        if (len < NAME_MAX_BYTES - 1) name[len] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    name[len < NAME_MAX_BYTES ? len : 0] = '\0';
}

static void skip_space(struct cleaner *cleaner) {
    while (cleaner->at < cleaner->end && is_space(*cleaner->at))
        cleaner->at++;
}

/* Behind the next `stop`, or at the end. */
static void skip_behind(struct cleaner *cleaner, const char *stop) {
    size_t len = strlen(stop);
    const char *found = memmem(cleaner->at, (size_t)(cleaner->end - cleaner->at), stop, len);
    cleaner->at = found ? found + len : cleaner->end;
}

static void read_value(struct cleaner *cleaner, const char **value, size_t *len) {
    const char *end = cleaner->end;
    skip_space(cleaner);
    *value = cleaner->at;
    if (cleaner->at < end && (*cleaner->at == '"' || *cleaner->at == '\'')) {
        *value = cleaner->at + 1;
        const char *close = memchr(*value, *cleaner->at, (size_t)(end - *value));
        *len = (size_t)((close ? close : end) - *value);
        cleaner->at = close ? close + 1 : end;
        return;
    }
    while (cleaner->at < end && !is_space(*cleaner->at) && *cleaner->at != '>')
        cleaner->at++;
    *len = (size_t)(cleaner->at - *value);
}

static bool is_kept(const char *name) {
    for (size_t i = 0; kept_attributes[i]; i++)
        if (strcmp(kept_attributes[i], name) == 0) return true;
    return false;
}

/* Moves over the attributes and the > behind them; true: `type` says that this is JSON-LD. */
static bool take_attributes(struct cleaner *cleaner, struct buf *out) {
    char name[NAME_MAX_BYTES];
    bool json = false;
    while (cleaner->at < cleaner->end && *cleaner->at != '>') {
        const char *value = "";
        size_t len = 0;
        const char *before = cleaner->at;
        while (cleaner->at < cleaner->end && (is_space(*cleaner->at) || *cleaner->at == '/'))
            cleaner->at++;
        read_name(cleaner, name, "=/>");
        skip_space(cleaner);
        if (cleaner->at < cleaner->end && *cleaner->at == '=') {
            cleaner->at++;
            read_value(cleaner, &value, &len);
        }
        if (cleaner->at == before) cleaner->at++;
        if (strcmp(name, "type") == 0) json = json || (len == 19 && strncasecmp(value, "application/ld+json", 19) == 0);
        if (!out || len > VALUE_MAX || !is_kept(name)) continue;
        buf_printf(out, " %s=\"", name);
        add_escaped(out, value, len);
        buf_char(out, '"');
    }
    if (cleaner->at < cleaner->end) cleaner->at++;
    return json;
}

/* The end tag of a raw element; NULL when there is none. */
static const char *find_end(struct cleaner *cleaner, const char *name) {
    size_t len = strlen(name);
    const char *at = cleaner->at;
    while ((at = memmem(at, (size_t)(cleaner->end - at), "</", 2))) {
        const char *behind = at + 2 + len;
        if (behind >= cleaner->end) return NULL;
        if (strncasecmp(at + 2, name, len) == 0 && (is_space(*behind) || *behind == '>' || *behind == '/')) return at;
        at += 2;
    }
    return NULL;
}

/* Behind the start tag of a raw element: its text is passed over, or kept aside, or is the title. */
static void take_raw(struct cleaner *cleaner, const char *name, bool json) {
    struct html_page *page = cleaner->page;
    bool title = strcmp(name, "title") == 0;
    if (title && cleaner->no_end) return;
    const char *stop = find_end(cleaner, name), *text = cleaner->at;
    if (!stop && title) {
        cleaner->no_end = text;
        return;
    }
    if (!stop) stop = cleaner->end;
    if (title) {
        buf_str(cleaner->out, "<title>");
        add_escaped(cleaner->out, text, (size_t)(stop - text));
        buf_str(cleaner->out, "</title>");
    } else if (json) {
        page->scripts =
            arena_grow(page->arena, page->scripts, page->script_count, &page->script_capacity, sizeof *page->scripts);
        page->scripts[page->script_count++] = (struct html_script){text, (size_t)(stop - text)};
    }
    cleaner->at = stop;
    if (stop < cleaner->end) skip_behind(cleaner, ">");
}

static bool is_raw(const char *name) {
    size_t len = strlen(name);
    for (const char *at = raw_elements; *at; at = strchr(at, ' ') + 1)
        if (strcspn(at, " ") == len && memcmp(at, name, len) == 0) return true;
    return strcmp(name, "title") == 0;
}

/* What libxml2 takes for a name: Word's o:p is none. */
static void mend_name(char *name) {
    for (; *name; name++)
        if (!is_letter(*name) && !(*name >= '0' && *name <= '9')) *name = '-';
}

static enum status take_start(struct cleaner *cleaner, struct err *err) {
    char name[NAME_MAX_BYTES];
    cleaner->at++;
    read_name(cleaner, name, "/>");
    mend_name(name);
    if (++cleaner->elements > HTML_ELEMENTS_MAX)
        return err_set(err, ST_TOO_LARGE, "page: expected at most %d elements", HTML_ELEMENTS_MAX);
    if (is_raw(name)) {
        take_raw(cleaner, name, take_attributes(cleaner, NULL));
        return ST_OK;
    }
    if (!*name) {
        take_attributes(cleaner, NULL);
        return ST_OK;
    }
    buf_printf(cleaner->out, "<%s", name);
    take_attributes(cleaner, cleaner->out);
    buf_char(cleaner->out, '>');
    return ST_OK;
}

static void take_end(struct cleaner *cleaner) {
    char name[NAME_MAX_BYTES];
    cleaner->at += 2;
    read_name(cleaner, name, "/>");
    mend_name(name);
    take_attributes(cleaner, NULL);
    if (*name && !is_raw(name)) buf_printf(cleaner->out, "</%s>", name);
}

/* `<!` or `<?`. */
static void take_declaration(struct cleaner *cleaner) {
    const char *at = cleaner->at;
    size_t left = (size_t)(cleaner->end - at);
    if (left < 4 || memcmp(at, "<!--", 4) != 0) {
        skip_behind(cleaner, ">");
        return;
    }
    cleaner->at += 4;
    if (cleaner->at < cleaner->end && *cleaner->at == '>')
        cleaner->at++;
    else if (left > 5 && memcmp(cleaner->at, "->", 2) == 0)
        cleaner->at += 2;
    else
        skip_behind(cleaner, "-->");
}

static enum status take_tag(struct cleaner *cleaner, struct err *err) {
    const char *at = cleaner->at;
    size_t left = (size_t)(cleaner->end - at);
    if (left > 1 && is_letter(at[1])) return take_start(cleaner, err);
    if (left > 2 && at[1] == '/' && is_letter(at[2]))
        take_end(cleaner);
    else if (left > 1 && (at[1] == '!' || at[1] == '?' || at[1] == '/'))
        take_declaration(cleaner);
    else
        add_escaped(cleaner->out, cleaner->at++, 1);
    return ST_OK;
}

/* Text up to the next tag, without characters that HTML forbids. */
static void take_text(struct cleaner *cleaner) {
    const char *stop = memchr(cleaner->at, '<', (size_t)(cleaner->end - cleaner->at));
    if (!stop) stop = cleaner->end;
    for (; cleaner->at < stop; cleaner->at++) {
        unsigned char c = (unsigned char)*cleaner->at;
        if (c >= ' ' || c == '\n' || c == '\t')
            buf_char(cleaner->out, (char)c);
        else if (c)
            buf_char(cleaner->out, ' ');
    }
}

enum status html_clean(struct html_page *page, const char *text, size_t len, struct buf *out, struct err *err) {
    struct cleaner cleaner = {.page = page, .out = out, .at = text, .end = text + len};
    enum status status = ST_OK;
    while (cleaner.at < cleaner.end && !status) {
        if (*cleaner.at == '<')
            status = take_tag(&cleaner, err);
        else
            take_text(&cleaner);
    }
    return status;
}
