/* Which part of a page of HTML is the article.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   1. Gone is what HTML itself calls something else (navigation, asides, footers, forms' controls, hidden elements),
 *      and what its class or id calls so (by the rules), as long as it holds less than a third of the text.
 *   2. Text counts as good in a paragraph of some length that is not mostly links.  From the body downwards, as long
 *      as one child holds nine tenths of what is good, or is an article or main part with more than half of it, the
 *      child is taken in its place.
 *   3. In there, lists of links to the site itself are gone too.
 * So the article is rather taken with something around it than cut.  Pure: any thread. */
#include "html.h"

#include "base/ensure.h"

#include <string.h>
#include <strings.h>

enum { PARAGRAPH_BYTES = 25, NAME_MAX_BYTES = 24 };

static const char gone_names[] =
    "nav aside footer script style noscript template svg math button select option input iframe object embed canvas "
    "audio video dialog menu datalist progress meter map area link meta title head ";
static const char *const gone_roles[] = {"navigation", "complementary", "contentinfo", "banner",  "search", "dialog",
                                         "menu",       "alertdialog",   "menubar",     "toolbar", "alert",  NULL};
/* Does one of the words of a class or an id say that this is no article? */
static bool says_gone(const struct rules *rules, const char *names) {
    char word[NAME_MAX_BYTES];
    while (names && *names) {
        size_t len = 0;
        for (; *names && strchr(" \t\n-_:", *names) == NULL; names++, len++)
            if (len < NAME_MAX_BYTES - 1) word[len] = *names >= 'A' && *names <= 'Z' ? (char)(*names + 32) : *names;
        word[len < NAME_MAX_BYTES ? len : 0] = '\0';
        if (*word && rules_html_class(rules, word, len)) return true;
        names += *names != '\0';
    }
    return false;
}

static bool is_hidden(const struct html_page *page, const xmlNode *node) {
    const char *style = html_attribute(page, node, "style"), *hidden = html_attribute(page, node, "hidden");
    const char *display = style ? strcasestr(style, "display") : NULL;
    if (hidden && strcasecmp(hidden, "until-found") != 0) return true;
    if (!display) return false;
    display += strlen("display");
    display += strspn(display, " \t:");
    return strncasecmp(display, "none", 4) == 0;
}

static bool is_in_article(const xmlNode *node) {
    for (; node; node = node->parent)
        if (html_is(node, "article main ")) return true;
    return false;
}

/* What HTML says: certain. */
static bool is_gone(const struct html_page *page, const xmlNode *node) {
    const char *role = html_attribute(page, node, "role");
    if (html_has(node, HTML_KEEP)) return false;
    if (html_is(node, gone_names) || is_hidden(page, node)) return true;
    for (size_t i = 0; role && gone_roles[i]; i++)
        if (strcasecmp(gone_roles[i], role) == 0) return true;
    return html_is(node, "header ") && !is_in_article(node);
}

static size_t count_bytes(const xmlNode *text) {
    size_t n = 0;
    for (const unsigned char *c = text->content; c && *c; c++)
        n += *c > ' ';
    return n;
}

struct run { /* of text in one block, outside the blocks in it */
    uint32_t text, linked;
};

static void add_link(const struct html_page *page, struct html_info *info, const xmlNode *node) {
    const char *address = html_address(page, html_attribute(page, node, "href"));
    info->links++;
    if (address && html_is_abroad(page, address)) info->abroad++;
}

/* Counts what is below an element. */
static void measure(const struct html_page *page, const xmlNode *element, bool linked, struct run *run) {
    struct html_info *info = html_info(element);
    info->text = info->linked = info->good = info->links = info->abroad = 0;
    for (const xmlNode *node = element->children; node; node = node->next) {
        if (node->type == XML_TEXT_NODE) {
            uint32_t n = (uint32_t)count_bytes(node);
            info->text += n;
            run->text += n;
            if (linked) info->linked += n, run->linked += n;
        }
        if (node->type != XML_ELEMENT_NODE || html_has(node, HTML_GONE)) continue;
        struct html_info *child = html_info(node);
        bool block = html_is_block(node), link = html_is(node, "a ") && !html_has(node, HTML_NOTE_LINK);
        struct run own = {0};
        measure(page, node, linked || link, block ? &own : run);
        if (link) add_link(page, child, node);
        if (block && own.text >= PARAGRAPH_BYTES && 2 * own.linked < own.text) child->good += own.text - own.linked;
        info->text += child->text;
        info->linked += child->linked;
        info->good += child->good;
        info->links += child->links;
        info->abroad += child->abroad;
    }
}

static void measure_all(const struct html_page *page) {
    struct run run = {0};
    ENSURE(page->body);
    measure(page, page->body, false, &run);
}

static void take_gone(struct html_page *page) {
    for (xmlNode *node = page->body; node;) {
        bool gone = node != page->body && is_gone(page, node);
        if (gone) html_info(node)->flags |= HTML_GONE;
        node = gone ? html_behind(page->body, node) : html_next(page->body, node);
    }
    measure_all(page);
    const struct rules *rules = page->reading->rules;
    uint32_t all = html_info(page->body)->text;
    for (xmlNode *node = page->body; node;) {
        const struct html_info *info = html_info(node);
        bool judged = node != page->body && !(info->flags & (HTML_KEEP | HTML_GONE | HTML_TITLE)) &&
                      !html_is(node, "main article ") && 3 * (uint64_t)info->text < all;
        bool gone = judged && (says_gone(rules, html_attribute(page, node, "class")) ||
                               says_gone(rules, html_attribute(page, node, "id")));
        if (gone) html_info(node)->flags |= HTML_GONE;
        node = gone || (info->flags & HTML_GONE) ? html_behind(page->body, node) : html_next(page->body, node);
    }
    measure_all(page);
}

/* What may hold a whole article. */
static bool is_container(const xmlNode *node) {
    return html_is(node, "div section main article table tbody tr td center form span font ") ||
           strchr((const char *)node->name, '-');
}

/* The child to go on with, or NULL. */
static xmlNode *best_child(const struct html_page *page, const xmlNode *element) {
    xmlNode *best = NULL, *part = NULL;
    uint64_t good = html_info(element)->good;
    for (xmlNode *node = element->children; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE || html_has(node, HTML_GONE) || !is_container(node)) continue;
        const char *role = html_attribute(page, node, "role");
        bool main = html_is(node, "article main ") || (role && strcasecmp(role, "main") == 0);
        if (10 * (uint64_t)html_info(node)->good >= 9 * good) best = node;
        if (main && 2 * (uint64_t)html_info(node)->good > good) part = node;
    }
    return part ? part : best;
}

static void take_link_lists(struct html_page *page) {
    for (xmlNode *node = page->content; node;) {
        const struct html_info *info = html_info(node);
        bool list = node != page->content && html_is(node, "ul ol div section p table dl ") && info->links >= 3 &&
                    10 * (uint64_t)info->linked > 7 * (uint64_t)info->text && 2 * info->abroad < info->links &&
                    !(info->flags & HTML_KEEP);
        if (list) html_info(node)->flags |= HTML_GONE;
        node = list || (info->flags & HTML_GONE) ? html_behind(page->content, node) : html_next(page->content, node);
    }
}

void html_find_content(struct html_page *page) {
    take_gone(page);
    page->content = page->body;
    for (xmlNode *next = page->body; next; next = best_child(page, next)) {
        page->content = next;
        if (html_is(next, "article ") || !html_info(next)->good) break;
    }
    take_link_lists(page);
}
