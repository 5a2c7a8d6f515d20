/* The method `similar`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include "search/similar.h"

#include <string.h>

bool method_similar(struct api_worker *worker, struct call *call);

/* Its own parameters, then those that it shares with a search. */
static const char *const names[] = {"id",      "kind",          "text",      "in",        "filter",
                                    "limit",   "html",          "fragments", "highlight", "collapse",
                                    "explain", "time_limit_ms", "decay",     "boost",     NULL};
enum { OWN = 3 };

static cJSON *shared_params(struct call *call) {
    cJSON *params = cJSON_CreateObject();
    for (size_t i = OWN; names[i]; i++) {
        const cJSON *value = json_get(call->params, names[i]);
        if (value && !cJSON_IsNull(value)) cJSON_AddItemToObject(params, names[i], cJSON_Duplicate(value, true));
    }
    return params;
}

static enum status read_request(struct call *call, const struct schema *schema, struct similar_request *out) {
    *out = (struct similar_request){0};
    if (params_known(call, names) != ST_OK || param_string(call, "id", false, &out->id) != ST_OK ||
        param_string(call, "text", false, &out->text) != ST_OK || param_kind(call, &out->kind) != ST_OK)
        return call->err.status;
    if (!out->id == !out->text)
        return err_param(&call->err, ST_MISSING_FIELD, "id",
                         "method 'similar' needs one of the parameters 'id' and 'text'");
    if (out->text && strlen(out->text) > SIMILAR_TEXT_BYTES_MAX)
        return err_param(&call->err, ST_TOO_LARGE, "text", "parameter 'text': %zu bytes are above the limit of %d",
                         strlen(out->text), SIMILAR_TEXT_BYTES_MAX);
    cJSON *params = shared_params(call);
    json_defer(call->arena, params);
    if (!json_get(params, "in") && out->id && out->kind == STORE_SOURCE)
        cJSON_AddStringToObject(params, "in", "sources");
    return search_request_read(schema, params, &out->search, &call->err);
}

bool method_similar(struct api_worker *worker, struct call *call) {
    struct reader *reader = searcher_reader(worker->searcher);
    struct similar_request request;
    if (reader_begin(reader, &call->err) != ST_OK) return true;
    if (read_request(call, reader_schema(reader), &request) == ST_OK) {
        request.search.deadline_us = call->deadline_us;
        search_similar(worker->searcher, call->arena, &request, &call->result, &call->err);
    }
    reader_end(reader);
    return true;
}
