/* The line protocol over real sockets.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer.h"

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
    free(line);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
