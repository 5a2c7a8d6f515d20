/* Which Host names HTTP answers to.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A web page can make a browser ask any address under any name that resolves to it (DNS rebinding); a name that
 * was not configured is therefore refused.  Made once in net_open, then only read. */
#ifndef NET_HOST_H
#define NET_HOST_H

#include <stdbool.h>

struct hosts {
    char *names; /* lower case, each between commas: ",archive.example,192.0.2.1," */
};

/* listed: names separated by commas; bound: HOST:PORT of the listening socket, or "". */
void hosts_init(struct hosts *hosts, const char *listed, const char *bound);
void hosts_free(struct hosts *hosts);
/* A Host header: NAME, NAME:PORT, [ADDRESS] or [ADDRESS]:PORT. */
bool hosts_allow(const struct hosts *hosts, const char *host);
/* An Origin header: SCHEME://HOST[:PORT]. */
bool hosts_allow_origin(const struct hosts *hosts, const char *origin);

#endif
