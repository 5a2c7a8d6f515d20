/* The methods `suggest` and `spell`.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "call.h"

#include "search/suggest.h"

#include <string.h>

bool method_suggest(struct api_worker *worker, struct call *call);
bool method_spell(struct api_worker *worker, struct call *call);

enum { LIMIT_DEFAULT = 10 };

static enum status param_types(struct call *call, unsigned *out) {
    static const struct {
        const char *name;
        unsigned bit;
    } types[] = {{"term", SUGGEST_TERM}, {"title", SUGGEST_TITLE}, {"tag", SUGGEST_TAG}, {"source", SUGGEST_SOURCE}};
    const char **given = NULL;
    size_t count = 0;
    *out = SUGGEST_ALL;
    if (param_strings(call, "types", &given, &count) != ST_OK || count == 0) return call->err.status;
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned bit = 0;
        for (size_t t = 0; t < sizeof types / sizeof *types; t++)
            if (strcmp(types[t].name, given[i]) == 0) bit = types[t].bit;
        if (!bit)
            return err_param(&call->err, ST_INVALID_VALUE, "types",
                             "parameter 'types': expected term, title, tag or source, got \"%.40s\"", given[i]);
        *out |= bit;
    }
    return ST_OK;
}

bool method_suggest(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"prefix", "limit", "types", NULL};
    struct reader *reader = searcher_reader(worker->searcher);
    const char *prefix = NULL;
    int64_t limit = LIMIT_DEFAULT;
    unsigned types = 0;
    if (params_known(call, names) != ST_OK || param_text(call, "prefix", SUGGEST_BYTES_MAX, &prefix) != ST_OK)
        return true;
    if (param_number(call, "limit", 0, SUGGEST_LIMIT_MAX, &limit) != ST_OK) return true;
    if (param_types(call, &types) != ST_OK || reader_begin(reader, &call->err) != ST_OK) return true;
    jw_object(&call->jw);
    jw_key(&call->jw, "suggestions");
    suggest_run(worker->searcher, call->arena, prefix, types, (uint32_t)limit, call->deadline_us, &call->jw,
                &call->err);
    reader_end(reader);
    if (call->err.status == ST_OK) jw_object_end(&call->jw);
    return true;
}

bool method_spell(struct api_worker *worker, struct call *call) {
    static const char *const names[] = {"words", NULL};
    struct reader *reader = searcher_reader(worker->searcher);
    const char *text = NULL;
    if (params_known(call, names) != ST_OK || param_text(call, "words", SUGGEST_BYTES_MAX, &text) != ST_OK) return true;
    if (reader_begin(reader, &call->err) != ST_OK) return true;
    jw_object(&call->jw);
    jw_kstring(&call->jw, "given", text);
    spell_run(worker->searcher, call->arena, text, call->deadline_us, &call->jw, &call->err);
    reader_end(reader);
    if (call->err.status == ST_OK) jw_object_end(&call->jw);
    return true;
}
