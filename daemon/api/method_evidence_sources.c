/* The methods about what rests on sources: `cited_by`, `impact`, `related`, `related_sources`, `source_status`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence_call.h"

#include <string.h>

bool method_cited_by(struct api_worker *worker, struct call *call);
bool method_impact(struct api_worker *worker, struct call *call);
bool method_related(struct api_worker *worker, struct call *call);
bool method_related_sources(struct api_worker *worker, struct call *call);
bool method_source_status(struct api_worker *worker, struct call *call);

enum { MENTIONS_DEFAULT = 20, IMPACT_DEFAULT = 100, NEAR_DEFAULT = 10 };

/* ---- cited_by ---- */

/* published, outlet or article, with :asc or :desc; the newest first unless said otherwise. */
static enum status param_order(struct call *call, struct cited_by_request *request) {
    static const char *const fields[] = {
        [CITED_BY_PUBLISHED] = "published", [CITED_BY_OUTLET] = "outlet", [CITED_BY_ARTICLE] = "article"};
    const char *given = NULL;
    request->descending = true;
    if (param_string(call, "sort", false, &given) != ST_OK || !given) return call->err.status;
    const char *colon = strchr(given, ':');
    size_t len = colon ? (size_t)(colon - given) : strlen(given);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strlen(fields[i]) != len || strncmp(fields[i], given, len) != 0) continue;
        request->sort = (enum cited_by_sort)i;
        request->descending = colon ? strcmp(colon, ":desc") == 0 : i == CITED_BY_PUBLISHED;
        if (!colon || strcmp(colon, ":asc") == 0 || strcmp(colon, ":desc") == 0) return ST_OK;
    }
    return err_param(&call->err, ST_INVALID_VALUE, "sort",
                     "parameter 'sort': expected published, outlet or article, with :asc or :desc, got \"%.60s\"",
                     given);
}

static enum status run_cited_by(struct evidence *ev, const void *arg) {
    return evidence_cited_by(ev, arg);
}

bool method_cited_by(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"source", "filter", "query", "sort", "limit", "offset", NULL};
    struct cited_by_request request = {0};
    if (params_known(call, names) != ST_OK || param_string(call, "source", true, &request.source) != ST_OK) return true;
    const char *filter = json_get(call->params, "query") ? "query" : "filter";
    if (param_string(call, filter, false, &request.filter) != ST_OK || param_order(call, &request) != ST_OK)
        return true;
    if (param_page(call, MENTIONS_DEFAULT, &request.limit, &request.offset) != ST_OK) return true;
    return evidence_call(worker, call, run_cited_by, &request);
}

/* ---- impact ---- */

static enum status run_impact(struct evidence *ev, const void *arg) {
    return evidence_impact(ev, arg);
}

bool method_impact(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"source", "limit", "offset", NULL};
    struct impact_request request = {0};
    if (params_known(call, names) != ST_OK || param_string(call, "source", true, &request.source) != ST_OK) return true;
    if (param_page(call, IMPACT_DEFAULT, &request.limit, &request.offset) != ST_OK) return true;
    return evidence_call(worker, call, run_impact, &request);
}

/* ---- related, related_sources ---- */

struct near { /* near what, and how many */
    const char *what;
    uint32_t limit;
};

static enum status run_related(struct evidence *ev, const void *arg) {
    const struct near *near = arg;
    return evidence_related(ev, near->what, near->limit);
}

static enum status run_related_sources(struct evidence *ev, const void *arg) {
    const struct near *near = arg;
    return evidence_related_sources(ev, near->what, near->limit);
}

static bool call_near(struct api_worker *worker, struct call *call, const char *name,
                      enum status (*fn)(struct evidence *ev, const void *arg)) {
    const char *const names[] = {name, "limit", NULL};
    struct near near = {0};
    uint32_t offset = 0;
    if (params_known(call, names) != ST_OK || param_string(call, name, true, &near.what) != ST_OK) return true;
    if (param_page(call, NEAR_DEFAULT, &near.limit, &offset) != ST_OK) return true;
    return evidence_call(worker, call, fn, &near);
}

bool method_related(struct api_worker *worker, struct call *call) {
    return call_near(worker, call, "id", run_related);
}

bool method_related_sources(struct api_worker *worker, struct call *call) {
    return call_near(worker, call, "source", run_related_sources);
}

/* ---- source_status ---- */

struct status_change {
    struct call *call;
    const char *source, *status, *since, *note;
    struct source_state state;
    cJSON *patch;
};

static void set_member(cJSON *patch, const char *name, const char *value) {
    if (value)
        cJSON_AddStringToObject(patch, name, value);
    else
        cJSON_AddNullToObject(patch, name);
}

/* What is not given is as it was before anybody spoke of the status; so `live` alone leaves the record as it was then,
 * byte for byte. */
static void make_patch(struct status_change *change) {
    static const char *const members[] = {"status", "status_since", "note"};
    bool live = strcmp(change->status, "live") == 0;
    const char *values[] = {live ? NULL : change->status, change->since, change->note};
    change->patch = cJSON_CreateObject();
    json_defer(change->call->arena, change->patch);
    for (size_t i = 0; i < 3; i++)
        set_member(change->patch, members[i],
                   values[i] ? values[i] : json_get_string(change->state.before, members[i]));
}

static enum status find_source(struct evidence *ev, const void *arg) {
    struct status_change *change = *(struct status_change *const *)arg;
    return evidence_source(ev, change->source, &change->state);
}

static void answer_status(struct call *call, struct batch *batch) {
    const struct write *write = &batch->writes[0];
    const struct status_change *change = call->state;
    if (!write_done(call, write)) return;
    jw_object(&call->jw);
    write_outcome(&call->jw, write->id, &write->outcome);
    jw_kstring(&call->jw, "source", change->state.id);
    jw_kstring(&call->jw, "status", change->status);
    jw_kint(&call->jw, "articles", (int64_t)change->state.articles);
    jw_kint(&call->jw, "mentions", (int64_t)change->state.mentions);
    jw_object_end(&call->jw);
}

bool method_source_status(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"source", "status", "since", "note", "wait", NULL};
    struct status_change *change = arena_alloc(call->arena, sizeof *change);
    change->call = call;
    if (params_known(call, names) != ST_OK || param_string(call, "source", true, &change->source) != ST_OK) return true;
    if (param_string(call, "status", true, &change->status) != ST_OK) return true;
    if (param_string(call, "since", false, &change->since) != ST_OK) return true;
    if (param_string(call, "note", false, &change->note) != ST_OK) return true;
    evidence_call(worker, call, find_source, &change);
    if (call->err.status != ST_OK) return true;
    make_patch(change);
    struct batch *batch = write_new_batch(call, 1);
    batch->writes[0] = (struct write){.op = WRITE_PATCH,
                                      .kind = STORE_SOURCE,
                                      .id = change->state.id,
                                      .patch = change->patch,
                                      .if_revision = STORE_ANY_REVISION};
    call->state = change;
    return write_submit(call, batch, answer_status);
}
