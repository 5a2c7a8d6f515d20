/* One HTTP request: what evhttp let through is checked again and turned into a struct net_request.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loop's thread.  evhttp takes the first of two Content-Length, ignores a Transfer-Encoding that it does not
 * know and asks for no Host: each of these lets a proxy and us see different requests, so they are refused.
 * Checks are a table; the first that finds a fault answers. */
#include "http.h"

#include "base/mem.h"
#include "base/utf8.h"

#include <event2/buffer.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <string.h>
#include <strings.h>

static const struct http_refusal refusals[] = {
    {400, "invalid_request", "HTTP: exactly one Host header is needed"},
    {421, "forbidden", "HTTP: this server does not answer to that Host; see http_hosts in its configuration"},
    {403, "forbidden", "HTTP: requests from that Origin are not allowed"},
    {400, "invalid_request", "HTTP: Content-Length must be one number"},
    {400, "invalid_request", "HTTP: Transfer-Encoding must be chunked, once, and without Content-Length"},
    {415, "invalid_request", "HTTP: a Content-Encoding is not supported; send the body as it is"},
    {400, "invalid_request", "HTTP: the path is not percent-encoded UTF-8, or has a NUL or a .. segment"},
    {503, "no_memory", "HTTP: there is not enough memory for the body"},
};
enum { NEEDS_HOST, WRONG_HOST, WRONG_ORIGIN, BAD_LENGTH, BAD_TRANSFER, BAD_ENCODING, BAD_PATH, NO_ROOM, FINE };

/* How often a header stands there; the last value in *value. */
static int count_header(struct evhttp_request *request, const char *name, const char **value) {
    struct evkeyval *header;
    int count = 0;
    *value = NULL;
    for (header = evhttp_request_get_input_headers(request)->tqh_first; header; header = header->next.tqe_next) {
        if (strcasecmp(header->key, name)) continue;
        *value = header->value;
        count++;
    }
    return count;
}

static bool version_below_1_1(const struct evhttp_request *request) {
    return request->major < 1 || (request->major == 1 && request->minor < 1);
}

/* --- The checks --- */

static int check_host(const struct http *http, struct evhttp_request *request) {
    const char *host, *origin;
    int hosts = count_header(request, "Host", &host);
    if (hosts > 1 || (!hosts && !version_below_1_1(request))) return NEEDS_HOST;
    if (hosts && !hosts_allow(&http->server->hosts, host)) return WRONG_HOST;
    const char *in_uri = evhttp_uri_get_host(evhttp_request_get_evhttp_uri(request));
    if (in_uri && !hosts_allow(&http->server->hosts, in_uri)) return WRONG_HOST;
    int origins = count_header(request, "Origin", &origin);
    return origins > 1 || (origins && !hosts_allow_origin(&http->server->hosts, origin)) ? WRONG_ORIGIN : FINE;
}

static int check_framing(const struct http *http, struct evhttp_request *request) {
    const char *length, *transfer, *encoding;
    (void)http;
    int lengths = count_header(request, "Content-Length", &length);
    int transfers = count_header(request, "Transfer-Encoding", &transfer);
    if (lengths > 1 || (lengths && (!*length || length[strspn(length, "0123456789")]))) return BAD_LENGTH;
    /* A name with a space in front of its colon is another header to evhttp and the same to a proxy. */
    struct evkeyval *header;
    for (header = evhttp_request_get_input_headers(request)->tqh_first; header; header = header->next.tqe_next) {
        if (strpbrk(header->key, " \t")) return BAD_TRANSFER;
    }
    if (transfers && (transfers > 1 || lengths || strcasecmp(transfer, "chunked"))) return BAD_TRANSFER;
    bool encoded = count_header(request, "Content-Encoding", &encoding) && strcasecmp(encoding, "identity");
    return encoded ? BAD_ENCODING : FINE;
}

/* --- The path --- */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static bool has_dots(const char *path) {
    for (const char *at = path; (at = strstr(at, "/..")); at++) {
        if (at[3] == '\0' || at[3] == '/') return true;
    }
    return false;
}

/* The caller frees; NULL if the path is none. */
static char *decode_path(const char *path) {
    size_t len = 0;
    char *out = mem_strdup(path);
    for (const char *at = path; *at; at++) {
        char c = *at;
        if (c == '%') {
            int high = hex_value(at[1]), low = high < 0 ? -1 : hex_value(at[2]);
            if (low < 0 || !(high | low)) break;
            c = (char)(high << 4 | low);
            at += 2;
        }
        out[len++] = c;
        if (!at[1]) path = NULL; /* came to its end */
    }
    out[len] = '\0';
    if (path || *out != '/' || utf8_valid(out, len) != len || has_dots(out)) {
        mem_free(out);
        return NULL;
    }
    return out;
}

/* --- The whole --- */

static const char *method_name(enum evhttp_cmd_type type) {
    switch (type) {
    case EVHTTP_REQ_GET:
    case EVHTTP_REQ_HEAD: return "GET"; /* http.c leaves the body of the answer away */
    case EVHTTP_REQ_POST: return "POST";
    case EVHTTP_REQ_PUT: return "PUT";
    case EVHTTP_REQ_DELETE: return "DELETE";
    case EVHTTP_REQ_PATCH: return "PATCH";
    default: return "OPTIONS";
    }
}

static char *copy_header(struct evhttp_request *request, const char *name) {
    const char *value = evhttp_find_header(evhttp_request_get_input_headers(request), name);
    return value ? mem_strdup(value) : NULL;
}

/* NULL: no memory. */
static char *take_body(struct evhttp_request *request, size_t *len) {
    struct evbuffer *input = evhttp_request_get_input_buffer(request);
    *len = evbuffer_get_length(input);
    char *body = mem_try_alloc(*len + 1);
    if (!body) return NULL;
    evbuffer_remove(input, body, *len);
    body[*len] = '\0';
    return body;
}

static int check(const struct http *http, struct evhttp_request *request, char **path, char **body, size_t *len) {
    int fault = check_framing(http, request);
    if (fault == FINE) fault = check_host(http, request);
    if (fault != FINE) return fault;
    const char *raw = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
    *path = decode_path(raw && *raw ? raw : "/");
    if (!*path) return BAD_PATH;
    *body = take_body(request, len);
    return *body ? FINE : NO_ROOM;
}

struct job *http_request_read(struct http *http, struct evhttp_request *request, struct http_refusal *refusal) {
    char *path = NULL, *body = NULL;
    size_t len = 0;
    int fault = check(http, request, &path, &body, &len);
    if (fault != FINE) {
        *refusal = refusals[fault];
        mem_free(path);
        mem_free(body);
        return NULL;
    }
    const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request));
    struct job *job = job_new(http->server->net, &http->conn);
    job->bytes = len;
    job->request.body = body;
    job->request.len = len;
    job->request.path = path;
    job->request.query = query ? mem_strdup(query) : NULL;
    job->request.method = mem_strdup(method_name(evhttp_request_get_command(request)));
    job->request.content_type = copy_header(request, "Content-Type");
    job->request.authorization = copy_header(request, "Authorization");
    job->request.local = http->local;
    return job;
}
