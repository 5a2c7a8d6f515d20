/* The Host names that HTTP answers to: the loopback's, the configured ones, the address that is listened on.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pure functions on a list that does not change after net_open.
 *
 *   host = name [":" digits] | "[" IPv6 "]" [":" digits]    case and one dot at the end do not matter */
#include "host.h"

#include "base/buf.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

enum { NAME_MAX_BYTES = 255 };

static bool only_digits(const char *text) {
    return text[strspn(text, "0123456789")] == '\0';
}

/* The name without its port, in lower case; false if it is none. */
static bool read_name(char name[NAME_MAX_BYTES + 1], const char *host) {
    const char *from = host, *end, *rest;
    if (*host == '[') {
        from = host + 1;
        end = strchr(from, ']');
        if (!end) return false;
        rest = end + 1;
    } else {
        end = rest = host + strcspn(host, ":");
    }
    if (*rest && (*rest != ':' || !only_digits(rest + 1))) return false;
    if (end > from && *host != '[' && end[-1] == '.') end--;
    if (end <= from || end - from > NAME_MAX_BYTES) return false;
    for (const char *at = from; at < end; at++) {
        *name++ = (char)tolower((unsigned char)*at);
    }
    *name = '\0';
    return true;
}

static bool is_loopback_name(const char *name) {
    struct in_addr v4;
    struct in6_addr v6;
    if (!strcmp(name, "localhost")) return true;
    if (inet_pton(AF_INET, name, &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, name, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static void add_name(struct buf *names, const char *host) {
    char name[NAME_MAX_BYTES + 1];
    if (!read_name(name, host) || strchr(name, ',')) return;
    buf_str(names, name);
    buf_char(names, ',');
}

void hosts_init(struct hosts *hosts, const char *listed, const char *bound) {
    struct buf names;
    buf_init(&names, 0);
    buf_char(&names, ',');
    while (*listed) {
        listed += strspn(listed, ", \t");
        size_t len = strcspn(listed, ", \t");
        char *one = mem_strndup(listed, len);
        add_name(&names, one);
        mem_free(one);
        listed += len;
    }
    if (*bound && strncmp(bound, "0.0.0.0:", 8) && strncmp(bound, "[::]:", 5)) add_name(&names, bound);
    hosts->names = buf_take(&names, NULL);
}

void hosts_free(struct hosts *hosts) {
    mem_free(hosts->names);
    hosts->names = NULL;
}

bool hosts_allow(const struct hosts *hosts, const char *host) {
    char name[NAME_MAX_BYTES + 1];
    if (!read_name(name, host) || strchr(name, ',')) return false;
    if (is_loopback_name(name)) return true;
    size_t len = strlen(name);
    for (const char *at = hosts->names; (at = strstr(at, name)); at++) {
        if (at[-1] == ',' && at[len] == ',') return true;
    }
    return false;
}

bool hosts_allow_origin(const struct hosts *hosts, const char *origin) {
    const char *mark = strstr(origin, "://");
    return mark && hosts_allow(hosts, mark + 3);
}
