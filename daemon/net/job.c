/* A request on its way: made by a transport, lent to the handler, brought back by net_reply.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A job belongs to exactly one of the handler's side and the loop.  The handler may take any string of the
 * request away, if it leaves NULL in its place. */
#include "loop.h"

#include "base/mem.h"
#include "base/stats.h"
#include "base/when.h"

#include <event2/buffer.h>
#include <stddef.h>
#include <string.h>

#define JOB_OF(member, pointer) ((struct job *)((char *)(pointer)-offsetof(struct job, member)))

void job_free(struct job *job) {
    if (!job) return;
    mem_free(job->request.body);
    mem_free(job->request.method);
    mem_free(job->request.path);
    mem_free(job->request.query);
    mem_free(job->request.content_type);
    mem_free(job->request.authorization);
    mem_free(job->content_type);
    buf_free(&job->body);
    mem_free(job);
}

static void free_bytes(const void *data, size_t len, void *extra) {
    (void)len;
    (void)extra;
    mem_free((void *)data);
}

bool job_move_bytes(struct evbuffer *out, char *take_data, size_t len) {
    if (!evbuffer_add_reference(out, take_data, len, free_bytes, NULL)) return true;
    mem_free(take_data);
    return false;
}

static void deliver(struct net *net, struct post *post) {
    struct job *job = JOB_OF(post, post);
    struct conn *conn = conns_find(&net->conns, job->request.connection);
    net->requests_open--;
    if (!conn) {
        stats_add(STAT_ANSWERS_DROPPED, 1);
        job_free(job);
    } else if (conn->transport == NET_LINE) {
        line_reply((struct line *)conn, job);
    } else {
        http_reply((struct http *)conn, job);
    }
}

static void drop(struct post *post) {
    stats_add(STAT_ANSWERS_DROPPED, 1);
    job_free(JOB_OF(post, post));
}

struct job *job_new(struct net *net, const struct conn *conn) {
    struct job *job = mem_alloc(sizeof *job);
    job->post.run = deliver;
    job->post.drop = drop;
    job->request.transport = conn->transport;
    job->request.connection = conn->number;
    job->request.number = ++net->request_count;
    job->request.received_us = when_mono_us();
    job->request.peer_uid = -1;
    net->requests_open++;
    return job;
}

void net_reply(struct net *net, struct net_request *take_request, int http_status, const char *content_type,
               struct buf *take_body) {
    struct job *job = JOB_OF(request, take_request);
    job->http_status = http_status;
    if (take_request->transport == NET_HTTP && content_type) job->content_type = mem_strdup(content_type);
    job->body = *take_body;
    buf_init(take_body, take_body->max);
    posts_push(net, &job->post);
}
