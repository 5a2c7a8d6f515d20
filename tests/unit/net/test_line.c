/* The line protocol over real sockets.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void expect_line(int fd, const char *expected) {
    char *line = peer_line(fd);
    assert_non_null(line);
    assert_string_equal(line, expected);
    mem_free(line);
}

static void test_grammar(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    peer_start(&server);
    int fd = peer_connect_unix(&server);
    peer_text(fd, "\xEF\xBB\xBF{\"a\":1}\r\n");
    expect_line(fd, "7:{\"a\":1}");
    peer_text(fd, "\n\r\n  \t\nshort\n");
    expect_line(fd, "5:short");
    peer_text(fd, "quiet\nnow\n");
    expect_line(fd, "3:now");
    assert_int_equal(server.last_uid, getuid());
    assert_true(server.last_local);
    /* The last line of a stream may lack its LF; the answer still comes. */
    peer_text(fd, "end");
    shutdown(fd, SHUT_WR);
    expect_line(fd, "3:end");
    assert_null(peer_line(fd));
    close(fd);
    peer_stop(&server);
    assert_int_equal(server.stopped, 1);
}

static void test_pipelining(void **state) {
    struct peer_server server;
    char text[32];
    bool *answered = calloc(10000, sizeof *answered);
    (void)state;
    peer_prepare(&server);
    peer_start(&server);
    int fd = peer_connect_unix(&server);
    /* In blocks, so that neither side's socket buffer fills while the other waits. */
    for (int block = 0; block < 100; block++) {
        for (int i = 0; i < 100; i++) {
            peer_send(fd, text, (size_t)snprintf(text, sizeof text, "%d\n", block * 100 + i));
        }
        for (int i = 0; i < 100; i++) {
            char *line = peer_line(fd), *colon = strchr(line, ':');
            assert_non_null(colon);
            int number = atoi(colon + 1);
            assert_int_equal(atol(line), strlen(colon + 1));
            assert_true(number >= 0 && number < 10000 && !answered[number]);
            answered[number] = true;
            mem_free(line);
        }
    }
    free(answered);
    close(fd);
    peer_stop(&server);
}

static void send_filled(int fd, size_t len, const char *end) {
    char *line = malloc(len);
    memset(line, 'y', len);
    peer_send(fd, line, len);
    peer_text(fd, end);
    mem_free(line);
}

static void expect_filled(int fd, size_t len) {
    char *line = peer_line(fd);
    assert_non_null(line);
    assert_int_equal(atol(line), len);
    assert_int_equal(strspn(strchr(line, ':') + 1, "y"), len);
    mem_free(line);
}

static void test_too_long(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    server.config.max_line_bytes = 4096;
    peer_start(&server);
    int fd = peer_connect_unix(&server);
    send_filled(fd, 4096, "\n");
    expect_filled(fd, 4096);
    send_filled(fd, 4096, "\r\n");
    expect_filled(fd, 4096);
    send_filled(fd, 4097, "\n");
    expect_line(fd, "too large");
    send_filled(fd, 4097, "\r\n");
    expect_line(fd, "too large");
    send_filled(fd, 300000, "\nnext\n");
    char *first = peer_line(fd), *second = peer_line(fd); /* workers may turn them round */
    assert_true(!strcmp(first, "too large") || !strcmp(second, "too large"));
    assert_true(!strcmp(first, "4:next") || !strcmp(second, "4:next"));
    mem_free(first);
    mem_free(second);
    /* In pieces, each below the limit. */
    for (int i = 0; i < 5; i++)
        send_filled(fd, 1000, "");
    peer_text(fd, "\n");
    expect_line(fd, "too large");
    for (int i = 0; i < 4; i++)
        send_filled(fd, 1000, "");
    peer_text(fd, "\n");
    expect_filled(fd, 4000);
    send_filled(fd, 5000, "");
    shutdown(fd, SHUT_WR);
    expect_line(fd, "too large");
    assert_null(peer_line(fd));
    close(fd);
    assert_int_equal(server.too_large, 5);
    peer_stop(&server);
}

static void test_large_message(void **state) {
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    peer_start(&server);
    int fd = peer_connect_unix(&server);
    send_filled(fd, 5000000, "\n");
    peer_text(fd, "now\n");
    char *line = peer_line(fd);
    bool first_is_now = !strcmp(line, "3:now");
    if (!first_is_now) assert_int_equal(strlen(line), 5000008);
    mem_free(line);
    if (first_is_now) {
        expect_filled(fd, 5000000);
    } else {
        expect_line(fd, "3:now");
    }
    close(fd);
    peer_stop(&server);
}

static void test_http_is_refused(void **state) {
    const char *const heads[] = {"GET / HTTP/1.1\r\n", "\r\nPOST /rpc HTTP/1.1\r\n", "OPTIONS * HTTP/1.1\n"};
    struct peer_server server;
    (void)state;
    peer_prepare(&server);
    server.config.max_line_bytes = 1024;
    peer_start(&server);
    for (size_t i = 0; i < 3; i++) {
        int fd = peer_connect_unix(&server);
        peer_text(fd, heads[i]);
        assert_true(peer_closed(fd, PEER_PATIENCE_MS));
        close(fd);
    }
    /* A first line above the limit is looked at too, however it is cut. */
    int fd = peer_connect_unix(&server);
    peer_text(fd, "PO");
    peer_text(fd, "ST /");
    char padding[3000];
    memset(padding, 'p', sizeof padding);
    peer_send(fd, padding, sizeof padding);
    assert_true(peer_closed(fd, PEER_PATIENCE_MS));
    close(fd);
    assert_int_equal(server.seen, 0);
    /* Only the first line counts. */
    fd = peer_connect_unix(&server);
    peer_text(fd, "now\nGET it\n");
    expect_line(fd, "3:now");
    expect_line(fd, "6:GET it");
    close(fd);
    peer_stop(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grammar),       cmocka_unit_test(test_pipelining),      cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_large_message), cmocka_unit_test(test_http_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
