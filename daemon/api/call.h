/* Inside api: calls, messages, parameters.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A call belongs to one thread at a time: the worker that runs it, or whoever was handed it (the writer, the
 * applier) until call_finish. */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/api.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/stats.h"
#include "index/index.h"
#include "search/search.h"

#include <pthread.h>
#include <stdatomic.h>

struct imports;

struct api {
    struct api_host host;
    const struct config *config;
    struct index *ix;
    struct searcher_shared *shared;
    struct imports *imports;
    int64_t started_ms;
    atomic_bool stopping;
};

struct api_worker {
    struct api *api;
    struct searcher *searcher;
};

struct call;
/* Runs a call; what it has to say goes to call->result and call->err.  False: it will finish later by itself. */
typedef bool (*call_handler)(struct api_worker *worker, struct call *call);

struct method {
    const char *name;
    enum api_lane lane;
    const char *scope, *sentence;
    call_handler handler;
};
const struct method *method_find(const char *name);
extern const struct method methods[];
extern const size_t method_count;

struct message {
    struct api *api;
    struct api_request request;
    struct arena *arena;
    cJSON *root;
    struct call *calls;
    size_t count;
    atomic_size_t open;       /* calls that have not finished */
    bool is_batch, is_bare;   /* bare: over HTTP, the result alone */
    const char *content_type; /* of a bare answer that is not JSON */
};

struct call {
    struct message *message;
    struct api *api;
    const struct method *method;
    const cJSON *id;     /* NULL: a notification */
    const cJSON *params; /* an object, or NULL */
    struct arena *arena; /* this call's own */
    struct buf result;   /* JSON */
    struct jw jw;        /* on result */
    struct err err;
    int64_t deadline_us;
    bool waited;                        /* min_revision is reached */
    void *state;                        /* the method's, across a wait */
    void (*abandon)(struct call *call); /* ends `state` when the call does not go on after a wait; or NULL */
};

void message_begin(struct api_worker *worker, struct message *message);
/* Whether it came by POST /rpc. */
bool message_is_rpc(const struct message *message);
/* So many calls, begun, that nobody runs yet. */
void message_set_calls(struct message *message, size_t count);
/* Answers the whole message with one error. */
void message_refuse(struct message *message, const struct err *err);
/* The same for one that was not parsed: each request in it that has an id is answered. */
void message_refuse_unread(struct message *message, const struct err *err);
void message_finish(struct message *message);

void call_begin(struct call *call);
/* Runs the call on this worker, or sends it to its lane. */
void call_start(struct api_worker *worker, struct call *call);
void call_run(struct api_worker *worker, struct call *call);
/* Sends a call that waited to its lane again; false: there are no threads any more. */
bool call_resume(struct call *call);
void call_finish(struct call *call);
/* The members that tell an error to programs: code, type, param, position, line, column, retry. */
void error_members(struct jw *jw, const struct err *err);
/* The error object of JSON-RPC. */
void error_write(struct jw *jw, const struct err *err);
struct api_task *task_of_call(struct call *call);

/* ---- parameters; each sets call->err and returns its status ---- */

/* Refuses parameters that are not in the list (ends with NULL), naming the one nearest to a known name. */
enum status params_known(struct call *call, const char *const *names);
enum status param_string(struct call *call, const char *name, bool required, const char **out);
enum status param_bool(struct call *call, const char *name, bool *out);
enum status param_number(struct call *call, const char *name, double min, double max, int64_t *out);
/* A text that is needed and has at most `max` bytes. */
enum status param_text(struct call *call, const char *name, size_t max, const char **out);
/* A string, or one of a list of strings. */
enum status param_strings(struct call *call, const char *name, const char ***out, size_t *count);
/* "article" (default) or "source". */
enum status param_kind(struct call *call, enum store_kind *out);

/* ---- HTTP ---- */

/* Turns an HTTP request that is not POST /rpc into a call, or answers it itself (false). */
bool http_route(struct api_worker *worker, struct message *message);

/* ---- writing ---- */

/* The members of a record, then what footnote adds, up to but without the closing brace. */
enum status record_write(struct call *call, struct reader *reader, const struct record *record);
void write_outcome(struct jw *jw, const char *id, const struct store_outcome *outcome);
/* What was done to a dirty value (import/clean.h); line 0: it has none. */
void change_write(struct jw *jw, const cJSON *change, int64_t line);
/* A batch of `count` writes to fill in; its memory is the call's. */
struct batch *write_new_batch(struct call *call, size_t count);
/* Whether a write was done; if not, its fault becomes the call's. */
bool write_done(struct call *call, const struct write *write);
/* Submits a batch of the call's writes; `answer` writes the result when they are durable (or visible, if the call's
 * parameter `wait` says so). */
bool write_submit(struct call *call, struct batch *take_batch, void (*answer)(struct call *call, struct batch *batch));
enum status param_wait(struct call *call, bool *visible);
/* Reads a record into a write, in the arena: parse, check, pack. */
enum status write_prepare(struct api *api, struct arena *arena, const cJSON *record, enum store_kind kind,
                          struct write *out, struct err *err);
/* The same of a record that got its `id` from what it says, and is kept without it. */
enum status write_prepare_derived(struct api *api, struct arena *arena, cJSON *record, enum store_kind kind,
                                  struct write *out, struct err *err);

/* `delete` with a query. */
bool delete_by_query(struct api_worker *worker, struct call *call, enum store_kind kind, const char *query, bool purge);

/* ---- long work ---- */

/* Starts a task, as a handler's last act: the answer is its number, or with `wait` its result when it is over. */
bool task_start(struct call *call, const char *type, const cJSON *params, bool wait);

/* ---- base64 ---- */

/* Decodes standard base64 (padding needed, no white space) into the arena.  False when it is none. */
bool base64_decode(struct arena *arena, const char *text, size_t len, char **out, size_t *out_len);

#endif
