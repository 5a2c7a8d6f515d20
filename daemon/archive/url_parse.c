/* From a text to the parts of a URL, and what is done when it is none.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   web address   ("http:" / "https:") *("/" / "\") authority …    as browsers read it, or without a scheme:
 *                 a host with a dot and a known suffix, or a host with a dot and a path, or host ":" port
 *   anything else an opaque key: the text itself, its scheme in lower case
 * Tabs and line breaks inside a web address go, as browsers have it; a backslash before ? and # is a slash.  User
 * information goes; a port must be a number up to 65535.  A web address with an impossible host is opaque. */
#include "url.h"

#include <ctype.h>
#include <stdlib.h>

struct parse_parameters {
    struct string_list suffixes; /* last labels that make a bare host although no public suffix is known */
};

static enum status compile_parse(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                 struct err *err) {
    struct parse_parameters *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    return string_list_read(&parameters->suffixes, file, json, "bare_suffixes", true, err);
}

static void close_parse(void *parameters) {
    string_list_free(&((struct parse_parameters *)parameters)->suffixes);
}

static size_t scheme_len(const char *text) {
    if (url_starts(text, "http:")) return 5;
    if (url_starts(text, "https:")) return 6;
    return 0;
}

static bool host_byte(unsigned char c) {
    return isalnum(c) || c == '-' || c == '_' || c >= 0x80;
}

/* The last label of host, without a closing dot. */
static struct slice last_label(struct slice host) {
    if (host.len && host.at[host.len - 1] == '.') host.len--;
    size_t at = host.len;
    while (at && host.at[at - 1] != '.')
        at--;
    return (struct slice){host.at + at, host.len - at};
}

static bool all_digits(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!isdigit((unsigned char)text.at[i])) return false;
    }
    return text.len > 0;
}

static const struct string_list *bare_suffixes(const struct url_rules *rules) {
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->rules[i].type != &URL_PARSE) continue;
        return &((const struct parse_parameters *)rules->rules[i].parameters)->suffixes;
    }
    return NULL; /* not reached: the rules have been checked */
}

/* Does a public suffix, or one of the rule's, stand behind the first dot or a later one? */
static bool suffix_known(const struct url_work *work, struct slice host) {
    char lower[URL_HOST_MAX + 1];
    if (host.len && host.at[host.len - 1] == '.') host.len--;
    if (host.len >= sizeof lower) return false;
    for (size_t i = 0; i < host.len; i++)
        lower[i] = (char)tolower((unsigned char)host.at[i]);
    lower[host.len] = '\0';
    const struct string_list *suffixes = bare_suffixes(work->rules);
    for (const char *at = strchr(lower, '.'); at; at = strchr(at, '.')) {
        at++;
        if (url_known_suffix(work->rules, at)) return true;
        for (size_t i = 0; i < suffixes->count; i++) {
            if (strcmp(suffixes->items[i].at, at) == 0) return true;
        }
    }
    return false;
}

/* ":" and digits up to the end of the authority. */
static bool port_follows(const char *at) {
    if (*at != ':') return false;
    size_t digits = strspn(at + 1, "0123456789");
    return digits > 0 && digits <= 5 && (at[1 + digits] == '\0' || strchr("/?#", at[1 + digits]));
}

static bool bare_host(const struct url_work *work, const char *text) {
    if (strpbrk(text, " \t\r\n")) return false;
    if (*text == '[') {
        const char *close = strchr(text, ']');
        return close && close - text > 3 && (close[1] == '\0' || strchr("/?#:", close[1]));
    }
    const char *at = text;
    bool dotted = false;
    for (; host_byte((unsigned char)*at) || (*at == '.' && at > text); at++) {
        if (*at == '.' && host_byte((unsigned char)at[1])) dotted = true;
    }
    struct slice host = {text, (size_t)(at - text)};
    struct slice last = last_label(host);
    if (port_follows(at)) return dotted || !url_starts(text, "tel:");
    if (!dotted || last.len == 0 || (*at && !strchr("/?#", *at))) return false;
    if (all_digits(last)) return strspn(text, "0123456789.") == host.len && host.len >= 7;
    return suffix_known(work, host) || (*at == '/' && last.len > 1);
}

bool url_is_web(const struct url_work *work, const char *text) {
    size_t scheme = scheme_len(text);
    return scheme ? text[scheme + strspn(text + scheme, "/\\")] != '\0' : bare_host(work, text);
}

/* Copies without tabs and line breaks, slashes for backslashes up to the query. */
static struct slice clean(struct arena *arena, const char *text) {
    if (!strpbrk(text, "\t\r\n\\")) return (struct slice){text, strlen(text)};
    char *to = arena_alloc(arena, strlen(text) + 1);
    size_t len = 0;
    bool before_query = true;
    for (; *text; text++) {
        if (*text == '?' || *text == '#') before_query = false;
        if (strchr("\t\r\n", *text)) continue;
        to[len++] = *text == '\\' && before_query ? '/' : *text;
    }
    return (struct slice){to, len};
}

/* The text is the beginning of one that ends with a NUL. */
static size_t find_any(struct slice text, size_t from, const char *wanted) {
    size_t at = from + strcspn(text.at + from, wanted);
    return at < text.len ? at : text.len;
}

/* The port behind the host; false when it is no port. */
static bool read_port(struct url *url, struct slice text) {
    if (text.len && !all_digits(text)) return false;
    while (text.len > 1 && text.at[0] == '0')
        text.at++, text.len--;
    if (text.len > 5) return false;
    unsigned long port = text.len ? strtoul(text.at, NULL, 10) : 0;
    if (port > 65535) return false;
    /* The scheme is no part of the identity, so neither default port can be. */
    url->port = port == 80 || port == 443 ? 0 : (uint32_t)port;
    return true;
}

static bool split_authority(struct url_work *work, struct slice authority) {
    for (size_t i = authority.len; i > 0; i--) {
        if (authority.at[i - 1] != '@') continue;
        authority = (struct slice){authority.at + i, authority.len - i};
        break;
    }
    struct slice host = authority;
    if (host.len && host.at[0] == '[') {
        host.len = find_any(authority, 0, "]") + 1;
        if (host.len > authority.len) return false;
    } else {
        host.len = find_any(authority, 0, ":");
    }
    struct slice port = {authority.at + host.len, authority.len - host.len};
    if (port.len && *port.at != ':') return false;
    if (port.len) port.at++, port.len--;
    return read_port(&work->url, port) && url_host_set(work->rules, work->arena, &work->url, host);
}

static bool split(struct url_work *work) {
    const char *text = work->text + scheme_len(work->text);
    struct slice all = clean(work->arena, text);
    if (text != work->text) {
        while (all.len && *all.at == '/')
            all.at++, all.len--;
    }
    struct url *url = &work->url;
    *url = (struct url){0};
    size_t path = find_any(all, 0, "/?#");
    url->authority = (struct slice){all.at, path};
    size_t query = find_any(all, path, "?#");
    size_t fragment = find_any(all, query, "#");
    url->path = path == query ? (struct slice){"/", 1} : (struct slice){all.at + path, query - path};
    if (query < fragment) url->query = (struct slice){all.at + query + 1, fragment - query - 1};
    if (fragment < all.len) url->fragment = (struct slice){all.at + fragment + 1, all.len - fragment - 1};
    return split_authority(work, url->authority);
}

/* A scheme's letters in lower case; the rest has its own rules, which are not ours.  What is too long to be parsed
 * loses http(s)://, so that its key, which is cut, is known as one. */
static const char *opaque(struct url_work *work) {
    size_t skip = work->len > URL_TEXT_MAX ? scheme_len(work->text) : 0;
    if (skip) skip += strspn(work->text + skip, "/");
    char *key = url_opaque_text(work->arena, work->text + skip, work->len - skip);
    size_t at = 0;
    while (isalnum((unsigned char)key[at]) || (at && key[at] && strchr("+-.", key[at])))
        at++;
    if (at == 0 || key[at] != ':' || !isalpha((unsigned char)key[0])) return key;
    for (size_t i = 0; i < at; i++)
        key[i] = (char)tolower((unsigned char)key[i]);
    if (strncmp(key, "urn:", 4) == 0) { /* RFC 8141: the namespace has no case either */
        for (size_t i = 4; key[i] && key[i] != ':'; i++)
            key[i] = (char)tolower((unsigned char)key[i]);
    }
    return key;
}

static enum url_flow apply_parse(struct url_work *work, const struct url_rule *rule) {
    (void)rule;
    if (work->len <= URL_TEXT_MAX && url_is_web(work, work->text) && split(work)) return URL_SAME;
    work->key = opaque(work);
    return URL_OPAQUE;
}

const struct url_rule_type URL_PARSE = {.name = "parse",
                                        .stage = URL_STAGE_PARSE,
                                        .fields = "bare_suffixes",
                                        .compile = compile_parse,
                                        .apply = apply_parse,
                                        .close = close_parse};
