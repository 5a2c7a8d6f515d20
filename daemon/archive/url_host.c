/* Hosts: A-labels, addresses, the registrable domain, labels that name no other page, patterns of hosts.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * libidn2's and libpsl's door.  Any thread: both are only read.  A host pattern in a rule is a domain, which fits
 * that domain and every host below it, or "name.*", which fits name under any public suffix and every host below.
 * A last label of digits makes an IPv4 address, which must be four decimal numbers: other spellings are refused
 * rather than guessed at. */
#include "url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <idn2.h>
#include <stdlib.h>

bool url_known_suffix(const struct url_rules *rules, const char *host) {
    return psl_is_public_suffix2(rules->psl, host, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 1;
}

static bool set_ipv6(struct url *url, struct slice host) {
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (host.len < 4 || host.at[host.len - 1] != ']' || host.len - 2 >= sizeof text) return false;
    memcpy(text, host.at + 1, host.len - 2);
    text[host.len - 2] = '\0';
    if (inet_pton(AF_INET6, text, &address) != 1 || !inet_ntop(AF_INET6, &address, text, sizeof text)) return false;
    url->host_len = (size_t)snprintf(url->host, sizeof url->host, "[%s]", text);
    url->name_at = 0;
    url->is_address = true;
    return true;
}

/* Lower case of an ASCII host of plain labels; false when it needs more. */
static bool copy_plain(struct url *url, struct slice host) {
    if (host.len == 0 || host.len > URL_HOST_MAX) return false;
    size_t label = 0;
    for (size_t i = 0; i < host.len; i++) {
        unsigned char c = (unsigned char)host.at[i];
        if (c == '.') {
            if (label == 0) return false;
            label = 0;
        } else if ((isalnum(c) || c == '-' || c == '_') && ++label <= 63) {
            c = (unsigned char)tolower(c);
        } else {
            return false;
        }
        url->host[i] = (char)c;
    }
    url->host[host.len] = '\0';
    url->host_len = host.len;
    return label > 0;
}

static struct slice without_dot(struct slice host) {
    if (host.len > 1 && host.at[host.len - 1] == '.') host.len--;
    return host;
}

static bool copy_international(struct arena *arena, struct url *url, struct slice host) {
    char *ascii = NULL;
    if (host.len > 4 * URL_HOST_MAX) return false;
    if (idn2_to_ascii_8z(url_decode(arena, host), &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK) return false;
    bool ok = copy_plain(url, without_dot((struct slice){ascii, strlen(ascii)}));
    free(ascii);
    return ok;
}

static void find_name(const struct url_rules *rules, struct url *url) {
    struct in_addr address;
    url->is_address = inet_pton(AF_INET, url->host, &address) == 1;
    const char *name = url->is_address ? url->host : psl_registrable_domain(rules->psl, url->host);
    url->name_at = name ? (size_t)(name - url->host) : url->host_len;
}

bool url_host_set(const struct url_rules *rules, struct arena *arena, struct url *url, struct slice host) {
    if (host.len && host.at[0] == '[') return set_ipv6(url, host);
    host = without_dot(host);
    if (!copy_plain(url, host) && !copy_international(arena, url, host)) return false;
    find_name(rules, url);
    const char *last = strrchr(url->host, '.');
    last = last ? last + 1 : url->host;
    return url->is_address || last[strspn(last, "0123456789")] != '\0';
}

static void add_scopes(const struct url_rules *rules, struct url *url, const char *pattern, size_t len) {
    const struct name_set_slot *slot = name_set_find(&rules->patterns, pattern, len);
    if (!slot) return;
    for (size_t i = 0; i < URL_SCOPES_MAX / 64; i++)
        url->scopes[i] |= rules->pattern_scopes[slot->number][i];
}

void url_host_scopes(const struct url_rules *rules, struct url *url) {
    memset(url->scopes, 0, sizeof url->scopes);
    if (url->is_address) return;
    for (const char *at = url->host; at; at = strchr(at, '.')) {
        if (*at == '.') at++;
        add_scopes(rules, url, at, strlen(at));
    }
    const char *name = url->host + url->name_at;
    const char *dot = strchr(name, '.');
    char pattern[66];
    if (!dot || dot - name > 63) return;
    memcpy(pattern, name, (size_t)(dot - name));
    memcpy(pattern + (dot - name), ".*", 2);
    add_scopes(rules, url, pattern, (size_t)(dot - name) + 2);
}

/* Parse has made the host already, since without one there is no page; here the change is told. */
static enum url_flow apply_host(struct url_work *work, const struct url_rule *rule) {
    (void)rule;
    struct url *url = &work->url;
    url_host_scopes(work->rules, url);
    char text[URL_HOST_MAX + 8];
    int len = snprintf(text, sizeof text, url->port ? "%s:%u" : "%s", url->host, (unsigned)url->port);
    return url->authority.len == (size_t)len && memcmp(text, url->authority.at, (size_t)len) == 0 ? URL_SAME
                                                                                                  : URL_CHANGED;
}

const struct url_rule_type URL_HOST = {.name = "host", .stage = URL_STAGE_HOST, .fields = "", .apply = apply_host};

/* host_prefix and host_label: labels in front of, or inside, a host that lead to the same page. */
struct labels {
    struct string_list list;
};

static enum status compile_labels(struct url_rule *rule, const struct rules_file *file, const cJSON *json,
                                  struct err *err) {
    struct labels *parameters = rule->parameters = mem_alloc(sizeof *parameters);
    return string_list_read(&parameters->list, file, json, "labels", true, err);
}

static void close_labels(void *parameters) {
    string_list_free(&((struct labels *)parameters)->list);
}

static void cut_label(struct url *url, size_t at, size_t len) {
    memmove(url->host + at, url->host + at + len + 1, url->host_len - at - len);
    url->host_len -= len + 1;
    url->name_at -= len + 1;
}

static bool is_label(const struct url_rule *rule, const char *at, size_t len) {
    const struct labels *parameters = rule->parameters;
    for (size_t i = 0; i < parameters->list.count; i++) {
        struct slice item = parameters->list.items[i];
        if (item.len == len && memcmp(item.at, at, len) == 0) return true;
    }
    return false;
}

static enum url_flow apply_host_prefix(struct url_work *work, const struct url_rule *rule) {
    struct url *url = &work->url;
    enum url_flow flow = URL_SAME;
    while (url->name_at > 0 && url->name_at < url->host_len) {
        size_t len = strcspn(url->host, ".");
        if (!is_label(rule, url->host, len)) break;
        cut_label(url, 0, len);
        flow = URL_CHANGED;
    }
    return flow;
}

/* en.m.wikipedia.org: a label between the first and the registrable domain. */
static enum url_flow apply_host_label(struct url_work *work, const struct url_rule *rule) {
    struct url *url = &work->url;
    if (url->name_at == url->host_len) return URL_SAME;
    for (size_t at = strcspn(url->host, ".") + 1; at < url->name_at;) {
        size_t len = strcspn(url->host + at, ".");
        if (is_label(rule, url->host + at, len)) {
            cut_label(url, at, len);
            return URL_CHANGED;
        }
        at += len + 1;
    }
    return URL_SAME;
}

const struct url_rule_type URL_HOST_PREFIX = {.name = "host_prefix",
                                              .stage = URL_STAGE_PAGE,
                                              .fields = "labels",
                                              .compile = compile_labels,
                                              .apply = apply_host_prefix,
                                              .close = close_labels};
const struct url_rule_type URL_HOST_LABEL = {.name = "host_label",
                                             .stage = URL_STAGE_PAGE,
                                             .fields = "labels",
                                             .compile = compile_labels,
                                             .apply = apply_host_label,
                                             .close = close_labels};
