/* The methods `import`, `import_open`, `import_chunk` and `import_close`.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * They run on the bulk threads, which may wait for room in the writer's queue. */
#include "import_session.h"

#include <string.h>

bool method_import(struct api_worker *worker, struct call *call);
bool method_import_open(struct api_worker *worker, struct call *call);
bool method_import_chunk(struct api_worker *worker, struct call *call);
bool method_import_close(struct api_worker *worker, struct call *call);

/* ---- answers ---- */

static void write_report(struct import_session *session, struct call *call) {
    if (call->err.status != ST_OK) return;
    jw_object(&call->jw);
    session_report(session, &call->jw);
    jw_object_end(&call->jw);
}

static void chunk_durable(struct import_session *session, struct call *call) {
    write_report(session, call);
    session_release(session);
    call_finish(call);
}

static void finish_closed(struct import_session *session, struct call *call) {
    write_report(session, call);
    session_free(session);
    call_finish(call);
}

static void closed_visible(void *arg, enum status status) {
    struct call *call = arg;
    if (status != ST_OK && call->err.status == ST_OK)
        err_set(&call->err, status, "everything is durable but was not visible in time; ask again with min_revision");
    finish_closed(call->state, call);
}

static void closed_durable(struct import_session *session, struct call *call) {
    call->state = session;
    if (call->err.status != ST_OK || !session->visible)
        finish_closed(session, call);
    else
        index_wait(call->api->ix, session->report.last_seq, call->deadline_us, closed_visible, call);
}

/* ---- one file at once ---- */

static enum status read_bytes(struct call *call, const char **bytes, size_t *len) {
    const char *text = NULL, *data = NULL;
    if (param_string(call, "text", false, &text) != ST_OK || param_string(call, "data", false, &data) != ST_OK)
        return call->err.status;
    if ((text != NULL) == (data != NULL))
        return err_param(&call->err, text ? ST_INVALID_VALUE : ST_MISSING_FIELD, "data",
                         "method '%s' needs one of the parameters 'data' (base64) and 'text'", call->method->name);
    *bytes = text;
    *len = text ? strlen(text) : 0;
    char *decoded = NULL;
    if (data && !base64_decode(call->arena, data, strlen(data), &decoded, len))
        return err_param(&call->err, ST_INVALID_VALUE, "data", "parameter 'data': expected base64 with padding");
    if (data) *bytes = decoded;
    return ST_OK;
}

bool method_import(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"text",       "data",    "name",       "format", "map", "id_prefix",
                                        "date_order", "dry_run", "errors_raw", "wait",   NULL};
    struct import_session *session = NULL;
    const char *bytes = NULL;
    size_t len = 0;
    (void)worker;
    if (params_known(call, names) != ST_OK) return true;
    if (read_bytes(call, &bytes, &len) != ST_OK || session_new(&session, call) != ST_OK) return true;
    session_feed(session, call, bytes, len, true, closed_durable);
    return false;
}

/* ---- a file in chunks ---- */

bool method_import_open(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"name",       "size",    "format",     "map",  "id_prefix",
                                        "date_order", "dry_run", "errors_raw", "wait", NULL};
    struct import_session *session = NULL;
    (void)worker;
    if (params_known(call, names) != ST_OK || session_new(&session, call) != ST_OK) return true;
    if (session_register(session, call) != ST_OK) {
        session_free(session);
        return true;
    }
    jw_object(&call->jw);
    jw_kint(&call->jw, "import", (int64_t)session->number);
    jw_object_end(&call->jw);
    return true;
}

/* Parks the call when its turn has not come; *parked says so. */
static enum status take_turn(struct import_session *session, struct call *call, uint64_t number, bool *parked) {
    enum status st = ST_OK;
    pthread_mutex_lock(&session->lock);
    *parked = number > session->next_chunk;
    if (number < session->next_chunk)
        st = err_param(&call->err, ST_INVALID_VALUE, "number",
                       "chunk %llu of import %llu has come already; chunk %llu is due", (unsigned long long)number,
                       (unsigned long long)session->number, (unsigned long long)session->next_chunk);
    else if (*parked && session->parked_count == PARKED_MAX)
        st = err_set(&call->err, ST_TOO_MANY, "%d chunks of import %llu wait for chunk %llu already", PARKED_MAX,
                     (unsigned long long)session->number, (unsigned long long)session->next_chunk);
    else if (*parked)
        session->parked[session->parked_count++] = call;
    pthread_mutex_unlock(&session->lock);
    return st;
}

static uint64_t chunk_number(const struct call *call) {
    return (uint64_t)json_get(call->params, "number")->valuedouble;
}

/* The next chunk's turn: a call that was parked for it goes on. */
static void end_turn(struct import_session *session) {
    struct call *next = NULL;
    pthread_mutex_lock(&session->lock);
    session->next_chunk++;
    for (size_t i = 0; i < session->parked_count && !next; i++) {
        if (chunk_number(session->parked[i]) != session->next_chunk) continue;
        next = session->parked[i];
        session->parked[i] = session->parked[--session->parked_count];
    }
    pthread_mutex_unlock(&session->lock);
    if (next && !session->api->host.submit(session->api->host.arg, API_BULK, task_of_call(next), true)) {
        err_set(&next->err, ST_SHUTTING_DOWN, "the daemon is about to stop");
        session_release(session);
        call_finish(next);
    }
}

bool method_import_chunk(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"import", "number", "data", "text", NULL};
    struct import_session *session = call->state;
    const char *bytes = NULL;
    size_t len = 0;
    int64_t number = -1;
    bool parked = false;
    (void)worker;
    if (!session) {
        if (params_known(call, names) != ST_OK || param_number(call, "number", 0, 9007199254740992.0, &number) != ST_OK)
            return true;
        if (number < 0) {
            err_param(&call->err, ST_MISSING_FIELD, "number", "method 'import_chunk' needs the parameter 'number'");
            return true;
        }
        if (session_hold(&session, call) != ST_OK) return true;
        call->state = session;
    }
    /* Once parked, another thread may run and finish the call at any time. */
    enum status st = take_turn(session, call, chunk_number(call), &parked);
    if (st == ST_OK && parked) return false;
    if (st == ST_OK) st = read_bytes(call, &bytes, &len);
    if (st != ST_OK) {
        session_release(session);
        return true;
    }
    /* The session is held once more, since the call may be over before the turn has ended. */
    pthread_mutex_lock(&session->lock);
    session->running++;
    pthread_mutex_unlock(&session->lock);
    session_feed(session, call, bytes, len, false, chunk_durable);
    end_turn(session);
    session_release(session);
    return false;
}

bool method_import_close(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"import", "wait", NULL};
    bool visible = false;
    struct import_session *session = NULL;
    (void)worker;
    if (params_known(call, names) != ST_OK || param_wait(call, &visible) != ST_OK) return true;
    if (session_hold(&session, call) != ST_OK) return true;
    if (session_take(session, call) != ST_OK) {
        session_release(session);
        return true;
    }
    session->visible = session->visible || visible;
    session_feed(session, call, "", 0, true, closed_durable);
    return false;
}
