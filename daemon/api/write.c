/* Writing through the protocol: from a record to a write, from a write to its answer.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include "base/ensure.h"

#include <string.h>

/* The JSON as it will be kept. */
static enum status pack(struct api *api, struct arena *arena, const cJSON *record, struct write *out, struct err *err) {
    struct buf text;
    struct jw jw;
    enum status st = ST_OK;
    buf_init(&text, (size_t)api->config->max_record_bytes);
    jw_init(&jw, &text);
    jw_value(&jw, record);
    if (!buf_ok(&text))
        st = err_set(err, ST_TOO_LARGE, "record '%s' is above %lld bytes (max_record_bytes)", out->id,
                     (long long)api->config->max_record_bytes);
    else
        st = store_pack(arena, text.data, text.len, &out->packed, err);
    buf_free(&text);
    return st;
}

/* All of it but the JSON that is kept. */
static enum status read_record(struct api *api, struct arena *arena, const cJSON *record, enum store_kind kind,
                               struct write *out, struct err *err) {
    struct article *article = NULL;
    struct source *source = NULL;
    enum status st = kind == STORE_ARTICLE ? article_read(arena, index_rules(api->ix), record, &article, err)
                                           : source_read(arena, index_rules(api->ix), record, &source, err);
    if (st != ST_OK) return st;
    ENSURE(article || source);
    *out = (struct write){
        .op = WRITE_PUT, .kind = kind, .article = article, .source = source, .if_revision = STORE_ANY_REVISION};
    out->id = article ? article->id : source->id;
    return ST_OK;
}

enum status write_prepare(struct api *api, struct arena *arena, const cJSON *record, enum store_kind kind,
                          struct write *out, struct err *err) {
    enum status st = read_record(api, arena, record, kind, out, err);
    return st == ST_OK ? pack(api, arena, record, out, err) : st;
}

enum status write_prepare_derived(struct api *api, struct arena *arena, cJSON *record, enum store_kind kind,
                                  struct write *out, struct err *err) {
    enum status st = read_record(api, arena, record, kind, out, err);
    if (st != ST_OK) return st;
    json_defer(arena, cJSON_DetachItemFromObjectCaseSensitive(record, "id")); /* the write looks into it */
    return pack(api, arena, record, out, err);
}

void write_outcome(struct jw *jw, const char *id, const struct store_outcome *outcome) {
    static const char *const effects[] = {[STORE_ADDED] = "added",
                                          [STORE_UPDATED] = "updated",
                                          [STORE_UNCHANGED] = "unchanged",
                                          [STORE_DELETED] = "deleted",
                                          [STORE_PURGED] = "purged"};
    jw_kstring(jw, "id", id);
    jw_kint(jw, "seq", (int64_t)outcome->seq);
    jw_kint(jw, "revision", (int64_t)outcome->revision);
    jw_kstring(jw, "effect", effects[outcome->effect]);
}

void change_write(struct jw *jw, const cJSON *change, int64_t line) {
    jw_object(jw);
    if (line) jw_kint(jw, "line", line);
    for (const cJSON *member = change->child; member; member = member->next)
        jw_kstring(jw, member->string, member->valuestring);
    jw_object_end(jw);
}

enum status param_wait(struct call *call, bool *visible) {
    const cJSON *value = json_get(call->params, "wait");
    *visible = false;
    if (!value || cJSON_IsNull(value) || cJSON_IsFalse(value)) return ST_OK;
    if (cJSON_IsTrue(value) || (cJSON_IsString(value) && strcmp(value->valuestring, "visible") == 0)) {
        *visible = true;
        return ST_OK;
    }
    if (cJSON_IsString(value) && strcmp(value->valuestring, "durable") == 0) return ST_OK;
    return err_param(&call->err, ST_INVALID_VALUE, "wait", "parameter 'wait': expected \"durable\" or \"visible\"");
}

struct batch *write_new_batch(struct call *call, size_t count) {
    struct batch *batch = arena_alloc(call->arena, sizeof *batch);
    *batch = (struct batch){.arena = call->arena, .count = count, .bytes = call->message->request.len};
    batch->writes = arena_alloc(call->arena, count * sizeof *batch->writes);
    return batch;
}

bool write_done(struct call *call, const struct write *write) {
    if (write->err.status != ST_OK) call->err = write->err;
    return write->err.status == ST_OK;
}

struct submission {
    struct call *call;
    struct batch *batch;
    bool visible;
    void (*answer)(struct call *call, struct batch *batch);
};

static void submission_end(struct submission *submission) {
    struct call *call = submission->call;
    if (call->err.status == ST_OK) submission->answer(call, submission->batch);
    call_finish(call);
}

static void submission_visible(void *arg, enum status status) {
    struct submission *submission = arg;
    if (status != ST_OK)
        err_set(&submission->call->err, status,
                "the write is durable but was not visible in time; ask again with min_revision");
    submission_end(submission);
}

static void submission_done(struct batch *take_batch) {
    struct submission *submission = take_batch->arg;
    uint64_t seq = 0;
    for (size_t i = 0; i < take_batch->count; i++)
        if (take_batch->writes[i].err.status == ST_OK && take_batch->writes[i].outcome.seq > seq)
            seq = take_batch->writes[i].outcome.seq;
    if (!submission->visible)
        submission_end(submission);
    else
        index_wait(submission->call->api->ix, seq, submission->call->deadline_us, submission_visible, submission);
}

/* The batch's memory is the call's, which lives until the reply has been made. */
bool write_submit(struct call *call, struct batch *take_batch, void (*answer)(struct call *call, struct batch *batch)) {
    struct submission *submission = arena_alloc(call->arena, sizeof *submission);
    *submission = (struct submission){.call = call, .batch = take_batch, .answer = answer};
    if (param_wait(call, &submission->visible) != ST_OK) return true;
    take_batch->done = submission_done;
    take_batch->arg = submission;
    return index_submit(call->api->ix, take_batch, false, &call->err) != ST_OK;
}
