/* Making listening sockets: Unix, TCP, and those that systemd made.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs once, in net_open, before there are other threads: it changes the umask for a moment so that no one
 * can connect before the mode of the Unix socket (0660) is right.
 *
 *   address = HOST ":" PORT | "[" HOST "]" ":" PORT     PORT 0 takes a free one */
#include "loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 511, PATH_MAX_BYTES = sizeof(((struct sockaddr_un *)0)->sun_path) - 1 };

static struct listener *add_listener(struct net *net, int fd, enum net_transport transport) {
    struct listener *listener = &net->listeners[net->listener_count++];
    *listener = (struct listener){.net = net, .fd = fd, .transport = transport};
    return listener;
}

static int port_of(const struct sockaddr_storage *address) {
    if (address->ss_family == AF_INET) return ntohs(((const struct sockaddr_in *)address)->sin_port);
    if (address->ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return 0;
}

/* --- Unix --- */

static enum status choose_path(char path[112], const char *configured, struct err *err) {
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int len;
    if (*configured) {
        len = snprintf(path, 112, "%s", configured);
    } else if (runtime && *runtime) {
        len = snprintf(path, 112, "%s/footnote.sock", runtime);
    } else {
        len = snprintf(path, 112, "/run/footnote/footnote.sock");
    }
    if (len <= PATH_MAX_BYTES) return ST_OK;
    return err_param(err, ST_INVALID_CONFIG, "socket", "socket %s%s: the path has %d bytes, the limit is %d",
                     *configured ? configured : runtime, *configured ? "" : "/footnote.sock", len, PATH_MAX_BYTES);
}

/* True if someone accepts on the path, or has no room to. */
static bool is_answered(const struct sockaddr_un *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return true;
    bool answered = !connect(fd, (const struct sockaddr *)address, sizeof *address) || errno == EAGAIN ||
                    errno == EINPROGRESS || errno == EACCES;
    close(fd);
    return answered;
}

static enum status remove_stale(const struct sockaddr_un *address, struct err *err) {
    const char *path = address->sun_path;
    struct stat found;
    if (lstat(path, &found))
        return errno == ENOENT ? ST_OK : err_set(err, ST_IO, "socket %s: %s", path, strerror(errno));
    if (!S_ISSOCK(found.st_mode)) {
        return err_param(err, ST_INVALID_CONFIG, "socket", "socket %s: exists and is not a socket", path);
    }
    if (is_answered(address)) return err_set(err, ST_LOCKED, "socket %s: another process answers on it", path);
    if (unlink(path)) return err_set(err, ST_IO, "removing the stale socket %s: %s", path, strerror(errno));
    return ST_OK;
}

static int bind_private(int fd, const struct sockaddr_un *address) {
    mode_t before = umask(0117);
    int failed = bind(fd, (const struct sockaddr *)address, sizeof *address) ? errno : 0;
    umask(before);
    return failed;
}

enum status bind_unix(struct net *net, const char *configured, struct err *err) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char path[112];
    if (!strcmp(configured, "none")) return ST_OK;
    enum status status = choose_path(path, configured, err);
    if (status != ST_OK) return status;
    memcpy(address.sun_path, path, strlen(path) + 1);
    status = remove_stale(&address, err);
    if (status != ST_OK) return status;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return err_set(err, ST_IO, "socket %s: %s", path, strerror(errno));
    int failed = bind_private(fd, &address);
    if (!failed && listen(fd, BACKLOG)) failed = errno;
    if (failed) {
        close(fd);
        return err_set(err, ST_IO, "socket %s: %s", path, strerror(failed));
    }
    struct listener *listener = add_listener(net, fd, NET_LINE);
    listener->is_unix = true;
    memcpy(listener->path, path, sizeof path);
    struct stat made;
    if (!lstat(path, &made)) {
        listener->device = made.st_dev;
        listener->inode = made.st_ino;
    }
    return ST_OK;
}

void bind_remove_path(const struct listener *listener) {
    struct stat now;
    if (!listener->is_unix || listener->handed_over || lstat(listener->path, &now)) return;
    if (now.st_dev == listener->device && now.st_ino == listener->inode) unlink(listener->path);
}

/* --- TCP --- */

enum status bind_split(char host[256], char port[8], const char *key, const char *address, struct err *err) {
    const char *colon = strrchr(address, ':');
    const char *from = address, *to = colon;
    if (colon && *address == '[' && colon > address + 1 && colon[-1] == ']') {
        from = address + 1;
        to = colon - 1;
    } else if (colon && memchr(address, ':', (size_t)(colon - address))) {
        to = from; /* an IPv6 address without brackets */
    }
    bool fine = colon && to > from && to - from < 256 && strlen(colon + 1) - 1 < 5 &&
                strspn(colon + 1, "0123456789") == strlen(colon + 1) && atoi(colon + 1) <= 65535;
    if (!fine) {
        return err_param(err, ST_INVALID_CONFIG, key, "%s: expected HOST:PORT with a port of 0 to 65535, got %s", key,
                         address);
    }
    memcpy(host, from, (size_t)(to - from));
    host[to - from] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return ST_OK;
}

/* The socket, or -1 with errno. */
static int bind_one(const struct addrinfo *info, int port) {
    struct sockaddr_storage address = {0};
    const int on = 1;
    memcpy(&address, info->ai_addr, info->ai_addrlen);
    if (address.ss_family == AF_INET) ((struct sockaddr_in *)&address)->sin_port = htons((uint16_t)port);
    if (address.ss_family == AF_INET6) ((struct sockaddr_in6 *)&address)->sin6_port = htons((uint16_t)port);
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (info->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (!bind(fd, (struct sockaddr *)&address, info->ai_addrlen) && !listen(fd, BACKLOG)) return fd;
    int number = errno;
    close(fd);
    errno = number;
    return -1;
}

static int bound_port(int fd) {
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &len) ? 0 : port_of(&address);
}

/* Every address of the host, on one port; an address family that this machine lacks is left out. */
static enum status bind_all(struct net *net, enum net_transport transport, const char *key, const char *text,
                            const struct addrinfo *first, struct err *err) {
    int port = port_of((const struct sockaddr_storage *)first->ai_addr), bound = 0, number = 0;
    for (const struct addrinfo *info = first; info; info = info->ai_next) {
        if (net->listener_count == LISTENERS_MAX) {
            return err_param(err, ST_INVALID_CONFIG, key, "%s %s: more than %d addresses to listen on", key, text,
                             LISTENERS_MAX);
        }
        int fd = bind_one(info, port);
        if (fd < 0) number = errno;
        if (fd < 0 && (number == EAFNOSUPPORT || number == EADDRNOTAVAIL)) continue;
        if (fd < 0) return err_set(err, ST_IO, "%s %s: %s", key, text, strerror(number));
        port = bound_port(fd);
        add_listener(net, fd, transport)->port = port;
        bound++;
    }
    return bound ? ST_OK : err_set(err, ST_IO, "%s %s: %s", key, text, strerror(number));
}

enum status bind_tcp(struct net *net, enum net_transport transport, const char *key, const char *address,
                     struct err *err) {
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char host[256], port[8];
    if (!*address) return ST_OK;
    enum status status = bind_split(host, port, key, address, err);
    if (status != ST_OK) return status;
    int failed = getaddrinfo(host, port, &hints, &found);
    if (failed) return err_param(err, ST_INVALID_CONFIG, key, "%s %s: %s", key, address, gai_strerror(failed));
    status = bind_all(net, transport, key, address, found, err);
    freeaddrinfo(found);
    return status;
}

/* --- Handed over --- */

enum status bind_adopt(struct net *net, int fd, enum net_transport transport, struct err *err) {
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    int listening = 0;
    socklen_t size = sizeof listening;
    if (getsockname(fd, (struct sockaddr *)&address, &len) ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) || !listening) {
        return err_set(err, ST_INVALID_CONFIG, "descriptor %d handed over by systemd is not a listening socket", fd);
    }
    if (transport == NET_HTTP && address.ss_family == AF_UNIX) {
        return err_set(err, ST_INVALID_CONFIG, "descriptor %d handed over by systemd: HTTP needs a TCP socket", fd);
    }
    evutil_make_socket_nonblocking(fd);
    evutil_make_socket_closeonexec(fd);
    struct listener *listener = add_listener(net, fd, transport);
    listener->handed_over = true;
    listener->is_unix = address.ss_family == AF_UNIX;
    listener->port = port_of(&address);
    if (listener->is_unix) {
        snprintf(listener->path, sizeof listener->path, "%.*s", PATH_MAX_BYTES,
                 ((const struct sockaddr_un *)&address)->sun_path);
    }
    return ST_OK;
}
