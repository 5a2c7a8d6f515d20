/* The method `search`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include "base/when.h"

bool method_search(struct api_worker *worker, struct call *call);

bool method_search(struct api_worker *worker, struct call *call) {
    struct search_request request;
    struct reader *reader = searcher_reader(worker->searcher);
    if (reader_begin(reader, &call->err) != ST_OK) return true;
    if (search_request_read(reader_schema(reader), call->params, &request, &call->err) == ST_OK) {
        request.deadline_us = call->deadline_us;
        int64_t began_us = when_mono_us();
        search_run(worker->searcher, call->arena, &request, &call->result, &call->err);
        stats_observe_us(STATS_SEARCH_TIME, when_mono_us() - began_us);
    }
    reader_end(reader);
    return true;
}
