/* The server: hands requests from the network to the methods and their answers back.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Threads: the loop (net), the workers of the quick lane, the two of the bulk lane, the writer and the applier
 * (index).  A request goes loop -> quick lane -> perhaps bulk lane, writer, applier -> loop. */
#include "server.h"

#include "api/api.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/net.h"
#include "net/pool.h"

#include <pthread.h>
#include <unistd.h>

enum { BULK_THREADS = 2 };

struct server {
    const struct config *config;
    struct api *api;
    struct net *net;
    struct pool *pools[2]; /* by enum api_lane */
    pthread_mutex_t lock;  /* of what follows */
    bool closing;          /* the pools are about to go; the writer and the applier still run */
};

struct exchange { /* a request and the way back */
    struct server *server;
    struct net_request *request;
};

/* ---- workers ---- */

static enum status worker_begin(void *arg, void **state, struct err *err) {
    struct server *server = arg;
    struct api_worker *worker = NULL;
    enum status st = api_worker_open(&worker, server->api, err);
    *state = worker;
    return st;
}

static void worker_end(void *arg, void *state) {
    (void)arg;
    api_worker_close(state);
}

static void worker_process(void *arg, void *state, void *take_task) {
    struct server *server = arg;
    api_run(server->api, state, take_task);
}

static enum status start_pools(struct server *server, struct err *err) {
    struct pool_calls calls = {
        .thread_begin = worker_begin, .thread_end = worker_end, .process = worker_process, .arg = server};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int workers = (int)server->config->workers;
    if (workers == 0) workers = processors > 0 ? (int)processors : 1;
    enum status st = pool_start(&server->pools[API_QUICK], workers, (size_t)server->config->max_queue, &calls, err);
    if (st == ST_OK)
        st = pool_start(&server->pools[API_BULK], BULK_THREADS, (size_t)server->config->max_queue, &calls, err);
    return st;
}

/* ---- what api asks of its host ---- */

static bool host_submit(void *arg, enum api_lane lane, struct api_task *take_task, bool urgent) {
    struct server *server = arg;
    pthread_mutex_lock(&server->lock);
    bool taken = !server->closing && pool_submit(server->pools[lane], take_task, urgent);
    pthread_mutex_unlock(&server->lock);
    return taken;
}

static void host_load(void *arg, struct api_load *out) {
    struct server *server = arg;
    struct net_load load = {0};
    net_load(server->net, &load);
    *out = (struct api_load){.connections = load.connections,
                             .requests_open = load.requests_open,
                             .accepted = load.accepted,
                             .refused = load.refused,
                             .bytes_in = load.bytes_in,
                             .bytes_out = load.bytes_out};
    pool_load(server->pools[API_QUICK], &out->waiting, &out->oldest_us);
}

/* ---- requests ---- */

static void exchange_reply(void *arg, int http_status, const char *content_type, struct buf *take_body) {
    struct exchange exchange = *(struct exchange *)arg;
    mem_free(arg);
    net_reply(exchange.server->net, exchange.request, http_status, content_type, take_body);
}

static void on_request(void *arg, struct net_request *take_request) {
    struct server *server = arg;
    struct exchange *exchange = mem_alloc(sizeof *exchange);
    *exchange = (struct exchange){.server = server, .request = take_request};
    struct api_request request = {.http = take_request->transport == NET_HTTP,
                                  .body = take_request->body,
                                  .len = take_request->len,
                                  .method = take_request->method,
                                  .path = take_request->path,
                                  .query = take_request->query,
                                  .too_large = take_request->too_large,
                                  .received_us = take_request->received_us,
                                  .reply = exchange_reply,
                                  .arg = exchange};
    struct api_task *task = api_accept(server->api, &request);
    if (!pool_submit(server->pools[API_QUICK], task, false)) api_refuse(server->api, task);
}

static void on_stopping(void *arg) {
    struct server *server = arg;
    log_notice("stop", "reason=signal");
    api_stop(server->api);
}

static void on_reload(void *arg) {
    struct server *server = arg;
    api_reload(server->api);
}

/* The order of the end matters: no more requests, no more tasks, then the writer. */
static void close_all(struct server *server) {
    pthread_mutex_lock(&server->lock);
    server->closing = true;
    pthread_mutex_unlock(&server->lock);
    pool_stop(server->pools[API_BULK]);
    pool_stop(server->pools[API_QUICK]);
    api_close(server->api);
    net_close(server->net);
    pthread_mutex_destroy(&server->lock);
}

static void log_ready(const struct server *server) {
    log_notice("ready", "socket=%s line_port=%d http_port=%d", net_socket_path(server->net), net_port_line(server->net),
               net_port_http(server->net));
}

enum status server_run(const struct config *config, const char *schema_dir, struct err *err) {
    struct server server = {.config = config, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct api_host host = {.submit = host_submit, .load = host_load, .arg = &server};
    struct net_calls calls = {.request = on_request, .stopping = on_stopping, .reload = on_reload, .arg = &server};
    enum status st = api_open(&server.api, config, schema_dir, &host, err);
    if (st == ST_OK) st = start_pools(&server, err);
    if (st == ST_OK) st = net_open(&server.net, config, &calls, err);
    if (st == ST_OK) {
        log_ready(&server);
        st = net_run(server.net, err);
    }
    close_all(&server);
    if (st == ST_OK) log_notice("stopped", "data=%s", config->data);
    return st;
}
