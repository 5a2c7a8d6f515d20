/* The methods of the protocol: JSON-RPC messages in, answers out.  api knows no sockets and no threads of its own.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A message (a request, or a batch of them) becomes calls; each call is run once, on a worker, and may finish later
 * on another thread (a write when it is durable).  When the last has finished, the message's reply is called. */
#ifndef API_API_H
#define API_API_H

#include "base/buf.h"
#include "base/config.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct api;
struct api_worker; /* one a thread: reader, analyser */
struct api_task;   /* something for a worker to do */

enum api_lane { API_QUICK, API_BULK };

struct api_load { /* what the server knows and `status` tells */
    uint64_t connections, requests_open, accepted, refused, bytes_in, bytes_out;
    size_t waiting;
    int64_t oldest_us;
};

struct api_host {
    /* Hands a task to the threads of a lane; false: they are full.  `urgent` tasks are never refused. */
    bool (*submit)(void *arg, enum api_lane lane, struct api_task *take_task, bool urgent);
    void (*load)(void *arg, struct api_load *out);
    void *arg;
};

enum status api_open(struct api **out, const struct config *config, const char *schema_dir, const struct api_host *host,
                     struct err *err);
/* After the workers have ended: everything accepted becomes durable. */
void api_close(struct api *api);
/* Reads the files of stop words and synonyms again; what is wrong with them is logged and changes nothing. */
void api_reload(struct api *api);
/* From now on requests are answered with shutting_down. */
void api_stop(struct api *api);

enum status api_worker_open(struct api_worker **out, struct api *api, struct err *err);
void api_worker_close(struct api_worker *worker);

struct api_request {
    bool http;
    char *body; /* JSON text */
    size_t len;
    const char *method, *path, *query; /* HTTP only */
    bool too_large;                    /* the body was above the limit and is not here */
    int64_t received_us;
    /* Called once, from any thread.  An empty body: no answer is due. */
    void (*reply)(void *arg, int http_status, const char *content_type, struct buf *take_body);
    void *arg; /* what holds body, path, … until reply */
};
/* The task of a request, for the quick lane.  The request's strings must live until reply. */
struct api_task *api_accept(struct api *api, const struct api_request *request);
/* The lane is full: answers the task's request with busy. */
void api_refuse(struct api *api, struct api_task *take_task);
void api_run(struct api *api, struct api_worker *worker, struct api_task *take_task);

#endif
