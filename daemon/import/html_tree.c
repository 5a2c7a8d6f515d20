/* libxml2's tree of a page, and walks over it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Only here is libxml2's parser called: it never opens a file or a connection and knows no entities but HTML's.
 * Nesting beyond HTML_DEPTH_MAX ends the parser, which would look through all open elements at every end tag.  Any
 * thread. */
#include "html.h"

#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <libxml/uri.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

enum { URL_MAX = 2000 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_element(void *context, const xmlChar *name, const xmlChar **attributes) {
    htmlParserCtxtPtr parser = context;
    if (parser->nameNr > HTML_DEPTH_MAX) {
        *(bool *)parser->_private = true;
        xmlStopParser(parser);
        return;
    }
    xmlSAX2StartElement(context, name, attributes);
}

static void free_tree(void *tree) {
    xmlFreeDoc(tree);
}

static xmlNode *child_named(xmlNode *node, const char *name) {
    for (xmlNode *child = node ? node->children : NULL; child; child = child->next)
        if (html_is(child, name)) return child;
    return NULL;
}

enum status html_parse(struct html_page *page, const char *text, size_t len, struct err *err) {
    bool too_deep = false;
    pthread_once(&once, xmlInitParser);
    htmlParserCtxtPtr parser = len <= INT32_MAX ? htmlNewParserCtxt() : NULL;
    if (!parser) return err_set(err, ST_NO_MEMORY, "page: no memory to parse %zu bytes", len);
    parser->_private = &too_deep;
    parser->sax->startElement = start_element;
    int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                  HTML_PARSE_NODEFDTD | HTML_PARSE_COMPACT;
    xmlDoc *tree = htmlCtxtReadMemory(parser, text, (int)len, NULL, "UTF-8", options);
    htmlFreeParserCtxt(parser);
    if (tree) arena_defer(page->arena, free_tree, tree);
    if (too_deep) return err_set(err, ST_TOO_LARGE, "page: expected elements nested at most %d deep", HTML_DEPTH_MAX);
    page->root = tree ? xmlDocGetRootElement(tree) : NULL;
    page->body = child_named(page->root, "body ");
    if (!page->body) page->body = page->root;
    if (!page->root) return err_set(err, ST_INVALID_RECORD, "expected a page of HTML, got nothing that can be shown");
    uint32_t order = 0;
    for (xmlNode *node = page->root; node; node = html_next(page->root, node)) {
        struct html_info *info = arena_alloc(page->arena, sizeof *info);
        info->order = ++order;
        node->_private = info;
    }
    return ST_OK;
}

struct html_info *html_info(const xmlNode *element) {
    return element->_private;
}

bool html_has(const xmlNode *node, enum html_flag flag) {
    return html_info(node)->flags & flag;
}

bool html_is(const xmlNode *node, const char *names) {
    if (!node || node->type != XML_ELEMENT_NODE) return false;
    const char *name = (const char *)node->name;
    for (const char *at = names; *at; at++) {
        size_t len = 0;
        while (name[len] && name[len] == at[len])
            len++;
        if (!name[len] && at[len] == ' ') return true;
        for (at += len; *at != ' '; at++) /* each name ends in a space */
            continue;
    }
    return false;
}

bool html_is_block(const xmlNode *node) {
    return html_is(node, "p div li h1 h2 h3 h4 h5 h6 ul ol section article blockquote pre td th tr table tbody thead "
                         "tfoot caption dl dt dd figure figcaption main header footer aside nav address center "
                         "fieldset form hr details summary hgroup body dialog menu legend ");
}

int html_heading(const xmlNode *node) {
    return html_is(node, "h1 h2 h3 h4 h5 h6 ") ? node->name[1] - '0' : 0;
}

const char *html_attribute(const struct html_page *page, const xmlNode *element, const char *name) {
    const xmlAttr *attribute = xmlHasProp(element, (const xmlChar *)name);
    if (!attribute) return NULL;
    const xmlNode *value = attribute->children;
    if (!value) return "";
    if (!value->next && value->type == XML_TEXT_NODE) return (const char *)value->content;
    xmlChar *copy = xmlGetProp(element, (const xmlChar *)name);
    const char *text = copy ? arena_strdup(page->arena, (const char *)copy) : "";
    xmlFree(copy);
    return text;
}

static void add_text(const xmlNode *node, struct buf *out) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
        for (const char *c = (const char *)node->content; *c; c++) {
            bool space = strchr(" \t\r\n", *c) != NULL;
            if (!space) buf_char(out, *c);
            if (space && out->len && out->data[out->len - 1] != ' ') buf_char(out, ' ');
        }
        return;
    }
    if (node->type != XML_ELEMENT_NODE || html_has(node, HTML_GONE)) return;
    bool apart = html_is_block(node) || html_is(node, "br ");
    if (apart && out->len) buf_char(out, ' ');
    for (const xmlNode *child = node->children; child; child = child->next)
        add_text(child, out);
    if (apart && out->len) buf_char(out, ' ');
}

const char *html_text(const struct html_page *page, const xmlNode *node) {
    struct buf text;
    buf_init(&text, 0);
    add_text(node, &text);
    char *out = text.len ? arena_strndup(page->arena, text.data, text.len) : arena_strdup(page->arena, "");
    buf_free(&text);
    size_t kept = 0;
    for (const char *c = out; *c; c++)
        if (*c != ' ' || (kept && out[kept - 1] != ' ')) out[kept++] = *c;
    while (kept && out[kept - 1] == ' ')
        kept--;
    out[kept] = '\0';
    return out;
}

static xmlNode *element_from(xmlNode *node) {
    while (node && node->type != XML_ELEMENT_NODE)
        node = node->next;
    return node;
}

xmlNode *html_behind(const xmlNode *top, const xmlNode *node) {
    for (; node && node != top; node = node->parent) {
        xmlNode *next = element_from(node->next);
        if (next) return next;
    }
    return NULL;
}

xmlNode *html_next(const xmlNode *top, const xmlNode *node) {
    xmlNode *child = element_from(node->children);
    return child ? child : html_behind(top, node);
}

static bool is_web(const char *text) {
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0 ||
           strncasecmp(text, "doi:", 4) == 0;
}

/* Without white space and what can't stand in an address. */
static char *tidy(struct arena *arena, const char *href) {
    size_t start = strspn(href, " \t\r\n"), len = strlen(href + start), kept = 0;
    char *text = arena_alloc(arena, 3 * len + 1);
    while (len && strchr(" \t\r\n", href[start + len - 1]))
        len--;
    for (size_t i = 0; i < len; i++) {
        char c = href[start + i];
        if (c == '\n' || c == '\r' || c == '\t') continue;
        if (strchr(" <>\"\\", c)) {
            static const char digits[] = "0123456789ABCDEF";
            text[kept++] = '%';
            text[kept++] = digits[(unsigned char)c >> 4];
            c = digits[(unsigned char)c & 15];
        }
        text[kept++] = c;
    }
    return text;
}

const char *html_address(const struct html_page *page, const char *href) {
    if (!href || strlen(href) > URL_MAX) return NULL;
    const char *text = tidy(page->arena, href);
    if (is_web(text)) return text;
    size_t scheme = strcspn(text, ":/?#");
    if (!*text || *text == '#' || text[scheme] == ':') return NULL;
    if (strncmp(text, "//", 2) == 0) return arena_printf(page->arena, "https:%s", text);
    if (!page->base) return NULL;
    xmlChar *full = xmlBuildURI((const xmlChar *)text, (const xmlChar *)page->base);
    const char *address = full && is_web((const char *)full) ? arena_strdup(page->arena, (const char *)full) : NULL;
    xmlFree(full);
    return address;
}

/* The host of an address, without www. */
static const char *host_of(const char *address, size_t *len) {
    const char *slashes = strstr(address, "://");
    const char *host = slashes ? slashes + 3 : address;
    if (strncasecmp(host, "www.", 4) == 0) host += 4;
    *len = strcspn(host, "/?#:");
    return host;
}

bool html_is_abroad(const struct html_page *page, const char *address) {
    size_t len, own;
    const char *host = host_of(address, &len);
    if (!page->url) return true;
    const char *here = host_of(page->url, &own);
    if (len < own) return true;
    bool ends = strncasecmp(host + len - own, here, own) == 0;
    return !ends || (len > own && host[len - own - 1] != '.');
}
