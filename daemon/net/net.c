/* The loop: opening, running, stopping, and the clocks that everything shares.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * net_run's thread owns all of struct net but the posts and the numbers (loop.h).  One timer, `tick`, looks at
 * the deadlines of all connections: cheaper than a timer for each message, and late by an eighth at most.
 *
 * A stop: listeners close, the handler is told, requests in flight are answered and written; then, or after
 * drain_timeout, the loop ends.  Answers that come later wait in the posts until net_close drops them. */
#include "loop.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"

#include <signal.h>

/* INCOMING_MESSAGES: how many of the largest messages may be coming in at once, over all connections. */
enum { TICK_MIN_US = 5000, TICK_MAX_US = 1000000, INCOMING_MESSAGES = 8, LOOP_SMALL = 64 * 1024 };

/* A call that waits for its time. */
struct later {
    struct post post; /* first */
    struct net *net;
    struct event timer;
    struct later *next, **back;
    int64_t delay_ms;
    void (*fn)(void *arg);
    void *arg;
};

static _Thread_local struct net *running;

struct net *net_of_thread(void) {
    return running;
}

struct timeval net_timeval(int64_t us) {
    return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

/* --- Ticks --- */

static int64_t tick_us(const struct net *net) {
    int64_t least = net->limits.read_timeout_us < net->limits.idle_timeout_us ? net->limits.read_timeout_us
                                                                              : net->limits.idle_timeout_us;
    int64_t tick = least / 8;
    return tick < TICK_MIN_US ? TICK_MIN_US : tick > TICK_MAX_US ? TICK_MAX_US : tick;
}

static void on_tick(evutil_socket_t fd, short what, void *arg) {
    struct net *net = arg;
    int64_t now_us = when_mono_us();
    (void)fd;
    (void)what;
    for (uint32_t i = 0; i < net->conns.used; i++) {
        struct conn *conn = net->conns.slots[i].conn;
        if (!conn) continue;
        if (conn->transport == NET_LINE) {
            line_tick((struct line *)conn, now_us);
        } else {
            http_tick((struct http *)conn, now_us);
        }
    }
    net_check_drained(net);
}

static void on_watchdog(evutil_socket_t fd, short what, void *arg) {
    (void)fd;
    (void)what;
    (void)arg;
    service_notify("WATCHDOG=1");
}

/* --- Stopping --- */

void net_check_drained(struct net *net) {
    if (net->phase != NET_DRAINS || net->requests_open || net->unsent) return;
    net->phase = NET_ENDED;
    event_base_loopbreak(net->base);
}

static void on_drain_over(evutil_socket_t fd, short what, void *arg) {
    struct net *net = arg;
    (void)fd;
    (void)what;
    log_warning("drain_timeout", "requests_open=%llu connections_unsent=%zu", (unsigned long long)net->requests_open,
                net->unsent);
    net->phase = NET_ENDED;
    event_base_loopbreak(net->base);
}

static void begin_stop(struct net *net) {
    struct timeval drain = net_timeval(net->limits.drain_timeout_us);
    if (net->phase != NET_RUNS) return;
    net->phase = NET_DRAINS;
    log_notice("stopping", "requests_open=%llu", (unsigned long long)net->requests_open);
    service_notify("STOPPING=1");
    listen_close(net);
    event_add(&net->drain_over, &drain);
    if (net->calls.stopping) net->calls.stopping(net->calls.arg);
}

void net_take_signals(struct net *net) {
    bool by_signal = net->has_signals && signals_take_stop();
    if (by_signal || net->stop_wanted) begin_stop(net);
    if (net->has_signals && signals_take_reload() && net->calls.reload) net->calls.reload(net->calls.arg);
}

void net_stop(struct net *net) {
    net->stop_wanted = true;
    signals_stop_asked();
    posts_wake(net);
}

/* --- Calls that come later --- */

static void later_free(struct later *later) {
    if (later->back) {
        *later->back = later->next;
        if (later->next) later->next->back = later->back;
        event_del(&later->timer);
    }
    mem_free(later);
}

static void on_later(evutil_socket_t fd, short what, void *arg) {
    struct later *later = arg;
    struct net *net = later->net;
    (void)fd;
    (void)what;
    void (*fn)(void *) = later->fn;
    void *fn_arg = later->arg;
    later_free(later);
    fn(fn_arg);
    net_check_drained(net);
}

static void later_run(struct net *net, struct post *post) {
    struct later *later = (struct later *)post;
    struct timeval delay = net_timeval(later->delay_ms * 1000);
    later->next = net->laters;
    later->back = &net->laters;
    if (later->next) later->next->back = &later->next;
    net->laters = later;
    event_assign(&later->timer, net->base, -1, 0, on_later, later);
    event_add(&later->timer, &delay);
}

static void later_drop(struct post *post) {
    mem_free(post);
}

void net_later(struct net *net, int64_t delay_ms, void (*fn)(void *arg), void *arg) {
    struct later *later = mem_alloc(sizeof *later);
    *later = (struct later){.net = net, .delay_ms = delay_ms > 0 ? delay_ms : 0, .fn = fn, .arg = arg};
    later->post.run = later_run;
    later->post.drop = later_drop;
    posts_push(net, &later->post);
}

/* --- Opening, running, closing --- */

/* An event that could not be added would be a connection that nobody serves, so small allocations of libevent end the
 * process as all others do (mem.h); of buffers it hears that there is no room. */
static void *loop_alloc(size_t size) {
    return size > LOOP_SMALL ? mem_try_alloc(size) : mem_alloc(size);
}

static void *loop_realloc(void *old, size_t size) {
    return size > LOOP_SMALL ? mem_try_realloc(old, size) : mem_realloc(old, size);
}

static struct event_base *make_base(void) {
    struct event_config *choice = event_config_new();
    if (!choice) return NULL;
    event_config_set_flag(choice, EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(choice);
    event_config_free(choice);
    return base;
}

static struct net_limits read_limits(const struct config *config) {
    return (struct net_limits){
        .max_connections = (size_t)config->max_connections,
        .max_pending = (size_t)config->max_pending,
        .max_line_bytes = (size_t)config->max_line_bytes,
        .read_timeout_us = config->read_timeout * 1000,
        .idle_timeout_us = config->idle_timeout * 1000,
        .drain_timeout_us = config->drain_timeout * 1000,
    };
}

enum status net_open(struct net **out, const struct config *config, const struct net_calls *calls, struct err *err) {
    struct net *net = mem_alloc(sizeof *net);
    *out = NULL;
    net->calls = *calls;
    net->limits = read_limits(config);
    net->conns.incoming_max = INCOMING_MESSAGES * net->limits.max_line_bytes;
    net->scratch = mem_alloc(SCRATCH_BYTES);
    event_set_mem_functions(loop_alloc, loop_realloc, mem_free);
    net->base = make_base();
    posts_init(&net->posts);
    signal(SIGPIPE, SIG_IGN);
    enum status status = net->base ? ST_OK : err_set(err, ST_IO, "the event loop could not be made");
    if (status == ST_OK) status = posts_open(net, err);
    if (status == ST_OK) status = listen_open(net, config, err);
    if (status == ST_OK) status = http_open(net, config, err);
    if (status == ST_OK) status = listen_start(net, err);
    if (status != ST_OK) {
        net_close(net);
        return status;
    }
    *out = net;
    return ST_OK;
}

static void start_timers(struct net *net) {
    struct timeval tick = net_timeval(tick_us(net)), watchdog = net_timeval(service_watchdog_us());
    event_assign(&net->drain_over, net->base, -1, 0, on_drain_over, net);
    event_assign(&net->tick, net->base, -1, EV_PERSIST, on_tick, net);
    event_add(&net->tick, &tick);
    event_assign(&net->watchdog, net->base, -1, EV_PERSIST, on_watchdog, net);
    if (service_watchdog_us()) event_add(&net->watchdog, &watchdog);
}

static void close_connections(struct net *net) {
    for (uint32_t i = 0; i < net->conns.used; i++) {
        struct conn *conn = net->conns.slots[i].conn;
        if (conn && conn->transport == NET_LINE) line_close((struct line *)conn);
    }
    http_close(net);
}

enum status net_run(struct net *net, struct err *err) {
    pthread_mutex_lock(&net->posts.lock);
    net->posts.thread = pthread_self();
    net->posts.thread_known = true;
    pthread_mutex_unlock(&net->posts.lock);
    running = net;
    signals_open(net);
    net->has_signals = true;
    start_timers(net);
    service_notify("READY=1");
    int ended = event_base_loop(net->base, EVLOOP_NO_EXIT_ON_EMPTY);
    enum status status = ended < 0 ? err_set(err, ST_INTERNAL, "the event loop failed") : ST_OK;
    net->phase = NET_ENDED;
    running = NULL;
    pthread_mutex_lock(&net->posts.lock);
    net->posts.thread_known = false;
    pthread_mutex_unlock(&net->posts.lock);
    event_del(&net->drain_over);
    event_del(&net->tick);
    event_del(&net->watchdog);
    listen_close(net);
    close_connections(net);
    return status;
}

void net_close(struct net *net) {
    if (!net) return;
    if (net->has_signals) signals_close();
    listen_close(net);
    close_connections(net);
    posts_close(net);
    while (net->laters)
        later_free(net->laters);
    conns_free(&net->conns);
    if (net->base) event_base_free(net->base);
    mem_free(net->scratch);
    mem_free(net);
}

/* --- Questions --- */

void net_load(struct net *net, struct net_load *out) {
    *out = (struct net_load){
        .connections = net->connections,
        .accepted = net->accepted,
        .refused = net->refused,
        .requests_open = net->requests_open,
        .bytes_in = net->bytes_in,
        .bytes_out = net->bytes_out,
    };
}

static const struct listener *first_listener(const struct net *net, enum net_transport transport, bool is_unix) {
    for (size_t i = 0; i < net->listener_count; i++) {
        const struct listener *listener = &net->listeners[i];
        if (listener->transport == transport && listener->is_unix == is_unix) return listener;
    }
    return NULL;
}

int net_port_line(const struct net *net) {
    const struct listener *listener = first_listener(net, NET_LINE, false);
    return listener ? listener->port : 0;
}

int net_port_http(const struct net *net) {
    const struct listener *listener = first_listener(net, NET_HTTP, false);
    return listener ? listener->port : 0;
}

const char *net_socket_path(const struct net *net) {
    const struct listener *listener = first_listener(net, NET_LINE, true);
    return listener ? listener->path : "";
}
