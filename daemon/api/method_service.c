/* The methods `status`, `version`, `methods`, `health` and `metrics`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include "base/when.h"
#include "engine/engine.h"

bool method_status(struct api_worker *worker, struct call *call);
bool method_version(struct api_worker *worker, struct call *call);
bool method_methods(struct api_worker *worker, struct call *call);
bool method_health(struct api_worker *worker, struct call *call);
bool method_metrics(struct api_worker *worker, struct call *call);

enum { PROTOCOL_VERSION = 1 };

static void write_status(struct call *call, const struct index_status *status) {
    struct jw *jw = &call->jw;
    struct api_load load = {0};
    call->api->host.load(call->api->host.arg, &load);
    jw_object(jw);
    jw_kint(jw, "articles", (int64_t)status->counts.articles);
    jw_kint(jw, "sources", (int64_t)status->counts.sources);
    jw_kint(jw, "mentions", (int64_t)status->counts.mentions);
    jw_kint(jw, "revision", (int64_t)status->applied);
    jw_kint(jw, "seq", (int64_t)status->counts.seq);
    jw_kint(jw, "applied_seq", (int64_t)status->applied);
    jw_kint(jw, "generation", (int64_t)status->generation);
    jw_kint(jw, "index_bytes", (int64_t)status->index_bytes);
    jw_kint(jw, "store_bytes", (int64_t)status->counts.bytes);
    jw_kint(jw, "uptime_seconds", (when_now_ms() - call->api->started_ms) / 1000);
    jw_kstring(jw, "uuid", status->counts.uuid);
    jw_kstring(jw, "version", FOOTNOTE_VERSION);
    jw_kint(jw, "refused_records", (int64_t)status->refused);
    jw_kbool(jw, "writes_stopped", status->writes_stopped);
    if (status->writes_stopped) jw_kstring(jw, "writes_stopped_reason", status->stopped.text);
    if (status->damage[0]) jw_kstring(jw, "damage", status->damage);
    jw_kint(jw, "waiting_writes", (int64_t)status->waiting_batches);
    jw_kint(jw, "waiting_requests", (int64_t)load.waiting);
    jw_kint(jw, "connections", (int64_t)load.connections);
    jw_object_end(jw);
}

bool method_status(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {NULL};
    struct index_status status;
    if (params_known(call, names) != ST_OK) return true;
    if (index_status(call->api->ix, searcher_reader(worker->searcher), &status, &call->err) == ST_OK)
        write_status(call, &status);
    return true;
}

bool method_version(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {NULL};
    (void)worker;
    if (params_known(call, names) != ST_OK) return true;
    jw_object(&call->jw);
    jw_kstring(&call->jw, "version", FOOTNOTE_VERSION);
    jw_kint(&call->jw, "protocol", PROTOCOL_VERSION);
    jw_kstring(&call->jw, "engine", engine_version());
    jw_object_end(&call->jw);
    return true;
}

bool method_methods(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {NULL};
    (void)worker;
    if (params_known(call, names) != ST_OK) return true;
    jw_object(&call->jw);
    jw_key(&call->jw, "methods");
    jw_array(&call->jw);
    for (size_t i = 0; i < method_count; i++) {
        jw_object(&call->jw);
        jw_kstring(&call->jw, "name", methods[i].name);
        jw_kstring(&call->jw, "scope", methods[i].scope);
        jw_kstring(&call->jw, "description", methods[i].sentence);
        jw_object_end(&call->jw);
    }
    jw_array_end(&call->jw);
    jw_object_end(&call->jw);
    return true;
}

bool method_health(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {NULL};
    if (params_known(call, names) != ST_OK) return true;
    if (reader_begin(searcher_reader(worker->searcher), &call->err) != ST_OK) return true;
    reader_end(searcher_reader(worker->searcher));
    jw_object(&call->jw);
    jw_kstring(&call->jw, "status", "available");
    jw_object_end(&call->jw);
    return true;
}

/* Over HTTP the text itself, as Prometheus reads it; in JSON-RPC a member `text`. */
bool method_metrics(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {NULL};
    struct index_status status;
    struct buf text;
    if (params_known(call, names) != ST_OK) return true;
    if (index_status(call->api->ix, searcher_reader(worker->searcher), &status, &call->err) != ST_OK) return true;
    stats_set(STAT_ARTICLES, (int64_t)status.counts.articles);
    stats_set(STAT_SOURCES, (int64_t)status.counts.sources);
    stats_set(STAT_MENTIONS, (int64_t)status.counts.mentions);
    stats_set(STAT_SEQ, (int64_t)status.counts.seq);
    stats_set(STAT_APPLIED_SEQ, (int64_t)status.applied);
    stats_set(STAT_INDEX_BYTES, (int64_t)status.index_bytes);
    stats_set(STAT_STORE_BYTES, (int64_t)status.counts.bytes);
    stats_set(STAT_GENERATION, (int64_t)status.generation);
    buf_init(&text, 0);
    stats_print_prometheus(&text);
    if (call->message->is_bare) {
        call->message->content_type = "text/plain; version=0.0.4";
        buf_add(&call->result, text.data, text.len);
    } else {
        jw_object(&call->jw);
        jw_key(&call->jw, "text");
        jw_stringn(&call->jw, text.data, text.len);
        jw_object_end(&call->jw);
    }
    buf_free(&text);
    return true;
}
