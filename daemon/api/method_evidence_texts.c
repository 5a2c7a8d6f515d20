/* The methods that hold a text against the archive: `quote`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence_call.h"

bool method_quote(struct api_worker *worker, struct call *call);

enum { MATCHES_DEFAULT = 10 };

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
