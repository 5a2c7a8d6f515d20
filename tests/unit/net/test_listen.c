/* Which sockets are bound, and what is refused.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static void set(char **key, const char *value) {
    mem_free(*key);
    *key = mem_strdup(value);
}

static void no_request(void *arg, struct net_request *request) {
    (void)arg;
    (void)request;
    fail_msg("a request without a loop");
}

static const struct net_calls calls = {.request = no_request};

/* Opens and closes, or tells why not. */
static enum status try_open(const struct config *config, struct err *err) {
    struct net *net = NULL;
    *err = ERR_NONE;
    enum status status = net_open(&net, config, &calls, err);
    assert_true((status == ST_OK) == (net != NULL));
    net_close(net);
    return status;
}

static void drop(struct peer_server *server) {
    config_free(&server->config);
    assert_int_equal(rmdir(server->dir), 0);
}

/* A socket on the path, listening or left over. */
static int make_socket(const char *path, bool listening) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (listening) assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void test_unix_mode_and_removal(void **state) {
    struct peer_server server;
    struct net *net;
    struct stat found;
    struct err err;
    (void)state;
    peer_prepare(&server);
    mode_t before = umask(0022);
    assert_int_equal(net_open(&net, &server.config, &calls, &err), ST_OK);
    assert_int_equal(umask(before), 0022); /* as it was */
    assert_string_equal(net_socket_path(net), server.path);
    assert_int_equal(net_port_line(net), 0);
    assert_int_equal(net_port_http(net), 0);
    assert_int_equal(lstat(server.path, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(found.st_mode & 07777, 0660);
    net_close(net);
    assert_int_equal(lstat(server.path, &found), -1);
    drop(&server);
}

static void test_stale_and_answered(void **state) {
    struct peer_server server;
    struct err err;
    (void)state;
    peer_prepare(&server);
    close(make_socket(server.path, false));
    assert_int_equal(try_open(&server.config, &err), ST_OK);
    int fd = make_socket(server.path, true);
    assert_int_equal(try_open(&server.config, &err), ST_LOCKED);
    assert_non_null(strstr(err.text, server.path));
    assert_int_equal(access(server.path, F_OK), 0); /* not ours to remove */
    close(fd);
    assert_int_equal(try_open(&server.config, &err), ST_OK);
    drop(&server);
}

static void test_socket_of_a_successor_stays(void **state) {
    struct peer_server server;
    struct net *net;
    struct err err;
    (void)state;
    peer_prepare(&server);
    assert_int_equal(net_open(&net, &server.config, &calls, &err), ST_OK);
    assert_int_equal(unlink(server.path), 0);
    int fd = make_socket(server.path, true);
    net_close(net);
    assert_int_equal(access(server.path, F_OK), 0);
    close(fd);
    unlink(server.path);
    drop(&server);
}

static void test_bad_paths(void **state) {
    struct peer_server server;
    struct err err;
    char path[256];
    (void)state;
    peer_prepare(&server);
    snprintf(path, sizeof path, "%s/%0150d", server.dir, 1);
    set(&server.config.socket, path);
    assert_int_equal(try_open(&server.config, &err), ST_INVALID_CONFIG);
    assert_non_null(strstr(err.text, "107"));
    assert_string_equal(err.param, "socket");
    fclose(fopen(server.path, "w"));
    set(&server.config.socket, server.path);
    assert_int_equal(try_open(&server.config, &err), ST_INVALID_CONFIG);
    assert_int_equal(unlink(server.path), 0); /* the file was left alone */
    snprintf(path, sizeof path, "%s/absent/s", server.dir);
    set(&server.config.socket, path);
    assert_int_equal(try_open(&server.config, &err), ST_IO);
    set(&server.config.socket, "none");
    assert_int_equal(try_open(&server.config, &err), ST_INVALID_CONFIG); /* nothing at all */
    drop(&server);
}

static void test_default_path(void **state) {
    struct peer_server server;
    struct net *net;
    struct err err;
    char path[128];
    const char *before = getenv("XDG_RUNTIME_DIR");
    char *kept = before ? strdup(before) : NULL;
    (void)state;
    peer_prepare(&server);
    set(&server.config.socket, "");
    setenv("XDG_RUNTIME_DIR", server.dir, 1);
    snprintf(path, sizeof path, "%s/footnote.sock", server.dir);
    assert_int_equal(net_open(&net, &server.config, &calls, &err), ST_OK);
    assert_string_equal(net_socket_path(net), path);
    net_close(net);
    if (kept)
        setenv("XDG_RUNTIME_DIR", kept, 1);
    else
        unsetenv("XDG_RUNTIME_DIR");
    free(kept);
    drop(&server);
}

static void test_addresses(void **state) {
    const char *const bad[] = {"localhost",    ":80",          "127.0.0.1:",   "127.0.0.1:65536",
                               "127.0.0.1:-1", "127.0.0.1:8o", "::1:80",       "[::1]",
                               "[::1:80",      "[]:80",        "127.0.0.1:0 ", "127.0.0.1:000001"};
    struct peer_server server;
    struct net *net;
    struct err err;
    char address[64];
    (void)state;
    peer_prepare(&server);
    set(&server.config.socket, "none");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        set(&server.config.listen, bad[i]);
        if (try_open(&server.config, &err) != ST_INVALID_CONFIG) fail_msg("%s was taken", bad[i]);
        assert_string_equal(err.param, "listen");
        assert_non_null(strstr(err.text, bad[i]));
    }
    set(&server.config.listen, "127.0.0.1:0");
    set(&server.config.http, "localhost:0");
    assert_int_equal(net_open(&net, &server.config, &calls, &err), ST_OK);
    assert_true(net_port_line(net) > 0 && net_port_http(net) > 0);
    assert_string_equal(net_socket_path(net), "");
    /* Taken already. */
    snprintf(address, sizeof address, "127.0.0.1:%d", net_port_line(net));
    set(&server.config.listen, address);
    set(&server.config.http, "");
    assert_int_equal(try_open(&server.config, &err), ST_IO);
    assert_non_null(strstr(err.text, address));
    net_close(net);
    drop(&server);
}

/* Counted a moment after the client has the answer. */
static bool has_written(void *arg) {
    struct net_load load;
    net_load(((struct peer_server *)arg)->net, &load);
    return load.bytes_out == 8 && load.bytes_in == 6;
}

static void test_tcp_lines(void **state) {
    struct peer_server server;
    struct net_load load;
    (void)state;
    peer_prepare(&server);
    set(&server.config.listen, "127.0.0.1:0");
    peer_start(&server);
    int fd = peer_connect_tcp(net_port_line(server.net));
    peer_text(fd, "hello\n");
    char *line = peer_line(fd);
    assert_string_equal(line, "5:hello");
    mem_free(line);
    assert_int_equal(server.last_uid, -1);
    assert_true(server.last_local);
    assert_true(peer_wait(has_written, &server));
    net_load(server.net, &load);
    assert_int_equal(load.connections, 1);
    close(fd);
    peer_stop(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unix_mode_and_removal),
        cmocka_unit_test(test_stale_and_answered),
        cmocka_unit_test(test_socket_of_a_successor_stays),
        cmocka_unit_test(test_bad_paths),
        cmocka_unit_test(test_default_path),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_tcp_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
