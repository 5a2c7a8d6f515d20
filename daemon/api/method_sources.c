/* The method `canonicalize`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

bool method_canonicalize(struct api_worker *worker, struct call *call);

bool method_canonicalize(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"url", NULL};
    const char *url = NULL;
    struct source_key key;
    (void)worker;
    if (params_known(call, names) != ST_OK || param_string(call, "url", true, &url) != ST_OK) return true;
    source_key_from_url(call->arena, index_rules(call->api->ix), url, &key);
    jw_object(&call->jw);
    jw_kstring(&call->jw, "given", url);
    jw_kstring(&call->jw, "source", key.key);
    jw_kstring(&call->jw, "domain", key.domain);
    jw_kstring(&call->jw, "outlet", key.domain ? outlet_name(index_rules(call->api->ix), key.domain) : NULL);
    jw_kstring(&call->jw, "url", key.url);
    jw_kstring(&call->jw, "archived_url", key.archived_url);
    jw_kstring(&call->jw, "archived_at", key.archived_at);
    jw_kbool(&call->jw, "needs_resolution", key.needs_resolution);
    jw_key(&call->jw, "rules");
    jw_array(&call->jw);
    for (size_t i = 0; i < key.fired_count; i++)
        jw_string(&call->jw, key.fired[i]);
    jw_array_end(&call->jw);
    jw_object_end(&call->jw);
    return true;
}
