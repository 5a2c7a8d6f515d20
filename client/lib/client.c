/* A client: one connection, its open requests and its last error.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Opening, closing and the small accessors of footnote/client.h; calls are in call.c. */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void client_clear_error(struct footnote_client *client) {
    free(client->error);
    free(client->error_json);
    client->error = client->error_json = NULL;
}

enum footnote_status client_fail(struct footnote_client *client, enum footnote_status status, const char *format, ...) {
    client_clear_error(client);
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&client->error, format, arguments) < 0) client->error = NULL;
    va_end(arguments);
    return status;
}

enum footnote_status client_lose(struct footnote_client *client, enum footnote_status status) {
    int error = errno;
    stream_close(&client->stream);
    switch (status) {
    case FOOTNOTE_TOO_LARGE:
        return client_fail(client, status, "%s: an answer is longer than %zu bytes", client->endpoint,
                           STREAM_LINE_LIMIT);
    case FOOTNOTE_PARSE: return client_fail(client, status, "%s: the answer is no JSON-RPC message", client->endpoint);
    case FOOTNOTE_NO_MEMORY: return client_fail(client, status, "out of memory");
    default:
        return client_fail(client, FOOTNOTE_UNREACHABLE, "%s: %s", client->endpoint,
                           error ? strerror(error) : "the daemon closed the connection");
    }
}

enum footnote_status footnote_open(struct footnote_client **out, const char *endpoint, int timeout_ms) {
    struct footnote_client *client = calloc(1, sizeof *client);
    *out = client;
    if (!client) return FOOTNOTE_NO_MEMORY;
    client->stream.fd = -1;
    client->last = &client->first;
    client->timeout_ms = timeout_ms;
    return endpoint_connect(client, endpoint, timeout_ms);
}

void footnote_close(struct footnote_client *client) {
    if (!client) return;
    stream_close(&client->stream);
    while (client->first) {
        struct answer *answer = client->first;
        client->first = answer->next;
        answer_free(answer);
    }
    client_clear_error(client);
    free(client->open);
    free(client->endpoint);
    free(client);
}

void footnote_set_timeout(struct footnote_client *client, int timeout_ms) {
    client->timeout_ms = timeout_ms;
}

const char *footnote_error(const struct footnote_client *client) {
    if (!client) return footnote_status_sentence(FOOTNOTE_NO_MEMORY);
    return client->error ? client->error : "";
}

const char *footnote_error_json(const struct footnote_client *client) {
    return client ? client->error_json : NULL;
}

const char *footnote_endpoint(const struct footnote_client *client) {
    return client && client->endpoint ? client->endpoint : "";
}

void footnote_free(void *memory) {
    free(memory);
}
