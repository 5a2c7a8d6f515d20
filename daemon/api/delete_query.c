/* `delete` by query: {"query", "kind"?, "dry_run"?, "purge"?, "wait"?} -> {"matched", "deleted", "results": [what
 * failed], …}.
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The query is read as strictly as a filter: what can't be parsed deletes nothing.  Everything that was acknowledged
 * before is looked at: the call first waits until it is visible. */
#include "call.h"

#include "search/select.h"

#include <string.h>

static void become_visible(void *arg, enum status status) {
    struct call *call = arg;
    if (status == ST_TIMEOUT)
        err_set(&call->err, ST_TIMEOUT, "earlier writes were not visible in time; nothing was deleted");
    else if (status != ST_OK)
        err_set(&call->err, status, "the daemon is about to stop");
    if (call_resume(call)) return;
    if (status == ST_OK) err_set(&call->err, ST_SHUTTING_DOWN, "the daemon is about to stop");
    call_finish(call);
}

/* What is a filter to the search is the query to the caller. */
static enum status name_query(struct call *call) {
    struct err err = call->err;
    const char *rest = strstr(err.text, "'filter'");
    err_param(&call->err, err.status, "query", "parameter 'query'%s", rest ? rest + strlen("'filter'") : "");
    call->err.position = err.position;
    return err.status;
}

static enum status find(struct api_worker *worker, struct call *call, enum store_kind kind, const char *query,
                        struct write **writes, size_t *count) {
    struct reader *reader = searcher_reader(worker->searcher);
    struct selection selection = {0};
    struct select_request request = {
        .sources = kind == STORE_SOURCE, .filter = query, .deadline_us = call->deadline_us};
    enum status st = reader_begin(reader, &call->err);
    if (st != ST_OK) return st;
    st = search_select(worker->searcher, call->arena, &request, &selection, &call->err);
    *writes = arena_alloc(call->arena, (selection.count + 1) * sizeof **writes);
    *count = 0;
    for (size_t i = 0; i < selection.count && st == ST_OK; i++) {
        struct arena *arena = arena_new();
        struct record record;
        struct err fault = ERR_NONE;
        enum status got = store_get_docid(reader_store(reader), arena, kind, selection.items[i].docid, &record, &fault);
        if (got == ST_OK)
            (*writes)[(*count)++] = (struct write){.op = WRITE_DELETE,
                                                   .kind = kind,
                                                   .id = arena_strdup(call->arena, record.id),
                                                   .if_revision = (int64_t)record.revision};
        else if (got != ST_NOT_FOUND)
            st = err_set(&call->err, got, "%s", fault.text);
        arena_free(arena);
    }
    reader_end(reader);
    return st == ST_QUERY_SYNTAX ? name_query(call) : st;
}

static void answer(struct call *call, struct batch *batch) {
    struct jw *jw = &call->jw;
    int64_t deleted = 0;
    uint64_t seq = 0;
    jw_object(jw);
    jw_key(jw, "results");
    jw_array(jw);
    for (size_t i = 0; i < batch->count; i++) {
        const struct write *write = &batch->writes[i];
        if (write->err.status == ST_OK) {
            deleted++;
            if (write->outcome.seq > seq) seq = write->outcome.seq;
            continue;
        }
        jw_object(jw);
        jw_kstring(jw, "id", write->id);
        jw_key(jw, "error");
        error_write(jw, &write->err);
        jw_object_end(jw);
    }
    jw_array_end(jw);
    jw_kint(jw, "matched", (int64_t)batch->count);
    jw_kint(jw, "deleted", deleted);
    jw_kint(jw, "seq", (int64_t)seq);
    jw_kint(jw, "revision", (int64_t)seq);
    jw_object_end(jw);
}

bool delete_by_query(struct api_worker *worker, struct call *call, enum store_kind kind, const char *query,
                     bool purge) {
    bool dry_run = false;
    struct batch *batch = arena_alloc(call->arena, sizeof *batch);
    if (param_bool(call, "dry_run", &dry_run) != ST_OK) return true;
    if (!call->state) {
        call->state = batch;
        index_wait(call->api->ix, index_committed(call->api->ix), call->deadline_us, become_visible, call);
        return false;
    }
    batch->arena = call->arena;
    batch->bytes = call->message->request.len;
    if (find(worker, call, kind, query, &batch->writes, &batch->count) != ST_OK) return true;
    batch->bytes += batch->count * sizeof *batch->writes;
    for (size_t i = 0; i < batch->count; i++)
        batch->writes[i].purge = purge;
    if (!dry_run && batch->count > 0) return write_submit(call, batch, answer);
    jw_object(&call->jw);
    jw_kint(&call->jw, "matched", (int64_t)batch->count);
    if (!dry_run) jw_kint(&call->jw, "deleted", 0);
    jw_kbool(&call->jw, "dry_run", dry_run);
    jw_object_end(&call->jw);
    return true;
}
