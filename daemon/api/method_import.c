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
    static const char *const names[] = {"text",       "data",           "name",       "format", "map",
                                        "id_prefix",  "list_separator", "date_order", "dirty",  "dry_run",
                                        "errors_raw", "wait",           NULL};
    struct import_session *session = NULL;
    const char *bytes = NULL;
    size_t len = 0;
    (void)worker;
    if (params_known(call, names) != ST_OK) return true;
    if (read_bytes(call, &bytes, &len) != ST_OK || session_new(&session, call) != ST_OK) return true;
    session_feed(session, call, bytes, len, true, NULL, closed_durable);
    return false;
}

/* ---- a file in chunks ---- */

bool method_import_open(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"name",       "size",  "format",  "map",        "id_prefix", "list_separator",
                                        "date_order", "dirty", "dry_run", "errors_raw", "wait",      NULL};
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

/* A chunk's call, before its turn and in it. */
struct chunk {
    struct import_session *session;
    uint64_t number;
    const char *bytes;
    size_t len;
};

/* The next chunk's turn: a call that waited for it goes on. */
static void end_turn(struct import_session *session) {
    struct call *next = session_turn_end(session);
    if (!next || call_resume(next)) return;
    err_set(&next->err, ST_SHUTTING_DOWN, "the daemon is about to stop");
    session_release(session);
    call_finish(next);
}

static enum status chunk_read(struct call *call, struct chunk *out) {
    static const char *const names[] = {"import", "number", "data", "text", NULL};
    int64_t number = -1;
    if (params_known(call, names) != ST_OK) return call->err.status;
    if (param_number(call, "number", 0, 9007199254740992.0, &number) != ST_OK) return call->err.status;
    if (number < 0)
        return err_param(&call->err, ST_MISSING_FIELD, "number", "method '%s' needs the parameter 'number'",
                         call->method->name);
    out->number = (uint64_t)number;
    if (read_bytes(call, &out->bytes, &out->len) != ST_OK) return call->err.status;
    return session_hold(&out->session, call);
}

static void chunk_abandon(struct call *call) {
    session_release(((struct chunk *)call->state)->session);
}

bool method_import_chunk(struct api_worker *worker, struct call *call) {
    struct chunk *chunk = call->state;
    bool parked = false;
    (void)worker;
    if (!chunk) {
        chunk = arena_alloc(call->arena, sizeof *chunk);
        if (chunk_read(call, chunk) != ST_OK) return true;
        call->state = chunk;
        call->abandon = chunk_abandon;
    }
    struct import_session *session = chunk->session;
    enum status st = session_turn(session, call, chunk->number, &parked);
    /* Once parked, another thread may run and finish the call at any time. */
    if (st == ST_OK && parked) return false;
    if (st != ST_OK) {
        session_release(session);
        return true;
    }
    session_feed(session, call, chunk->bytes, chunk->len, false, end_turn, chunk_durable);
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
    session_feed(session, call, "", 0, true, NULL, closed_durable);
    return false;
}
