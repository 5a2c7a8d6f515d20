/* Requests and answers: calls, pipelining, raw lines.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 *   request = {"jsonrpc":"2.0","id":N,"method":"…","params":{…}} LF
 *
 * Answers come in any order and are told apart by id.  An answer without an id (the daemon could not read one)
 * is given to the oldest open request.  A call that times out leaves its request open but abandoned: the
 * connection stays good, and the answer is dropped when it comes. */
#include "internal.h"
#include "scan.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum footnote_status check_open(struct footnote_client *client) {
    client_clear_error(client);
    if (client->stream.fd >= 0) return FOOTNOTE_OK;
    return client_fail(client, FOOTNOTE_UNREACHABLE, "%s: not connected", footnote_endpoint(client));
}

static enum footnote_status remember(struct footnote_client *client, unsigned long id) {
    if (client->open_count == client->open_size) {
        size_t size = client->open_size ? client->open_size * 2 : 16;
        struct open_request *open = realloc(client->open, size * sizeof *open);
        if (!open) return client_fail(client, FOOTNOTE_NO_MEMORY, "out of memory");
        client->open = open;
        client->open_size = size;
    }
    client->open[client->open_count++] = (struct open_request){.id = id};
    return FOOTNOTE_OK;
}

static size_t find_open(const struct footnote_client *client, unsigned long id) {
    size_t i = 0;
    while (i < client->open_count && client->open[i].id != id)
        i++;
    return i;
}

static size_t count_wanted(const struct footnote_client *client) {
    size_t wanted = 0;
    for (size_t i = 0; i < client->open_count; i++)
        wanted += !client->open[i].abandoned;
    return wanted;
}

/* Line feeds between the tokens of `params` would end the message: they become spaces.  None can stand inside a
 * string, as the text was found to be JSON. */
static void append_params(char *at, struct span params) {
    for (size_t i = 0; i < params.len; i++) {
        char c = params.start[i];
        at[i] = c == '\n' || c == '\r' ? ' ' : c;
    }
}

static enum footnote_status build(char **out, size_t *len, struct footnote_client *client, const char *method,
                                  const char *params, unsigned long id) {
    struct span span;
    const char *fault;
    if (!params) params = "{}";
    if (!scan_text(&span, params, strlen(params), &fault))
        return client_fail(client, FOOTNOTE_INVALID_VALUE, "the parameters of %s are not JSON: byte %td of %zu", method,
                           fault - params, strlen(params));
    if (*span.start != '{')
        return client_fail(client, FOOTNOTE_INVALID_VALUE, "the parameters of %s are not a JSON object", method);
    cJSON *name = cJSON_CreateString(method);
    char *quoted = name ? cJSON_PrintUnformatted(name) : NULL;
    cJSON_Delete(name);
    char head[64];
    int head_len = snprintf(head, sizeof head, "{\"jsonrpc\":\"2.0\",\"id\":%lu,\"method\":", id);
    size_t size = quoted ? (size_t)head_len + strlen(quoted) + strlen(",\"params\":}\n") + span.len : 0;
    char *line = quoted ? malloc(size + 1) : NULL;
    if (!line) {
        cJSON_free(quoted);
        return client_fail(client, FOOTNOTE_NO_MEMORY, "out of memory");
    }
    char *at = line + sprintf(line, "%s%s,\"params\":", head, quoted);
    append_params(at, span);
    memcpy(at + span.len, "}\n", 3);
    cJSON_free(quoted);
    *out = line;
    *len = size;
    return FOOTNOTE_OK;
}

enum footnote_status footnote_send(struct footnote_client *client, const char *method, const char *params,
                                   unsigned long *id) {
    *id = 0;
    enum footnote_status status = check_open(client);
    if (status != FOOTNOTE_OK) return status;
    char *line = NULL;
    size_t len = 0;
    *id = ++client->last_id;
    status = build(&line, &len, client, method, params, *id);
    if (status != FOOTNOTE_OK) return status;
    status = remember(client, *id);
    if (status == FOOTNOTE_OK) {
        status = stream_write(&client->stream, line, len);
        if (status != FOOTNOTE_OK) status = client_lose(client, status);
    }
    free(line);
    return status;
}

/* Takes an answer out of the open requests.  false: nobody waits for it. */
static bool settle(struct footnote_client *client, struct answer *answer) {
    size_t at = answer->id ? find_open(client, answer->id) : 0;
    if (at >= client->open_count) return false;
    answer->id = client->open[at].id;
    bool wanted = !client->open[at].abandoned;
    client->open_count--;
    memmove(client->open + at, client->open + at + 1, (client->open_count - at) * sizeof *client->open);
    return wanted;
}

/* The next answer from the wire that somebody waits for.  NULL: *status, and the client holds the error. */
static struct answer *next_answer(enum footnote_status *status, struct footnote_client *client, int64_t deadline_ms) {
    for (;;) {
        char *line;
        size_t len;
        struct answer *answer = NULL;
        *status = stream_line(&line, &len, &client->stream, deadline_ms);
        if (*status == FOOTNOTE_TIMEOUT)
            client_fail(client, *status, "%s: no answer within %d ms", client->endpoint, client->timeout_ms);
        if (*status == FOOTNOTE_TIMEOUT) return NULL;
        if (*status == FOOTNOTE_OK) *status = answer_read(&answer, line, len);
        if (*status != FOOTNOTE_OK) *status = client_lose(client, *status);
        if (!answer || settle(client, answer)) return answer;
        answer_free(answer);
    }
}

/* Moves an answer's content to the caller. */
static enum footnote_status deliver(struct footnote_client *client, struct answer *take_answer, unsigned long *id,
                                    char **result) {
    enum footnote_status status = take_answer->status;
    client_clear_error(client);
    if (id) *id = take_answer->id;
    *result = take_answer->result;
    client->error = take_answer->error;
    client->error_json = take_answer->error_json;
    free(take_answer);
    return status;
}

static void keep(struct footnote_client *client, struct answer *take_answer) {
    take_answer->next = NULL;
    *client->last = take_answer;
    client->last = &take_answer->next;
}

enum footnote_status footnote_receive(struct footnote_client *client, unsigned long *id, char **result) {
    *result = NULL;
    *id = 0;
    struct answer *answer = client->first;
    if (answer) {
        client->first = answer->next;
        if (!client->first) client->last = &client->first;
        return deliver(client, answer, id, result);
    }
    enum footnote_status status = check_open(client);
    if (status != FOOTNOTE_OK) return status;
    if (count_wanted(client) == 0)
        return client_fail(client, FOOTNOTE_INVALID_REQUEST, "no request is open: there is nothing to receive");
    answer = next_answer(&status, client, stream_deadline(client->timeout_ms));
    return answer ? deliver(client, answer, id, result) : status;
}

enum footnote_status footnote_call(struct footnote_client *client, const char *method, const char *params,
                                   char **result) {
    unsigned long id;
    *result = NULL;
    int64_t deadline_ms = stream_deadline(client->timeout_ms);
    enum footnote_status status = footnote_send(client, method, params, &id);
    while (status == FOOTNOTE_OK) {
        struct answer *answer = next_answer(&status, client, deadline_ms);
        if (!answer) break;
        if (answer->id == id) return deliver(client, answer, NULL, result);
        keep(client, answer);
    }
    size_t at = find_open(client, id);
    if (at < client->open_count) client->open[at].abandoned = true;
    return status;
}

enum footnote_status footnote_raw(struct footnote_client *client, const char *line, char **answer) {
    *answer = NULL;
    enum footnote_status status = check_open(client);
    if (status != FOOTNOTE_OK) return status;
    if (client->open_count > 0)
        return client_fail(client, FOOTNOTE_INVALID_REQUEST,
                           "%zu requests are open: raw lines can't be mixed with calls", client->open_count);
    if (strchr(line, '\n')) return client_fail(client, FOOTNOTE_INVALID_VALUE, "a raw line holds a line feed");
    status = stream_write(&client->stream, line, strlen(line));
    if (status == FOOTNOTE_OK) status = stream_write(&client->stream, "\n", 1);
    if (status != FOOTNOTE_OK) return client_lose(client, status);
    char *text;
    size_t len;
    status = stream_line(&text, &len, &client->stream, stream_deadline(client->timeout_ms));
    /* What comes late could be taken for the answer to the next line: the connection is of no more use. */
    if (status == FOOTNOTE_TIMEOUT) {
        stream_close(&client->stream);
        return client_fail(client, status, "%s: no answer within %d ms", client->endpoint, client->timeout_ms);
    }
    if (status != FOOTNOTE_OK) return client_lose(client, status);
    *answer = strndup(text, len);
    return *answer ? FOOTNOTE_OK : client_fail(client, FOOTNOTE_NO_MEMORY, "out of memory");
}
