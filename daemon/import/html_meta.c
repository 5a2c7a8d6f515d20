/* What a page of HTML says of itself: address, dates, names, language, title.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A field is that of the first row that the page has; JSON-LD goes before all of them.  In the body count
 * `itemprop`, <time> and rel="author".  Pure: any thread. */
#include "html.h"
#include "plain_text.h"
#include "schema_org.h"

#include "archive/source_key.h"

#include <string.h>
#include <strings.h>

enum { EXACT = 1 << 20, AKIN = 1000, INSIDE = 10 }; /* how well a heading fits for the title */
enum how { TEXT, LIST, COMMAS, DATE, LANGUAGE };
static const struct row {
    const char *name, *field;
    enum how how;
} rows[] = {
    {"article:published_time", "published", DATE},
    {"og:published_time", "published", DATE},
    {"datepublished", "published", DATE},
    {"citation_publication_date", "published", DATE},
    {"citation_date", "published", DATE},
    {"parsely-pub-date", "published", DATE},
    {"sailthru.date", "published", DATE},
    {"publish-date", "published", DATE},
    {"pubdate", "published", DATE},
    {"dc.date.issued", "published", DATE},
    {"dcterms.issued", "published", DATE},
    {"dc.date", "published", DATE},
    {"dcterms.date", "published", DATE},
    {"date", "published", DATE},
    {"article:modified_time", "updated", DATE},
    {"og:updated_time", "updated", DATE},
    {"datemodified", "updated", DATE},
    {"dcterms.modified", "updated", DATE},
    {"last-modified", "updated", DATE},
    {"author", "authors", LIST},
    {"citation_author", "authors", LIST},
    {"parsely-author", "authors", LIST},
    {"dc.creator", "authors", LIST},
    {"dcterms.creator", "authors", LIST},
    {"article:author", "authors", LIST},
    {"og:site_name", "outlet", TEXT},
    {"citation_journal_title", "outlet", TEXT},
    {"dc.publisher", "outlet", TEXT},
    {"dcterms.publisher", "outlet", TEXT},
    {"application-name", "outlet", TEXT},
    {"article:tag", "tags", LIST},
    {"keywords", "tags", COMMAS},
    {"news_keywords", "tags", COMMAS},
    {"og:description", "description", TEXT},
    {"description", "description", TEXT},
    {"content-language", "language", LANGUAGE},
    {"dc.language", "language", LANGUAGE},
    {"og:locale", "language", LANGUAGE},
};

static void add_field(struct html_page *page, const char *name, const char *content) {
    if (!name || !content) return;
    const char *tidy = text_trimmed(page->arena, content, strlen(content));
    if (!*tidy) return;
    page->fields =
        arena_grow(page->arena, page->fields, page->field_count, &page->field_capacity, sizeof *page->fields);
    page->fields[page->field_count++] = (struct html_field){name, tidy};
}

static const char *field_of(const struct html_page *page, const char *name) {
    for (size_t i = 0; i < page->field_count; i++)
        if (strcasecmp(page->fields[i].name, name) == 0) return page->fields[i].content;
    return NULL;
}

/* <meta name=… content=…>, whichever attribute has the name. */
static void read_meta(struct html_page *page, const xmlNode *meta) {
    static const char *const names[] = {"property", "name", "itemprop", "http-equiv"};
    const char *content = html_attribute(page, meta, "content");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add_field(page, html_attribute(page, meta, names[i]), content);
}

static bool has_word(const char *words, const char *word) {
    size_t len = strlen(word);
    for (const char *at = words; at && *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, " ") == len && strncasecmp(at, word, len) == 0) return true;
    return false;
}

static void read_link(struct html_page *page, const xmlNode *link) {
    if (has_word(html_attribute(page, link, "rel"), "canonical"))
        add_field(page, "canonical", html_attribute(page, link, "href"));
}

/* A time whose part in the page is told, by itself or by its class; else the first one of all. */
static void read_time(struct html_page *page, const xmlNode *time) {
    const char *value = html_attribute(page, time, "datetime"), *role = html_attribute(page, time, "itemprop");
    const char *class = html_attribute(page, time, "class");
    if (!value || !*value) value = html_text(page, time);
    bool modified = class && (strcasestr(class, "updated") || strcasestr(class, "modified"));
    bool published = class && strcasestr(class, "publish");
    if (role && (strcasecmp(role, "datePublished") == 0 || strcasecmp(role, "dateModified") == 0))
        add_field(page, role, value);
    else if (modified && !published)
        add_field(page, "datemodified", value);
    else
        add_field(page, published ? "datepublished" : "time", value);
}

/* An element of the body that says something. */
static void read_element(struct html_page *page, const xmlNode *node) {
    const char *role = html_attribute(page, node, "itemprop");
    if (html_is(node, "time ")) {
        read_time(page, node);
    } else if (role && (strcasecmp(role, "datePublished") == 0 || strcasecmp(role, "dateModified") == 0)) {
        const char *value = html_attribute(page, node, "datetime");
        add_field(page, role, value ? value : html_text(page, node));
    } else if (html_is(node, "a ") && has_word(html_attribute(page, node, "rel"), "author")) {
        add_field(page, "author-link", html_text(page, node));
    }
}

static void read_all(struct html_page *page) {
    for (const xmlNode *node = page->root; node;) {
        bool pass = html_is(node, "nav aside footer ");
        if (html_is(node, "meta "))
            read_meta(page, node);
        else if (html_is(node, "link "))
            read_link(page, node);
        else if (html_is(node, "base "))
            add_field(page, "base", html_attribute(page, node, "href"));
        else if (html_is(node, "title ") && !field_of(page, "title-element"))
            add_field(page, "title-element", html_text(page, node));
        else if (!pass)
            read_element(page, node);
        node = pass ? html_behind(page->root, node) : html_next(page->root, node);
    }
}

static void find_address(struct html_page *page, const cJSON *record) {
    const char *names[] = {"canonical", "og:url", "twitter:url"};
    const char *base = field_of(page, "base");
    page->base = base ? html_address(page, base) : NULL;
    for (size_t i = 0; i < 3 && !page->url; i++)
        page->url = html_address(page, field_of(page, names[i]));
    if (!page->url) page->url = json_get_string(record, "url");
    if (!page->base) page->base = page->url;
}

void html_read_fields(struct html_page *page, cJSON *record) {
    read_all(page);
    find_address(page, record);
    if (page->url && !json_get(record, "url")) cJSON_AddStringToObject(record, "url", page->url);
}

/* `By A. Author`, `Von …`; addresses of profiles are no names. */
static const char *person(struct arena *arena, const char *text) {
    static const char *const words[] = {"by ", "von ", "par ", "por "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(text, words[i], strlen(words[i])) == 0) text += strlen(words[i]);
    return jsonld_is_web(text) || strchr(text, '@') ? NULL : text_trimmed(arena, text, strlen(text));
}

static void append(cJSON *list, struct labels *known, const char *text) {
    if (!text || !*text || !labels_note(known, text, strlen(text))) return;
    cJSON_AddItemToArray(list, cJSON_CreateString(text));
}

static void add_list(const struct html_page *page, cJSON *record, const struct row *row) {
    cJSON *list = cJSON_CreateArray();
    struct labels known;
    labels_init(&known, page->arena, false);
    for (size_t i = 0; i < page->field_count; i++) {
        const char *text = page->fields[i].content;
        if (strcasecmp(page->fields[i].name, row->name) != 0) continue;
        if (row->how == LIST) append(list, &known, strcmp(row->field, "authors") ? text : person(page->arena, text));
        for (size_t len; row->how == COMMAS && *text; text += len + (text[len] == ',')) {
            len = strcspn(text, ",");
            append(list, &known, text_trimmed(page->arena, text, len));
        }
    }
    if (list->child)
        cJSON_AddItemToObject(record, row->field, list);
    else
        cJSON_Delete(list);
}

/* `en_US` is en-US. */
static void add_language(const struct html_page *page, cJSON *record, const char *text) {
    if (!text) return;
    char *tag = arena_strndup(page->arena, text, strcspn(text, " ,;"));
    for (char *c = tag; *c; c++)
        if (*c == '_') *c = '-';
    if (*tag) cJSON_AddStringToObject(record, "language", tag);
}

static void add_row(const struct html_page *page, cJSON *record, const struct row *row) {
    if (json_get(record, row->field)) return;
    if (row->how == LIST || row->how == COMMAS) {
        add_list(page, record, row);
        return;
    }
    const char *text = field_of(page, row->name);
    if (!text) return;
    if (row->how == DATE)
        schema_org_add_date(record, row->field, text, page->reading->options->date_order);
    else if (row->how == LANGUAGE)
        add_language(page, record, text);
    else
        cJSON_AddStringToObject(record, row->field, text);
}

void html_add_fields(const struct html_page *page, cJSON *record) {
    static const struct row last[] = {{"time", "published", DATE}, {"author-link", "authors", LIST}};
    if (!json_get(record, "language")) add_language(page, record, html_attribute(page, page->root, "lang"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_row(page, record, &rows[i]);
    for (size_t i = 0; i < sizeof last / sizeof *last; i++)
        add_row(page, record, &last[i]);
    if (json_get(record, "outlet") || !page->url) return;
    struct source_key key;
    source_key_from_url(page->arena, page->reading->rules, page->url, &key);
    const char *outlet = key.key ? outlet_name(page->reading->rules, key.key) : NULL;
    if (outlet) cJSON_AddStringToObject(record, "outlet", outlet);
}

/* ---- the title ---- */

static bool holds(const char *text, const char *part) {
    return text && *part && strcasestr(text, part);
}

/* `Title | Site`: without the site, where the page names it. */
static const char *without_site(const struct html_page *page, const cJSON *record, const char *title) {
    static const char *const separators[] = {" | ", " - ", " – ", " — ", " · ", " » "};
    const char *outlet = json_get_string(record, "outlet");
    for (size_t i = 0; outlet && i < sizeof separators / sizeof *separators; i++) {
        const char *at = strstr(title, separators[i]);
        for (const char *next; at && (next = strstr(at + 1, separators[i]));)
            at = next;
        if (at && strcasecmp(at + strlen(separators[i]), outlet) == 0)
            return arena_strndup(page->arena, title, (size_t)(at - title));
    }
    return title;
}

/* How sure it is that the heading is the title: by what the head says, then by its place; 0: it is not. */
static size_t rate_heading(const struct html_page *page, const cJSON *record, const xmlNode *node) {
    const char *titles[] = {json_get_string(record, "title"), field_of(page, "og:title"),
                            field_of(page, "title-element")};
    const char *text = html_text(page, node), *outlet = json_get_string(record, "outlet");
    bool first = html_heading(node) == 1, known = false;
    size_t rate = 1;
    for (size_t i = 0; i < 3; i++) {
        if (!titles[i]) continue;
        known = true;
        if (strcasecmp(titles[i], text) == 0) return EXACT;
        if (holds(titles[i], text) || holds(text, titles[i])) rate += AKIN + strlen(text);
    }
    if (!*text || !first || (outlet && strcasecmp(outlet, text) == 0)) return 0;
    for (const xmlNode *up = node; up; up = up->parent)
        if (html_is(up, "article main ")) return rate + INSIDE;
    return known && rate == 1 ? 0 : rate;
}

static xmlNode *find_heading(struct html_page *page, const cJSON *record) {
    xmlNode *best = NULL;
    size_t best_rate = 0;
    for (xmlNode *node = page->body; node;) {
        bool pass = html_is(node, "nav aside footer ");
        int level = html_heading(node);
        size_t rate = level >= 1 && level <= 3 ? rate_heading(page, record, node) : 0;
        if (rate > best_rate) best = node, best_rate = rate;
        node = pass ? html_behind(page->body, node) : html_next(page->body, node);
    }
    return best;
}

void html_find_title(struct html_page *page, cJSON *record) {
    const char *names[] = {"og:title", "citation_title", "title-element"};
    const char *title = json_get_string(record, "title");
    xmlNode *heading = find_heading(page, record);
    if (heading) {
        html_info(heading)->flags |= HTML_TITLE;
        title = html_text(page, heading);
    }
    for (size_t i = 0; i < 3 && !title; i++)
        title = field_of(page, names[i]);
    if (!title) return;
    title = heading ? title : without_site(page, record, arena_strdup(page->arena, title));
    title = arena_strdup(page->arena, title);
    cJSON_DeleteItemFromObjectCaseSensitive(record, "title");
    cJSON_AddStringToObject(record, "title", title);
}
