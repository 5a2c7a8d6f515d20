/* The methods that hold a text against the archive: `quote`, `check`, `trace`, `claims_search`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence_call.h"

bool method_quote(struct api_worker *worker, struct call *call);
bool method_check(struct api_worker *worker, struct call *call);
bool method_trace(struct api_worker *worker, struct call *call);
bool method_claims_search(struct api_worker *worker, struct call *call);

enum { MATCHES_DEFAULT = 10, ANSWERS_DEFAULT = 5, CLAIMS_DEFAULT = 10, CLAIMS_MAX = 100 };

static enum status run_quote(struct evidence *ev, const void *arg) {
    return evidence_quote(ev, arg);
}

bool method_quote(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"text", "article", "limit", NULL};
    struct quote_request request = {0};
    uint32_t offset = 0;
    if (params_known(call, names) != ST_OK || param_string(call, "article", false, &request.article) != ST_OK)
        return true;
    if (param_string(call, "text", !request.article, &request.text) != ST_OK) return true;
    if (param_page(call, MATCHES_DEFAULT, &request.limit, &offset) != ST_OK) return true;
    if (request.text && request.article) {
        err_param(&call->err, ST_INVALID_VALUE, "article", "method 'quote' takes 'text' or 'article', not both");
        return true;
    }
    return evidence_call(worker, call, run_quote, &request);
}

/* ---- check ---- */

static enum status run_check(struct evidence *ev, const void *arg) {
    return evidence_check(ev, arg);
}

static enum status param_threshold(struct call *call, double *out) {
    const cJSON *value = json_get(call->params, "threshold");
    *out = CHECK_THRESHOLD;
    if (!value || cJSON_IsNull(value)) return ST_OK;
    if (!cJSON_IsNumber(value) || value->valuedouble < 0 || value->valuedouble > 1)
        return err_param(&call->err, ST_INVALID_VALUE, "threshold",
                         "parameter 'threshold': expected a number from 0 to 1");
    *out = value->valuedouble;
    return ST_OK;
}

bool method_check(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"text", "filter", "threshold", "limit", "explain", NULL};
    struct check_request request = {0};
    uint32_t offset = 0;
    if (params_known(call, names) != ST_OK || param_string(call, "text", true, &request.text) != ST_OK) return true;
    if (param_string(call, "filter", false, &request.filter) != ST_OK) return true;
    if (param_threshold(call, &request.threshold) != ST_OK) return true;
    if (param_bool(call, "explain", &request.explain) != ST_OK) return true;
    if (param_page(call, ANSWERS_DEFAULT, &request.limit, &offset) != ST_OK) return true;
    return evidence_call(worker, call, run_check, &request);
}

/* ---- trace ---- */

static enum status run_trace(struct evidence *ev, const void *arg) {
    return evidence_trace(ev, arg);
}

bool method_trace(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"id", NULL};
    const char *id = NULL;
    if (params_known(call, names) != ST_OK || param_string(call, "id", true, &id) != ST_OK) return true;
    return evidence_call(worker, call, run_trace, id);
}

/* ---- claims_search: the names are Google's ---- */

static enum status run_claims_search(struct evidence *ev, const void *arg) {
    return evidence_claims_search(ev, arg);
}

static enum status claims_numbers(struct call *call, struct claims_request *request) {
    int64_t page_size = CLAIMS_DEFAULT, offset = 0;
    request->max_age_days = -1;
    if (param_number(call, "maxAgeDays", 0, 1000000, &request->max_age_days) != ST_OK) return call->err.status;
    if (param_number(call, "pageSize", 1, CLAIMS_MAX, &page_size) != ST_OK) return call->err.status;
    if (param_number(call, "offset", 0, 1000000, &offset) != ST_OK) return call->err.status;
    request->page_size = (uint32_t)page_size;
    request->offset = (uint32_t)offset;
    return ST_OK;
}

bool method_claims_search(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"query",      "languageCode", "reviewPublisherSiteFilter",
                                        "maxAgeDays", "pageSize",     "pageToken",
                                        "offset",     "key",          NULL};
    struct claims_request request = {0};
    if (params_known(call, names) != ST_OK || param_string(call, "query", false, &request.query) != ST_OK) return true;
    if (param_string(call, "languageCode", false, &request.language) != ST_OK) return true;
    if (param_string(call, "reviewPublisherSiteFilter", false, &request.site) != ST_OK) return true;
    if (param_string(call, "pageToken", false, &request.page_token) != ST_OK) return true;
    if (claims_numbers(call, &request) != ST_OK) return true;
    if (!request.query && !request.site) {
        err_param(&call->err, ST_MISSING_FIELD, "query",
                  "method 'claims_search' needs the parameter 'query' or 'reviewPublisherSiteFilter'");
        return true;
    }
    return evidence_call(worker, call, run_claims_search, &request);
}
