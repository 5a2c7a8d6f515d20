/* The methods about an article's evidence: `evidence`, `lint`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence_call.h"

#include <string.h>

bool method_evidence(struct api_worker *worker, struct call *call);
bool method_lint(struct api_worker *worker, struct call *call);

bool evidence_call(struct api_worker *worker, struct call *call,
                   enum status (*fn)(struct evidence *ev, const void *arg), const void *arg) {
    struct evidence ev = {.ix = call->api->ix,
                          .searcher = worker->searcher,
                          .reader = searcher_reader(worker->searcher),
                          .arena = call->arena,
                          .jw = &call->jw,
                          .deadline_us = call->deadline_us,
                          .err = &call->err};
    if (reader_begin(ev.reader, &call->err) != ST_OK) return true;
    if (store_begin(reader_store(ev.reader), &call->err) == ST_OK) {
        fn(&ev, arg);
        store_rollback(reader_store(ev.reader));
    }
    reader_end(ev.reader);
    return true;
}

static enum status run_profile(struct evidence *ev, const void *arg) {
    return evidence_profile(ev, arg);
}

bool method_evidence(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"id", NULL};
    const char *id = NULL;
    if (params_known(call, names) != ST_OK || param_string(call, "id", true, &id) != ST_OK) return true;
    return evidence_call(worker, call, run_profile, id);
}

/* ---- lint ---- */

enum { LINT_LIMIT_DEFAULT = 1000 };

static enum status param_severity(struct call *call, int *out) {
    static const char *const names[] = {"info", "warning", "error"};
    const char *given = NULL;
    *out = 0;
    if (param_string(call, "severity", false, &given) != ST_OK || !given) return call->err.status;
    for (int i = 0; i < 3; i++) {
        if (strcmp(names[i], given) != 0) continue;
        *out = i;
        return ST_OK;
    }
    return err_param(&call->err, ST_INVALID_VALUE, "severity",
                     "parameter 'severity': expected \"error\", \"warning\" or \"info\", got \"%.40s\"", given);
}

static enum status run_lint(struct evidence *ev, const void *arg) {
    return evidence_lint(ev, arg);
}

bool method_lint(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"ids", "id", "query", "all", "severity", "limit", "offset", NULL};
    struct lint_request request = {0};
    if (params_known(call, names) != ST_OK) return true;
    const char *name = json_get(call->params, "ids") ? "ids" : "id";
    if (param_strings(call, name, &request.ids, &request.id_count) != ST_OK) return true;
    if (param_string(call, "query", false, &request.query) != ST_OK) return true;
    if (param_bool(call, "all", &request.all) != ST_OK || param_severity(call, &request.severity) != ST_OK) return true;
    if (param_page(call, LINT_LIMIT_DEFAULT, &request.limit, &request.offset) != ST_OK) return true;
    if ((request.id_count > 0) + (request.query != NULL) + request.all != 1) {
        err_param(&call->err, ST_MISSING_FIELD, "ids",
                  "method 'lint' needs one of the parameters 'ids', 'query' and 'all'");
        return true;
    }
    return evidence_call(worker, call, run_lint, &request);
}

enum status param_page(struct call *call, uint32_t usual, uint32_t *limit, uint32_t *offset) {
    int64_t wanted = usual, first = 0;
    if (param_number(call, "limit", 0, EVIDENCE_LIMIT_MAX, &wanted) != ST_OK) return call->err.status;
    if (param_number(call, "offset", 0, UINT32_MAX, &first) != ST_OK) return call->err.status;
    *limit = (uint32_t)wanted;
    *offset = (uint32_t)first;
    return ST_OK;
}
